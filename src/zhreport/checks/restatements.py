"""The same figure told twice: found by what is counted, where and when, never by comparing every pair."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

import regex

from ..types import Finding
from .figures import Figures, weigh
from .misprints import misprint

if TYPE_CHECKING:
    from ..lexicon import Lexicon

_POINTED = regex.compile(r"(?:这|上述|前述|以上|该|全部|所有)$")  # 这三类群体: points back to the 三个群体
_TOTALLED = regex.compile("(?:总数|总额|总量|人数|总人数)$")
_CONVERTED = regex.compile("[,、(]?(?:折合?|约合|合)")
_TOLD = ("level", "to", "share", "from", "increase")


@functools.lru_cache(maxsize=8)
def _synonyms(lexicon: Lexicon) -> dict[str, str]:
    return lexicon.words("cues", "synonym")


def restatements(page: Figures) -> Iterator[Finding]:
    """One finding for all statements of one figure: equal, equal within rounding, or in conflict.

    >>> from zhreport import parse
    >>> text = "(一)用好三种手段。采取技术、人工两种手段,管好资金。"
    >>> [(f.verdict, f.formula) for f in restatements(Figures(parse(text)))]
    [('violated', '三种 ≠ 两种')]
    """
    told: set[int] = set()
    for group, reason in _groups(page):
        if told.isdisjoint(group):
            told.update(group)
            yield _finding(page, group, reason)


def _groups(page: Figures) -> Iterator[tuple[list[int], str]]:
    for heading, body in _headings(page):
        yield [heading, body], "标题与正文 / a heading and its text"
    yield from _rounded(page)
    yield from _equal(page)
    yield from _bounds(page)
    yield from _conflicts(page)
    yield from _transposed(page)
    yield from _converted(page)


def _finding(page: Figures, group: Sequence[int], reason: str) -> Finding:
    first, *rest = group
    weighed = [weigh(lambda x: x, [1], [page.reaches[first]], page.reaches[i]) for i in rest]
    worst = min(weighed, key=lambda w: ("violated", "unclear", "rounding", "holds").index(w.verdict))
    at = weighed.index(worst)
    operands = [i for i in group if i != rest[at]]
    if any(page.value(i) is None for i in group):
        # 9%~11% and 9%: the one is a bound of the other
        worst = worst._replace(verdict="holds")
    template = " = ".join(f"{{{k}}}" for k in range(len(operands)))
    note = "；".join(t for t in (reason, worst.note) if t)
    return page.found("restatement", worst, template, operands, rest[at], page.reaches[rest[at]], note)


# 5人 stands a thousand times in a long page: a figure is compared with those of its name and with the last ones, not with all.
_NEAR = 60


def _headings(page: Figures) -> Iterator[tuple[int, int]]:
    """用好三种手段 in a heading, 两种手段 in its text: the same things, counted twice."""
    starts = [r.start for r in page.records]
    for i, r in enumerate(page.records):
        if r.quantity.dimension != "count" or not page.name(i) or r.section_start is None:
            continue
        section = page.by_start.get(r.section_start)
        if section is None or not section.title_start <= r.start < section.title_end:
            continue
        for j in range(i + 1, len(starts)):
            if starts[j] >= min(section.body_end, section.title_end + 600):
                break
            same = page.name(j) == page.name(i) and page.unit(j) == page.unit(i) and starts[j] >= section.title_end
            if same and page.records[j].section_start == r.section_start and page.totals[j] is None:
                yield i, j
                break


def _equal(page: Figures) -> Iterator[tuple[list[int], str]]:
    """Figures of one value and unit in one document that share their name."""
    synonyms = _synonyms(page.lexicon)
    by_value: dict[tuple[int | None, str, tuple[str, ...], Fraction], list[int]] = {}
    for i, r in enumerate(page.records):
        value = page.value(i)
        if (
            value is None
            or value <= 0
            or r.role not in _TOLD
            or r.quantity.dimension in ("duration", "age")
            or r.status == "planned"
        ):
            continue
        unit = "" if r.quantity.dimension == "count" else r.quantity.unit  # 三个群体 is told again as 三类群体
        by_value.setdefault((r.document, unit, r.per, value), []).append(i)
    for same in by_value.values():
        groups: list[list[int]] = []
        named: dict[str, list[list[int]]] = {}
        for i in same:
            near = groups if len(groups) <= _NEAR else [*named.get(page.name(i), ()), *groups[-_NEAR:]]
            home = next((g for g in near if _same_thing(page, g[0], i, synonyms)), None)
            if home is None:
                groups.append([i])
                first = named.setdefault(page.name(i), [])
                first += groups[-1:] if len(first) < _NEAR else []
            elif page.records[home[-1]].sentence != page.records[i].sentence:
                home.append(i)
        for group in groups:
            if len(group) > 1 and not all(page.totals[i] is not None for i in group):
                yield group, "同一对象、同一时期 / the same thing at the same time"


def _same_thing(page: Figures, i: int, j: int, synonyms: dict[str, str]) -> bool:
    a, b = page.records[i], page.records[j]
    times = sorted((a.period or "", b.period or ""), key=len)
    if not times[1].startswith(times[0]) or (a.place and b.place and a.place != b.place):
        return False
    digits = _significant(page, i)
    if page.unit(i) != page.unit(j) and not _POINTED.search(page.region(j)):
        return False
    one, two = (synonyms.get(n, n) for n in (page.name(i), page.name(j)))
    if one and one == two and "increase" not in (a.role, b.role):
        stock = not a.event and not b.event and page.totals[i] is None and page.totals[j] is None
        return digits >= 3 or len(one) >= 4 or (len(one) == 3 and stock and a.role == b.role == "level")
    if not one or not two:
        return False
    if "increase" in (a.role, b.role) and digits < 4:
        return False
    if page.dimension(i) == "percentage" and a.section_start == b.section_start and a.role != "increase":
        if len(one) > 3 and len(two) > 3 and one[-4:] == two[-4:]:
            return True
        after = page.folded[b.end : b.end + 3]
        if digits > 1 and after[:1] == "的" and after[1:] in one + page.region(i):
            return True
    if _POINTED.search(page.region(j)) and (one[-2:] == two[-2:] or (digits > 1 and one[-1:] == two.rstrip("中")[-1:])):
        return True
    if digits >= 3 and len(one) > 2 and (one in two or two in one or one in page.region(j) or two in page.region(i)):
        return True
    if (
        digits >= 4
        and page.dimension(i) != "percentage"
        and (one[-2:] == two[-2:] or _shared(_around(page, i), _around(page, j)) >= 5)
    ):
        return True
    return digits >= 2 and page.dimension(i) == "percentage" and _shared(page.region(i) + one, page.region(j) + two) >= 5


def _around(page: Figures, i: int) -> str:
    """The words of a figure's clause, and those right after it: 11.3392万元发展“因户施策”蓝莓产业项目."""
    return page.region(i) + page.folded[page.records[i].end : page.records[i].end + 24]


