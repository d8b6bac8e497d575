"""Which names mean one indicator: the table first, likeness last, and never two names that an opposing word keeps apart.

Likeness (rapidfuzz' ratio, 0 to 100) only proposes. It takes a name of which the other is the same with words added
(学前教育三年毛入园率 and 学前三年毛入园率) from ADDED on, and one with words replaced from REPLACED on, because a word that is replaced is
mostly another thing: 医疗保险 and 养老保险 in two names of fourteen characters still reach 85.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from ..lexicon import alternation
from ..tokens import fold
from .readings import Alignment, Key, Reading

if TYPE_CHECKING:
    from ..lexicon import Lexicon, Row

ADDED = 87
REPLACED = 92
SHORTEST = 4
_LOOSE = re.compile(r"[\s“”‘’「」『』《》<>\"'·,，、]+")
_DIGITS = re.compile(r"[0-9.]+|[〇零一二两三四五六七八九十百千万]+")
Signature = frozenset[tuple[str, str]]
_RULES = ("lead", "tail", "alike", "plain", "slow", "falls")


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
        words = [r for r in lexicon.table("alignments") if r.kind not in _RULES]
        self._axis = {r.surface: (r.kind, r["value"]) for r in words}
        self._words = re.compile(alternation(self._axis))
        self._rows: dict[str, list[Row]] = {}
        for row in lexicon.table("indicators"):
            # The user's own rows come last and are looked at first.
            self._rows.setdefault(self.folded(row.surface), []).insert(0, row)
        self._by_signature: dict[Key, dict[Signature, list[str]]] = {}
        self._signatures: dict[str, Signature] = {}

    def folded(self, name: str) -> str:
        """The name in half-width simplified characters, without quotes and white space."""
        return _LOOSE.sub("", fold(name, self._variants))

    def normal(self, name: str) -> str:
        """The folded name without 全县, 年末, 实现 before it; a name of the table keeps all of its words."""
        name = self.folded(name)
        while name not in self._rows and (m := self._lead.match(name)) and len(name) - m.end() >= 2:
            name = name[m.end() :]
        return name

    def signature(self, name: str) -> Signature:
        """The opposing words of a name, and its numerals: two names must have the same to be taken for one."""
        if name not in self._signatures:
            found = {self._axis[m[0]] for m in self._words.finditer(name)}
            self._signatures[name] = frozenset(found | {("numeral", m[0]) for m in _DIGITS.finditer(name)})
        return self._signatures[name]

    def align(self, name: str, key: Key, others: Sequence[str] = (), apart: Iterable[str] = ()) -> Alignment:
        """The canonical name: from the table, else by likeness to the table or to `others`, else its own.

        `apart` are names that it must not join: the same report uses both for different figures.
        """
        if found := self.known(name, key):
            return found
        normal = self.normal(name)
        barred = frozenset(apart)
        for surface, score in self._like(normal, self._fitting(key, self.signature(normal))):
            row = self._row(surface, key)
            if row and surface not in barred and row.kind not in barred:
                return Alignment(row.kind, score, f"similar {score}")
        for other, score in self._like(normal, others):
            if other not in barred and self.signature(other) == self.signature(normal):
                return Alignment(other, score, f"similar {score}")
        return Alignment(normal, 100, "own")

    def known(self, name: str, key: Key) -> Alignment | None:
        """The canonical name that the table has for this very name; None where it has none."""
        normal = self.normal(name)
        row = self._row(normal, key)
        return Alignment(row.kind, 100, "exact" if normal == self.folded(row.kind) else "synonym") if row else None

    def _row(self, surface: str, key: Key) -> Row | None:
        """The row of a surface that fits: a level has its dimension and its per, changes and shares have their own."""
        for row in self._rows.get(surface, ()):
            if key.measure in ("change", "share") or (row["dimension"] == key.dimension and tuple(row["per"].split()) == key.per):
                return row
        return None

    def _fitting(self, key: Key, signature: Signature) -> Sequence[str]:
        """The surfaces of the table that a figure of this key may go by, with the same opposing words."""
        if key not in self._by_signature:
            groups = self._by_signature[key] = {}
            for surface in self._rows:
                if self._row(surface, key):
                    groups.setdefault(self.signature(surface), []).append(surface)
        return self._by_signature[key].get(signature, ())

    def _like(self, name: str, others: Sequence[str]) -> Iterator[tuple[str, int]]:
        """The other names that are near enough, the most alike first."""
        if len(name) < SHORTEST or not others:
            return
        from rapidfuzz import fuzz, process

        bare = self._tail.sub("", name)
        for other, score, _ in process.extract(name, others, scorer=fuzz.ratio, score_cutoff=ADDED, limit=8):
            floor = ADDED if _within(name, other) or bare == self._tail.sub("", other) else REPLACED
            if len(other) >= SHORTEST and score >= floor:
                yield other, int(score)


def _within(a: str, b: str) -> bool:
    """Whether the longer name is the shorter with words added, in whatever places."""
    short, long = sorted((a, b), key=len)
    rest = iter(long)  # each character is looked for after the one before it
    return all(char in rest for char in short)


def aligned(found: Sequence[Reading], lexicon: Lexicon) -> tuple[Reading, ...]:
    """The readings with their canonical names. The name met first lends itself to later ones that are like it."""
    aligner = Aligner(lexicon)
    apart = _apart(found, aligner)
    given: dict[tuple[str, Key], Alignment] = {}
    own: dict[tuple[Key, Signature], list[str]] = {}
    out = []
    for reading in found:
        if (flow := _flow(reading, aligner)) is not None:
            out.append(flow)
            continue
        name, key = aligner.normal(reading.record.indicator or ""), reading.key
        if (name, key) not in given:
            kin = own.setdefault((key, aligner.signature(name)), [])
            got = given[name, key] = aligner.align(name, key, kin, apart.get(name, ()))
            if got.reason == "own":
                kin.append(got.indicator)
        out.append(replace(reading, alignment=given[name, key]))
    return tuple(out)


def _flow(reading: Reading, aligner: Aligner) -> Reading | None:
    """新增城镇就业2980人: an increase of 城镇就业, but the level of 城镇新增就业, which the table knows as 新增城镇就业."""
    r, key = reading.record, reading.key._replace(measure="level")
    if reading.key.measure != "change" or not r.event:
        return None
    got = aligner.known(f"{r.event}{r.indicator}", key)
    return replace(reading, key=key, alignment=got) if got else None


def _apart(found: Sequence[Reading], aligner: Aligner) -> dict[str, set[str]]:
    """Names that one report sets side by side for different figures of one year, one kind: they are different things."""
    told: dict[tuple[str, str, str | None, str, Key], dict[str, set[object]]] = {}
    for r in found:
        where = (r.source, r.place, r.period, r.record.status, r.key)
        told.setdefault(where, {}).setdefault(aligner.normal(r.record.indicator or ""), set()).add(r.value)
    out: dict[str, set[str]] = {}
    for names in told.values():
        for name, values in names.items():
            out.setdefault(name, set()).update(n for n, v in names.items() if n != name and values.isdisjoint(v))
    return out
