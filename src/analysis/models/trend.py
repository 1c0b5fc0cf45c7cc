"""Find the level and the growth under a monthly flow's seasons, gaps and noise."""

import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats
from scipy.linalg import solve_triangular
from scipy.signal import lfilter
from statsmodels.tools.sm_exceptions import ConvergenceWarning
from statsmodels.tsa.statespace.mlemodel import MLEResults
from statsmodels.tsa.statespace.structural import UnobservedComponents

from analysis.errors import NeracaError
from analysis.indicators.series import Interval, NotComputed, Unit, check_level, monthly
from analysis.models.season import calendar_features, idul_fitri_share

#: Three years: fewer cannot tell a season from an accident.
MINIMUM_MONTHS = 36

#: Log-likelihoods closer than this tell no two estimates apart.
SAME_HEIGHT = 1e-3

#: Draws behind a critical value that no table has, and their fixed seed; and how many of them
#: tell by how much a regression hides the autocorrelation of its errors.
SIMULATIONS = 2000
SIMULATION_SEED = 1
CALIBRATIONS = 500

#: The autocorrelations of errors that are told apart; above the last one there is no line that
#: a flow keeps to.
PERSISTENCES = np.linspace(0, 0.95, 20)

#: Prior standard deviations in logarithms: of a level, which may be anywhere; of a seasonal wave
#: of which nothing is expected; of a feast, which moves a month by up to about a half.
LEVEL_DEVIATION = 10.0
VAGUE_DEVIATION = 1.0
FEAST_DEVIATION = 0.3


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


@dataclass(frozen=True)
class TrendGrowth:
    """Hold the trend growth of a monthly flow in percent a year, and how it was measured.

    `months` were observed; `lags` is how many months apart errors may be and still be related, and
    `autocorrelation` (0 to 0.95) how much neighbouring ones are.
    """

    growth: Interval
    months: int
    lags: int
    autocorrelation: float


@dataclass(frozen=True)
class AdjustedLevel:
    """Hold the level of a monthly flow without its seasons.

    `table` is indexed by every month of the span and has the columns `level`, `lower` and `upper`
    (the smoothed level and its interval), `adjusted` (the observed value without season and Idul
    Fitri; missing where nothing was observed), all in the unit of the flow, `observed` (whether
    the month was) and `growth` (of the level on twelve months before, in percent).
    `latest_growth` is the last of these with its interval; `idul_fitri` is the effect of the
    feast in percent.
    """

    table: pd.DataFrame
    latest_growth: Interval
    idul_fitri: Interval
    log_likelihood: float


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


def trend_growth(flow: pd.Series, level: float) -> TrendGrowth | NotComputed:
    """Give the growth of the straight line through a monthly flow's logarithms.

    `flow` is indexed by month (million USD), gaps allowed; seasons and Idul Fitri are held
    constant. The result is in percent a year, with a HAC interval at `level`. Not computed below
    36 observed months, where one of them is zero, or without any value for a calendar month, say
    all Februaries. Raises NeracaError for bad input (see `indicators.series`).

    Formula: 100 · (exp(12 b) − 1), b the slope a month; ⌈1.3 √T⌉ lags over a span of T months
    (Lazarus, Lewis, Stock and Watson 2018, "HAR inference: recommendations for practice", Journal
    of Business and Economic Statistics 36). So many lags demand a quantile of their own (Kiefer
    and Vogelsang 2005, Econometric Theory 21): it is that of the same statistic on simulated
    errors with these months and lags and with the autocorrelation of this flow's (Zhang and Shao
    2013, "Fixed-smoothing asymptotics for time series", Annals of Statistics 41), estimated median
    unbiased (Andrews 1993, Econometrica 61).

    On simulated flows of eleven years with a tenth of the months missing, 80 percent intervals
    hold the true growth 80 to 81 times in 100, at error autocorrelations of 0, 0.5 and 0.77 alike.

    >>> months = pd.period_range("2015-01", periods=60, freq="M")
    >>> steady = pd.Series(100 * 1.1 ** (np.arange(60) / 12), index=months)
    >>> round(trend_growth(steady, 0.8).growth.estimate, 6)
    10.0
    """
    check_level(level)
    values = monthly(flow, "flow")
    reason = enough_months(values, "trend_growth")
    if reason:
        return reason
    calendar = values.dropna().index.month.nunique()
    if calendar < 12:
        return NotComputed("trend_growth", 12, calendar, Unit.CALENDAR_MONTHS)
    design = calendar_features(values.index)
    design.insert(0, "time", np.arange(len(values), dtype=float))
    design.insert(0, "constant", 1.0)
    lags = int(np.ceil(1.3 * np.sqrt(len(values))))
    fitted = least_squares(np.log(values), design, lags)
    slope = 12 * fitted.coefficients["time"]
    seen = values.notna().to_numpy()
    residuals = (np.log(values) - design @ fitted.coefficients).fillna(0.0).to_numpy()
    known = design.to_numpy() * seen[:, None]
    autocorrelation = _error_autocorrelation(known, residuals)
    critical = _simulated_quantile(known, 1, lags, autocorrelation, level)
    reach = 12 * critical * fitted.standard_errors["time"]
    growth = _percent(slope - reach, slope, slope + reach, level)
    return TrendGrowth(growth, int(seen.sum()), lags, autocorrelation)


