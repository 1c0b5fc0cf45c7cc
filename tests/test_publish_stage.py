"""Executed notebooks become one report source, and nothing questionable gets through."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import nbformat
import publish_samples as samples
import pytest
import yaml
from nbformat import NotebookNode

from analysis.errors import NeracaError
from analysis.parameters import load_provinces
from neraca.publish.reuse import DATA_LICENCE, REPORT_LICENCE, metadata, place_name
from neraca.publish.stage import stage
from neraca.publish.words import word


@pytest.fixture(params=["id", "en"])
def language(request: pytest.FixtureRequest) -> str:
    return request.param


def test_writes_everything_in_order(tmp_path: Path, language: str) -> None:
    executed = dict(reversed(samples.executed(language).items()))
    index = stage(executed, tmp_path / "report")
    notebook = nbformat.read(index, as_version=4)
    nbformat.validate(notebook)
    assert [cell.id for cell in notebook.cells] == [
        *("front-matter", "summary-1", "summary-2", "summary-3", "summary-4", "summary-5"),
        *("export-surplus-1", "export-surplus-2", "export-surplus-3", "export-surplus-4"),
        *("export-surplus-5", "downstreaming-1", "ikm-targets-1", "reuse", "downloads"),
    ]
    written = sorted(
        path.relative_to(index.parent).as_posix()
        for path in index.parent.rglob("*")
        if path.is_file()
    )
    assert written == [
        *("data/fig-balance.csv", "data/fig-trend.csv"),
        *("data/tbl-ledger.csv", "data/tbl-months.csv"),
        *("figures/fig-balance.svg", "figures/fig-trend.svg", "index.ipynb", "indicators.json"),
        *("notebooks/downstreaming.ipynb", "notebooks/export_surplus.ipynb"),
        *("notebooks/ikm_targets.ipynb", "notebooks/summary.ipynb"),
    ]
    assert (index.parent / "figures" / "fig-balance.svg").read_text() == samples.SVG


def test_front_matter_comes_from_the_records(tmp_path: Path, language: str) -> None:
    notebook = nbformat.read(stage(samples.executed(language), tmp_path / "r"), as_version=4)
    assert notebook.cells[0].cell_type == "raw"
    front = yaml.safe_load(notebook.cells[0].source.strip("-"))
    described = front["format"]["html"].pop("include-in-header")
    assert len(described) == 1
    assert front == {
        "title": samples.WORDS[language]["title"],
        "description": samples.WORDS[language]["description"],
        "lang": language,
        "date": "2021-02-01",
        "format": {
            "html": {},
            "typst": {
                "include-in-header": [
                    {"text": "#set document(date: datetime(year: 2021, month: 2, day: 1))"}
                ]
            },
        },
    }


def test_head_describes_report_and_data_to_machines(tmp_path: Path, language: str) -> None:
    index = stage(samples.executed(language), tmp_path / "r")
    front = yaml.safe_load(nbformat.read(index, as_version=4).cells[0].source.strip("-"))
    (included,) = front["format"]["html"]["include-in-header"]
    found = re.fullmatch(r'<script type="application/ld\+json">(.*)</script>', included["text"])
    assert found
    content = json.loads(found[1])
    assert content["@context"] == "https://schema.org"
    report, data = content["@graph"]
    assert (report["@type"], data["@type"]) == ("Report", "Dataset")
    for thing in (report, data):
        assert thing["name"] == samples.WORDS[language]["title"]
        assert thing["inLanguage"] == language
        assert thing["dateModified"] == "2021-02-01"
        assert thing["temporalCoverage"] == "2020"
        assert thing["spatialCoverage"]["name"] == "Lampung"
        assert thing["publisher"] == {"@type": "Organization", "name": "Neraca"}
    files = [report["encoding"], *data["distribution"]]
    beside = {path.relative_to(index.parent).as_posix() for path in index.parent.rglob("*.*")}
    assert {file["contentUrl"] for file in files} == {
        *("index.pdf", "indicators.json"),
        *(name for name in beside if name.endswith(".csv")),
    }


def test_says_how_it_is_cited_and_used(tmp_path: Path, language: str) -> None:
    index = stage(samples.executed(language), tmp_path / "r")
    cells = {cell["id"]: cell for cell in json.loads(index.read_text())["cells"]}
    text = "".join(cells["reuse"]["source"])
    assert f"*{samples.WORDS[language]['title']}*. Neraca." in text
    assert {"id": "1 Februari 2021", "en": "February 1, 2021"}[language] in text
    for _, address in (REPORT_LICENCE, DATA_LICENCE):
        assert f"({address})" in text


def test_licences_are_those_of_the_repository() -> None:
    citation = yaml.safe_load((samples.REPOSITORY / "CITATION.cff").read_text())
    assert citation["license"] == REPORT_LICENCE[0]
    assert citation["authors"] == [{"name": word("authors", "en")}]
    package = json.loads((samples.REPOSITORY / "data" / "datapackage.json").read_text())
    assert [licence["path"] for licence in package["licenses"]] == [DATA_LICENCE[1]]


def test_a_province_is_named_after_its_slug() -> None:
    for province in load_provinces(samples.REPOSITORY / "data").all:
        assert place_name(province.slug) == province.name("id")


def test_nothing_ends_the_element_of_the_head_early() -> None:
    head = {
        **{"title": "</script><b>", "description": "", "language": "id"},
        **{"data_vintage": "2021-02-01", "parameters": {"province": "lampung", "year": 2020}},
    }
    assert metadata(head, []).count("<") == 2


def test_kinds_become_cells(tmp_path: Path) -> None:
    notebook = nbformat.read(stage(samples.executed(), tmp_path / "r"), as_version=4)
    cells = {cell.id: cell for cell in notebook.cells}
    assert cells["summary-1"].source == "## Ringkasan {#sec-summary}"
    assert cells["export-surplus-3"].source == "### Cara membaca {#sec-reading}"
    figure = cells["export-surplus-2"]
    assert (figure.cell_type, figure.source) == ("code", "report.show()")
    assert [list(output.data) for output in figure.outputs] == [["text/markdown"]]
    text = figure.outputs[0].data["text/markdown"]
    assert text.endswith(
        '[[CSV](data/fig-balance.csv)]{.download .content-visible when-format="html"}'
    )
    # The title of a callout is no heading of the report.
    assert "\n## Cara membaca\n" in cells["summary-5"].source


def test_texts_are_lists_of_lines(tmp_path: Path) -> None:
    """Quarto joins the lines of a cell, and runs one long text together."""
    content = json.loads(stage(samples.executed(), tmp_path / "r").read_text())
    assert all(isinstance(cell["source"], list) for cell in content["cells"])


def test_indicators(tmp_path: Path) -> None:
    stage(samples.executed(), tmp_path / "r")
    content = json.loads((tmp_path / "r" / "indicators.json").read_text())
    assert list(content["notebooks"]) == sorted(samples.executed())
    assert content["notebooks"]["summary"]["indicators"]["trade_balance"]["value"] == 61.53
    assert content["parameters"]["province"] == "lampung"
    assert content["data_vintage"] == "2021-02-01"


def test_no_trace_of_machine_or_moment(tmp_path: Path) -> None:
    stage(samples.executed(), tmp_path / "r")
    for path in (tmp_path / "r").rglob("*"):
        if path.is_file():
            assert not re.search(r"2031-|/home/|3\.11\.4|papermill", path.read_text())


def test_same_bytes_whatever_the_cell_ids(tmp_path: Path) -> None:
    # nbformat gives the cells of the two runs different random ids.
    stage(samples.executed(), tmp_path / "a")
    stage(samples.executed(), tmp_path / "b")
    for path in (tmp_path / "a").rglob("*"):
        if path.is_file():
            other = tmp_path / "b" / path.relative_to(tmp_path / "a")
            assert path.read_bytes() == other.read_bytes()


def test_replaces_all_but_the_record(tmp_path: Path) -> None:
    directory = tmp_path / "r"
    (directory / "figures").mkdir(parents=True)
    (directory / "figures" / "fig-old.svg").write_text("old")
    (directory / "record.json").write_text("{}")
    stage(samples.executed(), directory)
    assert not (directory / "figures" / "fig-old.svg").exists()
    assert (directory / "record.json").read_text() == "{}"
    assert [path.name for path in tmp_path.iterdir()] == ["r"]


def _add(output: NotebookNode) -> Callable[[dict[str, NotebookNode]], None]:
    def change(executed: dict[str, NotebookNode]) -> None:
        executed["downstreaming"].cells.insert(0, samples.code_cell(output))

    return change


def _drop_record(executed: dict[str, NotebookNode]) -> None:
    del executed["downstreaming"].cells[-1]


def _other_year(executed: dict[str, NotebookNode]) -> None:
    parameters = {"province": "lampung", "year": 2021, "language": "id"}
    executed["downstreaming"].cells[-1] = samples.code_cell(
        samples.record("downstreaming", "id", parameters=parameters)
    )


def _without(kind: str, old: str, new: str = "") -> NotebookNode:
    made = samples.figure("fig-a", "id") if kind == "figure" else samples.table("tbl-a", "id")
    made.data["text/markdown"] = made.data["text/markdown"].replace(old, new)
    return made


ERROR = nbformat.v4.new_output("error", ename="KeyError", evalue="'x'", traceback=[])
PRINTED = nbformat.v4.new_output("stream", name="stdout", text="61.53")
ALTERNATIVE = f' fig-alt="{samples.WORDS["id"]["alternative"]}"'


@pytest.mark.parametrize(
    ("change", "parts"),
    [
        (_add(ERROR), ["cell 1", "KeyError: 'x'", "JupyterLab"]),
        (_add(PRINTED), ["cell 1", "unknown kind 'stream'", "helper"]),
        (_add(samples.shown("map", "map-a", markdown="a")), ["unknown kind 'map'"]),
        (_add(samples.shown("text", "", markdown=" \n")), ["without words"]),
        (_add(samples.figure("fig-balance", "id")), ["fig-balance", "export_surplus, cell 2"]),
        (_add(samples.figure("Balance", "id")), ["'Balance'", "'fig-'"]),
        (_add(_without("figure", ALTERNATIVE)), ["fig-a", "alternative text"]),
        (_add(_without("figure", "figures/fig-a", "fig-a")), ["no image figures/fig-a.svg"]),
        (_add(_without("table", "{#tbl-a}")), ["no label {#tbl-a}"]),
        (_add(samples.record("downstreaming", "id")), ["2 records", "once"]),
        (_drop_record, ["0 records", "report.record()"]),
        (_other_year, ["year = 2021", "summary with 2020"]),
    ],
)
def test_refuses(
    tmp_path: Path,
    change: Callable[[dict[str, NotebookNode]], None],
    parts: list[str],
) -> None:
    executed = samples.executed()
    change(executed)
    (tmp_path / "r").mkdir()
    (tmp_path / "r" / "index.ipynb").write_text("the last good one")
    with pytest.raises(NeracaError) as caught:
        stage(executed, tmp_path / "r")
    for part in ["downstreaming", *parts]:
        assert part in str(caught.value)
    assert (tmp_path / "r" / "index.ipynb").read_text() == "the last good one"


@pytest.mark.parametrize("executed", [{}, {"national": samples.short("summary", "id")}])
def test_refuses_other_notebooks(tmp_path: Path, executed: dict[str, NotebookNode]) -> None:
    with pytest.raises(NeracaError, match="summary, export_surplus"):
        stage(executed, tmp_path / "r")
