"""The forecast and what came after it: every branch of the sentences, and the sections."""

from dataclasses import replace

import pandas as pd
import pytest
from report_samples import (
    LEVEL,
    NOT_COMPUTED,
    backtest,
    balance_forecast,
    flow_forecast,
    kinds,
    months,
    rows_of,
    sound,
    texts,
    trade_forecast,
)

from analysis.catalog import Catalog
from analysis.catalog.territory import TerritoryBreak
from analysis.indicators.series import NotComputed, Unit
from analysis.parameters import ReportParameters
from analysis.report import Page, narrative, sections, tables, words


@pytest.mark.parametrize("beats", [True, False])
@pytest.mark.parametrize("flow", ["export", "import"])
def test_forecast_method(page, beats, flow):
    forecast = flow_forecast(beats=beats)
    text = sound(page, narrative.forecast.forecast_method(page, flow, forecast, backtest(0.74)))
    # The ratio belongs to the method that is published, so it is told of no other.
    assert (page.language.number(0.81, 2) in text) is beats
    assert (words.forecast_method(page.language, "local_level") in text) is beats
    for number in ("74", "80", "48"):
        assert number in text


@pytest.mark.parametrize("chance", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("count", [1, 2])
def test_surplus_probability(page, chance, count):
    balance = balance_forecast(chance, count)
    text = sound(
        page, narrative.forecast.surplus_probability(page, balance, [backtest(), backtest(0.9)])
    )
    assert words.probability(page.language, chance) in text
    for value in (-50.0, 10.0, 1500.0):
        assert page.language.money(value) in text


@pytest.mark.parametrize(
    ("shortfall", "given"), [(0.0, True), (0.14, True), (0.16, False), (0.8, False)]
)
def test_no_probability_from_intervals_that_did_not_hold(page, shortfall, given):
    coverage = LEVEL - shortfall
    text = sound(
        page,
        narrative.forecast.surplus_probability(
            page, balance_forecast(0.7), [backtest(0.95), backtest(coverage)]
        ),
    )
    # The worse of the two flows counts; the balance itself is told either way.
    assert (words.probability(page.language, 0.7) in text) is given
    assert (f" {100 * coverage:.0f} " in text) is not given
    assert page.language.money(10.0) in text


def test_forecast_of_both_flows(page, shown, flows):
    found = trade_forecast(flow_forecast(), flow_forecast(beats=False), 0.7)
    sections.forecast.forecast(page, found, flows, "origin")
    assert kinds(shown).count("figure") == 1
    assert page.indicators["surplus_probability"]["value"] == 70
    assert page.indicators["forecast_balance_lower"]["obs_status"] == "estimated"
    assert page.indicators["backtest_export_comparisons"]["value"] == 48
    (monthly,) = [data for meta, data in shown if meta["name"] == "tbl-surplus-by-month"]
    assert {row["surplus_percent"] for row in rows_of(monthly)} == {"70"}


@pytest.mark.parametrize(
    ("chance", "cell"), [(0.999, "> 95"), (0.97, "95"), (0.52, "50"), (0.03, "5"), (0.0, "< 5")]
)
def test_a_chance_by_month_is_never_certain(page, shown, chance, cell):
    tables.forecast.surplus_by_month(page, balance_forecast(chance), "origin")
    rows = [line for line in texts(shown).split("\n") if line.startswith("| ")][2:]
    assert {row.strip("| ").split(" | ")[-1] for row in rows} == {cell}


@pytest.mark.parametrize("flow", ["export", "import"])
def test_forecast_of_one_flow_only(page, shown, flows, flow):
    both = {"export": NOT_COMPUTED, "import": NOT_COMPUTED} | {flow: flow_forecast()}
    found = trade_forecast(both["export"], both["import"], None)
    sections.forecast.forecast(page, found, flows, "origin")
    ((_, drawn),) = [item for item in shown if item[0]["kind"] == "figure"]
    assert {row["flow"] for row in rows_of(drawn)} == {flow}
    assert texts(shown).count("callout-note") == 1
    assert "surplus_probability" not in page.indicators


@pytest.mark.parametrize("untested", [("export",), ("import",), ("export", "import")])
def test_a_forecast_that_was_never_tested_is_not_shown(page, shown, flows, untested):
    found = trade_forecast(
        *(flow_forecast(tested=flow not in untested) for flow in ("export", "import")), 0.7
    )
    sections.forecast.forecast(page, found, flows, "origin")
    assert texts(shown).count("callout-note") == len(untested)
    assert words.explain(page.language, NotComputed("backtest", 3, 1, Unit.ORIGINS)) in texts(shown)
    assert "data/observations" not in texts(shown), "no row adds a past date"
    # Each flow's record stands under its own name.
    lacking = {
        name for name, item in page.indicators.items() if item["obs_status"] == "not computed"
    }
    assert lacking == {f"not_computed_backtest_{flow}" for flow in untested}
    # Without both flows there is no balance, and so no probability and no record of one.
    assert not [name for name in page.indicators if "balance" in name or "probability" in name]
    assert words.probability(page.language, 0.7) not in texts(shown)
    drawn = [rows_of(data) for meta, data in shown if meta["kind"] == "figure"]
    shown_flows = {row["flow"] for rows in drawn for row in rows}
    assert shown_flows == {"export", "import"} - set(untested)


def test_a_probability_that_is_withheld_is_not_recorded_either(page, shown, flows):
    found = trade_forecast(flow_forecast(coverage=0.4), flow_forecast(), 0.7)
    sections.forecast.forecast(page, found, flows, "origin")
    assert words.probability(page.language, 0.7) not in texts(shown)
    assert "surplus_probability" not in page.indicators
    assert page.indicators["forecast_balance_estimate"]["value"] == 10
    ((_, drawn),) = [item for item in shown if item[0]["kind"] == "figure"]
    assert "surplus_probability" not in rows_of(drawn)[0]
    assert "tbl-surplus-by-month" not in {meta["name"] for meta, _ in shown}


@pytest.mark.parametrize("flow", ["export", "import", "balance"])
@pytest.mark.parametrize("count", [1, 3])
def test_outcome(page, flow, count):
    later = months(*[1.0] * count, None)
    table = pd.DataFrame({"later": later, "inside": [True] * count + [False]})
    text = sound(page, narrative.forecast.outcome(page, flow, table))
    assert f" {count}" in text


def test_outcome_of_the_balance(page):
    text = sound(page, narrative.forecast.outcome_of_balance(page, balance_forecast(0.7), 61.53))
    amounts = (61.53, 10.0, -50.0, 1500.0)
    for value in amounts:
        assert page.language.money(value, amounts) in text


def earlier(page: Page, year: int = 2023) -> Page:
    """Give a report of an earlier year, of which later figures are known, with its own reads."""
    asked = page.parameters.model_dump() | {"year": year}
    return Page("test", ReportParameters.parse(asked), Catalog(page.catalog.data))


def forecast_from(start: str, lower: float, upper: float, count: int = 12):
    fan = pd.DataFrame(
        {
            name: months(*[value] * count, start=start)
            for name, value in (("lower", lower), ("median", lower + 1), ("upper", upper))
        }
    )
    flow = replace(flow_forecast(), months=fan)
    balance = replace(balance_forecast(0.7), months=fan.assign(surplus_probability=0.7))
    return replace(trade_forecast(flow, flow, 0.7), balance=balance)


def happened(at: Page, shown, found, basis: str) -> str:
    """Show what happened, and take the list of later sources, whose titles keep their language."""
    sections.forecast.happened(at, found, basis)
    listed = shown.pop()[1]["text/markdown"]
    assert at.say("Sources of the later months") in listed
    return listed


def test_what_happened_then(page, shown, flows):
    at = earlier(page)
    listed = happened(at, shown, forecast_from("2024-01", 0.0, 400.0), "origin")
    assert "](<http" in listed
    ((_, drawn),) = [item for item in shown if item[0]["kind"] == "figure"]
    rows = rows_of(drawn)
    exports = flows.monthly("export", "origin")["2024-01":"2024-12"]
    came = [float(row["later"]) for row in rows if row["flow"] == "export"]
    assert came == pytest.approx(exports.tolist())
    inside = int((exports <= 400).sum())
    assert 0 < inside < 12
    assert at.indicators["later_export_inside"]["value"] == inside
    assert at.indicators["later_export_months"]["value"] == 12
    balance = exports.sum() - flows.monthly("import", "")["2024-01":"2024-12"].sum()
    assert at.indicators["later_balance"]["value"] == pytest.approx(balance)
    assert page.language.money(at.indicators["later_balance"]["value"]) in texts(shown)


def test_what_happened_then_leaves_the_report_as_it_was(page, shown):
    at = earlier(page)
    happened(at, shown, forecast_from("2024-01", 0.0, 400.0), "origin")
    assert shown
    assert at.catalog.reads == []
    assert at.source_ids == set()


def test_nothing_happened_yet(page, shown):
    sections.forecast.happened(page, forecast_from("2030-01", 0.0, 400.0), "origin")
    sections.forecast.happened(page, trade_forecast(NOT_COMPUTED, NOT_COMPUTED, None), "origin")
    # On another basis than the report's nothing can be held against it.
    early = earlier(page, 2014)
    one = trade_forecast(forecast_from("2015-01", 0.0, 9.0).exports, NOT_COMPUTED, None)
    sections.forecast.happened(early, one, "port-of-loading")
    assert not shown


def test_only_some_months_came(page, shown):
    at = earlier(page, 2020)
    happened(at, shown, forecast_from("2021-01", 0.0, 400.0), "origin")
    assert at.indicators["later_import_months"]["value"] == 7
    # The sum over the horizon is not known, so it is not compared.
    assert "later_balance" not in at.indicators


def test_another_territory_is_not_held_against_the_forecast(page, shown, catalog):
    asked = page.parameters.model_dump() | {"province": "papua", "year": 2023}
    at = Page("test", ReportParameters.parse(asked), Catalog(page.catalog.data))
    only = trade_forecast(NOT_COMPUTED, forecast_from("2023-07", 0.0, 90.0).imports, None)
    happened(at, shown, only, "")
    assert at.indicators["later_import_months"]["value"] <= 6
    split = TerritoryBreak("2023-12", "2024-01", (catalog.province("papua-selatan"),))
    assert narrative.forecast.not_held_against(page, split) in texts(shown)
