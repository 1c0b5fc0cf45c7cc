"""Trade flows: the fixed points, what is filled in and what never is, links, and vintage."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from analysis.catalog import Catalog
from analysis.catalog.basis import Link, balance_basis, check_link, link_basis
from analysis.catalog.identities import complete, months_of
from analysis.catalog.trade import (
    VALUE,
    TradeFlows,
    all_trade_flows,
    trade_flows,
)
from analysis.errors import NeracaError
from analysis.project import data_directory

LAMPUNG, NORTH_KALIMANTAN = "18", "65"


def figure(period: str, flow: str, value: float, basis: str = "origin", **changes) -> dict:
    kind = {4: "year", 7: "month"}.get(len(period), "cumulative")
    return {
        "province_code": "18",
        "period_type": kind,
        "time_period": period,
        "flow": flow,
        "basis": "" if flow == "import" else basis,
        "value": value,
        "obs_status": "published",
        "rounding": 0.005,
        "doubtful": False,
        "source_id": "s",
        "source_ids": ("s",),
        "lowest": value,
        "highest": value,
        "runner_up": None,
        "rule": "only one",
        "filled_by": "",
        **changes,
    }


@pytest.fixture(scope="module")
def flows(project_root: Path) -> dict[str, TradeFlows]:
    catalog = Catalog(project_root / "data")
    provinces = [province for province in catalog.provinces.all if not province.is_country]
    return all_trade_flows(catalog, provinces, 2025)


@pytest.fixture(scope="module")
def lampung(flows) -> TradeFlows:
    return flows[LAMPUNG]


@pytest.fixture(scope="module")
def kaltara(flows) -> TradeFlows:
    return flows[NORTH_KALIMANTAN]


def test_lampung_january_2020(lampung):
    exports = lampung.value("2020-01", "export", "origin")
    imports = lampung.value("2020-01", "import", "origin")
    balance = lampung.value("2020-01", "balance", "origin")
    assert [row["value"] for row in (exports, imports, balance)] == [206.31, 144.78, 61.53]
    assert {row["filled_by"] for row in (exports, imports, balance)} == {""}
    assert {row["obs_status"] for row in (exports, imports, balance)} == {"published"}


def test_lampung_revision_of_january_2016(lampung):
    row = lampung.value("2016-01", "export", "origin")
    assert (row["value"], row["runner_up"], row["highest"]) == (273.54, 292.30, 292.30)
    assert row["rule"] == "release"


def test_lampung_is_nearly_complete_from_2015(lampung):
    exports = lampung.monthly("export", "origin")["2015-01":"2025-12"]
    imports = lampung.monthly("import", "origin")["2015-01":"2025-12"]
    assert len(exports) == 132
    assert exports.notna().sum() >= 128
    assert imports.notna().sum() >= 115


def test_lampung_has_one_series_of_exports(lampung):
    assert lampung.bases() == ("origin",)
    assert lampung.main_basis(2025) == "origin"


@pytest.mark.parametrize(
    ("slug", "year"),
    [
        ("papua", 2023),
        ("papua", 2025),
        ("kalimantan-utara", 2024),
        ("lampung", 2025),
        ("lampung", 2015),
        ("papua-selatan", 2023),
    ],
)
def test_main_basis(project_root, slug, year):
    catalog = Catalog(project_root / "data")
    assert trade_flows(catalog, catalog.province(slug), year).main_basis(year) == "origin"


def bases_of(lampung: TradeFlows, *figures: dict) -> TradeFlows:
    table = pd.DataFrame(figures)
    return replace(lampung, table=table, breaks=(), inside=None, links=())


def test_main_basis_is_that_of_the_sound_total_of_the_year(lampung):
    months = [figure(f"2024-{month:02}", "export", 1.0, "") for month in range(1, 12)]
    total = figure("2024", "export", 12.0, "port-of-loading")
    found = bases_of(lampung, *months, total)
    assert found.main_basis(2024) == "port-of-loading"
    # A rounded total gives way to the months of the year; without either, the fuller series.
    rough = bases_of(lampung, *months, total | {"obs_status": "approximate"})
    assert rough.main_basis(2024) == ""
    assert found.main_basis(2025) == ""
    # Of two with a sound total, the one with more months; of two alike, origin.
    whole = [*months, figure("2024-12", "export", 1.0, "")]
    assert bases_of(lampung, *whole, total).main_basis(2024) == ""
    both = [total, total | {"basis": "origin"}]
    assert bases_of(lampung, *both).main_basis(2024) == "origin"


def test_main_basis_looks_at_the_months_of_five_years(lampung):
    old = [figure(f"2015-{month:02}", "export", 1.0, "") for month in range(1, 13)]
    recent = [figure(f"2024-0{month}", "export", 1.0, "port-of-loading") for month in (1, 3)]
    later = figure("2024-02", "export", 1.0, "")
    assert bases_of(lampung, *old, *recent, later).main_basis(2024) == "port-of-loading"


def test_kaltara_february_2024(kaltara):
    origin = kaltara.value("2024-02", "export", "origin")
    assert (origin["value"], origin["lowest"], origin["highest"]) == (127.03, 124.79, 127.03)
    assert "s74ef48ad" in origin["source_ids"][1:]
    assert kaltara.value("2024-02", "export", "port-of-loading")["value"] == 366.80
    assert kaltara.value("2024-02", "import", "port-of-loading")["value"] == 123.22
    balance = kaltara.value("2024-02", "balance", "port-of-loading")
    assert (balance["value"], balance["filled_by"]) == (243.58, "")


def test_kaltara_balance_by_port_of_loading_is_its_difference(kaltara):
    exports = kaltara.value("2024-02", "export", "port-of-loading")
    imports = kaltara.value("2024-02", "import", "port-of-loading")
    balance = kaltara.value("2024-02", "balance", "port-of-loading")
    assert exports["value"] - imports["value"] == pytest.approx(balance["value"], abs=0.005)
    own = kaltara.value("2024-02", "balance", "origin")
    assert (own["filled_by"], own["value"]) == ("balance", pytest.approx(127.03 - 123.22))


def test_kaltara_names_the_rule_that_chose(kaltara):
    origin = kaltara.value("2024-02", "export", "origin")
    assert (origin["rule"], origin["runner_up"]) == ("release", 124.79)


def test_no_import_of_kaltara_is_derived_from_exports_by_origin(kaltara):
    table = kaltara.table
    filled = table[(table["flow"] == "import") & (table["filled_by"] != "")]
    for row in filled.itertuples():
        own = kaltara.value(row.time_period, "export", "origin")
        balance = kaltara.value(row.time_period, "balance", "origin")
        if own is not None and balance is not None:
            assert balance["filled_by"] == "balance", f"{row.time_period} rests on origin"
    # Whatever balance stands beside exports by origin was computed from them, never printed.
    origin = table[(table["flow"] == "balance") & (table["basis"] == "origin")]
    assert set(origin["filled_by"]) == {"balance"}


def test_bases_are_never_spliced(kaltara):
    for month in ("2024-02", "2024-06"):
        values = {
            basis: row["value"]
            for basis in ("origin", "port-of-loading")
            if (row := kaltara.value(month, "export", basis)) is not None
        }
        assert len(set(values.values())) == len(values)
    assert kaltara.monthly("export", "origin")["2024-02"] == 127.03
    assert kaltara.monthly("export", "port-of-loading")["2024-02"] == 366.80


def test_a_filled_value_is_never_below_zero_and_always_marked(flows):
    for item in flows.values():
        table = item.table
        assert (table.loc[table["flow"] != "balance", "value"] >= 0).all(), item.province.slug
        filled = table[table["filled_by"] != ""]
        assert set(filled["obs_status"]) <= {"derived", "approximate"}
        assert filled["source_ids"].map(len).min() > 0 if len(filled) else True


def test_one_value_a_period_flow_and_basis(flows):
    for item in flows.values():
        assert not item.table.duplicated(["time_period", "flow", "basis"]).any()
        assert set(item.table.loc[item.table["flow"] == "import", "basis"]) <= {""}


def test_a_balance_is_solved_with_the_exports_of_its_own_release(kaltara):
    assert kaltara.value("2018-09", "import", "")["value"] == pytest.approx(23.13)


def test_a_filled_value_names_the_releases_that_it_rests_on(kaltara):
    row = kaltara.value("2018-09", "import", "")
    assert set(row["source_ids"]) == {"s4854f587"}


def test_annual_totals(lampung):
    exports = lampung.annual("export", "origin")
    assert exports.loc[2024, "value"] == 5588.3
    assert exports.loc[2024, "obs_status"] == "published"
    # 2025 has no published total that is more than approximate, so its months are added up.
    months = lampung.monthly("export", "origin")["2025-01":"2025-12"]
    assert exports.loc[2025, "value"] == pytest.approx(months.sum())
    assert exports.loc[2025, ["months", "obs_status"]].tolist() == [12, "derived"]
    assert pd.isna(exports.loc[2021, "value"])
    assert exports.loc[2021, "months"] == 10


def test_annual_totals_agree_with_their_months(lampung):
    for flow in ("export", "import"):
        annual = lampung.annual(flow, "origin")
        months = lampung.monthly(flow, "origin")
        for year, row in annual[annual["months"] == 12].iterrows():
            total = months[months.index.year == year].sum()
            assert row["value"] == pytest.approx(total, rel=0.02), (flow, year)


@pytest.mark.parametrize("year", [2022, 2023])
def test_no_total_of_a_year_with_a_doubtful_month(project_root, year):
    catalog = Catalog(project_root / "data")
    gorontalo = trade_flows(catalog, catalog.province("gorontalo"), year)
    imports = gorontalo.annual("import", gorontalo.main_basis(year))
    rows = gorontalo.monthly_rows("import", "")
    assert rows.loc[rows["time_period"].str[:4] == str(year), "doubtful"].any()
    assert pd.isna(imports.loc[year, "value"])
    assert (imports.loc[year, "obs_status"], imports.loc[year, "source_ids"]) == ("", ())
    assert imports.loc[year, "months"] < 12
    exports = gorontalo.annual("export", gorontalo.main_basis(year))
    assert exports.loc[year, "value"] > 0


def test_a_doubtful_month_withholds_even_a_printed_total(lampung):
    months = [figure(f"2024-{month:02}", "import", 1.0) for month in range(1, 13)]
    total = figure("2024", "import", 12.0)
    sound = bases_of(lampung, *months, total)
    assert sound.annual("import", "origin").loc[2024, "value"] == 12
    months[4]["doubtful"] = True
    assert pd.isna(bases_of(lampung, *months, total).annual("import", "origin").loc[2024, "value"])


def test_a_rounded_total_gives_way_to_twelve_months(lampung):
    months = [figure(f"2024-{month:02}", "import", 1.1) for month in range(1, 13)]
    total = figure("2024", "import", 13.0, obs_status="approximate", rounding=0.5)
    whole = bases_of(lampung, *months, total).annual("import", "origin").loc[2024]
    assert (whole["value"], whole["obs_status"]) == (pytest.approx(13.2), "derived")
    part = bases_of(lampung, *months[1:], total).annual("import", "origin").loc[2024]
    assert (part["value"], part["obs_status"], part["months"]) == (13.0, "approximate", 11)
    months[0]["obs_status"] = "approximate"
    rough = bases_of(lampung, *months).annual("import", "origin").loc[2024]
    assert rough["obs_status"] == "approximate"


MONTHS_OF_2024 = [f"2024-{month:02}" for month in range(1, 13)]


@pytest.mark.parametrize(
    ("figures", "total", "status", "known_by"),
    [
        ([], 12.0, "derived", "months"),
        ([figure("2024", "import", 13.0)], 13.0, "published", "year"),
        ([figure("2024-01/2024-12", "import", 13.0)], 13.0, "published", "cumulative"),
        (
            [figure("2024-01/2024-12", "import", 13.0), figure("2024", "import", 14.0)],
            14.0,
            "published",
            "year",
        ),
        # Months of the time since are younger than a sum over part of the year.
        ([figure("2024-01/2024-09", "import", 10.0)], 12.0, "derived", "months"),
        ([figure("2024", "import", 13.0, obs_status="approximate")], 12.0, "derived", "months"),
        ([figure("2024", "import", 99.0, doubtful=True)], 12.0, "derived", "months"),
    ],
)
def test_how_the_total_of_a_whole_year_is_known(lampung, figures, total, status, known_by):
    months = [figure(month, "import", 1.0) for month in MONTHS_OF_2024]
    row = bases_of(lampung, *months, *figures).annual("import", "origin").loc[2024]
    assert row[["value", "obs_status", "known_by"]].tolist() == [total, status, known_by]


@pytest.mark.parametrize(
    ("figures", "total", "status", "known_by"),
    [
        ([], None, "", ""),
        ([figure("2024-01/2024-09", "import", 10.0)], 13.0, "derived", "cumulative"),
        # The longer sum takes part of what the shorter one leaves to the months.
        (
            [
                figure("2024-01/2024-09", "import", 10.0),
                figure("2024-01/2024-11", "import", 11.5),
            ],
            12.5,
            "derived",
            "cumulative",
        ),
        (
            [
                figure("2024-01/2024-09", "import", 10.0),
                figure("2024", "import", 14.0, obs_status="approximate"),
            ],
            13.0,
            "derived",
            "cumulative",
        ),
        (
            [figure("2024-01/2024-09", "import", 10.0, obs_status="approximate")],
            13.0,
            "approximate",
            "cumulative",
        ),
        ([figure("2024-01/2024-08", "import", 10.0)], None, "", ""),
        ([figure("2024-02/2024-09", "import", 10.0)], None, "", ""),
        ([figure("2023-01/2024-09", "import", 10.0)], None, "", ""),
        ([figure("2024-01/2024-09", "import", 10.0, doubtful=True)], None, "", ""),
    ],
)
def test_how_the_total_of_a_year_with_gaps_is_known(lampung, figures, total, status, known_by):
    months = [figure(month, "import", 1.0) for month in MONTHS_OF_2024[9:]]
    row = bases_of(lampung, *months, *figures).annual("import", "origin").loc[2024]
    assert (row["obs_status"], row["known_by"], row["months"]) == (status, known_by, 3)
    assert row["value"] == total or (total is None and pd.isna(row["value"]))


def test_a_year_of_which_only_a_part_is_printed_is_no_row(lampung):
    part = figure("2023-01/2023-06", "import", 5.0)
    annual = bases_of(lampung, part, figure("2024", "import", 9.0)).annual("import", "origin")
    assert annual.index.tolist() == [2024]
    assert annual["months"].tolist() == [0]


def test_how_the_totals_of_lampung_are_known(lampung):
    known_by = lampung.annual("export", "origin")["known_by"]
    assert known_by.loc[[2018, 2021, 2024, 2025]].tolist() == ["months", "", "year", "months"]


def test_spreads_of_lampung(lampung):
    (row,) = lampung.spreads(5.0).itertuples()
    assert (row.time_period, row.flow, row.value, row.lowest, row.highest) == (
        ("2016-01", "export", 273.54, 273.54, 292.3)
    )
    assert row.spread_percent == pytest.approx(100 * (292.3 - 273.54) / 273.54)
    assert lampung.spreads(7.0).empty
    assert len(lampung.spreads(0.1)) > 1


def test_spreads_are_of_exports_and_imports_in_order_of_time(lampung):
    found = bases_of(
        lampung,
        figure("2020-01", "export", 100.0, lowest=95.0),
        figure("2020-01", "balance", 10.0, highest=20.0),
        figure("2020-02", "import", 100.0, highest=104.9),
        figure("2020-03", "import", 0.0, highest=1.0),
        figure("2021", "import", 50.0, lowest=40.0, highest=60.0),
    ).spreads(5.0)
    assert dict(zip(found["time_period"], found["spread_percent"], strict=True)) == (
        pytest.approx({"2020-01": 5.0, "2021": 40.0})
    )


@pytest.mark.parametrize("flow", ["export", "import", "balance"])
def test_a_rounded_figure_may_differ_by_its_own_rounding(lampung, flow):
    figures = {
        "export": figure("2020-01", "export", 10.0),
        "import": figure("2020-01", "import", 3.0),
        "balance": figure("2020-01", "balance", 8.0),
    }
    (row,) = bases_of(lampung, *figures.values()).discrepancies().itertuples()
    assert (row.difference, row.approximate) == (pytest.approx(-1.0), False)
    figures[flow] |= {"obs_status": "approximate", "rounding": 0.5}
    (row,) = bases_of(lampung, *figures.values()).discrepancies().itertuples()
    assert row.approximate
    figures[flow] |= {"rounding": 1.0}
    assert bases_of(lampung, *figures.values()).discrepancies().empty


def test_discrepancies_are_more_than_rounding(lampung):
    rows = lampung.discrepancies()
    assert "2020-01" not in set(rows["time_period"])
    assert rows["difference"].abs().min() > 0.015
    assert (rows["export"] - rows["import"] - rows["balance"] - rows["difference"]).abs().max() < (
        1e-9
    )


def test_monthly_series_has_every_month_between_its_ends(lampung):
    series = lampung.monthly("import", "origin")
    assert (series.index == pd.period_range(series.index[0], series.index[-1], freq="M")).all()
    assert series.isna().any()
    assert lampung.monthly("export", "port-of-loading").empty


def test_comparable_months_start_after_the_split(flows):
    papua = flows["94"]
    assert papua.comparable("import", "origin").index[0] >= pd.Period("2024-01", "M")
    assert papua.monthly("import", "origin").index[0] < pd.Period("2024-01", "M")


def test_comparable_months_before_a_split_that_is_still_to_come(project_root):
    catalog = Catalog(project_root / "data")
    papua = trade_flows(catalog, catalog.province("papua"), 2023)
    assert papua.breaks
    series = papua.comparable("import", "origin")
    # The single months from 2017 on lie before the first year with half of its months.
    assert papua.monthly("import", "origin").index[0] == pd.Period("2017-03", "M")
    assert series.index[0] == pd.Period("2022-01", "M")
    assert series.index[-1] == pd.Period("2023-12", "M")


def sparse(lampung: TradeFlows, *months: str) -> list[str]:
    found = bases_of(lampung, *(figure(month, "export", 1.0) for month in months))
    return [str(month) for month in found.comparable("export", "origin").dropna().index]


def test_a_sparse_beginning_is_left_out(lampung):
    whole = [f"2020-{month:02}" for month in range(1, 13)]
    assert sparse(lampung, "2015-03", "2018-07", *whole) == whole
    # Six of twelve months are enough, five are not.
    half = ["2019-02", "2019-03", "2019-05", "2019-07", "2019-09", "2020-01"]
    assert sparse(lampung, *half) == half
    assert sparse(lampung, "2018-10", *half) == ["2018-10", *half]
    assert sparse(lampung, "2018-08", *half) == half
    # A gap behind a full beginning stays a gap, and what is sparse throughout is left as it is.
    assert sparse(lampung, *whole, "2024-05") == [*whole, "2024-05"]
    assert sparse(lampung, "2015-03", "2018-07") == ["2015-03", "2018-07"]


def test_flows_name_the_links_of_their_own_province(flows):
    assert [link.id for link in flows[LAMPUNG].links] == ["lampung-exports-by-origin"]
    assert flows[NORTH_KALIMANTAN].links == ()


@pytest.mark.parametrize("code", ["18", "12", "95"])
@pytest.mark.parametrize("flow", ["export", "import"])
def test_years_are_whole_numbers_even_where_there_are_none(flows, code, flow):
    for basis in ("origin", "port-of-loading"):
        annual = flows[code].annual(flow, basis)
        if len(annual):
            assert pd.api.types.is_integer_dtype(annual.index)


def test_years_of_a_flow_without_figures(project_root):
    catalog = Catalog(project_root / "data")
    aceh = trade_flows(catalog, catalog.province("aceh"), 2013)
    assert pd.api.types.is_integer_dtype(aceh.annual("export", "origin").index)


@pytest.mark.parametrize("until", [2013, 2016, 2021])
def test_years_of_both_flows_join_in_every_province(project_root, until):
    catalog = Catalog(project_root / "data")
    provinces = [province for province in catalog.provinces.all if not province.is_country]
    for item in all_trade_flows(catalog, provinces, until).values():
        basis = item.main_basis(until)
        totals = {flow: item.annual(flow, basis)["value"] for flow in ("export", "import")}
        joined = pd.DataFrame(totals).astype(float)
        assert pd.api.types.is_integer_dtype(joined.index), item.province.slug
        assert joined.index.max() <= until or joined.empty


# Filling, on figures small enough to add up by hand.


def fill(*figures: dict) -> dict[tuple[str, str, str], tuple[float, str, str]]:
    """Give what was filled in, by period, flow and basis: value, status and from what."""
    values = pd.DataFrame(figures)
    table = complete(values, values.rename(columns={"value": VALUE}))
    filled = table[table["filled_by"] != ""]
    return {
        (row.time_period, row.flow, row.basis): (row.value, row.obs_status, row.filled_by)
        for row in filled.itertuples()
    }


MONTH = "2020-01"


@pytest.mark.parametrize(
    ("known", "filled"),
    [
        ({"export": 206.31, "import": 144.78}, ("balance", "origin", 61.53)),
        ({"export": 206.31, "balance": 61.53}, ("import", "", 144.78)),
        ({"import": 144.78, "balance": 61.53}, ("export", "origin", 206.31)),
    ],
)
def test_third_of_a_balance(known, filled):
    flow, basis, value = filled
    figures = [figure(MONTH, name, number) for name, number in known.items()]
    assert fill(*figures) == {(MONTH, flow, basis): (value, "derived", "balance")}


def test_a_balance_may_be_below_zero_but_no_flow():
    assert fill(figure(MONTH, "export", 1.0), figure(MONTH, "import", 3.0)) == {
        (MONTH, "balance", "origin"): (-2.0, "derived", "balance")
    }
    assert fill(figure(MONTH, "export", 1.0), figure(MONTH, "balance", 3.0)) == {}
    assert fill(figure(MONTH, "import", 1.0), figure(MONTH, "balance", -3.0)) == {}


def test_a_balance_is_solved_within_its_release_before_the_chosen_figure():
    chosen = pd.DataFrame(
        [
            figure("2018-09", "export", 70.43, source_id="later"),
            figure("2018-09", "balance", 47.46, source_id="own"),
        ]
    )
    own = figure("2018-09", "export", 70.59, source_id="own")
    observations = pd.concat([chosen, pd.DataFrame([own])]).rename(columns={"value": VALUE})
    table = complete(chosen, observations).set_index("flow")
    assert table.loc["import", "value"] == pytest.approx(23.13)
    assert table.loc["export", "value"] == 70.43


def test_a_balance_fills_nothing_where_the_other_flow_of_its_release_is_doubtful():
    chosen = [
        figure("2018-09", "export", 70.43, source_id="later"),
        figure("2018-09", "balance", 47.46, source_id="own"),
    ]
    own = figure("2018-09", "export", 705.9, source_id="own", doubtful=True)
    observations = pd.DataFrame([*chosen, own]).rename(columns={"value": VALUE})
    table = complete(pd.DataFrame(chosen), observations)
    assert set(table["flow"]) == {"export", "balance"}


def test_a_balance_of_another_basis_fills_nothing():
    exports = figure(MONTH, "export", 127.03, "origin")
    balance = figure(MONTH, "balance", 243.58, "port-of-loading")
    assert fill(exports, balance) == {}


def test_a_figure_rests_on_the_worst_of_its_parts():
    assert fill(
        figure(MONTH, "export", 5.0, obs_status="approximate", rounding=0.5),
        figure(MONTH, "import", 3.0),
    ) == {(MONTH, "balance", "origin"): (2.0, "approximate", "balance")}


def test_nothing_is_filled_from_a_doubtful_figure():
    doubtful = figure(MONTH, "import", 3.0, doubtful=True)
    assert fill(figure(MONTH, "export", 5.0), doubtful) == {}
    # A doubtful figure is shown, not replaced by what others imply.
    assert fill(figure(MONTH, "export", 5.0), doubtful, figure(MONTH, "balance", 1.0)) == {}


def test_cumulative_figure_gives_the_one_month_it_lacks():
    figures = [
        figure("2020-01/2020-03", "export", 10.0),
        figure("2020-01", "export", 2.0),
        figure("2020-03", "export", 5.0),
    ]
    assert fill(*figures) == {("2020-02", "export", "origin"): (3.0, "derived", "cumulative")}


@pytest.mark.parametrize(
    "changes",
    [
        {"obs_status": "approximate"},
        {"doubtful": True},
        {"basis": "port-of-loading"},
        {"value": 6.0},
        {"flow": "import", "basis": ""},
    ],
    ids=["approximate", "doubtful", "another basis", "below zero", "another flow"],
)
def test_cumulative_figure_that_fills_nothing(changes):
    total = figure("2020-01/2020-03", "export", 10.0) | changes
    months = [figure("2020-01", "export", 2.0), figure("2020-03", "export", 5.0)]
    assert fill(total, *months) == {}


def test_two_missing_months_stay_missing():
    assert fill(figure("2020-01/2020-03", "export", 10.0), figure("2020-01", "export", 2.0)) == {}


def test_doubtful_month_is_not_replaced_from_a_sum():
    months = [figure(f"2020-0{month}", "export", 2.0) for month in (1, 3)]
    doubtful = figure("2020-02", "export", 99.0, doubtful=True)
    assert fill(figure("2020-01/2020-03", "export", 10.0), *months, doubtful) == {}


def test_a_year_gives_its_twelfth_month():
    months = [figure(f"2020-{month:02}", "import", 1.0) for month in range(1, 12)]
    assert fill(figure("2020", "import", 13.0), *months) == {
        ("2020-12", "import", ""): (2.0, "derived", "cumulative")
    }


def test_a_filled_figure_can_fill_the_next():
    filled = fill(
        figure("2020-01/2020-02", "export", 10.0),
        figure("2020-01", "export", 4.0),
        figure("2020-02", "import", 1.0),
    )
    assert filled[("2020-02", "balance", "origin")] == (5.0, "derived", "balance")


def test_months_of_a_span_across_years():
    assert months_of("2020-11/2021-02") == ["2020-11", "2020-12", "2021-01", "2021-02"]
    assert months_of("2020-11") == ["2020-11"]
    assert len(months_of("2024")) == 12


# Bases: links and balances.

LINK = Link("blank-is-origin", "18", "export", "", "origin", "2022-01", "2022-03", 0.2, 3)


def linked_series(*origin: float | None) -> pd.DataFrame:
    months = [f"2022-0{number}" for number in range(1, len(origin) + 1)]
    blank = [(month, "", 100.0) for month in months]
    stated = [
        (month, "origin", value)
        for month, value in zip(months, origin, strict=True)
        if value is not None
    ]
    return pd.DataFrame([*blank, *stated], columns=["time_period", "basis", "value"])


def test_link_that_holds():
    check_link(LINK, linked_series(100.0, 100.1, 99.9))


def test_link_with_a_month_that_differs():
    with pytest.raises(NeracaError, match=r"blank-is-origin: in 2022-02 the two differ by 1\.96"):
        check_link(LINK, linked_series(100.0, 102.0, 100.0))


def test_link_with_too_few_months():
    with pytest.raises(NeracaError, match="blank-is-origin: 2 months have both bases"):
        check_link(LINK, linked_series(100.0, None, 100.0))


def test_link_without_any_month():
    with pytest.raises(NeracaError, match="blank-is-origin: 0 months"):
        check_link(LINK, linked_series(None, None, None))


def test_link_ignores_months_outside_its_window():
    check_link(LINK, linked_series(100.0, 100.0, 100.0, 500.0))


def test_link_gives_exports_and_balances_the_basis_and_nothing_else():
    rows = pd.DataFrame(
        {
            "province_code": ["18", "18", "18", "18", "65"],
            "flow": ["export", "balance", "import", "export", "export"],
            "basis": ["", "", "", "port-of-loading", ""],
        }
    )
    assert list(link_basis(rows, [LINK])["basis"]) == [
        "origin",
        "origin",
        "",
        "port-of-loading",
        "",
    ]
    assert list(rows["basis"]) == ["", "", "", "port-of-loading", ""]


def balance_rows(*rows: tuple[str, str, float]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["flow", "basis", "value_usd_million"])
    return frame.assign(time_period=MONTH, source_id="s")


def test_balance_belongs_to_the_exports_that_it_reproduces():
    rows = balance_rows(
        ("export", "origin", 127.03),
        ("export", "port-of-loading", 366.80),
        ("import", "", 123.22),
        ("balance", "", 243.58),
    )
    assert balance_basis(rows)["basis"].iloc[-1] == "port-of-loading"


@pytest.mark.parametrize(("export", "basis"), [(206.41, "origin"), (206.42, "")])
def test_balance_fits_within_a_tenth(export: float, basis: str):
    rows = balance_rows(
        ("export", "origin", export), ("import", "", 144.78), ("balance", "", 61.53)
    )
    assert balance_basis(rows)["basis"].iloc[-1] == basis


def test_balance_that_fits_no_exports_or_two_keeps_no_basis():
    neither = balance_rows(("export", "origin", 10.0), ("import", "", 1.0), ("balance", "", 5.0))
    both = balance_rows(
        ("export", "origin", 10.0),
        ("export", "port-of-loading", 10.05),
        ("import", "", 5.0),
        ("balance", "", 5.0),
    )
    alone = balance_rows(("export", "origin", 10.0), ("balance", "", 5.0))
    for rows in (neither, both, alone):
        assert balance_basis(rows)["basis"].iloc[-1] == ""


def test_broken_link_stops_the_reading_and_is_named(project_root, tmp_path: Path):
    data = copy_with(
        tmp_path,
        project_root,
        lambda trade: trade.assign(
            value_usd_million=trade["value_usd_million"].mask(
                (trade["province_code"] == "18")
                & (trade["time_period"] == "2023-05")
                & (trade["flow"] == "export")
                & (trade["dimension"] == "total")
                & (trade["basis"] == "origin"),
                "1.0",
            )
        ),
    )
    catalog = Catalog(data)
    with pytest.raises(
        NeracaError, match=r"data/links\.yml, lampung-exports-by-origin: in 2023-05"
    ):
        trade_flows(catalog, catalog.province("lampung"), 2025)
    aceh = trade_flows(catalog, catalog.province("aceh"), 2025)
    assert len(aceh.table)


def test_link_whose_months_are_gone_is_named(project_root, tmp_path: Path):
    data = copy_with(
        tmp_path,
        project_root,
        lambda trade: trade[
            (trade["province_code"] != "18")
            | (trade["basis"] != "origin")
            | (trade["time_period"] < "2025")
        ],
    )
    catalog = Catalog(data)
    with pytest.raises(NeracaError, match=r"lampung-exports-by-origin: .* months have both bases"):
        trade_flows(catalog, catalog.province("lampung"), 2015)


# Vintage, and the record of reads.


def test_nothing_later_than_the_year_is_read(project_root):
    catalog = Catalog(project_root / "data")
    item = trade_flows(catalog, catalog.province("lampung"), 2019)
    ends = item.table["time_period"].str.split("/").str[-1].str[:4]
    assert ends.max() == "2019"
    assert item.value("2020-01", "export", "origin") is None


def test_spans_that_end_later_are_left_out(project_root):
    catalog = Catalog(project_root / "data")
    rows = catalog.read("trade", province_code="65", until=2018)
    assert (rows["time_period"].str.split("/").str[-1].str[:4].astype(int) <= 2018).all()
    assert len(rows) < len(catalog.read("trade", province_code="65"))


def test_every_read_is_recorded_once_with_its_rows(project_root):
    catalog = Catalog(project_root / "data")
    rows = catalog.read("trade", province_code=["65", "18"], flow="export", until=2019)
    catalog.read("trade", flow="export", province_code=["18", "65"], until=2019)
    (read,) = catalog.reads
    assert read.as_dict() == {
        "resource": "trade",
        "filters": {"province_code": ["18", "65"], "flow": "export", "until": 2019},
        "rows": len(rows),
        "sha256": read.sha256,
    }
    assert len(read.sha256) == 64


def test_a_read_without_rows_is_recorded_too(project_root):
    catalog = Catalog(project_root / "data")
    assert catalog.read("trade", province_code="97", until=2023).empty
    assert [read.rows for read in catalog.reads] == [0]


def test_digest_changes_with_a_row_and_only_with_a_row(project_root, tmp_path: Path):
    def digest(data: Path, province: str) -> str:
        catalog = Catalog(data)
        catalog.read("trade", province_code=province, dimension="total")
        return catalog.reads[0].sha256

    changed = copy_with(
        tmp_path,
        project_root,
        lambda trade: trade.assign(
            value_usd_million=trade["value_usd_million"].mask(
                (trade["province_code"] == "18")
                & (trade["time_period"] == "2020-01")
                & (trade["dimension"] == "total")
                & (trade["flow"] == "export"),
                "206.32",
            )
        ),
    )
    real = project_root / "data"
    assert digest(changed, "18") != digest(real, "18")
    assert digest(changed, "65") == digest(real, "65")


def test_outside_a_project_no_other_project_is_read(project_root, tmp_path: Path):
    assert data_directory(project_root / "notebooks") == project_root / "data"
    with pytest.raises(NeracaError, match=r"No data/datapackage\.json .* project's directory"):
        data_directory(tmp_path)


def test_unknown_table_and_column_are_named(project_root):
    catalog = Catalog(project_root / "data")
    with pytest.raises(NeracaError, match=r"no table 'trades'; it has .*trade"):
        catalog.read("trades")
    with pytest.raises(NeracaError, match="'trade' has no column 'province'; it has source_id"):
        catalog.read("trade", province="18")


def test_table_without_periods_has_no_until(project_root):
    with pytest.raises(NeracaError, match="time_period"):
        Catalog(project_root / "data").read("hs", until=2020)


def test_what_is_read_can_be_changed_without_harm(project_root):
    catalog = Catalog(project_root / "data")
    first = catalog.read("trade", province_code="18", flow="export")
    first["value_usd_million"] = 0.0
    again = catalog.read("trade", province_code="18", flow="export")
    assert again["value_usd_million"].max() > 0


def test_data_vintage_is_the_newest_release_read(project_root):
    catalog = Catalog(project_root / "data")
    assert catalog.data_vintage(2023) == ("2023-12-31", "year")
    trade_flows(catalog, catalog.province("lampung"), 2019)
    date, kind = catalog.data_vintage(2019)
    sources = catalog.read("sources")
    used = {
        source
        for read in catalog.reads
        if read.resource == "sources"
        for source in read.filters.get("source_id", ())
    }
    released = sources.loc[
        sources["source_id"].isin(used) & (sources["released"] != ""), "released"
    ]
    assert kind == "released"
    assert date[: len(max(released))] == max(released)
    assert len(date) == len("2020-02-15")


def test_vintage_of_a_pull_and_of_a_month(project_root):
    catalog = Catalog(project_root / "data")
    sources = catalog.read("sources")
    catalog.reads.clear()
    pulled = sources[(sources["released"] == "") & (sources["retrieved"] != "")]["source_id"]
    if len(pulled):
        catalog.source_titles([pulled.iloc[0]])
        assert catalog.data_vintage(2024)[1] == "retrieved"
        catalog.reads.clear()
    monthly = sources[sources["released"] == "2020-03"]["source_id"].iloc[0]
    catalog.source_titles([monthly])
    assert catalog.data_vintage(2020) == ("2020-03-31", "released")


def copy_with(place: Path, root: Path, change: Callable[[pd.DataFrame], pd.DataFrame]) -> Path:
    """Make a data directory like the project's own, with another `trade.csv`."""
    data = place / "data"
    (data / "observations").mkdir(parents=True)
    for path in [*(root / "data").iterdir(), *(root / "data" / "observations").iterdir()]:
        target = data / path.relative_to(root / "data")
        if path.name not in ("observations", "trade.csv"):
            target.symlink_to(path)
    trade = pd.read_csv(
        root / "data" / "observations" / "trade.csv", dtype=str, keep_default_na=False
    )
    change(trade).to_csv(data / "observations" / "trade.csv", index=False)
    return data
