"""Hold each thing that growth of small industry could mean against the growth that was promised."""

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from analysis.catalog.industry import Reading
from analysis.catalog.targets import GrowthTarget
from analysis.indicators.industry import (
    LONGEST_SPAN,
    AchievedGrowth,
    DeclaredBreak,
    declared,
    growth_steps,
    index_of_growth,
    unbroken,
)
from analysis.indicators.series import Interval, NotComputed
from analysis.models.target import RangeOutlook, annual_trend_growth, range_outlook


@dataclass(frozen=True)
class JudgedReading:
    """Hold one reading of a growth target: what it grew by, and what may be expected of it.

    `around` is the growth over the step that contains the target's year, `latest` that of the last
    step after it, either None where there is none; `refused` are breaks that steps lie across.
    `compared` are the figures since the last break, none where the last of them is too old, which
    `trend` (percent a year) and `outlook` (the chance to grow as the target asks until
    `target_year`) rest on.
    """

    reading: Reading
    around: AchievedGrowth | None
    latest: AchievedGrowth | None
    refused: tuple[DeclaredBreak, ...]
    compared: pd.Series
    trend: Interval | NotComputed
    outlook: RangeOutlook | NotComputed
    target_year: int

    @property
    def steps(self) -> tuple[AchievedGrowth, ...]:
        """The growth that is shown, oldest first."""
        return tuple(step for step in (self.around, self.latest) if step is not None)


def judge(reading: Reading, target: GrowthTarget, year: int, level: float) -> JudgedReading:
    """Hold one reading against a target.

    `year` is the report's: the chance is that of growing as the target asks from the last figure
    until this year, or until the next one where the year's own figure is known; a series that ends
    more than `LONGEST_SPAN` years before it says nothing of it. `level` is that of the intervals.
    Raises NeracaError for bad figures (see `indicators.series`).

    >>> counts = pd.Series({2020: 100.0, 2021: 110.0, 2022: 121.0, 2023: 146.41})
    >>> goal = GrowthTarget(10.0, 10.0, 2021, "province", True, ("goal",), ())
    >>> found = judge(Reading("imk_workers", counts, (), ()), goal, 2023, 0.8)
    >>> round(found.around.growth, 6), round(found.latest.growth, 6), found.target_year
    (10.0, 21.0, 2024)
    """
    points = index_of_growth(reading.points) if reading.is_growth else reading.points
    breaks = declared(reading.breaks)
    steps = growth_steps(points, target.year, breaks)
    grown = [step for step in steps if isinstance(step, AchievedGrowth)]
    around = next((step for step in grown if step.first_year < target.year), None)
    latest = grown[-1] if grown and grown[-1] != around else None
    compared = unbroken(points, breaks)
    last = int(compared.index[-1]) if len(compared) else year
    if last < year - LONGEST_SPAN:
        compared = compared.head(0)
    target_year = max(year, last + 1)
    return JudgedReading(
        reading=reading,
        around=around,
        latest=latest,
        refused=tuple(step for step in steps if isinstance(step, DeclaredBreak)),
        compared=compared,
        trend=annual_trend_growth(compared, level),
        outlook=range_outlook(compared, target_year, target.lower, target.upper, level),
        target_year=target_year,
    )


def judge_all(
    readings: Iterable[Reading], target: GrowthTarget | None, year: int, level: float
) -> dict[str, JudgedReading]:
    """Hold every reading against a target, by the name of its indicator; none without a target."""
    if target is None:
        return {}
    return {reading.indicator: judge(reading, target, year, level) for reading in readings}
