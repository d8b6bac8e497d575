"""The word tables: read, checked, and indexed for matching. The only file that opens them."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

from .types import DIMENSIONS

TABLES = {
    "numerals": ("surface", "kind", "value", "source", "note"),
    "units": ("surface", "unit", "dimension", "factor", "kind", "tail", "unless", "source", "note"),
    "modifiers": ("surface", "kind", "side", "value", "source", "note"),
    "phrases": ("surface", "kind", "source", "note"),
    "periods": ("surface", "kind", "value", "source", "note"),
    "places": ("surface", "kind", "value", "source", "note"),
    "divisions": ("surface", "kind", "value", "source", "note"),
    "markers": ("style", "template", "place", "rank", "source", "note"),
    "cues": ("surface", "kind", "value", "source", "note"),
    "variants": ("surface", "value", "source", "note"),
    "terms": ("surface", "kind", "source", "note"),
    "indicators": ("surface", "kind", "dimension", "per", "source", "note"),
    "alignments": ("surface", "kind", "value", "source", "note"),
}
KINDS = {
    "numerals": {"digit", "small", "tens", "big"},
    "units": {"measure", "classifier", "noun", "label", "none"},
    "modifiers": {"about", "over", "under", "near", "beyond", "inside", "per", "denominator", "range", "fold", "sign", "stop"},
    "divisions": {"province", "prefecture", "county"},
}  # fmt: skip


MARKER_SLOTS = ("{h}", "{d}", "{e}", "{c}", "{p}", "{a}", "{A}", "{r}", "{f}")
_NUMERAL = re.compile(r"[0-9零〇一二两三四五六七八九十百千万亿廿卅]")
_NUMERAL_OR_FEW = re.compile(r"[0-9零〇一二两三四五六七八九十百千万亿廿卅双半几数]")


class LexiconError(ValueError):
    """A table that cannot be used: which file and line, what is wrong, what was expected."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: its cells by column name, and where it stands."""

    table: str
    line: int
    surface: str
    kind: str
    cells: tuple[str, ...]

    @property
    def name(self) -> str:
        """How a `why` names this row: `units:万亩`."""
        return f"{self.table}:{self.surface}"

    def __getitem__(self, column: str) -> str:
        return self.cells[TABLES[self.table].index(column)]


class UnitRow(NamedTuple):
    """A unit ready for use: the base unit, its dimension, and the factor to get there."""

    surface: str
    unit: str
    dimension: str
    factor: Fraction
    kind: str
    tail: dict[str, Fraction]
    unless: tuple[str, ...]
    name: str


class Entry(NamedTuple):
    """A surface that may stand beside a number: its letter for the shapes, what it means, its row."""

    surface: str
    letter: str
    value: object
    name: str
    guarded: bool = False  # whether what follows may bar it: a unit with `unless`, or in Latin letters


def folder() -> Path:
    """Where the tables are: inside the installed package, or in the checkout beside `src`."""
    inside = Path(__file__).parent / "lexicons"
    return inside if inside.is_dir() else Path(__file__).parents[2] / "resources" / "lexicons"


def read_table(path: Path, table: str) -> Iterator[Row]:
    """The rows of one TSV file, every cell checked.

    Raises LexiconError with file, line and what was expected.
    """
    columns = TABLES[table]
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        raise LexiconError(f"{path}: not UTF-8 ({error.reason}); save the table as UTF-8") from None
    except OSError as error:
        raise LexiconError(f"{path}: cannot be read ({error.strerror}); give the path of a .tsv file") from None
    header: tuple[str, ...] | None = None
    seen: dict[str, int] = {}
    for number, line in enumerate(lines, 1):
        line = line.removesuffix("\r")
        if not line.strip() or line.startswith("#"):
            continue
        cells = tuple(line.split("\t"))
        if header is None:
            header = cells
            missing = [c for c in columns if c not in header and c not in ("note", "tail", "unless", "per")]
            if missing:
                raise LexiconError(f"{path}:{number}: the header lacks {', '.join(missing)}; expected {' '.join(columns)}")
            continue
        yield _checked(path, number, table, dict(zip(header, cells, strict=False)), len(cells), len(header), seen)


