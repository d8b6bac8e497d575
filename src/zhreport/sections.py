"""Markers of a document → its sections, with a stack of styles that adapts to the document."""

from __future__ import annotations

import functools
import re
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, NamedTuple

import regex

from .lexicon import alternation
from .numerals import Numerals
from .types import Section, Spanned

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .lexicon import Lexicon

_H = r"(?P<n>[一二三四五六七八九十]{1,3})"
_SLOTS = {
    "{h}": _H,
    "{d}": r"(?P<n>\d{1,2})",
    "{e}": r"(?P<n>[㈠-㈩])",
    "{c}": r"(?P<n>[①-⑳])",
    "{p}": r"(?P<n>[⑴-⒇])",
    "{a}": r"(?P<n>[a-z])",
    "{A}": r"(?P<n>[A-H])",
    "{r}": r"(?P<n>[Ⅰ-Ⅻ])",
    "{f}": r"(?P<n>首先|其次|再次|再者|然后|最后)",
}
# A marker stands at a line start, after a mark, a blank, or another marker: everywhere else is passed over at once.
_BEFORE = '(?:^|[\n。;:!?…”’"」』),、. ])'
_WORDS = {"首先": 1, "其次": 2, "再次": 3, "再者": 3, "然后": 3}
LAST = 99  # 最后 ends a run, however long it was
_FIRSTS = {"㈠": 0x3220, "①": 0x2460, "⑴": 0x2474, "a": ord("a"), "A": ord("A"), "Ⅰ": 0x2160}
_WHOLE = ("person", "household", "count")
_YEAR = regex.compile(r"(?:19|20)\d{2}年")
_TITLE_END = regex.compile(r"[。;!?]")
_QUOTED = regex.compile(r"《[^》\n]{0,200}》|“[^“”]{0,300}”|\"[^\"\n]{0,200}\"|「[^」\n]{0,200}」")


class Candidate(NamedTuple):
    """What looks like a marker, before its sequence has decided."""

    start: int
    end: int
    style: str
    number: int
    rank: int | None
    place: str


class Open(NamedTuple):
    """A section that is still open: its style, its number, and where it stands in the list being made."""

    style: str
    rank: int | None
    number: int
    at: int
    place: str


