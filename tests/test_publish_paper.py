"""The PDF that the embedded publisher prints."""

import io
import re
from pathlib import Path

import publish_samples as samples
import pytest
from pypdf import PdfReader
from pypdf.generic import DictionaryObject
from test_publish_document import FIGURE, document

from neraca.publish.configuration import Configuration
from neraca.publish.paper import pdf, typst_source
from neraca.publish.stage import ORDER
from neraca.publish.webpage import Place, html_page
from neraca.publish.words import callout_kinds, word

CONFIGURATION = Configuration.read(samples.REPOSITORY)
QUARTO = pytest.mark.quarto


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with pytest.MonkeyPatch.context() as monkeypatch:
        samples.without_quarto(monkeypatch)
        return samples.published_site(tmp_path_factory.mktemp("project"))


@pytest.fixture(params=["id", "en"])
def language(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def report(site: Path, language: str) -> PdfReader:
    return PdfReader(site / "reports" / language / "lampung" / "2020" / "index.pdf")


def alternatives(node: object) -> list[str]:
    """Collect the alternative texts of a PDF's structure tree."""
    if isinstance(node, list):
        return [text for item in node for text in alternatives(item.get_object())]
    if not isinstance(node, DictionaryObject):
        return []
    own = [str(node["/Alt"])] if "/Alt" in node else []
    return own + (alternatives(node["/K"]) if "/K" in node else [])


def test_is_tagged_and_described(report: PdfReader, language: str) -> None:
    words = samples.WORDS[language]
    assert report.metadata.title == words["title"]
    assert report.metadata.creation_date.date().isoformat() == "2021-02-01"
    root = report.trailer["/Root"]
    assert root["/Lang"] == language
    assert root["/MarkInfo"]["/Marked"]
    assert "pdfuaid" in root["/Metadata"].get_data().decode()
    expected = words["alternative"].replace("\\", "")
    assert [text for text in alternatives(root["/StructTreeRoot"]) if text == expected] == [
        expected,
        expected,
    ]


def test_text(report: PdfReader, language: str) -> None:
    words = samples.WORDS[language]
    text = " ".join(" ".join(page.extract_text() for page in report.pages).split())
    figure, table = {"id": ("Gambar", "Tabel"), "en": ("Figure", "Table")}[language]
    for part in (
        f"{figure} 1: ",
        f"{figure} 2: ",
        f"{table} 1: {words['ledger']}",
        f"1 {words['summary']}",
        f"2.1 {words['callout']}",
        words["balance"],
        words["source"],
        words["callout_text"],
        "US$ 5–6.",
    ):
        assert part in text.replace("\u00a0", " "), part
    assert not re.search(r":::|CSV|indicators\.json|@fig", text)


@pytest.fixture(scope="module", params=["embedded", pytest.param("quarto", marks=QUARTO)])
def any_site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample report as each of the publishers makes it."""
    if request.param == "embedded":
        found: Path = request.getfixturevalue("site")
        return found
    return samples.published_site(tmp_path_factory.mktemp("quarto"))


@pytest.fixture
def sheets(any_site: Path, language: str) -> list[str]:
    """The text of each page, with plain spaces."""
    printed = PdfReader(any_site / "reports" / language / "lampung" / "2020" / "index.pdf")
    width, height = printed.pages[0].mediabox[2:]
    assert (round(float(width)), round(float(height))) == (595, 842)
    return [page.extract_text().replace("\u00a0", " ") for page in printed.pages]


def test_title_page(sheets: list[str], language: str) -> None:
    words = samples.WORDS[language]
    first = " ".join(sheets[0].split())
    date = {"id": "Keadaan data: 1 Februari 2021", "en": "Data vintage: February 1, 2021"}
    for part in ("Neraca", words["title"], words["description"], date[language]):
        assert part in first
    assert f"{word('contents', language)} 1 {words['summary']}" in first
    assert words["callout_text"] not in first, "the text begins on a page of its own"
    assert word("page", language) not in first


def test_every_other_page_says_where_it_is(sheets: list[str], language: str) -> None:
    words = samples.WORDS[language]
    sections = [words[name] for name in ORDER]
    assert len(sheets) > 4
    for number, text in enumerate(sheets[1:], start=2):
        assert f"{word('page', language)} {number} / {len(sheets)}" in text
        assert text.startswith(words["title"])
    running = [text.splitlines()[0].removeprefix(words["title"]).strip() for text in sheets[1:]]
    assert list(dict.fromkeys(running)) == [
        f"{number} {section}" for number, section in enumerate(sections, start=1)
    ]
    for section in sections:  # each begins on a page of its own
        assert any(section in text.splitlines()[1] for text in sheets[1:])


def test_long_table_goes_on_under_its_header(sheets: list[str], language: str) -> None:
    header = samples.WORDS[language]["header"][0]
    last = next(text for text in sheets if re.search(r"Kepala\s+BPS 60", text))
    first = next(text for text in sheets if f"{word('tbl', language)} 2: " in text)
    assert first != last
    # The caption is on the page where the table begins, and the header on both.
    assert re.search(r"Kepala\s+BPS 1\b", first)
    assert header in first
    assert header in last


def test_figure_keeps_its_caption_and_source(sheets: list[str], language: str) -> None:
    words = samples.WORDS[language]
    for number in (1, 2):
        caption = f"{word('fig', language)} {number}: "
        page = next(text for text in sheets if caption in text)
        assert words["source"] in page.partition(caption)[2]


def test_box_without_a_title_is_called_what_it_is(sheets: list[str], language: str) -> None:
    name = {"id": "Peringatan", "en": "Warning"}[language]
    assert f"{name} {samples.WORDS[language]['callout_text']}" in " ".join(sheets[1].split())


def test_words_are_those_of_the_web_page() -> None:
    template = (samples.REPOSITORY / "src" / "neraca" / "publish" / "paper.typ").read_text()
    for language in ("id", "en"):
        written = re.search(rf"^  {language}: \((.*?)^  \),", template, re.DOTALL | re.MULTILINE)
        assert written
        found = dict(re.findall(r'(\w+): "(.*?)"', written[1]))
        assert set(found) == {"data_until", "page", *callout_kinds()}
        assert found == {name: word(name, language) for name in found}


def test_configuration_names_the_site_to_quarto() -> None:
    text = (samples.REPOSITORY / "_quarto.yml").read_text(encoding="utf-8")
    assert f"author: {CONFIGURATION.site_title}\n" in text


def test_references_lead_somewhere(report: PdfReader) -> None:
    targets = [
        annotation.get_object()
        for page in report.pages
        for annotation in page.get("/Annots", [])
        if annotation.get_object()["/Subtype"] == "/Link"
    ]
    # Three references, five contents entries, a footnote with its way back, an address.
    assert len(targets) >= 10
    assert any("bps.go.id" in str(target.get("/A", "")) for target in targets)


def test_same_bytes_twice(tmp_path: Path) -> None:
    found = document(tmp_path, f"## A\n\n{FIGURE}")
    assert pdf(found, CONFIGURATION, tmp_path) == pdf(found, CONFIGURATION, tmp_path)


def test_prints_any_sign_as_it_is(tmp_path: Path) -> None:
    signs = r"\#a \$b \*c \_d \`e \<f\> \@g \[h\] i=j \~k // l /* m \\ \"n\" = o + p - q 1."
    found = document(tmp_path, f"## A\n\n{signs}\n")
    printed = PdfReader(io.BytesIO(pdf(found, CONFIGURATION, tmp_path))).pages[1].extract_text()
    for part in ("#a $b *c _d `e <f> @g [h] i=j ~k // l /* m \\", "= o + p - q 1."):
        assert part in printed


def test_languages_and_anchors_within_a_page(tmp_path: Path) -> None:
    found = document(
        tmp_path,
        '[a](https://bps.go.id){lang="en" #a}, [b]{lang="en" #b}, `c`{#c}, '
        "[to a](#a), [to b](#b), [to c](#c)",
    )
    source = typst_source(found, CONFIGURATION, tmp_path)
    assert source.count('#text(lang: "en")') == 2
    links = PdfReader(io.BytesIO(pdf(found, CONFIGURATION, tmp_path))).pages[1]["/Annots"]
    assert len(links) == 4
    page = html_page(found, CONFIGURATION, Place("page.qmd", tmp_path))
    for part in ('<a href="https://bps.go.id" id="a" lang="en">a</a>', '<code id="c">c</code>'):
        assert part in page


def table_of(rows: int) -> str:
    body = "\n".join(f"| {number} | {number * number} |" for number in range(1, rows + 1))
    return f"| a | b |\n|---|---|\n{body}\n\n: Judul {{#tbl-a}}\n\n[Sumber: a]{{.source}}\n"


@pytest.mark.parametrize(("rows", "split"), [(15, False), (16, True), (40, True)])
def test_only_a_long_table_may_be_split(tmp_path: Path, rows: int, split: bool) -> None:
    found = document(tmp_path, "Isi.\n\n" * 28 + table_of(rows))
    pages = PdfReader(io.BytesIO(pdf(found, CONFIGURATION, tmp_path))).pages
    assert len(pages) == 3
    first, second = (page.extract_text().splitlines() for page in pages[1:])
    assert "Isi." in first
    assert ("1 1" in first) is split
    assert ("1 1" in second) is not split
    assert f"{rows} {rows * rows}" in second
    assert "a b" in second, "the header stands on every page of a table"


@pytest.mark.parametrize("lines", range(28, 40))
def test_nothing_is_orphaned_at_the_foot_of_a_page(tmp_path: Path, lines: int) -> None:
    text = "Isi.\n\n" * lines + "## Judul bagian\n\n" + table_of(40)
    found = document(tmp_path, text.replace(": Judul {", ": Isi tabel {"))
    pages = PdfReader(io.BytesIO(pdf(found, CONFIGURATION, tmp_path))).pages
    for page in pages[1:]:
        printed = page.extract_text()
        if "Isi tabel" in printed:
            assert "\n1 1\n" in printed, "a caption stands over the first row"
        if re.search("^1.Judul bagian", printed, flags=re.MULTILINE):
            assert "Isi tabel" in printed


@pytest.mark.parametrize("lines", range(14, 34, 2))
def test_figure_stays_with_its_caption(tmp_path: Path, lines: int) -> None:
    found = document(tmp_path, "Isi.\n\n" * lines + f"{FIGURE}\n\n[Sumber: a]{{.source}}\n")
    pages = PdfReader(io.BytesIO(pdf(found, CONFIGURATION, tmp_path))).pages
    captioned = next(page for page in pages if "Gambar\u00a01:" in page.extract_text())
    assert "Sumber: a" in captioned.extract_text()
    assert "2020" in captioned.extract_text(), "the letters in the figure"


def test_tall_figure_fits_on_the_page(tmp_path: Path) -> None:
    found = document(tmp_path, FIGURE)
    (tmp_path / "figures" / "fig-a.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 400"/>'
    )
    assert "25.0%" in typst_source(found, CONFIGURATION, tmp_path)
    assert len(PdfReader(io.BytesIO(pdf(found, CONFIGURATION, tmp_path))).pages) == 2


@pytest.mark.parametrize(("items", "pages"), [(8, 1), (40, 2)])
def test_only_a_long_box_may_be_split(tmp_path: Path, items: int, pages: int) -> None:
    box = "::: {.callout-note}\n" + "- butir\n" * items + ":::\n"
    found = document(tmp_path, "Isi.\n\n" * 31 + box)
    printed = PdfReader(io.BytesIO(pdf(found, CONFIGURATION, tmp_path))).pages
    with_items = [page for page in printed if "butir" in page.extract_text()]
    assert len(with_items) == pages


def test_paper_has_the_words_of_a_link_within_the_site(tmp_path: Path) -> None:
    found = document(
        tmp_path, '[rasio](page.html){lang="en"}, [b](https://bps.go.id), [c](mailto:a@b.id)'
    )
    source = typst_source(found, CONFIGURATION, tmp_path)
    assert '#text(lang: "en")[rasio]' in source
    assert re.findall(r"#link\(([^)]*)\)", source) == ['"https://bps.go.id"', '"mailto:a@b.id"']
