"""From, to, difference and rate of a change; what is left when one figure is taken from another."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from operator import sub
from typing import TYPE_CHECKING

import regex

from ..types import Finding
from .figures import RATES, Figures
from .weighing import Exact, weigh

if TYPE_CHECKING:
    from ..lexicon import Lexicon

_COMPARED = regex.compile(r"(?:比|较)[^,;。]*(?:年|期|标准|基数|末|初)|^[,、]?(?:上年|去年|年初|上期)")
# 决算数小于预算数7.4万元: the gap of two figures is no level
_GAP = regex.compile("小于|大于|高于|低于|少于|多于|短收|超收|超出")
_RATES = regex.compile(
    "[,;]?(?:(?:增幅|增速|涨幅|提标幅度|(?P<down>降幅))分别|分别(?:增长|提高|上升|上涨|(?P<down>下降|降低|减少)))[为达了约]*"
)
_LONGEST = 12  # rates that a list gives out
_LIST = regex.compile(" ?(?:[、,和与及]|以及) ?")
_MEAN_YEARS = regex.compile(r"([两一二三四五六七八九十]|\d{1,2})年(?:平均|年均|间?年均)")
_INNER = regex.compile(r"\([^()]*\)")
_REAL = "增速按可比价格(生产总值等按惯例)计算,不与现价核对 / growth at constant prices, as is the custom for GDP, is not checked against nominal levels"


@functools.lru_cache(maxsize=8)
def _real_words(lexicon: Lexicon) -> tuple[regex.Pattern, regex.Pattern]:
    """The words of one lexicon that tell of growth at constant prices, and those of them that do not."""
    return regex.compile(lexicon.pattern("cues", "real_growth")), regex.compile(lexicon.pattern("cues", "nominal_growth"))


def growth(page: Figures) -> Iterator[Finding]:
    """Growth rates against the two levels, or the level and the increase, that they come from.

    >>> from zhreport import parse
    >>> [(f.verdict, f.formula) for f in growth(Figures(parse("人均收入16850元,比上年增加1520元,增长8.9%。")))]
    [('violated', '1520元 / (16850元 - 1520元) ≠ 8.9%')]
    """
    for i, role in enumerate(page.role):
        if page.value[i] is None or not (page.dimension[i] in ("percentage", "ratio") or page.unit[i] == "倍"):
            continue
        if role in ("level", "increase", "decrease") and "分别" in page.region[i] and (m := _RATES.fullmatch(page.region[i])):
            yield from _respectively(page, i, -1 if m["down"] else 1)
        elif role in ("increase", "decrease") and not _given_out(page, i):
            yield from _of(page, i, 1 if role == "increase" else -1)


def _of(page: Figures, i: int, sign: int) -> list[Finding]:
    before = [j for j in page.prior(i, 10) if page.plain[j] and not page.yardstick[j] and not _GAP.search(page.region[j])]
    before = [j for j in before if page.dimension[j] != "duration" or page.role[j] in ("from", "to")]
    if _years_of(page, i) is not None:
        return _yearly(page, i, before)
    if before and page.role[before[0]] in ("increase", "decrease"):
        two = _levels(page, before[1:])  # 由1450张增加到1740张,增加290张,增长20%
        if two is not None:
            return _grown(page, *two, i, sign)
        return _by_difference(page, i, sign, before) if _changed(page, before[0]) else _by_last_year(page, i, sign, [])
    if len(before) > 3 and "均" in page.region[i] and [page.role[j] for j in before[:4]] == ["to", "to", "from", "from"]:
        # 分别由620元、410元提高到682元、451元,均增长10%
        return _grown(page, before[3], before[1], i, sign) + _grown(page, before[2], before[0], i, sign)
    two = _levels(page, before)
    if (
        two is None
        and before
        and page.folded.startswith("的基础上", page.end[before[0]])
        and _same_unit_after(page, before[0], i)
    ):
        two = (before[0], i + 1)  # 在去年12.05亿元的基础上增长6%,达到12.8亿元
    return _grown(page, *two, i, sign) if two is not None else _by_last_year(page, i, sign, before)


def _given_out(page: Figures, i: int) -> bool:
    """Whether a rate is a later one of a list that 分别 gives out: 分别增长6%和4%."""
    head = i
    while head and i - head < _LONGEST and page.dimension[head - 1] == page.dimension[i]:
        if not _LIST.fullmatch(page.between(head - 1, head)):
            break
        head -= 1
    return head < i and "分别" in page.region[head]


def _respectively(page: Figures, i: int, sign: int) -> list[Finding]:
    """城市标准由690元提高到720元,农村标准由5880元提高到6300元,增幅分别为4.3%和7.1%: the k-th rate is of the k-th change."""
    rates = [i]
    while (
        rates[-1] + 1 < len(page.records)
        and page.dimension[rates[-1] + 1] == page.dimension[i]
        and _LIST.fullmatch(page.between(rates[-1], rates[-1] + 1))
    ):
        rates.append(rates[-1] + 1)
    before = page.prior(i, 4 * len(rates))
    pairs: list[tuple[int, int]] = []
    for b in before:
        a = b - 1
        if page.role[b] == "to" and a in before and page.role[a] == "from" and page.unit[a] == page.unit[b]:
            pairs.insert(0, (a, b))
    if len(rates) < 2 or len(pairs) != len(rates):
        return []
    found: list[Finding] = []
    for (a, b), rate in zip(pairs, rates, strict=True):
        found += _grown(page, a, b, rate, sign)
    return found


def _same_unit_after(page: Figures, a: int, i: int) -> bool:
    after = i + 1
    return after < len(page.records) and page.same_sentence(i, after) and page.unit[after] == page.unit[a] and page.plain[after]


def _changed(page: Figures, d: int) -> bool:
    """Whether a figure tells how much something changed: 比上年增加1520元, not 新增市场主体2300户, whose growth is its own."""
    r = page.records[d]
    return "role:新增" not in r.why and (r.base is not None or bool(_COMPARED.search(page.region[d])) or r.indicator is not None)


def _by_difference(page: Figures, i: int, sign: int, before: list[int]) -> list[Finding]:
    """16850元,比上年增加1520元,增长8.9%: the base is the level less the increase."""
    d = before[0]
    same = [j for j in before[1:6] if page.unit[j] == page.unit[d] and page.role[j] in ("level", "to")]
    op, compute = ("-", _over_base) if sign > 0 else ("+", _over_former)

    def fits(j: int) -> bool:
        return weigh(compute, [1, -1], [page.reach(d), page.reach(j)], page.reach(i)).verdict in ("holds", "rounding")

    level = next((j for j in same if fits(j)), None)
    if level is None:
        level = next((j for j in same if page.totals[j] is None), same[0] if same else None)
    if level is None or page.between(d, i).count(",") + page.between(d, i).count("、") > 1:
        return []
    if (";" in _INNER.sub("", page.between(level, i)) and not fits(level)) or (page.per[d] != page.per[level] and page.per[d]):
        return []
    reason = "增量与增速 / increase and rate of one level"
    finding = page.claim("growth", f"{{0}} / ({{1}} {op} {{0}})", [d, level], i, compute, [1, -1], reason)
    return [_unclear(finding)] if _real(page, i) else page.likely(finding, compute, [1, -1])


def _over_base(d: Exact, level: Exact) -> Exact:
    return Fraction(d, level - d)


def _over_former(d: Exact, level: Exact) -> Exact:
    return Fraction(d, level + d)


def _levels(page: Figures, before: list[int]) -> tuple[int, int] | None:
    """The former and the present level in the sentence: 由1.8亿元增加到2.16亿元, 比上年13500元; 2019年…,2020年…."""
    if len(before) < 2:
        return None
    b = before[0]
    same = [j for j in before[1:] if page.unit[j] == page.unit[b]]
    if not same:
        return None
    a, rb = same[0], page.records[b]
    ra = page.records[a]
    if (ra.role, rb.role) == ("from", "to"):
        return a, b
    if (ra.role, rb.role) == ("to", "from"):
        return b, a
    if rb.role in ("level", "from") and _COMPARED.search(page.region[b]):
        now = [j for j in same if not _COMPARED.search(page.region[j]) and _stands(page, j)]
        if now and now[0] == b - 1 and page.name[b] and page.name[now[0]] == page.name[b]:
            return b, now[0]  # 基金收入3.42亿元,其中出让收入3.15亿元,较上年的4.20亿元减少1.05亿元
        latter = next((j for j in now if page.totals[j] is None), now[0] if now else None)
        return None if latter is None else (b, latter)  # 15390元,比上年13500元增长14%
    if page.name[a] == page.name[b] and page.name[a] and _year(ra.period) and _year(ra.period) + 1 == _year(rb.period):
        return a, b
    return None


def _stands(page: Figures, j: int) -> bool:
    """Whether a figure is a level: also 新增就业327人, which is as many as were new."""
    r = page.records[j]
    return r.role in ("level", "to") or (r.base is None and "role:新增" in r.why)


def _years_of(page: Figures, i: int) -> int | None:
    """Over how many years a yearly mean is told; 0 where the text leaves that to its two ends."""
    region = page.region[i]
    if m := _MEAN_YEARS.search(page.folded, max(0, page.start[i] - 12), page.start[i]):
        return int(m[1]) if m[1].isdigit() else "一二三四五六七八九十".find(m[1]) + 1 if m[1] != "两" else 2
    return 0 if "年均" in region or "年" in page.per[i] else None


def _year(period: str | None) -> int:
    return int(period[:4]) if period and len(period) == 4 and period.isdigit() else 0


def _by_last_year(page: Figures, i: int, sign: int, before: list[int]) -> list[Finding]:
    """安排13.1亿元,比2020年增长5%: last year's figure of the same thing stands elsewhere in the document."""
    after = i + 1
    if after < len(page.records) and page.same_sentence(i, after) and page.plain[after] and page.name[after] == page.name[i]:
        level = after  # 增长5%、达到17.5亿元: the level follows its rate
    elif before:
        level = before[0]
    else:
        return []
    r = page.records[level]
    if r.role not in ("level", "to") or not page.name[level] or page.name[level] != page.name[i] or not _year(r.period):
        return []
    if page.totals[i] is not None or not (page.records[i].base or "比" in page.region[i] or r.status == "planned"):
        return []
    found = []
    synonyms = synonyms_of(page.lexicon)
    name = synonyms.get(page.name[level], page.name[level])
    for j in page.earlier(i):
        other = page.records[j]
        same = (
            synonyms.get(page.name[j], page.name[j]) == name
            and page.unit[j] == page.unit[level]
            and other.place == r.place
            and other.per == r.per
        )
        told = other.role in ("level", "to") and other.status == "reported" and page.plain[j]
        if same and told and j != level and _year(other.period) == _year(r.period) - 1:
            found.append(j)
    # the figure of that very name and by itself before its share in another sum
    found.sort(key=lambda j: (page.name[j] != page.name[level], page.totals[j] is not None, page.reach(j).step))
    return _grown(page, found[0], level, i, sign) if found else []


