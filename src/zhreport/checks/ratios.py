"""Shares, rates of completion, named rates and ratios against their numerator and denominator."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import regex

from ..clauses import LONGEST
from ..types import Finding
from .figures import Figures
from .weighing import apart, quotient, weigh

if TYPE_CHECKING:
    from ..lexicon import Lexicon

_OF = regex.compile(r"的(?:约|近|将近|超过?|比例|比重)?")
_OWNER = regex.compile(
    r"占(?:到|了|有)?(?:全[县市区镇乡村省国部]|我[县市区镇乡村])?(?P<whole>[^,;。:()\d]*?)(?:的?(?:比重|比例|比率|占比)?[分别均都]*(?:为|达到?|是|超过?|近|约)?|的)$"
)
# 按期办结率 is of those that were due, not of all
_NARROWED = regex.compile("(?:按期|及时|按时|法定|当场|一次)")
_SUBJECT = regex.compile(r"(?P<x>\p{L}{1,10}?)占")
_FILLED = regex.compile("(?:所|约|仅|均|分别|各|其|也|就|共|已|只)+")
_SUMMED = regex.compile("共|合计|总")
_RATE_END = regex.compile("(?:率|比例|比重|占比|度)$")
_DUE, _DONE = regex.compile(r"应\p{Han}"), regex.compile(r"实际?\p{Han}|已")
_OF_BOTH = regex.compile("两[者项个类]之比")
_QUOTIENTS = ("percentage", "ratio", "multiple")
_NO_QUOTIENT = ("increase", "decrease", "from", "limit")
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
    return RatioWords(
        regex.compile(rf"{lexicon.pattern('cues', 'rate_noun')}$"),
        regex.compile(rf"{lexicon.pattern('cues', 'unbounded_rate')}$"),
        regex.compile(rf"{lexicon.pattern('cues', 'own_rate')}$"),
        lexicon.pairs("cues", "quotient"),
    )


def ratios(page: Figures) -> Iterator[Finding]:
    """A stated share, rate or ratio against the two figures that it comes from.

    >>> from zhreport import parse
    >>> [(f.verdict, f.formula) for f in ratios(Figures(parse("完成投资38.6亿元,占年度计划45亿元的87.5%。")))]
    [('violated', '38.6亿元 / 45亿元 ≠ 87.5%')]
    """
    words = ratio_words(page.lexicon)
    for i, (dimension, role) in enumerate(zip(page.dimension, page.role, strict=True)):
        if dimension not in _QUOTIENTS or role in _NO_QUOTIENT:
            continue
        if page.records[i].quantity.shape == "ratio":
            found = _pair(page, i, words)
        else:
            found = _yardstick(page, i) or _share(page, i) or _rate(page, i, words)
        yield from found


def _claim(page: Figures, a: int, b: int, i: int, reason: str) -> list[Finding]:
    return [page.claim("ratio", "{0} / {1}", [a, b], i, quotient, [1, -1], reason)]


def _likely(page: Figures, a: int, b: int, i: int, reason: str) -> list[Finding]:
    return page.likely(_claim(page, a, b, i, reason)[0], quotient, [1, -1])


def counted(page: Figures) -> list[bool]:
    """Whether each figure can be a part of something: how much there is, not by how much it changed, no rate, no score."""
    return [
        plain and not per and not yardstick and unit != "分" and (role == "level" or not r.base)
        for plain, per, yardstick, unit, role, r in zip(
            page.plain, page.per, page.yardstick, page.unit, page.role, page.records, strict=True
        )
    ]


def fits(page: Figures, a: int, b: int, i: int) -> bool:
    if apart(page.span(a), page.span(b), page.span(i)):
        return False
    return weigh(quotient, [1, -1], [page.reach(a), page.reach(b)], page.reach(i)).verdict in ("holds", "rounding")


def _yardstick(page: Figures, i: int) -> list[Finding]:
    """占年度计划45亿元的87.5%, 完成目标任务4500人的107.2%, 是上年4.8亿元的1.8倍."""
    b = i - 1
    if b < 0 or not page.plain[b] or not page.same_sentence(b, i):
        return []
    # 占9个村的半数以上
    noun = page.name[b] if page.region[b].endswith(("占", "占全部", "占总共", "占所有")) else ""
    noun = noun if page.folded.startswith(noun, page.end[b]) else ""
    if not _OF.fullmatch(page.between(b, i).removeprefix(noun)):
        return []
    a = next(
        (j for j in page.prior(b) if page.once(counted)[j] and page.unit[j] == page.unit[b] and page.role[j] != "decrease"),
        None,
    )
    if a is None or (noun and noun not in page.name[a] and not page.folded.startswith(noun, page.end[a])):
        return []  # 6个村…,占12个乡镇的
    reason = f"“{page.region[b]}…的” / measured against it"
    whole = page.totals[a]
    if whole is not None and whole != b and page.unit[whole] == page.unit[b] and page.plain[whole] and not fits(page, a, b, i):
        # 完成12.6万亩,其中人工造林3.8万亩、封山育林8.8万亩,占年度任务12万亩的105%: of the whole, or of the last part
        return _claim(page, whole, b, i, reason) if fits(page, whole, b, i) else _likely(page, whole, b, i, reason)
    return _claim(page, a, b, i, reason)


def _share(page: Figures, i: int) -> list[Finding]:
    """占64.0%, 占比68.5%, 占一般公共预算支出的63.7%, 占监测户数、人数的比例均为70%."""
    if _listed_shares(page, i):
        return _in_order(page, i)
    said = _said(page, i)
    before = [j for j in page.prior(i) if page.once(counted)[j]]
    if not said or not before:
        return []
    if page.dimension[i - 1] in ("age", "duration"):
        return []  # 35岁以下占28.6%: whose number is not told
    m = _OWNER.search(said)
    whole = (m["whole"] if m else "").strip("的、")
    a = _counted_so(page, said, before)
    subject = _SUBJECT.search(said)
    if subject and not _FILLED.fullmatch(subject["x"]) and not page.name[a].startswith(subject["x"]):
        return _named_share(page, i, a, subject["x"])  # 税收占比68%: the share is not of the figure before it
    if "均" in said[-4:] and page.totals[a] is not None:
        return [
            f
            for j in reversed(before[:4])
            if (t := page.totals[j]) is not None and page.plain[t]
            for f in _claim(page, j, t, i, f"“{said}” / said of both")
        ]
    reason = f"“{said.strip(',;')}” / a share of it"
    noun = _COUNT_WORD.sub("", whole)
    if noun and noun not in ("比", "其", "其中"):
        return _of_named(page, a, i, noun, reason)
    total = page.totals[a]
    if total is not None and page.plain[total]:
        return _claim(page, a, total, i, reason)
    return _of_near(page, a, i, reason)


def _counted_so(page: Figures, said: str, before: Sequence[int]) -> int:
    """31户112人消除风险,占监测户总户数的67.4%: of two figures side by side the one that is counted as the whole is."""
    a = before[0]
    unit = "户" if "户数" in said else "人" if "人数" in said else page.unit[a]
    if unit != page.unit[a] and len(before) > 1 and page.unit[before[1]] == unit and page.end[before[1]] == page.start[a]:
        return before[1]
    return a


def _said(page: Figures, i: int) -> str:
    """The words from 占 on that a share is told by; empty where there are none."""
    region, start = page.region[i], page.start[i]
    if "占" in region:
        return region
    at = page.folded.rfind("占", max(0, start - LONGEST), start)
    if at < 0:
        return ""
    clause = page.clause(i)
    if "占" in clause and not any(c.isdigit() for c in clause):
        return clause
    if at < max(page.sentence[i].start, start - 40) or (i and _same_list(page, i)):
        return ""
    back = page.folded[at:start]
    return back if not any(c.isdigit() or c in ",;" for c in back) else ""


def _named_share(page: Figures, i: int, whole: int, name: str) -> list[Finding]:
    """一般公共预算收入16.28亿元,税收占比68%(税收11.07亿元): the share names its numerator, which the sentence tells apart."""
    near = [j for j in range(max(0, i - 8), min(i + 3, len(page.records))) if page.same_sentence(i, j) and page.once(counted)[j]]
    for j in near:
        named = page.name[j].endswith(name) or page.name[j].startswith(name) or _labelled(page, j, name)
        if j != whole and page.unit[j] == page.unit[whole] and named:
            total = page.totals[j]
            wholes = [total] if total is not None else [k for k in near if k != j and page.unit[k] == page.unit[j]]
            for k in wholes:
                if fits(page, j, k, i) or total is not None:
                    return _claim(page, j, k, i, f"“{name}占比” / a share of it")
    return []


def _labelled(page: Figures, j: int, name: str) -> bool:
    """产业发展类64个 and 产业发展类项目占比: the words before a figure and what it counts, together."""
    said = page.region[j].lstrip(",、;:(").removeprefix("其中").removeprefix("包括")
    return len(said) > 1 and name.startswith(said) and name[len(said) :] in page.name[j]


def _of_named(page: Figures, a: int, i: int, noun: str, reason: str) -> list[Finding]:
    """The figure that the text names: 占一般公共预算支出的63.7%."""
    near: list[int] = []
    tail = noun.removeprefix("总")[-2:]  # 占总支出的六成以上: of 一般公共预算支出
    loose = page.reach(i).high is None  # 六成以上 fits too much: only what is named so
    for j in page.earlier_in(page.unit[a], a):
        if not page.once(counted)[j] or (page.value[j] or 0) < (page.value[a] or 0):
            continue
        if noun in page.name[j] or noun in page.region[j]:
            return _claim(page, a, j, i, reason)
        if not loose or page.name[j].endswith(tail):
            near.append(j)
    return next((_claim(page, a, j, i, reason) for j in near[:12] if fits(page, a, j, i)), [])


def _of_near(page: Figures, a: int, i: int, reason: str) -> list[Finding]:
    """What a bare 占 is of: a figure before it, or a sum that follows; never a sibling that has a share of its own."""
    status = page.status[a]
    near = [j for j in page.prior(a) if page.unit[j] == page.unit[a] and page.once(counted)[j] and page.status[j] == status]
    near = [j for j in near if not _has_share(page, j)]
    for j in range(i + 1, min(i + 9, len(page.records))):
        if page.same_sentence(i, j) and page.unit[j] == page.unit[a] and _SUMMED.search(page.region[j]) and fits(page, a, j, i):
            return _claim(page, a, j, i, reason)
    for j in near:
        if (page.value[j] or 0) >= (page.value[a] or 0) and fits(page, a, j, i):
            return _claim(page, a, j, i, reason)
    return _likely(page, a, near[0], i, reason) if near else []


def _has_share(page: Figures, j: int) -> bool:
    """Whether the figure after j is its share: 良好120人占40%."""
    after = j + 1
    return after < len(page.records) and page.role[after] == "share" and page.region[after].lstrip(",").startswith("占")


def _same_list(page: Figures, i: int) -> bool:
    return page.same_sentence(i - 1, i) and page.between(i - 1, i).strip() in ("、", "和", "与", "及", ",")


def _listed_shares(page: Figures, i: int) -> bool:
    """Whether this share is one of a list that 分别 gives out."""
    return page.role[i] == "share" and (
        (i > 0 and _same_list(page, i) and page.dimension[i - 1] == "percentage")
        or (i + 1 < len(page.records) and _same_list(page, i + 1) and page.dimension[i + 1] == "percentage")
    )


def _in_order(page: Figures, i: int) -> list[Finding]:
    """三次产业增加值占地区生产总值的比重分别为19.7%、35.4%和44.9%: the k-th share is of the k-th part."""
    first = i
    while first and _same_list(page, first) and page.dimension[first - 1] == "percentage":
        first -= 1
    last = i
    while last + 1 < len(page.records) and _same_list(page, last + 1) and page.dimension[last + 1] == "percentage":
        last += 1
    said = page.region[first]
    m = _OWNER.search(said)
    whole = (m["whole"] if m else "").strip("的、")
    for total in page.earlier(first):
        if not whole or whole not in page.name[total]:
            continue
        for parts in page.splits.get(total, {}).values():
            if len(parts) == last - first + 1:
                return _claim(page, parts[i - first], total, i, f"“{said}” / each its share")
    return []


def _rate(page: Figures, i: int, words: RatioWords) -> list[Finding]:
    """抽检3260批次,合格3251批次,合格率99.7%: a rate right after the two figures that it comes from."""
    name = page.name[i]
    if page.role[i] not in ("level", "share") or not words.rate.search(name):
        return []
    for word, above, below in words.quotients:
        if name.endswith(word) and (found := _by_name(page, i, above, below)) is not None and not _told_before(page, i):
            return _likely(page, *found, i, f"{word}＝{'/'.join(above)}÷{'/'.join(below)} / by its definition")
    if not words.own.search(name) and (part := _stem_part(page, i, name)) is not None:
        return _likely(page, part, page.totals[part] or 0, i, f"“{name}”以其名下一项计 / the rate of the part that it names")
    a = i - 1
    before = [j for j in page.prior(i) if page.once(counted)[j]]
    if (
        words.own.search(name)
        or not before
        or page.dimension[a] in ("percentage", "ratio")
        or "," not in page.between(before[0], i)
    ):
        return []
    a = before[0]
    total = page.totals[a]
    open_ended = bool(words.unbounded.search(name))  # 完成率 may exceed 100%
    wholes = [total] if total is not None else []
    wholes += [
        j for j in before[1:4] if page.unit[j] == page.unit[a] and (open_ended or (page.value[j] or 0) >= (page.value[a] or 0))
    ]
    reason = f"“{name}”承接这两个数 / the rate follows its two figures"
    for b in wholes:
        if fits(page, a, b, i):
            return _claim(page, a, b, i, reason)
    pair = _paired(page, a, before, i)
    if pair is not None:
        return _claim(page, *pair, i, reason)
    far = [] if wholes else [j for j in page.earlier_in(page.unit[a], i, 16) if page.section[j] == page.section[i]]
    for b in far:
        larger = (page.value[b] or 0) >= (page.value[a] or 0)
        if larger and page.once(counted)[b] and b != a and page.totals[b] is None and fits(page, a, b, i):
            return _claim(page, a, b, i, reason)
    wholes = wholes or [j for j in before[1:2] if page.unit[j] == page.unit[a]]  # 合格6825批次 of 3840: one of them is wrong
    if wholes and _told_of(page, a, wholes[0], name):
        return _likely(page, a, wholes[0], i, reason)
    return []


def _stem_part(page: Figures, i: int, name: str) -> int | None:
    """特困供养对象1986人(集中供养412人,分散供养1574人),集中供养率20.7%: the part in the bracket that a rate is named after."""
    stem = _RATE_END.sub("", name)
    if len(stem) < 3:
        return None
    for j in range(i - 1, max(-1, i - 8), -1):
        if not page.same_sentence(i, j):
            return None
        if page.totals[j] is not None and page.plain[j] and page.region[j].lstrip("(,、;").endswith(stem):
            return j
    return None


def _paired(page: Figures, a: int, before: Sequence[int], i: int) -> tuple[int, int] | None:
    """监测对象1206户4315人,已消除风险845户3016人,按户计算的风险消除率70.1%: each figure has a twin in another unit right before it."""
    b = a - 1
    if b < 0 or page.end[b] != page.start[a] or page.unit[a] == page.unit[b]:
        return None
    twins = [j for j in before if page.unit[j] == page.unit[b] and page.end[j] == page.start[j + 1] and j != b]
    return next(((b, j) for j in twins[:2] if page.unit[j + 1] == page.unit[a] and fits(page, b, j, i)), None)


def _told_of(page: Figures, a: int, b: int, name: str) -> bool:
    """Whether a rate is surely that of two figures: 合格率 after 合格3251批次, 年检率 after 应检168个,实检160个."""
    named_on = any(w.startswith("indicator:goes on") for w in page.records[a].why)
    told = page.region[a] + ("" if named_on else page.name[a])
    stem = _RATE_END.sub("", name)
    if len(stem) > 1 and stem[-2:] in told and not _NARROWED.match(stem):
        return True  # not 贫困发生率 after 贫困人口减少
    return bool(_DUE.search(page.region[b]) and _DONE.search(page.region[a]))


def _told_before(page: Figures, i: int) -> bool:
    """Whether the rate is one of two that a change is told by: the two figures are of the later one only."""
    return page.role[i] == "from"


def _by_name(page: Figures, i: int, above: tuple[str, ...], below: tuple[str, ...]) -> tuple[int, int] | None:
    """The two figures of a quotient by their names, in its section, or in its document where they fit: 存贷比 of 贷款 and 存款."""
    tops: list[int] = []
    bottoms: list[int] = []
    for j in page.earlier(i, 200):
        if page.plain[j] and page.role[j] in ("level", "to") and page.status[j] == page.status[i]:
            told = page.told[j]
            if any(w in told for w in above):
                tops.append(j)
            if any(w in told for w in below):
                bottoms.append(j)
    for found in (tops, bottoms):
        found.sort(key=lambda j: bool(page.per[j]))
    near = page.section[i]
    for a in tops[:3]:
        for b in bottoms[:6]:
            if a != b and page.unit[a] == page.unit[b] and page.per[a] == page.per[b] and fits(page, a, b, i):
                return a, b
    both = [[j for j in js if page.section[j] == near and not page.per[j]] or js for js in (tops, bottoms)]
    if not all(both) or page.unit[both[0][0]] != page.unit[both[1][0]]:
        return None
    a, b = both[0][0], both[1][0]
    return (a, b) if page.section[a] == page.section[b] == near and a != b else None


def _pair(page: Figures, i: int, words: RatioWords) -> list[Finding]:
    """城乡居民收入比2.02:1 after 36582元和18147元; 两者之比为2.1∶1."""
    name = page.name[i] or (page.name[i - 1] if i and page.role[i - 1] == "from" else "")
    for word, above, below in words.quotients:
        if name.endswith(word) and (found := _by_name(page, i, above, below)) is not None:
            return _likely(page, *found, i, f"{word} / by its definition")
    before = [j for j in page.prior(i) if page.plain[j] and not page.yardstick[j]][:4]
    if len(before) < 2:
        return []
    b, a = before[0], before[1]
    if page.unit[a] != page.unit[b]:
        return []
    for above_, below_ in ((a, b), (b, a)):
        if fits(page, above_, below_, i):
            return _claim(page, above_, below_, i, "两数之比 / the ratio of the two figures before it")
    if _OF_BOTH.search(page.region[i]):
        larger, smaller = (a, b) if (page.value[a] or 0) >= (page.value[b] or 0) else (b, a)
        return _claim(page, larger, smaller, i, "两数之比 / the ratio of the two figures before it")
    return []
