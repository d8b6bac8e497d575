"""Rate times count gives the amount: 每亩150元 × 8.6万亩 = 1290万元; several rates, counts and one sum; half a year's grant."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

import regex

from ..types import Finding
from .figures import Figures
from .rates import Denominator, Rate, is_amount, is_count, rates_of
from .weighing import Exact, Reach, beyond, span, weigh, whole

if TYPE_CHECKING:
    from ..lexicon import Lexicon

_FACTORS = {Fraction(1, 2): "半年 / half a year", 12: "全年12个月 / twelve months", 2: "两学期 / two terms",
            4: "四个季度 / four quarters"}  # fmt: skip
_TOTAL = regex.compile(r"总|共|合计|累计|计|全年")
_STANDARD = regex.compile(r"标准(?:分别|均)?(?:为|是)?$")
_LIST = regex.compile(r" ?(?:[、和与及]|以及) ?")
_PLAIN_WORDS = regex.compile(
    r"[,、;:()的约近已并按由将全年共计总额发放支付兑现投入资金补助补贴奖励资助经费安排落实下达拨付租金合累用于金额元]|投资|支出|收益|增收|产值|收入"
)


class Term(NamedTuple):
    """One rate with the counts that it is taken times."""

    rate: Rate
    counts: tuple[int, ...]


def rate_times_count(page: Figures) -> Iterator[Finding]:
    """Amounts after a rate and a count, after several of both, and under rates that stand elsewhere in the document.

    >>> from zhreport import parse
    >>> [(f.verdict, f.formula) for f in rate_times_count(Figures(parse("油菜8.6万亩,按每亩150元的标准发放补贴1290万元。")))]
    [('holds', '每亩150元 × 8.6万亩 = 1290万元')]
    """
    rates = page.once(rates_of)
    done: set[int] = set()
    for group in _by_sentence(page, [*rates, *_standards(page)]):
        for found in _sentence(page, group):
            if found.result and found.result.id:
                done.add(page.index[found.result.id])
            yield found
    yield from told_elsewhere(page, rates, done)


def _by_sentence(page: Figures, rates: Sequence[Rate]) -> Iterator[list[Rate]]:
    by_start: dict[int, list[Rate]] = {}
    for rate in sorted(rates, key=lambda r: r.at):
        by_start.setdefault(page.sentence[rate.at].start, []).append(rate)
    yield from by_start.values()


def _standards(page: Figures) -> list[Rate]:
    """特困1874人、低保14208人,资助标准分别为350元和210元: figures in a list of standards are per head, unsaid."""
    out = []
    for i in page.money:
        if page.per[i] or page.role[i] != "level" or "标准" not in page.region[i] or not _STANDARD.search(page.region[i]):
            continue
        last = i
        while (
            last + 1 < len(page.records) and page.unit[last + 1] == page.unit[i] and _LIST.fullmatch(page.between(last, last + 1))
        ):
            last += 1
        if last > i:
            out += [Rate(k, Denominator(("人", "人次", "户"), 1, (1,))) for k in range(i, last + 1)]
    return out


def _sentence(page: Figures, rates: list[Rate]) -> Iterator[Finding]:
    """The amounts of one sentence under its rates."""
    first, told = rates[0].at, {r.at for r in rates}
    shared: list[int] = []  # a count of the sentence before, once it has fitted
    failed: list[tuple[Rate, int]] = []
    met: set[int] = set()  # rates that have met an amount: 人均120元,42万人,5040万元,其中县级1512万元
    for a in range(first + 1, min(first + 25, len(page.records))):
        if not page.same_sentence(first, a):
            break
        before = [r for r in rates if r.at < a and is_amount(page, a, r)] if a not in told else []
        if not before:
            continue
        if ";" in page.between(before[-1].at, a) and len(_PLAIN_WORDS.sub("", page.region[a - 1] + page.region[a])) > 2:
            continue  # …标准每生每年2000元,共发放386人次;免学费1215人次、121.5万元: another thing is told of
        several = [r for r in before if r.per.units == before[-1].per.units]
        if len(several) > 1 and (found := _together(page, several, a)) is not None:
            yield found
            continue
        if len(several) > 1 and (terms := _alternating(page, several, a)) is not None:
            yield from Product(page, terms).likely(a, "各标准与各人数之和 / each rate times its count, together")
            continue
        rate = before[-1]
        options = _options(page, rate, a)
        products = (Product(page, [Term(rate, o)]) for o in options)
        chosen = next((p for p in products if p.factor(a) is not None), None)
        if chosen is None and not options and (far := _from_before(page, rate, a)) is not None:
            chosen, shared = Product(page, [Term(rate, (far,))]), [far]
        if chosen is not None:
            met.add(rate.at)
            yield chosen.finding(a, "按该标准计 / paid at this rate")
        elif not options:
            failed.append((rate, a))
        elif (
            rate.at not in met
            and (len(several) == 1 or _direct(page, options, a))
            and (sure := _surely(page, rate, options, a)) is not None
        ):
            yield from Product(page, [Term(rate, sure)]).likely(a, "按该标准计 / paid at this rate")
    for rate, a in failed:
        for count in shared:
            reason = "与同句另一标准同一人数 / the count of the other rate of the sentence"
            yield from Product(page, [Term(rate, (count,))]).likely(a, reason)


def _direct(page: Figures, options: Sequence[tuple[int, ...]], a: int) -> bool:
    """Whether the count right before an amount is its own: 惠及908人次,金额28.4万元; not 全县共补助3560人, of all rates."""
    said = page.region[a - 1]
    return list(options) == [(a - 1,)] and not _TOTAL.search(said) and not said.startswith((",全县", "全县", ",全乡", ",全镇"))


def _together(page: Figures, rates: list[Rate], a: int) -> Finding | None:
    """一等奖3名,每名5000元;二等奖6名,每名3000元,合计3.3万元; C级131户、D级83户,每户1万元、3万元."""
    for n in range(len(rates), 1, -1):
        chosen = rates[-n:]
        beside = [_beside(page, r) for r in chosen]
        options: list[list[int]] = [[b for b in beside if b is not None]]
        options += _runs(page, chosen, a, n)
        for counts in options:
            if len(counts) != n or len(set(counts)) != n:
                continue
            product = Product(page, [Term(r, (c,)) for r, c in zip(chosen, counts, strict=True)])
            if product.factor(a) is not None:
                return product.finding(a, "各标准与各人数之和 / each rate times its count, together")
    return None


def _alternating(page: Figures, rates: list[Rate], a: int) -> list[Term] | None:
    """大学生31人,每人3000元;高中生45人,每人2000元,发放18.3万元: every rate has its count beside it, and nothing else stands there."""
    beside = [_beside(page, r) for r in rates]
    counts = [b for b in beside if b is not None]
    between = [j for j in range(min(*counts, rates[0].at), a) if page.plain[j]] if len(counts) == len(rates) else []
    if len(set(counts)) != len(rates) or set(between) != {*counts, *(r.at for r in rates)}:
        return None
    return [Term(r, (c,)) for r, c in zip(rates, counts, strict=True)]


def _beside(page: Figures, rate: Rate) -> int | None:
    """The count right before or right after a rate."""
    for j in (rate.at - 1, rate.at + 1):
        if 0 <= j < len(page.records) and page.same_sentence(j, rate.at) and is_count(page, j, rate):
            return j
    return None


def _runs(page: Figures, rates: list[Rate], a: int, n: int) -> list[list[int]]:
    """The lists of as many counts as there are rates, in the sentence."""
    found = [j for j in range(max(0, rates[0].at - 20), a) if page.same_sentence(j, a) and is_count(page, j, rates[0])]
    return [found[k : k + n] for k in range(len(found) - n + 1)]


def _options(page: Figures, rate: Rate, a: int) -> list[tuple[int, ...]]:
    """The counts that a rate may be taken times, the likeliest first; two in one list together, too."""
    own = page.totals[a - 1] is None or page.totals[a] is not None  # not 860户,其中C级320户、D级540户,投入2150万元
    if a - 1 > rate.at and own and is_count(page, a - 1, rate) and not _TOTAL.search(page.region[a]):
        return [(a - 1,)]  # 2019年318人次、28.62万元,2020年342人次、30.78万元
    near = [j for j in range(a - 1, rate.at, -1) if is_count(page, j, rate)]
    near += [j for j in page.prior(rate.at) if is_count(page, j, rate)]
    ranked = sorted(near, key=lambda j: page.totals[j] in near)  # 45座 before its 12座
    out: list[tuple[int, ...]] = [(j,) for j in ranked[:4]]
    apart = len(near) > 1 and page.totals[near[0]] != near[1] and page.totals[near[1]] != near[0]
    if apart and near[0] - near[1] == 1:
        out.append((near[1], near[0]))
    return out


def _from_before(page: Figures, rate: Rate, a: int) -> int | None:
    """A count of the sentences before, where it fits exactly: 居民医保42.67万人。…个人缴费每人350元,计14934.5万元."""
    for j in page.earlier(rate.at, 10):
        if page.section[j] != page.section[a]:
            return None
        fits = is_count(page, j, rate) and not page.same_sentence(j, a)
        if fits and Product(page, [Term(rate, (j,))]).verdict(a, rate.per.times[0]) == "holds":
            return j
    return None


def _surely(page: Figures, rate: Rate, options: list[tuple[int, ...]], a: int) -> tuple[int, ...] | None:
    """The counts that an amount must have been paid for, where the words leave no other; None where they do."""
    region = page.region[a]
    if any(page.unit[k] == page.unit[a] and page.plain[k] for k in range(rate.at + 1, a)):
        return None  # 每人500元及价值200元的慰问品,合计8.82万元
    if page.end[a] - page.start[rate.at] > 80 or any(t in ("日", "天") for t in page.per[rate.at]):
        return None
    if len(options[-1]) > 1 and _TOTAL.search(region):
        return options[-1]  # 享受生活补贴2160人、护理补贴3240人,共发放518.4万元: for both together
    if options == [(a - 1,)] and len(_PLAIN_WORDS.sub("", region)) <= 2:
        return options[0]  # 按每生每学期312.5元发放,惠及908人次,金额28.4万元
    whole = options[0][0]
    others = [o for o in options[1:] if len(o) == 1 and page.totals[o[0]] != whole]
    parts = [o[0] for o in options[1:] if len(o) == 1 and page.totals[o[0]] == whole]
    told = page.region[rate.at] + page.name[rate.at]
    named = any(page.name[p][:2] and page.name[p][:2] in told for p in parts)
    between = page.folded[page.end[rate.at] : page.start[a]]
    direct = "标准" in between + page.region[rate.at] or _TOTAL.search(region) or page.name[a] == page.name[rate.at]
    plain = len(_PLAIN_WORDS.sub("", region)) <= 2  # 社会各界捐资30万元 is paid by others
    return (whole,) if not others and not named and direct and plain else None


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

    def factor(self, a: int) -> Exact | None:
        """The factor with which rates times counts meet the amount."""
        return next((f for f in self.terms[0].rate.per.times if self.verdict(a, f) in ("holds", "rounding")), None)

    def finding(self, a: int, reason: str, factor: Exact | None = None) -> Finding:
        per = self.terms[0].rate.per
        factor = factor or self.factor(a) or per.times[0]
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
        remark = "" if factor == 1 else f"系数 {factor}：{_FACTORS.get(factor, '')}"
        return self.page.claim(
            "rate_times_count", template, self.operands, a, self.made(factor), [1] * len(self.operands), reason,
            remark=remark, reaches=self.reaches,
        )  # fmt: skip

    def likely(self, a: int, reason: str) -> list[Finding]:
        """A product that fails, for the factor under which a misprint explains it."""
        for factor in self.terms[0].rate.per.times:
            told = self.finding(a, reason, factor)
            if found := self.page.likely(told, self.made(factor), [1] * len(self.operands)):
                return found
        return []


def _set(page: Figures, i: int, rate: Rate) -> Reach:
    """A rate that is set stands for itself (每套185元); an average (人均900元, 每万人2.3件) is rounded like any other figure."""
    reach = page.reach(i)
    if not reach.exact or reach.value is None or rate.per.many != 1:
        return reach
    mean = any(w in page.region[i] + page.surface[i] for w in ("均", "约", "左右"))
    return reach if mean else reach._replace(low=reach.value, high=reach.value)


# Rates in one place, counts and amounts in another: 小学每生每年1000元 … 小学1039人次,资助资金51.95万元.


@functools.lru_cache(maxsize=8)
def _classes(lexicon: Lexicon) -> tuple[regex.Pattern, dict[str, str]]:
    words = lexicon.words("cues", "class_word")
    return regex.compile(lexicon.pattern("cues", "class_word")), words


def _class_of(page: Figures, i: int) -> str | None:
    """The class of people that a figure is told of: the last one named before it in its sentence."""
    pattern, words = _classes(page.lexicon)
    start = max(page.sentence[i].start, page.start[i] - 80)
    found = None
    for m in pattern.finditer(page.folded, start, page.end[i] + 8 if page.records[i].quantity.unit == "1" else page.start[i]):
        found = m
    return words[found[0]] if found else None


def _classes_of(page: Figures, i: int) -> set[str]:
    """普通高中、中职助学金均为每生每年2000元: a rate may be told of several classes."""
    pattern, words = _classes(page.lexicon)
    joined = page.folded[page.end[i - 1] if i and page.same_sentence(i - 1, i) else page.sentence[i].start : page.start[i]]
    own = {words[m[0]] for m in pattern.finditer(joined.rpartition(",")[2])} if "均" in joined else set()
    last = _class_of(page, i)
    return own or ({last} if last else set())


def _pairs(page: Figures) -> Iterator[tuple[int, int]]:
    """Counts of people and the amounts beside them: 199人次,资金14.925万元; 小学1620人、初中2384人,分别发放162万元和298万元."""
    for a in page.money:
        if not a or page.unit[a - 1] not in ("人", "人次") or not page.same_sentence(a, a - 1):
            continue
        if "分别" not in page.region[a]:
            if len(page.between(a - 1, a)) <= 12:
                yield a - 1, a
            continue
        last = a
        while (
            last + 1 < len(page.records) and page.dimension[last + 1] == "money" and _LIST.fullmatch(page.between(last, last + 1))
        ):
            last += 1
        n = last - a + 1
        if a >= n and all(page.unit[k] in ("人", "人次") and page.same_sentence(k, a) for k in range(a - n, a)):
            yield from ((a - n + k, a + k) for k in range(n))


def by_name(page: Figures, rates: Sequence[Rate], b: int) -> bool:
    """Whether one of some rates is told of the very thing that a count is told of: two characters of their names agree."""
    told = page.region[b] + page.name[b]
    return any(page.name[r.at][-2:] in told for r in rates if len(page.name[r.at]) > 1)


def told_elsewhere(page: Figures, rates: Sequence[Rate], done: set[int]) -> Iterator[Finding]:
    by_class: dict[tuple[int | None, str], list[Rate]] = {}
    for rate in rates:
        if rate.per.units == ("人", "人次") and page.dimension[rate.at] == "money":
            for named in _classes_of(page, rate.at):
                by_class.setdefault((page.document[rate.at], named), []).append(rate)
    if not by_class:
        return
    lists: dict[tuple[int | None, int], list[tuple[Product, int]]] = {}
    for b, a in _pairs(page):
        if a in done:
            continue
        options = by_class.get((page.document[a], _class_of(page, b) or ""), [])
        options = [r for r in options if is_amount(page, a, r) and is_count(page, b, r)]
        if not options:
            continue
        apart = ";" in page.folded[page.end[options[-1].at] : page.start[b]]
        if (
            apart
            and page.same_sentence(options[-1].at, b)
            and len(_PLAIN_WORDS.sub("", page.region[b])) > 2
            and not by_name(page, options, b)
        ):
            continue
        products = [Product(page, [Term(rate, (b,))]) for rate in options]
        told = next((p for p in products if p.factor(a) is not None), products[-1])
        lists.setdefault((page.totals[a], page.sentence[a].start), []).append((told, a))
    for pairs in lists.values():
        factors = [product.factor(a) for product, a in pairs]
        known = [f for f in factors if f is not None]
        if not known:
            continue
        usual = max(set(known), key=known.count)
        most = known.count(usual) >= 2 and 2 * known.count(usual) > len(pairs)
        for (product, a), factor in zip(pairs, factors, strict=True):
            if factor is not None or most:
                yield product.finding(a, "同一对象的标准、人数与金额 / rate, count and amount of one class", factor or usual)
