"""Of what total a quantity is a part: brackets, 其中, colon lists, 占…的, totals that follow, subsets by definition."""

from __future__ import annotations

import functools
from bisect import bisect_left
from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

import regex

from ..clauses import Clauses
from ..types import Quantity, Section
from .rates import SEPARATOR
from .roles import Role

if TYPE_CHECKING:
    from ..lexicon import Lexicon
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
# 贫困户中低保户45户: those among the 贫困户64户 named before.
_WITHIN = regex.compile(r"(?P<x>\p{L}{2,8}?)中(?![心学小职高等央国])")
_REST = regex.compile(r"[,、;]?(?:其余|剩余|余下|余)(?:的|部分)?")
_GREW = ("增收", "增加", "增长", "多", "多出", "减少", "减收")
_SEVERAL = regex.compile(r"[两二三四五六七八九十\d](?:个|大)?[县市区乡镇村校项类户者]$")
# 上级补助收入中,返还性收入6200万元、一般性转移支付收入21.95亿元: the total is named again before its parts.
# 全部143个村中,10万元以下的12个、50万元以上的23个: the total stands in the phrase itself.
_AMONG_COUNTED = regex.compile(r"(?<=[个户名人所家座项件条]\p{L}{0,8})中,")
_AMONG_NAMED = regex.compile(r"(?<=[。;,\n])(?P<x>\p{L}{3,12})中,")
_SPLIT = regex.compile(r"按[^,;。:\d]{1,8}(?:分|划分|来看|统计|看|计)|(?<=[。,;])分[^,;。:\d]{1,6}(?:来看|看)")
# what another figure is measured by: 比上年决算数7931万元, 较去年的2.3亿元
_YARDSTICK = regex.compile(r"(?:比|较|对比|相比)(?!重|例|率)[^,;。:]{0,10}$")
# a list whose figures are rates: 资助标准分别为350元、210元和175元
_RATED = regex.compile(r"标准|每|单价|均价|价格")


class Part(NamedTuple):
    """The index of the total, and the words that said so."""

    total: int
    why: str


