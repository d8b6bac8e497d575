"""Figures that are cited: 在去年V的基础上, 比上年执行数V, 全村V户中; and figures that stand in the same pair, 136户578人, twice."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import regex

from .figures import Figures
from .misprints import misprint

_BASE = regex.compile(r"[^,;。:()\d]{0,12}的?基础上")
_FORMER = regex.compile(r"(?:上年|上年度|去年|20\d\d年)(?:预算)?(?:执行|决算|完成|实绩|实际|快报|统计|末|底)数?[^,;。:]{0,6}$")
_LAST = regex.compile("去年|上年")
_ALL = regex.compile(r"(?:全[县市区乡镇村街局校]|全街道|[该我本][县市区乡镇村局校])(?:共有?)?$")
_SCOPE = regex.compile("全[县市区乡镇村街局校]")
_OF_ALL = regex.compile("[占在](?:全部|总共)?$")
_WHOLE = regex.compile(
    r"(?:现有|共有|下辖|辖有?|总户数|总人口|总数|全[县市区乡镇村街局校]|全街道|[该我本][县市区乡镇村局校])\p{Han}{0,4}$"
)
_AFTER = regex.compile(r"\p{Han}{2}")
_FAR = 400  # figures before a citation that are looked at


def cited(page: Figures, records: range) -> Iterator[tuple[list[int], str]]:
    """Pairs of a figure and its citation: equal, equal within rounding, or one misprint apart."""
    folded = page.folded
    for j in records:
        if page.value[j] is None or page.per[j] or page.role[j] in ("increase", "decrease") or page.dimension[j] == "duration":
            continue
        region = page.region[j]
        if _BASE.match(folded, page.end[j]) or _FORMER.search(region):
            if (i := _former(page, j)) is not None:
                yield [i, j], "引述前文数字 / an earlier figure, cited"
        elif (_ALL.search(region) or _OF_ALL.search(region)) and (i := _whole(page, j)) is not None:
            yield [i, j], "全体之数再次出现 / the number of all, told again"


def _former(page: Figures, j: int) -> int | None:
    """在去年完成投资68.3亿元的基础上: what was told of last year under that name."""
    wrong = None
    for i in page.earlier_in(page.unit[j], j, _FAR):
        if page.role[i] not in ("level", "to") or page.value[i] is None or page.per[i] or page.same_sentence(i, j):
            continue
        if not page.name[j] and page.value[i] == page.value[j] and len(_written(page, i)) > 2 and _one_year(page, i, j):
            return i  # 在上年12.6万亩的基础上
        if not _akin(page.name[i], page.name[j]) or not _one_year(page, i, j):
            continue
        if _stands_for(page, i, j):
            return i
        if wrong is None and _misprinted(page, i, j, page.name[i] == page.name[j]):
            wrong = i
    return wrong


def _akin(one: str, two: str) -> bool:
    """投资 and 重点项目投资: the one ends as the other."""
    return len(one) > 1 and len(two) > 1 and (one.endswith(two) or two.endswith(one))


def _one_year(page: Figures, i: int, j: int) -> bool:
    """Whether two figures may be of one year; 去年 and 上年 are not always reckoned."""
    one, two = (page.period[i] or "")[:4], (page.period[j] or "")[:4]
    if not one.isdigit() or not two.isdigit() or one == two:
        return True
    return int(one) + 1 == int(two) and bool(_LAST.search(page.clause(j)))


def _whole(page: Figures, j: int) -> int | None:
    """全村421户中 after 现有412户1685人; 占9个村的半数 after 全乡9个村."""
    after = _AFTER.match(page.folded, page.end[j])
    told, scope = after[0] if after else "", _SCOPE.search(page.region[j])
    wrong = None
    for i in page.earlier_in(page.unit[j], j, _FAR):
        if (
            page.totals[i] is not None
            or page.value[i] is None
            or page.per[i]
            or page.same_sentence(i, j)
            or not _is_whole(page, i)
        ):
            continue
        if scope and (other := _SCOPE.search(page.region[i])) and other[0] != scope[0]:
            continue  # 全村412户 is not 全镇421户
        same = told != "" and page.folded.startswith(told, page.end[i])
        if page.value[i] == page.value[j] and (same or page.name[i] == page.name[j] or len(_written(page, i)) > 2):
            return i
        if not _ALL.search(page.region[j]):
            continue
        if same and _stands_for(page, i, j):
            return i
        if wrong is None and _misprinted(page, i, j, False):
            wrong = i
    return wrong


def _is_whole(page: Figures, i: int) -> bool:
    """现有412户1685人, 全乡9个村2.16万亩耕地: the second figure stands under the words before the first."""
    if _WHOLE.search(page.region[i]):
        return True
    return i > 0 and page.start[i] - page.end[i - 1] <= 2 and bool(_WHOLE.search(page.region[i - 1]))


def _stands_for(page: Figures, i: int, j: int) -> bool:
    """Whether one of two figures, as it is printed, can be the other with fewer digits."""
    for fine, coarse in ((i, j), (j, i)):
        value, reach = page.value[fine], page.reach(coarse)
        if value is not None and reach.low is not None and reach.high is not None and reach.low <= value <= reach.high:
            return True
    return False


def _written(page: Figures, i: int) -> str:
    return str(page.digits(i) or 0)


def _misprinted(page: Figures, i: int, j: int, named: bool) -> bool:
    """Whether two figures of three digits are one with two digits in the other order, or with one digit wrong where both have one name."""
    step = max(page.reach(i).step, page.reach(j).step) or 1
    one, two = (Fraction(page.value[k] or 0, step) for k in (i, j))
    if one.denominator != 1 or two.denominator != 1 or one < 100 or not page.reach(i).exact or not page.reach(j).exact:
        return False
    a, b = str(one.numerator), str(two.numerator)
    return misprint(a, b) and (named or sorted(a) == sorted(b))


def pairs_again(page: Figures, records: range) -> dict[int, int]:
    """The figures of a pair that was told before, each with its like: 建档立卡136户578人, later 136户578人如期脱贫."""
    first: dict[tuple[object, ...], int] = {}
    again: dict[int, int] = {}
    for i in records[:-1]:
        units = page.unit[i], page.unit[i + 1]
        if page.end[i] != page.start[i + 1] or units not in _PAIRS or page.value[i] is None or page.value[i + 1] is None:
            continue
        if len(_written(page, i).rstrip("0")) + len(_written(page, i + 1).rstrip("0")) < 5:
            continue
        at = first.setdefault((*units, page.value[i], page.value[i + 1]), i)
        if at != i:
            again[i], again[i + 1] = at, at + 1
    return again


_PAIRS = frozenset((("户", "人"), ("人", "户"), ("个", "户"), ("个", "人")))
