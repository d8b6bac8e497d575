"""The page of one report."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from typing import Any, NamedTuple

from .marked import Piece, anchor_of, marked, pieces
from .rendering import page
from .sheets import Row, Sheet
from .words import (
    DIMENSION_WORDS,
    GROUP_WORDS,
    GROUPS,
    VERDICT_WORDS,
    VERDICTS,
    about,
    group_of,
    kind_words,
    value_words,
    why_words,
)

# What the card shows as it stands in the row; what a field has for most records is left out to keep the file small.
_SHOWN = ("unit", "dimension", "indicator", "period", "place", "place_code", "org", "role", "status", "base", "price_basis",
          "event", "value", "low", "high")  # fmt: skip
_USUAL = {"role": "level", "status": "reported"}
# A longer outline starts with its upper two levels open.
_ALL_OPEN = 60


class Node(NamedTuple):
    """An entry of the outline: a document (no number) or a section with its number, and what is below it."""

    number: int | None
    start: int
    marker: str
    title: str
    level: int
    figures: int
    below: list[Node]


def report_page(sheet: Sheet) -> str:
    """The HTML of a report: deterministic, self-contained, all of its text escaped."""
    from markupsafe import Markup

    found = pieces(sheet)
    anchors = [p for p in found if p.kind not in ("t", "dt", "out")]
    findings = [_finding(sheet, i, f, anchors) for i, f in enumerate(sheet.findings)]
    homes = _homes(sheet)
    words: dict[str, int] = {}
    data = {
        "key": sheet.key,
        "source": sheet.source,
        "records": [_record(r, home, words) for r, home in zip(sheet.records, homes, strict=True)],
        "words": [why_words(w) for w in words],
        "dimensions": DIMENSION_WORDS,
        "reviews": _reviews(sheet),
        "sections": [[s["start"], s["body_end"]] for s in sheet.sections],
        "findings": [f["data"] for f in findings],
    }
    return page(
        "report.html.j2",
        ("common.css", "report.css"),
        ("common.js", "reading.js", "cards.js", "notes.js"),
        data,
        sheet=sheet,
        body=Markup(marked(sheet.text, found)),
        outline=_outline(sheet, homes),
        all_open=len(sheet.sections) <= _ALL_OPEN,
        findings=findings,
        groups=_counted(GROUPS, GROUP_WORDS, Counter(group_of(r["dimension"]) for r in sheet.records)),
        verdicts=_counted(VERDICTS, VERDICT_WORDS, Counter(f["verdict"] for f in sheet.findings)),
    )


def _counted(names: tuple[str, ...], words: dict[str, str], counts: Counter[str]) -> list[tuple[str, str, int]]:
    return [(name, words[name], counts[name]) for name in names]


def _homes(sheet: Sheet) -> list[int | None]:
    """The number of the innermost section of each record."""
    starts = [s["start"] for s in sheet.sections]
    number = {start: i for i, start in enumerate(starts)}
    out: list[int | None] = []
    for r in sheet.records:
        i: int | None = bisect_right(starts, r["start"]) - 1
        while i is not None and i >= 0 and sheet.sections[i]["body_end"] <= r["start"]:
            i = number.get(sheet.sections[i]["parent_start"])
        out.append(i if i is not None and i >= 0 else None)
    return out


def _record(row: Row, home: int | None, words: dict[str, int]) -> dict[str, Any]:
    """What the card of a figure shows. What is the same for most records, or can be told by the page itself, is left out."""
    data = {name: row[name] for name in _SHOWN if row.get(name) is not None and row[name] != _USUAL.get(name)}
    data |= {"start": row["start"], "told": value_words(row)}
    if row["per"]:
        data["per"] = "/".join(row["per"])
    if row["part_of"]:
        data["part_of"] = int(row["part_of"].rpartition(":")[2])
    if home is not None:
        data["section"] = home
    data["why"] = [words.setdefault(w, len(words)) for w in row["why"]]
    return data


def _reviews(sheet: Sheet) -> dict[str, list[str]]:
    """What reviewers said of the records of a store, a line a field, by the id of the record."""
    told: dict[str, list[str]] = {}
    for r in sheet.reviews:
        change = f"{r['field']}: {r['old'] or '—'} → {r['new'] or '—'}" if r["field"] else r["mark"]
        said = (change, r["state"], r["note"], r["reviewer"], (r["at"] or "")[:10])
        told.setdefault(r["id"], []).append(" · ".join(filter(None, said)))
    return told


def _finding(sheet: Sheet, number: int, row: Row, anchors: list[Piece]) -> dict[str, Any]:
    """What a note shows, and for the script where its figures stand; the total comes first."""
    figures = [o for o in (row["result"], *row["operands"]) if o]
    points = [anchor_of(o["start"], o["end"], anchors) for o in figures]
    starts, ends = [o["start"] for o in figures], [o["end"] for o in figures]
    ident = f"{sheet.key}:{row['kind']}:{'-'.join(map(str, starts))}"
    data = {
        "id": ident, "kind": row["kind"], "verdict": row["verdict"], "formula": row["formula"], "points": points,
        "total": row["result"] is not None, "start": min(starts, default=0), "end": max(ends, default=0),
        "figures": [[o["start"], o["surface"]] for o in figures],
    }  # fmt: skip
    shown = [(p, o["surface"], o is row["result"]) for p, o in zip(points, figures, strict=True)]
    return {"number": number, "row": row, "kind": kind_words(row["kind"]), "word": VERDICT_WORDS.get(row["verdict"], row["verdict"]),
            "difference": about(row["difference"]), "figures": shown, "data": data}  # fmt: skip


def _outline(sheet: Sheet, homes: list[int | None]) -> list[Node]:
    """Documents, where there are several, and their sections, nested."""
    counts = Counter(homes)
    nodes: dict[int, Node] = {}
    tops: list[Node] = []
    several = len(sheet.documents) > 1
    documents = {d["document"]: Node(None, d["start"], "", d["title"] or f"{d['document']}", 0, 0, []) for d in sheet.documents}
    if several:
        tops += documents.values()
    for i, s in enumerate(sheet.sections):
        node = Node(i, s["start"], s["marker"], s["title"], s["level"], counts[i], [])
        nodes[s["start"]] = node
        parent = nodes.get(s["parent_start"]) or (documents.get(s["document"]) if several else None)
        (parent.below if parent else tops).append(node)
    return tops
