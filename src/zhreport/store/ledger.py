"""What stands on disk: the manifest, the parts of the tables, and the staging area of a build that is not finished.

A part is named after all that decides its bytes. A build puts new parts into `.staging/TABLE/` and then notes the chunk in
`.staging/done/`; a build that was killed finds there what needs no second doing. At the end the parts move to their
tables, the manifest is replaced, and what it does not list goes. Who opens the store sees the old state or the new one.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from ..table import json_line
from .errors import StoreError
from .rows import valid
from .schema import ABOUT, OF_FILES, VERSION, store_schema
from .work import Done, File, parquet

MANIFEST = "manifest.json"
STAGING = ".staging"
EMPTY = "0-schema"


class Chunk(NamedTuple):
    """A finished chunk: its files, how many rows of each table it has, and the files that failed."""

    name: str
    files: tuple[File, ...]
    keys: tuple[str, ...]
    rows: dict[str, int]
    failed: tuple[str, ...]


class Note(NamedTuple):
    """What the staging area says of a chunk that is done."""

    rows: dict[str, int]
    failed: tuple[str, ...]


class Manifest(NamedTuple):
    """What a finished store holds."""

    schema: int = VERSION
    rules: str = ""
    columns: tuple[str, ...] = ()
    chunks: tuple[Chunk, ...] = ()
    links: str | None = None
    pairs: int = 0
    across: str | None = None
    between: int = 0
    taken_ns: int = 0
    reviewed: Mapping[str, tuple[str, int]] = {}

    def parts(self, what: str) -> Iterator[str]:
        """The names of the parts of a table in the order of the files; the first has no rows but the schema."""
        yield EMPTY
        if what == "links":
            yield from [self.links] if self.links else []
        elif what in self.reviewed:
            yield self.reviewed[what][0]
        else:
            yield from (c.name for c in self.chunks if c.rows.get(what))
        if what == "findings" and self.across:
            yield self.across  # those between reports come last

    def count(self, what: str) -> int:
        """How many rows a table has."""
        if what in self.reviewed:
            return self.reviewed[what][1]
        if what == "links":
            return self.pairs
        return sum(c.rows.get(what, 0) for c in self.chunks) + (self.between if what == "findings" else 0)


def read_manifest(store: Path) -> Manifest | None:
    """The manifest of a store, None where there is none. Raises StoreError when it is damaged or of a newer version."""
    path = store / MANIFEST
    try:
        taken = path.stat().st_mtime_ns
        told = json.loads(path.read_text(encoding="utf-8"))
        # What people marked is not to be had again by reading the files, so it outlives the schema.
        reviewed = {what: (part, rows) for what, (part, rows) in told.get("reviewed", {}).items()}
        if told["schema"] != VERSION:
            return Manifest(schema=told["schema"], reviewed=reviewed)
        chunks = tuple(
            Chunk(
                c["part"],
                tuple(File(f["path"], f["sha256"], f["size"], f["mtime_ns"]) for f in c["files"]),
                tuple(f["key"] for f in c["files"]),
                c["rows"],
                tuple(f["path"] for f in c["files"] if f["status"] == "failed"),
            )
            for c in told["chunks"]
        )
        return Manifest(
            VERSION, told["rules"], tuple(told["meta"]), chunks, told["links"], told["pairs"], told["across"], told["between"], taken,
            reviewed,
        )  # fmt: skip
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreError(f"{path}: cannot be read ({error}); remove the store and build it again") from None


def write_manifest(store: Path, manifest: Manifest) -> None:
    """Replace the manifest, whole or not at all; one line a chunk, so that versions can be compared."""
    head = {
        "schema": manifest.schema, "rules": manifest.rules, "meta": list(manifest.columns),
        "links": manifest.links, "pairs": manifest.pairs, "across": manifest.across, "between": manifest.between,
        "reviewed": dict(manifest.reviewed),
    }  # fmt: skip
    # Piece by piece: the whole text would be the largest thing that a build of many files holds.
    lines = ((",\n" if i else "\n") + json_line(_told(c)) for i, c in enumerate(manifest.chunks))
    pieces = chain([json_line(head)[:-1], ', "chunks": ['], lines, ["\n]}\n"])
    write_whole(store / MANIFEST, (piece.encode() for piece in pieces))
    _sync_folder(store)


def _told(chunk: Chunk) -> dict[str, Any]:
    files = [
        {"path": f.path, "sha256": f.sha256, "size": f.size, "mtime_ns": f.mtime_ns, "key": key,
         "status": "failed" if f.path in chunk.failed else "done"}
        for f, key in zip(chunk.files, chunk.keys, strict=True)
    ]  # fmt: skip
    return {"part": chunk.name, "rows": chunk.rows, "files": files}


def write_whole(path: Path, pieces: Iterable[bytes]) -> None:
    """Write a file so that it appears whole or not at all, even when the power fails."""
    half = path.with_name(f".{path.name}.half")
    try:
        with half.open("wb") as out:
            out.writelines(pieces)
            out.flush()
            os.fsync(out.fileno())
        os.replace(half, path)
    except BaseException:
        with suppress(OSError):
            half.unlink(missing_ok=True)
        raise


def _sync_folder(folder: Path) -> None:
    """Make the names in a folder safe; some systems cannot, and need not."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


