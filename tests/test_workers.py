"""Workers that the system kills: the file is told, the rest goes on, and what was done is what it would have been."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from test_files import put

import zhreport as zr
from zhreport.cli import main
from zhreport.files.formats import READERS
from zhreport.files.workers import NoWorkers, Workers

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no kill -9")
NAMES = [f"{n:02}.txt" for n in range(24)]
DEADLY, SLOW = "07.txt", "11.txt"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Twenty-four short reports."""
    for number, name in enumerate(NAMES):
        put(tmp_path / "in", name, f"云溪县2020年工作总结\n2020年发放资助资金{number + 1}万元。\n")
    return tmp_path / "in"


@pytest.fixture(autouse=True)
def forked() -> Iterator[None]:
    """Workers that inherit the readers as the test has changed them."""
    before = multiprocessing.get_start_method(allow_none=True)
    multiprocessing.set_start_method("fork", force=True)
    yield
    multiprocessing.set_start_method(before, force=True)


def end_myself() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.fixture
def deadly(monkeypatch: pytest.MonkeyPatch) -> None:
    """One of the files kills every process that reads it, as one does that takes all the memory there is."""
    plain = READERS[".txt"]

    def read(path: str, data: bytes):
        if path.endswith(DEADLY):
            end_myself()
        return plain(path, data)

    monkeypatch.setitem(READERS, ".txt", read)


def name_of(found: zr.Report | zr.Failure) -> str:
    return Path(str(found.source)).name


def test_a_file_that_kills_its_process_is_told_and_the_rest_is_read(folder: Path, deadly: None) -> None:
    found = list(zr.read_many([folder / n for n in NAMES], workers=2))
    assert [name_of(f) for f in found] == NAMES
    (failure,) = (f for f in found if isinstance(f, zr.Failure))
    assert name_of(failure) == DEADLY
    assert str(failure).startswith(f"{folder / DEADLY}: 读它的进程两次被系统终止")
    assert "the process that read it died twice" in failure.what
    assert "more memory" in failure.todo
    assert [f.records[0].surface for f in found if isinstance(f, zr.Report)] == [f"{n + 1}万元" for n in range(24) if n != 7]


def test_the_command_line_goes_on_and_ends_with_1(folder: Path, deadly: None, tmp_path: Path) -> None:
    told = CliRunner().invoke(main, ["extract", str(folder), "--workers", "2", "-o", str(tmp_path / "out.csv")])
    assert told.exit_code == 1, told.output
    assert f"{DEADLY}: 读它的进程两次被系统终止" in told.output
    assert "23 done, 1 failed" in told.output


def test_a_store_keeps_the_file_as_one_that_failed_and_reads_it_again(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = zr.build(folder, tmp_path / "whole", workers=1)
    plain = READERS[".txt"]
    monkeypatch.setitem(READERS, ".txt", lambda path, data: end_myself() if path.endswith(DEADLY) else plain(path, data))
    store = zr.build(folder, tmp_path / "store", workers=2)
    (failure,) = store.sql("select source, what from failures").itertuples(index=False)
    assert failure.source == DEADLY
    assert "died twice" in failure.what
    told = "select file, surface from records order by file, start"
    wanted = whole.sql(told)
    assert store.sql(told).values.tolist() == wanted[wanted["file"] != DEADLY].values.tolist()
    monkeypatch.setitem(READERS, ".txt", plain)
    assert zr.build(folder, tmp_path / "store", workers=2, retry=True).sql(told).values.tolist() == wanted.values.tolist()
    assert bytes_of(tmp_path / "store") == bytes_of(tmp_path / "whole")


def bytes_of(store: Path) -> dict[str, bytes]:
    return {str(p.relative_to(store)): p.read_bytes() for p in sorted(store.rglob("*.parquet"))}


@pytest.fixture
def killer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """Kill -9 from outside, once, while a worker reads one of the files; the processes that were killed."""
    told, killed, plain = tmp_path / "told", [], READERS[".txt"]

    def read(path: str, data: bytes):
        if path.endswith(SLOW) and not told.exists():
            told.with_suffix(".new").write_text(str(os.getpid()))
            told.with_suffix(".new").rename(told)
            time.sleep(60)
        return plain(path, data)

    def kill() -> None:
        for _ in range(3000):
            if told.exists():
                killed.append(int(told.read_text()))
                os.kill(killed[0], signal.SIGKILL)
                return
            time.sleep(0.01)

    monkeypatch.setitem(READERS, ".txt", read)
    thread = threading.Thread(target=kill, daemon=True)
    thread.start()
    yield killed
    thread.join()


def test_a_worker_that_is_killed_once_changes_nothing(folder: Path, killer: list[int]) -> None:
    found = list(zr.read_many([folder / n for n in NAMES], workers=2))
    assert killed_another(killer)
    assert [f.records[0].surface for f in found if isinstance(f, zr.Report)] == [f"{n + 1}万元" for n in range(24)]


def test_a_build_whose_worker_is_killed_once_gives_the_same_bytes(folder: Path, tmp_path: Path, killer: list[int]) -> None:
    zr.build(folder, tmp_path / "store", workers=2)
    assert killed_another(killer)
    zr.build(folder, tmp_path / "whole", workers=1)
    assert bytes_of(tmp_path / "store") == bytes_of(tmp_path / "whole") != {}


def killed_another(killed: list[int]) -> bool:
    return len(killed) == 1 and killed[0] != os.getpid()


def test_workers_that_cannot_start_are_no_fault_of_a_file(folder: Path) -> None:
    """A script without `if __name__ == '__main__'`, whose processes begin by running it again (spawn)."""
    script = put(
        folder.parent, "script.py",
        "import multiprocessing, sys, zhreport\nmultiprocessing.set_start_method('spawn', force=True)\n"
        "print(*zhreport.read_many(sys.argv[1:], workers=2))",
    )  # fmt: skip
    done = subprocess.run([sys.executable, script, *folder.iterdir()], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    # Not at the end of all that is said: the processes that could not start say so too, in any order.
    assert "zhreport.files.workers.NoWorkers: no worker process can be started; " in done.stderr


def squared(number: int, _: None) -> int:
    if number % 5 == 2:
        end_myself()
    return number**2


def test_many_deaths_one_after_another() -> None:
    with Workers(3, squared, None, lambda job, alone: alone(job) or -1) as crew:
        futures = [crew.submit(n) for n in range(1, 21)]
        assert [crew.result(f) for f in futures] == [-1 if n % 5 == 2 else n**2 for n in range(1, 21)]


def test_an_error_of_the_work_is_raised_as_it_is() -> None:
    with Workers(2, divided, None, lambda job, alone: -1) as crew, pytest.raises(ZeroDivisionError):
        crew.result(crew.submit(0))
    assert issubclass(NoWorkers, RuntimeError)


def divided(number: int, _: None) -> float:
    return 1 / number
