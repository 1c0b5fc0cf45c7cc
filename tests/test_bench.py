"""The harness of the benchmarks: its figures, what it writes, and how it finds what it counts."""

import doctest
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest

NAMES = (
    *(
        "bench",
        "changed_figure",
        "jupyter_share",
        "large_store",
        "make_trade_store",
        "many_reports",
    ),
    *("measurements", "memory", "notebook_loop", "quarto_shards", "results", "sandbox"),
    "synthetic_data",
)
# Of each line of the table that the benchmarks were asked for.
MEASURED = {
    *("loop", "many", "jupyter", "one", "unchanged"),
    *("theme", "figure", "store", "memory", "quarto"),
}
KEYS = {"name", "value", "bar", "unit", "met", "runs"}


@pytest.fixture
def benchmarks(project_root: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.syspath_prepend(project_root / "benchmarks")
    yield
    for name in NAMES:
        sys.modules.pop(name, None)


@pytest.fixture
def results(benchmarks: None) -> ModuleType:
    return import_module("results")


def test_every_example_in_the_harness_holds(benchmarks: None) -> None:
    failed = {name: doctest.testmod(import_module(name)).failed for name in NAMES}
    assert set(failed.values()) == {0}, failed


def test_every_line_of_the_table_is_measured(benchmarks: None) -> None:
    assert set(import_module("measurements").MEASUREMENTS) == MEASURED


def test_a_ratio_is_of_medians_and_keeps_the_runs_of_both_sides(results: ModuleType) -> None:
    fast, slow = results.Side("new", "s", [1, 2, 4]), results.Side("old", "s", [30, 20, 20])
    entry = results.times_faster("task", fast, slow, 10.0).entry("2 cores")
    assert entry["value"] == 10
    assert entry["met"] is True
    assert entry["runs"] == [30, 10, 5]
    assert [side["runs"] for side in entry["sides"]] == [[1, 2, 4], [30, 20, 20]]


@pytest.mark.parametrize(
    ("wanted", "runs", "met"),
    [
        ("at least", [1.9, 2.0, 9.0], True),
        ("at least", [1.0, 1.9, 9.0], False),
        ("at most", [0.0, 2.0, 9.0], True),
        ("at most", [0.0, 2.1, 9.0], False),
        ("at most", [], None),
    ],
)
def test_the_median_is_held_against_the_bar(results, wanted, runs, met) -> None:
    assert results.Result("x", runs, 2.0, wanted, "s").met is met


def test_what_is_written_holds_the_figures_and_names_what_is_missed(results, tmp_path) -> None:
    side = results.Side("the loop", "s", [41.0, 40.0, 43.0])
    entries = [
        results.Result("good", [1.0], 2.0, "at most", "s", [side], "Measured.").entry("2 cores"),
        results.Result("bad", [3.0, 2.5, 4.0], 2.0, "at most", "s").entry("2 cores"),
        results.not_measured("absent", 2.0, "at least", "times", "no Quarto.").entry("2 cores"),
    ]
    results.write(entries, tmp_path)
    written = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    assert written == entries
    assert all(set(entry) >= KEYS for entry in written)
    assert [entry["met"] for entry in written] == [True, False, None]
    page = (tmp_path / "results.md").read_text(encoding="utf-8")
    assert "| good | 1 s | at most 2 | met | the loop 41 s (40 to 43) |" in page
    assert "| bad | 3 s (2.5 to 4) | at most 2 | missed |  |" in page
    assert "| absent | not measured | at least 2 | – |  |" in page
    assert "- bad: 3 s (2.5 to 4), wanted at most 2; 1 s off the bar, 50% of it." in page
    assert page.count("2 cores") == 1
    assert page == results.page(written)


def test_the_machine_is_described_without_its_name_or_paths(results: ModuleType) -> None:
    text = results.machine()
    assert f"Python {sys.version_info.major}.{sys.version_info.minor}" in text
    assert "pandas " in text
    assert os.uname().nodename not in text
    assert str(Path.home()) not in text


def test_a_failed_measurement_is_a_line_and_stops_no_other(benchmarks, monkeypatch, tmp_path):
    bench, results = import_module("bench"), import_module("results")
    from analysis.errors import NeracaError

    def fail(_: object) -> list:
        raise NeracaError("nbconvert failed.\nIn /some/place.")

    good = results.Result("good", [1.0], 2.0, "at most", "s")
    monkeypatch.setattr(bench, "MEASUREMENTS", {"loop": fail, "one": lambda _: [good]})
    monkeypatch.setattr(sys, "argv", ["bench.py", "--out", str(tmp_path)])
    assert bench.main() == 1
    failed, measured = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    assert failed["met"] is None
    assert failed["note"] == "Not measured: nbconvert failed."
    assert measured["met"] is True


def test_a_copy_has_the_code_and_neither_figures_nor_reports(benchmarks, tmp_path) -> None:
    sandbox = import_module("sandbox")
    project = tmp_path / "project"
    for name in ("src/a.py", "src/data/b.py", "data/c.csv", "reports/d", ".venv/e", "src/.f"):
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).touch()
    sandbox.copy_project(project, tmp_path / "copy")
    found = {path.name for path in (tmp_path / "copy").rglob("*") if path.is_file()}
    assert found == {"a.py", "b.py"}


