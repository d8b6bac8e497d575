"""Measure every line of docs/robustness.md and write it: `python benchmarks/robustness.py [--quick]`.

Runs the tests that stand behind each line, a single line of 200 MB in a process of its own, and takes over what `make fuzz` and
`make test-versions` left in build/. With --quick the tests marked slow are left out.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "docs" / "robustness.md"
BAD, OUT, FILES, STORE, SAME = (f"test_{n}" for n in ("bad_input", "output", "files", "store", "determinism"))
# What is claimed, and the tests behind it: a module, and how the names of its tests begin.
LINES: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...] = (
    ("Any text", "any Unicode text: nothing raises, spans are sorted, disjoint and their own text, a paragraph in front only shifts", (("test_parse", ""),)),
    ("Any text", "past crashers of the fuzzer, replayed", (("test_fuzz", "test_a_past_crasher"),)),
    ("Any text", "the targets run, and can fail", (("test_fuzz", "test_the_first"), ("test_fuzz", "test_a_target"), ("test_fuzz", "test_the_limit"))),
    ("Any text", "15 seconds of fuzzing for each target", (("test_fuzz", "test_seconds"),)),
    ("Bad input", "empty file; binary as .txt; NUL bytes; wrong and mixed encodings; lone surrogates; truncated .docx and .pdf", ((BAD, "test_bad_bytes"), (BAD, "test_an_empty"), (BAD, "test_a_nul"), (BAD, "test_old"), (FILES, "test_what_is_no_text"), (FILES, "test_the_encoding"))),
    ("Bad input", "bidi controls; control characters in a web page", ((BAD, "test_bidi"), (BAD, "test_a_control"))),
    ("Bad input", "broken, locked and scanned Word and PDF files", ((BAD, "test_a_locked"), (FILES, "test_broken_word"), (FILES, "test_scans"), (FILES, "test_no_damage"))),
    ("Bad input", "zip bombs by count, size and ratio; nested archives; members without a name", ((BAD, "test_limits"), (BAD, "test_a_list_of"), (BAD, "test_nested"), (BAD, "test_a_member"), (FILES, "test_bad_archives"))),
    ("Bad input", "PDF bombs: pages, lists of objects, fonts, chained filters, forms in forms; four gigabytes in 30 KB within 3 GB of memory; a page of 60,000 characters", ((BAD, "test_a_stream_of_a_pdf"), (BAD, "test_a_pdf_of"), (BAD, "test_a_pdf_that"), (BAD, "test_the_limit_of_a_pdf"), (BAD, "test_a_page_of_very"))),
    ("Bad input", "a zip of many members is read in linear time, also by workers", ((BAD, "test_the_list_of"), (BAD, "test_an_archive"))),
    ("Bad input", "XML entities, external entities and links", ((BAD, "test_xml"), (BAD, "test_a_link"))),
    ("Bad input", "loops and dead ends of symbolic links; pipes; files and folders that may not be read; impossible names", ((BAD, "test_links"), (BAD, "test_a_pipe"), (BAD, "test_what_may"), (BAD, "test_names"), (FILES, "test_a_folder_walk"))),
    ("Output", "full disk: every format of -o, pages, store, sample sheet, standard output; no half file", ((OUT, "test_a_full"), (STORE, "test_a_full"))),
    ("Output", "a folder in the place of the output; an output in no folder", ((OUT, "test_a_folder"), (OUT, "test_an_output"))),
    ("Output", "two runs on one store; a killed run goes on", ((STORE, "test_two"), (STORE, "test_the_lock"), (OUT, "test_two"), (STORE, "test_a_killed"), (STORE, "test_a_build_that"), (STORE, "test_ten_kills"))),
    ("Output", "no cell of CSV or Excel is a formula (extract, audit, compare, sample); JSON lines and Parquet are exact", ((OUT, "test_no_cell"), (OUT, "test_a_cell"), (OUT, "test_numbers"), (OUT, "test_spreadsheets"), (OUT, "test_a_sheet"), (OUT, "test_any_characters"), (OUT, "test_a_text_too"))),
    ("Output", "a sentence as long as the file does not square the output", ((OUT, "test_a_sentence"),)),
    ("Output", "pages are inert for hostile text and ask no network", (("test_pages", "test_text_of_a_report"), ("test_pages", "test_a_page_asks"), ("test_pages", "test_any_text"), ("test_pages", "test_the_scripts"), ("test_pages", "test_data_in"), ("test_pages", "test_names_of"))),
    ("Output", "no control character reaches a terminal", ((OUT, "test_no_control"),)),
    ("Output", "nothing that runs code is loaded (pickle, marshal, eval); no cache from the temporary folder", ((OUT, "test_nothing_that"), (OUT, "test_jieba"))),
    ("Output", "paths from archives never leave their folder", ((OUT, "test_nothing_from"), (FILES, "test_an_archive_gives"))),
    ("Same bytes", "order on the disk, workers, PYTHONHASHSEED, time zone, locale, all at once", ((SAME, "test_everything"), (SAME, "test_another"))),
    ("Same bytes", "each of them alone, and the start methods of processes", ((SAME, "test_each"),)),
    ("Same bytes", "the Chinese locale in GB18030", ((SAME, "test_the_chinese"),)),
    ("Workers", "a process that kill -9 ends, by the file it reads or from outside: the file is told or read again, the rest goes on, a store has the same bytes", (("test_workers", ""),)),
    ("Consoles", "cp936, GBK, GB18030, Big5, Latin-1 and a locale without Chinese; a real terminal", ((SAME, "test_a_console"), (SAME, "test_results"), (SAME, "test_a_terminal"))),
    ("Consoles", "spawned workers read and build", ((SAME, "test_spawned"), (STORE, "test_the_spawn"))),
)  # fmt: skip
LIMITS = """
## What falls short, and why

