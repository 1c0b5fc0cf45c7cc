"""Execute what belongs together, wherever that may be: bytes in, bytes out, no file of a project.

A unit carries what it is executed from, but for the figures, the lock file beside them and the
installed code. So it can be executed by a thread, by another process or on another machine, and
gives the same bytes.
"""

import json
import shutil
import traceback
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_EXCEPTION, Executor, Future, wait
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from analysis.errors import NeracaError
from neraca.pipeline.record import LOCK
from neraca.pipeline.servers import Kernel
from neraca.publish.failures import Failure


@dataclass(frozen=True)
class Unit:
    """The notebooks of one report, or of a year's comparison of all provinces.

    Attributes:
        address: directory of what it makes, below the project's root, with slashes.
        notebooks: each notebook as written, by name.
        parameters: value of each parameter of all of them.
        compared: the tables of the year's comparison that they read, by their path below the
            project's root, with slashes.
        kernel: how their kernels start.

    """

    address: str
    notebooks: Mapping[str, bytes]
    parameters: Mapping[str, Any]
    compared: Mapping[str, bytes]
    kernel: Kernel


@dataclass(frozen=True)
class Executed:
    """The executed notebooks of a unit by name, each as the bytes of its file."""

    notebooks: Mapping[str, bytes]


Outcome = Executed | Failure


def execute_unit(unit: Unit, data: Path, pool: Executor | None = None) -> Outcome:
    """Execute a unit, each notebook once more if its kernel dies; tell what became of it.

    Args:
        unit: what to execute.
        data: directory of the published figures.
        pool: executes its notebooks side by side; without it they follow one another.

    """
    try:
        with _surroundings(unit, data) as root:
            tasks = {name: _task(name, unit, root) for name in unit.notebooks}
            if pool is None:
                return Executed({name: task() for name, task in tasks.items()})
            return Executed(_side_by_side(tasks, unit.notebooks, pool))
    except Exception as error:
        return replace(failure_of(error), parameters=unit.parameters)


def failure_of(error: Exception) -> Failure:
    """Tell of an exception, with where it was raised if it does not explain itself."""
    failure = Failure.of(error)
    if isinstance(error, shutil.Error) and isinstance(error.args[0], list):
        # It lists every file that could not be copied, most often for one and the same reason.
        failure = replace(failure, message=str(error.args[0][0][-1]))
    if isinstance(error, NeracaError):
        return failure
    return replace(failure, traceback="".join(traceback.format_exception(error)))


@contextmanager
def _surroundings(unit: Unit, data: Path) -> Iterator[Path]:
    """Give a directory that looks like the project to the notebooks of a unit, and to them alone.

    What they read of the project besides the figures and the lock file, which stands on the page,
    is thus what the unit carries.
    """
    with TemporaryDirectory(prefix="neraca-", ignore_cleanup_errors=True) as directory:
        root = Path(directory).resolve()
        (root / "data").symlink_to(data.resolve(), target_is_directory=True)
        lock = data.parent / LOCK
        if lock.is_file():
            (root / LOCK).symlink_to(lock.resolve())
        notebooks = {f"notebooks/{name}.ipynb": each for name, each in unit.notebooks.items()}
        for name, content in {**notebooks, **unit.compared}.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        yield root


def _task(name: str, unit: Unit, root: Path) -> Callable[[], bytes]:
    def task() -> bytes:
        # Only here: who plans units and gives them out need not wait for what executes them.
        from neraca.pipeline.execute import KernelDiedError

        try:
            return _bytes(name, unit, root)
        except KernelDiedError:
            return _bytes(name, unit, root)

    return task


def _bytes(name: str, unit: Unit, root: Path) -> bytes:
    from neraca.pipeline.execute import execute

    executed = execute(root / "notebooks" / f"{name}.ipynb", unit.parameters, root, unit.kernel)
    # On one line: the json module indents ten times slower, and only programs read this.
    return json.dumps(executed, ensure_ascii=False).encode()


def _side_by_side(
    tasks: Mapping[str, Callable[[], bytes]], sources: Mapping[str, bytes], pool: Executor
) -> dict[str, bytes]:
    """Do tasks in a pool; once one fails, those that have not begun are not begun.

    The longest source comes first, as it most often takes longest: one that began last would be
    waited for alone.
    """
    order = sorted(tasks, key=lambda name: len(sources[name]), reverse=True)
    running: dict[str, Future[bytes]] = {name: pool.submit(tasks[name]) for name in order}
    wait(running.values(), return_when=FIRST_EXCEPTION)
    for task in running.values():
        task.cancel()
    wait(running.values())
    for task in running.values():
        if not task.cancelled():
            task.result()
    return {name: running[name].result() for name in tasks}
