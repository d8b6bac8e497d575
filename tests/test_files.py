"""Files in every format: our own corpus gives the same records in each, and a bad file is a named failure."""

from __future__ import annotations

import hashlib
import html
import io
import os
import random
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from conftest import CORPUS
from test_numbering_docx import Par, definition, lvl, num, word_file

import zhreport as zr
from zhreport.files import expanded
from zhreport.files.docx import OLE

TEXT = (
    "云溪县2020年教育工作总结\n一、成效\n2020年发放资助资金14.925万元,惠及学生近200人次。\n二、打算\n2021年新建校舍1204平方米。\n"
)
SURFACES = ["14.925万元", "近200人次", "1204平方米"]

NAMES = sorted(p.stem for p in (CORPUS / "reports").glob("*.txt"))
# The labels that a list of Word counts in these reports, by level; a line with any other marker keeps it as text.
LEVELS = (
    (0, re.compile(r"([一二三四五六七八九十]+)、")),
    (1, re.compile(r"[（(]([一二三四五六七八九十]+)[）)]")),
    (2, re.compile(r"(\d{1,2})[.、](?!\d{1,2}[%％万亿])")),
    (3, re.compile(r"\((\d{1,2})\)")),
)  # fmt: skip
COUNTED = ["", *"一二三四五六七八九", *("十" + d for d in ["", *"一二三四五六七八九"])]


def as_word(text: str) -> bytes:
    """A .docx whose markers 一、（一）1.(1) are automatic where the sequence allows, else text."""
    shown = [next((m[0] for line in text.split("\n") if (m := p.match(line))), "") for _, p in LEVELS]
    shown = [s.replace(m[1], f"%{at + 1}") if (m := LEVELS[at][1].match(s)) else f"%{at + 1}、" for at, s in enumerate(shown)]
    forms = ("chineseCounting", "chineseCounting", "decimal", "decimal")
    numbering = definition(0, *(lvl(at, form, shown[at]) for at, form in enumerate(forms))) + num(1, 0)
    counts, pars, lists, automatic = [0, 0, 0, 0], [], 1, 0
    for line in text.rstrip("\n").split("\n"):
        at, match = next(((at, m) for at, p in LEVELS if (m := p.match(line))), (0, None))
        written = "" if match is None else match[1]
        number = COUNTED.index(written) if written in COUNTED else int(written or 0)
        if match is None or match[0] != shown[at].replace(f"%{at + 1}", written):
            pars.append(Par(line))
            continue
        if at == 0 and number == 1 and counts[0]:
            # 第二章 begins again with 一、: a list of its own with the same levels.
            lists += 1
            numbering += num(lists, 0, '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>')
            counts = [0, 0, 0, 0]
        if number != counts[at] + 1:
            pars.append(Par(line))
            continue
        counts[at], counts[at + 1 :] = number, [0] * (3 - at)
        pars.append(Par(line[match.end() :], lists, at))
        automatic += 1
    assert automatic > 2 or not any(p.match(text) for _, p in LEVELS)
    return word_file(pars, numbering)


def as_page(text: str, charset: str = "utf-8") -> bytes:
    """A page in the style of a county portal: menu, place of the page, article, footer."""
    title, *rest = text.rstrip("\n").split("\n")
    body = "\n".join(f'<p style="text-indent:2em">　　{html.escape(line)}</p>' for line in rest if line.strip())
    return f"""<!DOCTYPE html>
<html><head><meta http-equiv="Content-Type" content="text/html; charset={charset}">
<title>{title}_县人民政府门户网站</title><meta name="PubDate" content="2021-01-18 09:30">
<script>var visits = 38261;</script></head>
<body><div class="top nav"><ul><li><a href="/">首页</a></li><li><a href="/zwgk">政务公开</a></li><li><a href="/bs">办事服务 12345</a></li></ul></div>
<div class="position">当前位置：<a href="/">首页</a> &gt; <a href="/zwgk">政务公开</a></div>
<div class="article"><h1>{title}</h1><div class="content" id="zoom">
{body}
</div></div>
<div class="footer"><p>主办：县人民政府办公室 备案号：甘ICP备05001234号 网站标识码 6212340001</p><p><a href="/map">网站地图</a></p></div>
</body></html>
""".encode(charset)


def as_print(text: str, indent: float = 2) -> bytes:
    """A printed report: centred title, indented paragraphs, a header and a page number on every page."""
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.platypus import Paragraph, SimpleDocTemplate

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    plain = ParagraphStyle("正文", fontName="STSong-Light", fontSize=14, leading=26, wordWrap="CJK", firstLineIndent=14 * indent)
    head = ParagraphStyle("标题", parent=plain, fontSize=20, leading=32, alignment=1, firstLineIndent=0)
    title, *rest = text.rstrip("\n").split("\n")
    story = [Paragraph(html.escape(title), head)]
    story += [Paragraph(html.escape(line), plain) for line in rest if line.strip()]

    def furniture(canvas, _) -> None:
        canvas.setFont("STSong-Light", 9)
        canvas.drawString(72, 800, "政府信息公开 2021年第3期")
        canvas.drawCentredString(297, 30, f"- {canvas.getPageNumber()} -")

    out = io.BytesIO()
    SimpleDocTemplate(out, pagesize=A4, title=title).build(story, onFirstPage=furniture, onLaterPages=furniture)
    return out.getvalue()


