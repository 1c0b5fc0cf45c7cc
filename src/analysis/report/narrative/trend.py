"""Sentences on the level of a flow, its trend and its breaks, silent on causes."""

import math
from collections.abc import Mapping

import pandas as pd

from analysis.catalog.events import Event
from analysis.indicators.series import Interval
from analysis.models.breaks import Coincidence, LevelShift
from analysis.models.trend import TrendGrowth
from analysis.report import words
from analysis.report.page import Page

# With fewer months a shift of the usual size is missed as often as not.
SHORT_SERIES_MONTHS = 96

# From this shift on, in percent, a level is told by how many times it became what it was.
TOLD_IN_TIMES = 200.0

# More stretches of months than these are told by their first and last one.
MOST_STRETCHES = 3


def level(page: Page, flow: str, table: pd.DataFrame, growth: Interval) -> str:
    """Say where a flow's level stands and how it changed over twelve months."""
    last = table.iloc[-1]
    ends = last[["level", "lower", "upper"]].tolist()
    sentence = page.say(
        "{flow}: seasonally adjusted {level} in {month} ({percent} percent interval {lower} to "
        "{upper}).",
        flow=words.flow(page.language, flow),
        percent=page.language.number(100 * growth.level),
        level=page.language.money(last["level"], ends),
        month=page.language.month(table.index[-1]),
        lower=page.language.money(last["lower"], ends),
        upper=page.language.money(last["upper"], ends),
    )
    if growth.lower > 0:
        direction = page.say("It is higher than a year before")
    elif growth.upper < 0:
        direction = page.say("It is lower than a year before")
    else:
        direction = page.say("Whether it is higher or lower than a year before is not certain")
    return f"{sentence} {direction}: " + page.say(
        "{estimate} percent, interval {lower} to {upper}.",
        estimate=page.language.signed(growth.estimate, 1),
        lower=page.language.signed(growth.lower, 1),
        upper=page.language.signed(growth.upper, 1),
    )


def trend_growth(page: Page, first: pd.Period, found: TrendGrowth) -> str:
    """Say how the straight line through a flow's months rises or falls."""
    growth = found.growth
    if growth.lower > 0:
        direction = page.say(
            "The [trend](#term-trend) since {month} rises", month=_month(page, first)
        )
    elif growth.upper < 0:
        direction = page.say(
            "The [trend](#term-trend) since {month} falls", month=_month(page, first)
        )
    else:
        direction = page.say(
            "Whether the [trend](#term-trend) since {month} rises or falls is not certain",
            month=_month(page, first),
        )
    return f"{direction}: " + page.say(
        "{estimate} percent a year, interval {lower} to {upper}.",
        estimate=page.language.signed(growth.estimate, 1),
        lower=page.language.signed(growth.lower, 1),
        upper=page.language.signed(growth.upper, 1),
    )


def no_trend(page: Page, first: pd.Period) -> str:
    """Say that no straight line is laid through months within which the level breaks."""
    return page.say(
        "No [trend](#term-trend) since {month} is stated: the level breaks within these months "
        "(see below), and a step is no steady growth.",
        month=_month(page, first),
    )


def no_break(page: Page, flow: str, found: LevelShift) -> str:
    """Say that the clearest shift may be chance."""
    return page.say(
        "{flow}: no [break](#term-break) of the level is found. The clearest shift, in {month} "
        "({shift} percent, interval {lower} to {upper}), does not stand out: {chance}",
        flow=words.flow(page.language, flow),
        month=_month(page, found.date),
        shift=page.language.signed(found.shift.estimate, 1),
        lower=page.language.signed(found.shift.lower, 1),
        upper=page.language.signed(found.shift.upper, 1),
        chance=by_chance(page, found.p_value),
    )


def little_proof(page: Page, found: LevelShift) -> str:
    """Say how little it proves that no break is found in so many months."""
    if found.months < SHORT_SERIES_MONTHS:
        return page.say(
            "With {months} months a real shift is easily missed: this is weak evidence that there "
            "was none.",
            months=found.months,
        )
    return page.say("A shift no larger than the usual swings of the level would be missed.")


