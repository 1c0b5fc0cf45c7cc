"""The directions in which the code may import, and what a room may not do."""

import ast
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest

# A room of `analysis` imports only rooms to its left.
ROOMS = ("errors", "project", "parameters", "catalog", "indicators", "models", "report")
DOOR = {"errors", "parameters", "catalog"}  # what `neraca` may use of `analysis`
PURE = {"indicators", "models"}  # frames in, frames out
FILES_AND_DRAWING = {
    *("csv", "duckdb", "fileinput", "frictionless", "io", "os", "pathlib", "pyarrow", "shutil"),
    *("sqlite3", "tempfile", "urllib"),
    *("matplotlib", "plotly", "seaborn"),
}
NOTEBOOKS = ("summary", "export_surplus", "downstreaming", "ikm_targets")


def violations(source: Path) -> list[str]:
    """List, for the packages below `source`, each import or call in a forbidden direction."""
    found = []
    for path in sorted(source.rglob("*.py")):
        here = path.relative_to(source).with_suffix("").parts
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found += [
            f"{'/'.join(here)} imports {'.'.join(target)}"
            for target in imported(tree, here)
            if not allowed(here, target)
        ]
        if is_pure(here):
            found += [f"{'/'.join(here)} calls {name}" for name in file_calls(tree)]
    return found


def imported(tree: ast.AST, here: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Give each imported module or name, wherever in the module the import stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (tuple(alias.name.split(".")) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = here[: len(here) - node.level] if node.level else ()
            module = tuple(node.module.split(".")) if node.module else ()
            yield from ((*above, *module, alias.name) for alias in node.names)


def allowed(here: tuple[str, ...], target: tuple[str, ...]) -> bool:
    wing, room = here[0], here[1]
    if is_pure(here) and target[0] in FILES_AND_DRAWING:
        return False
    if wing == "analysis" and target[0] == "neraca":
        return False
    if target[0] != "analysis":
        return True
    if len(target) == 1:
        return False  # the whole wing at once
    if wing == "neraca":
        return target[1] in DOOR
    if room == "__init__":
        return False
    return target[1] in ROOMS[: ROOMS.index(room) + 1]


def is_pure(here: tuple[str, ...]) -> bool:
    return here[0] == "analysis" and here[1] in PURE


def file_calls(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name) and node.func.id == "open":
                yield "open"
            elif isinstance(node.func, ast.Attribute) and node.func.attr.startswith("read_"):
                yield node.func.attr


def definitions(notebook: Path) -> list[str]:
    """List the functions and classes that a notebook defines."""
    cells = nbformat.read(notebook, as_version=4).cells
    return [
        node.name
        for cell in cells
        if cell.cell_type == "code"
        for node in ast.walk(ast.parse(cell.source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    ]


def test_the_code_imports_only_in_the_allowed_directions(project_root) -> None:
    source = project_root / "src"
    assert {path.name for path in source.iterdir() if path.is_dir()} >= {"analysis", "neraca"}
    assert violations(source) == []


def test_every_room_has_its_place_in_the_order(project_root) -> None:
    wing = project_root / "src" / "analysis"
    rooms = {path.stem for path in wing.iterdir() if path.suffix == ".py" or path.is_dir()}
    assert rooms - {"__init__", "__pycache__"} == set(ROOMS)


@pytest.mark.parametrize(
    ("module", "code", "violation"),
    [
        ("analysis/report/a.py", "import neraca", "imports neraca"),
        ("analysis/report/a.py", "def f():\n    from neraca.publish import x", "neraca.publish.x"),
        ("analysis/catalog/a.py", "from analysis.indicators import trade", "indicators.trade"),
        ("analysis/catalog/a.py", "from analysis import report", "analysis.report"),
        ("analysis/catalog/a.py", "from ..models import trend", "analysis.models.trend"),
        ("analysis/catalog/a.py", "from .. import models", "analysis.models"),
        ("analysis/errors.py", "import analysis.catalog", "analysis.catalog"),
        ("analysis/__init__.py", "from analysis.report import figures", "report.figures"),
        ("neraca/cli.py", "from analysis.models import trend", "models.trend"),
        ("neraca/cli.py", "from analysis import report", "analysis.report"),
        ("neraca/cli.py", "import analysis", "imports analysis"),
        ("analysis/models/a.py", "import matplotlib.pyplot", "matplotlib.pyplot"),
        ("analysis/indicators/a.py", "from pathlib import Path", "pathlib.Path"),
        ("analysis/indicators/a.py", "pandas.read_csv('x')", "calls read_csv"),
        ("analysis/models/a.py", "open('x')", "calls open"),
    ],
)
def test_a_wrong_direction_is_found(tmp_path, module, code, violation) -> None:
    path = tmp_path / module
    path.parent.mkdir(parents=True)
    path.write_text(code)
    (found,) = violations(tmp_path)
    assert violation in found


@pytest.mark.parametrize(
    ("module", "code"),
    [
        ("analysis/report/a.py", "from analysis.indicators import trade\nimport matplotlib"),
        ("analysis/catalog/a.py", "from pathlib import Path\nfrom . import b\nopen('x')"),
        ("analysis/models/a.py", "import pandas\nfrom analysis.errors import NeracaError"),
        ("neraca/cli.py", "from analysis.catalog.check import check\nimport neraca.publish"),
    ],
)
def test_a_right_direction_is_accepted(tmp_path, module, code) -> None:
    path = tmp_path / module
    path.parent.mkdir(parents=True)
    path.write_text(code)
    assert violations(tmp_path) == []


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_defines_nothing(project_root, name) -> None:
    assert definitions(project_root / "notebooks" / f"{name}.ipynb") == []


def test_the_national_notebook_defines_nothing(project_root) -> None:
    path = project_root / "notebooks" / "national.ipynb"
    if not path.exists():
        pytest.skip("the project has no national notebook")
    assert definitions(path) == []


def test_a_definition_in_a_notebook_is_found(write_notebook) -> None:
    path = write_notebook("summary", "year = 2025", "def share(a, b):\n    return a / b")
    assert definitions(path) == ["share"]
