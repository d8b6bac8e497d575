"""Numbers in tables: the unit from a head, a column or the caption, the name from row and column, parts of a total row."""

from __future__ import annotations

import pytest

import zhreport as zr

TABLES = {
    "a unit column, a year and a rate": (
        "2020年主要指标\n指标\t单位\t2020年\t比上年增长(%)\n地区生产总值\t亿元\t98.62\t4.2\n粮食总产量\t万吨\t15.4\t-1.2\n",
        [
            ("98.62", "9862000000", "元", "地区生产总值", "level", "2020"),
            ("4.2", "0.042", "1", "地区生产总值", "increase", "2020"),
            ("15.4", "154000000", "千克", "粮食总产量", "level", "2020"),
            ("-1.2", "-0.012", "1", "粮食总产量", "increase", "2020"),
        ],
    ),
    "a caption, places as rows, a running number": (
        "表1 各镇补助情况(单位:万元)\n序号\t乡镇\t人数(人)\t金额\n1\t青石镇\t120\t14.5\n2\t白沙乡\t80\t9.5\n\t合计\t200\t24.0\n",
        [
            ("120", "120", "人", "人数", "level", None),
            ("14.5", "145000", "元", "金额", "level", None),
            ("80", "80", "人", "人数", "level", None),
            ("9.5", "95000", "元", "金额", "level", None),
            ("200", "200", "人", "人数", "level", None),
            ("24.0", "240000", "元", "金额", "level", None),
        ],
    ),
    "bars": (
        "|学段|人数|资金（万元）|\n|---|---|---|\n|小学|1,204|60.2|\n|初中|800|50|\n",
        [
            ("1,204", "1204", "人", "小学人数", "level", None),
            ("60.2", "602000", "元", "小学资金", "level", None),
            ("800", "800", "人", "初中人数", "level", None),
            ("50", "500000", "元", "初中资金", "level", None),
        ],
    ),
    "the corner names what is counted": (
        "产量(吨)\t2019年\t2020年\n茶叶\t1200\t1350\n",
        [("1200", "1200000", "千克", "茶叶产量", "level", "2019"), ("1350", "1350000", "千克", "茶叶产量", "level", "2020")],
    ),
}


@pytest.mark.parametrize("name", TABLES)
def test_numbers_of_cells(name: str) -> None:
    text, wanted = TABLES[name]
    report = zr.parse(text)
    frame = report.to_frame()
    columns = ["surface", "value", "unit", "indicator", "role", "period"]
    found = [tuple(None if v != v else v for v in row) for row in frame[columns].astype(object).itertuples(index=False)]
    assert found == wanted
    for r in report.records:
        assert text[r.start : r.end] == r.surface


def test_a_total_row_and_among_rows() -> None:
    text = "学段\t人数\n小学\t300\n其中：寄宿生\t120\n初中\t200\n合计\t510\n"
    report = zr.parse(text)
    whole = {r.surface: r.part_of and report.at(int(r.part_of.split(":")[1])).surface for r in report.records}
    assert whole == {"300": "510", "120": "300", "200": "510", "510": None}
    assert [f.formula for f in zr.audit(report) if f.verdict == "violated"] == ["300 + 200 ≠ 510"]


def test_places_of_rows() -> None:
    report = zr.parse("乡镇\t人数\n青石镇\t120\n白沙乡\t80\n")
    assert [(r.surface, r.place) for r in report.records] == [("120", "青石镇"), ("80", "白沙乡")]


def test_prose_and_lists_of_telephones_are_no_tables() -> None:
    assert zr.parse("姓名\t电话\n张三\t13800000000\n").records == ()
    assert [r.surface for r in zr.parse("全县发放5万元。\t共3人。\n").records] == ["5万元", "3人"]


def test_a_cell_with_its_own_unit_stays_as_it_is_written() -> None:
    report = zr.parse("项目\t资金\n学校\t5万元\n道路\t8万元\n")
    assert [(r.surface, r.quantity.unit) for r in report.records] == [("5万元", "元"), ("8万元", "元")]


def test_a_second_table_right_below_has_its_own_heads() -> None:
    text = "项目\t金额（万元）\n学校\t500\n道路\t300\n学校\t学生人数\t教师人数\n一中\t1200\t88\n二中\t800\t60\n"
    found = [(r.surface, r.quantity.unit, r.indicator) for r in zr.parse(text).records]
    assert found == [
        ("500", "元", "学校金额"), ("300", "元", "道路金额"),
        ("1200", "人", "一中学生人数"), ("88", "人", "一中教师人数"), ("800", "人", "二中学生人数"), ("60", "人", "二中教师人数"),
    ]  # fmt: skip


def test_a_column_of_growth_is_a_rate_whatever_the_caption_says() -> None:
    records = zr.parse("单位：万元\n项目\t2021年\t比上年增长\n教育\t400\t57.1\n").records
    assert [(r.quantity.unit, r.role) for r in records] == [("元", "level"), ("1", "increase")]


def test_a_caption_numbers_its_table() -> None:
    assert zr.parse("表2 人口\n乡镇\t人数\n青石镇\t120\n").records[0].surface == "120"


def test_columns_of_this_year_and_the_year_before() -> None:
    text = "明溪县2021年统计公报\n单位：万元\n项目\t本年\t上年\t比上年增长(%)\n教育\t500\t400\t25\n"
    found = [(r.surface, r.period, r.indicator, r.role) for r in zr.parse(text).records]
    assert found == [("500", "2021", "教育", "level"), ("400", "2020", "教育", "level"), ("25", "2021", "教育", "increase")]


def test_a_column_of_the_budget_is_planned() -> None:
    text = "明溪县2021年预算执行情况\n单位：万元\n项目\t2021年预算数\t决算数\t完成预算（%）\n教育支出\t500\t520\t104\n"
    found = [(r.surface, r.status, r.period) for r in zr.parse(text).records]
    assert found == [("500", "planned", "2021"), ("520", "reported", "2021"), ("104", "reported", "2021")]
