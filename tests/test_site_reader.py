"""A small site as a reader uses it, from the disk and below a path, on a phone and on a desk."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser_checks import NARROW, WIDE, chromium, problems, serving
from link_checker import dead_links
from playwright.sync_api import Browser, Page
from publish_samples import without_quarto
from pypdf import PdfReader
from site_samples import BOTH, FAILED, ONE, small_site

pytestmark = pytest.mark.browser

ID, EN = (f"{key.directory}/index.html" for key in BOTH)
PROVINCES = ("reports/id/lampung/index.html", "reports/en/lampung/index.html")
FAILURES = "reports/id/failed/index.html"
PAGES = (
    *("index.html", "en/index.html", "methods.html", "en/methods.html"),
    *(ID, EN, *PROVINCES, FAILURES),
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with pytest.MonkeyPatch.context() as monkeypatch:
        without_quarto(monkeypatch)
        return small_site(tmp_path_factory.mktemp("project"))


@pytest.fixture(scope="module")
def below_a_path(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The site's address where it is not at the root of its server, as project pages are."""
    served = tmp_path_factory.mktemp("served")
    (served / "neraca").symlink_to(site)
    with serving(served) as address:
        yield f"{address}/neraca"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(params=["disk", "path"])
def address(request: pytest.FixtureRequest, site: Path) -> str:
    return site.as_uri() if request.param == "disk" else request.getfixturevalue("below_a_path")


@pytest.fixture(params=[NARROW, WIDE])
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    window = browser.new_page(
        viewport={"width": request.param, "height": 800}, reduced_motion="reduce"
    )
    yield window
    window.close()


def test_no_link_is_dead(site: Path) -> None:
    assert {path.relative_to(site).as_posix() for path in site.rglob("*.html")} == {
        *PAGES,
        f"{ONE.directory}/index.html",
        *(f"{key.directory}/numbers.html" for key in (*BOTH, ONE)),
    }
    assert dead_links(site) == []


