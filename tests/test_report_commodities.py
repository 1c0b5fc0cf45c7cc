"""The chapter on commodities: every branch of its sentences, its tables, figures and sections."""

import re
from dataclasses import replace

import pandas as pd
import pytest
from report_samples import NOT_COMPUTED, in_year, kinds, rows_of, sound, texts

from analysis.catalog.commodities import (
    COFFEE,
    COMMODITIES,
    LEVELS,
    CommodityLoaded,
    commodity_coverage,
    commodity_figures,
    commodity_loaded,
    commodity_series,
    processing_chain,
    rattan_figures,
    sent_by_year,
    unit_value_pairs,
)
from analysis.indicators.unit_values import (
    ValueChange,
    ValueChanges,
    paired_unit_values,
    value_changes,
)
from analysis.report import Page, narrative, sections, tables

words = narrative.commodities

NO_RATTAN = pd.DataFrame({"province_code": []})


@pytest.fixture(scope="module")
def lampung(catalog) -> CommodityLoaded:
    return commodity_loaded(catalog, COFFEE, catalog.province("lampung"), 2025)


@pytest.fixture(scope="module")
def pairs(catalog) -> pd.DataFrame:
    chain = processing_chain(catalog, "coffee-soluble")
    return paired_unit_values(unit_value_pairs(catalog, chain, 2025))


@pytest.fixture(scope="module")
def sent(catalog) -> pd.DataFrame:
    return sent_by_year(catalog, COFFEE, 2025, 3)


def of(page: Page, slug: str, year: int) -> tuple[Page, CommodityLoaded]:
    """Give a page of a province and what its ports loaded."""
    asked = page.parameters.model_dump() | {"province": slug, "year": year}
    other = Page("test", type(page.parameters).parse(asked), page.catalog)
    return other, commodity_loaded(page.catalog, COFFEE, other.province, year)


# Amounts.


@pytest.mark.parametrize("kilograms", [0.0, 0.4, 999.0, 1000.0, 1234.0, 10_000.0, 5e8])
def test_weight(page, kilograms):
    text = sound(page, words.weight(page, kilograms))
    assert ("kilogram" in text) == (kilograms < 1000)


@pytest.mark.parametrize("million_usd", [0.0, 0.000001, 0.05, 0.1, 12.345, 1234.5])
def test_value(page, million_usd):
    sound(page, words.value(page, million_usd))


def test_a_small_value_keeps_its_digits(page):
    assert words.value(page, 0.00001705) == "USD 17"


# What was loaded.


def test_loaded(page, lampung):
    text = sound(page, words.loaded(page, lampung))
    assert page.language.number(lampung.place["weight_kg"] / 1000) in text
    assert page.language.number(34.5, 1) in text
    sound(page, words.loaded_is_not_grown(page))


def test_loaded_of_part_of_a_year(page, lampung):
    months = lampung.country_months
    part = replace(
        lampung,
        country_months=months[months["time_period"] <= "2025-04"],
        provisional_months=("2025-03", "2025-04"),
    )
    text = sound(page, words.loaded(page, part))
    assert page.language.period("2025-01/2025-04") in text
    assert page.language.period("2025-03/2025-04") in sound(page, words.provisional(page, part))
    assert words.provisional(page, lampung) == ""


def test_a_small_share_has_no_number(page, lampung):
    provinces = lampung.provinces.assign(weight_kg=[1e9, *[1.0] * (len(lampung.provinces) - 1)])
    text = sound(page, words.loaded(page, replace(lampung, provinces=provinces)))
    assert page.language.code == "id" or "less than one percent" in text


def test_nothing_in_the_latest_year(page):
    other, found = of(page, "sulawesi-utara", 2025)
    text = sound(other, words.loaded(other, found))
    assert other.language.month("2022-02") in text
    sound(other, words.loaded_seldom(other, found))


@pytest.mark.parametrize("count", [1, 2, 15])
def test_loaded_elsewhere(page, lampung, count):
    found = replace(lampung, provinces=lampung.provinces.head(count))
    sound(page, words.loaded_nowhere(page, found))


@pytest.mark.parametrize("count", [1, 11])
def test_loaded_seldom(page, lampung, count):
    sound(page, words.loaded_seldom(page, replace(lampung, months=lampung.months.head(count))))


@pytest.mark.parametrize(
    ("unit_value", "weight", "english"),
    [
        (5.0, 3.0, "larger part is that of the unit value"),
        (-3.0, -5.0, "larger part is that of the weight"),
        (5.0, -3.0, "the unit value by more"),
        (3.0, -5.0, "the weight by more"),
        (0.0, 5.0, "larger part is that of the weight"),
    ],
)
def test_changes(page, unit_value, weight, english):
    change = ValueChange(unit_value + weight, unit_value, weight)
    text = sound(page, words.changes(page, ValueChanges(pd.DataFrame(), 2017, 2025, change)))
    assert page.language.code == "id" or english in text


