"""The panel: cells of indicator, place and year with all of their readings, and the views of them as data frames."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ..amounts import decimal_text
from ..types import Finding, Operand
from .readings import Cell, Reading
from .verdicts import Verdict, agreement, impossible, jump

if TYPE_CHECKING:
    import pandas as pd

    from ..lexicon import Lexicon

_WORST_FIRST = ("violated", "unclear", "rounding", "holds")
_SIGN = {"holds": "=", "rounding": "≈", "violated": "≠", "unclear": "?="}
_FIGURE = ("value", "surface", "source", "start", "end")
_SHOWN = 20  # rows in a notebook
_SERIES = ("indicator", "measure", "place", "unit", "dimension", "per")


class Panel:
    """Readings of many reports side by side. Make one with `compare(reports)`.

    `readings` are all named figures, `cells` those of a place and a whole year; `reports` and `failures` count the input.
    """

    def __init__(self, readings: Sequence[Reading], reports: int, failures: int, lexicon: Lexicon) -> None:
        self.readings = tuple(readings)
        self.reports, self.failures = reports, failures
        self._lexicon = lexicon

    @functools.cached_property
    def cells(self) -> dict[Cell, tuple[Reading, ...]]:
        """The readings of each cell, the one to go by first: its own year's report, then the finest digits."""
        found: dict[Cell, list[Reading]] = {}
        for r in self.readings:
            if (cell := r.cell) is not None:
                found.setdefault(cell, []).append(r)
        return {cell: tuple(sorted(found[cell], key=functools.partial(_rank, cell))) for cell in sorted(found)}

    @functools.cached_property
    def verdicts(self) -> dict[Cell, Verdict]:
        """Whether the readings of a cell agree, for every cell that is told more than once."""
        return {cell: agreement(told, self._lexicon) for cell, told in self.cells.items() if len(told) > 1}

    def rows(self) -> Iterator[dict[str, Any]]:
        """One dict a reading, cells of the yearly panel first."""
        inside = [r for told in self.cells.values() for r in told]
        for r in (*inside, *(r for r in self.readings if r.cell is None)):
            yield self._row(r)

    def _row(self, r: Reading) -> dict[str, Any]:
        cell, a = r.cell, r.alignment
        verdict = self.verdicts.get(cell) if cell else None
        row: dict[str, Any] = {
            "indicator": a.indicator, "measure": r.key.measure, "place": r.place or None, "period": r.period,
            "value": decimal_text(r.value), "value_float": _float(r.value),
            "low": decimal_text(r.record.quantity.amount.low), "high": decimal_text(r.record.quantity.amount.high),
            "unit": r.record.quantity.unit, "dimension": r.key.dimension, "per": "/".join(r.key.per),
            "status": r.record.status, "role": r.record.role, "document": r.record.document, "source": r.source,
            "start": r.record.start, "end": r.record.end, "surface": r.record.surface, "as_written": r.record.indicator,
            "aligned": a.reason if a.reason.startswith("similar") else f"{a.reason} {a.score}",
            "agree": verdict is None or verdict.verdict in ("holds", "rounding"),
            "readings": len(self.cells[cell]) if cell else 1, "id": r.record.id,
        }  # fmt: skip
        # meta={"source": "县政府网"} is the user's word, and must not hide the file that the figure stands in.
        return row | {f"meta_{k}" if k in row else _valid(k): v for k, v in r.meta}

    def to_frame(self) -> pd.DataFrame:
        """One row a reading, with what the user knows of its file (`meta`) in further columns."""
        rows = list(self.rows())
        return _frame(rows, list(dict.fromkeys(k for row in rows for k in row)) or list(_EMPTY))

    def wide(self, measure: str = "level", status: str = "reported", value: str = "value") -> pd.DataFrame:
        """One row an indicator and place, one column a year from the first to the last; a gap is NA.

        `value` names the column of `to_frame` to show: value (exact text), surface, value_float, source, start. In value and
        surface a cell that is told differently shows it: `548000000 ≠ 563000000`, with ?= where the readings may both be right,
        and how many there are where more than two. The others have the reading to go by; `at` has all of a cell.
        """
        import pandas as pd

        chosen = [c for c in self.cells if c.key.measure == measure and c.status == status]
        years = [int(c.period) for c in chosen]
        columns = [str(y) for y in range(min(years), max(years) + 1)] if years else []
        table: dict[tuple[str, str, str], dict[str, Any]] = {}
        for c in chosen:
            table.setdefault((_valid(c.indicator), _valid(c.place), _valid(_unit(c))), {})[c.period] = self._in_cell(c, value)
        index = pd.MultiIndex.from_tuples(list(table), names=["indicator", "place", "unit"]) if table else None
        data = {year: _column([row.get(year) for row in table.values()], value) for year in columns}
        return pd.DataFrame({k: v.array for k, v in data.items()}, index=index)

    def _in_cell(self, cell: Cell, value: str) -> Any:
        """What the wide panel shows of a cell: the reading to go by, and in words the one farthest from it where they disagree."""
        told, verdict = self.cells[cell], self.verdicts.get(cell)
        first = told[0]
        if value not in ("value", "surface"):
            return self._row(first)[value]
        if verdict is None or verdict.verdict not in ("violated", "unclear"):
            return _words(first, value)
        many = f" ({len(told)})" if len(told) > 2 else ""
        return f"{_words(first, value)} {_SIGN[verdict.verdict]} {_words(_farthest(told), value)}{many}"

    def at(self, indicator: str, place: str, period: str | int) -> pd.DataFrame:
        """Every reading of an indicator, place and year, with its report and its characters: what a cell of `wide` leads back to.

        Raises KeyError where no report tells of it.
        """
        rows = [
            self._row(r)
            for c, told in self.cells.items()
            if (c.indicator, c.place, c.period) == (indicator, place, str(period))
            for r in told
        ]
        if not rows:
            raise KeyError(f"no report tells {indicator} of {place} in {period}; wide() has the cells there are")
        return _frame(rows, list(dict.fromkeys(k for row in rows for k in row)))

    def changes(self) -> pd.DataFrame:
        """Levels from year to year: the exact difference and growth, the growth that the report tells, both cells' sources.

        A year without the one before it has a row with NA, so that a gap is seen. Shares have no growth, only a difference.
        """
        rows = []
        for series in self._series("level", "reported"):
            any_one = series[min(series)]
            rows += [self._change(y, series.get(y - 1), series.get(y), any_one) for y in range(min(series) + 1, max(series) + 1)]
        names = [*_SERIES, "period", "difference", "growth", "growth_float", "told"]
        return _frame(rows, [*names, *(f"{n}_before" for n in _FIGURE), *_FIGURE])

    def _change(self, year: int, before: Reading | None, after: Reading | None, any_one: Reading) -> dict[str, Any]:
        row = {**_named(any_one), "period": str(year), **_figure(before, "_before"), **_figure(after)}
        growth_key = any_one.key._replace(measure="change", dimension="percentage", unit="1", per=())
        told = self.cells.get(Cell(any_one.indicator, any_one.place, str(year), "reported", growth_key))
        row["told"] = told[0].told if told else None
        if before and after and before.value is not None and after.value is not None:
            row["difference"] = decimal_text(after.value - before.value)
            if before.value and before.key.dimension not in ("percentage", "ratio"):
                growth: Fraction = after.value / before.value - 1
                row["growth"], row["growth_float"] = decimal_text(growth), _float(growth)
        return row

    def plans(self) -> pd.DataFrame:
        """What was planned for a year beside what was reported of it; NA where no report tells.

        `kept` is whether the figure lies within what the plan says: 95%以上, 5.5%以内, 9%~11%; a bare figure is a goal to reach.
        """
        rows = []
        for cell, told in self.cells.items():
            if cell.status != "planned":
                continue
            plan = told[0]
            real = (self.cells.get(cell._replace(status="reported")) or (None,))[0]
            row = {**_named(plan), "period": cell.period, **_figure(plan, "_planned"), **_figure(real)}
            if real and real.value is not None:
                row["kept"] = _kept(plan, real.value)
                if plan.value is not None:
                    row["difference"] = decimal_text(real.value - plan.value)
            rows.append(row)
        return _frame(rows, [*_SERIES, "period", *(f"{n}_planned" for n in _FIGURE), *_FIGURE, "difference", "kept"])

    def conflicts(self) -> pd.DataFrame:
        """Every cell that is told more than once, with its verdict, the worst first: the reading to go by, the farthest other."""
        rows = []
        for cell, verdict in sorted(self.verdicts.items(), key=lambda item: _WORST_FIRST.index(item[1].verdict)):
            told = self.cells[cell]
            other = _farthest(told)
            row = {**_named(told[0]), "period": cell.period, "status": cell.status, "readings": len(told)}
            row |= {"verdict": verdict.verdict, "reason": verdict.reason, **_figure(told[0]), **_figure(other, "_other")}
            if told[0].value is not None and other.value is not None:
                row["difference"] = decimal_text(other.value - told[0].value)
            rows.append(row)
        heads = [*_SERIES, "period", "status", "readings", "verdict", "reason", "difference"]
        return _frame(rows, [*heads, *_FIGURE, *(f"{n}_other" for n in _FIGURE)])

    def jumps(self) -> pd.DataFrame:
        """Moves and figures that cannot well be, each with its reason; they are questions, not errors."""
        rows = []
        for before, after, reason in self._jumps():
            row = {**_named(after), "period": after.period, "verdict": "unclear", "reason": reason}
            rows.append({**row, **_figure(before, "_before"), **_figure(after)})
        return _frame(rows, [*_SERIES, "period", "verdict", "reason", *(f"{n}_before" for n in _FIGURE), *_FIGURE])

    def findings(self) -> tuple[Finding, ...]:
        """Figures that several reports tell, and jumps, as the audit's findings; what one report tells twice is the audit's own."""
        return (*self._restatements(), *(self._leap(*found) for found in self._jumps()))

    def _restatements(self) -> Iterator[Finding]:
        for cell, told in self.cells.items():
            firsts = _of_each_source(told)
            if len(firsts) < 2:
                continue
            verdict = agreement(firsts, self._lexicon)
            other = _farthest(firsts)
            names = f"{cell.place} {cell.indicator} {cell.period}"
            gap = None if other.value is None or firsts[0].value is None else other.value - firsts[0].value
            step = max(r.record.quantity.amount.step for r in (firsts[0], other))
            near = gap is not None and abs(gap) <= 2 * step
            yield Finding(
                "restatement", verdict.verdict,
                f"{names}: {_shown(firsts[0])} {_SIGN[verdict.verdict]} {_shown(other)}",
                tuple(map(_operand, firsts)), None, verdict.reason, source=other.source, computed=_range(firsts[0]),
                stated=_range(other), difference=decimal_text(gap),
                severity="none" if verdict.verdict != "violated" else "last digit" if near else "sense",
            )  # fmt: skip

    def _leap(self, before: Reading | None, after: Reading, reason: str) -> Finding:
        shown = after.record.surface if before is None else f"{before.record.surface} → {after.record.surface}"
        years = after.period if before is None else f"{before.period} → {after.period}"
        told = (after,) if before is None else (before, after)
        formula = f"{after.place} {after.indicator} {years}: {shown}"
        return Finding("series_jump", "unclear", formula, tuple(map(_operand, told)), None, reason, source=after.source)

    def _jumps(self) -> Iterator[tuple[Reading | None, Reading, str]]:
        for series in self._series("level", "reported"):
            for year, after in series.items():
                if reason := impossible(after, self._lexicon):
                    yield None, after, reason
                before = series.get(year - 1)
                if before and (reason := jump(before, after, self._lexicon)):
                    yield before, after, reason

    def _series(self, measure: str, status: str) -> Iterable[dict[int, Reading]]:
        """The reading to go by of each year, series by series."""
        out: dict[tuple[Any, ...], dict[int, Reading]] = {}
        for cell, told in self.cells.items():
            if cell.key.measure == measure and cell.status == status:
                out.setdefault((cell.indicator, cell.place, cell.key), {})[int(cell.period)] = told[0]
        return out.values()

    def __repr__(self) -> str:
        bad = sum(v.verdict == "violated" for v in self.verdicts.values())
        failed = f", {self.failures} failures" if self.failures else ""
        names = len({c.indicator for c in self.cells})
        return f"Panel({self.reports} reports{failed}, {names} indicators, {len(self.cells)} cells, {bad} violated)"

    def _repr_html_(self) -> str:
        """The first rows of the wide panel, as they were written, for a notebook."""
        wide = self.wide(value="surface")
        left = len(wide) - _SHOWN
        rest = f'<p>… {left} rows more: <code>panel.wide(value="surface")</code></p>' if left > 0 else ""
        return f"<p>{self!r}</p>" + wide.head(_SHOWN).astype(object).fillna("—").to_html() + rest


