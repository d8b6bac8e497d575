"""What stands above a table, and in the note below it: the unit of its figures, its year, its prices, its subject, whether it is a plan."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import regex

from ..types import Period, Spanned
from .shapes import CAPTION, Grid
from .words import LabelReader, Unit, inside

if TYPE_CHECKING:
    from ..lexicon import Lexicon
    from ..places import Place

SHARES = ("percentage", "percentage_point", "ratio", "multiple")
_COUNTS = ("count", "person", "person_time", "household")
_TIMES = ("year", "months", "month", "part", "day")
_NUMBERED = regex.compile(r"(?:续|附)?表[\d一二三四五六七八九十.-]*[:、 ]*")
_ASIDE = regex.compile(r"\([^()]*\)|(?:计量|金额)?单位:.*")
# A title is a line of its own, and short.
_LONGEST = 45


class Caption(NamedTuple):
    """What is said of all figures of a table."""

    unit: Unit | None = None
    year: int | None = None
    prices: str | None = None  # 可比价
    subject: str = ""
    planned: bool = False


class CaptionReader:
    """Reads what stands around a table with the words of one lexicon."""

    def __init__(self, lexicon: Lexicon, labels: LabelReader) -> None:
        self._labels = labels
        self._prices = regex.compile(lexicon.pattern("cues", "price_basis"))
        self._tail = regex.compile(rf"{lexicon.pattern('cues', 'title_tail')}$")
        self._lead = regex.compile(lexicon.pattern("cues", "title_lead"))
        self._plan = regex.compile(rf"{lexicon.pattern('cues', 'planned_title')}$")

    def read(self, text: str, folded: str, grid: Grid, periods: Sequence[Period], places: Sequence[Place]) -> Caption:
        """The three lines above a table, the rows of it that are titles, its heads, and the note below.

        Of the lines the lowest that says a thing is believed.
        """
        top = grid.start
        for _ in range(3):
            top = max(0, folded.rfind("\n", 0, max(0, top - 1)) + 1)
        heads = [(c.start, c.end) for cells in grid.heads for c in cells]
        titles = [*_lines(folded, top, grid.start), *((c.start, c.end) for c in grid.titles)]
        unit: Unit | None = None
        for a, b in (*titles, *heads):
            if said := CAPTION.search(folded, a, b):
                unit = self._unit(said["in"]) or unit
        note = folded.find("注", grid.end, grid.end + 3)
        below = folded[note : folded.find("\n", note)] if note >= 0 else ""
        prices = self._prices.search(folded, top, grid.end) or self._prices.search(below)
        year, subject, planned = None, "", False
        for a, b in titles:
            if b - a > _LONGEST or "。" in text[a:b]:
                continue
            for p in inside(periods, a, b):
                if p.value and p.value[:4].isdigit() and p.kind in _TIMES and not (p.kind == "year" and "/" in p.value):
                    year = int(p.value[:4])
            words = self._words(folded, a, b, [*inside(periods, a, b), *inside(places, a, b)])
            planned = planned or bool(self._plan.search(words))
            subject = self._subject(words) or subject
        return Caption(unit, year, prices[0] if prices else None, subject, planned)

    def _unit(self, written: str) -> Unit | None:
        """单位:万元、% names the unit of all that is no rate, 万元、个 of all that is not counted; of 亩、头 nothing follows."""
        whole = self._labels.unit_of(written)
        units = [u for w in regex.split(r"[,、/和]", written) if (u := self._labels.unit_of(w))]
        plain = [u for u in units if u.row.dimension not in SHARES]
        money = [u for u in plain if u.row.dimension == "money"]
        if whole and whole.per:
            return whole
        if len(plain) == 1 or len(units) == 1:
            return (plain or units)[0]
        return money[0] if len(money) == 1 and all(u in money or u.row.dimension in _COUNTS for u in plain) else None

    @staticmethod
    def _words(folded: str, a: int, b: int, facts: Sequence[Spanned]) -> str:
        """A title without its number, its years and places, and what stands in brackets."""
        out, at = "", a
        for fact in sorted(facts, key=lambda f: f.start):
            out, at = out + folded[at : fact.start] if fact.start > at else out, max(at, fact.end)
        return _NUMBERED.sub("", _ASIDE.sub("", out + folded[at:b])).strip(" :")

    def _subject(self, words: str) -> str:
        """各乡镇粮食产量情况 → 粮食产量: for cells whose heads name nothing."""
        words = self._lead.sub("", words)
        cut = self._tail.sub("", words)
        return cut if cut != words and 1 < len(cut) < 16 else ""


def _lines(folded: str, top: int, start: int) -> list[tuple[int, int]]:
    """The lines between two offsets that are not empty."""
    out, at = [], top
    for line in folded[top:start].split("\n"):
        if line.strip():
            out.append((at, at + len(line)))
        at += len(line) + 1
    return out
