"""Growth pooled across provinces: published mixed models, limits, shocks to all, and coverage."""

import warnings
from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, stats
from statsmodels.regression.mixed_linear_model import MixedLM
from statsmodels.tools.sm_exceptions import ConvergenceWarning

from analysis.errors import NeracaError
from analysis.indicators.series import NotComputed, Unit
from analysis.models.panel import (
    MINIMUM_FREEDOM,
    MINIMUM_PROVINCES,
    Estimator,
    fit_group_effects,
    pooled_growth,
)

BATCHES = np.repeat(list("ABCDEF"), 5)
# Davies and Goldsmith 1972, Statistical Methods in Research and Production, section 6.4.
DYESTUFF = np.array(
    [
        *(1545, 1440, 1440, 1520, 1580),
        *(1540, 1555, 1490, 1560, 1495),
        *(1595, 1550, 1605, 1510, 1560),
        *(1445, 1440, 1595, 1465, 1545),
        *(1595, 1630, 1515, 1635, 1625),
        *(1520, 1455, 1450, 1480, 1445),
    ],
    dtype=float,
)
# Box and Tiao 1973, Bayesian Inference in Statistical Analysis, section 5.1.2.
DYESTUFF_2 = np.array(
    [
        *(7.298, 3.846, 2.434, 9.566, 7.990),
        *(5.220, 6.556, 0.608, 11.788, -0.892),
        *(0.110, 10.386, 13.434, 5.510, 8.166),
        *(2.212, 4.852, 7.092, 9.288, 4.980),
        *(0.282, 9.014, 4.458, 9.446, 7.198),
        *(1.722, 4.782, 8.106, 0.758, 3.758),
    ]
)


@pytest.fixture(autouse=True)
def no_warning_is_lost() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def fit_batches(response):
    return fit_group_effects(response, np.ones((30, 1)), BATCHES, np.ones(30))


def draw(
    generator: np.random.Generator,
    provinces: int = 30,
    between: float = 0.04,
    within: float = 0.1,
    years: tuple[int, ...] = (2013, 2014, 2025),
) -> tuple[pd.DataFrame, np.ndarray]:
    """Draw counts that go as the model says, and the lasting growth of each province."""
    gaps = np.diff(years)
    growth = 0.02 + between * generator.standard_normal(provinces)
    noise = within * np.sqrt(gaps) * generator.standard_normal((provinces, len(gaps)))
    rises = growth[:, None] * gaps + noise
    levels = np.hstack([np.zeros((provinces, 1)), rises.cumsum(axis=1)])
    names = [f"p{number:02}" for number in range(provinces)]
    return pd.DataFrame(1000 * np.exp(levels), index=names, columns=list(years)), growth


@pytest.fixture
def panel() -> pd.DataFrame:
    return draw(np.random.default_rng(5))[0]


def logarithms(percent):
    return np.log1p(np.asarray(percent) / 100)


def test_dyestuff_as_published() -> None:
    # lme4 1.1 (Bates, Maechler, Bolker and Walker 2015, Journal of Statistical Software 67),
    # Yield ~ 1 + (1 | Batch) by REML; standard error and effects as its summary and ranef print.
    fit = fit_batches(DYESTUFF)
    assert fit.estimator is Estimator.RESTRICTED_LIKELIHOOD
    assert fit.warnings == ()
    assert fit.coefficients == pytest.approx([1527.5])
    assert fit.between == pytest.approx(1764.05, rel=1e-4)
    assert fit.within == pytest.approx(2451.25, rel=1e-4)
    assert np.sqrt(fit.covariance[0, 0]) == pytest.approx(19.38, abs=5e-3)
    assert fit.effects.index.tolist() == list("ABCDEF")
    published = [-17.60685, 0.39126, 28.56223, -23.08454, 56.73319, -44.99529]
    assert fit.effects.tolist() == pytest.approx(published, abs=1e-3)


