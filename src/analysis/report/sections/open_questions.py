"""Sections on what readers ask and few figures answer: what is known, and what would be needed."""

import pandas as pd

from analysis.catalog.local_economy import REGISTRATION, TRAINING, Ports
from analysis.report.narrative import open_questions as narrative
from analysis.report.page import Page
from analysis.report.sections.base import lacking, products_series
from analysis.report.tables import open_questions as tables


def export_procedure(page: Page, figures: pd.DataFrame) -> None:
    """Say by which steps goods leave, what is known of each, and what would say more.

    Args:
        page: the page.
        figures: as `catalog.local_economy.agency_figures` gives them.

    """
    page.heading(page.say("From quarantine to the ship"), "export-procedure")
    page.text(
        page.say(
            "Steps of an export, with the rules quoted for each; some goods need more. Figures "
            "of quarantine and of certificates count papers, not customs declarations: they are "
            "never added to exports."
        ),
        narrative.procedure(page, figures),
    )
    for row in figures.itertuples():
        page.indicator(
            f"export_figures_{row.step}",
            row.figures,
            "figures",
            f"{row.first}/{row.last}",
            obs_status="derived",
            sources=row.source_ids,
            method="analysis.catalog.local_economy.agency_figures",
            inputs=[products_series(page, "export")],
        )
    lacking(
        page,
        page.say("What would say more about the steps"),
        page.say(
            "Not in the collection for {province}: how many certificates each office issues a "
            "month, and how many days each step takes.",
            province=page.place,
        ),
        "targets",
    )


def roads_and_ports(page: Page, found: Ports, shares: pd.Series) -> None:
    """Say which ports load a province's exports; roads have no figure at all.

    Args:
        page: the page.
        found: as `catalog.local_economy.ports_of_loading` gives them.
        shares: percent of `found.inside_and_outside` by kind; empty where that is.

    """
    page.heading(page.say("Roads and ports"), "roads-and-ports")
    share = narrative.inside_share(page, found, shares["inside"]) if len(shares) else ""
    page.text(" ".join(filter(None, (narrative.ports(page, found), share))))
    if len(found.loaded):
        tables.loaded(page, found)
    if len(found.ways):
        tables.ways(page, found)
    _record_ports(page, found, shares)
    lacking(
        page,
        page.say("What would say more about roads and ports"),
        page.say(
            "The collection has no figure on roads. Needed are, for {province} and by year: the "
            "length of roads by condition, the tonnes that each port loads for abroad, and the "
            "value of exports by port.",
            province=page.place,
        ),
        "economy",
    )


def _record_ports(page: Page, found: Ports, shares: pd.Series) -> None:
    method = "analysis.catalog.local_economy.ports_of_loading"
    by_map = int((found.ports["assigned_by"] == "geography").sum())
    for name, number in (("", len(found.ports)), ("_assigned_by_map", by_map)):
        page.indicator(
            f"ports_of_loading{name}",
            number,
            "ports",
            str(page.year),
            obs_status="derived",
            method=method,
            inputs=[
                page.table("ports", "ports", cited_in="note", province_code=page.province.code)
            ],
        )
    if len(shares):
        page.indicator(
            "exports_by_own_ports",
            shares["inside"],
            "percent",
            found.ways["time_period"].iloc[0],
            obs_status="derived",
            sources=found.ways["source_id"],
            method="analysis.indicators.revenue.percents_of",
            basis=found.ways["basis"].iloc[0],
            inputs=[
                page.table(
                    "exports_by_port",
                    "trade",
                    province_code=page.province.code,
                    dimension="port",
                    flow="export",
                )
            ],
        )


def registration(page: Page, found: pd.DataFrame) -> None:
    """Say what is known of the registration of small industry, for whom and when.

    Args:
        page: the page.
        found: as `catalog.local_economy.participation` gives them; of `REGISTRATION` are shown.

    """
    known = found[found["indicator"].isin(REGISTRATION)].reset_index(drop=True)
    page.heading(page.say("Registration of small industry"), "registration")
    if len(known):
        page.text(narrative.registration(page, known))
        tables.participation(
            page,
            known,
            "registration",
            page.say(
                "Registration and participation of small and medium industry (IKM), as stated; "
                "national figures are named so."
            ),
        )
    lacking(
        page,
        page.say("What would say more about registration"),
        page.say(
            "No count of registered enterprises of {province} up to {year} is in the collection. "
            "Needed are, by year: enterprises with a business number (NIB), in SIINas, and in "
            "e-Smart IKM.",
            province=page.place,
            year=page.year,
        ),
        "targets",
    )


def training(page: Page, found: pd.DataFrame) -> None:
    """Say what is known of training and new entrepreneurs.

    Args:
        page: the page.
        found: as `catalog.local_economy.participation` gives them; of `TRAINING` are shown.

    """
    known = found[found["indicator"].isin(TRAINING)].reset_index(drop=True)
    page.heading(page.say("Training and new entrepreneurs"), "training")
    if len(known):
        tables.participation(
            page,
            known,
            "training",
            page.say(
                "Training and new entrepreneurs of small industry, as stated. Targets and results "
                "stand in rows of their own; a new entrepreneur is a person or an enterprise, as "
                "the source has it."
            ),
        )
        page.text(narrative.contradiction(page, known))
    lacking(
        page,
        page.say("What would say more about training"),
        page.say(
            "Not in the collection for {province} up to {year}: how many persons were trained "
            "each year, for which trade, and how many of them still work in it a year later.",
            province=page.place,
            year=page.year,
        ),
        "targets",
    )


def districts(page: Page, found: pd.DataFrame, shares: pd.Series) -> None:
    """Show how small industry is spread over the districts, where a count by district is known.

    Args:
        page: the page.
        found: as `catalog.local_economy.district_counts` gives them.
        shares: percent of the districts' sum, by district.

    """
    page.heading(page.say("Spread over districts"), "districts")
    if found.empty:
        lacking(
            page,
            page.say("Not shown: small industry by district"),
            page.say(
                "No count by district or city of {province} up to {year} is in the collection. "
                "Needed are micro and small establishments by district, for one year at least.",
                province=page.place,
                year=page.year,
            ),
            "industry",
        )
        return
    page.text(narrative.districts(page, found))
    tables.districts(page, found, shares)
    series = page.table("counts_by_district", "industry", province_code=page.province.code)
    for name, value, unit in (
        ("imk_establishments_of_districts", found["value"].sum(), "establishments"),
        ("districts_with_a_count", len(found), "districts and cities"),
    ):
        page.indicator(
            name,
            value,
            unit,
            str(found["year"].iloc[0]),
            obs_status="derived",
            sources={source for ids in found["source_ids"] for source in ids},
            method="analysis.catalog.local_economy.district_counts",
            inputs=[series],
        )
