"""The sections on how industry works: every branch of their sentences, with data and without."""

import numpy as np
import pandas as pd
import pytest
from report_samples import SOURCES, kinds, rows_of, sound, texts

from analysis.catalog.industry import (
    FIGURE,
    ScaleFigures,
    imk_by_scale,
    imk_structure,
    large_and_medium,
    manufacturing_share,
)
from analysis.indicators.industry import productivity, shares_by_scale, shares_of_kinds
from analysis.report import narrative, sections

COLUMNS = [*FIGURE, "lowest", "highest"]


def ibs(*rows: tuple) -> pd.DataFrame:
    """Make rows of indicator, year, value, lowest, highest and status."""
    return pd.DataFrame(
        [
            (name, year, value, "units", status, SOURCES, lowest, highest)
            for name, year, value, lowest, highest, status in rows
        ],
        columns=COLUMNS,
    )


COUNT = ("ibs_establishments", 2023, 420.0, 410.0, 420.0, "published")
ONE = ("ibs_establishments", 2022, 1.0, 1.0, 1.0, "approximate")
SIZES = (
    ("ibs_establishments_large", 2022, 127.0, 127.0, 127.0, "published"),
    ("ibs_establishments_medium", 2022, 289.0, 289.0, 289.0, "published"),
)
VALUES = (
    ("ibs_workers", 2023, 63854.0, 63854.0, 63854.0, "published"),
    ("ibs_output", 2023, 79119815576.0, 79119815576.0, 79119815576.0, "published"),
    ("ibs_value_added_market_prices", 2023, 2464530.0, 2464530.0, 2464530.0, "published"),
)


def test_productivity_of_lampung(page, shown):
    found = imk_by_scale(page.catalog, page.province, 2025)
    ratios, shares = productivity(found.amounts), shares_by_scale(found.amounts)
    sections.structure.productivity(page, found, ratios, shares)
    assert kinds(shown) == ["heading", "text", "figure", "table"]
    assert page.indicators["imk_output_per_worker_micro"]["value"] == pytest.approx(
        62.391, abs=0.001
    )
    assert page.indicators["imk_share_of_micro_in_workers"]["value"] == pytest.approx(
        85.3, abs=0.05
    )
    assert page.language.number(62.4, 1) in texts(shown)
    (table,) = [rows_of(data) for meta, data in shown if meta["kind"] == "table"]
    assert float(table[0]["small"]) == pytest.approx(85.577, abs=0.001)
    assert "2025" in texts(shown)


@pytest.mark.parametrize("missing", ["workers", "establishments", "value_added", "output"])
def test_productivity_without_one_of_its_figures(page, shown, missing):
    found = imk_by_scale(page.catalog, page.province, 2025)
    amounts = found.amounts.assign(**{missing: np.nan})
    ratios, shares = productivity(amounts), shares_by_scale(amounts)
    sections.structure.productivity(page, found, ratios, shares)
    assert "figure" in kinds(shown)
    assert narrative.structure.scales(page, shares) == "" or missing == "output"


def test_productivity_before_the_survey(page, shown):
    found = imk_by_scale(page.catalog, page.province, 2024)
    ratios, shares = productivity(found.amounts), shares_by_scale(found.amounts)
    sections.structure.productivity(page, found, ratios, shares)
    assert kinds(shown) == ["heading", "text"]
    assert page.indicators == {}


def test_productivity_of_one_scale_is_no_comparison(page, shown):
    figures = imk_by_scale(page.catalog, page.province, 2025).figures
    found = ScaleFigures(2025, figures[figures["scale"] == "micro"])
    ratios, shares = productivity(found.amounts), shares_by_scale(found.amounts)
    sections.structure.productivity(page, found, ratios, shares)
    assert kinds(shown) == ["heading", "text"]


def test_structure_of_lampung(page, shown):
    found = imk_structure(page.catalog, page.province, 2025)
    sections.structure.working(page, found, shares_of_kinds(found))
    assert kinds(shown) == ["heading", "text", "figure"]
    assert page.language.number(62.8, 1) in texts(shown)
    assert page.indicators["imk_with_loans_share"]["value"] == pytest.approx(8.197, abs=0.001)


