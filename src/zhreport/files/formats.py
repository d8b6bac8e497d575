"""Which ending is read by what, and what to say of those that are not read."""

from __future__ import annotations

from collections.abc import Callable

from .doc import doc_file
from .docx import docx_file
from .extract import Extract
from .html import html_file
from .pdf import pdf_file
from .text import text_file

READERS: dict[str, Callable[[str, bytes], Extract]] = {
    ".txt": text_file, ".md": text_file, ".text": text_file, ".html": html_file, ".htm": html_file,
    ".docx": docx_file, ".pdf": pdf_file, ".doc": doc_file,
}  # fmt: skip
ENDINGS = (*READERS, ".zip")
# What people have beside these, and the shortest way out of each.
REFUSED = {
    ".wps": ("is a WPS Writer file", "save it as .docx in WPS, or run soffice --headless --convert-to docx"),
    ".ofd": ("is an OFD file", "save it as .pdf or .docx in an OFD reader (数科, 福昕), or export it from WPS"),
    ".xls": ("is a spreadsheet", "save each sheet as text with tabs (.txt) in Excel or WPS, or paste it into a .docx"),
    ".xlsx": ("is a spreadsheet", "save each sheet as text with tabs (.txt) in Excel or WPS, or paste it into a .docx"),
    ".et": ("is a WPS spreadsheet", "save each sheet as text with tabs (.txt) in WPS"),
    ".ppt": ("is a slide show", "save it as .pdf with text, or save its outline as .docx"),
    ".pptx": ("is a slide show", "save it as .pdf with text, or save its outline as .docx"),
    ".rtf": ("is a rich text file", "save it as .docx in Word or WPS"),
    ".rar": ("is a RAR archive", "unpack it (unar, 7z) and read the folder, or pack it as .zip"),
    ".7z": ("is a 7-Zip archive", "unpack it (7z x) and read the folder, or pack it as .zip"),
    **dict.fromkeys((".jpg", ".jpeg", ".png", ".tif", ".tiff", ".bmp"), ("is a picture", "run OCR on it (tesseract -l chi_sim) and save the text")),
}  # fmt: skip
# Folder walks take these too, so that a report in another format fails by name and is not passed over in silence.
WALKED = (*ENDINGS, ".wps", ".ofd", ".xls", ".xlsx", ".et", ".ppt", ".pptx", ".rtf", ".rar", ".7z")
