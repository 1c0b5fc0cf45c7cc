"""Pool the growth of many provinces, so that each borrows from all what its own counts lack."""

import warnings
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats
from statsmodels.regression.mixed_linear_model import MixedLM

from analysis.errors import NeracaError
from analysis.indicators.series import Interval, NotComputed, Unit, annual, check_level

Array = npt.NDArray[np.float64]

#: With fewer provinces, how much they differ is not known well enough to pool them.
MINIMUM_PROVINCES = 10

#: Degrees of freedom within provinces that so few provinces have with two steps each.
MINIMUM_FREEDOM = MINIMUM_PROVINCES - 1

# Growth that never varies within a province leaves nothing to weigh it by; so little stays.
LEAST_WITHIN = 1e-9


class Estimator(StrEnum):
    """Tell how the variance between groups was estimated.

    `RESTRICTED_LIKELIHOOD` is the mixed model of statsmodels; `BOUNDARY` the same maximum where
    it lies at zero, which has a closed form; `MOMENTS` the closed form that serves where the
    mixed model did not converge.
    """

    RESTRICTED_LIKELIHOOD = "restricted_likelihood"
    BOUNDARY = "boundary"
    MOMENTS = "moments"


@dataclass(frozen=True)
class GroupEffects:
    """Hold a mixed linear model with one random coefficient a group.

    `coefficients` are those of the design, with their `covariance`; `between` and `within` are
    the variances of the groups' effects and of the residuals, with the degrees of freedom behind
    each. `effects` has a group's effect, `shrinkage` the share of its own deviation that was
    given up for it (0 none, 1 all). `warnings` are what the mixed model complained of. `loadings`
    and `information` are each group's design and squared scale, summed up for `errors`.
    """

    coefficients: Array
    covariance: Array
    between: float
    within: float
    between_freedom: int
    within_freedom: int
    effects: pd.Series
    shrinkage: pd.Series
    estimator: Estimator
    warnings: tuple[str, ...]
    loadings: Array
    information: Array

    def errors(self, weights: Array) -> Array:
        """Give each group's standard error of weights · coefficients + its effect.

        Formula: the mean squared error g₁ + g₂ + 2·g₃ of Prasad and Rao (1990), Journal of the
        American Statistical Association 85: 163-171: spread of the effects, error of the
        coefficients, and error of the two variances, of which the last is taken from the F
        distribution of their ratio and is exact to first order for groups of equal size.
        """
        kept = _kept(self.between, self.within, self.information)
        given_up = 1 - kept * self.information
        toward = weights - kept[:, None] * self.loadings
        spread = self.within * kept
        of_coefficients = np.einsum("gi,ij,gj->g", toward, self.covariance, toward)
        of_variances = (
            given_up**2
            * (2 / self.between_freedom + 2 / self.within_freedom)
            * (self.between + self.within / self.information)
        )
        return np.sqrt(spread + of_coefficients + 2 * of_variances)


@dataclass(frozen=True)
class PooledGrowth:
    """Hold the growth of provinces, each drawn towards the mean as far as its own data are weak.

    `national` is the growth of the average province in percent a year (each province counts the
    same, however large). `provinces` is indexed by province, with `raw` (from its first to its
    last count) and `growth` in percent a year, `lower` and `upper` of the latter, `shrinkage`
    (0 as raw, 1 as the mean), `first_year`, `last_year` and `increments`. `periods` has a row per
    stretch between years in which provinces were counted together: `first_year`, `last_year`,
    `growth`, `lower`, `upper`. `between` and `within` are standard deviations in logarithms: of
    lasting growth across provinces, and of one year within a province.
    """

    national: Interval
    provinces: pd.DataFrame
    periods: pd.DataFrame
    between: float
    within: float
    level: float
    estimator: Estimator
    warnings: tuple[str, ...]


