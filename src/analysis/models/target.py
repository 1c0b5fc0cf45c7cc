"""Judge whether a yearly count will reach a target, from its own past growth."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from analysis.errors import NeracaError
from analysis.indicators.series import Interval, NotComputed, Unit, annual, check_level

#: With fewer, the spread of growth is not known at all.
MINIMUM_INCREMENTS = 3


@dataclass(frozen=True)
class RandomWalk:
    """Hold a logarithmic random walk with drift, fitted to yearly points.

    `drift` and `deviation` are in logarithms a year, `increments` counts the steps between
    observed years, `span` the years between the first and the last.
    """

    last_year: int
    last_value: float
    drift: float
    deviation: float
    increments: int
    span: int

    def standard_error(self, years: int) -> float:
        """Give the standard error of the logarithm so many years ahead."""
        return float(self.deviation * np.sqrt(years + years**2 / self.span))


@dataclass(frozen=True)
class TargetOutlook:
    """Hold what past growth says of a target.

    `level` is the count at the target year, `growth` its growth in percent a year from the last
    observed year on, both with their interval, whose upper end is infinite where it is beyond any
    number; `probability` is the chance to reach `target`, between 0 and 1.
    """

    target_year: int
    target: float
    level: Interval
    growth: Interval
    probability: float
    walk: RandomWalk


@dataclass(frozen=True)
class RangeOutlook:
    """Hold what past growth says of a target that was stated as a range, end by end."""

    lower: TargetOutlook
    upper: TargetOutlook


def fit_random_walk(points: pd.Series) -> RandomWalk | NotComputed:
    """Fit a logarithmic random walk with drift to yearly points with gaps.

    `points` is indexed by year, above zero. Not computed below three steps between observed
    years, or where a value is zero. Raises NeracaError for bad input (see `indicators.series`).

    Formula: a step Δ over k years has mean k·μ and variance k·σ²; so μ is the whole rise over the
    whole span, and s² = Σ((Δ − k·μ)² / k) / (n − 1) over n steps (weighted least squares; for
    k = 1 the random walk with drift of Hyndman and Athanasopoulos 2021, Forecasting: Principles
    and Practice, section 5.2).

    >>> walk = fit_random_walk(pd.Series({2020: 1.0, 2021: np.e, 2022: np.e**2, 2023: np.e**4.5}))
    >>> round(walk.drift, 6), round(walk.deviation, 6)
    (1.5, 0.866025)
    """
    known = annual(points, "annual values")
    steps = max(len(known) - 1, 0)
    if steps < MINIMUM_INCREMENTS:
        return NotComputed("random_walk", MINIMUM_INCREMENTS, steps, Unit.GROWTH_INCREMENTS)
    positive = int((known > 0).sum())
    if positive < len(known):
        return NotComputed("random_walk", len(known), positive, Unit.POSITIVE_VALUES)
    years, logs = known.index.to_numpy(dtype=float), np.log(known.to_numpy())
    gaps, rises = np.diff(years), np.diff(logs)
    span = gaps.sum()
    drift = rises.sum() / span
    variance = np.sum((rises - gaps * drift) ** 2 / gaps) / (steps - 1)
    return RandomWalk(
        last_year=int(years[-1]),
        last_value=float(known.iloc[-1]),
        drift=float(drift),
        deviation=float(np.sqrt(variance)),
        increments=steps,
        span=int(span),
    )


def annual_trend_growth(points: pd.Series, level: float) -> Interval | NotComputed:
    """Give the trend growth of a short yearly series, with an interval that owns up to shortness.

    `points` is indexed by year, above zero, gaps allowed; the result is in percent a year at the
    given `level`. Not computed and errors as `fit_random_walk`.

    Formula: 100 · (exp(μ ± t·s/√span) − 1), Student t with n − 1 degrees of freedom for n steps.

    >>> steady = pd.Series({2020: 100.0, 2021: 110.0, 2022: 121.0, 2024: 146.41})
    >>> round(annual_trend_growth(steady, 0.8).estimate, 6)
    10.0
    """
    check_level(level)
    walk = fit_random_walk(points)
    if isinstance(walk, NotComputed):
        return NotComputed("annual_trend_growth", walk.needs, walk.has, walk.unit)
    reach = _quantile(walk, level) * walk.deviation / np.sqrt(walk.span)
    return _growth(walk.drift, reach, level)


def target_outlook(
    points: pd.Series, target_year: int, target: float, level: float
) -> TargetOutlook | NotComputed:
    """Give the chance that a yearly count reaches a target, if it goes on as it went.

    `points` is indexed by year, above zero, gaps allowed, of one definition (cut at breaks
    first); `target` is a level in the same unit. Not computed and errors as `fit_random_walk`;
    also raises NeracaError for a target that is not above zero, or a target year that is not
    after the last observed one.

    Formula: ln x[T + h] is ln x[T] + h·μ, give or take s·√(h + h²/span), as Student t with n − 1
    degrees of freedom for n steps (see `fit_random_walk`).

    >>> counts = pd.Series({2020: 100.0, 2021: 120.0, 2022: 110.0, 2023: 140.0})
    >>> outlook = target_outlook(counts, 2024, 140 * (140 / 100) ** (1 / 3), 0.8)
    >>> round(outlook.probability, 6)
    0.5
    """
    check_level(level)
    if not np.isfinite(target) or target <= 0:
        raise NeracaError(f"The target is {target}; give a finite level above zero.")
    walk = fit_random_walk(points)
    if isinstance(walk, NotComputed):
        return NotComputed("target_outlook", walk.needs, walk.has, walk.unit)
    years = target_year - walk.last_year
    if years < 1:
        raise NeracaError(
            f"The target year {target_year} is not after the last observed year "
            f"{walk.last_year}; compare the observed value instead."
        )
    centre, error = np.log(walk.last_value) + years * walk.drift, walk.standard_error(years)
    reach = _quantile(walk, level) * error
    with np.errstate(over="ignore"):
        middle, low, high = np.exp([centre, centre - reach, centre + reach])
    return TargetOutlook(
        target_year=target_year,
        target=float(target),
        level=Interval(float(low), float(middle), float(high), level),
        growth=_growth(walk.drift, reach / years, level),
        probability=_chance_above(np.log(target) - centre, error, walk.increments - 1),
        walk=walk,
    )


def growth_outlook(
    points: pd.Series, target_year: int, growth: float, level: float
) -> TargetOutlook | NotComputed:
    """Give the chance that a yearly count grows at least so fast until a year.

    `growth` is in percent a year, counted from the last observed year; everything else is as
    `target_outlook`, whose target is the level that this growth leads to. Raises NeracaError also
    for a growth of −100 percent or less.

    >>> counts = pd.Series({2020: 100.0, 2021: 110.0, 2022: 121.0, 2023: 146.41})
    >>> round(growth_outlook(counts, 2024, 100 * (1.4641 ** (1 / 3) - 1), 0.8).probability, 6)
    0.5
    """
    if not np.isfinite(growth) or growth <= -100:
        raise NeracaError(f"The growth is {growth} percent a year; give a rate above -100.")
    known = annual(points, "annual values")
    if len(known) == 0 or known.iloc[-1] <= 0:
        # The target does not matter: too few values give the reason.
        return target_outlook(points, target_year, 1.0, level)
    years = target_year - int(known.index[-1])
    with np.errstate(over="ignore"):
        target = float(known.iloc[-1] * np.power(1 + growth / 100, years))
    return target_outlook(points, target_year, target, level)


def range_outlook(
    points: pd.Series, target_year: int, lower: float, upper: float, level: float
) -> RangeOutlook | NotComputed:
    """Give the chance that a yearly count grows at least as fast as either end of a range.

    `lower` and `upper` are in percent a year, equal where one number was stated; each is held as
    `growth_outlook` does, and so are the errors. Raises NeracaError also where `lower` is above
    `upper`.

    >>> counts = pd.Series({2020: 100.0, 2021: 110.0, 2022: 121.0, 2023: 146.41})
    >>> outlook = range_outlook(counts, 2024, 5, 100 * (1.4641 ** (1 / 3) - 1), 0.8)
    >>> round(outlook.upper.probability, 6), outlook.lower.probability > 0.5
    (0.5, True)
    """
    if lower > upper:
        raise NeracaError(
            f"The range from {lower} to {upper} percent a year ends below its beginning; "
            "exchange the two."
        )
    least = growth_outlook(points, target_year, lower, level)
    if isinstance(least, NotComputed):
        return NotComputed("range_outlook", least.needs, least.has, least.unit)
    most = growth_outlook(points, target_year, upper, level)
    if isinstance(most, NotComputed):
        raise TypeError("What one end of a range lacks, the other lacks too.")
    return RangeOutlook(least, most)


def _chance_above(distance: float, error: float, freedom: int) -> float:
    if error == 0:
        return float(distance <= 0)
    return float(stats.t.sf(distance / error, freedom))


def _quantile(walk: RandomWalk, level: float) -> float:
    return float(stats.t.ppf((1 + level) / 2, walk.increments - 1))


def _growth(drift: float, reach: float, level: float) -> Interval:
    with np.errstate(over="ignore"):
        middle, low, high = 100 * np.expm1([drift, drift - reach, drift + reach])
    return Interval(float(low), float(middle), float(high), level)
