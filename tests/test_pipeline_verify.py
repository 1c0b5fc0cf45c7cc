"""Verification: each thing that can be tampered with is found, and the right cause is named."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import batch_samples
import nbformat
import publish_samples as samples
import pytest
from nbformat import NotebookNode
from site_samples import indicator
from workshop import ROOT, Workshop, enter, write_project

from analysis.catalog import Catalog
from analysis.errors import NeracaError
from analysis.parameters import ReportParameters
from analysis.report.lineage import COLUMNS
from neraca import cli
from neraca.pipeline import inputs
from neraca.pipeline import report as reporting
from neraca.pipeline import verify as verifying
from neraca.pipeline.comparison import ITSELF, Difference
from neraca.pipeline.inputs import installed_versions
from neraca.pipeline.project import Project, address
from neraca.pipeline.record import read_record, write
from neraca.pipeline.references import REFERENCES
from neraca.pipeline.verify import Verdict, accept, as_json, asked_reports, lines, verify

RECORD = "reports/en/lampung/2025/record.json"
TRADE = "data/observations/trade.csv"
SOURCE = "s00000001"
SAID = {"kind": "release", "title": "A release", "url": "", "released": "", "retrieved": ""}


class Laboratory(Workshop):
    """A workshop whose reports have numbers and figures that come out of all they are made of."""

    def execute(self, name: str, parameters: Mapping[str, Any], root: Path) -> NotebookNode:
        self.done.append(f"execute {name}")
        catalog = Catalog(root / "data")
        code = catalog.province(parameters["province"]).code
        rows = catalog.read("trade", province_code=code, dimension="total", until=2025)
        rank = catalog.national(parameters["year"], code)
        factor = len((inputs.ANALYSIS / "theme.py").read_text())
        cell = nbformat.read(root / "notebooks" / f"{name}.ipynb", as_version=4).cells[0].source
        numbers = {
            "total": float(rows["value_usd_million"].sum()),
            "scaled": factor * len(rows),
            "rank": rank and int(rank["rank"]),
            "horizon": parameters["horizon_months"],
        }
        record = {
            "notebook": name,
            "title": "A report",
            "description": "",
            "heading": name,
            "language": parameters["language"],
            "parameters": dict(parameters),
            "data_vintage": "2025-12-31",
            "indicators": {
                key: indicator(value, "number", sources=[SOURCE], inputs=[], section="")
                for key, value in numbers.items()
            },
            "sections": {},
            "reads": [read.as_dict() for read in catalog.reads],
            "series": {
                "totals": {
                    "resource": "trade",
                    "where": {"dimension": "total"},
                    "apart": False,
                    "links": [],
                    "columns": list(COLUMNS),
                    "figures": [["2025", "", numbers["total"], *[""] * (len(COLUMNS) - 3)]],
                }
            },
            "sources": dict.fromkeys([SOURCE], SAID),
            "corrections": {},
        }
        anchor = name.replace("_", "-")
        svg = samples.SVG.replace("2020", str(numbers["total"]))
        outputs = [
            samples.shown("heading", name, markdown=f"# {name} {{#sec-{anchor}}}"),
            samples.shown("text", "said", markdown=f"{cell}: {numbers['total']}"),
            samples.shown(
                "figure",
                f"fig-{anchor}",
                markdown=f'![Total](figures/fig-{anchor}.svg){{#fig-{anchor} fig-alt="Total"}}',
                svg=svg,
                csv=f"year,value\n2025,{numbers['total']}\n",
            ),
            samples.shown("record", "record", record=record),
        ]
        shown = nbformat.v4.new_code_cell("show()", outputs=outputs)
        return nbformat.v4.new_notebook(cells=[shown])

    def verify(self) -> Verdict:
        (verdict,) = verify(
            self.project, asked_reports(self.project, "lampung", 2025, "en"), remake
        )
        return verdict

    def record(self, change: Callable[[dict[str, Any]], object]) -> None:
        """Tamper with the record."""
        record = read_record(self.root / RECORD)
        change(record)
        write(self.root / RECORD, record)


def remake(copy: Project, asked: Sequence[ReportParameters]) -> Mapping[str, str]:
    for report in asked:
        reporting.make_report(copy, report)
    return {}


def enter_laboratory(root: Path, monkeypatch: pytest.MonkeyPatch) -> Laboratory:
    monkeypatch.setattr("workshop.Workshop", Laboratory)
    workshop = enter(root, monkeypatch)
    assert isinstance(workshop, Laboratory)
    return workshop


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a report and its accepted record, which no test may touch."""
    root = tmp_path_factory.mktemp("model")
    write_project(root)
    pinned = [f"{library}=={version}\n" for library, version in installed_versions().items()]
    (root / "requirements.lock").write_text("".join(pinned))
    with pytest.MonkeyPatch.context() as monkeypatch:
        laboratory = enter_laboratory(root, monkeypatch)
        laboratory.make()
        accept(laboratory.project, [laboratory.verify()])
    return root


