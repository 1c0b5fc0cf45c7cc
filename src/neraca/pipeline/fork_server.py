"""The process whose forks become kernels: it has imported what they need, and read the figures.

It hears over a socket of kernels to start, from the one process that started it. Of this project it
has imported what notebooks import, and a kernel forgets that if one of its files has changed since:
it always runs the code that is on disk when the notebook starts. So it is with the figures: a
kernel reads again the files that have changed since the server read them.
"""

import builtins
import gc
import json
import os
import selectors
import shutil
import signal
import socket
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from itertools import chain
from pathlib import Path
from pkgutil import walk_packages
from types import SimpleNamespace
from typing import Any

from neraca.garbage import collect_seldom

MESSAGE_BYTES = 65536  # no message is longer
REFUSED = "refused"  # key of the answer to a request for which there is no kernel
SIGNALS = (signal.SIGCHLD, signal.SIGTERM)  # a kernel has ended; all are to end
TASKS = Path("/proc/self/task")  # one entry for each thread, native ones included

# What notebooks, and ipykernel as it starts, import of other libraries. `matplotlib_inline` may
# not be among it: it hands figures to the IPython that runs as it is imported, and there is none
# here, so that every figure would vanish.
PRELOADED = (
    "IPython.core.completerlib",
    "IPython.core.debugger_backport",
    "IPython.core.logger",
    "IPython.core.oinspect",
    "IPython.core.pylabtools",
    "IPython.extensions.storemagic",
    "babel.dates",
    "babel.messages.mofile",
    "babel.messages.pofile",
    "babel.numbers",
    "encodings.idna",
    "faulthandler",
    "holidays.countries.indonesia",
    "ipykernel.debugger",
    "ipykernel.ipkernel",
    "ipykernel.kernelapp",
    "ipykernel.zmqshell",
    "ipykernel_launcher",
    "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_svg",
    "matplotlib.pyplot",
    "numpy",
    "pandas",
    "pandas.core.methods.to_dict",
    "pandas.io.formats.csvs",
    "pydantic.main",
    "pydantic.types",
    "scipy.linalg",
    "scipy.signal",
    "scipy.special",
    "scipy.stats",
    "seaborn",
    "statsmodels.regression.mixed_linear_model",
    "statsmodels.stats.multitest",
    "statsmodels.tsa.statespace.structural",
    "tornado.platform.asyncio",
    "tornado.queues",
    "yaml",
    "zmq.utils.garbage",
)


# The project's own package that notebooks import.
OWN_PACKAGE = "analysis"

# Of its modules those that no notebook uses, and that import much.
OF_COMMANDS = (f"{OWN_PACKAGE}.catalog.check", f"{OWN_PACKAGE}.catalog.store_builder")

FileState = tuple[str, int, int]  # path, time of the last change, size


@dataclass(frozen=True)
class Request:
    """A kernel to start.

    Attributes:
        arguments: of `ipykernel_launcher`.
        directory: in which the kernel runs.
        private_directory: what only this kernel uses; removed if its owner can no longer do so.
        environment: variables in which the kernel differs from this process; None unsets one.
        streams: descriptors that become its standard input, output and error.

    """

    arguments: list[str]
    directory: str
    private_directory: str | None
    environment: dict[str, str | None]
    streams: list[int]


@dataclass
class Fork:
    """A fork of this process that is a kernel.

    Attributes:
        pid: its process id, which is that of its process group too.
        owner: socket to who asked for it, and who closes the other end to let go of it.
        private_directory: as in its request.
        ended: whether it has ended; it stays a zombie until its owner lets go of it, so that no
            signal meant for it can reach another process that was given its number.

    """

    pid: int
    owner: socket.socket
    private_directory: str | None
    ended: bool = False


