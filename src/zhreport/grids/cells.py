"""The numbers in the cells of a table, each with what the heads of its column and the label of its row say of it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import regex

from ..amounts import Amount
from ..lexicon import alternation
from ..numerals import Numerals
from ..types import Period, Quantity
from .captions import SHARES, CaptionReader
from .shapes import NUMBER, YEAR, Cell, Grid, is_data
from .totals import Figure, wholes
from .words import Label, LabelReader, Unit

if TYPE_CHECKING:
    from ..lexicon import Lexicon
    from ..places import Place

_OWN_UNIT = regex.compile(r"[-−+]?\d[\d,.]*\D{1,6}")
_SERIAL = regex.compile(r"[一二三四五六七八九十]{1,3}|\([一二三四五六七八九十]{1,3}\)|\d{1,2}(?:\.\d{1,2})*")
_CHANGES = ("increase", "decrease")
# 2020-2022, 2021.3 under 建设年限
_YEARS = regex.compile(r"(?:19|20)\d{2}(?:[-—~.年至].*)?")


class CellFacts(NamedTuple):
    """What the heads say of the number in a cell; `end` is where the cell ends, `total` where the figure starts that it is a part of."""

    name: str | None
    name_start: int
    name_end: int
    role: str
    base: str | None
    prices: str | None  # of a change: 可比价
    period: str | None  # L-1 counts from the year that is reported on, Y stands for it
    place: str | None
    total: int | None
    planned: bool  # under 预算数, 年度计划; else what the text says
    per: tuple[str, ...]
    year: int | None  # the year of the table itself
    end: int
    why: str


class Tables(NamedTuple):
    """The quantities of all cells, what their heads say by the start of the figure, and the spans of heads and labels."""

    quantities: list[Quantity]
    facts: dict[int, CellFacts]
    heads: list[tuple[int, int]]


class CellReader:
    """Reads the tables of a text with the words of one lexicon; make it with `grid_reader(lexicon)`."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.labels = LabelReader(lexicon)
        self.numerals = Numerals(lexicon)
        self.captions = CaptionReader(lexicon, self.labels)
        self.named_units = lexicon.words("cues", "head_unit")
        self.rates = lexicon.rates
        self.rate = regex.compile(f"(?<![全本当去上今前])(?:{alternation(self.rates)})")

    def read(
        self,
        text: str,
        folded: str,
        grids: Sequence[Grid],
        periods: Sequence[Period],
        places: Sequence[Place],
        figures: Sequence[Quantity],
    ) -> Tables:
        """The numbers of all tables; `figures` are those that the text itself tells, some in cells with a unit of their own."""
        tables = Tables([], {}, [])
        for grid in grids:
            _One(self, text, folded, grid, periods, places, figures).into(tables)
        return tables


