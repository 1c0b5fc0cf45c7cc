"""Figures of the forecast of both flows and their balance, and of what came after it."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from analysis.indicators.trade import trade_balance
from analysis.report import display, theme, words
from analysis.report.figures.axes import months_axis, numbers_axis, with_period
from analysis.report.page import Page

HISTORY_MONTHS = 36
COLOURS = {"export": theme.EXPORT, "import": theme.IMPORT, "balance": theme.INK}


def forecasts(
    page: Page,
    observed: Mapping[str, pd.Series],
    fans: Mapping[str, pd.DataFrame],
    basis: str,
    sources: Sequence[str],
) -> None:
    """Draw each forecast as a fan behind the last three years of its flow.

    Args:
        page: the page.
        observed: exports and imports by month.
        fans: by `export`, `import` or `balance`, as far as computed, a frame indexed by month with
            `median`, `lower` and `upper`, million USD.
        basis: basis of exports.
        sources: of the observed months.

    """
    history = {**observed, "balance": trade_balance(observed["export"], observed["import"])}
    with theme.styled():
        figure = theme.new_figure(0.6 + 1.6 * len(fans))
        all_axes = np.atleast_1d(figure.subplots(len(fans), 1, sharex=True))
        for axes, (flow, fan) in zip(all_axes, fans.items(), strict=True):
            past = history[flow].tail(HISTORY_MONTHS)
            axes.plot(past.index.to_timestamp(), past, color=COLOURS[flow])
            _draw_fan(page, axes, flow, fan)
        names = [page.say("published"), page.say("forecast")]
        figure.legend(all_axes[-1].lines[:2], names, loc="outside lower center", ncols=2)
        months_axis(all_axes[-1])
        numbers_axis(page, *all_axes)
    display.show_figure(
        figure,
        "forecast",
        caption=page.say(
            "{flows} of {province}: the last three years and the forecast with its {level} percent "
            "interval. {valuation}",
            flows=_fan_names(page, fans),
            province=page.place,
            level=page.language.number(100 * page.parameters.interval_level),
            valuation=words.valuation(page.language, basis),
        ),
        alt=page.say("The published months and, dotted within a shaded interval, the forecast.")
        + " "
        + " ".join(_fan_words(page, flow, fan) for flow, fan in fans.items()),
        source=page.source_line(sources),
        data=pd.concat([with_period(fan).assign(flow=flow) for flow, fan in fans.items()]),
    )


def happened(page: Page, outcomes: Mapping[str, pd.DataFrame], basis: str, source: str) -> None:
    """Draw each forecast with the months that were published after the report's figures.

    Args:
        page: the page.
        outcomes: by flow or `balance` a frame indexed by month with `median`, `lower`, `upper`,
            `later` (what came, million USD; missing where not published) and `inside`.
        basis: basis of exports.
        source: the line that names where the later figures are from.

    """
    with theme.styled():
        figure = theme.new_figure(0.6 + 1.6 * len(outcomes))
        all_axes = np.atleast_1d(figure.subplots(len(outcomes), 1, sharex=True))
        for axes, (flow, table) in zip(all_axes, outcomes.items(), strict=True):
            _draw_fan(page, axes, flow, table)
            _draw_later(axes, table)
        names = [
            page.say("forecast"),
            page.say("published later, inside the interval"),
            page.say("published later, outside"),
        ]
        # The first picture is of a flow: the balance, which has a line at zero, needs both.
        figure.legend(all_axes[0].lines[:3], names, loc="outside lower center", ncols=1)
        months_axis(all_axes[-1])
        numbers_axis(page, *all_axes)
    display.show_figure(
        figure,
        "happened",
        caption=page.say(
            "What happened then: {flows} of {province} as published after this report's figures, "
            "on the forecast with its {level} percent interval. {valuation}",
            flows=_names(page, outcomes),
            province=page.place,
            level=page.language.number(100 * page.parameters.interval_level),
            valuation=words.valuation(page.language, basis),
        ),
        alt=page.say("Markers of later published months on the dotted forecast and its interval.")
        + " "
        + " ".join(_outcome_words(page, flow, table) for flow, table in outcomes.items()),
        source=source,
        data=pd.concat(
            [
                with_period(table).assign(
                    flow=flow,
                    known_so_far=table["later"].notna().cumsum().to_numpy(),
                    inside_so_far=table["inside"].cumsum().to_numpy(),
                )
                for flow, table in outcomes.items()
            ]
        ),
    )


def _draw_fan(page: Page, axes: Axes, flow: str, fan: pd.DataFrame) -> None:
    months = fan.index.to_timestamp()
    axes.fill_between(months, fan["lower"], fan["upper"], color=COLOURS[flow], alpha=0.2)
    # A line through one month has no length.
    marker = "." if len(fan) == 1 else ""
    axes.plot(months, fan["median"], color=COLOURS[flow], linestyle=":", marker=marker)
    axes.set_title(
        page.say("Balance, million USD")
        if flow == "balance"
        else page.say("{flow}, million USD", flow=words.flow(page.language, flow))
    )
    if flow == "balance":
        axes.axhline(0, color=theme.QUIET, linewidth=0.8, zorder=1)


def _draw_later(axes: Axes, table: pd.DataFrame) -> None:
    months = table.index.to_timestamp()
    for chosen, marker in ((table["inside"], "o"), (~table["inside"], "X")):
        axes.plot(
            months,
            table["later"].where(chosen),
            marker=marker,
            markersize=6 if marker == "o" else 8,
            linestyle="none",
            color=theme.INK,
        )


def _fan_names(page: Page, fans: Mapping[str, pd.DataFrame]) -> str:
    listed = _names(page, fans)
    return listed[0].upper() + listed[1:]


def _names(page: Page, flows: Mapping[str, pd.DataFrame]) -> str:
    names = {
        "export": page.say("exports"),
        "import": page.say("imports"),
        "balance": page.say("balance"),
    }
    return page.language.listing([names[flow] for flow in flows])


def _fan_words(page: Page, flow: str, fan: pd.DataFrame) -> str:
    last = fan[["median", "lower", "upper"]].iloc[-1]
    return page.say(
        "{flow} in {month}: {median}, interval {lower} to {upper}.",
        flow=_name(page, flow),
        month=page.language.month(fan.index[-1]),
        median=page.language.money(last["median"], last),
        lower=page.language.money(last["lower"], last),
        upper=page.language.money(last["upper"], last),
    )


def _outcome_words(page: Page, flow: str, table: pd.DataFrame) -> str:
    return page.say(
        "{flow}: {inside} of {known} later months lie inside the interval.",
        flow=_name(page, flow),
        inside=int(table["inside"].sum()),
        known=int(table["later"].notna().sum()),
    )


def _name(page: Page, flow: str) -> str:
    return page.say("Balance") if flow == "balance" else words.flow(page.language, flow)
