"""Whole reports against their gold: no score falls below its floor.

`python tests/test_gold.py --pin` writes the floors anew; it raises them and never lowers one.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
REPORTS = ROOT / "corpus" / "reports"
FLOORS = ROOT / "corpus" / "floors.json"
NAMES = sorted(p.stem for p in REPORTS.glob("*.txt"))


def scores(name: str) -> dict[str, float]:
    """Every figure of one report, F1 where a figure has precision and recall."""
    import zhreport as zr
    from zhreport import table
    from zhreport.evaluation import load_rows, score_findings, score_records, score_sections

    path = REPORTS / f"{name}.txt"
    report = zr.parse(path.read_bytes().decode("utf-8"), source=path.name)
    found = score_records(load_rows(REPORTS / f"{name}.mentions.jsonl"), list(table.rows(report, "records")))
    found |= score_sections(load_rows(REPORTS / f"{name}.sections.jsonl"), list(table.rows(report, "sections")))
    relations = score_findings(load_rows(REPORTS / f"{name}.identities.jsonl"), list(table.rows_of(zr.audit(report), "findings")))
    found |= {f"audit {k}": v for k, v in relations.items()}
    out = {}
    for key, value in found.items():
        if isinstance(value, dict):
            out[key] = value["f1"]
        elif value is not None:
            out[key] = value
    return out


def digest(name: str) -> str:
    """What the floor was measured on: the text and its gold."""
    data = b"".join(
        (REPORTS / f"{name}.{part}").read_bytes() for part in ("txt", "mentions.jsonl", "sections.jsonl", "identities.jsonl")
    )
    return hashlib.sha256(data).hexdigest()[:16]


@pytest.mark.parametrize("name", NAMES)
def test_no_score_falls(name: str) -> None:
    floors = json.loads(FLOORS.read_text(encoding="utf-8"))
    assert name in floors, f"{name} has no floor: run python tests/test_gold.py --pin"
    floor = floors[name]
    assert floor["data"] == digest(name), (
        f"{name} or its gold changed: look at the change, then run python tests/test_gold.py --pin"
    )
    now = scores(name)
    fallen = {k: f"{now.get(k)} < {v}" for k, v in floor["scores"].items() if (now.get(k) or 0) < v}
    assert not fallen


def test_gold_spans_are_the_text() -> None:
    for name in NAMES:
        text = (REPORTS / f"{name}.txt").read_bytes().decode("utf-8")
        for line in (REPORTS / f"{name}.mentions.jsonl").read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            assert text[row["start"] : row["end"]] == row["surface"]


def test_evaluate_agrees_with_the_shared_scorer(tmp_path: Path) -> None:
    scorer = ROOT.parent / "shared" / "eval" / "score.py"
    if not scorer.is_file():
        pytest.skip("the shared scorer is not beside this checkout")
    import zhreport as zr
    from zhreport import table

    name = NAMES[0]
    report = zr.parse((REPORTS / f"{name}.txt").read_bytes().decode("utf-8"))
    for what, gold in (("records", "mentions"), ("sections", "sections"), ("findings", "identities")):
        found = tmp_path / f"{gold}.jsonl"
        table.write(table.rows_of(zr.audit(report) if what == "findings" else getattr(report, what), what, report), what, found)
        told = subprocess.run(
            [sys.executable, scorer, gold, REPORTS / f"{name}.{gold}.jsonl", found], capture_output=True, text=True, check=True
        )
        theirs = json.loads(told.stdout.splitlines()[-1])
        ours = zr.evaluate(REPORTS / f"{name}.{gold}.jsonl", found)
        for key, value in theirs.items():
            if key == "by_kind":
                continue
            if isinstance(value, dict):
                assert {k: ours[key][k] for k in value} == value, key
            else:
                assert ours[key] == value, key


def pin() -> None:
    old = json.loads(FLOORS.read_text(encoding="utf-8")) if FLOORS.exists() else {}
    new = {}
    for name in NAMES:
        now, before = scores(name), old.get(name, {})
        if before.get("data") == digest(name):
            now = {k: max(v, before["scores"].get(k, 0)) for k, v in now.items()}
        new[name] = {"data": digest(name), "scores": now}
    FLOORS.write_text(json.dumps(new, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__" and "--pin" in sys.argv:
    pin()