def _checked(path: Path, number: int, table: str, cell: dict, width: int, expected: int, seen: dict[str, int]) -> Row:
    def fail(what: str) -> LexiconError:
        return LexiconError(f"{path}:{number}: {what}")

    if width > expected:
        raise fail(f"{width} cells, the header has {expected}")
    columns = TABLES[table]
    cells = tuple(cell.get(c, "") for c in columns)
    for column, value in zip(columns, cells, strict=True):
        if value != value.strip():
            raise fail(f"stray space in {column} {value!r}")
    surface = cells[0] if table != "markers" else cells[1]
    kind = cell.get("kind", "")
    if not surface:
        raise fail(f"empty {columns[0]}")
    if not cell.get("source"):
        raise fail(f"{surface}: empty source; say where it was seen or which standard fixes it")
    key = (
        f"{surface}\t{kind}\t{cell.get('side', '')}"
        if table in ("modifiers", "cues", "periods", "places", "divisions")
        else surface
    )
    if key in seen:
        raise fail(f"{surface} stands twice, first in line {seen[key]}")
    seen[key] = number
    if table in KINDS and kind not in KINDS[table]:
        raise fail(f"{surface}: unknown kind {kind!r}; expected one of {', '.join(sorted(KINDS[table]))}")
    if table == "units":
        if cell.get("dimension") not in DIMENSIONS:
            raise fail(f"{surface}: unknown dimension {cell.get('dimension')!r}; expected one of {', '.join(DIMENSIONS)}")
        try:
            Fraction(cell.get("factor", ""))
        except (ValueError, ZeroDivisionError):
            raise fail(f"{surface}: factor {cell.get('factor')!r} is no number; expected 10000, 0.5 or 2000/3") from None
    if wrong := _wrong(table, surface, cell):
        raise fail(f"{surface}: {wrong}")
    return Row(table, number, surface, kind, cells)


def _wrong(table: str, surface: str, cell: dict[str, str]) -> str | None:
    """What is wrong with a row beyond its form, or None."""
    value, side = cell.get("value", ""), cell.get("side", "")
    if table == "phrases" and not _NUMERAL_OR_FEW.search(surface):
        return "holds no numeral, so it can hide none"
    if table == "numerals" and not (value.isascii() and value.isdigit() and len(value) < 20):
        return f"value {value!r} is no whole number"
    if table == "numerals" and not (len(surface) == 1 and surface.isalnum()):
        return "a numeral is one character, as 七 or 百; numbers of several are read from these"
    if table == "divisions" and not all(len(code) == 6 and code.isdigit() for code in value.split() or [""]):
        return f"value {value!r}; expected codes of six digits with blanks between"
    if table == "variants" and (len(surface) != 1 or len(value) != 1):
        return f"stands for {value!r}; expected one character for one"
    if table == "indicators" and cell.get("dimension") not in DIMENSIONS:
        return f"unknown dimension {cell.get('dimension')!r}; expected one of {', '.join(DIMENSIONS)}"
    if table == "modifiers" and side not in ("before", "after", "inside", "between", ""):
        return f"unknown side {side!r}; expected before, after, inside or between"
    if table == "modifiers" and side == "inside" and value not in ("over", "about", "half", "skip"):
        return f"inside value {value!r}; expected over, about, half or skip"
    if table == "units" and (not cell.get("unit") or Fraction(cell["factor"]) <= 0):
        return "needs a base unit and a factor above 0"
    if table == "units":
        for word in cell.get("tail", "").split():
            try:
                Fraction(word.partition("=")[2] or "1")
            except (ValueError, ZeroDivisionError):
                return f"tail {word!r}; expected 角=1/10 or digit"
    if table == "markers" and (slots := set(re.findall(r"\{.\}", surface)) - set(MARKER_SLOTS)):
        return f"unknown slot {', '.join(slots)}; expected one of {' '.join(MARKER_SLOTS)}"
    return None


_PAIRS_KEPT = 20_000  # two characters that were looked up are kept with what was found


class Edge:
    """Entries that are matched at a fixed place, by the two characters that they begin with or, backwards, end in."""

    def __init__(self, entries: Iterable[Entry], back: bool = False) -> None:
        near = slice(-2, None) if back else slice(0, 2)
        nearest = slice(-1, None) if back else slice(0, 1)
        ordered = sorted(entries, key=lambda e: -len(e.surface))
        self.chars = frozenset(e.surface[nearest] for e in ordered)  # no entry stands next to any other character
        self._back = back
        self._found: dict[str, tuple[Entry, ...]] = {char: tuple(e for e in ordered if e.surface == char) for char in self.chars}
        pairs: dict[str, list[Entry]] = {}
        for entry in ordered:
            if len(entry.surface) > 1:
                pairs.setdefault(entry.surface[near], []).append(entry)
        for pair, longer in pairs.items():
            self._found[pair] = (*longer, *self._found[pair[nearest]])

    def at(self, text: str, at: int) -> tuple[Entry, ...]:
        """What may begin here, or end here, the longest first."""
        pair = text[max(0, at - 2) : at] if self._back else text[at : at + 2]
        found = self._found.get(pair)
        if found is None:
            found = self._found.get(pair[-1:] if self._back else pair[:1], ())
            if len(self._found) < _PAIRS_KEPT:
                self._found[pair] = found
        return found


