"""What notebooks show: our objects as small pieces of HTML. All text is escaped; attributes only are read, so no stage is known.

Colours are see-through and text inherits its own, so that light and dark notebooks both can be read.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from .amounts import decimal_text

_WORST_FIRST = ("violated", "unclear", "rounding", "holds")
_TEXT, _OUTLINE, _WORDS, _FAILURES = 4000, 60, 400, 5
_WASH = {"money": "255,193,7", "percentage": "33,150,243", "percentage_point": "33,150,243", "person": "76,175,80"}
_OTHER = "158,158,158"
_BOX = "white-space:pre-wrap;line-height:1.8;text-align:left;max-height:26em;overflow:auto"
_VERDICT = {"violated": "244,67,54", "unclear": "255,193,7", "rounding": "33,150,243", "holds": "76,175,80"}


def report_html(report: Any) -> str:
    """The name and the counts, the outline to unfold, and the beginning of the text with its figures marked."""
    document = report.documents[0] if report.documents else None
    name = report.source or (document and document.title) or "text"
    facts = [document.title if document and report.source else None, document and document.place, document and document.period]
    about = [*(f for f in facts if f), f"{len(report.text)} characters", f"{len(report.records)} records"]
    outline = report.outline().split("\n") if report.sections else []
    more = [f"… {len(outline) - _OUTLINE} more"] if len(outline) > _OUTLINE else []
    sections = "\n".join([*outline[:_OUTLINE], *more])
    folded = f"<details><summary>{len(report.sections)} sections</summary><pre>{escape(sections)}</pre></details>"
    left = len(report.text) - _TEXT
    rest = f'<p>… {left} characters more: <code>zr.show(report, "pages")</code></p>' if left > 0 else ""
    marks = [(r.start, r.end, _wash(r), _told(r)) for r in report.records if r.end <= _TEXT]
    body = f'<div style="{_BOX}">{_marked(report.text[:_TEXT], 0, marks)}</div>'
    return f"<div><p><b>{escape(name)}</b><br>{escape(' · '.join(about))}</p>{folded if outline else ''}{body}{rest}</div>"


def section_html(section: Any) -> str:
    """The heading and where it stands, and the beginning of the section's text."""
    path = " ".join(section.path)
    body = section.body
    shown = body[:_TEXT] + (" …" if len(body) > _TEXT else "")
    where = f"level {section.level} · {path} · characters {section.start} to {section.body_end}"
    head = f"<p><b>{escape(f'{section.marker} {section.title}')}</b><br>{escape(where)}</p>"
    return f'<div>{head}<div style="{_BOX}">{escape(shown)}</div></div>'


def record_html(record: Any) -> str:
    """The figure, and a row for each field that says something."""
    q = record.quantity
    fields = (
        ("value", figure_text(q)), ("approx", q.approx if q.approx != "exact" else None), ("per", "/".join(record.per)),
        ("dimension", q.dimension), ("indicator", record.indicator), ("place", record.place), ("period", record.period),
        ("role", record.role), ("status", record.status), ("event", record.event), ("base", record.base),
        ("part_of", record.part_of), ("section", " ".join(record.section)), ("characters", f"{record.start} to {record.end}"),
    )  # fmt: skip
    rows = "".join(f"<tr><th>{name}</th><td>{_left(escape(str(value)))}</td></tr>" for name, value in fields if value)
    return f"<div><p>{_mark(record.surface, _wash(record), '')}</p><table>{rows}</table></div>"


def findings_html(findings: Iterable[Any], about: str = "") -> str:
    """A table: what does not hold first, each finding with its words and the figures marked in them."""
    ranked = sorted(findings, key=lambda f: _WORST_FIRST.index(f.verdict) if f.verdict in _WORST_FIRST else 0)
    rows = [
        f"<tr><td>{_mark(f.verdict, _VERDICT.get(f.verdict, _OTHER), '')}</td><td>{escape(f.kind)}</td><td>{_left(escape(f.formula))}</td>"
        f"<td>{_left(_words_of(f))}</td><td>{_left(escape(f.reason))}</td></tr>"
        for f in ranked
    ]
    caption = f"<p>{escape(about)}</p>" if about else ""
    return f"<div>{caption}{_table(('verdict', 'kind', 'formula', '原文 text', '理由 reason'), rows)}</div>"


