"""What the site makes when it is built: the help of each command, and the notebooks with what they show.

`<!-- help: extract -->` becomes the output of `zhreport extract --help`; `<!-- notebook: NAME -->` becomes the notebook
docs/notebooks/NAME.ipynb, run at that moment (once for both languages).
"""

from __future__ import annotations

import functools
import re
from pathlib import Path
from typing import Any

_HELP = re.compile(r"<!-- help: (\w+) -->")
_NOTEBOOK = re.compile(r"<!-- notebook: ([\w-]+) -->")
_FOLDER = Path(__file__).parents[1] / "notebooks"


def on_page_markdown(markdown: str, **_: Any) -> str:
    markdown = _HELP.sub(lambda m: f"```text\n{help_of(m[1])}```", markdown)
    return _NOTEBOOK.sub(lambda m: notebook(m[1]), markdown)


@functools.cache
def help_of(command: str) -> str:
    from click.testing import CliRunner

    from zhreport.cli import main

    return CliRunner().invoke(main, [command, "--help"], terminal_width=80, prog_name="zhreport").output


@functools.cache
def notebook(name: str) -> str:
    import nbformat
    from nbclient import NotebookClient

    read = nbformat.read(_FOLDER / f"{name}.ipynb", as_version=4)
    NotebookClient(read, timeout=300, resources={"metadata": {"path": str(_FOLDER)}}).execute()
    out = []
    for cell in read.cells:
        if cell.cell_type == "markdown":
            out.append(re.sub(r"^#", "##", cell.source, flags=re.MULTILINE))
            continue
        out.append(f"```python\n{cell.source}\n```")
        out += [f'<div class="notebook-output">{shown}</div>' for each in cell.outputs if (shown := shown_of(each))]
    return "\n\n".join(out)


def shown_of(output: Any) -> str:
    """One output as HTML on a line of its own, without the blank lines at which Markdown would cut it."""
    from html import escape

    if output.output_type == "stream":
        return f"<pre>{escape(output.text).replace(chr(10), '&#10;')}</pre>"
    data = output.get("data", {})
    found = data.get("text/html") or data.get("image/svg+xml")
    if found is None:
        return f"<pre>{escape(data.get('text/plain', '')).replace(chr(10), '&#10;')}</pre>" if data else ""
    found = re.sub(r"<style.*?</style>", "", found, flags=re.DOTALL)
    parts = re.split(r"(<pre.*?</pre>|white-space:pre-wrap.*?</div>)", found, flags=re.DOTALL)
    return "".join(p.replace("\n", "&#10;" if i % 2 else " ") for i, p in enumerate(parts))
