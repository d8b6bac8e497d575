"""Bytes of a plain text file → str and the encoding that was found."""

from __future__ import annotations

import codecs
from pathlib import Path

from .errors import ReadError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def decoded(path: str | Path, data: bytes) -> tuple[str, str]:
    """The text of these bytes: by its mark, else strict UTF-8, else UTF-16 without a mark, else GB18030.

    Raises ReadError when they are no text.
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _strict(path, data, name), name
    for name in filter(None, ("utf-8", _wide(data), "gb18030")):
        try:
            text = data.decode(name)
        except UnicodeDecodeError:
            continue
        if _is_text(text):
            return text, name
    raise ReadError(path, "is no text in UTF-8, UTF-16 or GB18030", "save it as UTF-8, or convert it if it is a Word or PDF file")


def _strict(path: str | Path, data: bytes, name: str) -> str:
    try:
        return data.decode(name)
    except UnicodeDecodeError as error:
        raise ReadError(
            path, f"is damaged: marked as {name} but byte {error.start} does not fit", "save it again as UTF-8"
        ) from None


def _wide(data: bytes) -> str | None:
    """UTF-16 with no mark shows by zero bytes on one side (digits, line ends) of an even length."""
    head = data[:4096]
    if len(data) % 2 or not head.count(0):
        return None
    return "utf-16-le" if head[1::2].count(0) >= head[0::2].count(0) else "utf-16-be"


def _is_text(text: str) -> bool:
    head = text[:4096]
    odd = sum(1 for c in head if (c < " " and c not in "\t\n\r\f\v\x1a") or "\ue000" <= c <= "\uf8ff")
    return odd * 20 <= len(head)
