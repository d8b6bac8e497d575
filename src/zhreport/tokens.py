"""Text → number Tokens and the Tokens that take their digits first (dates, codes, ordinals, phrases), in one pass.

Numerals are found first, which costs almost nothing; words are looked up only at their edges.
"""

from __future__ import annotations

import functools
import re
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

import regex
from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from .numerals import Numerals, Read
from .types import Placeholder, Token

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .lexicon import Lexicon

# One character for one character, so that every offset of the folded text is an offset of the text.
_FOLD = {chr(c): chr(c - 0xFEE0) for c in range(0xFF01, 0xFF5F)}
_FOLD |= dict.fromkeys("\u3000\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\t", " ")
_FOLD |= dict.fromkeys("‐‑‒–—―−﹣─━", "-")
_FOLD |= dict.fromkeys("∶︰﹕：ː", ":") | dict.fromkeys("﹪％", "%") | dict.fromkeys("﹐，", ",") | dict.fromkeys("〜∼～﹏", "~")
_FOLD |= dict.fromkeys("﹙（", "(") | dict.fromkeys("﹚）", ")") | {"﹒": ".", "﹔": ";", "﹗": "!", "﹖": "?", "\r": "\n", "\u2028": "\n", "\u2029": "\n", "\x0b": "\n", "\x0c": "\n", "\x85": "\n", "╱": "/", "∕": "/", "✕": "×", "☓": "×"}  # fmt: skip


def fold(text: str, variants: Mapping[str, str] | None = None) -> str:
    """The same text in half-width forms, and simplified where `variants` says so, every character in its place.

    >>> fold("１２，３４５．６万元（占９％）")
    '12,345.6万元(占9%)'
    """
    held = set(text)
    if broken := [c for c in held if "\ud800" <= c <= "\udfff"]:
        text = text.translate(dict.fromkeys(map(ord, broken), "\ufffd"))  # half a character, which no word holds
    for table in (_FOLD, variants or {}):
        for char in held & table.keys():
            text = text.replace(char, table[char])
    return text


# What scanning makes of digits: 1O86人 is 1086人, l2万元 is 12万元; and of a decimal point: 12。5万元.
_LOOKALIKE = regex.compile(r"(?<![A-Za-z\d.])(?=[\dlIOo.]*[lIOo])(?=[lIOo]*\d)[\dlIOo]+(?:\.[\dlIOo]+)?(?= ?[万亿]?\p{Han})")
_POINT = regex.compile(r"(?<=(?<![\d.])\d{1,5})。(?=\d{1,4}(?:[万亿]|%|个百分点))")
_DIGITS = str.maketrans("lIOo", "1100")


def repaired(folded: str) -> tuple[str, list[int]]:
    """The folded text with damaged digits read as what was meant, and where that was done.

    Only where the neighbours leave no doubt: letters among digits, right before a Chinese unit.

    >>> repaired("资助1O86人、l2万元")
    ('资助1086人、12万元', [2, 8])
    """
    places: list[int] = []

    def digits(m: regex.Match) -> str:
        places.append(m.start())
        return m[0].translate(_DIGITS)

    def point(m: regex.Match) -> str:
        places.append(m.start())
        return "."

    if any(letter in folded for letter in "lIOo"):
        folded = _LOOKALIKE.sub(digits, folded)
    return _POINT.sub(point, folded), sorted(places)


class Number(NamedTuple):
    """A numeral that nothing else claimed, and what it says."""

    start: int
    end: int
    read: Read
    form: str


class Scan(NamedTuple):
    """Everything that was found in one pass, in the order of the text."""

    numbers: list[Number]
    takers: list[Token]
    placeholders: list[Placeholder]


_YEAR = r"(?:(?:19|20)\d{2}|[一二][〇零一二三四五六七八九]{3})"
_MONTH = r"(?:1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])"
_DAY = r"(?:3[01]|[12]\d|0?[1-9]|二?十[一二三四五六七八九]?|三十一?|[一二三四五六七八九])"
_TO = r" ?(?:[-~]{1,2}|至|到) ?"


