"""The chapter on exports and imports: every branch of its sentences, and its sections."""

import re
from dataclasses import replace

import pandas as pd
import pytest
from report_samples import (
    COUNTS,
    LEVEL,
    NOT_COMPUTED,
    backtest,
    balance_forecast,
    flow_forecast,
    in_year,
    interval,
    kinds,
    months,
    rows_of,
    sound,
    texts,
    trade_forecast,
)

from analysis.catalog.basis import Link
from analysis.catalog.territory import InsideParent, TerritoryBreak
from analysis.catalog.trade import TradeFlows, trade_flows
from analysis.indicators.series import NotComputed, Unit
from analysis.models.trend import AdjustedLevel
from analysis.report import narrative, sections, tables, words


def years(**columns: list) -> pd.DataFrame:
    count = len(next(iter(columns.values())))
    index = pd.Index(range(2026 - count, 2026), name="year")
    table = pd.DataFrame(columns, index=index, dtype=float)
    return table.assign(balance=table["export"] - table["import"])


@pytest.mark.parametrize(
    ("table", "english"),
    [
        (years(export=[5588.3, 6637.71], **{"import": [2104.0, 2054.7]}), "a surplus of USD 4,583"),
        (years(export=[100.0], **{"import": [136.48]}), "a deficit of USD 36.48 million"),
        (years(export=[5.0], **{"import": [5.0]}), "a balance of zero of"),
        (years(export=[5.0, None], **{"import": [3.0, 1.0]}), "After it no year up to 2025"),
        (years(export=[None], **{"import": [3.0]}), "For no year up to 2025"),
    ],
)
def test_annual_balance(page, table, english):
    text = sound(page, narrative.trade.annual_balance(page, table, "origin"))
    assert page.language.code == "id" or english in text


def test_annual_balance_is_not_compared_across_a_split(page, catalog):
    table = years(export=[50.0, 5.0], **{"import": [3.0, 3.0]})
    split = TerritoryBreak("2024-12", "2025-01", (catalog.province("papua-selatan"),))
    whole = narrative.trade.annual_balance(page, table, "origin")
    parted = narrative.trade.annual_balance(page, table, "origin", [split])
    assert "47" in whole
    assert "47" not in sound(page, parted)


@pytest.mark.parametrize(
    ("values", "english"),
    [
        ((), "In no month up to 2025 are both"),
        ((None,), "In no month up to 2025 are both"),
        ((61.53,), "In 2025 there was a surplus in the one month known."),
        ((-61.53,), "In 2025 there was no surplus in the one month known."),
        ((0.0,), "a balance of zero of USD 0 million. In 2025 there was no surplus"),
        ((-61.53, -1.0), "In 2025 there was no surplus in any of the 2 months known."),
        ((2.0, None, -1.0), "In 2025 there was a surplus in 1 of the 2 months known."),
    ],
)
def test_monthly_balance(page, values, english):
    text = sound(page, narrative.trade.monthly_balance(page, months(*values)))
    assert page.language.code == "id" or english in text


def test_months_of_earlier_years_are_not_counted(page):
    balance = months(1.0, 1.0, -1.0, start="2024-11")
    text = sound(page, narrative.trade.monthly_balance(page, balance))
    assert page.language.code == "id" or "no surplus in the one month known" in text


LINK = Link("a-link", "18", "export", "", "origin", "2022-01", "2025-12", 0.2, 32)


def test_linked(page):
    text = sound(page, narrative.trade.linked(page, [LINK], "2015-01"))
    for part in (page.language.month("2022-01"), page.language.number(0.2, 1), "32"):
        assert part in text
    assert words.basis(page.language, "origin") in text


def test_a_link_is_not_told_where_its_basis_is_stated_from_the_first_month_on(page):
    assert narrative.trade.linked(page, [LINK], "2022-01") == ""
    assert narrative.trade.linked(page, [], "2015-01") == ""


def spread(flow: str, period: str, value: float, lowest: float, highest: float) -> dict:
    return {
        "flow": flow,
        "time_period": period,
        "value": value,
        "lowest": lowest,
        "highest": highest,
    }


def test_spreads(page):
    rows = pd.DataFrame(
        [
            spread("export", "2016-01", 273.54, 273.54, 292.3),
            spread("import", "2020", 1234.0, 1000.0, 1234.0),
        ]
    )
    text = sound(page, narrative.trade.spreads(page, rows))
    for item in rows.itertuples():
        for value in (item.value, item.lowest, item.highest):
            assert page.language.figure(value) in text
        assert page.language.period(item.time_period) in text
    assert narrative.trade.spreads(page, rows.head(0)) == ""


