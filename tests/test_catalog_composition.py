"""Product lists: which are full enough to be shown, whose figures take part, and sector splits."""

from pathlib import Path

import pandas as pd
import pytest

from analysis.catalog import Catalog
from analysis.catalog.composition import (
    MINIMUM_COVERAGE_PERCENT,
    SECTORS,
    Compositions,
    compositions,
    latest_period,
    latest_split,
    percent_of_total,
    sector_split,
    sector_splits,
)
from analysis.catalog.trade import trade_flows

# A province without any figure of its own up to 2023, so that only added rows count.
SLUG, CODE, YEAR = "papua-selatan", "95", 2023

RELEASE, LATER_RELEASE, COMPILATION = "s68d1badc", "s3935fc25", "s74ef48ad"


@pytest.fixture(scope="module")
def catalog(project_root: Path) -> Catalog:
    return Catalog(project_root / "data")


def find(catalog: Catalog, slug: str, year: int, flow: str = "export") -> Compositions:
    province = catalog.province(slug)
    return compositions(catalog, province, flow, year, trade_flows(catalog, province, year))


@pytest.fixture
def with_rows(project_root: Path, tmp_path: Path):
    """Make a catalog whose `trade.csv` has nothing but a few rows of one province."""

    def make(*rows: dict) -> Catalog:
        data = tmp_path / "data"
        (data / "observations").mkdir(parents=True)
        real = project_root / "data"
        for name in ("datapackage.json", "sources.csv", "links.yml", "classifications"):
            (data / name).symlink_to(real / name)
        (data / "corrections.yml").write_text("corrections: []\n")
        header = (real / "observations" / "trade.csv").open(encoding="utf-8").readline().strip()
        added = pd.DataFrame([ORDINARY | row for row in rows], columns=header.split(","), dtype=str)
        added.to_csv(data / "observations" / "trade.csv", index=False)
        return Catalog(data)

    return make


ORDINARY = {
    "source_id": RELEASE,
    "province_code": CODE,
    "period_type": "month",
    "time_period": "2023-05",
    "flow": "export",
    "dimension": "hs",
    "basis": "origin",
    "obs_status": "published",
}
TOTAL = {"dimension": "total", "value_usd_million": "100.0"}


def product(item: str, value: float, name: str = "", **changes: str) -> dict:
    return {"item": item, "item_name": name, "value_usd_million": str(value), **changes}


def test_lampung_2025(catalog):
    found = find(catalog, "lampung", 2025)
    assert found.shown.time_period == "2025-01/2025-09"
    assert found.shown.basis == "origin"
    assert found.shown.coverage_percent == pytest.approx(78, abs=0.5)
    assert found.listed >= 40
    assert list(found.shown.products["value"]) == sorted(
        found.shown.products["value"], reverse=True
    )
    assert set(found.shown.products["stage"]) <= {"raw", "mixed", "processed", "unclassified"}
    assert found.shown.source_ids


def test_lampung_2024_ends_with_october(catalog):
    shown = find(catalog, "lampung", 2024).shown
    assert shown.time_period == "2024-10"
    assert shown.coverage_percent >= MINIMUM_COVERAGE_PERCENT


def test_the_coverage_is_what_is_listed_over_the_total(catalog):
    shown = find(catalog, "lampung", 2024).shown
    listed = shown.products["value"].sum()
    assert type(shown.coverage_percent) is float
    assert shown.coverage_percent == pytest.approx(100 * listed / shown.total)


def test_imports_have_lists_of_their_own(catalog):
    found = find(catalog, "lampung", 2024, "import")
    assert found.listed >= 20
    assert found.shown is None or found.shown.flow == "import"


def test_no_list_of_a_later_year(catalog):
    for year in (2019, 2022):
        shown = find(catalog, "lampung", year).shown
        assert shown is None or shown.time_period.split("/")[-1][:4] <= str(year)


def test_province_without_lists(catalog):
    assert find(catalog, SLUG, YEAR) == Compositions(None, 0, None)


@pytest.mark.parametrize(("value", "shown"), [(69.9, False), (70.0, True), (100.4, True)])
def test_threshold(with_rows, value, shown):
    found = find(with_rows(TOTAL, product("09", value)), SLUG, YEAR)
    assert (found.shown is not None) is shown
    assert (found.listed, found.best_coverage_percent) == (1, pytest.approx(value))


def test_a_list_of_more_than_all_is_not_shown(with_rows):
    found = find(with_rows(TOTAL, product("09", 60), product("15", 60)), SLUG, YEAR)
    assert found.shown is None
    assert found.listed == 1