def test_too_little(page):
    sound(page, words.too_little(page))


# Where it went, and processed coffee.


def test_destinations(page, sent):
    text = sound(page, words.destinations(page, sent))
    assert words.country(page, "US") in text
    one = sound(page, words.destinations(page, sent[sent["year"] == 2025]))
    assert len(one) < len(text)


@pytest.mark.parametrize("months", [1, 4, 12])
def test_a_year_not_yet_over(page, sent, months):
    part = sent.assign(months=months)
    sound(page, words.destinations(page, part))
    tables.commodities.destinations(page, part)
    assert (sound(page, words.year_known(page, 2025, months)) == "2025") == (months == 12)


@pytest.mark.parametrize("count", [1, 2, 4])
def test_processed(page, pairs, count):
    sound(page, words.processed(page, pairs.head(count)))


# What is known.


@pytest.mark.parametrize("known", [(), ("coffee",), ("coal", "rattan"), tuple(COMMODITIES)])
def test_known_commodities(page, known):
    text = sound(page, words.known_commodities(page, known))
    for name in COMMODITIES:
        assert words.commodity(page, name) in text or len(known) == 9
    sound(page, words.reading_coverage(page))


@pytest.fixture(scope="module")
def everywhere(catalog) -> pd.DataFrame:
    """Every good of a commodity in the data, with the names of its code."""
    rows = catalog.read("trade", dimension="hs", flow="export")[["item", "item_name"]]
    codes = catalog.read("hs", code=sorted(rows["item"].unique()))
    figures = rows.drop_duplicates().merge(codes, left_on="item", right_on="code")
    wanted = tuple(code for codes in COMMODITIES.values() for code in codes)
    return figures[figures["hs"].str.startswith(wanted)]


def test_every_name_of_goods_has_words(page, everywhere):
    assert len(everywhere) > 50
    for row in everywhere.to_dict("records"):
        hs_name = row[f"name_{page.language.code}"]
        name = sound(page, words.goods(page, row["item_name"], hs_name))
        assert page.language.code == "en" or name.lower() != row["item_name"].split(" (")[0].lower()


@pytest.mark.parametrize("name", [*LEVELS, "certificates", "association", "quarantine", "agency"])
def test_counted_by(page, name):
    sound(page, words.counted_by(page, name))


def test_every_figure_on_rattan_has_words(page):
    rows = page.catalog.read("villages")
    for row in rows[rows["indicator"].str.contains("rattan")].to_dict("records"):
        sound(page, words.rattan(page, row["indicator"]))
        sound(page, words.rattan_unit(page, page.language.figure(row["value"]), row["unit"]))


# Sections.


def show_all(page: Page, found: CommodityLoaded) -> None:
    """Show the chapter as the notebook does."""
    catalog = page.catalog
    chain = processing_chain(catalog, "coffee-soluble")
    goods = commodity_figures(catalog, page.province, page.year)
    sections.commodities.coffee_loaded(page, found, value_changes(found.full_years))
    sections.commodities.coffee_destinations(
        page, found, sent_by_year(catalog, COFFEE, page.year, 3)
    )
    sections.commodities.coffee_processed(
        page, found, paired_unit_values(unit_value_pairs(catalog, chain, page.year))
    )
    sections.commodities.chains(
        page,
        commodity_coverage(goods),
        commodity_series(goods),
        rattan_figures(catalog, page.province, page.year),
    )


@pytest.mark.parametrize(
    ("slug", "year", "figures", "shown_tables"),
    [
        ("lampung", 2025, 2, 6),
        ("lampung", 2017, 2, 5),
        ("lampung", 2016, 1, 3),
        ("lampung", 2012, 0, 2),
        ("kalimantan-utara", 2024, 0, 2),
        ("papua-selatan", 2023, 0, 0),
        ("dki-jakarta", 2023, 1, 5),
        ("aceh", 2020, 1, 4),
        ("sulawesi-utara", 2025, 0, 0),
        ("bali", 2025, 1, 3),
    ],
)
def test_the_chapter(page, shown, slug, year, figures, shown_tables):
    other, found = of(page, slug, year)
    show_all(other, found)
    assert kinds(shown).count("figure") == figures
    assert kinds(shown).count("table") == shown_tables
    names = [meta["name"] for meta, _ in shown if meta["name"]]
    assert len(names) == len(set(names))
    for _, data in shown:
        assert not re.search(r"\bnan\b", data.get("text/csv", ""))
    for indicator in other.indicators.values():
        assert indicator["obs_status"] in ("derived", "not computed")


