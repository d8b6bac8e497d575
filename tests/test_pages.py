"""The pages: characters and offsets, escaping, no network, the same bytes each time, the size of a long report."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from conftest import CORPUS
from hypothesis import given
from hypothesis import strategies as st

import zhreport as zr
from zhreport.pages.charts import library
from zhreport.pages.marked import anchor_of, pieces
from zhreport.pages.rendering import data_text, file_name
from zhreport.pages.report_page import report_page
from zhreport.pages.sheets import sheet_of
from zhreport.pages.words import DIMENSION_WORDS, GROUPS, VERDICTS, group_of
from zhreport.types import DIMENSIONS

REPORTS = sorted((CORPUS / "reports").glob("*.txt"))
HOSTILE = (
    "一、<script>alert(1)</script>成效\n发放</mark>资金3万元{{7*7}}{% raw %},\"引号\"和'引号',javascript:alert(1)。\n"
    "(一)<img src=x onerror=alert(2)>建档学生640人(本县560人,外县90人)。\r\n"
    "]]> --> </script><!-- &amp; </div></main> \u2028\u2029\x00\U0001f600\ud800 资助5人。"
)
STATIC = Path(zr.__file__).parent / "pages" / "static"
VOID = {"meta", "input", "link", "br"}


class Reader(HTMLParser):
    """What a browser would make of a page: the text of the report, its figures, the script elements, all attributes."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.text, self.figures, self.data, self.scripts, self.tags = "", [], "", 0, []
        self.attributes: list[tuple[str, str, str]] = []
        self._open: list[str] = []
        self._main = -1
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {k: v or "" for k, v in attrs}
        self.attributes += [(tag, k, v) for k, v in values.items()]
        if tag == "main":
            self._main = len(self._open)
        elif self._main >= 0:
            self.tags.append(tag)
            if tag != "div":
                assert self._open[-1] == "div", f"<{tag}> inside <{self._open[-1]}>"
        if tag == "mark":
            self.figures.append([int(values["id"][1:]), int(values["data-i"]), len(self.text), ""])
        self.scripts += tag == "script"
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag
        if tag == "main":
            self._main = -1

    def handle_data(self, data: str) -> None:
        if self._main >= 0:
            self.text += data
            if self._open[-1] == "mark":
                self.figures[-1][3] += data
        elif self._open and self._open[-1] == "script" and data.startswith("{"):
            self.data = data


def read(report: zr.Report) -> Reader:
    return Reader(report_page(sheet_of(report)))


def data_of(path: Path) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', path.read_text(encoding="utf-8"), re.DOTALL)
    assert found
    return json.loads(found[1])


def as_shown(text: str) -> str:
    """A page holds no NUL and no lone surrogate; one character stands for each."""
    return re.sub("[\ud800-\udfff]", "\ufffd", text).replace("\0", "\u2400")


@pytest.mark.parametrize("path", REPORTS, ids=lambda p: p.stem)
def test_the_text_is_unchanged_and_every_figure_is_marked_at_its_offset(path: Path) -> None:
    report = zr.read(path)
    page = read(report)
    assert page.text == report.text
    assert [(start, at, words) for start, _, at, words in page.figures] == [(r.start, r.start, r.surface) for r in report.records]
    assert set(page.tags) <= {"div", "mark", "span", "b"}


@given(st.text(alphabet="一二(（)）、.。,，其中共0123456789万元人%\n\r\t <>&\"'{}占\0\ud800😀"))
def test_any_text_keeps_its_characters(text: str) -> None:
    page = read(zr.parse(text))
    assert page.text == as_shown(text)


def test_text_of_a_report_stays_text() -> None:
    report = zr.parse(HOSTILE, source='<b onclick="x">"evil"</b>.txt')
    page = read(report)
    assert page.text == as_shown(HOSTILE)
    assert page.scripts == 2
    assert not [a for a in page.attributes if a[1].startswith("on") or "javascript:" in a[2] or a[0] == "img"]
    assert "49" not in page.text
    assert "<" not in page.data
    assert not {"\u2028", "\u2029"} & set(page.data)
    assert json.loads(page.data)["source"] == report.source


def test_data_in_a_script_element_reads_back() -> None:
    value = {"a": HOSTILE, "b": [1, None, "</script>"]}
    assert json.loads(data_text(value)) == value


def test_findings_point_at_what_stands_in_the_text() -> None:
    page = read(zr.parse("建档学生640人(本县560人,外县90人)。", source="a.txt"))
    (finding,) = json.loads(page.data)["findings"]
    starts = [start for start, *_ in page.figures]
    assert finding["points"] == starts
    assert finding["verdict"] == "violated"


