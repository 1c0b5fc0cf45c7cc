"""Tables of commodities: what was loaded by year, where it went, and what is known of each."""

import pandas as pd

from analysis.catalog.commodities import LEVELS, CommodityLoaded
from analysis.indicators.unit_values import ValueChanges
from analysis.report import words
from analysis.report.narrative import commodities as narrative
from analysis.report.page import Page
from analysis.report.tables.base import show

# A table of destinations names so many, and shows so many years side by side.
DESTINATIONS, DESTINATION_YEARS = 8, 3


def loaded_years(page: Page, found: CommodityLoaded) -> None:
    """Show what the province's ports loaded by year."""
    years = found.years
    # Small amounts need a smaller unit or decimals to be told apart.
    small = years["value"].max() < 1
    values = 1000 * years["value"] if small else years["value"]
    tonnes = years["weight_kg"] / narrative.TONNE_KG
    digits = 0 if tonnes.max() >= 100 else 2
    number = page.language.number
    header = page.say("Value (thousand USD)") if small else page.say("Value (million USD)")
    show(
        page,
        {
            page.say("Year"): [
                narrative.year_known(page, int(str(year)), int(row["known_months"]))
                for year, row in years.iterrows()
            ],
            header: [number(v, 1) for v in values],
            # A few kilograms are not nothing.
            page.say("Weight (tonnes)"): [
                number(v, digits) if v >= 0.5 or digits else page.language.figure(v, 3)
                for v in tonnes
            ],
            page.say("Unit value (USD a kilogram)"): [number(v, 2) for v in years["unit_value"]],
        },
        "coffee-years",
        page.say(
            "Coffee (HS 0901) loaded in the ports of {province} by year, exports FOB, {basis}. "
            "Ports are put to provinces partly by their place on the map; years without a "
            "shipment are left out.",
            province=page.place,
            basis=words.basis(page.language, "port-of-loading"),
        ),
        found.source_ids,
        data=years.reset_index().assign(tonnes=tonnes.to_numpy()),
        texts=1,
    )


def value_changes(page: Page, found: ValueChanges, loaded: CommodityLoaded) -> None:
    """Show the change of the value by year, parted into unit value and weight."""
    signed = page.language.signed
    table = found.by_year
    show(
        page,
        {
            page.say("Year"): [str(year) for year in table.index],
            page.say("Change of value (million USD)"): [signed(v, 1) for v in table["change"]],
            page.say("from the unit value"): [signed(v, 1) for v in table["from_unit_value"]],
            page.say("from the weight"): [signed(v, 1) for v in table["from_weight"]],
        },
        "coffee-changes",
        page.say(
            "Value of the coffee loaded in {province} against the year before, and its parts: the "
            "change of the unit value at the mean weight of both years, and the change of the "
            "weight at the mean unit value. The parts add up to the change.",
            province=page.place,
        ),
        loaded.source_ids,
        data=table.reset_index(),
        texts=1,
    )


def destinations(page: Page, sent: pd.DataFrame) -> None:
    """Show the largest destinations of the latest year, by year, for the whole country."""
    years = sorted(sent["year"].unique())[-DESTINATION_YEARS:]
    values = sent.pivot_table(
        index=["partner", "iso_3166_1"], columns="year", values="value", aggfunc="sum"
    ).reindex(columns=years)
    shown = values.sort_values(years[-1], ascending=False).head(DESTINATIONS)
    others = values.sum() - shown.sum()
    months = sent.groupby("year")["months"].first()
    number = page.language.number
    names = [narrative.country(page, iso) for _, iso in shown.index]
    show(
        page,
        {
            page.say("Destination"): [*names, page.say("all others")],
            **{
                narrative.year_known(page, year, int(months[year])): [
                    number(v, 1) for v in [*shown[year], others[year]]
                ]
                for year in years
            },
        },
        "coffee-destinations",
        page.say(
            "Coffee (HS 0901) exported by the whole country, by destination, in million USD FOB. "
            "Not coffee of {province} alone.",
            province=page.place,
        ),
        sorted(sent["source_id"].unique()),
        data=pd.concat(
            [shown.reset_index(), pd.DataFrame([{"partner": "all others", **others}])],
            ignore_index=True,
        ),
        texts=1,
    )


