"""Kernels that start in a fork: what they give, what they may not share, and how they end."""

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import nbformat
import pytest

from analysis.parameters import ReportParameters
from neraca.garbage import OBJECTS
from neraca.pipeline import execute as execution
from neraca.pipeline import fork_server, warm_kernels
from neraca.pipeline.execute import NotebookError, execute
from neraca.pipeline.fork_server import preload
from neraca.pipeline.kernels import ReportKernel, kernel_configuration
from neraca.pipeline.national import make_national
from neraca.pipeline.project import Project
from neraca.pipeline.servers import SURROUNDINGS, Kernel, NoWarmKernelError, start_server, warm_up
from neraca.publish import stage
from neraca.publish.stage import ORDER

pytestmark = pytest.mark.skipif(
    not fork_server.TASKS.is_dir(), reason="this system does not tell whether a fork is safe"
)

EVERYTHING = """
import locale, subprocess, sys, time
import numpy as np, pandas as pd
from IPython.display import Markdown, display
from matplotlib import pyplot
print(set("coffee pepper nickel tin rubber cocoa".split()), hash("neraca"))
print(time.strftime("%c %Z", time.gmtime(0)), time.tzname, locale.getlocale())
print("an error", file=sys.stderr)
display(Markdown("*text*"))
pyplot.plot([1, 2])
pyplot.show()
subprocess.run(["echo", "from another process"], check=True)
pd.DataFrame(np.random.default_rng(1).normal(size=(3, 15)))
"""
# The variables and arguments in which any two kernels differ are left out.
STATE = """
import gc, json, locale, logging, os, signal, sys, threading, time
import matplotlib, numpy, pandas
own = {"IPYTHONDIR", "JPY_PARENT_PID"}
print(json.dumps({
    "environment": {name: value for name, value in os.environ.items() if name not in own},
    "parent": os.environ["JPY_PARENT_PID"] == str(os.getppid()),
    "directory": [os.path.isdir(os.environ["IPYTHONDIR"]), os.getcwd()],
    "arguments": [sys.argv[0], sys.argv[1], *sys.argv[3:]],
    "path": sys.path,
    "flags": list(sys.flags),
    "leads": [os.getsid(0) == os.getpid(), os.getpgrp() == os.getpid()],
    "input": sys.__stdin__.read(),
    "encodings": [sys.__stdout__.encoding, sys.__stderr__.encoding, sys.getfilesystemencoding()],
    "blocked": [int(number) for number in signal.pthread_sigmask(signal.SIG_BLOCK, [])],
    "signals": [str(signal.getsignal(number)) for number in (15, 17)],
    "locale": [locale.getlocale(), time.tzname],
    "threads": sorted(thread.name.split("-")[0] for thread in threading.enumerate()),
    "collector": [gc.isenabled(), *gc.get_threshold()[1:]],
    "collected after": gc.get_threshold()[0],
    "logging": [logging.root.level, [str(handler) for handler in logging.root.handlers]],
    "tables": [pandas.get_option(f"display.{name}") for name in ("max_columns", "width")],
    "numbers": str(numpy.get_printoptions()),
    "figures": str(matplotlib.rcParams),
    "history": get_ipython().history_manager.enabled,
    "project": [name for name in sys.modules if name.partition(".")[0] == "neraca"],
    "name": __name__,
}))
"""


@pytest.fixture
def run(write_notebook, tmp_path):
    """Execute cells in a kernel of a kind, and give the notebook."""

    def run(*codes: str, kernel: Kernel = "warm") -> nbformat.NotebookNode:
        notebook = write_notebook("small", "year = 1", *codes)
        return execute(notebook, {"year": 2025}, tmp_path, kernel)

    return run


def printed(notebook: nbformat.NotebookNode) -> str:
    return notebook.cells[-1].outputs[0].text


def environment(**changes: str | None) -> dict[str, str]:
    changed = {**os.environ, **SURROUNDINGS, **changes}
    return {name: value for name, value in changed.items() if value is not None}


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def require_end(*pids: int) -> None:
    end = time.monotonic() + 20
    while any(map(alive, pids)):
        assert time.monotonic() < end, [pid for pid in pids if alive(pid)]
        time.sleep(0.02)


