"""What holds for any figures: shares, bounds, symmetry, missing months and the order of rows."""

import random

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.catalog.identities import complete
from analysis.catalog.reconcile import reconcile
from analysis.catalog.trade import VALUE, TradeFlows
from analysis.indicators.concentration import (
    concentration_bounds,
    equivalent_number,
    equivalent_number_bounds,
    herfindahl_hirschman,
    normalized_herfindahl,
    shares,
)
from analysis.indicators.ranking import rank_known
from analysis.indicators.series import annual, monthly, provincial
from analysis.indicators.trade import (
    annual_growth,
    cover_ratio,
    normalized_trade_balance,
    trade_balance,
    year_on_year,
    year_total,
)
from analysis.parameters.provinces import Province

AMOUNT = st.floats(0.01, 1e6)
PARTS = st.lists(st.floats(0.01, 1e4), min_size=1, max_size=30)
RANDOM = st.randoms(use_true_random=False)

# Indexes of twelve, one of each kind that a flow may have.
MONTHS = pd.period_range("2023-01", periods=12, freq="M")
INDEXES = {
    "month": MONTHS,
    "year": pd.RangeIndex(2012, 2024),
    "province": pd.Index([f"{code}" for code in range(11, 23)]),
}
FLOW = st.lists(st.none() | AMOUNT, min_size=12, max_size=12)


def series(values: list, kind: str) -> pd.Series:
    return pd.Series(values, index=INDEXES[kind], dtype=float)


def shuffled(values: pd.Series, order: random.Random) -> pd.Series:
    positions = list(range(len(values)))
    order.shuffle(positions)
    return values.iloc[positions]


# Shares and concentration.


@given(PARTS)
def test_shares_sum_to_one(parts: list[float]) -> None:
    found = shares(parts)
    assert found.sum() == pytest.approx(1)
    assert ((found > 0) & (found <= 1)).all()


@given(st.integers(1, 2000), st.floats(1e-6, 1e9))
def test_equal_shares_give_one_over_their_number(k: int, part: float) -> None:
    index = herfindahl_hirschman([part] * k)
    assert index == pytest.approx(1 / k)
    assert equivalent_number(index) == pytest.approx(k)
    assert normalized_herfindahl([part] * k) == pytest.approx(1.0 if k == 1 else 0.0, abs=1e-9)


@given(PARTS, st.data())
def test_bounds_hold_the_truth_whatever_is_withheld(
    parts: list[float], data: st.DataObject
) -> None:
    known = data.draw(st.lists(st.sampled_from(range(len(parts))), min_size=1, unique=True))
    truth = herfindahl_hirschman(parts)
    bounds = concentration_bounds([parts[i] for i in known], sum(parts))
    assert bounds.lower - 1e-9 <= truth <= bounds.upper + 1e-9
    assert 0 < bounds.lower <= bounds.estimate <= bounds.upper <= 1
    number = equivalent_number_bounds(bounds)
    assert number.lower * (1 - 1e-9) <= equivalent_number(truth) <= number.upper * (1 + 1e-9)
    assert 1 <= number.lower <= number.estimate <= number.upper


@given(PARTS, st.integers(1, 30))
def test_a_list_of_the_largest_narrows_the_bounds_and_still_holds(
    parts: list[float], kept: int
) -> None:
    largest = sorted(parts, reverse=True)[:kept]
    truth = herfindahl_hirschman(parts)
    narrow = concentration_bounds(largest, sum(parts), lists_largest=True)
    wide = concentration_bounds(largest, sum(parts))
    assert narrow.lower - 1e-9 <= truth <= narrow.upper + 1e-9
    assert narrow.lower == wide.lower
    assert narrow.upper <= wide.upper + 1e-12


@given(PARTS, st.floats(0.001, 1000), RANDOM)
def test_order_and_unit_of_parts_never_matter(
    parts: list[float], unit: float, order: random.Random
) -> None:
    other = [unit * part for part in order.sample(parts, len(parts))]
    for measure in (herfindahl_hirschman, normalized_herfindahl):
        assert measure(other) == pytest.approx(measure(parts), abs=1e-12)
    first = concentration_bounds(parts, 2 * sum(parts), lists_largest=True)
    second = concentration_bounds(other, 2 * sum(other), lists_largest=True)
    assert second.upper == pytest.approx(first.upper)


