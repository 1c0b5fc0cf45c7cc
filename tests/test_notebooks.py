"""Notebooks: thin, clean, and asking for the same parameters; nothing is executed here."""

import ast
import re
from pathlib import Path

import nbformat
import pytest

from analysis.parameters import NationalParameters, ReportParameters

ROOT = Path(__file__).resolve().parents[1]
REPORT = ("summary", "export_surplus", "downstreaming", "ikm_targets")
ALL = (*REPORT, "national")


def read(name: str) -> nbformat.NotebookNode:
    return nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", nbformat.NO_CONVERT)


def code(name: str) -> list[str]:
    return [cell.source for cell in read(name).cells if cell.cell_type == "code"]


def names_of(cell: str) -> dict[str, object]:
    """Execute nothing: read the assignments of a parameters cell."""
    return {
        node.target.id: ast.literal_eval(node.value)
        for node in ast.parse(cell).body
        if isinstance(node, ast.AnnAssign)
    }


def test_the_notebooks_are_these():
    assert {path.stem for path in (ROOT / "notebooks").glob("*.ipynb")} == set(ALL)


@pytest.mark.parametrize("name", ALL)
def test_valid_clean_and_thin(name):
    notebook = read(name)
    nbformat.validate(notebook)
    assert notebook.nbformat == 4
    ids = [cell.id for cell in notebook.cells]
    assert len(set(ids)) == len(ids)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert cell.outputs == []
            assert cell.execution_count is None
        assert set(cell.metadata) <= {"tags"}
    assert set(notebook.metadata) <= {"kernelspec", "language_info"}


@pytest.mark.parametrize("name", ALL)
def test_no_definition_and_no_figure_typed_by_hand(name):
    for cell in code(name)[1:]:
        for node in ast.walk(ast.parse(cell)):
            assert not isinstance(
                node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda
            )
            if isinstance(node, ast.Constant) and isinstance(node.value, float):
                assert node.value == 0.0
    assert all(len(cell.splitlines()) <= 35 for cell in code(name))


@pytest.mark.parametrize("name", ALL)
def test_imports_are_of_the_analysis_alone(name):
    for cell in code(name):
        for node in ast.walk(ast.parse(cell)):
            if isinstance(node, ast.ImportFrom):
                assert node.module.split(".")[0] == "analysis"
            if isinstance(node, ast.Import):
                assert [alias.name for alias in node.names] == ["pandas"]


@pytest.mark.parametrize("name", ALL)
def test_first_cell_holds_the_parameters(name):
    first, *others = read(name).cells
    assert first.metadata["tags"] == ["parameters"]
    assert all("parameters" not in cell.metadata.get("tags", []) for cell in others)
    for node in ast.parse(first.source).body:
        assert isinstance(node, ast.AnnAssign), "each with a type, for papermill's help"
    lines = [line for line in first.source.splitlines() if not line.startswith("#")]
    assert all(re.search(r"\S  # \S", line) for line in lines), "each with a comment"


@pytest.mark.parametrize("name", REPORT)
def test_parameters_are_those_of_the_schema_with_its_defaults(name):
    given = names_of(code(name)[0])
    assert list(given) == list(ReportParameters.model_fields)
    for field, value in ReportParameters.model_fields.items():
        if not value.is_required():
            assert given[field] == value.default, field
    assert (given["province"], given["year"], given["language"]) == ("lampung", 2025, "id")
    assert ReportParameters.parse(given).model_dump() == given


@pytest.mark.parametrize("name", REPORT)
def test_types_are_those_of_the_schema(name):
    types = {
        node.target.id: ast.unparse(node.annotation)
        for node in ast.parse(code(name)[0]).body
        if isinstance(node, ast.AnnAssign)
    }
    assert types == {
        "province": "str",
        "year": "int",
        "language": "str",
        "horizon_months": "int",
        "interval_level": "float",
        "ikm_growth_target": "float",
        "raw_export_cut": "float",
    }


def test_the_four_have_the_same_parameters_cell():
    assert len({code(name)[0] for name in REPORT}) == 1


def test_national_has_the_year_alone():
    given = names_of(code("national")[0])
    assert list(given) == list(NationalParameters.model_fields)
    assert given == {"year": names_of(code("summary")[0])["year"]}


@pytest.mark.parametrize("name", ALL)
def test_second_cell_checks_the_parameters_before_anything_is_read(name):
    check = "national_from_notebook" if name == "national" else "from_notebook"
    statements = ast.parse(code(name)[1]).body
    assert [ast.unparse(statement) for statement in statements] == [
        f"from analysis.parameters import {check}",
        f"parameters = {check}(globals())",
    ]


@pytest.mark.parametrize("name", REPORT)
def test_raw_parameters_are_not_used_after_the_check(name):
    known = set(ReportParameters.model_fields)
    imported: set[str] = set()
    for cell in code(name)[2:]:
        nodes = list(ast.walk(ast.parse(cell)))
        for node in nodes:
            if isinstance(node, ast.Import | ast.ImportFrom):
                imported |= {alias.asname or alias.name for alias in node.names}
        loaded = {
            node.id
            for node in nodes
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
        }
        assert not loaded & known - imported


# Run again in JupyterLab, the cell that checks the parameters would take what hides one.
@pytest.mark.parametrize("name", REPORT)
def test_nothing_imported_or_assigned_hides_a_parameter(name):
    known = set(ReportParameters.model_fields)
    for cell in code(name)[1:]:
        for node in ast.walk(ast.parse(cell)):
            if isinstance(node, ast.Import | ast.ImportFrom):
                assert not known & {alias.asname or alias.name for alias in node.names}
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                assert node.id not in known


@pytest.mark.parametrize("name", ALL)
def test_last_cell_makes_the_record(name):
    cells = code(name)
    last = ast.parse(cells[-1]).body[-1]
    assert isinstance(last, ast.Expr)
    assert ast.unparse(last.value.func) in ("record", "national.record")
    calls = [
        ast.unparse(node.func)
        for cell in cells
        for node in ast.walk(ast.parse(cell))
        if isinstance(node, ast.Call)
    ]
    assert sum(call in ("record", "national.record") for call in calls) == 1


@pytest.mark.parametrize("name", REPORT)
def test_page_has_the_name_of_its_notebook(name):
    assert f'Page("{name}", parameters, catalog)' in "\n".join(code(name))