FORMATS: dict[str, tuple[str, Callable[[str], bytes]]] = {
    "gb18030": (".txt", lambda text: text.encode("gb18030")),
    "html": (".html", as_page),
    "html-gb2312": (".htm", lambda text: as_page(text, "gb18030").replace(b"charset=gb18030", b"charset=gb2312")),
    "docx": (".docx", as_word),
    "pdf": (".pdf", as_print),
    "pdf-no-indent": (".pdf", lambda text: as_print(text, indent=0)),
}


def bare(text: str | None) -> str | None:
    return None if text is None else "".join(text.split())


def found(report: zr.Report) -> tuple[list[tuple], list[tuple]]:
    """What must be equal: the fields of each record, and of each section."""
    whole = {r.id: bare(r.surface) for r in report.records}
    records = [
        (bare(r.surface), r.quantity.amount.value, r.quantity.unit, bare(r.indicator), r.period, r.place, r.role, whole.get(r.part_of or ""))
        for r in report.records
    ]  # fmt: skip
    return records, [(bare(s.marker), bare(s.title), s.level) for s in report.sections]


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("name", NAMES)
def test_the_corpus_in_every_format(name: str, form: str, tmp_path: Path) -> None:
    source = CORPUS / "reports" / f"{name}.txt"
    ending, write = FORMATS[form]
    path = tmp_path / f"{name}{ending}"
    path.write_bytes(write(source.read_bytes().decode("utf-8")))
    wanted, got = found(zr.read(source)), found(zr.read(path))
    for old, new in zip(wanted, got, strict=True):
        assert [x for x in new if x not in old] == []
        assert [x for x in old if x not in new] == []
        assert new == old


def put(folder: Path, name: str, data: bytes | str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.encode("utf-8") if isinstance(data, str) else data)
    return path


def surfaces(report: zr.Report | zr.Failure) -> list[str]:
    assert isinstance(report, zr.Report), report
    return [r.surface for r in report.records]


def kinds(report: zr.Report, kind: str) -> dict[str, str]:
    """The stretches of one kind: where each came from → its text."""
    return {where: report.text[start:end] for start, end, of, where in report.origin if of == kind}


def refused(path: Path) -> str:
    """What is said of a file that cannot be read, by `read` and by `read_many`."""
    with pytest.raises(zr.ReadError) as error:
        zr.read(path)
    assert error.value.todo
    (failure,) = zr.read_many([path])
    assert isinstance(failure, zr.Failure)
    return str(error.value)


def packed(members: dict[str, bytes], **kwargs) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name) if kwargs.get("plain") else name, data)
    return out.getvalue()


# Plain text


TRADITIONAL = "雲溪縣二○二○年教育工作總結\n發放資助資金14.925萬元,惠及學生200人次。\n"


@pytest.mark.parametrize(
    ("text", "codec", "name"),
    [
        (TEXT, "utf-8", "utf-8"),
        (TEXT, "utf-8-sig", "utf-8-sig"),
        (TEXT, "gb18030", "gb18030"),
        (TEXT, "utf-16", "utf-16"),
        (TEXT, "utf-16-le", "utf-16-le"),
        (TEXT, "utf-16-be", "utf-16-be"),
        (TEXT, "utf-32", "utf-32"),
        ("全县发放资金,学生在校", "utf-16-le", "utf-16-le"),
        ("全县发放资金,学生在校".replace(",", "，"), "utf-16-le", "utf-16-le"),
        ("全县发放资金，学生在校", "utf-16-be", "utf-16-be"),
        (TRADITIONAL, "big5", "big5"),
        (TRADITIONAL, "gb18030", "gb18030"),
        ("發放三萬元", "big5", "big5"),
        ("發放三萬元,由碁石村", "cp950", "cp950"),
        ("䶮、㙍、𬇙三村", "gb18030", "gb18030"),
        ("发放3万元", "gb18030", "gb18030"),
    ],
)
def test_the_encoding_is_found_and_told(tmp_path: Path, text: str, codec: str, name: str) -> None:
    data = text.encode(codec)
    report = zr.read(put(tmp_path, "a.txt", data))
    assert report.text == text
    wanted = {"encoding": name, "hash": hashlib.sha256(data).hexdigest(), "size": str(len(data))}
    assert wanted.items() <= dict(report.meta).items()


def test_what_the_text_tells_of_itself_stands_in_meta(tmp_path: Path) -> None:
    text = "云溪县2020年政府工作报告\n2020年发放3万元。\n云溪县人民政府\n2021年1月18日\n"
    meta = dict(zr.read(put(tmp_path, "a.txt", text)).meta)
    assert (meta["title"], meta["date"], meta["place"], meta["kind"]) == (
        "云溪县2020年政府工作报告",
        "2021-01-18",
        "云溪县",
        "工作报告",
    )
    several = "扶贫总结篇1\n甲县发放3万元。\n扶贫总结篇2\n乙县发放3万元。\n"
    assert "title" not in dict(zr.read(put(tmp_path, "b.txt", several)).meta)


@pytest.mark.parametrize(
    ("title", "wanted"), [("Microsoft Word - 总结.doc", "总结"), ("untitled", None), ("2020年总结", "2020年总结")]
)
def test_a_program_s_title_is_no_title(title: str, wanted: str | None) -> None:
    from zhreport.files.pdf import pdf_file

    def draw(page, _) -> None:
        page.setTitle(title)
        page.drawString(72, 700, "发放3万元。")

    assert pdf_file("a.pdf", drawn(draw)).facts.get("title") == wanted


