"""What every check works with: the figures of a page in columns, what stands around each, and the claims made of them."""

from __future__ import annotations

import functools
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import accumulate, pairwise
from typing import Any, TypeVar

import regex

from ..amounts import decimal_text
from ..clauses import LONGEST, brackets, breaks
from ..lexicon import Lexicon
from ..tokens import fold
from ..types import Finding, Operand, Page, Record, Section
from .misprints import rewritten, variants
from .passages import Passages, figures_of
from .weighing import (
    Exact,
    Reach,
    Span,
    Weighed,
    around,
    as_float,
    exact,
    last_place,
    moved,
    range_text,
    ratio_reach,
    size,
    span,
    weigh,
    whole,
)  # fmt: skip

T = TypeVar("T")
_CLOSE = Fraction(1, 5)
RATES = ("percentage", "ratio", "multiple", "percentage_point")
_NO_AMOUNT = frozenset((*RATES, "age"))
_WHOLE = ("person", "person_time", "household", "count")
_SIGN = {"holds": "=", "rounding": "≈", "violated": "≠", "unclear": "?="}
_WRITTEN = regex.compile(r"(?P<number>\d[\d,. ]*\d|\d)(?P<unit>\D*)")
_FORMER = regex.compile("[,、(]?[比较](?:上年|去年|上期|年初|上年度|20\\d\\d年|执行数|预算数|决算数)")
_ANEW = regex.compile("全[县市区乡镇村]")
_TWENTIETH = Fraction(1, 20)
_FARTHEST = 60  # figures of one sentence further apart than this are not looked at


