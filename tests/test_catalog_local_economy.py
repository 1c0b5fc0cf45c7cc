"""A province's revenue, villages, ports and districts: units, statuses and no mixture of kinds."""

import pandas as pd
import pytest

from analysis.catalog import Catalog
from analysis.catalog import local_economy as economy
from analysis.errors import NeracaError
from analysis.indicators.revenue import AMOUNTS, percents_of, revenue_ratios

# Provinces whose government's own-source revenue is known as realised, in whole or in part.
WITH_REVENUE = ("18", "31", "32", "33", "35", "36", "51", "64", "73")


@pytest.fixture(scope="module")
def catalog(project_root) -> Catalog:
    return Catalog(project_root / "data")


def test_realised_revenue_of_nine_provinces(catalog):
    known = set()
    for province in catalog.provinces.all:
        figures = economy.revenue(catalog, province, 2025).figures
        if (figures["indicator"] == economy.OWN_SOURCE).any():
            known.add(province.code)
    assert known == set(WITH_REVENUE)


def test_amounts_are_converted_and_keep_their_status(catalog):
    lampung = economy.revenue(catalog, catalog.province("lampung"), 2023).figures
    amounts = lampung[lampung["indicator"].isin(economy.REVENUE_AMOUNTS)]
    assert set(amounts["unit"]) == {"trillion IDR"}
    assert set(amounts["printed_unit"]) == {"trillion IDR", "billion IDR", "IDR"}
    revised = amounts.set_index("indicator").loc["pad_target_apbd_revised"]
    assert revised["value"] == pytest.approx(4.80869910938217)
    assert revised["obs_status"] == "published"
    assert set(lampung.loc[lampung["unit"] == "percent", "printed_unit"]) == {"percent"}


def test_revenue_of_later_years_is_left_out(catalog):
    figures = economy.revenue(catalog, catalog.province("lampung"), 2021).figures
    assert set(figures["time_period"]) == {"2021"}


def test_a_revised_budget_goes_before_the_first_and_both_targets_are_of_one():
    rows = [
        ("pad_target_apbd", 4.0),
        ("pad_target_apbd_revised", 5.0),
        ("regional_revenue_target_apbd", 9.0),
    ]
    amounts = economy.Revenue(figures(rows)).amounts.loc[2022]
    assert amounts["own_source_target"] == 5.0
    assert pd.isna(amounts["regional_target"]), "the other budget's"
    assert pd.isna(amounts["own_source"])
    whole = economy.Revenue(figures(rows[:1] + rows[2:])).amounts.loc[2022]
    assert whole[["own_source_target", "regional_target"]].tolist() == [4.0, 9.0]
    alone = economy.Revenue(figures([("regional_revenue_target_apbd_revised", 7.0)])).amounts
    assert alone.loc[2022, "regional_target"] == 7.0


def test_a_part_of_a_year_is_no_amount_of_the_year(catalog):
    amounts = economy.revenue(catalog, catalog.province("lampung"), 2025).amounts
    assert amounts["own_source"].isna().all()
    assert set(amounts.columns) == set(AMOUNTS)


@pytest.mark.parametrize(
    ("slug", "indicator", "sub_period", "years"),
    [
        ("lampung", economy.REGIONAL, "to 10 May", 5),
        ("dki-jakarta", economy.REGIONAL, "", 3),
        ("jawa-timur", economy.REGIONAL, "", 3),
    ],
)
def test_comparable_amounts_go_up_to_one_day_of_the_year(
    catalog, slug, indicator, sub_period, years
):
    run = economy.revenue(catalog, catalog.province(slug), 2025).comparable
    assert set(run["indicator"]) == {indicator}
    assert set(run["sub_period"]) == {sub_period}
    assert len(run) == years
    assert run["time_period"].is_monotonic_increasing


def test_own_source_revenue_goes_before_all_revenue():
    rows = [(economy.OWN_SOURCE, 1.0), (economy.REGIONAL, 2.0)]
    three = pd.concat([figures(rows, year) for year in ("2020", "2021", "2022")])
    assert set(economy.Revenue(three).comparable["indicator"]) == {economy.OWN_SOURCE}
    assert economy.Revenue(three.head(2)).comparable.empty


def test_cooperatives_and_what_they_are_part_of(catalog):
    province = catalog.province("lampung")
    found = economy.village_figures(catalog, province, 2025)
    steps, target = economy.cooperative_progress(found, province)
    assert target == 2651
    assert "kopdes_sites_eligible_for_outlet_warehouse" not in steps.index
    assert percents_of(steps, target)["kopdes_merah_putih_legal_entity"] == 100
    none, unknown = economy.cooperative_progress(found.head(0), province)
    assert none.empty
    assert unknown is None


