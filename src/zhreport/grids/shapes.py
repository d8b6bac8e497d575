"""Tables in a text: rows of cells between tabs, bars or aligned blanks → their heads, one path a column, and the rows below.

A merged cell stands once and leaves the columns and rows that it covers empty; its words are handed on to them here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import regex

NUMBER = regex.compile(r"[-−+]?(?:\d{1,3}(?:[, ]\d{3})+|\d+)(?:\.\d+)?[*①-⑩]?")
YEAR = regex.compile(r"(?:19|20)\d{2}")
CAPTION = regex.compile(r"(?:计量|(?P<money>金额|货币))?单位[::] ?(?P<in>[^\s);。|]{1,12})")
_RULE = regex.compile(r"[\s|:+\-─-╿=]*")
_BARS = str.maketrans("｜│┃", "|||")
# Two blanks, or one as wide as a character, between words; those at the start of a line are its indent.
_GAP = regex.compile(r"(?<=[^\s　])(?:[ \xa0]{2,}+|[ \xa0]*+　[ \xa0　]*+)(?=[^\s　])")
_COUNTED = regex.compile(r"(\d{1,2})(?:=.*)?")
_PROSE = regex.compile(r"[。;!?；！？]|(?:，|(?<=\p{Han}),).*(?:，|(?<=\p{Han}),)")
_WIDE = "\u2e7f"


class Cell(NamedTuple):
    """One cell: where its text stands, white space left out, and how far it is indented, in half characters."""

    start: int
    end: int
    indent: int = 0

    @property
    def full(self) -> bool:
        return self.end > self.start


class Grid(NamedTuple):
    """A table: rows above its heads that are titles, the heads of each column from the top down, the rows below."""

    start: int
    end: int
    titles: list[Cell]
    heads: list[list[Cell]]
    rows: list[list[Cell]]
    cuts: list[int]  # the blank, tab or bar behind each cell but the last of its row


class _Line(NamedTuple):
    """A line of a table: what parts its cells, the cells, and for blanks the columns of print of each."""

    mark: str
    cells: list[Cell]
    print: list[tuple[int, int]]


def grids(text: str, folded: str) -> list[Grid]:
    """The tables of a text: two or more lines in a row that are made of cells, one of them a bare number.

    Tabs and blanks are looked for in the text itself: folding makes both plain spaces.

    >>> [len(g.rows) for text in ["项目\\t金额(万元)\\n助学金\\t12.5\\n"] for g in grids(text, text)]
    [1]
    """
    if "\t" not in text and "|" not in folded and "│" not in text and not _has_gap(text):
        return []
    return [g for block in _blocks(text, folded) for g in _read(folded, block)]


def _has_gap(text: str) -> bool:
    """Whether any line has a wide blank inside. Prose is passed over at the speed of `in`."""
    if "  " not in text and "\u3000" not in text and "\xa0" not in text:
        return False
    return any(_wide_blank(line.strip()) for line in text.split("\n"))


def _wide_blank(bare: str) -> bool:
    return "  " in bare or "\u3000" in bare or "\xa0" in bare


def parted(folded: str, grids: Sequence[Grid]) -> str:
    """The folded text with a semicolon behind each cell, so that no figure of one cell reaches for a word in the next: 86 | 县教育局.

    >>> text = "项目\\t金额\\n甲\\t1\\n"
    >>> parted(text, grids(text, text))
    '项目;金额\\n甲;1\\n'
    """
    if not grids:
        return folded
    out = list(folded)
    for cut in (c for g in grids for c in g.cuts):
        out[cut] = ";"
    return "".join(out)


def _blocks(text: str, folded: str) -> Iterator[list[_Line]]:
    """The lines of each table; one empty line may stand between its rows, and a line of a group between those in blanks."""
    block: list[_Line] = []
    held: _Line | None = None
    above: _Line | None = None
    gap, at = 0, 0
    for line in text.split("\n"):
        start, at = at, at + len(line) + 1
        found = _line(line, start)
        if found is not None and not found.cells:
            continue  # a rule between rows
        goes_on = found is not None and block and found.mark == block[-1].mark and not _begins(folded, block, found.cells)
        if found is not None and goes_on and _fits(folded, block, found, held, gap):
            block += [held, found] if held else [found]
            held, gap = None, 0
            continue
        bare = line.strip()
        if found is None and block and not gap and held is None and not bare:
            gap = 1
            continue
        if found is None and block and held is None and block[-1].mark == " " and len(bare) < 20 and not _PROSE.search(bare):
            held = _Line(" ", [_cell(line, start)], [(0, _printed(line))])
            continue
        yield block
        over = above is not None and found is not None and found.mark == " " and _over(above, found)
        block, held, gap = [*([above] if above and over else []), *([found] if found else [])], None, 0
        above = None
        if bare and len(bare) < 30 and line[:4].isspace():
            above = _Line(" ", [_cell(line, start)], [(_printed(line) - _printed(bare), _printed(line.rstrip()))])
    yield block


def _over(above: _Line, heads: _Line) -> bool:
    """Whether words alone on a line stand over the middle of some columns, as a merged head does, and not over the whole as a title."""
    left, right = above.print[0]
    if left < 4 or len(heads.cells) < 3:
        return False
    columns = heads.print

    def off(i: int, j: int) -> int:
        return abs(columns[i][0] + columns[j][1] - left - right) // 2

    near = any(off(i, j) <= 2 for i in range(1, len(columns)) for j in range(i + 1, len(columns)))
    return near and off(0, len(columns) - 1) > 3


def _fits(folded: str, block: Sequence[_Line], found: _Line, held: _Line | None, gap: int) -> bool:
    """Whether a line goes on with a table after a line of a group, or an empty one."""
    if held is not None and not _has_data(folded, found.cells):
        return False
    # Heads in blanks may be parted otherwise than their rows: 指　　标.
    heads = found.mark == " " and not any(_has_data(folded, line.cells) for line in block)
    return not gap or len(found.cells) == len(block[-1].cells) or heads


def _line(line: str, at: int) -> _Line | None:
    """The cells of a line; None where it is none of a table, no cells for a rule between rows."""
    if "\t" in line:
        return _parted(line, at, "\t")
    if "|" in line or "│" in line or "｜" in line or "┃" in line:
        barred = line.translate(_BARS)
        if barred.count("|") > 1 or " | " in barred:
            return _Line("|", [], []) if _RULE.fullmatch(line) else _parted(barred, at, "|")
    if ("─" in line or "--" in line) and _RULE.fullmatch(line) and line.strip():
        return _Line("|", [], [])
    bare = line.strip()
    if _wide_blank(bare) and len(bare) < 250:
        return _blank(line, at)
    return None


def _parted(line: str, at: int, mark: str) -> _Line | None:
    pieces = line.split(mark)
    cells = []
    for piece in pieces:
        cells.append(_cell(piece, at))
        at += len(piece) + 1
    return _Line(mark, cells, []) if len(cells) > 1 else None


def _cell(piece: str, at: int) -> Cell:
    bare = piece.strip()
    if not bare:
        return Cell(at, at)
    lead = piece[: len(piece) - len(piece.lstrip())]
    return Cell(at + len(lead), at + len(lead) + len(bare), _printed(lead))


def _printed(text: str) -> int:
    """How wide a text is in print, in half characters."""
    return sum(1 + (c > _WIDE) for c in text)


def _blank(line: str, at: int) -> _Line | None:
    """A line whose cells stand apart by blanks; two single characters apart are one word: 合　　计."""
    if _PROSE.search(line):
        return None
    indent = len(line) - len(line.lstrip())
    end = len(line.rstrip())
    cuts = [indent, *(x for m in _GAP.finditer(line, indent, end) for x in m.span()), end]
    spans = [(cuts[i], cuts[i + 1]) for i in range(0, len(cuts), 2)]
    if len(spans) < 2:
        return None
    cells = [Cell(at + a, at + b, 0) for a, b in spans]
    cells[0] = cells[0]._replace(indent=_printed(line[:indent]))
    return _Line(" ", cells, [(_printed(line[:a]), _printed(line[:b])) for a, b in spans])


def is_data(folded: str, cell: Cell) -> bool:
    """Whether a cell holds a bare number that is no year."""
    return bool(NUMBER.fullmatch(folded, cell.start, cell.end)) and not YEAR.fullmatch(folded, cell.start, cell.end)


def _has_data(folded: str, cells: Sequence[Cell]) -> bool:
    return any(is_data(folded, c) for c in cells[1:])


_ABOVE = 50


def _begins(folded: str, block: Sequence[_Line], cells: Sequence[Cell]) -> bool:
    """Whether a row of words below rows of numbers is the head of another table, with no line between the two."""
    # The rows right above will do: to look at all of them for each row would square the time of a page of words and tabs.
    if not any(_has_data(folded, line.cells) for line in block[-_ABOVE:]):
        return False
    words = [folded[c.start : c.end] for c in cells if c.full and any(x.isalnum() for x in folded[c.start : c.end])]
    if len(words) < 2 or any(x.isdigit() for w in words for x in YEAR.sub("", w)):
        return False
    return words != [folded[c.start : c.end] for c in block[0].cells if c.full]


def _read(folded: str, block: Sequence[_Line]) -> Iterator[Grid]:
    if len(block) < 2 or not any(_has_data(folded, line.cells) for line in block):
        return
    rows = _aligned(folded, block) if block[0].mark == " " else [line.cells for line in block]
    if block[0].mark == "|":
        for edge in (0, -1):
            if not any(row[edge].full for row in rows):
                rows = [row[1:] if edge == 0 else row[:-1] for row in rows]
    start, end = block[0].cells[0].start, block[-1].cells[-1].end
    cuts = [c.end for line in block for c in line.cells[:-1]]
    titles = []
    while len(rows) > 2 and _is_title(folded, rows):
        titles += [c for c in rows.pop(0) if c.full]
    count = 0
    for row in [r for r in rows[: _first_data(folded, rows)] if sum(c.full for c in r) < 3 and _is_caption(folded, r)]:
        rows.remove(row)
        titles += [c for c in row if c.full]
    while count < len(rows) - 1 and not (_has_data(folded, rows[count]) and not _is_count(folded, rows[count])):
        if count and _is_group(rows[count]):
            break
        count += 1
    top, below = [r for r in rows[:count] if not _is_count(folded, r)], rows[count:]
    told = {_words(folded, r) for r in top}
    below = [r for r in below if _words(folded, r) not in told]
    if not any(_has_data(folded, row) for row in below):
        return
    width = max(len(r) for r in rows)
    spread = _centred(top, block) if block[0].mark == " " else _spread(top, width)
    heads = [[row[c] for row in spread if c < len(row) and row[c].full] for c in range(width)]
    yield from _panels(folded, Grid(start, end, titles, heads, below, cuts))


def _words(folded: str, row: Sequence[Cell]) -> tuple[str, ...]:
    return tuple(folded[c.start : c.end] for c in row if c.full)


def _first_data(folded: str, rows: Sequence[Sequence[Cell]]) -> int:
    return next((i for i, row in enumerate(rows) if _has_data(folded, row)), len(rows))


def _is_caption(folded: str, row: Sequence[Cell]) -> bool:
    return any(CAPTION.search(folded, c.start, c.end) for c in row)


def _is_title(folded: str, rows: Sequence[Sequence[Cell]]) -> bool:
    """A title over the whole width, or a line that says the unit, above the heads."""
    full = [c for c in rows[0] if c.full]
    if not full or len(full) > 2:
        return False
    return _is_caption(folded, full) or (len(full) == 1 and rows[0][0].full and sum(c.full for c in rows[1]) > 1)


def _is_group(row: Sequence[Cell]) -> bool:
    """A row that only names the rows below it."""
    return row[0].full and not any(c.full for c in row[1:])


def _is_count(folded: str, row: Sequence[Cell]) -> bool:
    """The row that numbers the columns: 栏次 | 1 | 2 | 3, or 甲 | 乙 | 1 | 2 | 3=1+2."""
    written = [folded[c.start : c.end] for c in row if c.full]
    while written and len(written[0]) < 3 and not written[0][0].isdigit():
        written = written[1:]
    found = [m[1] for w in written if (m := _COUNTED.fullmatch(w))]
    return (
        len(found) == len(written) > 1
        and found == [str(n) for n in range(1, len(found) + 1)]
        and (len(found) > 2 or not is_data(folded, row[0]))
    )


def _spread(top: list[list[Cell]], width: int) -> list[list[Cell]]:
    """Merged heads: an empty cell beside a head takes its words where both have a head below."""
    rows = [[*row, *(Cell(row[-1].end, row[-1].end),) * (width - len(row))] for row in top]
    for level, row in enumerate(rows[:-1]):
        for c in range(1, width):
            under = [any(r[k].full for r in rows[level + 1 :]) for k in (c - 1, c)]
            above = level and rows[level - 1][c] != rows[level - 1][c - 1]
            if not row[c].full and row[c - 1].full and all(under) and not above:
                row[c] = row[c - 1]
    return rows


def _panels(folded: str, grid: Grid) -> Iterator[Grid]:
    """Two tables side by side under the same heads: 乡镇 | 人数 | 乡镇 | 人数."""
    told = [_words(folded, h) for h in grid.heads]
    step = next((n for n in range(2, len(told) // 2 + 1) if len(told) % n == 0 and told[:n] * (len(told) // n) == told), 0)
    if not step or not any(told):
        yield grid
        return
    for first in range(0, len(told), step):
        rows = [r[first : first + step] for r in grid.rows if len(r) > first]
        yield grid._replace(heads=grid.heads[first : first + step], rows=[r for r in rows if any(c.full for c in r)])


def _aligned(folded: str, block: Sequence[_Line]) -> list[list[Cell]]:
    """Rows parted by blanks, each cell put into the column below or above which it stands."""
    counts = Counter(len(line.cells) for line in block if _has_data(folded, line.cells))
    width = max(counts, key=lambda n: (counts[n], n))
    edges = _edges(block, width)
    return [_placed(folded, line, width, edges) for line in block]


def _edges(block: Sequence[_Line], width: int) -> list[tuple[int, int]]:
    whole = [line.print for line in block if len(line.cells) == width]
    return [(min(p[c][0] for p in whole), max(p[c][1] for p in whole)) for c in range(width)]


def _placed(folded: str, line: _Line, width: int, edges: Sequence[tuple[int, int]]) -> list[Cell]:
    cells, prints = list(line.cells), list(line.print)
    while len(cells) > width:
        at = next((i for i, (a, b) in enumerate(pairwise(cells)) if a.end - a.start == 1 == b.end - b.start), None)
        if at is None:
            break
        cells[at : at + 2] = [Cell(cells[at].start, cells[at + 1].end, cells[at].indent)]
        prints[at : at + 2] = [(prints[at][0], prints[at + 1][1])]
    if len(cells) >= width:
        return cells
    out = [Cell(cells[-1].end, cells[-1].end)] * width
    free = 0
    for i, (cell, (left, right)) in enumerate(zip(cells, prints, strict=True)):
        room = range(free, width - (len(cells) - i) + 1)
        best = min(room, key=lambda c: (max(0, left - edges[c][1], edges[c][0] - right), abs(left + right - sum(edges[c]))))
        out[best] = cell
        free = best + 1
    return out


def _centred(top: list[list[Cell]], block: Sequence[_Line]) -> list[list[Cell]]:
    """Heads in blanks that stand over the middle, or over the first, of the columns that they hold together."""
    place = {c.start: p for line in block for c, p in zip(line.cells, line.print, strict=True)}
    rows = [list(row) for row in top]
    for level, row in enumerate(rows[:-1]):
        below = [next((r[c] for r in rows[level + 1 :] if c < len(r) and r[c].full), None) for c in range(len(row))]
        over = [c for c, cell in enumerate(row) if cell.full and below[c]]
        for c in over:
            cell = row[c]
            left, right = place.get(cell.start, (0, 0))
            spans = [
                (i, j)
                for i in range(1, c + 1)
                for j in range(c, len(row))
                if all(below[k] for k in range(i, j + 1))
                and not any(k != c and row[k].full and row[k] != cell for k in range(i, j + 1))
            ]
            if not spans:
                continue

            def off(
                span: tuple[int, int], left: int = left, right: int = right, below: list[Cell | None] = below
            ) -> tuple[int, int]:
                a, b = (place.get(x.start, (0, 0)) for x in (below[span[0]], below[span[1]]) if x is not None)
                middle = abs(a[0] + b[1] - left - right) // 2
                return (0 if middle <= 2 or (abs(a[0] - left) <= 1 and span[1] > span[0]) else middle, span[0] - span[1])

            i, j = min(spans, key=off)
            row[i : j + 1] = [cell] * (j + 1 - i)
    return rows
