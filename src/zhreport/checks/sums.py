"""Do the parts add up to their total, and is no part more than its total?"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import regex

from ..types import Finding
from .figures import Figures
from .misprints import lost_myriad
from .weighing import Exact, Weighed, weigh

if TYPE_CHECKING:
    from ..lexicon import Lexicon

_TIMES = ("春秋",)
_CAPS = ("限额", "上限", "控制数", "控制线")
_STAGES = frozenset(("学前", "小学", "初中", "高中", "中职", "大学"))
_JOINED = regex.compile("[、和与及]")
_KIND = regex.compile("[类型]$")
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
    for total, splits in page.splits.items():
        if page.plain[total]:
            for word, parts in splits.items():
                yield from _group(page, total, word, parts, twins)
    yield from _limits(page)
    yield from _crossed(page)


def add(*values: Exact) -> Exact:
    return sum(values)


class _Twins:
    """The splits of a page that tell of each other: by what introduces them, and those that add up by the names of their parts."""

    def __init__(self, page: Figures) -> None:
        self.by_word: dict[str, list[int]] = {}
        self._adding_up: dict[tuple[str, ...], set[str]] = {}
        first: dict[str, int] = {}
        for total, splits in page.splits.items():
            for word, parts in splits.items():
                if word in first:
                    self.by_word.setdefault(word, [first[word]]).append(total)
                first.setdefault(word, total)
                if adds_up(page, total, parts) and all(names := tuple([page.name[p] for p in parts])):
                    self._adding_up.setdefault(names, set()).add(word)

    def add_up_elsewhere(self, page: Figures, parts: Sequence[int], word: str) -> bool:
        """Whether parts of the same names add up under other words than these."""
        return not self._adding_up.get(tuple([page.name[p] for p in parts]), set()) <= {word}


def _group(page: Figures, total: int, word: str, parts: list[int], twins: _Twins) -> Iterator[Finding]:
    cue = word.partition("@")[0]
    parts = [p for p in parts if page.value[p] is not None or page.reach(p).high is not None]
    if parts and page.start[parts[-1]] < page.start[total]:
        parts = _fitting(page, total, parts)
    wider = _with_other_units(page, total, parts)
    if len(wider) > len(parts):
        yield sum_of(page, total, wider, f"{_said(cue)}，计量单位不同 / the list mixes counters")
        return
    if parts and (("其中" in cue and _cut_off(page, total, parts)) or _of_a_change(page, total, parts)):
        return
    if len(parts) < 2:
        if parts and _of_it(cue):
            yield no_more(page, total, parts, _said(cue))
        return
    weighed = weigh_sum(page, total, parts)
    why = _all_of_it(page, total, word, parts, twins)
    if why is None and lost_myriad(page, total, parts) is not None:
        why = f"{_said(cue)}，一项少写“万” / one part lost its 万"
    if why is None and weighed.verdict in ("holds", "rounding"):
        why = _said(cue)
    if weighed.verdict == "violated" and _of_it(cue) and (own := _first_that_add(page, total, parts)) is not None:
        yield sum_of(page, total, own, _said(cue))
    elif why is not None and weighed.verdict == "violated" and (each := _each(page, total, parts)) is not None:
        yield each
    elif cue == "list beside its total" and weighed.verdict == "violated":
        yield from page.likely(sum_of(page, total, parts, "逐项列出 / its parts are listed"), add, [1] * len(parts), close=False)
    elif why is not None:
        yield sum_of(page, total, parts, why, weighed)
    elif _of_it(cue):
        yield _over(page, total, parts, cue) or no_more(page, total, parts, _said(cue))


def _of_a_change(page: Figures, total: int, parts: Sequence[int]) -> bool:
    """收入84216万元,增收4736万元,分结构看,税收收入51375万元…: levels are no parts of a change that is smaller."""
    if page.role[total] not in ("increase", "decrease"):
        return False
    return any(page.role[p] == "level" and (page.value[p] or 0) > (page.value[total] or 0) for p in parts)


def _cut_off(page: Figures, total: int, parts: Sequence[int]) -> bool:
    """发放178.56万元;特别扶助142人,其中伤残86人,发放128.9万元: a 其中 after a semicolon tells of the figure that stands before it."""
    between = page.folded[page.end[total] : page.start[parts[0]]]
    return ";" in between and "(" not in between and not adds_up(page, total, parts)


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
    times = [1 + len(_JOINED.findall(page.region[p])) if page.region[p].endswith("各") else 1 for p in parts]
    if max(times) == 1:
        return None
    written = [f"{{{k}}}" if n == 1 else f"{{{k}}} × {n}" for k, n in enumerate(times)]
    finding = page.claim(
        "sum", " + ".join(written), parts, total,
        lambda *values: add(*(v * n for v, n in zip(values, times, strict=True))), [1] * len(parts), "“各” / told of each",
    )  # fmt: skip
    return finding if finding.verdict in ("holds", "rounding") else None


def _said(cue: str) -> str:
    return _LISTED.get(cue, f"“{cue}” / {cue}: its parts follow")


def weigh_sum(page: Figures, total: int, parts: Sequence[int]) -> Weighed:
    return weigh(add, [1] * len(parts), [page.reach(p) for p in parts], page.reach(total))


def sum_of(page: Figures, total: int, parts: Sequence[int], why: str, weighed: Weighed | None = None) -> Finding:
    return page.claim("sum", joined(len(parts)), parts, total, add, [1] * len(parts), why, weighed=weighed)


@functools.lru_cache(maxsize=128)
def joined(count: int) -> str:
    """The template of a sum: {0} + {1}."""
    return " + ".join([f"{{{k}}}" for k in range(count)])


def no_more(page: Figures, total: int, parts: Sequence[int], why: str) -> Finding:
    """The parts do not claim to be all: together no more than the total, where classes may overlap each for itself."""
    whole, reaches = page.reach(total), [page.reach(p) for p in parts]
    least = [r.low for r in reaches]
    top = whole.high if whole.exact or whole.high is None else max(whole.high, whole.value or whole.high)
    values = [r.value if r.value is not None else r.high for r in reaches]
    bare = add(*(v for v in values if v is not None))
    verdict, note = "holds", ""
    if any(v is not None and top is not None and v > top for v in least):
        verdict = "unclear" if whole.loose or any(r.loose for r in reaches) else "violated"
    elif whole.value is not None and bare > (whole.high if whole.high is not None else bare):
        apart = _exclusive(page, parts) and whole.exact and all(r.exact for r in reaches)
        verdict = "violated" if apart else "unclear"
        note = "各类互不重叠 / the classes exclude each other" if apart else "各类可能重叠 / the classes may overlap"
    weighed = weigh_sum(page, total, parts)._replace(verdict=verdict, value=bare)
    sign = {"holds": "≤", "violated": ">", "unclear": "?≤"}[verdict]
    reason = "；".join(t for t in (why, note) if t)
    return page.found("part_le_total", weighed, joined(len(parts)), parts, total, whole, reason, sign)


def _first_that_add(page: Figures, total: int, parts: Sequence[int]) -> list[int] | None:
    """98个,其中产业类44个、设施类31个、其他23个,涉及民生类30个: the first of them are all; what follows is told besides."""
    upto: Exact = 0
    for n, part in enumerate(parts, 1):
        upto += page.value[part] or 0
        if n > 1 and n < len(parts) and upto == page.value[total]:
            return list(parts[:n])
    return None


def _over(page: Figures, total: int, parts: Sequence[int], cue: str) -> Finding | None:
    """138个,其中产业类64个、设施类41个、民生类35个: more than the total, by one misprint, of classes that are told apart by one word."""
    said = [page.region[p].lstrip(",、;:和其中") for p in parts]
    told_apart = len(parts) > 2 and len(set(said)) == len(said) and all(_KIND.search(w) for w in said)
    if (
        not told_apart
        or not all(page.reach(k).exact for k in (total, *parts))
        or add(*(page.values(parts) or ())) <= (page.value[total] or 0)
    ):
        return None
    found = page.likely(
        sum_of(page, total, parts, f"{_said(cue)}，分项之和超过总数 / more than the total"), add, [1] * len(parts), close=False
    )
    return found[0] if found else None


def _fitting(page: Figures, total: int, parts: list[int]) -> list[int]:
    """Of the figures before a 合计 those that it adds: the longest stretch right before it that does, else all."""
    for first in range(len(parts) - 1):
        rest = parts[first:]
        if weigh_sum(page, total, rest).verdict == "holds":
            return rest
    return parts


def _with_other_units(page: Figures, total: int, parts: list[int]) -> list[int]:
    """72条,其中部级6条,…发表6篇: the end of the list is counted in another classifier, and completes the sum."""
    whole, values = page.value[total], page.values(parts)
    if whole is None or values is None or page.dimension[total] not in ("count", "person_time") or len(parts) < 2:
        return parts
    rest = whole - add(*values)
    out = list(parts)
    for i in range(parts[-1] + 1, min(parts[-1] + 4, len(page.records))):
        if rest <= 0 or not page.same_sentence(parts[-1], i) or page.totals[i] is not None:
            break
        value = page.value[i]
        if page.dimension[i] not in ("count", "person_time") or value is None:
            break
        rest -= value
        out.append(i)
    return out if rest == 0 else parts


def _all_of_it(page: Figures, total: int, word: str, parts: Sequence[int], twins: _Twins) -> str | None:
    """Why the parts claim to be the whole; None where they do not."""
    cue, _, _at = word.partition("@")
    between = page.folded[page.end[total] : page.start[parts[0]]]
    some = any(w in between for w in ("其中", "包括", "含", "如", "主要"))
    if cue in _LISTED and not some:
        return _LISTED[cue]
    if page.start[parts[0]] < page.start[total]:
        return _said(cue)
    if cue.startswith("按"):
        return _said(cue)
    if (split := _partition(page, parts)) is not None:
        return f"{split}合为整体 / together they are the whole"
    if any(page.region[p].lstrip(",、;和及").startswith(("其余", "其他", "另外的")) for p in parts):
        return "列有“其余” / the list names the rest"
    bounds = page.region[parts[0]] + page.region[parts[-1]] + page.folded[page.start[parts[0]] - 14 : page.start[parts[0]]]
    if any(w in bounds for w in ("以下", "以内")) and "以上" in page.folded[page.start[parts[-1]] - 10 : page.start[parts[-1]]]:
        return "区间首尾相接 / the classes cover the whole range"
    for other in twins.by_word.get(word, ()):
        twin = page.splits[other][word]
        # 2479人次、166.8375万元(其中…): what splits the one in full splits the other.
        if other != total and len(twin) == len(parts) and adds_up(page, other, twin):
            return f"同一分组的{page.unit[other]}数相合 / the same list adds up in {page.unit[other]}"
    if twins.add_up_elsewhere(page, parts, word):
        return "同样的分组在别处相合 / the same split adds up elsewhere"
    return None


def adds_up(page: Figures, total: int, parts: Sequence[int]) -> bool:
    values = page.values(parts)
    return values is not None and sum(values) == page.value[total]


class _Branches:
    """The words of each partition: 男 → (性别, 1)."""

    def __init__(self, lexicon: Lexicon) -> None:
        words = lexicon.words("cues", "partition").items()
        self.slots: dict[str, tuple[str, str]] = {w: tuple(v.split(":", 1)) for w, v in words}  # type: ignore[misc]
        self.sizes: dict[str, set[str]] = {}
        for group, slot in self.slots.values():
            self.sizes.setdefault(group, set()).add(slot)
        self._lengths = sorted({len(w) for w in self.slots})
        self._times = [(w, slot) for w, slot in self.slots.items() if slot[0] in _TIMES]

    def named(self, name: str, said: str) -> list[tuple[str, str]]:
        """The branches that a part is told of at the head of its name or words; 普惠性民办园28所 is not all of 民办."""
        bare = said.lstrip(",、;:和其中，")
        heads = [head for n in self._lengths for head in (name[:n], bare[:n])]
        found = {self.slots[head] for head in heads if head in self.slots}
        found.update(slot for word, slot in self._times if word in said)  # 2019年春季资助 is told of spring
        return sorted(found)


@functools.lru_cache(maxsize=8)
def _branches(lexicon: Lexicon) -> _Branches:
    return _Branches(lexicon)


@functools.lru_cache(maxsize=8)
def _class_words(lexicon: Lexicon) -> dict[str, str]:
    return lexicon.words("cues", "class_word")


def _exclusive(page: Figures, parts: Sequence[int]) -> bool:
    """Whether no one can be counted in two of the parts: 学前, 小学, 初中; 公办, 民办; not 低保, 残疾, and not 县外, 省外."""
    words, slots = _class_words(page.lexicon), _branches(page.lexicon).slots
    levels = page.lexicon.words("cues", "exclusive")
    told = [page.name[p] + page.region[p] for p in parts]
    classes = [{("学段", words[w]) for w in words if w in t and words[w] in _STAGES} for t in told]
    said = [page.region[p].lstrip(",、;:和其中") for p in parts]
    ranks = [{(levels[w], w) for w in levels if t.startswith(w)} for t in said]
    branches = [{slots[w] for w in slots if w in t} for t in told]
    return any(_apart(seen) for seen in (classes, branches, ranks))


def _apart(seen: Sequence[set[tuple[str, str]]]) -> bool:
    """Whether each part is told of one branch of one and the same group, and no two of the same."""
    found = set().union(*seen)
    return all(len(s) == 1 for s in seen) and len(found) == len(seen) and len({group for group, _ in found}) == 1


def _partition(page: Figures, parts: Sequence[int]) -> str | None:
    """The split whose every branch one part names: 第一、第二、第三产业."""
    branches = _branches(page.lexicon)
    found: dict[str, list[str]] = {}
    for p in parts:
        for group, slot in branches.named(page.name[p], page.region[p]):
            found.setdefault(group, []).append(slot)
    for group, seen in found.items():
        if len(seen) == len(parts) and len(set(seen)) == len(seen) == len(branches.sizes[group]):
            return group
    return None


def _limits(page: Figures) -> Iterator[Finding]:
    """政府债务限额58.6亿元,其中一般债务限额26.4亿元、专项债务限额32.2亿元: limits are no amounts, but add up as these do."""
    for i, role in enumerate(page.role):
        if role != "limit" or page.totals[i] is not None or not page.name[i].endswith(_CAPS):
            continue
        parts: list[int] = []
        k = i + 1
        while k < len(page.records) and page.role[k] == "limit" and page.unit[k] == page.unit[i] and page.same_sentence(i, k):
            if not page.name[k].endswith(_CAPS) or (parts and not page.folded.startswith(("、", ",", "和"), page.end[k - 1])):
                break
            parts.append(k)
            k += 1
        between = page.folded[page.end[i] : page.start[i + 1]] if parts else ""
        if len(parts) < 2 or not ("其中" in between or between.startswith(("(", ":"))):
            continue
        if adds_up(page, i, parts) or _partition(page, parts) is not None:
            yield sum_of(page, i, parts, "限额的分项 / a limit and its parts")


def _crossed(page: Figures) -> Iterator[Finding]:
    """613人(本县524人,外县89人),其中小学348人(本县290人,外县58人),初中265人(本县234人,外县31人): 290 + 234 = 524."""
    for listed in page.splits.values():
        if len(listed) < 2:
            continue
        # The cells of each row of each split by the words of their column.
        inner = [
            [{_key(page, c): c for g in page.splits.get(r, {}).values() for c in g} for r in rows] for rows in listed.values()
        ]
        crossed = [n for n, rows in enumerate(inner) if len(rows) > 1 and all(rows)]
        for at, split in enumerate(listed.values()):
            for rows in (inner[n] for n in crossed if n != at):
                for part in split:
                    cells = [row.get(_key(page, part)) for row in rows]
                    if None not in cells:
                        yield sum_of(page, part, cells, "两种分组交叉 / two splits of one total")  # type: ignore[arg-type]


def _key(page: Figures, i: int) -> str:
    """The words that tell one branch of a split from the others: 本县, 外县."""
    return page.region[i].strip("(),、;: ")
