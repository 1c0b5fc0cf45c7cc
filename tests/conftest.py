"""What several tests share: the project's root, small projects, and programs that may be absent."""

import os

# As in a report's kernel: sums over several threads are added in any order, and slower here.
# numpy reads this as it is imported, so it stands before what imports numpy.
for _threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_threads, "1")

import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from hypothesis import settings
from report_samples import NOTHING, sound

from analysis.catalog import Catalog
from analysis.catalog.trade import TradeFlows, trade_flows
from analysis.parameters import ReportParameters
from analysis.report import Page, display

# A busy machine is no failure: what a test must not exceed, it measures itself.
settings.register_profile("steady", deadline=None)
settings.load_profile("steady")

ROOT = Path(__file__).resolve().parents[1]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip, with the reason, a test whose program is not on this machine."""
    if item.get_closest_marker("quarto") and find_quarto() is None:
        pytest.skip("Quarto is neither at QUARTO_PATH nor on the PATH")
    if item.get_closest_marker("browser") and find_browser() is None:
        pytest.skip(f"none of {', '.join(BROWSERS)} is on the PATH")


def find_quarto() -> str | None:
    return shutil.which(os.environ.get("QUARTO_PATH") or "quarto")


def find_browser() -> str | None:
    return next(filter(None, map(shutil.which, BROWSERS)), None)


@pytest.fixture(scope="session")
def project_root() -> Path:
    """The checkout under test."""
    return ROOT


@pytest.fixture(scope="session")
def browser_path() -> str:
    """The browser that a test marked `browser` drives."""
    path = find_browser()
    assert path is not None, "mark the test with `browser`"
    return path


@pytest.fixture
def small_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with the real figures and no notebook yet, as the current directory."""
    (tmp_path / "_quarto.yml").touch()
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "requirements.lock").write_text("pandas==3.1.1\n")
    (tmp_path / "data").symlink_to(ROOT / "data")
    monkeypatch.chdir(tmp_path)
    return tmp_path


NotebookWriter = Callable[..., Path]


@pytest.fixture
def write_notebook(tmp_path: Path) -> NotebookWriter:
    """Write a notebook of code cells into `tmp_path/notebooks`; tags go by cell number."""

    def write(name: str, *codes: str, tags: Mapping[int, str] | None = None) -> Path:
        path = tmp_path / "notebooks" / f"{name}.ipynb"
        path.parent.mkdir(exist_ok=True)
        cells = [nbformat.v4.new_code_cell(code) for code in codes]
        for number, tag in ({0: "parameters"} if tags is None else tags).items():
            cells[number].metadata["tags"] = [tag]
        nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
        return path

    return write


@pytest.fixture(scope="module")
def catalog(project_root: Path) -> Catalog:
    return Catalog(project_root / "data")


@pytest.fixture(scope="module")
def flows(catalog) -> TradeFlows:
    return trade_flows(catalog, catalog.province("lampung"), 2025)


@pytest.fixture(params=["id", "en"])
def page(request, catalog) -> Page:
    parameters = {"province": "lampung", "year": 2025, "language": request.param}
    return Page("test", ReportParameters.parse(parameters), catalog)


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch, page) -> Iterator[list[tuple[dict, dict]]]:
    """What was displayed; at the end of a test every text of it is held against the rules."""
    outputs: list[tuple[dict, dict]] = []
    monkeypatch.setattr(
        display,
        "display",
        lambda data, *, raw, metadata: outputs.append((metadata["neraca"], data)),
    )
    monkeypatch.setattr(display, "to_svg", lambda figure: "<svg/>")
    yield outputs
    for _, data in outputs:
        sound(page, data.get("text/markdown", ""))


@pytest.fixture
def empty(flows) -> TradeFlows:
    return replace(flows, table=NOTHING, breaks=(), inside=None, links=())
