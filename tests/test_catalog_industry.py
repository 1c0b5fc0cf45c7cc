"""Counts that can be compared across provinces, and what the surveys of industry measured."""

import shutil
from pathlib import Path

import pandas as pd
import pytest

from analysis.catalog import Catalog
from analysis.catalog.industry import (
    FIGURE,
    LARGE_AND_MEDIUM,
    SCALE_MEASURES,
    STRUCTURE,
    LeftOut,
    break_evidence,
    comparable_workers,
    establishment_breaks,
    establishments,
    growth_readings,
    imk_by_scale,
    imk_structure,
    large_and_medium,
    manufacturing_share,
)
from analysis.indicators.industry import productivity, shares_of_establishments


@pytest.fixture(scope="module")
def catalog(project_root: Path) -> Catalog:
    return Catalog(project_root / "data")


@pytest.fixture(scope="module")
def compared(catalog):
    return comparable_workers(catalog, 2025)


@pytest.fixture
def copied(project_root: Path, tmp_path: Path):
    """A copy of the figures, and a way to add lines to one of its tables."""
    shutil.copytree(project_root / "data", tmp_path / "data")

    def append(table: str, *lines: str) -> Catalog:
        with (tmp_path / "data" / table).open("a", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in lines)
        return Catalog(tmp_path / "data")

    return append


def test_thirty_provinces_have_comparable_counts_of_workers(compared):
    assert compared.years == (2013, 2014, 2025)
    assert compared.counts.shape == (30, 3)
    assert compared.counts.notna().all(axis=None)
    assert (compared.counts > 0).all(axis=None)


def test_children_are_counted_with_their_parent_where_its_count_lacks_them(compared):
    joined = {
        code: [member.slug for member in members]
        for code, members in compared.members.items()
        if len(members) > 1
    }
    assert joined == {
        "64": ["kalimantan-timur", "kalimantan-utara"],
        "91": ["papua-barat", "papua-barat-daya"],
        "94": ["papua", "papua-selatan", "papua-tengah", "papua-pegunungan"],
    }
    assert compared.counts.loc["64"].tolist() == [71_238, 46_674, 67_646 + 14_032]
    assert compared.counts.loc["91"].tolist() == [5_823, 5_263, 6_211 + 6_618]
    assert not {"00", "65", "92", "95", "96", "97"} & {*compared.counts.index, *compared.left_out}


def test_who_is_left_out_and_why(compared):
    assert compared.left_out == {
        "18": LeftOut.SURVEY_BREAK,
        "71": LeftOut.APPROXIMATE,
        "94": LeftOut.NO_COUNT,
    }
    assert set(compared.members) == {*compared.counts.index, *compared.left_out}


def test_every_comparable_count_says_where_it_stands(compared):
    figures = compared.figures.set_index(["province_code", "year"])
    assert set(figures["unit"]) == {"persons"}
    assert set(figures["obs_status"]) == {"published", "derived"}
    assert figures["source_ids"].map(len).min() == 1
    assert figures.loc[("64", 2025), "obs_status"] == "derived"
    assert figures.loc[("11", 2025), "obs_status"] == "published"


def test_before_the_break_lampung_is_comparable(catalog):
    compared = comparable_workers(catalog, 2024)
    assert compared.years == (2013, 2014)
    assert compared.counts.loc["18"].tolist() == [276_373, 274_664]
    assert set(compared.left_out) == {"71", "94"}


def test_before_any_count_nothing_is_comparable(catalog):
    compared = comparable_workers(catalog, 2012)
    assert (compared.years, compared.members, compared.left_out) == ((), {}, {})
    assert compared.counts.empty


def test_one_read_serves_all_provinces(project_root):
    catalog = Catalog(project_root / "data")
    comparable_workers(catalog, 2025)
    resources = [read.resource for read in catalog.reads]
    assert resources.count("industry") == resources.count("series_breaks") == 1


