"""Make one report: check the data, execute the notebooks, put them together, publish."""

import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
from nbformat import NotebookNode

from analysis.errors import NeracaError
from analysis.parameters import ReportParameters
from neraca.pipeline.freshness import Judge, Task
from neraca.pipeline.inputs import Inputs
from neraca.pipeline.national import has_national, make_national
from neraca.pipeline.project import Project
from neraca.pipeline.record import recorded_reads, write_record
from neraca.pipeline.state import RECORD, forget_state, keep_state, made_state
from neraca.publish import publish, publish_site, stage
from neraca.publish.failures import Failure, note_failure
from neraca.publish.stage import ORDER

# What executes notebooks and checks figures is imported where that is done: an unchanged report
# waits for neither.
if TYPE_CHECKING:
    from neraca.pipeline.servers import Kernel


@dataclass(frozen=True)
class Report:
    """A report that was made, or found as it would be made.

    Attributes:
        html: the page.
        pdf: the same as a document to print.
        record: what it was made of and with what result.
        publisher: the program that renders it, with its version.
        done: what was done to it: `nothing`, `render`, or `execute`, which takes in the other.
        reasons: why that was done.
        seconds: time each step took, in the order of the steps.

    """

    html: Path
    pdf: Path
    record: Path
    publisher: str
    done: Task
    reasons: tuple[str, ...]
    seconds: dict[str, float]


