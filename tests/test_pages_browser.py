"""The pages in a real browser: Debian's chromium, driven by selenium. Skipped, with the reason, where either is missing."""

from __future__ import annotations

import json
import shutil
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
REPORTS = sorted((CORPUS / "reports").glob("*.txt"))
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
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", f"--user-data-dir={profile}"):
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


def test_marks_are_kept_and_exported_as_json_lines(browser: Any, pages: Path) -> None:
    run = opened(browser, report(pages, "bad"))
    run("localStorage.clear()")
    run = opened(browser, report(pages, "bad"))
    run("goTo(0)")
    browser.find_element("css selector", "#card .judge input").send_keys("650")
    click(browser, "#card [data-mark=wrong]")
    run("select(0)")
    browser.find_element("css selector", ".note.open .judge input:last-child").send_keys("合计有误</script>")
    click(browser, ".note.open [data-mark=right]")
    run = opened(browser, report(pages, "bad"))
    assert run("return document.querySelector('mark.rv.wrong').textContent") == "640人"
    lines = [json.loads(x) for x in run("return linesOf(marks)").splitlines()]
    mine = zr.parse(BAD, source="bad.txt")
    record = next(x for x in lines if x["what"] == "record")
    assert {k: record[k] for k in ("id", "source", "start", "end", "mark", "value", "extracted")} == {
        "id": mine.records[0].id, "source": "bad.txt", "start": mine.records[0].start, "end": mine.records[0].end,
        "mark": "wrong", "value": "650", "extracted": "640",
    }  # fmt: skip
    finding = next(x for x in lines if x["what"] == "finding")
    assert (finding["mark"], finding["note"]) == ("right", "合计有误</script>")
    assert not run("return document.getElementById('export').disabled")
    assert opened(browser, pages / "index.html")("return everyMark().map(linesOf).join('')").count("\n") == 2
    run("localStorage.clear()")


def test_text_that_attacks_stays_text(browser: Any, pages: Path) -> None:
    name = next(p for p in (pages / "reports").iterdir() if "hostile" in p.name)
    run = opened(browser, name)
    assert run("return document.getElementById('text').textContent") == as_shown(HOSTILE)
    assert run("return document.querySelectorAll('img, script').length") == 2
    run("goTo(0); select(0)")
    click(browser, ".note.open [data-mark=wrong]")
    assert run("return document.querySelectorAll('img, #card script').length") == 0
    run("localStorage.clear()")
    opened(browser, pages / "index.html")


def test_the_corpus_page_draws_the_panel_and_leads_to_the_figure(browser: Any, pages: Path) -> None:
    run = opened(browser, pages / "index.html")
    assert run("return document.querySelector('#chart svg path').getAttribute('d').length") > 5
    click(browser, "#wide button")
    link = browser.find_element("css selector", "#cell a")
    surface = link.text.split(" = ")[0]
    link.click()
    assert browser.find_element("css selector", "#card h2").text == surface
    run = opened(browser, pages / "index.html")
    browser.find_element("css selector", "#filter").send_keys("hostile")
    assert run("return [...document.querySelectorAll('#reports tbody tr')].filter(r => !r.hidden).length") == 1
    click(browser, "#reports thead th:nth-child(5) button")
    assert run("return document.querySelector('#reports thead th:nth-child(5)').getAttribute('aria-sort')") == "descending"


def test_a_narrow_window_has_drawers_and_no_sideways_scroll(browser: Any, pages: Path) -> None:
    size(browser, 390, 800)
    run = opened(browser, report(pages, REPORTS[0].stem))
    assert run("return document.documentElement.scrollWidth") <= 390
    click(browser, "#show-notes")
    click(browser, "#notes .note:not(.gone) .head")
    assert run("return document.querySelectorAll('#lines path').length") > 0
    assert run("return getComputedStyle(document.getElementById('notes')).display") == "none"
    opened(browser, pages / "index.html")
    assert run("return document.documentElement.scrollWidth") <= 390


def test_a_report_of_two_hundred_pages_opens_fast(browser: Any, tmp_path: Path) -> None:
    text = "\n".join(p.read_text(encoding="utf-8") for p in REPORTS) * 14
    zr.show(zr.parse(text, source="long.txt"), tmp_path)
    started = time.perf_counter()
    run = opened(browser, report(tmp_path, "long"))
    took = time.perf_counter() - started
    print(f"{len(text)} characters opened in {took:.2f} s")
    assert took < 10
    started = time.perf_counter()
    run("select(document.querySelectorAll('.note').length - 1); goTo(figures.length - 1)")
    assert time.perf_counter() - started < 3
