"""Facts as rows: one schema of columns, and the ways to write them (JSON lines, CSV, Arrow, data frames, Excel).

Columns read attributes only, so this file knows no stage. A new column is one entry in SCHEMA.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from .amounts import decimal_text
from .types import APPROX, DIMENSIONS, ROLES, SEVERITIES, STATUSES, VERDICTS, Operand

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

ENDINGS = (".parquet", ".csv", ".jsonl", ".xlsx", ".dta")


class Column(NamedTuple):
    """A column: its name, its type, how to read it from (report, fact), and what it means."""

    name: str
    type: str
    read: Callable[[Any, Any], Any]
    meaning: str


# A sentence without an end may be as long as the file; told with each of its figures it would fill the disk.
_AROUND = 1000


def _sentence(report: Any, record: Any) -> str:
    start, end = record.sentence.start, record.sentence.end
    return report.text[max(start, record.quantity.start - _AROUND) : min(end, record.quantity.end + _AROUND)]


def _figure(name: str) -> Callable[[Any, Any], str | None]:
    return lambda report, r: decimal_text(getattr(r.quantity.amount, name))


RECORDS = (
    Column("id", "str", lambda p, r: r.id, "unique in the output, stable from run to run"),
    Column("source", "str", lambda p, r: p.source, "the file, or null"),
    Column("document", "int", lambda p, r: r.document, "number of the document on its page, from 1"),
    Column("start", "int", lambda p, r: r.quantity.start, "first character of the span"),
    Column("end", "int", lambda p, r: r.quantity.end, "just after the last character"),
    Column("surface", "str", lambda p, r: r.quantity.surface, "text[start:end], as written"),
    Column("value", "str", _figure("value"), "exact value in the base unit; null for a range"),
    Column("low", "str", _figure("low"), "lower bound that the text states"),
    Column("high", "str", _figure("high"), "upper bound that the text states"),
    Column("unit", "str", lambda p, r: r.quantity.unit, "base unit: 元, 人, 户, 平方米, 1 for shares, or the classifier"),
    Column("dimension", "str", lambda p, r: r.quantity.dimension, "money, person, count, percentage, area, …"),
    Column("approx", "str", lambda p, r: r.quantity.approx, "exact, about, over, under"),
    Column("per", "list", lambda p, r: list(r.per), "denominators of a rate, in the order written"),
    Column("role", "str", lambda p, r: r.role, "level, from, to, increase, decrease, limit, share"),
    Column("status", "str", lambda p, r: r.status, "reported or planned"),
    Column("period", "str", lambda p, r: r.period, "the time it holds for: 2019, 2019-spring, 2014/2018, 2018/"),
    Column("place", "str", lambda p, r: r.place, "whose figure: the longest administrative name in force"),
    Column("org", "str", lambda p, r: r.org, "the organisation, where one is named"),
    Column("indicator", "str", lambda p, r: r.indicator, "what is counted, in the words of the text"),
    Column("part_of", "str", lambda p, r: r.part_of, "id of the record that this one is a part of"),
    Column("section", "list", lambda p, r: list(r.section), "markers from the top down"),
    Column("why", "list", lambda p, r: list(r.why), "the shape, rows and rules behind the fields"),
    Column("sentence", "str", _sentence, "the sentence it stands in, at most 1000 characters on either side"),
    Column("event", "str", lambda p, r: r.event, "the verb that tells what was done: 发放, 新建"),
    Column("indicator_start", "int", lambda p, r: r.indicator_start, "where the indicator stands"),
    Column("indicator_end", "int", lambda p, r: r.indicator_end, "just after the indicator"),
    Column("base", "str", lambda p, r: r.base, "what a change is measured against: 同比, 比上年"),
    Column("price_basis", "str", lambda p, r: r.price_basis, "可比价, 现价, 同口径"),
    Column("period_start", "str", lambda p, r: r.period_dates[0], "first day of the period; null where no day follows from it"),
    Column("period_end", "str", lambda p, r: r.period_dates[1], "last day of the period; null where it is open"),
    Column("place_code", "str", lambda p, r: r.place_code, "GB/T 2260 code of the place"),
    Column("parts", "list", lambda p, r: [decimal_text(x) for x in r.quantity.amount.parts], "shares of a ratio of three or more"),
)  # fmt: skip

SECTIONS = (
    Column("id", "str", lambda p, s: f"{p.key}:{s.start}", "unique in the output"),
    Column("source", "str", lambda p, s: p.source, "the file, or null"),
    Column("document", "int", lambda p, s: s.document, "number of the document on its page"),
    Column("start", "int", lambda p, s: s.start, "first character of the marker"),
    Column("end", "int", lambda p, s: s.end, "just after the marker"),
    Column("marker", "str", lambda p, s: s.marker, "with its brackets and its 、"),
    Column("style", "str", lambda p, s: s.style, "一、 (一) 1. 1、 (1) ① 一是 第一 首先 …"),
    Column("title", "str", lambda p, s: s.title, "the heading's text"),
    Column("level", "int", lambda p, s: s.level, "depth in the nesting of the document, from 1"),
    Column("parent_start", "int", lambda p, s: s.parent_start, "start of the parent's marker, or null"),
    Column("body_end", "int", lambda p, s: s.body_end, "where the section ends"),
)

DOCUMENTS = (
    Column("id", "str", lambda p, d: f"{p.key}:d{d.id}", "unique in the output"),
    Column("source", "str", lambda p, d: p.source, "the file, or null"),
    Column("document", "int", lambda p, d: d.id, "number of the document on its page"),
    Column("start", "int", lambda p, d: d.start, "first character"),
    Column("end", "int", lambda p, d: d.end, "just after the last character"),
    Column("title", "str", lambda p, d: d.title, "title, where one was found"),
    Column("title_start", "int", lambda p, d: d.title_start, "where the title stands"),
    Column("title_end", "int", lambda p, d: d.title_end, "just after the title"),
    Column("kind", "str", lambda p, d: d.kind, "总结, 工作报告, 公报, 汇报, 方案, 讲话, 新闻"),
    Column("place", "str", lambda p, d: d.place, "the place that it reports on"),
    Column("org", "str", lambda p, d: d.org, "who issued it"),
    Column("period", "str", lambda p, d: d.period, "the time that it reports on"),
    Column("date", "str", lambda p, d: d.date, "date of writing"),
)


def _figures(found: Any) -> Any:
    if found is None:
        return None
    return found._asdict() if isinstance(found, Operand) else [_figures(f) for f in found]


FINDINGS = (
    Column("source", "str", lambda p, f: f.source, "the file, or null"),
    Column("kind", "str", lambda p, f: f.kind, "sum, ratio, growth, …, numbering"),
    Column("verdict", "str", lambda p, f: f.verdict, "holds, rounding, violated, unclear"),
    Column("formula", "str", lambda p, f: f.formula, "the relation, to read"),
    Column("operands", "figures", lambda p, f: _figures(f.operands), "the figures it relates, with offsets"),
    Column("result", "figure", lambda p, f: _figures(f.result), "the figure that they should give"),
    Column("reason", "str", lambda p, f: f.reason, "why the relation is claimed, and what is wrong"),
    Column("computed", "str", lambda p, f: f.computed, "what the operands give, low..high in the base unit"),
    Column("stated", "str", lambda p, f: f.stated, "what the printed digits of the result stand for"),
    Column("difference", "str", lambda p, f: f.difference, "computed less stated"),
    Column("severity", "str", lambda p, f: f.severity, "none, last digit, sense"),
)


def _of(name: str) -> Callable[[Any, Any], Any]:
    return lambda p, row: str(row[name]).lower() if isinstance(row[name], bool) else row[name]


PANEL = tuple(
    Column(name, kind, _of(name), meaning)
    for name, kind, meaning in (
        ("indicator", "str", "the canonical name"),
        ("measure", "str", "level, change, share, progress, start or limit"),
        ("place", "str", "whose figure"),
        ("period", "str", "the time it holds for"),
        ("value", "str", "exact value in the base unit"),
        ("low", "str", "lower bound that the text states"),
        ("high", "str", "upper bound that the text states"),
        ("unit", "str", "base unit"),
        ("dimension", "str", "money, person, …"),
        ("per", "str", "denominators of a rate"),
        ("status", "str", "reported or planned"),
        ("role", "str", "level, from, to, increase, …"),
        ("document", "int", "number of the document on its page"),
        ("source", "str", "the file"),
        ("start", "int", "first character of the figure"),
        ("end", "int", "just after the last"),
        ("surface", "str", "as written"),
        ("as_written", "str", "the indicator in the words of the text"),
        ("aligned", "str", "why it is taken for the canonical name, with a score"),
        ("agree", "str", "whether all readings of the cell agree within their printed digits"),
        ("readings", "int", "how many readings the cell has"),
        ("id", "str", "id of the record"),
    )
)

SCHEMA = {"panel": PANEL, "records": RECORDS, "sections": SECTIONS, "documents": DOCUMENTS, "findings": FINDINGS}


def rows(report: Any, what: str) -> Iterator[dict[str, Any]]:
    """One dict a fact of a report, with the columns of SCHEMA[what] in order."""
    yield from rows_of(getattr(report, what), what, report)


def rows_of(facts: Iterable[Any], what: str, report: Any = None) -> Iterator[dict[str, Any]]:
    """One dict a fact; columns that tell of the report need it."""
    columns = SCHEMA[what]
    for fact in facts:
        yield {c.name: c.read(report, fact) for c in columns}


def json_line(row: dict[str, Any], encoding: str = "utf-8") -> str:
    """One object on one line, characters not escaped; where the encoding lacks one (a lone surrogate) all are escaped."""
    line = json.dumps(row, ensure_ascii=False)
    try:
        line.encode(encoding)
    except UnicodeEncodeError:
        line = json.dumps(row)
    return line


# What a spreadsheet takes for a formula, in both widths; -5 and -3.5% alone are numbers to it, and to whoever reads the file,
# -0.7‰ is text and - the name of standard input.
_FORMULA = re.compile(r"[=@＝＠\t\r\n]|[+\-＋－](?!(?:\d+(?:\.\d+)?[%‰]?)?\Z)")


def flat(value: Any) -> Any:
    """A cell for CSV and Excel: lists joined by a blank, and no text that a spreadsheet would run as a formula."""
    if isinstance(value, dict):
        value = json.dumps(value, ensure_ascii=False)
    if isinstance(value, list):
        value = " ".join(str(v) if not isinstance(v, dict) else json.dumps(v, ensure_ascii=False) for v in value)
    if isinstance(value, str):
        value = value.encode("utf-8", "replace").decode("utf-8")
        return "'" + value if _FORMULA.match(value) else value
    return value


# What moves the cursor of a terminal, or turns the direction of writing: a text could rewrite what stands beside it.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def visible(text: str) -> str:
    """Text for a terminal: each control character as a sign of its own, so that lengths stay equal.

    >>> visible("资金\\x1b[2J3万元")
    '资金␛[2J3万元'
    """
    return _UNSEEN.sub(lambda m: chr(0x2400 + ord(m[0])) if m[0] < " " else "\ufffd", text)


def csv_text(found: Iterable[dict[str, Any]], what: str) -> str:
    """The rows as CSV with a header line."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([c.name for c in SCHEMA[what]])
    for row in found:
        writer.writerow(["" if v is None else flat(v) for v in row.values()])
    return out.getvalue()


