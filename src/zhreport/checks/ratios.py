"""Shares, rates of completion, named rates and ratios against their numerator and denominator."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import regex

from ..types import Finding
from .figures import Figures, weigh

if TYPE_CHECKING:
    from ..lexicon import Lexicon

_OF = regex.compile(r"的(?:约|近|将近|超过?|比例|比重)?")
_OWNER = regex.compile(
    r"占(?:到|了|有)?(?:全[县市区镇乡村省国部]|我[县市区镇乡村])?(?P<whole>[^,;。:()\d]*?)(?:的?(?:比重|比例|比率|占比)?[分别均都]*(?:为|达到?|是|超过?|近|约)?|的)$"
)
# 按期办结率 is of those that were due, not of all
_NARROWED = regex.compile("(?:按期|及时|按时|法定|当场|一次)")
_COUNT_WORD = regex.compile(r"(?:总[数量额]|数量|总人数|人数|户数|总)$")


@dataclass(frozen=True, slots=True)
class RatioWords:
    """The words of one lexicon that tell of a quotient."""

    rate: regex.Pattern
    unbounded: regex.Pattern
    own: regex.Pattern  # rates whose two figures are never the two before them: 债务率, 死亡率
    quotients: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]


@functools.lru_cache(maxsize=8)
def ratio_words(lexicon: Lexicon) -> RatioWords:
    quotients = []
    for name, value in lexicon.words("cues", "quotient").items():
        above, below = value.split(" ")
        quotients.append((name, tuple(above.split("|")), tuple(below.split("|"))))
    return RatioWords(
        regex.compile(rf"{lexicon.pattern('cues', 'rate_noun')}$"),
        regex.compile(rf"{lexicon.pattern('cues', 'unbounded_rate')}$"),
        regex.compile(rf"{lexicon.pattern('cues', 'own_rate')}$"),
        tuple(quotients),
    )


def ratios(page: Figures) -> Iterator[Finding]:
    """A stated share, rate or ratio against the two figures that it comes from.

    >>> from zhreport import parse
    >>> [(f.verdict, f.formula) for f in ratios(Figures(parse("完成投资38.6亿元,占年度计划45亿元的87.5%。")))]
    [('violated', '38.6亿元 / 45亿元 ≠ 87.5%')]
    """
    words = ratio_words(page.lexicon)
    for i, r in enumerate(page.records):
        if page.dimension(i) not in ("percentage", "ratio", "multiple") or r.role in ("increase", "decrease", "from", "limit"):
            continue
        if r.quantity.shape == "ratio":
            found = _pair(page, i, words)
        else:
            found = next((f for rule in (_yardstick, _share, _rate) if (f := rule(page, i, words))), [])
        yield from found


def quotient(a: Fraction, b: Fraction) -> Fraction:
    return a / b


def _claim(page: Figures, a: int, b: int, i: int, reason: str) -> list[Finding]:
    return [page.claim("ratio", "{0} / {1}", [a, b], i, quotient, [1, -1], reason)]


def _likely(page: Figures, a: int, b: int, i: int, reason: str) -> list[Finding]:
    return page.likely(_claim(page, a, b, i, reason)[0], quotient, [1, -1])


def _counted(page: Figures, j: int) -> bool:
    """Whether a figure can be a part of something: how much there is, not by how much it changed, no rate, no score."""
    r = page.records[j]
    return (
        page.plain(j) and not r.per and r.quantity.unit != "分" and not (r.role != "level" and r.base) and not page.yardstick(j)
    )


def fits(page: Figures, a: int, b: int, i: int) -> bool:
    return weigh(quotient, [1, -1], [page.reaches[a], page.reaches[b]], page.reaches[i]).verdict in ("holds", "rounding")


def _yardstick(page: Figures, i: int, words: RatioWords) -> list[Finding]:
    """占年度计划45亿元的87.5%, 完成目标任务4500人的107.2%, 是上年4.8亿元的1.8倍."""
    b = i - 1
    if b < 0 or not page.same_sentence(b, i) or not page.plain(b) or not _OF.fullmatch(page.between(b, i)):
        return []
    a = next(
        (j for j in page.prior(b) if _counted(page, j) and page.unit(j) == page.unit(b) and page.records[j].role != "decrease"),
        None,
    )
    return [] if a is None else _claim(page, a, b, i, f"“{page.region(b)}…的” / measured against it")


def _share(page: Figures, i: int, words: RatioWords) -> list[Finding]:
    """占64.0%, 占比68.5%, 占一般公共预算支出的63.7%, 占监测户数、人数的比例均为70%."""
    if _listed_shares(page, i):
        return _in_order(page, i)
    said = _said(page, i)
    before = [j for j in page.prior(i) if _counted(page, j)]
    if not said or not before:
        return []
    if page.dimension(i - 1) in ("age", "duration"):
        return []  # 35岁以下占28.6%: whose number is not told
    m = _OWNER.search(said)
    whole = (m["whole"] if m else "").strip("的、")
    a = before[0]
    subject = regex.search(r"(?P<x>\p{L}{1,10}?)占", said)
    if (
        subject
        and not regex.search("^(?:所|约|仅|均|分别|各|其|也|就|共|已|只)+$", subject["x"])
        and not page.name(a).startswith(subject["x"])
    ):
        return _named_share(page, i, a, subject["x"])  # 税收占比68%: the share is not of the figure before it
    if "均" in said[-4:] and page.totals[a] is not None:
        return [
            f
            for j in reversed(before[:4])
            if (t := page.totals[j]) is not None and page.plain(t)
            for f in _claim(page, j, t, i, f"“{said}” / said of both")
        ]
    reason = f"“{said.strip(',;')}” / a share of it"
    noun = _COUNT_WORD.sub("", whole)
    if noun and noun not in ("比", "其", "其中"):
        return _of_named(page, a, i, noun, reason)
    total = page.totals[a]
    if total is not None and page.plain(total):
        return _claim(page, a, total, i, reason)
    return _of_near(page, a, i, reason)


def _said(page: Figures, i: int) -> str:
    """The words from 占 on that a share is told by; empty where there are none."""
    start = page.records[i].start
    clause = page.folded[page.clauses.clause_start(start) : start]
    region = page.region(i)
    if "占" in region:
        return region
    if "占" in clause and not any(c.isdigit() for c in clause):
        return clause
    if i and _same_list(page, i):
        return ""
    back = page.folded[max(page.records[i].sentence.start, start - 40) : start]
    at = back.rfind("占")
    return back[at:] if at >= 0 and not any(c.isdigit() or c in ",;" for c in back[at:]) else ""


def _named_share(page: Figures, i: int, whole: int, name: str) -> list[Finding]:
    """一般公共预算收入16.28亿元,税收占比68%(税收11.07亿元): the share names its numerator, which the sentence tells apart."""
    near = [j for j in range(max(0, i - 8), min(i + 3, len(page.records))) if page.same_sentence(i, j) and _counted(page, j)]
    for j in near:
        named = page.name(j).endswith(name) or page.name(j).startswith(name)
        if j != whole and page.unit(j) == page.unit(whole) and named:
            total = page.totals[j]
            wholes = [total] if total is not None else [k for k in near if k != j and page.unit(k) == page.unit(j)]
            for k in wholes:
                if fits(page, j, k, i) or total is not None:
                    return _claim(page, j, k, i, f"“{name}占比” / a share of it")
    return []


def _of_named(page: Figures, a: int, i: int, noun: str, reason: str) -> list[Finding]:
    """The figure that the text names: 占一般公共预算支出的63.7%."""
    same = [j for j in page.earlier(a) if page.unit(j) == page.unit(a) and _counted(page, j)]
    named = [j for j in same if noun in page.name(j) + page.region(j) and (page.value(j) or 0) >= (page.value(a) or 0)]
    if named:
        return _claim(page, a, named[0], i, reason)
    return next((_claim(page, a, j, i, reason) for j in same[:12] if fits(page, a, j, i)), [])


def _of_near(page: Figures, a: int, i: int, reason: str) -> list[Finding]:
    """What a bare 占 is of: a figure before it, or a sum that follows; never a sibling that has a share of its own."""
    status = page.records[a].status
    near = [j for j in page.prior(a) if page.unit(j) == page.unit(a) and _counted(page, j) and page.records[j].status == status]
    near = [j for j in near if not _has_share(page, j)]
    for j in range(i + 1, min(i + 9, len(page.records))):
        if (
            page.same_sentence(i, j)
            and page.unit(j) == page.unit(a)
            and regex.search("共|合计|总", page.region(j))
            and fits(page, a, j, i)
        ):
            return _claim(page, a, j, i, reason)
    for j in near:
        if (page.value(j) or 0) >= (page.value(a) or 0) and fits(page, a, j, i):
            return _claim(page, a, j, i, reason)
    return _likely(page, a, near[0], i, reason) if near else []


def _has_share(page: Figures, j: int) -> bool:
    """Whether the figure after j is its share: 良好120人占40%."""
    after = j + 1
    return after < len(page.records) and page.records[after].role == "share" and page.region(after).lstrip(",").startswith("占")


def _same_list(page: Figures, i: int) -> bool:
    return page.same_sentence(i - 1, i) and page.between(i - 1, i).strip() in ("、", "和", "与", "及", ",")


def _listed_shares(page: Figures, i: int) -> bool:
    """Whether this share is one of a list that 分别 gives out."""
    return page.records[i].role == "share" and (
        (i > 0 and _same_list(page, i) and page.dimension(i - 1) == "percentage")
        or (i + 1 < len(page.records) and _same_list(page, i + 1) and page.dimension(i + 1) == "percentage")
    )


def _in_order(page: Figures, i: int) -> list[Finding]:
    """三次产业增加值占地区生产总值的比重分别为19.7%、35.4%和44.9%: the k-th share is of the k-th part."""
    first = i
    while first and _same_list(page, first) and page.dimension(first - 1) == "percentage":
        first -= 1
    last = i
    while last + 1 < len(page.records) and _same_list(page, last + 1) and page.dimension(last + 1) == "percentage":
        last += 1
    said = page.region(first)
    m = _OWNER.search(said)
    whole = (m["whole"] if m else "").strip("的、")
    for total in page.earlier(first):
        if not whole or whole not in page.name(total):
            continue
        for _, parts in page.splits.get(total, ()):
            if len(parts) == last - first + 1:
                return _claim(page, parts[i - first], total, i, f"“{said}” / each its share")
    return []


def _rate(page: Figures, i: int, words: RatioWords) -> list[Finding]:
    """抽检3260批次,合格3251批次,合格率99.7%: a rate right after the two figures that it comes from."""
    name = page.name(i)
    if page.records[i].role not in ("level", "share") or not words.rate.search(name):
        return []
    for word, above, below in words.quotients:
        if name.endswith(word) and (found := _by_name(page, i, above, below)) is not None and not _told_before(page, i):
            return _likely(page, *found, i, f"{word}＝{'/'.join(above)}÷{'/'.join(below)} / by its definition")
    a = i - 1
    before = [j for j in page.prior(i) if _counted(page, j)]
    if (
        words.own.search(name)
        or not before
        or page.dimension(a) in ("percentage", "ratio")
        or "," not in page.between(before[0], i)
    ):
        return []
    a = before[0]
    total = page.totals[a]
    open_ended = bool(words.unbounded.search(name))  # 完成率 may exceed 100%
    wholes = [total] if total is not None else []
    wholes += [
        j for j in before[1:4] if page.unit(j) == page.unit(a) and (open_ended or (page.value(j) or 0) >= (page.value(a) or 0))
    ]
    reason = f"“{name}”承接这两个数 / the rate follows its two figures"
    for b in wholes:
        if fits(page, a, b, i):
            return _claim(page, a, b, i, reason)
    far = [
        j
        for j in page.earlier(i, 16)
        if page.unit(j) == page.unit(a) and page.records[j].section_start == page.records[i].section_start
    ]
    for b in far:
        larger = (page.value(b) or 0) >= (page.value(a) or 0)
        if not wholes and larger and _counted(page, b) and b != a and page.totals[b] is None and fits(page, a, b, i):
            return _claim(page, a, b, i, reason)
    wholes = wholes or [j for j in before[1:2] if page.unit(j) == page.unit(a)]  # 合格6825批次 of 3840: one of them is wrong
    if wholes and _told_of(page, a, wholes[0], name):
        return _likely(page, a, wholes[0], i, reason)
    return []


def _told_of(page: Figures, a: int, b: int, name: str) -> bool:
    """Whether a rate is surely that of two figures: 合格率 after 合格3251批次, 年检率 after 应检168个,实检160个."""
    named_on = any(w.startswith("indicator:goes on") for w in page.records[a].why)
    told = page.region(a) + ("" if named_on else page.name(a))
    stem = regex.sub("(?:率|比例|比重|占比|度)$", "", name)
    if len(stem) > 1 and stem[-2:] in told and not _NARROWED.match(stem):
        return True  # not 贫困发生率 after 贫困人口减少
    return bool(regex.search(r"应\p{Han}", page.region(b)) and regex.search(r"实际?\p{Han}|已", page.region(a)))


def _told_before(page: Figures, i: int) -> bool:
    """Whether the rate is one of two that a change is told by: the two figures are of the later one only."""
    return page.records[i].role == "from"


def _by_name(page: Figures, i: int, above: tuple[str, ...], below: tuple[str, ...]) -> tuple[int, int] | None:
    """The two figures of a quotient by their names, in its section, or in its document where they fit: 存贷比 of 贷款 and 存款."""
    tops, bottoms = (
        sorted((j for j in page.earlier(i, 200) if _goes_by(page, j, i, names)), key=lambda j: bool(page.records[j].per))
        for names in (above, below)
    )
    near = page.records[i].section_start
    for a in tops[:3]:
        for b in bottoms[:6]:
            if a != b and page.unit(a) == page.unit(b) and page.records[a].per == page.records[b].per and fits(page, a, b, i):
                return a, b
    both = [[j for j in js if page.records[j].section_start == near and not page.records[j].per] or js for js in (tops, bottoms)]
    if not all(both) or page.unit(both[0][0]) != page.unit(both[1][0]):
        return None
    a, b = both[0][0], both[1][0]
    return (a, b) if page.records[a].section_start == page.records[b].section_start == near and a != b else None


def _goes_by(page: Figures, j: int, i: int, names: tuple[str, ...]) -> bool:
    r = page.records[j]
    told = page.name(j) + page.region(j)
    return page.plain(j) and r.role in ("level", "to") and r.status == page.records[i].status and any(w in told for w in names)


def _pair(page: Figures, i: int, words: RatioWords) -> list[Finding]:
    """城乡居民收入比2.02:1 after 36582元和18147元; 两者之比为2.1∶1."""
    name = page.name(i) or (page.name(i - 1) if i and page.records[i - 1].role == "from" else "")
    for word, above, below in words.quotients:
        if name.endswith(word) and (found := _by_name(page, i, above, below)) is not None:
            return _likely(page, *found, i, f"{word} / by its definition")
    before = [j for j in page.prior(i) if page.plain(j) and not page.yardstick(j)][:4]
    if len(before) < 2:
        return []
    b, a = before[0], before[1]
    if page.unit(a) != page.unit(b):
        return []
    for above_, below_ in ((a, b), (b, a)):
        if fits(page, above_, below_, i):
            return _claim(page, above_, below_, i, "两数之比 / the ratio of the two figures before it")
    if regex.search("两[者项个类]之比", page.region(i)):
        larger, smaller = (a, b) if (page.value(a) or 0) >= (page.value(b) or 0) else (b, a)
        return _claim(page, larger, smaller, i, "两数之比 / the ratio of the two figures before it")
    return []
