"""A text → HTML whose characters are those of the text: one flat row of spans, none inside another."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from html import escape
from typing import NamedTuple

from .sheets import Sheet
from .words import group_of

# A browser turns a bare CR into LF and drops NUL; a lone surrogate is no UTF-8. One character stays one character.
_ODD = {"\r": "&#13;", "\0": "\u2400"}
_ODD_CHARACTERS = re.compile("[\r\0\ud800-\udfff]")


class Piece(NamedTuple):
    """A span of the page: a figure (with its number), a marker, an operand that is no record, a title, a part left out."""

    start: int
    end: int
    kind: str
    number: int | None = None
    hint: str = ""


def escaped(text: str) -> str:
    """The text for HTML, character for character.

    >>> escaped("<b>\\r\\n{{7*7}}")
    '&lt;b&gt;&#13;\\n{{7*7}}'
    """
    return _ODD_CHARACTERS.sub(lambda m: _ODD.get(m[0], "\ufffd"), escape(text))


def pieces(sheet: Sheet) -> list[Piece]:
    """The spans of a sheet in the order of the text; where two would overlap, the first kind named here stands."""
    figures = [Piece(r["start"], r["end"], f"m {group_of(r['dimension'])}", i) for i, r in enumerate(sheet.records)]
    markers = [Piece(s["start"], s["end"], "mk") for s in sheet.sections]
    spans = ((o["start"], o["end"]) for f in sheet.findings for o in (*f["operands"], f["result"]) if o)
    others = [Piece(a, b, "a") for a, b in sorted(set(spans))]
    blanks = [Piece(a, b, "out", hint=why) for a, b, why in sheet.left_out]
    titles = [Piece(d["title_start"], d["title_end"], "dt") for d in sheet.documents if d["title_start"] is not None]
    titles += [Piece(s["end"], s["end"] + len(s["title"]), "t") for s in sheet.sections if _follows(sheet, s)]
    whole = _apart(_inside(sheet.text, [*figures, *markers, *others]))
    for more in (blanks, titles):
        whole = sorted([*whole, *_gaps(_apart(_inside(sheet.text, more)), whole)])
    return whole


def _follows(sheet: Sheet, section: dict[str, object]) -> bool:
    title, end = section["title"], section["end"]
    return isinstance(title, str) and isinstance(end, int) and bool(title) and sheet.text.startswith(title, end)


def _inside(text: str, found: Iterable[Piece]) -> list[Piece]:
    return [p for p in found if 0 <= p.start < p.end <= len(text)]


def _apart(found: Iterable[Piece]) -> list[Piece]:
    """Pieces that do not overlap: each that is free of those before it in the list."""
    starts: list[int] = []
    kept: list[Piece] = []
    for piece in found:
        i = bisect_left(starts, piece.start)
        if (i == 0 or kept[i - 1].end <= piece.start) and (i == len(kept) or piece.end <= kept[i].start):
            starts.insert(i, piece.start)
            kept.insert(i, piece)
    return kept


def _gaps(found: Iterable[Piece], taken: list[Piece]) -> Iterator[Piece]:
    """What is left of each piece between those that are taken: a title goes on after the figure in it."""
    starts = [p.start for p in taken]
    for piece in found:
        at = piece.start
        first = max(0, bisect_right(starts, at) - 1)
        for other in taken[first : bisect_left(starts, piece.end)]:
            if other.start > at:
                yield piece._replace(start=at, end=other.start)
            at = max(at, other.end)
        if at < piece.end:
            yield piece._replace(start=at)


def marked(text: str, found: Iterable[Piece]) -> str:
    """The text as HTML: a block a line, which ends with its line end, and a span a piece. No line ends inside a piece."""
    out = ['<div class="l" data-o="0">']
    at = 0
    for piece in found:
        out += [*_plain(text, at, piece.start), _span(text, piece)]
        at = piece.end
    out += [*_plain(text, at, len(text)), "</div>"]
    return "".join(out)


def _plain(text: str, start: int, end: int) -> Iterator[str]:
    at = start
    while (newline := text.find("\n", at, end)) >= 0:
        yield escaped(text[at : newline + 1])
        at = newline + 1
        if at < len(text):
            yield f'</div><div class="l" data-o="{at}">'
    yield escaped(text[at:end])


def _span(text: str, piece: Piece) -> str:
    inner = escaped(text[piece.start : piece.end])
    if piece.kind in ("t", "dt"):
        return f'<b class="{piece.kind}">{inner}</b>'
    if piece.kind == "out":
        return f'<span class="out" title="{escape(piece.hint)}">{inner}</span>'
    anchor = f'id="o{piece.start}" class="{piece.kind}"'
    if piece.number is None:
        return f"<span {anchor}>{inner}</span>"
    return f'<mark {anchor} data-i="{piece.number}" role="button">{inner}</mark>'


def anchor_of(start: int, end: int, anchors: list[Piece]) -> int | None:
    """Where the piece stands that shares most characters with a span: what a finding's figure points at."""
    first = max(0, bisect_right(anchors, (start,)) - 1)
    best, most = None, 0
    for piece in anchors[first:]:
        if piece.start >= end:
            break
        shared = min(end, piece.end) - max(start, piece.start)
        if shared > most:
            best, most = piece.start, shared
    return best
