"""Sections on what is sold and how far it is processed."""

import pandas as pd

from analysis.catalog.composition import MINIMUM_COVERAGE_PERCENT, Compositions
from analysis.catalog.trade import TradeFlows
from analysis.indicators.series import Interval
from analysis.report.figures import products as figures
from analysis.report.narrative import products as narrative
from analysis.report.page import Page
from analysis.report.sections.base import lacking
from analysis.report.tables import products as tables


def composition(page: Page, found: Compositions) -> None:
    """Show what exports consist of, or why no list is full enough."""
    page.heading(page.say("What is exported"), "composition")
    if found.shown is None:
        lacking(
            page,
            page.say("Not shown: exports by product"),
            narrative.no_composition(page, found, MINIMUM_COVERAGE_PERCENT),
            "trade",
        )
        return
    page.text(narrative.composition(page, found.shown))
    figures.composition(page, found.shown)
    page.indicator(
        "composition_coverage",
        found.shown.coverage_percent,
        "percent",
        found.shown.time_period,
        obs_status="derived",
        sources=found.shown.source_ids,
        basis=found.shown.basis,
    )


def processing(
    page: Page, found: Compositions, share: Interval | None, concentration: Interval | None
) -> None:
    """Show the bounds on the share of raw goods and on concentration."""
    page.heading(page.say("Raw or processed"), "raw-share")
    if found.shown is None or share is None or concentration is None:
        lacking(
            page,
            page.say("Not computed: the share of raw goods"),
            page.say("It follows from a list of products that covers enough of the exports."),
            "trade",
        )
        return
    page.text(
        narrative.raw_share(page, share, found.shown),
        narrative.concentration(page, concentration),
    )
    for name, interval, unit, method in (
        ("raw_share", share, "share", "analysis.indicators.processing.raw_share"),
        (
            "product_concentration",
            concentration,
            "index",
            "analysis.indicators.concentration.concentration_bounds",
        ),
    ):
        for bound in ("lower", "upper"):
            page.indicator(
                f"{name}_{bound}",
                getattr(interval, bound),
                unit,
                found.shown.time_period,
                obs_status="derived",
                sources=found.shown.source_ids,
                method=method,
                basis=found.shown.basis,
            )


def sectors(page: Page, split: pd.DataFrame, flows: TradeFlows) -> None:
    """Show BPS's own split of exports by sector, beside the raw share and never mixed into it."""
    page.heading(page.say("BPS's split by sector"), "sectors")
    if split.empty:
        lacking(
            page,
            page.say("Not shown: exports by sector"),
            page.say(
                "No release up to {year} splits {province}'s exports by sector.",
                year=page.year,
                province=page.place,
            ),
            "trade",
        )
        return
    first = split.iloc[0]
    total = flows.value(first["time_period"], "export", first["basis"])
    page.text(
        page.say(
            "The sector is where a good was made, not how far it was processed: palm oil from a "
            "mill counts as manufacturing. So this stands beside the raw share and is not mixed "
            "into it."
        )
    )
    tables.sector_split(page, split, None if total is None else total["value"])
