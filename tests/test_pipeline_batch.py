"""Many reports: what is asked for, who does it, what a failure or an interrupt leaves behind."""

import io
import json
import os
import shutil
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from queue import SimpleQueue

import pytest
import workshop as workshops
from rich.console import Console

from analysis.errors import NeracaError
from neraca.cli import run
from neraca.pipeline import assembly, units, worker
from neraca.pipeline import batch as batches
from neraca.pipeline import crew as crews
from neraca.pipeline import report as reporting
from neraca.pipeline.batch import Options, make_batch
from neraca.pipeline.crew import Crew as Crews
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
from neraca.pipeline.units import Executed, Unit, execute_unit, failure_of
from neraca.publish import Publication
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


def test_a_list_takes_in_years_before_a_province_was_founded() -> None:
    request = asked("lampung,papua-selatan", "2021-2022")
    assert addresses(request) == ["id lampung 2021", "id lampung 2022", "id papua-selatan 2022"]
    assert request.skipped == (Skipped("papua-selatan", 2021),)


def test_the_other_parameters_hold_for_all_reports() -> None:
    request = asked("lampung,aceh", raw_export_cut="25")
    assert {report.raw_export_cut for report in request.reports} == {25.0}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"provinces": "lampung,atlantis"}, ["'atlantis'"]),
        ({"provinces": "lampung,,aceh"}, ["province is missing", "'lampung,,aceh'"]),
        ({"provinces": "indonesia"}, ["Indonesia is no province"]),
        ({"provinces": "papua-selatan", "years": "2020-2021"}, ["Papua Selatan", "2022"]),
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
    return json.loads(executed.notebooks[name])["cells"][-1]["outputs"][0]["text"]


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

    monkeypatch.setattr("neraca.pipeline.execute.execute", dies)
    outcome = execute_unit(unit(summary="1"), project_root / "data")
    assert isinstance(outcome, Executed if lives else Failure)
    assert tried == ["summary", "summary"]


def test_a_notebook_that_fails_is_not_executed_again(unit, project_root, monkeypatch) -> None:
    tried = []

    def fails(notebook, parameters, root, kernel):
        tried.append(notebook.stem)
        raise NotebookError("It failed.", "Traceback: here")

    monkeypatch.setattr("neraca.pipeline.execute.execute", fails)
    outcome = execute_unit(unit(one="1", two="1"), project_root / "data")
    assert outcome == Failure("NotebookError", "It failed.", "Traceback: here", GIVEN)
    assert tried == ["one"]


def test_a_defect_of_the_runner_is_told_with_its_traceback(unit, project_root, monkeypatch) -> None:
    def fails(*arguments: object) -> None:
        raise KeyError("unforeseen")

    monkeypatch.setattr("neraca.pipeline.execute.execute", fails)
    outcome = execute_unit(unit(one="1"), project_root / "data")
    assert isinstance(outcome, Failure)
    assert outcome.error == "KeyError"
    assert "test_pipeline_batch.py" in outcome.traceback


def test_files_that_cannot_be_copied_are_told_by_one_of_them(tmp_path) -> None:
    (tmp_path / "from").mkdir()
    places = [tmp_path / "from" / name for name in ("a", "b")]
    for place in places:
        place.symlink_to("nowhere")
    with pytest.raises(shutil.Error) as caught:
        shutil.copytree(tmp_path / "from", tmp_path / "to")
    told = failure_of(caught.value).message
    assert told in {f"[Errno 2] No such file or directory: '{place}'" for place in places}


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
        "skipped, since it was founded later: papua-selatan 2021",
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

    capacity = 1

    def __init__(self, setup, results) -> None:
        self.project, self.results = Project(setup.root), results

    def submit(self, number: int, task: object) -> None:
        self.results.put((number, worker.perform(task, self.project, None)))

    def stop(self) -> None:
        pass


@pytest.fixture
def shop(tmp_path, monkeypatch) -> workshops.Workshop:
    """A project of two provinces in which a batch is made in milliseconds."""
    workshops.write_project(tmp_path)
    shop = workshops.enter(tmp_path, monkeypatch)

    def execute(notebook: Path, parameters, root: Path, kernel):
        if notebook.stem == "national":
            return shop.compare(parameters["year"], root)
        return shop.execute(notebook.stem, parameters, root)

    def render(indexes, root: Path, site: Path, workers) -> Publication:
        for index in indexes:
            reporting.publish(index, root, site)
        return Publication()

    monkeypatch.setattr("neraca.pipeline.execute.execute", execute)
    monkeypatch.setattr("neraca.pipeline.assembly.render_many", render)
    monkeypatch.setattr(worker, "publish_site", reporting.publish_site)
    monkeypatch.setattr(batches, "Crew", Crew)
    return shop


