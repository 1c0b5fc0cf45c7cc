"""Sentences on where a province stands among the others."""

from collections.abc import Mapping, Sequence

import pandas as pd

from analysis.catalog.industry import LeftOut
from analysis.indicators.series import Interval
from analysis.models.panel import PooledGrowth
from analysis.parameters import Province
from analysis.report import words
from analysis.report.page import Page

# A smaller share, in percent, would be written as none at all.
LEAST_SHARE = 0.1


def rank(page: Page, row: Mapping[str, str], year: int) -> str:
    """Say where the province stands among those whose figures are known."""
    if not row["export_rank"]:
        return page.say(
            "The exports of {province} in {year} are not complete, so it has no rank among "
            "provinces.",
            province=page.place,
            year=year,
        )
    sentence = page.say(
        "By exports of {year}, by province of origin, {province} is number {rank} of the {of} "
        "provinces whose exports are complete.",
        province=page.place,
        year=year,
        rank=row["export_rank"],
        of=row["export_of"],
    )
    if row["balance_rank"]:
        sentence += " " + page.say(
            "By its balance it is number {rank} of {of}.",
            rank=row["balance_rank"],
            of=row["balance_of"],
        )
    return sentence


def export_share(page: Page, share: float) -> str:
    """Say what part of the sum over provinces a province's exports are."""
    if pd.isna(share):
        return ""
    if share < LEAST_SHARE:
        return page.say(
            "Its exports are less than {share} of the sum over these provinces.",
            share=page.language.percent(LEAST_SHARE, 1),
        )
    return page.say(
        "Its exports are {share} of the sum over these provinces.",
        share=page.language.percent(share, 1),
    )


def balance_rank(page: Page, row: Mapping[str, str], year: int) -> str:
    """Say where the province stands by its balance; nothing where a total lacks."""
    if not row["balance_rank"]:
        return ""
    return page.say(
        "By its balance of {year}, exports by province of origin (FOB) less imports by port of "
        "unloading (CIF), {province} is number {rank} of the {of} provinces with both totals.",
        year=year,
        province=page.place,
        rank=row["balance_rank"],
        of=row["balance_of"],
    )


def sums(page: Page, exports: float, imports: float, balance: float, surplus: int, of: int) -> str:
    """Say what the provinces with both totals sold and bought together, and that it is a sum."""
    amounts = (exports, imports, balance)
    first = page.language.count(
        "Both totals are known for {number} province.",
        "Both totals are known for {number} provinces.",
        of,
    )
    return " ".join(
        [
            first,
            page.say(
                "In {surplus} of them exports were larger than imports.",
                surplus=page.language.number(surplus),
            ),
            page.say(
                "Together they exported {exports} and imported {imports}: a {word} of {balance}.",
                exports=page.language.money(exports, amounts),
                imports=page.language.money(imports, amounts),
                word=words.balance_word(page.language, balance),
                balance=page.language.money(abs(balance), amounts),
            ),
            page.say(
                "These are sums over provinces: the collection has no national total of trade."
            ),
        ]
    )


def port_effect(page: Page, basis: str, compared_basis: str) -> str:
    """Say what the compared figures rest on, and where the page's own basis is another."""
    sentences = [
        words.valuation(page.language, compared_basis),
        page.say(
            "Imports are counted where they are unloaded, whoever uses them: a province with a "
            "large port imports for others too."
        ),
    ]
    if basis != compared_basis:
        sentences.append(
            page.say(
                "The exports of {province} above are on another basis ({basis}) and are not "
                "compared here.",
                province=page.place,
                basis=words.basis(page.language, basis),
            )
        )
    return " ".join(sentences)


def without_total(
    page: Page, neither: Sequence[str], no_exports: Sequence[str], no_imports: Sequence[str]
) -> str:
    """Name the provinces whose totals of the year are not complete."""
    sentences = []
    if neither:
        sentences.append(
            page.say(
                "Left out, as neither total of {year} is complete: {names}.",
                year=page.year,
                names=page.language.listing(neither),
            )
        )
    if no_exports:
        sentences.append(
            page.say(
                "Shown without exports, whose total is not complete: {names}.",
                names=page.language.listing(no_exports),
            )
        )
    if no_imports:
        sentences.append(
            page.say(
                "Shown without imports, whose total is not complete: {names}.",
                names=page.language.listing(no_imports),
            )
        )
    return " ".join(sentences)


