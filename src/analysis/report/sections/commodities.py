"""Sections on commodities: coffee by port, destination and stage, and what else has figures."""

from collections.abc import Sequence

import pandas as pd

from analysis.catalog.commodities import COMMODITIES, CommodityLoaded
from analysis.indicators.series import NotComputed
from analysis.indicators.unit_values import ValueChanges
from analysis.report.figures import commodities as figures
from analysis.report.narrative import commodities as narrative
from analysis.report.page import Page
from analysis.report.sections.base import coffee_series, lacking
from analysis.report.tables import commodities as tables

# A yearly value below this is a few shipments, of which no change is taken apart (million USD).
TELLING_VALUE = 1.0


def coffee_loaded(page: Page, found: CommodityLoaded, changes: ValueChanges | NotComputed) -> None:
    """Show what the province's ports loaded of coffee, and what moved its value."""
    page.heading(page.say("Coffee loaded in the ports"), "coffee-loaded")
    if found.year is None:
        lacking(
            page,
            page.say("Not shown: coffee by month and port"),
            page.say(
                "No coffee exports by port and month up to {year} are in the collection.",
                year=page.year,
            ),
            "trade",
        )
        return
    _record_loaded(page, found)
    if found.months.empty:
        page.text(narrative.loaded_nowhere(page, found))
        return
    page.text(
        f"{narrative.loaded(page, found)} {narrative.provisional(page, found)}".strip(),
        narrative.loaded_is_not_grown(page),
    )
    if not found.regular:
        page.text(narrative.loaded_seldom(page, found))
        return
    figures.loaded(page, found)
    tables.loaded_years(page, found)
    _coffee_changes(page, found, changes)


def _coffee_changes(
    page: Page, found: CommodityLoaded, changes: ValueChanges | NotComputed
) -> None:
    if found.years["value"].max() < TELLING_VALUE:
        page.text(narrative.too_little(page))
        return
    if isinstance(changes, NotComputed):
        page.missing(
            changes,
            page.say("what moved the value of coffee"),
            page.say("It compares years of which all months are known."),
            inputs=[coffee_series(page)],
        )
        return
    page.text(narrative.changes(page, changes))
    tables.value_changes(page, changes, found)
    for name in ("change", "from_unit_value", "from_weight"):
        page.indicator(
            f"coffee_value_{name}",
            getattr(changes.overall, name),
            "million USD",
            f"{changes.first_year}/{changes.last_year}",
            obs_status="derived",
            sources=found.source_ids,
            method="analysis.indicators.unit_values.value_changes",
            basis="port-of-loading",
            inputs=[coffee_series(page)],
        )


def coffee_destinations(page: Page, found: CommodityLoaded, sent: pd.DataFrame) -> None:
    """Show where the whole country's coffee goes, if the province's ports load it regularly."""
    if not found.regular:
        return
    page.heading(page.say("Where the country's coffee goes"), "coffee-destinations")
    page.text(narrative.destinations(page, sent))
    tables.destinations(page, sent)
    for year in {sent["year"].min(), sent["year"].max()}:
        rows = sent[sent["year"] == year]
        shares = 100 * rows["value"].head(narrative.NAMED) / rows["value"].sum()
        _record_coffee(page, f"destinations_{year}", len(rows), "countries", year, rows)
        _record_coffee(
            page, f"destination_months_{year}", rows["months"].iloc[0], "months", year, rows
        )
        for rank, share in enumerate(shares, start=1):
            _record_coffee(page, f"destination_share_{year}_{rank}", share, "percent", year, rows)


def _record_coffee(
    page: Page, name: str, value: float, unit: str, year: int, rows: pd.DataFrame
) -> None:
    page.indicator(
        f"coffee_{name}",
        value,
        unit,
        str(year),
        obs_status="derived",
        sources=rows["source_id"],
        method="analysis.catalog.commodities.sent_by_year",
        inputs=[_sent_series(page, year)],
    )


