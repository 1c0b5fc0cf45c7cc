"""Sentences on what is sold and how far it is processed."""

from collections.abc import Sequence

import pandas as pd

from analysis.catalog.composition import Composition, Compositions
from analysis.catalog.uses import ImportsByUse
from analysis.indicators.series import Interval
from analysis.report import words
from analysis.report.page import Page

# So many products of a list are named in its sentence.
NAMED = 3

# Bounds further apart than this leave a reader no wiser, and are said to.
UNINFORMATIVE_SHARE = 0.9

# Bounds of a share closer than this need a decimal to be told apart; of an index, they are one
# number to a reader.
SHOWN_APART = 0.02
NARROW_INDEX = 0.005

# Bounds of an index further apart than this are called so: from 0.15 to 0.25 a market goes from
# unconcentrated to highly concentrated (US Horizontal Merger Guidelines 2010, section 5.3).
WIDE_INDEX = 0.1


def composition(page: Page, shown: Composition) -> str:
    """Name the `NAMED` largest products and the share of the total that is listed."""
    name = f"name_{page.language.code}"
    largest = [
        page.say(
            "{product} ({share} percent)",
            product=str(row[name]).lower(),
            share=page.language.number(100 * row["value"] / shown.total, 1),
        )
        for _, row in shown.products.head(NAMED).iterrows()
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
            "No list collected here up to {year} gives {province}'s exports by product "
            "together with their total.",
            year=page.year,
            province=page.place,
        )
    values = {
        "minimum": page.language.number(minimum),
        "year": page.year,
        "best": page.language.number(found.best_coverage_percent),
    }
    return page.language.count(
        "A product list is shown where it covers at least {minimum} percent of exports. The only "
        "list collected here up to {year} covers {best} percent.",
        "A product list is shown where it covers at least {minimum} percent of exports. Of the "
        "{number} lists collected here up to {year} the fullest covers {best} percent.",
        found.listed,
        **values,
    )


def raw_share(page: Page, share: Interval, shown: Composition) -> str:
    """Say between which bounds the share of raw goods lies, and why they are far apart."""
    if share.upper - share.lower > UNINFORMATIVE_SHARE:
        return page.say(
            "How much of exports in {period} was raw cannot be told from the lists collected "
            "here: anything between {lower} and {upper} percent is possible, because the listed "
            "chapters hold raw and processed goods together.",
            lower=page.language.number(100 * share.lower),
            upper=page.language.number(100 * share.upper),
            period=page.language.period(shown.time_period),
        )
    # Bounds that differ must also look different.
    digits = 0 if share.upper - share.lower > SHOWN_APART else 1
    bounds = {page.language.number(100 * end, digits) for end in (share.lower, share.upper)}
    if len(bounds) == 1:
        return page.say(
            "About {share} percent of exports in {period} were raw goods: next to nothing of the "
            "list may be raw or not.",
            share=bounds.pop(),
            period=page.language.period(shown.time_period),
        )
    return page.say(
        "Between {lower} and {upper} percent of exports in {period} were raw goods. The lower end "
        "counts what is raw for certain; the upper end adds the chapters that hold raw and "
        "processed goods together, and what is not listed. Nothing narrower follows from the "
        "lists collected here.",
        lower=page.language.number(100 * share.lower, digits),
        upper=page.language.number(100 * share.upper, digits),
        period=page.language.period(shown.time_period),
    )


def composition_over_time(
    page: Page, lists: Sequence[Composition], leading: pd.DataFrame, minimum: float
) -> str:
    """Say over which periods lists are compared, and how the share of the leading product moved.

    `leading` has a row for every list that names the product largest over all of them, with
    `time_period`, `percent` and its names; `minimum` is the percent that a list must cover.
    """
    if len(lists) < 2:
        return page.say(
            "No other list collected here up to {year} covers as much, so how the products "
            "changed over time is not shown.",
            year=page.year,
        )
    least, most = (leading.loc[leading["percent"].agg(end)] for end in ("idxmin", "idxmax"))
    told = page.say(
        "{count} lists between {first} and {last} cover at least {minimum} percent of exports; "
        "periods without such a list are left out, and nothing is filled in. The largest over all "
        "of them is HS {chapter} ({product}), listed in {listed}: least in {low_period} "
        "with {low} percent of exports, most in {high_period} with {high} percent.",
        count=len(lists),
        minimum=page.language.number(minimum),
        chapter=least["item"],
        first=page.language.period(lists[0].time_period),
        last=page.language.period(lists[-1].time_period),
        product=least[f"name_{page.language.code}"].lower(),
        listed=len(leading),
        low=page.language.number(least["percent"], 1),
        low_period=page.language.period(least["time_period"]),
        high=page.language.number(most["percent"], 1),
        high_period=page.language.period(most["time_period"]),
    )
    if not any(len(item.time_period) == len("YYYY-MM") for item in lists):
        return told
    return f"{told} " + page.say(
        "Lists of single months are among them, so that a difference may be one of the season."
    )


