"""The chapter on exports and imports: every branch of its sentences, and its sections."""

import re
from dataclasses import replace

import pandas as pd
import pytest
from report_samples import (
    NOT_COMPUTED,
    backtest,
    in_year,
    interval,
    kinds,
    level_shift,
    months,
    rows_of,
    sound,
    texts,
)

from analysis.catalog.basis import Link
from analysis.catalog.territory import InsideParent, TerritoryBreak
from analysis.catalog.trade import TradeFlows, trade_flows
from analysis.indicators.trade import (
    AnnualGrowth,
    annual_growth,
    cover_ratio,
    normalized_trade_balance,
    trade_balance,
)
from analysis.models.completion import CompletedYear
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


def test_a_link_that_later_figures_prove_is_told_without_them(page):
    text = sound(page, narrative.trade.linked(in_year(page, 2019), [LINK], "2015-01"))
    assert "2019" in text
    assert "2022" not in text and "32" not in text


def test_a_link_is_not_told_where_its_basis_is_stated_from_the_first_month_on(page):
    assert narrative.trade.linked(page, [LINK], "2022-01") == ""
    assert narrative.trade.linked(page, [], "2015-01") == ""


def test_other_bases(page):
    values = {"port-of-loading": ("2024-02", 366.80, 127.03), "": ("2020-01", 1.0, 2.0)}
    text = sound(page, narrative.trade.other_bases(page, values))
    assert page.language.money(366.80, (366.80, 127.03)) in text
    assert page.language.number(366.80, 2) in text
    assert narrative.trade.other_bases(page, {}) == ""


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
    table = sections.trade.yearly_totals(
        {flow: flows.annual(flow, "origin") for flow in sections.trade.FLOWS}
    )
    table["balance"] = trade_balance(table["export"], table["import"])
    table["cover_ratio"] = cover_ratio(table["export"], table["import"])
    table["normalized_balance"] = normalized_trade_balance(table["export"], table["import"])
    return table


def completed(year: int = 2021, estimate: float = 4825.0) -> dict[int, CompletedYear]:
    index = pd.period_range(f"{year}-01", periods=12, freq="M")
    columns = {name: [estimate / 12] * 12 for name in ("value", "lower", "upper")}
    modelled = pd.DataFrame({**columns, "modelled": [True] + [False] * 11}, index=index)
    total = interval(0.98 * estimate, estimate, 1.02 * estimate)
    return {year: CompletedYear(year, total, modelled)}


MODELLED = {"export": {**completed(), 2013: NOT_COMPUTED}, "import": {}}


def test_trade_sections_of_lampung(page, shown, flows):
    sections.trade.monthly(page, flows, "origin")
    sections.trade.annual(page, annual_of(flows), flows, "origin", MODELLED)
    assert kinds(shown).count("figure") == 2
    assert kinds(shown).count("table") == 3
    assert page.indicators["monthly_export"]["time_period"] == "2025-12"
    assert page.indicators["monthly_export"]["basis"] == "origin"
    assert page.indicators["monthly_import"]["basis"] is None
    names = [meta["name"] for meta, _ in shown if meta["name"]]
    assert len(set(names)) == len(names)


def test_yearly_indicators_keep_their_status_and_sources(page, shown, flows):
    sections.trade.annual(page, annual_of(flows), flows, "origin", MODELLED)
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
    sections.trade.annual(page, annual, rough, "origin", MODELLED)
    ((_, data),) = [item for item in shown if item[0]["name"] == "tbl-annual-flows"]
    (row,) = [line for line in data["text/markdown"].split("\n") if line.startswith("| 2024")]
    number = page.language.number
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert cells[2:5] == [
        number(5588.3, 1),
        f"≈ {number(annual.loc[2024, 'import'])}",
        f"≈ {number(annual.loc[2024, 'balance'])}",
    ]
    # Imports, and the balance and the ratio that rest on them.
    assert data["text/markdown"].count("≈ ") == 3
    statuses = {
        name: page.indicators[f"annual_{name}_2024"]["obs_status"]
        for name in ("export", "import", "balance", "cover_ratio")
    }
    assert statuses.pop("export") == "published"
    assert set(statuses.values()) == {"approximate"}


