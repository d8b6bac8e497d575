"""Paths, folders and globs → the files to read, each once and in a fixed order."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from .archives import is_litter
from .formats import WALKED


def expanded(paths: Iterable[str]) -> Iterator[str]:
    """Files, folders (their reports, in order of name) and globs → file paths, each file once."""
    seen: set[str] = set()
    for given in paths:
        for path in _found(given):
            # No system takes a NUL in a name: reading it says so.
            key = path if path == "-" or "\0" in path else os.path.realpath(path)
            if key not in seen:
                seen.add(key)
                yield path


def _found(given: str) -> Iterator[str]:
    # os.path and not Path: below a folder that is closed to us Path.is_file raises, and os.path.isfile says no.
    if given == "-" or "\0" in given or os.path.isfile(given):
        yield given
    elif os.path.isdir(given):
        closed: list[OSError] = []
        found = [p for p in _inside(given, closed.append) if Path(p).suffix.lower() in WALKED and not is_litter(Path(p).name)]
        yield from sorted([*found, *(str(e.filename) for e in closed)], key=lambda p: unicodedata.normalize("NFC", p))
    else:
        found = [f for f in sorted(_globbed(given)) if os.path.isfile(f)]
        yield from found or [given]


def _inside(top: str, closed: Callable[[OSError], object]) -> Iterator[str]:
    """All files below a folder, also behind links to folders; each folder is entered once, so that a loop of links ends.

    `closed` is told of folders that cannot be opened: what lies in them must not be missed in silence.
    """
    entered: set[str] = set()
    for here, folders, names in os.walk(top, onerror=closed, followlinks=True):
        if os.path.realpath(here) in entered:
            folders.clear()
            continue
        entered.add(os.path.realpath(here))
        # In order of name, so that of two ways to one folder the same is taken on every run.
        folders.sort()
        yield from (os.path.join(here, name) for name in names)


def _globbed(pattern: str) -> list[str]:
    """The matches of a glob. `**` follows no links to folders: glob.glob does, and two loops make it run for ever."""
    import glob

    path = Path(pattern)
    if "**" not in path.parts:
        return glob.glob(pattern)
    rest = path.relative_to(path.anchor)
    found = Path(path.anchor).glob(str(rest))
    return [str(p) for p in found if not any(part.startswith(".") for part in p.parts)]
