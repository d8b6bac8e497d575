"""What the words of a head or a row label say: the unit, the period, the place, the role, and what is counted."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import regex

from ..lexicon import alternation
from ..numerals import Numerals
from ..types import Period, Spanned
from .shapes import YEAR, Cell

if TYPE_CHECKING:
    from ..lexicon import Lexicon, UnitRow
    from ..places import Place

F = TypeVar("F", bound=Spanned)

_BRACKET = regex.compile(r"\((?P<in>[^()]{1,16})\)|\[(?P<in>[^\[\]]{1,16})\]|(?<=\p{Han})/(?P<in>\p{Han}{1,4})$")
_SPACE = regex.compile(r"\s+")
_LISTED = regex.compile(r"[,、;:]")
# 一、税收收入, (一)增值税, 1.国内增值税: what stands before the words of a label.
_MARKER = regex.compile(
    r"(?P<a>[一二三四五六七八九十]{1,3}[、.])|(?P<b>\([一二三四五六七八九十]{1,3}\))|(?P<c>\d{1,2}[、.](?!\d))|(?P<d>\(\d{1,2}\)|[①-⑳])|[·*◆-]+"
)
_NOTE = regex.compile(r"(?:\[\d\]|[*①-⑩]|注\d?)$")
# 金额 万元, 比上年±%: a unit that stands behind the words of a head
_TAIL = regex.compile(r"(?<=\p{Han}) +(?P<in>\S{1,4})$|(?<=\p{Han})±?(?P<in>[%‰])$")
_LEFT = regex.compile(r"[±%‰\s()/:,、;]+")


class Unit(NamedTuple):
    """A unit with its multiplier and what it is per, as a head writes it: 万元, 千人, %, 元/亩."""

    row: UnitRow
    scale: int
    per: tuple[str, ...] = ()


class Label(NamedTuple):
    """What a head, from its top level down, or the label of a row says."""

    name: str = ""
    unit: Unit | None = None
    role: str | None = None
    base: str | None = None
    period: str | None = None
    place: str | None = None
    cell: Cell | None = None  # the lowest cell with words
    kind: str = ""  # serial (its numbers count nothing), unit, total
    among: bool = False
    planned: bool = False
    depth: int = 0
    plain: str = ""
    whole: str = ""  # what a label under 其中 is a part of


class LabelReader:
    """Reads heads and labels with the words of one lexicon."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._numerals = Numerals(lexicon)
        self._units = lexicon.units
        self._denominators = {r.surface: r["value"] for r in lexicon.table("modifiers", "denominator")}
        self._serial = frozenset(lexicon.words("cues", "serial_head"))
        self._ranks = tuple(lexicon.words("cues", "rank_head"))
        self._unit_heads = frozenset(lexicon.words("cues", "unit_head"))
        self._generic = frozenset(lexicon.words("cues", "generic_head"))
        self._years = _longest_first(lexicon.words("cues", "head_year"))
        self._totals = frozenset(lexicon.words("cues", "total_head"))
        self._sums = tuple(lexicon.words("cues", "total_tail"))
        self._roles = _longest_first(lexicon.words("cues", "head_role"))
        self._bases = regex.compile(alternation(lexicon.words("cues", "head_base")))
        self._plans = frozenset(lexicon.words("cues", "planned_noun"))
        self._classes = tuple(lexicon.words("cues", "class_head"))
        self._done = tuple(lexicon.words("cues", "done_head"))
        self._fronts = frozenset(lexicon.words("cues", "qualifier_head"))
        self._among = regex.compile(rf"{lexicon.pattern('cues', 'among')}[::]? ?|#")
        self._rate = tuple(lexicon.words("cues", "rate_head"))

    def unit_of(self, written: str) -> Unit | None:
        """万元, 千人, %, 元/亩, 现价,亿元: the unit, its multiplier, and what it is per."""
        written = _SPACE.sub("", written).lstrip("±")
        for piece in (written, *reversed(_LISTED.split(written))):
            stem, stroke, per = piece.partition("/")
            unit = self._plain_unit(stem)
            if unit is not None and (not stroke or per):
                pers = tuple(self._denominators.get(p, p) for p in regex.split(r"[/·.]", per)) if stroke else ()
                return unit._replace(per=pers)
        return None

    def _plain_unit(self, written: str) -> Unit | None:
        row = self._units.get(written)
        if row is not None:
            return Unit(row, 1) if row.kind in ("measure", "classifier") else None
        rest = written.lstrip("十百千万亿")
        if len(rest) == len(written):
            return None
        scale = self._numerals.product(written[: len(written) - len(rest)])
        row = self._units.get(rest or "元")
        return Unit(row, scale) if row is not None and scale > 1 else None

    def read(
        self, folded: str, cells: Sequence[Cell], periods: Sequence[Period], places: Sequence[Place], row: bool = False
    ) -> Label:
        """The label of some cells from the top down; `row` says that they stand at the head of a row."""
        out, names = Label(), []
        for cell in cells:
            one = self._one(folded, cell, inside(periods, cell.start, cell.end), inside(places, cell.start, cell.end), row)
            names.append(one)
            lower = one.kind or out.kind if one.kind != "total" else one.kind
            out = Label(
                "", one.unit or out.unit, one.role or out.role, one.base or out.base, one.period or out.period,
                _under(out.place, one.place), cell, lower, one.among or out.among, one.planned or out.planned,
                one.depth, out.plain + one.plain,
            )  # fmt: skip
        return out._replace(name=self._joined(names))

    def _joined(self, levels: Sequence[Label]) -> str:
        """Upper and lower words; 城镇 under 人均可支配收入 stands before it, 金额 and 数量 under a name add nothing."""
        out = ""
        for one in levels:
            if one.name in self._fronts:
                out = one.name + out
            elif not (one.name in self._generic and out):
                out = one.name if out in self._generic and one.name else out + one.name
        return out

    def beside(self, label: str, head: str) -> str:
        """The name of a cell from the label of its row and the head of its column."""
        if head in self._generic and label:
            return label
        if label in self._generic and head:
            return head
        return head + label if head in self._fronts else label + head

    def is_rate(self, name: str) -> bool:
        """完成率, 所占比重: a share where nothing else is said."""
        return name.endswith(self._rate)

    def is_class(self, head: Label) -> bool:
        """Whether a column only sorts the rows: 类别, 责任单位."""
        return head.plain.endswith(self._classes)

    def tells_done(self, head: Label) -> bool:
        """完成投资 in a table of plans was done."""
        return any(w in head.plain for w in self._done)

    def is_generic(self, name: str) -> bool:
        return name in self._generic

    def _one(self, folded: str, cell: Cell, periods: Sequence[Period], places: Sequence[Place], row: bool) -> Label:
        written = folded[cell.start : cell.end]
        plain = _SPACE.sub("", written)
        if not row and (unit := self.unit_of(plain.strip("()[]").rpartition(":")[2])):
            return Label(unit=unit, plain="", cell=cell)
        if plain in self._unit_heads:
            return Label(kind="unit", plain=plain)
        if self._is_serial(plain):
            return Label(kind="serial", plain=plain)
        unit, text = None, written
        for m in _BRACKET.finditer(written):
            if found := self.unit_of(m["in"].rpartition(":")[2]):
                unit, text = found, text.replace(m[0], "")
        tail = _TAIL.search(text) if unit is None else None
        if tail and (unit := self.unit_of(tail["in"])):
            text = text[: tail.start()]
        period, text = self._period(folded, cell, periods, text, row)
        depth, among = cell.indent, False
        text = _NOTE.sub("", _SPACE.sub("", text)).rstrip(":的")
        while True:
            inside, marked = self._among.match(text), _MARKER.match(text) if row else None
            if inside:
                among, text = True, text[inside.end() :]
            elif marked and marked.end() < len(text):
                depth += next((n for n, k in enumerate("abcd") if marked[k]), 0)
                text = text[marked.end() :]
            else:
                break
        role, base, text = self._role(text, row)
        planned = text in self._plans or text.removeprefix("年") in self._plans or (not row and self._is_plan(text))
        kind = ""
        if text in self._totals:
            kind, text = "total", ""
        elif row and text.endswith(self._sums):
            kind = "total"
            text = text.removesuffix(next(s for s in self._sums if text.endswith(s)))
        place = next(
            (p for p in places if p.start <= cell.start + len(written) - len(text) and folded[p.start : p.end] == text), None
        )
        return Label(
            "" if place else text, unit, role, base, period, place.name if place else None, cell, kind, among, planned, depth,
            plain,
        )  # fmt: skip

    def _is_plan(self, text: str) -> bool:
        """计划投资, and not 计划完成率."""
        return text.startswith(tuple(self._plans)) and not any(w in text for w in self._done)

    def _is_serial(self, plain: str) -> bool:
        return plain in self._serial or plain.endswith(self._ranks)

    def _period(self, folded: str, cell: Cell, periods: Sequence[Period], text: str, row: bool) -> tuple[str | None, str]:
        """The period of a head, and the words that are left; `L-1` counts from the year that is reported on."""
        for p in periods:
            if p.value and p.kind not in ("base", "local", "relative"):
                return p.value, text.replace(folded[p.start : p.end], "", 1).removeprefix("末").removeprefix("底")
        if m := YEAR.fullmatch(folded, cell.start, cell.end):
            return m[0], ""
        for word, years in self._years:
            # 本年支出合计 names a row, 本年 alone its year
            if (word == text if row else word in text) and not any(r in text for r, _ in self._roles):
                return f"L{years}", text.replace(word, "", 1)
        return None, text

    def _role(self, text: str, row: bool) -> tuple[str | None, str | None, str]:
        """The role that a head gives to its column, and the words that are left; a row only where it begins with one."""
        for word, said in self._roles:
            if word not in text or (row and not self._bases.match(text) and not text.startswith(word)):
                continue
            if said == "level":
                break  # 自然增长率 is a level
            if said == "share":
                return said, None, text if row else ""  # 占GDP比重 over a column is a share of what the row names
            base = self._bases.search(text)
            rest = text
            for other, _ in self._roles:
                rest = rest.replace(other, "")
            rest = _LEFT.sub("", self._bases.sub("", rest))
            return said, base[0] if base else None, rest if len(rest) > 1 else ""
        return None, None, text


def _under(upper: str | None, lower: str | None) -> str | None:
    """甲村 under 青石镇 is 青石镇甲村."""
    if upper is None or lower is None or lower.startswith(upper):
        return lower or upper
    return upper + lower


def _longest_first(words: dict[str, str]) -> list[tuple[str, str]]:
    return sorted(words.items(), key=lambda item: -len(item[0]))


def inside(facts: Sequence[F], start: int, end: int) -> Sequence[F]:
    """The facts that stand between two offsets."""
    first = bisect_left(facts, start, key=_start)
    last = bisect_left(facts, end, key=_start)
    return [f for f in facts[first:last] if f.end <= end]


def _start(fact: Spanned) -> int:
    return fact.start