def pooled_growth(counts: pd.DataFrame, level: float) -> PooledGrowth | NotComputed:
    """Pool the growth of provinces partially, over unequal gaps between their counts.

    `counts` has a row per province and a column per year, above zero, missing where unknown, of
    one definition and territory within each row; the result is in percent a year at the given
    `level`. Provinces with fewer than two counts take no part. Not computed below
    `MINIMUM_PROVINCES` others, below `MINIMUM_FREEDOM` degrees of freedom within provinces, or
    where a count is zero. Raises NeracaError for another table, a repeated province, a level that
    is no share, or bad counts (see `indicators.series`).

    Formula: a step of province i over k years is Δ = Σ k[q]·γ[q] + k·b[i] + e, with k[q] of its
    years in period q, b[i] ~ N(0, τ²) and Var e = k·σ² (a random walk in logarithms); divided by
    √k it is a mixed linear model with one random slope (Laird and Ware 1982, Biometrics 38:
    963-974), see `fit_group_effects`. The growth shown is μ + b[i], where μ is the mean of γ over
    all years. Intervals are Student t with the degrees of freedom between provinces, of which μ is
    a mean; those of `growth` allow for the error of μ and of both variances (see
    `GroupEffects.errors`) and stay on the safe side: simulated, 80 percent intervals cover 80
    percent where provinces differ as much as chance makes them differ, and up to 98 where they do
    not differ at all.

    What is identified: periods are bounded by the years that `MINIMUM_PROVINCES` provinces have
    in common, and each has a growth γ of its own, so a shock to all (a recession, a new survey
    frame) moves μ and no ranking. Identified are the differences between provinces, b; μ is the
    mean of what happened, shocks included, and its interval says nothing of later ones. Errors of
    a single year's survey cannot be told from chance in growth and count as σ²; they pull harder
    to the mean. `growth` is what lasts, not what happened: that is `raw`.

    >>> steady = {str(p): {2013: 100.0, 2014: 110.0, 2016: 133.1} for p in range(10)}
    >>> result = pooled_growth(pd.DataFrame.from_dict(steady, orient="index"), 0.8)
    >>> round(result.national.estimate, 6), result.provinces["growth"].round(6).unique().tolist()
    (10.0, [10.0])
    """
    check_level(level)
    known = _known_counts(counts)
    steps = _steps(known)
    provinces = steps["province"].nunique()
    if provinces < MINIMUM_PROVINCES:
        return NotComputed("pooled_growth", MINIMUM_PROVINCES, provinces, Unit.SERIES)
    values = pd.concat(known)
    positive = int((values > 0).sum())
    if positive < len(values):
        return NotComputed("pooled_growth", len(values), positive, Unit.POSITIVE_VALUES)
    knots = _common_years(steps)
    overlap = _overlap(steps, knots)
    if np.linalg.matrix_rank(overlap) < overlap.shape[1]:
        # No province has a step that tells two periods apart: one growth for all years then.
        knots = knots[[0, -1]]
        overlap = _overlap(steps, knots)
    root = np.sqrt(steps["years"].to_numpy(dtype=float))
    needed = _parameters(overlap, steps["province"].to_numpy(), root) + MINIMUM_FREEDOM
    if len(steps) < needed:
        return NotComputed("pooled_growth", needed, len(steps), Unit.GROWTH_INCREMENTS)
    fit = fit_group_effects(
        steps["rise"].to_numpy() / root, overlap / root[:, None], steps["province"], root
    )
    return _pooled(fit, steps, knots, level)


def fit_group_effects(
    response: Array, design: Array, groups: pd.Series | Array, scale: Array
) -> GroupEffects:
    """Fit a mixed linear model with one random coefficient a group.

    `response` has n values, `design` n rows of fixed regressors, `groups` the n names of groups
    and `scale` the n values, not zero, that a group's coefficient is multiplied by. Raises
    NeracaError for other shapes, missing or infinite values, or where groups and design leave no
    degree of freedom between or within groups.

    Formula: y = X·β + z·b[group] + e with variances τ² of b and σ² of e, by restricted maximum
    likelihood (Patterson and Thompson 1971, Biometrika 58: 545-554). Where the likelihood falls
    from τ² = 0 on, that is the estimate and the rest is least squares. Where the mixed model
    warns or fails, Henderson's third method (1953, Biometrics 9: 226-252) gives σ² and τ² from
    the sums of squares with and without groups; for groups of equal size both are the same.

    >>> pairs = fit_group_effects(
    ...     np.array([1.0, 3.0, 5.0, 7.0]), np.ones((4, 1)), np.array([1, 1, 2, 2]), np.ones(4)
    ... )
    >>> round(pairs.within, 3), round(pairs.between, 3), pairs.effects.round(3).to_dict()
    (2.0, 7.0, {1: -1.75, 2: 1.75})
    """
    names, loading = _checked(response, design, groups, scale)
    fixed = int(np.linalg.matrix_rank(design))
    parameters = int(np.linalg.matrix_rank(np.hstack([design, loading])))
    between_freedom, within_freedom = parameters - fixed, len(response) - parameters
    if fixed < design.shape[1] or between_freedom < 1 or within_freedom < 1:
        raise NeracaError(
            f"The {len(response)} values do not tell {design.shape[1]} regressors, {len(names)} "
            "groups and a residual apart; give more values, or fewer regressors."
        )
    within, between, estimator, complaints = _variances(response, design, loading, scale)
    information = (loading**2).sum(axis=0)
    within = max(within, LEAST_WITHIN * between * float(information.mean()))
    loadings, rises = loading.T @ design, loading.T @ response
    kept = _kept(between, within, information)
    inverse = np.linalg.inv(design.T @ design - loadings.T @ (kept[:, None] * loadings))
    coefficients = inverse @ (design.T @ response - loadings.T @ (kept * rises))
    return GroupEffects(
        coefficients=coefficients,
        covariance=np.asarray(within * inverse, dtype=np.float64),
        between=between,
        within=within,
        between_freedom=between_freedom,
        within_freedom=within_freedom,
        effects=pd.Series(kept * (rises - loadings @ coefficients), index=names),
        shrinkage=pd.Series(1 - kept * information, index=names),
        estimator=estimator,
        warnings=complaints,
        loadings=loadings,
        information=information,
    )


