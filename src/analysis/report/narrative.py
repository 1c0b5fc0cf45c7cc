"""The report's sentences, each made from the numbers it states and silent on causes."""

from collections.abc import Mapping, Sequence

import pandas as pd

from analysis.catalog.basis import Link
from analysis.catalog.composition import Composition, Compositions
from analysis.catalog.industry import SeriesBreak
from analysis.catalog.targets import UNITS_TARGET, GrowthTarget
from analysis.catalog.territory import InsideParent, TerritoryBreak
from analysis.indicators.concentration import equivalent_number
from analysis.indicators.series import Interval
from analysis.models.forecast import Backtest, BalanceForecast, FlowForecast
from analysis.models.target import TargetOutlook
from analysis.report import words
from analysis.report.figures import target_words
from analysis.report.page import Page
from analysis.report.tables import method_name

# Bounds further apart than this leave a reader no wiser, and are said to.
UNINFORMATIVE_SHARE = 0.9

# Intervals that held so much less than they promised in the past carry no probability.
TOLERATED_SHORTFALL = 0.15

# Bounds of a share closer than this need a decimal to be told apart; of an index, they are one
# number to a reader.
SHOWN_APART = 0.02
NARROW_INDEX = 0.005


def title(page: Page) -> str:
    """Title the report."""
    return page.say("Trade balance of {province}, {year}", province=page.place, year=page.year)


def description(page: Page) -> str:
    """Say in one sentence what the report is about."""
    return page.say(
        "Does {province} sell abroad more than it buys, does it sell raw goods or processed ones, "
        "and does its small industry grow as was promised? The published figures up to {year}, and "
        "how sure each is.",
        province=page.place,
        year=page.year,
    )


