"""Names of counties and below in a text: 泸水县上江镇大练地村, 渭桥村; and what 该村 and 两村 point back to."""

from __future__ import annotations

import functools
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import regex

from .lexicon import alternation

if TYPE_CHECKING:
    from .lexicon import Lexicon, Row

_HAN = regex.compile(r"\p{Han}")
_HAN_NAME = regex.compile(r"\p{Han}+")
_HEADED = regex.compile(r"(?:19|20)\d{2}年|人民政府|人民代表大会")
_NO_NAME = "每各全本该我两几某的了"
LEVELS = ("county", "town", "village", "group")


class Place(NamedTuple):
    """A place that the text names: its span, its longest name, its lowest level; several when joined by 、."""

    start: int
    end: int
    names: tuple[str, ...]
    level: str

    @property
    def name(self) -> str:
        return "、".join(self.names)


class PlaceReader:
    """The suffixes and stop words of one lexicon; make it with `place_reader(lexicon)`."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._level = lexicon.words("places", "suffix") | lexicon.words("places", "known_suffix")
        self._known_only = frozenset(lexicon.words("places", "known_suffix"))
        self._known = frozenset(r.surface for r in lexicon.table("divisions") if len(r.surface) > 2)
        self._longest = max(map(len, self._known))
        suffix = "|".join(sorted(self._level, key=len, reverse=True))
        inner, joined = (_after(lexicon.table("places", kind)) for kind in ("inner", "joined"))
        # 谷城县城关镇: here 县城 is no word, and 城关 is `joined`.
        begun = {s: f"|(?={'|'.join(words)})" for s, words in joined.items()}
        barred = [f"(?<!{s}){begun.get(s, '')}|(?!{'|'.join(words)})" for s, words in inner.items()]
        self._suffix = regex.compile(rf"(?:{suffix})" + "".join(f"(?:{b})" for b in barred))
        self._local = regex.compile(alternation(w for w, level in self._level.items() if level in ("town", "village")))
        self._weak = frozenset(lexicon.words("places", "weak_generic"))
        self._generic = frozenset(lexicon.words("places", "generic"))
        verbs = (w for w in lexicon.words("cues", "strong_verb") if len(w) > 1)
        self._lead = frozenset((*lexicon.words("places", "lead"), *verbs))
        self._region = regex.compile(lexicon.pattern("places", "region"))
        self._that = lexicon.words("places", "that")
        self._that_pattern = regex.compile(lexicon.pattern("places", "that"))
        # 青山、红旗、双河村: names in a list that share the last suffix.
        self._bare_list = regex.compile(r"(?r)(?:\p{Han}{2,3}[、和])+$")

    def read(self, text: str, folded: str, begins: Sequence[int] = ()) -> tuple[Place, ...]:
        """Every place named, in order; a name that follows its upper level is one with it.

        `begins` tells where documents begin: 该村 never points into the report before.
        """
        singles: list[Place] = []
        floor = 0
        for m in self._suffix.finditer(folded):
            if m.start() < floor:
                continue
            start = None if m[0] in self._known_only else self._name_start(folded, m.start(), m.end(), floor)
            if start is None:
                start = self._known_start(folded, m.end(), floor)
            if start is None and m[0] in self._known_only:
                start = self._heading_start(folded, m.start(), m.end())
            if start is None:
                continue
            level = self._level[m[0]]
            last = singles[-1] if singles else None
            if last is not None and last.end == start and level == last.level == "county" and last.names[0][-1] in "市州盟":
                singles[-1] = Place(last.start, m.end(), (text[start : m.end()],), level)  # 襄阳市谷城县 is 谷城县
            elif last is not None and last.end == start and LEVELS.index(level) > LEVELS.index(last.level):
                singles[-1] = Place(last.start, m.end(), (last.names[0] + text[start : m.end()],), level)
            elif level != "group":
                singles.append(Place(start, m.end(), (text[start : m.end()],), level))
            floor = m.end()
        widened = self._widened(folded, singles)
        starts = [p.start for p in widened]
        edges = [0, *(b for b in begins if b), len(folded)]
        out: list[Place] = []
        for start, end in pairwise(edges):
            out += self._resolved(folded, widened[bisect_left(starts, start) : bisect_left(starts, end)], start, end)
        return tuple(out)

    def _known_start(self, folded: str, end: int, floor: int) -> int | None:
        """Where the longest name of the table of divisions that ends here begins: 印江土家族苗族自治县, 盘龙区."""
        starts = range(max(floor, end - self._longest), end - 2)
        return next((i for i in starts if folded[i:end] in self._known), None)

    def _heading_start(self, folded: str, at: int, end: int) -> int | None:
        """Where the line begins with a name of two or three characters that a year or its government follows.

        景区 and 园区 are no places; 栖云区2023年工作总结 begins with one, be it in the table of divisions or not.
        """
        start = folded.rfind("\n", 0, at) + 1
        name = folded[start:at].strip()
        start = at - len(name)
        if not 2 <= len(name) <= 3 or not _HAN_NAME.fullmatch(name) or not _HEADED.match(folded, end):
            return None
        return None if any(folded[i:end] in self._generic for i in range(start, at)) else start

    def _name_start(self, folded: str, at: int, end: int, floor: int) -> int | None:
        """Where the proper name before a suffix begins; None when there is none."""
        start = at
        while start > floor and at - start < 5 and _HAN.match(folded, start - 1):
            start -= 1
        bounded = at - start < 5
        for i in range(at, start - 1, -1):
            # The name begins after the last word that leads to it: 结对帮扶|松坡.
            if folded[i - 1 : i] in self._lead or any(folded[j:i] in self._lead for j in range(max(0, i - 4), i - 1)):
                start, bounded = i, True
                break
        name = folded[start:at]
        if not bounded or not 1 <= len(name) <= 4 or name in self._lead or any(c in _NO_NAME for c in name):
            return None
        if any(folded[i:end] in self._generic for i in range(start, at)):
            return None
        if len(name) != 2 and any(folded[i:end] in self._weak for i in range(start, at)):
            return None  # 青山村 is a name, 贫困山村 is none
        return None if len(name) == 1 and start != floor else start

    def _widened(self, folded: str, singles: list[Place]) -> list[Place]:
        """云岭镇新桥、上湾、石门村: the names before the last share its suffix and its upper level."""
        out: list[Place] = []
        for p in singles:
            m = self._bare_list.search(folded, max(out[-1].end if out else 0, p.start - 24), p.start)
            if m is None or p.level not in ("village", "town") or self._local.search(m[0]) or any(c in _NO_NAME for c in m[0]):
                out.append(p)
                continue
            suffix = next(s for s in sorted(self._level, key=len, reverse=True) if p.names[0].endswith(s))
            bare = [n for n in regex.split("[、和]", m[0]) if n]
            # 帮助青山、红旗、双河村: the first name begins after the verb.
            begun = self._name_start(folded, first := m.start() + len(bare[0]), first, out[-1].end if out else 0)
            if begun is None:
                out.append(p)  # 党支部已和大练地村: what stands before 和 is no name
                continue
            begun = max(begun, m.start())
            bare[0] = folded[begun:first]
            upper = ""
            if out and out[-1].end == m.start() and LEVELS.index(out[-1].level) < LEVELS.index(p.level):
                upper = out.pop().name
            start = begun - len(upper)
            out.append(Place(start, p.end, (*(f"{upper}{b}{suffix}" for b in bare), upper + p.names[0]), p.level))
        return out

    def _resolved(self, folded: str, singles: list[Place], begin: int, stop: int) -> list[Place]:
        """A short name gets the longest form seen (渭桥村 → 渭桥乡渭桥村); 该村 gets the last village, 两村 the last two."""
        longest: dict[str, str] = {}
        for p in singles:
            for name in p.names:
                for short in self._shorts(name):
                    if len(name) > len(longest.get(short, "")):
                        longest[short] = name
        found = [p._replace(names=tuple(longest.get(n, n) for n in p.names)) for p in singles]
        pointed: list[Place] = []
        levels: dict[str, list[Place]] = {}
        for p in found:
            levels.setdefault(p.level, []).append(p)
        starts = {level: [p.start for p in named] for level, named in levels.items()}
        ends = [p.end for p in found]
        for m in self._that_pattern.finditer(folded, begin, stop):
            i = bisect_right(ends, m.start())
            if i < len(found) and found[i].start < m.end():
                continue  # 李四村 is a name, not 四村
            level = self._that[m[0]].rstrip("s")
            before = _before(levels.get(level, []), starts.get(level, []), m.start())
            if (place := self._pointed(m, before)) is not None:
                pointed.append(place)
        found += pointed
        found += [Place(m.start(), m.end(), (m[0],), "region") for m in self._region.finditer(folded, begin, stop)]
        return self._joined(folded, sorted(found))

    def _shorts(self, name: str) -> list[str]:
        cuts = [m.end() for m in self._suffix.finditer(name)]
        return [name[c:] for c in cuts if c < len(name)]

    def _pointed(self, m: regex.Match, before: Sequence[Place]) -> Place | None:
        """What 该村 or 两村 points back to, among the places of its level named before it."""
        kind = self._that[m[0]]
        if not kind.endswith("s"):
            return Place(m.start(), m.end(), before[-1].names, kind) if before else None
        count = {"两": 2, "三": 3, "四": 4}[m[0][0]]
        names: list[str] = []
        for p in reversed(before):
            for name in reversed(p.names):
                if name not in names:
                    names.append(name)
        names = names[:count]
        return Place(m.start(), m.end(), tuple(reversed(names)), kind.rstrip("s")) if len(names) == count else None

    @staticmethod
    def _joined(folded: str, found: list[Place]) -> list[Place]:
        """A、B村 and A和B: one place with several names."""
        out: list[Place] = []
        for p in found:
            last = out[-1] if out else None
            if last is not None and last.level == p.level != "region" and folded[last.end : p.start] in ("、", "和", "与", "及"):
                out[-1] = Place(last.start, p.end, (*last.names, *p.names), p.level)
            elif last is None or p.start >= last.end:
                out.append(p)
        return out


def _after(rows: Iterable[Row]) -> dict[str, list[str]]:
    """The words of the rows by the suffix that they stand after."""
    out: dict[str, list[str]] = {}
    for row in rows:
        for suffix in row["value"].split():
            out.setdefault(suffix, []).append(row.surface)
    return out


def _before(places: Sequence[Place], starts: Sequence[int], at: int) -> Sequence[Place]:
    """The last few places that start before an offset."""
    i = bisect_left(starts, at)
    return places[max(0, i - 8) : i]


# 县教育局驻大坪村工作队总结: the report is of the village, not of the county whose office it is.
_HELPED = regex.compile(r"(?r)(?:驻|帮扶|结对|包联|挂联|联系|挂钩|包保)")
_NOT_YET = regex.compile(r"[\d〇零一二三四五六七八九十年月日底末初度自从截至以来,\s]*")


def home_of(
    folded: str, places: Sequence[Place], title_end: int, assembly: tuple[int, int] = (0, 0), lead: tuple[int, int] = (0, 0)
) -> str | None:
    """The place that a document reports on: of its title, of the assembly it was read to, else that which its
    lead begins with, else the county that it names most."""
    titled = [p for p in places if p.end <= title_end and p.level in ("county", "town", "village")]
    for p in (*(p for p in titled if p.level != "county" and _HELPED.match(folded, 0, p.start)), *titled):
        return p.name if p.level == "county" or len(p.names) == 1 else None
    for p in places:
        if assembly[0] <= p.start < assembly[1] and p.level in ("county", "town"):
            return p.name  # 政府工作报告, 在青禾县第十八届人民代表大会第一次会议上
    first = next((p for p in places if lead[0] <= p.start < lead[1]), None)
    if (
        first is not None
        and len(first.names) == 1
        and first.level != "region"
        and _NOT_YET.fullmatch(folded, lead[0], first.start)
    ):
        return first.name  # 2023年,渡口县石磨乡立足…
    posted = [p for p in places if lead[0] <= p.start < lead[1] and p.level in ("town", "village")]
    if posted and len({p.names for p in posted}) == 1 == len(posted[0].names) and _HELPED.match(folded, 0, posted[0].start):
        return posted[0].name  # 县税务局选派3名干部,进驻龙潭镇石门坎村
    named = Counter(p.name for p in places if p.level == "county" and len(p.names) == 1)
    if not named:
        return None
    best, times = max(named.items(), key=lambda item: item[1])
    return best if times >= 2 else None


@functools.lru_cache(maxsize=8)
def place_reader(lexicon: Lexicon) -> PlaceReader:
    """The place reader of a lexicon, compiled once."""
    return PlaceReader(lexicon)
