"""`show`: pages that a researcher opens in a browser, sends to a colleague, or puts on a server. Nothing is loaded from a network."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..checks import across
from ..files import Failure
from ..report import Report
from ..series import Gathered
from .copies import Copies
from .corpus_page import Entry, corpus_page, entry_of
from .rendering import file_name, refuse_other, write
from .report_page import report_page
from .sheets import Row, Sheet, left_out, parsed, sheet_of, sheets_of

if TYPE_CHECKING:
    from ..lexicon import Lexicon
    from ..store import Store

__all__ = ["show"]

Shown = Iterator[tuple[Sheet, Report] | Failure]


def show(
    what: Report | Store | str | os.PathLike[str] | Iterable[Report | Failure],
    folder: str | os.PathLike[str],
    lexicon: Lexicon | None = None,
) -> Path:
    """Write `folder/index.html` and a page for each report in `folder/reports/`; returns the path of the index.

    `what` is a report, many of them (failures among them are listed), a store or the path of one. Reports are taken
    one at a time. Raises OSError where the folder cannot be written or holds pages that are not ours, StoreError where
    there is no store.

    >>> import tempfile
    >>> from zhreport import parse
    >>> show(parse("发放3万元。", source="a.txt"), tempfile.mkdtemp()).name
    'index.html'
    """
    store = _store(what)
    each = _of_store(store, lexicon) if store else _of_reports(_listed(what), lexicon)
    index = Path(folder) / "index.html"
    refuse_other(index)
    reports = _made(Path(folder)) / "reports"
    reports.mkdir(exist_ok=True)
    gathered, entries, failures, taken = Gathered(lexicon), list[Entry](), list[Failure](), set[str]()
    with Copies() as copies:
        for found in each:
            if isinstance(found, Failure):
                failures.append(found)
                continue
            sheet, report = found
            name = file_name(sheet.source, taken)
            write(reports / name, report_page(sheet))
            entries.append(entry_of(sheet, name))
            gathered.add(report)
            if store is None:
                copies.add(report)
        links = _links(store) if store else copies.links()
    between = across(gathered) if gathered.reports > 1 else []
    write(index, corpus_page(entries, gathered.panel(), between, failures, links, store.rules if store else ""))
    return index


def _store(what: object) -> Store | None:
    """The store that was given, itself or by its path."""
    if isinstance(what, Report):
        return None
    from ..store import Store, open

    return open(what) if isinstance(what, (str, os.PathLike)) else what if isinstance(what, Store) else None


def _listed(what: object) -> Iterable[object]:
    if isinstance(what, Report):
        return (what,)
    if not isinstance(what, Iterable):
        raise TypeError(f"show() takes a Report, many of them, or a store, not {type(what).__name__}")
    return what


def _of_reports(found: Iterable[object], lexicon: Lexicon | None) -> Shown:
    for each in found:
        if isinstance(each, Failure):
            yield each
        elif isinstance(each, Report):
            yield sheet_of(each, lexicon), each
        else:
            raise TypeError(f"show() takes reports, not {type(each).__name__}; read files with read_many(paths)")


def _of_store(store: Store, lexicon: Lexicon | None) -> Shown:
    for row in store.arrow("SELECT source, what, todo FROM failures ORDER BY source").to_pylist():
        yield Failure(row["source"], row["what"], row["todo"])
    for sheet in sheets_of(store):
        report = parsed(sheet, lexicon)
        yield replace(sheet, left_out=left_out(report)), report


def _links(store: Store) -> list[Row]:
    return store.arrow("FROM links ORDER BY share DESC, source_a, document_a, source_b, document_b").to_pylist()


def _made(folder: Path) -> Path:
    if folder.exists() and not folder.is_dir():
        raise NotADirectoryError(f"{folder}: is a file; give a folder for the pages")
    folder.mkdir(parents=True, exist_ok=True)
    return folder