def test_other_bases(page):
    values = {"port-of-loading": ("2024-02", 366.80, 127.03), "": ("2020-01", 1.0, 2.0)}
    text = sound(page, narrative.trade.other_bases(page, values))
    assert page.language.money(366.80) in text
    assert narrative.trade.other_bases(page, {}) == ""


@pytest.mark.parametrize("growth", [interval(1, 2, 3), interval(-3, -2, -1), interval(-1, 0.0, 1)])
@pytest.mark.parametrize("flow", ["export", "import"])
def test_level(page, growth, flow):
    table = pd.DataFrame({"level": months(1100.5), "lower": months(9.1), "upper": months(1200.0)})
    sound(page, narrative.trade.level(page, flow, table, growth))


def test_a_zero_bears_no_sign(page):
    assert narrative.industry._signed(page, 0.0) == page.language.number(0.0, 1)
    assert narrative.industry._signed(page, 2.0).startswith("+")
    assert narrative.industry._signed(page, -2.0).startswith("−")


def test_what_rounds_to_zero_bears_no_sign(page):
    for value in (0.04, -0.04):
        assert narrative.industry._signed(page, value) == page.language.number(0.0, 1)


@pytest.mark.parametrize("beats", [True, False])
@pytest.mark.parametrize("flow", ["export", "import"])
def test_forecast_method(page, beats, flow):
    forecast = flow_forecast(beats=beats)
    text = sound(page, narrative.trade.forecast_method(page, flow, forecast, backtest(0.74)))
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
        page, narrative.trade.surplus_probability(page, balance, [backtest(), backtest(0.9)])
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
        narrative.trade.surplus_probability(
            page, balance_forecast(0.7), [backtest(0.95), backtest(coverage)]
        ),
    )
    # The worse of the two flows counts; the balance itself is told either way.
    assert (words.probability(page.language, 0.7) in text) is given
    assert (f" {100 * coverage:.0f} " in text) is not given
    assert page.language.money(10.0) in text


@pytest.mark.parametrize(
    ("year", "including", "without"),
    [(2021, False, False), (2023, True, False), (2024, True, True)],
)
def test_territory_of_a_split(page, catalog, year, including, without):
    children = tuple(catalog.province(slug) for slug in ("papua-selatan", "papua-tengah"))
    assert {child.founded for child in children} == {2022}
    at = in_year(page, year)
    text = sound(
        page, narrative.trade.territory(at, [TerritoryBreak("2023-12", "2024-01", children)])
    )
    assert (page.language.month("2023-12") in text) is including
    assert all((child.name(page.language.code) in text) is including for child in children)
    assert (page.language.month("2024-01") in text) is without
    assert bool(text) is including


def test_territory_names_every_split_that_has_happened(page, catalog):
    north, south = catalog.province("kalimantan-utara"), catalog.province("papua-selatan")
    splits = [TerritoryBreak("2012", "2013", (north,)), TerritoryBreak("2023", "2024", (south,))]
    code = page.language.code
    early, late = (narrative.trade.territory(in_year(page, year), splits) for year in (2015, 2025))
    assert north.name(code) in sound(page, early)
    assert south.name(code) not in early
    assert north.name(code) in sound(page, late)
    assert south.name(code) in late
    assert narrative.trade.territory(page, []) == ""


def test_inside(page, catalog):
    found = InsideParent(catalog.province("papua"), "2023-12")
    assert "Papua" in sound(page, narrative.trade.inside(page, found).strip())
    assert narrative.trade.inside(page, None) == ""


def annual_of(flows: TradeFlows) -> pd.DataFrame:
    exports, imports = flows.annual("export", "origin"), flows.annual("import", "origin")
    table = pd.DataFrame(
        {
            "export": exports["value"],
            "import": imports["value"],
            "export_months": exports["months"],
            "import_months": imports["months"],
        }
    ).astype(float)
    table["export_status"], table["import_status"] = exports["obs_status"], imports["obs_status"]
    table["balance"] = table["export"] - table["import"]
    table["cover_ratio"] = 100 * table["export"] / table["import"]
    return table.fillna({"export_months": 0, "import_months": 0})


