"""What every check works with: the figures of a page side by side, and the intervals that their printed digits stand for."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

import regex

from ..amounts import decimal_text
from ..clauses import Clauses
from ..clauses import clauses as clauses_of
from ..lexicon import Lexicon
from ..tokens import fold
from ..types import Finding, Operand, Page, Record, Section
from .misprints import rewritten, variants

_CLOSE = Fraction(1, 5)
RATES = ("percentage", "ratio", "multiple", "percentage_point")
_WHOLE = ("person", "person_time", "household", "count")
_SIGN = {"holds": "=", "rounding": "≈", "violated": "≠", "unclear": "?="}
_HAN_NUMBER = regex.compile(r"[〇零一二两三四五六七八九十百千]+[万亿]")
_WRITTEN = regex.compile(r"(?P<number>\d[\d,. ]*\d|\d)(?P<unit>\D*)")
_RATIO_PART = regex.compile(r"\d+(?:\.(\d+))?")


class Reach(NamedTuple):
    """What a figure can stand for: its bare value, the least and greatest number (None: open), and how firmly it is told."""

    value: Fraction | None
    low: Fraction | None
    high: Fraction | None
    step: Fraction
    exact: bool  # no word of approximation
    loose: bool  # 约 or 近: no verdict of violated rests on it


class Weighed(NamedTuple):
    """A verdict, what was computed, and a remark on how it fits."""

    verdict: str
    value: Fraction | None
    low: Fraction | None
    high: Fraction | None
    note: str


def weigh(compute: Callable[..., Fraction], signs: Sequence[int], operands: Sequence[Reach], stated: Reach) -> Weighed:
    """Whether what `compute` makes of the operands meets what is stated.

    `signs` tells for each operand whether the result grows (1) or falls (-1) with it.
    """
    value = _at(compute, [o.value for o in operands])
    low = _at(compute, [o.low if s > 0 else o.high for o, s in zip(operands, signs, strict=True)])
    high = _at(compute, [o.high if s > 0 else o.low for o, s in zip(operands, signs, strict=True)])
    if value is not None and value == stated.value:
        firm = all(o.exact or o.loose for o in (*operands, stated))
        return Weighed("holds" if firm else "rounding", value, low, high, "")
    if _meet(low, high, stated.low, stated.high):
        return Weighed("rounding", value, low, high, "")
    if (
        stated.value is not None
        and stated.exact
        and _meet(low, high, stated.value, stated.value + stated.step * Fraction(99, 100))
    ):
        return Weighed("rounding", value, low, high, "截尾而非四舍五入 / fits only by truncation")
    if value is None and low is None and high is None:
        return Weighed("unclear", None, None, None, "无法计算 / cannot be computed")
    if any(o.loose for o in (*operands, stated)):
        return Weighed("unclear", value, low, high, "含约数 / an approximate figure leaves it open")
    return Weighed("violated", value, low, high, "")


def _at(compute: Callable[..., Fraction], values: Sequence[Fraction | None]) -> Fraction | None:
    if any(v is None for v in values):
        return None
    try:
        return compute(*values)
    except (ZeroDivisionError, OverflowError):
        return None


def _meet(low: Fraction | None, high: Fraction | None, least: Fraction | None, most: Fraction | None) -> bool:
    if (low is None and high is None) or (least is None and most is None):
        return False
    return not (
        (high is not None and least is not None and high < least) or (low is not None and most is not None and low > most)
    )


class Figures:
    """A page, ready for checks: its records with their intervals, their parts, and the words between them.

    It has the `text`, `source`, `sections` and `records` of the page, so a check of one's own may use just these.
    """

    def __init__(self, page: Page, lexicon: Lexicon | None = None) -> None:
        self.page = page
        self.text: str = page.text
        self.source: str | None = page.source
        self.sections: tuple[Section, ...] = page.sections
        self.records: tuple[Record, ...] = page.records
        self.lexicon = lexicon or Lexicon.load()
        self.folded = fold(page.text, self.lexicon.variants)
        self.index = {r.id: i for i, r in enumerate(self.records)}
        self._inside = frozenset(w for w, v in self.lexicon.words("modifiers", "inside").items() if v == "over")

    @functools.cached_property
    def clauses(self) -> Clauses:
        return clauses_of(self.folded)

    @functools.cached_property
    def reaches(self) -> list[Reach]:
        return [self._reach(r) for r in self.records]

    @functools.cached_property
    def totals(self) -> list[int | None]:
        """For each record the index of the record that it is a part of."""
        return [self.index.get(r.part_of) if r.part_of else None for r in self.records]

    @functools.cached_property
    def groups(self) -> dict[tuple[int, str], list[int]]:
        """The parts of each total, by the words that make them its parts: 其中@120, bracket@88."""
        out: dict[tuple[int, str], list[int]] = {}
        for i, total in enumerate(self.totals):
            if total is not None:
                word = next((w[len("part of:") :] for w in self.records[i].why if w.startswith("part of:")), "")
                out.setdefault((total, word), []).append(i)
        return out

    @functools.cached_property
    def splits(self) -> dict[int, list[tuple[str, list[int]]]]:
        """The splits of each total: the words that introduce them, and the parts."""
        out: dict[int, list[tuple[str, list[int]]]] = {}
        for (total, word), parts in self.groups.items():
            out.setdefault(total, []).append((word, parts))
        return out

    @functools.cached_property
    def by_start(self) -> dict[int, Section]:
        return {s.start: s for s in self.sections}

    @functools.cached_property
    def _regions(self) -> list[str]:
        out, end = [], 0
        for r in self.records:
            out.append(self.folded[max(self.clauses.clause_start(r.start), end) : r.start])
            end = r.end
        return out

    @functools.cached_property
    def brackets(self) -> list[int]:
        """Where the innermost bracket around each record begins; -1 for none."""
        return [b.start if (b := self.clauses.bracket(r.start)) else -1 for r in self.records]

    def value(self, i: int) -> Fraction | None:
        return self.records[i].quantity.amount.value

    def values(self, indexes: Sequence[int]) -> list[Fraction] | None:
        """The bare values of several records; None where one is a range."""
        out = [v for i in indexes if (v := self.value(i)) is not None]
        return out if len(out) == len(indexes) else None

    def unit(self, i: int) -> str:
        return self.records[i].quantity.unit

    def dimension(self, i: int) -> str:
        return self.records[i].quantity.dimension

    def name(self, i: int) -> str:
        """The indicator, without its spaces; empty where there is none."""
        return (self.records[i].indicator or "").replace(" ", "")

    def plain(self, i: int) -> bool:
        """A figure of how much there is: no rate, no bare time, no bound that is prescribed."""
        r = self.records[i]
        return r.quantity.dimension not in (*RATES, "age") and r.role != "limit" and self.value(i) is not None

    def yardstick(self, i: int) -> bool:
        """Whether a figure is only what another is measured by: 完成预算12.2亿元的102.3%."""
        after = i + 1 < len(self.records) and self.dimension(i + 1) in RATES
        return (
            after and self.folded.startswith("的", self.records[i].end) and self.records[i + 1].start - self.records[i].end <= 4
        )

    def region(self, i: int) -> str:
        """The words of a figure's own: of its clause, after the figure before it."""
        return self._regions[i]

    def between(self, i: int, j: int) -> str:
        return self.folded[self.records[i].end : self.records[j].start]

    def same_sentence(self, i: int, j: int) -> bool:
        return self.records[i].sentence == self.records[j].sentence

    def prior(self, i: int, limit: int = 12) -> Iterator[int]:
        """The records before one in its sentence, the nearest first, those in brackets that it does not share left out."""
        for j in range(i - 1, max(-1, i - 61), -1):
            if not self.same_sentence(i, j) or limit <= 0:
                return
            if self.brackets[j] in (-1, self.brackets[i]) or self._holds_bracket(j, i):
                limit -= 1
                yield j

    def _holds_bracket(self, j: int, i: int) -> bool:
        bracket = self.clauses.bracket(self.records[j].start)
        return bracket is not None and bracket.end > self.records[i].start

    def earlier(self, i: int, limit: int = 400) -> Iterator[int]:
        """The records before one in its document, the nearest first."""
        for j in range(i - 1, max(-1, i - 1 - limit), -1):
            if self.records[j].document != self.records[i].document:
                return
            yield j

    def _reach(self, r: Record) -> Reach:
        q, amount = r.quantity, r.quantity.amount
        step, value = amount.step, amount.value
        if value is None:
            return Reach(None, amount.low, amount.high, step, False, False)
        exact = q.approx == "exact"
        if q.approx in ("over", "under"):
            if any(w.startswith("modifiers:") and w[10:] in self._inside for w in q.why):
                return Reach(value, value, value + _last_place(value, step), step, False, False)
            low, high = (value, None) if q.approx == "over" else (None, value)
            return Reach(value, low, high, step, False, False)
        half = step / 2
        if q.shape == "ratio" and len(amount.parts) == 2:
            low, high = _ratio_reach(q.surface, amount.parts)
            return Reach(value, low, high, (high - low), exact, not exact)
        if q.shape == "fraction" or (q.dimension == "ratio" and not amount.parts):
            half = Fraction(1, 40)  # 三分之二 is said of what is about two thirds
        if q.dimension in _WHOLE and value.denominator == 1 and not self._rounded(r):
            half = Fraction(0)
        return Reach(value, value - half, value + half, step, exact, not exact)

    def _rounded(self, r: Record) -> bool:
        """Whether a whole number may be rounded: 3.2万人, 三万人; not 1500人 and not 一千二百人."""
        written = self.folded[r.quantity.number_start : r.quantity.core_end]
        return "万" in written or "亿" in written or "." in written

    def operand(self, i: int) -> Operand:
        r = self.records[i]
        return Operand(r.id, r.start, r.end, r.surface, decimal_text(r.quantity.amount.value))

    def claim(
        self,
        kind: str,
        template: str,
        operands: Sequence[int],
        result: int | None,
        compute: Callable[..., Fraction],
        signs: Sequence[int],
        reason: str,
        stated: Reach | None = None,
        remark: str = "",
        reaches: Sequence[Reach] | None = None,
    ) -> Finding:
        """The finding that says whether the operands give the result; `template` writes them: "{0} / {1}"."""
        reach = stated or self.reaches[result]  # type: ignore[index]
        used = reaches or [self.reaches[i] for i in operands]
        weighed = weigh(compute, signs, used, reach)
        if weighed.verdict == "violated":
            told = self._explained(compute, signs, operands, used, result, reach)
            if 0 < len(told) < 3:
                remark = "；".join(t for t in (remark, f"若{'，或'.join(told)}则相合 / would hold if so printed") if t)
        reason = "；".join(t for t in (reason, weighed.note, remark) if t)
        return self.found(kind, weighed, template, operands, result, reach, reason)

    def likely(
        self, finding: Finding, compute: Callable[..., Fraction], signs: Sequence[int], close: bool = True
    ) -> list[Finding]:
        """A finding whose words leave a doubt: where it fails, only if it fails by little or one misprint explains it.

        Of twenty figures two can always be found that do not divide as stated; what is far off is another relation, no error.
        """
        if finding.verdict != "violated" or finding.result is None:
            return [finding]
        operands = [self.index[o.id] for o in finding.operands if o.id is not None]
        result = self.index[finding.result.id or ""]
        used, reach = [self.reaches[i] for i in operands], self.reaches[result]
        value = weigh(compute, signs, used, reach).value
        near = close and value is not None and reach.value is not None and abs(value - reach.value) <= abs(reach.value) * _CLOSE
        return [finding] if near or self._explained(compute, signs, operands, used, result, reach) else []

    def _explained(
        self,
        compute: Callable[..., Fraction],
        signs: Sequence[int],
        operands: Sequence[int],
        used: Sequence[Reach],
        result: int | None,
        reach: Reach,
    ) -> list[str]:
        """The misprints of one figure with which the relation would hold: 97.8%为98.7%."""
        out = []
        for k, i in enumerate([*operands, *([] if result is None else [result])]):
            old = (self.value(i) or Fraction(0)) / self.reaches[i].step
            if old.denominator != 1 or not any(c.isascii() and c.isdigit() for c in self.records[i].surface):
                continue
            digits, sign = str(abs(old)), -1 if old < 0 else 1
            for new in variants(digits):
                shift = (sign * int(new) - old) * self.reaches[i].step
                moved = [_moved(r, shift) if n == k else r for n, r in enumerate(used)]
                stated = _moved(reach, shift) if k == len(used) else reach
                if weigh(compute, signs, moved, stated).verdict in ("holds", "rounding"):
                    out.append(f"{self.records[i].surface}为{rewritten(self.records[i].surface, digits, new)}")
        return out

    def found(
        self, kind: str, weighed: Weighed, template: str, operands: Sequence[int], result: int | None, stated: Reach, reason: str
    ) -> Finding:
        gap = None if weighed.value is None or stated.value is None else weighed.value - stated.value
        severity = "none"
        if weighed.verdict == "violated":
            severity = "last digit" if gap is not None and abs(gap) <= 2 * stated.step else "sense"
        return Finding(
            kind, weighed.verdict, self.formula(template, operands, result, _SIGN[weighed.verdict]),
            tuple(self.operand(i) for i in operands), None if result is None else self.operand(result), reason,
            computed=_range_text(weighed.value, weighed.low, weighed.high),
            stated=_range_text(stated.value, stated.low, stated.high),
            difference=decimal_text(gap), severity=severity,
        )  # fmt: skip

    def formula(self, template: str, operands: Sequence[int], result: int | None, sign: str) -> str:
        """223 + 40 + 78.1 = 341.1 万元: the unit once where all have the same."""
        indexes = [*operands, *([] if result is None else [result])]
        surfaces = [self.records[i].surface.replace("\n", "") for i in indexes]
        written = [_WRITTEN.fullmatch(s) for s in surfaces]
        units = {m["unit"] for m in written if m}
        shared = len(units) == 1 and all(written)
        shown = [m["number"] for m in written if m] if shared else surfaces
        last = ("100" if shared else "100%") if result is None else shown[-1]
        tail = f" {units.pop()}" if shared and units != {""} else ""
        return f"{template.format(*shown)} {sign} {last}{tail}"


