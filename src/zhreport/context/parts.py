"""Of what total a quantity is a part: brackets, 其中, colon lists, 占…的, totals that follow, subsets by definition."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

import regex

from ..clauses import Surroundings
from ..types import Section
from .beside import GREW, Beside, Part
from .roles import Role

if TYPE_CHECKING:
    from ..lexicon import Lexicon
    from .indicators import Named

# 贫困户中低保户45户: those among the 贫困户64户 named before.
_WITHIN = regex.compile(r"(?P<x>\p{L}{2,8}?)(?:中|里)(?![心学小职高等央国面程])")
_NAMELY = regex.compile("(?:资金)?(?:分别(?:是|为)|即|构成为|依次(?:是|为)|分为)")
# 1683户中仍有不稳定户3户, 36285名在校生中认定5216人: the second is of the first.
_OUT_OF = regex.compile(r"的?\p{Han}{0,8}?中(?![心学小职高等央国面程部型外])")
_SHARED = regex.compile(r"\p{Han}{0,6}?的")
_CONTAINS = regex.compile("其中|含|包含|包括")
_MOVED = ("increase", "decrease")
_SUMMED = regex.compile("总|共|合计|相加|加起来|数$|(?<![估预统])计$")
_REST = regex.compile(r"[,、;]?(?:其余|剩余|余下|余)(?:的|部分)?")
_SEVERAL = regex.compile(r"[两二三四五六七八九十\d](?:个|大)?[县市区乡镇村校项类户者笔条家个]$")


# A list of more parts than this beside its total is no list that a reader adds up.
_BESIDE = 60


class PartReader:
    """The cue words of one lexicon; make it with `part_reader(lexicon)`."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._sum = regex.compile(rf"(?:{lexicon.pattern('cues', 'sum_after')})")
        self._total = regex.compile(lexicon.pattern("cues", "total"))
        self._subset = regex.compile(lexicon.pattern("cues", "subset"))

    def parts(
        self,
        around: Surroundings,
        roles: Sequence[Role],
        pers: Sequence[tuple[str, ...]],
        names: Sequence[Named | None],
        sections: Sequence[int | None],
        tree: Sequence[Section],
    ) -> list[Part | None]:
        """The total of each quantity, within its section; `sections[i]` is the start of the section of quantity i."""
        page = Beside(around, roles, pers, names, sections, tree)
        out: list[Part | None] = [None] * len(around.quantities)
        for rule in (
            self._brackets,
            self._colons,
            self._among_which,
            self._share_of,
            self._sums,
            self._rests,
            self._subsets,
            self._paired,
            self._adjacent,
        ):
            rule(page, out)
        return out

    # Each rule fills what it can say a reason for; an earlier rule wins.

    def _brackets(self, page: Beside, out: list[Part | None]) -> None:
        """613人(本县524人,外县89人): both are parts of the 613人."""
        for i, bracket in enumerate(page.brackets):
            if bracket is None or not page.additive[i] or not page.named_inside(i, bracket.start):
                continue
            begun, outer = page.clauses.sentence(bracket.start).start, page.clauses.bracket(bracket.start)
            for j in range(i - 1, max(-1, i - 60), -1):
                t = page.quantities[j]
                if t.start < begun:
                    break
                if t.end <= bracket.start and page.alike(i, j) and page.brackets[j] == outer:
                    if bracket.start - t.end <= 40:
                        out[i] = Part(j, f"bracket@{bracket.start}")
                    break
                if t.end == bracket.start and self._contained(page, i, j):
                    out[i] = Part(j, f"bracket@{bracket.start}")
                    break

    @staticmethod
    def _contained(page: Beside, i: int, j: int) -> bool:
        """小学235所(含教学点42个): 个 counts again what a classifier of its own counted."""
        q, t = page.quantities[i], page.quantities[j]
        counts = q.dimension == t.dimension == "count" and q.unit == "个" and page.additive[j]
        return counts and not page.more(i, j) and _CONTAINS.match(page.folded, t.end + 1) is not None

    def _colons(self, page: Beside, out: list[Part | None]) -> None:
        """“两品一标”累计53个:绿色食品36个、有机农产品14个: what follows the colon are its parts."""
        for j, t in enumerate(page.quantities):
            if not page.additive[j] or not page.folded.startswith(":", t.end):
                continue
            stop = page.list_end(t.end + 1)
            for i in range(j + 1, min(j + 61, len(page.quantities))):
                q = page.quantities[i]
                if q.start >= stop or self._sum.match(page.folded, page.near[i], q.start):
                    break
                if out[i] is None and page.alike(i, j) and page.brackets[i] is None:
                    out[i] = Part(j, f"colon list@{t.end}")

    def _among_which(self, page: Beside, out: list[Part | None]) -> None:
        """T,其中A x、B y; and 按城乡分, C z splits the same total anew."""
        total: int | None = None
        triggers = page.among()
        for n, trigger in enumerate(triggers):
            at, stop = trigger.end, page.sentence_end(trigger.start)
            if n + 1 < len(triggers) and triggers[n + 1].text[0] in "按分":
                stop = min(stop, triggers[n + 1].start)  # 其中外出务工6215人,按去向分,省外4102人: split anew
            if page.clauses.bracket(trigger.start) is not None and trigger.text != "按":
                continue
            first = page.first_at(at)
            if first is None or page.quantities[first].start >= stop:
                continue
            for start in page.firsts(first, stop):
                if trigger.named is not None:
                    total = page.named_before(start, trigger.named)
                else:
                    total = page.total_before(start, first, trigger.start, out)
                if total is not None:
                    colon = page.folded.startswith(":", trigger.end)
                    self._take(page, out, start, total, stop, f"{trigger.text}@{trigger.start}", colon)

    def _take(
        self, page: Beside, out: list[Part | None], first: int, total: int, stop: int, why: str, colon: bool = False
    ) -> None:
        last: int | None = None
        taken: list[int] = []
        for i in range(first, min(first + 60, len(page.quantities))):
            q = page.quantities[i]
            if q.start >= stop:
                break
            if not page.alike(i, total) or page.brackets[i] is not None:
                if last is None and i > first + 2:
                    break
                continue
            between = page.folded[page.quantities[last].end : q.start] if last is not None else ""
            if last is not None and (self._total.match(page.folded, page.near[i]) or page.more(i, total, 1.5)):
                break  # 教师3860人,其中高级860人,…在校学生56000人: another thing is told of
            if page.roles[i].role in _MOVED and page.roles[total].role == "level" and page.roles[i].cue in GREW:
                continue  # 其中地方级4.6亿元,增收0.6亿元: how it grew is no part
            split = why[0] in "按分" and "。" not in between and "\n" not in between
            ends = last is not None and not split and not colon and not page.goes_on(last, i, between)
            if ends and not (";" in between and page.completes(taken, i, total)):
                break
            if out[i] is None:
                out[i] = Part(total, why)
                taken.append(i)
            last = i

    def _share_of(self, page: Beside, out: list[Part | None]) -> None:
        """民生支出28.9亿元,占一般公共预算支出35.6亿元的81.2%: the first is a part of the second."""
        for j, t in enumerate(page.quantities):
            if j + 1 >= len(page.quantities) or page.roles[j + 1].role != "share":
                continue
            if (found := page.folded.rfind("占", page.near[j], t.start)) < 0:
                self._share_of_named(page, out, j)
                continue
            if not page.additive[j] or not _SHARED.match(page.folded, t.end, page.quantities[j + 1].start):
                continue
            # 5个村收入在20万元以下,占9个村的半数: the nearest of the same kind
            noun = page.folded[t.end : page.folded.find("的", t.end)]
            near = (i for i in range(j - 1, max(-1, j - 4), -1) if page.alike(i, j) and self._of_kind(page, i, noun))
            if (i := next(near, None)) is not None and out[i] is None and page.same_sentence(i, j) and not page.more(i, j):
                out[i] = Part(j, f"占@{found}")

    @staticmethod
    def _of_kind(page: Beside, i: int, noun: str) -> bool:
        """Whether figure i counts what the total counts: 6个村 are no part of 12个乡镇."""
        name, end = page.names[i], page.quantities[i].end
        return not noun or noun in page.folded[end : end + 8] or (name is not None and noun in name.text)

    @staticmethod
    def _share_of_named(page: Beside, out: list[Part | None], i: int) -> None:
        """民生支出31.2亿元,占一般公共预算支出的83.5%: the total was named and told before."""
        share = page.quantities[i + 1]
        begin = page.quantities[i].end + 1
        if out[i] is not None or not page.folded.startswith("占", begin) or share.start - begin > 24:
            return
        whole = page.folded[begin + 1 : share.start]
        total = page.named_before(i, whole[:-1]) if whole.endswith("的") and len(whole) > 2 else None
        if total is not None and not page.more(i, total):
            out[i] = Part(total, f"占@{begin}")

    def _sums(self, page: Beside, out: list[Part | None]) -> None:
        """建议143件、提案98件,共计241件: a total that follows its parts."""
        floor = 0
        totals: set[int] = set()
        for j, t in enumerate(page.quantities):
            if j not in page.summed and j - 1 not in totals:
                continue
            found = self._sum_word(page, j, totals)
            if found is None or not page.additive[j] or page.roles[j].base is not None or page.grew(j):
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
                if page.brackets[i] != page.brackets[j]:
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

    def _sum_word(self, page: Beside, j: int, totals: set[int]) -> regex.Match | None:
        """The 合计 before a figure, or before the figure that it goes on with: 合计660人次、59.4万元."""
        t, region = page.quantities[j], page.near[j]
        found = self._sum.search(page.folded, region, t.start) if j in page.summed else None
        if found is None and j - 1 in totals and page.folded[page.quantities[j - 1].end] == "、" and t.start - region <= 4:
            return self._sum.search(page.folded, page.near[j - 1], page.quantities[j - 1].start)
        if found is None:
            return None
        strong = found[0] in ("合计", "总计", "共计") or "年" in found[0]
        if found.start() - region > (12 if strong else 6) or (not strong and t.start - found.end() > 2):
            return None
        return found

    def _reaches_back(self, page: Beside, i: int, j: int, found: regex.Match) -> bool:
        """两村合计农户798户: a sum over several may begin the sentence after that of its parts."""
        several = page.folded[max(0, found.start() - 3) : found.start()]
        near = page.sentences[j] - page.sentences[i] == 1 and page.sections[i] == page.sections[j]
        return near and bool(_SEVERAL.search(several))

    def _rests(self, page: Beside, out: list[Part | None]) -> None:
        """收入1286万元,安排支出486万元,其余800万元调入: what is left with what was taken is the whole."""
        for i in range(2, len(page.quantities)):
            start = page.near[i]
            if not page.additive[i] or page.folded.find("余", start, min(start + 4, page.quantities[i].start)) < 0:
                continue
            if not _REST.match(page.folded, start, page.quantities[i].start):
                continue
            near = [j for j in range(i - 1, max(-1, i - 6), -1) if page.same_sentence(i, j) and page.alike(i, j)]
            for whole in near[1:]:
                taken = [j for j in near if j > whole]
                if page.sum_of([i, *taken]) == page.quantities[whole].amount.value:
                    for j in (i, *taken):
                        out[j] = out[j] or Part(whole, f"其余@{page.near[i]}")
                    break

    def _adjacent(self, page: Beside, out: list[Part | None]) -> None:
        """河长412名,县级26名、乡级138名、村级248名; 金牌7枚、银牌11枚、铜牌9枚,奖牌数27枚: a list right beside its total."""
        whole = {part.total for part in out if part is not None}
        for run in page.runs():
            free = [i for i in run if out[i] is None]
            for at, total in enumerate(free):
                if total in whole or out[total] is not None:
                    continue
                after, before = free[at + 1 : at + 1 + _BESIDE], free[max(0, at - _BESIDE) : at]
                parts = self._made_of(page, total, after, before)
                for i in parts:
                    out[i] = Part(total, f"list beside its total@{page.quantities[total].start}")
                if parts:
                    break

    def _made_of(self, page: Beside, total: int, after: list[int], before: list[int]) -> list[int]:
        """The figures beside a total that make it exactly: three at least, two where a word says so; or nearly, where one says."""
        said = page.folded[page.quantities[total].end : page.quantities[after[0]].start][:8] if after else ""
        named = bool(_NAMELY.match(said.lstrip(",;、( ")))
        summed = bool(_SUMMED.search(page.folded, page.near[total], page.quantities[total].start))
        value = page.quantities[total].amount.value
        for listed, told in ((after, named), (before[::-1], summed)):
            found: list[int] = []
            for n, made in enumerate(page.running_sums(listed), 1):
                if made != value or n < 2 or value < 10:
                    continue
                parts = sorted(listed[:n])
                if n > 2 or told or (listed is after and self._pair(page, total, parts)):
                    found = parts
            if found:
                return found
        near = page.sum_of(after)
        if named and len(after) > 2 and near is not None and value is not None and abs(near - value) * 10 <= value:
            return after  # 治理38.6公里,分别是…: its parts, even where they do not add up
        return []

    def _pair(self, page: Beside, total: int, parts: list[int]) -> bool:
        """增加学位2760个,小学1500个、初中1260个: two in one list right after a figure of three digits or more."""
        amount = page.quantities[total].amount
        written = (amount.value or Fraction(0)) / amount.step
        joined = page.folded[page.quantities[parts[0]].end : page.quantities[parts[1]].start].strip()[:1] in ("、", "和")
        return joined and parts[0] == total + 1 and parts[1] == total + 2 and written >= 100

    @staticmethod
    def _within(page: Beside, start: int, end: int) -> regex.Match | None:
        if page.folded.find("中", start, end) < 0 and page.folded.find("里", start, end) < 0:
            return None
        return _WITHIN.match(page.folded, start, end)

    def _subsets(self, page: Beside, out: list[Part | None]) -> None:
        """抽检3260批次,合格3251批次: what passed is a part of what was tested."""
        subsets = page.around.holding("subset")
        for i in range(1, len(page.quantities)):
            if page.additive[i - 1] and page.folded.find("中", (end := page.quantities[i - 1].end), end + 10) >= 0:
                self._out_of(page, out, i - 1)
            if out[i] is not None or not page.additive[i]:
                continue
            start = page.near[i]
            if (within := self._within(page, start, page.quantities[i].start)) is not None:
                total = page.named_before(i, within["x"])
                if total is not None:
                    out[i] = Part(total, f"{within[0]}@{within.start()}")
                    continue
            m = self._subset.match(page.folded, start, page.quantities[i].start) if i in subsets else None
            if m is None:
                continue
            j = self._whole(page, out, i)
            if j is not None and not page.more(i, j):  # 计划投资82亿元,实际完成92.4亿元: no part of the plan
                out[i] = Part(j, f"{m[0]}@{m.start()}")

    @staticmethod
    def _whole(page: Beside, out: Sequence[Part | None], i: int) -> int | None:
        """The figure before figure i that it can be a part of; the total of a list that stands between."""
        j, tried = i - 1, 0
        while j >= 0 and tried < 3 and page.same_sentence(j, i):
            part, before = out[j], out[j - 1] if j else None
            if page.brackets[j] not in (None, page.brackets[i]):
                j -= 1  # 到位4.37亿元(…社会资本5000万元),已支付3.98亿元: of the whole, not of the last part
                continue
            if part is not None and before is not None and part.total == before.total < j - 1:
                j = part.total  # 项目38个,其中产业类30个、民生类8个;开工35个
                continue
            if page.alike(i, j):
                return j
            j, tried = j - 1, tried + 1
        return None

    def _out_of(self, page: Beside, out: list[Part | None], j: int) -> None:
        """全村421户中仍有不稳定户3户、边缘户5户: both are of the 421."""
        m = _OUT_OF.match(page.folded, page.quantities[j].end)
        if m is None:
            return
        for i in range(j + 1, min(j + 8, len(page.quantities))):
            q = page.quantities[i]
            listed = page.folded[page.quantities[i - 1].end : q.start].startswith("、") if i > j + 1 else page.near[i] <= m.end()
            if not listed or not page.alike(i, j) or page.more(i, j) or out[i] is not None:
                return
            out[i] = Part(j, f"{m[0]}@{m.start()}")

    def _paired(self, page: Beside, out: list[Part | None]) -> None:
        """监测对象706户2315人,已消除风险445户1516人: what holds for the households holds for the people told with them."""
        for i in range(1, len(page.quantities)):
            part, q = out[i - 1], page.quantities[i]
            if out[i] is not None or part is None or q.start - page.quantities[i - 1].end > 1:
                continue
            t = part.total + 1
            whole = page.quantities[t] if t < i - 1 else None
            if whole is None or whole.start - page.quantities[t - 1].end > 1 or not page.alike(i, t) or page.more(i, t):
                continue
            out[i] = Part(t, part.why)


@functools.lru_cache(maxsize=8)
def part_reader(lexicon: Lexicon) -> PartReader:
    """The part reader of a lexicon, compiled once."""
    return PartReader(lexicon)
