"""Make many reports: judge each once, execute on every core or a cluster, render meanwhile."""

import itertools
import os
import shutil
import signal
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from queue import SimpleQueue
from types import FrameType
from typing import Any, Protocol

from nbformat import v4

from analysis.errors import NeracaError
from analysis.parameters import ReportParameters
from neraca.pipeline.assembly import Assembled, Assembly
from neraca.pipeline.crew import Crew
from neraca.pipeline.freshness import Judge
from neraca.pipeline.inputs import Inputs
from neraca.pipeline.national import (
    NOTEBOOK,
    has_national,
    keep_national,
    national_notebook,
    withdraw_national,
)
from neraca.pipeline.progress import Compared, Done, Planned, Result, Summary, Tell, Warned
from neraca.pipeline.project import Project, address
from neraca.pipeline.report import (
    is_site_behind,
    require_meant_data,
    require_sound_data,
    site_came_up,
    site_is_behind,
    withdraw,
)
from neraca.pipeline.request import Request
from neraca.pipeline.servers import Kernel
from neraca.pipeline.state import forget_state
from neraca.pipeline.units import Executed, Unit, failure_of
from neraca.pipeline.worker import Assemblies, Setup, SitePages
from neraca.publish.failures import Failure, note_failure
from neraca.publish.stage import ORDER

# Quarto is slow to start, and renders several reports in one go; more than this take memory.
REPORTS_A_RENDER = 8
# Executed reports that may wait to be rendered; each takes a few megabytes.
REPORTS_WAITING = 64


class Executor(Protocol):
    """What executes units: this machine's workers, or a cluster's."""

    @property
    def capacity(self) -> int:
        """Say how many units keep it at work."""
        ...

    def submit(self, number: int, unit: Unit) -> None:
        """Begin a unit; its number and outcome are put into the queue of results."""
        ...


@dataclass(frozen=True)
class Options:
    """How a batch is made.

    Attributes:
        kernel: how kernels start.
        again: whether to execute reports that are fresh.
        cores: how many things to do at a time on this machine.
        scheduler: address of a Dask scheduler, whose workers execute; none executes here.

    """

    kernel: Kernel = "warm"
    again: bool = False
    cores: int = 1
    scheduler: str | None = None


@dataclass(frozen=True)
class _Report:
    """A report to execute, and what it is made from."""

    parameters: ReportParameters
    inputs: Inputs


@dataclass(frozen=True)
class _Comparison:
    """The comparison of a year to execute, and what it is made from."""

    year: int
    inputs: Inputs


_Job = _Report | _Comparison | Assemblies | SitePages


