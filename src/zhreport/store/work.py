"""The work on a few files: paths → Parquet bytes. A pure function, so that it runs here, in a process, or on a cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ..files import Failure, read_many
from ..files.errors import killed
from ..lexicon import Lexicon
from ..report import Report
from .rows import Trace, arrow_of, named, rows_of, valid
from .schema import OF_FILES

if TYPE_CHECKING:
    import pyarrow as pa


class Known(NamedTuple):
    """What the user knows of a file: its place, its period, and any other columns, all as text."""

    place: str | None = None
    period: str | None = None
    meta: tuple[tuple[str, str | None], ...] = ()


class File(NamedTuple):
    """An input file: its path relative to the folder, what it held when it was seen, and what the user knows of it."""

    path: str
    sha256: str
    size: int
    mtime_ns: int
    known: Known = Known()


class Job(NamedTuple):
    """Some files of a folder that are read together and share one part of each table."""

    name: str
    folder: str
    files: tuple[File, ...]
    rules: str
    columns: tuple[str, ...] = ()


class Done(NamedTuple):
    """What came of a job: the bytes of a part of each table that has rows, how many rows, and the files that failed."""

    name: str
    parts: dict[str, bytes]
    rows: dict[str, int]
    failed: tuple[str, ...]


def work(job: Job, lexicon: Lexicon | None = None) -> Done:
    """Read the files of a job and write their rows as Parquet, in memory."""
    import pyarrow as pa

    tables: dict[str, list[pa.Table]] = {what: [] for what in OF_FILES}
    failed = []
    for file in job.files:
        for found in reports(job.folder, file, lexicon):
            if isinstance(found, Failure):
                failed.append(file.path)
            for what, rows in _tables(job, file, found, lexicon):
                tables[what].append(rows)
    joined = {what: pa.concat_tables(parts) for what, parts in tables.items() if parts}
    return packed(job.name, joined, failed)


def _tables(job: Job, file: File, found: Report | Failure, lexicon: Lexicon | None) -> Iterator[tuple[str, pa.Table]]:
    """The rows of one report for each table, at once as Arrow: those of a hundred as dicts would take fifteen times the memory."""
    trace = Trace(file.path, file.sha256, job.rules, file.known.meta)
    return ((what, arrow_of(rows_of(found, trace, what, lexicon), what, job.columns)) for what in OF_FILES)


def file_by_file(job: Job, alone: Callable[[Job], Done | None]) -> Done:
    """A job whose process died: each of its files by itself, and those whose process dies again as failures."""
    import pyarrow as pa

    tables: dict[str, list[pa.Table]] = {what: [] for what in OF_FILES}
    failed: list[str] = []
    for file in job.files:
        done = alone(job._replace(files=(file,)))
        if done is None:
            failed.append(file.path)
            rows = dict(_tables(job, file, killed(file.path), None))
        else:
            failed += done.failed
            rows = unpacked(done)
        for what, found in rows.items():
            tables[what].append(found)
    return packed(job.name, {what: pa.concat_tables(parts) for what, parts in tables.items() if parts}, failed)


def packed(name: str, tables: dict[str, pa.Table], failed: list[str]) -> Done:
    """The tables as bytes of Parquet files, the empty ones left out."""
    full = {what: found for what, found in tables.items() if found.num_rows}
    rows = {what: found.num_rows for what, found in full.items()}
    return Done(name, {what: parquet(found) for what, found in full.items()}, rows, tuple(sorted(set(failed))))


def unpacked(done: Done) -> dict[str, pa.Table]:
    """The tables of a result."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    return {what: pq.read_table(pa.BufferReader(data)) for what, data in done.parts.items()}


def in_order(found: pa.Table, files: list[str]) -> pa.Table:
    """The rows in the order of the files they come from; those of one file stay in their order."""
    import pyarrow as pa
    import pyarrow.compute as pc

    place = pc.index_in(found["file"], value_set=pa.array([valid(f) for f in files], pa.string()))
    return found.take(pc.array_sort_indices(place.combine_chunks()))


def parquet(found: pa.Table) -> bytes:
    """A table as the bytes of a Parquet file: the same bytes for the same rows, however they were put together."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    out = pa.BufferOutputStream()
    pq.write_table(found.combine_chunks(), out, compression="zstd")
    return out.getvalue().to_pybytes()


def reports(folder: str, file: File, lexicon: Lexicon | None) -> Iterator[Report | Failure]:
    """The reports of a file under names relative to the folder; whatever goes wrong with it is a Failure."""
    path = str(Path(folder) / file.path)
    known = {path: {"place": file.known.place, "period": file.known.period}}
    try:
        for found in read_many([path], lexicon=lexicon, known=known):
            source = file.path + str(found.source).removeprefix(path)
            if isinstance(found, Failure):
                yield Failure(source, found.what, found.todo)
            else:
                yield named(found, source)
    except Exception as error:  # one odd file must not end a build of thousands
        yield Failure(file.path, f"cannot be read ({type(error).__name__}: {error})", "look at the file, or report it to us")
