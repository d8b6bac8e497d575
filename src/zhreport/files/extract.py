"""What every reader gives: one text, where its stretches came from, and what the file says of itself."""

from __future__ import annotations

from dataclasses import dataclass, field

Origin = tuple[int, int, str, str]


@dataclass(frozen=True, slots=True)
class Extract:
    """The text of a file, its `origin` as (start, end, kind, locator), and facts such as encoding, title, date."""

    text: str
    origin: tuple[Origin, ...] = ()
    facts: dict[str, str] = field(default_factory=dict)


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

    def row(self, cells: list[str], table: int, row: int) -> None:
        """A table row: its cells joined by tabs, each with its place."""
        for column, cell in enumerate(cells, 1):
            if column > 1:
                self.add("\t")
            self.mark(self.add(cell), "cell", f"t{table} r{row} c{column}")
        self.add("\n")

    def extract(self, **facts: str) -> Extract:
        """All that was written; facts with no value are left out."""
        origin = tuple(sorted(self._origin, key=lambda o: (o[0], -o[1])))
        return Extract("".join(self._pieces), origin, {k: v for k, v in facts.items() if v})