def arrow_schema(what: str) -> pa.Schema:
    """The fixed Arrow schema of a table."""
    import pyarrow as pa

    figure = pa.struct(
        [("id", pa.string()), ("start", pa.int64()), ("end", pa.int64()), ("surface", pa.string()), ("value", pa.string())]
    )
    kinds = {"str": pa.string(), "int": pa.int64(), "list": pa.list_(pa.string()), "figure": figure, "figures": pa.list_(figure)}
    return pa.schema([pa.field(c.name, kinds[c.type]) for c in SCHEMA[what]])


def arrow_table(found: Iterable[dict[str, Any]], what: str) -> pa.Table:
    """The rows as an Arrow table with the fixed schema."""
    import pyarrow as pa

    schema, listed = arrow_schema(what), list(found)
    return pa.table({f.name: pa.array([_clean(row[f.name]) for row in listed], f.type) for f in schema}, schema=schema)


def _clean(value: Any) -> Any:
    """No lone surrogate reaches Arrow, which takes only valid Unicode."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    return [_clean(v) for v in value] if isinstance(value, list) else value


# Columns of few different words; those with a closed list have the same categories in every frame, so that frames add up.
_CATEGORIES = {
    "dimension": DIMENSIONS, "approx": APPROX, "role": ROLES, "status": STATUSES, "verdict": VERDICTS, "severity": SEVERITIES,
    "unit": (), "style": (), "kind": (),
}  # fmt: skip
_DATES = ("period_start", "period_end")


def frame(found: Iterable[dict[str, Any]], what: str) -> pd.DataFrame:
    """The rows as a DataFrame: nullable integers, categories, dates, exact strings, and `value_float` for plots."""
    import pandas as pd

    listed = list(found)
    data: dict[str, Any] = {}
    for c in SCHEMA[what]:
        values = [row[c.name] for row in listed]
        if c.type == "int":
            data[c.name] = pd.array(values, dtype="Int64")
        elif c.type in ("list", "figure", "figures"):
            data[c.name] = pd.Series(values, dtype=object)
        else:
            data[c.name] = pd.array([_clean(v) for v in values], dtype="str" if pd.__version__ >= "3" else "string")
    out = pd.DataFrame(data)
    for name in ("value", "low", "high"):
        if name in out:
            floats = pd.array([_float(row[name]) for row in listed], dtype="Float64")
            out.insert(list(out.columns).index(name) + 1, f"{name}_float", pd.Series(floats))
    return typed(out)


def typed(data: pd.DataFrame) -> pd.DataFrame:
    """The frame with categories and dates in the columns that are made for them; a word outside a closed list is kept."""
    import pandas as pd

    for name, closed in _CATEGORIES.items():
        if name in data:
            own = set(data[name].dropna()) - set(closed)
            data[name] = pd.Categorical(data[name], categories=[*closed, *sorted(own)])
    for name in _DATES:
        if name in data:
            data[name] = _days([None if _missing(day) else day for day in data[name]])
    return data


def _days(written: Iterable[str | None]) -> pd.Series:
    """Days in ISO form as dates, to the second and not finer, so that any year has room.

    >>> _days(["2019-01-01", None]).dtype
    dtype('<M8[s]')
    """
    import numpy as np
    import pandas as pd

    return pd.Series(np.array([day or "NaT" for day in written], dtype="datetime64[s]"))


def _float(text: str | None) -> float | None:
    if text is None:
        return None
    above, _, below = text.partition("/")
    try:
        return float(above) / float(below or 1)
    except OverflowError:
        return None


def write(found: Iterable[dict[str, Any]], what: str, path: str | Path) -> None:
    """Write rows to a file; its ending chooses the format (.parquet .csv .jsonl .xlsx .dta).

    The file appears whole or not at all. Raises ValueError for another ending, OSError when it cannot be written.
    """
    path = Path(path)
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise ValueError(f"{path}: unknown ending {ending or '(none)'}; use one of {' '.join(ENDINGS)}")
    if path.is_dir():
        raise IsADirectoryError(f"{path} is a folder; give the name of a file, for example {path / ('records' + ending)}")
    with whole(path) as half:
        _write(found, what, half, ending)


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A file to write to, which takes the name of `path` when all went well, and is gone when it did not."""
    if not path.parent.is_dir():
        raise FileNotFoundError(f"there is no folder {path.parent}; make it first")
    handle, name = tempfile.mkstemp(prefix=f".{path.stem[:40]}-", suffix=path.suffix, dir=path.parent)
    os.close(handle)
    half = Path(name)
    try:
        yield half
        os.chmod(half, 0o666 & ~_umask())
        os.replace(half, path)
    except BaseException:
        half.unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _write(found: Iterable[dict[str, Any]], what: str, path: Path, ending: str) -> None:
    if ending == ".jsonl":
        with path.open("w", encoding="utf-8", newline="\n") as out:
            out.writelines(json_line(row) + "\n" for row in found)
    elif ending == ".csv":
        path.write_text("\ufeff" + csv_text(found, what), encoding="utf-8", newline="")
    elif ending == ".parquet":
        import pyarrow.parquet as pq

        pq.write_table(arrow_table(found, what), path)
    else:
        data = frame(found, what)
        for name in _DATES:
            if name in data:  # text, as in the other formats; Excel has no day before 1900
                data[name] = data[name].dt.strftime("%Y-%m-%d").astype(object)
        (_write_excel if ending == ".xlsx" else _write_stata)(data, path)


