"""Sentences, clauses and brackets of a text, as spans."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass

import regex

from .types import Span

_SENTENCE_END = regex.compile(r"[。!?]+[\"'”’」』)]*|\n+")
_BREAK = regex.compile(r"(?<!\d),|,(?!\d{3}(?!\d))|[、;:。!?\n()\[\]【】《》]")
_BRACKET = regex.compile(r"[()]")


@dataclass(frozen=True, slots=True, eq=False)
class Clauses:
    """Where sentences and clauses end, and which brackets belong together; all found in one pass each."""

    length: int
    sentence_starts: tuple[int, ...]
    sentence_ends: tuple[int, ...]
    breaks: tuple[int, ...]
    brackets: tuple[Span, ...]

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
        return self.breaks[i - 1] + 1 if i else 0

    def clause_end(self, at: int) -> int:
        """The first break at or after `at`."""
        i = bisect_left(self.breaks, at)
        return self.breaks[i] if i < len(self.breaks) else self.length

    def bracket(self, at: int) -> Span | None:
        """The innermost pair of brackets around `at`, from ( to )."""
        best = None
        i = bisect_right(self.brackets, Span(at, self.length))
        for span in reversed(self.brackets[max(0, i - 16) : i]):
            if span.start < at < span.end:
                best = span
                break
        return best


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
    return Clauses(
        len(folded), tuple(starts), tuple(ends), tuple(m.start() for m in _BREAK.finditer(folded)), tuple(_brackets(folded))
    )


def _add_sentence(folded: str, start: int, end: int, starts: list[int], ends: list[int]) -> None:
    piece = folded[start:end]
    if bare := piece.strip():
        first = start + len(piece) - len(piece.lstrip())
        starts.append(first)
        ends.append(first + len(bare))


def _brackets(folded: str) -> list[Span]:
    """Pairs on one line; a bracket that never closes holds nothing."""
    out: list[Span] = []
    stack: list[int] = []
    for m in _BRACKET.finditer(folded):
        if m[0] == "(":
            stack.append(m.start())
        elif stack:
            start = stack.pop()
            if "\n" not in folded[start : m.start()]:
                out.append(Span(start, m.start() + 1))
            else:
                stack.clear()
    return sorted(out)
