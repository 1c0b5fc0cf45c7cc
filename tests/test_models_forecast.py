"""Forecasts: nested, tolerant of gaps, reproducible, honest about the naive one."""

import numpy as np
import pandas as pd
import pytest

from analysis.errors import NeracaError
from analysis.indicators.series import NotComputed, Unit
from analysis.models import forecast
from analysis.models.candidates import (
    MINIMUM_MONTHS,
    SEASONAL_DEVIATION,
    SEASONAL_NAIVE,
    History,
    all_medians,
    last_twelve_mean,
    recent_mean,
    seasonal_naive,
    shrunken_level,
)
from analysis.models.forecast import (
    Backtest,
    FlowForecast,
    TradeForecast,
    backtest_flow,
    forecast_flows,
)
from analysis.models.season import calendar_features, idul_fitri_share


def months(count: int, start: str = "2018-01") -> pd.PeriodIndex:
    return pd.period_range(start, periods=count, freq="M")


def simulated(
    count: int,
    seed: int,
    *,
    level: float = 0.06,
    noise: float = 0.15,
    season: float = 0.1,
    missing: float = 0.0,
) -> pd.Series:
    """Simulate a flow: a wandering level, seasons, Idul Fitri and noise, in logarithms."""
    generator = np.random.default_rng(seed)
    features = calendar_features(months(count))
    logs = 5 + np.cumsum(level * generator.standard_normal(count))
    logs += season * (features["cos_1"] + 0.5 * features["sin_2"]) - 0.1 * features["idul_fitri"]
    logs += noise * generator.standard_normal(count)
    flow = np.exp(logs)
    flow[generator.random(count) < missing] = np.nan
    return flow


@pytest.fixture(scope="module")
def flows() -> tuple[pd.Series, pd.Series]:
    return simulated(96, 1, missing=0.1), simulated(96, 2, missing=0.1) / 2


@pytest.fixture(scope="module")
def result(flows: tuple[pd.Series, pd.Series]) -> TradeForecast:
    return forecast_flows(*flows, 12, 0.8, 20)


def history(flow: pd.Series, horizon: int = 12) -> History:
    return History.of(flow, horizon, len(flow))


def test_the_naive_methods_by_hand() -> None:
    flow = pd.Series(np.arange(1.0, 31.0), index=months(30))
    flow.iloc[[18, 5]] = np.nan  # July 2019 and June 2018
    past = history(flow)
    naive = np.exp(seasonal_naive(past, 30, 14))
    # July 2020 comes first: July 2019 is missing, so July 2018, the seventh value.
    assert naive[:2].tolist() == pytest.approx([7, 20])
    assert naive[12:].tolist() == pytest.approx([7, 20])
    assert naive[11] == pytest.approx(30)
    seen = flow.dropna().iloc[-12:]
    assert np.exp(last_twelve_mean(past, 30, 2)).tolist() == pytest.approx([seen.mean()] * 2)


def test_a_calendar_month_never_seen_takes_the_mean_of_the_last_twelve() -> None:
    flow = pd.Series(10.0, index=months(24))
    flow[flow.index.month == 3] = np.nan
    np.testing.assert_allclose(np.exp(seasonal_naive(history(flow), 24, 12)), 10)


def test_the_recent_mean_of_a_flat_flow_is_flat_and_of_a_seasonal_one_seasonal() -> None:
    flat = pd.Series(10.0, index=months(48))
    np.testing.assert_allclose(np.exp(recent_mean(history(flat), 48, 12)), 10)
    wave = calendar_features(months(48))["cos_1"]
    path = recent_mean(history(np.exp(5 + wave)), 48, 12)
    # Four of each month against a weight of five: a little under half of a season two wide.
    assert np.ptp(path) == pytest.approx(0.9, abs=0.1)


@pytest.mark.parametrize("origin", [18, 47, 60])
def test_the_recent_mean_is_that_of_its_definition_where_months_are_missing(origin: int) -> None:
    past = history(simulated(60, 5, missing=0.3))
    known = pd.Series(past.logs[:origin])
    deviation = known - known.rolling(13, center=True, min_periods=7).mean()
    by_month = deviation.groupby(past.calendar[:origin])
    pattern = (by_month.sum() / (by_month.count() + 5)).reindex(range(1, 13), fill_value=0.0)
    level = (known - pattern[past.calendar[:origin]].to_numpy()).dropna().iloc[-6:].mean()
    expected = level + pattern[past.calendar[origin : origin + 12]]
    np.testing.assert_allclose(recent_mean(past, origin, 12), expected, rtol=1e-12)


