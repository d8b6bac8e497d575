"""Files → Reports: `read` one, `read_many` in order with constant memory; a file that fails yields a Failure."""

from __future__ import annotations

import hashlib
import os
import stat
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..lexicon import Lexicon
from ..report import Report, parse
from .archives import located, member_bytes, member_names
from .errors import Failure, ReadError, killed
from .extract import Extract
from .formats import ENDINGS, READERS, REFUSED, WALKED
from .text import text_file
from .walk import expanded

if TYPE_CHECKING:
    from concurrent.futures import Future

__all__ = ["ENDINGS", "Failure", "ReadError", "expanded", "from_bytes", "read", "read_many"]


def read(
    path: str | os.PathLike[str],
    *,
    place: str | None = None,
    period: str | None = None,
    meta: Mapping[str, Any] | None = None,
    lexicon: Lexicon | None = None,
) -> Report:
    """One file → Report. What the user knows (`place`, `period`, `meta`) beats what is detected, and travels with it.

    A member of an archive is named as `read_many` names it: `a.zip/2020/总结.docx`.
    Raises ReadError (a ValueError) that says what is wrong and what to do.
    """
    name, data = _bytes_of(path)
    extract = _extracted(name, data)
    return _with_meta(
        parse(extract.text, lexicon, source=name, origin=extract.origin, place=place, period=period), data, extract, meta
    )


def _with_meta(report: Report, data: bytes, extract: Extract, meta: Mapping[str, Any] | None = None) -> Report:
    """The report with what is known of its file: what is detected, and over it what the user knows."""
    known = {**_facts(data, extract), **_told(report, extract), **(meta or {})}
    return replace(report, meta=tuple(sorted((key, str(value)) for key, value in known.items())))


def _told(report: Report, extract: Extract) -> dict[str, str]:
    """Title, date, place and kind of a file: what its text tells, unless its documents differ, and what the file says of itself.

    A page says when it was published. A Word file or a PDF says when it was begun, often as somebody else's report, and under
    which title; its text knows better.
    """
    told = {}
    for name in ("title", "date", "place", "kind"):
        values = {getattr(d, name) for d in report.documents} - {None}
        if len(values) == 1:
            told[name] = str(values.pop())
    own = extract.facts.get("title", "")
    if own and ("title" not in told or "".join(own.split()) in "".join(report.text[:2000].split())):
        told["title"] = own
    dates = (extract.facts.get("date"), told.get("date"), extract.facts.get("created"))
    told["date"] = next(filter(None, dates), "")
    return {name: value for name, value in told.items() if value}


def _facts(data: bytes, extract: Extract) -> dict[str, str]:
    """What is known of a file without reading its text: its hash and size, and what it says of itself."""
    return {"hash": hashlib.sha256(data).hexdigest(), "size": str(len(data)), **extract.facts}


def _bytes_of(path: str | os.PathLike[str]) -> tuple[str, bytes]:
    """The name of a file and its bytes, be it on disk or in an archive."""
    given = os.fspath(path)
    inside = located(given) if isinstance(given, str) else None
    if inside is None:
        path = Path(path)
        if os.path.isdir(path):
            raise _of_folder(path)
        _readable(str(path))
        if path.suffix.lower() != ".zip":
            return str(path), _on_disk(path)
        inside = str(path), _only_member(path)
        given = "/".join(inside)
    _readable(given)
    if given.lower().endswith(".zip"):
        raise ReadError(given, "is an archive inside an archive", "unpack the outer one and read the folder")
    return given, member_bytes(*inside)


def _of_folder(path: Path) -> ReadError:
    """What is wrong with a folder: that it is one, or, coming from the walk of the folder above it, that it is closed to us."""
    try:
        with os.scandir(path):
            return ReadError(path, "is a folder", "give a file, or use read_many on its files")
    except OSError as error:
        return ReadError(path, f"is a folder that cannot be opened ({error.strerror})", "check its permissions")


def _readable(name: str) -> None:
    """Raise where no reader takes this ending."""
    ending = Path(name).suffix.lower()
    if ending in REFUSED:
        raise ReadError(name, *REFUSED[ending])
    if ending not in ENDINGS:
        raise ReadError(name, f"unknown ending {ending or '(none)'}", f"convert it to one of {' '.join(ENDINGS)}")


def _on_disk(path: Path) -> bytes:
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            # Opening a pipe that nobody writes to would wait for ever.
            raise ReadError(path, "is a pipe or a device and no file", "give a file, or - to read standard input")
        return path.read_bytes()
    except FileNotFoundError:
        raise ReadError(path, "no such file", "check the path") from None
    except OSError as error:
        raise ReadError(path, f"cannot be opened ({error.strerror})", "check the path and its permissions") from None
    except ReadError:
        raise
    except ValueError as error:
        raise ReadError(path, f"is no file name ({error})", "check the path") from None


