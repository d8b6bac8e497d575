"""What every reader gives: one text, where its stretches came from, and what the file says of itself."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

Origin = tuple[int, int, str, str]


@dataclass(frozen=True, slots=True)
class Extract:
    """The text of a file, its `origin` as (start, end, kind, locator), and facts such as encoding, title, date."""

    text: str
    origin: tuple[Origin, ...] = ()
    facts: dict[str, str] = field(default_factory=dict)


def body_of(full: Sequence[int]) -> tuple[int, int]:
    """The first row with several full cells, and the row after the last: what stands above is a title, below a note.

    >>> body_of([1, 4, 4, 1, 4, 1])
    (1, 5)
    """
    several = [at for at, count in enumerate(full) if count > 1]
    return (several[0], several[-1] + 1) if several else (len(full), len(full))


def indent(half_characters: float) -> str:
    """An indent as blanks as wide as a character; Word and pages show it by a margin."""
    return "\u3000" * min(round(half_characters / 2), 12)


_NOTE_MARK = re.compile(r"(?P<sure>[\[〔【(（]\d{1,2}[\]〕】)）]|[①-⑳*＊]|注\d{0,2})|\d{1,2}(?:[,，]\d{1,2})*")


def is_note_mark(raised: str, before: str) -> bool:
    """Whether raised characters point to a note; the raised 2 of 12km2 and the 4 of 104 do not.

    >>> is_note_mark("[1]", "值"), is_note_mark("2", "%"), is_note_mark("2", "m"), is_note_mark("4", "0")
    (True, True, False, False)
    """
    m = _NOTE_MARK.fullmatch(raised.strip())
    return m is not None and (bool(m["sure"]) or not (before[-1:].isascii() and before[-1:].isalnum()))


class Writer:
    """Grows the one text of a file and remembers where each stretch came from.

    >>> writer = Writer()
    >>> writer.line("一、成效", "paragraph", "p1")
    >>> writer.extract()
    Extract(text='一、成效\\n', origin=((0, 4, 'paragraph', 'p1'),), facts={})
    """

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._origin: list[Origin] = []
        self.at = 0

    def add(self, text: str) -> int:
        """Append; the offset where it begins."""
        start = self.at
        self._pieces.append(text)
        self.at += len(text)
        return start

    def mark(self, start: int, kind: str, locator: str, end: int | None = None) -> None:
        """Say where the stretch from `start` came from; a stretch with no text is not worth a row."""
        end = self.at if end is None else end
        if end > start:
            self._origin.append((start, end, kind, locator))

    def line(self, text: str, kind: str, locator: str) -> None:
        """A line of its own."""
        self.mark(self.add(text), kind, locator)
        self.add("\n")

    def table(self, rows: Sequence[Sequence[str]], number: int, first: int = 1) -> None:
        """A table, a line a row, its cells joined by tabs; a cell that a merged one covers is empty.

        A title over the whole width and a note below are lines of their own; `first` numbers the first row.
        """
        top, bottom = body_of([sum(map(bool, row)) for row in rows])
        for at, row in enumerate(rows):
            if (at < top or at >= bottom) and row and row[0] and not any(row[1:]):
                self.line(row[0].strip(), "cell", f"t{number} r{first + at} c1")
            elif any(row):
                self._row(row, number, first + at)

    def _row(self, cells: Sequence[str], table: int, row: int) -> None:
        for column, cell in enumerate(cells, 1):
            if column > 1:
                self.add("\t")
            bare = cell.lstrip()
            self.add(cell[: len(cell) - len(bare)])
            self.mark(self.add(bare), "cell", f"t{table} r{row} c{column}")
        self.add("\n")

    def extract(self, **facts: str) -> Extract:
        """All that was written; facts with no value are left out."""
        origin = tuple(sorted(self._origin, key=lambda o: (o[0], -o[1])))
        return Extract("".join(self._pieces), origin, {k: v for k, v in facts.items() if v})
