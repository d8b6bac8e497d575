"""The audit: example lines, gold identities of whole reports, planted errors, and what must not change a verdict."""

from __future__ import annotations

import json
import pickle
import random
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

import pytest
from conftest import CORPUS, EXAMPLES
from hypothesis import example, given
from hypothesis import strategies as st

import zhreport as zr
from zhreport.checks.misprints import misprint, rewritten
from zhreport.checks.sums import add
from zhreport.checks.weighing import Reach, apart, quotient, span, weigh

REPORTS = sorted((CORPUS / "reports").glob("*.txt"))


def rows(path) -> Iterator[tuple[int, list[str]]]:
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        if line.strip() and not line.startswith("#"):
            yield number, line.split("\t")


LINES = [(f"checks.tsv:{n}", row[0].replace("⏎", "\n"), row[1:]) for n, row in rows(EXAMPLES / "checks.tsv")]


@pytest.mark.parametrize(("where", "text", "wanted"), LINES, ids=[x[0] for x in LINES])
def test_example_relations(where: str, text: str, wanted: list[str]) -> None:
    found = [cell for f in zr.audit(zr.parse(text)) for cell in (f.kind, f.verdict, f.formula)]
    assert (found or ["none"]) == wanted, where


@pytest.mark.parametrize("path", REPORTS, ids=lambda p: p.stem)
def test_a_clean_report_has_nothing_violated(path) -> None:
    report = zr.parse(path.read_bytes().decode("utf-8"))
    assert [f.formula for f in zr.audit(report) if f.verdict == "violated"] == []


PLANTED = [(n, *row) for n, row in rows(CORPUS / "planted.tsv")]


@pytest.mark.parametrize(("line", "name", "old", "new", "kind"), PLANTED, ids=[f"planted.tsv:{p[0]}" for p in PLANTED])
def test_a_planted_error_is_found_and_nothing_else(line: int, name: str, old: str, new: str, kind: str) -> None:
    text = (CORPUS / "reports" / f"{name}.txt").read_bytes().decode("utf-8")
    old, new = old.replace("⏎", "\n"), new.replace("⏎", "\n")
    assert text.count(old) == 1, f"planted.tsv:{line} {old!r} must stand once in {name}"
    at = text.index(old)
    found = [f for f in zr.audit(zr.parse(text.replace(old, new))) if f.verdict == "violated"]
    assert kind in {f.kind for f in found}
    for f in found:
        starts = [o.start for o in (*f.operands, f.result) if o is not None]
        assert any(at <= s < at + len(new) for s in starts), f"a false alarm: {f.formula}"


def test_planted_errors_are_of_every_kind() -> None:
    kinds = {p[4] for p in PLANTED}
    assert len(PLANTED) >= 40
    assert kinds >= {
        "sum", "part_le_total", "ratio", "growth", "difference", "rate_times_count", "restatement", "list_count",
        "unit_suspect", "feasibility", "numbering",
    }  # fmt: skip


def test_findings_say_what_they_are() -> None:
    (found,) = zr.audit(zr.parse("抽检480批次,合格471批次,合格率99.1%。"))
    assert (found.kind, found.verdict, found.severity) == ("ratio", "violated", "sense")
    assert [o.surface for o in found.operands] == ["471批次", "480批次"]
    assert found.result is not None
    assert found.result.surface == "99.1%"
    assert found.difference is not None
    assert found.difference.startswith("-")
    assert found.stated == "0.9905..0.9915"


def test_a_misprint_that_would_explain_it_is_hinted() -> None:
    (found,) = zr.audit(zr.parse("发放补助1523.5万元(甲乡812.3万元,乙乡711.7万元)。"))
    assert "若" not in found.reason  # too many would
    (found,) = zr.audit(zr.parse("抽检3260批次,合格3215批次,合格率99.72%。"))
    assert "3215批次为3251批次" in found.reason


