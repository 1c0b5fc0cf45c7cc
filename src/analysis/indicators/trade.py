"""Measure a province's foreign trade: balance, cover, growth and totals."""

from dataclasses import dataclass
from numbers import Integral

import numpy as np
import pandas as pd

from analysis.errors import NeracaError
from analysis.indicators.series import NotComputed, Unit, annual, monthly, provincial

#: Percentage points a year from which two measures of growth tell different stories.
MATERIAL_DIFFERENCE = 1.0


@dataclass(frozen=True)
class AnnualGrowth:
    """Hold measures of growth in percent a year and whether two of them differ materially.

    `compound` sees only the first and the last year; `log_trend` weighs every year. Where they
    differ by more than `MATERIAL_DIFFERENCE` points, neither should be quoted alone.
    `year_on_year` is the last year's own growth, None where the year before it is not known or
    zero; a single year differs from an average as a matter of course.
    """

    first_year: int
    last_year: int
    compound: float
    log_trend: float
    year_on_year: float | None
    differ_materially: bool


@dataclass(frozen=True)
class YearTotal:
    """Hold the total of a year, known only where all twelve months are.

    `total` is None unless `missing` is empty; `observed` is the sum of the months that are known
    (million USD), a lower bound of the total.
    """

    year: int
    total: float | None
    observed: float
    missing: tuple[pd.Period, ...]


def trade_balance(exports: pd.Series, imports: pd.Series) -> pd.Series:
    """Subtract imports from exports, period by period or province by province.

    Both are indexed by month, both by year, or both by BPS code of the province, in million USD;
    so is the result, which is missing wherever either flow is. Raises NeracaError for bad input
    (see `series`).

    Formula: X − M (United Nations Statistics Division, International Merchandise Trade
    Statistics: Concepts and Definitions 2010).

    >>> trade_balance(pd.Series({2020: 206.31}), pd.Series({2020: 144.78})).round(2).to_dict()
    {2020: 61.53}
    """
    sold, bought = _both(exports, imports)
    return (sold - bought).rename("trade_balance")


def cover_ratio(exports: pd.Series, imports: pd.Series) -> pd.Series:
    """Express exports in percent of imports, period by period or province by province.

    Both are indexed as `trade_balance` takes them, in million USD. The result is in percent,
    missing wherever either flow is or imports are zero. Raises NeracaError for bad input (see
    `series`).

    Formula: 100 · X / M (INSEE, Definitions, "Coverage rate").

    >>> cover_ratio(pd.Series({2024: 150.0}), pd.Series({2024: 100.0})).to_dict()
    {2024: 150.0}
    """
    sold, bought = _both(exports, imports)
    return (100 * sold / bought.where(bought > 0)).rename("cover_ratio")


def normalized_trade_balance(exports: pd.Series, imports: pd.Series) -> pd.Series:
    """Divide the balance by total trade, period by period or province by province.

    Both are indexed as `trade_balance` takes them, in million USD. The result lies between −1
    (only imports) and 1 (only exports), missing wherever either flow is or both are zero. Raises
    NeracaError for bad input (see `series`).

    Formula: (X − M) / (X + M) (International Trade Centre, Trade Competitiveness Map: Technical
    Notes, "relative trade balance").

    >>> normalized_trade_balance(pd.Series({2024: 150.0}), pd.Series({2024: 50.0})).to_dict()
    {2024: 0.5}
    """
    sold, bought = _both(exports, imports)
    both = sold + bought
    return ((sold - bought) / both.where(both > 0)).rename("normalized_trade_balance")


def year_on_year(flow: pd.Series) -> pd.Series:
    """Compare each period with the same period a year before.

    `flow` is indexed by month or by year, in million USD. The result is in percent, missing
    wherever either period is or the earlier one is zero. Raises NeracaError for bad input (see
    `series`).

    Formula: 100 · (x[t] / x[t − 1 year] − 1) (IMF, Quarterly National Accounts Manual 2017, on
    rates of change from the same period of the previous year).

    >>> year_on_year(pd.Series({2023: 80.0, 2024: 100.0})).to_dict()
    {2023: nan, 2024: 25.0}
    """
    if isinstance(flow, pd.Series) and isinstance(flow.index, pd.PeriodIndex):
        values = monthly(flow, "flow")
        before = values.shift(12)
    else:
        values = annual(flow, "flow")
        before = values.reindex(values.index - 1).set_axis(values.index)
    return (100 * (values / before.where(before > 0) - 1)).rename("year_on_year")


def compound_annual_growth(points: pd.Series) -> float | NotComputed:
    """Give the constant yearly rate that leads from the first year to the last.

    `points` is indexed by year, with gaps allowed; the result is in percent a year. Not computed
    below two observed years or where the first or the last is zero. Raises NeracaError for bad
    input (see `series`).

    Formula: 100 · ((x[T] / x[0]) ^ (1 / (T − 0)) − 1), T in years (United Nations ESCAP,
    Statistics Division, Stats Brief 07, "Average growth rate: Computation methods").

    >>> round(compound_annual_growth(pd.Series({2020: 100.0, 2022: 121.0})), 6)
    10.0
    """
    known = annual(points, "annual values")
    if len(known) < 2:
        return NotComputed("compound_annual_growth", 2, len(known), Unit.YEARS)
    first, last = float(known.iloc[0]), float(known.iloc[-1])
    if first <= 0 or last <= 0:
        positive = int(first > 0) + int(last > 0)
        return NotComputed("compound_annual_growth", 2, positive, Unit.POSITIVE_VALUES)
    years = int(known.index[-1] - known.index[0])
    return float(100 * ((last / first) ** (1 / years) - 1))


