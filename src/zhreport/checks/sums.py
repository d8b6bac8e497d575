"""Do the parts add up to their total, and is no part more than its total?"""

from __future__ import annotations

import functools
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import regex

from ..types import Finding
from .figures import Figures, Reach, weigh
from .misprints import lost_myriad

if TYPE_CHECKING:
    from ..lexicon import Lexicon

_WHOLE = Reach(Fraction(1), Fraction(1), Fraction(1), Fraction(1, 100), True, False)
_TIMES = ("春秋",)
_JOINED = regex.compile("[、和与及]")
_TOGETHER = regex.compile(r"^[,、;]?(?:共计?|合计|累计|总计)")
_LISTED = {
    "bracket": "括号里逐项列出 / the bracket lists the parts",
    "colon list": "冒号后逐项列出 / the list after the colon names the parts",
}


def sums(page: Figures) -> Iterator[Finding]:
    """Brackets, colon lists, 其中 and 合计: parts that claim to be all add up; others are no more than their total.

    >>> from zhreport import parse
    >>> [(f.kind, f.verdict, f.formula) for f in sums(Figures(parse("建档学生613人(本县524人,外县98人)。")))]
    [('sum', 'violated', '524 + 98 ≠ 613 人')]
    """
    twins = _Twins(page)
    for (total, word), parts in page.groups.items():
        if page.plain(total):
            yield from _group(page, total, word, parts, twins)
    yield from _crossed(page)
    yield from _itemised(page)
    yield from _mixed(page)
    yield from _next_sentence(page)
    yield from _elsewhere(page)
    yield from _shares(page)


def add(*values: Fraction) -> Fraction:
    return sum(values, Fraction(0))


class _Twins:
    """The splits of a page by what introduces them and by the names of their parts, for those that tell of each other."""

    def __init__(self, page: Figures) -> None:
        self.by_word: dict[str, list[tuple[int, list[int]]]] = {}
        self.by_names: dict[tuple[str, ...], list[tuple[int, str, list[int]]]] = {}
        for (total, word), parts in page.groups.items():
            self.by_word.setdefault(word, []).append((total, parts))
            names = tuple(page.name(p) for p in parts)
            if all(names):
                self.by_names.setdefault(names, []).append((total, word, parts))


def _group(page: Figures, total: int, word: str, parts: list[int], twins: _Twins) -> Iterator[Finding]:
    cue = word.partition("@")[0]
    parts = [p for p in parts if page.records[p].quantity.amount.value is not None or page.reaches[p].high is not None]
    parts = _fitting(page, total, parts) if page.records[parts[-1]].start < page.records[total].start else parts
    wider = _with_other_units(page, total, parts)
    if len(wider) > len(parts):
        yield sum_of(page, total, wider, f"{_said(cue)}，计量单位不同 / the list mixes counters")
        return
    if len(parts) < 2:
        if parts and _of_it(cue):
            yield _no_more(page, total, parts, _said(cue))
        return
    weighed = weigh(add, [1] * len(parts), [page.reaches[p] for p in parts], page.reaches[total])
    why = _all_of_it(page, total, word, parts, twins)
    if why is None and lost_myriad(page, total, parts) is not None:
        why = f"{_said(cue)}，一项少写“万” / one part lost its 万"
    if why is None and weighed.verdict in ("holds", "rounding"):
        why = _said(cue)
    if why is not None and weighed.verdict == "violated" and (each := _each(page, total, parts)) is not None:
        yield each
    elif cue == "list beside its total" and weighed.verdict == "violated":
        yield from page.likely(sum_of(page, total, parts, "逐项列出 / its parts are listed"), add, [1] * len(parts), close=False)
    elif why is not None:
        yield sum_of(page, total, parts, why)
    elif _of_it(cue):
        yield _no_more(page, total, parts, _said(cue))


def _of_it(cue: str) -> bool:
    """Whether the words say of what a figure is a part; 实际 and 已 only suggest it."""
    return (
        cue in _LISTED
        or cue in ("其中", "按", "占", "其余", "table", "包括", "含")
        or "其中" in cue
        or cue[0] in "按分"
        or "中" in cue
    )