def make(
    shop: workshops.Workshop, told: list[Event] | None = None, again: bool = False, **changes: str
) -> Summary:
    """Make a batch of two provinces; what is done for it begins anew."""
    shop.done.clear()
    tell = (told if told is not None else []).append
    request = asked(**{"provinces": "aceh,bengkulu,lampung", "languages": "en", **changes})
    return make_batch(shop.project, request, Options(again=again, cores=2), tell)


def executed(shop: workshops.Workshop) -> int:
    """Count the reports that were executed."""
    return shop.done.count("execute summary")


def test_a_batch_is_made_once(shop) -> None:
    told: list[Event] = []
    first = make(shop, told)
    assert (first.executed, first.fresh, dict(first.failures)) == (3, 0, {})
    assert shop.done.count("compare") == 1
    assert shop.done.count("publish the site") == 1
    assert [type(event) for event in told] == [Planned, Compared, Done, Done, Done, Summary]
    assert isinstance(told[-2], Done)
    assert (told[-2].done, told[-2].total) == (3, 3)
    second = make(shop)
    assert (second.executed, second.fresh, shop.done) == (0, 3, [])
    assert executed_again(shop) == 3


def executed_again(shop: workshops.Workshop) -> int:
    make(shop, again=True)
    return executed(shop)


def test_a_batch_makes_the_same_as_a_report_alone(shop) -> None:
    make(shop)
    files = sorted(path for path in shop.directory.rglob("*") if path.name != "state.json")
    before = {path: path.read_bytes() for path in files if path.is_file()}
    assert len(before) > 6
    assert shop.judge().condition == "fresh"
    assert shop.make(again=True).done == "execute"
    assert {path: path.read_bytes() for path in before} == before


def test_a_changed_figure_makes_the_reports_again_that_read_it(shop) -> None:
    make(shop)
    shop.add_row(province_code="18", dimension="total", flow="export", time_period="2025-02")
    made = make(shop)
    assert (made.executed, made.fresh) == (1, 2)
    assert shop.done.count("compare") == 1


def test_a_comparison_that_comes_out_the_same_makes_no_report_again(shop) -> None:
    make(shop)
    shop.add_row(province_code="12", dimension="total", flow="export", time_period="2025-01")
    told: list[Event] = []
    made = make(shop, told)
    assert (made.executed, made.fresh) == (0, 3)
    assert shop.done == ["compare", "publish the site"]
    assert [event.result for event in told if isinstance(event, Done)] == ["unchanged"] * 3


def test_a_changed_theme_renders_and_does_not_execute(shop) -> None:
    make(shop)
    (shop.root / "publish" / "theme.scss").write_text("a { color: navy }\n")
    made = make(shop)
    assert (made.rendered, made.executed) == (3, 0)
    assert shop.done == ["publish"] * 3 + ["publish the site"]


def test_a_report_that_fails_stops_no_other_and_leaves_no_page(shop, monkeypatch) -> None:
    make(shop)
    shop.add_row(province_code="18", dimension="total", flow="export", time_period="2025-02")
    well = shop.execute

    def fails(name, parameters, root):
        if parameters["province"] == "lampung":
            place = f"File {shop.root}/src/analysis/theme.py:12, in {root}/x/y.py"
            raise NotebookError(f"notebooks/{name}.ipynb stopped.", place)
        return well(name, parameters, root)

    monkeypatch.setattr(shop, "execute", fails)
    made = make(shop, again=True)
    assert (made.executed, list(made.failures)) == (2, ["reports/en/lampung/2025"])
    assert not shop.page.exists()
    assert [path.name for path in shop.directory.glob("*[!d].json")] == ["failure.json"]
    noted = json.loads((shop.directory / "failure.json").read_text())
    assert noted["traceback"] == "File src/analysis/theme.py:12, in y.py"
    assert noted["parameters"]["province"] == "lampung"
    assert "publish the site" in shop.done
    monkeypatch.setattr(shop, "execute", well)
    made = make(shop)
    assert (made.executed, made.fresh) == (1, 2)
    assert not (shop.directory / "failure.json").exists()


def test_a_report_that_cannot_be_put_together_fails_alone(shop, monkeypatch) -> None:
    well = assembly.put_together

    def fails(project, parameters, *others):
        if parameters.province == "lampung":
            raise NeracaError("It has no record.")
        return well(project, parameters, *others)

    monkeypatch.setattr(assembly, "put_together", fails)
    made = make(shop)
    assert (made.executed, dict(made.failures)) == (
        2,
        {"reports/en/lampung/2025": "It has no record."},
    )


