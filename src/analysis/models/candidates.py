"""Offer the ways in which a monthly flow can be forecast, each from the months before an origin."""

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.lib.stride_tricks import sliding_window_view
from statsmodels.tools.sm_exceptions import ConvergenceWarning
from statsmodels.tsa.statespace.kalman_filter import FilterResults
from statsmodels.tsa.statespace.mlemodel import MLEModel

from analysis.models.airline import Airline
from analysis.models.season import idul_fitri_share
from analysis.models.trend import local_level_model

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


@dataclass
class History:
    """Hold a flow's logarithms with the calendar of its past and coming months.

    `logs` is missing where no month was observed; `months` covers them and the horizon after
    them. What a model filtered is kept: all origins between two estimations share one pass, as
    what the filter knows at a month comes from the months before it alone.
    """

    logs: np.ndarray
    months: pd.PeriodIndex
    first_origin: int
    filtered: dict[tuple[str, int], FilterResults] = field(default_factory=dict)

    @classmethod
    def of(cls, flow: pd.Series, horizon: int, first_origin: int) -> "History":
        """Take the history of a monthly flow above zero, as it stands at its end."""
        months = pd.period_range(flow.index[0], periods=len(flow) + horizon, freq="M")
        return cls(np.log(flow.to_numpy()), months, first_origin)

    def __post_init__(self) -> None:
        self.idul_fitri = idul_fitri_share(self.months).to_numpy()
        self.calendar = self.months.month.to_numpy()

    def estimated_at(self, origin: int) -> int:
        """Give the last origin, not after this one, at which parameters are estimated."""
        if origin == len(self.logs):
            return origin
        return max(self.first_origin, origin - origin % REFIT_MONTHS)


class Outlook(NamedTuple):
    """Hold what a model expects of coming months, in logarithms, and its errors' covariance."""

    means: np.ndarray
    covariance: np.ndarray


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
    filtered = shrunken_filter(history, origin)
    return Outlook(_means(filtered, origin, horizon), _covariance(filtered, origin, horizon))


def shrunken_filter(history: History, origin: int) -> FilterResults:
    """Filter the shrunken level, with parameters estimated no later than at an origin."""
    return _filtered(SHRUNKEN_LEVEL, _shrunken_model, history, origin)


def local_level(history: History, origin: int, horizon: int) -> np.ndarray:
    """Forecast by a local level with Idul Fitri and freely estimated seasons."""
    return _means(_filtered(LOCAL_LEVEL, _level_model, history, origin), origin, horizon)


def airline(history: History, origin: int, horizon: int) -> np.ndarray:
    """Forecast by the airline model, a seasonal ARIMA (0,1,1)(0,1,1)₁₂ (Box and Jenkins 1970)."""
    return _means(_filtered(AIRLINE, _airline_model, history, origin), origin, horizon)


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


def _shrunken_model(logs: np.ndarray, idul_fitri: np.ndarray) -> MLEModel:
    return local_level_model(logs, idul_fitri, SEASONAL_DEVIATION)


def _level_model(logs: np.ndarray, idul_fitri: np.ndarray) -> MLEModel:
    return local_level_model(logs, idul_fitri)


def _airline_model(logs: np.ndarray, _: np.ndarray) -> MLEModel:
    return Airline(logs)


def _filtered(
    name: str,
    build: Callable[[np.ndarray, np.ndarray], MLEModel],
    history: History,
    origin: int,
) -> FilterResults:
    """Filter the whole history with the parameters that were estimated last at an origin."""
    estimated = history.estimated_at(origin)
    if (name, estimated) not in history.filtered:
        parameters = _estimate(build(history.logs[:estimated], history.idul_fitri[:estimated]))
        unseen = np.full(len(history.months) - len(history.logs), np.nan)
        model = build(np.concatenate([history.logs, unseen]), history.idul_fitri)
        model.update(parameters)
        history.filtered[name, estimated] = model.ssm.filter()
    return history.filtered[name, estimated]


def _estimate(model: MLEModel) -> np.ndarray:
    with warnings.catch_warnings():
        # A candidate that is estimated badly is answered by its score, not by a message.
        warnings.simplefilter("ignore", ConvergenceWarning)
        return np.asarray(model.fit(disp=False, maxiter=50, cov_type="none", return_params=True))


def _means(filtered: FilterResults, origin: int, horizon: int) -> np.ndarray:
    """Carry the state that was predicted for the first coming month on to the last."""
    transition, ahead = filtered.transition[:, :, 0], _designs(filtered, origin, horizon)
    state, means = filtered.predicted_state[:, origin], np.empty(horizon)
    for j in range(horizon):
        means[j] = ahead[:, j] @ state
        state = transition @ state
    return means


def _covariance(filtered: FilterResults, origin: int, horizon: int) -> np.ndarray:
    """Give the covariance of what comes and what was expected of it.

    Formula: Cov(y[j], y[k]) = Z[k] T^(k−j) P[j] Z[j]', and the noise beside it where j = k, with
    P[j] the covariance of the state predicted for month j (Durbin and Koopman 2012, Time Series
    Analysis by State Space Methods, section 4.11).
    """
    transition, selection = filtered.transition[:, :, 0], filtered.selection[:, :, 0]
    shocks = selection @ filtered.state_cov[:, :, 0] @ selection.T
    ahead, spread = _designs(filtered, origin, horizon), filtered.predicted_state_cov[:, :, origin]
    covariance = np.empty((horizon, horizon))
    for j in range(horizon):
        carried = spread @ ahead[:, j]
        covariance[j, j] = ahead[:, j] @ carried + filtered.obs_cov[0, 0, 0]
        for k in range(j + 1, horizon):
            carried = transition @ carried
            covariance[j, k] = covariance[k, j] = ahead[:, k] @ carried
        spread = transition @ spread @ transition.T + shocks
    return covariance


def _designs(filtered: FilterResults, origin: int, horizon: int) -> np.ndarray:
    # A design that never changes is stored once.
    design = np.broadcast_to(filtered.design[0], (len(filtered.design[0]), filtered.nobs))
    return design[:, origin : origin + horizon]
