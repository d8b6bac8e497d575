"""The words that the pages show for the fields' values, Chinese first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# A colour and an underline each: there are five underlines, and more cannot be told apart at a glance, least of all in grey.
GROUPS = ("money", "people", "share", "count", "measure")
GROUP_WORDS = {
    "money": "金额 money",
    "people": "人户 people",
    "share": "比率 share",
    "count": "数量 count",
    "measure": "度量 measure",
}
_GROUP_OF = {
    "money": "money", "person": "people", "person_time": "people", "household": "people", "percentage": "share",
    "percentage_point": "share", "ratio": "share", "multiple": "share", "count": "count",
}  # fmt: skip
VERDICTS = ("violated", "unclear", "rounding", "holds")
VERDICT_WORDS = {"violated": "不符 violated", "unclear": "存疑 unclear", "rounding": "舍入 rounding", "holds": "相符 holds"}
_KIND_WORDS = {
    "sum": "合计", "part_le_total": "部分≤总数", "ratio": "比率", "growth": "增长", "difference": "差额",
    "rate_times_count": "标准×数量", "restatement": "重述", "list_count": "项数", "unit_suspect": "单位可疑",
    "feasibility": "可能性", "numbering": "编号", "series_jump": "年际跳变",
}  # fmt: skip
MEASURE_WORDS = {
    "level": "水平 level",
    "change": "变化 change",
    "share": "占比 share",
    "start": "起点 start",
    "limit": "限度 limit",
}
DIMENSION_WORDS = {
    "money": "金额", "person": "人", "person_time": "人次", "household": "户", "count": "数量", "percentage": "百分比",
    "percentage_point": "百分点", "ratio": "比", "multiple": "倍数", "area": "面积", "length": "长度", "mass": "质量", "volume": "体积",
    "duration": "时长", "age": "年龄", "energy": "能量", "power": "功率", "speed": "速度", "temperature": "温度", "density": "密度",
    "other": "其他",
}  # fmt: skip
_WHY_WORDS = {
    "shape": "形式 shape", "units": "单位 unit", "modifiers": "修饰 modifier", "indicator": "指标 indicator", "period": "时期 period",
    "place": "地点 place", "place code": "代码 code", "role": "角色 role", "status": "状态 status", "part of": "属于 part of",
    "list": "列举 list", "org": "机构 org", "event": "动作 event",
}  # fmt: skip
_RULE_WORDS = {
    "document": "承自全篇 from the document", "noun before": "前面的名词 noun before", "noun after": "后面的名词 noun after",
    "goes on": "承接上文 goes on", "section": "计划一节 a section of plans", "each its own": "分别 each its own",
    "from and to": "起止两端 both ends", "unit of its neighbour": "邻数的单位 its neighbour's unit", "its total's": "随合计 its total's",
    "measure": "数与单位 number and unit", "range": "区间 range", "fraction": "分数 fraction", "ratio": "比 ratio", "bare": "无单位 bare",
    "fold": "倍 fold", "class": "分级 class",
}  # fmt: skip
_APPROX = {"about": "≈ ", "over": "≥ ", "under": "≤ "}


def group_of(dimension: str) -> str:
    """The highlight of a dimension.

    >>> group_of("household"), group_of("area")
    ('people', 'measure')
    """
    return _GROUP_OF.get(dimension, "measure")


def kind_words(kind: str) -> str:
    """`合计 sum`; a check of the user's own keeps its name."""
    return f"{_KIND_WORDS[kind]} {kind}" if kind in _KIND_WORDS else kind


def why_words(why: str) -> str:
    """A reason of a record, its rule in words; what stood in the text stays as it is.

    >>> why_words("period:2021年@33"), why_words("place:document")
    ('时期 period: 2021年@33', '地点 place: 承自全篇 from the document')
    """
    name, _, rest = why.partition(":")
    return f"{_WHY_WORDS.get(name, name)}: {_RULE_WORDS.get(rest, rest)}" if name and rest else name or rest


def value_words(row: Mapping[str, Any]) -> str:
    """The exact value of a record's row, to read.

    >>> value_words({"value": "149250", "unit": "元", "approx": "about", "per": ["生"]})
    '≈ 149,250 元/生'
    """
    number = grouped(row["value"])
    if number is None and row.get("parts"):
        number = ":".join(row["parts"])
    elif number is None:
        number = f"{grouped(row.get('low')) or ''}–{grouped(row.get('high')) or ''}"
    unit = "" if row["unit"] == "1" else f" {row['unit']}"
    return f"{_APPROX.get(row['approx'], '')}{number}{unit}{''.join(f'/{p}' for p in row['per'])}"


def about(number: str | None) -> str | None:
    """A number to read where only its size matters: -1093/4931000 tells a reader nothing.

    >>> about("231/1219"), about("-0.5")
    ('≈ 0.1895', '-0.5')
    """
    if number is None or "/" not in number:
        return grouped(number)
    above, _, below = number.partition("/")
    try:
        return f"≈ {int(above) / int(below):.4g}"
    except OverflowError:
        return number


def grouped(number: str | None) -> str | None:
    """Digits in threes, which a reader of 149250000 needs; fractions stay as they are.

    >>> grouped("-9862000000.5"), grouped("2000/3")
    ('-9,862,000,000.5', '2000/3')
    """
    if number is None or "/" in number:
        return number
    sign = "-" if number.startswith("-") else ""
    whole, point, rest = number.removeprefix("-").partition(".")
    first = len(whole) % 3
    threes = [whole[i : i + 3] for i in range(first, len(whole), 3)]
    return sign + ",".join([whole[:first], *threes] if first else threes) + point + rest