def log_trend_growth(points: pd.Series) -> float | NotComputed:
    """Give the yearly rate of the straight line through the logarithms of all years.

    `points` is indexed by year, with gaps allowed; the result is in percent a year. Not computed
    below three observed years or where one of them is zero. Raises NeracaError for bad input (see
    `series`).

    Formula: 100 · (exp(b) − 1) with b the least-squares slope of ln x on the year (World Bank,
    World Development Indicators, "least-squares growth rate").

    >>> round(log_trend_growth(pd.Series({2020: 100.0, 2021: 110.0, 2023: 133.1})), 6)
    10.0
    """
    known = annual(points, "annual values")
    if len(known) < 3:
        return NotComputed("log_trend_growth", 3, len(known), Unit.YEARS)
    positive = int((known > 0).sum())
    if positive < len(known):
        return NotComputed("log_trend_growth", len(known), positive, Unit.POSITIVE_VALUES)
    years = known.index.to_numpy(dtype=float)
    centred = years - years.mean()
    slope = centred @ np.log(known.to_numpy()) / (centred @ centred)
    return float(100 * np.expm1(slope))


def annual_growth(points: pd.Series) -> AnnualGrowth | NotComputed:
    """Give compound, log-trend and latest growth and say whether the first two differ materially.

    `points` is indexed by year, with gaps allowed; rates are in percent a year. Not computed where
    the compound or the log-trend rate is not (see `compound_annual_growth`, `log_trend_growth`).
    Raises NeracaError for bad input (see `series`).

    >>> steady = annual_growth(pd.Series({2020: 100.0, 2021: 110.0, 2022: 121.0}))
    >>> steady.differ_materially
    False
    >>> annual_growth(pd.Series({2020: 100.0, 2021: 200.0, 2022: 100.0, 2023: 50.0}))
    ... # doctest: +ELLIPSIS
    AnnualGrowth(first_year=2020, ..., year_on_year=-50.0, differ_materially=True)
    """
    known = annual(points, "annual values")
    compound, trend = compound_annual_growth(known), log_trend_growth(known)
    if isinstance(trend, NotComputed):
        return trend
    if isinstance(compound, NotComputed):
        return compound
    latest = float(year_on_year(known).iloc[-1])
    return AnnualGrowth(
        first_year=int(known.index[0]),
        last_year=int(known.index[-1]),
        compound=compound,
        log_trend=trend,
        year_on_year=None if np.isnan(latest) else latest,
        differ_materially=abs(compound - trend) > MATERIAL_DIFFERENCE,
    )


def year_total(flow: pd.Series, year: int) -> YearTotal:
    """Add up the months of a year, or say which are missing.

    `flow` is indexed by month, in million USD. A year with a missing month has no total: the sum
    of the others is given as `observed` and never as the year's figure. Raises NeracaError for
    bad input (see `series`) or a year that is no whole number.

    >>> months = pd.period_range("2024-01", "2024-11", freq="M")
    >>> year_total(pd.Series(10.0, index=months), 2024)
    YearTotal(year=2024, total=None, observed=110.0, missing=(Period('2024-12', 'M'),))
    """
    if not isinstance(year, Integral):
        raise NeracaError(f"The year is {year!r}; give a whole number such as 2024.")
    calendar = pd.period_range(f"{year}-01", f"{year}-12", freq="M")
    months = monthly(flow, "flow").reindex(calendar)
    missing = tuple(calendar[months.isna().to_numpy()])
    observed = float(months.sum())
    return YearTotal(year, None if missing else observed, observed, missing)


def _both(exports: pd.Series, imports: pd.Series) -> tuple[pd.Series, pd.Series]:
    (sold_by, sold), (bought_by, bought) = _keyed(exports, "exports"), _keyed(imports, "imports")
    # A flow of which nothing is known has no kind of key, and leaves the other's periods open.
    if sold.empty:
        return sold.reindex(bought.index), bought
    if bought.empty:
        return sold, bought.reindex(sold.index)
    if sold_by != bought_by:
        raise NeracaError(
            f"Exports are indexed by {sold_by} and imports by {bought_by}; bring both to one of "
            "them."
        )
    sold, bought = sold.align(bought, join="outer")
    return sold, bought


def _keyed(flow: pd.Series, name: str) -> tuple[str, pd.Series]:
    """Check a flow as the kind of its index asks, and name that kind."""
    index = flow.index if isinstance(flow, pd.Series) else pd.Index([])
    if isinstance(index, pd.PeriodIndex):
        return "month", monthly(flow, name)
    if len(index) and index.inferred_type == "string":
        return "province", provincial(flow, name)
    return "year", annual(flow, name)
