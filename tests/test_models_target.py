"""The chance of reaching a target, by hand, at its limits, and by simulation."""

import warnings
from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analysis.errors import NeracaError
from analysis.indicators.series import Interval, NotComputed, Unit
from analysis.models.target import (
    annual_trend_growth,
    fit_random_walk,
    growth_outlook,
    range_outlook,
    target_outlook,
)

COUNTS = pd.Series({2016: 100.0, 2017: 108.0, 2019: 115.0, 2020: 112.0, 2023: 140.0})

# Every function here, as one of a series alone.
OF_A_SERIES: dict[str, Callable] = {
    "fit_random_walk": fit_random_walk,
    "annual_trend_growth": lambda points: annual_trend_growth(points, 0.8),
    "target_outlook": lambda points: target_outlook(points, 2030, 150.0, 0.8),
    "growth_outlook": lambda points: growth_outlook(points, 2030, 5.0, 0.8),
    "range_outlook": lambda points: range_outlook(points, 2030, 5.0, 6.0, 0.8),
}
UNUSABLE = {
    "negative": (pd.Series({2020: 1.0, 2021: -1.0}), "2021 is negative"),
    "infinite": (pd.Series({2020: np.inf, 2021: 1.0}), "2020 is infinite"),
    "twice": (pd.Series([1.0, 2.0], index=[2020, 2020]), "year 2020 more than once"),
    "mixed_index": (pd.Series([1.0, 2.0], index=[2020, "2021"]), "not indexed by year"),
    "index_of_months": (
        pd.Series([1.0, 2.0], index=pd.period_range("2020-01", periods=2, freq="M")),
        "not indexed by year",
    ),
    "words": (pd.Series({2020: "many", 2021: "few"}), "not a number"),
    "no_series": ({2020: 1.0}, "is a dict"),
}


@pytest.fixture(autouse=True)
def no_warning_is_lost() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


@pytest.mark.parametrize("function", OF_A_SERIES)
@pytest.mark.parametrize("kind", UNUSABLE)
def test_an_unusable_series_is_refused_with_its_fault(function: str, kind: str) -> None:
    points, fault = UNUSABLE[kind]
    with pytest.raises(NeracaError, match=fault):
        OF_A_SERIES[function](points)


def test_the_walk_by_hand_over_unequal_gaps() -> None:
    walk = fit_random_walk(COUNTS)
    rises = np.log([108 / 100, 115 / 108, 112 / 115, 140 / 112])
    gaps = np.array([1, 2, 1, 3])
    drift = np.log(1.4) / 7
    variance = ((rises - gaps * drift) ** 2 / gaps).sum() / 3
    assert walk.drift == pytest.approx(drift)
    assert walk.deviation == pytest.approx(np.sqrt(variance))
    assert (walk.increments, walk.span, walk.last_year) == (4, 7, 2023)
    assert walk.standard_error(5) == pytest.approx(np.sqrt(variance * (5 + 25 / 7)))


def test_the_outlook_is_the_student_t_of_the_walk() -> None:
    outlook = target_outlook(COUNTS, 2028, 200, 0.8)
    walk = outlook.walk
    centre, error = np.log(140) + 5 * walk.drift, walk.standard_error(5)
    assert outlook.level.estimate == pytest.approx(np.exp(centre))
    assert outlook.level.upper == pytest.approx(np.exp(centre + stats.t.ppf(0.9, 3) * error))
    expected = 1 - stats.t.cdf((np.log(200) - centre) / error, 3)
    assert outlook.probability == pytest.approx(expected)
    assert outlook.growth.upper == pytest.approx(100 * ((outlook.level.upper / 140) ** (1 / 5) - 1))


@given(st.floats(-20, 60), st.integers(2024, 2035))
def test_a_growth_target_is_the_level_it_leads_to(growth: float, year: int) -> None:
    by_growth = growth_outlook(COUNTS, year, growth, 0.8)
    by_level = target_outlook(COUNTS, year, 140 * (1 + growth / 100) ** (year - 2023), 0.8)
    assert by_growth.probability == pytest.approx(by_level.probability)
    assert 0 <= by_growth.probability <= 1


@given(st.floats(150, 1000), st.floats(1, 500))
def test_a_higher_target_is_never_likelier(target: float, more: float) -> None:
    low = target_outlook(COUNTS, 2027, target, 0.8).probability
    assert target_outlook(COUNTS, 2027, target + more, 0.8).probability <= low


def test_the_upper_end_of_an_interval_is_reached_with_the_chance_beyond_it() -> None:
    upper = target_outlook(COUNTS, 2026, 1, 0.8).level.upper
    assert target_outlook(COUNTS, 2026, upper, 0.8).probability == pytest.approx(0.1)


def test_the_unit_of_the_count_does_not_matter() -> None:
    small, large = (target_outlook(scale * COUNTS, 2026, scale * 150, 0.8) for scale in (1e-3, 1e6))
    assert small.probability == pytest.approx(large.probability)


@given(st.permutations(range(5)))
def test_order_of_rows_never_matters(order: list[int]) -> None:
    for function in OF_A_SERIES.values():
        assert function(COUNTS.iloc[order]) == function(COUNTS)


def test_growth_that_never_varied_is_certain() -> None:
    steady = pd.Series({2020: 1.0, 2021: 2.0, 2022: 4.0, 2023: 8.0})
    assert target_outlook(steady, 2024, 15.9, 0.8).probability == pytest.approx(1)
    assert target_outlook(steady, 2024, 16.1, 0.8).probability == pytest.approx(0)