def test_a_comparison_that_fails_fails_the_reports_of_its_year_alone(shop, monkeypatch) -> None:
    well = shop.compare

    def fails(year, root):
        if year == 2024:
            raise NotebookError("The comparison stopped.")
        return well(year, root)

    monkeypatch.setattr(shop, "compare", fails)
    told: list[Event] = []
    made = make(shop, told, years="2024,2025")
    assert made.executed == 3
    assert {address[-4:] for address in made.failures} == {"2024"}
    assert set(made.failures.values()) == {"The comparison stopped."}
    assert Compared(2024, "The comparison stopped.") in told


def test_wrong_figures_change_nothing(shop, monkeypatch) -> None:
    make(shop)
    page = (shop.page / "index.html").read_bytes()
    monkeypatch.setattr("analysis.catalog.check.check", lambda data: ["trade.csv: wrong"])
    with pytest.raises(NeracaError, match=r"trade\.csv: wrong"):
        make(shop, again=True)
    assert shop.done == []
    assert (shop.page / "index.html").read_bytes() == page
    assert make(shop).fresh == 3


def test_a_project_that_cannot_be_written_to_is_told_with_a_remedy(shop, monkeypatch) -> None:
    def full(project: Project) -> None:
        raise OSError(28, "No space left on device", "reports/.site-is-behind")

    monkeypatch.setattr(batches, "site_is_behind", full)
    with pytest.raises(NeracaError, match=r"No space left on device.*same command goes on"):
        make(shop)


@pytest.fixture
def signals() -> Iterator[None]:
    """Give the signals back that a batch that was interrupted minds no longer."""
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.getsignal(number) for number in numbers}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def test_an_interrupt_keeps_what_is_finished(shop, signals) -> None:
    def interrupt(event: Event) -> None:
        if isinstance(event, Done):
            os.kill(os.getpid(), signal.SIGTERM)
        if isinstance(event, Summary):
            told.append(event)

    told: list[Event] = []
    request = asked("aceh,bengkulu,lampung", languages="en")
    summary = make_batch(shop.project, request, Options(cores=2), interrupt)
    assert (summary.executed, summary.stopped, told) == (1, True, [summary])
    assert signal.getsignal(signal.SIGINT) == signal.SIG_IGN
    made = make(shop)
    assert (made.executed, made.fresh) == (1, 2)
    assert "publish the site" in shop.done


def test_what_an_interrupt_leaves_half_done_is_removed(shop, monkeypatch) -> None:
    half = shop.directory.parent / ".2025-half"

    def interrupted(*arguments: object) -> None:
        half.mkdir(parents=True)
        raise KeyboardInterrupt

    monkeypatch.setattr(assembly, "put_together", interrupted)
    assert make(shop, provinces="lampung").stopped
    assert not half.exists()


@pytest.mark.parametrize(
    ("publisher", "total", "group"),
    [("embedded", 1140, 1), ("quarto 1.10", 8, 2), ("quarto 1.10", 1140, 8), ("quarto 1.10", 1, 1)],
)
def test_only_quarto_renders_several_in_one_go(shop, publisher, total, group) -> None:
    batch = batches._Batch(shop.project, asked(), Options(cores=2), lambda event: None)
    batch.total = total
    assert batch._group(publisher) == group


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("--provinces lampung,atlantis", ["'atlantis'"]),
        ("--provinces papua-selatan --years 2020-2021", ["Papua Selatan", "2022"]),
        ("--years 1999", ["1999"]),
        ("--languages fr", ["'fr'"]),
        ("--workers 0", ["--workers"]),
    ],
)
def test_the_command_refuses_in_one_sentence_before_anything_runs(
    small_project, monkeypatch, capsys, arguments, words
) -> None:
    monkeypatch.setattr(batches, "make_batch", lambda *given: pytest.fail("a batch was begun"))
    assert run(["batch", *arguments.split()]) == 2
    out, message = capsys.readouterr()
    assert (out, message.count("\n")) == ("", 1)
    assert all(word in message for word in words)


@pytest.mark.parametrize(
    ("summary", "code"),
    [(Summary(1), 0), (Summary(1, failures={"a": "b"}), 1), (Summary(1, stopped=True), 130)],
)
def test_the_command_ends_with_what_became_of_it(
    small_project, monkeypatch, capsys, summary, code
) -> None:
    def made(project, request, options, tell) -> Summary:
        tell(summary)
        return summary

    monkeypatch.setattr(batches, "make_batch", made)
    assert run(["batch", "--provinces", "lampung", "--json"]) == code
    assert json.loads(capsys.readouterr().out)["event"] == "summary"


