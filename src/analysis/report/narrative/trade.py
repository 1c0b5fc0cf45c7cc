"""Sentences on exports, imports and their balance, silent on causes."""

from collections.abc import Collection, Mapping, Sequence

import pandas as pd

from analysis.catalog.basis import Link
from analysis.catalog.territory import InsideParent, TerritoryBreak
from analysis.indicators.trade import AnnualGrowth
from analysis.report import words
from analysis.report.page import Page


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
            exports=_amount(page, row, "export"),
            imports=_amount(page, row, "import"),
            word=words.balance_word(page.language, row["balance"]),
            balance=_amount(page, row, "balance"),
        )
    ]
    split = any(item.first_without[:4] == str(year) for item in breaks)
    if year - 1 in complete.index and not split:
        before = complete.loc[year - 1]
        sentences.append(
            page.say(
                "The year before it was a {word} of {balance}.",
                word=words.balance_word(page.language, before["balance"]),
                balance=_amount(page, before, "balance"),
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


def _amount(page: Page, row: pd.Series, name: str) -> str:
    """Write a total, or the size of a balance, and say where it rests on a rounded figure."""
    flows = ("export", "import")
    rough = [flow for flow in flows if row.get(f"{flow}_obs_status") == "approximate"]
    if rough and (name == "balance" or name in rough):
        # A rounded figure gets no digits that its source does not have.
        return page.say("about {amount}", amount=page.language.money(abs(row[name])))
    exact = [name] if rough else [*flows, "balance"]
    return page.language.money(abs(row[name]), row[exact])


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
            other=page.language.money(other, (other, own)),
            own=page.language.money(own, (other, own)),
        )
        for basis, (month, other, own) in values.items()
    ]
    return " ".join(sentences)


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
    return " ".join(_linked(page, link) for link in links if first_month < link.first)


def _linked(page: Page, link: Link) -> str:
    basis = words.basis(page.language, link.to_basis)
    if link.first > f"{page.year}-12":
        # The evidence is younger than the report: it is told without its figures.
        return page.say(
            "Many releases do not state the basis of exports. They are counted here {basis}. That "
            "is inferred, as up to {year} no figures on both bases stand side by side.",
            basis=basis,
            year=page.year,
        )
    return page.say(
        "Many releases do not state the basis of exports. They are counted here {basis}, by a "
        "declared link: from {first} on both are published and agree to {tolerance} percent "
        "in at least {months} months. For the years before, that is inferred.",
        basis=basis,
        first=page.language.month(link.first),
        tolerance=page.language.figure(link.tolerance_percent),
        months=link.minimum_months,
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


def normalized_balance(page: Page, values: pd.Series) -> str:
    """Measure the latest complete year's balance against all its trade, and the year before's.

    Args:
        page: the page.
        values: normalized balance by year, −1 to 1, missing where a total is.

    """
    known = values.dropna()
    if known.empty:
        return ""
    year = int(known.index[-1])
    share = page.language.percent(100 * float(known.iloc[-1]))
    if year - 1 not in known.index:
        return page.say(
            "Of all trade, exports and imports together, the balance of {year} is {share} "
            "([normalized balance](#term-normalized-balance)).",
            year=year,
            share=share,
        )
    return page.say(
        "Of all trade, exports and imports together, the balance of {year} is {share}, after "
        "{before} the year before ([normalized balance](#term-normalized-balance)).",
        year=year,
        share=share,
        before=page.language.percent(100 * float(known[year - 1])),
    )


def completed_years(page: Page, years: Sequence[int]) -> str:
    """Say which years have a total that a model completes, and what is not done with it."""
    return page.say(
        "Some months of {years} are known and some are not. A model completes these years from the "
        "months that are known: [completed totals](#term-completed-year) are estimates, stand "
        "apart from published ones and take part in no balance and no growth.",
        years=page.language.listing([str(year) for year in years]),
    )


def growth(page: Page, flow: str, found: AnnualGrowth, broken: Sequence[pd.Period] = ()) -> str:
    """Say how a flow grew over the years with a published total, and where measures disagree.

    Args:
        page: the page.
        flow: the flow.
        found: its growth.
        broken: months within these years in which its level breaks: across a break no rate is told.

    """
    sentences = _over_breaks(page, flow, found, broken) if broken else _rates(page, flow, found)
    if found.year_on_year is None:
        sentences.append(
            page.say(
                "For the year before {last} no sound total is known, so its own growth is not.",
                last=found.last_year,
            )
        )
    else:
        sentences.append(
            page.say(
                "{last} against the year before: {latest} percent.",
                last=found.last_year,
                latest=page.language.signed(found.year_on_year, 1),
            )
        )
    return " ".join(sentences)


def _over_breaks(
    page: Page, flow: str, found: AnnualGrowth, broken: Sequence[pd.Period]
) -> list[str]:
    return [
        page.say(
            "{flow}: no rate over the years {first} to {last} is stated, as the level breaks "
            "within them ({months}; see below).",
            flow=words.flow(page.language, flow),
            first=found.first_year,
            last=found.last_year,
            months=page.language.listing([page.language.month(month) for month in broken]),
        )
    ]


def _rates(page: Page, flow: str, found: AnnualGrowth) -> list[str]:
    signed = page.language.signed
    sentences = [
        page.say(
            "{flow}: {compound} percent a year from {first} to {last}, first year against last.",
            flow=words.flow(page.language, flow),
            compound=signed(found.compound, 1),
            first=found.first_year,
            last=found.last_year,
        )
    ]
    # Through three years in a row the line is the same rate once more.
    if signed(found.compound, 1) != signed(found.log_trend, 1):
        sentences.append(
            page.say(
                "The line through all years with a published total gives {trend} percent a year.",
                trend=signed(found.log_trend, 1),
            )
        )
    if found.differ_materially:
        sentences.append(
            page.say("The two rates tell different stories: neither should be quoted alone.")
        )
    return sentences


def one_source(page: Page, source_ids: Collection[str]) -> str:
    """Say that nothing else confirms the months where a single source prints them all."""
    if len(source_ids) != 1:
        return ""
    return page.say(
        "All these months rest on one source: no second one in the collection confirms them."
    )


def growth_since(page: Page, first: str) -> str:
    """Say that growth is not measured across a change of territory."""
    return page.say(
        "Growth is counted within one territory: years before {first} take no part.",
        first=page.language.period(first),
    )


def other_discrepancies(page: Page, rows: pd.DataFrame) -> str:
    """Mention the published balances of other bases that are not their exports less imports.

    Args:
        page: the page.
        rows: months of `TradeFlows.discrepancies` on bases that the page does not use.

    """
    return " ".join(
        page.language.count(
            "{exports}: in one month the published balance differs from the figures in use, by "
            "{largest}.",
            "{exports}: in {number} months the published balance differs from the figures in use, "
            "by up to {largest}.",
            len(own),
            exports=words.exports_on(page.language, str(basis)),
            largest=page.language.money(own["difference"].abs().max()),
        )
        for basis, own in rows.groupby("basis")
    )
