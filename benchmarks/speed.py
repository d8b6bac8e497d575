"""Times of the stages as ratios in one run, against jieba.lcut on the same text, and how time grows with length."""

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

REPORTS = sorted((Path(__file__).parents[1] / "corpus" / "reports").glob("*.txt"))


def best(function, *args, tries: int = 5) -> float:
    """The least of several runs: the one that the machine disturbed least."""
    times = []
    for _ in range(tries):
        start = time.perf_counter()
        function(*args)
        times.append(time.perf_counter() - start)
    return min(times)


def page(size: int) -> str:
    text = "\n".join(p.read_text(encoding="utf-8") for p in REPORTS)
    return (text * (size // len(text) + 1))[:size]


def only_quantities(text: str, lexicon: zr.Lexicon) -> None:
    folded = fold(text)
    found = scanner(lexicon).scan(folded)
    quantity_reader(lexicon).quantities(text, folded, found.numbers, clauses(folded), vocabulary(lexicon).spot(folded))


def main() -> None:
    jieba.setLogLevel(60)
    jieba.initialize()
    lexicon = zr.Lexicon.load()
    text = page(200_000)
    report = zr.parse(text)
    yard = best(jieba.lcut, text)
    print(f"{len(text)} characters, {len(zr.parse(text).records)} records; jieba.lcut = 1.00")
    stages = {
        "fold": lambda: fold(text),
        "clauses": lambda: clauses(fold(text)),
        "scan": lambda: scanner(lexicon).scan(fold(text)),
        "markers": lambda: section_reader(lexicon).candidates(fold(text)),
        "quantities": lambda: only_quantities(text, lexicon),
        "parse": lambda: zr.parse(text),
        "audit": lambda: zr.audit(report),
    }
    for name, function in stages.items():
        print(f"{name:12} {best(function) / yard:.2f} x jieba.lcut")
    print("time per character, ten times the text to the text (1.0 is linear):")
    samples = {
        "prose": page(20_000),
        "一": "一",
        "1,": "1,",
        "9": "9",
        "（": "（",
        "百分之": "百分之",
        "titles": "撰写调研报告\n1、写了\n",
    }
    for name, sample in samples.items():
        small = sample if name == "prose" else sample * (20_000 // len(sample))
        print(f"{name:12} {best(zr.parse, small * 10, tries=3) / best(zr.parse, small, tries=3) / 10:.2f}")
    small, large = zr.parse(page(20_000)), zr.parse(page(200_000))
    print(f"{'audit':12} {best(zr.audit, large, tries=3) / best(zr.audit, small, tries=3) / 10:.2f}")
    code = "import time; a = time.perf_counter(); import zhreport; zhreport.parse; print(time.perf_counter() - a)"
    took = min(float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout) for _ in range(5))
    print(f"import       {took:.3f} s")
    start = min(
        best(lambda: subprocess.run([sys.executable, "-m", "zhreport.cli", "--help"], capture_output=True), tries=1)
        for _ in range(5)
    )
    print(f"--help       {start:.3f} s")


if __name__ == "__main__":
    main()
