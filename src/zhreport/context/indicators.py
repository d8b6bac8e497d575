"""What a quantity counts: the noun before it in its clause, else the noun after its classifier, else what went before.

The words are those of the text; only a list that shares its end (城镇、农村居民收入) is put together.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import regex

from ..clauses import Clauses, Surroundings
from ..types import Quantity, Token
from .shares import shares, split
from .stretches import ANYTHING, Ends, Inside, Page, Terms
from .trims import trimmed

if TYPE_CHECKING:
    from ..lexicon import Lexicon
    from ..places import Place
    from .roles import Role

COUNTED = ("count", "person", "household", "person_time")
_COMPARED = regex.compile(
    r"(?:同比|环比|(?:(?<!收入)比(?![由从为])|较|与|是|为|相当于|恢复到?)[^,;。:、\d]{0,6}?(?:年初|年末|年底|上年|去年|前年|期|同期|执行数|预算数|月|初|末|底|前|时)(?:相比|同期|的)?)"
)
_OWN_BRACKET = regex.compile(r"(?r)\([^()\d,;。:]{1,8}\)")
_AGAINST = "同环比较与"
_COMPARED_ENDS = "比期的年初末底数月前时"
_SECTORS = regex.compile(r"(?P<order>第)?一[、,](?:第)?二[、和及](?:第)?三(?P<noun>次?产业?\p{L}*)")
# What is left of a clause when it holds no noun of its own.
_NOT_NOUNS = frozenset(
    (
        *"年月日期前后底末初中内外的了人户名个万亿元之其此新比较",
        *("同期", "决算数", "增幅", "增速", "降幅", "涨幅", "偏少", "偏多", "执行数", "预算数", "调整预算", "总数", "总量"),
        *("之间", "以来", "基础上", "左右", "以上", "以下", "原来", "原", "合计", "总计"),
    )
)
_NO_WORD = regex.compile(r"[\W_]*")


def _is_noun(name: str) -> bool:
    """Whether a stretch can name what is counted at all."""
    return name not in _NOT_NOUNS and (name[:1].isalpha() or not _NO_WORD.fullmatch(name))


class Named(NamedTuple):
    """An indicator: its span, its words, the verb beside it, why it was taken, and from which figure if not its own."""

    start: int
    end: int
    text: str
    event: str | None
    why: str


class IndicatorReader:
    """The words around an indicator, of one lexicon; make it with `indicator_reader(lexicon)`."""

    def __init__(self, lexicon: Lexicon) -> None:
        # 扣除价格因素实际增长: the prices of a change are no part of the name
        linking, denominators = lexicon.words("cues", "linking", "price_basis"), lexicon.words("modifiers", "denominator")
        self._tail = regex.compile(rf"(?r)(?:{lexicon.ending('cues', 'linking', 'price_basis')}|[ 了的,])")
        self._rate = regex.compile(rf"(?r)每(?:{lexicon.ending('modifiers', 'denominator')})")
        self._year = regex.compile(r"(?r)(?:(?:19|20)\d{2}|去|上|前|今|本)年(?:底|末|初|度|同期|春季|秋季)?")
        # Most stretches end in none of these characters, and then nothing is cut off.
        ends = (
            (self._rate, frozenset(w[-1] for w in denominators)),
            (self._year, frozenset("年底末初度期季")),
            (self._tail, frozenset(" 了的,") | {w[-1] for w in linking}),
        )
        self._cuts = {c: tuple(p for p, last in ends if c in last) for c in frozenset().union(*(last for _, last in ends))}
        self._ends_cut = frozenset(self._cuts) | frozenset(_COMPARED_ENDS)
        # 按期办结率: 按 leads nothing there.
        whole = [f"{w}(?:{'|'.join(after.split())})" for w, after in lexicon.words("cues", "lead").items() if after]
        self._lead = regex.compile(rf"(?!{'|'.join(whole)})(?:{lexicon.pattern('cues', 'lead')}|[ 了的])")
        self._leads = frozenset(" 了的") | {w[0] for w in lexicon.words("cues", "lead")}
        # 资助资金, 培训人数: the head alone would say too little.
        self._light = frozenset(lexicon.words("cues", "light_verb"))  # 企业实现利润: no part of a name
        self._modifiers = frozenset(lexicon.words("cues", "modifier_verb"))
        self._heads = frozenset(lexicon.words("cues", "compound_head"))
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
        self._gives = frozenset(w[-1] for w in lexicon.words("cues", "giving"))
        self._joined = regex.compile(rf"{verb}[和及、]{verb}")
        self._paid = regex.compile(
            rf"的标准(?P<verb>{verb}|给予|支付|发放|免除|缴纳|进行)(?P<noun>\p{{L}}{{2,12}}?)(?=[\d,;。:(]|$|[一二三四五六七八九十百千万]+[元万亿])"
        )
        self._acted = regex.compile(rf"(?P<noun>\p{{L}}[^,;。]{{1,14}}?)(?:累计|一共|总共|共计?)(?:{verb}|覆盖)")
        self._noun = regex.compile(r"[\p{L}“”\"·《》]+")

    def named(
        self,
        text: str,
        around: Surroundings,
        takers: Sequence[Token],
        places: Sequence[Place],
        roles: Sequence[Role],
    ) -> list[Named | None]:
        """The indicator of each quantity that its own clause names; None where it goes on with what was named before."""
        folded, clauses, spots = around.folded, around.clauses, around.spots
        dates = Ends(t for t in takers if t.kind.startswith(("date:", "period:")))
        page = Page(text, folded, clauses, dates, Ends(places), Terms(spots), spots)
        dated, placed = around.after(dates.ends), around.after(page.places.ends)
        acted = around.holding("strong_verb")
        out: list[Named | None] = []
        floor = 0
        for i, q in enumerate(around.quantities):
            end, start = q.start, around.near[i]
            if end and folded[end - 1] == ")":
                end = self._region_end(folded, q, floor, clauses)
                start = self._region_start(folded, end, floor, clauses)
            elif start and folded[start - 1] == ")":
                start = self._region_start(folded, end, floor, clauses)
            inside = Inside(i in dated, i in placed, i in acted) if start >= around.near[i] else ANYTHING
            until = around.quantities[i + 1].start if i + 1 < len(around.quantities) else len(folded)
            counted_at = out[-1].start if out and out[-1] is not None and out[-1].start == floor else -1
            found = None if q.dimension == "duration" else self._one(page, q, start, end, inside, roles[i], until, counted_at)
            if found is None and roles[i].role == "from":
                # …所占比例,从2005年的16.6%提升到: the clause before names what changed.
                end = around.begins[i] - 1
                if end > floor and clauses.sentence_index(end) == around.sentences[i]:
                    found = self._before(page, q.dimension, max(clauses.clause_start(end), floor), end, ANYTHING, False, False)
            if i and found is not None and found.start - floor == 1 and roles[i - 1].role == "limit":
                found = self._classed(text, around, found, out, i)
            out.append(found)
            floor = q.end
        self._given_out(page, around, out)
        return out

    @staticmethod
    def _classed(text: str, around: Surroundings, found: Named, out: Sequence[Named | None], i: int) -> Named:
        """年纳税500万元以上的企业30家: the bound is a part of the name."""
        bound, before = around.quantities[i - 1], out[i - 1]
        if found.why != "noun before" or around.begins[i] > bound.start or not text.startswith("的", bound.end):
            return found
        if before is None or before.why != "noun before" or before.end != bound.start:
            return found
        return found._replace(start=before.start, text=text[before.start : found.end])

    def _given_out(self, page: Page, around: Surroundings, out: list[Named | None]) -> None:
        """小学、初中、高中分别有12所、8所和3所: each figure has its own name; a shared end is put together."""
        folded, text = page.folded, page.text
        for share in shares(around):
            named = out[share.first]
            if named is None or not share.start <= named.start < named.end <= share.end:
                continue
            if any(split(folded, a, b, 2) for a, b in page.places.within(share.start, share.end)):
                continue  # 梨树村、大坪村集体经济分别增收: the places are what is given out
            start = self._trimmed_start(page, share.start, share.end)
            stop = self._trimmed_end(page, start, share.end)
            if (m := _SECTORS.fullmatch(folded, start, stop)) is not None and share.last - share.first == 2:
                # 第一、二、三产业增加值分别增长
                for i, number in enumerate("一二三"):
                    name = f"{m['order'] or ''}{number}{text[m.start('noun') : m.end('noun')]}"
                    out[share.first + i] = Named(start, stop, name, named.event, "each its own")
                continue
            whole = [(a, b) for a, b in page.terms.within(start, stop) if (a, b) != (start, stop)]
            spans = split(folded, start, stop, share.last - share.first + 1, whole)
            if not spans or any(b - a > 16 for a, b in spans):
                continue
            first = self._split(page, *spans[0], False)
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
        if q.start > floor and (bracket := clauses.bracket(q.start - 1)) is not None:
            return bracket.start if bracket.start > floor and bracket.end - bracket.start > 10 else q.start
        return q.start

    @staticmethod
    def _region_start(folded: str, end: int, floor: int, clauses: Clauses) -> int:
        """The start of the clause, over brackets that are a part of a name: 执业(助理)医师."""
        start = clauses.clause_start(end)
        while start > floor and folded[start - 1] == ")" and (m := _OWN_BRACKET.match(folded, floor, start)):
            start = max(clauses.clause_start(m.start()), floor)
        return max(start, floor)

    def _one(
        self,
        page: Page,
        q: Quantity,
        start: int,
        end: int,
        inside: Inside,
        role: Role,
        until: int,
        counted_at: int,
    ) -> Named | None:
        """The indicator by the words before or behind; `until` is the next figure, `counted_at` where the name behind the last began."""
        folded = page.folded
        if folded.startswith("的标准", q.end) and (m := self._paid.match(folded, q.end)) is not None:
            # 按每人每年400元的标准支付租金: what the rate is paid for follows.
            return Named(*m.span("noun"), page.text[m.start("noun") : m.end("noun")], m["verb"], "paid at the rate")
        counted = q.dimension == "count" and q.unit.endswith("次")
        if role.base and role.base[0] in _AGAINST and role.cue and folded.endswith(role.cue, start, end):
            end -= len(role.cue)  # 收入比去年同期增收1500万元
        before = self._before(page, q.dimension, start, end, inside, role.role == "share", counted) if start < end else None
        classed = role.role == "limit" and q.dimension == "age"
        bare = before is None or before.start == before.end or before.start == counted_at
        behind = q.dimension in COUNTED or (bare and role.role != "limit" and _names_behind(folded, q))
        if classed or (behind and self._counts_what_follows(folded, q)):
            after = self._after(page, q, before.event if before else None, until)
            if after is None and bare and (m := _TAKES.match(folded, q.end, until)) is not None:
                after = Named(*m.span("noun"), page.text[slice(*m.span("noun"))], before.event if before else None, "noun after")
            if after is not None:
                return after
        return before if before is not None and before.start < before.end else None

    def _stopped(self, page: Page, start: int, end: int) -> bool:
        """Whether what follows a figure begins with a verb; 在校生 and 帮扶车间 are terms."""
        m = self._stop.match(page.folded, start, end)
        return m is not None and not any(a == start and m.end() < b for a, b in page.terms.within(start, end))

    @staticmethod
    def _counts_what_follows(folded: str, q: Quantity) -> bool:
        """19个村民小组, 31户建档立卡贫困户: a noun may follow directly; 农户31户 names it before."""
        return q.end < len(folded) and (folded[q.end].isalpha() or folded[q.end] in '“"的')

    def _before(
        self, page: Page, dimension: str, start: int, end: int, inside: Inside, share: bool, counted: bool
    ) -> Named | None:
        folded = page.folded
        stop, region = end, max(start - 1, 0)
        if inside.date or folded[end - 1] in self._ends_cut:
            stop = self._trimmed_end(page, start, end)
        # A date inside the clause begins it anew: 2019年底在校贫困学生.
        if inside.date and (dated := page.dates.last(start, stop)) is not None:
            start = dated
        if inside.place or folded[start] in self._leads:
            start = self._trimmed_start(page, start, stop)
        begun, cut_to = trimmed(folded, start, stop, dimension)
        if cut_to < stop:
            stop = self._trimmed_end(page, begun, cut_to)
        if begun > start:
            start = self._trimmed_start(page, begun, stop)
        event = None
        split = self._split(page, start, stop, counted) if inside.verb else None
        if split is not None:
            event, start = split
            start = self._trimmed_start(page, start, stop)
        cut = folded.rfind("的", start, stop)
        if cut > 0 and stop - cut > 2 and folded[cut + 1 : stop] not in self._heads:
            start = cut + 1
        name = folded[start:stop]
        if name and name[-1] in self._gives:
            m = self._giver.fullmatch(folded, start, stop)
            if m is not None and not page.terms.within(m.start("verb") - 1, stop):
                start = m.start("verb")
        if ("共" in name or "累计" in name) and (m := self._acted.fullmatch(folded, start, stop)) is not None:
            stop = m.end("noun")  # 监测对象累计识别712户
        if "“" in name or "”" in name:
            start, stop = _unquoted(folded, start, stop)
        if share and folded.endswith("占比", start, stop) and folded[end - 1] != "在":
            stop -= 2  # 产业类项目占比57.1%: the role says that; 税收占比稳定在六成 tells of the share itself
        name = folded[start:stop]
        if not _is_noun(name) or (share and "占" in folded[region:start]):
            return Named(start, start, "", event, "verb") if event else None
        return Named(start, stop, page.text[start:stop], event, "noun before")

    def _trimmed_end(self, page: Page, start: int, end: int) -> int:
        """Drop what links the noun to its number: 由2018年的, 总计, 同比增长, 每人."""
        folded = page.folded
        moved = True
        while moved and end > start:
            moved = False
            last = folded[end - 1]
            if last in _COMPARED_ENDS:
                found = _COMPARED.finditer(folded, max(start, end - 14), end)
                compared = next((m for m in found if m.end() == end), None)
                if compared is not None:
                    end, moved = compared.start(), True
                    continue
            date = page.dates.begun(end)
            if date >= start:
                end, moved = date, True
                continue
            for pattern in self._cuts.get(last, ()):
                m = pattern.match(folded, start, end)
                if m and m.start() < end and not self._inside_noun(start, m.start(), end, page.terms):
                    end, moved = m.start(), True
                    break
        return end

    def _inside_noun(self, start: int, at: int, end: int, terms: Terms) -> bool:
        """投资 and 增长 may be the noun itself: 固定资产投资, 支出总计."""
        return any(b == end and a < at for a, b in terms.within(max(start, end - 12), end))

    def _trimmed_start(self, page: Page, start: int, stop: int) -> int:
        """Drop what leads to the noun: the place, 共有, 全县."""
        folded = page.folded
        while start < stop:
            here = page.places.led(start, stop)
            if here is not None:
                start = here
                continue
            m = self._lead.match(folded, start, stop) if folded[start] in self._leads else None
            if m is None or (m.end() < stop and any(b > m.end() for a, b in page.terms.within(start, stop) if a == start)):
                break
            start = m.end()
        return start

    def _split(self, page: Page, start: int, stop: int, counted: bool) -> tuple[str, int] | None:
        """The last verb that takes what follows as its object: 学生|发放|资助资金; a verb inside a term splits nothing."""
        verbs = page.spots.within("strong_verb", start, stop)
        if not verbs:
            return None
        folded = page.folded
        guarded = page.terms.within(start, stop)
        best = None
        at = start
        for begin, end in verbs:
            if stop - end < 2 or any(a < end and begin < b and (a < begin or b > end) for a, b in guarded):
                continue
            following = folded[end:stop]
            verb = folded[begin:end]
            inside = begin > start and not best and verb not in self._light
            if following in self._heads and (inside or verb in self._modifiers):
                continue
            if inside and following[-1] == "率" and len(following) > 2:
                continue  # 生活垃圾收运处置体系覆盖率
            suffixed = following[0] in "和及与、的率额数费量者员作" or following.startswith("工作")
            if suffixed and not any(a == end for a, _ in guarded):
                continue
            best, at = (verb, end + (following[0] == "了")), begin
        if best is None:
            return None
        if folded[stop - 2 : stop] in ("面积", "项目"):
            joined = self._joined.match(folded, start, stop)
            if joined and joined.end() >= best[1]:
                return None  # 新建和维修校舍面积 names the measure whole, 新建和改造校舍 names 校舍
        if counted and at == start:
            return None  # 检查经营门店1248家次: the act is what is counted
        return best

    def _after(self, page: Page, q: Quantity, event: str | None, until: int) -> Named | None:
        """The noun after a classifier: 19个村民小组, 100名家境贫寒的学生."""
        folded = page.folded
        start = q.end + (folded[q.end : q.end + 1] in ("的", " "))
        m = self._noun.match(folded, start, min(page.clauses.clause_end(q.end), max(until, start)))
        if m is None:
            return None
        end = m.end()
        for verb in self._stop.finditer(folded, start + 1, end):
            if not any(a < verb.start() < b for a, b in page.terms.within(start, end)):
                end = verb.start()
                break
        cut = folded.find("的", start, end)
        if cut > 0:
            end = cut
        if end - start < 1 or not _is_noun(folded[start:end]) or self._stopped(page, start, end):
            return None
        if folded.find("率", start, end) > 0 and (rate := _RATE_BEHIND.match(folded, start, end)) is not None:
            end = rate.end()
        among = folded[end : end + 1] == "," and folded[end - 2] not in "初高集其"
        if folded[end - 1] == "中" and end - start > 2 and (among or folded[end - 2] in "户村力员人者镇生"):
            end -= 1  # 10240名劳动力中,外出务工6215人
        start, end = _unquoted(folded, start, end)
        return Named(start, end, page.text[start:end], event, "noun after")


# 7.3万名脱贫人口参保率保持100%: the rate is the next figure's
_RATE_BEHIND = regex.compile(r"\p{L}*?(?:人口|人员|学生|儿童|老人|对象|群众|劳动力|居民|农户|户|企业)(?=\p{L}{1,4}率)")
# 2860人享受最低生活保障: what they get names them
_TAKES = regex.compile(r"(?:享受|领取)(?P<noun>\p{L}{2,14}?)(?=$|的|待遇|政策|[\d,;。:(])")
_BEHIND = ("money", "area", "length", "mass", "volume")


def _names_behind(folded: str, q: Quantity) -> bool:
    """Whether what a figure measures may stand behind it: 2万余亩耕地, 三分之一的农户; not 按每户1.5万元的标准."""
    if q.dimension in _BEHIND:
        return not folded.startswith("的", q.end)
    return q.dimension == "ratio" and ("units:成" in q.why or q.shape == "fraction")


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