@functools.lru_cache(maxsize=8)
def synonyms_of(lexicon: Lexicon) -> dict[str, str]:
    """The names that are told of one thing: GDP and 地区生产总值."""
    return lexicon.words("cues", "synonym")


def _grown(page: Figures, a: int, b: int, i: int, sign: int) -> list[Finding]:
    if (page.value[a] or 0) <= 0:
        return []  # 由0元增加到5万元,增长100%: there is no rate of growth from nothing
    template = "{1} / {0} - 1" if sign > 0 else "1 - {1} / {0}"
    compute: Callable[..., Exact] = (lambda x, y: Fraction(y, x) - 1) if sign > 0 else (lambda x, y: 1 - Fraction(y, x))
    signs = [-1, 1] if sign > 0 else [1, -1]
    finding = page.claim("growth", template, [a, b], i, compute, signs, "前后两数与增速 / two levels and a rate")
    own = any(w == "indicator:noun before" for w in page.records[i].why) and page.name[i] != page.name[b]
    if (
        own
        and not page.name[i].endswith(("增收", "增产", "减收", "增长", "下降"))
        and page.name[i][-2:] not in page.name[b]
        and page.name[b][-2:] not in page.name[i]
    ):
        return []  # 企业83家,上年末为77家;工业增加值增长6.2%: the growth of another thing
    if _real(page, i) or _real(page, b):
        return [_unclear(finding)]
    told = page.role[a] == "from" and page.role[b] == "to"
    return [finding] if told else page.likely(finding, compute, signs)