def _each(page: Figures, total: int, parts: Sequence[int]) -> Finding | None:
    """幼儿园58所,普通高中4所,中职和特教学校各1所: a part told of each of several counts as often."""
    times = [1 + len(_JOINED.findall(page.region(p))) if page.region(p).endswith("各") else 1 for p in parts]
    if max(times) == 1:
        return None
    written = [f"{{{k}}}" if n == 1 else f"{{{k}}} × {n}" for k, n in enumerate(times)]
    finding = page.claim(
        "sum", " + ".join(written), parts, total,
        lambda *values: sum((v * n for v, n in zip(values, times, strict=True)), Fraction(0)), [1] * len(parts), "“各” / told of each",
    )  # fmt: skip
    return finding if finding.verdict in ("holds", "rounding") else None


def _said(cue: str) -> str:
    return _LISTED.get(cue, f"“{cue}” / {cue}: its parts follow")


def sum_of(page: Figures, total: int, parts: Sequence[int], why: str) -> Finding:
    return page.claim("sum", " + ".join(f"{{{k}}}" for k in range(len(parts))), parts, total, add, [1] * len(parts), why)


def _no_more(page: Figures, total: int, parts: Sequence[int], why: str) -> Finding:
    """The parts do not claim to be all: together no more than the total, where classes may overlap each for itself."""
    whole, reaches = page.reaches[total], [page.reaches[p] for p in parts]
    least = [r.low for r in reaches]
    top = whole.high if whole.exact or whole.high is None else max(whole.high, whole.value or whole.high)
    values = [r.value if r.value is not None else r.high for r in reaches]
    bare = sum((v for v in values if v is not None), Fraction(0))
    verdict, note = "holds", ""
    if any(v is not None and top is not None and v > top for v in least):
        verdict = "unclear" if whole.loose or any(r.loose for r in reaches) else "violated"
    elif whole.value is not None and bare > (whole.high if whole.high is not None else bare):
        apart = _exclusive(page, parts) and whole.exact and all(r.exact for r in reaches)
        verdict = "violated" if apart else "unclear"
        note = "各类互不重叠 / the classes exclude each other" if apart else "各类可能重叠 / the classes may overlap"
    template = " + ".join(f"{{{k}}}" for k in range(len(parts)))
    weighed = weigh(add, [1] * len(parts), reaches, whole)._replace(verdict=verdict, value=bare)
    finding = page.found("part_le_total", weighed, template, parts, total, whole, "；".join(t for t in (why, note) if t))
    sign = {"holds": "≤", "violated": ">", "unclear": "?≤"}[verdict]
    return replace(finding, formula=page.formula(template, parts, total, sign))


def _fitting(page: Figures, total: int, parts: list[int]) -> list[int]:
    """Of the figures before a 合计 those that it adds: the longest stretch right before it that does, else all."""
    whole = page.reaches[total]
    for first in range(len(parts) - 1):
        rest = parts[first:]
        if weigh(add, [1] * len(rest), [page.reaches[p] for p in rest], whole).verdict == "holds":
            return rest
    return parts


def _with_other_units(page: Figures, total: int, parts: list[int]) -> list[int]:
    """72条,其中部级6条,…发表6篇: the end of the list is counted in another classifier, and completes the sum."""
    whole, values = page.value(total), page.values(parts)
    if whole is None or values is None or page.dimension(total) not in ("count", "person_time") or len(parts) < 2:
        return parts
    rest = whole - add(*values)
    out = list(parts)
    for i in range(parts[-1] + 1, min(parts[-1] + 4, len(page.records))):
        if rest <= 0 or not page.same_sentence(parts[-1], i) or page.totals[i] is not None:
            break
        value = page.value(i)
        if page.dimension(i) not in ("count", "person_time") or value is None:
            break
        rest -= value
        out.append(i)
    return out if rest == 0 else parts


