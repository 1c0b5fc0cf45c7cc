"""Keeping raw exports and processing them: identities, corners, ranges that contain, bad input."""

import warnings
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from analysis.errors import NeracaError
from analysis.indicators.series import Interval, NotComputed, Unit
from analysis.models.scenario import (
    INPUTS,
    STEPS,
    ProcessingScenario,
    break_even_price_ratio,
    processing_scenario,
    sensitivity,
    waterfall,
)

pytestmark = pytest.mark.filterwarnings("error")

TOTAL = 100.0
RAW = Interval(20.0, 35.0, 50.0, 1.0)
YIELD = Interval(0.336, 0.378, 0.42, 1.0)
RATIO = Interval(2.15, 3.5, 5.43, 1.0)

RESULTS = ("lost", "gained", "change", "after", "raw_share_before", "raw_share_after")


def interval(lowest: float, highest: float) -> st.SearchStrategy[Interval]:
    values = st.lists(st.floats(lowest, highest), min_size=3, max_size=3).map(sorted)
    return values.map(lambda ends: Interval(*ends, 1.0))


RAWS, YIELDS, RATIOS = interval(0, TOTAL), interval(0.05, 6), interval(0.1, 8)
CUTS = st.floats(0, 100)


def run(
    raw: Interval = RAW,
    total: float = TOTAL,
    cut: float = 20,
    processing_yield: Interval = YIELD,
    price_ratio: Interval = RATIO,
) -> ProcessingScenario:
    result = processing_scenario(raw, total, cut, processing_yield, price_ratio)
    assert isinstance(result, ProcessingScenario)
    return result


def exact(value: float) -> Interval:
    return Interval(value, value, value, 1.0)


def test_by_hand() -> None:
    result = run(cut=20)
    # Lost: a fifth of raw. Gained: that, times yield, times price ratio.
    assert result.lost == Interval(4.0, 7.0, 10.0, 1.0)
    assert result.gained.lower == pytest.approx(4 * 0.336 * 2.15)
    assert result.gained.estimate == pytest.approx(7 * 0.378 * 3.5)
    assert result.gained.upper == pytest.approx(10 * 0.42 * 5.43)
    # The worst case loses most where a kilogram raw is worth more than what is made of it.
    assert result.change.lower == pytest.approx(10 * (0.336 * 2.15 - 1))
    assert result.change.upper == pytest.approx(10 * (0.42 * 5.43 - 1))
    assert result.after.estimate == pytest.approx(100 + 7 * (0.378 * 3.5 - 1))
    assert result.raw_share_before == Interval(0.2, 0.35, 0.5, 1.0)
    assert result.raw_share_after.upper == pytest.approx(40 / (100 + 10 * (0.336 * 2.15 - 1)))


@given(RAWS, YIELDS, RATIOS)
def test_a_cut_of_nothing_changes_exactly_nothing(raw, processing_yield, price_ratio) -> None:
    result = run(raw, TOTAL, 0, processing_yield, price_ratio)
    nothing = Interval(0.0, 0.0, 0.0, 1.0)
    assert result.lost == result.gained == result.change == nothing
    assert result.after == exact(TOTAL)
    assert result.raw_share_after == result.raw_share_before
    assert (sensitivity(result)["swing"] == 0).all()
    assert waterfall(result).loc["raw_kept"].tolist() == [0, 0, 0]


@given(RAWS, YIELDS, RATIOS)
def test_a_cut_of_everything_leaves_nothing_raw(raw, processing_yield, price_ratio) -> None:
    result = run(raw, TOTAL, 100, processing_yield, price_ratio)
    assert result.raw_share_after == Interval(0.0, 0.0, 0.0, 1.0)
    assert result.lost == replace(raw, level=1.0)


@given(RAWS, CUTS, YIELDS, RATIOS)
def test_the_identities_hold_for_the_central_case(raw, cut, processing_yield, price_ratio) -> None:
    result = run(raw, TOTAL, cut, processing_yield, price_ratio)
    lost, gained, change, after = (
        getattr(result, name).estimate for name in ("lost", "gained", "change", "after")
    )
    assert change == gained - lost
    assert after == pytest.approx(TOTAL + change)
    assert result.raw_share_after.estimate * after == pytest.approx(raw.estimate - lost)
    assert waterfall(result)["estimate"].iloc[:3].sum() == pytest.approx(after)


@given(RAWS, CUTS, YIELDS, RATIOS, st.tuples(*[st.floats(0, 1)] * 3))
def test_the_range_contains_the_result_of_any_inputs_inside_theirs(
    raw, cut, processing_yield, price_ratio, places
) -> None:
    ranges = run(raw, TOTAL, cut, processing_yield, price_ratio)
    inside = [
        exact(min(given.upper, given.lower + place * (given.upper - given.lower)))
        for given, place in zip((raw, processing_yield, price_ratio), places, strict=True)
    ]
    point = run(inside[0], TOTAL, cut, *inside[1:])
    for name in RESULTS:
        within, value = getattr(ranges, name), getattr(point, name).estimate
        slack = 1e-9 * (1 + abs(value))
        assert within.lower - slack <= value <= within.upper + slack
        assert within.lower <= within.estimate <= within.upper


