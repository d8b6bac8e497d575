"""What stands in a row around a number: the pieces that the shapes of grammar.py are made of."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence

import regex

from .grammar import Piece
from .lexicon import Edge, Entry, Lexicon, UnitRow
from .tokens import Number

_LETTERS = {
    "digits": "N",
    "han": "N",
    "few": "W",
    "teens": "W",
    "pair": "W",
    "half": "H",
    "percent": "F",
    "fraction": "F",
    "part": "F",
}
_GOES_ON = frozenset("/万亿百千")
_MORE = regex.compile(r"[出于\d]")
_INSIDE = {"over": "I", "about": "L", "half": "H", "skip": "K"}
# 上百 and 过亿 are bounds, 网上300户 and 通过500元 are not: these two stand only before a round numeral.
_ONLY_ROUND = ("modifiers:上", "modifiers:过")


class EdgeReader:
    """Matches the words of one lexicon back and forth from a number; make it with `edge_reader(lexicon)`."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._left, self._right, self._denominators = lexicon.left, lexicon.right, lexicon.denominators

    def plain(
        self, folded: str, at: Mapping[int, int], number: Number, floor: int
    ) -> tuple[UnitRow, Entry | None, Entry | None] | None:
        """The unit of a number, and a bound before it or after it, where no more stands beside it: 255人, 近40万元, 95%以上.

        None where anything else may belong to it.
        """
        start, end = number.start, number.end
        before = None
        if start > floor and folded[start - 1] in self._left.chars:
            before = self._ending_at(folded, start, floor)
            if before is not None and before.letter and not self._bounds_alone(folded, start, floor, before):
                return None
        entry = self._starting_at(self._right, folded, end)
        if entry is None or entry.letter != "U":
            return None
        unit: UnitRow = entry.value  # type: ignore[assignment]
        stop = end + len(entry.surface)
        after = folded[stop : stop + 1]
        if after in _GOES_ON or (unit.tail and (stop in at or stop + 1 in at)):
            return None
        bound = before if before is not None and before.letter else None
        if after not in self._right.chars or (more := self._starting_at(self._right, folded, stop)) is None or more.letter == "U":
            return unit, bound, None  # 138所学校: 学校 is what is counted
        return (unit, None, more) if more.letter == "A" and bound is None else None

    def _bounds_alone(self, folded: str, start: int, floor: int, before: Entry) -> bool:
        """Whether a word before a number is a bound with nothing more before it: 近, not 人均近."""
        if before.letter != "B" or before.name in _ONLY_ROUND:
            return False
        first = start - len(before.surface)
        if first <= floor or folded[first - 1] not in self._left.chars:
            return True
        more = self._ending_at(folded, first, floor)
        return more is None or not more.letter

    def row(
        self, folded: str, numbers: Sequence[Number], at: Mapping[int, int], number: Number, floor: int
    ) -> tuple[list[Piece], int]:
        """The pieces around a number from left to right, and which of them the number is; none reaches before `floor`."""
        left = self._before(folded, number, floor)
        left.reverse()
        home = len(left)
        left.append(Piece(_LETTERS[number.form], number.start, number.end, number.read, f"number:{number.form}"))
        return self._after(folded, numbers, at, left), home

    def _before(self, folded: str, number: Number, floor: int) -> list[Piece]:
        out: list[Piece] = []
        at = number.start
        while at > floor and len(out) < 5:
            entry = self._ending_at(folded, at, floor)
            if entry is None or entry.letter == "":
                break
            start = at - len(entry.surface)
            if entry.name in _ONLY_ROUND and (out or folded[number.start] not in "百千万亿"):
                break
            if entry.value == "" and entry.letter == "P" and (not out or out[-1].letter != "P"):
                break  # 平均 belongs to a rate (平均每生2000元), not to a bare figure
            if entry.letter == "G" and (out or (start == floor and floor) or not self._is_sign(folded, start, entry.surface)):
                break
            out.append(Piece(entry.letter, start, at, entry.value, entry.name))
            at = start
        return out

    def _ending_at(self, folded: str, at: int, floor: int) -> Entry | None:
        for entry in self._left.at(folded, at):
            start = at - len(entry.surface)
            if start >= floor and folded.startswith(entry.surface, start):
                return entry
        return None

    @staticmethod
    def _is_sign(folded: str, start: int, surface: str) -> bool:
        before = folded[start - 1] if start else ""
        return surface != "-" or (
            not (before.isascii() and before.isalnum())
            and before not in ("%", ")", "-", "~", "元", "人", "年", "月", "日", "万", "亿")
        )

    def _after(self, folded: str, numbers: Sequence[Number], at: Mapping[int, int], pieces: list[Piece]) -> list[Piece]:
        end = pieces[-1].end
        limit = len(folded)
        while end < limit and len(pieces) < 16:
            last = pieces[-1]
            if folded[end] == "/" and last.letter in "UD":
                entry = self._starting_at(self._denominators, folded, end + 1)
                if entry is None:
                    break
                pieces.append(Piece("D", end, end + 1 + len(entry.surface), entry.value, entry.name))
            elif folded[end] == "·" and last.letter == "D" and (entry := self._starting_at(self._denominators, folded, end + 1)):
                pieces.append(Piece("D", end, end + 1 + len(entry.surface), entry.value, entry.name))
            elif folded[end] == ":" and last.letter == "N" and (j := at.get(end + 1)) is not None and numbers[j].form == "digits":
                pieces.append(Piece("C", end, end + 1, None, ":"))
                pieces.append(Piece("N", numbers[j].start, numbers[j].end, numbers[j].read, "number:digits"))
            elif (last.letter == "U" and (tail := self._tail(folded, numbers, at, last)) is not None) or (
                last.letter == "T"
                and (tail := self._tail(folded, numbers, at, next(p for p in reversed(pieces) if p.letter == "U"), last.end))
            ):
                pieces.append(tail)
            elif last.letter in "IL" and folded[end] in "万亿百千":
                stop = end + 1
                while stop < limit and folded[stop] in "万亿":
                    stop += 1
                pieces.append(Piece("S", end, stop, None, "number:scale"))
            else:
                gap = 1 if folded[end] == " " and last.letter in "NWIS" else 0
                entry = self._starting_at(self._right, folded, end + gap)
                if entry is None or (gap and entry.letter not in "UR"):
                    break
                start, stop = end + gap, end + gap + len(entry.surface)
                if entry.letter == "R":
                    if not self._goes_on(folded, numbers, at, pieces, start, stop, entry):
                        break
                    end = pieces[-1].end
                    continue
                if last.letter == "U" and entry.surface == "多" and _MORE.match(folded, stop):
                    break  # 比上年的238.9万元多25.65万元: 多 is the verb of what follows
                letter = _INSIDE[str(entry.value)] if entry.letter == "I" else entry.letter
                if letter == "L" and last.letter == "U":
                    break  # 6年来: 来 is "since", not "about"
                pieces.append(Piece(letter, start, stop, entry.value, entry.name))
            end = pieces[-1].end
        return pieces

    def _goes_on(self, folded, numbers, at, pieces, start, stop, entry) -> bool:
        """20至30万元: take the range mark, a bound before the second number, and that number."""
        bound = None
        after = stop + (folded[stop : stop + 1] == " ")
        if (j := at.get(after)) is None:
            found = self._ending_bound(folded, after)
            if found is None or (j := at.get(found.end)) is None:
                return False
            bound = found
        if pieces[-1].letter not in "NWUIFKS" or any(p.letter == "R" for p in pieces):
            return False
        pieces.append(Piece("R", start, stop, None, entry.name))
        if bound is not None:
            pieces.append(bound)
        number = numbers[j]
        pieces.append(Piece(_LETTERS[number.form], number.start, number.end, number.read, f"number:{number.form}"))
        return True

    def _ending_bound(self, folded: str, start: int) -> Piece | None:
        for size in (1, 2):
            entry = self._ending_at(folded, start + size, start) if start + size <= len(folded) else None
            if entry is not None and entry.letter == "B" and len(entry.surface) == size:
                return Piece("B", start, start + size, entry.value, entry.name)
        return None

    def _tail(self, folded: str, numbers, at: Mapping[int, int], unit: Piece, end: int | None = None) -> Piece | None:
        """The smaller unit of the same figure: 5角 after 3元; a last digit alone after 成, 块 or 米."""
        row = unit.value
        if not isinstance(row, UnitRow) or not row.tail:
            return None
        start = unit.end if end is None else end
        skip = 1 if folded[start : start + 1] in "零又" and folded[start : start + 1] else 0
        j = at.get(start + skip, at.get(start))
        if j is None or numbers[j].read.value is None:
            return None
        number = numbers[j]
        entry = self._starting_at(self._right, folded, number.end)
        if entry is not None and entry.letter == "U":
            smaller = entry.value
            if isinstance(smaller, UnitRow) and (size := row.tail.get(smaller.surface)) is not None:
                return Piece("T", start, number.end + len(entry.surface), (number.read.value, size, smaller), entry.name)
            return None
        if "digit" in row.tail and end is None and number.form == "han" and number.read.value < 10:
            size = row.factor / (100 if folded[start] == "零" else 10)
            return Piece("T", start, number.end, (number.read.value, size, row), "number:last digit")
        return None

    @staticmethod
    def _starting_at(table: Edge, folded: str, at: int) -> Entry | None:
        for entry in table.at(folded, at):
            if folded.startswith(entry.surface, at) and not (entry.guarded and _barred(folded, entry, at)):
                return entry
        return None


def _barred(folded: str, entry: Entry, at: int) -> bool:
    """Whether what follows a unit says that it is none: 5 kmh, or a word of its `unless`."""
    stop = at + len(entry.surface)
    after, row = folded[stop : stop + 1], entry.value
    if isinstance(row, UnitRow) and row.unless and folded.startswith(row.unless, stop):
        return True
    return entry.surface[-1].isascii() and entry.surface[-1].isalpha() and after.isascii() and after.isalpha()


@functools.lru_cache(maxsize=8)
def edge_reader(lexicon: Lexicon) -> EdgeReader:
    """The edge reader of a lexicon, made once."""
    return EdgeReader(lexicon)