def test_the_link_checker_finds_dead_links(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(
        '<a href="b.html"></a><img src="/c.svg"><a href="#d"></a><a href="../e.html"></a>'
        '<a href="."></a><a id="f" href="a.html#f"></a><a href="https://bps.go.id"></a>'
    )
    assert [found.partition(" ")[2] for found in dead_links(tmp_path)] == [
        "b.html leads to no file",
        "#d leads to no place on the page",
        "../e.html leads out of the site",
        ". leads to no file",
        "/c.svg starts at the root of the server",
    ]


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("name", [*PROVINCES, FAILURES])
def test_the_other_pages_are_whole(browser: Browser, site: Path, name: str, colours: str) -> None:
    for width in (NARROW, WIDE):
        assert problems(browser, site / name, width, colours) == []


def test_from_a_search_to_a_figures_data(page: Page, address: str, site: Path) -> None:
    page.goto(f"{address}/index.html")
    page.get_by_label("Cari provinsi").fill("lampung")
    page.locator("#filter-year").select_option("2020")
    assert page.locator("tbody tr:visible").count() == 1
    page.locator("tbody").get_by_role("link", name="2020 Lampung").click()
    assert page.url == f"{address}/{ID}"
    assert page.get_by_role("heading", level=1).inner_text() == "Neraca perdagangan Lampung 2020"
    page.get_by_role("link", name="Gambar 1").first.click()
    assert page.url == f"{address}/{ID}#fig-balance"
    figure = page.locator("#fig-balance")
    box = figure.bounding_box()
    assert box is not None and -5 < box["y"] < 400  # what is referred to is in sight
    source = site.parent / Path(ID).parent / "data" / "fig-balance.csv"
    with page.expect_download() as started:
        # A page from the disk may not download from there; a reader saves the file instead.
        figure.get_by_role("link", name="CSV").evaluate("link => { link.download = ''; }")
        figure.get_by_role("link", name="CSV").click()
    assert started.value.suggested_filename == source.name
    assert Path(started.value.path()).read_bytes() == source.read_bytes()
    page.get_by_role("link", name="English", exact=True).click()
    assert page.url == f"{address}/{EN}"
    assert page.get_by_role("heading", level=1).inner_text() == "Trade balance of Lampung 2020"


def test_from_the_map_to_a_year_and_back(page: Page, address: str) -> None:
    page.goto(f"{address}/en/index.html")
    page.get_by_role("link", name=re.compile("Lampung: ")).click()
    assert page.url == f"{address}/{PROVINCES[1]}"
    page.get_by_role("link", name="Bahasa Indonesia").click()
    assert page.url == f"{address}/{PROVINCES[0]}"
    page.get_by_role("link", name="2019", exact=True).first.click()
    assert page.url == f"{address}/{ONE.directory}/index.html"
    assert not page.locator("[rel='alternate']").count()  # there is none in the other language
    page.go_back()
    page.get_by_role("link", name="Semua provinsi").click()
    page.get_by_role("link", name="2020 Aceh gagal").click()
    assert page.url.startswith(f"{address}/{FAILURES}#aceh-{FAILED.year}")
    assert "`fit()` of trend.ipynb" in page.locator("main [lang='en'] pre").inner_text()


def test_the_origin_of_a_number_is_found_in_both_languages(page: Page, address: str) -> None:
    numbers = {path: f"{address}/{path.replace('index', 'numbers')}" for path in (ID, EN)}
    page.goto(numbers[ID])
    contents = page.get_by_role("navigation", name="Isi halaman ini")
    listed = contents.get_by_role("link").all_inner_texts()
    headings = page.locator("main > h2, section > h3").all_inner_texts()
    assert [text for text in headings if text in listed] == listed
    assert listed[-2:] == ["Sumber", "Koreksi"]
    contents.get_by_role("link", name="Sumber").click()
    assert page.url == f"{numbers[ID]}#sources"
    page.get_by_role("link", name="English", exact=True).click()
    assert page.url == numbers[EN]
    page.get_by_role("link", name="Back to the report").click()
    assert page.url == f"{address}/{EN}"
    page.goto(f"{address}/{ONE.directory}/numbers.html")
    assert not page.locator("[rel='alternate']").count()  # there is none in the other language


def test_the_map_changes_its_colours_and_says_so(browser: Browser, site: Path) -> None:
    window = browser.new_page(viewport={"width": NARROW, "height": 800})
    window.goto((site / "en/index.html").as_uri())
    tile = window.locator(".tiles li[title='Lampung']")
    look = "tile => getComputedStyle(tile).backgroundColor"
    legend, title = window.get_by_label("What the colours mean"), window.locator("#map-title")
    before = tile.evaluate(look), legend.inner_text(), title.inner_text(), tile.inner_text()
    window.get_by_label("Indicator").select_option("imk_workers")
    window.locator("#map-year").select_option("2019")
    after = tile.evaluate(look), legend.inner_text(), title.inner_text(), tile.inner_text()
    assert all(old != new for old, new in zip(before, after, strict=True))
    assert title.inner_text() == ("Micro and small industry: workers, 2019, thousand people")
    assert title.get_attribute("aria-live") == "polite"
    meant = legend.locator(".c2")
    assert meant.inner_text() == "30 to less than 100"
    assert tile.inner_text().split()[-1] == "≈95.5"
    assert meant.locator("i").evaluate(look) == tile.evaluate(look)
    window.close()


def test_without_a_script_nothing_is_lost(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    window = context.new_page()
    window.goto(f"{address}/index.html")
    window.get_by_role("link", name=re.compile("Lampung: ")).click()
    window.get_by_role("link", name="2020", exact=True).first.click()
    assert window.url == f"{address}/{ID}"
    window.locator("summary").click()
    assert window.get_by_text("Selang 80 persen.").first.is_visible()
    window.get_by_role("link", name="English", exact=True).click()
    assert window.url == f"{address}/{EN}"
    context.close()


def test_a_report_is_printed_whole_and_without_the_sites_frame(
    browser: Browser, site: Path, tmp_path: Path
) -> None:
    window = browser.new_page(color_scheme="dark")
    window.goto((site / ID).as_uri())
    window.evaluate("document.querySelectorAll('details').forEach(box => { box.open = true; })")
    paper = tmp_path / "report.pdf"
    window.pdf(path=paper, format="A4")
    window.emulate_media(media="print")
    ground = "getComputedStyle(document.body).backgroundColor"
    assert window.evaluate(ground) == "rgb(255, 255, 255)"
    window.close()
    sheets = PdfReader(paper).pages
    printed = " ".join(" ".join(sheet.extract_text().split()) for sheet in sheets)
    for words in ("Neraca perdagangan Lampung 2020", "Gambar 2:", "Kepala BPS 60", "Cara mengutip"):
        assert words in printed
    for words in ("Metode", "Langsung ke isi", "Unduh"):
        assert words not in printed
    line = b".0431 .3608 .4196 RG"  # the colour of the line in a figure of the sample
    assert sum(sheet.get_contents().get_data().count(line) for sheet in sheets) == 2
