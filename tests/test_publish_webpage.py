"""The HTML that the embedded publisher writes."""

import gzip
import re
from pathlib import Path

import publish_samples as samples
import pytest
from bs4 import BeautifulSoup, Tag

from neraca.publish.webpage import stylesheet

NAMES = {"id": ("Gambar", "Tabel", "Bagian"), "en": ("Figure", "Table", "Section")}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with pytest.MonkeyPatch.context() as monkeypatch:
        samples.without_quarto(monkeypatch)
        return samples.published_site(tmp_path_factory.mktemp("project"))


@pytest.fixture(params=["id", "en"])
def language(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def page(site: Path, language: str) -> BeautifulSoup:
    path = site / "reports" / language / "lampung" / "2020" / "index.html"
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def text(found: Tag | None) -> str:
    assert found is not None
    return " ".join(found.get_text().split())


def test_head(page: BeautifulSoup, language: str) -> None:
    words = samples.WORDS[language]
    assert page.html["lang"] == language
    assert text(page.title) == f"{words['title']} · Neraca"
    assert page.find("meta", attrs={"name": "description"})["content"] == words["description"]
    assert text(page.h1) == words["title"]
    date = {"id": "1 Februari 2021", "en": "February 1, 2021"}[language]
    assert text(page.time) == date
    assert page.find(class_="facts").a["href"] == "index.pdf"
    (script,) = page.find_all("script")
    assert (script.parent.name, script["type"]) == ("head", "application/ld+json")


def test_headings_and_contents(page: BeautifulSoup, language: str) -> None:
    words = samples.WORDS[language]
    expected = [
        f"1 {words['summary']}",
        f"2 {words['export_surplus']}",
        f"2.1 {words['callout']}",
        f"3 {words['downstreaming']}",
        f"4 {words['ikm_targets']}",
    ]
    body = page.find(class_="text")
    assert [text(found) for found in body.select(":scope > h2, :scope > h3")] == expected
    entries = page.find("nav", class_="contents").find_all("a")
    assert [text(entry) for entry in entries] == expected
    assert [entry["href"] for entry in entries] == [
        f"#{found['id']}" for found in body.select(":scope > h2, :scope > h3")
    ]


def test_exhibits_are_numbered_and_captioned(page: BeautifulSoup, language: str) -> None:
    figure, table, _ = NAMES[language]
    assert [text(found) for found in page.select("figure .caption b")] == [
        f"{table} 1:",
        f"{figure} 1:",
        f"{figure} 2:",
        f"{table} 2:",
    ]
    found = page.find(id="fig-balance")
    expected = samples.WORDS[language]["alternative"].replace("\\", "")
    assert found.img["alt"] == expected
    assert (found.img["width"], found.img["height"]) == ("460", "240")
    assert found.find(class_="caption").strong is not None
    assert samples.WORDS[language]["source"] in text(found.find(class_="source"))
    assert found.find(class_="download").a["href"] == "data/fig-balance.csv"


def test_references_are_links(page: BeautifulSoup, language: str) -> None:
    figure, table, section = NAMES[language]
    found = [(text(link), link["href"]) for link in page.find_all(class_="reference")]
    assert found == [
        (f"{figure} 1", "#fig-balance"),
        (f"{table} 1", "#tbl-ledger"),
        (f"{section} 2", "#sec-export-surplus"),
    ]


def test_tables(page: BeautifulSoup, language: str) -> None:
    table = page.find(id="tbl-ledger")
    region = table.find(class_="scroll")
    assert (region["tabindex"], region["role"]) == ("0", "region")
    assert page.find(id=region["aria-labelledby"]).name == "figcaption"
    assert {cell["scope"] for cell in table.thead.find_all("th")} == {"col"}
    assert [cell.get("class") for cell in table.tbody.tr.find_all("td")] == [
        None,
        ["right"],
        ["right"],
    ]
    assert text(table.tbody.find_all("td")[1]) == samples.WORDS[language]["balance"]


def test_callouts_cards_and_notes(page: BeautifulSoup, language: str) -> None:
    words = samples.WORDS[language]
    folded = page.find("details")
    assert text(folded.summary) == words["callout"]
    title = page.find(class_="callout-warning").find(class_="callout-title")
    assert text(title) == {"id": "Peringatan", "en": "Warning"}[language]
    cards = page.select(".cards > .card")
    assert len(cards) == 2
    assert cards[1].find(lang="id").get_text() == "Ekspor"
    note = page.find(id="fnref1")
    assert note["href"] == "#fn1"
    assert text(page.find(id="fn1")).startswith(words["note"].replace("*", ""))
    assert page.find(id="fn1").find(href="#fnref1")


def test_no_markup_is_left(page: BeautifulSoup) -> None:
    assert not re.search(r":::|\{[.#]|@(fig|tbl|sec)-|\\\$", page.get_text())
    assert "US$ 5–6." in page.get_text()


def test_downloads(page: BeautifulSoup) -> None:
    found = [link["href"] for link in page.find(class_="downloads").find_all("a")]
    assert found[:3] == ["index.pdf", "indicators.json", "notebooks/summary.ipynb"]


def test_citation_and_licence(page: BeautifulSoup, language: str) -> None:
    cited, used = page.find(class_="reuse").find_all("p")
    assert text(cited).endswith(f"{text(page.h1)}. Neraca. {text(page.find(class_='facts').span)}.")
    assert [link["href"] for link in used.find_all("a")] == [
        "https://opensource.org/license/mit",
        "https://creativecommons.org/licenses/by/4.0/",
    ]


def test_landmarks_and_names(page: BeautifulSoup) -> None:
    assert len(page.find_all("main")) == 1
    assert all(nav.get("aria-label") or nav.get("aria-labelledby") for nav in page.find_all("nav"))
    first = page.body.find("a")
    assert first["href"] == f"#{page.main['id']}"
    identifiers = [found["id"] for found in page.find_all(id=True)]
    assert len(identifiers) == len(set(identifiers))


def test_assets_are_light(site: Path) -> None:
    assert len((site / "neraca.css").read_bytes()) <= 60_000
    page = site / "reports" / "id" / "lampung" / "2020" / "index.html"
    assert len(gzip.compress(page.read_bytes())) < 10_000


def _luminance(colour: str) -> float:
    """Relative luminance of a colour such as #0b5c6b, by WCAG 2.2."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_formula() -> None:
    assert _contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("number", [0, 1], ids=["light", "dark"])
def test_letters_have_contrast(number: int) -> None:
    palettes = re.findall(r":root \{(.*?)\}", stylesheet(), flags=re.DOTALL)
    colours = dict(re.findall(r"--(\w+): (#\w{6});", palettes[number]))
    for ground in ("ground", "raised"):
        for ink in ("ink", "soft", "accent", "note", "tip", "warning", "important"):
            assert _contrast(colours[ground], colours[ink]) >= 4.5, (ground, ink)
