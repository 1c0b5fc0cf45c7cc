"""Tables of what is sold."""

import pandas as pd

from analysis.catalog.uses import ImportsByUse
from analysis.report import words
from analysis.report.narrative.products import use_names
from analysis.report.page import Page
from analysis.report.tables.base import amounts, show


def sector_split(page: Page, rows: pd.DataFrame, total: float | None) -> None:
    """Show BPS's own split of exports by sector for one period."""
    number = page.language.number
    names = _sector_names(page)
    columns = {
        page.say("Sector"): [names[sector] for sector in rows["sector"]],
        page.say("Exports (million USD)"): amounts(
            page, rows["value"], rows["obs_status"] == "approximate"
        ),
    }
    if total is not None:
        percents = [number(100 * value / total, 1) for value in rows["value"]]
        columns[page.say("Percent of all exports")] = percents
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


def sectors_over_time(page: Page, splits: pd.DataFrame) -> None:
    """Show the split by sector of every period that has one, each with the basis it states."""
    names = _sector_names(page)
    keyed = splits.assign(rough=(splits["obs_status"] == "approximate").astype(float))
    wide, rough = (
        keyed.pivot_table(
            index=["time_period", "basis"], columns="sector", values=values, sort=False
        )
        for values in ("value", "rough")
    )
    shown = [sector for sector in names if sector in wide.columns]
    periods = [
        page.say(
            "{period}, {basis}",
            period=page.language.period(period),
            basis=words.basis(page.language, basis),
        )
        for period, basis in wide.index
    ]
    columns = {page.say("Period and basis"): periods} | {
        page.say("{sector} (million USD)", sector=names[sector]): amounts(
            page, wide[sector], rough[sector]
        )
        for sector in shown
    }
    show(
        page,
        columns,
        "sectors-over-time",
        page.say(
            "Exports of {province} by sector as BPS splits them, all periods with a split. A dash "
            "stands where a release does not name the sector. Exports on different bases are not "
            "comparable.",
            province=page.place,
        ),
        sorted(set(splits["source_id"])),
        data=wide[shown].reset_index(),
        texts=1,
    )


def imports_by_use(page: Page, found: ImportsByUse) -> None:
    """Show the imports of one period by use."""
    number, rows, names = page.language.number, found.rows, use_names(page)
    columns = {
        page.say("Use"): [names[use] for use in rows["use"]],
        page.say("Imports (million USD)"): page.language.figures(rows["value"]),
    }
    if found.total is not None:
        percents = [number(100 * value / found.total, 1) for value in rows["value"]]
        columns[page.say("Percent of all imports")] = percents
    show(
        page,
        columns,
        "imports-by-use",
        page.say(
            "Imports of {province} by use, {period}. Imports by port of unloading, CIF.",
            province=page.place,
            period=page.language.period(found.time_period),
        ),
        found.source_ids,
        data=rows.assign(time_period=found.time_period, all_imports=found.total),
        texts=1,
    )


def _sector_names(page: Page) -> dict[str, str]:
    return {
        "agriculture": page.say("Agriculture"),
        "mining": page.say("Mining"),
        "manufacturing": page.say("Manufacturing"),
        "oil_and_gas": page.say("Oil and gas"),
    }