def _moved(reach: Reach, shift: Fraction) -> Reach:
    """The same figure, misprinted by so much."""
    value, low, high = (None if v is None else v + shift for v in (reach.value, reach.low, reach.high))
    return reach._replace(value=value, low=low, high=high)


def _last_place(value: Fraction, step: Fraction) -> Fraction:
    """The size of the last digit that is not zero: 100 of 2100, 1000 of 一万四千."""
    written = value / step
    if written.denominator != 1 or not written:
        return step
    count = abs(written.numerator)
    place = 1
    while count % 10 == 0:
        count //= 10
        place *= 10
    return step * place


def _ratio_reach(surface: str, parts: Sequence[Fraction]) -> tuple[Fraction, Fraction]:
    """The least and the greatest quotient of a ratio such as 1:1.17."""
    decimals = [len(m[1] or "") for m in _RATIO_PART.finditer(surface)] or [0, 0]
    halves = [Fraction(1, 2 * 10**d) if d else Fraction(0) for d in decimals[:2]]
    if not any(halves):
        halves = [Fraction(1, 2) if p != 1 else Fraction(0) for p in parts]
    (a, b), (x, y) = parts, (halves if len(halves) == 2 else (Fraction(0), Fraction(0)))
    return (a - x) / (b + y), (a + x) / (b - y) if b > y else (a + x) / b


def _range_text(value: Fraction | None, low: Fraction | None, high: Fraction | None) -> str | None:
    if low is None and high is None:
        return decimal_text(value)
    if low == high:
        return decimal_text(low)
    return f"{_short(low)}..{_short(high)}"


def _short(number: Fraction | None) -> str:
    """A bound to read: exact where it is short, else to six digits."""
    if number is None:
        return ""
    exact = decimal_text(number) or ""
    return exact if len(exact) <= 14 and "/" not in exact else f"{float(number):.6g}"