def test_an_operand_that_is_no_record_has_its_own_anchor() -> None:
    sheet = sheet_of(zr.parse("一、成效\n甲\n三、打算\n乙"))
    found = [p for p in pieces(sheet) if p.kind in ("mk", "a")]
    figures = [o for o in (*sheet.findings[0]["operands"], sheet.findings[0]["result"]) if o]
    assert {anchor_of(o["start"], o["end"], found) for o in figures} == {0, 7}


def test_a_page_asks_no_network_and_runs_no_script_but_ours(tmp_path: Path) -> None:
    zr.show(zr.read_many(REPORTS), tmp_path)
    for path in (tmp_path / "index.html", *(tmp_path / "reports").iterdir()):
        html = path.read_text(encoding="utf-8").replace(library(), "")
        assert not re.search(r"https?://|url\(|@import|src=|<link|<iframe", html), path.name
        assert "default-src 'none'; script-src 'sha256-" in html.replace("&#39;", "'")


def test_the_same_reports_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        zr.show(zr.read_many(REPORTS[:3]), tmp_path / name)
    files = sorted(p.relative_to(tmp_path / "a") for p in (tmp_path / "a").rglob("*.html"))
    assert len(files) == 4
    for name in files:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_a_report_of_two_hundred_pages_stays_a_file_to_send(tmp_path: Path) -> None:
    text = "\n".join(p.read_text(encoding="utf-8") for p in REPORTS) * 14
    zr.show(zr.parse(text, source="long.txt"), tmp_path)
    assert len(text) > 190_000
    assert (tmp_path / "reports" / "long.html").stat().st_size < 60 * len(text)


def test_the_index_lists_the_worst_first_and_the_failures(tmp_path: Path) -> None:
    good = zr.parse("全县有学校51所。", source="good.txt")
    bad = zr.parse("建档学生640人(本县560人,外县90人)。", source="bad.txt")
    failure = zr.Failure("<scan>.pdf", "has no text", "read it with OCR")
    index = zr.show([good, failure, bad], tmp_path)
    html = index.read_text(encoding="utf-8")
    assert index == tmp_path / "index.html"
    assert html.index('href="reports/bad.html"') < html.index('href="reports/good.html"')
    assert "&lt;scan&gt;.pdf" in html
    assert 'href="reports/bad.html#f0"' in html


def test_the_panel_leads_to_the_figure(tmp_path: Path) -> None:
    reports = list(zr.read_many(sorted((CORPUS / "panel").glob("*.txt"))))
    index = zr.show(reports, tmp_path)
    data = data_of(index)
    text_of = {r.source: r.text for r in reports}
    told = [t for s in data["series"] for c in s["cells"] for t in c["told"]]
    assert len(told) > 50
    for _, _, surface, _, number, start in told:
        href, source, *_ = data["reports"][number]
        assert text_of[source].startswith(surface, start)
        assert f'id="o{start}"' in (tmp_path / href).read_text(encoding="utf-8")


