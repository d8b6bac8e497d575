"""Codes of GB/T 2260: renamed, shared and unknown names."""

from __future__ import annotations

import pytest

import zhreport as zr


@pytest.mark.parametrize(
    ("text", "place", "code"),
    [
        ("2020年盘龙区发放资金3万元。", "盘龙区", "530103"),
        ("印江土家族苗族自治县2020年工作总结\n发放资金3万元。", "印江土家族苗族自治县", "520625"),
        ("泸水县上江镇大练地村发放资金3万元。", "泸水县上江镇大练地村", "533321"),
        ("泸水市发放资金3万元。", "泸水市", "533301"),
        ("监利市发放资金3万元。", "监利市", "421088"),
        ("休宁县发放资金3万元。", "休宁县", "341022"),
        ("云溪县发放资金3万元。", "云溪县", None),
    ],
)
def test_the_code_of_the_place(text: str, place: str, code: str | None) -> None:
    record = zr.parse(text).records[0]
    assert (record.place, record.place_code) == (place, code)


def test_a_shared_name_keeps_its_candidates_until_the_text_tells() -> None:
    record = zr.parse("鼓楼区发放资金3万元。").records[0]
    assert record.place_code is None
    assert [w for w in record.why if w.startswith("place code:")] == ["place code:鼓楼区, one of 320106 320302 350102 410204"]
    told = zr.parse("福建省鼓楼区发放资金3万元。").records[0]
    assert told.place_code == "350102"


def test_a_district_is_only_what_the_table_has() -> None:
    assert zr.parse("核心景区收入3万元。").records[0].place is None
