"""The summary's first screen: the headline cards, and what is known and what is not."""

from collections.abc import Mapping

import pandas as pd

from analysis.catalog.composition import Compositions
from analysis.catalog.targets import GrowthTarget
from analysis.catalog.trade import TradeFlows
from analysis.indicators import trade
from analysis.report import narrative, sections, tables, words
from analysis.report.figures import target_words
from analysis.report.page import Page


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
    complete = totals.dropna()
    page.text(narrative.annual_balance(page, totals, basis, flows.breaks))
    facts = _trade_cards(page, flows, basis, complete)
    facts += [_rank_card(page, national), _count_card(page, counts), _target_card(page, target)]
    sections.cards(page, facts)
    if national is not None:
        page.text(narrative.rank(page, national, page.year))


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
    tables.coverage(page, rows)


def _trade_cards(
    page: Page, flows: TradeFlows, basis: str, complete: pd.DataFrame
) -> list[tuple[str, str, str]]:
    if complete.empty:
        return [_month_card(page, flows, basis, flow) for flow in ("export", "import")]
    year, row = int(complete.index[-1]), complete.iloc[-1]
    balance = float(row["balance"])
    ratio = float(trade.cover_ratio(complete[["export"]].squeeze(axis=1), complete["import"])[year])
    money = page.language.money
    return [
        (
            page.say("Exports {year}", year=year),
            money(row["export"]),
            page.say("FOB, {basis}", basis=words.basis(page.language, basis)),
        ),
        (
            page.say("Imports {year}", year=year),
            money(row["import"]),
            page.say("CIF, by port of unloading"),
        ),
        (
            page.say("Balance {year}", year=year),
            money(balance),
            page.say("a {word}", word=words.balance_word(page.language, balance)),
        ),
        (
            page.say("Cover ratio {year}", year=year),
            page.language.percent(ratio, 0),
            page.say("exports in percent of imports"),
        ),
    ]


def _month_card(page: Page, flows: TradeFlows, basis: str, flow: str) -> tuple[str, str, str]:
    name = page.say("Exports") if flow == "export" else page.say("Imports")
    known = flows.monthly(flow, basis).dropna()
    if known.empty:
        return name, page.say("not known"), page.say("no month is in the collection")
    return (
        page.say("{name}, {month}", name=name, month=page.language.month(known.index[-1])),
        page.language.money(float(known.iloc[-1])),
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
    return (
        page.say("Micro and small establishments {year}", year=year),
        page.language.number(counts["total"].iloc[-1]),
        page.say("BPS survey (IMK)"),
    )


def _target_card(page: Page, target: GrowthTarget | None) -> tuple[str, str, str]:
    label = page.say("Growth target of small industry")
    if target is None:
        return label, page.say("not known"), page.say("no target is in the collection")
    stated = {
        "parameter": page.say("as asked for"),
        "province": page.say("stated by the province for {year}", year=target.year),
        "country": page.say("national, stated for {year}", year=target.year),
    }
    value = page.say("{percent} a year", percent=target_words(page, target))
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
            "{number} list, none full enough", "{number} lists, none full enough", found.listed
        )
    return page.language.count(
        "{number} list; the latest full enough is of {period}",
        "{number} lists; the latest full enough is of {period}",
        found.listed,
        period=page.language.period(found.shown.time_period),
    )


def _years(page: Page, counts: pd.DataFrame) -> str:
    if counts.empty:
        return page.say("nothing")
    return page.say(
        "counts of {years}", years=page.language.listing([str(year) for year in counts.index])
    )
