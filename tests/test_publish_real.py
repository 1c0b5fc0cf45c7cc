"""A real report, published: its weight, the time it takes, and whether everybody can read it."""

import gzip
import json
import resource
from pathlib import Path

import pytest
from browser_checks import NARROW, WIDE, chromium, problems
from page_structure import structure
from publish_samples import make_project, without_quarto
from pypdf import PdfReader
from test_accessibility import opened, violations
from test_publish_paper import alternatives

from analysis.parameters import ReportParameters
from neraca.pipeline.execute import execute_together
from neraca.publish import publish, publish_site, stage
from neraca.publish.pandoc import render_report
from neraca.publish.quarto import find_quarto
from neraca.publish.stage import ORDER

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("real-report")]

KILOBYTE = 1000
MOST_SECONDS = 1.6  # of one core, for the page and the PDF; a busy machine needs twice its best


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory, project_root: Path) -> Path:
    """The longest report there is, staged."""
    root = make_project(tmp_path_factory.mktemp("real"))
    notebooks = [project_root / "notebooks" / f"{name}.ipynb" for name in ORDER]
    parameters = ReportParameters.parse({"province": "lampung", "year": 2025, "language": "id"})
    executed = execute_together(notebooks, parameters.model_dump(), project_root)
    return stage(executed, root / "reports" / "id" / "lampung" / "2025")


@pytest.fixture(scope="module")
def root(index: Path) -> Path:
    return index.parents[4]


@pytest.fixture(scope="module")
def page(index: Path, root: Path) -> Path:
    with pytest.MonkeyPatch.context() as monkeypatch:
        without_quarto(monkeypatch)
        published = publish(index, root, root / "_site")
        publish_site(root, root / "_site")
    return published.html


def test_weighs_little(page: Path) -> None:
    figures = list(page.parent.glob("figures/*.svg"))
    assert len(figures) > 10
    for figure in figures:
        assert figure.stat().st_size <= 150 * KILOBYTE, figure.name
    sent = [len(gzip.compress(path.read_bytes())) for path in (page, *figures)]
    assert sum(sent) <= 1500 * KILOBYTE


def test_is_published_soon(index: Path, root: Path, page: Path, tmp_path: Path) -> None:
    taken = []
    for attempt in range(5):  # ``page`` is made, so that what is loaded once is loaded
        directory = tmp_path / str(attempt)
        directory.mkdir()
        start = _seconds()
        render_report(index, root, directory)
        taken.append(_seconds() - start)
    assert min(taken) <= MOST_SECONDS


def _seconds() -> float:
    """Return the time that this process and the ended ones it started have had on a core."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(found.ru_utime + found.ru_stime for found in used)


@pytest.mark.browser
@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_everybody_can_read_it(page: Path, width: int, colours: str) -> None:
    with chromium() as browser:
        assert problems(browser, page, width, colours) == []
        assert violations(opened(browser, page.as_uri(), width, colours)) == []


def test_paper_has_every_alternative_text(page: Path) -> None:
    root = PdfReader(page.parent / "index.pdf").trailer["/Root"]
    assert root["/Lang"] == "id"
    described = alternatives(root["/StructTreeRoot"])
    for _, alternative, _ in structure(page)["figures"]:
        assert alternative in described


def test_what_machines_are_told_leads_to_files(page: Path) -> None:
    (described,) = structure(page)["described"]
    report, data = json.loads(described)["@graph"]
    for file in (report["encoding"], *data["distribution"]):
        assert (page.parent / file["contentUrl"]).is_file(), file


@pytest.mark.quarto
def test_quarto_says_the_same(index: Path, root: Path, page: Path) -> None:
    found = find_quarto()
    assert found is not None
    ours = structure(page)
    theirs = structure(publish(index, root, root / "_quarto").html)
    for part, content in ours.items():
        assert theirs[part] == content, part
