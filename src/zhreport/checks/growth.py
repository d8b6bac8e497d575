"""From, to, difference and rate of a change; what is left when one figure is taken from another."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

import regex

from ..types import Finding
from .figures import RATES, Figures, weigh
from .misprints import hint

if TYPE_CHECKING:
    from ..lexicon import Lexicon

_COMPARED = regex.compile(r"(?:比|较|上年|去年|同期|原来|基数|由|从)")
_INNER = regex.compile(r"\([^()]*\)")
_REAL = "按可比价格计算的增速不与现价核对 / growth at constant prices is not checked against nominal levels"


@functools.lru_cache(maxsize=8)
def _words(lexicon: Lexicon) -> tuple[regex.Pattern, tuple[tuple[str, str, str], ...]]:
    balances = tuple((w, *v.split(" ")) for w, v in lexicon.words("cues", "balance").items())
    return regex.compile(lexicon.pattern("cues", "real_growth")), balances  # type: ignore[return-value]


def growth(page: Figures) -> Iterator[Finding]:
    """Growth rates against the two levels, or the level and the increase, that they come from.

    >>> from zhreport import parse
    >>> [(f.verdict, f.formula) for f in growth(Figures(parse("人均收入16850元,比上年增加1520元,增长8.9%。")))]
    [('violated', '1520 / (16850元 - 1520元) ≠ 8.9%')]
    """
    for i, r in enumerate(page.records):
        rate = page.dimension(i) in ("percentage", "ratio") or page.unit(i) == "倍"
        if rate and r.role in ("increase", "decrease") and page.value(i) is not None:
            yield from _of(page, i, 1 if r.role == "increase" else -1)


def _of(page: Figures, i: int, sign: int) -> list[Finding]:
    before = [j for j in page.prior(i, 8) if page.plain(j) and not page.yardstick(j)]
    before = [j for j in before if page.dimension(j) != "duration" or page.records[j].role in ("from", "to")]
    if "年均" in page.region(i) or "年" in page.records[i].per:
        return _yearly(page, i, before)
    if before and page.records[before[0]].role in ("increase", "decrease"):
        two = _levels(page, i, before[1:])  # 由1450张增加到1740张,增加290张,增长20%
        return [_grown(page, *two, i, sign)] if two is not None else _by_difference(page, i, sign, before)
    if len(before) > 3 and "均" in page.region(i) and [page.records[j].role for j in before[:4]] == ["to", "to", "from", "from"]:
        # 分别由620元、410元提高到682元、451元,均增长10%
        return [_grown(page, before[3], before[1], i, sign), _grown(page, before[2], before[0], i, sign)]
    two = _levels(page, i, before)
    if two is not None:
        return [_grown(page, *two, i, sign)]
    return _by_last_year(page, i, sign, before)


def _by_difference(page: Figures, i: int, sign: int, before: list[int]) -> list[Finding]:
    """16850元,比上年增加1520元,增长8.9%: the base is the level less the increase."""
    d = before[0]
    level = next((j for j in before[1:3] if page.unit(j) == page.unit(d) and page.records[j].role in ("level", "to")), None)
    if level is None or page.between(d, i).count(",") + page.between(d, i).count("、") > 1:
        return []
    if ";" in _INNER.sub("", page.between(level, i)):
        return []
    per = page.records[d].per != page.records[level].per and bool(page.records[d].per)
    if per:
        return []
    op, compute = ("-", _over_base) if sign > 0 else ("+", _over_former)
    signs = [1, -1]
    finding = page.claim(
        "growth", f"{{0}} / ({{1}} {op} {{0}})", [d, level], i, compute, signs, "增量与增速 / increase and rate of one level"
    )
    if _real(page, i):
        return [_unclear(finding)]
    if finding.verdict != "violated":
        return [finding]
    stated = page.value(i) or Fraction(0)
    return [hint(page, finding, [d, level], lambda v: v[0] * (1 + (stated if sign < 0 else -stated) * -1) - stated * v[1])]


def _over_base(d: Fraction, level: Fraction) -> Fraction:
    return d / (level - d)


def _over_former(d: Fraction, level: Fraction) -> Fraction:
    return d / (level + d)


def _levels(page: Figures, i: int, before: list[int]) -> tuple[int, int] | None:
    """The former and the present level in the sentence: 由1.8亿元增加到2.16亿元, 比上年13500元; 2019年…,2020年…."""
    if len(before) < 2:
        return None
    b, a = before[0], before[1]
    if page.unit(a) != page.unit(b):
        return None
    ra, rb = page.records[a], page.records[b]
    if (ra.role, rb.role) == ("from", "to"):
        return a, b
    near = page.region(b)
    if rb.role in ("level", "from") and ("比" in near or "较" in near) and any(w in near for w in ("年", "期", "标准", "基数")):
        return b, a  # 15390元,比上年13500元增长14%
    if page.name(a) == page.name(b) and page.name(a) and _year(ra.period) and _year(ra.period) + 1 == _year(rb.period):
        return a, b
    return None


def _year(period: str | None) -> int:
    return int(period[:4]) if period and len(period) == 4 and period.isdigit() else 0


def _by_last_year(page: Figures, i: int, sign: int, before: list[int]) -> list[Finding]:
    """安排13.1亿元,比2020年增长5%: last year's figure of the same thing stands elsewhere in the document."""
    after = i + 1
    if after < len(page.records) and page.same_sentence(i, after) and page.plain(after) and page.name(after) == page.name(i):
        level = after  # 增长5%、达到17.5亿元: the level follows its rate
    elif before:
        level = before[0]
    else:
        return []
    r = page.records[level]
    if r.role not in ("level", "to") or not page.name(level) or page.name(level) != page.name(i) or not _year(r.period):
        return []
    if page.totals[i] is not None or not (page.records[i].base or "比" in page.region(i) or r.status == "planned"):
        return []
    found = []
    for j in page.earlier(i):
        other = page.records[j]
        same = (
            page.name(j) == page.name(level)
            and page.unit(j) == page.unit(level)
            and other.place == r.place
            and other.per == r.per
        )
        told = other.role in ("level", "to") and other.status == "reported" and page.plain(j)
        if same and told and j != level and _year(other.period) == _year(r.period) - 1:
            found.append(j)
    found.sort(key=lambda j: page.totals[j] is not None)  # the figure itself before its share in another sum
    return [_grown(page, found[0], level, i, sign)] if found else []


