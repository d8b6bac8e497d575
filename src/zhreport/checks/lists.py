"""The stated number of items against the items: 开展以下3项工作 with 一是…二是…三是…."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator

import regex

from ..amounts import decimal_text
from ..types import Finding, Operand, Section
from .figures import Figures
from .weighing import Exact

_ANNOUNCED = regex.compile(r"(?:以下|如下|下列|下面)的?$")


def list_counts(page: Figures) -> Iterator[Finding]:
    """The number that announces a numbered list, and the number of its items.

    >>> from zhreport import parse
    >>> [(f.verdict, f.formula) for f in list_counts(Figures(parse("重点做好以下3项工作:一是控辍。二是资助。")))]
    [('violated', '2 项 ≠ 3项')]
    """
    if not page.sections:
        return
    children: dict[tuple[int | None, str, int], list[Section]] = {}
    for s in page.sections:
        children.setdefault((s.parent_start, s.style, s.document), []).append(s)
    firsts: dict[int, list[Section]] = {}
    for run in children.values():
        part: list[Section] = []
        for s in run:
            if s.number == 1 and part:
                firsts[part[0].start] = part
                part = []
            part.append(s)
        firsts[part[0].start] = part
    starts = sorted(firsts)
    for i, (dimension, value, end) in enumerate(zip(page.dimension, page.value, page.end, strict=True)):
        if dimension != "count" or value is None or not 2 <= value <= 20:
            continue
        k = bisect_left(starts, end)
        if k == len(starts) or starts[k] > end + 60:
            continue
        items = firsts[starts[k]]
        lead = page.folded[end : items[0].start].strip()
        # 开展以下3项工作 … 一是; 重点做好五项工作:一是
        announced = _ANNOUNCED.search(page.region[i]) or (lead.endswith(":") and len(lead) <= 8)
        if not announced or items[0].number != 1 or "。" in page.folded[end : items[0].start].rstrip().rstrip("。"):
            continue
        yield _finding(page, i, items, value)


def _finding(page: Figures, i: int, items: list[Section], value: Exact) -> Finding:
    agree = len(items) == value
    operands = tuple(Operand(None, s.start, s.end, s.marker) for s in items)
    sign = "=" if agree else "≠"
    unit = page.unit[i]
    return Finding(
        "list_count", "holds" if agree else "violated", f"{len(items)} {unit} {sign} {page.surface[i]}", operands,
        page.operand(i), "所列条目数 / the number of items listed", computed=str(len(items)), stated=decimal_text(value),
        difference=decimal_text(len(items) - value), severity="none" if agree else "sense",
    )  # fmt: skip
