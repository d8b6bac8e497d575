"""The quick tests on every interpreter from Python 3.11 to 3.14 that is found: on PATH and in pyenv.

`python benchmarks/versions.py [3.12 …] [PROGRAM …]` takes only these versions, and these programs before those that it finds.
Each gets an environment of its own in build/versions. What was run and what was not goes to build/versions/summary.json; a version
that is not asked for stays as it was found before.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
BUILD = ROOT / "build" / "versions"
VERSIONS = ("3.11", "3.12", "3.13", "3.14")
_ASK = "import sys; print('.'.join(map(str, sys.version_info[:3])))"


def candidates(given: list[str]) -> Iterator[str]:
    """Programs that may be a Python, the best first."""
    yield from given
    yield sys.executable
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    yield from map(str, sorted(pyenv.glob("3.*/bin/python3"), reverse=True))
    yield from filter(None, (shutil.which(f"python{v}") for v in VERSIONS))


def interpreters(given: list[str]) -> dict[str, tuple[str, str]]:
    """Version such as 3.12 → the program and its whole version; one that cannot run (a shim of pyenv) is passed over."""
    found: dict[str, tuple[str, str]] = {}
    for program in candidates(given):
        try:
            told = subprocess.run([program, "-c", _ASK], capture_output=True, text=True, timeout=30, check=True).stdout.strip()
        except (OSError, subprocess.SubprocessError):
            continue
        short = told.rpartition(".")[0]
        if short in VERSIONS:
            found.setdefault(short, (program, told))
    return found


def tested(version: str, program: str) -> dict[str, object]:
    """Make an environment for this interpreter, install the package with what the tests need, and run the quick tests."""
    home = BUILD / version
    python = str(home / ("Scripts" if os.name == "nt" else "bin") / "python")
    start = time.monotonic()
    subprocess.run([program, "-m", "venv", str(home)], check=True)
    install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--editable", f"{ROOT}[test]"]
    done = subprocess.run(install, capture_output=True, text=True, check=False)
    if done.returncode:
        return {"said": f"cannot be installed: {(done.stderr.strip().splitlines() or ['no reason given'])[-1]}"}
    command = [python, "-m", "pytest", "-m", "not slow", "-p", "no:cacheprovider"]
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=env, check=False)
    lines = done.stdout.strip().splitlines()
    counts = {word: int(n) for n, word in re.findall(r"(\d+) (passed|failed|errors?|skipped)", "\n".join(lines[-3:]))}
    failed = [line for line in lines if line.startswith(("FAILED", "ERROR"))]
    return {**counts, "failures": failed, "code": done.returncode, "seconds": round(time.monotonic() - start)}


def main() -> None:
    asked = [v for v in VERSIONS if v in sys.argv[1:]] or VERSIONS
    found = interpreters([p for p in sys.argv[1:] if p not in VERSIONS])
    BUILD.mkdir(parents=True, exist_ok=True)
    told = BUILD / "summary.json"
    summary: dict[str, dict[str, object]] = json.loads(told.read_text(encoding="utf-8")) if told.is_file() else {}
    for version in asked:
        if version not in found:
            summary[version] = {"said": "no interpreter was found"}
        else:
            program, whole = found[version]
            summary[version] = {"whole": whole, **tested(version, program)}
        print(version, json.dumps(summary[version], ensure_ascii=False), flush=True)
        told.write_text(json.dumps(dict(sorted(summary.items())), indent=1, ensure_ascii=False), encoding="utf-8")
    raise SystemExit(any(summary[v].get("code") for v in asked))


if __name__ == "__main__":
    main()
