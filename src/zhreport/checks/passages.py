"""The words around the figures of a finding, to show them in: one stretch for figures that stand together, more where they do not."""

from __future__ import annotations

from collections.abc import Iterable

import regex

from ..types import Finding, Operand

_BEFORE, _AFTER, _NEAR = 30, 16, 60
_EDGE = regex.compile(r"[。！？!?\n]")


def figures_of(finding: Finding) -> list[Operand]:
    """The operands and the result, in the order of the text."""
    return sorted((o for o in (*finding.operands, finding.result) if o is not None), key=lambda o: o.start)


def passages(text: str, figures: Iterable[Operand]) -> tuple[tuple[int, str], ...]:
    """(offset, words) of each stretch: around each figure within its sentence, neighbours joined.

    >>> passages("一、教育。资助12人,发放3万元。", [Operand(None, 7, 10, "12人"), Operand(None, 13, 16, "3万元")])
    ((5, '资助12人,发放3万元。'),)
    """
    spans: list[list[int]] = []
    for o in figures:
        start = max(0, o.start - _BEFORE)
        edges = [m.end() for m in _EDGE.finditer(text, start, o.start)]
        start = edges[-1] if edges else start
        edge = _EDGE.search(text, o.end, min(len(text), o.end + _AFTER))
        end = edge.end() if edge else min(len(text), o.end + _AFTER)
        if spans and start - spans[-1][1] <= _NEAR and "\n" not in text[spans[-1][1] : start]:
            spans[-1][1] = max(end, spans[-1][1])
        else:
            spans.append([start, end])
    return tuple((a, text[a:b].rstrip("\n")) for a, b in spans)