@given(RAWS, CUTS, YIELDS, RATIOS)
def test_the_raw_share_after_lies_between_its_bounds_and_those_between_0_and_1(
    raw, cut, processing_yield, price_ratio
) -> None:
    share = run(raw, TOTAL, cut, processing_yield, price_ratio).raw_share_after
    assert -1e-12 <= share.lower <= share.estimate <= share.upper <= 1 + 1e-12


@given(RAWS, YIELDS, RATIOS)
def test_ends_are_reached(raw, processing_yield, price_ratio) -> None:
    ranges = run(raw, TOTAL, 30, processing_yield, price_ratio)
    best = [exact(given.upper) for given in (raw, processing_yield, price_ratio)]
    assert ranges.gained.upper == run(best[0], TOTAL, 30, *best[1:]).gained.estimate


@given(CUTS, YIELDS, RATIOS, st.floats(1, 2))
def test_more_yield_or_a_higher_price_never_earns_less(
    cut, processing_yield, price_ratio, more
) -> None:
    def raised(given: Interval) -> Interval:
        return Interval(more * given.lower, more * given.estimate, more * given.upper, 1.0)

    base = run(RAW, TOTAL, cut, processing_yield, price_ratio)
    for result in (
        run(RAW, TOTAL, cut, raised(processing_yield), price_ratio),
        run(RAW, TOTAL, cut, processing_yield, raised(price_ratio)),
    ):
        for end in ("lower", "estimate", "upper"):
            for name in ("gained", "change", "after"):
                assert getattr(getattr(result, name), end) >= getattr(getattr(base, name), end)
            share, before = result.raw_share_after, base.raw_share_after
            assert getattr(share, end) <= getattr(before, end)


@given(st.floats(0, 50), st.floats(0, 50), CUTS, YIELDS, RATIOS)
def test_more_raw_exports_mean_more_lost_more_gained_and_a_higher_share(
    raw, more, cut, processing_yield, price_ratio
) -> None:
    small = run(exact(raw), TOTAL, cut, processing_yield, price_ratio)
    large = run(exact(raw + more), TOTAL, cut, processing_yield, price_ratio)
    assert large.lost.estimate >= small.lost.estimate
    assert large.gained.estimate >= small.gained.estimate
    assert large.raw_share_after.estimate >= small.raw_share_after.estimate - 1e-12


@given(st.floats(0, 99), st.floats(0, 1), YIELDS, RATIOS)
def test_a_deeper_cut_moves_the_change_further_the_same_way(
    cut, more, processing_yield, price_ratio
) -> None:
    shallow = run(RAW, TOTAL, cut, processing_yield, price_ratio).change.estimate
    deep = run(RAW, TOTAL, cut + more, processing_yield, price_ratio).change.estimate
    assert abs(deep) >= abs(shallow) - 1e-9
    assert deep * shallow >= -1e-9


@given(st.floats(0.1, 1000))
def test_the_unit_of_money_does_not_matter(scale: float) -> None:
    raw = Interval(*(scale * end for end in (RAW.lower, RAW.estimate, RAW.upper)), 1.0)
    scaled, base = run(raw, scale * TOTAL), run()
    assert scaled.change.upper == pytest.approx(scale * base.change.upper)
    assert scaled.raw_share_after.lower == pytest.approx(base.raw_share_after.lower)


@given(YIELDS)
def test_at_the_break_even_ratio_nothing_changes(processing_yield: Interval) -> None:
    ratio = break_even_price_ratio(processing_yield)
    assert ratio.lower <= ratio.estimate <= ratio.upper
    for made, worth in (
        (processing_yield.lower, ratio.upper),
        (processing_yield.upper, ratio.lower),
    ):
        change = run(RAW, TOTAL, 40, exact(made), exact(worth)).change
        assert change.estimate == pytest.approx(0, abs=1e-9)


def test_one_input_at_a_time() -> None:
    result = run(cut=20)
    table = sensitivity(result)
    assert set(table.index) == set(INPUTS)
    assert table["swing"].is_monotonic_decreasing
    for name in INPUTS:
        row = table.loc[name]
        for end in ("lower", "upper"):
            fixed = {
                other: exact(getattr(result, other).estimate) for other in INPUTS if other != name
            }
            alone = {**fixed, name: exact(row[f"{end}_input"])}
            expected = processing_scenario(
                alone["raw"], TOTAL, 20, alone["processing_yield"], alone["price_ratio"]
            )
            assert row[f"change_at_{end}"] == pytest.approx(expected.change.estimate)
        assert result.change.lower <= row["change_at_lower"] <= result.change.upper
    assert table.index[0] == "price_ratio"


def test_an_input_that_is_certain_moves_nothing() -> None:
    table = sensitivity(run(processing_yield=exact(0.84)))
    assert table.loc["processing_yield", "swing"] == 0


