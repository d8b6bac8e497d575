"""What the rules for indicators look at in one document: where its dates, its places and the terms of the domain stand."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from ..clauses import Clauses
from ..types import Spanned

if TYPE_CHECKING:
    from ..vocabulary import Spots


class Ends:
    """Spans of one document that never overlap, by their ends: dates, places."""

    def __init__(self, spans: Iterable[Spanned]) -> None:
        by_end = sorted({s.end: s.start for s in spans}.items())
        self.ends, self.starts = [end for end, _ in by_end], [start for _, start in by_end]

    def last(self, start: int, stop: int) -> int | None:
        """The last end after `start`, up to `stop`."""
        i = bisect_right(self.ends, stop) - 1
        return self.ends[i] if i >= 0 and self.ends[i] > start else None

    def begun(self, end: int) -> int:
        """Where the span that ends here begins; -1 where none ends."""
        i = bisect_left(self.ends, end)
        return self.starts[i] if i < len(self.ends) and self.ends[i] == end else -1

    def within(self, start: int, stop: int) -> Iterator[tuple[int, int]]:
        """The spans that begin at `start` or after it and end before `stop`."""
        for i in range(bisect_left(self.ends, start), bisect_left(self.ends, stop)):
            if self.starts[i] >= start:
                yield self.starts[i], self.ends[i]

    def led(self, start: int, stop: int) -> int | None:
        """The last end up to `stop` of a span that begins at `start` or before it."""
        i = bisect_right(self.ends, stop) - 1
        while i >= 0 and self.ends[i] > start:
            if self.starts[i] <= start:
                return self.ends[i]
            i -= 1
        return None


class Terms:
    """Where the terms of the domain stand, none over another, the longest first."""

    def __init__(self, spots: Spots) -> None:
        self.spans = spots.apart("term")

    def within(self, start: int, stop: int) -> list[tuple[int, int]]:
        """The terms that stand whole between two offsets."""
        spans = self.spans
        i = bisect_left(spans, (start,))
        out = []
        while i < len(spans) and spans[i][0] < stop:
            if spans[i][1] <= stop:
                out.append(spans[i])
            i += 1
        return out


class Page(NamedTuple):
    """What the rules for one document look at."""

    text: str
    folded: str
    clauses: Clauses
    dates: Ends
    places: Ends
    terms: Terms
    spots: Spots


class Inside(NamedTuple):
    """What stands between the start and the end of a stretch, so that only that is looked for: a date, a place, a verb."""

    date: bool
    place: bool
    verb: bool


ANYTHING = Inside(True, True, True)