class SectionReader:
    """The marker patterns of one lexicon; make it with `section_reader(lexicon)`."""

    def __init__(self, lexicon: Lexicon) -> None:
        # The longest shape first: (一)、 before (一).
        self._rows = sorted(lexicon.table("markers"), key=lambda r: -len(r["template"]))
        self._numerals = Numerals(lexicon)
        self._number = functools.lru_cache(maxsize=4096)(self._counted)
        labels = "|".join(regex.escape(r.surface) for r in lexicon.table("units", "label", "none") if len(r.surface) <= 3)
        measures = alternation(r.surface for r in lexicon.table("units", "measure"))
        whole = alternation(r.surface for r in lexicon.table("units", "classifier") if r["dimension"] in _WHOLE)
        whole = rf"[1-9]\d*(?!{measures}){whole}"
        branches, bare, marks = [], set(), set()
        for i, row in enumerate(self._rows):
            template = regex.escape(row["template"])
            for slot, pattern in _SLOTS.items():
                template = template.replace(regex.escape(slot), pattern)
            branches.append(f"{template}{self._guard(row['template'], labels, whole)}(?P<g{i}>)")
            bare.add(template.replace("?P<n>", "?:"))
            if "run" in row["place"].split():
                marks.add(template.replace("?P<n>", "?:"))
        self._pattern = regex.compile("|".join(branches))
        # The shapes alone, in the standard library's engine: what they pass over is most of a text.
        runs = f"|(?={'|'.join(sorted(marks))})" if marks else ""
        self._hint = re.compile(f"{_BEFORE}(?={'|'.join(sorted(bare))}){runs}")
        # The one empty group of a match tells its branch.
        self._row_at = {self._pattern.groupindex[f"g{i}"] - 1: row for i, row in enumerate(self._rows)}

    @staticmethod
    def _guard(template: str, labels: str, whole: str) -> str:
        """What must not follow: 1.5万元, 一、二年级, 1、2号楼, 三要素 are no markers."""
        if template in ("{d}.", "{h}."):
            # 2.5人脱贫: nobody counts half a person, so 2. is the marker; it needs a line of its own (see candidates).
            return rf"(?:(?!\d)|(?=(?:19|20)\d{{2}}年)|(?={whole}))"
        if template == "{d}、":
            return rf"(?!\d{{1,2}}(?:、|{labels}))"
        if template == "{h}、":
            return rf"(?!(?!(?P=n))[一二三四五六七八九十]{{1,2}}(?:{labels}))(?![一二三四五六七八九十]、)"
        if template == "({h})":
            # (二)中所述问题 and 第六条第(三)项规定 refer to a section; （二）项目建设提速 is one.
            return r"(?![中款项条](?:所|的|规定|之|内|列|[,、。;)])|所述)"
        if template == "第{h}节":
            return "(?!课)"
        if template == "{h}要":
            return r"(?![素点闻塞务])"
        if template == "{h}是":
            return r"(?!否)"
        return ""

    def _counted(self, text: str) -> int:
        """The number that a marker writes; 0 where it writes none."""
        if text in _WORDS or text == "最后":
            return _WORDS.get(text, LAST)
        for first, code in _FIRSTS.items():
            if len(text) == 1 and code <= ord(text) < code + (26 if first in "aA" else 20) and (first in "aA") == text.isascii():
                return ord(text) - code + 1
        found = self._numerals.plain(text)
        return int(found[0]) if found else 0

    def candidates(self, folded: str) -> list[Candidate]:
        """All that may be markers, with where they stand: at a line start, after a mark that ends a sentence, or inside."""
        out: list[Candidate] = []
        quoted = [m.span() for m in _QUOTED.finditer(folded)]
        at_quote = 0
        at = 0
        for hint in self._hint.finditer(folded):
            if hint.end() < at or (m := self._pattern.match(folded, hint.end())) is None:
                continue
            at = m.end()
            while at_quote < len(quoted) and quoted[at_quote][1] <= m.start():
                at_quote += 1
            if at_quote < len(quoted) and quoted[at_quote][0] < m.start():
                continue
            row = self._row_at[m.groups().index("")]
            place = self._place(folded, m.start(), out[-1].end if out else -1)
            if place is None and out and out[-1].style == row["style"] and "\n" not in folded[out[-1].end : m.start()]:
                place = "run"  # ①核对学籍②上门劝返: no mark between them
            if place is None or place not in row["place"].split():
                continue
            if (
                place != "line"
                and folded[m.end() : m.end() + 1].isdigit()
                and row["template"].endswith(".")
                and not _YEAR.match(folded, m.end())
            ):
                continue
            number = self._number(m["n"])
            if number and not (place == "run" and number != out[-1].number + 1):
                rank = None if row["rank"] == "-" else int(row["rank"])
                out.append(Candidate(m.start(), m.end(), row["style"], number, rank, place))
        return out

    @staticmethod
    def _place(folded: str, at: int, last_marker_end: int) -> str | None:
        i = at
        while i and folded[i - 1] in " 　":
            i -= 1
        if i == 0 or folded[i - 1] == "\n":
            return "line"
        if i == last_marker_end:
            return "end"
        before = folded[i - 1]
        if before in "。;!?:…" or (before in '”’"」』)' and folded[i - 2] in "。;!?…"):
            return "end"
        if at > i:
            return "space"
        return "open" if before in ",、" else None

    def sections(
        self, text: str, folded: str, document: int, start: int, end: int, candidates: Sequence[Candidate]
    ) -> tuple[Section, ...]:
        """The numbered sections between `start` and `end`, in the order of the text."""
        found = candidates[bisect_left(candidates, start, key=_start) : bisect_left(candidates, end, key=_start)]
        following: dict[int, Candidate | None] = {}
        after: dict[str, Candidate] = {}
        for i in range(len(found) - 1, -1, -1):
            following[i] = after.get(found[i].style)
            after[found[i].style] = found[i]
        chosen: list[tuple[Candidate, int, int | None]] = []
        stack: list[Open] = []
        nested: set[tuple[str, str]] = set()
        for i, c in enumerate(found):
            depth = next((d for d in range(len(stack) - 1, -1, -1) if stack[d].style == c.style), None)
            if depth is None and c.rank is not None:
                # 1. 2、 3.: another mark of the same rank that goes on with the numbers is the same run.
                depth = next((d for d, o in enumerate(stack) if o.rank == c.rank and o.number + 1 == c.number), None)
                if depth is not None:
                    c = c._replace(style=stack[depth].style)
            if not self._counts(c, following[i], None if depth is None else stack[depth].number):
                continue
            if depth is None:
                depth = self._depth(c, stack, found[i + 1 :], nested)
            del stack[depth:]
            if stack:
                nested.add((stack[-1].style, c.style))
            chosen.append((c, depth + 1, stack[-1].at if stack else None))
            stack.append(Open(c.style, c.rank, c.number, len(chosen) - 1, c.place))
        return self._built(text, folded, document, end, chosen)

    @staticmethod
    def _counts(c: Candidate, following: Candidate | None, open_number: int | None) -> bool:
        """A marker counts when it begins or continues a run; at a line start the official styles count alone."""
        # 一是…;二是…;四是…: a number left out after the end of a sentence is a fault of the report.
        gap = 3 if c.place == "line" or (c.rank is None and c.place == "end") else 2
        begins = c.number == 1 and following is not None and (2 <= following.number <= gap or following.number == LAST)
        continues = open_number is not None and (open_number < c.number < open_number + gap or c.number == LAST)
        again = open_number == c.number and c.rank is None and following is not None and following.number == c.number + 1
        if begins or continues or (again and c.place == "line"):
            return True
        return c.place == "line" and c.rank is not None and c.number != LAST

    @staticmethod
    def _depth(c: Candidate, stack: list[Open], later: Sequence[Candidate], nested: set[tuple[str, str]]) -> int:
        """Where a style that is not open goes: below what is open, unless its rank closes that.

        A lower style keeps it as a child when its own run goes on afterwards: (1) … 1. 2. … (2).
        """
        depth = len(stack)
        while depth and c.rank is not None:
            top = stack[depth - 1]
            if top.rank is None and c.place == "line" and top.place != "line":
                depth -= 1  # 把握三条原则。一是…。二是…。 and then (一) on a line of its own: the list in the paragraph is over
                continue
            if top.rank is None:
                # 一是 under (一) is closed by what closes (一), else it holds c.
                outer = next((s for s in reversed(stack[: depth - 1]) if s.rank is not None), None)
                if outer is None or outer.rank <= c.rank:  # type: ignore[operator]
                    break
            elif top.rank <= c.rank:
                break
            if (top.style, c.style) in nested:
                break  # 1、 (一) (二) 2、 (一): as this document nested them before
            again = next((x for x in later if x.style == top.style), None)
            if again is not None and again.number == top.number + 1:
                break
            depth -= 1
        return depth

    @staticmethod
    def _built(
        text: str, folded: str, document: int, end: int, chosen: list[tuple[Candidate, int, int | None]]
    ) -> tuple[Section, ...]:
        ends = [end] * len(chosen)
        still: list[int] = []
        for i, (c, level, _) in enumerate(chosen):
            while still and chosen[still[-1]][1] >= level:
                ends[still.pop()] = c.start
            still.append(i)
        out: list[Section] = []
        for i, (c, level, parent) in enumerate(chosen):
            stop = chosen[i + 1][0].start if i + 1 < len(chosen) else end
            title_start, title_end = _title(folded, c.end, min(stop, end))
            marker = text[c.start : c.end]
            path = (*(out[parent].path if parent is not None else ()), marker)
            out.append(
                Section(
                    document, c.start, c.end, marker, c.style, c.number, text[title_start:title_end], title_start, title_end,
                    level, out[parent].start if parent is not None else None, ends[i], path, text,
                )
            )  # fmt: skip
        return tuple(out)


