"""The input files of a folder, and how they are put together into chunks that share a part of each table."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from stat import S_ISREG

from ..files import expanded
from .errors import StoreError
from .work import File, Known

# A chunk ends after a file whose name has a hash divisible by MEAN, so that a new or removed file changes the chunk it falls in
# and no other; and when it is long, so that no worker holds too much.
MEAN, MOST_FILES, MOST_BYTES = 16, 64, 32_000_000


def sources(folder: Path, store: Path) -> list[str]:
    """The readable files below a folder by name, relative to it; those of the store are not among them."""
    if not folder.is_dir():
        raise StoreError(
            f"{folder}: {'is a file' if folder.exists() else 'no such folder'}; give the folder that holds the files"
        )
    own = os.path.realpath(store)
    if os.path.realpath(folder) == own or own in map(str, Path(os.path.realpath(folder)).parents):
        raise StoreError(f"{store}: the folder of the files cannot be the store or lie inside it; give the store another place")
    found = (p for p in expanded([str(folder)]) if not _inside(os.path.realpath(p), own))
    return sorted(Path(p).relative_to(folder).as_posix() for p in found)


def _inside(path: str, folder: str) -> bool:
    return path.startswith(folder + os.sep)


def seen(folder: Path, path: str, known: Known, before: Mapping[str, File], trusted_ns: int) -> File:
    """A file as it is now. It is hashed again only when its size or time differ from `before`, or are too young to tell.

    A file that cannot be opened has no hash; reading it will say why.
    """
    full = folder / path
    try:
        stat = full.stat()
        if not S_ISREG(stat.st_mode):
            return File(path, "", 0, 0, known)  # a pipe: opening it would wait for ever
        old = before.get(path)
        if old and old.sha256 and (old.size, old.mtime_ns) == (stat.st_size, stat.st_mtime_ns) and old.mtime_ns < trusted_ns:
            return old._replace(known=known)
        with full.open("rb") as data:
            return File(path, hashlib.file_digest(data, "sha256").hexdigest(), stat.st_size, stat.st_mtime_ns, known)
    except OSError:
        return File(path, "", 0, 0, known)


def chunks(files: Iterable[File]) -> Iterator[tuple[File, ...]]:
    """Files in the order of their names → chunks that depend on the names and sizes alone."""
    chunk: list[File] = []
    size = 0
    for file in files:
        if chunk and size + file.size > MOST_BYTES:
            yield tuple(chunk)
            chunk, size = [], 0
        chunk.append(file)
        size += file.size
        if len(chunk) >= MOST_FILES or _ends(file.path):
            yield tuple(chunk)
            chunk, size = [], 0
    if chunk:
        yield tuple(chunk)


def _ends(path: str) -> bool:
    return hashlib.blake2b(path.encode("utf-8", "surrogateescape"), digest_size=8).digest()[0] % MEAN == 0


def chunk_name(files: Sequence[File], rules: str, columns: Sequence[str], version: int) -> str:
    """The name of a chunk's parts: a hash of all that decides their bytes, so equal names hold equal rows."""
    found = hashlib.blake2b(repr((version, rules, tuple(columns))).encode(), digest_size=12)
    for file in files:
        found.update(file_key(file).encode())
    return found.hexdigest()


def file_key(file: File) -> str:
    """A hash of what decides the rows of a file, the rules aside: its name, what it holds, what the user knows of it."""
    return hashlib.blake2b(ascii((file.path, file.sha256, tuple(file.known))).encode(), digest_size=12).hexdigest()
