"""The whole way, from published figures to the page that a reader opens, as a stranger goes it."""

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import nbformat
import pytest
from browser_checks import NARROW, WIDE, chromium, image_count, problems
from bs4 import BeautifulSoup
from playwright.sync_api import Browser
from pypdf import PdfReader

# One worker makes the reports that all of these tests read.
pytestmark = pytest.mark.xdist_group("end-to-end")

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent

LAMPUNG = ("lampung", 2020, "id")
LAMPUNG_ENGLISH = ("lampung", 2020, "en")
KALTARA = ("kalimantan-utara", 2024, "en")
PAPUA_SELATAN = ("papua-selatan", 2023, "id")
MADE = (LAMPUNG, LAMPUNG_ENGLISH, KALTARA, PAPUA_SELATAN)


def run(root: Path, *command: str, quarto: bool = False) -> subprocess.CompletedProcess[str]:
    """Run a command of the environment in a project, with Quarto in sight or out of it."""
    surroundings = dict(os.environ)
    if not quarto:
        surroundings.pop("QUARTO_PATH", None)
        surroundings["PATH"] = f"{BIN}:/usr/bin:/bin"
        if command[0] == "neraca" and shutil.which("quarto", path=surroundings["PATH"]):
            pytest.skip("Quarto lies in /usr/bin, so the embedded publisher cannot be had")
    return subprocess.run(
        [str(BIN / command[0]), *command[1:]],
        cwd=root,
        env=surroundings,
        capture_output=True,
        text=True,
        timeout=240,
    )


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project without anything that was made in it."""
    root = tmp_path_factory.mktemp("project") / "neraca"
    made = shutil.ignore_patterns(".*", "_site", "reports", "__pycache__", "tests", "benchmarks")
    shutil.copytree(ROOT, root, ignore=made)
    return root


@pytest.fixture(scope="module")
def site(project: Path) -> Path:
    for province, year, language in MADE:
        done = run(project, "neraca", "report", province, str(year), "--language", language)
        assert done.returncode == 0, done.stderr
        page = f"_site/reports/{language}/{province}/{year}/index"
        for printed in (f"{page}.html", f"{page}.pdf", "execute the notebooks", "in all"):
            assert printed in done.stdout
        # Two reports of one year share the comparison of all provinces.
        assert ("compare all provinces" in done.stdout) is (language != "en" or year != 2020)
    return project / "_site"


def directory(site: Path, report: tuple[str, int, str]) -> Path:
    province, year, language = report
    return site / "reports" / language / province / str(year)


@cache  # a page stays as it is once it is made, and is read by several tests
def text_of(page: Path) -> str:
    return BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser").get_text(" ")


@cache
def pdf_text(document: Path) -> str:
    return " ".join(page.extract_text() for page in PdfReader(document).pages)


def indicators(site: Path, report: tuple[str, int, str]) -> dict[str, dict]:
    content = json.loads((directory(site, report) / "indicators.json").read_text(encoding="utf-8"))
    return {
        name: item
        for notebook in content["notebooks"].values()
        for name, item in notebook["indicators"].items()
    }


@pytest.mark.parametrize(
    ("report", "numbers"),
    [(LAMPUNG, ("206,31", "144,78", "61,53")), (LAMPUNG_ENGLISH, ("206.31", "144.78", "61.53"))],
)
def test_january_2020_stands_on_the_page_and_on_paper(
    site: Path, report: tuple[str, int, str], numbers: tuple[str, ...]
) -> None:
    page = text_of(directory(site, report) / "index.html")
    paper = pdf_text(directory(site, report) / "index.pdf")
    for number in numbers:
        assert number in page
        assert number in paper


def test_the_ledger_confirms_january_2020_from_other_sources(site: Path) -> None:
    own = "s93119d94"
    found = indicators(site, LAMPUNG)
    verdicts = {name: item for name, item in found.items() if name.startswith("statement_")}
    for claim in ("export_value", "import_value", "trade_balance"):
        (item,) = [item for name, item in verdicts.items() if name.endswith(claim)]
        assert item["value"] == "confirmed"
        assert set(item["sources"]) - {own}
    page = text_of(directory(site, LAMPUNG) / "index.html")
    assert re.search(r"206,31 juta\s+dikurangi impor USD 144,78 juta", page)


def test_one_worker_has_all_of_these(request: pytest.FixtureRequest) -> None:
    """Make the reports once: a pytest that pytest-xdist does not know yet splits the group."""
    if getattr(request.config.option, "loadgroup", False):
        assert request.node.nodeid.endswith("@end-to-end")


def test_two_provinces_differ_in_figures_and_in_text(site: Path) -> None:
    lampung, kaltara = directory(site, LAMPUNG_ENGLISH), directory(site, KALTARA)
    # Each page names the other province only where provinces are compared.
    for page, own, other in (
        (lampung, "Lampung", "North Kalimantan"),
        (kaltara, "North Kalimantan", "Lampung"),
    ):
        text = text_of(page / "index.html")
        assert text.count(own) > text.count(other)
    shared = {path.name for path in (lampung / "figures").iterdir()} & {
        path.name for path in (kaltara / "figures").iterdir()
    }
    assert len(shared) >= 4
    for name in shared:
        assert (lampung / "figures" / name).read_bytes() != (
            kaltara / "figures" / name
        ).read_bytes()


def test_kaltara_keeps_its_two_bases_apart(site: Path) -> None:
    page = text_of(directory(site, KALTARA) / "index.html")
    assert "by province of origin, FOB; imports by port of unloading, CIF" in page
    assert "Exports by port of loading are another series and are never mixed in" in page
    found = indicators(site, KALTARA)
    assert found["annual_export_2024"]["value"] == 1571.9
    assert found["monthly_balance"]["basis"] == "origin"


def test_every_figure_has_its_data_and_every_indicator_its_origin(site: Path) -> None:
    for report in MADE:
        here = directory(site, report)
        for figure in (here / "figures").glob("*.svg"):
            with (here / "data" / f"{figure.stem}.csv").open(encoding="utf-8") as file:
                assert len(list(csv.reader(file))) > 1
        for name, item in indicators(site, report).items():
            assert item["sources"] or item["method"], name
            assert item["obs_status"], name
        assert {path.stem for path in (here / "notebooks").glob("*.ipynb")} == {
            "summary",
            "export_surplus",
            "downstreaming",
            "ikm_targets",
        }


@pytest.mark.parametrize("report", MADE)
def test_no_page_shows_what_a_program_would(site: Path, report: tuple[str, int, str]) -> None:
    page = text_of(directory(site, report) / "index.html")
    paper = pdf_text(directory(site, report) / "index.pdf")
    for text in (page, paper):
        assert not re.search(r"\bnan\b|\bNone\b|Traceback|\{\w*\}|NotComputed|<NA>", text)


def test_a_province_almost_without_data_says_what_lacks(site: Path) -> None:
    page = text_of(directory(site, PAPUA_SELATAN) / "index.html")
    assert "Diperlukan sedikitnya 36 bulan teramati, tersedia 0." in page
    assert "Sampai Desember 2023 perdagangan Papua Selatan termasuk dalam angka Papua." in page
    assert "data/observations/trade.csv" in page
    assert "Tidak ditampilkan: ekspor menurut barang" in page
    # What is drawn compares provinces, or shows what is known of each month.
    figures = {path.stem for path in directory(site, PAPUA_SELATAN).glob("figures/*.svg")}
    assert {name for name in figures if not name.startswith("fig-provinces-")} <= {"fig-coverage"}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.mark.browser
@pytest.mark.parametrize("width", [NARROW, WIDE])
@pytest.mark.parametrize("report", MADE)
def test_the_page_is_whole_in_a_browser(
    browser: Browser, site: Path, report: tuple[str, int, str], width: int
) -> None:
    assert problems(browser, directory(site, report) / "index.html", width) == []


@pytest.mark.browser
def test_the_browser_shows_every_figure(browser: Browser, site: Path) -> None:
    here = directory(site, LAMPUNG)
    assert image_count(browser, here / "index.html") == len(list((here / "figures").glob("*.svg")))
    assert len(list((here / "figures").glob("*.svg"))) >= 6


def test_papermill_alone_refuses_a_name_that_it_only_warns_of(project: Path) -> None:
    out = project / "out.ipynb"
    done = run(
        project,
        "papermill",
        "--no-progress-bar",
        "notebooks/downstreaming.ipynb",
        str(out),
        "-p",
        "provnce",
        "aceh",
    )
    assert done.returncode != 0
    assert "There is no parameter 'provnce'. Did you mean province?" in done.stderr


def test_papermill_alone_makes_figures_with_their_captions(project: Path) -> None:
    out = project / "out.ipynb"
    command = ("papermill", "--no-progress-bar", "notebooks/ikm_targets.ipynb", str(out))
    done = run(project, *command, "-p", "language", "en")
    assert done.returncode == 0, done.stderr
    notebook = nbformat.read(out, as_version=4)
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    pages = [output["data"]["text/html"] for output in outputs if "image/svg+xml" in output["data"]]
    assert len(pages) >= 5
    for page in pages:
        assert "<svg" in page
        assert re.search(r"<figcaption>[A-Z].{60}", page)


def test_what_is_fresh_is_said_to_be_and_left_as_it_is(project: Path, site: Path) -> None:
    told = json.loads(run(project, "neraca", "status", "--json").stdout)
    assert told["counts"] == {"fresh": len(MADE), "stale": 0, "failed": 0, "missing": 0}
    before = {path: path.stat().st_mtime_ns for path in site.rglob("*")}
    done = run(project, "neraca", "report", "lampung", "2020")
    assert "unchanged" in done.stdout
    assert "execute" not in done.stdout
    assert {path: path.stat().st_mtime_ns for path in site.rglob("*")} == before


@pytest.mark.quarto
def test_quarto_makes_the_same_report_of_what_was_executed(project: Path, site: Path) -> None:
    plain = project.with_name("quarto")
    shutil.copytree(project, plain, ignore=shutil.ignore_patterns("_site"))
    done = run(plain, "neraca", "report", "lampung", "2020", quarto=True)
    assert done.returncode == 0, done.stderr
    assert "because it has no page" in done.stdout
    assert "execute the notebooks" not in done.stdout
    here = directory(plain / "_site", LAMPUNG)
    for number in ("206,31", "144,78", "61,53"):
        assert number in text_of(here / "index.html")
        assert number in pdf_text(here / "index.pdf")
    assert (here / "indicators.json").read_bytes() == (
        directory(site, LAMPUNG) / "indicators.json"
    ).read_bytes()


def test_a_failed_report_leaves_no_page(project: Path, site: Path) -> None:
    here = directory(site, PAPUA_SELATAN)
    kept = here.with_name("kept")
    shutil.copytree(here, kept)
    notebook = project / "notebooks" / "downstreaming.ipynb"
    sound = notebook.read_text(encoding="utf-8")
    notebook.write_text(sound.replace("page.sources()", "page.sources(1)"), encoding="utf-8")
    try:
        done = run(project, "neraca", "report", "papua-selatan", "2023")
    finally:
        notebook.write_text(sound, encoding="utf-8")
    assert done.returncode == 1
    assert "downstreaming.ipynb" in done.stderr
    assert not here.exists()
    kept.rename(here)
