"""Bad input: each kind is named with what is wrong and what to do, and the good file beside it is read."""

from __future__ import annotations

import base64
import io
import os
import struct
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from fuzz.targets import RELATIONS
from test_files import OLE, SURFACES, TEXT, as_print, as_word, body, drawn, packed, put, refused, run, surfaces

import zhreport as zr
from zhreport.files import archives, expanded

UTF8, GB = "2020年发放资助资金3万元。\n".encode(), "2020年新建校舍200平方米。\n".encode("gb18030")
posix = pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")


def among_good(folder: Path, bad: Path) -> zr.Failure:
    """The failure of one bad file in a folder whose other file is read."""
    put(folder, "zz-good.txt", TEXT)
    failure, good = zr.read_many(expanded([str(folder)]))
    assert surfaces(good) == SURFACES
    assert isinstance(failure, zr.Failure)
    assert failure.source.startswith(str(bad))
    assert failure.todo
    return failure


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("binary.txt", bytes(range(256)) * 40, "is no text but binary data"),
        ("nul.txt", "发放\0\0\0\0资金3万元".encode(), "control characters, 4 of them NUL"),
        ("mixed.txt", UTF8 * 3 + GB, "line 4 (byte 112) does not fit UTF-8"),
        ("mixed.txt", GB * 3 + UTF8, "mixes encodings or is damaged"),
        ("surrogate.txt", b"\xed\xa0\x80" + UTF8, "line 1 (byte 0) does not fit UTF-8"),
        ("wrong.txt", "전라남도".encode("euc-kr") + b"\xff", "is no text in UTF-8, UTF-16, GB18030 or Big5"),
        ("cut.docx", as_word(TEXT)[:-100], "broken zip"),
        ("cut.pdf", as_print(TEXT)[:-100], "cut off"),
        ("empty.docx", b"", "broken zip"),
        ("empty.pdf", b"", "no PDF file"),
        ("empty.html", b"", "holds no text"),
        ("empty.zip", b"", "broken zip"),
    ],
)
def test_bad_bytes_are_named_and_the_rest_goes_on(tmp_path: Path, name: str, data: bytes, said: str) -> None:
    assert said in str(among_good(tmp_path, put(tmp_path, name, data)))


def test_an_empty_text_is_a_report_of_nothing(tmp_path: Path) -> None:
    report = zr.read(put(tmp_path, "a.txt", b""))
    assert (report.text, report.records, report.sections) == ("", (), ())
    assert len(report.to_frame()) == len(zr.audit(report)) == 0


def test_a_nul_in_a_page_of_text_stays_where_it_is(tmp_path: Path) -> None:
    text = TEXT + "\0" + TEXT
    report = zr.read(put(tmp_path, "a.txt", text))
    assert report.text == text
    assert surfaces(report) == SURFACES * 2


def test_bidi_controls_change_no_figure(tmp_path: Path) -> None:
    text = "\u202e发放资助资金\u20663万元\u2069,惠及学生\u200f200人次。"
    report = zr.read(put(tmp_path, "a.txt", text))
    assert report.text == text
    assert [(r.surface, text[r.start : r.end]) for r in report.records] == [("3万元", "3万元"), ("200人次", "200人次")]


def test_a_control_character_in_a_web_page(tmp_path: Path) -> None:
    page = "<html><body><table><tr><td>甲\x0f</td><td>2</td></tr></table><p>发放\x013万元。</p></body></html>"
    assert surfaces(zr.read(put(tmp_path, "a.html", page)))[-1] == "3万元"


# Word files that bring entities, external links, or far too much


ENTITY = '<w:document xmlns:w="x"><w:body><w:p><w:r><w:t{1}>{0}</w:t></w:r></w:p></w:body></w:document>'


