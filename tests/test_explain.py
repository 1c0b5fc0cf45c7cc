"""The command that explains a number, and the page that does the same: to the sources and back."""

import hashlib
import json
import re
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from lineage_samples import lineage, made
from national_samples import project_with_tables
from site_samples import BOTH, executed, indicator

from analysis.catalog import Catalog
from analysis.errors import NeracaError
from analysis.report.lineage import COLUMNS, Series, require_origins
from analysis.report.lineage import lineage as gathered
from neraca import cli
from neraca.pipeline.explain import Report, explain, lines, tree
from neraca.publish import stage
from neraca.publish.lineage import formula_of
from neraca.publish.numbers import numbers, numbers_page

ROOT = Path(__file__).resolve().parents[1]
MONTHS = "export_origin"
TRADE = "data/observations/trade.csv"


@pytest.fixture
def report(small_project: Path) -> Path:
    """An executed report in a project, and what it recorded of the tables that it read."""
    directory = small_project / "reports" / "en" / "lampung" / "2020"
    directory.mkdir(parents=True)
    own = lineage(2020)
    balance = indicator(1.0, "million USD", time_period="2020", basis="origin")
    own["indicators"] = {
        "headline_export": made(indicator(556.25, "million USD", time_period="2020")),
        "headline_balance": made(balance, "headline_export", MONTHS),
        "annual_export_2020": made(indicator(556.25, "million USD", time_period="2020")),
        "least": indicator(70.0, "percent", method=CONSTANT, sources=[], inputs=[], section=""),
        "cut": made(indicator(1.0, "percent"), "parameter raw_export_cut"),
    }
    content = {
        "parameters": {"province": "lampung", "year": 2020, "raw_export_cut": 10.0},
        "numbers": {
            "summary": {name: own[name] for name in ("sections", "indicators", "series")},
            "export_surplus": {
                "sections": [],
                "indicators": {"least": own["indicators"]["least"]},
                "series": {},
            },
        },
        "sources": own["sources"],
        "corrections": own["corrections"],
    }
    (directory / "numbers.json").write_text(json.dumps(content))
    catalog = Catalog(small_project / "data")
    catalog.read("trade", province_code="18", dimension="total", time_period="2020-01")
    record = {
        "reads": {"summary": [read.as_dict() for read in catalog.reads]},
        "data": {TRADE: hashlib.sha256((ROOT / TRADE).read_bytes()).hexdigest()},
    }
    (directory / "record.json").write_text(json.dumps(record))
    return directory


CONSTANT = "analysis.catalog.composition.MINIMUM_COVERAGE_PERCENT"

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def neraca(capsys: pytest.CaptureFixture[str]) -> Command:
    def command(*arguments: str) -> tuple[int, str, str]:
        code = cli.run(arguments)
        return code, *capsys.readouterr()

    return command


def test_a_number_is_explained_down_to_its_sources(report, neraca):
    code, said, _ = neraca("explain", "lampung", "2020", "trade_balance")
    assert code == 0
    found = [line.strip() for line in said.splitlines()]
    for expected in (
        "headline_balance = 1 million USD, 2020, published, basis origin",
        "Formula: X − M (United Nations Statistics Division, International Merchandise Trade "
        "Statistics: Concepts and Definitions 2010).",
        "headline_export = 556.25 million USD, 2020, published",
        "series export_origin: 4 rows of data/observations/trade.csv, dimension total, "
        "flow export, basis origin",
        "joined by the declared link lampung-exports-by-origin (data/links.yml)",
        "2020-01: 206.31 million USD, published, in use, s0000000a",
        "2020-01: 206.3 million USD, approximate, set aside: not as sure, s0000000b",
        "2020-02: 250.44 million USD, published, in doubt, not used, s0000000b",
        "correction tenfold (doubt): Ten times its neighbours.",
        "2020-03: 99.5 million USD, derived, filled: what exports, imports and balance leave open, "
        "s0000000a s0000000b",
        "s0000000a: Rilis BPS Lampung, Februari 2021, https://lampung.bps.go.id/a, "
        "released 2021-02-01",
        "s0000000b: Koran Lampung, Maret 2020, released 2020-03",
    ):
        assert expected in found
    assert any(line.startswith("by analysis.indicators.trade.trade_balance (") for line in found)
    # What was told of the exports is not told again below the balance.
    assert found[-1].endswith("basis origin (as above)")


