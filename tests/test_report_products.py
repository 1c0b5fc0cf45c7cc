"""The chapter on products: every branch of its sentences, and its sections."""

import pandas as pd
import pytest
from report_samples import composition, rows_of, sound

from analysis.catalog.composition import Compositions
from analysis.indicators.series import Interval
from analysis.report import narrative, sections


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
    assert page.language.code == "id" or "cannot be told from the published lists" in wide
    assert page.language.code == "id" or "cannot be told" not in told


@pytest.mark.parametrize(
    ("lower", "upper", "one"),
    [(0.25, 0.25, True), (0.25, 0.254, True), (0.2, 0.4, False), (1.0, 1.0, True)],
)
def test_concentration(page, lower, upper, one):
    text = sound(page, narrative.products.concentration(page, Interval(lower, lower, upper, 1.0)))
    assert page.language.number(1 / lower, 1) in text
    assert (page.language.number(upper, 2) in text) or one
    assert page.language.code == "id" or ("lies between" in text) is not one


def test_products(page, shown, flows):
    found = Compositions(composition(), 42, 96.4)
    sections.products.composition(page, found)
    sections.products.processing(
        page, found, Interval(0.2, 0.4, 0.6, 1.0), Interval(0.2, 0.3, 0.4, 1.0)
    )
    split = pd.DataFrame(
        {
            "time_period": ["2025-01/2025-08"] * 4,
            "basis": ["origin"] * 4,
            "sector": ["agriculture", "mining", "manufacturing", "oil_and_gas"],
            "value": [1070.0, 0.5, 2740.0, 315.95],
            "obs_status": ["published"] * 4,
            "source_id": ["s68d1badc"] * 4,
        }
    )
    sections.products.sectors(page, split, flows)
    ((_, data),) = [item for item in shown if item[0]["kind"] == "table"]
    assert page.language.figure(315.95) in data["text/markdown"]
    assert [float(row["value"]) for row in rows_of(data)] == [1070, 0.5, 2740, 315.95]
    assert [row["sector"] for row in rows_of(data)][-1] == "oil_and_gas"
    assert page.indicators["raw_share_lower"]["value"] == 0.2
    assert page.indicators["product_concentration_upper"]["basis"] == "origin"