@pytest.mark.parametrize("name", NAMES)
def test_simplified_pages_are_never_taken_for_big5(name: str) -> None:
    from zhreport.files.text import decoded

    for line in (CORPUS / "reports" / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if len(line) > 5:
            assert decoded("a.txt", line.encode("gb18030"))[0] == line


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\x00\x01\x02\xff" * 100, "is no text"),
        (random.Random(3).randbytes(4000), "is no text"),
        (packed({"a": b"1"}), "a zipped file"),
        (OLE + b"\x00" * 600, "an old Office file"),
        (b"%PDF-1.7\n", "a PDF file"),
        (b"\xff\xfe\x00", "damaged: marked as utf-16"),
    ],
)
def test_what_is_no_text_says_so(tmp_path: Path, data: bytes, said: str) -> None:
    assert said in refused(put(tmp_path, "a.txt", data))


# Word


def word(build: Callable[[docx.document.Document], object]) -> bytes:
    document = docx.Document()
    build(document)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def body(xml: str) -> bytes:
    """A .docx with this body, in the plainest package that Word opens."""
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    compatible = "http://schemas.openxmlformats.org/markup-compatibility/2006"
    return packed(
        {
            "word/document.xml": f'<w:document xmlns:w="{space}" xmlns:mc="{compatible}"><w:body>{xml}</w:body></w:document>'.encode()
        }
    )


def run(text: str) -> str:
    return f"<w:r><w:t>{text}</w:t></w:r>"


@pytest.mark.parametrize(
    ("xml", "text"),
    [
        (f"<w:p>{run('发放')}<w:hyperlink>{run('3万元')}</w:hyperlink></w:p>", "发放3万元\n"),
        (f"<w:p><w:ins>{run('发放')}</w:ins><w:del><w:r><w:delText>5</w:delText></w:r>{run('4')}</w:del>{run('3万元')}</w:p>", "发放3万元\n"),
        (f"<w:sdt><w:sdtContent><w:p>{run('甲')}</w:p></w:sdtContent></w:sdt><w:p>{run('乙')}</w:p>", "甲\n乙\n"),
        ("<w:p><w:r><w:t>甲</w:t><w:tab/><w:t>乙</w:t><w:br/><w:t>丙</w:t></w:r></w:p>", "甲\t乙\n丙\n"),
        (f"<w:p><w:r><w:instrText>PAGE 3</w:instrText></w:r>{run('甲')}</w:p>", "甲\n"),
        (f"<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>隐</w:t></w:r>{run('甲')}</w:p>", "甲\n"),
        (f"<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:del>{run('删')}</w:del></w:p><w:p>{run('甲')}</w:p>", "甲\n"),
        (
            f"<w:p>{run('甲')}<w:r><mc:AlternateContent><mc:Choice><w:txbxContent><w:p>{run('框')}</w:p></w:txbxContent></mc:Choice>"
            f"<mc:Fallback><w:txbxContent><w:p>{run('框')}</w:p></w:txbxContent></mc:Fallback></mc:AlternateContent></w:r></w:p>",
            "甲\n框\n",
        ),
        (f"<w:p>{run('生产总值')}<w:r><w:rPr><w:vertAlign w:val='superscript'/></w:rPr><w:t>2</w:t></w:r>{run('98亿元')}</w:p>", "生产总值98亿元\n"),
        (f"<w:p>{run('12km')}<w:r><w:rPr><w:vertAlign w:val='superscript'/></w:rPr><w:t>2</w:t></w:r></w:p>", "12km2\n"),
        (f"<w:p>{run('甲')}<w:r><w:footnoteReference w:id='2'/></w:r><w:fldSimple w:instr='REF x'>{run('乙')}</w:fldSimple></w:p>", "甲乙\n"),
        (
            "<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val='Table of Contents'/></w:docPartObj></w:sdtPr>"
            f"<w:sdtContent><w:p>{run('一、成效 3')}</w:p></w:sdtContent></w:sdt><w:p>{run('一、成效')}</w:p>",
            "一、成效\n",
        ),
    ],
)  # fmt: skip
def test_what_word_shows_is_what_is_read(tmp_path: Path, xml: str, text: str) -> None:
    assert zr.read(put(tmp_path, "a.docx", body(xml))).text == text