def date_patterns(lexicon: Lexicon) -> dict[str, str]:
    """The shapes of dates, by name; periods.py gives each its normal form."""
    part = lexicon.pattern("periods", "part", "season")
    month_end = r"(?:份|底|末|初|上旬|中旬|下旬|中)?"
    return {
        "iso": r"(?P<y1>(?:19|20)\d{2})(?P<s>[-/.])(?P<m1>1[0-2]|0?[1-9])(?P=s)(?P<d1>3[01]|[12]\d|0?[1-9])(?!\d)",
        "school": rf"(?P<y1>{_YEAR})年?(?:[-~/]{{1,2}}|至|到)(?P<y2>{_YEAR}|\d{{2}})年?学年度?",
        "years": rf"(?P<y1>{_YEAR})(?:年度?(?:末|底|初)?)?{_TO}(?P<y2>{_YEAR})年度?(?:末|底|初)?(?!{_MONTH}月)",
        "months": rf"(?:(?P<y1>{_YEAR})年 ?)?(?P<m1>{_MONTH})(?:月份?)?{_TO}(?:(?P<y2>{_YEAR})年)?(?P<m2>{_MONTH})月(?!\d{{1,2}}日){month_end}",
        "days": rf"(?:(?P<y1>{_YEAR})年 ?)?(?P<m1>{_MONTH})月(?P<d1>{_DAY})[日号]?{_TO}(?:(?P<y2>{_YEAR})年)?(?:(?P<m2>{_MONTH})月)?(?P<d2>{_DAY})[日号]",
        "day": rf"(?:(?P<y1>{_YEAR})年 ?)?(?P<m1>{_MONTH})月 ?(?P<d1>{_DAY})[日号](?:上午|下午|晚)?",
        "month": rf"(?:(?P<y1>{_YEAR})年 ?)?(?P<m1>{_MONTH})月{month_end}(?![经龄])",
        "first": rf"(?P<y1>{_YEAR})年前(?P<m2>1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九])个月",
        "quarters": rf"(?P<y1>{_YEAR})年第?(?P<q1>[1-4一二三四]){_TO}第?(?P<q2>[1-4一二三四])季度",
        "pair": rf"(?P<y1>{_YEAR})[、和](?P<y2>{_YEAR})(?:年度?|(?=两年))",
        "part": rf"(?P<y1>{_YEAR})年度?(?P<part>{part})(?![节耕运])",
        "decade": r"(?:(?:19|20)?\d0|[一二三四五六七八九]十)年代",
        "bare": r"(?P<y1>(?:19|20)\d{2})(?=全年|全县|全市|村(?!民)|上半年|下半年|级|版|届|学年)",
        "year": rf"(?P<y1>{_YEAR})年(?:度|末|底|初|中)?(?![级龄])",
        "short": r"(?<!\d)(?P<y1>\d{2})年(?:度|末|底|初|(?=春|秋))",
        "clock": r"(?:[01]?\d|2[0-4]):[0-5]\d(?::[0-5]\d)?(?![\d.:])|(?<=[午晨晚早日夜] ?)\d{1,2}[时点](?:[0-5]?\d分|半|整|许)?|\d{1,2}[时点][0-5]?\d分",
        "dayonly": r"(?:3[01]|[12]\d|0?[1-9])日(?!均|产|龄|内|以内)|(?:3[01]|[12]\d|0?[1-9])号(?!文|线|楼)",
    }


