"""Tables in the text: rows of cells between tabs, bars or aligned blanks; the unit of a number stands in a head or a caption.

Each bare number of a cell becomes a quantity; its name, period and place come from the heads of its column and the label of its row.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from .cells import CellFacts, CellReader, Tables
from .shapes import Cell, Grid, grids, parted

if TYPE_CHECKING:
    from ..lexicon import Lexicon

__all__ = ["Cell", "CellFacts", "Grid", "Tables", "grid_reader", "grids", "parted"]


@functools.lru_cache(maxsize=8)
def grid_reader(lexicon: Lexicon) -> CellReader:
    """The table reader of a lexicon, made once."""
    return CellReader(lexicon)