def test_files_of_tables_hold_plain_numbers_in_both_languages(page, shown, flows):
    sections.trade.annual(page, annual_of(flows), flows, "origin", MODELLED)
    tables.trade.discrepancies(page, flows, "origin")
    tables.forecast.forecast_scores(page, {"export": backtest(), "import": backtest()})
    files = {meta["name"]: rows_of(data) for meta, data in shown if meta["kind"] == "table"}
    numbers = {
        "tbl-annual-flows": ("export", "import", "balance", "cover_ratio", "export_months"),
        "tbl-completed-years": ("year", "estimate", "lower", "upper", "months_modelled"),
        "tbl-discrepancies": ("export", "import", "balance", "difference"),
        "tbl-forecast-scores": ("export", "import"),
    }
    assert set(files) == set(numbers)
    for name, columns in numbers.items():
        for row in files[name]:
            assert all(float(row[column]) is not None for column in columns if row[column])
        # A file is the same in both languages, so a program reads either.
        assert all(re.fullmatch(r"[a-z_]+", column) for column in files[name][0])
    (year,) = [row for row in files["tbl-annual-flows"] if row["year"] == "2024"]
    assert (float(year["export"]), year["export_known_by"]) == (5588.3, "year")
    chosen = files["tbl-forecast-scores"][-1]
    assert [chosen[name] for name in ("method", "export", "import")] == ["chosen", "0.81", "0.81"]


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
    listed = [
        row["time_period"]
        for meta, data in shown
        if meta["name"] == "tbl-spreads"
        for row in rows_of(data)
    ]
    assert not set(listed) & set(spread.loc[spread["doubtful"], "time_period"])


def test_month_of_one_flow_only(page, shown, flows):
    exports = flows.table[flows.table["flow"] == "export"]
    sections.trade.monthly(page, replace(flows, table=exports), "origin")
    assert "figure" not in kinds(shown)


@pytest.mark.parametrize(
    ("values", "parts"),
    [
        ({}, ()),
        ({2024: None}, ()),
        ({2025: 0.527}, ("52.7",)),
        ({2023: 0.1, 2025: -0.527}, ("−52.7",)),
        ({2024: 0.453, 2025: 0.527}, ("52.7", "45.3")),
    ],
)
def test_normalized_balance(page, values, parts):
    text = narrative.trade.normalized_balance(page, pd.Series(values, dtype=float))
    assert bool(text) is bool(parts)
    english = sound(page, text).replace(",", ".") if page.language.code == "id" else text
    assert all(f"{part} p" in english for part in parts)


UNBROKEN = dict.fromkeys(sections.trade.FLOWS, NOT_COMPUTED)


def grown(year_on_year: float | None = 18.8, *, differ: bool = False) -> AnnualGrowth:
    return AnnualGrowth(2015, 2025, 5.5, 6.2, year_on_year, differ)


@pytest.mark.parametrize("flow", sections.trade.FLOWS)
@pytest.mark.parametrize("item", [grown(), grown(differ=True), grown(None), grown(-2.3)])
def test_growth(page, flow, item):
    text = sound(page, narrative.trade.growth(page, flow, item))
    assert page.language.signed(5.5, 1) in text
    warns = {"en": "neither should be quoted alone", "id": "jangan mengutip"}[page.language.code]
    assert (warns in text) is item.differ_materially
    latest = item.year_on_year
    assert latest is None or page.language.signed(latest, 1) in text


def test_no_rate_is_told_across_a_break(page):
    months = [pd.Period("2018-03", "M"), pd.Period("2020-11", "M")]
    text = sound(page, narrative.trade.growth(page, "import", grown(), months))
    assert all(page.language.month(month) in text for month in months)
    assert page.language.signed(5.5, 1) not in text
    assert page.language.signed(18.8, 1) in text


def test_the_line_through_the_years_is_told_only_where_it_differs(page):
    same = replace(grown(), log_trend=5.52)
    assert "6" in narrative.trade.growth(page, "import", grown())
    text = sound(page, narrative.trade.growth(page, "import", same))
    assert text.count(page.language.signed(5.5, 1)) == 1


