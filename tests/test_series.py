"""Names that mean one indicator and names that do not, and a panel of one county over four years, cell by cell."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner
from conftest import ROOT

import zhreport as zr
from zhreport.cli import main
from zhreport.lexicon import TABLES
from zhreport.series.names import Aligner
from zhreport.series.readings import Key

PANEL = sorted((ROOT / "corpus" / "panel").glob("*.txt"))
MONEY, HEAD = Key("level", "money", "元", ()), Key("level", "money", "元", ("人",))
RATE, PEOPLE = Key("level", "percentage", "1", ()), Key("level", "person", "人", ())
AREA, MASS = Key("level", "area", "平方米", ()), Key("level", "mass", "千克", ())
COUNT, VISITS = Key("level", "count", "个", ()), Key("level", "person_time", "人次", ())
HOMES, DAYS = Key("level", "household", "户", ()), Key("level", "duration", "天", ())
GROWTH = Key("change", "percentage", "1", ())

SAME = [
    ("地区生产总值", "GDP", MONEY), ("地区生产总值", "全县生产总值", MONEY), ("GDP", "国内生产总值", MONEY),
    ("地区生产总值", "全年实现地区生产总值(GDP)", MONEY), ("地区生产总值", "ＧＤＰ", MONEY), ("地區生產總值", "地区生产总值", MONEY),
    ("人均地区生产总值", "人均GDP", HEAD), ("GDP", "地区生产总值", GROWTH),
    ("一般公共预算收入", "地方一般公共预算收入", MONEY), ("一般公共预算收入", "一般预算收入", MONEY),
    ("公共财政预算收入", "地方财政一般预算收入", MONEY), ("一般公共预算支出", "公共财政预算支出", MONEY), ("税收收入", "税收", MONEY),
    ("规模以上工业增加值", "规上工业增加值", GROWTH), ("规模以上工业增加值", "规模工业增加值", GROWTH), ("工业产销率", "产品销售率", RATE),
    ("固定资产投资", "全社会固定资产投资", MONEY), ("固定资产投资", "固定资产投资（不含农户）", GROWTH),
    ("社会消费品零售总额", "社零总额", MONEY), ("社会消费品零售总额", "全社会消费品零售总额", MONEY), ("进出口总额", "外贸进出口总额", MONEY),
    ("网上零售额", "网络零售额", MONEY), ("旅游收入", "旅游综合收入", MONEY), ("旅游收入", "旅游总收入", MONEY),
    ("接待游客", "旅游接待人次", VISITS), ("存款余额", "金融机构各项存款余额", MONEY), ("贷款余额", "各项贷款余额", MONEY),
    ("城镇居民人均可支配收入", "城镇常住居民人均可支配收入", HEAD), ("农村居民人均可支配收入", "农民人均可支配收入", HEAD),
    ("城镇化率", "常住人口城镇化率", RATE), ("常住人口", "年末常住总人口", PEOPLE), ("户籍人口", "年末户籍总人口", PEOPLE),
    ("粮食总产量", "粮食产量", MASS), ("粮食总产量", "粮食总产", MASS), ("粮食播种面积", "粮食种植面积", AREA), ("茶叶产量", "干茶产量", MASS),
    ("贫困发生率", "综合贫困发生率", RATE), ("建档立卡贫困人口", "建档立卡人口", PEOPLE), ("贫困村", "建档立卡贫困村", COUNT),
    ("学前三年毛入园率", "学前教育三年毛入园率", RATE), ("学前三年毛入园率", "“三年”毛入园率", RATE), ("九年义务教育巩固率", "义务教育巩固率", RATE),
    ("高中阶段毛入学率", "高中阶段教育毛入学率", RATE), ("城乡居民医保参保率", "城乡居民基本医疗保险参保率", RATE),
    ("城镇新增就业", "新增城镇就业", PEOPLE), ("城镇登记失业率", "登记失业率", RATE), ("空气质量优良天数", "空气优良天数", DAYS),
    ("空气质量优良天数比例", "空气质量优良率", RATE), ("建档立卡贫困户", "建档立卡户", HOMES), ("高标准农田", "高标准农田面积", AREA),
    # by likeness: words added, none replaced
    ("茶园面积", "茶园总面积", AREA), ("茶叶全产业链产值", "茶叶全产业链总产值", MONEY),
    ("村集体经济收入", "集体经济收入", MONEY), ("农村公路养护里程", "农村公路养护总里程", Key("level", "length", "米", ())),
]  # fmt: skip
APART = [
    ("地区生产总值", "人均地区生产总值", MONEY), ("地区生产总值", "人均地区生产总值", GROWTH), ("贫困人口", "脱贫人口", PEOPLE),
    ("一般公共预算收入", "一般公共预算支出", MONEY), ("贫困人口", "建档立卡贫困人口", PEOPLE), ("贫困人口", "返贫人口", PEOPLE),
    ("城镇居民人均可支配收入", "农村居民人均可支配收入", HEAD), ("居民人均可支配收入", "城镇居民人均可支配收入", HEAD),
    ("存款余额", "贷款余额", MONEY), ("城镇化率", "户籍人口城镇化率", RATE), ("常住人口", "户籍人口", PEOPLE),
    ("人口出生率", "人口死亡率", RATE), ("男性人口", "女性人口", PEOPLE), ("初中毛入学率", "高中阶段毛入学率", RATE),
    ("学前三年毛入园率", "高中阶段毛入学率", RATE), ("城乡居民医保参保人数", "城乡居民养老保险参保人数", PEOPLE),
    ("城乡居民基本医疗保险缴费人数", "城乡居民基本养老保险缴费人数", PEOPLE), ("进口总额", "出口总额", MONEY),
    ("进出口总额", "出口总额", MONEY), ("城镇登记失业率", "城镇调查失业率", RATE), ("第一产业增加值", "第二产业增加值", MONEY),
    ("第一产业投资", "第三产业投资", MONEY), ("规模以上工业增加值", "规模以上工业总产值", MONEY), ("工业增加值", "规模以上工业增加值", MONEY),
    ("农村低保标准", "城市低保标准", HEAD), ("市场主体", "新增市场主体", COUNT), ("规模以上工业企业", "规模以上服务业企业", COUNT),
    ("粮食播种面积", "粮食总产量", MASS), ("夏粮播种面积", "秋粮播种面积", AREA), ("生猪出栏", "生猪存栏", COUNT),
    ("广播综合人口覆盖率", "电视综合人口覆盖率", RATE), ("公办幼儿园学位数量", "民办幼儿园学位数量", COUNT),
    ("实际利用外资", "实际利用省外资金", MONEY), ("小学在校学生", "初中在校学生", PEOPLE), ("空气质量优良天数", "空气质量优良天数比例", RATE),
    ("固定资产投资", "工业投资", MONEY), ("累计新建公路里程", "新建公路里程", Key("level", "length", "米", ())),
    ("农网改造投资计划资金", "农网改造投资实际资金", MONEY), ("税收收入", "非税收入", MONEY), ("农民人均纯收入", "农村居民人均可支配收入", HEAD),
    ("基本养老保险参保人数", "城乡居民养老保险参保人数", PEOPLE), ("十三五规划项目数量", "十四五规划项目数量", COUNT),
    ("农村公路里程", "农村公路养护里程", Key("level", "length", "米", ())), ("耕地面积", "耕地面积补偿", AREA),
]  # fmt: skip


@pytest.fixture(scope="module")
def aligner() -> Aligner:
    return Aligner(zr.Lexicon.load())


@pytest.fixture(scope="module")
def panel() -> zr.Panel:
    return zr.compare(zr.read(path) for path in PANEL)


def told(*texts: str) -> zr.Panel:
    return zr.compare(zr.parse(text, source=f"{i}.txt") for i, text in enumerate(texts))


def canonical(aligner: Aligner, a: str, b: str, key: Key) -> tuple[str, str]:
    """The names of two that meet in one panel, the first one first."""
    first = aligner.align(a, key).indicator
    return first, aligner.align(b, key, [first]).indicator


@pytest.mark.parametrize(("a", "b", "key"), SAME)
def test_one_indicator_under_two_names(aligner: Aligner, a: str, b: str, key: Key) -> None:
    first, second = canonical(aligner, a, b, key)
    assert first == second


@pytest.mark.parametrize(("a", "b", "key"), APART)
def test_two_indicators_are_never_merged(aligner: Aligner, a: str, b: str, key: Key) -> None:
    assert len(set(canonical(aligner, a, b, key))) == 2
    assert len(set(canonical(aligner, b, a, key))) == 2


def test_there_are_enough_pairs_and_canonical_names() -> None:
    assert len(SAME) >= 40
    assert len(APART) >= 30
    rows = zr.Lexicon.load().table("indicators")
    assert len({r.kind for r in rows}) >= 120
    assert not {r.kind for r in rows} - {r.surface for r in rows}, "a canonical name is a row itself"
    assert not [r for r in rows if r.surface == r.kind and any(s.kind == r.surface and s["per"] != r["per"] for s in rows)]


def test_likeness_alone_would_merge_no_two_indicators_of_the_table(aligner: Aligner) -> None:
    """What the table keeps apart is the best sample of names that must stay apart: some 35,000 pairs of one dimension."""
    rows = zr.Lexicon.load().table("indicators")
    merged, pairs = [], 0
    for i, row in enumerate(rows):
        here = (row["dimension"], row["per"])
        rest = [r.surface for r in rows[i + 1 :] if r.kind != row.kind and (r["dimension"], r["per"]) == here]
        pairs += len(rest)
        merged += [(row.surface, other) for other in rest if aligner.core(other) == aligner.core(row.surface)]
    assert pairs > 30_000
    assert not merged


def test_an_alignment_says_by_what_it_was_found(aligner: Aligner) -> None:
    assert aligner.align("地区生产总值", MONEY).reason == "exact"
    assert aligner.align("GDP", MONEY).reason == "synonym"
    assert aligner.align("茶园总面积", AREA) == ("茶园面积", 88, "similar 88")
    assert aligner.align("跨境电商孵化基地", COUNT).reason == "own"


def test_a_name_of_the_table_needs_its_dimension_and_its_per(aligner: Aligner) -> None:
    assert aligner.align("GDP", HEAD).reason == "own"
    assert aligner.align("优良天数", DAYS).indicator == "空气质量优良天数"
    assert aligner.align("优良天数", RATE).reason == "own"


def test_names_that_one_report_tells_apart_are_not_merged() -> None:
    panel = told("明溪县2021年工作总结\n2021年茶叶全产业链总产值6亿元,茶叶全产业链产值4亿元。")
    assert list(panel.wide().index.get_level_values("indicator")) == ["茶叶全产业链产值", "茶叶全产业链总产值"]


EXPECTED = """
一般公共预算支出       元     2860000000 3020000000 3140000000 3305000000
一般公共预算收入       元     532000000  548000000≠563000000 591000000  612000000
九年义务教育巩固率     1      0.958      0.961      0.965      0.968
农村居民人均可支配收入 元/人  11240      12120      13410      14320
地区生产总值           元     8642000000 8875000000 9631000000 10120000000
城乡居民医保参保率     1      -          0.976      0.981      0.983
城镇化率               1      0.412      -          0.436      0.449
城镇居民人均可支配收入 元/人  27860      28940      31260      32540
城镇新增就业           人     3120       2980       3245       3310
城镇登记失业率         1      0.031      -          0.034      0.036
学前三年毛入园率       1      0.862      0.885      0.904      0.921
常住人口               人     312600     -          310200     308500
建档立卡贫困人口       人     1862       -          -          -
接待游客               人次   1280000    960000     1420000    1350000
旅游收入               元     760000000  590000000  890000000  850000000
森林覆盖率             1      0.613      -          0.62       -
生猪存栏               头     98000      104000     112000     115000
社会消费品零售总额     元     3015000000 2890000000 3260000000 3370000000
税收收入               元     341000000  352000000  386000000  390000000
粮食总产量             千克   173600000  175200000  176100000  177000000
粮食播种面积           平方米 85000000/3*10 - 85600000/3*10 -
茶叶产量               千克   1260000    1305000    1398000    1450000
贫困发生率             1      0.009      -          -          -
贫困群众               人     -          1862       -          -
"""


def expected() -> dict[tuple[str, str], list[str | None]]:
    out = {}
    for line in EXPECTED.strip().splitlines():
        name, unit, *cells = line.split()
        # 42.5万亩 is 425000 × 2000/3 square metres, written out.
        out[name, unit] = [
            None if c == "-" else str(Fraction(c.split("*")[0]) * 10) if "*" in c else c.replace("≠", " ≠ ") for c in cells
        ]  # fmt: skip
    return out


def test_every_value_is_in_its_cell(panel: zr.Panel) -> None:
    wide = panel.wide()
    assert list(wide.columns) == ["2019", "2020", "2021", "2022"]
    got = {
        (name, unit): [None if v is pd.NA else v for v in row]
        for (name, _, unit), row in zip(wide.index, wide.values, strict=True)
    }
    assert got == expected()
    assert set(wide.index.get_level_values("place")) == {"澄源县"}


def test_every_cell_leads_back_to_its_characters(panel: zr.Panel) -> None:
    texts = {str(p): p.read_text(encoding="utf-8") for p in PANEL}
    frame = panel.to_frame()
    assert len(frame) == len(panel.readings) == sum(r.indicator is not None for p in PANEL for r in zr.read(p).records)
    for row in frame.itertuples():
        assert texts[row.source][row.start : row.end] == row.surface
    ends = panel.wide(value="end")
    for (name, place, unit), row in panel.wide(value="start").iterrows():
        for year, start in row.dropna().items():
            source = panel.wide(value="source").loc[(name, place, unit), year]
            assert texts[source][int(start) : int(ends.loc[(name, place, unit), year])]


def test_a_cell_that_is_told_differently_shows_it_and_leads_to_all_of_its_readings(panel: zr.Panel) -> None:
    where = ("一般公共预算收入", "澄源县", "元")
    assert panel.wide(value="surface").loc[where, "2020"] == "5.48亿元 ≠ 5.63亿元"
    assert panel.wide(value="value_float").loc[where, "2020"] == 548000000, "the year's own report is the one to go by"
    levels = panel.at("一般公共预算收入", "澄源县", 2020).query("measure == 'level'")
    reported = levels[levels["status"] == "reported"]
    assert reported["surface"].tolist() == ["5.48亿元", "5.63亿元"]
    for row in reported.itertuples():
        assert Path(row.source).read_text(encoding="utf-8")[row.start : row.end] == row.surface
    with pytest.raises(KeyError, match="no report tells 城镇化率 of 澄源县 in 2020"):
        panel.at("城镇化率", "澄源县", "2020")


def test_more_than_two_readings_are_counted_and_what_agrees_has_no_mark() -> None:
    years = {2020: "3.52亿元", 2021: "3.6亿元", 2022: "3.9亿元"}
    panel = told(*(f"明溪县{y}年工作总结\n2020年,税收收入{v}。2020年,城镇新增就业2980人。" for y, v in years.items()))
    assert panel.wide(value="surface")["2020"].tolist() == ["2980人", "3.52亿元 ≠ 3.9亿元 (3)"]
    panel = told("明溪县2020年工作总结\n2020年,税收收入3.52亿元。", "明溪县2021年工作总结\n2020年,税收收入约3.9亿元。")
    assert panel.wide(value="surface")["2020"].tolist() == ["3.52亿元 ?= 约3.9亿元"]
    assert "—" in told("明溪县2022年总结\n2020年税收收入3亿元。2022年税收收入4亿元。")._repr_html_(), "a gap is shown as a gap"


def test_changes_from_year_to_year_are_exact(panel: zr.Panel) -> None:
    changes = panel.changes().set_index(["indicator", "period"])
    gdp = changes.loc[("地区生产总值", "2021")]
    assert (gdp["difference"], gdp["growth"]) == ("756000000", "756/8875"), "exact: 75.6 / 887.5"
    assert gdp["growth_float"] == pytest.approx(0.0851831)
    assert gdp["told"] == "0.079", "at constant prices: told beside, never checked against"
    assert (gdp["surface_before"], gdp["surface"]) == ("88.75亿元", "96.31亿元")
    assert gdp["source_before"].endswith("2020.txt")
    assert gdp["source"].endswith("2021.txt")
    assert changes.loc[("常住人口", "2022"), "difference"] == "-1700"
    assert changes.loc[("城镇化率", "2022"), "difference"] == "0.013"
    assert changes.loc[("城镇化率", "2022"), "growth"] is pd.NA, "points, not per cent of per cent"
    assert changes.loc[("城镇化率", "2020"), "difference"] is pd.NA, "a gap is shown as a gap"
    assert changes.loc[("社会消费品零售总额", "2020"), "told"] == "-0.041", "下降4.1%"
    for (name, year), row in changes.dropna(subset=["difference"]).iterrows():
        unit, years = next((unit, values) for (n, unit), values in expected().items() if n == name)
        before, after = years[int(year) - 2020], years[int(year) - 2019]
        assert before is not None, (name, unit)
        assert after is not None, (name, unit)
        gap = Fraction(after.split(" ≠ ")[0]) - Fraction(before.split(" ≠ ")[0])  # by the year's own report
        assert Fraction(row["difference"]) == gap, name


def test_growth_rates_are_series_of_their_own(panel: zr.Panel) -> None:
    growth = panel.wide("change", value="value")
    assert growth.loc[("地区生产总值", "澄源县", "1")].tolist() == ["0.073", "0.034", "0.079", "0.046"]
    assert growth.loc[("固定资产投资", "澄源县", "1"), "2022"] == "0.088"
    assert growth.loc[("农村居民人均可支配收入", "澄源县", "1"), "2021"] == "0.106"


def test_plans_stand_beside_what_came(panel: zr.Panel) -> None:
    plans = panel.plans().set_index(["indicator", "period"])
    got = {key: (row["surface_planned"], row["surface"], row["kept"]) for key, row in plans.iterrows() if key[1] == "2021"}
    assert got == {
        ("一般公共预算收入", "2021"): ("5.8亿元", "5.91亿元", True),
        ("地区生产总值", "2021"): ("95亿元", "96.31亿元", True),
        ("城镇新增就业", "2021"): ("3000人以上", "3245人", True),
        ("城镇登记失业率", "2021"): ("4.5%以内", "3.4%", True),
        ("粮食总产量", "2021"): ("17.5万吨以上", "17.61万吨", True),
    }
    assert plans.loc[("地区生产总值", "2023"), "surface"] is pd.NA
    assert plans.loc[("一般公共预算收入", "2021"), "difference"] == "11000000"


def test_the_planted_conflict_is_found_and_nothing_else(panel: zr.Panel) -> None:
    conflicts = panel.conflicts()
    assert conflicts["verdict"].tolist() == ["violated", "rounding", "rounding", "holds", "holds"]
    worst = conflicts.iloc[0]
    assert (worst["indicator"], worst["period"], worst["surface"], worst["surface_other"]) == (
        "一般公共预算收入", "2020", "5.48亿元", "5.63亿元",
    )  # fmt: skip
    assert worst["source"].endswith("2020.txt"), "the year's own report is the one to go by"
    assert worst["source_other"].endswith("2021.txt")
    assert worst["difference"] == "15000000"
    assert panel.jumps().empty


def test_conflicts_between_reports_join_the_audit(panel: zr.Panel) -> None:
    found = panel.findings()
    assert [(f.kind, f.verdict) for f in found if f.verdict not in ("holds", "rounding")] == [("restatement", "violated")]
    bad = next(f for f in found if f.verdict == "violated")
    assert bad.formula.startswith("澄源县 一般公共预算收入 2020: 5.48亿元 (")
    assert (bad.difference, bad.severity) == ("15000000", "sense")
    assert len({o.id.split(":")[0] for o in bad.operands if o.id}) == 2, "each figure by the id of its own report"
    assert isinstance(found[0], zr.Finding)


def test_the_order_of_the_reports_changes_nothing(panel: zr.Panel) -> None:
    turned = zr.compare(zr.read(path) for path in reversed(PANEL))
    pd.testing.assert_frame_equal(turned.wide(), panel.wide())
    pd.testing.assert_frame_equal(turned.conflicts(), panel.conflicts())


@pytest.mark.parametrize(
    ("first", "again", "verdict"),
    [
        ("税收收入3.52亿元", "税收收入3.52亿元", "holds"),
        ("税收收入3.52亿元", "税收收入35200万元", "holds"),
        ("税收收入3.52亿元", "税收收入3.5亿元", "rounding"),
        ("税收收入3.58亿元", "税收收入3.5亿元", "rounding"),
        ("税收收入3.52亿元", "税收收入3.6亿元", "violated"),
        ("税收收入3.52亿元", "税收收入约3.6亿元", "unclear"),
        ("税收收入3.52亿元", "税收收入超3.5亿元", "rounding"),
        ("税收收入3.52亿元", "税收收入超3.6亿元", "violated"),
        ("城镇新增就业2980人", "城镇新增就业2900余人", "rounding"),
        ("城镇新增就业2980人", "城镇新增就业3000余人", "violated"),
        ("城镇新增就业2980人", "城镇新增就业2981人", "violated"),
        ("常住人口31.26万人", "常住人口312640人", "rounding"),
        ("青苗计划受益学童812人", "青苗计划受益学童790人", "unclear"),
    ],
)
def test_two_reports_agree_within_the_digits_they_print(first: str, again: str, verdict: str) -> None:
    panel = told(f"明溪县2020年工作总结\n2020年,{first}。", f"明溪县2021年工作总结\n2020年,{again}。")
    assert panel.conflicts()["verdict"].tolist() == [verdict]
    frame = panel.to_frame()
    assert frame["agree"].tolist() == [verdict in ("holds", "rounding")] * 2
    assert frame["readings"].tolist() == [2, 2]


def test_parts_of_one_report_are_no_conflict() -> None:
    panel = told("明溪县2020年工作总结\n2020年,专任教师1800人。一小专任教师56人。")
    assert set(panel.conflicts()["verdict"]) <= {"unclear"}
    assert not panel.findings()


@pytest.mark.parametrize(
    ("name", "before", "after", "jumps"),
    [
        ("常住人口", "24万人", "52万人", 1),
        ("常住人口", "24万人", "25万人", 0),
        ("税收收入", "3.5亿元", "3.5万元", 1),
        ("税收收入", "3.5亿元", "7.5亿元", 0),
        ("贫困人口", "3200人", "12人", 0),
        ("养老机构", "2所", "14所", 0),
        ("九年义务教育巩固率", "96.5%", "109.8%", 1),
        ("高中阶段毛入学率", "96.5%", "101.2%", 0),
    ],
)
def test_moves_that_cannot_well_be_are_unclear(name: str, before: str, after: str, jumps: int) -> None:
    panel = told(f"明溪县2020年总结\n2020年{name}{before}。", f"明溪县2021年总结\n2021年{name}{after}。")
    found = [f for f in panel.findings() if f.kind == "series_jump"]
    assert len(found) == len(panel.jumps()) == jumps
    assert all(f.verdict == "unclear" and f.reason for f in found)


def test_last_years_figure_is_a_level_of_last_year() -> None:
    panel = told("明溪县2021年总结\n2021年税收收入由上年的3.5亿元增加到3.8亿元。")
    assert panel.wide(value="surface").loc[("税收收入", "明溪县", "元")].tolist() == ["3.5亿元", "3.8亿元"]


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("三次产业增加值分别为12亿元、20亿元和18亿元", ["第一产业增加值", "第二产业增加值", "第三产业增加值"]),
        ("金融机构存贷款余额分别为120亿元和80亿元", ["存款余额", "贷款余额"]),
        ("城乡居民人均可支配收入分别达到32540元、14320元", ["城镇居民人均可支配收入", "农村居民人均可支配收入"]),
        ("城乡低保标准分别由每人每月620元、410元提高到682元、451元", ["城市低保标准", "农村低保标准"]),
        ("三次产业增加值合计50亿元", ["三次产业增加值"]),
        ("进出口总额3.2亿元,其中出口2.1亿元,进口1.1亿元", ["进出口总额", "出口总额", "进口总额"]),
    ],
)
def test_a_short_name_of_several_is_given_out(words: str, names: list[str]) -> None:
    frame = told(f"明溪县2020年工作总结\n2020年,{words}。").to_frame().sort_values("start")
    assert frame[frame["measure"] == "level"]["indicator"].tolist() == names


def test_a_share_of_a_plan_or_of_another_year_is_no_level() -> None:
    panel = told(
        "明溪县2020年工作总结\n2020年,城镇新增就业4826人,完成率按任务算。城镇新增就业达到目标的107.2%。"
        "接待游客386万人次,恢复到2019年的八成。地区生产总值50.2亿元,是2015年的1.5倍。城镇化率48.7%。"
    )
    frame = panel.to_frame().set_index("surface")["measure"]
    assert (frame["1.5倍"], frame["八成"], frame["48.7%"], frame["50.2亿元"]) == ("progress", "progress", "level", "level")
    assert set(panel.wide(value="surface")["2020"]) == {"4826人", "386万人次", "50.2亿元", "48.7%"}
    assert "1.5倍" in set(panel.wide("progress", value="surface")["2020"])


@pytest.mark.parametrize(
    ("words", "yearly"),
    [
        ("税收收入3.1亿元,比上年增长5%", True), ("税收收入3.1亿元,同比增长5%", True), ("税收收入3.1亿元,比2019年增长5%", True),
        ("存款余额31亿元,比年初增长5%", True), ("税收收入3.1亿元,比2015年增长5%", False), ("税收收入3.1亿元,环比增长5%", False),
        ("税收收入3.1亿元,较“十二五”末增长5%", False),
    ],
)  # fmt: skip
def test_a_change_since_another_year_is_no_yearly_change(words: str, yearly: bool) -> None:
    panel = told(f"明溪县2020年工作总结\n2020年,{words}。")
    assert panel.wide("change", value="surface").empty is not yearly
    assert "5%" in set(panel.to_frame()["surface"]), "it stays in the tidy frame"


def test_a_whole_year_after_months_is_the_year() -> None:
    panel = told("明溪县2020年工作总结\n1-11月,工业增加值10亿元,增长5%;预计全年工业增加值12亿元。")
    assert panel.wide(value="surface").loc[("工业增加值", "明溪县", "元")].tolist() == ["12亿元"]


def test_what_is_expected_to_grow_is_planned() -> None:
    panel = told("明溪县2020年计划执行情况报告\n2020年,地区生产总值50.2亿元。2021年地区生产总值预期增长6.5%。")
    assert panel.to_frame().set_index("surface")["status"].to_dict() == {"50.2亿元": "reported", "6.5%": "planned"}


def test_the_county_of_two_documents_of_a_page_is_not_one() -> None:
    page = "工作总结篇1\n\n2020年,全县税收收入3亿元。\n\n工作总结篇2\n\n2020年,全县税收收入5亿元。\n"
    panel = told(page)
    assert len(panel.cells) == 2, panel.wide()


def test_what_is_not_of_a_whole_year_stays_out_of_the_yearly_panel() -> None:
    panel = told("明溪县2021年总结\n2021年1-6月税收收入1.7亿元。2021年1-12月税收收入3.8亿元。")
    assert panel.wide(value="surface").loc[("税收收入", "明溪县", "元")].tolist() == ["3.8亿元"]
    assert panel.to_frame()["period"].tolist() == ["2021", "2021-01/2021-06"]


def test_dimensions_units_and_places_are_kept_apart() -> None:
    panel = told(
        "明溪县2021年总结\n2021年出口总额3000万元。",
        "明溪县2021年公报\n2021年出口总额500万美元。",
        "青禾县2021年总结\n2021年出口总额2亿元。",
    )
    assert list(panel.wide().index) == [
        ("出口总额", "明溪县", "元"),
        ("出口总额", "明溪县", "美元"),
        ("出口总额", "青禾县", "元"),
    ]
    assert panel.conflicts().empty


@pytest.mark.parametrize(
    ("title", "words", "places"),
    [
        ("明溪县", "全市实现税收收入1200亿元,增长6%。全县税收收入50.2亿元。", ["全市", "全市", "明溪县"]),
        ("明溪县", "税收收入3亿元,占全市的12%,居全市第2位,非税收入1亿元。", ["明溪县"] * 3),
        ("明溪县", "其中全市脱贫3.2万人,我县脱贫2100人。", ["全市", "明溪县"]),
        ("明溪县", "全市首个水肥站投资30万元。承办全市现场会2次。", ["明溪县"] * 2),
        ("明溪县", "石桥镇投入300万元,全镇新建公路12公里。全镇新建学校2所。", ["石桥镇"] * 3),
        ("明溪县", "全省高考录取率82%,我县90%。", ["全省", "明溪县"]),
        ("三明市", "全市实现税收收入1200亿元。明溪县税收收入3亿元,全市非税收入50亿元。", ["三明市", "明溪县", "三明市"]),
        ("梅列区", "全区税收收入5亿元。全市税收收入60亿元。", ["梅列区", "全市"]),
        ("谷城县城关镇", "全镇税收收入0.3亿元。全县税收收入5亿元。", ["谷城县城关镇", "全县"]),
    ],
)
def test_a_total_of_the_city_is_not_filed_under_the_county(title: str, words: str, places: list[str]) -> None:
    report = zr.parse(f"{title}2020年工作总结\n2020年,{words}", source="a.txt")
    assert [r.place for r in report.records if r.indicator] == places
    cells = zr.compare(report).wide().index.get_level_values("place")
    own = {p if p == title or not p.startswith("全") else f"{p} (a.txt)" for p in places}
    assert set(cells) <= own, "全市 is of one report: two counties' cities are not one"


def test_the_city_of_two_counties_is_no_conflict() -> None:
    panel = told("明溪县2020年工作总结\n2020年,全市税收收入80亿元。", "谷城县2020年工作总结\n2020年,全市税收收入95亿元。")
    assert len(panel.cells) == 2
    assert panel.conflicts().empty


def test_a_village_is_not_its_county_though_it_has_its_code() -> None:
    panel = told(
        "明溪县2020年工作总结\n2020年,全县贫困人口300人。明溪县胡坊镇冯厝村贫困人口12人。",
        "福建省明溪县2021年工作总结\n2021年,全县贫困人口120人。明溪县城关乡坪埠村专任教师7人,全县专任教师1800人。",
    )
    frame = panel.to_frame()[["place", "surface"]]
    assert set(frame.itertuples(index=False, name=None)) == {
        ("明溪县", "300人"), ("明溪县胡坊镇冯厝村", "12人"), ("明溪县", "120人"), ("明溪县城关乡坪埠村", "7人"), ("明溪县", "1800人"),
    }  # fmt: skip
    assert panel.conflicts().empty


WORK_REPORT = """政府工作报告
——2022年2月23日在青禾县第十八届人民代表大会第一次会议上
县长 李明

