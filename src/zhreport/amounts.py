"""Exact amounts: a value, its bounds, and the step of its last written digit. Knows no Chinese."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from fractions import Fraction

ONE = Fraction(1)


@dataclass(frozen=True, slots=True)
class Amount:
    """A number as it was written, in exact fractions.

    `value` is None for a range; `low` and `high` are bounds that the text states (None: open);
    `step` is the size of the last written digit, so `12.30` has step 1/100 and `3万` has step 10000;
    `parts` holds the shares of a ratio of three or more.

    >>> Amount(Fraction("11.514"), step=Fraction("0.001")).scaled(10000).step
    Fraction(10, 1)
    """

    value: Fraction | None
    low: Fraction | None = None
    high: Fraction | None = None
    step: Fraction = ONE
    parts: tuple[Fraction, ...] = ()

    def scaled(self, factor: Fraction | int) -> Amount:
        """The same amount in another unit: every figure times `factor`."""
        if factor == 1:
            return self
        return Amount(
            None if self.value is None else self.value * factor,
            None if self.low is None else self.low * factor,
            None if self.high is None else self.high * factor,
            self.step * (factor if factor > 0 else -factor),
            tuple(p * factor for p in self.parts),
        )

    @property
    def interval(self) -> tuple[Fraction | None, Fraction | None]:
        """The least and the greatest number that the printed digits can stand for.

        >>> Amount(Fraction("6.5"), step=Fraction("0.1")).interval
        (Fraction(129, 20), Fraction(131, 20))
        """
        if self.value is None:
            return self.low, self.high
        half = self.step / 2
        return self.value - half, self.value + half


def decimal_text(number: Fraction | int | None) -> str | None:
    """The shortest exact way to write a number: decimal digits, else `a/b`.

    >>> decimal_text(Fraction(11514, 1000)), decimal_text(Fraction(2000, 3))
    ('11.514', '2000/3')
    """
    if number is None:
        return None
    numerator, denominator = number.numerator, number.denominator
    if denominator == 1:
        return str(numerator)
    places = _places(denominator)
    if not places:
        return f"{numerator}/{denominator}"
    digits = str(abs(numerator) * 10**places // denominator).rjust(places + 1, "0")
    return f"{'-' if numerator < 0 else ''}{digits[:-places]}.{digits[-places:]}"


@functools.lru_cache(maxsize=256)
def _places(denominator: int) -> int:
    """How many decimal places a fraction of this denominator needs; 0 where no number of them is enough."""
    rest, twos, fives = denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    return max(twos, fives) if rest == 1 else 0