def test_the_year_need_not_be_named(report, neraca):
    assert "annual_export_2020 = " in neraca("explain", "lampung", "2020", "annual_export")[1]


def test_constants_and_parameters_end_a_number(report, neraca):
    said = neraca("explain", "lampung", "2020", "least", "--notebook", "summary")[1]
    assert "(analysis/catalog/composition.py:" in said
    assert "Formula: MINIMUM_COVERAGE_PERCENT = 70" in said
    assert "parameter raw_export_cut = 10" in neraca("explain", "lampung", "2020", "cut")[1]


def test_all_indicators_are_listed(report, neraca):
    listed = neraca("explain", "lampung", "2020")[1].splitlines()
    assert len(listed) == 6
    assert listed[0].split() == [
        *("summary", "headline_export", "556.25", "million", "USD", "2020")
    ]
    objects = [
        json.loads(line) for line in neraca("explain", "lampung", "2020", "--json")[1].splitlines()
    ]
    assert objects[0]["value"] == 556.25


def test_as_json(report, neraca):
    told = json.loads(neraca("explain", "lampung", "2020", "headline_export", "--json")[1])
    (series,) = told["inputs"]
    assert (told["value"], series["series"], len(series["figures"])) == (556.25, MONTHS, 4)
    assert [source["id"] for source in series["sources"]] == ["s0000000a", "s0000000b"]


def test_few_figures_are_shown_unless_all_are_asked_for(report):
    read = Report.read(report.parents[3], "lampung", 2020, None)
    series = explain(read, "summary", "headline_export", limit=1)["inputs"][0]
    assert (len(series["figures"]), series["left_out"], series["count"]) == (1, 3, 4)
    (branch,) = [each for each in tree(series).below if "--all" in each.text]
    assert branch.text == "3 more, before these: --all"
    series = explain(read, "summary", "headline_export", limit=None)["inputs"][0]
    assert (len(series["figures"]), series["left_out"]) == (4, 0)
    assert series["sources_left_out"] == 0


def test_sources_of_figures_that_are_not_shown_are_counted(report):
    def change(content):
        figures = content["numbers"]["summary"]["series"][MONTHS]["figures"]
        figures[3][figures[3].index("s0000000a s0000000b")] = "s0000000b"

    rewrite(report / "numbers.json", change)
    read = Report.read(report.parents[3], "lampung", 2020, None)
    series = explain(read, "summary", "headline_export", limit=1)["inputs"][0]
    said = [branch.text for branch in tree(series).below]
    assert said[-1] == "1 source of these rows, 1 more of those before: --all"


def test_a_place_without_a_figure_is_not_in_use(report, neraca):
    def change(content):
        figures = content["numbers"]["summary"]["series"][MONTHS]["figures"]
        figures.append(["2020-04", "", None, "", "", "", "", "", ""])

    rewrite(report / "numbers.json", change)
    said = neraca("explain", "lampung", "2020", "headline_export")[1]
    assert "2020-04: not known\n" in said


@pytest.mark.parametrize("content", [b"{", b"[]", b"\xff", b'{"numbers": {}}'])
def test_a_damaged_file_of_numbers_is_refused(report, neraca, content):
    (report / "numbers.json").write_bytes(content)
    code, _, said = neraca("explain", "lampung", "2020", "headline_export")
    assert code == 2
    assert "`neraca report lampung 2020 --language en` makes it again" in said


def test_a_damaged_record_says_nothing_of_the_rows(report, neraca, small_project):
    (small_project / "data").unlink()
    shutil.copytree(ROOT / "data", small_project / "data")
    (report / "record.json").write_text("{")
    code, said, _ = neraca("explain", "lampung", "2020", "headline_export")
    assert code == 0
    assert "no record says which rows were read" in said


def rewrite(path: Path, change: Callable[[dict], None]) -> None:
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content))