def _rank(cell: Cell, r: Reading) -> tuple[bool, bool, bool, Fraction, str, int]:
    """The year's own report before later ones, exact before approximate, finer digits before coarse."""
    return r.value is None, r.home != cell.period, not r.firm, r.record.quantity.amount.step, r.source, r.record.start


def _of_each_source(told: Sequence[Reading]) -> tuple[Reading, ...]:
    """The first reading of each report, in their order."""
    out: dict[str, Reading] = {}
    for r in told:
        out.setdefault(r.source, r)
    return tuple(out.values())


def _farthest(told: Sequence[Reading]) -> Reading:
    """The reading that is farthest from the first."""
    first = told[0].value
    return max(told[1:], key=lambda r: -1 if first is None or r.value is None else abs(r.value - first))


def _kept(plan: Reading, value: Fraction) -> bool:
    q = plan.record.quantity
    if plan.value is None or q.approx in ("over", "under"):
        return not ((plan.low is not None and value < plan.low) or (plan.high is not None and value > plan.high))
    return value >= plan.value


def _words(r: Reading, value: str) -> str:
    return r.told if value == "value" else r.record.surface


def _unit(cell: Cell) -> str:
    return "/".join((cell.key.unit, *cell.key.per))


def _named(r: Reading) -> dict[str, Any]:
    return {
        "indicator": r.indicator, "measure": r.key.measure, "place": r.place,
        "unit": r.key.unit, "dimension": r.key.dimension, "per": "/".join(r.key.per),
    }  # fmt: skip