def test_a_break_of_workers_alone_breaks_workers_alone(copied):
    catalog = copied(
        "classifications/series_breaks.csv",
        "aceh-test,industry,imk_workers,11,2014,2025,Counted anew,Dihitung ulang,none,s38efbd55",
    )
    assert comparable_workers(catalog, 2025).left_out["11"] == LeftOut.SURVEY_BREAK
    aceh = catalog.province("aceh")
    readings = {item.indicator: item for item in growth_readings(catalog, aceh, 2025)}
    assert [item.before for item in readings["imk_workers"].breaks] == [2025]
    assert readings["imk_establishments"].breaks == ()
    assert establishment_breaks(catalog, aceh, establishments(catalog, aceh, 2025)) == ()


def test_scales_add_up_and_divide(catalog):
    found = imk_by_scale(catalog, catalog.province("lampung"), 2025)
    amounts = found.amounts
    assert found.year == 2025
    assert list(amounts.index) == ["micro", "small", "total"]
    assert list(amounts) == list(SCALE_MEASURES)
    assert (amounts.loc["micro"] + amounts.loc["small"]).equals(amounts.loc["total"])
    # Each is rounded by itself.
    assert (amounts["output"] - amounts["input"] - amounts["value_added"]).abs().max() <= 1
    per_worker = productivity(amounts)["output_per_worker"]
    # BPS 2025: 13 133 763 million IDR by 210 507 persons, and 3 097 107 by 36 191.
    assert per_worker["micro"] == pytest.approx(62.391, abs=5e-4)
    assert per_worker["small"] == pytest.approx(85.577, abs=5e-4)


def test_every_figure_by_scale_says_what_it_is(catalog):
    figures = imk_by_scale(catalog, catalog.province("lampung"), 2025).figures
    assert len(figures) == 3 * len(SCALE_MEASURES)
    assert not figures.duplicated(["scale", "measure"]).any()
    assert set(figures["obs_status"]) == {"published"}
    assert figures["source_ids"].map(len).min() >= 1
    units = figures.groupby("measure")["unit"].unique().map(list).to_dict()
    money = ["input", "output", "value_added", "labour_cost"]
    assert units.pop("establishments") == ["units"]
    assert units.pop("workers") == ["persons"]
    assert units == {measure: ["million IDR"] for measure in money}


def test_all_provinces_have_their_scales(catalog):
    for province in catalog.provinces.all:
        amounts = imk_by_scale(catalog, province, 2025).amounts
        assert amounts.notna().all(axis=None), province.slug
        assert (productivity(amounts) > 0).all(axis=None), province.slug


def test_a_later_count_without_output_does_not_hide_the_survey(copied):
    line = "sfc04ff68,18,2026,,imk_workers_micro,210000,persons,published"
    catalog = copied("observations/industry.csv", line)
    assert imk_by_scale(catalog, catalog.province("lampung"), 2026).year == 2025


def test_before_the_survey_there_are_no_scales(catalog):
    found = imk_by_scale(catalog, catalog.province("lampung"), 2024)
    assert found.year is None
    assert found.figures.empty
    assert found.amounts.empty
    assert productivity(found.amounts).empty


def test_structure_is_of_the_establishments_of_its_year(catalog):
    found = imk_structure(catalog, catalog.province("lampung"), 2025)
    assert list(found.columns) == FIGURE
    assert list(found["indicator"]) == [*STRUCTURE, "imk_establishments"]
    assert set(found["year"]) == {2025}
    counts = found.set_index("indicator")["value"].astype(float)
    shares = shares_of_establishments(
        counts.drop("imk_establishments"), counts["imk_establishments"]
    )
    assert shares["imk_using_internet"] == pytest.approx(100 * 76_229 / 121_385)
    assert shares[["imk_in_partnership", "imk_not_in_partnership"]].sum() == pytest.approx(100)


