"""What the user knows of the files (place, period, any other column), from a CSV file or a mapping."""

from __future__ import annotations

import csv
import io
import os
import unicodedata
import warnings
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from ..files import ReadError
from ..files.text import decoded
from ..report import names_year
from .errors import StoreError
from .work import Known

Meta = str | os.PathLike[str] | Mapping[str, Mapping[str, Any]] | None


class Knowledge:
    """What is known of each file, and the columns beyond place and period."""

    def __init__(self, rows: Mapping[str, Mapping[str, str | None]], origin: str = "meta") -> None:
        self.origin = origin
        for name, row in rows.items():
            if (period := row.get("period")) and not names_year(period):
                raise StoreError(f"{origin}: {name}: period {period!r} names no year; write 2020, 2020-06 or 2016/2020")
        self.rows = {_plain(name): row for name, row in rows.items()}
        self.columns = tuple(sorted({c for row in rows.values() for c in row} - {"place", "period"}))

    def of(self, folder: Path, paths: Sequence[str]) -> dict[str, Known]:
        """The files that something is known of. A file is named by its path in the folder, in full, or by a name that occurs once.

        Warns of names that fit no file.
        """
        exact = {_plain(p): p for p in paths}
        counted = Counter(PurePosixPath(p).name for p in exact)
        short = {PurePosixPath(p).name: real for p, real in exact.items() if counted[PurePosixPath(p).name] == 1}
        full = {_plain(str(folder.resolve() / p)): p for p in paths} if any(map(os.path.isabs, self.rows)) else {}
        out, lost = {}, []
        for name, row in self.rows.items():
            path = exact.get(name) or full.get(name) or short.get(name)
            if path is None:
                lost.append(name)
            else:
                out[path] = self._known(row)
        if lost:
            warnings.warn(
                f"{self.origin}: {len(lost)} of {len(self.rows)} rows name no single file of {folder}: {', '.join(lost[:5])}; "
                "give the path in the folder, as the column `source` of documents has it",
                stacklevel=3,
            )
        return out

    def of_none(self) -> Known:
        """What is known of a file that has no row: nothing, in the same columns."""
        return self._known({})

    def _known(self, row: Mapping[str, str | None]) -> Known:
        return Known(row.get("place"), row.get("period"), tuple((c, row.get(c)) for c in self.columns))


def knowledge(meta: Meta) -> Knowledge:
    """What the user knows, from a CSV file with a column `file`, or from a mapping of names to columns.

    >>> knowledge({"a.txt": {"place": "云溪县", "source": "县政府网"}}).columns
    ('source',)
    """
    if meta is None:
        return Knowledge({})
    if isinstance(meta, Mapping):
        return Knowledge({name: {str(c): _cell(v) for c, v in row.items()} for name, row in meta.items()})
    return Knowledge(_csv_rows(Path(meta)), str(meta))


def _csv_rows(path: Path) -> dict[str, dict[str, str | None]]:
    try:
        text, _ = decoded(path, path.read_bytes())
    except ReadError as error:
        raise StoreError(str(error)) from None
    except OSError as error:
        raise StoreError(f"{path}: cannot be read ({error.strerror}); give a CSV file with a column `file`") from None
    reader = csv.DictReader(io.StringIO(text, newline=""))
    header = [c.strip() for c in reader.fieldnames or ()]
    if "file" not in header:
        raise StoreError(f"{path}: no column `file`, only {', '.join(header) or 'nothing'}; its first line must name the columns")
    if "" in header or len(set(header)) < len(header):
        raise StoreError(f"{path}: a column without a name, or two of one name; give each column a name of its own")
    reader.fieldnames = header
    out: dict[str, dict[str, str | None]] = {}
    for row in reader:
        if None in row:
            raise StoreError(f"{path}:{reader.line_num}: more cells than the header has; quote cells that hold a comma")
        name = (row.pop("file") or "").strip()
        if not name and not any(row.values()):
            continue
        if _plain(name) in out or not name:
            raise StoreError(f"{path}:{reader.line_num}: {name or 'an empty file name'} stands twice or is empty; one row a file")
        out[_plain(name)] = {c: _cell(v) for c, v in row.items()}
    return out


def _cell(value: Any) -> str | None:
    """An empty cell says nothing, so that what is detected stands."""
    text = "" if value is None else str(value).strip()
    return text or None


def _plain(name: str) -> str:
    """One spelling of a path: Windows and macOS write the same name in their own way."""
    return unicodedata.normalize("NFC", name.replace("\\", "/")).removeprefix("./")