def _only_member(path: Path) -> str:
    names = _members(path)
    if len(names) == 1:
        return names[0]
    raise ReadError(
        path,
        f"holds {len(names)} readable files",
        "use read_many, which gives a report for each" if names else "check what is in it",
    )


def _members(path: Path) -> list[str]:
    """The members that a folder walk would take too; nested archives and .wps are among them, so that they fail by name."""
    if not os.path.isfile(path):
        raise ReadError(path, "no such file", "check the path")
    return [n for n in member_names(str(path)) if n.lower().endswith(WALKED)]


def _extracted(name: str, data: bytes) -> Extract:
    """The text of these bytes by the ending of the name."""
    try:
        return READERS[Path(name).suffix.lower()](name, data)
    except ReadError:
        raise
    except Exception as error:
        # The last guard: a file made to break a reader ends that file, not a run over ten thousand.
        raise ReadError(
            name, f"is damaged ({type(error).__name__}: {error})", "open it in its program and save it again"
        ) from error


def from_bytes(data: bytes, source: str, lexicon: Lexicon | None = None) -> Report | Failure:
    """Text that came as bytes, for example from standard input, in any encoding that a .txt file may have."""
    try:
        extract = text_file(source, data)
    except ReadError as error:
        return Failure(error.path, error.what, error.todo)
    return _with_meta(parse(extract.text, lexicon, source=source), data, extract)


def _attempt(path: str, known: Mapping[str, Any], lexicon: Lexicon | None) -> Report | Failure:
    meta = {k: v for k, v in known.items() if k not in ("place", "period")}
    try:
        return read(path, place=known.get("place"), period=known.get("period"), meta=meta, lexicon=lexicon)
    except ReadError as error:
        return Failure(error.path, error.what, error.todo)


def read_many(
    paths: Iterable[str | os.PathLike[str]],
    workers: int = 1,
    *,
    lexicon: Lexicon | None = None,
    known: Mapping[str, Mapping[str, Any]] | None = None,
) -> Iterator[Report | Failure]:
    """The reports of many files, in the order given, with constant memory; a file that fails yields a Failure.

    An archive gives one report for each of its members, with a source such as `a.zip/2020/总结.docx`.
    `known` is what the user knows of a file, by its path as given: `{"a.docx": {"place": "休宁县", "period": "2020", …}}`.
    With `workers` > 1 the files are read by that many processes; a file whose process the system kills is tried once more,
    alone, and is a Failure when that is killed too.
    """
    if isinstance(paths, (str, bytes, os.PathLike)):
        raise TypeError(f"read_many() takes many paths, not one ({paths!r}); use read, or put it in a list")
    if workers < 1:
        raise ValueError(f"workers={workers}: give 1 or more")
    return _each(_jobs(paths, known or {}), workers, lexicon)


Job = tuple[str, Mapping[str, Any]]


def _jobs(paths: Iterable[str | os.PathLike[str]], known: Mapping[str, Mapping[str, Any]]) -> Iterator[Job | Failure]:
    """The files to read, archives taken apart, each with what is known of it (of a member: else of its archive)."""
    for given in paths:
        path = os.fspath(given)
        own = known.get(path, {})
        if not path.lower().endswith(".zip") or located(path):
            yield path, own
            continue
        try:
            members = _members(Path(path))
        except ReadError as error:
            yield Failure(error.path, error.what, error.todo)
            continue
        if not members:
            yield Failure(path, "holds no readable file", "check what is in it")
        for member in members:
            label = f"{path}/{member}"
            yield label, known.get(label, own)


def _each(jobs: Iterable[Job | Failure], workers: int, lexicon: Lexicon | None) -> Iterator[Report | Failure]:
    if workers == 1:
        for job in jobs:
            yield job if isinstance(job, Failure) else _attempt(*job, lexicon)
        return
    from .workers import Workers

    with Workers(workers, _attempted, lexicon, _again) as crew:
        waiting: deque[Future[Report | Failure] | Failure] = deque()
        for job in jobs:
            waiting.append(job if isinstance(job, Failure) else crew.submit(job))
            if len(waiting) >= 4 * workers:
                first = waiting.popleft()
                yield first if isinstance(first, Failure) else crew.result(first)
        while waiting:
            first = waiting.popleft()
            yield first if isinstance(first, Failure) else crew.result(first)


def _attempted(job: Job, lexicon: Lexicon | None) -> Report | Failure:
    return _attempt(*job, lexicon)


def _again(job: Job, alone: Callable[[Job], Report | Failure | None]) -> Report | Failure:
    found = alone(job)
    return killed(job[0]) if found is None else found
