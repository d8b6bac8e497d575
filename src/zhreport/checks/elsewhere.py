"""Rates in one place, counts and amounts in another: 小学每生每年1000元 … 小学1039人次,资助资金51.95万元."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import regex

from ..types import Finding
from .figures import Figures
from .product import LIST, PLAIN_WORDS, Product, Term
from .rates import Rate, is_amount, is_count

if TYPE_CHECKING:
    from ..lexicon import Lexicon


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
            last + 1 < len(page.records) and page.dimension[last + 1] == "money" and LIST.fullmatch(page.between(last, last + 1))
        ):
            last += 1
        n = last - a + 1
        if a >= n and all(page.unit[k] in ("人", "人次") and page.same_sentence(k, a) for k in range(a - n, a)):
            yield from ((a - n + k, a + k) for k in range(n))


def _by_name(page: Figures, rates: Sequence[Rate], b: int) -> bool:
    """Whether one of some rates is told of the very thing that a count is told of: two characters of their names agree."""
    told = page.region[b] + page.name[b]
    return any(page.name[r.at][-2:] in told for r in rates if len(page.name[r.at]) > 1)


def told_elsewhere(page: Figures, rates: Sequence[Rate], done: set[int]) -> Iterator[Finding]:
    """Counts and amounts under rates that the document tells of their class, or that their section sets before them."""
    by_class: dict[tuple[int | None, str], list[Rate]] = {}
    by_section: dict[int, list[Rate]] = {}
    for rate in rates:
        if rate.per.units == ("人", "人次") and page.dimension[rate.at] == "money":
            for named in _classes_of(page, rate.at):
                by_class.setdefault((page.document[rate.at], named), []).append(rate)
            if (home := page.section[rate.at]) is not None:
                by_section.setdefault(home, []).append(rate)
    if not by_class and not by_section:
        return
    lists: dict[tuple[int | None, int], list[tuple[Product, int]]] = {}
    for b, a in _pairs(page):
        if a in done:
            continue
        of = _class_of(page, b)
        options = by_class.get((page.document[a], of or ""), [])
        if of is None and len(alone := by_section.get(page.section[a] or 0, [])) == 1 and alone[0].at < b:
            options = alone  # 标准提高到每生每年1000元。春季学期资助1058人次、52.9万元
        options = [r for r in options if is_amount(page, a, r) and is_count(page, b, r) and not _items_apart(page, r.at, b)]
        if not options:
            continue
        apart = ";" in page.folded[page.end[options[-1].at] : page.start[b]]
        if (
            apart
            and page.same_sentence(options[-1].at, b)
            and len(PLAIN_WORDS.sub("", page.region[b])) > 2
            and not _by_name(page, options, b)
        ):
            continue
        products = [Product(page, [Term(rate, (b,))]) for rate in options]
        told = next((p for p in products if p.factor(a) is not None), products[-1])
        lists.setdefault((page.totals[a], page.sentence[a].start), []).append((told, a))
    reason = "同一对象的标准、人数与金额 / rate, count and amount of one class"
    for pairs in lists.values():
        factors = [product.factor(a) for product, a in pairs]
        known = [f for f in factors if f is not None]
        if not known:
            continue
        usual = max(set(known), key=known.count)
        most = known.count(usual) >= 2 and 2 * known.count(usual) > len(pairs)
        for (product, a), factor in zip(pairs, factors, strict=True):
            if factor is not None or most:
                yield product.finding(a, reason, factor or usual)
            elif len(pairs) == 2:
                finding = product.finding(a, reason, usual)
                yield from page.likely(finding, product.made(usual), [1] * len(product.operands), close=False)


def _items_apart(page: Figures, i: int, j: int) -> bool:
    """Whether two figures stand in two items of one line: 1.助学金。… 2.免学费。…; what is set in the one is not set in the other."""
    return page.section[i] != page.section[j] and "\n" not in page.between(min(i, j), max(i, j))
