"""Figures of the scenario: its steps with their ranges, and what moves it most."""

from collections.abc import Mapping, Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from analysis.models.chains import ChainOutcome, Outcome
from analysis.models.scenario import sensitivity, waterfall
from analysis.report import display, theme
from analysis.report.figures.axes import LanguageFormatter
from analysis.report.narrative.scenario import change, goods, processed_name, raw_name, span
from analysis.report.page import Page


def steps(page: Page, outcome: ChainOutcome, main: Outcome) -> None:
    """Draw the way from exports as they are to exports then, each step with its range."""
    table, chain, scenario = waterfall(main.scenario), outcome.goods.chain, main.scenario
    before = table.loc["before", "estimate"]
    kept, gained, after = (table.loc[name] for name in ("raw_kept", "processed_gained", "after"))
    between = before + kept["estimate"]
    texts = {
        page.say("Exports as they are"): page.language.number(before, 1),
        page.say("Raw goods kept"): _step_text(page, kept),
        page.say("Processed goods sold"): _step_text(page, gained),
        page.say("Exports then"): span(page, after["lower"], after["upper"], 1),
    }
    with theme.styled():
        figure = theme.new_figure(3.0)
        axes = figure.subplots()
        axes.plot(before, 0, marker="o", markersize=6.5, color=theme.INK, linestyle="")
        for row, start, step, colour in (
            (1, before, kept, theme.DEFICIT),
            (2, between, gained, theme.SURPLUS),
        ):
            axes.barh(row, step["estimate"], left=start, height=0.5, facecolor="white",
                      edgecolor=colour, linestyle="--", linewidth=1.6)  # fmt: skip
            axes.hlines(
                row, start + step["lower"], start + step["upper"], color=colour, linewidth=3
            )
        axes.hlines(3, after["lower"], after["upper"], color=theme.INK, linewidth=3)
        axes.plot(after["estimate"], 3, marker="o", markersize=6.5, markerfacecolor="white",
                  markeredgecolor=theme.INK, linestyle="")  # fmt: skip
        for row, value in enumerate((before, between, after["estimate"])):
            axes.vlines(value, row, row + 1, color=theme.QUIET, linestyle=":", linewidth=1)
        _name_rows(axes, [f"{name}\n{text}" for name, text in texts.items()])
        axes.axvline(before, color=theme.GRID, linewidth=0.8, zorder=0)
        axes.xaxis.set_major_formatter(LanguageFormatter(page.language))
        axes.margins(x=0.08)
        axes.xaxis.set_major_locator(MaxNLocator(nbins=5, min_n_ticks=3))
        axes.set_title(page.say("Million USD"))
    display.show_figure(
        figure,
        "scenario-steps",
        caption=page.say(
            "Keeping {cut} percent of {raw} and selling {processed} instead. Dashed bars and the "
            "hollow dot: the middle case, in which half of the exports shown is raw. Thick lines: "
            "the range. The axis does not start at zero. {goods}. Exports FOB.",
            cut=page.language.figure(scenario.cut_percent),
            raw=raw_name(page, chain),
            processed=processed_name(page, chain),
            goods=goods(page, outcome.goods),
        ),
        alt=page.say(
            "Four steps. Exports as they are: {before} million USD. Raw goods kept: {kept}. "
            "Processed goods sold: {gained}. Exports then: {after}, with {middle} in the middle "
            "case.",
            before=page.language.number(before, 1),
            kept=_step_text(page, kept),
            gained=_step_text(page, gained),
            after=span(page, after["lower"], after["upper"], 1),
            middle=page.language.number(after["estimate"], 1),
        ),
        source=page.source_line(outcome.source_ids),
        data=table.reset_index(),
    )


def _step_text(page: Page, step: pd.Series) -> str:
    """Write the range of a step, each end with its sign, the smaller change first."""
    ends = sorted((step["lower"], step["upper"]), key=abs)
    low, high = (page.language.signed(value, 1) for value in ends)
    return low if low == high else page.say("{low} to {high}", low=low, high=high)


def sensitivities(page: Page, outcome: ChainOutcome, main: Outcome) -> None:
    """Draw how far each unknown alone moves the change in exports, the strongest on top."""
    table, scenario = sensitivity(main.scenario), main.scenario
    names = {
        "raw": page.say("Raw part, million USD"),
        "processing_yield": page.say("Kilograms from a kilogram"),
        "price_ratio": page.say("Price ratio"),
    }
    digits = {"raw": 1, "processing_yield": 2, "price_ratio": 2}
    with theme.styled():
        figure = theme.new_figure(2.4)
        axes = figure.subplots()
        # Room beyond the bars' ends too, which matplotlib would otherwise put on the axis.
        axes.use_sticky_edges = False
        ends = table[["change_at_lower", "change_at_upper"]].to_numpy()
        for row, (low, high) in enumerate(ends):
            axes.barh(row, high - low, left=low, height=0.5, facecolor="white", hatch="//",
                      edgecolor=theme.EXPORT, linewidth=1.2)  # fmt: skip
        axes.axvline(scenario.change.estimate, color=theme.INK, linestyle="--", linewidth=1.2)
        if ends.min() < 0:
            axes.axvline(0, color=theme.QUIET, linewidth=0.8)
        _name_rows(
            axes,
            [
                f"{names[str(name)]}\n"
                + span(page, item["lower_input"], item["upper_input"], digits[str(name)])
                for name, item in table.iterrows()
            ],
        )
        axes.xaxis.set_major_formatter(LanguageFormatter(page.language))
        axes.margins(x=0.08)
        axes.xaxis.set_major_locator(MaxNLocator(nbins=5, min_n_ticks=3))
        axes.set_title(page.say("Change in exports, million USD"))
    display.show_figure(
        figure,
        "scenario-sensitivity",
        caption=page.say(
            "How far each unknown alone moves the change in exports, while the others stay in the "
            "middle of their ranges (dashed line: {middle} million USD). All of them together give "
            "the range of {change}.",
            middle=page.language.signed(scenario.change.estimate, 1),
            change=change(page, scenario.change),
        ),
        alt=page.say(
            "Three bars of the change in exports, the longest on top. {first}: {first_range} "
            "million USD. {second}: {second_range}. {third}: {third_range}.",
            **_told(page, table, names),
        ),
        source=page.source_line(outcome.source_ids),
        data=table.reset_index().assign(
            change_in_the_middle=scenario.change.estimate,
            change_lower=scenario.change.lower,
            change_upper=scenario.change.upper,
        ),
    )


def _told(page: Page, table: pd.DataFrame, names: Mapping[str, str]) -> dict[str, str]:
    told = {}
    for place, (name, row) in zip(("first", "second", "third"), table.iterrows(), strict=True):
        ends = (row["change_at_lower"], row["change_at_upper"])
        low, high = (page.language.signed(value, 1) for value in ends)
        told[place] = names[str(name)]
        told[f"{place}_range"] = (
            low if low == high else page.say("{low} to {high}", low=low, high=high)
        )
    return told


def _name_rows(axes: Axes, names: Sequence[str]) -> None:
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.grid(visible=False)
