"""The section on what is known and what is not, month by month and year by year."""

import pandas as pd

from analysis.catalog.composition import MINIMUM_COVERAGE_PERCENT
from analysis.catalog.coverage import MONTHLY_SUBJECTS
from analysis.report.figures import summary as figures
from analysis.report.narrative import summary as sentences
from analysis.report.page import Page
from analysis.report.sections.base import (
    coffee_series,
    lacking,
    partners_series,
    products_series,
    totals_series,
)
from analysis.report.tables import summary as tables


def show(page: Page, months: pd.DataFrame, years: pd.DataFrame) -> None:
    """Show subject by subject what the collection knows.

    Args:
        page: the page.
        months: as `catalog.coverage.known_by_month` gives it.
        years: as `catalog.coverage.known_by_year` gives it.

    """
    page.heading(page.say("What is known and what is not"), "coverage")
    earliest = page.year - figures.YEARS + 1
    shown = months[months["time_period"].str[:4].astype(int) >= earliest]
    if shown.empty:
        lacking(
            page,
            page.say("Not shown: what is known by month"),
            page.say(
                "No month of {province} from {first} to {last} is in the collection.",
                province=page.place,
                first=earliest,
                last=page.year,
            ),
            "trade",
        )
    else:
        first = int(shown["time_period"].min()[:4])
        # A block of five years more is drawn only where something stands in it.
        blocks = -(-(page.year - first + 1) // figures.YEARS_A_BLOCK)
        page.text(sentences.states(page, MINIMUM_COVERAGE_PERCENT))
        page.indicator(
            "least_coverage_of_a_list",
            MINIMUM_COVERAGE_PERCENT,
            "percent",
            str(page.year),
            obs_status="derived",
            method="analysis.catalog.composition.MINIMUM_COVERAGE_PERCENT",
        )
        first = page.year - blocks * figures.YEARS_A_BLOCK + 1
        figures.coverage(page, shown, first)
        _record(page, shown, first)
    tables.coverage(page, years)


def _record(page: Page, shown: pd.DataFrame, first: int) -> None:
    counted = {
        **{flow: totals_series(page, flow) for flow in ("export", "import", "balance")},
        **{f"{flow}_products": products_series(page, flow) for flow in ("export", "import")},
        "partners": partners_series(page, "export"),
        "coffee_loaded": coffee_series(page, own=True),
    }
    for subject in MONTHLY_SUBJECTS:
        own = shown[shown["subject"] == subject]
        page.indicator(
            f"months_known_{subject}",
            len(own),
            "months",
            f"{first}/{page.year}",
            obs_status="derived",
            method="analysis.catalog.coverage.known_by_month",
            inputs=[counted[subject]],
        )
        for state, number in own["state"].map(str).value_counts().items():
            page.indicator(
                f"months_known_{subject}_{state}",
                int(number),
                "months",
                f"{first}/{page.year}",
                obs_status="derived",
                method="analysis.catalog.coverage.known_by_month",
                inputs=[counted[subject]],
            )
    page.indicator(
        "months_to_know",
        12 * (page.year - first + 1),
        "months",
        f"{first}/{page.year}",
        obs_status="derived",
        method="analysis.catalog.coverage.known_by_month",
        inputs=["parameter year"],
    )
