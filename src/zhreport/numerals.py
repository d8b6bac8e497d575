"""A written number → its exact value: digits, 汉字, 万/亿, and the vague forms 三四十, 数百, 十几."""

from __future__ import annotations

import functools
import re
from fractions import Fraction
from math import prod
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from .lexicon import Lexicon


class Read(NamedTuple):
    """What a numeral says: a value, or bounds for a vague form, and the step of its last written digit."""

    value: Fraction | None
    low: Fraction | None
    high: Fraction | None
    step: Fraction
    approx: str


LONGEST = 64  # no report writes a longer number; what is longer is damage, and would cost time that grows with its square
_GROUPED = r"\d{1,3}(?:,\d{3})++(?!\d)(?:\.\d++)?|\d{1,3}(?: \d{3})++(?! ?\d)(?:\.\d++)?|\d++(?:\.\d++)?"
_PREFIXED = "[瓦克米赫帕伏卡焦升]"  # 千瓦, 千克: the 千 belongs to the unit
_POWER = r" ?×10(?:\^-?\d{1,3}|[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]{1,4})"
_PAIRS = ("一二", "一两", "两三", "二三", "三四", "四五", "五六", "六七", "七八", "八九", "三五", "三两")
_SUPERSCRIPT = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
_DECIMAL = re.compile(r"\d+(?:\.\d+)?|\.\d+")
_EXPONENT = re.compile(r"(.+?)(?:×10\^?([⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+|-?\d{1,3})|[eE]([+-]?\d{1,3}))")


