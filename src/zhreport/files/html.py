""".html → the main text of the page, its title and date; menus and footers are left out, tables become rows with tabs."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from .errors import ReadError
from .extract import Extract, Writer, is_note_mark
from .html_tables import Table, restored, without_tables
from .text import big5, decoded, tried

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

# Inside a line; every other element of the tree stands on lines of its own.
_INLINE = frozenset(("hi", "ref", "span", "del", "ins", "graphic", "b", "i"))
# No browser shows them, lxml hands them out and will not take them back.
_CONTROL = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)


# 生产总值<sup>[1]</sup>98.62亿元: the mark of a note parts a figure from its name, or runs into it.
_SUP = re.compile(
    r"(?<=(?P<before>[^<>]))<sup\b[^>]*>(?:<(?!/?sup)[^>]*>|\s)*(?P<mark>[^<]{1,8})(?:<(?!/?sup)[^>]*>|\s)*</sup>", re.IGNORECASE
)


def _without_mark(m: re.Match[str]) -> str:
    return "" if is_note_mark(m["mark"], m["before"]) else m[0]


def html_file(path: str, data: bytes) -> Extract:
    """The main text of a saved web page."""
    page, encoding = _decoded(path, data)
    # lxml refuses a str that still declares the encoding of its bytes.
    page = re.sub(r"^\s*<\?xml[^>]*\?>", "", page)
    if "\x00" in page:
        raise ReadError(path, "is no web page: it holds zero bytes", "check its ending")
    page = _CONTROL.sub(" ", page)
    page, tables = without_tables(_SUP.sub(_without_mark, page))
    body, title, date = _main(path, page)
    writer = Writer()
    _write(writer, [] if body is None else _blocks(body), tables)
    if not writer.at:
        _write(writer, _plain(page), tables)
    if not writer.at:
        raise ReadError(path, "holds no text", "the page may build its text with a script: save it from the browser as text")
    heading = _heading(page, title)
    extract = writer.extract(encoding=encoding, title=title, date=date)
    return _headed(extract, heading) if heading and heading not in extract.text[:1000] else extract


def _decoded(path: str, data: bytes) -> tuple[str, str]:
    """What the page says of its encoding is a hint only: pages "in gb2312" hold characters of GB18030, or are UTF-8."""
    said = _CHARSET.search(data[:4096])
    hint = said[1].decode("ascii").lower() if said else ""
    if tried(data, "utf-8") is None and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        if hint.startswith("big5") and (found := big5(data)):
            return found
        if hint.startswith("gb") and (text := tried(data, "gb18030")) is not None:
            return text, "gb18030"
    return decoded(path, data)


def _main(path: str, page: str) -> tuple[Element | None, str, str]:
    """What trafilatura takes for the main text, as its tree, with title and date."""
    try:
        from trafilatura import bare_extraction
        from trafilatura.settings import use_config
    except ImportError as error:
        raise ReadError(path, f"needs a library ({error})", "pip install trafilatura lxml_html_clean") from None

    # It logs each page on which it finds nothing; that is our case for the plain text of the body.
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    found: Any = None
    for smallest in ("1", "250"):
        # Under the smallest size it falls back on all the text of the page, menus too. A short notice is right as it is;
        # a piece with no full sentence is not the article, and then more is better.
        config = use_config()
        config.set("DEFAULT", "MIN_EXTRACTED_SIZE", smallest)
        found = bare_extraction(
            page, include_comments=False, include_tables=True, include_links=False, favor_recall=True, with_metadata=True,
            config=config,
        ) or found  # fmt: skip
        if found is not None and "。" in "".join(found.body.itertext()):
            break
    if found is None:
        return None, "", ""
    return found.body, found.title or "", found.date or ""


def _blocks(body: Element) -> list[str | Table]:
    """The lines of the tree in order; a table is a list of rows."""
    out: list[str | Table] = []
    text = ""
    for piece in (*_stream(body), []):
        if isinstance(piece, str):
            text += piece
            continue
        out += [line for part in text.split("\n") if (line := part.strip())]
        text = ""
        if piece:
            out.append(piece)
    return out


def _stream(element: Element) -> Iterator[str | Table]:
    """The text with a line end around each block, and the tables between."""
    if element.tag == "table" and not _is_layout(element):
        yield [[" ".join("".join(c.itertext()).split()) for c in row.iter("cell")] for row in element.iter("row")]
        return
    edge = "" if element.tag in _INLINE else "\n"
    yield edge + (element.text or "")
    for child in element:
        yield from _stream(child)
        yield child.tail or ""
    yield edge


def _is_layout(table: Element) -> bool:
    """Old portals set the whole page in a table: a cell with paragraphs of its own, or rows of one cell, hold text and no data."""
    if all(len(list(row.iter("cell"))) < 2 for row in table.iter("row")):
        return True
    return any(len("".join(c.itertext())) > 200 and len(list(c.iter("p", "lb", "table"))) > 2 for c in table.iter("cell"))


def _plain(page: str) -> list[str | Table]:
    """All the text of the body: for pages so short or so bare that no main text stands out."""
    from lxml import etree, html

    try:
        root = html.document_fromstring(page)
    except (etree.ParserError, ValueError):
        return []
    for element in root.xpath("//script|//style|//head|//noscript|//nav|//footer"):
        element.drop_tree()
    for element in root.xpath("//p|//div|//tr|//li|//br|//h1|//h2|//h3|//h4"):
        element.tail = "\n" + (element.tail or "")
    for element in root.xpath("//td|//th"):
        element.tail = "\t" + (element.tail or "").strip()
    return [line for piece in root.text_content().split("\n") if (line := piece.strip())]


def _write(writer: Writer, blocks: list[str | Table], tables: list[Table]) -> None:
    paragraphs = number = 0
    for block in (piece for b in blocks for piece in (restored(b, tables) if isinstance(b, str) else [b])):
        if isinstance(block, list):
            number += 1
            writer.table(block, number)
        elif block.strip():
            paragraphs += 1
            writer.line(block.strip(), "paragraph", f"p{paragraphs}")


def _heading(page: str, title: str) -> str:
    """The heading as the page shows it: the longest line that says the title, or the title without the name of the site.

    The title names the county and the year of all that follows, and portals put it outside of the main text.
    """
    lines = [line for line in _plain(page) if isinstance(line, str) and "〖表" not in line]
    said = [line for line in lines if line in title or (title and title in line and len(line) < 2 * len(title))]
    longest = max(said, key=len, default="")
    return longest if 2 * len(longest) >= len(title) else ""


def _headed(extract: Extract, heading: str) -> Extract:
    shift = len(heading) + 1
    moved = tuple((start + shift, end + shift, kind, where) for start, end, kind, where in extract.origin)
    return Extract(f"{heading}\n{extract.text}", ((0, len(heading), "paragraph", "title"), *moved), extract.facts)
