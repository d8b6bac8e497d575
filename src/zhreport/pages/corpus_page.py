"""The page of a corpus: its reports, the audit over all of them, the panel, the failures, the copies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

from .charts import chart, library
from .panels import panel_data
from .rendering import page
from .sheets import BLANK, BOILERPLATE, Row, Sheet
from .words import VERDICT_WORDS, VERDICTS, kind_words

if TYPE_CHECKING:
    from ..files import Failure
    from ..series import Panel
    from ..types import Finding

# The worst findings are listed by name, the rest stands in the pages of the reports.
MOST_LISTED = 300
# So are the figures left blank, of each report.
MOST_BLANKS = 12


class Bad(NamedTuple):
    """A finding that does not hold, with its number on the page of its report."""

    number: int
    verdict: str
    kind: str
    formula: str
    reason: str
    sense: bool


class Entry(NamedTuple):
    """What the index tells of one report."""

    source: str
    key: str
    href: str
    title: str
    place: str
    period: str
    characters: int
    records: int
    verdicts: Mapping[str, int]
    kinds: Mapping[tuple[str, str], int]
    bad: tuple[Bad, ...]
    blanks: tuple[tuple[int, str], ...]
    boilerplate: int


def entry_of(sheet: Sheet, name: str) -> Entry:
    """The line of a report, whose page has this name."""
    bad = tuple(
        Bad(i, f["verdict"], kind_words(f["kind"]), f["formula"], f["reason"], f.get("severity") == "sense")
        for i, f in enumerate(sheet.findings)
        if f["verdict"] in ("violated", "unclear")
    )
    return Entry(
        sheet.source, sheet.key, f"reports/{quote(name)}", sheet.title, _listed(sheet, "place"), _listed(sheet, "period"),
        len(sheet.text), len(sheet.records), Counter(f["verdict"] for f in sheet.findings),
        Counter((f["kind"], f["verdict"]) for f in sheet.findings), bad,
        tuple((a, " ".join(sheet.text[max(0, a - 8) : b + 4].split())) for a, b, why in sheet.left_out if why == BLANK),
        sum(why == BOILERPLATE for *_, why in sheet.left_out),
    )  # fmt: skip


def _listed(sheet: Sheet, name: str) -> str:
    return "、".join(dict.fromkeys(d[name] for d in sheet.documents if d[name]))


def corpus_page(
    entries: Sequence[Entry],
    panel: Panel,
    between: Iterable[Finding] = (),
    failures: Sequence[Failure] = (),
    links: Sequence[Row] = (),
    rules: str = "",
) -> str:
    """The HTML of the index, the reports with most that does not hold first."""
    ranked = sorted(entries, key=lambda e: (*(-e.verdicts.get(v, 0) for v in VERDICTS[:3]), e.source, e.href))
    numbers = {e.source: i for i, e in enumerate(ranked)}
    wrong = [(e, b) for e in ranked for b in e.bad]
    wrong.sort(key=lambda pair: (VERDICTS.index(pair[1].verdict), not pair[1].sense))
    across = _between(between, panel, {e.source: e for e in ranked})
    data: dict[str, Any] = {
        "verdicts": VERDICT_WORDS,
        "reports": [[e.href, e.source, e.key, e.title] for e in ranked],
        **panel_data(panel, numbers),
    }
    if data["series"]:
        data["chart"] = chart()
    return page(
        "corpus.html.j2",
        ("common.css", "corpus.css"),
        ("common.js", "corpus.js"),
        data,
        library() if data["series"] else "",
        entries=ranked,
        totals=_totals(ranked, across),
        verdicts=[(v, VERDICT_WORDS[v]) for v in VERDICTS],
        kinds=_by_kind(ranked, across),
        wrong=wrong[:MOST_LISTED],
        more=max(0, len(wrong) - MOST_LISTED),
        across=[f for f in across if f["verdict"] != "holds"][:MOST_LISTED],
        agree=[f for f in across if f["verdict"] == "holds"][:MOST_LISTED],
        across_more=max(0, len(across) - MOST_LISTED),
        empty=[e for e in ranked if not e.records],
        most_blanks=MOST_BLANKS,
        panel=data,
        failures=failures,
        links=[_link(row, {e.source: e.href for e in ranked}) for row in links],
        rules=rules,
        words=VERDICT_WORDS,
    )


def _totals(entries: Sequence[Entry], across: Sequence[dict[str, Any]]) -> dict[str, int]:
    return {
        "records": sum(e.records for e in entries),
        "findings": sum(sum(e.verdicts.values()) for e in entries) + len(across),
        "violated": sum(e.verdicts.get("violated", 0) for e in entries) + sum(f["verdict"] == "violated" for f in across),
        "blanks": sum(len(e.blanks) for e in entries),
        "boilerplate": sum(e.boilerplate for e in entries),
    }


def _by_kind(entries: Sequence[Entry], across: Sequence[dict[str, Any]]) -> list[tuple[str, list[int]]]:
    """Findings by kind and verdict, the kind with most that does not hold first."""
    counts: Counter[tuple[str, str]] = Counter()
    for e in entries:
        counts.update(e.kinds)
    named = Counter({(kind_words(kind), verdict): n for (kind, verdict), n in counts.items()})
    named.update((f"{kind_words(f['kind'])} · 报告之间 across", f["verdict"]) for f in across)
    table = [(kind, [named[kind, v] for v in VERDICTS]) for kind in {kind for kind, _ in named}]
    return sorted(table, key=lambda row: ([-n for n in row[1]], row[0]))


def _between(found: Iterable[Finding], panel: Panel, entries: Mapping[str, Entry]) -> list[dict[str, Any]]:
    """What only several reports together show, each figure with the way to its place; the worst first."""
    source_of = {r.record.id: r.source for r in panel.readings}
    listed = []
    for f in sorted(found, key=lambda f: VERDICTS.index(f.verdict)):
        figures = []
        for o in (*f.operands, *((f.result,) if f.result else ())):
            entry = entries.get(source_of.get(o.id or "", ""))
            figures.append((o.surface, f"{entry.href}#o{o.start}" if entry else "", entry.source if entry else ""))
        listed.append({"kind": f.kind, "verdict": f.verdict, "formula": f.formula, "reason": f.reason, "figures": figures})
    return listed


def _link(row: Row, hrefs: Mapping[str, str]) -> dict[str, Any]:
    sides = [(f"{row[f'source_{s}']} ({row[f'document_{s}']})", hrefs.get(row[f"source_{s}"], "")) for s in "ab"]
    return {"kind": "相同 exact" if row["kind"] == "exact" else "相近 near", "share": f"{row['share']:.0%}", "sides": sides}
