"""Cases from other recognisers' test suites, where they are at hand; each difference of convention is listed with its reason.

`python tests/test_cases.py --list` prints the cases that differ and are not listed.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from fractions import Fraction
from pathlib import Path

import pytest

import zhreport as zr

CASES = Path(__file__).parents[2] / "shared" / "cases"
DIFFERENCES = Path(__file__).with_name("case_differences.tsv")
needs_cases = pytest.mark.skipif(not CASES.is_dir(), reason="the shared cases are not beside this checkout")

WRITTEN = {"chinese-numeral", "chinese-numeral-error", "number"}
# What share of the cases of a kind must come out as expected, those apart where conventions differ.
LEAST = {
    "chinese-numeral": 1.0, "chinese-numeral-error": 1.0, "number": 0.97, "percentage": 0.95, "currency": 0.95,
    "dimension": 0.95, "duration": 0.95, "age": 0.95, "range": 0.95,
}  # fmt: skip


def cases():
    for path in sorted(CASES.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            if row["kind"] != "ordinal":
                yield row


def differences() -> dict[str, str]:
    lines = DIFFERENCES.read_text(encoding="utf-8").splitlines()
    return dict(line.split("\t", 1) for line in lines if line and not line.startswith("#"))


def near(a: Fraction | None, b: Fraction | None) -> bool:
    return a is not None and b is not None and abs(a - b) <= abs(b) / 10**9


def written(text: str) -> Fraction | None:
    try:
        found = zr.parse_amount(text)
    except ValueError:
        return None
    return found.value if found.value is not None else found.low


def as_expected(case: dict) -> bool:
    """Whether what we find says the same: as many figures, the same amounts in the base unit."""
    wanted = case["expected"]
    if case["kind"] == "chinese-numeral-error" or (case["kind"] == "chinese-numeral" and not wanted):
        return written(case["text"]) is None
    if case["kind"] in WRITTEN:
        texts = [case["text"]] if case["kind"] == "chinese-numeral" else [w["text"] for w in wanted]
        return all(near(written(t), Fraction(w["value"])) for t, w in zip(texts, wanted, strict=True))
    records = zr.parse(case["text"]).records
    if len(records) != len(wanted):
        return False
    units = {u.surface: u.factor for u in zr.Lexicon.load().units.values()} | {"分": Fraction(1, 100), "%": Fraction(1)}
    for record, w in zip(records, wanted, strict=True):
        amount = record.quantity.amount
        factor = units.get(w["unit"], Fraction(1))
        for name in ("value", "low", "high"):
            if w[name] is not None and not near(getattr(amount, name), Fraction(w[name]) * factor):
                return False
    return True


@needs_cases
def test_other_suites() -> None:
    listed = differences()
    total: Counter = Counter()
    right: Counter = Counter()
    wrong, mended = [], []
    for case in cases():
        good = as_expected(case)
        if case["id"] in listed:
            if good:
                mended.append(case["id"])
            continue
        total[case["kind"]] += 1
        right[case["kind"]] += good
        if not good:
            wrong.append(f"{case['id']} {case['text']}")
    assert not mended, "these come out as expected now: take them off the list"
    short = {k: f"{right[k]}/{n}" for k, n in total.items() if right[k] < LEAST[k] * n}
    assert not short, "\n".join(wrong)


COMPLAINTS = [
    ("三十几万元", [(None, 310000, 390000)]),
    ("二百余万元", [(2000000, 2000000, None)]),
    ("一千多万元", [(10000000, 10000000, None)]),
    ("接待游客20万人次以上", [(200000, 200000, None)]),
    ("超过百分之零点九", [(Fraction(9, 1000), Fraction(9, 1000), None)]),
    ("数百人", [(None, 200, 1000)]),
    ("上百人", [(100, 100, None)]),
    ("好几万元", [(None, 20000, 100000)]),
    ("贷款1,100.9亿元", [(110090000000, None, None)]),
    ("规模达二十万亿元", [(20000000000000, None, None)]),
    ("处于百分之七十百分位", [(Fraction(7, 10), None, None)]),
    ("2.2本计划投资3541.07万元2.3本项目", [(35410700, None, None)]),
    ("花费47.264287亿元", [(4726428700, None, None)]),
    ("小于40万元", [(400000, None, 400000)]),
    ("两三个村", [(None, 2, 3)]),
    ("李四人民币", []),
    ("资助1898人次", [(1898, None, None)]),
    ("每年2000元", [(2000, None, None)]),
]


@pytest.mark.parametrize(("text", "wanted"), COMPLAINTS, ids=[t for t, _ in COMPLAINTS])
def test_complaints_of_other_tools_users(text: str, wanted: list) -> None:
    amounts = [r.quantity.amount for r in zr.parse(text).records]
    assert [(a.value, a.low, a.high) for a in amounts] == [tuple(None if x is None else Fraction(x) for x in w) for w in wanted]


def test_a_year_is_no_amount_and_an_amount_is_no_year() -> None:
    assert [(r.surface, r.period) for r in zr.parse("资助1898人次,每年2000元。").records] == [
        ("1898人次", None),
        ("每年2000元", None),
    ]


if __name__ == "__main__" and "--list" in sys.argv:
    known = differences() if DIFFERENCES.exists() else {}
    for case in cases():
        if case["id"] not in known and not as_expected(case):
            print(case["id"], case["kind"], case["text"], sep="\t")
