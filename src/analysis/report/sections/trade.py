"""Sections on exports, imports and their balance, by month and by year."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from analysis.catalog.territory import TerritoryBreak
from analysis.catalog.trade import TradeFlows
from analysis.indicators.series import NotComputed, Unit
from analysis.indicators.trade import AnnualGrowth, trade_balance
from analysis.models.breaks import LevelShift
from analysis.models.completion import CompletedYear
from analysis.report.figures import trade as figures
from analysis.report.lineage import flow_name
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
    for flow in (*FLOWS, "balance"):
        page.flow(flows, flow, basis)
    territory = narrative.territory(page, flows.breaks)
    if territory:
        page.note(page.say("A change of territory"), territory, kind="warning")
    exports = flows.monthly("export", basis)
    imports = flows.monthly("import", basis)
    if exports.empty or imports.empty:
        _no_months(page, flows, exports, imports)
        return
    balance = trade_balance(exports, imports).dropna()
    others = _other_bases(flows, basis)
    page.text(
        narrative.monthly_balance(page, balance),
        narrative.linked(page, flows.links, str(exports.index[0])),
        narrative.other_bases(page, others),
        narrative.one_source(page, _printed_in(flows, basis)),
    )
    if len(exports.dropna()) > 1 or len(imports.dropna()) > 1:
        figures.monthly_flows(page, flows, basis)
    for flow in (*FLOWS, "balance"):
        _record_latest_month(page, flows, flow, basis)
    _record_months(page, flows, balance, basis)
    _record_links(page, flows)
    _record_other_bases(page, flows, others, basis)
    _doubts(page, flows, basis)


def annual(
    page: Page,
    table: pd.DataFrame,
    flows: TradeFlows,
    basis: str,
    completed: Mapping[str, Mapping[int, CompletedYear | NotComputed]],
) -> None:
    """Show the yearly totals, in words, as a figure and as a table that says how each is known.

    Args:
        page: the page.
        table: indexed by year, as `tables.trade.annual_flows` takes it, with `normalized_balance`.
        flows: where the totals come from.
        basis: basis of exports.
        completed: by flow the years without a total, as far as a model completes them.

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
    modelled = {
        flow: {
            year: item
            for year, item in completed.get(flow, {}).items()
            if isinstance(item, CompletedYear)
        }
        for flow in FLOWS
    }
    years = sorted({year for totals in modelled.values() for year in totals})
    sources = _sources_of(flows.table[flows.table["flow"].isin(FLOWS)])
    page.text(
        narrative.annual_balance(page, table, basis, flows.breaks),
        narrative.normalized_balance(page, table["normalized_balance"]),
    )
    if table[list(FLOWS)].notna().any(axis=None) or years:
        figures.annual_flows(page, table, basis, sources, flows.breaks, modelled)
    shown = table.tail(figures.ANNUAL_YEARS)
    tables.annual_flows(page, shown, basis, sources, modelled)
    if years:
        page.text(narrative.completed_years(page, years))
        tables.completed_years(page, modelled, _sources_of_years(flows, basis, years))
    _record_years(page, table, flows, basis)
    _record_completed(page, modelled, basis)


