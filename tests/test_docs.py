"""The documents are true: their code runs, their tables are made from the code, and they name every command and public name.

`python tests/test_docs.py --write` writes the tables anew.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
READMES = ("README.md", "README.zh.md")
_COLUMNS = re.compile(r"(<!-- columns: [^\n]*-->\n).*?(<!-- end of columns -->)", re.DOTALL)


def columns_table() -> str:
    from zhreport.table import RECORDS

    rows = [f"| `{c.name}` | {c.type} | {c.meaning} |" for c in RECORDS]
    return "\n".join(["| column | type | meaning |", "| --- | --- | --- |", *rows]) + "\n"


@pytest.mark.parametrize("name", READMES)
def test_the_code_of_the_readme_runs(name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> None:
    monkeypatch.chdir(ROOT)
    space: dict = {}
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / name).read_text(encoding="utf-8"), re.DOTALL)
    assert blocks
    for block in blocks:
        exec(compile(block, name, "exec"), space)
    assert capsys.readouterr().out


def test_the_columns_are_those_of_the_schema() -> None:
    found = _COLUMNS.search((ROOT / "README.md").read_text(encoding="utf-8"))
    assert found
    assert columns_table() in found[0], "run python tests/test_docs.py --write"


def test_every_command_is_documented() -> None:
    from zhreport.cli import main

    for name in READMES:
        text = (ROOT / name).read_text(encoding="utf-8")
        missing = [command for command in main.commands if f"zhreport {command}" not in text]
        assert not missing, name


def test_every_public_name_is_documented() -> None:
    import zhreport

    text = "".join((ROOT / n).read_text(encoding="utf-8") for n in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md"))
    assert not [name for name in zhreport.__all__ if name not in text]


def test_every_lexicon_and_example_file_is_told_of() -> None:
    told = (ROOT / "resources" / "lexicons" / "README.md").read_text(encoding="utf-8")
    assert not [p.name for p in (ROOT / "resources" / "lexicons").glob("*.tsv") if p.name not in told]


def write() -> None:
    path = ROOT / "README.md"
    text = path.read_text(encoding="utf-8")
    path.write_text(_COLUMNS.sub(lambda m: m[1] + columns_table() + m[2], text), encoding="utf-8")


if __name__ == "__main__" and "--write" in sys.argv:
    write()
