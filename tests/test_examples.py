"""Every line of corpus/examples/ is a test: the marked spans with their fields, and nothing else."""

from __future__ import annotations

import pytest
from conftest import EXAMPLES, Example, examples, outlines

import zhreport as zr
from zhreport.amounts import decimal_text
from zhreport.sections import faults as outline_faults

FILES = sorted(p.name for p in EXAMPLES.glob("*.tsv") if p.name not in ("known_failures.tsv", "checks.tsv", "documents.tsv"))
KNOWN = {c.where: c for c in examples("known_failures.tsv")} if (EXAMPLES / "known_failures.tsv").exists() else {}


def field(record, name: str) -> str:
    q = record.quantity
    if name in ("value", "low", "high"):
        return decimal_text(getattr(q.amount, name)) or "none"
    if name == "step":
        return decimal_text(q.amount.step) or "none"
    if name == "per":
        return ",".join(record.per) or "none"
    if name == "parts":
        return ":".join(str(decimal_text(p)) for p in q.amount.parts) or "none"
    found = getattr(record, name) if hasattr(record, name) else getattr(q, name)
    return str(found) if found else "none"


def faults(case: Example) -> list[str]:
    """What the example asks for and does not get."""
    records = zr.parse(case.text).records
    found = {(r.start, r.end): r for r in records}
    out = [f"missed {case.text[a:b]!r}" for a, b in case.spans if (a, b) not in found]
    out += [f"extra {r.surface!r}" for r in records if (r.start, r.end) not in case.spans]
    for span, wanted in zip(case.spans, case.fields, strict=True):
        if span in found:
            out += [f"{k}={field(found[span], k)}, wanted {v}" for k, v in wanted.items() if field(found[span], k) != v]
    return out


@pytest.mark.parametrize("name", FILES)
def test_example_lines(name: str) -> None:
    wrong = [(case.where, case.text, found) for case in examples(name) if (found := faults(case))]
    assert not wrong, "\n".join(f"{where} {text}: {'; '.join(found)}" for where, text, found in wrong)


@pytest.mark.parametrize("where", KNOWN)
def test_known_failures_still_fail(where: str) -> None:
    assert faults(KNOWN[where]), f"{where} works now: move its line to the file where it belongs"


@pytest.mark.parametrize("case", list(outlines()), ids=lambda c: c.name)
def test_outlines(case) -> None:
    report = zr.parse(case.text)
    wanted = case.outline
    tree = [f"{'  ' * (s.level - 1)}{s.marker} {s.title}".rstrip() for s in report.sections]
    assert "\n".join(tree) == wanted
    assert tuple(f"{f.kind} {f.section.marker}" for f in outline_faults(report.sections)) == case.faults
