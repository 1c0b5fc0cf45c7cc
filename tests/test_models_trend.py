"""Least squares, HAC errors and state-space levels against certified and published values."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.signal import lfilter
from statsmodels.datasets import longley, macrodata, nile
from statsmodels.tsa.statespace.structural import UnobservedComponents

from analysis.errors import NeracaError
from analysis.indicators.series import NotComputed, Unit
from analysis.models import regression
from analysis.models.regression import error_autocorrelation, least_squares
from analysis.models.restricted_likelihood import walks
from analysis.models.season import calendar_features, idul_fitri_share
from analysis.models.trend import (
    FEAST_DEVIATION,
    LEVEL_DEVIATION,
    VAGUE_DEVIATION,
    adjusted_level,
    local_level_model,
    trend_growth,
)

# NIST Statistical Reference Datasets, linear regression, Norris: y, x.
NORRIS = np.array(
    [
        (0.1, 0.2), (338.8, 337.4), (118.1, 118.2), (888.0, 884.6), (9.2, 10.1), (228.1, 226.5),
        (668.5, 666.3), (998.5, 996.3), (449.1, 448.6), (778.9, 777.0), (559.2, 558.2),
        (0.3, 0.4), (0.1, 0.6), (778.1, 775.5), (668.8, 666.9), (339.3, 338.0), (448.9, 447.5),
        (10.8, 11.6), (557.7, 556.0), (228.3, 228.1), (998.0, 995.8), (888.8, 887.6),
        (119.6, 120.2), (0.3, 0.3), (0.6, 0.3), (557.6, 556.8), (339.3, 339.1), (888.0, 887.2),
        (998.5, 999.0), (778.9, 779.0), (10.2, 11.1), (117.6, 118.3), (228.9, 229.2),
        (668.4, 669.1), (449.2, 448.9), (0.2, 0.5),
    ]
)  # fmt: skip

# Saudi Arabian oil production 1996 to 2013, million tonnes: the series `oil` of the R package
# fpp2, as Hyndman and Athanasopoulos 2018 (Forecasting: Principles and Practice, section 7.1)
# smooth it.
OIL = np.array(
    [
        445.3641, 453.1950, 454.4096, 422.3789, 456.0371, 440.3866, 425.1944, 486.2052, 500.4291,
        521.2759, 508.9476, 488.8889, 509.8706, 456.7229, 473.8166, 525.9509, 549.8338, 542.3405,
    ]
)  # fmt: skip


def months(count: int, start: str = "2015-01") -> pd.PeriodIndex:
    return pd.period_range(start, periods=count, freq="M")


def noisy_flow(count: int, seed: int = 0, growth: float = 0.05) -> pd.Series:
    generator = np.random.default_rng(seed)
    logs = 5 + growth * np.arange(count) / 12 + 0.1 * generator.standard_normal(count)
    return pd.Series(np.exp(logs), index=months(count))


def test_norris_has_its_certified_line() -> None:
    design = pd.DataFrame({"constant": 1.0, "x": NORRIS[:, 1]})
    fitted = least_squares(pd.Series(NORRIS[:, 0]), design)
    assert fitted.coefficients["constant"] == pytest.approx(-0.262323073774029, rel=1e-8)
    assert fitted.coefficients["x"] == pytest.approx(1.00211681802045, rel=1e-8)
    assert fitted.standard_errors["constant"] == pytest.approx(0.232818234301152, rel=1e-8)
    assert fitted.standard_errors["x"] == pytest.approx(0.429796848199937e-03, rel=1e-8)
    assert fitted.degrees_of_freedom == 34


def test_longley_has_its_certified_coefficients() -> None:
    data = longley.load_pandas()
    design = data.exog.assign(constant=1.0)
    fitted = least_squares(data.endog, design)
    certified = {
        "constant": (-3482258.63459582, 890420.383607373),
        "GNPDEFL": (15.0618722713733, 84.9149257747669),
        "GNP": (-0.358191792925910e-01, 0.334910077722432e-01),
        "UNEMP": (-2.02022980381683, 0.488399681651699),
        "ARMED": (-1.03322686717359, 0.214274163161675),
        "POP": (-0.511041056535807e-01, 0.226073200069370),
        "YEAR": (1829.15146461355, 455.478499142212),
    }
    for name, (coefficient, error) in certified.items():
        assert fitted.coefficients[name] == pytest.approx(coefficient, rel=1e-8)
        assert fitted.standard_errors[name] == pytest.approx(error, rel=1e-8)


def test_newey_west_errors_are_those_of_stata() -> None:
    # Growth of US investment on growth of GDP and the lagged real rate, as in the published
    # output of Stata's `newey … , lag(4)` on the same 202 quarters.
    data = macrodata.load_pandas().data
    growth = 400 * np.log(data[["realinv", "realgdp"]]).diff()
    design = pd.DataFrame({"gdp": growth["realgdp"], "rate": data["realint"].shift()})
    design["constant"] = 1.0
    fitted = least_squares(growth["realinv"].iloc[1:], design.iloc[1:], lags=4)
    expected = {
        "gdp": (4.3742216647032, 0.33125644884286),
        "rate": (-0.61399696947899, 0.29582347593197),
        "constant": (-9.4816727746549, 1.1859338087713),
    }
    for name, (coefficient, error) in expected.items():
        assert fitted.coefficients[name] == pytest.approx(coefficient, rel=1e-8)
        assert fitted.standard_errors[name] == pytest.approx(error, rel=1e-8)
    assert fitted.interval("gdp", 0.95).lower == pytest.approx(3.7209983425819, rel=1e-8)


def test_lags_count_months_of_the_calendar_and_not_rows() -> None:
    # Observed: months 0, 1 and 4. Residuals from the mean: -1, 0 and 1.
    response = pd.Series([1.0, 2.0, np.nan, np.nan, 3.0])
    design = pd.DataFrame({"constant": np.ones(5)})
    near = least_squares(response, design, lags=1).covariance.iloc[0, 0]
    assert near == pytest.approx((1 + 0 + 1) / 9 * 3 / 2)
    far = least_squares(response, design, lags=4).covariance.iloc[0, 0]
    # Months 0 and 4 are four apart: weight 1 - 4/5, product -1, counted both ways.
    assert far == pytest.approx((2 - 2 * 0.2) / 9 * 3 / 2)


@pytest.mark.parametrize("lags", [-1, 5])
def test_impossible_regressions_are_refused(lags: int) -> None:
    response, design = pd.Series(np.arange(5.0)), pd.DataFrame({"constant": np.ones(5)})
    with pytest.raises(NeracaError, match="number of lags"):
        least_squares(response, design, lags=lags)
    with pytest.raises(NeracaError, match="align them"):
        least_squares(response.iloc[1:], design)
    with pytest.raises(NeracaError, match="at least 2 observations and has 1"):
        least_squares(response.where(response == 0), design)
    with pytest.raises(NeracaError, match="repeats the others"):
        least_squares(response, design.assign(again=2.0))
    with pytest.raises(NeracaError, match="missing or infinite"):
        least_squares(response, design * np.nan)


def test_nile_has_its_published_likelihood() -> None:
    volume = nile.load_pandas().data["volume"].to_numpy()
    fitted = local_level_model(volume).fit(disp=False, cov_type="none")
    assert fitted.llf == pytest.approx(-632.54, abs=1e-2)
    # Durbin and Koopman 2012, section 2.10: variances 15,099 and 1,469.1.
    irregular, level = fitted.params
    assert irregular == pytest.approx(15099, rel=1e-2)
    assert level == pytest.approx(1469.1, rel=2e-2)
    model = local_level_model(volume)
    model.ssm.initialize_diffuse()
    model.loglikelihood_burn = 0
    assert model.loglike(fitted.params) == pytest.approx(-633.46, abs=1e-2)


def test_oil_has_its_published_forecast_by_simple_exponential_smoothing() -> None:
    # The local level at its steady state is simple exponential smoothing (Muth 1960, Journal of
    # the American Statistical Association 55): with noise of variance one and a level of variance
    # α²/(1 − α), the level is predicted with variance α/(1 − α) and corrected by α of each error.
    weight, first_level = 0.8339, 446.5868
    model = local_level_model(OIL)
    model.ssm.initialize_known(np.array([first_level]), np.array([[weight / (1 - weight)]]))
    model.loglikelihood_burn = 0
    smoothed = model.filter([1.0, weight**2 / (1 - weight)], cov_type="none")
    # Both parameters are printed to four decimals, which moves the forecast by less than 0.001;
    # the forecast itself is printed as 542.68.
    assert smoothed.forecast(1)[0] == pytest.approx(542.68, abs=0.005)
    fitted = [446.5868, 445.5672, 451.9280, 453.9974, 427.6311, 451.3186]
    np.testing.assert_allclose(smoothed.fittedvalues[:6], fitted, atol=0.005)
    errors = OIL - smoothed.fittedvalues
    assert np.sqrt((errors**2).mean()) == pytest.approx(28.12, abs=0.005)


def test_a_steady_growth_is_found_under_seasons_feast_and_gaps() -> None:
    index = months(96)
    features = calendar_features(index)
    logs = 5 + np.log(1.08) * np.arange(96) / 12 + 0.2 * features["cos_1"]
    flow = np.exp(logs - 0.15 * features["idul_fitri"])
    flow.iloc[[3, 20, 21, 50]] = np.nan
    result = trend_growth(flow, 0.8)
    assert result.growth.estimate == pytest.approx(8)
    assert (result.months, result.lags) == (92, 13)
    # Lags count the months of the calendar, however few of them were observed.
    flow.iloc[1:-1:5] = np.nan
    flow.iloc[2:-1:5] = np.nan
    assert trend_growth(flow, 0.8).lags == 13


def test_an_autocorrelation_is_found_in_spite_of_the_regression_that_hides_it() -> None:
    generator, found = np.random.default_rng(5), []
    for _ in range(15):
        noise = lfilter([1.0], [1.0, -0.77], 0.1 * generator.standard_normal(232))[100:]
        flow = pd.Series(np.exp(5 + noise), index=months(132))
        found.append(trend_growth(flow, 0.8).autocorrelation)
    assert np.median(found) == pytest.approx(0.77, abs=0.05)
    assert trend_growth(noisy_flow(132), 0.8).autocorrelation < 0.3


def test_related_errors_widen_the_interval_of_the_trend() -> None:
    plain = noisy_flow(120)
    # Each month's noise is the mean of its own and the five before it.
    related = np.exp(np.log(plain).rolling(6, min_periods=1).mean())
    one, other = trend_growth(plain, 0.8), trend_growth(related, 0.8)
    assert other.autocorrelation > 0.5 > one.autocorrelation
    assert other.growth.upper - other.growth.lower > one.growth.upper - one.growth.lower


def test_the_level_loses_season_and_feast_but_not_the_trend() -> None:
    index = months(120)
    features = calendar_features(index)
    noise = 0.03 * np.random.default_rng(1).standard_normal(120)
    trend = 5 + 0.06 * np.arange(120) / 12
    season = 0.3 * features["cos_1"] - 0.1 * features["sin_2"]
    flow = np.exp(trend + season - 0.2 * features["idul_fitri"] + noise)
    result = adjusted_level(flow, 0.9)
    assert result.idul_fitri.lower < 100 * np.expm1(-0.2) < result.idul_fitri.upper
    # A pattern of twelve months and their mean are told apart up to that mean.
    np.testing.assert_allclose(np.log(result.table["level"]), trend, atol=0.06)
    assert result.latest_growth.lower < 100 * np.expm1(0.06) < result.latest_growth.upper
    assert result.table["growth"].iloc[-1] == pytest.approx(result.latest_growth.estimate)
    gaps = np.log(flow / result.table["adjusted"])
    np.testing.assert_allclose(gaps - gaps.mean(), season - 0.2 * features["idul_fitri"], atol=0.09)


def test_level_and_growth_are_those_of_the_gaussian_process_mixed_over_all_walks() -> None:
    flow = noisy_flow(48, seed=7)
    flow.iloc[[5, 30]] = np.nan
    found = walks(np.log(flow.dropna()))
    assert (found.freedom, len(found.weights)) == (33, 9)
    logs, feast = np.log(flow.to_numpy()), idul_fitri_share(flow.index).to_numpy()
    seen, positions = np.flatnonzero(flow.notna()), np.arange(48)
    angle = 2 * np.pi * positions / 12
    waves = np.column_stack([wave(k * angle) for k in range(1, 7) for wave in (np.cos, np.sin)])
    calendar = VAGUE_DEVIATION**2 * waves @ waves.T + FEAST_DEVIATION**2 * np.outer(feast, feast)
    levels, spreads, growths, variances = [], [], [], []
    for noise, step in zip(found.noise, found.step, strict=True):
        level = LEVEL_DEVIATION**2 + step * np.minimum.outer(positions, positions)
        whole = level + calendar + noise * np.eye(48)
        gain = np.linalg.solve(whole[np.ix_(seen, seen)], level[seen]).T
        mean = logs[0] + gain @ (logs[seen] - logs[0])
        spread = level - gain @ level[seen]
        levels.append(mean)
        spreads.append(np.diag(spread))
        growths.append(mean[47] - mean[35])
        variances.append(spread[47, 47] + spread[35, 35] - 2 * spread[47, 35])
    mean, growth = found.weights @ levels, found.weights @ growths
    deviation = np.sqrt(found.weights @ (spreads + (levels - mean) ** 2))
    doubt = np.sqrt(found.weights @ (variances + (np.array(growths) - growth) ** 2))
    result, quantile = adjusted_level(flow, 0.8), stats.t.ppf(0.9, 33)
    np.testing.assert_allclose(np.log(result.table["level"]), mean, atol=5e-3)
    reach = np.log(result.table["upper"] / result.table["level"])
    np.testing.assert_allclose(reach, quantile * deviation, rtol=0.05)
    assert np.log1p(result.latest_growth.estimate / 100) == pytest.approx(growth, abs=5e-3)
    ends = [result.latest_growth.upper, result.latest_growth.lower]
    width = np.ptp(np.log1p(np.array(ends) / 100))
    assert width == pytest.approx(2 * quantile * doubt, rel=0.05)


def test_walks_are_weighed_by_their_restricted_likelihood() -> None:
    flow = noisy_flow(60, seed=2)
    flow.iloc[[3, 17]] = np.nan
    logs = np.log(flow)
    found = walks(logs.dropna())
    features = calendar_features(flow.index)
    options = {"exog": features, "mle_regression": False, "use_exact_diffuse": True}
    model = UnobservedComponents(logs.to_numpy(), "llevel", **options)
    heights = [
        model.loglike([noise, step]) for noise, step in zip(found.noise, found.step, strict=True)
    ]
    weights = np.exp(np.array(heights) - np.max(heights))
    np.testing.assert_allclose(found.weights, weights / weights.sum(), rtol=1e-4)


def test_a_missing_month_has_a_wider_level_and_no_adjusted_value() -> None:
    flow = noisy_flow(72)
    holed = flow.copy()
    holed.iloc[30:34] = np.nan
    whole, table = adjusted_level(flow, 0.8).table, adjusted_level(holed, 0.8).table
    assert table["observed"].sum() == 68
    assert table["adjusted"].isna().tolist() == (~table["observed"]).tolist()
    assert table["level"].notna().all()
    width = np.log(table["upper"] / table["lower"])
    assert (width.iloc[30:34] > np.log(whole["upper"] / whole["lower"]).iloc[30:34]).all()
    assert ((table["lower"] <= table["level"]) & (table["level"] <= table["upper"])).all()


@given(st.permutations(range(48)))
@settings(max_examples=5, deadline=None)
def test_order_of_rows_never_matters(order: list[int]) -> None:
    flow = noisy_flow(48)
    expected = adjusted_level(flow, 0.8)
    shuffled = adjusted_level(flow.iloc[order], 0.8)
    pd.testing.assert_frame_equal(shuffled.table, expected.table)
    assert trend_growth(flow.iloc[order], 0.8) == trend_growth(flow, 0.8)


@pytest.mark.parametrize("method", [adjusted_level, trend_growth])
def test_too_little_data_is_said(method: object) -> None:
    flow = noisy_flow(48)
    name = method.__name__  # type: ignore[attr-defined]
    few, none = flow.iloc[:35], flow * np.nan
    zero = flow.where(flow.index != flow.index[7], 0.0)
    call = lambda values: method(values, 0.8)  # type: ignore[operator] # noqa: E731
    assert call(few) == NotComputed(name, 36, 35, Unit.MONTHS)
    assert call(none) == NotComputed(name, 36, 0, Unit.MONTHS)
    assert call(flow.iloc[:0]) == NotComputed(name, 36, 0, Unit.MONTHS)
    assert call(flow.iloc[:1]) == NotComputed(name, 36, 1, Unit.MONTHS)
    assert call(zero) == NotComputed(name, 48, 47, Unit.POSITIVE_MONTHS)
    with pytest.raises(NeracaError, match="negative"):
        call(-flow)


def test_a_flow_that_never_moves_has_its_level() -> None:
    table = adjusted_level(pd.Series(50.0, index=months(60)), 0.8).table
    np.testing.assert_allclose(table["level"], 50, rtol=1e-2)


def test_a_calendar_month_never_seen_leaves_no_trend_beside_the_seasons() -> None:
    flow = noisy_flow(60)
    flow[flow.index.month == 2] = np.nan
    assert trend_growth(flow, 0.8) == NotComputed("trend_growth", 12, 11, Unit.CALENDAR_MONTHS)
    assert adjusted_level(flow, 0.8).table["level"].notna().all()


@pytest.mark.parametrize("gaps", [["2015-07", "2016-07", "2017-06", "2018-06"], ["2016-07"]])
def test_a_feast_that_no_observed_month_tells_apart_is_no_reason_to_refuse(gaps: list[str]) -> None:
    flow = noisy_flow(48).drop(pd.PeriodIndex(gaps, freq="M"))
    if len(gaps) == 1:
        # July is left in the year of its feast only, and so are the feasts.
        july = (flow.index.month == 7) & (flow.index.year > 2015)
        flow = flow[~july & ~flow.index.isin(pd.PeriodIndex(["2017-06", "2018-06"], freq="M"))]
    growth = trend_growth(flow, 0.8).growth
    assert growth.lower < growth.estimate < growth.upper
    assert growth.estimate == pytest.approx(5, abs=5)


def test_small_seasons_are_expected_of_short_series() -> None:
    flow = noisy_flow(24, seed=3)
    feast = idul_fitri_share(flow.index).to_numpy()
    logs = np.log(flow.to_numpy())
    free = local_level_model(logs, feast)
    shrunken = local_level_model(logs, feast, 0.05)
    parameters = [0.01, 0.0001]
    spread = [
        np.abs(model.smooth(parameters).smoothed_state[1:-1]).sum() for model in (free, shrunken)
    ]
    assert spread[1] < 0.8 * spread[0]


@pytest.mark.parametrize("missing", [0.0, 0.3])
def test_an_autocorrelation_is_that_which_all_persistences_tell(missing: float) -> None:
    generator = np.random.default_rng(5)
    seen = generator.random(72) >= missing
    design = np.column_stack([np.ones(72), np.arange(72.0)]) * seen[:, None]
    noise = regression._simulated_noise(72)[: regression.CALIBRATIONS]
    shown = []
    for each in regression.PERSISTENCES:
        paths = regression._residuals(design, regression._autoregression(noise, each))
        shown.append(np.median(regression._first_autocorrelation(paths, seen)))
    assert (np.diff(shown) > 0).all()
    found = []
    for persistence in (-0.3, 0.0, 0.4, 0.8, 1.0):
        errors = lfilter([1.0], [1.0, -persistence], generator.standard_normal(72))
        residuals = regression._residuals(design, errors[None])[0]
        own = regression._first_autocorrelation(residuals[None], seen)[0]
        found.append(error_autocorrelation(design, residuals))
        assert found[-1] == np.interp(own, shown, regression.PERSISTENCES)
    assert found[0] == 0 < found[-2]


@pytest.mark.slow
@pytest.mark.parametrize("count", [48, 132])
@pytest.mark.parametrize("persistence", [0.0, 0.5, 0.77])
def test_trend_intervals_cover_under_autocorrelation(count: int, persistence: float) -> None:
    generator = np.random.default_rng(20)
    hits = 0
    for _ in range(400):
        shocks = 0.1 * generator.standard_normal(count + 100)
        noise = lfilter([1.0], [1.0, -persistence], shocks)[100:]
        logs = 5 + np.log(1.05) * np.arange(count) / 12 + noise
        flow = pd.Series(np.exp(logs), index=months(count))
        flow[generator.random(count) < 0.1] = np.nan
        growth = trend_growth(flow, 0.8).growth
        hits += growth.lower <= 5 <= growth.upper
    # Two standard errors of 400 draws on either side of 80 percent.
    assert 0.76 <= hits / 400 <= 0.84


@pytest.mark.slow
@pytest.mark.parametrize("count", [48, 132])
@pytest.mark.parametrize("step", [0.02, 0.06, 0.12])
def test_intervals_of_the_level_and_its_growth_cover(count: int, step: float) -> None:
    growths, levels, tries = 0, 0.0, 200
    for seed in range(tries):
        generator = np.random.default_rng(seed)
        features = calendar_features(months(count))
        level = 5 + np.cumsum(step * generator.standard_normal(count))
        logs = level + 0.1 * (features["cos_1"] + 0.5 * features["sin_2"])
        logs += 0.15 * generator.standard_normal(count) - 0.1 * features["idul_fitri"]
        flow = np.exp(logs)
        flow[generator.random(count) < 0.1] = np.nan
        result = adjusted_level(flow, 0.8)
        growth = 100 * np.expm1(level[-1] - level[-13])
        growths += result.latest_growth.lower <= growth <= result.latest_growth.upper
        levels += (
            (result.table["lower"] <= np.exp(level)) & (np.exp(level) <= result.table["upper"])
        ).mean()
    # With the best variances alone the growth was held 51 to 76 times in 100, the level 69 to 78.
    assert 0.72 <= growths / tries <= 0.86
    assert 0.75 <= levels / tries <= 0.85
