"""Pages as a browser shows them, on a phone and on a desk, in both languages."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from browser_checks import NARROW, WIDE, chromium, image_count, problems
from playwright.sync_api import Browser
from publish_samples import published_site, without_quarto

pytestmark = pytest.mark.browser

REPORTS = ("reports/id/lampung/2020/index.html", "reports/en/lampung/2020/index.html")
PAGES = (*REPORTS, "index.html", "methods.html", "en/index.html", "en/methods.html")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with pytest.MonkeyPatch.context() as monkeypatch:
        without_quarto(monkeypatch)
        return published_site(tmp_path_factory.mktemp("project"))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.mark.parametrize("width", [NARROW, WIDE])
@pytest.mark.parametrize("page", PAGES)
def test_page_is_whole(browser: Browser, site: Path, page: str, width: int) -> None:
    assert problems(browser, site / page, width) == []


@pytest.mark.parametrize("page", REPORTS)
def test_report_in_the_dark(browser: Browser, site: Path, page: str) -> None:
    assert problems(browser, site / page, NARROW, "dark") == []
    assert image_count(browser, site / page) == 2


def test_the_checks_can_fail(browser: Browser, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(
        '<img src="missing.svg"><p style="width: 900px">a</p><script>console.log("b")</script>'
    )
    found = "\n".join(problems(browser, page, NARROW))
    for part in ("missing.svg", "without alt", "sideways", "console: b"):
        assert part in found


def test_keyboard_reaches_the_wide_table(browser: Browser, site: Path) -> None:
    window = browser.new_page(viewport={"width": NARROW, "height": 800})
    window.goto((site / REPORTS[0]).as_uri())
    region = window.locator("#tbl-months .scroll")
    region.focus()
    before = region.evaluate("element => element.scrollLeft")
    window.keyboard.press("ArrowRight")
    window.wait_for_function(
        "before => document.querySelector('#tbl-months .scroll').scrollLeft > before", arg=before
    )
    window.close()


def test_a_table_of_four_columns_fits_a_phone(browser: Browser, site: Path) -> None:
    """A few pixels too many would cut a digit, with no shade to tell of it."""
    window = browser.new_page(viewport={"width": NARROW, "height": 800})
    window.goto((site / REPORTS[0]).as_uri())
    rows = (
        ("Pelabuhan", "Barang", "Tahun", "Juta USD"),
        (
            "Lingkas Tarakan",
            "Bahan bakar mineral (HS 27)",
            "2025",
            "di bawah 0,01",
        ),
    )
    head, body = (
        "".join(f"<{tag}>{cell}</{tag}>" for cell in row[:-1])
        + f'<{tag} class="right">{row[-1]}</{tag}>'
        for tag, row in zip(("th", "td"), rows, strict=True)
    )
    beyond = window.locator("#tbl-months .scroll").evaluate(
        """(region, [head, body]) => {
          region.innerHTML = `<table><thead><tr>${head}</tr></thead>
            <tbody><tr>${body}</tr></tbody></table>`;
          return region.scrollWidth - region.clientWidth;
        }""",
        [head, body],
    )
    assert beyond == 0
    window.close()


def test_first_tab_skips_to_the_content(browser: Browser, site: Path) -> None:
    window = browser.new_page()
    window.goto((site / REPORTS[1]).as_uri())
    window.keyboard.press("Tab")
    assert window.evaluate("document.activeElement.textContent") == "Skip to the content"
    window.keyboard.press("Enter")
    assert window.evaluate("document.activeElement.id") == "content"
    window.close()