def test_a_check_of_ones_own() -> None:
    def shouting(page):
        for r in page.records:
            if r.quantity.amount.value == 7:
                yield zr.Finding("seven", "unclear", r.surface, (), None, "seven")

    found = zr.audit(zr.parse("建园7所。"), checks=(*zr.CHECKS, shouting))
    assert [f.kind for f in found] == ["seven"]
    frame = found.to_frame()
    assert frame["formula"].tolist() == ["7所"]


def test_a_sentence_apart_changes_no_other_finding() -> None:
    for path in REPORTS[:4]:
        text = path.read_bytes().decode("utf-8")
        before = [(f.kind, f.verdict, f.formula) for f in zr.audit(zr.parse(text))]
        after = [(f.kind, f.verdict, f.formula) for f in zr.audit(zr.parse(f"{text.rstrip()}\n会议室配有投影仪3台。\n"))]
        assert before == after


parts = st.lists(st.integers(1, 99_999), min_size=2, max_size=6)


def sentence(total: str, items: list[str], unit: str) -> str:
    names = ["甲乡", "乙乡", "丙乡", "丁乡", "戊乡", "己乡"]
    return f"发放补助{total}{unit}(" + "、".join(f"{n}补助{x}{unit}" for n, x in zip(names, items, strict=False)) + ")。"


def verdict(text: str) -> str:
    sums = [f for f in zr.audit(zr.parse(text)) if f.kind == "sum"]
    assert len(sums) == 1, text
    return sums[0].verdict


@given(parts, st.randoms(use_true_random=False), st.sampled_from([0, 0, 1, 37]))
def test_the_order_of_parts_does_not_matter(values: list[int], random, off: int) -> None:
    shuffled = list(values)
    random.shuffle(shuffled)
    total = str(sum(values) + off)
    a, b = (verdict(sentence(total, [str(v) for v in order], "元")) for order in (values, shuffled))
    assert a == b
    assert off or a == "holds"


@given(parts, st.sampled_from([0, 1, 250]))
def test_ten_times_every_figure_keeps_the_verdict(values: list[int], off: int) -> None:
    """As counts, which stand for themselves: people."""
    total = sum(values) + off
    once = verdict(sentence(str(total), [str(v) for v in values], "人"))
    ten = verdict(sentence(str(total * 10), [str(v * 10) for v in values], "人"))
    assert once == ten == ("violated" if off else "holds")


@given(st.lists(st.integers(100, 99_999), min_size=2, max_size=6))
def test_rounding_the_parts_never_breaks_a_sum(cents: list[int]) -> None:
    exact = [f"{c / 100:.2f}" for c in cents]
    rounded = [f"{round(c / 10) / 10:.1f}" for c in cents]
    total = f"{sum(cents) / 100:.2f}"
    assert verdict(sentence(total, exact, "万元")) == "holds"
    assert verdict(sentence(total, rounded, "万元")) in ("holds", "rounding")


def reach(value: int, half: Fraction, exact: bool = True) -> Reach:
    return Reach(Fraction(value), value - half, value + half, 2 * half or Fraction(1), exact, not exact)


def test_verdicts_by_intervals() -> None:
    half = Fraction(1, 2)
    two, three = reach(2, half), reach(3, half)
    assert weigh(add, [1, 1], [two, three], reach(5, half)).verdict == "holds"
    assert weigh(add, [1, 1], [two, three], reach(6, half)).verdict == "rounding"
    assert weigh(add, [1, 1], [two, three], reach(8, half)).verdict == "violated"
    assert weigh(add, [1, 1], [two, reach(3, half, exact=False)], reach(8, half)).verdict == "unclear"
    open_top = Reach(Fraction(5), Fraction(5), None, Fraction(1), False, False)
    assert weigh(add, [1, 1], [two, three], open_top).verdict == "rounding"
    truncated = Reach(Fraction("0.66"), Fraction("0.655"), Fraction("0.665"), Fraction("0.01"), True, False)
    found = weigh(lambda a, b: a / b, [1, -1], [reach(2, Fraction(0)), reach(3, Fraction(0))], truncated)
    assert found.verdict == "rounding"
    assert "截尾" in found.note