@pytest.mark.parametrize(("date", "broken"), [("2024-04", True), ("2023-01", False)])
def test_a_break_within_the_years_withholds_their_rate(page, shown, date, broken):
    table = years(export=[1.0, 2.0, 4.0], **{"import": [3.0, 2.0, 1.0]})
    table["export_obs_status"] = table["import_obs_status"] = "published"
    growth = {flow: annual_growth(table[flow]) for flow in sections.trade.FLOWS}
    shifts = {**UNBROKEN, "export": (level_shift(date), level_shift("2024-09", 0.5))}
    sections.trade.growth(page, growth, table, [], shifts, "origin")
    assert ("growth_export_compound" not in page.indicators) is broken
    assert (page.language.month("2024-04") in texts(shown)) is broken
    assert "growth_export_year_on_year" in page.indicators
    assert "growth_import_compound" in page.indicators


def test_a_total_that_rests_on_a_rounded_figure_is_about(page):
    table = years(export=[5588.3, 6637.71], **{"import": [2104.0, 2054.7]})
    about = {"en": "about", "id": "sekitar"}[page.language.code]
    assert about not in narrative.trade.annual_balance(page, table, "origin")
    table["import_obs_status"] = ["approximate", "published"]
    text = sound(page, narrative.trade.annual_balance(page, table, "origin"))
    assert text.count(about) == 1


def test_months_that_one_source_prints_are_told(page):
    assert narrative.trade.one_source(page, {"a", "b"}) == ""
    sound(page, narrative.trade.one_source(page, {"a"}))


def test_growth_is_not_counted_across_a_split(page, shown, catalog):
    table = years(export=[50.0, 60.0, 5.0, 6.0, 7.0], **{"import": [3.0] * 5})
    table["export_obs_status"] = table["import_obs_status"] = "published"
    splits = [
        TerritoryBreak("2022-12", "2023-01", (catalog.province("papua-selatan"),)),
        TerritoryBreak("2030-12", "2031-01", (catalog.province("papua-tengah"),)),
    ]
    kept = sections.trade.one_territory(table, splits)
    assert kept.index.tolist() == [2023, 2024, 2025]
    growth = {flow: annual_growth(kept[flow]) for flow in sections.trade.FLOWS}
    sections.trade.growth(page, growth, table, splits, UNBROKEN, "origin")
    assert narrative.trade.growth_since(page, "2023-01") in texts(shown)
    assert page.indicators["growth_export_compound"]["time_period"] == "2023/2025"
    # A split within a year leaves that year half in one territory and half in the other.
    within = [replace(splits[0], last_with="2023-06", first_without="2023-07")]
    assert sections.trade.one_territory(table, within).index.tolist() == [2024, 2025]
    assert sections.trade.one_territory(table, []).equals(table)


def test_growth_on_rounded_totals_is_approximate(page, shown):
    table = years(export=[1.0, 2.0, 4.0], **{"import": [3.0, 2.0, 1.0]})
    table["export_obs_status"], table["import_obs_status"] = "approximate", "published"
    growth = {flow: annual_growth(table[flow]) for flow in sections.trade.FLOWS}
    sections.trade.growth(page, growth, table, [], UNBROKEN, "origin")
    status = {flow: page.indicators[f"growth_{flow}_compound"]["obs_status"] for flow in growth}
    assert status == {"export": "approximate", "import": "derived"}


def test_growth_that_is_not_computed_says_what_it_needs(page, shown):
    table = years(export=[1.0, 2.0], **{"import": [3.0, 2.0]})
    growth = {flow: annual_growth(table[flow]) for flow in sections.trade.FLOWS}
    sections.trade.growth(page, growth, table, [], UNBROKEN, "origin")
    assert texts(shown).count("callout-note") == 2
    assert {name for name in page.indicators if name.startswith("not_computed_log_trend")} == {
        "not_computed_log_trend_growth_export",
        "not_computed_log_trend_growth_import",
    }
    shown.clear()
    sections.trade.growth(page, growth, table.head(0), [], UNBROKEN, "origin")
    assert not shown