def test_dyestuff_2_lies_on_the_boundary_as_published() -> None:
    fit = fit_batches(DYESTUFF_2)
    assert fit.estimator is Estimator.BOUNDARY
    assert fit.between == 0
    assert fit.within == pytest.approx(13.806, abs=5e-4)
    assert fit.coefficients == pytest.approx([5.6656])
    assert np.sqrt(fit.covariance[0, 0]) == pytest.approx(0.6784, abs=5e-5)
    assert (fit.effects == 0).all()
    assert (fit.shrinkage == 1).all()
    # Pooled wholly, a group is known no better than how sure the pooling is: never without error.
    assert (fit.errors(np.ones(1)) > np.sqrt(fit.covariance[0, 0])).all()


@pytest.mark.parametrize("trouble", ["warning", "no_convergence", "singular"])
def test_a_mixed_model_in_trouble_gives_way_to_moments(monkeypatch, trouble: str) -> None:
    sound = MixedLM.fit

    def fit(self, **arguments):
        if trouble == "warning":
            warnings.warn("The gradient is large", ConvergenceWarning, stacklevel=1)
        if trouble == "singular":
            raise np.linalg.LinAlgError("Singular matrix")
        result = sound(self, **arguments)
        result.converged = trouble != "no_convergence"
        return result

    monkeypatch.setattr(MixedLM, "fit", fit)
    found = fit_batches(DYESTUFF)
    assert found.estimator is Estimator.MOMENTS
    assert (
        found.warnings
        == {
            "warning": ("The gradient is large",),
            "no_convergence": (),
            "singular": ("Singular matrix",),
        }[trouble]
    )
    # Groups of equal size: the moments are the restricted likelihood's own estimates.
    assert found.between == pytest.approx(1764.05, abs=5e-3)
    assert found.within == pytest.approx(2451.25, abs=5e-3)


def test_what_the_mixed_model_complained_of_stays_in_the_result(monkeypatch, panel) -> None:
    def fit(self, **arguments):
        raise np.linalg.LinAlgError("Singular matrix")

    expected = pooled_growth(panel, 0.8)
    monkeypatch.setattr(MixedLM, "fit", fit)
    result = pooled_growth(panel, 0.8)
    assert (expected.estimator, result.estimator) == (
        Estimator.RESTRICTED_LIKELIHOOD,
        Estimator.MOMENTS,
    )
    assert result.warnings == ("Singular matrix",)
    difference = (result.provinces - expected.provinces).abs()
    assert difference.max(axis=None) < 1e-3


def restricted_likelihood(ratio, response, design, loading):
    """Give −2 times the profile restricted log-likelihood, from its definition."""
    covariance = np.eye(len(response)) + ratio * loading @ loading.T
    inverse = np.linalg.inv(covariance)
    information = design.T @ inverse @ design
    projection = inverse - inverse @ design @ np.linalg.inv(information) @ design.T @ inverse
    freedom = len(response) - design.shape[1]
    scale = response @ projection @ response / freedom
    determinants = np.linalg.slogdet(covariance)[1] + np.linalg.slogdet(information)[1]
    return freedom * np.log(scale) + determinants, scale


@pytest.mark.parametrize("seed", range(6))
def test_groups_of_unequal_size_and_scale_maximize_the_restricted_likelihood(seed: int) -> None:
    generator = np.random.default_rng(seed)
    groups = np.repeat(np.arange(12), generator.integers(1, 6, 12))
    scale = np.sqrt(generator.integers(1, 12, len(groups)).astype(float))
    design = np.column_stack([scale, generator.standard_normal(len(groups))])
    loading = (groups[:, None] == np.arange(12)) * scale[:, None]
    effects = [0.0, 0.5, 1.0][seed % 3] * generator.standard_normal(12)
    response = loading @ effects + generator.standard_normal(len(groups))
    fit = fit_group_effects(response, design, groups, scale)
    best = optimize.minimize_scalar(
        lambda log_ratio: restricted_likelihood(np.exp(log_ratio), response, design, loading)[0],
        bounds=(-16, 6),
        method="bounded",
        options={"xatol": 1e-10},
    )
    reached, within = restricted_likelihood(fit.between / fit.within, response, design, loading)
    assert reached <= best.fun + 1e-5
    ratio = 0.0 if fit.estimator is Estimator.BOUNDARY else np.exp(best.x)
    assert fit.between / fit.within == pytest.approx(ratio, rel=5e-3)
    assert fit.within == pytest.approx(within, rel=1e-3)


