"""spaCy: `nlp.add_pipe("zhreport")` sets spans of quantities and sections on a Doc. No rule about Chinese lives here.

Importing this module registers the component; the entry point of the package does it for `nlp.add_pipe`.
"""

from __future__ import annotations

import functools
import json
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ..checks import Findings, audit
from ..lexicon import Lexicon
from ..report import Report, parse
from ..types import Record, Section

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

# The user's own word tables, by name and text: they travel inside a saved pipeline and with the Docs that were made by them.
Tables = tuple[tuple[str, str], ...]
_KEY = "zhreport_tables"


class ZhReport:
    """Reads the text of a Doc and sets `doc.spans["quantities"]` and `doc.spans["sections"]`, widened to whole tokens.

    A span's label is the dimension, or the style of the marker; `span.id_` is the id of its record, or the marker's offset.
    `doc._.zhreport` is the Report, `doc._.findings` its audit, `span._.record` the Record behind a quantity, `span._.section`
    the Section behind a heading. `extra` are the user's own word tables; their rows are saved with the pipeline.
    """

    def __init__(self, nlp: Language | None = None, name: str = "zhreport", extra: Sequence[str | Path] = ()) -> None:
        _extensions()
        self.name = name
        # A saved pipeline that was moved names tables that are not here; it brings their rows along (from_disk).
        self.missing = [str(p) for p in extra if not Path(p).is_file()]
        self.tables: Tables = ()
        if not self.missing:
            Lexicon.load(extra=list(extra))  # names file and line where a table is wrong
            self.tables = tuple((Path(p).name, Path(p).read_text(encoding="utf-8-sig")) for p in extra)

    def __call__(self, doc: Doc) -> Doc:
        if self.missing:
            raise FileNotFoundError(f"{self.missing[0]}: no such file; `extra` takes your own word tables, such as my_units.tsv")
        if self.tables:
            doc.user_data[_KEY] = [list(t) for t in self.tables]
        report = _parsed(doc.text, self.tables).report
        doc.spans["quantities"] = [
            s for r in report.records if (s := _span(doc, r.start, r.end, r.quantity.dimension, r.id)) is not None
        ]
        doc.spans["sections"] = [
            s for x in report.sections if (s := _span(doc, x.start, x.title_end, x.style, str(x.start))) is not None
        ]
        return doc

    def to_bytes(self, exclude: Sequence[str] = ()) -> bytes:
        """The user's own tables; the shipped ones come with the package."""
        return json.dumps(self.tables, ensure_ascii=False).encode()

    def from_bytes(self, data: bytes, exclude: Sequence[str] = ()) -> ZhReport:
        self.tables = tuple((str(name), str(text)) for name, text in json.loads(data))
        self.missing = []
        return self

    def to_disk(self, path: str | Path, exclude: Sequence[str] = ()) -> None:
        Path(path).mkdir(parents=True, exist_ok=True)
        (Path(path) / "tables.json").write_bytes(self.to_bytes())

    def from_disk(self, path: str | Path, exclude: Sequence[str] = ()) -> ZhReport:
        return self.from_bytes((Path(path) / "tables.json").read_bytes())


class _Parsed(NamedTuple):
    report: Report
    records: dict[str, Record]
    sections: dict[str, Section]


@functools.lru_cache(maxsize=8)
def _parsed(text: str, tables: Tables) -> _Parsed:
    """The report of a Doc's text, kept while its extensions are asked: Docs themselves stay plain, so that they go to bytes."""
    report = parse(text, _lexicon(tables))
    return _Parsed(report, {r.id: r for r in report.records}, {str(s.start): s for s in report.sections})


@functools.lru_cache(maxsize=4)
def _lexicon(tables: Tables) -> Lexicon:
    if not tables:
        return Lexicon.load()
    with tempfile.TemporaryDirectory(prefix="zhreport-") as folder:
        paths = [Path(folder) / f"{i}_{name}" for i, (name, _) in enumerate(tables)]
        for path, (_, text) in zip(paths, tables, strict=True):
            path.write_text(text, encoding="utf-8")
        return Lexicon.load(extra=paths)


def _span(doc: Doc, start: int, end: int, label: str, name: str) -> Any:
    """The tokens that hold some characters; a token that a figure cuts is taken whole."""
    span = doc.char_span(start, end, label=label, span_id=name, alignment_mode="expand")
    return span if span is not None and len(span) else None


def _extensions() -> None:
    """`doc._.zhreport`, `doc._.findings`, `span._.record`, `span._.section`: made when asked for."""
    try:
        from spacy.tokens import Doc, Span
    except ImportError as error:
        raise ImportError("the spaCy adapter needs spaCy: pip install 'zhreport[spacy]'") from error
    if not Doc.has_extension("zhreport"):
        Doc.set_extension("zhreport", getter=lambda doc: _of(doc).report)
        Doc.set_extension("findings", getter=_findings)
        Span.set_extension("record", getter=lambda span: _of(span.doc).records.get(span.id_))
        Span.set_extension("section", getter=lambda span: _of(span.doc).sections.get(span.id_))


def _of(doc: Doc) -> _Parsed:
    return _parsed(doc.text, tuple((name, text) for name, text in doc.user_data.get(_KEY, ())))


def _findings(doc: Doc) -> Findings:
    found = _of(doc)
    return audit(found.report, lexicon=_lexicon(tuple((name, text) for name, text in doc.user_data.get(_KEY, ()))))


def zhreport_component(nlp: Language, name: str, extra: list[str]) -> ZhReport:
    """The factory behind `nlp.add_pipe("zhreport", config={"extra": ["my_units.tsv"]})`."""
    return ZhReport(nlp, name, extra)


with suppress(ImportError):  # without spaCy there is nobody to register with
    from spacy.language import Language as _Language

    _Language.factory("zhreport", default_config={"extra": []}, func=zhreport_component)
