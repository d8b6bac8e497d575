""".pdf with text → paragraphs rejoined over lines and pages, ruled tables as rows with tabs, and the page of every offset."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING, Any, NamedTuple

from .errors import ReadError
from .extract import Extract, Writer
from .lines import Line, Margins, continues, glue, margins, without_furniture

if TYPE_CHECKING:
    from pdfplumber.page import Page

_OCR = "run OCR first (ocrmypdf -l chi_sim in.pdf out.pdf), or look for a text version at the county's site"
_OPENING = "（(《“‘「『【〔"
_CLOSING = "，。、；：！？）)》”’」』】〕,.;:!?%％‰℃"
# Gaps of letter-spaced headings are narrower than this share of the type size; a real blank is wider.
_BLANK = 0.7
# A run that no line break may cut: 14.925
_RUN = re.compile(r"[!-~]+")


class Grid(NamedTuple):
    """A ruled table: its rows, its page and where on it."""

    rows: list[list[str]]
    page: int
    top: float


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
        with pdfplumber.open(BytesIO(data)) as pdf:
            facts = {"title": _fact(pdf.metadata, "Title"), "date": _day(_fact(pdf.metadata, "CreationDate"))}
            for number, page in enumerate(pdf.pages, 1):
                heights[number] = float(page.height)
                found, rest = _grids(page, number)
                grids += found
                lines += _page_lines(rest, number)
                page.close()
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
    return held.strip() if isinstance(held, str) else ""


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

    found = [Grid([[_cell(c) for c in row] for row in t.extract()], number, t.bbox[1]) for t in tables]
    return found, page.filter(outside)


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
            out.append(
                Line(text, chars[0]["x0"], chars[-1]["x1"], line["top"], line["bottom"], size, _head(chars), _hang(chars), number)
            )
    return out


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
    """Paragraphs and tables in the order of the pages; each stretch with its page."""
    writer = Writer()
    edges = margins(lines)
    stretches: dict[int, int] = {}
    last: Line | None = None
    tables = 0
    items: list[Line | Grid] = [*lines, *grids]
    for item in sorted(items, key=lambda x: (x.page, x.top)):
        joined = isinstance(item, Line) and last is not None and _joins(last, item, edges)
        if joined and last is not None and isinstance(item, Line):
            writer.add(glue(last.text, item.text))
        elif last is not None:
            writer.add("\n")
        stretches.setdefault(item.page, writer.at)
        if isinstance(item, Line):
            writer.add(item.text)
            last = item
            continue
        tables += 1
        for row, cells in enumerate(item.rows, 1):
            writer.row(cells, tables, row)
        last = None
    if last is not None:
        writer.add("\n")
    for page, start, end in _runs(stretches, writer.at):
        writer.mark(start, "page", f"p{page}", end)
    return writer.extract(**facts)


def _joins(last: Line, item: Line, edges: dict[int, Margins]) -> bool:
    return continues(last, item, edges[last.page], edges[item.page])


def _runs(starts: dict[int, int], end: int) -> Iterator[tuple[int, int, int]]:
    """Where each page begins → the stretch of each page."""
    pages = sorted(starts)
    ends = [starts[p] for p in pages[1:]] + [end]
    return ((page, starts[page], stop) for page, stop in zip(pages, ends, strict=True))
