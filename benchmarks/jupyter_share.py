"""Measure what Jupyter costs a report: its notebooks in warm kernels, and the same calls without.

`python benchmarks/jupyter_share.py [--profile FILE]` prints, as JSON, seconds on a core by
notebook: `jupyter` of the kernel and of the process that talks to it, `plain` of one process that
runs the cells of all of them, in a fork of a process that has imported and prepared the same, and
displays nothing.
"""

import argparse
import cProfile
import json
import os
import pstats
import sys
import time
from collections.abc import Callable
from io import StringIO
from itertools import chain
from pathlib import Path
from typing import Any

from neraca.pipeline import warm_kernels
from neraca.pipeline.execute import execute
from neraca.pipeline.fork_server import PRELOADED, own_modules, preload, prepare
from neraca.pipeline.project import Project
from neraca.publish.stage import ORDER

PARAMETERS = {"province": "lampung", "year": 2025, "language": "id"}
SHOWN = 40  # functions in a profile

Seconds = dict[str, float]


def main() -> int:
    """Measure both sides once."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--profile", type=Path, help="file for where the time of the cells goes")
    asked = parser.parse_args()
    root = Project.find(Path.cwd()).root
    preload(chain(PRELOADED, own_modules()))
    for part in ("catalog", "report"):
        prepare(part)
    plain = in_fork(lambda: plain_seconds(root))
    if asked.profile:
        text = in_fork(lambda: profile(root))
        asked.profile.write_text(text, encoding="utf-8")
    json.dump({"jupyter": jupyter_seconds(root), "plain": plain}, sys.stdout)
    return 0


def jupyter_seconds(root: Path) -> Seconds:
    """Execute each notebook in a warm kernel; give the seconds on a core of all that takes part."""
    used: list[float] = []
    _tell_kernels_seconds(used)
    measured = {}
    # The first starts the server, which the others share.
    for name in (ORDER[-1], *ORDER):
        start = time.process_time()
        execute(root / "notebooks" / f"{name}.ipynb", PARAMETERS, root, "warm")
        measured[name] = time.process_time() - start + used[-1]
    return measured


def _tell_kernels_seconds(used: list[float]) -> None:
    """Let each kernel, before it is ended, leave the seconds that it was on a core."""
    end = warm_kernels.WarmProvisioner.kill

    async def kill(self: warm_kernels.WarmProvisioner, restart: bool = False) -> None:
        stat = Path(f"/proc/{self.pid}/stat").read_text(encoding="utf-8")
        user, system = stat.rpartition(")")[2].split()[11:13]
        used.append((int(user) + int(system)) / os.sysconf("SC_CLK_TCK"))
        await end(self, restart)

    warm_kernels.WarmProvisioner.kill = kill  # type: ignore[method-assign]


def plain_seconds(root: Path) -> Seconds:
    """Run the cells of each notebook in this process; give the seconds on a core."""
    measured = {}
    for name in ORDER:
        start = time.process_time()
        run_cells(root / "notebooks" / f"{name}.ipynb")
        measured[name] = time.process_time() - start
    return measured


def profile(root: Path) -> str:
    """Run the cells of all notebooks; give the functions in which the time was spent."""
    profiler = cProfile.Profile()
    profiler.runcall(plain_seconds, root)
    text = StringIO()
    # Without directories, which are those of the machine.
    stats = pstats.Stats(profiler, stream=text).strip_dirs()
    for order in ("tottime", "cumtime"):
        stats.sort_stats(order).print_stats(SHOWN)
    return "\n".join(row.rstrip() for row in text.getvalue().splitlines()).strip() + "\n"


def run_cells(notebook: Path) -> None:
    """Run the code of a notebook with the parameters, without Jupyter."""
    names: dict[str, Any] = {}
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] != "code":
            continue
        exec("".join(cell["source"]), names)  # noqa: S102 (the project's own notebooks)
        if "parameters" in cell["metadata"].get("tags", []):
            names.update(PARAMETERS)


def in_fork(work: Callable[[], Any]) -> Any:
    """Do work in a fork, where nothing is displayed; give what it gives."""
    reading, writing = os.pipe()
    if not os.fork():
        os.close(reading)
        _display_nothing()
        with os.fdopen(writing, "w") as stream:
            json.dump(work(), stream)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as stream:
        return json.load(stream)


def _display_nothing() -> None:
    """Let what a cell displays go nowhere; it is still made."""
    from analysis.report import display

    display.display = lambda *objects, **options: None


if __name__ == "__main__":
    sys.exit(main())
