"""Marks of reviewers: what is corrected flows into the store beside what was extracted, and what no longer fits is told."""

from __future__ import annotations

import json
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import pytest

import zhreport as zr
from zhreport import StoreError

TEXT = "建档学生640人(本县560人,外县90人)。\n2020年云溪县发放资金3万元,占预算的9%~11%,惠及20万元以上的村。"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    out = tmp_path / "in" / "2020"
    out.mkdir(parents=True)
    (out / "a.txt").write_text(TEXT, encoding="utf-8")
    (out / "b.txt").write_text("发放资金5万元。", encoding="utf-8")
    return tmp_path / "in"


def mark(surface: str = "640人", **given: Any) -> dict[str, Any]:
    start = TEXT.index(surface)
    return {
        "what": "record", "source": "2020/a.txt", "id": f"x:{start}", "start": start, "end": start + len(surface), "surface": surface,
        "mark": "wrong", "corrected": {"value": "650"}, "note": "原件", "reviewer": "李", "at": "2026-05-31T08:00:00.000Z", **given,
    }  # fmt: skip


def file_of(tmp_path: Path, *marks: dict[str, Any] | str, name: str = "marks.jsonl") -> Path:
    path = tmp_path / name
    path.write_text(
        "".join((m if isinstance(m, str) else json.dumps(m, ensure_ascii=False)) + "\n" for m in marks), encoding="utf-8"
    )
    return path


