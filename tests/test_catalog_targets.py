"""Targets: whose growth is tested, for which year, and never one that is still to come."""

import shutil
from pathlib import Path

import pytest

from analysis.catalog import Catalog
from analysis.catalog.targets import ikm_growth_target


@pytest.fixture(scope="module")
def catalog(project_root: Path) -> Catalog:
    return Catalog(project_root / "data")


def find(catalog, slug, year, chosen=None):
    return ikm_growth_target(catalog, catalog.province(slug), year, chosen)


def test_the_province_s_own_year(catalog):
    target = find(catalog, "lampung", 2022)
    assert (target.lower, target.upper, target.year) == (14, 14, 2022)
    assert (target.authority, target.carried_on) == ("province", False)
    assert target.source_ids


@pytest.mark.parametrize("year", [2023, 2025])
def test_the_province_s_target_is_carried_on(catalog, year):
    target = find(catalog, "lampung", year)
    assert (target.upper, target.year, target.authority, target.carried_on) == (
        14,
        2022,
        "province",
        True,
    )


def test_before_it_was_stated_the_national_one_holds(catalog):
    target = find(catalog, "lampung", 2021)
    assert (target.lower, target.upper, target.year) == (5, 6, 2020)
    assert (target.authority, target.carried_on) == ("country", True)


@pytest.mark.parametrize(
    ("year", "bounds", "stated"),
    [(2018, (1, 1), 2018), (2019, (5, 6), 2019), (2020, (5, 6), 2020), (2024, (4.25, 4.25), 2024)],
)
def test_national_target_of_the_year(catalog, year, bounds, stated):
    target = find(catalog, "aceh", year)
    assert ((target.lower, target.upper), target.year) == (bounds, stated)
    assert (target.authority, target.carried_on) == ("country", False)


@pytest.mark.parametrize(("year", "stated"), [(2023, 2020), (2025, 2024)])
def test_latest_national_target_up_to_the_year(catalog, year, stated):
    target = find(catalog, "aceh", year)
    assert (target.year, target.carried_on) == (stated, True)


@pytest.mark.parametrize("slug", ["lampung", "aceh"])
def test_no_target_is_known_before_the_first(catalog, slug):
    assert find(catalog, slug, 2017) is None


@pytest.mark.parametrize("year", range(2012, 2026))
@pytest.mark.parametrize("slug", ["lampung", "aceh"])
def test_never_a_later_one(catalog, slug, year):
    target = find(catalog, slug, year)
    assert target is None or target.year <= year


@pytest.mark.parametrize("chosen", [7.5, 0.0, -2.0])
def test_the_parameter_goes_before_all(catalog, chosen):
    target = find(catalog, "lampung", 2022, chosen)
    assert (target.lower, target.upper, target.authority) == (chosen, chosen, "parameter")
    assert (target.carried_on, target.source_ids) == (False, ())


def test_two_sources_of_one_target_make_no_range(project_root, tmp_path):
    data = tmp_path / "data"
    shutil.copytree(project_root / "data", data)
    targets = data / "observations" / "targets.csv"
    row = "s93119d94,18,2022,,ikm_development_growth_target,12,percent,approximate\n"
    targets.write_text(targets.read_text(encoding="utf-8") + row, encoding="utf-8")
    target = find(Catalog(data), "lampung", 2022)
    assert (target.lower, target.upper) == (14, 14)


def test_a_figure_added_beside_an_open_catalog_is_read(project_root, tmp_path):
    data = tmp_path / "data"
    shutil.copytree(project_root / "data", data)
    catalog = Catalog(data)
    before = len(catalog.read("targets"))
    targets = data / "observations" / "targets.csv"
    row = "s93119d94,18,2021,,ikm_development_growth_target,12,percent,published\n"
    targets.write_text(targets.read_text(encoding="utf-8") + row, encoding="utf-8")
    assert len(catalog.read("targets")) == before + 1
