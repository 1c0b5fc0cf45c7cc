"""Making one report: order, record, the national result, and what a failure leaves behind."""

import json
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from workshop import Workshop, enter, write_project

from analysis.errors import NeracaError
from analysis.parameters import ReportParameters
from neraca.pipeline import report as reporting
from neraca.pipeline.national import make_national
from neraca.pipeline.project import Project
from neraca.pipeline.record import payload
from neraca.pipeline.report import make_report
from neraca.publish.stage import ORDER

PARAMETERS = {"province": "lampung", "year": 2025, "language": "en"}
CELL = "\n".join(f"{name} = None" for name in ReportParameters.model_fields)
RECORD = """
from IPython.display import display
record = {"notebook": "x", "indicators": {"half": {"value": year / 2}}, "reads": []}
import json
display({"application/vnd.neraca+json": json.dumps(record)}, raw=True)
"""
NATIONAL = """
from IPython.display import display
record = {"resources": {"national": {"columns": COLUMNS, "rows": ROWS}}, "reads": []}
import json
display({"application/vnd.neraca+json": json.dumps(record)}, raw=True)
"""


@pytest.fixture
def workshop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    write_project(tmp_path)
    return enter(tmp_path, monkeypatch)


@pytest.fixture
def parameters() -> ReportParameters:
    return ReportParameters.parse(PARAMETERS)


@pytest.fixture
def executing_project(small_project, write_notebook, monkeypatch) -> Project:
    """A project of tiny notebooks, with the data check and the publisher stood in for."""
    for name in ORDER:
        write_notebook(name, CELL, RECORD)
    monkeypatch.setattr("analysis.catalog.check.check", lambda data: [])
    monkeypatch.setattr(reporting, "stage", fake_stage)
    monkeypatch.setattr(reporting, "publish", fake_publish)
    monkeypatch.setattr(reporting, "publish_site", lambda root, site: [])
    return Project(small_project)


def fake_stage(executed, directory: Path) -> Path:
    directory.mkdir(parents=True, exist_ok=True)
    index = directory / "index.ipynb"
    index.write_text(json.dumps(list(executed)))
    (directory / "indicators.json").write_text('{"data_vintage": "2025-12-31"}')
    return index


def fake_publish(index: Path, root: Path, site: Path) -> SimpleNamespace:
    page = site / index.parent.relative_to(root)
    page.mkdir(parents=True, exist_ok=True)
    for name in ("index.html", "index.pdf"):
        (page / name).write_text(index.read_text())


def test_a_report_is_made_and_recorded(workshop, parameters) -> None:
    told = []
    made = make_report(
        workshop.project, parameters, finished=lambda step, seconds: told.append(step)
    )

    assert "horizon_months" in made.html.read_text()
    assert made.html == workshop.root / "_site/reports/en/lampung/2025/index.html"
    assert told == list(made.seconds)
    assert told == [
        "look for changes",
        "check the data",
        "compare all provinces",
        "execute the notebooks",
        "put the report together",
        "publish",
        "publish the site's pages",
    ]
    record = json.loads(made.record.read_text())
    assert record["parameters"]["province"] == "lampung"
    assert record["parameters"]["horizon_months"] == 12
    assert record["reads"]["downstreaming"][0]["filters"]["province_code"] == "18"
    assert made.publisher == "embedded"
    assert {"requirements.lock", "notebooks/summary.ipynb", "src/analysis/theme.py"} <= set(
        record["code"]
    )
    assert str(workshop.root) not in made.record.read_text()
    compared = json.loads((workshop.project.national(2025) / "record.json").read_text())
    assert list(compared["results"]) == ["national.csv"]
    assert compared["reads"]["national"][0]["filters"]["until"] == 2025


def test_two_runs_write_the_same_record(executing_project, parameters) -> None:
    first = make_report(executing_project, parameters).record.read_bytes()
    assert make_report(executing_project, parameters, again=True).record.read_bytes() == first
    assert json.loads(first)["indicators"]["ikm_targets"] == {"half": {"value": 1012.5}}


def fail(message: str):
    def failing(*arguments: object) -> None:
        raise NeracaError(message)

    return failing


FALLIBLE = {
    "check": "analysis.catalog.check.check",
    "compare": "neraca.pipeline.report.make_national",
    "execute": "neraca.pipeline.execute.execute_together",
    "stage": "neraca.pipeline.report.stage",
    "publish": "neraca.pipeline.report.publish",
}


@pytest.mark.parametrize("step", FALLIBLE)
def test_a_failed_step_leaves_no_earlier_page(workshop, monkeypatch, step) -> None:
    made = workshop.make()
    record = made.record.read_bytes()
    monkeypatch.setattr(FALLIBLE[step], fail("It failed."))
    with pytest.raises(NeracaError, match="It failed"):
        workshop.make(again=True)
    assert not made.html.exists()
    assert not made.pdf.exists()
    left = sorted(path.name for path in made.record.parent.iterdir())
    assert left == ["failure.json", "record.json"]
    assert made.record.read_bytes() == record


