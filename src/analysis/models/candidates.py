"""Offer the ways in which a monthly flow can be forecast, each from the months before an origin."""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
from numpy.lib.stride_tricks import sliding_window_view

from analysis.models.airline import Airline
from analysis.models.seasonal_level import Outlook, SeasonalLevel, Variances
from analysis.models.trend import VAGUE_DEVIATION

#: Prior standard deviation of each seasonal wave, in logarithms: what six months' worth of the
#: provinces' series since 2022 show. Each calendar month then deviates by about 12 percent.
SEASONAL_DEVIATION = 0.05

#: Observations that a calendar month's mean deviation is weighed down by: its own count counts
#: against these many of no deviation.
SEASONAL_WEIGHT = 5

#: Months between two estimations of a model's parameters; between them only its states move on.
REFIT_MONTHS = 24

SEASONAL_NAIVE = "seasonal_naive"
LAST_TWELVE_MEAN = "last_twelve_mean"
RECENT_MEAN = "recent_mean"
LOCAL_LEVEL = "local_level"
SHRUNKEN_LEVEL = "shrunken_level"
AIRLINE = "airline"
COMBINATION = "combination"

#: Fewest observed months before the first origin for a method to be a candidate.
MINIMUM_MONTHS: Mapping[str, int] = {
    SEASONAL_NAIVE: 12,
    LAST_TWELVE_MEAN: 12,
    RECENT_MEAN: 12,
    LOCAL_LEVEL: 24,
    SHRUNKEN_LEVEL: 12,
    AIRLINE: 24,
    COMBINATION: 12,
}


class History:
    """Hold a flow's logarithms with the calendar of its past and coming months.

    `logs` is missing where no month was observed; `months` covers them and the horizon after
    them. `levels` are the local levels by the prior deviation of their seasons. What was estimated
    is kept: all origins between two estimations share it.
    """

    def __init__(self, logs: np.ndarray, months: pd.PeriodIndex, first_origin: int) -> None:
        self.logs, self.months, self.first_origin = logs, months, first_origin
        self.calendar = months.month.to_numpy()
        self.levels = {
            deviation: SeasonalLevel.of(logs, months, deviation)
            for deviation in (SEASONAL_DEVIATION, VAGUE_DEVIATION)
        }
        self.airline = Airline.of(logs)
        self._variances: dict[tuple[float, int], Variances] = {}
        self._moving_averages: dict[int, np.ndarray] = {}

    @classmethod
    def of(cls, flow: pd.Series, horizon: int, first_origin: int) -> "History":
        """Take the history of a monthly flow above zero, as it stands at its end."""
        months = pd.period_range(flow.index[0], periods=len(flow) + horizon, freq="M")
        return cls(np.log(flow.to_numpy()), months, first_origin)

    def estimated_at(self, origin: int) -> int:
        """Give the last origin, not after this one, at which parameters are estimated."""
        if origin == len(self.logs):
            return origin
        return max(self.first_origin, origin - origin % REFIT_MONTHS)

    def variances(self, seasonal_deviation: float, origin: int) -> Variances:
        """Give the variances of a local level, as they were estimated last at an origin."""
        key = seasonal_deviation, self.estimated_at(origin)
        if key not in self._variances:
            self._variances[key] = self.levels[seasonal_deviation].estimate(key[1])
        return self._variances[key]

    def moving_averages(self, origin: int) -> np.ndarray:
        """Give those of the airline model, as they were estimated last at an origin."""
        key = self.estimated_at(origin)
        if key not in self._moving_averages:
            self._moving_averages[key] = self.airline.estimate(key)
        return self._moving_averages[key]


def seasonal_naive(history: History, origin: int, horizon: int) -> np.ndarray:
    """Repeat the last observed value of each calendar month.

    A calendar month never observed takes the mean of the last twelve observed months. Returns
    logarithms, as all functions here (Hyndman and Athanasopoulos 2021, Forecasting: Principles
    and Practice, section 5.2).
    """
    past = history.logs[:origin]
    result = last_twelve_mean(history, origin, horizon)
    for step in range(horizon):
        same = past[(origin + step) % 12 :: 12]
        seen = same[~np.isnan(same)]
        if len(seen):
            result[step] = seen[-1]
    return result


