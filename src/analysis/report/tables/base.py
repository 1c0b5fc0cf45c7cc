"""What the tables share: columns of words, then columns of numbers, under one caption."""

from collections.abc import Mapping, Sequence

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
    table = pd.DataFrame(dict(columns))
    display.show_table(
        table,
        name,
        caption,
        page.source_line(sources),
        data=data,
        numbers=tuple(table.columns[texts:]),
    )
