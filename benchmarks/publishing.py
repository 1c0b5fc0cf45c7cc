"""Measure what it takes to publish the reports that this project has executed.

`python benchmarks/publishing.py [--json FILE]` renders copies in a temporary directory and leaves
the project as it is. The embedded publisher: the time on a core, its own and pandoc's, for the
page and the PDF of each report; each figure is the median of some runs, after one that loads
fonts. Quarto, where it is installed: the time on the clock for eight reports, each rendered alone
after the other, beside the same eight in as many shards as there are cores.
"""

import argparse
import json
import os
import resource
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from analysis.errors import NeracaError
from neraca.pipeline.project import Project
from neraca.publish import publish, publish_many
from neraca.publish.pandoc import render_report
from neraca.publish.quarto import find_quarto
from neraca.publish.renewal import executed_reports

EMBEDDED_BAR = 0.6  # seconds of one core, a report
SHARDS_BAR = 2.0  # times faster than one render a report
SHARDED = 8  # reports

# What rendering reads besides the reports themselves.
_PUBLISHING = ("_quarto.yml", "index.qmd", "methods.qmd", "en", "src/neraca/publish")

Entry = dict[str, Any]


def main() -> int:
    """Measure both publishers, print, write, and fail where a bar is missed."""
    asked = _arguments()
    root = Project.find(Path.cwd()).root
    reports = [path.relative_to(root) for path in executed_reports(root)]
    if not reports:
        sys.stderr.write("No report has been executed; make one, as with `make report`.\n")
        return 1
    results = _embedded(root, reports, asked.repeats)
    if find_quarto() is None:
        sys.stdout.write("Quarto not found: not measured\n")
    else:
        results.append(_quarto(root, reports))
    if asked.json:
        asked.json.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    return 0 if all(each["met"] for each in results) else 1


def _embedded(root: Path, reports: Sequence[Path], repeats: int) -> list[Entry]:
    """Measure the embedded publisher, report by report."""
    _render_alone(root, reports[0])
    medians = []
    for report in reports:
        runs = [_render_alone(root, report) for _ in range(repeats)]
        medians.append(statistics.median(runs))
        sys.stdout.write(
            f"embedded, {report.as_posix()}: {medians[-1]:.2f} s of one core "
            f"({min(runs):.2f} to {max(runs):.2f})\n"
        )
    values = {"the middle report": statistics.median(medians), "the longest": max(medians)}
    return [
        _entry(f"embedded publisher, {name} of {len(reports)}", value, EMBEDDED_BAR, repeats)
        for name, value in values.items()
    ]


def _render_alone(root: Path, report: Path) -> float:
    """Return the seconds of one core that a report's page and PDF take without Quarto."""
    with tempfile.TemporaryDirectory(prefix="neraca-") as directory:
        start = _core_seconds()
        render_report(root / report / "index.ipynb", root, Path(directory))
        return _core_seconds() - start


def _core_seconds() -> float:
    """Return the time that this process and the ended ones it started have had on a core."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(found.ru_utime + found.ru_stime for found in used)


def _quarto(root: Path, reports: Sequence[Path]) -> Entry:
    """Measure Quarto on copies of the reports: one render a report, and shards."""
    with tempfile.TemporaryDirectory(prefix="neraca-") as directory:
        project = Path(directory).resolve()
        indexes = _copies(root, reports, project)
        start, used = time.perf_counter(), _core_seconds()
        for index in indexes:
            publish(index, project, project / "alone")
        alone, used_alone = time.perf_counter() - start, _core_seconds() - used
        start, used = time.perf_counter(), _core_seconds()
        published = publish_many(indexes, project, project / "together")
        together, used_together = time.perf_counter() - start, _core_seconds() - used
    for error in published.failures.values():
        raise NeracaError(f"Quarto failed while it was measured: {error}")
    sys.stdout.write(
        f"Quarto, {SHARDED} reports: {alone:.1f} s in one render a report ({used_alone:.1f} s of "
        f"one core), {together:.1f} s in {os.cpu_count()} shards ({used_together:.1f} s)\n"
    )
    return _entry(f"Quarto in shards, {SHARDED} reports", alone / together, SHARDS_BAR, 1)


def _copies(root: Path, reports: Sequence[Path], project: Path) -> list[Path]:
    """Copy the reports in turn to as many addresses as are measured; return their sources."""
    for name in _PUBLISHING:
        target = project / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if (root / name).is_dir():
            shutil.copytree(root / name, target)
        else:
            shutil.copyfile(root / name, target)
    indexes = []
    for number in range(SHARDED):
        report = reports[number % len(reports)]
        copy = project / report.parent / str(1000 + number)
        shutil.copytree(root / report, copy)
        indexes.append(copy / "index.ipynb")
    return indexes


def _entry(name: str, value: float, bar: float, runs: int) -> Entry:
    """Print a figure with its bar and return it."""
    faster = bar == SHARDS_BAR
    met = value >= bar if faster else value <= bar
    unit = "times faster" if faster else "seconds of one core"
    wanted = "at least" if faster else "at most"
    sys.stdout.write(f"{name}: {value:.2f} {unit}, {wanted} {bar}: {'met' if met else 'missed'}\n")
    return {
        "name": name,
        "value": round(value, 2),
        "bar": bar,
        "unit": unit,
        "met": met,
        "runs": runs,
    }


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--repeats", type=int, default=3, help="runs of each report")
    parser.add_argument("--json", type=Path, help="file to write the figures to")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
