"""The spaCy component: spans at the right tokens, extensions, disk, and two processes."""

from __future__ import annotations

import subprocess
import sys
from html.parser import HTMLParser
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


def test_a_docbin_keeps_spans_records_and_findings(tmp_path: Path) -> None:
    from spacy.tokens import DocBin

    nlp = pipeline()
    DocBin(docs=nlp.pipe([TEXT, "全县有学校51所。"]), store_user_data=True).to_disk(tmp_path / "docs.spacy")
    first, second = DocBin().from_disk(tmp_path / "docs.spacy").get_docs(spacy.blank("zh").vocab)
    assert [s.text for s in second.spans["quantities"]] == ["51所"]
    assert second.spans["quantities"][0]._.record.quantity.unit == "所"
    assert [f.kind for f in first._.findings if f.verdict == "violated"] == ["sum"]
    assert first.spans["sections"][0]._.section.title == "成效"


def own_table(folder: Path) -> Path:
    path = folder / "my_units.tsv"
    row = "擂台\t擂台\tcount\t1\tclassifier\t\t\tour field notes\t"
    path.write_text(f"surface\tunit\tdimension\tfactor\tkind\ttail\tunless\tsource\tnote\n{row}\n", encoding="utf-8")
    return path


def test_own_tables_travel_with_the_pipeline_and_its_docs(tmp_path: Path) -> None:
    from spacy.tokens import DocBin

    table = own_table(tmp_path)
    nlp = spacy.blank("zh")
    nlp.add_pipe("zhreport", config={"extra": [str(table)]})
    text = "全县设擂台赛3擂台。"
    assert [s.text for s in pipeline()(text).spans["quantities"]] != ["3擂台"]
    nlp.to_disk(tmp_path / "model")
    DocBin(docs=[nlp(text)], store_user_data=True).to_disk(tmp_path / "docs.spacy")
    as_bytes = nlp.to_bytes()
    table.unlink()
    for again in (spacy.load(tmp_path / "model"), pipeline().from_bytes(as_bytes)):
        doc = again(text)
        assert [s.text for s in doc.spans["quantities"]] == ["3擂台"]
        assert doc.spans["quantities"][0]._.record.quantity.unit == "擂台"
    (kept,) = DocBin().from_disk(tmp_path / "docs.spacy").get_docs(spacy.blank("zh").vocab)
    assert kept.spans["quantities"][0]._.record.quantity.unit == "擂台"
    docs = list(spacy.load(tmp_path / "model").pipe([text] * 3, n_process=2))
    assert [d.spans["quantities"][0]._.record.surface for d in docs] == ["3擂台"] * 3


def test_a_table_that_is_not_there_is_named(tmp_path: Path) -> None:
    nlp = spacy.blank("zh")
    nlp.add_pipe("zhreport", config={"extra": [str(tmp_path / "my_units.tsv")]})
    with pytest.raises(FileNotFoundError, match=r"my_units\.tsv"):
        nlp(TEXT)


def test_a_wrong_table_is_named_at_once(tmp_path: Path) -> None:
    table = own_table(tmp_path)
    table.write_text(table.read_text(encoding="utf-8").replace("\tcount\t", "\tnothing\t"), encoding="utf-8")
    with pytest.raises(ValueError, match=r"my_units\.tsv"):
        spacy.blank("zh").add_pipe("zhreport", config={"extra": [str(table)]})


class Plain(HTMLParser):
    """The text of some HTML without blanks, and the names of its elements."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)

    def handle_data(self, data: str) -> None:
        self.text += "".join(data.split())


def test_displacy_draws_the_spans() -> None:
    from spacy import displacy

    doc = pipeline()(TEXT.replace("成效", "<script>alert(1)</script>"))
    spans = Plain(displacy.render(doc, style="span", options={"spans_key": "quantities"}, jupyter=False))
    assert "money" in spans.text
    assert "script" not in spans.names
    # The span style puts blanks between Chinese words; drawn as entities by hand, the text stays whole.
    ents = [{"start": s.start_char, "end": s.end_char, "label": s.label_} for s in doc.spans["quantities"]]
    entities = Plain(displacy.render({"text": doc.text, "ents": ents}, style="ent", manual=True, jupyter=False))
    assert "发放资助资金14.925万元money" in entities.text
    assert "script" not in entities.names


def test_without_spacy_the_error_says_what_to_install() -> None:
    code = (
        "import sys; sys.modules['spacy'] = None\n"
        "from zhreport.adapters.spacy import ZhReport\n"
        "try: ZhReport()\nexcept ImportError as error: print(error)"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "pip install 'zhreport[spacy]'" in told
