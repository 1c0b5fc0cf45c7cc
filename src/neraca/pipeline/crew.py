"""The worker processes of a batch on this machine: started, given tasks, replaced, ended."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection
from queue import SimpleQueue
from typing import Any

from neraca.pipeline import worker_start
from neraca.pipeline.worker import Setup, Task
from neraca.publish.failures import Failure

# What a process does in Python beside its kernels takes an eighth of a core for each of them.
CORES_A_WORKER = 4
# The first entry of the path is the current directory, which may hold anything.
_WORK = (
    f"import sys; del sys.path[0]; from {worker_start.__name__} import main; main(*sys.argv[1:])"
)

ATTEMPTS = 2  # for a task whose worker ended before it was done
END_SECONDS = 1.2  # within which a worker ends its kernels; then it is ended with them
UNITS_AHEAD = 2  # units a worker has at a time, so that no core waits for the next one


@dataclass
class _Job:
    task: Task
    attempt: int


@dataclass(eq=False)
class _Member:
    """A running worker, and what it was given and has not done yet."""

    process: subprocess.Popen[bytes]
    connection: Connection
    jobs: dict[int, _Job] = field(default_factory=dict)


class Crew:
    """Worker processes that together use a number of cores.

    Results arrive in a queue, as the number of the task and what became of it.
    """

    def __init__(self, setup: Setup, results: "SimpleQueue[tuple[int | None, Any]]") -> None:
        self._setup = setup
        self._results = results
        self._lock = threading.Lock()
        self._ended = False
        # Short, since the paths of sockets in it may be no longer than about a hundred letters.
        self._temporary = tempfile.mkdtemp(prefix="neraca-")
        count = -(-setup.cores // CORES_A_WORKER)
        each = [len(range(first, setup.cores, count)) for first in range(count)]
        self._members = [self._start(cores) for cores in each]

    @property
    def capacity(self) -> int:
        """Say how many units keep all its cores at work."""
        return UNITS_AHEAD * max(1, len(self._members))

    def submit(self, number: int, task: Task) -> None:
        """Give a task to the worker that has the least to do."""
        with self._lock:
            self._give(number, _Job(task, attempt=1))

    def stop(self) -> None:
        """End all workers with all that they have started, and what they left half done."""
        with self._lock:
            self._ended = True
        for member in self._members:
            member.process.terminate()
        end = time.monotonic() + END_SECONDS
        for member in self._members:
            with suppress(subprocess.TimeoutExpired):
                member.process.wait(max(0.0, end - time.monotonic()))
            _kill(member.process)
        shutil.rmtree(self._temporary, ignore_errors=True)

    def _give(self, number: int, job: _Job) -> None:
        if not self._members:
            self._members.append(self._start(self._setup.cores))
        member = min(self._members, key=lambda member: len(member.jobs))
        member.jobs[number] = job
        with suppress(ConnectionError):  # Then it has ended, and who listens to it sees to it.
            member.connection.send((number, job.task))

    def _start(self, cores: int) -> _Member:
        ours, theirs = socket.socketpair()
        with theirs:
            # A group of its own takes in the programs that it starts, and no Ctrl-C of a terminal.
            process = subprocess.Popen(  # noqa: S603
                [sys.executable, "-c", _WORK, str(theirs.fileno()), str(self._setup.kernel)],
                env={**os.environ, "TMPDIR": self._temporary},
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                start_new_session=True,
            )
        member = _Member(process, Connection(ours.detach()))
        member.connection.send(replace(self._setup, cores=cores))
        threading.Thread(target=self._listen, args=(member, cores), daemon=True).start()
        return member

    def _listen(self, member: _Member, cores: int) -> None:
        with suppress(EOFError, OSError):
            while True:
                number, outcome = member.connection.recv()
                with self._lock:
                    del member.jobs[number]
                self._results.put((number, outcome))
        with self._lock:
            if not self._ended:
                self._replace(member, cores)

    def _replace(self, member: _Member, cores: int) -> None:
        """Let another worker do what one had to do that has ended."""
        _kill(member.process)
        self._members.remove(member)
        if member.jobs:
            self._members.append(self._start(cores))
        for number, job in member.jobs.items():
            if job.attempt < ATTEMPTS:
                self._give(number, _Job(job.task, job.attempt + 1))
            else:
                self._results.put((number, _LOST))


_LOST = Failure(
    "WorkerDied",
    "The process that worked on it ended twice, most likely for lack of memory. "
    "Close other programs and try again.",
)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End a worker's whole group; it leads one, whether it has ended itself or not."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
