"""The chapter on products: every branch of its sentences, and its sections."""

from dataclasses import replace

import pandas as pd
import pytest
from report_samples import composition, kinds, rows_of, sound, texts

from analysis.catalog.composition import Composition, Compositions, percent_of_total
from analysis.catalog.uses import ImportsByUse
from analysis.indicators.concentration import equivalent_number_bounds
from analysis.indicators.series import Interval
from analysis.report import narrative, sections, tables, words


@pytest.mark.parametrize("count", [1, 2, 3])
def test_composition(page, count):
    sound(page, narrative.products.composition(page, composition(count)))


@pytest.mark.parametrize(
    "found", [Compositions(None, 0, None), Compositions(None, 1, 12.3), Compositions(None, 5, 69.9)]
)
def test_no_composition(page, found):
    sound(page, narrative.products.no_composition(page, found, 70.0))


@pytest.mark.parametrize(
    ("lower", "upper"), [(0.0, 1.0), (0.0, 0.0), (0.25, 0.25), (0.1, 0.6), (1.0, 1.0)]
)
def test_raw_share(page, lower, upper):
    share = Interval(lower, (lower + upper) / 2, upper, 1.0)
    sound(page, narrative.products.raw_share(page, share, composition()))


@pytest.mark.parametrize(
    ("lower", "upper", "digits"), [(0.25, 0.25, 1), (0.101, 0.112, 1), (0.101, 0.131, 0)]
)
def test_bounds_that_differ_look_different(page, lower, upper, digits):
    text = narrative.products.raw_share(page, Interval(lower, lower, upper, 1.0), composition())
    for bound in (lower, upper):
        assert f" {page.language.number(100 * bound, digits)} " in text


def test_a_share_that_may_be_anything_is_said_to(page):
    wide = sound(
        page, narrative.products.raw_share(page, Interval(0.02, 0.5, 0.95, 1.0), composition())
    )
    told = narrative.products.raw_share(page, Interval(0.02, 0.5, 0.91, 1.0), composition())
    assert wide.split(",")[0].split("2 ")[0] != told.split(",")[0].split("2 ")[0]
    assert page.language.code == "id" or "cannot be told from the lists collected here" in wide
    assert page.language.code == "id" or "cannot be told" not in told


@pytest.mark.parametrize(
    ("lower", "upper", "one"),
    [(0.25, 0.25, True), (0.25, 0.254, True), (0.2, 0.4, False), (1.0, 1.0, True)],
)
@pytest.mark.parametrize("normalized", [None, 0.12])
def test_concentration(page, lower, upper, one, normalized):
    index = Interval(lower, lower, upper, 1.0)
    equivalent = equivalent_number_bounds(index)
    text = sound(
        page,
        narrative.products.concentration(page, index, equivalent, normalized, "2025-01/2025-09"),
    )
    assert page.language.number(1 / lower, 1) in text
    assert (page.language.number(upper, 2) in text) or one
    assert page.language.code == "id" or ("lies between" in text) is not one
    assert page.language.code == "id" or ("list is complete" in text) is (normalized is not None)


@pytest.mark.parametrize(("upper", "far"), [(0.30, False), (0.34, False), (0.36, True)])
def test_bounds_are_called_far_apart_only_where_they_are(page, upper, far):
    index = Interval(0.25, 0.25, upper, 1.0)
    equivalent = equivalent_number_bounds(index)
    text = narrative.products.concentration(page, index, equivalent, None, "2025")
    assert ({"en": "far apart", "id": "berjauhan"}[page.language.code] in text) is far


def lists(*periods: str) -> tuple[Composition, ...]:
    return tuple(replace(composition(), time_period=period) for period in periods)


LISTS = lists("2014-09", "2016", "2021-12", "2025-01/2025-09")
NARROW, WIDE = Interval(0.2, 0.4, 0.6, 1.0), Interval(0.01, 0.5, 0.99, 1.0)


@pytest.mark.parametrize("count", [1, 2, 4])
def test_composition_over_time(page, count):
    leading = percent_of_total(LISTS[:count]).query("item == '15'")
    text = narrative.products.composition_over_time(page, LISTS[:count], leading, 70.0)
    sound(page, text)
    assert ("41" in text) is (count > 1)