def test_both_kinds_of_kernel_give_the_same_notebook(run, monkeypatch) -> None:
    monkeypatch.delenv(
        "PYTEST_CURRENT_TEST"
    )  # With it ipykernel takes in no other process's words.
    warm, ordinary = (run(EVERYTHING, kernel=kernel) for kernel in ("warm", "ordinary"))
    assert nbformat.writes(warm) == nbformat.writes(ordinary)
    kinds = [sorted(output.get("data", [output.get("name")])) for output in warm.cells[-1].outputs]
    assert kinds == [
        ["stdout"],
        ["stderr"],
        ["text/markdown", "text/plain"],
        ["image/png", "text/plain"],
        ["stdout"],
        ["text/html", "text/plain"],
    ]


def test_both_kinds_of_kernel_find_the_same_surroundings(run) -> None:
    warm, ordinary = (
        json.loads(printed(run(STATE, kernel=kernel))) for kernel in ("warm", "ordinary")
    )
    # It changes when memory is given back, and nothing that a notebook sees.
    assert warm.pop("collected after") == OBJECTS > ordinary.pop("collected after")
    assert warm == ordinary
    assert warm["parent"]
    assert warm["project"] == []
    assert warm["environment"]["PYTHONHASHSEED"] == "0"


def test_kernels_of_one_server_share_no_random_numbers(run) -> None:
    draw = "import random, numpy, uuid\nprint(random.random(), numpy.random.random(), uuid.uuid4())"
    first, second = (printed(run(draw)).split() for _ in range(2))
    assert not set(first) & set(second)


def test_a_kernel_runs_the_code_that_is_on_disk_as_it_starts(run, tmp_path) -> None:
    for number in ("1", "22"):
        (tmp_path / "beside.py").write_text(f"number = {number}")
        assert printed(run("import beside\nprint(beside.number)")) == f"{number}\n"


def test_a_kernel_takes_over_the_package_of_the_project_unless_a_file_of_it_has_changed(
    run, tmp_path, monkeypatch
) -> None:
    package = tmp_path / "path" / "analysis"
    (package / "inner").mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "inner" / "__init__.py").write_text("number = 1")
    monkeypatch.setenv("PYTHONPATH", str(package.parent))
    code = "import sys\nknown = 'analysis.inner' in sys.modules\nimport analysis.inner as inner\n"
    assert printed(run(f"{code}print(known, inner.number)")) == "True 1\n"
    (package / "inner" / "__init__.py").write_text("number = 22")
    assert printed(run(f"{code}print(known, inner.number)")) == "False 22\n"
    (package / "inner" / "__init__.py").write_text("number = 1")
    (package / "new.po").write_text("")
    assert printed(run(f"{code}print(known, inner.number)")) == "False 1\n"


def test_a_kernel_takes_over_the_figures_of_the_project_unless_they_have_changed(
    run, project_root, tmp_path, monkeypatch
) -> None:
    project = tmp_path / "project"
    shutil.copytree(project_root / "data", project / "data")
    (tmp_path / "data").symlink_to(project / "data")  # In which the notebook runs.
    monkeypatch.chdir(project)
    monkeypatch.setenv("NERACA_TEST", "figures of this project alone")
    code = (
        "from analysis.catalog import Catalog, tables\n"
        "before = tables._load_state.cache_info().misses\n"
        "rows = Catalog().read('villages', indicator='kopdes_merah_putih_target')\n"
        "print(tables._load_state.cache_info().misses - before, int(rows['value'].max()))"
    )
    assert printed(run(code)) == "0 80000\n"
    path = project / "data" / "observations" / "villages.csv"
    path.write_text(path.read_text().replace(",80000,", ",80001,"))
    assert printed(run(code)) == "1 80001\n"
    path.unlink()
    with pytest.raises(NotebookError, match=r"villages\.csv is missing"):
        run(code)


def test_what_is_drawn_with_is_there_from_the_second_kernel_on(run, monkeypatch) -> None:
    monkeypatch.setenv("NERACA_TEST", "drawing")
    code = (
        "from analysis.report.svg import _TEXTS\nprint(_TEXTS._glyph.cache_info().currsize > 100)"
    )
    assert [printed(run(code)) for _ in range(3)] == ["False\n", "True\n", "True\n"]


def test_kernels_of_one_process_come_from_one_server(run) -> None:
    warm_up()
    first, second = (printed(run("import os\nprint(os.getppid())")) for _ in range(2))
    assert first == second == f"{start_server(environment()).process.pid}\n"


def test_a_fork_of_the_owner_has_no_part_in_its_server() -> None:
    code = (
        "import os\nfrom neraca.pipeline import servers\nservers.warm_up()\n"
        "assert len(servers._servers) == 1\nforked = os.fork()\n"
        "assert len(servers._servers) == (1 if forked else 0)\n"
        "if forked:\n    assert os.waitpid(forked, 0)[1] == 0"
    )
    subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=True, timeout=60)


