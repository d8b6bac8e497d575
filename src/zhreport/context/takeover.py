"""Indicators that a figure takes over: of the figure it goes on with, of the total that it is a branch of."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import TYPE_CHECKING

import regex

from ..clauses import Surroundings
from ..types import Quantity
from .indicators import COUNTED, Named

if TYPE_CHECKING:
    from ..lexicon import Lexicon
    from .beside import Part
    from .roles import Role


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
    around: Surroundings, names: Sequence[Named | None], roles: Sequence[Role]
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
        if q.dimension == "duration" or (own is not None and own.start < own.end and not repeated):
            continue
        shared = _respectively(around, i)
        source = shared if shared is not None else _source(around, out, roles, i)
        bare = _verb_noun(around, i, own) if own is not None and own.event else None
        again = repeated or (source is not None and own is not None and _told_again(quantities, out, own.event, source, i))
        level = roles[i].role == "level" and not around.listed[i]
        if bare is not None and not again and shared is None and (source is None or level):
            out[i] = bare
        elif source is not None:
            same[i] = source
            name = out[source]
            out[i] = name._replace(why="goes on") if name else None
    return out, same


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


def _source(around: Surroundings, names: Sequence[Named | None], roles: Sequence[Role], i: int) -> int | None:
    """The figure whose indicator figure i takes over, in its sentence."""
    if not i:
        return None
    folded, quantities = around.folded, around.quantities
    steps = range(i - 1, max(-1, i - 12), -1)
    if i >= 2 and roles[i].role == "share" and folded.startswith("的", quantities[i - 1].end):
        steps = range(i - 2, max(-1, i - 12), -1)  # 占年度计划4万亩的九成: the share is of what came before the total
    for j in steps:
        if around.sentences[j] != around.sentences[i]:
            return None
        if quantities[j].dimension == "duration":
            continue
        if folded.startswith("的", quantities[j].end) and quantities[j + 1].dimension in ("percentage", "ratio"):
            continue  # 完成预算12.2亿元的102.3%: the yardstick is not what went on
        if names[j] is not None and names[j].start < names[j].end:  # type: ignore[union-attr]
            return j
    return None


def _respectively(around: Surroundings, i: int) -> int | None:
    """存栏12.6万头,出栏20.8万头,分别增长2.4%和3.1%: the k-th rate belongs to the k-th figure."""
    quantities, listed = around.quantities, around.listed
    first = i
    while first > i - 12 and first and listed[first]:
        first -= 1
    last = i
    while last < i + 12 and last + 1 < len(quantities) and listed[last + 1]:
        last += 1
    count = last - first + 1
    if count < 2 or first < count or around.sentences[first - count] != around.sentences[i]:
        return None
    said = around.folded.find("分别", around.begins[first], quantities[first].start) >= 0
    if not (said or all(listed[first - count + 1 : first])):
        return None
    alike = all(quantities[k].dimension == quantities[first - 1].dimension for k in range(first - count, first))
    if not alike and not (said and _is_rate(quantities[i])):
        return None
    return first - count + (i - first)


def _is_rate(q: Quantity) -> bool:
    """Whether a figure only says how another moved: 接待游客3万人次,综合收入2亿元,分别恢复到八成和七成."""
    return q.dimension in ("percentage", "ratio", "multiple")
