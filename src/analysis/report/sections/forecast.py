"""Sections on the forecast of exports, imports and their balance, and on what came after it."""

from collections.abc import Collection, Mapping
from dataclasses import replace

import pandas as pd

from analysis.catalog import Catalog
from analysis.catalog.territory import TerritoryBreak
from analysis.catalog.trade import TradeFlows, trade_flows
from analysis.indicators.series import NotComputed
from analysis.indicators.trade import trade_balance
from analysis.models.forecast import Backtest, BalanceForecast, FlowForecast, TradeForecast
from analysis.report import words
from analysis.report.figures import forecast as figures
from analysis.report.lineage import flow_name
from analysis.report.narrative import forecast as narrative
from analysis.report.page import Page
from analysis.report.sections.trade import FLOWS, monthly_sources, window
from analysis.report.tables import forecast as tables


def forecast(page: Page, result: TradeForecast, flows: TradeFlows, basis: str) -> None:
    """Show the forecast with its backtest, or why there is none."""
    page.heading(page.say("Forecast"), "forecast")
    for flow, item in _by_flow(result).items():
        # A forecast without a test of how it would have done is not shown.
        lacking = item if isinstance(item, NotComputed) else item.backtest
        if isinstance(lacking, NotComputed):
            # A test is named alike for both flows, and one record would hide the other.
            if lacking is not item:
                lacking = replace(lacking, method=f"{lacking.method}_{flow}")
            page.missing(
                lacking,
                _forecast_of(page, flow),
                window(page, lacking, flows, flow, basis),
                inputs=[flow_name(flow, basis)],
            )
    known, backtests = _tested(result)
    if not known:
        return
    page.text(
        *(narrative.forecast_method(page, flow, known[flow], backtests[flow]) for flow in known)
    )
    _record_tests(page, backtests, basis)
    tables.forecast_scores(page, backtests)
    observed = {flow: flows.monthly(flow, basis) for flow in FLOWS}
    fans = _fans(page, result)
    balance = result.balance
    if "balance" in fans and isinstance(balance, BalanceForecast):
        tests = list(backtests.values())
        held = narrative.intervals_held(page, tests)
        page.text(narrative.surplus_probability(page, balance, tests))
        _record_forecast(page, balance, basis, with_probability=held)
    figures.forecasts(page, observed, fans, basis, monthly_sources(flows, basis))
    if "surplus_probability" in fans.get("balance", ()) and isinstance(balance, BalanceForecast):
        tables.surplus_by_month(page, balance, basis)


def happened(page: Page, result: TradeForecast, basis: str) -> None:
    """Show what was published of the forecast months after the report's figures, if anything.

    The later figures are read apart from the report: they neither date it nor take part in what
    it estimates.
    """
    fans = _fans(page, result)
    later = _later_flows(page, fans)
    if later is None:
        return
    split = _next_split(later, fans)
    outcomes = _outcomes(fans, later, basis, split)
    if not outcomes:
        return
    page.heading(page.say("What happened then"), "happened")
    sources = _sources(
        later, basis, {month for table in outcomes.values() for month in table.index}
    )
    page.text(
        narrative.younger_figures(page),
        *(narrative.outcome(page, flow, table) for flow, table in outcomes.items()),
        narrative.not_held_against(page, split) if split is not None else "",
    )
    figures.happened(page, outcomes, basis, _source_line(page, sources))
    came = {
        flow: page.flow(later, flow, basis, name=f"later_{flow}", until=_last_year(fans))
        for flow in FLOWS
    }
    _whole_balance(page, result, outcomes, sources, basis, came)
    for flow, table in outcomes.items():
        parts = FLOWS if flow == "balance" else (flow,)
        inputs = [*(flow_name(part, basis) for part in parts), *(came[part] for part in parts)]
        _record_outcome(page, flow, table, sources, basis, inputs)
    _list_sources(page, sources)


def _by_flow(result: TradeForecast) -> dict[str, FlowForecast | NotComputed]:
    return {"export": result.exports, "import": result.imports}


def _tested(result: TradeForecast) -> tuple[dict[str, FlowForecast], dict[str, Backtest]]:
    """Give the forecasts that are shown, and the test of each."""
    known, backtests = {}, {}
    for flow, item in _by_flow(result).items():
        if isinstance(item, FlowForecast) and isinstance(item.backtest, Backtest):
            known[flow], backtests[flow] = item, item.backtest
    return known, backtests


def _fans(page: Page, result: TradeForecast) -> dict[str, pd.DataFrame]:
    """Give what is drawn of each forecast; a probability withheld in words stands in no file."""
    known, backtests = _tested(result)
    fans = {flow: item.months for flow, item in known.items()}
    if isinstance(result.balance, BalanceForecast) and len(known) == len(FLOWS):
        held = narrative.intervals_held(page, list(backtests.values()))
        withheld = [] if held else ["surplus_probability"]
        fans["balance"] = result.balance.months.drop(columns=withheld)
    return fans


def _later_flows(page: Page, fans: Mapping[str, pd.DataFrame]) -> TradeFlows | None:
    """Read the flows up to the end of the forecast, apart from the report; None without any."""
    if not fans:
        return None
    months = next(iter(fans.values())).index
    apart = Catalog(page.catalog.data)
    later = apart.read(
        "trade",
        province_code=page.province.code,
        dimension="total",
        flow=FLOWS,
        time_period=[str(month) for month in months],
    )
    return None if later.empty else trade_flows(apart, page.province, _last_year(fans))


