"""Words: exact offsets, nothing lost, terms and quantities held together, whichever backend cuts."""

from __future__ import annotations

import itertools

import pytest
from conftest import CORPUS
from hypothesis import given
from hypothesis import strategies as st

import zhreport as zr

BACKENDS = ("jieba", "rjieba", "pkuseg", "spacy")
SENTENCE = "2019年秋季,落实控辍保学措施, 发放资助资金578.0675万元,三年毛入园率达88.91%。"


GOLD = [
    line.split(" ")
    for line in (CORPUS / "words" / "gold.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]


def ends_of(words: list[str]) -> set[int]:
    return set(itertools.accumulate(map(len, words)))


def wrong_cuts(backend: str, domain: bool) -> int:
    """How many cuts of the gold sentences are missed or made where there is none."""
    return sum(len(ends_of([w.text for w in zr.words("".join(s), backend, domain=domain)]) ^ ends_of(s)) for s in GOLD)


@pytest.mark.parametrize("backend", BACKENDS)
def test_each_backend_gains_by_the_domain_terms(backend: str) -> None:
    if backend != "jieba":
        pytest.importorskip(backend, reason=f"{backend} is an extra and not installed")
    assert len(GOLD) >= 150
    assert wrong_cuts(backend, domain=True) < wrong_cuts(backend, domain=False) / 2


def cut_by_characters(text: str) -> list[str]:
    return [c for c in text if not c.isspace()]


@pytest.mark.parametrize("backend", BACKENDS)
def test_each_backend_keeps_terms_quantities_and_dates(backend: str) -> None:
    if backend != "jieba":
        pytest.importorskip(backend, reason=f"{backend} is an extra and not installed")
    found = [w.text for w in zr.words(SENTENCE, backend=backend)]
    assert "".join(found) == SENTENCE
    assert {"2019年秋季", "控辍保学", "578.0675万元", "三年毛入园率", "88.91%"} <= set(found)


@given(st.text())
def test_words_joined_are_the_text(text: str) -> None:
    found = zr.words(text, backend=cut_by_characters)
    assert "".join(w.text for w in found) == text
    assert all(text[w.start : w.end] == w.text for w in found)


@given(st.text())
def test_the_default_backend_loses_nothing(text: str) -> None:
    assert "".join(w.text for w in zr.words(text)) == text


def test_own_words_hold_for_one_call() -> None:
    text = "雨露春风行动覆盖全县"
    assert "雨露春风行动" in [w.text for w in zr.words(text, extra=["雨露春风行动"])]
    assert "雨露春风行动" not in [w.text for w in zr.words(text)]


def test_no_term_and_no_quantity_is_cut_in_the_corpus() -> None:
    for path in sorted((CORPUS / "reports").glob("*.txt")):
        text = path.read_bytes().decode("utf-8")
        ends = {w.end for w in zr.words(text)} | {0}
        for record in zr.parse(text).records:
            q = record.quantity
            assert q.number_start in ends, record.surface
            assert q.core_end in ends, record.surface
            assert not [c for c in range(q.number_start + 1, q.core_end) if c in ends], record.surface


def test_a_missing_backend_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    import builtins

    from zhreport.segmentation import _backend

    real = builtins.__import__
    monkeypatch.setattr(
        builtins,
        "__import__",
        lambda name, *rest, **more: (_ for _ in ()).throw(ImportError(name)) if name == "pkuseg" else real(name, *rest, **more),
    )
    _backend.cache_clear()
    with pytest.raises(ImportError, match="no-build-isolation pkuseg"):
        zr.words("文字", backend="pkuseg")
    with pytest.raises(ValueError, match="unknown backend"):
        zr.words("文字", backend="nothing")


def test_the_global_jieba_is_not_touched() -> None:
    import jieba

    before = dict(jieba.dt.FREQ)
    zr.words(SENTENCE, extra=["资助资金发放"])
    assert before == jieba.dt.FREQ


def test_counts_terms_and_contexts() -> None:
    report = zr.parse("一、资助\n资助学生,资助教师。\n二、就业\n就业培训,就业服务。\n", source="a.txt")
    counts = zr.word_counts(report)
    assert counts.set_index("word").loc["资助", "count"] == 3
    kwic = report.kwic("就业", width=3)
    assert list(kwic["start"]) == [
        report.text.index("就业"),
        *[i for i in range(20, len(report.text)) if report.text.startswith("就业", i)],
    ]
    assert kwic["section"].iloc[0] == "二、"
    pytest.importorskip("sklearn", reason="scikit-learn is an extra and not installed")
    terms = zr.key_terms(report, top=1)
    assert list(terms["word"]) == ["资助", "就业"]


def test_wrong_arguments_say_what_is_expected() -> None:
    with pytest.raises(TypeError, match="as str, not NoneType"):
        zr.words(None)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="list of words"):
        zr.words("文字", extra="文字")
    assert [w.text for w in zr.words("文字", extra=[""])] == ["文字"]