def test_trade_sections_of_lampung(page, shown, flows):
    sections.trade.monthly(page, flows, "origin")
    sections.trade.annual(page, annual_of(flows), flows, "origin")
    assert kinds(shown).count("figure") == 2
    assert kinds(shown).count("table") == 2
    assert page.indicators["monthly_export"]["time_period"] == "2025-12"
    assert page.indicators["monthly_export"]["basis"] == "origin"
    assert page.indicators["monthly_import"]["basis"] is None
    names = [meta["name"] for meta, _ in shown if meta["name"]]
    assert len(set(names)) == len(names)


def test_yearly_indicators_keep_their_status_and_sources(page, shown, flows):
    sections.trade.annual(page, annual_of(flows), flows, "origin")
    published, added = (page.indicators[f"annual_export_{year}"] for year in (2024, 2025))
    assert (published["value"], published["obs_status"]) == (5588.3, "published")
    assert published["sources"] == sorted(flows.annual("export", "origin").loc[2024, "source_ids"])
    assert (added["value"], added["obs_status"]) == (pytest.approx(6637.71), "derived")
    assert len(added["sources"]) > 1
    assert page.indicators["annual_import_2024"]["basis"] is None
    # What follows from two published totals is printed nowhere.
    balance = page.indicators["annual_balance_2024"]
    assert balance["obs_status"] == "derived"
    assert set(balance["sources"]) >= set(published["sources"])
    # A year that is not complete has no total to record.
    assert "annual_export_2021" not in page.indicators
    assert "annual_balance_2021" not in page.indicators


def test_approximate_years_are_marked_and_recorded_so(page, shown, flows):
    table = flows.table.copy()
    year = (table["time_period"].str[:4] == "2024") & (table["flow"] == "import")
    table.loc[year, "obs_status"] = "approximate"
    rough = replace(flows, table=table)
    annual = annual_of(rough)
    sections.trade.annual(page, annual, rough, "origin")
    ((_, data),) = [item for item in shown if item[0]["name"] == "tbl-annual-flows"]
    (row,) = [line for line in data["text/markdown"].split("\n") if line.startswith("| 2024")]
    number = page.language.number
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert cells[1:4] == [
        number(5588.3, 1),
        f"≈ {number(annual.loc[2024, 'import'])}",
        f"≈ {number(annual.loc[2024, 'balance'])}",
    ]
    assert data["text/markdown"].count("≈ ") == 2
    statuses = {
        name: page.indicators[f"annual_{name}_2024"]["obs_status"]
        for name in ("export", "import", "balance", "cover_ratio")
    }
    assert statuses.pop("export") == "published"
    assert set(statuses.values()) == {"approximate"}


def test_files_of_tables_hold_plain_numbers_in_both_languages(page, shown, flows):
    sections.trade.annual(page, annual_of(flows), flows, "origin")
    tables.trade.discrepancies(page, flows, "origin")
    tables.industry.establishments(page, COUNTS)
    tables.trade.forecast_scores(page, {"export": backtest(), "import": backtest()})
    files = {meta["name"]: rows_of(data) for meta, data in shown if meta["kind"] == "table"}
    numbers = {
        "tbl-annual-flows": ("export", "import", "balance", "cover_ratio", "export_months"),
        "tbl-discrepancies": ("export", "import", "balance", "difference"),
        "tbl-establishments": ("total", "micro", "small"),
        "tbl-forecast-scores": ("export", "import"),
    }
    assert set(files) == set(numbers)
    for name, columns in numbers.items():
        for row in files[name]:
            assert all(float(row[column]) is not None for column in columns if row[column])
        # A file is the same in both languages, so a program reads either.
        assert all(re.fullmatch(r"[a-z_]+", column) for column in files[name][0])
    (year,) = [row for row in files["tbl-annual-flows"] if row["year"] == "2024"]
    assert (float(year["export"]), year["export_status"]) == (5588.3, "published")
    assert files["tbl-forecast-scores"][-1] == {
        "method": "chosen",
        "export": "0.81",
        "import": "0.81",
    }


def test_change_of_territory_is_a_warning(page, shown, catalog):
    papua = trade_flows(catalog, catalog.province("papua"), 2025)
    sections.trade.monthly(page, papua, papua.main_basis(2025))
    assert "callout-warning" in texts(shown)