def test_a_list_without_a_total_does_not_count(with_rows):
    assert find(with_rows(product("09", 90)), SLUG, YEAR).listed == 0


def test_a_list_is_held_against_the_total_of_its_own_basis(with_rows):
    other = TOTAL | {"basis": "port-of-loading"}
    assert find(with_rows(other, product("09", 90)), SLUG, YEAR).listed == 0


def test_agencies_take_no_part(with_rows):
    catalog = with_rows(
        TOTAL,
        product("09", 50, "Coffee, tea and spices"),
        product("09", 45, "Coffee (SKA, Dinas Perdagangan)"),
        product("18", 45, "Cocoa (AEKI)"),
    )
    found = find(catalog, SLUG, YEAR)
    assert found.best_coverage_percent == pytest.approx(50)


def test_chapters_only(with_rows):
    catalog = with_rows(TOTAL, product("09", 50), product("0901", 45), product("coffee", 45))
    assert find(catalog, SLUG, YEAR).best_coverage_percent == pytest.approx(50)


def test_stage_and_names_come_from_the_classification(with_rows):
    shown = find(with_rows(TOTAL, product("27", 80)), SLUG, YEAR).shown
    row = shown.products.iloc[0]
    assert (row["name_en"], bool(row["name_id"])) == ("Mineral fuels", True)
    assert row["stage"] == "mixed"


def test_latest_full_enough_list_is_shown(with_rows):
    catalog = with_rows(
        TOTAL,
        product("09", 90),
        TOTAL | {"time_period": "2023-06"},
        product("09", 10, time_period="2023-06"),
    )
    found = find(catalog, SLUG, YEAR)
    assert (found.shown.time_period, found.listed) == ("2023-05", 2)


def test_one_chapter_spelled_twice_is_not_counted_twice(with_rows):
    catalog = with_rows(
        TOTAL,
        product("09", 80, "Coffee"),
        product("09", 80, "Coffee and tea", source_id=LATER_RELEASE),
    )
    assert find(catalog, SLUG, YEAR).shown.coverage_percent == pytest.approx(80)


def test_of_two_spellings_the_rule_decides_and_not_the_alphabet(with_rows):
    catalog = with_rows(
        TOTAL,
        product("09", 75, "Coffee", obs_status="approximate"),
        product("09", 80, "Tea and coffee", source_id=LATER_RELEASE),
    )
    assert find(catalog, SLUG, YEAR).shown.coverage_percent == pytest.approx(80)


def test_every_full_enough_list_in_the_order_of_time(catalog):
    found = find(catalog, "lampung", 2025)
    periods = [item.time_period for item in found.lists]
    assert len(periods) == len(set(periods)) >= 28
    assert [period[-7:] for period in periods] == sorted(period[-7:] for period in periods)
    assert found.lists[-1] is found.shown
    assert all(70 <= item.coverage_percent <= 100.5 for item in found.lists)
    assert len(found.chapters) > sum(len(item.products) for item in found.lists)


def test_one_list_a_period_the_one_whose_basis_is_stated(with_rows):
    blank = {"basis": ""}
    catalog = with_rows(
        TOTAL, product("09", 80), TOTAL | blank, product("09", 90), product("15", 90, **blank)
    )
    found = find(catalog, SLUG, YEAR)
    assert found.listed == 2
    assert [item.basis for item in found.lists] == ["origin"]


def test_stages_and_what_is_not_listed(with_rows):
    shown = find(with_rows(TOTAL, product("26", 50), product("27", 30)), SLUG, YEAR).shown
    assert shown.stages == {"raw": 50.0, "mixed": 30.0}
    assert shown.unlisted == pytest.approx(20)
    assert not shown.complete


@pytest.mark.parametrize(("value", "complete"), [("99.9", True), ("99.5", False), ("100.1", True)])
def test_complete_within_rounding(with_rows, value, complete):
    shown = find(with_rows(TOTAL, product("09", float(value))), SLUG, YEAR).shown
    assert shown.complete is complete
    assert shown.unlisted >= 0


def test_the_lists_that_are_complete(catalog):
    assert [item.time_period for item in find(catalog, "papua", 2025).lists if item.complete] == [
        "2020-11",
        "2021-07",
        "2022-01",
    ]


def test_percent_of_each_total(catalog):
    lists = find(catalog, "lampung", 2025).lists
    sums = percent_of_total(lists).groupby("time_period")["percent"].sum()
    expected = {item.time_period: item.coverage_percent for item in lists}
    assert sums.to_dict() == pytest.approx(expected)


