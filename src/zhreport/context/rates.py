"""The denominators of a rate that stand apart from the number: 每年补助房屋租金1500元, 人均可支配收入16850元, 亩产423公斤."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import regex

from ..clauses import Clauses
from ..lexicon import alternation
from ..types import Quantity

if TYPE_CHECKING:
    from ..lexicon import Lexicon

SEPARATOR = regex.compile(r" ?(?:[、,;和及与]|以及) ?")
# What a share or a rate of growth can be per: only a time. 年均增长7.2%, but 人均收入增长8.9% is not per head.
_TIMES = ("年", "月", "日", "周", "季")


def last_of(matches: Iterable[regex.Match]) -> regex.Match | None:
    """The last of some matches."""
    found = None
    for found in matches:  # noqa: B007
        pass
    return found


class RateReader:
    """The rate words of one lexicon; make it with `rate_reader(lexicon)`."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._rates = rates = lexicon.rates
        word = f"(?<![全本当去上今前])(?:{alternation(rates)})"  # 全年发电量 is the year's, no rate
        self._pattern = regex.compile(rf"(?P<run>(?:{word})++)")
        self._word = regex.compile(word)
        self._lasting = frozenset(s for s, v in rates.items() if v in ("年", "月", "学年", "学期", "季度") and s.startswith("每"))
        self._total = regex.compile(lexicon.pattern("cues", "total"))
        self._of_one = regex.compile(r"一[名个位户人](\p{L}{2,8}?)(?:负责|承担|拥有|所|平均|占有|服务|管理)的?")

    def rates(
        self, folded: str, quantities: Sequence[Quantity], clauses: Clauses, roles: Sequence[str], same: Sequence[int | None]
    ) -> list[tuple[str, ...]]:
        """The denominators of each quantity; `same[i]` is the quantity whose indicator quantity i takes over."""
        out: list[tuple[str, ...]] = []
        for i, q in enumerate(quantities):
            before = quantities[i - 1] if i else None
            if q.per:
                out.append(q.per)
                continue
            per = self._apart(folded, q, before, clauses)
            if not per and before is not None and roles[i] == "to" and roles[i - 1] == "from" and before.unit == q.unit:
                per = out[i - 1]
            if not per and before is not None and out[i - 1]:
                near = folded[before.end : q.start]
                if (SEPARATOR.fullmatch(near) and before.unit == q.unit and not _leaps(before, q)) or self._coordinate(
                    folded, before, q, clauses
                ):
                    per = out[i - 1]
            source = same[i]
            if (
                not per
                and source is not None
                and quantities[source].unit == q.unit
                and out[source]
                and not self._total.search(folded, clauses.clause_start(q.start), q.start)
                and folded[q.start - 1] != "计"  # 每人次850元,计52.02万元
                and not _leaps(quantities[source], q)
            ):
                per = out[source]
            out.append(per)
        return out

    def _apart(self, folded: str, q: Quantity, before: Quantity | None, clauses: Clauses) -> tuple[str, ...]:
        start = clauses.clause_start(q.start)
        bracket = clauses.bracket(q.start)
        if bracket is not None and start == bracket.start + 1:
            start = clauses.clause_start(bracket.start)
        if before is not None and before.end > start:
            start = before.end
        if q.dimension in ("duration", "age"):
            return ()
        found = last_of(self._pattern.finditer(folded, start, q.start))
        if found is None:
            one = self._of_one.search(folded, start, q.start)
            return (one[1],) if one and q.dimension in ("person", "count") else ()
        words = [w[0] for w in self._word.finditer(found["run"])]
        per = tuple(p for w in words for p in self._rates[w].split())
        if q.dimension in ("percentage", "percentage_point", "ratio", "multiple"):
            return per if all(p in _TIMES for p in per) and words[-1].endswith("均") else ()
        return per

    def _coordinate(self, folded: str, before: Quantity, q: Quantity, clauses: Clauses) -> bool:
        """每年补助房屋租金1500元,交通补贴7000余元: the time of the first holds for the second."""
        start = clauses.clause_start(before.start)
        found = [m[0] for m in self._word.finditer(folded, start, before.start)]
        if not found or found[0] not in self._lasting or before.dimension != q.dimension:
            return False
        return clauses.clause_start(q.start) == before.end + 1 and not self._total.search(folded, before.end, q.start)


def _leaps(before: Quantity, q: Quantity) -> bool:
    """每人3000元,93.6万元直补到户: a sum twenty times the rate is no second rate."""
    a, b = before.amount.value, q.amount.value
    return a is not None and b is not None and b > a * 20


@functools.lru_cache(maxsize=8)
def rate_reader(lexicon: Lexicon) -> RateReader:
    """The rate reader of a lexicon, compiled once."""
    return RateReader(lexicon)
