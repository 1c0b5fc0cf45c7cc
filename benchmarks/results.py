"""Put what was measured into figures with their bars, and write them for programs and people."""

import json
import os
import platform
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Literal

Wanted = Literal["at least", "at most"]
Entry = dict[str, Any]

JSON, TABLE, PROFILE = "results.json", "results.md", "profile.txt"

_LIBRARIES = (
    *("duckdb", "ipykernel", "matplotlib", "nbconvert", "numpy", "pandas", "papermill"),
    *("pypandoc_binary", "scipy", "statsmodels", "typst"),
)

_INTRODUCTION = """\
# What the pipeline costs

`make bench` measured all of this in one run on one machine, each figure beside the other side's.
A figure is the median of its runs; the smallest and the largest stand behind it in brackets.
Provinces carry full synthetic figures, so that none is quick for being empty.
"""


@dataclass(frozen=True)
class Side:
    """What one of two sides took, run by run.

    Attributes:
        name: what it is.
        unit: of the runs.
        runs: what each took.

    """

    name: str
    unit: str
    runs: Sequence[float]


@dataclass(frozen=True)
class Result:
    """A figure with its bar.

    Attributes:
        name: what was measured.
        runs: the figure of each run; none if it could not be measured.
        bar: what it is held against.
        wanted: on which side of the bar it should be.
        unit: of the runs and the bar.
        sides: what was compared.
        how: how it was measured.
        note: what else there is to say of these runs.
        of_sides: the figure, where it is that of the sides' medians and not the median of runs.

    """

    name: str
    runs: Sequence[float]
    bar: float
    wanted: Wanted
    unit: str
    sides: Sequence[Side] = ()
    how: str = ""
    note: str = ""
    of_sides: float | None = None

    @property
    def value(self) -> float | None:
        """Give the figure itself; None if there is none."""
        if self.of_sides is not None:
            return self.of_sides
        return statistics.median(self.runs) if self.runs else None

    @property
    def met(self) -> bool | None:
        """Say whether the bar is met; None if that is not known."""
        if self.value is None:
            return None
        return self.value >= self.bar if self.wanted == "at least" else self.value <= self.bar

    def entry(self, machine: str) -> Entry:
        """Give all of it in plain values."""
        return {
            "name": self.name,
            "value": _rounded(self.value),
            "bar": self.bar,
            "unit": self.unit,
            "met": self.met,
            "runs": [_rounded(run) for run in self.runs],
            "wanted": self.wanted,
            "sides": [
                {"name": side.name, "unit": side.unit, "runs": [_rounded(run) for run in side.runs]}
                for side in self.sides
            ],
            "how": self.how,
            "note": self.note,
            "machine": machine,
        }


def times_faster(
    name: str, fast: Side, slow: Side, bar: float, how: str = "", note: str = ""
) -> Result:
    """Compare two sides that took turns: how many times faster the first is, by their medians.

    >>> fast, slow = Side("new", "s", [2.0, 1.0, 2.0]), Side("old", "s", [10.0, 8.0, 9.0])
    >>> times_faster("a task", fast, slow, 4.0).value
    4.5

    """
    runs = [other / own for own, other in zip(fast.runs, slow.runs, strict=True)]
    ratio = statistics.median(slow.runs) / statistics.median(fast.runs)
    unit = "times faster"
    return Result(name, runs, bar, "at least", unit, (fast, slow), how, note, of_sides=ratio)


def not_measured(name: str, bar: float, wanted: Wanted, unit: str, reason: str) -> Result:
    """Say of a figure why there is none."""
    return Result(name, (), bar, wanted, unit, note=f"Not measured: {reason}")


def write(entries: Sequence[Entry], directory: Path) -> None:
    """Write figures to `results.json`, and to `results.md` what follows from them."""
    directory.mkdir(parents=True, exist_ok=True)
    text = json.dumps(entries, indent=2, ensure_ascii=False) + "\n"
    (directory / JSON).write_text(text, encoding="utf-8")
    (directory / TABLE).write_text(page(entries), encoding="utf-8")