def test_coefficients_and_errors_are_those_of_the_full_matrices() -> None:
    generator = np.random.default_rng(3)
    groups = np.repeat(np.arange(12), 3)
    scale = np.sqrt(generator.integers(1, 12, 36).astype(float))
    design = np.column_stack([scale, generator.standard_normal(36)])
    loading = (groups[:, None] == np.arange(12)) * scale[:, None]
    response = loading @ generator.standard_normal(12) + generator.standard_normal(36)
    fit = fit_group_effects(response, design, groups, scale)
    inverse = np.linalg.inv(fit.within * np.eye(36) + fit.between * loading @ loading.T)
    covariance = np.linalg.inv(design.T @ inverse @ design)
    coefficients = covariance @ design.T @ inverse @ response
    residual = response - design @ coefficients
    assert fit.covariance == pytest.approx(covariance)
    assert fit.coefficients == pytest.approx(coefficients)
    assert fit.effects.to_numpy() == pytest.approx(fit.between * loading.T @ inverse @ residual)
    weights = np.array([1.0, 0.0])
    gain = fit.between * loading.T @ inverse
    toward = weights - gain @ design
    first_two = fit.between * (1 - np.diag(gain @ loading)) + (toward @ covariance * toward).sum(
        axis=1
    )
    of_variances = fit.errors(weights) ** 2 - first_two
    assert (of_variances > 0).all()
    assert (of_variances < first_two).all()


def test_raw_growth_runs_from_the_first_to_the_last_count() -> None:
    panel, _ = draw(np.random.default_rng(1), provinces=12)
    panel.iloc[0] = [100.0, np.nan, 100 * 1.1**12]
    row = pooled_growth(panel, 0.8).provinces.iloc[0]
    assert row["raw"] == pytest.approx(10)
    assert row[["first_year", "last_year", "increments"]].tolist() == [2013, 2025, 1]


def test_growth_lies_between_raw_and_national_as_far_as_the_shrinkage_says(panel) -> None:
    result = pooled_growth(panel, 0.8)
    assert result.estimator is Estimator.RESTRICTED_LIKELIHOOD
    raw, growth = (logarithms(result.provinces[name]) for name in ("raw", "growth"))
    national = logarithms(result.national.estimate)
    shrinkage = result.provinces["shrinkage"].to_numpy()
    assert growth == pytest.approx(raw + shrinkage * (national - raw))
    assert ((shrinkage > 0) & (shrinkage < 1)).all()
    # 12 years: σ² / (σ² + 12 τ²).
    expected = result.within**2 / (result.within**2 + 12 * result.between**2)
    assert shrinkage == pytest.approx(expected)
    assert (result.provinces["lower"] < result.provinces["growth"]).all()
    assert (result.provinces["growth"] < result.provinces["upper"]).all()


def test_the_national_interval_is_the_exact_one_of_equal_years(panel) -> None:
    result = pooled_growth(panel, 0.8)
    growth = logarithms(result.provinces["raw"])
    reach = stats.t.ppf(0.9, 29) * growth.std(ddof=1) / np.sqrt(30)
    ends = logarithms([result.national.lower, result.national.estimate, result.national.upper])
    middle = growth.mean()
    assert ends == pytest.approx([middle - reach, middle, middle + reach], rel=1e-3)


def test_shorter_data_are_pulled_harder() -> None:
    panel, _ = draw(np.random.default_rng(2), between=0.08)
    panel.loc["p03", 2025] = np.nan
    shrinkage = pooled_growth(panel, 0.8).provinces["shrinkage"]
    assert shrinkage["p03"] > shrinkage.drop("p03").max()


