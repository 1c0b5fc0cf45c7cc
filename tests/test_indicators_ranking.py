"""Ranks: among those whose figure is known, equal values sharing the better one."""

import pandas as pd

from analysis.indicators.ranking import rank_known


def test_highest_is_first_and_the_missing_have_no_rank():
    ranked = rank_known(pd.Series({"18": 5.0, "65": 9.0, "95": None, "11": -1.0}))
    assert list(ranked.index) == ["65", "18", "11"]
    assert list(ranked["rank"]) == [1, 2, 3]
    assert set(ranked["of"]) == {3}


def test_equal_values_share_the_better_rank():
    ranked = rank_known(pd.Series({"11": 2.0, "12": 3.0, "13": 2.0, "14": 1.0}))
    assert ranked["rank"].to_dict() == {"12": 1, "11": 2, "13": 2, "14": 4}


def test_order_of_provinces_never_matters():
    values = pd.Series({"11": 2.0, "12": 3.0, "13": 2.0, "14": 1.0})
    pd.testing.assert_frame_equal(rank_known(values), rank_known(values[::-1]))


def test_nothing_known():
    ranked = rank_known(pd.Series({"11": None, "12": None}, dtype=float))
    assert ranked.empty
    assert list(ranked.columns) == ["value", "rank", "of"]
