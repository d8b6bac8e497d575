"""Tables in the text: rows of cells between tabs or bars; the unit of a number stands in a head or a caption, never in its span.

Each bare number of a cell becomes a quantity; its name, period and place come from the heads of its row and column.
"""

from __future__ import annotations

import functools
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import regex

from .amounts import Amount
from .numerals import Numerals
from .types import Period, Quantity

if TYPE_CHECKING:
    from .lexicon import Lexicon, UnitRow
    from .places import Place

_NUMBER = regex.compile(r"[-−]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")
_RULE = regex.compile(r"[\s|:+-]*")
_BRACKET = regex.compile(r"\((?P<in>[^()]{1,12})\)|\[(?P<in>[^\[\]]{1,12})\]")
_CAPTION = regex.compile(r"(?:计量|金额)?单位[::] ?(?P<in>[^\s),;。、|]{1,8})")
_SPACE = regex.compile(r"\s+")
_YEAR = regex.compile(r"(?:19|20)\d{2}")


class Cell(NamedTuple):
    """One cell: where its text stands, white space left out."""

    start: int
    end: int


class Grid(NamedTuple):
    """A table: its rows of cells, and how many rows at its top are heads."""

    start: int
    rows: list[list[Cell]]
    heads: int


class CellFacts(NamedTuple):
    """What the heads say of the number in a cell."""

    name: str | None
    name_start: int
    name_end: int
    role: str
    period: str | None
    place: str | None
    total: int | None  # where the figure starts that this one is a part of
    planned: bool  # under 预算数, 年度计划; else what the text says
    why: str


class Unit(NamedTuple):
    """A unit with its multiplier, as a head writes it: 万元, 千人, %."""

    row: UnitRow
    scale: int


class Tables(NamedTuple):
    """The quantities of all cells with what their heads say, by their start."""

    quantities: list[Quantity]
    facts: dict[int, CellFacts]


def grids(text: str, folded: str) -> Iterator[Grid]:
    """Two or more lines in a row that have as many cells, one of them a number.

    Tabs are looked for in the text itself: folding makes them spaces.

    >>> [len(g.rows) for text in ["项目\\t金额(万元)\\n助学金\\t12.5\\n"] for g in grids(text, text)]
    [2]
    """
    if "\t" not in text and "|" not in folded:
        return
    rows: list[list[Cell]] = []
    at = 0
    for line in text.split("\n"):
        cells = _cells(line, at)
        if rows and (cells is None or _begins(folded, rows, cells)):
            yield from _grid(folded, rows)
            rows = [cells] if cells else []
        elif cells:
            rows.append(cells)
        at += len(line) + 1
    yield from _grid(folded, rows)


def _cells(line: str, at: int) -> list[Cell] | None:
    """The cells of a line; None where it is none of a table, empty for a rule between rows."""
    line = line.replace("｜", "|")
    mark = "\t" if "\t" in line else "|" if line.count("|") > 1 or " | " in line else ""
    if not mark:
        return None
    if mark == "|" and _RULE.fullmatch(line):
        return []
    out = []
    pieces = line.split(mark)
    for piece in pieces:
        bare = piece.strip()
        start = at + (len(piece) - len(piece.lstrip()) if bare else 0)
        out.append(Cell(start, start + len(bare)))
        at += len(piece) + 1
    if mark == "|":
        out = out[1:] if not pieces[0].strip() else out
        out = out[:-1] if not pieces[-1].strip() else out
    return out if len(out) > 1 else None


def _begins(folded: str, rows: list[list[Cell]], cells: list[Cell]) -> bool:
    """Whether a row of words below rows of numbers is the head of another table, with no line between the two."""
    told = any(_data(folded, c) for row in rows for c in row[1:])
    words = [c for c in cells if c.end > c.start]
    return told and len(words) > 1 and not any(any(x.isdigit() for x in folded[c.start : c.end]) for c in words)


def _grid(folded: str, rows: list[list[Cell]]) -> Iterator[Grid]:
    if len(rows) < 2:
        return
    heads = 0
    while heads < len(rows) - 1 and not any(_data(folded, c) for c in rows[heads][1:]):
        heads += 1
    if any(_data(folded, c) for row in rows[heads:] for c in row[1:]):
        yield Grid(rows[0][0].start, rows, heads)


def _data(folded: str, cell: Cell) -> bool:
    """Whether a cell holds a bare number that is no year."""
    return bool(_NUMBER.fullmatch(folded, cell.start, cell.end)) and not _YEAR.fullmatch(folded, cell.start, cell.end)


