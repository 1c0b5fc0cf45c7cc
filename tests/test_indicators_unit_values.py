"""Unit values and what moved a value: identities, published values, and what is refused."""

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import NeracaError
from analysis.indicators.series import NotComputed, Unit
from analysis.indicators.unit_values import (
    paired_unit_values,
    unit_value,
    value_change,
    value_changes,
)

pytestmark = pytest.mark.filterwarnings("error")

amounts = st.floats(min_value=1e-3, max_value=1e6)


def test_a_published_decomposition() -> None:
    # Diewert and Fox's goods: prices of two periods, quantities of a household with an elasticity
    # of substitution of 2. IndexNumR's reference results give Bennet's indicators as -1.780717371
    # (price) and 4.780717371 (quantity).
    prices = ((2.0, 1.75), (1.0, 0.5), (1.0, 0.95), (0.5, 0.55))
    weights, spent = (0.2, 0.2, 0.2, 0.4), (10.0, 13.0)
    goods = list(zip(weights, prices, strict=True))
    norms = [sum(w / p[t] for w, p in goods) for t in (0, 1)]
    found = []
    for weight, price in goods:
        quantity = [weight * price[t] ** -2 * spent[t] / norms[t] for t in (0, 1)]
        value = [price[t] * quantity[t] for t in (0, 1)]
        found.append(value_change(value[0], 1e6 * quantity[0], value[1], 1e6 * quantity[1]))
    assert sum(part.from_unit_value for part in found) == pytest.approx(-1.780717371, abs=1e-9)
    assert sum(part.from_weight for part in found) == pytest.approx(4.780717371, abs=1e-9)


@given(amounts, amounts, amounts, amounts)
def test_the_parts_add_up(v0: float, q0: float, v1: float, q1: float) -> None:
    found = value_change(v0, q0, v1, q1)
    parts = found.from_unit_value + found.from_weight
    size = max(abs(found.from_unit_value), abs(found.from_weight), v0, v1)
    assert math.isclose(parts, found.change, abs_tol=1e-9 * size)


@given(amounts, amounts, amounts, amounts)
def test_turning_time_round_turns_the_signs(v0: float, q0: float, v1: float, q1: float) -> None:
    there, back = value_change(v0, q0, v1, q1), value_change(v1, q1, v0, q0)
    assert there.from_unit_value == pytest.approx(-back.from_unit_value)
    assert there.from_weight == pytest.approx(-back.from_weight)


def test_an_unchanged_unit_value_leaves_all_to_the_weight() -> None:
    found = value_change(2, 1e6, 3, 1.5e6)
    assert (found.change, found.from_unit_value, found.from_weight) == (1, 0, 1)


def years(**values: tuple[float, float]) -> pd.DataFrame:
    rows = {int(year[1:]): row for year, row in values.items()}
    return pd.DataFrame.from_dict(rows, orient="index", columns=["value", "weight_kg"])


def test_years_are_compared_with_the_year_before_only() -> None:
    found = value_changes(years(y2020=(1, 1e6), y2019=(2, 1e6), y2022=(3, 2e6)))
    assert found.by_year.index.tolist() == [2020]
    assert found.by_year.loc[2020].tolist() == [-1, -1, 0]
    assert (found.first_year, found.last_year) == (2019, 2022)
    assert found.overall == value_change(2, 1e6, 3, 2e6)


def test_years_apart_have_no_steps() -> None:
    found = value_changes(years(y2018=(1, 1e6), y2020=(2, 1e6)))
    assert found.by_year.empty
    assert list(found.by_year) == ["change", "from_unit_value", "from_weight"]
    assert found.overall.change == 1


@pytest.mark.parametrize(
    ("table", "has"),
    [
        (years(), 0),
        (years(y2020=(1, 1e6)), 1),
        (years(y2020=(1, 1), y2021=(0, 0)), 1),
    ],
)
def test_too_few_years(table: pd.DataFrame, has: int) -> None:
    assert value_changes(table) == NotComputed("value_changes", 2, has, Unit.YEARS)


@pytest.mark.parametrize(
    ("value", "weight"),
    [(-1.0, 1.0), (math.nan, 1.0), (1.0, math.inf), (1.0, -1.0), (1.0, 0.0), ("1", 1.0)],
)
def test_bad_amounts_are_refused(value: float, weight: float) -> None:
    with pytest.raises(NeracaError, match=r"weight|value"):
        unit_value(value, weight)


@pytest.mark.parametrize("function", [value_changes, paired_unit_values])
@pytest.mark.parametrize("table", [[1, 2], pd.DataFrame({"value": [1]})])
def test_bad_tables_are_refused(function, table) -> None:
    with pytest.raises(NeracaError, match=r"must be a DataFrame|lacks the column"):
        function(table)


def test_no_pairs_give_no_unit_values() -> None:
    columns = ["raw_value", "raw_weight", "processed_value", "processed_weight"]
    found = paired_unit_values(pd.DataFrame(columns=columns))
    assert found.empty
    assert {"raw_unit_value", "processed_unit_value", "unit_value_ratio"} <= set(found)
