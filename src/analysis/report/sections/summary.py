"""The summary's first screen: the headline cards, and what is known and what is not."""

from collections.abc import Mapping

import pandas as pd

from analysis.catalog.composition import Compositions
from analysis.catalog.targets import GrowthTarget
from analysis.catalog.trade import TradeFlows
from analysis.indicators import trade
from analysis.report import narrative, tables, words
from analysis.report.page import Page
from analysis.report.sections.base import cards


def show(
    page: Page,
    flows: TradeFlows,
    basis: str,
    counts: pd.DataFrame,
    target: GrowthTarget | None,
    national: Mapping[str, str] | None,
) -> None:
    """Show the headline figures as cards under one sentence on the balance."""
    totals = pd.DataFrame(
        {flow: flows.annual(flow, basis)["value"] for flow in ("export", "import")}
    ).astype(float)
    totals["balance"] = trade.trade_balance(totals["export"], totals["import"])
    totals["cover_ratio"] = trade.cover_ratio(totals["export"], totals["import"])
    page.text(narrative.trade.annual_balance(page, totals, basis, flows.breaks))
    facts = _trade_cards(page, flows, basis, totals)
    facts += [_rank_card(page, national), _count_card(page, counts), _target_card(page, target)]
    cards(page, facts)
    if national is not None:
        page.text(narrative.provinces.rank(page, national, page.year))


def show_coverage(
    page: Page, flows: TradeFlows, basis: str, found: Compositions, counts: pd.DataFrame
) -> None:
    """Show subject by subject what the collection knows, and where a figure is added."""
    page.heading(page.say("What is known and what is not"), "coverage")
    exports, imports = flows.monthly("export", basis), flows.monthly("import", basis)
    rows = [
        (page.say("Exports by month"), _months(page, exports), "`trade.csv`"),
        (page.say("Imports by month"), _months(page, imports), "`trade.csv`"),
        (page.say("Exports by product"), _lists(page, found), "`trade.csv`"),
        (page.say("Micro and small establishments"), _years(page, counts), "`industry.csv`"),
    ]
    tables.summary.coverage(page, rows)


def _trade_cards(
    page: Page, flows: TradeFlows, basis: str, totals: pd.DataFrame
) -> list[tuple[str, str, str]]:
    cards = [_flow_card(page, flows, basis, flow, totals[flow]) for flow in ("export", "import")]
    complete = totals.dropna(subset="balance")
    if complete.empty:
        return cards
    year, latest = int(complete.index[-1]), complete.iloc[-1]
    balance, ratio = float(latest["balance"]), float(latest["cover_ratio"])
    cards = [
        *cards,
        (
            page.say("Balance {year}", year=year),
            page.language.money(balance),
            page.say("a {word}", word=words.balance_word(page.language, balance)),
        ),
    ]
    # Without imports there is nothing to cover.
    if pd.isna(ratio):
        return cards
    return [
        *cards,
        (
            page.say("Cover ratio {year}", year=year),
            page.language.percent(ratio, 0),
            page.say("exports in percent of imports"),
        ),
    ]


def _flow_card(
    page: Page, flows: TradeFlows, basis: str, flow: str, totals: pd.Series
) -> tuple[str, str, str]:
    """Show the latest complete year of a flow, else its latest month."""
    name = page.say("Exports") if flow == "export" else page.say("Imports")
    valuation = (
        page.say("FOB, {basis}", basis=words.basis(page.language, basis))
        if flow == "export"
        else page.say("CIF, by port of unloading")
    )
    known = totals.dropna()
    if len(known):
        annual = flows.annual(flow, basis).loc[known.index[-1]]
        page.source_ids.update(annual["source_ids"])
        rough = annual["obs_status"] == "approximate"
        note = page.say("{note}; rounded in the source", note=valuation) if rough else valuation
        label = page.say("{name} {year}", name=name, year=known.index[-1])
        return label, page.language.money(known.iloc[-1]), note
    months = flows.monthly(flow, basis).dropna()
    if months.empty:
        return name, page.say("not known"), page.say("no month is in the collection")
    row = flows.value(str(months.index[-1]), flow, basis)
    if row is not None:
        page.source_ids.add(row["source_id"])
    return (
        page.say("{name}, {month}", name=name, month=page.language.month(months.index[-1])),
        page.language.money(float(months.iloc[-1])),
        page.say("the latest month; no year is complete"),
    )


def _rank_card(page: Page, national: Mapping[str, str] | None) -> tuple[str, str, str]:
    label = page.say("Rank by exports {year}", year=page.year)
    if national is None:
        return label, page.say("not computed"), page.say("run without the national comparison")
    if not national["export_rank"]:
        return label, page.say("no rank"), page.say("the year's exports are not complete")
    rank = f"{national['export_rank']} / {national['export_of']}"
    return label, rank, page.say("among provinces whose exports are complete")


def _count_card(page: Page, counts: pd.DataFrame) -> tuple[str, str, str]:
    if counts.empty:
        label = page.say("Micro and small establishments")
        return label, page.say("not known"), page.say("no count is in the collection")
    year = int(counts.index[-1])
    page.source_ids.update(counts["source_ids"].iloc[-1])
    return (
        page.say("Micro and small establishments {year}", year=year),
        page.language.number(counts["total"].iloc[-1]),
        page.say("BPS survey (IMK)"),
    )


def _target_card(page: Page, target: GrowthTarget | None) -> tuple[str, str, str]:
    label = page.say("Growth target of small industry")
    if target is None:
        return label, page.say("not known"), page.say("no target is in the collection")
    page.source_ids.update(target.source_ids)
    stated = {
        "parameter": page.say("as asked for"),
        "province": page.say("stated by the province for {year}", year=target.year),
        "country": page.say("national, stated for {year}", year=target.year),
    }
    value = page.say("{percent} a year", percent=words.growth_target(page.language, target))
    return label, value, stated[target.authority]


def _months(page: Page, series: pd.Series) -> str:
    known = series.dropna()
    if known.empty:
        return page.say("nothing")
    of_year = known[known.index.year == page.year]
    return page.say(
        "{count} months from {first} to {last}; {year}: {of_year} of 12",
        count=len(known),
        first=page.language.month(known.index[0]),
        last=page.language.month(known.index[-1]),
        year=page.year,
        of_year=len(of_year),
    )


def _lists(page: Page, found: Compositions) -> str:
    if not found.listed:
        return page.say("nothing")
    if found.shown is None:
        return page.language.count(
            "{number} list by chapter with its total, which covers too little",
            "{number} lists by chapter with their total, none of which covers enough",
            found.listed,
        )
    return page.language.count(
        "{number} list by chapter with its total; it covers enough: {period}",
        "{number} lists by chapter with their total; the latest that covers enough: {period}",
        found.listed,
        period=page.language.period(found.shown.time_period),
    )


def _years(page: Page, counts: pd.DataFrame) -> str:
    if counts.empty:
        return page.say("nothing")
    return page.say(
        "counts of {years}", years=page.language.listing([str(year) for year in counts.index])
    )
