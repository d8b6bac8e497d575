"""The spaCy component: spans at the right tokens, extensions, disk, and two processes."""

from __future__ import annotations

from pathlib import Path

import pytest

spacy = pytest.importorskip("spacy", reason="spaCy is not installed")

TEXT = "一、成效\n2020年发放资助资金14.925万元,惠及学生199人次(本县150人次,外县59人次)。"


def pipeline():
    import zhreport.adapters.spacy  # noqa: F401

    nlp = spacy.blank("zh")
    nlp.add_pipe("zhreport")
    return nlp


def test_spans_of_quantities_and_sections() -> None:
    doc = pipeline()(TEXT)
    found = [(s.text, s.label_) for s in doc.spans["quantities"]]
    assert ("14.925万元", "money") in found
    assert [s.text for s in doc.spans["sections"]] == ["一、成效"]
    money = next(s for s in doc.spans["quantities"] if s.label_ == "money")
    assert money._.record.indicator == "资助资金"
    assert [f.formula for f in doc._.findings if f.verdict == "violated"] == ["150 + 59 ≠ 199 人次"]


def test_a_pipeline_goes_to_disk_and_back(tmp_path: Path) -> None:
    nlp = pipeline()
    nlp.to_disk(tmp_path / "model")
    again = spacy.load(tmp_path / "model")
    before, after = nlp(TEXT), again(TEXT)
    assert [s.text for s in after.spans["quantities"]] == [s.text for s in before.spans["quantities"]]
    doc = pipeline().from_bytes(nlp.to_bytes())(TEXT)
    assert doc.spans["quantities"][0].text == before.spans["quantities"][0].text


def test_many_texts_in_two_processes() -> None:
    nlp = pipeline()
    docs = list(nlp.pipe([TEXT, "全县有学校51所。"] * 3, n_process=2))
    assert [[s.text for s in d.spans["quantities"]] for d in docs][1] == ["51所"]
    assert len(docs) == 6


def test_a_doc_survives_bytes() -> None:
    from spacy.tokens import Doc

    nlp = pipeline()
    doc = Doc(nlp.vocab).from_bytes(nlp(TEXT).to_bytes())
    assert [s.id_ for s in doc.spans["quantities"]]
    assert doc.spans["quantities"][0]._.record is not None
