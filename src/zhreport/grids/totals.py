"""What is a part of what in a table: rows under 其中, rows of 合计 and 小计, columns likewise."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

from .words import Label

# How far the parts may be from their total and still be a misprint, and no rows that hold each other.
_NEAR = Fraction(1, 4)


class Figure(NamedTuple):
    """A level in a cell: its row and column, where it starts, its amount in the base unit, its unit and period.

    A rate (人均可支配收入) has parts, but is no sum over the rows.
    """

    row: int
    column: int
    start: int
    amount: Fraction
    unit: str
    period: str | None
    rate: bool = False


class _Sum(NamedTuple):
    """Figures that a total may be made of."""

    parts: list[Figure]
    total: Figure

    @property
    def off(self) -> Fraction:
        """How far the parts are from their total, as a share of it."""
        parts = sum((p.amount for p in self.parts if p.unit == self.total.unit), Fraction(0))
        return abs(parts / self.total.amount - 1) if self.total.amount else Fraction(1)


def wholes(found: Sequence[Figure], labels: Sequence[Label], columns: Sequence[Label], uppers: Sequence[tuple]) -> dict[int, int]:
    """Where each part starts → where the figure starts that it is a part of.

    `labels` are those of the rows, `columns` and `uppers` the heads of the columns and what stands above the lowest of each.
    """
    out: dict[int, int] = {}
    sums: list[_Sum] = []
    within = _within(labels)
    for figures in _grouped(found, lambda f: f.column):
        at = {f.row: f for f in figures}
        for row, whole in enumerate(within):
            if whole is not None and row in at and whole in at:
                _add(out, at[row], at[whole])
        sums += _of_rows([f for f in figures if within[f.row] is None and not f.rate], labels)
    _claim(out, sums, lambda s: s.total.row)
    rows = _grouped(found, lambda f: f.row)
    for figures in rows:
        _among_columns(out, figures, columns)
    _claim(out, [s for figures in rows for s in _of_columns(figures, columns, uppers)], lambda s: s.total.column)
    return out


def _within(labels: Sequence[Label]) -> list[int | None]:
    """For each row under 其中, and those below as deeply indented as its words, the row that it is a part of."""
    out: list[int | None] = []
    whole, depth = None, 0
    for i, label in enumerate(labels):
        if label.among:
            whole = i - 1 if i and out[i - 1] is None else whole
            depth = label.depth
            out.append(whole)
        elif whole is not None and label.depth >= depth > 0 and label.depth > labels[whole].depth and label.kind != "total":
            out.append(whole)
        else:
            whole = None
            out.append(None)
    return out


def _of_rows(figures: Sequence[Figure], labels: Sequence[Label]) -> Iterator[_Sum]:
    """小计 holds the rows since the one before it, 合计 those and the rows that no 小计 holds; of rows that hold others the upper ones."""
    totals = [f for f in figures if labels[f.row].kind == "total"]
    if not totals:
        return
    shallow = min((labels[f.row].depth for f in figures if labels[f.row].kind != "total"), default=0)
    last = totals[0] if totals[0] is figures[0] else totals[-1]
    since: list[Figure] = []
    held: list[Figure] = []
    for f in figures:
        if labels[f.row].kind != "total":
            since += [f] if labels[f.row].depth == shallow else []
        elif f is last and f is not figures[0]:
            break
        elif f is not last:
            yield _Sum(since, f)
            since, held = [], [*held, f]
    yield _Sum([*held, *since], last)


def _among_columns(out: dict[int, int], figures: Sequence[Figure], columns: Sequence[Label]) -> None:
    """在校学生 | 其中:寄宿生: a column under 其中 is a part of the one before."""
    whole: Figure | None = None
    for i, f in enumerate(figures):
        if not columns[f.column].among:
            whole = None
        elif (whole := whole or (figures[i - 1] if i else None)) is not None:
            _add(out, f, whole)


def _of_columns(figures: Sequence[Figure], columns: Sequence[Label], uppers: Sequence[tuple]) -> Iterator[_Sum]:
    """合计 | 男 | 女 under one head."""
    for f in figures:
        if columns[f.column].kind == "total" and uppers[f.column]:
            beside = [g for g in figures if g is not f and uppers[g.column] == uppers[f.column] and g.period == f.period]
            yield _Sum(beside, f)


def _claim(out: dict[int, int], sums: Sequence[_Sum], place: Callable[[_Sum], int]) -> None:
    """Say what each total is made of, unless everywhere its parts are so far from it that they must hold each other."""
    near = {place(s) for s in sums if s.off <= _NEAR}
    for s in sums:
        if place(s) in near:
            for p in s.parts:
                _add(out, p, s.total)


def _add(out: dict[int, int], part: Figure, whole: Figure) -> None:
    if part.unit == whole.unit:
        out.setdefault(part.start, whole.start)


def _grouped(found: Sequence[Figure], key: Callable[[Figure], int]) -> list[list[Figure]]:
    out: dict[int, list[Figure]] = {}
    for f in found:
        out.setdefault(key(f), []).append(f)
    return list(out.values())
