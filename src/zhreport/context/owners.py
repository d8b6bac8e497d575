"""Whose figure it is: the place named before it in its sentence, else the country in its paragraph, else the document's."""

from __future__ import annotations

import functools
from bisect import bisect_left
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import regex

from ..clauses import Occurrences, Surroundings
from ..lexicon import alternation, back_alternation
from ..places import Place
from ..types import Document, Quantity, Told

if TYPE_CHECKING:
    from ..lexicon import Lexicon

_DISTRIBUTED = regex.compile(r"分别")
# 高于全省平均水平, 比全国快, 居全省前列: the report measures itself by it
_MEASURED = regex.compile(r"(?r)(?:[高低快慢优多少大小好]于|比|较|占|居|列|排|领先|超过|超|高出|达到?|与|同|和)")
_STANDING = regex.compile(r"(?:平均|同期|同类|前列|中游|末位|上游|水平|增速|增幅|均值)")
_TOTAL = regex.compile(r"(?:合计|共计|共|总计)")
# 2021年,全市; 截至11月底全市; 其中全市: nothing but a date or a link stands before it in its clause.
_DATED = regex.compile(r"[\d〇零一二三四五六七八九十年月日底末初至到截去上今同期其中时此外而]*")


class OwnerWords(NamedTuple):
    """The words of one lexicon that take a sentence back to the report's own place; make it with `owner_words(lexicon)`."""

    own: regex.Pattern  # 全县, 我镇
    reset: regex.Pattern  # these, and 局机关
    beyond: regex.Pattern  # 接壤, after a neighbour's name
    beside: regex.Pattern  # 东邻, before it
    located: regex.Pattern  # 地处, between a place and the one that it lies in
    lies: frozenset[str]  # what these end in
    rank: regex.Pattern  # 第一, after 全市: 居全市第一 tells of the county


@functools.lru_cache(maxsize=8)
def owner_words(lexicon: Lexicon) -> OwnerWords:
    """The words of a lexicon, compiled once."""
    neighbours = lexicon.words("places", "neighbour")
    beyond, beside, located = ([w for w, side in neighbours.items() if side == s] for s in ("after", "before", "within"))
    return OwnerWords(
        regex.compile(lexicon.pattern("places", "own")),
        regex.compile(lexicon.pattern("places", "own", "office")),
        regex.compile(alternation(beyond)),
        regex.compile(f"(?r){back_alternation(beside)}"),
        regex.compile(f"(?r){back_alternation(located)}"),
        frozenset(w[-1] for w in located),
        regex.compile(lexicon.pattern("places", "rank")),
    )


