"""Sections on exports, imports and their balance."""

from collections.abc import Mapping

import pandas as pd

from analysis.catalog.trade import TradeFlows
from analysis.indicators.series import NotComputed
from analysis.models.forecast import Backtest, BalanceForecast, FlowForecast, TradeForecast
from analysis.models.trend import AdjustedLevel
from analysis.report import words
from analysis.report.figures import trade as figures
from analysis.report.narrative import trade as narrative
from analysis.report.narrative.report import add_a_figure
from analysis.report.page import Page
from analysis.report.sections.base import lacking
from analysis.report.tables import trade as tables

FLOWS = ("export", "import")


# Sources that differ by less than this are apart by revision and rounding only.
TELLING_SPREAD_PERCENT = 5.0


def monthly(page: Page, flows: TradeFlows, basis: str) -> None:
    """Show the monthly flows and the balance."""
    page.heading(page.say("Month by month"), "monthly")
    territory = narrative.territory(page, flows.breaks)
    if territory:
        page.note(page.say("A change of territory"), territory, kind="warning")
    exports = flows.monthly("export", basis)
    imports = flows.monthly("import", basis)
    if exports.empty or imports.empty:
        lacking = [
            page.say("exports") if exports.empty else "",
            page.say("imports") if imports.empty else "",
        ]
        page.note(
            page.say("Not shown: trade by month"),
            narrative.inside(page, flows.inside)
            + page.say(
                "No month of {flows} of {province} up to {year} is in the collection.",
                flows=page.language.listing([flow for flow in lacking if flow]),
                province=page.place,
                year=page.year,
            )
            + " "
            + add_a_figure(page, "trade"),
        )
        return
    balance = (exports - imports).dropna()
    page.text(
        narrative.monthly_balance(page, balance),
        narrative.linked(page, flows.links, str(exports.index[0])),
        narrative.other_bases(page, _other_bases(flows, basis)),
    )
    if len(exports.dropna()) > 1 or len(imports.dropna()) > 1:
        figures.monthly_flows(page, flows, basis)
    for flow in (*FLOWS, "balance"):
        _record_latest_month(page, flows, flow, basis)
    page.text(narrative.spreads(page, _spreads(flows, basis, page.year)))
    tables.discrepancies(page, flows, basis)


def annual(page: Page, table: pd.DataFrame, flows: TradeFlows, basis: str) -> None:
    """Show the yearly totals: in words, as a figure where years are complete, and as a table.

    Args:
        page: the page.
        table: indexed by year, as `tables.annual_flows` takes it.
        flows: where the totals come from.
        basis: basis of exports.

    """
    page.heading(page.say("Year by year"), "annual")
    if table.empty:
        lacking(
            page,
            page.say("Not shown: trade by year"),
            page.say("No yearly total and no month is known."),
            "trade",
        )
        return
    sources = _sources_of(flows.table[flows.table["flow"].isin(FLOWS)])
    page.text(narrative.annual_balance(page, table, basis, flows.breaks))
    if table[["export", "import"]].notna().all(axis="columns").any():
        figures.annual_flows(page, table, basis, sources, flows.breaks)
    tables.annual_flows(page, table.tail(figures.ANNUAL_YEARS), basis, sources)
    _record_years(page, table, flows, basis)


def levels(
    page: Page,
    results: Mapping[str, AdjustedLevel | NotComputed],
    flows: TradeFlows,
    basis: str,
) -> None:
    """Show the seasonally adjusted level of each flow that has enough months."""
    page.heading(page.say("Trend"), "trend")
    computed = {
        flow: result for flow, result in results.items() if isinstance(result, AdjustedLevel)
    }
    for flow, result in results.items():
        if isinstance(result, NotComputed):
            page.missing(result, _trend_of(page, flow), _window(page, flows, flow, basis))
    if not computed:
        return
    page.text(
        *(
            narrative.level(page, flow, result.table, result.latest_growth)
            for flow, result in computed.items()
        )
    )
    shown = {flow: result.table for flow, result in computed.items()}
    figures.levels(page, shown, basis, _monthly_sources(flows, basis))
    for flow, result in computed.items():
        for bound in ("level", "lower", "upper"):
            page.indicator(
                f"adjusted_{flow}_{bound}",
                result.table[bound].iloc[-1],
                "million USD",
                str(result.table.index[-1]),
                obs_status="estimated",
                method="analysis.models.trend.adjusted_level",
                basis=basis if flow == "export" else None,
            )
        for bound in ("estimate", "lower", "upper"):
            page.indicator(
                f"adjusted_{flow}_growth_{bound}",
                getattr(result.latest_growth, bound),
                "percent",
                str(result.table.index[-1]),
                obs_status="estimated",
                method="analysis.models.trend.adjusted_level",
                basis=basis if flow == "export" else None,
            )


