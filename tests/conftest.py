"""What several tests share: the project's root, small projects, and programs that may be absent."""

import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import nbformat
import pytest

# As in a report's kernel: sums over several threads are added in any order, and slower here.
for _threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_threads, "1")

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
