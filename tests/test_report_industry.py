"""The chapter on small industry: every branch of its sentences, and its sections."""

import numpy as np
import pandas as pd
import pytest
from report_samples import (
    COUNTS,
    NO_COUNTS,
    SOURCES,
    TARGETS,
    in_year,
    interval,
    kinds,
    rows_of,
    sound,
    texts,
)

from analysis.catalog.industry import FIGURE, Reading, SeriesBreak, break_evidence
from analysis.catalog.targets import GrowthTarget
from analysis.indicators.industry import (
    DeclaredBreak,
    TargetPath,
    declared,
    steps_across,
    target_path,
)
from analysis.indicators.series import NotComputed, Unit
from analysis.models.readings import JudgedReading
from analysis.models.target import RandomWalk, RangeOutlook, TargetOutlook
from analysis.report import narrative, sections, words


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
def test_target(page, target):
    text = sound(page, narrative.industry.target(page, target))
    if target.authority != "parameter":
        assert str(target.year) in text
    assert (str(page.year) in text) is (target.carried_on or target.year == page.year) or (
        target.authority == "parameter"
    )


def held(path: float, observed: float) -> pd.DataFrame:
    row = {
        "path": path,
        "observed": observed,
        "gap": observed - path,
        "gap_percent": 100 * (observed - path) / path,
    }
    return pd.DataFrame([row], index=[2025])


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
    gaps = held(141000.3, 141000.3 + gap)
    text = sound(page, narrative.industry.gap(page, {"lower": gaps, "upper": gaps}))
    assert text.endswith(english if page.language.code == "en" else indonesian)


@pytest.mark.parametrize(
    ("observed", "english"),
    [
        (900.0, "100 (10.0 percent) below its lower end and 200 (18.2 percent) below"),
        (1050.0, "50 (5.0 percent) above its lower end and 50 (4.5 percent) below"),
        (1200.0, "200 (20.0 percent) above its lower end and 100 (9.1 percent) above"),
    ],
)
def test_gap_to_a_range(page, observed, english):
    gaps = {"lower": held(1000.0, observed), "upper": held(1100.0, observed)}
    text = sound(page, narrative.industry.gap(page, gaps))
    assert page.language.code == "id" or f"{english} its upper end." in text
    assert page.language.number(1100) in text


def outlook(chance: float, upper_chance: float | None = None) -> RangeOutlook:
    walk = RandomWalk(2025, 121385.0, 0.02, 0.1, 3, 5)
    growth = interval(-3.2, 0.0, 4.1)
    ends = [
        TargetOutlook(2026, target, interval(1, 2, 3), growth, probability, walk)
        for target, probability in (
            (127454.0, chance),
            (138379.0, chance if upper_chance is None else upper_chance),
        )
    ]
    return RangeOutlook(*ends)


def judged(result: RangeOutlook | NotComputed) -> JudgedReading:
    reading = Reading("imk_establishments", COUNTS["total"], SOURCES, ())
    return JudgedReading(reading, None, None, (), COUNTS["total"], interval(-1, 0, 1), result, 2026)


@pytest.mark.parametrize("chance", [0.01, 0.5, 0.99])
@pytest.mark.parametrize("target", ["carried on", "national range"])
def test_outlook(page, chance, target):
    result = outlook(chance, 0.3)
    text = sound(page, narrative.industry.outlook(page, result, TARGETS[target]))
    chances = [words.probability(page.language, p) for p in (chance, 0.3)]
    assert [chance in text for chance in chances] == [target == "national range", True]
    assert page.language.number(80) in text


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


NO_EVIDENCE = pd.DataFrame(columns=["province_code", *FIGURE])
NO_STEPS = steps_across(NO_EVIDENCE, [])


