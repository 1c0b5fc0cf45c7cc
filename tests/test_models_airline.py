"""The airline model's likelihood, estimates and forecasts are those of statsmodels."""

import numpy as np
import pytest
from flow_samples import real_logs
from scipy.linalg import hankel
from scipy.signal import lfilter
from statsmodels.tsa.statespace.mlemodel import MLEModel
from statsmodels.tsa.statespace.sarimax import SARIMAX

from analysis.models.airline import DIFFERENCES, DIFFUSE_VARIANCE, Airline

STATES = DIFFERENCES + 1

#: Moving averages far apart, also near to where the model is no longer invertible.
PARAMETERS = np.array([(-0.4, -0.7), (0.3, -0.2), (-0.9, 0.5), (-0.5, -0.99), (0.0, 0.0)])


class StateSpaceAirline(MLEModel):
    """The same model for the Kalman filter of statsmodels (Harvey 1989, section 3.3)."""

    def __init__(self, values: np.ndarray) -> None:
        burnt = min(
            int(np.searchsorted((~np.isnan(values)).cumsum(), DIFFERENCES)) + 1, len(values)
        )
        super().__init__(values, k_states=STATES, k_posdef=1, loglikelihood_burn=burnt)
        autoregression = np.zeros(STATES)
        autoregression[[0, 11, 12]] = 1.0, 1.0, -1.0
        self.ssm["design", 0, 0] = 1.0
        self.ssm["transition"] = np.eye(STATES, k=1)
        self.ssm["transition", :, 0] = autoregression
        self.ssm["state_cov", 0, 0] = 1.0
        self.ssm.filter_concentrated = True
        earlier = hankel(autoregression)
        self._diffuse = DIFFUSE_VARIANCE * earlier @ earlier.T

    @property
    def param_names(self) -> list[str]:
        return ["moving_average", "seasonal_moving_average"]

    @property
    def start_params(self) -> np.ndarray:
        return np.array([-0.5, -0.5])

    def transform_params(self, unconstrained: np.ndarray) -> np.ndarray:
        return unconstrained / np.sqrt(1 + unconstrained**2)

    def untransform_params(self, constrained: np.ndarray) -> np.ndarray:
        return constrained / np.sqrt(1 - constrained**2)

    def update(self, params: np.ndarray, **options: bool) -> None:
        average, seasonal = super().update(params, **options)
        weights = np.zeros(STATES)
        weights[[0, 1, 12, 13]] = 1.0, average, seasonal, average * seasonal
        self.ssm["selection", :, 0] = weights
        shocks = hankel(weights)
        self.ssm.initialize_known(np.zeros(STATES), self._diffuse + shocks @ shocks.T)


def wandering(count: int, missing: float, seed: int = 4) -> np.ndarray:
    generator = np.random.default_rng(seed)
    logs = 5 + np.cumsum(0.05 * generator.standard_normal(count))
    logs += 0.2 * np.cos(2 * np.pi * np.arange(count) / 12) + 0.1 * generator.standard_normal(count)
    return np.where(generator.random(count) < missing, np.nan, logs)


@pytest.fixture(scope="module")
def samples() -> list[np.ndarray]:
    found = [*(flow.to_numpy() for flow in real_logs()), wandering(84, 0.0), wandering(84, 0.3)]
    # A calendar month that is never seen, and an end that is not known.
    found[-1][2::12] = np.nan
    found[-1][-3:] = np.nan
    assert len(found) == 8
    return found


