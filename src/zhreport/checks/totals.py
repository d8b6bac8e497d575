"""Totals and their parts where no bracket and no 其中 joins them: numbered lists, 合计, the next sentence, another section."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from fractions import Fraction

import regex

from ..types import Finding
from .figures import Figures
from .sums import add, adds_up, joined, no_more, sum_of
from .weighing import Exact, Reach, weigh

_ALL = Reach(1, 1, 1, Fraction(1, 100), True, False)
_COUNTS = ("person", "person_time", "household", "count")
_OUT_OF = regex.compile(r"(?<=\p{Han})(?<!其)\p{Han}{0,6}中(?=仍|还|尚|有|已|另)")
_NEAR = 24
_AT_LAST = regex.compile(r"(?:累计|共计|合计|总计|[两二三四五六七八九]项(?:资金|补助|补贴)?共)\p{Han}{0,6}$")
_TOGETHER = regex.compile(r"[,、;]?(?:共计?|合计|累计|总计)")


def totals(page: Figures) -> Iterator[Finding]:
    """Totals that are told apart from their parts.

    >>> from zhreport import parse
    >>> [(f.verdict, f.formula) for f in totals(Figures(parse("春季资助418人,秋季资助436人,共854人次。")))]
    [('holds', '418人 + 436人 = 854人次')]
    """
    yield from _itemised(page)
    yield from _mixed(page)
    yield from _next_sentence(page)
    yield from _elsewhere(page)
    yield from _shares(page)
    yield from _among(page)
    yield from _summed_up(page)
    yield from _side_by_side(page)


def _itemised(page: Figures) -> Iterator[Finding]:
    """共救治6000人:①大病救治612人;②慢病管理5230人;③兜底保障158人: each item of a numbered list holds one part."""
    starts = [s.start for s in page.sections]
    for i, end in enumerate(page.end):
        if not page.folded.startswith(":", end) or not page.plain[i] or page.per[i]:
            continue
        k = bisect_left(starts, end)
        if k == len(starts) or page.folded[end + 1 : starts[k]].strip():
            continue
        first = page.sections[k]
        items = [s for s in page.sections[k : k + 60] if s.parent_start == first.parent_start and s.style == first.style]
        parts = []
        for n, item in enumerate(items, 1):
            inside = range(bisect_right(page.start, item.start, i + 1), bisect_left(page.start, item.body_end, i + 1))
            own = [j for j in inside if j < i + 80 and page.unit[j] == page.unit[i] and page.plain[j] and not page.per[j]]
            if item.number != n or len(own) != 1:
                break
            parts.append(own[0])
        if len(parts) > 1 and len(parts) == len(items):
            yield sum_of(page, i, parts, "逐项编号列出 / a numbered list of its parts")


def _mixed(page: Figures) -> Iterator[Finding]:
    """春季资助418人,秋季资助436人,共854人次: parts and total counted in different words; claimed where they add up."""
    for i, region in enumerate(page.region):
        if "计" not in region and "共" not in region:
            continue
        if page.dimension[i] not in _COUNTS or not page.plain[i] or not _TOGETHER.match(region) or i in page.splits:
            continue
        parts: list[int] = []
        for j in page.prior(i, 6):
            if page.dimension[j] not in _COUNTS or not page.plain[j] or page.totals[j] is not None or page.per[j]:
                break
            parts.insert(0, j)
            units = {page.unit[p] for p in (*parts, i)}
            if len(parts) > 1 and len(units) == 2 and adds_up(page, i, parts):
                yield sum_of(page, i, parts, "合计，计量单位不同 / a total in another counter")
                break


def _next_sentence(page: Figures) -> Iterator[Finding]:
    """共资助2743人次,发放578.0675万元。学前项目资助199人次,发放14.925万元;…办理贷款447笔,发放366.5万元。

    The sentence after a count and an amount lists its items, each a count and an amount, and one of the two sums is exact.
    """
    for j in page.money:
        i = j - 1
        if j + 6 >= len(page.records) or page.same_sentence(j, j + 1) or not _pairs(page, i) or page.dimension[i] not in _COUNTS:
            continue
        if page.start[j + 1] < page.sentence[j].end or page.section[j + 1] != page.section[i]:
            continue
        counts, amounts = [], []
        k = j + 1
        while k + 1 < len(page.records) and page.same_sentence(j + 1, k + 1) and _pairs(page, k) and page.totals[k] is None:
            counts.append(k)
            amounts.append(k + 1)
            k += 2
        listed = len(counts) > 2 and page.folded[page.sentence[j + 1].start : page.end[k - 1]].count(";") >= len(counts) - 2
        whole = k == len(page.records) or not page.same_sentence(j + 1, k)
        if listed and whole and (adds_up(page, j, amounts) or adds_up(page, i, counts)):
            reason = "下一句逐项列出 / the next sentence lists its items"
            yield sum_of(page, i, counts, reason)
            yield sum_of(page, j, amounts, reason)


def _pairs(page: Figures, i: int) -> bool:
    """Whether a count and an amount of money stand side by side: 资助学生199人次,发放资金14.925万元."""
    j = i + 1
    return (
        i >= 0
        and page.dimension[j] == "money" != page.dimension[i]
        and page.plain[i]
        and page.plain[j]
        and not page.per[i]
        and page.same_sentence(i, j)
        and ";" not in page.between(i, j)
    )


def _elsewhere(page: Figures) -> Iterator[Finding]:
    """省资金223万元,中央奖补资金40万元,县配套资金78.1万元 in one section, 营养改善计划资金341.1万元 in another."""
    sums = [i for i in page.money if page.plain[i] and page.totals[i] is None]
    by_value: dict[tuple[int | None, str, str, Exact], list[int]] = {}
    for i in sums:
        value = page.value[i]
        if value is not None and len(page.name[i]) >= 4:
            by_value.setdefault((page.document[i], page.unit[i], page.name[i][:4], value), []).append(i)
    for run in _runs(page, sums):
        first, whole = run[0], add(*(page.values(run) or ()))
        named = [page.region[first][k : k + 4] for k in range(len(page.region[first]) - 3)]
        told = (by_value.get((page.document[first], page.unit[first], name, whole), ()) for name in named)
        apart = [next((t for t in same if not page.same_sentence(t, first)), None) for same in told]
        total = min((t for t in apart if t is not None), default=None)
        if total is not None:
            yield sum_of(page, total, run, f"同为“{page.name[total][:4]}” / both are told of {page.name[total][:4]}")


def _runs(page: Figures, sums: list[int]) -> Iterator[list[int]]:
    """Stretches of two or more of these sums in one list, each of them 资金 or the like."""
    run: list[int] = []
    for i in sums:
        beside = bool(run) and run[-1] == i - 1 and page.same_sentence(i, i - 1)
        if beside and not page.per[i] and page.name[i][-2:] == page.name[i - 1][-2:]:
            run.append(i)
            continue
        if len(run) > 1:
            yield run
        run = [i] if page.name[i] and not page.per[i] else []
    if len(run) > 1:
        yield run


def _shares(page: Figures) -> Iterator[Finding]:
    """比重分别为19.7%、35.4%和44.9%: the shares of one whole make 100%."""
    shares = [i for i in page.percentages if page.role[i] == "share"]
    at = 0
    while at < len(shares):
        run = [shares[at]]
        while at + len(run) < len(shares) and _next_share(page, run[-1], shares[at + len(run)]):
            run.append(shares[at + len(run)])
        at += len(run)
        said = page.region[run[0]]
        if len(run) < 2 or not any(w in said for w in ("比重", "占", "比例", "结构")):
            continue
        weighed = weigh(add, [1] * len(run), [page.reach(k) for k in run], _ALL)
        whole = "分别" in said and "三次产业" in said and any(w in said for w in ("比重", "占", "比例"))
        if weighed.verdict in ("holds", "rounding") or whole:
            reason = "同一整体的各部分占比 / shares of one whole"
            yield page.claim("sum", joined(len(run)), run, None, add, [1] * len(run), reason, _ALL, weighed=weighed)


def _next_share(page: Figures, i: int, j: int) -> bool:
    """Whether the share j is one more of the list that the share i is in."""
    return j == i + 1 and page.between(i, j).strip() in ("、", ",", "和", "与", "以及", "及")


def _among(page: Figures) -> Iterator[Finding]:
    """全村421户中仍有监测户3户、低保户5户: what is told of some out of all, right behind their number."""
    for m in _OUT_OF.finditer(page.folded):
        i = bisect_right(page.end, m.start()) - 1
        if i < 0 or page.end[i] != m.start() or i in page.splits or not page.plain[i]:
            continue
        parts: list[int] = []
        for k in range(i + 1, min(i + 9, len(page.records))):
            listed = not parts or page.folded.startswith(("、", "和", "与"), page.end[k - 1])
            if page.unit[k] != page.unit[i] or not page.plain[k] or page.totals[k] is not None or page.per[k] or not listed:
                break
            if not page.same_sentence(i, k) or (not parts and page.start[k] - m.end() > _NEAR):
                break
            parts.append(k)
        if parts:
            yield no_more(page, i, parts, "“……中” / out of so many")


def _summed_up(page: Figures) -> Iterator[Finding]:
    """春季资助8620人次、486.5万元;秋季资助8940人次、512.3万元。全年累计资助17560人次、998.8万元: a sum in the next sentence.

    Claimed where one of the two figures that stand side by side is exact; the other then is told of the same list.
    """
    for i, region in enumerate(page.region):
        if not _AT_LAST.search(region) or not page.plain[i] or page.per[i] or page.totals[i] is not None:
            continue
        if i and page.same_sentence(i - 1, i):
            continue
        parts = _last_of_unit(page, i)
        run = next((parts[-n:] for n in range(2, len(parts) + 1) if adds_up(page, i, parts[-n:])), None)
        if run is None:
            continue
        reason = "下一句合计 / the next sentence sums it up"
        yield sum_of(page, i, run, reason)
        other, beside = i + 1, [p + 1 for p in run]
        if other == len(page.records) or not page.same_sentence(i, other) or not page.plain[other]:
            continue
        alike = all(page.unit[b] == page.unit[other] and page.plain[b] and page.totals[b] is None for b in beside)
        if alike and page.unit[other] != page.unit[i]:
            yield from page.likely(sum_of(page, other, beside, reason), add, [1] * len(beside), close=False)


def _last_of_unit(page: Figures, i: int) -> list[int]:
    """The figures of its unit in the sentences right before a figure, in its section."""
    out: list[int] = []
    for j in page.earlier(i, 24):
        if page.section[j] != page.section[i]:
            break
        if page.unit[j] == page.unit[i] and page.plain[j] and not page.per[j] and page.totals[j] is None:
            if page.role[j] not in ("level", "to") or page.status[j] != page.status[i]:
                break
            out.insert(0, j)
    return out[-8:]


def _side_by_side(page: Figures) -> Iterator[Finding]:
    """学校158所,在校学生5.62万人。其中,幼儿园78所,在园1.12万人;小学80所,在校4.5万人: each item has a figure of each unit."""
    first = 0
    while first < len(page.records):
        after = first + 1
        while after < len(page.records) and page.same_sentence(first, after):
            after += 1
        rows = _rows(page, first, after)
        if len(rows) > 2:
            yield from _columns(page, first, rows)
        first = after


def _rows(page: Figures, first: int, after: int) -> list[list[int]]:
    """The figures of each item of a sentence that semicolons part."""
    if ";" not in page.folded[page.end[first] : page.start[after - 1]]:
        return []
    rows: list[list[int]] = [[first]]
    for k in range(first + 1, after):
        if ";" in page.between(k - 1, k):
            rows.append([k])
        else:
            rows[-1].append(k)
    return rows


def _columns(page: Figures, first: int, rows: list[list[int]]) -> Iterator[Finding]:
    """The totals before a sentence whose items have one figure each that add up to them."""
    for total in page.earlier(first, 6):
        if page.section[total] != page.section[first] or page.start[first] - page.end[total] > 60:
            return
        unit = page.unit[total]
        if not page.plain[total] or page.per[total] or page.value[total] is None:
            continue
        cells = [[k for k in row if page.unit[k] == unit and page.plain[k] and not page.per[k]] for row in rows]
        column = [c[0] for c in cells if len(c) == 1]
        if len(column) == len(rows) and adds_up(page, total, column):
            yield sum_of(page, total, column, "分号隔开的各项 / each item of the list has its part")
