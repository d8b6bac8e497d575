"""Facts side by side → Records, each assembled once."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from .clauses import Clauses
from .context.indicators import Named
from .context.parts import Part
from .context.roles import Role
from .grids import CellFacts
from .types import Document, Quantity, Record, Section, Span, Told


def key_of(text: str, source: str | None) -> str:
    """What makes the ids of one input unique and stable: a short hash of its name, else of its text."""
    return hashlib.blake2b((source or text).encode("utf-8", "surrogatepass"), digest_size=5).hexdigest()


def homes_of(sections: Sequence[Section], quantities: Sequence[Quantity]) -> list[Section | None]:
    """The innermost section of each quantity; both come in the order of the text."""
    out: list[Section | None] = []
    still: list[Section] = []
    following = 0
    for q in quantities:
        while following < len(sections) and sections[following].start <= q.start:
            still.append(sections[following])
            following += 1
        while still and still[-1].body_end <= q.start:
            still.pop()
        out.append(still[-1] if still else None)
    return out


class Facts(NamedTuple):
    """What the context stages found for the quantities of one document, side by side."""

    homes: Sequence[Section | None]
    names: Sequence[Named | None]
    roles: Sequence[Role]
    statuses: Sequence[Told]
    pers: Sequence[tuple[str, ...]]
    periods: Sequence[Told]
    places: Sequence[Told]
    codes: Sequence[Told]
    parts: Sequence[Part | None]


def in_cells(facts: Facts, quantities: Sequence[Quantity], cells: Mapping[int, CellFacts], year: int | None) -> Facts:
    """The facts with those of table cells as their heads tell them."""
    names, roles, periods, places = [*facts.names], [*facts.roles], [*facts.periods], [*facts.places]
    pers, parts, statuses = [*facts.pers], [*facts.parts], [*facts.statuses]
    at = {q.start: i for i, q in enumerate(quantities)}
    for i, q in enumerate(quantities):
        cell = cells.get(q.start)
        if cell is None or cell.end != q.end:
            continue
        names[i] = Named(cell.name_start, cell.name_end, cell.name, None, cell.why) if cell.name else None
        roles[i] = Role(cell.role, cell.base, cell.prices, "", True)
        pers[i] = cell.per
        if cell.planned:
            statuses[i] = Told("planned", cell.why)
        if cell.period or cell.year is not None:
            periods[i] = _period_of(cell, year) or periods[i]
        if cell.place:
            places[i] = Told(cell.place, cell.why)
        whole = at.get(cell.total) if cell.total is not None else None
        parts[i] = Part(whole, f"table@{cell.total}") if whole is not None and quantities[whole].unit == q.unit else None
    return facts._replace(names=names, roles=roles, statuses=statuses, periods=periods, places=places, pers=pers, parts=parts)


def _period_of(cell: CellFacts, year: int | None) -> Told | None:
    """The period of a cell; 本年, 上年 and 1-6月 count from the year of the table, else from that of the document."""
    year = cell.year if cell.year is not None else year
    period = cell.period or "L+0"
    if period[0] in "LY" and year is None:
        return None
    return Told(str(year + int(period[1:])) if period[0] == "L" else period.replace("Y", str(year)), cell.why)  # type: ignore[operator]


def assembled(
    text: str,
    key: str,
    document: Document | None,
    quantities: Sequence[Quantity],
    clauses: Clauses,
    facts: Facts,
) -> list[Record]:
    """One record for each quantity of a document."""
    out = []
    ids = [f"{key}:{q.start}" for q in quantities]
    number, org = (document.id, document.org) if document else (None, None)
    sentences, at = clauses.sentence_starts, -2
    sentence = Span(0, 0)
    for q, own, section, named, role, status, per, period, place, code, part in zip(quantities, ids, *facts, strict=True):
        here = bisect_right(sentences, q.start) - 1
        if here != at or sentence.end <= q.start:
            at, sentence = here, clauses.sentence(q.start)
        name = named if named is not None and named.start < named.end else None
        out.append(
            Record(
                own,
                number,
                q,
                section.path if section else (),
                section.start if section else None,
                sentence,
                role.role,
                status.value or "reported",
                period.value,
                place.value,
                code.value,
                org,
                name.text if name else None,
                name.start if name else None,
                name.end if name else None,
                named.event if named else None,
                role.base,
                role.price_basis,
                per,
                ids[part.total] if part else None,
                (
                    named.why if named else None,
                    role.cue,
                    status.why,
                    period.why,
                    place.why,
                    code.why,
                    part.why if part else None,
                ),
            )
        )
    return out
