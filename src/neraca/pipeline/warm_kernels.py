"""Kernels that start in a fork of a process which has imported their libraries already."""

import asyncio
import functools
import logging
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from neraca.pipeline.servers import ForkedKernel, NoWarmKernelError, start_server

_log = logging.getLogger(__name__)


class WarmProvisioner(LocalProvisioner):
    """Start a kernel in a fork of this process's server, or an ordinary one where there is none."""

    async def launch_kernel(self, cmd: list[str], **options: Any) -> KernelConnectionInfo:
        """Start the kernel that a command of this interpreter's `ipykernel_launcher` describes."""
        try:
            self._fork(cmd, options)
        except NoWarmKernelError as reason:
            _tell(str(reason))
            return await super().launch_kernel(cmd, **options)
        return self.connection_info

    async def kill(self, restart: bool = False) -> None:
        """End the kernel, and wait the moment that this takes; the caller would wait longer."""
        await super().kill(restart=restart)
        while isinstance(self.process, ForkedKernel) and self.process.poll() is None:
            await asyncio.sleep(0.002)

    def _fork(self, command: list[str], options: Mapping[str, Any]) -> None:
        if command[:3] != [sys.executable, "-m", "ipykernel_launcher"]:
            raise NoWarmKernelError(f"{command[0]} is to run it")
        environment = options["env"]
        self.cwd = str(options.get("cwd") or Path.cwd())
        private_directory = getattr(self.parent, "ipython_directory", None)
        kernel = start_server(environment).start_kernel(
            command[3:], self.cwd, environment, private_directory
        )
        self.process = kernel  # type: ignore[assignment]
        self.pid = self.pgid = kernel.pid


@functools.cache
def _tell(reason: str) -> None:
    """Say once why kernels are ordinary: slower, and with equal results."""
    _log.warning("Notebooks run in ordinary kernels, which is slower: %s.", reason)