@pytest.mark.parametrize(
    "xml",
    [
        '<!DOCTYPE a [<!ENTITY a "ha">' + "".join(f'<!ENTITY {b} "{"&" + a + ";" * 1}{("&" + a + ";") * 9}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)) + "]>" + ENTITY.format("&i;", ""),
        '<!DOCTYPE a [<!ENTITY a "ha">' + "".join(f'<!ENTITY {b} "{("&" + a + ";") * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)) + "]>" + ENTITY.format("", ' a="&i;"'),
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file://{secret}">]>' + ENTITY.format("&x;", ""),
        '<!DOCTYPE a SYSTEM "file://{secret}">' + ENTITY.format("3", ""),
        '<!DOCTYPE a [<!ENTITY % p SYSTEM "file://{secret}"> %p;]>' + ENTITY.format("3", ""),
    ],
    ids=["laughs", "laughs in an attribute", "external entity", "external DTD", "parameter entity"],
)  # fmt: skip
def test_xml_entities_are_refused(tmp_path: Path, xml: str) -> None:
    secret = put(tmp_path, "secret.dtd", "top secret")
    bad = put(tmp_path, "a.docx", packed({"word/document.xml": xml.replace("{secret}", str(secret)).encode()}))
    said = str(among_good(tmp_path, bad))
    assert "defines XML entities" in said or "is no XML" in said
    assert "top secret" not in said


@pytest.mark.parametrize("part", ["word/numbering.xml", "word/styles.xml", "docProps/core.xml", "_rels/.rels"])
def test_xml_entities_in_any_part_are_refused(tmp_path: Path, part: str) -> None:
    parts = RELATIONS | {"word/document.xml": zipfile.ZipFile(io.BytesIO(body(f"<w:p>{run('发放3万元')}</w:p>"))).read("word/document.xml")}  # fmt: skip
    assert surfaces(zr.read(put(tmp_path, "good.docx", packed(parts)))) == ["3万元"]
    laughs = "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    parts[part] = f'<!DOCTYPE a [<!ENTITY a "ha">{laughs}]><a xmlns:w="x">&i;</a>'.encode()
    said = str(among_good(tmp_path / "x", put(tmp_path / "x", "a.docx", packed(parts))))
    assert "defines XML entities" in said or f"{part} is no XML" in said


def test_a_link_to_another_file_is_not_followed(tmp_path: Path) -> None:
    secret = put(tmp_path, "secret.xml", "<w:numbering/>")
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/numbering"
    links = f'<Relationships><Relationship Id="r" Type="{kind}" TargetMode="External" Target="{secret}"/></Relationships>'
    data = packed({"word/document.xml": zipfile.ZipFile(io.BytesIO(body(f"<w:p>{run('发放3万元')}</w:p>"))).read("word/document.xml"), "word/_rels/document.xml.rels": links.encode()})  # fmt: skip
    assert surfaces(zr.read(put(tmp_path, "a.docx", data))) == ["3万元"]


# PDF files whose streams unpack to far more than they show


def squeezed(megabytes: int, said: bytes = b" ") -> bytes:
    """A zlib stream of that many MB, made from one block said again and again, so that making it takes no memory."""
    packer = zlib.compressobj(9)
    head = packer.compress(b"") + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(said * (2**20 // len(said))) + packer.flush(zlib.Z_FULL_FLUSH)
    return head + block * megabytes + packer.flush()


def streamed(said: str, data: bytes) -> bytes:
    return f"<<{said}/Length {len(data)}>>stream\n".encode() + data + b"\nendstream"


FLATE = "/Filter/FlateDecode"


def printed(*objects: bytes, contents: str = "4 0 R", pages: int = 1, more: bytes = b"") -> bytes:
    """A PDF of pages with these contents; `objects` are numbered from 4. Its list of objects is left for the reader to make."""
    kids = " ".join(["3 0 R"] * pages)
    fixed = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{kids}]/Count {pages}>>".encode(),
        f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]/Contents {contents}/Resources<</Font<</F1<</Type/Font/Subtype/Type1"
        "/BaseFont/Helvetica>>>>/XObject<</X5 5 0 R/X6 6 0 R/X7 7 0 R/X8 8 0 R/X9 9 0 R>>>>>>".encode(),
    )
    numbered = [b"%d 0 obj%s\nendobj\n" % (n, o) for n, o in enumerate((*fixed, *objects), 1)]
    return b"%PDF-1.5\n" + b"".join(numbered) + more + b"trailer<</Root 1 0 R>>\n%%EOF\n"


def with_list(data: bytes) -> bytes:
    """A PDF whose list of objects is a stream."""
    head = b"%PDF-1.5\n1 0 obj<</Type/Catalog>>endobj\n"
    listed = streamed(f"/Type/XRef/Size 9/W[1 4 1]/Root 1 0 R{FLATE}", data)
    return head + b"9 0 obj" + listed + b"\nendobj\nstartxref\n%d\n%%%%EOF\n" % len(head)


def locked_without_a_password() -> bytes:
    """A page of blanks that anyone may read, though it is enciphered."""
    from reportlab.lib.pdfencrypt import StandardEncryption

    lock = StandardEncryption("", ownerPassword="秘密", strength=128)
    return drawn(lambda page, _: page._code.append(" " * 3_000_000), encrypt=lock, pageCompression=1)


def bombs() -> dict[str, bytes]:
    steep = squeezed(64)
    forms = [
        streamed(
            f"/Type/XObject/Subtype/Form/BBox[0 0 9 9]{FLATE}",
            zlib.compress(f"/X{n + 1} Do ".encode() * 99 if n < 9 else b" " * 999),
        )
        for n in range(5, 10)
    ]
    text = b"BT /F1 9 Tf 72 200 Td (3.5%) Tj ET "
    return {
        "a page": printed(streamed(FLATE, steep)),
        "enciphered": locked_without_a_password(),
        "packed twice": printed(streamed("/Filter[/FlateDecode/FlateDecode]", zlib.compress(steep))),
        "in letters": printed(streamed("/Filter[/ASCII85Decode/FlateDecode]", base64.a85encode(steep) + b"~>")),
        "run lengths": printed(streamed("/Filter[/FlateDecode/RunLengthDecode]", zlib.compress(b"\x81 " * 2**16))),
        "damaged": printed(streamed(FLATE, steep[:-9] + b"\xff" * 9)),
        "objects": printed(streamed(f"/Type/ObjStm/N 1/First 9{FLATE}", steep)),
        "list of objects": with_list(steep),
        "a font": printed(
            streamed("", text.replace(b"/F1", b"/F2")), streamed(FLATE, steep),
        ).replace(b"/Font<<", b"/Font<</F2<</Type/Font/Subtype/Type1/BaseFont/Helvetica/ToUnicode 5 0 R>>"),
        "one page again and again": printed(streamed(FLATE, zlib.compress(text * 1000)), contents=f"[{'4 0 R ' * 99}]"),
        "forms in forms": printed(streamed("", b"/X5 Do"), *forms),
        "a row without end": printed(streamed(f"{FLATE}/DecodeParms<</Predictor 12/Columns 99999999999>>", zlib.compress(text))),
        "a fax": printed(streamed("/Filter/CCITTFaxDecode/DecodeParms<</K -1/Columns 999999>>", b"\xff" * 999)),
    }  # fmt: skip


@pytest.mark.parametrize("kind", bombs())
def test_a_stream_of_a_pdf_that_unpacks_without_end(tmp_path: Path, kind: str) -> None:
    data = bombs()[kind]
    assert len(data) < 120_000
    said = str(among_good(tmp_path, put(tmp_path, "a.pdf", data)))
    assert "解压后超过" in said
    assert "as a bomb does" in said


def test_a_pdf_of_gigabytes_is_refused_in_little_memory(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource", reason="Windows has no limit of memory for a process")
    data = printed(streamed("/Filter[/FlateDecode/FlateDecode]", zlib.compress(squeezed(4096), 9)))
    assert len(data) < 30_000
    put(tmp_path, "a.pdf", data)
    put(tmp_path, "b.txt", TEXT)
    code = "import sys, zhreport; print(*zhreport.read_many(sys.argv[1:]), sep='\\n')"
    limit = 3 * 2**30
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", code, tmp_path / "a.pdf", tmp_path / "b.txt"], capture_output=True, text=True, encoding="utf-8",
        check=True, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)),
    )  # fmt: skip
    bomb, good = done.stdout.splitlines()
    assert bomb.startswith(f"{tmp_path / 'a.pdf'}: 内容解压后超过 ")
    assert good.startswith("Report(")


