"""Make the comparison of all provinces of a year, which the other notebooks read."""

import csv
from collections.abc import Mapping
from io import StringIO
from pathlib import Path
from typing import Any

import nbformat

from analysis.errors import NeracaError
from neraca.pipeline.execute import execute
from neraca.pipeline.project import Project
from neraca.pipeline.record import payload
from neraca.publish.files import write_atomically


def has_national(project: Project) -> bool:
    """Say whether the project has the notebook; without it each report goes without."""
    return _notebook(project).is_file()


def make_national(project: Project, year: int) -> Path:
    """Execute `national.ipynb` for a year, write each resource of its record as a CSV file.

    Returns:
        The directory of the files, which has those of this run and no others.

    Raises:
        NeracaError: if the notebook fails, or its record holds no table; the results of an
            earlier run are gone then, so nothing can read them as this one's.

    """
    directory = project.national(year)
    try:
        executed = execute(_notebook(project), {"year": year}, project.root)
        files = _files(payload("national", executed).get("resources"))
    except BaseException:
        _remove(directory, keep=set())
        raise
    write_atomically(directory / "national.ipynb", nbformat.writes(executed) + "\n")
    for name, content in files.items():
        write_atomically(directory / name, content)
    _remove(directory, keep=set(files))
    return directory


def _remove(directory: Path, keep: set[str]) -> None:
    for path in directory.glob("*.csv"):
        if path.name not in keep:
            path.unlink()


def _notebook(project: Project) -> Path:
    return project.notebooks / "national.ipynb"


def _files(resources: Mapping[str, Mapping[str, Any]] | None) -> dict[str, str]:
    if not resources or any(not table.get("columns") for table in resources.values()):
        raise NeracaError(
            "The record of national.ipynb holds no table; its last cell must pass "
            "the tables that the other notebooks read to `national.record`."
        )
    return {f"{name}.csv": _csv(table) for name, table in resources.items()}


def _csv(table: Mapping[str, Any]) -> str:
    """Write a table's columns and rows, missing values empty.

    >>> _csv({"columns": ["province", "rank"], "rows": [["18", 3], ["65", None]]}).split()
    ['province,rank', '18,3', '65,']
    """
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(table["columns"])
    writer.writerows(table["rows"])
    return text.getvalue()
