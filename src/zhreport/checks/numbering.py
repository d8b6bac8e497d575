"""Faults of the outline: a gap, a duplicate, a restart, a skipped level."""

from __future__ import annotations

from collections.abc import Iterator

from ..sections import Fault, faults
from ..types import Finding, Operand, Page, Section

_REASONS = {
    "gap": "编号不连续 / a number is missing before {marker}",
    "duplicate": "编号重复 / {marker} follows {before}",
    "restart": "编号重新开始 / the numbering starts again at {marker}",
    "skip": "跳过一级 / a level is left out between {before} and {marker}",
}


def numbering(page: Page) -> Iterator[Finding]:
    """One finding a fault, at the marker where it shows."""
    for fault in faults(page.sections):
        yield _finding(fault)


def _finding(fault: Fault) -> Finding:
    marker, before = fault.section.marker, fault.before.marker if fault.before else ""
    reason = _REASONS[fault.kind].format(marker=marker, before=before)
    formula = f"{before} → {marker}" if before else f"→ {marker}"
    operands = (_operand(fault.before),) if fault.before else ()
    return Finding(
        "numbering", "violated" if fault.kind != "restart" else "unclear", formula, operands, _operand(fault.section), reason
    )


def _operand(section: Section) -> Operand:
    return Operand(None, section.start, section.end, section.marker)