class Figures:
    """A page, ready for checks: a column for each field of its records, their intervals, and the words between them.

    It has the `text`, `source`, `sections` and `records` of the page, so a check of one's own may use just these.
    """

    def __init__(self, page: Page, lexicon: Lexicon | None = None) -> None:
        self.text: str = page.text
        self.source: str | None = page.source
        self.sections: tuple[Section, ...] = page.sections
        self.records: tuple[Record, ...] = page.records
        self.lexicon = lexicon or Lexicon.load()
        self.folded = fold(page.text, self.lexicon.variants)
        records, quantities = self.records, [r.quantity for r in self.records]
        self.start = [q.start for q in quantities]
        self.end = [q.end for q in quantities]
        self.value = [exact(q.amount.value) for q in quantities]
        self.step = [whole(q.amount.step) for q in quantities]
        self.unit = [q.unit for q in quantities]
        self.dimension = [q.dimension for q in quantities]
        self.role = [r.role for r in records]
        self.per = [r.per for r in records]
        self.name = [(r.indicator or "").replace(" ", "") for r in records]  # empty where there is none
        self.sentence = [r.sentence for r in records]
        self.section = [r.section_start for r in records]
        self.document = [r.document for r in records]
        self.status = [r.status for r in records]
        self.period = [r.period for r in records]
        self.surface = [q.surface for q in quantities]
        self._leads = _run_starts(self.sentence)
        self._homes = _run_starts(self.document)
        self._reaches: list[Reach | None] = [None] * len(records)
        self._spans: list[Span | None] = [None] * len(records)
        self._made: dict[Callable[[Figures], Any], Any] = {}
        self._operands: list[Operand | None] = [None] * len(records)
        self._numbers: list[str | None] = [None] * len(records)
        self._units: list[str | None] = [None] * len(records)
        self._passages = Passages(self.text)

    @functools.cached_property
    def _breaks(self) -> list[int]:
        return breaks(self.folded)

    def clause(self, i: int) -> str:
        """The words of its clause before a figure."""
        before = bisect_left(self._breaks, self.start[i]) - 1
        return self.folded[max(self._breaks[before] + 1 if before >= 0 else 0, self.start[i] - LONGEST) : self.start[i]]

    @functools.cached_property
    def index(self) -> dict[str, int]:
        """The index of each record, by its id."""
        return {r.id: i for i, r in enumerate(self.records)}

    @functools.cached_property
    def _titles(self) -> dict[int, str]:
        return {s.start: s.title or "" for s in self.sections}

    def title(self, i: int) -> str:
        """The title of the section that a figure stands in; empty where there is none."""
        home = self.section[i]
        return "" if home is None else self._titles.get(home, "")

    @functools.cached_property
    def totals(self) -> list[int | None]:
        """For each record the index of the record that it is a part of."""
        index = self.index
        return [index.get(r.part_of) if r.part_of else None for r in self.records]

    @functools.cached_property
    def splits(self) -> dict[int, dict[str, list[int]]]:
        """The splits of each total: its parts by the words that make them its parts, 其中@120, bracket@88."""
        out: dict[int, dict[str, list[int]]] = {}
        for i, total in enumerate(self.totals):
            if total is not None and not self._compared(i, total) and not self.yardstick[i]:
                word = next((w for w in reversed(self.records[i].why) if w.startswith("part of:")), "")
                out.setdefault(total, {}).setdefault(word.removeprefix("part of:"), []).append(i)
        return out

    def _compared(self, i: int, total: int) -> bool:
        """Whether a figure in a list of parts is what a part is compared with: 其中出让收入3.15亿元,较上年的4.20亿元减少1.05亿元."""
        changed = self.role[i] in ("from", "increase", "decrease") and self.role[i] != self.role[total]
        return (changed and i > total + 1 and self.role[i] != self.role[i - 1]) or bool(
            _FORMER.match(self.region[i]) or self._anew(i)
        )

    def _anew(self, i: int) -> bool:
        """Whether a figure begins to tell of all again: 耕地3.2万亩,其中水田2.1万亩;全乡3万余亩耕地中…."""
        return bool(_ANEW.match(self.region[i])) and i > 0 and ";" in self.between(i - 1, i)

    @functools.cached_property
    def plain(self) -> list[bool]:
        """Whether a figure says how much there is: no rate, no bare time, no bound that is prescribed."""
        return [
            value is not None and role != "limit" and dimension not in _NO_AMOUNT
            for value, role, dimension in zip(self.value, self.role, self.dimension, strict=True)
        ]

    @functools.cached_property
    def yardstick(self) -> list[bool]:
        """Whether a figure is only what another is measured by: 完成预算12.2亿元的102.3%."""
        out = [False] * len(self.records)
        for i in range(1, len(out)):
            near = self.dimension[i] in RATES and self.start[i] - self.end[i - 1] <= 4
            out[i - 1] = near and self.folded.startswith("的", self.end[i - 1])
        return out

    @functools.cached_property
    def region(self) -> list[str]:
        """The words of a figure's own: of its clause, after the figure before it."""
        folded, begins = self.folded, [0, *(b + 1 for b in self._breaks)]
        return [
            folded[max(begins[bisect_right(begins, start) - 1], end, start - LONGEST) : start]
            for start, end in zip(self.start, [0, *self.end], strict=False)
        ]

    @functools.cached_property
    def told(self) -> list[str]:
        """The name of each figure and the words of its own."""
        return [name + region for name, region in zip(self.name, self.region, strict=True)]

    def told_of(self, words: regex.Pattern) -> set[int]:
        """The figures that are told of by some words, which are looked for in all of them at once."""
        ends = list(accumulate(len(t) + 1 for t in self.told))
        return {bisect_right(ends, m.start()) for m in words.finditer("\n".join(self.told))}

    @functools.cached_property
    def _brackets(self) -> list[tuple[int, int]]:
        """Where the innermost bracket around each record begins and ends; (-1, 0) for none."""
        out: list[tuple[int, int]] = []
        pairs, next_pair = brackets(self.folded), 0
        around: list[tuple[int, int]] = [(-1, 0)]
        for at in self.start:
            while next_pair < len(pairs) and pairs[next_pair].start < at:
                around.append(pairs[next_pair])
                next_pair += 1
            while len(around) > 1 and around[-1][1] <= at:
                around.pop()
            out.append(around[-1])
        return out

    @functools.cached_property
    def money(self) -> list[int]:
        """The sums of money."""
        return [i for i, dimension in enumerate(self.dimension) if dimension == "money"]

    @functools.cached_property
    def percentages(self) -> list[int]:
        return [i for i, dimension in enumerate(self.dimension) if dimension == "percentage"]

    @functools.cached_property
    def _by_unit(self) -> dict[str, list[int]]:
        out: dict[str, list[int]] = {}
        for i, unit in enumerate(self.unit):
            out.setdefault(unit, []).append(i)
        return out

    @functools.cached_property
    def documents(self) -> list[range]:
        """The records of each document; looking at one after the other keeps what is set side by side small."""
        begins = sorted(set(self._homes))
        return [range(a, b) for a, b in pairwise([*begins, len(self.records)])]

    def values(self, indexes: Sequence[int]) -> list[Exact] | None:
        """The bare values of several records; None where one is a range."""
        out = [v for i in indexes if (v := self.value[i]) is not None]
        return out if len(out) == len(indexes) else None

    def between(self, i: int, j: int) -> str:
        return self.folded[self.end[i] : self.start[j]]

    def same_sentence(self, i: int, j: int) -> bool:
        return self.sentence[i] == self.sentence[j]

    def prior(self, i: int, limit: int = 12) -> list[int]:
        """The records before one in its sentence, the nearest first, those in brackets that it does not share left out."""
        around, (own, _), start = self._brackets, self._brackets[i], self.start[i]
        nearest = range(i - 1, max(self._leads[i], i - _FARTHEST) - 1, -1)
        return [j for j in nearest if (begin := around[j][0]) == -1 or begin == own or around[j][1] > start][:limit]

    def earlier(self, i: int, limit: int = 400) -> range:
        """The records before one in its document, the nearest first."""
        return range(i - 1, max(self._homes[i], i - limit) - 1, -1)

    def earlier_in(self, unit: str, i: int, limit: int = 400) -> Iterator[int]:
        """Those of a unit among the records before one in its document, the nearest first."""
        same, least = self._by_unit.get(unit, []), max(self._homes[i], i - limit)
        k = bisect_left(same, i) - 1
        while k >= 0 and same[k] >= least:
            yield same[k]
            k -= 1

    def reach(self, i: int) -> Reach:
        """What a figure can stand for."""
        found = self._reaches[i]
        if found is None:
            found = self._reaches[i] = self._reach(self.records[i])
        return found

    def span(self, i: int) -> Span:
        """What a figure can stand for at most, in floats."""
        found = self._spans[i]
        if found is None:
            found = self._spans[i] = self._span(i)
        return found

    def _span(self, i: int) -> Span:
        q, value = self.records[i].quantity, self.value[i]
        if value is None or q.approx in ("over", "under") or q.shape in ("ratio", "fraction") or q.dimension == "ratio":
            return span(self.reach(i))
        middle, step = as_float(value), as_float(self.step[i])
        return middle - step, middle + step, step

    def once(self, make: Callable[[Figures], T]) -> T:
        """What `make` makes of the page, made once for all checks."""
        if make not in self._made:
            self._made[make] = make(self)
        return self._made[make]

    @functools.cached_property
    def _inside(self) -> frozenset[str]:
        return frozenset(f"modifiers:{w}" for w, v in self.lexicon.words("modifiers", "inside").items() if v == "over")

    def _reach(self, r: Record) -> Reach:
        q, amount = r.quantity, r.quantity.amount
        step, value = whole(amount.step), exact(amount.value)
        if value is None:
            return Reach(None, exact(amount.low), exact(amount.high), step, False, False)
        firm = q.approx == "exact"
        if q.approx in ("over", "under"):
            if not self._inside.isdisjoint(q.why):
                return Reach(value, value, value + last_place(value, step), step, False, False)
            low, high = (value, None) if q.approx == "over" else (None, value)
            return Reach(value, low, high, step, False, False)
        if q.shape == "ratio" and len(amount.parts) == 2:
            least, most = ratio_reach(q.surface, amount.parts)
            return Reach(value, exact(least), exact(most), exact(most - least) or 0, firm, not firm)
        if q.dimension in _WHOLE and isinstance(value, int) and not self._rounded(r):
            return Reach(value, value, value, step, firm, not firm)
        # 三分之二 is said of what is about two thirds
        broken = q.shape == "fraction" or (q.dimension == "ratio" and not amount.parts)
        low, high = around(value, _TWENTIETH if broken else step)
        return Reach(value, low, high, step, firm, not firm)

    def _rounded(self, r: Record) -> bool:
        """Whether a whole number may be rounded: 3.2万人, 三万人; not 1500人 and not 一千二百人."""
        written = self.folded[r.quantity.number_start : r.quantity.core_end]
        return "万" in written or "亿" in written or "." in written

    def digits(self, i: int) -> int | None:
        """A figure as its last digit counts it: 5781 of 578.1, 0 of a range; None where that is no whole number."""
        step = self.step[i] if self.dimension[i] != "ratio" else self.reach(i).step or 1  # 1:1 leaves nothing open
        count, rest = divmod(self.value[i] or 0, step)
        return None if rest else int(count)

    def operand(self, i: int) -> Operand:
        found = self._operands[i]
        if found is None:
            surface = self.surface[i]
            found = Operand(self.records[i].id, self.start[i], self.end[i], surface, decimal_text(self.value[i]))
            self._operands[i] = found
            if written := _WRITTEN.fullmatch(surface.replace("\n", "")):
                self._numbers[i], self._units[i] = written.groups()
        return found

    def claim(
        self,
        kind: str,
        template: str,
        operands: Sequence[int],
        result: int | None,
        compute: Callable[..., Exact],
        signs: Sequence[int],
        reason: str,
        stated: Reach | None = None,
        remark: str = "",
        reaches: Sequence[Reach] | None = None,
        weighed: Weighed | None = None,
    ) -> Finding:
        """The finding that says whether the operands give the result; `template` writes them: "{0} / {1}"."""
        reach = stated or self.reach(result)  # type: ignore[arg-type]
        used = reaches or [self.reach(i) for i in operands]
        weighed = weighed or weigh(compute, signs, used, reach)
        if weighed.verdict == "violated":
            told = self._explained(compute, signs, operands, used, result, reach)
            if 0 < len(told) < 3:
                remark = "；".join(t for t in (remark, f"若{'，或'.join(told)}则相合 / would hold if so printed") if t)
        if weighed.note or remark:
            reason = "；".join(t for t in (reason, weighed.note, remark) if t)
        return self.found(kind, weighed, template, operands, result, reach, reason)

    def likely(self, finding: Finding, compute: Callable[..., Exact], signs: Sequence[int], close: bool = True) -> list[Finding]:
        """A finding whose words leave a doubt: where it fails, only if it fails by little or one misprint explains it.

        Of twenty figures two can always be found that do not divide as stated; what is far off is another relation, no error.
        """
        if finding.verdict != "violated" or finding.result is None:
            return [finding]
        operands = [self.index[o.id] for o in finding.operands if o.id is not None]
        result = self.index[finding.result.id or ""]
        used, reach = [self.reach(i) for i in operands], self.reach(result)
        value = weigh(compute, signs, used, reach).value
        near = close and value is not None and reach.value is not None and size(value - reach.value) <= size(reach.value) * _CLOSE
        return [finding] if near or self._explained(compute, signs, operands, used, result, reach) else []

    def _explained(
        self,
        compute: Callable[..., Exact],
        signs: Sequence[int],
        operands: Sequence[int],
        used: Sequence[Reach],
        result: int | None,
        reach: Reach,
    ) -> list[str]:
        """The misprints of one figure with which the relation would hold: 97.8%为98.7%."""
        out = []
        for k, i in enumerate([*operands, *([] if result is None else [result])]):
            old, surface = self.digits(i), self.surface[i]
            if old is None or not any(c.isascii() and c.isdigit() for c in surface):
                continue
            digits, sign = str(abs(old)), -1 if old < 0 else 1
            for new in variants(digits):
                shift = self.reach(i).step * (sign * int(new) - old)
                other = [moved(r, shift) if n == k else r for n, r in enumerate(used)]
                stated = moved(reach, shift) if k == len(used) else reach
                if weigh(compute, signs, other, stated).verdict in ("holds", "rounding"):
                    out.append(f"{surface}为{rewritten(surface, digits, new)}")
        return out

    def found(
        self,
        kind: str,
        weighed: Weighed,
        template: str,
        operands: Sequence[int],
        result: int | None,
        stated: Reach,
        reason: str,
        sign: str = "",
    ) -> Finding:
        gap = None if weighed.value is None or stated.value is None else weighed.value - stated.value
        severity = "none"
        if weighed.verdict == "violated":
            severity = "last digit" if gap is not None and size(gap) <= 2 * stated.step else "sense"
        told = tuple([self.operand(i) for i in operands])
        total = None if result is None else self.operand(result)
        return Finding(
            kind, weighed.verdict, self._formula(template, operands, result, sign or _SIGN[weighed.verdict]), told, total, reason,
            self.source,
            range_text(weighed.value, weighed.low, weighed.high),
            range_text(stated.value, stated.low, stated.high),
            decimal_text(gap), severity,
            self._passages.around(told if total is None else (*told, total)),
        )  # fmt: skip

    def shown(self, finding: Finding) -> Finding:
        """A finding of any check with where it was found and the words around its figures."""
        source = self.source if finding.source is None else finding.source
        return replace(finding, source=source, passages=finding.passages or self._passages.around(figures_of(finding)))

    def _formula(self, template: str, operands: Sequence[int], result: int | None, sign: str) -> str:
        """223 + 40 + 78.1 = 341.1 万元: the unit once where all have the same."""
        figures = operands if result is None else (*operands, result)
        unit = self._units[figures[0]]
        shared = unit is not None and all(self._units[i] == unit for i in figures)
        shown = [self._numbers[i] for i in figures] if shared else [self.surface[i].replace("\n", "") for i in figures]
        last = ("100" if shared else "100%") if result is None else shown[-1]
        tail = f" {unit}" if shared and unit else ""
        return f"{template.format(*shown)} {sign} {last}{tail}"


def _run_starts(column: Sequence[object]) -> list[int]:
    """For each place of a column where its run of equal entries begins."""
    out, first = [], 0
    for i, entry in enumerate(column):
        if i and entry != column[i - 1]:
            first = i
        out.append(first)
    return out