def forecast(page: Page, result: TradeForecast, flows: TradeFlows, basis: str) -> None:
    """Show the forecast with its backtest, or why there is none."""
    page.heading(page.say("Forecast"), "forecast")
    known, backtests = {}, {}
    for flow, item in (("export", result.exports), ("import", result.imports)):
        # A forecast without a test of how it would have done is not shown.
        lacking = item if isinstance(item, NotComputed) else item.backtest
        if isinstance(item, FlowForecast) and isinstance(item.backtest, Backtest):
            known[flow], backtests[flow] = item, item.backtest
        elif isinstance(lacking, NotComputed):
            page.missing(lacking, _forecast_of(page, flow), _window(page, flows, flow, basis))
    if not known:
        return
    page.text(
        *(narrative.forecast_method(page, flow, known[flow], backtests[flow]) for flow in known)
    )
    tables.forecast_scores(page, backtests)
    fans = {flow: item.months for flow, item in known.items()}
    balance = result.balance
    if not isinstance(balance, NotComputed) and len(known) == len(FLOWS):
        tests = list(backtests.values())
        held = narrative.intervals_held(page, tests)
        # A probability that is not given in words stands in no file either.
        withheld = [] if held else ["surplus_probability"]
        fans["balance"] = balance.months.drop(columns=withheld)
        page.text(narrative.surplus_probability(page, balance, tests))
        _record_forecast(page, balance, basis, with_probability=held)
    observed = {flow: flows.monthly(flow, basis) for flow in FLOWS}
    figures.forecasts(page, observed, fans, basis, _monthly_sources(flows, basis))


def _window(page: Page, flows: TradeFlows, flow: str, basis: str) -> str:
    """Say which months a model counts where it leaves older ones out, and how to add one."""
    used, known = flows.comparable(flow, basis).dropna(), flows.monthly(flow, basis).dropna()
    remedy = add_a_figure(page, "trade")
    if used.empty or len(used) == len(known):
        return remedy
    window = page.say(
        "Months from {first} on are counted: before it lie gaps, or another territory.",
        first=page.language.month(used.index[0]),
    )
    return f"{window} {remedy}"


def _record_latest_month(page: Page, flows: TradeFlows, flow: str, basis: str) -> None:
    rows = flows.monthly_rows(flow, basis)
    rows = rows[~rows["doubtful"].astype(bool)]
    if rows.empty:
        return
    row = rows.loc[rows["time_period"].idxmax()]
    page.indicator(
        f"monthly_{flow}",
        row["value"],
        "million USD",
        row["time_period"],
        obs_status=row["obs_status"],
        sources=row["source_ids"],
        basis=None if flow == "import" else basis,
    )


def _record_forecast(
    page: Page, balance: BalanceForecast, basis: str, *, with_probability: bool
) -> None:
    last = str(balance.months.index[-1])
    span = f"{balance.months.index[0]}/{last}"
    if with_probability:
        page.indicator(
            "surplus_probability",
            words.points(balance.surplus_probability),
            "percent, to the nearest 5",
            span,
            obs_status="estimated",
            method="analysis.models.forecast.forecast_flows",
            basis=basis,
        )
    for bound in ("lower", "estimate", "upper"):
        page.indicator(
            f"forecast_balance_{bound}",
            getattr(balance.total, bound),
            "million USD",
            span,
            obs_status="estimated",
            method="analysis.models.forecast.forecast_flows",
            basis=basis,
        )


def _other_bases(flows: TradeFlows, basis: str) -> dict[str, tuple[str, float, float]]:
    """Find for every other basis the latest month in which it differs from the page's."""
    own = flows.monthly("export", basis).dropna()
    result = {}
    for other in flows.bases():
        values = flows.monthly("export", other).dropna()
        common = values.index.intersection(own.index)
        differing = [month for month in common if values[month] != own[month]]
        if other != basis and differing:
            month = max(differing)
            result[other] = (str(month), float(values[month]), float(own[month]))
    return result


def _trend_of(page: Page, flow: str) -> str:
    return page.say("trend of exports") if flow == "export" else page.say("trend of imports")


def _forecast_of(page: Page, flow: str) -> str:
    return page.say("forecast of exports") if flow == "export" else page.say("forecast of imports")


def _monthly_sources(flows: TradeFlows, basis: str) -> list[str]:
    rows = pd.concat([flows.monthly_rows(flow, basis) for flow in FLOWS])
    return sorted({ids[0] for ids in rows["source_ids"] if ids})


def _sources_of(values: pd.DataFrame) -> list[str]:
    return sorted({ids[0] for ids in values["source_ids"] if ids})


def _record_years(page: Page, table: pd.DataFrame, flows: TradeFlows, basis: str) -> None:
    """Record the yearly totals as published, and what follows from them as derived."""
    origins = {flow: flows.annual(flow, basis) for flow in FLOWS}
    for flow, rows in origins.items():
        for year, row in rows[rows["value"].notna()].iterrows():
            page.indicator(
                f"annual_{flow}_{year}",
                row["value"],
                "million USD",
                str(year),
                obs_status=row["obs_status"],
                sources=row["source_ids"],
                basis=basis if flow == "export" else None,
            )
    for name, unit in (("balance", "million USD"), ("cover_ratio", "percent")):
        for year, value in table[name].dropna().items():
            rows = [origins[flow].loc[year] for flow in FLOWS]
            rough = any(row["obs_status"] == "approximate" for row in rows)
            page.indicator(
                f"annual_{name}_{year}",
                value,
                unit,
                str(year),
                obs_status="approximate" if rough else "derived",
                sources=[source for row in rows for source in row["source_ids"]],
                basis=basis,
            )


def _spreads(flows: TradeFlows, basis: str, year: int) -> pd.DataFrame:
    """Find the figures in use by month or year on which sources differ enough to say so."""
    rows = flows.spreads(TELLING_SPREAD_PERCENT)
    shown = rows["basis"].isin([basis]) | (rows["flow"] == "import")
    recent = rows["time_period"].str[:4].astype(int) > year - figures.MONTHLY_YEARS
    used = (rows["period_type"] != "cumulative") & ~rows["doubtful"].astype(bool)
    return rows[shown & recent & used]
