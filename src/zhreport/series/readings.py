"""A record as one reading of a cell: whose figure, of which year, a level, a change or a share."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from ..amounts import decimal_text
from ..lexicon import Lexicon, alternation

if TYPE_CHECKING:
    from ..types import Document, Record

MEASURES = ("level", "change", "share", "progress", "start", "limit")
# Dimensions of figures that set one thing against another.
_RATES = ("percentage", "percentage_point", "ratio", "multiple")
_SAME_BASE = re.compile(r"(?:同比|[比较](?:上|去)年(?:末|底|同期|同口径)?|与(?:上|去)年同期相比)")
_BASE_YEAR = re.compile(r"(?:19|20)\d{2}")
_YEAR = re.compile(r"(\d{4})(?:-01/(\d{4})-12)?")
_SPAN = re.compile(r"(\d{4})/(\d{4})")
_UNNAMED = re.compile(r"[全我本该]?[县市区旗州乡镇村省]|全[县市区旗州乡镇村省]域?")
_OVER_WITHIN = ("modifiers:余", "modifiers:多")
# What people and things are counted in: 1500人 is 1500, not 1499.5 to 1500.5.
_WHOLE = ("person", "person_time", "household", "count")


class Alignment(NamedTuple):
    """The canonical name that a name stands for, how alike they are (100: the same), and by what it was found."""

    indicator: str
    score: int
    reason: str

    @property
    def known(self) -> bool:
        """Whether the table of indicators gave the name, not mere likeness."""
        return self.reason.split()[0] in ("exact", "synonym")


UNALIGNED = Alignment("", 0, "none")


class Key(NamedTuple):
    """What two readings must share beside the name: nothing is merged across these."""

    measure: str
    dimension: str
    unit: str
    per: tuple[str, ...]


class Cell(NamedTuple):
    """Where a reading stands in the panel."""

    indicator: str
    place: str
    period: str
    status: str
    key: Key


@dataclass(frozen=True, slots=True)
class Reading:
    """One record of one report, ready to be set beside others. `value` has a sign: a fall of 5.6% is -0.056.

    `name` is the indicator as it is compared: of 存贷款余额分别为120亿元和80亿元 the first is 存款余额.
    """

    record: Record
    source: str
    home: str | None
    place: str
    period: str | None
    key: Key
    value: Fraction | None
    low: Fraction | None
    high: Fraction | None
    firm: bool
    meta: tuple[tuple[str, str], ...] = ()
    name: str = ""
    alignment: Alignment = UNALIGNED

    @property
    def indicator(self) -> str:
        """The canonical name."""
        return self.alignment.indicator

    @property
    def cell(self) -> Cell | None:
        """Its cell of the yearly panel; None where place or year are missing. 全市 that no name is known of is one report's own."""
        if not self.place or self.period is None or not _is_year(self.period):
            return None
        if self.key.measure == "change" and not _of_a_year(self.record.base, self.period):
            return None  # 比2015年增长50%, 环比增长3%
        number = self.record.document if (self.record.document or 1) > 1 else ""
        place = f"{self.place} ({self.source}{f' {number}' if number else ''})" if unresolved(self.place) else self.place
        return Cell(self.indicator, place, self.period, self.record.status, self.key)

    @property
    def told(self) -> str:
        """The value to read: exact, or both ends of a range."""
        if self.value is None:
            return f"{decimal_text(self.low) or ''}~{decimal_text(self.high) or ''}"
        return decimal_text(self.value) or ""


def same_base(base: str | None) -> bool:
    """Whether a change is measured against the year before: 同比, 比上年, or no word at all."""
    return base is None or _SAME_BASE.fullmatch(base) is not None


def _of_a_year(base: str | None, period: str) -> bool:
    """Whether a change is one of that year: 比年初 is, 比2015年 is not."""
    if same_base(base) or "年初" in (base or ""):
        return True
    year = _BASE_YEAR.search(base or "")
    return year is not None and int(year[0]) == int(period) - 1


def _is_year(period: str) -> bool:
    return len(period) == 4 and period.isdigit()


