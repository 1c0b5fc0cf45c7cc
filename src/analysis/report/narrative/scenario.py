"""Sentences on what would change if part of the raw goods were processed at home."""

import re
from collections.abc import Sequence

from analysis.catalog.chains import RawGoods, raw_unit_values
from analysis.catalog.commodities import ProcessingChain, agency
from analysis.indicators.processing import PriceRatio
from analysis.indicators.series import Interval
from analysis.models.chains import LEAST_EXPORTS, ROUND_AMOUNT, ChainOutcome, Outcome
from analysis.report import words
from analysis.report.page import Page

# An address in a citation, without the sign that ends its sentence.
_ADDRESS = re.compile(r"https?://[^\s,;)]*[^\s,;).:]")


def raw_name(page: Page, chain: ProcessingChain) -> str:
    """Name the raw goods of a chain, to stand within a sentence."""
    return _brief(getattr(chain, f"raw_name_{page.language.code}")).lower()


def processed_name(page: Page, chain: ProcessingChain) -> str:
    """Name the processed goods of a chain, to stand within a sentence."""
    return _brief(getattr(chain, f"processed_name_{page.language.code}")).lower()


def chain_name(page: Page, chain: ProcessingChain) -> str:
    """Name a chain by its two ends, to begin a cell with."""
    return page.say(
        "{raw} to {processed}",
        raw=_brief(getattr(chain, f"raw_name_{page.language.code}")),
        processed=processed_name(page, chain),
    )


def _brief(name: str) -> str:
    """Leave out what a name adds after a comma, such as *whole* of *Tuna, whole*."""
    return name.split(",")[0]


def span(page: Page, lower: float, upper: float, digits: int = 2) -> str:
    """Write a range, or one number where both ends look the same."""
    low, high = (page.language.number(value, digits) for value in (lower, upper))
    return low if low == high else page.say("{low} to {high}", low=low, high=high)


def change(page: Page, interval: Interval) -> str:
    """Write a range of changes, each end with its sign."""
    low, high = (page.language.signed(value, 1) for value in (interval.lower, interval.upper))
    return low if low == high else page.say("{low} to {high}", low=low, high=high)


def goods(page: Page, sold: RawGoods) -> str:
    """Name the figure that holds the raw goods: what, where and when."""
    name = getattr(sold, f"name_{page.language.code}")
    if sold.loaded:
        return page.say(
            "{name} (HS {hs}) loaded in ports of {province}, {period}",
            name=name,
            hs=sold.hs,
            province=page.place,
            period=page.language.period(sold.time_period),
        )
    return page.say(
        "{name} (HS {hs}), {period}, {basis}",
        name=name,
        hs=sold.hs,
        period=page.language.period(sold.time_period),
        basis=words.basis(page.language, sold.basis),
    )


def question(page: Page, outcome: ChainOutcome, cut_percent: float) -> str:
    """Say what the scenario asks, and for which goods."""
    chain = outcome.goods.chain
    return page.say(
        "The [scenario](#term-scenario) asks one thing: what if {cut} percent of the {raw} now "
        "exported were not sold raw, but made into {processed} here and then sold abroad? It "
        "is arithmetic with published figures, and no forecast. It is worked out for the chain "
        "whose price ratio is known best; among equals, for the one with the largest exports. For "
        "{province} that is {raw} to {processed}.",
        cut=page.language.figure(cut_percent),
        raw=raw_name(page, chain),
        processed=processed_name(page, chain),
        province=page.place,
    )


def raw_value(page: Page, sold: RawGoods) -> str:
    """Say what was sold, and that its raw part is not known."""
    origin = (
        page.say(
            "Goods need not come from where they are loaded: they may come from other provinces."
        )
        if sold.loaded
        else page.say(
            "The chapter holds other goods too, so that this may be far more than the exports of "
            "{raw}.",
            raw=raw_name(page, sold.chain),
        )
    )
    return " ".join(
        [
            page.say(
                "It starts from this figure: {goods}: {value}, FOB.",
                goods=goods(page, sold),
                value=page.language.money(sold.value),
            ),
            origin,
            page.say(
                "How much of it was {raw} is not in the figures collected here; the scenario "
                "takes anything from none to all of it.",
                raw=raw_name(page, sold.chain),
            ),
        ]
    )


