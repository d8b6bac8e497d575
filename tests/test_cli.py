"""The command line: formats, files, exit codes, and what goes where."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from zhreport.cli import main

TEXT = "一、成效\n2020年发放资助资金14.925万元,惠及学生近200人次。\n二、打算\n"


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "总结.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


def run(*args: object, stdin: str | None = None):
    return CliRunner().invoke(main, [str(a) for a in args], input=stdin)


def test_extract_as_json_lines(page: Path) -> None:
    result = run("extract", page, "--format", "jsonl")
    assert result.exit_code == 0
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [r["surface"] for r in rows] == ["14.925万元", "近200人次"]
    first = rows[0]
    assert TEXT[first["start"] : first["end"]] == first["surface"]
    assert (first["value"], first["unit"], first["section"], first["period"]) == ("149250", "元", ["一、"], "2020")
    assert len({r["id"] for r in rows}) == 2
    assert run("extract", page, "--format", "jsonl").stdout == result.stdout


def test_extract_as_a_table_shows_section_surface_value_and_indicator(page: Path) -> None:
    out = run("extract", page).stdout
    for piece in ("14.925万元", "149250 元", "资助资金", "一、", "2020"):
        assert piece in out


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet", "xlsx", "dta"])
def test_extract_into_a_file(page: Path, tmp_path: Path, ending: str) -> None:
    target = tmp_path / f"out.{ending}"
    result = run("extract", page, "-o", target)
    assert result.exit_code == 0, result.output
    assert result.stdout == ""
    readers = {
        "csv": pd.read_csv,
        "parquet": pd.read_parquet,
        "xlsx": pd.read_excel,
        "dta": pd.read_stata,
        "jsonl": lambda p: pd.read_json(p, lines=True),
    }
    assert list(readers[ending](target)["surface"]) == ["14.925万元", "近200人次"]
    if ending == "csv":
        assert target.read_bytes().startswith(b"\xef\xbb\xbf")
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted([target.name, page.name])


def test_a_spreadsheet_runs_no_cell_as_a_formula(tmp_path: Path) -> None:
    page = tmp_path / "a.txt"
    page.write_text("=cmd()资金3万元。\n", encoding="utf-8")
    run("extract", page, "-o", tmp_path / "out.csv")
    assert ",=cmd" not in (tmp_path / "out.csv").read_text(encoding="utf-8")


def test_an_unknown_ending_is_wrong_usage(page: Path, tmp_path: Path) -> None:
    result = run("extract", page, "-o", tmp_path / "out.doc")
    assert result.exit_code == 2
    assert ".parquet" in result.stderr


def test_a_folder_as_output_is_a_clear_error(page: Path, tmp_path: Path) -> None:
    (tmp_path / "out.csv").mkdir()
    result = run("extract", page, "-o", tmp_path / "out.csv")
    assert result.exit_code == 1
    assert "folder" in result.stderr


def test_bad_files_are_named_and_the_others_go_on(page: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.txt").write_bytes(b"\x00\x01\x02\xff" * 100)
    result = run("extract", tmp_path, tmp_path / "missing.txt", "--format", "jsonl")
    assert result.exit_code == 1
    assert len(result.stdout.splitlines()) == 2
    assert "bad.txt" in result.stderr
    assert "missing.txt" in result.stderr
    assert "no such file" in result.stderr


def test_standard_input_and_globs(page: Path, tmp_path: Path) -> None:
    assert len(run("extract", "-", "--format", "jsonl", stdin=TEXT).stdout.splitlines()) == 2
    assert len(run("extract", tmp_path / "*.txt", "--format", "jsonl").stdout.splitlines()) == 2


def test_workers_give_the_same_output(page: Path, tmp_path: Path) -> None:
    for i in range(5):
        (tmp_path / f"{i}.txt").write_text(TEXT.replace("200", str(200 + i)), encoding="utf-8")
    assert (
        run("extract", tmp_path, "--format", "csv", "--workers", 2).stdout == run("extract", tmp_path, "--format", "csv").stdout
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "a.txt").write_bytes(TEXT.encode(encoding))
    assert '"14.925万元"' in run("extract", tmp_path / "a.txt", "--format", "jsonl").stdout


def test_sections_and_documents(page: Path) -> None:
    assert run("sections", page).stdout == "一、 成效\n二、 打算\n"
    rows = [json.loads(line) for line in run("sections", page, "--format", "jsonl").stdout.splitlines()]
    assert [(r["marker"], r["title"], r["level"], r["parent_start"]) for r in rows] == [
        ("一、", "成效", 1, None),
        ("二、", "打算", 1, None),
    ]
    assert json.loads(run("documents", page, "--format", "jsonl").stdout)["document"] == 1
    assert run("documents", page).exit_code == 0


def test_evaluate(page: Path, tmp_path: Path) -> None:
    gold = tmp_path / "gold.jsonl"
    gold.write_text(run("extract", page, "--format", "jsonl").stdout, encoding="utf-8")
    score = json.loads(run("evaluate", gold, gold).stdout)
    assert score["detected"]["f1"] == score["value+unit"]["f1"] == 1.0
    (tmp_path / "bad.jsonl").write_text("[1]\n", encoding="utf-8")
    assert "bad.jsonl:1" in run("evaluate", tmp_path / "bad.jsonl", gold).stderr


def test_a_users_lexicon_with_an_error_is_wrong_usage(page: Path, tmp_path: Path) -> None:
    (tmp_path / "my_units.tsv").write_text("surface\tunit\n", encoding="utf-8")
    result = run("extract", page, "--lexicon", tmp_path / "my_units.tsv")
    assert result.exit_code == 2
    assert "my_units.tsv:1" in result.stderr


def test_no_input_is_wrong_usage() -> None:
    assert run("extract").exit_code == 2


def test_explain_says_why_each_field_is_there(page: Path) -> None:
    result = run("explain", page, TEXT.index("14.925"))
    assert result.exit_code == 0
    assert "^" * len("14.925万元") in result.output
    assert "units:元 (" in result.output
    assert "资助资金" in result.output


def test_explain_of_no_record_names_the_nearest(page: Path) -> None:
    result = run("explain", page, 0)
    assert result.exit_code == 2
    assert f"the nearest starts at {TEXT.index('14.925')}" in result.output


def test_build_sample_and_evaluate_a_marked_sheet(tmp_path: Path) -> None:
    folder, store, sheet = tmp_path / "in", tmp_path / "store", tmp_path / "check.csv"
    folder.mkdir()
    (folder / "a.txt").write_text("明溪县2020年工作总结\n2020年发放资金3万元,惠及群众20人。\n", encoding="utf-8")
    (folder / "scan.wps").write_bytes(b"\xd0\xcf\x11\xe0")
    made = run("build", folder, "-o", store, "--workers", "1")
    assert made.exit_code == 1  # the .wps cannot be read, and is named
    assert "scan.wps" in made.stderr
    assert "2 records" in made.stderr
    assert run("sample", store, "-n", "5", "-o", sheet).exit_code == 0
    lines = sheet.read_text(encoding="utf-8-sig").splitlines()
    at = lines[0].split(",").index("right")
    marked = [lines[0], *(",".join([*line.rsplit(",", 2)[:1], mark, ""]) for line, mark in zip(lines[1:], "10", strict=True))]
    assert at == len(lines[0].split(",")) - 2
    sheet.write_text("\n".join(marked) + "\n", encoding="utf-8")
    found = json.loads(run("evaluate", sheet).stdout)
    assert (found["precision"], found["marked"], found["unmarked"]) == (0.5, 2, 0)


def test_compare_side_by_side() -> None:
    panel = Path(__file__).parents[1] / "corpus" / "panel"
    table = run("compare", panel)
    assert "地区生产总值" in table.stdout
    lines = [json.loads(x) for x in run("compare", panel, "--format", "jsonl").stdout.splitlines()]
    assert {x["period"] for x in lines if x["indicator"] == "地区生产总值" and x["measure"] == "level"} >= {
        "2019",
        "2020",
        "2021",
        "2022",
    }
    across = run("audit", panel)
    assert "5.48亿元" in across.stdout
    assert "5.63亿元" in across.stdout


def test_show_names_what_it_could_not_read_and_writes_nothing_where_nothing_was_read(page: Path, tmp_path: Path) -> None:
    result = run("show", page, tmp_path / "missing.txt", "-o", tmp_path / "pages")
    assert (result.exit_code, result.stdout.strip()) == (1, str(tmp_path / "pages" / "index.html"))
    assert "missing.txt: no such file" in result.stderr
    (tmp_path / "empty").mkdir()
    for given in ("missing.txt", "empty"):
        result = run("show", tmp_path / given, "-o", tmp_path / "none")
        assert (result.exit_code, result.stdout) == (1, "")
        assert not (tmp_path / "none").exists()


def test_the_outlines_of_several_reports_stand_under_their_names(page: Path, tmp_path: Path) -> None:
    other = tmp_path / "z.txt"
    other.write_text("一、问题\n资金不足。\n", encoding="utf-8")
    assert run("sections", other, page).stdout == f"# {other}\n一、 问题\n# {page}\n一、 成效\n二、 打算\n"


def test_a_table_tells_roles_and_plans_and_how_many_relations_hold(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("2020年茶园8600亩,增加50亩。2021年计划种植900亩。学生50人(男20人,女30人)。", encoding="utf-8")
    out = run("extract", path).stdout
    for piece in ("5733333.33…", "增 increase", "计划 planned"):
        assert piece in out
    assert "1 项相符未列" in run("audit", path).stdout
    assert "未列" not in run("audit", path, "--all").stdout


def test_a_store_given_for_a_report_is_told(page: Path, tmp_path: Path) -> None:
    assert run("build", page.parent, "-o", tmp_path / "store", "--workers", 1).exit_code == 0
    result = run("extract", tmp_path / "store")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "this is a store" in result.stderr


def test_every_line_of_help_is_in_both_languages_and_none_is_cut() -> None:
    listed = run("--help").stdout
    assert "..." not in listed.partition("Commands:")[2]
    for name in main.commands:
        line = next(line for line in listed.splitlines() if line.split()[:1] == [name])
        assert " / " in line
        assert any("\u4e00" <= c <= "\u9fff" for c in line)
        assert "显示本说明 / show this help" in run(name, "--help").stdout