def _all_of_it(page: Figures, total: int, word: str, parts: Sequence[int], twins: _Twins) -> str | None:
    """Why the parts claim to be the whole; None where they do not."""
    cue, _, _at = word.partition("@")
    between = page.folded[page.records[total].end : page.records[parts[0]].start]
    some = any(w in between for w in ("其中", "包括", "含", "如", "主要"))
    if cue in _LISTED and not some:
        return _LISTED[cue]
    if page.records[parts[0]].start < page.records[total].start:
        return _said(cue)
    if cue.startswith("按"):
        return _said(cue)
    if (split := _partition(page, parts)) is not None:
        return f"{split}合为整体 / together they are the whole"
    if any(page.region(p).lstrip(",、;和及").startswith(("其余", "其他", "另外的")) for p in parts):
        return "列有“其余” / the list names the rest"
    bounds = (
        page.region(parts[0])
        + page.region(parts[-1])
        + page.folded[page.records[parts[0]].start - 14 : page.records[parts[0]].start]
    )
    if (
        any(w in bounds for w in ("以下", "以内"))
        and "以上" in page.folded[page.records[parts[-1]].start - 10 : page.records[parts[-1]].start]
    ):
        return "区间首尾相接 / the classes cover the whole range"
    for other, twin in twins.by_word[word]:
        # 2479人次、166.8375万元(其中…): what splits the one in full splits the other.
        if other != total and len(twin) == len(parts) and adds_up(page, other, twin):
            return f"同一分组的{page.unit(other)}数相合 / the same list adds up in {page.unit(other)}"
    for other, w, twin in twins.by_names.get(tuple(page.name(p) for p in parts), ()):
        if w != word and adds_up(page, other, twin):
            return "同样的分组在别处相合 / the same split adds up elsewhere"
    return None


def adds_up(page: Figures, total: int, parts: Sequence[int]) -> bool:
    values = page.values(parts)
    return values is not None and add(*values) == page.value(total)


@functools.lru_cache(maxsize=8)
def _slots(lexicon: Lexicon) -> dict[str, tuple[str, str]]:
    """The words of each partition: 男 → (性别, 1)."""
    return {w: tuple(v.split(":", 1)) for w, v in lexicon.words("cues", "partition").items()}  # type: ignore[misc]


@functools.lru_cache(maxsize=8)
def _class_words(lexicon: Lexicon) -> dict[str, str]:
    return lexicon.words("cues", "class_word")


def _exclusive(page: Figures, parts: Sequence[int]) -> bool:
    """Whether no one can be counted in two of the parts: 学前, 小学, 初中; 公办, 民办."""
    words, slots = _class_words(page.lexicon), _slots(page.lexicon)
    levels = page.lexicon.words("cues", "exclusive")
    told = [page.name(p) + page.region(p) for p in parts]
    classes = [{words[w] for w in words if w in t} for t in told]
    said = [page.region(p).lstrip(",、;:和其中") for p in parts]
    ranks = [{(levels[w], w) for w in levels if t.startswith(w)} for t in said]
    branches = [{slots[w] for w in slots if w in t} for t in told]
    return any(all(len(s) == 1 for s in seen) and len(set.union(*seen)) == len(parts) for seen in (classes, branches, ranks))


def _partition(page: Figures, parts: Sequence[int]) -> str | None:
    """The split whose every branch one part names: 第一、第二、第三产业."""
    slots = _slots(page.lexicon)
    sizes: dict[str, set[str]] = {}
    for group, slot in slots.values():
        sizes.setdefault(group, set()).add(slot)
    found: dict[str, list[str]] = {}
    for p in parts:
        name, said = page.name(p), page.region(p)
        bare = said.lstrip(",、;:和其中，")
        # 普惠性民办园28所 is not all of 民办; 2019年春季资助 is told of spring
        for group, slot in {
            v for w, v in slots.items() if name.startswith(w) or bare.startswith(w) or (v[0] in _TIMES and w in said)
        }:
            found.setdefault(group, []).append(slot)
    for group, seen in found.items():
        if len(seen) == len(parts) == len(sizes[group]) and set(seen) == sizes[group]:
            return group
    return None