def _start(candidate: Candidate) -> int:
    return candidate.start


def outside(candidates: Sequence[Candidate], spans: Sequence[Spanned]) -> list[Candidate]:
    """The candidates that stand in none of these spans: 一、成效……1 in a table of contents is no heading."""
    ends = [s.end for s in spans]
    out = []
    for c in candidates:
        i = bisect_right(ends, c.start)
        if i == len(spans) or spans[i].start > c.start:
            out.append(c)
    return out


def _title(folded: str, start: int, end: int) -> tuple[int, int]:
    line = folded.find("\n", start, end)
    stop = end if line < 0 else line
    if m := _TITLE_END.search(folded, start, stop):
        stop = m.start()
    while start < stop and folded[start] == " ":
        start += 1
    while stop > start and folded[stop - 1] in " 。;:,、":
        stop -= 1
    return start, stop


@functools.lru_cache(maxsize=8)
def section_reader(lexicon: Lexicon) -> SectionReader:
    """The section reader of a lexicon, compiled once."""
    return SectionReader(lexicon)


class Fault(NamedTuple):
    """Something amiss with the numbering: what, at which section, and after which."""

    kind: str
    section: Section
    before: Section | None


# A level is skipped only among the official styles: (1) straight under (一) where elsewhere 1. stands between them.
_OFFICIAL = ("一、", "(一)", "1.", "1、")
_DEEP = ("(1)", "1)", "⑴", "①")