def test_changed_rows_are_told(report, neraca, small_project):
    def recorded(digest: str) -> None:
        content = json.loads((report / "record.json").read_text())
        (report / "record.json").write_text(json.dumps(content | {"data": {TRADE: digest}}))

    recorded("that of a file with more rows, and the same ones of this report")
    assert "changed since" not in neraca("explain", "lampung", "2020", "headline_export")[1]
    (small_project / "data").unlink()
    shutil.copytree(ROOT / "data", small_project / "data")
    trade = small_project / TRADE
    trade.write_text(trade.read_text().replace(",206.31,", ",206.41,"))
    recorded(hashlib.sha256((ROOT / TRADE).read_bytes()).hexdigest())
    said = neraca("explain", "lampung", "2020", "headline_export")[1]
    assert "changed since: 1 of 1 reads of it give other rows now: make the report again" in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("aceh", "2020", "x"), "`neraca report aceh 2020` makes them"),
        (
            ("lampung", "2020", "x", "--language", "id"),
            "`neraca report lampung 2020 --language id`",
        ),
        (("lampung", "2020", "headline_exprot"), "The nearest are headline_export"),
        (("lampung", "2020", "q"), "`neraca explain lampung 2020` lists all of them"),
        (("lampung", "2020", "least"), "say which with --notebook summary"),
        (("lampung", "2020", "x", "--notebook", "y"), "there are summary, export_surplus"),
        (("lampong", "2020", "x"), "lampung"),
    ],
)
def test_what_cannot_be_explained_is_refused(report, neraca, arguments, said):
    code, out, err = neraca("explain", *arguments)
    assert (code, out) == (2, "")
    assert said in err


def test_an_unknown_input_or_a_circle_is_refused():
    require_origins({"a": {"inputs": ["b", "parameter year"]}, "b": {"inputs": ["c"]}}, {"c": 1})
    with pytest.raises(NeracaError, match="'a' is made from 'parameter years', which is neither"):
        require_origins({"a": {"inputs": ["parameter years"]}}, {})
    with pytest.raises(NeracaError, match="'a' is made from itself"):
        require_origins({"a": {"inputs": ["b"]}, "b": {"inputs": ["a"]}}, {})
    with pytest.raises(NeracaError, match="'a' names both a series and an indicator"):
        require_origins({"a": {"inputs": []}}, {"a": 1})


def test_figures_of_a_flow_say_what_became_of_them(catalog, flows):
    reads = list(catalog.reads)
    where = {"dimension": "total", "flow": "export", "basis": "origin"}
    found = gathered(
        catalog,
        {"total": {"inputs": ["exports"], "sources": []}},
        {"exports": Series("trade", where, 2025, flows=flows), "unused": Series("x", {}, 2025)},
    )
    assert list(found["series"]) == ["exports"]
    assert found["series"]["exports"]["links"] == ["lampung-exports-by-origin"]
    rows = found["series"]["exports"]["figures"]
    january = [row[2:] for row in rows if row[0] == "2016-01"]
    assert [(value, use) for value, _, _, _, use, *_ in january] == [
        (273.54, ""),
        (292.3, "release"),
    ]
    # A figure in use for every month that the series has, printed or filled.
    table = flows.table[(flows.table["flow"] == "export") & (flows.table["basis"] == "origin")]
    told = {(row[0], row[2]) for row in rows if row[6] in ("", "balance", "cumulative")}
    assert told >= set(zip(table["time_period"], table["value"], strict=True))
    assert any(row[8] == "basis not stated" for row in rows)
    assert {row[6] for row in rows} <= {
        "",
        "same",
        "release",
        "status",
        "kind",
        "dated",
        "source",
        "balance",
        "cumulative",
    }
    assert set(found["sources"]) == {source for row in rows for source in row[5].split()}
    assert catalog.reads == reads


def test_figures_of_the_comparison_name_province_unit_and_status(tmp_path):
    catalog = Catalog(project_with_tables(tmp_path, ROOT / "data", 2025))
    exports = Series("national", {}, 2025, ("export",), "export_sources")
    found = gathered(catalog, {"sum": {"inputs": ["exports"], "sources": []}}, {"exports": exports})
    rows = {
        row[1]: dict(zip(COLUMNS, row, strict=True))
        for row in found["series"]["exports"]["figures"]
    }
    assert len(rows) == 38
    lampung = rows["Lampung"]
    assert (lampung["value"], lampung["unit"]) == (6637.71, "million USD")
    assert (lampung["obs_status"], bool(lampung["sources"])) == ("derived", True)
    highland = rows["Highland Papua"]
    assert [highland[name] for name in ("value", "unit", "obs_status")] == [None, "", ""]


