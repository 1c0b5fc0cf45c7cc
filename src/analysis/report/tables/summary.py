"""Tables of the summary: what is known by year, and which figures were revised."""

from collections.abc import Sequence

import pandas as pd

from analysis.report import display, words
from analysis.report.page import Page
from analysis.report.tables.base import show


def coverage(page: Page, known: pd.DataFrame) -> None:
    """Show of which years the collection has a figure.

    Args:
        page: the page.
        known: as `catalog.coverage.known_by_year` gives it.

    """
    table = pd.DataFrame(
        [
            (
                words.subject(page.language, row.subject),
                spans(row.years) or page.say("none"),
            )
            for row in known.itertuples()
        ],
        columns=[page.say("Subject"), page.say("Years with a figure")],
    )
    display.show_table(
        table,
        "coverage",
        page.say(
            "What the collection knows of {province} by year, up to {year}.",
            province=page.place,
            year=page.year,
        ),
        page.say("Counted in the tables of `data/`; a figure is added as a row with its source."),
        data=known.assign(years=[" ".join(map(str, years)) for years in known["years"]]),
    )


def revisions(page: Page, rows: pd.DataFrame) -> None:
    """Show the figures of earlier years that a release revised, before and now.

    Args:
        page: the page.
        rows: as `catalog.certainty.revisions` gives them.

    """
    show(
        page,
        {
            page.say("Period"): [page.language.period(item) for item in rows["time_period"]],
            page.say("Flow"): [words.flow(page.language, item) for item in rows["flow"]],
            page.say("Before"): page.language.figures(rows["before"]),
            page.say("Now"): page.language.figures(rows["now"]),
        },
        "revisions",
        page.say(
            "Figures of earlier years that a release of {year} revised (million USD).",
            year=page.year,
        ),
        sorted({*rows["source_before"], *rows["source_now"]}),
        data=rows,
        texts=2,
    )


def spans(years: Sequence[int]) -> str:
    """Write years with those that follow one another joined.

    >>> spans([2013, 2014, 2015, 2020])
    '2013–2015, 2020'
    """
    runs: list[list[int]] = []
    for year in years:
        if runs and year == runs[-1][-1] + 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)
