"""Periods in force: a year goes on to the end of its section, a season or a day to the end of its sentence."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from ..clauses import Clauses
from ..types import Document, Period, Quantity, Section

_HERE = re.compile(r"Y([+-]\d)?(?![a-z])")
_SENTENCE_LONG = {"part", "months", "month", "days", "day"}


class Held(NamedTuple):
    """A period in force until an offset."""

    until: int
    value: str


def year_of(document: Document | None, periods: Sequence[Period]) -> int | None:
    """The year that 今年 and a date with no year count from: of writing, else reported on, else the one most named."""
    for known in (document.date, document.period) if document else ():
        if known:
            return int(known.split("/")[-1][:4] or known[:4])
    named = Counter(p.value[:4] for p in periods if p.value and p.value[:4].isdigit() and p.kind != "open")
    return int(max(named, key=lambda y: (named[y], y))) if named else None


def _filled(value: str, year: int | None, base: int | None) -> str | None:
    """Put the year where a period leaves it open; None when no year is known."""

    def fill(m: re.Match) -> str:
        from_year = base if m[1] else year
        if from_year is None:
            raise LookupError
        return str(from_year + int(m[1] or 0))

    try:
        return _HERE.sub(fill, value)
    except LookupError:
        return None


def carried(
    quantities: Sequence[Quantity],
    periods: Sequence[Period],
    sections: Sequence[Section],
    document: Document,
    clauses: Clauses,
) -> list[str | None]:
    """The period of each quantity of one document, in order."""
    base = year_of(document, periods)
    years: list[Held] = []
    held: Held | None = None
    silent_until = document.start
    out: list[str | None] = []
    at, section_at, open_sections = 0, 0, []
    latest = base
    for q in quantities:
        while at < len(periods) and periods[at].start < q.start:
            p = periods[at]
            at += 1
            while section_at < len(sections) and sections[section_at].start <= p.start:
                open_sections.append(sections[section_at])
                section_at += 1
            open_sections = [s for s in open_sections if s.body_end > p.start]
            years = [y for y in years if y.until > p.start]
            sentence_end = clauses.sentence(p.start).end
            if p.kind == "now":
                silent_until, held = sentence_end, None
                continue
            if p.kind == "base" or p.value is None:
                continue
            scope = open_sections[-1].body_end if open_sections else document.end
            in_force = int(years[-1].value[:4]) if years else latest
            value = (
                str(base + int(p.value))
                if p.kind == "relative" and base is not None
                else None
                if p.kind == "relative"
                else _filled(p.value, in_force, base)
            )
            if value is None:
                continue
            silent_until = p.start
            if p.kind in _SENTENCE_LONG:
                held = Held(sentence_end, value)
                if not p.value.startswith("Y") or re.match(r"Y[+-]", p.value):
                    years = [y for y in years if y.until != scope] + [Held(scope, value[:4])]
            else:
                held = None
                years = [y for y in years if y.until != scope] + [Held(scope, value)]
            if p.value[:4].isdigit() and p.kind != "open":
                latest = latest or int(p.value[:4])
        years = [y for y in years if y.until > q.start]
        if held is not None and q.start < held.until:
            out.append(held.value)
        elif q.start < silent_until:
            out.append(None)
        else:
            out.append(years[-1].value if years else document.period)
    return out
