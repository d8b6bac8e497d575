"""Documents with the same or nearly the same text among reports that no store holds."""

from __future__ import annotations

import tempfile
from pathlib import Path
from types import TracebackType

from ..report import Report
from ..store.duplicates import links
from ..store.rows import Trace, arrow_of, rows_of
from ..store.work import parquet
from .sheets import Row

_TABLES = ("signatures", "texts")


class Copies:
    """What the store compares, of each report that is added; it lies on disk, so that memory does not grow with the texts.

    >>> from zhreport import parse
    >>> text = "云溪县2020年工作总结。" + "全年发放资助资金3万元,新建校舍200平方米。" * 3
    >>> with Copies() as copies:
    ...     for name in ("a.txt", "b.txt"):
    ...         copies.add(parse(text, source=name))
    ...     [(row["source_a"], row["source_b"], row["kind"]) for row in copies.links()]
    [('a.txt', 'b.txt', 'exact')]
    """

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="zhreport-")
        self._count = 0

    def __enter__(self) -> Copies:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._folder.cleanup()

    def add(self, report: Report) -> None:
        """Take the signatures of a report's documents."""
        for what in _TABLES:
            rows = [{**row, "source": report.source or report.key} for row in rows_of(report, Trace(None, "", ""), what)]
            self._path(what, str(self._count)).write_bytes(parquet(arrow_of(rows, what)))
        self._count += 1

    def links(self) -> list[Row]:
        """A row a pair, the closest first."""
        found = links(map(str, range(self._count)), self._path, "") if self._count > 1 else []
        return sorted(found, key=lambda row: -row["share"])

    def _path(self, what: str, name: str) -> Path:
        return Path(self._folder.name) / f"{what}-{name}.parquet"
