"""What the sections share: their opening, cards, series, and what to say where a figure lacks."""

from collections.abc import Sequence
from typing import NamedTuple

from analysis.catalog.commodities import COFFEE
from analysis.catalog.industry import READINGS
from analysis.catalog.targets import GrowthTarget
from analysis.parameters.provinces import COUNTRY_CODE
from analysis.report.narrative.report import add_a_figure
from analysis.report.page import SECTION, Page


def opening(page: Page, title: str, name: str) -> None:
    """Open a notebook with its own heading."""
    page.heading(title, name, level=SECTION)


class Card(NamedTuple):
    """One headline figure: what it is, its value, what it says, and how sure it is."""

    label: str
    value: str
    note: str
    sureness: str = ""


def cards(page: Page, facts: Sequence[Card]) -> None:
    """Show headline figures as cards; an empty note or sureness is left out."""
    blocks = []
    for card in facts:
        parts = [f"[{card.label}]{{.label}}", f"[{card.value}]{{.value}}", card.note]
        if card.sureness:
            parts.append(f"[{card.sureness}]{{.sureness}}")
        body = "\n\n".join(part for part in parts if part)
        blocks.append(f"::: {{.card}}\n\n{body}\n\n:::")
    page.text("::: {.cards}\n\n" + "\n\n".join(blocks) + "\n\n:::")


def lacking(page: Page, title: str, reason: str, table: str) -> None:
    """Say what is not shown and why, and how a figure is added to the table that lacks it."""
    page.note(title, f"{reason} {add_a_figure(page, table)}")


def totals_series(page: Page, flow: str) -> str:
    """Name the printed totals of a flow as a series of the page.

    Those on the page's own basis where they are a series already, else all.
    """
    for name, found in page.series.items():
        if found.flows is not None and not found.apart and found.where["flow"] == flow:
            return name
    return page.table(
        f"{flow}_totals",
        "trade",
        province_code=page.province.code,
        dimension="total",
        flow=flow,
    )


def products_series(page: Page, flow: str) -> str:
    """Name the printed lists of products of a flow as a series of the page."""
    own = page.province.code
    return page.table(f"{flow}_products", "trade", province_code=own, dimension="hs", flow=flow)


def partners_series(page: Page, flow: str) -> str:
    """Name the printed lists of countries of a flow as a series of the page."""
    own = page.province.code
    return page.table(
        f"{flow}_partners", "trade", province_code=own, dimension="partner", flow=flow
    )


def coffee_series(page: Page, *, own: bool = False) -> str:
    """Name what the country's ports, or the province's own, loaded of coffee by month."""
    if not own:
        return page.table(
            "loaded_in_ports", "trade", dimension="hs-port", flow="export", period_type="month"
        )
    ports = page.catalog.read("ports", province_code=page.province.code)["port"]
    return page.table(
        "loaded_in_own_ports",
        "trade",
        dimension="hs-port",
        flow="export",
        period_type="month",
        item=sorted(f"{COFFEE}|{port}" for port in ports),
    )


def statements_series(page: Page) -> str:
    """Name what was said of the province as a series of the page."""
    return page.table("said_by_officials", "statements", province_code=page.province.code)


def establishments_series(page: Page) -> str:
    """Name the survey's counts of establishments as a series of the page."""
    names = ["imk_establishments", "imk_establishments_micro", "imk_establishments_small"]
    return page.table(
        "imk_establishments", "industry", province_code=page.province.code, indicator=names
    )


def reading_series(page: Page, indicator: str) -> str:
    """Name what growth of small industry may be measured by as a series of the page."""
    return page.table(
        f"reading_{indicator}",
        READINGS[indicator],
        province_code=page.province.code,
        indicator=indicator,
        sub_period="",
    )


def target_series(page: Page, target: GrowthTarget) -> list[str]:
    """Name where a growth target was stated: by the parameter, or in a series of the page."""
    if not target.source_ids:
        return ["parameter ikm_growth_target"]
    name = f"growth_target_{target.year}"
    code = COUNTRY_CODE if target.authority == "country" else page.province.code
    indicators = list(target.indicators)
    return [page.table(name, "targets", province_code=code, indicator=indicators)]
