"""Sentences on commodities: what was loaded, what moved its value, where it went, what is known."""

from collections.abc import Sequence

import pandas as pd

from analysis.catalog.commodities import COMMODITIES, CommodityLoaded
from analysis.indicators.unit_values import ValueChange, ValueChanges
from analysis.report.page import Page

# Provinces and destinations that a sentence names.
NAMED = 3

# Below it a weight reads better in kilograms, a value in dollars.
TONNE_KG, SMALL_MILLION_USD = 1000, 0.1


def weight(page: Page, kilograms: float) -> str:
    """Write a weight in tonnes, and one below a tonne in kilograms."""
    if kilograms < TONNE_KG:
        return page.say("{amount} kilograms", amount=page.language.figure(kilograms, 1))
    tonnes = kilograms / TONNE_KG
    return page.say(
        "{amount} tonnes", amount=page.language.figure(tonnes, 0 if tonnes >= 10 else 1)
    )


def value(page: Page, million_usd: float) -> str:
    """Write a value in million USD, and a small one in dollars."""
    if million_usd < SMALL_MILLION_USD:
        return page.say("USD {amount}", amount=page.language.number(1e6 * million_usd))
    return page.language.money(million_usd)


def a_kilogram(page: Page, unit_value: float) -> str:
    """Write a unit value."""
    return page.say("USD {amount} a kilogram", amount=page.language.number(unit_value, 2))


def loaded(page: Page, found: CommodityLoaded) -> str:
    """Say what the province's ports loaded in the latest year, and their rank."""
    row = found.place
    if row is None:
        return page.say(
            "In {year} no port of {province} loaded coffee; the last month in which one did is "
            "{month}.",
            year=found.year,
            province=page.place,
            month=page.language.month(found.months["time_period"].max()),
        )
    return page.say(
        "In {period} the ports of {province} loaded {weight} of coffee (HS 0901), worth {value} "
        "[FOB](#term-fob): a [unit value](#term-unit-value) of {unit_value}. By weight that is "
        "rank {rank} of {count} provinces whose ports loaded coffee, and {share} percent of the "
        "country's coffee exports.",
        period=period(page, found),
        province=page.place,
        weight=weight(page, row["weight_kg"]),
        value=value(page, row["value"]),
        unit_value=a_kilogram(page, row["unit_value"]),
        rank=page.language.number(int(str(row.name)) + 1),
        count=page.language.number(len(found.provinces)),
        share=share(page, found),
    )


def share(page: Page, found: CommodityLoaded) -> str:
    """Write the province's share of the weight that all ports loaded in the latest year."""
    percent = found.weight_share_percent
    return page.say("less than one") if percent < 0.05 else page.language.number(percent, 1)


def period(page: Page, found: CommodityLoaded) -> str:
    """Name the latest year, or the months of it that are known."""
    months = found.country_months["time_period"]
    latest = months[months.str[:4] == str(found.year)]
    if len(latest) == 12:
        return str(found.year)
    return page.language.period(f"{latest.min()}/{latest.max()}")


def loaded_is_not_grown(page: Page) -> str:
    """Say what a port of loading tells, and what it does not."""
    return page.say(
        "Loaded here does not mean grown here. These are exports by "
        "[port of loading](#term-port-of-loading): a port may ship the coffee of other provinces, "
        "and coffee of {province} may leave through ports elsewhere.",
        province=page.place,
    )


def loaded_nowhere(page: Page, found: CommodityLoaded) -> str:
    """Say that no port of the province loads coffee, and where it is loaded."""
    largest = [
        page.say(
            "{province} ({weight})",
            province=page.catalog.provinces.by_code(row["province_code"]).name(page.language.code),
            weight=weight(page, row["weight_kg"]),
        )
        for _, row in found.provinces.head(NAMED).iterrows()
    ]
    months = found.country_months["time_period"]
    return page.language.count(
        "From {first} to {last} no port of {province} loaded coffee (HS 0901) for abroad. In "
        "{period} the ports of {number} province loaded it: {largest}.",
        "From {first} to {last} no port of {province} loaded coffee (HS 0901) for abroad. In "
        "{period} the ports of {number} provinces loaded it; the largest amounts: {largest}.",
        len(found.provinces),
        first=page.language.month(months.min()),
        last=page.language.month(months.max()),
        province=page.place,
        period=period(page, found),
        largest=page.language.listing(largest),
    )


