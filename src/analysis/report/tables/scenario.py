"""Tables of the chains from raw to processed goods."""

from collections.abc import Sequence

import pandas as pd

from analysis.indicators.processing import PriceRatio
from analysis.indicators.series import Interval
from analysis.models.chains import ChainOutcome, Outcome
from analysis.report.locale import EM_DASH
from analysis.report.narrative.scenario import chain_name, change, goods, span
from analysis.report.page import Page
from analysis.report.tables.base import show


def chains(page: Page, outcomes: Sequence[ChainOutcome]) -> None:
    """Show for every chain its yield, what its price ratio must be, and what it is known to be."""
    columns = {
        page.say("Chain"): [chain_name(page, item.goods.chain) for item in outcomes],
        page.say("Price ratio known"): [_known_ratios(page, item) for item in outcomes],
        page.say("Price ratio needed to pay"): [_span(page, item.break_even) for item in outcomes],
        page.say("Kilograms from a kilogram of raw goods"): [
            _span(page, item.processing_yield) for item in outcomes
        ],
    }
    show(
        page,
        columns,
        "processing-chains",
        page.say(
            "Chains from raw to processed goods whose raw goods the published exports of "
            "{province} hold, or may hold. The price ratio is what a kilogram earns processed "
            "over what it earns raw; below the ratio needed, processing lowers the value of "
            "exports.",
            province=page.place,
        ),
        [source for item in outcomes for source in item.source_ids],
        data=pd.DataFrame([_plain(item) for item in outcomes]),
        texts=2,
    )


def changes(page: Page, outcomes: Sequence[ChainOutcome], cut_percent: float) -> None:
    """Show what the cut would change in each chain that is known well enough."""
    rows = [(item, found) for item in outcomes for found in _known(item)]
    columns = {
        page.say("Chain"): [
            page.say(
                "{chain} ({evidence})",
                chain=chain_name(page, item.goods.chain),
                evidence=_evidence(page, found.price_ratio),
            )
            for item, found in rows
        ],
        page.say("Exports that hold the raw goods"): [goods(page, item.goods) for item, _ in rows],
        page.say("Their value (million USD)"): [
            page.language.number(item.goods.value, 1) for item, _ in rows
        ],
        page.say("Change in exports (million USD)"): [
            change(page, found.scenario.change) for _, found in rows
        ],
    }
    show(
        page,
        columns,
        "processing-changes",
        page.say(
            "What keeping and processing {cut} percent of the raw goods would change, chain by "
            "chain, with the range of what is not known. The chains share goods and cannot be "
            "added up. Exports FOB.",
            cut=page.language.figure(cut_percent),
        ),
        [source for item in outcomes for source in item.source_ids],
        data=pd.DataFrame(
            [
                {
                    "chain": item.goods.chain.id,
                    "evidence": found.price_ratio.evidence,
                    "hs": item.goods.hs,
                    "time_period": item.goods.time_period,
                    "basis": "loaded" if item.goods.loaded else item.goods.basis,
                    "value_usd_million": item.goods.value,
                    "change_lower": found.scenario.change.lower,
                    "change_upper": found.scenario.change.upper,
                }
                for item, found in rows
            ]
        ),
        texts=2,
    )


def _known(outcome: ChainOutcome) -> list[Outcome]:
    return [found for found in (outcome.main, outcome.cited) if isinstance(found, Outcome)]


def _known_ratios(page: Page, outcome: ChainOutcome) -> str:
    found = [
        page.say(
            "{ratio} ({evidence})",
            ratio=_span(page, known.price_ratio.ratio),
            evidence=_evidence(page, known.price_ratio),
        )
        for known in _known(outcome)
    ]
    return "; ".join(found) or page.say("not known")


def _evidence(page: Page, ratio: PriceRatio) -> str:
    if ratio.evidence == "cited":
        return page.say("cited")
    return page.language.count(
        "{number} month, {first} to {last}",
        "{number} months, {first} to {last}",
        ratio.pairs,
        first=page.language.period(ratio.first),
        last=page.language.period(ratio.last),
    )


def _span(page: Page, interval: Interval | None) -> str:
    return EM_DASH if interval is None else span(page, interval.lower, interval.upper)


def _plain(outcome: ChainOutcome) -> dict[str, object]:
    row: dict[str, object] = {"chain": outcome.goods.chain.id}
    ratios = {known.price_ratio.evidence: known.price_ratio for known in _known(outcome)}
    cited = ratios.pop("cited", None)
    seen = next(iter(ratios.values()), None)
    for name, interval in (
        ("yield", outcome.processing_yield),
        ("break_even_ratio", outcome.break_even),
        ("price_ratio_seen", seen.ratio if seen else None),
        ("price_ratio_cited", cited.ratio if cited else None),
    ):
        row[f"{name}_lower"] = None if interval is None else interval.lower
        row[f"{name}_upper"] = None if interval is None else interval.upper
    pairs = {"months": seen.pairs, "first": seen.first, "last": seen.last} if seen else {}
    return row | {name: pairs.get(name) for name in ("months", "first", "last")}
