"""Tables of the forecast: how each method did in the past, and the chance of a surplus by month."""

from collections.abc import Mapping

import pandas as pd

from analysis.models.forecast import Backtest, BalanceForecast
from analysis.report import display, words
from analysis.report.page import Page


def forecast_scores(page: Page, backtests: Mapping[str, Backtest]) -> None:
    """Show how each forecasting method would have done, as a ratio to the seasonal naive one."""
    ratios = pd.DataFrame({flow: item.candidates["ratio"] for flow, item in backtests.items()})
    ratios = ratios.rename_axis("method").sort_values("method")
    number = page.language.number
    chosen = {flow: item.ratio for flow, item in backtests.items()}
    origins = max(len(item.origins) for item in backtests.values())
    horizon = max(item.horizon for item in backtests.values())
    columns = {
        page.say("Method"): [
            *(words.forecast_method(page.language, str(name)) for name in ratios.index),
            page.say("chosen step by step (this is what counts)"),
        ]
    }
    for flow in ratios:
        columns[_ratio_header(page, str(flow))] = [
            *(number(value, 2) for value in ratios[flow]),
            number(chosen[str(flow)], 2),
        ]
    table = pd.DataFrame(columns)
    data = pd.concat([ratios, pd.DataFrame(chosen, index=["chosen"])]).reset_index(names="method")
    display.show_table(
        table,
        "forecast-scores",
        page.say(
            "Error of each method in the past, relative to repeating the month of the year before "
            "(1 = equally good, below 1 = better). Tested from up to {origins} past dates, up to "
            "{horizon} months ahead each; the last row chose its method only from errors known at "
            "the time.",
            origins=origins,
            horizon=horizon,
        ),
        page.say("Method: analysis.models.forecast; the same figures as the forecast."),
        data=data.assign(origins=origins, horizon=horizon),
        numbers=tuple(str(name) for name in table.columns[1:]),
    )


def surplus_by_month(page: Page, balance: BalanceForecast, basis: str) -> None:
    """Show the balance forecast of each month and the chance that it is a surplus."""
    months = balance.months
    number = page.language.number
    columns = {
        page.say("Month"): [page.language.month(month) for month in months.index],
        page.say("Balance (million USD)"): [number(value) for value in months["median"]],
        page.say("Interval (million USD)"): [
            page.say("{lower} to {upper}", lower=number(row.lower), upper=number(row.upper))
            for row in months.itertuples()
        ],
        page.say("Chance of a surplus (percent)"): [
            _chance(chance) for chance in months["surplus_probability"]
        ],
    }
    table = pd.DataFrame(columns)
    display.show_table(
        table,
        "surplus-by-month",
        page.say(
            "Forecast balance of {province} by month with its {level} percent interval, and the "
            "chance of a surplus to the nearest five. {valuation}",
            province=page.place,
            level=number(100 * page.parameters.interval_level),
            valuation=words.valuation(page.language, basis),
        ),
        page.say("Method: analysis.models.forecast; the same figures as the forecast."),
        data=pd.DataFrame(
            {
                "time_period": months.index.astype(str),
                "median": months["median"].to_numpy(),
                "lower": months["lower"].to_numpy(),
                "upper": months["upper"].to_numpy(),
                "surplus_percent": [words.points(each) for each in months["surplus_probability"]],
            }
        ),
        numbers=tuple(table.columns[1:]),
    )


def _chance(chance: float) -> str:
    """Write a chance to five points; what lies beyond 95 or below 5 is never called certain."""
    if chance > 0.975:
        return "> 95"
    return "< 5" if chance < 0.025 else str(words.points(chance))


def _ratio_header(page: Page, flow: str) -> str:
    if flow == "export":
        return page.say("Exports (ratio)")
    return page.say("Imports (ratio)")
