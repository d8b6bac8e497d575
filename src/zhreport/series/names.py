"""Which names mean one indicator: the table first, likeness last, and never two names that an opposing word keeps apart.

Likeness joins two names only where what they differ in says nothing: words of the table `alignments` that add nothing (总, 各类, 的),
an ending (总额, 数), or the order of the words. A word more is mostly another thing, however alike the names look:
中央财政专项扶贫资金 is a part of 财政专项扶贫资金, and 医疗保险 and 养老保险 in two names of fourteen characters reach a ratio of 85.
The score that goes with it is rapidfuzz' ratio, 0 to 100.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from ..lexicon import alternation
from ..tokens import fold
from .readings import Alignment, Key, Reading

if TYPE_CHECKING:
    from ..lexicon import Lexicon, Row

SHORTEST = 4
_LOOSE = re.compile(r"[\s“”‘’「」『』《》<>\"'·,，、]+")
_DIGITS = re.compile(r"[0-9.]+|[〇零一二两三四五六七八九十百千万]+")
Core = tuple[frozenset[tuple[str, str]], str]
_RULES = ("lead", "tail", "filler", "split", "alike", "plain", "slow", "falls")


class Aligner:
    """The table of indicators of one lexicon, ready for look-ups.

    >>> from zhreport import Lexicon
    >>> level = Key("level", "money", "元", ())
    >>> Aligner(Lexicon.load()).align("全年实现GDP", level)
    Alignment(indicator='地区生产总值', score=100, reason='synonym')
    """

    def __init__(self, lexicon: Lexicon) -> None:
        self._variants = lexicon.variants
        self._lead = re.compile(lexicon.pattern("alignments", "lead"))
        self._tail = re.compile(f"(?:{lexicon.pattern('alignments', 'tail')})$")
        self._filler = re.compile(lexicon.pattern("alignments", "filler"))
        words = [r for r in lexicon.table("alignments") if r.kind not in _RULES]
        self._axis = {r.surface: (r.kind, r["value"]) for r in words}
        self._words = re.compile(alternation(self._axis))
        self._rows: dict[str, list[Row]] = {}
        for row in lexicon.table("indicators"):
            # The user's own rows come last and are looked at first.
            self._rows.setdefault(self.folded(row.surface), []).insert(0, row)
        # The reports of a corpus tell the same few thousand names over and over.
        self.known = functools.lru_cache(maxsize=20_000)(self._known)
        self._by_core: dict[Core, list[str]] = {}
        for surface in self._rows:
            self._by_core.setdefault(self.core(surface), []).append(surface)

    def folded(self, name: str) -> str:
        """The name in half-width simplified characters, without quotes and white space."""
        return _LOOSE.sub("", fold(name, self._variants))

    def normal(self, name: str) -> str:
        """The folded name without 全县, 年末, 实现 before it; a name of the table keeps all of its words."""
        name = self.folded(name)
        while name not in self._rows and (m := self._lead.match(name)) and len(name) - m.end() >= 2:
            name = name[m.end() :]
        return name

    def core(self, name: str) -> Core:
        """What two names must share to be alike: their opposing words and numerals, and their characters but for empty words."""
        found = {self._axis[m[0]] for m in self._words.finditer(name)}
        bare = self._filler.sub("", self._tail.sub("", name))
        return frozenset(found | {("numeral", m[0]) for m in _DIGITS.finditer(name)}), "".join(sorted(bare))

    def align(self, name: str, key: Key, others: Sequence[str] = (), apart: Iterable[str] = ()) -> Alignment:
        """The canonical name: from the table, else by likeness to the table or to `others`, else its own.

        `apart` are names that it must not join: the same report uses both for different figures.
        """
        if found := self.known(name, key):
            return found
        normal = self.normal(name)
        if len(normal) < SHORTEST:
            return Alignment(normal, 100, "own")
        core, barred = self.core(normal), frozenset(apart)
        for surface in self._by_core.get(core, ()):
            row = self._row(surface, key)
            if row and surface not in barred and row.kind not in barred:
                return self._alike(normal, surface, row.kind)
        for other in others:
            if other not in barred and len(other) >= SHORTEST and self.core(other) == core:
                return self._alike(normal, other, other)
        return Alignment(normal, 100, "own")

    @staticmethod
    def _alike(name: str, other: str, indicator: str) -> Alignment:
        from rapidfuzz import fuzz

        score = int(fuzz.ratio(name, other))
        return Alignment(indicator, score, f"similar {score}")

    def _known(self, name: str, key: Key) -> Alignment | None:
        """The canonical name that the table has for this very name; None where it has none."""
        normal = self.normal(name)
        row = self._row(normal, key)
        return Alignment(row.kind, 100, "exact" if normal == self.folded(row.kind) else "synonym") if row else None

    def _row(self, surface: str, key: Key) -> Row | None:
        """The row of a surface that fits: a level has its dimension and its per, changes and shares have their own."""
        for row in self._rows.get(surface, ()):
            if key.measure in ("change", "share", "progress") or (
                row["dimension"] == key.dimension and tuple(row["per"].split()) == key.per
            ):
                return row
        return None


@functools.lru_cache(maxsize=8)
def aligner(lexicon: Lexicon) -> Aligner:
    """The aligner of a lexicon, compiled once."""
    return Aligner(lexicon)


def by_table(found: Iterable[Reading], aligner: Aligner) -> Iterator[Reading]:
    """The readings by the names that the table has for them, the others by their own: what one report alone can tell."""
    for reading in found:
        if (flow := _flow(reading, aligner)) is not None:
            yield flow
        else:
            name = reading.name
            given = aligner.known(name, reading.key) or Alignment(aligner.normal(name), 100, "own")
            yield replace(reading, alignment=given)


def aligned(found: Sequence[Reading], lexicon: Lexicon) -> tuple[Reading, ...]:
    """The readings with their canonical names. The name met first lends itself to later ones that are like it."""
    names = aligner(lexicon)
    apart = _apart(found, names)
    given: dict[tuple[str, Key], Alignment] = {}
    own: dict[tuple[Key, Core], list[str]] = {}
    out = []
    for reading in found:
        if (flow := _flow(reading, names)) is not None:
            out.append(flow)
            continue
        name, key = names.normal(reading.name), reading.key
        if (name, key) not in given:
            kin = own.setdefault((key, names.core(name)), [])
            got = given[name, key] = names.align(name, key, kin, apart.get(name, ()))
            if got.reason == "own":
                kin.append(got.indicator)
        out.append(replace(reading, alignment=given[name, key]))
    return tuple(out)


def _flow(reading: Reading, aligner: Aligner) -> Reading | None:
    """新增城镇就业2980人: an increase of 城镇就业, but the level of 城镇新增就业, which the table knows as 新增城镇就业."""
    r, key = reading.record, reading.key._replace(measure="level")
    if reading.key.measure != "change" or not r.event:
        return None
    got = aligner.known(f"{r.event}{reading.name}", key)
    return replace(reading, key=key, alignment=got) if got else None


def _apart(found: Sequence[Reading], aligner: Aligner) -> dict[str, set[str]]:
    """Names that one report sets side by side for different figures of one year, one kind: they are different things."""
    told: dict[tuple[str, str, str | None, str, Key], dict[str, set[object]]] = {}
    for r in found:
        where = (r.source, r.place, r.period, r.record.status, r.key)
        told.setdefault(where, {}).setdefault(aligner.normal(r.name), set()).add(r.value)
    out: dict[str, set[str]] = {}
    for names in told.values():
        for name, values in names.items():
            out.setdefault(name, set()).update(n for n, v in names.items() if n != name and values.isdisjoint(v))
    return out
