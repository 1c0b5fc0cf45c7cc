"""The first steps of a worker: what kernels are forked from begins with its imports, then it does.

Both take about a second, so the server begins before anything else is imported here.
"""

import os
import signal
import threading

from neraca.garbage import collect_seldom
from neraca.pipeline.servers import stop_servers, warm_up


def main(descriptor: str, kernel: str) -> None:
    """Work for the process that holds the other end of a socket; leads a process group.

    Args:
        descriptor: number of this end of the socket.
        kernel: kind of the kernels that the worker is going to start; `warm` ones have a server.

    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda number, frame: end())
    collect_seldom()
    if kernel == "warm":
        # In a thread, since who is told to end waits until the server that begins can be ended.
        threading.Thread(target=warm_up, daemon=True).start()
    from neraca.pipeline import worker

    signal.signal(signal.SIGTERM, lambda number, frame: worker.stop())
    worker.work(int(descriptor))


def end() -> None:
    """End this process, the servers of its kernels and the programs that it runs, at once."""
    stop_servers()
    os.killpg(0, signal.SIGKILL)