def coffee_processed(page: Page, found: CommodityLoaded, pairs: pd.DataFrame) -> None:
    """Show green coffee against instant coffee, where certificates of origin count both.

    Figures of another province are shown where the ports load coffee regularly.
    """
    if not found.regular and page.province.code not in set(pairs["province_code"]):
        return
    page.heading(page.say("Green coffee against instant coffee"), "coffee-processed")
    if pairs.empty:
        lacking(
            page,
            page.say("Not shown: green against processed coffee"),
            page.say(
                "It needs values and weights of both for one month by one count; none up to "
                "{year} are in the collection.",
                year=page.year,
            ),
            "trade",
        )
        return
    page.text(narrative.processed(page, pairs))
    tables.processed(page, pairs)
    page.indicator(
        "coffee_processed_pairs",
        len(pairs),
        "months",
        f"{pairs['time_period'].min()}/{pairs['time_period'].max()}",
        obs_status="derived",
        sources={i for ids in pairs["source_ids"] for i in ids},
        method="analysis.indicators.unit_values.paired_unit_values",
        inputs=[_goods_series(page)],
    )


def chains(
    page: Page, coverage: pd.DataFrame, series: Sequence[pd.DataFrame], rattan: pd.DataFrame
) -> None:
    """Show what is known of each commodity, by who counted, and the series that are long enough."""
    page.heading(page.say("Commodities that have figures"), "commodities")
    known = list(dict.fromkeys(coverage["commodity"]))
    page.text(
        narrative.known_commodities(page, known), narrative.reading_coverage(page) if known else ""
    )
    if known:
        tables.coverage(page, coverage)
    if series:
        figures.series(page, series)
    # What only the country has says nothing of the province.
    own = rattan["province_code"] == page.province.code
    if own.any():
        tables.rattan(page, pd.concat([rattan[own], rattan[~own]]))


def _sent_series(page: Page, year: int) -> str:
    months = [f"{year}-{month:02}" for month in range(1, 13)]
    return page.table(
        f"sent_to_countries_{year}",
        "trade",
        dimension="hs-partner",
        flow="export",
        period_type="month",
        time_period=months,
    )


def _goods_series(page: Page) -> str:
    goods = list(COMMODITIES["coffee"])
    return page.table("coffee_goods", "trade", dimension="hs", flow="export", item=goods)


def _record_loaded(page: Page, found: CommodityLoaded) -> None:
    """Record the latest year of the province, where it loads any, and of the country."""
    year = str(found.year)
    months = found.country_months["time_period"]
    facts: list[tuple[str, float, str, str]] = [
        ("provinces", len(found.provinces), "provinces", year)
    ]
    facts += [("months_known", len(months), "months", f"{months.min()}/{months.max()}")]
    if found.months.empty:
        facts += [
            (f"loaded_in_{row['province_code']}", *_weight(row["weight_kg"]), year)
            for _, row in found.provinces.head(narrative.NAMED).iterrows()
        ]
    elif not found.regular:
        span = f"{months.min()}/{months.max()}"
        facts += [
            ("months_loaded", len(found.months), "months", span),
            ("loaded_in_all_weight", *_weight(found.months["weight_kg"].sum()), span),
            ("loaded_in_all_value", *_value(found.months["value"].sum()), span),
        ]
    if found.place is not None:
        facts += [
            ("loaded_weight", *_weight(found.place["weight_kg"]), year),
            ("loaded_value", *_value(found.place["value"]), year),
            ("loaded_unit_value", found.place["unit_value"], "USD a kilogram", year),
            ("loaded_weight_share", found.weight_share_percent, "percent", year),
            ("loaded_rank", int(str(found.place.name)) + 1, "rank", year),
        ]
    for name, value, unit, time_period in facts:
        page.indicator(
            f"coffee_{name}",
            value,
            unit,
            time_period,
            obs_status="derived",
            sources=found.source_ids,
            method="analysis.catalog.commodities.commodity_loaded",
            basis="port-of-loading",
            inputs=[coffee_series(page)],
        )


def _weight(kilograms: float) -> tuple[float, str]:
    """Give a weight in the unit that its sentence uses."""
    if kilograms < narrative.TONNE_KG:
        return kilograms, "kilograms"
    return kilograms / narrative.TONNE_KG, "tonnes"


def _value(million_usd: float) -> tuple[float, str]:
    """Give a value in the unit that its sentence uses."""
    if million_usd < narrative.SMALL_MILLION_USD:
        return 1e6 * million_usd, "USD"
    return million_usd, "million USD"
