"""The fuzz targets: what once broke them, what they start from, and a few seconds of fuzzing each."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
from conftest import ROOT
from fuzz.run import CRASHERS, TooSlow, limited, run
from fuzz.seeds import seeds
from fuzz.targets import TARGETS, slow


def kept(path: Path):
    """A past crasher; those of `slow` are timed, and nothing is timed in the quick tests."""
    marks = [pytest.mark.slow] if path.parent.name == "slow" else []
    return pytest.param(path, id=f"{path.parent.name}/{path.name}", marks=marks)


@pytest.mark.parametrize("path", [kept(p) for p in sorted(CRASHERS.glob("*/*"))])
def test_a_past_crasher(path: Path) -> None:
    TARGETS[path.parent.name](path.read_bytes())


@pytest.mark.parametrize("target", [t for t in TARGETS if t != "slow"])
def test_the_first_seeds_break_nothing(target: str) -> None:
    found = seeds(target)
    assert found == seeds(target)
    for seed in found[:: max(1, len(found) // 12)]:
        TARGETS[target](seed)


def test_a_target_can_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    """A `parse` that moves its spans, and one that compares all with all, are seen."""
    import zhreport

    real = zhreport.parse
    monkeypatch.setattr(zhreport, "parse", lambda text, *args, **kwargs: real(" " + text, *args, **kwargs))
    with pytest.raises(AssertionError):
        TARGETS["parse"]("发放3万元".encode())

    # By a clock of its own, that counts the characters compared and not the time.
    clock = 0.0

    def squared(text: str):
        nonlocal clock
        clock += len(text) ** 2 / 1e6
        return real("")

    monkeypatch.setattr(zhreport, "parse", squared)
    monkeypatch.setattr("fuzz.targets.time.process_time", lambda: clock)
    with pytest.raises(AssertionError, match="times as long"):
        slow(b"a")


@pytest.mark.skipif(not hasattr(signal, "ITIMER_PROF"), reason="Windows has no timer of the processor")
def test_the_limit_of_an_input_is_in_time_of_the_processor() -> None:
    def endless(data: bytes) -> None:
        with suppress(Exception):
            while data:
                pass

    with pytest.raises(TooSlow, match="of the processor"):
        limited(endless, 0.2)(b"a")
    limited(lambda _: time.sleep(0.6), 0.2)(b"a")


@pytest.mark.slow
@pytest.mark.parametrize("target", TARGETS)
def test_seconds_of_fuzzing(target: str, tmp_path: Path) -> None:
    pytest.importorskip("atheris", reason="atheris is not installed (it has wheels for Linux only)")
    found = run(target, 15, tmp_path / "corpus", tmp_path / "crashers")
    assert found.runs > 0
    assert not found.crashers, found.said[-3000:]


def test_an_unknown_target_is_refused() -> None:
    told = subprocess.run(
        [sys.executable, "-m", "fuzz.run", "none"], cwd=ROOT / "tests", capture_output=True, text=True, check=False
    )
    assert told.returncode == 2
    assert "use parse audit" in told.stderr