def test_the_shrunken_level_is_the_exact_conditional_mean_of_its_gaussian_process() -> None:
    flow = simulated(60, 5, missing=0.2)
    past = history(flow, 6)
    outlook = shrunken_level(past, 60, 6)
    irregular, level = past.variances(SEASONAL_DEVIATION, 60)
    positions, feast = np.arange(66), idul_fitri_share(past.months).to_numpy()
    angle = 2 * np.pi * positions / 12
    waves = np.column_stack([wave(k * angle) for k in range(1, 7) for wave in (np.cos, np.sin)])
    covariance = 100 + level * np.minimum.outer(positions, positions)
    covariance = covariance + SEASONAL_DEVIATION**2 * waves @ waves.T
    covariance += 0.3**2 * np.outer(feast, feast)
    covariance += irregular * np.eye(66)
    seen = np.flatnonzero(flow.notna())
    logs = np.log(flow.to_numpy()[seen])
    mean = logs[0]
    weights = np.linalg.solve(covariance[np.ix_(seen, seen)], covariance[seen, 60:]).T
    expected = mean + weights @ (logs - mean)
    np.testing.assert_allclose(outlook.means, expected, rtol=1e-6)
    exact = covariance[60:, 60:] - weights @ covariance[seen, 60:]
    np.testing.assert_allclose(outlook.covariance, exact, rtol=1e-5, atol=1e-9)


def test_what_comes_after_an_origin_changes_nothing_at_it() -> None:
    flow = simulated(72, 8)
    tail = flow.copy()
    tail.iloc[60:] *= 3
    names = tuple(MINIMUM_MONTHS)
    one, two = (all_medians(History.of(each, 12, 48), 60, 12, names)[0] for each in (flow, tail))
    for name in names:
        np.testing.assert_array_equal(one[name], two[name])


def test_the_choice_at_an_origin_is_nested(
    result: TradeForecast, flows: tuple[pd.Series, pd.Series]
) -> None:
    # Misprint the last six months tenfold: choices made before them must stay as they were.
    spoilt = flows[0].copy()
    spoilt.iloc[-6:] *= 10
    other = forecast_flows(spoilt, flows[1], 12, 0.8, 20).exports
    assert isinstance(result.exports, FlowForecast)
    assert isinstance(other, FlowForecast)
    before, after = result.exports.backtest, other.backtest
    assert isinstance(before, Backtest)
    assert isinstance(after, Backtest)
    pd.testing.assert_series_equal(before.choices, after.choices)
    assert before.mean_absolute_error != after.mean_absolute_error


@pytest.mark.parametrize("end", [81, 87, 96])
def test_what_was_scored_is_what_would_have_been_published(end: int) -> None:
    # The record of a flow that ends earlier is the beginning of the whole flow's record, and its
    # choice and widening are those that the backtest scores at this origin.
    flow = simulated(108, 1, missing=0.1)
    flow.iloc[[0, end - 1, -1]] = 150.0
    spoilt = flow.copy()
    spoilt.iloc[end:] *= 7
    (_, whole), (_, other), (_, then) = (
        forecast._past_forecasts(each, 12, 48) for each in (flow, spoilt, flow.iloc[:end])
    )
    count = len(then.origins)
    assert then.origins.max() == end - 3 < whole.origins.max()
    assert then.names == whole.names
    for record in (whole, other):
        np.testing.assert_array_equal(record.origins[:count], then.origins)
        np.testing.assert_array_equal(record.medians[:, :count], then.medians)
        np.testing.assert_array_equal(record.deviations[:count], then.deviations)
        assert forecast._choice(record, end) == forecast._choice(then, end)
        for name in then.names:
            expected = forecast._widening(then, name, end, 0.8)
            assert forecast._widening(record, name, end, 0.8) == expected
    # At the origin itself, what was known before it makes the whole interval.
    row = int(np.flatnonzero(whole.origins == end)[0])
    np.testing.assert_array_equal(whole.medians[:, row], other.medians[:, row])
    np.testing.assert_array_equal(whole.deviations[row], other.deviations[row])


