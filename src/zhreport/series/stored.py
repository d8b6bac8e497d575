"""Readings as the rows of a table and back: a store keeps them, so that thousands of reports are compared without being read again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ..amounts import Amount, decimal_text
from ..types import Quantity, Record, Span
from .names import aligner, by_table
from .readings import Key, Reading, measure_of, own_code, readings

if TYPE_CHECKING:
    from ..lexicon import Lexicon

# Column, type and meaning, in the order of the table.
COLUMNS = (
    ("id", "str", "id of the record"),
    ("source", "str", "the file"),
    ("document", "int", "number of the document on its page"),
    ("indicator", "str", "the canonical name, where the table of indicators has it, else the name itself"),
    ("aligned", "str", "exact or synonym: by the table; own: the name is not in it"),
    ("as_written", "str", "the indicator in the words of the text"),
    ("name", "str", "the indicator as it is compared: 存款余额 of 存贷款余额分别为…"),
    ("measure", "str", "level, change, share, progress (of a plan or another year), start or limit"),
    ("place", "str", "whose figure; 全县 is that of the report"),
    ("place_code", "str", "GB/T 2260 code, of counties and above only"),
    ("period", "str", "the time it holds for"),
    ("value", "str", "exact value in the base unit; a fall is negative"),
    ("value_float", "float", "`value` as a float, for plots; null where it is no finite number"),
    ("low", "str", "lower bound that the text states"),
    ("high", "str", "upper bound that the text states"),
    ("least", "str", "least number that the printed figure can stand for; null is open"),
    ("greatest", "str", "greatest number that it can stand for"),
    ("step", "str", "size of the last printed digit in the base unit"),
    ("unit", "str", "base unit"),
    ("dimension", "str", "money, person, …"),
    ("per", "list", "denominators of a rate"),
    ("approx", "str", "exact, about, over, under"),
    ("status", "str", "reported or planned"),
    ("role", "str", "level, from, to, increase, …"),
    ("home", "str", "the time that its document reports on"),
    ("start", "int", "first character of the figure"),
    ("end", "int", "just after the last"),
    ("surface", "str", "as written"),
    ("event", "str", "the verb that tells what was done"),
    ("base", "str", "what a change is measured against"),
    ("price_basis", "str", "可比价, 现价, 同口径"),
    ("part_of", "str", "id of the record that it is a part of"),
)


def reading_rows(page: Any, lexicon: Lexicon) -> Iterator[dict[str, Any]]:
    """One row for each named figure of a report, its name aligned by the table of indicators alone."""
    for r in by_table(readings(page, lexicon, {}), aligner(lexicon)):
        yield _row(r, own_code(r, lexicon))


def _row(r: Reading, code: str | None) -> dict[str, Any]:
    record, q = r.record, r.record.quantity
    return {
        "id": record.id, "source": r.source, "document": record.document, "indicator": r.indicator, "aligned": r.alignment.reason,
        "as_written": record.indicator, "name": r.name, "measure": r.key.measure, "place": r.place or None, "place_code": code,
        "period": r.period, "value": decimal_text(r.value), "value_float": _float(r.value),
        "low": decimal_text(q.amount.low), "high": decimal_text(q.amount.high),
        "least": decimal_text(r.low), "greatest": decimal_text(r.high), "step": decimal_text(q.amount.step),
        "unit": q.unit, "dimension": q.dimension, "per": list(record.per), "approx": q.approx, "status": record.status,
        "role": record.role, "home": r.home, "start": q.start, "end": q.end, "surface": q.surface, "event": record.event,
        "base": record.base, "price_basis": record.price_basis, "part_of": record.part_of,
    }  # fmt: skip


def readings_of(rows: Iterable[Mapping[str, Any]], lexicon: Lexicon, codes: dict[str, str]) -> Iterator[Reading]:
    """The readings that rows tell of, not yet aligned; `codes` keeps the name under which a place of this code was first met."""
    alike = lexicon.words("alignments", "alike")
    for row in rows:
        record = _record(row)
        place = row["place"] or ""
        value = _number(row["value"])
        yield Reading(
            record=record,
            source=row["source"],
            home=row["home"],
            place=codes.setdefault(row["place_code"], place) if row["place_code"] else place,
            period=row["period"],
            # 新增城镇就业2980人 is stored as the level that the table says it is; another table may say otherwise.
            key=Key(
                row["measure"] if record.role == "from" or row["measure"] == "progress" else measure_of(record),
                row["dimension"],
                alike.get(row["unit"], row["unit"]),
                record.per,
            ),
            value=value,
            low=_number(row["least"]),
            high=_number(row["greatest"]),
            firm=row["approx"] == "exact",
            meta=tuple((k.removeprefix("meta_"), v) for k, v in row.items() if k.startswith("meta_") and v is not None),
            name=row["name"],
        )


def _record(row: Mapping[str, Any]) -> Record:
    per, start, end = tuple(row["per"]), row["start"], row["end"]
    value = _number(row["value"])
    amount = Amount(
        abs(value) if value is not None and row["role"] == "decrease" else value,
        _number(row["low"]), _number(row["high"]), _number(row["step"]) or Fraction(1),
    )  # fmt: skip
    quantity = Quantity(
        start, end, row["surface"], amount, row["unit"], row["dimension"], row["approx"], per, "stored", (), start, end, end
    )
    return Record(
        row["id"], row["document"], quantity, (), None, Span(start, end), row["role"], row["status"], row["period"], row["place"],
        row["place_code"], indicator=row["as_written"], event=row["event"], base=row["base"], price_basis=row["price_basis"],
        per=per, part_of=row["part_of"],
    )  # fmt: skip


def _number(text: str | None) -> Fraction | None:
    return None if text is None else Fraction(text)


def _float(number: Fraction | None) -> float | None:
    try:
        return None if number is None else float(number)
    except OverflowError:
        return None
