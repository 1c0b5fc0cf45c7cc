"""The kernel that runs a notebook: this interpreter, in surroundings that give equal results."""

import os
import sys
from contextlib import suppress
from pathlib import Path
from queue import Empty
from typing import Any

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from nbclient.exceptions import DeadKernelError
from traitlets import Bool, Type, Unicode
from traitlets.config import Config

from neraca.pipeline.servers import SURROUNDINGS, Kernel, running


class ReportClient(AsyncKernelClient):
    """Talk to a kernel that nobody else talks to."""

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Wait until the kernel answers and its outputs arrive.

        Messages that have nothing to do with this client need not be waited for and thrown away,
        which otherwise takes longer than a warm kernel to start.

        Raises:
            DeadKernelError: if the kernel ends meanwhile.
            TimeoutError: if it does not answer in time, in seconds.

        """
        # Trials are counted, and not what a clock says after the machine has slept.
        for _ in range(round(timeout or 60)):
            self.kernel_info()
            with suppress(Empty):
                await self.shell_channel.get_msg(timeout=1)
                await self.iopub_channel.get_msg(timeout=0.2)
                return
            if not await self.is_alive():
                raise DeadKernelError("Kernel died")
        raise TimeoutError


class ReportKernel(AsyncKernelManager):
    """Start a kernel of the running interpreter, whatever kernels are installed.

    A kernel that a user has installed under the name `python3` may belong to another
    environment, with other versions than the locked ones; none is looked for.
    """

    client_factory = Type(ReportClient)
    warm = Bool(help="start it in a fork that has imported the libraries").tag(config=True)
    ipython_directory = Unicode(help="empty directory in place of the user's own").tag(config=True)

    @property
    def kernel_spec(self) -> KernelSpec:
        """Describe the kernel: the interpreter's own ipykernel, without history."""
        provisioner = "neraca-warm" if self.warm else "local-provisioner"
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
            metadata={"kernel_provisioner": {"provisioner_name": provisioner}},
        )

    async def start_kernel(self, **options: Any) -> None:  # type: ignore[override]
        """Start the kernel, and remember it as one that can be stopped."""
        await super().start_kernel(**options)
        running.add(self)


def kernel_configuration(directory: Path, kernel: Kernel) -> Config:
    """Configure one kernel to keep everything it writes in a directory of its own.

    Where the system has Unix sockets they take the place of TCP ports, of which two kernels
    that start at once can be given the same one.
    """
    own: dict[str, Any] = {
        "warm": kernel == "warm",
        "connection_file": str(directory / "connection.json"),
        "ipython_directory": str(directory),
    }
    if os.name == "posix":
        own |= {"transport": "ipc", "ip": str(directory / "socket")}
    return Config({"ReportKernel": own})
