"""Sentences on the forecast, how far it can be trusted, and what came after it."""

from collections.abc import Sequence

import pandas as pd

from analysis.catalog.territory import TerritoryBreak
from analysis.models.forecast import Backtest, BalanceForecast, FlowForecast
from analysis.report import words
from analysis.report.page import Page

# Intervals that held so much less than they promised in the past carry no probability.
TOLERATED_SHORTFALL = 0.15


def forecast_method(page: Page, flow: str, forecast: FlowForecast, backtest: Backtest) -> str:
    """Say which forecast is published, and how the choice of it did in the past."""
    ratio = page.language.number(backtest.ratio, 2)
    if forecast.beats_naive:
        sentence = page.say(
            "{flow} are forecast by the {method}. Choosing the method step by step, as here, gave "
            "errors in the past of {ratio} times those of repeating the month of the year before.",
            flow=words.flow(page.language, flow),
            method=words.forecast_method(page.language, forecast.method),
            ratio=ratio,
        )
    else:
        sentence = page.say(
            "{flow}: no method was shown to beat repeating the month of the year before, so that "
            "is what is published.",
            flow=words.flow(page.language, flow),
        )
    return (
        sentence
        + " "
        + page.say(
            "Of what came, {coverage} percent lay within the {level} percent interval ({count} "
            "comparisons).",
            coverage=page.language.number(100 * backtest.coverage),
            level=page.language.number(100 * page.parameters.interval_level),
            count=backtest.errors,
        )
    )


def surplus_probability(page: Page, balance: BalanceForecast, backtests: Sequence[Backtest]) -> str:
    """Say how probable a surplus is over the months ahead, if the intervals have proved sound."""
    months, total = balance.months, balance.total
    ends = (total.lower, total.estimate, total.upper)
    expected = page.language.count(
        "For {last} the balance forecast (median of simulated courses of both flows) is {median}, "
        "interval {lower} to {upper}.",
        "Over the {number} months from {first} to {last} together, the balance forecast (median "
        "of simulated courses of both flows) is {median}, interval {lower} to {upper}.",
        len(months),
        first=page.language.month(months.index[0]),
        last=page.language.month(months.index[-1]),
        median=page.language.money(total.estimate, ends),
        lower=page.language.money(total.lower, ends),
        upper=page.language.money(total.upper, ends),
    )
    if not intervals_held(page, backtests):
        worst = min(backtest.coverage for backtest in backtests)
        return f"{expected} " + page.say(
            "No probability of a surplus is given: in the past only {coverage} percent of what "
            "came lay within the intervals, so they are too narrow to trust.",
            coverage=page.language.number(100 * worst),
        )
    return f"{expected} " + page.say(
        "The chance that it is a surplus is {chance}.",
        chance=words.probability(page.language, balance.surplus_probability),
    )


def intervals_held(page: Page, backtests: Sequence[Backtest]) -> bool:
    """Tell if the intervals of every flow held in the past nearly as often as they promised."""
    least = page.parameters.interval_level - TOLERATED_SHORTFALL
    return all(backtest.coverage >= least for backtest in backtests)


def outcome(page: Page, flow: str, table: pd.DataFrame) -> str:
    """Say how many of the months that came later lay inside the interval.

    Args:
        page: the page.
        flow: `export`, `import` or `balance`.
        table: with `later` (missing where not published) and `inside`, by month of the forecast.

    """
    known = int(table["later"].notna().sum())
    names = {
        "export": page.say("Exports"),
        "import": page.say("Imports"),
        "balance": page.say("Balance"),
    }
    return page.language.count(
        "{flow}: one later month is published; inside the {level} percent interval: {inside}.",
        "{flow}: {number} later months are published; inside the {level} percent interval: "
        "{inside}.",
        known,
        flow=names[flow],
        level=page.language.number(100 * page.parameters.interval_level),
        inside=int(table["inside"].sum()),
    )


def outcome_of_balance(page: Page, balance: BalanceForecast, came: float) -> str:
    """Hold what the balance came to over all months against its forecast."""
    total = balance.total
    amounts = (came, total.lower, total.estimate, total.upper)
    return page.say(
        "Over all these months the balance came to {came}; the forecast was {median}, interval "
        "{lower} to {upper}.",
        came=page.language.money(came, amounts),
        median=page.language.money(total.estimate, amounts),
        lower=page.language.money(total.lower, amounts),
        upper=page.language.money(total.upper, amounts),
    )


def younger_figures(page: Page) -> str:
    """Say that later figures take no part in what the report estimates."""
    return page.say(
        "These figures are newer than this report: no estimate on this page uses them, and they "
        "do not count for its [data vintage](#term-data-vintage)."
    )


def not_held_against(page: Page, split: TerritoryBreak) -> str:
    """Say why months after a change of territory are not held against the forecast."""
    return page.say(
        "Figures from {first} on cover another territory and are not held against the forecast.",
        first=page.language.period(split.first_without),
    )
