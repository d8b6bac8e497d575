"""Realistic county reports by the thousand, with their true figures: the same seed gives the same reports.

`python benchmarks/generate.py FOLDER --files 2000 [--seed 1]` writes 00/00000.txt … and, beside it, FOLDER.truth.jsonl.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOTS = "云松青石梨平河清岚朱百安宁阳川泉林丰福嘉兴永和长庆瑞金银东西南北中沙白龙凤虎"
ENDS = "县县县县区市"
BUREAUS = ["教育局", "农业农村局", "民政局", "乡村振兴局", "人力资源和社会保障局", "卫生健康局", "统计局", "人民政府"]
GENRES = ["工作总结", "工作情况汇报", "工作报告", "工作方案"]
SUBJECTS = ["教育扶贫", "脱贫攻坚", "乡村振兴", "民生保障", "就业创业", "健康惠民", "产业发展", "社会救助"]
# How a subject is opened; each is followed by sentences with figures.
OPENINGS = [
    "加强领导,压实责任", "精准资助,应助尽助", "改善条件,补齐短板", "控辍保学,守住底线", "发展产业,带动增收", "稳岗就业,扩大帮扶",
    "健康保障,减轻负担", "兜底救助,织密网络", "基础设施提档升级", "队伍建设稳步推进", "数字赋能,提高效率", "生态保护成效明显",
    "文化惠民持续深入", "安全生产平稳有序", "招商引资再创新高", "作风转变群众满意",
]  # fmt: skip
LEADS = [
    "据统计,", "截至目前,", "一年来,", "在各方支持下,", "经过努力,", "通过多方筹措,", "按照上级部署,", "坚持问题导向,", "紧盯目标任务,",
    "在全面摸排的基础上,", "同时,", "此外,", "针对薄弱环节,", "为巩固成果,", "", "",
]  # fmt: skip
FILLERS = [
    "各部门分工协作,形成了上下联动的工作格局。", "群众的获得感明显增强。", "工作中涌现出一批先进典型。", "相关做法得到上级肯定。",
    "我们将总结经验,查找不足。", "责任清单逐项落实到人。", "督导检查贯穿全过程。", "宣传引导营造了良好氛围。", "制度建设不断健全。",
    "信息平台投入使用,数据实现共享。", "干部作风得到锤炼。", "乡镇之间互学互比,氛围浓厚。",
]  # fmt: skip
# verb and thing; then the unit as written, its base unit and factor, and how large the figure is.
THINGS: list[tuple[str, str, str, int, int, int]] = [
    ("发放学生资助资金", "万元", "元", 10000, 20, 3000), ("投入改薄资金", "万元", "元", 10000, 100, 9000), ("惠及学生", "人次", "人次", 1, 200, 9000),
    ("走访农户", "户", "户", 1, 300, 9000), ("新建运动场", "个", "个", 1, 2, 40), ("改造校舍", "平方米", "平方米", 1, 800, 30000),
    ("选派支教教师", "名", "人", 1, 10, 300), ("组织技能培训", "场", "场", 1, 3, 90), ("培训劳动力", "人", "人", 1, 100, 8000),
    ("开发公益性岗位", "个", "个", 1, 20, 900), ("新建产业基地", "个", "个", 1, 2, 60), ("种植中药材", "亩", "平方米", 0, 200, 20000),
    ("发放小额信贷", "万元", "元", 10000, 200, 8000), ("销售农产品", "吨", "千克", 1000, 30, 5000), ("救助困难群众", "人次", "人次", 1, 100, 6000),
    ("发放低保金", "万元", "元", 10000, 300, 9000), ("改造危房", "户", "户", 1, 20, 900), ("硬化村组道路", "公里", "米", 1000, 5, 300),
    ("安装路灯", "盏", "盏", 1, 50, 3000), ("签约家庭医生", "人", "人", 1, 900, 60000), ("筹集帮扶资金", "万元", "元", 10000, 10, 900),
    ("举办招聘会", "场", "场", 1, 2, 40), ("实施项目", "个", "个", 1, 5, 200), ("建成卫生室", "所", "所", 1, 2, 80),
]  # fmt: skip


class Figure(NamedTuple):
    """A figure as it is written and as it is meant."""

    start: int
    surface: str
    value: str
    unit: str


class Made(NamedTuple):
    """A generated report."""

    name: str
    text: str
    figures: tuple[Figure, ...]


class _Writer:
    """Text that grows, and the figures in it with their offsets."""

    def __init__(self, draw: random.Random) -> None:
        self.draw, self.text, self.figures = draw, "", []

    def say(self, words: str) -> None:
        self.text += words

    def figure(self, number: str, unit: str, value: str, base: str) -> None:
        self.figures.append(Figure(len(self.text), number + unit, value, base))
        self.text += number + unit


def report(index: int, seed: int = 1) -> Made:
    """The report of a number: its genre, place, sections and figures follow from the seed."""
    draw = random.Random(seed * 1_000_003 + index)
    place = "".join(draw.sample(ROOTS, 2)) + draw.choice(ENDS)
    year, subject, genre = draw.randint(2012, 2023), draw.choice(SUBJECTS), draw.choice(GENRES)
    out = _Writer(draw)
    out.say(f"{place}{draw.choice(BUREAUS)}{year}年{subject}{genre}\n\n")
    out.say(f"{year}年,{place}围绕{subject}中心任务,扎实推进各项工作。现将有关情况报告如下:\n\n")
    for number, opening in zip("一二三四五六七八", draw.sample(OPENINGS, draw.randint(3, 6)), strict=False):
        out.say(f"{number}、{opening}\n")
        for part in "一二三四"[: draw.randint(2, 4)]:
            out.say(f"({part}){draw.choice(THINGS)[0]}。")
            for _ in range(draw.randint(2, 4)):
                _sentence(out)
            out.say("\n")
    out.say(f"\n{place}{draw.choice(BUREAUS)}\n{year}年12月{draw.randint(1, 28)}日\n")
    return Made(f"{index:05d}.txt", out.text, tuple(out.figures))


def _sentence(out: _Writer) -> None:
    draw = out.draw
    out.say(draw.choice(LEADS))
    kind = draw.random()
    if kind < 0.15:
        out.say(draw.choice(FILLERS))
    elif kind < 0.35:
        _sum(out)
    else:
        chosen = draw.sample(THINGS, draw.randint(1, 3))
        for i, thing in enumerate(chosen):
            out.say(thing[0])
            _amount(out, thing)
            out.say("。" if i == len(chosen) - 1 else ",")


def _amount(out: _Writer, thing: tuple[str, str, str, int, int, int]) -> None:
    _, unit, base, factor, least, most = thing
    number = out.draw.randint(least, most)
    if unit in ("万元", "公里"):
        tenths = number * 10 + out.draw.randint(1, 9)
        out.figure(f"{tenths // 10}.{tenths % 10}", unit, str(tenths * factor // 10), base)
    elif unit == "亩":
        out.figure(str(number), unit, str(number * 2000 // 3) if number % 3 == 0 else f"{number * 2000}/3", base)
    else:
        out.figure(str(number), unit, str(number * factor), base)


def _sum(out: _Writer) -> None:
    """A total with parts that add up to it."""
    parts = [out.draw.randint(20, 3000) for _ in range(out.draw.randint(2, 4))]
    out.say(out.draw.choice(["资助学生", "慰问群众", "登记求职人员", "建档立卡学生"]))
    out.figure(str(sum(parts)), "人", str(sum(parts)), "人")
    out.say(",其中:")
    for i, (name, part) in enumerate(
        zip(out.draw.sample(["小学", "初中", "高中", "中职", "学前"], len(parts)), parts, strict=True)
    ):
        out.say(("、" if i else "") + name)
        out.figure(str(part), "人", str(part), "人")
    out.say("。")


def reports(files: int, seed: int = 1) -> Iterator[Made]:
    """So many reports."""
    return (report(i, seed) for i in range(files))


def write(folder: Path, files: int, seed: int = 1) -> None:
    """Write the reports and their true figures; in folders of a thousand, as no editor opens a folder of twenty thousand."""
    with (folder.parent / f"{folder.name}.truth.jsonl").open("w", encoding="utf-8") as truth:
        for made in reports(files, seed):
            path = folder / made.name[:2] / made.name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(made.text, encoding="utf-8")
            truth.writelines(json.dumps({"file": made.name, **f._asdict()}, ensure_ascii=False) + "\n" for f in made.figures)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--files", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    write(given.folder, given.files, given.seed)


if __name__ == "__main__":
    main()
