"""Bytes of a plain text file → str and the encoding that was found."""

from __future__ import annotations

import codecs
from pathlib import Path

from .errors import ReadError
from .extract import Extract

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# A Word file saved under the name 总结.txt is a common slip; its first bytes say what it is.
_MAGIC = (
    (b"PK\x03\x04", "a zipped file (.docx, .xlsx or .zip)"),
    (b"\xd0\xcf\x11\xe0", "an old Office file (.doc, .xls or .wps)"),
    (b"%PDF-", "a PDF file"),
    (b"{\\rtf", "a rich text file (.rtf)"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
)
# Plain big5 first; the others hold the characters of Windows and Hong Kong that it lacks (碁, 啲).
_BIG5 = ("big5", "cp950", "big5hkscs")
# So many common characters do not come about by chance where the bytes of another encoding are read as UTF-8.
_SURELY = 5
# The characters that make up half of any modern Chinese page, in both scripts; those of reports at the end.
_COMMON = frozenset(
    "的一是不了在人有我他这中来上大为和国地到以说时要就出会可也对生能而子那得于着下自之年过发后作里用道行所然家种事成方多经去法学如都同现当动面起看定天分还进好小部其些主理心本前开但因只从想实日者意无力与长把机十民第公此已工使情明性全三又关点正业外将两高间由问最重并物手应向头文体政相见被利二等产或新制身果加西月合回特代内信表化老给世位次度门任常先海通教原东提立及比员解水名真处义各入口条平系气题活更别女变四总何电数安少报才结反受目太量再感建务做接必场件计管期市直资山金指统区保至队形社便空决治展科司五基非则达光放强权思完设式路记南品住告类求据程北边交规万取望术领共确清今院让带导争运"
    "這國們個來為說時會對發後過學當動還進開從實無與長機關點業將兩間問應頭體產東員處義條係氣題變總電數報結務場計區隊達強權設類據邊規萬術領確讓帶導爭運縣鎮鄉戶億貧農村現經種給資統記"
    "县镇乡村户亿元贫农委局办项目投扶脱增收落省居项推坚围绕六七八九"
)  # fmt: skip


def text_file(path: str, data: bytes) -> Extract:
    """A plain text file: its characters unchanged."""
    text, encoding = decoded(path, data)
    return Extract(text, facts={"encoding": encoding})


def decoded(path: str | Path, data: bytes) -> tuple[str, str]:
    """The text of these bytes: by its mark, else strict UTF-8, else UTF-16 without a mark, else GB18030 or Big5.

    >>> decoded("总结.txt", "發放資助資金三萬元".encode("big5"))
    ('發放資助資金三萬元', 'big5')

    Raises ReadError when they are no text.
    """
    for start, kind in _MAGIC:
        if data.startswith(start):
            raise ReadError(path, f"is {kind} and no plain text", "give the file its own ending, or save it as UTF-8 text")
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _strict(path, data, name), name
    for name in filter(None, ("utf-8", _wide(data))):
        text = tried(data, name)
        if text is not None and _is_text(text):
            return text, name
    _refuse_mixed(path, data)
    found = _most_chinese(data)
    if found is None:
        raise ReadError(path, *_no_text(data))
    return found


def _refuse_mixed(path: str | Path, data: bytes) -> None:
    """Lines in UTF-8 among others: read in one encoding, the rest would be a page of rare characters, and never noticed."""
    misfit = _misfit(data, "utf-8")
    if misfit is None:
        return
    good = [c for c in data.decode("utf-8", "ignore") if c > "\x7f"]
    common = sum(c in _COMMON for c in good)
    if common >= _SURELY and common * 4 > len(good):
        raise ReadError(path, *misfit)


def _misfit(data: bytes, name: str) -> tuple[str, str] | None:
    """What to say of text that is in that encoding up to some line, and what to do; None where all of it fits."""
    try:
        data.decode(name)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        said = f"is no text in one encoding: line {line} (byte {error.start}) does not fit {name.upper()}"
        return f"{said}, so that it mixes encodings or is damaged", "mend that line, or save each part in UTF-8"
    return None


def _no_text(data: bytes) -> tuple[str, str]:
    """What is wrong with bytes that are no text, and what to do."""
    odd = sum(data.count(bytes([b])) for b in range(32) if b not in b"\t\n\r\f\v\x1a")
    if odd * 100 > len(data):
        zeros = f", {data.count(0)} of them NUL" if data.count(0) else ""
        return (
            f"is no text but binary data: {odd} of its {len(data)} bytes are control characters{zeros}",
            "check where it is from; give a Word or PDF file its own ending",
        )
    # A page in GB18030 with one line of something else: its characters are read well as far as they go.
    misfit = _misfit(data, "gb18030")
    if misfit and sum(c in _COMMON for c in data.decode("gb18030", "ignore")) * 8 > len(data):
        return misfit
    return "is no text in UTF-8, UTF-16, GB18030 or Big5", "save it as UTF-8, or convert it if it is a Word or PDF file"


def tried(data: bytes, name: str) -> str | None:
    """The text in that encoding, or None where a byte does not fit."""
    try:
        return data.decode(name)
    except UnicodeDecodeError:
        return None


def big5(data: bytes) -> tuple[str, str] | None:
    """The text in the first of the Big5 family that fits, with its name."""
    return next(((text, name) for name in _BIG5 if (text := tried(data, name)) is not None), None)


def _most_chinese(data: bytes) -> tuple[str, str] | None:
    """Of the readings that fit, the one with the largest share of common characters; GB18030 wins a tie.

    GB18030 has a character for nearly any pair of bytes, so that strictness alone takes Big5 for rare characters;
    and a UTF-16 text with no digit or line end has no zero byte that would tell it.
    """
    readings = [(text, "gb18030")] if (text := tried(data, "gb18030")) is not None else []
    found = big5(data)
    # 龜茲 may stand alone in a short text; on a longer one a page of rare characters is damage and no Big5.
    if found and (len(data) < 100 or _common_share(found[0]) > 0.25):
        readings.append(found)
    for name in ("utf-16-le", "utf-16-be"):
        wide = tried(data, name) if len(data) % 2 == 0 else None
        # Any even run of bytes may pass for UTF-16: only a page that is Chinese beyond doubt is taken for it.
        if wide is not None and _common_share(wide) > 0.4:
            readings.append((wide, name))
    readings = [r for r in readings if _is_text(r[0])]
    return max(readings, key=lambda r: _common_share(r[0]), default=None)


def _common_share(text: str) -> float:
    """The share of the characters beyond ASCII that are common ones.

    >>> _common_share("全县发放资金") > 0.8 > 0.1 > _common_share("祇埐赽踢")
    True
    """
    wide = [c for c in text[:8192] if c > "\x7f"]
    return sum(c in _COMMON for c in wide) / len(wide) if wide else 0.0


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
