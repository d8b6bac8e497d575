"""The role of a quantity: level, from, to, increase, decrease, limit, share; with the base and the prices of a change."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import regex

from ..clauses import Clauses, Occurrences
from ..lexicon import back_alternation
from ..types import Quantity
from .rates import SEPARATOR, last_of

if TYPE_CHECKING:
    from ..lexicon import Lexicon

_SHARES = ("percentage", "ratio")
_PRESCRIBED = regex.compile(r"modifiers:不(?:超过?|低于|少于|高于|大于|小于|多于|下于?)$")
_CLASS_BOUND = regex.compile(r"modifiers:.*(?:以上|以下|之上|之下)$")
_CLASSED = regex.compile(r"[的\p{L}]")
_WITHIN = regex.compile(r"modifiers:.*[以之]内$")
_BASE = regex.compile(r"同比|环比|年均|(?:比|较|与)[^,;。:、]{1,10}?(?:期|年|月|初|末|底|前|时|预算数|执行数)(?:相比)?")


class Role(NamedTuple):
    """What a quantity does in its clause, what it is measured against, and the cue that said so."""

    role: str
    base: str | None
    price_basis: str | None
    cue: str
    direct: bool


class RoleReader:
    """The cue words of one lexicon; make it with `role_reader(lexicon)`."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._kind: dict[str, str] = {}
        for kind in ("to", "from", "increase", "decrease", "level"):
            self._kind |= dict.fromkeys(lexicon.words("cues", f"role_{kind}"), kind)
        words = back_alternation(self._kind)
        # 提高到2020年的99.2%: the year of the figure may stand between.
        self._adjacent = regex.compile(
            rf"(?r)(?P<cue>{words})(?:了|约|近|为|的|各|均| )*(?:(?:(?:19|20)\d{{2}}|去|上|前|今|本)年(?:底|末|同期|度|初|春季|秋季)?(?:的|约|近)?)?"
        )
        self._anywhere = regex.compile(rf"{lexicon.pattern('cues', 'role_of_noun')}(?!值)")
        self._bound = regex.compile(rf"(?r){lexicon.ending('cues', 'role_limit')}[为达至到]?")
        self._deadline = regex.compile(rf"内(?:全部|及时|予以|100%)?{lexicon.pattern('cues', 'deadline')}")
        self._noun_kind = lexicon.words("cues", "role_of_noun")
        self._from = regex.compile(lexicon.pattern("cues", "role_from"))
        self._to = regex.compile(lexicon.pattern("cues", "role_to"))
        self._share = regex.compile(lexicon.pattern("cues", "share"))
        self._rate = regex.compile(
            rf"(?r){lexicon.ending('cues', 'rate_noun')}(?:{lexicon.ending('cues', 'linking')}|[的了约在 ])*"
        )
        self._prices = regex.compile(lexicon.pattern("cues", "price_basis"))
        self._total = regex.compile(lexicon.pattern("cues", "total"))
        self._stock = regex.compile(lexicon.pattern("cues", "stock"))

    def roles(self, folded: str, quantities: Sequence[Quantity], clauses: Clauses) -> list[Role]:
        """The role of each quantity, in order."""
        out: list[Role] = []
        prices = Occurrences(self._prices, folded, quantities)
        for i, q in enumerate(quantities):
            before = quantities[i - 1] if i else None
            after = quantities[i + 1] if i + 1 < len(quantities) else None
            start = clauses.clause_start(q.start)
            if before is not None and before.end > start:
                start = before.end
            role = self._own(folded, start, q, after, clauses)
            if before is not None and (not role.direct or role.role == "level"):
                role = self._taken_over(folded, before, out[-1], q, role, start)
            basis = prices.last(clauses.sentence(q.start).start, q.start)
            out.append(role._replace(base=self._base(folded, q, role, clauses, out), price_basis=basis and basis[0]))
        return out

    def _own(self, folded: str, start: int, q: Quantity, after: Quantity | None, clauses: Clauses) -> Role:
        if q.shape == "fold":
            return Role("to", None, None, "翻番", True)
        cue = self._adjacent.match(folded, start, q.start)
        kind = self._kind[cue["cue"]] if cue else None
        if kind in ("increase", "decrease", "to"):
            return Role(kind, None, None, cue["cue"], True)  # type: ignore[index]
        if self._changes(folded, start, q, after, clauses):
            return Role("from", None, None, "由…到", True)
        if bound := self._limit(folded, start, q):
            return Role("limit", None, None, bound, True)
        if q.dimension in _SHARES and (share := self._shared(folded, start, q, clauses)):
            return Role("share", None, None, share, True)
        tenths = "units:成" in q.why or (q.shape == "fraction" and q.dimension == "ratio")
        if kind == "level" and not tenths:
            return Role("level", None, None, cue["cue"], True)  # type: ignore[index]
        noun = last_of(self._anywhere.finditer(folded, start, q.start))
        if noun is not None and q.start - noun.end() <= 16:
            return Role(self._noun_kind[noun[0]], None, None, noun[0], True)
        if tenths and not self._rate.match(folded, start, q.start):
            return Role("share", None, None, "成", False)
        return Role("level", None, None, "", False)

    def _changes(self, folded: str, start: int, q: Quantity, after: Quantity | None, clauses: Clauses) -> bool:
        """由500元提升至1000元: a 由 or 从 before, and a word of change between this figure and the next."""
        if after is None or not self._from.search(folded, start, q.start):
            return False
        end = min(after.start, clauses.sentence(q.start).end)
        if self._to.search(folded, q.end, end):
            return True
        # 由每人620元、410元提高到: the next of the list is followed by it.
        return bool(SEPARATOR.fullmatch(folded, q.end, after.start)) and bool(
            self._to.search(folded, after.end, min(after.end + 12, clauses.sentence(q.start).end))
        )

    def _limit(self, folded: str, start: int, q: Quantity) -> str | None:
        """A bound that is prescribed (不超过5%, 限额) or that delimits a class (50万元以上的村, 80—89岁老人)."""
        for why in q.why:
            if _PRESCRIBED.match(why) or _WITHIN.match(why):
                return why
            if _CLASS_BOUND.match(why) and _CLASSED.match(folded, q.end):
                return why
        if q.shape == "range" and (folded.startswith("的", q.end) or (q.dimension == "age" and _CLASSED.match(folded, q.end))):
            return "class"
        if q.dimension == "duration" and self._deadline.match(folded, q.end):
            return "内"
        return m[0] if (m := self._bound.match(folded, start, q.start)) else None

    def _shared(self, folded: str, start: int, q: Quantity, clauses: Clauses) -> str | None:
        if q.shape in ("ratio", "shares"):
            return None
        if found := self._share.search(folded, start, q.start):
            return found[0]
        if folded[start : q.start].strip() in ("的", "的近", "的约") and (
            found := self._share.search(folded, clauses.clause_start(start), start)
        ):
            return found[0]
        if self._rate.match(folded, start, q.start):
            return None
        if folded.startswith("的", q.end) and not folded.startswith(("的速度", "的增", "的标准", "的比例", "的目标"), q.end):
            return "的"
        return None

    def _taken_over(self, folded: str, before: Quantity, last: Role, q: Quantity, own: Role, start: int) -> Role:
        """36582元和18147元 share a role; 新增规上企业8家、高新技术企业5家 share the 新增."""
        if last.role == "level" or self._stock.match(folded, start, q.start):
            return own  # 新增规上企业9家、总数达68家: what there is in all did not grow by 68
        if SEPARATOR.fullmatch(folded, before.end, q.start) and before.dimension == q.dimension:
            return last._replace(direct=True)
        if before.unit == q.unit and folded[before.end : before.end + 1] == "、" and last.cue in self._noun_kind:
            return last
        if before.unit == q.unit and last.role in ("increase", "decrease") and self._total.fullmatch(folded, start, q.start):
            return last
        return own

    def _base(self, folded: str, q: Quantity, role: Role, clauses: Clauses, earlier: Sequence[Role]) -> str | None:
        if role.role not in ("increase", "decrease", "to"):
            return None
        found = last_of(_BASE.finditer(folded, clauses.clause_start(q.start), q.start))
        if found is not None:
            return found[0]
        return earlier[-1].base if earlier and role.direct and role.cue and earlier[-1].base and q.dimension in _SHARES else None


@functools.lru_cache(maxsize=8)
def role_reader(lexicon: Lexicon) -> RoleReader:
    """The role reader of a lexicon, compiled once."""
    return RoleReader(lexicon)
