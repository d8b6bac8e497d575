"""Rate times count gives the amount: 每亩150元 × 8.6万亩 = 1290万元, and the averages that are the same the other way round."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

import regex

from ..types import Finding
from .figures import RATES, Figures, Reach, weigh
from .misprints import hint

if TYPE_CHECKING:
    from ..lexicon import Lexicon

_TIMES: dict[str, tuple[int | Fraction, ...]] = {
    "年": (1, Fraction(1, 2)),
    "学年": (1, Fraction(1, 2)),
    "学期": (1, 2),
    "月": (12, 1),
    "季度": (4, 1),
    "日": (1,),
    "天": (1,),
}
_FACTORS = {Fraction(1, 2): "半年 / half a year", Fraction(12): "全年12个月 / twelve months", Fraction(2): "两学期 / two terms",
            Fraction(4): "四个季度 / four quarters"}  # fmt: skip
_SIZES = {"百": 100, "千": 1000, "万": 10000, "十万": 100000}
_PEOPLE = ("人", "生", "学生", "教师", "孩", "孩子", "老人", "党员", "群众", "干部", "村医", "村民", "户籍人口")
_MEAN = regex.compile(r"^(?:平均)?每?\p{Han}{0,3}?均|^平均")
_TOTAL = regex.compile(r"总|共|合计|累计|计|全年")
_BASIS = regex.compile(r"按(?P<of>[^,;。]{2,16}?)计算")


class Denominator(NamedTuple):
    """What a rate is per: the units that count it, how many of them one is, and whether a time is told beside it."""

    units: tuple[str, ...]
    size: Fraction
    times: tuple[Fraction, ...]
    many: int = 1  # 1000 of 每千人口


def denominator(per: Sequence[str], lexicon: Lexicon) -> Denominator | None:
    """What counts a rate; None where only a time does, or two things at once."""
    counted = [p for p in per if p not in _TIMES]
    times = [p for p in per if p in _TIMES]
    if len(counted) != 1:
        return None
    factors = tuple(Fraction(f) for f in _TIMES[times[0]]) if times else (Fraction(1),)
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
    if word in ("村", "乡镇", "社区", "企业", "学校", "单位"):
        return Denominator(("个", "所", "家"), Fraction(size), factors, size)
    unit = lexicon.units.get(word)
    if unit is None:
        return Denominator((word,), Fraction(size), factors, size)
    return Denominator((unit.unit,), unit.factor * size, factors, size)


class Rate(NamedTuple):
    """A figure per something, and what it is per."""

    at: int
    per: Denominator


def rate_times_count(page: Figures) -> Iterator[Finding]:
    """Averages after their two figures, amounts after a rate and a count, and lists of counts and amounts under stated rates.

    >>> from zhreport import parse
    >>> [(f.verdict, f.formula) for f in rate_times_count(Figures(parse("油菜8.6万亩,按每亩150元的标准发放补贴1290万元。")))]
    [('holds', '每亩150元 × 8.6万亩 = 1290万元')]
    """
    rates = []
    for i, r in enumerate(page.records):
        if r.per and page.dimension(i) not in RATES and page.value(i) and r.role not in ("from", "increase", "decrease", "limit"):
            per = denominator(r.per, page.lexicon)
            if per is not None:
                rates.append(Rate(i, per))
    done: set[int] = set()
    for rate in rates:
        found = list(_average(page, rate)) or list(_amounts(page, rate))
        done |= {page.index[f.result.id] for f in found if f.result and f.result.id}
        yield from found
    yield from _lists(page, rates, done)


def _counts(page: Figures, i: int, rate: Rate) -> bool:
    timed = all(p in _TIMES for p in page.records[i].per)  # 年平均常住人口
    return page.unit(i) in rate.per.units and page.plain(i) and timed and i != rate.at and not page.yardstick(i)


def _amount(page: Figures, i: int, rate: Rate) -> bool:
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
    base = _MEAN.sub("", name).removeprefix("亩产").removeprefix("单产")
    sums = [j for j in page.prior(i) if _amount(page, j, rate) and page.records[j].role in ("level", "to")]
    counts = [j for j in page.prior(i) if _counts(page, j, rate) and page.records[j].role in ("level", "to")]
    near = bool(sums and counts)
    if len(base) > 1:
        sums = [
            *(j for j in page.earlier(i, 60) if _amount(page, j, rate) and page.name(j) == base and _alike(page, i, j)),
            *sums,
        ][:4]
        counts = counts or [j for j in page.earlier(i, 40) if _counts(page, j, rate)][:4]
    if page.records[i].per[-1][:1] in ("百", "千", "万", "十"):
        # 每千人口床位: out of the 常住人口 that the document names
        kind = page.records[i].per[-1].lstrip("百千万十名")
        kind = kind if kind == "人口" else kind[:1]
        counts = [j for j in page.earlier(i, 200) if _counts(page, j, rate) and kind in page.name(j) + page.region(j)][:8]
        counts = [j for j in counts if regex.search("常住|户籍|总人口", page.name(j))] or counts[:4]
    if base and not sums:
        sums = [j for j in page.earlier(i, 60) if _amount(page, j, rate) and page.name(j).endswith(base) and _alike(page, i, j)][
            :2
        ]
    m = _BASIS.search(page.folded, page.records[i].sentence.start, page.records[i].start)
    if m:
        basis = m["of"]
        here = [j for j in counts if m.start() <= page.records[j].start < m.end()]
        counts = here or sorted(counts, key=lambda j: page.name(j) not in basis)
    for wanted in (("holds",), ("rounding",)):
        for a in sums[:4]:
            for b in counts[:4]:
                if _mean_verdict(page, a, b, rate) in wanted:
                    yield _mean(page, a, b, rate, "均值承接总数与个数 / the average follows its total and its count")
                    return
    sums.sort(key=lambda j: page.totals[j] is not None)  # 粮食15.4万吨,其中夏粮4.9万吨…,亩产400公斤: of the whole
    counts.sort(key=lambda j: page.totals[j] is not None)
    alone = page.records[i].per[-1][:1] in ("百", "千", "万") and len(counts) == 1
    if (near or m or alone) and sums and counts and _same_thing(page, sums[0], i, base):
        yield _mean(page, sums[0], counts[0], rate, "均值承接总数与个数 / the average follows its total and its count")


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


def _amounts(page: Figures, rate: Rate) -> Iterator[Finding]:
    """亩均投资1500元,总投资6750万元; 按每人次900元…318人次、28.62万元,342人次、30.78万元."""
    i = rate.at
    first = True
    for a in range(i + 1, min(i + 13, len(page.records))):
        if not page.same_sentence(i, a):
            return
        if page.records[a].per and page.unit(a) == page.unit(i):
            return
        if not _amount(page, a, rate):
            continue
        direct = a - 1 > i and _counts(page, a - 1, rate) and not _TOTAL.search(page.region(a))
        options = [[a - 1]] if direct else _before(page, rate, a) if first else []
        chosen = next((o for o in options if _factor(page, rate, o, a) is not None), None)
        said = page.folded[page.records[i].end : page.records[a].start]
        strong = direct or "标准" in said + page.region(i) or bool(_TOTAL.search(page.region(a))) or page.name(a) == page.name(i)
        if chosen is None and strong and options and (direct or _whole_fits(page, rate, options[0], a)):
            # 享受生活补贴2160人、护理补贴3240人,共发放518.4万元: for both together
            together = len(options[-1]) > 1 and bool(_TOTAL.search(page.region(a)))
            chosen = options[-1] if together else options[0]
        if chosen is not None:
            yield _product(page, rate, chosen, a, "按该标准发放 / paid at this rate")
        first = False


def _whole_fits(page: Figures, rate: Rate, counts: Sequence[int], a: int) -> bool:
    """Whether an amount is of the size that a rate and a count would give: within a factor of ten."""
    for factor in rate.per.times:
        made = _made(page, rate, counts, factor)
        if made is not None and made / 10 < (page.value(a) or 0) < made * 10:
            return True
    return False


def _made(page: Figures, rate: Rate, counts: Sequence[int], factor: Fraction) -> Fraction | None:
    values, value = page.values(counts), page.value(rate.at)
    if value is None or values is None:
        return None
    return value * sum(values, Fraction(0)) / rate.per.size * factor


def _before(page: Figures, rate: Rate, a: int) -> list[list[int]]:
    """The counts that a rate may be taken times, the nearest first; two in one list together, too."""
    near = [j for j in range(a - 1, rate.at, -1) if _counts(page, j, rate)]
    near += [j for j in page.prior(rate.at) if _counts(page, j, rate)]
    ranked = sorted(near, key=lambda j: page.totals[j] in near)  # 45座 before its 12座
    out = [[j] for j in ranked[:3]]
    if len(near) > 1 and near[0] - near[1] == 1:
        out.append([near[1], near[0]])
    return out


def _factor(page: Figures, rate: Rate, counts: Sequence[int], a: int) -> Fraction | None:
    """The factor with which rate times count meets the amount."""
    for factor in rate.per.times:
        if _weighed(page, rate, counts, a, factor) in ("holds", "rounding"):
            return factor
    return None


def _reaches(page: Figures, rate: Rate, counts: Sequence[int]) -> list[Reach]:
    """A rate that is set stands for itself (每套185元); an average (人均900元) is rounded like any other figure."""
    reach = page.reaches[rate.at]
    mean = any(w in page.region(rate.at) + page.records[rate.at].surface for w in ("均", "约", "左右"))
    if reach.exact and not mean and reach.value is not None:
        reach = reach._replace(low=reach.value, high=reach.value)
    return [reach, *(page.reaches[c] for c in counts)]


def _weighed(page: Figures, rate: Rate, counts: Sequence[int], a: int, factor: Fraction) -> str:
    reaches = _reaches(page, rate, counts)
    return weigh(_product_of(rate, factor), [1] * len(reaches), reaches, page.reaches[a]).verdict


def _product_of(rate: Rate, factor: Fraction):  # type: ignore[no-untyped-def]
    return lambda x, *ys: x * sum(ys, Fraction(0)) / rate.per.size * factor


def _product(page: Figures, rate: Rate, counts: Sequence[int], a: int, reason: str, factor: Fraction | None = None) -> Finding:
    factor = factor or _factor(page, rate, counts, a) or rate.per.times[0]
    scale = factor / rate.per.many
    written = "{1}" if len(counts) == 1 else "(" + " + ".join(f"{{{k + 1}}}" for k in range(len(counts))) + ")"
    template = f"{{0}} × {written}" + (f" × {scale}" if scale != 1 else "")
    remark = "" if factor == 1 else f"系数 {factor}：{_FACTORS.get(factor, '')}"
    operands = [rate.at, *counts]
    made = page.claim(
        "rate_times_count",
        template,
        operands,
        a,
        _product_of(rate, factor),
        [1] * len(operands),
        reason,
        remark=remark,
        reaches=_reaches(page, rate, counts),
    )
    if made.verdict != "violated":
        return made
    compute = _product_of(rate, factor)
    return hint(page, made, [*operands, a], lambda v: compute(*v[:-1]) - v[-1])


# Rates in one place, counts and amounts in another: 小学每生每年1000元 … 小学1039人次,资助资金51.95万元.


@functools.lru_cache(maxsize=8)
def _classes(lexicon: Lexicon) -> tuple[regex.Pattern, dict[str, str]]:
    words = lexicon.words("cues", "class_word")
    return regex.compile(lexicon.pattern("cues", "class_word")), words


def _class_of(page: Figures, i: int) -> str | None:
    """The class of people that a figure is told of: the last one named before it in its sentence."""
    pattern, words = _classes(page.lexicon)
    start = max(page.records[i].sentence.start, page.records[i].start - 80)
    found = None
    for m in pattern.finditer(
        page.folded, start, page.records[i].end + 8 if page.records[i].quantity.unit == "1" else page.records[i].start
    ):
        found = m
    return words[found[0]] if found else None


def _classes_of(page: Figures, i: int) -> set[str]:
    """普通高中、中职助学金均为每生每年2000元: a rate may be told of several classes."""
    pattern, words = _classes(page.lexicon)
    joined = page.folded[
        page.records[i - 1].end if i and page.same_sentence(i - 1, i) else page.records[i].sentence.start : page.records[i].start
    ]
    own = {words[m[0]] for m in pattern.finditer(joined.rpartition(",")[2])} if "均" in joined else set()
    last = _class_of(page, i)
    return own or ({last} if last else set())


def _lists(page: Figures, rates: Sequence[Rate], done: set[int]) -> Iterator[Finding]:
    by_class: dict[tuple[int | None, str], list[Rate]] = {}
    for rate in rates:
        if rate.per.units == ("人", "人次") and page.dimension(rate.at) == "money":
            for named in _classes_of(page, rate.at):
                by_class.setdefault((page.records[rate.at].document, named), []).append(rate)
    if not by_class:
        return
    lists: dict[tuple[int | None, int], list[tuple[Rate, int, int]]] = {}
    for a in range(1, len(page.records)):
        b = a - 1
        if a in done or page.dimension(a) != "money" or page.unit(b) not in ("人", "人次") or not page.same_sentence(a, b):
            continue
        options = by_class.get((page.records[a].document, _class_of(page, b) or ""), [])
        options = [r for r in options if _amount(page, a, r) and _counts(page, b, r)]
        if not options or len(page.between(b, a)) > 12:
            continue
        rate = next((r for r in options if _factor(page, r, [b], a) is not None), options[-1])
        lists.setdefault((page.totals[a], page.records[a].sentence.start), []).append((rate, b, a))
    for pairs in lists.values():
        factors = [_factor(page, rate, [b], a) for rate, b, a in pairs]
        known = [f for f in factors if f is not None]
        if not known:
            continue
        usual = max(set(known), key=known.count)
        most = known.count(usual) >= 2 and 2 * known.count(usual) > len(pairs)
        for (rate, b, a), factor in zip(pairs, factors, strict=True):
            if factor is not None or most:
                yield _product(
                    page, rate, [b], a, "同一对象的标准、人数与金额 / rate, count and amount of one class", factor or usual
                )