def yearly_totals(by_year: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Set the years of both flows, as `TradeFlows.annual` gives them, beside each other.

    Returns:
        A frame indexed by year with `export` and `import` (million USD), and of each flow, after
        its name, `months`, `obs_status` and `known_by`.

    """
    columns = {
        (flow if name == "value" else f"{flow}_{name}"): table[name]
        for flow, table in by_year.items()
        for name in ("value", "months", "obs_status", "known_by")
    }
    table = pd.DataFrame(columns).sort_index()
    blank = {f"{flow}_{name}": "" for flow in by_year for name in ("obs_status", "known_by")}
    return table.fillna({**blank, **{f"{flow}_months": 0 for flow in by_year}})


def one_territory(table: pd.DataFrame, breaks: Sequence[TerritoryBreak]) -> pd.DataFrame:
    """Keep the years that cover the territory of the latest one."""
    return table[table.index >= _first_year(table, breaks)]


def growth(
    page: Page,
    found: Mapping[str, AnnualGrowth | NotComputed],
    table: pd.DataFrame,
    breaks: Sequence[TerritoryBreak],
    shifts: Mapping[str, Sequence[LevelShift] | NotComputed],
    basis: str,
) -> None:
    """Say how each flow grew over the years with a published total, under the yearly totals.

    Args:
        page: the page.
        found: growth by flow.
        table: yearly totals by flow, as `annual` takes it.
        breaks: declared changes of the territory.
        shifts: by flow the shifts of its level; across those that count as breaks no rate is told.
        basis: basis of exports.

    """
    if table.empty:
        return
    computed = {flow: item for flow, item in found.items() if isinstance(item, AnnualGrowth)}
    since = _first_year(table, breaks)
    crossed = [item.first_without for item in breaks if item.first_without[:4] <= str(since)]
    page.text(
        *(
            narrative.growth(page, flow, item, _broken_within(item, shifts[flow]))
            for flow, item in computed.items()
        ),
        narrative.growth_since(page, max(crossed)) if crossed and since > table.index[0] else "",
    )
    for flow, item in found.items():
        if isinstance(item, NotComputed):
            named = replace(item, method=f"{item.method}_{flow}")
            totals = _totals(page, flow, since, page.year)
            page.missing(named, _growth_of(page, flow), add_a_figure(page, "trade"), inputs=totals)
        else:
            used = table[table.index >= since][f"{flow}_obs_status"]
            broken = bool(_broken_within(item, shifts[flow]))
            rough = "approximate" in set(used)
            _record_growth(page, flow, item, basis, rough=rough, broken=broken)


def _broken_within(
    found: AnnualGrowth, shifts: Sequence[LevelShift] | NotComputed
) -> list[pd.Period]:
    """Give the months between the first and the last year in which the level breaks."""
    if isinstance(shifts, NotComputed):
        return []
    first, last = f"{found.first_year}-01", f"{found.last_year}-12"
    return sorted(item.date for item in shifts if item.is_break and first < str(item.date) <= last)


def monthly_sources(flows: TradeFlows, basis: str) -> list[str]:
    """Give the sources of all months of both flows."""
    rows = pd.concat([flows.monthly_rows(flow, basis) for flow in FLOWS])
    return sorted({ids[0] for ids in rows["source_ids"] if ids})


def _printed_in(flows: TradeFlows, basis: str) -> set[str]:
    """Give every source that prints a month of either flow."""
    rows = pd.concat([flows.monthly_rows(flow, basis) for flow in FLOWS])
    return {source for ids in rows["source_ids"] for source in ids}


def window(page: Page, result: NotComputed, flows: TradeFlows, flow: str, basis: str) -> str:
    """Say which months a model counts where it leaves older ones out, and how to add some.

    Past dates to test a forecast from come with time or whole years of months, so that no row
    cures their lack: of adding nothing is said then.
    """
    used, known = flows.comparable(flow, basis).dropna(), flows.monthly(flow, basis).dropna()
    remedy = "" if result.unit is Unit.ORIGINS else add_a_figure(page, "trade")
    if used.empty or len(used) == len(known):
        return remedy
    counted = page.say(
        "Months from {first} on are counted: before it lie gaps, or another territory.",
        first=page.language.month(used.index[0]),
    )
    return f"{counted} {remedy}"


def _no_months(page: Page, flows: TradeFlows, exports: pd.Series, imports: pd.Series) -> None:
    lacking_flows = [
        page.say("exports") if exports.empty else "",
        page.say("imports") if imports.empty else "",
    ]
    page.note(
        page.say("Not shown: trade by month"),
        narrative.inside(page, flows.inside)
        + page.say(
            "No month of {flows} of {province} up to {year} is in the collection.",
            flows=page.language.listing([flow for flow in lacking_flows if flow]),
            province=page.place,
            year=page.year,
        )
        + " "
        + add_a_figure(page, "trade"),
    )


def _doubts(page: Page, flows: TradeFlows, basis: str) -> None:
    """Show where sources differ, and where a published balance is not what it says it is."""
    spreads = _spreads(flows, basis, page.year)
    if len(spreads):
        tables.spreads(page, spreads, TELLING_SPREAD_PERCENT)
    tables.discrepancies(page, flows, basis)
    rows = flows.discrepancies()
    months = rows["time_period"].str.len() == len("YYYY-MM")
    others = rows[months & (rows["basis"] != basis)]
    page.text(narrative.other_discrepancies(page, others))
    for other, apart in others.groupby("basis"):
        name = f"discrepancies_{_word(str(other))}"
        values = {"months": len(apart), "largest": float(apart["difference"].abs().max())}
        for what, value in values.items():
            page.indicator(
                f"{name}_{what}",
                value,
                "months" if what == "months" else "million USD",
                f"{apart['time_period'].min()}/{apart['time_period'].max()}",
                obs_status="approximate" if apart["approximate"].any() else "derived",
                method="analysis.catalog.trade.TradeFlows.discrepancies",
                basis=str(other),
                inputs=[page.flow(flows, flow, str(other)) for flow in (*FLOWS, "balance")],
            )


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
        inputs=[flow_name(flow, basis)],
    )


def _record_months(page: Page, flows: TradeFlows, balance: pd.Series, basis: str) -> None:
    """Record the latest balance, and what the sentence on the months of its year counts."""
    if balance.empty:
        return
    last = balance.index[-1]
    recent = balance[balance.index.year == last.year]
    rows = [flows.value(str(last), flow, basis) for flow in FLOWS]
    values = {
        "latest_monthly_balance": (balance.iloc[-1], "million USD", str(last)),
        "known_months": (len(recent), "months", str(last.year)),
        "surplus_months": (int((recent > 0).sum()), "months", str(last.year)),
    }
    for name, (value, unit, period) in values.items():
        page.indicator(
            name,
            value,
            unit,
            period,
            obs_status="derived",
            sources=[source for row in rows if row is not None for source in row["source_ids"]],
            method="analysis.indicators.trade.trade_balance",
            basis=basis,
            inputs=[flow_name(flow, basis) for flow in FLOWS],
        )


def _record_links(page: Page, flows: TradeFlows) -> None:
    """Record how closely a declared link of bases is checked."""
    for link in flows.links:
        values = {
            "tolerance": (link.tolerance_percent, "percent"),
            "months": (link.minimum_months, "months"),
        }
        for name, (value, unit) in values.items():
            page.indicator(
                f"link_{_word(link.id)}_{name}",
                value,
                unit,
                f"{link.first}/{link.last}",
                obs_status="derived",
                method="analysis.catalog.basis.check_link",
                basis=link.to_basis,
                inputs=[page.flow(flows, link.flow, link.to_basis)],
            )


def _record_other_bases(
    page: Page, flows: TradeFlows, others: Mapping[str, tuple[str, float, float]], basis: str
) -> None:
    """Record the exports on other bases that a sentence sets beside the page's."""
    for other, (month, _, _) in others.items():
        for name, of in (("other", other), ("own", basis)):
            row = flows.value(month, "export", of)
            if row is not None:
                page.indicator(
                    f"exports_{_word(other)}_{name}",
                    row["value"],
                    "million USD",
                    month,
                    obs_status=row["obs_status"],
                    sources=row["source_ids"],
                    basis=of,
                    inputs=[page.flow(flows, "export", of)],
                )


def _word(name: str) -> str:
    """Make an id, or a basis that may be blank, part of an indicator's name."""
    return name.replace("-", "_") or "not_stated"


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


def _growth_of(page: Page, flow: str) -> str:
    if flow == "export":
        return page.say("growth of exports over the years")
    return page.say("growth of imports over the years")


def _first_year(table: pd.DataFrame, breaks: Sequence[TerritoryBreak]) -> int:
    """Give the first whole year of the territory that the latest year covers."""
    starts = [_whole_year(item.first_without) for item in breaks]
    return max([start for start in starts if len(table) and start <= table.index[-1]], default=0)


def _whole_year(first_without: str) -> int:
    """Give the first year all of whose months lie after a change of territory."""
    year = int(first_without[:4])
    return year if first_without[5:] in ("", "01") else year + 1


def _sources_of(values: pd.DataFrame) -> list[str]:
    return sorted({ids[0] for ids in values["source_ids"] if ids})


def _sources_of_years(flows: TradeFlows, basis: str, years: Sequence[int]) -> list[str]:
    """Give the sources of the months of some years."""
    rows = pd.concat([flows.monthly_rows(flow, basis) for flow in FLOWS])
    return _sources_of(rows[rows["time_period"].str[:4].isin([str(year) for year in years])])


def _record_years(page: Page, table: pd.DataFrame, flows: TradeFlows, basis: str) -> None:
    """Record the yearly totals as published, and what follows from them as derived."""
    origins = {flow: flows.annual(flow, basis) for flow in FLOWS}
    for flow, rows in origins.items():
        for year, row in rows[rows["value"].notna()].iterrows():
            name = f"annual_{flow}_{year}"
            page.indicator(
                name,
                row["value"],
                "million USD",
                str(year),
                obs_status=row["obs_status"],
                sources=row["source_ids"],
                method="analysis.catalog.trade.TradeFlows.annual",
                basis=basis if flow == "export" else None,
                inputs=[flow_name(flow, basis)],
            )
            page.indicators[name]["known_by"] = row["known_by"]
    made = {
        "balance": ("million USD", "trade_balance"),
        "cover_ratio": ("percent", "cover_ratio"),
        "normalized_balance": ("share", "normalized_trade_balance"),
    }
    for name, (unit, formula) in made.items():
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
                method=f"analysis.indicators.trade.{formula}",
                basis=basis,
                inputs=[f"annual_{flow}_{year}" for flow in FLOWS],
            )