def path(target: GrowthTarget, counts: pd.Series) -> TargetPath:
    frame = DeclaredBreak(2023, 2025, "frame")
    found = target_path(counts, [frame], target, 2025)
    assert found is not None
    return found


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
@pytest.mark.parametrize("computed", [True, False])
def test_target_section(page, shown, target, computed):
    result = (
        outlook(0.3) if computed else NotComputed("range_outlook", 3, 0, Unit.GROWTH_INCREMENTS)
    )
    counts = pd.Series({2019: 80000.0, 2021: 84024.0, 2023: 81255.0, 2025: 121385.0})
    found = path(target, counts)
    sections.industry.target(page, target, COUNTS, found, judged(result))
    # A target of the year of the new frame has no count before it to start from.
    assert kinds(shown).count("figure") == (0 if target.year == 2025 else 1)
    with_gap = target.year < 2023
    ends = [""] if target.lower == target.upper else ["_lower_end", "_upper_end"]
    for end in ends:
        assert f"ikm_growth_target{end}" in page.indicators
        assert (f"imk_establishments_gap_to_target{end}" in page.indicators) is with_gap
        assert (f"ikm_target_probability{end}" in page.indicators) is computed
    for item in page.indicators.values():
        assert item["sources"] or item["method"]


def test_the_steps_of_a_break_are_evidence_and_no_growth(page, shown):
    survey = SeriesBreak("imk_", 2023, 2025, {"id": "Kerangka berubah.", "en": "Frame changed."})
    evidence = break_evidence(page.catalog, page.province, (survey,), 2025)
    steps = steps_across(evidence, declared([survey]))
    sections.industry.establishments(page, COUNTS, (survey,), evidence, steps)
    (table,) = [data for meta, data in shown if meta["name"] == "tbl-break-steps"]
    rows = {(row["province_code"], row["indicator"]): row for row in rows_of(table)}
    assert round(float(rows["18", "imk_establishments"]["step_percent"])) == 49
    assert round(float(rows["18", "imk_workers"]["step_percent"])) == 41
    assert round(float(rows["00", "imk_establishments"]["step_percent"])) == -1
    assert page.catalog.provinces.by_code("18").name(page.language.code) in table["text/markdown"]


def test_counts_by_authority(page, shown):
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
    assert page.language.number(1416) in texts(shown)
    files = {meta["name"]: rows_of(data) for meta, data in shown if meta["kind"] == "table"}
    assert float(files["tbl-counts-by-authority"][1]["value"]) == 121385
    another = {"en": "Another source", "id": "Sumber lain"}[page.language.code]
    assert another in texts(shown)
    shown.clear()
    sections.industry.counts_by_authority(page, counts.tail(1))
    assert another not in texts(shown)
    sections.industry.counts_by_authority(page, counts.head(0))
    assert kinds(shown)[-1] == "text"


def test_a_break_outside_the_counts_is_not_shown(page, shown):
    survey = SeriesBreak("imk_", 2023, 2025, {"id": "Kerangka berubah.", "en": "Frame changed."})
    split = SeriesBreak("imk_", 2022, 2023, {}, (page.catalog.province("papua-selatan"),))
    sections.industry.establishments(page, COUNTS.head(1), (survey,), NO_EVIDENCE, NO_STEPS)
    assert "callout-warning" not in texts(shown)
    sections.industry.establishments(
        in_year(page, 2025), COUNTS, (split, survey), NO_EVIDENCE, NO_STEPS
    )
    assert texts(shown).count("callout-warning") == 2


def test_no_establishments_and_no_target(page, shown):
    sections.industry.establishments(page, NO_COUNTS, (), NO_EVIDENCE, NO_STEPS)
    sections.industry.target(page, None, NO_COUNTS, None, None)
    assert set(kinds(shown)) == {"heading", "text"}
    assert page.indicators == {}


def test_path_without_a_count_to_start_from(page, shown):
    target = TARGETS["carried on"]
    found = path(target, pd.Series(dtype=float))
    sections.industry.target(page, target, NO_COUNTS, found, None)
    assert "figure" not in kinds(shown)


def test_a_target_of_units_is_not_called_one_of_the_sector(page):
    units = GrowthTarget(1, 1, 2018, "country", False, ("ikm_units_growth_target",), SOURCES)
    sector = GrowthTarget(
        4.25, 4.25, 2024, "country", False, ("ditjen_ikma_sector_growth_target",), SOURCES
    )
    word = {"id": "unit", "en": "number"}[page.language.code]
    assert word in narrative.industry.target(page, units)
    assert word not in narrative.industry.target(page, sector)
    assert narrative.readings.meaning(page, units) != narrative.readings.meaning(page, sector)
