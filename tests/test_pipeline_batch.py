"""Many reports: what is asked for, who does it, what a failure or an interrupt leaves behind."""

import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import workshop as workshops
from rich.console import Console

from analysis.errors import NeracaError
from neraca.pipeline import batch as batches
from neraca.pipeline.batch import Options, make_batch
from neraca.pipeline.execute import KernelDiedError, NotebookError
from neraca.pipeline.progress import (
    Compared,
    Display,
    Done,
    Event,
    Planned,
    Summary,
    Warned,
    json_lines,
    lines,
)
from neraca.pipeline.project import Project
from neraca.pipeline.request import Request, Skipped, read_request, read_years
from neraca.pipeline.units import Executed, Unit, execute_unit
from neraca.publish.failures import Failure

CELL = "province = 'aceh'\nyear = 2000\nlanguage = 'id'"
GIVEN = {"province": "lampung", "year": 2025, "language": "id"}


def asked(provinces="lampung", years="2025", languages="id", **others: str) -> Request:
    return read_request(provinces, years, languages, others, workshops.ROOT / "data")


def addresses(request: Request) -> list[str]:
    return [f"{each.language} {each.province} {each.year}" for each in request.reports]


# What is asked for


def test_every_combination_is_asked_for_once_by_year_and_province() -> None:
    request = asked("lampung,aceh,lampung", "2025,2024-2025", "id,en")
    assert addresses(request) == [
        f"{language} {province} {year}"
        for year in (2024, 2025)
        for province in ("aceh", "lampung")
        for language in ("en", "id")
    ]
    assert request.skipped == ()


def test_all_provinces_are_those_that_were_founded() -> None:
    now, before = asked("all", "2025"), asked("all", "2021")
    assert len(now.reports) == 38
    assert len(before.reports) == 34
    assert Skipped("papua-selatan", 2021) in before.skipped
    assert "id indonesia 2025" not in addresses(now)


def test_the_other_parameters_hold_for_all_reports() -> None:
    request = asked("lampung,aceh", raw_export_cut="25")
    assert {report.raw_export_cut for report in request.reports} == {25.0}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"provinces": "lampung,atlantis"}, ["'atlantis'"]),
        ({"provinces": "lampung,,aceh"}, ["province is missing", "'lampung,,aceh'"]),
        ({"provinces": "indonesia"}, ["Indonesia is no province"]),
        ({"provinces": "lampung,papua-selatan", "years": "2021"}, ["Papua Selatan", "2022"]),
        ({"years": "2025,1900"}, ["1900"]),
        ({"years": "2025-2024"}, ["'2025-2024'", "2018-2024"]),
        ({"years": "25"}, ["'25'"]),
        ({"languages": "id,fr"}, ["language", "'fr'"]),
        ({"horizon_months": "99"}, ["horizon_months", "at most"]),
    ],
)
def test_what_is_wrong_is_named(arguments, words) -> None:
    with pytest.raises(NeracaError) as refusal:
        asked(**arguments)
    assert all(word in str(refusal.value) for word in words), refusal.value


def test_a_range_of_years_takes_in_both_ends() -> None:
    assert read_years(" 2018-2020 ,2022") == [2018, 2019, 2020, 2022]


# A unit: bytes in, bytes out


@pytest.fixture
def unit(write_notebook) -> Callable[..., Unit]:
    """Make a unit of notebooks, each of the cell of parameters and one cell more."""

    def make(**codes: str) -> Unit:
        notebooks = {
            name: write_notebook(name, CELL, code).read_bytes() for name, code in codes.items()
        }
        compared = {"reports/national/2025/national.csv": b"province_code,rank\n18,3\n"}
        return Unit("reports/id/lampung/2025", notebooks, GIVEN, compared, "warm")

    return make


def last_output(executed: Executed | Failure, name: str) -> str:
    assert isinstance(executed, Executed), executed
    return json.loads(executed.notebooks[name])["cells"][-1]["outputs"][0]["text"][0]


def test_a_notebook_finds_the_figures_and_the_comparison_of_its_unit(unit, project_root) -> None:
    code = (
        "from analysis.catalog import Catalog\ncatalog = Catalog()\n"
        "print(catalog.national(2025, '18')['rank'], len(catalog.read('trade', until=2025)) > 0)"
    )
    executed = execute_unit(unit(summary=code), project_root / "data")
    assert last_output(executed, "summary") == "3 True\n"


def test_a_notebook_that_stops_is_told_with_its_cell_traceback_and_parameters(
    unit, project_root
) -> None:
    failure = execute_unit(unit(one="1 / 0", two="1"), project_root / "data")
    assert isinstance(failure, Failure)
    assert failure.error == "NotebookError"
    assert "one.ipynb stopped at its cell [3] (`1 / 0`)" in failure.message
    assert "ZeroDivisionError" in failure.traceback
    assert failure.parameters == GIVEN