def _is_text(column: pd.Series) -> bool:
    return column.dtype == object or str(column.dtype) in ("str", "string")


# Both formats carry the time of writing; with one time the same rows give the same bytes.
_WRITTEN = datetime(2000, 1, 1)
# A longer text is left out by Excel without a word.
_LONGEST_CELL = 32_767


def _write_excel(data: pd.DataFrame, path: Path) -> None:
    import pandas as pd

    for name in data.columns:
        if _is_text(data[name]):
            data[name] = [None if _missing(v) else _short(flat(v)) for v in data[name]]
    # In memory: on a full disk xlsxwriter would leave its own files in the temporary folder.
    options = {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
    out = io.BytesIO()
    with pd.ExcelWriter(out, engine="xlsxwriter", engine_kwargs={"options": options}) as writer:
        writer.book.set_properties({"created": _WRITTEN})
        data.to_excel(writer, index=False)
    path.write_bytes(out.getvalue())


def _short(value: Any) -> Any:
    return f"{value[: _LONGEST_CELL - 1]}…" if isinstance(value, str) and len(value) > _LONGEST_CELL else value


def _missing(value: Any) -> bool:
    return value is None or (not isinstance(value, (list, str)) and value != value)


def _write_stata(data: pd.DataFrame, path: Path) -> None:
    data = data.rename(columns={"end": "_end"})  # a reserved word of Stata
    for name in data.columns:
        if str(data[name].dtype) in ("Int64", "Float64"):
            data[name] = data[name].astype("float64")
        elif data[name].dtype.name == "category":
            data[name] = data[name].astype(object)
        if _is_text(data[name]):
            data[name] = [("" if _missing(v) else _clean(str(v))) for v in data[name]]
    long = [n for n in data.columns if _is_text(data[n])]
    data.to_stata(path, write_index=False, version=118, convert_strl=long, time_stamp=_WRITTEN)
