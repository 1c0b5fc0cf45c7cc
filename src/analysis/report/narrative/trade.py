"""Sentences on exports, imports and their balance, silent on causes."""

from collections.abc import Mapping, Sequence

import pandas as pd

from analysis.catalog.basis import Link
from analysis.catalog.territory import InsideParent, TerritoryBreak
from analysis.indicators.series import Interval
from analysis.models.forecast import Backtest, BalanceForecast, FlowForecast
from analysis.report import words
from analysis.report.page import Page

# Intervals that held so much less than they promised in the past carry no probability.
TOLERATED_SHORTFALL = 0.15


def annual_balance(
    page: Page, annual: pd.DataFrame, basis: str, breaks: Sequence[TerritoryBreak] = ()
) -> str:
    """Say what the latest complete year's balance was, and the year before's if comparable."""
    complete = annual.dropna(subset=["balance"])
    if complete.empty:
        return page.say(
            "For no year up to {year} are both the exports and the imports of {province} complete.",
            year=page.year,
            province=page.place,
        )
    year, row = int(complete.index[-1]), complete.iloc[-1]
    sentences = [
        page.say(
            "In {year} {province} exported goods of {exports} and imported goods of {imports}: a "
            "{word} of {balance}.",
            year=year,
            province=page.place,
            exports=page.language.money(row["export"]),
            imports=page.language.money(row["import"]),
            word=words.balance_word(page.language, row["balance"]),
            balance=page.language.money(abs(row["balance"])),
        )
    ]
    split = any(item.first_without[:4] == str(year) for item in breaks)
    if year - 1 in complete.index and not split:
        before = complete.loc[year - 1, "balance"]
        sentences.append(
            page.say(
                "The year before it was a {word} of {balance}.",
                word=words.balance_word(page.language, before),
                balance=page.language.money(abs(before)),
            )
        )
    if year < page.year:
        sentences.append(
            page.say(
                "After it no year up to {year} has both totals: the table shows the months known.",
                year=page.year,
            )
        )
    sentences.append(words.valuation(page.language, basis))
    return " ".join(sentences)


def monthly_balance(page: Page, balance: pd.Series) -> str:
    """Say in how many months of the year there was a surplus, and what the last month gave."""
    known = balance.dropna()
    if known.empty:
        return page.say(
            "In no month up to {year} are both exports and imports known.", year=page.year
        )
    last, value = known.index[-1], float(known.iloc[-1])
    recent = known[known.index.year == last.year]
    latest = page.say(
        "The latest month with both figures is {month}: a {word} of {amount}.",
        month=page.language.month(last),
        word=words.balance_word(page.language, value),
        amount=page.language.money(abs(value)),
    )
    surplus = int((recent > 0).sum())
    if surplus == 0:
        share = page.language.count(
            "In {year} there was no surplus in the one month known.",
            "In {year} there was no surplus in any of the {number} months known.",
            len(recent),
            year=last.year,
        )
    else:
        share = page.language.count(
            "In {year} there was a surplus in the one month known.",
            "In {year} there was a surplus in {surplus} of the {number} months known.",
            len(recent),
            year=last.year,
            surplus=surplus,
        )
    return f"{latest} {share}"


def other_bases(page: Page, values: Mapping[str, tuple[str, float, float]]) -> str:
    """Say what exports are on the bases that the page does not use.

    Args:
        page: the page.
        values: by basis the latest month with both, its exports on that basis, and on the page's.

    """
    sentences = [
        page.say(
            "{exports} are another series and are never mixed in: in {month} they were {other}, "
            "against {own} here.",
            exports=words.exports_on(page.language, basis),
            month=page.language.month(month),
            other=page.language.money(other),
            own=page.language.money(own),
        )
        for basis, (month, other, own) in values.items()
    ]
    return " ".join(sentences)


def level(page: Page, flow: str, table: pd.DataFrame, growth: Interval) -> str:
    """Say where a flow's level stands and how it changed over twelve months."""
    last = table.iloc[-1]
    sentence = page.say(
        "{flow}: seasonally adjusted {level} in {month} ({percent} percent interval {lower} to "
        "{upper}).",
        flow=words.flow(page.language, flow),
        percent=page.language.number(100 * growth.level),
        level=page.language.money(last["level"]),
        month=page.language.month(table.index[-1]),
        lower=page.language.money(last["lower"]),
        upper=page.language.money(last["upper"]),
    )
    if growth.lower > 0:
        direction = page.say("It is higher than a year before")
    elif growth.upper < 0:
        direction = page.say("It is lower than a year before")
    else:
        direction = page.say("Whether it is higher or lower than a year before is not certain")
    return f"{sentence} {direction}: " + page.say(
        "{estimate} percent, interval {lower} to {upper}.",
        estimate=_signed(page, growth.estimate),
        lower=_signed(page, growth.lower),
        upper=_signed(page, growth.upper),
    )


