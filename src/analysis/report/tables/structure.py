"""Tables of how industry works: what each scale makes, and large and medium industry by year."""

from collections.abc import Sequence

import pandas as pd

from analysis.report.narrative.structure import THOUSANDS_A_BILLION
from analysis.report.page import Page
from analysis.report.tables.base import show

LARGE_AND_MEDIUM = {
    "ibs_establishments": 1.0,
    "ibs_workers": 1.0,
    "ibs_output": THOUSANDS_A_BILLION,
    "ibs_value_added_market_prices": THOUSANDS_A_BILLION,
}


def productivity(page: Page, ratios: pd.DataFrame, year: int, sources: Sequence[str]) -> None:
    """Show what a worker and an establishment of each scale make, in million IDR."""
    names = {
        "output_per_worker": page.say("Output per worker"),
        "value_added_per_worker": page.say("Value added per worker"),
        "output_per_establishment": page.say("Output per establishment"),
        "value_added_per_establishment": page.say("Value added per establishment"),
    }
    titles = {
        "micro": page.say("Micro (million IDR)"),
        "small": page.say("Small (million IDR)"),
        "total": page.say("Together (million IDR)"),
    }
    columns = {page.say("In the year"): list(names.values())}
    for scale in ratios.index:
        columns[titles[scale]] = [
            page.language.number(ratios.loc[scale, measure], 1) for measure in names
        ]
    show(
        page,
        columns,
        "productivity",
        page.say(
            "What a worker and an establishment of micro and small industry in {province} made in "
            "{year} (BPS, IMK). Unpaid workers count too, whatever their hours.",
            province=page.place,
            year=year,
        ),
        sources,
        data=ratios[list(names)].T.reset_index(names="measure_million_idr"),
        texts=1,
    )


def large_and_medium(page: Page, figures: pd.DataFrame) -> None:
    """Show large and medium industry by year, money in billion IDR.

    Args:
        page: the page.
        figures: as `catalog.industry.large_and_medium` gives them.

    """
    shown = figures[figures["indicator"].isin(LARGE_AND_MEDIUM)]
    table = shown.pivot(index="year", columns="indicator", values="value")  # noqa: PD010
    table = table.reindex(columns=list(LARGE_AND_MEDIUM)).astype(float) / pd.Series(
        LARGE_AND_MEDIUM
    )
    titles = {
        "ibs_establishments": page.say("Establishments"),
        "ibs_workers": page.say("Workers"),
        "ibs_output": page.say("Output (billion IDR)"),
        "ibs_value_added_market_prices": page.say("Value added (billion IDR)"),
    }
    columns = {page.say("Year"): [str(year) for year in table.index]}
    for name, title in titles.items():
        if table[name].notna().any():
            # Few billions need their decimals, many do not.
            money = LARGE_AND_MEDIUM[name] > 1 and table[name].min() < 10
            columns[title] = [page.language.number(v, 2 if money else 0) for v in table[name]]
    show(
        page,
        columns,
        "large-and-medium",
        page.say(
            "Large and medium manufacturing in {province} by year (BPS, IBS). A dash: no figure is "
            "in the collection.",
            province=page.place,
        ),
        sorted({source for ids in shown["source_ids"] for source in ids}),
        data=table.dropna(axis="columns", how="all").reset_index(names="year"),
        texts=1,
    )
