"""What to think of readings side by side: whether they agree, and whether a series moves as such a thing can."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from .readings import Reading, same_base

if TYPE_CHECKING:
    from ..lexicon import Lexicon

# A level that grows fivefold in one year is a slip of the unit more often than a fact; a population never doubles.
LEAP, SLOW_LEAP = 5, 2
# Within one report, figures further apart than this are told of different things: 学生1200人 of the county, 学生45人 of a school.
NEAR = Fraction(3, 2)


class Verdict(NamedTuple):
    """holds, rounding, violated or unclear, and why."""

    verdict: str
    reason: str


def agreement(told: Sequence[Reading], lexicon: Lexicon) -> Verdict:
    """Whether the readings of one cell agree within the digits that are printed."""
    values = {r.value for r in told}
    if len(values) == 1 and None not in values:
        if all(r.firm for r in told):
            return Verdict("holds", "数值相同 / the same figure")
        return Verdict("rounding", "数值相同，含约数 / the same figure, approximate")
    apart = [(a, b) for a, b in _pairs(told) if not _meet(a, b)]
    if not apart:
        return Verdict("rounding", "在所印位数内一致 / agree within the digits printed")
    if all(_truncated(a, b) or _truncated(b, a) for a, b in apart):
        return Verdict("rounding", "截尾而非四舍五入 / fits only by truncation")
    doubts = [_doubt(a, b, lexicon) for a, b in apart]
    if all(doubts):
        return Verdict("unclear", doubts[0])
    return Verdict(
        "violated", "同一指标、地点和年份，数值不同；可能为修订数 / one figure told differently; it may have been revised"
    )


def _pairs(told: Sequence[Reading]) -> list[tuple[Reading, Reading]]:
    """The first reading with each other one, and the two that lie farthest apart: if any are apart, these are."""
    highest = max(told, key=lambda r: (r.low is not None, r.low or 0))
    lowest = min(told, key=lambda r: (r.high is None, r.high or 0))
    return [*((told[0], r) for r in told[1:]), (lowest, highest)]


def _meet(a: Reading, b: Reading) -> bool:
    """Whether the intervals of two readings have a number in common; None is an open end."""
    return not (
        (a.high is not None and b.low is not None and a.high < b.low)
        or (b.high is not None and a.low is not None and b.high < a.low)
    )


def _truncated(fine: Reading, coarse: Reading) -> bool:
    """98.67亿元 told as 98.6亿元."""
    if fine.value is None or coarse.value is None or not (fine.firm and coarse.firm):
        return False
    gap, step = abs(fine.value) - abs(coarse.value), coarse.record.quantity.amount.step
    return 0 <= gap < step and fine.record.quantity.amount.step < step


def _doubt(a: Reading, b: Reading, lexicon: Lexicon) -> str:
    """Why two readings may differ and both be right; empty where nothing speaks for it."""
    if not (_settled(a) and _settled(b)):
        return "含约数 / an approximate figure leaves it open"
    if not (a.alignment.known and b.alignment.known):
        return "名称未入指标表，未必同指 / a name outside the table need not mean the same thing"
    if _base(a) != _base(b) or a.record.price_basis != b.record.price_basis:
        return "基期或价格口径不同 / measured against another base or at other prices"
    events = {e for e in (a.record.event, b.record.event) if e} - _surfaces(lexicon, "alignments", "lead", "plain")
    if a.record.event != b.record.event and events:
        return "所说的事不同 / told of different acts"
    if a.source == b.source and (a.record.part_of or b.record.part_of or not _near(a, b)):
        return "同一报告内可能各指一部分 / each may be of a part, within one report"
    return ""


def _settled(r: Reading) -> bool:
    """No 约 or 近: bounds such as 以上 and 余 are firm statements."""
    return r.record.quantity.approx != "about"


def _base(r: Reading) -> str | None:
    """同比, 比上年 and no word at all are one base; 比年初 is another."""
    base = r.record.base
    return None if same_base(base) else base


def _near(a: Reading, b: Reading) -> bool:
    if not a.value or not b.value:
        return False
    return 1 / NEAR <= a.value / b.value <= NEAR


def jump(before: Reading, after: Reading, lexicon: Lexicon) -> str:
    """Why a move from one year to the next cannot well be; empty where it can. 贫困人口 may fall to nothing.

    >>> from zhreport import Lexicon, compare, parse
    >>> texts = [f"明溪县{y}年总结\\n{y}年年末常住人口{v}万人。" for y, v in ((2020, 24), (2021, 52))]
    >>> for f in compare(parse(t) for t in texts).findings():
    ...     print(f.kind, f.verdict, f.formula)
    series_jump unclear 明溪县 常住人口 2020 → 2021: 24万人 → 52万人
    """
    if not before.value or not after.value or not before.alignment.known:
        return ""
    times = after.value / before.value
    name = after.indicator
    if times < 0 or (times < 1 and _has(name, "falls", lexicon)) or before.key.dimension == "percentage":
        return ""
    limit = SLOW_LEAP if _has(name, "slow", lexicon) else LEAP
    # 3所 to 17所 is a year's building; from ten on a fivefold count is strange.
    small = before.key.dimension == "count" and min(before.value, after.value) < 10
    if small or 1 / Fraction(limit) < times < limit:
        return ""
    return f"一年之内为上年的{_times(times)}倍 / {_times(times)} times the year before"


def impossible(reading: Reading, lexicon: Lexicon) -> str:
    """Why a figure cannot be by itself: a rate above 100%, where the rate is bounded (巩固率; not 毛入学率, 存贷比)."""
    if reading.key.dimension != "percentage" or reading.key.measure not in ("level", "share") or reading.low is None:
        return ""
    name = reading.indicator
    bounded = _has(name, "bounded_rate", lexicon, "cues")
    free = _has(name, "unbounded_rate", lexicon, "cues")
    if reading.low <= 1 or not bounded or free:
        return ""
    return "比率高于100% / a rate above 100%"


@functools.lru_cache(maxsize=64)
def _surfaces(lexicon: Lexicon, table: str, *kinds: str) -> frozenset[str]:
    return frozenset(r.surface for r in lexicon.table(table, *kinds))


def _has(name: str, kind: str, lexicon: Lexicon, table: str = "alignments") -> bool:
    return any(w in name for w in _surfaces(lexicon, table, kind))


def _times(times: Fraction) -> str:
    return f"{times.numerator / times.denominator:.3g}" if times < 10**9 else "10亿多"
