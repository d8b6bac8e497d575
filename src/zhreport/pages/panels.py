"""A Panel → what the corpus page shows of it: series of places and years, the fullest first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..amounts import decimal_text
from .words import MEASURE_WORDS, grouped

if TYPE_CHECKING:
    from ..series import Panel
    from ..series.readings import Cell, Reading

# A page with more readings is slow to open; the whole panel is `zhreport compare -o panel.xlsx`.
MOST_READINGS = 20_000


def panel_data(panel: Panel, numbers: Mapping[str, int]) -> dict[str, Any]:
    """The series with their cells; `numbers` tells the report of each source. What did not fit, and what has no cell, is counted."""
    series: dict[tuple[Any, ...], list[tuple[Cell, tuple[Reading, ...]]]] = defaultdict(list)
    for cell, told in panel.cells.items():
        series[cell.indicator, cell.key].append((cell, told))
    ranked = sorted(series.items(), key=lambda item: (-_breadth(item[1]), -len(item[1]), item[0]))
    shown: list[dict[str, Any]] = []
    room = MOST_READINGS
    for (indicator, key), cells in ranked:
        size = sum(len(told) for _, told in cells)
        if size > room:
            continue
        room -= size
        unit = "/".join((key.unit, *key.per)) if key.unit != "1" or key.per else ""
        rows = [_cell(panel, cell, told, numbers) for cell, told in cells]
        measure = MEASURE_WORDS.get(key.measure, key.measure)
        shown.append({"name": indicator, "measure": measure, "unit": unit, "dimension": key.dimension, "cells": rows})
    outside = sum(r.cell is None for r in panel.readings)
    return {"series": shown, "left": len(series) - len(shown), "outside": outside}


def _breadth(cells: list[tuple[Cell, tuple[Reading, ...]]]) -> int:
    """Cells beyond the first: a series that nothing stands beside comes last."""
    return len({(c.place, c.period) for c, _ in cells}) - 1


def _cell(panel: Panel, cell: Cell, told: tuple[Reading, ...], numbers: Mapping[str, int]) -> dict[str, Any]:
    verdict = panel.verdicts.get(cell)
    data: dict[str, Any] = {"place": cell.place, "year": int(cell.period), "told": [_reading(r, numbers) for r in told]}
    if cell.status != "reported":
        data["planned"] = True
    if verdict:
        data |= {"verdict": verdict.verdict, "reason": verdict.reason}
    return data


def _reading(r: Reading, numbers: Mapping[str, int]) -> list[Any]:
    """The value to read, the same as a number for the chart, as written, the name as written, the report, the offset."""
    plain = r.told if r.value is None else grouped(decimal_text(r.value))
    return [plain, _float(r), r.record.surface, r.record.indicator, numbers.get(r.source, -1), r.record.start]


def _float(r: Reading) -> float | None:
    try:
        return None if r.value is None else float(r.value)
    except OverflowError:
        return None