def _record_completed(
    page: Page, modelled: Mapping[str, Mapping[int, CompletedYear]], basis: str
) -> None:
    for flow, totals in modelled.items():
        for year, item in totals.items():
            for bound in ("lower", "estimate", "upper"):
                page.indicator(
                    f"completed_{flow}_{year}_{bound}",
                    getattr(item.total, bound),
                    "million USD",
                    str(year),
                    obs_status="estimated",
                    method="analysis.models.completion.complete_years",
                    basis=basis if flow == "export" else None,
                    inputs=[flow_name(flow, basis)],
                )


def _record_growth(
    page: Page, flow: str, item: AnnualGrowth, basis: str, *, rough: bool, broken: bool
) -> None:
    for name in ("year_on_year",) if broken else ("compound", "log_trend", "year_on_year"):
        value = getattr(item, name)
        if value is not None:
            span = f"{item.first_year}/{item.last_year}"
            page.indicator(
                f"growth_{flow}_{name}",
                value,
                "percent a year",
                str(item.last_year) if name == "year_on_year" else span,
                obs_status="approximate" if rough else "derived",
                method="analysis.indicators.trade.annual_growth",
                basis=basis if flow == "export" else None,
                inputs=_totals(
                    page,
                    flow,
                    item.last_year - 1 if name == "year_on_year" else item.first_year,
                    item.last_year,
                ),
            )


def _totals(page: Page, flow: str, first: int, last: int) -> list[str]:
    """Name the recorded yearly totals of a flow from one year to another."""
    names = (f"annual_{flow}_{year}" for year in range(first, last + 1))
    return [name for name in names if name in page.indicators]


def _spreads(flows: TradeFlows, basis: str, year: int) -> pd.DataFrame:
    """Find the figures in use by month or year on which sources differ enough to say so."""
    rows = flows.spreads(TELLING_SPREAD_PERCENT)
    shown = rows["basis"].isin([basis]) | (rows["flow"] == "import")
    recent = rows["time_period"].str[:4].astype(int) > year - figures.MONTHLY_YEARS
    used = (rows["period_type"] != "cumulative") & ~rows["doubtful"].astype(bool)
    return rows[shown & recent & used]
