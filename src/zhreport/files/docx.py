""".docx → text with its automatic numbers, in the order of the body; tables as rows with tabs."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator
from typing import TYPE_CHECKING

from .archives import guarded, opened
from .errors import ReadError
from .extract import Extract, Writer, body_of, indent, is_note_mark
from .numbering import Numberer
from .xml import child, children, integer, name, on, parsed, value

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# What Word shows of a run; the text of deleted runs and of field codes has elements of its own (delText, instrText).
_SIGNS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
# Struck text, the plain copy of a drawing, the reading above a character, and properties hold no text of the page.
_SKIPPED = frozenset(
    ("del", "moveFrom", "Fallback", "rt", "pPr", "rPr", "instrText", "delText", "sdtPr", "tblPr", "trPr", "tcPr")
)


def docx_file(path: str, data: bytes) -> Extract:
    """The text of a Word file. Raises ReadError that says what is wrong with it."""
    if data.startswith(OLE[:4]):
        _refuse_ole(path, data)
    with opened(path, data) as archive:
        guarded(path, archive.infolist())
        part = _main_part(path, archive)
        root = parsed(path, archive.read(part), part)
        related = _relations(path, archive, part)
        numbering, styles = (_part(path, archive, related.get(kind)) for kind in ("numbering", "styles"))
        notes = [_part(path, archive, related.get(note)) for note in ("footnotes", "endnotes")]
        core = _part(path, archive, _relations(path, archive, "").get("core-properties"))
    body = child(root, "body")
    if body is None:
        raise ReadError(path, f"holds no text body in {part}", "open it in Word or WPS and save it again")
    reader = _Reader(Numberer(numbering, styles))
    reader.blocks(body)
    for root, kind in zip(notes, ("footnote", "endnote"), strict=True):
        reader.notes(root, kind)
    return reader.writer.extract(
        title=_said(core, "title"), created=_said(core, "created")[:10], modified=_said(core, "modified")[:10]
    )  # fmt: skip


def _refuse_ole(path: str, data: bytes) -> None:
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise ReadError(path, "is locked with a password", "open it with the password and save it without one")
    raise ReadError(
        path, "is an old Word file (.doc) under another name", "rename it to .doc, or save it as .docx in Word or WPS"
    )


def _relations(path: str, archive: zipfile.ZipFile, part: str) -> dict[str, str]:
    """The parts that one part points to, by the last word of their kind; the archive itself is the part ''."""
    folder, file = posixpath.split(part)
    root = _part(path, archive, posixpath.join(folder, "_rels", f"{file}.rels"))
    found: dict[str, str] = {}
    for link in children(root, "Relationship"):
        kind, target = value(link, "Type") or "", value(link, "Target") or ""
        where = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
        found.setdefault(kind.rpartition("/")[2], where)
    return found


def _main_part(path: str, archive: zipfile.ZipFile) -> str:
    part = _relations(path, archive, "").get("officeDocument", "word/document.xml")
    if part in archive.namelist() and part.startswith("word/"):
        return part
    raise ReadError(path, "is no Word file: it has no word/document.xml", "check its ending; save it as .docx in Word or WPS")


def _part(path: str, archive: zipfile.ZipFile, part: str | None) -> Element | None:
    return parsed(path, archive.read(part), part) if part in archive.namelist() and part else None


def _said(core: Element | None, what: str) -> str:
    held = child(core, what)
    return (held.text or "").strip() if held is not None else ""


class _Reader:
    """Walks the body once, counting paragraphs and tables."""

    def __init__(self, numberer: Numberer) -> None:
        self.numberer, self.writer = numberer, Writer()
        self.paragraphs = self.tables = 0

    def blocks(self, parent: Element) -> None:
        """The paragraphs and tables under an element, through whatever wraps them (w:sdt, w:ins, w:customXml)."""
        for element in parent:
            kind = name(element)
            if kind == "p":
                if not _is_deleted(element):
                    self._paragraph(element)
            elif kind == "tbl":
                self._table(element)
            elif kind == "sdt" and _is_contents(element):
                continue
            elif kind not in _SKIPPED:
                self.blocks(element)

    def notes(self, part: Element | None, kind: str) -> None:
        """The notes, below all else: in the midst of a paragraph they would break it, and their figures are no part of it."""
        for note in children(part, kind):
            if value(note, "type") in (None, "normal"):
                start = self.writer.at
                self.blocks(note)
                self.writer.mark(start, kind, f"{kind[0]}{value(note, 'id')}")

    def _paragraph(self, element: Element) -> None:
        self.paragraphs += 1
        locator = f"p{self.paragraphs}"
        start, label, text = self._numbered(element, locator)
        if not _is_contents_line(self.numberer, element):
            self.writer.add(label + text)
            self.writer.mark(start, "paragraph", locator)
            if label:
                self.writer.mark(start, "number", locator, start + len(label.rstrip()))
            self.writer.add("\n")
        for box in _boxes(element):
            self.blocks(box)

    def _numbered(self, element: Element, locator: str) -> tuple[int, str, str]:
        """Where the paragraph begins, its label and its own text."""
        label = self.numberer.label(child(element, "pPr"))
        text = _text(element)
        # Word shows a gap after the label. Behind 一、 nothing is needed; but 1. before 2019年 must not become 1.2019年.
        if label and label[-1].isascii() and text and not text[0].isspace():
            label += " "
        return self.writer.at, label, text

    def _table(self, element: Element) -> None:
        rows = [list(_found(row, "tc")) for row in _found(element, "tr") if child(child(row, "trPr"), "del") is None]
        if any(_holds_table(cell) for cells in rows for cell in cells):
            # A page that is set in a table: its tables and paragraphs stay what they are.
            for cells in rows:
                for cell in cells:
                    self.blocks(cell)
            return
        self.tables += 1
        number = self.tables
        top, bottom = body_of([len(cells) for cells in rows])
        for at, cells in enumerate(rows):
            if len(cells) == 1 and not top <= at < bottom:
                # A frame around the page, a title or a note over the whole width: its paragraphs stay paragraphs.
                self.blocks(cells[0])
            elif cells:
                self._row(cells, number, at + 1)

    def _row(self, cells: list[Element], table: int, row: int) -> None:
        """Cells joined by tabs. A merged cell has its text once and leaves the columns it covers empty."""
        before = integer(child(child(cells[0].getparent(), "trPr"), "gridBefore")) or 0
        column = before
        self.writer.add("\t" * max(before - 1, 0))
        for cell in cells:
            properties = child(cell, "tcPr")
            if column:
                self.writer.add("\t")
            column += 1
            merge = child(properties, "vMerge")
            if merge is None or value(merge) == "restart":
                self._cell(cell, f"t{table} r{row} c{column}")
            for _ in range((integer(child(properties, "gridSpan")) or 1) - 1):
                self.writer.add("\t")
                column += 1
        if column == 1:
            self.writer.add("\t")  # a row that names those below it, its cells merged without a span
        self.writer.add("\n")

    def _cell(self, cell: Element, locator: str) -> None:
        """The paragraphs of a cell on one line, the first with the indent that Word shows."""
        start = self.writer.at
        for paragraph in _found(cell, "p"):
            _, label, text = self._numbered(paragraph, locator)
            shift, text = _shift(paragraph, text), " ".join(text.split())
            if not label and not text:
                continue
            if self.writer.at > start:
                self.writer.add(" ")
            elif not (label or text)[0].isdigit():
                self.writer.add(indent(shift))
                start = self.writer.at
            at = self.writer.add(label + text)
            if label:
                self.writer.mark(at, "number", locator, at + len(label.rstrip()))
        self.writer.mark(start, "cell", locator)


def _holds_table(cell: Element) -> bool:
    return any(len(list(_found(row, "tc"))) > 1 for inner in _found(cell, "tbl") for row in _found(inner, "tr"))


def _shift(paragraph: Element, text: str) -> float:
    """How far a paragraph of a cell is indented, in half characters: by blanks, and by its margin unless it is centred."""
    blanks = sum(2 if c == "\u3000" else 1 for c in text[: len(text) - len(text.lstrip())])
    properties = child(paragraph, "pPr")
    if value(child(properties, "jc")) in ("center", "right", "end"):
        return 0
    margins = child(properties, "ind")
    out = float(blanks)
    for kind in ("left", "firstLine"):
        if (characters := integer(margins, f"{kind}Chars")) is not None:
            out += characters / 50
        elif (twips := integer(margins, kind)) is not None:
            out += twips / 105
    return out


def _found(parent: Element, wanted: str) -> Iterator[Element]:
    """The nearest elements of a name below, through wrappers; not those inside one that was found, nor in a table in a row."""
    for element in parent:
        kind = name(element)
        if kind == wanted:
            yield element
        elif kind not in _SKIPPED and not (wanted in ("tr", "tc") and kind == "tbl"):
            yield from _found(element, wanted)


def _text(element: Element) -> str:
    """The characters that a paragraph shows, in order, those of text boxes left to their own lines."""
    out: list[str] = []
    _collect(element, out)
    return "".join(out)


def _collect(element: Element, out: list[str]) -> None:
    for item in element:
        kind = name(item)
        if kind == "t":
            out.append(item.text or "")
        elif kind in _SIGNS:
            out.append(_SIGNS[kind])
        elif kind == "r":
            _collect_run(item, out)
        elif kind != "txbxContent" and kind not in _SKIPPED:
            _collect(item, out)


def _collect_run(run: Element, out: list[str]) -> None:
    properties = child(run, "rPr")
    if on(child(properties, "vanish")):
        return
    before = len(out)
    _collect(run, out)
    raised = value(child(properties, "vertAlign")) == "superscript"
    if raised and is_note_mark("".join(out[before:]), "".join(out[:before])[-1:]):
        del out[before:]


def _boxes(element: Element) -> Iterator[Element]:
    """The text boxes anchored in a paragraph; Word keeps each twice, the second time as a fallback."""
    for item in element:
        if name(item) == "txbxContent":
            yield item
        elif name(item) not in _SKIPPED:
            yield from _boxes(item)


def _is_deleted(paragraph: Element) -> bool:
    """A paragraph that was struck out with its end mark: Word counts it no more."""
    struck = child(child(child(paragraph, "pPr"), "rPr"), "del") is not None
    return struck and not _text(paragraph)


def _is_contents(block: Element) -> bool:
    """A table of contents repeats every heading with its page: 一、工作成效 3."""
    gallery = child(child(child(block, "sdtPr"), "docPartObj"), "docPartGallery")
    return value(gallery) == "Table of Contents"


def _is_contents_line(numberer: Numberer, paragraph: Element) -> bool:
    style = value(child(child(paragraph, "pPr"), "pStyle"))
    return style is not None and any(s.name.startswith("toc ") for _, s in numberer.chain(style))
