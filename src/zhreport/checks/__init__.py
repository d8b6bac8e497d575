"""The audit: each check is a function from the figures of a page to findings; `audit` runs them.

A check of one's own joins with `audit(report, checks=CHECKS + (mine,))`; it is called with `Figures`, which has the `text`,
`sections` and `records` of the report.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from .. import notebook
from ..series import Gathered
from ..table import frame, rows_of
from ..types import Finding, Page
from .adjacent import adjacent_sums
from .figures import Figures
from .growth import difference, growth
from .lists import list_counts
from .numbering import numbering
from .passages import figures_of, passages
from .products import rate_times_count
from .rates import averages
from .ratios import ratios
from .restatements import restatements
from .sums import sums
from .suspects import feasibility, unit_suspects

if TYPE_CHECKING:
    import pandas as pd

    from ..lexicon import Lexicon

Check = Callable[[Figures], Iterable[Finding]]
CHECKS: tuple[Check, ...] = (
    sums, ratios, growth, difference, rate_times_count, averages, adjacent_sums, restatements, list_counts, unit_suspects, feasibility, numbering,
)  # fmt: skip


class Findings(tuple[Finding, ...]):
    """What an audit found, in the order of the text."""

    __slots__ = ()

    def __repr__(self) -> str:
        bad = sum(f.verdict == "violated" for f in self)
        return f"Findings({len(self)}, {bad} violated)"

    def to_frame(self) -> pd.DataFrame:
        """The findings as a DataFrame: kind, verdict, formula, operands, result, reason."""
        return frame(rows_of(self, "findings"), "findings")

    def _repr_html_(self) -> str:
        return notebook.findings_html(self, repr(self))


def audit(reports: Page | Iterable[Page], checks: Iterable[Check] = CHECKS, lexicon: Lexicon | None = None) -> Findings:
    """Check the arithmetic and the numbering of one report or of many; failures among many are skipped.

    Of several reports the findings across them come last: one figure told differently in two, leaps from year to year.

    >>> from zhreport import parse
    >>> [f.formula for f in audit(parse("一、成效\\n甲\\n三、打算\\n乙"))]
    ['一、 → 三、']
    """
    checks = tuple(checks)
    pages: Iterable[Any] = (reports,) if hasattr(reports, "records") else reports  # type: ignore[assignment]
    found: list[Finding] = []
    gathered, first = Gathered(lexicon), None
    for page in pages:
        if hasattr(page, "records"):
            if first is None:
                first = page  # one report alone has nothing beside it
            else:
                for each in (first, page) if not gathered.reports else (page,):
                    gathered.add(each)
            found += sorted(_told_once(_of(Figures(page, lexicon), checks)), key=_place)
    if gathered.reports > 1:
        found += across(gathered)
    return Findings(found)


def across(gathered: Gathered) -> list[Finding]:
    """What only several reports together show: the same figure told differently in two of them, and leaps from year to year."""
    return list(gathered.panel().findings())


def _told_once(findings: Iterable[Finding]) -> list[Finding]:
    """Without 3251批次 ≤ 3260批次 where 3251 / 3260 = 99.7% is told."""
    listed = list(findings)
    pairs = {frozenset(o.start for o in f.operands) for f in listed if f.kind == "ratio"}

    def plain(f: Finding) -> bool:
        if f.kind != "part_le_total" or f.verdict != "holds" or f.result is None:
            return False
        return all(frozenset((o.start, f.result.start)) in pairs for o in f.operands)

    return [f for f in listed if not plain(f)]


def _of(page: Figures, checks: tuple[Check, ...]) -> Iterator[Finding]:
    """What the checks find, each relation once: of two claims on the same figures the first stands."""
    seen: set[tuple[int, ...]] = set()
    for check in checks:
        for finding in check(page):
            figures = tuple(sorted(o.start for o in (*finding.operands, finding.result) if o is not None))
            if finding.kind not in ("numbering", "list_count", "feasibility", "unit_suspect"):
                if figures in seen:
                    continue
                seen.add(figures)
            yield replace(
                finding,
                source=page.source if finding.source is None else finding.source,
                passages=finding.passages or passages(page.text, figures_of(finding)),
            )


def _place(finding: Finding) -> tuple[int, str, str]:
    starts = [o.start for o in (*finding.operands, finding.result) if o is not None]
    return min(starts, default=0), finding.kind, finding.formula