def _yearly(page: Figures, i: int, before: list[int]) -> list[Finding]:
    """由4.2亿元增加到5.81亿元,年均增长6.7%: five years of it; 两年平均增长4.8%."""
    two = _levels(page, before)
    if two is None:
        return []
    a, b = two
    first, last = _year(page.period[a]), _year(page.period[b])
    years = _years_of(page, i) or (last - first if first and last else 0)
    least, most, reach = page.reach(a), page.reach(b), page.reach(i)
    low, high, value = (_powered(page, i, side, years) for side in ("low", "high", "value"))
    if not 1 < years <= 30 or low is None or high is None or not least.low or not least.high or least.low <= 0:
        return []
    weighed = weigh(lambda x, y: Fraction(y, x), [-1, 1], [least, most], reach._replace(value=value, low=low, high=high))
    weighed = weighed._replace(value=None, low=None, high=None)
    reason = f"{years}年年均增速 / yearly growth over {years} years"
    finding = page.found("growth", weighed, f"({{1}} / {{0}})^(1/{years}) - 1", [a, b], i, reach, reason)
    return [_unclear(finding) if _real(page, i) or _real(page, b) else finding]


def _powered(page: Figures, i: int, side: str, years: int) -> Exact | None:
    rate = getattr(page.reach(i), side)
    return None if rate is None else (1 + rate) ** years


