"""`open`: the tables of a store as DataFrames, and queries over them."""

from __future__ import annotations

import functools
import os
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import notebook
from ..table import typed
from .errors import StoreError
from .frames import frame_of
from .ledger import STAGING, Manifest, read_manifest
from .schema import ABOUT, VERSION
from .schema import codebook as codebook_of

if TYPE_CHECKING:
    import duckdb
    import pandas as pd
    import pyarrow as pa

# What a person needs to judge a record, in reading order; `right` and `note` are theirs to fill.
SAMPLED = (
    "id", "source", "document", "start", "sentence", "surface", "value", "low", "high", "unit", "dimension", "approx", "per",
    "role", "status", "period", "place", "org", "indicator", "part_of", "section",
)  # fmt: skip

_CORRECTED = """CREATE VIEW corrected AS SELECT * FROM records WHERE id NOT IN (SELECT id FROM corrections)
    UNION ALL SELECT * FROM corrections"""


class Store:
    """A finished store. Its tables: documents, sections, records, findings, readings, failures, texts, links,
    reviews, corrections.

    The view `corrected` has all records, those that a reviewer corrected as they should be; `records` stays as extracted.

    Made by `build` and `open`; it shows the store as it was when it was opened.
    """

    def __init__(self, path: Path, manifest: Manifest) -> None:
        self.path = path
        self._manifest = manifest

    @property
    def rules(self) -> str:
        """The version of the rules that made the rows."""
        return self._manifest.rules

    @property
    def files(self) -> int:
        """How many input files the store holds, those that failed among them."""
        return sum(len(c.files) for c in self._manifest.chunks)

    def count(self, what: str) -> int:
        """How many rows a table has."""
        return self._manifest.count(what)

    def paths(self, what: str) -> list[Path]:
        """The Parquet files of a table in the order of the input files, for other programs."""
        return [self.path / what / f"{name}.parquet" for name in self._manifest.parts(what)]

    def sql(self, query: str, parameters: Any = None) -> pd.DataFrame:
        """Ask the tables with SQL, by DuckDB; `parameters` fill the `?` of the query.

        `store.sql("SELECT place, count(*) AS n FROM records GROUP BY place ORDER BY n DESC")`
        """
        return frame_of(self.arrow(query, parameters))

    def arrow(self, query: str, parameters: Any = None) -> pa.Table:
        """Like `sql`, as an Arrow table."""
        import duckdb
        import pyarrow as pa

        try:
            found = self._views.cursor().sql(query, params=parameters)
            return pa.table({}) if found is None else found.to_arrow_table()  # COPY … TO 'file.csv' gives nothing
        except duckdb.IOException as error:
            raise StoreError(f"{self.path}: a part is gone ({error}); was it built anew? open it again") from None
        except (duckdb.ProgrammingError, duckdb.DataError, duckdb.NotSupportedError) as error:
            raise StoreError(f"{self.path} holds {', '.join(ABOUT)}; the query was refused: {error}") from None

    @functools.cached_property
    def _views(self) -> duckdb.DuckDBPyConnection:
        """A database in memory whose views read the parts; nothing that is asked of it can change them."""
        import duckdb

        found = duckdb.connect()
        for what in ABOUT:
            parts = ", ".join(f"'{_quoted(path)}'" for path in self.paths(what))
            found.execute(f"CREATE VIEW {what} AS SELECT * FROM read_parquet([{parts}], hive_partitioning = false)")
        found.execute(_CORRECTED)
        return found

    def documents(self) -> pd.DataFrame:
        """One row a document."""
        return typed(self.sql("FROM documents"))

    def sections(self) -> pd.DataFrame:
        """One row a numbered section."""
        return typed(self.sql("FROM sections"))

    def records(self) -> pd.DataFrame:
        """One row a quantity."""
        return typed(self.sql("FROM records"))

    def findings(self) -> pd.DataFrame:
        """One row a relation that the audit claims."""
        return typed(self.sql("FROM findings"))

    def readings(self) -> pd.DataFrame:
        """One row a named figure, ready to be set beside others; `zhreport.compare(store)` makes the panel of them."""
        return self.sql("FROM readings")

    def reading_rows(self) -> Iterator[dict[str, Any]]:
        """The rows of `readings` in the order of the files, part by part."""
        import pyarrow.parquet as pq

        for path in self.paths("readings"):
            yield from pq.read_table(path, partitioning=None).to_pylist()

    def failures(self) -> pd.DataFrame:
        """One row a file that could not be read: what is wrong, what to do."""
        return self.sql("FROM failures")

    def links(self) -> pd.DataFrame:
        """One row a pair of documents with the same or nearly the same text."""
        return self.sql("FROM links")

    def reviews(self) -> pd.DataFrame:
        """One row a field that a reviewer corrected, or a mark that corrects none: who changed what, when, and why."""
        return self.sql("FROM reviews")

    def corrected(self) -> pd.DataFrame:
        """One row a quantity, as `records`, with what reviewers corrected in place."""
        return self.sql("FROM corrected ORDER BY source, start, id")

    def text(self, source: str) -> str:
        """The text of an input, which all offsets count in. Raises KeyError when the store has no such source."""
        found = self.arrow("SELECT text FROM texts WHERE source = ?", [source])["text"].to_pylist()
        if not found:
            raise KeyError(f"{source}: not in {self.path}; the column `source` of documents has the names")
        return found[0]

    def sample(self, n: int, seed: int = 0) -> pd.DataFrame:
        """Draw `n` records for checking by hand, in the order of the files, with empty columns `right` and `note`.

        The same seed draws the same records from the same store; all are drawn when it has no more than `n`.
        """
        if n < 1:
            raise ValueError(f"n={n}: give 1 or more")
        ids = sorted(self.arrow("SELECT id FROM records")["id"].to_pylist())
        drawn = random.Random(seed).sample(ids, min(n, len(ids)))
        query = f"SELECT {', '.join(SAMPLED)} FROM records WHERE id IN (SELECT unnest(?::VARCHAR[])) ORDER BY source, start, id"
        found = self.sql(query, [drawn])
        return found.assign(right="", note="")

    def codebook(self) -> str:
        """Every column of every table, as Markdown."""
        return codebook_of(self._manifest.columns)

    def __repr__(self) -> str:
        counts = f"{self.files} files, {self.count('documents')} documents, {self.count('records')} records"
        return f"Store({str(self.path)!r}, {counts}, {self.count('failures')} failures)"

    def _repr_html_(self) -> str:
        return notebook.store_html(self, (t for t in ABOUT if t != "signatures"))


def open(path: str | os.PathLike[str]) -> Store:
    """Open the store that `build` made. Raises StoreError when there is none, or one of another version."""
    path = Path(path)
    manifest = read_manifest(path) if path.is_dir() else None
    if manifest is None:
        if (path / STAGING).is_dir():
            raise StoreError(f"{path}: its build has not finished; run build again, what is done is kept")
        raise StoreError(f"{path}: is no store (no manifest.json); make one with build")
    if manifest.schema != VERSION:
        raise StoreError(f"{path}: has schema {manifest.schema}, this zhreport reads {VERSION}; build it again")
    return Store(path, manifest)


def _quoted(path: Path) -> str:
    """A path inside a query of DuckDB, which reads [ * ? as patterns."""
    return re.sub(r"([\[*?])", r"[\1]", str(path.absolute())).replace("'", "''")
