"""Files → Reports: `read` one, `read_many` in order with constant memory; a file that fails yields a Failure."""

from __future__ import annotations

import os
import unicodedata
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..lexicon import Lexicon
from ..report import Report, parse
from .text import decoded

TEXT_ENDINGS = (".txt", ".md", ".text")
ENDINGS = TEXT_ENDINGS


class ReadError(ValueError):
    """A file that cannot be read: what is wrong with it and what to do."""

    def __init__(self, path: str | Path, what: str, todo: str) -> None:
        super().__init__(f"{path}: {what}; {todo}")
        self.path, self.what, self.todo = str(path), what, todo

    def __reduce__(self):
        return ReadError, (self.path, self.what, self.todo)


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that was not read: which, what is wrong, what to do."""

    source: str
    what: str
    todo: str

    def __str__(self) -> str:
        return f"{self.source}: {self.what}; {self.todo}"


def read(
    path: str | os.PathLike[str],
    *,
    lexicon: Lexicon | None = None,
    meta: Mapping[str, Any] | None = None,
) -> Report:
    """One file → Report. Raises ReadError (a ValueError) that says what is wrong and what to do."""
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
    text, encoding = decoded(path, data)
    return parse(text, lexicon, source=str(path), meta={"encoding": encoding, **(meta or {})})


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
    if workers < 1:
        raise ValueError(f"workers={workers}: give 1 or more")
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
    """Files, folders (their readable files, in order of name) and globs → file paths."""
    import glob

    for given in paths:
        path = Path(given)
        if given == "-" or path.is_file():
            yield given
        elif path.is_dir():
            yield from sorted(
                (
                    os.path.join(top, name)
                    for top, _, names in os.walk(path)
                    for name in names
                    if Path(name).suffix.lower() in ENDINGS
                ),
                key=lambda p: unicodedata.normalize("NFC", p),
            )
        else:
            found = sorted(glob.glob(given, recursive=True))
            yield from (f for f in found if os.path.isfile(f)) if found else [given]
