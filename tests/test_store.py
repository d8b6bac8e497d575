"""The store: what goes in comes out, a build that is killed goes on, what is unchanged is not done again."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from conftest import CORPUS, ROOT

import zhreport
from zhreport import StoreError
from zhreport.cli import main
from zhreport.store import across, building, inputs, ledger, schema
from zhreport.store.lock import locked
from zhreport.store.rules import rules_version
from zhreport.store.work import File, Job, work
from zhreport.table import rows

sys.path.insert(0, str(ROOT / "benchmarks"))
import generate

BUILD = "import sys, zhreport\nif __name__ == '__main__':\n    zhreport.build(sys.argv[1], sys.argv[2], workers=int(sys.argv[3]))"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixty generated reports."""
    out = tmp_path_factory.mktemp("in") / "reports"
    out.mkdir()
    generate.write(out, 60)
    return out


@pytest.fixture(scope="module")
def undisturbed(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The store of the sixty reports, built in one go."""
    return zhreport.build(folder, tmp_path_factory.mktemp("out") / "store", workers=1).path


@pytest.fixture
def few(tmp_path: Path) -> Path:
    """Three short reports, to be changed."""
    out = tmp_path / "few"
    out.mkdir()
    for name, words in {"a": "发放资助资金3万元", "b": "新建校舍200平方米", "c": "培训教师45人"}.items():
        (out / f"{name}.txt").write_text(f"云溪县2020年工作总结\n\n2020年{words}。\n", encoding="utf-8")
    return out


def content(store: Path) -> dict[str, bytes]:
    """Every file of a finished store, byte by byte."""
    found = {p.relative_to(store).as_posix(): p.read_bytes() for p in store.rglob("*") if p.is_file() and p.name != ".lock"}
    assert not [name for name in found if "half" in name or ".staging" in name]
    return found


def worked_on(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that a build in this process reads."""
    done: list[str] = []

    def noting(jobs, lexicon, workers):
        for job in jobs:
            done.extend(f.path for f in job.files)
            yield work(job, lexicon)

    monkeypatch.setattr(building, "worked", noting)
    return done


def test_what_goes_in_comes_out(undisturbed: Path, folder: Path) -> None:
    store = zhreport.open(undisturbed)
    assert store.files == 60
    assert store.count("failures") == 0
    source = "00/00007.txt"
    report = zhreport.parse((folder / source).read_text(encoding="utf-8"), source=source)
    found = store.arrow("SELECT * FROM records WHERE source = ? ORDER BY start", [source]).to_pylist()
    wanted = list(rows(report, "records"))
    assert [{k: row[k] for k in wanted[0]} for row in found] == wanted
    assert store.text(source) == report.text
    assert set(store.records().rules) == {store.rules} == {rules_version()}
    assert repr(store).count("\n") == 0


def test_the_tables_have_their_schema_and_the_codebook_tells_of_every_column(undisturbed: Path) -> None:
    store = zhreport.open(undisturbed)
    for what in schema.ABOUT:
        for path in store.paths(what):
            assert pq.read_schema(path).equals(schema.store_schema(what), check_metadata=True)
        assert f"## {what}" in store.codebook()
        assert all(f"`{f.name}`" in store.codebook() for f in schema.fields(what))


def test_queries(undisturbed: Path) -> None:
    store = zhreport.open(undisturbed)
    assert store.sql("SELECT count(*) AS n FROM records").n[0] == store.count("records") == len(store.records())
    assert store.sql("SELECT max(value_float) AS most FROM records WHERE unit = '元'").most[0] > 1e6
    assert list(store.documents().source) == sorted(store.documents().source)
    assert len(store.sections()) == store.count("sections")
    assert len(store.findings()) == store.count("findings")
    assert list(store.links().columns) == [f.name for f in schema.fields("links")]
    assert isinstance(store.records().section[0], list)
    assert str(store.records().indicator_start.dtype) == "Int64"


def test_true_figures_are_found(undisturbed: Path, folder: Path) -> None:
    found = zhreport.open(undisturbed).sql("SELECT source, start, surface, value, unit FROM records")
    have = set(found.itertuples(index=False, name=None))
    truth = [json.loads(x) for x in (folder.parent / "reports.truth.jsonl").read_text(encoding="utf-8").splitlines()]
    wanted = {("00/" + t["file"], t["start"], t["surface"], t["value"], t["unit"]) for t in truth}
    assert len(wanted & have) >= 0.98 * len(wanted)


def test_workers_and_hash_seed_change_no_byte(undisturbed: Path, folder: Path, tmp_path: Path) -> None:
    env = {**os.environ, "PYTHONHASHSEED": "7"}
    subprocess.run([sys.executable, "-c", BUILD, folder, tmp_path / "s", "2"], check=True, env=env)
    assert content(tmp_path / "s") == content(undisturbed)


def test_the_spawn_start_method(folder: Path, undisturbed: Path, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    spawn = "import multiprocessing\nif __name__ == '__main__':\n    multiprocessing.set_start_method('spawn')\n"
    script.write_text(spawn + BUILD, encoding="utf-8")
    subprocess.run([sys.executable, script, folder, tmp_path / "s", "2"], check=True)
    assert content(tmp_path / "s") == content(undisturbed)


def kill_and_resume(folder: Path, store: Path, kills: int, took: float, seed: int) -> int:
    """Kill a build at random moments and let it finish; how often the kill came in time."""
    draw = random.Random(seed)
    hit = 0
    for _ in range(kills):
        build = subprocess.Popen([sys.executable, "-c", BUILD, folder, store, "2"], stderr=subprocess.DEVNULL)
        time.sleep(draw.uniform(0.1, 1) * took / (1 if kills < 5 else 2))
        build.send_signal(signal.SIGKILL)
        hit += build.wait() == -signal.SIGKILL
    zhreport.build(folder, store, workers=2)
    return hit


@pytest.mark.skipif(sys.platform == "win32", reason="there is no kill -9")
def test_a_killed_build_goes_on(folder: Path, undisturbed: Path, tmp_path: Path) -> None:
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", BUILD, folder, tmp_path / "whole", "2"], check=True)
    took = time.perf_counter() - start
    assert kill_and_resume(folder, tmp_path / "s", 3, took, seed=5)
    assert content(tmp_path / "s") == content(undisturbed)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="there is no kill -9")
def test_ten_kills_of_a_build_of_three_hundred_files(tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    folder.mkdir()
    generate.write(folder, 300)
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", BUILD, folder, tmp_path / "whole", "2"], check=True)
    assert kill_and_resume(folder, tmp_path / "s", 10, time.perf_counter() - start, seed=6) >= 3
    assert content(tmp_path / "s") == content(tmp_path / "whole")


@pytest.mark.parametrize("step", range(24))
def test_a_build_that_dies_at_any_write_goes_on(step: int, few: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a kill, but at each step of putting things in place: the moves, the manifest, the removal of what is old."""
    (few / "d.txt").write_bytes((few / "a.txt").read_bytes())
    whole = zhreport.build(few, tmp_path / "whole", workers=1).path
    (few / "c.txt").rename(few / "e.txt")
    zhreport.build(few, tmp_path / "s", workers=1)
    (few / "e.txt").rename(few / "c.txt")
    calls = 0

    class Killed(BaseException):
        pass

    def dying(real):
        def call(*args, **kwargs):
            nonlocal calls
            calls += 1
            if calls > step:
                raise Killed
            return real(*args, **kwargs)

        return call

    with monkeypatch.context() as patched:
        patched.setattr(ledger.os, "replace", dying(os.replace))
        patched.setattr(ledger.shutil, "rmtree", dying(shutil.rmtree))
        patched.setattr(Path, "unlink", dying(Path.unlink))
        try:
            zhreport.build(few, tmp_path / "s", workers=1)
        except Killed:
            assert len(zhreport.open(tmp_path / "s").records()) == 4  # the old state or the new one, never half
    if step % 2:  # another state between the kill and the resumption
        (few / "c.txt").rename(few / "e.txt")
        zhreport.build(few, tmp_path / "s", workers=1)
        (few / "e.txt").rename(few / "c.txt")
    zhreport.build(few, tmp_path / "s", workers=1)
    assert content(tmp_path / "s") == content(whole)


def test_a_note_of_work_whose_part_is_gone_counts_for_nothing(few: Path, tmp_path: Path) -> None:
    whole = content(zhreport.build(few, tmp_path / "s").path)
    # a part's name is a hash, which may begin with 0 as well
    next(p for p in (tmp_path / "s" / "records").glob("*.parquet") if p.name != "0-schema.parquet").unlink()
    assert content(zhreport.build(few, tmp_path / "s").path) == whole


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_a_name_that_is_no_unicode(few: Path, tmp_path: Path) -> None:
    Path(os.fsdecode(os.fsencode(few) + b"/\xff.txt")).write_text("发放6万元。", encoding="utf-8")
    zhreport.build(few, tmp_path / "s")
    (few / "a.txt").write_text("发放7万元。", encoding="utf-8")
    store = zhreport.build(few, tmp_path / "s")
    assert {"60000", "70000"} < set(store.records().value)
    assert content(store.path) == content(zhreport.build(few, tmp_path / "t").path)


def test_unchanged_files_are_not_done_again(few: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done = worked_on(monkeypatch)
    zhreport.build(few, tmp_path / "s")
    assert done == ["a.txt", "b.txt", "c.txt"]
    zhreport.build(few, tmp_path / "s")
    os.utime(few / "b.txt")
    zhreport.build(few, tmp_path / "s")
    assert len(done) == 3
    (few / "b.txt").write_text("新建校舍999平方米。", encoding="utf-8")
    store = zhreport.build(few, tmp_path / "s")
    assert done[3:] == ["b.txt"]
    assert "999" in set(store.records().value)
    assert content(tmp_path / "s") == content(zhreport.build(few, tmp_path / "t").path)


def test_a_change_of_the_rules_redoes_the_work(few: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    zhreport.build(few, tmp_path / "s")
    done = worked_on(monkeypatch)
    own = tmp_path / "my_units.tsv"
    own.write_text("surface\tunit\tdimension\tfactor\tkind\tsource\n簸箕\t簸箕\tcount\t1\tclassifier\ttest\n", encoding="utf-8")
    lexicon = zhreport.Lexicon.load(extra=[own])
    store = zhreport.build(few, tmp_path / "s", lexicon=lexicon)
    assert len(done) == 3
    assert store.rules == rules_version(lexicon) != rules_version()


def test_the_rows_of_a_removed_file_go(few: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    zhreport.build(few, tmp_path / "s")
    done = worked_on(monkeypatch)
    (few / "a.txt").unlink()
    store = zhreport.build(few, tmp_path / "s")
    assert not done
    assert set(store.records().source) == {"b.txt", "c.txt"}
    assert set(store.sql("FROM texts").source) == {"b.txt", "c.txt"}
    direct = pq.read_table(tmp_path / "s" / "records").column("source").to_pylist()
    assert set(direct) == {"b.txt", "c.txt"}


def test_failures_are_named_and_the_others_go_on(few: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (few / "bad.txt").write_bytes(b"\xef\xbb\xbf\xff\xfe\xff")
    store = zhreport.build(few, tmp_path / "s")
    [row] = store.failures().to_dict("records")
    assert (row["source"], bool(row["what"]), bool(row["todo"])) == ("bad.txt", True, True)
    assert len(store.documents()) == 3
    done = worked_on(monkeypatch)
    zhreport.build(few, tmp_path / "s")
    assert not done
    zhreport.build(few, tmp_path / "s", retry=True)
    assert done == ["bad.txt"]


def test_a_fault_of_ours_is_a_failure_of_the_file(few: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args, **kwargs):
        raise RecursionError("too deep")

    monkeypatch.setattr("zhreport.store.work.read_many", broken)
    done = work(Job("x", str(few), (File("a.txt", "", 0, 0),), "r"))
    assert done.failed == ("a.txt",)
    assert list(done.parts) == ["failures"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_what_the_user_knows_beats_what_is_detected(encoding: str, few: Path, tmp_path: Path) -> None:
    meta = tmp_path / "meta.csv"
    meta.write_text("file,place,period,来源\na.txt,休宁县,2018,县政府网\n./b.txt,,,\n", encoding=encoding)
    store = zhreport.build(few, tmp_path / "s", meta=meta)
    found = store.documents().set_index("source")
    assert (found.place["a.txt"], found.period["a.txt"], found.meta_来源["a.txt"]) == ("休宁县", "2018", "县政府网")
    assert found.place["b.txt"] == "云溪县"
    assert set(store.sql("SELECT meta_来源 AS m FROM records WHERE source = 'a.txt'").m) == {"县政府网"}
    assert "meta_来源" in store.codebook()


def test_a_change_of_what_is_known_redoes_that_file(few: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = {name: {"place": "休宁县", "wave": 1} for name in ("a.txt", "b.txt")}
    zhreport.build(few, tmp_path / "s", meta=known)
    done = worked_on(monkeypatch)
    known["a.txt"] = {"place": "歙县", "wave": 1}
    store = zhreport.build(few, tmp_path / "s", meta=known)
    assert done == ["a.txt"]
    assert dict(zip(store.documents().source, store.documents().place, strict=True))["a.txt"] == "歙县"


@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        ("name,place\na.txt,休宁县\n", "no column `file`"),
        ("file,place\na.txt,1\na.txt,2\n", "stands twice"),
        ("file,place\na.txt,1,2\n", "more cells"),
        ("file,place,place\n", "two of one name"),
        ("file,period\na.txt,二零二零\n", "a.txt: period '二零二零' names no year; write 2020"),
    ],
)
def test_a_wrong_meta_file_says_so(words: str, wrong: str, few: Path, tmp_path: Path) -> None:
    (tmp_path / "meta.csv").write_text(words, encoding="utf-8")
    with pytest.raises(StoreError, match=wrong):
        zhreport.build(few, tmp_path / "s", meta=tmp_path / "meta.csv")
    with pytest.raises(StoreError, match="cannot be read"):
        zhreport.build(few, tmp_path / "s", meta=tmp_path / "none.csv")


def test_meta_of_no_file_warns(few: Path, tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match=r"1 of 1 rows name no single file.*z\.txt"):
        zhreport.build(few, tmp_path / "s", meta={"z.txt": {"place": "休宁县"}})


def copies(folder: Path) -> None:
    """A page, the same page laid out anew, the page with another end, and another page."""
    words = (CORPUS / "reports" / "01-yunxi-2020-jiaoyu-fupin.txt").read_text(encoding="utf-8")
    folder.mkdir()
    (folder / "a.txt").write_text(words, encoding="utf-8")
    (folder / "b.txt").write_text(words.replace("\n", "\n\n").replace("，", ","), encoding="utf-8")
    (folder / "c.txt").write_text(words[:1300] + "\n以上情况,特此报告。\n", encoding="utf-8")
    (folder / "d.txt").write_text(generate.report(1).text, encoding="utf-8")


def test_duplicates_are_linked_and_not_dropped(tmp_path: Path) -> None:
    copies(tmp_path / "in")
    store = zhreport.build(tmp_path / "in", tmp_path / "s")
    found = store.links()
    pairs = found[["source_a", "source_b", "kind"]].itertuples(index=False, name=None)
    assert list(pairs) == [("a.txt", "b.txt", "exact"), ("a.txt", "c.txt", "near")]
    assert found.share[0] == 1
    assert 0.8 < found.share[1] < 0.95
    assert found.share_b[1] > found.share_a[1] > 0.8
    assert set(store.documents().source) == {"a.txt", "b.txt", "c.txt", "d.txt"}


def test_links_follow_the_files(tmp_path: Path) -> None:
    copies(tmp_path / "in")
    zhreport.build(tmp_path / "in", tmp_path / "s")
    (tmp_path / "in" / "a.txt").unlink()
    store = zhreport.build(tmp_path / "in", tmp_path / "s")
    assert list(store.links()[["source_a", "source_b"]].itertuples(index=False, name=None)) == [("b.txt", "c.txt")]
    assert content(store.path) == content(zhreport.build(tmp_path / "in", tmp_path / "t").path)


@pytest.fixture
def panel_store(tmp_path: Path) -> zhreport.Store:
    """The four reports of one county, and another county's."""
    shutil.copytree(CORPUS / "panel", tmp_path / "in")
    shutil.copy(CORPUS / "reports" / "07-maihe-2020-yusuan.txt", tmp_path / "in")
    return zhreport.build(tmp_path / "in", tmp_path / "s", workers=1)


def between(store: zhreport.Store) -> set[str]:
    return set(store.sql("SELECT formula FROM findings WHERE file IS NULL").formula)


def test_findings_between_reports_are_those_of_the_audit(
    panel_store: zhreport.Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path / "in")
    panel = zhreport.compare(zhreport.read_many(sorted(p.name for p in Path().glob("*.txt"))))
    wanted = {f.formula for f in panel.findings()}
    assert between(panel_store) == wanted
    assert "澄源县 一般公共预算收入 2020: 5.48亿元 (chengyuan-2020.txt) ≠ 5.63亿元 (chengyuan-2021.txt)" in wanted
    row = panel_store.sql("SELECT * FROM findings WHERE file IS NULL AND verdict = 'violated'").iloc[0]
    ids = set(panel_store.records().id)
    assert {o["id"] for o in row["operands"]} <= ids, "each figure leads back to its record"
    assert len(panel_store.findings()) == panel_store.count("findings")


def test_findings_between_reports_follow_the_files(panel_store: zhreport.Store, tmp_path: Path) -> None:
    before = between(panel_store)
    (tmp_path / "in" / "chengyuan-2021.txt").unlink()
    store = zhreport.build(tmp_path / "in", tmp_path / "s", workers=1)
    assert between(store) < before
    assert not any("chengyuan-2021" in formula for formula in between(store))
    assert content(store.path) == content(zhreport.build(tmp_path / "in", tmp_path / "t", workers=1).path)


def test_places_are_dealt_out_to_heaps_without_a_difference(
    panel_store: zhreport.Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(CORPUS / "reports" / "07-maihe-2020-yusuan.txt", tmp_path / "in" / "again.txt")
    store = zhreport.build(tmp_path / "in", tmp_path / "s", workers=1)
    assert any(formula.startswith("麦河县") for formula in between(store))
    monkeypatch.setattr(across, "HEAP", 1)
    assert content(zhreport.build(tmp_path / "in", tmp_path / "t", workers=1).path) == content(store.path)


def test_a_leap_from_one_report_to_the_next_is_unclear_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for year, people in ((2020, "24万人"), (2021, "52万人")):
        (tmp_path / "in" / f"{year}.txt").write_text(f"青禾县{year}年统计公报\n{year}年年末常住人口{people}。", encoding="utf-8")
    store = zhreport.build(tmp_path / "in", tmp_path / "s", workers=1)
    [row] = store.sql("FROM findings WHERE file IS NULL").to_dict("records")
    assert (row["kind"], row["verdict"]) == ("series_jump", "unclear")
    assert "2.17 times the year before" in row["reason"]


def test_a_store_is_compared_as_its_reports_are(
    panel_store: zhreport.Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path / "in")
    stored, read = (
        zhreport.compare(panel_store),
        zhreport.compare(zhreport.read_many(sorted(p.name for p in Path().glob("*.txt")))),
    )
    assert repr(stored) == repr(read)
    columns = list(stored.to_frame().columns)
    assert stored.to_frame().equals(read.to_frame()[columns])
    for view in ("wide", "changes", "plans", "conflicts", "jumps"):
        assert getattr(stored, view)().equals(getattr(read, view)()), view
    assert stored.findings() == read.findings()


def test_what_the_user_knows_travels_to_the_panel_of_a_store(few: Path, tmp_path: Path) -> None:
    store = zhreport.build(few, tmp_path / "s", meta={"a.txt": {"place": "休宁县", "period": "2018", "批次": "二"}})
    row = zhreport.compare(store).to_frame().set_index("source").loc["a.txt"]
    assert (row["place"], row["period"], row["批次"]) == ("休宁县", "2020", "二"), "2020年 stands in the sentence itself"
    assert set(store.readings().query("file == 'a.txt'").meta_批次) == {"二"}


def test_compare_on_the_command_line_takes_a_store(panel_store: zhreport.Store, tmp_path: Path) -> None:
    told = CliRunner().invoke(main, ["compare", str(panel_store.path), "-o", str(tmp_path / "panel.csv")])
    assert told.exit_code == 0, told.output
    assert "澄源县" in (tmp_path / "panel.csv").read_text(encoding="utf-8")
    shown = CliRunner().invoke(main, ["compare", str(panel_store.path)])
    assert "548000000 ≠" in shown.output


def test_generated_reports_are_no_copies(undisturbed: Path) -> None:
    assert zhreport.open(undisturbed).count("links") == 0


def test_two_builds_at_once(few: Path, tmp_path: Path) -> None:
    (tmp_path / "s").mkdir()
    with locked(tmp_path / "s"):
        with pytest.raises(StoreError, match=f"another build is at work .process {os.getpid()}"):
            zhreport.build(few, tmp_path / "s")
        told = subprocess.run([sys.executable, "-c", BUILD, few, tmp_path / "s", "1"], capture_output=True, text=True)
        assert f"process {os.getpid()} on" in told.stderr
    assert zhreport.build(few, tmp_path / "s").files == 3


def test_the_lock_of_a_dead_process_is_taken_over(few: Path, tmp_path: Path) -> None:
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / ".lock").write_text('{"pid": 999999999, "host": "elsewhere"}', encoding="utf-8")
    assert zhreport.build(few, tmp_path / "s").files == 3


def test_the_store_may_lie_inside_the_folder(few: Path) -> None:
    zhreport.build(few, few / "store")
    (few / "store" / "records" / "note.txt").write_text("发放9万元。", encoding="utf-8")
    assert zhreport.build(few, few / "store").files == 3
    with pytest.raises(StoreError, match="cannot be the store or lie inside it"):
        zhreport.build(few / "store" / "records", few / "store")
    with pytest.raises(StoreError, match="cannot be the store"):
        zhreport.build(few, few)


def test_a_store_that_cannot_be_says_so(few: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.docx").write_text("x", encoding="utf-8")
    (tmp_path / "empty").mkdir()
    with pytest.raises(StoreError, match="is a file"):
        zhreport.build(few, tmp_path / "file")
    with pytest.raises(StoreError, match="is no store"):
        zhreport.build(few, tmp_path / "full")
    with pytest.raises(StoreError, match="no such folder"):
        zhreport.build(tmp_path / "none", tmp_path / "s")
    with pytest.raises(StoreError, match="no file that can be read"):
        zhreport.build(tmp_path / "empty", tmp_path / "s")
    with pytest.raises(ValueError, match="workers=0"):
        zhreport.build(few, tmp_path / "s", workers=0)
    with pytest.raises(ValueError, match="engine='cluster'"):
        zhreport.build(few, tmp_path / "s", engine="cluster")
    assert not (tmp_path / "s").exists()


def test_a_full_disk_leaves_no_half_file(few: Path, tmp_path: Path) -> None:
    script = (
        "import resource, signal, sys, zhreport\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (9000, 9000))\n"
        "try:\n    zhreport.build(sys.argv[1], sys.argv[2], workers=1)\n"
        "except zhreport.StoreError as error:\n    print(error)"
    )
    told = subprocess.run([sys.executable, "-c", script, few, tmp_path / "s"], capture_output=True, text=True, check=True)
    assert "the disk is full" in told.stdout
    assert not list((tmp_path / "s").rglob("*.half"))
    with pytest.raises(StoreError, match="has not finished"):
        zhreport.open(tmp_path / "s")
    assert content(zhreport.build(few, tmp_path / "s").path) == content(zhreport.build(few, tmp_path / "t").path)


def test_opening_what_is_no_store(few: Path, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="is no store"):
        zhreport.open(few)
    with pytest.raises(StoreError, match="is no store"):
        zhreport.open(tmp_path / "none")
    path = zhreport.build(few, tmp_path / "s").path / "manifest.json"
    told = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**told, "schema": 99}), encoding="utf-8")
    with pytest.raises(StoreError, match="has schema 99"):
        zhreport.open(tmp_path / "s")
    with pytest.raises(StoreError, match="newer zhreport"):
        zhreport.build(few, tmp_path / "s")
    path.write_text("{", encoding="utf-8")
    with pytest.raises(StoreError, match="cannot be read"):
        zhreport.open(tmp_path / "s")


def test_a_store_that_was_built_anew_says_so(few: Path, tmp_path: Path) -> None:
    store = zhreport.build(few, tmp_path / "s")
    (few / "a.txt").write_text("发放4万元。", encoding="utf-8")
    zhreport.build(few, tmp_path / "s")
    with pytest.raises(StoreError, match="open it again"):
        store.records()


def test_odd_names(few: Path, tmp_path: Path) -> None:
    (few / "三 'x' [1]*.txt").write_text("发放5万元。", encoding="utf-8")
    store = zhreport.build(few, tmp_path / "s[1]'*=?")
    assert "三 'x' [1]*.txt" in set(store.records().source)
    with pytest.raises(KeyError, match=r"z\.txt"):
        store.text("z.txt")


def test_the_sample_is_drawn_by_its_seed(undisturbed: Path) -> None:
    store = zhreport.open(undisturbed)
    first = store.sample(50, seed=3)
    assert first.equals(store.sample(50, seed=3))
    assert not first.equals(store.sample(50, seed=4))
    assert len(first) == 50 == first.id.nunique()
    assert list(first.columns[-2:]) == ["right", "note"]
    assert set(first.right) == {""}
    assert all(surface in sentence for surface, sentence in zip(first.surface, first.sentence, strict=True))
    assert len(store.sample(10**6)) == store.count("records")
    with pytest.raises(ValueError, match="n=0"):
        store.sample(0)


def test_chunks_depend_on_the_names_alone() -> None:
    files = [File(f"{i:05d}.txt", str(i), 1000, 0) for i in range(2000)]
    whole = list(inputs.chunks(files))
    assert [f for c in whole for f in c] == files
    assert max(map(len, whole)) <= inputs.MOST_FILES
    without = list(inputs.chunks(files[:500] + files[501:]))
    assert len(set(whole) - set(without)) <= 3


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("killed", [False, True], ids=["undisturbed", "worker killed"])
def test_a_dask_cluster_builds_the_same_store(killed: bool, folder: Path, undisturbed: Path, tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed", reason="dask is not installed")
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        if killed:
            threading.Timer(0.4, os.kill, (cluster.workers[0].pid, signal.SIGKILL)).start()
        zhreport.build(folder, tmp_path / "s", engine="dask", scheduler=cluster.scheduler_address)
    assert content(tmp_path / "s") == content(undisturbed)


def served(*words: str) -> subprocess.Popen:
    """A process of Dask, started as a user starts it."""
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    return subprocess.Popen(
        [sys.executable, "-m", "dask", *words], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )  # fmt: skip


@pytest.mark.slow
def test_a_scheduler_that_is_started_by_hand_and_a_worker_that_is_killed(tmp_path: Path) -> None:
    pytest.importorskip("distributed", reason="dask is not installed")
    folder, told = tmp_path / "reports", tmp_path / "scheduler.json"
    folder.mkdir()
    generate.write(folder, 300)
    address = ["--scheduler-file", str(told)]
    started = [served("scheduler", "--port", "0", "--no-dashboard", *address)]
    for _ in range(2):
        worker = ("worker", "--nthreads", "1", "--no-nanny", "--no-dashboard", "--local-directory", str(tmp_path))
        started.append(served(*worker, *address))
    try:
        for _ in range(600):
            if told.exists() and told.stat().st_size:
                break
            time.sleep(0.1)
        scheduler = json.loads(told.read_text(encoding="utf-8"))["address"]
        done = tmp_path / "dask" / ".staging" / "done"

        def kill_when_begun() -> None:
            while not (done.is_dir() and any(done.iterdir())):
                time.sleep(0.02)
            started[1].kill()

        killer = threading.Thread(target=kill_when_begun, daemon=True)
        killer.start()
        call = ["build", str(folder), "-o", str(tmp_path / "dask"), "--engine", "dask", "--scheduler", scheduler]
        env = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
        built = subprocess.run(
            [sys.executable, "-m", "zhreport.cli", *call], capture_output=True, text=True, env=env, timeout=600
        )
        assert built.returncode == 0, built.stderr[-2000:]
        assert started[1].wait(10) == -signal.SIGKILL, "one worker was killed in the middle"
        zhreport.build(folder, tmp_path / "here", workers=1)
        assert content(tmp_path / "dask") == content(tmp_path / "here")
    finally:
        for each in started:
            each.kill()
            each.wait()


def test_no_scheduler_says_so(few: Path, tmp_path: Path) -> None:
    pytest.importorskip("distributed", reason="dask is not installed")
    with dask_patience("200ms"), pytest.raises(StoreError, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:9"):
        zhreport.build(few, tmp_path / "s", engine="dask", scheduler="tcp://127.0.0.1:9")


def dask_patience(seconds: str):
    import dask

    return dask.config.set({"distributed.comm.timeouts.connect": seconds})


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such terminals")
def test_a_terminal_shows_how_fast_it_goes_and_how_long_it_will_take(few: Path, tmp_path: Path) -> None:
    import pty

    ours, theirs = pty.openpty()
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "COLUMNS": "100", "TERM": "xterm"}
    call = [sys.executable, "-m", "zhreport.cli", "build", str(few), "-o", str(tmp_path / "s"), "--workers", "1"]
    running = subprocess.Popen(call, stdout=subprocess.PIPE, stderr=theirs, env=env)
    os.close(theirs)
    shown = b""
    try:
        while piece := os.read(ours, 4096):
            shown += piece
    except OSError:  # Linux says so when the other side is closed
        pass
    os.close(ours)
    out, _ = running.communicate()
    assert running.returncode == 0
    assert out == b"", "only results go to standard output"
    words = shown.decode("utf-8", "replace")
    assert "3/3" in words
    assert "/s" in words, "the rate"
    assert "0:00:0" in words, "the time left"


def test_no_bar_where_there_is_no_terminal(few: Path, tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    zhreport.build(few, tmp_path / "s", workers=1)
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("query", ["SELECT * FROM recs", "selec", "SELECT nope FROM records"])
def test_a_query_that_is_refused_says_which_tables_there_are(undisturbed: Path, query: str) -> None:
    with pytest.raises(zhreport.StoreError, match="holds documents, sections, records"):
        zhreport.open(undisturbed).sql(query)
