"""Publishing as a whole: pages in their place, links that lead somewhere, nothing half done."""

import os
import shutil
from pathlib import Path

import publish_samples as samples
import pytest
from bs4 import BeautifulSoup

from analysis.errors import NeracaError
from neraca.publish import Page, pandoc, publish, publish_site, stage
from neraca.publish.document import UnsupportedError
from neraca.publish.site import PAGES

REPORT = Path("reports") / "id" / "lampung" / "2020"


@pytest.fixture(autouse=True)
def _embedded(monkeypatch: pytest.MonkeyPatch) -> None:
    samples.without_quarto(monkeypatch)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return samples.make_project(tmp_path)


def publish_sample(root: Path, language: str = "id") -> Page:
    index = stage(samples.executed(language), samples.report_directory(root, language))
    return publish(index, root, root / "_site")


def soup(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def test_page_and_what_is_beside_it(root: Path) -> None:
    page = publish_sample(root)
    assert page.publisher == "embedded"
    assert page.html == root / "_site" / REPORT / "index.html"
    assert page.pdf.read_bytes().startswith(b"%PDF")
    assert page.seconds < 30
    for name in (
        *("figures/fig-balance.svg", "data/fig-balance.csv", "indicators.json"),
        "notebooks/summary.ipynb",
    ):
        assert (page.html.parent / name).is_file()


def test_index_lists_what_is_published(root: Path) -> None:
    publish_site(root, root / "_site")
    assert "Belum ada laporan" in (root / "_site" / "index.html").read_text()
    publish_sample(root)
    publish_site(root, root / "_site")
    index = soup(root / "_site" / "index.html")
    link = index.find("a", href=f"{REPORT.as_posix()}/index.html")
    assert link.get_text() == "2020 Lampung"
    assert "Belum ada laporan" not in index.get_text()
    english = soup(root / "_site" / "en" / "index.html")
    assert "There is no report" not in english.get_text()
    assert english.select_one("td.other a")["href"] == f"../{REPORT.as_posix()}/index.html"


def test_site_pages_obey_their_own_front_matter(root: Path) -> None:
    publish_site(root, root / "_site")
    assert not soup(root / "_site" / "index.html").find(class_="contents")
    methods = soup(root / "_site" / "en" / "methods.html")
    assert methods.find(class_="contents")
    assert not methods.find(class_="number")
    assert methods.find("nav").find(attrs={"aria-current": "page"}).get_text() == "Methods"


def test_languages_are_connected_once_both_exist(root: Path) -> None:
    first = publish_sample(root, "id").html
    assert not soup(first).find(hreflang="en")
    second = publish_sample(root, "en").html
    for page, other in ((first, second), (second, first)):
        link = soup(page).find(rel="alternate")
        assert os.path.normpath(page.parent / link["href"]) == str(other)


def test_a_lost_language_is_no_longer_linked(root: Path) -> None:
    first = publish_sample(root, "id").html
    shutil.rmtree(publish_sample(root, "en").html.parent)
    publish_site(root, root / "_site")
    assert not soup(first).find(rel="alternate")


def test_same_bytes_twice(root: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = samples.make_project(tmp_path_factory.mktemp("elsewhere"))
    one, two = publish_sample(root), publish_sample(other)
    assert one.html.read_bytes() == two.html.read_bytes()
    assert one.pdf.read_bytes() == two.pdf.read_bytes()


def test_failure_leaves_the_old_page(root: Path) -> None:
    page = publish_sample(root)
    before = page.html.read_bytes()
    index = root / REPORT / "index.ipynb"
    index.write_text(index.read_text().replace("@fig-balance", "@fig-lost"))
    with pytest.raises(UnsupportedError, match="@fig-lost"):
        publish(index, root, root / "_site")
    assert page.html.read_bytes() == before
    assert [path.name for path in page.html.parent.parent.iterdir()] == ["2020"]


def test_a_province_has_a_page_while_it_has_a_report(root: Path) -> None:
    report = publish_sample(root).html.parent
    publish_site(root, root / "_site")
    page = report.parent / "index.html"
    links = [link["href"] for link in soup(page).find("main").find_all("a")]
    assert links[:2] == ["2020/index.html", "2020/index.pdf"]
    assert "Lampung, tahun demi tahun" in soup(page).h1.get_text()
    shutil.rmtree(report)
    publish_site(root, root / "_site")
    assert not page.exists()
    assert not (root / REPORT.parent / "index.qmd").exists()


def test_an_unchanged_province_page_is_not_rendered_again(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_sample(root)
    publish_site(root, root / "_site")
    rendered = []
    render = pandoc.render_page
    monkeypatch.setattr(
        pandoc, "render_page", lambda source, root: rendered.append(source) or render(source, root)
    )
    publish_site(root, root / "_site")
    assert [path.relative_to(root).as_posix() for path in rendered] == list(PAGES)


def test_province_pages_are_connected(root: Path) -> None:
    publish_sample(root, "id")
    publish_sample(root, "en")
    publish_site(root, root / "_site")
    page = root / "_site" / REPORT.parent / "index.html"
    assert soup(page).find(rel="alternate")["href"] == "../../en/lampung/index.html"


def test_replaces_the_old_page_whole(root: Path) -> None:
    page = publish_sample(root)
    (page.html.parent / "figures" / "fig-old.svg").write_text("old")
    publish_sample(root)
    assert not (page.html.parent / "figures" / "fig-old.svg").exists()


def test_refuses_what_is_no_report(root: Path) -> None:
    with pytest.raises(NeracaError, match="not a staged report"):
        publish(root / "notebooks" / "summary.ipynb", root, root / "_site")
    with pytest.raises(NeracaError, match="stage the report first"):
        publish(root / REPORT / "index.ipynb", root, root / "_site")
