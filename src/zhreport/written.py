"""A single written number → its amount: 两千八百万, 1,234.50, 3元5角, 五又三分之一."""

from __future__ import annotations

from fractions import Fraction

import regex

from .amounts import Amount
from .clauses import clauses as clauses_of
from .lexicon import Lexicon
from .quantities import QuantityReader, quantity_reader
from .tokens import fold

# 5 6 and 12,34 are two numbers, 亿万 is none.
_LOOSE = regex.compile(r"\d \d(?!\d\d(?!\d))(?!/)|\d,(?!\d{3}(?!\d))|^(?:亿万|万亿万)")
_GROUPS = regex.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_LATIN = regex.compile(r"(\d+(?:\.\d+)?|\.\d+)([kKwWmMgG])")
_SIGNED_FRACTION = regex.compile(r"(?P<below>[^分负]+)分之(?P<sign>负)?(?P<above>[^分负]+)")
_INVERSE = regex.compile(r"(\d+(?:\.\d+)?)\^(-?\d{1,2})")
_RATIONAL = regex.compile(r"(?:(?P<whole>\d+) +)?(?P<above>\d+)/(?P<below>\d+)")


def parse_amount(text: str, lexicon: Lexicon | None = None) -> Amount:
    """A written number → Amount(value, low, high, step), in the base unit when a unit stands after it.

    Raises ValueError when the whole text is no number, TypeError when it is no str.

    >>> parse_amount("两千八百万").value, parse_amount("1,234.50").step
    (Fraction(28000000, 1), Fraction(1, 100))
    """
    if not isinstance(text, str):
        raise TypeError(f"parse_amount() takes a str, not {type(text).__name__}")
    lexicon = lexicon or Lexicon.load()
    reader = quantity_reader(lexicon)
    folded = fold(text, lexicon.variants).strip()
    found = amount_of(reader, folded)
    if found is None:
        raise ValueError(f"{text!r} is not a written number; expected for example 1,234.5, 两千八百万, 百分之三 or 3元5角")
    return found


def amount_of(reader: QuantityReader, folded: str) -> Amount | None:
    """The amount that a whole folded text writes; None when it is no single number."""
    negative = folded[:1] in ("-", "负") and folded[1:2] not in ("-", "负", "")
    bare = folded[1:] if negative else folded
    squeezed = bare.replace(" ", "")
    if not squeezed or _LOOSE.search(bare):
        return None
    found = _whole(reader, squeezed) if bare != "" else None
    if found is None:
        found = _rational(reader, bare)
    return found.scaled(-1) if found is not None and negative else found


def _whole(reader: QuantityReader, written: str) -> Amount | None:
    try:
        read = reader.read(written.replace(",", "") if _GROUPS.fullmatch(written) else written)
    except (ValueError, IndexError, KeyError):
        read = None
    if read is not None:
        return Amount(read.value, read.low, read.high, read.step)
    if written.endswith("打") and (dozens := _whole(reader, written[:-1])) is not None:
        return dozens.scaled(12)
    if written in ("1半", "半个"):
        return Amount(Fraction(1, 2), step=Fraction(1, 2))
    if m := _LATIN.fullmatch(written):
        size = {"k": 3, "w": 4, "m": 6, "g": 9}[m[2].lower()]
        base = reader.read(m[1])
        return None if base is None or base.value is None else Amount(base.value, step=base.step).scaled(10**size)
    scan = reader.scanner.scan(written)
    if scan.takers or not scan.numbers:
        return None
    found = reader.quantities(written, written, scan.numbers, clauses_of(written), reader.vocabulary.spot(written), alone=True)
    if len(found) == 1 and (found[0].start, found[0].end) == (0, len(written)):
        return found[0].amount
    return None


def _rational(reader: QuantityReader, written: str) -> Amount | None:
    """3/5, 1 3/5 and 五又三分之一: a whole number and a fraction."""
    if m := _RATIONAL.fullmatch(written):
        below = Fraction(m["below"])
        value = Fraction(m["whole"] or 0) + Fraction(m["above"]) / below if below else None
        return None if value is None else Amount(value, step=1 / below)
    if m := _SIGNED_FRACTION.fullmatch(written.replace(" ", "")):
        below_part, above_part = _whole(reader, m["below"]), _whole(reader, m["above"])
        if below_part and above_part and below_part.value and above_part.value is not None:
            return Amount(-above_part.value / below_part.value if m["sign"] else above_part.value / below_part.value)
    if m := _INVERSE.fullmatch(written):
        return Amount(Fraction(m[1]) ** int(m[2]))
    whole, mark, part = written.replace(" ", "").partition("又")
    if mark:
        first, second = _whole(reader, whole), _whole(reader, part)
        if first and second and first.value is not None and second.value is not None and 0 < second.value < 1:
            return Amount(first.value + second.value, step=second.step)
    return None
