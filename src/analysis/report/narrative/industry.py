"""Sentences on small industry and its targets."""

import pandas as pd

from analysis.catalog.industry import SeriesBreak
from analysis.catalog.targets import UNITS_TARGET, GrowthTarget
from analysis.models.target import TargetOutlook
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
            "The government of {province} stated a growth of {percent} for {year}. It never said "
            "of what: of establishments, workers, output or value added.",
            province=page.place,
            percent=percent,
            year=found.year,
        )
    elif UNITS_TARGET in found.indicators:
        sentence = page.say(
            "No target of {province} is known. The national one of {year} is {percent}: growth in "
            "the number of small and medium enterprises of industry.",
            province=page.place,
            percent=percent,
            year=found.year,
        )
    else:
        sentence = page.say(
            "No target of {province} is known. The national one of {year} is {percent}: growth of "
            "the sector as the Ministry of Industry states it.",
            province=page.place,
            percent=percent,
            year=found.year,
        )
    if found.carried_on:
        sentence += " " + page.say(
            "It was stated for {year}; no later one up to {current} is known, so it is carried on.",
            year=found.year,
            current=page.year,
        )
    return sentence


def gap(page: Page, gaps: pd.DataFrame) -> str:
    """Say how far the latest comparable count is from the path of the target."""
    year, row = int(gaps.index[-1]), gaps.iloc[-1]
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


def readings(page: Page, found: GrowthTarget) -> str:
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


def outlook(page: Page, result: TargetOutlook) -> str:
    """Say how probable it is that the count grows as the target asks."""
    return page.say(
        "If the count goes on as it went, reaching {target} by {year} is {chance}; growth to "
        "expect is {estimate} percent a year, interval {lower} to {upper}.",
        target=page.language.number(result.target),
        year=result.target_year,
        chance=words.probability(page.language, result.probability),
        estimate=_signed(page, result.growth.estimate),
        lower=_signed(page, result.growth.lower),
        upper=_signed(page, result.growth.upper),
    )


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


def _signed(page: Page, value: float) -> str:
    return page.language.signed(value, 1)
