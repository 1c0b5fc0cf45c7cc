"""Regress on a design with errors that may be related, and find the quantile they demand."""

from bisect import bisect_right
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
import pandas as pd
from scipy import stats
from scipy.linalg import solve_triangular
from scipy.signal import lfilter

from analysis.errors import NeracaError
from analysis.indicators.series import Interval, check_level

#: Draws behind a critical value that no table has, and their fixed seed; and how many of them
#: tell by how much a regression hides the autocorrelation of its errors.
SIMULATIONS = 2000
SIMULATION_SEED = 1
CALIBRATIONS = 500

#: The autocorrelations of errors that are told apart; above the last one there is no line that
#: a flow keeps to.
PERSISTENCES = np.linspace(0, 0.95, 20)


@dataclass(frozen=True)
class LeastSquares:
    """Hold a least-squares fit: coefficients, their covariance and its degrees of freedom."""

    coefficients: pd.Series
    covariance: pd.DataFrame
    degrees_of_freedom: int
    lags: int | None

    @property
    def standard_errors(self) -> pd.Series:
        """Give the standard error of every coefficient."""
        diagonal = np.sqrt(np.diag(self.covariance))
        return pd.Series(diagonal, index=self.coefficients.index)

    def interval(self, name: str, level: float) -> Interval:
        """Give the Student t interval of one coefficient; NeracaError for one that is not there."""
        check_level(level)
        if name not in self.coefficients.index:
            names = ", ".join(map(str, self.coefficients.index))
            raise NeracaError(f"There is no coefficient {name!r}; there are {names}.")
        reach = stats.t.ppf((1 + level) / 2, self.degrees_of_freedom) * self.standard_errors[name]
        middle = float(self.coefficients[name])
        return Interval(float(middle - reach), middle, float(middle + reach), level)


def least_squares(
    response: pd.Series, design: pd.DataFrame, lags: int | None = None
) -> LeastSquares:
    """Regress a response on a design by QR decomposition, with plain or HAC standard errors.

    `response` and `design` share an index of months or positions; rows without a response are
    left out. With `lags`, errors are heteroskedasticity and autocorrelation consistent, and two
    months are as far apart as the calendar says, however many between them are missing.

    Raises NeracaError for fewer rows than coefficients plus one, something infinite or no number,
    a design without columns, with missing values or a column that follows from the others, or an
    impossible number of lags.

    Formula: (X'X)⁻¹ S (X'X)⁻¹ · n/(n − k), S = Σ w(l) Σ g[t] g[t−l]' with Bartlett weights
    w(l) = 1 − l/(L + 1) (Newey and West 1987, Econometrica 55), where g is zero in missing months
    (the amplitude-modulated form of Parzen 1963, Sankhyā A 25).

    >>> line = pd.DataFrame({"constant": 1.0, "time": [0.0, 1.0, 2.0]})
    >>> least_squares(pd.Series([1.0, 3.0, 5.0]), line).coefficients.round(6).to_dict()
    {'constant': 1.0, 'time': 2.0}
    """
    _check_regression(response, design, lags)
    seen = response.notna().to_numpy()
    rows, known = design[seen].to_numpy(dtype=float), response[seen].to_numpy(dtype=float)
    orthogonal, triangular = np.linalg.qr(rows)
    diagonal = np.abs(np.diag(triangular))
    if (diagonal <= 1e-12 * np.linalg.norm(rows, axis=0)).any():
        raise NeracaError("A column of the design repeats the others; drop it.")
    coefficients = solve_triangular(triangular, orthogonal.T @ known)
    # Inverting the triangle keeps the digits that inverting the cross-products loses.
    root = solve_triangular(triangular, np.eye(len(triangular)))
    inverse, freedom = root @ root.T, len(known) - len(triangular)
    residuals = known - rows @ coefficients
    if lags is None:
        covariance = inverse * (residuals @ residuals) / freedom
    else:
        scores = np.zeros(design.shape)
        scores[seen] = rows * residuals[:, None]
        covariance = len(known) / freedom * inverse @ _long_run_sum(scores, lags) @ inverse
    names = design.columns
    return LeastSquares(
        coefficients=pd.Series(coefficients, index=names),
        covariance=pd.DataFrame(covariance, index=names, columns=names),
        degrees_of_freedom=freedom,
        lags=lags,
    )


def error_autocorrelation(design: np.ndarray, residuals: np.ndarray) -> float:
    """Estimate the autocorrelation of errors from what the residuals show of it.

    `design` (months × columns) has a row of zeros for every missing month, `residuals` a zero. The
    result, 0 to 0.95, is that of which the residuals' own is the median: they show less of it than
    there is. Where they vanish or no two neighbouring months were observed, none is found; a
    negative one counts as none, and widens no interval.

    Formula: the median-unbiased estimate of Andrews (1993, Econometrica 61), by simulation.

    >>> error_autocorrelation(np.ones((6, 1)), np.array([1.0, -1.0, 1.0, -1.0, 1.0, -1.0]))
    0.0
    """
    seen = np.asarray(design.any(axis=1))
    if not (seen[1:] & seen[:-1]).any() or not residuals.any():
        return 0.0
    noise = _simulated_noise(len(design))[:CALIBRATIONS]

    @cache
    def shown(place: int) -> float:
        paths = _residuals(design, _autoregression(noise, PERSISTENCES[place]))
        return float(np.median(_first_autocorrelation(paths, seen)))

    found = _first_autocorrelation(residuals[None, :], seen)[0]
    # More is shown of more: few of the persistences need to be tried.
    above = bisect_right(range(len(PERSISTENCES)), found, key=shown)
    if above in (0, len(PERSISTENCES)):
        return float(PERSISTENCES[max(above - 1, 0)])
    ends = slice(above - 1, above + 1)
    return float(np.interp(found, [shown(above - 1), shown(above)], PERSISTENCES[ends]))


