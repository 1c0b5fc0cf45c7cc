"""Executing notebooks: what is passed, what is refused, and how a failure is told."""

import json
import sys
import threading
import time
from concurrent.futures import wait
from pathlib import Path

import nbformat
import papermill
import pytest
from jupyter_client.kernelspec import KernelSpec

from analysis.errors import NeracaError
from neraca.pipeline import execute as execution
from neraca.pipeline.execute import NotebookError, execute, execute_together
from neraca.pipeline.kernels import ReportKernel
from neraca.pipeline.servers import stop_running_kernels

SURROUNDINGS = """
import json, os, sys, matplotlib
print(json.dumps([
    sys.executable, os.getcwd(), hash("neraca"), os.environ["TZ"], matplotlib.get_backend(),
    os.environ["IPYTHONDIR"], get_ipython().history_manager.enabled, province, year, target,
]))
"""


def printed(notebook: nbformat.NotebookNode) -> str:
    return "".join(
        output.text
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if output.output_type == "stream"
    )


def test_parameters_and_surroundings_reach_the_kernel(
    write_notebook, tmp_path, monkeypatch
) -> None:
    misleading = tmp_path / "jupyter" / "kernels" / "python3"
    misleading.mkdir(parents=True)
    (misleading / "kernel.json").write_text(
        json.dumps({"argv": ["/no/such/python"], "display_name": "x", "language": "python"})
    )
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    monkeypatch.setenv("JUPYTER_PREFER_ENV_PATH", "0")
    monkeypatch.setenv("MPLBACKEND", "agg")
    notebook = write_notebook(
        "summary", "province = 'aceh'\nyear = 2000\ntarget = None", SURROUNDINGS
    )

    given = {"province": "lampung", "year": 2025, "target": None}
    # An ordinary kernel: for another environment than the other tests have, no server is started.
    executed = execute(notebook, given, tmp_path, kernel="ordinary")

    kernel = json.loads(printed(executed))
    assert kernel[0] == sys.executable
    assert Path(kernel[1]) == tmp_path.resolve()
    assert kernel[3:5] == ["UTC", "module://matplotlib_inline.backend_inline"]
    assert not Path(kernel[5]).exists()
    assert kernel[6:] == [False, "lampung", 2025, None]


def test_what_a_cell_prints_is_whole_however_it_arrives(write_notebook, tmp_path) -> None:
    notebook = write_notebook(
        "summary",
        "year = 2000",
        "import sys\nfrom IPython.display import display\n"
        "for number in range(3):\n"
        "    print(number, flush=True)\n    print(-number, file=sys.stderr, flush=True)\n"
        "display(year)\nprint(3)",
    )
    outputs = execute(notebook, {"year": 1}, tmp_path).cells[-1].outputs
    assert [output.get("text") or output.data["text/plain"] for output in outputs] == [
        "0\n1\n2\n",
        "0\n-1\n-2\n",
        "1",
        "3\n",
    ]


def test_two_runs_give_equal_notebooks(write_notebook, tmp_path) -> None:
    notebook = write_notebook("summary", "year = 2000", "print(hash('neraca'), {'a', 'b', 'c'})")
    first, second = (nbformat.writes(execute(notebook, {"year": 1}, tmp_path)) for _ in range(2))
    assert first == second
    assert str(tmp_path) not in first
    assert "papermill" not in first


def test_papermill_in_one_go_gives_the_same_notebook(write_notebook, tmp_path, monkeypatch) -> None:
    notebook = write_notebook("summary", "year = 2000", "print(year)", "year")
    in_steps = execute(notebook, {"year": 2025}, tmp_path)

    def in_one_go(source, parameters, **options):
        options |= {"kernel_name": "python3", "language": "python", "progress_bar": False}
        return papermill.execute_notebook(source, None, dict(parameters), **options)

    monkeypatch.setattr(execution, "_papermill", in_one_go)
    assert nbformat.writes(in_steps) == nbformat.writes(execute(notebook, {"year": 2025}, tmp_path))
    assert printed(in_steps) == "2025\n"


def test_a_notebook_without_a_parameters_cell_is_refused(write_notebook, tmp_path) -> None:
    notebook = write_notebook("summary", "province = 'aceh'", tags={})
    with pytest.raises(NeracaError, match=r"summary\.ipynb has no cell tagged `parameters`"):
        execute(notebook, {"province": "lampung"}, tmp_path)


def test_a_notebook_that_lacks_a_parameter_is_refused(write_notebook, tmp_path) -> None:
    notebook = write_notebook("summary", "province: str = 'aceh'", "year = 2000")
    with pytest.raises(NeracaError, match="does not assign year, so"):
        execute(notebook, {"province": "lampung", "year": 2025}, tmp_path)


@pytest.mark.parametrize("content", [None, "no notebook"])
def test_a_file_that_is_no_notebook_is_refused(content, tmp_path) -> None:
    path = tmp_path / "summary.ipynb"
    if content is not None:
        path.write_text(content)
    with pytest.raises(NeracaError, match=r"summary\.ipynb is (missing|not a notebook)"):
        execute(path, {}, tmp_path)


