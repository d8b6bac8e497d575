"""The same input gives the same bytes out: whatever the order on the disk, the workers, the hash seed, the locale, the time zone.

And a console in another code page, and workers that are spawned: each through the command line in a process of its own.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from conftest import CORPUS

import zhreport

SOURCES = [*sorted((CORPUS / "reports").glob("*.txt"))[:2], *sorted((CORPUS / "panel").glob("*.txt"))[:3]]
# These run in other folders, where a relative path to the sources under test would lead nowhere.
HERE = {"PYTHONPATH": str(Path(zhreport.__file__).parents[1])}
ENDINGS = ("csv", "jsonl", "parquet", "xlsx", "dta")
# Every command in one process, as the work of starting eighty would hide the rest. Standard output goes to a file by its name.
SCRIPT = """
import multiprocessing, os, sys
from zhreport.cli import main

def run(name, *args):
    shown, sys.stdout = sys.stdout, open(f"out/{name}.txt", "w")
    try:
        main([*args], standalone_mode=False)
    except SystemExit as error:
        print("exit", error.code)
    finally:
        sys.stdout.close()
        sys.stdout = shown

def work(workers):
    os.mkdir("out")
    many = ["--workers", workers]
    for verb, more, forms in (("extract", many, "table jsonl csv"), ("audit", [], "table jsonl csv"), ("compare", [], "table jsonl csv"),
                              ("sections", [], "tree jsonl"), ("documents", [], "table jsonl"), ("words", [], "text jsonl")):
        for form in forms.split():
            run(f"{verb}-{form}", verb, "in", "--format", form, *more)
    for verb in ("extract", "audit", "compare"):
        for ending in "csv jsonl parquet xlsx dta".split():
            run(f"{verb}-{ending}-said", verb, "in", "-o", f"out/{verb}.{ending}")
    run("build-said", "build", "in", "-o", "out/store", *many)
    run("sample", "sample", "out/store", "-n", "20")
    run("show-said", "show", "in", "-o", "out/pages")
    run("stored-said", "show", "out/store", "-o", "out/stored")

if __name__ == "__main__":
    if os.environ.get("START"):
        multiprocessing.set_start_method(os.environ["START"])
    work(sys.argv[1])
"""


def written(home: Path, order: int = 1, workers: int = 1, **env: str) -> dict[str, bytes]:
    """All that the commands write of five reports that were put into a folder in some order, byte by byte."""
    (home / "in" / "deep").mkdir(parents=True)
    for path in SOURCES[::order]:
        target = home / "in" / ("deep" if path.parent.name == "panel" else "") / path.name
        shutil.copyfile(path, target)
        os.utime(target, (1_600_000_000, 1_600_000_000))  # a manifest keeps the time of each file
    (home / "script.py").write_text(SCRIPT, encoding="utf-8")
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG", "TZ", "PYTHONIO", "PYTHONHASH"))}
    command = [sys.executable, "-W", "ignore", "script.py", str(workers)]
    told = subprocess.run(command, cwd=home, env={**clean, **HERE, **env}, capture_output=True, check=False)
    assert not told.returncode, told.stderr.decode("utf-8", "replace")
    out = {p.relative_to(home).as_posix(): p.read_bytes() for p in sorted((home / "out").rglob("*")) if p.is_file()}
    out.pop("out/store/.lock", None)
    return out


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What is written in UTC, in UTF-8, by one process."""
    return written(tmp_path_factory.mktemp("plain"), PYTHONHASHSEED="0", TZ="UTC", LC_ALL="C.UTF-8")


def same(one: dict[str, bytes], two: dict[str, bytes]) -> None:
    assert sorted(one) == sorted(two)
    assert [name for name in one if one[name] != two[name]] == []


@cache
def gb18030() -> str | None:
    """A folder with the Chinese locale in GB18030, where this system can make one."""
    import tempfile

    folder = tempfile.mkdtemp(prefix="zhreport-locale-")
    made = shutil.which("localedef") and subprocess.run(
        ["localedef", "-i", "zh_CN", "-f", "GB18030", f"{folder}/zh_CN.GB18030"], capture_output=True, check=False
    )
    return folder if made and Path(folder, "zh_CN.GB18030").is_dir() else None


def test_everything_is_written(plain: dict[str, bytes]) -> None:
    for verb in ("extract", "audit", "compare"):
        assert all(len(plain[f"out/{verb}.{ending}"]) > 500 for ending in ENDINGS)
    assert len([n for n in plain if n.startswith("out/pages/reports/")]) == len(SOURCES)
    assert not [n for n, data in plain.items() if data.startswith(b"exit") and "said" not in n]
    assert all(
        len(plain[f"out/{n}.txt"]) > 100 for n in ("sections-tree", "words-text", "extract-table", "compare-table", "sample")
    )


@pytest.mark.skipif(os.name == "nt", reason="Windows has other locales")
def test_another_order_seed_zone_and_locale_and_two_workers(plain: dict[str, bytes], tmp_path: Path) -> None:
    same(
        plain,
        written(tmp_path, -1, 2, PYTHONHASHSEED="4711", TZ="Asia/Shanghai", LC_ALL="C", PYTHONCOERCECLOCALE="0", PYTHONUTF8="0"),
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("order", "workers", "env"),
    [
        (-1, 1, {}),
        (1, 2, {}),
        (1, 3, {"START": "spawn"}),
        (1, 2, {"START": "forkserver"}),
        (1, 1, {"PYTHONHASHSEED": "1"}),
        (1, 1, {"PYTHONHASHSEED": "random"}),
        (1, 1, {"TZ": "Asia/Shanghai"}),
        (1, 1, {"TZ": "America/New_York"}),
        (1, 1, {"LC_ALL": "C"}),
        (1, 1, {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}),
    ],
    ids=["order", "2 workers", "3 workers, spawn", "2 workers, forkserver", "seed 1", "random seed", "Shanghai", "New York", "C", "ASCII"],
)  # fmt: skip
@pytest.mark.skipif(os.name == "nt", reason="Windows has other locales and start methods")
def test_each_alone(order: int, workers: int, env: dict[str, str], plain: dict[str, bytes], tmp_path: Path) -> None:
    same(plain, written(tmp_path, order, workers, **env))


