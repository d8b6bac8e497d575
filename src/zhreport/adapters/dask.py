"""Dask: records and findings of the texts in a Dask DataFrame. A folder on a cluster: `zhreport.build(..., engine="dask")`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..lexicon import Lexicon
from ..store.frames import frame_of
from .arrow import findings_of, records_of, schema_of

if TYPE_CHECKING:
    import pandas as pd

_OF = {"records": records_of, "findings": findings_of}


def records(frame: Any, text: str = "text", source: str | None = None, lexicon: Lexicon | None = None) -> Any:
    """The records of a Dask DataFrame with a column of texts, as a Dask DataFrame."""
    return _mapped(frame, "records", text, source, lexicon)


def findings(frame: Any, text: str = "text", source: str | None = None, lexicon: Lexicon | None = None) -> Any:
    """What the audit finds in a Dask DataFrame with a column of texts, as a Dask DataFrame."""
    return _mapped(frame, "findings", text, source, lexicon)


def _mapped(frame: Any, what: str, text: str, source: str | None, lexicon: Lexicon | None) -> Any:
    if not hasattr(frame, "map_partitions"):
        raise TypeError(f"takes a Dask DataFrame, not {type(frame).__name__}; make one with dask.dataframe.from_pandas")
    empty = frame_of(schema_of(what).empty_table())
    return frame.map_partitions(_part, what, text, source, lexicon, meta=empty)


def _part(part: pd.DataFrame, what: str, text: str, source: str | None, lexicon: Lexicon | None) -> pd.DataFrame:
    """One partition. The columns that are not asked for need not be such as Arrow can hold."""
    import pyarrow as pa

    columns = [text] if source is None else [text, source]
    found = _OF[what](pa.Table.from_pandas(part[columns], preserve_index=False), text, source, lexicon)
    return frame_of(found)