@pytest.mark.parametrize("year", [2010, 2024])
def test_nothing_of_a_later_year(catalog, year):
    province = catalog.province("lampung")
    assert economy.village_figures(catalog, province, year).empty


def test_rattan_is_of_the_province_alone(catalog):
    kaltara = catalog.province("kalimantan-utara")
    assert economy.rattan_units(catalog, kaltara, 2025)["value"].tolist() == [333, 465]
    assert economy.rattan_units(catalog, catalog.province("aceh"), 2025).empty
    assert len(economy.rattan_statements(catalog, kaltara, 2025)) == 1
    assert economy.rattan_statements(catalog, kaltara, 2024).empty


def test_districts_beside_the_province(catalog):
    kaltara = catalog.province("kalimantan-utara")
    found = economy.district_counts(catalog, kaltara, 2025)
    assert found["value"].sum() == found["of_province"].iloc[0] == 5970
    assert economy.district_counts(catalog, kaltara, 2022).empty


def test_figures_of_agencies_by_step(catalog):
    found = economy.agency_figures(catalog, catalog.province("lampung"), 2025)
    assert list(found["step"]) == ["certificate_of_origin", "quarantine"]
    assert economy.agency_figures(catalog, catalog.province("aceh"), 2025).empty
    early = economy.agency_figures(catalog, catalog.province("lampung"), 2016)
    assert list(early["step"]) == ["certificate_of_origin"]
    assert (early["last"] <= 2016).all()


@pytest.mark.parametrize(
    ("item", "way"),
    [
        ("via ports in Kalteng", ("inside", "")),
        ("origin Kaltara via ports outside", ("outside", "")),
        ("via ports outside Lampung", ("outside", "")),
        ("via other provinces", ("outside", "")),
        ("via North Sumatra and other ports", ("outside", "")),
        ("via South Sulawesi", ("province", "South Sulawesi")),
        ("Boom Baru", ("port", "Boom Baru")),
    ],
)
def test_ways_out_of_a_province(item, way):
    assert economy._way(item) == way


def test_ports_of_a_province_and_its_exports_by_them(catalog):
    found = economy.ports_of_loading(catalog, catalog.province("lampung"), 2025)
    assert found.inside_and_outside.to_dict() == {"inside": 3754.0, "outside": 1072.0}
    assert found.loaded.iloc[0][["item", "port", "year"]].tolist() == ["0901", "PANJANG", 2025]
    ports = economy.ports_of_loading(catalog, catalog.province("banten"), 2025)
    assert ports.inside_and_outside.empty, "ports alone do not say what is in the province"
    nothing = economy.ports_of_loading(catalog, catalog.province("papua-pegunungan"), 2025)
    assert nothing.ports.empty
    assert nothing.loaded.empty
    assert nothing.ways.empty


def test_ports_read_only_what_was_there_by_then(catalog):
    found = economy.ports_of_loading(catalog, catalog.province("lampung"), 2019)
    assert set(found.loaded["item"]) == {"0901"}
    assert set(found.loaded["year"]) == {2019}
    assert found.ways.empty


def test_ratios_hold_realised_against_realised():
    table = pd.DataFrame(
        {
            "own_source": [4.0, 5.0, 8.0],
            "own_source_target": [None, 4.0, 0.0],
            "regional": [None, 10.0, None],
            "regional_target": [None, 16.0, None],
        },
        index=[2019, 2020, 2022],
    )
    ratios = revenue_ratios(table)
    assert ratios.loc[2020].to_dict() == {
        "of_target": 125.0,
        "of_regional": 50.0,
        "of_budget": 25.0,
        "growth": 25.0,
    }
    assert ratios.loc[2022].isna().all(), "no growth over a gap, no target of nothing"


def test_ratios_refuse_what_they_cannot_read():
    with pytest.raises(NeracaError, match="columns"):
        revenue_ratios(pd.DataFrame({"own_source": [1.0]}))
    with pytest.raises(NeracaError, match="negative"):
        revenue_ratios(pd.DataFrame({name: [-1.0] for name in AMOUNTS}, index=[2020]))


def test_parts_of_a_whole():
    assert percents_of(pd.Series({"a": 1.0}), None).empty
    assert percents_of(pd.Series(dtype=float), 0.0).empty
    with pytest.raises(NeracaError, match="above zero"):
        percents_of(pd.Series({"a": 1.0}), 0.0)


def figures(rows: list[tuple[str, float]], year: str = "2022") -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"time_period": year, "sub_period": "", "indicator": name, "value": value}
            for name, value in rows
        ]
    )
