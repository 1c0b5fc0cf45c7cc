"""Sections on a province's own revenue, its village cooperatives and its rattan."""

import pandas as pd

from analysis.catalog.local_economy import (
    COOPERATIVE_STEPS,
    LEAST_YEARS,
    OWN_SOURCE,
    REVENUE_AMOUNTS,
    VILLAGE_EQUIPMENT,
    Revenue,
)
from analysis.indicators.series import NotComputed, Unit
from analysis.parameters.provinces import COUNTRY_CODE
from analysis.report.figures import local_economy as figures
from analysis.report.narrative import local_economy as narrative
from analysis.report.narrative.report import add_a_figure
from analysis.report.page import Page
from analysis.report.sections.base import lacking
from analysis.report.tables import local_economy as tables


def own_source_revenue(page: Page, found: Revenue, ratios: pd.DataFrame) -> None:
    """Show what a province's government takes in itself, and what it aimed at.

    Args:
        page: the page.
        found: the figures.
        ratios: as `indicators.revenue.revenue_ratios` gives them for `found.amounts`.

    """
    page.heading(page.say("Own-source revenue"), "own-source-revenue")
    amounts = found.figures[found.figures["indicator"].isin(REVENUE_AMOUNTS)]
    awards = found.figures[found.figures["indicator"] == "national_rank_pad_increase_apbd_award"]
    if amounts.empty:
        lacking(
            page,
            page.say("Not shown: own-source revenue"),
            page.say(
                "No amount of the revenue of {province} up to {year} is in the collection. Needed "
                "are own-source revenue and all regional revenue, realised, of whole years.",
                province=page.place,
                year=page.year,
            ),
            "revenue",
        )
        page.text(narrative.award(page, awards))
        _record_awards(page, awards)
        return
    printed = narrative.printed_ratios(found)
    page.text(
        " ".join(
            filter(
                None,
                (
                    narrative.own_source_revenue(page, found, ratios),
                    narrative.printed_growth(page, printed, ratios),
                    narrative.budget_share(page, ratios),
                    narrative.award(page, awards),
                ),
            )
        )
    )
    drawn = found.comparable
    if len(drawn):
        figures.revenue(page, drawn)
    key = ["indicator", "time_period", "sub_period"]
    in_figure = pd.MultiIndex.from_frame(amounts[key]).isin(pd.MultiIndex.from_frame(drawn[key]))
    if not in_figure.all():
        tables.revenue(page, amounts[~in_figure])
    tables.ratios(page, found, ratios)
    _record_revenue(page, found, ratios)
    _record_awards(page, awards)
    whole = int(found.amounts["own_source"].notna().sum())
    if whole < LEAST_YEARS:
        page.missing(
            NotComputed("own_source_revenue_by_year", LEAST_YEARS, whole, Unit.YEARS),
            page.say("own-source revenue over the years"),
            page.say("Only realised amounts of whole years count, no targets.")
            + " "
            + add_a_figure(page, "revenue"),
            inputs=[_revenue_series(page)],
        )


def _record_revenue(page: Page, found: Revenue, ratios: pd.DataFrame) -> None:
    rows = found.figures
    # Every printed figure of a whole year that a sentence may state.
    stated = rows["indicator"].isin(
        (
            OWN_SOURCE,
            "pad_target_apbd",
            "pad_target_apbd_revised",
            "pad_growth_actual",
            "pad_growth_target",
        )
    )
    for row in rows[stated].itertuples():
        part = f"_{row.sub_period.lower().replace(' ', '_')}" if row.sub_period else ""
        page.indicator(
            f"{row.indicator}_{row.time_period}{part}",
            row.value,
            row.unit,
            row.time_period,
            obs_status=row.obs_status,
            sources=row.source_ids,
            inputs=[_revenue_series(page)],
        )
    used = {source for ids in rows["source_ids"] for source in ids}
    for year, row in ratios.iterrows():
        for name in ("of_target", "of_budget", "growth"):
            if pd.notna(row[name]):
                page.indicator(
                    f"own_source_revenue_{name}_{year}",
                    row[name],
                    "percent",
                    str(year),
                    obs_status="derived",
                    sources=used,
                    method="analysis.indicators.revenue.revenue_ratios",
                    inputs=[_revenue_series(page)],
                )


def _record_awards(page: Page, awards: pd.DataFrame) -> None:
    for row in awards.itertuples():
        page.indicator(
            f"{row.indicator}_{row.time_period}",
            row.value,
            row.unit,
            row.time_period,
            obs_status=row.obs_status,
            sources=row.source_ids,
            inputs=[_revenue_series(page)],
        )


def _revenue_series(page: Page) -> str:
    return page.table("revenue", "revenue", province_code=page.province.code)


def village_cooperatives(page: Page, found: pd.DataFrame, shares: pd.Series) -> None:
    """Show how far village cooperatives have come, and which machines villages were given.

    Args:
        page: the page.
        found: as `catalog.local_economy.village_figures` gives them.
        shares: percent of the target by indicator of the province.

    """
    page.heading(page.say("Village cooperatives and equipment"), "village-cooperatives")
    national = found["province_code"] == COUNTRY_CODE
    steps = found["indicator"].isin(COOPERATIVE_STEPS)
    own = found[~national & steps].reset_index(drop=True)
    country = found[national & steps]
    machines = found[~national & found["indicator"].isin(VILLAGE_EQUIPMENT)]
    if own.empty:
        lacking(
            page,
            page.say("Not shown: village cooperatives"),
            page.say(
                "No figure of village cooperatives of {province} up to {year} is in the "
                "collection. Needed are their target, and how many are formed, are legal entities "
                "and operate, with the day of the count.",
                province=page.place,
                year=page.year,
            ),
            "villages",
        )
    else:
        page.text(narrative.cooperatives(page, own, shares))
        tables.cooperatives(page, own, shares)
    page.text(narrative.national_cooperatives(page, country), narrative.equipment(page, machines))
    for row in pd.concat([country, machines]).itertuples():
        whose = "national_" if row.province_code == COUNTRY_CODE else ""
        page.indicator(
            f"{whose}{row.indicator}",
            row.value,
            row.unit,
            row.time_period,
            obs_status=row.obs_status,
            sources=row.source_ids,
            inputs=[_villages_series(page)],
        )


def rattan(page: Page, units: pd.DataFrame, statements: pd.DataFrame) -> None:
    """Show who works rattan in a province and what was said of it; nothing where neither is known.

    Args:
        page: the page.
        units: as `catalog.local_economy.rattan_units` gives them.
        statements: as `catalog.local_economy.rattan_statements` gives them.

    """
    if units.empty and statements.empty:
        return
    page.heading(page.say("Rattan"), "rattan")
    page.text(
        *(narrative.rattan_unit(page, row) for _, row in units.iterrows()),
        *(narrative.rattan_statement(page, row) for _, row in statements.iterrows()),
    )
    for row in units.itertuples():
        page.indicator(
            f"{row.indicator}_{row.time_period}",
            row.value,
            row.unit,
            row.time_period,
            obs_status=row.obs_status,
            sources=[row.source_id],
            inputs=[_villages_series(page)],
        )
    lacking(
        page,
        page.say("Not shown: how much rattan is processed"),
        page.say(
            "Needed are the tonnes of rattan cut in {province}, sent out raw, and processed there, "
            "by year.",
            province=page.place,
        ),
        "villages",
    )


def _villages_series(page: Page) -> str:
    codes = [COUNTRY_CODE, page.province.code]
    return page.table("villages", "villages", province_code=codes)
