"""What the rules for parts look at: the figures of one document side by side, with the words between them."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

import regex

from ..clauses import Surroundings
from ..types import Section
from .roles import Role

if TYPE_CHECKING:
    from .indicators import Named

_ADDITIVE = (
    "money",
    "person",
    "person_time",
    "household",
    "count",
    "area",
    "mass",
    "volume",
    "energy",
    "power",
    "length",
    "duration",
)
_SUMMED_UP = ("level", "increase", "decrease")
# 上级补助收入中,返还性收入6200万元、一般性转移支付收入21.95亿元: the total is named again before its parts.
# 全部143个村中,10万元以下的12个、50万元以上的23个: the total stands in the phrase itself.
_AMONG_COUNTED = regex.compile(r"(?<=[个户名人所家座项件条]\p{L}{0,8})中,")
_AMONG_NAMED = regex.compile(r"(?r)(?<=[。;,\n])(?P<x>\p{L}{3,12})中,")
_SPLIT_HINT = re.compile("按|(?<=[。,;])分")
_SPLIT = regex.compile(r"按[^,;。:\d]{1,8}(?:分|划分|来看|统计|看|计)|(?<=[。,;])分[^,;。:\d]{1,6}(?:来看|看)")
# what another figure is measured by: 比上年决算数7931万元, 较去年的2.3亿元
_YARDSTICK = regex.compile(r"(?:比|较|对比|相比)(?!重|例|率)[^,;。:]{0,10}$")
# a list whose figures are rates: 资助标准分别为350元、210元和175元
_RATED = regex.compile(r"标准|每|单价|均价|价格")

GREW = ("增收", "增加", "增长", "多", "多出", "减少", "减收")


class Part(NamedTuple):
    """The index of the total, and the words that said so."""

    total: int
    why: str


class Trigger(NamedTuple):
    """A word that announces parts: its span, its characters, and what it names again (上级补助收入中, )."""

    start: int
    end: int
    text: str
    named: str | None


class Beside:
    """What the rules look at, side by side."""

    def __init__(
        self,
        around: Surroundings,
        roles: Sequence[Role],
        pers: Sequence[tuple[str, ...]],
        names: Sequence[Named | None],
        sections: Sequence[int | None],
        tree: Sequence[Section],
    ) -> None:
        self.folded, self.quantities, self.clauses = around.folded, around.quantities, around.clauses
        self.near, self.sentences, self.listed = around.near, around.sentences, around.listed
        self.around, self.roles, self.names, self.sections, self.tree = around, roles, names, sections, tree
        self.summed = around.holding("sum_after")
        self._starts = [q.start for q in self.quantities]
        self.brackets = around.brackets
        # Whether it can be a part or a total at all: a level or a sum of changes, not a rate.
        self.additive = [
            q.dimension in _ADDITIVE and not per and (role.role in _SUMMED_UP or role.cue.startswith("限额"))
            for q, role, per in zip(self.quantities, roles, pers, strict=True)
        ]

    def alike(self, i: int, j: int) -> bool:
        """Whether i can be a part of j: the same unit, both additive, in one section."""
        return (
            self.additive[i]
            and self.additive[j]
            and self.quantities[i].unit == self.quantities[j].unit
            and self.sections[i] == self.sections[j]
        )

    def named_inside(self, i: int, start: int) -> bool:
        """Whether something stands between the bracket and the number: (20万元以上) names no part."""
        q = self.quantities[i]
        region = max(self.near[i], start + 1)
        # (11人随班就读,4人送教): the name may follow; (20万元以上) has none
        after = self.folded[q.end : q.end + 1]
        return q.start > region or (i > 0 and self.quantities[i - 1].start > start) or (after.isalpha() and after not in "以左上")

    def sum_of(self, parts: Sequence[int]) -> Fraction | None:
        values = [v for i in parts if (v := self.quantities[i].amount.value) is not None]
        return sum(values, Fraction(0)) if len(values) == len(parts) else None

    def running_sums(self, parts: Sequence[int]) -> Iterator[Fraction]:
        """The sum of the first part, of the first two, and so on up to a figure that has no value."""
        total = Fraction(0)
        for i in parts:
            value = self.quantities[i].amount.value
            if value is None:
                return
            total += value
            yield total

    def same_sentence(self, i: int, j: int) -> bool:
        return self.sentences[i] == self.sentences[j]

    def sentence_end(self, at: int) -> int:
        return self.clauses.sentence(at).end

    def among(self) -> list[Trigger]:
        """The places of 其中 and of 按…分, in order, inside the stretch of these quantities."""
        if not self.quantities:
            return []
        folded, start, end = self.folded, self.quantities[0].start, self.quantities[-1].end
        found = [Trigger(a, b, folded[a:b], None) for a, b in self.around.spots.within("among", start, end)]
        at = start
        for hint in _SPLIT_HINT.finditer(folded, start, end):
            if hint.start() >= at and (m := _SPLIT.match(folded, hint.start(), end)) is not None:
                found.append(Trigger(*m.span(), m[0], None))
                at = m.end()
        at = folded.find("中,", start, end)
        while at >= 0:
            if (m := _AMONG_NAMED.match(folded, start, at + 2)) is not None:
                found.append(Trigger(*m.span(), m[0], m["x"]))
            if _AMONG_COUNTED.match(folded, at):
                found.append(Trigger(at, at + 2, "中,", None))
            at = folded.find("中,", at + 2, end)
        return sorted(found, key=lambda t: t.start)

    def named_before(self, i: int, name: str) -> int | None:
        """The nearest earlier figure of the same unit whose indicator ends in this name."""
        for j in range(i - 1, max(-1, i - 12), -1):
            found = self.names[j]
            named = found is not None and found.text.endswith(name)
            if named and self.alike(i, j) and not self.exceeds(i, j) and not self.measured_by(j):
                return j
        return None

    def first_at(self, at: int) -> int | None:
        i = bisect_left(self._starts, at)
        return i if i < len(self.quantities) else None

    def firsts(self, first: int, stop: int) -> list[int]:
        """The first figure of each unit after 其中: 其中学前幼儿351人次,资金17.55万元 splits two totals."""
        out: dict[str, int] = {}
        for k in range(first, min(first + 4, len(self.quantities))):
            q = self.quantities[k]
            if k > first and ";" in self.folded[self.quantities[first].end : q.start]:
                break  # 其中贫困户128户;坪上村辖7个村民小组: the next village begins
            if q.start < stop and self.additive[k] and self.brackets[k] is None:
                out.setdefault(q.unit, k)
        return list(out.values())

    def total_before(self, k: int, first: int, at: int, out: Sequence[Part | None]) -> int | None:
        """The nearest figure before 其中 that figure k can be a part of; a part leads to its own total."""
        sentence, bracket = self.clauses.sentence_index(at), self.clauses.bracket(at)
        for j in range(first - 1, max(-1, first - 12), -1):
            if not self.alike(k, j) or self.quantities[j].end > at or sentence - self.sentences[j] > 1:
                continue
            if self.brackets[j] != bracket:
                continue
            if self.folded[at] == "中" and at - self.quantities[j].end > 8:
                return None
            if self.folded[at] in "按分":
                return self.split_total(k, j, out)
            if self.measured(j, k):
                continue
            # 茶园9.6万亩,其中采摘72万亩: what stands right before 其中 is the total, even where one of them is misprinted
            return None if self.exceeds(k, j) and j != k - 1 else j
        return None

    def split_total(self, k: int, j: int, out: Sequence[Part | None]) -> int:
        """What 按去向分 splits: the figure before it or the total of that one, whichever the list from k on comes nearer to."""
        options = [i for i in range(j, max(-1, j - 6), -1) if self.alike(k, i) and not self.measured(i, k)]
        options += [part.total for i in options[:2] if (part := out[i]) is not None]
        stop = self.sentence_end(self.quantities[k].start)
        listed = [k]
        for i in range(k + 1, min(k + 20, len(self.quantities))):
            if self.quantities[i].start >= stop:
                break
            if self.alike(i, k) and self.brackets[i] is None:
                listed.append(i)
        whole, usual = self.sum_of(listed) or Fraction(0), out[j]
        near = min(options, key=lambda i: abs((self.quantities[i].amount.value or Fraction(0)) - whole), default=j)
        gap = abs((self.quantities[near].amount.value or Fraction(0)) - whole)
        if len(listed) > 1 and gap * 10 <= whole:
            return near
        return usual.total if usual is not None else j

    def measured(self, j: int, k: int) -> bool:
        """Whether figure j is only what another is measured by: 完成预算12.2亿元的102.3%, 比上年决算数7931万元, 减少154万元."""
        if self.folded.startswith("的", self.quantities[j].end) and self.quantities[j + 1].dimension in ("percentage", "ratio"):
            return True
        if _YARDSTICK.search(self.folded, self.near[j], self.quantities[j].start):
            return True
        return self.roles[j].base is not None and self.roles[j].role != "level" and self.roles[k].role == "level"

    def grew(self, j: int) -> bool:
        """Whether a figure's own words say that something grew by it: 各增加126.5万元."""
        cue = self.roles[j].cue
        return cue in GREW and cue in self.folded[self.near[j] : self.quantities[j].start]

    def runs(self) -> list[list[int]]:
        """The figures of one unit in each sentence that can be parts or totals of each other, in order."""
        found: dict[tuple[int, str, int | None], list[int]] = {}
        for i, q in enumerate(self.quantities):
            if self.additive[i] and q.dimension != "duration" and self.roles[i].base is None:
                found.setdefault((self.sentences[i], q.unit, self.sections[i]), []).append(i)
        runs = ([i for i in run if not self.measured_by(i) and not self.rated(i)] for run in found.values() if len(run) > 2)
        return [run for run in runs if len(run) > 2]

    def measured_by(self, i: int) -> bool:
        """Whether another figure is measured by this one: 完成预算12.2亿元的102.3%."""
        after = i + 1 < len(self.quantities) and self.quantities[i + 1].dimension in ("percentage", "ratio")
        return after and self.folded.startswith("的", self.quantities[i].end)

    def rated(self, i: int) -> bool:
        """Whether the list that figure i stands in tells rates."""
        first = i
        while first and self.listed[first]:
            first -= 1
        return bool(_RATED.search(self.folded, self.near[first], self.quantities[first].start))

    def exceeds(self, i: int, j: int) -> bool:
        """Whether figure i is clearly more than figure j, so that it can be no part of it."""
        a, b = self.quantities[i].amount, self.quantities[j].amount
        return a.value is not None and b.value is not None and a.value > b.value * 2

    def more(self, i: int, j: int, times: float = 1) -> bool:
        """Whether figure i is more than so many times figure j."""
        a, b = self.quantities[i].amount.value, self.quantities[j].amount.value
        return a is not None and b is not None and a > b * Fraction(times)

    def goes_on(self, last: int, i: int, between: str) -> bool:
        """Whether the list of parts that holds `last` goes on to i."""
        if "。" in between or "\n" in between or ",但" in between or ",而" in between:
            return False
        if ";" not in between:
            return True
        a, b = self.names[last], self.names[i]
        if a is None or b is None or b.why == "goes on":
            return False
        # 增值税2.1亿元;企业所得税0.6亿元: taxes and fees share but one character
        size = 1 if self.folded[a.end - 1] in "税费" else 2
        return self.folded[a.end - size : a.end] == self.folded[b.end - size : b.end]

    def completes(self, taken: Sequence[int], i: int, total: int) -> bool:
        """Whether figure i of the same sentence makes the parts told so far the whole: 春季164人次;秋季162人次;非寄宿生527人次."""
        whole = self.quantities[total].amount.value
        return whole is not None and self.same_sentence(taken[0] if taken else i, i) and self.sum_of([*taken, i]) == whole

    def list_end(self, at: int) -> int:
        """The end of a colon list: of its sentence, or of the sections that follow the colon."""
        rest = self.folded[at : at + 3].lstrip(" ")
        if not rest.startswith("\n"):
            return self.sentence_end(at)
        section = next((s for s in self.tree if s.start >= at - 1), None)
        if section is None or section.start > at + 3:
            return self.sentence_end(at)
        parent = next((s for s in self.tree if s.start == section.parent_start), None)
        return parent.body_end if parent else self.tree[-1].body_end