def test_coffee_of_lampung(page, shown, lampung, pairs):
    sections.commodities.coffee_loaded(page, lampung, value_changes(lampung.full_years))
    sections.commodities.coffee_processed(page, lampung, pairs)
    by_name = {meta["name"]: data for meta, data in shown}
    years = rows_of(by_name["tbl-coffee-years"])
    assert [row["year"] for row in years] == [str(year) for year in range(2017, 2026)]
    assert float(years[-1]["value"]) == pytest.approx(799.56, abs=0.01)
    months = rows_of(by_name["fig-coffee-loaded"])
    assert len(months) == 108
    assert float(months[-1]["unit_value"]) == pytest.approx(4.23, abs=0.005)
    for row in rows_of(by_name["tbl-coffee-changes"]):
        parts = float(row["from_unit_value"]) + float(row["from_weight"])
        assert parts == pytest.approx(float(row["change"]), abs=1e-6)
    assert page.indicators["coffee_loaded_rank"]["value"] == 2
    assert page.indicators["coffee_loaded_weight"]["unit"] == "tonnes"
    assert page.indicators["coffee_value_change"]["basis"] == "port-of-loading"
    ratios = [float(row["unit_value_ratio"]) for row in rows_of(by_name["tbl-coffee-processed"])]
    assert min(ratios) == pytest.approx(4.91, abs=0.005)


def test_destinations_and_others_add_up_to_the_country(page, shown, sent):
    tables.commodities.destinations(page, sent)
    rows = rows_of(shown[-1][1])
    total = sum(float(row["2025"]) for row in rows)
    assert total == pytest.approx(sent.loc[sent["year"] == 2025, "value"].sum())
    assert rows[-1]["partner"] == "all others"


def test_provisional_months_are_marked(page, shown, lampung):
    marked = replace(lampung, provisional_months=("2025-11", "2025-12"))
    sections.commodities.coffee_loaded(page, marked, NOT_COMPUTED)
    (figure,) = [data for meta, data in shown if meta["kind"] == "figure"]
    word = "sementara" if page.language.code == "id" else "provisional"
    assert word in figure["text/markdown"]
    assert [row["provisional"] for row in rows_of(figure)][-3:] == ["False", "True", "True"]
    assert f"not_computed_{NOT_COMPUTED.method}" in page.indicators


def test_small_shipments_are_not_taken_apart(page, shown):
    other, found = of(page, "bali", 2025)
    sections.commodities.coffee_loaded(other, found, value_changes(found.full_years))
    assert words.too_little(other) in texts(shown)
    assert "coffee_value_change" not in other.indicators


def test_without_pairs_it_says_so(page, shown, lampung, pairs):
    sections.commodities.coffee_processed(page, lampung, pairs.head(0))
    assert "callout" in texts(shown)


def test_rattan_of_the_country_alone_is_not_shown(page, shown):
    other = in_year(page, 2010)
    nothing = commodity_coverage(commodity_figures(page.catalog, other.province, 2005))
    rattan = rattan_figures(page.catalog, page.catalog.province("bali"), 2025)
    assert set(rattan["province_code"]) == {"00"}
    sections.commodities.chains(other, nothing, (), rattan)
    assert kinds(shown) == ["heading", "text"]


def test_figures_on_rattan_begin_with_the_province(page, shown):
    other, _ = of(page, "kalimantan-utara", 2024)
    rattan = rattan_figures(page.catalog, other.province, 2024)
    sections.commodities.chains(other, commodity_coverage(
        commodity_figures(page.catalog, other.province, 2024)), (), rattan)  # fmt: skip
    rows = rows_of(shown[-1][1])
    assert [row["province_code"] for row in rows] == ["65", "65", "00", "00"]


@pytest.mark.parametrize("count", [1, 2, 3])
def test_any_number_of_series(page, shown, count):
    goods = commodity_figures(page.catalog, page.province, 2025)
    series = commodity_series(goods)
    sections.commodities.chains(page, commodity_coverage(goods), series[:count], NO_RATTAN)
    (figure,) = [data for meta, data in shown if meta["kind"] == "figure"]
    assert {row["item"] for row in rows_of(figure)} == {
        part["item"].iloc[0] for part in series[:count]
    }


def test_a_series_of_years_and_one_of_unit_values_alone(page, shown):
    goods = commodity_figures(page.catalog, page.province, 2025)
    (unit_values,) = [
        part for part in commodity_series(goods) if part["measure"].iloc[0] == "unit_value"
    ]
    yearly = unit_values.head(3).assign(
        period_type="year", time_period=["2019", "2020", "2022"], measure="value"
    )
    coverage = commodity_coverage(goods)
    sections.commodities.chains(page, coverage, (unit_values,), NO_RATTAN)
    sections.commodities.chains(page, coverage, (yearly,), NO_RATTAN)
    figures = [data for meta, data in shown if meta["kind"] == "figure"]
    assert len(figures) == 2