def test_tables_of_word_become_rows(tmp_path: Path) -> None:
    def build(document) -> None:
        document.add_paragraph("表1")
        table = document.add_table(3, 3)
        for at, text in enumerate(("指标", "产量(吨)", "", "粮食", "3", "4", "合计", "", "7")):
            table.cell(at // 3, at % 3).text = text
        table.cell(0, 1).merge(table.cell(0, 2))
        table.cell(1, 0).merge(table.cell(2, 0))
        document.add_table(1, 1).cell(0, 0).text = "注：粮食含薯类。"

    report = zr.read(put(tmp_path, "a.docx", word(build)))
    assert report.text == "表1\n指标\t产量(吨)\t\n粮食 合计\t3\t4\n\t\t7\n注：粮食含薯类。\n"
    assert kinds(report, "cell") == {
        "t1 r1 c1": "指标", "t1 r1 c2": "产量(吨)", "t1 r2 c1": "粮食 合计", "t1 r2 c2": "3", "t1 r2 c3": "4", "t1 r3 c3": "7",
    }  # fmt: skip
    assert kinds(report, "paragraph") == {"p1": "表1", "p2": "注：粮食含薯类。"}


def test_tables_in_tables_and_rows_over_the_whole_width(tmp_path: Path) -> None:
    def cell(inner: str, more: str = "") -> str:
        return f"<w:tc><w:tcPr>{more}</w:tcPr>{inner}</w:tc>"

    def row(*texts: str, more: str = "") -> str:
        return f"<w:tr>{more}{''.join(cell(f'<w:p>{run(t)}</w:p>') for t in texts)}</w:tr>"

    wide = cell(f"<w:p>{run('一、综合')}</w:p>", "<w:gridSpan w:val='2'/>")
    note = cell(f"<w:p>{run('注：快报数。')}</w:p>", "<w:gridSpan w:val='2'/>")
    struck = row("删", "9", more="<w:trPr><w:del/></w:trPr>")
    inner = f"<w:tbl>{row('指标', '产量(吨)')}<w:tr>{wide}</w:tr>{row('粮食', '3')}{struck}<w:tr>{note}</w:tr></w:tbl>"
    outer = f"<w:tbl><w:tr>{cell(f'<w:p>{run(chr(0x8868))}</w:p>{inner}')}{cell(f'<w:p>{run(chr(0x65C1))}</w:p>')}</w:tr></w:tbl>"
    report = zr.read(put(tmp_path, "a.docx", body(outer)))
    assert report.text == "表\n指标\t产量(吨)\n一、综合\t\n粮食\t3\n注：快报数。\n旁\n"
    assert surfaces(report) == ["3"]
    assert report.sections == ()


def test_the_notes_of_word_stand_below(tmp_path: Path) -> None:
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
    notes = (
        f"<w:footnote w:id='0' w:type='separator'><w:p/></w:footnote><w:footnote w:id='2'><w:p>{run('含薯类')}</w:p></w:footnote>"
    )
    document = f"<w:document {space}><w:body><w:p>{run('粮食')}<w:r><w:footnoteReference w:id='2'/></w:r>{run('3吨')}</w:p></w:body></w:document>"
    parts = {
        "word/document.xml": document.encode(),
        "word/footnotes.xml": f"<w:footnotes {space}>{notes}</w:footnotes>".encode(),
        "word/_rels/document.xml.rels": f"<Relationships><Relationship Id='a' Type='{kind}' Target='footnotes.xml'/></Relationships>".encode(),
    }
    report = zr.read(put(tmp_path, "a.docx", packed(parts)))
    assert report.text == "粮食3吨\n含薯类\n"
    assert kinds(report, "footnote") == {"f2": "含薯类\n"}


def test_word_tells_its_title_and_date_and_the_user_knows_better(tmp_path: Path) -> None:
    def build(document) -> None:
        document.core_properties.title = "工作总结"
        document.add_paragraph("2020年发放3万元。")

    path = put(tmp_path, "a.docx", word(build))
    assert {"title", "date", "hash", "size", "created"} <= dict(zr.read(path).meta).keys()
    report = zr.read(path, place="休宁县", period="2019", meta={"title": "总结"})
    assert dict(report.meta)["title"] == "总结"
    assert (report.documents[0].place, report.documents[0].period) == ("休宁县", "2019")


BOMB = (
    b'<!DOCTYPE a [<!ENTITY b "ha">]><w:document xmlns:w="x"><w:body><w:p><w:r><w:t>&b;</w:t></w:r></w:p></w:body></w:document>'
)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (OLE + b"\x00" * 600, "an old Word file"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "locked with a password"),
        (b"", "broken zip"),
        (body("<w:p/>")[:60], "broken zip"),
        (packed({"word/other.xml": b"<a/>"}), "no word/document.xml"),
        (packed({"word/document.xml": b"<a>"}), "is no XML"),
        (packed({"word/document.xml": b"<a/>"}), "no text body"),
        (packed({"word/document.xml": BOMB}), "defines XML entities"),
        (packed({"word/document.xml": b"<a>" + b" " * 5_000_000}), "zip bomb"),
    ],
)
def test_broken_word_files(tmp_path: Path, data: bytes, said: str) -> None:
    assert said in refused(put(tmp_path, "a.docx", data))


def test_an_old_word_file_goes_through_libreoffice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = put(tmp_path, "a.doc", OLE + b"\x00" * 600)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    assert "LibreOffice is not there" in refused(old)
    ready = put(tmp_path, "ready.docx", as_word(TEXT))
    put(tmp_path, "fake.py", f"import shutil, sys; shutil.copy({str(ready)!r}, sys.argv[-2] + '/in.docx')")
    program = put(tmp_path, "bin/soffice", f'#!/bin/sh\nexec "{sys.executable}" "{tmp_path}/fake.py" "$@"\n')
    program.chmod(0o755)
    assert surfaces(zr.read(old)) == SURFACES
    program.write_text("#!/bin/sh\necho no filter >&2\n", encoding="utf-8")
    assert "LibreOffice cannot read it (no filter)" in refused(old)


def test_a_doc_that_is_something_else(tmp_path: Path) -> None:
    assert surfaces(zr.read(put(tmp_path, "a.doc", as_word(TEXT)))) == SURFACES
    assert surfaces(zr.read(put(tmp_path, "b.doc", as_page(TEXT)))) == SURFACES
    assert "no Word file" in refused(put(tmp_path, "c.doc", b"abc"))


