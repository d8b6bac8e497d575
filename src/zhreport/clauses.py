"""Sentences, clauses and brackets of a text, as spans."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import regex

from .types import Quantity, Span
from .vocabulary import Spots

_SENTENCE_END = regex.compile(r"[。!?]+[\"'”’」』)]*|\n+")
_BREAK = re.compile(r"[,、;:。!?\n()\[\]【】《》]")
_THOUSANDS = re.compile(r",(?<=\d,)(?=\d{3}(?!\d))")
_BRACKET = regex.compile(r"[()\n]")
# No clause of a report is longer; the bound keeps the work linear on text with no punctuation.
LONGEST = 300


@dataclass(frozen=True, slots=True, eq=False)
class Clauses:
    """Where sentences and clauses end, and which brackets belong together; all found in one pass each."""

    length: int
    sentence_starts: tuple[int, ...]
    sentence_ends: tuple[int, ...]
    breaks: tuple[int, ...]
    brackets: tuple[Span, ...]
    outer: tuple[int, ...]

    def sentence(self, at: int) -> Span:
        """The sentence that holds this offset."""
        i = bisect_right(self.sentence_starts, at) - 1
        if i < 0:
            return Span(0, self.sentence_starts[0] if self.sentence_starts else self.length)
        return Span(self.sentence_starts[i], max(self.sentence_ends[i], min(at + 1, self.length)))

    def sentence_index(self, at: int) -> int:
        return bisect_right(self.sentence_starts, at) - 1

    def clause_start(self, at: int) -> int:
        """Just after the last break before `at`."""
        i = bisect_left(self.breaks, at)
        return max(self.breaks[i - 1] + 1 if i else 0, at - LONGEST)

    def clause_end(self, at: int) -> int:
        """The first break at or after `at`."""
        i = bisect_left(self.breaks, at)
        return min(self.breaks[i] if i < len(self.breaks) else self.length, at + LONGEST)

    def bracket(self, at: int) -> Span | None:
        """The innermost pair of brackets around `at`, from ( to )."""
        i = bisect_left(self.brackets, (at, 0)) - 1
        while i >= 0 and self.brackets[i].end <= at:
            i = self.outer[i]
        return self.brackets[i] if i >= 0 else None


def clauses(folded: str) -> Clauses:
    """Sentences (ended by 。！？ or a line end), clause breaks and brackets of a folded text.

    >>> c = clauses("资助255人(本县200人)。")
    >>> c.bracket(10), c.clause_start(9)
    (Span(start=6, end=14), 7)
    """
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    for m in _SENTENCE_END.finditer(folded):
        _add_sentence(folded, at, m.end(), starts, ends)
        at = m.end()
    _add_sentence(folded, at, len(folded), starts, ends)
    pairs = brackets(folded)
    return Clauses(len(folded), tuple(starts), tuple(ends), tuple(breaks(folded)), pairs, _outer(pairs))


def breaks(folded: str) -> list[int]:
    """Where clauses end: at every mark but the comma of 12,345."""
    return [m.start() for m in _BREAK.finditer(_THOUSANDS.sub("0", folded))]


def _add_sentence(folded: str, start: int, end: int, starts: list[int], ends: list[int]) -> None:
    piece = folded[start:end]
    if bare := piece.strip():
        first = start + len(piece) - len(piece.lstrip())
        starts.append(first)
        ends.append(first + len(bare))


def brackets(folded: str) -> tuple[Span, ...]:
    """Pairs on one line, by their start; a bracket that never closes holds nothing."""
    out: list[Span] = []
    stack: list[int] = []
    for m in _BRACKET.finditer(folded):
        if m[0] == "(":
            stack.append(m.start())
        elif m[0] == "\n":
            stack.clear()
        elif stack:
            out.append(Span(stack.pop(), m.start() + 1))
    return tuple(sorted(out))


def _outer(pairs: tuple[Span, ...]) -> tuple[int, ...]:
    """For each pair the one around it, or -1."""
    out: list[int] = []
    still: list[int] = []
    for i, pair in enumerate(pairs):
        while still and pairs[still[-1]].end <= pair.start:
            still.pop()
        out.append(still[-1] if still else -1)
        still.append(i)
    return tuple(out)


# What may stand between two figures of one list: 36582元和18147元, 12、15.5、20万元.
SEPARATORS = frozenset(f"{a}{b}{c}" for a in ("", " ") for b in (*"、,;和及与", "以及") for c in ("", " "))


class Surroundings(NamedTuple):
    """The quantities of one document with where each stands, side by side: looked up once, for all that look around."""

    folded: str
    quantities: Sequence[Quantity]
    clauses: Clauses
    begins: list[int]  # where its clause begins
    near: list[int]  # where the words that are its own begin: its clause, or the end of the quantity before it
    sentences: list[int]  # the number of its sentence
    listed: list[bool]  # whether only a separator stands between it and the quantity before it
    brackets: list[Span | None]  # the innermost pair of brackets around it
    spots: Spots  # the words of the tables

    def sentence_start(self, i: int) -> int:
        """Where the sentence of quantity i begins."""
        return self.clauses.sentence_starts[self.sentences[i]] if self.sentences[i] >= 0 else 0

    def sentence_end(self, i: int) -> int:
        """Where the sentence of quantity i ends."""
        return self.clauses.sentence(self.quantities[i].start).end

    def holding(self, kind: str) -> set[int]:
        """The quantities that have a word of this kind among the words that are their own."""
        starts, near = [q.start for q in self.quantities], self.near
        out: set[int] = set()
        for begin, end in self.spots.between(kind, near[0], starts[-1]) if starts else ():
            i = bisect_left(starts, end)
            if i < len(starts) and near[i] <= begin:
                out.add(i)
        return out

    def after(self, offsets: Iterable[int], reach: int = 0) -> set[int]:
        """The quantities before which one of these offsets stands, among their own words or that far before them."""
        starts = [q.start for q in self.quantities]
        out: set[int] = set()
        for offset in offsets:
            i = bisect_left(starts, offset)
            while i < len(starts) and (self.near[i] <= offset or starts[i] - offset <= reach):
                out.add(i)
                i += 1
        return out

    def told(self, spans: Iterable[tuple[int, int]]) -> dict[int, tuple[int, int]]:
        """For each quantity the last of these spans that stands before it in its sentence."""
        starts = [q.start for q in self.quantities]
        out: dict[int, tuple[int, int]] = {}
        for span in spans:
            i = bisect_left(starts, span[1])
            while i < len(starts) and self.sentence_start(i) <= span[0]:
                out[i] = span
                i += 1
        return out


def surroundings(folded: str, quantities: Sequence[Quantity], clauses: Clauses, spots: Spots) -> Surroundings:
    """Where each quantity of a document stands, and the words around it."""
    begins, near, sentences, listed = [], [], [], []
    around: list[Span | None] = []
    pairs, still = clauses.brackets, []
    opened = bisect_left(pairs, (folded.rfind("\n", 0, quantities[0].start) + 1, 0)) if quantities else 0
    breaks, starts = clauses.breaks, clauses.sentence_starts
    end = 0
    for q in quantities:
        at = q.start
        i = bisect_left(breaks, at)
        begin = breaks[i - 1] + 1 if i else 0
        if begin < at - LONGEST:
            begin = at - LONGEST
        begins.append(begin)
        near.append(begin if begin > end else end)
        sentences.append(bisect_right(starts, at) - 1)
        listed.append(end > 0 and at - end <= 4 and folded[end:at] in SEPARATORS)
        while opened < len(pairs) and pairs[opened].start < at:
            still.append(pairs[opened])
            opened += 1
        while still and still[-1].end <= at:
            still.pop()
        around.append(still[-1] if still else None)
        end = q.end
    return Surroundings(folded, quantities, clauses, begins, near, sentences, listed, around, spots)


class Occurrences:
    """Where a pattern occurs around some figures, found once, so that asking for each figure stays cheap."""

    def __init__(self, pattern: regex.Pattern, folded: str, quantities: Sequence[Quantity]) -> None:
        start = max(0, quantities[0].start - LONGEST) if quantities else 0
        stop = quantities[-1].end if quantities else 0
        self.found = [*pattern.finditer(folded, start, stop)]
        self._starts = [m.start() for m in self.found]

    def last(self, start: int, end: int) -> regex.Match | None:
        """The last occurrence that begins at or after `start` and ends by `end`."""
        i = bisect_left(self._starts, end) - 1
        while i >= 0 and self.found[i].end() > end:
            i -= 1
        return self.found[i] if i >= 0 and self._starts[i] >= start else None
