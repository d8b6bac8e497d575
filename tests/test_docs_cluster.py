"""The pages about clusters and the store: their code runs where the engine is installed, the codebook is that of the schema."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from click.testing import CliRunner
from conftest import ROOT

from zhreport.cli import main

PAGE = ROOT / "docs" / "cluster.md"
BLOCKS = re.findall(r"### (\w+)\n.*?```python\n# needs: ([^\n]+)\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


def missing(needs: str) -> list[str]:
    """What a block needs and this machine has not."""
    return [n for n in needs.split(", ") if (shutil.which(n) is None if n == "java" else find_spec(n) is None)]


def test_the_page_has_a_block_for_each_engine() -> None:
    assert [name for name, _, _ in BLOCKS] == ["Dask", "Spark", "Ray", "polars"]


@pytest.mark.parametrize(
    ("engine", "needs", "code"),
    # Ray and Spark take half a minute to start.
    [pytest.param(*b, id=b[0], marks=[pytest.mark.slow] if b[0] in ("Ray", "Spark") else []) for b in BLOCKS],
)
def test_the_code_of_the_page_runs(engine: str, needs: str, code: str, tmp_path: Path) -> None:
    if lacking := missing(needs):
        pytest.skip(f"{', '.join(lacking)} is not installed")
    script = tmp_path / "script.py"
    script.write_text(code, encoding="utf-8")
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "PYTHONIOENCODING": "utf-8", "RAY_USAGE_STATS_ENABLED": "0"}
    told = subprocess.run([sys.executable, script], capture_output=True, text=True, env=env, timeout=300, cwd=tmp_path)
    assert told.returncode == 0, told.stderr[-2000:]
    assert "资助资金" in told.stdout
    assert "149250" in told.stdout


def test_the_codebook_is_that_of_the_schema(tmp_path: Path) -> None:
    """Write it anew with `zhreport codebook > docs/codebook.md`."""
    told = CliRunner().invoke(main, ["codebook"])
    assert told.exit_code == 0
    assert (ROOT / "docs" / "codebook.md").read_text(encoding="utf-8") == told.output
    wrong = CliRunner().invoke(main, ["codebook", str(tmp_path)])
    assert wrong.exit_code == 1
    assert "is no store" in wrong.output
