"""The figure of a province's revenue over the years."""

import pandas as pd

from analysis.report import display, theme
from analysis.report.figures.axes import numbers_axis
from analysis.report.narrative import local_economy as narrative
from analysis.report.page import Page


def revenue(page: Page, rows: pd.DataFrame) -> None:
    """Draw realised amounts of revenue by year, all up to one day of the year.

    Args:
        page: the page.
        rows: as `catalog.local_economy.Revenue.comparable` gives them; at least one.

    """
    name = narrative.revenue_name(page, rows["indicator"].iloc[0])
    sub_period = rows["sub_period"].iloc[0]
    last = narrative.period(page, rows["time_period"].iloc[-1], sub_period)
    amounts = [page.language.number(value, 2) for value in rows["value"]]
    by_year = [
        page.say("{total} in {year}", total=amount, year=year)
        for amount, year in zip(amounts, rows["time_period"], strict=True)
    ]
    with theme.styled():
        figure = theme.new_figure(2.7)
        axes = figure.subplots()
        bars = axes.bar(rows["time_period"], rows["value"], width=0.6, color=theme.EXPORT)
        axes.bar_label(bars, amounts, padding=2, fontsize=theme.POINTS - 1)
        # Every bar carries its amount, and lines would run through them.
        axes.grid(visible=False)
        axes.set_title(page.say("Trillion IDR"))
        axes.margins(y=0.15)
        numbers_axis(page, axes)
    display.show_figure(
        figure,
        "revenue",
        caption=page.say(
            "{name}, {province}: trillion IDR by year, the last one {period}.",
            name=name,
            province=page.place,
            period=last,
        )
        + _partial(page, sub_period)
        + _rounded(page, rows),
        alt=page.language.count(
            "A bar for one year: {amounts} (trillion IDR).",
            "Bars for {number} years: {amounts} (trillion IDR).",
            len(rows),
            amounts=page.language.listing(by_year),
        ),
        source=page.source_line({source for ids in rows["source_ids"] for source in ids}),
        data=rows[["indicator", "time_period", "sub_period", "value", "unit", "obs_status"]],
    )


def _partial(page: Page, sub_period: str) -> str:
    if not sub_period:
        return ""
    return " " + page.say("Each bar goes up to the same day of its year, not to its end.")


def _rounded(page: Page, rows: pd.DataFrame) -> str:
    if not (rows["obs_status"] == "approximate").any():
        return ""
    return " " + page.say("The sources round some of the amounts.")