def _grown(page: Figures, a: int, b: int, i: int, sign: int) -> Finding:
    template = "{1} / {0} - 1" if sign > 0 else "1 - {1} / {0}"
    compute: Callable[..., Fraction] = (lambda x, y: y / x - 1) if sign > 0 else (lambda x, y: 1 - y / x)
    finding = page.claim(
        "growth", template, [a, b], i, compute, [-1, 1] if sign > 0 else [1, -1], "前后两数与增速 / two levels and a rate"
    )
    if _real(page, i) or _real(page, b):
        return _unclear(finding)
    if finding.verdict != "violated":
        return finding
    factor = 1 + sign * (page.value(i) or Fraction(0))
    return hint(page, finding, [a, b], lambda v: v[1] - factor * v[0])


def _yearly(page: Figures, i: int, before: list[int]) -> list[Finding]:
    """由4.2亿元增加到5.81亿元,年均增长6.7%: five years of it."""
    two = _levels(page, i, before)
    if two is None:
        return []
    a, b = two
    first, last = _year(page.records[a].period), _year(page.records[b].period)
    years = last - first
    if not first or not last or not 1 < years <= 30:
        return []
    made = [_powered(page, i, side, years) for side in ("low", "high", "value")]
    low, high, value = made
    reach = page.reaches[i]
    least, most = page.reaches[a], page.reaches[b]
    grown = most.value / least.value if most.value and least.value else None
    if grown is None or low is None or high is None or value is None or not least.low or not least.high:
        return []
    weighed = weigh(lambda x, y: y / x, [-1, 1], [least, most], reach._replace(value=value, low=low, high=high))
    weighed = weighed._replace(value=None, low=None, high=None)
    finding = page.found(
        "growth",
        weighed,
        f"({{1}} / {{0}})^(1/{years}) - 1",
        [a, b],
        i,
        reach,
        f"{years}年年均增速 / yearly growth over {years} years",
    )
    return [_unclear(finding) if _real(page, i) or _real(page, b) else finding]


