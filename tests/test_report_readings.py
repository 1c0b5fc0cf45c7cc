"""The section on what a growth target could mean: every branch of its sentences."""

import pandas as pd
import pytest
from report_samples import SOURCES, TARGETS, interval, kinds, rows_of, sound, texts

from analysis.catalog.industry import Reading, SeriesBreak
from analysis.catalog.targets import GrowthTarget
from analysis.models.readings import JudgedReading, judge
from analysis.report import figures, narrative, sections

CARRIED_ON = TARGETS["carried on"]
FRAME = SeriesBreak("imk_", 2023, 2025, {"en": "Frame changed.", "id": "Kerangka berubah."})
NAMES = {
    "imk_establishments": {2021: 84024.0, 2023: 81255.0, 2025: 121385.0},
    "imk_workers": {2013: 276373.0, 2014: 274664.0, 2025: 246698.0},
    "imk_output": {2025: 16230870.0},
    "ikm_units_agency_count": {2018: 96346.0},
    "manufacturing_employment_sakernas": {2022: 409.0, 2023: 409.5, 2024: 415.0, 2025: 444.0},
    "imk_production_growth_annual": {2022: 3.25, 2023: -1.0},
}


def judged(name: str, target: GrowthTarget = CARRIED_ON, **rough) -> JudgedReading:
    breaks = (FRAME,) if name == "imk_establishments" else ()
    points = pd.Series(NAMES[name], dtype=float)
    return judge(Reading(name, points, SOURCES, breaks, **rough), target, 2025, 0.8)


@pytest.mark.parametrize(
    ("target", "english"),
    [
        ("the province's", "Which growth the target means is not said."),
        ("national", "The national target is stated for the sector as a whole."),
        ("as asked for", "The growth asked for can be held against any of these figures"),
    ],
)
def test_meaning_by_authority(page, target, english):
    text = sound(page, narrative.readings.meaning(page, TARGETS[target]))
    assert page.language.code == "id" or text.startswith(english)
    others = [narrative.readings.meaning(page, other) for other in TARGETS.values()]
    assert len(set(others)) == 3


@pytest.mark.parametrize(
    ("name", "english"),
    [
        ("imk_establishments", "The step across it is no growth."),
        ("imk_workers", "the figures of 2013, 2014 and 2025 are too far apart"),
        ("imk_output", "only 2025 has a figure."),
        ("ikm_units_agency_count", "the last figure is of 2018, before the target's year."),
        ("manufacturing_employment_sakernas", ""),
    ],
)
def test_why_there_is_no_growth(page, name, english):
    text = sound(page, narrative.readings.without_growth(page, judged(name), CARRIED_ON))
    assert bool(text) is bool(english)
    assert page.language.code == "id" or english in text


@pytest.mark.parametrize("target", ["carried on", "national range"])
def test_chances(page, target):
    found = judged("manufacturing_employment_sakernas", TARGETS[target])
    text = sound(page, narrative.readings.outlook(page, found, TARGETS[target]))
    assert "2026" in text
    assert text.count("persen (" if page.language.code == "id" else "percent (") == (
        2 if target == "national range" else 1
    )
    assert narrative.readings.outlook(page, judged("imk_output"), TARGETS[target]) == ""


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
def test_readings(page, shown, target):
    found = {name: judged(name, target) for name in NAMES}
    sections.readings.readings(page, target, found)
    (growth,) = [data for meta, data in shown if meta["name"] == "tbl-readings"]
    (chances,) = [data for meta, data in shown if meta["name"] == "tbl-reading-outlooks"]
    (row,) = rows_of(chances)
    assert row["indicator"] == "manufacturing_employment_sakernas"
    assert 0 < float(row["probability_upper_end_percent"]) < 100
    header = chances["text/markdown"].splitlines()[0]
    assert header.count("|") - 1 == (5 if target.lower < target.upper else 4)
    # A break's step stands in no table of growth.
    years = {(r["indicator"], r["last_year"]) for r in rows_of(growth)}
    assert ("imk_establishments", "2025") not in years
    assert narrative.readings.meaning(page, target) in texts(shown)
    assert kinds(shown).count("figure") == 1
    assert page.indicators["growth_steps_needed"]["value"] == 3
    assert page.indicators["growth_steps_imk_output"]["value"] == 0


def test_how_each_growth_is_known(page, shown):
    target = TARGETS["carried on"]
    rough = judged("manufacturing_employment_sakernas", approximate=frozenset({2024}))
    exact = judged("imk_establishments")
    printed = judged("imk_production_growth_annual")
    found = {item.reading.indicator: item for item in (rough, exact, printed)}
    sections.readings.readings(page, target, found)
    statuses = {name: item["obs_status"] for name, item in page.indicators.items()}
    assert statuses["latest_growth_manufacturing_employment_sakernas"] == "approximate"
    assert statuses["growth_imk_establishments"] == "derived"
    assert statuses["growth_imk_production_growth_annual"] == "published"
    assert statuses["trend_growth_manufacturing_employment_sakernas_estimate"] == "estimated"
    rough_print = judged("imk_production_growth_annual", approximate=frozenset({2022}))
    again = type(page)("again", page.parameters, page.catalog)
    sections.readings.readings(again, target, {"imk_production_growth_annual": rough_print})
    assert again.indicators["growth_imk_production_growth_annual"]["obs_status"] == "approximate"


@pytest.mark.parametrize(("chance", "shown_as"), [(0.01, "< 5"), (0.99, "> 95"), (0.5, "50")])
def test_chances_that_are_all_but_sure(page, shown, chance, shown_as):
    from dataclasses import replace

    found = judged("manufacturing_employment_sakernas")
    end = replace(found.outlook.upper, probability=chance)
    outlook = replace(found.outlook, lower=end, upper=end)
    found = replace(found, outlook=outlook, trend=interval(-400.0, 1.0, 400.0))
    sections.readings.readings(page, CARRIED_ON, {found.reading.indicator: found})
    (chances,) = [data for meta, data in shown if meta["name"] == "tbl-reading-outlooks"]
    assert f" {shown_as} |" in chances["text/markdown"]
    (figure,) = [data for meta, data in shown if meta["kind"] == "figure"]
    arrow = "Panah" if page.language.code == "id" else "An arrow"
    assert arrow in figure["text/markdown"]


def test_no_readings_without_a_target(page, shown):
    sections.readings.readings(page, None, {})
    assert shown == []


def test_no_readings_without_a_figure(page, shown):
    sections.readings.readings(page, CARRIED_ON, {})
    sections.readings.readings(page, CARRIED_ON, {"imk_output": judged("imk_output")})
    assert set(kinds(shown)) == {"heading", "text"}


def test_the_arrow_is_only_where_an_interval_goes_on(page, shown):
    figures.readings.growth(page, [judged("imk_establishments")], CARRIED_ON)
    text = texts(shown)
    assert "Panah" not in text
    assert "An arrow" not in text
