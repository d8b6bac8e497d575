"""The role of a quantity: level, from, to, increase, decrease, limit, share; with the base and the prices of a change."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import regex

from ..clauses import Surroundings
from ..lexicon import back_alternation
from ..types import Quantity
from .rates import last_of

if TYPE_CHECKING:
    from ..lexicon import Lexicon

_COUNTS = ("person", "household", "count")
_REACHED = ("达到", "达")
_SHARES = ("percentage", "ratio")
_PRESCRIBED = regex.compile(r"modifiers:不(?:超过?|低于|少于|高于|大于|小于|多于|下于?)$")
_CLASS_BOUND = regex.compile(r"modifiers:.*(?:以上|以下|之上|之下)$")
_CLASSED = regex.compile(r"[的\p{L}]")
_WITHIN = regex.compile(r"modifiers:.*[以之]内$")
_BASE = regex.compile(r"同比|环比|年均|(?:比|较|与)[^,;。:、]{1,10}?(?:期|年|月|初|末|底|前|时|预算数|执行数)(?:相比)?")


# 较上年的4.2亿元减少1.05亿元: what another figure is measured by, with the change right after it.
_YARDSTICK = regex.compile(
    r"(?r)(?:比|较)(?:[^,;。:、\d]{0,6}|(?:19|20)\d{2})(?:上年|去年|前年|同期|年初|年末|年底|年)(?:同期|全年|底|末|初|度|实际)*(?:的|决算数|执行数|完成数|预算数|决算|实绩)?(?:约|近)?"
)
_CHANGES = frozenset(" ,净再共实增减下降提上多少")
_CHANGED = regex.compile(r"[ ,]?(?:净|再|共|实际)?(?:增加|增长|增收|增|减少|减|下降|降低|提高|提升|上升|多|少)")


_MOVES = ("increase", "decrease", "to")
_NO_SHARE = ("的速度", "的增", "的标准", "的比例", "的目标")


class Role(NamedTuple):
    """What a quantity does in its clause, what it is measured against, and the cue that said so."""

    role: str
    base: str | None
    price_basis: str | None
    cue: str
    direct: bool


_LEVEL = Role("level", None, None, "", False)


class _Words(NamedTuple):
    """The quantities whose own words hold 由 or 从, 占, 增量."""

    origin: set[int]
    share: set[int]
    noun: set[int]


class RoleReader:
    """The cue words of one lexicon; make it with `role_reader(lexicon)`."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._kind: dict[str, str] = {}
        for kind in ("to", "from", "increase", "decrease", "level"):
            self._kind |= dict.fromkeys(lexicon.words("cues", f"role_{kind}"), kind)
        words = back_alternation(self._kind)
        self._cue_ends = frozenset("了约近为的各均 年底末期度初春秋季") | {w[-1] for w in self._kind}
        # 提高到2020年的99.2%: the year of the figure may stand between.
        self._adjacent = regex.compile(
            rf"(?r)(?P<cue>{words})(?:了|约|近|为|的|各|均| )*(?:(?:(?:19|20)\d{{2}}|去|上|前|今|本)年(?:底|末|同期|度|初|春季|秋季)?(?:的|约|近)?)?"
        )
        self._anywhere = regex.compile(rf"{lexicon.pattern('cues', 'role_of_noun')}(?!值)")
        self._bound = regex.compile(rf"(?r){lexicon.ending('cues', 'role_limit')}[为达至到]?")
        self._bound_ends = frozenset("为达至到") | {w[-1] for w in lexicon.words("cues", "role_limit")}
        self._deadline = regex.compile(rf"内(?:全部|及时|予以|100%)?{lexicon.pattern('cues', 'deadline')}")
        self._noun_kind = lexicon.words("cues", "role_of_noun")
        self._rate = regex.compile(
            rf"(?r){lexicon.ending('cues', 'rate_noun')}(?:{lexicon.ending('cues', 'linking')}|[的了约在 ])*"
        )
        self._total = regex.compile(lexicon.pattern("cues", "total"))
        self._stock = regex.compile(lexicon.pattern("cues", "stock"))

    def roles(self, around: Surroundings) -> list[Role]:
        """The role of each quantity, in order."""
        out: list[Role] = []
        folded = around.folded
        words = _Words(*(around.holding(kind) for kind in ("role_from", "share", "role_of_noun")))
        stop = around.quantities[-1].end if around.quantities else 0
        prices = around.told(around.spots.apart_between("price_basis", around.sentence_start(0) if stop else 0, stop))
        for i, q in enumerate(around.quantities):
            role, base = self._own(around, i, q, words), None
            if i and (not role.direct or role.role == "level"):
                role = self._taken_over(around, i, out[-1], role)
            if i and role.cue in _REACHED and role.role == "level" and self._moved_before(around, i, out[-1]):
                role = role._replace(role="to")
            if role.role in _MOVES:
                base = self._base(around, i, role, out)
            basis = folded[slice(*prices[i])] if i in prices else None
            out.append(role if base == role.base and basis == role.price_basis else role._replace(base=base, price_basis=basis))
        return out

    def _own(self, around: Surroundings, i: int, q: Quantity, words: _Words) -> Role:
        folded, start = around.folded, around.near[i]
        if q.shape == "fold":
            return Role("to", None, None, "翻番", True)
        kind = None
        if q.start > start and folded[q.start - 1] in self._cue_ends and (m := self._adjacent.match(folded, start, q.start)):
            cue = m["cue"]
            kind = self._kind[cue]
            if kind in _MOVES:
                return Role(kind, None, None, cue, True)
        if folded[q.end : q.end + 1] in _CHANGES and self._measures(around, i, q):
            return Role("from", None, None, "比", True)
        if i in words.origin and self._changes(around, i):
            return Role("from", None, None, "由…到", True)
        if bound := self._limit(folded, start, q):
            return Role("limit", None, None, bound, True)
        if q.dimension in _SHARES and (share := self._shared(around, i, i in words.share)):
            return Role("share", None, None, share, True)
        tenths = "units:成" in q.why or (q.shape == "fraction" and q.dimension == "ratio")
        if kind == "level" and not tenths:
            return Role("level", None, None, cue, True)
        if i in words.noun:
            noun = last_of(self._anywhere.finditer(folded, start, q.start))
            if noun is not None and q.start - noun.end() <= 16:
                return Role(self._noun_kind[noun[0]], None, None, noun[0], True)
        if tenths and not self._rate.match(folded, start, q.start):
            return Role("share", None, None, "成", False)
        return _LEVEL

    @staticmethod
    def _changes(around: Surroundings, i: int) -> bool:
        """由500元提升至1000元: a 由 or 从 before, and a word of change between this figure and the next."""
        q, spots = around.quantities[i], around.spots
        if i + 1 == len(around.quantities):
            return False
        after, stop = around.quantities[i + 1], around.sentence_end(i)
        if spots.any("role_to", q.end, min(after.start, stop)):
            return True
        # 由每人620元、410元提高到: the next of the list is followed by it.
        return around.listed[i + 1] and spots.any("role_to", after.end, min(after.end + 12, stop))

    @staticmethod
    def _moved_before(around: Surroundings, i: int, last: Role) -> bool:
        """低保标准提高5%,达到每年5544元: the change that leads to the figure is told right before it."""
        before = around.quantities[i - 1]
        moved = last.role in ("increase", "decrease") and before.dimension in ("percentage", "percentage_point", "multiple")
        return moved and around.begins[i] == before.end + 1 and around.quantities[i].start - around.begins[i] <= 3

    @staticmethod
    def _measures(around: Surroundings, i: int, q: Quantity) -> bool:
        """较上年的4.2亿元减少1.05亿元: the figure that a change, told right after it, is counted from."""
        folded = around.folded
        if q.dimension in _SHARES or q.dimension == "percentage_point":
            return False
        before = folded[around.begins[i] : q.start]
        if "比" not in before and "较" not in before:
            return False
        found = _CHANGED.match(folded, q.end, q.end + 8)
        return found is not None and _YARDSTICK.match(folded, around.begins[i], q.start) is not None

    def _limit(self, folded: str, start: int, q: Quantity) -> str | None:
        """A bound that is prescribed (不超过5%, 限额) or that delimits a class (50万元以上的村, 80—89岁老人)."""
        for why in q.why if q.approx != "exact" or q.shape != "measure" or len(q.why) > 2 else ():
            if why.startswith("modifiers:"):
                if _PRESCRIBED.match(why) or _WITHIN.match(why):
                    return why
                # 财政支出的八成以上用于民生: a share of what is named before it
                shared = q.dimension in _SHARES and folded[q.start - 1] == "的"
                if _CLASS_BOUND.match(why) and _CLASSED.match(folded, q.end) and not shared:
                    return why
        if q.shape == "range" and (folded.startswith("的", q.end) or (q.dimension == "age" and _CLASSED.match(folded, q.end))):
            return "class"
        if q.dimension == "duration" and self._deadline.match(folded, q.end):
            return "内"
        if q.start == start or folded[q.start - 1] not in self._bound_ends:
            return None
        return m[0] if (m := self._bound.match(folded, start, q.start)) else None

    def _shared(self, around: Surroundings, i: int, said: bool) -> str | None:
        folded, spots, q, start = around.folded, around.spots, around.quantities[i], around.near[i]
        if q.shape in ("ratio", "shares"):
            return None
        found = spots.first("share", start, q.start) if said else None
        if found is None and q.start - start <= 4 and folded[start : q.start].strip() in ("的", "的近", "的约"):
            found = spots.first("share", around.clauses.clause_start(start), start)
        if found is not None:
            return folded[found[0] : found[1]]
        if (
            folded.startswith("的", q.end)
            and not folded.startswith(_NO_SHARE, q.end)
            and not self._rate.match(folded, start, q.start)
        ):
            return "的"
        return None

    def _taken_over(self, around: Surroundings, i: int, last: Role, own: Role) -> Role:
        """36582元和18147元 share a role; 新增规上企业8家、高新技术企业5家 share the 新增."""
        folded, start = around.folded, around.near[i]
        before, q = around.quantities[i - 1], around.quantities[i]
        if last.role == "level" or self._stock.match(folded, start, q.start):
            return own  # 新增规上企业9家、总数达68家: what there is in all did not grow by 68
        apart = last.role in ("from", "to") and folded[before.end] == ","  # 发生率降至0,42个村全部出列
        if around.listed[i] and before.dimension == q.dimension and not apart:
            return last._replace(direct=True)
        if q.start == before.end and last.role in ("increase", "decrease") and before.dimension in _COUNTS:
            return last  # 新增监测对象38户125人
        if before.unit == q.unit and folded[before.end : before.end + 1] == "、" and last.cue in self._noun_kind:
            return last
        if before.unit == q.unit and last.role in ("increase", "decrease") and self._total.fullmatch(folded, start, q.start):
            return last
        return own

    @staticmethod
    def _base(around: Surroundings, i: int, role: Role, earlier: Sequence[Role]) -> str | None:
        q = around.quantities[i]
        found = last_of(_BASE.finditer(around.folded, around.begins[i], q.start))
        if found is not None:
            return found[0]
        return earlier[-1].base if earlier and role.direct and role.cue and earlier[-1].base and q.dimension in _SHARES else None


@functools.lru_cache(maxsize=8)
def role_reader(lexicon: Lexicon) -> RoleReader:
    """The role reader of a lexicon, compiled once."""
    return RoleReader(lexicon)