# Web pages


def test_a_page_without_its_menus(tmp_path: Path) -> None:
    report = zr.read(put(tmp_path, "a.html", as_page(TEXT)))
    assert report.text == TEXT
    meta = dict(report.meta)
    assert (meta["title"], meta["date"], meta["encoding"]) == ("云溪县2020年教育工作总结", "2021-01-18", "utf-8")


def test_tables_of_a_page_stand_in_order(tmp_path: Path) -> None:
    table = "<table><tr><th>指标</th><th>产量(吨)</th></tr><tr><td>粮食</td><td>3</td></tr></table>"
    page = as_page(TEXT).decode().replace("<p style", f"{table}<p style", 1)
    report = zr.read(put(tmp_path, "a.html", page))
    assert "\n指标\t产量(吨)\n粮食\t3\n" in report.text
    assert kinds(report, "cell")["t1 r2 c1"] == "粮食"
    assert report.text.index("粮食") < report.text.index("14.925")


def test_marks_of_notes_on_a_page_are_left_out(tmp_path: Path) -> None:
    text = (
        "全年地区生产总值<sup>[1]</sup>98.62亿元，增长4.2%<sup><a href='#n'>2</a></sup>，面积12km<sup>2</sup>，10<sup>4</sup>亩。"
    )
    page = as_page(TEXT).decode().replace("<p style", f"<p>{text}</p><p style", 1)
    assert "地区生产总值98.62亿元，增长4.2%，面积12km2，104亩。" in zr.read(put(tmp_path, "a.html", page)).text


def test_merged_cells_of_a_page(tmp_path: Path) -> None:
    table = (
        "<table><caption>表1</caption><tr><td colspan=3>主要指标（单位：万元）</td></tr>"
        "<tr><th rowspan=2>指标</th><th colspan=2>产值</th></tr><tr><th>2020年</th><th>2021年</th></tr>"
        "<tr><td>工业</td><td>12</td><td><p>13</p></td></tr><tr><td style='padding-left:2em'>其中：轻工</td><td>5</td><td>6</td></tr>"
        "<tr><td colspan=3>注：快报数</td></tr></table>"
    )
    menu = "<table><tr><td><a href=1>首页</a></td><td><a href=2>公开12</a></td></tr><tr><td><a href=3>图片</a></td><td><a href=4>2</a></td></tr></table>"
    page = as_page(TEXT).decode().replace("<p style", f"{table}<p style", 1).replace("<body>", f"<body>{menu}", 1)
    report = zr.read(put(tmp_path, "a.html", page))
    rows = "主要指标（单位：万元）\n指标\t产值\t\n\t2020年\t2021年\n工业\t12\t13\n　　其中：轻工\t5\t6\n注：快报数\n"
    assert rows in report.text
    assert "公开12" not in report.text
    told = [(r.surface, r.quantity.unit, r.indicator, r.period) for r in report.records if r.surface in ("12", "13", "5", "6")]
    assert told == [("12", "元", "工业产值", "2020"), ("13", "元", "工业产值", "2021"), ("5", "元", "轻工产值", "2020"), ("6", "元", "轻工产值", "2021")]  # fmt: skip


@pytest.mark.parametrize(
    "above", ["<table><caption>表1 收支（单位：万元）</caption>", "<div>单位：万元</div><table>", "<p>单位：万元</p><table>"]
)
def test_the_unit_above_a_table_of_a_page_is_kept(above: str, tmp_path: Path) -> None:
    rows = "<tr><th>项目</th><th>2021年</th></tr><tr><td>税收收入</td><td>860</td></tr><tr><td>教育支出</td><td>1,260</td></tr>"
    page = as_page(TEXT).decode().replace("<p style", f"{above}{rows}</table><p style", 1)
    report = zr.read(put(tmp_path, "a.html", page))
    assert report.text.count("单位：万元") == 1
    assert [str(r.quantity.amount.value) for r in report.records if r.surface in ("860", "1,260")] == ["8600000", "12600000"]


def test_the_title_of_a_portal_that_has_no_heading_element(tmp_path: Path) -> None:
    page = as_page(TEXT).decode().replace("<h1>", '<div class="bt">').replace("</h1>", "</div>")
    assert zr.read(put(tmp_path, "a.html", page)).text == TEXT


@pytest.mark.parametrize(
    "article",
    [
        "<table><tr><td align=center>{0}</td></tr><tr><td><p>{paragraphs}</p></td></tr></table>",
        "<table><tr><td>{0}<br>{breaks}</td></tr></table>",
        "<div>{0}</div><div>{breaks}</div>",
        "<table><tr><td><p>{0}</p><p>{paragraphs}</p></td><td>左</td></tr></table>",
    ],
)
def test_pages_set_in_tables_or_by_line_breaks(tmp_path: Path, article: str) -> None:
    lines = [line for line in (CORPUS / "reports" / f"{NAMES[0]}.txt").read_text(encoding="utf-8").split("\n") if line]
    inner = article.format(lines[0], paragraphs="</p><p>".join(lines[1:]), breaks="<br>".join(lines[1:]))
    page = f"<html><head><title>{lines[0]}</title></head><body>{inner}</body></html>"
    assert zr.read(put(tmp_path, "a.html", page)).text.split("\n")[: len(lines)] == lines