@given(st.floats(-20, 60), st.floats(0, 20))
def test_a_range_is_each_of_its_ends(lower: float, width: float) -> None:
    outlook = range_outlook(COUNTS, 2026, lower, lower + width, 0.8)
    assert outlook.lower == growth_outlook(COUNTS, 2026, lower, 0.8)
    assert outlook.upper == growth_outlook(COUNTS, 2026, lower + width, 0.8)
    assert outlook.upper.probability <= outlook.lower.probability


def test_an_interval_wider_than_any_number_ends_in_infinity_and_warns_of_nothing() -> None:
    wild = pd.Series({2020: 1.0, 2021: 1e9, 2022: 1.0, 2023: 1e9})
    outlook = target_outlook(wild, 2043, 2.0, 0.99)
    assert outlook.level.upper == np.inf
    assert 0 < outlook.probability < 1


def test_the_trend_interval_by_hand() -> None:
    walk = fit_random_walk(COUNTS)
    reach = stats.t.ppf(0.9, 3) * walk.deviation / np.sqrt(7)
    growth = annual_trend_growth(COUNTS, 0.8)
    assert isinstance(growth, Interval)
    assert growth.lower == pytest.approx(100 * np.expm1(walk.drift - reach))


@pytest.mark.parametrize(
    ("points", "needs", "has", "unit"),
    [
        ({}, 3, 0, Unit.GROWTH_INCREMENTS),
        ({2020: 1.0}, 3, 0, Unit.GROWTH_INCREMENTS),
        ({2020: np.nan, 2021: np.nan}, 3, 0, Unit.GROWTH_INCREMENTS),
        ({2020: 1.0, 2021: 2.0, 2022: 2.0}, 3, 2, Unit.GROWTH_INCREMENTS),
        ({2020: 1.0, 2021: 0.0, 2022: 2.0, 2023: 3.0}, 4, 3, Unit.POSITIVE_VALUES),
    ],
)
def test_too_little_data_is_said(points: dict, needs: int, has: int, unit: Unit) -> None:
    series = pd.Series(points, dtype=float)
    expected = NotComputed("target_outlook", needs, has, unit)
    assert target_outlook(series, 2030, 2, 0.8) == expected
    assert growth_outlook(series, 2030, 5, 0.8) == expected
    assert range_outlook(series, 2030, 5, 6, 0.8) == NotComputed("range_outlook", needs, has, unit)
    assert fit_random_walk(series) == NotComputed("random_walk", needs, has, unit)
    trend = annual_trend_growth(series, 0.8)
    assert trend == NotComputed("annual_trend_growth", needs, has, unit)


def test_impossible_targets_are_refused() -> None:
    for target in (0, -1, np.nan, np.inf):
        with pytest.raises(NeracaError, match="finite level above zero"):
            target_outlook(COUNTS, 2026, target, 0.8)
    with pytest.raises(NeracaError, match="finite level above zero"):
        growth_outlook(COUNTS, 2500, 1e6, 0.8)
    with pytest.raises(NeracaError, match="from 6 to 5 percent"):
        range_outlook(COUNTS, 2026, 6, 5, 0.8)
    with pytest.raises(NeracaError, match="above -100"):
        range_outlook(COUNTS, 2026, np.nan, 5, 0.8)
    with pytest.raises(NeracaError, match="not after the last observed year 2023"):
        target_outlook(COUNTS, 2023, 150, 0.8)
    with pytest.raises(NeracaError, match="above -100"):
        growth_outlook(COUNTS, 2026, -100, 0.8)
    with pytest.raises(NeracaError, match="between 0 and 1"):
        annual_trend_growth(COUNTS, 80)


GAPS = [[1] * 5, [1] * 13, [1, 2, 1, 3, 2], [1, 2, 3, 1] * 3 + [2]]


def simulated(gaps: list[int], ahead: int, tries: int) -> Iterator[tuple[pd.Series, float]]:
    """Draw counts that go as the model says, and the value so many years after the last."""
    generator = np.random.default_rng(7)
    years = 2000 + np.concatenate([[0], np.cumsum(gaps)])
    for _ in range(tries):
        steps = 0.03 + 0.1 * generator.standard_normal(years[-1] - 2000 + ahead)
        path = np.exp(np.concatenate([[0.0], np.cumsum(steps)]))
        yield pd.Series(path[years - 2000], index=years), path[-1]


@pytest.mark.slow
@pytest.mark.parametrize("gaps", GAPS)
@pytest.mark.parametrize("ahead", [1, 5])
def test_intervals_cover_what_they_claim(gaps: list[int], ahead: int) -> None:
    assert len(gaps) in (5, 13)
    hits, above, tries = 0, 0, 6000
    for points, future in simulated(gaps, ahead, tries):
        level = target_outlook(points, int(points.index[-1]) + ahead, 1.0, 0.8).level
        hits += level.lower <= future <= level.upper
        above += future > level.upper
    assert 0.78 <= hits / tries <= 0.82
    # A target at the upper end is said to have a chance of 10 percent, and so often it is reached.
    assert 0.088 <= above / tries <= 0.112


@pytest.mark.slow
@pytest.mark.parametrize("gaps", [*GAPS, [1] * 3])
def test_trend_intervals_cover_what_they_claim(gaps: list[int]) -> None:
    hits, tries, truth = 0, 6000, 100 * np.expm1(0.03)
    for points, _ in simulated(gaps, 0, tries):
        growth = annual_trend_growth(points, 0.8)
        hits += growth.lower <= truth <= growth.upper
    assert 0.78 <= hits / tries <= 0.82
