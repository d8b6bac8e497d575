"""What reviewers marked on the pages: files of JSON lines → Marks, checked, each with its file and line."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

from ..amounts import decimal_text
from ..lexicon import Lexicon
from ..written import parse_amount
from .errors import StoreError

Files = str | os.PathLike[str] | Iterable[str | os.PathLike[str]]
MARKS = ("right", "wrong", "unsure")
# What a reviewer may correct, and which of it is a number.
NUMBERS = ("value", "low", "high")
CORRECTED = (*NUMBERS, "unit", "indicator", "period", "place")

_TIME = r"\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?|-(?:spring|summer|autumn|winter))?"
_PERIOD = re.compile(rf"(?:{_TIME}(?:/(?:{_TIME})?)?|/{_TIME})")
_TEXTS = ("source", "id", "what", "mark")


class Mark(NamedTuple):
    """One judgement on a record or a finding. `seen` is what was extracted then, `corrected` what the reviewer put in its place."""

    where: str
    given: str
    what: str
    source: str
    id: str
    start: int
    end: int
    mark: str
    surface: str | None
    kind: str | None
    figures: tuple[tuple[int, str], ...]
    seen: Mapping[str, str | None]
    corrected: Mapping[str, str | None]
    note: str | None
    reviewer: str | None
    at: str | None


def read_marks(files: Files, lexicon: Lexicon | None = None) -> tuple[Mark, ...]:
    """The marks of one or more files, in their order, a line that stands twice once.

    Raises StoreError at a line that is none of ours, with its file, its number and what was expected.
    """
    paths = [files] if isinstance(files, (str, os.PathLike)) else list(files)
    given: dict[str, str] = {}
    for path in map(Path, paths):
        for number, line in enumerate(_lines(path), 1):
            if line.strip():
                given.setdefault(line.strip(), f"{path}:{number}")
    return tuple(mark_of(line, where, lexicon) for line, where in given.items())


def _lines(path: Path) -> Iterator[str]:
    try:
        # Not splitlines(): a note may hold U+2028, which JSON leaves as it is.
        yield from path.read_bytes().decode("utf-8-sig").split("\n")
    except OSError as error:
        raise StoreError(f"{path}: cannot be read ({error.strerror}); give the marks that a page exported") from None
    except UnicodeDecodeError as error:
        raise StoreError(f"{path}: is no UTF-8 (byte {error.start}); give the file as the page exported it") from None


def mark_of(line: str, where: str, lexicon: Lexicon | None = None) -> Mark:
    """A line → its Mark; `where` names the line in errors."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise _wrong(where, f"is no JSON ({error})") from None
    if not isinstance(row, dict):
        raise _wrong(where, "is no JSON object")
    for name in _TEXTS:
        if not isinstance(row.get(name), str) or not row[name]:
            raise _wrong(where, f"{name} is {_shown(row.get(name))}; expected text")
    for name in ("start", "end"):
        if type(row.get(name)) is not int or not 0 <= row[name] < 2**53:
            raise _wrong(where, f"{name} is {_shown(row.get(name))}; expected an offset")
    for name, allowed in (("mark", MARKS), ("what", ("record", "finding"))):
        if row[name] not in allowed:
            raise _wrong(where, f"{name} is {_shown(row[name])}; expected one of {', '.join(allowed)}")
    for name in ("note", "reviewer", "at", "surface", "kind"):
        if not isinstance(row.get(name), (str, type(None))):
            raise _wrong(where, f"{name} is {_shown(row[name])}; expected text")
    corrected = _object(row, "corrected", where)
    for name in corrected:
        if name not in CORRECTED:
            raise _wrong(where, f"corrected has {_shown(name)}; expected {', '.join(CORRECTED)}")
    return Mark(
        where, line, row["what"], row["source"], row["id"], row["start"], row["end"], row["mark"], row.get("surface"),
        row.get("kind"), _figures(row, where), _object(row, "extracted", where),
        {name: _checked(name, value, where, lexicon) for name, value in corrected.items()},
        row.get("note") or None, row.get("reviewer") or None, _time(row.get("at"), where),
    )  # fmt: skip


def _object(row: Mapping[str, Any], name: str, where: str) -> dict[str, str | None]:
    found = row.get(name)
    if found is None:
        return {}
    if not isinstance(found, dict) or not all(isinstance(v, (str, type(None))) for v in found.values()):
        raise _wrong(where, f"{name} is {_shown(found)}; expected an object of texts")
    return found


def _figures(row: Mapping[str, Any], where: str) -> tuple[tuple[int, str], ...]:
    """The figures of a finding as its reviewer saw them."""
    found = row.get("figures") or []
    try:
        return tuple((int(start), str(surface)) for start, surface in found)
    except (TypeError, ValueError):
        raise _wrong(where, f"figures is {_shown(found)}; expected pairs of offset and text") from None


def _checked(name: str, value: str | None, where: str, lexicon: Lexicon | None) -> str | None:
    """A corrected field in its normal form; an empty one says that there is none."""
    value = value.strip() if value else None
    if not value:
        if name == "unit":
            raise _wrong(where, "the corrected unit is empty; expected a unit, 1 for a share")
        return None
    if name in NUMBERS:
        number = _number(value, lexicon)
        if number is None:
            raise _wrong(where, f"the corrected {name} {value!r} is no number; write it as 1234.5, 2000/3, 14.925万元 or 88.9%")
        return decimal_text(number)
    if name == "period" and not _PERIOD.fullmatch(value):
        raise _wrong(where, f"the corrected period {value!r} is none; write it as 2020, 2020-06, 2020-spring, 2019/2020 or 2018/")
    return value


def _number(value: str, lexicon: Lexicon | None) -> Fraction | None:
    """650 and 2000/3 as they stand, in the base unit; 14.925万元 and 88.9% as a report would write them."""
    plain = value.replace(",", "").replace("，", "")
    if re.fullmatch(r"[-+]?\d{1,40}(?:\.\d{1,40})?(?:/0*[1-9]\d{0,40})?", plain, re.ASCII):
        above, _, below = plain.partition("/")
        return Fraction(above) / Fraction(below or 1)
    try:
        return parse_amount(value, lexicon).value
    except ValueError:
        return None


def _time(at: str | None, where: str) -> str | None:
    """The time of the mark, in UTC, so that times compare as text."""
    if not at:
        return None
    try:
        found = datetime.fromisoformat(at)
        found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        raise _wrong(where, f"at is {_shown(at)}; expected a time such as 2026-05-31T08:00:00Z") from None
    return found.isoformat(timespec="milliseconds")


def _shown(value: Any) -> str:
    told = json.dumps(value, ensure_ascii=False, default=str)
    return "missing" if value is None else told if len(told) <= 60 else f"{told[:57]}…"


def _wrong(where: str, what: str) -> StoreError:
    return StoreError(f"{where}: {what}; mend the line, or export the marks again")