# A cluster's versions


def test_versions_name_what_differs(small_project, monkeypatch) -> None:
    cluster = pytest.importorskip("neraca.pipeline.cluster")
    here = cluster.versions(Project(small_project))
    assert {"src/analysis", "src/neraca", "requirements.lock", "data/trade", "pandas"} <= set(here)
    (small_project / "requirements.lock").write_text("pandas==1\n")
    monkeypatch.chdir(small_project)
    there = cluster.worker_versions()
    assert cluster.difference(here, there) == "requirements.lock"
    monkeypatch.setenv("NERACA_PROJECT", "/")
    refused = cluster.worker_versions()
    assert "not inside a Neraca project" in refused.reason
    assert "tcp://a:1 has no checkout" in cluster._refusal("tcp://a:1", here, refused).reason
    lost = cluster._refusal("tcp://a:1", here, ModuleNotFoundError("No module named 'neraca'"))
    assert "requirements-cluster.lock" in lost.reason


def test_without_the_library_the_command_that_installs_it_is_named(shop, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    monkeypatch.delitem(sys.modules, "neraca.pipeline.cluster", raising=False)
    options = Options(cores=2, scheduler="tcp://127.0.0.1:1")
    with pytest.raises(NeracaError, match=r"pip install .*requirements-cluster\.lock"):
        make_batch(shop.project, asked(), options, lambda event: None)


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("nonsense", "missing port number"),
        ("tcp://127.0.0.1:port", "'port'"),
        ("http://127.0.0.1:8786", "'http'"),
        ("tls://127.0.0.1:8786", "no certificate"),
        ("", "missing port number"),
    ],
)
def test_what_can_be_no_address_is_refused_without_a_client(shop, monkeypatch, address, words):
    distributed = pytest.importorskip("distributed")
    from neraca.pipeline.cluster import Cluster

    # A client of such an address takes most of a minute to give up, and tells a traceback.
    monkeypatch.setattr(distributed, "Client", None)
    with pytest.raises(NeracaError, match=rf"No scheduler answers at .*{words}.*`dask scheduler`"):
        Cluster(address, shop.project, SimpleQueue())


# Worker processes


@pytest.fixture
def crew(tmp_path, project_root) -> Iterator[tuple[Crews, SimpleQueue]]:
    """Worker processes that start no kernel of their own accord."""
    results: SimpleQueue = SimpleQueue()
    started = Crews(worker.Setup(project_root, 2, None), results)
    yield started, results
    started.stop()


def test_a_task_whose_worker_dies_is_given_to_another_once(crew, project_root) -> None:
    workers, results = crew
    unit = Unit("reports/id/lampung/2025", {"one": b"{"}, {}, {}, "ordinary")
    (member,) = workers._members
    member.process.send_signal(signal.SIGSTOP)
    workers.submit(1, unit)
    member.process.kill()
    number, outcome = results.get(timeout=60)
    assert (number, outcome.error) == (1, "NeracaError")
    assert "is not a notebook" in outcome.message
    (second,) = workers._members
    assert second.process.pid != member.process.pid
    for attempt in range(2):
        (member,) = workers._members
        member.process.send_signal(signal.SIGSTOP)
        if not attempt:
            workers.submit(2, unit)
        member.process.kill()
        end = time.monotonic() + 30
        while workers._members in ([], [member]):
            assert time.monotonic() < end
            time.sleep(0.01)
    assert results.get(timeout=30) == (2, crews._LOST)


def test_workers_end_with_who_started_them(crew) -> None:
    workers, _ = crew
    (member,) = workers._members
    with socket.socket(fileno=os.dup(member.connection.fileno())) as ours:
        ours.shutdown(socket.SHUT_RDWR)
    assert member.process.wait(30) == -signal.SIGKILL
    start = time.monotonic()
    workers.stop()
    assert time.monotonic() - start < 2
    assert not Path(workers._temporary).exists()


def test_the_longest_notebook_begins_first() -> None:
    begun: list[str] = []
    sources = {"summary": b"1", "export_surplus": b"333", "ikm_targets": b"22"}

    def task(name: str) -> bytes:
        begun.append(name)
        return sources[name]

    tasks = {name: partial(task, name) for name in sources}
    with ThreadPoolExecutor(1) as pool:
        done = units._side_by_side(tasks, sources, pool)
    assert begun == ["export_surplus", "ikm_targets", "summary"]
    assert list(done.items()) == list(sources.items())