def test_a_defect_names_notebook_cell_exception_and_parameters(write_notebook, tmp_path) -> None:
    notebook = write_notebook("summary", "year = 2000", "share = year / 0")
    with pytest.raises(NotebookError) as failure:
        execute(notebook, {"year": 2025}, tmp_path)
    message = str(failure.value)
    assert message.startswith("notebooks/summary.ipynb stopped at its cell [3] (`share = year / 0`")
    assert "ZeroDivisionError: division by zero" in message
    assert "year=2025" in message
    assert "share = year / 0" in failure.value.traceback
    assert "\x1b" not in failure.value.traceback


def test_a_neraca_error_keeps_its_own_sentence(write_notebook, tmp_path) -> None:
    notebook = write_notebook(
        "summary",
        "year = 2000",
        "from analysis.errors import NeracaError\nraise NeracaError('No figure. Add one.')",
    )
    with pytest.raises(NotebookError) as failure:
        execute(notebook, {"year": 2025}, tmp_path)
    assert str(failure.value) == "No figure. Add one. (notebooks/summary.ipynb, year=2025)"
    assert failure.value.traceback == ""


def test_a_kernel_that_dies_is_a_failure(write_notebook, tmp_path, capfd) -> None:
    notebook = write_notebook("summary", "year = 2000", "import os\nos._exit(1)")
    with pytest.raises(NotebookError, match=r"kernel of notebooks/summary\.ipynb died"):
        execute(notebook, {"year": 2025}, tmp_path)
    assert capfd.readouterr() == ("", "")


def test_a_cell_that_hangs_is_a_failure(write_notebook, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(execution, "CELL_SECONDS", 1)
    notebook = write_notebook("summary", "year = 2000", "import time\ntime.sleep(60)")
    with pytest.raises(NotebookError, match="did not end within 1 seconds"):
        execute(notebook, {"year": 2025}, tmp_path)


def test_a_kernel_that_never_answers_is_a_failure(write_notebook, tmp_path, monkeypatch) -> None:
    silent = [sys.executable, "-c", "import time; time.sleep(60)", "{connection_file}"]
    spec = KernelSpec(argv=silent, display_name="x", language="python")
    monkeypatch.setattr(ReportKernel, "kernel_spec", spec)
    monkeypatch.setattr(execution, "START_SECONDS", 1)
    notebook = write_notebook("summary", "year = 2000")
    with pytest.raises(NotebookError, match="did not answer within 1 seconds"):
        execute(notebook, {"year": 2025}, tmp_path)


def test_notebooks_run_side_by_side(write_notebook, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    # Each waits for the other's file, so neither would end if they ran one after the other.
    meet = (
        "import pathlib, time\npathlib.Path({mine!r}).touch()\n"
        "while not pathlib.Path({other!r}).exists(): time.sleep(0.01)\nprint(year)"
    )
    monkeypatch.setattr(execution, "CELL_SECONDS", 30)
    paths = [
        write_notebook("second", "year = 2000", meet.format(mine="b", other="a")),
        write_notebook("first", "year = 2000", meet.format(mine="a", other="b")),
    ]
    executed = execute_together(paths, {"year": 2025}, tmp_path)
    assert list(executed) == ["second", "first"]
    assert [printed(notebook) for notebook in executed.values()] == ["2025\n", "2025\n"]


def test_one_failure_is_told_when_others_succeed(write_notebook, tmp_path) -> None:
    paths = [write_notebook("good", "year = 1"), write_notebook("bad", "year = 1", "1 / 0")]
    with pytest.raises(NotebookError, match=r"bad\.ipynb"):
        execute_together(paths, {"year": 2025}, tmp_path)


def test_an_interrupt_does_not_wait_for_the_notebooks(
    write_notebook, tmp_path, monkeypatch
) -> None:
    calls = []

    def interrupted_once(*arguments, **options):
        calls.append(arguments)
        if len(calls) == 1:
            raise KeyboardInterrupt
        return wait(*arguments, **options)

    monkeypatch.setattr(execution, "wait", interrupted_once)
    code = "import time\ntime.sleep(120)"
    paths = [write_notebook(name, "year = 1", code) for name in ("one", "two", "three")]
    start = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        execute_together(paths, {"year": 2025}, tmp_path)
    assert time.monotonic() - start < 60


def test_kernels_can_be_stopped_while_they_run(write_notebook, tmp_path) -> None:
    started = tmp_path / "started"
    notebook = write_notebook(
        "summary",
        "year = 2000",
        "import pathlib, time\npathlib.Path('started').touch()\ntime.sleep(60)",
    )

    def stop_once_started() -> None:
        while not started.exists():
            time.sleep(0.01)
        stop_running_kernels()

    thread = threading.Thread(target=stop_once_started)
    thread.start()
    with pytest.raises(NotebookError, match="died"):
        execute(notebook, {"year": 2025}, tmp_path)
    thread.join()
