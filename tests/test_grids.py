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
    "the corner says that names stand below it": (
        "指标名称（万元）\t2021年\t2022年\n非税收入\t640\t715\n",
        [("640", "6400000", "元", "非税收入", "level", "2021"), ("715", "7150000", "元", "非税收入", "level", "2022")],
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


def told(text: str, *fields: str) -> list[tuple]:
    """These fields of each record, after its surface."""
    report = zr.parse(text)
    surface = {r.id: r.surface for r in report.records}
    of = {
        "unit": lambda r: r.quantity.unit, "of": lambda r: surface.get(r.part_of or ""), "name": lambda r: r.indicator,
        "per": lambda r: "".join(r.per),
    }  # fmt: skip
    return [(r.surface, *((of.get(f) or (lambda r, f=f: getattr(r, f)))(r) for f in fields)) for r in report.records]


def test_heads_of_two_levels_are_joined() -> None:
    text = "乡镇\t人均可支配收入(元)\t\t产值(万元)\t\n\t城镇\t农村\t2020年\t2021年\n青石镇\t28650\t14320\t500\t600\n"
    assert told(text, "name", "unit", "period", "place", "per") == [
        ("28650", "城镇人均可支配收入", "元", None, "青石镇", "人"), ("14320", "农村人均可支配收入", "元", None, "青石镇", "人"),
        ("500", "产值", "元", "2020", "青石镇", ""), ("600", "产值", "元", "2021", "青石镇", ""),
    ]  # fmt: skip


def test_the_unit_alone_in_the_lower_head() -> None:
    text = "乡镇\t脱贫人口\t\t年末户数\n\t户\t人\t（户）\n青石镇\t320\t1204\t3204\n"
    assert told(text, "name", "unit") == [("320", "脱贫人口", "户"), ("1204", "脱贫人口", "人"), ("3204", "年末户数", "户")]


def test_ranks_running_numbers_years_and_column_numbers_count_nothing() -> None:
    text = (
        "表1 项目情况（金额单位：万元）\n序号\t项目名称\t建设年限\t总投资\t全县排名\t联系电话\n栏次\t1\t2\t3\t4\t5\n"
        "1\t敬老院\t2021\t860\t2\t6621234\n2\t饮水工程\t2020-2022\t430.5\t3\t6621235\n"
    )
    assert told(text, "name") == [("860", "敬老院总投资"), ("430.5", "饮水工程总投资")]


def test_budget_rows_with_markers_are_no_sections_and_only_the_upper_ones_make_the_sum() -> None:
    text = (
        "一、收支\n单位：万元\n项目\t预算数\t决算数\t完成预算%\n一、税收收入\t420\t430\t102.4\n（一）增值税\t200\t210\t105\n"
        "（二）其他税收\t220\t220\t100\n二、非税收入\t180\t190\t105.6\n收入合计\t600\t620\t103.3\n二、支出\n支出500万元。\n"
    )
    report = zr.parse(text)
    assert [s.marker for s in report.sections] == ["一、", "二、"]
    assert [t for t in told(text, "name", "of") if t[2]] == [
        ("420", "税收收入", "600"), ("430", "税收收入", "620"), ("180", "非税收入", "600"), ("190", "非税收入", "620"),
    ]  # fmt: skip
    assert [r.status for r in report.records][:3] == ["planned", "reported", "reported"]
    assert not [f for f in zr.audit(report) if f.verdict == "violated"]


def test_rows_that_hold_each_other_without_a_sign_are_no_parts_of_the_sum() -> None:
    text = "单位：万元\n项目\t决算数\n税收收入\t430\n增值税\t210\n其他税收\t220\n非税收入\t190\n收入合计\t620\n"
    assert [t for t in told(text, "of") if t[1]] == []


def test_subtotals() -> None:
    text = "单位：万元\n项目\t金额\n学校\t50\n幼儿园\t30\n小计\t80\n道路\t20\n合计\t100\n"
    assert told(text, "of") == [("50", "80"), ("30", "80"), ("80", "100"), ("20", "100"), ("100", None)]


def test_rows_as_deep_as_the_first_among_are_parts_too() -> None:
    text = "单位：亩\n作物\t面积\n粮食\t90\n　其中：小麦\t40\n　　　　玉米\t30\n油料\t20\n#油菜\t15\n"
    assert told(text, "of") == [("90", None), ("40", "90"), ("30", "90"), ("20", None), ("15", "20")]


def test_columns_under_among_and_columns_of_a_total() -> None:
    text = "学校\t在校学生（人）\t\t\t人均经费（元）\t其中：人员经费\n\t合计\t男\t女\t\t\n一中\t1200\t650\t550\t980\t600\n"
    assert told(text, "name", "of", "per") == [
        ("1200", "一中在校学生", None, ""), ("650", "一中男在校学生", "1200", ""), ("550", "一中女在校学生", "1200", ""),
        ("980", "一中人均经费", None, "人"), ("600", "一中人员经费", "980", "人"),
    ]  # fmt: skip


def test_what_stands_in_a_table_says_nothing_of_what_follows() -> None:
    text = "云溪县2021年工作总结\n2021年发放5万元。\n单位：万元\n乡镇\t2018年\t2019年\n青石镇\t3\t4\n白沙乡\t5\t6\n新增就业1200人。\n"
    assert told(text, "period", "place")[-1] == ("1200人", "2021", "云溪县")


def test_a_table_in_blanks() -> None:
    text = (
        "表1　主要指标\n\n                              单位：亿元，%\n\n指　　标          总量      比上年增长    占GDP比重\n\n"
        "地区生产总值      156.8        5.1          100\n　第一产业         31.2        4.0         19.9\n增加值                        -3.2\n"
    )
    assert told(text, "name", "unit", "role") == [
        ("156.8", "地区生产总值", "元", "level"), ("5.1", "地区生产总值", "1", "increase"), ("100", "地区生产总值", "1", "share"),
        ("31.2", "第一产业", "元", "level"), ("4.0", "第一产业", "1", "increase"), ("19.9", "第一产业", "1", "share"),
        ("-3.2", "增加值", "1", "increase"),
    ]  # fmt: skip


def test_merged_heads_in_blanks_stand_over_the_middle_of_their_columns() -> None:
    text = (
        "                    人均可支配收入（元）\n乡镇      户数      城镇        农村\n"
        "青石镇    1,200户   30,000      12,000\n白沙乡      800户   28,000      11,000\n"
    )
    assert told(text, "name")[:3] == [("1,200户", "户数"), ("30,000", "城镇人均可支配收入"), ("12,000", "农村人均可支配收入")]


@pytest.mark.parametrize(
    "text",
    [
        "姓名：张三　　性别：男　　年龄：45\n家庭人口　　多　　住址　　3组\n",
        "　　2021年发放5万元。\n　　2022年发放6万元。\n",
        "目  录\n一、成效  3\n二、打算  12\n",
    ],
)
def test_blanks_in_prose_make_no_table(text: str) -> None:
    assert "table" not in {r.quantity.shape for r in zr.parse(text).records}


def test_no_figure_reaches_into_the_next_cell() -> None:
    text = "单位：万元\n项目\t投资\t责任单位\n道路\t104.6\t县交通局\n桥梁\t20\t县水利局\n"
    assert told(text, "unit") == [("104.6", "元"), ("20", "元")]


def test_two_tables_side_by_side() -> None:
    text = "指标\t单位\t数量\t指标\t单位\t数量\n低保户\t户\t1,204\t低保标准\t元/人·月\t560\n特困人员\t人\t431\t孤儿\t人\t52\n"
    assert told(text, "name", "unit", "per") == [
        ("1,204", "低保户", "户", ""), ("560", "低保标准", "元", "人月"), ("431", "特困人员", "人", ""), ("52", "孤儿", "人", ""),
    ]  # fmt: skip


def test_a_plan_by_its_title_and_growth_over_the_years_of_the_heads() -> None:
    plan = "2023年项目计划表\n单位：万元、个\n项目\t个数\t投资\t2022年完成投资\n产业\t12\t3450\t900\n"
    assert told(plan, "unit", "status", "period") == [
        ("12", "个", "planned", "2023"), ("3450", "元", "planned", "2023"), ("900", "元", "reported", "2022"),
    ]  # fmt: skip
    years = "类别\t指标\t单位\t2015年\t2020年目标\t2020年实际\t年均增速（%）\n经济\t粮食产量\t吨\t88\t130\t132\t7.0\n\t肉类产量\t吨\t8\t12\t13\t9.8\n"
    assert told(years, "name", "period", "status")[:4] == [
        ("88", "粮食产量", "2015", "reported"), ("130", "粮食产量", "2020", "planned"), ("132", "粮食产量", "2020", "reported"),
        ("7.0", "粮食产量", "2015/2020", "reported"),
    ]  # fmt: skip


def test_boxes_drawn_with_lines() -> None:
    text = "┌───┬────┐\n│乡镇│面积（亩）│\n├───┼────┤\n│青石镇│1,204.5│\n└───┴────┘\n"
    assert told(text, "name", "place") == [("1,204.5", "面积", "青石镇")]


def test_a_corner_that_only_heads_the_labels_adds_nothing_to_a_name() -> None:
    report = zr.parse("2021年公报\n\n项目（万元）\t2021年\t2020年\n税收收入\t860\t800\n教育支出\t700\t690\n")
    assert {r.indicator for r in report.records} == {"税收收入", "教育支出"}
