"""Make the comparison of all provinces of a year, which the other notebooks read."""

import csv
from collections.abc import Mapping, Sequence
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
    """Execute `national.ipynb` for a year, write its result as `national.csv`, give its path.

    Raises:
        NeracaError: if the notebook fails, or its record holds no table; the result of an
            earlier run is gone then, so nothing can read it as this one's.

    """
    table = project.national(year) / "national.csv"
    try:
        executed = execute(_notebook(project), {"year": year}, project.root)
        rows = payload("national", executed).get("resources", {}).get("national")
        content = _csv(rows)
    except BaseException:
        table.unlink(missing_ok=True)
        raise
    write_atomically(table.with_name("national.ipynb"), nbformat.writes(executed) + "\n")
    write_atomically(table, content)
    return table


def _notebook(project: Project) -> Path:
    return project.notebooks / "national.ipynb"


def _csv(rows: Sequence[Mapping[str, Any]] | None) -> str:
    """Write rows as CSV, columns in the order of the first row, missing values empty.

    >>> _csv([{"province": "18", "rank": 3}, {"province": "65", "rank": None}]).split()
    ['province,rank', '18,3', '65,']
    """
    if not rows:
        raise NeracaError(
            "The record of national.ipynb holds no rows; its last cell must pass "
            "the resource `national` to `report.record`."
        )
    text = StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
