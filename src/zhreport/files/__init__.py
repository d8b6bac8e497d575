"""Files → Reports: `read` one, `read_many` in order with constant memory; a file that fails yields a Failure."""

from __future__ import annotations

import os
import unicodedata
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from ..lexicon import Lexicon
from ..report import Report, parse
from .errors import Failure, ReadError
from .text import decoded

TEXT_ENDINGS = (".txt", ".md", ".text")
ENDINGS = TEXT_ENDINGS


def read(
    path: str | os.PathLike[str],
    *,
    place: str | None = None,
    period: str | None = None,
    meta: Mapping[str, Any] | None = None,
    lexicon: Lexicon | None = None,
) -> Report:
    """One file → Report. What the user knows (`place`, `period`) beats what is detected; `meta` travels with it.

    Raises ReadError (a ValueError) that says what is wrong and what to do.
    """
    path = Path(path)
    ending = path.suffix.lower()
    if path.is_dir():
        raise ReadError(path, "is a folder", "give a file, or use read_many on its files")
    if ending not in ENDINGS:
        raise ReadError(path, f"unknown ending {ending or '(none)'}", f"convert it to one of {' '.join(ENDINGS)}")
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise ReadError(path, "no such file", "check the path") from None
    except OSError as error:
        raise ReadError(path, f"cannot be opened ({error.strerror})", "check the permissions") from None
    except ValueError as error:
        raise ReadError(path, f"is no file name ({error})", "check the path") from None
    text, encoding = decoded(path, data)
    known = {"encoding": encoding, **(meta or {})}
    return parse(text, lexicon, source=str(path), place=place, period=period, meta=known)


def from_bytes(data: bytes, source: str, lexicon: Lexicon | None = None) -> Report | Failure:
    """Text that came as bytes, for example from standard input, in UTF-8, UTF-16 or GB18030."""
    try:
        text, encoding = decoded(source, data)
    except ReadError as error:
        return Failure(error.path, error.what, error.todo)
    return parse(text, lexicon, source=source, meta={"encoding": encoding})


def _attempt(path: str, lexicon: Lexicon | None) -> Report | Failure:
    try:
        return read(path, lexicon=lexicon)
    except ReadError as error:
        return Failure(error.path, error.what, error.todo)


def read_many(
    paths: Iterable[str | os.PathLike[str]], workers: int = 1, *, lexicon: Lexicon | None = None
) -> Iterator[Report | Failure]:
    """The reports of many files, in the order given, with constant memory; a file that fails yields a Failure.

    With `workers` > 1 the files are read by that many processes.
    """
    if isinstance(paths, (str, bytes, os.PathLike)):
        raise TypeError(f"read_many() takes many paths, not one ({paths!r}); use read, or put it in a list")
    if workers < 1:
        raise ValueError(f"workers={workers}: give 1 or more")
    return _each(paths, workers, lexicon)


def _each(paths: Iterable[str | os.PathLike[str]], workers: int, lexicon: Lexicon | None) -> Iterator[Report | Failure]:
    if workers == 1:
        for path in paths:
            yield _attempt(os.fspath(path), lexicon)
        return
    from concurrent.futures import ProcessPoolExecutor

    with ProcessPoolExecutor(workers) as pool:
        waiting: deque = deque()
        for path in paths:
            waiting.append(pool.submit(_attempt, os.fspath(path), lexicon))
            if len(waiting) >= 4 * workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def expanded(paths: Iterable[str]) -> Iterator[str]:
    """Files, folders (their readable files, in order of name) and globs → file paths, each file once."""
    seen: set[str] = set()
    for given in paths:
        for path in _found(given):
            key = path if path == "-" else os.path.realpath(path)
            if key not in seen:
                seen.add(key)
                yield path


def _found(given: str) -> Iterator[str]:
    import glob

    path = Path(given)
    if given == "-" or path.is_file():
        yield given
    elif path.is_dir():
        inside = (os.path.join(top, name) for top, _, names in os.walk(path) for name in names)
        readable = (p for p in inside if Path(p).suffix.lower() in ENDINGS)
        yield from sorted(readable, key=lambda p: unicodedata.normalize("NFC", p))
    else:
        found = [f for f in sorted(glob.glob(given, recursive=True)) if os.path.isfile(f)]
        yield from found or [given]