def test_the_chinese_locale_in_gb18030(plain: dict[str, bytes], tmp_path: Path) -> None:
    folder = gb18030()
    if folder is None:
        pytest.skip("no localedef, or no sources of locales (Debian: locales)")
    same(plain, written(tmp_path, LOCPATH=folder, LC_ALL="zh_CN.GB18030"))


# Consoles


TEXT = "一、成效\n2020年发放资助资金14.925万元,惠及𠀀村学生近200人次(本县524人,外县89人)。\n"


def shown(home: Path, *args: str, **env: str) -> tuple[bytes, bytes, int]:
    """What a command writes to a console with this encoding."""
    (home / "总结.txt").write_text(TEXT, encoding="utf-8")
    command = [sys.executable, "-m", "zhreport.cli", *args]
    told = subprocess.run(command, cwd=home, env={**os.environ, **HERE, **env}, capture_output=True, check=False)
    return told.stdout, told.stderr, told.returncode


@pytest.mark.parametrize("encoding", ["cp936", "gbk", "gb18030", "big5", "latin-1"])
def test_a_console_in_another_code_page(encoding: str, tmp_path: Path) -> None:
    commands = (
        "extract 总结.txt",
        "sections 总结.txt",
        "audit 总结.txt --all",
        "explain 总结.txt 16",
        "words 总结.txt",
        "extract 无.txt",
    )
    for command in commands:
        out, err, code = shown(tmp_path, *command.split(), PYTHONIOENCODING=encoding)
        assert code == ("无" in command), err
        assert b"Traceback" not in err
        said = (out or err).decode(encoding)
        if command.startswith("sections"):
            assert said.splitlines()[0] in ("一、 成效", "\\u4e00\\u3001 \\u6210\\u6548", "一、 成\\u6548")
    out, _, _ = shown(tmp_path, "extract", "总结.txt", "--format", "jsonl", PYTHONIOENCODING=encoding)
    assert next(json.loads(x)["surface"] for x in out.decode(encoding).splitlines()) == "14.925万元"
    _, err, code = shown(tmp_path, "extract", "总结.txt", "-o", "a.csv", PYTHONIOENCODING=encoding)
    assert code == 0, err
    assert "14.925万元" in (tmp_path / "a.csv").read_text(encoding="utf-8-sig")


@pytest.mark.parametrize("encoding", ["", "ascii"])
@pytest.mark.skipif(os.name == "nt", reason="Windows has no such locale")
def test_results_are_utf8_where_the_locale_knows_no_chinese(encoding: str, tmp_path: Path) -> None:
    for args in (["extract", "总结.txt"], ["sections", "总结.txt"]):
        out, err, code = shown(tmp_path, *args, LC_ALL="C", PYTHONCOERCECLOCALE="0", PYTHONUTF8="0", PYTHONIOENCODING=encoding)
        assert code == 0, err
        assert "成效" in out.decode("utf-8") or "14.925万元" in out.decode("utf-8")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no terminals of this kind")
@pytest.mark.parametrize(("encoding", "wanted"), [("GB18030", "gb18030"), ("UTF-8", "utf-8")])
def test_a_terminal_gets_its_own_encoding(encoding: str, wanted: str, tmp_path: Path) -> None:
    """A real terminal, by `pty`: a pipe would get UTF-8."""
    import pty

    folder = gb18030()
    if folder is None:
        pytest.skip("no localedef, or no sources of locales (Debian: locales)")
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    env = {
        **os.environ,
        "LOCPATH": folder,
        "LC_ALL": "zh_CN.GB18030" if encoding == "GB18030" else "C.UTF-8",
        "PYTHONIOENCODING": "",
    }
    outer, inner = pty.openpty()
    command = [sys.executable, "-m", "zhreport.cli", "sections", str(tmp_path / "a.txt")]
    told = subprocess.run(command, stdout=inner, stderr=subprocess.PIPE, env=env, check=False)
    os.close(inner)
    assert told.returncode == 0, told.stderr
    assert "成效" in os.read(outer, 4096).decode(wanted)
    os.close(outer)


def test_spawned_workers_read_and_build(tmp_path: Path) -> None:
    code = (
        "import multiprocessing, sys\n"
        "import zhreport as zr\n"
        "if __name__ == '__main__':\n"
        "    multiprocessing.set_start_method('spawn')\n"
        "    print(sum(len(r.records) for r in zr.read_many(sys.argv[2:], workers=2)))\n"
        "    print(zr.build('in', 'store', workers=2).count('records'))\n"
    )
    (tmp_path / "script.py").write_text(code, encoding="utf-8")
    (tmp_path / "in").mkdir()
    for path in SOURCES:
        shutil.copyfile(path, tmp_path / "in" / path.name)
    command = [sys.executable, "script.py", "-", *(f"in/{p.name}" for p in SOURCES)]
    told = subprocess.run(command, cwd=tmp_path, env={**os.environ, **HERE}, capture_output=True, text=True, check=True)
    read, built = told.stdout.split()
    assert read == built
    assert int(read) > 100
