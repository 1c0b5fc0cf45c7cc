"""A process that works for a batch: executes units, puts reports together, makes the site's pages.

It hears what to do from the one process that started it, and ends when that ends.
"""

import threading
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from multiprocessing.connection import Connection
from pathlib import Path

from neraca.pipeline.assembly import Assembly, assemble
from neraca.pipeline.project import Project
from neraca.pipeline.servers import Kernel, stop_running_kernels
from neraca.pipeline.units import Unit, execute_unit, failure_of
from neraca.pipeline.worker_start import end
from neraca.publish import publish_site


@dataclass(frozen=True)
class Setup:
    """How a worker works.

    Attributes:
        root: of the project.
        cores: how many things it does at a time.
        kernel: the kind of the kernels that it is going to start; None if it starts none.

    """

    root: Path
    cores: int
    kernel: Kernel | None


@dataclass(frozen=True)
class Assemblies:
    """Reports to put together and render in one go."""

    reports: tuple[Assembly, ...]


@dataclass(frozen=True)
class SitePages:
    """The site's own pages, to be made again."""


Task = Unit | Assemblies | SitePages


class Worker:
    """What a worker has: its project, and threads that execute and that publish."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._sending = threading.Lock()
        self.setup: Setup = connection.recv()
        self.project = Project(self.setup.root)
        # One more, since a kernel waits now and then for who talks to it, and leaves its core.
        self.pool = ThreadPoolExecutor(self.setup.cores + 1)
        # Of their own, so that what is executed is soon finished, and not behind other notebooks.
        self.publishers = ThreadPoolExecutor(self.setup.cores)
        self._has_begun = False

    def serve(self) -> None:
        """Do what is asked for until nobody is there to ask."""
        with suppress(EOFError, ConnectionError):
            while True:
                number, task = self.connection.recv()
                self._begin(number, task)

    def _begin(self, number: int, task: Task) -> None:
        if isinstance(task, Unit):
            if not self._has_begun:
                self._has_begun = True
                threading.Thread(target=_import_ahead, daemon=True).start()
            # Its notebooks go to the pool; it only waits for them, and so takes no core.
            threading.Thread(target=self._do, args=(number, task), daemon=True).start()
        else:
            self.publishers.submit(self._do, number, task)

    def _do(self, number: int, task: Task) -> None:
        outcome = perform(task, self.project, self.pool)
        with self._sending, suppress(ConnectionError):
            self.connection.send((number, outcome))


def _import_ahead() -> None:
    """Import what the site's pages need, which are made last, when nothing else is left to do.

    The first unit most often compares all provinces, and leaves cores without work.
    """
    for module in ("analysis.catalog.industry", "pyarrow.parquet"):
        import_module(module)


def perform(task: Task, project: Project, pool: Executor | None) -> object:
    """Do a task and give what became of it, whatever that is.

    Args:
        task: what to do.
        project: the checkout to do it in.
        pool: executes the notebooks of a unit side by side.

    """
    try:
        match task:
            case Unit():
                return execute_unit(task, project.data, pool)
            case Assemblies(reports):
                return assemble(project, reports)
            case SitePages():
                publish_site(project.root, project.site)
                return None
    except Exception as error:
        return failure_of(error)


def work(descriptor: int) -> None:
    """Work for the process that holds the other end of a socket; leads a process group."""
    try:
        Worker(Connection(descriptor)).serve()
    finally:
        stop()


def stop() -> None:
    """End this process, its kernels and the programs that it runs, at once."""
    # Who still waits for a kernel is told that it died, and may start another.
    stop_running_kernels()
    end()
