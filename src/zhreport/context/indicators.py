"""What a quantity counts: the noun before it in its clause, else the noun after its classifier, else what went before.

The words are those of the text; only a list that shares its end (城镇、农村居民收入) is put together.
"""

from __future__ import annotations

import functools
import re
from bisect import bisect_left
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import regex

from ..clauses import Clauses
from ..types import Quantity, Token
from .shares import shares, split

if TYPE_CHECKING:
    from ..lexicon import Lexicon
    from ..places import Place
    from .roles import Role

COUNTED = ("count", "person", "household", "person_time")
_COMPARED = regex.compile(
    r"(?:同比|环比|(?:(?<!收入)比(?![由从为])|较|与|是|为|相当于|恢复到?)[^,;。:、\d]{0,6}?(?:年初|年末|年底|上年|去年|前年|期|同期|执行数|预算数|月|初|末|底|前|时)(?:相比|同期|的)?)"
)
_EACH = regex.compile(r"\p{L}*?(?:户均|村均|社均|亩均|笔均)(?=增收|补助|奖补|增加)")
_OWN_BRACKET = regex.compile(r"(?r)\([^()\d,;。:]{1,8}\)")
_NOT_NOUN = regex.compile(
    r"^(?:[\W_]*|[年月日期前后底末初中内外的了人户名个万亿元之其此]|同期|新|决算数|比|较|增幅|增速|降幅|涨幅|偏少|偏多|执行数|预算数|调整预算|总数|总量|之间|以来|基础上|左右|以上|以下|其他|其它|原来|原|合计|总计)$"
)


class Named(NamedTuple):
    """An indicator: its span, its words, the verb beside it, why it was taken, and from which figure if not its own."""

    start: int
    end: int
    text: str
    event: str | None
    why: str


class _Terms:
    """Where the terms of the domain stand, found once for the stretch of a document."""

    def __init__(self, pattern: re.Pattern, folded: str, quantities: Sequence[Quantity]) -> None:
        start = max(0, quantities[0].start - 400) if quantities else 0
        stop = min(len(folded), quantities[-1].end + 100) if quantities else 0
        self.spans = [m.span() for m in pattern.finditer(folded, start, stop)]
        self._starts = [a for a, _ in self.spans]

    def within(self, start: int, stop: int) -> list[tuple[int, int]]:
        """The terms that stand whole between two offsets."""
        i = bisect_left(self._starts, start)
        out = []
        while i < len(self.spans) and self.spans[i][0] < stop:
            if self.spans[i][1] <= stop:
                out.append(self.spans[i])
            i += 1
        return out


