"""The same figure told twice: found by what is counted, where and when, never by comparing every pair."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

import regex

from ..types import Finding
from .cited import cited, pairs_again
from .figures import Figures
from .growth import synonyms_of
from .misprints import misprint
from .weighing import Exact, weigh

if TYPE_CHECKING:
    from ..lexicon import Lexicon

_POINTED = regex.compile(r"(?:这|上述|前述|以上|该|全部|所有)$")  # 这三类群体: points back to the 三个群体
_WORDS = regex.compile(r"\p{Han}{1,12}")
_TOTALS = ("总数", "总额", "总量", "人数", "总人数")
_TOTALLED = regex.compile(f"(?:{'|'.join(_TOTALS)})$")
_CONVERTED = frozenset(mark + word for mark in ("", ",", "、", "(") for word in ("折", "折合", "约合", "合"))
_TOLD = frozenset(("level", "to", "share", "from", "increase"))


def restatements(page: Figures) -> Iterator[Finding]:
    """One finding for all statements of one figure: equal, equal within rounding, or in conflict.

    >>> from zhreport import parse
    >>> text = "(一)用好三种手段。采取技术、人工两种手段,管好资金。"
    >>> [(f.verdict, f.formula) for f in restatements(Figures(parse(text)))]
    [('violated', '三种 ≠ 两种')]
    """
    headings = _headings(page)
    for records in page.documents:
        told: set[int] = set()
        for group, reason in _groups(page, records, headings):
            if told.isdisjoint(group):
                told.update(group)
                yield told_again(page, group, reason)


def _groups(page: Figures, records: range, headings: dict[int, int]) -> Iterator[tuple[list[int], str]]:
    """What one document tells more than once, the surest reasons first."""
    for i in records:
        if i in headings:
            yield [i, headings[i]], "标题与正文 / a heading and its text"
    labels = page.once(_labels)
    levels = [
        i
        for i in records
        if page.plain[i] and page.role[i] in ("level", "to") and page.status[i] == "reported" and not page.per[i] and labels[i]
    ]
    yield from _rounded(page, levels, labels)
    yield from _equal(page, records)
    yield from cited(page, records)
    yield from _bounds(page, records)
    yield from _conflicts(page, levels, labels)
    yield from _transposed(page, records)
    yield from _converted(page, records)


def _labels(page: Figures) -> list[str]:
    """What each figure counts: its name, or a name of the page that stands right behind it: 38.65亿元一般公共预算支出全部编报."""
    first: dict[tuple[str, str], int] = {}
    for i, name in enumerate(page.name):
        if 4 <= len(name) <= 12:
            first.setdefault((page.unit[i], name), i)
    begun = {name[:2] for _, name in first}
    out = list(page.name)
    for i, end in enumerate(page.end):
        if page.folded[end : end + 2] not in begun:
            continue
        for n in range(12, 3, -1):
            word = page.folded[end : end + n]
            if first.get((page.unit[i], word), i) < i:
                if not out[i] or (out[i].startswith(word) and not page.region[i].endswith(out[i])):
                    out[i] = word
                break
    return out


def told_again(page: Figures, group: Sequence[int], reason: str) -> Finding:
    first, *rest = group
    weighed = [weigh(lambda x: x, [1], [page.reach(first)], page.reach(i)) for i in rest]
    worst = min(weighed, key=lambda w: ("violated", "unclear", "rounding", "holds").index(w.verdict))
    at = weighed.index(worst)
    operands = [i for i in group if i != rest[at]]
    if any(page.value[i] is None for i in group):
        # 9%~11% and 9%: the one is a bound of the other
        worst = worst._replace(verdict="holds")
    template = " = ".join(f"{{{k}}}" for k in range(len(operands)))
    note = "；".join(t for t in (reason, worst.note) if t)
    return page.found("restatement", worst, template, operands, rest[at], page.reach(rest[at]), note)


# 5人 stands a thousand times in a long page: a figure is compared with those of its name and with the last ones, not with all.
_NEAR = 60


def _headings(page: Figures) -> dict[int, int]:
    """用好三种手段 in a heading, 两种手段 in its text: the same things, counted twice."""
    out: dict[int, int] = {}
    starts, sections = page.start, {s.start: s for s in page.sections}
    for i, (dimension, home) in enumerate(zip(page.dimension, page.section, strict=True)):
        if dimension != "count" or home is None or not page.name[i]:
            continue
        section = sections.get(home)
        if section is None or not section.title_start <= starts[i] < section.title_end:
            continue
        for j in range(i + 1, len(starts)):
            if starts[j] >= min(section.body_end, section.title_end + 600):
                break
            same = page.name[j] == page.name[i] and page.unit[j] == page.unit[i] and starts[j] >= section.title_end
            if same and page.section[j] == home and page.totals[j] is None:
                out[i] = j
                break
    return out


def _equal(page: Figures, records: range) -> Iterator[tuple[list[int], str]]:
    """Figures of one value and unit in one document that share their name."""
    synonyms = synonyms_of(page.lexicon)
    linked = pairs_again(page, records)
    first: dict[tuple[str, tuple[str, ...], Exact], int] = {}
    again: dict[int, list[int]] = {}
    for i in records:
        value, dimension = page.value[i], page.dimension[i]
        if value is None or page.role[i] not in _TOLD or dimension in ("duration", "age") or value.numerator <= 0:
            continue
        if page.status[i] != "planned":
            unit = "" if dimension == "count" else page.unit[i]  # 三个群体 is told again as 三类群体
            at = first.setdefault((unit, page.per[i], value), i)
            if at != i:
                again.setdefault(at, [at]).append(i)
    for same in (again[at] for at in sorted(again)):
        groups: list[list[int]] = []
        named: dict[str, list[list[int]]] = {}
        for i in same:
            near = groups if len(groups) <= _NEAR else [*named.get(page.name[i], ()), *groups[-_NEAR:]]
            like = linked.get(i)
            home = next((g for g in near if like in g or _same_thing(page, g[0], i, synonyms)), None)
            if home is None:
                groups.append([i])
                told = named.setdefault(page.name[i], [])
                told += groups[-1:] if len(told) < _NEAR else []
            elif page.sentence[home[-1]] != page.sentence[i]:
                home.append(i)
        for group in groups:
            if len(group) > 1 and not all(page.totals[i] is not None for i in group):
                yield group, "同一对象、同一时期 / the same thing at the same time"


def _same_thing(page: Figures, i: int, j: int, synonyms: dict[str, str]) -> bool:
    a, b = page.records[i], page.records[j]
    times = sorted((a.period or "", b.period or ""), key=len)
    if not times[1].startswith(times[0]) or (a.place and b.place and a.place != b.place):
        return _same_stock(page, i, j)
    digits = significant(page, i)
    if page.unit[i] != page.unit[j] and not _POINTED.search(page.region[j]):
        return False
    labels = page.once(_labels)
    one, two = (synonyms.get(labels[k], labels[k]) for k in (i, j))
    if one and one == two and "increase" not in (a.role, b.role):
        stock = not a.event and not b.event and page.totals[i] is None and page.totals[j] is None
        return digits >= 3 or len(one) >= 4 or (len(one) == 3 and stock and a.role == b.role == "level")
    if not one or not two:
        return False
    if "increase" in (a.role, b.role) and digits < 4:
        return False
    if page.dimension[i] == "percentage" and a.section_start == b.section_start and a.role != "increase":
        if len(one) > 3 and len(two) > 3 and one[-4:] == two[-4:]:
            return True
        after = page.folded[b.end : b.end + 3]
        if digits > 1 and after[:1] == "的" and after[1:] in one + page.region[i]:
            return True
    if _POINTED.search(page.region[j]) and (one[-2:] == two[-2:] or (digits > 1 and one[-1:] == two.rstrip("中")[-1:])):
        return True
    if digits >= 3 and len(one) > 2 and (one in two or two in one or one in page.region[j] or two in page.region[i]):
        return True
    if (
        digits >= 4
        and page.dimension[i] != "percentage"
        and (one[-2:] == two[-2:] or _shared(_around(page, i), _around(page, j)) >= 5)
    ):
        return True
    return digits >= 2 and page.dimension[i] == "percentage" and _shared(page.region[i] + one, page.region[j] + two) >= 5


def _same_stock(page: Figures, i: int, j: int) -> bool:
    """建档立卡贫困户136户 of one year, 结对帮扶136户贫困户 of another: three digits alike, and the one name ends as the other."""
    one, two = page.name[i], page.name[j]
    akin = len(one) > 2 and len(two) > 2 and (one.endswith(two) or two.endswith(one))
    told = page.role[i] in ("level", "from") and page.role[j] in ("level", "from") and not page.per[i]
    stock = page.dimension[i] in ("person", "household", "count", "percentage") and page.unit[i] == page.unit[j]
    return akin and told and stock and significant(page, i) > 2


def _around(page: Figures, i: int) -> str:
    """The words of a figure's clause, and those right after it: 11.3392万元发展“因户施策”蓝莓产业项目."""
    return page.region[i] + page.folded[page.end[i] : page.end[i] + 24]


