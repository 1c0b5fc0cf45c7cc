"""The report's sentences, each made from the numbers it states and silent on causes."""

from collections.abc import Mapping, Sequence

import pandas as pd

from analysis.catalog.composition import Composition, Compositions
from analysis.catalog.industry import SeriesBreak
from analysis.catalog.targets import GrowthTarget
from analysis.catalog.territory import InsideParent, TerritoryBreak
from analysis.indicators.series import Interval, NotComputed
from analysis.models.forecast import FlowForecast, TradeForecast
from analysis.models.target import TargetOutlook
from analysis.report import words
from analysis.report.figures import target_words
from analysis.report.page import Page
from analysis.report.tables import method_name

# Bounds further apart than this leave a reader no wiser, and are said to.
UNINFORMATIVE_SHARE = 0.9

# Bounds closer than this are one number to a reader.
NARROW_SHARE = 0.005


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
                "Later years up to {year} are not complete: see the months known in the table.",
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
    return page.say(
        "The latest month with both figures is {month}: a {word} of {amount}. In {year} there was "
        "a surplus in {surplus} of the {known} months known.",
        month=page.language.month(last),
        word=words.balance_word(page.language, value),
        amount=page.language.money(abs(value)),
        year=last.year,
        surplus=int((recent > 0).sum()),
        known=len(recent),
    )


def other_bases(page: Page, values: Mapping[str, tuple[str, float, float]]) -> str:
    """Say what exports are on the bases that the page does not use.

    Args:
        page: the page.
        values: by basis the latest month with both, its exports on that basis, and on the page's.

    """
    sentences = [
        page.say(
            "Exports {basis} are another series and are never mixed in: in {month} they were "
            "{other}, against {own} here.",
            basis=words.basis(page.language, basis),
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
        "{flow}: seasonally adjusted {level} in {month} (interval {lower} to {upper}).",
        flow=_flow(page, flow),
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


def forecast_method(page: Page, flow: str, forecast: FlowForecast) -> str:
    """Say which forecast is published, and how it did in the past."""
    backtest = forecast.backtest
    if isinstance(backtest, NotComputed):
        return page.say(
            "{flow}: too few past dates can be tested ({has} of the {needs} needed), so the same "
            "month a year before is repeated.",
            flow=_flow(page, flow),
            has=backtest.has,
            needs=backtest.needs,
        )
    ratio = page.language.number(backtest.ratio, 2)
    if forecast.beats_naive:
        sentence = page.say(
            "{flow} are forecast by {method}: in the past its errors were {ratio} times those of "
            "repeating the month of the year before.",
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


def surplus_probability(page: Page, forecast: TradeForecast) -> str:
    """Say how probable a surplus is over the months ahead."""
    balance = forecast.balance
    if isinstance(balance, NotComputed):
        raise TypeError("A balance that was not computed has no probability.")
    months = balance.months
    return page.say(
        "Over the {count} months from {first} to {last} together, a surplus is {chance}; the "
        "balance forecast is {median}, interval {lower} to {upper}.",
        count=len(months),
        first=page.language.month(months.index[0]),
        last=page.language.month(months.index[-1]),
        chance=words.probability(page.language, balance.surplus_probability),
        median=page.language.money(balance.total.estimate),
        lower=page.language.money(balance.total.lower),
        upper=page.language.money(balance.total.upper),
    )


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
    if share.upper - share.lower < NARROW_SHARE:
        return page.say(
            "Of exports in {period}, {share} percent were raw goods: the listed chapters hold "
            "either raw goods only or processed ones only.",
            share=page.language.number(100 * share.lower, 1),
            period=page.language.period(shown.time_period),
        )
    return page.say(
        "Between {lower} and {upper} percent of exports in {period} were raw goods. The lower end "
        "counts what is raw for certain; the upper end adds the chapters that hold raw and "
        "processed goods together, and what is not listed. Nothing narrower follows from the "
        "published lists.",
        lower=page.language.number(100 * share.lower),
        upper=page.language.number(100 * share.upper),
        period=page.language.period(shown.time_period),
    )


def concentration(page: Page, index: Interval) -> str:
    """Say how concentrated exports are on few products, with bounds."""
    if index.upper - index.lower < NARROW_SHARE:
        return page.say(
            "Concentration on products (Herfindahl–Hirschman index) is {index}: as if {count} "
            "products of equal size made up all exports.",
            index=page.language.number(index.lower, 2),
            count=page.language.number(1 / index.lower, 1),
        )
    return page.say(
        "Concentration on products (Herfindahl–Hirschman index) lies between {lower} and {upper}: "
        "as if between {most} and {least} products of equal size made up all exports.",
        lower=page.language.number(index.lower, 2),
        upper=page.language.number(index.upper, 2),
        most=page.language.number(1 / index.upper, 1),
        least=page.language.number(1 / index.lower, 1),
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
            "It was stated for {year}; for {current} it is carried on, for want of a later one.",
            year=found.year,
            current=page.year,
        )
    return sentence


def gap(page: Page, gaps: pd.DataFrame) -> str:
    """Say how far the latest comparable count is from the path of the target."""
    year, row = int(gaps.index[-1]), gaps.iloc[-1]
    relation = page.say("above") if row["gap"] > 0 else page.say("below")
    return page.say(
        "If it means establishments, the path asks for {path} in {year}; the published count is "
        "{observed}: {difference} ({percent} percent) {relation} it.",
        path=page.language.number(row["path"]),
        year=year,
        observed=page.language.number(row["observed"]),
        difference=page.language.number(abs(row["gap"])),
        percent=page.language.number(abs(row["gap_percent"]), 1),
        relation=relation,
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
    """State from when on a province's figures no longer include those split from it."""
    return " ".join(
        page.say(
            "Up to {last} the figures of {province} include {children}; from {first} on they do "
            "not. The step between is a change of territory and no change of trade.",
            province=page.place,
            last=page.language.period(item.last_with),
            first=page.language.period(item.first_without),
            children=page.language.listing(
                [child.name(page.language.code) for child in item.children]
            ),
        )
        for item in breaks
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
        "By exports of {year} it is number {rank} of the {of} provinces whose exports are "
        "complete.",
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
    text = page.language.number(value, 1)
    return f"+{text}" if value > 0 else text