def _powered(page: Figures, i: int, side: str, years: int) -> Fraction | None:
    rate = getattr(page.reaches[i], side)
    return None if rate is None else (1 + rate) ** years


def _real(page: Figures, i: int) -> bool:
    """Whether a growth rate is at constant prices, said or by custom: of GDP and value added."""
    pattern, _ = _words(page.lexicon)
    return bool(page.records[i].price_basis) or (bool(pattern.search(page.name(i))) and "人均" not in page.name(i))


def _unclear(finding: Finding) -> Finding:
    from dataclasses import replace

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
    for i, r in enumerate(page.records):
        if page.value(i) is None:
            continue
        changed = r.role in ("increase", "decrease") and page.dimension(i) not in ("percentage", "ratio", "multiple")
        found = list(_change(page, i)) if changed else []
        yield from found or _balance(page, i)


def _change(page: Figures, i: int) -> Iterator[Finding]:
    points = page.unit(i) == "百分点"
    before = [j for j in page.prior(i, 6) if page.value(j) is not None and page.unit(j) == ("1" if points else page.unit(i))]
    if len(before) < 2:
        return
    b, a = before[0], before[1]
    roles = (page.records[a].role, page.records[b].role)
    if roles == ("to", "from") or (roles[1] == "from" and roles[0] == "level"):
        a, b = b, a
    elif roles != ("from", "to") and not (
        page.name(a) == page.name(b)
        and _year(page.records[a].period)
        and _year(page.records[a].period) < _year(page.records[b].period)
    ):
        return
    if page.unit(i) != "百分点" and page.dimension(i) in RATES:
        return
    scale = 100 if points else 1
    up = page.records[i].role == "increase"
    operands = [b, a] if up else [a, b]
    compute: Callable[..., Fraction] = lambda x, y: (x - y) * scale  # noqa: E731
    finding = page.claim(
        "difference", "{0} - {1}", operands, i, compute, [1, -1], "前后两数之差 / the difference of the two levels"
    )
    if finding.verdict == "violated":
        finding = hint(page, finding, [*operands, i], lambda v: (v[0] - v[1]) * scale - v[2])
    yield finding


def _balance(page: Figures, i: int) -> Iterator[Finding]:
    """收入总计43.1亿元,支出总计42.28亿元,年终结余8200万元; 出生率7.2‰,死亡率7.9‰,自然增长率-0.7‰."""
    _, balances = _words(page.lexicon)
    told = page.name(i) + page.region(i)
    for word, minuend, subtrahend in balances:
        if word not in told:
            continue
        found: list[int | None] = [None, None]
        for j in page.earlier(i, 30):
            if page.records[j].section_start != page.records[i].section_start:
                break
            said = page.name(j) + page.region(j)
            if page.unit(j) != page.unit(i) or page.totals[j] is not None:
                continue
            for k, need in ((1, subtrahend), (0, minuend)):
                if found[k] is None and any(w in said for w in need.split("|")) and (k == 1 or found[1] is not None):
                    found[k] = j
                    break
        a, b = found
        if a is not None and b is not None:
            finding = page.claim(
                "difference",
                "{0} - {1}",
                [a, b],
                i,
                lambda x, y: x - y,
                [1, -1],
                f"{word}＝{minuend}－{subtrahend} / by its definition",
            )
            if finding.verdict == "violated":
                finding = hint(page, finding, [a, b, i], lambda v: v[0] - v[1] - v[2])
            yield finding
            return
