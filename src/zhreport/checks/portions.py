"""A share or a multiple of a named figure that another figure is set by: 按协作资金6%的比例分红,共计18万元; 按低保标准的1.3倍核定,为936元."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from ..types import Finding
from .figures import Figures
from .weighing import Exact, Reach, quotient, weigh

_BY = regex.compile(r"按照?(?P<of>\p{Han}{2,14}?)(?:总额|总量|总数)?的?$")
_SET = regex.compile(
    r"的?(?:比例|标准|幅度)?(?:保底|固定)?(?:分红|计提|提取|核定|计算|安排|执行|发放|补助|配套|收取|支付|返还|确定|给予|列支|预留)"
)
_FAR = 60  # figures before a portion that its base is looked for in
_AFTER = 8


def portions(page: Figures) -> Iterator[Finding]:
    """Amounts that are set as a share or a multiple of a figure that the text names.

    >>> from zhreport import parse
    >>> text = "争取协作资金300万元。项目按协作资金6%的比例分红,共计18万元。"
    >>> [(f.verdict, f.formula) for f in portions(Figures(parse(text)))]
    [('holds', '300万元 × 6% = 18万元')]
    """
    for i, dimension in enumerate(page.dimension):
        if dimension not in ("percentage", "multiple") or page.value[i] is None:
            continue
        m = _BY.search(page.region[i])
        if m and _SET.match(page.folded, page.end[i]):
            yield from _set_by(page, i, m["of"])


def _set_by(page: Figures, i: int, of: str) -> Iterator[Finding]:
    after = range(i + 1, min(i + 1 + _AFTER, len(page.records)))
    amounts = [k for k in after if page.same_sentence(i, k) and page.plain[k]]
    for a in amounts:
        bases = [b for b in _bases(page, i, of) if page.unit[b] == page.unit[a] and page.per[b] == page.per[a]]
        fitting = next((b for b in bases if _weighed(page, b, i, a) in ("holds", "rounding")), None)
        if fitting is not None:
            yield _claim(page, fitting, i, a, of)
        elif len(bases) == len(amounts) == 1:
            finding = _claim(page, bases[0], i, a, of)
            multiple = page.dimension[i] == "multiple"
            yield from page.likely(finding, quotient if multiple else _times, [1, -1] if multiple else [1, 1], close=False)


def _bases(page: Figures, i: int, of: str) -> list[int]:
    """The figures before a portion that are told of what it is a portion of."""
    return [
        b
        for b in page.earlier(i, _FAR)
        if page.plain[b] and page.role[b] in ("level", "to") and (page.name[b].endswith(of) or page.region[b].endswith(of))
    ]


def _weighed(page: Figures, b: int, i: int, a: int) -> str:
    return weigh(_times, [1, 1], [page.reach(b), _set_at(page, i)], page.reach(a)).verdict


def _set_at(page: Figures, i: int) -> Reach:
    """A share that is set stands for itself, not for what rounds to it."""
    reach = page.reach(i)
    return reach._replace(low=reach.value, high=reach.value, step=0) if reach.exact else reach


def _times(base: Exact, share: Exact) -> Exact:
    return base * share


def _claim(page: Figures, b: int, i: int, a: int, of: str) -> Finding:
    reason = f"按“{of}”的{page.surface[i]}计 / set by {of}"
    if page.dimension[i] == "multiple":
        return page.claim("ratio", "{0} / {1}", [a, b], i, quotient, [1, -1], reason, stated=_set_at(page, i))
    return page.claim(
        "rate_times_count", "{0} × {1}", [b, i], a, _times, [1, 1], reason, reaches=[page.reach(b), _set_at(page, i)]
    )