def _significant(page: Figures, i: int) -> int:
    """How many digits of a figure say something: 4 of 578.1, 1 of 3000."""
    value = (page.value(i) or Fraction(0)) / page.reaches[i].step
    return len(str(value.numerator).rstrip("0")) if value.denominator == 1 else 3


def _shared(one: str, two: str) -> int:
    """The length of the longest stretch that two short texts share."""
    best = 0
    for start in range(len(one)):
        while start + best < len(one) and one[start : start + best + 1] in two:
            best += 1
    return best


def _transposed(page: Figures) -> Iterator[tuple[list[int], str]]:
    """3427.5万元 and 3472.5万元 of one document: five digits alike but for two in the other order are one figure misprinted."""
    by_digits: dict[tuple[int | None, str], list[int]] = {}
    for i, r in enumerate(page.records):
        if page.dimension(i) != "money" or not page.plain(i):
            continue
        written = (page.value(i) or Fraction(0)) / page.reaches[i].step
        if _significant(page, i) >= 5 and written.denominator == 1:
            by_digits.setdefault((r.document, "".join(sorted(str(written)))), []).append(i)
    for same in by_digits.values():
        for i, j in pairwise(same):
            one, two = (str((page.value(k) or Fraction(0)) / page.reaches[k].step) for k in (i, j))
            if one != two and misprint(one, two) and not page.same_sentence(i, j):
                yield [i, j], "五位以上数字仅两位次序不同 / the same digits but for the order of two"


