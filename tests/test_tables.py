"""One report with tables in six forms: tabs, bars, blanks, Word, a page, and print. The records are the same in all."""

from __future__ import annotations

import html
import io
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import docx
import pytest

import zhreport as zr


class At(NamedTuple):
    """A cell that is merged over some columns and rows."""

    text: str
    across: int = 1
    down: int = 1


Row = tuple[str | At, ...]
Block = str | tuple[Row, ...]

REPORT: tuple[Block, ...] = (
    "云溪县2021年国民经济和社会发展统计公报",
    "一、综合",
    "初步核算，全年地区生产总值98.62亿元，比上年增长4.2%。",
    "表1 主要经济指标",
    "单位：万元",
    (
        (At("指标", down=2), At("绝对值", across=2), At("比上年增长(%)", down=2), At("全市位次", down=2)),
        ("2020年", "2021年"),
        ("地区生产总值", "946400", "986200", "4.2", "3"),
        ("第一产业", "195000", "201000", "3.1", "5"),
        ("第二产业", "371400", "385200", "4.6", "2"),
        ("　其中：工业", "290000", "300100", "5.0", "2"),
        ("　　　　建筑业", "81400", "85100", "3.3", "6"),
        ("第三产业", "380000", "400000", "4.5", "4"),
    ),
    "注：增长速度按可比价格计算。",
    "二、人口和生活",
    "年末全县常住人口32.5万人。",
    "表2 各乡镇人口和收入",
    (
        (
            At("序号", down=2),
            At("乡镇", down=2),
            At("年末户数（户）", down=2),
            At("人均可支配收入（元）", across=2),
            At("参保率", down=2),
        ),
        ("城镇", "农村"),
        ("1", "青石镇", "3,204", "28,650", "14,320", "99.2"),
        ("2", "白沙乡", "1,876", "26,110", "13,050", "98.7"),
        ("", "合计", "5,080", "27,900", "13,600", "99.0"),
    ),
    "三、财政",
    "表3 2021年一般公共预算收支（单位：万元）",
    (
        ("预算科目", "2021年预算数", "2021年决算数", "完成预算%", "备注"),
        ("一、税收收入", "43000", "43800", "101.9", "含上级返还"),
        ("二、非税收入", "19500", "19800", "101.5", ""),
        ("收入合计", "62500", "63600", "101.8", ""),
    ),
    "四、教育",
    "表4 教育事业发展情况",
    (
        ("年份", "学校数(所)", "在校学生(人)", "其中：寄宿生", "生均经费(元/生)"),
        ("2019年", "60", "18,010", "6,230", "10200"),
        ("2020年", "58", "17,880", "6,345", "10650"),
    ),
    "2021年，新增就业1200人。",
)

