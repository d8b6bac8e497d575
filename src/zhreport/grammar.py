"""The shapes of a quantity: patterns over the kinds of what stands in a row around a number.

Letters: P rate word before (每人, 人均), B bound or 约 before, G minus sign, V 翻; N number, W vague number (三四十),
F fraction (百分之八, 三分之二), H 半; I 余 or 多, L 来, S 万 or 亿 after them, K (含); U unit, D /亩, T smaller unit
of the same figure (5角 of 3元5角); R range mark, C ratio mark, A bound after.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from .amounts import Amount

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .lexicon import UnitRow
    from .numerals import Numerals, Read


class Piece(NamedTuple):
    """One thing in the row around a number: its letter, its span, what it means, the lexicon row it came from."""

    letter: str
    start: int
    end: int
    value: object
    name: str


class Built(NamedTuple):
    """What a shape makes of its pieces: an amount in the base unit, the unit, and how exact it is."""

    amount: Amount
    unit: str
    dimension: str
    approx: str
    row: UnitRow | None


class Shape(NamedTuple):
    """A name, a pattern over letters, what to build, and an example with its span in 【】."""

    name: str
    pattern: str
    build: Callable[[str, Sequence[Piece], Numerals], Built | None]
    example: str


def of(pieces: Sequence[Piece], letters: str) -> list[Piece]:
    """The pieces with one of these letters."""
    return [p for p in pieces if p.letter in letters]


def _unit(pieces: Sequence[Piece]) -> UnitRow | None:
    units = of(pieces, "U")
    return units[-1].value if units else None  # type: ignore[return-value]


def limited(value: Fraction | None, approx: str, kind: str) -> tuple[Fraction | None, Fraction | None, str]:
    """The bounds that one modifier gives to a value, and how exact it is then."""
    if kind == "over":
        return value, None, "over"
    if kind == "under":
        return None, value, "under"
    if kind == "near":
        return None, value, "about"
    return None, None, "about" if kind == "about" else approx


def _bounded(read: Read, pieces: Sequence[Piece]) -> tuple[Amount, str]:
    """The number with what its modifiers say of it: 余 and 以上 give it a low bound, 近 and 以内 a high one."""
    kinds = [p.value for p in pieces if p.letter in "BAIL"]
    if not kinds:
        return Amount(read.value, read.low, read.high, read.step), read.approx
    low, high, approx = read.low, read.high, read.approx
    if read.value is not None:
        if "over" in kinds:
            low, approx = read.value, "over"
        if "under" in kinds:
            high, approx = read.value, "under"
        elif "near" in kinds:
            high, approx = read.value, "about"
        elif "about" in kinds:
            approx = "about"
    else:
        approx = "about" if "about" in kinds or "near" in kinds or read.approx == "about" else str(kinds[-1])
    return Amount(read.value, low, high, read.step), approx


def _sign(pieces: Sequence[Piece]) -> int:
    return -1 if of(pieces, "G") else 1


def _measure(text: str, pieces: Sequence[Piece], numerals: Numerals) -> Built | None:
    scale = 1
    read: Read | None = None
    unit: UnitRow | None = None
    for p in pieces:
        if p.letter in "NW" and read is None:
            read = p.value  # type: ignore[assignment]
        elif p.letter == "U":
            unit = p.value  # type: ignore[assignment]
        elif p.letter == "S":
            scale *= numerals.product(text[p.start : p.end])
        elif p.letter == "G":
            scale = -scale
    amount, approx = _bounded(read, pieces)  # type: ignore[arg-type]
    if unit is None:
        return Built(amount.scaled(scale), "", "other", approx, None)
    factor = unit.factor if scale == 1 else unit.factor * scale
    if unit.surface == "折" and amount.value is not None and amount.value >= 10:
        factor /= 10  # 75折 is 0.75, 九折 is 0.9
    return Built(amount.scaled(factor), unit.unit, unit.dimension, approx, unit)


def _fraction(text: str, pieces: Sequence[Piece], numerals: Numerals) -> Built | None:
    found = of(pieces, "F")
    dimension = "percentage" if "percent" in found[0].name else "ratio"
    if len(found) == 2:
        low, high = found[0].value.value, found[1].value.value  # type: ignore[attr-defined]
        return Built(Amount(None, low, high, found[1].value.step), "1", dimension, "exact", None)  # type: ignore[attr-defined]
    amount, approx = _bounded(found[0].value, pieces)  # type: ignore[arg-type]
    return Built(amount.scaled(_sign(pieces)), "1", dimension, approx, None)


def _percent_range(text: str, pieces: Sequence[Piece], numerals: Numerals) -> Built | None:
    """百分之三十到四十: the second number takes the denominator of the first."""
    first, second = of(pieces, "F")[0], of(pieces, "N")[0]
    below = numerals.read(text[first.start : first.end].partition("分之")[0])
    if below is None or not below.value:
        return None
    high = second.value.value / below.value  # type: ignore[attr-defined]
    return Built(Amount(None, first.value.value, high, second.value.step / below.value), "1", "percentage", "exact", None)  # type: ignore[attr-defined]


def shared_scale(numerals: Numerals, first: str, second: str) -> int:
    """The multiplier that the first figure of a range takes from the second: 20至30万, 八到九百亿.

    The largest one under which the range still rises: 八到九百亿 is 800亿 to 900亿, 七千到九千亿 is 7000亿 to 9000亿.
    """
    if numerals.ending(first) and numerals.ending(first)[-1] in numerals.big:
        return 1
    ending = numerals.ending(second)
    low, high = numerals.read(first), numerals.read(second)
    if not ending or low is None or high is None or low.value is None or high.value is None:
        return 1
    for i in range(len(ending)):
        scale = numerals.product(ending[i:])
        if low.value < high.value / scale:
            return scale
    return 1


def _range(text: str, pieces: Sequence[Piece], numerals: Numerals) -> Built | None:
    mark = next(i for i, p in enumerate(pieces) if p.letter == "R")
    first, second = of(pieces[:mark], "NW")[0], of(pieces[mark:], "NW")[0]
    own, unit = _unit(pieces[:mark]), _unit(pieces[mark:])
    if unit is None and own is None:
        return None
    if unit is None or (own is not None and own.dimension != unit.dimension):
        return None
    low, high = first.value, second.value
    low_value = low.low if low.value is None else low.value  # type: ignore[attr-defined]
    high_value = high.high if high.value is None else high.value  # type: ignore[attr-defined]
    scale = 1
    if own is None:
        scale = shared_scale(numerals, text[first.start : first.end], text[second.start : second.end])
    tail = 1
    for p in of(pieces, "S"):
        tail *= numerals.product(text[p.start : p.end])
    signed = -1 if of(pieces[:mark], "G") else 1
    low_value = low_value * scale * tail * (own or unit).factor * signed
    high_value = high_value * tail * unit.factor
    if low_value > high_value or (low_value == high_value and own is None):
        return None
    _, approx = _bounded(second.value._replace(value=None), pieces)  # type: ignore[attr-defined]
    return Built(Amount(None, low_value, high_value, high.step * tail * unit.factor), unit.unit, unit.dimension, approx, unit)  # type: ignore[attr-defined]


def _ratio(text: str, pieces: Sequence[Piece], numerals: Numerals) -> Built | None:
    parts = tuple(p.value.value for p in of(pieces, "N"))  # type: ignore[attr-defined]
    if any(p is None for p in parts) or not parts[-1]:
        return None
    steps = [p.value.step for p in of(pieces, "N")]  # type: ignore[attr-defined]
    if len(parts) == 2:
        return Built(Amount(parts[0] / parts[1], step=steps[0] / parts[1], parts=parts), "1", "ratio", "exact", None)
    return Built(Amount(None, step=max(steps), parts=parts), "1", "ratio", "exact", None)


def _fold(text: str, pieces: Sequence[Piece], numerals: Numerals) -> Built | None:
    """翻一番 is twice as much, 翻两番 four times."""
    unit, number = _unit(pieces), of(pieces, "N")[0].value
    if unit is None or unit.surface != "番" or number.value is None or number.value.denominator != 1 or number.value > 10:  # type: ignore[attr-defined]
        return None
    amount, approx = _bounded(number._replace(value=Fraction(2 ** int(number.value))), pieces)  # type: ignore[attr-defined]
    return Built(amount, "倍", "multiple", approx, None)


def _parts(text: str, pieces: Sequence[Piece], numerals: Numerals) -> Built | None:
    """3元5角, 两角五分, 九成五, 三米九, 3斤5两: one figure written with smaller units."""
    number, unit = of(pieces, "N")[0].value, _unit(pieces)
    if unit is None or number.value is None:  # type: ignore[attr-defined]
        return None
    total: Fraction = number.value * unit.factor  # type: ignore[attr-defined]
    step: Fraction = number.step * unit.factor  # type: ignore[attr-defined]
    for piece in of(pieces, "T"):
        more: Fraction
        size: Fraction
        more, size, _ = piece.value  # type: ignore[misc]
        if more * size >= max(unit.factor, step):
            return None
        total, step = total + more * size, size
    read = of(pieces, "N")[0].value._replace(value=total, step=step)  # type: ignore[attr-defined]
    amount, approx = _bounded(read, pieces)
    smaller: UnitRow = of(pieces, "T")[-1].value[2]  # type: ignore[index]
    if smaller.dimension == "money":
        unit = smaller  # 三块五毛: 块 alone counts pieces
    return Built(amount.scaled(_sign(pieces)), unit.unit, unit.dimension, approx, unit)


def _half_after(text: str, pieces: Sequence[Piece], numerals: Numerals) -> Built | None:
    """三年半, 两个半小时, 一吨半: half a unit more."""
    number, unit = of(pieces, "N")[0].value, _unit(pieces)
    if unit is None or number.value is None or unit.kind != "measure":  # type: ignore[attr-defined]
        return None
    half = Fraction(1, 2)
    amount, approx = _bounded(number._replace(value=number.value + half, step=half), pieces)  # type: ignore[attr-defined]
    return Built(amount.scaled(unit.factor), unit.unit, unit.dimension, approx, unit)


def _half(text: str, pieces: Sequence[Piece], numerals: Numerals) -> Built | None:
    unit = _unit(pieces)
    if unit is None or unit.kind != "measure":
        return None
    amount, approx = _bounded(of(pieces, "H")[0].value, pieces)  # type: ignore[arg-type]
    return Built(amount.scaled(unit.factor), unit.unit, unit.dimension, approx, unit)


# Ties go by the place in this list, then by length.
SHAPES: tuple[Shape, ...] = (
    Shape("fold", "[PB]*VB?NU", _fold, "电商交易额【翻了两番】"),
    Shape("shares", "NCN(?:CN)+", _ratio, "三次产业之比为【12.36∶48.34∶39.3】"),
    Shape("ratio", "NCN", _ratio, "生师比下降到【233.8∶1】"),
    Shape("fraction range", "[PBG]*FRF", _fraction, "毕业率在【百分之五到百分之八】之间"),
    Shape("percent range", "[PBG]*FRN", _percent_range, "毕业率在【百分之三十到四十】之间"),
    Shape("fraction", "[PBG]*FA?", _fraction, "约占总数的【三分之二】"),
    Shape("smaller units", "[PBG]*NUT+A?", _parts, "每斤卖到【3元5角】"),
    Shape("and a half", "[PB]*NUHU?A?", _half_after, "前后用了【三年半】"),
    Shape("half and more", "[PB]*HUIUA?", _half, "走了【半个多月】"),
    Shape("half", "[PB]*HUA?", _half, "工期【半年】"),
    Shape("some more of", "[PB]*NUIUA?", _measure, "走访用了【一个多小时】"),
    Shape("range", "[PBG]*[NW]I?U?I?K?RB*[NW][IL]?S?UI?D*A?", _range, "每户补助【20至30万元】"),
    Shape("measure", "[PBG]*[NW][IL]?S*UI?D*A?", _measure, "发放补助【近40万元】"),
    Shape("bare", "[PBG]*[NW][IL]?S*A?", _measure, "县办园1所,校带园【17】,村办园2所"),
)  # fmt: skip

_COMPILED = tuple((shape, re.compile(shape.pattern)) for shape in SHAPES)
_KNOWN: dict[str, tuple[tuple[Shape, int], ...]] = {}


def shapes_of(letters: str) -> tuple[tuple[Shape, int], ...]:
    """The shapes that a row of letters can begin with, and how many letters each takes; the first that builds wins.

    >>> [(shape.name, size) for shape, size in shapes_of("BNUA")]
    [('measure', 4), ('bare', 2)]
    """
    found = _KNOWN.get(letters)
    if found is None:
        matches = ((shape, pattern.match(letters)) for shape, pattern in _COMPILED)
        found = tuple((shape, m.end()) for shape, m in matches if m)
        if len(_KNOWN) < 10000:
            _KNOWN[letters] = found
    return found
