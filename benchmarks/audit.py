"""How much the audit notices: random single-digit edits to one figure of a stated relation, and false alarms.

`python benchmarks/audit.py [COPIES] [SEED]` edits one digit of one operand in each copy of our own reports.
"""

from __future__ import annotations

import json
import random
import sys
from collections import Counter
from pathlib import Path

import zhreport as zr

REPORTS = Path(__file__).parents[1] / "corpus" / "reports"


def figures(row: dict) -> list[int]:
    return [s for s in (*row["operands"], row["result"]) if s is not None]


def edited(text: str, start: int, end: int, chance: random.Random) -> str | None:
    """The text with one Arabic digit of a figure changed, no zero put in front; None where it has none."""
    places = [i for i in range(start, end) if text[i].isascii() and text[i].isdigit()]
    if not places:
        return None
    at = chance.choice(places)
    first = at == places[0]
    digit = chance.choice([d for d in "0123456789" if d != text[at] and not (first and d == "0")])
    return text[:at] + digit + text[at + 1 :]


def main(copies: int = 100, seed: int = 7) -> None:
    chance = random.Random(seed)
    names = sorted(p.stem for p in REPORTS.glob("*.txt"))
    texts = {n: (REPORTS / f"{n}.txt").read_bytes().decode("utf-8") for n in names}
    relations = [
        (n, row)
        for n in names
        for row in map(json.loads, (REPORTS / f"{n}.identities.jsonl").read_text(encoding="utf-8").splitlines())
        if not row.get("optional")
    ]
    ends = {(n, r.start): r.end for n, t in texts.items() for r in zr.parse(t).records}
    clean = sum(f.verdict == "violated" for t in texts.values() for f in zr.audit(zr.parse(t)))
    tried, noticed, alarms = Counter(), Counter(), 0
    while sum(tried.values()) < copies:
        name, row = chance.choice(relations)
        start = chance.choice(figures(row))
        text = edited(texts[name], start, ends.get((name, start), start), chance)
        if text is None:
            continue
        tried[row["kind"]] += 1
        bad = [f for f in zr.audit(zr.parse(text)) if f.verdict == "violated"]
        touching = [f for f in bad if start in {o.start for o in (*f.operands, f.result) if o is not None}]
        noticed[row["kind"]] += bool(touching)
        alarms += len(bad) - len(touching)
    total = sum(tried.values())
    print(f"clean copies: {clean} violated in {len(names)} reports")
    print(
        f"{total} copies with one digit changed: {sum(noticed.values())} reported ({sum(noticed.values()) / total:.0%}), {alarms} false alarms"
    )
    for kind, n in sorted(tried.items()):
        print(f"  {kind:18}{noticed[kind]:4} of {n}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
