"""What a rate is per, and averages against their total and their count: 24.7万吨 / 58.4万亩 ≈ 亩产423公斤."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from fractions import Fraction
from heapq import merge
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

import regex

from ..types import Finding
from .figures import RATES, Figures
from .weighing import Exact, apart, weigh, whole

if TYPE_CHECKING:
    from ..lexicon import Lexicon

TIMES: dict[str, tuple[Exact, ...]] = {
    "年": (1, Fraction(1, 2)),
    "学年": (1, Fraction(1, 2)),
    "学期": (1, 2),
    "月": (12, 1),
    "季度": (4, 1),
    "日": (1,),
    "天": (1,),
}
_SIZES = {"百": 100, "千": 1000, "万": 10000, "十万": 100000}
_BODIES = ("村", "乡镇", "社区", "企业", "学校", "单位")
_PEOPLE = ("人", "生", "学生", "教师", "孩", "孩子", "老人", "党员", "群众", "干部", "村医", "村民", "户籍人口")
_HEADS = ("人", "人次")
_POSTS = regex.compile("(?:岗位|公岗|名额|学位)$")  # a post is filled by one person
_MEAN = regex.compile(r"^(?:平均)?每?\p{Han}?均|^平均|(?:平均|亩均)?(?:亩产|单产)(?:量)?$|^亩产|^单产")
_POPULATION = regex.compile("常住|户籍|总人口")
_BASIS = regex.compile(r"按(?P<of>[^,;。]{2,16}?)计算")


class Denominator(NamedTuple):
    """What a rate is per: the units that count it, how many of them one is, and whether a time is told beside it."""

    units: tuple[str, ...]
    size: Exact
    times: tuple[Exact, ...]
    many: int = 1  # 1000 of 每千人口
    named: str = ""  # 村: only what is named so counts it


@functools.lru_cache(maxsize=256)
def denominator(per: tuple[str, ...], lexicon: Lexicon) -> Denominator | None:
    """What counts a rate; None where only a time does, or two things at once."""
    counted = [p for p in per if p not in TIMES]
    times = [p for p in per if p in TIMES]
    if len(counted) != 1:
        return None
    factors = TIMES[times[0]] if times else (1,)
    word, size = counted[0], 1
    for prefix, many in _SIZES.items():
        if word.startswith(prefix) and len(word) > len(prefix):
            word, size = word[len(prefix) :], many
    word = word.removeprefix("名")
    if word in ("人口", ""):
        word = "人"
    if word == "次":
        return Denominator(("次", "人次"), size, factors, size)
    if word in _PEOPLE:
        return Denominator(_HEADS, size, factors, size)
    if word in _BODIES:
        return Denominator(("个", "所", "家"), size, factors, size, word)
    unit = lexicon.units.get(word)
    if unit is None:
        return Denominator((word,), size, factors, size)
    return Denominator((unit.unit,), whole(unit.factor * size), factors, size)


class Rate(NamedTuple):
    """A figure per something, and what it is per."""

    at: int
    per: Denominator


def rates_of(page: Figures) -> list[Rate]:
    """The figures of a page that are per somebody or something; former rates and prescribed bounds left out."""
    out = []
    for i, per in enumerate(page.per):
        if per and page.dimension[i] not in RATES and page.value[i] and page.role[i] not in ("from", "decrease", "limit"):
            found = denominator(per, page.lexicon)
            if found is not None:
                out.append(Rate(i, found))
    return out


def averages(page: Figures) -> Iterator[Finding]:
    """Averages after their total and their count.

    >>> from zhreport import parse
    >>> [(f.verdict, f.formula) for f in averages(Figures(parse("播种58.4万亩,总产24.7万吨,平均亩产423公斤。")))]
    [('rounding', '24.7万吨 / 58.4万亩 ≈ 423公斤')]
    """
    for rate in page.once(rates_of):
        yield from _average(page, rate)


def is_count(page: Figures, i: int, rate: Rate) -> bool:
    """Whether a figure counts what the rate is per."""
    posts = rate.per.units == _HEADS and page.unit[i] == "个" and bool(_POSTS.search(page.name[i]))
    if (page.unit[i] not in rate.per.units and not posts) or not page.plain[i] or i == rate.at or page.yardstick[i]:
        return False
    if not all(p in TIMES for p in page.per[i]):  # 年平均常住人口
        return False
    return not rate.per.named or rate.per.named in page.name[i] + page.folded[page.end[i] : page.end[i] + 6]


def is_amount(page: Figures, i: int, rate: Rate) -> bool:
    """Whether a figure may be what the rate comes to: of its unit, and no rate itself."""
    yearly = all(p in TIMES for p in page.per[i])  # 年产蔬菜5550吨
    return page.unit[i] == page.unit[rate.at] and page.plain[i] and yearly and i != rate.at and not page.yardstick[i]


def _amounts(page: Figures, rate: Rate, limit: int) -> Iterator[int]:
    """The figures of its document that a rate may come to, the nearest before it first."""
    return (j for j in page.earlier_in(page.unit[rate.at], rate.at, limit) if is_amount(page, j, rate))


def _counts(page: Figures, rate: Rate, limit: int) -> Iterator[int]:
    """The figures of its document that count what a rate is per, the nearest before it first."""
    near = (page.earlier_in(unit, rate.at, limit) for unit in rate.per.units)
    return (j for j in merge(*near, reverse=True) if is_count(page, j, rate))


def _average(page: Figures, rate: Rate) -> Iterator[Finding]:
    """总产24.7万吨 and 58.4万亩 before 平均亩产423公斤; 按年平均常住人口24.38万人计算,人均地区生产总值40451元."""
    i = rate.at
    name = page.name[i] or ""
    said = page.region[i] + page.surface[i]
    if i and page.per[i - 1] == page.per[i] and page.between(i - 1, i) in ("、", "和", ","):
        said += page.region[i - 1]  # 每千人口分别为2.03人和2.36人
    if "均" not in said and "每" not in said and "亩产" not in said and "单产" not in said:
        return
    base = _MEAN.sub("", name)
    if "标准" in said:
        return  # 人均资助标准为特困人员350元: what is set for a class is no average of all
    prior = [j for j in page.prior(i) if page.role[j] in ("level", "to")]
    sums = [j for j in prior if is_amount(page, j, rate)]
    counts = [j for j in prior if is_count(page, j, rate)]
    near, home, per = bool(sums and counts), page.section[i], page.per[i][-1]
    if len(base) > 1:
        sums = [*(j for j in _amounts(page, rate, 60) if page.name[j] == base and _alike(page, i, j)), *sums][:4]
        counts = counts or [j for j in _counts(page, rate, 40) if page.section[j] == home and _alike(page, i, j)][:4]
    if per[:1] in ("百", "千", "万", "十"):
        # 每千人口床位: out of the 常住人口 that the document names
        kind = per.lstrip("百千万十名")
        kind = kind if kind == "人口" else kind[:1]
        counts = [j for j in _counts(page, rate, 200) if kind in page.name[j] + page.region[j]][:8]
        counts = [j for j in counts if _POPULATION.search(page.name[j])] or counts[:4]
    if base and not sums:
        sums = [j for j in _amounts(page, rate, 60) if page.name[j].endswith(base) and _alike(page, i, j)][:2]
    if not sums and counts:
        sums = [j for j in _amounts(page, rate, 12) if page.section[j] == home and page.totals[j] is None][:3]
        near = False
    m = _BASIS.search(page.folded, page.sentence[i].start, page.start[i])
    if m:
        basis = m["of"]
        here = [j for j in counts if m.start() <= page.start[j] < m.end()]
        counts = here or sorted(counts, key=lambda j: page.name[j] not in basis)
    found = _told_mean(page, rate, sums[:4], counts[:4])
    if found is None and not counts and len(base) > 1:
        far = list(islice(_counts(page, rate, 40), 4))
        found = next(((a, b) for a in sums[:4] for b in far if _mean_verdict(page, a, b, rate) == "holds"), None)
    if found is not None:
        yield _mean(page, *found, rate)
        return
    sums.sort(key=lambda j: page.totals[j] is not None)  # 粮食15.4万吨,其中夏粮4.9万吨…,亩产400公斤: of the whole
    counts.sort(key=lambda j: page.totals[j] is not None)
    alone = per[:1] in ("百", "千", "万") and len(counts) == 1
    bare = bool(sums and counts) and {sums[0], counts[0]} == {i - 1, i - 2} and not page.region[i].strip(",、")
    if (near or m or alone) and sums and counts and (bare or _same_thing(page, sums[0], i, base)):
        yield from page.likely(_mean(page, sums[0], counts[0], rate), _mean_of(rate), [1, -1])


def _told_mean(page: Figures, rate: Rate, sums: list[int], counts: list[int]) -> tuple[int, int] | None:
    """The first sum and count that give the average exactly, else those that give it when rounded."""
    rounded = None
    for a in sums:
        for b in counts:
            verdict = _mean_verdict(page, a, b, rate)
            if verdict == "holds":
                return a, b
            # 人均年补助1万元 is rounded so far that much fits it
            sure = page.same_sentence(a, rate.at) or (page.digits(rate.at) or 0) >= 100
            if verdict == "rounding" and rounded is None and sure:
                rounded = a, b
    return rounded


def _alike(page: Figures, i: int, j: int) -> bool:
    """Both planned or both reported, of one time."""
    a, b = page.records[i], page.records[j]
    return a.status == b.status and (not a.period or not b.period or a.period == b.period)


def _same_thing(page: Figures, a: int, i: int, base: str) -> bool:
    """Whether an average is told of the amount: 总产 and 亩产, 总投资 and 亩均投资."""
    told = page.name[a] + page.region[a]
    return (
        not base
        or page.name[i] == page.name[a]
        or any(base[k : k + 2] in told for k in range(len(base) - 1))
        or ("产" in base and "产" in told)
    )


def _mean_verdict(page: Figures, a: int, b: int, rate: Rate) -> str:
    if apart(page.span(a), page.span(b), page.span(rate.at), rate.per.size):
        return "violated"
    return weigh(_mean_of(rate), [1, -1], [page.reach(a), page.reach(b)], page.reach(rate.at)).verdict


def _mean_of(rate: Rate) -> Callable[..., Exact]:
    return lambda x, y: Fraction(x * rate.per.size, y)


def _mean(page: Figures, a: int, b: int, rate: Rate) -> Finding:
    template = "{0} / {1}" if rate.per.many == 1 else f"{{0}} / {{1}} × {rate.per.many}"
    reason = "均值承接总数与个数 / the average follows its total and its count"
    return page.claim("ratio", template, [a, b], rate.at, _mean_of(rate), [1, -1], reason)
