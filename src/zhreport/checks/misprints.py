"""Which single misprint would explain that a relation fails: one digit, two digits in the wrong order, a lost 万."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .figures import Figures


def lost_myriad(page: Figures, total: int, parts: Sequence[int]) -> int | None:
    """The part that lost its 万: 柴油42万元、电费26.5万元、运水9.8元 of 78.3万元."""
    values, whole = page.values(parts), page.value[total]
    if len(parts) < 2 or whole is None or values is None or page.dimension[total] != "money":
        return None
    short = whole - sum(values)
    return next((p for p, v in zip(parts, values, strict=True) if v and v * 9999 == short), None)


def variants(number: str) -> Iterator[str]:
    """What a number may have been meant to be: one digit changed, or two neighbours in the other order.

    >>> list(variants("12"))[:3], "21" in variants("12")
    (['22', '32', '42'], True)
    """
    for i, old in enumerate(number):
        for new in "0123456789":
            if new != old and (i or new != "0"):
                yield number[:i] + new + number[i + 1 :]
    for i in range(len(number) - 1):
        a, b = number[i], number[i + 1]
        if a != b and (i or b != "0"):
            yield number[:i] + b + a + number[i + 2 :]


def misprint(old: str, new: str) -> bool:
    """Whether two numbers of at least two digits are one misprint apart."""
    return len(old) == len(new) > 1 and new in set(variants(old))


def rewritten(surface: str, old: str, new: str) -> str:
    """The surface with its digits changed in place, points and commas kept; the new number alone where that cannot be."""
    digits = [c for c in surface if c.isdigit()]
    if "".join(digits).lstrip("0") != old:
        return new
    fresh = iter("0" * (len(digits) - len(new)) + new)
    return "".join(next(fresh) if c.isdigit() else c for c in surface)
