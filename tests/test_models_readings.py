"""Each reading of a growth target: its growth, its trend, and the chance that it is reached."""

import pandas as pd
import pytest

from analysis.catalog.industry import Reading, SeriesBreak
from analysis.catalog.targets import GrowthTarget
from analysis.indicators.industry import AchievedGrowth, DeclaredBreak
from analysis.indicators.series import Interval, NotComputed, Unit
from analysis.models.readings import JudgedReading, judge, judge_all
from analysis.models.target import RangeOutlook, annual_trend_growth, range_outlook

TARGET = GrowthTarget(5.0, 6.0, 2022, "country", True, ("low", "high"), ())
FRAME = SeriesBreak("imk_", 2023, 2025, {"en": "new frame", "id": "kerangka baru"})
COUNTS = pd.Series({2020: 100.0, 2021: 104.0, 2022: 108.0, 2023: 115.0})


def reading(points: dict[int, float], *breaks: SeriesBreak, name: str = "imk_workers") -> Reading:
    return Reading(name, pd.Series(points, dtype=float), ("s1",), breaks)


def judged(points: dict[int, float], *breaks: SeriesBreak, year: int = 2025) -> JudgedReading:
    return judge(reading(points, *breaks), TARGET, year, 0.8)


def test_growth_in_the_target_s_year_and_the_latest() -> None:
    found = judge(reading(COUNTS.to_dict()), TARGET, 2023, 0.8)
    assert (found.around.first_year, found.around.last_year) == (2021, 2022)
    assert (found.latest.first_year, found.latest.last_year) == (2022, 2023)
    assert found.steps == (found.around, found.latest)
    assert found.refused == ()
    assert found.target_year == 2024
    assert found.trend == annual_trend_growth(COUNTS, 0.8)
    assert found.outlook == range_outlook(COUNTS, 2024, 5.0, 6.0, 0.8)
    assert isinstance(found.outlook, RangeOutlook)
    assert found.outlook.lower.probability > found.outlook.upper.probability


def test_the_chance_is_up_to_the_report_s_year_where_its_figure_lacks() -> None:
    assert judge(reading(COUNTS.to_dict()), TARGET, 2025, 0.8).target_year == 2025


def test_one_step_is_not_shown_twice() -> None:
    found = judged({2021: 100.0, 2022: 110.0})
    assert found.latest is None
    assert found.steps == (found.around,)


def test_a_step_after_the_target_s_year_is_the_latest_only() -> None:
    found = judged({2022: 100.0, 2023: 110.0})
    assert found.around is None
    assert isinstance(found.latest, AchievedGrowth)


def test_a_break_is_refused_and_cuts_what_the_trend_rests_on() -> None:
    found = judged({**COUNTS.to_dict(), 2025: 200.0}, FRAME)
    assert found.refused == (DeclaredBreak(2023, 2025, "new frame"),)
    assert found.compared.to_dict() == {2025: 200.0}
    assert found.trend == NotComputed("annual_trend_growth", 3, 0, Unit.GROWTH_INCREMENTS)
    assert found.outlook == NotComputed("range_outlook", 3, 0, Unit.GROWTH_INCREMENTS)
    assert found.target_year == 2026


@pytest.mark.parametrize(("year", "computed"), [(2017, True), (2018, False)])
def test_figures_that_end_long_ago_say_nothing_of_the_year(year: int, computed: bool) -> None:
    old = {2008: 100.0, 2009: 101.0, 2010: 103.0, 2012: 104.0}
    found = judge(reading(old), TARGET, year, 0.8)
    assert isinstance(found.trend, Interval) is computed
    assert len(found.compared) == (4 if computed else 0)


def test_published_growth_is_held_as_it_stands() -> None:
    growth = reading({2021: 3.0, 2022: -3.35}, name="imk_production_growth_annual")
    found = judge(growth, TARGET, 2022, 0.8)
    assert found.around.growth == pytest.approx(-3.35)
    assert found.latest is None


def test_nothing_is_held_where_there_is_nothing() -> None:
    assert judge_all([reading(COUNTS.to_dict())], None, 2025, 0.8) == {}
    assert judge_all([], TARGET, 2025, 0.8) == {}
    found = judge_all([reading({2025: 1.0}), reading({}, name="imk_output")], TARGET, 2025, 0.8)
    assert list(found) == ["imk_workers", "imk_output"]
    assert all(item.steps == () for item in found.values())
