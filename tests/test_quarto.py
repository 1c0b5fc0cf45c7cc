"""Publishing with Quarto: finding it, believing what it says, and the pages it makes."""

import os
import re
import subprocess
from pathlib import Path

import publish_samples as samples
import pytest
from browser_checks import NARROW, chromium, problems, serving
from bs4 import BeautifulSoup, Tag
from pypdf import PdfReader

from analysis.errors import NeracaError
from neraca.publish import publish, stage
from neraca.publish.pandoc import render_report
from neraca.publish.quarto import Quarto, find_quarto, render


def program(directory: Path, script: str) -> Path:
    path = directory / "quarto"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def test_none_where_there_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("QUARTO_PATH", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_quarto() is None


def test_quarto_path_goes_before_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, version in (("named", "1.10.2"), ("on-path", "1.9.0")):
        (tmp_path / name).mkdir()
        program(tmp_path / name, f"echo {version}")
    monkeypatch.setenv("PATH", f"{tmp_path / 'on-path'}:/usr/bin:/bin")
    monkeypatch.delenv("QUARTO_PATH", raising=False)
    assert find_quarto() == Quarto(tmp_path / "on-path" / "quarto", "1.9.0")
    monkeypatch.setenv("QUARTO_PATH", str(tmp_path / "named" / "quarto"))
    assert find_quarto() == Quarto(tmp_path / "named" / "quarto", "1.10.2")


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("echo 1.8.27", "is Quarto 1.8.27; tagged PDF needs 1.9 or newer"),
        ("echo 0.99.1", "is Quarto 0.99.1"),
        ("echo 'deno is missing' >&2; exit 1", "does not tell its version: deno is missing"),
        ("true", "does not tell its version: nothing"),
    ],
)
def test_refuses_a_quarto_it_cannot_use(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: str, message: str
) -> None:
    monkeypatch.setenv("QUARTO_PATH", str(program(tmp_path, script)))
    with pytest.raises(NeracaError, match=message):
        find_quarto()


def test_refuses_a_quarto_path_that_leads_nowhere(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("QUARTO_PATH", str(tmp_path / "gone"))
    with pytest.raises(NeracaError, match="where there is no program"):
        find_quarto()


def test_fails_with_quartos_own_message(tmp_path: Path) -> None:
    root = samples.make_project(tmp_path)
    script = "printf '\\033[31mERROR: no such filter\\033[39m' >&2; exit 1"
    broken = Quarto(program(tmp_path, script), "1.10.0")
    with pytest.raises(NeracaError, match=r"methods\.qmd:\nERROR: no such filter$"):
        render(broken, root, [root / "methods.qmd"], tmp_path / "out")


def test_renders_a_private_copy(tmp_path: Path) -> None:
    root = samples.make_project(tmp_path)
    index = stage(samples.executed(), samples.report_directory(root))
    lister = Quarto(program(tmp_path, 'cp -r "$2" "$2.copy" && mv "$2.copy" "$2/_site"'), "1.10.0")
    (root / "other.qmd").write_text("---\ntitle: another page\n---\n")
    out = tmp_path / "out"
    render(lister, root, [index], out)
    assert (out / index.relative_to(root)).is_file()
    assert (out / "src" / "neraca" / "publish" / "content.css").is_file()
    assert not (out / "other.qmd").exists()
    configuration = (out / "_quarto.yml").read_text()
    assert "- reports/id/lampung/2020/index.ipynb\n" in configuration
    assert "reports/**/index.ipynb" not in configuration


@pytest.fixture(scope="module")
def quarto() -> Quarto:
    found = find_quarto()
    if found is None:
        pytest.skip("Quarto is not installed: neither QUARTO_PATH nor PATH has it")
    return found


@pytest.fixture(scope="module")
def root(quarto: Quarto, tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("quarto")
    samples.published_site(directory)
    return directory


@pytest.fixture(params=["id", "en"])
def language(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def page(root: Path, language: str) -> Path:
    return root / "_site" / "reports" / language / "lampung" / "2020" / "index.html"


def _soup(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def _words(found: Tag) -> str:
    return " ".join(found.get_text().replace("\u00a0", " ").split())


@pytest.mark.quarto
def test_report_has_what_the_embedded_publisher_gives(
    page: Path, root: Path, tmp_path: Path
) -> None:
    index = root / page.parent.relative_to(root / "_site") / "index.ipynb"
    render_report(index, root, tmp_path)
    theirs, ours = _soup(page), _soup(tmp_path / "index.html")
    assert theirs.html["lang"] == ours.html["lang"]
    assert _words(theirs.h1) == _words(ours.h1)
    captions = [_words(found) for found in ours.find_all(class_="caption")]
    assert [_words(found) for found in theirs.find_all("figcaption")] == captions
    references = [(_words(found), found["href"]) for found in ours.find_all(class_="reference")]
    assert [
        (_words(found), found["href"]) for found in theirs.find_all(class_="quarto-xref")
    ] == references
    headings = [_words(found) for found in ours.select(".text > :is(h2, h3)")][:-1]
    assert [_words(found) for found in theirs.select("main section > :is(h2, h3)")][
        : len(headings)
    ] == headings
    for found in ours.find_all("img"):
        assert theirs.find("img", src=found["src"])["alt"] == found["alt"]
    links = [found["href"] for found in ours.find(class_="downloads").find_all("a")]
    assert [found["href"] for found in theirs.find(class_="downloads").find_all("a")] == links


@pytest.mark.quarto
def test_report_is_complete(page: Path, language: str) -> None:
    for name in (
        *("index.pdf", "figures/fig-balance.svg", "data/fig-balance.csv", "indicators.json"),
        "notebooks/summary.ipynb",
    ):
        assert (page.parent / name).is_file(), name
    document = PdfReader(page.parent / "index.pdf")
    assert document.trailer["/Root"]["/MarkInfo"]["/Marked"]
    text = " ".join(" ".join(sheet.extract_text() for sheet in document.pages).split())
    assert samples.WORDS[language]["balance"] in text
    assert {"id": "Gambar 2", "en": "Figure 2"}[language] in text.replace("\u00a0", " ")
    # A long table goes on over the pages, to its last row.
    assert re.search(r"Kepala\s+BPS 40", text)
    assert "CSV" not in text


@pytest.mark.quarto
@pytest.mark.browser
def test_report_in_a_browser(page: Path, root: Path) -> None:
    site = root / "_site"
    with chromium() as browser, serving(site) as address:
        found = problems(browser, f"{address}/{page.relative_to(site).as_posix()}", NARROW)
    assert found == []


@pytest.mark.quarto
def test_index_lists_the_report(page: Path, root: Path, language: str) -> None:
    site = root / "_site"
    index = site / {"id": "index.html", "en": "en/index.html"}[language]
    links = [found["href"] for found in _soup(index).find("main").find_all("a")]
    assert page in [Path(os.path.normpath(index.parent / link)) for link in links]


@pytest.mark.quarto
def test_publisher_is_named(quarto: Quarto, root: Path) -> None:
    index = stage(samples.executed("en"), samples.report_directory(root, "en"))
    assert publish(index, root, root / "_site").publisher == f"quarto {quarto.version}"


@pytest.mark.quarto
def test_plain_render_in_a_fresh_clone(quarto: Quarto, tmp_path: Path) -> None:
    root = samples.make_project(tmp_path)
    done = subprocess.run(
        [quarto.program, "render"], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "make report" in _words(_soup(root / "_site" / "index.html").find("main"))
    assert (root / "_site" / "en" / "methods.html").is_file()
    assert not list((root / "_site").rglob("*.pdf"))
