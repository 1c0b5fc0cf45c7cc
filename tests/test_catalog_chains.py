"""What a province sells of the raw end of a chain: which figure is taken, and of when."""

import pandas as pd
import pytest

from analysis.catalog import Catalog
from analysis.catalog.chains import RawGoods, price_pairs, raw_goods, raw_unit_values
from analysis.catalog.commodities import processing_chain

COLUMNS = ["time_period", "basis", "item", "value", "obs_status", "source_id", "doubtful"]


def chapters(*rows: tuple[str, str, float], doubtful: bool = False) -> pd.DataFrame:
    listed = [
        (period, "origin", item, value, "published", "s68d1badc", doubtful)
        for period, item, value in rows
    ]
    return pd.DataFrame(listed, columns=COLUMNS).assign(name_id="Barang", name_en="Goods")


def find(catalog: Catalog, slug: str, year: int, rows: pd.DataFrame) -> dict[str, RawGoods]:
    found = raw_goods(catalog, catalog.province(slug), year, rows)
    return {goods.chain.id: goods for goods in found}


def test_a_heading_goes_before_its_chapter(catalog):
    found = find(catalog, "lampung", 2025, chapters(("2025", "09", 1245.0)))
    coffee, pepper = found["coffee-soluble"], found["pepper-white"]
    assert (coffee.hs, coffee.time_period, coffee.loaded) == ("0901", "2025", True)
    assert coffee.unit_value == pytest.approx(4.54, abs=0.01)
    assert (pepper.hs, pepper.value, pepper.loaded) == ("09", 1245.0, False)
    assert pepper.unit_value is None


def test_before_ports_are_known_the_chapter_serves(catalog):
    found = find(catalog, "lampung", 2016, chapters(("2016-12", "09", 86.0)))
    assert found["coffee-soluble"].hs == "09"


def test_a_year_without_all_months_is_passed_over(catalog):
    coffee = find(catalog, "papua", 2025, chapters()).get("coffee-soluble")
    assert coffee is None or coffee.time_period < "2025"


def test_the_latest_year_and_its_longest_period(catalog):
    rows = chapters(
        ("2023", "15", 5.0), ("2024-12", "15", 1.0), ("2024-01/2024-11", "15", 4.0),
        ("2024-01/2024-10", "15", 3.0),
    )  # fmt: skip
    palm = find(catalog, "riau", 2025, rows)["palm-oil-refined"]
    assert (palm.time_period, palm.value, palm.basis) == ("2024-01/2024-11", 4.0, "origin")


def test_no_chapter_that_is_doubtful_or_zero(catalog):
    assert find(catalog, "riau", 2025, chapters(("2024", "15", 5.0), doubtful=True)) == {}
    assert find(catalog, "riau", 2025, chapters(("2024", "15", 0.0))) == {}


def test_a_province_without_lists_has_no_chains(catalog):
    assert find(catalog, "papua-selatan", 2023, pd.DataFrame()) == {}


def test_pairs_only_where_figures_tell_the_forms_apart(catalog):
    coffee = price_pairs(catalog, processing_chain(catalog, "coffee-soluble"), 2025)
    tyres = price_pairs(catalog, processing_chain(catalog, "rubber-tyres"), 2025)
    assert raw_unit_values(coffee).round(2).tolist() == [2.01, 1.64, 1.71, 1.87]
    assert tyres.empty
    assert list(tyres.columns) == list(coffee.columns)