def last_twelve_mean(history: History, origin: int, horizon: int) -> np.ndarray:
    """Repeat the mean of the last twelve observed months (of values, not of logarithms)."""
    seen = history.logs[:origin]
    seen = seen[~np.isnan(seen)][-12:]
    return np.full(horizon, np.log(np.exp(seen).mean()))


def recent_mean(history: History, origin: int, horizon: int) -> np.ndarray:
    """Carry on the mean of the last six observed months, with a shrunken seasonal pattern.

    The pattern is the mean deviation of each calendar month from the centred mean of thirteen
    months, drawn to zero as if `SEASONAL_WEIGHT` more years had shown none (as in Miller and
    Williams 2003, "Shrinkage estimators of time series seasonal factors", International Journal
    of Forecasting 19).
    """
    past, calendar = history.logs[:origin], history.calendar - 1
    around = sliding_window_view(np.pad(past, 6, constant_values=np.nan), 13)
    known = ~np.isnan(around)
    counts = known.sum(axis=1)
    means = np.where(known, around, 0.0).sum(axis=1) / np.maximum(counts, 1)
    told = ~np.isnan(past) & (counts >= 7)
    months = calendar[:origin][told]
    deviations = np.bincount(months, weights=(past - means)[told], minlength=12)
    pattern = deviations / (np.bincount(months, minlength=12) + SEASONAL_WEIGHT)
    adjusted = past - pattern[calendar[:origin]]
    level = adjusted[~np.isnan(adjusted)][-6:].mean()
    return level + pattern[calendar[origin : origin + horizon]]


def shrunken_level(history: History, origin: int, horizon: int) -> Outlook:
    """Forecast by a local level with Idul Fitri and seasons drawn towards none."""
    return _level_outlook(history, SEASONAL_DEVIATION, origin, horizon)


def local_level(history: History, origin: int, horizon: int) -> np.ndarray:
    """Forecast by a local level with Idul Fitri and freely estimated seasons."""
    return _level_outlook(history, VAGUE_DEVIATION, origin, horizon).means


def surprises(history: History) -> np.ndarray:
    """Give what each month brought beyond what the shrunken level led to expect, standardized.

    Missing where none was observed.
    """
    level, end = history.levels[SEASONAL_DEVIATION], len(history.logs)
    return level.surprises(history.variances(SEASONAL_DEVIATION, end), end)


def airline(history: History, origin: int, horizon: int) -> np.ndarray:
    """Forecast by the airline model, a seasonal ARIMA (0,1,1)(0,1,1)₁₂ (Box and Jenkins 1970)."""
    return history.airline.means(history.moving_averages(origin), origin, horizon)


def all_medians(
    history: History, origin: int, horizon: int, names: tuple[str, ...]
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Forecast by every named method from one origin, in logarithms.

    Returns the medians by name and the covariance of the shrunken level's errors, whose shape of
    uncertainty all methods share: their own errors then set its scale.
    """
    level, covariance = shrunken_level(history, origin, horizon)
    recent = recent_mean(history, origin, horizon)
    medians = {SHRUNKEN_LEVEL: level, RECENT_MEAN: recent, COMBINATION: (level + recent) / 2}
    for name, method in _OTHERS.items():
        if name in names:
            medians[name] = method(history, origin, horizon)
    return {name: medians[name] for name in names}, covariance


_OTHERS: Mapping[str, Callable[[History, int, int], np.ndarray]] = {
    SEASONAL_NAIVE: seasonal_naive,
    LAST_TWELVE_MEAN: last_twelve_mean,
    LOCAL_LEVEL: local_level,
    AIRLINE: airline,
}


def _level_outlook(
    history: History, seasonal_deviation: float, origin: int, horizon: int
) -> Outlook:
    variances = history.variances(seasonal_deviation, origin)
    return history.levels[seasonal_deviation].outlook(variances, origin, horizon)