def loaded_seldom(page: Page, found: CommodityLoaded) -> str:
    """Sum up shipments too few for a picture."""
    return page.language.count(
        "In all, the ports of {province} loaded coffee in {number} month of {known} since "
        "{first}: {weight}, worth {value}.",
        "In all, the ports of {province} loaded coffee in {number} months of {known} since "
        "{first}: {weight}, worth {value}.",
        len(found.months),
        known=page.language.number(len(found.country_months)),
        first=page.language.month(found.country_months["time_period"].min()),
        province=page.place,
        weight=weight(page, found.months["weight_kg"].sum()),
        value=value(page, found.months["value"].sum()),
    )


def provisional(page: Page, found: CommodityLoaded) -> str:
    """Say which months are provisional, if any."""
    months = found.provisional_months
    if not months:
        return ""
    return page.say(
        "The figures of {span} are [provisional](#term-provisional).",
        span=page.language.period(f"{months[0]}/{months[-1]}"),
    )


def changes(page: Page, found: ValueChanges) -> str:
    """Part the change of the value since the first year, and say which part was the larger."""
    overall = found.overall
    stated = page.say(
        "From {first} to {last} the yearly value changed by {change} million USD. The unit value "
        "accounts for {unit_value} and the weight for {weight}. {verdict}",
        first=found.first_year,
        last=found.last_year,
        change=page.language.signed(overall.change, 1),
        unit_value=page.language.signed(overall.from_unit_value, 1),
        weight=page.language.signed(overall.from_weight, 1),
        verdict=_verdict(page, overall),
    )
    return " ".join(
        [
            stated,
            page.say(
                "This is arithmetic. A unit value also moves with the quality and mixture of what "
                "was shipped: HS 0901 holds green and roasted coffee, arabica and robusta together."
            ),
        ]
    )


def _verdict(page: Page, change: ValueChange) -> str:
    by_unit_value = abs(change.from_unit_value) >= abs(change.from_weight)
    if change.from_unit_value * change.from_weight < 0:
        if by_unit_value:
            return page.say("The two moved against each other, the unit value by more.")
        return page.say("The two moved against each other, the weight by more.")
    if by_unit_value:
        return page.say("The larger part is that of the unit value.")
    return page.say("The larger part is that of the weight.")


def too_little(page: Page) -> str:
    """Say why changes of small shipments are not taken apart."""
    return page.say(
        "In no year did these shipments reach one million USD: too little to take changes of "
        "their value apart."
    )


def destinations(page: Page, sent: pd.DataFrame) -> str:
    """Name the largest destinations of the whole country's coffee, first and last year."""
    years = sorted(sent["year"].unique())
    sentences = [
        page.say(
            "The figures collected here do not split the destinations of coffee by province. What "
            "follows is coffee of the whole country and not of {province}.",
            province=page.place,
        ),
        page.say(
            "In {year} coffee went to {count} countries. The largest by value were {largest}.",
            year=_year(page, sent, years[-1]),
            count=page.language.number((sent["year"] == years[-1]).sum()),
            largest=_largest(page, sent, years[-1]),
        ),
    ]
    if len(years) > 1:
        sentences.append(
            page.say(
                "In {year} they were {largest}.",
                year=_year(page, sent, years[0]),
                largest=_largest(page, sent, years[0]),
            )
        )
    return " ".join(sentences)


def year_known(page: Page, year: int, months: int) -> str:
    """Name a year, and how many of its months are known where not all are."""
    if months == 12:
        return str(year)
    return page.language.count(
        "{year} ({number} month known)", "{year} ({number} months known)", months, year=year
    )


