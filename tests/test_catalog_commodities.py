"""Named goods, coffee by port and destination, chains: whose figures, never summed, never mixed."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.catalog import Catalog
from analysis.catalog.commodities import (
    COFFEE,
    COMMODITIES,
    agency,
    commodity_coverage,
    commodity_figures,
    commodity_loaded,
    commodity_series,
    counted_by,
    loaded_by_month,
    processing_chain,
    processing_chains,
    rattan_figures,
    sent_by_month,
    sent_by_year,
    unit_value_pairs,
)
from analysis.errors import NeracaError
from analysis.indicators.processing import PriceRatio, cited_range, processing_price_ratio

pytestmark = pytest.mark.filterwarnings("error")

SLUG, CODE, YEAR = "papua-selatan", "95", 2023
RELEASE, LATER_RELEASE = "s68d1badc", "s3935fc25"
SKA = "(SKA, Dinas Perdagangan)"
ROBUSTA, INSTANT = f"Coffee beans robusta {SKA}", f"Instant coffee {SKA}"

GOODS = {
    "source_id": RELEASE,
    "province_code": CODE,
    "period_type": "month",
    "time_period": "2023-05",
    "flow": "export",
    "dimension": "hs",
    "basis": "",
    "obs_status": "published",
}


@pytest.fixture(scope="module")
def catalog(project_root: Path) -> Catalog:
    return Catalog(project_root / "data")


@pytest.fixture
def with_rows(project_root: Path, tmp_path: Path):
    """Make a catalog whose `trade.csv` has nothing but a few rows."""

    def make(*rows: dict) -> Catalog:
        data = tmp_path / "data"
        (data / "observations").mkdir(parents=True)
        real = project_root / "data"
        for name in ("datapackage.json", "sources.csv", "links.yml", "classifications"):
            (data / name).symlink_to(real / name)
        (data / "corrections.yml").write_text("corrections: []\n")
        columns = pd.read_csv(real / "observations" / "trade.csv", nrows=0).columns
        added = pd.DataFrame([GOODS | row for row in rows], columns=columns, dtype=str)
        added.to_csv(data / "observations" / "trade.csv", index=False)
        return Catalog(data)

    return make


def goods(item: str, name: str, value: object, weight: object, **changes: str) -> dict:
    return {
        "item": item,
        "item_name": name,
        "value_usd_million": "" if value is None else str(value),
        "net_weight_kg": "" if weight is None else str(weight),
        **changes,
    }


def loaded(port: str, value: float, weight: float, **changes: str) -> dict:
    changes = {"dimension": "hs-port", "basis": "port-of-loading", **changes}
    return goods(f"0901|{port}", "Coffee", value, weight, **changes)


# Whose figure it is.


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (ROBUSTA, "SKA, Dinas Perdagangan"),
        ("Coffee (AEKI)", "AEKI"),
        ("Coffee beans (AEKI Lampung)", "AEKI Lampung"),
        ("Pepper, ground (quarantine IQFAST)", "quarantine IQFAST"),
        ("Shrimp (BKIPM Tarakan)", "BKIPM Tarakan"),
        ("Frozen fish (BPPMHKP)", "BPPMHKP"),
        ("Cocoa (Disperindag)", "Disperindag"),
        ("copper concentrate (Dinas Perindag)", "Dinas Perindag"),
        ("Pepper, total (Bank Indonesia)", "Bank Indonesia"),
        ("Crude palm oil (CPO)", ""),
        ("Refined palm oil (minyak sawit olahan)", ""),
        ("coal (batu bara)", ""),
        ("Coffee (BPS, probably HS09)", ""),
        ("Shrimp", ""),
        ("", ""),
    ],
)
def test_an_agency_is_told_from_a_remark(name: str, expected: str) -> None:
    assert agency(name) == expected


def test_every_parenthesis_in_the_data_is_an_agency_or_a_known_remark(catalog) -> None:
    rows = catalog.read("trade", dimension="hs")
    told = {
        name for name in {*rows["item_name"], *rows["item"]} if "(" in name and not agency(name)
    }
    assert told == {
        "Coffee (BPS, probably HS09)",
        "Crude palm oil (CPO)",
        "Refined palm oil (minyak sawit olahan)",
        "coal (batu bara)",
    }


@pytest.mark.parametrize(
    ("agency_name", "hs", "basis", "expected"),
    [
        ("SKA, Dinas Perdagangan", "0901", "", "certificates"),
        ("all, Dinas Perdagangan SKA data", "coffee", "", "certificates"),
        ("AEKI / Dinas Perdagangan", "0901", "", "association"),
        ("quarantine IQFAST", "0904", "", "quarantine"),
        ("BKIPM Tarakan", "0306", "", "quarantine"),
        ("BPPMHKP", "03/16", "", "quarantine"),
        ("Bank Indonesia Cognos", "0306", "", "central_bank"),
        ("Disperindag", "18", "", "agency"),
        ("Dinas Perindag", "2603", "", "agency"),
        ("", "09", "", "statistics"),
        ("", "1511", "origin", "statistics"),
        ("", "0306", "", "unstated"),
    ],
)
def test_who_counted(agency_name: str, hs: str, basis: str, expected: str) -> None:
    assert counted_by(agency_name, hs, basis) == expected


def test_every_agency_in_the_data_is_a_known_count(catalog) -> None:
    rows = catalog.read("trade", dimension="hs")
    names = {agency(name) for name in {*rows["item_name"], *rows["item"]}} - {""}
    assert {counted_by(name, "0901", "") for name in names} == {
        "certificates", "association", "quarantine", "central_bank", "agency"
    }  # fmt: skip


# Figures of commodities.


def test_figures_of_lampung_are_not_summed(catalog) -> None:
    found = commodity_figures(catalog, catalog.province("lampung"), 2025)
    key = ["commodity", "item", "item_name", "period_type", "time_period", "basis"]
    assert not found.duplicated(key).any()
    assert found[["value", "weight_kg"]].notna().any(axis=1).all()
    refined = found[found["item_name"].str.startswith("Refined palm oil")].iloc[0]
    assert (refined["value"], refined["weight_kg"]) == (716.75, 685172000.0)
    assert refined["unit_value"] == pytest.approx(1.046, abs=0.0005)
    crude = found[found["item_name"].str.startswith("Crude palm oil")].iloc[0]
    assert np.isnan(crude["value"])
    assert np.isnan(crude["unit_value"])
    assert {"", "SKA, Dinas Perdagangan", "BKIPM"} < set(found["agency"])
    assert list(dict.fromkeys(found["commodity"])) == [
        name for name in COMMODITIES if name in set(found["commodity"])
    ]


def test_a_chapter_has_one_figure_a_period_however_it_is_spelled(with_rows) -> None:
    catalog = with_rows(
        goods("09", "Coffee and tea", 5, None),
        goods("09", "Coffee, tea, spices", 6, None, source_id=LATER_RELEASE),
        goods("09", f"Coffee {SKA}", 4, None),
    )
    found = commodity_figures(catalog, catalog.province(SLUG), YEAR)
    assert list(zip(found["commodity"], found["item_name"], found["value"], strict=True)) == [
        ("coffee", "", 6), ("coffee", f"Coffee {SKA}", 4),
        ("pepper", "", 6), ("pepper", f"Coffee {SKA}", 4),
    ]  # fmt: skip
    assert found["wider"].all()


def test_figures_end_with_the_year(catalog) -> None:
    found = commodity_figures(catalog, catalog.province("lampung"), 2016)
    assert found["time_period"].str[-7:].str[:4].astype(int).max() == 2016


def test_no_figures(catalog) -> None:
    found = commodity_figures(catalog, catalog.province(SLUG), YEAR)
    assert found.empty
    assert "unit_value" in found
    coverage = commodity_coverage(found)
    assert coverage.empty
    assert {"commodity", "counted_by", "unit_value"} <= set(coverage)
    assert commodity_series(found) == ()


def test_every_province_has_a_coverage_of_its_figures(catalog) -> None:
    for province in catalog.provinces.all:
        figures = commodity_figures(catalog, province, 2025)
        found = commodity_coverage(figures)
        assert set(found["commodity"]) == set(figures["commodity"])
        assert found["periods"].gt(0).all()


def test_value_and_weight_come_from_one_source(with_rows) -> None:
    catalog = with_rows(
        goods("0901", ROBUSTA, 30, 10_000_000, obs_status="approximate"),
        goods("0901", ROBUSTA, 20, 8_000_000, source_id=LATER_RELEASE),
    )
    (found,) = commodity_figures(catalog, catalog.province(SLUG), YEAR).to_dict("records")
    assert (found["value"], found["weight_kg"], found["unit_value"]) == (20, 8e6, 2.5)
    assert found["source_id"] == LATER_RELEASE


def test_a_weight_alone_gives_way_to_a_weight_with_a_value(with_rows) -> None:
    catalog = with_rows(
        goods("0901", ROBUSTA, None, 9_000_000),
        goods("0901", ROBUSTA, 18, 9_000_100, source_id=LATER_RELEASE, obs_status="approximate"),
        goods("0901", INSTANT, None, 1_000),
    )
    figures = commodity_figures(catalog, catalog.province(SLUG), YEAR)
    found = figures.set_index("item_name")
    assert found.loc[ROBUSTA, "weight_kg"] == 9_000_100
    assert np.isnan(found.loc[INSTANT, "value"])


def test_imports_take_no_part(with_rows) -> None:
    catalog = with_rows(goods("0901", "Coffee", 5, 1_000, flow="import"))
    assert commodity_figures(catalog, catalog.province(SLUG), YEAR).empty


def test_a_weight_of_nothing_has_no_unit_value(with_rows) -> None:
    catalog = with_rows(goods("0901", "Coffee", 5, 0))
    assert commodity_figures(catalog, catalog.province(SLUG), YEAR)["unit_value"].isna().all()


# What is long enough for a picture.


def test_a_series_has_twelve_months(with_rows) -> None:
    months = [f"2022-{month:02d}" for month in range(1, 13)]
    catalog = with_rows(
        *[goods("18", "Cocoa", 5, None, time_period=month) for month in months],
        *[goods("40", "Rubber", 5, None, time_period=month) for month in months[:11]],
    )
    (found,) = commodity_series(commodity_figures(catalog, catalog.province(SLUG), YEAR))
    assert set(found["item"]) == {"18"}
    assert found["time_period"].tolist() == months
    assert set(found["measure"]) == {"value"}


def test_of_what_customs_did_not_count_only_unit_values_serve(with_rows) -> None:
    catalog = with_rows(
        *[goods("0901", ROBUSTA, 4, 2_000_000, time_period=year, period_type="year")
          for year in ("2020", "2021", "2022")],
        *[goods("03", "Fish (BKIPM)", None, 1_000, time_period=year, period_type="year")
          for year in ("2020", "2021", "2022")],
        *[goods("1801", "Cocoa (AEKI)", 1, 1_000, time_period=year, period_type="year",
                obs_status="approximate")
          for year in ("2020", "2021", "2022")],
    )  # fmt: skip
    (found,) = commodity_series(commodity_figures(catalog, catalog.province(SLUG), YEAR))
    assert set(found["item_name"]) == {ROBUSTA}
    assert set(found["measure"]) == {"unit_value"}
    assert found["figure"].tolist() == [2, 2, 2]


def test_a_chapter_of_two_commodities_is_one_series(catalog) -> None:
    series = commodity_series(commodity_figures(catalog, catalog.province("lampung"), 2025))
    keys = [(part["item"].iloc[0], part["item_name"].iloc[0]) for part in series]
    assert len(keys) == len(set(keys))
    assert ("09", "") in keys


# Coffee by port and by destination.


def test_coffee_loaded_in_lampung(catalog) -> None:
    found = loaded_by_month(catalog, COFFEE, 2025, catalog.province("lampung"))
    assert len(found) == 108
    assert found["time_period"].is_monotonic_increasing
    assert found["time_period"].iloc[[0, -1]].tolist() == ["2017-01", "2025-12"]
    year = found[found["time_period"].str[:4] == "2025"]
    assert year["value"].sum() == pytest.approx(799.56, abs=0.01)
    assert year["weight_kg"].sum() == pytest.approx(176_145_283)
    assert set(found["obs_status"]) == {"published"}
    assert all(found["source_ids"])


def test_what_all_ports_load_is_what_all_destinations_get(catalog) -> None:
    ports = loaded_by_month(catalog, COFFEE, 2025).set_index("time_period")
    partners = sent_by_month(catalog, COFFEE, 2025).groupby("time_period")
    sent = partners[["value", "weight_kg"]].sum()
    assert len(ports) == 108
    for column in ("value", "weight_kg"):
        pd.testing.assert_series_equal(ports[column], sent[column], rtol=1e-6)


def test_what_all_ports_load_is_the_sum_of_the_provinces(catalog) -> None:
    ports = catalog.read("ports")
    parts = [
        loaded_by_month(catalog, COFFEE, 2017, catalog.provinces.by_code(code))
        for code in sorted(set(ports["province_code"]))
    ]
    months = pd.concat(parts).groupby("time_period")["weight_kg"].sum()
    whole = loaded_by_month(catalog, COFFEE, 2017).set_index("time_period")["weight_kg"]
    # One index may hold its texts in another way than the other.
    pd.testing.assert_series_equal(months, whole, check_index_type=False)


def test_ports_are_added_up_and_the_least_sure_status_holds(with_rows) -> None:
    catalog = with_rows(
        loaded("PANJANG", 6, 2_000_000, province_code="18"),
        loaded("BRANTI (U)", 1, 500_000, province_code="18", obs_status="approximate"),
        loaded("TANJUNG PERAK", 9, 1_000_000, province_code="35"),
        loaded("PANJANG", 4, 1_000_000, province_code="18", time_period="2023-03"),
    )
    found = loaded_by_month(catalog, COFFEE, YEAR, catalog.province("lampung"))
    assert found["time_period"].tolist() == ["2023-03", "2023-05"]
    may = found.iloc[1]
    assert (may["value"], may["weight_kg"], may["ports"]) == (7, 2_500_000, 2)
    assert (may["unit_value"], may["obs_status"]) == (2.8, "approximate")


def test_a_port_counts_for_the_province_where_it_lies(with_rows) -> None:
    # Whatever province a row names, the port's own is that of `ports`.
    catalog = with_rows(loaded("PANJANG", 6, 2_000_000, province_code="16"))
    assert len(loaded_by_month(catalog, COFFEE, YEAR, catalog.province("lampung"))) == 1
    assert loaded_by_month(catalog, COFFEE, YEAR, catalog.province("sumatera-selatan")).empty


def test_other_goods_years_and_kinds_of_period_take_no_part(with_rows) -> None:
    catalog = with_rows(
        loaded("PANJANG", 6, 2_000_000) | {"item": "27|PANJANG"},
        loaded("PANJANG", 6, 2_000_000, dimension="hs") | {"item": "0901"},
        loaded("PANJANG", 6, 2_000_000, time_period="2024-01"),
        loaded("PANJANG", 6, 2_000_000, time_period="2023", period_type="year"),
    )
    assert loaded_by_month(catalog, COFFEE, YEAR).empty


def test_a_month_without_a_shipment_has_no_row(catalog) -> None:
    found = loaded_by_month(catalog, COFFEE, 2025, catalog.province("nusa-tenggara-barat"))
    assert 0 < len(found) < 108


def test_before_the_first_month_there_is_nothing(catalog) -> None:
    lampung = catalog.province("lampung")
    assert loaded_by_month(catalog, COFFEE, 2016, lampung).empty
    assert sent_by_month(catalog, COFFEE, 2016).empty
    assert sent_by_year(catalog, COFFEE, 2016).empty


def test_destinations_of_a_year(catalog) -> None:
    sent = sent_by_year(catalog, COFFEE, 2025)
    assert sorted(set(sent["year"])) == list(range(2017, 2026))
    found = sent[sent["year"] == 2025]
    assert set(found["months"]) == {12}
    assert found["partner"].iloc[0] == "UNITED STATES"
    assert found["partner"].is_unique
    assert found["iso_3166_1"].ne("").all()
    ports = loaded_by_month(catalog, COFFEE, 2025)
    year = ports[ports["time_period"].str[:4] == "2025"]
    assert found["value"].sum() == pytest.approx(year["value"].sum())


def test_destinations_of_the_last_years_are_the_same(catalog) -> None:
    whole = sent_by_year(catalog, COFFEE, 2024)
    few = sent_by_year(catalog, COFFEE, 2024, 2)
    expected = whole[whole["year"] >= 2023].reset_index(drop=True)
    pd.testing.assert_frame_equal(few, expected)


def test_destinations_say_how_much_of_the_year_is_in(catalog) -> None:
    assert set(sent_by_year(catalog, COFFEE, 2026, 1)["months"]) == {4}


# A province's ports among all.


def test_a_province_among_all_ports(catalog) -> None:
    found = commodity_loaded(catalog, COFFEE, catalog.province("lampung"), 2025)
    pd.testing.assert_frame_equal(
        found.months, loaded_by_month(catalog, COFFEE, 2025, catalog.province("lampung"))
    )
    assert (found.year, found.place.name, len(found.full_years)) == (2025, 1, 9)
    assert found.years.loc[2025, "unit_value"] == pytest.approx(4.539, abs=0.001)
    assert found.weight_share_percent == pytest.approx(34.5, abs=0.05)
    assert found.provinces["weight_kg"].is_monotonic_decreasing
    assert found.regular
    assert found.provisional_months == ()


def test_months_of_the_year_of_the_pull_are_provisional(catalog) -> None:
    found = commodity_loaded(catalog, COFFEE, catalog.province("lampung"), 2026)
    assert found.provisional_months == ("2026-01", "2026-02", "2026-03", "2026-04")
    assert found.years.loc[2026, "known_months"] == 4
    assert 2026 not in found.full_years.index


def test_a_province_that_loads_nothing(catalog) -> None:
    found = commodity_loaded(catalog, COFFEE, catalog.province(SLUG), YEAR)
    assert found.months.empty
    assert found.years.empty
    assert (found.year, found.place, found.weight_share_percent) == (YEAR, None, 0)
    assert not found.regular


def test_before_the_first_month_no_port_loads(catalog) -> None:
    found = commodity_loaded(catalog, COFFEE, catalog.province("lampung"), 2016)
    assert (found.year, found.place, found.source_ids) == (None, None, ())
    assert found.provinces.empty
    assert found.provisional_months == ()


# What there is of each commodity.


def coverage(catalog: Catalog, slug: str, year: int) -> pd.DataFrame:
    return commodity_coverage(commodity_figures(catalog, catalog.province(slug), year))


def test_coverage_of_lampung(catalog) -> None:
    found = coverage(catalog, "lampung", 2025)
    assert set(found["commodity"]) == set(COMMODITIES) - {"rattan"}
    assert not found.duplicated(["commodity", "counted_by", "wider"]).any()
    wide = found[found["wider"]]
    assert {("coffee", "09"), ("palm_oil", "15"), ("rubber", "40"), ("coal", "27")} <= set(
        zip(wide["commodity"], wide["item"], strict=True)
    )
    assert (found["values"] + found["weights"] > 0).all()
    first = found.drop_duplicates("commodity").set_index("commodity")["counted_by"]
    assert first["coffee"] == "statistics"


def test_coverage_names_the_last_period_by_its_end(with_rows) -> None:
    catalog = with_rows(
        goods("18", "Cocoa", 5, 1, time_period="2022-12"),
        goods("18", "Cocoa", 5, None, time_period="2021-01/2023-03", period_type="cumulative"),
    )
    (found,) = coverage(catalog, SLUG, YEAR).to_dict("records")
    assert (found["first"], found["last"]) == ("2022-12", "2021-01/2023-03")
    assert (found["periods"], found["values"], found["weights"]) == (2, 2, 1)
    assert found["time_period"] == "2021-01/2023-03"


def test_the_latest_figure_of_certificates_is_one_with_a_sure_unit_value(with_rows) -> None:
    catalog = with_rows(
        goods("0901", ROBUSTA, 4, 2_000_000, time_period="2022-01"),
        goods("0901", ROBUSTA, 4, 2_000, time_period="2022-02", obs_status="approximate"),
        goods("0901", ROBUSTA, None, 3_000, time_period="2022-03"),
    )
    (found,) = coverage(catalog, SLUG, YEAR).to_dict("records")
    assert (found["time_period"], found["unit_value"], found["periods"]) == ("2022-01", 2, 3)


def test_rattan(catalog) -> None:
    found = rattan_figures(catalog, catalog.province("kalimantan-utara"), 2025)
    assert set(found["province_code"]) == {"00", "65"}
    assert found["indicator"].str.contains("rattan").all()
    assert rattan_figures(catalog, catalog.province("bali"), 2009).empty


# Chains and pairs.


def test_chains_have_sources_and_whole_ranges(catalog) -> None:
    chains = processing_chains(catalog)
    assert len(chains) == len({chain.id for chain in chains}) >= 8
    for chain in chains:
        assert chain.source
        assert (chain.price_ratio is not None) == bool(chain.price_ratio_source)
        for bounds in (chain.processing_yield, chain.price_ratio):
            assert bounds is None or 0 < bounds[0] <= bounds[1]


def test_an_unknown_chain_is_refused_with_those_known(catalog) -> None:
    with pytest.raises(NeracaError, match="no chain 'tea'; it has coffee-roasted"):
        processing_chain(catalog, "tea")


def test_the_pairs_of_coffee(catalog) -> None:
    chain = processing_chain(catalog, "coffee-soluble")
    pairs = unit_value_pairs(catalog, chain, 2025)
    assert set(pairs["province_code"]) == {"18"}
    # The values of December 2016 and September 2016 are doubtful in the source.
    assert pairs["time_period"].tolist() == ["2014-12", "2016-02", "2016-03", "2016-11"]
    december = pairs.iloc[0]
    assert (december["raw_value"], december["raw_weight"]) == (31.9, 15866100)
    assert (december["processed_value"], december["processed_weight"]) == (0.69826, 70680)
    found = processing_price_ratio(pairs, "18", cited_range(chain.price_ratio))
    assert isinstance(found, PriceRatio)
    assert (found.evidence, found.first, found.last) == ("province", "2014-12", "2016-11")
    assert found.ratio.lower == pytest.approx(4.91, abs=0.005)
    assert found.ratio.upper == pytest.approx(5.43, abs=0.005)
    assert processing_price_ratio(pairs, "33", None).evidence == "collection"


def test_pairs_end_with_the_year(catalog) -> None:
    chain = processing_chain(catalog, "coffee-soluble")
    assert unit_value_pairs(catalog, chain, 2015)["time_period"].tolist() == ["2014-12"]
    assert unit_value_pairs(catalog, chain, 2013).empty


@pytest.mark.parametrize("chain_id", ["coffee-roasted", "cocoa-paste", "rattan-furniture"])
def test_goods_that_no_name_parts_make_no_pairs(catalog, chain_id) -> None:
    pairs = unit_value_pairs(catalog, processing_chain(catalog, chain_id), 2025)
    assert pairs.empty
    assert processing_price_ratio(pairs, "18", None).has == 0


def test_goods_of_one_name_at_two_codes_make_no_pairs(with_rows) -> None:
    catalog = with_rows(
        goods("0901", ROBUSTA, 4, 2_000_000),
        goods("0902", ROBUSTA, 5, 2_000_000),
        goods("2101", INSTANT, 1, 100_000),
    )
    chain = processing_chain(catalog, "coffee-soluble")
    assert len(unit_value_pairs(catalog, chain, YEAR)) == 1
    with pytest.raises(NeracaError, match="at more than one of the codes 0901/0902"):
        unit_value_pairs(catalog, replace(chain, raw_hs="0901/0902"), YEAR)


def test_pairs_need_one_place_and_time_and_sure_figures(with_rows) -> None:
    catalog = with_rows(
        goods("0901", ROBUSTA, 4, 2_000_000),
        goods("2101", INSTANT, 1, 100_000, time_period="2023-06"),
        goods("0901", ROBUSTA, 4, 2_000_000, time_period="2023-07"),
        goods("2101", INSTANT, 1, 100_000, time_period="2023-07", province_code="18"),
        goods("0901", ROBUSTA, 4, 2_000_000, time_period="2023-08"),
        goods("2101", INSTANT, 1, 100_000, time_period="2023-08", obs_status="approximate"),
        goods("0901", ROBUSTA, 4, 2_000_000, time_period="2023-09"),
        goods("2101", INSTANT, 1, None, time_period="2023-09"),
        goods("0901", ROBUSTA, 0, 2_000_000, time_period="2023-10"),
        goods("2101", INSTANT, 1, 100_000, time_period="2023-10"),
        goods("0901", "Coffee (AEKI)", 4, 2_000_000, time_period="2023-11"),
        goods("2101", INSTANT, 1, 100_000, time_period="2023-11"),
        goods("0901", ROBUSTA, 4, 2_000_000, time_period="2023-12"),
        goods("2101", INSTANT, 1, 100_000, time_period="2023-12", source_id=LATER_RELEASE),
    )
    pairs = unit_value_pairs(catalog, processing_chain(catalog, "coffee-soluble"), YEAR)
    assert pairs["time_period"].tolist() == ["2023-12"]
    assert pairs["source_ids"].tolist() == [(RELEASE, LATER_RELEASE)]


def test_what_was_read_is_recorded(project_root) -> None:
    catalog = Catalog(project_root / "data")
    commodity_loaded(catalog, COFFEE, catalog.province("lampung"), 2025)
    unit_value_pairs(catalog, processing_chain(catalog, "coffee-soluble"), 2025)
    assert {"ports", "trade", "processing"} <= {read.resource for read in catalog.reads}
    for read in catalog.reads:
        if read.resource == "trade":
            assert read.filters["until"] == 2025
