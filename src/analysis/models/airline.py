"""Estimate and forecast a monthly series by the airline model, missing months allowed."""

from dataclasses import dataclass

import numpy as np
from scipy.linalg.lapack import dpbtrf, dtbtrs

from analysis.models.maximum import ROUNDS, highest
from analysis.models.restricted_likelihood import LEAST_VARIANCE

#: Months that the two differences reach back.
DIFFERENCES = 13

#: Variance, in shocks, of the months before the first one, of which nothing is known.
DIFFUSE_VARIANCE = 1e6


@dataclass(frozen=True)
class Airline:
    """Hold a monthly series' logarithms as the changes that the airline model explains.

    Model: (1 − B)(1 − B¹²) y = (1 + θB)(1 + ΘB¹²) ε (Box and Jenkins 1970, Time Series Analysis:
    Forecasting and Control). `logs` are by month, 0 where missing; `columns` (unknowns × months)
    are what the two differences make of these logarithms (the first row), of each of the 13 months
    before the first one and of each missing month; `missing` are the positions of these, and `seen`
    counts the months observed up to each month.

    The unknown months are coefficients of a regression (the additive outliers of Gómez, Maravall
    and Peña 1999, "Missing observations in ARIMA models: skipping approach versus additive outlier
    approach", Journal of Econometrics 88): nothing is known of a missing one beforehand, and of
    those before the first one that their variance is `DIFFUSE_VARIANCE`. Changes are correlated
    only with those 1, 11, 12 and 13 months apart, so that their covariance is a band, whose
    Cholesky factor takes a fraction of the time of a Kalman filter with 14 states.

    >>> Airline.of(np.log([1.0, 2.0, np.nan, 4.0])).missing.tolist()
    [2]
    """

    logs: np.ndarray
    columns: np.ndarray
    missing: np.ndarray
    seen: np.ndarray

    @classmethod
    def of(cls, logs: np.ndarray) -> "Airline":
        """Take logarithms by month, missing where none was observed."""
        gone = np.isnan(logs)
        missing, known = np.flatnonzero(gone), np.where(gone, 0.0, logs)
        levels = np.zeros((1 + DIFFERENCES + len(missing), DIFFERENCES + len(logs)))
        levels[0, DIFFERENCES:] = known
        places = np.concatenate([np.arange(DIFFERENCES), DIFFERENCES + missing])
        levels[np.arange(1, len(levels)), places] = 1.0
        by_month = levels[:, 1:] - levels[:, :-1]
        return cls(known, by_month[:, 12:] - by_month[:, :-12], missing, (~gone).cumsum())

    def loglikelihoods(self, parameters: np.ndarray, origin: int) -> np.ndarray:
        """Give the log-likelihood of the months before an origin, given the first 13 observed.

        Each row of `parameters` is θ and Θ; the variance of the shocks has its highest likelihood.
        As many observed months as the differences reach back only tell where the series stands.
        """
        factor, columns = self._whitened(parameters, origin)
        burnt = min(int(np.searchsorted(self.seen, DIFFERENCES)) + 1, origin)
        left, determinant = _regressed(columns)
        first, own = _regressed(columns[:, : self._unknowns(burnt), :burnt])
        determinant += np.log(factor[0].reshape(-1, origin)[:, burnt:]).sum(axis=1) - own
        count = int(self.seen[origin - 1]) - DIFFERENCES
        variance = np.maximum((left - first) / count, LEAST_VARIANCE)
        return -count / 2 * (np.log(2 * np.pi * variance) + 1) - determinant

    def estimate(self, origin: int) -> np.ndarray:
        """Give the θ and Θ, between −1 and 1, of the highest likelihood before an origin."""
        found = highest(
            lambda free: self.loglikelihoods(_invertible(free), origin) / origin,
            # Moderate moving averages, −0.5 both.
            np.full(2, -0.5 / np.sqrt(0.75)),
            ROUNDS,
        )
        return _invertible(found.x)

    def means(self, parameters: np.ndarray, origin: int, horizon: int) -> np.ndarray:
        """Expect the logarithms of the months from an origin on, given those before it."""
        factor, (columns,) = self._whitened(parameters[None], origin)
        told = _told(columns)
        unknown = np.linalg.solve(told[1:, 1:], -told[1:, 0])
        shocks = columns[0] + unknown @ columns[1:]
        weights = dtbtrs(factor, shocks[:, None], uplo="L", trans="T")[0][:, 0]
        last = weights[-DIFFERENCES:]
        # What comes j months after the origin is correlated with what came up to 13 − j before it.
        covariances = np.pad(_covariances(parameters), (0, horizon))
        apart = np.add.outer(np.arange(horizon), np.arange(len(last), 0, -1))
        changes = covariances[np.minimum(apart, DIFFERENCES + 1)] @ last
        series = np.concatenate([unknown[:DIFFERENCES], self.logs[:origin], changes])
        series[DIFFERENCES + self.missing[: len(unknown) - DIFFERENCES]] = unknown[DIFFERENCES:]
        for month in range(DIFFERENCES + origin, len(series)):
            series[month] += series[month - 1] + series[month - 12] - series[month - 13]
        return series[DIFFERENCES + origin :]

    def _unknowns(self, origin: int) -> int:
        """Count the rows that the months before an origin need."""
        return 1 + DIFFERENCES + origin - int(self.seen[origin - 1])

    def _whitened(self, parameters: np.ndarray, origin: int) -> tuple[np.ndarray, np.ndarray]:
        """Give the band of the changes' Cholesky factor, and the columns without correlation.

        For each row of parameters: the bands lie side by side, as if the first month of each were
        far from the last of the one before.
        """
        within = np.add.outer(np.arange(origin), np.arange(DIFFERENCES + 1)) < origin
        bands = (_covariances(parameters)[:, None] * within).reshape(-1, DIFFERENCES + 1)
        factor = dpbtrf(bands.T, lower=1)[0]
        columns = np.tile(self.columns[: self._unknowns(origin), :origin], len(parameters))
        white = dtbtrs(factor, columns.T, uplo="L")[0].T
        return factor, white.reshape(len(white), -1, origin).swapaxes(0, 1)


