"""The tables are right, and a wrong one is refused with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import examples, outlines

import zhreport as zr
from zhreport.lexicon import TABLES, alternation, folder

HEADER = "surface\tunit\tdimension\tfactor\tkind\tsource\tnote\n"


def test_the_shipped_tables_load() -> None:
    lexicon = zr.Lexicon.load()
    for name in TABLES:
        assert lexicon.rows[name], name
    assert sorted(p.stem for p in folder().glob("*.tsv")) == sorted(TABLES)


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("篓\t篓\tcount\t1\tclassifier\t\t", "empty source"),
        ("篓 \t篓\tcount\t1\tclassifier\t农村用语\t", "stray space"),
        ("篓\t篓\tweight\t1\tclassifier\t农村用语\t", "unknown dimension"),
        ("篓\t篓\tcount\tone\tclassifier\t农村用语\t", "factor 'one' is no number"),
        ("篓\t篓\tcount\t1\tthing\t农村用语\t", "unknown kind"),
        ("篓\t篓\tcount\t1\tclassifier\t农村用语\t\t\t\t", "cells"),
    ],
)
def test_a_wrong_row_is_refused_with_file_and_line(tmp_path: Path, line: str, what: str) -> None:
    path = tmp_path / "my_units.tsv"
    path.write_text(HEADER + line + "\n", encoding="utf-8")
    with pytest.raises(zr.LexiconError, match=what) as error:
        zr.Lexicon.load(extra=[path])
    assert f"{path}:2" in str(error.value)


def test_a_duplicate_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "my_units.tsv"
    path.write_text(HEADER + "篓\t篓\tcount\t1\tclassifier\t农村用语\t\n" * 2, encoding="utf-8")
    with pytest.raises(zr.LexiconError, match="stands twice, first in line 2"):
        zr.Lexicon.load(extra=[path])


def test_a_table_with_a_strange_name_or_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine.tsv").write_text(HEADER, encoding="utf-8")
    with pytest.raises(zr.LexiconError, match=r"my_units\.tsv"):
        zr.Lexicon.load(extra=[tmp_path / "mine.tsv"])
    with pytest.raises(zr.LexiconError, match="cannot be read"):
        zr.Lexicon.load(extra=[tmp_path / "no_units.tsv"])
    (tmp_path / "bad_units.tsv").write_bytes(HEADER.encode("utf-16"))
    with pytest.raises(zr.LexiconError, match="not UTF-8"):
        zr.Lexicon.load(extra=[tmp_path / "bad_units.tsv"])


def test_a_users_unit_counts_for_one_call_only(tmp_path: Path) -> None:
    path = tmp_path / "my_units.tsv"
    path.write_text(HEADER + "篓子\t篓子\tcount\t1\tclassifier\t农村用语\t\n", encoding="utf-8")
    text = "全村共收柑橘300篓子。"
    mine = zr.parse(text, zr.Lexicon.load(extra=[path])).records
    assert [(r.surface, r.quantity.unit) for r in mine] == [("300篓子", "篓子")]
    assert [r.surface for r in zr.parse(text).records] != ["300篓子"]


def test_alternation_refuses_nothing() -> None:
    with pytest.raises(zr.LexiconError):
        alternation([])


def test_every_unit_fires_in_an_example() -> None:
    fired = set()
    for case in examples("units.tsv"):
        for record in zr.parse(case.text).records:
            fired.update(w for w in record.why if w.startswith("units:"))
    lexicon = zr.Lexicon.load()
    dead = [u.surface for u in lexicon.units.values() if u.kind != "none" and u.name not in fired]
    assert not dead


def test_a_phrase_is_its_own_negative_example() -> None:
    wrong = {}
    for row in zr.Lexicon.load().table("phrases"):
        found = [r.surface for r in zr.parse(f"扎实推进{row.surface}工作。").records]
        if found:
            wrong[row.surface] = found
    assert not wrong


def fired_rows() -> set[str]:
    """Every row that shows in the `why` of a record of an example, or in a token of it."""
    fired: set[str] = set()
    for name in ("units.tsv", "modifiers.tsv", "numerals.tsv", "periods.tsv", "negatives.tsv"):
        for case in examples(name):
            report = zr.parse(case.text)
            for record in report.records:
                fired.update(record.why)
    return fired


def test_every_modifier_fires_in_an_example() -> None:
    fired = fired_rows()
    rows = zr.Lexicon.load().table("modifiers")
    shown = "\n".join(case.text for case in examples("modifiers.tsv"))
    dead = [r.surface for r in rows if r.kind != "stop" and r.name not in fired and f"modifiers:{r.surface}" not in fired]
    dead += [r.surface for r in rows if r.kind == "stop" and r.surface not in shown]
    assert not dead


def test_every_numeral_fires_in_an_example() -> None:
    written = "".join(case.text[a:b] for case in examples("numerals.tsv") for a, b in case.spans)
    dead = [r.surface for r in zr.Lexicon.load().table("numerals") if r.surface not in written]
    assert not [d for d in dead if d != "兆"], "兆 is read by parse_amount only"
    assert zr.parse_amount("五兆").value == 5 * 10**12


def test_every_marker_fires_in_an_example() -> None:
    fired = {(s.style) for case in outlines() for s in zr.parse(case.text).sections}
    assert not [r["style"] for r in zr.Lexicon.load().table("markers") if r["style"] not in fired]