def test_a_share_whose_bounds_look_alike_is_one_number(page):
    share = Interval(0.0181, 0.0182, 0.0183, 1.0)
    text = sound(page, narrative.products.raw_share(page, share, composition()))
    assert text.count(page.language.number(1.8, 1)) == 1


@pytest.mark.parametrize(
    ("periods", "season"),
    [
        (("2014-09", "2025-01/2025-09"), True),
        (("2020-01/2020-10", "2021-01/2021-10"), False),
        (("2016", "2017"), False),
    ],
)
def test_a_season_is_named_only_where_lists_are_of_single_months(page, periods, season):
    found = lists(*periods)
    leading = percent_of_total(found).query("item == '15'")
    text = sound(page, narrative.products.composition_over_time(page, found, leading, 70.0))
    named = {"en": "may be one of the season", "id": "perbedaan musim"}[page.language.code]
    assert (named in text) is season


def test_bounds_that_look_alike_are_one_number(page):
    index = Interval(0.6371, 0.6391, 0.6431, 1.0)
    equivalent = equivalent_number_bounds(index)
    text = narrative.products.concentration(page, index, equivalent, None, "2021-01/2021-10")
    assert sound(page, text).count(page.language.number(0.64, 2)) == 1


@pytest.mark.parametrize(
    ("shares", "told"),
    [
        ([NARROW], ""),
        ([WIDE, WIDE], "No other of the 2 lists"),
        ([WIDE, NARROW, WIDE], "between 20.0 and 60.0 percent"),
    ],
)
def test_raw_shares(page, shares, told):
    text = sound(page, narrative.products.raw_shares(page, LISTS[: len(shares)], shares))
    assert bool(text) is bool(told)
    assert page.language.code == "id" or told in text


SPLIT = pd.DataFrame(
    {
        "time_period": ["2025-01/2025-08"] * 4,
        "basis": ["origin"] * 4,
        "basis_proved": [False] * 4,
        "sector": ["agriculture", "mining", "manufacturing", "oil_and_gas"],
        "value": [1070.0, 0.5, 2740.0, 315.95],
        "obs_status": ["published"] * 4,
        "source_id": ["s68d1badc"] * 4,
    }
)


def test_products(page, shown, flows):
    found = Compositions(LISTS[-1], 42, 96.4, LISTS)
    sections.products.composition(page, found)
    sections.products.composition_over_time(page, found)
    sections.products.processing(page, found, [WIDE, WIDE, NARROW, NARROW])
    sections.products.concentration(page, found, NARROW, Interval(2, 2.5, 5, 1.0), None)
    assert kinds(shown).count("figure") == 3
    assert page.indicators["composition_product_1"]["value"] == pytest.approx(41.09, abs=0.01)
    assert page.indicators["composition_lists"]["value"] == 4
    assert page.indicators["raw_share_lower"]["value"] == 0.2
    assert page.indicators["raw_share_closest_upper"]["time_period"] == "2021-12"
    assert page.indicators["product_concentration_upper"]["basis"] == "origin"
    assert page.indicators["equivalent_products_lower"]["value"] == 2
    assert "product_concentration_normalized" not in page.indicators
    over_time, raw = (rows_of(data) for meta, data in shown if meta["name"] in DRAWN_OVER_TIME)
    assert {row["time_period"] for row in over_time} == {item.time_period for item in LISTS}
    sums = pd.DataFrame(over_time).astype({"percent": float}).groupby("time_period")["percent"]
    assert sums.sum().tolist() == pytest.approx([100.0] * 4)
    assert [float(row["raw_at_most_percent"]) for row in raw] == [99, 99, 60, 60]


DRAWN_OVER_TIME = ("fig-composition-over-time", "fig-raw-share")


def test_one_list_is_not_drawn_over_time(page, shown):
    found = Compositions(LISTS[0], 1, 78.0, LISTS[:1])
    sections.products.composition_over_time(page, found)
    sections.products.processing(page, found, [NARROW])
    assert "figure" not in kinds(shown)


def test_a_complete_list_has_a_normalized_index(page, shown):
    found = Compositions(LISTS[0], 1, 100.0, LISTS[:1])
    sections.products.concentration(page, found, NARROW, Interval(2, 2.5, 5, 1.0), 0.31)
    assert page.indicators["product_concentration_normalized"]["value"] == 0.31