def test_the_waterfall_names_its_steps_and_keeps_their_ranges() -> None:
    result = run()
    table = waterfall(result)
    assert tuple(table.index) == STEPS
    assert (table["lower"] <= table["estimate"]).all()
    assert (table["estimate"] <= table["upper"]).all()
    assert table.loc["raw_kept", "lower"] == -result.lost.upper
    assert table.loc["after"].tolist() == [
        result.after.lower,
        result.after.estimate,
        result.after.upper,
    ]


def test_levels_below_one_add_up_what_they_lack() -> None:
    assert run(price_ratio=replace(RATIO, level=0.8)).change.level == pytest.approx(0.8)
    both = run(price_ratio=replace(RATIO, level=0.8), processing_yield=replace(YIELD, level=0.9))
    assert both.change.level == pytest.approx(0.7)
    low = run(price_ratio=replace(RATIO, level=0.3), processing_yield=replace(YIELD, level=0.3))
    assert low.change.level == 0


def test_raw_exports_may_exceed_the_total_by_rounding_and_no_more() -> None:
    result = run(raw=Interval(20.0, 35.0, 100.4, 1.0), cut=100)
    assert result.before == 100.4
    assert result.raw_share_before.upper == 1
    with pytest.raises(NeracaError, match="Raw exports reach 101"):
        run(raw=Interval(20.0, 35.0, 101, 1.0))


@pytest.mark.parametrize("lacking", ["raw", "total", "processing_yield", "price_ratio"])
def test_an_unknown_input_is_said(lacking: str) -> None:
    given = {"raw": RAW, "total": TOTAL, "processing_yield": YIELD, "price_ratio": RATIO}
    given[lacking] = None
    result = processing_scenario(**given, cut_percent=20)
    assert result == NotComputed("processing_scenario", 4, 3, Unit.INPUTS)


def test_the_reason_of_an_input_is_passed_on() -> None:
    reason = NotComputed("processing_price_ratio", 3, 1, Unit.OBSERVATIONS)
    assert processing_scenario(RAW, TOTAL, 20, None, reason) == replace(
        reason, method="processing_scenario"
    )


BAD_NUMBERS = [-1.0, float("nan"), float("inf"), "5", True]


@pytest.mark.parametrize("cut", [*BAD_NUMBERS, 100.1, None])
def test_a_cut_outside_0_to_100_is_refused(cut) -> None:
    with pytest.raises(NeracaError, match="The cut is"):
        run(cut=cut)


@pytest.mark.parametrize("total", [*BAD_NUMBERS, 0])
def test_a_total_that_is_not_above_zero_is_refused(total) -> None:
    with pytest.raises(NeracaError, match="Total exports are"):
        run(total=total)


@pytest.mark.parametrize("name", INPUTS)
@pytest.mark.parametrize(
    "wrong",
    [
        *(Interval(bad, 1.0, 2.0, 1.0) for bad in BAD_NUMBERS),
        *(Interval(0.5, bad, 2.0, 1.0) for bad in BAD_NUMBERS),
        *(Interval(0.5, 1.0, bad, 1.0) for bad in BAD_NUMBERS),
        Interval(2.0, 1.0, 3.0, 1.0),
        Interval(1.0, 3.0, 2.0, 1.0),
        Interval(0.5, 1.0, 2.0, 0),
        Interval(0.5, 1.0, 2.0, 1.1),
        Interval(0.5, 1.0, 2.0, float("nan")),
        0.5,
        (0.5, 1.0, 2.0),
    ],
)
def test_a_wrong_interval_is_refused_by_name(name: str, wrong: object) -> None:
    given = {"raw": RAW, "processing_yield": YIELD, "price_ratio": RATIO, name: wrong}
    with pytest.raises(NeracaError, match=name.replace("_", " ")):
        processing_scenario(
            given["raw"], TOTAL, 20, given["processing_yield"], given["price_ratio"]
        )
    if name == "processing_yield":
        with pytest.raises(NeracaError, match="processing yield"):
            break_even_price_ratio(wrong)


@pytest.mark.parametrize("name", ["processing_yield", "price_ratio"])
def test_a_yield_or_price_of_nothing_is_refused(name: str) -> None:
    with pytest.raises(NeracaError, match="may be 0"):
        run(**{name: Interval(0.0, 1.0, 2.0, 1.0)})


def test_no_raw_exports_are_no_error() -> None:
    result = run(raw=exact(0), cut=50)
    assert result.change == exact(0)
    assert result.raw_share_after == exact(0)


def test_numbers_of_numpy_are_numbers() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        same = run(
            raw=Interval(*np.array([20.0, 35.0, 50.0]), np.float64(1)), total=np.float64(TOTAL)
        )
    assert same == run()


@given(RAWS, CUTS, YIELDS, RATIOS)
def test_nothing_that_a_reader_sees_is_missing(raw, cut, processing_yield, price_ratio) -> None:
    assume(raw.upper > 0)
    result = run(raw, TOTAL, cut, processing_yield, price_ratio)
    assert np.isfinite(waterfall(result).to_numpy()).all()
    assert np.isfinite(sensitivity(result).to_numpy()).all()
