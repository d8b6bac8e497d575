"""A report → one Arrow table for each table of the store. The store and the engines share it, so their rows are the same."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from .. import table
from ..checks import audit
from ..files import Failure
from ..lexicon import Lexicon
from ..records import key_of
from ..report import Report
from ..series.stored import reading_rows
from .schema import ABOUT, WITH_META, store_schema
from .signatures import bands, letters, shingles, text_hash

if TYPE_CHECKING:
    import pyarrow as pa


class Trace(NamedTuple):
    """Where rows come from: the file, its hash, the rules; and what the user knows of it, (name, value) by name."""

    file: str | None
    file_hash: str
    rules: str
    meta: tuple[tuple[str, str | None], ...] = ()


def named(report: Report, source: str) -> Report:
    """The report under another name, with the ids that go with it: a store keeps names relative to its folder.

    >>> from zhreport import parse
    >>> named(parse("发放3万元。", source="/tmp/a.txt"), "a.txt").records[0].id == parse("发放3万元。", source="a.txt").records[0].id
    True
    """
    key, old = key_of(report.text, source), len(report.key)
    records = tuple(
        replace(r, id=key + r.id[old:], part_of=key + r.part_of[old:] if r.part_of is not None else None) for r in report.records
    )
    return replace(report, source=source, key=key, records=records)


def rows_of(found: Report | Failure, trace: Trace, what: str, lexicon: Lexicon | None = None) -> list[dict[str, Any]]:
    """The rows of one table, with the columns of the store."""
    rows = _plain(found, what, lexicon)
    own = {f"meta_{name}": value for name, value in trace.meta} if what in WITH_META else {}
    return [{**row, **own, "file": trace.file, "file_hash": trace.file_hash, "rules": trace.rules} for row in rows]


def _plain(found: Report | Failure, what: str, lexicon: Lexicon | None) -> Iterable[dict[str, Any]]:
    if isinstance(found, Failure):
        return [{"source": found.source, "what": found.what, "todo": found.todo}] if what == "failures" else []
    if what == "failures":
        return []
    if what == "texts":
        return [_text_row(found)]
    if what == "signatures":
        return _signature_rows(found)
    if what == "readings":
        return reading_rows(found, lexicon or Lexicon.load())
    if what == "findings":
        return table.rows_of(audit(found, lexicon=lexicon), what, found)
    if what == "records":
        return [{**row, **_floats(record)} for row, record in zip(table.rows(found, what), found.records, strict=True)]
    return table.rows(found, what)


def _floats(record: Any) -> dict[str, float | None]:
    amount = record.quantity.amount
    return {f"{name}_float": _float(getattr(amount, name)) for name in ("value", "low", "high")}


def _float(value: Any) -> float | None:
    try:
        return None if value is None else float(value)
    except OverflowError:  # 一 followed by 400 zeros is a Fraction, but no float
        return None


def _text_row(report: Report) -> dict[str, Any]:
    about = dict(report.meta)
    origin = [{"start": s, "end": e, "kind": kind, "locator": locator} for s, e, kind, locator in report.origin]
    return {
        "source": report.source,
        "text": report.text,
        "encoding": about.get("encoding"),
        "about": json.dumps(about, ensure_ascii=False, sort_keys=True),
        "origin": origin,
    }


def _signature_rows(report: Report) -> Iterable[dict[str, Any]]:
    for d in report.documents:
        plain = letters(report.text[d.start : d.end])
        found = shingles(plain)
        yield {
            "source": report.source, "document": d.id, "start": d.start, "end": d.end,
            "text_hash": text_hash(plain) if plain else None, "shingles": len(found), "bands": bands(found),
        }  # fmt: skip


def arrow_of(rows: Sequence[Mapping[str, Any]], what: str, meta: Sequence[str] = ()) -> pa.Table:
    """Rows as an Arrow table with the schema of the store."""
    import pyarrow as pa

    assert what in ABOUT
    schema = store_schema(what, meta)
    return pa.table([_column([row[f.name] for row in rows], f.type) for f in schema], schema=schema)


def _column(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    """The values as Arrow. Lone surrogates are looked for only where Arrow refuses: that is one text in thousands."""
    import pyarrow as pa

    try:
        return pa.array(values, kind)
    except UnicodeEncodeError:
        return pa.array([_clean(v) for v in values], kind)


def valid(text: str) -> str:
    """The text without lone surrogates: Arrow takes only valid Unicode, and names of files may hold others."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return valid(value)
    if isinstance(value, dict):
        return {name: _clean(v) for name, v in value.items()}
    return [_clean(v) for v in value] if isinstance(value, list) else value
