"""Facts side by side → Records, each assembled once."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Sequence

from .clauses import Clauses
from .context.indicators import Named
from .types import Document, Quantity, Record, Section


def key_of(text: str, source: str | None) -> str:
    """What makes the ids of one input unique and stable: a short hash of its name, else of its text."""
    return hashlib.blake2b((source or text).encode("utf-8", "replace"), digest_size=5).hexdigest()


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


def assembled(
    text: str,
    key: str,
    document: Document | None,
    quantities: Sequence[Quantity],
    sections: Sequence[Section],
    clauses: Clauses,
    periods: Sequence[str | None],
    names: Sequence[Named | None],
) -> list[Record]:
    """One record for each quantity of a document."""
    starts = [s.start for s in sections]
    out = []
    for q, period, named in zip(quantities, periods, names, strict=True):
        section = deepest(sections, starts, q.start)
        has_name = named is not None and named.start < named.end
        out.append(
            Record(
                id=f"{key}:{q.start}",
                document=document.id if document else None,
                quantity=q,
                section=section.path if section else (),
                section_start=section.start if section else None,
                sentence=clauses.sentence(q.start),
                period=period,
                indicator=text[named.start : named.end] if named and has_name else None,
                indicator_start=named.start if named and has_name else None,
                indicator_end=named.end if named and has_name else None,
                event=named.event if named else None,
                per=q.per,
                why=q.why + ((f"indicator:{named.why}",) if named else ()),
            )
        )
    return out