def _year(page: Page, sent: pd.DataFrame, year: int) -> str:
    return year_known(page, year, int(sent.loc[sent["year"] == year, "months"].iloc[0]))


def _largest(page: Page, sent: pd.DataFrame, year: int) -> str:
    rows = sent[sent["year"] == year]
    named = [
        page.say(
            "{destination} ({share} percent)",
            destination=country(page, row["iso_3166_1"]),
            share=page.language.number(100 * row["value"] / rows["value"].sum(), 1),
        )
        for _, row in rows.head(NAMED).iterrows()
    ]
    return page.language.listing(named)


def country(page: Page, iso_3166_1: str) -> str:
    """Name a country in the report's language."""
    return str(page.language.locale.territories[iso_3166_1])


def processed(page: Page, pairs: pd.DataFrame) -> str:
    """Compare a kilogram of instant with one of green coffee, by certificates of origin."""
    names = [
        page.catalog.provinces.by_code(code).name(page.language.code)
        for code in sorted(set(pairs["province_code"]))
    ]
    number = page.language.number
    ratios = pairs["unit_value_ratio"]
    low, high = number(ratios.min(), 1), number(ratios.max(), 1)
    ratio = low if low == high else page.say("{low} to {high}", low=low, high=high)
    periods = pairs["time_period"]
    return " ".join(
        [
            page.language.count(
                "In {number} month ({span}) green and instant coffee were both counted by "
                "[certificates of origin](#term-certificate-of-origin) of {provinces}.",
                "In {number} months ({span}) green and instant coffee were both counted by "
                "[certificates of origin](#term-certificate-of-origin) of {provinces}.",
                len(pairs),
                span=page.language.period(
                    periods.min()
                    if periods.min() == periods.max()
                    else f"{periods.min()}/{periods.max()}"
                ),
                provinces=page.language.listing(names),
            ),
            page.say(
                "A kilogram of instant coffee was worth {ratio} times a kilogram of green coffee.",
                ratio=ratio,
            ),
            page.say(
                "Certificates count other shipments than customs does: they serve for unit "
                "values and not for levels."
            ),
        ]
    )


def known_commodities(page: Page, known: Sequence[str]) -> str:
    """Say of which commodities the province has export figures, and of which not."""
    unknown = [name for name in COMMODITIES if name not in known]
    if not known:
        return page.say(
            "Apart from coffee by port of loading, the figures collected here up to {year} have "
            "no exports of {province} of {unknown}.",
            year=page.year,
            province=page.place,
            unknown=_listed(page, unknown),
        )
    stated = page.say(
        "Apart from coffee by port of loading, the collection has export figures of {province} up "
        "to {year} for {known}.",
        province=page.place,
        year=page.year,
        known=_listed(page, known),
    )
    if not unknown:
        return stated
    return f"{stated} " + page.say("It has none for {unknown}.", unknown=_listed(page, unknown))


def reading_coverage(page: Page) -> str:
    """Say how the figures by who counted are to be read."""
    return page.say(
        "A chapter of the HS can hold other goods beside the commodity, and is then named so. "
        "Certificates of origin, exporters' associations, quarantine offices and agencies count "
        "other shipments than customs does. Their figures serve for unit values and not for "
        "levels, and none is added to another."
    )


def commodity(page: Page, name: str) -> str:
    """Name a commodity, as in the middle of a sentence."""
    names = {
        "coffee": page.say("coffee"),
        "palm_oil": page.say("palm oil"),
        "rubber": page.say("rubber"),
        "cocoa": page.say("cocoa"),
        "pepper": page.say("pepper"),
        "fish": page.say("fish"),
        "fruit_preparations": page.say("fruit preparations"),
        "coal": page.say("coal"),
        "rattan": page.say("rattan"),
    }
    return names[name]


def _listed(page: Page, names: Sequence[str]) -> str:
    return page.language.listing([commodity(page, name) for name in names])


