"""Sections on small industry and its targets."""

from collections.abc import Sequence

import pandas as pd

from analysis.catalog.industry import SeriesBreak
from analysis.catalog.targets import GrowthTarget
from analysis.indicators.industry import TargetPath
from analysis.indicators.series import NotComputed
from analysis.models.readings import JudgedReading
from analysis.report import words
from analysis.report.figures import industry as figures
from analysis.report.narrative import industry as narrative
from analysis.report.narrative.report import add_a_figure
from analysis.report.page import Page
from analysis.report.sections.base import (
    establishments_series,
    lacking,
    reading_series,
    target_series,
)
from analysis.report.tables import industry as tables


def establishments(
    page: Page,
    counts: pd.DataFrame,
    breaks: Sequence[SeriesBreak],
    evidence: pd.DataFrame,
    steps: pd.DataFrame,
) -> None:
    """Show the establishments of micro and small industry by year and scale.

    Args:
        page: the page.
        counts: as `catalog.industry.establishments` gives them.
        breaks: as `catalog.industry.establishment_breaks` gives them.
        evidence: counts on either side, as `catalog.industry.break_evidence` gives them.
        steps: the steps between them, as `indicators.industry.steps_across` gives them.

    """
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
    if len(steps):
        sources = sorted({source for ids in evidence["source_ids"] for source in ids})
        tables.break_steps(page, steps, sources)
    for year, row in counts.iterrows():
        page.indicator(
            f"imk_establishments_{year}",
            row["total"],
            "establishments",
            str(year),
            obs_status=row["obs_status"],
            sources=row["source_ids"],
            inputs=[establishments_series(page)],
        )


def target(
    page: Page,
    found: GrowthTarget | None,
    counts: pd.DataFrame,
    path: TargetPath | None,
    judged: JudgedReading | None,
) -> None:
    """Show the growth target, the path that it demands of establishments, the gap and the chance.

    Args:
        page: the page.
        found: the target; None where none is known.
        counts: all counts by year, with `total` and `source_ids`.
        path: the path from the last count before the target's year; None without a target.
        judged: the target held against establishments; None where no count is known.

    """
    page.heading(page.say("The growth target"), "target")
    if found is None or path is None:
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
    _record_target(page, found)
    if path.path.empty:
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
    else:
        _path(page, found, counts, path)
    if judged is not None:
        _outlook(page, found, judged)


def _path(page: Page, found: GrowthTarget, counts: pd.DataFrame, path: TargetPath) -> None:
    sources = sorted({s for ids in counts["source_ids"] for s in ids} | set(found.source_ids))
    figures.target_path(page, path.comparable, path.path, found, sources, path.later)
    if path.gaps["upper"].empty:
        page.text(
            page.say(
                "No comparable count after {year} is in the collection, so no gap to the path is "
                "computed.",
                year=int(path.path.index[0]),
            )
        )
        return
    page.text(narrative.gap(page, path.gaps))
    for end, suffix in _ends(found).items():
        gaps = path.gaps[end]
        for measure, unit in (
            ("gap", "establishments"),
            ("gap_percent", "percent of the path"),
            ("path", "establishments"),
        ):
            name = "gap_to_target" if measure == "gap" else f"target_{measure}"
            page.indicator(
                f"imk_establishments_{name}{suffix}",
                gaps[measure].iloc[-1],
                unit,
                str(gaps.index[-1]),
                obs_status="derived",
                sources=sources,
                method="analysis.indicators.industry.target_path",
                inputs=[establishments_series(page), *target_series(page, found)],
            )


def _outlook(page: Page, found: GrowthTarget, judged: JudgedReading) -> None:
    result = judged.outlook
    series = [reading_series(page, judged.reading.indicator), *target_series(page, found)]
    if isinstance(result, NotComputed):
        page.missing(
            result,
            page.say("the probability of reaching the target"),
            page.say("Counts across a break in the survey do not count as growth.")
            + " "
            + add_a_figure(page, "industry"),
            inputs=series,
        )
        return
    page.text(narrative.outlook(page, result, found))
    last = judged.compared.index[-1]
    for end, suffix in _ends(found).items():
        outlook = getattr(result, end)
        for name, value, unit in (
            (
                "ikm_target_probability",
                words.points(outlook.probability),
                "percent, to the nearest 5",
            ),
            ("imk_establishments_target", outlook.target, "establishments"),
        ):
            page.indicator(
                f"{name}{suffix}",
                value,
                unit,
                str(outlook.target_year),
                obs_status="estimated",
                sources=judged.reading.source_ids,
                method="analysis.models.target.range_outlook",
                inputs=series,
            )
    for bound in ("estimate", "lower", "upper"):
        page.indicator(
            f"imk_establishments_growth_{bound}",
            getattr(result.upper.growth, bound),
            "percent a year",
            f"{last}/{result.upper.target_year}",
            obs_status="estimated",
            sources=judged.reading.source_ids,
            method="analysis.models.target.range_outlook",
            inputs=series[:1],
        )


def _record_target(page: Page, found: GrowthTarget) -> None:
    for end, suffix in _ends(found).items():
        page.indicator(
            f"ikm_growth_target{suffix}",
            getattr(found, end),
            "percent a year",
            str(found.year),
            obs_status="published" if found.source_ids else "derived",
            sources=found.source_ids,
            method=None if found.source_ids else "parameter ikm_growth_target",
            inputs=target_series(page, found),
        )


def _ends(found: GrowthTarget) -> dict[str, str]:
    """Give the ends of a target, with what tells the names of their indicators apart."""
    if found.lower == found.upper:
        return {"upper": ""}
    return {"lower": "_lower_end", "upper": "_upper_end"}


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
