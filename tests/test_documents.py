"""Pages with several documents, their heads, and the lines that are no report."""

from __future__ import annotations

import pytest
from conftest import SHARED, needs_shared

import zhreport as zr

BODY = "一、主要做法\n发放资金3万元。\n二、下步打算\n力争5万元。\n"


@pytest.mark.parametrize(
    "titles",
    [
        ["教育扶贫总结篇1", "教育扶贫总结篇2", "教育扶贫总结篇3"],
        ["篇一:教育局扶贫总结", "篇二:卫健局扶贫总结"],
        ["第一篇", "第二篇", "第三篇"],
        ["【篇1】", "【篇2】"],
        ["石桥镇工作总结【篇1】", "白水镇工作总结【篇2】"],
        ["【第一篇】教育", "【第二篇】卫健"],
        ["扶贫工作总结范文一", "扶贫工作总结范文二"],
        ["乡村振兴工作总结(一)", "乡村振兴工作总结(二)", "乡村振兴工作总结(三)"],
        ["乡村振兴工作总结(1)", "乡村振兴工作总结(2)"],
    ],
    ids=lambda t: t[0],
)
def test_a_collection_is_split(titles: list[str]) -> None:
    text = "某某网站首页\n\n" + "\n".join(f"{t}\n{BODY}" for t in titles)
    report = zr.parse(text)
    assert [d.title for d in report.documents] == titles
    assert [text[d.start : d.end].startswith(d.title) for d in report.documents] == [True] * len(titles)
    assert [d.end for d in report.documents[:-1]] == [d.start for d in report.documents[1:]]
    assert [(s.document, s.marker) for s in report.sections] == [(d.id, m) for d in report.documents for m in ("一、", "二、")]


def test_pasted_reports_and_an_appendix_are_split() -> None:
    text = f"云溪县教育局2020年工作总结\n{BODY}\n云溪县卫健局2021年工作总结\n{BODY}\n附件1:资金安排\n{BODY}"
    report = zr.parse(text)
    assert [d.title for d in report.documents] == ["云溪县教育局2020年工作总结", "云溪县卫健局2021年工作总结", "附件1:资金安排"]
    assert [d.period for d in report.documents] == ["2020", "2021", None]


@pytest.mark.parametrize("line", ["本年度工作总结", "一、工作总结", "现将有关情况报告", "《云溪县2020年工作总结》"])
def test_a_line_inside_a_report_is_no_new_document(line: str) -> None:
    text = f"云溪县教育局2020年工作情况\n一、主要做法\n{line}\n发放资金3万元。\n二、打算\n力争5万元。\n"
    assert len(zr.parse(text).documents) == 1


def test_the_head_tells_kind_place_organisation_period_and_date() -> None:
    text = "政府工作报告\n——2022年1月11日在柏川县第十七届人民代表大会第一次会议上\n柏川县人民政府县长 方××\n\n各位代表:\n一、2021年工作回顾\n完成投资3亿元。\n"
    (document,) = zr.parse(text).documents
    assert (document.kind, document.place, document.org, document.date, document.period) == (
        "工作报告", "柏川县", "柏川县人民政府", "2022-01-11", "2021",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("title", "kind", "period"),
    [
        ("青禾县2022年国民经济和社会发展统计公报", "公报", "2022"),
        ("云溪县教育局2018-2020年教育扶贫总结", "总结", "2018/2020"),
        ("松岭县卫健局2019年工作总结和2020年工作计划", "总结", "2019"),
        ("麦河县2020年预算执行情况和2021年预算草案的报告", "工作报告", "2020"),
        ("坪川县乡村振兴工作汇报", "汇报", None),
        ("在桦亭县2022年民政工作会议上的讲话", "讲话", "2022"),
        ("柏川县2023年防汛工作方案", "方案", "2023"),
    ],
)
def test_titles(title: str, kind: str, period: str | None) -> None:
    (document,) = zr.parse(f"{title}\n\n正文。").documents
    assert (document.title, document.kind, document.period) == (title, kind, period)


