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
def chains():
    return {row["id"]: row for row in read("classifications/processing.csv")}


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


def test_every_chapter_and_heading_that_occurs_has_its_stage_with_a_source(trade, goods):
    # In any dimension that joins goods with something, alone or as one code of a pair.
    occurring = {code for code in members(trade, "hs") if code[0].isdigit()}
    for length in (2, 4):
        assert any(len(code) == length for code in occurring)
    for code in occurring:
        assert all(re.fullmatch(r"\d{2}(\d{2})?", part) for part in code.split("/")), code
        assert goods[code]["stage"] in {"raw", "mixed", "processed", "unclassified"}
        assert goods[code]["stage_source"]


def test_a_heading_agrees_with_its_chapter(goods):
    # A chapter that is wholly raw or wholly processed holds no heading of another stage.
    for code, row in goods.items():
        chapter = goods.get(code[:2])
        if re.fullmatch(r"\d{4}", code) and chapter and chapter["stage"] in {"raw", "processed"}:
            assert row["stage"] == chapter["stage"], code


def test_a_pair_of_codes_has_one_stage_only_where_both_have_it(goods):
    for row in goods.values():
        parts = row["hs"].split("/")
        known = {goods[part]["stage"] for part in parts if part in goods}
        if len(parts) > 1 and len(known) > 1:
            assert row["stage"] == "mixed", row["code"]


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


def test_the_break_of_kalimantan_timur_rests_on_figures_that_stand_in_the_data(sources):
    (row,) = [
        row for row in read("classifications/series_breaks.csv") if row["province_code"] == "64"
    ]
    assert (row["year_before"], row["year_after"]) == ("2022", "2023")
    assert set(row["source_ids"].split()) <= set(sources)
    values = {
        (item["province_code"], item["time_period"]): float(item["value"])
        for item in read("observations/industry.csv")
        if item["indicator"] == "imk_establishments" and not item["sub_period"]
    }
    assert values["64", "2023"] / values["64", "2022"] == pytest.approx(1.36, abs=0.005)
    assert values["00", "2023"] / values["00", "2022"] == pytest.approx(1.05, abs=0.005)


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


def test_every_chain_has_a_source_and_each_parameter_its_own(chains):
    for name, row in chains.items():
        assert row["source"], name
        assert bool(row["yield_low"]) == bool(row["yield_high"]), name
        assert bool(row["price_ratio_low"]) == bool(row["price_ratio_high"]), name
        assert bool(row["price_ratio_low"]) == bool(row["price_ratio_source"]), name
        for low, high in (("yield_low", "yield_high"), ("price_ratio_low", "price_ratio_high")):
            if row[low]:
                assert 0 < float(row[low]) <= float(row[high]), name


def test_a_cited_figure_stands_in_its_source(chains):
    # Who reads the source finds the number again, as printed or as worked out from it.
    def within(name, low, high, places):
        row = chains[name]
        return (float(row["yield_low"]), float(row["yield_high"])) == (
            round(low, places),
            round(high, places),
        )

    assert within("coffee-roasted", 50.4 / 60, 1 / 1.19, 4)
    assert within("coffee-soluble", 0.4 * 0.84, 0.5 * 0.84, 4)
    assert float(chains["coffee-soluble"]["yield_low"]) < 1 / 2.6
    assert float(chains["coffee-soluble"]["yield_high"]) > 1 / 2.6
    assert within("cocoa-paste", 1 / 1.25, 0.82, 4)
    assert within("pepper-white", 25 / 33, 28 / 35, 4)
    assert within("palm-oil-refined", 0.73 + 0.21, 1 / 1.05, 4)
    assert within("rubber-tyres", 1 / 0.34, 1 / 0.19, 2)
    assert within("tuna-loins", 1 / 1.92, 1 / 1.54, 3)
    assert within("copper-cathode", 0.5 / 2, 0.7 / 1.7, 3)


def test_a_cited_price_ratio_follows_from_the_prices_in_its_source(chains):
    def ratios(name):
        row = chains[name]
        return float(row["price_ratio_low"]), float(row["price_ratio_high"])

    beans = 8120 / 2.40
    butter_and_powder = (2.40 + 1500 / beans) / 2, (2.45 + 2100 / beans) / 2
    assert ratios("cocoa-butter-powder") == pytest.approx(butter_and_powder, abs=0.005)
    assert ratios("palm-oil-refined") == pytest.approx((1150 / 1145, 1150 / 1073), abs=0.0005)
    assert ratios("coffee-soluble") == pytest.approx((1682 / 783, 2187 / 783), abs=0.005)


def test_the_named_goods_of_a_chain_occur_and_one_agency_counts_both(trade, chains):
    names = {(row["item"], row["item_name"]) for row in trade if row["dimension"] == "hs"}
    for row in chains.values():
        assert bool(row["raw_item_name"]) == bool(row["processed_item_name"]), row["id"]
        if row["raw_item_name"]:
            assert (row["raw_hs"], row["raw_item_name"]) in names
            assert (row["processed_hs"], row["processed_item_name"]) in names
            agencies = {
                row[form].partition("(")[2] for form in ("raw_item_name", "processed_item_name")
            }
            assert len(agencies) == 1


def test_raw_goods_of_a_chain_are_not_classified_as_processed(goods, chains):
    for row in chains.values():
        for code in row["raw_hs"].split("/"):
            known = goods.get(code) or goods.get(code[:2])
            assert known is None or known["stage"] != "processed", row["id"]
