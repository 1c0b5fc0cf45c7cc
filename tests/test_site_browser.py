"""The index as a reader uses it: choosing on the map, searching, filtering, without a server."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from browser_checks import NARROW, WIDE, chromium, problems, serving
from playwright.sync_api import Browser, Page
from publish_samples import without_quarto
from site_samples import full_project

from neraca.publish import publish_site

pytestmark = pytest.mark.browser

INDEXES = ("index.html", "en/index.html")
TOO_LONG = """[...document.querySelectorAll('.tiles b')]
  .filter(word => word.scrollWidth > word.clientWidth)
  .map(word => word.textContent)"""
LOADED = "performance.getEntriesByType('navigation')[0].loadEventEnd"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site with all provinces and fifteen years, in which two reports are missing."""
    root = full_project(tmp_path_factory.mktemp("project"))
    (root / "_site/reports/id/aceh/2020/index.html").unlink()
    (root / "_site/reports/en/aceh/2020/index.html").unlink()
    with pytest.MonkeyPatch.context() as monkeypatch:
        without_quarto(monkeypatch)
        monkeypatch.setattr("neraca.publish.site._write_province_pages", lambda *_: [])
        publish_site(root, root / "_site")
    return root / "_site"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def index(browser: Browser, site: Path) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": WIDE, "height": 800})
    page.goto((site / "index.html").as_uri())
    yield page
    page.close()


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("width", [NARROW, WIDE])
@pytest.mark.parametrize("page", INDEXES)
def test_the_index_is_whole(
    browser: Browser, site: Path, page: str, width: int, colours: str
) -> None:
    assert problems(browser, site / page, width, colours) == []


def test_the_index_opens_within_a_second(browser: Browser, site: Path) -> None:
    times = []
    for _ in range(3):
        page = browser.new_page()
        page.goto((site / "index.html").as_uri())
        times.append(page.evaluate(LOADED))
        page.close()
    assert 0 < min(times) < 1000  # milliseconds; the quickest, as the machine may be busy


def test_the_map_shows_what_is_chosen(index: Page) -> None:
    lampung = index.locator(".tiles li[title='Lampung']")
    assert lampung.inner_text().split() == ["Lamp.", "Lampung:", "1,8"]
    index.get_by_label("Indikator").select_option("export")
    index.locator("#map-year").select_option("2015")
    assert index.locator("#map-title").inner_text() == "Ekspor, 2015, miliar dolar AS"
    assert lampung.inner_text().split() == ["Lamp.", "Lampung:", "3,8"]
    assert "c3" in lampung.get_attribute("class")
    assert not index.locator(".tiles.diverging").count()
    assert "1 sampai kurang dari 5" in index.locator(".legend").inner_text()


@pytest.mark.parametrize(
    ("words", "found"),
    [("lampung", 1), ("north sul", 1), ("jatim", 1), ("Lampung 2020", 1), ("Irian", 0)],
)
def test_a_search_finds_a_province(index: Page, words: str, found: int) -> None:
    index.get_by_label("Cari provinsi").fill(words)
    assert index.locator("tbody tr:visible").count() == found
    assert index.get_by_role("status").inner_text() == f"{found} dari 38 provinsi ditampilkan."


def test_a_year_and_a_state_filter_the_table(index: Page) -> None:
    index.locator("#filter-year").select_option("2020")
    assert index.locator("tbody td:visible").count() == 38
    index.locator("#filter-state").select_option("published")
    assert index.locator("tbody tr:visible").count() == 37
    assert not index.locator("tbody th:visible", has_text="Aceh").count()


def test_without_a_script_all_is_there_but_the_choices(browser: Browser, site: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((site / "en" / "index.html").as_uri())
    assert not page.locator("form:visible").count()
    assert page.locator(".tiles a:visible").count() == 38
    assert page.locator("td.published a:visible").count() == 38 * 15 - 1
    page.locator("td.published a").first.click()
    assert page.url.endswith("reports/en/aceh/2025/index.html")
    context.close()


def test_tiles_are_reached_by_keyboard_and_told_by_name(index: Page) -> None:
    index.get_by_label("Indikator").focus()
    for _ in range(2):
        index.keyboard.press("Tab")
    assert index.evaluate("document.activeElement.closest('li').title") == "Aceh"
    assert index.get_by_role("link", name="Sumut Sumatera Utara: 1,2").count() == 1


@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_tiles_do_not_overlap_and_hold_their_words(
    browser: Browser, site: Path, width: int
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800})
    page.goto((site / "index.html").as_uri())
    boxes = [tile.bounding_box() for tile in page.locator(".tiles li").all()]
    assert len({(box["x"], box["y"]) for box in boxes}) == 38
    assert min(min(box["width"], box["height"]) for box in boxes) >= 24  # pixels
    assert page.evaluate(TOO_LONG) == []
    page.close()


def test_the_table_is_read_as_one_on_a_phone(browser: Browser, site: Path) -> None:
    page = browser.new_page(viewport={"width": NARROW, "height": 800})
    page.goto((site / "index.html").as_uri())
    row = page.get_by_role("row", name="Lampung")
    assert row.get_by_role("cell").count() == 15
    assert row.get_by_role("rowheader").inner_text() == "Lampung"
    page.close()


def test_the_site_works_below_a_path(browser: Browser, site: Path, tmp_path: Path) -> None:
    (tmp_path / "neraca").symlink_to(site)
    with serving(tmp_path) as address:
        assert problems(browser, f"{address}/neraca/en/index.html", WIDE) == []