def _invertible(free: np.ndarray) -> np.ndarray:
    """Keep moving averages between −1 and 1."""
    return free / np.sqrt(1 + free**2)


def _covariances(parameters: np.ndarray) -> np.ndarray:
    """Give the covariances of changes 0 to 13 months apart, in shocks, in the last axis."""
    average, seasonal = parameters[..., 0], parameters[..., 1]
    covariances = np.zeros((*average.shape, DIFFERENCES + 1))
    covariances[..., 0] = (1 + average**2) * (1 + seasonal**2)
    covariances[..., 1] = average * (1 + seasonal**2)
    covariances[..., 12] = seasonal * (1 + average**2)
    covariances[..., 11] = covariances[..., 13] = average * seasonal
    return covariances


def _told(columns: np.ndarray) -> np.ndarray:
    """Give what columns tell of each other, and what was known of the unknown beforehand."""
    told = columns @ columns.swapaxes(-1, -2)
    before = np.arange(1, DIFFERENCES + 1)
    told[..., before, before] += 1 / DIFFUSE_VARIANCE
    return told


def _regressed(columns: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give the squares that no unknown explains, and half the log-determinant of what is told."""
    told = _told(columns)
    # Where everything is explained, a little must be left for the factor.
    told[:, 0, 0] += 1
    root = np.linalg.cholesky(told[:, ::-1, ::-1])
    diagonal = np.diagonal(root, axis1=1, axis2=2)
    return diagonal[:, -1] ** 2 - 1, np.log(diagonal[:, :-1]).sum(axis=1)
