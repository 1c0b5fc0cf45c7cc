"""Forecast exports, imports and their balance, with the record of how well it went before."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.special import ndtri

from analysis.errors import NeracaError
from analysis.indicators.series import Interval, NotComputed, Unit, check_level, monthly
from analysis.models.candidates import (
    COMBINATION,
    MINIMUM_MONTHS,
    SEASONAL_NAIVE,
    History,
    all_medians,
    surprises,
)

#: What a forecast needs of each flow: months in all, and months among the last 48.
NEEDED_MONTHS = 36
NEEDED_RECENT_MONTHS = 24
RECENT = 48

#: A flow that has stopped is not forecast: its next months lie further ahead than was tested.
NEEDED_LATEST_MONTHS = 6
LATEST = 12

#: Older months are left out: they say nothing of today's level and slow the backtest.
LONGEST_HISTORY = 132

#: Origins lie this many months apart; the first scored one comes after so many months, or
#: earlier in a short series, which still gets this many.
ORIGIN_STEP = 3
FIRST_SCORED = 60
EARLIEST_SCORED = 24
SCORED_ORIGINS = 5

#: Fewer scored origins prove nothing: there is no backtest and naive is published.
NEEDED_ORIGINS = 3

#: Origins in this many months before the first scored one serve the choice only.
WARM_UP = 24
EARLIEST_WARM_UP = 18

#: Horizons of backtest that a widening of intervals is weighed against, and its largest factor:
#: beyond it, the record says no more than that the flow cannot be forecast.
DOUBT = 2
MOST_WIDENING = 5.0

#: The seed of published forecasts: with any fixed one a rerun gives the same figures.
SEED = 20200131

DRAWS = 4000
RESAMPLES = 1000


@dataclass(frozen=True)
class Backtest:
    """Hold how the forecast would have done from earlier origins.

    `origins` are the last months known at each scored origin; `choices` is the method chosen
    there, from errors realised by then. `ratio` is the mean absolute error of these choices
    divided by that of the seasonal naive forecast, `ratio_interval` its 80 percent block-bootstrap
    interval, `coverage` the share of what came that lay in the intervals, with `errors` the number
    of comparisons. `candidates` is indexed by method, with the columns `mean_absolute_error`
    (million USD) and `ratio`, over the same comparisons.
    """

    origins: pd.PeriodIndex
    horizon: int
    choices: pd.Series
    mean_absolute_error: float
    ratio: float
    ratio_interval: Interval
    coverage: float
    errors: int
    candidates: pd.DataFrame


@dataclass(frozen=True)
class FlowForecast:
    """Hold the forecast of one flow.

    `method` is what is published, `chosen` what earlier errors chose. They differ where the
    backtest does not beat the seasonal naive forecast (`beats_naive` is false), or is not computed
    because fewer than three origins could be scored: then the naive forecast is published.
    `months` is indexed by coming month with the columns `lower`, `median` and `upper` (million
    USD); `total` is the sum over them. `widening` is the factor by which earlier errors widened
    the interval.
    """

    method: str
    chosen: str
    beats_naive: bool
    backtest: Backtest | NotComputed
    months: pd.DataFrame
    total: Interval
    widening: float


@dataclass(frozen=True)
class BalanceForecast:
    """Hold the forecast of the balance, from joint draws of both flows.

    `months` is indexed by coming month with the columns `lower`, `median`, `upper` (million USD)
    and `surplus_probability` (0 to 1); `total` and `surplus_probability` are of the sum over the
    horizon; `correlation` is that of the flows' monthly surprises.
    """

    months: pd.DataFrame
    total: Interval
    surplus_probability: float
    correlation: float


@dataclass(frozen=True)
class TradeForecast:
    """Hold the forecasts of both flows and of the balance, each computed or not."""

    origin: pd.Period | None
    horizon: int
    interval_level: float
    seed: int
    exports: FlowForecast | NotComputed
    imports: FlowForecast | NotComputed
    balance: BalanceForecast | NotComputed


@dataclass(frozen=True)
class _Record:
    """Hold forecasts and outcomes from all origins, in logarithms: method × origin × month."""

    names: tuple[str, ...]
    origins: np.ndarray
    scored: np.ndarray
    medians: np.ndarray
    deviations: np.ndarray
    actual: np.ndarray

    def realised_by(self, origin: int) -> np.ndarray:
        """Mark the outcomes that were known at an origin."""
        horizon = np.arange(self.actual.shape[1])
        known = self.origins[:, None] + horizon < origin
        return known & ~np.isnan(self.actual)

    def errors(self) -> np.ndarray:
        """Give absolute errors in million USD."""
        return np.abs(np.exp(self.medians) - np.exp(self.actual))


@dataclass(frozen=True)
class _Prepared:
    """Hold what is known of a flow at its end, ready to be drawn from."""

    forecast: FlowForecast
    medians: np.ndarray
    factor: np.ndarray
    surprises: pd.Series


def forecast_flows(
    exports: pd.Series, imports: pd.Series, horizon: int, interval_level: float, seed: int
) -> TradeForecast:
    """Forecast both flows and their balance for the months after the last observed one.

    `exports` and `imports` are indexed by month (million USD), gaps allowed. Each flow is forecast
    in logarithms by the method with the least error so far, among those of
    `candidates.MINIMUM_MONTHS`; the choice, its score and its intervals are nested: at each earlier
    origin they use only what was known there. Intervals have `interval_level`; draws and
    resamples follow `seed`, so that a rerun gives the same figures.

    A flow is not computed below 36 observed months, 24 among the last 48 or 6 among the last 12,
    or where a month is zero; nor is the balance then. Raises NeracaError for bad input (see
    `indicators.series`), a horizon outside 1 to 24 months or a bad level.

    Method: rolling origins (Tashman 2000, "Out-of-sample tests of forecasting accuracy",
    International Journal of Forecasting 16); interval widths rescaled by the quantile of earlier
    standardized errors (the idea of Vovk, Gammerman and Shafer 2005, Algorithmic Learning in a
    Random World); the flows' surprises correlated as they were.

    >>> months = pd.period_range("2025-01", periods=2, freq="M")
    >>> short = pd.Series([1.0, 2.0], index=months)
    >>> forecast_flows(short, short, 12, 0.8, 1).exports.needs
    36
    """
    _check_request(horizon, interval_level)
    flows = {"exports": monthly(exports, "exports"), "imports": monthly(imports, "imports")}
    ends = [flow.last_valid_index() for flow in flows.values() if flow.notna().any()]
    origin = max(ends, default=None)
    prepared = {
        name: _prepare(_until(flow, origin), name, horizon, interval_level, seed)
        for name, flow in flows.items()
    }
    sold, bought = prepared["exports"], prepared["imports"]
    return TradeForecast(
        origin=origin,
        horizon=horizon,
        interval_level=interval_level,
        seed=seed,
        exports=sold if isinstance(sold, NotComputed) else sold.forecast,
        imports=bought if isinstance(bought, NotComputed) else bought.forecast,
        balance=_balance(sold, bought, interval_level, seed),
    )


def backtest_flow(
    flow: pd.Series, horizon: int, first_origin: int, interval_level: float, seed: int
) -> Backtest | NotComputed:
    """Score the forecasts that would have been made of a flow from earlier origins.

    `flow` is indexed by month (million USD), gaps allowed, to the last month that is known. Origins
    lie three months apart: the last has its whole `horizon` behind it, the first at least
    `first_origin` months before it. All else is as in `forecast_flows`, where the length of the
    flow decides the first. Not computed where no forecast would be, or below three origins. Raises
    NeracaError for bad input, a horizon outside 1 to 24 months, a bad level or less than 24 months
    before the first origin.

    >>> short = pd.Series([1.0], index=pd.period_range("2025-01", periods=1, freq="M"))
    >>> backtest_flow(short, 12, 60, 0.8, 1).needs
    36
    """
    _check_request(horizon, interval_level)
    if first_origin < EARLIEST_SCORED:
        raise NeracaError(
            f"The first origin is after {first_origin} months; "
            f"choose one after {EARLIEST_SCORED} or more."
        )
    values = monthly(flow, "flow")
    values = _until(values, values.index.max() if len(values) else None)
    reason = _too_little(values, "backtest")
    if reason:
        return reason
    _, record = _past_forecasts(values, horizon, first_origin)
    return _score(record, values.index, interval_level, seed)


def _check_request(horizon: int, interval_level: float) -> None:
    check_level(interval_level)
    if not 1 <= horizon <= 24:
        raise NeracaError(f"The horizon is {horizon} months; choose one from 1 to 24.")


def _until(flow: pd.Series, end: pd.Period | None) -> pd.Series:
    """Bring a flow to the common end, from its first observed month or the longest history."""
    first = flow.first_valid_index()
    if first is None or end is None:
        return flow.iloc[:0]
    start = max(first, end - LONGEST_HISTORY + 1)
    return flow.reindex(pd.period_range(start, end, freq="M"))


def _prepare(
    flow: pd.Series, name: str, horizon: int, level: float, seed: int
) -> _Prepared | NotComputed:
    reason = _too_little(flow, f"forecast_{name}")
    if reason:
        return reason
    spare = len(flow) - horizon - (SCORED_ORIGINS - 1) * ORIGIN_STEP
    first = max(EARLIEST_SCORED, min(FIRST_SCORED, spare))
    history, record = _past_forecasts(flow, horizon, first)
    backtest = _score(record, flow.index, level, seed)
    chosen = _choice(record, len(flow))
    beats = isinstance(backtest, Backtest) and backtest.ratio < 1
    method = chosen if beats else SEASONAL_NAIVE
    widening = _widening(record, method, len(flow), level)
    medians, covariance = all_medians(history, len(flow), horizon, record.names)
    factor = widening * np.linalg.cholesky(covariance)
    forecast = FlowForecast(
        method=method,
        chosen=chosen,
        beats_naive=beats,
        backtest=backtest,
        months=_month_table(medians[method], factor, history.months[len(flow) :], level),
        total=_total_interval(medians[method], factor, level, seed),
        widening=widening,
    )
    return _Prepared(forecast, medians[method], factor, _surprises(history, flow))


def _too_little(flow: pd.Series, method: str) -> NotComputed | None:
    seen = flow.notna()
    if seen.sum() < NEEDED_MONTHS:
        return NotComputed(method, NEEDED_MONTHS, int(seen.sum()), Unit.MONTHS)
    recent = int(seen.iloc[-RECENT:].sum())
    if recent < NEEDED_RECENT_MONTHS:
        return NotComputed(method, NEEDED_RECENT_MONTHS, recent, Unit.RECENT_MONTHS)
    latest = int(seen.iloc[-LATEST:].sum())
    if latest < NEEDED_LATEST_MONTHS:
        return NotComputed(method, NEEDED_LATEST_MONTHS, latest, Unit.LATEST_MONTHS)
    positive = int((flow > 0).sum())
    if positive < seen.sum():
        return NotComputed(method, int(seen.sum()), positive, Unit.POSITIVE_MONTHS)
    return None


def _origins(flow: pd.Series, horizon: int, first: int) -> tuple[np.ndarray, np.ndarray]:
    """Lay origins three months apart up to the end, and mark the scored ones.

    An origin is the number of months known at it; it needs enough observed ones among them. It is
    scored where its whole horizon is past. Those after it serve the choice and the widening with
    what has come of theirs, at the end as at every earlier origin: what is published is chosen by
    the rule that was scored.
    """
    last = len(flow) - horizon
    newest = last + (horizon - 1) // ORIGIN_STEP * ORIGIN_STEP
    origins = np.arange(newest, max(EARLIEST_WARM_UP, first - WARM_UP) - 1, -ORIGIN_STEP)[::-1]
    seen = flow.notna().to_numpy().cumsum()
    origins = origins[seen[origins - 1] >= EARLIEST_WARM_UP]
    whole = (origins >= first) & (origins <= last)
    return origins, whole & (seen[origins - 1] >= EARLIEST_SCORED)


def _past_forecasts(flow: pd.Series, horizon: int, first_scored: int) -> tuple[History, _Record]:
    """Forecast a flow from all its origins by all candidates, beside what came."""
    origins, scored = _origins(flow, horizon, first_scored)
    first = int(origins[0]) if len(origins) else len(flow)
    history = History.of(flow, horizon, first)
    seen = int(flow.iloc[:first].notna().sum())
    names = tuple(name for name, needed in MINIMUM_MONTHS.items() if needed <= seen)
    medians = np.full((len(names), len(origins), horizon), np.nan)
    deviations = np.full((len(origins), horizon), np.nan)
    for i, origin in enumerate(origins):
        paths, covariance = all_medians(history, int(origin), horizon, names)
        medians[:, i] = [paths[name] for name in names]
        deviations[i] = np.sqrt(np.diag(covariance))
    logs = np.concatenate([history.logs, np.full(horizon, np.nan)])
    actual = np.array([logs[origin : origin + horizon] for origin in origins])
    record = _Record(names, origins, scored, medians, deviations, actual.reshape(-1, horizon))
    return history, record


def _choice(record: _Record, origin: int) -> str:
    """Choose the method with the least mean absolute error realised by an origin."""
    known = record.realised_by(origin)
    if not known.any():
        return COMBINATION
    return record.names[int(np.argmin(record.errors()[:, known].mean(axis=1)))]


def _widening(record: _Record, method: str, origin: int, level: float) -> float:
    """Give the factor by which a method's realised errors outgrew their stated deviations.

    Errors that overlap tell the same story: the factor counts by how many horizons long the
    record is, against `DOUBT` horizons of no widening. It never narrows an interval.
    """
    known = record.realised_by(origin)
    if not known.any():
        return 1.0
    surprise = record.medians[record.names.index(method)] - record.actual
    standardized = np.abs(surprise / record.deviations)[known]
    factor = np.quantile(standardized, level) / ndtri((1 + level) / 2)
    horizons = known.any(axis=1).sum() * ORIGIN_STEP / record.actual.shape[1]
    return float(np.clip(factor, 1.0, MOST_WIDENING) ** (horizons / (horizons + DOUBT)))


def _score(
    record: _Record, months: pd.PeriodIndex, level: float, seed: int
) -> Backtest | NotComputed:
    rows = np.flatnonzero(record.scored & (~np.isnan(record.actual)).any(axis=1))
    if len(rows) < NEEDED_ORIGINS:
        return NotComputed("backtest", NEEDED_ORIGINS, len(rows), Unit.ORIGINS)
    horizon = record.actual.shape[1]
    choices = [_choice(record, int(record.origins[row])) for row in rows]
    picked = np.array([record.names.index(name) for name in choices], dtype=int)
    known = ~np.isnan(record.actual[rows])
    errors = np.where(known, record.errors()[:, rows], 0.0)
    nested = errors[picked, np.arange(len(rows))]
    naive = errors[record.names.index(SEASONAL_NAIVE)]
    count = int(known.sum())
    origins = months[record.origins[rows] - 1]
    return Backtest(
        origins=origins,
        horizon=horizon,
        choices=pd.Series(choices, index=origins, dtype=object),
        mean_absolute_error=float(nested.sum() / count),
        ratio=_ratio(nested.sum(), naive.sum()),
        ratio_interval=_ratio_interval(nested.sum(axis=1), naive.sum(axis=1), horizon, seed),
        coverage=float(_covered(record, rows, choices, level)[known].mean()),
        errors=count,
        candidates=pd.DataFrame(
            {
                "mean_absolute_error": errors.sum(axis=(1, 2)) / count,
                "ratio": [_ratio(each.sum(), naive.sum()) for each in errors],
            },
            index=pd.Index(record.names, name="method"),
        ),
    )


def _covered(record: _Record, rows: np.ndarray, choices: list[str], level: float) -> np.ndarray:
    """Mark the outcomes that lay in the interval stated at their origin."""
    inside = np.zeros((len(rows), record.actual.shape[1]), dtype=bool)
    quantile = ndtri((1 + level) / 2)
    for i, (row, name) in enumerate(zip(rows, choices, strict=True)):
        widening = _widening(record, name, int(record.origins[row]), level)
        reach = quantile * widening * record.deviations[row]
        miss = np.abs(record.medians[record.names.index(name), row] - record.actual[row])
        inside[i] = miss <= reach
    return inside


def _ratio_interval(nested: np.ndarray, naive: np.ndarray, horizon: int, seed: int) -> Interval:
    """Resample blocks of origins that cover a horizon, as neighbours share their outcomes.

    Circular block bootstrap (Politis and Romano 1992, in Exploring the Limits of Bootstrap).
    """
    count = len(nested)
    block = min(count, int(np.ceil(horizon / ORIGIN_STEP)))
    starts = np.random.default_rng(seed).integers(count, size=(RESAMPLES, -(-count // block)))
    rows = (starts[:, :, None] + np.arange(block)).reshape(RESAMPLES, -1)[:, :count] % count
    sums = zip(nested[rows].sum(axis=1), naive[rows].sum(axis=1), strict=True)
    ratios = [_ratio(*both) for both in sums]
    lower, upper = np.quantile(ratios, [0.1, 0.9])
    return Interval(float(lower), _ratio(nested.sum(), naive.sum()), float(upper), 0.8)


def _month_table(
    medians: np.ndarray, factor: np.ndarray, months: pd.PeriodIndex, level: float
) -> pd.DataFrame:
    reach = ndtri((1 + level) / 2) * np.sqrt((factor**2).sum(axis=1))
    return pd.DataFrame(
        {
            "lower": np.exp(medians - reach),
            "median": np.exp(medians),
            "upper": np.exp(medians + reach),
        },
        index=months,
    )


def _draw(medians: np.ndarray, factor: np.ndarray, noise: np.ndarray) -> np.ndarray:
    """Turn independent standard noise (draw × month) into paths in million USD."""
    return np.exp(medians + noise @ factor.T)


def _total_interval(medians: np.ndarray, factor: np.ndarray, level: float, seed: int) -> Interval:
    noise = np.random.default_rng(seed).standard_normal((DRAWS, len(medians)))
    return _middle(_draw(medians, factor, noise).sum(axis=1), level)


def _surprises(history: History, flow: pd.Series) -> pd.Series:
    """Give what each month brought beyond what the months before it led to expect.

    It is missing of a month that was not observed.
    """
    # The first year mostly learns the level and the seasons.
    return pd.Series(surprises(history), index=flow.index).iloc[12:]


def _balance(
    sold: _Prepared | NotComputed, bought: _Prepared | NotComputed, level: float, seed: int
) -> BalanceForecast | NotComputed:
    if isinstance(sold, NotComputed):
        return replace(sold, method="forecast_balance")
    if isinstance(bought, NotComputed):
        return replace(bought, method="forecast_balance")
    correlation = _correlation(sold.surprises, bought.surprises)
    generator = np.random.default_rng(seed)
    shared, own = generator.standard_normal((2, DRAWS, len(sold.medians)))
    other = correlation * shared + np.sqrt(1 - correlation**2) * own
    draws = _draw(sold.medians, sold.factor, shared) - _draw(bought.medians, bought.factor, other)
    tails = [(1 - level) / 2, 0.5, (1 + level) / 2]
    months = pd.DataFrame(
        np.quantile(draws, tails, axis=0).T,
        index=sold.forecast.months.index,
        columns=["lower", "median", "upper"],
    )
    months["surplus_probability"] = (draws > 0).mean(axis=0)
    total = draws.sum(axis=1)
    return BalanceForecast(months, _middle(total, level), float((total > 0).mean()), correlation)


def _correlation(first: pd.Series, second: pd.Series) -> float:
    """Correlate two flows' surprises in the months both have, drawn to zero when these are few."""
    both = pd.concat([first, second], axis=1, join="inner").dropna()
    if len(both) < 3:
        return 0.0
    if both.std().min() == 0:
        return 0.0
    raw = float(np.corrcoef(both.to_numpy().T)[0, 1])
    return raw * len(both) / (len(both) + NEEDED_RECENT_MONTHS)


def _middle(draws: np.ndarray, level: float) -> Interval:
    lower, middle, upper = np.quantile(draws, [(1 - level) / 2, 0.5, (1 + level) / 2])
    return Interval(float(lower), float(middle), float(upper), level)


def _ratio(error: float, naive: float) -> float:
    """Divide two errors; a naive forecast without any error cannot be beaten."""
    return float(error / naive) if naive > 0 else 1.0
