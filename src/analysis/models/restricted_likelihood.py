"""Weigh the memory, noise and shifts of a monthly level by restricted likelihood."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import pandas as pd
from scipy.linalg import cholesky, null_space, solve_triangular
from scipy.special import logsumexp

from analysis.models.season import calendar_features

#: What is tried for the level's memory from month to month (1 is a random walk), and for the share
#: of noise in the variance of a month's news. Without memory both are the same white noise.
PERSISTENCES = (0.1, 0.3, 0.5, 0.7, 0.85, 0.95, 1.0)
NOISE_SHARES = (0.0, 0.5, 0.8, 0.95)

#: What is tried for the step of a level that walks, in standard deviations of the noise, one as
#: likely as the other beforehand; and the least variance in logarithms that rounded figures have.
SIGNALS = (0.02, 0.05, 0.1, 0.2, 0.35, 0.6, 1.0, 1.8, 3.5)
LEAST_VARIANCE = 1e-8

#: Squared logarithms below this are rounding errors, which are no evidence.
ROUNDING = 1e-20


@dataclass(frozen=True)
class Point:
    """Hold what one persistence and noise share make of the contrasts and of all steps.

    `directions` are those, in its columns, along which the contrasts are without correlation,
    `deviations` their standard deviations; all points of one persistence share the directions.
    `determinant` is that of the contrasts' covariance, per contrast; `steps` (contrasts × dates)
    are the whitened steps brought to length one, and `lengths` what they were.
    """

    persistence: float
    noise_share: float
    directions: np.ndarray
    deviations: np.ndarray
    determinant: float
    steps: np.ndarray
    lengths: np.ndarray

    @property
    def root(self) -> np.ndarray:
        """Give the Cholesky factor of the contrasts' covariance."""
        covariance = (self.directions * self.deviations**2) @ self.directions.T
        return np.linalg.cholesky(covariance)


@dataclass(frozen=True)
class Design:
    """Hold the contrasts that no coefficient changes, the dates to test, and the grid.

    `contrasts` (months × contrasts) is an orthonormal basis of what constant, seasons, feast and
    earlier shifts leave, `dates` the positions at which a new level may begin.
    """

    contrasts: np.ndarray
    dates: np.ndarray
    points: tuple[Point, ...]

    @property
    def freedom(self) -> int:
        """Count the contrasts."""
        return self.contrasts.shape[1]


@dataclass(frozen=True)
class Walks:
    """Hold the variances that a walking level and its noise may have, with their weights.

    `weights` add up to one; `noise` and `step` are variances in logarithms, `freedom` the degrees
    of freedom behind each.
    """

    weights: np.ndarray
    noise: np.ndarray
    step: np.ndarray
    freedom: int


def walks(logs: pd.Series) -> Walks:
    """Weigh how much of a monthly flow's movement is a walk of its level, and how much is noise.

    `logs` are the observed months, indexed by month. Seasons and Idul Fitri are held constant.

    Formula: at each ratio of `SIGNALS` the scale has its restricted maximum likelihood (Patterson
    and Thompson 1971, Biometrika 58), and the ratio the weight of that likelihood. A single best
    ratio is often none at all, which is surer of the level than these data are (Shephard and Harvey
    1990, "On the probability of estimating a deterministic component in the local level model",
    Journal of Time Series Analysis 11).

    >>> months = pd.period_range("2020-01", periods=48, freq="M")
    >>> found = walks(pd.Series(np.arange(48.0) ** 2 % 7, index=months))
    >>> round(float(found.weights.sum()), 6), found.freedom, bool(found.weights.argmax() < 3)
    (1.0, 35, True)
    """
    contrasts, distance = _contrasts(logs.index, ())
    memory = contrasts.T @ _covariance(distance, 1.0) @ contrasts
    data = contrasts.T @ logs.to_numpy()
    signals = np.square(SIGNALS)
    heights, scales = np.empty(len(signals)), np.empty(len(signals))
    for number, signal in enumerate(signals):
        root = cholesky(signal * memory + np.eye(len(memory)), lower=True)
        white = solve_triangular(root, data, lower=True)
        scales[number] = max(float(white @ white) / len(data), LEAST_VARIANCE)
        heights[number] = -len(data) / 2 * np.log(scales[number]) - np.log(np.diag(root)).sum()
    weights = np.exp(heights - logsumexp(heights))
    return Walks(weights, scales, signals * scales, len(data))