class Scanner:
    """The compiled patterns of one lexicon; make it with `scanner(lexicon)`."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.numerals = Numerals(lexicon)
        self._phrase_rows = [row.name for row, _ in lexicon.phrases]
        self._phrase_offsets = [offsets for _, offsets in lexicon.phrases]
        self._phrases = AhoCorasick([row.surface for row, _ in lexicon.phrases], implementation=Implementation.ContiguousNFA)
        self.right = lexicon.right
        # The standard library is twice as fast here: one pass over the text with a look at the first character.
        self._number = re.compile(f"(?=[\\d{self.numerals.firsts}])(?:{self.numerals.pattern})")
        self._dates = [(name, regex.compile(p)) for name, p in date_patterns(lexicon).items()]
        self._any_date = regex.compile("|".join(f"(?P<is_{name}>{p})" for name, p in date_patterns(lexicon).items()))
        # 2020年 with nothing after it that could make it longer, or another date: most dates of a report.
        more = "".join({w[0] for w in lexicon.words("periods", "part", "season")})
        self._plain_year = re.compile(
            rf"(?:19|20)[0-9]{{2}}年(?![-~/至到、和 \d一二三四五六七八九十〇零前第度末底初中级龄{re.escape(more)}])"
        )
        words = [r for r in lexicon.table("periods") if r.kind != "season"]
        self._words = AhoCorasick([r.surface for r in words], matchkind=MatchKind.LeftmostLongest)
        self._word_rows = [(f"period:{r.kind}", f"periods:{r.surface}") for r in words]
        code_before = "".join(w[-1] for w in lexicon.words("cues", "code_before"))
        code_after = "".join(w[0] for w in lexicon.words("cues", "code_after"))
        # What can stand beside digits that count nothing; between any other two characters a number is a number.
        self._marks_before = frozenset(f"第前表图.·-+“”\"‘': 为是码每{code_before}") | _LATIN
        self._marks_after = _DATE_FOLLOWS | _CODE_FOLLOWS | _LATIN | frozenset(f" 分/中·名位强年版时模行计升工规示试{code_after}")
        self._code_before = regex.compile(rf"(?r){lexicon.ending('cues', 'code_before')}(?:[:为是 ]|号码){{0,3}}")
        self._era = regex.compile(rf"(?r){lexicon.ending('cues', 'era')}")
        self._code_after = regex.compile(lexicon.pattern("cues", "code_after"))
        self._multiplier = frozenset("十百千万亿点拾佰仟")
        self._placeholder = regex.compile(
            r"(?:[X×xＸ○〇*＊_□△]{2,}|[X×＊*](?=[年月日]))(?: ?[万亿]?(?:"
            + "|".join(
                regex.escape(s)
                for s in ("元", "人次", "人", "户", "名", "个", "亩", "所", "年", "月", "日", "%", "吨", "公里", "万", "亿")
            )
            + r"))?(?:[X×]{1,2}[月日])*|若干(?=[元万亿人户名个亩所年项])"
        )

    def scan(self, text: str) -> Scan:
        """The numbers of a folded text, and what took the others."""
        numbers: list[Number] = []
        takers = [
            Token(self._word_rows[i][0], start, end, self._word_rows[i][1])
            for i, start, end in self._words.find_matches_as_indexes(text)
            if self._word_rows[i][0] != "period:stop"
        ]
        if "://" in text or "www." in text or "@" in text:
            takers += [Token("code", *m.span(), "code:address") for m in _ADDRESS.finditer(text)]
            takers.sort(key=_start)
        words = iter([*takers, Token("", len(text) + 1, len(text) + 1, "")])
        word = next(words)
        phrases = self._phrases_at(text)
        marks_before, marks_after, read = self._marks_before, self._marks_after, self.numerals.read
        search, at, floor = self._number.search, 0, 0
        while m := search(text, at):
            start, end = m.span()
            while word.end <= start:
                word = next(words)
            if word.start <= start:
                at = floor = word.end
                continue
            form = m.lastgroup or "han"
            before, after = text[start - 1 : start], text[end : end + 1]
            if before in marks_before or after in marks_after or end - start > 6 or start in phrases:
                taker = self._taker(text, start, end, form, floor, phrases)
                if taker is not None:
                    takers.append(taker)
                    at = floor = max(taker.end, start + 1)
                    continue
                if before == "每" and form in ("half", "han"):
                    at = end  # 每半年1次, 每十万人15例: a part of the rate word
                    continue
                if after == "/" and (slash := self._slash(text, start, end)):
                    numbers.append(slash)
                    at = slash.end
                    continue
                over = end + 1 if text.startswith(" 分", end) else end
                if text.startswith("分之", over) and (number := self._fraction(text, start, over)):
                    numbers.append(number)
                    at = number.end
                    continue
            found = read(m[0])
            if found is None:
                found, end = self._longest(m[0], start)
            if found is not None:
                numbers.append(Number(start, end, found, form))
            at = max(end, start + 1)
        open_marks = any(mark in text for mark in "Xx×*_○〇□△若")
        placeholders = [Placeholder(*p.span(), p[0]) for p in self._placeholder.finditer(text)] if open_marks else []
        takers.sort(key=_start)
        return Scan(numbers, takers, placeholders)

    def _longest(self, written: str, start: int) -> tuple[Read | None, int]:
        """The longest well-formed number that a run begins with: 七十 of 七十百分位."""
        for end in range(len(written), max(0, len(written) - 4), -1):
            found = self.numerals.read(written[:end])
            if found is not None:
                return found, start + end
        return None, start + len(written)

    def _fraction(self, text: str, start: int, end: int) -> Number | None:
        """百分之八十五点六, 三分之二, 千分之3: one number, the denominator first."""
        m = self._number.match(text, end + 2 + (text[end + 2 : end + 3] == " "))
        below = self.numerals.read(text[start:end].rstrip())
        above, stop = self._longest(m[0], m.start()) if m else (None, 0)
        if below is None or above is None or not below.value or above.value is None:
            return None
        form = "percent" if text[start:end].rstrip() in ("百", "一百", "千", "一千", "万", "一万", "十万", "百万") else "fraction"
        return Number(start, stop, Read(above.value / below.value, None, None, above.step / below.value, "exact"), form)

    def _slash(self, text: str, start: int, end: int) -> Number | None:
        """占1/3, 2/3以上: a fraction with a stroke, where a word beside it says that it is no date."""
        m = _STROKE.match(text, start)
        if m is None or int(m["below"]) < 2 or int(m["above"]) >= int(m["below"]):
            return None
        if not (start and text[start - 1] in "占达约近为有的过足") and not text.startswith(
            ("的", "以上", "以下", "左右"), m.end()
        ):
            return None
        value = Fraction(int(m["above"]), int(m["below"]))
        return Number(start, m.end(), Read(value, None, None, Fraction(1, int(m["below"])), "exact"), "fraction")

    def _phrases_at(self, text: str) -> dict[int, list[tuple[bool, int, int, int]]]:
        """The phrases of a text by where their numeral stands: those that begin with it first, then the longest."""
        out: dict[int, list[tuple[bool, int, int, int]]] = {}
        for i, start, end in self._phrases.find_matches_as_indexes(text, overlapping=True):
            for offset in self._phrase_offsets[i]:
                out.setdefault(start + offset, []).append((offset > 0, start - end, i, start))
        for found in out.values():
            found.sort()
        return out

    def _taker(self, text: str, start: int, end: int, form: str, floor: int, phrases: Mapping[int, list]) -> Token | None:
        before = text[start - 1] if start else ""
        after = text[end : end + 1]
        if (phrase := self._phrase(text, floor, phrases.get(start, ()))) is not None:
            return phrase
        if before == "第" and form != "half":
            more = _ORDINAL_RANGE.match(text, end)
            return Token("ordinal", start - 1, more.end() if more else end, "第N")
        if before == "前" and after and after in "名位强":
            return Token("ordinal", start - 1, end, "前N名")
        dated = after and after in _DATE_FOLLOWS and (end - start == 4 or after not in _YEAR_FOLLOWS)
        if (dated or (after == " " and text[end + 1 : end + 2] in "-~年月日")) and (token := self._date(text, start)) is not None:
            return token
        if form == "han" and before and before in '“"‘' and _QUOTED_SLOGAN.match(text, end):
            return Token("code", start, end, "code:slogan")
        if form == "han" and after == "年" and self._era.match(text, 0, start):
            return Token("date:era", start, end + 1, "date:era")
        if form == "digits":
            return self._code(text, start, end, before, after)
        if form == "han" and after in "中·" and after and _HAN_CODE.match(text, start):
            return Token("code", start, _HAN_CODE.match(text, start).end(), "code:N中全会")  # type: ignore[union-attr]
        return None

    def _date(self, text: str, start: int) -> Token | None:
        """The first shape of a date that fits here and is none."""
        if (year := self._plain_year.match(text, start)) is not None:
            return Token("date:year", start, year.end(), "date:year")
        m = self._any_date.match(text, start)
        if m is None:
            return None
        name = next(n for n, _ in self._dates if m.start(f"is_{n}") >= 0)
        if self._is_date(text, name, m):
            return Token(f"date:{name}", start, m.end(), f"date:{name}")
        for name, pattern in self._dates:
            if (m := pattern.match(text, start)) and self._is_date(text, name, m):
                return Token(f"date:{name}", start, m.end(), f"date:{name}")
        return None

    def _is_date(self, text: str, name: str, m: regex.Match) -> bool:
        if name in ("clock",) and ":" in m[0]:
            before = text[max(0, m.start() - 20) : m.start()]
            return "比" not in before and "结构" not in before
        return not (
            name in ("month", "months")
            and text[max(0, m.start() - 1) : m.start()] in "第每逾超近"
            and m.start()
            and "y1" not in {k for k, v in m.groupdict().items() if v}
        )

    def _phrase(self, text: str, floor: int, found: Sequence[tuple[bool, int, int, int]]) -> Token | None:
        for _, size, i, begin in found:
            if begin < floor:
                continue
            end = begin - size
            last, follows = text[end - 1], text[end : end + 1]
            continues = last in self.numerals.digit or last in self.numerals.scale
            if continues and follows and follows in self._multiplier:
                continue  # 传统一百年: 统一 must not cut the 一百
            if (last.isdigit() and follows.isdigit()) or (last == "点" and follows in self.numerals.digit):
                continue  # 一点二亿元 is a figure, 一点 alone is none
            return Token("phrase", begin, end, self._phrase_rows[i])
        return None

    def _code(self, text: str, start: int, end: int, before: str, after: str) -> Token | None:
        """Document numbers, telephones, versions, roads, N+N: digits that count nothing."""
        if (before.isascii() and before.isalpha()) and after not in ("%", "‰", "万", "亿", "元"):
            return Token("code", start, end, "code:letter before")
        if before in ("表", "图") and not _HAN_LETTER.match(text[max(0, start - 2) : start - 1]):
            return Token("code", start, end, "code:number of a table")
        if before in ".·-+" and before and floor_digit(text, start - 2) and before != "-":
            return Token("code", start, end, "code:joined")
        m = _CODE.match(text, start) if after in _CODE_FOLLOWS or end - start >= 7 or "." in text[start:end] else None
        if m is not None and not (m.lastgroup == "phone" and self._unit_follows(text, m.end())):
            return Token("code", start, m.end(), f"code:{m.lastgroup}")
        if after.isascii() and after.isalpha() and not self._latin_unit(text, end):
            return Token("code", start, end + 1, "code:letter after")
        if self._code_after.match(text, end) or (
            end - start >= 3 and text[start:end].isdigit() and self._code_before.match(text, 0, start)
        ):
            return Token("code", start, end, "code:number of a line or file")
        if text[max(0, start - 3) : start] == "/T ":
            return Token("code", start, end, "code:standard")
        if end - start >= 11 and text[start:end].isdigit() and after not in ("元", "万", "亿", "人"):
            return Token("code", start, end, "code:long")
        return None

    def _unit_follows(self, text: str, at: int) -> bool:
        """Whether a unit stands here: 13000000000元 is money, 13000000000 alone a telephone."""
        return at < len(text) and any(e.letter == "U" and text.startswith(e.surface, at) for e in self.right.at(text, at))

    def _latin_unit(self, text: str, at: int) -> bool:
        for entry in self.right.at(text, at):
            if entry.letter == "U" and text.startswith(entry.surface, at):
                follows = text[at + len(entry.surface) : at + len(entry.surface) + 1]
                return not (follows.isascii() and follows.isalpha())
        return False


def _start(token: Token) -> int:
    return token.start


def floor_digit(text: str, at: int) -> bool:
    """Whether a digit stands at this place."""
    return at >= 0 and text[at].isdigit()


_LATIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
_STROKE = regex.compile(r"(?P<above>\d{1,3})/(?P<below>\d{1,3})(?![\d/])")
_HAN_LETTER = regex.compile(r"[^附见如上下\W]")
_ORDINAL_RANGE = regex.compile(r" ?(?:[-~至到、]|和) ?[\d一二三四五六七八九十]{1,3}")
_YEAR_FOLLOWS = frozenset("全村上下级版届学、和")
_DATE_FOLLOWS = frozenset("年月日号时点-~/至到.:全村上下级版届学、和")
# “九个必须”, “三个代表”: a number word that begins a short quotation names a slogan.
_QUOTED_SLOGAN = regex.compile(r"[个大项条种类级位]?\p{Han}{1,4}[”\"’]")
_ADDRESS = regex.compile(r"(?:https?://|ftp://|www\.)[\x21-\x7e]+|[\w.+-]+@[\w-]+\.[\w.-]+")
_CODE_FOLLOWS = frozenset("〕]】)+-·•.号")
_HAN_CODE = regex.compile(r"[一二三四五六七八九十]{1,3}(?:中(?=全会|、)|·[一二三四五六七八九十]{1,3}(?![万亿%]))")
_CODE = regex.compile(
    r"(?P<document>(?<=[〔\[【(])(?:19|20)\d{2}[〕\]】)] ?第?\d+号)"
    r"|(?P<sum>\d+(?:\+(?:\d+|[NXn]))+)"
    r"|(?P<phone>(?<!\d)(?:1[3-9]\d-?\d{4}-?\d{4}|0\d{2,3}-\d{7,8}|[48]00-\d{3,4}-\d{3,4})(?!\d))"
    r"|(?P<dotted>\d+\.\d+(?:\.\d+)+)"
    r"|(?P<anniversary>\d{1,2}[·•]\d{1,2}(?!\d))"
    r"|(?P<slogan>(?<=[“\"‘'])\d{1,2}\.\d{1,2}(?=[,”\"’']))"
    r"|(?P<version>\d+\.\d+(?=版|时代|模式|行动|计划|升级|工程|规划|示范|试点))"
    r"|(?P<order>\d+号(?=文|线|楼|令|国道|公路|院))"
)


@functools.lru_cache(maxsize=8)
def scanner(lexicon: Lexicon) -> Scanner:
    """The scanner of a lexicon, compiled once."""
    return Scanner(lexicon)