def counted_by(page: Page, name: str) -> str:
    """Name who counted."""
    names = {
        "statistics": page.say("trade statistics (BPS)"),
        "certificates": page.say("certificates of origin (SKA)"),
        "association": page.say("exporters' association (AEKI)"),
        "quarantine": page.say("quarantine offices"),
        "central_bank": page.say("Bank Indonesia"),
        "agency": page.say("provincial agency"),
        "unstated": page.say("not said who counted"),
    }
    return names[name]


def goods(page: Page, item_name: str, hs_name: str) -> str:
    """Name goods that share a code with others, else by the name of their code."""
    plain = item_name.split(" (")[0].lower()
    names = {
        "coffee beans robusta": page.say("Coffee beans, robusta"),
        "coffee beans arabica": page.say("Coffee beans, arabica"),
        "coffee beans": page.say("Coffee beans"),
        "coffee, total incl. instant": page.say("Coffee, with instant"),
        "instant coffee": page.say("Instant coffee"),
        "palm oil derivatives / fats and oils, total": page.say("Fats and oils, total"),
        "crude palm oil": page.say("Crude palm oil"),
        "liquid fractions of palm oil": page.say("Liquid fractions of palm oil"),
        "refined palm oil": page.say("Refined palm oil"),
        "palm kernel oil, rbd": page.say("Refined palm kernel oil"),
        "black pepper": page.say("Black pepper"),
        "white pepper": page.say("White pepper"),
        "pepper, ground": page.say("Pepper, ground"),
        "pepper, whole": page.say("Pepper, whole"),
        "pepper, total": page.say("Pepper, total"),
        "black pepper, ground": page.say("Black pepper, ground"),
        "black pepper, whole": page.say("Black pepper, whole"),
        "white pepper, whole": page.say("White pepper, whole"),
        "crab": page.say("Crab"),
        "swimming crab, rajungan": page.say("Swimming crab"),
        "fishery products": page.say("Fishery products"),
        "frozen fish": page.say("Frozen fish"),
        "shrimp": page.say("Shrimp"),
        "squid": page.say("Squid"),
    }
    return names.get(plain, hs_name)


def rattan(page: Page, indicator: str) -> str:
    """Name a figure on rattan."""
    names = {
        "imk_wood_rattan_bamboo_kbli16_units": page.say(
            "Micro and small establishments in wood, rattan and bamboo (KBLI 16, BPS)"
        ),
        "ikm_rattan_weaving_units": page.say("Small industry weaving rattan (agency)"),
        "rattan_raw_output_katingan_high": page.say("Output of raw rattan in Katingan, highest"),
        "rattan_raw_output_katingan_low": page.say("Output of raw rattan in Katingan, lowest"),
        "rattan_share_of_world_raw_material_supply": page.say(
            "Indonesia's share of the world's supply of raw rattan"
        ),
        "rattan_share_of_world_demand_supplied": page.say(
            "Share of the world's demand for rattan that Indonesia supplies"
        ),
        "rattan_price_per_bundle_lampung_barat_high": page.say(
            "Price of rattan in Lampung Barat, highest"
        ),
        "rattan_price_per_bundle_lampung_barat_low": page.say(
            "Price of rattan in Lampung Barat, lowest"
        ),
        "rattan_processing_units_medan": page.say("Rattan processing firms in Medan"),
        "rattan_craft_businesses_cirebon": page.say("Rattan craft businesses in Cirebon"),
        "rattan_output_banjarmasin_area": page.say("Output of rattan around Banjarmasin"),
    }
    return names[indicator]


def rattan_unit(page: Page, amount: str, unit: str) -> str:
    """Write a figure on rattan with its unit."""
    written = {
        "units": page.say("{amount} units", amount=amount),
        "percent": page.say("{amount} percent", amount=amount),
        "tonnes per month": page.say("{amount} tonnes a month", amount=amount),
        "tonnes per year": page.say("{amount} tonnes a year", amount=amount),
        "IDR per bundle": page.say("IDR {amount} a bundle", amount=amount),
        "businesses (more than)": page.say("{amount} businesses", amount=amount),
    }
    return written[unit]