def _kept(between: float, within: float, information: Array) -> Array:
    """Give what a group's summed residual is multiplied by to make its effect."""
    if between == 0:
        return np.zeros(len(information))
    return between / (within + between * information)


def _checked(
    response: Array, design: Array, groups: pd.Series | Array, scale: Array
) -> tuple[pd.Index, Array]:
    """Give the groups in order, and a column per group with its scale."""
    member, names = pd.factorize(np.asarray(groups), sort=True)
    sizes = {len(response), len(design), len(member), len(scale)}
    numbers = (response, design, scale)
    if len(sizes) > 1 or np.ndim(design) != 2 or (member < 0).any():
        raise NeracaError(
            "The response, the rows of the design, the groups and the scale differ in number, or "
            "a group has no name; give one of each for every value."
        )
    if not all(np.isfinite(part).all() for part in numbers) or (scale == 0).any():
        raise NeracaError(
            "The response, the design or the scale has a missing or infinite value, or a scale of "
            "zero; leave such values out."
        )
    loading = np.zeros((len(response), len(names)))
    loading[np.arange(len(response)), member] = scale
    return pd.Index(names), loading


def _variances(
    response: Array, design: Array, loading: Array, scale: Array
) -> tuple[float, float, Estimator, tuple[str, ...]]:
    """Give the variance within, the one between, how it was found, and warnings on the way."""
    residual = response - design @ np.linalg.lstsq(design, response, rcond=None)[0]
    freedom = len(response) - design.shape[1]
    pooled = float(residual @ residual) / freedom
    # What the groups add to the sum of squares for each unit of variance between them.
    projected = design @ np.linalg.solve(design.T @ design, design.T @ loading)
    gain = float((loading**2).sum() - (loading * projected).sum())
    if float(((loading.T @ residual) ** 2).sum()) <= pooled * gain:
        return pooled, 0.0, Estimator.BOUNDARY, ()
    fitted, complaints = _restricted_likelihood(
        response, design, loading, scale, float(np.sqrt(pooled))
    )
    if fitted is not None:
        return *fitted, Estimator.RESTRICTED_LIKELIHOOD, ()
    within, between = _moments(response, design, loading, pooled * freedom, gain)
    return within, between, Estimator.MOMENTS, complaints


def _restricted_likelihood(
    response: Array, design: Array, loading: Array, scale: Array, unit: float
) -> tuple[tuple[float, float] | None, tuple[str, ...]]:
    """Give the variances within and between by the mixed model, or what it complained of."""
    groups = loading.astype(bool).argmax(axis=1)
    # In units near one, the optimizer's absolute tolerances mean what they should.
    size = float(np.sqrt((loading**2).sum(axis=0).mean()))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            model = MixedLM(response / unit, design, groups, exog_re=scale[:, None] / size)
            result = model.fit(reml=True, method=["bfgs", "lbfgs"])
        except np.linalg.LinAlgError as error:
            return None, (str(error),)
    if caught or not result.converged:
        return None, tuple(str(item.message) for item in caught)
    between = float(np.asarray(result.cov_re)[0, 0])
    return (float(result.scale) * unit**2, between * unit**2 / size**2), ()


def _moments(
    response: Array, design: Array, loading: Array, total: float, gain: float
) -> tuple[float, float]:
    """Give the variances within and between from the sums of squares (Henderson's third)."""
    full = np.hstack([design, loading])
    left = response - full @ np.linalg.lstsq(full, response, rcond=None)[0]
    parameters = int(np.linalg.matrix_rank(full))
    within = float(left @ left) / (len(response) - parameters)
    explained = total - float(left @ left)
    between = (explained - (parameters - design.shape[1]) * within) / gain
    if between <= 0:
        return total / (len(response) - design.shape[1]), 0.0
    return within, between


