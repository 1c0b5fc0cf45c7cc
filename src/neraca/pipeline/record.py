"""Record what a report was made of, by which versions, and with what result."""

import hashlib
import json
import platform
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from analysis.errors import NeracaError
from analysis.parameters import ReportParameters
from neraca.pipeline.project import Project
from neraca.publish.files import write_atomically
from neraca.publish.stage import RECORD_TYPE

# The libraries whose version can change a figure, a number or a page.
LIBRARIES = (
    "babel",
    "holidays",
    "ipykernel",
    "matplotlib",
    "nbclient",
    "numpy",
    "pandas",
    "papermill",
    "pypandoc_binary",
    "scipy",
    "seaborn",
    "statsmodels",
    "typst",
)


def payload(name: str, executed: NotebookNode) -> dict[str, Any]:
    """Give the one record that an executed notebook displays.

    Raises:
        NeracaError: if it displays none, or several.

    """
    found = [
        output.data[RECORD_TYPE]
        for cell in executed.cells
        for output in cell.get("outputs", [])
        if RECORD_TYPE in output.get("data", {})
    ]
    if len(found) != 1:
        raise NeracaError(
            f"The notebook {name} displays {len(found)} records instead of one; "
            "its last cell must display `report.record(catalog, …)`, and no other cell may."
        )
    return found[0]


def write_record(
    project: Project,
    parameters: ReportParameters,
    executed: Mapping[str, NotebookNode],
    publisher: str,
) -> Path:
    """Write `record.json` beside a staged report and give its path.

    It holds no time, path or host name, so two equal runs write equal bytes.

    Raises:
        NeracaError: if a notebook has no record, or several.

    """
    directory = project.report(parameters)
    payloads = {name: payload(name, notebook) for name, notebook in executed.items()}
    content = {
        "parameters": parameters.model_dump(),
        "indicators": {name: found["indicators"] for name, found in payloads.items()},
        "reads": {name: found["reads"] for name, found in payloads.items()},
        "sources": _sources(project, executed),
        "results": _digests(directory, directory.glob("figures/*"), directory.glob("data/*")),
        "versions": {library: version(library) for library in LIBRARIES},
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}",
        "publisher": publisher,
    }
    path = directory / "record.json"
    write_atomically(path, json.dumps(content, indent=1, sort_keys=True, allow_nan=False) + "\n")
    return path


def source_digest(notebook: Path) -> str:
    """Give the SHA-256 of a notebook's cells as written, whatever outputs they were saved with."""
    cells = nbformat.read(notebook, as_version=4).cells
    written = [(cell.cell_type, cell.metadata.get("tags", []), cell.source) for cell in cells]
    return hashlib.sha256(json.dumps(written).encode()).hexdigest()


def _sources(project: Project, names: Iterable[str]) -> dict[str, str]:
    root = project.root
    notebooks = (project.notebooks / f"{name}.ipynb" for name in names)
    return {
        **{f"notebooks/{path.name}": source_digest(path) for path in notebooks},
        **_digests(root, _package_files(root), [root / "requirements.lock"]),
    }


def _package_files(root: Path) -> Iterable[Path]:
    """Give the files of the analysis package, translations included, compiled ones not."""
    files = (root / "src" / "analysis").rglob("*")
    return (path for path in files if path.is_file() and "__pycache__" not in path.parts)


def _digests(base: Path, *groups: Iterable[Path]) -> dict[str, str]:
    return {
        path.relative_to(base).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for group in groups
        for path in sorted(group)
    }
