"""Times of the stages as ratios in one run, against jieba.lcut on the same text, and how time grows with length.

`--write` writes them to docs/speed.md.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import jieba

import zhreport as zr
from zhreport.clauses import clauses
from zhreport.quantities import quantity_reader
from zhreport.sections import section_reader
from zhreport.tokens import fold, scanner
from zhreport.vocabulary import vocabulary

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "docs" / "speed.md"
REPORTS = sorted((ROOT / "corpus" / "reports").glob("*.txt"))
HEAD = """# Speed

Written by `python benchmarks/speed.py --write` (`make bench` prints the same): the ratios of the table are measured in one run, none is typed. Our own reports
are dense, with a figure in every 16 characters, and time goes with the figures: on a real page with a figure in 67 characters `parse` takes less than half of it.
What other tools take stands in [Other tools](peers.md).

Where a figure is above what was asked, it is so. What was tried: everything is found in one pass each, words by Aho–Corasick, and figures that stand alone with
their unit are built at once. The rest is spread thin over some two hundred small steps a record, which look around a figure for what it counts,
whose, when and of what it is a part. Compiling the stages to C (Cython, mypyc) was 1.2 to 1.3 times as fast and no more, as the time goes into the texts, tables and
facts themselves; that is not worth a compiler on every machine. Work that more names and more relations need was added where it made records right.
"""


def best(function, *args, tries: int = 5, clock=time.process_time) -> float:
    """The least time of several runs, of the processor: the one that the machine disturbed least."""
    times = []
    for _ in range(tries):
        start = clock()
        function(*args)
        times.append(clock() - start)
    return min(times)


def page(size: int) -> str:
    text = "\n".join(p.read_text(encoding="utf-8") for p in REPORTS)
    return (text * (size // len(text) + 1))[:size]


def only_quantities(text: str, lexicon: zr.Lexicon) -> None:
    folded = fold(text)
    found = scanner(lexicon).scan(folded)
    quantity_reader(lexicon).quantities(text, folded, found.numbers, clauses(folded), vocabulary(lexicon).spot(folded))


STAGES = ("fold", "clauses", "spot", "scan", "markers", "quantities", "parse", "audit")
ASKED = {"quantities": "0.25", "parse": "0.8", "audit": "0.3"}
ODD = {"一": "一", "两": "两", "1,": "1,", "9": "9", "（": "（", "百分之": "百分之", "titles": "撰写调研报告\n1、写了\n"}


def stages(text: str, lexicon: zr.Lexicon) -> list[tuple[str, float]]:
    """The time of each stage on one text, as a share of that of jieba.lcut in the same run."""
    report, folded = zr.parse(text), fold(text)
    calls = {
        "fold": lambda: fold(text),
        "clauses": lambda: clauses(folded),
        "spot": lambda: vocabulary(lexicon).spot(folded),
        "scan": lambda: scanner(lexicon).scan(folded),
        "markers": lambda: section_reader(lexicon).candidates(folded),
        "quantities": lambda: only_quantities(text, lexicon),
        "parse": lambda: zr.parse(text),
        "audit": lambda: zr.audit(report),
    }
    yard = best(jieba.lcut, text)
    return [(name, best(calls[name]) / yard) for name in STAGES]


def growth(function, small, large, times: int) -> float:
    """Time per character of a long text against that of a short one: 1.0 is linear."""
    return best(function, large, tries=2) / best(function, small, tries=5) / times


def started(*arguments: str) -> float:
    """The least time in seconds of a Python process with these arguments."""
    run = lambda: subprocess.run([sys.executable, *arguments], capture_output=True, check=True)  # noqa: E731
    return best(run, tries=5, clock=time.perf_counter)


def memory(size: int) -> float:
    """What a report of so many characters takes, in bytes a character, its records included; Linux only."""
    code = (
        "import re, sys, zhreport as zr; from benchmarks.speed import page; text = page(int(sys.argv[1]));"
        "held = lambda: int(re.search(r'VmRSS:\\s+(\\d+)', open('/proc/self/status').read())[1]) * 1024;"
        "zr.parse(text[:2000]); a = held(); report = zr.parse(text); print((held() - a) / len(text))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(size)], capture_output=True, text=True, check=True, cwd=ROOT)
    return float(done.stdout)


def rows() -> list[tuple[str, str, str]]:
    """Every line of the page: what, as asked, as measured."""
    jieba.setLogLevel(60)
    jieba.initialize()
    lexicon, text, huge = zr.Lexicon.load(), page(200_000), page(2_000_000)
    count = len(zr.parse(text).records)
    out = [(f"{name}, corpus reports repeated to 200,000 characters ({count} records), jieba.lcut = 1",
            ASKED.get(name, ""), f"{ratio:.2f}") for name, ratio in stages(text, lexicon)]  # fmt: skip
    out += [(f"parse of {name} repeated, time per character: 200,000 to 20,000", "1.25",
             f"{growth(zr.parse, s * (20_000 // len(s)), s * (200_000 // len(s)), 10):.2f}") for name, s in ODD.items()]  # fmt: skip
    short = page(20_000)
    out.append(("parse, time per character: 2 million to 20,000", "1.25", f"{growth(zr.parse, short, huge, 100):.2f}"))
    audited = zr.parse(short), zr.parse(huge)
    out.append(("audit, time per character: 2 million to 20,000", "1.25", f"{growth(zr.audit, *audited, 100):.2f}"))
    out.append(("parse of 2 million characters, memory held, bytes a character", "", f"{memory(2_000_000):.0f}"))
    bare = started("-c", "pass")
    out.append(
        (
            "import zhreport, seconds (Python's own start left out)",
            "0.15",
            f"{started('-c', 'import zhreport; zhreport.parse') - bare:.2f}",
        )
    )
    out.append(("zhreport --help, seconds", "0.3", f"{started('-m', 'zhreport.cli', '--help'):.2f}"))
    return out


def main() -> None:
    found = rows()
    for what, asked, measured in found:
        print(f"{measured:>6}  {f'(asked {asked})' if asked else '':14} {what}")
    if "--write" in sys.argv:
        table = "\n".join(f"| {what} | {asked and f'≤ {asked}'} | {measured} |" for what, asked, measured in found)
        TARGET.write_text(f"{HEAD}\n| what | asked | measured |\n| --- | ---: | ---: |\n{table}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
