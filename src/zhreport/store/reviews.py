"""Marks of reviewers + the rows of a store → who changed what, and the records as corrected. What was extracted stays."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path, PurePath
from typing import Any, NamedTuple

from ..divisions import divisions
from ..lexicon import Lexicon
from ..types import dates_of
from .knowledge import _plain
from .marks import CORRECTED, NUMBERS, Mark, mark_of
from .rows import valid

Row = dict[str, Any]
PathOf = Callable[[str, str], Path]
# What becomes of a mark. Only `applied` changes a value.
STATES = ("applied", "kept", "superseded", "stale")


class Reviewed(NamedTuple):
    """The rows of the two tables, and what is to be told of marks that no longer fit."""

    reviews: list[Row]
    corrections: list[Row]
    stale: list[str]


def reviewed(
    marks: Sequence[Mark], parts: Mapping[str, Sequence[str]], path_of: PathOf, lexicon: Lexicon | None = None
) -> Reviewed:
    """Match marks with the rows of a store and apply the corrections, the later mark of a field before the earlier.

    `parts` are the names of the parts of each table, `path_of` says where one is.
    """
    if not marks:
        return Reviewed([], [], [])
    found = _Found(marks, parts, path_of)
    judged = [_judged(mark, found) for mark in marks]
    by_record: dict[str, list[_Judged]] = defaultdict(list)
    for j in judged:
        if j.record is not None:
            by_record[j.record["id"]].append(j)
    corrections = []
    for ours in by_record.values():
        _settle(ours)
        changes = {
            name: new
            for j in ours
            for name, (state, _) in j.fields.items()
            if state == "applied"
            for new in [j.mark.corrected[name]]
        }
        if changes:
            corrections.append(_corrected(ours[0].record or {}, changes, found.text(ours[0].record), lexicon or Lexicon.load()))
    corrections.sort(key=lambda r: (r["source"], r["start"]))
    rows = [row for j in sorted(judged, key=lambda j: j.order) for row in _rows(j)]
    stale = [f"{j.mark.where}: {j.mark.source}: {j.mark.surface or j.mark.id}: {j.stale}" for j in judged if j.stale]
    return Reviewed(rows, corrections, stale)


def given_again(path: Path) -> tuple[Mark, ...]:
    """The marks that a store was built with, from its table of reviews."""
    import pyarrow.parquet as pq

    found = pq.read_table(path, columns=["given", "given_in"], partitioning=None).to_pylist()
    lines = {row["given"]: row["given_in"] for row in found}
    return tuple(mark_of(line, where) for line, where in lines.items())


class _Judged:
    """A mark with the record or finding that it speaks of, what is stale about it, and what becomes of each field."""

    def __init__(self, mark: Mark, source: str | None, record: Row | None, stale: str | None) -> None:
        self.mark, self.source, self.record, self.stale = mark, source, record, stale
        self.fields: dict[str, tuple[str, str | None]] = {}
        self.order = (source or mark.source, mark.start, mark.at or "", mark.where)


def _judged(mark: Mark, found: _Found) -> _Judged:
    source, problem = found.source_of(mark)
    if source is None:
        return _Judged(mark, None, None, problem)
    text = found.texts[source]
    figures = mark.figures if mark.what == "finding" else ((mark.start, mark.surface or ""),)
    for start, surface in figures:
        if not text.startswith(surface, start):
            now = text[start : start + len(surface)]
            return _Judged(mark, source, None, f"the text at {start} is now {now!r}, not {surface!r}")
    if mark.what == "finding":
        key = (source, mark.kind, tuple(sorted(start for start, _ in mark.figures)))
        return _Judged(mark, source, None, None if key in found.findings else "the audit no longer makes this claim")
    record = found.records.get((source, mark.start, mark.end))
    if record is None:
        return _Judged(mark, source, None, f"no record stands at {mark.start} to {mark.end} any more")
    if mark.mark == "right":
        for name, seen in mark.seen.items():
            if name in CORRECTED and record[name] != seen:
                return _Judged(mark, source, None, f"{name} was {seen!r} when it was marked right, and is now {record[name]!r}")
    return _Judged(mark, source, record, None)


def _settle(ours: list[_Judged]) -> None:
    """Of several marks of a record the latest says of each field what holds; who says `right` takes earlier corrections back."""
    latest: dict[str, _Judged] = {}
    for j in sorted(ours, key=lambda j: (j.mark.at or "", j.mark.where)):
        if j.mark.mark == "right":
            for name, earlier in latest.items():
                earlier.fields[name] = ("superseded", f"{_who(j.mark)} marked the record right")
            latest = {}
        for name in j.mark.corrected:
            if j.mark.mark != "wrong":
                j.fields[name] = ("kept", f"the mark is `{j.mark.mark}`, not `wrong`")
                continue
            if name in latest:
                latest[name].fields[name] = ("superseded", f"{_who(j.mark)} corrected it later")
            j.fields[name] = ("applied", None)
            latest[name] = j


def _who(mark: Mark) -> str:
    return f"{mark.reviewer or 'somebody'} ({mark.at or mark.where})"


def _rows(j: _Judged) -> Iterable[Row]:
    """A row a corrected field, else one for the mark."""
    m = j.mark
    shared = {
        "source": j.source, "id": j.record["id"] if j.record else None, "what": m.what, "kind": m.kind, "start": m.start, "end": m.end,
        "surface": m.surface, "mark": m.mark, "note": m.note, "reviewer": m.reviewer, "at": m.at, "given": m.given,
        "given_in": PurePath(m.where).name,
    }  # fmt: skip
    for name in m.corrected or (None,):
        state, reason = ("stale", j.stale) if j.stale else j.fields.get(name or "", ("kept", None))
        old = j.record[name] if j.record and name else m.seen.get(name or "")
        yield {**shared, "field": name, "old": old, "new": m.corrected[name] if name else None, "state": state, "reason": reason}


def _corrected(record: Row, changes: Mapping[str, str | None], text: str, lexicon: Lexicon) -> Row:
    """The row of a record with its corrected fields, and the columns that follow from them."""
    row = {**record, **changes}
    if "value" in changes:  # 20万元以上 has its value for its lower bound
        for name in ("low", "high"):
            if name not in changes and record[name] is not None and record[name] == record["value"]:
                row[name] = row["value"]
    for name in NUMBERS:
        row[f"{name}_float"] = _float(row[name])
    if "period" in changes:
        row["period_start"], row["period_end"] = dates_of(row["period"])
    if "place" in changes:
        row["place_code"] = divisions(lexicon).code(row["place"], text).value if row["place"] else None
    if "unit" in changes:
        row["dimension"] = next((u.dimension for u in lexicon.units.values() if u.unit == row["unit"]), record["dimension"])
    return row


def _float(number: str | None) -> float | None:
    try:
        return None if number is None else float(Fraction(number))
    except OverflowError:
        return None


class _Found:
    """The texts, records and findings that the marks speak of; nothing else of the store is held."""

    def __init__(self, marks: Sequence[Mark], parts: Mapping[str, Sequence[str]], path_of: PathOf) -> None:
        import pyarrow.parquet as pq

        self._named: dict[str, list[str]] = defaultdict(list)
        self._exact: dict[str, str] = {}
        paths = {what: [path_of(what, name) for name in parts.get(what, ())] for what in ("texts", "records", "findings")}
        for path in paths["texts"]:
            for source in pq.read_table(path, columns=["source"], partitioning=None)["source"].to_pylist():
                self._named[_last(source)].append(source)
                self._exact[_plain(source)] = source
        spans = {(self.source_of(m)[0], m.start, m.end) for m in marks}
        wanted = sorted({source for source, _, _ in spans if source})
        self.texts = {row["source"]: row["text"] for p in paths["texts"] for row in _of(p, wanted, ["source", "text"])}
        self.records = {
            (row["source"], row["start"], row["end"]): row
            for p in paths["records"]
            for row in _of(p, wanted)
            if (row["source"], row["start"], row["end"]) in spans
        }
        self.findings = {
            _claim(row) for p in paths["findings"] for row in _of(p, wanted, ["source", "kind", "operands", "result"])
        }

    def source_of(self, mark: Mark) -> tuple[str | None, str]:
        """The source of the store that a mark names: by its name, else by the end of its path where only one fits."""
        name = _plain(valid(mark.source))
        if name in self._exact:
            return self._exact[name], ""
        near = self._named.get(_last(name), [])
        fits = [s for s in near if f"/{name}".endswith(f"/{_plain(s)}") or f"/{_plain(s)}".endswith(f"/{name}")]
        if len(fits) == 1:
            return fits[0], ""
        return None, f"fits several sources ({', '.join(fits[:3])})" if fits else "is no source of this store"

    def text(self, record: Row | None) -> str:
        return self.texts[record["source"]] if record else ""


def _last(source: str) -> str:
    return _plain(source).rpartition("/")[2]


def _claim(row: Row) -> tuple[str, str, tuple[int, ...]]:
    figures = [*row["operands"], *([row["result"]] if row["result"] else [])]
    return row["source"], row["kind"], tuple(sorted(f["start"] for f in figures))


def _of(path: Path, sources: Sequence[str], names: list[str] | None = None) -> list[Row]:
    """The rows of some sources."""
    import pyarrow.parquet as pq

    return (
        pq.read_table(path, columns=names, partitioning=None, filters=[("source", "in", sources)]).to_pylist() if sources else []
    )
