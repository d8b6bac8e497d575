"""Spark: records and findings of the texts in a Spark DataFrame, through `mapInArrow`. The executors need zhreport installed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from ..lexicon import Lexicon
from .arrow import findings_of, records_of, schema_of

if TYPE_CHECKING:
    import pyarrow as pa

_OF = {"records": records_of, "findings": findings_of}


def records(frame: Any, text: str = "text", source: str | None = None, lexicon: Lexicon | None = None) -> Any:
    """The records of a Spark DataFrame with a column of texts, as a Spark DataFrame."""
    return _mapped(frame, "records", text, source, lexicon)


def findings(frame: Any, text: str = "text", source: str | None = None, lexicon: Lexicon | None = None) -> Any:
    """What the audit finds in a Spark DataFrame with a column of texts, as a Spark DataFrame."""
    return _mapped(frame, "findings", text, source, lexicon)


def _mapped(frame: Any, what: str, text: str, source: str | None, lexicon: Lexicon | None) -> Any:
    try:
        from pyspark.sql.pandas.types import from_arrow_schema
    except ImportError:
        raise ImportError("Spark is not installed: pip install 'zhreport[spark]', and a Java") from None
    columns = [text] if source is None else [text, source]
    return frame.select(*columns).mapInArrow(_batches(what, text, source, lexicon), from_arrow_schema(schema_of(what)))


def _batches(
    what: str, text: str, source: str | None, lexicon: Lexicon | None
) -> Callable[[Iterable[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    def mapped(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            yield _OF[what](batch, text, source, lexicon)

    return mapped
