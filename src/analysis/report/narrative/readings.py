"""Sentences on what a growth target could mean, and on how likely each reading is."""

from analysis.catalog.targets import UNITS_TARGET, GrowthTarget
from analysis.models.readings import JudgedReading
from analysis.models.target import RangeOutlook
from analysis.report import words
from analysis.report.page import Page


def meaning(page: Page, found: GrowthTarget) -> str:
    """Say what the readings of a target are, by what the target states of itself."""
    if found.authority == "province":
        return page.say(
            "Which growth the target means is not said. These are the readings that have figures; "
            "none is preferred."
        )
    if UNITS_TARGET in found.indicators:
        return page.say(
            "The national target counts units of small and medium industry. These are the figures "
            "of the province that come near to it; none counts quite the same."
        )
    if found.authority == "country":
        return page.say(
            "The national target is stated for the sector as a whole. These are the figures of the "
            "province that come near to it; none measures quite the same."
        )
    return page.say(
        "The growth asked for can be held against any of these figures; none is preferred."
    )


def without_growth(page: Page, judged: JudgedReading, found: GrowthTarget) -> str:
    """Say of one reading why no growth is shown for it, or for a step of it; else nothing."""
    name = words.count_name(page.language, judged.reading.indicator)
    if judged.refused:
        step = judged.refused[-1]
        return page.say(
            "{name}: between {first} and {last} lies a [break in the series](#term-series-break). "
            "The step across it is no growth.",
            name=name,
            first=step.last_before,
            last=step.first_after,
        )
    if judged.steps:
        return ""
    years = [int(year) for year in judged.reading.points.dropna().index]
    if years[-1] < found.year:
        return page.say(
            "{name}: the last figure is of {last}, before the target's year.",
            name=name,
            last=years[-1],
        )
    if len(years) == 1:
        return page.say("{name}: only {year} has a figure.", name=name, year=years[0])
    return page.say(
        "{name}: the figures of {years} are too far apart to say something of one year.",
        name=name,
        years=page.language.listing([str(year) for year in years]),
    )


def outlook(page: Page, judged: JudgedReading, found: GrowthTarget) -> str:
    """Say how probable it is that one reading grows as the target asks; nothing if not computed."""
    result = judged.outlook
    if not isinstance(result, RangeOutlook):
        return ""
    name = words.count_name(page.language, judged.reading.indicator)
    if found.lower == found.upper:
        return page.say(
            "{name}: the chance of at least {percent} a year up to {year} is {chance}.",
            name=name,
            percent=words.growth_target(page.language, found),
            year=judged.target_year,
            chance=words.probability(page.language, result.upper.probability),
        )
    return page.say(
        "{name}: the chance of at least {lower} percent a year up to {year} is {lower_chance}, of "
        "at least {upper} percent it is {upper_chance}.",
        name=name,
        lower=page.language.figure(found.lower),
        upper=page.language.figure(found.upper),
        year=judged.target_year,
        lower_chance=words.probability(page.language, result.lower.probability),
        upper_chance=words.probability(page.language, result.upper.probability),
    )


def too_few_steps(page: Page, judged: JudgedReading) -> str:
    """Say how many comparable steps of growth a reading has."""
    return page.language.count(
        "{name}: {number} step.",
        "{name}: {number} steps.",
        max(len(judged.compared) - 1, 0),
        name=words.count_name(page.language, judged.reading.indicator),
    )
