"""Tables for the terminal: Chinese text in columns of the right width, long cells wrapped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from .amounts import decimal_text
from .table import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from fractions import Fraction

    from .report import Report
    from .series import Panel
    from .types import Finding, Record


def _console() -> Console:
    console = Console(highlight=False, soft_wrap=False)
    return console if console.is_terminal else Console(highlight=False, width=120)


def _printed(title: str, columns: Sequence[tuple[str, float, str]], rows: Iterable[Sequence[str]]) -> None:
    table = Table(title=escape(visible(title)), title_justify="left", title_style="bold", expand=True, pad_edge=False)
    for name, ratio, side in columns:
        table.add_column(name, ratio=int(ratio), justify="right" if side == "right" else "left", overflow="fold")
    for row in rows:
        table.add_row(*(escape(visible(cell)) for cell in row))
    _console().print(table)


def amount_text(record: Record) -> str:
    """A figure with its unit and the denominators of a rate: 500 元/生/年, 0.09–0.11."""
    q, amount = record.quantity, record.quantity.amount
    value = _decimal(amount.value)
    if not value and amount.parts:
        value = ":".join(map(_decimal, amount.parts))
    elif not value:
        value = f"{_decimal(amount.low)}–{_decimal(amount.high)}"
    mark = {"about": "≈ ", "over": "≥ ", "under": "≤ "}.get(q.approx, "")
    unit = "" if q.unit == "1" else f" {q.unit}"
    return f"{mark}{value}{unit}{''.join(f'/{p}' for p in record.per)}"


def _decimal(number: Fraction | None) -> str:
    """8600亩 is 17200000/3 平方米 in files; who reads a table sees 5733333.33…"""
    text = decimal_text(number) or ""
    return f"{float(number):.2f}…" if number is not None and "/" in text and abs(number) >= 1 else text


def _role_text(record: Record) -> str:
    """What is more than a level that is reported: 增加 increase, 计划 planned."""
    told = (_ROLE.get(record.role), "计划 planned" if record.status == "planned" else None)
    return ", ".join(t for t in told if t)


_ROLE = {
    "increase": "增 increase", "decrease": "减 decrease", "from": "由 from", "to": "至 to", "share": "占 share", "limit": "限 limit",
}  # fmt: skip


def records_table(report: Report) -> None:
    """One line a record: where it stands, what is written, what it means."""
    rows = [
        (" ".join(r.section), r.indicator or "", r.surface, amount_text(r), _role_text(r), r.period or "", str(r.start))
        for r in report.records
    ]
    title = f"{report.source or ''} · {len(rows)} 条记录 records · {len(report.sections)} 节 sections"
    columns = (
        ("节 section", 3, ""), ("指标 indicator", 5, ""), ("原文 surface", 4, ""),
        ("数值 value", 4, "right"), ("角色 role", 3, ""), ("时期 period", 3, ""), ("位置 at", 2, "right"),
    )  # fmt: skip
    _printed(title, columns, rows)


def documents_table(report: Report) -> None:
    """One line a document of the page."""
    rows = [
        (str(d.id), d.title or "", d.kind or "", d.place or "", d.period or "", f"{d.start}–{d.end}") for d in report.documents
    ]
    columns = (
        ("#", 1, "right"),
        ("标题 title", 8, ""),
        ("文种 kind", 2, ""),
        ("地区 place", 3, ""),
        ("时期 period", 3, ""),
        ("位置 at", 3, "right"),
    )
    _printed(report.source or "", columns, rows)


# More columns than these are too narrow to be read at 120 characters.
_MOST_YEARS = 6


def panel_table(panel: Panel) -> None:
    """One line an indicator and place, a column for each of the last years; what two readings tell differently below."""
    wide = panel.wide()
    years = [y for y in wide.columns if wide[y].notna().any()]
    shown, left = years[-_MOST_YEARS:], years[:-_MOST_YEARS]
    kept = wide[shown].dropna(how="all") if shown else wide
    rows = [
        (*map(str, index), *("—" if v is None or v != v else str(v) for v in row))
        for index, row in zip(kept.index, kept.astype(object).where(kept.notna(), None).itertuples(index=False), strict=True)
    ]
    columns = [("指标 indicator", 5.0, ""), ("地区 place", 3.0, ""), ("单位 unit", 2.0, ""), *((y, 3.0, "right") for y in shown)]
    _printed(f"{panel!r}", columns, rows)
    if left:
        _console().print(f"另有年份 other years: {' '.join(left)}（-o panel.xlsx）")
    findings_table(None, panel.findings(), everything=False)


_ORDER = {"violated": 0, "unclear": 1, "rounding": 2, "holds": 3}
_VERDICT = {"violated": "不符 violated", "unclear": "存疑 unclear ", "rounding": "舍入 rounding", "holds": "相符 holds   "}
_INDENT = (0, 0, 0, 10)
_STYLE = {"violated": "bold red", "unclear": "yellow", "rounding": "cyan", "holds": "green"}


def findings_table(report: Report | None, findings: Iterable[Finding], everything: bool) -> None:
    """What does not hold first, each with its sentence and the figures underlined; with `everything` the rest, too."""
    console = _console()
    listed = sorted(findings, key=lambda f: _ORDER[f.verdict])
    shown = [f for f in listed if everything or f.verdict != "holds"]
    name = escape(visible(report.source or "") if report else "报告之间 across the reports")
    hidden = len(listed) - len(shown)
    rest = f" · {hidden} 项相符未列 hold, not shown (--all)" if hidden else ""
    console.print(f"[bold]{name}[/bold] · {len(listed)} 项关系 relations{rest}")
    for f in shown:
        label = _VERDICT[f.verdict]
        console.print(f"[{_STYLE[f.verdict]}]{label}[/] {f.kind} [bold]{escape(visible(f.formula))}[/bold]")
        console.print(Padding(escape(visible(f.reason)), _INDENT, expand=False))
        if f.passages:
            console.print(Padding(_folded(_words(f), console.width - _INDENT[3]), _INDENT, expand=False))


def _words(finding: Finding) -> Text:
    """The words around the figures, with each of them underlined."""
    text = Text()
    for start, words in finding.passages:
        if text:
            text.append(" … ")
        shift = len(text) - start
        text.append(visible(words.replace("\n", " ")))
        for o in (*finding.operands, finding.result):
            if o is not None and start <= o.start and o.end <= start + len(words):
                text.stylize("underline", o.start + shift, o.end + shift)
    return text


def _folded(text: Text, width: int) -> Text:
    """Lines that are full: rich breaks at blanks, and 教师1 204名进村 has one where Chinese text has no other."""
    breaks, columns = [], 0
    for i, char in enumerate(text.plain):
        columns += cell_len(char)
        if columns > width:
            breaks.append(i)
            columns = cell_len(char)
    return Text("\n").join(text.divide(breaks))
