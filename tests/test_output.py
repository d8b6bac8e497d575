"""What is written: no half file on a full disk, no formula, no control character to a terminal, no path outside of its folder."""

from __future__ import annotations

import ast
import csv
import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pytest
from conftest import CORPUS, ROOT
from hypothesis import given
from hypothesis import strategies as st
from test_cli import run

import zhreport as zr
from zhreport import table

ENDINGS = ("csv", "jsonl", "parquet", "xlsx", "dta")
FORMULAS = (
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-甲村",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1",
    "＋甲",
    "－甲",
    "＠甲",
    "-1/3",
    "+5亿元",
    "-3~5",
)
NUMBERS = ("-5", "-3.25", "+7", "-3.5%", "-0.7‰", "-", "149250", "3万元", "甲-乙", "a=b")


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_is_a_formula(text: str) -> None:
    assert table.flat(text) == "'" + text
    assert table.flat([text, "b"]).startswith("'")


@pytest.mark.parametrize("text", NUMBERS)
def test_numbers_and_words_stay_as_they_are(text: str) -> None:
    assert table.flat(text) == text


@given(st.text(alphabet="=+-@＝＋－＠\t\r\n 1.%甲a(|", min_size=1))
def test_a_cell_that_begins_like_a_formula_is_quoted_or_a_number(text: str) -> None:
    cell = table.flat(text)
    assert cell[0] not in "=+-@＝＋－＠\t\r\n" or re.fullmatch(r"[+\-＋－](\d+(\.\d+)?[%‰]?)?", cell)


FORMULA = r"[=@\t\r\n]|[+-](?!\d+(\.\d+)?%?$)"


def hostile(folder: Path) -> Path:
    """A report whose names, headings and figures begin as formulas do."""
    path = folder / "=cmd.txt"
    path.write_text(
        "@SUM(1)、=1+1\n=cmd()资金-3.5万元,+甲村-5人(其中=乙3人、@丙4人)。\n\t=1+1共7人\n\ud7ff\x01\x1b[2J8元。", encoding="utf-8"
    )
    return path


def test_spreadsheets_hold_no_formula_and_the_exact_formats_are_exact(tmp_path: Path) -> None:
    page = hostile(tmp_path)
    report = zr.read(page)
    for verb in ("extract", "audit", "compare"):
        for ending in ENDINGS:
            assert run(verb, page, "-o", tmp_path / f"{verb}.{ending}").exit_code == 0
        with open(tmp_path / f"{verb}.csv", encoding="utf-8-sig", newline="") as opened:
            cells = [c for row in csv.reader(opened) for c in row]
        book = openpyxl.load_workbook(tmp_path / f"{verb}.xlsx").active
        assert not [c.coordinate for row in book.iter_rows() for c in row if c.data_type == "f"]
        assert "<f>" not in "".join(sheets(tmp_path / f"{verb}.xlsx").values())
        cells += [c.value for row in book.iter_rows() for c in row if isinstance(c.value, str)]
        assert len(cells) > 30
        assert not [c for c in cells if re.match(FORMULA, c)]
    wanted = [r.surface for r in report.records]
    assert [json.loads(x)["surface"] for x in (tmp_path / "extract.jsonl").read_text(encoding="utf-8").splitlines()] == wanted
    assert pq.read_table(tmp_path / "extract.parquet").column("surface").to_pylist() == wanted
    sentences = pq.read_table(tmp_path / "extract.parquet").column("sentence").to_pylist()
    assert sentences == [report.text[r.sentence.start : r.sentence.end] for r in report.records]