def _known_counts(counts: pd.DataFrame) -> dict[str, pd.Series]:
    if not isinstance(counts, pd.DataFrame):
        raise NeracaError(
            f"The counts are a {type(counts).__name__}; give a table with a row per province and "
            "a column per year."
        )
    names = counts.index.map(str)
    if names.has_duplicates:
        repeated = names[names.duplicated()][0]
        raise NeracaError(f"The counts have {repeated} more than once; keep one row a province.")
    known = {
        province: annual(row.set_axis(counts.columns), f"counts of {province}")
        for province, (_, row) in zip(names, counts.iterrows(), strict=True)
    }
    return {province: points for province, points in known.items() if len(points) >= 2}


def _steps(known: dict[str, pd.Series]) -> pd.DataFrame:
    """List the steps between successive counts, with their years and rise in logarithms."""
    columns = ["province", "first_year", "last_year", "years", "rise"]
    rows = []
    for province, points in known.items():
        years = points.index.to_numpy()
        logs = np.log(points.where(points > 0)).to_numpy()
        rows += [
            (province, first, last, last - first, rise)
            for first, last, rise in zip(years[:-1], years[1:], np.diff(logs), strict=True)
        ]
    return pd.DataFrame(rows, columns=columns)


def _common_years(steps: pd.DataFrame) -> Array:
    """Give the years that bound periods: those of enough provinces, else the first and last."""
    ends = pd.concat(
        [
            steps[["province", name]].rename(columns={name: "year"})
            for name in ("first_year", "last_year")
        ]
    ).drop_duplicates()
    held = ends.groupby("year").size()
    common = held.index[held >= MINIMUM_PROVINCES].to_numpy(dtype=float)
    if len(common) < 2:
        return np.array([ends["year"].min(), ends["year"].max()], dtype=float)
    return common


def _overlap(steps: pd.DataFrame, knots: Array) -> Array:
    """Count the years of each step in each period; the outer periods are open to their side."""
    edges = np.concatenate([[-np.inf], knots[1:-1], [np.inf]])
    first, last = (steps[name].to_numpy(dtype=float) for name in ("first_year", "last_year"))
    return np.column_stack(
        [np.clip(last, low, high) - np.clip(first, low, high) for low, high in pairwise(edges)]
    )


def _parameters(overlap: Array, groups: Array, root: Array) -> int:
    members = (groups[:, None] == pd.unique(groups)[None, :]) * root[:, None]
    return int(np.linalg.matrix_rank(np.hstack([overlap / root[:, None], members])))


def _pooled(fit: GroupEffects, steps: pd.DataFrame, knots: Array, level: float) -> PooledGrowth:
    quantile = float(stats.t.ppf((1 + level) / 2, fit.between_freedom))
    weights = np.diff(knots) / (knots[-1] - knots[0])
    mean = float(weights @ fit.coefficients)
    mean_error = float(np.sqrt(weights @ fit.covariance @ weights))
    lower, middle, upper = (
        float(end[0]) for end in _percent(np.array([mean]), np.array([quantile * mean_error]))
    )
    groups = steps.groupby("province", sort=True)
    low, growth, high = _percent(mean + fit.effects.to_numpy(), quantile * fit.errors(weights))
    provinces = pd.DataFrame(
        {
            "raw": 100 * np.expm1(groups["rise"].sum() / groups["years"].sum()),
            "growth": growth,
            "lower": low,
            "upper": high,
            "shrinkage": fit.shrinkage,
            "first_year": groups["first_year"].min(),
            "last_year": groups["last_year"].max(),
            "increments": groups.size(),
        }
    )
    return PooledGrowth(
        national=Interval(lower, middle, upper, level),
        provinces=provinces.loc[steps["province"].unique()],
        periods=_periods(fit, knots, quantile),
        between=float(np.sqrt(fit.between)),
        within=float(np.sqrt(fit.within)),
        level=level,
        estimator=fit.estimator,
        warnings=fit.warnings,
    )


def _periods(fit: GroupEffects, knots: Array, quantile: float) -> pd.DataFrame:
    low, growth, high = _percent(fit.coefficients, quantile * np.sqrt(np.diag(fit.covariance)))
    return pd.DataFrame(
        {
            "first_year": knots[:-1].astype(int),
            "last_year": knots[1:].astype(int),
            "growth": growth,
            "lower": low,
            "upper": high,
        }
    )


def _percent(middle: Array, reach: Array) -> tuple[Array, Array, Array]:
    """Turn growth in logarithms a year, with what it may be off by, into percent a year."""
    # An upper end beyond any number is infinite, and no warning.
    with np.errstate(over="ignore"):
        low, growth, high = 100 * np.expm1([middle - reach, middle, middle + reach])
    return low, growth, high