def test_a_report_that_was_made_outlives_a_failure_of_the_sites_own_pages(
    workshop, monkeypatch
) -> None:
    monkeypatch.setattr(reporting, "publish_site", fail("It failed."))
    with pytest.raises(NeracaError, match="It failed"):
        workshop.make()
    assert (workshop.page / "index.html").exists()


def test_no_page_points_to_a_report_that_was_withdrawn(workshop, monkeypatch) -> None:
    workshop.make()
    listed = []
    monkeypatch.setattr(
        reporting, "publish_site", lambda root, site: listed.append(workshop.page.exists())
    )
    monkeypatch.setattr(reporting, "stage", fail("It failed."))
    with pytest.raises(NeracaError, match="It failed"):
        workshop.make(again=True)
    assert listed == [False]


def test_what_failed_first_is_told_and_not_what_failed_after(workshop, monkeypatch) -> None:
    workshop.make()
    monkeypatch.setattr(reporting, "stage", fail("The first."))
    monkeypatch.setattr(reporting, "publish_site", fail("The second."))
    with pytest.raises(NeracaError, match="The first"):
        workshop.make(again=True)


def test_a_quarto_that_cannot_be_used_costs_no_page(workshop, monkeypatch) -> None:
    made = workshop.make()
    monkeypatch.setattr("neraca.publish.quarto.find_quarto", fail("QUARTO_PATH names no program."))
    with pytest.raises(NeracaError, match="QUARTO_PATH"):
        workshop.make(again=True)
    assert made.html.exists()


def test_a_failure_leaves_other_reports_alone(workshop, monkeypatch) -> None:
    other = workshop.make(language="id")
    monkeypatch.setattr(reporting, "stage", fail("It failed."))
    with pytest.raises(NeracaError):
        workshop.make()
    assert other.html.exists()


def test_every_problem_of_the_data_is_told(workshop, monkeypatch) -> None:
    monkeypatch.setattr(
        "analysis.catalog.check.check", lambda data: ["first problem", "second problem"]
    )
    with pytest.raises(NeracaError, match="first problem\nsecond problem"):
        workshop.make()


def test_the_national_result_is_there_before_the_notebooks_run(
    executing_project, parameters, write_notebook
) -> None:
    write_notebook(
        "national",
        "year = 2000",
        NATIONAL.replace("COLUMNS", "['province_code', 'rank']").replace(
            "ROWS", "[['18', 3], ['65', None]]"
        ),
    )
    path = "reports/national/2025/national.csv"
    write_notebook(
        "summary",
        CELL,
        f"assert open('{path}').read() == 'province_code,rank\\n18,3\\n65,\\n'",
        RECORD,
    )
    made = make_report(executing_project, parameters)
    assert list(made.seconds)[2] == "compare all provinces"


@pytest.mark.parametrize("columns", ["[]", "1 / 0"])
def test_a_failed_national_result_leaves_no_earlier_one(
    executing_project, write_notebook, columns
) -> None:
    good = NATIONAL.replace("COLUMNS", "['rank']").replace("ROWS", "[[3]]")
    write_notebook("national", "year = 2000", good)
    directory = make_national(executing_project, 2025)
    assert (directory / "national.csv").read_text() == "rank\n3\n"
    bad = NATIONAL.replace("COLUMNS", columns).replace("ROWS", "[]")
    write_notebook("national", "year = 2000", bad)
    with pytest.raises(NeracaError):
        make_national(executing_project, 2025)
    assert list(directory.glob("*.csv")) == []


def test_a_national_result_has_the_tables_of_its_own_run_alone(
    executing_project, write_notebook
) -> None:
    table = NATIONAL.replace("COLUMNS", "['rank']").replace("ROWS", "[]")
    write_notebook("national", "year = 2000", table.replace('"national":', '"national_months":'))
    make_national(executing_project, 2025)
    write_notebook("national", "year = 2000", table)
    directory = make_national(executing_project, 2025)
    assert [path.name for path in directory.glob("*.csv")] == ["national.csv"]
    assert (directory / "national.csv").read_text() == "rank\n"


def test_a_notebook_has_exactly_one_record() -> None:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1")])
    with pytest.raises(NeracaError, match="summary displays 0 records"):
        payload("summary", notebook)
    output = nbformat.v4.new_output(
        "display_data", {"application/vnd.neraca+json": '{"notebook": "summary"}'}
    )
    notebook.cells[0].outputs = [output]
    assert payload("summary", notebook) == {"notebook": "summary"}
    notebook.cells[0].outputs = [output, output]
    with pytest.raises(NeracaError, match="summary displays 2 records"):
        payload("summary", notebook)


@pytest.mark.parametrize("held", [{"notebook": "summary"}, "[]", "no JSON", None])
def test_a_record_that_is_no_text_of_json_is_refused(held: object) -> None:
    output = nbformat.v4.new_output("display_data", {"application/vnd.neraca+json": held})
    cell = nbformat.v4.new_code_cell("1", outputs=[output])
    with pytest.raises(NeracaError, match=r"summary: the record is no text of JSON; use report"):
        payload("summary", nbformat.v4.new_notebook(cells=[cell]))
