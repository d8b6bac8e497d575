"""Arrow in, Arrow out: a batch with a column of texts → a batch of records, or of findings. Every engine calls these two.

Ray: `dataset.map_batches(records_of, batch_format="pyarrow")` on tables; polars: `pl.from_arrow(records_of(frame.to_arrow()))`.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, TypeVar

from ..lexicon import Lexicon
from ..report import parse
from ..store.rows import Trace, arrow_of, rows_of
from ..store.rules import rules_version
from ..store.schema import store_schema

if TYPE_CHECKING:
    import pyarrow as pa

    Batch = TypeVar("Batch", pa.RecordBatch, pa.Table)


def records_of(batch: Batch, text: str = "text", source: str | None = None, lexicon: Lexicon | None = None) -> Batch:
    """The records of the texts of a batch (or table), with the columns of a store; a null text has none.

    `source` is the column that names the texts; ids are made from the name, or from the text where there is none.

    >>> import pyarrow as pa
    >>> records_of(pa.record_batch({"text": ["发放资助资金3万元。"]}))["value"].to_pylist()
    ['30000']
    """
    return _of(batch, "records", text, source, lexicon)


def findings_of(batch: Batch, text: str = "text", source: str | None = None, lexicon: Lexicon | None = None) -> Batch:
    """What the audit finds in the texts of a batch (or table), with the columns of a store."""
    return _of(batch, "findings", text, source, lexicon)


def schema_of(what: str) -> pa.Schema:
    """The schema of what `records_of` and `findings_of` give."""
    return store_schema(what)


def _of(batch: Any, what: str, text: str, source: str | None, lexicon: Lexicon | None) -> Any:
    import pyarrow as pa

    for column in filter(None, (text, source)):
        if column not in batch.schema.names:
            raise KeyError(f"no column {column!r} in the batch; it has {', '.join(batch.schema.names)}")
    texts = batch[text].to_pylist()
    names = batch[source].to_pylist() if source else [None] * len(texts)
    rules = rules_version(lexicon)
    found = []
    for words, name in zip(texts, names, strict=True):
        if words is not None:
            name = None if name is None else str(name)
            trace = Trace(name, hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest(), rules)
            found += rows_of(parse(words, lexicon, source=name), trace, what, lexicon)
    table = arrow_of(found, what)
    if isinstance(batch, pa.Table):
        return table
    return pa.RecordBatch.from_arrays([c.combine_chunks() for c in table.columns], schema=table.schema)
