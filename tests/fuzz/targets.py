"""The targets: each a function from bytes to nothing that raises where zhreport breaks a promise.

The bytes are what a fuzzer mutates; each target makes of them what its reader takes, so that a change of one byte changes
a character, a part of a Word file or a cell of a table, and is not lost in a checksum.
"""

from __future__ import annotations

import io
import os
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import zhreport as zr
from zhreport import table
from zhreport.files.formats import READERS
from zhreport.lexicon import TABLES

from .facts import grounded, sound

# One file for all turns: a new one for each would cost more than what is tested.
_SCRATCH = Path(tempfile.gettempdir()) / f"zhreport-fuzz-{os.getpid()}"


def text_of(data: bytes) -> str:
    """Any bytes as a str; what is no UTF-8 becomes lone surrogates."""
    return data.decode("utf-8", "surrogateescape")


def parse(data: bytes) -> None:
    """`parse`, the rows of its tables and the reasons of its first and last record."""
    text = text_of(data)
    report = zr.parse(text, source="a.txt")
    sound(report, text)
    for what in ("records", "sections", "documents"):
        for row in table.rows(report, what):
            table.json_line(row).encode()
    for record in report.records[:1] + report.records[-1:]:
        str(zr.explain(report, record))
    report.outline()


def audit(data: bytes) -> None:
    """`audit` and `compare` of up to four reports; a form feed parts them."""
    reports = [zr.parse(text, source=f"{at}.txt") for at, text in enumerate(text_of(data).split("\f")[:4])]
    for report in reports:
        grounded(zr.audit(report), [report])
    grounded(zr.audit(reports), reports)
    list(zr.compare(reports).rows())


def _loaded(ending: str) -> Callable[[bytes], None]:
    def target(data: bytes) -> None:
        try:
            extract = READERS[ending](f"a{ending}", data)
        except zr.ReadError:
            return
        last = 0
        for start, end, kind, where in extract.origin:
            assert last <= start < end <= len(extract.text), (start, end, kind, where)
            last = start

    target.__doc__ = f"The reader of {ending} files."
    return target


txt, html, pdf = _loaded(".txt"), _loaded(".html"), _loaded(".pdf")


def docx(data: bytes) -> None:
    """The reader of .docx files: a whole package, or its parts with a NUL between: document, numbering, styles, properties."""
    if not data.startswith(b"PK"):
        names = ("word/document.xml", "word/numbering.xml", "word/styles.xml", "docProps/core.xml")
        data = zipped(dict(zip(names, data.split(b"\0"), strict=False)) | RELATIONS)
    _loaded(".docx")(data)


_LINK = (
    '<Relationship Id="r{n}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}" Target="{to}"/>'
)
_LINKS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{0}</Relationships>'
RELATIONS = {
    "_rels/.rels": _LINKS.format(
        _LINK.format(n=1, kind="officeDocument", to="word/document.xml")
        + _LINK.format(n=2, kind="metadata/core-properties", to="docProps/core.xml")
    ).encode(),
    "word/_rels/document.xml.rels": _LINKS.format(
        _LINK.format(n=1, kind="numbering", to="numbering.xml") + _LINK.format(n=2, kind="styles", to="styles.xml")
    ).encode(),
}


def zipped(members: dict[str, bytes]) -> bytes:
    """A zip file of these members, the same bytes each time."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def archive(data: bytes) -> None:
    """The reader of .zip files: each member is a report or a named failure, and nothing lands on the disk."""
    path = _SCRATCH.with_suffix(".zip")
    path.write_bytes(data)
    try:
        for found in zr.read_many([path]):
            if isinstance(found, zr.Failure):
                assert found.source.startswith(str(path)), found
                assert "Error:" not in found.what or "zip" in found.what, found
            else:
                sound(found, found.text)
    finally:
        path.unlink()


def lexicon(data: bytes) -> None:
    """The reader of word tables, and `parse` with what it took. The first byte chooses the table."""
    name = list(TABLES)[data[0] % len(TABLES)] if data else "units"
    path = _SCRATCH.with_name(f"{_SCRATCH.name}_{name}.tsv")
    path.write_bytes(data[1:])
    try:
        own = zr.Lexicon.load(extra=[path])
    except zr.LexiconError:
        return
    finally:
        path.unlink()
    added = [r.surface for r in own.rows[name] if r.surface.encode("utf-8", "replace") in data]
    if added:
        text = f"云溪县2020年工作总结\n一、成效\n共{'、'.join(f'3{w}5{w}' for w in added[:20])}。"
        sound(zr.parse(text, own), text)


# An input whose time grows with the square of its length takes 64 times as long at eight times the length.
_SHORT, _LONG, _FAR_ABOVE, _SECONDS = 1_000, 8_000, 30, 0.8


def slow(data: bytes) -> None:
    """Whether the time of `parse` and `audit` grows far faster than the text: a part that is said again and again.

    The bytes are head, part and tail with a NUL between, or the part alone.
    """
    pieces = text_of(data).split("\0", 2)
    head, part, tail = (*pieces, "", "")[:3] if len(pieces) > 1 else ("", pieces[0], "")
    if not part:
        return
    short, _ = _taken(head + part * (_SHORT // len(part)) + tail)
    long, told = _taken(head + part * (_LONG // len(part)) + tail)
    if long > _SECONDS and long > _FAR_ABOVE * short:
        raise AssertionError(f"{long / short:.0f} times as long for eight times the text: {told}")


def _taken(text: str) -> tuple[float, str]:
    start = time.process_time()
    report = zr.parse(text)
    middle = time.process_time()
    zr.audit(report)
    end = time.process_time()
    return end - start, f"parse {middle - start:.2f} s, audit {end - middle:.2f} s, {len(report.records)} records"


TARGETS: dict[str, Callable[[bytes], None]] = {
    "parse": parse, "audit": audit, "txt": txt, "html": html, "docx": docx, "pdf": pdf, "zip": archive, "lexicon": lexicon, "slow": slow,
}  # fmt: skip