@pytest.mark.parametrize(
    "line",
    [
        "时间:2023-10-31 12:03:55",
        "上一篇:社区总结 下一篇:工会总结",
        "第3页 共12页",
        "- 12 -",
        "目录",
        "浏览次数：1234次",
        "版权所有 某某网",
    ],
)
def test_boilerplate_is_marked_and_holds_no_record(line: str) -> None:
    text = f"云溪县2020年总结\n{line}\n发放资金3万元。\n"
    report = zr.parse(text)
    assert [text[b.start : b.end] for b in report.boilerplate] == [line]
    assert [r.surface for r in report.records] == ["3万元"]


@needs_shared
def test_the_real_page_holds_eight_documents() -> None:
    text = (SHARED / "data" / "education-poverty-summaries.txt").read_bytes().decode("utf-8")
    report = zr.parse(text)
    assert [d.start for d in report.documents] == [50, 1260, 8340, 14587, 16533, 17920, 21578, 22414]
    assert report.documents[-1].end == len(text)
    assert all(d.title and text[d.title_start : d.title_end] == d.title for d in report.documents)


def test_sections_tell_their_text_and_records() -> None:
    report = zr.parse("一、成效。全县发放3万元。\n(一)就业。新增5人。\n二、打算\n力争6万元。\n")
    first = report.sections[0]
    assert first.text.startswith("一、成效")
    assert first.body.startswith("全县发放3万元。")
    assert [(s.marker, [r.surface for r in found]) for s, found in report.by_section()] == [
        ("一、", ["3万元"]),
        ("(一)", ["5人"]),
        ("二、", ["6万元"]),
    ]


def test_the_audit_reports_faults_of_the_numbering() -> None:
    report = zr.parse("一、甲\n二、乙\n四、丁\n四、戊\n")
    findings = zr.audit(report)
    assert [(f.kind, f.formula) for f in findings] == [("numbering", "二、 → 四、"), ("numbering", "四、 → 四、")]
    assert all(report.text[f.result.start : f.result.end] == f.result.surface for f in findings)
    assert list(findings.to_frame()["verdict"]) == ["violated", "violated"]
    assert zr.audit([report, report, zr.Failure("x", "a", "b")]) == findings + findings
    assert zr.audit(report, checks=()) == ()


def test_figures_above_the_first_report_are_records_of_no_document() -> None:
    report = zr.parse(f"前言:已发放5万元。\n扶贫总结篇1\n{BODY}扶贫总结篇2\n{BODY}")
    assert [(r.document, r.surface) for r in report.records][:2] == [(None, "5万元"), (1, "3万元")]


@pytest.mark.parametrize(
    ("first", "second"),
    [("抓好教育扶贫工作(一)", "抓好教育扶贫工作(二)"), ("刊发报道篇1", "撰写信息篇2"), ("撰写调研报告", "甲")],
)
def test_numbering_that_goes_on_over_a_line_keeps_the_report_whole(first: str, second: str) -> None:
    text = f"石桥镇工作总结\n一、成效\n(一)报告\n{first}\n1、甲\n2、乙\n{second}\n(二)其他\n二、打算\n丙\n"
    report = zr.parse(text)
    assert [d.title for d in report.documents] == ["石桥镇工作总结"]
    assert [f.verdict for f in zr.audit(report) if f.verdict == "violated"] == []


def test_a_contents_list_is_no_document_and_no_outline() -> None:
    page = f"目录\n篇一:甲镇总结\n篇二:乙镇总结\n篇一:甲镇总结\n{BODY}篇二:乙镇总结\n{BODY}"
    assert [len(d.title or "") < d.end - d.start for d in zr.parse(page).documents] == [True, True]
    plain = "总结\n目录\n一、成效\n二、打算\n一、成效\n甲\n二、打算\n乙\n"
    assert zr.parse(plain).outline() == "一、 成效\n二、 打算"
    dotted = "总结\n目 录\n一、成效……………1\n二、打算……………2\n一、成效\n甲\n二、打算\n乙\n"
    assert zr.parse(dotted).outline() == "一、 成效\n二、 打算"


def test_a_sentence_that_begins_like_a_site_header_keeps_its_figures() -> None:
    report = zr.parse("总结\n一、资金\n来源:省级资金5万元,县级资金3万元。\n时间:2020年3月发放6万元。\n来源:某某网\n")
    assert [r.surface for r in report.records] == ["5万元", "3万元", "6万元"]
    assert [report.text_of(b) for b in report.boilerplate] == ["来源:某某网"]