def test_a_page_too_bare_for_a_main_text(tmp_path: Path) -> None:
    assert (
        zr.read(put(tmp_path, "a.htm", "<html><body>发放3万元。<br>新增5人。</body></html>")).text == "发放3万元。\n新增5人。\n"
    )
    assert "holds no text" in refused(put(tmp_path, "b.htm", "<html><body><script>1</script></body></html>"))
    assert "holds no text" in refused(put(tmp_path, "c.htm", b""))


# PDF


def drawn(draw: Callable, pages: int = 1, **kwargs) -> bytes:
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfgen import canvas

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    out = io.BytesIO()
    page = canvas.Canvas(out, **kwargs)
    for number in range(1, pages + 1):
        page.setFont("STSong-Light", 14)
        draw(page, number)
        page.showPage()
    page.save()
    return out.getvalue()


def test_a_paragraph_goes_on_over_the_page_and_each_offset_knows_its_page(tmp_path: Path) -> None:
    long = "云溪县工作总结\n" + "".join(f"第{n}批发放资金{n}万元," for n in range(1, 200)) + "完毕。"
    report = zr.read(put(tmp_path, "a.pdf", as_print(long)))
    assert report.text == long + "\n"
    pages = kinds(report, "page")
    assert list(pages) == ["p1", "p2", "p3"]
    assert "".join(pages.values()) == report.text
    assert dict(report.meta)["title"] == "云溪县工作总结"


def test_a_ruled_table_is_read_once_as_rows(tmp_path: Path) -> None:
    def draw(page, _) -> None:
        page.drawString(72, 700, "表1 粮食产量")
        page.grid([72, 200, 330], [600, 630, 660])
        for x, y, text in ((80, 640, "指标"), (210, 640, "产量(吨)"), (80, 610, "粮食"), (210, 610, "3")):
            page.drawString(x, y, text)
        page.drawString(72, 560, "注：含薯类。")

    report = zr.read(put(tmp_path, "a.pdf", drawn(draw)))
    assert report.text == "表1 粮食产量\n指标\t产量(吨)\n粮食\t3\n注：含薯类。\n"
    assert kinds(report, "cell") == {"t1 r1 c1": "指标", "t1 r1 c2": "产量(吨)", "t1 r2 c1": "粮食", "t1 r2 c2": "3"}


