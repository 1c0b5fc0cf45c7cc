"""A project of notebooks so small that only their kernels take time; all else in it is real."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import publish_samples as samples

from neraca.publish.stage import ORDER

ROOT = Path(__file__).resolve().parents[1]
PARAMETERS = """
province = "lampung"
year = 2025
language = "id"
horizon_months = 12
interval_level = 0.8
ikm_growth_target = None
raw_export_cut = 10.0
"""
# What a notebook reads, says and records; `BEFORE` stands before it.
REPORT = """
from IPython.display import display
from analysis.catalog import Catalog
from analysis.parameters import from_notebook
parameters = from_notebook(globals())
catalog = Catalog()
BEFORE
code = catalog.province(parameters.province).code
rows = catalog.read("trade", province_code=code, dimension="total", until=parameters.year)
rank = catalog.national(parameters.year, code)
def show(kind, name, **data):
    display(data, raw=True, metadata={"neraca": {"kind": kind, "name": name}})
show("heading", "NAME", **{"text/markdown": "# NAME {#sec-NAME}"})
show("text", "said", **{"text/markdown": f"{len(rows)} rows, rank {rank and rank['rank']}."})
record = {
    "notebook": "NAME", "title": parameters.province, "description": "", "heading": "NAME",
    "language": parameters.language, "parameters": parameters.model_dump(),
    "data_vintage": "2025-12-31", "indicators": {"rows": {"value": len(rows)}},
    "reads": [read.as_dict() for read in catalog.reads],
}
import json
show("record", "record", **{"application/vnd.neraca+json": json.dumps(record)})
"""
NATIONAL = """
from IPython.display import display
from analysis.catalog import Catalog
catalog = Catalog()
rows = catalog.read("trade", flow="export", dimension="total", until=year)
codes = sorted(rows["province_code"].unique())
HEAD = ["province_code", "rank", "export", "import", "balance", "cover_ratio"]
record = {
    "reads": [read.as_dict() for read in catalog.reads],
    "resources": {"national": {
        "columns": HEAD,
        "rows": [[code, rank, None, None, None, None] for rank, code in enumerate(codes)],
    }},
}
import json
display({"application/vnd.neraca+json": json.dumps(record)}, raw=True)
"""


def small_batch_project(root: Path, before: str = "") -> Path:
    """Make the project; ``before`` is what each notebook of a report does first."""
    root.mkdir(parents=True, exist_ok=True)
    samples.make_project(root)
    shutil.copyfile(ROOT / "requirements.lock", root / "requirements.lock")
    for name in ORDER:
        code = REPORT.replace("NAME", name.replace("_", "-")).replace("BEFORE", before)
        write_notebook(root, name, PARAMETERS, code)
    write_notebook(root, "national", "year = 2025", NATIONAL)
    return root


def write_notebook(root: Path, name: str, parameters: str, code: str) -> None:
    cells = [nbformat.v4.new_code_cell(parameters), nbformat.v4.new_code_cell(code)]
    cells[0].metadata["tags"] = ["parameters"]
    (root / "notebooks").mkdir(exist_ok=True)
    nbformat.write(nbformat.v4.new_notebook(cells=cells), root / "notebooks" / f"{name}.ipynb")


def begin(root: Path, *arguments: str, **variables: str) -> subprocess.Popen[str]:
    """Begin the command `neraca` in a project, where no Quarto is in sight."""
    binaries = Path(sys.executable).parent
    surroundings = {**os.environ, "PATH": f"{binaries}:/usr/bin:/bin", **variables}
    surroundings.pop("QUARTO_PATH", None)
    return subprocess.Popen(
        [str(binaries / "neraca"), *arguments],
        cwd=root,
        env=surroundings,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def made(root: Path) -> dict[str, bytes]:
    """Give what a batch leaves for others to read, by path; not what is this machine's alone."""
    files = [path for base in ("reports", "_site") for path in (root / base).rglob("*")]
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in files
        if path.is_file() and path.name != "state.json"
    }


def events(output: str) -> list[dict]:
    return [json.loads(line) for line in output.splitlines()]