def _converted(page: Figures) -> Iterator[tuple[list[int], str]]:
    """营造水保林1.9万亩,折12.67平方公里: the same figure in another unit."""
    for i in range(1, len(page.records)):
        same = page.same_sentence(i - 1, i) and page.unit(i - 1) == page.unit(i) and page.plain(i) and page.plain(i - 1)
        if same and _CONVERTED.fullmatch(page.region(i)) and not page.records[i].per:
            yield [i - 1, i], "换算为另一单位 / the same in another unit"


def _rounded(page: Figures) -> Iterator[tuple[list[int], str]]:
    """84620万元, later 站稳8.46亿元台阶: the same thing at the same time, told with fewer digits."""
    by_name: dict[tuple[object, ...], list[int]] = {}
    for i, r in enumerate(page.records):
        told = (
            page.plain(i)
            and r.role in ("level", "to")
            and r.status == "reported"
            and not r.per
            and page.dimension(i) != "duration"
        )
        if told and len(page.name(i)) >= 4 and page.value(i):
            by_name.setdefault((r.document, page.name(i), r.quantity.unit, r.period, r.place), []).append(i)
    for same in by_name.values():
        values = {page.value(i) for i in same}
        sentences = {page.records[i].sentence for i in same}
        if len(values) > 1 and len(sentences) == len(same) and len(same) <= 6:
            finest = min(same, key=lambda i: page.reaches[i].step)
            near = [i for i in same if _covers(page, i, finest)]
            if len({page.value(i) for i in near}) > 1:
                yield near, "同一数字的详略两种写法 / one figure, with more and with fewer digits"


def _covers(page: Figures, i: int, finest: int) -> bool:
    """Whether a figure, as it is printed, can stand for a finer one."""
    value, reach = page.value(finest), page.reaches[i]
    return value is not None and reach.low is not None and reach.high is not None and reach.low <= value <= reach.high


def _bounds(page: Figures) -> Iterator[tuple[list[int], str]]:
    """应占总课时的9%~11%, and later 9%的课程: a bound of the range is told again."""
    for i, r in enumerate(page.records):
        amount = r.quantity.amount
        if amount.value is not None or amount.low is None or amount.high is None or page.dimension(i) != "percentage":
            continue
        near = page.region(i) + page.name(i)
        group = [i]
        for j in range(i + 1, min(i + 16, len(page.records))):
            if page.records[j].section_start != r.section_start or page.records[j].document != r.document:
                break
            after = page.folded[page.records[j].end : page.records[j].end + 8] + page.region(j)
            bound = page.dimension(j) == "percentage" and page.value(j) in (amount.low, amount.high)
            if bound and any(x + y in near for x, y in pairwise(after) if x >= "\u4e00" and y >= "\u4e00" and x not in "的占为"):
                group.append(j)
        if len(group) > 1:
            yield group, "区间端点再次出现 / a bound of the range is told again"


def _conflicts(page: Figures) -> Iterator[tuple[list[int], str]]:
    """复耕撂荒地2100余亩 in one section, 3100亩 in another: one digit apart, and told of the same thing."""
    by_name: dict[tuple[object, ...], list[int]] = {}
    for i, r in enumerate(page.records):
        named = (r.event or "-") + page.name(i)  # 常住人口: four characters are enough where nothing is done
        plain = page.plain(i) and r.role == "level" and r.status == "reported" and page.totals[i] is None and not r.per
        if plain and page.name(i):
            key = (r.document, _TOTALLED.sub("", page.name(i)), r.quantity.unit)
            by_name.setdefault(key, []).append(i)
            if len(named) < 5:
                by_name[key].append(i)  # too short a name: never exactly two
    for same in by_name.values():
        if len(same) != 2:
            continue
        i, j = same
        a, b = page.records[i], page.records[j]
        times = sorted((a.period or "", b.period or ""), key=len)
        if (times[1][:4] != times[0][:4]) or a.place != b.place or a.sentence == b.sentence:
            continue
        if a.event and a.section_start == b.section_start:
            continue  # 投入资金 twice in one section is told of two projects
        if a.event and b.event and a.event != b.event:
            continue
        step = max(page.reaches[i].step, page.reaches[j].step)
        one, two = ((page.value(k) or Fraction(0)) / step for k in same)
        if one.denominator == two.denominator == 1 and one >= 100 and misprint(str(one), str(two)):
            yield [i, j], "同一对象两处说法不同 / the same thing is told twice"