def test_what_notebooks_import_is_imported_before_the_fork(run, project_root) -> None:
    paths = sorted((project_root / "notebooks").glob("*.ipynb"))
    lines = {
        line
        for path in paths
        for cell in nbformat.read(path, as_version=4).cells
        for line in cell.source.splitlines()
        if line.startswith(("import ", "from ")) and line.count("(") == line.count(")")
    }
    found = run(
        "import sys\nbefore = set(sys.modules)",
        "\n".join(sorted(lines)),
        "new = {name.partition('.')[0] for name in set(sys.modules) - before}\n"
        "print(*sorted(new - sys.stdlib_module_names))",
    )
    assert printed(found) == "\n"


def test_a_thread_of_any_library_is_seen() -> None:
    code = (
        "import threading, time\nfrom neraca.pipeline.fork_server import more_than_one_thread\n"
        "assert more_than_one_thread() == ''\n"
        "threading.Thread(target=time.sleep, args=[9], daemon=True).start()\n"
        "print(more_than_one_thread())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "an imported library has started threads (2 in all)\n"


def test_a_server_with_threads_starts_no_kernel_but_an_ordinary_one_runs(
    run, monkeypatch, caplog
) -> None:
    # pandas imports pyarrow, whose allocator then starts a thread.
    monkeypatch.delitem(SURROUNDINGS, "JE_ARROW_MALLOC_CONF")
    monkeypatch.delenv("JE_ARROW_MALLOC_CONF", raising=False)
    assert printed(run("import os\nprint(os.getppid())")) == f"{os.getpid()}\n"
    said = "Notebooks run in ordinary kernels, which is slower: an imported library has started"
    assert said in caplog.text
    with pytest.raises(NoWarmKernelError, match="started threads"):
        start_server(environment(JE_ARROW_MALLOC_CONF=None))


def test_where_threads_cannot_be_counted_kernels_are_ordinary(
    run, monkeypatch, tmp_path, caplog
) -> None:
    monkeypatch.setattr(fork_server, "TASKS", tmp_path / "none")
    monkeypatch.setenv("NERACA_TEST", "an environment that has no server yet")
    assert printed(run("import os\nprint(os.getppid())")) == f"{os.getpid()}\n"
    assert "does not tell whether a fork is safe" in caplog.text


def test_a_library_that_cannot_be_imported_is_named() -> None:
    assert preload(["json", "no_such_library"]) == (
        "ModuleNotFoundError: No module named 'no_such_library'"
    )
    assert preload(["json"]) == ""


def test_another_interpreter_is_not_forked() -> None:
    provisioner = warm_kernels.WarmProvisioner()
    with pytest.raises(NoWarmKernelError, match="Rscript is to run it"):
        provisioner._fork(["Rscript", "-e", "kernel()"], {})


@pytest.mark.parametrize("kernel", ["warm", "ordinary"])
def test_a_kernel_that_is_killed_is_reported(run, kernel, capfd) -> None:
    with pytest.raises(NotebookError, match=r"kernel of notebooks/small\.ipynb died"):
        run("import os\nos.kill(os.getpid(), 9)", kernel=kernel)
    assert capfd.readouterr() == ("", "")


@pytest.fixture
def started(tmp_path):
    """Start a kernel that no client talks to, and give its process."""
    connection = tmp_path / "connection.json"
    info = {f"{name}_port": number for number, name in enumerate(PORTS, start=1)}
    info |= {"transport": "ipc", "ip": str(tmp_path / "socket"), "key": "", "kernel_name": ""}
    connection.write_text(json.dumps({**info, "signature_scheme": "hmac-sha256"}))
    own = environment(IPYTHONDIR=str(tmp_path))
    process = start_server(own).start_kernel(["-f", str(connection)], str(tmp_path), own)
    yield process
    process.kill()
    process.wait()


PORTS = ("shell", "iopub", "stdin", "control", "hb")


def test_a_kernel_that_ended_tells_its_exit_code_and_leaves_no_zombie(started) -> None:
    assert started.poll() is None
    started.kill()
    assert started.wait() == started.poll() == -signal.SIGKILL
    end = time.monotonic() + 20
    while Path(f"/proc/{started.pid}").exists():
        assert time.monotonic() < end
        time.sleep(0.01)
    started.send_signal(signal.SIGTERM)  # It reaches nobody.


def test_a_kernel_that_its_owner_lets_go_of_ends(started) -> None:
    started._server.close()
    require_end(started.pid)
    started.returncode = 0


def test_ctrl_c_in_the_terminal_does_not_end_the_server_or_its_kernels(started) -> None:
    server = start_server(environment()).process
    assert os.getsid(server.pid) == server.pid
    os.kill(server.pid, signal.SIGINT)
    time.sleep(0.2)
    assert server.poll() is None
    assert started.poll() is None


@pytest.mark.parametrize("kernel", ["warm", "ordinary"])
def test_a_kernel_can_be_interrupted(kernel, tmp_path) -> None:
    async def interrupted() -> dict:
        manager = ReportKernel(config=kernel_configuration(tmp_path, kernel))
        await manager.start_kernel(cwd=str(tmp_path))
        client = manager.client()
        client.start_channels()
        try:
            await client.wait_for_ready(timeout=60)
            client.execute("open('begun', 'w')\nimport time\ntime.sleep(60)")
            while not (tmp_path / "begun").exists():
                await asyncio.sleep(0.01)
            await manager.interrupt_kernel()
            while (reply := await client.get_shell_msg(timeout=30))["msg_type"] != "execute_reply":
                pass
            return reply["content"]
        finally:
            client.stop_channels()
            await manager.shutdown_kernel(now=True)

    assert asyncio.run(interrupted())["ename"] == "KeyboardInterrupt"
    assert list(tmp_path.glob("socket*")) == []


OWNER = """
import os, sys
from pathlib import Path
from neraca.pipeline.execute import execute
execute(Path("notebooks/small.ipynb"), {"year": 1}, Path.cwd())
"""


@pytest.mark.parametrize(
    "number", [signal.SIGKILL, pytest.param(signal.SIGINT, marks=pytest.mark.slow)]
)
def test_server_and_kernels_end_with_their_owner(write_notebook, tmp_path, number) -> None:
    write_notebook(
        "small",
        "year = 1",
        "import os\nopen('begun', 'w').write(f'{os.getppid()} {os.getpid()} ')\n"
        "os.rename('begun', 'there')\nwhile True: pass",
    )
    (tmp_path / "temporary").mkdir()
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER],
        cwd=tmp_path,
        env={**os.environ, "TMPDIR": str(tmp_path / "temporary")},
        stderr=subprocess.DEVNULL,
    )
    there = tmp_path / "there"
    while not there.exists():
        assert owner.poll() is None
        time.sleep(0.02)
    pids = [int(pid) for pid in there.read_text().split()]
    assert all(map(alive, pids))
    owner.send_signal(number)
    owner.wait()
    require_end(*pids)
    assert list((tmp_path / "temporary").iterdir()) == []


