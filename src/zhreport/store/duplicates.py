"""Documents with the same or nearly the same text, linked and not dropped: 范文 sites copy from each other."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from .signatures import BANDS, letters, shingles

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

# Pairs that have less of their shingles in common are no link.
LEAST = 0.5
# Of more documents than these in one band each is compared with the first only: a thousand copies of one page would make
# half a million pairs.
CROWD = 40


class Signed(NamedTuple):
    """A document, and the part that holds its text."""

    source: str
    document: int
    start: int
    end: int
    text_hash: str | None
    part: str


def links(parts: Iterable[str], path_of: Callable[[str, str], Path], rules: str) -> list[dict[str, Any]]:
    """One row a pair: exact copies each with the first of them; near copies among those that are left, with their exact share."""
    documents, bands = _signed(parts, path_of)
    order = sorted(range(len(documents)), key=lambda i: documents[i][:2])
    firsts: dict[str, int] = {}
    pairs: list[tuple[int, int, str, tuple[float, float, float]]] = []
    kept = []
    for i in order:
        hashed = documents[i].text_hash
        if hashed is None:
            continue
        if hashed in firsts:
            pairs.append((firsts[hashed], i, "exact", (1.0, 1.0, 1.0)))
        else:
            firsts[hashed] = i
            kept.append(i)
    shares = _Shares(documents, path_of)
    for a, b in _candidates(bands, kept):
        if (found := shares.of(a, b))[0] >= LEAST:
            pairs.append((a, b, "near", found))
    pairs.sort(key=lambda p: (documents[p[0]][:2], documents[p[1]][:2]))
    return [_row(documents[a], documents[b], kind, found, rules) for a, b, kind, found in pairs]


def _row(a: Signed, b: Signed, kind: str, shares: tuple[float, float, float], rules: str) -> dict[str, Any]:
    return {
        "source_a": a.source, "document_a": a.document, "source_b": b.source, "document_b": b.document,
        "kind": kind, "share": shares[0], "share_a": shares[1], "share_b": shares[2], "rules": rules,
    }  # fmt: skip


def _signed(parts: Iterable[str], path_of: Callable[[str, str], Path]) -> tuple[list[Signed], np.ndarray]:
    """All documents, and a row of band numbers for each; zeros where a document is too short to compare."""
    import numpy as np
    import pyarrow.parquet as pq

    documents: list[Signed] = []
    rows: list[np.ndarray] = [np.empty((0, BANDS), dtype=np.int64)]
    for part in parts:
        found: pa.Table = pq.read_table(path_of("signatures", part), partitioning=None)
        documents += [Signed(**row, part=part) for row in found.select(Signed._fields[:-1]).to_pylist()]
        zeros = [0] * BANDS
        rows.append(np.array([b or zeros for b in found["bands"].to_pylist()], dtype=np.int64).reshape(-1, BANDS))
    return documents, np.concatenate(rows)


def _candidates(bands: np.ndarray, kept: Sequence[int]) -> list[tuple[int, int]]:
    """Pairs of documents that agree in a band; those with the same first document follow each other."""
    import numpy as np

    chosen = np.array(kept, dtype=np.int64)
    out: set[tuple[int, int]] = set()
    for band in range(bands.shape[1]):
        values = bands[chosen, band]
        # A stable sort keeps the order of the names inside a band, so that the first is the same in every run.
        order = np.argsort(values, kind="stable")
        ends = np.flatnonzero(np.diff(values[order])) + 1
        for group in np.split(order, ends):
            if len(group) > 1 and values[group[0]]:
                out.update(_pairs(chosen[group].tolist()))
    place = {i: at for at, i in enumerate(kept)}
    return sorted(out, key=lambda p: (place[p[0]], place[p[1]]))


def _pairs(group: list[int]) -> Iterator[tuple[int, int]]:
    if len(group) <= CROWD:
        return combinations(group, 2)
    return ((group[0], other) for other in group[1:])


class _Shares:
    """The exact share of shingles in common; the texts come from the store, a few parts at a time."""

    def __init__(self, documents: Sequence[Signed], path_of: Callable[[str, str], Path]) -> None:
        self.documents, self.path_of = documents, path_of
        self.texts = functools.lru_cache(16)(self._texts)
        self.shingles = functools.lru_cache(256)(self._shingles)

    def of(self, a: int, b: int) -> tuple[float, float, float]:
        """Shingles in common as a share of all of both, of those of a, and of those of b."""
        import numpy as np

        mine, other = self.shingles(a), self.shingles(b)
        common = len(np.intersect1d(mine, other, assume_unique=True))
        return common / (len(mine) + len(other) - common), common / len(mine), common / len(other)

    def _texts(self, part: str) -> dict[str, str]:
        import pyarrow.parquet as pq

        found = pq.read_table(self.path_of("texts", part), columns=["source", "text"], partitioning=None)
        return dict(zip(found["source"].to_pylist(), found["text"].to_pylist(), strict=True))

    def _shingles(self, at: int) -> np.ndarray:
        d = self.documents[at]
        return shingles(letters(self.texts(d.part)[d.source][d.start : d.end]))
