"""Explanations: each field of each record can say why it is there."""

from __future__ import annotations

import pytest
from conftest import CORPUS

import zhreport as zr


def test_every_record_of_the_corpus_explains_itself() -> None:
    for path in sorted((CORPUS / "reports").glob("*.txt"))[:3]:
        report = zr.parse(path.read_bytes().decode("utf-8"))
        for record in report.records:
            steps = {s.field: s for s in zr.explain(report, record).steps}
            assert steps["surface"].value == record.surface
            assert (steps["period"].value == "—") == (record.period is None)
            for name in ("value", "unit", "indicator", "role", "status"):
                assert steps[name].value, (record.surface, name)
            if record.period:
                assert steps["period"].why, record.surface
            if record.status == "planned":
                assert steps["status"].why, record.surface
            if record.place:
                assert steps["place"].why, record.surface


def test_an_offset_beside_every_record_is_an_error_that_helps() -> None:
    report = zr.parse("发放资金3万元。")
    with pytest.raises(LookupError, match="nearest starts at 4"):
        zr.explain(report, 0)
    with pytest.raises(LookupError, match="no records"):
        zr.explain(zr.parse("没有数字。"), 0)
    with pytest.raises(LookupError, match="no record of this report"):
        zr.explain(zr.parse("别的。"), report.records[0])


def test_in_a_notebook_the_figure_is_marked_and_the_text_escaped() -> None:
    report = zr.parse("<b>发放资金3万元</b>。")
    html = zr.explain(report, report.records[0])._repr_html_()
    assert "<mark>3万元</mark>" in html
    assert "&lt;b&gt;" in html


def test_a_long_sentence_is_folded_with_its_marks_below_each_line() -> None:
    text = "2020年" + "各乡镇各部门认真贯彻落实" * 5 + ",发放资助资金14.925万元。"
    lines = str(zr.explain(zr.parse(text), text.index("14"))).split("\n")
    marked = next(i for i, line in enumerate(lines) if set(line) <= set(" ~^") and "^" in line)
    assert all(sum(2 if ord(c) > 127 else 1 for c in line) <= 78 for line in lines[: marked + 1])
    assert (
        "".join(
            line
            for line in lines[: lines.index(next(x for x in lines if x.startswith("surface")))]
            if not set(line) <= set(" ~^")
        )
        == text
    )
    assert lines[marked].count("^") == lines[marked].rstrip().count("^") > 0
