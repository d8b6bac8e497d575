"""Templates, scripts and styles → one file that needs no other; how data gets into it; the names of the files."""

from __future__ import annotations

import base64
import functools
import hashlib
import json
import os
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import jinja2

HERE = Path(__file__).parent
_GENERATOR = '<meta name="generator" content="zhreport">'
_ESCAPES = {c: f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}
_IN_SCRIPT = re.compile("[<>&\u2028\u2029\ud800-\udfff]")
_RESERVED = re.compile(r"(?i)(?:con|prn|aux|nul|com\d|lpt\d)")
# ext4 and NTFS take 255; the rest is for the ending, the number, and a folder that is deep already.
_LONGEST = 120


def data_text(data: Any) -> str:
    """JSON that may stand in a script element: no text of a report can end the element or open a comment.

    >>> data_text({"a": "</script><!--"})
    '{"a":"\\\\u003c/script\\\\u003e\\\\u003c!--"}'
    """
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return _IN_SCRIPT.sub(lambda m: _ESCAPES.get(m[0]) or f"\\u{ord(m[0]):04x}", text)


@functools.cache
def _environment() -> jinja2.Environment:
    import jinja2

    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "templates", encoding="utf-8"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=jinja2.StrictUndefined,
    )


@functools.cache
def _static(*names: str) -> str:
    """The files one after the other; they are ours, so they go in as they are."""
    return "\n".join((HERE / "static" / name).read_text(encoding="utf-8") for name in names)


def page(template: str, styles: tuple[str, ...], scripts: tuple[str, ...], data: Any, library: str = "", **values: Any) -> str:
    """A whole page. Its policy lets the browser run our script, a library and our style by their hashes, and load nothing."""
    from markupsafe import Markup

    style, script = _static(*styles), _static(*scripts)
    ours = " ".join(f"'{_hashed(text)}'" for text in (library, script) if text)
    policy = f"default-src 'none'; script-src {ours}; style-src '{_hashed(style)}'; base-uri 'none'; form-action 'none'"
    html = (
        _environment()
        .get_template(template)
        .render(
            generator=Markup(_GENERATOR),
            policy=policy,
            style=Markup(style),
            script=Markup(script),
            library=Markup(library),
            data=Markup(data_text(data)),
            **values,
        )
    )
    return _valid(html)


def _hashed(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _valid(text: str) -> str:
    """Without lone surrogates, which UTF-8 does not take, and NUL, which HTML does not."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "\u2400")


def file_name(source: str, taken: set[str]) -> str:
    """A name for the page of a source that every system takes, and that none before it has; case does not tell names apart.

    >>> taken: set[str] = set()
    >>> file_name("a/休宁县 2020.docx", taken), file_name("b/休宁县 2020.txt", taken)
    ('休宁县-2020.html', '休宁县-2020-2.html')
    """
    last = _valid(source).replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
    stem = re.sub(r"[^\w.]+", "-", re.sub(r"\.\w{1,5}$", "", last)).strip("-.") or "report"
    if _RESERVED.fullmatch(stem.partition(".")[0]):
        stem = f"r-{stem}"
    stem = stem.encode()[:_LONGEST].decode("utf-8", "ignore")
    name, number = stem, 1
    while name.casefold() in taken:
        number += 1
        name = f"{stem}-{number}"
    taken.add(name.casefold())
    return f"{name}.html"


def refuse_other(path: Path) -> None:
    """Raise FileExistsError where a file stands that we did not make."""
    if path.exists() and not _ours(path):
        raise FileExistsError(f"{path}: is there already and no page of zhreport; give another folder")


def write(path: Path, html: str) -> None:
    """The file appears whole or not at all. Raises FileExistsError over a page that is not ours."""
    refuse_other(path)
    handle, half = tempfile.mkstemp(prefix=".page-", suffix=".html", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as out:
            out.write(html)
        os.chmod(half, 0o644)  # a page on a server is read by others; mkstemp lets only the owner
        os.replace(half, path)
    except BaseException:
        Path(half).unlink(missing_ok=True)
        raise


def _ours(path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open(encoding="utf-8", errors="replace") as opened:
        return _GENERATOR in opened.read(2000)
