"""The report's tables: finished texts in the report's language, with units in the header."""

from collections.abc import Mapping, Sequence

import pandas as pd

from analysis.catalog.industry import Reading
from analysis.catalog.trade import TradeFlows
from analysis.indicators.industry import AchievedGrowth
from analysis.models.forecast import Backtest
from analysis.report import display, words
from analysis.report.page import Page


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
    _show(
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
    _show(
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
            *(method_name(page, str(name)) for name in ratios.index),
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


def method_name(page: Page, method: str) -> str:
    """Name a forecasting method in plain words."""
    names = {
        "seasonal_naive": page.say("the same month a year before"),
        "last_twelve_mean": page.say("mean of the last twelve months"),
        "recent_mean": page.say("weighted mean of recent months"),
        "local_level": page.say("moving level with season and Idul Fitri"),
        "shrunken_level": page.say("moving level with a damped season"),
        "airline": page.say("seasonal ARIMA (airline model)"),
        "combination": page.say("mean of the methods"),
    }
    return names[method]


def establishments(page: Page, counts: pd.DataFrame) -> None:
    """Show establishments by year and scale with what is known of each figure."""
    number = page.language.number
    columns = {
        page.say("Year"): [str(year) for year in counts.index],
        page.say("Micro (establishments)"): [number(value) for value in counts["micro"]],
        page.say("Small (establishments)"): [number(value) for value in counts["small"]],
        page.say("Together (establishments)"): [number(value) for value in counts["total"]],
    }
    _show(
        page,
        columns,
        "establishments",
        page.say(
            "Micro and small manufacturing establishments of {province} (BPS, IMK).",
            province=page.place,
        ),
        sorted({source for ids in counts["source_ids"] for source in ids}),
        data=counts.drop(columns="source_ids").reset_index(names="year"),
        texts=1,
    )


def counts_by_authority(page: Page, rows: pd.DataFrame) -> None:
    """Show which authority counts what, and how many, in the years it did.

    Args:
        page: the page.
        rows: as `catalog.industry.authority_counts` gives them.

    """
    columns = {
        page.say("What is counted, and by whom"): [
            words.count_name(page.language, name) for name in rows["indicator"]
        ],
        page.say("Year"): list(rows["time_period"]),
        page.say("Number"): [page.language.number(value) for value in rows["value"]],
        page.say("Another source"): [
            page.language.number(row.runner_up) if row.rule not in ("only one", "agree") else ""
            for row in rows.itertuples()
        ],
    }
    _show(
        page,
        columns,
        "counts-by-authority",
        page.say(
            "Counts of industry in {province} by authority. They cover different things and are "
            "never put into one series.",
            province=page.place,
        ),
        sorted({source for ids in rows["source_ids"] for source in ids}),
        data=rows[["indicator", "time_period", "value", "obs_status", "source_id", "runner_up"]],
        texts=2,
    )


def readings(page: Page, rows: Sequence[tuple[Reading, AchievedGrowth]]) -> None:
    """Show the growth of small industry under each reading of the target that has data."""
    columns = {
        page.say("If the target is meant as"): [
            words.count_name(page.language, reading.indicator) for reading, _ in rows
        ],
        page.say("Years"): [f"{growth.first_year}–{growth.last_year}" for _, growth in rows],
        page.say("Growth (percent a year)"): [
            page.language.number(growth.growth, 1) for _, growth in rows
        ],
    }
    _show(
        page,
        columns,
        "readings",
        page.say(
            "Growth of industry in {province} over the years that contain the target's, under each "
            "reading that has figures.",
            province=page.place,
        ),
        sorted({source for reading, _ in rows for source in reading.source_ids}),
        data=pd.DataFrame(
            [
                (reading.indicator, growth.first_year, growth.last_year, growth.growth)
                for reading, growth in rows
            ],
            columns=["indicator", "first_year", "last_year", "growth_percent_a_year"],
        ),
        texts=2,
    )


def sector_split(page: Page, rows: pd.DataFrame, total: float | None) -> None:
    """Show BPS's own split of exports by sector for one period."""
    number = page.language.number
    names = {
        "agriculture": page.say("Agriculture"),
        "mining": page.say("Mining"),
        "manufacturing": page.say("Manufacturing"),
        "oil_and_gas": page.say("Oil and gas"),
    }
    columns = {
        page.say("Sector"): [names[sector] for sector in rows["sector"]],
        page.say("Exports (million USD)"): [page.language.figure(value) for value in rows["value"]],
        page.say("Percent of all exports"): [
            number(None if total is None else 100 * value / total, 1) for value in rows["value"]
        ],
    }
    _show(
        page,
        columns,
        "sector-split",
        page.say(
            "Exports of {province} by sector as BPS splits them, {period}, {basis}.",
            province=page.place,
            period=page.language.period(rows["time_period"].iloc[0]),
            basis=words.basis(page.language, rows["basis"].iloc[0]),
        ),
        sorted(set(rows["source_id"])),
        data=rows[["time_period", "basis", "sector", "value", "obs_status", "source_id"]],
        texts=1,
    )


def coverage(page: Page, rows: Sequence[tuple[str, str, str]]) -> None:
    """Show what is known of a province up to the report's year, and where a figure is added.

    Args:
        rows: subject, what is known, and the file that a missing figure goes into.

    """
    table = pd.DataFrame(
        list(rows),
        columns=[page.say("Subject"), page.say("What is known"), page.say("Added in")],
    )
    display.show_table(
        table,
        "coverage",
        page.say(
            "What the collection knows of {province} up to {year}.",
            province=page.place,
            year=page.year,
        ),
        page.say("Counted in the tables of `data/`; a figure is added as a row with its source."),
        data=table,
    )


def _show(
    page: Page,
    columns: Mapping[str, Sequence[str]],
    name: str,
    caption: str,
    sources: Sequence[str],
    *,
    data: pd.DataFrame,
    texts: int,
) -> None:
    """Show columns of which the first `texts` are words and the others numbers."""
    table = pd.DataFrame(dict(columns))
    display.show_table(
        table,
        name,
        caption,
        page.source_line(sources),
        data=data,
        numbers=tuple(table.columns[texts:]),
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
