"""Lists right beside their total, with no bracket and no 其中 between them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate

import regex

from ..types import Finding
from .figures import Figures
from .sums import add, sum_of

_LONGEST = 24  # figures after the first that a list may have
_RATED = regex.compile("标准|每|单价|均价|价格")
_NAMELY = regex.compile("分别|即|构成|依次|包括|分为|含|:")
_SUMMED = regex.compile("全年|上半年|全学年|总|共|合计|相加|加起来|^[,、]?计")


def adjacent_sums(page: Figures) -> Iterator[Finding]:
    """河长412名,县级26名、乡级138名、村级248名; 金牌7枚、银牌11枚、铜牌9枚,奖牌数27枚: a list right beside its total.

    Three parts that make the total exactly are claimed without a word between them, two only where a word says so.
    """
    listed = [
        plain and not per and role in ("level", "to") and dimension != "duration" and not yardstick
        for plain, per, role, dimension, yardstick in zip(
            page.plain, page.per, page.role, page.dimension, page.yardstick, strict=True
        )
    ]
    first = 0
    while first < len(page.records):
        after = first + 1
        while after < len(page.records) and after - first <= _LONGEST and page.same_sentence(first, after):
            after += 1
        if sum(listed[first:after]) > 2:
            for run in _runs(page, first, after, listed):
                yield from _in_run(page, run)
        first = after


def _runs(page: Figures, first: int, after: int, listed: list[bool]) -> Iterator[list[int]]:
    """The figures of one unit in a stretch of records; 资助标准分别为300元、200元和100元: rates add up to nothing."""
    by_unit: dict[str, list[int]] = {}
    rated = False
    for k in range(first, after):
        region = page.region[k]
        rated = bool(_RATED.search(region)) or (rated and region.strip() in ("、", "和", "与", ","))
        if listed[k] and not rated:
            by_unit.setdefault(page.unit[k], []).append(k)
    yield from (run for run in by_unit.values() if len(run) > 2)


def _in_run(page: Figures, run: list[int]) -> Iterator[Finding]:
    upto = [0, *accumulate(page.value[k] or 0 for k in run)]
    for at, total in enumerate(run):
        value = page.value[total] or 0
        if total in page.splits or page.totals[total] is not None or value < 10:
            continue
        # The longest stretch right after the total that makes it exactly, else the longest right before it.
        ends = (e for e in range(len(run), at + 2, -1) if upto[e] - upto[at + 1] == value)
        starts = (s for s in range(at - 1) if upto[at] - upto[s] == value)
        told = run[at + 1 :]
        said = page.folded[page.end[total] : page.start[told[0]]] if told else ""
        summed = bool(_SUMMED.search(page.region[total]))
        parts = next(
            (
                p
                for e in ends
                if _claimed(page, p := run[at + 1 : e], bool(_NAMELY.search(said)) or (value >= 100 and _labelled(page, p)))
            ),
            None,
        )
        parts = parts or next((p for s in starts if _claimed(page, p := run[s:at], summed)), None)
        if parts:
            yield sum_of(page, total, parts, "列举紧挨其总数 / a list beside its total")
        elif len(told) > 2 and _NAMELY.search(said[:8]) and all(page.totals[p] is None for p in told):
            finding = sum_of(page, total, told, "逐项列出 / its parts are listed")
            yield from page.likely(finding, add, [1] * len(told), close=False)


def _claimed(page: Figures, parts: Sequence[int], said: bool) -> bool:
    """Whether parts that make a total may be claimed to: three need no word for it, two do."""
    return (len(parts) > 2 or said) and all(page.totals[p] is None for p in parts)


def _labelled(page: Figures, parts: Sequence[int]) -> bool:
    """Whether two parts are told apart by words of one kind: 一档436人, 二档646人; 小学1500个, 初中1260个."""
    said = [page.region[p].lstrip(",、;:和()") for p in parts]
    return all(said) and len({len(x) for x in said}) == 1 and len(set(said)) == len(said)
