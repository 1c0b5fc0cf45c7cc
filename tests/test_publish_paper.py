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
from neraca.publish.webpage import Place, html_page

CONFIGURATION = Configuration.read(samples.REPOSITORY)


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


def test_is_laid_out_for_print(report: PdfReader, language: str) -> None:
    width, height = report.pages[0].mediabox[2:]
    assert (round(float(width)), round(float(height))) == (595, 842)
    pages = [page.extract_text() for page in report.pages]
    assert len(pages) >= 3
    word = {"id": "Halaman", "en": "Page"}[language]
    for number, text in enumerate(pages, start=1):
        assert f"{word} {number} / {len(pages)}" in text
        assert samples.WORDS[language]["title"] in text
    # The long table goes on with its header on the next page.
    header = samples.WORDS[language]["header"][0]
    with_rows = [text for text in pages if "Kepala BPS 40" in text]
    assert header in with_rows[0]
    assert "Kepala BPS 1\n" not in with_rows[0]


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
    printed = PdfReader(io.BytesIO(pdf(found, CONFIGURATION, tmp_path))).pages[0].extract_text()
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
    links = PdfReader(io.BytesIO(pdf(found, CONFIGURATION, tmp_path))).pages[0]["/Annots"]
    assert len(links) == 4
    page = html_page(found, CONFIGURATION, Place("page.qmd", tmp_path))
    for part in ('<a href="https://bps.go.id" id="a" lang="en">a</a>', '<code id="c">c</code>'):
        assert part in page


def table_of(rows: int) -> str:
    body = "\n".join(f"| {number} | {number * number} |" for number in range(1, rows + 1))
    return f"| a | b |\n|---|---|\n{body}\n\n: Judul {{#tbl-a}}\n\n[Sumber: a]{{.source}}\n"


@pytest.mark.parametrize(("rows", "breakable"), [(1, "false"), (15, "false"), (16, "true")])
def test_only_a_long_table_may_be_split(tmp_path: Path, rows: int, breakable: str) -> None:
    found = document(tmp_path, table_of(rows))
    source = typst_source(found, CONFIGURATION, tmp_path)
    printed = source.partition("#exhibit-table(data-table(")[2]
    assert re.findall(r"breakable: (\w+)\)", printed) == [breakable]


@pytest.mark.parametrize(("rows", "split"), [(15, False), (40, True)])
def test_table_at_the_foot_of_a_page(tmp_path: Path, rows: int, split: bool) -> None:
    found = document(tmp_path, "Isi.\n\n" * 28 + table_of(rows))
    pages = PdfReader(io.BytesIO(pdf(found, CONFIGURATION, tmp_path))).pages
    assert len(pages) == 2
    first, second = (page.extract_text().splitlines() for page in pages)
    assert "Isi." in first
    assert ("1 1" in first) is split
    assert ("1 1" in second) is not split
    assert f"{rows} {rows * rows}" in second
    assert "a b" in second, "the header stands on every page of a table"


def test_tall_figure_fits_on_the_page(tmp_path: Path) -> None:
    found = document(tmp_path, FIGURE)
    (tmp_path / "figures" / "fig-a.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 400"/>'
    )
    assert "23.8%" in typst_source(found, CONFIGURATION, tmp_path)
    assert len(PdfReader(io.BytesIO(pdf(found, CONFIGURATION, tmp_path))).pages) == 1