def add_a_figure(page: Page, table: str) -> str:
    """Say how a missing figure is added."""
    return page.say(
        "To add a figure: one row in `data/observations/{table}.csv`, its source in "
        "`data/sources.csv`, then `neraca data seal`.",
        table=table,
    )


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
        flow=_flow(page, flow),
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
            flow=_flow(page, flow),
            method=method_name(page, forecast.method),
            ratio=ratio,
        )
    else:
        sentence = page.say(
            "{flow}: no method was shown to beat repeating the month of the year before, so that "
            "is what is published.",
            flow=_flow(page, flow),
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


def composition(page: Page, shown: Composition) -> str:
    """Name the largest products and the share of the total that is listed."""
    name = f"name_{page.language.code}"
    largest = [
        page.say(
            "{product} ({share} percent)",
            product=str(row[name]).lower(),
            share=page.language.number(100 * row["value"] / shown.total, 1),
        )
        for _, row in shown.products.head(3).iterrows()
    ]
    return page.say(
        "The latest product list that covers enough is of {period}: {coverage} percent of exports "
        "of {total} are listed by product. The largest: {products}.",
        period=page.language.period(shown.time_period),
        coverage=page.language.number(shown.coverage_percent),
        total=page.language.money(shown.total),
        products=page.language.listing(largest),
    )


def no_composition(page: Page, found: Compositions, minimum: float) -> str:
    """Say why no composition is shown."""
    if found.best_coverage_percent is None:
        return page.say(
            "No release up to {year} lists {province}'s exports by product together with their "
            "total.",
            year=page.year,
            province=page.place,
        )
    return page.say(
        "A product list is shown where it covers at least {minimum} percent of exports. Of the "
        "{count} lists up to {year} the fullest covers {best} percent.",
        minimum=page.language.number(minimum),
        count=found.listed,
        year=page.year,
        best=page.language.number(found.best_coverage_percent),
    )


def raw_share(page: Page, share: Interval, shown: Composition) -> str:
    """Say between which bounds the share of raw goods lies, and why they are far apart."""
    if share.upper - share.lower > UNINFORMATIVE_SHARE:
        return page.say(
            "How much of exports in {period} was raw cannot be told from the published lists: "
            "anything between {lower} and {upper} percent is possible, because the listed chapters "
            "hold raw and processed goods together.",
            lower=page.language.number(100 * share.lower),
            upper=page.language.number(100 * share.upper),
            period=page.language.period(shown.time_period),
        )
    # Bounds that differ must also look different.
    digits = 0 if share.upper - share.lower > SHOWN_APART else 1
    return page.say(
        "Between {lower} and {upper} percent of exports in {period} were raw goods. The lower end "
        "counts what is raw for certain; the upper end adds the chapters that hold raw and "
        "processed goods together, and what is not listed. Nothing narrower follows from the "
        "published lists.",
        lower=page.language.number(100 * share.lower, digits),
        upper=page.language.number(100 * share.upper, digits),
        period=page.language.period(shown.time_period),
    )


def concentration(page: Page, index: Interval) -> str:
    """Say how concentrated exports are on few products, with bounds."""
    if index.upper - index.lower < NARROW_INDEX:
        return page.say(
            "Concentration on products (Herfindahl–Hirschman index) is {index}, where 1 is a "
            "single product: as if the exports were {count} products of equal size.",
            index=page.language.number(index.lower, 2),
            count=page.language.number(equivalent_number(index.lower), 1),
        )
    return page.say(
        "Concentration on products (Herfindahl–Hirschman index) lies between {lower} and {upper}: "
        "as if between {most} and {least} products of equal size made up all exports.",
        lower=page.language.number(index.lower, 2),
        upper=page.language.number(index.upper, 2),
        most=page.language.number(equivalent_number(index.upper), 1),
        least=page.language.number(equivalent_number(index.lower), 1),
    )


def target(page: Page, found: GrowthTarget) -> str:
    """Name the growth target, its year and the authority that stated it."""
    percent = target_words(page, found)
    if found.authority == "parameter":
        return page.say(
            "The growth tested here is {percent} a year, as asked for.", percent=percent
        )
    if found.authority == "province":
        sentence = page.say(
            "The government of {province} stated a growth of {percent} for {year}. It never said "
            "of what: of establishments, workers, output or value added.",
            province=page.place,
            percent=percent,
            year=found.year,
        )
    elif UNITS_TARGET in found.indicators:
        sentence = page.say(
            "No target of {province} is known. The national one of {year} is {percent}: growth in "
            "the number of small and medium enterprises of industry.",
            province=page.place,
            percent=percent,
            year=found.year,
        )
    else:
        sentence = page.say(
            "No target of {province} is known. The national one of {year} is {percent}: growth of "
            "the sector as the Ministry of Industry states it.",
            province=page.place,
            percent=percent,
            year=found.year,
        )
    if found.carried_on:
        sentence += " " + page.say(
            "It was stated for {year}; no later one up to {current} is known, so it is carried on.",
            year=found.year,
            current=page.year,
        )
    return sentence


def gap(page: Page, gaps: pd.DataFrame) -> str:
    """Say how far the latest comparable count is from the path of the target."""
    year, row = int(gaps.index[-1]), gaps.iloc[-1]
    path = page.say(
        "If it means establishments and goes on every year, the path asks for {path} in {year}; "
        "the published count is {observed}: ",
        path=page.language.number(row["path"]),
        year=year,
        observed=page.language.number(row["observed"]),
    )
    difference = round(abs(row["gap"]))
    if difference == 0:
        return path + page.say("exactly that.")
    values = {
        "difference": page.language.number(difference),
        "percent": page.language.number(abs(row["gap_percent"]), 1),
    }
    if row["gap"] > 0:
        return path + page.say("{difference} ({percent} percent) above it.", **values)
    return path + page.say("{difference} ({percent} percent) below it.", **values)


def readings(page: Page, found: GrowthTarget) -> str:
    """Say what the readings of a target are, by what the target states of itself."""
    if found.authority == "province":
        return page.say(
            "Which growth the target means is not said. These are the readings that have figures; "
            "none is preferred."
        )
    if UNITS_TARGET in found.indicators:
        return page.say(
            "The national target counts units of small and medium industry. These are the figures "
            "of the province that come near to it; none counts quite the same."
        )
    if found.authority == "country":
        return page.say(
            "The national target is stated for the sector as a whole. These are the figures of the "
            "province that come near to it; none measures quite the same."
        )
    return page.say(
        "The growth asked for can be held against any of these figures; none is preferred."
    )


def outlook(page: Page, result: TargetOutlook) -> str:
    """Say how probable it is that the count grows as the target asks."""
    return page.say(
        "If the count goes on as it went, reaching {target} by {year} is {chance}; growth to "
        "expect is {estimate} percent a year, interval {lower} to {upper}.",
        target=page.language.number(result.target),
        year=result.target_year,
        chance=words.probability(page.language, result.probability),
        estimate=_signed(page, result.growth.estimate),
        lower=_signed(page, result.growth.lower),
        upper=_signed(page, result.growth.upper),
    )


def series_break(page: Page, item: SeriesBreak) -> str:
    """State a declared break: of survey in the words of its declaration, or of territory."""
    if not item.children:
        return item.reasons[page.language.code]
    return page.say(
        "Up to {last} the counts of {province} include {children}; from {first} on they do not. "
        "The step between is a change of territory and no growth.",
        last=item.after,
        province=page.place,
        first=item.before,
        children=page.language.listing([child.name(page.language.code) for child in item.children]),
    )


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
            flow=_flow(page, row.flow).lower(),
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


def rank(page: Page, row: Mapping[str, str], year: int) -> str:
    """Say where the province stands among those whose figures are known."""
    if not row["export_rank"]:
        return page.say(
            "Its exports of {year} are not complete, so it has no rank among provinces.", year=year
        )
    sentence = page.say(
        "By exports of {year}, by province of origin, it is number {rank} of the {of} provinces "
        "whose exports are complete.",
        year=year,
        rank=row["export_rank"],
        of=row["export_of"],
    )
    if row["balance_rank"]:
        sentence += " " + page.say(
            "By its balance it is number {rank} of {of}.",
            rank=row["balance_rank"],
            of=row["balance_of"],
        )
    return sentence


def _flow(page: Page, flow: str) -> str:
    return page.say("Exports") if flow == "export" else page.say("Imports")


def _signed(page: Page, value: float) -> str:
    return page.language.signed(value, 1)
