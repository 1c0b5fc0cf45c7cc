"""The airline model in 14 states is the seasonal ARIMA that has 27."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import lfilter
from statsmodels.tsa.statespace.sarimax import SARIMAX

from analysis.models.airline import Airline


def wandering(count: int, missing: float, seed: int = 4) -> np.ndarray:
    generator = np.random.default_rng(seed)
    logs = 5 + np.cumsum(0.05 * generator.standard_normal(count))
    logs += 0.2 * np.cos(2 * np.pi * np.arange(count) / 12) + 0.1 * generator.standard_normal(count)
    return np.where(generator.random(count) < missing, np.nan, logs)


def general_class(values: np.ndarray) -> SARIMAX:
    orders = {"order": (0, 1, 1), "seasonal_order": (0, 1, 1, 12)}
    model = SARIMAX(values, **orders, concentrate_scale=True)
    model.loglikelihood_burn = Airline(values).loglikelihood_burn
    return model


@pytest.mark.parametrize("missing", [0.0, 0.3])
def test_forecasts_and_errors_are_those_of_the_general_class(missing: float) -> None:
    values, parameters = wandering(84, missing), np.array([-0.4, -0.7])
    one, other = (
        model.smooth(parameters, cov_type="none").get_forecast(18)
        for model in (Airline(values), general_class(values))
    )
    np.testing.assert_allclose(one.predicted_mean, other.predicted_mean, rtol=1e-5)
    np.testing.assert_allclose(one.se_mean, other.se_mean, rtol=5e-4)


def test_likelihoods_differ_by_a_constant_that_a_fit_does_not_see() -> None:
    values = wandering(84, 0.3)
    apart = [
        Airline(values).loglike(parameters) - general_class(values).loglike(parameters)
        for parameters in ([-0.4, -0.7], [0.3, -0.2], [-0.9, 0.5])
    ]
    assert np.ptp(apart) < 1e-2


def test_the_shocks_vary_as_they_were_drawn_though_half_of_the_months_are_missing() -> None:
    found = []
    for seed in range(60):
        shocks = 0.1 * np.random.default_rng(seed).standard_normal(120 + 26)
        weights = np.zeros(14)
        weights[[0, 1, 12, 13]] = 1.0, -0.4, -0.6, 0.24
        changes = np.convolve(shocks, weights)[13:146]
        values = lfilter([1.0], np.convolve([1.0, -1.0], [1.0, *[0.0] * 11, -1.0]), changes)
        values[np.random.default_rng(seed + 100).random(133) < 0.5] = np.nan
        found.append(Airline(values).filter([-0.4, -0.6], cov_type="none").scale)
    assert np.sqrt(np.mean(found)) == pytest.approx(0.1, rel=0.05)


def test_an_estimate_is_as_high_as_that_of_the_general_class() -> None:
    values = wandering(108, 0.1)
    options = {"disp": False, "cov_type": "none", "maxiter": 200, "return_params": True}
    general = general_class(values)
    own, other = Airline(values).fit(**options), general.fit(**options)
    assert general.loglike(own) == pytest.approx(general.loglike(other), abs=1e-2)


@given(st.lists(st.floats(-20, 20), min_size=2, max_size=2))
@settings(max_examples=50, deadline=None)
def test_parameters_stay_where_the_model_is_invertible(unconstrained: list[float]) -> None:
    model = Airline(wandering(30, 0.0))
    one, two = model.transform_params(np.array(unconstrained))
    assert -1 < one < 1
    assert -1 < two < 1


def test_start_parameters_survive_the_way_there_and_back() -> None:
    model = Airline(wandering(30, 0.0))
    there = model.untransform_params(model.start_params)
    np.testing.assert_allclose(model.transform_params(there), model.start_params)