# Balance, growth and totals.


@settings(max_examples=40)
@given(st.sampled_from(list(INDEXES)), FLOW, FLOW)
def test_the_normalized_balance_is_antisymmetric_and_bounded(
    kind: str, exports: list, imports: list
) -> None:
    forth = normalized_trade_balance(series(exports, kind), series(imports, kind))
    back = normalized_trade_balance(series(imports, kind), series(exports, kind))
    np.testing.assert_allclose(forth, -back)
    assert not (forth.abs() > 1).any()


@settings(max_examples=40)
@given(st.sampled_from(list(INDEXES)), FLOW, FLOW, RANDOM)
def test_order_of_rows_never_matters_to_a_balance(
    kind: str, exports: list, imports: list, order: random.Random
) -> None:
    sold, bought = series(exports, kind), series(imports, kind)
    for measure in (trade_balance, cover_ratio, normalized_trade_balance):
        pd.testing.assert_series_equal(
            measure(shuffled(sold, order), shuffled(bought, order)), measure(sold, bought)
        )


@settings(max_examples=40)
@given(FLOW, RANDOM)
def test_order_of_rows_never_matters_to_a_series(values: list, order: random.Random) -> None:
    by_month, by_year = series(values, "month"), series(values, "year")
    by_province = series(values, "province")
    for function, flow in ((monthly, by_month), (annual, by_year), (provincial, by_province)):
        pd.testing.assert_series_equal(
            function(shuffled(flow, order), "flow"), function(flow, "flow")
        )
    pd.testing.assert_series_equal(year_on_year(shuffled(by_year, order)), year_on_year(by_year))
    assert annual_growth(shuffled(by_year, order)) == annual_growth(by_year)
    assert year_total(shuffled(by_month, order), 2023) == year_total(by_month, 2023)
    pd.testing.assert_frame_equal(rank_known(shuffled(by_province, order)), rank_known(by_province))


@settings(max_examples=40)
@given(st.lists(AMOUNT, min_size=13, max_size=24), st.integers(0, 23))
def test_a_missing_month_changes_no_observed_value(values: list[float], gap: int) -> None:
    whole = pd.Series(values, index=pd.period_range("2023-01", periods=len(values), freq="M"))
    month = whole.index[gap % len(whole)]
    missing, absent = whole.copy(), whole.drop(month)
    missing[month] = np.nan
    for holed in (missing, absent):
        kept = monthly(holed, "flow").dropna()
        pd.testing.assert_series_equal(kept, whole.loc[kept.index], check_freq=False)
        growth = year_on_year(holed).dropna()
        pd.testing.assert_series_equal(
            growth, year_on_year(whole).loc[growth.index], check_freq=False
        )
        balance = trade_balance(holed, whole).dropna()
        assert (balance == 0).all()
    # A month that is written down as missing is as missing as one that is not there.
    assert year_total(missing, 2023) == year_total(absent, 2023)
    if month.year == 2023:
        assert year_total(missing, 2023).total is None
    else:
        assert year_total(missing, 2023) == year_total(whole, 2023)


# The catalog: reconciliation, completion and its series.

SOURCES = pd.DataFrame(
    {
        "source_id": ["a", "b", "c"],
        "kind": ["publication", "publication", "compilation"],
        "released": ["2020-06", "2021-01-15", ""],
    }
)
PERIODS = ["2020-01", "2020-02", "2020-03", "2020-01/2020-03", "2021-01", "2021"]
OBSERVATION = st.fixed_dictionaries(
    {
        "source_id": st.sampled_from(["a", "b", "c"]),
        "time_period": st.sampled_from(PERIODS),
        "flow": st.sampled_from(["export", "import", "balance"]),
        "basis": st.sampled_from(["origin", ""]),
        VALUE: st.sampled_from([1.0, 2.5, 4.0, 9.0]),
        "obs_status": st.sampled_from(["published", "derived", "approximate"]),
        "doubtful": st.sampled_from([False, False, False, True]),
    }
)
# A source prints one value a key.
OBSERVATIONS = st.lists(
    OBSERVATION,
    min_size=1,
    max_size=14,
    unique_by=lambda row: tuple(
        row[name] for name in ("source_id", "time_period", "flow", "basis")
    ),
)
# So that there is a figure whatever is drawn.
EARLIER = {
    "source_id": "a",
    "time_period": "2018",
    "flow": "export",
    "basis": "origin",
    VALUE: 50.0,
    "obs_status": "published",
    "doubtful": False,
}
KEY = ["province_code", "period_type", "time_period", "flow", "basis"]