def test_no_list_at_all(page, shown):
    nothing = Compositions(None, 0, None)
    sections.products.composition(page, nothing)
    sections.products.composition_over_time(page, nothing)
    sections.products.processing(page, nothing, [])
    sections.products.concentration(page, nothing, None, None, None)
    assert kinds(shown) == ["heading", "text", "heading", "text"]
    assert texts(shown).count("data/observations/trade.csv") == 2


def test_sectors(page, shown, flows):
    sections.products.sectors(page, SPLIT, flows)
    ((_, data),) = [item for item in shown if item[0]["kind"] == "table"]
    assert page.language.figure(315.95) in data["text/markdown"]
    assert [float(row["value"]) for row in rows_of(data)] == [1070, 0.5, 2740, 315.95]
    assert [row["sector"] for row in rows_of(data)][-1] == "oil_and_gas"


def test_sectors_over_time_keep_the_bases_apart(page, shown, flows):
    earlier = SPLIT[SPLIT["sector"] != "mining"].assign(time_period="2024-02", basis="")
    sections.products.sectors(page, pd.concat([earlier, SPLIT]), flows)
    latest, over_time = [data for meta, data in shown if meta["kind"] == "table"]
    assert len(rows_of(latest)) == 4
    assert [(row["time_period"], row["basis"]) for row in rows_of(over_time)] == [
        ("2024-02", ""),
        ("2025-01/2025-08", "origin"),
    ]
    assert rows_of(over_time)[0]["mining"] == ""
    assert "—" in over_time["text/markdown"]


@pytest.mark.parametrize("growth", [1.0, 100.0])
def test_sectors_are_no_percent_of_a_total_that_they_exceed(page, shown, flows, growth):
    split = SPLIT.assign(value=SPLIT["value"] * growth)
    sections.products.sectors(page, split, flows)
    column = page.say("Percent of all exports")
    assert (column in texts(shown)) is (growth == 1.0)


def test_a_basis_that_a_total_proves_is_said_to_be(page, shown, flows):
    sections.products.sectors(page, SPLIT, flows)
    assert narrative.products.proved_bases(page, SPLIT) == []
    (told,) = narrative.products.proved_bases(page, SPLIT.assign(basis_proved=True))
    assert words.basis(page.language, "origin") in sound(page, told)
    assert told not in texts(shown)


def test_the_basis_of_an_earlier_split_is_told_above_the_table_that_has_it(page, shown, flows):
    earlier = SPLIT.assign(time_period="2024-09", basis_proved=True)
    sections.products.sectors(page, pd.concat([earlier, SPLIT]), flows)
    assert kinds(shown) == ["heading", "text", "table", "text", "table"]


def test_a_rounded_amount_gets_no_decimals_of_others(page):
    written = tables.base.amounts(page, [1070.0, 3.1, 1.14], [True, False, False])
    number = page.language.number
    assert written == [number(1070), number(3.1, 2), number(1.14, 2)]


def test_no_sectors(page, shown, flows):
    sections.products.sectors(page, SPLIT.head(0), flows)
    assert "data/observations/trade.csv" in texts(shown)


USES = pd.DataFrame(
    {
        "use": ["consumption", "materials", "capital"],
        "value": [1.56, 244.47, 1.59],
        "obs_status": ["derived", "published", "derived"],
        "source_id": ["s88ef8441"] * 3,
    }
)


@pytest.mark.parametrize("total", [247.61, None])
@pytest.mark.parametrize("periods", [1, 2])
def test_imports_by_use(page, shown, total, periods):
    found = ImportsByUse("2022-02", USES, total, ("s88ef8441",), periods)
    sections.products.imports_by_use(page, found)
    ((_, data),) = [item for item in shown if item[0]["kind"] == "table"]
    assert [float(row["value"]) for row in rows_of(data)] == [1.56, 244.47, 1.59]
    assert ("imports_largest_use" in page.indicators) is (total is not None)


def test_no_imports_by_use(page, shown):
    sections.products.imports_by_use(page, None)
    assert "data/observations/trade.csv" in texts(shown)


def test_what_is_not_measured(page, shown):
    sections.products.not_measured(page)
    assert kinds(shown) == ["text"]