def cores() -> int:
    """Give the number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def make_batch(project: Project, request: Request, options: Options, tell: Tell) -> Summary:
    """Make all reports that were asked for and are not fresh.

    Args:
        project: the checkout to make them in.
        request: what was asked for.
        options: how.
        tell: told each thing that happens.

    Returns:
        What became of the batch, which was told last. An interrupt ends it too: what is finished
        stays, and nothing goes on running.

    Raises:
        NeracaError: if no report can be made, because the figures, the publisher or the cluster
            are not in order; nothing is changed then. Also if a file of the project cannot be
            read or written that is no single report's.

    """
    start = time.monotonic()
    batch = _Batch(project, request, options, tell)
    with _interrupts():
        try:
            batch.run()
        except KeyboardInterrupt:
            batch.summary = replace(batch.summary, stopped=True)
        except OSError as error:
            raise NeracaError(
                f"The batch cannot go on: {error}. Give it room, and the right to write there. "
                "What is finished stays; the same command goes on from there."
            ) from error
    summary = replace(batch.summary, seconds=time.monotonic() - start)
    tell(summary)
    return summary


@dataclass
class _Batch:
    """What there is to do, what is being done, and what was done."""

    project: Project
    request: Request
    options: Options
    tell: Tell
    summary: Summary = field(default_factory=Summary)
    ready: deque[_Report | _Comparison] = field(default_factory=deque)
    waiting: list[Assembly] = field(default_factory=list)
    running: dict[int, _Job] = field(default_factory=dict)
    results: "SimpleQueue[tuple[int | None, Any]]" = field(default_factory=SimpleQueue)
    done: int = 0
    total: int = 0

    def run(self) -> None:
        """Plan, then do what is planned."""
        judge = Judge(self.project)
        # Before anything runs: a Quarto that cannot be used must cost no time and no page.
        publisher = judge.publisher
        years = sorted({report.year for report in self.request.reports})
        compared = [year for year in years if self._is_to_compare(judge, year)]
        for year in compared:
            self.ready.append(_Comparison(year, Inputs(self.project)))
        for year in years:
            if year not in compared:
                self._judge_year(judge, year)
        self._tell_plan(compared)
        if self.total or is_site_behind(self.project):
            self._do(publisher)

    def _is_to_compare(self, judge: Judge, year: int) -> bool:
        if not has_national(self.project):
            return False
        return self.options.again or bool(judge.national(year))

    def _judge_year(self, judge: Judge, year: int) -> None:
        """Find out what is to be done for the reports of a year whose comparison is fresh."""
        executed = []
        for report in self._of_year(year):
            task = judge.report(report.model_dump()).task
            if task == "execute" or self.options.again:
                executed.append(_Report(report, judge.inputs))
            elif task == "render":
                self.waiting.append(Assembly(report, None, judge.inputs))
            else:
                self.summary = replace(self.summary, fresh=self.summary.fresh + 1)
                if self.total:  # It counted among those to make until its year was compared.
                    self._tell_done(report, "unchanged")
        if executed:
            judge.inputs.look(ORDER, year)
        self.ready += executed

    def _of_year(self, year: int) -> Iterator[ReportParameters]:
        return (report for report in self.request.reports if report.year == year)

    def _tell_plan(self, compared: Sequence[int]) -> None:
        unjudged = sum(1 for year in compared for _ in self._of_year(year))
        execute = unjudged + sum(isinstance(job, _Report) for job in self.ready)
        skipped = tuple(f"{each.province} {each.year}" for each in self.request.skipped)
        self.tell(Planned(execute, len(self.waiting), self.summary.fresh, skipped, tuple(compared)))
        self.total = execute + len(self.waiting)

    def _do(self, publisher: str) -> None:
        with ExitStack() as stack:
            executes_here = bool(self.ready) and self.options.scheduler is None
            setup = Setup(
                self.project.root,
                self.options.cores,
                self.options.kernel if executes_here else None,
            )
            crew = Crew(setup, self.results)
            stack.callback(self._sweep)
            stack.callback(crew.stop)
            executor: Executor = crew
            if self.ready:
                require_meant_data(self.project.data)
                require_sound_data(self.project.data)
                if self.options.scheduler is not None:
                    executor = self._cluster(self.options.scheduler, stack)
            if self.total:
                site_is_behind(self.project)
            group = self._group(publisher)
            while self.ready or self.waiting or self.running:
                self._dispatch(crew, executor, group)
                self._take(*self.results.get())
            if is_site_behind(self.project):
                self._submit(crew, SitePages(), SitePages())
                self._take(*self.results.get())

    def _cluster(self, address: str, stack: ExitStack) -> Executor:
        # Only now: the library is an extra one, and takes a second to import.
        from neraca.pipeline.cluster import Cluster

        cluster = Cluster(address, self.project, self.results)
        stack.callback(cluster.stop)
        return cluster

    def _group(self, publisher: str) -> int:
        """Say how many reports are rendered in one go."""
        if not publisher.startswith("quarto"):
            return 1
        return max(1, min(REPORTS_A_RENDER, -(-self.total // (2 * self.options.cores))))

    def _dispatch(self, crew: Crew, executor: Executor, group: int) -> None:
        """Give out what can be begun."""
        while self.ready and self._has_room(executor):
            job = self.ready.popleft()
            self._submit(executor, job, self._unit(job))
        if not self.ready and not self._executing():
            group = max(1, min(group, -(-len(self.waiting) // self.options.cores)))
            least = 1
        else:
            least = group
        while len(self.waiting) >= least:
            reports, self.waiting = tuple(self.waiting[:group]), self.waiting[group:]
            task = Assemblies(reports)
            self._submit(crew, task, task)

    def _has_room(self, executor: Executor) -> bool:
        rendering = len(self.running) - self._executing() + len(self.waiting)
        return self._executing() < executor.capacity and rendering < REPORTS_WAITING

    def _executing(self) -> int:
        return sum(isinstance(job, _Report | _Comparison) for job in self.running.values())

    def _submit(self, to: Any, job: _Job, task: object) -> None:
        number = next(_NUMBERS)
        self.running[number] = job
        to.submit(number, task)

    def _unit(self, job: _Report | _Comparison) -> Unit:
        kernel = self.options.kernel
        if isinstance(job, _Comparison):
            job.inputs.look([NOTEBOOK])
            forget_state(self.project.national(job.year))
            notebooks = {NOTEBOOK: national_notebook(self.project).read_bytes()}
            return Unit(f"reports/national/{job.year}", notebooks, {"year": job.year}, {}, kernel)
        parameters = job.parameters
        return Unit(
            address(parameters),
            self._notebooks,
            parameters.model_dump(),
            self._compared(parameters.year),
            kernel,
        )

    @cached_property
    def _notebooks(self) -> Mapping[str, bytes]:
        return {name: (self.project.notebooks / f"{name}.ipynb").read_bytes() for name in ORDER}

    def _compared(self, year: int) -> Mapping[str, bytes]:
        return {
            path.relative_to(self.project.root).as_posix(): path.read_bytes()
            for path in sorted(self.project.national(year).glob("*.csv"))
        }

    def _take(self, number: int | None, outcome: Any) -> None:
        """Take in what became of a task, or what is said without one."""
        if number is None:
            self.tell(Warned(outcome))
            return
        if isinstance(outcome, NeracaError):
            raise outcome
        match self.running.pop(number):
            case _Comparison(year, inputs):
                self._compare(year, inputs, outcome)
            case _Report(parameters, inputs):
                if isinstance(outcome, Executed):
                    self.waiting.append(Assembly(parameters, outcome.notebooks, inputs))
                else:
                    self._fail(parameters, outcome)
            case Assemblies(reports):
                self._finish(reports, outcome)
            case SitePages():
                if isinstance(outcome, Failure):
                    self._note("the site's own pages", outcome)
                else:
                    site_came_up(self.project)

    def _compare(self, year: int, inputs: Inputs, outcome: Executed | Failure) -> None:
        """Keep the comparison of a year, and begin the reports of that year."""
        if isinstance(outcome, Executed):
            try:
                executed = v4.reads(outcome.notebooks[NOTEBOOK].decode())
                keep_national(self.project, year, executed, inputs)
            except NeracaError as error:
                outcome = failure_of(error)
        if isinstance(outcome, Executed):
            self.tell(Compared(year))
            self._judge_year(Judge(self.project), year)
            return
        withdraw_national(self.project, year)
        self.tell(Compared(year, outcome.message))
        for report in self._of_year(year):
            self._fail(report, outcome)

    def _finish(self, reports: Sequence[Assembly], outcome: Assembled | Failure) -> None:
        if isinstance(outcome, Failure):
            outcome = Assembled({address(each.parameters): outcome for each in reports})
        for warning in outcome.warnings:
            self.tell(Warned(warning))
        for report in reports:
            failure = outcome.failures.get(address(report.parameters))
            if failure is not None:
                self._fail(report.parameters, failure)
            elif report.executed is None:
                self.summary = replace(self.summary, rendered=self.summary.rendered + 1)
                self._tell_done(report.parameters, "rendered")
            else:
                self.summary = replace(self.summary, executed=self.summary.executed + 1)
                self._tell_done(report.parameters, "executed")

    def _fail(self, report: ReportParameters, failure: Failure) -> None:
        """Leave no page of a report that could not be made, and a note why."""
        withdraw(self.project, report)
        note_failure(self.project.report(report), replace(failure, parameters=report.model_dump()))
        self._note(address(report), failure)
        self._tell_done(report, "failed", failure.message.partition("\n")[0])

    def _note(self, name: str, failure: Failure) -> None:
        failures = {**self.summary.failures, name: failure.message}
        self.summary = replace(self.summary, failures=failures)

    def _tell_done(self, report: ReportParameters, result: Result, failed: str = "") -> None:
        self.done += 1
        self.tell(Done(address(report), result, self.done, self.total, failed))

    def _sweep(self) -> None:
        """Remove what reports that were being put together when all was stopped left half done."""
        for job in self.running.values():
            for report in job.reports if isinstance(job, Assemblies) else ():
                place = self.project.report(report.parameters)
                for directory in (place, self.project.page(report.parameters)):
                    for half in directory.parent.glob(f".{directory.name}-*"):
                        shutil.rmtree(half, ignore_errors=True)


_NUMBERS = itertools.count()


@contextmanager
def _interrupts() -> Iterator[None]:
    """Let Ctrl-C and a request to end interrupt once, and not again what is then cleaned up.

    After an interrupt both stay without effect: the process is about to end, and in good order.
    """
    numbers = (signal.SIGINT, signal.SIGTERM)

    interrupted = False

    def interrupt(number: int, frame: FrameType | None) -> None:
        nonlocal interrupted
        interrupted = True
        for each in numbers:
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in numbers}
    try:
        yield
    finally:
        if not interrupted:
            for number, handler in before.items():
                signal.signal(number, handler)
