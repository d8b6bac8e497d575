"""Number tokens → Quantities: read what stands at their edges, apply the shapes, let bare numbers inherit from their list."""

from __future__ import annotations

import functools
from bisect import bisect_left, bisect_right
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import regex

from .amounts import ONE, Amount
from .clauses import SEPARATORS, Clauses
from .edges import edge_reader
from .grammar import Built, Piece, Shape, limited, shapes_of
from .lexicon import Lexicon, UnitRow, back_alternation
from .numerals import Read
from .tokens import Number, scanner
from .types import Quantity
from .vocabulary import Spots, vocabulary

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


_LIST_MARK = regex.compile(r"[,、;)]|\n|$| ?(?:和|及|与|以及)(?=[\d一二三四五六七八九十百千])")


_PLAIN = ("digits", "han")


class Bare(NamedTuple):
    """A number with no unit, which may take the unit of its list."""

    start: int
    end: int
    number: Number
    built: Built
    pieces: tuple[Piece, ...]


# What a mark of a list, or the end of one, begins with; nothing at the end of the text.
_BESIDE_BARE = frozenset(("", *",、;)\n。: 和及与以"))
_NOTHING = Number(0, 0, Read(None, None, None, ONE, "exact"), "digits")
_UNCOUNTED = Bare(0, 0, _NOTHING, Built(Amount(None), "", "other", "exact", None), ())


