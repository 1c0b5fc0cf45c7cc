"""Tables of what is sold."""

import pandas as pd

from analysis.report import words
from analysis.report.page import Page
from analysis.report.tables.base import show


def sector_split(page: Page, rows: pd.DataFrame, total: float | None) -> None:
    """Show BPS's own split of exports by sector for one period."""
    number = page.language.number
    names = {
        "agriculture": page.say("Agriculture"),
        "mining": page.say("Mining"),
        "manufacturing": page.say("Manufacturing"),
        "oil_and_gas": page.say("Oil and gas"),
    }
    columns = {
        page.say("Sector"): [names[sector] for sector in rows["sector"]],
        page.say("Exports (million USD)"): [page.language.figure(value) for value in rows["value"]],
        page.say("Percent of all exports"): [
            number(None if total is None else 100 * value / total, 1) for value in rows["value"]
        ],
    }
    show(
        page,
        columns,
        "sector-split",
        page.say(
            "Exports of {province} by sector as BPS splits them, {period}, {basis}.",
            province=page.place,
            period=page.language.period(rows["time_period"].iloc[0]),
            basis=words.basis(page.language, rows["basis"].iloc[0]),
        ),
        sorted(set(rows["source_id"])),
        data=rows[["time_period", "basis", "sector", "value", "obs_status", "source_id"]],
        texts=1,
    )