def significant(page: Figures, i: int) -> int:
    """How many digits of a figure say something: 4 of 578.1, 1 of 3000."""
    written = page.digits(i)
    return len(str(written).rstrip("0")) if written is not None else 3


def _shared(one: str, two: str) -> int:
    """The length of the longest stretch that two short texts share."""
    best = 0
    for start in range(len(one)):
        while start + best < len(one) and one[start : start + best + 1] in two:
            best += 1
    return best


def _transposed(page: Figures, records: range) -> Iterator[tuple[list[int], str]]:
    """3427.5万元 and 3472.5万元 of one document: five digits alike but for two in the other order are one figure misprinted."""
    by_digits: dict[str, list[int]] = {}
    for i in records:
        if page.dimension[i] == "money" and page.plain[i]:
            written = str(page.digits(i) or 0)
            if len(written.rstrip("0")) >= 5:
                by_digits.setdefault("".join(sorted(written)), []).append(i)
    for same in by_digits.values():
        for i, j in pairwise(same):
            one, two = (str(page.digits(k)) for k in (i, j))
            if one != two and misprint(one, two) and not page.same_sentence(i, j):
                yield [i, j], "五位以上数字仅两位次序不同 / the same digits but for the order of two"


def _converted(page: Figures, records: range) -> Iterator[tuple[list[int], str]]:
    """营造水保林1.9万亩,折12.67平方公里: the same figure in another unit."""
    for i in records[1:]:
        if page.region[i] not in _CONVERTED or page.per[i] or page.unit[i - 1] != page.unit[i]:
            continue
        if page.same_sentence(i - 1, i) and page.plain[i] and page.plain[i - 1]:
            yield [i - 1, i], "换算为另一单位 / the same in another unit"


