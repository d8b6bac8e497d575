"""The same indicator side by side: `compare` takes the reports of many years and places to one Panel."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Protocol, cast

from ..lexicon import Lexicon
from .names import Alignment as Alignment
from .names import aligned, aligner, by_table
from .panel import Panel as Panel
from .readings import Reading as Reading
from .readings import readings
from .stored import readings_of

if TYPE_CHECKING:
    from ..types import Page


class Kept(Protocol):
    """Reports that keep their readings: a store."""

    def reading_rows(self) -> Iterable[Mapping[str, Any]]: ...
    def count(self, what: str) -> int: ...


def compare(reports: Page | Kept | Iterable[Any], lexicon: Lexicon | None = None) -> Panel:
    """The figures of many reports by indicator, place and period; failures among the reports are skipped and counted.

    A store takes the place of its reports: `compare(zhreport.open("corpus.store"))` reads no file again.

    Names are aligned by the table `indicators`, then by likeness; `Lexicon.load(extra=["my_indicators.tsv"])` adds your own.

    >>> from zhreport import parse
    >>> first = parse("明溪县2020年工作总结\\n2020年GDP达50.2亿元。", source="2020.txt")
    >>> later = parse("明溪县2021年工作总结\\n2021年地区生产总值由上年的50.2亿元增加到54.1亿元。", source="2021.txt")
    >>> compare([first, later]).wide().loc[("地区生产总值", "明溪县", "元")].to_dict()
    {'2020': '5020000000', '2021': '5410000000'}
    """
    gathered = Gathered(lexicon)
    if hasattr(reports, "reading_rows"):
        gathered.recall(cast(Kept, reports))
        return gathered.panel()
    if isinstance(reports, (str, bytes, os.PathLike)):
        raise TypeError(
            "compare() takes reports or a store, not a path; read files with read_many(paths), a store with open(path)"
        )
    pages: Iterable[Any] = (reports,) if hasattr(reports, "records") else reports  # type: ignore[assignment]
    for page in pages:
        gathered.add(page)
    return gathered.panel()


def panel_by_table(found: Iterable[Reading], lexicon: Lexicon) -> Panel:
    """The panel of readings whose names the table of indicators knows: what no likeness has a part in."""
    named = tuple(by_table(found, aligner(lexicon)))
    return Panel(named, len({r.source for r in named}), 0, lexicon)


class Gathered:
    """The readings of reports as they come, one after the other, until the panel is made."""

    def __init__(self, lexicon: Lexicon | None = None) -> None:
        self.lexicon = lexicon or Lexicon.load()
        self.reports = self.failures = 0
        self._found: list[Reading] = []
        self._codes: dict[str, str] = {}

    def add(self, page: Any) -> None:
        """Take in one report; a failure is counted."""
        if not hasattr(page, "records"):
            self.failures += 1
            return
        self.reports += 1
        self._found += readings(page, self.lexicon, self._codes)

    def recall(self, store: Kept) -> None:
        """Take in the reports of a store, by the readings that it keeps."""
        self.reports += store.count("texts")
        self.failures += store.count("failures")
        self._found += readings_of(store.reading_rows(), self.lexicon, self._codes)

    def panel(self) -> Panel:
        """What was gathered, side by side."""
        return Panel(aligned(self._found, self.lexicon), self.reports, self.failures, self.lexicon)
