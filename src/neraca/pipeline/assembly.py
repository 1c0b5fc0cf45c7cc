"""Put executed reports together and render them, several at a time."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbformat.v4.rwbase import rejoin_lines, strip_transient

from analysis.errors import NeracaError
from analysis.parameters import ReportParameters
from neraca.pipeline.inputs import Inputs
from neraca.pipeline.project import Project, address
from neraca.pipeline.report import executed_notebooks, put_together
from neraca.pipeline.units import failure_of
from neraca.publish import render_many
from neraca.publish.failures import Failure

_NOTEBOOK_DEPTH = 4  # the notebook, its cells, their outputs, and what these have by type


@dataclass(frozen=True)
class Assembly:
    """A report to put together.

    Attributes:
        parameters: what it was executed with.
        executed: its executed notebooks by name; None takes those that lie in the project.
        inputs: what they were made from, looked at before they were executed.

    """

    parameters: ReportParameters
    executed: Mapping[str, bytes] | None
    inputs: Inputs


@dataclass
class Assembled:
    """What became of reports: why each that failed did so, by its address, and warnings."""

    failures: dict[str, Failure] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


def assemble(project: Project, reports: Sequence[Assembly]) -> Assembled:
    """Write the sources and records of reports and render them together.

    A report that cannot be put together or rendered stops no other.
    """
    assembled = Assembled()
    staged: dict[Path, Assembly] = {}
    for report in reports:
        try:
            staged[_put_together(project, report).resolve()] = report
        except Exception as error:
            _fail(assembled, report, error)
    published = render_many(list(staged), project.root, project.site, workers=1)
    for index, refusal in published.failures.items():
        _fail(assembled, staged[index], refusal)
    assembled.warnings += published.warnings
    return assembled


def _fail(assembled: Assembled, report: Assembly, error: Exception) -> None:
    failure = replace(failure_of(error), parameters=report.parameters.model_dump())
    assembled.failures[address(report.parameters)] = failure


def _put_together(project: Project, report: Assembly) -> Path:
    if report.executed is None:
        executed = executed_notebooks(project.report(report.parameters))
    else:
        executed = {name: _notebook(name, each) for name, each in report.executed.items()}
    return put_together(project, report.parameters, executed, report.inputs)


def _notebook(name: str, content: bytes) -> NotebookNode:
    """Read an executed notebook; what is staged of it is validated there, and not here too."""
    try:
        return strip_transient(rejoin_lines(_nodes(json.loads(content), _NOTEBOOK_DEPTH)))
    except ValueError as error:
        raise NeracaError(f"What came back of {name} is no notebook: {error}.") from None


def _nodes(part: Any, depth: int) -> Any:
    """Make nodes of the dicts of a notebook, and not of the large records that it displays."""
    if depth and isinstance(part, dict):
        return NotebookNode({name: _nodes(each, depth - 1) for name, each in part.items()})
    if depth and isinstance(part, list):
        return [_nodes(each, depth) for each in part]
    return part
