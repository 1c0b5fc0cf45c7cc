"""Concentration of known lists, and bounds that always hold the truth."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from analysis.errors import NeracaError
from analysis.indicators.concentration import (
    concentration_bounds,
    equivalent_number,
    herfindahl_hirschman,
    normalized_herfindahl,
)

PARTS = st.lists(st.floats(0.01, 1e4), min_size=1, max_size=30)


@pytest.mark.parametrize("k", [1, 2, 3, 7, 10, 50])
def test_equal_shares_give_one_over_their_number(k: int) -> None:
    index = herfindahl_hirschman([3.7] * k)
    assert index == pytest.approx(1 / k)
    assert equivalent_number(index) == pytest.approx(k)
    assert normalized_herfindahl([3.7] * k) == pytest.approx(1.0 if k == 1 else 0.0, abs=1e-12)


def test_the_textbook_market_of_30_30_20_20() -> None:
    # U.S. Department of Justice, "Herfindahl-Hirschman Index": 30² + 30² + 20² + 20² = 2,600.
    assert 10_000 * herfindahl_hirschman([30, 30, 20, 20]) == pytest.approx(2600)


@given(PARTS, st.data())
def test_bounds_hold_the_truth_whatever_is_withheld(
    parts: list[float], data: st.DataObject
) -> None:
    known = data.draw(st.lists(st.sampled_from(range(len(parts))), min_size=1, unique=True))
    truth, total = herfindahl_hirschman(parts), sum(parts)
    bounds = concentration_bounds([parts[i] for i in known], total)
    assert bounds.lower - 1e-9 <= truth <= bounds.upper + 1e-9
    assert 0 <= bounds.lower <= bounds.estimate <= bounds.upper <= 1


@given(PARTS, st.integers(1, 30))
def test_a_list_of_the_largest_narrows_the_bounds_and_still_holds(
    parts: list[float], kept: int
) -> None:
    largest = sorted(parts, reverse=True)[:kept]
    assume(largest)
    truth, total = herfindahl_hirschman(parts), sum(parts)
    narrow = concentration_bounds(largest, total, lists_largest=True)
    assert narrow.lower - 1e-9 <= truth <= narrow.upper + 1e-9
    assert narrow.upper <= concentration_bounds(largest, total).upper + 1e-12


@given(PARTS)
def test_a_complete_list_has_no_width(parts: list[float]) -> None:
    bounds = concentration_bounds(parts, sum(parts))
    assert bounds.upper - bounds.lower == pytest.approx(0, abs=1e-9)
    assert bounds.lower == pytest.approx(herfindahl_hirschman(parts))


@given(PARTS, st.randoms())
def test_order_and_scale_do_not_matter(parts: list[float], random: object) -> None:
    shuffled = [10 * part for part in parts]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert herfindahl_hirschman(shuffled) == pytest.approx(herfindahl_hirschman(parts))


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


@pytest.mark.parametrize("index", [0, 1.2, np.nan])
def test_an_index_outside_its_range_has_no_equivalent(index: float) -> None:
    with pytest.raises(NeracaError):
        equivalent_number(index)
