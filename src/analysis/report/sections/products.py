"""Sections on what is sold and how far it is processed."""

from collections.abc import Sequence

import pandas as pd

from analysis.catalog.composition import (
    HIGHEST_COVERAGE_PERCENT,
    MINIMUM_COVERAGE_PERCENT,
    Composition,
    Compositions,
    latest_split,
    percent_of_total,
)
from analysis.catalog.trade import TradeFlows
from analysis.catalog.uses import ImportsByUse
from analysis.indicators.series import Interval
from analysis.report.figures import products as figures
from analysis.report.narrative import products as narrative
from analysis.report.page import Page
from analysis.report.sections.base import lacking, products_series, totals_series
from analysis.report.tables import products as tables

RAW_SHARE = "analysis.indicators.processing.raw_share"


def composition(page: Page, found: Compositions) -> None:
    """Show what exports consist of, or why no list is full enough."""
    page.heading(page.say("What is exported"), "composition")
    _record_lists(page, found)
    if found.shown is None:
        lacking(
            page,
            page.say("Not shown: exports by product"),
            narrative.no_composition(page, found, MINIMUM_COVERAGE_PERCENT),
            "trade",
        )
        return
    shown = found.shown
    page.text(narrative.composition(page, shown))
    figures.composition(page, shown)
    percent = 100 * shown.products["value"].head(narrative.NAMED) / shown.total
    facts = {
        "composition_coverage": (shown.coverage_percent, "percent"),
        "composition_total": (shown.total, "million USD"),
        "composition_unlisted": (100 * shown.unlisted / shown.total, "percent"),
    } | {
        f"composition_product_{rank}": (value, "percent")
        for rank, value in enumerate(percent, start=1)
    }
    for name, (value, unit) in facts.items():
        page.indicator(
            name,
            value,
            unit,
            shown.time_period,
            obs_status=shown.total_status if name == "composition_total" else "derived",
            sources=shown.source_ids,
            method="analysis.catalog.composition.compositions",
            basis=shown.basis,
            inputs=_exported(page),
        )


def composition_over_time(page: Page, found: Compositions) -> None:
    """Show how the listed products changed, where several lists cover enough."""
    if not found.lists:
        return
    shares = percent_of_total(found.lists)
    leading = _leading(shares)
    page.text(narrative.composition_over_time(page, found.lists, leading, MINIMUM_COVERAGE_PERCENT))
    if len(found.lists) < 2:
        return
    figures.composition_over_time(page, found.lists, shares)
    first, last = found.lists[0].time_period, found.lists[-1].time_period
    periods = f"{first.partition('/')[0]}/{last.rpartition('/')[2]}"
    facts = {
        "composition_lists": (len(found.lists), "lists"),
        "leading_product_lists": (len(leading), "lists"),
        "leading_product_least": (leading["percent"].min(), "percent"),
        "leading_product_most": (leading["percent"].max(), "percent"),
    }
    for name, (value, unit) in facts.items():
        page.indicator(
            name,
            value,
            unit,
            periods,
            obs_status="derived",
            sources=[source for item in found.lists for source in item.source_ids],
            method="analysis.catalog.composition.compositions",
            inputs=_exported(page),
        )


def processing(page: Page, found: Compositions, shares: Sequence[Interval]) -> None:
    """Show the bounds on the share of raw goods, of the latest list and of all.

    `shares` are those of `found.lists`, in the same order.
    """
    page.heading(page.say("Raw or processed"), "raw-share")
    if found.shown is None or not shares:
        lacking(
            page,
            page.say("Not computed: the share of raw goods and the concentration on products"),
            page.say("Both follow from a list of products that covers enough of the exports."),
            "trade",
        )
        return
    page.text(
        narrative.raw_share(page, shares[-1], found.shown),
        narrative.raw_shares(page, found.lists, shares),
    )
    _bounds(page, "raw_share", shares[-1], "share", found.shown, RAW_SHARE)
    if len(found.lists) > 1:
        figures.raw_shares(page, found.lists, shares)
        closest = min(range(len(shares)), key=lambda i: shares[i].upper - shares[i].lower)
        _bounds(
            page, "raw_share_closest", shares[closest], "share", found.lists[closest], RAW_SHARE
        )


def concentration(
    page: Page,
    found: Compositions,
    index: Interval | None,
    equivalent: Interval | None,
    normalized: float | None,
) -> None:
    """Show how much exports rest on few products, with bounds.

    `index` is the concentration of the latest list, `equivalent` its equivalent number of
    products, `normalized` the normalized index where the list is complete. Without a list
    `processing` has said what lacks.
    """
    if found.shown is None or index is None or equivalent is None:
        return
    page.heading(page.say("How many products exports rest on"), "concentration")
    period = found.shown.time_period
    page.text(narrative.concentration(page, index, equivalent, normalized, period))
    of, method = found.shown, "analysis.indicators.concentration"
    _bounds(page, "product_concentration", index, "index", of, f"{method}.concentration_bounds")
    _bounds(
        page,
        "equivalent_products",
        equivalent,
        "products",
        of,
        f"{method}.equivalent_number_bounds",
    )
    if normalized is not None:
        page.indicator(
            "product_concentration_normalized",
            normalized,
            "index",
            period,
            obs_status="derived",
            sources=of.source_ids,
            method=f"{method}.normalized_herfindahl",
            basis=of.basis,
            inputs=_exported(page),
        )