def test_nothing_is_computed_from_nothing() -> None:
    nothing = reach(0, Fraction(0))
    assert weigh(lambda a, b: a / b, [1, -1], [reach(2, Fraction(0)), nothing], reach(1, Fraction(0))).verdict == "unclear"
    assert all(f.verdict != "violated" for f in zr.audit(zr.parse("抽检0批次,合格0批次,合格率100%。")))


@pytest.mark.parametrize(("old", "new", "near"), [("10682", "10862", True), ("130", "120", True), ("13", "130", False)])
def test_misprints(old: str, new: str, near: bool) -> None:
    assert misprint(old, new) is near


def test_a_repair_keeps_points_and_commas() -> None:
    assert rewritten("1,386万元", "1386", "1336") == "1,336万元"
    assert rewritten("三百人", "300", "200") == "200"


@example("1:1")  # an interval of no width
@example(f"共{'亿' * 60}元,占{'亿' * 50}元的5%,人均{'亿' * 60}元。")  # a number that no float holds
@given(st.text(alphabet="一二三123,.，。:：()（）占的其中合计增长由到提高%万元人亩每\n", max_size=120))
def test_audit_never_raises(text: str) -> None:
    for f in zr.audit(zr.parse(text)):
        assert f.verdict in ("holds", "rounding", "violated", "unclear")
        for o in (*f.operands, f.result):
            assert o is None or text[o.start : o.end] == o.surface


def test_looking_in_floats_first_hides_nothing() -> None:
    """What `apart` calls apart is apart in exact fractions too."""
    chance = random.Random(3)
    skipped = 0
    for _ in range(3000):
        a, b, c = (reach(chance.randint(1, 10 ** chance.randint(1, 6)), Fraction(chance.choice([0, 1, 10]), 2)) for _ in range(3))
        verdict = weigh(quotient, [1, -1], [a, b], c).verdict
        if apart(span(a), span(b), span(c)):
            skipped += 1
            assert verdict == "violated"
    assert skipped > 1000


def test_many_reports_on_one_page_are_audited_each_for_itself() -> None:
    text = (CORPUS / "reports" / "09-huating-2022-minzheng.txt").read_bytes().decode("utf-8")
    once = [(f.kind, f.verdict, f.formula) for f in zr.audit(zr.parse(text)) if f.kind != "numbering"]
    thrice = [(f.kind, f.verdict, f.formula) for f in zr.audit(zr.parse("\n".join([text] * 3))) if f.kind != "numbering"]
    assert sorted(thrice) == sorted(once * 3)


def test_gold_identities_stand_on_gold_mentions() -> None:
    for path in REPORTS:
        mentions = path.with_suffix(".mentions.jsonl").read_text(encoding="utf-8").splitlines()
        starts = {json.loads(line)["start"] for line in mentions}
        for line in path.with_suffix(".identities.jsonl").read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            assert {s for s in (*row["operands"], row["result"]) if s is not None} <= starts, row["formula"]


def test_findings_are_immutable() -> None:
    (found,) = zr.audit(zr.parse("参保率104%。"))
    assert replace(found, reason="x").reason == "x"
    with pytest.raises(AttributeError):
        found.reason = "y"  # type: ignore[misc]


def test_audit_counts_what_it_skips_and_refuses_what_is_no_report(tmp_path) -> None:
    (tmp_path / "a.txt").write_text("建档学生613人(本县524人,外县98人)。", encoding="utf-8")
    found = zr.audit(zr.read_many([tmp_path / "a.txt", tmp_path / "missing.txt"]))
    assert (len(found), found.skipped, repr(found)) == (1, 1, "Findings(1, 1 violated, 1 skipped)")
    assert pickle.loads(pickle.dumps(found)).skipped == 1
    with pytest.raises(TypeError, match="not a path"):
        zr.audit("a.txt")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="takes reports, not int"):
        zr.audit([1])  # type: ignore[list-item]