def test_the_latest_errors_count_in_the_choice_though_their_horizon_is_not_over() -> None:
    steady = simulated(72, 6, level=0.02, noise=0.05, season=0.4)
    risen = steady.copy()
    risen.iloc[-9:] *= 2
    one, other = (forecast_flows(flow, flow, 12, 0.8, 1).exports for flow in (steady, risen))
    assert isinstance(one, FlowForecast)
    assert isinstance(other, FlowForecast)
    assert other.widening > one.widening


def test_the_result_tells_what_was_chosen_against_what(result: TradeForecast) -> None:
    for flow in (result.exports, result.imports):
        assert isinstance(flow, FlowForecast)
        test = flow.backtest
        assert isinstance(test, Backtest)
        assert set(test.candidates.index) == set(MINIMUM_MONTHS)
        assert test.candidates.loc[SEASONAL_NAIVE, "ratio"] == 1
        assert test.candidates.notna().all(axis=None)
        naive = test.candidates.loc[SEASONAL_NAIVE, "mean_absolute_error"]
        assert test.ratio == pytest.approx(test.mean_absolute_error / naive)
        assert test.ratio_interval.lower <= test.ratio <= test.ratio_interval.upper
        assert flow.beats_naive == (test.ratio < 1)
        assert flow.method == (flow.chosen if flow.beats_naive else SEASONAL_NAIVE)
        assert 0.5 <= test.coverage <= 1
        assert test.origins[-1] == pd.Period("2024-12")
        assert set(np.diff(test.origins.astype("int64"))) == {3}
        assert flow.widening >= 1


def test_forecasts_cover_the_months_after_the_last_observed_one(result: TradeForecast) -> None:
    assert result.origin == pd.Period("2025-12")
    expected = pd.period_range("2026-01", "2026-12", freq="M")
    assert not isinstance(result.balance, NotComputed)
    for part in (result.exports, result.imports, result.balance):
        assert not isinstance(part, NotComputed)
        table = part.months
        assert list(table.index) == list(expected)
        assert (table["lower"] < table["median"]).all()
        assert (table["median"] < table["upper"]).all()
        assert part.total.lower < part.total.estimate < part.total.upper
    assert result.balance.months["surplus_probability"].between(0, 1).all()


def test_the_balance_is_the_difference_of_the_flows(result: TradeForecast) -> None:
    assert not isinstance(result.balance, NotComputed)
    assert not isinstance(result.exports, NotComputed)
    assert not isinstance(result.imports, NotComputed)
    difference = result.exports.months["median"] - result.imports.months["median"]
    spread = result.balance.months["upper"] - result.balance.months["lower"]
    assert ((result.balance.months["median"] - difference).abs() < 0.15 * spread).all()


def test_a_rerun_gives_the_same_figures(
    result: TradeForecast, flows: tuple[pd.Series, pd.Series]
) -> None:
    exports, imports = flows
    again = forecast_flows(exports.iloc[::-1], imports.sample(frac=1, random_state=3), 12, 0.8, 20)
    assert not isinstance(result.balance, NotComputed)
    assert not isinstance(again.balance, NotComputed)
    pd.testing.assert_frame_equal(result.balance.months, again.balance.months)
    assert result.balance.total == again.balance.total


def test_a_naive_forecast_that_cannot_be_beaten_is_published() -> None:
    pattern = np.tile([1.0, 9, 2, 8, 3, 7, 4, 6, 5, 5, 1, 9], 6)
    flow = pd.Series(pattern, index=months(72))
    result = forecast_flows(flow, flow, 12, 0.8, 1).exports
    assert isinstance(result, FlowForecast)
    assert result.method == SEASONAL_NAIVE
    assert not result.beats_naive
    np.testing.assert_allclose(result.months["median"], pattern[:12])


def test_a_short_series_without_a_backtest_gets_the_naive_forecast() -> None:
    result = forecast_flows(simulated(38, 3), simulated(38, 4), 12, 0.8, 1).exports
    assert isinstance(result, FlowForecast)
    assert result.backtest == NotComputed("backtest", 3, 1, Unit.ORIGINS)
    assert result.method == SEASONAL_NAIVE


