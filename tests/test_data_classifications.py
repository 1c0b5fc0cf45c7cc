"""Every good and partner of the trade figures is classified, and every line says by what right."""

import csv
import re
from pathlib import Path

import pytest
from babel import Locale

DATA = Path(__file__).resolve().parents[1] / "data"


def read(path: str) -> list[dict[str, str]]:
    with (DATA / path).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def trade():
    return read("observations/trade.csv")


@pytest.fixture(scope="module")
def goods():
    return {row["code"]: row for row in read("classifications/hs.csv")}


@pytest.fixture(scope="module")
def partners():
    return {row["partner"]: row for row in read("classifications/partners.csv")}


@pytest.fixture(scope="module")
def sources():
    return {row["source_id"]: row for row in read("sources.csv")}


@pytest.fixture(scope="module")
def provinces():
    return {row["bps_code"]: row for row in read("classifications/provinces.csv")}


def members(trade, member):
    """Give the distinct members of a dimension, alone or joined with others."""
    found = set()
    for row in trade:
        names = row["dimension"].split("-")
        if member in names:
            found.add(row["item"].split("|")[names.index(member)])
    return found


def test_the_classified_goods_are_those_that_occur(trade, goods):
    assert members(trade, "hs") == set(goods)


def test_the_classified_partners_are_those_that_occur(trade, partners):
    assert members(trade, "partner") == set(partners)


def test_every_good_has_its_stage_with_a_source_and_names_in_both_languages(goods):
    for row in goods.values():
        assert row["stage"] in {"raw", "mixed", "processed", "unclassified"}
        assert re.search("BEC|HS 2017", row["stage_source"]), row["code"]
        assert row["name_en"]
        assert row["name_id"]


def test_goods_that_hold_both_stages_are_mixed(goods):
    # Palm oil is crude and refined, coffee green and roasted, fuel coal and petrol.
    assert {goods[code]["stage"] for code in ("15", "1511", "0901", "09", "27")} == {"mixed"}
    assert {goods[code]["stage"] for code in ("26", "1801")} == {"raw"}
    assert {goods[code]["stage"] for code in ("20", "2101", "47")} == {"processed"}


def test_a_stage_is_that_of_the_counted_subheadings(goods):
    # Raw without exception means primary without exception, but for live breeding stock.
    for row in goods.values():
        counted = re.fullmatch(
            r"UN BEC.*: (\d+) of (\d+) subheadings? primary(.*)", row["stage_source"]
        )
        if counted is None:
            continue
        primary, total = int(counted[1]), int(counted[2])
        if row["stage"] == "raw":
            assert primary == total or "breeding stock" in counted[3]
        elif row["stage"] == "processed":
            assert primary == 0 or "set aside" in counted[3]
        else:
            assert 0 < primary < total or "held as mixed" in counted[3]


def test_a_phrase_of_goods_stands_for_codes(goods):
    assert goods["coal (batu bara)"]["hs"] == "2701"
    assert all(row["hs"] == code for code, row in goods.items() if code[0].isdigit())


def test_a_country_has_a_name_in_both_languages_and_a_group_its_own(partners):
    names = {language: Locale(language).territories for language in ("id", "en")}
    for row in partners.values():
        if row["kind"] == "country":
            assert all(row["iso_3166_1"] in territories for territories in names.values())
            assert not row["name_en"]
        else:
            assert row["name_en"]
            assert row["name_id"]
        assert bool(row["iso_3166_1"]) == (row["kind"] != "group")


@pytest.mark.parametrize(
    ("partner", "code"),
    [
        ("Vietnam", "VN"),
        ("VIET NAM", "VN"),
        ("KOREA, REPUBLIC OF", "KR"),
        ("KOREA, DEM. PEOPLES REP.", "KP"),
        ("CONGO", "CG"),
        ("DEMOCRATIC REP. OF THE CONGO", "CD"),
        ("EAST TIMOR", "TL"),
        ("China (non-oil/gas)", "CN"),
    ],
)
def test_spellings_of_a_partner_share_its_code(partners, partner, code):
    assert partners[partner]["iso_3166_1"] == code


def test_groups_and_parts_are_told_from_countries(partners):
    kinds = {name: row["kind"] for name, row in partners.items()}
    assert {name for name in kinds if kinds[name] == "part"} == {"China (non-oil/gas)"}
    assert {kinds["ASEAN"], kinds["European Union"], kinds["group: ASEAN"]} == {"group"}


def test_the_break_of_lampung_rests_on_figures_that_stand_in_the_data(sources):
    (row,) = [
        row
        for row in read("classifications/series_breaks.csv")
        if row["province_code"] == "18" and "imk_establishments".startswith(row["indicator_prefix"])
    ]
    assert (row["year_before"], row["year_after"]) == ("2023", "2025")
    assert set(row["source_ids"].split()) <= set(sources)
    values = {
        (item["province_code"], item["time_period"]): float(item["value"])
        for item in read("observations/industry.csv")
        if item["indicator"] == "imk_establishments" and not item["sub_period"]
    }
    assert values["18", "2025"] / values["18", "2023"] == pytest.approx(1.49, abs=0.005)
    assert values["00", "2025"] / values["00", "2023"] == pytest.approx(0.99, abs=0.005)


def test_every_split_has_a_row_that_holds_for_all_tables(provinces):
    splits = {
        (row["split_from_bps_code"], code)
        for code, row in provinces.items()
        if row["split_from_bps_code"]
    }
    general = {
        (row["parent_code"], row["child_code"])
        for row in read("classifications/territory.csv")
        if not (row["resource"] or row["source_id"] or row["indicator_prefix"])
    }
    assert general == splits


def test_no_child_has_figures_in_a_source_that_still_counts_it_with_its_parent():
    tables = {name: read(f"observations/{name}.csv") for name in ("trade", "industry", "economy")}
    for row in read("classifications/territory.csv"):
        if not row["resource"] or not row["included_until"]:
            continue
        found = [
            item
            for item in tables[row["resource"]]
            if item["province_code"] == row["child_code"]
            and row["source_id"] in ("", item["source_id"])
            and item.get("indicator", "").startswith(row["indicator_prefix"])
            and item["time_period"][: len(row["included_until"])] <= row["included_until"]
        ]
        assert found == [], (row, found[:1])


def test_events_are_dated_named_and_sourced(provinces):
    for row in read("classifications/events.csv"):
        assert row["source"]
        assert set(row["province_codes"].split()) <= set(provinces)
        assert not row["end_date"] or row["date"] <= row["end_date"]