def alternation(surfaces: Iterable[str]) -> str:
    """One regular expression for many words, as a prefix tree, the longest word winning.

    Refuses an empty list: an empty alternation would match everywhere.

    >>> alternation(["县", "县城", "区"])
    '(?:区|县城?)'
    """
    return _tree_pattern(_tree(surfaces, back=False), back=False)


def _tree(surfaces: Iterable[str], back: bool) -> dict:
    """The words as a tree of their characters, from the first or, backwards, from the last."""
    words = set(surfaces)
    if not words or "" in words:
        raise LexiconError("an alternation needs at least one word, and none empty")
    tree: dict = {}
    for word in words:
        node = tree
        for char in reversed(word) if back else word:
            node = node.setdefault(char, {})
        node[""] = {}
    return tree


def _tree_pattern(node: dict, back: bool) -> str:
    bodies: dict[str, list[str]] = {}
    for char in sorted(c for c in node if c):
        bodies.setdefault(_tree_pattern(node[char], back), []).append(re.escape(char))
    branches = []
    for body, cs in bodies.items():
        head = cs[0] if len(cs) == 1 else f"[{''.join(cs)}]"
        branches.append(body + head if back else head + body)
    if not branches:
        return ""
    optional = "" in node
    if len(branches) == 1 and (not optional or len(branches[0]) == 1):
        return branches[0] + ("?" if optional else "")
    return f"(?:{'|'.join(branches)})" + ("?" if optional else "")


def _tail(row: Row) -> dict[str, Fraction]:
    """`角=1/10 digit` → the smaller units and what each is in the base unit; a bare last digit is a tenth of the unit."""
    out = {}
    for word in row["tail"].split():
        surface, _, size = word.partition("=")
        out[surface] = Fraction(size or row["factor"])
    return out


def back_alternation(surfaces: Iterable[str]) -> str:
    """One expression for many words, as a tree from their ends, for patterns that are matched backwards; the longest word wins.

    >>> back_alternation(["县", "本县", "区"])
    '(?:区|本?县)'
    """
    return _tree_pattern(_tree(surfaces, back=True), back=True)


# Letters of the shapes (grammar.py): what may stand beside a number.
LETTER = {"about": "B", "over": "B", "under": "B", "near": "B", "beyond": "B"}