def test_modelled_years_stand_apart(page, shown, flows):
    sections.trade.annual(page, annual_of(flows), flows, "origin", MODELLED)
    ((_, data),) = [item for item in shown if item[0]["name"] == "tbl-annual-flows"]
    (row,) = [line for line in data["text/markdown"].split("\n") if line.startswith("| 2021")]
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    # Marked, and neither subtracted nor divided by.
    assert cells[2] == f"◇ {page.language.number(4825)}"
    assert set(cells[4:]) == {"—"}
    (drawn,) = [data for meta, data in shown if meta["name"] == "fig-annual-flows"]
    (year,) = [row for row in rows_of(drawn) if row["year"] == "2021"]
    assert (year["export"], float(year["export_estimate"])) == ("", 4825)
    assert year["export_known_by"] == "modelled"
    item = page.indicators["completed_export_2021_estimate"]
    assert (item["obs_status"], item["value"]) == ("estimated", 4825)
    assert "annual_export_2021" not in page.indicators
    assert "completed_export_2013_estimate" not in page.indicators


def test_each_way_to_know_a_total_has_words(page, shown, flows):
    ways = ["year", "months", "cumulative", "", ""]
    table = years(export=[5.0, 4.0, 3.0, None, None], **{"import": [2.0] * 5})
    table = table.assign(cover_ratio=100 * table["export"] / table["import"])
    for flow in sections.trade.FLOWS:
        table[f"{flow}_obs_status"], table[f"{flow}_months"] = "published", 11
        table[f"{flow}_known_by"] = ways if flow == "export" else "year"
    modelled = {"export": completed(2025), "import": {}}
    tables.trade.annual_flows(page, table, "origin", ["a"], modelled)
    text = texts(shown)
    for message in ("printed total", "sum of twelve months", "sum printed from January on"):
        assert page.say(message) in text
    known = page.say("{months} of 12 months", months=11)
    assert text.count(known) == 2
    assert text.count(page.say("modelled ({known})", known=known)) == 1


def test_records_say_how_a_total_is_known(page, shown, flows):
    sections.trade.annual(page, annual_of(flows), flows, "origin", {"export": {}, "import": {}})
    ways = {year: page.indicators[f"annual_export_{year}"]["known_by"] for year in (2024, 2025)}
    assert ways == {2024: "year", 2025: "months"}
    assert "tbl-completed-years" not in {meta["name"] for meta, _ in shown}


def test_years_of_one_flow_only(page, shown, flows):
    exports = replace(flows, table=flows.table[flows.table["flow"] == "export"])
    nothing = {"export": {}, "import": {}}
    sections.trade.annual(page, annual_of(exports), exports, "origin", nothing)
    assert kinds(shown).count("figure") == 1


def test_a_month_of_a_rounded_balance_is_marked(page, shown, flows):
    tables.trade.discrepancies(page, flows, "origin")
    ((_, data),) = shown
    lines = data["text/markdown"].split("\n")
    (row,) = [line for line in lines if line.startswith(f"| {page.language.month('2025-02')} ")]
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    number = page.language.number
    assert cells[1] == number(517.93, 2)
    assert cells[3:] == [f"≈ {number(234)}", f"≈ {number(1.1, 1)}"]
    (before,) = [line for line in lines if line.startswith(f"| {page.language.month('2024-09')} ")]
    assert "≈" not in before


def test_other_bases_that_do_not_fit_are_mentioned(page, shown, catalog):
    flows = trade_flows(catalog, catalog.province("kalimantan-utara"), 2024)
    sections.trade.monthly(in_year(page, 2024), flows, "origin")
    assert words.exports_on(page.language, "") in texts(shown)
    rows = flows.discrepancies()
    one = sound(page, narrative.trade.other_discrepancies(page, rows.head(1)))
    assert page.language.money(rows["difference"].abs().iloc[0]) in one
    assert narrative.trade.other_discrepancies(page, rows.head(0)) == ""


def test_what_is_counted_in_words_is_recorded(page, shown, flows):
    sections.trade.monthly(page, flows, "origin")
    values = {name: page.indicators[name]["value"] for name in ("known_months", "surplus_months")}
    assert values == {"known_months": 12, "surplus_months": 12}
    assert page.indicators["link_lampung_exports_by_origin_tolerance"]["value"] == 0.2
