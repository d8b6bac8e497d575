"""What is left when one figure is taken from another: balances by their definition, what remains to be done, gaps between rates."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from fractions import Fraction
from operator import sub
from typing import TYPE_CHECKING, NamedTuple

import regex

from ..types import Finding
from .figures import Figures
from .weighing import Exact

if TYPE_CHECKING:
    from ..lexicon import Lexicon

_STOCK = regex.compile("累计|滚存|历年|净结余")
_CARRIED = regex.compile("上年结转|上年结余|结转收入")
_NET = frozenset(("净增", "净减"))  # of what came and went in one sentence
# 快于城镇居民2.6个百分点, 比全省平均高3.2个百分点
_GAP = regex.compile(
    r"(?:(?P<up>高于|快于|高出|快过|领先)|(?P<down>低于|慢于|落后))(?P<than>[^,;。:]{2,12}?)(?:约|近)?$"
    r"|[比较](?P<of>[^,;。:]{2,12}?)(?:(?P<higher>高|快|高出)|(?P<lower>低|慢))(?:了|约|近)?$"
)
_MORE = regex.compile(r"比(?P<than>[^,;。:年期]{2,8}?)(?:(?P<more>多|高|大)|少|低|小)(?:出|了)?$")
_DONE = regex.compile("已|拨付|兑付|支出|到位|合格|达标|参保|实[收征缴际]|完成|消除|脱贫|退出|办结|实现|实施|整改|化解|销号|竣工")
_BEFORE, _FAR = 14, 60  # figures before a remainder that are looked at; for 15户46人, which two figures must fit, more


class _Words(NamedTuple):
    """The words of one lexicon that tell what is left of two figures, and what remains of a task."""

    left: regex.Pattern
    remaining: regex.Pattern
    balances: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]


@functools.lru_cache(maxsize=8)
def _words(lexicon: Lexicon) -> _Words:
    left, remaining = (regex.compile(lexicon.pattern("cues", kind)) for kind in ("balance", "remaining"))
    return _Words(left, remaining, lexicon.pairs("cues", "balance"))


def balances(page: Figures) -> Iterator[Finding]:
    """Income less expenditure is what is left; all less what is done remains; the gap of two rates is told in points.

    >>> from zhreport import parse
    >>> text = "城镇居民收入增长4.1%,农村居民收入增长6.7%,增速快于城镇居民2.6个百分点。"
    >>> [(f.verdict, f.formula) for f in balances(Figures(parse(text)))]
    [('holds', '6.7% - 4.1% = 2.6个百分点')]
    """
    words = _words(page.lexicon)
    for i in sorted(page.told_of(words.left)):
        if page.value[i] is not None:
            yield from _balance(page, i, words)
    for i in sorted(page.told_of(words.remaining)):
        if page.plain[i] and words.remaining.search(page.region[i]):
            yield from _remainder(page, i)
    for i, unit in enumerate(page.unit):
        if unit == "百分点" and page.value[i] is not None and (m := _GAP.search(page.region[i])):
            yield from _gap(page, i, m)
        elif page.plain[i] and (m := _MORE.search(page.region[i])):
            yield from _more_than(page, i, m["than"], 1 if m["more"] else -1)


def _balance(page: Figures, i: int, words: _Words) -> list[Finding]:
    """收入总计43.1亿元,支出总计42.28亿元,年终结余8200万元; 出生率7.2‰,死亡率7.9‰,自然增长率-0.7‰."""
    told = page.told[i]
    if _STOCK.search(told) or page.folded.startswith("(含", page.end[i]):
        return []  # 累计结余18645万元 is of all years, not of this one
    for word, minuend, subtrahend in words.balances:
        if word not in told:
            continue
        near = word[:2] in _NET
        if near and not page.region[i].endswith((word, word + "了")):
            continue  # 净增规上企业12家 of all that came and went
        found: dict[int, int] = {}
        for j in page.earlier(i, 6 if near else 30):
            if page.section[j] != page.section[i] or (near and not page.same_sentence(i, j)):
                break
            said = page.told[j]
            if _CARRIED.search(said) and "总计" not in "".join(minuend):
                return []  # 上年结转1.2亿元,本年收入38.6亿元,本年支出38.1亿元,年终结余1.7亿元
            if page.unit[j] != page.unit[i] or page.totals[j] is not None or _STOCK.search(said):
                continue
            said = page.region[j] if near else said
            for k, need in ((1, subtrahend), (0, minuend)):
                if k not in found and any(w in said for w in need):
                    found[k] = j
                    break
        if len(found) == 2:
            reason = f"{word}＝{'|'.join(minuend)}－{'|'.join(subtrahend)} / by its definition"
            told_of = page.claim("difference", "{0} - {1}", [found[0], found[1]], i, sub, [1, -1], reason)
            return page.likely(told_of, sub, [1, -1])
    return []


def _remainder(page: Figures, i: int) -> Iterator[Finding]:
    """监测对象1206户4315人,已消除风险845户3016人,…剩余未消除风险的361户1299人: claimed where it is exact."""
    twin = _twins(page, i)
    near = [
        j
        for j in page.earlier(i, _FAR if twin else _BEFORE)
        if page.unit[j] == page.unit[i] and page.plain[j] and not page.per[j]
    ]
    near = [j for j in near if page.status[j] == page.status[i] and page.role[j] in ("level", "to")]
    for done in near:
        if not _DONE.search(page.region[done]):
            continue
        for whole in near:
            if whole == done or not _left(page, whole, done, i):
                continue
            both = twin and all(_twins(page, k) for k in (whole, done)) and _left(page, whole + 1, done + 1, i + 1)
            if (page.value[i] or 0) < 10 and not page.same_sentence(whole, i):
                continue
            if not both and page.section[whole] != page.section[i] and i - whole > _BEFORE:
                continue
            yield _taken(page, whole, done, i)
            if both:
                yield _taken(page, whole + 1, done + 1, i + 1)
            return


def _left(page: Figures, whole: int, done: int, i: int) -> bool:
    a, b, c = page.value[whole], page.value[done], page.value[i]
    return (
        a is not None and b is not None and c is not None and a - b == c and page.unit[whole] == page.unit[done] == page.unit[i]
    )


def _taken(page: Figures, whole: int, done: int, i: int) -> Finding:
    return page.claim("difference", "{0} - {1}", [whole, done], i, sub, [1, -1], "总数减去已完成数 / all less what is done")


def _twins(page: Figures, i: int) -> bool:
    """Whether the next figure stands right behind this one: 361户1299人."""
    return i + 1 < len(page.records) and page.end[i] == page.start[i + 1]


def _gap(page: Figures, i: int, m: regex.Match) -> list[Finding]:
    """农村居民收入增长6.7%,快于城镇居民2.6个百分点: the rate that it is set against stands in the sentence, told of that name."""
    than = (m["than"] or m["of"]).removeprefix("全").removesuffix("水平").removesuffix("平均")
    if len(than) < 2 or than[-1] in "年期末初":
        return []
    before = [j for j in page.prior(i, 8) if page.dimension[j] == "percentage" and page.value[j] is not None]
    if not before:
        return []
    own = before[0]
    other = next((j for j in before[1:] if page.role[j] == page.role[own] and than in page.told[j]), None)
    if other is None or than in page.told[own]:
        return []
    pair = [own, other] if m["up"] or m["higher"] else [other, own]
    finding = page.claim("difference", "{0} - {1}", pair, i, _points, [1, -1], f"与“{than}”相比 / set against {than}")
    return page.likely(finding, _points, [1, -1])


def _more_than(page: Figures, i: int, than: str, sign: int) -> Iterator[Finding]:
    """甲村收入42万元,乙村收入35万元,甲村比乙村多7万元: claimed where it is exact."""
    near = [j for j in page.prior(i, 8) if page.unit[j] == page.unit[i] and page.plain[j] and not page.per[j]]
    for other in near:
        if than not in page.told[other]:
            continue
        for own in near:
            pair = (own, other) if sign > 0 else (other, own)
            if own != other and than not in page.told[own] and _left(page, *pair, i):
                yield page.claim("difference", "{0} - {1}", list(pair), i, sub, [1, -1], f"与“{than}”相比 / set against {than}")
                return


def _points(a: Exact, b: Exact) -> Exact:
    return Fraction((a - b) * 100)