def test_a_series_is_registered_once_and_by_one_meaning(page):
    assert page.table("ports", "ports", province_code="18") == "ports"
    assert page.table("ports", "ports", province_code="18") == "ports"
    with pytest.raises(NeracaError, match="'ports' is registered twice"):
        page.table("ports", "ports", province_code="65")


@pytest.mark.parametrize(
    "method",
    [
        "analysis.catalog.trade.TradeFlows.annual",
        "analysis.models.forecast.forecast_flows",
        "analysis.indicators.headline.balance_of",
    ],
)
def test_a_method_is_found_in_its_source(method):
    found = formula_of(method)
    assert found.says.endswith(".")
    line = (ROOT / "src" / found.file).read_text().splitlines()[found.line - 1]
    assert method.rpartition(".")[2] in line


def test_each_source_line_leads_to_its_numbers(tmp_path):
    for key, words in zip(BOTH, ("asal angka", "how made"), strict=True):
        text = stage(executed(key), tmp_path / key.directory).read_text()
        links = re.findall(rf"\[{words}\]\((numbers\.html[^)]*)\)", text)
        # Of a notebook without a record of its numbers, of a section with numbers and of one
        # without, and of the whole page.
        assert links == [
            "numbers.html",
            "numbers.html#export-surplus",
            *["numbers.html#export-surplus.reading"] * 2,
            "numbers.html",
        ]


def test_the_page_of_numbers_has_the_order_of_the_report():
    record = lineage(2020)
    record["sections"] = [{"name": name, "title": name.title()} for name in ("trend", "break")]
    record["indicators"] = {
        name: made(indicator(1.0, "percent")) | {"section": section}
        for name, section in (("a", "break"), ("b", ""), ("c", "trend"))
    }
    found = numbers({"summary": record | {"parameters": {"province": "lampung", "year": 2020}}})
    head = {"title": "", "language": "en", "notebooks": {"summary": {"heading": "Summary"}}}
    page = numbers_page(found, head)
    assert re.findall(r"<h3>(Trend|Break)", page) == ["Trend", "Break"]


def test_notebooks_that_went_through_a_file_are_staged_alike(tmp_path):
    # As a batch has them: its workers hand back bytes.
    notebooks = executed(BOTH[0])
    read = {
        name: nbformat.reads(nbformat.writes(notebook), as_version=4)
        for name, notebook in notebooks.items()
    }
    one, other = (
        stage(each, tmp_path / place).parent for each, place in ((notebooks, "a"), (read, "b"))
    )
    for path in (path for path in one.rglob("*") if path.is_file()):
        assert path.read_bytes() == (other / path.relative_to(one)).read_bytes(), path.name


def test_the_numbers_of_a_report_stand_on_a_page_of_their_own(tmp_path):
    index = stage(executed(BOTH[0]), tmp_path / BOTH[0].directory)
    page = BeautifulSoup((index.parent / "numbers.html").read_text(), "html.parser")
    article = page.find(id="export-surplus.annual_export_2020")
    assert article.find("strong").text == "3.820"  # as Indonesian has it
    assert article.find("a")["href"] == "#export-surplus.export_origin"
    series = page.find(id="export-surplus.export_origin")
    assert len(series.find_all("li")) == 4
    assert "set aside: not as sure" in series.text
    assert page.find(id="correction.tenfold").text.endswith("Ten times its neighbours. b")
    assert page.find(id="source.s0000000a").a["href"] == "https://lampung.bps.go.id/a"


def test_a_cold_command_takes_less_than_a_second(report):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    code = "import sys; from neraca.cli import run; sys.exit(run(sys.argv[1:]))"
    command = [sys.executable, "-c", code, "explain", "lampung", "2020", "annual_export"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert "annual_export_2020" in done.stdout
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 1


def test_a_tree_has_its_branches_further_in():
    told = {"parameter": "year", "value": 2025}
    assert list(lines(tree(told))) == ["parameter year = 2025"]