def test_a_pdf_that_packs_well_is_no_bomb(tmp_path: Path) -> None:
    """A heading printed on each of many pages, and a stream that shrinks four hundred times but is short."""
    text = b"BT /F1 9 Tf 72 200 Td (2020 3.5%) Tj ET "
    data = printed(streamed(FLATE, zlib.compress(text + b" " * 900_000)))
    assert "3.5%" in zr.read(put(tmp_path, "a.pdf", data)).text
    again = printed(streamed("", b"/X5 Do"), streamed("/Type/XObject/Subtype/Form/BBox[0 0 300 300]", text), pages=200)
    assert zr.read(put(tmp_path, "b.pdf", again)).text


def test_the_limit_of_a_pdf_is_not_left_behind(tmp_path: Path) -> None:
    """Another who reads the file with pdfplumber in the same process has no limit of ours."""
    import pdfplumber

    path = put(tmp_path, "a.pdf", printed(streamed(FLATE, squeezed(3, b" "))))
    with pytest.raises(zr.ReadError, match="as a bomb does"):
        zr.read(path)
    with pdfplumber.open(path) as pdf:
        assert pdf.pages[0].chars == []


def test_a_page_of_very_many_characters_is_read(tmp_path: Path) -> None:
    """Each compared with all before it, as pdfplumber does it by itself, they would take minutes."""
    data = printed(streamed(FLATE, zlib.compress(b"BT /F1 9 Tf 72 200 Td (" + b"3" * 60_000 + b") Tj ET")))
    assert zr.read(put(tmp_path, "a.pdf", data)).text == "3" * 60_000 + "\n"


