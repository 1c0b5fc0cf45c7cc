"""Make one report: check the data, execute the notebooks, put them together, publish."""

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from analysis.catalog.check import check
from analysis.errors import NeracaError
from analysis.parameters import ReportParameters
from neraca.pipeline.execute import execute_together
from neraca.pipeline.national import has_national, make_national
from neraca.pipeline.project import Project
from neraca.pipeline.record import write_record
from neraca.publish import publish, publish_site, stage
from neraca.publish.quarto import find_quarto
from neraca.publish.renewal import note_failure
from neraca.publish.stage import ORDER


@dataclass(frozen=True)
class Report:
    """A report that was made.

    Attributes:
        html: the page.
        pdf: the same as a document to print.
        record: what it was made of and with what result.
        publisher: the program that rendered it, with its version.
        seconds: time each step took, in the order of the steps.

    """

    html: Path
    pdf: Path
    record: Path
    publisher: str
    seconds: dict[str, float]


def make_report(
    project: Project,
    parameters: ReportParameters,
    finished: Callable[[str, float], None] = lambda step, seconds: None,
) -> Report:
    """Make a report from published figures to rendered page.

    Args:
        project: the checkout to make it in.
        parameters: what to report on.
        finished: told the name and the seconds of each step as it ends.

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

    # Before anything runs: a Quarto that cannot be used must cost no time and no page.
    find_quarto()
    try:
        with step("check the data"):
            require_sound_data(project.data)
        if has_national(project):
            with step("compare all provinces"):
                make_national(project, parameters.year)
        with step("execute the notebooks"):
            notebooks = [project.notebooks / f"{name}.ipynb" for name in ORDER]
            executed = execute_together(notebooks, parameters.model_dump(), project.root)
        with step("put the report together"):
            index = stage(executed, project.report(parameters))
        with step("publish"):
            page = publish(index, project.root, project.site)
            record = write_record(project, parameters, executed, page.publisher)
    except BaseException as error:
        # No other page may go on pointing to the one that is gone. What failed is told, not a
        # second failure after it; and who interrupts waits for nothing.
        listed = withdraw(project, parameters)
        if isinstance(error, Exception):
            note_failure(project.report(parameters), error)
        if listed and isinstance(error, Exception):
            with suppress(NeracaError):
                publish_site(project.root, project.site)
        raise
    with step("publish the site's pages"):
        publish_site(project.root, project.site)
    return Report(page.html, page.pdf, record, page.publisher, seconds)


def require_sound_data(data: Path) -> None:
    """Refuse figures that the data check finds fault with.

    Raises:
        NeracaError: listing every problem, one a line.

    """
    problems = check(data)
    if problems:
        raise NeracaError("\n".join(str(problem) for problem in problems))


def withdraw(project: Project, parameters: ReportParameters) -> bool:
    """Remove a report's page and its source; say whether there was a page.

    The record stays: what it says of the run that it records remains true, and the records of
    the reference reports are what a later run is compared with.
    """
    page = project.page(parameters)
    listed = page.is_dir()
    shutil.rmtree(page, ignore_errors=True)
    for path in project.report(parameters).glob("*"):
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name != "record.json":
            path.unlink()
    return listed