def level_break(page: Page, flow: str, found: LevelShift) -> str:
    """Say when a level broke, by how much, how sure the date is and how easily it is chance."""
    chance = by_chance(page, found.p_value)
    if found.shift.estimate >= TOLD_IN_TIMES:
        times = found.times
        sentence = page.say(
            "{flow}: the level [breaks](#term-break) in {month}, to {times} times what it was "
            "(interval {lower} to {upper}): {chance}",
            flow=words.flow(page.language, flow),
            month=_month(page, found.date),
            times=page.language.number(times.estimate, 1),
            lower=page.language.number(times.lower, 1),
            upper=page.language.number(times.upper, 1),
            chance=chance,
        )
    else:
        sentence = page.say(
            "{flow}: the level [breaks](#term-break) in {month}, by {shift} percent (interval "
            "{lower} to {upper}): {chance}",
            flow=words.flow(page.language, flow),
            month=_month(page, found.date),
            shift=page.language.signed(found.shift.estimate, 1),
            lower=page.language.signed(found.shift.lower, 1),
            upper=page.language.signed(found.shift.upper, 1),
            chance=chance,
        )
    others = _other_dates(page, found)
    return f"{sentence} {others}".rstrip()


def by_chance(page: Page, p_value: float) -> str:
    """Put a p-value in words, with its number."""
    hundredths = math.floor(100 * p_value + 0.5)
    if hundredths == 0:
        return page.say(
            "by chance alone such a shift would appear in fewer than one of a hundred series "
            "([p-value](#term-p-value) {number}).",
            number=page.language.number(p_value, 4),
        )
    return page.language.count(
        "by chance alone such a shift would appear in one of a hundred series "
        "([p-value](#term-p-value) {value}).",
        "by chance alone such a shift would appear in {number} of a hundred series "
        "([p-value](#term-p-value) {value}).",
        hundredths,
        # From the same hundredths, so that the two never disagree.
        value=page.language.number(hundredths / 100, 2),
    )


def coincidence(
    page: Page, found: LevelShift, near: Coincidence, events: Mapping[str, Event]
) -> str:
    """Name the known events near a break, and say how little that means; never a cause."""
    share = page.language.percent(100 * near.chance, 0)
    if not near.events:
        sentence = page.say(
            "No event on the list of known events begins within three months of {month}.",
            month=_month(page, found.date),
        )
        if near.chance == 0:
            return sentence
        return f"{sentence} " + page.say(
            "Of the months tested {share} have one as near.", share=share
        )
    return page.say(
        "It [coincides](#term-coincidence) with {events}. That says nothing of a cause: {share} of "
        "the months tested lie as near to a known event.",
        events=page.language.listing(
            [_event(page, each, events) for item in near.events for each in item.ids]
        ),
        share=share,
    )


def _event(page: Page, event_id: str, events: Mapping[str, Event]) -> str:
    event = events[event_id]
    name = event.name_id if page.language.code == "id" else event.name_en
    return page.say("“{event}” ({month})", event=name, month=page.language.month(event.date[:7]))


def _other_dates(page: Page, found: LevelShift) -> str:
    """Name the months that are about as likely; nothing where there is only the one."""
    stretches = _stretches(found)
    if len(found.dates) < 2:
        return ""
    if len(stretches) > MOST_STRETCHES:
        return page.say(
            "The month is not sure: others between {first} and {last} are about as likely.",
            first=_month(page, found.dates[0]),
            last=_month(page, found.dates[-1]),
        )
    return page.say(
        "The month is not sure; about as likely are: {months}.",
        months=page.language.listing(
            [
                page.language.period(f"{first}/{last}") if first != last else _month(page, first)
                for first, last in stretches
            ]
        ),
    )


def _stretches(found: LevelShift) -> list[tuple[pd.Period, pd.Period]]:
    """Join the likely months that follow one another among the months tested."""
    order = {month: position for position, month in enumerate(found.tested)}
    stretches: list[tuple[pd.Period, pd.Period]] = []
    for month in found.dates:
        if stretches and order[month] == order[stretches[-1][1]] + 1:
            stretches[-1] = (stretches[-1][0], month)
        else:
            stretches.append((month, month))
    return stretches


def _month(page: Page, month: pd.Period) -> str:
    return page.language.month(month)
