"""What only several reports together show, for a whole store: place by place, so that memory does not grow with the folder."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import table
from ..lexicon import Lexicon
from ..series import panel_by_table
from ..series.readings import unresolved
from ..series.stored import readings_of

if TYPE_CHECKING:
    import pyarrow as pa

# So many readings are held at once; the places are dealt out to as many heaps as that takes, and the parts read once a heap.
HEAP = 25_000
_YEAR = r"^\d{4}(-01/\d{4}-12)?$"


def findings(parts: Sequence[Path], lexicon: Lexicon | None, rules: str) -> list[dict[str, Any]]:
    """The rows of the findings between reports, place by place; only of indicators that the table knows.

    A name outside the table need not mean the same thing in two reports, and in thousands of them it mostly does not.
    """
    lexicon = lexicon or Lexicon.load()
    names, sizes = _places(parts)
    out: list[dict[str, Any]] = []
    for heap in _heaps(sizes):
        # The names come with their codes: a county keeps one name, whichever its reports give it.
        held = readings_of(_rows(parts, heap, names), lexicon, dict(names))
        for _, told in groupby(sorted(held, key=attrgetter("place", "source", "record.start")), key=attrgetter("place")):
            found = panel_by_table(told, lexicon).findings()
            out += ({**row, "file": None, "file_hash": None, "rules": rules} for row in table.rows_of(found, "findings"))
    return out


def _places(parts: Iterable[Path]) -> tuple[dict[str, str], dict[str, int]]:
    """The name that goes with each code, and how many readings each place has that two reports or more tell of."""
    sizes: dict[tuple[str, str | None], int] = defaultdict(int)
    files: dict[tuple[str, str | None], int] = defaultdict(int)
    for part in parts:
        found = _known(part, ["place", "place_code", "source"])
        for row in found.group_by(["place", "place_code", "source"]).aggregate([([], "count_all")]).to_pylist():
            where = row["place"], row["place_code"]
            sizes[where] += row["count_all"]
            files[where] += 1
    names: dict[str, str] = {}
    for place, code in sizes:
        if code:
            names[code] = min(place, names.get(code, place))
    joined: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for (place, code), size in sizes.items():
        one = joined[names[code] if code else place]
        one[0], one[1] = one[0] + size, one[1] + files[place, code]
    return names, {name: size for name, (size, told) in sorted(joined.items()) if told > 1 and not unresolved(name)}


def _heaps(sizes: dict[str, int]) -> Iterator[set[str]]:
    """The places in their order, as many at a time as are held at once."""
    heap: set[str] = set()
    held = 0
    for name, size in sizes.items():
        if heap and held + size > HEAP:
            yield heap
            heap, held = set(), 0
        heap.add(name)
        held += size
    if heap:
        yield heap


def _rows(parts: Iterable[Path], heap: set[str], names: dict[str, str]) -> Iterator[dict[str, Any]]:
    """The readings of some places, in the order of the files."""
    import pyarrow as pa
    import pyarrow.compute as pc

    places = pa.array(sorted(heap), pa.string())
    codes = pa.array(sorted(code for code, name in names.items() if name in heap), pa.string())
    for part in parts:
        found = _known(part)
        yield from found.filter(
            pc.or_(pc.is_in(found["place"], value_set=places), pc.is_in(found["place_code"], value_set=codes))
        ).to_pylist()


def _known(part: Path, columns: list[str] | None = None) -> pa.Table:
    """The readings of a part that have a place, a whole year, and a name of the table."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    wanted = None if columns is None else [*columns, "period", "aligned"]
    found = pq.read_table(part, columns=wanted, partitioning=None)
    of_table = pc.is_in(found["aligned"], value_set=pa.array(["exact", "synonym"]))
    whole = pc.and_(pc.is_valid(found["place"]), pc.match_substring_regex(found["period"], _YEAR))
    return found.filter(pc.and_(of_table, pc.fill_null(whole, False)))
