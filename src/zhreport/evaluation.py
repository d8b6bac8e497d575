"""Gold against prediction: precision, recall and field accuracy of records, sections and findings, with intervals."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from .files.text import decoded

Row = dict[str, Any]
_USUAL = {None, "", "exact", "level", "reported"}
_KINDS = {"sum", "part_le_total", "ratio", "growth", "difference", "rate_times_count", "restatement", "unit_suspect"}
_WORST_FIRST = ("violated", "unclear", "rounding", "holds")


def load_rows(path: str | Path) -> list[Row]:
    """The objects of a JSON lines file. Raises ValueError naming file and line when one is no object."""
    out = []
    with Path(path).open(encoding="utf-8-sig") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except json.JSONDecodeError as error:
                raise ValueError(f"{path}:{number}: no JSON ({error.msg}); expected one object a line") from None
            if not isinstance(row, dict):
                raise ValueError(f"{path}:{number}: expected an object, found {type(row).__name__}")
            out.append(row)
    return out


def wilson(hits: int, tries: int) -> tuple[float, float]:
    """The 95% confidence interval of a share (Wilson's score interval).

    >>> wilson(90, 100)
    (0.8256, 0.9448)
    """
    if not tries:
        return 0.0, 1.0
    z = 1.959963984540054
    share, spread = hits / tries, z * z / tries
    middle = (share + spread / 2) / (1 + spread)
    reach = z * ((share * (1 - share) + spread / 4) / tries) ** 0.5 / (1 + spread)
    return round(max(0.0, middle - reach), 4), round(min(1.0, middle + reach), 4)


def rates(hits: int, gold: int, found: int) -> dict[str, Any]:
    """Precision, recall and F1; nothing to find and nothing claimed is perfect."""
    p = hits / found if found else float(not gold)
    r = hits / gold if gold else float(not found)
    return {
        "p": round(p, 4), "r": round(r, 4), "f1": round(2 * p * r / (p + r), 4) if p + r else 0.0,
        "p_interval": wilson(hits, found), "r_interval": wilson(hits, gold), "hit": hits, "gold": gold, "pred": found,
    }  # fmt: skip


def _number(text: object) -> Fraction | None:
    try:
        return None if text in (None, "") else Fraction(str(text))
    except (ValueError, ZeroDivisionError):
        return None


def _near(a: Fraction | None, b: Fraction | None) -> bool:
    if a is None or b is None:
        return a is b
    return abs(a - b) <= abs(b) / 10**9


def _bounds_equal(gold: Row, found: Row) -> bool:
    return all(_near(_number(gold.get(k)), _number(found.get(k))) for k in ("low", "high"))


def _value_equal(gold: Row, found: Row) -> bool:
    if not _near(_number(gold.get("value")), _number(found.get("value"))):
        return False
    return gold.get("value") is not None or _bounds_equal(gold, found)


def _matched(gold: Sequence[Row], found: Sequence[Row]) -> dict[int, int]:
    """One to one by overlap: equal spans first, then required rows, then the longest shared stretch."""
    order = sorted(range(len(found)), key=lambda i: found[i]["start"])
    pairs = []
    for gi, g in enumerate(gold):
        for pi in order:
            p = found[pi]
            if p["start"] >= g["end"]:
                break
            shared = min(g["end"], p["end"]) - max(g["start"], p["start"])
            if shared > 0:
                same = (g["start"], g["end"]) == (p["start"], p["end"])
                pairs.append((not same, bool(g.get("optional")), -shared, gi, pi))
    out: dict[int, int] = {}
    used: set[int] = set()
    for *_, gi, pi in sorted(pairs):
        if gi not in out and pi not in used:
            out[gi] = pi
            used.add(pi)
    return out


def _bare(text: object) -> str:
    return "".join(str(text or "").split())


def _share(good: Iterable[bool]) -> float | None:
    listed = list(good)
    return round(sum(listed) / len(listed), 4) if listed else None


def score_records(gold: Sequence[Row], found: Sequence[Row]) -> dict[str, Any]:
    """How well records match gold mentions: detection, span, value, unit, every field, indicators, parts."""
    matched = _matched(gold, found)
    owner = {pi: gi for gi, pi in matched.items()}
    required = [gi for gi, g in enumerate(gold) if not g.get("optional")]
    optional = [g for g in gold if g.get("optional")]

    def counted(pi: int) -> bool:
        if pi in owner:
            return not gold[owner[pi]].get("optional")
        p = found[pi]
        return not any(min(g["end"], p["end"]) > max(g["start"], p["start"]) for g in optional)

    claimed = [pi for pi in range(len(found)) if counted(pi)]
    both = [(gold[gi], found[matched[gi]]) for gi in required if gi in matched]

    def over(test: Callable[[Row, Row], bool]) -> dict[str, Any]:
        return rates(sum(test(g, p) for g, p in both), len(required), len(claimed))

    out: dict[str, Any] = {
        "detected": over(lambda g, p: True),
        "span": over(lambda g, p: (g["start"], g["end"]) == (p["start"], p["end"])),
        "value": over(_value_equal),
        "value+unit": over(lambda g, p: _value_equal(g, p) and g.get("unit") == p.get("unit")),
    }
    for name in ("dimension", "approx", "role", "status", "period", "place"):
        out[name] = _share((g.get(name) or None) == (p.get(name) or None) for g, p in both)
        out[f"{name}_when_marked"] = _share(g.get(name) == p.get(name) for g, p in both if g.get(name) not in _USUAL)
    out["per"] = _share((g.get("per") or []) == (p.get("per") or []) for g, p in both)
    out["per_when_marked"] = _share(g["per"] == p.get("per") for g, p in both if g.get("per"))
    out["bounds_when_marked"] = _share(
        _bounds_equal(g, p) for g, p in both if g.get("low") is not None or g.get("high") is not None
    )
    planned = [g.get("status") == "planned" for g, _ in both], [p.get("status") == "planned" for _, p in both]
    out["planned"] = rates(sum(a and b for a, b in zip(*planned, strict=True)), sum(planned[0]), sum(planned[1]))
    named = [
        (_bare(g["indicator"]), _bare(p.get("indicator")), g.get("indicator_literal") is not False)
        for g, p in both
        if _bare(g.get("indicator"))
    ]
    out["indicator_exact"] = _share(g == p for g, p, literal in named if literal)
    out["indicator_soft"] = _share(
        bool(p) and (g in p or p in g) and 2 * min(len(g), len(p)) >= max(len(g), len(p)) for g, p, _ in named
    )
    overlap = [2 * sum((Counter(g) & Counter(p)).values()) / (len(g) + len(p)) for g, p, _ in named]
    out["indicator_chars"] = round(sum(overlap) / len(overlap), 4) if overlap else None
    out["part_of"] = _score_parts(gold, found, matched, required, claimed)
    return out


def _score_parts(gold, found, matched, required, claimed) -> dict[str, Any]:
    starts = {p.get("id"): p["start"] for p in found if p.get("id") is not None}
    back = {found[pi]["start"]: gold[gi]["start"] for gi, pi in matched.items()}
    need = {(gold[gi]["start"], gold[gi]["part_of"]) for gi in required if gold[gi].get("part_of") is not None}
    have = set()
    for pi in claimed:
        total = starts.get(found[pi].get("part_of"))
        if total is not None:
            child = found[pi]["start"]
            have.add((back.get(child, ("alone", child)), back.get(total, ("alone", total))))
    return rates(len(need & have), len(need), len(have))


def score_sections(gold: Sequence[Row], found: Sequence[Row]) -> dict[str, Any]:
    """How well sections match: markers, levels, parents, titles."""
    need = {g["start"]: g for g in gold if "start" in g}
    have = {p["start"]: p for p in found if "start" in p}
    both = need.keys() & have.keys()
    out = {"marker": rates(len(both), len(need), len(have))}
    for name in ("level", "parent_start"):
        out[name] = rates(sum(need[s].get(name) == have[s].get(name) for s in both), len(need), len(have))
    out["title"] = rates(sum(_bare(need[s].get("title")) == _bare(have[s].get("title")) for s in both), len(need), len(have))
    return out


def _figures(row: Row) -> frozenset[int]:
    listed = [*(row.get("operands") or []), row.get("result")]
    starts = (f.get("start") if isinstance(f, dict) else f for f in listed)
    return frozenset(s for s in starts if s is not None)


def _claims(found: Sequence[Row]) -> dict[frozenset[int], Row]:
    """One row for each set of figures, the worst verdict winning; restatements that share a figure are one."""

    def badness(row: Row) -> int:
        return _WORST_FIRST.index(row.get("verdict", "holds"))

    out: dict[frozenset[int], Row] = {}
    groups: list[tuple[frozenset[int], Row]] = []
    for row in found:
        figures = _figures(row)
        if row.get("kind") not in _KINDS or not figures:
            continue
        if row["kind"] == "restatement":
            touching = [g for g in groups if g[0] & figures]
            groups = [g for g in groups if not g[0] & figures]
            groups.append((figures.union(*(g[0] for g in touching)), min([row, *(g[1] for g in touching)], key=badness)))
        elif figures not in out or badness(row) < badness(out[figures]):
            out[figures] = row
    for figures, row in groups:
        out.setdefault(figures, row)
    return out


def score_findings(gold: Sequence[Row], found: Sequence[Row]) -> dict[str, Any]:
    """How well findings match: the same figures related, the same verdict, and what is violated."""
    need_all, have_all = _claims(gold), _claims(found)
    optional = {k for k, g in need_all.items() if g.get("optional")}
    need, have = need_all.keys() - optional, have_all.keys() - optional
    both = need & have
    bad = [{k for k in keys if rows[k].get("verdict") == "violated"} for keys, rows in ((need, need_all), (have, have_all))]
    return {
        "relation": rates(len(both), len(need), len(have)),
        "verdict": _share(need_all[k].get("verdict") == have_all[k].get("verdict") for k in both),
        "violated": rates(len(bad[0] & bad[1]), len(bad[0]), len(bad[1])),
    }


def kind_of(found: Sequence[Row]) -> str:
    """Which table these rows are: records, sections or findings.

    Raises ValueError when no row tells.
    """
    for row in found:
        if "verdict" in row:
            return "findings"
        if "surface" in row:
            return "records"
        if "marker" in row:
            return "sections"
    raise ValueError("no row has surface, marker or verdict: expected the output of extract, sections or audit --format jsonl")


SCORES = {"records": score_records, "sections": score_sections, "findings": score_findings}


def _checked(rows: Sequence[Row], path: str | Path, kind: str) -> list[Row]:
    """The rows of one kind; a row that lacks what scoring needs is an error."""
    if kind_of(rows) != kind if rows else False:
        raise ValueError(f"{path}: holds {kind_of(rows)}, expected {kind}")
    needed = {"records": ("start", "end"), "sections": (), "findings": ("kind",)}[kind]
    for row in rows:
        if missing := [name for name in needed if name not in row]:
            raise ValueError(f"{path}: a row lacks {', '.join(missing)}: {json.dumps(row, ensure_ascii=False)[:80]}")
    return list(rows)


def _shifted(gold: list[Row], found: list[Row]) -> None:
    """Move the offsets of each further source behind those of the ones before, so that no two files meet."""
    sources = sorted({str(row.get("source")) for row in (*gold, *found)})
    if len(sources) < 2:
        return
    step = 1 + max(
        (max(row.get("end") or 0, row.get("body_end") or 0, row.get("start") or 0) for row in (*gold, *found)), default=0
    )
    at = {name: i * step for i, name in enumerate(sources)}
    for row in (*gold, *found):
        move = at[str(row.get("source"))]
        for name in ("start", "end", "body_end", "parent_start"):
            if isinstance(row.get(name), int):
                row[name] += move
        if isinstance(row.get("part_of"), int):
            row["part_of"] += move


def evaluate(gold_path: str | Path, found_path: str | Path) -> dict[str, Any]:
    """Score a file of predictions against a file of gold rows; both JSON lines.

    Gold rows have the fields of the output; `part_of` may be an id or the offset of the total. Rows are matched within
    their `source` where gold names one. Raises ValueError when a file is not what it should be.
    """
    gold, found = load_rows(gold_path), load_rows(found_path)
    kind = kind_of(gold)
    gold, found = _checked(gold, gold_path, kind), _checked(found, found_path, kind)
    ids = {row["id"]: row["start"] for row in gold if row.get("id") is not None and "start" in row}
    for row in gold:
        row["part_of"] = ids.get(row.get("part_of"), row.get("part_of"))
    if kind != "findings" and all("source" in row for row in gold):
        _shifted(gold, found)
    return SCORES[kind](gold, found)


_RIGHT = {"1": True, "y": True, "yes": True, "true": True, "对": True, "是": True, "√": True} | {
    "0": False, "n": False, "no": False, "false": False, "错": False, "否": False, "×": False, "x": False,
}  # fmt: skip


def evaluate_sheet(path: str | Path) -> dict[str, Any]:
    """The precision of records that were drawn with `sample` and marked by hand in the column `right`, with its interval.

    Rows without a mark are left out and counted. Raises ValueError when the sheet has no such column or an unknown mark.
    """
    marks: list[bool] = []
    unmarked = 0
    text, _ = decoded(path, Path(path).read_bytes())  # Excel saves Chinese sheets as GB18030
    with io.StringIO(text.lstrip("\ufeff"), newline="") as sheet:
        reader = csv.DictReader(sheet)
        if "right" not in (reader.fieldnames or ()):
            raise ValueError(f"{path}: has no column `right`; expected a sheet written by `zhreport sample`")
        for number, row in enumerate(reader, 2):
            mark = (row["right"] or "").strip().lower()
            if not mark:
                unmarked += 1
            elif mark.removesuffix(".0") not in _RIGHT:
                raise ValueError(f"{path}:{number}: unknown mark {mark!r} in `right`; write 1 or 0")
            else:
                marks.append(_RIGHT[mark.removesuffix(".0")])
    right = sum(marks)
    return {
        "precision": round(right / len(marks), 4) if marks else None, "interval": wilson(right, len(marks)),
        "right": right, "marked": len(marks), "unmarked": unmarked,
    }  # fmt: skip
