"""Sentences on small industry and its targets."""

from collections.abc import Mapping

import pandas as pd

from analysis.catalog.industry import SeriesBreak
from analysis.catalog.targets import UNITS_TARGET, GrowthTarget
from analysis.models.target import RangeOutlook
from analysis.report import words
from analysis.report.page import Page


def target(page: Page, found: GrowthTarget) -> str:
    """Name the growth target, its year and the authority that stated it."""
    percent = words.growth_target(page.language, found)
    if found.authority == "parameter":
        return page.say(
            "The growth tested here is {percent} a year, as asked for.", percent=percent
        )
    if found.authority == "province":
        sentence = page.say(
            "The government of {province} stated a growth of {percent} for {year}. The source "
            "does not say of what: of establishments, workers, output or value added.",
            province=page.place,
            percent=percent,
            year=found.year,
        )
    elif UNITS_TARGET in found.indicators:
        sentence = page.say(
            "No target of {province} itself is in the collection. The national one of {year} is "
            "{percent}: growth in the number of small and medium enterprises of industry.",
            province=page.place,
            percent=percent,
            year=found.year,
        )
    else:
        sentence = page.say(
            "No target of {province} itself is in the collection. The national one of {year} is "
            "{percent}: growth of the sector as the Ministry of Industry states it.",
            province=page.place,
            percent=percent,
            year=found.year,
        )
    if found.carried_on:
        sentence += " " + page.say(
            "It was stated for {year}; no later one up to {current} is in the collection, so it "
            "is carried on.",
            year=found.year,
            current=page.year,
        )
    return sentence


def gap(page: Page, gaps: Mapping[str, pd.DataFrame]) -> str:
    """Say how far the latest comparable count is from the path of the target, or from its ends.

    Args:
        page: the page.
        gaps: as `indicators.industry.target_path` gives them, none of them empty.

    """
    year = int(gaps["upper"].index[-1])
    lower, upper = gaps["lower"].iloc[-1], gaps["upper"].iloc[-1]
    if lower["path"] == upper["path"]:
        return _gap_to_one_path(page, upper, year)
    beginning = page.say(
        "If it means establishments and goes on every year, the path asks for {lower} to {upper} "
        "in {year}; the published count is {observed}: ",
        lower=page.language.number(lower["path"]),
        upper=page.language.number(upper["path"]),
        year=year,
        observed=page.language.number(upper["observed"]),
    )
    values = {
        "to_lower": page.language.number(abs(lower["gap"])),
        "lower_percent": page.language.number(abs(lower["gap_percent"]), 1),
        "to_upper": page.language.number(abs(upper["gap"])),
        "upper_percent": page.language.number(abs(upper["gap_percent"]), 1),
    }
    if lower["gap"] < 0:
        return beginning + page.say(
            "{to_lower} ({lower_percent} percent) below its lower end and {to_upper} "
            "({upper_percent} percent) below its upper end.",
            **values,
        )
    if upper["gap"] < 0:
        return beginning + page.say(
            "{to_lower} ({lower_percent} percent) above its lower end and {to_upper} "
            "({upper_percent} percent) below its upper end.",
            **values,
        )
    return beginning + page.say(
        "{to_lower} ({lower_percent} percent) above its lower end and {to_upper} "
        "({upper_percent} percent) above its upper end.",
        **values,
    )


def _gap_to_one_path(page: Page, row: pd.Series, year: int) -> str:
    path = page.say(
        "If it means establishments and goes on every year, the path asks for {path} in {year}; "
        "the published count is {observed}: ",
        path=page.language.number(row["path"]),
        year=year,
        observed=page.language.number(row["observed"]),
    )
    difference = round(abs(row["gap"]))
    if difference == 0:
        return path + page.say("exactly that.")
    values = {
        "difference": page.language.number(difference),
        "percent": page.language.number(abs(row["gap_percent"]), 1),
    }
    if row["gap"] > 0:
        return path + page.say("{difference} ({percent} percent) above it.", **values)
    return path + page.say("{difference} ({percent} percent) below it.", **values)


def outlook(page: Page, result: RangeOutlook, found: GrowthTarget) -> str:
    """Say how probable it is that the count grows as the target asks, at either end of it."""
    growth = result.upper.growth
    expected = page.say(
        "Growth to expect until then is {estimate} percent a year; the [interval](#term-interval) "
        "of {level} percent goes from {lower} to {upper}.",
        estimate=page.language.signed(growth.estimate, 1),
        level=page.language.number(100 * growth.level),
        lower=page.language.signed(growth.lower, 1),
        upper=page.language.signed(growth.upper, 1),
    )
    if found.lower == found.upper:
        chance = page.say(
            "If the count goes on as it went, the chance that it grows by {percent} a year, to "
            "{target} by {year}, is {chance}.",
            percent=words.growth_target(page.language, found),
            target=page.language.number(result.upper.target),
            year=result.upper.target_year,
            chance=words.probability(page.language, result.upper.probability),
        )
        return f"{chance} {expected}"
    chance = page.say(
        "If the count goes on as it went, the chance that it grows by {lower} percent a year, to "
        "{lower_target} by {year}, is {lower_chance}; by {upper} percent, to {upper_target}, it is "
        "{upper_chance}.",
        lower=page.language.figure(found.lower),
        upper=page.language.figure(found.upper),
        lower_target=page.language.number(result.lower.target),
        upper_target=page.language.number(result.upper.target),
        year=result.upper.target_year,
        lower_chance=words.probability(page.language, result.lower.probability),
        upper_chance=words.probability(page.language, result.upper.probability),
    )
    return f"{chance} {expected}"


def series_break(page: Page, item: SeriesBreak) -> str:
    """State a declared break: of survey in the words of its declaration, or of territory."""
    if not item.children:
        return item.reasons[page.language.code]
    return page.say(
        "Up to {last} the counts of {province} include {children}; from {first} on they do not. "
        "The step between is a change of territory and no growth.",
        last=item.after,
        province=page.place,
        first=item.before,
        children=page.language.listing([child.name(page.language.code) for child in item.children]),
    )