def rates(page: Page, outcome: ChainOutcome, main: Outcome) -> str:
    """Say what a kilogram gives and earns, and how old and from where that is."""
    chain, ratio = outcome.goods.chain, main.price_ratio
    given = main.scenario.processing_yield
    sentences = [
        page.say(
            "A kilogram of {raw} gives {amount} kilograms of {processed}.",
            raw=raw_name(page, chain),
            amount=span(page, given.lower, given.upper),
            processed=processed_name(page, chain),
        )
    ]
    if ratio.evidence == "cited":
        sentences.append(
            page.say(
                "A kilogram of {processed} earned {ratio} times as much as one of {raw}. This is "
                "a cited ratio of another place and time; where it comes from stands at the end "
                "of this section.",
                processed=processed_name(page, chain),
                ratio=span(page, ratio.ratio.lower, ratio.ratio.upper),
                raw=raw_name(page, chain),
            )
        )
    else:
        sentences += _of_pairs(page, outcome, ratio)
    return " ".join(sentences)


def _of_pairs(page: Page, outcome: ChainOutcome, ratio: PriceRatio) -> list[str]:
    chain, sold = outcome.goods.chain, outcome.goods
    own = ratio.evidence == "province"
    codes = [page.province.code] if own else sorted(set(outcome.pairs["province_code"]))
    provinces = [page.catalog.provinces.by_code(code) for code in codes]
    place = page.language.listing([item.name(page.language.code) for item in provinces])
    sentences = [
        page.language.count(
            "In {number} month between {first} and {last} one agency ({agency}) counted both in "
            "{place}: a kilogram of {processed} earned {ratio} times as much as one of {raw}.",
            "In {number} months between {first} and {last} one agency ({agency}) counted both in "
            "{place}: a kilogram of {processed} earned {ratio} times as much as one of {raw}.",
            ratio.pairs,
            first=page.language.period(ratio.first),
            last=page.language.period(ratio.last),
            agency=agency(chain.raw_item_name),
            place=place,
            processed=processed_name(page, chain),
            ratio=span(page, ratio.ratio.lower, ratio.ratio.upper),
            raw=raw_name(page, chain),
        )
    ]
    prices = raw_unit_values(outcome.pairs)
    if sold.unit_value is not None:
        sentences.append(
            page.say(
                "In those months a kilogram of {raw} earned USD {then}; in {period} a kilogram of "
                "{name} (HS {hs}) earned USD {now}. At other prices the ratio may be another.",
                raw=raw_name(page, chain),
                then=span(page, prices.min(), prices.max()),
                period=page.language.period(sold.time_period),
                name=getattr(sold, f"name_{page.language.code}").lower(),
                hs=sold.hs,
                now=page.language.number(sold.unit_value, 2),
            )
        )
    return sentences


def nothing_kept(page: Page) -> str:
    """Say that a cut of zero changes nothing."""
    return page.say(
        "With 0 percent kept nothing changes, so nothing is drawn. What a chain needs to pay "
        "stands in the table."
    )


def result(page: Page, outcome: ChainOutcome, main: Outcome) -> str:
    """Say what comes back for what is kept, and what that makes of the exports."""
    chain, scenario = outcome.goods.chain, main.scenario
    return " ".join(
        [
            page.say(
                "For every USD {amount} of {raw} that is kept, {processed} for USD {back} would "
                "be sold. {verdict}",
                amount=page.language.figure(ROUND_AMOUNT),
                raw=raw_name(page, chain),
                processed=processed_name(page, chain),
                back=span(page, main.per_hundred.lower, main.per_hundred.upper, 0),
                verdict=verdict(page, main.per_hundred),
            ),
            page.say(
                "At most {lost} of raw goods would be kept. The value of exports would change by "
                "USD {change} million; it would not change at all if none of these goods were "
                "raw.",
                lost=page.language.money(scenario.lost.upper),
                change=change(page, scenario.change),
            ),
        ]
    )


def direction(per_hundred: Interval) -> int:
    """Give 1 where each USD kept brings back more, −1 where it brings less, 0 where both may be.

    As nothing may be raw, and then nothing changes, 1 is no fall of exports and −1 no rise.
    """
    if per_hundred.lower > ROUND_AMOUNT:
        return 1
    return -1 if per_hundred.upper < ROUND_AMOUNT else 0


def verdict(page: Page, per_hundred: Interval) -> str:
    """Say which way the value of exports may go within the ranges."""
    sentences = {
        1: page.say("Within these ranges exports would not fall in value."),
        -1: page.say("Within these ranges exports would not rise in value."),
        0: page.say("Within these ranges exports may rise or fall in value."),
    }
    return sentences[direction(per_hundred)]


