"""Sections on small industry and its targets."""

from collections.abc import Sequence

import pandas as pd

from analysis.catalog.industry import Reading, SeriesBreak
from analysis.catalog.targets import GrowthTarget
from analysis.indicators.industry import LONGEST_SPAN, AchievedGrowth
from analysis.indicators.series import NotComputed
from analysis.models.target import TargetOutlook
from analysis.report import words
from analysis.report.figures import industry as figures
from analysis.report.narrative import industry as narrative
from analysis.report.narrative.report import add_a_figure
from analysis.report.page import Page
from analysis.report.sections.base import lacking
from analysis.report.tables import industry as tables


def establishments(page: Page, counts: pd.DataFrame, breaks: Sequence[SeriesBreak]) -> None:
    """Show the establishments of micro and small industry by year and scale."""
    page.heading(page.say("Establishments"), "establishments")
    if counts.empty:
        lacking(
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
        lacking(
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
        lacking(
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
            + add_a_figure(page, "industry"),
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
        lacking(
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
        lacking(
            page,
            page.say("Not shown: counts by authority"),
            page.say("No authority's count is in the collection."),
            "industry",
        )
        return
    tables.counts_by_authority(page, rows)