def adjusted_level(flow: pd.Series, level: float) -> AdjustedLevel | NotComputed:
    """Estimate the level of a monthly flow without its seasons, missing months included.

    `flow` is indexed by month (million USD); a missing month gets a level with a wider interval
    and no adjusted value. Not computed below 36 observed months, or where one of them is zero.
    Raises NeracaError for bad input (see `indicators.series`).

    Formula: ln y = level + season + β · Idul Fitri + noise, the level a random walk, the season
    six trigonometric waves, estimated by maximum likelihood and the Kalman smoother (Durbin and
    Koopman 2012, Time Series Analysis by State Space Methods, chapters 3 and 4).

    >>> months = pd.period_range("2020-01", periods=48, freq="M")
    >>> flow = pd.Series(100.0 + np.arange(48) ** 2 % 37, index=months)
    >>> result = adjusted_level(flow, 0.8)
    >>> bool((result.table["lower"] < result.table["upper"]).all())
    True
    """
    check_level(level)
    values = monthly(flow, "flow")
    reason = enough_months(values, "adjusted_level")
    if reason:
        return reason
    logs = np.log(values)
    fitted = fit(local_level_model(logs.to_numpy(), idul_fitri_share(values.index).to_numpy()))
    return AdjustedLevel(
        table=_level_table(values, logs, fitted, level),
        latest_growth=_latest_growth(fitted, level),
        idul_fitri=_state_percent(fitted, fitted.model.k_states - 1, level),
        log_likelihood=float(fitted.llf),
    )


def local_level_model(
    values: np.ndarray,
    idul_fitri: np.ndarray | None = None,
    seasonal_deviation: float = VAGUE_DEVIATION,
) -> UnobservedComponents:
    """Build the state-space model of a level that wanders, seen through noise.

    `values` may be missing (not a number). With `idul_fitri`, the shares of the feast as long as
    the values, these are logarithms of a monthly flow: the model gets six seasonal waves of fixed
    shape and the feast's effect as states. `seasonal_deviation` is the prior standard deviation of
    each wave: as it stands it leaves the seasons free, a small one lets a short series show only
    the seasons that it proves.

    >>> local_level_model(np.array([1.0, 2.0, 3.0])).k_states
    1
    """
    if np.isinf(values).any() or (~np.isnan(values)).sum() < 2:
        raise NeracaError(
            "A level needs at least two values, none of them infinite; add or correct observations."
        )
    if idul_fitri is None:
        return UnobservedComponents(values, "llevel")
    if len(idul_fitri) != len(values):
        raise NeracaError(
            f"There are {len(values)} values and {len(idul_fitri)} shares of Idul Fitri; "
            "give one share for each value."
        )
    model = UnobservedComponents(
        values,
        "llevel",
        freq_seasonal=[{"period": 12, "harmonics": 6}],
        stochastic_freq_seasonal=[False],
        exog=idul_fitri,
        mle_regression=False,
    )
    mean = np.zeros(model.k_states)
    mean[0] = values[~np.isnan(values)][0]
    deviations = np.full(model.k_states, seasonal_deviation)
    deviations[0], deviations[-1] = LEVEL_DEVIATION, FEAST_DEVIATION
    # The usual huge variance for what is not known makes smoothed variances negative by rounding.
    model.ssm.initialize_known(mean, np.diag(deviations**2))
    model.loglikelihood_burn = 0
    return model


def fit(model: UnobservedComponents) -> MLEResults:
    """Estimate a state-space model's variances, and refuse an estimate that did not converge.

    Raises NeracaError where neither of two optimizers converges.
    """
    with warnings.catch_warnings():
        # Whether it converged is checked below, and answered with another optimizer.
        warnings.simplefilter("ignore", ConvergenceWarning)
        fitted = model.fit(disp=False, maxiter=200, cov_type="none")
        first = fitted.llf
        if not fitted.mle_retvals["converged"]:
            fitted = model.fit(
                fitted.params, method="nm", disp=False, maxiter=2000, cov_type="none"
            )
    # Two different optimizers that end at one height have found it, whatever either says.
    agree = abs(fitted.llf - first) < SAME_HEIGHT
    if not np.isfinite(fitted.llf) or not (fitted.mle_retvals["converged"] or agree):
        raise NeracaError(
            "The likelihood of the level has no maximum that two optimizers find; "
            "look for misprints in the flow."
        )
    return fitted