@pytest.mark.parametrize("factor", [0.5, 1.3])
def test_a_shock_to_all_moves_the_mean_and_no_difference(panel, factor: float) -> None:
    before = pooled_growth(panel, 0.8)
    after = pooled_growth(panel * [1, 1, factor], 0.8)
    shift = np.log(factor) / 12
    for column in ("raw", "growth", "lower", "upper"):
        moved = logarithms(after.provinces[column]) - logarithms(before.provinces[column])
        assert moved == pytest.approx(shift)
    assert (after.between, after.within) == pytest.approx((before.between, before.within))
    assert logarithms(after.national.estimate) - logarithms(
        before.national.estimate
    ) == pytest.approx(shift)


def test_periods_are_what_the_provinces_did_together(panel) -> None:
    periods = pooled_growth(panel, 0.8).periods
    assert periods[["first_year", "last_year"]].to_numpy().tolist() == [[2013, 2014], [2014, 2025]]
    steps = np.diff(np.log(panel), axis=1) / [1, 11]
    assert logarithms(periods["growth"]) == pytest.approx(steps.mean(axis=0))
    assert (periods["lower"] < periods["growth"]).all()
    assert (periods["growth"] < periods["upper"]).all()


def test_years_of_few_provinces_bound_no_period(panel) -> None:
    wide = panel.assign(**{"2019": np.nan}).rename(columns={"2019": 2019})
    wide.loc["p00", 2019] = 1100.0
    wide[2027] = np.nan
    wide.loc["p01", 2027] = 1500.0
    periods = pooled_growth(wide, 0.8).periods
    assert periods["first_year"].tolist() == [2013, 2014]
    assert periods["last_year"].tolist() == [2014, 2025]


def test_periods_that_no_step_tells_apart_are_one() -> None:
    panel, _ = draw(np.random.default_rng(4), 24, years=(2010, 2012, 2013, 2020, 2022))
    # Half of the provinces were counted in other years than the rest.
    panel.iloc[:12, [1, 3]] = np.nan
    panel.iloc[12:, [0, 2, 4]] = np.nan
    lone = panel.iloc[12:].index
    result = pooled_growth(panel, 0.8)
    assert result.provinces.loc[lone, "increments"].eq(1).all()
    assert len(result.periods) == 1
    assert result.periods.loc[0, ["first_year", "last_year"]].tolist() == [2010, 2022]
    assert result.periods.loc[0, "growth"] == pytest.approx(result.national.estimate)


def test_provinces_that_differ_hugely_keep_their_own_growth() -> None:
    panel, growth = draw(np.random.default_rng(6), between=0.5, within=1e-3)
    result = pooled_growth(panel, 0.8).provinces
    assert logarithms(result["growth"]) == pytest.approx(growth, abs=2e-3)
    assert result["shrinkage"].max() < 1e-4


def test_steady_growth_of_different_provinces_is_kept_whole() -> None:
    rates = np.linspace(-0.05, 0.1, 12)
    years = np.array([2013, 2014, 2025])
    panel = pd.DataFrame(100 * np.exp(rates[:, None] * (years - 2013)), columns=years)
    result = pooled_growth(panel, 0.8)
    assert logarithms(result.provinces["growth"]) == pytest.approx(rates, abs=1e-6)
    assert np.isfinite(result.provinces).all(axis=None)


def test_provinces_that_do_not_differ_are_pooled_wholly_and_keep_an_interval() -> None:
    panel, _ = draw(np.random.default_rng(3), between=0.0)
    result = pooled_growth(panel, 0.8)
    assert result.estimator is Estimator.BOUNDARY
    assert (result.provinces["shrinkage"] == 1).all()
    assert np.allclose(result.provinces["growth"], result.national.estimate)
    assert (result.provinces["lower"] < result.national.lower).all()


