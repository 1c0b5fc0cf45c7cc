"""Estimate and forecast a level that wanders under seasons, from the months that were observed."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations_with_replacement
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.linalg import cho_solve, solve_triangular, solveh_banded
from scipy.linalg.lapack import dpttrf, dpttrs
from scipy.optimize import minimize

from analysis.errors import NeracaError
from analysis.models.maximum import ROUNDS, highest
from analysis.models.season import calendar_features
from analysis.models.trend import FEAST_DEVIATION, LEVEL_DEVIATION

#: Least variance of noise in logarithms, far below that of rounded figures: where a flow repeats
#: itself exactly, its likelihood would have no maximum.
LEAST_NOISE = 1e-10

#: How smooth the trend is at which a search begins.
SMOOTHING = 1600

#: Rounds of a search that must not be broken off.
MOST_ROUNDS = 200

#: Log-likelihoods closer than this tell no two estimates apart.
SAME_HEIGHT = 1e-3


class Variances(NamedTuple):
    """Hold the variances of a month's noise and of the step that the level takes each month."""

    noise: float
    step: float


class Outlook(NamedTuple):
    """Hold what a model expects of months, in logarithms, and its errors' covariance."""

    means: np.ndarray
    covariance: np.ndarray


@dataclass(frozen=True)
class SeasonalLevel:
    """Hold a monthly flow's observed logarithms as changes from one observed month to the next.

    Model: ln y = level + season + β · Idul Fitri + noise, the level a random walk, as
    `trend.local_level_model` has it. `features` (months × effects) are the seasonal waves and Idul
    Fitri in all months, coming ones too, each times the prior deviation of its effect. `positions`
    are those of the observed months, `gaps` the months between them. `columns` (effects and one
    more × observed months) are the changes of the features and, in the last row, of the logarithms:
    the first value of each as it is, the logarithm less `start`, the first observed one.

    With effects that are constant, the changes have the covariance T + U'U, where U is the effects'
    part of `columns` and T tridiagonal: a step's variance times the gap and twice the noise's on
    the diagonal, less the noise's beside it. So a likelihood takes one pass over the months and an
    equation in as many unknowns as there are effects (Woodbury's identity; Golub and Van Loan 2013,
    Matrix Computations, sections 2.1.4 and 4.3.6), a fraction of the time of a Kalman filter.

    >>> months = pd.period_range("2020-01", periods=4, freq="M")
    >>> level = SeasonalLevel.of(np.array([1.0, np.nan, 2.0, 4.0]), months, 1.0)
    >>> level.gaps.tolist(), level.columns[-1].tolist()
    ([0.0, 2.0, 1.0], [0.0, 1.0, 2.0])
    """

    features: np.ndarray
    positions: np.ndarray
    gaps: np.ndarray
    columns: np.ndarray
    start: float

    @classmethod
    def of(
        cls, logs: np.ndarray, months: pd.PeriodIndex, seasonal_deviation: float
    ) -> "SeasonalLevel":
        """Take the logarithms of a flow, missing where none was observed.

        `months` begin with them and may go on. `seasonal_deviation` is the prior standard deviation
        of each seasonal wave.
        """
        calendar = calendar_features(months)
        feast = calendar.columns == "idul_fitri"
        deviations = np.where(feast, FEAST_DEVIATION, seasonal_deviation)
        return cls.with_features(logs, calendar.to_numpy() * deviations)

    @classmethod
    def with_features(cls, logs: np.ndarray, features: np.ndarray) -> "SeasonalLevel":
        """Take logarithms and the features of their months, times their prior deviations."""
        positions = np.flatnonzero(~np.isnan(logs))
        start = float(logs[positions[0]])
        values = np.vstack([features[positions].T, logs[positions] - start])
        changes = np.diff(values, axis=1, prepend=0)
        return cls(features, positions, np.diff(positions, prepend=0.0), changes, start)

    def loglikelihoods(self, variances: np.ndarray, origin: int) -> np.ndarray:
        """Give the log-likelihood of the months before an origin, for each row of variances."""
        count, many = self._known(origin), len(variances)
        diagonal, beside = self._tridiagonal(variances, count)
        # Side by side, as if the first month of each were far from the last of the one before.
        beside[:, -1] = 0
        pivots, multipliers, _ = dpttrf(diagonal.ravel(), beside.ravel()[:-1])
        columns = self.columns[:, :count]
        solved = dpttrs(pivots, multipliers, np.tile(columns, many).T)[0].T
        told = columns @ solved.reshape(-1, many, count).transpose(1, 2, 0)
        # The effects' prior; what is added to the changes too leaves some if all are explained.
        root = np.linalg.cholesky(told + np.eye(len(columns)))
        own = np.diagonal(root, axis1=1, axis2=2)
        determinant = np.log(pivots).reshape(many, count).sum(axis=1)
        determinant += 2 * np.log(own[:, :-1]).sum(axis=1)
        return -0.5 * (count * np.log(2 * np.pi) + determinant + own[:, -1] ** 2 - 1)

    def estimate(self, origin: int) -> Variances:
        """Give the variances of the highest likelihood of the months before an origin, roughly.

        Where the search takes long it is broken off: a forecast is answered by its score.
        """
        found = highest(self._likelihoods(origin), self._beginning(origin), ROUNDS)
        return Variances(*_variances(found.x).tolist())

    def estimate_surely(self) -> Variances:
        """Give the variances of the highest likelihood of all months.

        Raises NeracaError where neither of two optimizers finds it.
        """
        origin = int(self.positions[-1]) + 1
        likelihoods = self._likelihoods(origin)
        found = first = highest(likelihoods, self._beginning(origin), MOST_ROUNDS)
        if not first.success:
            found = minimize(
                lambda deviations: -likelihoods(deviations[None])[0],
                first.x,
                method="Nelder-Mead",
                options={"maxiter": 10 * MOST_ROUNDS},
            )
        # Two different optimizers that end at one height have found it, whatever either says.
        agree = origin * abs(found.fun - first.fun) < SAME_HEIGHT
        if not np.isfinite(found.fun) or not (found.success or agree):
            raise NeracaError(
                "The likelihood of the level has no maximum that two optimizers find; "
                "look for misprints in the flow."
            )
        return Variances(*_variances(found.x).tolist())

    def outlook(self, variances: Variances, origin: int, horizon: int) -> Outlook:
        """Expect the months from an origin on, given those observed before it.

        Given the effects, the level at the origin is normal with a mean that is linear in them;
        the effects are normal given the changes.
        """
        noise, step = variances
        count = self._known(origin)
        columns, first = self.columns[:, :count], LEVEL_DEVIATION**2
        # How the level at the origin varies with the changes.
        shared = step * self.gaps[:count]
        shared[0] += first
        diagonal, beside = self._tridiagonal(np.array(variances), count)
        pivots, multipliers, _ = dpttrf(diagonal, beside[:-1])
        solved = dpttrs(pivots, multipliers, np.vstack([columns, shared]).T)[0]
        told = columns @ solved
        precision = told[:-1, :-2] + np.eye(len(told) - 1)
        # What the level owes to the effects is theirs.
        ahead = self.features[origin : origin + horizon] - told[:-1, -1]
        inverse = np.linalg.solve(precision, np.column_stack([told[:-1, -2], ahead.T]))
        means = self.start + told[-1, -1] + ahead @ inverse[:, 0]
        variance = first + step * origin - shared @ solved[:, -1]
        steps = np.arange(horizon)
        covariance = variance + step * np.minimum.outer(steps, steps) + ahead @ inverse[:, 1:]
        return Outlook(means, covariance + noise * np.eye(horizon))

    def between(self, variances: Variances, missing: np.ndarray) -> Outlook:
        """Expect the months at some positions where none was observed, given all that were."""
        noise, step = variances
        own, first = self.features[missing], LEVEL_DEVIATION**2
        shared = step * np.diff(np.minimum.outer(self.positions, missing), axis=0, prepend=0)
        shared[0] += first
        shared += self.columns[:-1].T @ own.T
        weights = cho_solve((self._root(variances), True), shared)
        alone = first + step * np.minimum.outer(missing, missing) + own @ own.T
        covariance = alone + noise * np.eye(len(missing)) - shared.T @ weights
        return Outlook(self.start + weights.T @ self.columns[-1], covariance)

    def surprises(self, variances: Variances, months: int) -> np.ndarray:
        """Give what each month brought beyond what those before it led to expect, standardized.

        The result has so many months, at least all observed ones; the others are missing.
        """
        result = np.full(months, np.nan)
        root = self._root(variances)
        result[self.positions] = solve_triangular(root, self.columns[-1], lower=True)
        return result

    def _likelihoods(self, origin: int) -> Callable[[np.ndarray], np.ndarray]:
        """Give the log-likelihood per month as a function of deviations, the roots of variances."""
        return lambda deviations: self.loglikelihoods(_variances(deviations), origin) / origin

    def _beginning(self, origin: int) -> np.ndarray:
        """Give the deviations at which the search for the highest likelihood begins.

        They are those of the parts into which the filter of Hodrick and Prescott takes the flow,
        as statsmodels has it, so that of several maxima the same is found.
        """
        seen = self.columns[-1, : self._known(origin)].cumsum()
        trend = smooth_trend(seen)
        return np.array([(seen - trend).std(), trend.std()])

    def _known(self, origin: int) -> int:
        """Count the months observed before an origin."""
        return int(np.searchsorted(self.positions, origin))

    def _tridiagonal(self, variances: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
        """Give the covariance of changes without effects: its diagonal, and what is beside it.

        Both are as long as there are changes, in the last axis; the last beside is nobody's.
        """
        noise, step = variances[..., :1], variances[..., 1:]
        diagonal = step * self.gaps[:count] + 2 * noise
        diagonal[..., :1] += LEVEL_DEVIATION**2 - noise
        return diagonal, np.repeat(-noise, count, axis=-1)

    def _root(self, variances: Variances) -> np.ndarray:
        """Give the Cholesky factor of the whole covariance of all changes."""
        diagonal, beside = self._tridiagonal(np.array(variances), len(self.positions))
        covariance = np.diag(diagonal) + np.diag(beside[:-1], 1) + np.diag(beside[:-1], -1)
        return np.linalg.cholesky(covariance + self.columns[:-1].T @ self.columns[:-1])


def smooth_trend(values: np.ndarray) -> np.ndarray:
    """Give the smooth trend of values in a row, at least three of them.

    Formula: (I + λ D'D)⁻¹ y, D the second differences, λ = 1600 (Hodrick and Prescott 1997,
    "Postwar U.S. business cycles: an empirical investigation", Journal of Money, Credit and
    Banking 29).

    >>> smooth_trend(np.array([1.0, 3.0, 5.0, 7.0])).round(6).tolist()
    [1.0, 3.0, 5.0, 7.0]
    """
    count, difference = len(values), (1.0, -2.0, 1.0)
    band = np.zeros((3, count))
    for i, j in combinations_with_replacement(range(3), 2):
        band[2 + i - j, j : count - 2 + j] += SMOOTHING * difference[i] * difference[j]
    band[2] += 1
    return solveh_banded(band, values, check_finite=False)


def _variances(deviations: np.ndarray) -> np.ndarray:
    return np.square(deviations) + np.array([LEAST_NOISE, 0.0])