def _crossed(page: Figures) -> Iterator[Finding]:
    """613人(本县524人,外县89人),其中小学348人(本县290人,外县58人),初中265人(本县234人,外县31人): 290 + 234 = 524."""
    for listed in page.splits.values():
        splits = [parts for _, parts in listed]
        for split in splits:
            for rows in splits:
                inner = [{_key(page, c): c for _, g in page.splits.get(r, []) for c in g} for r in rows]
                if rows is split or len(rows) < 2 or not all(inner):
                    continue
                for part in split:
                    cells = [row.get(_key(page, part)) for row in inner]
                    if None not in cells:
                        yield sum_of(page, part, cells, "两种分组交叉 / two splits of one total")  # type: ignore[arg-type]


def _key(page: Figures, i: int) -> str:
    """The words that tell one branch of a split from the others: 本县, 外县."""
    return page.region(i).strip("(),、;: ")


def _itemised(page: Figures) -> Iterator[Finding]:
    """共救治6000人:①大病救治612人;②慢病管理5230人;③兜底保障158人: each item of a numbered list holds one part."""
    starts = [s.start for s in page.sections]
    for i, r in enumerate(page.records):
        if not page.folded.startswith(":", r.end) or not page.plain(i) or r.per:
            continue
        k = bisect_left(starts, r.end)
        if k == len(starts) or page.folded[r.end + 1 : starts[k]].strip():
            continue
        first = page.sections[k]
        items = [s for s in page.sections[k : k + 60] if s.parent_start == first.parent_start and s.style == first.style]
        parts = []
        for n, item in enumerate(items, 1):
            own = [j for j in range(i + 1, min(i + 80, len(page.records))) if item.start < page.records[j].start < item.body_end]
            own = [j for j in own if page.unit(j) == page.unit(i) and page.plain(j) and not page.records[j].per]
            if item.number != n or len(own) != 1:
                break
            parts.append(own[0])
        if len(parts) > 1 and len(parts) == len(items):
            yield sum_of(page, i, parts, "逐项编号列出 / a numbered list of its parts")


def _mixed(page: Figures) -> Iterator[Finding]:
    """春季资助418人,秋季资助436人,共854人次: parts and total counted in different words; claimed where they add up."""
    kinds = ("person", "person_time", "count", "household")
    for i in range(2, len(page.records)):
        if page.dimension(i) not in kinds or not page.plain(i) or not _TOGETHER.search(page.region(i)) or i in page.splits:
            continue
        parts: list[int] = []
        for j in page.prior(i, 6):
            if page.dimension(j) not in kinds or not page.plain(j) or page.totals[j] is not None or page.records[j].per:
                break
            parts.insert(0, j)
            units = {page.unit(p) for p in (*parts, i)}
            if len(parts) > 1 and len(units) == 2 and adds_up(page, i, parts):
                yield sum_of(page, i, parts, "合计，计量单位不同 / a total in another counter")
                break


def _next_sentence(page: Figures) -> Iterator[Finding]:
    """共资助2743人次,发放578.0675万元。学前项目资助199人次,发放14.925万元;…办理贷款447笔,发放366.5万元。

    The sentence after a count and an amount lists its items, each a count and an amount, and one of the two sums is exact.
    """
    for i in range(len(page.records) - 7):
        j = i + 1
        if not _pairs(page, i) or page.dimension(i) not in ("person", "person_time", "count", "household"):
            continue
        end = page.records[j].sentence.end
        if page.records[j + 1].start < end or page.records[j + 1].section_start != page.records[i].section_start:
            continue
        counts, amounts = [], []
        k = j + 1
        while k + 1 < len(page.records) and page.same_sentence(j + 1, k + 1) and _pairs(page, k) and page.totals[k] is None:
            counts.append(k)
            amounts.append(k + 1)
            k += 2
        listed = (
            len(counts) > 2
            and page.folded[page.records[j + 1].sentence.start : page.records[k - 1].end].count(";") >= len(counts) - 2
        )
        whole = k == len(page.records) or not page.same_sentence(j + 1, k)
        if listed and whole and (adds_up(page, j, amounts) or adds_up(page, i, counts)):
            reason = "下一句逐项列出 / the next sentence lists its items"
            yield sum_of(page, i, counts, reason)
            yield sum_of(page, j, amounts, reason)


