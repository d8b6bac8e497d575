"""Periods in force: a year goes on to the end of its section, a season or a day to the end of its sentence."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import regex

from ..clauses import SEPARATORS, Clauses, Surroundings
from ..types import Document, Period, Section, Told
from .roles import Role
from .shares import shares

_OPEN_YEAR = regex.compile(r"(?P<from>[ZL])(?P<by>[+-]\d)|Y")
_SENTENCE_LONG = {"part", "months", "month", "days", "day"}
_DIGIT = {c: i + 1 for i, c in enumerate("一二三四五六七八九十")} | {"两": 2}
_TOGETHER = regex.compile(r"(?<![\d〇零一二三四五六七八九])(?P<n>[两三四五2-5])年(?=合计|累计|共|总计)")
_PAST = regex.compile(r"(?:过去|近)(?P<n>[两三四五十\d]{1,2})年(?!来|内|多)")
_AGO = regex.compile(r"(?:较|比)(?P<n>[两三四五十\d]{1,2})年前")
_LEADS_ON = re.compile(r"[^。!?\n]{0,40}(?::\s*)?")
_OF_A_YEAR = ("任务", "目标", "计划", "预算")
_YEARS = re.compile(r"(?<!\d)\d{1,2}年|[两三四五十]年")
_FOUNDATION = regex.compile(r"[^。,;:\n]{0,24}?\d[^。,;:\n]{0,8}的?基础上")
_FORMER = regex.compile(r"原来?(?:的|由)?")


class Held(NamedTuple):
    """A period in force from the section it was said in, until an offset; with what it tells of each quantity."""

    until: int
    value: str
    told: Told


def year_of(document: Document) -> int | None:
    """The year that 今年 and 去年 count from: of writing where it is given, else the last one reported on."""
    for known in (document.date, document.period):
        if known:
            return int(known.rstrip("/").split("/")[-1][:4])
    return None


def _next_year(document: Document) -> int | None:
    """The first of 今后五年: the year after the one reported on; in a report of January to March, that of writing."""
    if document.date:
        return int(document.date[:4]) + (document.date[5:7] > "03")
    year = year_of(document)
    return None if year is None else year + 1


def most_named(periods: Sequence[Period]) -> int | None:
    """The year that a document names most: of 3月28日 where nothing nearer tells."""
    named = Counter(p.value[:4] for p in periods if p.value and p.value[:4].isdigit() and p.kind != "open")
    return int(max(named, key=lambda y: (named[y], y))) if named else None


def _count(written: str) -> int:
    return int(written) if written.isdigit() else _DIGIT.get(written, 0)


_NOT_TOLD = Told(None)


class _Force:
    """What is in force while the text of one document is read from left to right."""

    def __init__(
        self, folded: str, periods: Sequence[Period], sections: Sequence[Section], document: Document, clauses: Clauses
    ) -> None:
        self.folded = folded
        self.periods, self.sections, self.document, self.clauses = periods, sections, document, clauses
        self.base = year_of(document)
        self.usual = self.base or most_named(periods)
        self.whole = Told(document.period, "document" if document.period else None)
        self.years: list[Held] = []
        self.stated: list[Held] = []  # those of the years that dates say: 上年 counts from them
        self.held: Held | None = None
        self.silent_until = document.start
        self.last: Period | None = None
        self.next = self.next_section = 0
        self.open: list[Section] = []

    def advance(self, to: int) -> None:
        """Take in every period that starts before `to`."""
        titled = self.document.title_end or 0
        while self.next < len(self.periods) and self.periods[self.next].start < to:
            if (
                self.periods[self.next].end > titled or to <= titled
            ):  # 2021年工作总结及2022年工作打算: a title dates nothing below it
                self._take(self.periods[self.next])
            self.next += 1
        # what holds longest stands first
        while self.years and self.years[-1].until <= to:
            self.years.pop()
        while self.stated and self.stated[-1].until <= to:
            self.stated.pop()

    def _take(self, p: Period) -> None:
        while self.next_section < len(self.sections) and self.sections[self.next_section].start <= p.start:
            self.open.append(self.sections[self.next_section])
            self.next_section += 1
        self.open = [s for s in self.open if s.body_end > p.start]
        self.years = [y for y in self.years if y.until > p.start]
        self.last = p
        sentence_end = self.clauses.sentence(p.start).end
        if p.kind == "now":
            self.silent_until, self.held = sentence_end, None
            return
        if p.kind == "whole" and self.folded.startswith(_OF_A_YEAR, p.end):
            return  # 1-6月完成投资1.2亿元,占全年任务2.5亿元的48%,产值3.6亿元: the half goes on
        if p.kind == "whole":
            self.silent_until, self.held = p.start, None  # 1-11月完成10亿元,预计全年12亿元
            whole = self.year or ""
            if "-" in whole and whole[:4].isdigit():  # 力争全年突破2.6亿元, in the summary of half a year
                self.held = Held(sentence_end, whole[:4], Told(whole[:4], self.written(p)))
            return
        value, why = self.filled(p), self.written(p)
        if p.kind in ("base", "local") or value is None:
            return
        if (bracket := self.clauses.bracket(p.start)) is not None:
            self.held = Held(bracket.end, value, Told(value, why))  # 2020年(含2019年结转): it holds inside the bracket only
            return
        if (founded := _FOUNDATION.match(self.folded, p.end)) is not None:
            self.held = Held(
                founded.end(), value, Told(value, why)
            )  # 在2021年8600万元的基础上,力争突破1亿元: the goal is of a later year
            return
        self.silent_until = p.start
        scope = self._scope(p)
        if p.kind in _SENTENCE_LONG:
            self.held = Held(sentence_end, value, Told(value, why))
            if p.value and p.value[0] != "Y":
                self._set(scope, value[:4], why, p.value[0] not in "ZL")
        else:
            self.held = None
            self._set(scope, value, why, p.kind not in ("relative", "coming"))

    def _scope(self, p: Period) -> int:
        """To the end of its section; what is said before the first subsection ends there, unless the heading says it."""
        section = self.open[-1] if self.open else None
        end = section.body_end if section else self.document.end
        if section is not None and p.start < section.title_end:
            return end
        if self.next_section < len(self.sections) and (first := self.sections[self.next_section].start) < end:
            # 2021年,(1)将基地扩大到500亩;(2)…: what leads to a list holds for all of it.
            return end if _LEADS_ON.fullmatch(self.folded, p.end, first) else first
        return end

    def _set(self, scope: int, value: str, why: str, stated: bool = True) -> None:
        whole = self.document.period or ""
        if value == whole[:4] and "-" in whole:
            value = whole  # 今年 in the summary of half a year is that half
        if stated:
            self.stated = [y for y in self.stated if y.until > scope] + [Held(scope, value, Told(value, why))]
        self.years = [y for y in self.years if y.until > scope] + [Held(scope, value, Told(value, why))]

    def written(self, p: Period) -> str:
        """The characters that name a period, and where: what `why` shows."""
        return f"{self.folded[p.start : p.end]}@{p.start}"

    @property
    def year(self) -> str | None:
        return self.years[-1].value if self.years else self.document.period

    @property
    def reported(self) -> int | None:
        """The year that is reported on here: the last one that a date says, else that of the document."""
        here = (self.stated[-1].value if self.stated else self.document.period) or ""
        last = here.rstrip("/")[-4:]
        first = here[:4]
        return int(last) if last.isdigit() else int(first) if first.isdigit() else self.base

    def filled(self, p: Period) -> str | None:
        """The period with its open years put in; None when no year is known."""
        if p.value is None:
            return None
        if p.kind == "coming":
            first = _next_year(self.document)
            return None if first is None else f"{first}/{first + int(p.value) - 1}"
        if p.kind == "relative" and p.value[0] != "L":
            return None if self.base is None else str(self.base + int(p.value))
        here = self.year
        year = int(here.rstrip("/")[-4:]) if here and here.rstrip("/")[-4:].isdigit() else self.usual

        def fill(m: regex.Match) -> str:
            start = year if not m["from"] else self.base if m["from"] == "Z" else self.reported
            if start is None:
                raise LookupError
            return str(start + int(m["by"] or 0))

        try:
            return _OPEN_YEAR.sub(fill, p.value)
        except LookupError:
            return None

    def value(self, at: int) -> Told:
        if self.held is not None and at < self.held.until:
            return self.held.told
        if at < self.silent_until:
            return _NOT_TOLD
        return self.years[-1].told if self.years else self.whole


def carried(
    around: Surroundings, periods: Sequence[Period], sections: Sequence[Section], document: Document, roles: Sequence[Role]
) -> list[Told]:
    """The period of each quantity of one document, in order, and the date that says so."""
    folded, quantities = around.folded, around.quantities
    force = _Force(folded, periods, sections, document, around.clauses)
    out: list[Told] = []
    ends: tuple[str, str, int] | None = None  # the two years of the change told last, and its sentence
    given = _given_out(around, periods)
    several = _several(around)
    for i, q in enumerate(quantities):
        force.advance(q.start)
        told = force.value(q.start)
        value, why = told
        sentence = around.sentences[i]
        local = force.last if force.last and force.last.kind in ("local", "base") and force.last.end <= q.start else None
        near = around.near[i]
        if local is not None and local.kind == "local" and local.start >= near:
            value, why = force.filled(local) or value, force.written(local)
        elif roles[i].role == "from" and _FORMER.search(folded, near, q.start):
            value, why = None, None
        elif ends is not None and ends[2] == sentence and roles[i].role in ("increase", "decrease"):
            value, why = f"{ends[0]}/{ends[1]}", "from and to"
        elif value is not None and (i in several or q.shape == "fold"):
            spanned = _spanned(around, i, value, local, roles[i], force)
            if spanned != value:
                value, why = spanned, f"{why}, several years"
        if i in given:
            value, why = force.filled(given[i]) or value, force.written(given[i])
        before = out[-1].value if out else None
        out.append(told if value is told.value and why is told.why else Told(value, why))
        if roles[i].role == "to" and i and roles[i - 1].role == "from":
            told_apart = before is not None and value is not None and _apart(before, value)
            ends = (before or "", value or "", sentence) if told_apart else None
    return out


def _apart(first: str, last: str) -> bool:
    """Whether two ends are more than a year apart: a change from last year's figure is of the later year."""
    a, b = first[:4], last.rstrip("/")[-4:]
    return first != last and not (a.isdigit() and b.isdigit() and int(b) - int(a) == 1)


