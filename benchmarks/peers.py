"""Other tools on our own gold: which figures each finds, with the right value and the right span, and its time.

    python benchmarks/peers.py            prints the table
    python benchmarks/peers.py --write    writes it into docs/peers.md and docs/peers.zh.md

`pip install '.[peers]'` installs them. A tool that is not installed is named and left out. The gold is that of corpus/reports, which
our own rules have seen; the others have not. A figure is right when a tool gives, for characters that overlap the gold's, the same
value in the same base unit (a share as a fraction of one, a count as a bare number). Shares of the total are given in percent.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import jieba
from speed import best, only_quantities, page

import zhreport as zr

ROOT = Path(__file__).parents[1]
CLASSES = {
    "money": ("money",),
    "percentage": ("percentage",),
    "count": ("count", "person", "person_time", "household"),
}
PAGES = ("docs/peers.md", "docs/peers.zh.md")
_TABLE = re.compile(r"(<!-- peers: [^\n]*-->\n).*?(<!-- end of peers -->)", re.DOTALL)


class Figure(NamedTuple):
    """A figure with where it stands; `values` has one number, or the two ends of a range."""

    start: int
    end: int
    values: tuple[Fraction, ...]


def gold(path: Path) -> Iterator[tuple[str, Figure, bool]]:
    """The class, the figure, and whether it is optional."""
    kinds = {d: name for name, dimensions in CLASSES.items() for d in dimensions}
    for line in path.with_suffix("").with_suffix(".mentions.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        values = (row["value"],) if row["value"] is not None else (row["low"], row["high"])
        known = tuple(Fraction(v) for v in values if v is not None)
        yield kinds.get(row["dimension"], ""), Figure(row["start"], row["end"], known), row["optional"]


Reader = Callable[[str], dict[str, list[Figure]]]


def of_zhreport() -> Reader:
    def read(text: str) -> dict[str, list[Figure]]:
        out: dict[str, list[Figure]] = {}
        for r in zr.parse(text).records:
            a = r.quantity.amount
            values = (a.value,) if a.value is not None else (a.low, a.high)
            kind = next((k for k, dimensions in CLASSES.items() if r.quantity.dimension in dimensions), "")
            out.setdefault(kind, []).append(Figure(r.start, r.end, tuple(v for v in values if v is not None)))
        return out

    return read


def of_jionlp() -> Reader:
    """Money only: it has no reader of shares or counts."""
    import contextlib
    import io

    with contextlib.redirect_stdout(io.StringIO()):
        import jionlp

    def read(text: str) -> dict[str, list[Figure]]:
        out = []
        for found in jionlp.ner.extract_money(text, with_parsing=True):
            num = found["detail"]["num"]
            values = tuple(Fraction(n) for n in (num if isinstance(num, list) else [num]))
            out.append(Figure(*found["offset"], values))
        return {"money": out}

    return read


def of_recognizers() -> Reader:
    from recognizers_number import Culture, recognize_number, recognize_percentage
    from recognizers_number_with_unit import recognize_currency

    def number(told: Any) -> tuple[Fraction, ...]:
        return (Fraction(str(told)),) if re.fullmatch(r"-?[\d.]+(E[+-]?\d+)?", str(told)) else ()

    def read(text: str) -> dict[str, list[Figure]]:
        return {
            "money": [
                Figure(m.start, m.end + 1, number((m.resolution or {}).get("value")))
                for m in recognize_currency(text, Culture.Chinese)
            ],
            "percentage": [
                Figure(m.start, m.end + 1, tuple(v / 100 for v in number(str((m.resolution or {}).get("value")).rstrip("%"))))
                for m in recognize_percentage(text, Culture.Chinese)
            ],
            "count": [
                Figure(m.start, m.end + 1, number((m.resolution or {}).get("value")))
                for m in recognize_number(text, Culture.Chinese)
            ],
        }

    return read


def of_quantulum3() -> Reader:
    """It reads English; given Chinese text as it is."""
    from quantulum3 import parser

    def read(text: str) -> dict[str, list[Figure]]:
        out: dict[str, list[Figure]] = {}
        for q in parser.parse(text):
            share = q.unit.name == "percentage"
            value = Fraction(str(q.value)) / (100 if share else 1)
            kind = "percentage" if share else "money" if q.unit.entity.name == "currency" else "count"
            out.setdefault(kind, []).append(Figure(*q.span, (value,)))
        return out

    return read


PEERS: dict[str, Callable[[], Reader]] = {
    "zhreport": of_zhreport,
    "JioNLP": of_jionlp,
    "Recognizers-Text": of_recognizers,
    "quantulum3": of_quantulum3,
}


class Score:
    """Of one class: gold figures, those with the right value, with the right span too, and what was found for nothing."""

    def __init__(self) -> None:
        self.wanted = self.right = self.exact = self.found = self.false = 0

    def add(self, wanted: list[Figure], others: list[Figure], found: list[Figure]) -> None:
        self.wanted += len(wanted)
        self.found += len(found)
        for g in wanted:
            near = [f for f in found if f.start < g.end and g.start < f.end and f.values == g.values]
            self.right += bool(near)
            self.exact += any((f.start, f.end) == (g.start, g.end) for f in near)
        self.false += sum(not any(f.start < g.end and g.start < f.end for g in (*wanted, *others)) for f in found)

    def cells(self) -> str:
        if not self.found:
            return "– | – | –"
        return f"{self.right / self.wanted:.1%} | {self.exact / self.wanted:.1%} | {self.false}"


def scored(reader: Reader, paths: list[Path]) -> dict[str, Score]:
    scores = {name: Score() for name in CLASSES}
    for path in paths:
        found, rows = reader(path.read_text(encoding="utf-8")), list(gold(path))
        for name, score in scores.items():
            wanted = [f for kind, f, optional in rows if kind == name and not optional]
            others = [f for kind, f, optional in rows if kind != name or optional]
            score.add(wanted, others, found.get(name, []))
    return scores


def numerals(paths: list[Path]) -> str:
    """cn2an finds nothing in a text; what it makes of numerals that we cut out for it."""
    import cn2an

    wanted = right = 0
    for path in paths:
        text = path.read_text(encoding="utf-8")
        values = {(f.start, f.end): f.values for kind, f, _ in gold(path) if kind in ("money", "count")}
        for r in zr.parse(text).records:
            told = values.get((r.start, r.end), ())
            if len(told) != 1 or r.quantity.approx != "exact":
                continue
            wanted += 1
            try:
                right += Fraction(str(cn2an.cn2an(text[r.quantity.number_start : r.quantity.number_end], "smart"))) == told[0]
            except (ValueError, TypeError):
                continue
    return f"cn2an, given {wanted} exact numerals of money and counts cut out by zhreport: {right} right ({right / wanted:.1%})"


def table(paths: list[Path]) -> list[str]:
    text = "\n".join(p.read_text(encoding="utf-8") for p in paths)
    jieba.setLogLevel(60)
    jieba.initialize()
    texts = (text, page(200_000))
    yards = [best(jieba.lcut, t) for t in texts]

    def times(call: Callable[[str], object]) -> str:
        """Against jieba.lcut on the reports, and on many of them; the slow ones grow faster than the text, and are spared that."""
        short = best(call, texts[0], tries=3) / yards[0]
        return f"{short:.2f} × | {f'{best(call, texts[1], tries=3) / yards[1]:.2f} ×' if short < 3 else '–'}"

    lexicon = zr.Lexicon.load()
    counts = dict.fromkeys(CLASSES, 0)
    for path in paths:
        for kind, _, optional in gold(path):
            if kind and not optional:
                counts[kind] += 1
    heads = " | ".join(f"{name} ({n}): value | span too | false" for name, n in counts.items())
    lines = [f"| tool | {heads} | time | of 200,000 characters |", "| --- |" + " --- |" * (3 * len(CLASSES) + 2)]
    missing = []
    for name, make in PEERS.items():
        try:
            reader = make()
        except ImportError as error:
            missing.append(f"{name} is not installed ({error}).")
            continue
        scores = scored(reader, paths)
        lines.append(f"| {name} | {' | '.join(s.cells() for s in scores.values())} | {times(reader)} |")
        if name == "zhreport":
            alone = times(lambda t: only_quantities(t, lexicon))
            lines.append(f"| zhreport, figures of all kinds alone | {'| ' * (3 * len(CLASSES))}{alone} |")
    try:
        missing.append(numerals(paths) + ".")
    except ImportError as error:
        missing.append(f"cn2an is not installed ({error}).")
    return [*lines, "", *missing]


def main() -> None:
    paths = sorted((ROOT / "corpus" / "reports").glob("*.txt"))
    made = "\n".join(table(paths)) + "\n"
    print(made)
    for name in PAGES if "--write" in sys.argv else ():
        page = ROOT / name
        text = page.read_text(encoding="utf-8")
        page.write_text(_TABLE.sub(lambda m: m[1] + made + m[2], text), encoding="utf-8")


if __name__ == "__main__":
    main()
