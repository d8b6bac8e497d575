"""The tables of a store: their columns, with types and meanings. One place for the Arrow schema and for the codebook."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from ..series.stored import COLUMNS as READINGS
from ..table import SCHEMA, arrow_schema

if TYPE_CHECKING:
    import pyarrow as pa

# Raised by one whenever a column of any table is added, removed or changes its type or meaning.
VERSION = 3


class Field(NamedTuple):
    """A column of a store: its name, its type (str, int, float, list, ints, …) and what it means."""

    name: str
    type: str
    meaning: str


ABOUT = {
    "documents": "One row a document; a page of a collection site holds several.",
    "sections": "One row a numbered section.",
    "records": "One row a quantity, with what it counts, where and when.",
    "findings": "One row a relation that the audit claims, with its verdict; those between reports have no `file`.",
    "readings": "One row a named figure as a reading of its cell in the panel: indicator aligned by the table, place, year, measure.",
    "failures": "One row a file that could not be read.",
    "texts": "One row an input text: the characters that all offsets count in.",
    "links": "One row a pair of documents with the same or nearly the same text.",
    "reviews": "One row a field that a reviewer corrected, or a mark that corrects none: who, when, what was there, what should be.",
    "corrections": "One row a record that was corrected: the columns of `records` with the corrections in place. `records` stays.",
    "signatures": "One row a document: what the search for duplicates compares. For our own use.",
}
# Tables with rows of single files, made as these are read; the others come of all of them.
OF_ALL = ("links", "reviews", "corrections")
OF_FILES = tuple(name for name in ABOUT if name not in OF_ALL)
# Tables that what the user knows of a file travels to.
WITH_META = ("documents", "records", "readings", "corrections")
# Tables that have the columns of another one.
_LIKE = {"corrections": "records"}

_TRACE = (
    Field("file", "str", "the input file, relative to the folder"),
    Field("file_hash", "str", "SHA-256 of the input file"),
    Field("rules", "str", "version of the rules that made the row"),
)
_FLOATS = {f"{n}_float": f"`{n}` as a float, for plots; null where it is no finite number" for n in ("value", "low", "high")}
_OWN = {
    "readings": tuple(Field(*column) for column in READINGS),
    "failures": (
        Field("source", "str", "the file, or the file inside an archive"),
        Field("what", "str", "what is wrong with it"),
        Field("todo", "str", "what to do"),
    ),
    "texts": (
        Field("source", "str", "the file, or the file inside an archive"),
        Field("text", "str", "the text; offsets count its code points"),
        Field("encoding", "str", "the encoding that was found, or null"),
        Field("about", "str", "what the reader noted of the file, as a JSON object"),
        Field("origin", "spans", "which characters come from which page, paragraph or cell"),
    ),
    "signatures": (
        Field("source", "str", "the file"),
        Field("document", "int", "number of the document on its page"),
        Field("start", "int", "first character"),
        Field("end", "int", "just after the last character"),
        Field("text_hash", "str", "hash of the letters and digits of the document"),
        Field("shingles", "int", "number of different shingles"),
        Field("bands", "ints", "MinHash signature folded to one number a band; empty for a short document"),
    ),
    "links": (
        Field("source_a", "str", "the file that comes first by name"),
        Field("document_a", "int", "its document"),
        Field("source_b", "str", "the other file"),
        Field("document_b", "int", "its document"),
        Field("kind", "str", "exact: the same letters and digits; near: most of them"),
        Field("share", "float", "shingles that both have, of all shingles of the two"),
        Field("share_a", "float", "share of the shingles of a that b has, too"),
        Field("share_b", "float", "share of the shingles of b that a has, too"),
        Field("rules", "str", "version of the rules that made the row"),
    ),
    "reviews": (
        Field("source", "str", "the file, or null where the store has none of this name"),
        Field("id", "str", "the record, or null"),
        Field("what", "str", "record or finding"),
        Field("kind", "str", "kind of the finding"),
        Field("start", "int", "first character of what was marked"),
        Field("end", "int", "just after the last character"),
        Field("surface", "str", "what stood there"),
        Field("mark", "str", "right, wrong, unsure"),
        Field("field", "str", "the field that is corrected, or null"),
        Field("old", "str", "what was extracted"),
        Field("new", "str", "what the reviewer says it should be; null for none"),
        Field("note", "str", "why"),
        Field("reviewer", "str", "who"),
        Field("at", "str", "when, UTC"),
        Field(
            "state", "str", "applied, kept (corrects nothing), superseded (by a later mark), stale (no longer fits, not applied)"
        ),
        Field("reason", "str", "why it was not applied"),
        Field("given", "str", "the mark as it was exported"),
        Field("given_in", "str", "file and line of the mark"),
    ),
}


def fields(what: str, meta: Sequence[str] = ()) -> tuple[Field, ...]:
    """The columns of a table, with those of the user's own `meta`."""
    what = _LIKE.get(what, what)
    if what in OF_ALL:
        return _OWN[what]
    own = tuple(Field(f"meta_{m}", "str", f"`{m}`, as the user gave it") for m in meta) if what in WITH_META else ()
    if what in _OWN:
        return (*_OWN[what], *own, *_TRACE)
    found = []
    for c in SCHEMA[what]:
        found.append(Field(c.name, c.type, c.meaning))
        if what == "records" and (name := f"{c.name}_float") in _FLOATS:
            found.append(Field(name, "float", _FLOATS[name]))
    return (*found, *own, *_TRACE)


def store_schema(what: str, meta: Sequence[str] = ()) -> pa.Schema:
    """The Arrow schema of a table of the store; its metadata names the version.

    >>> store_schema("records").field("value_float").type
    DataType(double)
    """
    import pyarrow as pa

    like = _LIKE.get(what, what)
    given = arrow_schema(like) if like in SCHEMA else pa.schema([])
    span = pa.struct([("start", pa.int64()), ("end", pa.int64()), ("kind", pa.string()), ("locator", pa.string())])
    kinds = {
        "str": pa.string(),
        "int": pa.int64(),
        "float": pa.float64(),
        "ints": pa.list_(pa.int64()),
        "list": pa.list_(pa.string()),
        "spans": pa.list_(span),
    }
    columns = [
        pa.field(f.name, _as_read(given.field(f.name).type if f.name in given.names else kinds[f.type]))
        for f in fields(what, meta)
    ]
    return pa.schema(columns, metadata={"zhreport.table": what, "zhreport.schema": str(VERSION)})


def _as_read(kind: pa.DataType) -> pa.DataType:
    """Parquet names what a list holds `element`, Arrow `item`; with one name, rows that were read are written the same."""
    import pyarrow as pa

    return pa.list_(pa.field("element", kind.value_type)) if pa.types.is_list(kind) else kind


def codebook(meta: Sequence[str] = ()) -> str:
    """Every column of every table as Markdown.

    >>> codebook().splitlines()[0]
    '# Codebook (schema 3)'
    """
    lines = [
        f"# Codebook (schema {VERSION})", "",
        "语料库的表与列，由 `zhreport codebook` 写出 / the tables and columns of a store, written by `zhreport codebook`.", "",
    ]  # fmt: skip
    for what, about in ABOUT.items():
        lines += [f"## {what}", "", about, "", "| column | type | meaning |", "| --- | --- | --- |"]
        lines += [f"| `{f.name}` | {f.type} | {f.meaning} |" for f in fields(what, meta)]
        lines.append("")
    return "\n".join(lines)