WANTED = """
98.62亿元|9862000000|元|地区生产总值|level|2021|云溪县|
4.2%|0.042|1|地区生产总值|increase|2021|云溪县|
946400|9464000000|元|地区生产总值|level|2020|云溪县|
986200|9862000000|元|地区生产总值|level|2021|云溪县|
4.2|0.042|1|地区生产总值|increase|2021|云溪县|
195000|1950000000|元|第一产业|level|2020|云溪县|
201000|2010000000|元|第一产业|level|2021|云溪县|
3.1|0.031|1|第一产业|increase|2021|云溪县|
371400|3714000000|元|第二产业|level|2020|云溪县|
385200|3852000000|元|第二产业|level|2021|云溪县|
4.6|0.046|1|第二产业|increase|2021|云溪县|
290000|2900000000|元|工业|level|2020|云溪县|371400
300100|3001000000|元|工业|level|2021|云溪县|385200
5.0|0.05|1|工业|increase|2021|云溪县|
81400|814000000|元|建筑业|level|2020|云溪县|371400
85100|851000000|元|建筑业|level|2021|云溪县|385200
3.3|0.033|1|建筑业|increase|2021|云溪县|
380000|3800000000|元|第三产业|level|2020|云溪县|
400000|4000000000|元|第三产业|level|2021|云溪县|
4.5|0.045|1|第三产业|increase|2021|云溪县|
32.5万人|325000|人|常住人口|level|2021|云溪县|
3,204|3204|户|年末户数|level|2021|青石镇|5,080
28,650|28650|元|城镇人均可支配收入|level|2021|青石镇|
14,320|14320|元|农村人均可支配收入|level|2021|青石镇|
99.2|0.992|1|参保率|level|2021|青石镇|
1,876|1876|户|年末户数|level|2021|白沙乡|5,080
26,110|26110|元|城镇人均可支配收入|level|2021|白沙乡|
13,050|13050|元|农村人均可支配收入|level|2021|白沙乡|
98.7|0.987|1|参保率|level|2021|白沙乡|
5,080|5080|户|年末户数|level|2021|云溪县|
27,900|27900|元|城镇人均可支配收入|level|2021|云溪县|
13,600|13600|元|农村人均可支配收入|level|2021|云溪县|
99.0|0.99|1|参保率|level|2021|云溪县|
43000|430000000|元|税收收入|level|2021|云溪县|62500
43800|438000000|元|税收收入|level|2021|云溪县|63600
101.9|1.019|1|税收收入完成预算|level|2021|云溪县|
19500|195000000|元|非税收入|level|2021|云溪县|62500
19800|198000000|元|非税收入|level|2021|云溪县|63600
101.5|1.015|1|非税收入完成预算|level|2021|云溪县|
62500|625000000|元|收入|level|2021|云溪县|
63600|636000000|元|收入|level|2021|云溪县|
101.8|1.018|1|收入完成预算|level|2021|云溪县|
60|60|所|学校数|level|2019|云溪县|
18,010|18010|人|在校学生|level|2019|云溪县|
6,230|6230|人|寄宿生|level|2019|云溪县|18,010
10200|10200|元|生均经费|level|2019|云溪县|
58|58|所|学校数|level|2020|云溪县|
17,880|17880|人|在校学生|level|2020|云溪县|
6,345|6345|人|寄宿生|level|2020|云溪县|17,880
10650|10650|元|生均经费|level|2020|云溪县|
1200人|1200|人|就业|increase|2021|云溪县|
"""


def matrix(table: tuple[Row, ...]) -> list[list[At | None]]:
    """The cells where they stand; None where a merged one covers."""
    width = sum(c.across if isinstance(c, At) else 1 for c in table[0])
    out: list[list[At | None]] = [[None] * width for _ in table]
    taken: set[tuple[int, int]] = set()
    for y, row in enumerate(table):
        x = 0
        for given in row:
            while (y, x) in taken:
                x += 1
            cell = given if isinstance(given, At) else At(given)
            out[y][x] = cell
            taken.update((y + b, x + a) for a in range(cell.across) for b in range(cell.down))
            x += cell.across
    return out


def words(table: tuple[Row, ...]) -> list[list[str]]:
    return [[c.text if c else "" for c in row] for row in matrix(table)]


def with_tabs(table: tuple[Row, ...]) -> str:
    return "\n".join("\t".join(row) for row in words(table))


def with_bars(table: tuple[Row, ...]) -> str:
    return "\n".join(f"|{'|'.join(row)}|" for row in words(table))


def printed(text: str) -> int:
    return sum(1 + (c > "\u2e7f") for c in text)


def with_blanks(table: tuple[Row, ...]) -> str:
    """Columns of print: words to the left, figures to the right, merged heads in the middle of what they cover."""
    cells = matrix(table)
    wide = [max(printed(c.text) for row in cells if (c := row[x]) and c.across == 1) + 3 for x in range(len(cells[0]))]
    for row in cells:
        for x, cell in enumerate(row):
            if cell and cell.across > 1:
                wide[x] += max(0, printed(cell.text) + 3 - sum(wide[x : x + cell.across]))
    out = []
    for row in cells:
        line = ""
        for x, cell in enumerate(row):
            if cell is None:
                continue
            left = sum(wide[:x])
            room = sum(wide[x : x + cell.across]) - 3
            lead = (
                (room - printed(cell.text)) // 2
                if cell.across > 1
                else room - printed(cell.text)
                if cell.text[:1].isdigit()
                else 0
            )
            line += " " * (left + lead - printed(line)) + cell.text
        out.append(line.rstrip())
    return "\n".join(out)


