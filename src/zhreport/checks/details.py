"""What an overview tells in one figure and the section of that name tells in several: 学前教育2146人次, later 春季1058人次、秋季1088人次."""

from __future__ import annotations

from collections.abc import Iterator

from ..types import Finding, Section
from .figures import Figures
from .restatements import significant, told_again
from .sums import add, adds_up, sum_of

_MOST = 6  # figures of one unit in a section that are taken for the details of one total


def details(page: Figures) -> Iterator[Finding]:
    """Totals told elsewhere under the title of the section that holds their parts; claimed where they add up.

    >>> from zhreport import parse
    >>> text = "全年资助学前教育2146人次、义务教育9870人次。\\n一、学前教育\\n春季资助1058人次,秋季资助1088人次。"
    >>> [(f.verdict, f.formula) for f in details(Figures(parse(text)))]
    [('holds', '1058 + 1088 = 2146 人次')]
    """
    titled = [s for s in page.sections if s.title and len(s.title) <= 30]
    if not titled:
        return
    inside: dict[int, dict[str, list[int]]] = {}
    for i, home in enumerate(page.section):
        if home is not None and page.plain[i] and not page.per[i] and page.role[i] in ("level", "to"):
            total = page.totals[i]
            if total is None or page.section[total] != home:
                inside.setdefault(home, {}).setdefault(page.unit[i], []).append(i)
    named: dict[str, list[int]] = {}
    for i, name in enumerate(page.name):
        if 4 <= len(name) <= 12 and page.plain[i] and significant(page, i) > 2:
            named.setdefault(name, []).append(i)
    for section in titled:
        by_unit = inside.get(section.start)
        if by_unit:
            yield from _of_section(page, section, by_unit, _titles(section.title or "", named))


def _titles(title: str, named: dict[str, list[int]]) -> list[int]:
    """The figures whose name stands in a title."""
    found = {title[a:b] for a in range(len(title)) for b in range(a + 4, min(len(title), a + 12) + 1)}
    return sorted(i for name in found & named.keys() for i in named[name])


def _of_section(page: Figures, section: Section, by_unit: dict[str, list[int]], totals: list[int]) -> Iterator[Finding]:
    told: list[tuple[int, list[int], bool]] = []
    for total in totals:
        parts = by_unit.get(page.unit[total], [])
        if page.section[total] == section.start or page.document[total] != section.document or not 0 < len(parts) <= _MOST:
            continue
        if len(parts) == 1:
            if page.value[total] == page.value[parts[0]]:
                yield told_again(
                    page, sorted((total, parts[0])), f"“{section.title}”一节的同一数字 / told again in the section of its name"
                )
            continue
        told.append((total, parts, adds_up(page, total, parts)))
    exact = {total for total, _, fits in told if fits}
    reason = f"总数在别处，分项在“{section.title}”一节 / its parts are told in the section of its name"
    for total, parts, fits in told:
        if fits:
            yield sum_of(page, total, parts, reason)
        elif total - 1 in exact or total + 1 in exact:
            yield from page.likely(sum_of(page, total, parts, reason), add, [1] * len(parts), close=False)
