"""`explain`: why a record says what it says, with its characters underlined in their sentence."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import NamedTuple

from .amounts import decimal_text
from .lexicon import TABLES, Lexicon
from .report import Report
from .types import Record

_LINE = 78  # columns; a Chinese character takes two


class Step(NamedTuple):
    """One field of a record: its value, and the shape, row or words that gave it."""

    field: str
    value: str
    why: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """A record with its sentence and the reason for each field; print it, or show it in a notebook."""

    record: Record
    text: str
    start: int
    steps: tuple[Step, ...]

    def _marks(self) -> list[tuple[int, int, str]]:
        """What is underlined, by its place in the sentence: the figure with ^, the indicator with ~."""
        r = self.record
        marks = [(r.start, r.end, "^")]
        if r.indicator_start is not None and r.indicator_end is not None:
            marks.append((r.indicator_start, r.indicator_end, "~"))
        size = len(self.text)
        return [(a - self.start, b - self.start, c) for a, b, c in marks if self.start <= a and b - self.start <= size]

    def __str__(self) -> str:
        under = [" "] * len(self.text)
        for start, end, mark in self._marks():
            under[start:end] = mark * (end - start)
        lines = []
        for start, end in _folded(self.text):
            lines.append(self.text[start:end])
            marks = "".join(under[i] * _width(self.text[i]) for i in range(start, end)).rstrip()
            lines += [marks] if marks else []
        fields = max(_columns(s.field) for s in self.steps)
        values = max(_columns(s.value) for s in self.steps)
        rows = [f"{_padded(s.field, fields)}  {_padded(s.value, values)}  {s.why}".rstrip() for s in self.steps]
        return "\n".join([*lines, *rows])

    def _repr_html_(self) -> str:
        out, at = [], 0
        for start, end, mark in sorted(self._marks()):
            if start < at:
                continue
            tag = "mark" if mark == "^" else "u"
            out += [escape(self.text[at:start]), f"<{tag}>{escape(self.text[start:end])}</{tag}>"]
            at = end
        sentence = "".join([*out, escape(self.text[at:])])
        rows = "".join(f"<tr><th>{s.field}</th><td>{escape(s.value)}</td><td>{escape(s.why)}</td></tr>" for s in self.steps)
        return f"<p>{sentence}</p><table>{rows}</table>"


def explain(report: Report, record: Record | int, lexicon: Lexicon | None = None) -> Explanation:
    """Which shape, rows and words gave each field of a record; `record` may be the offset of one.

    Raises LookupError where no record of the report stands. Rows are looked up in `lexicon` for their source.

    >>> from zhreport import parse
    >>> report = parse("2020年发放资助资金14.925万元。")
    >>> print(explain(report, 11))
    2020年发放资助资金14.925万元。
              ~~~~~~~~^^^^^^^^^^
    surface    14.925万元  start 11, end 19
    value      149250 元   shape:measure
    unit       元          units:元 (国务院1984年法定计量单位; 中国人民银行法)
    indicator  资助资金    noun before
    role       level       nothing said of a change
    status     reported    no word of intent
    period     2020        2020年@0
    event      发放        verb beside it
    """
    if isinstance(record, int):
        record = _at(report, record)
    elif record not in report.records:
        raise LookupError(f"{record.surface!r} at {record.start} is no record of this report")
    sentence = record.sentence
    text = report.text[sentence.start : sentence.end].replace("\n", " ").rstrip()
    return Explanation(record, text, sentence.start, tuple(_steps(report, record, lexicon or Lexicon.load())))


def _at(report: Report, offset: int) -> Record:
    found = report.at(offset)
    if isinstance(found, Record):
        return found
    near = min((r.start for r in report.records), key=lambda start: abs(start - offset), default=None)
    hint = "the report has no records" if near is None else f"the nearest starts at {near}"
    raise LookupError(f"no record at offset {offset}; {hint}")


def _steps(report: Report, r: Record, lexicon: Lexicon) -> Iterator[Step]:
    q, amount = r.quantity, r.quantity.amount
    said: dict[str, list[str]] = {}
    for why in r.why:
        name, _, rest = why.partition(":")
        said.setdefault(name, []).append(rest)

    def reason(name: str, otherwise: str = "") -> str:
        return "; ".join(said.get(name, ())) or otherwise

    def rows(table: str) -> str:
        return "; ".join(_row(lexicon, table, surface) for surface in said.get(table, ()))

    yield Step("surface", r.surface, f"start {r.start}, end {r.end}")
    bounds = f"{decimal_text(amount.low) or ''}–{decimal_text(amount.high) or ''}"
    shares = ":".join(str(decimal_text(p)) for p in amount.parts or ())
    value = decimal_text(amount.value) or shares or bounds
    yield Step("value", value if q.unit == "1" else f"{value} {q.unit}", f"shape:{reason('shape', q.shape)}")
    yield Step("unit", q.unit, rows("units"))
    if q.approx != "exact" or r.per:
        yield Step("approx, per", " ".join((q.approx, *(f"/{p}" for p in r.per))), rows("modifiers"))
    yield Step("indicator", r.indicator or "—", reason("indicator"))
    yield Step("role", r.role, reason("role", "nothing said of a change"))
    yield Step("status", r.status, reason("status", "no word of intent"))
    yield Step("period", r.period or "—", reason("period"))
    if r.place:
        code = f"; GB/T 2260 {r.place_code or '—'} ({reason('place code')})" if "place code" in said else ""
        yield Step("place", r.place, reason("place") + code)
    if r.event:
        yield Step("event", r.event, reason("event", "verb beside it"))
    if r.part_of:
        whole = next((x for x in report.records if x.id == r.part_of), None)
        yield Step("part_of", f"{whole.surface}@{whole.start}" if whole else r.part_of, reason("part of"))
    if r.section:
        yield Step("section", " ".join(r.section), f"@{r.section_start}")


def _row(lexicon: Lexicon, table: str, surface: str) -> str:
    """`units:万亩 (its source)`."""
    row = next((x for x in lexicon.table(table) if x.surface == surface), None) if table in TABLES else None
    return f"{table}:{surface}" + (f" ({row['source']})" if row else "")


def _width(char: str) -> int:
    return 2 if unicodedata.east_asian_width(char) in "WF" else 0 if unicodedata.combining(char) else 1


def _columns(text: str) -> int:
    return sum(map(_width, text))


def _folded(text: str) -> Iterator[tuple[int, int]]:
    """Pieces of a sentence that fit a line: a terminal would break a longer one, and what is underlined would be lost."""
    start = columns = 0
    for i, char in enumerate(text):
        columns += _width(char)
        if columns > _LINE:
            yield start, i
            start, columns = i, _width(char)
    yield start, len(text)


def _padded(text: str, columns: int) -> str:
    return text + " " * (columns - _columns(text))