def forecast_method(page: Page, flow: str, forecast: FlowForecast, backtest: Backtest) -> str:
    """Say which forecast is published, and how the choice of it did in the past."""
    ratio = page.language.number(backtest.ratio, 2)
    if forecast.beats_naive:
        sentence = page.say(
            "{flow} are forecast by the {method}. Choosing the method step by step, as here, gave "
            "errors in the past of {ratio} times those of repeating the month of the year before.",
            flow=words.flow(page.language, flow),
            method=words.forecast_method(page.language, forecast.method),
            ratio=ratio,
        )
    else:
        sentence = page.say(
            "{flow}: no method was shown to beat repeating the month of the year before, so that "
            "is what is published.",
            flow=words.flow(page.language, flow),
        )
    return (
        sentence
        + " "
        + page.say(
            "Of what came, {coverage} percent lay within the {level} percent interval ({count} "
            "comparisons).",
            coverage=page.language.number(100 * backtest.coverage),
            level=page.language.number(100 * page.parameters.interval_level),
            count=backtest.errors,
        )
    )


def surplus_probability(page: Page, balance: BalanceForecast, backtests: Sequence[Backtest]) -> str:
    """Say how probable a surplus is over the months ahead, if the intervals have proved sound."""
    months = balance.months
    expected = page.language.count(
        "For {last} the balance forecast (median of simulated courses of both flows) is {median}, "
        "interval {lower} to {upper}.",
        "Over the {number} months from {first} to {last} together, the balance forecast (median "
        "of simulated courses of both flows) is {median}, interval {lower} to {upper}.",
        len(months),
        first=page.language.month(months.index[0]),
        last=page.language.month(months.index[-1]),
        median=page.language.money(balance.total.estimate),
        lower=page.language.money(balance.total.lower),
        upper=page.language.money(balance.total.upper),
    )
    if not intervals_held(page, backtests):
        worst = min(backtest.coverage for backtest in backtests)
        return f"{expected} " + page.say(
            "No probability of a surplus is given: in the past only {coverage} percent of what "
            "came lay within the intervals, so they are too narrow to trust.",
            coverage=page.language.number(100 * worst),
        )
    return f"{expected} " + page.say(
        "The chance that it is a surplus is {chance}.",
        chance=words.probability(page.language, balance.surplus_probability),
    )


def intervals_held(page: Page, backtests: Sequence[Backtest]) -> bool:
    """Tell if the intervals of every flow held in the past nearly as often as they promised."""
    least = page.parameters.interval_level - TOLERATED_SHORTFALL
    return all(backtest.coverage >= least for backtest in backtests)


def territory(page: Page, breaks: Sequence[TerritoryBreak]) -> str:
    """State which provinces split from this one its figures include, and until when.

    Nothing is said before a split, nor of provinces without one.
    """
    sentences = []
    for item in breaks:
        children = [child for child in item.children if (child.founded or 0) <= page.year]
        if not children:
            continue
        names = page.language.listing([child.name(page.language.code) for child in children])
        until = page.say(
            "Up to {last} the trade figures of {province} include {children}.",
            last=page.language.period(item.last_with),
            province=page.place,
            children=names,
        )
        if page.year >= int(item.first_without[:4]):
            until += " " + page.say(
                "From {first} on they do not: the step between is a change of territory and no "
                "change of trade.",
                first=page.language.period(item.first_without),
            )
        sentences.append(until)
    return " ".join(sentences)


def linked(page: Page, links: Sequence[Link], first_month: str) -> str:
    """Say that older exports are counted on a basis that their releases do not state."""
    return " ".join(
        page.say(
            "Many releases do not state the basis of exports. They are counted here {basis}, by a "
            "declared link: from {first} on both are published and agree to {tolerance} percent "
            "in at least {months} months. For the years before, that is inferred.",
            basis=words.basis(page.language, link.to_basis),
            first=page.language.month(link.first),
            tolerance=page.language.figure(link.tolerance_percent),
            months=link.minimum_months,
        )
        for link in links
        if first_month < link.first
    )


def spreads(page: Page, rows: pd.DataFrame) -> str:
    """Name the figures on which sources differ widely, with the value in use and the range."""
    if rows.empty:
        return ""
    items = [
        page.say(
            "{flow} {period} {value} ({lowest} to {highest})",
            flow=words.flow(page.language, row.flow).lower(),
            period=page.language.period(row.time_period),
            value=page.language.figure(row.value),
            lowest=page.language.figure(row.lowest),
            highest=page.language.figure(row.highest),
        )
        for row in rows.itertuples()
    ]
    return page.say(
        "Sources differ by 5 percent or more on these figures (million USD; the value in use, then "
        "the range): {items}.",
        items="; ".join(items),
    )


def inside(page: Page, found: InsideParent | None) -> str:
    """Say until when a young province's figures are inside its parent's; nothing for others."""
    if found is None:
        return ""
    sentence = page.say(
        "Up to {until} the trade of {province} is inside the figures of {parent}.",
        until=page.language.period(found.until),
        province=page.place,
        parent=found.parent.name(page.language.code),
    )
    return f"{sentence} "


def _signed(page: Page, value: float) -> str:
    return page.language.signed(value, 1)
