"""A page → its documents: a collection (…篇1 … 篇8) is split, each part with its title."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import NamedTuple

import regex

from .periods import part
from .types import Document, Token

_N = r"(?P<n>\d{1,3}|[一二三四五六七八九十]{1,3})"
# How collection sites number their parts; one style must run 1, 2, … over whole lines.
_STYLES = {
    "stem篇N": regex.compile(rf"[^\n]{{0,60}}?[^\n第【](?P<mark>篇 ?{_N})[:：]?[^\n。]{{0,40}}"),
    "篇N": regex.compile(rf"(?P<mark>篇 ?{_N})[:：、 ]?[^\n。]{{0,60}}"),
    "第N篇": regex.compile(rf"(?P<mark>第{_N}篇)[:：、 ]?[^\n。]{{0,60}}"),
    "范文N": regex.compile(rf"[^\n。]{{0,40}}(?P<mark>(?:范文|例文|样本){_N})[:：、 ]?[^\n。]{{0,40}}"),
    "stem(N)": regex.compile(rf"[^\n。,;]{{4,40}}?(?P<mark>\({_N}\))"),
    "stemN": regex.compile(rf"[^\n。,;\d]{{4,30}}?(?:总结|报告|汇报|范文|公报)(?P<mark>{_N})[:：]?"),
    "【篇N】": regex.compile(rf"[^\n。【]{{0,60}}【(?P<mark>(?:第?{_N}篇|篇{_N}))】[^\n。]{{0,60}}"),
}
# What a page must hold for a style to be looked for at all.
_HINTS = {
    "stem篇N": ("篇",), "篇N": ("篇",), "第N篇": ("篇",), "【篇N】": ("篇",), "范文N": ("范文", "例文", "样本"),
    "stem(N)": ("(1)", "(一)"), "stemN": ("总结", "报告", "汇报", "范文", "公报"),
}  # fmt: skip
_LINE = regex.compile(r"[^\n]+")
_DIGITS = "一二三四五六七八九"


class Line(NamedTuple):
    """A line without its outer blanks, as a span."""

    start: int
    end: int


def lines(text: str) -> list[Line]:
    """The lines that hold something, without their outer blanks."""
    out = []
    for m in _LINE.finditer(text):
        bare = m[0].strip(" \u3000\t\r")
        if bare:
            start = m.start() + m[0].index(bare[0])
            out.append(Line(start, start + len(bare)))
    return out


def _value(written: str) -> int:
    if written.isdigit():
        return int(written)
    tens, mark, ones = written.partition("十")
    return (10 * (_DIGITS.index(tens) + 1 if tens else 1) if mark else 0) + sum(
        _DIGITS.index(c) + 1 for c in (ones if mark else written)
    )


Markers = Mapping[int, tuple[str, int]]  # where a heading begins → its style and number


def documents(text: str, folded: str, markers: Markers = MappingProxyType({})) -> tuple[Document, ...]:
    """The documents of a page in order, with titles and offsets; a blank page has none.

    A line that begins with one of `markers` (the section markers) is a heading, never the title.

    >>> [d.title for d in documents("总结篇1\\n甲\\n总结篇2\\n乙", "总结篇1\\n甲\\n总结篇2\\n乙")]
    ['总结篇1', '总结篇2']
    """
    found = lines(folded)
    if not found:
        return ()
    heads = _collection(folded, found, markers) or _pasted(folded, found, markers)
    if not heads:
        return (_single(text, folded, found, markers),)
    out = []
    for i, head in enumerate(heads):
        end = heads[i + 1].start if i + 1 < len(heads) else len(text)
        out.append(Document(i + 1, head.start, end, text[head.start : head.end], head.start, head.end))
    return tuple(out)


# A title that stands alone on its line: 石桥镇2023年工作总结.
_TITLE = regex.compile(
    r"[^。;,:!?\n]{4,40}(?:总结|工作报告|报告|公报|汇报|方案|讲话|讲话稿|工作要点|实施意见)(?:范文|\(.{1,8}\))?"
)
_APPENDIX = regex.compile(r"附(?:件|表|录) ?[\d一二三四五六七八九十]{0,2}[:：]?.{0,40}")


_AROUND = 200  # headings looked at on either side of a line; more would make a page of many titles slow


def _pasted(folded: str, found: list[Line], markers: Markers) -> list[Line]:
    """Titles of reports that were pasted one after the other, and of an appendix; each part has its own numbering.

    A later title counts only where the text before it and the text after it both hold numbered headings.
    """
    heads = [found[0]]
    ordered = sorted(markers)
    for line in found[1:]:
        if line.start in markers or line.end - line.start > 45:
            continue
        title = _TITLE.fullmatch(folded, line.start, line.end)
        appendix = _APPENDIX.fullmatch(folded, line.start, line.end)
        if not title and not appendix:
            continue
        first = bisect_left(ordered, line.end)
        before = bisect_left(ordered, heads[-1].end) < bisect_left(ordered, line.start)
        begins = first < len(ordered) and markers[ordered[first]][1] == 1
        if before and begins and not _carries_on(line, markers, ordered, first, heads[-1].start):
            heads.append(line)
    return heads if len(heads) > 1 else []


def _carries_on(line: Line, markers: Markers, ordered: Sequence[int], first: int, since: int) -> bool:
    """撰写调研报告 1、… 2、… (二)其他: the outline that was open before the line goes on after the list below it."""
    stop = bisect_left(ordered, line.start)
    before = ordered[max(bisect_left(ordered, since), stop - _AROUND) : stop]
    open_now = {markers[m][0]: markers[m][1] for m in before}
    for i in range(first, min(first + _AROUND, len(ordered)) if open_now else first):
        style, number = markers[ordered[i]]
        if style in open_now:
            return number == open_now[style] + 1 and number > 1
    return False


def _collection(folded: str, found: list[Line], markers: Markers) -> list[Line]:
    """The title lines of a collection: the style that numbers at least two parts 1, 2, …

    A contents list has the same titles: the run that holds more text wins. A line that the numbering
    goes on over is no title: 抓好教育扶贫工作(一) between 一、 and 二、.
    """
    ordered = sorted(markers)
    best: list[Line] = []
    for style, pattern in _STYLES.items():
        if not any(hint in folded for hint in _HINTS[style]):
            continue
        run: list[Line] = []
        runs = [run]
        for line in found:
            if line.end - line.start > 70 or line.start in markers:
                continue
            m = pattern.fullmatch(folded, line.start, line.end)
            if m is None:
                continue
            number = _value(m["n"])
            if number == 1 and run:
                run = []
                runs.append(run)
            since = run[-1].end if run else 0
            if number == len(run) + 1 and not _carries_on(line, markers, ordered, bisect_left(ordered, line.end), since):
                run.append(line)
        for run in runs:
            if len(run) >= 2 and (len(run), run[-1].start - run[0].start) > (
                len(best),
                best[-1].start - best[0].start if best else 0,
            ):
                best = run
    return best


_NO_TITLE = regex.compile(r"[。;]|^\d+$|^(?:时间|来源|作者|日期|浏览|发布)[:：]")


def _single(text: str, folded: str, found: list[Line], markers: Collection[int]) -> Document:
    listed = [x for x in found[:12] if _boilerplate_kind(folded, x) is None and not _TRAIL.fullmatch(folded, x.start, x.end)]
    first = listed[0] if listed else found[0]
    if len(listed) > 1 and listed[1].start not in markers and _OFFICE.fullmatch(folded, first.start, first.end):
        below = listed[1]
        first = below if _TITLE.fullmatch(folded, below.start, below.end) else first
    titled = (
        first.end - first.start <= 60 and first.start not in markers and not _NO_TITLE.search(folded[first.start : first.end])
    )
    if not titled:
        return Document(1, found[0].start, len(text))
    return Document(1, found[0].start, len(text), text[first.start : first.end], first.start, first.end)


# 首页 > 政务公开 > 工作总结, and the office over its title: 青溪县教育局.
_TRAIL = regex.compile(r"(?:当前位置|您的位置)?[:：]?[^>。]{1,20}(?:>+[^>。]{1,40})+")
_OFFICE = regex.compile(r"\p{Han}{2,16}(?:局|委员会|人民政府|办公室|政府|厅|中心|协会)")

# Boilerplate: lines that the site or the printer put there.

_BOILERPLATE = {
    "site header": regex.compile(
        r"(?:(?:发布|发表|更新|录入)?(?:时间|日期)|来源|信息来源|作者|责任编辑|编辑|浏览(?:次数|量)?|点击(?:数|率|量)?|阅读(?:次数|量)?|字体|字号|访问量|本文来源|文章来源)[:：][^。;,!]{0,80}"
        r"|[【\[(]?字体[:：].{0,12}[】\])]?|(?:[【\[(](?:打印|关闭|收藏|返回|分享|大|中|小)[】\])] ?)+"
    ),
    "neighbours": regex.compile(r"(?:上一篇|下一篇|上一页|下一页)[:：]?.*"),
    "page number": regex.compile(r"(?:第 ?\d+ ?页(?: ?/? ?共 ?\d+ ?页)?|- ?\d{1,4} ?-|\d{1,3}/\d{1,3})"),
    "contents": regex.compile(r"目 ?录|.{2,40}[.…·]{4,} ?\d{1,4}"),
    "notice": regex.compile(
        r".{0,20}(?:版权所有|免责声明|点击下载|下载本文|VIP|打印本页|关闭窗口|返回顶部|扫一扫|微信公众号关注|更多.{0,20}请(?:关注|点击)|(?:以上|上述)(?:是|就是)小编).{0,60}"
    ),
    "member name": regex.compile(r".{0,12}的会员[“\"].{1,16}[”\"]为你(?:整理|收集).{0,60}"),
}


def boilerplate_of(folded: str, documents: Sequence[Document]) -> tuple[Token, ...]:
    """The lines that are no part of any report, marked and left where they are."""
    titles = {d.title_start for d in documents}
    listed = lines(folded)
    contents = _contents(folded, listed)
    out = []
    for line in listed:
        if line.start in titles:
            continue
        kind = "contents" if line.start in contents else _boilerplate_kind(folded, line)
        if kind is not None:
            out.append(Token(f"boilerplate:{kind}", line.start, line.end, kind))
    return tuple(out)


_ANY_BOILERPLATE = regex.compile("|".join(f"(?P<{kind.replace(' ', '_')}>{p.pattern})" for kind, p in _BOILERPLATE.items()))


def _boilerplate_kind(folded: str, line: Line) -> str | None:
    if line.end - line.start > 120 or (m := _ANY_BOILERPLATE.fullmatch(folded, line.start, line.end)) is None:
        return None
    return (m.lastgroup or "").replace("_", " ")


def _contents(folded: str, listed: Sequence[Line]) -> set[int]:
    """The headings listed below 目录, up to the line that is the first of them again."""
    out: set[int] = set()
    for i, line in enumerate(listed[:-1]):
        if folded[line.start : line.end].replace(" ", "") != "目录":
            continue
        first = folded[listed[i + 1].start : listed[i + 1].end]
        again = next(
            (j for j in range(i + 2, min(i + 200, len(listed))) if folded[listed[j].start : listed[j].end] == first), None
        )
        if again is not None and all(
            x.end - x.start <= 60 and "。" not in folded[x.start : x.end] for x in listed[i + 1 : again]
        ):
            out.update(x.start for x in listed[i + 1 : again])
    return out


# What the first lines of a document tell.

_DATE = regex.compile(r"(?P<y>(?:19|20)\d{2})年(?P<m>1[0-2]|0?[1-9])月(?:(?P<d>3[01]|[12]\d|0?[1-9])日)?")
_SITE = regex.compile(r"(?:时间|来源|发布|浏览|点击|作者|编辑|更新)")
_YEARS = regex.compile(
    r"(?P<a>(?:19|20)\d{2})(?:年?[-~至到](?P<b>(?:19|20)\d{2}))?年(?:度)?(?P<plan>.{0,6}?(?:计划|打算|草案|安排|方案))?"
)
_ORG = regex.compile(r"\p{Han}{2,14}?(?:局|委员会|人民政府|办公室|政府|厅|中心|协会|委)(?=\d|$|关于|工作|县长|[的()\s])")


def head_of(folded: str, document: Document, markers: Collection[int]) -> list[Line]:
    """The title, the subtitle, the speaker and the date: the short lines before the text begins."""
    out: list[Line] = []
    for line in lines(folded[document.start : min(document.end, document.start + 600)]):
        start, end = line.start + document.start, line.end + document.start
        if start in markers or end - start > 60 or (out and "。" in folded[start:end]):
            break
        out.append(Line(start, end))
        if len(out) == 8:
            break
    return out


_LEAD_YEAR = regex.compile(r"\s*(?:在)?(?P<y>(?:19|20)\d{2})年(?:度)?(?!以来|来|起|开始|至|[-~到\d])")


def lead_of(folded: str, document: Document, markers: Collection[int]) -> tuple[int, int]:
    """The text between the head and the first heading, where a report without a telling title says when and where.

    Never more than 600 characters of it; an empty span where a heading follows the head.
    """
    head = head_of(folded, document, markers)
    begin = head[-1].end if head else document.start
    stop = begin
    for line in lines(folded[begin : min(document.end, begin + 600)]):
        if line.start + begin in markers:
            break
        stop = line.end + begin
    return begin + len(folded[begin:stop]) - len(folded[begin:stop].lstrip()), stop


def _lead_year(folded: str, lead: tuple[int, int]) -> str | None:
    """2022年 at the beginning of a sentence of the lead: the year that the report is of."""
    at, stop = lead
    while 0 <= at < stop:
        if (m := _LEAD_YEAR.match(folded, at, stop)) is not None:
            return m["y"]
        ends = [i for c in "。\n" if (i := folded.find(c, at, stop)) >= 0]
        at = min(ends) + 1 if ends else stop
    return None


def assembly_of(folded: str, document: Document, markers: Collection[int]) -> tuple[int, int]:
    """The line of the head that names the assembly which the report was read to; an empty span where there is none."""
    found = (line for line in head_of(folded, document, markers) if "人民代表大会" in folded[line.start : line.end])
    return next(((line.start, line.end) for line in found), (0, 0))


def described(
    folded: str,
    document: Document,
    markers: Collection[int],
    kinds: Mapping[str, str],
    place: str | None,
    parts: Mapping[str, str],
    lead: tuple[int, int],
) -> Document:
    """The document with what its head and its last lines tell: kind, organisation, period, date of writing."""
    head = [folded[line.start : line.end] for line in head_of(folded, document, markers)]
    title = folded[document.title_start : document.title_end] if document.title_start is not None else ""
    kind = next((value for word, value in kinds.items() if word in title), None)
    tail = [x for x in folded[max(document.start, document.end - 80) : document.end].split("\n")[-3:] if len(x.strip()) <= 30]
    dated = next((m for x in [*head[1:], *tail] if not _SITE.search(x) and (m := _DATE.search(x))), None)
    date = None
    if dated is not None:
        date = f"{dated['y']}-{int(dated['m']):02d}" + (f"-{int(dated['d']):02d}" if dated["d"] else "")
    period = None
    for m in _YEARS.finditer(title):
        period = f"{m['a']}/{m['b']}" if m["b"] else m["a"]
        if months := next((v for w, v in parts.items() if title.startswith(w, m.end())), None):
            period = part(m["a"], months)  # 2023年上半年工作总结
        if not m["plan"]:
            break
    if period is None and kind == "工作报告" and dated is not None and int(dated["m"]) <= 4:
        period = str(int(dated["y"]) - 1)
    if period is None and dated is not None and kind is not None and not _YEARS.search(title):
        # (2023年12月) under 工作情况汇报: what is told late in a year or by the middle of it is of that year
        period = dated["y"] if int(dated["m"]) > 3 else str(int(dated["y"]) - 1)
    if period is None and not _YEARS.search(title):
        period = _lead_year(folded, lead)  # …工作总结篇2, and below it: 2023年,石磨乡立足…
    org = next((m[0] for x in head if (m := _ORG.search(x))), None)
    return replace(document, kind=kind, place=place, org=org, period=period, date=date)
