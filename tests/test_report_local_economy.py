"""The chapter on a province's own economy: every branch of its sentences, and its sections."""

import pandas as pd
import pytest
from report_samples import SOURCES, kinds, rows_of, sound, texts

from analysis.catalog import local_economy as economy
from analysis.indicators.revenue import percents_of, revenue_ratios
from analysis.report import figures, narrative, sections, tables

SOURCE = SOURCES[0]


def figure(indicator: str, value: float, year: str = "2023", sub: str = "", **changes) -> dict:
    return {
        "province_code": "18",
        "time_period": year,
        "sub_period": sub,
        "indicator": indicator,
        "value": value,
        "unit": "trillion IDR",
        "printed_unit": "trillion IDR",
        "obs_status": "published",
        "source_id": SOURCE,
        "source_ids": (SOURCE,),
    } | changes


def revenue(*rows: dict) -> economy.Revenue:
    return economy.Revenue(pd.DataFrame(rows or None, columns=list(figure("", 0.0))))


REALISED = figure(economy.OWN_SOURCE, 8.5)
TARGET = figure("pad_target_apbd", 8.0)
PART = figure(economy.OWN_SOURCE, 2.05, sub="Jan-Jul")
GROWTH = figure("pad_growth_actual", 14.89, unit="percent")
AIMED = figure("pad_growth_target", 5.0, unit="percent")
BEFORE = figure(economy.OWN_SOURCE, 8.0, "2022")
AWARD = figure("national_rank_pad_increase_apbd_award", 1.0, "2022", unit="rank")


@pytest.mark.parametrize(
    ("sub_period", "english", "indonesian"),
    [
        ("", "2022", "2022"),
        ("Jan-Jul", "January–July 2022", "Januari–Juli 2022"),
        ("to 10 May", "up to May 10, 2022", "s.d. 10 Mei 2022"),
        ("28 Jun", "June 28, 2022", "28 Juni 2022"),
        ("to Q3", "up to September 2022", "s.d. September 2022"),
        ("to Jun", "up to June 2022", "s.d. Juni 2022"),
        ("to Apr 2022", "up to April 2022", "s.d. April 2022"),
        ("to early Dec", "up to early December 2022", "s.d. awal Desember 2022"),
        ("Nov (approx)", "about November 2022", "sekitar November 2022"),
        ("unaudited, Jan 2023", "2022, unaudited", "2022, belum diaudit"),
        ("first 100 days", "“first 100 days” of 2022", "“100 hari pertama” tahun 2022"),
        ("per year", "each year from 2022 on", "setiap tahun mulai 2022"),
        ("2014-2018 programme", "2014–2018", "2014–2018"),
        ("before lunch", "2022 (“before lunch”)", "2022 (“before lunch”)"),
    ],
)
def test_period(page, sub_period, english, indonesian):
    text = sound(page, narrative.local_economy.period(page, "2022", sub_period))
    assert text == (english if page.language.code == "en" else indonesian)


def test_every_period_of_the_tables_is_worded(page, catalog):
    for table in ("revenue", "villages"):
        for sub_period in sorted(set(catalog.read(table)["sub_period"])):
            text = narrative.local_economy.period(page, "2022", sub_period)
            assert f"“{sub_period}”" not in text or sub_period == "first 100 days"


@pytest.mark.parametrize(
    ("rows", "english"),
    [
        ([TARGET], "No realised"),
        ([REALISED], "2023: IDR 8.5 trillion."),
        ([REALISED, TARGET], "That is 106.3 percent of its target of IDR 8 trillion."),
        ([PART], "January–July 2023: IDR 2.05 trillion."),
        ([PART, TARGET], "The target for the whole of 2023 was IDR 8 trillion."),
        ([PART | {"time_period": "2024"}, REALISED], "2023: IDR 8.5 trillion."),
    ],
)
def test_own_source_revenue(page, rows, english):
    found = revenue(*rows)
    ratios = revenue_ratios(found.amounts)
    text = sound(page, narrative.local_economy.own_source_revenue(page, found, ratios))
    if page.language.code == "en":
        assert english in text


@pytest.mark.parametrize(
    ("rows", "sentences"),
    [
        ([REALISED], 0),
        ([REALISED, GROWTH], 0),
        ([REALISED, GROWTH, AIMED], 1),
        ([REALISED, BEFORE, GROWTH], 1),
        ([REALISED, BEFORE, GROWTH, AIMED], 2),
        ([REALISED, BEFORE, GROWTH | {"value": 6.3}], 0),
    ],
)
def test_printed_growth(page, rows, sentences):
    found = revenue(*rows)
    text = narrative.local_economy.printed_growth(
        page, narrative.local_economy.printed_ratios(found), revenue_ratios(found.amounts)
    )
    assert sound(page, text).count("2023") == sentences


def test_budget_share_and_award(page):
    found = revenue(TARGET, figure("regional_revenue_target_apbd", 16.0))
    ratios = revenue_ratios(found.amounts)
    text = sound(page, narrative.local_economy.budget_share(page, ratios))
    assert ("50.0" if page.language.code == "en" else "50,0") in text
    assert narrative.local_economy.budget_share(page, ratios.head(0)) == ""
    assert "2022" in sound(page, narrative.local_economy.award(page, pd.DataFrame([AWARD])))
    assert narrative.local_economy.award(page, pd.DataFrame()) == ""