def page(entries: Sequence[Entry]) -> str:
    """Write the page of the figures: a table, how each was measured, and which bars are missed."""
    head = "| what | measured | bar | met | compared |\n|---|---|---|---|---|"
    parts = [_INTRODUCTION, "\n".join([head, *map(_row, entries)])]
    parts += [f"Measured on: {machine}." for machine in dict.fromkeys(_each(entries, "machine"))]
    missed = [entry for entry in entries if entry["met"] is False]
    if missed:
        parts += ["## Bars that are missed", "\n".join(map(_missed, missed))]
        parts.append(f"`{PROFILE}` tells where the time of a report goes.")
    described = [entry for entry in entries if entry["how"] or entry["note"]]
    if described:
        parts += ["## How each was measured", *map(_description, described)]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def line(entry: Entry) -> str:
    """Say a figure in a line.

    >>> line(Result("a task", [2.0, 3.0, 4.0], 2.0, "at least", "times faster").entry(""))
    'a task: 3 times faster (2 to 4), at least 2: met'

    """
    bar = f"{entry['wanted']} {entry['bar']:g}"
    return f"{entry['name']}: {_measured(entry)}, {bar}: {_verdict(entry)}"


def machine() -> str:
    """Say on what is measured: cores, memory, processor, and the versions of what counts."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    system = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    found = ", ".join(f"{name} {number}" for name in _LIBRARIES if (number := _version(name)))
    return f"{cores} cores ({_processor()}), {memory:.0f} GB of memory, {system}, {found}"


def _processor() -> str:
    path = Path("/proc/cpuinfo")
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    models = [row.partition(":")[2].strip() for row in text.splitlines() if "model name" in row]
    return models[0] if models else platform.processor() or "unknown"


def _version(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return ""


def _each(entries: Sequence[Entry], key: str) -> list[str]:
    return [entry[key] for entry in entries if entry[key]]


def _row(entry: Entry) -> str:
    sides = "; ".join(
        f"{side['name']} {_spread(side['runs'], side['unit'])}" for side in entry["sides"]
    )
    bar = f"{entry['wanted']} {entry['bar']:g}"
    return f"| {entry['name']} | {_measured(entry)} | {bar} | {_verdict(entry)} | {sides} |"


def _measured(entry: Entry) -> str:
    if entry["value"] is None:
        return "not measured"
    return _spread(entry["runs"], entry["unit"], entry["value"])


def _verdict(entry: Entry) -> str:
    return {True: "met", False: "missed", None: "–"}[entry["met"]]


def _spread(runs: Sequence[float], unit: str, value: float | None = None) -> str:
    """Write the median of runs with the smallest and the largest, if they differ.

    >>> _spread([1.0, 2.5, 2.0], "s")
    '2 s (1 to 2.5)'
    """
    shown = statistics.median(runs) if value is None else value
    text = f"{_rounded(shown):g} {unit}"
    return text if min(runs) == max(runs) else f"{text} ({min(runs):g} to {max(runs):g})"


def _missed(entry: Entry) -> str:
    short = abs(entry["value"] - entry["bar"])
    share = f", {short / entry['bar']:.0%} of it" if entry["bar"] else ""
    return (
        f"- {entry['name']}: {_measured(entry)}, wanted {entry['wanted']} {entry['bar']:g}; "
        f"{short:.3g} {entry['unit']} off the bar{share}."
    )


def _description(entry: Entry) -> str:
    return " ".join(filter(None, (f"**{entry['name']}.**", entry["how"], entry["note"])))


def _rounded(value: float | None) -> float | None:
    """Round to what means something: three digits of small figures, whole large ones.

    >>> _rounded(0.123456), _rounded(1234.5678)
    (0.123, 1235.0)
    """
    return (
        value if value is None else float(f"{value:.3g}") if abs(value) < 1000 else round(value, 0)
    )
