"""The words around the figures of a finding, to show them in: one stretch for figures that stand together, more where they do not."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

import regex

from ..types import Finding, Operand

_BEFORE, _AFTER, _NEAR = 30, 16, 60
_EDGE = regex.compile(r"[。！？!?\n]")


def figures_of(finding: Finding) -> list[Operand]:
    """The operands and the result, in the order of the text."""
    return sorted((o for o in (*finding.operands, finding.result) if o is not None), key=lambda o: o.start)


class Passages:
    """The passages of one text, whose sentence ends are found once."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._edges = [0, *(m.end() for m in _EDGE.finditer(text)), len(text) + 1]

    def around(self, figures: Iterable[Operand]) -> tuple[tuple[int, str], ...]:
        """(offset, words) of each stretch: around each figure within its sentence, neighbours joined.

        >>> Passages("一、教育。资助12人,发放3万元。").around([Operand(None, 7, 10, "12人"), Operand(None, 13, 16, "3万元")])
        ((5, '资助12人,发放3万元。'),)
        """
        text, edges, out = self._text, self._edges, []
        first = last = -1
        for start, end in sorted([(o.start, o.end) for o in figures]):
            k = bisect_right(edges, start)
            left = max(edges[k - 1], start - _BEFORE)
            right = min(edges[bisect_right(edges, end, k - 1)], end + _AFTER)
            if first >= 0 and left - last <= _NEAR and "\n" not in text[last:left]:
                last = max(right, last)
                continue
            if first >= 0:
                out.append((first, text[first:last].rstrip("\n")))
            first, last = left, right
        return (*out, (first, text[first:last].rstrip("\n"))) if first >= 0 else ()
