"""Tables of where a province stands among the others."""

import pandas as pd

from analysis.report.narrative import provinces as narrative
from analysis.report.page import Page
from analysis.report.tables.base import show


def industry(page: Page, own: pd.DataFrame, sources: set[str]) -> None:
    """Show by what the province's small industry is compared, its rank, and the middle of all.

    Args:
        page: the page.
        own: indexed by measure with `value`, `rank`, `of`, `year` and `median`.
        sources: of the figures.

    """
    columns = {
        page.say("Measure"): [narrative.measure(page, name) for name in own.index],
        page.place: [narrative.amount(page, name, row["value"]) for name, row in own.iterrows()],
        page.say("Rank"): [
            page.say("{rank} of {of}", rank=int(row["rank"]), of=int(row["of"]))
            for _, row in own.iterrows()
        ],
        page.say("Middle of the provinces"): [
            narrative.amount(page, name, row["median"]) for name, row in own.iterrows()
        ],
    }
    years = sorted({int(year) for year in own["year"]})
    show(
        page,
        columns,
        "provinces-industry",
        page.say(
            "Micro and small industry of {province} among the provinces, {years} (BPS, IMK). Rank "
            "1 is the highest value. Labour cost is spread over unpaid workers too, so it is no "
            "wage.",
            province=page.place,
            years=page.language.listing([str(year) for year in years]),
        ),
        sorted(sources),
        data=own.rename_axis("measure").reset_index(),
        texts=1,
    )