def _last_year(fans: Mapping[str, pd.DataFrame]) -> int:
    """Give the year in which a forecast ends."""
    last: pd.Period = next(iter(fans.values())).index[-1]
    return int(last.year)


def _next_split(later: TradeFlows, fans: Mapping[str, pd.DataFrame]) -> TerritoryBreak | None:
    """Find a change of territory within the months of the forecast."""
    months = next(iter(fans.values())).index
    return next(
        (
            item
            for item in later.breaks
            if months[0] <= pd.Period(item.first_without, freq="M") <= months[-1]
        ),
        None,
    )


def _outcomes(
    fans: Mapping[str, pd.DataFrame],
    later: TradeFlows,
    basis: str,
    split: TerritoryBreak | None,
) -> dict[str, pd.DataFrame]:
    """Set what came beside each forecast, for those of which a month came."""
    flows = {flow: later.monthly(flow, basis) for flow in FLOWS}
    came = {**flows, "balance": trade_balance(flows["export"], flows["import"])}
    outcomes = {}
    for flow, fan in fans.items():
        values = came[flow].reindex(fan.index)
        if split is not None:
            values = values.where(fan.index < pd.Period(split.first_without, freq="M"))
        if values.notna().any():
            table = fan[["lower", "median", "upper"]].assign(later=values)
            outcomes[flow] = table.assign(inside=values.between(table["lower"], table["upper"]))
    return outcomes


def _whole_balance(
    page: Page,
    result: TradeForecast,
    outcomes: Mapping[str, pd.DataFrame],
    sources: Collection[str],
    basis: str,
    series: Mapping[str, str],
) -> None:
    """Hold the balance over the horizon against what came, once every month of it is known."""
    table, balance = outcomes.get("balance"), result.balance
    if table is None or table["later"].isna().any() or not isinstance(balance, BalanceForecast):
        return
    came = float(table["later"].sum())
    page.text(narrative.outcome_of_balance(page, balance, came))
    page.indicator(
        "later_balance",
        came,
        "million USD",
        f"{table.index[0]}/{table.index[-1]}",
        obs_status="derived",
        sources=sources,
        method="analysis.indicators.trade.trade_balance",
        basis=basis,
        inputs=series.values(),
    )


def _record_outcome(
    page: Page,
    flow: str,
    table: pd.DataFrame,
    sources: Collection[str],
    basis: str,
    inputs: Collection[str],
) -> None:
    counts = {"months": int(table["later"].notna().sum()), "inside": int(table["inside"].sum())}
    for name, value in counts.items():
        page.indicator(
            f"later_{flow}_{name}",
            value,
            "months",
            f"{table.index[0]}/{table.index[-1]}",
            obs_status="derived",
            sources=sources,
            method="analysis.models.forecast.forecast_flows",
            basis=None if flow == "import" else basis,
            inputs=inputs,
        )


def _sources(later: TradeFlows, basis: str, months: Collection[pd.Period]) -> list[str]:
    wanted = {str(month) for month in months}
    rows = pd.concat([later.monthly_rows(flow, basis) for flow in FLOWS])
    chosen = rows.loc[rows["time_period"].isin(wanted), "source_ids"]
    return sorted({ids[0] for ids in chosen if ids})


def _source_line(page: Page, sources: Collection[str]) -> str:
    """Name the later sources apart: the list of the section is of what the report rests on."""
    return page.language.count(
        "Source of the later months: figures of BPS as printed in {number} source, named below.",
        "Source of the later months: figures of BPS as printed in {number} sources, named below.",
        len(sources),
    )


def _list_sources(page: Page, sources: Collection[str]) -> None:
    titles = Catalog(page.catalog.data).source_titles(sources)
    lines = []
    for row in titles.to_dict("records"):
        title = row["title"].replace("[", "(").replace("]", ")")
        text = f"[{title}](<{row['url']}>)" if row["url"] else f"[{title}]"
        if row["kind"] == "publication":
            text += '{lang="id"}'
        elif not row["url"]:
            text = title
        lines.append(f"- {text}")
    page.note(page.say("Sources of the later months"), "\n".join(lines), collapse=True)


def _forecast_of(page: Page, flow: str) -> str:
    return page.say("forecast of exports") if flow == "export" else page.say("forecast of imports")


def _record_tests(page: Page, backtests: Mapping[str, Backtest], basis: str) -> None:
    for flow, test in backtests.items():
        values = {
            "ratio": (test.ratio, "ratio"),
            "coverage": (test.coverage, "share"),
            "comparisons": (test.errors, "months"),
        }
        for name, (value, unit) in values.items():
            page.indicator(
                f"backtest_{flow}_{name}",
                value,
                unit,
                f"{test.origins[0]}/{test.origins[-1]}",
                obs_status="estimated",
                method="analysis.models.forecast.forecast_flows",
                basis=basis if flow == "export" else None,
                inputs=[flow_name(flow, basis)],
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
            inputs=[flow_name(flow, basis) for flow in FLOWS],
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
            inputs=[flow_name(flow, basis) for flow in FLOWS],
        )
