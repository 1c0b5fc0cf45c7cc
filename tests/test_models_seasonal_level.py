"""The level's likelihood, estimates and expectations are those of statsmodels, and published."""

import numpy as np
import pandas as pd
import pytest
from flow_samples import real_logs
from statsmodels.datasets import nile
from statsmodels.tsa.filters.hp_filter import hpfilter

from analysis.errors import NeracaError
from analysis.models import seasonal_level
from analysis.models.maximum import ROUNDS, highest
from analysis.models.season import idul_fitri_share
from analysis.models.seasonal_level import SeasonalLevel, Variances, smooth_trend
from analysis.models.trend import VAGUE_DEVIATION, local_level_model

AHEAD = 18

#: Variances of noise and step that are far apart; without step the level stays where it is.
VARIANCES = np.array([(0.01, 0.001), (1e-5, 0.02), (0.03, 1e-6), (0.02, 0.0), (0.2, 0.3)])


@pytest.fixture(scope="module")
def samples() -> list[pd.Series]:
    found = list(real_logs())
    assert len(found) == 6
    assert sum(flow.isna().any() for flow in found) >= 4
    return found


def calendar(flow: pd.Series) -> pd.PeriodIndex:
    return pd.period_range(flow.index[0], periods=len(flow) + AHEAD, freq="M")


def feast(flow: pd.Series) -> np.ndarray:
    return idul_fitri_share(calendar(flow)).to_numpy()


