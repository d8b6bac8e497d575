"""The number of a list paragraph → the characters that Word shows for it."""

from __future__ import annotations

from collections.abc import Callable

_PLAIN = ("〇一二三四五六七八九", "十百千", "零")
_LEGAL = ("零壹贰叁肆伍陆柒捌玖", "拾佰仟", "零")
_LEGAL_TRADITIONAL = ("零壹貳參肆伍陸柒捌玖", "拾佰仟", "零")
_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"),
    (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip


def label(form: str, number: int) -> str:
    """A number in one of the formats of WordprocessingML (`w:numFmt`); one that is unknown is shown in digits, as Word does.

    >>> [label("chineseCounting", n) for n in (3, 10, 12, 30)]
    ['三', '十', '十二', '三十']
    """
    return _FORMATS.get(form, str)(number)


def _counted(number: int, table: tuple[str, str, str] = _PLAIN, bare_ten: bool = True) -> str:
    """Counting words, as 十二 or 一百零三; formal ones keep the one of 壹拾."""
    digits, units, zero = table
    if not 0 < number < 10000:
        return "".join(digits[int(d)] for d in str(number))
    out, gap = "", False
    for power in range(3, -1, -1):
        digit = number // 10**power % 10
        if not digit:
            gap = bool(out)
            continue
        out += (zero if gap else "") + digits[digit] + (units[power - 1] if power else "")
        gap = False
    return out[1:] if bare_ten and 10 <= number < 20 else out


def _japanese(number: int) -> str:
    """百 and 千 stand without 一, and no zero is spoken: 百三."""
    if not 0 < number < 10000:
        return str(number)
    out = ""
    for power in range(3, -1, -1):
        digit = number // 10**power % 10
        if digit:
            out += ("" if power and digit == 1 else _PLAIN[0][digit]) + (_PLAIN[1][power - 1] if power else "")
    return out


def _letters(number: int) -> str:
    """a … z, aa, bb: Word repeats the letter."""
    return chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1) if 0 < number <= 780 else str(number)


def _roman(number: int) -> str:
    if not 0 < number < 4000:
        return str(number)
    out = ""
    for value, letters in _ROMAN:
        out += letters * (number // value)
        number %= value
    return out


def _row(characters: str) -> Callable[[int], str]:
    """A fixed row of signs; beyond its end Word goes on in digits."""
    return lambda number: characters[number - 1] if 0 < number <= len(characters) else str(number)


def _signs(first: str, count: int) -> Callable[[int], str]:
    return _row("".join(chr(ord(first) + i) for i in range(count)))


def _digits(digits: str) -> Callable[[int], str]:
    return lambda number: str(number).translate({ord("0") + i: d for i, d in enumerate(digits)})


_FORMATS: dict[str, Callable[[int], str]] = {
    "decimal": str,
    "decimalHalfWidth": str,
    "decimalZero": lambda n: f"{n:02d}",
    "decimalFullWidth": _digits("０１２３４５６７８９"),
    "decimalFullWidth2": _digits("０１２３４５６７８９"),
    "chineseCounting": _counted,
    "chineseCountingThousand": _counted,
    "taiwaneseCounting": _counted,
    "taiwaneseCountingThousand": _counted,
    "ideographDigital": _digits("〇一二三四五六七八九"),
    "taiwaneseDigital": _digits("○一二三四五六七八九"),
    "japaneseDigitalTenThousand": _digits("〇一二三四五六七八九"),
    "japaneseCounting": _japanese,
    "chineseLegalSimplified": lambda n: _counted(n, _LEGAL, bare_ten=False),
    "ideographLegalTraditional": lambda n: _counted(n, _LEGAL_TRADITIONAL, bare_ten=False),
    "ideographTraditional": _row("甲乙丙丁戊己庚辛壬癸"),
    "ideographZodiac": _row("子丑寅卯辰巳午未申酉戌亥"),
    "ideographEnclosedCircle": _signs("㊀", 10),
    "decimalEnclosedCircle": _signs("①", 20),
    "decimalEnclosedCircleChinese": _signs("①", 20),
    "decimalEnclosedParen": _signs("⑴", 20),
    "decimalEnclosedFullstop": _signs("⒈", 20),
    "numberInDash": lambda n: f"- {n} -",
    "lowerLetter": _letters,
    "upperLetter": lambda n: _letters(n).upper(),
    "lowerRoman": _roman,
    "upperRoman": lambda n: _roman(n).upper(),
    "bullet": lambda n: "",
    "none": lambda n: "",
}
