"""Tables of exports, imports and their forecasts."""

from collections.abc import Mapping, Sequence

import pandas as pd

from analysis.catalog.trade import TradeFlows
from analysis.models.forecast import Backtest
from analysis.report import display, words
from analysis.report.page import Page
from analysis.report.tables.base import show


def annual_flows(page: Page, annual: pd.DataFrame, basis: str, sources: Sequence[str]) -> None:
    """Show exports, imports, balance and cover ratio by year, incomplete years included.

    Args:
        annual: indexed by year with `export`, `import`, `balance` (million USD), `cover_ratio`
            (percent), `export_months` and `import_months` (known months), and `export_status` and
            `import_status`.

    """
    number = page.language.number
    columns = {
        page.say("Year"): [str(year) for year in annual.index],
        page.say("Exports (million USD)"): _marked(page, annual, "export"),
        page.say("Imports (million USD)"): _marked(page, annual, "import"),
        page.say("Balance (million USD)"): _marked(page, annual, "balance"),
        page.say("Exports in percent of imports"): [
            number(value, 0) for value in annual["cover_ratio"]
        ],
        page.say("Months known, exports / imports"): [
            f"{row.export_months:.0f} / {row.import_months:.0f}" for row in annual.itertuples()
        ],
    }
    show(
        page,
        columns,
        "annual-flows",
        page.say(
            "Trade of {province} by year. A dash: neither a published total nor all twelve months, "
            "or one of them is doubtful; ≈: rounded in the source. {valuation}",
            province=page.place,
            valuation=words.valuation(page.language, basis),
        ),
        sources,
        data=annual.reset_index(names="year"),
        texts=1,
    )


def discrepancies(page: Page, flows: TradeFlows, basis: str) -> None:
    """List the months whose published balance differs from reconciled exports − imports."""
    rows = flows.discrepancies()
    rows = rows[(rows["time_period"].str.len() == len("YYYY-MM")) & (rows["basis"] == basis)]
    if rows.empty:
        return
    number = page.language.number
    columns = {
        page.say("Month"): [page.language.month(month) for month in rows["time_period"]],
        page.say("Exports (million USD)"): [number(value, 2) for value in rows["export"]],
        page.say("Imports (million USD)"): [number(value, 2) for value in rows["import"]],
        page.say("Published balance (million USD)"): [
            number(value, 2) for value in rows["balance"]
        ],
        page.say("Difference (million USD)"): [number(value, 2) for value in rows["difference"]],
    }
    show(
        page,
        columns,
        "discrepancies",
        page.say(
            "Months of {province} whose published balance is not the difference of the exports and "
            "imports in use. A release's balance fits its own figures, which may have been revised "
            "since. {valuation}",
            province=page.place,
            valuation=words.valuation(page.language, basis),
        ),
        _sources_of_months(flows, set(rows["time_period"])),
        data=rows,
        texts=1,
    )


def forecast_scores(page: Page, backtests: Mapping[str, Backtest]) -> None:
    """Show how each forecasting method would have done, as a ratio to the seasonal naive one."""
    ratios = pd.DataFrame({flow: item.candidates["ratio"] for flow, item in backtests.items()})
    ratios = ratios.rename_axis("method").sort_values("method")
    number = page.language.number
    chosen = {flow: item.ratio for flow, item in backtests.items()}
    columns = {
        page.say("Method"): [
            *(words.forecast_method(page.language, str(name)) for name in ratios.index),
            page.say("chosen step by step (this is what counts)"),
        ]
    }
    for flow in ratios:
        columns[_ratio_header(page, str(flow))] = [
            *(number(value, 2) for value in ratios[flow]),
            number(chosen[str(flow)], 2),
        ]
    table = pd.DataFrame(columns)
    display.show_table(
        table,
        "forecast-scores",
        page.say(
            "Error of each method in the past, relative to repeating the month of the year before "
            "(1 = equally good, below 1 = better). Tested from up to {origins} past dates, up to "
            "{horizon} months ahead each; the last row chose its method only from errors known at "
            "the time.",
            origins=max(len(item.origins) for item in backtests.values()),
            horizon=max(item.horizon for item in backtests.values()),
        ),
        page.say("Method: analysis.models.forecast; the same figures as the forecast."),
        data=pd.concat([ratios, pd.DataFrame(chosen, index=["chosen"])]).reset_index(
            names="method"
        ),
        numbers=tuple(str(name) for name in table.columns[1:]),
    )


def _marked(page: Page, annual: pd.DataFrame, name: str) -> list[str]:
    """Write yearly totals, those that rest on an approximate one marked so."""
    flows = ("export", "import") if name == "balance" else (name,)
    rough = [
        any(row[f"{flow}_status"] == "approximate" for flow in flows)
        for _, row in annual.iterrows()
    ]
    return [
        f"≈ {page.language.number(value)}"
        if mark and pd.notna(value)
        else page.language.number(value, 1)
        for value, mark in zip(annual[name], rough, strict=True)
    ]


def _sources_of_months(flows: TradeFlows, months: set[str]) -> list[str]:
    rows = flows.table[flows.table["time_period"].isin(months)]
    return sorted({ids[0] for ids in rows["source_ids"]})


def _ratio_header(page: Page, flow: str) -> str:
    if flow == "export":
        return page.say("Exports (ratio)")
    return page.say("Imports (ratio)")
