"""Figures of small industry: its establishments and the path of its target."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.ticker import MaxNLocator

from analysis.catalog.industry import SeriesBreak
from analysis.catalog.targets import GrowthTarget
from analysis.report import display, theme, words
from analysis.report.figures.axes import draw_breaks, numbers_axis
from analysis.report.page import Page


def establishments(page: Page, counts: pd.DataFrame, breaks: Sequence[SeriesBreak]) -> None:
    """Draw establishments by year and scale, with declared breaks as gaps between the bars.

    Args:
        counts: indexed by year with `total`, `micro` and `small`; a missing scale is NaN.
        breaks: declared changes of the definition between the counts.

    """
    years = list(counts.index)
    with theme.styled():
        figure = theme.new_figure(3.6)
        axes = figure.subplots()
        split = counts["micro"].notna() & counts["small"].notna()
        positions = np.arange(len(years))
        micro = counts["micro"].where(split, 0.0)
        small = counts["small"].where(split, 0.0)
        whole = counts["total"].where(~split, 0.0)
        axes.bar(positions, micro, color=theme.EXPORT, label=page.say("micro (1–4 workers)"))
        axes.bar(
            positions,
            small,
            bottom=micro,
            color=theme.IMPORT,
            hatch="//",
            edgecolor="white",
            label=page.say("small (5–19 workers)"),
        )
        if (~split).any():
            axes.bar(
                positions,
                whole,
                color="#9AA5B1",
                label=page.say("not split by scale"),
            )
        for position, total in zip(positions, counts["total"], strict=True):
            axes.annotate(
                page.language.number(total),
                (position, total),
                xytext=(0, 3),
                textcoords="offset points",
                ha="center",
                fontsize=theme.POINTS - 1,
            )
        axes.set_xticks(positions, [str(year) for year in years])
        axes.set_title(page.say("Establishments"))
        axes.margins(y=0.12)
        names = {True: page.say("change of territory"), False: page.say("break in the survey")}
        draw_breaks(axes, years, [(item.after, names[bool(item.children)]) for item in breaks])
        figure.legend(loc="outside lower center", ncols=2)
        numbers_axis(page, axes)
    display.show_figure(
        figure,
        "establishments",
        caption=page.say(
            "Micro and small manufacturing establishments of {province} by year and scale (BPS, "
            "IMK). Years without a count in the collection are left out.",
            province=page.place,
        )
        + (
            " "
            + page.say(
                "A dashed line marks a break in the series: the step across it is no growth."
            )
            if breaks
            else ""
        ),
        alt=page.language.count(
            "A bar for one year: {counts}.",
            "Bars for {number} years: {counts}.",
            len(years),
            counts=_counts_by_year(page, counts["total"]),
        ),
        source=page.source_line(sorted({s for ids in counts["source_ids"] for s in ids})),
        data=counts.drop(columns="source_ids").reset_index(names="year"),
    )


def target_path(
    page: Page,
    observed: pd.Series,
    path: pd.DataFrame,
    target: GrowthTarget,
    sources: Sequence[str],
    after_break: pd.Series,
) -> None:
    """Draw the counts against the path that a growth target demands of them.

    Args:
        observed: comparable counts by year.
        path: indexed by year with `lower` and `upper`, equal where the target is one number.
        target: the target.
        sources: of the counts and of the target.
        after_break: counts after a break in the survey, which the path says nothing of.

    """
    with theme.styled():
        figure = theme.new_figure(3.4)
        axes = figure.subplots()
        axes.plot(
            observed.index,
            observed,
            marker="o",
            color=theme.EXPORT,
            label=page.say("published count"),
        )
        if (path["lower"] != path["upper"]).any():
            axes.fill_between(
                path.index, path["lower"], path["upper"], color=theme.TARGET, alpha=0.2
            )
            axes.plot(path.index, path["lower"], color=theme.TARGET, linestyle="--")
        axes.plot(
            path.index,
            path["upper"],
            color=theme.TARGET,
            linestyle="--",
            label=page.say("path of the target"),
        )
        if len(after_break):
            axes.plot(
                after_break.index,
                after_break,
                marker="D",
                linestyle="none",
                markerfacecolor="white",
                color=theme.EXPORT,
                label=page.say("count after a break, not comparable"),
            )
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.set_title(page.say("Establishments"))
        axes.set_ylim(bottom=0)
        axes.margins(y=0.15)
        figure.legend(loc="outside lower center", ncols=1)
        numbers_axis(page, axes)
    display.show_figure(
        figure,
        "target-path",
        caption=page.say(
            "Micro and small establishments of {province} against a growth of {target} a year from "
            "{start} on: the target read as a number of establishments, and going on every year.",
            province=page.place,
            target=words.growth_target(page.language, target),
            start=int(path.index[0]),
        ),
        alt=_path_alternative(page, path, observed),
        source=page.source_line(sources),
        data=path.join(
            [observed.rename("observed"), after_break.rename("not_comparable")], how="outer"
        ).reset_index(names="year"),
    )


def _path_alternative(page: Page, path: pd.DataFrame, observed: pd.Series) -> str:
    values = {
        "start": page.language.number(path["upper"].iloc[0]),
        "first": int(path.index[0]),
        "end": page.language.number(path["upper"].iloc[-1]),
        "last": int(path.index[-1]),
        "counts": _counts_by_year(page, observed),
    }
    if path["lower"].iloc[-1] == path["upper"].iloc[-1]:
        return page.say(
            "A dashed line rises from {start} in {first} to {end} in {last}; the published counts "
            "are {counts}.",
            **values,
        )
    return page.say(
        "Two dashed lines part from {start} in {first}, to {lower} and {end} in {last}; the "
        "published counts are {counts}.",
        lower=page.language.number(path["lower"].iloc[-1]),
        **values,
    )


def _counts_by_year(page: Page, counts: pd.Series) -> str:
    return page.language.listing(
        [
            page.say("{total} in {year}", total=page.language.number(total), year=year)
            for year, total in counts.items()
        ]
    )