def cited_beside(page: Page, outcome: ChainOutcome, main: Outcome, cited: Outcome) -> str:
    """Set the cited ratio beside the one of the figures, and say whether the two agree."""
    ratio = cited.price_ratio.ratio
    told = page.say(
        "A cited price ratio stands beside this one: {ratio}, of another place and time. By it "
        "USD {back} would come back for every USD {amount} kept, and exports would change by USD "
        "{change} million.",
        amount=page.language.figure(ROUND_AMOUNT),
        ratio=span(page, ratio.lower, ratio.upper),
        back=span(page, cited.per_hundred.lower, cited.per_hundred.upper, 0),
        change=change(page, cited.scenario.change),
    )
    if direction(main.per_hundred) == direction(cited.per_hundred):
        return " ".join([told, page.say("Both give the same direction.")])
    return " ".join(
        [
            told,
            page.say(
                "**The two do not agree on the direction.** By the figures exports {main}, by the "
                "citation they {cited}.",
                main=_verb(page, main.per_hundred),
                cited=_verb(page, cited.per_hundred),
            ),
        ]
    )


def _verb(page: Page, per_hundred: Interval) -> str:
    verbs = {
        1: page.say("would not fall"),
        -1: page.say("would not rise"),
        0: page.say("may rise or fall"),
    }
    return verbs[direction(per_hundred)]


def break_even(page: Page, outcome: ChainOutcome) -> str:
    """Say what a kilogram must earn for processing to pay abroad."""
    if outcome.break_even is None:
        return ""
    chain = outcome.goods.chain
    return page.say(
        "Processing pays abroad only if a kilogram of {processed} earns at least {ratio} times as "
        "much as a kilogram of {raw}.",
        processed=processed_name(page, chain),
        ratio=span(page, outcome.break_even.lower, outcome.break_even.upper),
        raw=raw_name(page, chain),
    )


def other_chains(page: Page, outcomes: Sequence[ChainOutcome]) -> str:
    """Introduce the table of all chains by the first whose price ratio is not known."""
    unknown = [
        outcome
        for outcome in outcomes
        if not isinstance(outcome.main, Outcome) and outcome.break_even is not None
    ]
    told = page.language.count(
        "Published exports of {province} hold the raw goods of {number} chain of processing, or "
        "may hold them.",
        "Published exports of {province} hold the raw goods of {number} chains of processing, or "
        "may hold them.",
        len(outcomes),
        province=page.place,
    )
    if not unknown:
        return told
    return " ".join(
        [
            told,
            page.say(
                "Where no price ratio is known, only what it would have to be can be told. For "
                "example:"
            ),
            break_even(page, unknown[0]),
        ]
    )


def wider_products(page: Page, outcomes: Sequence[ChainOutcome]) -> str:
    """Warn of products that weigh more than the raw goods in them."""
    heavier = [
        processed_name(page, outcome.goods.chain)
        for outcome in outcomes
        if outcome.processing_yield is not None and outcome.processing_yield.lower > 1
    ]
    if not heavier:
        return ""
    return page.say(
        "A kilogram of raw goods gives more than a kilogram of {products}, as other materials go "
        "into them; these must be bought, and their cost is not counted.",
        products=page.language.listing(heavier),
    )


def not_covered(page: Page) -> str:
    """State what the scenario leaves out."""
    return page.say(
        "World prices that move when more processed and fewer raw goods are offered, and whether "
        "anyone buys them. Capacity, machines, labour and energy, what they cost and how long "
        "they take to build. Other materials, and what is sold at home instead of abroad. Duties "
        "at home and abroad. By-products. What other provinces lose if their goods are kept here. "
        "A higher value of exports is no profit."
    )


def too_little(page: Page) -> str:
    """Say that no chain is worked out in full although some are known."""
    return page.say(
        "A chain is worked out in full where its yield and a price ratio are known and the "
        "exports that hold its raw goods reach {least}. No chain here does.",
        least=page.language.money(LEAST_EXPORTS),
    )


def citations(page: Page, outcomes: Sequence[ChainOutcome]) -> str:
    """List where yields and price ratios come from, in the sources' own words."""
    lines = []
    of_yield, of_prices = page.say("Yield:"), page.say("Price ratio:")
    for outcome in outcomes:
        chain = outcome.goods.chain
        line = f"- {chain_name(page, chain)}. {of_yield} {_cited(chain.source)}"
        if chain.price_ratio_source:
            line += f" {of_prices} {_cited(chain.price_ratio_source)}"
        lines.append(line)
    return "\n".join(lines)


def _cited(text: str) -> str:
    linked = _ADDRESS.sub(lambda found: f"<{found[0]}>", text)
    return f'[{linked}.]{{lang="en"}}'
