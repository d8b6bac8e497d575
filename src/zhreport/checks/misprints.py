"""Which single misprint would explain that a relation fails: one digit, two digits in the wrong order, a lost 万."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction

from ..types import Finding
from .figures import Figures

Residual = Callable[[Sequence[Fraction]], Fraction]


def hint(page: Figures, finding: Finding, figures: Sequence[int], residual: Residual) -> Finding:
    """The finding with the misprints that would mend it; `residual` is zero where the relation holds and linear in each figure."""
    found = [t for k in range(len(figures)) if (t := _mended(page, figures, k, residual)) is not None]
    if not found or len(found) > 3:
        return finding
    return replace(finding, reason=f"{finding.reason}；若{'，或'.join(found)}则相合 / would hold if so printed")


def _mended(page: Figures, figures: Sequence[int], k: int, residual: Residual) -> str | None:
    known = page.values(figures)
    if known is None:
        return None
    at_zero, at_one = (residual([*known[:k], Fraction(x), *known[k + 1 :]]) for x in (0, 1))
    if at_one == at_zero:
        return None
    wanted = -at_zero / (at_one - at_zero)
    step = page.reaches[figures[k]].step
    old, new = known[k] / step, wanted / step
    if new <= 0 or old.denominator != 1 or new.denominator != 1:
        return None
    kind = misprint(str(old), str(new))
    if kind is None:
        return None
    surface = page.records[figures[k]].surface
    return f"{surface}为{rewritten(surface, str(old), str(new))}"


def lost_myriad(page: Figures, total: int, parts: Sequence[int]) -> int | None:
    """The part that lost its 万: 柴油42万元、电费26.5万元、运水9.8元 of 78.3万元."""
    values, whole = page.values(parts), page.value(total)
    if len(parts) < 2 or whole is None or values is None or page.dimension(total) != "money":
        return None
    short = whole - sum(values, Fraction(0))
    return next((p for p, v in zip(parts, values, strict=True) if v and v * 9999 == short), None)


def misprint(old: str, new: str) -> str | None:
    """Whether two numbers of as many digits differ in one digit, or in the order of two neighbours."""
    if len(old) != len(new) or old == new or len(old) < 2:
        return None
    places = [i for i, (a, b) in enumerate(zip(old, new, strict=True)) if a != b]
    if len(places) == 1:
        return "digit"
    if len(places) == 2 and places[1] == places[0] + 1 and old[places[0]] == new[places[1]] and old[places[1]] == new[places[0]]:
        return "order"
    return None


def rewritten(surface: str, old: str, new: str) -> str:
    """The surface with its digits changed in place, points and commas kept; the new number alone where that cannot be."""
    digits = [c for c in surface if c.isdigit()]
    if "".join(digits).lstrip("0") != old:
        return new
    fresh = iter("0" * (len(digits) - len(new)) + new)
    return "".join(next(fresh) if c.isdigit() else c for c in surface)