class GridReader:
    """Reads the tables of a text with the words of one lexicon; make it with `grid_reader(lexicon)`."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._numerals = Numerals(lexicon)
        self._units = lexicon.units
        self._money = regex.compile(lexicon.pattern("cues", "money_noun"))
        self._head_units = lexicon.words("cues", "head_unit")
        self._unit_heads = frozenset(lexicon.words("cues", "unit_head"))
        self._generic = frozenset(lexicon.words("cues", "generic_head"))
        self._years = dict(sorted(lexicon.words("cues", "head_year").items(), key=lambda item: -len(item[0])))
        self._serials = frozenset(lexicon.words("cues", "serial_head"))
        self._totals = frozenset(lexicon.words("cues", "total_head"))
        self._roles = lexicon.words("cues", "head_role")
        self._plans = frozenset(lexicon.words("cues", "planned_noun"))
        self._among = regex.compile(rf"{lexicon.pattern('cues', 'among')}[::]? ?|[#·-] ?")

    def read(self, text: str, folded: str, periods: Sequence[Period], places: Sequence[Place]) -> Tables:
        """The numbers in the cells of all tables, with what their heads say."""
        tables = Tables([], {})
        for grid in grids(text, folded):
            _One(self, text, folded, grid, periods, places).into(tables)
        return tables

    def unit_of(self, written: str) -> Unit | None:
        """万元, 千人, %, (单位:亿元): the unit and its multiplier."""
        written = written.strip()
        if (row := self._units.get(written)) is not None:
            return Unit(row, 1)
        rest = written.lstrip("十百千万亿")
        scale = self._numerals.product(written[: len(written) - len(rest)]) if len(rest) < len(written) else 1
        row = self._units.get(rest or "元")
        return Unit(row, scale) if row is not None and scale > 1 else None


class _One:
    """One table while it is read."""

    def __init__(
        self, reader: GridReader, text: str, folded: str, grid: Grid, periods: Sequence[Period], places: Sequence[Place]
    ) -> None:
        self.r, self.text, self.folded, self.grid = reader, text, folded, grid
        self.periods, self.places = periods, places
        self._period_starts, self._place_starts = [p.start for p in periods], [p.start for p in places]
        width = max(len(row) for row in grid.rows)
        self.heads = [self._head(c) for c in range(width)]
        self.unit_column = next((c for c, h in enumerate(self.heads) if self._plain(h) in reader._unit_heads), None)
        above = folded[max(0, folded.rfind("\n", 0, max(0, folded.rfind("\n", 0, grid.start - 1))) + 1) : grid.start]
        first = folded[grid.rows[0][0].start : grid.rows[0][-1].end]
        caption = _CAPTION.search(above) or _CAPTION.search(first)
        self.caption = reader.unit_of(caption["in"]) if caption else None
        self.serials = {c for c, h in enumerate(self.heads) if self._plain(h) in reader._serials}
        # 产量(吨) | 2019年 | 2020年: the corner names what every row counts
        corner = next((u for m in _BRACKET.finditer(self._words(self.heads[0])) if (u := reader.unit_of(m["in"]))), None)
        self.corner = (corner, self._plain(self.heads[0])) if corner else None

    def _head(self, column: int) -> list[Cell]:
        """The heads of a column, from the top down, those without words left out."""
        out = [row[column] for row in self.grid.rows[: self.grid.heads] if column < len(row)]
        return [c for c in out if c.end > c.start]

    def _words(self, cells: Sequence[Cell]) -> str:
        return "".join(self.folded[c.start : c.end] for c in cells)

    def _plain(self, cells: Sequence[Cell]) -> str:
        """The words of some cells without their unit and white space."""
        return _SPACE.sub("", _BRACKET.sub(self._without_unit, self._words(cells)))

    def _without_unit(self, m: regex.Match) -> str:
        return "" if self.r.unit_of(m["in"].partition(":")[2] or m["in"]) else m[0]

    def into(self, tables: Tables) -> None:
        """Add the numbers of this table, row by row."""
        whole: dict[int, int] = {}  # the figure of each column that a 其中 row below is a part of
        totals: dict[int, int] = {}
        added: list[tuple[int, int]] = []
        for row in self.grid.rows[self.grid.heads :]:
            label = self._label(row)
            name = self._plain([label]) if label else ""
            within = bool(label and self.r._among.match(self.folded, label.start, label.end))
            total_row = name in self.r._totals
            for column, cell in enumerate(row):
                if (
                    cell == label
                    or column == self.unit_column
                    or column in self.serials
                    or not _NUMBER.fullmatch(self.folded, cell.start, cell.end)
                ):
                    continue
                quantity = self._quantity(row, column, cell, label)
                if quantity is None:
                    continue
                tables.quantities.append(quantity)
                part = whole.get(column) if within else None
                tables.facts[cell.start] = self._facts(column, label, name, within, total_row, part)
                if total_row:
                    totals[column] = cell.start
                elif not within:
                    whole[column] = cell.start
                    added.append((column, cell.start))
        for column, start in added:
            facts = tables.facts[start]
            if column in totals and totals[column] != start and facts.role == "level":
                tables.facts[start] = facts._replace(total=totals[column])

    def _label(self, row: Sequence[Cell]) -> Cell | None:
        """The head of a row: its first cell that is words; a running number stands before it."""
        for cell in row[:2]:
            if cell.end > cell.start and not _NUMBER.fullmatch(self.folded, cell.start, cell.end):
                return cell
        return row[0] if row and _YEAR.fullmatch(self.folded, row[0].start, row[0].end) else None

    def _unit(self, row: Sequence[Cell], column: int, label: Cell | None) -> Unit | None:
        """The unit of a number: of its unit column, of the head of its row or column, of the caption, of what is counted."""
        head = self._words(self.heads[column]) if column < len(self.heads) else ""
        rate = any(word in head for word in self.r._roles) and not _BRACKET.search(head)
        if ("%" in head or rate) and (unit := self.r.unit_of("%")):
            return unit  # 比上年增长 under 单位:万元 is a rate all the same
        if self.unit_column is not None and self.unit_column < len(row) and column > self.unit_column:
            cell = row[self.unit_column]
            if unit := self.r.unit_of(self.folded[cell.start : cell.end]):
                return unit
        for words in (self._words([label]) if label else "", head):
            for m in _BRACKET.finditer(words):
                if unit := self.r.unit_of(m["in"].partition(":")[2] or m["in"]):
                    return unit
        for words in (head, self._words([label]) if label else ""):
            named = next((u for w, u in self.r._head_units.items() if w in words), None)
            if named and (unit := self.r.unit_of(named)):
                return unit
        return self.corner[0] if self.corner else self.caption

    def _quantity(self, row: Sequence[Cell], column: int, cell: Cell, label: Cell | None) -> Quantity | None:
        unit = self._unit(row, column, label)
        written = self.folded[cell.start : cell.end]
        read = self.r._numerals.read(written.lstrip("-−"))
        if unit is None or read is None or read.value is None:
            return None
        sign = -1 if written[0] in "-−" else 1
        amount = Amount(read.value, None, None, read.step).scaled(unit.row.factor * unit.scale * sign)
        return Quantity(
            cell.start, cell.end, self.text[cell.start : cell.end], amount, unit.row.unit, unit.row.dimension, "exact", (),
            "table", ("shape:table", unit.row.name), cell.start, cell.end, cell.end,
        )  # fmt: skip

    def _facts(self, column: int, label: Cell | None, name: str, within: bool, total_row: bool, part: int | None) -> CellFacts:
        heads = self.heads[column] if column < len(self.heads) else []
        head = self._plain(heads)
        period, place, role = None, None, "level"
        bare_head, bare_name = head, self.r._among.sub("", name) if within else name
        for cells, which in ((heads, "head"), ([label] if label else [], "name")):
            for c in cells:
                told = next((p for p in self._in(self.periods, self._period_starts, c) if p.value and p.kind == "year"), None)
                if told is None and (m := _YEAR.fullmatch(self.folded, c.start, c.end)):
                    told = Period(c.start, c.end, m[0], "year")
                if told is not None:
                    period = told.value
                    rest = self._plain([c]).replace(_SPACE.sub("", self.folded[told.start : told.end]), "", 1)
                    bare_head, bare_name = (rest, bare_name) if which == "head" else (bare_head, rest)
                named = next(
                    (p for p in self._in(self.places, self._place_starts, c) if p.start == c.start and p.end == c.end), None
                )
                if named is not None:
                    place = named.name
                    bare_head, bare_name = ("", bare_name) if which == "head" else (bare_head, "")
        for word, years in self.r._years.items():
            if word in head and period is None:
                compared = any(said in head for said in self.r._roles)  # 比上年增长 is of this year
                period = "Y+0" if compared else f"Y{years}"  # 本年, 上年: counted from the year that the document reports on
                bare_head = bare_head if compared else bare_head.replace(word, "")
                break
        for word, said in self.r._roles.items():
            if word in bare_head:
                role, bare_head = said, ""
                break
        planned = bare_head.removeprefix("年") in self.r._plans
        if total_row or bare_name in self.r._totals:
            bare_name = ""
        if bare_head in self.r._generic and bare_name:
            bare_head = ""
        if self.corner and not bare_head and bare_name and role == "level":
            bare_head = self.corner[1]
        joined = bare_name + bare_head
        at = label if bare_name and label else heads[-1] if heads else label
        return CellFacts(
            joined or None, at.start if at else 0, at.end if at else 0, role, period, place, part, planned,
            f"table, {'row ' + name if name else ''}{' column ' + head if head else ''}".replace("  ", " "),
        )  # fmt: skip

    @staticmethod
    def _in(facts, starts: Sequence[int], cell: Cell):  # type: ignore[no-untyped-def]
        """The facts that stand inside a cell."""
        for fact in facts[bisect_left(starts, cell.start) : bisect_left(starts, cell.end)]:
            if fact.end <= cell.end:
                yield fact


@functools.lru_cache(maxsize=8)
def grid_reader(lexicon: Lexicon) -> GridReader:
    """The table reader of a lexicon, made once."""
    return GridReader(lexicon)