def test_only_synthetic_copies_may_use_synthetic_figures(benchmarks, monkeypatch, tmp_path):
    sandbox = import_module("sandbox")
    monkeypatch.setenv("NERACA_SYNTHETIC", "1")
    assert "NERACA_SYNTHETIC" in sandbox.surroundings(tmp_path, synthetic=True)
    real = sandbox.surroundings(tmp_path, synthetic=False)
    assert "NERACA_SYNTHETIC" not in real
    assert real["QUARTO_PATH"] == "none"
    assert real["PYTHONPATH"] == str(tmp_path / "src")
    assert real["OPENBLAS_NUM_THREADS"] == "1"


def test_a_changed_figure_concerns_the_reports_that_asked_for_it(benchmarks, tmp_path) -> None:
    changed = import_module("changed_figure")
    asked = {
        "id/lampung/2025": ("trade", {"province_code": ["00", "18"], "until": 2025}),
        "id/lampung/2024": ("trade", {"province_code": "18", "until": 2024}),
        "id/riau/2025": ("trade", {"province_code": "14", "until": 2025}),
        "id/aceh/2025": ("industry", {"province_code": "18", "until": 2025}),
        "id/jambi/2025": ("national", {"year": 2025, "province_code": "15"}),
        "id/banten/2025": ("national", {"year": 2025, "province_code": "36"}),
    }
    for address, (resource, filters) in asked.items():
        directory = tmp_path / "reports" / address
        directory.mkdir(parents=True)
        record = {"reads": {"summary": [{"resource": resource, "filters": filters}]}}
        (directory / "record.json").write_text(json.dumps(record), encoding="utf-8")
    ranks = {"province_code": ["15", "36"], "rank": ["1", "2"]}
    before = {(2025, "national"): pd.DataFrame(ranks)}
    after = {(2025, "national"): pd.DataFrame(ranks | {"rank": ["1", "3"]})}
    row = {"province_code": "18", "time_period": "2025-03"}
    found = changed.readers(tmp_path, "trade", row, before, after)
    assert found == {"reports/id/lampung/2025", "reports/id/banten/2025"}


def test_a_change_is_of_one_figure_with_its_row(benchmarks, tmp_path) -> None:
    changed = import_module("changed_figure")
    text = "province_code,time_period,value\n18,2024,\n18,2024,7.19\n14,2024,3.50\n"
    (tmp_path / "table.csv").write_text(text, encoding="utf-8")
    row = changed.Change("table.csv", "value", {"province_code": "18"}).make(tmp_path)
    assert row == {"province_code": "18", "time_period": "2024", "value": "7.18"}
    assert (tmp_path / "table.csv").read_text(encoding="utf-8") == text.replace("7.19", "7.18")


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux's /proc")
def test_memory_is_that_of_a_process_and_of_what_it_started(benchmarks) -> None:
    watch = import_module("memory").Watch(os.getpid())
    watch.look()
    assert max(watch.peaks.values()) > 20
    assert watch.together > 20


def test_the_loop_prints_all_but_the_record(benchmarks, tmp_path) -> None:
    loop = import_module("notebook_loop")
    data = {loop.RECORD_TYPE: {"reads": []}, "text/plain": "said"}
    cells = [{"source": "x = 1"}, {"outputs": [{"data": data}, {"text": "streamed"}]}]
    (tmp_path / "summary.ipynb").write_text(json.dumps({"cells": cells}), encoding="utf-8")
    printed = loop.without_record(tmp_path / "summary.ipynb")
    found = json.loads(printed.read_text(encoding="utf-8"))["cells"]
    assert found[0] == cells[0]
    assert found[1] == {"outputs": [{"data": {"text/plain": "said"}}, {"text": "streamed"}]}


def test_the_peak_of_a_process_is_not_that_of_the_one_that_started_it(benchmarks: None) -> None:
    memory = import_module("memory")
    large = bytearray(300_000_000)
    large[::4096] = b"x" * len(large[::4096])
    command = "from memory import own_peak; print(own_peak())"
    place = Path(memory.__file__).parent
    told = subprocess.run(
        [sys.executable, "-c", command], cwd=place, check=True, capture_output=True, text=True
    ).stdout
    assert memory.own_peak() > 300
    assert 1 < float(told) < 150