- The memory for a file grows with its length, about 10 bytes a letter and 80 a Chinese character without figures (above); a file as
  large as the memory cannot be read, and nothing refuses it before.
- What a .pdf unpacks is bounded by its size (1 MB at least, 50 times a stream and 200 times the file, 300 MB at most), not by what stands on a page: a page
  takes about 2.5 KB of memory for each of its characters, so that a file of megabytes made for it can still fill the memory.
- When the system kills a worker, the files under way are read again one after another (4 a worker; `build`: those of 3 chunks a worker),
  so that each death costs time. On a Dask cluster a file that kills four workers ends the build. With one worker the run itself is killed.
- No fuzz target reads .doc: LibreOffice turns it into .docx, which has one. Files that are named one by one are written in the order
  given; the order on the disk, of a folder or of a pattern, makes no difference.
- atheris has wheels for Linux only; elsewhere, and on a Python that it has none for, the fuzz tests are skipped.
- No interpreter of Python 3.14 could be had here. 3.12 and 3.13 ran the quick tests with the core and the extra `test` alone: what needs
  another extra was skipped there. The first table is of the Python that it names.
- Windows and macOS were not at hand: a console in cp936 is tested by PYTHONIOENCODING and by a terminal with a GB18030 locale.
"""
# A line of n bytes is read and parsed in a process of its own; what it says: seconds, peak memory, characters, records.
LONG = """
import resource, sys, time
import zhreport as zr
path, piece, size = sys.argv[1], sys.argv[2], int(sys.argv[3])
with open(path, "w", encoding="utf-8") as out:
    for _ in range(10):
        out.write(piece * (size // len(piece.encode()) // 10))
zr.parse("发放3万元。")
start = time.process_time()
report = zr.read(path)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(time.process_time() - start, peak, len(report.text), len(report.records))
"""


class Case(NamedTuple):
    """A test that was run: its module, its name, and how it went."""

    module: str
    name: str
    went: str
    said: str


def tests(quick: bool) -> list[Case]:
    """Run the tests that stand behind the lines and no others, and tell of each."""
    modules = sorted({f"tests/{m}.py" for _, _, behind in LINES for m, _ in behind})
    pytest = [sys.executable, "-m", "pytest", *(["-m", "not slow"] if quick else [])]
    listed = subprocess.run(
        [*pytest, "--collect-only", *modules], cwd=ROOT, env=_env(), capture_output=True, text=True, check=True
    )
    # Without their parameters: those that are bytes of a zip file have another name each time.
    chosen = dict.fromkeys(line.partition("[")[0] for line in listed.stdout.splitlines() if _stands_behind(line))
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "told.xml"
        subprocess.run([*pytest, f"--junitxml={told}", *chosen], cwd=ROOT, env=_env(), check=False)
        found = ET.parse(told).getroot().iter("testcase")
        return [_case(each) for each in found]


def _stands_behind(line: str) -> bool:
    """Whether a line such as tests/test_a.py::test_b[c] names a test behind one of the lines."""
    path, _, name = line.partition("::")
    module = path.removeprefix("tests/").removesuffix(".py")
    return bool(name) and any(module == m and name.startswith(n) for _, _, behind in LINES for m, n in behind)


def _env() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT / "src")}


def _case(each: ET.Element) -> Case:
    went, said = "passed", ""
    for child in each:
        if child.tag in ("failure", "error", "skipped"):
            went, said = (
                child.tag.removesuffix("ure").replace("fail", "failed").replace("error", "failed"),
                child.get("message") or "",
            )
    module = (each.get("classname") or "").rpartition(".")[2]
    return Case(module, each.get("name") or "", went, said.splitlines()[0] if said else "")


def table_of_tests(cases: list[Case]) -> list[str]:
    """One row for each line: how many tests, and how they went."""
    rows = ["| | what | tests | result |", "| --- | --- | ---: | --- |"]
    for group, what, behind in LINES:
        mine = [c for c in cases if any(c.module == m and c.name.startswith(n) for m, n in behind)]
        counts = Counter(c.went for c in mine)
        reasons = "; ".join(sorted({f"{c.name}: {c.said}" for c in mine if c.went != "passed"}))
        went = ", ".join(f"{counts[w]} {w}" for w in ("passed", "failed", "skipped") if counts[w]) or "not run"
        rows.append(f"| {group} | {what} | {len(mine)} | {went}{f' ({reasons})' if reasons else ''} |".replace("\n", " "))
    return rows


def long_lines() -> list[str]:
    """Time and memory of single lines, at a tenth of the length and at the whole."""
    rows = [
        "| one line of | size | characters | records | seconds | time per character | peak memory |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    report = (ROOT / "corpus" / "reports" / "01-yunxi-2020-jiaoyu-fupin.txt").read_text(encoding="utf-8").replace("\n", "")
    kinds = (
        ("letters", "abcdefgh", (20, 200)),
        ("汉字 without figures", "扎实推进各项工作落实", (20, 200)),
        ("a report, its line ends taken out", report, (1, 5)),
    )
    for name, piece, sizes in kinds:
        first = None
        for size in sizes:
            with tempfile.TemporaryDirectory() as folder:
                command = [sys.executable, "-c", LONG, f"{folder}/a.txt", piece, str(size * 10**6)]
                done = subprocess.run(command, capture_output=True, text=True, env=_env(), check=False)
            if done.returncode:
                rows.append(
                    f"| {name} | {size} MB | | | | {(done.stderr.splitlines() or [f'ended with {done.returncode}'])[-1]} | |"
                )
                continue
            took, peak, characters, records = (float(x) for x in done.stdout.split())
            first = first or took / characters
            rows.append(
                f"| {name} | {size} MB | {characters:,.0f} | {records:,.0f} | {took:.0f} | {took / characters / first:.2f} × | {peak:,.0f} MB |"
            )
    return rows


def fuzzed() -> list[str]:
    """What the last `make fuzz` found."""
    path = ROOT / "build" / "fuzz" / "summary.json"
    if not path.is_file():
        return ["Not run here: `make fuzz`."]
    rows = ["| target | inputs tried | seconds | new crashers | kept in tests/crashers |", "| --- | ---: | ---: | --- | ---: |"]
    for told in json.loads(path.read_text(encoding="utf-8")):
        kept = len(list((ROOT / "tests" / "crashers" / told["target"]).glob("*")))
        new = " ".join(told["crashers"]) or "none"
        rows.append(f"| {told['target']} | {told['runs']:,} | {told['seconds']:.0f} | {new} | {kept} |")
    return rows


def versions() -> list[str]:
    """What the last `make test-versions` found."""
    path = ROOT / "build" / "versions" / "summary.json"
    if not path.is_file():
        return ["Not run here: `make test-versions`."]
    rows = ["| Python | quick tests |", "| --- | --- |"]
    for version, told in json.loads(path.read_text(encoding="utf-8")).items():
        counts = ", ".join(f"{told[w]} {w}" for w in ("passed", "failed", "error", "errors", "skipped") if w in told)
        failures = "; ".join(re.sub(r" - .*", "", f) for f in told.get("failures", []))
        rows.append(f"| {told.get('whole', version)} | {told.get('said') or counts}{f' ({failures})' if failures else ''} |")
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="leave out what is slow")
    quick = parser.parse_args().quick
    start = time.monotonic()
    cases = tests(quick)
    here = f"Python {sys.version.split()[0]}, {sys.platform}, {os.cpu_count()} processors"
    out = [
        "# Robustness",
        "",
        "Written by `make robustness` (`python benchmarks/robustness.py`): every figure was measured by it, none is typed.",
        f"{here}{'; without the slow tests' if quick else ''}; the run took {{minutes}} minutes.",
        "",
        "## Bad input, output, determinism",
        "",
        *table_of_tests(cases),
        "",
        "## A line without an end",
        "",
        "A file that is one line, read and parsed whole. Time is that of the processor, against the first row of its kind.",
        "",
        *long_lines(),
        "",
        "## Fuzzing",
        "",
        "Coverage-guided, by atheris: `make fuzz`, each target for SECONDS. `slow` looks for inputs whose time grows far faster than they do.",
        "",
        *fuzzed(),
        "",
        "## Versions of Python",
        "",
        "`make test-versions` runs the quick tests on every interpreter from 3.11 to 3.14 that it finds.",
        "",
        *versions(),
        "",
        *LIMITS.strip().splitlines(),
        "",
    ]
    minutes = f"{(time.monotonic() - start) / 60:.0f}"
    TARGET.write_text("\n".join(out).replace("{minutes}", minutes), encoding="utf-8")
    print(f"wrote {TARGET.relative_to(ROOT)}")
    raise SystemExit(any(c.went == "failed" for c in cases))


if __name__ == "__main__":
    main()
