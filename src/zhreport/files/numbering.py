"""The automatic numbers of a .docx: `numbering.xml` and the styles → the label that Word shows before each paragraph.

The numbers 一、（一）1. of most reports are not in their text: they are list levels that Word counts while it shows the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from .labels import label
from .xml import child, children, integer, value

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

LEVELS = 9


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a list: how it counts and what it shows. `restart` is None where any level above restarts it."""

    start: int = 0
    form: str = "decimal"
    shown: str = ""
    restart: int | None = None
    legal: bool = False
    style: str | None = None


@dataclass(frozen=True, slots=True)
class Style:
    """What a paragraph style says of numbers; None where it leaves that to the style it is based on."""

    name: str = ""
    base: str | None = None
    num: str | None = None
    level: int | None = None


@dataclass(frozen=True, slots=True)
class List:
    """A `w:num`: the definition whose counters it shares, its levels, and those it starts anew."""

    definition: str
    levels: dict[int, Level]
    starts: dict[int, int] = field(default_factory=dict)


def styles_of(root: Element | None) -> tuple[dict[str, Style], str | None]:
    """The styles by id, and the id of the one that a paragraph with no style has."""
    found, default = {}, None
    for style in children(root, "style"):
        key = value(style, "styleId") or ""
        numbers = child(child(style, "pPr"), "numPr")
        found[key] = Style(
            (value(child(style, "name")) or "").lower(), value(child(style, "basedOn")),
            value(child(numbers, "numId")), integer(child(numbers, "ilvl")),
        )  # fmt: skip
        if value(style, "type") == "paragraph" and value(style, "default") in ("1", "true", "on"):
            default = key
    return found, default


def lists_of(root: Element | None, styles: dict[str, Style]) -> dict[str, List]:
    """The lists by `numId`, with what each overrides."""
    definitions = {value(a, "abstractNumId") or "": a for a in children(root, "abstractNum")}
    used = {value(n, "numId") or "": value(child(n, "abstractNumId")) or "" for n in children(root, "num")}
    found = {}
    for num in children(root, "num"):
        key = value(num, "numId") or ""
        source = definitions.get(_linked(used[key], definitions, used, styles))
        levels = {integer(lvl, "ilvl") or 0: _level(lvl) for lvl in children(source, "lvl")}
        starts = {}
        for override in children(num, "lvlOverride"):
            at = integer(override, "ilvl") or 0
            if (own := child(override, "lvl")) is not None:
                levels[at] = _level(own)
            if (start := integer(child(override, "startOverride"))) is not None:
                starts[at] = start
        levels.update({at: replace(levels[at], start=start) for at, start in starts.items() if at in levels})
        found[key] = List(used[key], levels, starts)
    return found


def _linked(key: str, definitions: dict[str, Element], used: dict[str, str], styles: dict[str, Style]) -> str:
    """A definition that only names a list style (`numStyleLink`) → the one that holds its levels."""
    seen = set()
    while key not in seen:
        seen.add(key)
        link = value(child(definitions.get(key), "numStyleLink"))
        if link is None:
            break
        held = [k for k, d in definitions.items() if value(child(d, "styleLink")) == link]
        key = used.get(styles.get(link, Style()).num or "") or (held[0] if held else key)
    return key


def _level(lvl: Element) -> Level:
    legal = child(lvl, "isLgl")
    form = child(lvl, "numFmt")
    if form is None and (choices := [c for a in children(lvl, "AlternateContent") for c in a]):
        # Word writes a format of its own as mc:AlternateContent with a plain one as the fallback.
        form = child(choices[-1], "numFmt")
    return Level(
        start=integer(child(lvl, "start")) or 0,
        form=value(form) or "decimal",
        shown=value(child(lvl, "lvlText")) or "",
        restart=integer(child(lvl, "lvlRestart")),
        legal=legal is not None and value(legal) not in ("0", "false", "off"),
        style=value(child(lvl, "pStyle")),
    )


class Numberer:
    """Counts while the paragraphs go by in their order."""

    def __init__(self, numbering: Element | None, styles: Element | None) -> None:
        self.styles, self.default = styles_of(styles)
        self.lists = lists_of(numbering, self.styles)
        self._counts: dict[str, dict[int, int]] = {}
        self._begun: set[tuple[str, int]] = set()

    def chain(self, style: str | None) -> Iterator[tuple[str, Style]]:
        """A style and those it is based on; a circle ends where it closes."""
        key, seen = style or self.default, set()
        while key is not None and key in self.styles and key not in seen:
            seen.add(key)
            yield key, self.styles[key]
            key = self.styles[key].base

    def place(self, properties: Element | None) -> tuple[str, int] | None:
        """The list and the level of a paragraph: its own, or by the chain of its styles; `numId` 0 takes it out of any list."""
        own = child(properties, "numPr")
        num, at = value(child(own, "numId")), integer(child(own, "ilvl"))
        if num is None:
            chain = list(self.chain(value(child(properties, "pStyle"))))
            num = next((s.num for _, s in chain if s.num is not None), None)
            if at is None:
                at = self._linked_level(num, [key for key, _ in chain])
            if at is None:
                at = next((s.level for _, s in chain if s.level is not None), None)
        if num is None or num == "0" or num not in self.lists:
            return None
        return num, min(max(at or 0, 0), LEVELS - 1)

    def _linked_level(self, num: str | None, chain: list[str]) -> int | None:
        """The level that names one of these styles: a heading style says its list, and the list says the level."""
        levels = self.lists[num].levels if num in self.lists else {}
        return next((at for key in chain for at, level in sorted(levels.items()) if level.style == key), None)

    def label(self, properties: Element | None) -> str:
        """The label of the next paragraph, and one step of its counter; empty where it has none."""
        place = self.place(properties)
        if place is None:
            return ""
        num, at = place
        level = self.lists[num].levels.get(at)
        if level is None:
            return ""
        counts = self._step(num, at, level)
        if level.form == "bullet":
            return ""
        return re.sub(r"%([1-9])", lambda m: self._shown(num, int(m[1]) - 1, level, counts), level.shown)

    def _step(self, num: str, at: int, level: Level) -> dict[int, int]:
        """Count on at this level and forget the levels below, but for those that restart only under a higher one."""
        here = self.lists[num]
        counts = self._counts.setdefault(here.definition, {})
        if at in here.starts and (num, at) not in self._begun:
            counts[at] = here.starts[at]
        else:
            counts[at] = counts[at] + 1 if at in counts else level.start
        self._begun.add((num, at))
        for above in range(at):
            # A level that is skipped counts as begun: I, then 1.I.1, and the next of level two is II (LibreOffice shows the same).
            counts.setdefault(above, here.levels.get(above, Level(start=1)).start)
        for below in [b for b in counts if b > at]:
            limit = here.levels.get(below, Level()).restart
            if limit is None or at < limit:
                del counts[below]
        return counts

    def _shown(self, num: str, at: int, level: Level, counts: dict[int, int]) -> str:
        """The number of one level inside a label; a level that was skipped shows its start, as in Word."""
        source = self.lists[num].levels.get(at, Level(start=1))
        number = counts.get(at, source.start)
        return label("decimal" if level.legal else source.form, number)
