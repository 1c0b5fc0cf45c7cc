"""Execute notebooks with papermill, each with exactly the parameters it declares."""

import ast
import logging
import os
import re
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import nbformat
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from papermill import PapermillExecutionError
from papermill.engines import papermill_engines
from papermill.execute import raise_for_execution_errors
from papermill.iorw import load_notebook_node
from papermill.parameterize import parameterize_notebook

from analysis.errors import NeracaError
from neraca.pipeline.kernels import ReportKernel, kernel_configuration
from neraca.pipeline.servers import Kernel, stop_running_kernels
from neraca.publish.syntax import parsed

# What these would say, the exceptions raised here say in plainer words.
for _name in ("papermill", "traitlets"):
    logging.getLogger(_name).addHandler(logging.NullHandler())

START_SECONDS = 60  # A kernel that is silent for longer than this hangs.
CELL_SECONDS = 600  # A cell that takes longer than this hangs.


class NotebookError(NeracaError):
    """A notebook that stopped before its end.

    Attributes:
        traceback: what Python printed; empty if the notebook itself explained, with a
            `NeracaError`, what is wrong.

    """

    def __init__(self, message: str, traceback: str = "") -> None:
        super().__init__(message)
        self.traceback = traceback


class KernelDiedError(NotebookError):
    """A notebook whose kernel ended while it ran, which need not happen again."""


def execute(
    notebook: Path, parameters: Mapping[str, Any], root: Path, kernel: Kernel = "warm"
) -> NotebookNode:
    """Execute one notebook and give it back with its outputs; no file is written.

    Args:
        notebook: path of the notebook as written.
        parameters: value of each parameter; the others keep the notebook's own defaults.
        root: the project's root, in which the notebook runs.
        kernel: `warm` starts it with the libraries imported, where the system allows that.

    Raises:
        NeracaError: if the notebook does not declare one of the parameters.
        NotebookError: if a cell raises, the kernel dies, or a cell never ends.

    """
    source = _read(notebook)
    _require_declared(parameters, source, notebook)
    return _run(source, parameters, notebook, root, kernel)


def execute_together(
    notebooks: Sequence[Path],
    parameters: Mapping[str, Any],
    root: Path,
    kernel: Kernel = "warm",
) -> dict[str, NotebookNode]:
    """Execute notebooks side by side, as many at a time as the machine has cores.

    Returns:
        the executed notebooks by name (`summary` for `summary.ipynb`), in the order given.

    Raises:
        NeracaError: as `execute` does, for a notebook that fails; those that run already are
            let finish, and no other is begun.

    """
    # The longest first, as it most often takes longest: else it could be waited for alone.
    order = sorted(notebooks, key=lambda path: path.stat().st_size if path.is_file() else 0)
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        running = {
            path.stem: pool.submit(execute, path, parameters, root, kernel)
            for path in reversed(order)
        }
        try:
            done, _ = wait(running.values(), return_when=FIRST_EXCEPTION)
            pool.shutdown(wait=True, cancel_futures=True)
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
            # Again and again, since a kernel may be on its way up.
            while not all(notebook.done() for notebook in running.values()):
                stop_running_kernels()
                time.sleep(0.1)
            raise
    for notebook in done:
        notebook.result()
    return {path.stem: running[path.stem].result() for path in notebooks}


def _read(notebook: Path) -> NotebookNode:
    if not notebook.is_file():
        raise NeracaError(f"The notebook {notebook} is missing; restore it from the repository.")
    try:
        return nbformat.read(notebook, as_version=4)
    except (nbformat.reader.NotJSONError, nbformat.ValidationError) as error:
        raise NeracaError(
            f"{notebook} is not a notebook ({error}); restore it from the repository."
        ) from None


def _declared(source: NotebookNode, notebook: Path) -> set[str]:
    for cell in source.cells:
        if cell.cell_type == "code" and "parameters" in cell.metadata.get("tags", []):
            return _assigned(cell.source)
    raise NeracaError(
        f"{notebook} has no cell tagged `parameters`, so nothing could be passed to it. "
        "In JupyterLab, tag the cell that assigns its defaults (Property Inspector, Cell Tags)."
    )


def _assigned(code: str) -> set[str]:
    r"""Give the names that code assigns at its top level.

    >>> sorted(_assigned("province: str = 'lampung'  # slug\nyear = 2025"))
    ['province', 'year']
    """
    targets: list[ast.expr] = []
    for statement in parsed(code).body:
        if isinstance(statement, ast.Assign):
            targets.extend(statement.targets)
        elif isinstance(statement, ast.AnnAssign):
            targets.append(statement.target)
    return {target.id for target in targets if isinstance(target, ast.Name)}


