"""The glossary: a term for every link, a link for every term, the same in both languages."""

import re
from pathlib import Path

import publish_samples as samples
import pytest
from bs4 import BeautifulSoup
from pypdf import PdfReader

from analysis.catalog.composition import MINIMUM_COVERAGE_PERCENT
from analysis.errors import NeracaError
from analysis.indicators.statements import Verdict
from analysis.models import breaks, completion, panel, target, trend
from analysis.report.glossary import TERMS, link, link_terms
from analysis.report.words import LIKELY, UNLIKELY
from neraca.publish import publish, publish_site, stage

METHODS = {"id": "methods.qmd", "en": "en/methods.qmd"}
ANCHOR = re.compile(r"\{#term-([^}\s]+)\}")


def page(language: str) -> str:
    return (samples.REPOSITORY / METHODS[language]).read_text(encoding="utf-8")


@pytest.mark.parametrize("language", ["id", "en"])
def test_page_explains_every_term_once_and_no_other(language: str) -> None:
    anchors = ANCHOR.findall(page(language))
    assert sorted(anchors) == sorted(TERMS)


def test_terms_come_in_the_same_order_in_both_languages() -> None:
    assert ANCHOR.findall(page("id")) == ANCHOR.findall(page("en"))


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_term_is_explained_in_few_words(language: str) -> None:
    text = page(language)
    explained = re.findall(r"^\[.+\{#term-\S+\}.*\n:   (.+)$", text, flags=re.MULTILINE)
    rows = re.findall(r"^\| \[.+\{#term-\S+\} \| (.+) \|$", text, flags=re.MULTILINE)
    assert len(explained) + len(rows) == len(TERMS)
    assert len(rows) == len(Verdict)
    for words in explained + rows:
        assert 4 <= len(words.split()) <= 60, words


def test_verdicts_are_terms() -> None:
    assert {verdict.value.replace(" ", "-") for verdict in Verdict} <= TERMS


@pytest.mark.parametrize("language", ["id", "en"])
def test_page_states_the_limits_that_the_code_keeps(language: str) -> None:
    text = page(language)
    sentences = {
        "id": (
            f"sedikitnya {trend.MINIMUM_MONTHS} bulan teramati dalam deretnya dan "
            f"{completion.NEEDED_MONTHS_OF_YEAR} bulan dalam tahun itu",
            f"sedikitnya {MINIMUM_COVERAGE_PERCENT:.0f} persen nilai ekspor",
            f"paling besar {breaks.SIGNIFICANCE:.2f}".replace(".", ","),
            f"peluang {LIKELY:.0%} atau lebih".replace("%", " persen"),
            f"peluang {UNLIKELY:.0%} atau kurang".replace("%", " persen"),
        ),
        "en": (
            f"at least {trend.MINIMUM_MONTHS} observed months in the series and "
            f"{completion.NEEDED_MONTHS_OF_YEAR} in the year",
            f"at least {MINIMUM_COVERAGE_PERCENT:.0f} percent of the value of exports",
            f"at most {breaks.SIGNIFICANCE:.2f}",
            f"a chance of {LIKELY:.0%} or more".replace("%", " percent"),
            f"a chance of {UNLIKELY:.0%} or less".replace("%", " percent"),
        ),
    }
    for sentence in sentences[language]:
        assert sentence in text
    tens = {"id": "sedikitnya sepuluh provinsi", "en": "at least ten provinces"}
    threes = {"id": "kurang dari tiga pertumbuhan", "en": "fewer than three growth rates"}
    assert panel.MINIMUM_PROVINCES == 10
    assert tens[language] in text
    assert target.MINIMUM_INCREMENTS == 3
    assert threes[language] in text
    assert breaks.DRAWS > 1000, "thousands of artificial series, as the page says"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("en", "weather", "a"), "no term 'weather'"),
        (("fr", "fob", "a"), "language 'fr'"),
        (("en", "fob", " "), "cannot be linked"),
        (("en", "fob", "a [b]"), "cannot be linked"),
    ],
)
def test_refuses_what_leads_nowhere(arguments: tuple[str, str, str], message: str) -> None:
    with pytest.raises(NeracaError, match=message):
        link(*arguments)


def test_links_the_first_use_only() -> None:
    linked: set[str] = set()
    marked = "[Surplus](#term-surplus) [a](#sec-b) [defisit](#term-surplus)"
    first = link_terms("id", marked, linked)
    assert first == "[Surplus](../../../../methods.html#term-surplus) [a](#sec-b) defisit"
    assert link_terms("id", marked, linked) == "Surplus [a](#sec-b) defisit"
    assert linked == {"surplus"}


def test_a_later_use_of_an_unknown_term_is_refused_too() -> None:
    with pytest.raises(NeracaError, match="no term 'weather'"):
        link_terms("en", "[rain](#term-weather)", {"weather"})


def site_with_links(root: Path) -> Path:
    """Publish a report, in both languages, that links every term; return the site."""
    samples.make_project(root)
    for language in ("id", "en"):
        executed = samples.executed(language)
        words = " ".join(link(language, term, f"kata-{term}") for term in sorted(TERMS))
        shown = samples.shown("text", "", markdown=words)
        executed["downstreaming"].cells.insert(1, samples.code_cell(shown))
        publish(stage(executed, samples.report_directory(root, language)), root, root / "_site")
    publish_site(root, root / "_site")
    return root / "_site"


@pytest.fixture(
    scope="module", params=["embedded", pytest.param("quarto", marks=pytest.mark.quarto)]
)
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp(request.param)
    with pytest.MonkeyPatch.context() as monkeypatch:
        if request.param == "embedded":
            samples.without_quarto(monkeypatch)
        return site_with_links(root)


@pytest.mark.parametrize("language", ["id", "en"])
def test_links_lead_to_their_terms(site: Path, language: str) -> None:
    report = site / "reports" / language / "lampung" / "2020" / "index.html"
    soup = BeautifulSoup(report.read_text(encoding="utf-8"), "html.parser")
    links = [found["href"] for found in soup.find_all("a") if "#term-" in found["href"]]
    assert len(links) == len(TERMS)
    for address in links:
        file, _, anchor = address.partition("#")
        target_page = (report.parent / file).resolve()
        assert target_page == site / METHODS[language].replace(".qmd", ".html")
        methods = BeautifulSoup(target_page.read_text(encoding="utf-8"), "html.parser")
        assert len(methods.find_all(id=anchor)) == 1


@pytest.mark.parametrize("language", ["id", "en"])
def test_paper_keeps_the_words_and_no_link(site: Path, language: str) -> None:
    printed = PdfReader(site / "reports" / language / "lampung" / "2020" / "index.pdf")
    text = " ".join(sheet.extract_text() for sheet in printed.pages)
    assert "kata-fob" in text
    addresses = [
        str(annotation.get_object().get("/A", ""))
        for sheet in printed.pages
        for annotation in sheet.get("/Annots", [])
    ]
    assert addresses
    assert not any("methods" in address for address in addresses)