def words_html(words: Sequence[Any], about: str) -> str:
    """The words in a row, each in a box of its own; line ends stay."""
    box = "border:1px solid rgba(128,128,128,.4);border-radius:3px;padding:0 .2em;margin:0 .1em"
    shown = [f'<span style="{box}">{escape(w.text)}</span>' if w.text.strip() else escape(w.text) for w in words[:_WORDS]]
    rest = f" … {len(words) - _WORDS} more" if len(words) > _WORDS else ""
    return f'<div><p>{escape(about)}</p><div style="{_BOX}">{"".join(shown)}{rest}</div></div>'


def store_html(store: Any, tables: Iterable[str]) -> str:
    """How many rows each table has, and the first failures with what to do."""
    counts = _table(("table", "rows"), [f"<tr><td>{escape(t)}</td><td>{store.count(t)}</td></tr>" for t in tables])
    failed = ""
    if store.count("failures"):
        listed = store.failures()[["source", "what", "todo"]].head(_FAILURES)
        failed = f"<p>failures</p>{listed.to_html(index=False, escape=True)}"
    return f"<div><p><b>{escape(str(store.path))}</b> · {store.files} files</p>{counts}{failed}</div>"


def record_line(record: Any) -> str:
    """The record in one line: its characters, its value, what, whose, when.

    >>> from zhreport import parse
    >>> parse("云溪县2020年发放资助资金近3万元。").records[0]
    Record('近3万元' = 30000 元, about, 资助资金, 云溪县, 2020, 14:18)
    """
    q = record.quantity
    told = (
        q.approx if q.approx != "exact" else None, record.role if record.role != "level" else None,
        record.status if record.status != "reported" else None, record.indicator, record.place, record.period,
    )  # fmt: skip
    parts = [f"{record.surface!r} = {figure_text(q)}", *(_line(t) for t in told if t), f"{record.start}:{record.end}"]
    return f"Record({', '.join(parts)})"


def figure_text(quantity: Any) -> str:
    """The value or the bounds with the base unit, as in `149250 元` and `0.09..0.11`."""
    amount = quantity.amount
    bounds = f"{decimal_text(amount.low) or ''}..{decimal_text(amount.high) or ''}"
    value = ":".join(str(decimal_text(p)) for p in amount.parts) or decimal_text(amount.value) or bounds
    return value if quantity.unit == "1" else f"{value} {quantity.unit}"


def _line(text: str) -> str:
    return " ".join(text.split())


def _told(record: Any) -> str:
    told = (figure_text(record.quantity), record.indicator, record.place, record.period, record.role)
    return " · ".join(t for t in told if t)


def _wash(record: Any) -> str:
    return _WASH.get(record.quantity.dimension, _OTHER)


def _mark(text: str, wash: str, told: str) -> str:
    title = f' title="{escape(told)}"' if told else ""
    return f'<mark style="background:rgba({wash},.3);color:inherit"{title}>{escape(text)}</mark>'


def _marked(text: str, offset: int, marks: Iterable[tuple[int, int, str, str]]) -> str:
    """A text that begins at `offset`, with the marks (start, end, colour, title) that lie whole inside it."""
    out, at = [], 0
    for start, end, wash, told in sorted(marks):
        if start - offset >= at and end - offset <= len(text):
            out += [escape(text[at : start - offset]), _mark(text[start - offset : end - offset], wash, told)]
            at = end - offset
    return "".join([*out, escape(text[at:])])


def _words_of(finding: Any) -> str:
    """The words around the figures of a finding, the figures marked."""
    figures = [o for o in (*finding.operands, finding.result) if o is not None]
    marks = [(o.start, o.end, _VERDICT.get(finding.verdict, _OTHER), "") for o in figures]
    return " … ".join(_marked(words, start, marks) for start, words in finding.passages)


def _left(inner: str) -> str:
    return f'<div style="text-align:left">{inner}</div>'


def _table(heads: Iterable[str], rows: Iterable[str]) -> str:
    head = "".join(f"<th>{h}</th>" for h in heads)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