def test_every_name(page):
    for name in economy.REVENUE_AMOUNTS:
        sound(page, narrative.local_economy.revenue_name(page, name))
    for name in economy.COOPERATIVE_STEPS:
        sound(page, narrative.local_economy.village_step(page, name))
    for name in economy.REVENUE_RATIOS.values():
        sound(page, narrative.local_economy.ratio_name(page, name))


def test_the_section_on_revenue_with_everything(page, shown):
    years = [figure(economy.OWN_SOURCE, value, str(year)) for year, value in YEARS.items()]
    found = revenue(*years, TARGET, GROWTH, AIMED, AWARD, figure(economy.REGIONAL, 17.0, "2022"))
    sections.local_economy.own_source_revenue(page, found, revenue_ratios(found.amounts))
    assert kinds(shown) == ["heading", "text", "figure", "table", "table"]
    data = [data for meta, data in shown if meta["kind"] == "table"]
    assert {row["indicator"] for row in rows_of(data[0])} == {"pad_target_apbd", economy.REGIONAL}
    assert "†" in data[1]["text/markdown"]
    assert page.indicators[f"{economy.OWN_SOURCE}_2023"]["value"] == 8.5
    assert not any(name.startswith("not_computed") for name in page.indicators)


def test_the_section_on_revenue_with_a_part_of_one_year(page, shown):
    found = revenue(PART, figure("pad_target_apbd_revised", 4.8, printed_unit="IDR"))
    sections.local_economy.own_source_revenue(page, found, revenue_ratios(found.amounts))
    assert kinds(shown) == ["heading", "text", "table", "text"]
    assert page.indicators["not_computed_own_source_revenue_by_year"]["value"] == 0
    converted = "converted" if page.language.code == "en" else "dikonversi"
    assert converted in texts(shown)


@pytest.mark.parametrize("rows", [[], [AWARD]])
def test_the_section_on_revenue_with_no_amount(page, shown, rows):
    found = revenue(*rows)
    sections.local_economy.own_source_revenue(page, found, revenue_ratios(found.amounts))
    assert kinds(shown) == ["heading", "text", *["text"] * len(rows)]
    assert "data/observations/revenue.csv" in texts(shown)


@pytest.mark.parametrize("sub_period", ["", "to 10 May"])
@pytest.mark.parametrize("status", ["published", "approximate"])
@pytest.mark.parametrize("count", [1, 3])
def test_the_figure_of_revenue(page, shown, sub_period, status, count):
    rows = [
        figure(economy.REGIONAL, value, str(year), sub_period, obs_status=status)
        for year, value in list(YEARS.items())[:count]
    ]
    figures.local_economy.revenue(page, pd.DataFrame(rows))
    meta, data = shown[-1]
    assert meta == {"kind": "figure", "name": "fig-revenue"}
    assert len(rows_of(data)) == count
    same_day = "same day" if page.language.code == "en" else "tanggal yang sama"
    assert (same_day in data["text/markdown"]) is (sub_period != "")


def test_no_ratio_no_table(page, shown):
    found = revenue(TARGET)
    tables.local_economy.ratios(page, found, revenue_ratios(found.amounts))
    assert shown == []


@pytest.mark.parametrize("slug", ["lampung", "kalimantan-utara", "kalimantan-timur", "aceh"])
@pytest.mark.parametrize("year", [2024, 2025])
def test_village_cooperatives(page, shown, catalog, slug, year):
    province = catalog.province(slug)
    found = economy.village_figures(catalog, province, year)
    shares = percents_of(*economy.cooperative_progress(found, province))
    sections.local_economy.village_cooperatives(page, found, shares)
    known = slug != "aceh" and year == 2025
    assert ("table" in kinds(shown)) is known
    assert ("villages.csv" in texts(shown)) is not known
    assert ("national_kopdes_merah_putih_target" in page.indicators) is (year == 2025)


def test_a_step_without_a_target(page):
    step = figure("kopdes_merah_putih_operating", 7.0, unit="cooperatives")
    text = narrative.local_economy.cooperatives(page, pd.DataFrame([step]), pd.Series(dtype=float))
    assert sound(page, text).endswith("2023: 7.")
    meetings = figure("kopdes_village_meetings_held", 7.0, unit="villages")
    only = pd.DataFrame([meetings])
    assert narrative.local_economy.cooperatives(page, only, pd.Series(dtype=float)) == ""


def test_one_machine_and_more(page):
    one = pd.DataFrame([figure(name, 1.0) for name in economy.VILLAGE_EQUIPMENT])
    two = one.assign(value=2.0)
    worded = {narrative.local_economy.equipment(page, rows) for rows in (one, two)}
    assert len({sound(page, text) for text in worded}) == 2
    assert narrative.local_economy.equipment(page, one.head(0)) == ""
    assert narrative.local_economy.national_cooperatives(page, one.head(0)) == ""


@pytest.mark.parametrize(("year", "lines"), [(2018, 0), (2020, 1), (2023, 2), (2025, 3)])
def test_rattan(page, shown, catalog, year, lines):
    province = catalog.province("kalimantan-utara")
    units = economy.rattan_units(catalog, province, year)
    said = economy.rattan_statements(catalog, province, year)
    sections.local_economy.rattan(page, units, said)
    assert kinds(shown) == (["heading", "text", "text"] if lines else [])
    assert len(page.indicators) == min(lines, 2)
    assert len(units) + len(said) == lines


YEARS = {2021: 7.25, 2022: 8.0, 2023: 8.5}