def set_hard(paragraphs: list[str], wide: int = 28) -> bytes:
    """A print whose lines are full to the last half character, figures broken where they happen to be."""
    from reportlab.pdfbase.pdfmetrics import stringWidth

    lines: list[tuple[float, str]] = []
    for paragraph in paragraphs:
        x, line = 28.0, ""
        for c in paragraph:
            if x + stringWidth(line + c, "STSong-Light", 14) > 14 * wide + 0.01:
                lines.append((x, line))
                x, line = 0.0, ""
            line += c
        lines.append((x, line))

    def draw(page, number: int) -> None:
        for at, (x, line) in enumerate(lines[(number - 1) * 25 : number * 25]):
            page.drawString(90 + x, 760 - 26 * at, line)

    return drawn(draw, pages=-(-len(lines) // 25))


def test_a_figure_broken_at_the_end_of_a_line_is_joined(tmp_path: Path) -> None:
    chance = random.Random(11)
    clauses = ("全县投入资金{}万元", "惠及群众{:,}人", "新建校舍{}.25平方米", "扎实推进各项工作")
    paragraphs = [
        "，".join(chance.choice(clauses).format(chance.randrange(1, 99999)) for _ in range(chance.randrange(1, 9))) + "。"
        for _ in range(60)
    ]
    report = zr.read(put(tmp_path, "a.pdf", set_hard(paragraphs)))
    assert report.text.splitlines() == paragraphs
    assert "".join(kinds(report, "page").values()) == report.text


def test_a_figure_broken_by_a_line_that_ends_early(tmp_path: Path) -> None:
    def draw(page, _) -> None:
        for at, (x, line) in enumerate(
            [(28, "云溪县坚持把教育摆在优先发展的战略地位并且不断加大投"), (0, "入力度改善办学条件促进教育公平提高教育质量全年投入资金"),
             (0, "累计达到较高的水平并且用于校舍建设的专项资金12"), (0, "34.5万元。"), (28, "2021年新建校舍5所。")]
        ):  # fmt: skip
            page.drawString(90 + x, 700 - 26 * at, line)

    text = zr.read(put(tmp_path, "a.pdf", drawn(draw))).text
    assert text.splitlines()[0].endswith("专项资金1234.5万元。")
    assert text.splitlines()[1] == "2021年新建校舍5所。"


def test_a_table_over_two_pages_is_one(tmp_path: Path) -> None:
    def draw(page, number: int) -> None:
        rows = (
            [("乡镇", "产量(吨)"), ("青石镇", "12")] if number == 1 else [("乡镇", "产量(吨)"), ("白沙乡", "8"), ("合计", "20")]
        )
        top = 120 if number == 1 else 760
        page.drawString(300, 30, f"- {number} -")
        if number == 1:
            page.drawString(72, 140, "表1 各乡镇粮食产量")
        else:
            page.drawString(72, 775, "续表1")
            page.drawString(72, 600, "注：含薯类。")
        page.grid([72, 200, 330], [top - 30 * i for i in range(len(rows) + 1)])
        for at, row in enumerate(rows):
            for x, text in zip((80, 210), row, strict=True):
                page.drawString(x, top - 30 * at - 20, text)

    report = zr.read(put(tmp_path, "a.pdf", drawn(draw, pages=2)))
    assert report.text == "表1 各乡镇粮食产量\n乡镇\t产量(吨)\n青石镇\t12\n白沙乡\t8\n合计\t20\n注：含薯类。\n"
    assert kinds(report, "page")["p2"].startswith("白沙乡")
    whole = {r.surface: r.part_of and report.at(int(r.part_of.split(":")[1])).surface for r in report.records}
    assert whole == {"12": "20", "8": "20", "20": None}


def test_notes_and_raised_marks_of_a_print(tmp_path: Path) -> None:
    def draw(page, number: int) -> None:
        if number == 1:
            for at in range(22):
                page.drawString(90, 740 - 26 * at, "全县坚持稳中求进工作总基调扎实推进各项工作全面完成目标任务")
            page.drawString(90, 168, "全年地区生产总值")
            page.setFont("STSong-Light", 7)
            page.drawString(202, 175, "[1]")
            page.setFont("STSong-Light", 14)
            page.drawString(212, 168, "98.62亿元，比上年增长较快，农村居民人均")
            page.setFont("STSong-Light", 9)
            page.drawString(90, 80, "[1] 地区生产总值为初步核算数，其中农业12亿元。")
        else:
            page.drawString(90, 740, "收入提高。")

    report = zr.read(put(tmp_path, "a.pdf", drawn(draw, pages=2)))
    lines = report.text.splitlines()
    assert lines[-2].endswith("全年地区生产总值98.62亿元，比上年增长较快，农村居民人均收入提高。")
    assert lines[-1] == "[1] 地区生产总值为初步核算数，其中农业12亿元。"
    assert kinds(report, "footnote") == {"p1": lines[-1]}


def test_a_table_without_rules(tmp_path: Path) -> None:
    rows = [
        ("乡镇", "人均可支配收入(元)", ""),
        ("", "城镇", "农村"),
        ("青石镇", "28,650", "14,320"),
        ("白沙乡", "26,110", "13,050"),
    ]

    def draw(page, _) -> None:
        page.drawString(90, 740, "表1 各乡镇收入")
        for at, row in enumerate(rows):
            for x, text in zip((90, 240 if at else 230, 360), row, strict=True):
                page.drawString(x, 700 - 24 * at, text)
        page.drawString(90, 560, "注：抽样调查数。")

    report = zr.read(put(tmp_path, "a.pdf", drawn(draw)))
    found = [(r.surface, r.place, r.indicator) for r in report.records]
    assert found == [
        ("28,650", "青石镇", "城镇人均可支配收入"), ("14,320", "青石镇", "农村人均可支配收入"),
        ("26,110", "白沙乡", "城镇人均可支配收入"), ("13,050", "白沙乡", "农村人均可支配收入"),
    ]  # fmt: skip


def test_scans_locked_and_damaged_pdfs(tmp_path: Path) -> None:
    from reportlab.lib.pdfencrypt import StandardEncryption

    good = as_print(TEXT)
    scan = drawn(lambda page, _: page.rect(72, 72, 300, 300, fill=1), pages=2)
    locked = drawn(lambda page, _: page.drawString(72, 700, "发放3万元"), encrypt=StandardEncryption("secret"))
    for name, data, said in (
        ("scan", scan, "is a scan"),
        ("numbers", drawn(lambda page, n: page.drawString(290, 30, str(n)), pages=3), "is a scan"),
        ("locked", locked, "locked with a password"),
        ("cut", good[: len(good) // 2], "cut off"),
        ("hollow", b"%PDF-1.7\n%%EOF\n", "damaged PDF"),
        ("other", b"abc", "no PDF file"),
    ):
        assert said in refused(put(tmp_path, f"{name}.pdf", data)), name
    assert "ocrmypdf" in refused(tmp_path / "scan.pdf")


def test_a_page_without_text_is_told(tmp_path: Path) -> None:
    path = put(tmp_path, "a.pdf", drawn(lambda page, n: page.drawString(72, 500, "发放3万元。") if n != 2 else None, pages=3))
    assert dict(zr.read(path).meta)["pages_without_text"] == "2"


# Other endings, archives, folders


@pytest.mark.parametrize(("name", "todo"), [("a.wps", "docx"), ("a.ofd", ".pdf"), ("a.xlsx", ".txt"), ("a.jpg", "OCR"), ("a.rar", "unpack"), ("a.xyz", ".docx")])  # fmt: skip
def test_what_is_not_read_says_what_to_convert_with(tmp_path: Path, name: str, todo: str) -> None:
    assert todo in refused(put(tmp_path, name, b"x"))


def test_an_archive_gives_a_report_for_each_member(tmp_path: Path) -> None:
    gb = "工作/总结.txt".encode("gb18030").decode("cp437")
    archive = put(
        tmp_path, "a.zip", packed({"b/总结.docx": as_word(TEXT), "../../c.txt": TEXT.encode(), "/d.txt": b"", "e.wps": b"x"})
    )
    with zipfile.ZipFile(archive, "a") as more:
        more.writestr("inner.zip", packed({"x.txt": b"x"}))
        more.writestr("__MACOSX/b/._总结.docx", b"x")
        more.writestr("logo.png", b"x")
    raw = archive.read_bytes()
    # zipfile itself cannot write a name in GB18030 without the flag, as WinRAR in China does.
    stand_in = "#" * len(gb.encode("cp437"))
    with zipfile.ZipFile(archive, "a") as more:
        more.writestr(stand_in, TEXT)
    raw = archive.read_bytes().replace(stand_in.encode(), gb.encode("cp437"))
    archive.write_bytes(raw)
    got = {r.source.removeprefix(str(archive)): r for r in zr.read_many([archive])}
    assert list(got) == ["/../../c.txt", "//d.txt", "/b/总结.docx", "/e.wps", "/inner.zip", "/工作/总结.txt"]
    for name in ("/../../c.txt", "/b/总结.docx", "/工作/总结.txt"):
        assert surfaces(got[name]) == SURFACES
    assert "archive inside an archive" in str(got["/inner.zip"])
    assert "WPS" in str(got["/e.wps"])
    assert [str(r) for r in zr.read_many([archive], workers=2)] == [str(r) for r in got.values()]
    assert surfaces(zr.read(f"{archive}/工作/总结.txt")) == SURFACES
    with pytest.raises(zr.ReadError, match="read_many"):
        zr.read(archive)
    assert not (tmp_path.parent.parent / "c.txt").exists()


def test_an_archive_of_one_is_read_as_a_file(tmp_path: Path) -> None:
    archive = put(tmp_path, "a.zip", packed({"总结.txt": TEXT.encode("gb18030")}))
    report = zr.read(archive, place="休宁县")
    assert (surfaces(report), report.source, report.documents[0].place) == (SURFACES, f"{archive}/总结.txt", "休宁县")


def test_bad_archives(tmp_path: Path) -> None:
    assert "zip bomb" in refused(put(tmp_path, "bomb.zip", packed({"a.txt": b"0" * 5_000_000})))
    assert "broken zip" in refused(put(tmp_path, "b.zip", b"PK\x03\x04"))
    assert "readable file" in refused(put(tmp_path, "c.zip", packed({})))
    assert "no such file" in refused(tmp_path / "d.zip")
    locked = bytearray(packed({"a.txt": b"abc"}))
    locked[locked.index(b"PK\x01\x02") + 8] |= 1
    assert "locked with a password" in refused(put(tmp_path, "e.zip", bytes(locked)))


def test_what_is_known_of_each_file_travels_with_it(tmp_path: Path) -> None:
    one, two = put(tmp_path, "1.txt", TEXT), put(tmp_path, "2.zip", packed({"a.txt": TEXT.encode()}))
    known = {str(one): {"place": "休宁县", "period": "2019"}, str(two): {"来源": "县政府网"}}
    first, second = zr.read_many([one, two], known=known)
    assert (first.documents[0].place, first.documents[0].period) == ("休宁县", "2019")
    assert dict(second.meta)["来源"] == "县政府网"


def test_a_folder_walk_takes_reports_and_ends_in_a_loop_of_links(tmp_path: Path) -> None:
    for name in ("a.txt", "b/c.docx", "b/d.wps", "e.OFD", "f.jpg", "~$c.docx", "._a.txt"):
        put(tmp_path / "top", name, b"x")
    (tmp_path / "beside").mkdir()
    put(tmp_path, "beside/g.pdf", b"x")
    for link in ("top/b/back", "top/again"):
        os.symlink(tmp_path / "top", tmp_path / link)
    os.symlink(tmp_path / "beside", tmp_path / "top" / "link")
    got = [os.path.relpath(p, tmp_path / "top") for p in expanded([str(tmp_path / "top")])]
    assert got == ["a.txt", "b/c.docx", "b/d.wps", "e.OFD", "link/g.pdf"]
    assert [Path(p).name for p in expanded([str(tmp_path / "top" / "**" / "*.txt")])] == ["a.txt"]


@pytest.mark.parametrize("form", ["docx", "pdf", "html"])
def test_no_damage_brings_down_a_run(form: str, tmp_path: Path) -> None:
    """A thousandth of the bytes changed, or the end cut off: a report or a failure, and nothing else."""
    ending, write = FORMATS[form]
    good, chance = write(TEXT), random.Random(7)
    for turn in range(60):
        bad = bytearray(good)
        for _ in range(1 + len(bad) // 1000):
            bad[chance.randrange(len(bad))] = chance.randrange(256)
        put(tmp_path, f"{turn:02}{ending}", bytes(bad[: chance.randrange(len(bad))] if turn % 3 == 0 else bad))
    assert len(list(zr.read_many(sorted(tmp_path.iterdir())))) == 60


@pytest.mark.parametrize("form", ["docx", "pdf", "html"])
def test_a_file_gives_the_same_text_each_time(form: str, tmp_path: Path) -> None:
    ending, write = FORMATS[form]
    path = put(tmp_path, f"a{ending}", write((CORPUS / "reports" / f"{NAMES[0]}.txt").read_text(encoding="utf-8")))
    code = f"import zhreport as zr; r = zr.read({str(path)!r}); print(ascii((r.text, r.origin, r.meta)))"
    report = zr.read(path)
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == ascii((report.text, report.origin, report.meta))
    assert told.stderr == ""


def test_importing_and_reading_text_loads_no_library_for_other_formats(tmp_path: Path) -> None:
    path = put(tmp_path, "a.txt", TEXT)
    code = (
        f"import sys, zhreport as zr; zr.read({str(path)!r});"
        "print([m for m in ('lxml', 'docx', 'pdfplumber', 'trafilatura', 'chardet') if m in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
