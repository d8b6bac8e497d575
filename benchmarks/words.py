"""Word segmentation: each backend's F1 on corpus/words/gold.txt with and without the domain terms, and its speed.

Speed is the time relative to jieba.lcut in the same run; a backend that is not installed is named and left out.
"""

from __future__ import annotations

from pathlib import Path

import jieba
from speed import best

import zhreport as zr

CORPUS = Path(__file__).parents[1] / "corpus"
BACKENDS = ("jieba", "rjieba", "pkuseg", "spacy")


def gold() -> list[list[str]]:
    lines = (CORPUS / "words" / "gold.txt").read_text(encoding="utf-8").splitlines()
    return [line.split(" ") for line in lines if line and not line.startswith("#")]


def spans(words: list[str]) -> set[tuple[int, int]]:
    out, at = set(), 0
    for word in words:
        out.add((at, at + len(word)))
        at += len(word)
    return out


def f1(sentences: list[list[str]], backend: str, domain: bool) -> float:
    """F1 of the words by their places, over all sentences."""
    right = found = wanted = 0
    for sentence in sentences:
        cut = {(w.start, w.end) for w in zr.words("".join(sentence), backend, domain=domain) if w.text.strip()}
        true = spans(sentence)
        right, found, wanted = right + len(cut & true), found + len(cut), wanted + len(true)
    return 2 * right / (found + wanted)


def main() -> None:
    jieba.setLogLevel(60)
    jieba.initialize()
    sentences = gold()
    text = "\n".join(p.read_text(encoding="utf-8") for p in sorted((CORPUS / "reports").glob("*.txt")))
    yard = best(jieba.lcut, text)
    print(f"{len(sentences)} sentences, {sum(map(len, sentences))} words; times relative to jieba.lcut on {len(text)} characters")
    print(f"{'backend':8} {'F1 alone':>9} {'F1 terms':>9} {'time alone':>11} {'time terms':>11}")
    for name in BACKENDS:
        try:
            zr.words("文字", name)
        except ImportError as error:
            print(f"{name:8} {error}")
            continue
        plain, terms = f1(sentences, name, False), f1(sentences, name, True)
        alone = best(lambda name=name: zr.words(text, name, domain=False)) / yard
        whole = best(lambda name=name: zr.words(text, name)) / yard
        print(f"{name:8} {plain:9.4f} {terms:9.4f} {alone:10.2f}x {whole:10.2f}x")


if __name__ == "__main__":
    main()