@dataclass
class ForkServer:
    """What the process holds while it serves.

    Attributes:
        control: where requests come from; its end is the end of this process.
        unfit: why this process may not fork, empty if it may.
        later: what is done once the first kernel has begun: it needs it least, as it most often
            compares all provinces and draws nothing, while cores are without work.

    """

    control: socket.socket
    unfit: str
    later: Callable[[], None]
    selector: selectors.BaseSelector = field(default_factory=selectors.DefaultSelector)
    kernels: list[Fork] = field(default_factory=list)

    def serve(self) -> Request:
        """Start a kernel for each request; return, with its request, only in a kernel's process."""
        signals, wakeup = socket.socketpair()
        for end in (signals, wakeup):
            end.setblocking(False)
        signal.set_wakeup_fd(wakeup.fileno(), warn_on_full_buffer=False)
        for number in SIGNALS:
            signal.signal(number, lambda number, frame: None)
        self.selector.register(self.control, selectors.EVENT_READ)
        self.selector.register(signals, selectors.EVENT_READ)
        while True:
            for key, _ in self.selector.select():
                if key.fileobj is self.control:
                    request = self._start()
                    if request is not None:
                        for end in (signals, wakeup):
                            end.close()
                        return request
                    self.later()
                    self.later = _nothing
                elif key.fileobj is signals:
                    if signal.SIGTERM in signals.recv(MESSAGE_BYTES):
                        self._end()
                    self._tell_deaths()
                else:
                    self._let_go(key.data)

    def _start(self) -> Request | None:
        message, descriptors, _, _ = socket.recv_fds(self.control, MESSAGE_BYTES, 4)
        if not message:
            self._end()
        request = Request(**json.loads(message), streams=descriptors[1:])
        owner = socket.socket(fileno=descriptors[0])
        refusal = self.unfit or more_than_one_thread()
        if refusal:
            _send(owner, {REFUSED: refusal})
            owner.close()
        else:
            pid = _fork()
            if not pid:
                owner.close()
                self._forget()
                return request
            kernel = Fork(pid, owner, request.private_directory)
            self.kernels.append(kernel)
            self.selector.register(owner, selectors.EVENT_READ, kernel)
            _send(owner, {"pid": pid})
        for descriptor in request.streams:
            os.close(descriptor)
        return None

    def _tell_deaths(self) -> None:
        for kernel in self.kernels:
            status = None
            if not kernel.ended:
                options = os.WEXITED | os.WNOHANG | os.WNOWAIT
                status = os.waitid(os.P_PID, kernel.pid, options)
            if status is not None:
                kernel.ended = True
                killed = status.si_code != os.CLD_EXITED
                _send(kernel.owner, {"code": -status.si_status if killed else status.si_status})

    def _let_go(self, kernel: Fork) -> None:
        """End a kernel whose owner has closed its end."""
        abandoned = not kernel.ended
        if abandoned:
            _kill(kernel.pid)
        os.waitpid(kernel.pid, 0)
        if abandoned and kernel.private_directory is not None:
            shutil.rmtree(kernel.private_directory, ignore_errors=True)
        self.kernels.remove(kernel)
        self.selector.unregister(kernel.owner)
        kernel.owner.close()

    def _end(self) -> None:
        for kernel in list(self.kernels):
            self._let_go(kernel)
        os._exit(0)  # Nothing is buffered here, and taking all modules down would take its time.

    def _forget(self) -> None:
        """In a kernel: let go of what is this server's, or the owner would not see it end."""
        self.selector.close()
        for end in (self.control, *(kernel.owner for kernel in self.kernels)):
            end.close()


def more_than_one_thread() -> str:
    """Say why this process may not fork: a thread that holds a lock holds it forever in a fork.

    Native threads count, which Python does not know of; empty if there is one thread alone.
    """
    count = len(list(TASKS.iterdir()))
    return f"an imported library has started threads ({count} in all)" if count != 1 else ""


def preload(modules: Iterable[str]) -> str:
    """Import modules, and say what failed; empty if nothing did."""
    # As it is imported, pandas asks this whether its tables are for a terminal.
    builtins.get_ipython = lambda: SimpleNamespace(kernel=True)  # type: ignore[attr-defined]
    try:
        for module in modules:
            import_module(module)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    finally:
        del builtins.get_ipython  # type: ignore[attr-defined]
    return ""