def inside(page: Page, children: Sequence[str], parent: str) -> str:
    """Say whose figures include those of younger provinces."""
    return page.say(
        "The figures of {parent} for {year} include {children}.",
        parent=parent,
        year=page.year,
        children=page.language.listing(children),
    )


def surplus_months(page: Page, surplus: int, known: int, first: str, last: str) -> str:
    """Say in how many of the months compared the province had a surplus; of one month nothing."""
    if known < 2:
        return ""
    values = {
        "first": page.language.month(first),
        "last": page.language.month(last),
        "province": page.place,
        "known": known,
    }
    if surplus == known:
        return page.say(
            "From {first} to {last} {province} had a surplus in each of the {known} months for "
            "which both flows are known.",
            **values,
        )
    if surplus == 0:
        return page.say(
            "From {first} to {last} {province} had a surplus in none of the {known} months for "
            "which both flows are known.",
            **values,
        )
    return page.say(
        "From {first} to {last} {province} had a surplus in {surplus} of the {known} months for "
        "which both flows are known.",
        surplus=surplus,
        **values,
    )


def always_or_never(page: Page, always: int, never: int, of: int) -> str:
    """Say how many of the provinces in the frames had a surplus in every month, and in none."""
    if always:
        sentence = page.say(
            "Of the {of} provinces in the frames that have every month, {always} had a surplus in "
            "each of them.",
            of=of,
            always=always,
        )
    else:
        sentence = page.say(
            "No province of the {of} in the frames that have every month had a surplus in each of "
            "them.",
            of=of,
        )
    if not never:
        return sentence
    return f"{sentence} " + page.language.count(
        "{number} had a surplus in no month.", "{number} had a surplus in no month.", never
    )


def framed(page: Page, *, own: bool, ranked: bool) -> str:
    """Name the provinces whose months are drawn, to put into a caption."""
    if own and ranked:
        return page.say(
            "{province} and the provinces nearest to it in exports", province=page.place
        )
    if own:
        return page.say("{province} and the largest exporters", province=page.place)
    if ranked:
        return page.say(
            "the provinces nearest to {province} in exports (it has no month with both flows)",
            province=page.place,
        )
    return page.say(
        "the largest exporters ({province} has no month with both flows)", province=page.place
    )


def measure(page: Page, name: str) -> str:
    """Name what small industry is compared by, with its unit."""
    names = {
        "establishments": page.say("Establishments (number)"),
        "workers": page.say("Workers (persons)"),
        "input": page.say("Input (million IDR)"),
        "output": page.say("Output (million IDR)"),
        "value_added": page.say("Value added (million IDR)"),
        "labour_cost": page.say("Labour cost (million IDR)"),
        "value_added_per_worker": page.say("Value added per worker (million IDR)"),
        "labour_cost_per_worker": page.say("Labour cost per worker (million IDR)"),
        "using_internet_share": page.say("Using the internet (percent of establishments)"),
        "with_loans_share": page.say("With a loan (percent of establishments)"),
        "in_partnership_share": page.say("In a partnership (percent of establishments)"),
    }
    return names[name]


def amount(page: Page, name: str, value: float) -> str:
    """Write a measure's value: counts and amounts whole, ratios and shares with one decimal."""
    is_ratio = name.endswith(("_per_worker", "_share"))
    return page.language.number(value, 1 if is_ratio else 0)


def industry_rank(page: Page, own: pd.DataFrame) -> str:
    """Say where the province stands by establishments, workers and value added per worker.

    Args:
        page: the page.
        own: indexed by measure with `rank`, `of` and `year`.

    """
    phrases = {
        "establishments": page.say(
            "{rank} of {of} by establishments", **_rank(own, "establishments")
        ),
        "workers": page.say("{rank} of {of} by workers", **_rank(own, "workers")),
        "value_added_per_worker": page.say(
            "{rank} of {of} by value added per worker", **_rank(own, "value_added_per_worker")
        ),
    }
    return page.say(
        "{province} is number {ranks}.",
        province=page.place,
        ranks=page.language.listing([text for name, text in phrases.items() if name in own.index]),
    )


def _rank(own: pd.DataFrame, name: str) -> dict[str, object]:
    known = name in own.index
    return {part: int(own.loc[name, part]) if known else "" for part in ("rank", "of")}


