"""Territory and definitions: splits of provinces, breaks of surveys, counts of industry."""

from pathlib import Path

import pandas as pd
import pytest

from analysis.catalog import Catalog
from analysis.catalog.industry import (
    authority_counts,
    establishment_breaks,
    establishments,
    growth_readings,
    indicator_values,
)
from analysis.catalog.territory import inside_parent, territory_breaks


@pytest.fixture(scope="module")
def catalog(project_root: Path) -> Catalog:
    return Catalog(project_root / "data")


def slugs(provinces) -> list[str]:
    return [province.slug for province in provinces]


def test_trade_of_papua_is_without_its_children_from_2024(catalog):
    (item,) = territory_breaks(catalog, catalog.province("papua"), "trade")
    assert (item.last_with, item.first_without) == ("2023-12", "2024-01")
    assert slugs(item.children) == ["papua-selatan", "papua-tengah", "papua-pegunungan"]


def test_papua_selatan_2023_is_inside_papua(catalog):
    found = inside_parent(catalog, catalog.province("papua-selatan", 2023), "trade")
    assert (found.parent.slug, found.until) == ("papua", "2023-12")


def test_general_declaration_of_kalimantan_timur(catalog):
    (item,) = territory_breaks(catalog, catalog.province("kalimantan-timur"), "trade")
    assert (item.last_with, item.first_without) == ("2012", "2013")
    assert slugs(item.children) == ["kalimantan-utara"]
    north = inside_parent(catalog, catalog.province("kalimantan-utara"), "trade")
    assert (north.parent.slug, north.until) == ("kalimantan-timur", "2012")


def test_a_source_goes_before_the_general_declaration(catalog):
    east = catalog.province("kalimantan-timur")
    (workers,) = territory_breaks(catalog, east, "industry", "imk_workers", "s38efbd55")
    assert (workers.last_with, workers.first_without) == ("2014", "2025")
    (other,) = territory_breaks(catalog, east, "industry", "imk_workers", "another")
    assert other.last_with == "2012"
    # Published without the child from its first year on, so nothing breaks.
    assert territory_breaks(catalog, east, "economy", "grdp_total", "sf232d746") == ()


def test_a_prefix_goes_only_for_its_indicators(catalog):
    papua = catalog.province("papua")
    (employment,) = territory_breaks(
        catalog, papua, "industry", "manufacturing_employment_sakernas", "s2dc0b9f2"
    )
    assert employment.first_without == "2024"
    (growth,) = territory_breaks(catalog, papua, "industry", "ibs_output", "s2dc0b9f2")
    assert growth.first_without == "2023"


@pytest.mark.parametrize("slug", ["lampung", "kalimantan-utara", "papua-selatan"])
def test_provinces_that_never_split(catalog, slug):
    assert territory_breaks(catalog, catalog.province(slug), "trade") == ()


@pytest.mark.parametrize("slug", ["lampung", "papua", "kalimantan-timur"])
def test_old_provinces_are_inside_no_other(catalog, slug):
    assert inside_parent(catalog, catalog.province(slug), "trade") is None


def test_lampung_break_in_the_survey(catalog):
    lampung = catalog.province("lampung")
    counts = establishments(catalog, lampung, 2025)
    assert counts["total"].to_dict() == {2020: 88526, 2021: 84024, 2023: 81255, 2025: 121385}
    (item,) = establishment_breaks(catalog, lampung, counts)
    assert (item.after, item.before, item.children) == (2023, 2025, ())
    assert set(item.reasons) == {"id", "en"}
    assert all(item.reasons.values())


def test_a_break_is_known_before_its_first_count(catalog):
    # A path that goes on beyond the break is held against no count after it, so it must be known.
    lampung = catalog.province("lampung")
    early, late = (
        establishment_breaks(catalog, lampung, establishments(catalog, lampung, year))
        for year in (2023, 2025)
    )
    assert early == late
    assert [(item.after, item.before) for item in early] == [(2023, 2025)]


def test_a_split_breaks_the_counts_whichever_source_has_them(catalog):
    papua = catalog.province("papua")
    for year in (2013, 2025):
        counts = establishments(catalog, papua, year)
        breaks = establishment_breaks(catalog, papua, counts)
        assert breaks
        assert all(item.children for item in breaks)


def test_no_counts_no_breaks(catalog):
    selatan = catalog.province("papua-selatan")
    counts = establishments(catalog, selatan, 2023)
    assert counts.empty
    assert {"total", "micro", "small", "source_ids"} <= set(counts.columns)
    assert establishment_breaks(catalog, selatan, counts) == ()


def test_scales_add_up_to_the_total_where_both_are_known(catalog):
    counts = establishments(catalog, catalog.province("lampung"), 2025)
    both = counts.dropna(subset=["micro", "small"])
    assert len(both) == 3
    assert (both["micro"] + both["small"] == both["total"]).all()
    assert counts.loc[2020, ["micro", "small"]].isna().all()


def test_what_stands_in_a_statement_is_no_count(catalog):
    counts = establishments(catalog, catalog.province("lampung"), 2025)
    assert 84533 not in set(counts["total"])


def test_readings_of_growth(catalog):
    readings = {r.indicator: r for r in growth_readings(catalog, catalog.province("lampung"), 2025)}
    assert readings["imk_workers"].points.loc[2013] == 276373
    assert [item.before for item in readings["imk_workers"].breaks] == [2025]
    # The break of BPS's survey says nothing of what others count.
    assert readings["manufacturing_employment_sakernas"].breaks == ()
    assert all(reading.source_ids for reading in readings.values())
    assert all(reading.points.index.is_monotonic_increasing for reading in readings.values())


def test_readings_end_with_the_year(catalog):
    for reading in growth_readings(catalog, catalog.province("lampung"), 2022):
        assert reading.points.index.max() <= 2022


def test_authorities_count_different_things(catalog):
    rows = authority_counts(catalog, catalog.province("kalimantan-utara"), 2025)
    by_name = rows.set_index(["indicator", "time_period"])["value"]
    assert by_name["imk_establishments", "2020"] == 4963
    assert by_name["ikm_units_agency_count", "2020"] == 3756
    assert not rows.duplicated(["indicator", "time_period", "unit"]).any()


def test_lampung_large_and_medium_firms_keep_both_sources(catalog):
    rows = authority_counts(catalog, catalog.province("lampung"), 2025)
    firms = rows[(rows["indicator"] == "ibs_establishments") & (rows["time_period"] == "2022")]
    assert {firms["lowest"].iloc[0], firms["highest"].iloc[0]} == {408, 416}


def test_values_of_an_indicator_that_nobody_has(catalog):
    values = indicator_values(catalog, "industry", catalog.province("aceh"), ["nothing"], 2025)
    assert values.empty
    assert "year" in values
    assert isinstance(values, pd.DataFrame)
