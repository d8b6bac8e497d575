"""What printed digits can stand for, and whether what is computed from some figures meets what another states."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import inf
from typing import NamedTuple

import regex

from ..amounts import decimal_text

Exact = int | Fraction  # whole numbers as int: the same arithmetic at a twentieth of the time; never `/`, which makes floats
_TRUNCATED = Fraction(99, 100)
_MORE = 1 + 1e-9  # more than floats can be wrong
_RATIO_PART = regex.compile(r"\d+(?:\.(\d+))?")


class Reach(NamedTuple):
    """What a figure can stand for: its bare value, the least and greatest number (None: open), and how firmly it is told."""

    value: Exact | None
    low: Exact | None
    high: Exact | None
    step: Exact
    exact: bool  # no word of approximation
    loose: bool  # 约 or 近: no verdict of violated rests on it


class Weighed(NamedTuple):
    """A verdict, what was computed, and a remark on how it fits."""

    verdict: str
    value: Exact | None
    low: Exact | None
    high: Exact | None
    note: str


# A reach in floats, to skip what is clearly apart: the least and greatest number (an open end is infinite) and the step.
Span = tuple[float, float, float]


def whole(number: Exact) -> Exact:
    """The same number, as int where it is whole."""
    return number if number.denominator != 1 else number.numerator


def exact(number: Fraction | None) -> Exact | None:
    return None if number is None else whole(number)


def span(reach: Reach) -> Span:
    low = -inf if reach.low is None else as_float(reach.low)
    return low, inf if reach.high is None else as_float(reach.high), as_float(reach.step)


def as_float(number: Exact) -> float:
    try:
        return float(number)
    except OverflowError:  # 九亿亿亿亿…, as long as one likes
        return inf if number > 0 else -inf


def apart(a: Span, b: Span, stated: Span, scale: Exact = 1) -> bool:
    """Whether `scale` times a / b is clearly not what is stated; where in doubt it is not."""
    return a[0] >= 0 and b[0] > 0 and beyond(a[0] * scale / b[1], a[1] * scale / b[0], stated)


def beyond(least: float, most: float, stated: Span) -> bool:
    """Whether what lies between two positive numbers is clearly not what is stated, not even cut short."""
    low, high, step = stated
    return least > (high + step) * _MORE > 0 or most * _MORE < low


def around(value: Exact, step: Exact) -> tuple[Exact, Exact]:
    """The numbers half a step below and above a value."""
    size, parts = step.numerator, step.denominator
    if parts == 1 and not size & 1:
        return value - (size >> 1), value + (size >> 1)
    if parts % value.denominator:
        return value - Fraction(step, 2), value + Fraction(step, 2)
    middle = 2 * value.numerator * (parts // value.denominator)
    return Fraction(middle - size, 2 * parts), Fraction(middle + size, 2 * parts)


def size(number: Exact) -> Exact:
    return number if number >= 0 else -number


def quotient(a: Exact, b: Exact) -> Exact:
    return Fraction(a, b)


def weigh(compute: Callable[..., Exact], signs: Sequence[int], operands: Sequence[Reach], stated: Reach) -> Weighed:
    """Whether what `compute` makes of the operands meets what is stated.

    `signs` tells for each operand whether the result grows (1) or falls (-1) with it.
    """
    value = low = high = _at(compute, [o.value for o in operands])
    if any(o.low is not o.value or o.high is not o.value for o in operands):
        pairs = list(zip(operands, signs, strict=True))
        low = _at(compute, [o.low if s > 0 else o.high for o, s in pairs])
        high = _at(compute, [o.high if s > 0 else o.low for o, s in pairs])
    if value is not None and value == stated.value:
        firm = all(o.exact or o.loose for o in operands) and (stated.exact or stated.loose)
        return Weighed("holds" if firm else "rounding", value, low, high, "")
    if _meet(low, high, stated.low, stated.high):
        return Weighed("rounding", value, low, high, "")
    if stated.value is not None and stated.exact and _meet(low, high, stated.value, stated.value + stated.step * _TRUNCATED):
        return Weighed("rounding", value, low, high, "截尾而非四舍五入 / fits only by truncation")
    if value is None and low is None and high is None:
        return Weighed("unclear", None, None, None, "无法计算 / cannot be computed")
    if any(o.loose for o in (*operands, stated)):
        return Weighed("unclear", value, low, high, "含约数 / an approximate figure leaves it open")
    return Weighed("violated", value, low, high, "")


def _at(compute: Callable[..., Exact], values: Sequence[Exact | None]) -> Exact | None:
    for value in values:
        if value is None:
            return None
    try:
        return compute(*values)
    except (ZeroDivisionError, OverflowError):
        return None


def _meet(low: Exact | None, high: Exact | None, least: Exact | None, most: Exact | None) -> bool:
    if (low is None and high is None) or (least is None and most is None):
        return False
    return not (
        (high is not None and least is not None and high < least) or (low is not None and most is not None and low > most)
    )


def moved(reach: Reach, shift: Exact) -> Reach:
    """The same figure, misprinted by so much."""
    value, low, high = (None if v is None else v + shift for v in (reach.value, reach.low, reach.high))
    return reach._replace(value=value, low=low, high=high)


def last_place(value: Exact, step: Exact) -> Exact:
    """The size of the last digit that is not zero: 100 of 2100, 1000 of 一万四千."""
    written = Fraction(value, step)
    if written.denominator != 1 or not written:
        return step
    count = abs(written.numerator)
    place = 1
    while count % 10 == 0:
        count //= 10
        place *= 10
    return step * place


def ratio_reach(surface: str, parts: Sequence[Fraction]) -> tuple[Fraction, Fraction]:
    """The least and the greatest quotient of a ratio such as 1:1.17."""
    decimals = [len(m[1] or "") for m in _RATIO_PART.finditer(surface)] or [0, 0]
    halves = [Fraction(1, 2 * 10**d) if d else Fraction(0) for d in decimals[:2]]
    if not any(halves):
        halves = [Fraction(1, 2) if p != 1 else Fraction(0) for p in parts]
    (a, b), (x, y) = parts, (halves if len(halves) == 2 else (Fraction(0), Fraction(0)))
    return (a - x) / (b + y), (a + x) / (b - y) if b > y else (a + x) / b


def range_text(value: Exact | None, low: Exact | None, high: Exact | None) -> str | None:
    if low is None and high is None:
        return decimal_text(value)
    if low == high:
        return decimal_text(low)
    return f"{_short(low)}..{_short(high)}"


def _short(number: Exact | None) -> str:
    """A bound to read: exact where it is short, else to six digits."""
    if number is None:
        return ""
    text = decimal_text(number) or ""
    return text if (len(text) <= 14 and "/" not in text) or len(text) > 300 else f"{float(number):.6g}"
