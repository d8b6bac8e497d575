"""Zip files: the limits that stop bombs, the names of members in Chinese, and the bytes of one member.

Nothing is ever written to disk, so that a member named `../../etc/passwd` is only an odd label.
"""

from __future__ import annotations

import functools
import os
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from .errors import ReadError

LARGEST = 300 * 2**20
STEEPEST = 200
# The list of names: some 150,000 of them.
LONGEST_LIST = 16 * 2**20
# Short files of one repeated character shrink a thousand times and harm nobody.
_HARMLESS = 2**20
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, struct.error, NotImplementedError, RuntimeError, ValueError)


@contextmanager
def opened(path: str, data: bytes | None = None) -> Iterator[zipfile.ZipFile]:
    """A zip file from disk, or from bytes. Raises ReadError for whatever is wrong with it, also while it is read."""
    try:
        _refuse_long_list(path, data)
        with zipfile.ZipFile(path if data is None else BytesIO(data)) as archive:
            yield archive
    except ReadError:
        raise
    except _BROKEN as error:
        raise ReadError(path, f"is a broken zip file ({error})", "fetch or save it again") from None


def _refuse_long_list(path: str, data: bytes | None) -> None:
    """Refuse an archive by the size of its list of names, before the list is read into memory."""
    if data is None:
        with Path(path).open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - 2**16 - 200))
            data = file.read()
    end = len(data) - 22
    if data[max(0, end) :][:4] != b"PK\x05\x06":
        end = data.rfind(b"PK\x05\x06")
    if end < 0 or end + 16 > len(data):
        return  # no zip file; zipfile says so
    (size,) = struct.unpack_from("<L", data, end + 12)
    wide = data.rfind(b"PK\x06\x06", 0, end)
    if size == 2**32 - 1 and wide >= 0 and wide + 48 <= len(data):
        (size,) = struct.unpack_from("<Q", data, wide + 40)
    if size > LONGEST_LIST:
        raise ReadError(
            path, f"lists files by the hundred thousand ({size // 2**20} MB of names)", "unpack it and read the folder"
        )


def guarded(path: str, infos: Iterable[zipfile.ZipInfo]) -> None:
    """Refuse what would unpack to far more than it shows. The declared sizes hold: no more than them is ever unpacked."""
    infos = list(infos)
    total, packed = sum(i.file_size for i in infos), sum(i.compress_size for i in infos)
    if total > LARGEST:
        raise ReadError(path, f"unpacks to {total // 2**20} MB, more than {LARGEST // 2**20}", "take out what is not text")
    if total > _HARMLESS and total > STEEPEST * max(packed, 1):
        raise ReadError(
            path, f"unpacks to {total // max(packed, 1)} times its size, as a zip bomb does", "check where it is from"
        )


def member_name(info: zipfile.ZipInfo) -> str:
    """The name as it was meant: programs in China write GB18030 and leave out the flag for UTF-8.

    >>> info = zipfile.ZipInfo("总结.txt".encode("gb18030").decode("cp437"))
    >>> member_name(info)
    '总结.txt'
    """
    if info.flag_bits & 0x800:
        return info.filename
    try:
        raw = info.filename.encode("cp437")
    except UnicodeEncodeError:
        return info.filename
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.filename


def member_names(path: str) -> list[str]:
    """The files in an archive, each once and in order of name; the litter that macOS and Windows add is left out."""
    with opened(path) as archive:
        # Not i.is_dir(): before Python 3.13 it falls over a member with no name.
        names = {member_name(i) for i in archive.infolist() if not i.filename.endswith("/")}
    return sorted(n for n in names if not is_litter(n))


def is_litter(name: str) -> bool:
    """Files that a system or an open Word leaves beside the real ones: `__MACOSX/._总结.docx`, `~$总结.docx`.

    >>> [is_litter(n) for n in ("~$总结.docx", "2020/总结.docx")]
    [True, False]
    """
    last = re.split(r"[/\\]", name)[-1]
    return name.startswith("__MACOSX/") or last.startswith(("~$", "._"))


def located(name: str) -> tuple[str, str] | None:
    """A label such as `a.zip/2020/总结.docx` → the archive on disk and its member; None for any other path."""
    for match in re.finditer(r"\.zip/", name, re.IGNORECASE):
        archive = name[: match.end() - 1]
        if os.path.isfile(archive):
            return archive, name[match.end() :]
    return None


def member_bytes(archive_path: str, member: str) -> bytes:
    """The bytes of one member."""
    label = f"{archive_path}/{member}"
    try:
        stat = os.stat(archive_path)
        archive, infos = _kept(archive_path, stat.st_mtime_ns, stat.st_size, os.getpid())
        info = infos.get(member)
        if info is None:
            raise ReadError(label, "is not in the archive", "check the name")
        if info.flag_bits & 1:
            raise ReadError(label, "is locked with a password", "unpack it with the password and read the folder")
        guarded(label, [info])
        return archive.read(info)
    except ReadError:
        raise
    except _BROKEN as error:
        raise ReadError(label, f"is damaged inside the archive ({error})", "fetch the archive again") from None


@functools.lru_cache(maxsize=1)
def _kept(path: str, mtime_ns: int, size: int, process: int) -> tuple[zipfile.ZipFile, dict[str, zipfile.ZipInfo]]:
    """One archive kept open, with its members by name: read anew for each of ten thousand members, its list would take an hour.

    The other arguments are there to open it again when it has changed, and in a forked process, which would move our place in it.
    """
    _refuse_long_list(path, None)
    archive = zipfile.ZipFile(path)
    infos: dict[str, zipfile.ZipInfo] = {}
    for info in archive.infolist():
        infos.setdefault(member_name(info), info)
    return archive, infos