def table_of(observations: list[dict]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Reconcile observations; give what was chosen and what it was chosen from."""
    frame = pd.DataFrame(observations)
    kinds = {4: "year", 7: "month"}
    frame["period_type"] = [kinds.get(len(p), "cumulative") for p in frame["time_period"]]
    frame.loc[frame["flow"] == "import", "basis"] = ""
    frame = frame.drop_duplicates(["source_id", "time_period", "flow", "basis"])
    frame = frame.assign(province_code="18", rounding=0.05)
    return reconcile(frame, SOURCES, KEY, VALUE).assign(filled_by=""), frame


def completed(observations: list[dict]) -> pd.DataFrame:
    return complete(*table_of(observations))


def flows_of(table: pd.DataFrame) -> TradeFlows:
    lampung = Province("18", "lampung", {"id": "Lampung", "en": "Lampung"}, "ID-LA", "Sumatera")
    return TradeFlows(lampung, table)


@settings(max_examples=25, deadline=None)
@given(OBSERVATIONS)
def test_completion_adds_rows_and_changes_none(observations: list[dict]) -> None:
    chosen, frame = table_of(observations)
    table = complete(chosen, frame)
    printed = table[table["filled_by"] == ""].reset_index(drop=True)
    expected = chosen.sort_values(KEY[1:], ignore_index=True)
    pd.testing.assert_frame_equal(printed, expected, check_dtype=False)
    filled = table[table["filled_by"] != ""]
    assert not filled["doubtful"].any()
    assert (filled.loc[filled["flow"] != "balance", "value"] >= 0).all()


@settings(max_examples=25, deadline=None)
@given(OBSERVATIONS, RANDOM)
def test_order_of_observations_never_matters(
    observations: list[dict], order: random.Random
) -> None:
    chosen, frame = table_of(observations)
    table = complete(chosen, frame)
    again = complete(
        chosen.sample(frac=1, random_state=order.randrange(1000)),
        frame.sample(frac=1, random_state=order.randrange(1000)),
    )
    pd.testing.assert_frame_equal(again, table)
    flows, same = flows_of(table), flows_of(again)
    for flow in ("export", "import"):
        pd.testing.assert_frame_equal(same.annual(flow, "origin"), flows.annual(flow, "origin"))
        pd.testing.assert_series_equal(same.monthly(flow, "origin"), flows.monthly(flow, "origin"))
    pd.testing.assert_frame_equal(same.discrepancies(), flows.discrepancies())


@settings(max_examples=25, deadline=None)
@given(OBSERVATIONS, st.sampled_from(["2020-02", "2020-05", "2019-12", "2022-02"]))
def test_a_month_that_is_added_changes_no_observed_value(
    observations: list[dict], month: str
) -> None:
    new = {
        "source_id": "a",
        "time_period": month,
        "flow": "export",
        "basis": "origin",
        VALUE: 7.0,
        "obs_status": "published",
        "doubtful": False,
    }
    others = [row for row in observations if (row["time_period"], row["flow"]) != (month, "export")]
    before, after = (
        flows_of(completed(rows)) for rows in ([*others, EARLIER], [*others, EARLIER, new])
    )
    for flow in ("export", "import"):
        rows = before.monthly_rows(flow, "origin")
        observed = rows[(rows["filled_by"] == "") & ~rows["doubtful"].astype(bool)]
        months = pd.PeriodIndex(observed["time_period"], freq="M")
        series = after.monthly(flow, "origin")
        assert series[months].tolist() == observed["value"].tolist()
        # Nor does it change the total of any other year.
        totals = before.annual(flow, "origin")
        kept = totals[totals.index != int(month[:4])]
        others_after = after.annual(flow, "origin").loc[kept.index]
        pd.testing.assert_frame_equal(others_after, kept, check_dtype=False)
    assert after.monthly("export", "origin")[month] == 7.0
