"""The denominators of a rate that stand apart from the number: 每年补助房屋租金1500元, 人均可支配收入16850元, 亩产423公斤."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import regex

from ..clauses import Surroundings
from ..lexicon import alternation
from ..types import Quantity

if TYPE_CHECKING:
    from ..lexicon import Lexicon
    from .roles import Role

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
        # 年平均常住人口 is the mean of what was there all along, no rate
        mean = rf"(?:年平均|[年月日季]均){lexicon.pattern('cues', 'mean_of')}"
        # 全年发电量, 2023年销售收入 is the year's, no rate
        word = rf"(?<![全本当去上今前\d〇零一二三四五六七八九])(?!{mean})(?:{alternation(rates)})"
        self._pattern = regex.compile(rf"(?P<run>(?:{word})++)")
        self._word = regex.compile(word)
        self._lasting = frozenset(s for s, v in rates.items() if v in ("年", "月", "学年", "学期", "季度") and s.startswith("每"))
        self._total = regex.compile(lexicon.pattern("cues", "total"))
        self._of_one = regex.compile(r"一[名个位户人](\p{L}{2,8}?)(?:负责|承担|拥有|所|平均|占有|服务|管理)的?")

    def rates(self, around: Surroundings, roles: Sequence[Role], same: Sequence[int | None]) -> list[tuple[str, ...]]:
        """The denominators of each quantity; `same[i]` is the quantity whose indicator quantity i takes over."""
        folded, quantities = around.folded, around.quantities
        out: list[tuple[str, ...]] = []
        before: Quantity | None = None
        rated = around.holding("rate")
        for i, q in enumerate(quantities):
            per = q.per or self._apart(around, i, q, i in rated)
            if not per and before is not None:
                if out[-1] and (
                    (before.unit == q.unit and roles[i].role == "to" and roles[i - 1].role == "from")
                    or (around.listed[i] and before.unit == q.unit and not _leaps(before, q))
                    or self._coordinate(around, i)
                ):
                    per = out[-1]
                source = same[i]
                if (
                    not per
                    and source is not None
                    and out[source]
                    and quantities[source].unit == q.unit
                    and not around.spots.any("total", around.begins[i], q.start)
                    and folded[q.start - 1] != "计"  # 每人次850元,计52.02万元
                    and not _leaps(quantities[source], q)
                ):
                    per = out[source]
            out.append(per)
            before = q
        return out

    def _apart(self, around: Surroundings, i: int, q: Quantity, rated: bool) -> tuple[str, ...]:
        if q.dimension == "age":
            return ()
        start = around.near[i]
        if start and around.folded[start - 1] == "(":
            bracket = around.clauses.bracket(q.start)
            if bracket is not None and around.begins[i] == bracket.start + 1:
                start = around.clauses.clause_start(bracket.start)
                start = max(start, around.quantities[i - 1].end) if i else start
                rated = around.spots.any("rate", start, q.start)
        found = None
        if rated:
            found = last_of(self._pattern.finditer(around.folded, start, q.start))
        if found is None:
            counted = q.dimension in ("person", "count") and around.folded.find("一", start, q.start) >= 0
            one = self._of_one.search(around.folded, start, q.start) if counted else None
            return (one[1],) if one else ()
        words = [w[0] for w in self._word.finditer(found["run"])]
        per = tuple(p for w in words for p in self._rates[w].split())
        if q.dimension == "duration":
            return per if not any(p in _TIMES or p.startswith("学") for p in per) else ()  # 全年人均驻村232天
        if q.dimension in ("percentage", "percentage_point", "ratio", "multiple"):
            return per if all(p in _TIMES for p in per) and words[-1].endswith("均") else ()
        return per

    def _coordinate(self, around: Surroundings, i: int) -> bool:
        """每年补助房屋租金1500元,交通补贴7000余元: the time of the first holds for the second; 每户发放仔猪2头、鸡苗30羽: so does 户."""
        before, q = around.quantities[i - 1], around.quantities[i]
        if self._handed_out(around, i):
            return True
        if before.dimension != q.dimension or around.begins[i] != before.end + 1:
            return False
        found = self._word.search(around.folded, around.begins[i - 1], before.start)
        if found is None or found[0] not in self._lasting:
            return False
        return not self._total.search(around.folded, before.end, q.start)

    def _handed_out(self, around: Surroundings, i: int) -> bool:
        """每户发放仔猪2头、鸡苗30羽: both are counted per household."""
        before, q, folded = around.quantities[i - 1], around.quantities[i], around.folded
        if not before.dimension == q.dimension == "count" or folded[before.end : before.end + 1] != "、":
            return False
        if around.begins[i] != before.end + 1 or self._total.search(folded, before.end, q.start):
            return False
        found = self._word.search(folded, around.begins[i - 1], before.start)
        return found is not None and found[0].startswith("每")


def _leaps(before: Quantity, q: Quantity) -> bool:
    """每人3000元,93.6万元直补到户: a sum twenty times the rate is no second rate."""
    a, b = before.amount.value, q.amount.value
    return a is not None and b is not None and b > a * 20


@functools.lru_cache(maxsize=8)
def rate_reader(lexicon: Lexicon) -> RateReader:
    """The rate reader of a lexicon, compiled once."""
    return RateReader(lexicon)