class Staging:
    """The parts of a build that is not finished."""

    def __init__(self, store: Path) -> None:
        self.store, self.folder = store, store / STAGING

    def prepare(self) -> None:
        """Make the folders of the tables and of the staging area, and remove what a kill left half written."""
        for what in ABOUT:
            (self.store / what).mkdir(exist_ok=True)
            (self.folder / what).mkdir(parents=True, exist_ok=True)
            path = self.store / what / f"{EMPTY}.parquet"
            if not path.exists():
                write_whole(path, [parquet(store_schema(what).empty_table())])
        (self.folder / "done").mkdir(exist_ok=True)
        for half in (*self.store.glob(".*.half"), *self.store.glob("*/.*.half")):
            half.unlink()

    def keep(self, done: Done) -> None:
        """Put the parts of a chunk in place, and then note that it is done."""
        for what, data in done.parts.items():
            write_whole(self.folder / what / f"{done.name}.parquet", [data])
        note = {"rows": done.rows, "failed": done.failed}
        write_whole(self._note(done.name), [json_line(note).encode()])

    def _note(self, name: str) -> Path:
        return self.folder / "done" / f"{name}.json"

    def note(self, name: str) -> Note | None:
        """The rows and failures of a chunk that is done, None where it is not."""
        try:
            told = json.loads(self._note(name).read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return None
        return Note(told["rows"], tuple(told["failed"]))

    def holds(self, name: str, rows: dict[str, int]) -> bool:
        """Whether every part of a chunk is there; one that somebody removed is made again."""
        return all(self.part(what, name).exists() for what in rows)

    def part(self, what: str, name: str) -> Path:
        """Where a part is now: in the staging area or already in its table."""
        staged = self.folder / what / f"{name}.parquet"
        return staged if staged.exists() else self.store / what / f"{name}.parquet"

    def publish(self, manifest: Manifest) -> None:
        """Move the parts to their tables, replace the manifest, and remove what it does not list."""
        for what in ABOUT:
            empty = parquet(store_schema(what, manifest.columns).empty_table())
            if (path := self.store / what / f"{EMPTY}.parquet").read_bytes() != empty:
                write_whole(path, [empty])
            for name in manifest.parts(what):
                staged = self.folder / what / f"{name}.parquet"
                if staged.exists():
                    os.replace(staged, self.store / what / staged.name)
            _sync_folder(self.store / what)
        write_manifest(self.store, manifest)
        # The notes go first: a note without its part would pass for work that is done.
        shutil.rmtree(self.folder / "done")
        for what in ABOUT:
            _remove_all_but(self.store / what, manifest.parts(what))
        shutil.rmtree(self.folder)


def _remove_all_but(folder: Path, names: Iterable[str]) -> None:
    kept = {f"{name}.parquet" for name in names}
    for path in folder.glob("*.parquet"):
        if path.name not in kept:
            path.unlink()


def old_rows(staging: Staging, chunk: Chunk, paths: list[str]) -> dict[str, Any]:
    """The rows of some files of a finished chunk, a table for each table."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    out = {}
    for what in OF_FILES:
        if chunk.rows.get(what):
            found = pq.read_table(staging.part(what, chunk.name), partitioning=None)
            out[what] = found.filter(pc.is_in(found["file"], value_set=pa.array([valid(p) for p in paths], pa.string())))
    return out
