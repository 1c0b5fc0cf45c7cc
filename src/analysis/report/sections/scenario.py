"""Section on what would change if part of the raw goods were processed at home."""

from collections.abc import Sequence
from typing import NamedTuple

from analysis.catalog.chains import raw_unit_values
from analysis.indicators.series import Interval, NotComputed
from analysis.models.chains import ROUND_AMOUNT, ChainOutcome, Outcome
from analysis.report.figures import scenario as figures
from analysis.report.narrative import scenario as narrative
from analysis.report.page import Page
from analysis.report.sections.base import coffee_series, lacking, products_series
from analysis.report.tables import scenario as tables

_METHOD = "analysis.models.scenario.processing_scenario"
_CITED = "analysis.catalog.commodities.processing_chains"
_BREAK_EVEN = "analysis.models.scenario.break_even_price_ratio"


def scenario(page: Page, outcomes: Sequence[ChainOutcome], chosen: ChainOutcome | None) -> None:
    """Show what keeping part of the raw goods would change, and what is known of every chain.

    `chosen` is the chain that is worked out in full, as `analysis.models.chains.best_known`
    chooses it; None where no chain is known well enough.
    """
    page.heading(page.say("If part of the raw goods were processed here"), "scenario")
    if not outcomes:
        lacking(
            page,
            page.say("Not computed: the scenario of processing"),
            page.say(
                "No figure collected here up to {year} names exports of {province} from "
                "which a chain of processing with known yields starts.",
                year=page.year,
                province=page.place,
            ),
            "trade",
        )
        return
    if chosen is None or isinstance(chosen.main, NotComputed):
        page.text(narrative.too_little(page))
    else:
        _in_full(page, chosen, chosen.main)
    _all_chains(page, outcomes)
    page.note(page.say("What the scenario does not cover"), narrative.not_covered(page))
    page.note(
        page.say("Where yields and price ratios come from"),
        narrative.citations(page, outcomes),
        collapse=True,
    )


def _in_full(page: Page, chosen: ChainOutcome, main: Outcome) -> None:
    cut = page.parameters.raw_export_cut
    page.text(
        narrative.question(page, chosen, cut),
        narrative.raw_value(page, chosen.goods),
        narrative.rates(page, chosen, main),
    )
    _rates(page, chosen, main)
    if cut == 0:
        page.text(narrative.nothing_kept(page), narrative.break_even(page, chosen))
        return
    page.text(narrative.result(page, chosen, main), narrative.break_even(page, chosen))
    figures.steps(page, chosen, main)
    figures.sensitivities(page, chosen, main)
    _results(page, chosen, main, "scenario")
    if chosen.cited is not None:
        page.text(narrative.cited_beside(page, chosen, main, chosen.cited))
        _results(page, chosen, chosen.cited, "scenario_cited")


def _all_chains(page: Page, outcomes: Sequence[ChainOutcome]) -> None:
    page.text(narrative.other_chains(page, outcomes), narrative.wider_products(page, outcomes))
    page.indicator(
        "processing_chains",
        len(outcomes),
        "chains",
        str(page.year),
        obs_status="derived",
        method="analysis.catalog.chains.raw_goods",
        inputs=[
            products_series(page, "export"),
            coffee_series(page),
            page.table(
                "known_chains",
                "processing",
                measured_in=("yield_low", "yield_high"),
                cited_in="source",
            ),
        ],
    )
    tables.chains(page, outcomes)
    enough = [outcome for outcome in outcomes if outcome.known_enough]
    if enough:
        tables.changes(page, enough, page.parameters.raw_export_cut)


