"""The order of the house: who may import whom, what a bare import loads, what the dataclasses look like."""

from __future__ import annotations

import ast
import dataclasses
import subprocess
import sys
from pathlib import Path

import pytest

import zhreport
from zhreport import types

SOURCE = Path(zhreport.__file__).parent
# A file imports only files above it in this list (docs/why.md).
ORDER = [
    "amounts", "notebook", "types", "table", "lexicon", "vocabulary", "numerals", "tokens", "clauses", "periods", "places", "divisions", "documents", "sections",
    "grammar", "edges", "quantities", "written", "grids", "context", "records", "series", "checks", "report", "segmentation", "explanation", "files",
    "evaluation", "store", "pages", "adapters", "dask", "terminal", "inputs", "outputs", "cli",
]  # fmt: skip


def modules() -> list[Path]:
    return sorted(p for p in SOURCE.rglob("*.py") if p != SOURCE / "__init__.py")


def top(path: Path) -> str:
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def imported(path: Path) -> set[str]:
    """The top modules of this package that a file imports at run time."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    skipped = {
        id(n)
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and "TYPE_CHECKING" in ast.dump(block.test)
        for n in ast.walk(block)
    }
    depth = len(path.relative_to(SOURCE).parts)
    out = set()
    for node in ast.walk(tree):
        if id(node) in skipped or not isinstance(node, ast.ImportFrom) or not node.level:
            continue
        names = [node.module.split(".")[0]] if node.module else [a.name for a in node.names]
        if node.level == depth:
            out.update(names)
    return out - {"__version__"}


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(SOURCE)))
def test_a_file_imports_only_files_above_it(path: Path) -> None:
    here = ORDER.index(top(path))
    below = [name for name in imported(path) if ORDER.index(name) > here]
    assert not below


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(SOURCE)))
def test_modules_stay_small(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 450


def test_a_bare_import_and_a_parse_load_nothing_heavy() -> None:
    heavy = (
        "pandas",
        "numpy",
        "pyarrow",
        "jieba",
        "spacy",
        "pkuseg",
        "click",
        "rich",
        "duckdb",
        "xlsxwriter",
        "dask",
        "distributed",
        "pyspark",
        "lxml",
        "pdfplumber",
        "trafilatura",
        "rapidfuzz",
        "datasketch",
        "altair",
        "vl_convert",
        "jinja2",
    )
    code = f"import sys, zhreport; zhreport.parse('发放资助资金3万元。'); print([m for m in {heavy!r} if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"


def test_facts_are_frozen_and_have_slots() -> None:
    for name, kind in vars(types).items():
        if isinstance(kind, type) and dataclasses.is_dataclass(kind):
            assert kind.__dataclass_params__.frozen, name  # type: ignore[attr-defined]
            assert "__slots__" in vars(kind), name


def test_every_public_name_loads() -> None:
    for name in zhreport.__all__:
        assert getattr(zhreport, name).__doc__, name
    with pytest.raises(AttributeError):
        zhreport.nothing_of_this_name  # noqa: B018