def test_four_years_are_scored_from_five_origins() -> None:
    result = forecast_flows(simulated(48, 3), simulated(48, 4), 6, 0.8, 1).exports
    assert isinstance(result, FlowForecast)
    assert isinstance(result.backtest, Backtest)
    assert len(result.backtest.origins) == 5
    assert "airline" not in result.backtest.candidates.index


def test_a_flow_is_scored_from_the_origins_that_are_asked_for(
    result: TradeForecast, flows: tuple[pd.Series, pd.Series]
) -> None:
    assert isinstance(result.exports, FlowForecast)
    usual = result.exports.backtest
    assert isinstance(usual, Backtest)
    same = backtest_flow(flows[0], 12, 60, 0.8, 20)
    assert isinstance(same, Backtest)
    assert same.ratio == usual.ratio
    pd.testing.assert_frame_equal(same.candidates, usual.candidates)
    short = backtest_flow(simulated(48, 3), 6, 36, 0.8, 1)
    assert isinstance(short, Backtest)
    assert short.origins.tolist() == months(42)[[35, 38, 41]].tolist()
    assert backtest_flow(simulated(48, 3), 6, 40, 0.8, 1) == NotComputed(
        "backtest", 3, 1, Unit.ORIGINS
    )


def test_the_flow_that_ends_earlier_is_forecast_from_the_common_end() -> None:
    exports, imports = simulated(60, 3), simulated(60, 4)
    result = forecast_flows(exports, imports.iloc[:-2], 6, 0.8, 1)
    assert result.origin == exports.index[-1]
    assert isinstance(result.imports, FlowForecast)
    assert result.imports.months.index[0] == exports.index[-1] + 1


def test_too_little_data_is_said_per_flow() -> None:
    full = simulated(60, 3)
    few, none = full.iloc[-35:], full.iloc[:0]
    early = full.where(np.arange(60) < 23 + 12)
    zero = full.where(full.index != full.index[30], 0.0)
    for imports, needs, has, unit in (
        (few, 36, 35, Unit.MONTHS),
        (none, 36, 0, Unit.MONTHS),
        (full * np.nan, 36, 0, Unit.MONTHS),
        (zero, 60, 59, Unit.POSITIVE_MONTHS),
        (early, 36, 35, Unit.MONTHS),
    ):
        result = forecast_flows(full, imports, 6, 0.8, 1)
        assert isinstance(result.exports, FlowForecast)
        assert result.imports == NotComputed("forecast_imports", needs, has, unit)
        assert result.balance == NotComputed("forecast_balance", needs, has, unit)
    long = simulated(96, 3)
    stale = long.where(np.arange(96) < 48 + 20)
    expected = NotComputed("forecast_imports", 24, 20, Unit.RECENT_MONTHS)
    assert forecast_flows(long, stale, 1, 0.8, 1).imports == expected
    for seen, enough in ((5, False), (6, True)):
        stopped = full.where((np.arange(60) < 48) | (np.arange(60) >= 60 - seen))
        result = forecast_flows(full, stopped, 1, 0.8, 1)
        assert isinstance(result.imports, FlowForecast) is enough
        if not enough:
            needs = (6, seen, Unit.LATEST_MONTHS)
            assert result.imports == NotComputed("forecast_imports", *needs)
            assert result.balance == NotComputed("forecast_balance", *needs)
    ended = forecast_flows(full, full.iloc[:-8], 1, 0.8, 1).imports
    assert ended == NotComputed("forecast_imports", 6, 4, Unit.LATEST_MONTHS)
    nothing = forecast_flows(none, none, 6, 0.8, 1)
    assert nothing.origin is None
    assert isinstance(nothing.balance, NotComputed)


def test_bad_requests_are_refused() -> None:
    flow = simulated(48, 3)
    with pytest.raises(NeracaError, match="from 1 to 24"):
        forecast_flows(flow, flow, 0, 0.8, 1)
    with pytest.raises(NeracaError, match="between 0 and 1"):
        forecast_flows(flow, flow, 6, 80, 1)
    with pytest.raises(NeracaError, match="imports at 2018-01 is negative"):
        forecast_flows(flow, -flow, 6, 0.8, 1)
    with pytest.raises(NeracaError, match="more than once"):
        forecast_flows(pd.concat([flow, flow]), flow, 6, 0.8, 1)


