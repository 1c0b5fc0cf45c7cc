"""Sentences on what changed since the report of the year before."""

from collections.abc import Mapping

import pandas as pd

from analysis.catalog.targets import GrowthTarget
from analysis.report import words
from analysis.report.page import Page


def nothing(page: Page) -> str:
    """Say that nothing was added since the report of the year before."""
    return page.say(
        "Nothing changed since the report of {before}: no figure, target, count or statement of "
        "{year} is in the collection, and no release of {year} in it revised an earlier figure.",
        before=page.year - 1,
        year=page.year,
    )


def limits(page: Page) -> str:
    """Say what the comparison with the year before can see."""
    return page.say(
        "The report of {before} is taken as one made from figures for periods up to the end of "
        "{before}. When a figure was released is mostly not known, so a revision shows only where "
        "both releases are dated.",
        before=page.year - 1,
    )


def new_months(page: Page, counts: Mapping[str, int]) -> str:
    """Say how many months of each flow are new; nothing where none is."""
    exports, imports = counts["export"], counts["import"]
    if not (exports or imports):
        return ""
    return page.say(
        "New months of {year}: exports {exports}, imports {imports}.",
        year=page.year,
        exports=exports,
        imports=imports,
    )


def new_lists(page: Page, count: int) -> str:
    """Say how many lists of products and destinations of the year are new."""
    if not count:
        return ""
    return page.language.count(
        "New lists of goods or destinations: for {number} month of {year}.",
        "New lists of goods or destinations: for {number} months of {year}.",
        count,
        year=page.year,
    )


def revised(page: Page, rows: pd.DataFrame) -> str:
    """Say how many earlier figures were revised; nothing where none was."""
    if rows.empty:
        return ""
    return page.language.count(
        "Revised by a release of {year}: {number} figure of an earlier period, in the table below.",
        "Revised by releases of {year}: {number} figures of earlier periods, in the table below.",
        len(rows),
        year=page.year,
    )


def new_basis(page: Page, before: str, now: str) -> str:
    """Say that exports are taken on another basis than a year before."""
    if before == now:
        return ""
    return page.say(
        "The report now rests on exports {now}; a year before on exports {before}. Totals on the "
        "two are not compared.",
        now=words.basis(page.language, now),
        before=words.basis(page.language, before),
    )


def new_count(page: Page, counts: pd.DataFrame) -> str:
    """Give the count of establishments that is new."""
    new = counts[counts.index == page.year]
    if new.empty:
        return ""
    return page.say(
        "New count of micro and small establishments: {count} ({year}).",
        count=page.language.number(new["total"].iloc[0]),
        year=page.year,
    )


def new_target(page: Page, before: GrowthTarget | None, now: GrowthTarget | None) -> str:
    """Say which growth target was stated since, and which held before."""
    if now is None or (before is not None and before.year == now.year):
        return ""
    percent = words.growth_target(page.language, now)
    if before is None:
        return page.say(
            "First growth target of small industry: {percent} a year, stated for {year}.",
            percent=percent,
            year=now.year,
        )
    return page.say(
        "New growth target of small industry: {percent} a year, stated for {year}; before it "
        "{before}.",
        percent=percent,
        year=now.year,
        before=words.growth_target(page.language, before),
    )


def new_statements(page: Page, count: int) -> str:
    """Say how many statements of officials are new."""
    if not count:
        return ""
    return page.language.count(
        "{number} new statement of an official, in the section before.",
        "{number} new statements of officials, in the section before.",
        count,
    )