def raw_shares(page: Page, lists: Sequence[Composition], shares: Sequence[Interval]) -> str:
    """Say whether any list tells more of the raw share than the latest one."""
    if len(lists) < 2:
        return ""
    widths = [share.upper - share.lower for share in shares]
    narrowest = widths.index(min(widths))
    if widths[narrowest] > UNINFORMATIVE_SHARE:
        return page.say(
            "No other of the {count} lists tells more: in each of them raw goods may be anything "
            "from next to nothing to nearly all.",
            count=len(lists),
        )
    return page.say(
        "Of the {count} lists the one of {period} says most: between {lower} and {upper} percent "
        "raw. Bounds that move show what was listed, and are no sign that more or less was "
        "processed.",
        count=len(lists),
        period=page.language.period(lists[narrowest].time_period),
        lower=page.language.number(100 * shares[narrowest].lower, 1),
        upper=page.language.number(100 * shares[narrowest].upper, 1),
    )


def concentration(
    page: Page, index: Interval, equivalent: Interval, normalized: float | None, period: str
) -> str:
    """Say how concentrated exports are on few products, with bounds.

    `equivalent` is the equivalent number of products of `index`; `normalized` the index from 0
    for equal parts to 1, None where the list is not complete.
    """
    number = page.language.number
    if index.upper - index.lower < NARROW_INDEX or number(index.lower, 2) == number(index.upper, 2):
        text = page.say(
            "In {period} the concentration of exports on products "
            "([Herfindahl–Hirschman index](#term-hhi)) is {index}, where 1 is a single product: "
            "as if the exports were [{count} products of equal size](#term-equivalent-number).",
            period=page.language.period(period),
            index=number(index.lower, 2),
            count=number(equivalent.upper, 1),
        )
    else:
        # Bounds that differ must also look different.
        digits = 1 if number(equivalent.lower, 1) != number(equivalent.upper, 1) else 2
        text = page.say(
            "In {period} the concentration of exports on products ([Herfindahl–Hirschman "
            "index](#term-hhi)) lies between {lower} and {upper}, where 1 is a single product: as "
            "if between [{least} and {most} products of equal size](#term-equivalent-number) made "
            "up all exports.",
            period=page.language.period(period),
            lower=number(index.lower, 2),
            upper=number(index.upper, 2),
            least=number(equivalent.lower, digits),
            most=number(equivalent.upper, digits),
        )
        text += " " + _why_apart(page, index)
    if normalized is None:
        return text
    return " ".join(
        [
            text,
            page.say(
                "As this list is complete, the index can also be set between 0 for equal chapters "
                "and 1 for a single one: it is then {index}.",
                index=number(normalized, 2),
            ),
        ]
    )


def _why_apart(page: Page, index: Interval) -> str:
    if index.upper - index.lower > WIDE_INDEX:
        return page.say("The bounds are far apart, because not everything is listed.")
    return page.say("The bounds differ, because not everything is listed.")


def proved_bases(page: Page, splits: pd.DataFrame) -> list[str]:
    """Say of which exports a split is whose release states no basis, and what proves it."""
    proved = splits.loc[splits["basis_proved"], ["time_period", "basis"]].drop_duplicates()
    return [
        page.say(
            "For {period} the release states no basis of the split. Of the totals it prints only "
            "that of exports {basis} is large enough to hold it, so it is counted among them.",
            period=page.language.period(row.time_period),
            basis=words.basis(page.language, row.basis),
        )
        for row in proved.itertuples()
    ]


def imports_by_use(page: Page, found: ImportsByUse) -> str:
    """Say which use most imports have, and of how many periods that is known."""
    names = use_names(page)
    largest = found.rows.loc[found.rows["value"].idxmax()]
    known = page.language.count(
        "The figures collected here up to {year} split {place}'s imports by use for {number} "
        "period: what follows is of {period} and says nothing of other months.",
        "The figures collected here up to {year} split {place}'s imports by use for {number} "
        "periods; what follows is the latest, {period}, and says nothing of other months.",
        found.periods,
        year=page.year,
        place=page.place,
        period=page.language.period(found.time_period),
    )
    if found.total is None:
        return known
    return " ".join(
        [
            known,
            page.say(
                "The largest use named is {use}, with {share} percent of imports.",
                use=names[largest["use"]].lower(),
                share=page.language.number(100 * largest["value"] / found.total, 1),
            ),
        ]
    )


def use_names(page: Page) -> dict[str, str]:
    """Name the uses of imports."""
    return {
        "consumption": page.say("Consumption goods"),
        "materials": page.say("Raw and auxiliary materials"),
        "capital": page.say("Capital goods"),
    }


def not_measured(page: Page) -> str:
    """Say which measures of specialization are not shown, and what each would need."""
    return page.say(
        "Three measures are not shown, as the collection has the figures for them for no province. "
        "[Comparative advantage](#term-comparative-advantage) compares a product's share in the "
        "province's exports with its share in the country's: it needs exports by product of all "
        "provinces for one period. [Shift-share](#term-shift-share) splits growth into what the "
        "country, the product and the province gave: it needs the same for two years. [Unit value "
        "ratios](#term-unit-value) need value and weight of raw and of processed goods, month by "
        "month; the collection has a few single months, and they serve the scenario."
    )