def test_latest_period():
    assert latest_period(["2024-12", "2024", "2024-01/2024-11"]) == "2024"
    assert latest_period(["2024-01/2024-11", "2024-11"]) == "2024-01/2024-11"


# BPS's own split by sector.


def test_sector_splits_of_kaltara_in_the_order_of_time(catalog):
    splits = sector_splits(catalog, catalog.province("kalimantan-utara"), "export", 2024)
    ends = [period[-7:] for period in splits["time_period"]]
    assert ends == sorted(ends)
    assert splits["time_period"].nunique() == 12
    sizes = splits[splits["sector"].isin(SECTORS)].groupby(["time_period", "basis"]).size()
    assert (sizes >= 2).all()
    assert set(latest_split(splits)["time_period"]) == {"2024-09"}


def test_sector_split_of_lampung(catalog):
    split = sector_split(catalog, catalog.province("lampung"), "export", 2025)
    assert len(split) >= 2
    assert len(set(split["time_period"])) == 1
    assert set(split["sector"]) <= set(SECTORS)
    assert (split["value"] > 0).all()


def test_sector_split_of_kaltara_shows_oil_and_gas_too(catalog):
    split = sector_split(catalog, catalog.province("kalimantan-utara"), "export", 2024)
    assert set(split["time_period"]) == {"2024-09"}
    assert dict(zip(split["sector"], split["value"], strict=True)) == {
        "agriculture": 1.14,
        "mining": 315.95,
        "manufacturing": 23.38,
        "oil_and_gas": 3.1,
    }


def test_a_split_is_of_the_only_total_of_its_release_that_can_hold_it(catalog):
    # Its sectors add up to 343.57: more than the exports by origin (117.68), and less than those by
    # port of loading (352.57). In July 2024 either total can hold the split, and in 2018 the
    # release prints one alone.
    splits = sector_splits(catalog, catalog.province("kalimantan-utara"), "export", 2024)
    bases = splits.groupby("time_period")["basis"].unique().map(list)
    assert bases["2024-09"] == ["port-of-loading"]
    assert bases["2024-07"] == bases["2018-09"] == [""]
    assert set(splits.loc[splits["basis_proved"], "time_period"]) == {"2024-09"}


def sector(name: str, value: float, **changes: str) -> dict:
    return product(name, value, dimension="sector", **changes)


def test_sector_split_needs_two_sectors(with_rows):
    catalog = with_rows(
        sector("mining", 5),
        sector("mining", 6, time_period="2022-01"),
        sector("agriculture", 2, time_period="2022-01"),
    )
    split = sector_split(catalog, catalog.province(SLUG), "export", YEAR)
    assert list(split["time_period"]) == ["2022-01", "2022-01"]
    assert dict(zip(split["sector"], split["value"], strict=True)) == {
        "agriculture": 2,
        "mining": 6,
    }


@pytest.mark.parametrize("name", ["oil and gas (migas)", "natural gas"])
def test_oil_and_gas_stands_beside_two_sectors_and_makes_no_split_itself(with_rows, name):
    catalog = with_rows(
        sector(name, 5),
        sector("mining (hasil tambang)", 6),
        *(sector(item, 2, time_period="2022-01") for item in (name, "mining", "manufacturing")),
        sector("non-oil/gas (nonmigas)", 4, time_period="2022-01"),
    )
    split = sector_split(catalog, catalog.province(SLUG), "export", YEAR)
    assert set(split["time_period"]) == {"2022-01"}
    assert set(split["sector"]) == {"oil_and_gas", "mining", "manufacturing"}


def test_joined_sectors_are_no_sector(with_rows):
    catalog = with_rows(sector("mining", 5), sector("agriculture, forestry and fishing", 6))
    assert sector_split(catalog, catalog.province(SLUG), "export", YEAR).empty


def test_no_sector_at_all(catalog):
    split = sector_split(catalog, catalog.province(SLUG), "export", YEAR)
    assert split.empty


@pytest.mark.parametrize(
    ("slug", "year"),
    [("riau", 2025), ("kepulauan-riau", 2025), ("jawa-barat", 2025), ("jawa-tengah", 2022)],
)
def test_split_of_oil_from_the_rest_leaves_no_empty_source(project_root, slug, year):
    catalog = Catalog(project_root / "data")
    sector_split(catalog, catalog.province(slug), "export", year)
    sources = [read.filters["source_id"] for read in catalog.reads if read.resource == "sources"]
    assert all(isinstance(source, str) for ids in sources for source in ids)
