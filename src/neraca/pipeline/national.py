"""Make the comparison of all provinces of a year, which the other notebooks read."""

import csv
from collections.abc import Mapping
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
from nbformat import NotebookNode

from analysis.errors import NeracaError
from neraca.pipeline.inputs import Inputs
from neraca.pipeline.project import Project
from neraca.pipeline.record import payload, recorded_reads, write_national_record
from neraca.pipeline.state import forget_state, keep_state, made_state
from neraca.publish.files import write_atomically

# What executes a notebook is imported where one is executed: who only asks waits for nothing.
if TYPE_CHECKING:
    from neraca.pipeline.servers import Kernel

NOTEBOOK = "national"


def has_national(project: Project) -> bool:
    """Say whether the project has the notebook; without it each report goes without."""
    return national_notebook(project).is_file()


def make_national(project: Project, year: int, kernel: "Kernel" = "warm") -> Path:
    """Execute `national.ipynb` for a year, write each resource of its record as a CSV file.

    Returns:
        The directory of the files, which has those of this run and no others.

    Raises:
        NeracaError: if the notebook fails, or its record holds no table; the results of an
            earlier run are gone then, so nothing can read them as this one's.

    """
    from neraca.pipeline.execute import execute

    inputs = Inputs(project)
    inputs.look([NOTEBOOK])
    forget_state(project.national(year))
    try:
        executed = execute(national_notebook(project), {"year": year}, project.root, kernel)
        return keep_national(project, year, executed, inputs)
    except BaseException:
        withdraw_national(project, year)
        raise


def keep_national(project: Project, year: int, executed: NotebookNode, inputs: Inputs) -> Path:
    """Write the files of a year's comparison from its executed notebook; give their directory.

    Args:
        project: the checkout to write in.
        year: the year that the notebook was executed for.
        executed: the executed notebook.
        inputs: what it was made from, looked at before it was executed.

    Raises:
        NeracaError: if its record holds no table; nothing is written then.

    """
    directory = project.national(year)
    files = _files(payload(NOTEBOOK, executed).get("resources"))
    forget_state(directory)
    write_atomically(directory / f"{NOTEBOOK}.ipynb", nbformat.writes(executed) + "\n")
    for name, content in files.items():
        write_atomically(directory / name, content)
    _remove(directory, keep=set(files))
    write_national_record(project, year, executed)
    if inputs.are_steady():
        reads = recorded_reads(directory)
        state = made_state(inputs, {"year": year}, [NOTEBOOK], reads)
        keep_state(directory, project.root, state)
    return directory


def withdraw_national(project: Project, year: int) -> None:
    """Remove the tables of a year's comparison, so that nothing reads them as of this run."""
    directory = project.national(year)
    forget_state(directory)
    _remove(directory, keep=set())


def _remove(directory: Path, keep: set[str]) -> None:
    for path in directory.glob("*.csv"):
        if path.name not in keep:
            path.unlink()


def national_notebook(project: Project) -> Path:
    """Give the path of the notebook, there or not."""
    return project.notebooks / f"{NOTEBOOK}.ipynb"


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
