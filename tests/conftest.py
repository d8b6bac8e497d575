"""Where things are, and the readers of the example files."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("house", deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "house"))

ROOT = Path(__file__).parents[1]
CORPUS = ROOT / "corpus"
EXAMPLES = CORPUS / "examples"
SHARED = ROOT.parent / "shared"

needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the shared data is not beside this checkout")


class Example(NamedTuple):
    """A sentence without its marks, the marked spans, and the fields that each must have."""

    where: str
    text: str
    spans: tuple[tuple[int, int], ...]
    fields: tuple[dict[str, str], ...]


def examples(name: str) -> Iterator[Example]:
    """The lines of corpus/examples/NAME: a sentence with 【spans】, then a column of fields for each."""
    for number, line in enumerate((EXAMPLES / name).read_text(encoding="utf-8").split("\n"), 1):
        if not line.strip() or line.startswith("#"):
            continue
        marked, *columns = line.split("\t")
        text, spans, at = "", [], 0
        for m in re.finditer(r"【(.+?)】", marked):
            text += marked[at : m.start()]
            spans.append((len(text), len(text) + len(m[1])))
            text += m[1]
            at = m.end()
        text += marked[at:]
        fields = [dict(pair.split("=", 1) for pair in column.split(" ") if pair) for column in columns]
        yield Example(f"{name}:{number}", text, tuple(spans), tuple(fields) or tuple({} for _ in spans))


class Outline(NamedTuple):
    """A text, the outline it must give, and the faults it must show."""

    name: str
    text: str
    outline: str
    faults: tuple[str, ...]


def outlines() -> Iterator[Outline]:
    """The cases of corpus/examples/sections.txt."""
    for case in re.split(r"^=== ", (EXAMPLES / "sections.txt").read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        name, _, rest = case.partition("\n")
        text, _, result = rest.partition("\n---\n")
        lines = text.split("\n")
        while lines and lines[0].startswith("# "):
            lines.pop(0)
        wanted = [x for x in result.split("\n") if x.strip() and not x.startswith("#")]
        faults = tuple(x[2:] for x in wanted if x.startswith("! "))
        yield Outline(name.strip(), "\n".join(lines), "\n".join(x for x in wanted if not x.startswith("! ")), faults)