def test_what_is_said_of_the_months_of_lampung(page, shown, flows):
    sections.trade.monthly(page, flows, "origin")
    text = texts(shown)
    # Sources differ on January 2016, but the picture and the notes begin later.
    assert page.language.figure(292.3) not in text
    assert narrative.trade.linked(page, flows.links, "2012-02") in text
    early = in_year(page, 2020)
    shown.clear()
    sections.trade.monthly(early, trade_flows(page.catalog, page.province, 2020), "origin")
    assert page.language.figure(292.3) in texts(shown)


def test_a_doubtful_figure_is_not_called_the_value_in_use(page, shown, catalog):
    gorontalo = trade_flows(catalog, catalog.province("gorontalo"), 2023)
    spread = gorontalo.spreads(sections.trade.TELLING_SPREAD_PERCENT)
    assert spread["doubtful"].any()
    sections.trade.monthly(in_year(page, 2023), gorontalo, "origin")
    for row in spread[spread["doubtful"]].itertuples():
        assert f"{page.language.figure(row.value)} (" not in texts(shown)


def test_month_of_one_flow_only(page, shown, flows):
    exports = flows.table[flows.table["flow"] == "export"]
    sections.trade.monthly(page, replace(flows, table=exports), "origin")
    assert "figure" not in kinds(shown)


def test_levels_and_forecast(page, shown, flows):
    frame = pd.DataFrame(
        {
            name: months(*values)
            for name, values in {
                "level": (100.0, 1001.5),
                "lower": (90.0, 900.0),
                "upper": (110.0, 1100.0),
                "adjusted": (101.0, None),
            }.items()
        }
    )
    level = AdjustedLevel(frame, interval(-1, 0.5, 2), interval(0, 1, 2), 0.0)
    sections.trade.levels(page, {"export": level, "import": NOT_COMPUTED}, flows, "origin")
    found = trade_forecast(flow_forecast(), flow_forecast(beats=False), 0.7)
    sections.trade.forecast(page, found, flows, "origin")
    assert kinds(shown).count("figure") == 2
    assert page.indicators["surplus_probability"]["value"] == 70
    assert page.indicators["adjusted_export_level"]["value"] == 1001.5
    assert page.indicators["forecast_balance_lower"]["obs_status"] == "estimated"


@pytest.mark.parametrize("flow", ["export", "import"])
def test_forecast_of_one_flow_only(page, shown, flows, flow):
    both = {"export": NOT_COMPUTED, "import": NOT_COMPUTED} | {flow: flow_forecast()}
    found = trade_forecast(both["export"], both["import"], None)
    sections.trade.forecast(page, found, flows, "origin")
    ((_, drawn),) = [item for item in shown if item[0]["kind"] == "figure"]
    assert {row["flow"] for row in rows_of(drawn)} == {flow}
    assert texts(shown).count("callout-note") == 1
    assert {item["obs_status"] for item in page.indicators.values()} <= {"not computed"}


@pytest.mark.parametrize("untested", [("export",), ("import",), ("export", "import")])
def test_a_forecast_that_was_never_tested_is_not_shown(page, shown, flows, untested):
    found = trade_forecast(
        *(flow_forecast(tested=flow not in untested) for flow in ("export", "import")), 0.7
    )
    sections.trade.forecast(page, found, flows, "origin")
    assert texts(shown).count("callout-note") == len(untested)
    assert words.explain(page.language, NotComputed("backtest", 3, 1, Unit.ORIGINS)) in texts(shown)
    # Without both flows there is no balance, and so no probability and no record of one.
    assert {item["obs_status"] for item in page.indicators.values()} <= {"not computed"}
    assert words.probability(page.language, 0.7) not in texts(shown)
    drawn = [rows_of(data) for meta, data in shown if meta["kind"] == "figure"]
    shown_flows = {row["flow"] for rows in drawn for row in rows}
    assert shown_flows == {"export", "import"} - set(untested)


def test_a_probability_that_is_withheld_is_not_recorded_either(page, shown, flows):
    found = trade_forecast(flow_forecast(coverage=0.4), flow_forecast(), 0.7)
    sections.trade.forecast(page, found, flows, "origin")
    assert words.probability(page.language, 0.7) not in texts(shown)
    assert "surplus_probability" not in page.indicators
    assert page.indicators["forecast_balance_estimate"]["value"] == 10
    ((_, drawn),) = [item for item in shown if item[0]["kind"] == "figure"]
    assert "surplus_probability" not in rows_of(drawn)[0]
