"""The kernel that runs a notebook: this interpreter, in surroundings that give equal results."""

import os
import sys
from pathlib import Path
from typing import Any
from weakref import WeakSet

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from traitlets import Unicode
from traitlets.config import Config

# Each of these would let the machine or its user change a result. Sums over several threads are
# added in any order; a start-up file or a profile runs code that is not in the notebook.
SURROUNDINGS = {
    "MKL_NUM_THREADS": "1",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
    "PYTHONSTARTUP": "",
    "TZ": "UTC",
    "VECLIB_MAXIMUM_THREADS": "1",
}

_running: "WeakSet[ReportKernel]" = WeakSet()


class ReportKernel(AsyncKernelManager):
    """Start a kernel of the running interpreter, whatever kernels are installed.

    A kernel that a user has installed under the name `python3` may belong to another
    environment, with other versions than the locked ones; none is looked for.
    """

    ipython_directory = Unicode(help="empty directory in place of the user's own").tag(config=True)

    @property
    def kernel_spec(self) -> KernelSpec:
        """Describe the kernel: the interpreter's own ipykernel, without history."""
        return KernelSpec(
            argv=[
                sys.executable,
                "-m",
                "ipykernel_launcher",
                "-f",
                "{connection_file}",
                "--HistoryManager.enabled=False",
            ],
            display_name="Python 3",
            language="python",
            env={**SURROUNDINGS, "IPYTHONDIR": self.ipython_directory},
        )

    async def start_kernel(self, **options: Any) -> None:  # type: ignore[override]
        """Start the kernel, and remember it as one that can be stopped."""
        await super().start_kernel(**options)
        _running.add(self)


def kernel_configuration(directory: Path) -> Config:
    """Configure one kernel to keep everything it writes in a directory of its own.

    Where the system has Unix sockets they take the place of TCP ports, of which two kernels
    that start at once can be given the same one.
    """
    own = {
        "connection_file": str(directory / "connection.json"),
        "ipython_directory": str(directory),
    }
    if os.name == "posix":
        own |= {"transport": "ipc", "ip": str(directory / "socket")}
    return Config({"ReportKernel": own})


def stop_running_kernels() -> None:
    """End every kernel at once, so that whoever waits for one is told that it died."""
    for kernel in list(_running):
        process = getattr(kernel.provisioner, "process", None)
        if process is not None:
            process.kill()
