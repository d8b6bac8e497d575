"""Rate times count gives the amount: 每亩150元 × 8.6万亩 = 1290万元; several rates, counts and one sum; half a year's grant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import regex

from ..types import Finding
from .elsewhere import told_elsewhere
from .figures import Figures
from .product import LIST, PLAIN_WORDS, Product, Term
from .rates import Denominator, Rate, is_amount, is_count, rates_of

_TOTAL = regex.compile(r"总|共|合计|累计|计|全年")
_UNSAID = regex.compile("(?:(?P<month>月(?:工资|补贴|补助|津贴|报酬))|单价)(?:为|是)?$")  # 购置电脑45台,单价4200元
_STANDARD = regex.compile(r"标准(?:分别|均)?(?:为|是)?$")
_ITEM = regex.compile(r"[、和及]\p{Han}{1,6}(?<![共计总])")
_PAUSE = regex.compile("[,、;:()]")


def rate_times_count(page: Figures) -> Iterator[Finding]:
    """Amounts after a rate and a count, after several of both, and under rates that stand elsewhere in the document.

    >>> from zhreport import parse
    >>> [(f.verdict, f.formula) for f in rate_times_count(Figures(parse("油菜8.6万亩,按每亩150元的标准发放补贴1290万元。")))]
    [('holds', '每亩150元 × 8.6万亩 = 1290万元')]
    """
    rates = page.once(rates_of)
    done: set[int] = set()
    for group in _by_sentence(page, [*rates, *_standards(page), *_going_on(page, rates)]):
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
        unsaid = _UNSAID.search(page.region[i]) if not page.per[i] and page.role[i] == "level" else None
        if unsaid is not None and unsaid["month"]:
            out.append(Rate(i, Denominator(("人", "人次"), 1, (12, 1))))
        elif unsaid is not None and i and page.dimension[i - 1] == "count" and page.same_sentence(i - 1, i):
            out.append(Rate(i, Denominator((page.unit[i - 1],), 1, (1,))))
        if page.per[i] or page.role[i] != "level" or "标准" not in page.region[i] or not _STANDARD.search(page.region[i]):
            continue
        last = i
        while (
            last + 1 < len(page.records) and page.unit[last + 1] == page.unit[i] and LIST.fullmatch(page.between(last, last + 1))
        ):
            last += 1
        if last > i:
            out += [Rate(k, Denominator(("人", "人次", "户"), 1, (1,))) for k in range(i, last + 1)]
    return out


def _going_on(page: Figures, rates: Sequence[Rate]) -> list[Rate]:
    """每户发放仔猪2头、鸡苗30羽: the list goes on per household."""
    out: list[Rate] = []
    for rate in rates:
        k = rate.at + 1
        while k < len(page.records) and not page.per[k] and page.plain[k] and _ITEM.fullmatch(page.between(k - 1, k)):
            if page.unit[k] == page.unit[rate.at]:
                break  # 每人补助500元、共计3万元
            out.append(Rate(k, rate.per))
            k += 1
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
        if (
            ";" in page.between(before[-1].at, a)
            and not _for_all(page, before[-1].at)
            and len(PLAIN_WORDS.sub("", page.region[a - 1] + page.region[a])) > 2
        ):
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
        elif chosen is None and not options and (named := _from_named(page, rate, a)) is not None:
            chosen = Product(page, [Term(rate, (named,))])
        if chosen is not None:
            met.add(rate.at)
            yield chosen.finding(a, "按该标准计 / paid at this rate")
        elif not options:
            failed.append((rate, a))
        elif rate.at in met and _for_all(page, rate.at) and is_count(page, a - 1, rate) and a - 1 > rate.at:
            yield from Product(page, [Term(rate, (a - 1,))]).likely(a, "按该标准计 / paid at this rate", close=False)
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


def _for_all(page: Figures, i: int) -> bool:
    """标准均为每人每月80元:甲类惠及2075人,支出…;乙类…: what a list after a colon is paid by."""
    return page.folded.startswith(":", page.end[i]) or "均" in page.region[i][-4:]


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
    if len(near) > 1 and near[0] - near[1] == 1 and page.totals[near[0]] is None and page.totals[near[1]] is None:
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


def _from_named(page: Figures, rate: Rate, a: int) -> int | None:
    """全局48名干部职工…: a count of the same people in another section, where it fits: 干部职工消费帮扶人均380元,共计1.82万元."""
    told = page.region[rate.at] + page.name[rate.at]
    for j in page.earlier(rate.at, 200):
        if len(page.name[j]) > 2 and page.name[j] in told and is_count(page, j, rate) and page.totals[j] is None:
            product = Product(page, [Term(rate, (j,))])
            return j if product.verdict(a, rate.per.times[0]) in ("holds", "rounding") else None
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
    if options == [(a - 1,)] and len(PLAIN_WORDS.sub("", region)) <= 2:
        return options[0]  # 按每生每学期312.5元发放,惠及908人次,金额28.4万元
    whole = options[0][0]
    others = [o for o in options[1:] if len(o) == 1 and page.totals[o[0]] != whole]
    parts = [o[0] for o in options[1:] if len(o) == 1 and page.totals[o[0]] == whole]
    told = page.region[rate.at] + page.name[rate.at]
    named = any(page.name[p][:2] and page.name[p][:2] in told for p in parts)
    between = page.folded[page.end[rate.at] : page.start[a]]
    direct = "标准" in between + page.region[rate.at] or _TOTAL.search(region) or page.name[a] == page.name[rate.at]
    direct = direct or (a == rate.at + 1 and not _PAUSE.search(between))  # 按每生每学期850元免除107.78万元
    plain = len(PLAIN_WORDS.sub("", region)) <= 2  # 社会各界捐资30万元 is paid by others
    return (whole,) if not others and not named and direct and plain else None
