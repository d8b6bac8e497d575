"""What a page shows of one report, as rows: from a Report just read, or from the tables of a store."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .. import table
from ..checks import audit
from ..records import key_of
from ..report import Report, parse

if TYPE_CHECKING:
    from ..lexicon import Lexicon
    from ..store import Store

Row = dict[str, Any]
_TABLES = ("documents", "sections", "records", "findings")
BLANK, BOILERPLATE = "未填 blank", "页面套话 boilerplate"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A text and the rows that speak of it; `left_out` are spans that no record is made of, each with the
    reason; `reviews` is what reviewers said of the records, where a store has it."""

    source: str
    key: str
    text: str
    documents: tuple[Row, ...] = ()
    sections: tuple[Row, ...] = ()
    records: tuple[Row, ...] = ()
    findings: tuple[Row, ...] = ()
    left_out: tuple[tuple[int, int, str], ...] = ()
    reviews: tuple[Row, ...] = ()

    @property
    def title(self) -> str:
        """The title of its first document, else the name of its file."""
        first = next((d["title"] for d in self.documents if d["title"]), None)
        return " ".join(first.split()) if first else self.source.replace("\\", "/").rsplit("/", 1)[-1]


def sheet_of(report: Report, lexicon: Lexicon | None = None) -> Sheet:
    """The rows of a report with its audit."""
    found = audit(report, lexicon=lexicon)
    documents, sections, records = (tuple(table.rows(report, what)) for what in _TABLES[:3])
    findings = tuple(table.rows_of(found, "findings", report))
    source = report.source or report.key
    return Sheet(source, report.key, report.text, documents, sections, records, findings, left_out(report))


def left_out(report: Report) -> tuple[tuple[int, int, str], ...]:
    """The spans that no record is made of: figures left blank, and what belongs to a page and not to its report."""
    found = [(p.start, p.end, BLANK) for p in report.placeholders]
    found += [(b.start, b.end, BOILERPLATE) for b in report.boilerplate]
    return tuple(sorted(found))


def sheets_of(store: Store) -> Iterator[Sheet]:
    """The reports of a store in its order, part by part: no more than one part is in memory."""
    import pyarrow.parquet as pq

    marked: dict[str, list[Row]] = defaultdict(list)
    for row in store.arrow("FROM reviews WHERE id IS NOT NULL").drop_columns(["given"]).to_pylist():
        marked[row["source"]].append(row)
    parts = {what: {path.stem: path for path in store.paths(what)} for what in _TABLES}
    for texts in store.paths("texts"):
        rows: dict[str, dict[str, list[Row]]] = {what: defaultdict(list) for what in _TABLES}
        for what in _TABLES:
            if texts.stem in parts[what]:
                for row in pq.read_table(parts[what][texts.stem], partitioning=None).to_pylist():
                    rows[what][row["source"]].append(row)
        for row in pq.read_table(texts, columns=["source", "text"], partitioning=None).to_pylist():
            source = row["source"]
            documents, sections, records, findings = (tuple(rows[what][source]) for what in _TABLES)
            yield Sheet(
                source,
                key_of(row["text"], source),
                row["text"],
                documents,
                sections,
                records,
                findings,
                (),
                tuple(marked[source]),
            )


def parsed(sheet: Sheet, lexicon: Lexicon | None = None) -> Report:
    """The report behind a sheet of a store, which keeps no rounding steps: `compare` needs them.

    What the user knew of the file is given again where all of its documents have it.
    """
    place, period = (_same(sheet, name) for name in ("place", "period"))
    return parse(sheet.text, lexicon, source=sheet.source, place=place, period=period)


def _same(sheet: Sheet, name: str) -> str | None:
    values = {d[name] for d in sheet.documents}
    return values.pop() if len(values) == 1 else None
