"""What the streams of a PDF may unpack to: a file of a few KB can hold a page of gigabytes, as a zip bomb does."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, Any

from .archives import LARGEST, STEEPEST
from .errors import ReadError

if TYPE_CHECKING:
    from pdfminer.pdftypes import PDFStream

# A page of that many signs takes half a minute and some 2 GB; no page of a report comes near it.
HARMLESS = 2**20
# Pages, fonts and lists of objects shrink three to thirty times.
_STEEPEST_STREAM = 50
# A row of a picture, or of a list of objects, has never so many cells.
WIDEST = 2**20
# pdfminer mends a stream that breaks off byte by byte, and copies all that it has each time.
_MENDABLE = 2**40
_NOW: ContextVar[Unpacking | None] = ContextVar("unpacking", default=None)


class Unpacking:
    """The streams of one file, counted each time that they are read: ten forms that show ten forms each count ten times ten."""

    def __init__(self, path: str, size: int) -> None:
        self.path, self.given = path, 0
        self.most = _most(size, STEEPEST)
        self.refused: ReadError | None = None

    def take(self, stream: PDFStream) -> None:
        """Count what a stream is about to give. Raises ReadError when it is too much, and from then on always."""
        if self.refused is None:
            raw = _deciphered(stream) if stream.data is None else stream.data
            own = self.most if stream.data is not None else min(self.most, _most(len(raw), _STEEPEST_STREAM))
            left = min(own, self.most - self.given)
            size = len(raw) if stream.data is not None else _size(stream, raw, left)
            self.given += size
            if size > left:
                self.refused = self._too_much(own if size > own else self.most)
        if self.refused is not None:
            raise self.refused

    def _too_much(self, most: int) -> ReadError:
        most //= 2**20
        return ReadError(
            self.path,
            f"内容解压后超过 {most} MB,像压缩炸弹 / unpacks to more than {most} MB, as a bomb does",
            "核对来源,或重新打印成 PDF / check where it is from, or print it anew as PDF",
        )


def _most(size: int, steepest: int) -> int:
    return min(LARGEST, max(HARMLESS, steepest * size))


@contextmanager
def counted(path: str, size: int) -> Iterator[None]:
    """While it lasts, what pdfminer unpacks in this thread is counted. Raises ReadError for too much, whatever came of it."""
    _watch()
    unpacking = Unpacking(path, size)
    before = _NOW.set(unpacking)
    try:
        yield
    finally:
        _NOW.reset(before)
        if unpacking.refused is not None:
            # pdfminer and pdfplumber wrap what is raised inside them, and pass over some of it.
            raise unpacking.refused from None


@cache
def _watch() -> None:
    """Have pdfminer ask before it unpacks: it has no limit of its own, and pdfplumber leaves no other place to set one."""
    from pdfminer.pdftypes import PDFStream

    plain = PDFStream.get_data

    def get_data(self: PDFStream) -> bytes:
        unpacking = _NOW.get()
        if unpacking is not None:
            unpacking.take(self)
        return plain(self)

    PDFStream.get_data = get_data  # type: ignore[method-assign]


def _deciphered(stream: PDFStream) -> bytes:
    raw = stream.rawdata or b""
    if stream.decipher and stream.objid is not None and stream.genno is not None:
        return stream.decipher(stream.objid, stream.genno, raw, stream.attrs)
    return raw


def _size(stream: PDFStream, data: bytes, most: int) -> int:
    """The largest that a stream becomes on its way through its filters; past `most` it is not counted further."""
    size = len(data)
    # What is odd about a filter is for pdfminer to say.
    with suppress(Exception):
        for name, params in stream.get_filters():
            columns = params.get("Columns", 1) if isinstance(params, dict) else 1
            if isinstance(columns, int) and columns > WIDEST:
                return most + 1
            data = _unpacked(getattr(name, "name", ""), data, most, columns)
            size = max(size, len(data))
            if size > most:
                break
    return size


def _unpacked(name: Any, data: bytes, most: int, columns: int) -> bytes:
    """One filter undone, no further than just past `most`."""
    from pdfminer import ascii85, lzw

    if name in ("FlateDecode", "Fl"):
        return _inflated(data, most)
    if name in ("LZWDecode", "LZW"):
        return _up_to(lzw.LZWDecoder(BytesIO(data)).run(), most)
    if name in ("RunLengthDecode", "RL"):
        return _up_to(_runs(data), most)
    if name in ("CCITTFaxDecode", "CCF"):
        # A bit can stand for a whole row.
        return bytes(min(most + 1, 8 * len(data) * (columns // 8 + 1)))
    if name in ("ASCII85Decode", "A85"):
        return ascii85.ascii85decode(data)
    if name in ("ASCIIHexDecode", "AHx"):
        return ascii85.asciihexdecode(data)
    return data


def _inflated(data: bytes, most: int) -> bytes:
    inflater = zlib.decompressobj()
    out = bytearray()
    with suppress(zlib.error):
        for at in range(0, len(data), 2**16):
            out += inflater.decompress(data[at : at + 2**16], most + 1 - len(out))
            if len(out) > most:
                return bytes(out)
    if not inflater.eof and len(data) * len(out) > _MENDABLE:
        return bytes(most + 1)
    return bytes(out)


def _runs(data: bytes) -> Iterator[bytes]:
    """The pieces of a run-length code: a byte below 128 says how many follow as they are, one above how often the next is said."""
    at = 0
    while at < len(data) and (told := data[at]) != 128:
        if told < 128:
            yield data[at + 1 : at + 2 + told]
            at += 2 + told
        else:
            yield data[at + 1 : at + 2] * (257 - told)
            at += 2


def _up_to(pieces: Iterator[bytes], most: int) -> bytes:
    out = bytearray()
    for piece in pieces:
        out += piece
        if len(out) > most:
            break
    return bytes(out)
