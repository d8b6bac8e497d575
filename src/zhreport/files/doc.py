""".doc → .docx through LibreOffice, the only tool that keeps automatic numbers; then the .docx reader."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from .docx import OLE, docx_file
from .errors import ReadError
from .extract import Extract
from .html import html_file

_SECONDS = 180
_BY_HAND = "save it as .docx in Word or WPS"


def doc_file(path: str, data: bytes) -> Extract:
    """The text of an old Word file; a page or a .docx that only bears the name .doc is read as what it is."""
    if data.startswith(b"PK\x03\x04"):
        return docx_file(path, data)
    if data[:512].lstrip(b"\xef\xbb\xbf \r\n\t").lower().startswith((b"<html", b"<!doctype html")):
        return html_file(path, data)
    if not data.startswith((OLE, b"{\\rtf", b"<?xml")):
        raise ReadError(path, "is no Word file in spite of its ending", "check where it is from; open it in Word or WPS")
    return docx_file(path, _converted(path, data))


def _converted(path: str, data: bytes) -> bytes:
    """The same document as .docx. Each call has a profile of its own, for LibreOffice runs once a profile."""
    program = shutil.which("soffice")
    if program is None:
        raise ReadError(path, "is an old Word file (.doc), and LibreOffice is not there to read it", f"install it, or {_BY_HAND}")
    with tempfile.TemporaryDirectory(prefix="zhreport-") as folder:
        source = Path(folder) / "in.doc"
        source.write_bytes(data)
        command = [
            program, "--headless", "--norestore", f"-env:UserInstallation={(Path(folder) / 'profile').as_uri()}",
            "--convert-to", "docx", "--outdir", folder, str(source),
        ]  # fmt: skip
        try:
            told = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False)
        except subprocess.TimeoutExpired:
            raise ReadError(path, f"took LibreOffice more than {_SECONDS} seconds", _BY_HAND) from None
        except OSError as error:
            raise ReadError(path, f"LibreOffice cannot be started ({error.strerror})", _BY_HAND) from None
        result = source.with_suffix(".docx")
        if not result.is_file():
            said = told.stderr.decode("utf-8", "replace").strip().splitlines()
            raise ReadError(path, f"LibreOffice cannot read it ({said[-1] if said else 'no reason given'})", _BY_HAND)
        return result.read_bytes()
