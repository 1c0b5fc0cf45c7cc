"""Publishing with Quarto: finding it, believing what it says, and the pages it makes."""

import json
import os
import re
import subprocess
import time
from pathlib import Path

import publish_samples as samples
import pytest
from browser_checks import NARROW, chromium, problems, serving
from bs4 import BeautifulSoup, Tag
from pypdf import PdfReader

from analysis.errors import NeracaError
from neraca.publish import publish, publish_many, stage
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
    monkeypatch.setenv("QUARTO_PATH", "none")
    assert find_quarto() is None


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


def several(root: Path) -> list[Path]:
    """Stage the sample report in both languages, for two years."""
    made = []
    for language in ("id", "en"):
        for year in ("2019", "2020"):
            directory = root / "reports" / language / "lampung" / year
            made.append(stage(samples.executed(language), directory))
    return made


# Renders every page of the private project, and stops at one that has the word BROKEN in it.
_RENDERER = """
if [ "$1" = --version ]; then echo 1.10.0; exit; fi
cd "$2"
for page in $(find reports -name index.ipynb | sort); do
  printf '\\033[1m\\r[1/9] %s\\033[22m\\n' $page >&2
  if grep -q BROKEN $page; then
    printf 'ERROR: no such include in file %s/%s\\n\\nStack trace:\\n    at x\\n' "$2" $page >&2
    exit 1
  fi
  printf '\\033[33mWARN: odd link\\nin it\\033[39m\\n[typst]: Compiling...DONE\\n' >&2
  printf 'WARN: PDF standard validation requested but verapdf is not installed.\\nInstall\\n' >&2
  mkdir -p _site/$(dirname $page) _site/site_libs
  echo $page > _site/$(dirname $page)/index.html
  echo shared > _site/site_libs/a.css
done
"""


@pytest.fixture
def with_renderer(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("QUARTO_PATH", str(program(tmp_path / "bin", _RENDERER)))
    (tmp_path / "root").mkdir()
    return samples.make_project(tmp_path / "root")


@pytest.mark.parametrize("workers", [1, 2, 9])
def test_a_page_that_fails_takes_no_other_with_it(with_renderer: Path, workers: int) -> None:
    indexes = several(with_renderer)
    broken = indexes[2]
    broken.write_text(broken.read_text() + "BROKEN")
    site = with_renderer / "_site"
    published = publish_many(indexes, with_renderer, site, workers)
    assert set(published.pages) == set(indexes) - {broken}
    for index, page in published.pages.items():
        assert page.html.read_text().strip() == index.relative_to(with_renderer).as_posix()
        assert page.publisher == "quarto 1.10.0"
    (error,) = published.failures.values()
    assert str(error) == (
        "Quarto could not render reports/en/lampung/2019/index.ipynb:\n"
        "[1/9] reports/en/lampung/2019/index.ipynb\n"
        "ERROR: no such include in file reports/en/lampung/2019/index.ipynb"
    )
    assert not (site / "reports" / "en" / "lampung" / "2019").exists()
    assert (site / "site_libs" / "a.css").is_file()


def test_warnings_are_kept_and_shown(with_renderer: Path, caplog: pytest.LogCaptureFixture) -> None:
    indexes = several(with_renderer)
    published = publish_many(indexes, with_renderer, with_renderer / "_site", 2)
    assert sorted(published.warnings) == sorted(
        f"{index.relative_to(with_renderer).as_posix()}: WARN: odd link\nin it" for index in indexes
    )
    assert sorted(caplog.messages) == sorted(published.warnings)


def test_a_source_in_the_wrong_place_fails_alone(with_renderer: Path) -> None:
    good = several(with_renderer)[0]
    wrong = with_renderer / "index.ipynb"
    published = publish_many([wrong, good], with_renderer, with_renderer / "_site")
    assert set(published.pages) == {good}
    assert "is not a staged report" in str(published.failures[wrong])


def test_embedded_publishes_many_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    samples.without_quarto(monkeypatch)
    root = samples.make_project(tmp_path)
    indexes = several(root)
    indexes[1].write_text(indexes[1].read_text().replace("@fig-balance", "@fig-nothing"))
    published = publish_many(indexes, root, root / "_site")
    assert set(published.failures) == {indexes[1]}
    assert "@fig-nothing refers to nothing" in str(published.failures[indexes[1]])
    assert all(page.pdf.is_file() for page in published.pages.values())
    page = published.pages[indexes[0]].html.read_text()
    assert 'hreflang="en"' in page, "its translation has been published after it"


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
    named = _words(_soup(page).find(class_="quarto-title-meta-heading"))
    assert named == {"id": "Keadaan data", "en": "Data vintage"}[language]


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
def test_names_the_page_that_fails(quarto: Quarto, tmp_path: Path) -> None:
    root = samples.make_project(tmp_path)
    indexes = several(root)[:2]
    text = (
        indexes[0]
        .read_text()
        .replace('"Lihat @fig', '"{{< include gone.md >}}\\n", "\\n", "Lihat @fig')
    )
    indexes[0].write_text(text)
    with_warning = indexes[1].read_text().replace("Lihat @fig-balance", "Lihat @fig-nothing")
    indexes[1].write_text(with_warning)
    published = publish_many(indexes, root, root / "_site", 1)
    assert set(published.pages) == {indexes[1]}
    message = str(published.failures[indexes[0]])
    assert "reports/id/lampung/2019/index.ipynb" in message
    assert "gone.md" in message
    assert "Stack trace" not in message
    assert any("@fig-nothing" in warning for warning in published.warnings)
    assert all(warning.startswith("reports/id/lampung/2020/") for warning in published.warnings)


@pytest.mark.quarto
def test_pdf_has_no_time_of_its_own(page: Path) -> None:
    info = PdfReader(page.parent / "index.pdf").metadata
    assert (info.creation_date.isoformat(), info.modification_date.isoformat()) == (
        "2021-02-01T00:00:00+00:00",
        "2021-02-01T00:00:00+00:00",
    )


@pytest.mark.quarto
def test_head_describes_the_report_to_machines(page: Path) -> None:
    (found,) = _soup(page).head.find_all("script", type="application/ld+json")
    assert json.loads(found.string)["@graph"][0]["@type"] == "Report"


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


@pytest.mark.quarto
@pytest.mark.slow
def test_shards_are_twice_as_fast_as_one_render_a_report(quarto: Quarto, tmp_path: Path) -> None:
    root = samples.make_project(tmp_path)
    indexes = [
        stage(samples.executed(language), root / "reports" / language / "lampung" / str(year))
        for language in ("id", "en")
        for year in range(2016, 2022)
    ]
    start = time.perf_counter()
    for index in indexes:
        publish(index, root, root / "_site")
    alone = time.perf_counter() - start
    start = time.perf_counter()
    published = publish_many(indexes, root, root / "_site")
    together = time.perf_counter() - start
    assert len(published.pages) == len(indexes)
    assert alone >= 2 * together, f"{alone:.1f} s one by one, {together:.1f} s in shards"
