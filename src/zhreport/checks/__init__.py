"""The audit: each check is a function from the figures of a page to findings; `audit` runs them.

A check of one's own joins with `audit(report, checks=CHECKS + (mine,))`; it is called with `Figures`, which has the `text`,
`sections` and `records` of the report.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from operator import itemgetter
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Self

from .. import notebook
from ..series import Gathered
from ..table import frame, rows_of
from ..types import Finding, Page
from .adjacent import adjacent_sums
from .balances import balances
from .details import details
from .figures import Figures
from .growth import difference, growth
from .lists import list_counts
from .numbering import numbering
from .portions import portions
from .products import rate_times_count
from .rates import averages
from .ratios import ratios
from .restatements import restatements
from .sums import sums
from .suspects import feasibility, unit_suspects
from .totals import totals

if TYPE_CHECKING:
    import pandas as pd

    from ..lexicon import Lexicon

Check = Callable[[Figures], Iterable[Finding]]
CHECKS: tuple[Check, ...] = (
    sums, totals, details, ratios, growth, difference, balances, rate_times_count, portions, averages, adjacent_sums, restatements, list_counts, unit_suspects, feasibility, numbering,
)  # fmt: skip


_REPEATED = ("numbering", "list_count", "feasibility", "unit_suspect")  # may speak twice of the same figures


class Findings(tuple[Finding, ...]):
    """What an audit found, in the order of the text; `skipped` counts the failures among what was given."""

    skipped: int

    def __new__(cls, found: Iterable[Finding] = (), skipped: int = 0) -> Self:
        self = super().__new__(cls, found)
        self.skipped = skipped
        return self

    def __repr__(self) -> str:
        bad = sum(f.verdict == "violated" for f in self)
        return f"Findings({len(self)}, {bad} violated{f', {self.skipped} skipped' if self.skipped else ''})"

    def to_frame(self) -> pd.DataFrame:
        """The findings as a DataFrame: kind, verdict, formula, operands, result, reason."""
        return frame(rows_of(self, "findings"), "findings")

    def _repr_html_(self) -> str:
        return notebook.findings_html(self, repr(self))


def audit(reports: Page | Iterable[Page], checks: Iterable[Check] = CHECKS, lexicon: Lexicon | None = None) -> Findings:
    """Check the arithmetic and the numbering of one report or of many; failures among many are skipped and counted.

    Of several reports the findings across them come last: one figure told differently in two, leaps from year to year.
    Raises TypeError for what is no report: a path is read first, `audit(read(path))`.

    >>> from zhreport import parse
    >>> [f.formula for f in audit(parse("一、成效\\n甲\\n三、打算\\n乙"))]
    ['一、 → 三、']
    """
    checks = tuple(checks)
    pages: Iterable[Any] = (reports,) if hasattr(reports, "records") else reports  # type: ignore[assignment]
    if isinstance(reports, str | PurePath):
        raise TypeError("audit() takes a report or reports, not a path; read the file first: zr.audit(zr.read(path))")
    found: list[Finding] = []
    gathered, first, skipped = Gathered(lexicon), None, 0
    for page in pages:
        if not hasattr(page, "records"):
            if not hasattr(page, "todo"):  # a Failure says what to do
                raise TypeError(
                    f"audit() takes reports, not {type(page).__name__}; make one with zr.parse(text) or zr.read(path)"
                )
            skipped += 1
        else:
            if first is None:
                first = page  # one report alone has nothing beside it
            else:
                for each in (first, page) if not gathered.reports else (page,):
                    gathered.add(each)
            found += _told_once(_of(Figures(page, lexicon), checks))
    if gathered.reports > 1:
        found += across(gathered)
    return Findings(found, skipped)


def across(gathered: Gathered) -> list[Finding]:
    """What only several reports together show: the same figure told differently in two of them, and leaps from year to year."""
    return list(gathered.panel().findings())


def _told_once(findings: list[Finding]) -> Iterator[Finding]:
    """Without 3251批次 ≤ 3260批次 where 3251 / 3260 = 99.7% is told, and without a part of a list whose sum is told."""
    pairs = {frozenset([o.start for o in f.operands]) for f in findings if f.kind == "ratio"}
    summed = {(o.start, f.result.start) for f in findings if f.kind == "sum" and f.result is not None for o in f.operands}
    for f in findings:
        plain = f.kind == "part_le_total" and f.verdict == "holds" and f.result is not None
        if not plain or not all(
            frozenset((o.start, f.result.start)) in pairs or (o.start, f.result.start) in summed  # type: ignore[union-attr]
            for o in f.operands
        ):
            yield f


def _of(page: Figures, checks: tuple[Check, ...]) -> list[Finding]:
    """What the checks find in the order of the text, each relation once: of two claims on the same figures the first stands."""
    seen: set[tuple[int, ...]] = set()
    found: list[tuple[tuple[int, str, str], Finding]] = []
    for check in checks:
        for finding in check(page):
            figures = [o.start for o in finding.operands]
            if finding.result is not None:
                figures.append(finding.result.start)
            figures.sort()
            if finding.kind not in _REPEATED:
                if (key := tuple(figures)) in seen:
                    continue
                seen.add(key)
            shown = finding if finding.passages else page.shown(finding)
            found.append(((figures[0] if figures else 0, finding.kind, finding.formula), shown))
    found.sort(key=itemgetter(0))
    return [finding for _, finding in found]