def _real(page: Figures, i: int) -> bool:
    """Whether a growth rate is at constant prices, said or by custom: of GDP and value added."""
    if page.records[i].price_basis:
        return True
    real, nominal = _real_words(page.lexicon)
    name = page.name[i]
    return bool(real.search(name)) and not nominal.search(name)


def _unclear(finding: Finding) -> Finding:
    formula = finding.formula
    for sign in ("≠", "≈", "="):
        formula = formula.replace(f" {sign} ", " ?= ", 1) if " ?= " not in formula else formula
    return replace(finding, verdict="unclear", severity="none", formula=formula, reason=f"{finding.reason}；{_REAL}")


def difference(page: Figures) -> Iterator[Finding]:
    """From and to against the change: 84.3% → 88.5% is 4.2 points.

    >>> from zhreport import parse
    >>> [(f.verdict, f.formula) for f in difference(Figures(parse("普及率由84.3%提高到88.5%,提高4.2个百分点。")))]
    [('holds', '88.5% - 84.3% = 4.2个百分点')]
    """
    for i, role in enumerate(page.role):
        changed = role in ("increase", "decrease") and page.dimension[i] not in ("percentage", "ratio", "multiple")
        if changed and page.value[i] is not None:
            yield from _change(page, i)


def _change(page: Figures, i: int) -> list[Finding]:
    points = page.unit[i] == "百分点"
    before = [j for j in page.prior(i, 8) if page.value[j] is not None and page.unit[j] == ("1" if points else page.unit[i])]
    before = [j for j in before if not page.yardstick[j] and (not points or page.dimension[j] == "percentage")]
    two = _levels(page, before)
    if two is None and not points:
        return _told_ahead(page, i)
    if two is None or (page.dimension[i] in RATES and not points):
        return []
    a, b = two
    years = _years_of(page, i) if "均" in page.region[i] or "平均" in page.region[i] else None
    if years is not None:
        years = years or _year(page.period[b]) - _year(page.period[a])
        if not 1 < years <= 30:
            return []
    scale, over = (100 if points else 1), years or 1
    up = page.role[i] == "increase"
    compute: Callable[..., Exact] = sub if scale == over == 1 else lambda x, y: Fraction((x - y) * scale, over)
    template = "{0} - {1}" if over == 1 else f"({{0}} - {{1}}) / {over}"
    finding = page.claim(
        "difference", template, [b, a] if up else [a, b], i, compute, [1, -1], "前后两数之差 / the difference of the two levels"
    )
    if finding.verdict == "violated" and not points and not _of_one_thing(page.name[i], page.name[b]):
        return []  # 贷款余额由20亿元增加到26亿元,增加存款9亿元
    told = {page.role[a], page.role[b]} == {"from", "to"}
    return [finding] if told else page.likely(finding, compute, [1, -1])


def _of_one_thing(one: str, two: str) -> bool:
    """Whether two names have two characters in common, or one is not told."""
    return not one or not two or any(one[k : k + 2] in two for k in range(max(1, len(one) - 1)))


def _told_ahead(page: Figures, i: int) -> list[Finding]:
    """新增果园面积1200亩,果园总面积由2900亩扩大到4100亩: the increase stands before the two ends of its change.

    More may have been added than was gained, where something was lost; less cannot.
    """
    a, b = i + 1, i + 2
    if b >= len(page.records) or page.role[i] != "increase" or page.role[a] != "from" or page.role[b] != "to":
        return []
    units = page.unit[i] == page.unit[a] == page.unit[b]
    if (
        not units
        or not page.same_sentence(i, b)
        or not _same_stock(page.name[i], page.name[b])
        or page.between(i, a).count(",") > 1
    ):
        return []
    least, most, gain = page.value[a], page.value[b], page.value[i]
    first = _year(page.period[a])
    if least is None or most is None or gain is None or (first and first + 1 < _year(page.period[b])):
        return []
    if b + 1 < len(page.records) and page.same_sentence(b, b + 1) and page.unit[b + 1] == page.unit[i]:
        return []  # …扩大到4100亩,其中改造300亩
    net, named = page.region[i].endswith("净增"), page.name[i] == page.name[b].replace("总", "")
    finding = page.claim(
        "difference", "{0} - {1}", [b, a], i, sub, [1, -1], "增量在前、首末两数在后 / an increase and the two ends of it"
    )
    if finding.verdict == "violated" and not (named and (net or most - least > gain)):
        return []
    return page.likely(finding, sub, [1, -1])


def _same_stock(one: str, two: str) -> bool:
    """果园面积 and 果园总面积."""
    one, two = (name.replace("总", "").removesuffix("数").removesuffix("面积") for name in (one, two))
    return one == two != ""