def _rounded(page: Figures, levels: list[int], labels: list[str]) -> Iterator[tuple[list[int], str]]:
    """84620万元, later 站稳8.46亿元台阶: the same thing at the same time, told with fewer digits."""
    by_name: dict[tuple[object, ...], list[int]] = {}
    for i in levels:
        if len(labels[i]) >= 4 and page.value[i] and page.dimension[i] != "duration":
            key = (labels[i], page.unit[i], page.period[i], page.records[i].place)
            by_name.setdefault(key, []).append(i)
    for same in by_name.values():
        if len(same) < 2:
            continue
        values = {page.value[i] for i in same}
        sentences = {page.sentence[i] for i in same}
        if len(values) > 1 and len(sentences) == len(same) and len(same) <= 6:
            finest = min(same, key=lambda i: page.reach(i).step)
            near = [i for i in same if _covers(page, i, finest)]
            if len({page.value[i] for i in near}) > 1:
                yield near, "同一数字的详略两种写法 / one figure, with more and with fewer digits"


@functools.lru_cache(maxsize=8)
def _topics(lexicon: Lexicon) -> regex.Pattern:
    return regex.compile(lexicon.pattern("cues", "class_word", "topic"))


def topics(page: Figures, i: int) -> set[str]:
    """The kinds that a figure is told of in its sentence and its section's title: 养老保险参保, 秋季发放."""
    said = page.folded[max(page.sentence[i].start, page.start[i] - 80) : page.start[i]]
    behind = _WORDS.match(page.folded, page.end[i])  # 36.85亿元一般公共预算支出
    return set(_topics(page.lexicon).findall(f"{said}\n{behind[0] if behind else ''}\n{page.title(i)}"))


