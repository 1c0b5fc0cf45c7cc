"""Tables of exports, imports and their balance."""

from collections.abc import Mapping, Sequence

import pandas as pd

from analysis.catalog.trade import TradeFlows
from analysis.models.completion import CompletedYear
from analysis.report import words
from analysis.report.page import Page
from analysis.report.tables.base import show

FLOWS = ("export", "import")

# Not printed and not added up, but estimated.
MODELLED = "◇"
# Rounded in its source.
APPROXIMATE = "≈"


def annual_flows(
    page: Page,
    annual: pd.DataFrame,
    basis: str,
    sources: Sequence[str],
    completed: Mapping[str, Mapping[int, CompletedYear]],
) -> None:
    """Show exports, imports, balance and cover ratio by year, and how each total is known.

    Args:
        page: the page.
        annual: indexed by year with `export`, `import`, `balance` (million USD), `cover_ratio`
            (percent), and of each flow its months (known ones), `obs_status` and `known_by`, with
            the name of the flow before.
        basis: basis of exports.
        sources: of the totals.
        completed: by flow the years that a model completes.

    """
    columns = {
        page.say("Year"): [str(year) for year in annual.index],
        page.say("How it is known"): [
            _known_by(page, int(year), row, completed) for year, row in annual.iterrows()
        ],
        page.say("Exports (million USD)"): _totals(page, annual, "export", completed),
        page.say("Imports (million USD)"): _totals(page, annual, "import", completed),
        page.say("Balance (million USD)"): _totals(page, annual, "balance", completed),
        page.say("Exports in percent of imports"): _totals(page, annual, "cover_ratio", completed),
    }
    show(
        page,
        columns,
        "annual-flows",
        page.say(
            "Trade of {province} by year. A dash: no total is known; {approximate}: rounded in the "
            "source; {modelled}: modelled, no published figure. {valuation}",
            province=page.place,
            approximate=APPROXIMATE,
            modelled=MODELLED,
            valuation=words.valuation(page.language, basis),
        ),
        sources,
        data=annual.reset_index(names="year"),
        texts=2,
    )


def completed_years(
    page: Page, completed: Mapping[str, Mapping[int, CompletedYear]], sources: Sequence[str]
) -> None:
    """Show the totals that a model completes with their intervals, apart from published ones."""
    items = [(flow, year, item) for flow in completed for year, item in completed[flow].items()]
    data = pd.DataFrame(
        {
            "flow": [flow for flow, _, _ in items],
            "year": [year for _, year, _ in items],
            "estimate": [item.total.estimate for _, _, item in items],
            "lower": [item.total.lower for _, _, item in items],
            "upper": [item.total.upper for _, _, item in items],
            "months_modelled": [int(item.months["modelled"].sum()) for _, _, item in items],
        }
    )
    number = page.language.number
    show(
        page,
        {
            page.say("Total"): [
                page.say("{flow} {year}", flow=words.flow(page.language, flow), year=year)
                for flow, year, _ in items
            ],
            page.say("Modelled (million USD)"): [number(value) for value in data["estimate"]],
            page.say("Interval (million USD)"): [
                page.say("{lower} to {upper}", lower=number(row.lower), upper=number(row.upper))
                for row in data.itertuples()
            ],
            page.say("Months modelled"): [str(count) for count in data["months_modelled"]],
        },
        "completed-years",
        page.say(
            "Years of {province} that a model completes: the published months of the year and an "
            "estimate of those that lack, with the {level} percent interval of the total.",
            province=page.place,
            level=number(100 * page.parameters.interval_level),
        ),
        sources,
        data=data,
        texts=1,
    )


def spreads(page: Page, rows: pd.DataFrame, least_percent: float) -> None:
    """List the figures on which sources differ widely, with the value in use and the range."""
    figure = page.language.figure
    show(
        page,
        {
            page.say("Figure"): [
                page.say(
                    "{flow} {period}",
                    flow=words.flow(page.language, row.flow),
                    period=page.language.period(row.time_period),
                )
                for row in rows.itertuples()
            ],
            page.say("In use (million USD)"): [figure(value) for value in rows["value"]],
            page.say("Lowest (million USD)"): [figure(value) for value in rows["lowest"]],
            page.say("Highest (million USD)"): [figure(value) for value in rows["highest"]],
        },
        "spreads",
        page.say(
            "Figures of {province} on which sources differ by {least} percent or more.",
            province=page.place,
            least=figure(least_percent),
        ),
        sorted({source for ids in rows["source_ids"] for source in ids}),
        data=rows[["flow", "time_period", "value", "lowest", "highest"]].assign(
            least_percent=least_percent
        ),
        texts=1,
    )


