"""Tables of what a growth target could mean."""

from collections.abc import Sequence

import pandas as pd

from analysis.catalog.targets import GrowthTarget
from analysis.indicators.series import Interval
from analysis.models.readings import JudgedReading
from analysis.models.target import RangeOutlook, TargetOutlook
from analysis.report import words
from analysis.report.page import Page
from analysis.report.tables.base import show


def growth(page: Page, judged: Sequence[JudgedReading]) -> None:
    """Show the growth of small industry under each reading of the target that has data."""
    rows = [(item.reading, step) for item in judged for step in item.steps]
    columns = {
        page.say("If the target is meant as"): [
            words.count_name(page.language, reading.indicator) for reading, _ in rows
        ],
        page.say("Years"): [f"{step.first_year}–{step.last_year}" for _, step in rows],
        page.say("Growth (percent a year)"): [
            page.language.signed(step.growth, 1) for _, step in rows
        ],
    }
    show(
        page,
        columns,
        "readings",
        page.say(
            "Growth of industry in {province} from the target's year on, under each reading that "
            "has figures: over the years that contain the target's, and over the latest ones.",
            province=page.place,
        ),
        sorted({source for reading, _ in rows for source in reading.source_ids}),
        data=pd.DataFrame(
            [
                (reading.indicator, step.first_year, step.last_year, step.growth)
                for reading, step in rows
            ],
            columns=["indicator", "first_year", "last_year", "growth_percent_a_year"],
        ),
        texts=2,
    )


def outlooks(page: Page, judged: Sequence[JudgedReading], found: GrowthTarget) -> None:
    """Show the trend growth of the readings that have one, and the chance of the target."""
    rows = [
        (item, item.trend, item.outlook)
        for item in judged
        if isinstance(item.trend, Interval) and isinstance(item.outlook, RangeOutlook)
    ]
    number = page.language.number
    columns = {
        page.say("If the target is meant as"): [
            f"{words.count_name(page.language, item.reading.indicator)}, {_years(item)}"
            for item, _, _ in rows
        ],
        page.say("Trend growth (percent a year)"): [
            page.language.signed(trend.estimate, 1) for _, trend, _ in rows
        ],
        page.say("Interval (percent a year)"): [
            page.say(
                "{lower} to {upper}",
                lower=page.language.signed(trend.lower, 1),
                upper=page.language.signed(trend.upper, 1),
            )
            for _, trend, _ in rows
        ],
    }
    for end in _ends(found):
        title = page.say(
            "Chance of {growth} percent a year (percent)",
            growth=page.language.figure(getattr(found, end)),
        )
        columns[title] = [_chance(page, getattr(outlook, end)) for _, _, outlook in rows]
    level = rows[0][1].level
    show(
        page,
        columns,
        "reading-outlooks",
        page.say(
            "Trend growth of industry in {province} with its {level} percent interval, and the "
            "chance that the next years grow as the target asks, if the figures go on as they have."
            " Estimates from few years.",
            province=page.place,
            level=number(100 * level),
        ),
        sorted({source for item, _, _ in rows for source in item.reading.source_ids}),
        data=pd.DataFrame([_plain(item, trend, outlook) for item, trend, outlook in rows]),
        texts=1,
    )


def _ends(found: GrowthTarget) -> tuple[str, ...]:
    return ("upper",) if found.lower == found.upper else ("lower", "upper")


def _years(item: JudgedReading) -> str:
    return f"{item.compared.index[0]}–{item.compared.index[-1]}"


def _chance(page: Page, outlook: TargetOutlook) -> str:
    chance = outlook.probability
    text = page.language.number(words.points(chance))
    if chance > 0.975:
        return f"> {text}"
    return f"< {text}" if chance < 0.025 else text


def _plain(item: JudgedReading, trend: Interval, outlook: RangeOutlook) -> dict[str, object]:
    return {
        "indicator": item.reading.indicator,
        "first_year": item.compared.index[0],
        "last_year": item.compared.index[-1],
        "trend_growth_percent_a_year": trend.estimate,
        "trend_lower": trend.lower,
        "trend_upper": trend.upper,
        "interval_level_percent": 100 * trend.level,
        "target_year": item.target_year,
        "probability_lower_end_percent": words.points(outlook.lower.probability),
        "probability_upper_end_percent": words.points(outlook.upper.probability),
    }