def built(folder: Path, tmp_path: Path, *marks: dict[str, Any] | str) -> tuple[zr.Store, list[str]]:
    """The store with these marks, and what was told of them."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        store = zr.build(folder, tmp_path / "store", workers=1, reviews=file_of(tmp_path, *marks))
    return store, [str(w.message) for w in told]


def corrected(store: zr.Store, surface: str = "640人") -> dict[str, Any]:
    return store.arrow("FROM corrected WHERE surface = ?", [surface]).to_pylist()[0]


def test_a_correction_stands_beside_what_was_extracted(folder: Path, tmp_path: Path) -> None:
    before = zr.build(folder, tmp_path / "store", workers=1).records()
    store, told = built(folder, tmp_path, mark())
    assert told == []
    assert store.records().equals(before)
    assert len(store.corrected()) == len(before)
    assert (corrected(store)["value"], corrected(store)["value_float"]) == ("650", 650.0)
    (row,) = store.arrow("FROM reviews").to_pylist()
    wanted = {
        "source": "2020/a.txt", "id": corrected(store)["id"], "field": "value", "old": "640", "new": "650", "note": "原件", "reviewer": "李",
        "at": "2026-05-31T08:00:00.000+00:00", "state": "applied", "given_in": "marks.jsonl:1",
    }  # fmt: skip
    assert {k: row[k] for k in wanted} == wanted


@pytest.mark.parametrize(
    ("typed", "value"),
    [("650", "650"), ("1,250.5", "1250.5"), ("2000/3", "2000/3"), ("1.2万人", "12000"), ("88.9%", "0.889"), (" ", None)],
)
def test_a_value_may_be_written_as_in_a_report(folder: Path, tmp_path: Path, typed: str, value: str | None) -> None:
    store, _ = built(folder, tmp_path, mark(corrected={"value": typed}))
    assert corrected(store)["value"] == value


def test_the_columns_that_follow_from_a_correction_follow(folder: Path, tmp_path: Path) -> None:
    changes = {"unit": "元", "period": "2019-01/2019-06", "place": "泸水县", "indicator": "补助资金"}
    store, _ = built(
        folder,
        tmp_path,
        mark(corrected=changes),
        mark("20万元以上", corrected={"value": "30万"}),
        mark("9%~11%", corrected={"low": "8%"}),
    )
    row = corrected(store)
    assert {k: row[k] for k in changes} == changes
    assert (row["period_start"], row["period_end"], row["place_code"], row["dimension"]) == (
        "2019-01-01",
        "2019-06-30",
        "533321",
        "money",
    )
    assert {k: corrected(store, "20万元以上")[k] for k in ("value", "low", "low_float")} == {
        "value": "300000",
        "low": "300000",
        "low_float": 3e5,
    }
    assert {k: corrected(store, "9%~11%")[k] for k in ("value", "low", "high")} == {"value": None, "low": "0.08", "high": "0.11"}


def test_the_later_mark_of_a_field_holds_and_right_takes_corrections_back(folder: Path, tmp_path: Path) -> None:
    later = mark(corrected={"value": "660", "period": "2021"}, reviewer="王", at="2026-06-01T09:00:00+08:00")
    store, _ = built(folder, tmp_path, later, mark(corrected={"value": "650", "place": "云溪县"}))
    assert (corrected(store)["value"], corrected(store)["period"], corrected(store)["place"]) == ("660", "2021", "云溪县")
    rows = store.arrow("SELECT new, state, reason FROM reviews WHERE state = 'superseded'").to_pylist()
    assert rows == [{"new": "650", "state": "superseded", "reason": "王 (2026-06-01T01:00:00.000+00:00) corrected it later"}]
    store, _ = built(
        folder, tmp_path, mark(), mark(mark="right", corrected={}, extracted={"value": "640"}, at="2026-07-01T00:00:00Z")
    )
    assert corrected(store)["value"] == "640"
    assert store.count("corrections") == 0


def test_what_is_unsure_changes_nothing(folder: Path, tmp_path: Path) -> None:
    store, told = built(folder, tmp_path, mark(mark="unsure"))
    assert (store.count("corrections"), told) == (0, [])
    assert store.reviews().state.tolist() == ["kept"]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"surface": "640名"}, "the text at 4 is now '640人', not '640名'"),
        ({"start": 5, "end": 9}, "the text at 5 is now"),
        ({"end": 7, "surface": "640"}, "no record stands at 4 to 7 any more"),
        ({"source": "2021/c.txt"}, "is no source of this store"),
        (
            {"mark": "right", "corrected": {}, "extracted": {"value": "6400"}},
            "value was '6400' when it was marked right, and is now '640'",
        ),
    ],
)
def test_a_stale_mark_is_told_and_not_applied(folder: Path, tmp_path: Path, change: dict[str, Any], why: str) -> None:
    store, told = built(folder, tmp_path, {**mark(), **change})
    assert len(told) == 1
    assert told[0].startswith("not applied: ")
    assert "marks.jsonl:1: " in told[0]
    assert why in told[0]
    assert store.count("corrections") == 0
    assert store.reviews().state.tolist() == ["stale"]


def test_a_source_is_found_by_the_end_of_its_path(folder: Path, tmp_path: Path) -> None:
    for source in (r"D:\corpus\2020\a.txt", "/home/li/corpus/2020/a.txt", "a.txt"):
        store, told = built(folder, tmp_path, mark(source=source))
        assert (corrected(store)["value"], told) == ("650", [])
    (folder / "2021").mkdir()
    (folder / "2021" / "a.txt").write_text(TEXT, encoding="utf-8")
    _, told = built(folder, tmp_path, mark(source="a.txt"))
    assert "fits several sources (2020/a.txt, 2021/a.txt)" in told[0]


def test_a_finding_is_kept_with_its_verdict_by_the_reader(folder: Path, tmp_path: Path) -> None:
    (found,) = [f for f in zr.audit(zr.parse(TEXT)) if f.verdict == "violated"]
    figures = [[o.start, o.surface] for o in (found.result, *found.operands) if o]
    given = {**mark(), "what": "finding", "kind": found.kind, "figures": figures, "mark": "right"}
    del given["corrected"]
    store, told = built(folder, tmp_path, given)
    assert told == []
    assert store.sql("SELECT what, kind, mark, state FROM reviews").iloc[0].tolist() == ["finding", "sum", "right", "kept"]
    _, told = built(folder, tmp_path, {**given, "kind": "ratio"})
    assert "the audit no longer makes this claim" in told[0]


def test_marks_outlive_a_later_build_and_go_stale_with_the_text(folder: Path, tmp_path: Path) -> None:
    store, _ = built(folder, tmp_path, mark())
    (folder / "2020" / "b.txt").write_text("发放资金6万元。", encoding="utf-8")
    assert corrected(zr.build(folder, store.path, workers=1))["value"] == "650"
    assert corrected(zr.build(folder, store.path, workers=1))["value"] == "650"
    (folder / "2020" / "a.txt").write_text("注" + TEXT, encoding="utf-8")
    with pytest.warns(UserWarning, match="not applied: marks.jsonl:1: 2020/a.txt: 640人: the text at 4 is now"):
        store = zr.build(folder, store.path, workers=1)
    assert (store.count("reviews"), store.count("corrections")) == (1, 0)
    assert zr.build(folder, store.path, workers=1, reviews=[]).count("reviews") == 0


def test_the_same_marks_give_the_same_bytes_and_stand_once(folder: Path, tmp_path: Path) -> None:
    twice = [file_of(tmp_path, mark(), name="a.jsonl"), file_of(tmp_path, mark(), "", mark("3万元"), name="b.jsonl")]
    stores = [zr.build(folder, tmp_path / name, workers=1, reviews=twice) for name in ("s", "t")]
    assert stores[0].count("reviews") == 2
    assert all(
        a.read_bytes() == b.read_bytes()
        for what in ("reviews", "corrections")
        for a, b in zip(*(s.paths(what) for s in stores), strict=True)
    )


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("{", "is no JSON"),
        ("[1]", "is no JSON object"),
        (mark(mark="perhaps"), 'mark is "perhaps"; expected one of right, wrong, unsure'),
        (mark(source=None), "source is missing"),
        (mark(start="3"), 'start is "3"; expected an offset'),
        (mark(at="yesterday"), "expected a time"),
        (mark(note=3), "note is 3; expected text"),
        (mark(corrected={"value": "many"}), "the corrected value 'many' is no number"),
        (mark(corrected={"value": "1/0"}), "is no number"),
        (mark(corrected={"period": "last year"}), "the corrected period 'last year' is none"),
        (mark(corrected={"unit": ""}), "the corrected unit is empty"),
        (mark(corrected={"role": "to"}), 'corrected has "role"; expected value'),
        (mark(corrected=[1]), "expected an object of texts"),
        (mark(figures=3), "expected pairs of offset and text"),
        ("[" * 100_000, "is no JSON"),
    ],
)
def test_a_bad_line_is_named_by_file_and_number(folder: Path, tmp_path: Path, line: Any, wrong: str) -> None:
    with pytest.raises(StoreError) as told:
        built(folder, tmp_path, mark("3万元", corrected={"value": "4万"}), "", line)
    assert f"{tmp_path / 'marks.jsonl'}:3: " in str(told.value)
    assert wrong in str(told.value)
    assert not (tmp_path / "store").exists()


def test_a_file_that_is_none_is_named(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"gone\.jsonl: cannot be read"):
        zr.build(folder, tmp_path / "store", reviews=tmp_path / "gone.jsonl")
    (tmp_path / "gb.jsonl").write_bytes("标".encode("gb18030"))
    with pytest.raises(StoreError, match=r"gb\.jsonl: is no UTF-8"):
        zr.build(folder, tmp_path / "store", reviews=tmp_path / "gb.jsonl")


def test_the_command_tells_what_became_of_the_marks(folder: Path, tmp_path: Path) -> None:
    marks = file_of(
        tmp_path, mark(), mark(surface="3万元", start=0), mark("5", mark="right", corrected={}) | {"source": "2020/b.txt"}
    )
    command = [sys.executable, "-m", "zhreport.cli", "build", folder, "-o", tmp_path / "store", "--reviews", marks]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0
    assert "标注 / marks: 1 applied, 2 stale" in done.stderr
    assert f"not applied: {marks}:2: 2020/a.txt: 3万元" in done.stderr
    marks.write_text("{}\n", encoding="utf-8")
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 1
    assert f"{marks}:1: source is missing" in done.stderr
