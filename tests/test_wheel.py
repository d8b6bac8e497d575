"""The wheel holds every source file and every table, and works where there is no checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    told = subprocess.run([sys.executable, "-m", "build", "--wheel", "--outdir", out, ROOT], capture_output=True, text=True)
    assert told.returncode == 0, told.stdout + told.stderr
    return next(out.glob("*.whl"))


def test_the_wheel_holds_every_file(wheel: Path) -> None:
    held = set(zipfile.ZipFile(wheel).namelist())
    source = {
        f"zhreport/{p.relative_to(ROOT / 'src' / 'zhreport').as_posix()}" for p in (ROOT / "src" / "zhreport").rglob("*.py")
    }
    tables = {f"zhreport/lexicons/{p.name}" for p in (ROOT / "resources" / "lexicons").glob("*.tsv")}
    assert source | tables <= held


def test_the_wheel_works_alone(wheel: Path, tmp_path: Path) -> None:
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(tmp_path / "lib"), str(wheel)]
    subprocess.run(pip, check=True, capture_output=True)
    code = (
        "import zhreport, zhreport.lexicon as x; assert 'lib' in zhreport.__file__, zhreport.__file__;"
        "assert x.folder().name == 'lexicons'; print(zhreport.parse('发放3万元。').records[0].surface)"
    )
    env = {**os.environ, "PYTHONPATH": str(tmp_path / "lib"), "PYTHONIOENCODING": "utf-8"}
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env, cwd=tmp_path, encoding="utf-8")
    assert told.stdout.strip() == "3万元", told.stderr
