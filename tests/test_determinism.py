"""The same bytes wherever, whenever, by whomever and with whatever kernels a report is made."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import batch_samples
import pytest

from neraca.pipeline.references import REFERENCES, reference_reports

ROOT = Path(__file__).resolve().parents[1]
NOT_COPIED = shutil.ignore_patterns(
    ".*", "_site", "reports", "__pycache__", "tests", "benchmarks", "images"
)

# Two users' surroundings. It is never the same day in the two time zones.
ONE: Mapping[str, str] = {
    "PYTHONHASHSEED": "1",
    "LC_ALL": "C",
    "LANG": "C",
    "TZ": "Pacific/Kiritimati",
    "USER": "one",
}
OTHER: Mapping[str, str] = {
    "PYTHONHASHSEED": "4242",
    "LC_ALL": "C.UTF-8",
    "LANG": "id_ID.UTF-8",
    "LANGUAGE": "id_ID:id",
    "TZ": "Etc/GMT+12",
    "USER": "other",
    "COLUMNS": "40",
    "OMP_NUM_THREADS": "2",
    "MPLBACKEND": "pdf",
}

ON_SOME_CORES = """
import os, sys
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:{cores}])
"""
NERACA = "from neraca.cli import run; sys.exit(run(sys.argv[1:]))"
# One notebook of a report, all the way to its page and document.
ALL_THE_WAY = """
from pathlib import Path
from neraca.pipeline.execute import execute
from neraca.publish import pandoc, stage
root, kernel = Path.cwd(), sys.argv[1]
given = {"province": "lampung", "year": 2020, "language": "id"}
executed = execute(root / "notebooks/ikm_targets.ipynb", given, root, kernel)
index = stage({"ikm_targets": executed}, root / "reports/id/lampung/2020")
page = root / "_site/reports/id/lampung/2020"
page.mkdir(parents=True)
pandoc.render_report(index, root, page)
"""


def surroundings(root: Path, variables: Mapping[str, str]) -> dict[str, str]:
    home = root / "home"
    home.mkdir(exist_ok=True)
    return {**os.environ, **variables, "HOME": str(home), "QUARTO_PATH": "none"}


def copied(root: Path) -> Path:
    shutil.copytree(ROOT, root, ignore=NOT_COPIED)
    return root


def differing(one: Path, other: Path) -> list[str]:
    """Name what was made in one place alone, or otherwise than in the other."""
    was, now = batch_samples.made(one), batch_samples.made(other)
    assert was
    return sorted(name for name in {*was, *now} if was.get(name) != now.get(name))


def test_a_notebook_gives_the_same_bytes_in_other_surroundings(tmp_path: Path) -> None:
    one, other = copied(tmp_path / "one"), copied(tmp_path / "another" / "place")
    running = [
        subprocess.Popen(
            [sys.executable, "-c", ON_SOME_CORES.format(cores=cores) + ALL_THE_WAY, kernel],
            cwd=root,
            env=surroundings(root, variables),
            stderr=subprocess.PIPE,
            text=True,
        )
        for root, variables, kernel, cores in (
            (one, ONE, "ordinary", 1),
            (other, OTHER, "warm", 64),
        )
    ]
    for process in running:
        _, said = process.communicate(timeout=120)
        assert process.returncode == 0, said
    assert differing(one, other) == []
    assert {path.suffix for path in (one / "_site").rglob("*")} >= {".html", ".pdf", ".svg", ".csv"}


def run(root: Path, variables: Mapping[str, str], *command: str, cores: int = 64) -> None:
    code = ON_SOME_CORES.format(cores=cores) + NERACA
    done = subprocess.run(
        [sys.executable, "-c", code, *command],
        cwd=root,
        env=surroundings(root, variables),
        capture_output=True,
        text=True,
        timeout=1200,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_the_reference_reports_are_the_same_bytes_in_other_surroundings(tmp_path: Path) -> None:
    one, other = copied(tmp_path / "one"), copied(tmp_path / "another" / "place")
    for province in sorted({province for province, _ in REFERENCES}):
        years = ",".join(str(year) for each, year in REFERENCES if each == province)
        run(one, ONE, "batch", "--provinces", province, "--years", years, "--languages", "id,en")
    for report in reference_reports():
        asked = (report.province, str(report.year), "--language", report.language)
        run(other, OTHER, "report", *asked, "--kernel", "ordinary", cores=1)
    assert differing(one, other) == []
    for province, year in REFERENCES:
        for language in ("id", "en"):
            here = one / "_site/reports" / language / province / str(year)
            assert (here / "index.html").is_file()
            assert (here / "index.pdf").is_file()
            assert (one / "reports" / language / province / str(year) / "record.json").is_file()