def _require_declared(parameters: Mapping[str, Any], source: NotebookNode, notebook: Path) -> None:
    missing = sorted(set(parameters) - _declared(source, notebook))
    if missing:
        raise NeracaError(
            f"The cell tagged `parameters` in {notebook} does not assign {', '.join(missing)}, "
            "so the notebook would ignore it. Add it there with its default."
        )


def _run(
    source: NotebookNode,
    parameters: Mapping[str, Any],
    notebook: Path,
    root: Path,
    kernel: Kernel,
) -> NotebookNode:
    where = f"{notebook.parent.name}/{notebook.name}"
    given = ", ".join(f"{name}={value!r}" for name, value in parameters.items())
    with TemporaryDirectory(prefix="neraca-", ignore_cleanup_errors=True) as directory:
        try:
            executed = _papermill(
                source,
                parameters,
                kernel_manager_class=ReportKernel,
                config=kernel_configuration(Path(directory), kernel),
                # papermill's own `cwd` changes the directory of the whole process, threads and all.
                resources={"metadata": {"path": str(root)}},
                shutdown_kernel="immediate",
                start_timeout=START_SECONDS,
                execution_timeout=CELL_SECONDS,
            )
        except PapermillExecutionError as error:
            raise _failure(error, where, given) from None
        except CellTimeoutError:
            raise NotebookError(
                f"A cell of {where} did not end within {CELL_SECONDS} seconds ({given}). "
                "Run the notebook in JupyterLab with these parameters to see which."
            ) from None
        except TimeoutError:
            raise NotebookError(
                f"The kernel of {where} did not answer within {START_SECONDS} seconds ({given}). "
                "Close other programs and try again."
            ) from None
        except DeadKernelError:
            raise KernelDiedError(
                f"The kernel of {where} died, most likely for lack of memory ({given}). "
                "Close other programs and try again."
            ) from None
    return _without_traces(executed, notebook.stem)


def _papermill(source: NotebookNode, parameters: Mapping[str, Any], **options: Any) -> NotebookNode:
    """Do what `papermill.execute_notebook` does, step by step.

    Left out is its last step. It writes the notebook as indented text even where no file is asked
    for, which takes a twentieth of the time of a report.
    """
    named = {"kernel_name": "python3", "language": "python"}
    notebook = parameterize_notebook(load_notebook_node(source), dict(parameters), **named)
    executed = papermill_engines.execute_notebook_with_engine(
        None,  # papermill's own engine, nbclient
        notebook,
        kernel_name=named["kernel_name"],
        progress_bar=False,
        **options,
    )
    raise_for_execution_errors(executed, None)
    return executed


def _failure(error: PapermillExecutionError, where: str, given: str) -> NotebookError:
    """Word the exception of a cell; one that explains itself is passed on in its own words."""
    if error.ename == NeracaError.__name__:
        return NotebookError(f"{error.evalue} ({where}, {given})")
    last = f"{error.ename}: {error.evalue}".splitlines()[0]
    first_line = error.source.strip().partition("\n")[0]
    return NotebookError(
        f"{where} stopped at its cell [{error.exec_count}] (`{first_line}`) with {last} ({given}). "
        "Run the notebook in JupyterLab with these parameters to see why.",
        traceback=_COLOUR.sub("", "\n".join(error.traceback)),
    )


_COLOUR = re.compile("\x1b\\[[0-9;]*m")


def _without_traces(executed: NotebookNode, name: str) -> NotebookNode:
    """Drop what tells one run from another: times, paths, identifiers, portions of print."""
    executed.metadata.pop("papermill", None)
    for number, cell in enumerate(executed.cells, start=1):
        cell.id = f"{name}-{number}"
        for key in ("papermill", "execution"):
            cell.metadata.pop(key, None)
        if "outputs" in cell:
            cell.outputs = _with_whole_streams(cell.outputs)
    return executed


def _with_whole_streams(outputs: Sequence[NotebookNode]) -> list[NotebookNode]:
    """Join what a cell printed between two displays, which arrives in portions as time passes."""
    joined: list[NotebookNode] = []
    for is_stream, run in groupby(outputs, lambda output: output.output_type == "stream"):
        if not is_stream:
            joined.extend(run)
            continue
        texts: dict[str, str] = {}
        for output in run:
            texts[output.name] = texts.get(output.name, "") + output.text
        joined += [
            nbformat.v4.new_output("stream", name=name, text=texts[name])
            for name in sorted(texts, reverse=True)  # stdout, stderr
        ]
    return joined
