"""Records, sections and checks from Chinese county work reports.

>>> import zhreport as zr
>>> report = zr.parse("2020年发放资助资金14.925万元。")
>>> report.records[0].indicator, str(report.records[0].quantity.amount.value)
('资助资金', '149250')
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from . import dask as dask
    from .adapters.arrow import findings_of as findings_of
    from .adapters.arrow import records_of as records_of
    from .checks import CHECKS as CHECKS
    from .checks import Findings as Findings
    from .checks import audit as audit
    from .evaluation import evaluate as evaluate
    from .explanation import Explanation as Explanation
    from .explanation import explain as explain
    from .files import Failure as Failure
    from .files import ReadError as ReadError
    from .files import read as read
    from .files import read_many as read_many
    from .lexicon import Lexicon as Lexicon
    from .lexicon import LexiconError as LexiconError
    from .pages import show as show
    from .report import Report as Report
    from .report import parse as parse
    from .segmentation import Words as Words
    from .segmentation import key_terms as key_terms
    from .segmentation import word_counts as word_counts
    from .segmentation import words as words
    from .series import Panel as Panel
    from .series import compare as compare
    from .store import Store as Store
    from .store import StoreError as StoreError
    from .store import build as build
    from .store import open as open
    from .types import Finding as Finding
    from .written import parse_amount as parse_amount

# Each public name and the module it lives in; a module is loaded when its name is first used.
_HOMES = {
    "Store": "store",
    "StoreError": "store",
    "build": "store",
    "open": "store",
    "CHECKS": "checks",
    "Finding": "types",
    "Findings": "checks",
    "audit": "checks",
    "evaluate": "evaluation",
    "Explanation": "explanation",
    "explain": "explanation",
    "Failure": "files",
    "ReadError": "files",
    "read": "files",
    "read_many": "files",
    "Lexicon": "lexicon",
    "LexiconError": "lexicon",
    "show": "pages",
    "parse_amount": "written",
    "Report": "report",
    "parse": "report",
    "Words": "segmentation",
    "key_terms": "segmentation",
    "word_counts": "segmentation",
    "words": "segmentation",
    "Panel": "series",
    "compare": "series",
    "findings_of": "adapters.arrow",
    "records_of": "adapters.arrow",
    "dask": "",
}
__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'zhreport' has no attribute {name!r}")
    home = _HOMES[name]
    return getattr(import_module(f".{home}", __name__), name) if home else import_module(f".{name}", __name__)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