# Archives


def test_limits_of_archives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steep = put(tmp_path, "steep.zip", packed({"a.txt": b"0" * 5_000_000, "b.txt": TEXT.encode()}))
    bomb, good = zr.read_many([steep])
    assert "zip bomb" in str(bomb)
    assert surfaces(good) == SURFACES
    monkeypatch.setattr(archives, "LARGEST", 1000)
    large = put(tmp_path, "large.zip", packed({"a.txt": TEXT.encode() * 20, "b.txt": TEXT.encode()}))
    bomb, good = zr.read_many([large])
    assert "unpacks to" in str(bomb)
    assert surfaces(good) == SURFACES
    monkeypatch.setattr(archives, "LONGEST_LIST", 50_000)
    many = put(tmp_path, "many.zip", packed({f"{n:05}.txt": b"" for n in range(1000)}))
    assert "lists files by the hundred thousand" in str(
        among_good(tmp_path / "x", put(tmp_path / "x", "a.zip", many.read_bytes()))
    )


def test_a_list_of_names_in_the_form_for_large_archives_is_limited_too(tmp_path: Path) -> None:
    data = packed({"a.txt": b"3"})
    wide = struct.pack("<LQHHLLQQQQ", 0x06064B50, 44, 45, 45, 0, 0, 10**6, 10**6, 10**8, 0) + struct.pack(
        "<LLQL", 0x07064B50, 0, len(data), 1
    )
    end = struct.pack("<LHHHHLLH", 0x06054B50, 0, 0, 0xFFFF, 0xFFFF, 2**32 - 1, 2**32 - 1, 0)
    assert "95 MB of names" in refused(put(tmp_path, "a.zip", data[:-22] + wide + end))


def test_nested_archives_are_named(tmp_path: Path) -> None:
    inner = packed({"a.txt": TEXT.encode()})
    for _ in range(5):
        inner = packed({"inner.zip": inner})
    found, good = zr.read_many([put(tmp_path, "a.zip", packed({"inner.zip": inner, "z.txt": TEXT.encode()}))])
    assert "archive inside an archive" in str(found)
    assert surfaces(good) == SURFACES


def test_a_member_with_no_name_ends_no_run(tmp_path: Path) -> None:
    data = packed({"#": b"x", "a.txt": TEXT.encode()})
    path = put(tmp_path, "a.zip", data.replace(b"\x01\x00\x00\x00\x00\x00#", b"\x00\x00\x00\x00\x00\x00"))
    list(zr.read_many([path, put(tmp_path, "b.txt", TEXT)]))


