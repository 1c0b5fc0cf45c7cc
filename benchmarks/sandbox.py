"""Measure in a copy of the project, with its own code and figures, and leave the project alone."""

import compileall
import json
import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from synthetic_data import make_data

from analysis.catalog.check import MEANT
from analysis.errors import NeracaError
from neraca.pipeline.servers import SURROUNDINGS

BINARIES = Path(sys.executable).parent

# Besides what begins with a dot; the figures are copied or made, and reports are made.
_NOT_COPIED = {"_site", "data", "images", "reports", "tests"}

# A sandbox's own commands publish without Quarto, so that a figure does not depend on whether it
# is there; a line of the benchmark measures Quarto itself.
_PUBLISHER = {"QUARTO_PATH": "none"}


@dataclass(frozen=True)
class Run:
    """What a command took and said.

    Attributes:
        seconds: on the clock.
        cpu: seconds on a core, of it and of all that it started.
        output: what it printed.

    """

    seconds: float
    cpu: float
    output: str

    def events(self, name: str) -> list[dict[str, Any]]:
        """Give the events of a name that `neraca batch --json` told."""
        told = [json.loads(row) for row in self.output.splitlines()]
        return [event for event in told if event["event"] == name]

    @property
    def summary(self) -> dict[str, Any]:
        """Give what became of a batch."""
        return self.events("summary")[0]

    @property
    def executed(self) -> set[str]:
        """Give the addresses of the reports that a batch executed."""
        return {told["report"] for told in self.events("done") if told["result"] == "executed"}


@dataclass(frozen=True)
class Sandbox:
    """A copy of the project, and the surroundings in which its commands run.

    Attributes:
        root: the copy.
        variables: the environment.

    """

    root: Path
    variables: Mapping[str, str]

    @classmethod
    def make(cls, project: Path, root: Path, synthetic: bool) -> "Sandbox":
        """Copy a project, its working tree as it is.

        Args:
            project: what to copy.
            root: the directory to make.
            synthetic: whether provinces carry full synthetic figures in place of the real ones.

        """
        copy_project(project, root)
        if synthetic:
            make_data(root / "data")
        else:
            shutil.copytree(project / "data", root / "data")
        compileall.compile_dir(root / "src", quiet=2, workers=0)
        return cls(root, surroundings(root, synthetic))

    def run(self, *command: str | Path, **variables: str) -> Run:
        """Run a command in the copy and measure it.

        Raises:
            NeracaError: if it fails, with the end of what it said.

        """
        start, cpu = time.perf_counter(), _children_seconds()
        done = subprocess.run(  # noqa: S603 (the benchmark's own commands)
            [str(part) for part in command],
            cwd=self.root,
            env={**self.variables, **variables},
            capture_output=True,
            text=True,
            check=False,
        )
        seconds, cpu = time.perf_counter() - start, _children_seconds() - cpu
        if done.returncode:
            name = " ".join(Path(part).name for part in command[:2])
            raise NeracaError(f"{name} failed.\n{(done.stdout + done.stderr)[-2000:]}")
        return Run(seconds, cpu, done.stdout)

    def neraca(self, *arguments: str) -> Run:
        """Run the command `neraca` in the copy, in a process of its own."""
        return self.run(BINARIES / "neraca", *arguments)

    def batch(self, provinces: Sequence[str] | str, years: str, languages: str = "id") -> Run:
        """Run `neraca batch` for provinces, in a process of its own."""
        return self.neraca(*batch_arguments(provinces, years, languages))

    def script(self, name: str, *arguments: str, **variables: str) -> Run:
        """Run a program of the benchmarks in the copy, with the copy's code."""
        program = self.root / "benchmarks" / f"{name}.py"
        return self.run(sys.executable, program, *arguments, **variables)

    def clear(self) -> None:
        """Remove all that was made, so that the next report is the first one."""
        for name in ("reports", "_site"):
            shutil.rmtree(self.root / name, ignore_errors=True)


def batch_arguments(provinces: Sequence[str] | str, years: str, languages: str) -> list[str]:
    """Give the arguments of `neraca` for a batch that tells what it does line by line."""
    named = provinces if isinstance(provinces, str) else ",".join(provinces)
    asked = ["--provinces", named, "--years", years, "--languages", languages]
    return ["batch", *asked, "--json"]


def copy_project(project: Path, root: Path) -> None:
    """Copy what reports are made with; no figure, no report, and nothing that begins with a dot."""

    def ignored(directory: str, names: list[str]) -> set[str]:
        above = Path(directory) == project
        hidden = {name for name in names if name.startswith(".") or name == "__pycache__"}
        return hidden | (_NOT_COPIED & set(names) if above else set())

    shutil.copytree(project, root, ignore=ignored)


def surroundings(root: Path, synthetic: bool) -> dict[str, str]:
    """Give the environment of commands in a copy: its own code, and one thread for sums.

    Both sides of a comparison get the same, so that none gains by the number of threads.
    """
    threads = {name: value for name, value in SURROUNDINGS.items() if name.endswith("_THREADS")}
    own = {
        "PATH": f"{BINARIES}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "PYTHONPATH": str(root / "src"),
        **({MEANT: "1"} if synthetic else {}),
    }
    inherited = {name: value for name, value in os.environ.items() if name != MEANT}
    return {**inherited, **threads, **_PUBLISHER, **own}


def _children_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
