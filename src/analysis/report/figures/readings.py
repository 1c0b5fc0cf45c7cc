"""Figures of what a growth target could mean: what each reading grew by, against the target."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from analysis.catalog.targets import GrowthTarget
from analysis.indicators.series import Interval
from analysis.models.readings import JudgedReading
from analysis.report import display, theme, words
from analysis.report.figures.axes import LanguageFormatter
from analysis.report.page import Page

# An interval from four years can reach far: beyond this share of what is observed it is cut.
ROOM_BESIDE = 0.6


def growth(page: Page, judged: Sequence[JudgedReading], found: GrowthTarget) -> None:
    """Draw the growth of each reading against the target: a row each, points and an interval.

    Args:
        page: the page.
        judged: readings of which each has a growth or a trend.
        found: the target.

    """
    left, right = _limits(judged, found)
    with theme.styled():
        figure = theme.new_figure(1.5 + 0.62 * len(judged))
        axes = figure.subplots()
        if found.lower < found.upper:
            axes.axvspan(found.lower, found.upper, color=theme.TARGET, alpha=0.2, linewidth=0)
        for end in sorted({found.lower, found.upper}):
            axes.axvline(end, color=theme.TARGET, linestyle="--")
        axes.axvline(0, color=theme.QUIET, linewidth=0.8)
        for position, item in zip(range(len(judged))[::-1], judged, strict=True):
            _draw_reading(page, axes, position, item, (left, right))
        axes.set_xlim(left, right)
        axes.set_ylim(-0.45, len(judged) - 0.25)
        axes.set_yticks([])
        axes.grid(visible=False, axis="y")
        axes.grid(visible=True, axis="x")
        axes.spines["left"].set_visible(False)
        axes.xaxis.set_major_formatter(LanguageFormatter(page.language))
        axes.set_title(page.say("Growth, percent a year"))
        _legend(page, axes, judged)
    cut = any(_reaches_beyond(item, (left, right)) for item in judged)
    display.show_figure(
        figure,
        "readings",
        caption=page.say(
            "Growth of industry in {province} under each reading, against the target of {target} "
            "a year (dashed).",
            province=page.place,
            target=words.growth_target(page.language, found),
        )
        + _explained(page, judged, cut=cut),
        alt=page.say("Growth in percent a year: {readings}.", readings=_alternative(page, judged)),
        source=page.source_line({s for item in judged for s in item.reading.source_ids}),
        data=_data(judged, found),
    )


def _draw_reading(
    page: Page, axes: Axes, position: int, item: JudgedReading, limits: tuple[float, float]
) -> None:
    name = words.count_name(page.language, item.reading.indicator)
    axes.annotate(
        name,
        (0, position + 0.42),
        xycoords=("axes fraction", "data"),
        va="center",
        fontsize=theme.POINTS - 1.5,
        # The line of the target stays out of the letters.
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5},
    )
    if isinstance(item.trend, Interval):
        _draw_trend(axes, position - 0.16, item.trend, limits)
    for step, marker, color in (
        (item.around, "o", theme.EXPORT),
        (item.latest, "s", theme.IMPORT),
    ):
        if step is not None:
            axes.plot(step.growth, position + 0.06, marker, color=color, markersize=7)


def _draw_trend(axes: Axes, position: float, trend: Interval, limits: tuple[float, float]) -> None:
    lower, upper = max(trend.lower, limits[0]), min(trend.upper, limits[1])
    axes.plot([lower, upper], [position] * 2, color=theme.QUIET, linewidth=1.4)
    for value, edge, marker in ((trend.lower, lower, "<"), (trend.upper, upper, ">")):
        axes.plot(
            edge,
            position,
            "|" if value == edge else marker,
            color=theme.QUIET,
            markersize=7,
            clip_on=False,
        )
    axes.plot(
        trend.estimate, position, "D", color=theme.QUIET, markerfacecolor="white", markersize=6
    )


def _legend(page: Page, axes: Axes, judged: Sequence[JudgedReading]) -> None:
    figure = axes.figure
    kinds = [
        (any(item.around for item in judged), "o", theme.EXPORT, page.say("in the target's year")),
        (any(item.latest for item in judged), "s", theme.IMPORT, page.say("latest years")),
    ]
    for shown, marker, color, label in kinds:
        if shown:
            axes.plot([], [], marker, color=color, markersize=7, label=label)
    if any(isinstance(item.trend, Interval) for item in judged):
        axes.plot(
            [],
            [],
            "D-",
            color=theme.QUIET,
            markerfacecolor="white",
            markersize=6,
            label=page.say("trend, with interval"),
        )
    axes.plot([], [], "--", color=theme.TARGET, label=page.say("target"))
    figure.legend(loc="outside lower center", ncols=2)


def _explained(page: Page, judged: Sequence[JudgedReading], *, cut: bool) -> str:
    """Say in the caption what is estimated, and where an interval goes on."""
    levels = [item.trend.level for item in judged if isinstance(item.trend, Interval)]
    text = ""
    if levels:
        text += " " + page.say(
            "Hollow: trend growth with its {level} percent interval, an estimate.",
            level=page.language.number(100 * levels[0]),
        )
    if cut:
        text += " " + page.say("An arrow: the interval goes on beyond the picture.")
    return text


def _limits(judged: Sequence[JudgedReading], found: GrowthTarget) -> tuple[float, float]:
    """Give the axis room for every growth and the target, and for intervals up to a bound."""
    trends = [item.trend for item in judged if isinstance(item.trend, Interval)]
    points = [step.growth for item in judged for step in item.steps]
    points += [0.0, found.lower, found.upper, *(trend.estimate for trend in trends)]
    low, high = min(points), max(points)
    room = max(high - low, 1.0)
    lowest = min([low, *(trend.lower for trend in trends)])
    highest = max([high, *(trend.upper for trend in trends)])
    return (
        max(lowest, low - ROOM_BESIDE * room) - 0.06 * room,
        min(highest, high + ROOM_BESIDE * room) + 0.06 * room,
    )


def _reaches_beyond(item: JudgedReading, limits: tuple[float, float]) -> bool:
    trend = item.trend
    return isinstance(trend, Interval) and (trend.lower < limits[0] or trend.upper > limits[1])


def _alternative(page: Page, judged: Sequence[JudgedReading]) -> str:
    parts = []
    for item in judged:
        name = words.count_name(page.language, item.reading.indicator)
        values = [
            page.say(
                "{growth} over {first}–{last}",
                growth=page.language.signed(step.growth, 1),
                first=step.first_year,
                last=step.last_year,
            )
            for step in item.steps
        ]
        if isinstance(item.trend, Interval):
            values.append(
                page.say(
                    "trend {growth}, interval {lower} to {upper}",
                    growth=page.language.signed(item.trend.estimate, 1),
                    lower=page.language.signed(item.trend.lower, 1),
                    upper=page.language.signed(item.trend.upper, 1),
                )
            )
        parts.append(f"{name}: {', '.join(values)}")
    return "; ".join(parts)


def _data(judged: Sequence[JudgedReading], found: GrowthTarget) -> pd.DataFrame:
    rows = []
    for item in judged:
        for kind, step in (("target year", item.around), ("latest", item.latest)):
            if step is not None:
                years = f"{step.first_year}/{step.last_year}"
                rows.append((item.reading.indicator, kind, years, step.growth, np.nan, np.nan))
        if isinstance(item.trend, Interval):
            years = f"{item.compared.index[0]}/{item.compared.index[-1]}"
            trend = item.trend
            rows.append(
                (item.reading.indicator, "trend", years, trend.estimate, trend.lower, trend.upper)
            )
    columns = ["indicator", "kind", "years", "growth_percent_a_year", "lower", "upper"]
    return pd.DataFrame(rows, columns=columns).assign(
        target_lower=found.lower, target_upper=found.upper
    )