def as_text(table: Callable[[tuple[Row, ...]], str]) -> bytes:
    return ("\n".join(b if isinstance(b, str) else table(b) for b in REPORT) + "\n").encode("gb18030")


def as_word() -> bytes:
    document = docx.Document()
    for block in REPORT:
        if isinstance(block, str):
            document.add_paragraph(block)
            continue
        cells = matrix(block)
        table = document.add_table(len(cells), len(cells[0]))
        for y, row in enumerate(cells):
            for x, cell in enumerate(row):
                if cell:
                    table.cell(y, x).merge(table.cell(y + cell.down - 1, x + cell.across - 1)).text = cell.text
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def as_page() -> bytes:
    out = []
    for block in REPORT:
        if isinstance(block, str):
            out.append(f"<p>{html.escape(block)}</p>")
            continue
        rows = [
            "".join(
                f'<td colspan="{c.across}" rowspan={c.down}><span>{c.text.replace("　", "&#12288;")}</span></td>'
                for c in row
                if c
            )
            for row in matrix(block)
        ]
        out.append(f"<table border=1>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>")
    page = f'<html><head><meta charset="gb2312"><title>{REPORT[0]}</title></head><body><div id="zoom">{"".join(out)}</div></body></html>'
    return page.encode("gb18030")


def as_print() -> bytes:
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Table

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    plain = ParagraphStyle("正文", fontName="STSong-Light", fontSize=12, leading=20, wordWrap="CJK", firstLineIndent=24)
    story = []
    for block in REPORT:
        if isinstance(block, str):
            story.append(Paragraph(html.escape(block), plain))
            continue
        cells = matrix(block)
        merged = [
            ("SPAN", (x, y), (x + c.across - 1, y + c.down - 1))
            for y, row in enumerate(cells)
            for x, c in enumerate(row)
            if c and c[1:] != (1, 1)
        ]
        style = [("GRID", (0, 0), (-1, -1), 0.5, "black"), ("FONT", (0, 0), (-1, -1), "STSong-Light", 10), *merged]
        story.append(Table(words(block), style=style))
    out = io.BytesIO()
    SimpleDocTemplate(out, title=REPORT[0]).build(story)
    return out.getvalue()


FORMS = {
    "tabs.txt": lambda: as_text(with_tabs),
    "bars.txt": lambda: as_text(with_bars),
    "blanks.txt": lambda: as_text(with_blanks),
    "a.docx": as_word,
    "a.html": as_page,
    "a.pdf": as_print,
}


@pytest.mark.parametrize("name", FORMS)
def test_the_same_records_from_every_form(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(FORMS[name]())
    report = zr.read(path)
    surface = {r.id: r.surface for r in report.records}
    found = [
        "|".join(
            "" if v is None else str(v)
            for v in (
                r.surface, _plain(r), r.quantity.unit, r.indicator, r.role, r.period,
                r.place, surface.get(r.part_of or ""),
            )
        )
        for r in report.records
    ]  # fmt: skip
    assert "\n".join(["", *found, ""]) == WANTED
    assert [s.marker for s in report.sections] == ["一、", "二、", "三、", "四、"]
    assert [r.status for r in report.records if r.surface in ("43000", "43800")] == ["planned", "reported"]
    assert [f.formula for f in zr.audit(report) if f.verdict == "violated"] == []


def _plain(record: zr.Record) -> str:
    value = record.quantity.amount.value
    return str(int(value)) if value == int(value) else repr(float(value))
