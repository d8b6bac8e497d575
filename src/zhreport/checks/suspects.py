"""Figures that cannot be meant as they are printed: a lost 万, a rate above 100%, half a person, an impossible percentage."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from math import ceil
from typing import TYPE_CHECKING

import regex

from ..amounts import decimal_text
from ..types import Finding
from .figures import Figures
from .misprints import lost_myriad

if TYPE_CHECKING:
    from ..lexicon import Lexicon

_MYRIAD = 10000


def unit_suspects(page: Figures) -> Iterator[Finding]:
    """A sum of money that its neighbours make absurd: 4.16元 of sales beside 12.05万元.

    >>> from zhreport import parse
    >>> [f.formula for f in unit_suspects(Figures(parse("村集体增收12.05万元,销售农副产品4.16元。")))]
    ['4.16元 ← 4.16万元']
    """
    for i in page.money:
        value, surface = page.value[i], page.surface[i]
        if value is None or page.per[i] or "万" in surface or "亿" in surface:
            continue
        mended = _mends_a_sum(page, i)
        if mended or ("." in surface and value < _MYRIAD and _among_myriads(page, i)):
            why = (
                "改作“万”则分项之和相合 / with 万 the sum of the parts holds"
                if mended
                else "同句其他金额以万元计 / its neighbours are in 万元"
            )
            fixed = surface.replace("元", "万元") if "元" in surface else surface + "万"
            yield Finding(
                "unit_suspect", "violated", f"{surface} ← {fixed}", (page.operand(i),), None, f"单位可疑 / the unit is suspect：{why}",
                computed=decimal_text(value * _MYRIAD), stated=decimal_text(value), severity="sense",
            )  # fmt: skip


def _among_myriads(page: Figures, i: int) -> bool:
    """Whether every other sum of its sentence is in 万元 or 亿元, and nothing says that it is a price."""
    near = [j for j in (*range(max(0, i - 6), i), *range(i + 1, min(i + 7, len(page.records)))) if page.same_sentence(i, j)]
    money = [j for j in near if page.dimension[j] == "money" and not page.per[j]]
    if not money or any(w in page.region[i] for w in ("价", "每", "均")):
        return False
    if (
        i - 1 in money
        and "万" in page.surface[i - 1]
        and page.region[i].strip(",、;")[-4:] == page.region[i - 1].strip(",、;")[-4:]
    ):
        return len(page.region[i].strip(",、;")) >= 4  # 住院救助支出1386.2万元,门诊救助支出234.4元
    return all("万" in page.surface[j] or "亿" in page.surface[j] for j in money)


def _mends_a_sum(page: Figures, i: int) -> bool:
    total = page.totals[i]
    return total is not None and any(lost_myriad(page, total, parts) == i for parts in page.splits[total].values())


@functools.lru_cache(maxsize=8)
def _bounded(lexicon: Lexicon) -> tuple[regex.Pattern, regex.Pattern]:
    free, bounded = lexicon.ending("cues", "unbounded_rate"), lexicon.ending("cues", "bounded_rate")
    return regex.compile(rf"(?r){free}$"), regex.compile(rf"(?r){bounded}$")


def feasibility(page: Figures) -> Iterator[Finding]:
    """A rate above 100% that cannot be, part of a person, a percentage that no whole number out of so many gives.

    >>> from zhreport import parse
    >>> [f.formula for f in feasibility(Figures(parse("抽查农户7户,合格率95%。参保率103%。")))]
    ['95% ∉ {0/7 … 7/7}', '103% > 100%']
    """
    free, bounded = _bounded(page.lexicon)
    for i, (value, dimension) in enumerate(zip(page.value, page.dimension, strict=True)):
        if value is None or page.records[i].quantity.approx != "exact":
            continue
        name, surface = page.name[i], page.surface[i]
        if dimension == "percentage" and page.role[i] in ("level", "to", "share"):
            if value > 1 and bounded.search(name) and not free.search(name):
                yield _impossible(page, i, f"{surface} > 100%", f"{name}不会超过100% / this rate cannot exceed 100%")
            elif (count := _sample(page, i, bounded)) is not None and not _reachable(page, i, count):
                formula = f"{surface} ∉ {{0/{count} … {count}/{count}}}"
                yield _impossible(page, i, formula, f"{count}个中得不出此比例 / no whole number out of {count} gives it")
        elif dimension in ("person", "household") and not isinstance(value, int) and value > 1 and not _rated(page, i):
            yield _impossible(page, i, surface, "人数、户数应为整数 / people and households come whole")


def _rated(page: Figures, i: int) -> bool:
    """Whether a figure of people is an average or a rate: 每千人口医师2.86人."""
    clause = page.clause(i)
    sentence = page.folded[page.sentence[i].start : page.start[i]][-40:]
    return bool(page.per[i]) or any(w in clause + page.name[i] for w in "率均比") or "每" in sentence or "平均" in sentence


def _impossible(page: Figures, i: int, formula: str, reason: str) -> Finding:
    return Finding("feasibility", "violated", formula, (page.operand(i),), None, reason, severity="sense")


def _sample(page: Figures, i: int, bounded: regex.Pattern) -> int | None:
    """The whole number right before a rate in its sentence, when nothing else stands between: 抽查7户,合格率95%."""
    if not page.name[i].endswith("率") or not i or not page.same_sentence(i - 1, i) or not bounded.search(page.name[i]):
        return None
    before = page.records[i - 1]
    between = page.between(i - 1, i)
    whole = page.reach(i - 1)
    if page.dimension[i - 1] not in ("person", "household", "count") or whole.low != whole.high or whole.value is None:
        return None
    if between.count(",") != 1 or "。" in between or ";" in between or len(between) > 12 or before.role != "level":
        return None
    # Only what was drawn for a test is what the rate is of.
    drawn = page.region[i - 1] + (before.event or "")
    return (
        int(whole.value)
        if any(w in drawn for w in ("抽查", "抽检", "抽样", "检查", "检测", "调查", "测评")) and whole.value <= 400
        else None
    )


def _reachable(page: Figures, i: int, count: int) -> bool:
    reach = page.reach(i)
    if reach.low is None or reach.high is None:
        return True
    return ceil(reach.low * count) <= reach.high * count