def sectors(page: Page, splits: pd.DataFrame, flows: TradeFlows) -> None:
    """Show BPS's own split of exports by sector, beside the raw share and never mixed into it."""
    page.heading(page.say("BPS's split by sector"), "sectors")
    if splits.empty:
        lacking(
            page,
            page.say("Not shown: exports by sector"),
            page.say(
                "No figure collected here up to {year} splits {province}'s exports by sector.",
                year=page.year,
                province=page.place,
            ),
            "trade",
        )
        return
    split = latest_split(splits)
    first = split.iloc[0]
    total = flows.value(first["time_period"], "export", first["basis"])
    page.text(
        page.say(
            "The sector is where a good was made, not how far it was processed: palm oil from a "
            "mill counts as manufacturing. So this stands beside the raw share and is not mixed "
            "into it."
        ),
        *narrative.proved_bases(page, split),
    )
    # What exceeds a total is no part of it.
    listed = split["value"].sum()
    holds = total is not None and 100 * listed <= HIGHEST_COVERAGE_PERCENT * total["value"]
    tables.sector_split(page, split, total["value"] if total is not None and holds else None)
    if len(splits) > len(split):
        of_period = splits["time_period"] == first["time_period"]
        others = splits[~(of_period & (splits["basis"] == first["basis"]))]
        if told := narrative.proved_bases(page, others):
            page.text(*told)
        tables.sectors_over_time(page, splits)


def imports_by_use(page: Page, found: ImportsByUse | None) -> None:
    """Show what imports are for, or that no release says it."""
    page.heading(page.say("What imports are for"), "imports-by-use")
    if found is None:
        lacking(
            page,
            page.say("Not shown: imports by use"),
            page.say(
                "No figure collected here up to {year} splits {province}'s imports into "
                "[consumption goods, materials and capital goods](#term-imports-by-use).",
                year=page.year,
                province=page.place,
            ),
            "trade",
        )
        return
    page.text(narrative.imports_by_use(page, found))
    tables.imports_by_use(page, found)
    by_use = page.table(
        "imports_by_use",
        "trade",
        province_code=page.province.code,
        dimension="bec",
        flow="import",
    )
    page.indicator(
        "imports_by_use_periods",
        found.periods,
        "periods",
        found.time_period,
        obs_status="derived",
        sources=found.source_ids,
        method="analysis.catalog.uses.imports_by_use",
        inputs=[by_use],
    )
    if found.total is not None:
        page.indicator(
            "imports_largest_use",
            100 * found.rows["value"].max() / found.total,
            "percent",
            found.time_period,
            obs_status="derived",
            sources=found.source_ids,
            method="analysis.catalog.uses.imports_by_use",
            inputs=[by_use, totals_series(page, "import")],
        )


def not_measured(page: Page) -> None:
    """Say which measures of specialization need figures that no province has."""
    page.note(page.say("What further figures would tell"), narrative.not_measured(page))


def _record_lists(page: Page, found: Compositions) -> None:
    """Record how many lists there are, and what a list must cover to be shown."""
    for name, value, unit in (
        ("composition_minimum_coverage", MINIMUM_COVERAGE_PERCENT, "percent"),
        ("composition_lists_known", found.listed, "lists"),
        ("composition_best_coverage", found.best_coverage_percent, "percent"),
    ):
        if value is not None:
            constant = name == "composition_minimum_coverage"
            method = "MINIMUM_COVERAGE_PERCENT" if constant else "compositions"
            page.indicator(
                name,
                value,
                unit,
                str(page.year),
                obs_status="derived",
                method=f"analysis.catalog.composition.{method}",
                inputs=[] if constant else _exported(page),
            )


def _exported(page: Page) -> list[str]:
    """Name the lists of exported products, and the totals that they are parts of."""
    return [products_series(page, "export"), totals_series(page, "export")]


def _bounds(
    page: Page, name: str, interval: Interval, unit: str, of: Composition, method: str
) -> None:
    for bound in ("lower", "upper"):
        page.indicator(
            f"{name}_{bound}",
            getattr(interval, bound),
            unit,
            of.time_period,
            obs_status="derived",
            sources=of.source_ids,
            method=method,
            basis=of.basis,
            inputs=_exported(page),
        )


def _leading(shares: pd.DataFrame) -> pd.DataFrame:
    """Give the rows of the product that is largest over all lists."""
    sizes = shares.groupby("item")["percent"].sum()
    return shares[shares["item"] == sizes.idxmax()].reset_index(drop=True)
