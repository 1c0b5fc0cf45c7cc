"""Sentences on what is sold and how far it is processed."""

from analysis.catalog.composition import Composition, Compositions
from analysis.indicators.concentration import equivalent_number
from analysis.indicators.series import Interval
from analysis.report.page import Page

# Bounds further apart than this leave a reader no wiser, and are said to.
UNINFORMATIVE_SHARE = 0.9


# Bounds of a share closer than this need a decimal to be told apart; of an index, they are one
# number to a reader.
SHOWN_APART = 0.02


NARROW_INDEX = 0.005


def composition(page: Page, shown: Composition) -> str:
    """Name the largest products and the share of the total that is listed."""
    name = f"name_{page.language.code}"
    largest = [
        page.say(
            "{product} ({share} percent)",
            product=str(row[name]).lower(),
            share=page.language.number(100 * row["value"] / shown.total, 1),
        )
        for _, row in shown.products.head(3).iterrows()
    ]
    return page.say(
        "The latest product list that covers enough is of {period}: {coverage} percent of exports "
        "of {total} are listed by product. The largest: {products}.",
        period=page.language.period(shown.time_period),
        coverage=page.language.number(shown.coverage_percent),
        total=page.language.money(shown.total),
        products=page.language.listing(largest),
    )


def no_composition(page: Page, found: Compositions, minimum: float) -> str:
    """Say why no composition is shown."""
    if found.best_coverage_percent is None:
        return page.say(
            "No release up to {year} lists {province}'s exports by product together with their "
            "total.",
            year=page.year,
            province=page.place,
        )
    return page.say(
        "A product list is shown where it covers at least {minimum} percent of exports. Of the "
        "{count} lists up to {year} the fullest covers {best} percent.",
        minimum=page.language.number(minimum),
        count=found.listed,
        year=page.year,
        best=page.language.number(found.best_coverage_percent),
    )


def raw_share(page: Page, share: Interval, shown: Composition) -> str:
    """Say between which bounds the share of raw goods lies, and why they are far apart."""
    if share.upper - share.lower > UNINFORMATIVE_SHARE:
        return page.say(
            "How much of exports in {period} was raw cannot be told from the published lists: "
            "anything between {lower} and {upper} percent is possible, because the listed chapters "
            "hold raw and processed goods together.",
            lower=page.language.number(100 * share.lower),
            upper=page.language.number(100 * share.upper),
            period=page.language.period(shown.time_period),
        )
    # Bounds that differ must also look different.
    digits = 0 if share.upper - share.lower > SHOWN_APART else 1
    return page.say(
        "Between {lower} and {upper} percent of exports in {period} were raw goods. The lower end "
        "counts what is raw for certain; the upper end adds the chapters that hold raw and "
        "processed goods together, and what is not listed. Nothing narrower follows from the "
        "published lists.",
        lower=page.language.number(100 * share.lower, digits),
        upper=page.language.number(100 * share.upper, digits),
        period=page.language.period(shown.time_period),
    )


def concentration(page: Page, index: Interval) -> str:
    """Say how concentrated exports are on few products, with bounds."""
    if index.upper - index.lower < NARROW_INDEX:
        return page.say(
            "Concentration on products (Herfindahl–Hirschman index) is {index}, where 1 is a "
            "single product: as if the exports were {count} products of equal size.",
            index=page.language.number(index.lower, 2),
            count=page.language.number(equivalent_number(index.lower), 1),
        )
    return page.say(
        "Concentration on products (Herfindahl–Hirschman index) lies between {lower} and {upper}: "
        "as if between {most} and {least} products of equal size made up all exports.",
        lower=page.language.number(index.lower, 2),
        upper=page.language.number(index.upper, 2),
        most=page.language.number(equivalent_number(index.upper), 1),
        least=page.language.number(equivalent_number(index.lower), 1),
    )
