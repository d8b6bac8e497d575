"""Reported or planned: words of intent in the sentence, sections of plans, a year that has not come."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import TYPE_CHECKING

import regex

from ..clauses import Clauses, Surroundings
from ..types import Document, Quantity, Section, Told

if TYPE_CHECKING:
    from ..lexicon import Lexicon


_BASIS = regex.compile(r"\p{Han}{0,10}的?基础上")
_EXECUTED = regex.compile(r"(?r)(?:上年|去年|同期)(?:同期|全年|底|末|实际)?(?:的|决算数|执行数|完成数|决算|实绩)(?:约|近)?")
_ALREADY = regex.compile(r"(?:目前|现|截至[^,;。]{1,8})?已经?(?=\p{Han}*$)")
_REPORTED = Told("reported", None)


class StatusReader:
    """The words of intent of one lexicon; make it with `status_reader(lexicon)`."""

    def __init__(self, lexicon: Lexicon) -> None:
        # 雨露计划 is a name; a plan of the report's own is what somebody 计划s to do.
        begun = r"(?<=^|[,;。:\s年月中]|我们|[局县镇乡村委院校厅市关会]|还|并|共)"
        doing = f"(?:{lexicon.pattern('cues', 'strong_verb')}|投资|新|再|每年|全年|年内|总投资|总投入|用|于|在|到|改)"
        self._plan = regex.compile(rf"{begun}计划(?={doing})")
        self._intent = regex.compile(rf"{self._plan.pattern}|{lexicon.pattern('cues', 'intent')}")
        self._noun = regex.compile(
            rf"(?r)(?:完成|占|为|达到?|是|超)[^,;。]{{0,8}}?{lexicon.ending('cues', 'planned_noun')}(?:的)?"
        )
        self._noun_ends = frozenset(w[-1] for w in lexicon.words("cues", "planned_noun")) | {"的"}
        self._plans = regex.compile(lexicon.pattern("cues", "plan_title"))
        self._done = regex.compile(lexicon.pattern("cues", "done_title"))

    def statuses(
        self,
        around: Surroundings,
        homes: Sequence[Section | None],
        sections: Sequence[Section],
        periods: Sequence[Told],
        year: int | None,
        begun: str | None = None,
    ) -> list[Told]:
        """`planned` or `reported` for each quantity of a document; `begun` is a year that has hardly begun."""
        folded = around.folded
        plans = self._planned_sections(folded, sections, around.clauses)
        intents = around.told(self._intents(around))
        out: list[Told] = []
        for i, q in enumerate(around.quantities):
            home, period = homes[i], periods[i].value
            why = "section" if home is not None and home.start in plans else None
            if why is None and i in intents and not self._begun(folded, intents[i][1], around.begins[i], q, out):
                why = f"{folded[slice(*intents[i])]}@{intents[i][0]}"
            # 完成调整预算的96.3%, 占全年任务56%: how much of a plan was done is no plan
            done = q.dimension in ("percentage", "ratio")
            if why is None and not done and folded[q.start - 1] in self._noun_ends:
                noun = self._noun.match(folded, around.begins[i], q.start)
                why = f"{noun[0]}@{noun.start()}" if noun else None
            if why is None and period and year is not None and period[-4:].isdigit() and int(period.split("/")[-1][:4]) > year:
                why = f"{period}, to come"
            if why is None and begun and period == begun and "已" not in folded[around.begins[i] : q.start]:
                why = f"{period}, just begun"
            if why is not None and self._reached(folded, around.begins[i], q):
                why = None
            out.append(Told("planned", why) if why else _REPORTED)
        return out

    @staticmethod
    def _reached(folded: str, start: int, q: Quantity) -> bool:
        """在2023年末2486张床位的基础上, 比上年执行数78320万元增加4370万元: what a plan starts from has been reached."""
        return bool(_BASIS.match(folded, q.end) or _EXECUTED.match(folded, start, q.start))

    @staticmethod
    def _begun(folded: str, intent: int, start: int, q: Quantity, out: Sequence[Told]) -> bool:
        """计划改厕2000户,已完成1126户,占任务的56.3%: what a clause after the intent says was done, and the share that it is."""
        share = folded.startswith("占", start) and bool(out) and out[-1] is _REPORTED
        return start > intent and (share or _ALREADY.match(folded, start, q.start) is not None)

    def _intents(self, around: Surroundings) -> list[tuple[int, int]]:
        """The words of intent before the figures of a document, in order."""
        folded = around.folded
        start, stop = (around.sentence_start(0), around.quantities[-1].end) if around.quantities else (0, 0)
        found = around.spots.apart_between("intent", start, stop)
        at = folded.find("计划", start, stop)
        while at >= 0:
            if self._plan.match(folded, at):
                found.append((at, at + 2))
            at = folded.find("计划", at + 2, stop)
        return sorted(found)

    def _planned_sections(self, folded: str, sections: Sequence[Section], clauses: Clauses) -> set[int]:
        """The starts of the sections whose title, or the sentence that introduces them, tells of plans; with all below."""
        out: set[int] = set()
        siblings: dict[tuple[int | None, str], Section] = {}
        for s in sections:
            sibling = siblings.get((s.parent_start, s.style))
            siblings[s.parent_start, s.style] = s
            title = folded[s.title_start : s.title_end]
            if s.parent_start in out or (self._plans.search(title) and not self._done.search(title)):
                out.add(s.start)
                continue
            before = folded[max(0, s.start - 120) : s.start].rstrip()
            if before.endswith(":") and s.number == 1:
                sentence = clauses.sentence(s.start - 1 - (len(folded[max(0, s.start - 120) : s.start]) - len(before)))
                if self._intent.search(folded, sentence.start, s.start):
                    out.add(s.start)
            elif s.number > 1 and sibling is not None and sibling.start in out and not self._titled(folded, sibling):
                out.add(s.start)
        return out

    def _titled(self, folded: str, s: Section) -> bool:
        """Whether a section is one of plans by its own title, which says nothing of its siblings."""
        return bool(self._plans.search(folded[s.title_start : s.title_end]))


def begun_year(document: Document) -> str | None:
    """The year of writing of a report of January to March that looks back on the year before: no figure is of all of it yet.

    A work report that is called by the year it is held in (2021年政府工作报告, of January 2021) is one of them.
    """
    date, period = document.date or "", document.period or ""
    if date[5:7] not in ("01", "02", "03") or not (document.kind == "工作报告" or period[:4] < date[:4]):
        return None
    return date[:4]


@functools.lru_cache(maxsize=8)
def status_reader(lexicon: Lexicon) -> StatusReader:
    """The status reader of a lexicon, compiled once."""
    return StatusReader(lexicon)
