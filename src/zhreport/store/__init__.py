"""A folder of files ⇄ a store of Parquet tables: `build` makes it and keeps it up to date, `open` reads it."""

from __future__ import annotations

from .building import build
from .errors import StoreError
from .opened import Store, open

__all__ = ["Store", "StoreError", "build", "open"]
