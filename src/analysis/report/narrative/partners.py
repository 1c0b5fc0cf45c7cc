"""Sentences on the countries that a province sells to and buys from."""

from collections.abc import Sequence

from analysis.catalog.composition import MINIMUM_COVERAGE_PERCENT
from analysis.catalog.partners import PartnerList, PartnerLists
from analysis.indicators.concentration import equivalent_number_bounds
from analysis.indicators.series import Interval
from analysis.report import words
from analysis.report.narrative.commodities import country
from analysis.report.page import Page

# So many countries are named in a sentence; the rest stand in the picture.
NAMED = 3


def largest(page: Page, item: PartnerList) -> str:
    """Name the largest countries of a list, and the share of the total that is listed."""
    named = page.language.listing(
        [
            page.say(
                "{country} ({share} percent)",
                country=country(page, row.iso_3166_1),
                share=page.language.number(100 * row.value / item.total, 1),
            )
            for row in item.partners.head(NAMED).itertuples()
        ]
    )
    values = {
        "period": page.language.period(item.time_period),
        "countries": named,
        "coverage": page.language.number(item.coverage_percent, 1),
        "total": page.language.money(item.total),
    }
    if item.flow == "export":
        return page.say(
            "The largest buyers listed in {period}: {countries}. The list covers {coverage} "
            "percent of all exports, which were {total} ({basis}).",
            basis=words.basis(page.language, item.basis),
            **values,
        )
    return page.say(
        "The largest sellers listed in {period}: {countries}. The list covers {coverage} percent "
        "of all imports, which were {total}.",
        **values,
    )


def concentration(page: Page, flow: str, index: Interval) -> str:
    """Say how concentrated a flow is on few countries, with bounds for what is not listed."""
    count = equivalent_number_bounds(index)
    # Bounds that differ must also look different.
    digits = 1 if round(count.lower, 1) < round(count.upper, 1) else 2
    values = {
        "lower": page.language.number(index.lower, 2),
        "upper": page.language.number(index.upper, 2),
        "least": page.language.number(count.lower, digits),
        "most": page.language.number(count.upper, digits),
    }
    # Bounds that look alike are one number to a reader.
    if values["lower"] == values["upper"]:
        about = {
            "index": values["upper"],
            # From the middle of them, to the one decimal that an index of two allows.
            "count": page.language.number((count.lower + count.upper) / 2, 1),
        }
        if flow == "export":
            return page.say(
                "The concentration on buyers ([Herfindahl–Hirschman index](#term-hhi)) is about "
                "{index}: as if about {count} countries bought equal parts.",
                **about,
            )
        return page.say(
            "The concentration on sellers ([Herfindahl–Hirschman index](#term-hhi)) is about "
            "{index}: as if about {count} countries sold equal parts.",
            **about,
        )
    if flow == "export":
        return page.say(
            "The concentration on buyers ([Herfindahl–Hirschman index](#term-hhi)) lies between "
            "{lower} and {upper}: as if between {least} and {most} countries bought equal parts. "
            "It cannot be narrowed further, as not every country is listed.",
            **values,
        )
    return page.say(
        "The concentration on sellers ([Herfindahl–Hirschman index](#term-hhi)) lies between "
        "{lower} and {upper}: as if between {least} and {most} countries sold equal parts. It "
        "cannot be narrowed further, as not every country is listed.",
        **values,
    )


def not_shown(page: Page, flow: str, found: PartnerLists) -> str:
    """Say why the countries of a flow are not shown."""
    if found.best_coverage_percent is None:
        if flow == "export":
            return page.say(
                "No list collected here up to {year} names the buyers of {province}'s "
                "exports together with their total.",
                year=page.year,
                province=page.place,
            )
        return page.say(
            "No list collected here up to {year} names the sellers of {province}'s "
            "imports together with their total.",
            year=page.year,
            province=page.place,
        )
    return page.language.count(
        "A list of countries is shown where it covers at least {minimum} percent of the total. "
        "The one list collected here up to {year} covers {best} percent.",
        "A list of countries is shown where it covers at least {minimum} percent of the total. Of "
        "the {number} lists collected here up to {year} the fullest covers {best} percent.",
        found.listed,
        minimum=page.language.number(MINIMUM_COVERAGE_PERCENT),
        year=page.year,
        best=page.language.number(found.best_coverage_percent, 1),
    )


def over_years(page: Page, compared: Sequence[str], alone: Sequence[str]) -> str:
    """Say what the latest lists are set beside, and what a single month is worth.

    Args:
        page: the page.
        compared: flows with countries that lists of the same months of earlier years have too.
        alone: flows whose list has nothing to be compared with.

    """
    sentences = []
    if compared:
        sentences.append(
            page.say(
                "The same months of earlier years, for countries that are listed more than once: "
                "single shipments move a month, so a difference between two of them is no trend."
            )
        )
    names = {"export": page.say("exports"), "import": page.say("imports")}
    if alone:
        sentences.append(
            page.say(
                "Change over the years is not shown for {flows}: no list of an earlier year "
                "collected here has the same months and countries.",
                flows=page.language.listing([names[flow] for flow in alone]),
            )
        )
    return " ".join(sentences)