def make_report(
    project: Project,
    parameters: ReportParameters,
    finished: Callable[[str, float], None] = lambda step, seconds: None,
    kernel: "Kernel" = "warm",
    again: bool = False,
) -> Report:
    """Make a report from published figures to rendered page, as far as it is not made already.

    Args:
        project: the checkout to make it in.
        parameters: what to report on.
        finished: told the name and the seconds of each step as it ends.
        kernel: how the kernels of the notebooks start; what is made is the same.
        again: execute the notebooks even if nothing has changed since.

    Raises:
        NeracaError: if a step fails; the report's earlier page is gone then, so that no page
            stays that the data and the notebooks no longer give.

    """
    seconds: dict[str, float] = {}

    @contextmanager
    def step(name: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        seconds[name] = time.perf_counter() - start
        finished(name, seconds[name])

    judge = Judge(project)
    # Before anything runs: a Quarto that cannot be used must cost no time and no page.
    publisher = judge.publisher
    with step("look for changes"):
        judgement = judge.report(parameters.model_dump())
    task: Task = "execute" if again else judgement.task
    try:
        if task == "execute":
            _warm_up(kernel)
            with step("check the data"):
                require_meant_data(project.data)
                require_sound_data(project.data)
            if has_national(project) and (again or judge.national(parameters.year)):
                site_is_behind(project)
                with step("compare all provinces"):
                    make_national(project, parameters.year, kernel)
                judge = Judge(project)
                task = "execute" if again else judge.report(parameters.model_dump()).task
        if task == "execute":
            judge.inputs.look(ORDER, parameters.year)
            with step("execute the notebooks"):
                executed = execute_notebooks(project, parameters, kernel)
        elif task == "render":
            executed = executed_notebooks(project.report(parameters))
        if task != "nothing":
            site_is_behind(project)
            with step("put the report together"):
                index = put_together(project, parameters, executed, judge.inputs)
            with step("publish"):
                publish(index, project.root, project.site)
    except BaseException as error:
        # No other page may go on pointing to the one that is gone. What failed is told, not a
        # second failure after it; and who interrupts waits for nothing.
        site_is_behind(project)
        listed = withdraw(project, parameters)
        if isinstance(error, Exception):
            failure = replace(Failure.of(error), parameters=parameters.model_dump())
            note_failure(project.report(parameters), failure)
        if listed and isinstance(error, Exception):
            with suppress(NeracaError):
                bring_site_up(project)
        raise
    if is_site_behind(project):
        with step("publish the site's pages"):
            bring_site_up(project)
    page = project.page(parameters)
    record = project.report(parameters) / RECORD
    return Report(
        page / "index.html",
        page / "index.pdf",
        record,
        publisher,
        task,
        () if task == "nothing" else judgement.reasons,
        seconds,
    )


def require_sound_data(data: Path) -> None:
    """Refuse figures that the data check finds fault with.

    Raises:
        NeracaError: listing every problem, one a line.

    """
    from analysis.catalog.check import check

    problems = check(data)
    if problems:
        raise NeracaError("\n".join(str(problem) for problem in problems))


def require_meant_data(data: Path) -> None:
    """Refuse figures that are marked as synthetic, unless the environment says they are meant.

    Raises:
        NeracaError: if they are synthetic and not meant.

    """
    from analysis.catalog.check import MEANT, require_published

    require_published(data, synthetic=MEANT in os.environ)


def execute_notebooks(
    project: Project, parameters: ReportParameters, kernel: "Kernel"
) -> dict[str, NotebookNode]:
    """Execute the notebooks of a report and give them by name; no file is written.

    Raises:
        NeracaError: as `execute_together` does.

    """
    from neraca.pipeline.execute import execute_together

    notebooks = [project.notebooks / f"{name}.ipynb" for name in ORDER]
    return execute_together(notebooks, parameters.model_dump(), project.root, kernel)


def executed_notebooks(directory: Path) -> dict[str, NotebookNode]:
    """Read the notebooks of a report that were executed earlier, by name."""
    return {
        name: nbformat.read(directory / "notebooks" / f"{name}.ipynb", as_version=4)
        for name in ORDER
    }


def put_together(
    project: Project,
    parameters: ReportParameters,
    executed: Mapping[str, NotebookNode],
    inputs: Inputs,
) -> Path:
    """Write a report's source and record from its executed notebooks; give its `index.ipynb`.

    Args:
        project: the checkout to write in.
        parameters: what the notebooks were executed with.
        executed: the executed notebooks, by name.
        inputs: what they were made from, looked at before they were executed.

    Raises:
        NeracaError: if the notebooks make no report.

    """
    directory = project.report(parameters)
    forget_state(directory)
    index = stage(executed, directory)
    write_record(project, parameters, executed)
    if inputs.are_steady():
        asked, reads = parameters.model_dump(), recorded_reads(directory)
        keep_state(directory, project.root, made_state(inputs, asked, ORDER, reads))
    return index


def withdraw(project: Project, parameters: ReportParameters) -> bool:
    """Remove a report's page and its source; say whether there was a page.

    The record stays: what it says of the run that it records remains true, and the records of
    the reference reports are what a later run is compared with.
    """
    page = project.page(parameters)
    listed = page.is_dir()
    shutil.rmtree(page, ignore_errors=True)
    directory = project.report(parameters)
    forget_state(directory)
    for path in directory.glob("*"):
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name != RECORD:
            path.unlink()
    return listed


def site_is_behind(project: Project) -> None:
    """Note that the site's own pages must be made again, before what they list changes."""
    note = _note(project)
    note.parent.mkdir(exist_ok=True)
    note.touch()


def is_site_behind(project: Project) -> bool:
    """Say whether the site's own pages may list something else than there is."""
    return _note(project).exists() or not (project.site / "index.html").is_file()


def bring_site_up(project: Project) -> None:
    """Make the site's own pages again.

    Raises:
        NeracaError: if one cannot be made.

    """
    publish_site(project.root, project.site)
    site_came_up(project)


def site_came_up(project: Project) -> None:
    """Note that the site's own pages list what there is."""
    _note(project).unlink(missing_ok=True)


def _note(project: Project) -> Path:
    return project.root / "reports" / ".site-is-behind"


def _warm_up(kernel: "Kernel") -> None:
    if kernel == "warm":
        from neraca.pipeline.servers import warm_up

        warm_up()
