"""Figure of the countries that a province sells to and buys from."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from analysis.catalog.partners import PartnerList
from analysis.report import display, theme, words
from analysis.report.figures.axes import short
from analysis.report.figures.trade import COLOURS, HATCHES
from analysis.report.narrative.commodities import country
from analysis.report.page import Page


def partners(page: Page, lists: Mapping[str, PartnerList]) -> None:
    """Draw for each flow the share of each listed country, and what is not listed, as bars.

    Args:
        page: the page.
        lists: by flow its latest list that covers enough.

    """
    tables = {flow: _shares(page, item) for flow, item in lists.items()}
    rows = [len(table) for table in tables.values()]
    with theme.styled():
        figure = theme.new_figure(0.5 * len(rows) + 0.24 * sum(rows))
        all_axes = np.atleast_1d(figure.subplots(len(rows), 1, height_ratios=rows, sharex=True))
        for axes, (flow, table) in zip(all_axes, tables.items(), strict=True):
            _draw(page, axes, flow, table)
            axes.set_title(_title(page, lists[flow]))
        all_axes[-1].set_xlim(0, 1.12 * max(table["percent"].max() for table in tables.values()))
    display.show_figure(
        figure,
        "partners",
        caption=page.say(
            "Countries that {province} trades with, in percent of all exports or imports of the "
            "period. The grey bar is trade that the release does not list by country. {valuation}",
            province=page.place,
            valuation=_valuation(page, lists),
        ),
        alt=" ".join(_words(page, item, tables[flow]) for flow, item in lists.items()),
        source=page.source_line({source for item in lists.values() for source in item.source_ids}),
        data=pd.concat(
            [
                table.drop(columns="name").assign(flow=flow, time_period=lists[flow].time_period)
                for flow, table in tables.items()
            ]
        ),
    )


def _shares(page: Page, item: PartnerList) -> pd.DataFrame:
    listed = item.partners[["iso_3166_1", "value"]]
    rest = max(0.0, item.total - float(listed["value"].sum()))
    table = pd.concat(
        [listed, pd.DataFrame({"iso_3166_1": [""], "value": [rest]})], ignore_index=True
    )
    table["percent"] = 100 * table["value"] / item.total
    names = [short(country(page, code)) for code in listed["iso_3166_1"]]
    return table.assign(name=[*names, page.say("not listed")])


def _draw(page: Page, axes: Axes, flow: str, table: pd.DataFrame) -> None:
    positions = np.arange(len(table))
    named = len(table) - 1
    axes.barh(
        positions[:named],
        table["percent"].iloc[:named],
        color=COLOURS[flow],
        hatch=HATCHES[flow],
        edgecolor="white",
        linewidth=0,
    )
    axes.barh(
        positions[named:],
        table["percent"].iloc[named:],
        color=theme.STAGES["unlisted"],
        hatch=theme.STAGE_HATCHES["unlisted"],
        edgecolor="white",
        linewidth=0,
    )
    for position, percent in zip(positions, table["percent"], strict=True):
        axes.annotate(
            page.language.number(percent, 1),
            (percent, position),
            xytext=(3, 0),
            textcoords="offset points",
            va="center",
            fontsize=theme.POINTS - 1.5,
        )
    axes.set_yticks(positions, table["name"])
    # Every bar bears its number, so there is nothing left to read off an axis.
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    axes.invert_yaxis()
    axes.grid(visible=False)


def _title(page: Page, item: PartnerList) -> str:
    period = page.language.period(item.time_period)
    if item.flow == "export":
        return page.say("Exports to, {period} (percent)", period=period)
    return page.say("Imports from, {period} (percent)", period=period)


def _valuation(page: Page, lists: Mapping[str, PartnerList]) -> str:
    """State what the shares are of; imports have one basis only."""
    if "export" in lists:
        return words.valuation(page.language, lists["export"].basis)
    return page.say("Imports by port of unloading, CIF.")


def _words(page: Page, item: PartnerList, table: pd.DataFrame) -> str:
    bars = page.language.listing(
        [
            page.say(
                "{country} {percent}",
                country=row.name,
                percent=page.language.number(row.percent, 1),
            )
            for row in table[["name", "percent"]].itertuples(index=False, name="Bar")
        ]
    )
    return page.say(
        "{flow} in {period}, percent: {bars}.",
        flow=words.flow(page.language, item.flow),
        period=page.language.period(item.time_period),
        bars=bars,
    )