def _rates(page: Page, chosen: ChainOutcome, main: Outcome) -> None:
    """Record what the scenario starts from."""
    sold, ratio = chosen.goods, main.price_ratio
    for name, value, unit in (
        ("scenario_exports", sold.value, "million USD"),
        ("scenario_exports_unit_value", sold.unit_value, "USD per kilogram"),
    ):
        if value is not None:
            page.indicator(
                name,
                value,
                unit,
                sold.time_period,
                obs_status=sold.obs_status,
                sources=sold.source_ids,
                basis=sold.basis or None,
                method="analysis.catalog.chains.raw_goods",
                inputs=[
                    coffee_series(page, own=True)
                    if sold.loaded
                    else products_series(page, "export")
                ],
            )
    page.indicator(
        "scenario_round_amount",
        ROUND_AMOUNT,
        "USD",
        sold.time_period,
        obs_status="derived",
        method="analysis.models.chains.ROUND_AMOUNT",
    )
    seen = ratio.evidence != "cited"
    pairs = [source for ids in chosen.pairs["source_ids"] for source in ids] if seen else []
    period = f"{ratio.first}/{ratio.last}" if seen else str(page.year)
    series = _Series.of(page, chosen)
    _bounds(
        page,
        "scenario_yield",
        main.scenario.processing_yield,
        "kilogram per kilogram",
        _CITED,
        [series.yields],
    )
    prices = series.pairs if seen else series.price_ratios
    page.indicator(
        "scenario_price_ratio_pairs",
        ratio.pairs,
        "months",
        period,
        obs_status="derived",
        sources=pairs,
        method="analysis.indicators.processing.processing_price_ratio",
        inputs=[prices],
    )
    method = "analysis.indicators.processing.unit_value_ratio_range" if seen else _CITED
    _bounds(page, "scenario_price_ratio", ratio.ratio, "ratio", method, [prices], pairs, period)
    if chosen.break_even is not None:
        parts = _ends("scenario_yield")
        _bounds(page, "scenario_break_even", chosen.break_even, "ratio", _BREAK_EVEN, parts)
    if seen:
        unit_values = raw_unit_values(chosen.pairs)
        for name, value in (("lower", unit_values.min()), ("upper", unit_values.max())):
            page.indicator(
                f"scenario_raw_unit_value_{name}",
                value,
                "USD per kilogram",
                period,
                obs_status="derived",
                sources=pairs,
                method="analysis.catalog.chains.raw_unit_values",
                inputs=[series.pairs],
            )


def _results(page: Page, chosen: ChainOutcome, outcome: Outcome, name: str) -> None:
    """Record what the scenario gives by one price ratio."""
    scenario, period = outcome.scenario, chosen.goods.time_period
    if name != "scenario":
        ratios = [_Series.of(page, chosen).price_ratios]
        _bounds(page, f"{name}_price_ratio", outcome.price_ratio.ratio, "ratio", _CITED, ratios)
    inputs = [
        "scenario_exports",
        *_ends("scenario_yield"),
        *_ends(f"{name}_price_ratio"),
        "parameter raw_export_cut",
    ]
    for kind, interval, unit in (
        ("kept", scenario.lost, "million USD"),
        ("gained", scenario.gained, "million USD"),
        ("change", scenario.change, "million USD"),
        ("after", scenario.after, "million USD"),
        ("back_per_hundred", outcome.per_hundred, "USD"),
    ):
        sources = chosen.source_ids
        _bounds(page, f"{name}_{kind}", interval, unit, _METHOD, inputs, sources, period)


def _bounds(
    page: Page,
    name: str,
    interval: Interval,
    unit: str,
    method: str,
    inputs: Sequence[str],
    sources: Sequence[str] = (),
    period: str | None = None,
) -> None:
    cited = method == _CITED
    for bound in ("lower", "upper"):
        page.indicator(
            f"{name}_{bound}",
            getattr(interval, bound),
            unit,
            period or str(page.year),
            obs_status="published" if cited else "estimated" if method == _METHOD else "derived",
            sources=sources,
            method=method,
            inputs=inputs,
        )


def _ends(name: str) -> list[str]:
    """Name both ends of a recorded interval."""
    return [f"{name}_lower", f"{name}_upper"]


class _Series(NamedTuple):
    """The series of the page that tell what a chain's goods yield and cost."""

    yields: str
    price_ratios: str
    pairs: str

    @classmethod
    def of(cls, page: Page, chosen: ChainOutcome) -> "_Series":
        chain = chosen.goods.chain
        return cls(
            page.table(
                "processing_yield",
                "processing",
                measured_in=("yield_low", "yield_high"),
                cited_in="source",
                id=chain.id,
            ),
            page.table(
                "cited_price_ratio",
                "processing",
                measured_in=("price_ratio_low", "price_ratio_high"),
                cited_in="price_ratio_source",
                id=chain.id,
            ),
            page.table(
                "raw_and_processed",
                "trade",
                dimension="hs",
                flow="export",
                item_name=[chain.raw_item_name, chain.processed_item_name],
            ),
        )
