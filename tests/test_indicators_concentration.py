"""Concentration of known lists, and bounds that always hold the truth."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import NeracaError
from analysis.indicators.concentration import (
    concentration_bounds,
    equivalent_number,
    equivalent_number_bounds,
    herfindahl_hirschman,
)
from analysis.indicators.series import Interval

PARTS = st.lists(st.floats(0.01, 1e4), min_size=1, max_size=30)


def test_the_textbook_market_of_30_30_20_20() -> None:
    # U.S. Department of Justice, "Herfindahl-Hirschman Index": 30² + 30² + 20² + 20² = 2,600.
    assert 10_000 * herfindahl_hirschman([30, 30, 20, 20]) == pytest.approx(2600)


@given(PARTS)
def test_a_complete_list_has_no_width(parts: list[float]) -> None:
    bounds = concentration_bounds(parts, sum(parts))
    assert bounds.upper - bounds.lower == pytest.approx(0, abs=1e-9)
    assert bounds.lower == pytest.approx(herfindahl_hirschman(parts))


def test_a_series_is_taken_by_its_values() -> None:
    assert herfindahl_hirschman(pd.Series([1.0, 1.0], index=["a", "b"])) == 0.5


@pytest.mark.parametrize("parts", [[], [0.0], [1.0, -1.0], [1.0, np.nan], [np.inf]])
def test_bad_parts_are_refused(parts: list[float]) -> None:
    with pytest.raises(NeracaError):
        herfindahl_hirschman(parts)


@pytest.mark.parametrize("total", [0, -1, np.nan, 90])
def test_bad_totals_are_refused(total: float) -> None:
    with pytest.raises(NeracaError, match="total"):
        concentration_bounds([60, 40], total)


def test_rounding_may_lift_the_parts_just_above_the_total() -> None:
    bounds = concentration_bounds([50.1, 50.1], 100)
    assert bounds.upper == pytest.approx(0.5)


def test_bounds_of_an_index_out_of_order_are_refused() -> None:
    with pytest.raises(NeracaError, match="in their order"):
        equivalent_number_bounds(Interval(0.5, 0.4, 0.25, 1.0))


@pytest.mark.parametrize("index", [0, 1.2, np.nan])
def test_an_index_outside_its_range_has_no_equivalent(index: float) -> None:
    with pytest.raises(NeracaError):
        equivalent_number(index)
