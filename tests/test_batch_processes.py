"""Batches of real processes: kernels, workers, a cluster; interrupted, killed, and compared."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from batch_samples import begin, events, made, small_batch_project

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("batch processes")]

BATCH = ("batch", "--provinces", "aceh,lampung,riau", "--years", "2025", "--json")
SLEEPS = "import time; time.sleep(SECONDS)"


def finish(process: subprocess.Popen[str]) -> tuple[int, list[dict]]:
    output, errors = process.communicate(timeout=300)
    assert errors == ""
    return process.returncode, events(output)


def make(root: Path, *arguments: str, **variables: str) -> tuple[int, list[dict]]:
    return finish(begin(root, *BATCH, *arguments, **variables))


@pytest.fixture
def start() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Begin commands, none of which outlives the test."""
    begun: list[subprocess.Popen[str]] = []

    def start(*arguments, **variables: str) -> subprocess.Popen[str]:
        begun.append(begin(*arguments, **variables))
        return begun[-1]

    yield start
    for process in begun:
        if process.poll() is None:
            process.kill()
            process.wait()


def family(place: Path) -> dict[int, str]:
    """Find what a command has started that was begun with a place as `NERACA_TEST`, by id."""
    marker = f"NERACA_TEST={place}\0"
    found = {}
    for path in Path("/proc").glob("[0-9]*"):
        try:
            if marker.encode() in (path / "environ").read_bytes():
                found[int(path.name)] = (path / "cmdline").read_text().replace("\0", " ")
        except OSError:
            continue
    return found


