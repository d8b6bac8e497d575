"""The automatic numbers of Word: every format, how levels count and restart, and where a paragraph gets its list from."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import NamedTuple

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from zhreport.files.docx import docx_file
from zhreport.files.labels import label


class Par(NamedTuple):
    """A paragraph to write: its text, its list, its level, its style."""

    text: str
    num: int | None = None
    level: int | None = None
    style: str | None = None


def lvl(at: int, form: str, shown: str, start: int = 1, more: str = "") -> str:
    """A `w:lvl`. `more` are elements that stand between the format and the text."""
    return f'<w:lvl w:ilvl="{at}"><w:start w:val="{start}"/><w:numFmt w:val="{form}"/>{more}<w:lvlText w:val="{shown}"/></w:lvl>'


def definition(key: int, *levels: str, more: str = "") -> str:
    return f'<w:abstractNum w:abstractNumId="{key}">{more}{"".join(levels)}</w:abstractNum>'


def num(key: int, of: int, more: str = "") -> str:
    return f'<w:num w:numId="{key}"><w:abstractNumId w:val="{of}"/>{more}</w:num>'


def numbers(num_id: int | None, level: int | None) -> str:
    inner = "" if level is None else f'<w:ilvl w:val="{level}"/>'
    inner += "" if num_id is None else f'<w:numId w:val="{num_id}"/>'
    return f"<w:numPr {nsdecls('w')}>{inner}</w:numPr>"


def paragraph_style(key: str, base: str | None = None, num_id: int | None = None, level: int | None = None) -> str:
    based = f'<w:basedOn w:val="{base}"/>' if base else ""
    own = f"<w:pPr>{numbers(num_id, level)}</w:pPr>" if num_id is not None or level is not None else ""
    return f'<w:style {nsdecls("w")} w:type="paragraph" w:styleId="{key}"><w:name w:val="{key}"/>{based}{own}</w:style>'


def word_file(paragraphs: Sequence[Par], numbering: str, styles: Sequence[str] = ()) -> bytes:
    """A file written by python-docx with a numbering part of our own."""
    document = docx.Document()
    part = document.part.numbering_part.element
    for old in list(part):
        part.remove(old)
    for new in parse_xml(f"<w:numbering {nsdecls('w')}>{numbering}</w:numbering>"):
        part.append(new)
    for style in styles:
        document.styles.element.append(parse_xml(style))
    for paragraph in paragraphs:
        written = document.add_paragraph(paragraph.text)
        properties = written._p.get_or_add_pPr()
        if paragraph.style:
            properties.insert(0, parse_xml(f'<w:pStyle {nsdecls("w")} w:val="{paragraph.style}"/>'))
        if paragraph.num is not None or paragraph.level is not None:
            properties.append(parse_xml(numbers(paragraph.num, paragraph.level)))
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def lines(paragraphs: Sequence[Par], numbering: str, styles: Sequence[str] = ()) -> list[str]:
    return docx_file("a.docx", word_file(paragraphs, numbering, styles)).text.splitlines()


REPORT = definition(
    0, lvl(0, "chineseCounting", "%1、"), lvl(1, "chineseCounting", "（%2）"), lvl(2, "decimal", "%3."), lvl(3, "decimalEnclosedCircle", "%4")
)  # fmt: skip


@pytest.mark.parametrize(
    ("form", "shown"),
    [
        ("decimal", "1 2 10 11 21 104"),
        ("decimalZero", "01 02 10 11 21 104"),
        ("decimalFullWidth", "１ ２ １０ １１ ２１ １０４"),
        ("chineseCounting", "一 二 十 十一 二十一 一百零四"),
        ("chineseCountingThousand", "一 二 十 十一 二十一 一百零四"),
        ("taiwaneseCounting", "一 二 十 十一 二十一 一百零四"),
        ("taiwaneseCountingThousand", "一 二 十 十一 二十一 一百零四"),
        ("ideographDigital", "一 二 一〇 一一 二一 一〇四"),
        ("japaneseCounting", "一 二 十 十一 二十一 百四"),
        ("chineseLegalSimplified", "壹 贰 壹拾 壹拾壹 贰拾壹 壹佰零肆"),
        ("ideographTraditional", "甲 乙 癸 11 21 104"),
        ("decimalEnclosedCircle", "① ② ⑩ ⑪ 21 104"),
        ("decimalEnclosedCircleChinese", "① ② ⑩ ⑪ 21 104"),
        ("decimalEnclosedParen", "⑴ ⑵ ⑽ ⑾ 21 104"),
        ("decimalEnclosedFullstop", "⒈ ⒉ ⒑ ⒒ 21 104"),
        ("lowerLetter", "a b j k u zzzz"),
        ("upperLetter", "A B J K U ZZZZ"),
        ("lowerRoman", "i ii x xi xxi civ"),
        ("upperRoman", "I II X XI XXI CIV"),
        ("aFormatOfTheFuture", "1 2 10 11 21 104"),
    ],
)
def test_formats(form: str, shown: str) -> None:
    assert " ".join(label(form, n) for n in (1, 2, 10, 11, 21, 104)) == shown


def test_levels_count_and_restart_under_a_higher_one() -> None:
    pars = [
        Par("成效", 1, 0), Par("资助", 1, 1), Par("学前", 1, 2), Par("高中", 1, 2), Par("就业", 1, 1), Par("培训", 1, 2),
        Par("不足", 1, 0), Par("资金", 1, 1), Par("明细", 1, 3),
    ]  # fmt: skip
    assert lines(pars, REPORT + num(1, 0)) == [
        "一、成效", "（一）资助", "1. 学前", "2. 高中", "（二）就业", "1. 培训", "二、不足", "（一）资金", "①明细",
    ]  # fmt: skip


def test_a_number_never_grows_into_the_text() -> None:
    assert lines([Par("2019年发放3万元。", 1, 2)], REPORT + num(1, 0)) == ["1. 2019年发放3万元。"]


def test_two_lists_of_one_definition_count_on_but_a_start_override_begins_anew() -> None:
    more = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
    pars = [Par("甲", 1, 0), Par("乙", 2, 0), Par("丙", 3, 0), Par("丁", 3, 0), Par("戊", 1, 0)]
    assert lines(pars, REPORT + num(1, 0) + num(2, 0) + num(3, 0, more)) == ["一、甲", "二、乙", "一、丙", "二、丁", "三、戊"]


def test_an_override_may_bring_a_level_of_its_own() -> None:
    more = f'<w:lvlOverride w:ilvl="0">{lvl(0, "decimal", "第%1章", start=3)}</w:lvlOverride>'
    assert lines([Par("总则", 1, 0)], REPORT + num(1, 0, more)) == ["第3章总则"]


def test_a_list_starts_where_it_says() -> None:
    assert lines([Par("其他", 1, 0)], definition(0, lvl(0, "chineseCounting", "%1、", start=5)) + num(1, 0)) == ["五、其他"]


@pytest.mark.parametrize(("restart", "last"), [("", "1、丁"), ('<w:lvlRestart w:val="0"/>', "3、丁"), ('<w:lvlRestart w:val="1"/>', "3、丁")])  # fmt: skip
def test_a_level_restarts_as_it_says(restart: str, last: str) -> None:
    levels = lvl(0, "decimal", "%1部"), lvl(1, "decimal", "（%2）"), lvl(2, "decimal", "%3、", more=restart)
    pars = [Par("一", 1, 0), Par("甲", 1, 1), Par("乙", 1, 2), Par("丙", 1, 2), Par("再", 1, 1), Par("丁", 1, 2)]
    assert lines(pars, definition(0, *levels) + num(1, 0))[-1] == last


def test_numbers_of_many_levels_and_legal_ones() -> None:
    levels = lvl(0, "chineseCounting", "第%1章"), lvl(1, "decimal", "%1.%2"), lvl(2, "decimal", "%1.%2.%3", more="<w:isLgl/>")
    pars = [Par("总则", 1, 0), Par("目的", 1, 1), Par("范围", 1, 1), Par("县内", 1, 2)]
    assert lines(pars, definition(0, *levels) + num(1, 0)) == ["第一章总则", "一.1 目的", "一.2 范围", "1.2.1 县内"]


def test_a_level_that_was_skipped_shows_its_start_and_counts_as_begun() -> None:
    """As LibreOffice shows it."""
    levels = lvl(0, "decimal", "%1"), lvl(1, "decimal", "%1.%2")
    assert lines([Par("甲", 1, 1), Par("乙", 1, 0)], definition(0, *levels) + num(1, 0)) == ["1.1 甲", "2 乙"]


def test_bullets_give_no_text() -> None:
    assert lines([Par("发放3万元。", 1, 0)], definition(0, lvl(0, "bullet", "\uf06c")) + num(1, 0)) == ["发放3万元。"]


def test_a_format_of_its_own_has_a_plain_one_as_fallback() -> None:
    level = (
        '<w:lvl w:ilvl="0"><w:start w:val="1"/><mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
        '<mc:Choice Requires="w14"><w:numFmt w:val="custom" w:format="001, 002, 003, ..."/></mc:Choice>'
        '<mc:Fallback><w:numFmt w:val="decimalZero"/></mc:Fallback></mc:AlternateContent><w:lvlText w:val="%1、"/></w:lvl>'
    )
    assert lines([Par("甲", 1, 0)], definition(0, level) + num(1, 0)) == ["01、甲"]


def test_the_list_comes_from_the_style_and_the_level_from_the_list() -> None:
    levels = (
        lvl(0, "chineseCounting", "%1、", more='<w:pStyle w:val="H1"/>'),
        lvl(1, "chineseCounting", "（%2）", more='<w:pStyle w:val="H2"/>'),
    )
    styles = [paragraph_style("H1", num_id=1), paragraph_style("H2", base="H1"), paragraph_style("H2b", base="H2")]
    pars = [Par("成效", style="H1"), Par("资助", style="H2"), Par("就业", style="H2b"), Par("正文")]
    assert lines(pars, definition(0, *levels) + num(1, 0), styles) == ["一、成效", "（一）资助", "（二）就业", "正文"]


def test_a_style_may_say_its_level_and_a_paragraph_may_leave_the_list() -> None:
    styles = [paragraph_style("Item", num_id=1, level=1)]
    pars = [
        Par("资助", style="Item"),
        Par("附注", 0, style="Item"),
        Par("就业", style="Item"),
        Par("成效", None, 0, style="Item"),
    ]
    assert lines(pars, REPORT + num(1, 0), styles) == ["（一）资助", "附注", "（二）就业", "二、成效"]


def test_styles_in_a_circle_end() -> None:
    styles = [paragraph_style("A", base="B"), paragraph_style("B", base="A")]
    assert lines([Par("正文", style="A")], REPORT + num(1, 0), styles) == ["正文"]


def test_a_definition_may_only_name_a_list_style() -> None:
    numbering = (
        definition(0, lvl(0, "chineseCounting", "%1、"), more='<w:styleLink w:val="Mine"/>')
        + definition(1, more='<w:numStyleLink w:val="Mine"/>')
        + num(1, 0)
        + num(2, 1)
    )
    style = (
        f'<w:style {nsdecls("w")} w:type="numbering" w:styleId="Mine"><w:name w:val="Mine"/>'
        f"<w:pPr>{numbers(1, None)}</w:pPr></w:style>"
    )
    assert lines([Par("甲", 2, 0), Par("乙", 2, 0)], numbering, [style]) == ["一、甲", "二、乙"]


@pytest.mark.parametrize("par", [Par("正文", 99, 0), Par("正文", 1, 8), Par("正文", 1, 77)])
def test_a_list_or_level_that_is_not_there_gives_no_number(par: Par) -> None:
    assert lines([par], REPORT + num(1, 0)) == ["正文"]


def test_the_origin_says_which_characters_are_a_number() -> None:
    extract = docx_file("a.docx", word_file([Par("正文"), Par("2019年", 1, 2)], REPORT + num(1, 0)))
    assert extract.text == "正文\n1. 2019年\n"
    assert extract.origin == ((0, 2, "paragraph", "p1"), (3, 11, "paragraph", "p2"), (3, 5, "number", "p2"))
