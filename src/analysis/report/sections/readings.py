"""The section on what a growth target could mean."""

from collections.abc import Mapping, Sequence

from analysis.catalog.targets import GrowthTarget
from analysis.indicators.industry import AchievedGrowth
from analysis.indicators.series import Interval, NotComputed
from analysis.models.readings import JudgedReading
from analysis.models.target import MINIMUM_INCREMENTS, RangeOutlook
from analysis.report import words
from analysis.report.figures import readings as figures
from analysis.report.narrative import readings as narrative
from analysis.report.narrative.report import add_a_figure
from analysis.report.page import Page
from analysis.report.sections.base import lacking, reading_series, target_series
from analysis.report.tables import readings as tables


def readings(page: Page, found: GrowthTarget | None, judged: Mapping[str, JudgedReading]) -> None:
    """Show each reading of the target: its growth, its chance, or why there is none.

    Args:
        page: the page.
        found: the target; without one there is nothing to read.
        judged: the readings that have a figure, by the name of their indicator.

    """
    if found is None:
        return
    page.heading(page.say("Growth of what?"), "readings")
    if not judged:
        lacking(
            page,
            page.say("Not shown: growth under each reading"),
            page.say(
                "No count of establishments or workers, no output and no value added of industry "
                "in {province} up to {year} is in the collection.",
                province=page.place,
                year=page.year,
            ),
            "industry",
        )
        return
    page.text(narrative.meaning(page, found))
    drawn = [item for item in judged.values() if item.steps or isinstance(item.trend, Interval)]
    if drawn:
        figures.growth(page, drawn, found)
    grown = [item for item in judged.values() if item.steps]
    if grown:
        tables.growth(page, grown)
    _reasons(page, found, list(judged.values()))
    _outlooks(page, found, list(judged.values()))
    for item in judged.values():
        _record(page, item, found)


def _reasons(page: Page, found: GrowthTarget, judged: Sequence[JudgedReading]) -> None:
    reasons = [narrative.without_growth(page, item, found) for item in judged]
    listed = [f"- {reason}" for reason in reasons if reason]
    if listed:
        page.note(
            page.say("No growth is shown for these"),
            "\n".join(listed) + "\n\n" + add_a_figure(page, "industry"),
        )


def _outlooks(page: Page, found: GrowthTarget, judged: Sequence[JudgedReading]) -> None:
    computed = [item for item in judged if isinstance(item.outlook, RangeOutlook)]
    if computed:
        page.text(
            page.say(
                "If the figures go on as they have, the chance of the target is, reading by "
                "reading:"
            ),
            "\n".join(f"- {narrative.outlook(page, item, found)}" for item in computed),
        )
        tables.outlooks(page, computed, found)
    others = [item for item in judged if isinstance(item.outlook, NotComputed)]
    if others:
        page.note(
            page.say("Not computed: trend and probability of these readings"),
            page.say(
                "They need at least {needs} steps of growth between years of one definition, the "
                "last of them recent.",
                needs=MINIMUM_INCREMENTS,
            )
            + "\n\n"
            + "\n".join(f"- {narrative.too_few_steps(page, item)}" for item in others)
            + "\n\n"
            + add_a_figure(page, "industry"),
            collapse=True,
        )
        page.indicator(
            "growth_steps_needed",
            MINIMUM_INCREMENTS,
            "steps of growth",
            str(page.year),
            obs_status="derived",
            method="analysis.models.target.MINIMUM_INCREMENTS",
        )


def _record(page: Page, item: JudgedReading, found: GrowthTarget) -> None:
    name, sources = item.reading.indicator, item.reading.source_ids
    series = [reading_series(page, name)]
    for prefix, step in (("growth", item.around), ("latest_growth", item.latest)):
        if step is not None:
            page.indicator(
                f"{prefix}_{name}",
                step.growth,
                "percent a year",
                f"{step.first_year}/{step.last_year}",
                obs_status=_status(item, step),
                sources=sources,
                method="analysis.indicators.industry.growth_steps",
                inputs=series,
            )
    if isinstance(item.outlook, NotComputed) or isinstance(item.trend, NotComputed):
        page.indicator(
            f"growth_steps_{name}",
            max(len(item.compared) - 1, 0),
            "steps of growth",
            str(page.year),
            obs_status="derived",
            sources=sources,
            method="analysis.models.target.range_outlook",
            inputs=series,
        )
        return
    years = f"{item.compared.index[0]}/{item.compared.index[-1]}"
    for bound in ("estimate", "lower", "upper"):
        page.indicator(
            f"trend_growth_{name}_{bound}",
            getattr(item.trend, bound),
            "percent a year",
            years,
            obs_status="estimated",
            sources=sources,
            method="analysis.models.target.annual_trend_growth",
            inputs=series,
        )
    for end in ("lower", "upper") if found.lower < found.upper else ("upper",):
        suffix = f"_{end}_end" if found.lower < found.upper else ""
        page.indicator(
            f"target_probability_{name}{suffix}",
            words.points(getattr(item.outlook, end).probability),
            "percent, to the nearest 5",
            str(item.target_year),
            obs_status="estimated",
            sources=sources,
            method="analysis.models.target.range_outlook",
            inputs=[*series, *target_series(page, found)],
        )


def _status(item: JudgedReading, step: AchievedGrowth) -> str:
    """Tell how a growth is known: as printed, or from figures printed exactly or roughly."""
    used = {step.last_year} if item.reading.is_growth else {step.first_year, step.last_year}
    if used & item.reading.approximate:
        return "approximate"
    return "published" if item.reading.is_growth else "derived"
