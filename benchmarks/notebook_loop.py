"""Make reports as a person would without the pipeline: a loop of commands, one after the other."""

import json
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import pypandoc
from sandbox import BINARIES, Sandbox

from analysis.errors import NeracaError
from neraca.publish.stage import ORDER, RECORD_TYPE

# Figures are named by their whole path, which typst looks for below the root that it is given.
_PRINT = "import sys, typst; typst.compile(sys.argv[1], output=sys.argv[2], root='/')"


@dataclass(frozen=True)
class LoopRun:
    """The seconds on the clock that a report took in the loop, by command.

    Attributes:
        execute: of `papermill`.
        page: of `jupyter nbconvert`.
        document: of pandoc and typst.

    """

    execute: float
    page: float
    document: float

    @property
    def seconds(self) -> float:
        """Give them in all."""
        return self.execute + self.page + self.document


def require_commands(sandbox: Sandbox) -> None:
    """Refuse to measure without the commands of the loop.

    Raises:
        NeracaError: naming the one that is missing.

    """
    for name in ("papermill", "jupyter-nbconvert"):
        if shutil.which(name, path=sandbox.variables["PATH"]) is None:
            raise NeracaError(
                f"{name} is not there; install requirements-test.lock, or `make bench`."
            )


def loop_comparison(sandbox: Sandbox, year: int, out: Path) -> float:
    """Execute the comparison of all provinces, once a loop; give the seconds.

    What it found is there already, as the pipeline keeps it: a loop alone would not.
    """
    out.mkdir(parents=True, exist_ok=True)
    executed = out / "national.ipynb"
    command: list[str | Path] = [BINARIES / "papermill", "notebooks/national.ipynb", executed]
    return sandbox.run(*command, "-p", "year", str(year), "--no-progress-bar").seconds


def loop_report(sandbox: Sandbox, province: str, year: int, out: Path) -> LoopRun:
    """Make one report: each notebook executed, made a page, and printed, one after the other."""
    out.mkdir(parents=True, exist_ok=True)
    asked = {"province": province, "year": str(year), "language": "id"}
    parameters = [part for name, value in asked.items() for part in ("-p", name, value)]
    execute = page = document = 0.0
    for name in ORDER:
        executed = out / f"{name}.ipynb"
        source = Path("notebooks") / f"{name}.ipynb"
        command: list[str | Path] = [BINARIES / "papermill", source, executed, *parameters]
        execute += sandbox.run(*command, "--no-progress-bar").seconds
        page += sandbox.run(BINARIES / "jupyter", "nbconvert", "--to", "html", executed).seconds
        document += _print(sandbox, without_record(executed))
    return LoopRun(execute, page, document)


def without_record(executed: Path) -> Path:
    """Write a notebook without the record in it, which nobody prints; give its path.

    Printed as code, as pandoc would, the record alone can take a minute.
    """
    notebook = json.loads(executed.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            output.get("data", {}).pop(RECORD_TYPE, None)
    printed = executed.with_name(f"{executed.stem}-printed.ipynb")
    printed.write_text(json.dumps(notebook), encoding="utf-8")
    return printed


def _print(sandbox: Sandbox, executed: Path) -> float:
    """Make a PDF of an executed notebook; give the seconds."""
    typed, printed = executed.with_suffix(".typ"), executed.with_suffix(".pdf")
    media = executed.with_suffix("")
    convert: list[str | Path] = [
        pypandoc.get_pandoc_path(),
        executed,
        "--standalone",
        "--output",
        typed,
    ]
    seconds = sandbox.run(*convert, "--extract-media", media).seconds
    return seconds + sandbox.run(sys.executable, "-c", _PRINT, typed, printed).seconds
