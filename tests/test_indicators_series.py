"""Bad input is refused with a message that names the series; what is missing stays missing."""

import numpy as np
import pandas as pd
import pytest

from analysis.errors import NeracaError
from analysis.indicators.series import annual, check_level, monthly, provincial

MONTHS = pd.period_range("2020-01", periods=6, freq="M")


def test_monthly_sorts_and_fills_the_span_with_missing_months() -> None:
    values = pd.Series([2.0, 1.0], index=MONTHS[[4, 1]])
    result = monthly(values, "exports")
    assert list(result.index) == list(MONTHS[1:5])
    assert result.dropna().tolist() == [1.0, 2.0]


@pytest.mark.parametrize(
    "empty", [pd.Series(dtype=float), pd.Series(index=MONTHS[:0], dtype=float)]
)
def test_empty_series_stay_empty(empty: pd.Series) -> None:
    assert len(monthly(empty, "imports")) == 0
    assert len(annual(empty, "units")) == 0
    assert len(provincial(pd.Series(dtype=float), "units")) == 0


@pytest.mark.parametrize(
    ("values", "index", "message"),
    [
        ([1.0, -2.0], MONTHS[:2], "imports at 2020-02 is negative"),
        ([1.0, np.inf], MONTHS[:2], "imports at 2020-02 is infinite"),
        ([1.0, 2.0], MONTHS[[0, 0]], "2020-01 more than once"),
        ([1.0, 2.0], pd.period_range("2020", periods=2, freq="Y"), "not indexed by month"),
        ([1.0, 2.0], [2020, 2021], "not indexed by month"),
        (["a", "b"], MONTHS[:2], "not a number"),
        ([1.0, 2.0], pd.PeriodIndex(["2020-01", None], freq="M"), "a value without a month"),
        ([1 + 2j, 2.0], MONTHS[:2], "not a number"),
    ],
)
def test_bad_months_are_refused(values: list, index: object, message: str) -> None:
    with pytest.raises(NeracaError, match=message):
        monthly(pd.Series(values, index=index), "imports")


@pytest.mark.parametrize(
    ("values", "index", "message"),
    [
        ([1.0, -2.0], [2020, 2021], "units at 2021 is negative"),
        ([1.0, 2.0], [2020, 2020], "2020 more than once"),
        ([1.0, 2.0], MONTHS[:2], "not indexed by year"),
        ([1.0, np.inf], [2020, 2021], "infinite"),
        ([1.0, 2.0], [18, 65], "has the year 18; .* province codes as text"),
        ([1.0, 2.0], ["18", "65"], "not indexed by year"),
        ([1.0, 2.0], [2020, None], "not indexed by year"),
        ([1 + 0j, 2.0], [2020, 2021], "not a number"),
    ],
)
def test_bad_years_are_refused(values: list, index: object, message: str) -> None:
    with pytest.raises(NeracaError, match=message):
        annual(pd.Series(values, index=index), "units")


def test_provincial_sorts_by_code_and_keeps_what_is_missing() -> None:
    result = provincial(pd.Series({"65": 2, "18": None, "97": 0}), "imports")
    assert list(result.index) == ["18", "65", "97"]
    assert result.isna().tolist() == [True, False, False]


@pytest.mark.parametrize(
    ("values", "index", "message"),
    [
        ([1.0, -2.0], ["18", "65"], "units at 65 is negative"),
        ([1.0, 2.0], ["18", "18"], "the province 18 more than once"),
        ([1.0, 2.0], [18, 65], "not indexed by province"),
        ([1.0, 2.0], ["18", "lampung"], "not indexed by province"),
        ([1.0, 2.0], ["18", None], "not indexed by province"),
        ([1.0, np.inf], ["18", "65"], "units at 65 is infinite"),
    ],
)
def test_bad_provinces_are_refused(values: list, index: list, message: str) -> None:
    with pytest.raises(NeracaError, match=message):
        provincial(pd.Series(values, index=index), "units")


def test_something_that_is_no_series_is_refused() -> None:
    with pytest.raises(NeracaError, match="give a pandas Series"):
        monthly([1.0], "exports")  # type: ignore[arg-type]


def test_a_signed_series_may_be_negative() -> None:
    assert monthly(pd.Series([-1.0], index=MONTHS[:1]), "balance", signed=True).tolist() == [-1.0]


@pytest.mark.parametrize("level", [0, 1, 80, float("nan")])
def test_an_interval_level_is_a_share(level: float) -> None:
    with pytest.raises(NeracaError, match="between 0 and 1"):
        check_level(level)
