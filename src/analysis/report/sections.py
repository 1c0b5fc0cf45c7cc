"""The report's sections: each shows a result where there is one, and says what lacks where not."""

from collections.abc import Mapping, Sequence

import pandas as pd

from analysis.catalog.composition import MINIMUM_COVERAGE_PERCENT, Compositions
from analysis.catalog.industry import Reading, SeriesBreak
from analysis.catalog.targets import GrowthTarget
from analysis.catalog.trade import TradeFlows
from analysis.indicators.industry import LONGEST_SPAN, AchievedGrowth
from analysis.indicators.series import Interval, NotComputed
from analysis.models.forecast import Backtest, BalanceForecast, FlowForecast, TradeForecast
from analysis.models.target import TargetOutlook
from analysis.models.trend import AdjustedLevel
from analysis.report import figures, narrative, tables, words
from analysis.report.page import SECTION, Page, software

FLOWS = ("export", "import")

# Sources that differ by less than this are apart by revision and rounding only.
TELLING_SPREAD_PERCENT = 5.0


def opening(page: Page, title: str, name: str) -> None:
    """Open a notebook with its own heading."""
    page.heading(title, name, level=SECTION)


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
            + narrative.add_a_figure(page, "trade"),
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
        _lacking(
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


def composition(page: Page, found: Compositions) -> None:
    """Show what exports consist of, or why no list is full enough."""
    page.heading(page.say("What is exported"), "composition")
    if found.shown is None:
        _lacking(
            page,
            page.say("Not shown: exports by product"),
            narrative.no_composition(page, found, MINIMUM_COVERAGE_PERCENT),
            "trade",
        )
        return
    page.text(narrative.composition(page, found.shown))
    figures.composition(page, found.shown)
    page.indicator(
        "composition_coverage",
        found.shown.coverage_percent,
        "percent",
        found.shown.time_period,
        obs_status="derived",
        sources=found.shown.source_ids,
        basis=found.shown.basis,
    )


def processing(
    page: Page, found: Compositions, share: Interval | None, concentration: Interval | None
) -> None:
    """Show the bounds on the share of raw goods and on concentration."""
    page.heading(page.say("Raw or processed"), "raw-share")
    if found.shown is None or share is None or concentration is None:
        _lacking(
            page,
            page.say("Not computed: the share of raw goods"),
            page.say("It follows from a list of products that covers enough of the exports."),
            "trade",
        )
        return
    page.text(
        narrative.raw_share(page, share, found.shown),
        narrative.concentration(page, concentration),
    )
    for name, interval, unit, method in (
        ("raw_share", share, "share", "analysis.indicators.processing.raw_share"),
        (
            "product_concentration",
            concentration,
            "index",
            "analysis.indicators.concentration.concentration_bounds",
        ),
    ):
        for bound in ("lower", "upper"):
            page.indicator(
                f"{name}_{bound}",
                getattr(interval, bound),
                unit,
                found.shown.time_period,
                obs_status="derived",
                sources=found.shown.source_ids,
                method=method,
                basis=found.shown.basis,
            )


def sectors(page: Page, split: pd.DataFrame, flows: TradeFlows) -> None:
    """Show BPS's own split of exports by sector, beside the raw share and never mixed into it."""
    page.heading(page.say("BPS's split by sector"), "sectors")
    if split.empty:
        _lacking(
            page,
            page.say("Not shown: exports by sector"),
            page.say(
                "No release up to {year} splits {province}'s exports by sector.",
                year=page.year,
                province=page.place,
            ),
            "trade",
        )
        return
    first = split.iloc[0]
    total = flows.value(first["time_period"], "export", first["basis"])
    page.text(
        page.say(
            "The sector is where a good was made, not how far it was processed: palm oil from a "
            "mill counts as manufacturing. So this stands beside the raw share and is not mixed "
            "into it."
        )
    )
    tables.sector_split(page, split, None if total is None else total["value"])


def establishments(page: Page, counts: pd.DataFrame, breaks: Sequence[SeriesBreak]) -> None:
    """Show the establishments of micro and small industry by year and scale."""
    page.heading(page.say("Establishments"), "establishments")
    if counts.empty:
        _lacking(
            page,
            page.say("Not shown: establishments"),
            page.say(
                "No count of micro and small establishments of {province} up to {year} is in the "
                "collection.",
                province=page.place,
                year=page.year,
            ),
            "industry",
        )
        return
    between = [
        item for item in breaks if counts.index[0] <= item.after and counts.index[-1] >= item.before
    ]
    figures.establishments(page, counts, between)
    tables.establishments(page, counts)
    for item in between:
        title = (
            page.say("A change of territory")
            if item.children
            else page.say("A break in the survey")
        )
        page.note(title, narrative.series_break(page, item), kind="warning")
    for year, row in counts.iterrows():
        page.indicator(
            f"imk_establishments_{year}",
            row["total"],
            "establishments",
            str(year),
            obs_status=row["obs_status"],
            sources=row["source_ids"],
        )


def target(
    page: Page,
    found: GrowthTarget | None,
    counts: pd.DataFrame,
    comparable: pd.Series,
    path: pd.DataFrame,
    gaps: pd.DataFrame,
    outlook: TargetOutlook | NotComputed,
) -> None:
    """Show the growth target, the path that it demands of establishments, and the gap.

    Args:
        page: the page.
        found: the target; None where none is known.
        counts: all counts by year, with `total` and `source_ids`.
        comparable: counts of the definition in force when the path starts.
        path: indexed by year with `lower` and `upper`; empty where no count starts it.
        gaps: as `indicators.industry.gap_to_path` gives them.
        outlook: probability of reaching the target by the report's year or the next.

    """
    page.heading(page.say("The growth target"), "target")
    if found is None:
        _lacking(
            page,
            page.say("No target known"),
            page.say(
                "Neither {province} nor the ministry stated a growth target for small industry up "
                "to {year} in the collection.",
                province=page.place,
                year=page.year,
            ),
            "targets",
        )
        return
    page.text(narrative.target(page, found))
    page.source_ids.update(found.source_ids)
    page.indicator(
        "ikm_growth_target",
        found.upper,
        "percent a year",
        str(found.year),
        obs_status="published" if found.source_ids else "derived",
        sources=found.source_ids,
        method=None if found.source_ids else "parameter ikm_growth_target",
    )
    if path.empty:
        _lacking(
            page,
            page.say("Not computed: the path of the target"),
            page.say(
                "No count of establishments before {year}, of the same survey and territory, "
                "starts the path.",
                year=found.year,
            ),
            "industry",
        )
        return
    sources = sorted({s for ids in counts["source_ids"] for s in ids} | set(found.source_ids))
    later = counts["total"].drop(comparable.index, errors="ignore")
    figures.target_path(page, comparable, path, found, sources, later[later.index >= path.index[0]])
    if not gaps.empty:
        page.text(narrative.gap(page, gaps))
        page.indicator(
            "imk_establishments_gap_to_target",
            gaps["gap"].iloc[-1],
            "establishments",
            str(gaps.index[-1]),
            obs_status="derived",
            sources=sources,
            method="analysis.indicators.industry.gap_to_path",
        )
    if isinstance(outlook, NotComputed):
        page.missing(
            outlook,
            page.say("the probability of reaching the target"),
            page.say("Counts across a break in the survey do not count as growth.")
            + " "
            + narrative.add_a_figure(page, "industry"),
        )
        return
    page.text(narrative.outlook(page, outlook))
    page.indicator(
        "ikm_target_probability",
        words.points(outlook.probability),
        "percent, to the nearest 5",
        str(outlook.target_year),
        obs_status="estimated",
        method="analysis.models.target.growth_outlook",
    )


def readings(
    page: Page, found: GrowthTarget | None, rows: Sequence[tuple[Reading, AchievedGrowth]]
) -> None:
    """Show the growth under each reading of the target that has figures; none without a target."""
    if found is None:
        return
    page.heading(page.say("Growth of what?"), "readings")
    if not rows:
        _lacking(
            page,
            page.say("Not shown: growth under each reading"),
            page.say(
                "No count of establishments, workers or output has figures before and after the "
                "target's year that are at most {span} years apart.",
                span=LONGEST_SPAN,
            ),
            "industry",
        )
        return
    page.text(narrative.readings(page, found))
    tables.readings(page, rows)
    for reading, result in rows:
        page.indicator(
            f"growth_{reading.indicator}",
            result.growth,
            "percent a year",
            f"{result.first_year}/{result.last_year}",
            obs_status="derived",
            sources=reading.source_ids,
            method="analysis.indicators.industry.growth_around",
        )


def counts_by_authority(page: Page, rows: pd.DataFrame) -> None:
    """Show which authority counts what."""
    page.heading(page.say("Who counts what"), "authorities")
    if rows.empty:
        _lacking(
            page,
            page.say("Not shown: counts by authority"),
            page.say("No authority's count is in the collection."),
            "industry",
        )
        return
    tables.counts_by_authority(page, rows)


def cards(page: Page, facts: Sequence[tuple[str, str, str]]) -> None:
    """Show headline figures as cards: a label, a value and a note each."""
    blocks = [
        f"::: {{.card}}\n\n[{label}]{{.label}}\n\n[{value}]{{.value}}\n\n{note}\n\n:::"
        for label, value, note in facts
    ]
    page.text("::: {.cards}\n\n" + "\n\n".join(blocks) + "\n\n:::")


def reproduce(page: Page) -> None:
    """Show how this very page is made again, and from which state of the data."""
    page.heading(page.say("How to reproduce this page"), "reproduce")
    parameters = page.parameters
    lines = [
        f"neraca report {parameters.province} {parameters.year}",
        f"--language {parameters.language}",
        f"--horizon-months {parameters.horizon_months}",
        f"--interval-level {parameters.interval_level!r}",
        f"--raw-export-cut {parameters.raw_export_cut!r}",
    ]
    if parameters.ikm_growth_target is not None:
        lines.append(f"--ikm-growth-target {parameters.ikm_growth_target!r}")
    command = " \\\n    ".join(lines)
    page.text(
        f"```\n{command}\n```",
        page.say(
            "Figures for periods up to the end of {year} take part; the data vintage stands at the "
            "head of the report. Computed with {software}; `requirements.lock` pins every version.",
            year=page.year,
            software=software(),
        ),
    )


def _lacking(page: Page, title: str, reason: str, table: str) -> None:
    """Say what is not shown and why, and how a figure is added to the table that lacks it."""
    page.note(title, f"{reason} {narrative.add_a_figure(page, table)}")


def _window(page: Page, flows: TradeFlows, flow: str, basis: str) -> str:
    """Say which months a model counts where it leaves older ones out, and how to add one."""
    used, known = flows.comparable(flow, basis).dropna(), flows.monthly(flow, basis).dropna()
    remedy = narrative.add_a_figure(page, "trade")
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
