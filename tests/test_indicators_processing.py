"""Raw shares, comparative advantage, unit values and shift-share, with their identities."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import NeracaError
from analysis.indicators.processing import (
    MINIMUM_PAIRS,
    STAGES,
    cited_range,
    processing_price_ratio,
    raw_share,
    revealed_comparative_advantage,
    shift_share,
    symmetric_comparative_advantage,
    unit_value_ratio,
    unit_value_ratio_range,
)
from analysis.indicators.series import Interval, NotComputed, Unit

pytestmark = pytest.mark.filterwarnings("error")

AMOUNT = st.floats(0.1, 1e5)
SHIFT_SHARE = ["before", "after", "reference_before", "reference_after"]
PAIR = ["processed_value", "processed_weight", "raw_value", "raw_weight"]

BAD_AMOUNTS = [-1.0, np.nan, np.inf, -np.inf, None, "5"]


def pairs(*ratios: float, province: str = "18") -> pd.DataFrame:
    """Pairs of goods whose unit values stand in these ratios."""
    return pd.DataFrame(
        {
            "province_code": province,
            "time_period": [f"{2014 + number}-01" for number in range(len(ratios))],
            "processed_value": [10.0 * ratio for ratio in ratios],
            "processed_weight": 5.0,
            "raw_value": 4.0,
            "raw_weight": 2.0,
        },
        index=range(len(ratios)),
    )


def test_comparative_advantage_of_30_in_200_against_200_in_2500() -> None:
    advantage = revealed_comparative_advantage(30, 200, 200, 2500, "all provinces, 2024")
    assert advantage.value == pytest.approx(1.875)
    assert advantage.symmetric == pytest.approx(0.875 / 2.875)
    assert advantage.reference == "all provinces, 2024"


@given(AMOUNT, AMOUNT, AMOUNT, AMOUNT)
def test_a_symmetric_advantage_turns_its_sign_where_province_and_reference_change_places(
    product: float, others: float, reference_product: float, reference_others: float
) -> None:
    own, reference = (
        (product, product + others),
        (
            reference_product,
            reference_product + reference_others,
        ),
    )
    there = revealed_comparative_advantage(*own, *reference, "reference")
    back = revealed_comparative_advantage(*reference, *own, "province")
    assert there.symmetric == pytest.approx(-back.symmetric, abs=1e-9)
    assert -1 <= there.symmetric <= 1
    assert (there.value > 1) == (there.symmetric > 0)


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


@given(
    st.lists(st.tuples(st.sampled_from(["raw", "processed"]), AMOUNT), min_size=1, max_size=12),
    st.data(),
)
def test_the_bounds_hold_the_truth_when_any_goods_of_a_full_list_are_withheld(
    goods: list[tuple[str, float]], data: st.DataObject
) -> None:
    total = sum(value for _, value in goods)
    truth = sum(value for stage, value in goods if stage == "raw") / total
    hidden = data.draw(st.lists(st.booleans(), min_size=len(goods), max_size=len(goods)))
    # What is withheld is left out, or listed under a code that does not tell its stage.
    blurred = data.draw(st.sampled_from([None, "mixed", "unclassified"]))
    listed: dict[str, float] = {}
    for (stage, value), away in zip(goods, hidden, strict=True):
        told = blurred if away else stage
        if told is not None:
            listed[told] = listed.get(told, 0.0) + value
    share = raw_share(listed, total)
    assert share.lower - 1e-9 <= truth <= share.upper + 1e-9
    if not any(hidden):
        assert share.lower == pytest.approx(truth) == pytest.approx(share.upper)


@given(AMOUNT, AMOUNT, AMOUNT, AMOUNT)
def test_shares_sum_to_one(raw: float, mixed: float, processed: float, unlisted: float) -> None:
    total = raw + mixed + processed + unlisted
    share = raw_share({"raw": raw, "mixed": mixed, "processed": processed}, total)
    # Seen from the other side, raw for certain is what cannot be processed.
    other = raw_share({"raw": processed, "mixed": mixed, "processed": raw}, total)
    assert share.lower + other.upper == pytest.approx(1)
    assert share.upper + other.lower == pytest.approx(1)
    assert share.estimate + other.estimate == pytest.approx(1)
    doubt = (mixed + unlisted) / total
    assert share.lower + doubt + other.lower == pytest.approx(1)


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
        *(({"raw": bad}, 10, f"raw is {bad}") for bad in BAD_AMOUNTS),
        *(({"raw": 1.0}, bad, f"total is {bad}") for bad in BAD_AMOUNTS),
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
        none = revealed_comparative_advantage(*amounts, "all provinces")
        assert (none.value, none.symmetric) == (0, -1)
    else:
        with pytest.raises(NeracaError, match="zero"):
            revealed_comparative_advantage(*amounts, "all provinces")


@pytest.mark.parametrize("place", range(4))
@pytest.mark.parametrize("bad", BAD_AMOUNTS)
def test_advantage_refuses_bad_amounts(place: int, bad: object) -> None:
    amounts: list = [30.0, 200.0, 200.0, 2500.0]
    amounts[place] = bad
    with pytest.raises(NeracaError, match=f"is {bad}"):
        revealed_comparative_advantage(*amounts, "all provinces")


@pytest.mark.parametrize("reference", ["", "  ", None])
def test_advantage_without_a_named_reference_is_refused(reference: object) -> None:
    with pytest.raises(NeracaError, match="no name"):
        revealed_comparative_advantage(30, 200, 200, 2500, reference)


@pytest.mark.parametrize("amounts", [(300, 200, 200, 2500), (30, 200, 2600, 2500)])
def test_a_product_above_its_total_is_refused(amounts: tuple[float, ...]) -> None:
    with pytest.raises(NeracaError, match="more than its total"):
        revealed_comparative_advantage(*amounts, "all provinces")


@pytest.mark.parametrize("bad", BAD_AMOUNTS)
def test_symmetric_advantage_refuses_bad_indices(bad: object) -> None:
    with pytest.raises(NeracaError, match="advantage is"):
        symmetric_comparative_advantage(bad)


@pytest.mark.parametrize("place", range(4))
@pytest.mark.parametrize("bad", BAD_AMOUNTS)
def test_unit_values_refuse_bad_amounts(place: int, bad: object) -> None:
    amounts: list = [6.0, 1.0, 4.0, 2.0]
    amounts[place] = bad
    with pytest.raises(NeracaError, match=f"is {bad}"):
        unit_value_ratio(*amounts)


@given(st.lists(st.floats(0.1, 20), min_size=MINIMUM_PAIRS, max_size=9), st.randoms())
def test_the_spread_of_ratios_is_that_of_the_pairs_in_any_order(ratios, random) -> None:
    found = unit_value_ratio_range(pairs(*ratios))
    assert found.lower == pytest.approx(min(ratios))
    assert found.estimate == pytest.approx(float(np.median(ratios)))
    assert found.upper == pytest.approx(max(ratios))
    random.shuffle(ratios)
    assert unit_value_ratio_range(pairs(*ratios)) == found


@pytest.mark.parametrize("count", [0, 1, 2])
def test_few_pairs_have_no_spread(count: int) -> None:
    found = unit_value_ratio_range(pairs(*[2.0] * count))
    assert found == NotComputed("unit_value_ratio_range", 3, count, Unit.OBSERVATIONS)


@pytest.mark.parametrize("column", PAIR)
@pytest.mark.parametrize("bad", [-1.0, np.nan, np.inf, None])
def test_bad_pairs_are_refused(column: str, bad: object) -> None:
    wrong = pairs(2.0, 3.0, 4.0)
    wrong[column] = [1.0, bad, 1.0]
    with pytest.raises(NeracaError, match="give a known value"):
        unit_value_ratio_range(wrong)
    with pytest.raises(NeracaError, match="not a number"):
        unit_value_ratio_range(wrong.assign(**{column: "many"}))
    with pytest.raises(NeracaError, match=f"pairs lacks the column '{column}'"):
        unit_value_ratio_range(wrong.drop(columns=column))


def test_pairs_must_be_a_table() -> None:
    with pytest.raises(NeracaError, match="must be a DataFrame"):
        unit_value_ratio_range([1, 2, 3])


CITED = Interval(2.0, 2.5, 3.0, 1.0)


def test_the_price_ratio_is_the_provinces_own_where_it_has_enough_pairs() -> None:
    both = pd.concat([pairs(4, 5, 6), pairs(9, 9, 9, province="33")], ignore_index=True)
    own = processing_price_ratio(both, "18", CITED)
    assert (own.evidence, own.pairs, own.first, own.last) == ("province", 3, "2014-01", "2016-01")
    assert (own.ratio.lower, own.ratio.upper) == (4, 6)


def test_else_that_of_any_province_else_the_cited_one_else_none() -> None:
    both = pd.concat([pairs(4, 5), pairs(9, province="33")], ignore_index=True)
    found = processing_price_ratio(both, "18", CITED)
    assert (found.evidence, found.pairs, found.ratio.upper) == ("collection", 3, 9)
    cited = processing_price_ratio(pairs(4, 5), "18", CITED)
    assert (cited.evidence, cited.pairs, cited.ratio, cited.first) == ("cited", 0, CITED, "")
    none = processing_price_ratio(pairs(4, 5), "18", None)
    assert none == NotComputed("processing_price_ratio", 3, 2, Unit.OBSERVATIONS)
    assert processing_price_ratio(pairs(), "18", None).has == 0


@pytest.mark.parametrize("lacking", ["province_code", "time_period"])
def test_pairs_of_nowhere_or_no_time_are_refused(lacking: str) -> None:
    with pytest.raises(NeracaError, match=lacking):
        processing_price_ratio(pairs(4, 5, 6).drop(columns=lacking), "18", None)


def test_a_cited_range_has_its_middle_as_estimate() -> None:
    assert cited_range((0.336, 0.42)) == Interval(0.336, pytest.approx(0.378), 0.42, 1.0)
    assert cited_range((0.84, 0.84)).estimate == 0.84
    assert cited_range(None) is None


@pytest.mark.parametrize("place", range(2))
@pytest.mark.parametrize("bad", BAD_AMOUNTS)
def test_bad_cited_bounds_are_refused(place: int, bad: object) -> None:
    bounds: list = [1.0, 2.0]
    bounds[place] = bad
    with pytest.raises(NeracaError, match=f"is {bad}"):
        cited_range(tuple(bounds))


def test_cited_bounds_in_the_wrong_order_are_refused() -> None:
    with pytest.raises(NeracaError, match="swap them"):
        cited_range((2.0, 1.0))


def test_unit_values_need_weights() -> None:
    with pytest.raises(NeracaError, match="zero"):
        unit_value_ratio(1, 0, 1, 1)
    assert unit_value_ratio(9, 3, 4, 2) == pytest.approx(1.5)


@given(st.lists(st.lists(AMOUNT, min_size=4, max_size=4), min_size=1, max_size=8))
def test_shift_share_adds_up_exactly(rows: list[list[float]]) -> None:
    table = pd.DataFrame(rows, columns=SHIFT_SHARE)
    result = shift_share(table)
    np.testing.assert_allclose(result["change"], table["after"] - table["before"], rtol=0)
    scale = result.abs().to_numpy().max() + 1
    parts = result[["growth", "mix", "own"]].sum(axis=1)
    np.testing.assert_allclose(parts, result["change"], rtol=0, atol=1e-9 * scale)


@given(st.lists(st.lists(AMOUNT, min_size=4, max_size=4), min_size=1, max_size=8), st.randoms())
def test_the_order_of_sectors_never_matters(rows: list[list[float]], random) -> None:
    table = pd.DataFrame(rows, columns=SHIFT_SHARE)
    order = list(table.index)
    random.shuffle(order)
    expected = shift_share(table).loc[order]
    pd.testing.assert_frame_equal(shift_share(table.loc[order]), expected)


@given(AMOUNT, st.lists(AMOUNT, min_size=2, max_size=6))
def test_a_province_that_grows_as_the_whole_has_growth_alone(factor: float, values) -> None:
    table = pd.DataFrame({"before": values, "reference_before": values[::-1]})
    table["after"], table["reference_after"] = (
        factor * table["before"],
        factor * table["reference_before"],
    )
    result = shift_share(table)
    scale = result.abs().to_numpy().max() + 1
    np.testing.assert_allclose(result[["mix", "own"]], 0, atol=1e-9 * scale)


def test_a_sector_new_to_the_province_is_all_its_own() -> None:
    table = pd.DataFrame([[0.0, 7.0, 10.0, 20.0]], columns=SHIFT_SHARE, index=["batteries"])
    assert shift_share(table).loc["batteries"].tolist() == [0, 0, 7, 7]


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
    with pytest.raises(NeracaError, match="one row per sector"):
        shift_share(table.head(0))
    with pytest.raises(NeracaError, match="must be a DataFrame"):
        shift_share({"before": 1.0})


@pytest.mark.parametrize("column", SHIFT_SHARE)
@pytest.mark.parametrize("bad", [-1.0, np.nan, np.inf, None])
def test_shift_share_names_the_bad_cell(column: str, bad: object) -> None:
    table = pd.DataFrame([[1.0] * 4] * 2, columns=SHIFT_SHARE, index=["food", "coal"])
    table[column] = [1.0, bad]
    with pytest.raises(NeracaError, match=f"{column.replace('_', ' ')} of coal"):
        shift_share(table)
    with pytest.raises(NeracaError, match="not a number"):
        shift_share(table.assign(**{column: "many"}))