def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The archives whose list of names is read."""
    lists: list[str] = []
    real = zipfile.ZipFile._RealGetContents  # type: ignore[attr-defined]

    def noting(self) -> None:
        lists.append(self.filename)
        real(self)

    monkeypatch.setattr(zipfile.ZipFile, "_RealGetContents", noting)
    return lists


def test_the_list_of_an_archive_is_not_read_again_for_each_member(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = put(tmp_path, "a.zip", packed({f"{n}.txt": TEXT.encode() for n in range(30)}))
    lists = opened(monkeypatch)
    assert len([r for r in zr.read_many([path]) if surfaces(r) == SURFACES]) == 30
    assert len(lists) == 2
    path.write_bytes(packed({"0.txt": b"x", "1.txt": "新增5人。".encode()}))
    assert surfaces(zr.read(f"{path}/1.txt")) == ["5人"]


def test_an_archive_that_was_read_here_is_read_by_workers(tmp_path: Path) -> None:
    path = put(tmp_path, "a.zip", packed({f"{n}.txt": TEXT.encode() for n in range(200)}))
    zr.read(f"{path}/7.txt")
    assert all(surfaces(r) == SURFACES for r in zr.read_many([path], workers=2))


# Folders and files that the system does not give


@posix
def test_a_pipe_is_named_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.txt")
    assert "pipe" in str(among_good(tmp_path, tmp_path / "a.txt"))
    store = zr.build(tmp_path, tmp_path.parent / "store", workers=1)
    assert store.count("failures") == 1


@posix
def test_links_to_themselves_and_to_nothing(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    os.symlink("loop.txt", tmp_path / "a" / "loop.txt")
    assert "symbolic links" in str(among_good(tmp_path / "a", tmp_path / "a" / "loop.txt"))
    (tmp_path / "b").mkdir()
    os.symlink("nothing", tmp_path / "b" / "link.txt")
    assert "no such file" in str(among_good(tmp_path / "b", tmp_path / "b" / "link.txt"))


@pytest.fixture
def nobody() -> Iterator[None]:
    """Without the rights of the superuser, who may read everything."""
    if os.name == "nt":
        pytest.skip("Windows keeps rights in another way")
    was = os.geteuid()
    if not was:
        os.seteuid(65534)
    yield
    os.seteuid(was)


@pytest.fixture
def shut() -> Iterator[Path]:
    """A folder with a good file, and with a file and a folder that nobody may read. pytest's own folders are closed as a whole."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        put(folder, "zz-good.txt", TEXT).chmod(0o644)
        put(folder, "a.txt", TEXT).chmod(0)
        put(folder, "b/c.txt", TEXT)
        (folder / "b").chmod(0)
        yield folder
        (folder / "b").chmod(0o755)


def test_what_may_not_be_read_is_named(shut: Path, nobody: None) -> None:
    file, folder, good = zr.read_many(expanded([str(shut)]))
    assert "a.txt: cannot be opened (Permission denied); check the path and its permissions" in str(file)
    assert "b: is a folder that cannot be opened (Permission denied); check its permissions" in str(folder)
    assert surfaces(good) == SURFACES
    (inside,) = zr.read_many(expanded([str(shut / "b" / "c.txt")]))
    assert "cannot be opened" in str(inside)


def test_names_that_no_system_takes() -> None:
    for name in ("a" * 5000 + ".txt", "a\0.txt"):
        (found,) = zr.read_many(expanded([name]))
        assert isinstance(found, zr.Failure)


# PDF


def test_a_locked_pdf_among_others(tmp_path: Path) -> None:
    from reportlab.lib.pdfencrypt import StandardEncryption

    locked = drawn(lambda page, _: page.drawString(72, 700, "发放3万元"), encrypt=StandardEncryption("secret"))
    assert "locked with a password" in str(among_good(tmp_path, put(tmp_path, "a.pdf", locked)))


def test_old_word_files_under_other_names(tmp_path: Path) -> None:
    assert "an old Office file" in str(among_good(tmp_path, put(tmp_path, "a.txt", OLE + b"\0" * 600)))


# A line without an end


# VmHWM and not ru_maxrss, which begins at the memory of the process that started this one.
LONG = """
import sys
import zhreport as zr
size = int(sys.argv[2])
with open(sys.argv[1], "w", encoding="ascii") as out:
    for _ in range(size // 10**6):
        out.write("abcdefgh" * 125_000)
long, good = zr.read_many(sys.argv[1:2] + sys.argv[3:])
peak = next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(len(long.text), len(long.records), len(good.records), int(peak) * 1024)
"""


@pytest.mark.parametrize("size", [2 * 10**6, pytest.param(200 * 10**6, marks=pytest.mark.slow)])
@pytest.mark.skipif(sys.platform != "linux", reason="the memory of a process is counted otherwise elsewhere")
def test_a_line_without_an_end(size: int, tmp_path: Path) -> None:
    good = put(tmp_path, "good.txt", TEXT)
    command = [sys.executable, "-c", LONG, str(tmp_path / "a.txt"), str(size), str(good)]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    characters, records, beside, memory = map(int, told.split())
    assert (characters, records, beside) == (size, 0, len(SURFACES))
    assert memory < 400 * 10**6 + 20 * size
