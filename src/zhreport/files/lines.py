"""Lines on printed pages → paragraphs: what repeats on every page is dropped, and wrapped lines are joined again."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from statistics import median
from typing import NamedTuple


class Part(NamedTuple):
    """A stretch of a line: its text and where it begins."""

    text: str
    x0: float


class Line(NamedTuple):
    """A printed line: its text, its box, the size of its type.

    `head` is the width of what cannot be broken off its start, `hang` that of the closing marks at its end; `parts` are the
    stretches that stand apart by wide gaps.
    """

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    size: float
    head: float
    hang: float
    page: int
    parts: tuple[Part, ...] = ()
    room: float = 0  # the width of the page


class Margins(NamedTuple):
    """The left and right edge of the text, the usual step from line to line, and whether first lines are indented."""

    left: float
    right: float
    step: float
    indented: bool


# - 3 -   第3页 共12页   3 / 12
_PAGE_NUMBER = re.compile(r"[-—–－·\s]*(?:第\s*)?\d{1,4}\s*页?(?:\s*[,，/／(（]?\s*共?\s*\d{1,4}\s*页?\s*[)）]?)?[-—–－·\s]*")
_STOP = tuple("。！？；：!?;:")
_MARKER = re.compile(
    r"[(（]?(?:[一二三四五六七八九十]{1,3}|\d{1,2})(?:[)）、]|[.．](?!\d))|第[一二三四五六七八九十]{1,3}[章节条部，,]|[①-⑳]|注[：:]"
)
_ZONE = 0.12


def without_furniture(lines: Sequence[Line], heights: dict[int, float]) -> list[Line]:
    """The lines without page numbers and without the headers and footers that come again on half of the pages or more."""
    seen = Counter(key for key in {(*_signature(line), line.page) for line in lines if _at_edge(line, heights)})
    pages = Counter((text, top) for text, top, _ in seen)
    needed = max(2, len(heights) / 2)
    kept = []
    for line in lines:
        repeated = pages[_signature(line)] >= needed and not line.text.endswith("。")
        if _at_edge(line, heights) and (_PAGE_NUMBER.fullmatch(line.text) or repeated):
            continue
        kept.append(line)
    return kept


def _at_edge(line: Line, heights: dict[int, float]) -> bool:
    height = heights[line.page]
    return line.bottom < _ZONE * height or line.top > (1 - _ZONE) * height


def _signature(line: Line) -> tuple[str, int]:
    """What a header has in common from page to page: its words but for the page number, and its height."""
    return re.sub(r"\d+", "#", line.text), round(line.top / 3)


def margins(lines: Sequence[Line]) -> dict[int, Margins]:
    """The margins of each page; left and right pages may be mirrored, and a short page has too few lines to tell its own."""
    body = _body_size(lines)
    typical = [line for line in lines if abs(line.size - body) < 1] or list(lines)
    step = _step(typical)
    out = {}
    for page in {line.page for line in lines}:
        alike = [line for line in typical if line.page % 2 == page % 2]
        group = alike if len(alike) >= 10 else typical
        # A full stop may hang over the right margin, so that closing marks do not count; a caption may stand left of the text.
        lefts, rights = sorted(line.x0 for line in group), sorted(line.x1 - line.hang for line in group)
        rare = len(group) // 50
        left = lefts[rare]
        first = sum(1.5 * body < line.x0 - left < 2.7 * body for line in group)
        right = rights[-1 - rare]
        if sum(x > right - 1.5 * body for x in rights) < 2:
            # One line alone may be the longest of many short ones: then the page is as far from its right edge as from its left.
            right = max(right, group[0].room - left - 2.5 * body)
        out[page] = Margins(left, right, step, first * 10 >= len(group))
    return out


def _body_size(lines: Iterable[Line]) -> float:
    weight: Counter[float] = Counter()
    for line in lines:
        weight[round(line.size)] += len(line.text)
    return weight.most_common(1)[0][0] if weight else 0


def _step(lines: Sequence[Line]) -> float:
    steps = [b.top - a.top for a, b in pairwise(lines) if a.page == b.page and b.top > a.top]
    return median(steps) if steps else 0.0


def continues(above: Line, below: Line, page: Margins, next_page: Margins) -> bool:
    """Whether a line goes on with the paragraph of the line above it.

    It does where the line above is full, so that the first unit below did not fit, and the line below has no indent.
    """
    if abs(above.size - below.size) > 1:
        return False
    if below.page == above.page and below.top - above.top > 1.35 * page.step:
        return False
    if below.x0 > next_page.left + 0.9 * below.size:
        return _wrapped_title(above, below, page)
    stops = above.text.endswith(_STOP)
    # A line that stops a little short in the middle of a sentence, or where paragraphs show by their indent, is no last line.
    if page.indented and not stops and _cuts_figure(above, below) and above.x1 - page.left > 0.7 * (page.right - page.left):
        return True
    slack = (-0.1 if stops and not page.indented else 1.5) * above.size
    if above.x1 + below.head <= page.right - slack:
        return False
    # Pages with no indents: a paragraph that happens to fill its last line ends in a stop, and the next has a marker.
    return page.indented or not (stops and _MARKER.match(below.text))


def _cuts_figure(above: Line, below: Line) -> bool:
    """投入资金12 / 34.5万元: no paragraph ends in bare digits, and the next would be indented."""
    return above.text[-1:].isdigit() and (below.text[:1].isdigit() or below.text[:1] in ".,，%万亿元人户")


# ① … , [1] …, 1 …: small lines at the foot of a page
NOTE = re.compile(r"[①-⑳]|[\[〔【(（]\d{1,2}[\]〕】)）]|\d{1,2}[ .、]?(?=\D)|[*＊]")


def notes_apart(lines: Sequence[Line]) -> tuple[list[Line], list[Line]]:
    """The lines of the body, and the notes at the foot of pages: between two pages they would break a paragraph."""
    body = _body_size(lines)
    notes: set[int] = set()
    last = {line.page: i for i, line in enumerate(lines)}
    for page, end in last.items():
        first = end + 1
        while first > 0 and lines[first - 1].page == page and lines[first - 1].size < 0.92 * body:
            first -= 1
        begun = next((i for i in range(first, end + 1) if NOTE.match(lines[i].text)), None)
        if begun == first and first > 0 and lines[first - 1].page == page:
            notes.update(range(first, end + 1))
    return [x for i, x in enumerate(lines) if i not in notes], [lines[i] for i in sorted(notes)]


_FIGURE = re.compile(r"[-−+]?\d[\d,，.]*%?")


def in_columns(lines: Sequence[Line]) -> set[int]:
    """The lines that are rows of a table without rules: two or more one below the other, in parts, figures among them."""
    found: set[int] = set()
    run: list[int] = []
    for i, line in enumerate(lines):
        near = bool(run) and lines[run[-1]].page == line.page and line.top - lines[run[-1]].top < 3 * line.size
        if len(line.parts) < 2 or not (near or not run):
            found.update(_columns(lines, run))
            run = []
        if len(line.parts) > 1:
            run.append(i)
    return found | set(_columns(lines, run))


def _columns(lines: Sequence[Line], run: list[int]) -> list[int]:
    told = sum(any(_FIGURE.fullmatch(p.text) for p in lines[i].parts[1:]) for i in run)
    return run if len(run) > 1 and 2 * told >= len(run) else []


def printed(line: Line, left: float) -> str:
    """A row with blanks as wide as its gaps, so that its cells stand below their heads."""
    out, width = "", 0
    for part in line.parts:
        gap = max(2 if out else 0, round(2 * (part.x0 - left) / line.size) - width)
        out += " " * gap + part.text
        width += gap + sum(1 + (c > "\u2e7f") for c in part.text)
    return out


def _wrapped_title(above: Line, below: Line, page: Margins) -> bool:
    """A centred title over two lines: 关于麦河县2020年预算执行情况和2021年预算 / 草案的报告."""
    middle = (page.left + page.right) / 2
    centred = all(abs((line.x0 + line.x1) / 2 - middle) < line.size for line in (above, below))
    return centred and above.x1 - above.x0 > 0.75 * (page.right - page.left) and not above.text.endswith(_STOP)


def glue(above: str, below: str) -> str:
    """What stands between two joined lines: a space between words of Latin letters, else nothing (14. / 925万元).

    >>> glue("发放资金14.", "925万元"), glue("World", "Bank")
    ('', ' ')
    """
    letters = above[-1:].isascii() and above[-1:].isalpha() and below[:1].isascii() and below[:1].isalpha()
    return " " if letters else ""
