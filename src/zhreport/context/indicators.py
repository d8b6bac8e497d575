"""What a quantity counts: the noun phrase before it in its clause, else the noun after its classifier."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, NamedTuple

import regex

from ..clauses import Clauses

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..lexicon import Lexicon
    from ..types import Quantity, Token
    from .roles import Role


class Named(NamedTuple):
    """The span of an indicator, the verb beside it, and why it was taken."""

    start: int
    end: int
    event: str | None
    why: str


class IndicatorReader:
    """The words around an indicator, of one lexicon; make it with `indicator_reader(lexicon)`."""

    def __init__(self, lexicon: Lexicon) -> None:
        linking = lexicon.pattern("cues", "linking")
        verbs = lexicon.pattern("cues", "verb")
        lead = lexicon.pattern("cues", "lead")
        self._tail = regex.compile(rf"(?r)(?:(?:{linking})|[了 ])+")
        self._verb_tail = regex.compile(rf"(?r)(?P<verb>{verbs})(?:了|各类)?")
        self._lead = regex.compile(rf"(?:(?:{lead})|[ 的])+")
        self._verb_lead = regex.compile(rf"(?P<verb>{verbs})(?:了|出|好)?")
        self._after = regex.compile(rf"(?P<noun>[\p{{L}}“”\"·]{{1,30}}?)(?=$|[^\p{{L}}“”\"·\d]|\d|{verbs}|{linking})")
        self._inner = regex.compile(rf"(?:{verbs})(?:了)?")

    def named(self, folded: str, quantities: Sequence[Quantity], takers: Sequence[Token], clauses: Clauses) -> list[Named | None]:
        """The indicator of each quantity, where its clause names one."""
        out: list[Named | None] = []
        blocked = {t.end: t for t in takers if t.kind.startswith(("date:", "period:"))}
        last_end = 0
        for q in quantities:
            left = max(clauses.clause_start(q.start), last_end)
            for end in (e for e in range(q.start, left, -1) if e in blocked):
                left = end
                break
            out.append(self._one(folded, q, left, clauses))
            last_end = q.end
        return out

    def _one(self, folded: str, q: Quantity, left: int, clauses: Clauses) -> Named | None:
        if q.dimension == "duration":
            return None
        before = self._before(folded, left, q.start)
        if q.dimension in ("count", "person", "household", "person_time") and (after := self._noun_after(folded, q, clauses)):
            return (
                after._replace(event=before.event if before else None)
                if before is None or before.start == before.end or q.dimension == "count" or folded[q.end - 1 : q.end] in "名位个"
                else before
            )
        if before is not None and before.start < before.end:
            return before
        return None

    def _before(self, folded: str, start: int, end: int) -> Named | None:
        while (m := self._tail.match(folded, start, end)) and m.start() < end:
            end = m.start()
        event = None
        if m := self._verb_tail.match(folded, start, end):
            event = m["verb"]
            if m.start() > start:
                end = m.start()
            else:
                return Named(start, end, event, "verb noun")
        while start < end and (m := self._lead.match(folded, start, end)) and m.end() > start:
            start = m.end()
        if (m := self._verb_lead.match(folded, start, end)) and m.end() < end:
            event, start = m["verb"], m.end()
        while start < end and folded[start] in " 的了":
            start += 1
        return Named(start, end, event, "noun before") if start < end or event else None

    def _noun_after(self, folded: str, q: Quantity, clauses: Clauses) -> Named | None:
        stop = clauses.clause_end(q.end)
        if q.end >= stop:
            return None
        start = q.end + (folded[q.end] in "的 ")
        m = self._after.match(folded, start, stop)
        if m is None or not m["noun"]:
            return None
        return Named(m.start("noun"), m.end("noun"), None, "noun after")


def taken_over(
    quantities: Sequence[Quantity], names: Sequence[Named | None], roles: Sequence[Role], clauses: Clauses
) -> list[int | None]:
    """For each figure with no noun of its own, the figure before it in its sentence whose indicator it goes on with.

    比上年增加1520元, 增长8.9% and 少数达百万元 speak of the figure before them.
    """
    out: list[int | None] = []
    for i, q in enumerate(quantities):
        source = None
        named = names[i]
        if (named is None or named.start >= named.end) and i and q.dimension != "duration":
            before = i - 1
            if clauses.sentence_index(quantities[before].start) == clauses.sentence_index(q.start):
                source = out[before] if out[before] is not None else before
        out.append(source)
    return out


@functools.lru_cache(maxsize=8)
def indicator_reader(lexicon: Lexicon) -> IndicatorReader:
    """The indicator reader of a lexicon, compiled once."""
    return IndicatorReader(lexicon)