def test_a_store_shows_as_its_reports_do(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for name, path in (("a.txt", REPORTS[0]), ("b.txt", REPORTS[1]), ("c.txt", REPORTS[0])):
        (folder / name).write_bytes(path.read_bytes())
    (folder / "d.pdf").write_bytes(b"no pdf")
    store = zr.build(folder, tmp_path / "store")
    index = zr.show(tmp_path / "store", tmp_path / "pages")
    assert zr.show(store, tmp_path / "again").read_bytes() == index.read_bytes()
    html = index.read_text(encoding="utf-8")
    assert "d.pdf" in html
    assert "相同 exact" in html
    page = Reader((tmp_path / "pages" / "reports" / "a.html").read_text(encoding="utf-8"))
    report = zr.read(REPORTS[0])
    assert page.text == report.text
    assert [f[0] for f in page.figures] == [r.start for r in report.records]
    assert len(json.loads(page.data)["findings"]) == len(zr.audit(report))


def test_names_of_pages_are_safe_and_unlike() -> None:
    taken: set[str] = set()
    given = ["a/总结.docx", "b/总结.txt", "../../etc/passwd", "CON.txt", "x" * 400, "A.txt", "a.txt", "", "...", "a b\ud800.txt"]
    names = [file_name(source, taken) for source in given]
    assert names[:4] == ["总结.html", "总结-2.html", "passwd.html", "r-CON.html"]
    assert len({n.casefold() for n in names}) == len(given)
    assert all(len(n.encode()) < 140 and "/" not in n and not n.startswith(".") for n in names)


def test_a_folder_that_is_none_and_pages_of_others_are_refused(tmp_path: Path) -> None:
    report = zr.parse("发放3万元。", source="a.txt")
    (tmp_path / "file").write_text("x")
    with pytest.raises(NotADirectoryError, match="give a folder"):
        zr.show(report, tmp_path / "file")
    (tmp_path / "index.html").write_text("<html>mine</html>")
    with pytest.raises(FileExistsError, match="no page of zhreport"):
        zr.show(report, tmp_path)
    assert (tmp_path / "index.html").read_text() == "<html>mine</html>"
    assert not (tmp_path / "reports").exists()
    with pytest.raises(zr.StoreError):
        zr.show(tmp_path / "file", tmp_path / "out")
    with pytest.raises(TypeError, match="Report"):
        zr.show(3, tmp_path / "out")  # type: ignore[arg-type]
    assert not (tmp_path / "out").exists()


def test_the_index_tells_what_was_left_out(tmp_path: Path) -> None:
    text = (REPORTS[0]).read_text(encoding="utf-8")
    reports = [
        zr.parse("2020年发放资金XX万元,资助学生5人。", source="blank.txt"),
        zr.parse("本县没有数字。", source="empty.txt"),
        zr.parse(text, source="a.txt"),
        zr.parse(text.replace("云溪县", "云山县"), source="b.txt"),
    ]
    html = zr.show(reports, tmp_path).read_text(encoding="utf-8")
    told = html[html.index('id="left-out"') :]
    start = reports[0].text.index("XX")
    assert f'<a class="blank" href="reports/blank.html#o{start}">020年发放资金XX万元,资助学</a>' in told
    assert "<b>1</b> 份报告没有数字" in told
    assert 'href="reports/empty.html"' in told
    assert re.search(r'reports/a.html">a.txt \(1\)</a></td><td><a href="reports/b.html">b.txt \(1\)</a></td><td>相近 near', told)


def test_a_page_of_a_store_tells_its_blanks(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text("2020年发放资金XX万元。", encoding="utf-8")
    zr.show(zr.build(tmp_path / "in", tmp_path / "store", workers=1), tmp_path / "pages")
    assert 'class="out"' in (tmp_path / "pages" / "reports" / "a.html").read_text(encoding="utf-8")
    assert "发放资金XX万元" in (tmp_path / "pages" / "index.html").read_text(encoding="utf-8")


def _contrast(a: str, b: str) -> float:
    """How far two colours are apart, as WCAG counts it: 1 to 21."""

    def light(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        red, green, blue = (x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    high, low = sorted((light(a), light(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_and_edges_can_be_read_in_both_schemes(scheme: str) -> None:
    """WCAG AA: 4.5 for words, 3 for what tells kinds or fields apart."""
    bright, dim = (STATIC / "common.css").read_text(encoding="utf-8").split("@media", 1)
    found = dict(re.findall(r"--([\w-]+): (#\w{6})", bright)) | (
        dict(re.findall(r"--([\w-]+): (#\w{6})", dim)) if scheme == "dark" else {}
    )
    grounds = [found[name] for name in ("back", "pane", "hover")]
    for ground in grounds:
        for name in ("ink", "soft", "accent", *VERDICTS):
            assert _contrast(found[name], ground) >= 4.5, (name, ground)
    for group in GROUPS:
        assert _contrast(found["ink"], found[f"{group}-b"]) >= 7, group
        assert _contrast(found[f"{group}-u"], found["back"]) >= 3, group
    assert _contrast(found["edge"], found["pane"]) >= 3
    lines = re.search(
        r"const COLOURS = (.*)" if scheme == "light" else r"const DARK = (.*)", (STATIC / "corpus.js").read_text(encoding="utf-8")
    )
    assert lines
    assert all(_contrast(c, found["pane"]) >= 4.5 for c in re.findall(r"#\w{6}", lines[1]))


def test_each_dimension_has_a_highlight_and_a_word() -> None:
    for dimension in DIMENSIONS:
        assert group_of(dimension) in GROUPS
        assert dimension in DIMENSION_WORDS
    assert {group_of(d) for d in DIMENSIONS} == set(GROUPS)


def test_what_a_finding_names_stands_at_its_offset() -> None:
    """A mark on a finding goes stale where this is not so."""
    for report in zr.read_many(REPORTS):
        for f in zr.audit(report):
            for o in (*f.operands, *((f.result,) if f.result else ())):
                assert report.text.startswith(o.surface, o.start), (f.kind, o)


def test_no_reports_give_an_index_all_the_same(tmp_path: Path) -> None:
    assert "没有报告 no reports" in zr.show([], tmp_path).read_text(encoding="utf-8")
    zr.show(zr.parse(""), tmp_path)


def test_the_scripts_never_write_html() -> None:
    for path in STATIC.glob("*.js"):
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function",
            re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL),
        )
