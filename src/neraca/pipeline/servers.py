"""The processes whose forks become kernels, as seen by the process that uses them.

Nothing of Jupyter is imported here, so that a server can begin with its imports before this
process begins with its own.
"""

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal
from weakref import WeakSet

from neraca.pipeline import fork_server
from neraca.pipeline.fork_server import MESSAGE_BYTES, REFUSED

Kernel = Literal["warm", "ordinary"]  # both give the same notebook, byte for byte

# Each of these would let the machine or its user change a result. Sums over several threads are
# added in any order; a start-up file or a profile runs code that is not in the notebook.
SURROUNDINGS = {
    "JE_ARROW_MALLOC_CONF": "background_thread:false",  # pandas imports pyarrow, which would fork
    "MKL_NUM_THREADS": "1",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
    "PYTHONSTARTUP": "",
    "TZ": "UTC",
    "VECLIB_MAXIMUM_THREADS": "1",
}

# The managers of the kernels of this process, which can all be stopped.
running: "WeakSet[Any]" = WeakSet()

# Variables that may differ between the kernels of one server, since no library reads them as it
# is imported. (pytest renames the last for each test.)
OWN = ("IPYTHONDIR", "JPY_PARENT_PID", "JPY_SESSION_NAME", "PYTEST_CURRENT_TEST")

START_SECONDS = 120  # A server that has not imported its libraries by then hangs.

# The first entry of the path is the current directory, of which ipykernel decides later.
_SERVE = (
    f"import sys; del sys.path[0]; from {fork_server.__name__} import main; main(int(sys.argv[1]))"
)

_GONE = json.dumps({REFUSED: "the process that forks them has ended"})


class NoWarmKernelError(Exception):
    """Why a kernel cannot be had from a fork; an ordinary one can take its place."""


class ForkedKernel:
    """A kernel in a fork of a server; to be used like a `subprocess.Popen`.

    Attributes:
        pid: its process id, which is that of its process group too.

    """

    stdin = stdout = stderr = None

    def __init__(self, pid: int, server: socket.socket) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._server = server
        self._server.setblocking(False)
        self._lock = threading.Lock()

    def poll(self) -> int | None:
        """Give the exit code, negative for a signal; None while the kernel runs."""
        with self._lock:
            if self.returncode is None:
                with suppress(BlockingIOError):
                    self.returncode = self._read()
                    self._server.close()
            return self.returncode

    def wait(self) -> int:
        """Wait for the end of the kernel, and give its exit code."""
        while (code := self.poll()) is None:
            time.sleep(0.01)
        return code

    def send_signal(self, number: int) -> None:
        """Send a signal to the kernel, unless it has ended."""
        if self.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def kill(self) -> None:
        """End the kernel at once."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask the kernel to end."""
        self.send_signal(signal.SIGTERM)

    def _read(self) -> int:
        try:
            message = self._server.recv(MESSAGE_BYTES)
        except ConnectionError:
            message = b""
        if message:
            return json.loads(message)["code"]
        # The server is gone, so the kernel has lost its parent and may not outlive it.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        return -signal.SIGKILL


class ServerProcess:
    """A running fork server, whose kernels all have one environment but for their own variables.

    Attributes:
        process: the server.
        served: whether it has started a kernel.
        failure: why it last did not, empty if it always did.

    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._lock = threading.Lock()
        self._stopped = False
        self.served = False
        self.failure = ""
        with theirs:
            # In a session of its own, so that Ctrl-C in a terminal does not reach it.
            self.process = subprocess.Popen(  # noqa: S603
                [sys.executable, "-c", _SERVE, str(theirs.fileno())],
                env=dict(environment),
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )

    def start_kernel(
        self,
        arguments: list[str],
        directory: str,
        environment: Mapping[str, str],
        private_directory: str | None = None,
    ) -> ForkedKernel:
        """Start a kernel; `fork_server.Request` says what each argument is.

        Raises:
            NoWarmKernelError: if the server cannot fork, or is gone.
            DeadKernelError: if the server was stopped meanwhile.

        """
        own = {name: environment.get(name) for name in OWN}
        request = {
            "arguments": arguments,
            "directory": directory,
            "environment": own,
            "private_directory": private_directory,
        }
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            with theirs, Path(os.devnull).open() as nothing:
                descriptors = [theirs.fileno(), nothing.fileno(), 1, 2]
                with self._lock:
                    socket.send_fds(self._control, [json.dumps(request).encode()], descriptors)
            ours.settimeout(START_SECONDS)
            reply = json.loads(ours.recv(MESSAGE_BYTES) or _GONE)
        except OSError as error:
            reply = {REFUSED: str(error)}
        if REFUSED not in reply:
            self.served = True
            return ForkedKernel(reply["pid"], ours)
        ours.close()
        if self._stopped:
            from nbclient.exceptions import DeadKernelError

            raise DeadKernelError("Kernel died")
        self.failure = reply[REFUSED]
        raise NoWarmKernelError(self.failure)

    def stop(self) -> None:
        """End the server and its kernels, and wait until they have ended."""
        self._stopped = True
        with self._lock:
            self._control.close()
        self.process.terminate()
        self.process.wait()


# One server a process and environment: it costs seconds, and as each kernel is a new fork of it,
# nothing goes from one to another. A text says why kernels of that environment are ordinary.
_servers: dict[frozenset[tuple[str, str]], ServerProcess | str] = {}
_servers_lock = threading.Lock()
# A fork of this process is another owner. Its copies of the sockets are closed with the objects.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_servers.clear)


def start_server(environment: Mapping[str, str]) -> ServerProcess:
    """Give the server for kernels of an environment, started if there is none.

    Raises:
        NoWarmKernelError: if there can be none.

    """
    shared = {name: value for name, value in environment.items() if name not in OWN}
    key = frozenset(shared.items())
    with _servers_lock:
        server = _servers.get(key)
        if isinstance(server, ServerProcess):
            if server.failure and not server.served:
                # Another one would fail as this one did.
                server.stop()
                server = _servers[key] = server.failure
            elif server.process.poll() is not None:
                server = None
        if server is None:
            server = _servers[key] = _started(shared)
    if isinstance(server, str):
        raise NoWarmKernelError(server)
    return server


def warm_up() -> None:
    """Begin to import the libraries of warm kernels, while other work goes on.

    Not needed: the first kernel does it otherwise, and waits for it.
    """
    with suppress(NoWarmKernelError):
        start_server({**os.environ, **SURROUNDINGS})


def stop_running_kernels() -> None:
    """End every kernel at once, so that whoever waits for one is told that it died."""
    for kernel in list(running):
        process = getattr(kernel.provisioner, "process", None)
        if process is not None:
            process.kill()
    stop_starting()


def stop_starting() -> None:
    """End the servers that are still at their imports, so that nobody waits for their kernels."""
    with _servers_lock:
        for key, server in list(_servers.items()):
            if isinstance(server, ServerProcess) and not server.served:
                del _servers[key]
                server.stop()


@atexit.register
def stop_servers() -> None:
    """End all servers and their kernels, and wait until they have ended."""
    with _servers_lock:
        for server in _servers.values():
            if isinstance(server, ServerProcess):
                server.stop()


def _started(environment: Mapping[str, str]) -> ServerProcess | str:
    if not fork_server.TASKS.is_dir():
        return f"{sys.platform} does not tell whether a fork is safe"
    try:
        return ServerProcess(environment)
    except OSError as error:
        return str(error)
