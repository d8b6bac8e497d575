"""`build`: a folder of files → a store, resumable; what is done already is not done again."""

from __future__ import annotations

import hashlib
import os
import warnings
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

from ..lexicon import Lexicon
from .across import findings
from .duplicates import links
from .engines import ENGINES, cores, worked, worked_by_dask
from .errors import StoreError, unwritable
from .inputs import chunk_name, chunks, file_key, seen, sources
from .knowledge import Meta, knowledge
from .ledger import MANIFEST, STAGING, Chunk, Manifest, Staging, old_rows, read_manifest, write_whole
from .lock import locked
from .marks import Files, Mark, read_marks
from .opened import Store
from .progress import progress
from .reviews import given_again, reviewed
from .rows import arrow_of
from .rules import rules_version
from .schema import VERSION
from .work import Done, File, Job, in_order, packed, parquet, unpacked


def build(
    folder: str | os.PathLike[str],
    store: str | os.PathLike[str],
    meta: Meta = None,
    workers: int | None = None,
    *,
    lexicon: Lexicon | None = None,
    engine: str = "processes",
    scheduler: str | None = None,
    retry: bool = False,
    reviews: Files | None = None,
) -> Store:
    """Read every file of a folder into a store of Parquet tables, and open it.

    Killed at any moment and called again it goes on where it was. Files that are unchanged, by hash and version of the
    rules, are not read again; the rows of files that are gone go. `meta` is what the user knows: a CSV file with the
    columns file, place, period and any other, or a mapping of file names to such columns. `retry` reads again the
    files that failed before. `engine="dask"` works on the cluster at `scheduler`. `reviews` are one or more files of marks
    that pages exported: they become the tables `reviews` and `corrections`, and `records` stays as it was extracted. A
    warning tells of marks that no longer fit. Without `reviews` the marks that the store has stay.

    Raises StoreError when the store cannot be built, with what to do.
    """
    if workers is not None and workers < 1:
        raise ValueError(f"workers={workers}: give 1 or more")
    if engine not in ENGINES:
        raise ValueError(f"engine={engine!r}: expected one of {', '.join(ENGINES)}")
    if lexicon is not None and not isinstance(lexicon, Lexicon):
        raise TypeError(f"lexicon= takes a Lexicon, not {type(lexicon).__name__}; make one with Lexicon.load(extra=[…])")
    marks = None if reviews is None else read_marks(reviews, lexicon)
    folder, store = Path(folder), Path(store)
    known = knowledge(meta)
    paths = sources(folder, store)
    if not paths:
        # An empty folder is most often a wrong one, and would empty the store.
        raise StoreError(f"{folder}: holds no file that can be read; check the path")
    try:
        _made(store)
        with locked(store):
            work = _Build(folder, store, known.columns, rules_version(lexicon), retry, lexicon)
            facts = known.of(folder, paths)
            nothing = known.of_none()
            with progress(len(paths), str(folder)) as advance:
                files = (seen(folder, p, facts.get(p, nothing), work.before, work.trusted_ns) for p in paths)
                jobs = work.jobs(files, advance)
                found: Generator[Done, None, None]
                if engine == "dask":
                    found = worked_by_dask(jobs, lexicon, scheduler)
                else:
                    found = worked(jobs, lexicon, workers or cores())
                with closing(found):
                    for done in found:
                        advance(len(work.keep(done).files))
            return Store(store, work.finish(marks))
    except OSError as error:
        raise unwritable(store, error) from None


def _made(store: Path) -> None:
    """Make the folder of the store. A folder with other things in it is not touched."""
    if store.exists() and not store.is_dir():
        raise StoreError(f"{store}: is a file; give the name of a folder for the store")
    store.mkdir(parents=True, exist_ok=True)
    names = {p.name for p in store.iterdir()}
    if names and not names & {MANIFEST, STAGING, ".lock"}:
        raise StoreError(f"{store}: holds other files and is no store; give a new or an empty folder")
    manifest = read_manifest(store)
    if manifest is not None and manifest.schema > VERSION:
        raise StoreError(f"{store}: was built by a newer zhreport (schema {manifest.schema}, ours is {VERSION}); update zhreport")


class _Todo(NamedTuple):
    """A chunk that is under way: its files, and those whose rows the store has, by the chunk that holds them."""

    files: tuple[File, ...]
    reused: dict[str, list[str]]


