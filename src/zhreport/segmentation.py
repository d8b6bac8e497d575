"""Word segmentation: jieba, pkuseg, rjieba or spaCy behind one function, with the terms of county reports held together.

A quantity, a date and a section marker are one word each. A backend's global state is never touched.
"""

from __future__ import annotations

import functools
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

import regex

from . import notebook
from .clauses import clauses as clauses_of
from .documents import boilerplate_of
from .documents import documents as documents_of
from .lexicon import Lexicon, alternation
from .quantities import quantity_reader
from .report import Report
from .sections import outside, section_reader
from .tokens import fold, repaired, scanner
from .vocabulary import vocabulary

if TYPE_CHECKING:
    import pandas as pd

Cut = Callable[[str], Iterable[str]]


class Word(NamedTuple):
    """A word and where it stands: `text[start:end]`."""

    start: int
    end: int
    text: str


class Words(tuple[Word, ...]):
    """The words of a text, blanks included: joined, they are the text again."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"Words({len(self)}: {' '.join(w.text for w in self[:8])}{' …' if len(self) > 8 else ''})"

    def to_frame(self) -> pd.DataFrame:
        """The words as a DataFrame with start, end and text."""
        import pandas as pd

        return pd.DataFrame([tuple(w) for w in self], columns=["start", "end", "text"])

    def _repr_html_(self) -> str:
        return notebook.words_html(self, f"{len(self)} words")


def words(
    text: str, backend: str | Cut = "jieba", *, extra: Iterable[str] = (), domain: bool = True, lexicon: Lexicon | None = None
) -> Words:
    """Cut a text into words.

    `backend` is jieba, pkuseg, rjieba, spacy, or any function from text to words; `extra` adds words for this call.
    `domain=False` leaves the backend's own cuts. Raises ImportError that says what to install, ValueError for an unknown name.

    >>> [w.text for w in words("发放控辍保学资金578.0675万元。")]
    ['发放', '控辍保学', '资金', '578.0675万元', '。']
    """
    if not isinstance(text, str):
        raise TypeError(f"words() takes the text as str, not {type(text).__name__}")
    if isinstance(extra, str):
        raise TypeError(f"extra= takes a list of words, not one; write extra=[{extra!r}]")
    extra = tuple(w for w in extra if w)
    lexicon = lexicon or Lexicon.load()
    cut = backend if callable(backend) else _backend(backend)
    ends = _ends(text, cut(text))
    if domain or extra:
        kept = list(_terms(text, lexicon, extra, domain))
        ends = _held(ends, kept, _fixed(text, lexicon) if domain else [])
    out, start = [], 0
    for end in ends:
        out.append(Word(start, end, text[start:end]))
        start = end
    return Words(out)


def _ends(text: str, pieces: Iterable[str]) -> list[int]:
    """Where each word ends; what a backend drops (blanks) becomes words of its own."""
    out: list[int] = []
    at = 0
    for piece in pieces:
        if not piece:
            continue
        start = at if text.startswith(piece, at) else text.find(piece, at)
        if start < 0:
            continue  # the backend changed the characters: its cut cannot be placed
        if start > at:
            out.append(start)
        at = start + len(piece)
        out.append(at)
    if at < len(text):
        out.append(len(text))
    return out


def _held(ends: Sequence[int], terms: Iterable[tuple[int, int]], fixed: Sequence[tuple[int, int]]) -> list[int]:
    """The cuts with every fixed stretch as one word, and every term whose edges do not cut a longer word apart."""
    cuts = set(ends)
    for start, end in fixed:
        cuts.difference_update(range(start + 1, end))
        cuts.update(c for c in (start, end) if c)
    inside = {c for start, end in fixed for c in range(start + 1, end)}
    for start, end in terms:
        if start in inside or end in inside:
            continue
        sure = end - start >= 4
        if sure or ((start == 0 or start in cuts) and end in cuts):
            cuts.difference_update(range(start + 1, end))
            cuts.update(c for c in (start, end) if c)
    return sorted(cuts)


def _fixed(text: str, lexicon: Lexicon) -> list[tuple[int, int]]:
    """Quantities (number with multiplier and unit), dates and section markers, in order."""
    folded, _ = repaired(fold(text, lexicon.variants))
    reader = section_reader(lexicon)
    found = reader.candidates(folded)
    documents = documents_of(text, folded, {m.start: (m.style, m.number) for m in found if m.place == "line"})
    found = outside(found, boilerplate_of(folded, documents))
    sections = [s for d in documents for s in reader.sections(text, folded, d.id, d.title_end or d.start, d.end, found)]
    out = [(s.start, s.end) for s in sections]
    chars = list(folded)
    for start, end in out:
        chars[start:end] = "\n" * (end - start)
    masked = "".join(chars)
    scan = scanner(lexicon).scan(masked)
    for q in quantity_reader(lexicon).quantities(
        text, masked, scan.numbers, clauses_of(masked), vocabulary(lexicon).spot(masked)
    ):
        out.append((q.number_start, q.core_end))
    out += [(t.start, t.end) for t in scan.takers if t.kind.startswith("date:")]
    return sorted(out)


@functools.lru_cache(maxsize=16)
def _term_pattern(lexicon: Lexicon, extra: tuple[str, ...], domain: bool) -> regex.Pattern:
    surfaces = [r.surface for r in lexicon.table("terms")] if domain else []
    return regex.compile(alternation([*surfaces, *extra]))


def _terms(text: str, lexicon: Lexicon, extra: tuple[str, ...], domain: bool) -> Iterator[tuple[int, int]]:
    folded = fold(text, lexicon.variants)
    for m in _term_pattern(lexicon, extra, domain).finditer(folded):
        yield m.span()


# The backends: each a function from text to words, made once a process.

_INSTALL = {
    "rjieba": "pip install 'zhreport[fast]'",
    "pkuseg": "pip install numpy cython setuptools wheel, then pip install --no-build-isolation pkuseg",
    "spacy": "pip install 'zhreport[spacy]'",
}


@functools.lru_cache(maxsize=8)
def _backend(name: str) -> Cut:
    makers = {"jieba": _jieba, "rjieba": _rjieba, "pkuseg": _pkuseg, "spacy": _spacy}
    if name not in makers:
        raise ValueError(f"unknown backend {name!r}; use one of {', '.join(makers)}, or a function from text to words")
    try:
        return makers[name]()
    except ImportError as error:
        raise ImportError(
            f"the backend {name!r} is not installed ({error}); {_INSTALL.get(name, 'pip install ' + name)}"
        ) from None


def _jieba() -> Cut:
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import jieba

    jieba.setLogLevel(60)
    tokenizer = jieba.Tokenizer()
    # It keeps its dictionary in the temporary folder and loads whatever stands there under that name, by whomever.
    tokenizer.tmp_dir = _own_cache()
    return tokenizer.cut


def _own_cache() -> str:
    """A folder for caches that only this user writes to. Where it cannot be made, jieba does without."""
    folder = os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "zhreport")
    with suppress(OSError):
        os.makedirs(folder, mode=0o700, exist_ok=True)
    return folder


def _rjieba() -> Cut:
    import rjieba

    return rjieba.Jieba().cut


def _pkuseg() -> Cut:
    import pkuseg

    return pkuseg.pkuseg().cut


def _spacy() -> Cut:
    import spacy

    nlp = spacy.blank("zh", config={"nlp": {"tokenizer": {"segmenter": "jieba"}}})

    def cut(text: str) -> Iterator[str]:
        for token in nlp.make_doc(text):
            yield token.text
            if token.whitespace_:
                yield token.whitespace_

    return cut


# What researchers count.

_WORD = regex.compile(r"\p{L}{2,}")


def word_counts(
    reports: Report | Iterable[Report], backend: str | Cut = "jieba", *, lexicon: Lexicon | None = None
) -> pd.DataFrame:
    """How often each word of two characters or more stands in the reports, and in how many; figures and marks left out."""
    import pandas as pd

    listed = [reports] if isinstance(reports, Report) else list(reports)
    total: Counter[str] = Counter()
    within: Counter[str] = Counter()
    for report in listed:
        found = Counter(w.text for w in words(report.text, backend, lexicon=lexicon) if _WORD.fullmatch(w.text))
        total.update(found)
        within.update(found.keys())
    rows = [(word, count, within[word]) for word, count in sorted(total.items(), key=lambda item: (-item[1], item[0]))]
    return pd.DataFrame(rows, columns=["word", "count", "reports"])


def key_terms(report: Report, top: int = 10, backend: str | Cut = "jieba", *, lexicon: Lexicon | None = None) -> pd.DataFrame:
    """The words that mark each top section off from the others (TF-IDF), the strongest first.

    Needs scikit-learn (`pip install 'zhreport[terms]'`). A report with no sections is taken as one.
    """
    import pandas as pd

    try:
        from sklearn.feature_extraction.text import TfidfVectorizer
    except ImportError:
        raise ImportError("key_terms needs scikit-learn; pip install 'zhreport[terms]'") from None
    tops: list[tuple[Any, str, str]] = [(s.start, f"{s.marker}{s.title}", s.text) for s in report.sections if s.level == 1]
    tops = tops or [(0, report.source or "", report.text)]
    cut = [[w.text for w in words(body, backend, lexicon=lexicon) if _WORD.fullmatch(w.text)] for _, _, body in tops]
    columns = ["section_start", "section", "word", "weight"]
    if not any(cut):
        return pd.DataFrame([], columns=columns)
    vectorizer = TfidfVectorizer(analyzer=lambda listed: listed)
    weights = vectorizer.fit_transform(cut).toarray()
    names = vectorizer.get_feature_names_out()
    rows = []
    for (start, name, _), row in zip(tops, weights, strict=True):
        best = sorted(((w, n) for w, n in zip(row, names, strict=True) if w > 0), key=lambda item: (-item[0], item[1]))
        rows += [(start, name, n, round(float(w), 4)) for w, n in best[:top]]
    return pd.DataFrame(rows, columns=columns)
