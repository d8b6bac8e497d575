"""The site is true: the code of its pages runs, in both languages; every command and public name has its place; and it builds."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

import pytest
from click.testing import CliRunner
from conftest import CORPUS, ROOT

import zhreport
from zhreport.cli import main

DOCS = ROOT / "docs"
PAGES = sorted(DOCS.glob("*.md"))
_BLOCK = re.compile(r"^```(\w+)(?: title=\"([^\"]+)\")?\n(.*?)^```", re.DOTALL | re.MULTILINE)


def blocks(page: Path) -> list[tuple[str, str, str]]:
    """(language, file name, code) of the code blocks of a page that name their language."""
    return _BLOCK.findall(page.read_text(encoding="utf-8"))


def needs(code: str) -> list[str]:
    """What the first line of a block (`# needs: spacy, java`) says that it needs and this machine has not."""
    told = re.match(r"# needs: (.*)", code)
    named = told[1].split(", ") if told else []
    return [n for n in named if (shutil.which(n) is None if n == "java" else find_spec(n) is None)]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as a reader of the pages has it: reports, the corpus, the files that pages show."""
    folder = tmp_path_factory.mktemp("desk")
    shutil.copytree(CORPUS, folder / "corpus")
    shutil.copytree(CORPUS / "reports", folder / "reports", ignore=shutil.ignore_patterns("*.jsonl"))
    for page in PAGES:
        for _, name, code in blocks(page):
            if name:
                (folder / name).write_text(code, encoding="utf-8")
    return folder


def runs(code: str) -> list[list[str]]:
    """The commands of a shell block that are ours."""
    lines = [line.partition(" #")[0].split() for line in code.splitlines()]
    return [line[1:] for line in lines if line[:1] == ["zhreport"]]


@pytest.mark.parametrize("page", [p for p in PAGES if not p.name.startswith("cluster.")], ids=lambda p: p.name)
def test_the_code_of_a_page_runs(
    page: Path, desk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    for entry in desk.iterdir():  # each page has the desk to itself
        (shutil.copytree if entry.is_dir() else shutil.copy)(entry, tmp_path / entry.name)
    if page.name.startswith("commands."):
        zhreport.build(tmp_path / "reports", tmp_path / "store", workers=1)
    monkeypatch.chdir(tmp_path)
    space: dict = {"__name__": "__main__"}
    for language, _, code in blocks(page):
        if language == "python" and not needs(code):
            exec(compile(code, page.name, "exec"), space)
        for command in runs(code) if language == "sh" else ():
            told = CliRunner().invoke(main, command)
            assert told.exit_code == 0, (command, told.output)
    capsys.readouterr()


@pytest.mark.parametrize("page", [p for p in PAGES if p.name.endswith(".zh.md")], ids=lambda p: p.name)
def test_a_chinese_page_has_the_code_of_its_english_page(page: Path) -> None:
    """The same code but for comments and words, so that no page is behind the other."""
    english = DOCS / page.name.replace(".zh.md", ".md")
    assert [(lang, name) for lang, name, _ in blocks(page)] == [(lang, name) for lang, name, _ in blocks(english)]

    def bare(path: Path) -> list[str]:
        code = "".join(c for lang, _, c in blocks(path) if lang in ("python", "sh"))
        return [line for x in code.splitlines() if (line := re.sub(r'\s*#.*|".*?"', "", x).strip())]

    assert bare(page) == bare(english)


def test_the_code_of_the_chinese_readme_is_that_of_the_english() -> None:
    def bare(name: str) -> list[str]:
        code = "".join(re.findall(r"```python\n(.*?)```", (ROOT / name).read_text(encoding="utf-8"), re.DOTALL))
        return [line for x in code.splitlines() if (line := re.sub(r'\s*#.*|".*?"', "", x).strip())]

    assert bare("README.zh.md") == bare("README.md")


def test_every_page_is_in_both_languages_and_in_the_list() -> None:
    listed = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    alone = {"changelog.md", "codebook.md", "robustness.md", "speed.md"}  # made from files that are in one language
    for page in PAGES:
        if page.name.endswith(".zh.md"):
            continue
        assert f": {page.name}\n" in listed, page.name
        assert page.name in alone or (DOCS / page.name.replace(".md", ".zh.md")).is_file(), page.name


@pytest.mark.parametrize("name", ["reference.md", "reference.zh.md"])
def test_every_public_name_has_its_place(name: str) -> None:
    text = (DOCS / name).read_text(encoding="utf-8")
    shown = set(re.findall(r"^::: zhreport\.(\w+)$", text, re.MULTILINE))
    assert set(zhreport.__all__) - shown == {"dask"}  # a module that the page tells of in words
    assert "`zhreport.dask`" in text


@pytest.mark.parametrize("name", ["commands.md", "commands.zh.md"])
def test_every_command_has_its_place(name: str) -> None:
    text = (DOCS / name).read_text(encoding="utf-8")
    assert [c for c in main.commands if f"## zhreport {c}\n\n<!-- help: {c} -->" not in text] == []


def test_the_chinese_readme_has_every_column() -> None:
    from zhreport.table import RECORDS

    text = (ROOT / "README.zh.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `(\w+)` \| (str|int|list) \|", text, re.MULTILINE) == [(c.name, c.type) for c in RECORDS]


@pytest.mark.slow
@pytest.mark.skipif(
    find_spec("mkdocs") is None or find_spec("nbclient") is None, reason="the site's tools are not installed: .[docs]"
)
def test_the_site_builds_and_fetches_nothing(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(tmp_path / "site")],
        cwd=ROOT, capture_output=True, text=True, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    pages = list((tmp_path / "site").rglob("*.html"))
    assert len(pages) >= 30
    fetched = re.compile(r"<(?:script|link|img|iframe)[^>]+(?:src|href)=[\"']?(?:https?:)?//", re.IGNORECASE)
    for page in pages:
        assert not fetched.search(page.read_text(encoding="utf-8")), page


def test_the_notebooks_hold_no_output() -> None:
    import json

    for path in sorted((DOCS / "notebooks").glob("*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        assert not [c for c in cells if c.get("outputs")], path.name


@pytest.mark.slow
@pytest.mark.skipif(
    find_spec("nbclient") is None or find_spec("ipykernel") is None, reason="nbclient or ipykernel is not installed: .[notebooks]"
)
@pytest.mark.skipif(
    find_spec("altair") is None or find_spec("vl_convert") is None, reason="altair or vl-convert is not installed: .[notebooks]"
)
@pytest.mark.parametrize("path", sorted((DOCS / "notebooks").glob("*.ipynb")), ids=lambda p: p.stem)
@pytest.mark.filterwarnings("ignore")
def test_a_notebook_runs(path: Path) -> None:
    import nbformat
    from nbclient import NotebookClient

    read = nbformat.read(path, as_version=4)
    NotebookClient(read, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(path.parent)}}).execute()
    shown = [o for c in read.cells if c.cell_type == "code" for o in c.outputs]
    assert any("image/svg+xml" in o.get("data", {}) for o in shown)
    assert not [o for o in shown if o.output_type == "stream" and o.name == "stderr"]
    for place in (str(ROOT), tempfile.gettempdir()):  # the site shows what it ran: no folder of the machine that built it
        assert not [o for o in shown if place in str(o)]
    if path.stem.startswith("3"):
        found, put = re.search(r"(\d+) / (\d+)", "".join(o.get("text", "") for o in shown)).groups()  # type: ignore[union-attr]
        assert found == put
