"""Indicators that a figure takes over: of the figure it goes on with, of the total that it is a branch of."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import regex

from ..clauses import Surroundings
from ..types import Quantity
from .indicators import COUNTED, Named

if TYPE_CHECKING:
    from ..lexicon import Lexicon
    from .beside import Part
    from .roles import Role


_STANDARD = "标准"


class TakeoverWords(NamedTuple):
    """Verbs that tell again of what was named: steps of it, whom it reaches, its payment, and what payments are of."""

    steps: frozenset[str]
    reaching: frozenset[str]
    paying: frozenset[str]
    grants: tuple[str, ...]


@functools.lru_cache(maxsize=8)
def takeover_words(lexicon: Lexicon) -> TakeoverWords:
    """The words of a lexicon, gathered once."""
    step, reaching, paying, grant = (lexicon.words("cues", k) for k in ("step", "reaching", "paying", "grant"))
    return TakeoverWords(frozenset(step), frozenset(reaching), frozenset(paying), tuple(grant))


def of_totals(names: Sequence[Named | None], parts: Sequence[Part | None], qualifier: regex.Pattern) -> list[Named | None]:
    """财政资金2亿元,其中中央1.2亿元、省级8000万元: a part named by its branch alone counts what its total counts."""
    out = list(names)
    for i, part in enumerate(parts):
        own = out[i]
        if part is None or own is None or not qualifier.fullmatch(own.text):
            continue
        whole = out[part.total]
        if whole is not None and whole.start < whole.end and not qualifier.fullmatch(whole.text):
            out[i] = Named(whole.start, whole.end, whole.text, whole.event, "its total's")
    return out


@functools.lru_cache(maxsize=8)
def qualifiers(lexicon: Lexicon) -> regex.Pattern:
    """What names a branch and no more: 省级, 县外, 产业类."""
    return regex.compile(rf"{lexicon.pattern('cues', 'qualifier')}|\p{{Han}}{{2,6}}类|第[一二三四五1-5][剂针批]")


def filled(
    words: TakeoverWords, around: Surroundings, names: Sequence[Named | None], roles: Sequence[Role]
) -> tuple[list[Named | None], list[int | None]]:
    """The indicators with those that are taken over, and for each quantity the one that it goes on with."""
    quantities = around.quantities
    out: list[Named | None] = list(names)
    same: list[int | None] = [None] * len(quantities)
    for i, q in enumerate(quantities):
        own = out[i]
        if roles[i].role == "to" and i and roles[i - 1].role == "from" and quantities[i - 1].unit == q.unit and out[i - 1]:
            out[i], same[i] = out[i - 1], i - 1
            continue
        # 资助436人: the name is a verb alone
        repeated = i > 0 and own is not None and own.event is None and _told_again(quantities, out, own.text, i - 1, i)
        short = own is not None and own.event is None and 2 <= own.end - own.start <= 4
        if short and own is not None and not around.listed[i] and _is_verb(words, around, own):
            source = _counted_before(around, out, i) if q.dimension in COUNTED else _source(words, around, out, roles, i)
            if source is not None and (named := _same_thing(words, around, out, source, i, own.text)) is not None:
                out[i], same[i] = named, source
                continue
        if q.dimension == "duration" or (own is not None and own.start < own.end and not repeated):
            continue
        shared = _respectively(around, out, roles, i)
        source = shared if shared is not None else _source(words, around, out, roles, i)
        bare = _verb_noun(around, i, own) if own is not None and own.event else None
        if source is not None and own is not None and own.event is not None:
            named = _same_thing(words, around, out, source, i, own.event)
            if named is not None:
                out[i], same[i] = named, source
                continue
        again = repeated or (source is not None and own is not None and _told_again(quantities, out, own.event, source, i))
        level = roles[i].role == "level" and not around.listed[i]
        if bare is not None and not again and shared is None and (source is None or level):
            out[i] = bare
        elif source is not None:
            same[i] = source
            name = out[source]
            out[i] = name._replace(why="goes on") if name else None
    return out, same


def _counted_before(around: Surroundings, names: Sequence[Named | None], i: int) -> int | None:
    """新签约项目5个,协议资金4.2亿元,已开工3个: the last figure of the sentence that is counted alike."""
    for j in range(i - 1, max(-1, i - 8), -1):
        if around.sentences[j] != around.sentences[i]:
            return None
        if around.quantities[j].unit == around.quantities[i].unit and names[j] is not None:
            return j
    return None


def _is_verb(words: TakeoverWords, around: Surroundings, own: Named) -> bool:
    """注销4家, 支出373万元: what stands where the noun would is a verb."""
    return own.text in words.paying or around.spots.first("strong_verb", own.start, own.end) == (own.start, own.end)


def _same_thing(
    words: TakeoverWords, around: Surroundings, names: Sequence[Named | None], source: int, i: int, event: str
) -> Named | None:
    """新登记社会组织9家、注销4家 and 补贴标准每月600元,全年发放213万元: the verb tells again of what was named."""
    name, q, before = names[source], around.quantities[i], around.quantities[source]
    if name is None or name.start == name.end:
        return None
    alike = q.dimension == "count" or (q.dimension == "household" and event in words.steps)
    if alike and q.unit == before.unit and not q.unit.endswith(("次", "场", "期")):
        # 新开工62个、续建46个: what was named is a verb itself
        verbs = around.spots.within("strong_verb", name.start, name.end)
        is_verb = bool(verbs) and verbs[-1][1] == name.end and verbs[-1][0] - name.start <= 1
        return None if is_verb else name._replace(event=event, why="goes on")
    if q.dimension == "money" and event in words.paying:
        end = name.end - len(_STANDARD) if name.text.endswith(_STANDARD) else name.end
        text = name.text[: len(name.text) - (name.end - end)]
        return Named(name.start, end, text, event, "goes on") if text.endswith(words.grants) else None
    return None


def _told_again(quantities: Sequence[Quantity], names: Sequence[Named | None], event: str | None, source: int, i: int) -> bool:
    """春季资助困难幼儿418人,秋季资助436人: the same was done again, to the same kind of people."""
    before = names[source]
    same = before is not None and event is not None and event == before.event
    return same and source == i - 1 and quantities[source].unit == quantities[i].unit and quantities[i].dimension in COUNTED


def _verb_noun(around: Surroundings, i: int, name: Named) -> Named | None:
    """投资1657万元, 捐赠10万元: a bare verb noun, where no noun is given."""
    verb = name.event or " "
    at = around.folded.rfind(verb, around.begins[i], around.quantities[i].start)
    return None if at < 0 else Named(at, at + len(verb), verb, name.event, "verb noun")


def _source(
    words: TakeoverWords, around: Surroundings, names: Sequence[Named | None], roles: Sequence[Role], i: int
) -> int | None:
    """The figure whose indicator figure i takes over, in its sentence."""
    if not i:
        return None
    folded, quantities = around.folded, around.quantities
    steps = range(i - 1, max(-1, i - 12), -1)
    if i >= 2 and roles[i].role == "share" and folded.startswith("的", quantities[i - 1].end):
        steps = range(i - 2, max(-1, i - 12), -1)  # 占年度计划4万亩的九成: the share is of what came before the total
    counted: int | None = None
    # 惠及农户150户,户均最高2100元: what one of them gets is no share of the money
    money = quantities[i].dimension == "money" and folded.find("最", around.begins[i], quantities[i].start) < 0
    for j in steps:
        if around.sentences[j] != around.sentences[i] or (
            counted is not None and folded.find(";", quantities[j].end, quantities[counted].start) >= 0
        ):
            return counted
        if quantities[j].dimension == "duration":
            continue
        if folded.startswith("的", quantities[j].end) and quantities[j + 1].dimension in ("percentage", "ratio"):
            continue  # 完成预算12.2亿元的102.3%: the yardstick is not what went on
        name = names[j]
        if name is not None and name.start < name.end:
            reached = money and name.event in words.reaching
            if not reached or quantities[j].dimension not in COUNTED:
                return j if counted is None or quantities[j].dimension == "money" else counted
            if counted is None:
                counted = j  # 兑付奖补103万元,惠及脱贫户345户,户均3000元: the money, not the households
    return counted


def _respectively(around: Surroundings, names: Sequence[Named | None], roles: Sequence[Role], i: int) -> int | None:
    """存栏12.6万头,出栏20.8万头,分别增长2.4%和3.1%: the k-th rate belongs to the k-th figure."""
    quantities, listed = around.quantities, around.listed
    first = i
    while first > i - 12 and first and listed[first]:
        first -= 1
    last = i
    while last < i + 12 and last + 1 < len(quantities) and listed[last + 1]:
        last += 1
    count = last - first + 1
    led = names[first]
    if led is not None and led.start < led.end and led.why != "goes on":
        return None  # 满意率分别为99.2%和100%, 收入分别增长5%和7%: the list has a name of its own
    # 城市由800元提高到840元,农村由500元提高到540元,分别增长: the figures that it was raised from are passed over
    before = [k for k in range(first - 1, max(-1, first - 1 - 2 * count), -1) if roles[k].role != "from"][:count][::-1]
    if count < 2 or len(before) < count or around.sentences[before[0]] != around.sentences[i]:
        return None
    said = around.folded.find("分别", around.begins[first], quantities[first].start) >= 0
    if not (said or all(listed[before[0] + 1 : first])):
        return None
    alike = all(quantities[k].dimension == quantities[first - 1].dimension for k in before)
    if not alike and not (said and _is_rate(quantities[i])):
        return None
    return before[i - first]


def _is_rate(q: Quantity) -> bool:
    """Whether a figure only says how another moved: 接待游客3万人次,综合收入2亿元,分别恢复到八成和七成."""
    return q.dimension in ("percentage", "ratio", "multiple")