def owned(words: OwnerWords, around: Surroundings, places: Sequence[Place], document: Document) -> list[Told]:
    """The place of each quantity of one document, in order, and the name that says so."""
    folded, quantities = around.folded, around.quantities
    named = {p.end for p in places}
    local = [
        p
        for p in places
        if not (p.level == "county" and p.name == document.place)
        # 东与竹山县接壤, 西邻房县: what follows is not told of the neighbour.
        and not words.beyond.match(folded, p.end)
        and not words.beside.match(folded, 0, p.start)
        # 大坪村地处石桥镇西部: told of the village.
        and not (folded[p.start - 1] in words.lies and (m := words.located.match(folded, 0, p.start)) and m.start() in named)
    ]
    local = [
        p
        for p in local
        if p.level != "region"
        or not (_MEASURED.match(folded, 0, p.start) or _STANDING.match(folded, p.end) or words.rank.match(folded, p.end))
    ]
    starts = [p.start for p in local]
    regions = [p.start for p in local if p.level == "region"]
    own = Occurrences(words.own, folded, quantities) if document.place is None else None
    said = (
        around.told(m.span() for m in words.own.finditer(folded, max(0, quantities[0].start - 3000), quantities[-1].end))
        if quantities
        else {}
    )
    usual = Told(document.place, "document" if document.place else None)
    out: list[Told] = []
    shares: tuple[int, list[str]] | None = None  # 分别: the sentence, and the names still to be given out
    for i, q in enumerate(quantities):
        last = bisect_left(starts, q.start)
        held: list[Place] = []
        if last and starts[last - 1] >= (begun := around.sentence_start(i)):
            held = [p for p in local[max(bisect_left(starts, begun), last - 8) : last] if p.level != "region"]
        place = _in_force(folded, held, q, words.reset)
        if place is None and not regions and own is None and i not in said:
            out.append(usual)
            continue
        value = document.place if place is None else place.name
        why = usual.why if place is None else f"{folded[place.start : place.end]}@{place.start}"
        if (
            place is None
            and i in said
            and (other := _of_other_level(words, around, q, said[i], local[:last], document)) is not None
        ):
            value, why = other
        elif place is not None and len(place.names) > 1:
            before = quantities[i - 1] if i else None
            listed = before is not None and around.listed[i] and before.unit == q.unit
            if shares is not None and listed and shares[1] and shares[0] == place.start:
                value = shares[1].pop(0)
            elif _DISTRIBUTED.search(folded, max(place.end, before.end if before else 0), q.start):
                value = place.names[0]
                shares = (place.start, list(place.names[1:]))
        elif place is None and (region := _region(folded, local, starts, regions, q, words, document)) is not None:
            value, why = region, f"{region}, its paragraph"
        elif place is not None and len(held) > 1 and _TOTAL.match(folded, around.begins[i], q.start):
            value = "、".join(dict.fromkeys(n for p in held for n in p.names))
        if value is None and own is not None:
            line = folded.rfind("\n", max(0, q.start - 3000), q.start) + 1
            if (m := own.last(line, q.start)) is not None and around.clauses.bracket(m.start()) is None:
                value, why = m[0], f"{m[0]}@{m.start()}"  # the report names no place: 全县 stays as written
        out.append(Told(value, why))
    return out


def _in_force(folded: str, held: Sequence[Place], q: Quantity, reset: regex.Pattern) -> Place | None:
    """The last place before the figure in its sentence, unless 全县 or 局机关 has taken the sentence back."""
    if not held:
        return None
    last = held[-1]
    return None if reset.search(folded, last.end, q.start) else last


def _of_other_level(
    words: OwnerWords, around: Surroundings, q: Quantity, said: tuple[int, int], places: Sequence[Place], document: Document
) -> Told | None:
    """全市 in a county's report is its city, as written; 全镇 is the town named before it in the paragraph."""
    folded, (start, end) = around.folded, said
    if not document.place or folded[end - 1] == document.place[-1]:
        return None
    line = folded.rfind("\n", max(0, q.start - 3000), q.start) + 1
    held = (p.name for p in reversed(places[-8:]) if line <= p.start < start)
    before = next((name for name in held if name.endswith(folded[end - 1])), None)
    leads = _DATED.fullmatch(folded, around.clauses.clause_start(start), start)
    if before is None and (leads is None or words.rank.match(folded, end)):
        return None  # 占全市的12%, 居全市第一, 全市首个: told of the county
    return Told(before or folded[start:end], f"{folded[start:end]}@{start}")


def _region(
    folded: str,
    local: Sequence[Place],
    starts: Sequence[int],
    regions: Sequence[int],
    q: Quantity,
    words: OwnerWords,
    document: Document,
) -> str | None:
    """全国 holds to the end of its paragraph, where the document has no place of its own before it; 我县 takes it back."""
    near = bisect_left(regions, q.start)
    if not near or regions[near - 1] < q.start - 3000:
        return None
    line = folded.rfind("\n", max(0, q.start - 3000), q.start) + 1
    last = bisect_left(starts, q.start)
    before = [p for p in local[max(bisect_left(starts, line), last - 8) : last] if p.level == "region"]
    if not before or (document.place and words.own.search(folded, before[-1].end, q.start)):
        return None
    return before[-1].name