def simulated_quantile(
    design: np.ndarray, column: int, lags: int, autocorrelation: float, level: float
) -> float:
    """Give the quantile of one coefficient's HAC t statistic, by simulation.

    `design` (months × columns) has a row of zeros for every missing month, `column` is the place
    of the coefficient, `autocorrelation` that of the errors that are drawn. So many lags as are
    used here demand a quantile of their own (Kiefer and Vogelsang 2005, Econometric Theory 21; with
    simulated errors Zhang and Shao 2013, "Fixed-smoothing asymptotics for time series", Annals of
    Statistics 41). By Frisch and Waugh's theorem the coefficient is a regression on what the other
    columns leave of its own.

    >>> design = np.column_stack([np.ones(60), np.arange(60.0)])
    >>> plain, related = (simulated_quantile(design, 1, 10, each, 0.8) for each in (0.0, 0.8))
    >>> 1.28 < plain < related
    True
    """
    seen = design.any(axis=1)
    errors = _autoregression(_simulated_noise(len(design)), autocorrelation)
    own = _residuals(np.delete(design, column, axis=1), design[:, column])
    distance = np.abs(np.subtract.outer(np.arange(len(design)), np.arange(len(design))))
    weights = np.clip(1 - distance / (lags + 1), 0, None)
    scores = _residuals(design, errors) * own
    correction = seen.sum() / (seen.sum() - design.shape[1])
    variances = correction * np.sum((scores @ weights) * scores, axis=1)
    return float(np.quantile(np.abs(errors @ own) / np.sqrt(variances), level))


def _check_regression(response: pd.Series, design: pd.DataFrame, lags: int | None) -> None:
    if not isinstance(response, pd.Series) or not isinstance(design, pd.DataFrame):
        raise NeracaError("A regression takes a response as Series and a design as DataFrame.")
    if not response.index.equals(design.index):
        raise NeracaError("The response and the design differ in their index; align them first.")
    try:
        known, table = response.to_numpy(dtype=float), design.to_numpy(dtype=float)
    except (TypeError, ValueError) as error:
        raise NeracaError(
            "The response or the design holds something that is not a number; remove or correct it."
        ) from error
    if np.isinf(known).any():
        raise NeracaError("The response has an infinite value; correct it or declare it missing.")
    if design.shape[1] == 0:
        raise NeracaError("The design has no column; give it at least a constant.")
    if not np.isfinite(table).all():
        raise NeracaError("The design has a missing or infinite value; fill or drop its row.")
    rows = int(response.notna().sum())
    if rows <= design.shape[1]:
        raise NeracaError(
            f"A regression on {design.shape[1]} columns needs at least {design.shape[1] + 1} "
            f"observations and has {rows}; add observations or drop columns."
        )
    if lags is not None and not 0 <= lags < len(response):
        raise NeracaError(f"The number of lags is {lags}; give one from 0 to {len(response) - 1}.")


def _long_run_sum(scores: np.ndarray, lags: int) -> np.ndarray:
    total = scores.T @ scores
    for lag in range(1, lags + 1):
        lagged = scores[lag:].T @ scores[:-lag]
        total += (1 - lag / (lags + 1)) * (lagged + lagged.T)
    return total


# What is drawn depends on the number of months alone.
@lru_cache(maxsize=2)
def _simulated_noise(months: int) -> np.ndarray:
    noise = np.random.default_rng(SIMULATION_SEED).standard_normal((SIMULATIONS, months))
    noise.flags.writeable = False
    return noise


def _autoregression(noise: np.ndarray, autocorrelation: float) -> np.ndarray:
    """Make independent noise (draw × month) into paths of stationary, autocorrelated errors."""
    shocks = noise.copy()
    shocks[:, 0] /= np.sqrt(1 - autocorrelation**2)
    return lfilter([1.0], [1.0, -autocorrelation], shocks, axis=1)


def _residuals(design: np.ndarray, errors: np.ndarray) -> np.ndarray:
    """Give what a regression leaves of errors; a missing month has a row of zeros in both."""
    basis = np.linalg.qr(design)[0]
    return errors * design.any(axis=1) - (errors @ basis) @ basis.T


def _first_autocorrelation(residuals: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """Give the autocorrelation of each row of residuals between neighbouring observed months."""
    pairs = seen[1:] & seen[:-1]
    products = (residuals[:, 1:] * residuals[:, :-1])[:, pairs].mean(axis=1)
    return products / (residuals[:, seen] ** 2).mean(axis=1)