def _covers(page: Figures, i: int, finest: int) -> bool:
    """Whether a figure, as it is printed, can stand for a finer one."""
    value, reach = page.value[finest], page.reach(i)
    return value is not None and reach.low is not None and reach.high is not None and reach.low <= value <= reach.high


def _bounds(page: Figures, records: range) -> Iterator[tuple[list[int], str]]:
    """应占总课时的9%~11%, and later 9%的课程: a bound of the range is told again."""
    for i in records:
        if page.value[i] is not None or page.dimension[i] != "percentage":
            continue
        amount = page.records[i].quantity.amount
        if amount.low is None or amount.high is None:
            continue
        near = page.region[i] + page.name[i]
        group = [i]
        for j in range(i + 1, min(i + 16, records.stop)):
            if page.section[j] != page.section[i]:
                break
            after = page.folded[page.end[j] : page.end[j] + 8] + page.region[j]
            bound = page.dimension[j] == "percentage" and page.value[j] in (amount.low, amount.high)
            if bound and any(x + y in near for x, y in pairwise(after) if x >= "\u4e00" and y >= "\u4e00" and x not in "的占为"):
                group.append(j)
        if len(group) > 1:
            yield group, "区间端点再次出现 / a bound of the range is told again"


def _conflicts(page: Figures, levels: list[int], labels: list[str]) -> Iterator[tuple[list[int], str]]:
    """复耕撂荒地2100余亩 in one section, 3100亩 in another: one digit apart, and told of the same thing."""
    by_name: dict[tuple[object, ...], list[int]] = {}
    for i in levels:
        name, event = labels[i], page.records[i].event
        if page.role[i] != "level" or page.totals[i] is not None:
            continue
        stem = _TOTALLED.sub("", name) if name.endswith(_TOTALS) else name
        key = (stem, page.unit[i])
        by_name.setdefault(key, []).append(i)
        if (
            len(event or "-") + len(name) < 5 or len(event or "") + len(stem) < 4
        ):  # 常住人口: four characters are enough where nothing is done
            by_name[key].append(i)  # too short a name: never exactly two
    for same in by_name.values():
        if len(same) != 2:
            continue
        i, j = same
        a, b = page.records[i], page.records[j]
        times = sorted((a.period or "", b.period or ""), key=len)
        if not times[1].startswith(times[0]) or (a.place and b.place and a.place != b.place) or a.sentence == b.sentence:
            continue
        if a.event and a.section_start == b.section_start:
            continue  # 投入资金 twice in one section is told of two projects
        if (a.event and b.event and a.event != b.event) or topics(page, i) != topics(page, j):
            continue
        step = max(page.reach(i).step, page.reach(j).step) or 1
        one, two = (round(Fraction(page.value[k] or 0, step)) for k in same)  # 386540万元 and 36.85亿元
        if one >= 100 and misprint(str(one), str(two)):
            yield [i, j], "同一对象两处说法不同 / the same thing is told twice"
