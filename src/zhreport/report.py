"""`parse`: calls the stages in order. The only file that knows the whole flow."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from . import notebook, table
from .clauses import clauses as clauses_of
from .clauses import surroundings
from .context.carry import carried, year_of
from .context.indicators import indicator_reader
from .context.owners import owned, owner_words
from .context.parts import part_reader
from .context.rates import rate_reader
from .context.roles import role_reader
from .context.statuses import begun_year, status_reader
from .context.takeover import filled, of_totals, qualifiers, takeover_words
from .divisions import divisions
from .documents import assembly_of, boilerplate_of, described, lead_of
from .documents import documents as documents_of
from .grids import Tables, grid_reader, grids, parted
from .lexicon import Lexicon
from .periods import period_reader
from .places import Place, home_of, place_reader
from .quantities import quantity_reader
from .records import Facts, assembled, homes_of, in_cells, key_of
from .sections import outside, section_reader
from .tokens import fold, repaired, scanner
from .types import Document, Period, Placeholder, Quantity, Record, Section, Span, Spanned, Token, Told
from .vocabulary import Spots, vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pandas as pd

    from .clauses import Clauses


F = TypeVar("F", bound=Spanned)


@dataclass(frozen=True, slots=True)
class Report:
    """A text that never changes, and what was found in it. Offsets are code points of `text`."""

    text: str
    source: str | None = None
    key: str = ""
    origin: tuple[tuple[int, int, str, str], ...] = ()
    meta: tuple[tuple[str, str], ...] = ()
    documents: tuple[Document, ...] = ()
    sections: tuple[Section, ...] = ()
    sentences: tuple[Span, ...] = ()
    records: tuple[Record, ...] = ()
    placeholders: tuple[Placeholder, ...] = ()
    boilerplate: tuple[Token, ...] = ()
    tokens: tuple[Token, ...] = field(default=(), repr=False)

    def text_of(self, fact: Spanned) -> str:
        """The characters that a fact stands for."""
        return self.text[fact.start : fact.end]

    def at(self, offset: int) -> Record | Section | Document | None:
        """The record at an offset, else the innermost section, else the document.

        >>> parse("全县有学校51所。").at(6).surface
        '51所'
        """
        for record in self.records:
            if record.start <= offset < record.end:
                return record
        holding = [s for s in self.sections if s.start <= offset < s.body_end]
        if holding:
            return holding[-1]
        return next((d for d in self.documents if d.start <= offset < d.end), None)

    def outline(self) -> str:
        """The documents and sections as an indented tree.

        >>> print(parse("一、成效\\n(一)资助。发放5万元。(二)就业。").outline())
        一、 成效
          (一) 资助
          (二) 就业
        """
        out = []
        for document in self.documents:
            if len(self.documents) > 1:
                out.append(f"# {document.title or document.id}")
            out += [f"{'  ' * (s.level - 1)}{s.marker} {s.title}".rstrip() for s in self.sections if s.document == document.id]
        return "\n".join(out)

    def records_in(self, section: Section) -> tuple[Record, ...]:
        """The records of a section and of all below it."""
        starts = [r.start for r in self.records]
        return self.records[bisect_left(starts, section.start) : bisect_left(starts, section.body_end)]

    def by_section(self) -> Iterator[tuple[Section, tuple[Record, ...]]]:
        """Each section with the records of its own text, those of its subsections left to them.

        >>> [(s.title, len(r)) for s, r in parse("一、成效\\n发放3万元。\\n(一)就业。新增5人、6人。").by_section()]
        [('成效', 1), ('就业', 2)]
        """
        own: dict[int | None, list[Record]] = {}
        for record in self.records:
            own.setdefault(record.section_start, []).append(record)
        for section in self.sections:
            yield section, tuple(own.get(section.start, ()))

    def kwic(self, keyword: str, width: int = 20) -> pd.DataFrame:
        """The keyword in context: one row an occurrence, `width` characters on either side, with its place and section."""
        import pandas as pd

        rows = []
        at = self.text.find(keyword) if keyword else -1
        while at >= 0:
            end = at + len(keyword)
            section = next((s for s in reversed(self.sections) if s.start <= at < s.body_end), None)
            left, right = self.text[max(0, at - width) : at], self.text[end : end + width]
            rows.append(
                (left.replace("\n", " "), keyword, right.replace("\n", " "), at, end, " ".join(section.path) if section else "")
            )
            at = self.text.find(keyword, end)
        return pd.DataFrame(rows, columns=["left", "keyword", "right", "start", "end", "section"])

    def to_frame(self) -> pd.DataFrame:
        """The records as a DataFrame, one row each; see the table of columns in the README."""
        return table.frame(table.rows(self, "records"), "records")

    def sections_frame(self) -> pd.DataFrame:
        """The sections as a DataFrame."""
        return table.frame(table.rows(self, "sections"), "sections")

    def documents_frame(self) -> pd.DataFrame:
        """The documents as a DataFrame."""
        return table.frame(table.rows(self, "documents"), "documents")

    def __repr__(self) -> str:
        name = self.source or (self.documents[0].title if self.documents else None) or "text"
        return f"Report({name!r}, {len(self.text)} characters, {len(self.sections)} sections, {len(self.records)} records)"

    def _repr_html_(self) -> str:
        return notebook.report_html(self)


def names_year(period: str) -> bool:
    """Whether a period that the user gives is one: 2020, 2020-06, 2016/2020."""
    return all(y[:4].isascii() and y[:4].isdigit() and len(y) > 3 for y in period.strip("/").split("/"))


def parse(
    text: str,
    lexicon: Lexicon | None = None,
    *,
    source: str | None = None,
    origin: tuple[tuple[int, int, str, str], ...] = (),
    place: str | None = None,
    period: str | None = None,
    meta: Mapping[str, Any] | None = None,
) -> Report:
    """Read a text: its documents, sections, sentences and records. Never raises on odd text.

    `source` names it in the output; `place` and `period`, where the user knows them, beat what is detected.
    Raises TypeError when `text` is no str, ValueError when `period` names no year.

    >>> report = parse("2020年发放资助资金14.925万元,惠及学生近200人次。")
    >>> [(r.surface, r.indicator, r.period) for r in report.records]
    [('14.925万元', '资助资金', '2020'), ('近200人次', '学生', '2020')]
    """
    if not isinstance(text, str):
        raise TypeError(f"parse() takes the text as str, not {type(text).__name__}; read a file with zhreport.read(path)")
    lexicon = lexicon or Lexicon.load()
    if not isinstance(lexicon, Lexicon):
        raise TypeError(f"lexicon= takes a Lexicon, not {type(lexicon).__name__}; make one with Lexicon.load(extra=[…])")
    if period and not names_year(str(period)):
        raise ValueError(f"period={period!r} names no year; write 2020, 2020-06 or 2016/2020")
    key = key_of(text, source)
    folded, damaged = repaired(fold(text, lexicon.variants))
    reader = section_reader(lexicon)
    ruled = grids(text, folded)
    folded = parted(folded, ruled)
    markers = outside(reader.candidates(folded), ruled)  # 一、税收收入 in a table is a row
    documents = documents_of(text, folded, {m.start: (m.style, m.number) for m in markers if m.place == "line"})
    boilerplate = boilerplate_of(folded, documents)
    markers = outside(markers, boilerplate)
    sections = tuple(s for d in documents for s in reader.sections(text, folded, d.id, d.title_end or d.start, d.end, markers))
    masked = _masked(folded, [(s.start, s.end) for s in sections], [(b.start, b.end) for b in boilerplate])
    clauses = clauses_of(masked)
    scan = scanner(lexicon).scan(masked)
    spots = vocabulary(lexicon).spot(masked)
    quantities = quantity_reader(lexicon).quantities(text, masked, scan.numbers, clauses, spots, damaged)
    periods = period_reader(lexicon).read(masked, scan.takers)
    places = place_reader(lexicon).read(text, masked, [d.start for d in documents])
    tables = grid_reader(lexicon).read(text, masked, ruled, periods, places, quantities)
    # A year or a place in a head holds for its cells, and not for what follows the table.
    periods, places = _without(periods, tables.heads), _without(places, tables.heads)
    figures = _merged(quantities, tables.quantities)
    records: list[Record] = []
    heads = {m.start for m in markers if m.place == "line"}
    kinds, parts = lexicon.words("cues", "document_kind"), lexicon.words("periods", "part")
    documents = tuple(
        _known(described(folded, d, heads, kinds, home, parts, lead), place, period)
        for d in documents
        for lead in (lead_of(folded, d, heads),)
        for home in (home_of(folded, _inside(places, d), d.title_end or 0, assembly_of(folded, d, heads), lead),)
    )
    page = Page(text, masked, lexicon, clauses, spots, scan.takers, periods, places, sections, tables)
    if documents and documents[0].start and (before := _inside(figures, preface := Document(0, 0, documents[0].start))):
        # 前言发放5万元 above 总结篇1: a figure of no document is a record all the same.
        records += assembled(text, key, None, before, clauses, _facts(page, preface, before))
    for document in documents:
        chosen = _inside(figures, document)
        records += assembled(text, key, document, chosen, clauses, _facts(page, document, chosen))
    sentences = tuple(map(Span, clauses.sentence_starts, clauses.sentence_ends))
    return Report(
        text, source, key, origin, tuple(sorted((k, str(v)) for k, v in (meta or {}).items())),
        documents, sections, sentences, tuple(records), tuple(scan.placeholders), boilerplate, tuple(scan.takers),
    )  # fmt: skip


_NO_CODE = Told(None)


class Page(NamedTuple):
    """What the stages found on one page, for those that look around."""

    text: str
    folded: str
    lexicon: Lexicon
    clauses: Clauses
    spots: Spots
    takers: Sequence[Token]
    periods: Sequence[Period]
    places: Sequence[Place]
    sections: Sequence[Section]
    tables: Tables


def _merged(quantities: Sequence[Quantity], cells: Sequence[Quantity]) -> Sequence[Quantity]:
    """The quantities of the prose and of the cells in the order of the text; a cell that the prose has read stays as read."""
    if not cells:
        return quantities
    ends = [q.end for q in quantities]
    free = [c for c in cells if (i := bisect_right(ends, c.start)) == len(quantities) or quantities[i].start >= c.end]
    return sorted((*quantities, *free), key=_start)


def _without(facts: tuple[F, ...], spans: Sequence[tuple[int, int]]) -> tuple[F, ...]:
    """The facts that begin in none of these spans."""
    if not spans:
        return facts
    spans = sorted(spans)
    starts = [a for a, _ in spans]
    return tuple(f for f in facts if not ((i := bisect_right(starts, f.start)) and spans[i - 1][1] > f.start))


def _inside(facts: Sequence[F], document: Document) -> Sequence[F]:
    """The facts that start inside a document; they are in the order of the text."""
    first = bisect_left(facts, document.start, key=_start)
    return facts[first : bisect_left(facts, document.end, key=_start)]


def _start(fact: Spanned) -> int:
    return fact.start


def _facts(page: Page, document: Document, quantities: Sequence[Quantity]) -> Facts:
    """Each context stage on the quantities of one document."""
    text, lexicon = page.text, page.lexicon
    around = surroundings(page.folded, quantities, page.clauses, page.spots)
    sections, periods = _inside(page.sections, document), _inside(page.periods, document)
    places, takers = _inside(page.places, document), _inside(page.takers, document)
    homes = homes_of(sections, quantities)
    roles = role_reader(lexicon).roles(around)
    named = indicator_reader(lexicon).named(text, around, takers, places, roles)
    names, same = filled(takeover_words(lexicon), around, named, roles)
    pers = rate_reader(lexicon).rates(around, roles, same)
    when = carried(around, periods, sections, document, roles)
    year = year_of(document)
    statuses = status_reader(lexicon).statuses(around, homes, sections, when, year, begun_year(document))
    home_starts = [h.start if h else None for h in homes]
    parts = part_reader(lexicon).parts(around, roles, pers, names, home_starts, sections)
    names = of_totals(names, parts, qualifiers(lexicon))
    whose = owned(owner_words(lexicon), around, places, document)
    within = text[document.start : document.end]
    code_of = {w.value: divisions(lexicon).code(w.value, within) for w in set(whose) if w.value}
    codes = [code_of.get(w.value or "", _NO_CODE) for w in whose]
    facts = Facts(homes, names, roles, statuses, pers, when, whose, codes, parts)
    reported = document.period[-4:] if document.period and document.period[-4:].isdigit() else (document.period or "")[:4]
    told = int(reported) if reported.isdigit() else year
    return in_cells(facts, quantities, page.tables.facts, told) if page.tables.facts else facts


def _known(document: Document, place: str | None, period: str | None) -> Document:
    """The document with what the user knows of it."""
    return replace(document, place=place or document.place, period=period or document.period) if place or period else document


def _masked(folded: str, *spans: list[tuple[int, int]]) -> str:
    """The folded text with every marker and all boilerplate as line ends, so that no number or clause reaches over them."""
    out, at = [], 0
    for start, end in sorted(span for group in spans for span in group):
        if end > at:
            start = max(start, at)
            out += [folded[at:start], "\n" * (end - start)]
            at = end
    return "".join([*out, folded[at:]]) if out else folded
