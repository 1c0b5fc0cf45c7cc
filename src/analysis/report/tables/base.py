"""What the tables share: columns of words, then columns of numbers, under one caption."""

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from analysis.report import display
from analysis.report.page import Page


def show(
    page: Page,
    columns: Mapping[str, Sequence[str]],
    name: str,
    caption: str,
    sources: Sequence[str],
    *,
    data: pd.DataFrame,
    texts: int,
) -> None:
    """Show columns of which the first `texts` are words and the others numbers."""
    display.show_table(
        columns,
        name,
        caption,
        page.source_line(sources),
        data=data,
        numbers=tuple(columns)[texts:],
    )


def amounts(page: Page, values: Iterable[float], rough: Iterable[float]) -> list[str]:
    """Write a column of amounts with the same decimals.

    Those that are `rough`, rounded in their source, have their own, so as to get no digits that
    the source does not have.
    """
    pairs = list(zip(values, rough, strict=True))
    exact = [value for value, rounded in pairs if rounded != 1]
    return [
        page.language.figure(value) if rounded == 1 else page.language.figure(value, beside=exact)
        for value, rounded in pairs
    ]