@settings(max_examples=15, deadline=None)
@given(st.permutations(range(12)), st.permutations(range(3)), st.floats(1e-3, 1e6))
def test_order_and_unit_do_not_matter(rows, columns, unit: float) -> None:
    panel, _ = draw(np.random.default_rng(8), provinces=12)
    expected = pooled_growth(panel, 0.8)
    result = pooled_growth(unit * panel.iloc[rows, columns], 0.8)
    assert result.provinces.index.tolist() == [panel.index[row] for row in rows]
    pd.testing.assert_frame_equal(
        result.provinces, expected.provinces.loc[result.provinces.index], rtol=1e-6
    )


def test_the_same_counts_give_the_same_numbers(panel) -> None:
    first, second = pooled_growth(panel, 0.8), pooled_growth(panel, 0.8)
    assert first.national == second.national
    pd.testing.assert_frame_equal(first.provinces, second.provinces, check_exact=True)


def test_a_wider_level_gives_wider_intervals(panel) -> None:
    narrow, wide = (pooled_growth(panel, level).provinces for level in (0.8, 0.95))
    assert (wide["upper"] > narrow["upper"]).all()
    assert (wide["lower"] < narrow["lower"]).all()


EMPTY = pd.DataFrame(columns=pd.Index([2013, 2014], dtype=int), dtype=float)


@pytest.mark.parametrize(
    ("counts", "has"),
    [
        (EMPTY, 0),
        (pd.DataFrame(), 0),
        (pd.DataFrame(np.nan, index=range(30), columns=[2013, 2014, 2025]), 0),
        (pd.DataFrame(5.0, index=range(30), columns=[2013]), 0),
        (pd.DataFrame(5.0, index=["only"], columns=[2013, 2014, 2025]), 1),
        (draw(np.random.default_rng(0), provinces=9)[0], 9),
    ],
)
def test_too_few_provinces_are_not_pooled(counts: pd.DataFrame, has: int) -> None:
    assert pooled_growth(counts, 0.8) == NotComputed(
        "pooled_growth", MINIMUM_PROVINCES, has, Unit.SERIES
    )


def test_one_step_each_tells_chance_and_growth_apart_no_more() -> None:
    panel, _ = draw(np.random.default_rng(0))
    needed = 30 + MINIMUM_FREEDOM
    assert pooled_growth(panel[[2013, 2025]], 0.8) == NotComputed(
        "pooled_growth", needed, 30, Unit.GROWTH_INCREMENTS
    )
    # Eight provinces with a second step give one degree of freedom too few, nine are enough.
    panel.loc["p08":, 2014] = np.nan
    assert pooled_growth(panel, 0.8) == NotComputed(
        "pooled_growth", needed, 38, Unit.GROWTH_INCREMENTS
    )
    panel.loc["p08", 2014] = 1000.0
    assert not isinstance(pooled_growth(panel, 0.8), NotComputed)


def test_a_count_of_zero_has_no_growth(panel) -> None:
    panel.iloc[4, 0] = 0.0
    assert pooled_growth(panel, 0.8) == NotComputed("pooled_growth", 90, 89, Unit.POSITIVE_VALUES)


def test_a_single_count_takes_no_part(panel) -> None:
    thin = panel.copy()
    thin.loc["p07", [2013, 2014]] = np.nan
    pd.testing.assert_frame_equal(
        pooled_growth(thin, 0.8).provinces, pooled_growth(panel.drop("p07"), 0.8).provinces
    )


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (lambda panel: panel.assign(**{"a": 1.0}), "not indexed by year"),
        (lambda panel: panel.set_axis([2013, 2014, 2014], axis=1), "year 2014 more than once"),
        (lambda panel: panel.set_axis(["p00", "p00", *panel.index[2:]]), "p00 more than once"),
        (lambda panel: panel.set_axis([1, "1", *panel.index[2:]]), "1 more than once"),
        (lambda panel: panel.mask(panel == panel.iloc[2, 0], -5.0), "counts of p.. at .* negative"),
        (lambda panel: panel.mask(panel == panel.iloc[2, 1], np.inf), "counts of p02 at 2014 is"),
        (lambda panel: panel.astype(object).mask(panel > 0, "many"), "not a number"),
        (lambda panel: panel[2013], "are a Series"),
    ],
)
def test_unusable_counts_are_refused_with_their_fault(panel, spoil, fault: str) -> None:
    with pytest.raises(NeracaError, match=fault):
        pooled_growth(spoil(panel), 0.8)