class _One:
    """One table while it is read."""

    def __init__(
        self, reader: CellReader, text: str, folded: str, grid: Grid, periods: Sequence[Period], places: Sequence[Place],
        figures: Sequence[Quantity],
    ) -> None:  # fmt: skip
        self.r, self.text, self.folded, self.grid = reader, text, folded, grid
        self.periods, self.places, self.figures = periods, places, figures
        self.columns = [reader.labels.read(folded, cells, periods, places) for cells in grid.heads]
        for c, head in enumerate(self.columns):
            if head.among and c:  # 在校学生(人) | 其中:寄宿生
                before = self.columns[c - 1]
                head = head._replace(unit=head.unit or before.unit, whole=before.whole or before.name)
                self.columns[c] = head
            if not head.unit and not head.kind and self._all_years(c):
                self.columns[c] = head._replace(kind="serial")
        self.unit_column = next((c for c, h in enumerate(self.columns) if h.kind == "unit"), None)
        self.caption = reader.captions.read(text, folded, grid, periods, places)
        self.label_columns = self._label_columns()
        first = self.label_columns[0] if self.label_columns else 0
        # 产量(吨) | 2019年 | 2020年: the corner names what every row counts
        corner = self.columns[first] if first < len(self.columns) else Label()
        self.corner = corner if corner.unit and not corner.kind else None
        told = [int(h.period[:4]) for h in self.columns if h.period and h.period[:4].isdigit()]
        self.earliest, self.latest = min(told, default=None), max(told, default=None)

    def _all_years(self, column: int) -> bool:
        """Whether a column tells years, two or more: 建成时间."""
        cells = [r[column] for r in self.grid.rows if column < len(r) and r[column].full]
        return len(cells) > 1 and all(_YEARS.fullmatch(self.folded, c.start, c.end) for c in cells)

    # Rows

    def _label_columns(self) -> list[int]:
        """The columns that name the rows: the first one with words, and one right of it while the first is merged over several rows."""
        width = len(self.grid.heads)
        rows = self.grid.rows
        cells = [[r[c] for r in rows if c < len(r)] for c in range(width)]
        words = [
            c for c in range(width)
            if c != self.unit_column and self._names_rows(cells[c], self.columns[c].kind == "serial")
        ]  # fmt: skip
        words = [c for c in words if not self.r.labels.is_class(self.columns[c])] or words
        if not words:
            return []
        first = words[0]
        last = words[1] if len(words) > 1 and words[1] == first + 1 else None
        if last is not None and any(
            len(r) > last and not r[first].full and r[last].full and not is_data(self.folded, r[last]) for r in rows
        ):
            return [first, last]
        return [first]

    def _names_rows(self, cells: Sequence[Cell], serial: bool) -> bool:
        """Whether a column holds words more often than figures; running numbers and 备注 name nothing, years do."""
        full = [self.folded[c.start : c.end].strip() for c in cells if c.full]
        if serial and not all(YEAR.match(w) for w in full):
            return False
        worded = sum(bool(YEAR.fullmatch(w)) or not (NUMBER.fullmatch(w) or _SERIAL.fullmatch(w)) for w in full)
        return bool(full) and 2 * worded > len(full)

    def into(self, tables: Tables) -> None:
        """Add the numbers of this table, row by row, and then what is a part of what."""
        labels: list[Label] = []
        upper: Cell | None = None
        group: Label | None = None
        found: list[Figure] = []
        for row in self.grid.rows:
            cells, upper = self._label_cells(row, upper)
            label = self.r.labels.read(self.folded, cells, self.periods, self.places, row=True)
            if label.among and labels:  # 粮食产量(吨), 其中:夏粮
                label = label._replace(unit=label.unit or labels[-1].unit, whole=labels[-1].whole or labels[-1].name)
            label = label._replace(depth=label.depth + self._depth(row))
            if cells and not any(c.full for c in row if c not in cells):
                group = label if label.unit or self.folded[cells[-1].end - 1] == ":" else None
            elif group is not None and label.kind != "total":
                label = label._replace(name=label.name + group.name, unit=label.unit or group.unit)
            labels.append(label)
            place = None if label.place else self._place_of(row)
            self._row(row, label, place, len(labels) - 1, tables, found)
            if len(tables.facts) and cells:
                tables.heads.extend((c.start, c.end) for c in cells)
        if found:
            tables.heads.extend((c.start, c.end) for h in self.grid.heads for c in h)
            uppers = [tuple(h[:-1]) for h in self.grid.heads]
            for part, whole in wholes(found, labels, self.columns, uppers).items():
                tables.facts[part] = tables.facts[part]._replace(total=whole)

    def _label_cells(self, row: Sequence[Cell], upper: Cell | None) -> tuple[list[Cell], Cell | None]:
        """The cells that name a row from the top level down, and the one that goes on over merged rows below."""
        if not self.label_columns:
            return [], None
        first = self.label_columns[0]
        cells = [row[c] for c in self.label_columns if c < len(row)]
        cells = [c for c in cells if c.full and (YEAR.fullmatch(self.folded, c.start, c.end) or not is_data(self.folded, c))]
        if len(self.label_columns) == 2 and first < len(row):
            upper = row[first] if row[first].full else upper
            if cells and upper is not None and cells[0] != upper:
                cells = [upper, *cells]
        return cells, upper

    def _depth(self, row: Sequence[Cell]) -> int:
        """How deep the running number before a label stands: 一, (一) under it."""
        first = self.label_columns[0] if self.label_columns else 0
        return next((1 for c in row[:first] if c.full and self.folded[c.start] == "("), 0)

    def _place_of(self, row: Sequence[Cell]) -> str | None:
        """The place that a cell beside the label names in full: 建设地点."""
        for cell in row:
            at = bisect_left(self.places, cell.start, key=_start)
            if cell.full and at < len(self.places) and (p := self.places[at]).start == cell.start and p.end == cell.end:
                return p.name
        return None

    def _row(
        self, row: Sequence[Cell], label: Label, place: str | None, number: int, tables: Tables, found: list[Figure]
    ) -> None:
        beside = self.grid.heads == [[]] * len(self.grid.heads)  # a form without heads: 总投资(万元) | 500 | 户数 | 20
        first = self.label_columns[0] if self.label_columns else 0
        for column, cell in enumerate(row):
            if beside and column > first and cell.full and not is_data(self.folded, cell):
                label = self.r.labels.read(self.folded, [cell], self.periods, self.places, row=True)
            if column < first or column in self.label_columns or column == self.unit_column or not cell.full:
                continue
            head = self.columns[column] if column < len(self.columns) else Label()
            if head.kind == "serial" or label.kind == "serial":
                continue
            written = self.folded[cell.start : cell.end]
            if m := NUMBER.fullmatch(written):
                unit = self._unit(row, label, head)
                quantity = self._quantity(cell, written.rstrip("*①②③④⑤⑥⑦⑧⑨⑩"), unit) if unit and m else None
            else:
                unit, quantity = None, self._told(cell) if _OWN_UNIT.fullmatch(written) else None
            if quantity is None:
                continue
            if unit is not None:
                tables.quantities.append(quantity)
            facts = self._facts(label, head, place, unit, quantity)
            tables.facts[quantity.start] = facts
            value = quantity.amount.value
            if value is not None and facts.role == "level" and quantity.dimension not in SHARES:
                found.append(Figure(number, column, quantity.start, value, quantity.unit, facts.period, bool(facts.per)))

    def _told(self, cell: Cell) -> Quantity | None:
        """The quantity that the text itself tells in a cell: 5万元, -1.2%."""
        i = bisect_left(self.figures, cell.start, key=_start)
        q = self.figures[i] if i < len(self.figures) else None
        return q if q is not None and q.end == cell.end and q.start <= cell.start + 1 else None

    def _unit(self, row: Sequence[Cell], label: Label, head: Label) -> Unit | None:
        """The unit of a number: of the head of its column, its unit column, its row, the corner, the caption, of what is counted."""
        labels = self.r.labels
        if head.unit:
            return head.unit
        if head.role and not head.name.endswith(("额", "量", "数")) and not head.plain.endswith(("额", "量", "数")):
            return labels.unit_of("%")  # 比上年增长 under 单位:万元 is a rate all the same
        if labels.is_rate(head.name) or (labels.is_rate(label.name) and not label.unit and self.unit_column is None):
            return labels.unit_of("%")
        if self.unit_column is not None and self.unit_column < len(row):
            cell = row[self.unit_column]
            if unit := labels.unit_of(self.folded[cell.start : cell.end]):
                return unit
        if label.unit:
            return label.unit
        named = next((u for name in (head.name, label.name) for w, u in self.r.named_units.items() if w in name), None)
        if named and (unit := labels.unit_of(named)):
            wider = self.corner.unit if self.corner else self.caption.unit
            return wider if wider and wider.row.dimension == unit.row.dimension else unit
        return self.corner.unit if self.corner else self.caption.unit

    def _is_planned(self, label: Label, head: Label, role: str, period: str | None) -> bool:
        """Under 预算数, or anywhere in a 预算表 but for what was done and for the year before."""
        if head.planned or label.planned:
            return True
        before = period is not None and (period == "L-1" or (self.latest is not None and period < str(self.latest)))
        return self.caption.planned and role == "level" and not before and not self.r.labels.tells_done(head)

    def _quantity(self, cell: Cell, written: str, unit: Unit) -> Quantity | None:
        read = self.r.numerals.read(written.lstrip("-−+").replace(" ", ""))
        if read is None or read.value is None:
            return None
        sign = -1 if written[0] in "-−" else 1
        amount = Amount(read.value, None, None, read.step).scaled(unit.row.factor * unit.scale * sign)
        end = cell.start + len(written)
        return Quantity(
            cell.start, end, self.text[cell.start : end], amount, unit.row.unit, unit.row.dimension, "exact", (),
            "table", ("shape:table", unit.row.name), cell.start, end, end,
        )  # fmt: skip

    def _facts(self, label: Label, head: Label, place: str | None, unit: Unit | None, quantity: Quantity) -> CellFacts:
        role = head.role or label.role or "level"
        period = head.period or label.period
        if period is None and role in _CHANGES:
            period = str(self.latest) if self.latest else "L+0"  # 比上年增长 is of this year
            if (head.base or label.base) == "年均" and self.earliest != self.latest:
                period = f"{self.earliest}/{self.latest}"
        row = "" if label.place or (label.kind == "total" and not label.name) else label.name
        name = self.r.labels.beside(row, head.name)
        if self.corner and not head.name and role == "level":
            name = self.r.labels.beside(row, self.corner.name)
        if (not name or self.r.labels.is_generic(name)) and self.caption.subject:
            name = self.caption.subject
        at = label.cell if row and label.cell else head.cell or label.cell
        per = unit.per if unit else quantity.per
        if not per and quantity.dimension not in SHARES:
            # 人均纯收入 | 其中:工资性收入
            per = tuple(p for m in self.r.rate.finditer(name + head.whole + label.whole) for p in self.r.rates[m[0]].split())
        return CellFacts(
            name or None, at.start if at else 0, at.end if at else 0, role, head.base or label.base, self.caption.prices if role in _CHANGES else None, period, label.place or place or head.place,
            None, self._is_planned(label, head, role, period), per, self.caption.year, quantity.end,
            "table," + (f" row {label.plain}" if label.plain else "") + (f" column {head.plain}" if head.plain else ""),
        )  # fmt: skip


def _start(fact) -> int:  # type: ignore[no-untyped-def]
    return fact.start
