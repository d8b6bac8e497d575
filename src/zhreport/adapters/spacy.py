"""spaCy: `nlp.add_pipe("zhreport")` sets spans of quantities and sections on a Doc. No rule about Chinese lives here.

Importing this module registers the component; the entry point of the package does it for `nlp.add_pipe`.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..checks import audit
from ..lexicon import Lexicon
from ..report import Report, parse

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc


class ZhReport:
    """Reads the text of a Doc and sets `doc.spans["quantities"]` and `doc.spans["sections"]`, widened to whole tokens.

    A span's label is the dimension, or the style of the marker; `span.id_` is the id of its record, or the marker's offset.
    `doc._.zhreport` is the Report, `doc._.findings` its audit, `span._.record` the Record behind a quantity.
    """

    def __init__(self, nlp: Language, name: str = "zhreport", extra: tuple[str, ...] = ()) -> None:
        self.name = name
        self.extra = tuple(extra)
        self.lexicon = Lexicon.load(extra=list(self.extra)) if self.extra else Lexicon.load()
        _extensions()

    def __call__(self, doc: Doc) -> Doc:
        report = parse(doc.text, self.lexicon)
        doc.spans["quantities"] = [
            s for r in report.records if (s := _span(doc, r.start, r.end, r.quantity.dimension, r.id)) is not None
        ]
        doc.spans["sections"] = [
            s for x in report.sections if (s := _span(doc, x.start, x.title_end, x.style, str(x.start))) is not None
        ]
        return doc

    def to_disk(self, path: str | Path, exclude: tuple[str, ...] = ()) -> None:
        """The names of the user's own tables; the shipped ones come with the package."""
        Path(path).mkdir(parents=True, exist_ok=True)
        (Path(path) / "extra.txt").write_text("\n".join(self.extra), encoding="utf-8")

    def from_disk(self, path: str | Path, exclude: tuple[str, ...] = ()) -> ZhReport:
        """Load the user's own tables again from where they lie."""
        self.extra = tuple((Path(path) / "extra.txt").read_text(encoding="utf-8").split("\n")) if path else ()
        self.extra = tuple(x for x in self.extra if x)
        self.lexicon = Lexicon.load(extra=list(self.extra)) if self.extra else Lexicon.load()
        return self

    def to_bytes(self, exclude: tuple[str, ...] = ()) -> bytes:
        return "\n".join(self.extra).encode()

    def from_bytes(self, data: bytes, exclude: tuple[str, ...] = ()) -> ZhReport:
        self.extra = tuple(x for x in data.decode().split("\n") if x)
        self.lexicon = Lexicon.load(extra=list(self.extra)) if self.extra else Lexicon.load()
        return self


def _span(doc: Doc, start: int, end: int, label: str, name: str) -> Any:
    """The tokens that hold some characters; a token that a figure cuts is taken whole."""
    span = doc.char_span(start, end, label=label, span_id=name, alignment_mode="expand")
    return span if span is not None and len(span) else None


def _extensions() -> None:
    """`doc._.zhreport`, `doc._.findings`, `span._.record`: made when asked for, so that Docs stay small and pickle."""
    try:
        from spacy.tokens import Doc, Span
    except ImportError as error:
        raise ImportError("the spaCy adapter needs spaCy: pip install 'zhreport[spacy]'") from error
    if not Doc.has_extension("zhreport"):
        Doc.set_extension("zhreport", getter=_report)
        Doc.set_extension("findings", getter=lambda doc: audit(_report(doc)))
        Span.set_extension("record", getter=_record)


def _report(doc: Doc) -> Report:
    """The report of a Doc, parsed once while it is asked for."""
    found = doc.user_data.get("zhreport")
    if not isinstance(found, Report) or found.text != doc.text:
        found = parse(doc.text)
    return found


def _record(span: Any) -> Any:
    return next((r for r in _report(span.doc).records if r.id == span.id_), None)


def zhreport_component(nlp: Language, name: str, extra: list[str]) -> ZhReport:
    """The factory behind `nlp.add_pipe("zhreport", config={"extra": ["my_units.tsv"]})`."""
    return ZhReport(nlp, name, tuple(extra))


with suppress(ImportError):  # without spaCy there is nobody to register with
    from spacy.language import Language as _Language

    _Language.factory("zhreport", default_config={"extra": []}, func=zhreport_component)