@pytest.mark.parametrize("deviation", [VAGUE_DEVIATION, 0.05])
def test_the_likelihood_is_that_of_the_kalman_filter(
    samples: list[pd.Series], deviation: float
) -> None:
    for flow in samples:
        logs = flow.to_numpy()
        model = SeasonalLevel.of(logs, calendar(flow), deviation)
        for origin in (len(logs), len(logs) - 5, len(logs) * 2 // 3):
            filter_of = local_level_model(logs[:origin], feast(flow)[:origin], deviation)
            expected = [filter_of.loglike(row) for row in VARIANCES]
            found = model.loglikelihoods(VARIANCES, origin)
            np.testing.assert_allclose(found, expected, rtol=0, atol=1e-8)


@pytest.mark.parametrize("deviation", [VAGUE_DEVIATION, 0.05])
def test_an_estimate_is_that_of_statsmodels(samples: list[pd.Series], deviation: float) -> None:
    options = {"disp": False, "cov_type": "none", "maxiter": ROUNDS, "return_params": True}
    for flow in samples:
        logs = flow.to_numpy()
        other = local_level_model(logs, feast(flow)[: len(logs)], deviation).fit(**options)
        own = SeasonalLevel.of(logs, flow.index, deviation).estimate(len(logs))
        np.testing.assert_allclose(own, other, rtol=1e-6)


@pytest.mark.parametrize("deviation", [VAGUE_DEVIATION, 0.05])
def test_what_is_expected_is_what_the_kalman_filter_expects(
    samples: list[pd.Series], deviation: float
) -> None:
    for flow in samples:
        logs, share = flow.to_numpy(), feast(flow)
        for origin in (len(logs), len(logs) - 5):
            for row in VARIANCES[:3]:
                own = SeasonalLevel.of(logs, calendar(flow), deviation).outlook(
                    Variances(*row), origin, AHEAD
                )
                model = local_level_model(logs[:origin], share[:origin], deviation)
                other = model.filter(row, cov_type="none").get_forecast(
                    AHEAD, exog=share[origin : origin + AHEAD, None]
                )
                np.testing.assert_allclose(own.means, other.predicted_mean, rtol=0, atol=1e-9)
                errors = np.sqrt(np.diag(own.covariance))
                np.testing.assert_allclose(errors, other.se_mean, rtol=1e-8)
                assert np.linalg.eigvalsh(own.covariance).min() > 0


def test_surprises_are_the_standardized_errors_of_the_kalman_filter(
    samples: list[pd.Series],
) -> None:
    for flow in samples:
        logs, count = flow.to_numpy(), len(flow)
        model = local_level_model(logs, feast(flow)[:count], 0.05)
        other = model.filter(VARIANCES[0], cov_type="none").standardized_forecasts_error[0]
        level = SeasonalLevel.of(logs, flow.index, 0.05)
        own = level.surprises(Variances(*VARIANCES[0]), count + 2)
        assert (np.isnan(own) == np.append(np.isnan(logs), [True, True])).all()
        seen = ~np.isnan(logs)
        np.testing.assert_allclose(own[:count][seen], other[seen], atol=1e-9)


def test_missing_months_are_what_the_kalman_smoother_expects(samples: list[pd.Series]) -> None:
    for flow in samples:
        logs, count = flow.to_numpy(), len(flow)
        missing = np.flatnonzero(np.isnan(logs))
        model = local_level_model(logs, feast(flow)[:count])
        smoothed = model.smooth(VARIANCES[0], cov_type="none")
        design = model.ssm["design"][0]
        own = SeasonalLevel.of(logs, flow.index, VAGUE_DEVIATION).between(
            Variances(*VARIANCES[0]), missing
        )
        means = (design * smoothed.smoothed_state).sum(axis=0)[missing]
        np.testing.assert_allclose(own.means, means, atol=1e-9)
        for i, later in enumerate(missing):
            for j, earlier in enumerate(missing[: i + 1]):
                between = smoothed.smoother_results.smoothed_state_autocovariance(
                    int(later - earlier), t=int(later)
                )
                expected = design[:, later] @ between @ design[:, earlier]
                expected += VARIANCES[0, 0] * (i == j)
                assert own.covariance[i, j] == pytest.approx(expected, abs=1e-9)


def nile_level() -> SeasonalLevel:
    # In thousands, of which the level may be anywhere beforehand; there are no seasons.
    volume = nile.load_pandas().data["volume"].to_numpy() / 1000
    return SeasonalLevel.with_features(volume, np.zeros((len(volume), 0)))


def test_nile_has_its_published_variances() -> None:
    level = nile_level()
    # Durbin and Koopman 2012, section 2.10: 15,099 and 1,469.1, in units of one.
    for found in (level.estimate(100), level.estimate_surely()):
        assert 1e6 * np.array(found) == pytest.approx([15099, 1469.1], rel=2e-3)
    # Their likelihood leaves the first year out: -632.54, and -633.46 where it is diffuse.
    published = level.loglikelihoods(np.array([[0.015099, 0.0014691]]), 100)[0]
    first = -0.5 * np.log(2 * np.pi * (100 + 0.015099))
    assert published - first - 99 * np.log(1000) == pytest.approx(-632.54, abs=1e-2)


def test_a_flow_that_repeats_itself_has_an_estimate() -> None:
    months = pd.period_range("2019-01", periods=60, freq="M")
    for logs in (np.full(60, 3.0), np.tile(np.arange(12.0), 5)):
        level = SeasonalLevel.of(logs, months, VAGUE_DEVIATION)
        assert np.isfinite(level.estimate(60)).all()
        expected = level.outlook(level.estimate(48), 48, 12).means
        np.testing.assert_allclose(expected, logs[:12], atol=0.1)


def test_a_search_that_one_optimizer_gives_up_is_finished_by_another(
    samples: list[pd.Series], monkeypatch: pytest.MonkeyPatch
) -> None:
    level = SeasonalLevel.of(samples[0].to_numpy(), samples[0].index, VAGUE_DEVIATION)
    found = level.estimate_surely()

    def given_up(likelihoods, start, rounds):
        return highest(likelihoods, start, 3) if rounds > 3 else None

    monkeypatch.setattr(seasonal_level, "highest", given_up)
    np.testing.assert_allclose(level.estimate_surely(), found, rtol=1e-2)


def test_a_likelihood_without_maximum_is_refused(
    samples: list[pd.Series], monkeypatch: pytest.MonkeyPatch
) -> None:
    level = SeasonalLevel.of(samples[0].to_numpy(), samples[0].index, VAGUE_DEVIATION)
    likelihoods = SeasonalLevel.loglikelihoods
    monkeypatch.setattr(
        SeasonalLevel,
        "loglikelihoods",
        lambda self, variances, origin: likelihoods(self, variances, origin) * np.nan,
    )
    with pytest.raises(NeracaError, match="no maximum that two optimizers find"):
        level.estimate_surely()


def test_the_smooth_trend_is_that_of_statsmodels(samples: list[pd.Series]) -> None:
    for flow in samples:
        seen = flow.dropna().to_numpy()
        for values in (seen, seen[:18], seen[:3]):
            np.testing.assert_allclose(smooth_trend(values), hpfilter(values)[1], rtol=1e-9)