class IndicatorReader:
    """The words around an indicator, of one lexicon; make it with `indicator_reader(lexicon)`."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._tail = regex.compile(rf"(?r)(?:{lexicon.ending('cues', 'linking')}|[ 了的,])")
        self._rate = regex.compile(rf"(?r)每(?:{lexicon.ending('modifiers', 'denominator')})")
        self._year = regex.compile(r"(?r)(?:(?:19|20)\d{2}|去|上|前|今|本)年(?:底|末|初|度|同期|春季|秋季)?")
        # 按期办结率: 按 leads nothing there.
        whole = [f"{w}(?:{'|'.join(after.split())})" for w, after in lexicon.words("cues", "lead").items() if after]
        self._lead = regex.compile(rf"(?!{'|'.join(whole)})(?:{lexicon.pattern('cues', 'lead')}|[ 了的])")
        self._verb = regex.compile(lexicon.pattern("cues", "strong_verb"))
        self._head = regex.compile(lexicon.pattern("cues", "compound_head"))
        # 资助资金, 培训人数: the head alone would say too little.
        self._modifiers = frozenset(lexicon.words("cues", "modifier_verb"))
        self._heads = frozenset(lexicon.words("cues", "compound_head"))
        firsts = "".join(sorted({re.escape(r.surface[0]) for r in lexicon.table("terms")}))
        # The standard library is three times as fast here: one pass over the text with a look at the first character.
        self._terms = re.compile(f"(?=[{firsts}]){lexicon.pattern('terms')}")
        # 12个核查组, 8名有辍学倾向学生: what ends in 组, or a letter within a word, does not stop a name.
        inner = [(w, chars) for w, chars in lexicon.words("cues", "stop_after").items() if chars]
        within = "".join(f"(?<!(?:{'|'.join(chars.split())}){w})" for w, chars in inner)
        verb = lexicon.pattern("cues", "strong_verb")
        self._stop = regex.compile(
            f"{lexicon.pattern('cues', 'stop_after')}{within}|{verb}(?!{lexicon.pattern('cues', 'agent_suffix')})"
        )
        # 县教育局投资1.5万元, 向我县捐赠500万元: who gives, and to whom, are no part of the name.
        self._giver = regex.compile(
            rf"(?:\p{{L}}*?(?:[对向为给]|{lexicon.pattern('cues', 'giver')}))\p{{L}}*?(?P<verb>{lexicon.pattern('cues', 'giving')})"
        )
        self._joined = regex.compile(rf"{verb}[和及、]{verb}")
        self._paid = regex.compile(
            rf"的标准(?P<verb>{verb}|给予|支付|发放|免除|缴纳|进行)(?P<noun>\p{{L}}{{2,12}}?)(?=[\d,;。:(]|$|[一二三四五六七八九十百千万]+[元万亿])"
        )
        self._acted = regex.compile(rf"(?P<noun>\p{{L}}[^,;。]{{1,14}}?)(?:累计|一共|总共|共计?)(?:{verb}|覆盖)")
        self._noun = regex.compile(r"[\p{L}“”\"·《》]+")

    def named(
        self,
        text: str,
        folded: str,
        quantities: Sequence[Quantity],
        takers: Sequence[Token],
        places: Sequence[Place],
        roles: Sequence[Role],
        clauses: Clauses,
    ) -> list[Named | None]:
        """The indicator of each quantity that its own clause names; None where it goes on with what was named before."""
        terms = _Terms(self._terms, folded, quantities)
        ends = {t.end: t.start for t in takers if t.kind.startswith(("date:", "period:"))}
        place_ends = {p.end: p.start for p in places}
        out: list[Named | None] = []
        for i, q in enumerate(quantities):
            floor = quantities[i - 1].end if i else 0
            end = self._region_end(folded, q, floor, clauses)
            start = self._region_start(folded, end, floor, clauses)
            found = (
                None
                if q.dimension in ("duration",)
                else self._one(folded, q, start, end, clauses, ends, place_ends, roles[i], terms)
            )
            if found is None and roles[i].role == "from":
                # …所占比例,从2005年的16.6%提升到: the clause before names what changed.
                end = clauses.clause_start(q.start) - 1
                if end > floor and clauses.sentence_index(end) == clauses.sentence_index(q.start):
                    found = self._before(
                        folded, max(clauses.clause_start(end), floor), end, ends, place_ends, False, False, terms
                    )
            out.append(found and found._replace(text=text[found.start : found.end]))
        self._given_out(text, folded, quantities, out, place_ends, clauses, terms)
        return out

    def _given_out(
        self, text: str, folded: str, quantities: Sequence[Quantity], out: list[Named | None], place_ends, clauses: Clauses, terms
    ) -> None:
        """小学、初中、高中分别有12所、8所和3所: each figure has its own name; a shared end is put together."""
        for share in shares(folded, quantities, clauses):
            named = out[share.first]
            if named is None or not share.start <= named.start < named.end <= share.end:
                continue
            at = [e for e in range(share.start, share.end) if share.start <= place_ends.get(e, -1)]
            if any(split(folded, place_ends[e], e, 2) for e in at):
                continue  # 梨树村、大坪村集体经济分别增收: the places are what is given out
            start, _ = self._trimmed_start(folded, share.start, share.end, place_ends, terms)
            whole = [(a, b) for a, b in terms.within(start, share.end) if (a, b) != (start, share.end)]
            spans = split(folded, start, share.end, share.last - share.first + 1, whole)
            if not spans or any(b - a > 16 for a, b in spans):
                continue
            first = self._split(folded, *spans[0], False, terms)
            if first is not None:
                spans[0] = (first[1], spans[0][1])
            end = folded[spans[-1][0] : spans[-1][1]][spans[0][1] - spans[0][0] :]
            known = (spans[-1][1] - len(end), spans[-1][1]) in whole or any(end.endswith(h) for h in self._heads)
            shared = known and all(b - a == spans[0][1] - spans[0][0] for a, b in spans[:-1])
            for i, (a, b) in enumerate(spans):
                tail = text[spans[-1][1] - len(end) : spans[-1][1]] if shared and i < len(spans) - 1 else ""
                out[share.first + i] = Named(a, b, text[a:b] + tail, named.event, "each its own")

    @staticmethod
    def _region_end(folded: str, q: Quantity, floor: int, clauses: Clauses) -> int:
        """Where the words before a figure end: before a bracket that explains them, 残疾学生(含随班就读的学生)12人."""
        if q.start > floor and folded[q.start - 1] == ")" and (bracket := clauses.bracket(q.start - 1)) is not None:
            return bracket.start if bracket.start > floor and bracket.end - bracket.start > 10 else q.start
        return q.start

    def _region_start(self, folded: str, end: int, floor: int, clauses: Clauses) -> int:
        """The start of the clause, over brackets that are a part of a name: 执业(助理)医师."""
        start = clauses.clause_start(end)
        while start > floor and folded[start - 1] == ")" and (m := _OWN_BRACKET.match(folded, floor, start)):
            start = max(clauses.clause_start(m.start()), floor)
        return max(start, floor)

    def _one(
        self, folded: str, q: Quantity, start: int, end: int, clauses: Clauses, ends, place_ends, role: Role, terms: _Terms
    ) -> Named | None:
        if (standard := self._standard(folded, q)) is not None:
            return standard
        counted = q.dimension == "count" and q.unit.endswith("次")
        before = self._before(folded, start, end, ends, place_ends, role.role == "share", counted, terms)
        classed = role.role == "limit" and q.dimension == "age"
        if classed or (q.dimension in COUNTED and self._counts_what_follows(folded, q, before)):
            after = self._after(folded, q, clauses, terms)
            if after is not None:
                return after._replace(event=before.event if before else None)
        return before if before is not None and before.start < before.end else None

    @staticmethod
    def _counts_what_follows(folded: str, q: Quantity, before: Named | None) -> bool:
        """19个村民小组, 31户建档立卡贫困户: a noun may follow directly; 农户31户 names it before."""
        return q.end < len(folded) and (folded[q.end].isalpha() or folded[q.end] in '“"的')

    def _before(
        self, folded: str, start: int, end: int, ends, place_ends, share: bool, counted: bool, terms: _Terms
    ) -> Named | None:
        stop = self._trimmed_end(folded, start, end, ends, terms)
        # A date inside the clause begins it anew: 2019年底在校贫困学生.
        for at in range(stop, start, -1):
            if at in ends:
                start = at
                break
        start, stop = self._trimmed_start(folded, start, stop, place_ends, terms)
        event = None
        split = self._split(folded, start, stop, counted, terms)
        if split is not None:
            event, start = split
            start, stop = self._trimmed_start(folded, start, stop, place_ends, terms)
        cut = folded.rfind("的", start, stop)
        if cut > 0 and stop - cut > 2 and folded[cut + 1 : stop] not in self._heads:
            start = cut + 1
        if m := _EACH.match(folded, start, stop):
            start = m.end()
        if (m := self._giver.fullmatch(folded, start, stop)) is not None and not terms.within(m.start("verb") - 1, stop):
            start = m.start("verb")
        if (m := self._acted.fullmatch(folded, start, stop)) is not None:
            stop = m.end("noun")  # 监测对象累计识别712户
        start, stop = _unquoted(folded, start, stop)
        name = folded[start:stop]
        if _NOT_NOUN.match(name) or name == "占比" or (share and folded[start - 1 : start + 1].startswith("占")):
            return Named(start, start, "", event, "verb") if event else None
        return Named(start, stop, "", event, "noun before")

    def _trimmed_end(self, folded: str, start: int, end: int, ends, terms: _Terms) -> int:
        """Drop what links the noun to its number: 由2018年的, 总计, 同比增长, 每人."""
        moved = True
        while moved and end > start:
            moved = False
            compared = next((m for m in _COMPARED.finditer(folded, max(start, end - 14), end) if m.end() == end), None)
            if compared is not None:
                end, moved = compared.start(), True
                continue
            if end in ends and ends[end] >= start:
                end, moved = ends[end], True
                continue
            for pattern in (self._rate, self._year, self._tail):
                m = pattern.match(folded, start, end)
                if m and m.start() < end and not self._inside_noun(start, m.start(), end, terms):
                    end, moved = m.start(), True
                    break
        return end

    def _inside_noun(self, start: int, at: int, end: int, terms: _Terms) -> bool:
        """投资 and 增长 may be the noun itself: 固定资产投资, 支出总计."""
        return any(b == end and a < at for a, b in terms.within(max(start, end - 12), end))

    def _trimmed_start(self, folded: str, start: int, stop: int, place_ends, terms: _Terms) -> tuple[int, int]:
        moved = True
        while moved and start < stop:
            moved = False
            here = next((e for e in range(stop, start, -1) if place_ends.get(e, stop) <= start), None)
            if here is not None:
                start, moved = here, True
                continue
            m = self._lead.match(folded, start, stop)
            if m and m.end() > start and not any(b > m.end() for a, b in terms.within(start, stop) if a == start):
                start, moved = m.end(), True
        return start, stop

    def _standard(self, folded: str, q: Quantity) -> Named | None:
        """按每人每年400元的标准支付租金: what the rate is paid for follows."""
        m = self._paid.match(folded, q.end)
        return Named(*m.span("noun"), "", m["verb"], "paid at the rate") if m else None

    def _split(self, folded: str, start: int, stop: int, counted: bool, terms: _Terms) -> tuple[str, int] | None:
        """The last verb that takes what follows as its object: 学生|发放|资助资金; a verb inside a term splits nothing."""
        guarded = terms.within(start, stop)
        best = None
        at = start
        for m in self._verb.finditer(folded, start, stop, overlapped=True):
            rest = stop - m.end()
            if rest < 2 or any(a < m.end() and m.start() < b and (a < m.start() or b > m.end()) for a, b in guarded):
                continue
            following = folded[m.end() : stop]
            if following in self._heads and ((m.start() > start and not best) or m[0] in self._modifiers):
                continue
            suffixed = following[0] in "和及与、的率额数费量者员作" or following.startswith("工作")
            if suffixed and not any(a == m.end() for a, _ in guarded):
                continue
            best, at = (m[0], m.end() + (following[0] == "了")), m.start()
        if best is None:
            return None
        joined = self._joined.match(folded, start, stop)
        if joined and joined.end() >= best[1] and folded[stop - 2 : stop] in ("面积", "项目"):
            return None  # 新建和维修校舍面积 names the measure whole, 新建和改造校舍 names 校舍
        if counted and at == start:
            return None  # 检查经营门店1248家次: the act is what is counted
        return best

    def _after(self, folded: str, q: Quantity, clauses: Clauses, terms: _Terms) -> Named | None:
        """The noun after a classifier: 19个村民小组, 100名家境贫寒的学生."""
        stop = clauses.clause_end(q.end)
        start = q.end + (folded[q.end : q.end + 1] in ("的", " "))
        m = self._noun.match(folded, start, stop)
        if m is None:
            return None
        end = m.end()
        guarded = terms.within(start, end)
        for verb in self._stop.finditer(folded, start + 1, end):
            if any(a < verb.start() < b for a, b in guarded):
                continue
            if verb.start() - start >= 1:
                end = verb.start()
                break
        cut = folded.find("的", start, end)
        if cut > 0:
            end = cut
        if end - start < 1 or _NOT_NOUN.match(folded[start:end]) or self._stop.match(folded, start, end):
            return None
        if folded[end - 1] == "中" and end - start > 2 and folded[end - 2] in "户村力员人者镇":
            end -= 1  # 10240名劳动力中,外出务工6215人
        return Named(*_unquoted(folded, start, end), "", None, "noun after")


def _unquoted(folded: str, start: int, stop: int) -> tuple[int, int]:
    """A name without the one of two quotation marks that its other half is not a part of."""
    opened = folded.rfind("“", start, stop)
    if opened >= 0 and folded.find("”", opened, stop) < 0 and opened + 1 < stop:
        start = opened + 1
    if stop - 1 > start and folded[stop - 1] == "”" and "“" not in folded[start:stop]:
        stop -= 1
    return start, stop


@functools.lru_cache(maxsize=8)
def indicator_reader(lexicon: Lexicon) -> IndicatorReader:
    """The indicator reader of a lexicon, compiled once."""
    return IndicatorReader(lexicon)
