"""What stands in a stretch of text beside the name of what is counted, and is no part of it."""

from __future__ import annotations

import regex

# 黄精、玄参等中药材: the kind is named behind 等; 高等教育, 中等职业 and 等级 are words.
_SUCH_AS = regex.compile(
    r"\p{Han}[\p{Han}\"”](?<![高中初平同优劣上下均一二三四五六七八九十甲乙丙特对相])等(?![级同于额值次候待])(?=\p{Han}{2})"
)
# 系统内累计有监测对象, 耕地中仍有撂荒地, 共有5个
_THERE_IS = regex.compile(r".*(?:累计|目前|[仍尚现还共均])有(?=\p{L})")
# 特困人员标准均按低保标准: what it is reckoned by
_RECKONED = regex.compile(r"(?P<name>\p{L}{2,}?)(?:均|都|统一|全部|一律)?按照?(?![期时揭]|比例|规定|要求)\p{L}{1,10}")
# 快于城镇居民2.6个百分点, 比全县平均水平低11个百分点
_BETTER = regex.compile(
    r"(?r)(?:[高低快慢多少优大小]于|[高低多少]出|超出)[^,;。:\d]{2,14}|(?:比|较)[^,;。:\d]{1,14}[高低快慢多少](?:出|了)?"
)
_RATES = ("percentage_point", "percentage", "ratio", "multiple")
# 全年支出低保金: the verb, where a payment is named behind it
_SPENT = regex.compile(r"(?:累计|全年|共)?支出(?=\p{L}{0,8}(?:金|费|款|补贴|补助|津贴)$)")
# 每公里造价, 每月入户, 平均每村投入
_EVERY = regex.compile(r"(?:平均(?=亩产|单产|每)|要求(?=\p{L}{2}))+")


# 带动73户户均增收2600元: whose it is on average is no part of what grew
_EACH = regex.compile(
    r"\p{L}*?(?:户均|村均|社均|亩均|笔均|次均|场均|每[户人亩村头只名])(?=增收|补助|补贴|奖补|奖励|增加|落实|投入|救助|发放|获得|享受|分红|资助|节约|种植|养殖)"
)
# 向农户支付83万元: to whom something is paid is not what is paid
_PAID = ("支付", "兑付", "兑现")


# Most stretches hold none of these characters, and nothing of them is cut off.
_HINTS = frozenset("有等按均每支兑于出高低快慢多少平要")


def trimmed(folded: str, start: int, stop: int, dimension: str) -> tuple[int, int]:
    """The part of a stretch that can name what is counted.

    >>> text = "黄精等中药材基地"
    >>> text[slice(*trimmed(text, 0, len(text), "area"))]
    '中药材基地'
    """
    name = folded[start:stop]
    if _HINTS.isdisjoint(name):
        return start, stop
    if dimension in _RATES and (m := _BETTER.match(folded, start, stop)) is not None:
        stop = m.start()
    if "有" in name and (m := _THERE_IS.match(folded, start, stop)) is not None:
        start = m.end()
    if "等" in name and (m := _last(folded, start, stop)) is not None:
        start = m.end()
    if "按" in name and (m := _RECKONED.fullmatch(folded, start, stop)) is not None:
        stop = m.end("name")
    if "支出" in name and (m := _SPENT.match(folded, start, stop)) is not None:
        start = m.end()
    if ("均" in name or "每" in name) and (m := _EACH.match(folded, start, stop)) is not None:
        start = m.end()
    if len(name) > 2 and name.endswith(_PAID):
        start = stop - 2
    if name[:1] in ("平", "要") and (m := _EVERY.match(folded, start, stop)) is not None:
        start = m.end()
    return start, stop


def _last(folded: str, start: int, stop: int) -> regex.Match | None:
    found = None
    for found in _SUCH_AS.finditer(folded, start, stop):  # noqa: B007
        pass
    return found
