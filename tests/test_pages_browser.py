"""The pages in a real browser: Debian's chromium, driven by selenium. Skipped, with the reason, where either is missing."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import CORPUS
from test_pages import HOSTILE, as_shown

import zhreport as zr

webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed: pip install selenium")
BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (BROWSER and DRIVER), reason="no browser: apt-get install chromium chromium-driver fonts-noto-cjk"),
]
QUIET = ("--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync")
REPORTS = sorted((CORPUS / "reports").glob("*.txt"))
HOSTILE_TITLE = "<b>hostile.txt"
BAD = "一、成效\n建档学生640人(本县560人,外县90人)。抽检480批次,合格471批次,合格率98.1%。\n二、投入\n发放资金30万元，合格率95%。"


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pages")
    panel = sorted((CORPUS / "panel").glob("*.txt"))
    own = [zr.parse(BAD, source="bad.txt"), zr.parse(HOSTILE, source="<b>hostile.txt")]
    zr.show([*zr.read_many([*REPORTS, *panel]), *own, zr.Failure("x.wps", "is WPS", "convert it")], folder)
    return folder


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = BROWSER
    profile = tmp_path_factory.mktemp("profile")
    for argument in (
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        *QUIET,
        f"--user-data-dir={profile}",
    ):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    yield driver
    driver.quit()


@pytest.fixture
def browser(chromium: Any) -> Iterator[Any]:
    """The browser with a wide window and no marks; no test leaves an error in the console."""
    size(chromium, 1400, 900)
    yield chromium
    assert chromium.get_log("browser") == []
    assert chromium.execute_script("return performance.getEntriesByType('resource').map(e => e.name)") == []


def size(browser: Any, width: int, height: int) -> None:
    metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)


def opened(browser: Any, path: Path, fragment: str = "") -> Any:
    browser.get("about:blank")
    browser.get(path.as_uri() + fragment)
    assert browser.execute_script("return document.documentElement.dataset.ready") == "true"
    return browser.execute_script


def report(pages: Path, name: str) -> Path:
    return pages / "reports" / f"{name}.html"


def click(browser: Any, selector: str) -> None:
    browser.find_element("css selector", selector).click()


def keys(browser: Any, *typed: str) -> None:
    from selenium.webdriver.common.action_chains import ActionChains

    for one in typed:
        ActionChains(browser).send_keys(one).perform()


@pytest.mark.parametrize("path", [REPORTS[0], REPORTS[2]], ids=lambda p: p.stem)
def test_highlights_stand_at_their_offsets(browser: Any, pages: Path, path: Path) -> None:
    run = opened(browser, report(pages, path.stem))
    text = zr.read(path).text
    assert run("return document.getElementById('text').textContent") == text
    found = run("""return [...document.querySelectorAll('mark')].map(m => { const r = document.createRange();
        r.setStart(document.getElementById('text'), 0); r.setEndBefore(m); return [[...r.toString()].length, m.textContent, +m.id.slice(1)]; })""")
    assert found
    for at, words, start in found:
        assert at == start
        assert text.startswith(words, start)


def test_a_finding_draws_lines_from_the_total_to_its_parts(browser: Any, pages: Path) -> None:
    run = opened(browser, report(pages, "bad"))
    assert run("return document.querySelectorAll('#lines path').length") == 0
    click(browser, "#notes .note.violated .head")
    total, parts = "mark.total", "mark.part"
    assert [m.text for m in browser.find_elements("css selector", total)] == ["640人"]
    assert [m.text for m in browser.find_elements("css selector", parts)] == ["560人", "90人"]
    assert run("return document.querySelectorAll('#lines path:not(.lead)').length") == 2
    ends = run("""const p = document.querySelector('#lines path'), end = p.getPointAtLength(p.getTotalLength()), s = stage.getBoundingClientRect(),
        b = document.querySelector('mark.part').getBoundingClientRect();
        return [Math.abs(end.x + s.left - (b.left + b.right) / 2), Math.abs(end.y + s.top - b.top)]""")
    assert max(ends) < 2
    keys(browser, "\ue00c")  # Escape
    assert run("return document.querySelectorAll('#lines path').length") == 0


def test_filters(browser: Any, pages: Path) -> None:
    run = opened(browser, report(pages, "bad"))
    shown = (
        "return [...document.querySelectorAll('.note')].filter(n => n.offsetHeight).map(n => n.querySelector('.v').textContent)"
    )
    assert all("violated" in v or "rounding" in v or "unclear" in v for v in run(shown))
    click(browser, "#verdicts [data-verdict=violated]")
    assert not any("violated" in v for v in run(shown))
    background = "return getComputedStyle(document.querySelector('mark.people')).textDecorationLine"
    assert run(background) == "underline"
    click(browser, "#groups [data-group=people]")
    assert run(background) == "none"
    assert run("return getComputedStyle(document.querySelector('mark.share')).textDecorationLine") == "underline"
    run("const s = document.getElementById('section'); s.value = '1'; s.dispatchEvent(new Event('change'))")
    lines = run("return [...document.querySelectorAll('.l')].filter(l => l.offsetHeight).map(l => l.textContent).join('')")
    assert lines == BAD[BAD.index("二、") :]


def test_search_finds_and_walks(browser: Any, pages: Path) -> None:
    run = opened(browser, report(pages, REPORTS[0].stem))
    keys(browser, "/")
    keys(browser, "资助")
    time.sleep(0.4)
    count = zr.read(REPORTS[0]).text.count("资助")
    assert run("return document.getElementById('hits').textContent") == f"1/{count}"
    keys(browser, "\ue007")
    assert run("return document.getElementById('hits').textContent") == f"2/{count}"
    assert run("return CSS.highlights.get('found').size") == count


def test_the_keyboard_walks_and_opens_the_card(browser: Any, pages: Path) -> None:
    run = opened(browser, report(pages, "bad"))
    keys(browser, "n", "n", "\ue014")  # arrow to the right
    assert run("return document.activeElement.textContent") == "90人"
    card = browser.find_element("css selector", "#card")
    assert "90 人" in card.text
    assert "560 + 90" in card.text
    keys(browser, "p", "\ue007")
    assert run("return card.contains(document.activeElement)")
    keys(browser, "\ue00c")
    assert not card.is_displayed()
    assert run("return document.activeElement.textContent") == "560人"
    keys(browser, "]")
    assert browser.find_elements("css selector", ".note.open")


def test_hovering_shows_the_card_and_leaving_hides_it(browser: Any, pages: Path) -> None:
    from selenium.webdriver.common.action_chains import ActionChains

    opened(browser, report(pages, "bad"))
    card = browser.find_element("css selector", "#card")
    ActionChains(browser).move_to_element(browser.find_element("css selector", "mark")).pause(0.4).perform()
    assert card.is_displayed()
    ActionChains(browser).move_to_element(browser.find_element("css selector", "h1")).pause(0.6).perform()
    assert not card.is_displayed()


def test_an_address_leads_to_a_figure_or_a_finding(browser: Any, pages: Path) -> None:
    start = BAD.index("30万元")
    run = opened(browser, report(pages, "bad"), f"#o{start}")
    assert "30万元" in browser.find_element("css selector", "#card h2").text
    opened(browser, report(pages, "bad"), "#f0")
    assert run("return selected") == 0


def test_the_outline_follows_the_text_and_folds(browser: Any, pages: Path) -> None:
    run = opened(browser, report(pages, REPORTS[0].stem))
    browser.find_elements("css selector", "#outline > ul > li > a")[3].click()
    time.sleep(0.2)
    assert run("return document.querySelector('#outline [aria-current]').textContent.trim().slice(0, 2)") == "四、"
    click(browser, "#outline .fold")
    assert run("return document.querySelector('#outline .fold').getAttribute('aria-expanded')") == "false"


def cleared(browser: Any, path: Path) -> Any:
    """The page opened with no mark of an earlier test."""
    opened(browser, path)("localStorage.clear()")
    return opened(browser, path)


def typed(browser: Any, selector: str, words: str) -> None:
    field = browser.find_element("css selector", selector)
    field.clear()
    field.send_keys(words, "\ue004")  # Tab: what was typed counts once the field is left


def test_marks_are_kept_in_the_browser_and_shown_again(browser: Any, pages: Path) -> None:
    run = cleared(browser, report(pages, "bad"))
    run("goTo(0)")
    assert not browser.find_element("css selector", "#card .corrections").is_displayed()
    click(browser, "#card [data-mark=wrong]")
    assert run("return document.querySelector('#card [data-field=value]').value") == "640"
    typed(browser, "#card [data-field=value]", "650")
    run("closeCard(); select(0)")
    typed(browser, ".note.open .note-input", "合计有误</script>")
    assert run("return Object.values(marks).map(m => m.mark)") == ["wrong", "unsure"]  # a note alone is doubt
    click(browser, ".note.open [data-mark=right]")
    run = opened(browser, report(pages, "bad"))
    assert run("return document.querySelector('mark.rv.wrong').textContent") == "640人"
    run("goTo(0)")
    assert run("return document.querySelector('#card [data-field=value]').value") == "650"
    assert not run("return document.getElementById('export').disabled")
    assert opened(browser, pages / "index.html")("return everyMark().map(linesOf).join('')").count("\n") == 2
    run = opened(browser, report(pages, "bad"))
    run("goTo(0)")
    click(browser, "#card [data-mark=wrong]")  # pressed again: no mark
    assert run("return Object.values(marks).map(m => m.what)") == ["finding"]
    run("localStorage.clear()")


def exported(browser: Any, folder: Path) -> Path:
    """What the button writes, once the browser has written it."""
    folder.mkdir()
    browser.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(folder)})
    browser.execute_script("document.getElementById('export').click()")
    for _ in range(100):
        if found := list(folder.glob("*.jsonl")):
            return found[0]
        time.sleep(0.05)
    raise AssertionError(f"nothing was exported to {folder}")


def test_marks_go_from_the_browser_into_the_store(browser: Any, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "bad.txt").write_text(BAD, encoding="utf-8")
    zr.build(folder, tmp_path / "store")
    zr.show(zr.read(folder / "bad.txt"), tmp_path / "pages")
    run = cleared(browser, report(tmp_path / "pages", "bad"))
    browser.find_element("css selector", "#reviewer").send_keys("李老师")
    run("goTo(0)")
    click(browser, "#card [data-mark=wrong]")
    typed(browser, "#card [data-field=value]", "650人")
    typed(browser, "#card [data-field=period]", "2020")
    typed(browser, "#card .note-input", "原件为650")
    run("goTo(1)")
    click(browser, "#card [data-mark=right]")
    run("select(0)")
    click(browser, ".note.open [data-mark=right]")
    marks = exported(browser, tmp_path / "marks")
    run("localStorage.clear()")
    done = subprocess.run(
        [sys.executable, "-m", "zhreport.cli", "build", folder, "-o", tmp_path / "store", "--reviews", marks],
        capture_output=True, text=True, encoding="utf-8", check=True,
    )  # fmt: skip
    assert "2 applied, 2 kept" in done.stderr
    store = zr.open(tmp_path / "store")
    assert store.records().value[0] == "640"
    assert list(store.corrected()[["value", "value_float", "period", "period_start"]].iloc[0]) == [
        "650",
        650.0,
        "2020",
        "2020-01-01",
    ]
    changed = store.sql("SELECT field, old, new, note, reviewer FROM reviews WHERE state = 'applied' ORDER BY field DESC")
    assert list(changed.iloc[0]) == ["value", "640", "650", "原件为650", "李老师"]
    assert store.sql("SELECT kind, mark FROM reviews WHERE what = 'finding'").iloc[0].tolist() == ["sum", "right"]
    zr.show(store, tmp_path / "after")
    opened(browser, report(tmp_path / "after", "bad"))("goTo(0)")
    assert "value: 640 → 650 · applied · 原件为650 · 李老师" in browser.find_element("css selector", "#card").text


def test_text_that_attacks_stays_text(browser: Any, pages: Path) -> None:
    name = next(p for p in (pages / "reports").iterdir() if "hostile" in p.name)
    run = cleared(browser, name)
    assert run("return document.getElementById('text').textContent") == as_shown(HOSTILE)
    run("globalThis.alert = () => { document.title = 'attacked'; }")
    assert run("return document.querySelectorAll('img, script').length") == 2
    run("goTo(0)")
    click(browser, "#card [data-mark=wrong]")
    typed(browser, "#card [data-field=indicator]", "<img src=x onerror=alert(1)>")
    typed(browser, "#card .note-input", "javascript:alert(1)</script>")
    run("select(0)")
    click(browser, ".note.open [data-mark=wrong]")
    run("select(0); search('<script>'); step(1); for (let i = 0; i < figures.length; i++) goTo(i)")
    assert run("return [document.querySelectorAll('img, #card script, a[href^=javascript]').length, document.title]") == [
        0,
        HOSTILE_TITLE,
    ]
    run("localStorage.clear()")


def test_names_that_attack_stay_text_on_the_corpus_page(browser: Any, tmp_path: Path) -> None:
    title = "<script>alert(1)</script>云溪县2020年工作总结{{7*7}}"
    attacks = [
        zr.parse(f"{title}\n\n2020年资助学生640人(本县560人,外县90人),其中XX万元。", source='"><img src=x onerror=alert(2)>.txt'),
        zr.parse("无</title><img src=x>", source="javascript:alert(3)"),
        zr.Failure("<script>alert(4)</script>.pdf", "<b>what</b>", "{{todo}}"),
    ]
    run = opened(browser, zr.show([*attacks, *zr.read_many(sorted((CORPUS / "panel").glob("*.txt")))], tmp_path))
    before = run("return document.scripts.length")
    run("""globalThis.alert = () => { document.title = 'attacked'; };
        const s = data.series[0]; s.name = s.unit = '<img src=x onerror=alert(5)>';
        s.cells.forEach((c, i) => { c.place = '</text><script>alert(6)</script>' + i % 2; c.told.forEach(t => { t[2] = t[3] = '<svg onload=alert(7)>{{7*7}}'; }); });
        fill(); wide.querySelector('button').click();""")
    time.sleep(1)
    assert run("return document.querySelectorAll('img, iframe, [onload], [onerror], a[href^=javascript]').length") == 0
    assert run("return document.scripts.length") == before
    words = run("return document.body.innerText")
    for shown in (
        "<script>alert(4)</script>.pdf",
        "{{todo}}",
        '"><img src=x onerror=alert(2)>.txt',
        "</text><script>alert(6)</script>0",
    ):
        assert shown in words
    assert "attacked" not in run("return document.title")


def drawn(browser: Any, index: Path) -> Any:
    """The corpus page, once its chart is there."""
    run = opened(browser, index)
    for _ in range(100):
        if run("return document.querySelectorAll('#chart path[aria-roledescription]').length"):
            return run
        time.sleep(0.05)
    raise AssertionError("no chart was drawn")


def test_the_chart_has_a_point_for_each_figure_and_a_click_tells_the_original(browser: Any, pages: Path) -> None:
    from selenium.webdriver.common.action_chains import ActionChains

    run = drawn(browser, pages / "index.html")
    told = run(
        """return data.series[+picker.value].cells.filter(c => !c.planned).map(c => c.told.map(t => t[1])).map(v => new Set(v).size).reduce((a, b) => a + b)"""
    )
    points = browser.find_elements("css selector", "#chart .mark-symbol.role-mark path")
    assert len(points) == told > 5
    places = run("return [...document.querySelectorAll('#wide tbody th')].map(th => th.textContent)")
    legend = run("return [...document.querySelectorAll('#chart .role-legend-label text')].map(t => t.textContent)")
    assert legend == places
    ActionChains(browser).move_to_element(points[0]).pause(0.2).click().perform()
    seen = browser.find_element("css selector", "#point").text
    surface = browser.find_element("css selector", "#cell a").text.split(" = ")[0]
    assert surface in seen
    browser.find_element("css selector", "#cell a").click()
    assert browser.find_element("css selector", "#card h2").text == surface


def test_the_panel_changes_with_the_indicator_and_leads_to_the_figure(browser: Any, pages: Path) -> None:
    run = drawn(browser, pages / "index.html")
    browser.find_element("css selector", "#find").send_keys("粮食")
    assert "粮食" in run("return picker.selectedOptions[0].textContent")
    click(browser, "#wide button")
    link = browser.find_element("css selector", "#cell a")
    surface = link.text.split(" = ")[0]
    link.click()
    assert browser.find_element("css selector", "#card h2").text == surface


def test_the_reports_are_filtered_and_sorted(browser: Any, pages: Path) -> None:
    run = opened(browser, pages / "index.html")
    browser.find_element("css selector", "#filter").send_keys("hostile")
    assert run("return [...document.querySelectorAll('#reports tbody tr')].filter(r => !r.hidden).length") == 1
    click(browser, "#reports thead th:nth-child(5) button")
    assert run("return document.querySelector('#reports thead th:nth-child(5)').getAttribute('aria-sort')") == "descending"


def test_the_card_shows_where_a_reason_stands(browser: Any, pages: Path) -> None:
    path = REPORTS[0]
    run = opened(browser, report(pages, path.stem))
    record = next(i for i, r in enumerate(zr.read(path).records) if any("@" in w and w.startswith("period:") for w in r.why))
    run(f"goTo({record})")
    click(browser, "#card .why .at")
    words = run("return [...CSS.highlights.get('found-now')].map(r => r.toString())[0]")
    assert words in zr.read(path).text
    assert words in browser.find_element("css selector", "#card .why").text


def test_a_narrow_window_has_drawers_and_no_sideways_scroll(browser: Any, pages: Path) -> None:
    size(browser, 390, 800)
    run = opened(browser, report(pages, REPORTS[0].stem))
    assert run("return document.documentElement.scrollWidth") <= 390
    click(browser, "#show-notes")
    click(browser, "#notes .note:not(.gone) .head")
    assert run("return document.querySelectorAll('#lines path').length") > 0
    seen = "return [...document.querySelectorAll('.note')].filter(n => n.offsetHeight).map(n => n.classList.contains('open'))"
    assert run(seen) == [True]  # the one that was pressed stays, as a sheet below its lines
    sheet, figure = run("return ['#notes', 'mark.total'].map(s => document.querySelector(s).getBoundingClientRect().top)")
    assert figure < sheet
    run("goTo(0)")
    assert run(seen) == []  # the card takes its place
    opened(browser, pages / "index.html")
    assert run("return document.documentElement.scrollWidth") <= 390


def test_a_report_of_two_hundred_pages_opens_fast_and_stays_quick(browser: Any, tmp_path: Path) -> None:
    text = "\n".join(p.read_text(encoding="utf-8") for p in REPORTS) * 14
    zr.show(zr.parse(text, source="long.txt"), tmp_path)
    started = time.perf_counter()
    run = opened(browser, report(tmp_path, "long"))
    took = time.perf_counter() - started
    figures = run("return figures.length")
    print(f"\n{len(text)} characters, {figures} figures, opened in {took:.2f} s")
    assert figures > 5000
    for what, script in {
        "a card": "goTo(figures.length - 1)",
        "a finding with its lines": "select(notes.length - 1)",
        "all findings": "document.querySelector('[data-verdict=holds]').click()",
        "one section": "const s = document.getElementById('section'); s.value = '40'; s.dispatchEvent(new Event('change'))",
        "search": "search('资助'); step(1)",
        "hovering over 100 figures": "for (let i = 0; i < 100; i++) { openCard(i, false); card.offsetHeight; }",
        "100 steps of scrolling": "for (let i = 0; i < 100; i++) { scrollTo(0, i * 3000); follow(); }",
    }.items():
        spent = run(f"const from = performance.now(); {script}; document.body.offsetHeight; return performance.now() - from")
        print(f"  {what}: {spent:.0f} ms")
