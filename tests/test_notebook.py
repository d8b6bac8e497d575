"""How our objects show themselves: one plain line, and HTML in which all text stays text; and the types of the frames."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest
from conftest import CORPUS

import zhreport as zr
from zhreport.types import Finding

HOSTILE = (
    "云溪县<script>alert(1)</script>2020年工作总结\n"
    "一、</mark><img src=x onerror=alert(1)>\n"
    "发放\"资助'资金<b>14.925万元,惠及学生199人次(本县150人次,外县59人次)。{{7*7}} javascript:alert(1)\n"
)


class Elements(HTMLParser):
    """Collects the names of elements and attributes, and checks that elements close in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: set[str] = set()
        self.open: list[str] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes.update(name for name, _ in attrs)
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def shown(report: zr.Report, tmp_path: Path) -> dict[str, object]:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.txt").write_text(report.text, encoding="utf-8")
    (folder / "b&<i>.pdf").write_bytes(b"no pdf")
    findings = zr.audit(report)
    return {
        "report": report,
        "section": report.sections[0],
        "record": report.records[0],
        "finding": next(f for f in findings if f.verdict == "violated"),
        "findings": findings,
        "words": zr.words(report.text),
        "panel": zr.compare([report]),
        "store": zr.build(folder, tmp_path / "<store>", workers=1),
        "explanation": zr.explain(report, report.records[0]),
    }


def test_all_text_stays_text_and_every_line_is_one(tmp_path: Path) -> None:
    report = zr.parse(HOSTILE, source="<script>x</script>.txt")
    for name, each in shown(report, tmp_path).items():
        line = repr(each)
        if name != "explanation":
            assert "\n" not in line, name
            assert len(line) < 300, name
        html = each._repr_html_()  # type: ignore[attr-defined]
        found = Elements(html)
        assert not found.open, name
        assert not found.names & {"script", "img", "b>", "i"}, name
        assert not {a for a in found.attributes if a.startswith("on") or a in ("src", "href")}, name
        assert "{{7*7}}" not in html or "{{7*7}}" in found.text, name


def test_a_report_shows_its_figures_and_its_outline() -> None:
    report = zr.read(CORPUS / "reports" / "01-yunxi-2020-jiaoyu-fupin.txt")
    found = Elements(report._repr_html_())
    assert report.text in found.text
    assert "22 sections" in found.text
    assert report._repr_html_().count("<mark") == len(report.records)
    long = zr.parse("发放资金3万元。\n" * 1000)
    assert f"… {len(long.text) - 4000} characters more" in long._repr_html_()


def test_a_long_list_of_words_and_a_long_section_are_cut_short() -> None:
    assert "more</div>" in zr.words("落实控辍保学。" * 400)._repr_html_()
    assert zr.parse("一、成效\n" + "甲" * 9000).sections[0]._repr_html_().count("甲") == 4000


def test_a_figure_over_a_line_end_has_one_line() -> None:
    record = zr.parse("县\n发放资金1\n2.5万元。").records[0]
    assert "\n" not in repr(record)


def test_a_finding_of_a_verdict_of_ones_own_shows() -> None:
    finding = Finding("x", "odd", "1 = 1", (), None, "why")
    assert "odd" in finding._repr_html_()
    assert zr.audit([], checks=()).to_frame()["verdict"].dtype == "category"
    assert list(type(zr.audit([]))((finding,)).to_frame()["verdict"]) == ["odd"]


@pytest.fixture(scope="module")
def reports() -> list[zr.Report]:
    return [zr.read(p) for p in sorted((CORPUS / "reports").glob("*.txt"))[:3]]


def test_frames_have_types_that_add_up(reports: list[zr.Report]) -> None:
    both = pd.concat([r.to_frame() for r in reports])
    assert {n: str(both[n].dtype) for n in ("dimension", "role", "status", "approx")} == dict.fromkeys(
        ("dimension", "role", "status", "approx"), "category"
    )
    assert str(both["value_float"].dtype) == "Float64"
    assert str(both["start"].dtype) == "Int64"
    assert both["period_start"].dt.year.min() == 2016
    assert both["period_start"].dtype.kind == "M"
    first = next(r for r in reports[0].records if r.quantity.surface == "2.86万名")
    row = both[both["id"] == first.id].iloc[0]
    assert (row["value"], row["value_float"], row["period_start"].isoformat()) == ("28600", 28600.0, "2020-01-01T00:00:00")
    found = zr.audit(reports).to_frame()
    assert [str(found[n].dtype) for n in ("kind", "verdict", "severity")] == ["category"] * 3


def test_a_store_gives_the_same_types(reports: list[zr.Report], tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text(reports[0].text, encoding="utf-8")
    stored, own = zr.build(tmp_path / "in", tmp_path / "store", workers=1).records(), reports[0].to_frame()
    assert {n: str(stored[n].dtype) for n in own} == {n: str(own[n].dtype) for n in own}


def test_days_of_any_year_and_no_day() -> None:
    frame = zr.parse("0001年发放3万元。9999年发放4万元。", period="9999").to_frame()
    assert frame["period_start"].dtype.kind == "M"
    assert zr.parse("").to_frame()["period_start"].dtype.kind == "M"


def test_files_keep_the_days_as_text(reports: list[zr.Report], tmp_path: Path) -> None:
    from zhreport.table import rows, write

    for ending in (".xlsx", ".dta", ".csv", ".parquet"):
        write(rows(reports[0], "records"), "records", tmp_path / f"r{ending}")
    read = {
        ".xlsx": pd.read_excel(tmp_path / "r.xlsx"),
        ".dta": pd.read_stata(tmp_path / "r.dta"),
        ".csv": pd.read_csv(tmp_path / "r.csv"),
        ".parquet": pd.read_parquet(tmp_path / "r.parquet"),
    }
    for ending, frame in read.items():
        assert frame["period_start"][0] == "2020-01-01", ending
