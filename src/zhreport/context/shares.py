"""分别: lists of names or years beside a list of as many figures, each its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import regex

from ..clauses import Surroundings

_WORD = "分别"
_REACH = 80
_BEGUN = regex.compile(r"(?r)[,;:。]")  # 、 stands inside the list of names
_AND = regex.compile(r"(?:以及|[、和及与])")


class Share(NamedTuple):
    """Figures `first`..`last` that share what stands before 分别, from `start` to `end` of the text."""

    first: int
    last: int
    start: int
    end: int


def shares(around: Surroundings) -> Iterator[Share]:
    """Each run of figures that 分别 gives out: 小学、初中、高中分别有12所、8所和3所."""
    folded, quantities = around.folded, around.quantities
    first = 0
    while first < len(quantities):
        last = first
        while last + 1 < len(quantities) and last - first < 12 and around.listed[last + 1]:
            last += 1
        if last > first:
            floor = max(around.clauses.sentence(quantities[first].start).start, quantities[first].start - _REACH)
            before = max(floor, quantities[first - 1].end if first else 0)
            if folded.rfind(_WORD, before, quantities[first].start) >= 0:
                begun = _BEGUN.search(folded, floor, quantities[first].start)
                start = begun.end() if begun else floor
                at = folded.rfind(_WORD, max(start, before), quantities[first].start)
                if at > start:
                    yield Share(first, last, start, at)
        first = last + 1


def split(folded: str, start: int, end: int, count: int, whole: Sequence[tuple[int, int]] = ()) -> list[tuple[int, int]]:
    """The spans of `count` names joined by 、 and 和, or none; no cut falls inside the spans of `whole`."""
    cuts = [m.span() for m in _AND.finditer(folded, start, end) if not any(a < m.start() < b for a, b in whole)]
    if len(cuts) != count - 1:
        cuts = [c for c in cuts if folded[c[0]] == "、"]
    if len(cuts) != count - 1:
        return []
    edges = [start, *(edge for cut in cuts for edge in cut), end]
    spans = list(zip(edges[::2], edges[1::2], strict=True))
    return spans if all(a < b for a, b in spans) else []
