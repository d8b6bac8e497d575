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
from .types import Document, Quantity, Record, Section, Told


def key_of(text: str, source: str | None) -> str:
    """What makes the ids of one input unique and stable: a short hash of its name, else of its text."""
    return hashlib.blake2b((source or text).encode("utf-8", "surrogatepass"), digest_size=5).hexdigest()


def deepest(sections: Sequence[Section], starts: Sequence[int], at: int) -> Section | None:
    """The innermost section that holds an offset."""
    i = bisect_right(starts, at) - 1
    while i >= 0:
        section = sections[i]
        if section.body_end > at:
            return section
        if section.parent_start is None:
            return None
        i = bisect_right(starts, section.parent_start) - 1
    return None


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
    for i, q in enumerate(quantities):
        section, named, role, part = facts.homes[i], facts.names[i], facts.roles[i], facts.parts[i]
        has_name = named is not None and named.start < named.end
        out.append(
            Record(
                id=ids[i],
                document=document.id if document else None,
                quantity=q,
                section=section.path if section else (),
                section_start=section.start if section else None,
                sentence=clauses.sentence(q.start),
                role=role.role,
                status=facts.statuses[i].value or "reported",
                period=facts.periods[i].value,
                place=facts.places[i].value,
                place_code=facts.codes[i].value,
                org=document.org if document else None,
                base=role.base,
                price_basis=role.price_basis,
                part_of=ids[part.total] if part else None,
                indicator=named.text if named and has_name else None,
                indicator_start=named.start if named and has_name else None,
                indicator_end=named.end if named and has_name else None,
                event=named.event if named else None,
                per=facts.pers[i],
                why=(
                    *q.why,
                    *((f"indicator:{named.why}",) if named else ()),
                    *((f"role:{role.cue}",) if role.cue else ()),
                    *((f"status:{facts.statuses[i].why}",) if facts.statuses[i].why else ()),
                    *((f"period:{facts.periods[i].why}",) if facts.periods[i].why else ()),
                    *((f"place:{facts.places[i].why}",) if facts.places[i].why else ()),
                    *((f"place code:{facts.codes[i].why}",) if facts.codes[i].why else ()),
                    *((f"part of:{part.why}",) if part else ()),
                ),
            )
        )
    return out