def _figure(r: Reading | None, suffix: str = "") -> dict[str, Any]:
    if r is None:
        return {}
    found = (r.told, r.record.surface, r.source, r.record.start, r.record.end)
    return {f"{name}{suffix}": value for name, value in zip(_FIGURE, found, strict=True)}


def _operand(r: Reading) -> Operand:
    return Operand(r.record.id, r.record.start, r.record.end, r.record.surface, decimal_text(r.value))


def _shown(r: Reading) -> str:
    return f"{r.record.surface} ({r.source})"


def _range(r: Reading) -> str:
    return r.told if r.low == r.high else f"{decimal_text(r.low) or ''}..{decimal_text(r.high) or ''}"


_EMPTY = (
    "indicator", "measure", "place", "period", "value", "value_float", "low", "high", "unit", "dimension", "per", "status",
    "role", "document", "source", "start", "end", "surface", "as_written", "aligned", "agree", "readings", "id",
)  # fmt: skip
_INTEGERS = ("document", "start", "end", "readings", "start_before", "end_before", "start_planned", "end_planned",
             "start_other", "end_other")  # fmt: skip
_BOOLEANS = ("agree", "kept")


def _frame(rows: Sequence[dict[str, Any]], columns: Sequence[str]) -> pd.DataFrame:
    """The rows as a data frame with nullable types, so that a gap is NA in every column."""
    import pandas as pd

    return pd.DataFrame({name: _column([row.get(name) for row in rows], name) for name in columns})


def _column(values: Sequence[Any], name: str) -> pd.Series:
    import pandas as pd

    kind: Any = "string"
    if name in _INTEGERS:
        kind = "Int64"
    elif name in _BOOLEANS:
        kind = "boolean"
    elif name.endswith("_float"):
        kind = "Float64"
    else:
        values = [_valid(v) if isinstance(v, str) else v for v in values]
    return pd.Series(pd.array(values, dtype=kind))


def _valid(text: str) -> str:
    """The text without the lone surrogates of a broken file, which Arrow does not take."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _float(number: Fraction | None) -> float | None:
    try:
        return None if number is None else float(number)
    except OverflowError:
        return None