def processed(page: Page, pairs: pd.DataFrame) -> None:
    """Show the unit values of green and of instant coffee where both are known."""
    number = page.language.number
    show(
        page,
        {
            page.say("Month"): [page.language.period(p) for p in pairs["time_period"]],
            page.say("Green robusta (USD a kilogram)"): [
                number(v, 2) for v in pairs["raw_unit_value"]
            ],
            page.say("Instant (USD a kilogram)"): [
                number(v, 2) for v in pairs["processed_unit_value"]
            ],
            page.say("Instant to green (ratio)"): [number(v, 1) for v in pairs["unit_value_ratio"]],
        },
        "coffee-processed",
        page.say(
            "Unit values of green and instant coffee by certificates of origin (SKA), in the "
            "months in which both are known."
        ),
        sorted({i for ids in pairs["source_ids"] for i in ids}),
        data=pairs.drop(columns="source_ids"),
        texts=1,
    )


def coverage(page: Page, found: pd.DataFrame) -> None:
    """Show of each commodity who counted, how many figures there are, and the latest."""
    show(
        page,
        {
            page.say("Goods"): [_counted_goods(page, row) for _, row in found.iterrows()],
            page.say("Known"): [_what(page, row) for _, row in found.iterrows()],
            page.say("Periods"): [_periods(page, row) for _, row in found.iterrows()],
            page.say("Latest figure"): [_latest(page, row) for _, row in found.iterrows()],
        },
        "commodity-coverage",
        page.say(
            "Export figures of commodities known for {province} up to {year}, by who counted; the "
            "latest figure with its unit, ≈ where the source rounds it. Of certificates, "
            "associations, quarantine offices and agencies it is the latest unit value, if any.",
            province=page.place,
            year=page.year,
        ),
        sorted(found["source_id"].unique()),
        data=found.assign(tonnes=found["weight_kg"] / narrative.TONNE_KG),
        texts=4,
    )


def rattan(page: Page, rows: pd.DataFrame) -> None:
    """Show what is known of rattan beside exports, in the province and in the country."""
    show(
        page,
        {
            page.say("Figure"): [narrative.rattan(page, name) for name in rows["indicator"]],
            page.say("Year"): rows["time_period"].tolist(),
            page.say("Amount"): [
                _marked(
                    row,
                    narrative.rattan_unit(page, page.language.figure(row["value"]), row["unit"]),
                )
                for _, row in rows.iterrows()
            ],
        },
        "commodity-rattan",
        page.say(
            "Rattan in {province} and in the country: output, firms and prices as sources print "
            "them. These are not exports.",
            province=page.place,
        ),
        sorted(rows["source_id"].unique()),
        data=rows,
        texts=2,
    )


def _counted_goods(page: Page, row: pd.Series) -> str:
    name = narrative.commodity(page, row["commodity"])
    # A wider item is named by what it is, not by what is sought in it.
    if row["wider"]:
        inside = page.say("{commodity}, within HS {hs}", commodity=name, hs=row["item"])
    else:
        inside = name
    named = inside[0].upper() + inside[1:]
    return f"{named}: {narrative.counted_by(page, row['counted_by'])}"


def _what(page: Page, row: pd.Series) -> str:
    if row["values"] and row["weights"]:
        return page.say("value and weight")
    return page.say("value") if row["values"] else page.say("weight")


def _periods(page: Page, row: pd.Series) -> str:
    last = page.language.period(row["last"])
    if row["periods"] == 1:
        return last
    return page.say(
        "{count}: {first} to {last}",
        count=page.language.number(row["periods"]),
        first=page.language.period(row["first"]),
        last=last,
    )


def _latest(page: Page, row: pd.Series) -> str:
    """Write the latest figure: of what customs counted the value, else the unit value."""
    if row["counted_by"] in LEVELS and pd.notna(row["value"]):
        figure = narrative.value(page, row["value"])
    elif pd.notna(row["unit_value"]):
        figure = narrative.a_kilogram(page, row["unit_value"])
    elif pd.notna(row["weight_kg"]):
        figure = narrative.weight(page, row["weight_kg"])
    else:
        figure = narrative.value(page, row["value"])
    goods = narrative.goods(page, row["item_name"], row[f"name_{page.language.code}"])
    return page.say(
        "{goods}, {period}: {figure}",
        goods=goods,
        period=page.language.period(row["time_period"]),
        figure=_marked(row, figure),
    )


def _marked(row: pd.Series, text: str) -> str:
    return f"≈ {text}" if row["obs_status"] == "approximate" else text