@pytest.mark.parametrize(("deaths", "lives"), [(1, True), (2, False)])
def test_a_notebook_is_executed_once_more_if_its_kernel_dies(
    unit, project_root, monkeypatch, deaths, lives
) -> None:
    tried = []

    def dies(notebook, parameters, root, kernel):
        tried.append(notebook.stem)
        if len(tried) <= deaths:
            raise KernelDiedError("The kernel died.")
        return workshops.nbformat.read(notebook, as_version=4)

    monkeypatch.setattr("neraca.pipeline.units.execute", dies)
    outcome = execute_unit(unit(summary="1"), project_root / "data")
    assert isinstance(outcome, Executed if lives else Failure)
    assert tried == ["summary", "summary"]


def test_a_notebook_that_fails_is_not_executed_again(unit, project_root, monkeypatch) -> None:
    tried = []

    def fails(notebook, parameters, root, kernel):
        tried.append(notebook.stem)
        raise NotebookError("It failed.", "Traceback: here")

    monkeypatch.setattr("neraca.pipeline.units.execute", fails)
    outcome = execute_unit(unit(one="1", two="1"), project_root / "data")
    assert outcome == Failure("NotebookError", "It failed.", "Traceback: here", GIVEN)
    assert tried == ["one"]


def test_a_defect_of_the_runner_is_told_with_its_traceback(
    unit, project_root, monkeypatch
) -> None:
    def fails(*arguments: object) -> None:
        raise KeyError("unforeseen")

    monkeypatch.setattr("neraca.pipeline.units.execute", fails)
    outcome = execute_unit(unit(one="1"), project_root / "data")
    assert isinstance(outcome, Failure)
    assert outcome.error == "KeyError"
    assert "test_pipeline_batch.py" in outcome.traceback


# Progress


EVENTS: list[Event] = [
    Planned(2, 1, 3, ("papua-selatan 2021",), (2025,)),
    Compared(2025),
    Done("reports/id/aceh/2025", "executed", 1, 3),
    Done("reports/id/bali/2025", "failed", 2, 3, "It [stopped]."),
    Warned("slow"),
    Summary(1, 0, 3, {"reports/id/bali/2025": "It [stopped]."}, stopped=True, seconds=65.0),
]


def test_plain_lines_say_each_thing_once() -> None:
    assert [line for event in EVENTS for line in lines(event)] == [
        "2 to execute, 1 to render, 3 fresh",
        "comparisons of all provinces to make: 2025",
        "skipped: papua-selatan 2021",
        "comparison of all provinces 2025 made",
        "1/3 reports/id/aceh/2025 executed",
        "2/3 reports/id/bali/2025 failed: It [stopped].",
        "warning: slow",
        "reports/id/bali/2025 failed: It [stopped].",
        "1 executed, 0 rendered, 3 fresh, 1 failed in 1:05",
        "Stopped. The same command goes on from here.",
    ]


def test_a_program_gets_a_line_of_json_for_each_event() -> None:
    stream = io.StringIO()
    for event in EVENTS:
        json_lines(stream)(event)
    told = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [each["event"] for each in told] == [
        *("planned", "compared", "done", "done", "warned", "summary")
    ]
    assert told[3]["failed"] == "It [stopped]."
    assert told[-1]["failures"] == {"reports/id/bali/2025": "It [stopped]."}


def test_a_terminal_shows_rate_remaining_time_and_failures() -> None:
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=True, width=100)
    times = iter(range(0, 10_000, 30))
    display = Display(console, clock=lambda: float(next(times)))
    for event in EVENTS[:4]:
        display(event)
    console.print(display._render())
    shown = stream.getvalue()
    assert "2/3" in shown
    assert "a minute" in shown
    assert "left" in shown
    assert "It [stopped]." in shown
    display(EVENTS[-1])
    assert "Stopped." in stream.getvalue()


# A batch


class Crew:
    """Stand in for worker processes: do each task at once, in this process."""

    capacity = 2

    def __init__(self, setup, results) -> None:
        self.setup, self.results = setup, results

    def submit(self, number: int, task: object) -> None:
        from neraca.pipeline import worker

        here = worker.Worker.__new__(worker.Worker)
        here.setup, here.project, here.pool = self.setup, Project(self.setup.root), None
        do = {
            worker.Unit: here._execute,
            worker.Assemblies: here._assemble,
            worker.SitePages: here._publish_site,
        }[type(task)]
        try:
            self.results.put((number, do(task)))
        except Exception as error:
            self.results.put((number, worker.failure_of(error)))

    def stop(self) -> None:
        pass
