"""Where the words of the tables stand in a text: all of them are found in one pass, however many there are."""

from __future__ import annotations

import functools
from bisect import bisect_left
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ahocorasick_rs import AhoCorasick, Implementation

if TYPE_CHECKING:
    from .lexicon import Lexicon

# The kinds of cues that stages ask for; what they match right at the edge of a number they look up themselves.
_CUES = (
    *("strong_verb", "intent", "total", "sum_after", "among", "subset", "price_basis"),
    *("role_from", "role_to", "role_of_noun", "share"),
)


BOUNDS = ("about", "over", "under")  # modifiers that may stand apart from their number: 每年约增加经费420万元


class Spots:
    """Where the words of each kind begin and end in one text, in order."""

    __slots__ = ("_apart", "_by_kind")

    def __init__(self, by_kind: dict[str, list[tuple[int, int]]]) -> None:
        self._by_kind = by_kind
        self._apart: dict[str, list[tuple[int, int]]] = {}

    def of(self, kind: str) -> Sequence[tuple[int, int]]:
        """Every word of a kind, also one inside another, by its start."""
        return self._by_kind.get(kind, ())

    def between(self, kind: str, start: int, end: int) -> Sequence[tuple[int, int]]:
        """Every word of a kind that begins between two offsets."""
        spots = self._by_kind.get(kind, [])
        return spots[bisect_left(spots, (start,)) : bisect_left(spots, (end,))]

    def any(self, kind: str, start: int, end: int) -> bool:
        """Whether a word of this kind stands between two offsets."""
        return self.first(kind, start, end) is not None

    def first(self, kind: str, start: int, end: int) -> tuple[int, int] | None:
        """The first word between two offsets, and of those that begin there the longest."""
        spots = self._by_kind.get(kind)
        if spots is None:
            return None
        i, found = bisect_left(spots, (start,)), None
        while i < len(spots):
            spot = spots[i]
            if spot[0] >= end or (found is not None and spot[0] > found[0]):
                break
            if spot[1] <= end:
                found = spot
            i += 1
        return found

    def apart(self, kind: str) -> list[tuple[int, int]]:
        """The words of a kind from left to right, each the longest that begins there, none over the one before it."""
        if kind not in self._apart:
            out: list[tuple[int, int]] = []
            at = 0
            for spot in self._by_kind.get(kind, ()):
                if out and out[-1][0] == spot[0]:
                    out[-1] = spot
                elif spot[0] >= at:
                    out.append(spot)
                else:
                    continue
                at = spot[1]
            self._apart[kind] = out
        return self._apart[kind]

    def apart_between(self, kind: str, start: int, end: int) -> list[tuple[int, int]]:
        """Those of `apart` that begin between two offsets."""
        spots = self.apart(kind)
        return spots[bisect_left(spots, (start,)) : bisect_left(spots, (end,))]

    def within(self, kind: str, start: int, end: int) -> list[tuple[int, int]]:
        """For each place between two offsets where a word begins the longest that ends in time; they may overlap."""
        out: list[tuple[int, int]] = []
        spots = self._by_kind.get(kind, [])
        for i in range(bisect_left(spots, (start,)), len(spots)):
            spot = spots[i]
            if spot[0] >= end:
                break
            if spot[1] <= end:
                if out and out[-1][0] == spot[0]:
                    out.pop()
                out.append(spot)
        return out


class Vocabulary:
    """The words of one lexicon, compiled once; make it with `vocabulary(lexicon)`."""

    def __init__(self, lexicon: Lexicon) -> None:
        kinds: dict[str, list[str]] = {}
        for row in lexicon.table("cues", *_CUES):
            kinds.setdefault(row.surface, []).append(row.kind)
        for row in lexicon.table("terms"):
            kinds.setdefault(row.surface, []).append("term")
        for word in lexicon.rates:
            kinds.setdefault(word, []).append("rate")
        for row in lexicon.table("modifiers", *BOUNDS):
            if row["side"] == "before" and (len(row.surface) > 1 or row.surface == "约"):
                kinds.setdefault(row.surface, []).append("bound")
        self._kinds = [tuple(dict.fromkeys(k)) for k in kinds.values()]
        self._finder = AhoCorasick(kinds, implementation=Implementation.ContiguousNFA)

    def spot(self, folded: str) -> Spots:
        """Every word of every kind in a folded text."""
        by_kind: dict[str, list[tuple[int, int]]] = {}
        kinds = self._kinds
        for word, start, end in self._finder.find_matches_as_indexes(folded, overlapping=True):
            for kind in kinds[word]:
                if kind in by_kind:
                    by_kind[kind].append((start, end))
                else:
                    by_kind[kind] = [(start, end)]
        for spots in by_kind.values():
            spots.sort()
        return Spots(by_kind)


@functools.lru_cache(maxsize=8)
def vocabulary(lexicon: Lexicon) -> Vocabulary:
    """The vocabulary of a lexicon, compiled once."""
    return Vocabulary(lexicon)