def test_correlated_surprises_narrow_the_balance() -> None:
    exports = simulated(84, 3, level=0.08, noise=0.08)
    independent = simulated(84, 14, level=0.08, noise=0.08)
    together = forecast_flows(exports, 0.9 * exports, 6, 0.8, 1).balance
    apart = forecast_flows(exports, independent, 6, 0.8, 1).balance
    assert not isinstance(together, NotComputed)
    assert not isinstance(apart, NotComputed)
    assert together.correlation > 0.7 > abs(apart.correlation)
    for balance, imports in ((together, 0.9 * exports), (apart, independent)):
        flows = forecast_flows(exports, imports, 6, 0.8, 1)
        tables = [flows.exports.months, flows.imports.months, balance.months]
        sold, bought, both = (table["upper"] - table["lower"] for table in tables)
        alone = np.sqrt(sold**2 + bought**2)
        expected = np.sqrt(alone**2 - 2 * balance.correlation * sold * bought)
        # Logarithms bend the sum of variances a little.
        np.testing.assert_allclose(both, expected, rtol=0.15)


def test_a_month_that_one_flow_lacks_says_nothing_of_how_they_move_together() -> None:
    exports = simulated(84, 3, level=0.08, noise=0.08)
    imports = 0.9 * exports
    gaps = exports.index[[20, 21, 40, 50, 60, 61]]
    holed = imports.where(~imports.index.isin(gaps))
    surprises = [forecast._surprises(history(flow), flow) for flow in (exports, holed)]
    assert surprises[1].isna().sum() == len(gaps)
    common = [each.drop(gaps) for each in surprises]
    assert forecast._correlation(*surprises) == forecast._correlation(*common)
    # Among the months that both have, all else is alike; a gap taken for no surprise would not be.
    months_in_common = len(common[0])
    raw = forecast._correlation(*surprises) * (months_in_common + 24) / months_in_common
    assert raw > np.corrcoef(surprises[0], surprises[1].fillna(0))[0, 1] + 0.02


def test_a_correlation_of_few_months_counts_less() -> None:
    surprises = pd.Series(np.random.default_rng(2).standard_normal(72), index=months(72))
    for count, expected in ((72, 72 / 96), (24, 24 / 48), (2, 0.0)):
        found = forecast._correlation(surprises, 3 * surprises.iloc[:count])
        assert found == pytest.approx(expected)
    assert forecast._correlation(surprises, 0 * surprises) == 0


def test_a_ratio_is_resampled_by_blocks_that_cover_a_horizon() -> None:
    # Whatever four neighbouring origins are drawn, their errors add up to ten.
    nested, naive = np.tile([1.0, 2.0, 3.0, 4.0], 5), np.ones(20)
    blocks = forecast._ratio_interval(nested, naive, 12, 1)
    ends = (blocks.lower, blocks.estimate, blocks.upper)
    assert ends == pytest.approx((2.5, 2.5, 2.5))
    assert blocks.level == 0.8
    single = forecast._ratio_interval(nested, naive, 3, 1)
    # The mean of twenty draws from 1, 2, 3 and 4 has a standard deviation of a quarter.
    assert single.lower == pytest.approx(2.5 - 1.28 / 4, abs=0.06)
    assert single.upper == pytest.approx(2.5 + 1.28 / 4, abs=0.06)


@pytest.mark.slow
def test_intervals_cover_simulated_flows_with_a_third_of_the_months_missing() -> None:
    inside = compared = 0
    for seed in range(120):
        generator = np.random.default_rng(1000 + seed)
        complete = simulated(
            108, seed, level=generator.uniform(0.02, 0.12), season=generator.uniform(0, 0.2)
        )
        past = complete.iloc[:96].where(generator.random(96) > 1 / 3)
        past.iloc[-1] = complete.iloc[95]
        published = forecast_flows(past, past.iloc[:0], 12, 0.8, seed).exports
        if isinstance(published, NotComputed):
            continue
        truth = complete.loc[published.months.index]
        inside += truth.between(published.months["lower"], published.months["upper"]).sum()
        compared += len(truth)
    assert compared > 1200
    assert 0.74 <= inside / compared <= 0.86
