"""Balance, cover, growth and totals against hand-made and published figures."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import NeracaError
from analysis.indicators.series import NotComputed, Unit
from analysis.indicators.trade import (
    AnnualGrowth,
    annual_growth,
    compound_annual_growth,
    cover_ratio,
    log_trend_growth,
    normalized_trade_balance,
    trade_balance,
    year_on_year,
    year_total,
)


def flow(values: list[float], start: str = "2023-01") -> pd.Series:
    return pd.Series(values, index=pd.period_range(start, periods=len(values), freq="M"))


def test_the_balance_of_lampung_in_january_2020_is_the_printed_one() -> None:
    assert trade_balance(flow([206.31]), flow([144.78])).iloc[0] == pytest.approx(61.53)


def test_a_month_that_one_flow_lacks_has_no_balance() -> None:
    balance = trade_balance(flow([5.0, 6.0]), flow([1.0, 1.0], "2023-02"))
    assert balance.isna().tolist() == [True, False, True]


def test_a_month_and_a_year_are_not_subtracted() -> None:
    with pytest.raises(NeracaError, match="Exports are indexed by month and imports by year"):
        trade_balance(flow([5.0]), pd.Series({2023: 5.0}))


def test_provinces_are_compared_by_their_codes() -> None:
    exports = pd.Series({"65": 150.0, "18": 206.31, "97": None})
    imports = pd.Series({"18": 144.78, "65": 50.0, "95": 3.0})
    balance = trade_balance(exports, imports)
    assert list(balance.index) == ["18", "65", "95", "97"]
    assert balance["18"] == pytest.approx(61.53)
    assert balance.isna().tolist() == [False, False, True, True]
    assert cover_ratio(exports, imports)["65"] == 300
    assert normalized_trade_balance(exports, imports)["65"] == 0.5


@pytest.mark.parametrize("measure", [trade_balance, cover_ratio, normalized_trade_balance])
@pytest.mark.parametrize("index", [pd.period_range("2024-01", periods=2, freq="M"), [2023, 2024]])
def test_a_flow_of_which_nothing_is_known_leaves_every_period_missing(measure, index) -> None:
    known, nothing = pd.Series([1.0, 2.0], index=index), pd.Series(dtype=float)
    for exports, imports in ((known, nothing), (nothing, known)):
        result = measure(exports, imports)
        assert list(result.index) == list(known.index)
        assert result.isna().all()
    assert measure(nothing, nothing).empty


def test_ratios_are_missing_where_there_is_nothing_to_divide_by() -> None:
    assert cover_ratio(flow([5.0]), flow([0.0])).isna().all()
    assert normalized_trade_balance(flow([0.0]), flow([0.0])).isna().all()
    assert year_on_year(pd.Series({2023: 0.0, 2024: 1.0})).isna().all()


def test_growth_compares_with_the_same_month_a_year_before() -> None:
    values = flow([100.0] * 12 + [150.0, np.nan, 50.0])
    growth = year_on_year(values)
    assert growth.iloc[:12].isna().all()
    assert growth.iloc[12] == pytest.approx(50)
    assert np.isnan(growth.iloc[13])
    assert growth.iloc[14] == pytest.approx(-50)


@given(st.floats(-30, 60), st.lists(st.integers(2000, 2025), min_size=3, max_size=9, unique=True))
def test_both_rates_find_a_steady_growth_over_any_gaps(rate: float, years: list[int]) -> None:
    points = pd.Series({year: 10 * (1 + rate / 100) ** (year - 2000) for year in years})
    assert compound_annual_growth(points) == pytest.approx(rate, abs=1e-6)
    assert log_trend_growth(points) == pytest.approx(rate, abs=1e-6)
    assert not annual_growth(points).differ_materially


def test_rates_that_differ_materially_say_so() -> None:
    growth = annual_growth(pd.Series({2020: 50.0, 2021: 100.0, 2022: 100.0, 2023: 110.0}))
    assert isinstance(growth, AnnualGrowth)
    assert growth.compound == pytest.approx(30.06, abs=0.01)
    assert growth.log_trend == pytest.approx(26.68, abs=0.01)
    assert growth.differ_materially
    assert growth.year_on_year == pytest.approx(10)


@pytest.mark.parametrize(("points", "material"), [(0.8, False), (1.2, True)])
def test_a_difference_is_material_from_one_point_on(points: float, material: bool) -> None:
    # Of four years the slope is a tenth of what the step in the middle exceeds a third of the rise.
    bend = 10 * np.log((110 + points) / 110)
    steady = np.log(1.1)
    logs = np.cumsum([0, steady - bend / 2, steady + bend, steady - bend / 2])
    growth = annual_growth(pd.Series(100 * np.exp(logs), index=range(2020, 2024)))
    assert isinstance(growth, AnnualGrowth)
    assert growth.compound == pytest.approx(10)
    assert growth.log_trend == pytest.approx(10 + points)
    assert growth.differ_materially is material


@pytest.mark.parametrize("before", [{}, {2022: np.nan}])
def test_growth_over_a_gap_has_no_rate_of_its_last_year(before: dict) -> None:
    growth = annual_growth(pd.Series({2019: 1.0, 2021: 2.0, 2023: 4.0, **before}))
    assert isinstance(growth, AnnualGrowth)
    assert growth.year_on_year is None


@pytest.mark.parametrize(
    ("points", "needs", "has", "unit"),
    [
        ({}, 3, 0, Unit.YEARS),
        ({2020: 1.0}, 3, 1, Unit.YEARS),
        ({2020: np.nan, 2021: np.nan}, 3, 0, Unit.YEARS),
        ({2020: 0.0, 2021: 1.0, 2022: 2.0}, 3, 2, Unit.POSITIVE_VALUES),
    ],
)
def test_growth_says_what_it_needs(points: dict, needs: int, has: int, unit: Unit) -> None:
    result = annual_growth(pd.Series(points, dtype=float))
    assert result == NotComputed("log_trend_growth", needs, has, unit)


def test_compound_growth_from_zero_is_not_computed() -> None:
    result = compound_annual_growth(pd.Series({2020: 0.0, 2021: 5.0}))
    assert result == NotComputed("compound_annual_growth", 2, 1, Unit.POSITIVE_VALUES)


def test_a_complete_year_has_a_total_and_a_holed_one_names_its_holes() -> None:
    year = flow([1.0] * 12, "2024-01")
    assert year_total(year, 2024).total == 12
    year.iloc[4] = np.nan
    holed = year_total(year, 2024)
    assert holed.total is None
    assert holed.observed == 11
    assert [str(month) for month in holed.missing] == ["2024-05"]
    assert len(year_total(year, 2020).missing) == 12