def until(condition, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_batch_makes_the_same_bytes_as_reports_one_by_one(tmp_path) -> None:
    together = small_batch_project(tmp_path / "together")
    alone = small_batch_project(tmp_path / "alone")
    code, told = make(together, "--languages", "id")
    assert (code, told[-1]["executed"]) == (0, 3)
    for province in ("aceh", "lampung", "riau"):
        assert begin(alone, "report", province, "2025").wait(120) == 0
    assert made(together) == made(alone)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("moment", ["at first", "in kernels", "again and again"])
def test_an_interrupt_ends_everything_and_a_rerun_goes_on(start, tmp_path, number, moment) -> None:
    # The third report does not end by itself.
    before = SLEEPS.replace("SECONDS", "600 if parameters.province == 'lampung' else 0")
    root = small_batch_project(tmp_path / "project", before)
    process = start(root, *BATCH, "--languages", "id", NERACA_TEST=str(tmp_path))
    first = ""
    if moment == "at first":
        # It is planned, and workers and what they import are about to start.
        assert process.stdout is not None
        first = process.stdout.readline()
        time.sleep(1.5)
    else:
        until(lambda: len(list(root.glob("_site/reports/id/*/2025/index.pdf"))) == 2)
    start = time.monotonic()
    process.send_signal(number)
    if moment == "again and again":
        for _ in range(20):
            time.sleep(0.03)
            process.send_signal(number)
    output, _ = process.communicate(timeout=60)
    assert time.monotonic() - start < 2
    assert family(tmp_path) == {}
    assert list(root.rglob(".2025-*")) == []
    assert process.returncode == 130
    assert events(first + output)[-1]["stopped"]
    small_batch_project_without_sleep(root)
    code, told = make(root, "--languages", "id")
    assert (code, told[-1]["executed"] + told[-1]["fresh"]) == (0, 3)


def small_batch_project_without_sleep(root: Path) -> None:
    for path in (root / "notebooks").glob("*.ipynb"):
        path.write_text(path.read_text().replace("600 if", "0 if"))


def test_a_killed_coordinator_leaves_no_process(start, tmp_path) -> None:
    root = small_batch_project(tmp_path / "project", SLEEPS.replace("SECONDS", "600"))
    process = start(root, *BATCH, NERACA_TEST=str(tmp_path))
    until(lambda: sum("fork_server" in each for each in family(tmp_path).values()) > 2)
    process.kill()
    process.communicate()
    until(lambda: family(tmp_path) == {}, 10)


def test_a_kernel_and_a_worker_that_die_once_cost_nothing(tmp_path) -> None:
    dies = (
        "import os, pathlib, signal\n"
        "once = pathlib.Path(os.environ['ONCE'], parameters.province)\n"
        "if parameters.province in ('aceh', 'riau') and not once.exists():\n"
        "    once.touch()\n"
        "    target = os.getpid() if parameters.province == 'aceh' else worker()\n"
        "    os.kill(target, signal.SIGKILL)\n"
    )
    finds = (
        "def worker():\n"
        "    for path in pathlib.Path('/proc').glob('[0-9]*'):\n"
        "        try:\n"
        "            if b'pipeline.worker' in (path / 'cmdline').read_bytes() and \\\n"
        "                    os.environ['ONCE'].encode() in (path / 'environ').read_bytes():\n"
        "                return int(path.name)\n"
        "        except OSError:\n"
        "            pass\n"
    )
    head, _, rest = dies.partition("\n")
    root = small_batch_project(tmp_path / "project", f"{head}\n{finds}{rest}")
    code, told = make(root, "--languages", "id", ONCE=str(tmp_path))
    assert (code, told[-1]["executed"], told[-1]["failures"]) == (0, 3, {})
    assert {path.name for path in tmp_path.iterdir()} >= {"aceh", "riau"}


def test_a_report_that_fails_is_on_the_failures_page(tmp_path) -> None:
    root = small_batch_project(
        tmp_path / "project", "assert parameters.province != 'riau', catalog.data"
    )
    code, told = make(root, "--languages", "en")
    assert (code, told[-1]["executed"], list(told[-1]["failures"])) == (
        *(1, 2),
        ["reports/en/riau/2025"],
    )
    page = (root / "_site/reports/en/failed/index.html").read_text()
    assert "stopped at its cell [3]" in page
    assert "AssertionError" in page
    assert "horizon_months = 12" in page
    assert str(tmp_path) not in page
    assert "/tmp" not in page
    assert not (root / "_site/reports/en/riau").exists()


# A cluster


@pytest.fixture
def scheduler(tmp_path) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    process = dask(tmp_path, "scheduler", "--host", address, "--no-dashboard")
    yield address
    end(process)


def dask(place: Path, *arguments: str, **variables: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "dask", *arguments],
        cwd=place,
        env={**os.environ, **variables},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def end(process: subprocess.Popen[bytes]) -> None:
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def start_worker(scheduler: str, place: Path, **variables: str) -> subprocess.Popen[bytes]:
    """Start a worker of two threads, in a process of its own that is not started again."""
    options = ("--nthreads", "2", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1")
    return dask(place, "worker", scheduler, *options, **variables)


@pytest.fixture
def two_workers(scheduler, tmp_path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler and two workers, each with a checkout of its own."""
    pytest.importorskip("distributed")
    one, two = (small_batch_project(tmp_path / name) for name in ("one", "two"))
    workers = [
        start_worker(scheduler, one, ONCE=str(tmp_path)),
        start_worker(scheduler, tmp_path, NERACA_PROJECT=str(two), ONCE=str(tmp_path)),
    ]
    wait_for_workers(scheduler, 2)
    yield scheduler, workers
    for worker in workers:
        if worker.poll() is None:
            end(worker)


def wait_for_workers(scheduler: str, count: int) -> None:
    from distributed import Client

    with Client(scheduler, timeout=60, set_as_default=False) as client:
        client.wait_for_workers(count, timeout=60)


def test_a_cluster_gives_the_bytes_of_this_machine(two_workers, tmp_path) -> None:
    scheduler, _ = two_workers
    here = small_batch_project(tmp_path / "here")
    there = small_batch_project(tmp_path / "there")
    assert make(here)[0] == 0
    code, told = make(there, "--scheduler", scheduler)
    assert (code, told[-1]["executed"]) == (0, 6)
    assert made(there) == made(here)
    for name in ("one", "two"):
        assert not (tmp_path / name / "reports").exists()


def test_a_worker_that_dies_costs_nothing(start, two_workers, tmp_path) -> None:
    scheduler, workers = two_workers
    dies = (
        "import os, pathlib, signal, time\n"
        "once = pathlib.Path(os.environ['ONCE'], 'begun')\n"
        "if parameters.province == 'riau' and not once.exists():\n"
        "    once.touch()\n"
        "    time.sleep(600)\n"
    )
    root = small_batch_project(tmp_path / "there", dies)
    process = start(root, *BATCH, "--scheduler", scheduler)
    until((tmp_path / "begun").exists, 120)
    # Whichever of the two has begun it: the other one has what it needs to go on alone.
    slow = next(each for each in workers if has_kernel(each))
    end(slow)
    code, told = finish(process)
    assert (code, told[-1]["executed"], told[-1]["failures"]) == (0, 6, {})


def has_kernel(worker: subprocess.Popen[bytes]) -> bool:
    """Say whether the sleeping notebook is among the kernels of a worker."""
    time.sleep(3)  # The other notebooks have ended by then.
    children = Path(f"/proc/{worker.pid}/task/{worker.pid}/children")
    servers = {
        int(pid)
        for task in children.parents[1].iterdir()
        for pid in (task / "children").read_text().split()
    }
    return any(
        (task / "children").read_text().split()
        for server in servers
        for task in Path(f"/proc/{server}/task").iterdir()
    )


def test_a_worker_of_another_version_is_refused(start, scheduler, tmp_path) -> None:
    pytest.importorskip("distributed")
    other = small_batch_project(tmp_path / "other")
    (other / "requirements.lock").write_text("pandas==1\n")
    root = small_batch_project(tmp_path / "here")
    worker = start_worker(scheduler, other)
    wait_for_workers(scheduler, 1)
    process = start(root, *BATCH, "--scheduler", scheduler)
    _, errors = process.communicate(timeout=120)
    end(worker)
    assert process.returncode == 1
    assert "The worker at tcp://127.0.0.1:" in errors
    assert "has another version of requirements.lock." in errors
    assert "Traceback" not in errors
    assert not (root / "reports").exists() or not list(root.glob("reports/??/*/2025/index.ipynb"))


def test_a_worker_of_another_version_that_comes_later_executes_nothing(
    start, two_workers, tmp_path
) -> None:
    scheduler, _ = two_workers
    root = small_batch_project(tmp_path / "here", SLEEPS.replace("SECONDS", "2"))
    other = tmp_path / "other"
    shutil.copytree(tmp_path / "one", other, symlinks=True)
    (other / "requirements.lock").write_text("pandas==1\n")
    process = start(root, *BATCH, "--scheduler", scheduler)
    assert process.stdout is not None
    # Those workers are accepted that are there now.
    first = ""
    while '"event": "compared"' not in first:
        first += process.stdout.readline()
    worker = start_worker(scheduler, other)
    output, errors = process.communicate(timeout=300)
    end(worker)
    assert errors == ""
    told = events(first + output)
    assert (process.returncode, told[-1]["executed"]) == (0, 6)
    (warning,) = [event["message"] for event in told if event["event"] == "warned"]
    assert "has another version of requirements.lock." in warning


def test_without_a_scheduler_or_a_worker_the_remedy_is_named(start, scheduler, tmp_path) -> None:
    pytest.importorskip("distributed")
    root = small_batch_project(tmp_path / "here")
    for address, remedy in ((scheduler, "dask worker"), ("tcp://127.0.0.1:1", "dask scheduler")):
        process = start(root, *BATCH, "--scheduler", address)
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 1
        assert remedy in errors
        assert "Traceback" not in errors
