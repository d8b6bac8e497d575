"""Date tokens and period words → periods in their normal form: `2019`, `2019-spring`, `2018/`, `2014/2018`."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import regex

from .numerals import Numerals
from .tokens import date_patterns
from .types import Period, Token

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .lexicon import Lexicon

# The year that is in force where a date does not say one (3月28日, 上半年); Z-1 is the year before that of writing.
YEAR, LAST = "Y", "L"
_OPEN = regex.compile(r"(?:年底|年末|底|末|初|春季|秋季|学期)?(?:以来|以后|之后|后|开始|起|始|来(?!自))")
_COMPARED = regex.compile(
    r"(?r)(?:比|较|与|同|和|相比|是|为|占|恢复到?|相当于|达到|超过|高于|低于|于|不及|优于)(?:上年|去年)?$|(?:比|较)(?:[^,。;:]{0,4})$"
)
_SPAN = regex.compile(r"(?:时期|期间|以来|末|初|期末|五年|前[一二三四]年|中期(?!评估|调整))")
_UNTIL = regex.compile(r"(?r)(?:截至|截止到?|止于)$")
_AFTER_BASE = regex.compile(r"(?:同期|同比|相比|基础上|基数上|的(?=[\d一二两三四五六七八九十.]{1,6}(?:倍|成)))")
# 由2017年的118.6亿元: the year belongs to that figure alone.
_LOCAL = regex.compile(r"(?:年底|年末|底|末|度|春季|秋季)?的(?:约|近|超|不足)?(?=[\d一二两三四五六七八九十百千])")
# 比去年同期的238.9万元, 比上年决算数79310万元: the figure right after is last year's.
_TOLD = regex.compile(r"(?:同期|全年|底|末)?(?:的|决算数|执行数|完成数|决算|实绩)(?:约|近|超|不足)?(?=\d)")


class PeriodReader:
    """Normalises the periods of one lexicon; make it with `period_reader(lexicon)`."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._dates = {name: regex.compile(p) for name, p in date_patterns(lexicon).items()}
        self._words = {r.surface: (r.kind, r["value"]) for r in lexicon.table("periods")}
        self._numerals = Numerals(lexicon)

    def read(self, folded: str, tokens: Iterable[Token]) -> tuple[Period, ...]:
        """The periods that these tokens name, in order; `Y` stands for a year that is not said.

        A date that another figure is only compared with (比2016年, 2019年的八成) has kind `base`.
        """
        out: list[Period] = []
        for token in tokens:
            if token.kind.startswith("date:"):
                found = self._date(folded, token)
            elif token.kind.startswith("period:"):
                found = self._word(folded, token)
            else:
                continue
            if found is not None:
                out.append(found)
        return tuple(self._joined(folded, out))

    def _number(self, text: str | None) -> int | None:
        if not text:
            return None
        if text.isdigit() and text.isascii():
            return int(text)
        found = self._numerals.plain(text)
        return int(found[0]) if found else None

    def _date(self, folded: str, token: Token) -> Period | None:
        name = token.kind.removeprefix("date:")
        m = self._dates[name].match(folded, token.start) if name in self._dates else None
        if m is None or name in ("clock", "decade", "era"):
            return None
        got = m.groupdict()
        year, last = self._number(got.get("y1")), self._number(got.get("y2"))
        if name == "short" and year is not None:
            year += 2000
        stem = str(year) if year else YEAR
        m1, m2, d1, d2 = (self._number(got.get(k)) for k in ("m1", "m2", "d1", "d2"))
        value, kind = stem, "year"
        if name in ("school", "years"):
            if last is not None and last < 100:
                last += (year or 0) // 100 * 100
            value = f"{year}/{last}"
        elif name == "pair":
            value = f"{year}/{last}"
        elif name == "first":
            value, kind = f"{stem}-01/{stem}-{m2:02d}", "months"
        elif name == "quarters":
            q1, q2 = (self._number(got.get(k)) or 1 for k in ("q1", "q2"))
            value, kind = f"{stem}-{3 * q1 - 2:02d}/{stem}-{3 * q2:02d}", "months"
        elif name == "months":
            value, kind = f"{stem}-{m1:02d}/{last or stem}-{m2:02d}", "months"
        elif name == "days":
            value, kind = f"{stem}-{m1:02d}-{d1:02d}/{last or stem}-{m2 or m1:02d}-{d2:02d}", "days"
        elif name in ("day", "iso"):
            value, kind = f"{stem}-{m1:02d}-{d1:02d}", "day"
        elif name == "month":
            value, kind = f"{stem}-{m1:02d}", "month"
        elif name == "part":
            value, kind = part(stem, self._words[got["part"]][1]), "part"
        elif name == "dayonly":
            return None
        return self._period(folded, token.start, token.end, value, kind)

    def _word(self, folded: str, token: Token) -> Period | None:
        kind, value = self._words[folded[token.start : token.end]]
        if kind in ("year", "last"):
            # 去年 counts from the time of writing (-1), 上年 from the year that is reported on (L-1)
            return self._period(folded, token.start, token.end, value if kind == "year" else f"{LAST}{value}", "relative")
        if kind == "part":
            return self._period(folded, token.start, token.end, part(YEAR, value), "part")
        if kind == "plan":
            if not _SPAN.match(folded, token.end):
                return None  # 实现了“十四五”良好开局 names no time of a figure
            return self._period(folded, token.start, token.end, value, "year")
        if kind == "coming":
            return Period(token.start, token.end, value, kind)
        return Period(token.start, token.end, None, kind)

    def _period(self, folded: str, start: int, end: int, value: str, kind: str) -> Period:
        before = folded[max(0, start - 12) : start]
        if kind == "relative" and _TOLD.match(folded, end):
            return Period(start, end, value if value.startswith(LAST) else f"Z{int(value):+d}", "local")
        if (m := _OPEN.match(folded, end)) and not _UNTIL.search(before):
            if kind == "relative":
                return Period(start, m.end(), value, kind)
            return Period(start, m.end(), f"{value.split('/')[0]}/", "open")
        own = before[-1:] in ("比", "较") and _LOCAL.match(folded, end) is not None  # 比2020年的350万元: that year's
        if _AFTER_BASE.match(folded, end) or (not own and _COMPARED.search(before)):
            return Period(start, end, value, "base")
        if own or _LOCAL.match(folded, end):
            relative = kind == "relative" and not value.startswith(LAST)
            return Period(start, end, f"Z{int(value):+d}" if relative else value, "local")
        return Period(start, end, value, kind)

    @staticmethod
    def _joined(folded: str, found: list[Period]) -> list[Period]:
        """今年上半年, 去年3月: a relative year and the part of it that follows are one period."""
        out: list[Period] = []
        for p in found:
            last = out[-1] if out else None
            if last and last.kind == "relative" and p.value and p.value.startswith(YEAR) and p.start - last.end <= 1:
                stem = last.value or "+0"
                out[-1] = Period(
                    last.start, p.end, p.value.replace(YEAR, stem if stem[0] == LAST else f"Z{int(stem):+d}"), p.kind
                )
            else:
                out.append(p)
        return out


def part(stem: str, value: str) -> str:
    """A part of a year: `spring`, or months `01/06`.

    >>> part("2019", "01/06")
    '2019-01/2019-06'
    """
    first, slash, last = value.partition("/")
    return f"{stem}-{first}/{stem}-{last}" if slash else f"{stem}-{first}"


@functools.lru_cache(maxsize=8)
def period_reader(lexicon: Lexicon) -> PeriodReader:
    """The period reader of a lexicon, compiled once."""
    return PeriodReader(lexicon)
