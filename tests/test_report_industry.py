"""The chapter on small industry: every branch of its sentences, and its sections."""

import numpy as np
import pandas as pd
import pytest
from report_samples import (
    COUNTS,
    NO_COUNTS,
    NOT_COMPUTED,
    SOURCES,
    TARGETS,
    in_year,
    interval,
    kinds,
    rows_of,
    sound,
    texts,
)

from analysis.catalog.industry import Reading, SeriesBreak
from analysis.catalog.targets import GrowthTarget
from analysis.indicators.industry import AchievedGrowth
from analysis.indicators.series import NotComputed, Unit
from analysis.models.target import RandomWalk, TargetOutlook
from analysis.report import narrative, sections


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
def test_target(page, target):
    text = sound(page, narrative.industry.target(page, target))
    if target.authority != "parameter":
        assert str(target.year) in text
    assert (str(page.year) in text) is (target.carried_on or target.year == page.year) or (
        target.authority == "parameter"
    )


@pytest.mark.parametrize(
    ("gap", "english", "indonesian"),
    [
        (-15000.4, "15,000 (10.6 percent) below it.", "15.000 (10,6 persen) di bawah jalur."),
        (-0.4, "exactly that.", "tepat sama."),
        (0.0, "exactly that.", "tepat sama."),
        (0.4, "exactly that.", "tepat sama."),
        (300.0, "300 (0.2 percent) above it.", "300 (0,2 persen) di atas jalur."),
    ],
)
def test_gap(page, gap, english, indonesian):
    row = {"path": 141000.3, "observed": 141000.3 + gap, "gap": gap, "gap_percent": gap / 1410.003}
    text = sound(page, narrative.industry.gap(page, pd.DataFrame([row], index=[2025])))
    assert text.endswith(english if page.language.code == "en" else indonesian)


@pytest.mark.parametrize(
    ("target", "english"),
    [
        ("the province's", "Which growth the target means is not said."),
        ("national", "The national target is stated for the sector as a whole."),
        ("as asked for", "The growth asked for can be held against any of these figures"),
    ],
)
def test_readings_by_authority(page, target, english):
    text = sound(page, narrative.industry.readings(page, TARGETS[target]))
    assert page.language.code == "id" or text.startswith(english)
    others = [narrative.industry.readings(page, other) for other in TARGETS.values()]
    assert len(set(others)) == 3


def outlook(chance: float) -> TargetOutlook:
    walk = RandomWalk(2025, 121385.0, 0.02, 0.1, 3, 5)
    return TargetOutlook(2026, 138379.0, interval(1, 2, 3), interval(-3.2, 0.0, 4.1), chance, walk)


@pytest.mark.parametrize("chance", [0.01, 0.5, 0.99])
def test_outlook(page, chance):
    sound(page, narrative.industry.outlook(page, outlook(chance)))


def test_breaks(page, catalog):
    papua = [catalog.province(slug) for slug in ("papua-selatan", "papua-tengah")]
    survey = SeriesBreak("imk_", 2023, 2025, {"id": "Kerangka berubah.", "en": "Frame changed."})
    split = SeriesBreak("imk_", 2022, 2023, {}, tuple(papua))
    assert (
        "rame" in sound(page, narrative.industry.series_break(page, survey))
        or page.language.code == "id"
    )
    assert papua[0].name(page.language.code) in sound(
        page, narrative.industry.series_break(page, split)
    )


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
@pytest.mark.parametrize("computed", [True, False])
def test_industry(page, shown, catalog, target, computed):
    survey = SeriesBreak("imk_", 2023, 2025, {"id": "Kerangka berubah.", "en": "Frame changed."})
    split = SeriesBreak("imk_", 2022, 2023, {}, (catalog.province("papua-selatan"),))
    sections.industry.establishments(page, COUNTS, (split, survey))
    path = pd.DataFrame(
        {"lower": [84024.0, 90000.0], "upper": [84024.0, 95787.4]}, index=[2021, 2022]
    )
    gaps = pd.DataFrame(
        [{"path": 95787.4, "observed": 84024.0, "gap": -11763.4, "gap_percent": -12.3}],
        index=[2022],
    )
    comparable = COUNTS["total"].head(1)
    if computed:
        sections.industry.target(page, target, COUNTS, comparable, path, gaps, outlook(0.3))
    else:
        sections.industry.target(
            page, target, COUNTS, comparable, path, gaps.head(0),
            NotComputed("outlook", 3, 0, Unit.GROWTH_INCREMENTS),
        )  # fmt: skip
    rows = [
        (
            Reading("imk_workers", pd.Series({2021: 1.0, 2023: 2.0}), SOURCES, ()),
            AchievedGrowth(2021, 2023, -1.25),
        )
    ]
    sections.industry.readings(page, target, rows)
    counts = pd.DataFrame(
        {
            "indicator": ["ibs_establishments", "imk_establishments"],
            "time_period": ["2022", "2025"],
            "value": [408.0, 121385.0],
            "obs_status": ["published", "published"],
            "source_id": list(SOURCES),
            "runner_up": [1416.0, np.nan],
            "rule": ["kind", "only one"],
            "source_ids": [SOURCES, SOURCES],
        }
    )
    sections.industry.counts_by_authority(page, counts)
    assert ("imk_establishments_gap_to_target" in page.indicators) is computed
    assert page.language.number(1416) in texts(shown)
    files = {meta["name"]: rows_of(data) for meta, data in shown if meta["kind"] == "table"}
    assert float(files["tbl-counts-by-authority"][1]["value"]) == 121385
    (reading,) = files["tbl-readings"]
    assert float(reading["growth_percent_a_year"]) == -1.25
    assert narrative.industry.readings(page, target) in texts(shown)


def test_a_break_outside_the_counts_is_not_shown(page, shown):
    survey = SeriesBreak("imk_", 2023, 2025, {"id": "Kerangka berubah.", "en": "Frame changed."})
    sections.industry.establishments(page, COUNTS.head(1), (survey,))
    assert "callout-warning" not in texts(shown)
    sections.industry.establishments(in_year(page, 2025), COUNTS, (survey,))
    assert "callout-warning" in texts(shown)


def test_no_readings_without_a_target(page, shown):
    sections.industry.readings(page, None, [])
    assert shown == []


def test_path_without_a_count_to_start_from(page, shown):
    sections.industry.target(
        page, TARGETS["carried on"], NO_COUNTS, NO_COUNTS["total"], pd.DataFrame(), pd.DataFrame(),
        NOT_COMPUTED,
    )  # fmt: skip
    assert "figure" not in kinds(shown)


def test_a_target_of_units_is_not_called_one_of_the_sector(page):
    units = GrowthTarget(1, 1, 2018, "country", False, ("ikm_units_growth_target",), SOURCES)
    sector = GrowthTarget(
        4.25, 4.25, 2024, "country", False, ("ditjen_ikma_sector_growth_target",), SOURCES
    )
    word = {"id": "unit", "en": "number"}[page.language.code]
    assert word in narrative.industry.target(page, units)
    assert word not in narrative.industry.target(page, sector)
    assert narrative.industry.readings(page, units) != narrative.industry.readings(page, sector)
