"""A small project whose reports are made in milliseconds: real reads, staging and records.

Only the kernels and the publisher are stood in for.
"""

import csv
import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
import publish_samples as samples
import pytest
from nbformat import NotebookNode

from analysis.catalog import Catalog
from analysis.parameters import ReportParameters
from neraca.pipeline import report as reporting
from neraca.pipeline.freshness import Judge, Judgement
from neraca.pipeline.project import Project
from neraca.publish.files import replacing
from neraca.publish.renewal import content_key, mark, page_key, publisher_name, publishing_key
from neraca.publish.stage import ORDER

ROOT = Path(__file__).resolve().parents[1]
ASKED = {"province": "lampung", "year": 2025, "language": "en"}


class Workshop:
    """The project, and what was done in it: `done` lists it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.project = Project(root)
        self.done: list[str] = []
        self.ranks = {"18": 3}

    def make(self, again: bool = False, **changes: Any) -> reporting.Report:
        """Make a report; the list of what is done for it begins anew."""
        self.done.clear()
        return reporting.make_report(self.project, self.asked(**changes), again=again)

    def judge(self, **changes: Any) -> Judgement:
        return Judge(self.project).report(self.asked(**changes).model_dump())

    @staticmethod
    def asked(**changes: Any) -> ReportParameters:
        return ReportParameters.parse(ASKED | changes)

    @property
    def directory(self) -> Path:
        return self.project.report(self.asked())

    @property
    def page(self) -> Path:
        return self.project.page(self.asked())

    def add_row(self, table: str = "trade", **values: str) -> None:
        """Add to a table of observations a copy of its last row, with other values."""
        path = self.root / "data" / "observations" / f"{table}.csv"
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        with path.open("a", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, rows[0], lineterminator="\n")
            writer.writerow(rows[-1] | values)

    def execute(self, name: str, parameters: Mapping[str, Any], root: Path) -> NotebookNode:
        """Stand in for a kernel: read figures, and show what was read."""
        self.done.append(f"execute {name}")
        catalog = Catalog(root / "data")
        code = catalog.province(parameters["province"]).code
        rows = catalog.read("trade", province_code=code, dimension="total", until=2025)
        rank = catalog.national(parameters["year"], code)
        return _notebook(name, parameters, catalog, f"{len(rows)} {rank and rank['rank']}")

    def compare(self, year: int, root: Path) -> NotebookNode:
        """Stand in for the national notebook."""
        self.done.append("compare")
        catalog = Catalog(root / "data")
        catalog.read("trade", flow="export", dimension="total", until=year)
        table = {
            "columns": ["province_code", "rank"],
            "rows": [[code, rank] for code, rank in self.ranks.items()],
        }
        return _notebook("national", {"year": year}, catalog, "", {"national": table})


def _notebook(
    name: str,
    parameters: Mapping[str, Any],
    catalog: Catalog,
    text: str,
    resources: Mapping[str, Any] | None = None,
) -> NotebookNode:
    record = {
        "notebook": name,
        "title": "A report",
        "description": "",
        "heading": name,
        "language": parameters.get("language", "en"),
        "parameters": dict(parameters),
        "data_vintage": "2025-12-31",
        "indicators": {},
        "reads": [read.as_dict() for read in catalog.reads],
        "resources": resources or {},
    }
    said = f"{text} {json.dumps(dict(parameters))}".replace("{", "").replace("}", "")
    outputs = [
        samples.shown("heading", name, markdown=f"# {name} {{#sec-{name.replace('_', '-')}}}"),
        samples.shown("text", "said", markdown=said),
        samples.shown("record", "record", record=record),
    ]
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("show()", outputs=outputs)])


def _copy_data(target: Path) -> None:
    """Copy the figures, of trade only what two provinces have, so that they are read quickly."""
    shutil.copytree(ROOT / "data", target)
    trade = target / "observations" / "trade.csv"
    header, *lines = trade.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if line.split(",")[1] in ("12", "18")]
    trade.write_text("".join([header, *kept]), encoding="utf-8")
    (target / "corrections.yml").write_text("corrections: []\n")


def write_project(root: Path) -> None:
    """Write what a project has before anything is made in it."""
    _copy_data(root / "data")
    (root / "_quarto.yml").write_text("theme: publish/theme.scss\n")
    (root / "publish").mkdir()
    (root / "publish" / "theme.scss").write_text("a { color: teal }\n")
    (root / "methods.qmd").write_text("# Methods {#methods}\n\nWords.\n")
    (root / "requirements.lock").write_text("pandas==3.1.1\n")
    (root / "src" / "analysis").mkdir(parents=True)
    (root / "src" / "analysis" / "theme.py").write_text("TEAL = '#0b5c6b'\n")
    (root / "notebooks").mkdir()
    for name in (*ORDER, "national"):
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(name)])
        nbformat.write(notebook, root / "notebooks" / f"{name}.ipynb")


def enter(root: Path, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    """Enter a project, and stand in for kernels and publisher."""
    workshop = Workshop(root)
    samples.without_quarto(monkeypatch)
    for module in ("inputs", "record"):
        monkeypatch.setattr(f"neraca.pipeline.{module}.ANALYSIS", root / "src" / "analysis")
    monkeypatch.setattr("analysis.catalog.check.check", lambda data: [])
    monkeypatch.setattr("neraca.pipeline.servers.warm_up", lambda: None)
    monkeypatch.setattr(
        "neraca.pipeline.execute.execute_together",
        lambda notebooks, parameters, root, kernel: {
            path.stem: workshop.execute(path.stem, parameters, root) for path in notebooks
        },
    )
    monkeypatch.setattr(
        "neraca.pipeline.execute.execute",
        lambda notebook, parameters, root, kernel: workshop.compare(parameters["year"], root),
    )

    def publish(index: Path, root: Path, site: Path) -> None:
        workshop.done.append("publish")
        publishing = publishing_key(root, publisher_name())
        key = page_key(content_key(index.parent, root), publishing)
        with replacing(site / index.parent.relative_to(root)) as new:
            (new / "index.html").write_text(f"<html><head></head>{index.read_text()}</html>")
            (new / "index.pdf").write_text("%PDF")
            mark(new / "index.html", key)

    def publish_site(root: Path, site: Path) -> None:
        workshop.done.append("publish the site")
        site.mkdir(exist_ok=True)
        (site / "index.html").touch()

    monkeypatch.setattr(reporting, "publish", publish)
    monkeypatch.setattr(reporting, "publish_site", publish_site)
    monkeypatch.chdir(root)
    return workshop
