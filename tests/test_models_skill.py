"""The forecasts' measured skill reaches its bars, and the file that says so is up to date."""

import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd
import pytest

from analysis.catalog import Catalog
from analysis.catalog.trade import trade_flows
from analysis.models.candidates import MINIMUM_MONTHS, SEASONAL_NAIVE
from analysis.models.forecast import SEED, Backtest, FlowForecast, forecast_flows
from analysis.parameters.provinces import load_provinces

BENCHMARK = Path(__file__).resolve().parents[1] / "benchmarks" / "forecast_skill.py"


@pytest.fixture(scope="module")
def benchmark() -> ModuleType:
    spec = importlib.util.spec_from_file_location("forecast_skill", BENCHMARK)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def committed() -> dict[str, Any]:
    return json.loads(BENCHMARK.with_suffix(".json").read_text(encoding="utf-8"))


def test_the_committed_result_reaches_the_bars(committed: dict[str, Any]) -> None:
    assert [(each["province"], each["flow"]) for each in committed["series"]] == [
        ("lampung", "export"),
        ("lampung", "import"),
    ]
    ratios = [each["ratio"] for each in committed["series"]]
    assert committed["mean_ratio"] == pytest.approx(sum(ratios) / 2, abs=1e-4)
    assert committed["mean_ratio"] <= 0.80
    for each in committed["series"]:
        assert 0.72 <= each["coverage_80"] <= 0.88
    settings = committed["settings"]
    assert (settings["first_month"], settings["last_month"]) == ("2015-01", "2025-12")
    assert (settings["first_origin"], settings["origin_step"], settings["horizon"]) == (60, 3, 12)


def test_the_committed_file_has_the_form_that_is_promised(committed: dict[str, Any]) -> None:
    # {"series": [{"province", "flow", "ratio", "ratio_interval", "coverage_80", "candidates"}],
    # "mean_ratio"}, and more beside it.
    assert isinstance(committed["mean_ratio"], float)
    beside = committed["every_province_with_48_months"]
    for each in (*committed["series"], *beside["series"]):
        assert isinstance(each["province"], str)
        assert each["flow"] in ("export", "import")
        numbers = [each["ratio"], each["coverage_80"], *each["candidates"].values()]
        low, high = each["ratio_interval"]
        assert all(isinstance(number, float) for number in (*numbers, low, high))
    text = BENCHMARK.with_suffix(".json").read_text(encoding="utf-8")
    assert not {"NaN", "Infinity", "null"} & set(text.replace(",", " ").split())


def test_every_series_has_its_candidates_and_its_interval(committed: dict[str, Any]) -> None:
    beside = committed["every_province_with_48_months"]
    for each in committed["series"] + beside["series"]:
        low, high = each["ratio_interval"]
        assert low <= each["ratio"] <= high
        assert 0 <= each["coverage_80"] <= 1
        assert each["candidates"][SEASONAL_NAIVE] == 1
        assert each["best_after_the_fact"] in each["candidates"]
        assert min(each["candidates"].values()) == each["candidates"][each["best_after_the_fact"]]
        assert set(each["choices"]) <= set(each["candidates"])
        assert len(each["choices"]) == each["origins"]
    assert all(set(each["candidates"]) == set(MINIMUM_MONTHS) for each in committed["series"])
    assert {each["origins"] for each in beside["series"]} == {3}
    assert len(beside["series"]) > 50


def test_the_committed_figures_are_those_of_a_report_made_now(committed: dict[str, Any]) -> None:
    flows = trade_flows(Catalog(), load_provinces().by_slug("lampung"), 2025)
    months = pd.period_range("2015-01", "2025-12", freq="M")
    exports, imports = (
        flows.comparable(flow, flows.main_basis(2025)).reindex(months)
        for flow in ("export", "import")
    )
    forecast = forecast_flows(exports, imports, 12, 0.8, SEED)
    hint = "the forecasts or the figures have changed; run `make skill` and look at the difference"
    for flow, expected in zip(
        (forecast.exports, forecast.imports), committed["series"], strict=True
    ):
        assert isinstance(flow, FlowForecast)
        now = flow.backtest
        assert isinstance(now, Backtest)
        assert now.ratio == pytest.approx(expected["ratio"], abs=1e-3), hint
        assert now.coverage == pytest.approx(expected["coverage_80"], abs=5e-3), hint
        assert now.choices.tolist() == expected["choices"], hint
        for name, ratio in expected["candidates"].items():
            assert now.candidates.loc[name, "ratio"] == pytest.approx(ratio, abs=1e-3), hint


def test_a_missed_bar_is_named(benchmark: ModuleType, committed: dict[str, Any]) -> None:
    assert benchmark.missed(committed) == []
    exports, imports = committed["series"]
    worse = committed | {"mean_ratio": 0.81, "series": [exports | {"coverage_80": 0.7}, imports]}
    assert benchmark.missed(worse) == [
        "the mean ratio is 0.81, above 0.8",
        "70.0% of Lampung's exports lay in the 80 percent interval, not 72% to 88%",
    ]


def test_the_table_names_every_candidate_and_the_best_after_the_fact(
    benchmark: ModuleType, committed: dict[str, Any]
) -> None:
    text = "\n".join(benchmark.lines(committed))
    for name in MINIMUM_MONTHS:
        assert text.count(name) >= 2
    assert text.count("chosen at each origin") == 3
    assert text.count(" best after the fact") == 4


@pytest.mark.slow
def test_the_whole_measurement_comes_out_again(
    benchmark: ModuleType, committed: dict[str, Any]
) -> None:
    again = benchmark.measure()
    assert again["settings"] == committed["settings"]
    beside, before = (each["every_province_with_48_months"] for each in (again, committed))
    assert beside["mean_ratio"] == pytest.approx(before["mean_ratio"], abs=2e-3)
    assert beside["not_computed"] == before["not_computed"]
    for one, other in zip(beside["series"], before["series"], strict=True):
        assert (one["province"], one["flow"]) == (other["province"], other["flow"])
        assert one["ratio"] == pytest.approx(other["ratio"], abs=5e-3)