def discrepancies(page: Page, flows: TradeFlows, basis: str) -> None:
    """List the months whose published balance differs from reconciled exports − imports."""
    rows = flows.discrepancies()
    rows = rows[(rows["time_period"].str.len() == len("YYYY-MM")) & (rows["basis"] == basis)]
    if rows.empty:
        return
    rough = _approximate_parts(flows, rows, basis)

    def amounts(name: str) -> list[str]:
        return [
            _amount(page, value, 2, rough=mark)
            for value, mark in zip(rows[name], rough[name], strict=True)
        ]

    columns = {
        page.say("Month"): [page.language.month(month) for month in rows["time_period"]],
        page.say("Exports (million USD)"): amounts("export"),
        page.say("Imports (million USD)"): amounts("import"),
        page.say("Published balance (million USD)"): amounts("balance"),
        page.say("Difference (million USD)"): amounts("difference"),
    }
    caption = page.say(
        "Months of {province} whose published balance is not the difference of the exports and "
        "imports in use. A release's balance fits its own figures, which may have been revised "
        "since. {valuation}",
        province=page.place,
        valuation=words.valuation(page.language, basis),
    )
    if rows["approximate"].any():
        caption += " " + page.say("{approximate}: rounded in the source.", approximate=APPROXIMATE)
    show(
        page,
        columns,
        "discrepancies",
        caption,
        _sources_of_months(flows, set(rows["time_period"])),
        data=rows,
        texts=1,
    )


def _approximate_parts(flows: TradeFlows, rows: pd.DataFrame, basis: str) -> pd.DataFrame:
    """Tell which figures of each row are rounded in their source; one makes the difference so."""
    table = flows.table[flows.table["time_period"].isin(rows["time_period"])]
    table = table[(table["flow"] == "import") | (table["basis"] == basis)]
    found = table[table["obs_status"] == "approximate"]
    named = {
        flow: rows["time_period"].isin(found.loc[found["flow"] == flow, "time_period"])
        for flow in (*FLOWS, "balance")
    }
    return pd.DataFrame({**named, "difference": rows["approximate"]})


def _known_by(
    page: Page,
    year: int,
    row: pd.Series,
    completed: Mapping[str, Mapping[int, CompletedYear]],
) -> str:
    """Say how the totals of a year are known, once where both are known alike."""
    exports, imports = (
        _way(page, row[f"{flow}_known_by"], int(row[f"{flow}_months"]), year in completed[flow])
        for flow in FLOWS
    )
    if exports == imports:
        return exports
    return page.say("exports: {exports}; imports: {imports}", exports=exports, imports=imports)


def _way(page: Page, known_by: str, months: int, modelled: bool) -> str:
    ways = {
        "year": page.say("printed total"),
        "months": page.say("sum of twelve months"),
        "cumulative": page.say("sum printed from January on"),
    }
    if known_by in ways:
        return ways[known_by]
    known = page.say("{months} of 12 months", months=months)
    return page.say("modelled ({known})", known=known) if modelled else known


def _totals(
    page: Page,
    annual: pd.DataFrame,
    name: str,
    completed: Mapping[str, Mapping[int, CompletedYear]],
) -> list[str]:
    """Write yearly totals: those on an approximate one marked so, and modelled ones as such."""
    flows = (name,) if name in FLOWS else FLOWS
    digits = 0 if name == "cover_ratio" else 1
    cells = []
    for year, row in annual.iterrows():
        estimate = completed.get(name, {}).get(int(year))
        if pd.isna(row[name]) and estimate is not None:
            cells.append(f"{MODELLED} {page.language.number(estimate.total.estimate)}")
            continue
        rough = any(row[f"{flow}_obs_status"] == "approximate" for flow in flows)
        cells.append(_amount(page, row[name], digits, rough=rough))
    return cells


def _amount(page: Page, value: float, digits: int, *, rough: bool) -> str:
    """Write an amount; a rounded one with its sign and no digits that its source does not have."""
    if pd.isna(value) or not rough:
        return page.language.number(value, digits)
    few = 0 if abs(value) >= 10 else 1
    return f"{APPROXIMATE} {page.language.number(value, min(digits, few))}"


def _sources_of_months(flows: TradeFlows, months: set[str]) -> list[str]:
    rows = flows.table[flows.table["time_period"].isin(months)]
    return sorted({ids[0] for ids in rows["source_ids"]})
