"""What a rate is per, and averages against their total and their count: 24.7万吨 / 58.4万亩 ≈ 亩产423公斤."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

import regex

from ..types import Finding
from .figures import RATES, Figures, weigh

if TYPE_CHECKING:
    from ..lexicon import Lexicon

TIMES: dict[str, tuple[int | Fraction, ...]] = {
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
_MEAN = regex.compile(r"^(?:平均)?每?\p{Han}?均|^平均|(?:平均|亩均)?(?:亩产|单产)(?:量)?$|^亩产|^单产")
_BASIS = regex.compile(r"按(?P<of>[^,;。]{2,16}?)计算")


class Denominator(NamedTuple):
    """What a rate is per: the units that count it, how many of them one is, and whether a time is told beside it."""

    units: tuple[str, ...]
    size: Fraction
    times: tuple[Fraction, ...]
    many: int = 1  # 1000 of 每千人口
    named: str = ""  # 村: only what is named so counts it


def denominator(per: Sequence[str], lexicon: Lexicon) -> Denominator | None:
    """What counts a rate; None where only a time does, or two things at once."""
    counted = [p for p in per if p not in TIMES]
    times = [p for p in per if p in TIMES]
    if len(counted) != 1:
        return None
    factors = tuple(Fraction(f) for f in TIMES[times[0]]) if times else (Fraction(1),)
    word, size = counted[0], 1
    for prefix, many in _SIZES.items():
        if word.startswith(prefix) and len(word) > len(prefix):
            word, size = word[len(prefix) :], many
    word = word.removeprefix("名")
    if word in ("人口", ""):
        word = "人"
    if word == "次":
        return Denominator(("次", "人次"), Fraction(size), factors, size)
    if word in _PEOPLE:
        return Denominator(("人", "人次"), Fraction(size), factors, size)
    if word in _BODIES:
        return Denominator(("个", "所", "家"), Fraction(size), factors, size, word)
    unit = lexicon.units.get(word)
    if unit is None:
        return Denominator((word,), Fraction(size), factors, size)
    return Denominator((unit.unit,), unit.factor * size, factors, size)


class Rate(NamedTuple):
    """A figure per something, and what it is per."""

    at: int
    per: Denominator


def rates_of(page: Figures) -> list[Rate]:
    """The figures of a page that are per somebody or something; former rates and prescribed bounds left out."""
    out = []
    for i, r in enumerate(page.records):
        if r.per and page.dimension(i) not in RATES and page.value(i) and r.role not in ("from", "decrease", "limit"):
            per = denominator(r.per, page.lexicon)
            if per is not None:
                out.append(Rate(i, per))
    return out


def averages(page: Figures) -> Iterator[Finding]:
    """Averages after their total and their count.

    >>> from zhreport import parse
    >>> [(f.verdict, f.formula) for f in averages(Figures(parse("播种58.4万亩,总产24.7万吨,平均亩产423公斤。")))]
    [('rounding', '24.7万吨 / 58.4万亩 ≈ 423公斤')]
    """
    for rate in rates_of(page):
        yield from _average(page, rate)


def is_count(page: Figures, i: int, rate: Rate) -> bool:
    """Whether a figure counts what the rate is per."""
    timed = all(p in TIMES for p in page.records[i].per)  # 年平均常住人口
    if rate.per.named and rate.per.named not in page.name(i) + page.folded[page.records[i].end : page.records[i].end + 6]:
        return False
    return page.unit(i) in rate.per.units and page.plain(i) and timed and i != rate.at and not page.yardstick(i)


def is_amount(page: Figures, i: int, rate: Rate) -> bool:
    """Whether a figure may be what the rate comes to: of its unit, and no rate itself."""
    return (
        page.unit(i) == page.unit(rate.at)
        and page.plain(i)
        and not page.records[i].per
        and i != rate.at
        and not page.yardstick(i)
    )


def _average(page: Figures, rate: Rate) -> Iterator[Finding]:
    """总产24.7万吨 and 58.4万亩 before 平均亩产423公斤; 按年平均常住人口24.38万人计算,人均地区生产总值40451元."""
    i = rate.at
    name = page.name(i) or ""
    said = page.region(i) + page.records[i].surface
    if i and page.records[i - 1].per == page.records[i].per and page.between(i - 1, i) in ("、", "和", ","):
        said += page.region(i - 1)  # 每千人口分别为2.03人和2.36人
    if "均" not in said and "每" not in said and "亩产" not in said and "单产" not in said:
        return
    base = _MEAN.sub("", name)
    if "标准" in said:
        return  # 人均资助标准为特困人员350元: what is set for a class is no average of all
    sums = [j for j in page.prior(i) if is_amount(page, j, rate) and page.records[j].role in ("level", "to")]
    counts = [j for j in page.prior(i) if is_count(page, j, rate) and page.records[j].role in ("level", "to")]
    near = bool(sums and counts)
    if len(base) > 1:
        sums = [
            *(j for j in page.earlier(i, 60) if is_amount(page, j, rate) and page.name(j) == base and _alike(page, i, j)),
            *sums,
        ][:4]
        home = page.records[i].section_start
        near_by = [j for j in page.earlier(i, 40) if is_count(page, j, rate) and page.records[j].section_start == home]
        counts = counts or [j for j in near_by if _alike(page, i, j)][:4]
    if page.records[i].per[-1][:1] in ("百", "千", "万", "十"):
        # 每千人口床位: out of the 常住人口 that the document names
        kind = page.records[i].per[-1].lstrip("百千万十名")
        kind = kind if kind == "人口" else kind[:1]
        counts = [j for j in page.earlier(i, 200) if is_count(page, j, rate) and kind in page.name(j) + page.region(j)][:8]
        counts = [j for j in counts if regex.search("常住|户籍|总人口", page.name(j))] or counts[:4]
    if base and not sums:
        sums = [
            j for j in page.earlier(i, 60) if is_amount(page, j, rate) and page.name(j).endswith(base) and _alike(page, i, j)
        ][:2]
    if not sums and counts:
        home = page.records[i].section_start
        sums = [
            j
            for j in page.earlier(i, 12)
            if is_amount(page, j, rate) and page.records[j].section_start == home and page.totals[j] is None
        ][:3]
        near = False
    m = _BASIS.search(page.folded, page.records[i].sentence.start, page.records[i].start)
    if m:
        basis = m["of"]
        here = [j for j in counts if m.start() <= page.records[j].start < m.end()]
        counts = here or sorted(counts, key=lambda j: page.name(j) not in basis)
    far = [j for j in page.earlier(i, 40) if is_count(page, j, rate)][:4] if not counts and len(base) > 1 else []
    for wanted in ("holds", "rounding"):
        for a in sums[:4]:
            for b in [*counts[:4], *(far if wanted == "holds" else [])]:
                if _mean_verdict(page, a, b, rate) == wanted:
                    yield _mean(page, a, b, rate, "均值承接总数与个数 / the average follows its total and its count")
                    return
    sums.sort(key=lambda j: page.totals[j] is not None)  # 粮食15.4万吨,其中夏粮4.9万吨…,亩产400公斤: of the whole
    counts.sort(key=lambda j: page.totals[j] is not None)
    alone = page.records[i].per[-1][:1] in ("百", "千", "万") and len(counts) == 1
    if (near or m or alone) and sums and counts and _same_thing(page, sums[0], i, base):
        made = _mean(page, sums[0], counts[0], rate, "均值承接总数与个数 / the average follows its total and its count")
        yield from page.likely(made, _mean_of(rate), [1, -1])


def _alike(page: Figures, i: int, j: int) -> bool:
    """Both planned or both reported, of one time."""
    a, b = page.records[i], page.records[j]
    return a.status == b.status and (not a.period or not b.period or a.period == b.period)


def _same_thing(page: Figures, a: int, i: int, base: str) -> bool:
    """Whether an average is told of the amount: 总产 and 亩产, 总投资 and 亩均投资."""
    told = page.name(a) + page.region(a)
    return (
        not base
        or page.name(i) == page.name(a)
        or any(base[k : k + 2] in told for k in range(len(base) - 1))
        or ("产" in base and "产" in told)
    )


def _mean_verdict(page: Figures, a: int, b: int, rate: Rate) -> str:
    return weigh(_mean_of(rate), [1, -1], [page.reaches[a], page.reaches[b]], page.reaches[rate.at]).verdict


def _mean_of(rate: Rate):  # type: ignore[no-untyped-def]
    return lambda x, y: x / (y / rate.per.size)


def _mean(page: Figures, a: int, b: int, rate: Rate, reason: str) -> Finding:
    template = "{0} / {1}" if rate.per.many == 1 else f"{{0}} / {{1}} × {rate.per.many}"
    return page.claim("ratio", template, [a, b], rate.at, _mean_of(rate), [1, -1], reason)
