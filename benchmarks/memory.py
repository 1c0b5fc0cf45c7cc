"""Watch the memory of a running command and of all processes that it starts, or of this one."""

import threading
from dataclasses import dataclass, field
from pathlib import Path

PROCESSES = Path("/proc")
SECONDS = 0.1  # between two looks


@dataclass
class Watch:
    """Peaks of memory of a process and its descendants, MB.

    Attributes:
        pid: the process.
        peaks: largest resident memory of a process, by what it is.
        together: largest memory of all processes at a time, pages that several share counted once.

    """

    pid: int
    peaks: dict[str, float] = field(default_factory=dict)
    together: float = 0.0
    _ended: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> "Watch":
        """Begin to look."""
        self._thread = threading.Thread(target=self._look_on, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        """End to look."""
        self._ended.set()
        self._thread.join()

    def _look_on(self) -> None:
        while not self._ended.wait(SECONDS):
            self.look()

    def look(self) -> None:
        """Look once at every process."""
        parents = _parents()
        sum_of_shares = 0.0
        for pid in descendants(self.pid, parents):
            # The peak itself is the system's; a process that has ended has no line of it.
            peak = _kilobytes(PROCESSES / str(pid) / "status", "VmHWM") / 1024
            if peak:
                role = _role(pid, parents[pid])
                self.peaks[role] = max(peak, self.peaks.get(role, 0.0))
            sum_of_shares += _kilobytes(PROCESSES / str(pid) / "smaps_rollup", "Pss") / 1024
        self.together = max(self.together, sum_of_shares)


def own_peak() -> float:
    """Give the largest resident memory of this process since its program began, MB.

    What `getrusage` calls so may be that of the process that started this one, as a process is
    first a copy of it.

    >>> own_peak() > 1
    True

    """
    return _kilobytes(PROCESSES / "self" / "status", "VmHWM") / 1024


def descendants(pid: int, parents: dict[int, int]) -> list[int]:
    """Give a process and all below it, given the parent of each.

    >>> descendants(2, {1: 0, 2: 1, 3: 2, 4: 3, 5: 1})
    [2, 3, 4]

    """
    found = [pid] if pid in parents else []
    for each in found:
        found += sorted(child for child, parent in parents.items() if parent == each)
    return found


def _role(pid: int, parent: int) -> str:
    """Tell what a process of a batch does; a kernel is a fork of the server, command and all."""
    command = _command(pid)
    if "fork_server" in command:
        return "a kernel" if "fork_server" in _command(parent) else "the fork server"
    if "pipeline.worker" in command:
        return "a worker"
    return "the coordinator" if "batch" in command else "another program"


def _command(pid: int) -> str:
    return _text(PROCESSES / str(pid) / "cmdline").replace("\0", " ")


def _parents() -> dict[int, int]:
    found = {}
    for directory in PROCESSES.glob("[0-9]*"):
        # The name before the bracket may hold anything.
        fields = _text(directory / "stat").rpartition(")")[2].split()
        if fields:
            found[int(directory.name)] = int(fields[1])
    return found


def _kilobytes(path: Path, name: str) -> float:
    rows = (row.split() for row in _text(path).splitlines() if row.startswith(f"{name}:"))
    return next((float(row[1]) for row in rows), 0.0)


def _text(path: Path) -> str:
    """Read a file of a process; empty once it has ended."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