def _pairs(page: Figures, i: int) -> bool:
    """Whether a count and an amount of money stand side by side: 资助学生199人次,发放资金14.925万元."""
    j = i + 1
    if j >= len(page.records) or not page.same_sentence(i, j) or ";" in page.between(i, j):
        return False
    return page.dimension(j) == "money" != page.dimension(i) and page.plain(i) and page.plain(j) and not page.records[i].per


def _elsewhere(page: Figures) -> Iterator[Finding]:
    """省资金223万元,中央奖补资金40万元,县配套资金78.1万元 in one section, 营养改善计划资金341.1万元 in another."""
    by_value: dict[tuple[int | None, str, Fraction], list[int]] = {}
    for i in range(len(page.records)):
        if page.dimension(i) == "money" and page.plain(i) and page.totals[i] is None:
            by_value.setdefault((page.records[i].document, page.unit(i), page.value(i)), []).append(i)  # type: ignore[arg-type]
    for run in _runs(page):
        whole = add(*(page.value(i) for i in run))  # type: ignore[arg-type]
        for total in by_value.get((page.records[run[0]].document, page.unit(run[0]), whole), ()):
            named = page.name(total)[:4]
            if not page.same_sentence(total, run[0]) and len(named) == 4 and named in page.region(run[0]):
                yield sum_of(page, total, run, f"同为“{named}” / both are told of {named}")
                break


def _runs(page: Figures) -> Iterator[list[int]]:
    """Stretches of two or more money figures in one list, each of them 资金 or the like."""
    run: list[int] = []
    for i in range(len(page.records)):
        fits = page.dimension(i) == "money" and page.plain(i) and page.totals[i] is None and not page.records[i].per
        goes_on = (
            fits and run and run[-1] == i - 1 and page.same_sentence(i, i - 1) and page.name(i)[-2:] == page.name(i - 1)[-2:]
        )
        if not goes_on:
            if len(run) > 1:
                yield run
            run = [i] if fits and page.name(i) else []
        else:
            run.append(i)
    if len(run) > 1:
        yield run


def _shares(page: Figures) -> Iterator[Finding]:
    """比重分别为19.7%、35.4%和44.9%: the shares of one whole make 100%."""
    i = 0
    while i < len(page.records):
        last = i
        while last + 1 < len(page.records) and _next_share(page, last):
            last += 1
        run = list(range(i, last + 1))
        if len(run) > 1 and page.dimension(i) == "percentage":
            reaches = [page.reaches[k] for k in run]
            weighed = weigh(add, [1] * len(run), reaches, _WHOLE)
            said = page.region(i)
            whole = "分别" in said and any(w in said for w in ("比重", "占比", "比例", "占")) and "三次产业" in said
            if (weighed.verdict in ("holds", "rounding") and any(w in said for w in ("比重", "占", "比例", "结构"))) or whole:
                yield page.claim(
                    "sum", " + ".join(f"{{{k}}}" for k in range(len(run))), run, None, add, [1] * len(run),
                    "同一整体的各部分占比 / shares of one whole", _WHOLE,
                )  # fmt: skip
        i = last + 1


def _next_share(page: Figures, i: int) -> bool:
    """Whether the figure after i is one more share of the same list."""
    joined = page.between(i, i + 1).strip()
    return (
        page.dimension(i) == page.dimension(i + 1) == "percentage"
        and page.records[i].role == page.records[i + 1].role == "share"
        and joined in ("、", ",", "和", "与", "以及", "及")
    )
