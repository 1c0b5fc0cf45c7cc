"""Tables of what the collection knows."""

from collections.abc import Sequence

import pandas as pd

from analysis.report import display
from analysis.report.page import Page


def coverage(page: Page, rows: Sequence[tuple[str, str, str]]) -> None:
    """Show what is known of a province up to the report's year, and where a figure is added.

    Args:
        rows: subject, what is known, and the file that a missing figure goes into.

    """
    table = pd.DataFrame(
        list(rows),
        columns=[page.say("Subject"), page.say("What is known"), page.say("Added in")],
    )
    display.show_table(
        table,
        "coverage",
        page.say(
            "What the collection knows of {province} up to {year}.",
            province=page.place,
            year=page.year,
        ),
        page.say("Counted in the tables of `data/`; a figure is added as a row with its source."),
        data=table,
    )