@pytest.mark.parametrize("above", ["时间:2023-10-31\n来源:某网", "首页 > 政务公开 > 工作总结", "青溪县教育局"])
def test_the_title_is_found_below_what_the_site_put_above_it(above: str) -> None:
    (document,) = zr.parse(f"{above}\n石桥镇2023年工作总结\n{BODY}").documents
    assert (document.title, document.period) == ("石桥镇2023年工作总结", "2023")


def test_a_pointing_word_stays_in_its_report() -> None:
    text = f"扶贫总结篇1\n一、甲\n桥头镇石门村发放7万元。\n{BODY}扶贫总结篇2\n一、乙\n该村发放8万元,石门村发放9万元。\n"
    found = {r.surface: r.place for r in zr.parse(text).records}
    assert (found["7万元"], found["8万元"], found["9万元"]) == ("桥头镇石门村", None, "石门村")


def test_a_county_under_its_city_is_the_county() -> None:
    report = zr.parse("襄阳市谷城县2018年统计公报\n地区生产总值385亿元。\n")
    assert report.documents[0].place == "谷城县"
    assert report.records[0].place == "谷城县"
    assert report.records[0].place_code == "420625"
    town = zr.parse("湖北省襄阳市谷城县盛康镇2019年工作总结\n投入资金5万元。\n")
    assert town.documents[0].place == "谷城县盛康镇"


@pytest.mark.parametrize("period", ["二零二零", "去年", "20", "2020/x"])
def test_a_period_without_a_year_is_refused(period: str) -> None:
    with pytest.raises(ValueError, match="names no year; write 2020"):
        zr.parse("共3人。", period=period)


@pytest.mark.parametrize("period", ["2020", "2020-06", "2016/2020", "2016/"])
def test_a_period_that_the_user_knows_is_taken(period: str) -> None:
    assert zr.parse("共3人。", period=period).documents[0].period == period


def test_a_collection_takes_place_and_year_from_the_first_words_of_each_report() -> None:
    text = (
        "乡镇工作总结篇1\n青溪县石坪镇位于县城东南,辖9个村。2021年,全镇修路3公里。\n一、成效\n截至10月底,发放补助5万元。\n"
        "乡镇工作总结篇2\n2022年,白水县柳林乡抓好产业。\n一、成效\n种茶800亩,比2021年的650亩增加150亩。\n"
    )
    report = zr.parse(text)
    assert [(d.place, d.period) for d in report.documents] == [("青溪县石坪镇", "2021"), ("白水县柳林乡", "2022")]
    assert [r.period for r in report.records] == ["2021", "2021", "2021-10", "2022", "2021", "2022"]


@pytest.mark.parametrize(
    ("text", "place", "period"),
    [
        ("青溪县交通局驻石坪镇大坪村工作队2020年帮扶工作总结\n大坪村地处石坪镇北部,有农户312户。", "石坪镇大坪村", "2020"),
        ("青溪县教育局2020年工作总结\n发放5万元。", "青溪县", "2020"),
        ("工作汇报\n2019年以来,各单位发放5万元。", None, None),
        ("工作汇报\n去年11月,石坪镇修路3公里。", None, None),
    ],
)
def test_the_place_and_period_of_a_report(text: str, place: str | None, period: str | None) -> None:
    (document,) = (report := zr.parse(text)).documents
    assert (document.place, document.period) == (place, period)
    if place:
        assert {r.place for r in report.records} == {place}


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("栖岭区2023年经济运行分析\n\n全区完成投资3亿元。", "栖岭区"),
        ("高新区2023年工作总结\n\n完成投资3亿元。", None),
        ("南屏风景区2023年工作总结\n\n完成投资3亿元。", None),
        ("驻村工作总结\n\n2021年,县水利局选派3名干部,进驻上坪镇老鹰岩村。该村有农户486户。", "上坪镇老鹰岩村"),
        ("工作总结\n\n2021年,局领导班子联系上坪镇、白水镇的6个村。", None),
    ],
)
def test_whose_report_it_is(text: str, place: str | None) -> None:
    assert zr.parse(text).documents[0].place == place