def test_a_sheet_of_a_sample_holds_no_formula(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    hostile(tmp_path / "in")
    (tmp_path / "meta.csv").write_text("file,=place,note\n=cmd.txt,=1+1,@SUM(1)\n", encoding="utf-8")
    assert run("build", tmp_path / "in", "-o", tmp_path / "s", "--meta", tmp_path / "meta.csv", "--workers", "1").exit_code == 0
    assert run("sample", tmp_path / "s", "-o", tmp_path / "a.csv").exit_code == 0
    with open(tmp_path / "a.csv", encoding="utf-8-sig", newline="") as opened:
        cells = [c for row in csv.reader(opened) for c in row]
    assert "'=cmd.txt" in cells
    assert not [c for c in cells if re.match(FORMULA, c)]


def sheets(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as archive:
        return {n: archive.read(n).decode("utf-8", "replace") for n in archive.namelist()}


@pytest.mark.parametrize("ending", ENDINGS)
def test_any_characters_are_written(ending: str, tmp_path: Path) -> None:
    report = zr.parse("甲\ud800\0\x01\x7f\u202e\U0001f600资金3万元,增长-3.5%。\n" + "乙" * 40_000 + "5人", source="\ud800.txt")
    table.write(table.rows(report, "records"), "records", tmp_path / f"a.{ending}")
    readers = {
        "csv": pd.read_csv,
        "jsonl": lambda p: pd.DataFrame(
            [{"surface": json.loads(x)["surface"]} for x in p.read_text(encoding="utf-8").splitlines()]
        ),
        "parquet": pd.read_parquet,
        "xlsx": pd.read_excel,
        "dta": pd.read_stata,
    }
    assert list(readers[ending](tmp_path / f"a.{ending}")["surface"].astype(str)) == [r.surface for r in report.records]


def test_a_sentence_as_long_as_the_file_is_not_written_with_each_of_its_figures(tmp_path: Path) -> None:
    report = zr.parse("甲乡3人、" * 2000)
    assert len(report.records) == 2000
    assert max(len(row["sentence"]) for row in table.rows(report, "records")) < 2100


def test_a_text_too_long_for_a_cell_of_excel_is_cut_with_a_mark(tmp_path: Path) -> None:
    row = dict.fromkeys((c.name for c in table.FINDINGS), None) | {"reason": "甲" * 40_000, "operands": []}
    table.write([row], "findings", tmp_path / "a.xlsx")
    cells = [c.value for c in next(openpyxl.load_workbook(tmp_path / "a.xlsx").active.iter_rows(min_row=2))]
    assert max((len(c), c[-1]) for c in cells if isinstance(c, str)) == (32_767, "…")


# Full disks, folders in the way


LIMITED = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (9000, 9000))
from zhreport.cli import main
main()
"""
full = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")


def limited(*args: object, scratch: Path) -> subprocess.CompletedProcess[str]:
    """The command on a disk that takes no file of more than 9 kB."""
    command = [sys.executable, "-c", LIMITED, *map(str, args)]
    env = {**os.environ, "TMPDIR": str(scratch), "PYTHONIOENCODING": ""}
    return subprocess.run(command, capture_output=True, encoding="utf-8", env=env, check=False)


@full
@pytest.mark.parametrize("ending", ENDINGS)
def test_a_full_disk_leaves_the_old_file_and_no_half_one(ending: str, tmp_path: Path) -> None:
    out, scratch = tmp_path / "out", tmp_path / "scratch"
    out.mkdir()
    scratch.mkdir()
    (out / f"a.{ending}").write_bytes(b"old")
    told = limited("extract", CORPUS / "reports", "-o", out / f"a.{ending}", scratch=scratch)
    assert told.returncode == 1
    assert f"a.{ending}: 磁盘已满" in told.stderr
    assert "Traceback" not in told.stderr
    assert [(p.name, p.read_bytes()) for p in out.iterdir()] == [(f"a.{ending}", b"old")]
    assert not list(scratch.iterdir())


@full
def test_a_full_disk_leaves_no_half_page_sheet_or_store(tmp_path: Path) -> None:
    told = limited("show", CORPUS / "reports", "-o", tmp_path / "pages", scratch=tmp_path)
    assert (told.returncode, "磁盘已满" in told.stderr) == (1, True)
    assert not [p for p in (tmp_path / "pages").rglob("*") if p.is_file()]
    told = limited("build", CORPUS / "reports", "-o", tmp_path / "store", "--workers", "1", scratch=tmp_path)
    assert (told.returncode, "disk is full" in told.stderr) == (1, True)
    assert run("build", CORPUS / "reports", "-o", tmp_path / "store", "--workers", "1").exit_code == 0
    told = limited("sample", tmp_path / "store", "-o", tmp_path / "a.csv", scratch=tmp_path)
    assert (told.returncode, "磁盘已满" in told.stderr) == (1, True)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["pages", "store"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("form", ["table", "jsonl", "csv"])
def test_a_full_standard_output_is_a_clear_error(form: str) -> None:
    with open("/dev/full", "w") as full_disk:
        command = [sys.executable, "-m", "zhreport.cli", "extract", str(CORPUS / "reports"), "--format", form]
        told = subprocess.run(command, stdout=full_disk, stderr=subprocess.PIPE, encoding="utf-8", check=False)
    assert told.returncode == 1
    assert "磁盘已满" in told.stderr
    assert "Traceback" not in told.stderr


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("verb", ["extract", "audit", "compare"])
def test_a_folder_in_the_place_of_the_output(verb: str, ending: str, tmp_path: Path) -> None:
    (tmp_path / f"a.{ending}").mkdir()
    told = run(verb, CORPUS / "panel", "-o", tmp_path / f"a.{ending}")
    assert told.exit_code == 1
    assert "is a folder; give the name of a file" in told.stderr
    assert not list((tmp_path / f"a.{ending}").iterdir())


def test_an_output_in_no_folder_says_which(tmp_path: Path) -> None:
    told = run("extract", CORPUS / "panel", "-o", tmp_path / "no" / "a.csv")
    assert told.exit_code == 1
    assert f"there is no folder {tmp_path / 'no'}; make it first" in told.stderr


def test_two_runs_on_one_store_and_on_one_output(tmp_path: Path) -> None:
    """The second build says who is at work, or waits for nobody because the first is done; the store is whole in any case."""
    folder = tmp_path / "in"
    folder.mkdir()
    for at in range(40):
        (folder / f"{at}.txt").write_text(f"云溪县2020年工作总结\n2020年发放资金{at + 1}万元。\n" * 50, encoding="utf-8")
    build = [sys.executable, "-m", "zhreport.cli", "build", str(folder), "-o", str(tmp_path / "store"), "--workers", "1"]
    both = [subprocess.Popen(build, stderr=subprocess.PIPE, encoding="utf-8") for _ in range(2)]
    said = [each.communicate()[1] for each in both]
    codes = sorted(each.returncode for each in both)
    assert codes[0] == 0
    assert codes[1] == 0 or "another build is at work" in "".join(said)
    assert zr.open(tmp_path / "store").count("records") == 40 * 50
    extract = [sys.executable, "-m", "zhreport.cli", "extract", str(folder), "-o", str(tmp_path / "a.csv")]
    both = [subprocess.Popen(extract, stderr=subprocess.PIPE, encoding="utf-8") for _ in range(2)]
    assert [(each.communicate(), each.returncode)[1] for each in both] == [0, 0]
    assert len(pd.read_csv(tmp_path / "a.csv")) == 40 * 50
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.csv", "in", "store"]


# Terminals


def test_no_control_character_reaches_a_terminal(tmp_path: Path) -> None:
    text = "一、\x1b]0;owned\x07成效\x9b2J\n\u202e发放资金3万元(本县1万元,\x1b[31m外县5万元)。\n三、\x1b[2J打算\n"
    page = tmp_path / "a\x1b[2J.txt"
    page.write_text(text, encoding="utf-8")
    at = text.index("3万元")
    for args in (["extract", page], ["sections", page], ["audit", page, "--all"], ["documents", page], ["explain", page, at], ["compare", page], ["extract", f"{page}.none"]):  # fmt: skip
        told = run(*args)
        assert not re.findall("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", told.output), args


# What is loaded


def test_nothing_that_runs_code_is_loaded_from_a_file() -> None:
    """No module reads pickles or marshalled data, evaluates text, or unpacks an archive to the disk."""
    refused = {"pickle", "marshal", "shelve", "dill", "joblib", "cloudpickle", "yaml", "imp"}
    calls = {"eval", "exec", "compile", "__import__", "read_pickle", "extractall", "unpack_archive", "allow_pickle"}
    for path in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                assert not {a.name.partition(".")[0] for a in node.names} & refused, path
            elif isinstance(node, ast.ImportFrom) and not node.level:
                assert (node.module or "").partition(".")[0] not in refused, path
            elif isinstance(node, ast.Call):
                name = node.func.id if isinstance(node.func, ast.Name) else ""
                name = name or (node.func.attr if isinstance(node.func, ast.Attribute) else "")
                safe = isinstance(node.func, ast.Attribute) and ast.unparse(node.func.value) in ("re", "regex")
                assert safe or name not in calls, f"{path}:{node.lineno}"
                assert not {k.arg for k in node.keywords} & calls, path


def test_jieba_loads_no_cache_that_others_left_in_the_temporary_folder(tmp_path: Path) -> None:
    (tmp_path / "jieba.cache").write_bytes(b"planted")
    code = (
        "import zhreport as zr, jieba; zr.words('发放资金'); print(sorted(m for m in __import__('sys').modules if m == 'jieba'))"
    )
    env = {**os.environ, "TMPDIR": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "own")}
    subprocess.run([sys.executable, "-W", "ignore", "-c", code], env=env, check=True, capture_output=True)
    assert (tmp_path / "jieba.cache").read_bytes() == b"planted"
    assert (tmp_path / "own" / "zhreport" / "jieba.cache").is_file()
    assert [p.name for p in tmp_path.iterdir()] == ["own", "jieba.cache"] or len(list(tmp_path.iterdir())) == 2


def test_nothing_from_an_archive_lands_outside(tmp_path: Path) -> None:
    """Names that climb, absolute names, and a link in an archive are labels of reports, and pages and stores stay in their folder."""
    names = ["../../up.txt", "/etc/zhreport.txt", "..\\..\\win.txt", "C:\\win.txt", "a/../../b.txt"]
    folder = tmp_path / "in" / "deep"
    folder.mkdir(parents=True)
    with zipfile.ZipFile(folder / "a.zip", "w") as archive:
        for name in names:
            archive.writestr(name, "发放3万元。")
        link = zipfile.ZipInfo("link.txt")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    before = sorted(p for p in tmp_path.rglob("*"))
    found = list(zr.read_many([folder / "a.zip"]))
    assert [r.text for r in found if r.source.endswith("link.txt")] == ["/etc/passwd"]
    assert len([r for r in found if r.records]) == len(names)
    assert sorted(p for p in tmp_path.rglob("*")) == before
    zr.show(found, tmp_path / "out" / "pages")
    zr.build(folder, tmp_path / "out" / "store", workers=1)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in", "out"]
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["pages", "store"]
    assert sorted(p for p in (tmp_path / "in").rglob("*")) == [folder, folder / "a.zip"]