@pytest.fixture
def laboratory(model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Laboratory:
    """A copy of it."""
    root = tmp_path / "project"
    shutil.copytree(model, root)
    return enter_laboratory(root, monkeypatch)


def replace_text(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def rows_of_lampung(root: Path) -> tuple[list[str], list[int]]:
    """Give the lines of the trade table, and the numbers of those that the report reads."""
    found = (root / TRADE).read_text(encoding="utf-8").splitlines(keepends=True)
    read = [at for at, line in enumerate(found) if ",18," in line and ",total," in line]
    return found, read


def change_a_value(laboratory: Laboratory) -> None:
    found, (at, *_) = rows_of_lampung(laboratory.root)
    header = found[0].rstrip("\n").split(",")
    cells = found[at].rstrip("\n").split(",")
    cells[header.index("value_usd_million")] = "98765.4"
    found[at] = ",".join(cells) + "\n"
    (laboratory.root / TRADE).write_text("".join(found), encoding="utf-8")


def remove_a_row(laboratory: Laboratory) -> None:
    found, (at, *_) = rows_of_lampung(laboratory.root)
    del found[at]
    (laboratory.root / TRADE).write_text("".join(found), encoding="utf-8")


def correct_a_value(laboratory: Laboratory) -> None:
    found, read = rows_of_lampung(laboratory.root)
    header = found[0].rstrip("\n").split(",")
    for at in read:
        row = dict(zip(header, found[at].rstrip("\n").split(","), strict=False))
        key = {name: row[name] for name in ("province_code", "period_type", "time_period")}
        key |= {name: row[name] for name in ("dimension", "flow", "basis", "source_id")}
        alike = [
            line
            for line in found
            if all(f",{value}," in f",{line}," for value in key.values() if value)
        ]
        if row["value_usd_million"] and len(alike) == 1:
            break
    entry = {
        "id": "another",
        "resource": "trade",
        "key": key,
        "action": "replace",
        "expect": float(row["value_usd_million"]),
        "value": 98765.4,
        "reason": "why",
        "source": "where",
    }
    path = laboratory.root / "data" / "corrections.yml"
    path.write_text(json.dumps({"corrections": [entry]}))


TAMPERINGS: dict[str, tuple[Callable[[Laboratory], object], str, str, str]] = {
    "a number in the record": (
        lambda it: it.record(lambda r: r["indicators"]["summary"]["total"].update(value=1.5)),
        "indicator",
        "summary/total (value)",
        ITSELF,
    ),
    "a source in the record": (
        lambda it: it.record(lambda r: r["indicators"]["summary"]["total"].update(sources=[])),
        "indicator",
        "summary/total (sources)",
        ITSELF,
    ),
    "the data vintage in the record": (
        lambda it: it.record(lambda r: r.update(data_vintage="2026-01-01")),
        "text",
        "data_vintage",
        ITSELF,
    ),
    "a figure's digest in the record": (
        lambda it: it.record(
            lambda r: r["results"]["figures/fig-summary.svg"].update(sha256="0" * 64)
        ),
        "figure",
        "figures/fig-summary.svg",
        ITSELF,
    ),
    "a page's digest in the record": (
        lambda it: it.record(lambda r: r["pages"]["index.pdf"].update(sha256="0" * 64)),
        "page",
        "index.pdf",
        ITSELF,
    ),
    "a question in the record": (
        lambda it: it.record(lambda r: r["reads"]["summary"][0].update(sha256="0" * 64)),
        "rows",
        "rows of trade",
        ITSELF,
    ),
    "the answer to a question in the record": (
        lambda it: it.record(lambda r: r["reads"]["summary"][0].update(rows=7)),
        "rows",
        "rows of trade",
        ITSELF,
    ),
    "what was asked in the record": (
        lambda it: it.record(lambda r: r["reads"]["summary"][0]["filters"].update(until=2019)),
        "rows",
        "rows of trade (dimension total, province_code 18, until 2019)",
        ITSELF,
    ),
    "a question less in the record": (
        lambda it: it.record(lambda r: r["reads"]["summary"].pop()),
        "rows",
        "rows of national",
        ITSELF,
    ),
    "a series in the record": (
        lambda it: it.record(lambda r: r["series"]["summary"]["totals"].update(sha256="0" * 64)),
        "series",
        "summary/totals (sha256)",
        ITSELF,
    ),
    "the comparison of the provinces in the record": (
        lambda it: it.record(lambda r: r["national"].update({"national.csv": "0" * 64})),
        "data",
        "reports/national/2025/national.csv",
        ITSELF,
    ),
    "a figure": (
        lambda it: replace_text(it.directory / "figures/fig-summary.svg", "L150 120", "L150 20"),
        "published file",
        "reports/en/lampung/2025/figures/fig-summary.svg",
        "its executed files are not those that were made",
    ),
    "the data of a figure": (
        lambda it: replace_text(it.directory / "data/fig-summary.csv", "2025,", "2024,"),
        "published file",
        "reports/en/lampung/2025/data/fig-summary.csv",
        "its executed files are not those that were made",
    ),
    "a figure that is gone": (
        lambda it: (it.directory / "figures/fig-summary.svg").unlink(),
        "published file",
        "reports/en/lampung/2025/figures/fig-summary.svg",
        "its executed files are not those that were made",
    ),
    "a page": (
        lambda it: replace_text(it.page / "index.html", "ikm_targets", "our targets"),
        "published file",
        "_site/reports/en/lampung/2025/index.html",
        "the file itself",
    ),
    "the page of numbers": (
        lambda it: (it.page / "numbers.html").write_text("<p>7</p>"),
        "published file",
        "_site/reports/en/lampung/2025/numbers.html",
        "the file itself",
    ),
    "a document": (
        lambda it: (it.page / "index.pdf").write_text("%PDF 2"),
        "published file",
        "_site/reports/en/lampung/2025/index.pdf",
        "the file itself",
    ),
    "a value in a table": (change_a_value, "indicator", "summary/total (value)", "rows of trade"),
    "a row less": (remove_a_row, "rows", "rows of trade", f"{TRADE} changed"),
    "a correction": (
        correct_a_value,
        "indicator",
        "summary/total (value)",
        "data/corrections.yml changed",
    ),
    "a rank": (
        lambda it: it.ranks.update({"18": 4}),
        "indicator",
        "summary/rank (value)",
        "rows of national",
    ),
    "a cell": (
        lambda it: replace_text(it.root / "notebooks/summary.ipynb", '"summary"', '"sum"'),
        "text",
        "index.ipynb",
        "notebooks/summary.ipynb changed",
    ),
    "a formula": (
        lambda it: replace_text(it.root / "src/analysis/theme.py", "TEAL", "COLOUR"),
        "indicator",
        "summary/scaled (value)",
        "src/analysis/theme.py changed",
    ),
    "the lock file": (
        lambda it: replace_text(it.root / "requirements.lock", "pandas==", "pandas==9"),
        "lock",
        "requirements.lock",
        "requirements.lock changed",
    ),
    "a version in the record": (
        lambda it: it.record(lambda r: r["environment"].update(pandas="1.0")),
        "library",
        "pandas",
        "the record itself: requirements.lock has pandas",
    ),
    "a parameter": (
        lambda it: it.record(lambda r: r["parameters"].update(horizon_months=6)),
        "parameter",
        "horizon_months",
        "the parameter horizon_months is 12, and was 6",
    ),
}


def test_what_was_not_tampered_with_comes_out_as_recorded(laboratory: Laboratory) -> None:
    verdict = laboratory.verify()
    assert (verdict.exact, verdict.differences, verdict.notes) == (True, (), ())
    # Neither did its record lose what was known of the report.
    assert laboratory.judge().condition == "fresh"


def test_a_link_to_the_other_language_is_no_difference(tmp_path: Path) -> None:
    # A site may have been given, or have lost, the report in the other language.
    published, made = tmp_path / "published.html", tmp_path / "made.html"
    published.write_text('<li class="language"></li><p>1</p>')
    for text, count in (("1", 0), ("2", 1)):
        made.write_text(f'<li class="language"><a href="../en/">English</a></li><p>{text}</p>')
        found = list(verifying._own_page(Project(tmp_path), published, made, "id"))
        assert len(found) == count


@pytest.mark.parametrize("tampering", TAMPERINGS)
def test_each_tampering_is_found_with_its_cause(laboratory: Laboratory, tampering: str) -> None:
    tamper, kind, name, cause = TAMPERINGS[tampering]
    tamper(laboratory)
    found = [
        difference
        for difference in laboratory.verify().differences
        if difference.kind == kind and difference.name.startswith(name)
    ]
    assert found, name
    assert found[0].old != found[0].new
    assert any(named.startswith(cause) for named in found[0].causes), found[0].causes
    # Where the record was left alone, it is not what is blamed.
    assert (ITSELF in found[0].causes) is (cause == ITSELF)


def test_the_old_and_the_new_content_of_a_file_are_shown_where_they_differ(
    laboratory: Laboratory,
) -> None:
    change_a_value(laboratory)
    (found,) = (
        each for each in laboratory.verify().differences if each.name == "data/fig-summary.csv"
    )
    assert str(found.old).startswith("2025,")
    assert str(found.new).startswith("2025,")
    assert found.old != found.new


def test_figures_that_are_not_sound_are_told_with_the_rows_that_they_change(
    laboratory: Laboratory,
) -> None:
    change_a_value(laboratory)

    def refuse(copy: Project, asked: Sequence[ReportParameters]) -> Mapping[str, str]:
        raise NeracaError("trade: it is not the file that was sealed.")

    (verdict,) = verify(laboratory.project, [laboratory.asked()], refuse)
    failure, rows = verdict.differences
    assert (failure.kind, failure.new) == ("failure", "trade: it is not the file that was sealed.")
    assert rows.name == "rows of trade (dimension total, province_code 18, until 2025)"
    assert rows.causes == ("the table trade",)
    assert failure.causes == (rows.name,)
    assert verdict.record is None


def test_a_report_that_fails_is_told_and_keeps_its_record(laboratory: Laboratory) -> None:
    report = laboratory.asked()
    (verdict,) = verify(
        laboratory.project, [report], lambda copy, asked: {address(report): "It failed."}
    )
    (failure,) = verdict.differences
    assert failure.new == "It failed."
    before = (laboratory.root / RECORD).read_bytes()
    assert accept(laboratory.project, [verdict]) == []
    assert (laboratory.root / RECORD).read_bytes() == before


def test_a_record_is_accepted_and_then_holds(laboratory: Laboratory) -> None:
    replace_text(laboratory.root / "src/analysis/theme.py", "TEAL", "COLOUR")
    verdict = laboratory.verify()
    (accepted,) = accept(laboratory.project, [verdict])
    assert accepted.before is not None
    assert accepted.record["pages"]
    assert not [each for each in laboratory.verify().differences if each.kind != "published file"]
    assert accept(laboratory.project, [laboratory.verify()]) == []
    # What was executed before is not taken for what the new record tells of.
    assert laboratory.judge().condition == "stale"


def test_a_report_without_a_record_has_not_come_out_again(laboratory: Laboratory) -> None:
    (laboratory.root / RECORD).unlink()
    (found, *_) = laboratory.verify().differences
    assert "There is no record" in found.causes[0]
    (accepted,) = accept(laboratory.project, [laboratory.verify()])
    assert accepted.before is None
    assert (laboratory.root / RECORD).is_file()


def test_nothing_of_the_project_is_written_by_looking(laboratory: Laboratory) -> None:
    before = contents(laboratory.root)
    laboratory.verify()
    assert contents(laboratory.root) == before


def contents(root: Path) -> dict[Path, bytes]:
    """Give what is in a project, but for what is known of files that were looked at."""
    files = (path for path in root.rglob("*") if path.is_file() and path.name != "state.json")
    return {path: path.read_bytes() for path in files}


def test_without_a_wish_all_reference_reports_are_verified(laboratory: Laboratory) -> None:
    asked = asked_reports(laboratory.project, None, None, None)
    assert [(each.province, each.year) for each in asked[::2]] == list(REFERENCES)
    assert len(asked_reports(laboratory.project, "lampung", None, "en")) == 3
    with pytest.raises(NeracaError, match="name a year"):
        asked_reports(laboratory.project, "aceh", None, None)
    with pytest.raises(NeracaError, match="no record"):
        asked_reports(laboratory.project, "aceh", 2024, None)


def test_another_report_is_verified_with_the_parameters_of_its_record(
    laboratory: Laboratory,
) -> None:
    laboratory.make(province="aceh", year=2024, horizon_months=6)
    (asked,) = asked_reports(laboratory.project, "aceh", 2024, None)
    assert asked.horizon_months == 6
    (verdict,) = verify(laboratory.project, [asked], remake)
    assert verdict.differences == ()


def test_verdicts_are_said_in_lines_and_to_a_program() -> None:
    report = Workshop.asked()
    difference = Difference("figure", "figures/fig-a.svg", "0" * 64, None, ("why",))
    verdicts = [Verdict(report, True, (difference,), ("a note",)), Verdict(report, True, ())]
    assert list(lines(verdicts)) == [
        "en/lampung/2025: 1 difference",
        "  figure figures/fig-a.svg: 000000000000 -> nothing",
        "      because why",
        "  note: a note",
        "en/lampung/2025: as recorded",
        "1 of 2 reports came out as recorded",
    ]
    told = json.loads(as_json(verdicts))["reports"][0]
    assert told["differences"] == [
        {
            "kind": "figure",
            "name": "figures/fig-a.svg",
            "old": "0" * 64,
            "new": None,
            "causes": ["why"],
        }
    ]


def test_a_question_of_several_notebooks_is_told_once_with_its_rows() -> None:
    old, new = ({"rows": rows, "sha256": f"{rows:064}"} for rows in (12, 13))
    difference = Difference("rows", "rows of trade (until 2025)", old, new, ("why",))
    verdict = Verdict(Workshop.asked(), True, (difference, difference))
    assert list(lines([verdict]))[1:-1] == [
        "  rows of trade (until 2025): 12 rows with digest 000000000000 -> "
        "13 rows with digest 000000000000",
        "      because why",
    ]


def test_a_file_that_is_as_recorded_is_told_once(laboratory: Laboratory) -> None:
    change_a_value(laboratory)
    names = [each.name for each in laboratory.verify().differences]
    assert "data/fig-summary.csv" in names
    assert "reports/en/lampung/2025/data/fig-summary.csv" not in names
    # Of what no record has, nothing else tells.
    assert "reports/en/lampung/2025/indicators.json" in names


def test_the_command_ends_with_1_on_a_difference(
    laboratory: Laboratory, monkeypatch, capsys
) -> None:
    monkeypatch.setattr(
        verifying, "remake_on_all_cores", lambda copy, asked, kernel: remake(copy, asked)
    )
    command = ["verify", "lampung", "2025", "--language", "en"]
    assert cli.run(command) == 0
    laboratory.record(lambda record: record["indicators"]["summary"]["total"].update(value=1.5))
    assert cli.run(command) == 1
    printed = capsys.readouterr().out
    assert "indicator summary/total (value): 1.5 -> " in printed
    assert f"because {ITSELF}" in printed
    assert cli.run([*command, "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["reports"][0]["differences"]
    assert cli.run([*command, "--accept"]) == 0
    printed = capsys.readouterr().out
    assert f"{RECORD} written" in printed
    assert "1 number changed, first of all summary/total: 1.5 became " in printed
    assert cli.run(command) == 0


# With real kernels and the code of another checkout


def neraca(root: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a project with the project's own copy of the code."""
    surroundings = {**os.environ, "PYTHONPATH": str(root / "src"), "QUARTO_PATH": "none"}
    code = "import sys; from neraca.cli import run; sys.exit(run(sys.argv[1:]))"
    return subprocess.run(
        [sys.executable, "-c", code, *command],
        cwd=root,
        env=surroundings,
        capture_output=True,
        text=True,
        timeout=300,
    )


@pytest.mark.slow
def test_a_formula_in_the_analysis_is_found_in_a_copy_of_the_project(tmp_path: Path) -> None:
    before = (
        "import pandas as pd\n"
        "from analysis.indicators.trade import trade_balance\n"
        "flows = (pd.Series([5.0], index=[2025]), pd.Series([2.0], index=[2025]))\n"
    )
    root = batch_samples.small_batch_project(tmp_path / "project", before)
    shutil.copytree(ROOT / "src", root / "src", dirs_exist_ok=True)
    for path in (root / "notebooks").glob("*.ipynb"):
        text = path.read_text(encoding="utf-8").replace(
            '{\\"value\\": len(rows)}',
            '{\\"value\\": float(trade_balance(*flows).sum())}',
        )
        path.write_text(text, encoding="utf-8")
    command = ("verify", "lampung", "2025", "--language", "en")
    written = neraca(root, *command, "--accept")
    assert written.returncode == 0, written.stderr
    assert neraca(root, *command).returncode == 0
    formula = root / "src" / "analysis" / "indicators" / "trade.py"
    replace_text(formula, "(sold - bought).rename", "(sold - 2 * bought).rename")
    found = neraca(root, *command)
    assert found.returncode == 1
    assert "indicator summary/rows (value): 3.0 -> 1.0" in found.stdout
    assert "because src/analysis/indicators/trade.py changed" in found.stdout


@pytest.mark.slow
def test_the_report_on_lampung_2020_comes_out_again(tmp_path: Path) -> None:
    root = tmp_path / "project"
    made = shutil.ignore_patterns(".*", "_site", "reports", "__pycache__", "tests", "benchmarks")
    shutil.copytree(ROOT, root, ignore=made)
    command = ("verify", "lampung", "2020", "--language", "id")
    assert neraca(root, *command, "--accept").returncode == 0
    assert neraca(root, "report", "lampung", "2020").returncode == 0
    found = neraca(root, *command, "--kernel", "ordinary")
    assert found.stdout.splitlines() == [
        "id/lampung/2020: as recorded",
        "1 of 1 reports came out as recorded",
    ]
    record = root / "reports/id/lampung/2020/record.json"
    assert record.stat().st_size < 300_000
    page = root / "_site/reports/id/lampung/2020/index.html"
    replace_text(page, "206,31", "206,32")
    table = root / "data/observations/trade.csv"
    rows = table.read_text(encoding="utf-8").splitlines(keepends=True)
    january = [at for at, row in enumerate(rows) if ",18,month,2020-01," in row]
    changed = next(at for at in january if ",206.31," in rows[at])
    rows[changed] = rows[changed].replace(",206.31,", ",207.31,")
    table.write_text("".join(rows), encoding="utf-8")
    found = neraca(root, *command)
    assert found.returncode == 1
    assert "rows of trade (" in found.stdout