@pytest.mark.parametrize("known", [1, 2, 3])
def test_structure_in_part(page, shown, known):
    found = imk_structure(page.catalog, page.province, 2025)
    names = ["imk_with_loans", "imk_in_partnership", "imk_using_internet"][:known]
    part = found[found["indicator"].isin([*names, "imk_establishments"])]
    sections.structure.working(page, part, shares_of_kinds(part))
    (figure,) = [data for meta, data in shown if meta["kind"] == "figure"]
    assert len(rows_of(figure)) == known


def test_structure_before_the_survey(page, shown):
    found = imk_structure(page.catalog, page.province, 2024)
    sections.structure.working(page, found, shares_of_kinds(found))
    assert kinds(shown) == ["heading", "text"]


def test_large_and_medium_of_lampung(page, shown):
    sections.structure.large_and_medium(
        page,
        large_and_medium(page.catalog, page.province, 2025),
        manufacturing_share(page.catalog, page.province, 2025),
    )
    assert kinds(shown) == ["heading", "text", "text", "table"]
    text = texts(shown)
    assert page.language.number(357) in text
    assert page.language.number(18.5, 1) in text
    assert page.language.number(416) in text
    assert page.indicators["ibs_establishments_2022_highest"]["value"] == 416
    assert page.indicators["grdp_manufacturing_share_2025"]["obs_status"] == "published"


@pytest.mark.parametrize(("year", "named"), [(2023, 1), (2025, 2)])
def test_a_year_of_count_and_values_is_named_once(page, year, named):
    count = (COUNT[0], year, *COUNT[2:])
    text = narrative.structure.large_and_medium(page, ibs(count, *VALUES))
    years = [str(row[1]) for row in (count, *VALUES)]
    assert sum(text.count(known) for known in set(years)) == named


def test_large_and_medium_of_nothing(page, shown):
    none = pd.DataFrame(columns=COLUMNS)
    sections.structure.large_and_medium(page, none, none[FIGURE])
    assert kinds(shown) == ["heading", "text"]


@pytest.mark.parametrize(
    ("rows", "sentences"),
    [
        ((COUNT,), 1),
        ((ONE,), 1),
        ((COUNT, *SIZES), 2),
        ((COUNT, *VALUES), 2),
        ((COUNT, *SIZES, *VALUES), 3),
        (VALUES[:1], 0),
    ],
)
def test_sentences_on_large_and_medium(page, rows, sentences):
    text = sound(page, narrative.structure.large_and_medium(page, ibs(*rows)))
    assert text.count(". ") + bool(text) == sentences


def test_the_sizes_say_the_count_that_they_split(page):
    """Another source may count otherwise, so a reader must see which count is meant."""
    text = narrative.structure.large_and_medium(page, ibs(COUNT, *SIZES))
    assert all(number in text for number in ("416", "127", "289"))


def test_doubts(page):
    assert narrative.structure.doubts(page, ibs(*VALUES)) == ""
    apart = sound(page, narrative.structure.doubts(page, ibs(COUNT)))
    rough = sound(page, narrative.structure.doubts(page, ibs(ONE)))
    both = narrative.structure.doubts(page, ibs(COUNT, ONE))
    assert both == f"{apart} {rough}"


def test_share_of_manufacturing(page):
    row = ("share", 2025, 18.47, "percent", "published", SOURCES)
    one = pd.DataFrame([row], columns=FIGURE)
    two = pd.DataFrame([row, ("share", 2022, 18.09, *row[3:])], columns=FIGURE).iloc[::-1]
    assert narrative.structure.manufacturing_share(page, one.head(0)) == ""
    assert "2022" not in narrative.structure.manufacturing_share(page, one)
    assert page.language.number(18.1, 1) in narrative.structure.manufacturing_share(page, two)


def test_few_billions_keep_their_decimals(page, shown):
    sections.structure.large_and_medium(page, ibs(COUNT, *VALUES), pd.DataFrame(columns=FIGURE))
    assert page.language.number(2.46, 2) in texts(shown)
    assert page.language.number(79120) in texts(shown)