def readings(page: Any, lexicon: Lexicon, codes: dict[str, str]) -> Iterator[Reading]:
    """The named records of one report; `codes` keeps the name under which a place of this code was first met."""
    documents: dict[int | None, Document] = {d.id: d for d in page.documents}
    alike = lexicon.words("alignments", "alike")
    meta = tuple((k, v) for k, v in page.meta if k != "encoding")
    year_before = _year_before(lexicon)
    ends = {(r.indicator, r.sentence, r.period) for r in page.records if r.role == "to"}
    own = _names_of_codes(lexicon)
    counted = {r.indicator for r in page.records if r.quantity.dimension not in _RATES} | _counted(lexicon)
    names = _given_out(page.records, lexicon)
    for r in page.records:
        if not r.indicator:
            continue
        document = documents.get(r.document)
        home = document.period if document else None
        measure, period = measure_of(r), r.period
        if r.role == "from":
            last_year = year_before.search(page.text, max(r.sentence.start, r.start - 12), r.start) is not None
            undated = r.period in (None, home) or (r.indicator, r.sentence, r.period) in ends
            measure, period = _start(r, home, last_year, undated)
        q = r.quantity
        if measure == "level" and q.dimension in _RATES and r.indicator in counted:
            measure = "progress"  # 城镇新增就业4826人,完成目标的107.2%; 接待游客恢复到2019年的八成
        sign = -1 if r.role == "decrease" else 1
        low, high = bounds(r)
        yield Reading(
            record=r,
            source=page.source or page.key,
            home=home,
            place=_place(r, document, codes, own),
            period=_period(period, measure),
            key=Key(measure, q.dimension, alike.get(q.unit, q.unit), r.per),
            value=None if q.amount.value is None else sign * q.amount.value,
            low=low if sign > 0 else _negative(high),
            high=high if sign > 0 else _negative(low),
            firm=q.approx == "exact",
            meta=meta,
            name=names.get(r.id, r.indicator),
        )


@functools.lru_cache(maxsize=8)
def _year_before(lexicon: Lexicon) -> re.Pattern[str]:
    """上年的, 去年, with nothing but the figure after them."""
    words = [r.surface for r in lexicon.table("periods") if r["value"] == "-1"]
    return re.compile(rf"{alternation(words)}[的\s]*[^,，;；。0-9]{{0,4}}$")


@functools.lru_cache(maxsize=8)
def _counted(lexicon: Lexicon) -> frozenset[str]:
    """The names of the table that are amounts or counts and no rates."""
    dimensions: dict[str, set[str]] = {}
    for row in lexicon.table("indicators"):
        dimensions.setdefault(row.surface, set()).add(row["dimension"])
    return frozenset(name for name, found in dimensions.items() if found.isdisjoint(_RATES))


def _given_out(records: Sequence[Record], lexicon: Lexicon) -> dict[str, str]:
    """The name of each figure that shares a short name with others: 三次产业增加值分别为12亿元、20亿元和18亿元, by the id."""
    split = {name: value.split() for name, value in lexicon.words("alignments", "split").items()}
    told: dict[tuple[object, ...], list[Record]] = {}
    for r in records:
        if r.indicator in split:
            told.setdefault((r.indicator, r.indicator_start, r.sentence, r.role, r.quantity.dimension), []).append(r)
    out: dict[str, str] = {}
    for (name, *_), sharing in told.items():
        if len(sharing) == len(split[str(name)]):
            out.update(zip((r.id for r in sharing), split[str(name)], strict=True))
    return out


def _start(r: Record, home: str | None, last_year: bool, undated: bool) -> tuple[str, str | None]:
    """The figure that a change starts from: 由上年的5.63亿元 is a level of the year before; one of no told year is a `start`.

    >>> from zhreport import parse
    >>> [r.period for r in readings(parse("2021年工作总结\\n税收由上年的3.5亿元增加到3.8亿元。"), Lexicon.load(), {})]
    ['2020', '2021']
    """
    if last_year and home and _is_year(home):
        return "level", str(int(home) - 1)
    return "start" if undated else "level", r.period