一、过去一年工作回顾
2021年，地区生产总值62亿元。税收收入2.1亿元。
二、今后五年的奋斗目标
地区生产总值年均增长7%以上。
三、2022年主要任务
(一)工业。工业投资完成15亿元。
(二)农业。粮食总产量稳定在8万吨以上。
四、今年民生实事
新建学校3所。今年已发放春节慰问金300万元。
"""


def test_a_work_report_looks_back_on_one_year_and_plans_the_next() -> None:
    report = zr.parse(WORK_REPORT)
    assert (report.documents[0].place, report.documents[0].period) == ("青禾县", "2021")
    got = {r.surface: (r.period, r.status) for r in report.records if r.quantity.dimension != "duration"}
    assert got == {
        "62亿元": ("2021", "reported"), "2.1亿元": ("2021", "reported"), "7%以上": ("2022/2026", "planned"),
        "15亿元": ("2022", "planned"), "8万吨以上": ("2022", "planned"), "3所": ("2022", "planned"),
        "300万元": ("2022", "reported"),
    }  # fmt: skip


def test_a_summary_of_a_campaign_early_in_the_year_is_no_plan() -> None:
    report = zr.parse(
        "明溪县2021年春节慰问工作总结\n2021年2月20日\n\n一、主要做法\n2021年走访慰问困难群众320户,发放慰问金64万元。\n"
    )
    assert {r.status for r in report.records} == {"reported"}


def test_what_the_user_knows_beats_what_was_found() -> None:
    report = zr.parse("全县税收收入3.8亿元。", place="明溪县", period="2018", meta={"批次": "二", "source": "县政府网"})
    row = zr.compare([report]).to_frame().iloc[0]
    assert (row["place"], row["period"], row["批次"], row["meta_source"]) == ("明溪县", "2018", "二", "县政府网")


def test_failures_are_skipped_and_counted() -> None:
    panel = zr.compare([zr.Failure("a.pdf", "is scanned", "run OCR"), zr.parse("明溪县2020年总结\n2020年税收收入3亿元。")])
    assert (panel.reports, panel.failures) == (1, 1)
    assert repr(panel) == "Panel(1 reports, 1 failures, 1 indicators, 1 cells, 0 violated)"
    assert "3亿元" in panel._repr_html_()


def test_one_report_and_none() -> None:
    assert len(zr.compare(zr.parse("明溪县2020年总结\n2020年税收收入3亿元。")).cells) == 1
    empty = zr.compare([])
    for frame in (empty.to_frame(), empty.wide(), empty.changes(), empty.plans(), empty.conflicts(), empty.jumps()):
        assert frame.empty
    assert not empty.findings()
    assert "value" in empty.to_frame()
    assert empty._repr_html_()


def test_a_table_of_ones_own_joins(tmp_path: Path) -> None:
    path = tmp_path / "my_indicators.tsv"
    head = "\t".join(TABLES["indicators"])
    path.write_text(
        f"{head}\n青苗补助\t青苗计划资金\tmoney\t\t县教育局\t\n青苗计划资金\t青苗计划资金\tmoney\t\t县教育局\t\n",
        encoding="utf-8",
    )
    texts = ("明溪县2020年总结\n2020年青苗补助30万元。", "明溪县2021年总结\n2021年青苗计划资金42万元。")
    mine = zr.compare([zr.parse(t) for t in texts], lexicon=zr.Lexicon.load(extra=[path]))
    assert mine.wide().loc[("青苗计划资金", "明溪县", "元")].tolist() == ["300000", "420000"]
    assert len(zr.compare([zr.parse(t) for t in texts]).wide()) == 2
    path.write_text(f"{head}\n青苗补助\t青苗计划资金\tcoins\t\t县教育局\t\n", encoding="utf-8")
    with pytest.raises(zr.LexiconError, match="unknown dimension 'coins'"):
        zr.Lexicon.load(extra=[path])


def test_a_table_of_ones_own_joins_on_the_command_line_and_in_a_store(tmp_path: Path) -> None:
    own = tmp_path / "my_indicators.tsv"
    head = "\t".join(TABLES["indicators"])
    own.write_text(
        f"{head}\n青苗补助\t青苗计划资金\tmoney\t\t县教育局\t\n青苗计划资金\t青苗计划资金\tmoney\t\t县教育局\t\n",
        encoding="utf-8",
    )
    (tmp_path / "in").mkdir()
    for year, words in ((2020, "青苗补助30万元"), (2021, "青苗计划资金42万元")):
        (tmp_path / "in" / f"{year}.txt").write_text(f"明溪县{year}年总结\n{year}年{words}。", encoding="utf-8")
    for given in (tmp_path / "in", tmp_path / "s"):
        told = CliRunner().invoke(main, ["compare", str(given), "--lexicon", str(own), "--format", "jsonl"])
        assert told.exit_code == 0, told.output
        assert {json.loads(line)["indicator"] for line in told.stdout.splitlines()} == {"青苗计划资金"}
        zr.build(tmp_path / "in", tmp_path / "s", workers=1)  # without the table: it is given when the store is compared


def test_odd_text_and_huge_numbers_never_raise() -> None:
    panel = told("明溪县2020年总结\n2020年税收收入3亿元,\ud800学校5所。", f"明溪县2021年总结\n2021年税收收入{'9' * 30}亿元。")
    for frame in (panel.to_frame(), panel.wide(), panel.wide(value="surface"), panel.changes(), panel.conflicts(), panel.jumps()):
        assert isinstance(frame.to_csv(), str)
    assert [f.kind for f in panel.findings()] == ["series_jump"]
    assert zr.compare(zr.parse("")).to_frame().empty


def test_a_path_is_no_report() -> None:
    with pytest.raises(TypeError, match="read_many"):
        zr.compare("reports.txt")
