"""Sections on how industry works: productivity by scale, ties and credit, and the large ones."""

import pandas as pd

from analysis.catalog.industry import ScaleFigures
from analysis.report.figures import structure as figures
from analysis.report.narrative import structure as narrative
from analysis.report.page import Page
from analysis.report.sections.base import lacking
from analysis.report.tables import structure as tables

# What productivity divides, and divides by.
MEASURES = ["establishments", "workers", "output", "value_added"]
SHARES = ("imk_using_internet", "imk_with_loans", "imk_in_partnership")


def productivity(
    page: Page, found: ScaleFigures, ratios: pd.DataFrame, shares: pd.DataFrame
) -> None:
    """Show what a worker and an establishment make, micro against small.

    Args:
        page: the page.
        found: what the survey measured by scale.
        ratios: as `indicators.industry.productivity` gives them.
        shares: as `indicators.industry.shares_by_scale` gives them.

    """
    page.heading(page.say("What micro and small establishments make"), "productivity")
    if found.year is None or not {"micro", "small"} <= set(ratios.index):
        lacking(
            page,
            page.say("Not shown: productivity by scale"),
            page.say(
                "Output, value added, workers and establishments of one year, for micro and for "
                "small industry of {province}, are needed; none up to {year} is in the collection.",
                province=page.place,
                year=page.year,
            ),
            "industry",
        )
        return
    used = found.figures[found.figures["measure"].isin(MEASURES)]
    sources = sorted({source for ids in used["source_ids"] for source in ids})
    page.text(narrative.productivity(page, ratios, found.year), narrative.scales(page, shares))
    figures.productivity(page, ratios, found.year, sources)
    tables.productivity(page, ratios, found.year, sources)
    series = _series(page, "imk_by_scale", "industry", used)
    for scale, row in ratios.iterrows():
        for measure, value in row.items():
            page.indicator(
                f"imk_{measure}_{scale}",
                value,
                "million IDR",
                str(found.year),
                obs_status="derived",
                sources=sources,
                method="analysis.indicators.industry.productivity",
                inputs=[series],
            )
    for measure, share in shares.loc["micro", MEASURES].items():
        page.indicator(
            f"imk_share_of_micro_in_{measure}",
            share,
            "percent",
            str(found.year),
            obs_status="derived",
            sources=sources,
            method="analysis.indicators.industry.shares_by_scale",
            inputs=[series],
        )


def working(page: Page, found: pd.DataFrame, shares: pd.Series) -> None:
    """Show how many establishments use the internet, borrow, or have a partner.

    Args:
        page: the page.
        found: as `catalog.industry.imk_structure` gives them.
        shares: in percent of all establishments, by indicator; none where there is no structure.

    """
    page.heading(page.say("Internet, credit and partnership"), "structure")
    known = [name for name in SHARES if name in shares.index and pd.notna(shares[name])]
    if not known:
        lacking(
            page,
            page.say("Not shown: internet, credit and partnership"),
            page.say(
                "No number of the establishments of {province} that use the internet, borrow or "
                "have a partner is in the collection up to {year}.",
                province=page.place,
                year=page.year,
            ),
            "industry",
        )
        return
    rows = found.set_index("indicator")
    year = int(rows["year"].iloc[0])
    sources = sorted({source for ids in found["source_ids"] for source in ids})
    page.text(narrative.working(page, shares[known].to_dict(), year))
    figures.working(page, rows["value"].astype(float), shares[known], year, sources)
    for name in known:
        page.indicator(
            f"{name}_share",
            shares[name],
            "percent of establishments",
            str(year),
            obs_status="derived",
            sources=sources,
            method="analysis.indicators.industry.shares_of_establishments",
            inputs=[_series(page, "imk_structure", "industry", found)],
        )


def large_and_medium(page: Page, found: pd.DataFrame, manufacturing: pd.DataFrame) -> None:
    """Show large and medium industry, and what part of the economy all manufacturing is.

    Args:
        page: the page.
        found: as `catalog.industry.large_and_medium` gives them.
        manufacturing: as `catalog.industry.manufacturing_share` gives it.

    """
    page.heading(page.say("Large and medium industry"), "large-and-medium")
    page.text(narrative.manufacturing_share(page, manufacturing))
    for row in manufacturing.to_dict("records"):
        page.indicator(
            f"grdp_manufacturing_share_{row['year']}",
            row["value"],
            "percent of GRDP, constant 2010 prices",
            str(row["year"]),
            obs_status=row["obs_status"],
            sources=row["source_ids"],
            inputs=[_series(page, "manufacturing", "economy", manufacturing)],
        )
    if found.empty:
        lacking(
            page,
            page.say("Not shown: large and medium industry"),
            page.say(
                "No figure of the large and medium industry (IBS) of {province} up to {year} is in "
                "the collection.",
                province=page.place,
                year=page.year,
            ),
            "industry",
        )
        return
    page.text(narrative.large_and_medium(page, found), narrative.doubts(page, found))
    tables.large_and_medium(page, found)
    for row in found.to_dict("records"):
        page.indicator(
            f"{row['indicator']}_{row['year']}",
            row["value"],
            row["unit"],
            str(row["year"]),
            obs_status=row["obs_status"],
            sources=row["source_ids"],
            inputs=[_series(page, "ibs", "industry", found)],
        )
        for bound in ("lowest", "highest") if row["lowest"] < row["highest"] else ():
            page.indicator(
                f"{row['indicator']}_{row['year']}_{bound}",
                row[bound],
                row["unit"],
                str(row["year"]),
                obs_status=row["obs_status"],
                sources=row["source_ids"],
                inputs=[_series(page, "ibs", "industry", found)],
            )


def _series(page: Page, name: str, table: str, found: pd.DataFrame) -> str:
    """Name the figures of some indicators of the province as a series of the page."""
    return page.table(
        name,
        table,
        province_code=page.province.code,
        indicator=sorted(set(found["indicator"])),
        sub_period="",
    )