class QuantityReader:
    """The edges and rules of one lexicon; make it with `quantity_reader(lexicon)`."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.scanner = scanner(lexicon)
        self.vocabulary = vocabulary(lexicon)
        self._numerals = self.scanner.numerals
        self.read = self._numerals.read
        self._edges = edge_reader(lexicon)
        self._units = lexicon.units
        self._amount = functools.lru_cache(maxsize=65536)(self._scaled)
        self._unit_why = {unit.surface: ("shape:measure", unit.name) for unit in lexicon.units.values()}
        things: dict[str, list[str]] = {}
        for row in lexicon.table("cues", "thing"):
            things.setdefault(row["value"], []).append(regex.escape(row.surface))
        self._things = {
            unit: (
                regex.compile(rf"\p{{Han}}{{0,4}}?(?:{'|'.join(w)})"),
                regex.compile(rf"(?r)(?:{'|'.join(w)})\p{{Han}}{{0,1}}"),
            )
            for unit, w in things.items()
        }
        bounds = [
            r
            for r in lexicon.table("modifiers", "about", "over", "under")
            if r["side"] == "before" and (len(r.surface) > 1 or r.surface == "约")
        ]
        self._far_kind = {r.surface: r.kind for r in bounds}
        self._far_ends = frozenset(w[-1] for w in self._far_kind)
        words = back_alternation(self._far_kind)
        verb = f"(?:有|缺|需|需要|增加|减少|{lexicon.ending('cues', 'strong_verb')})"
        self._far = regex.compile(rf"(?r)(?<!节|签|预|公|合|违|履|集|条|制)(?P<bound>{words}){verb}\p{{L}}{{0,10}}")
        self._elapsed = regex.compile(rf"(?r){lexicon.ending('cues', 'elapsed')}[了约仅只共为时 ]{{0,2}}")
        self._moneys = regex.compile(rf"(?r){lexicon.ending('cues', 'money_noun')}(?:{lexicon.ending('cues', 'linking')}|了)?")
        self._persons = regex.compile(rf"(?r){lexicon.ending('cues', 'person')}")

    def quantities(
        self,
        text: str,
        folded: str,
        numbers: Sequence[Number],
        clauses: Clauses,
        spots: Spots,
        damaged: Sequence[int] = (),
        alone: bool = False,
    ) -> tuple[Quantity, ...]:
        """The quantities of a text, in order; spans never overlap.

        `folded` may have blanked stretches (section markers); `text` gives the surfaces.
        """
        items: list[Quantity | Bare] = []
        starts = [n.start for n in numbers]
        # the numbers that a bound may be told of from afar, over a verb and what it takes: 约增加教育经费预算420万元
        far = {
            s
            for a, b in spots.of("bound")
            for s in starts[bisect_left(starts, b) : bisect_right(starts, a + 24)]
            if folded[b:s].isalpha()
        }
        at = {start: i for i, start in enumerate(starts)}
        i, floor = 0, 0
        while i < len(numbers):
            number = numbers[i]
            i += 1
            if number.start < floor:
                continue
            if number.form in _PLAIN and (plain := self._plain(text, folded, at, number, floor, far)) is not None:
                items.append(plain)
                floor = plain.end
                continue
            pieces, home = self._edges.row(folded, numbers, at, number, floor)
            if len(pieces) == 1 and pieces[0].letter == "N" and not alone:
                items.append(self._lone(folded, number, pieces[0]))
                floor = number.end
                continue
            letters = "".join([p.letter for p in pieces])
            for shape, size in shapes_of(letters):
                if size <= home:
                    continue
                used = pieces[:size]
                built = shape.build(folded, used, self._numerals)
                if built is None:
                    continue
                item = self._item(text, folded, number, shape, built, used, alone)
                if item is None:
                    break
                items.append(item)
                floor = item.end
                break
        return tuple(self._marked(self._settled(text, folded, items, clauses), damaged))

    def _scaled(self, written: str, unit: str) -> Amount:
        """The amount of a plain number in the base unit; the same figures come again and again, so it is kept."""
        read, factor = self.read(written), self._units[unit].factor
        if read is None or read.value is None:
            raise ValueError(f"{written!r} is no plain number")
        return Amount(read.value * factor, None, None, read.step * factor)

    def _plain(self, text: str, folded: str, at: Mapping[int, int], number: Number, floor: int, far: set[int]) -> Quantity | None:
        """A number and its unit with at most a bound after them, as most are: what the shape `measure` makes of them."""
        found = self._edges.plain(folded, at, number, floor)
        if found is None or number.read.value is None:
            return None
        unit, before, after = found
        start, core_end = number.start, number.end + len(unit.surface)
        if (
            unit.surface in self._things
            or unit.surface == "折"
            or (before is not None and unit.dimension == "duration")  # 近10年来: see _item
            or not self._counts(folded, number, start, before is not None or after is not None, unit)
        ):
            return None
        amount, approx = self._amount(folded[start : number.end], unit.surface), number.read.approx
        why: tuple[str, ...] = self._unit_why[unit.surface]
        end = core_end
        bound = before or after
        if bound is not None:
            low, high, approx = limited(amount.value, approx, str(bound.value))
            amount = Amount(amount.value, low, high, amount.step)
            if before is not None:
                start, why = start - len(before.surface), (why[0], before.name, *why[1:])
            else:
                end, why = core_end + len(bound.surface), (*why, bound.name)
        elif approx == "exact" and start in far:
            amount, approx = self._bounded_from_afar(folded, start, amount)
        return Quantity(
            start,
            end,
            text[start:end],
            amount,
            unit.unit,
            unit.dimension,
            approx,
            (),
            "measure",
            why,
            number.start,
            number.end,
            core_end,
        )

    @staticmethod
    def _lone(folded: str, number: Number, piece: Piece) -> Bare:
        """A number with nothing beside it: of interest only where a list may go on after it, 校带园17,部队幼儿园1所."""
        if folded[number.end : number.end + 1] not in _BESIDE_BARE:
            return _UNCOUNTED
        read = number.read
        built = Built(Amount(read.value, read.low, read.high, read.step), "", "other", read.approx, None)
        return Bare(number.start, number.end, number, built, (piece,))

    @staticmethod
    def _marked(found: list[Quantity], damaged: Sequence[int]) -> list[Quantity]:
        """Quantities that were read through damage say so."""
        if not damaged:
            return found
        out = []
        for q in found:
            hit = bisect_left(damaged, q.start) < bisect_left(damaged, q.end)
            out.append(replace(q, why=(*q.why, "repair:damaged digits")) if hit else q)
        return out

    # From a shape to a quantity, or to a bare number that waits for its list.

    def _item(
        self, text: str, folded: str, number: Number, shape: Shape, built: Built, used: Sequence[Piece], alone: bool
    ) -> Quantity | Bare | None:
        start, end = used[0].start, used[-1].end
        if alone:
            return self._quantity(
                text, number, shape.name, built.amount, built.unit, built.dimension, built.approx, used, start, end
            )
        if built.row is None and not built.unit:
            return Bare(start, end, number, built, tuple(used))
        modified = number.form == "han" and any(p.letter in "BILAHRTS" for p in used)
        if built.row is not None and not self._counts(folded, number, start, modified, built.row):
            return None
        things = self._things.get(built.row.surface) if built.row is not None else None
        if built.row is not None and things is not None and (things[0].match(folded, end) or things[1].match(folded, 0, start)):
            # 山塘2口, 3口井: this 口 counts things, not people.
            built = built._replace(unit=built.row.surface, dimension="count")
        amount, approx = built.amount, built.approx
        near = next((p for p in used if p.name == "modifiers:近"), None) if built.dimension == "duration" else None
        if near is not None and not self._elapsed.match(folded, 0, near.start):
            # 近10年来 means the last ten years.
            used = [p for p in used if p is not near]
            start, approx = used[0].start, "exact"
            amount = Amount(amount.value, None, None, amount.step)
        if approx == "exact" and amount.value is not None and used[0].letter in "NF":
            amount, approx = self._bounded_from_afar(folded, start, amount)
        return self._quantity(text, number, shape.name, amount, built.unit, built.dimension, approx, used, start, end)

    def _bounded_from_afar(self, folded: str, start: int, amount: Amount) -> tuple[Amount, str]:
        """每年约增加教育经费预算420万元, 至少缺4万名: the bound stands before the verb, outside the span."""
        if self._far_ends.isdisjoint(folded[max(0, start - 24) : start]):
            return amount, "exact"
        m = self._far.match(folded, max(0, start - 24), start)
        if m is None:
            return amount, "exact"
        kind = self._far_kind[m["bound"]]
        low = amount.value if kind == "over" else amount.low
        high = amount.value if kind == "under" else amount.high
        return Amount(amount.value, low, high, amount.step, amount.parts), kind

    @staticmethod
    def _quantity(text, number, shape, amount, unit, dimension, approx, used, start, end, extra=()) -> Quantity:
        per: tuple[str, ...] = ()
        core_end, why = start, [f"shape:{shape}"]
        for letter, _, stop, value, name in used:
            if letter != "A":
                core_end = stop
            if letter in "PD" and value:
                per = (*per, *value.split())
            if ":" in name and not name.startswith("number:"):
                why.append(name)
        return Quantity(
            start,
            end,
            text[start:end],
            amount,
            unit,
            dimension,
            approx,
            per,
            shape,
            (*why, *extra),
            number.start,
            number.end,
            core_end,
        )

    def _counts(self, folded: str, number: Number, start: int, modified: bool, row: UnitRow) -> bool:
        """Whether the number counts: 一个, 一名 are indefinite, 三级 is a label, 三年级 and 十九届 are names."""
        if row.kind == "none":
            return False
        if number.form != "han":
            return True
        written = folded[number.start : number.end]
        if modified and row.kind != "label":
            return True
        if written in ("百", "千", "万", "亿"):
            return False  # 万元GDP, 百姓, 千户 of a campaign
        if written == "一":
            if row.dimension == "duration":
                return bool(self._elapsed.match(folded, 0, start))
            return row.kind == "measure"
        if row.kind == "label":
            return False
        if row.kind == "noun":
            return written == "两" or (number.read.value or 0) >= 10
        return row.surface == "折" or not (
            written[0] in "零〇" or (len(written) > 1 and all(c in self._numerals.digit for c in written))
        )

    # Bare numbers: the list they stand in says what they count.

    def _settled(self, text: str, folded: str, items: list[Quantity | Bare], clauses: Clauses) -> list[Quantity]:
        out: list[Quantity] = []
        settled: list[Quantity | None] = [q if isinstance(q, Quantity) else None for q in items]
        anchor: Quantity | None = None  # the figure with a unit that ends the list: 12、15.5、20万元
        for i in range(len(items) - 1, -1, -1):
            item = items[i]
            if isinstance(item, Quantity):
                anchor = item
            elif (
                item is not _UNCOUNTED
                and i + 1 < len(items)
                and settled[i + 1]
                and folded[item.end : items[i + 1].start] in SEPARATORS
                and anchor
            ):
                settled[i] = self._with_unit(text, folded, item, anchor, "list:unit of the last")
        for i, item in enumerate(items):
            if settled[i] is None and isinstance(item, Bare) and item is not _UNCOUNTED:
                settled[i] = self._in_list(text, folded, item, items, settled, i, clauses)
        for quantity in settled:
            if quantity is not None:
                out.append(quantity)
        return out

    def _in_list(self, text, folded, item: Bare, items, settled, i: int, clauses: Clauses) -> Quantity | None:
        if not (_LIST_MARK.match(folded, item.end) or folded[item.end] in "。:"):
            return None
        scaled = folded[item.end - 1] in "万亿"
        sentence = clauses.sentence(item.start)
        around = settled[max(0, i - 1) : i] + settled[i + 1 : i + 2]
        near = [q for q in around if q is not None and sentence.start <= q.start < sentence.end]
        bracket = clauses.bracket(item.start)
        if scaled:
            wide = [q for q in settled[max(0, i - 6) : i + 7] if q is not None and sentence.start <= q.start < sentence.end]
            for q in sorted(wide, key=lambda q: abs(q.start - item.start)):
                if q.dimension == "money" and text[q.number_end - 1] in "万亿":
                    return self._with_unit(text, folded, item, q, "list:money beside it")
            if self._moneys.match(folded, clauses.clause_start(item.start), item.start):
                return self._quantity(
                    text,
                    item.number,
                    "bare",
                    item.built.amount,
                    "元",
                    "money",
                    item.built.approx,
                    item.pieces,
                    item.start,
                    item.end,
                    ("cue:money",),
                )
            begun = clauses.clause_start(item.start)
            # 辖11个村,常住人口2.4万: the noun right before it says so, whatever stands near
            if (self._persons.search if not near else self._persons.match)(folded, begun, item.start):
                amount, approx = self._bounded_from_afar(folded, item.start, item.built.amount)
                return self._quantity(
                    text,
                    item.number,
                    "bare",
                    amount,
                    "人",
                    "person",
                    approx,
                    item.pieces,
                    item.start,
                    item.end,
                    ("cue:person",),
                )
            return None
        if bracket is None or not folded[item.start - 1 : item.start].isalpha():
            return None
        inside = [
            q
            for q in near
            if bracket.start < q.start < bracket.end and q.dimension in ("count", "person", "household", "person_time")
        ]
        return self._with_unit(text, folded, item, inside[0], "list:unit of its neighbour") if inside else None

    def _with_unit(self, text: str, folded: str, item: Bare, like: Quantity, reason: str) -> Quantity | None:
        """A bare number read in the unit of a neighbour, and in its 万 when the neighbour's stands for both."""
        row = next((self._units[w.removeprefix("units:")] for w in like.why if w.startswith("units:")), None)
        if row is None and like.unit not in ("1", "人"):
            return None
        factor = row.factor if row else 1
        if reason == "list:unit of the last":
            ending = self._numerals.ending(text[like.number_start : like.number_end])
            mine = self._numerals.ending(folded[item.number.start : item.number.end])
            if ending and not mine:
                factor = factor * self._numerals.product(ending)
        amount = item.built.amount.scaled(factor)
        if amount.value is None and amount.low is None:
            return None
        return self._quantity(
            text,
            item.number,
            "bare",
            amount,
            like.unit,
            like.dimension,
            item.built.approx,
            item.pieces,
            item.start,
            item.end,
            (reason, *((row.name,) if row else ())),
        )


@functools.lru_cache(maxsize=8)
def quantity_reader(lexicon: Lexicon) -> QuantityReader:
    """The quantity reader of a lexicon, compiled once."""
    return QuantityReader(lexicon)