def _negative(number: Fraction | None) -> Fraction | None:
    return None if number is None else -number


def measure_of(r: Record) -> str:
    """Level, change or share. 城镇新增就业3870人 is the level of a flow that has 新增 in its name.

    规上企业新增11家 is a change of 规上企业; 城镇调查失业率控制在5.5%以内 is a level that is planned.
    """
    name = r.indicator or ""
    if r.role == "share" or "比重" in name or name.startswith("占") or name.endswith("占比"):
        return "share"
    if r.role in ("increase", "decrease"):
        flow = r.quantity.dimension not in ("percentage", "percentage_point", "multiple") and ("新增" in name or "净增" in name)
        return "level" if flow else "change"
    return "limit" if r.role == "limit" and r.status == "reported" else "level"


def _place(r: Record, document: Document | None, codes: dict[str, str], own: dict[str, tuple[str, ...]]) -> str:
    """The place by one name: 全县 is the document's, and a county of the same code keeps the name met first.

    A village has the code of its county, and is not it: 明溪县胡坊镇冯厝村贫困人口12人. 全市 in a county's report is the city.
    """
    place = r.place or ""
    if document is not None and document.place and (not place or _is_own(place, document.place)):
        place = document.place
    if r.place_code and place.endswith(own.get(r.place_code, ())):
        return codes.setdefault(r.place_code, place)
    return place


def own_code(r: Reading, lexicon: Lexicon) -> str | None:
    """The code of its place, where the place is the division of that code and not a village in it."""
    code = r.record.place_code
    return code if code and r.place.endswith(_names_of_codes(lexicon).get(code, ())) else None


def unresolved(place: str) -> bool:
    """Whether a place is 全市, 我镇 or a bare 县, which are another place in every report."""
    return _UNNAMED.fullmatch(place) is not None


def _is_own(place: str, home: str) -> bool:
    """Whether 全县, 我县 or a bare 县 is the report's own place: its last character tells of which level it is."""
    return _UNNAMED.fullmatch(place) is not None and place.removesuffix("域")[-1] == home[-1]


@functools.lru_cache(maxsize=8)
def _names_of_codes(lexicon: Lexicon) -> dict[str, tuple[str, ...]]:
    """The names that a code of GB/T 2260 has had."""
    out: dict[str, tuple[str, ...]] = {}
    for row in lexicon.table("divisions"):
        for code in row["value"].split():
            out[code] = (*out.get(code, ()), row.surface)
    return out


def _period(period: str | None, measure: str) -> str | None:
    """2019-01/2019-12 is 2019; a change over 2020/2021 belongs to the later year, and longer spans stay as they are."""
    if period is None:
        return None
    if (whole := _YEAR.fullmatch(period)) and whole[2] in (None, whole[1]):
        return whole[1]
    span = _SPAN.fullmatch(period)
    if span and measure == "change" and int(span[2]) - int(span[1]) == 1:
        return span[2]
    return period


def bounds(r: Record) -> tuple[Fraction | None, Fraction | None]:
    """The least and greatest number that a figure can stand for; None is open: 20万元以上 has no upper end.

    >>> from zhreport import parse
    >>> [[str(x) for x in bounds(r)] for r in parse("税收收入4.5亿元,用于3000余人。").records]
    [['445000000', '455000000'], ['3000', '4000']]
    """
    q = r.quantity
    amount, value = q.amount, q.amount.value
    if value is None:
        return amount.low, amount.high
    if q.approx == "over" and any(w in q.why for w in _OVER_WITHIN):
        return value, value + _last_place(value, amount.step)
    if q.approx in ("over", "under"):
        return (value, None) if q.approx == "over" else (None, value)
    if q.dimension in _WHOLE and value.denominator == 1 and not re.search("[万亿.．]", q.surface):
        return value, value
    return amount.interval


def _last_place(value: Fraction, step: Fraction) -> Fraction:
    """The size of the last digit that is not zero: 3000余人 is less than 4000."""
    place = step
    while value and value % (place * 10) == 0:
        place *= 10
    return place