@dataclass(frozen=True, eq=False)
class Lexicon:
    """All tables, read once. Make one with `Lexicon.load()`; nothing is global.

    >>> Lexicon.load().units["亩"].factor
    Fraction(2000, 3)
    """

    rows: dict[str, tuple[Row, ...]]

    @classmethod
    def load(cls, extra: Sequence[str | Path] = ()) -> Lexicon:
        """The shipped tables and the user's own; a file named like `my_units.tsv` adds to `units`.

        A row of an extra file replaces a shipped row of the same surface and kind.
        Raises LexiconError naming file and line when a table is wrong.
        """
        if isinstance(extra, (str, Path)):
            raise TypeError(f"extra= takes a list of files, not one; write extra=[{str(extra)!r}]")
        return _shipped() if not extra else cls(_joined(tuple(Path(p) for p in extra)))

    def __repr__(self) -> str:
        return f"Lexicon({len(self.rows)} tables, {sum(map(len, self.rows.values()))} rows)"

    def table(self, name: str, *kinds: str) -> tuple[Row, ...]:
        """The rows of one table, of these kinds (all when none is named)."""
        if not kinds:
            return self.rows[name]
        if (found := self._asked.get((name, *kinds))) is None:
            found = self._asked[name, *kinds] = tuple(r for r in self.rows[name] if r.kind in kinds)
        return found

    @functools.cached_property
    def _asked(self) -> dict[tuple[str, ...], tuple[Row, ...]]:
        """The rows that were asked for by kind: some are for every report, and a table is long."""
        return {}

    def words(self, name: str, *kinds: str) -> dict[str, str]:
        """Surface → value of the rows of these kinds, in the order of the table."""
        return {r.surface: r["value"] for r in self.table(name, *kinds)}

    def pairs(self, name: str, kind: str) -> tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]:
        """Each surface with the two lists of words that its value holds: `收入|所得 支出`."""
        halves = ((word, value.split(" ")) for word, value in self.words(name, kind).items())
        return tuple((word, tuple(first.split("|")), tuple(second.split("|"))) for word, (first, second) in halves)

    def pattern(self, name: str, *kinds: str) -> str:
        """An alternation of the surfaces of these rows."""
        return alternation(r.surface for r in self.table(name, *kinds))

    def ending(self, name: str, *kinds: str) -> str:
        """An alternation of these surfaces for patterns that are matched back from a fixed place, the longest first."""
        return back_alternation(r.surface for r in self.table(name, *kinds))

    @functools.cached_property
    def units(self) -> dict[str, UnitRow]:
        return {
            r.surface: UnitRow(
                r.surface, r["unit"], r["dimension"], Fraction(r["factor"]), r.kind,
                _tail(r), tuple(r["unless"].split()), r.name,
            )
            for r in self.rows["units"]
        }  # fmt: skip

    @functools.cached_property
    def variants(self) -> dict[str, str]:
        """Traditional and variant characters → the simplified character that the tables use."""
        return {r.surface: r["value"] for r in self.rows["variants"]}

    @functools.cached_property
    def right(self) -> Edge:
        """What may follow a number: units, inside words, bounds, range marks."""
        entries = [
            Entry(u.surface, "U", u, u.name, bool(u.unless) or (u.surface[-1].isascii() and u.surface[-1].isalpha()))
            for u in self.units.values()
        ]
        for row in self.rows["modifiers"]:
            if row.kind == "range":
                entries.append(Entry(row.surface, "R", row["value"], row.name))
            elif row["side"] == "after" and row.kind in LETTER:
                entries.append(Entry(row.surface, "A", row.kind, row.name))
            elif row["side"] == "inside":
                entries.append(Entry(row.surface, "I", row["value"], row.name))
        return Edge(entries)

    @functools.cached_property
    def left(self) -> Edge:
        """What may stand before a number: bounds, rate words, 翻, a minus sign; `stop` words hide a shorter one."""
        entries = []
        for row in self.rows["modifiers"]:
            if row.kind == "denominator":
                entries += [Entry(f"每{row.surface}", "P", row["value"], row.name)]
            elif row["side"] != "before":
                continue
            elif row.kind == "per":
                entries.append(Entry(row.surface, "P", row["value"], row.name))
            elif row.kind in LETTER:
                entries.append(Entry(row.surface, "B", row.kind, row.name))
            elif row.kind == "fold":
                entries.append(Entry(row.surface, "V", None, row.name))
            elif row.kind == "sign":
                entries.append(Entry(row.surface, "G", None, row.name))
            elif row.kind == "stop":
                entries.append(Entry(row.surface, "", None, row.name))
        return Edge(entries, back=True)

    @functools.cached_property
    def denominators(self) -> Edge:
        """What may follow the stroke of a rate: 元/亩, 元/人·年, 元/幅."""
        entries = {u.surface: Entry(u.surface, "D", u.surface, u.name) for u in self.units.values()}
        entries |= {r.surface: Entry(r.surface, "D", r["value"], r.name) for r in self.table("modifiers", "denominator")}
        return Edge(entries.values())

    @functools.cached_property
    def rates(self) -> dict[str, str]:
        """Words that say what a rate is per: 人均 → 人, 每亩 → 亩, 亩产 → 亩."""
        rates = {r.surface: r["value"] for r in self.table("modifiers", "per") if r["value"]}
        rates |= {f"每{r.surface}": r["value"] for r in self.table("modifiers", "denominator")}
        return rates | self.words("cues", "rate")

    @functools.cached_property
    def phrases(self) -> tuple[tuple[Row, tuple[int, ...]], ...]:
        """The phrases, each with where its first numeral stands: 一 of 两不愁三保障's kind, and the 几 or 双 before it."""
        found = ((row, (_NUMERAL.search(row.surface), _NUMERAL_OR_FEW.search(row.surface))) for row in self.rows["phrases"])
        return tuple((row, tuple({m.start() for m in matches if m})) for row, matches in found)

    def __reduce__(self):
        return Lexicon, (self.rows,)


@functools.cache
def _shipped() -> Lexicon:
    home = folder()
    return Lexicon({name: tuple(read_table(home / f"{name}.tsv", name)) for name in TABLES})


def _joined(extra: tuple[Path, ...]) -> dict[str, tuple[Row, ...]]:
    rows = dict(_shipped().rows)
    for path in extra:
        name = next((n for n in TABLES if n in path.stem), None)
        if name is None:
            raise LexiconError(f"{path}: its name must hold the table it adds to, for example my_units.tsv ({', '.join(TABLES)})")
        added = tuple(read_table(path, name))
        new = {(r.surface, r.kind) for r in added}
        rows[name] = tuple(r for r in rows[name] if (r.surface, r.kind) not in new) + added
    return rows