def prepare(months: pd.PeriodIndex, earlier: Sequence[pd.Period], dates: np.ndarray) -> Design:
    """Prepare the observed months for every date and every point of the grid.

    `months` are in their order, `earlier` the beginnings of shifts that are taken as given, `dates`
    positions in `months`.

    >>> months = pd.period_range("2020-01", periods=48, freq="M")
    >>> prepare(months, (), np.arange(10, 38)).freedom
    35
    """
    contrasts, distance = _contrasts(months, earlier)
    steps = contrasts.T @ np.greater_equal.outer(np.arange(len(months)), dates).astype(float)
    grid = [(0.0, 0.0), *((phi, share) for phi in PERSISTENCES for share in NOISE_SHARES)]
    turned = {
        phi: _turned(contrasts.T @ _covariance(distance, phi) @ contrasts, steps)
        for phi in (0.0, *PERSISTENCES)
    }
    points = tuple(_point(phi, share, *turned[phi]) for phi, share in grid)
    return Design(contrasts, dates, points)


def profile(design: Design, data: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give what is left without shift and with one at each date, at the best point for each.

    `data` are contrasts × draws, the results draws and dates × draws. What is left is the sum of
    squares times the determinant to the power 1/m, so that −m/2 times its logarithm is the
    log-likelihood concentrated over the scale, up to a constant.
    """
    null = np.full(data.shape[1], np.inf)
    shifted = np.full((len(design.dates), data.shape[1]), np.inf)
    for point in design.points:
        white = _whitened(point, data)
        left = np.sum(white**2, axis=0)
        # In place: these arrays are large, and there is one for every point.
        with_shift = point.steps.T @ white
        with_shift *= -with_shift
        with_shift += left
        np.maximum(with_shift, ROUNDING, out=with_shift)
        with_shift *= point.determinant
        np.minimum(shifted, with_shift, out=shifted)
        np.minimum(null, np.maximum(left, ROUNDING) * point.determinant, out=null)
    return null, shifted


def largest_ratios(design: Design, data: np.ndarray) -> np.ndarray:
    """Give the largest likelihood ratio over all dates, for each draw (contrasts × draws).

    It is computed with the precision of the data.

    >>> design = prepare(pd.period_range("2020-01", periods=48, freq="M"), (), np.arange(10, 38))
    >>> largest_ratios(design, np.zeros((35, 2))).tolist()
    [0.0, 0.0]
    """
    null = np.full(data.shape[1], np.inf)
    shifted = np.full(data.shape[1], np.inf)
    for _, points in groupby(design.points, lambda point: point.persistence):
        turned: np.ndarray | None = None
        for point in points:
            if turned is None:
                turned = point.directions.T.astype(data.dtype) @ data
                squares = turned**2
            left = (point.deviations**-2).astype(data.dtype) @ squares
            # Of all dates only the one that explains most matters: as in `profile`, in fewer
            # passes over arrays that are large.
            steps = (point.steps / point.deviations[:, None]).astype(data.dtype)
            explained = steps.T @ turned
            most = np.maximum(explained.max(axis=0), -explained.min(axis=0)) ** 2
            with_shift = np.maximum(left - most, ROUNDING) * point.determinant
            np.minimum(shifted, with_shift, out=shifted)
            np.minimum(null, np.maximum(left, ROUNDING) * point.determinant, out=null)
    return np.asarray(design.freedom * np.log(null / shifted))


def null_point(design: Design, data: np.ndarray) -> int:
    """Choose the point that flows without shift are drawn at, for one flow's contrasts.

    It maximises the product of the likelihoods without shift and with one at a date unknown: the
    first alone takes a shift for memory, the second memory for a shift.
    """
    either = logsumexp(shifted_likelihoods(design, data), axis=1)
    return int((null_likelihoods(design, data) + either).argmax())


def null_likelihoods(design: Design, data: np.ndarray) -> np.ndarray:
    """Give the restricted log-likelihood without shift at each point, up to a constant."""
    left = [np.sum(_whitened(point, data[:, None]) ** 2) for point in design.points]
    determinants = np.array([point.determinant for point in design.points])
    return -design.freedom / 2 * np.log(np.maximum(left, ROUNDING) * determinants)


def shifted_likelihoods(design: Design, data: np.ndarray) -> np.ndarray:
    """Give the restricted log-likelihood by point and date, the shift a coefficient like others."""
    likelihoods = []
    for point in design.points:
        white = _whitened(point, data[:, None])[:, 0]
        left = np.maximum(white @ white - (point.steps.T @ white) ** 2, ROUNDING)
        likelihoods.append(
            -(design.freedom - 1) / 2 * np.log(left)
            - design.freedom / 2 * np.log(point.determinant)
            - np.log(point.lengths)
        )
    return np.array(likelihoods)


def estimated_step(point: Point, data: np.ndarray, date: int) -> tuple[float, float]:
    """Give the size of the step at a date (its number) and its standard error, in logarithms.

    `data` are the contrasts of one flow. Generalised least squares at one point of the grid.

    >>> design = prepare(pd.period_range("2020-01", periods=48, freq="M"), (), np.arange(10, 38))
    >>> step = design.contrasts.T @ np.repeat([0.0, 3.0], [20, 28])
    >>> round(estimated_step(design.points[9], step, 10)[0], 6)
    3.0
    """
    white = _whitened(point, data[:, None])[:, 0]
    size = point.steps[:, date] @ white
    left = max(white @ white - size**2, 0.0)
    error = np.sqrt(left / (len(data) - 1))
    return float(size / point.lengths[date]), float(error / point.lengths[date])


def _contrasts(
    months: pd.PeriodIndex, earlier: Sequence[pd.Period]
) -> tuple[np.ndarray, np.ndarray]:
    """Give what no coefficient changes, and how many months the observed ones are apart."""
    features = calendar_features(months)
    features["constant"] = 1.0
    for date in earlier:
        features[str(date)] = (months >= date).astype(float)
    position = (12 * months.year + months.month).to_numpy(dtype=float)
    distance = np.abs(np.subtract.outer(position, position))
    return null_space(features.to_numpy().T), distance


def _covariance(distance: np.ndarray, persistence: float) -> np.ndarray:
    """Give the covariance of an autoregressive level of unit news, up to a constant.

    Contrasts do not see the constant; without it the random walk is the limit.
    """
    if persistence == 1:
        return -distance / 2
    return (persistence**distance - 1) / (1 - persistence**2)


def _turned(memory: np.ndarray, steps: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give the directions without correlation, the variances along them, and steps along them.

    Noise has the same variance in all directions, so that they serve each of its shares.
    """
    variances, directions = np.linalg.eigh(memory)
    return directions, variances, directions.T @ steps


def _point(
    persistence: float,
    noise_share: float,
    directions: np.ndarray,
    variances: np.ndarray,
    turned: np.ndarray,
) -> Point:
    deviations = np.sqrt((1 - noise_share) * variances + noise_share)
    white = turned / deviations[:, None]
    lengths = np.sqrt(np.sum(white**2, axis=0))
    return Point(
        persistence=persistence,
        noise_share=noise_share,
        directions=directions,
        deviations=deviations,
        # Per contrast, so that it scales a sum of squares without overflow.
        determinant=float(np.exp(2 * np.log(deviations).mean())),
        steps=white / lengths,
        lengths=lengths,
    )


def _whitened(point: Point, data: np.ndarray) -> np.ndarray:
    return (point.directions.T @ data) / point.deviations[:, None]