class PartReader:
    """The cue words of one lexicon; make it with `part_reader(lexicon)`."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._among = regex.compile(lexicon.pattern("cues", "among"))
        self._sum = regex.compile(rf"(?:{lexicon.pattern('cues', 'sum_after')})")
        self._total = regex.compile(lexicon.pattern("cues", "total"))
        self._subset = regex.compile(lexicon.pattern("cues", "subset"))
        self._of = regex.compile(r"占")

    def parts(
        self,
        folded: str,
        quantities: Sequence[Quantity],
        roles: Sequence[Role],
        pers: Sequence[tuple[str, ...]],
        names: Sequence[Named | None],
        sections: Sequence[int | None],
        clauses: Clauses,
        tree: Sequence[Section],
    ) -> list[Part | None]:
        """The total of each quantity, within its section; `sections[i]` is the start of the section of quantity i."""
        page = _Page(folded, quantities, roles, pers, names, sections, clauses, tree)
        out: list[Part | None] = [None] * len(quantities)
        for rule in (self._brackets, self._colons, self._among_which, self._share_of, self._sums, self._rests, self._subsets):
            rule(page, out)
        return out

    # Each rule fills what it can say a reason for; an earlier rule wins.

    def _brackets(self, page: _Page, out: list[Part | None]) -> None:
        """613人(本县524人,外县89人): both are parts of the 613人."""
        for i in range(len(page.quantities)):
            if (bracket := page.clauses.bracket(page.quantities[i].start)) is None or not page.additive(i):
                continue
            if not page.named_inside(i, bracket.start):
                continue
            for j in range(i - 1, max(-1, i - 60), -1):
                t = page.quantities[j]
                if t.start < page.clauses.sentence(bracket.start).start:
                    break
                if (
                    t.end <= bracket.start
                    and page.alike(i, j)
                    and page.clauses.bracket(t.start) == page.clauses.bracket(bracket.start)
                ):
                    if bracket.start - t.end <= 40:
                        out[i] = Part(j, f"bracket@{bracket.start}")
                    break

    def _colons(self, page: _Page, out: list[Part | None]) -> None:
        """“两品一标”累计53个:绿色食品36个、有机农产品14个: what follows the colon are its parts."""
        for j, t in enumerate(page.quantities):
            if not page.folded.startswith(":", t.end) or not page.additive(j):
                continue
            stop = page.list_end(t.end + 1)
            for i in range(j + 1, min(j + 61, len(page.quantities))):
                q = page.quantities[i]
                if q.start >= stop or self._sum.match(page.folded, page.region(i), q.start):
                    break
                if out[i] is None and page.alike(i, j) and page.clauses.bracket(q.start) is None:
                    out[i] = Part(j, f"colon list@{t.end}")

    def _among_which(self, page: _Page, out: list[Part | None]) -> None:
        """T,其中A x、B y; and 按城乡分, C z splits the same total anew."""
        total: int | None = None
        triggers = page.among(self._among)
        for n, m in enumerate(triggers):
            at, stop = m.end(), page.sentence_end(m.start())
            if n + 1 < len(triggers) and triggers[n + 1][0][0] in "按分":
                stop = min(stop, triggers[n + 1].start())  # 其中外出务工6215人,按去向分,省外4102人: split anew
            if page.clauses.bracket(m.start()) is not None and m[0] != "按":
                continue
            first = page.first_at(at)
            if first is None or page.quantities[first].start >= stop:
                continue
            for start in page.firsts(first, stop):
                if "x" in m.groupdict():
                    total = page.named_before(start, m["x"])
                else:
                    total = page.total_before(start, first, m.start(), out)
                if total is not None:
                    self._take(page, out, start, total, stop, f"{m[0]}@{m.start()}")

    def _take(self, page: _Page, out: list[Part | None], first: int, total: int, stop: int, why: str) -> None:
        last: int | None = None
        taken: list[int] = []
        for i in range(first, min(first + 60, len(page.quantities))):
            q = page.quantities[i]
            if q.start >= stop:
                break
            if not page.alike(i, total) or page.clauses.bracket(q.start) is not None:
                if last is None and i > first + 2:
                    break
                continue
            between = page.folded[page.quantities[last].end : q.start] if last is not None else ""
            if last is not None and (self._total.match(page.folded, page.region(i)) or page.more(i, total)):
                break  # 教师3860人,其中高级860人,…在校学生56000人: another thing is told of
            if page.roles[i].role == "increase" and page.roles[total].role == "level" and page.roles[i].cue in _GREW:
                continue  # 其中地方级4.6亿元,增收0.6亿元: how it grew is no part
            split = why[0] in "按分" and "。" not in between and "\n" not in between
            ends = last is not None and not split and not page.goes_on(last, i, between)
            if ends and not (";" in between and page.completes(taken, i, total)):
                break
            if out[i] is None:
                out[i] = Part(total, why)
                taken.append(i)
            last = i

    def _share_of(self, page: _Page, out: list[Part | None]) -> None:
        """民生支出28.9亿元,占一般公共预算支出35.6亿元的81.2%: the first is a part of the second."""
        for j, t in enumerate(page.quantities):
            if j + 1 >= len(page.quantities) or not page.additive(j) or not self._of.search(page.folded, page.region(j), t.start):
                continue
            if not page.folded.startswith("的", t.end) or page.roles[j + 1].role != "share":
                continue
            i = j - 1
            if i >= 0 and out[i] is None and page.alike(i, j) and page.same_sentence(i, j):
                out[i] = Part(j, f"占@{page.region(j)}")

    def _sums(self, page: _Page, out: list[Part | None]) -> None:
        """建议143件、提案98件,共计241件: a total that follows its parts."""
        floor = 0
        totals: set[int] = set()
        for j, t in enumerate(page.quantities):
            found = self._sum_word(page, j, totals)
            if found is None or not page.additive(j) or page.roles[j].base is not None or page.grew(j):
                continue  # 收、支总计各增加126.5万元 is no total
            parts: list[int] = []
            for i in range(j - 1, max(floor, j - 40) - 1, -1):
                if i in totals and page.alike(i, j):
                    break  # …合计15.86万元;…水面承包收入3.15万元、…合计10万元: the sum before is no part
                if not page.same_sentence(i, j) and not self._reaches_back(page, i, j, found):
                    break
                if not page.alike(i, j):
                    rate = page.quantities[i].dimension in ("percentage", "percentage_point")
                    if rate and parts and not (i and page.measured(i - 1, j)):  # 为目标400万元的54.1%
                        break
                    continue
                if out[i] is not None or page.measured(i, j) or page.rated(i):
                    continue
                if page.clauses.bracket(page.quantities[i].start) != page.clauses.bracket(t.start):
                    break
                parts.append(i)
            total = page.sum_of(parts)
            whole = t.amount.value
            listed = (
                found[0] in ("合计", "总计", "共计", "共")
                and 2 <= len(parts) <= 4
                and t.start - page.quantities[parts[0]].end <= 16
            )
            if len(parts) >= 2 and (total is None or whole is None or total <= whole * Fraction(3, 2) or listed):
                totals.add(j)
                for i in parts:
                    out[i] = Part(j, f"{found[0]}@{found.start()}")

    def _sum_word(self, page: _Page, j: int, totals: set[int]) -> regex.Match | None:
        """The 合计 before a figure, or before the figure that it goes on with: 合计660人次、59.4万元."""
        t, region = page.quantities[j], page.region(j)
        found = self._sum.search(page.folded, region, t.start)
        if found is None and j - 1 in totals and page.folded[page.quantities[j - 1].end] == "、" and t.start - region <= 4:
            return self._sum.search(page.folded, page.region(j - 1), page.quantities[j - 1].start)
        if found is None:
            return None
        strong = found[0] in ("合计", "总计", "共计") or "年" in found[0]
        if found.start() - region > (12 if strong else 6) or (not strong and t.start - found.end() > 2):
            return None
        return found

    def _reaches_back(self, page: _Page, i: int, j: int, found: regex.Match) -> bool:
        """两村合计农户798户: a sum over several may begin the sentence after that of its parts."""
        several = page.folded[max(0, found.start() - 3) : found.start()]
        near = page.sentence(j) - page.sentence(i) == 1 and page.sections[i] == page.sections[j]
        return near and bool(_SEVERAL.search(several))

    def _rests(self, page: _Page, out: list[Part | None]) -> None:
        """收入1286万元,安排支出486万元,其余800万元调入: what is left with what was taken is the whole."""
        for i in range(2, len(page.quantities)):
            if not page.additive(i) or not _REST.match(page.folded, page.region(i), page.quantities[i].start):
                continue
            near = [j for j in range(i - 1, max(-1, i - 6), -1) if page.same_sentence(i, j) and page.alike(i, j)]
            for whole in near[1:]:
                taken = [j for j in near if j > whole]
                if page.sum_of([i, *taken]) == page.quantities[whole].amount.value:
                    for j in (i, *taken):
                        out[j] = out[j] or Part(whole, f"其余@{page.region(i)}")
                    break

    def _subsets(self, page: _Page, out: list[Part | None]) -> None:
        """抽检3260批次,合格3251批次: what passed is a part of what was tested."""
        for i in range(1, len(page.quantities)):
            if out[i] is not None or not page.additive(i):
                continue
            start = page.region(i)
            if (within := _WITHIN.match(page.folded, start, page.quantities[i].start)) is not None:
                total = page.named_before(i, within["x"])
                if total is not None:
                    out[i] = Part(total, f"{within[0]}@{within.start()}")
                    continue
            m = self._subset.match(page.folded, start, page.quantities[i].start)
            if m is None:
                continue
            for j in range(i - 1, max(-1, i - 4), -1):
                if not page.same_sentence(j, i):
                    break
                if page.clauses.bracket(page.quantities[j].start) not in (None, page.clauses.bracket(page.quantities[i].start)):
                    continue  # 到位4.37亿元(…社会资本5000万元),已支付3.98亿元: of the whole, not of the last part
                if page.alike(i, j):
                    if not page.more(i, j):  # 计划投资82亿元,实际完成92.4亿元: no part of the plan
                        out[i] = Part(j, f"{m[0]}@{m.start()}")
                    break


class _Page:
    """What the rules look at, side by side."""

    def __init__(self, folded, quantities, roles, pers, names, sections, clauses, tree) -> None:  # type: ignore[no-untyped-def]
        self.folded: str = folded
        self.quantities: Sequence[Quantity] = quantities
        self.roles: Sequence[Role] = roles
        self.pers: Sequence[tuple[str, ...]] = pers
        self.names: Sequence[Named | None] = names
        self.sections: Sequence[int | None] = sections
        self.clauses: Clauses = clauses
        self.tree: Sequence[Section] = tree
        self._starts = [q.start for q in quantities]

    def additive(self, i: int) -> bool:
        """Whether it can be a part or a total at all: a level or a sum of changes, not a rate."""
        q = self.quantities[i]
        return q.dimension in _ADDITIVE and self.roles[i].role in ("level", "increase", "decrease") and not self.pers[i]

    def alike(self, i: int, j: int) -> bool:
        """Whether i can be a part of j: the same unit, both additive, in one section."""
        return (
            self.quantities[i].unit == self.quantities[j].unit
            and self.sections[i] == self.sections[j]
            and self.additive(i)
            and self.additive(j)
        )

    def region(self, i: int) -> int:
        """Where the text that belongs to quantity i alone begins: its clause, or the end of the one before."""
        start = self.clauses.clause_start(self.quantities[i].start)
        return max(start, self.quantities[i - 1].end) if i else start

    def named_inside(self, i: int, start: int) -> bool:
        """Whether something stands between the bracket and the number: (20万元以上) names no part."""
        q = self.quantities[i]
        region = max(self.region(i), start + 1)
        # (11人随班就读,4人送教): the name may follow; (20万元以上) has none
        after = self.folded[q.end : q.end + 1]
        return q.start > region or (i > 0 and self.quantities[i - 1].start > start) or (after.isalpha() and after not in "以左上")

    def sum_of(self, parts: Sequence[int]) -> Fraction | None:
        values = [v for i in parts if (v := self.quantities[i].amount.value) is not None]
        return sum(values, Fraction(0)) if len(values) == len(parts) else None

    def same_sentence(self, i: int, j: int) -> bool:
        return self.clauses.sentence_index(self.quantities[i].start) == self.clauses.sentence_index(self.quantities[j].start)

    def sentence(self, i: int) -> int:
        return self.clauses.sentence_index(self.quantities[i].start)

    def sentence_end(self, at: int) -> int:
        return self.clauses.sentence(at).end

    def among(self, pattern: regex.Pattern):  # type: ignore[no-untyped-def]
        """The places of 其中 and of 按…分, in order, inside the stretch of these quantities."""
        if not self.quantities:
            return []
        start, end = self.quantities[0].start, self.quantities[-1].end
        found = [*pattern.finditer(self.folded, start, end), *_SPLIT.finditer(self.folded, start, end)]
        found += _AMONG_NAMED.finditer(self.folded, start, end)
        found += _AMONG_COUNTED.finditer(self.folded, start, end)
        return sorted(found, key=lambda m: m.start())

    def named_before(self, i: int, name: str) -> int | None:
        """The nearest earlier figure of the same unit whose indicator ends in this name."""
        for j in range(i - 1, max(-1, i - 12), -1):
            found = self.names[j]
            if found is not None and found.text.endswith(name) and self.alike(i, j) and not self.exceeds(i, j):
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
            if q.start < stop and self.additive(k) and self.clauses.bracket(q.start) is None:
                out.setdefault(q.unit, k)
        return list(out.values())

    def total_before(self, k: int, first: int, at: int, out: Sequence[Part | None]) -> int | None:
        """The nearest figure before 其中 that figure k can be a part of; a part leads to its own total."""
        sentence = self.clauses.sentence_index(at)
        for j in range(first - 1, max(-1, first - 12), -1):
            if self.quantities[j].end > at or sentence - self.clauses.sentence_index(self.quantities[j].start) > 1:
                continue
            if not self.alike(k, j) or self.clauses.bracket(self.quantities[j].start) != self.clauses.bracket(at):
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
            if self.alike(i, k) and self.clauses.bracket(self.quantities[i].start) is None:
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
        if _YARDSTICK.search(self.folded, self.region(j), self.quantities[j].start):
            return True
        return self.roles[j].base is not None and self.roles[j].role != "level" and self.roles[k].role == "level"

    def grew(self, j: int) -> bool:
        """Whether a figure's own words say that something grew by it: 各增加126.5万元."""
        cue = self.roles[j].cue
        return cue in _GREW and cue in self.folded[self.region(j) : self.quantities[j].start]

    def rated(self, i: int) -> bool:
        """Whether the list that figure i stands in tells rates."""
        first = i
        while first and SEPARATOR.fullmatch(self.folded, self.quantities[first - 1].end, self.quantities[first].start):
            first -= 1
        return bool(_RATED.search(self.folded, self.region(first), self.quantities[first].start))

    def exceeds(self, i: int, j: int) -> bool:
        """Whether figure i is clearly more than figure j, so that it can be no part of it."""
        a, b = self.quantities[i].amount, self.quantities[j].amount
        return a.value is not None and b.value is not None and a.value > b.value * 2

    def more(self, i: int, j: int) -> bool:
        a, b = self.quantities[i].amount.value, self.quantities[j].amount.value
        return a is not None and b is not None and a > b

    def goes_on(self, last: int, i: int, between: str) -> bool:
        """Whether the list of parts that holds `last` goes on to i."""
        if "。" in between or "\n" in between or ",但" in between or ",而" in between:
            return False
        if ";" not in between:
            return True
        a, b = self.names[last], self.names[i]
        return bool(a and b and self.folded[a.end - 2 : a.end] == self.folded[b.end - 2 : b.end])

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


@functools.lru_cache(maxsize=8)
def part_reader(lexicon: Lexicon) -> PartReader:
    """The part reader of a lexicon, compiled once."""
    return PartReader(lexicon)
