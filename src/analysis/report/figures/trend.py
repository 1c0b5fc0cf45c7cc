"""Figures of the level of exports and imports without their seasons, and where it breaks."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from analysis.models.breaks import LevelShift
from analysis.report import display, theme, words
from analysis.report.figures.axes import months_axis, numbers_axis, with_period
from analysis.report.figures.trade import COLOURS
from analysis.report.page import Page


def levels(
    page: Page,
    levels_by_flow: Mapping[str, pd.DataFrame],
    basis: str,
    sources: Sequence[str],
    breaks: Mapping[str, Sequence[LevelShift]],
) -> None:
    """Draw the seasonally adjusted level of each flow with its interval over the observed months.

    Args:
        page: the page.
        levels_by_flow: by flow a frame indexed by month with `level`, `lower`, `upper` and
            `adjusted` (the observed value without season; missing where none was observed).
        basis: basis of exports.
        sources: of the observed months.
        breaks: by flow the shifts of its level that count as breaks.

    """
    with theme.styled():
        figure = theme.new_figure(2.1 * len(levels_by_flow) + 0.4)
        all_axes = np.atleast_1d(figure.subplots(len(levels_by_flow), 1, sharex=True))
        for axes, (flow, frame) in zip(all_axes, levels_by_flow.items(), strict=True):
            _draw_level(page, axes, flow, frame)
            for found in breaks.get(flow, ()):
                _draw_break(page, axes, found)
        months_axis(all_axes[-1])
        numbers_axis(page, *all_axes)
    display.show_figure(
        figure,
        "levels",
        caption=_caption(page, levels_by_flow, basis, breaks),
        alt=" ".join(
            _level_words(page, flow, frame, breaks.get(flow, ()))
            for flow, frame in levels_by_flow.items()
        ),
        source=page.source_line(sources),
        data=pd.concat(
            [
                with_period(frame).assign(
                    flow=flow,
                    level_break=[
                        any(month == found.date for found in breaks.get(flow, ()))
                        for month in frame.index
                    ],
                )
                for flow, frame in levels_by_flow.items()
            ]
        ),
    )


def _caption(
    page: Page,
    levels_by_flow: Mapping[str, pd.DataFrame],
    basis: str,
    breaks: Mapping[str, Sequence[LevelShift]],
) -> str:
    sentences = [
        page.say(
            "Seasonally adjusted level of {province}'s trade, with its {level} percent interval. "
            "Dots are published months without their season. {valuation}",
            province=page.place,
            level=page.language.number(100 * page.parameters.interval_level),
            valuation=words.valuation(page.language, basis),
        )
    ]
    if any(frame["adjusted"].isna().any() for frame in levels_by_flow.values()):
        sentences.append(
            page.say(
                "Hollow diamonds mark months that the model estimates, as no sound figure is in "
                "the collection."
            )
        )
    if any(breaks.get(flow) for flow in levels_by_flow):
        sentences.append(page.say("A dashed vertical line is a break of the level."))
    return " ".join(sentences)


def _draw_level(page: Page, axes: Axes, flow: str, frame: pd.DataFrame) -> None:
    colour = COLOURS[flow]
    dates = frame.index.to_timestamp()
    axes.fill_between(dates, frame["lower"], frame["upper"], color=colour, alpha=0.2, linewidth=0)
    axes.plot(dates, frame["level"], color=colour)
    axes.plot(
        dates, frame["adjusted"], marker=".", markersize=4, linestyle="none", color=theme.QUIET
    )
    modelled = frame["adjusted"].isna()
    axes.plot(
        dates[modelled],
        frame.loc[modelled, "level"],
        marker="D",
        markersize=4,
        linestyle="none",
        markerfacecolor="white",
        color=colour,
    )
    axes.set_ylim(bottom=0)
    axes.set_title(page.say("{flow}, million USD a month", flow=words.flow(page.language, flow)))


def _draw_break(page: Page, axes: Axes, found: LevelShift) -> None:
    date = found.date.to_timestamp()
    axes.axvline(date, color=theme.DEFICIT, linestyle="--", linewidth=1.4)
    axes.annotate(
        page.say("break, {month}", month=page.language.month(found.date)),
        (date, 0.98),
        xycoords=("data", "axes fraction"),
        xytext=(-4, 0),
        textcoords="offset points",
        ha="right",
        va="top",
        rotation=90,
        fontsize=theme.POINTS - 1.5,
        color=theme.DEFICIT,
        bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 1},
    )


def _level_words(page: Page, flow: str, frame: pd.DataFrame, breaks: Sequence[LevelShift]) -> str:
    first, last = frame.iloc[0], frame.iloc[-1]
    amounts = [first["level"], *last[["level", "lower", "upper"]]]
    sentence = page.say(
        "{flow}: the level goes from {start} in {first} to {end} in {last}, with an interval from "
        "{lower} to {upper}.",
        flow=words.flow(page.language, flow),
        start=page.language.money(first["level"], amounts),
        first=page.language.month(frame.index[0]),
        end=page.language.money(last["level"], amounts),
        last=page.language.month(frame.index[-1]),
        lower=page.language.money(last["lower"], amounts),
        upper=page.language.money(last["upper"], amounts),
    )
    if not breaks:
        return sentence
    months = page.language.listing([page.language.month(found.date) for found in breaks])
    return f"{sentence} " + page.say("A break is marked at {months}.", months=months)
