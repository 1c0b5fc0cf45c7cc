"""Tables of small industry."""

from collections.abc import Sequence

import pandas as pd

from analysis.catalog.industry import Reading
from analysis.indicators.industry import AchievedGrowth
from analysis.report import words
from analysis.report.page import Page
from analysis.report.tables.base import show


def establishments(page: Page, counts: pd.DataFrame) -> None:
    """Show establishments by year and scale with what is known of each figure."""
    number = page.language.number
    columns = {
        page.say("Year"): [str(year) for year in counts.index],
        page.say("Micro (establishments)"): [number(value) for value in counts["micro"]],
        page.say("Small (establishments)"): [number(value) for value in counts["small"]],
        page.say("Together (establishments)"): [number(value) for value in counts["total"]],
    }
    show(
        page,
        columns,
        "establishments",
        page.say(
            "Micro and small manufacturing establishments of {province} (BPS, IMK).",
            province=page.place,
        ),
        sorted({source for ids in counts["source_ids"] for source in ids}),
        data=counts.drop(columns="source_ids").reset_index(names="year"),
        texts=1,
    )


def counts_by_authority(page: Page, rows: pd.DataFrame) -> None:
    """Show which authority counts what, and how many, in the years it did.

    Args:
        page: the page.
        rows: as `catalog.industry.authority_counts` gives them.

    """
    columns = {
        page.say("What is counted, and by whom"): [
            words.count_name(page.language, name) for name in rows["indicator"]
        ],
        page.say("Year"): list(rows["time_period"]),
        page.say("Number"): [page.language.number(value) for value in rows["value"]],
        page.say("Another source"): [
            page.language.number(row.runner_up) if row.rule not in ("only one", "agree") else ""
            for row in rows.itertuples()
        ],
    }
    show(
        page,
        columns,
        "counts-by-authority",
        page.say(
            "Counts of industry in {province} by authority. They cover different things and are "
            "never put into one series.",
            province=page.place,
        ),
        sorted({source for ids in rows["source_ids"] for source in ids}),
        data=rows[["indicator", "time_period", "value", "obs_status", "source_id", "runner_up"]],
        texts=2,
    )


def readings(page: Page, rows: Sequence[tuple[Reading, AchievedGrowth]]) -> None:
    """Show the growth of small industry under each reading of the target that has data."""
    columns = {
        page.say("If the target is meant as"): [
            words.count_name(page.language, reading.indicator) for reading, _ in rows
        ],
        page.say("Years"): [f"{growth.first_year}–{growth.last_year}" for _, growth in rows],
        page.say("Growth (percent a year)"): [
            page.language.number(growth.growth, 1) for _, growth in rows
        ],
    }
    show(
        page,
        columns,
        "readings",
        page.say(
            "Growth of industry in {province} over the years that contain the target's, under each "
            "reading that has figures.",
            province=page.place,
        ),
        sorted({source for reading, _ in rows for source in reading.source_ids}),
        data=pd.DataFrame(
            [
                (reading.indicator, growth.first_year, growth.last_year, growth.growth)
                for reading, growth in rows
            ],
            columns=["indicator", "first_year", "last_year", "growth_percent_a_year"],
        ),
        texts=2,
    )