def test_structure_fits_the_establishments_everywhere(catalog):
    for province in catalog.provinces.all[1:]:
        counts = imk_structure(catalog, province, 2025).set_index("indicator")["value"]
        whole = counts.pop("imk_establishments")
        assert shares_of_establishments(counts, whole).between(0, 100).all(), province.slug
        for yes, no in (
            ("imk_using_internet", "imk_not_using_internet"),
            ("imk_in_partnership", "imk_not_in_partnership"),
        ):
            # Each is rounded by itself.
            assert abs(counts[yes] + counts[no] - whole) <= 1, province.slug


@pytest.mark.parametrize(("code", "until"), [("18", 2024), ("00", 2025)])
def test_without_structure_there_are_no_rows(catalog, code, until):
    # Establishments alone are no structure.
    found = imk_structure(catalog, catalog.provinces.by_code(code), until)
    assert found.empty
    assert list(found.columns) == FIGURE


def test_large_and_medium_industry_by_year(catalog):
    found = large_and_medium(catalog, catalog.province("lampung"), 2023)
    assert list(dict.fromkeys(found["indicator"])) == list(LARGE_AND_MEDIUM)
    assert found["year"].max() == 2023
    firms = found[found["indicator"] == "ibs_establishments"].set_index("year")
    assert firms.loc[2022, ["lowest", "highest"]].tolist() == [408, 416]
    assert set(found.loc[found["indicator"] == "ibs_output", "unit"]) == {"thousand IDR"}
    assert found["source_ids"].map(len).min() >= 1


def test_papua_s_large_industry_of_2023_is_marked_as_ambiguous(catalog):
    found = large_and_medium(catalog, catalog.province("papua"), 2025)
    assert set(found.loc[found["year"] == 2023, "obs_status"]) == {"approximate"}


def test_a_young_province_has_no_large_industry_of_its_own(catalog):
    found = large_and_medium(catalog, catalog.province("papua-selatan"), 2025)
    assert isinstance(found, pd.DataFrame)
    assert found.empty


def test_readings_say_which_years_are_rough(catalog):
    utara = catalog.province("sulawesi-utara")
    rough = {item.indicator: item for item in growth_readings(catalog, utara, 2025)}
    assert rough["imk_workers"].approximate
    readings = {
        item.indicator: item for item in growth_readings(catalog, catalog.province("aceh"), 2025)
    }
    assert readings["imk_workers"].approximate == frozenset()
    assert readings["imk_output"].points.index.tolist() == [2025]
    assert not readings["imk_workers"].is_growth


def test_published_growth_is_a_reading_too(catalog):
    bali = {
        item.indicator: item for item in growth_readings(catalog, catalog.province("bali"), 2018)
    }
    assert bali["imk_production_growth_annual"].is_growth
    assert bali["imk_production_growth_annual"].points.to_dict() == {2018: 22.7}


def test_evidence_of_a_break_is_not_later_than_the_report(catalog):
    lampung = catalog.province("lampung")
    breaks = establishment_breaks(catalog, lampung, establishments(catalog, lampung, 2025))
    found = break_evidence(catalog, lampung, breaks, 2025)
    assert set(found["province_code"]) == {"00", "18"}
    assert set(found["year"]) == {2023, 2025}
    assert break_evidence(catalog, lampung, breaks, 2024).empty
    papua = catalog.province("papua")
    split = establishment_breaks(catalog, papua, establishments(catalog, papua, 2025))
    assert split
    assert break_evidence(catalog, papua, split, 2025).empty


def test_manufacturing_share_by_year(catalog):
    found = manufacturing_share(catalog, catalog.province("lampung"), 2025)
    assert found["year"].tolist() == [2022, 2023, 2024, 2025]
    assert found["value"].iloc[-1] == pytest.approx(18.47, abs=5e-3)
    assert manufacturing_share(catalog, catalog.province("lampung"), 2021).empty
