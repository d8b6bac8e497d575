"""Coverage-guided fuzzing: `cd tests; python -m fuzz.run --seconds 120 [TARGET…]`; each target in a process of its own.

What breaks a promise is kept in tests/crashers/TARGET and replayed by the quick tests; a corpus of what reached new code grows in
build/fuzz. Needs atheris: pip install 'zhreport[fuzz]'.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
CRASHERS = HERE.parent / "crashers"
BUILD = HERE.parents[1] / "build" / "fuzz"
# What is watched for new code: ours, and for formats the library that reads them, so that it is led deep into it.
# What is timed is not watched: that alone would take most of the time.
WATCHED = {"pdf": ["zhreport.files", "pdfminer", "pdfplumber"], "html": ["zhreport.files", "trafilatura"], "slow": ["nothing"]}
LONGEST = {"pdf": 20_000, "docx": 20_000, "html": 8_000, "zip": 8_000, "slow": 400}


class Told(NamedTuple):
    """What came of a run: its target, how many inputs were tried, for how long, the inputs that broke a promise."""

    target: str
    runs: int
    seconds: float
    crashers: tuple[str, ...]
    said: str = ""


def run(target: str, seconds: int, build: Path = BUILD, crashers: Path = CRASHERS) -> Told:
    """Fuzz one target for so many seconds, in a process of its own."""
    found = crashers / target
    for folder in (build / target, found):
        folder.mkdir(parents=True, exist_ok=True)
    before = set(os.listdir(found))
    # The clock ends only what hangs where no signal of Python arrives (see `limited`); the random numbers begin at the same seed, so that a run can be told again.
    command = [
        sys.executable, "-m", "fuzz.run", "--inside", target, str(build / target), f"-max_total_time={seconds}", "-seed=1", "-timeout=1200", "-report_slow_units=1200",
        f"-max_len={LONGEST.get(target, 2_000)}", "-rss_limit_mb=4000", "-print_final_stats=1", f"-artifact_prefix={found}{os.sep}",
    ]  # fmt: skip
    env = {
        **os.environ,
        "PYTHONHASHSEED": "0",
        "PYTHONPATH": os.pathsep.join((str(HERE.parent), *filter(None, [os.environ.get("PYTHONPATH")]))),
    }
    done = subprocess.run(command, capture_output=True, env=env, check=False)
    said = done.stderr.decode("utf-8", "replace") + done.stdout.decode("utf-8", "replace")
    runs = re.search(r"number_of_executed_units:\s*(\d+)", said) or re.search(r"Done (\d+) runs", said)
    took = re.search(r"Done \d+ runs in (\d+) second", said)
    new = tuple(sorted(set(os.listdir(found)) - before))
    if not found.exists() or not os.listdir(found):
        found.rmdir()
    if done.returncode and not new and not runs:
        raise RuntimeError(f"{target}: the fuzzer did not run\n{said[-2000:]}")
    return Told(target, int(runs[1]) if runs else 0, float(took[1]) if took else seconds, new, said)


def inside(target: str, arguments: list[str]) -> None:
    """The fuzzer itself, with its arguments as libFuzzer takes them."""
    import atheris

    with atheris.instrument_imports(include=WATCHED.get(target, ["zhreport"]), enable_loader_override=False):
        from . import targets
    from .seeds import seeds, words

    corpus = Path(arguments[0])
    for number, seed in enumerate(seeds(target)):
        (corpus / f"seed-{number:04d}").write_bytes(seed)
    signs = corpus.with_suffix(".dict")
    signs.write_text("".join(f'"{_escaped(word)}"\n' for word in words()), encoding="ascii")
    atheris.Setup([sys.argv[0], *arguments, f"-dict={signs}"], limited(targets.TARGETS[target]))
    atheris.Fuzz()


class TooSlow(BaseException):
    """An input that took too long. No Exception, so that no reader takes it for a fault of the file."""


def limited(target: Callable[[bytes], None], seconds: float = 60) -> Callable[[bytes], None]:
    """The target, ended after so much time of the processor: by the clock, a busy machine would end it at random."""

    def end(*_: object) -> None:
        raise TooSlow(f"more than {seconds} seconds of the processor for one input")

    def run(data: bytes) -> None:
        signal.signal(signal.SIGPROF, end)
        signal.setitimer(signal.ITIMER_PROF, seconds)
        try:
            target(data)
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)

    return run


def _escaped(word: bytes) -> str:
    return "".join(rf"\x{byte:02x}" for byte in word)


def main() -> None:
    if sys.argv[1:2] == ["--inside"]:
        inside(sys.argv[2], sys.argv[3:])
        return
    from .targets import TARGETS

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=f"one or more of {' '.join(TARGETS)}; all by default")
    parser.add_argument("--seconds", type=int, default=120, help="for each target")
    given = parser.parse_args()
    if unknown := set(given.targets) - set(TARGETS):
        parser.error(f"unknown target {' '.join(sorted(unknown))}; use {' '.join(TARGETS)}")
    told = []
    for target in given.targets or TARGETS:
        found = run(target, given.seconds)
        told.append(found._asdict() | {"said": ""})
        print(
            f"{target:8} {found.runs:9,} inputs in {found.seconds:.0f} s, {len(found.crashers)} crashers {' '.join(found.crashers)}"
        )
        if found.crashers:
            print(found.said[-3000:], file=sys.stderr)
    BUILD.mkdir(parents=True, exist_ok=True)
    summary = BUILD / "summary.json"
    before = json.loads(summary.read_text(encoding="utf-8")) if summary.is_file() else []
    kept = [t for t in before if t["target"] not in {n["target"] for n in told}]
    summary.write_text(json.dumps([*kept, *told], indent=1), encoding="utf-8")
    raise SystemExit(any(t["crashers"] for t in told))


if __name__ == "__main__":
    main()