def own_modules() -> Iterator[str]:
    """Yield the modules of the project's own package that notebooks may import, if it is installed.

    Packages in it are imported on the way, and with them what they import.
    """
    for module in walk_packages(_own_places(), f"{OWN_PACKAGE}."):
        if module.name not in OF_COMMANDS:
            yield module.name


def prepare(part: str) -> None:
    """Do for a part of the project's own package what each fork would do for the first time.

    Of the figures of the project that this process stands in, what is kept of a file is used while
    the file stays as it is. Where something cannot be done, the kernels say so.
    """
    with suppress(Exception):
        import_module(f"{OWN_PACKAGE}.{part}.preparation").prepare()


def own_files() -> frozenset[FileState]:
    """Tell the state of each file of the project's own package, compiled ones aside."""
    states = set()
    for directory, _, names in (each for place in _own_places() for each in os.walk(place)):
        if Path(directory).name != "__pycache__":
            for path in (Path(directory, name) for name in names):
                with suppress(FileNotFoundError):  # An editor's own file may be gone by now.
                    state = path.stat()
                    states.add((str(path), state.st_mtime_ns, state.st_size))
    return frozenset(states)


def _own_places() -> list[str]:
    found = find_spec(OWN_PACKAGE)
    return list(found.submodule_search_locations or ()) if found else []


def forget(package: str) -> None:
    """Let a package be imported again from its files."""
    for name in [name for name in sys.modules if name.partition(".")[0] == package]:
        del sys.modules[name]


def become_kernel(request: Request, imported: frozenset[FileState]) -> None:
    """Make of a fork what `python -m ipykernel_launcher` makes of a new process, and run it.

    Args:
        request: what kernel is to be.
        imported: the files of the project's own package before they were imported.

    """
    import numpy as np
    from ipykernel.kernelapp import IPKernelApp

    for standard, descriptor in enumerate(request.streams):
        os.dup2(descriptor, standard)
        os.close(descriptor)
    os.chdir(request.directory)
    for name, value in request.environment.items():
        os.environ.pop(name, None)
        if value is not None:
            os.environ[name] = value
    os.environ["JPY_PARENT_PID"] = str(os.getppid())
    if own_files() != imported:
        forget(OWN_PACKAGE)
    forget("neraca")
    # All forks would draw the same "random" numbers. (Python's own generator sees to it itself.)
    np.random.seed()
    sys.argv = [str(sys.modules["ipykernel_launcher"].__file__), *request.arguments]
    # The kernel watches its parent and ends with it; the parent is not who asked for the kernel.
    watched = f"--IPKernelApp.parent_handle={os.getppid()}"
    IPKernelApp.launch_instance(argv=[*request.arguments, watched])


def _send(owner: socket.socket, message: dict[str, Any]) -> None:
    with suppress(ConnectionError):  # Who has gone need not be told.
        owner.send(json.dumps(message).encode())


def _fork() -> int:
    """Fork, and give 0 in the new process, which leads a session and minds signals as a new one."""
    # A signal that came before the fork minds its own would be taken for one to the server.
    signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    pid = os.fork()
    if not pid:
        os.setsid()
        signal.set_wakeup_fd(-1)
        for number in SIGNALS:
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
    return pid


def _kill(kernel: int) -> None:
    try:
        os.killpg(kernel, signal.SIGKILL)
    except ProcessLookupError:  # It is so young that it does not lead its group yet.
        os.kill(kernel, signal.SIGKILL)


def main(descriptor: int) -> None:
    """Serve the process that holds the other end of a socket, until it closes it or dies."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    control = socket.socket(fileno=descriptor)
    gc.disable()  # Nothing that is imported here becomes garbage.
    imported = own_files()
    unfit = preload(chain(PRELOADED, own_modules()))
    prepare("catalog")
    gc.enable()
    gc.freeze()  # Else each kernel would copy the memory of all that was imported, to look at it.
    collect_seldom()
    become_kernel(ForkServer(control, unfit, prepare_drawing).serve(), imported)


def prepare_drawing() -> None:
    """Draw once, and leave what that has made alone."""
    prepare("report")
    gc.freeze()


def _nothing() -> None:
    pass
