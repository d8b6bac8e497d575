"""分别: lists of names or years beside a list of as many figures, each its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import regex

from ..clauses import Clauses
from ..types import Quantity
from .rates import SEPARATOR

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


def shares(folded: str, quantities: Sequence[Quantity], clauses: Clauses) -> Iterator[Share]:
    """Each run of figures that 分别 gives out: 小学、初中、高中分别有12所、8所和3所."""
    first = 0
    while first < len(quantities):
        last = first
        while (
            last + 1 < len(quantities)
            and last - first < 12
            and SEPARATOR.fullmatch(folded, quantities[last].end, quantities[last + 1].start)
        ):
            last += 1
        if last > first:
            floor = max(clauses.sentence(quantities[first].start).start, quantities[first].start - _REACH)
            begun = _BEGUN.search(folded, floor, quantities[first].start)
            start = begun.end() if begun else floor
            at = folded.rfind(_WORD, max(start, quantities[first - 1].end if first else 0), quantities[first].start)
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
