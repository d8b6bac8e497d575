"""The tables of a web page, with their merged cells, taken out before the main text is looked for and put back in their place.

What finds the main text drops rowspan and colspan, and on a short page all of a table's structure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from .extract import indent

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

Table = list[list[str]]
# The words of the table stay between these signs, for it is by its words that the main text is found.
_MARKED = re.compile(r"〖表(\d+)〗.*?〖/表\1〗", re.DOTALL)
_WIDEST, _TALLEST = 100, 1000
_BARE, _SHORT = ("div", "span", "center", "font", "b", "strong"), 60
_UNIT = re.compile(r"单位\s*[:：]")
_MARGIN = re.compile(r"(?:padding-left|text-indent|margin-left)\s*:\s*([\d.]+)(em|px|pt|rem)")
_PER_EM = {"em": 2.0, "rem": 2.0, "px": 1 / 8, "pt": 1 / 6}


def without_tables(page: str) -> tuple[str, list[Table]]:
    """The page with a marked line in place of each table of data, and the tables in order."""
    if "<table" not in page.lower():
        return page, []
    from lxml import etree, html

    try:
        root = html.document_fromstring(page)
    except (etree.ParserError, ValueError):
        return page, []
    tables: list[Table] = []
    for element in list(root.iter("table")):
        if element.find(".//table") is not None or not _is_data(element):
            continue
        table = [*([line] for line in _above(element)), *_rows(element)]
        line = html.Element("p")
        line.text = f"〖表{len(tables)}〗{'，'.join(c.strip() for row in table for c in row if c)}〖/表{len(tables)}〗"
        line.tail = element.tail
        element.getparent().replace(element, line)
        tables.append(table)
    return (html.tostring(root, encoding="unicode"), tables) if tables else (page, [])


def restored(line: str, tables: list[Table]) -> Iterator[str | Table]:
    """A line of the main text → the text around the tables in it, and the tables."""
    at = 0
    for m in _MARKED.finditer(line):
        yield line[at : m.start()]
        yield tables[int(m[1])] if int(m[1]) < len(tables) else ""
        at = m.end()
    yield line[at:]


def _is_data(table: Element) -> bool:
    """Two rows of several cells, figures among them, and neither a menu of links nor a page that is set in a table."""
    rows = [[c for c in row if c.tag in ("td", "th")] for row in table.iter("tr")]
    if sum(len(row) > 1 for row in rows) < 2:
        return False
    texts = ["".join(c.itertext()).strip() for row in rows for c in row]
    if not any(t[:1].isdigit() or t[-1:].isdigit() for t in texts):
        return False
    linked = sum(len("".join(a.itertext()).strip()) for a in table.iter("a"))
    if 3 * linked > sum(map(len, texts)):
        return False
    return not any(len(list(c.iter("p", "br", "div"))) > 2 and len("".join(c.itertext())) > 200 for row in rows for c in row)


def _above(table: Element) -> Iterator[str]:
    """The caption, and a short <div> right above that tells the unit: what finds the main text drops both, and with the unit all figures."""
    above = table.getprevious()
    if above is not None and above.tag in _BARE and not (above.tail or "").strip():
        told = " ".join("".join(above.itertext()).split())
        if len(told) <= _SHORT and _UNIT.search(told) and above.find(".//table") is None:
            above.getparent().remove(above)
            yield told
    for caption in table.iter("caption"):
        if told := " ".join("".join(caption.itertext()).split()):
            yield told


def _rows(table: Element) -> Table:
    """The cells as a matrix; a merged cell has its words once and leaves what it covers empty."""
    found = [row for part in ("thead", "tbody", "tr", "tfoot") for row in _rows_in(table, part)]
    covered: dict[tuple[int, int], bool] = {}
    out: Table = []
    for y, row in enumerate(found):
        line: list[str] = []
        for cell in (c for c in row if c.tag in ("td", "th")):
            while (y, len(line)) in covered:
                line.append("")
            across, down = _span(cell, "colspan", _WIDEST), _span(cell, "rowspan", _TALLEST)
            for below in range(1, min(down, len(found) - y)):
                covered.update(((y + below, len(line) + x), True) for x in range(across))
            line += [_text(cell), *[""] * (across - 1)]
        while (y, len(line)) in covered:
            line.append("")
        out.append(line)
    return out


def _rows_in(table: Element, part: str) -> list[Element]:
    if part == "tr":
        return [c for c in table if c.tag == "tr"]
    return [row for group in table if group.tag == part for row in group if row.tag == "tr"]


def _span(cell: Element, name: str, most: int) -> int:
    held = (cell.get(name) or "").strip()
    return max(1, min(int(held), most)) if held.isascii() and held.isdigit() else 1


def _text(cell: Element) -> str:
    """The words of a cell on one line, with the indent that the page shows."""
    for line_end in cell.iter("br"):
        line_end.tail = " " + (line_end.tail or "")
    for block in cell.iter("p", "div", "li"):
        block.tail = " " + (block.tail or "")
    raw = "".join(cell.itertext()).strip("\n\r\t ")
    bare = " ".join(raw.split())
    lead = sum(2 if c == "\u3000" else 1 for c in raw[: len(raw) - len(raw.lstrip())])
    for element in (cell, *list(cell.iter("p"))[:1]):
        if m := _MARGIN.search(element.get("style") or ""):
            lead += int(float(m[1]) * _PER_EM[m[2]])
    return indent(lead) + bare if lead > 1 and bare and not bare[0].isdigit() else bare