def _given_out(around: Surroundings, periods: Sequence[Period]) -> dict[int, Period]:
    """2018年、2019年分别投入3万元和5万元: as many years as figures, each its own."""
    out: dict[int, Period] = {}
    starts = [p.start for p in periods]
    for share in shares(around):
        listed = periods[bisect_left(starts, share.start) : bisect_left(starts, share.end)]
        joined = all(around.folded[a.end : b.start] in SEPARATORS for a, b in pairwise(listed))
        if joined and len(listed) == share.last - share.first + 1:
            out.update(zip(range(share.first, share.last + 1), listed, strict=True))
    return out


def _several(around: Surroundings) -> set[int]:
    """The quantities before which so many years are named that they may cover: 两年合计, 过去五年, 较10年前增加."""
    quantities = around.quantities
    if not quantities:
        return set()
    found = _YEARS.finditer(around.folded, max(0, quantities[0].start - 200), quantities[-1].end + 2)
    # 5年合计 may be the figure itself
    return around.after((max(0, m.start() - 8) for m in found), 230)


def _spanned(around: Surroundings, i: int, value: str, local: Period | None, role: Role, force: _Force) -> str:
    """两年合计, 过去五年, 较10年前增加, 在2020年基础上翻一番: a figure that covers several years."""
    if not value[:4].isdigit():
        return value
    q, folded, clause = around.quantities[i], around.folded, around.begins[i]
    begun = around.clauses.sentence(q.start).start
    last = value.rstrip("/")[-4:]
    year = int(last) if last.isdigit() else int(value[:4])
    if m := _TOGETHER.search(folded, max(clause, q.start - 24), q.end + 2) or _TOGETHER.search(
        folded, max(begun, clause - 16), q.start
    ):
        return f"{year - _count(m['n']) + 1}/{year}"
    if (m := _AGO.search(folded, max(begun, q.start - 40), q.start)) and role.role in ("increase", "decrease"):
        return f"{year - _count(m['n'])}/{year}"
    if q.shape == "fold" and local is not None and local.start >= clause and (first := force.filled(local)):
        return f"{first}/{value}" if first < value else value
    if m := _PAST.search(folded, max(begun, q.end - 200), q.end):
        return f"{year - _count(m['n'])}/{year}"
    return value
