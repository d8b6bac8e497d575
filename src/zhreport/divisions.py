"""Codes of GB/T 2260 for the places of records; a name that two counties share keeps its candidates."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from .types import Told

if TYPE_CHECKING:
    from .lexicon import Lexicon


class Divisions:
    """The names and codes of one lexicon; make it with `divisions(lexicon)`."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._codes = {r.surface: tuple(r["value"].split()) for r in lexicon.table("divisions")}
        self._names = {code: name for name, codes in self._codes.items() for code in codes}
        self._longest = max(map(len, self._codes))

    def code(self, place: str, text: str) -> Told:
        """The code of the lowest division that a place names, down to the county; None with candidates where several fit.

        A county that shares its name is told by its province or prefecture, where the text names one of them.

        >>> from zhreport.lexicon import Lexicon
        >>> divisions(Lexicon.load()).code("泸水县上江镇大练地村", "")
        Told(value='533321', why='泸水县')
        >>> divisions(Lexicon.load()).code("鼓楼区", "江苏省徐州市2020年工作总结").value
        '320302'
        """
        at, name = 0, ""
        found: tuple[str, ...] = ()
        while longest := next(
            (n for n in range(min(self._longest, len(place) - at), 1, -1) if place[at : at + n] in self._codes), 0
        ):
            here = place[at : at + longest]
            inside = tuple(c for c in self._codes[here] if not found or any(c.startswith(_stem(f)) for f in found))
            if not inside:
                break
            found, name, at = inside, here, at + longest
        if len(found) > 1:
            found = self._told_apart(found, text) or found
        if not found:
            return Told(None)
        return Told(found[0], name) if len(found) == 1 else Told(None, f"{name}, one of {' '.join(found)}")

    def _told_apart(self, codes: tuple[str, ...], text: str) -> tuple[str, ...]:
        for upper in (lambda c: c[:4] + "00", lambda c: c[:2] + "0000"):
            named = tuple(c for c in codes if (name := self._names.get(upper(c))) and name in text)
            if len(named) == 1:
                return named
        return ()


def _stem(code: str) -> str:
    """What the codes inside a division begin with: 53 of a province, 5333 of a prefecture."""
    return code[:2] if code.endswith("0000") else code[:4] if code.endswith("00") else code


@functools.lru_cache(maxsize=8)
def divisions(lexicon: Lexicon) -> Divisions:
    """The divisions of a lexicon, indexed once."""
    return Divisions(lexicon)
