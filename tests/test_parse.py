"""`parse` on odd and on any text."""

from __future__ import annotations

import pickle

import pytest
from fuzz.facts import grounded, sound
from hypothesis import given
from hypothesis import strategies as st

import zhreport as zr

PIECES = st.sampled_from(
    ["一、", "(一)", "一是", "1.", "（1）", "发放资助资金", "近", "3万", "余", "元", "。", ",", "\n", "2019年", "至", "%", "百分之", "三四十", "人", "XX万元",
     "其中", "分别", "每生每年", "以上", "(", ")", "、", "篇1", "篇2", "-", "∶", "\ud800", "\x00", "　"]
)  # fmt: skip
# What Unicode holds beside letters: halves of pairs, marks that turn the writing, that combine, that no one sees, and far planes.
ODD = st.sampled_from(
    "\ud800\udfff\u202a\u202e\u2066\u2069\u200b\u200d\ufeff\u0301\u20dd\ufe0f\x00\x07\x1b\x85\u2028\u2029\r\U0001f600\U00020000\U000e0041\ufffe①⑴㈠Ⅳ½²٣３"
)
TEXTS = st.one_of(st.text(), st.lists(st.one_of(PIECES, ODD, st.characters()), max_size=40).map("".join))


@given(TEXTS)
def test_any_text_parses_and_every_span_is_its_text(text: str) -> None:
    sound(zr.parse(text), text)


@given(TEXTS)
def test_any_text_is_audited_framed_cut_and_explained(text: str) -> None:
    report = zr.parse(text, source="a.txt")
    grounded(zr.audit(report), [report])
    assert list(report.to_frame()["start"]) == [r.start for r in report.records]
    assert len(report.sections_frame()) == len(report.sections)
    assert len(report.documents_frame()) == len(report.documents)
    assert "".join(w.text for w in zr.words(text)) == text
    assert all(text[w.start : w.end] == w.text for w in zr.words(text))
    assert len(list(zr.compare([report]).rows())) <= len(report.records)
    for record in report.records:
        why = zr.explain(report, record)
        assert record.surface.replace("\n", " ").strip() in str(why)
        assert why._repr_html_()


@given(TEXTS, st.sampled_from(["今日天气晴好。\n\n", "祝全县人民安康。\n\n"]))
def test_a_paragraph_in_front_only_shifts_the_quantities(text: str, front: str) -> None:
    alone, shifted = zr.parse(text), zr.parse(front + text)
    assert [(r.start + len(front), r.surface, r.quantity.amount, r.quantity.unit) for r in alone.records] == [
        (r.start, r.surface, r.quantity.amount, r.quantity.unit) for r in shifted.records
    ]


@given(TEXTS)
def test_any_text_is_an_amount_or_a_value_error(text: str) -> None:
    try:
        amount = zr.parse_amount(text)
    except ValueError:
        return
    assert amount.value is not None or amount.low is not None or amount.high is not None or amount.parts


@pytest.mark.parametrize(
    "text", ["", " ", "\n\n", "\x00" * 50, "\ufeff", "\ud83d", "a" * 100, "\u202e3万元", "(" * 500, "一" * 3000, "1," * 3000]
)
def test_odd_texts_never_raise(text: str) -> None:
    assert zr.parse(text).text == text


def test_only_text_is_parsed() -> None:
    with pytest.raises(TypeError, match=r"zhreport\.read"):
        zr.parse(b"3\xe4\xb8\x87")  # type: ignore[arg-type]


def test_a_report_pickles_and_prints_in_one_line() -> None:
    report = zr.parse("一、成效\n2020年发放资金3万元。", source="a.txt")
    assert pickle.loads(pickle.dumps(report)) == report
    assert "\n" not in repr(report)


def test_full_width_and_half_width_give_the_same_amounts() -> None:
    half = zr.parse("投入12,345.60万元,占9%~11%。")
    full = zr.parse("投入１２，３４５．６０万元，占９％～１１％。")
    assert [r.quantity.amount for r in half.records] == [r.quantity.amount for r in full.records]


def test_the_documents_of_a_collection() -> None:
    text = "范文网\n教育扶贫总结篇1\n发放3万元。\n教育扶贫总结篇2\n发放5万元。\n"
    report = zr.parse(text)
    assert [d.title for d in report.documents] == ["教育扶贫总结篇1", "教育扶贫总结篇2"]
    assert [r.document for r in report.records] == [1, 2]
    assert [text[d.title_start : d.title_end] for d in report.documents] == [d.title for d in report.documents]


def test_at_and_text_of() -> None:
    report = zr.parse("一、成效\n2020年发放资金3万元。")
    record = report.at(report.text.index("3万元"))
    assert report.text_of(record) == "3万元"
    assert report.at(0).title == "成效"
    assert report.records_in(report.sections[0]) == report.records


def test_frames() -> None:
    report = zr.parse("一、成效\n2020年发放资金3万元,占9%~11%。")
    frame = report.to_frame()
    assert list(frame["surface"]) == ["3万元", "9%~11%"]
    assert frame["value_float"][0] == 30000
    assert frame["value"][1] is None or frame["value"].isna()[1]
    assert list(report.sections_frame()["title"]) == ["成效"]
    assert len(report.documents_frame()) == 1
    assert len(zr.parse("").to_frame()) == 0