class _Build:
    """One run of `build`: what the store held before, what is under way, and the order of what it will hold."""

    def __init__(
        self, folder: Path, store: Path, columns: tuple[str, ...], rules: str, retry: bool, lexicon: Lexicon | None
    ) -> None:
        self.folder, self.columns, self.rules, self.retry, self.lexicon = folder, columns, rules, retry, lexicon
        self.staging = Staging(store)
        self.staging.prepare()
        old = read_manifest(store)
        self.old = old if old and old.schema == VERSION else Manifest(reviewed=old.reviewed if old else {})
        self.old = self.old._replace(chunks=tuple(c for c in self.old.chunks if self.staging.holds(c.name, c.rows)))
        self.chunks = {c.name: c for c in self.old.chunks}
        self.before = {f.path: f for c in self.old.chunks for f in c.files}
        # A file written just before it was hashed could be written again within the same tick of the clock.
        self.trusted_ns = self.old.taken_ns - 2_000_000_000
        self.homes = self._homes()
        self.order: list[tuple[str, tuple[File, ...]]] = []
        self.todo: dict[str, _Todo] = {}
        self.redone = False

    def _homes(self) -> dict[str, str]:
        """Which chunk holds rows that are still good, by the key of the file."""
        if (self.old.rules, self.old.columns) != (self.rules, self.columns):
            return {}
        fresh = {c.name: set(c.failed) if self.retry else set() for c in self.old.chunks}
        return {
            key: c.name for c in self.old.chunks for f, key in zip(c.files, c.keys, strict=True) if f.path not in fresh[c.name]
        }

    def jobs(self, files: Iterable[File], advance: Callable[[int], None]) -> Iterator[Job]:
        """What is to be done, chunk by chunk; a file whose rows stand in another chunk is not among its files."""
        for chunk in chunks(files):
            name = chunk_name(chunk, self.rules, self.columns, VERSION)
            self.order.append((name, chunk))
            if self._is_done(name, chunk):
                advance(len(chunk))
                continue
            new: list[File] = []
            reused: dict[str, list[str]] = {}
            for file in chunk:
                home = self.homes.get(file_key(file)) if file.sha256 else None
                if home is None:
                    new.append(file)
                else:
                    reused.setdefault(home, []).append(file.path)
            self.todo[name] = _Todo(chunk, reused)
            yield Job(name, str(self.folder.resolve()), tuple(new), self.rules, self.columns)

    def _is_done(self, name: str, files: tuple[File, ...]) -> bool:
        """A file that could not be opened is tried anew every time: it has no hash to tell that it is the same."""
        if not all(f.sha256 for f in files):
            return False
        done = self.staging.note(name) or self.chunks.get(name)
        return done is not None and not (self.retry and done.failed) and self.staging.holds(name, done.rows)

    def keep(self, done: Done) -> _Todo:
        """Put the result of a job into the staging area, with the rows that are taken over."""
        todo = self.todo.pop(done.name)
        if todo.reused:
            done = self._joined(done, todo)
        self.staging.keep(done)
        self.redone = True
        return todo

    def _joined(self, done: Done, todo: _Todo) -> Done:
        """The new rows and those of unchanged files, in the order of the files."""
        import pyarrow as pa

        tables = unpacked(done)
        failed = [*done.failed]
        for name, paths in todo.reused.items():
            chunk = self.chunks[name]
            failed += [p for p in paths if p in chunk.failed]
            for what, found in old_rows(self.staging, chunk, paths).items():
                tables[what] = pa.concat_tables([tables[what], found]) if what in tables else found
        order = [f.path for f in todo.files]
        return packed(done.name, {what: in_order(found, order) for what, found in tables.items()}, failed)

    def finish(self, marks: Sequence[Mark] | None = None) -> Manifest:
        """Link the duplicates, check across the reports, put the marks to their records, and make the store show what was built."""
        chunks = tuple(self._finished(name, files) for name, files in self.order)
        manifest = self.old._replace(schema=VERSION, rules=self.rules, columns=self.columns, chunks=chunks)
        anew = self.redone or [c.name for c in chunks] != [c.name for c in self.old.chunks]
        if anew:
            signed = [c.name for c in chunks if c.rows.get("signatures")]
            pairs = links(signed, self.staging.part, self.rules)
            told = [self.staging.part("readings", c.name) for c in chunks if c.rows.get("readings")]
            between = findings(told, self.lexicon, self.rules)
            manifest = manifest._replace(
                links=self._staged("links", pairs), pairs=len(pairs),
                across=self._staged("findings", between), between=len(between),
            )  # fmt: skip
        if marks is None and anew and "reviews" in manifest.reviewed:
            marks = given_again(self.staging.part("reviews", manifest.reviewed["reviews"][0]))
        if marks is not None:
            manifest = manifest._replace(reviewed=self._reviewed(marks, manifest))
        self.staging.publish(manifest)
        return manifest

    def _finished(self, name: str, files: tuple[File, ...]) -> Chunk:
        keys = tuple(file_key(f) for f in files)
        note = self.staging.note(name)
        if note is not None:
            return Chunk(name, files, keys, note.rows, note.failed)
        return self.chunks[name]._replace(files=files, keys=keys)

    def _reviewed(self, marks: Sequence[Mark], manifest: Manifest) -> dict[str, tuple[str, int]]:
        """Put the marks and the corrected records into the staging area, and warn of the marks that no longer fit."""
        parts = {what: [*manifest.parts(what)] for what in ("texts", "records", "findings")}
        found = reviewed(marks, parts, self.staging.part, self.lexicon)
        for problem in found.stale:
            warnings.warn(f"not applied: {problem}", stacklevel=4)
        tables = {"reviews": found.reviews, "corrections": found.corrections}
        return {what: (name, len(rows)) for what, rows in tables.items() if (name := self._staged(what, rows))}

    def _staged(self, what: str, rows: list[dict[str, Any]]) -> str | None:
        """Put rows that belong to no chunk into the staging area, under a name that is a hash of them."""
        if not rows:
            return None
        data = parquet(arrow_of(rows, what, self.columns))
        name = hashlib.blake2b(data, digest_size=12).hexdigest()
        write_whole(self.staging.folder / what / f"{name}.parquet", [data])
        return name