def enough_months(values: pd.Series, method: str) -> NotComputed | None:
    """Say what a monthly method lacks: 36 observed months, all above zero; or nothing."""
    months = int(values.notna().sum())
    if months < MINIMUM_MONTHS:
        return NotComputed(method, MINIMUM_MONTHS, months, Unit.MONTHS)
    positive = int((values > 0).sum())
    if positive < months:
        return NotComputed(method, months, positive, Unit.POSITIVE_MONTHS)
    return None


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


def _simulated_noise(count: int, months: int) -> np.ndarray:
    return np.random.default_rng(SIMULATION_SEED).standard_normal((count, months))


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


def _error_autocorrelation(design: np.ndarray, residuals: np.ndarray) -> float:
    """Estimate the autocorrelation of errors by that of which the residuals' is the median.

    Residuals show less of it than there is. Where they vanish or no two neighbouring months were
    observed, none is found; a negative one counts as none, and widens no interval.
    """
    seen = np.asarray(design.any(axis=1))
    if not (seen[1:] & seen[:-1]).any() or not residuals.any():
        return 0.0
    noise = _simulated_noise(CALIBRATIONS, len(design))
    paths = (_residuals(design, _autoregression(noise, each)) for each in PERSISTENCES)
    shown = [np.median(_first_autocorrelation(path, seen)) for path in paths]
    found = _first_autocorrelation(residuals[None, :], seen)[0]
    return float(np.interp(found, np.maximum.accumulate(shown), PERSISTENCES))


def _simulated_quantile(
    design: np.ndarray, column: int, lags: int, autocorrelation: float, level: float
) -> float:
    """Give the quantile of one coefficient's HAC t statistic, by simulation.

    `design` has a row of zeros for every missing month. By Frisch and Waugh's theorem the
    coefficient is a regression on what the other columns leave of its own.
    """
    seen = design.any(axis=1)
    errors = _autoregression(_simulated_noise(SIMULATIONS, len(design)), autocorrelation)
    own = _residuals(np.delete(design, column, axis=1), design[:, column])
    distance = np.abs(np.subtract.outer(np.arange(len(design)), np.arange(len(design))))
    weights = np.clip(1 - distance / (lags + 1), 0, None)
    scores = _residuals(design, errors) * own
    correction = seen.sum() / (seen.sum() - design.shape[1])
    variances = correction * np.sum((scores @ weights) * scores, axis=1)
    return float(np.quantile(np.abs(errors @ own) / np.sqrt(variances), level))


def _level_table(
    values: pd.Series, logs: pd.Series, fitted: MLEResults, level: float
) -> pd.DataFrame:
    states, covariances = fitted.smoothed_state, fitted.smoothed_state_cov
    centre = states[0]
    reach = stats.norm.ppf((1 + level) / 2) * np.sqrt(np.maximum(covariances[0, 0], 0))
    design = fitted.model.ssm["design"][0].reshape(len(states), -1)
    season = (design * states)[1:].sum(axis=0)
    table = pd.DataFrame(
        {
            "level": np.exp(centre),
            "lower": np.exp(centre - reach),
            "upper": np.exp(centre + reach),
            "adjusted": np.exp(logs.to_numpy() - season),
            "observed": values.notna().to_numpy(),
        },
        index=values.index,
    )
    table["growth"] = 100 * (table["level"] / table["level"].shift(12) - 1)
    return table


def _latest_growth(fitted: MLEResults, level: float) -> Interval:
    """Compare the last smoothed level with the one twelve months before, jointly distributed."""
    last = fitted.nobs - 1
    states, covariances = fitted.smoothed_state, fitted.smoothed_state_cov
    together = fitted.smoother_results.smoothed_state_autocovariance(12, t=last)[0, 0]
    variance = covariances[0, 0, last] + covariances[0, 0, last - 12] - 2 * together
    change = states[0, last] - states[0, last - 12]
    reach = stats.norm.ppf((1 + level) / 2) * np.sqrt(max(variance, 0.0))
    return _percent(change - reach, change, change + reach, level)


def _state_percent(fitted: MLEResults, state: int, level: float) -> Interval:
    centre = fitted.smoothed_state[state, -1]
    deviation = np.sqrt(max(fitted.smoothed_state_cov[state, state, -1], 0.0))
    reach = stats.norm.ppf((1 + level) / 2) * deviation
    return _percent(centre - reach, centre, centre + reach, level)


def _percent(lower: float, middle: float, upper: float, level: float) -> Interval:
    low, centre, high = (float(100 * np.expm1(value)) for value in (lower, middle, upper))
    return Interval(low, centre, high, level)