def test_the_likelihood_is_that_of_the_kalman_filter(samples: list[np.ndarray]) -> None:
    for logs in samples:
        model = Airline.of(logs)
        for origin in (len(logs), len(logs) - 7, len(logs) * 2 // 3):
            expected = [StateSpaceAirline(logs[:origin]).loglike(row) for row in PARAMETERS]
            found = model.loglikelihoods(PARAMETERS, origin)
            np.testing.assert_allclose(found, expected, rtol=0, atol=2e-8)


def test_what_is_expected_is_what_the_kalman_filter_expects(samples: list[np.ndarray]) -> None:
    for logs in samples:
        model = Airline.of(logs)
        for origin in (len(logs), len(logs) - 7):
            for row in PARAMETERS[:3]:
                filtered = StateSpaceAirline(logs[:origin]).filter(row, cov_type="none")
                expected = filtered.get_forecast(18).predicted_mean
                np.testing.assert_allclose(model.means(row, origin, 18), expected, atol=1e-7)


def test_an_estimate_is_as_high_as_that_of_statsmodels(samples: list[np.ndarray]) -> None:
    options = {"disp": False, "cov_type": "none", "maxiter": 50, "return_params": True}
    for logs in samples:
        model, count = Airline.of(logs), len(logs)
        own, other = model.estimate(count), StateSpaceAirline(logs).fit(**options)
        assert (np.abs(own) <= 1).all()
        reached, expected = model.loglikelihoods(np.array([own, other]), count)
        assert reached == pytest.approx(expected, abs=2e-3)


def general_class(values: np.ndarray) -> SARIMAX:
    orders = {"order": (0, 1, 1), "seasonal_order": (0, 1, 1, 12)}
    model = SARIMAX(values, **orders, concentrate_scale=True)
    model.loglikelihood_burn = StateSpaceAirline(values).loglikelihood_burn
    return model


@pytest.mark.parametrize("missing", [0.0, 0.3])
def test_forecasts_are_those_of_the_general_class(missing: float) -> None:
    values, parameters = wandering(84, missing), np.array([-0.4, -0.7])
    filtered = general_class(values).filter(parameters, cov_type="none")
    own = Airline.of(values).means(parameters, 84, 18)
    np.testing.assert_allclose(own, filtered.get_forecast(18).predicted_mean, rtol=1e-5)


def test_likelihoods_of_the_general_class_differ_by_a_constant_that_a_fit_does_not_see() -> None:
    values = wandering(84, 0.3)
    general = general_class(values)
    expected = np.array([general.loglike(row) for row in PARAMETERS[:3]])
    assert np.ptp(Airline.of(values).loglikelihoods(PARAMETERS[:3], 84) - expected) < 1e-2


def test_without_gaps_the_changes_alone_have_this_likelihood() -> None:
    # Of the changes themselves, as textbooks have it: a constant apart, that of the first months.
    values = wandering(96, 0.0)
    orders = {"order": (0, 1, 1), "seasonal_order": (0, 1, 1, 12), "simple_differencing": True}
    plain = SARIMAX(values, **orders, concentrate_scale=True)
    expected = np.array([plain.loglike(row) for row in PARAMETERS[:3]])
    assert np.ptp(Airline.of(values).loglikelihoods(PARAMETERS[:3], 96) - expected) < 2e-3


def test_the_parameters_are_found_though_half_of_the_months_are_missing() -> None:
    found = []
    for seed in range(30):
        shocks = 0.1 * np.random.default_rng(seed).standard_normal(120 + 26)
        weights = np.zeros(14)
        weights[[0, 1, 12, 13]] = 1.0, -0.4, -0.6, 0.24
        changes = np.convolve(shocks, weights)[13:146]
        values = lfilter([1.0], np.convolve([1.0, -1.0], [1.0, *[0.0] * 11, -1.0]), changes)
        values[np.random.default_rng(seed + 100).random(133) < 0.5] = np.nan
        found.append(Airline.of(values).estimate(133))
    np.testing.assert_allclose(np.median(found, axis=0), [-0.4, -0.6], atol=0.12)


def test_a_series_that_repeats_itself_goes_on_so() -> None:
    pattern = np.tile(np.arange(12.0), 4)
    model = Airline.of(pattern)
    assert np.isfinite(model.loglikelihoods(PARAMETERS, 48)).all()
    np.testing.assert_allclose(model.means(model.estimate(48), 48, 12), np.arange(12.0), atol=1e-3)
