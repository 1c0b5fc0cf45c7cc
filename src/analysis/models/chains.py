"""Work the scenario of processing out for each chain that a province's exports touch."""

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from analysis.catalog.chains import RawGoods
from analysis.indicators.processing import PriceRatio, cited_range, processing_price_ratio
from analysis.indicators.series import Interval, NotComputed
from analysis.models.scenario import (
    ProcessingScenario,
    break_even_price_ratio,
    processing_scenario,
)

#: Exports of less, in million USD, are too small a matter for a picture.
LEAST_EXPORTS = 1.0

# What a price ratio can rest on, the best first.
_EVIDENCE = ("province", "collection", "cited")

#: A round amount of raw goods in USD, of which all is kept, to read what comes back by.
ROUND_AMOUNT = 100.0


@dataclass(frozen=True)
class Outcome:
    """What a price ratio makes of a chain.

    Attributes:
        price_ratio: the ratio, and what it rests on.
        scenario: what a cut of the raw exports would change, million USD.
        per_hundred: USD of processed goods for every `ROUND_AMOUNT` of raw goods kept; it does not
            depend on how much of the exports is raw.

    """

    price_ratio: PriceRatio
    scenario: ProcessingScenario
    per_hundred: Interval


@dataclass(frozen=True)
class ChainOutcome:
    """A chain, the goods that a province sells of its raw end, and what processing would change.

    Attributes:
        goods: the exports that hold the raw goods.
        pairs: months in which both forms were sold.
        processing_yield: kilograms of processed goods a kilogram of raw ones; None if unknown.
        break_even: price ratio from which processing adds to the value of exports; None too.
        main: outcome by the best evidence, or why there is none.
        cited: outcome by the cited ratio, where there is one beside better evidence.

    """

    goods: RawGoods
    pairs: pd.DataFrame
    processing_yield: Interval | None
    break_even: Interval | None
    main: Outcome | NotComputed
    cited: Outcome | None

    @property
    def known_enough(self) -> bool:
        """Whether yield and price ratio are known, and the exports reach `LEAST_EXPORTS`."""
        return isinstance(self.main, Outcome) and self.goods.value >= LEAST_EXPORTS

    @property
    def source_ids(self) -> tuple[str, ...]:
        """Sources of the exports and of the pairs."""
        pairs = [source for ids in self.pairs["source_ids"] for source in ids]
        return tuple(dict.fromkeys([*self.goods.source_ids, *pairs]))


def chain_outcome(
    goods: RawGoods, pairs: pd.DataFrame, province_code: str, cut_percent: float
) -> ChainOutcome:
    """Keep a percentage of the raw goods of one chain, by the best price ratio and by the cited.

    `goods` and `pairs` come from `analysis.catalog.chains`. The raw goods run from none to all
    of the exports that hold them. For the method and what it leaves out see
    `analysis.models.scenario.processing_scenario`.

    >>> from analysis.catalog import Catalog
    >>> from analysis.catalog.chains import price_pairs, raw_goods
    >>> catalog = Catalog()
    >>> north_sumatra = catalog.province("sumatera-utara")
    >>> coffee = raw_goods(catalog, north_sumatra, 2025, pd.DataFrame())[1]
    >>> pairs = price_pairs(catalog, coffee.chain, 2025)
    >>> found = chain_outcome(coffee, pairs, north_sumatra.code, 10)
    >>> found.main.price_ratio.evidence, round(found.main.per_hundred.lower)
    ('collection', 165)
    >>> found.cited.price_ratio.evidence, round(found.cited.per_hundred.lower)
    ('cited', 72)

    """
    processing_yield = cited_range(goods.chain.processing_yield)
    cited = cited_range(goods.chain.price_ratio)
    best = processing_price_ratio(pairs, province_code, cited)
    main = _outcome(goods, cut_percent, processing_yield, best)
    return ChainOutcome(
        goods=goods,
        pairs=pairs,
        processing_yield=processing_yield,
        break_even=None if processing_yield is None else break_even_price_ratio(processing_yield),
        main=main,
        cited=_beside(goods, cut_percent, processing_yield, cited, main),
    )


def best_known(outcomes: Iterable[ChainOutcome]) -> ChainOutcome | None:
    """Choose the chain that a report works out in full.

    Of the chains with a known yield and price ratio, and exports of `LEAST_EXPORTS` or more: the
    one whose price ratio rests on the best evidence (the province's own figures, any province's,
    a citation); of equal ones that with the largest exports, then the first. None if there is
    none.
    """
    known = [
        (_EVIDENCE.index(outcome.main.price_ratio.evidence), -outcome.goods.value, number, outcome)
        for number, outcome in enumerate(outcomes)
        if isinstance(outcome.main, Outcome) and outcome.known_enough
    ]
    return min(known)[-1] if known else None


def _outcome(
    goods: RawGoods,
    cut_percent: float,
    processing_yield: Interval | None,
    price_ratio: PriceRatio | NotComputed,
) -> Outcome | NotComputed:
    if isinstance(price_ratio, NotComputed):
        return price_ratio
    # No figure parts the raw goods from the others: any part may be raw.
    raw = cited_range((0.0, goods.value))
    rates = (processing_yield, price_ratio.ratio)
    scenario = processing_scenario(raw, goods.value, cut_percent, *rates)
    amount = cited_range((ROUND_AMOUNT, ROUND_AMOUNT))
    each = processing_scenario(amount, ROUND_AMOUNT, 100.0, *rates)
    if isinstance(scenario, NotComputed):
        return scenario
    if isinstance(each, NotComputed):
        return each
    return Outcome(price_ratio, scenario, each.gained)


def _beside(
    goods: RawGoods,
    cut_percent: float,
    processing_yield: Interval | None,
    cited: Interval | None,
    main: Outcome | NotComputed,
) -> Outcome | None:
    """Give the outcome by the cited ratio where the main one rests on other evidence."""
    if cited is None or not isinstance(main, Outcome) or main.price_ratio.evidence == "cited":
        return None
    ratio = PriceRatio(cited, "cited", 0, "", "")
    outcome = _outcome(goods, cut_percent, processing_yield, ratio)
    return outcome if isinstance(outcome, Outcome) else None
