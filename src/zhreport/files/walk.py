"""Paths, folders and globs → the files to read, each once and in a fixed order."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

from .archives import is_litter
from .formats import WALKED


def expanded(paths: Iterable[str]) -> Iterator[str]:
    """Files, folders (their reports, in order of name) and globs → file paths, each file once."""
    seen: set[str] = set()
    for given in paths:
        for path in _found(given):
            key = path if path == "-" else os.path.realpath(path)
            if key not in seen:
                seen.add(key)
                yield path


def _found(given: str) -> Iterator[str]:
    path = Path(given)
    if given == "-" or path.is_file():
        yield given
    elif path.is_dir():
        reports = (p for p in _inside(path) if Path(p).suffix.lower() in WALKED and not is_litter(Path(p).name))
        yield from sorted(reports, key=lambda p: unicodedata.normalize("NFC", p))
    else:
        found = [f for f in sorted(_globbed(given)) if os.path.isfile(f)]
        yield from found or [given]


def _inside(top: Path) -> Iterator[str]:
    """All files below a folder, also behind links to folders; each folder is entered once, so that a loop of links ends."""
    entered: set[str] = set()
    for here, folders, names in os.walk(top, followlinks=True):
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
