"""Tables of ports, programmes and districts."""

import pandas as pd

from analysis.catalog.local_economy import Ports
from analysis.parameters.provinces import COUNTRY_CODE
from analysis.report import words
from analysis.report.narrative import open_questions as narrative
from analysis.report.narrative.local_economy import period
from analysis.report.page import Page
from analysis.report.tables.base import show

# The largest flows; the smallest say little and lengthen a page.
LONGEST = 10


def loaded(page: Page, found: Ports) -> None:
    """Show what the ports of a province loaded in the latest year known of each good."""
    rows = found.loaded.head(LONGEST)
    codes = page.catalog.read("hs", code=sorted(rows["item"].unique()))
    names = codes.set_index("code")[f"name_{page.language.code}"]
    columns = {
        page.say("Port"): [narrative.port_name(page, port) for port in rows["port"]],
        page.say("Goods"): [f"{names[item]} (HS {item})" for item in rows["item"]],
        page.say("Year"): [str(year) for year in rows["year"]],
        page.say("Million USD"): narrative.small_amounts(page, rows["value"]),
    }
    show(
        page,
        columns,
        "ports-loaded",
        page.say(
            "Exports loaded in {province} by port, FOB; of each good the latest year known. What "
            "is loaded here may come from elsewhere.",
            province=page.place,
        ),
        sorted({source for ids in rows["source_ids"] for source in ids}),
        data=rows.drop(columns="source_ids"),
        texts=3,
    )


def ways(page: Page, found: Ports) -> None:
    """Show by which ports, or ports of which provinces, a province's exports went."""
    rows = found.ways.head(LONGEST)
    columns = {
        page.say("Way"): [
            narrative.way_name(page, kind, name)
            for kind, name in zip(rows["kind"], rows["name"], strict=True)
        ],
        page.say("Million USD"): narrative.small_amounts(page, rows["value"]),
    }
    bases = [words.basis(page.language, name) for name in dict.fromkeys(rows["basis"])]
    show(
        page,
        columns,
        "ports-ways",
        page.say(
            "Exports of {province} by way, {period}, FOB; {basis}. The list may lack some ways, "
            "and one row may be part of another.",
            province=page.place,
            period=page.language.period(rows["time_period"].iloc[0]),
            basis=page.language.listing(bases),
        ),
        sorted(rows["source_id"].unique()),
        data=rows,
        texts=1,
    )


def participation(page: Page, rows: pd.DataFrame, name: str, caption: str) -> None:
    """Show who took part in a programme: of the province, or of the whole country.

    Args:
        page: the page.
        rows: as `catalog.local_economy.participation` gives them.
        name: of the table.
        caption: of the table.

    """
    columns = {
        page.say("Counted"): [narrative.programme_name(page, name) for name in rows["indicator"]],
        page.say("Whose"): [
            page.say("Indonesia") if code == COUNTRY_CODE else page.place
            for code in rows["province_code"]
        ],
        page.say("Period"): [
            period(page, row.time_period, row.sub_period) for row in rows.itertuples()
        ],
        page.say("Number"): [_number(page, row.value, row.unit) for row in rows.itertuples()],
    }
    show(
        page,
        columns,
        name,
        caption,
        sorted({source for ids in rows["source_ids"] for source in ids}),
        data=rows.drop(columns="source_ids"),
        texts=3,
    )


def districts(page: Page, found: pd.DataFrame, shares: pd.Series) -> None:
    """Show the micro and small establishments of a province by district.

    Args:
        page: the page.
        found: as `catalog.local_economy.district_counts` gives them.
        shares: percent of the districts' sum, by district.

    """
    columns = {
        page.say("District or city"): list(found["district"]),
        page.say("Establishments"): [page.language.number(value) for value in found["value"]],
        page.say("Of those listed (percent)"): [
            page.language.number(shares[name], 1) for name in found["district"]
        ],
    }
    show(
        page,
        columns,
        "districts",
        page.say(
            "Micro and small establishments of {province} by district and city, {year} (BPS, IMK).",
            province=page.place,
            year=int(found["year"].iloc[0]),
        ),
        sorted({source for ids in found["source_ids"] for source in ids}),
        data=found.drop(columns="source_ids").assign(percent=found["district"].map(shares)),
        texts=1,
    )


def _number(page: Page, value: float, unit: str) -> str:
    written = page.language.number(value)
    return page.say("over {number}", number=written) if "more than" in unit else written
