"""Figures of how small industry works: what each scale makes, and who is connected."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.report import display, theme
from analysis.report.page import Page


def productivity(page: Page, ratios: pd.DataFrame, year: int, sources: Sequence[str]) -> None:
    """Draw output and value added per worker and per establishment, micro beside small.

    Args:
        page: the page.
        ratios: with rows `micro` and `small`, in million IDR.
        year: the survey's.
        sources: of the figures.

    """
    names = {
        "output_per_worker": page.say("output\nper worker"),
        "value_added_per_worker": page.say("value added\nper worker"),
        "output_per_establishment": page.say("output\nper establishment"),
        "value_added_per_establishment": page.say("value added\nper establishment"),
    }
    scales = {
        "micro": (theme.EXPORT, "", page.say("micro (1–4 workers)")),
        "small": (theme.IMPORT, "//", page.say("small (5–19 workers)")),
    }
    positions = np.arange(len(names))[::-1]
    with theme.styled():
        figure = theme.new_figure(3.9)
        axes = figure.subplots()
        for offset, (scale, (color, hatch, label)) in zip((0.2, -0.2), scales.items(), strict=True):
            values = ratios.loc[scale, list(names)].to_numpy(dtype=float)
            bars = axes.barh(
                positions + offset,
                np.nan_to_num(values),
                height=0.38,
                color=color,
                hatch=hatch,
                edgecolor="white",
                label=label,
            )
            axes.bar_label(
                bars,
                [page.language.number(value, 1) for value in values],
                padding=3,
                fontsize=theme.POINTS - 1,
            )
        axes.set_yticks(positions, list(names.values()))
        axes.set_xticks([])
        axes.spines["bottom"].set_visible(False)
        axes.grid(visible=False)
        axes.margins(x=0.15)
        axes.set_title(page.say("Million IDR in {year}", year=year))
        figure.legend(loc="outside lower center", ncols=2)
    display.show_figure(
        figure,
        "productivity",
        caption=page.say(
            "Output and value added of micro and small industry in {province} per worker and per "
            "establishment, {year} (BPS, IMK), million IDR.",
            province=page.place,
            year=year,
        ),
        alt=page.say(
            "Pairs of bars in million IDR: output per worker {micro_worker} in micro and "
            "{small_worker} in small establishments; value added per worker {micro_added} and "
            "{small_added}; output per establishment {micro_output} and {small_output}; value "
            "added per establishment {micro_establishment} and {small_establishment}.",
            **{
                f"{scale}_{name}": page.language.number(ratios.loc[scale, measure], 1)
                for scale in scales
                for name, measure in (
                    ("worker", "output_per_worker"),
                    ("added", "value_added_per_worker"),
                    ("output", "output_per_establishment"),
                    ("establishment", "value_added_per_establishment"),
                )
            },
        ),
        source=page.source_line(sources),
        data=ratios.loc[list(scales), list(names)].reset_index(names="scale"),
    )


def working(
    page: Page, counts: pd.Series, shares: pd.Series, year: int, sources: Sequence[str]
) -> None:
    """Draw the shares of establishments that use the internet, borrow, or have a partner.

    Args:
        page: the page.
        counts: numbers of establishments by indicator.
        shares: the same in percent of all establishments.
        year: the survey's.
        sources: of the figures.

    """
    names = {
        "imk_using_internet": page.say("use the internet"),
        "imk_in_partnership": page.say("work in a partnership"),
        "imk_with_loans": page.say("have a loan"),
    }
    known = [name for name in names if name in shares.index]
    with theme.styled():
        figure = theme.new_figure(0.8 + 0.5 * len(known))
        axes = figure.subplots()
        positions = np.arange(len(known))[::-1]
        axes.barh(positions, [100.0] * len(known), height=0.55, color=theme.GRID)
        bars = axes.barh(positions, shares[known], height=0.55, color=theme.EXPORT)
        axes.bar_label(
            bars,
            [page.language.percent(value) for value in shares[known]],
            padding=4,
            fontsize=theme.POINTS - 1,
        )
        axes.set_yticks(positions, [names[name] for name in known])
        axes.set_xlim(0, 118)
        axes.set_xticks([])
        axes.spines["bottom"].set_visible(False)
        axes.grid(visible=False)
        axes.set_title(page.say("Percent of establishments, {year}", year=year))
    listed = page.language.listing(
        [f"{names[name]}: {page.language.percent(shares[name])}" for name in known]
    )
    display.show_figure(
        figure,
        "structure",
        caption=page.say(
            "How the micro and small establishments of {province} work, in percent of all of them, "
            "{year} (BPS, IMK).",
            province=page.place,
            year=year,
        ),
        alt=page.say("Bars, each against the whole: {shares}.", shares=listed),
        source=page.source_line(sources),
        data=pd.DataFrame(
            {"indicator": known, "establishments": counts[known], "percent": shares[known]}
        ),
    )