class Numerals:
    """Reads the numerals of one lexicon.

    >>> from zhreport.lexicon import Lexicon
    >>> read = Numerals(Lexicon.load()).read
    >>> read("两千八百万").value, read("1,234.50").step, read("三四十").high
    (Fraction(28000000, 1), Fraction(1, 100), Fraction(40, 1))
    """

    def __init__(self, lexicon: Lexicon) -> None:
        def values(kind: str) -> dict[str, int]:
            return {row.surface: int(row["value"]) for row in lexicon.table("numerals", kind)}

        self.digit, self.small, self.tens, self.big = (values(k) for k in ("digit", "small", "tens", "big"))
        self.scale = {**self.small, **self.big}
        self.zeros = "".join(c for c, v in self.digit.items() if v == 0)
        self.digits = "".join(c for c, v in self.digit.items() if v)
        smalls = "".join(self.small)
        self._pair = re.compile(
            rf"(?:(?P<hundreds>[{self.digits}])百)?(?P<tens>[{self.digits}]?十)?(?P<pair>{'|'.join(_PAIRS)})(?P<scale>[{smalls}]?[万亿]{{0,2}})"
        )
        self._piece = re.compile(
            rf"(?P<zero>[{self.zeros}]*)(?:(?P<tens>[{''.join(self.tens)}])"
            rf"|(?P<digit>\d+(?:\.\d+)?|[{self.digits}])?(?P<small>[{smalls}])?)"
        )
        self.read = functools.lru_cache(maxsize=65536)(self._read)

    @property
    def firsts(self) -> str:
        """Every character but a digit that a number can begin with."""
        return "".join(sorted({*self.digits, *self.zeros, *self.small, *self.tens, *"万亿两千好几数半"}))

    @property
    def pattern(self) -> str:
        """What may be a number in running text, as one pattern; linear on any text.

        The order settles ties: a vague form stands before a plain one, so that 三四十 is not 三 and 四十.
        """
        d, z, small, tens = self.digits, self.zeros, "".join(self.small), "".join(self.tens)
        # After 万 or 亿 more digits may follow (1亿2000万, 2万3000, 1万2千, 两万三), but 5万3所 is two figures' worth of doubt
        # that only 万 and one digit before a unit can have, and there the short form is meant.
        more = rf"(?:\d{{4}}(?!\d)|[{z}]?\d{{1,4}}[千百]?[万]|[{z}]?[{d}\d]千)[{z}{d}{small}\d]{{0,8}}万?|[{z}]?[{d}\d]百?[{d}]?十?[{d}]?(?![\d.,])"
        # 千 may begin a unit (一百千瓦), 两 may be one (三十两).
        every = f"{d}{z}{small}{tens}万亿".replace("千", "").replace("两", "")
        han = rf"[{every}]|千(?!{_PREFIXED})|两(?=[{small}万亿])|(?<![{d}{z}{small}万亿])两"
        return (
            rf"(?P<digits>(?:{_GROUPED})(?:{_POWER})?(?: ?[百千]?[万亿]{{1,2}}(?:{more})?|(?:百(?!分)|千(?!{_PREFIXED}))(?:零?[{d}\d]百?(?:零?[{d}\d]十?[{d}\d]?)?(?![\d.,{d}]))?)?)"
            rf"|(?P<few>好?几[{small}]?[万亿]++|好?几[{small}]|数[{small}]?[万亿]++|数[{small}])"
            rf"|(?P<teens>(?:[{d}{z}十百千]{{0,12}}十|[{d}][百千]零?)几[十百千]?[万亿]{{0,2}})"
            rf"|(?P<pair>(?<![{d}{z}])(?:[{d}]百(?=(?:{'|'.join(_PAIRS)})十))?(?:[{d}]?十)?(?:{'|'.join(_PAIRS)})(?![{d}{z}点])[{small}]?[万亿]{{0,2}})"
            rf"|(?P<part>一半|半数)"
            # no ++ around alternatives: the engine of Python before 3.11.5 loses what it has matched there
            rf"|(?P<han>(?!零下)(?:{han})+(?:点[{d}{z}]++[万亿]{{0,2}})?)"
            rf"|(?P<half>半)"
        )

    def _read(self, text: str) -> Read | None:
        """The number that `text` writes (folded to half width); None when it is not a well-formed number."""
        if len(text) > LONGEST:
            return None
        if text.isdigit() and text.isascii():
            return Read(Fraction(int(text)), None, None, Fraction(1), "exact")
        if "几" in text or text[:1] == "数":
            return self._few(text)
        if m := self._pair.fullmatch(text):
            return self._range_of_pair(m)
        if text in ("半", "一半", "半数"):
            return Read(Fraction(1, 2), None, None, Fraction(1, 2), "exact")
        found = self.plain(text.replace(" ", "").replace(",", ""))
        return None if found is None else Read(found[0], None, None, found[1], "exact")

    def product(self, scale: str) -> int:
        """The size that multipliers together make: 百万 is 1000000."""
        return prod(self.scale[c] for c in scale)

    def ending(self, text: str) -> str:
        """The multipliers that a number ends in: 百亿 of 九百亿."""
        return text[len(text.rstrip("".join(self.scale))) :]

    def _few(self, text: str) -> Read | None:
        """数百 is 200 to 1000, 几十万 is 200000 to 1000000, 十几 is 11 to 19, 三十几万 is 310000 to 390000."""
        head, _, tail = text.removeprefix("好").partition("几" if "几" in text else "数")
        scale = self.product(tail)
        if not head:
            return Read(None, Fraction(2 * scale), Fraction(10 * scale), Fraction(scale), "about")
        base = self.plain(head.rstrip(self.zeros))
        if base is None:
            return None
        # 三百几十万: the 几 counts the tens; 十几万: it counts the 万.
        unit = self.product(tail.rstrip("万亿"))
        big = scale // unit
        return Read(None, (base[0] + unit) * big, (base[0] + 9 * unit) * big, Fraction(scale), "about")

    def _range_of_pair(self, m: re.Match) -> Read:
        """三四十 is 30 to 40, 十七八 is 17 to 18, 二三十万 is 200000 to 300000."""
        tens, scale = m["tens"], self.product(m["scale"])
        base = 0 if not tens else 10 * (self.digit[tens[0]] if len(tens) == 2 else 1)
        more = 100 * self.digit[m["hundreds"]] if m["hundreds"] else 0
        low, high = sorted(Fraction((base + self.digit[c]) * scale + more) for c in m["pair"])
        return Read(None, low, high, Fraction(scale), "about")

    def plain(self, text: str) -> tuple[Fraction, Fraction] | None:
        """A number with no spaces or group commas → its value and the size of its last written digit."""
        if m := _EXPONENT.fullmatch(text):
            base = self.plain(m[1])
            power = Fraction(10) ** int((m[2] or m[3]).translate(_SUPERSCRIPT))
            return None if base is None else (base[0] * power, base[1] * power)
        for mark, scale in sorted(self.big.items(), key=lambda item: -item[1]):
            head, found, rest = text.rpartition(mark)
            if found:
                return self._around(head, rest, scale)
        return self._below_ten_thousand(text)

    def _around(self, head: str, rest: str, scale: int) -> tuple[Fraction, Fraction] | None:
        """一万二 is 12000, 一万零二 is 10002, 2万3000 is 23000; 10.1万零100 is no number."""
        left = (Fraction(1), Fraction(1)) if not head else self.plain(head)
        if left is None:
            return None
        value, step = left[0] * scale, left[1] * scale
        if not rest:
            return value, step
        if left[1] < 1:
            return None
        if len(rest) == 1 and rest not in self.zeros and (rest in self.digit or rest.isdigit()):
            return value + int(self.digit.get(rest, rest)) * Fraction(scale, 10), Fraction(scale, 10)
        right = self.plain(rest.lstrip(self.zeros) or "零")
        if right is None or right[0] >= scale:
            return None
        return value + right[0], right[1]

    def _below_ten_thousand(self, text: str) -> tuple[Fraction, Fraction] | None:
        if not text:
            return None
        if _DECIMAL.fullmatch(text):
            whole, _, part = text.partition(".")
            return Fraction(int((whole or "0") + part), 10 ** len(part)), Fraction(1, 10 ** len(part))
        whole, point, part = text.partition("点")
        if point:
            base = self._below_ten_thousand(whole)
            written = "".join(str(self.digit.get(c, c)) for c in part)
            if base is None or base[1] < 1 or not written.isdigit():
                return None
            step = Fraction(1, 10 ** len(written))
            return base[0] + int(written) * step, step
        if len(text) > 1 and all(c in self.digit for c in text):
            return Fraction(int("".join(str(self.digit[c]) for c in text))), Fraction(1)
        return self._small(text)

    def _small(self, text: str) -> tuple[Fraction, Fraction] | None:
        """千 before 百 before 十 before a digit; 三百二 is 320, 三百零二 is 302."""
        total, last, step, at = Fraction(0), 10**5, Fraction(1), 0
        while at < len(text):
            m = self._piece.match(text, at)
            if m is None or m.end() == at:
                return None
            at, digit, small = m.end(), m["digit"], m["small"]
            if m["tens"]:
                if last <= 10:
                    return None
                total, last, step = total + self.tens[m["tens"]], 10, Fraction(10)
            elif digit is None and small is None:
                return (total, Fraction(1)) if at == len(text) and (total or text in self.zeros) else None
            elif small:
                size = self.small[small]
                if size >= last or (digit is not None and "." in digit and last != 10**5):
                    return None
                count = Fraction(1) if digit is None else Fraction(self.digit.get(digit, digit))
                total, last, step = total + count * size, size, Fraction(size)
            else:
                if at != len(text):
                    return None
                count = Fraction(self.digit.get(digit, digit))
                short = 10 < last != 10**5 and not m["zero"] and len(digit) == 1
                step = Fraction(last, 10) if short else Fraction(1)
                if not short and count >= last:
                    return None
                total += count * step
        return total, step
