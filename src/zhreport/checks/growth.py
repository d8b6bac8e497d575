"""From, to, difference and rate of a change; what is left when one figure is taken from another."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from operator import sub
from typing import TYPE_CHECKING, NamedTuple

import regex

from ..types import Finding
from .figures import RATES, Figures
from .weighing import Exact, weigh

if TYPE_CHECKING:
    from ..lexicon import Lexicon

_COMPARED = regex.compile(r"(?:比|较)[^,;。]*(?:年|期|标准|基数|末|初)|^[,、]?(?:上年|去年|年初|上期)")
# 决算数小于预算数7.4万元: the gap of two figures is no level
_GAP = regex.compile("小于|大于|高于|低于|少于|多于|短收|超收|超出")
_MEAN_YEARS = regex.compile(r"([两一二三四五六七八九十]|\d{1,2})年(?:平均|年均|间?年均)")
_STOCK = regex.compile("累计|滚存|历年|净结余")
_CARRIED = regex.compile("上年结转|上年结余|结转收入")
_INNER = regex.compile(r"\([^()]*\)")
_REAL = "增速按可比价格(生产总值等按惯例)计算,不与现价核对 / growth at constant prices, as is the custom for GDP, is not checked against nominal levels"


class _Words(NamedTuple):
    """The words of one lexicon that tell of growth at constant prices and of what is left of two figures."""

    real: regex.Pattern
    left: regex.Pattern
    balances: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]


@functools.lru_cache(maxsize=8)
def _words(lexicon: Lexicon) -> _Words:
    balances = []
    for word, value in lexicon.words("cues", "balance").items():
        minuend, subtrahend = value.split(" ")
        balances.append((word, tuple(minuend.split("|")), tuple(subtrahend.split("|"))))
    real, left = (regex.compile(lexicon.pattern("cues", kind)) for kind in ("real_growth", "balance"))
    return _Words(real, left, tuple(balances))


def growth(page: Figures) -> Iterator[Finding]:
    """Growth rates against the two levels, or the level and the increase, that they come from.

    >>> from zhreport import parse
    >>> [(f.verdict, f.formula) for f in growth(Figures(parse("人均收入16850元,比上年增加1520元,增长8.9%。")))]
    [('violated', '1520元 / (16850元 - 1520元) ≠ 8.9%')]
    """
    for i, role in enumerate(page.role):
        if role not in ("increase", "decrease") or page.value[i] is None:
            continue
        if page.dimension[i] in ("percentage", "ratio") or page.unit[i] == "倍":
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
        return _by_difference(page, i, sign, before) if _changed(page, before[0]) else []
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
    for j in page.earlier(i):
        other = page.records[j]
        same = (
            page.name[j] == page.name[level]
            and page.unit[j] == page.unit[level]
            and other.place == r.place
            and other.per == r.per
        )
        told = other.role in ("level", "to") and other.status == "reported" and page.plain[j]
        if same and told and j != level and _year(other.period) == _year(r.period) - 1:
            found.append(j)
    found.sort(
        key=lambda j: (page.totals[j] is not None, page.reach(j).step)
    )  # the figure itself before its share in another sum
    return _grown(page, found[0], level, i, sign) if found else []


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
    real = _words(page.lexicon).real
    return bool(page.records[i].price_basis) or (bool(real.search(page.name[i])) and "人均" not in page.name[i])


def _unclear(finding: Finding) -> Finding:
    formula = finding.formula
    for sign in ("≠", "≈", "="):
        formula = formula.replace(f" {sign} ", " ?= ", 1) if " ?= " not in formula else formula
    return replace(finding, verdict="unclear", severity="none", formula=formula, reason=f"{finding.reason}；{_REAL}")


def difference(page: Figures) -> Iterator[Finding]:
    """From and to against the change: 84.3% → 88.5% is 4.2 points; income less expenditure is what is left.

    >>> from zhreport import parse
    >>> [(f.verdict, f.formula) for f in difference(Figures(parse("普及率由84.3%提高到88.5%,提高4.2个百分点。")))]
    [('holds', '88.5% - 84.3% = 4.2个百分点')]
    """
    left = page.told_of(_words(page.lexicon).left)
    for i, role in enumerate(page.role):
        changed = role in ("increase", "decrease") and page.dimension[i] not in ("percentage", "ratio", "multiple")
        if (changed or i in left) and page.value[i] is not None:
            yield from (_change(page, i) if changed else []) or (_balance(page, i) if i in left else [])


def _change(page: Figures, i: int) -> list[Finding]:
    points = page.unit[i] == "百分点"
    before = [j for j in page.prior(i, 8) if page.value[j] is not None and page.unit[j] == ("1" if points else page.unit[i])]
    before = [j for j in before if not page.yardstick[j] and (not points or page.dimension[j] == "percentage")]
    two = _levels(page, before)
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
    told = {page.role[a], page.role[b]} == {"from", "to"}
    return [finding] if told else page.likely(finding, compute, [1, -1])


def _balance(page: Figures, i: int) -> list[Finding]:
    """收入总计43.1亿元,支出总计42.28亿元,年终结余8200万元; 出生率7.2‰,死亡率7.9‰,自然增长率-0.7‰."""
    told = page.told[i]
    if _STOCK.search(told) or page.folded.startswith("(含", page.end[i]):
        return []  # 累计结余18645万元 is of all years, not of this one
    for word, minuend, subtrahend in _words(page.lexicon).balances:
        if word not in told:
            continue
        found: dict[int, int] = {}
        for j in page.earlier(i, 30):
            if page.section[j] != page.section[i]:
                break
            said = page.told[j]
            if _CARRIED.search(said) and "总计" not in "".join(minuend):
                return []  # 上年结转1.2亿元,本年收入38.6亿元,本年支出38.1亿元,年终结余1.7亿元
            if page.unit[j] != page.unit[i] or page.totals[j] is not None or _STOCK.search(said):
                continue
            for k, need in ((1, subtrahend), (0, minuend)):
                if k not in found and any(w in said for w in need):
                    found[k] = j
                    break
        if len(found) == 2:
            reason = f"{word}＝{'|'.join(minuend)}－{'|'.join(subtrahend)} / by its definition"
            told_of = page.claim("difference", "{0} - {1}", [found[0], found[1]], i, sub, [1, -1], reason)
            return page.likely(told_of, sub, [1, -1])
    return []
