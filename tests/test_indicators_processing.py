"""Raw shares, comparative advantage, unit values and shift-share, with their identities."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import NeracaError
from analysis.indicators.processing import (
    STAGES,
    raw_share,
    revealed_comparative_advantage,
    shift_share,
    symmetric_comparative_advantage,
    unit_value_ratio,
)

AMOUNT = st.floats(0.1, 1e5)


def test_comparative_advantage_of_30_in_200_against_200_in_2500() -> None:
    advantage = revealed_comparative_advantage(30, 200, 200, 2500)
    assert advantage == pytest.approx(1.875)
    assert symmetric_comparative_advantage(advantage) == pytest.approx(0.875 / 2.875)


@given(st.lists(AMOUNT, min_size=4, max_size=4), st.data())
def test_the_bounds_hold_the_true_raw_share_whatever_is_withheld(
    values: list[float], data: st.DataObject
) -> None:
    raw, processed, hidden_raw, hidden_processed = values
    total = sum(values)
    kept = data.draw(st.floats(0, 1))
    listed = {
        "raw": raw,
        "processed": processed,
        "mixed": kept * (hidden_raw + hidden_processed),
    }
    share = raw_share(listed, total)
    assert share.lower - 1e-9 <= (raw + hidden_raw) / total <= share.upper + 1e-9
    assert 0 <= share.lower <= share.estimate <= share.upper <= 1


def test_a_fully_classified_list_has_an_exact_share() -> None:
    share = raw_share({"raw": 25, "processed": 75}, 100)
    assert (share.lower, share.estimate, share.upper, share.level) == (0.25, 0.25, 0.25, 1.0)


def test_what_no_code_covers_may_be_raw() -> None:
    unlisted = raw_share({"raw": 10, "processed": 40}, 100)
    unclassified = raw_share({"raw": 10, "processed": 40, "unclassified": 50}, 100)
    assert (
        (unlisted.lower, unlisted.upper) == (unclassified.lower, unclassified.upper) == (0.1, 0.6)
    )


@pytest.mark.parametrize(
    ("stages", "total", "message"),
    [
        ({"green": 1.0}, 10, "no stage 'green'"),
        ({"raw": -1.0}, 10, "raw is -1"),
        ({"raw": np.nan}, 10, "raw is nan"),
        ({"raw": 8.0, "mixed": 4.0}, 10, "more than their total"),
        ({"raw": 0.0}, 0, "positive total"),
    ],
)
def test_bad_stages_are_refused(stages: dict, total: float, message: str) -> None:
    with pytest.raises(NeracaError, match=message):
        raw_share(stages, total)


def test_stages_are_the_documented_four() -> None:
    assert STAGES == ("raw", "mixed", "processed", "unclassified")


@pytest.mark.parametrize("zero", range(4))
def test_advantage_needs_something_to_compare_with(zero: int) -> None:
    amounts = [30.0, 200.0, 200.0, 2500.0]
    amounts[zero] = 0
    if zero == 0:
        assert revealed_comparative_advantage(*amounts) == 0
    else:
        with pytest.raises(NeracaError, match="zero"):
            revealed_comparative_advantage(*amounts)


def test_unit_values_need_weights() -> None:
    with pytest.raises(NeracaError, match="zero"):
        unit_value_ratio(1, 0, 1, 1)
    assert unit_value_ratio(9, 3, 4, 2) == pytest.approx(1.5)


@given(st.lists(st.lists(AMOUNT, min_size=4, max_size=4), min_size=1, max_size=8))
def test_shift_share_adds_up_exactly(rows: list[list[float]]) -> None:
    columns = ["before", "after", "reference_before", "reference_after"]
    result = shift_share(pd.DataFrame(rows, columns=columns))
    scale = result.abs().to_numpy().max() + 1
    parts = result[["growth", "mix", "own"]].sum(axis=1)
    np.testing.assert_allclose(parts, result["change"], atol=1e-9 * scale)


def test_a_province_that_is_its_own_reference_has_no_own_growth() -> None:
    table = pd.DataFrame({"before": [10.0, 30.0], "after": [15.0, 27.0]})
    table["reference_before"], table["reference_after"] = table["before"], table["after"]
    result = shift_share(table)
    np.testing.assert_allclose(result["own"], 0, atol=1e-12)
    assert result["mix"].sum() == pytest.approx(0)


def test_shift_share_refuses_bad_tables() -> None:
    table = pd.DataFrame(
        {"before": [1.0], "after": [1.0], "reference_before": [0.0], "reference_after": [1.0]},
        index=["food"],
    )
    with pytest.raises(NeracaError, match="nothing in food"):
        shift_share(table)
    with pytest.raises(NeracaError, match="lacks the column 'after'"):
        shift_share(table.drop(columns="after"))
    with pytest.raises(NeracaError, match="one row per sector"):
        shift_share(table.iloc[[0, 0]])
    with pytest.raises(NeracaError, match="before of food"):
        shift_share(table.assign(before=-1.0))
