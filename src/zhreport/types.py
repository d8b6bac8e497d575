"""What the stages hand on: immutable facts about spans of one text, and the words each field allows."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, Protocol

from . import notebook

if TYPE_CHECKING:
    from .amounts import Amount

DIMENSIONS = (
    "money", "person", "person_time", "household", "count", "percentage", "percentage_point",
    "ratio", "multiple", "area", "length", "mass", "volume", "duration", "age", "energy", "power",
    "speed", "temperature", "density", "other",
)  # fmt: skip
APPROX = ("exact", "about", "over", "under")
ROLES = ("level", "from", "to", "increase", "decrease", "limit", "share")
STATUSES = ("reported", "planned")
VERDICTS = ("holds", "rounding", "violated", "unclear")
SEVERITIES = ("none", "last digit", "sense")


class Spanned(Protocol):
    """Anything that stands at `text[start:end]`."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


class Page(Protocol):
    """What a check looks at: a text with its sections and records."""

    @property
    def text(self) -> str: ...
    @property
    def source(self) -> str | None: ...
    @property
    def sections(self) -> tuple[Section, ...]: ...
    @property
    def records(self) -> tuple[Record, ...]: ...


class Token(NamedTuple):
    """A stretch that was recognised before any quantity: its kind, its span, the row or pattern behind it."""

    kind: str
    start: int
    end: int
    row: str


class Span(NamedTuple):
    """A sentence, clause or bracket: nothing but where it stands."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Document:
    """One report of a page. `start`..`end` holds its title and its text."""

    id: int
    start: int
    end: int
    title: str | None = None
    title_start: int | None = None
    title_end: int | None = None
    kind: str | None = None
    place: str | None = None
    org: str | None = None
    period: str | None = None
    date: str | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A numbered section: `start`..`end` is its marker, `end`..`body_end` its text with its children."""

    document: int
    start: int
    end: int
    marker: str
    style: str
    number: int
    title: str
    title_start: int
    title_end: int
    level: int
    parent_start: int | None
    body_end: int
    path: tuple[str, ...]
    page: str = field(default="", repr=False, compare=False)

    @property
    def text(self) -> str:
        """Everything from the marker to the end of the section."""
        return self.page[self.start : self.body_end]

    @property
    def body(self) -> str:
        """What follows the title, down to the end of the section, its subsections included."""
        return self.page[self.title_end : self.body_end].lstrip("。;:；： \u3000\n\r\t")

    def __repr__(self) -> str:
        return f"Section({self.marker!r}, {self.title!r}, level {self.level}, {self.start}:{self.body_end})"

    def _repr_html_(self) -> str:
        return notebook.section_html(self)


@dataclass(frozen=True, slots=True)
class Period:
    """A time that the text names: its span and its normal form (`2019`, `2014/2018`, `2018/`)."""

    start: int
    end: int
    value: str | None
    kind: str


class Told(NamedTuple):
    """What a context stage says of one quantity, and the words (with their offset) or the rule that it goes by."""

    value: str | None
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Quantity:
    """What stands inside the span of a mention: the amount in the base unit, and how it was written."""

    start: int
    end: int
    surface: str
    amount: Amount
    unit: str
    dimension: str
    approx: str
    per: tuple[str, ...]
    shape: str
    why: tuple[str, ...]
    number_start: int
    number_end: int
    core_end: int


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A figure that was blacked out or left open: `XX万元`, `X月X日`, `___元`, `若干`."""

    start: int
    end: int
    surface: str


class Operand(NamedTuple):
    """A figure or a marker that a finding speaks of."""

    id: str | None
    start: int
    end: int
    surface: str
    value: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check has to say: the kind, the verdict, a formula to read, the figures, and the reason in words.

    `computed` and `stated` are the intervals in the base unit (`low..high`), `difference` is computed less stated;
    `severity` is `none`, `last digit` or `sense`; `passages` are the words around the figures, each with its offset.
    """

    kind: str
    verdict: str
    formula: str
    operands: tuple[Operand, ...]
    result: Operand | None
    reason: str
    source: str | None = None
    computed: str | None = None
    stated: str | None = None
    difference: str | None = None
    severity: str = "none"
    passages: tuple[tuple[int, str], ...] = ()

    def __repr__(self) -> str:
        return f"Finding({self.verdict}, {self.kind}, {self.formula!r})"

    def _repr_html_(self) -> str:
        return notebook.findings_html((self,))


def dates_of(period: str | None) -> tuple[str | None, str | None]:
    """The first and last day of a period in ISO form; None where it is open, or a school season, whose days no report says.

    >>> dates_of("2019"), dates_of("2020-01/2020-06"), dates_of("2018/"), dates_of("2019-spring")
    (('2019-01-01', '2019-12-31'), ('2020-01-01', '2020-06-30'), ('2018-01-01', None), (None, None))
    """
    first, slash, last = (period or "").partition("/")
    return _day(first, first=True), _day(last if slash else first, first=False)


def _day(written: str, first: bool) -> str | None:
    """The first or last day of 2019, 2019-06 or 2019-06-30."""
    parts = written.split("-")
    if not all(p.isdigit() for p in parts) or len(parts[0]) != 4 or len(parts) > 3:
        return None
    year = int(parts[0])
    month = int(parts[1]) if len(parts) > 1 else 1 if first else 12
    if not (year >= 1 and 1 <= month <= 12):
        return None
    days = monthrange(year, month)[1]
    day = int(parts[2]) if len(parts) > 2 else 1 if first else days
    return f"{year:04d}-{month:02d}-{day:02d}" if 1 <= day <= days else None


_STAGES = ("indicator", "role", "status", "period", "place", "place code", "part of")


@dataclass(frozen=True, slots=True)
class Record:
    """A quantity with what stands around it: what was counted, whose, when, in which role, of what a part."""

    id: str
    document: int | None
    quantity: Quantity
    section: tuple[str, ...]
    section_start: int | None
    sentence: Span
    role: str = "level"
    status: str = "reported"
    period: str | None = None
    place: str | None = None
    place_code: str | None = None
    org: str | None = None
    indicator: str | None = None
    indicator_start: int | None = None
    indicator_end: int | None = None
    event: str | None = None
    base: str | None = None
    price_basis: str | None = None
    per: tuple[str, ...] = ()
    part_of: str | None = None
    told: tuple[str | None, ...] = ()  # what each stage went by, in the order of _STAGES

    @property
    def why(self) -> tuple[str, ...]:
        """The shape and the rows behind the quantity, then the words or the rule behind each field: `role:增长`."""
        return (*self.quantity.why, *(f"{stage}:{why}" for stage, why in zip(_STAGES, self.told, strict=False) if why))

    @property
    def period_dates(self) -> tuple[str | None, str | None]:
        """The first and last day of the period."""
        return dates_of(self.period)

    @property
    def start(self) -> int:
        return self.quantity.start

    @property
    def end(self) -> int:
        return self.quantity.end

    @property
    def surface(self) -> str:
        return self.quantity.surface

    def __repr__(self) -> str:
        return notebook.record_line(self)

    def _repr_html_(self) -> str:
        return notebook.record_html(self)
