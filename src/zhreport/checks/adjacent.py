"""Lists right beside their total, with no bracket and no 其中 between them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import regex

from ..types import Finding
from .figures import Figures
from .sums import add, adds_up, sum_of

_RATED = regex.compile("标准|每|单价|均价|价格")
_NAMELY = regex.compile("分别|即|构成|依次|包括|分为|含|:")
_SUMMED = regex.compile("总|共|合计|相加|加起来|^[,、]?计")


def adjacent_sums(page: Figures) -> Iterator[Finding]:
    """河长412名,县级26名、乡级138名、村级248名; 金牌7枚、银牌11枚、铜牌9枚,奖牌数27枚: a list right beside its total.

    Three parts that make the total exactly are claimed without a word between them, two only where a word says so.
    """
    i = 0
    while i < len(page.records):
        last = i
        while last + 1 < len(page.records) and page.same_sentence(i, last + 1) and last - i < 24:
            last += 1
        by_unit: dict[str, list[int]] = {}
        rated = False
        for k in range(i, last + 1):
            r = page.records[k]
            # 资助标准分别为300元、200元和100元: rates add up to nothing
            rated = bool(_RATED.search(page.region(k))) or (rated and page.region(k).strip() in ("、", "和", "与", ","))
            if (
                not rated
                and page.plain(k)
                and not r.per
                and r.role in ("level", "to")
                and page.dimension(k) != "duration"
                and not page.yardstick(k)
            ):
                by_unit.setdefault(page.unit(k), []).append(k)
        for run in by_unit.values():
            yield from _in_run(page, run)
        i = last + 1


def _in_run(page: Figures, run: list[int]) -> Iterator[Finding]:
    if len(run) < 3:
        return
    for at, total in enumerate(run):
        if total in page.splits or page.totals[total] is not None or (page.value(total) or 0) < 10:
            continue
        for parts in (run[at + 1 :], run[:at]):
            found = _exactly(page, total, parts, after=parts is not run and bool(parts) and parts[0] > total)
            if found:
                yield sum_of(page, total, found, "列举紧挨其总数 / a list beside its total")
                break
        else:
            told = run[at + 1 :]
            said = page.folded[page.records[total].end : page.records[told[0]].start][:8] if told else ""
            if len(told) > 2 and _NAMELY.search(said) and all(page.totals[p] is None for p in told):
                yield from page.likely(
                    sum_of(page, total, told, "逐项列出 / its parts are listed"), add, [1] * len(told), close=False
                )


def _exactly(page: Figures, total: int, listed: list[int], after: bool) -> list[int] | None:
    """The parts beside a total that make it exactly: those right after it, or right before."""
    words = page.region(total) if not after else page.folded[page.records[total].end : page.records[listed[0]].start]
    told = bool(_SUMMED.search(words) if not after else _NAMELY.search(words))
    for n in range(len(listed), 1, -1):
        parts = listed[:n] if after else listed[-n:]
        enough = n > 2 or told or ((page.value(total) or 0) >= 100 and after and _labelled(page, parts))
        if enough and all(page.totals[p] is None for p in parts) and adds_up(page, total, parts):
            return parts
    return None


def _labelled(page: Figures, parts: Sequence[int]) -> bool:
    """Whether two parts are told apart by words of one kind: 一档436人, 二档646人; 小学1500个, 初中1260个."""
    said = [page.region(p).lstrip(",、;:和()") for p in parts]
    return all(said) and len({len(x) for x in said}) == 1 and len(set(said)) == len(said)
