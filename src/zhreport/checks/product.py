"""A product of rates and counts, to be set against amounts: each rate times its counts, over a year, a term or so many days."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple

import regex

from ..types import Finding
from .figures import Figures
from .rates import Rate
from .weighing import Exact, Reach, beyond, span, weigh, whole

_FACTORS = {Fraction(1, 2): "半年 / half a year", 12: "全年12个月 / twelve months", 2: "两学期 / two terms",
            4: "四个季度 / four quarters"}  # fmt: skip

LIST = regex.compile(r" ?(?:[、和与及]|以及) ?")
PLAIN_WORDS = regex.compile(
    r"[,、;:()的约近已并按由将全年共计总额发放支付兑现投入资金补助补贴奖励资助经费安排落实下达拨付租金合累用于金额元]|投资|支出|免除|减免|学费|收益|增收|产值|收入"
)


class Term(NamedTuple):
    """One rate with the counts that it is taken times."""

    rate: Rate
    counts: tuple[int, ...]


def _months(period: str | None) -> int | None:
    """How many months of a year a period tells, from its first: 11 of 2022-11 and of 2022-01/2022-11; None of a whole year."""
    first, _, last = (period or "").partition("/")
    end = (last or first)[5:7]
    whole_year = not end.isdigit() or int(end) == 12
    from_the_first = not last or (first[5:7] == "01" and first[:4] == last[:4])
    return int(end) if from_the_first and not whole_year else None


def _days(page: Figures, rate: Rate) -> int | None:
    """按200天计: over how many days a daily rate is paid."""
    if not any(p in ("日", "天") for p in page.per[rate.at]):
        return None
    near = [j for j in range(max(0, rate.at - 6), min(len(page.records), rate.at + 6)) if page.same_sentence(j, rate.at)]
    return next((j for j in near if page.unit[j] == "天" and page.value[j]), None)


class Product:
    """Rates taken times their counts, to be set against amounts."""

    __slots__ = ("_days", "_least", "_most", "_size", "operands", "page", "reaches", "terms")

    def __init__(self, page: Figures, terms: list[Term]) -> None:
        self.page, self.terms = page, terms
        self.operands = [x for t in terms for x in (t.rate.at, *t.counts)]
        self._days = _days(page, terms[0].rate) if len(terms) == 1 else None
        if self._days is not None:
            self.operands.append(self._days)
        rates = {t.rate.at: t.rate for t in terms}
        self.reaches = [_set(page, i, rates[i]) if i in rates else page.reach(i) for i in self.operands]
        self._size = terms[0].rate.per.size
        total = self.made(1)
        spans = [span(r) for r in self.reaches]
        self._least, self._most = (float(total(*ends)) for ends in ([s[0] for s in spans], [s[1] for s in spans]))

    def made(self, factor: Exact) -> Callable[..., Exact]:
        """The amount that the operands make: each rate times the sum of its counts, over all days where they are told."""
        lengths, scale, days = [len(t.counts) for t in self.terms], whole(Fraction(factor, self._size)), self._days is not None

        def made(*values: Exact) -> Exact:
            total: Exact = 0
            at = 0
            for n in lengths:
                total += values[at] * sum(values[at + 1 : at + 1 + n])
                at += 1 + n
            return total * scale * values[-1] if days else total * scale

        return made

    def verdict(self, a: int, factor: Exact) -> str:
        if self._least >= 0 and beyond(self._least * factor, self._most * factor, self.page.span(a)):
            return "violated"
        return weigh(self.made(factor), [1] * len(self.reaches), self.reaches, self.page.reach(a)).verdict

    def times(self, a: int) -> tuple[Exact, ...]:
        """The factors that an amount may be made with, the likeliest first; 截至11月底 a monthly rate was paid eleven times."""
        usual = self.terms[0].rate.per.times
        months = _months(self.page.period[a]) if 12 in usual else None
        return usual if months is None else (months, *(f for f in usual if f not in (12, months)))

    def factor(self, a: int) -> Exact | None:
        """The factor with which rates times counts meet the amount."""
        return next((f for f in self.times(a) if self.verdict(a, f) in ("holds", "rounding")), None)

    def finding(self, a: int, reason: str, factor: Exact | None = None) -> Finding:
        per = self.terms[0].rate.per
        factor = factor or self.factor(a) or self.times(a)[0]
        scale = whole(Fraction(factor, per.many))
        written, at = [], 0
        for t in self.terms:
            counts = " + ".join(f"{{{at + 1 + k}}}" for k in range(len(t.counts)))
            written.append(f"{{{at}}} × {counts}" if len(t.counts) == 1 else f"{{{at}}} × ({counts})")
            at += 1 + len(t.counts)
        template = " + ".join(written)
        template += f" × {{{at}}}" if len(self.operands) > at else ""
        if scale != 1:
            template = f"({template}) × {scale}" if len(self.terms) > 1 else f"{template} × {scale}"
        remark = "" if factor == 1 else f"系数 {factor}：{_FACTORS.get(factor) or f'{factor}个月 / so many months'}"
        return self.page.claim(
            "rate_times_count", template, self.operands, a, self.made(factor), [1] * len(self.operands), reason,
            remark=remark, reaches=self.reaches,
        )  # fmt: skip

    def likely(self, a: int, reason: str, close: bool = True) -> list[Finding]:
        """A product that fails, for the factor under which a misprint explains it."""
        for factor in self.times(a):
            told = self.finding(a, reason, factor)
            if found := self.page.likely(told, self.made(factor), [1] * len(self.operands), close):
                return found
        return []


def _set(page: Figures, i: int, rate: Rate) -> Reach:
    """A rate that is set stands for itself (每套185元); an average (人均900元, 每万人2.3件) is rounded like any other figure."""
    reach = page.reach(i)
    if not reach.exact or reach.value is None or rate.per.many != 1:
        return reach
    mean = any(w in page.region[i] + page.surface[i] for w in ("均", "约", "左右"))
    return reach if mean else reach._replace(low=reach.value, high=reach.value)
