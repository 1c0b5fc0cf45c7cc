"""Tables of small industry."""

from collections.abc import Sequence

import pandas as pd

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


def break_steps(page: Page, steps: pd.DataFrame, sources: Sequence[str]) -> None:
    """Show the steps of the counts across breaks of the survey, the country's beside them.

    Args:
        page: the page.
        steps: as `indicators.industry.steps_across` gives them.
        sources: of the counts.

    """
    number = page.language.number
    provinces = page.catalog.provinces
    columns = {
        page.say("Count and years"): [
            page.say(
                "{place}: {count}, {first} and {last}",
                place=provinces.by_code(row["province_code"]).name(page.language.code),
                count=words.count_name(page.language, row["indicator"]),
                first=row["first_year"],
                last=row["last_year"],
            )
            for row in steps.to_dict("records")
        ],
        page.say("Before"): [number(value) for value in steps["before"]],
        page.say("After"): [number(value) for value in steps["after"]],
        page.say("Step (percent)"): [
            page.language.signed(value, 1) for value in steps["step_percent"]
        ],
    }
    show(
        page,
        columns,
        "break-steps",
        page.say(
            "The counts on either side of the break in the survey. These steps are shown as "
            "evidence of the break; they are no growth."
        ),
        sources,
        data=steps,
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
    }
    others = [
        page.language.number(row.runner_up) if row.rule not in ("only one", "agree") else ""
        for row in rows.itertuples()
    ]
    if any(others):
        columns[page.say("Another source")] = others
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
