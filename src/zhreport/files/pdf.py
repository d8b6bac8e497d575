""".pdf with text → paragraphs rejoined over lines and pages, ruled tables as rows with tabs, and the page of every offset."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING, Any, NamedTuple

from .errors import ReadError
from .extract import Extract, Writer, indent, is_note_mark
from .lines import NOTE, Line, Margins, Part, continues, glue, in_columns, margins, notes_apart, printed, without_furniture
from .streams import counted

if TYPE_CHECKING:
    from pdfplumber.page import Page

_OCR = "run OCR first (ocrmypdf -l chi_sim in.pdf out.pdf), or look for a text version at the county's site"
# Microsoft Word - 总结.doc, untitled: the name of a program or of nothing
_NO_TITLE = re.compile(
    r"^(?:Microsoft (?:Word|PowerPoint) - |untitled$|\(anonymous\)$|无标题$|文档\d*$)|\.(?:docx?|wps|pdf)$", re.IGNORECASE
)
_OPENING = "（(《“‘「『【〔"
_CLOSING = "，。、；：！？）)》”’」』】〕,.;:!?%％‰℃"
# Gaps of letter-spaced headings are narrower than this share of the type size; a real blank is wider.
_BLANK = 0.7
# A wider one parts the columns of a table without rules.
_GAP = 1.3
# Between a table and its second half on the next page
_AGAIN = re.compile(r"[(（]?续(?:上)?表.{0,12}|(?:计量|金额)?单位[:：].{1,8}")
# A run that no line break may cut: 14.925
_RUN = re.compile(r"[!-~]+")


class Grid(NamedTuple):
    """A ruled table: its rows, its page and where on it."""

    rows: list[list[str]]
    page: int
    top: float

    @property
    def width(self) -> int:
        return max(map(len, self.rows))


def pdf_file(path: str, data: bytes) -> Extract:
    """The text of a PDF. Raises ReadError for a scan, a locked or a damaged file."""
    if b"%PDF-" not in data[:1024]:
        raise ReadError(path, "is no PDF file in spite of its ending", "check where it is from")
    if b"%%EOF" not in data[-2048:]:
        raise ReadError(path, "is cut off: its end is missing", "fetch it again")
    lines, grids, heights, facts = _pages(path, data)
    empty = sorted(heights.keys() - {x.page for x in lines} - {x.page for x in grids})
    if not lines and not grids:
        raise ReadError(path, f"is a scan: none of its {len(heights)} pages has text", _OCR)
    _refuse_codes(path, lines)
    body = without_furniture(lines, heights)
    if not body and not grids:
        raise ReadError(path, "is a scan: nothing but page numbers has text", _OCR)
    return _written(body, grids, {**facts, "pages_without_text": ",".join(map(str, empty))})


def _refuse_codes(path: str, lines: list[Line]) -> None:
    """A font with no table of characters gives (cid:4711) for each sign."""
    text = "".join(line.text for line in lines)
    codes = len(re.findall(r"\(cid:\d+\)|\ufffd", text))
    if codes * 20 > len(re.sub(r"\(cid:\d+\)", "x", text)):
        raise ReadError(path, "has text whose font does not say which characters it shows", _OCR)


def _pages(path: str, data: bytes) -> tuple[list[Line], list[Grid], dict[int, float], dict[str, str]]:
    """The lines and ruled tables of all pages, the height of each page, and what the file says of itself."""
    import pdfplumber
    from pdfminer.pdfdocument import PDFPasswordIncorrect

    # It reports each oddity of a font as a warning on standard error.
    logging.getLogger("pdfminer").setLevel(logging.ERROR)
    lines: list[Line] = []
    grids: list[Grid] = []
    heights: dict[int, float] = {}
    try:
        with counted(path, len(data)), pdfplumber.open(BytesIO(data)) as pdf:
            facts = {"title": _fact(pdf.metadata, "Title"), "created": _day(_fact(pdf.metadata, "CreationDate"))}
            for number, page in enumerate(pdf.pages, 1):
                heights[number] = float(page.height)
                found, rest = _grids(_without_marks(_once(page)), number)
                grids += found
                lines += _page_lines(rest, number)
                page.close()
    except ReadError:
        raise
    except Exception as error:
        # pdfminer raises whatever a broken file leads it to: KeyError, TypeError, struct.error, its own.
        if isinstance(error, PDFPasswordIncorrect) or any(isinstance(a, PDFPasswordIncorrect) for a in error.args):
            raise ReadError(path, "is locked with a password", "open it with the password and save it without one") from None
        raise ReadError(path, f"is a damaged PDF ({type(error).__name__}: {error})", "fetch it again, or print it anew") from None
    if not heights:
        raise ReadError(path, "is a damaged PDF: it has no pages", "fetch it again")
    return lines, grids, heights, facts


def _fact(metadata: dict[str, Any], key: str) -> str:
    held = metadata.get(key)
    return _NO_TITLE.sub("", held.strip()) if isinstance(held, str) else ""


def _day(written: str) -> str:
    """D:20210118093000+08'00' → 2021-01-18.

    >>> _day("D:20210118093000+08'00'")
    '2021-01-18'
    """
    day = re.match(r"D:(\d{4})(\d{2})(\d{2})", written)
    return "-".join(day.groups()) if day else ""


def _grids(page: Page, number: int) -> tuple[list[Grid], Page]:
    """The ruled tables of a page, and the page without their characters. A frame with one cell is no table."""
    if len(page.edges) < 4:
        return [], page
    tables = [t for t in page.find_tables() if len(t.rows) > 1 and max(len(r.cells) for r in t.rows) > 1]
    if not tables:
        return [], page
    boxes = [t.bbox for t in tables]

    def outside(item: dict[str, Any]) -> bool:
        x, y = (item["x0"] + item["x1"]) / 2, (item["top"] + item["bottom"]) / 2
        return not any(x0 <= x <= x1 and top <= y <= bottom for x0, top, x1, bottom in boxes)

    return [Grid(_rows(page, t), number, t.bbox[1]) for t in tables], page.filter(outside)


def _rows(page: Page, table: Any) -> list[list[str]]:
    """The cells of a ruled table; the first of a row with its indent, which shows what is a part of what."""
    rows = [[_cell(c) for c in row] for row in table.extract()]
    shifts: dict[int, float] = {}
    for at, row in enumerate(table.rows):
        box = row.cells[0]
        if box is None or not rows[at][0] or rows[at][0][0].isdigit():
            continue
        inside = [
            c for c in page.chars
            if c["text"].strip() and box[0] <= c["x0"] and c["x1"] <= box[2] and box[1] <= c["top"] and c["bottom"] <= box[3]
        ]  # fmt: skip
        if inside:
            shifts[at] = (min(c["x0"] for c in inside) - box[0]) / inside[0]["size"]
    least = min(shifts.values(), default=0)
    if sum(shift - least < 0.3 for shift in shifts.values()) > 1:  # else the cells stand in the middle
        for at, shift in shifts.items():
            rows[at][0] = indent(2 * (shift - least)) + rows[at][0]
    return rows


def _cell(text: str | None) -> str:
    """The lines of a cell on one line; None is a cell covered by a merged one."""
    out = ""
    for piece in (text or "").split("\n"):
        out += glue(out, piece.strip()) + piece.strip()
    return out


def _page_lines(page: Page, number: int) -> list[Line]:
    """The printed lines from top to bottom."""
    found = page.extract_text_lines(x_tolerance_ratio=_BLANK, y_tolerance=4, strip=True, return_chars=True)
    out = []
    for line in found:
        chars = [c for c in line["chars"] if c["text"].strip()]
        text = line["text"].strip()
        if chars and text:
            size = sorted(c["size"] for c in chars)[len(chars) // 2]
            box = chars[0]["x0"], chars[-1]["x1"], line["top"], line["bottom"]
            out.append(Line(text, *box, size, _head(chars), _hang(chars), number, _parts(chars, size), float(page.width)))
    return out


def _parts(chars: list[dict[str, Any]], size: float) -> tuple[Part, ...]:
    """The stretches of a line that stand apart by wide gaps; one character alone is a letter of a spaced-out heading."""
    parts: list[Part] = []
    for before, c in zip([None, *chars], chars, strict=False):
        gap = c["x0"] - before["x1"] if before else _GAP * size + 1
        if gap > _GAP * size:
            parts.append(Part(c["text"], c["x0"]))
        else:
            parts[-1] = Part(parts[-1].text + (" " if gap > _BLANK * size else "") + c["text"], parts[-1].x0)
    return tuple(parts)


class _Numbered(list[dict[str, Any]]):
    """Characters that know their places: pdfplumber sorts by `index`, which would compare each character with all before it."""

    def __init__(self, chars: list[dict[str, Any]]) -> None:
        super().__init__(chars)
        self._places = {id(c): at for at, c in enumerate(chars)}

    def index(self, char: Any, *_: Any) -> int:
        return self._places[id(char)]


def _once(page: Page) -> Page:
    """The page with each character once: a heading made bold by printing it twice, a little aside, is read once."""
    from pdfplumber.utils import dedupe_chars

    kept = set(map(id, dedupe_chars(_Numbered(page.chars))))
    return page.filter(lambda c: c["object_type"] != "char" or id(c) in kept) if len(kept) < len(page.chars) else page


def _without_marks(page: Page) -> Page:
    """The page without the small raised figures that point to notes: 生产总值² 98.62亿元 is not 298.62亿元."""
    marks: set[int] = set()
    before: dict[str, Any] | None = None
    for c in page.chars:
        if before is not None and c["size"] < 0.75 * before["size"]:
            raised = (
                c["bottom"] < before["bottom"] - 0.15 * before["size"]
                and c["top"] < before["bottom"]
                and c["bottom"] > before["top"]
            )
            if raised and is_note_mark("1" if c["text"] in "[]()（）〔〕,，" else c["text"], before["text"]):
                marks.add(id(c))
                before["x1"] = c["x1"]  # else a gap is left that reads as a blank
                continue
        before = c
    return page.filter(lambda c: id(c) not in marks) if marks else page


def _head(chars: list[dict[str, Any]]) -> float:
    """The width of what cannot be broken off the start of a line: opening signs, one character or a number, closing signs."""
    text = "".join(c["text"][:1] for c in chars)
    at = 0
    while at < len(text) - 1 and text[at] in _OPENING:
        at += 1
    run = _RUN.match(text, at)
    at = run.end() if run else at + 1
    while at < len(text) and text[at] in _CLOSING:
        at += 1
    return chars[at - 1]["x1"] - chars[0]["x0"]


def _hang(chars: list[dict[str, Any]]) -> float:
    """The width of the closing marks at the end of a line."""
    at = len(chars)
    while at > 1 and chars[at - 1]["text"] in _CLOSING:
        at -= 1
    return chars[-1]["x1"] - chars[at - 1]["x1"]


def _written(lines: list[Line], grids: list[Grid], facts: dict[str, str]) -> Extract:
    """Paragraphs and tables in the order of the pages, notes below all else; each stretch with its page."""
    lines, notes = notes_apart(lines)
    writer = Writer()
    edges = margins(lines)
    columns = {lines[i] for i in in_columns(lines)}
    stretches: dict[int, int] = {}
    last: Line | Grid | None = None
    tables = rows = 0
    items: list[Line | Grid] = [*lines, *grids]
    for item in _in_order(items):
        if isinstance(item, Grid):
            if isinstance(last, Line) and last not in columns:
                writer.add("\n")
            stretches.setdefault(item.page, writer.at)
            goes_on = isinstance(last, Grid) and last.page < item.page and last.width == item.width
            tables, rows = (tables, rows) if goes_on else (tables + 1, 0)
            own = item.rows[_repeated(last.rows, item.rows) :] if goes_on and isinstance(last, Grid) else item.rows
            writer.table(own, tables, rows + 1)
            rows += len(own)
            last = item if not goes_on or not isinstance(last, Grid) else item._replace(rows=last.rows)
            continue
        text = item.text
        if item in columns:
            text = printed(item, edges[item.page].left) + "\n"
        if isinstance(last, Line) and last not in columns:
            joined = item not in columns and _joins(last, item, edges)
            writer.add(glue(last.text, item.text) if joined else "\n")
        stretches.setdefault(item.page, writer.at)
        writer.add(text)
        last = item
    if isinstance(last, Line) and last not in columns:
        writer.add("\n")
    for page, start, end in _runs(stretches, writer.at):
        writer.mark(start, "page", f"p{page}", end)
    _add_notes(writer, notes)
    return writer.extract(**facts)


def _in_order(items: list[Line | Grid]) -> list[Line | Grid]:
    """From top to bottom; 续表 and the unit told again, between a table and its second half on the next page, are left out."""
    items = sorted(items, key=lambda x: (x.page, x.top))
    out: list[Line | Grid] = []
    for i, item in enumerate(items):
        if isinstance(item, Line) and _AGAIN.fullmatch(item.text):
            grid = next((x for x in items[i:] if isinstance(x, Grid) or not _AGAIN.fullmatch(x.text)), None)
            above = next((x for x in reversed(out)), None)
            if isinstance(above, Grid) and isinstance(grid, Grid) and grid.page == item.page > above.page:
                continue
        out.append(item)
    return out


def _repeated(first: list[list[str]], again: list[list[str]]) -> int:
    """How many rows at the top of the second half of a table repeat the heads of the first."""
    count = 0
    while count < min(len(first), len(again)) and first[count] == again[count]:
        count += 1
    return count


def _add_notes(writer: Writer, notes: list[Line]) -> None:
    """Each note as a line of its own, its wrapped lines joined."""
    for i, line in enumerate(notes):
        begins = i == 0 or notes[i - 1].page != line.page or NOTE.match(line.text) is not None
        if not begins:
            writer.add(glue(notes[i - 1].text, line.text))
        elif i:
            writer.add("\n")
        start = writer.add(line.text)
        writer.mark(start, "page", f"p{line.page}")
        writer.mark(start, "footnote", f"p{line.page}")
    if notes:
        writer.add("\n")


def _joins(last: Line, item: Line, edges: dict[int, Margins]) -> bool:
    return continues(last, item, edges[last.page], edges[item.page])


def _runs(starts: dict[int, int], end: int) -> Iterator[tuple[int, int, int]]:
    """Where each page begins → the stretch of each page."""
    pages = sorted(starts)
    ends = [starts[p] for p in pages[1:]] + [end]
    return ((page, starts[page], stop) for page, stop in zip(pages, ends, strict=True))
