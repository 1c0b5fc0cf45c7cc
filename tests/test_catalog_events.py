"""Known events: whom they concern, for which goods, and none that a year does not know yet."""

import shutil
from pathlib import Path

import pytest

from analysis.catalog import Catalog
from analysis.catalog.events import known_events, traded_chapters

HEADER = "id,date,end_date,flow,hs,province_codes,name_en,name_id,source\n"


@pytest.fixture(scope="module")
def catalog(project_root: Path) -> Catalog:
    return Catalog(project_root / "data")


def ids(catalog: Catalog, slug: str, year: int, flow: str = "export") -> list[str]:
    return [event.id for event in known_events(catalog, catalog.province(slug), flow, year)]


def test_events_of_the_goods_that_a_province_sells(catalog):
    # Lampung's releases list coal (27) and palm oil (15), never ores (26).
    assert ids(catalog, "lampung", 2025) == [
        "covid-19-2020",
        "coal-ban-2022",
        "ukraine-2022",
        "palm-oil-ban-2022",
    ]
    assert {"15", "27"} <= traded_chapters(catalog, catalog.province("lampung"), "export", 2025)


@pytest.mark.parametrize(("year", "last"), [(2019, None), (2020, "covid-19-2020")])
def test_no_event_is_known_before_its_year(catalog, year, last):
    found = ids(catalog, "lampung", year)
    assert found[-1:] == ([last] if last else [])


def test_an_event_concerns_the_provinces_it_names(catalog):
    assert "copper-concentrate-ban-2025" in ids(catalog, "nusa-tenggara-barat", 2025)
    assert "copper-concentrate-ban-2025" not in ids(catalog, "nusa-tenggara-barat", 2024)
    assert "copper-concentrate-ban-2025" not in ids(catalog, "sulawesi-tengah", 2025)
    assert "nickel-ore-ban-2020" in ids(catalog, "sulawesi-tengah", 2025)
    # Named, though no release of theirs lists ores (26) among its exports.
    for slug, event in (
        ("sulawesi-tenggara", "nickel-ore-ban-2020"),
        ("kalimantan-barat", "bauxite-ban-2023"),
    ):
        assert "26" not in traded_chapters(catalog, catalog.province(slug), "export", 2025)
        assert event in ids(catalog, slug, 2025)


def test_imports_are_concerned_by_what_is_bought_and_by_no_ban_on_exports(catalog):
    # Lampung's releases list imports of cereals (10) and fertilizers (31), which the war concerns;
    # Sumatera Utara's imports of fuels (27), which a ban on exports of coal does not.
    for slug, goods in (("lampung", {"10", "31"}), ("sumatera-utara", {"27"})):
        assert goods <= traded_chapters(catalog, catalog.province(slug), "import", 2025)
        assert ids(catalog, slug, 2025, "import") == ["covid-19-2020", "ukraine-2022"]


def test_a_province_without_lists_is_credited_with_nothing(catalog):
    for flow in ("export", "import"):
        assert traded_chapters(catalog, catalog.province("gorontalo"), flow, 2025) == frozenset()
        assert ids(catalog, "gorontalo", 2025, flow) == ["covid-19-2020"]


def test_phrases_and_headings_count_by_their_chapter(catalog):
    # Nusa Tenggara Barat's copper concentrate stands as a phrase too.
    west_nusa_tenggara = catalog.province("nusa-tenggara-barat")
    assert "26" in traded_chapters(catalog, west_nusa_tenggara, "export", 2025)
    assert all(
        len(code) == 2
        for province in catalog.provinces.all
        for flow in ("export", "import")
        for code in traded_chapters(catalog, province, flow, 2025)
    )


def test_goods_of_later_releases_are_not_known_yet(catalog):
    lampung = catalog.province("lampung")
    assert traded_chapters(catalog, lampung, "export", 2000) == frozenset()


def test_the_read_is_recorded(project_root):
    own = Catalog(project_root / "data")
    ids(own, "lampung", 2022)
    assert {"events", "trade", "hs"} <= {read.resource for read in own.reads}


def test_an_end_after_the_report_s_year_is_not_known_yet(project_root, tmp_path):
    data = tmp_path / "data"
    shutil.copytree(project_root / "data", data)
    rows = [
        "b,2021-11-01,2022-03-31,,,,Ban,Larangan,Letter 1",
        "a,2021-11-01,,import,,18,Storm,Badai,Letter 2",
        "c,2021-01-01,2021-12-31,,,,Closure,Penutupan,Letter 3",
    ]
    (data / "classifications" / "events.csv").write_text(HEADER + "\n".join(rows) + "\n")
    own = Catalog(data)
    found = known_events(own, own.province("lampung"), "import", 2021)
    assert [(event.id, event.end_date) for event in found] == [
        ("c", "2021-12-31"),
        ("a", None),
        ("b", None),
    ]
    later = known_events(own, own.province("riau"), "export", 2022)
    assert [(event.id, event.end_date) for event in later] == [
        ("c", "2021-12-31"),
        ("b", "2022-03-31"),
    ]
    assert (found[1].name_en, found[1].name_id, found[1].source) == ("Storm", "Badai", "Letter 2")
    assert found[1].chapters == ()