def _chains(sections: Sequence[Section], by_start: dict[int, Section]) -> dict[str, set[tuple[str, ...]]]:
    """For each style the rows of official styles that it stands under somewhere, from the top down."""
    out: dict[str, set[tuple[str, ...]]] = {}
    for s in sections:
        chain: list[str] = []
        above = by_start.get(s.parent_start) if s.parent_start is not None else None
        while above is not None:
            chain.append(above.style)
            above = by_start.get(above.parent_start) if above.parent_start is not None else None
        if chain and all(style in _OFFICIAL for style in chain):
            out.setdefault(s.style, set()).add(tuple(reversed(chain)))
    return out


def faults(sections: Sequence[Section]) -> list[Fault]:
    """Gaps, duplicates, restarts and skipped levels of an outline, in the order of the text."""
    out: list[Fault] = []
    last: dict[tuple[int, int | None, str], Section] = {}
    by_start = {s.start: s for s in sections}
    chains = _chains(sections, by_start)
    for s in sections:
        before = last.get((s.document, s.parent_start, s.style))
        last[s.document, s.parent_start, s.style] = s
        if before is None:
            if s.number not in (1, LAST):
                out.append(Fault("gap", s, None))
        elif s.number == before.number and s.number != LAST:
            out.append(Fault("duplicate", s, before))
        elif s.number == 1:
            out.append(Fault("restart", s, before))
        elif s.number < before.number:
            out.append(Fault("duplicate", s, before))
        elif s.number > before.number + 1 and s.number != LAST:
            out.append(Fault("gap", s, before))
        if s.parent_start is not None and before is None and s.number == 1 and s.style in _DEEP:
            above = by_start[s.parent_start].style
            if above in _OFFICIAL and any(
                above in chain and chain.index(above) < len(chain) - 1 for chain in chains.get(s.style, ())
            ):
                out.append(Fault("skip", s, by_start[s.parent_start]))
    return out
