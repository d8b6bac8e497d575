"""What a fuzzer starts from: our own corpus, cut into short pieces, in the form that each target takes."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from zhreport.lexicon import TABLES, Lexicon, folder

from .targets import zipped

ROOT = Path(__file__).parents[2]
REPORT = (
    "云溪县2020年教育工作总结\n一、成效\n2020年发放资助资金14.925万元,惠及学生近200人次。\n(一)资助\n其中本县9%~11%,XX万元。\n"
)
_SIGNS = ("一、", "(一)", "一是", "①", "1.", "（1）", "近", "余", "%", "‰", "百分之", "分之", "三四十", "XX万元", "其中", "分别", "每生每年", "以上", "篇1", "∶",
          "\t", "\n", "\f", "。", "；", "：", "、", "(", ")", "“", "”", "《", "》", "\u202e", "\u200b", "\u0301", "\0", "𠀀", "９", "增长", "比上年", "占", "合计", "元/亩")  # fmt: skip


def words() -> list[bytes]:
    """Signs and words worth putting in, for the dictionary of the fuzzer."""
    lexicon = Lexicon.load()
    common = [r.surface for name in ("units", "modifiers", "numerals", "periods", "cues") for r in lexicon.rows[name]]
    return [w.encode() for w in dict.fromkeys((*_SIGNS, *common)) if len(w.encode()) < 60]


def seeds(target: str) -> list[bytes]:
    """The seeds of a target, the same each time."""
    return list(_SEEDS[target]())


def _texts() -> Iterator[bytes]:
    yield REPORT.encode()
    for path in sorted((ROOT / "corpus" / "reports").glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        yield from (text[at : at + 400].encode() for at in range(0, len(text), 1200))
    examples = ROOT / "corpus" / "examples"
    for name in ("records.tsv", "units.tsv", "checks.tsv", "periods.tsv", "negatives.tsv"):
        for line in (examples / name).read_text(encoding="utf-8").split("\n")[::7]:
            if line and not line.startswith("#"):
                yield re.sub("[【】]", "", line.partition("\t")[0]).replace("\\n", "\n").encode()
    sections = (examples / "sections.txt").read_text(encoding="utf-8")
    yield from (case.partition("\n---\n")[0].encode() for case in sections.split("\n=== ")[::3])


def _encoded() -> Iterator[bytes]:
    for encoding in ("utf-8", "utf-8-sig", "gb18030", "big5", "utf-16", "utf-16-le", "utf-16-be", "utf-32"):
        yield REPORT.encode(encoding, "ignore")
    yield b"PK\x03\x04"
    yield b"%PDF-1.7"


def _pages() -> Iterator[bytes]:
    from test_files import as_page

    yield as_page(REPORT)
    yield as_page(REPORT, "gb18030").replace(b"charset=gb18030", b"charset=gb2312")
    yield b"<html><body><table><tr><td>1</td><td>2</td></tr></table><p>\xe5\x8f\x91\xe6\x94\xbe3</p></body></html>"
    yield "<?xml version='1.0' encoding='gbk'?><!DOCTYPE html><title>总结</title><body>发放3万元。<br>新增5人。</body>".encode()


def _word_files() -> Iterator[bytes]:
    from test_files import as_word

    whole = as_word(REPORT)
    yield whole
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        document, numbering, styles = (archive.read(f"word/{part}.xml") for part in ("document", "numbering", "styles"))
    # Two hundred styles of the default template would drown the few that matter.
    few = re.sub(rb"<w:style .*?</w:style>", b"", styles[:200_000], count=150, flags=re.DOTALL)[:20_000]
    yield b"\0".join((document, numbering, few if few.endswith(b"</w:styles>") else b""))
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    level = '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="%1、"/></w:lvl>'
    numbered = '<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr><w:r><w:t>成效</w:t></w:r></w:p>'
    table = '<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="2"/><w:vMerge w:val="restart"/></w:tcPr><w:p/></w:tc><w:tc><w:p/></w:tc></w:tr></w:tbl>'
    yield b"\0".join(
        part.encode()
        for part in (
            f"<w:document {space}><w:body>{numbered}{table}<w:p><w:r><w:t>发放3万元</w:t><w:tab/><w:br/></w:r></w:p></w:body></w:document>",
            f'<w:numbering {space}><w:abstractNum w:abstractNumId="0">{level}</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>',
            f'<w:styles {space}><w:style w:type="paragraph" w:styleId="a"><w:name w:val="toc 1"/><w:basedOn w:val="b"/></w:style></w:styles>',
            '<coreProperties><title>总结</title><created>2021-01-18T00:00:00Z</created></coreProperties>',
        )
    )  # fmt: skip


def _prints() -> Iterator[bytes]:
    from test_files import drawn

    def lines(page, number: int) -> None:
        page.drawString(72, 700, "发放资助资金14.925万元")
        page.drawString(72, 30, str(number))

    def ruled(page, _) -> None:
        page.grid([72, 200, 330], [600, 630, 660])
        page.drawString(80, 640, "3")

    for compression in (0, 1):
        yield drawn(lines, 2, pageCompression=compression, invariant=1)
        yield drawn(ruled, 1, pageCompression=compression, invariant=1)
    yield (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]/Resources<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>"
        b"/Contents 4 0 R>>endobj\n4 0 obj<</Length 40>>stream\nBT /F1 12 Tf 72 200 Td (2020 3.5%) Tj ET\nendstream endobj\n"
        b"trailer<</Root 1 0 R>>\n%%EOF\n"
    )


def _archives() -> Iterator[bytes]:
    yield zipped({"a.txt": REPORT.encode(), "b/c.txt": "发放3万元。".encode("gb18030")})
    yield zipped({"../../a.txt": b"3", "/b.txt": b"4", "inner.zip": zipped({"x.txt": b"x"}), "c.wps": b"x"})
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(zipfile.ZipInfo("a.txt"), REPORT)
    yield out.getvalue()


def _tables() -> Iterator[bytes]:
    for number, name in enumerate(TABLES):
        lines = [x for x in (folder() / f"{name}.tsv").read_text(encoding="utf-8").split("\n") if x and not x.startswith("#")]
        own = [line.replace(line[:1], line[:1] + "甬", 1) for line in lines[1:40:8]]
        yield bytes([number]) + "\n".join((lines[0], *own)).encode()


def _pumps() -> Iterator[bytes]:
    parts = "一|1,|9|（|百分之|撰写调研报告\n1、写了\n|3万元、|其中5人,|一是|1.|甲乡3人、|2019年|至|(一)3%\n|\t5\n"
    yield from (part.encode() for part in parts.split("|"))
    yield b"\0".join(x.encode() for x in ("一、成效\n共30人,其中", "甲村3人、", "。"))
    yield from islice(_texts(), 0, 200, 12)


_SEEDS: dict[str, Callable[[], Iterator[bytes]]] = {
    "parse": _texts, "audit": _texts, "txt": _encoded, "html": _pages, "docx": _word_files, "pdf": _prints, "zip": _archives,
    "lexicon": _tables, "slow": _pumps,
}  # fmt: skip
