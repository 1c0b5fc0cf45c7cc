"""Sentences on the report as a whole."""

from analysis.report.page import Page


def title(page: Page) -> str:
    """Title the report."""
    return page.say("Trade balance of {province}, {year}", province=page.place, year=page.year)


def description(page: Page) -> str:
    """Say in one sentence what the report is about."""
    return page.say(
        "Does {province} sell abroad more than it buys, does it sell raw goods or processed ones, "
        "and does its small industry grow as was promised? The published figures up to {year}, and "
        "how sure each is.",
        province=page.place,
        year=page.year,
    )


def add_a_figure(page: Page, table: str) -> str:
    """Say how missing figures are added to a table; nothing where the section has said it."""
    if table in page.remedies:
        return ""
    page.remedies.add(table)
    return page.say(
        "Figures are added as rows of `data/observations/{table}.csv`, with their sources in "
        "`data/sources.csv`, then `neraca data seal`.",
        table=table,
    )