@pytest.mark.slow
def test_a_server_that_is_killed_takes_its_kernels_along_and_is_replaced(run, tmp_path) -> None:
    there = tmp_path / "there"

    def kill_once_there() -> None:
        while not there.exists():
            time.sleep(0.01)
        os.kill(start_server(environment()).process.pid, signal.SIGKILL)

    thread = threading.Thread(target=kill_once_there)
    thread.start()
    with pytest.raises(NotebookError, match="died"):
        run(
            "import os\nopen('pid', 'w').write(str(os.getpid()))\nos.rename('pid', 'there')\n1",
            "while True: pass",
        )
    thread.join()
    require_end(int(there.read_text()))
    assert printed(run("import os\nprint(os.getppid())")) != f"{os.getpid()}\n"


@pytest.mark.slow
def test_both_kinds_of_kernel_give_the_same_report(project_root, tmp_path) -> None:
    root = tmp_path / "project"
    root.mkdir()
    for name in ("data", "notebooks", "_quarto.yml", "requirements.lock"):
        (root / name).symlink_to(project_root / name)
    project = Project(root)
    parameters = ReportParameters.parse({"province": "lampung", "year": 2025, "language": "id"})
    found = []
    for kernel in ("warm", "ordinary"):
        make_national(project, 2025, kernel)
        notebooks = [project.notebooks / f"{name}.ipynb" for name in ORDER]
        executed = execution.execute_together(notebooks, parameters.model_dump(), root, kernel)
        stage(executed, project.report(parameters))
        files = sorted(path for path in (root / "reports").rglob("*") if path.is_file())
        found.append({path.relative_to(root): path.read_bytes() for path in files})
    warm, ordinary = found
    assert {path.name for path in warm} >= {"national.ipynb", "index.ipynb"}
    assert warm.keys() == ordinary.keys()
    assert [path for path in warm if warm[path] != ordinary[path]] == []