def test_a_level_that_is_no_share_is_refused(panel) -> None:
    with pytest.raises(NeracaError, match="between 0 and 1"):
        pooled_growth(panel, 80)


def test_a_mixed_index_is_read_as_names(panel) -> None:
    mixed = panel.set_axis([11, *panel.index[1:]])
    assert pooled_growth(mixed, 0.8).provinces.index[0] == "11"


@pytest.mark.parametrize(
    ("response", "design", "groups", "scale", "fault"),
    [
        (np.ones(3), np.ones((4, 1)), np.array([1, 1, 2, 2]), np.ones(4), "differ in number"),
        (np.ones(4), np.ones(4), np.array([1, 1, 2, 2]), np.ones(4), "differ in number"),
        (np.ones(2), np.ones((2, 1)), np.array(["a", None]), np.ones(2), "has no name"),
        (np.array([1, np.nan]), np.ones((2, 1)), np.array([1, 2]), np.ones(2), "missing or inf"),
        (np.array([1, np.inf]), np.ones((2, 1)), np.array([1, 2]), np.ones(2), "missing or inf"),
        (np.ones(2), np.ones((2, 1)), np.array([1, 2]), np.zeros(2), "scale of zero"),
        (np.ones(4), np.ones((4, 2)), np.array([1, 1, 2, 2]), np.ones(4), "do not tell 2"),
        (np.arange(4.0), np.ones((4, 1)), np.arange(4), np.ones(4), "do not tell 1 regressors, 4"),
        (np.arange(4.0), np.ones((4, 1)), np.zeros(4), np.ones(4), "do not tell 1 regressors, 1"),
        (np.ones(0), np.ones((0, 1)), np.ones(0), np.ones(0), "do not tell"),
    ],
)
def test_an_unusable_mixed_model_is_refused(response, design, groups, scale, fault: str) -> None:
    with pytest.raises(NeracaError, match=fault):
        fit_group_effects(response, design, groups, scale)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("provinces", "years", "between", "least", "most"),
    [
        # Variance between against that of a province's mean growth, τ² · 12 / σ²: 0, 1, 4.
        (30, (2013, 2014, 2025), 0.0, 0.80, 1.00),
        (30, (2013, 2014, 2025), 0.1 / np.sqrt(12), 0.78, 0.84),
        (30, (2013, 2014, 2025), 0.2 / np.sqrt(12), 0.78, 0.83),
        # Twelve provinces with four steps each.
        (12, (2013, 2014, 2018, 2020, 2025), 0.2 / np.sqrt(12), 0.78, 0.84),
    ],
)
def test_intervals_cover_the_growth_that_was_drawn(
    provinces: int, years: tuple[int, ...], between: float, least: float, most: float
) -> None:
    generator = np.random.default_rng(12)
    hits, of_mean, tries = 0, 0, 300
    for _ in range(tries):
        panel, growth = draw(generator, provinces, between, 0.1, years)
        # A province in six lacks one of the years inside.
        panel.iloc[::6, 1] = np.nan
        result = pooled_growth(panel, 0.8)
        truth = 100 * np.expm1(growth)
        low, high = result.provinces["lower"], result.provinces["upper"]
        hits += ((low <= truth) & (truth <= high)).mean()
        of_mean += result.national.lower <= 100 * np.expm1(0.02) <= result.national.upper
    assert least <= hits / tries <= most
    assert 0.75 <= of_mean / tries <= 0.88