def common_movement(page: Page, growth: PooledGrowth, territories: int) -> str:
    """Say how the counts of all territories moved together, period by period."""
    sentences = [
        page.language.count(
            "The workers of {number} territory were counted in {years}.",
            "The workers of {number} territories were counted in {years}.",
            territories,
            years=page.language.listing([str(year) for year in _years(growth)]),
        )
    ]
    sentences += [
        page.say(
            "From {first} to {last} the average territory changed by {growth} percent a year "
            "(interval {lower} to {upper}).",
            first=int(row.first_year),
            last=int(row.last_year),
            growth=_signed(page, row.growth),
            lower=_signed(page, row.lower),
            upper=_signed(page, row.upper),
        )
        for row in growth.periods.itertuples()
    ]
    sentences.append(
        page.say(
            "This is a movement common to all. A recession and a new way of counting would look "
            "the same, so it says nothing of one province: what the counts can tell are "
            "differences between provinces."
        )
    )
    return " ".join(sentences)


def pooling(page: Page, growth: PooledGrowth) -> str:
    """Say how far the counts tell provinces apart, and what the pooled growth then means."""
    raw = growth.provinces["raw"]
    spread = page.say(
        "As counted, growth ranges from {low} to {high} percent a year.",
        low=_signed(page, raw.min()),
        high=_signed(page, raw.max()),
    )
    mean = page.say(
        "The mean of all territories is {mean} percent a year (interval {lower} to {upper}).",
        **_interval(page, growth.national),
    )
    if growth.between == 0:
        return " ".join(
            [
                spread,
                page.say(
                    "Yet the counts do not tell provinces apart: each one's own steps vary so much "
                    "that chance alone could spread them so far."
                ),
                page.say(
                    "[Partial pooling](#term-partial-pooling) therefore draws every province to "
                    "the mean. That does not say that all grow alike: it says that these counts "
                    "cannot show who grows faster."
                ),
                mean,
            ]
        )
    return " ".join(
        [
            spread,
            page.say(
                "[Partial pooling](#term-partial-pooling) draws each province towards the mean as "
                "far as its own counts are uncertain: on average it gives up {share} of what sets "
                "them apart.",
                share=page.language.percent(100 * float(growth.provinces["shrinkage"].mean()), 0),
            ),
            mean,
        ]
    )


def pooled(page: Page, growth: pd.DataFrame) -> str:
    """Say between which estimates the growth of the provinces lies after pooling.

    `growth` has a row for each province with `growth`, `lower` and `upper`, in percent a year.
    """
    signed = page.language.signed
    low, high = signed(growth["growth"].min(), 1), signed(growth["growth"].max(), 1)
    ends = {
        "lower": signed(growth["lower"].min(), 1),
        "upper": signed(growth["upper"].max(), 1),
    }
    if low == high:
        return page.say(
            "After pooling every estimate is about {estimate}, with intervals from {lower} to "
            "{upper}.",
            estimate=low,
            **ends,
        )
    return page.say(
        "After pooling the estimates lie between {low} and {high}, with intervals from {lower} to "
        "{upper}.",
        low=low,
        high=high,
        **ends,
    )


def own_growth(page: Page, name: str, row: pd.Series) -> str:
    """Say what the province's workers grew by as counted, and what is estimated to last."""
    return page.say(
        "As counted, workers in {territory} changed by {raw} percent a year; after pooling "
        "{growth} percent (interval {lower} to {upper}).",
        territory=name,
        raw=_signed(page, row["raw"]),
        growth=_signed(page, row["growth"]),
        lower=_signed(page, row["lower"]),
        upper=_signed(page, row["upper"]),
    )


def territory(page: Page, members: Sequence[Province]) -> str:
    """Name a territory: its province, and those that are counted with it."""
    names = [member.name(page.language.code) for member in members]
    if len(names) == 1:
        return names[0]
    return page.say(
        "{province} with {others}", province=names[0], others=page.language.listing(names[1:])
    )


def left_out(page: Page, name: str, reason: LeftOut) -> str:
    """Say why a territory's growth is not compared."""
    return page.say(
        "{territory} is left out: {reason}.",
        territory=name,
        reason=words.left_out(page.language, reason),
    )


def _years(growth: PooledGrowth) -> list[int]:
    periods = growth.periods
    return [int(periods["first_year"].iloc[0]), *(int(year) for year in periods["last_year"])]


def _interval(page: Page, interval: Interval) -> dict[str, str]:
    return {
        "mean": _signed(page, interval.estimate),
        "lower": _signed(page, interval.lower),
        "upper": _signed(page, interval.upper),
    }


def _signed(page: Page, value: float) -> str:
    return page.language.signed(value, 1)
