"""Reconciliation: each step of the written rule, and that nothing else decides."""

import math

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.catalog.reconcile import RULES, STATUS_ORDER, reconcile

COLUMNS = ["source_id", "value", "obs_status", "doubtful", "rounding", "kind", "released"]


def choose(*figures: dict) -> pd.Series:
    """Reconcile figures of one month; each says only what differs from an ordinary one."""
    result = reconcile_figures(figures)
    assert len(result) == 1
    return result.iloc[0]


def reconcile_figures(figures) -> pd.DataFrame:
    ordinary = {
        "month": "2020-01",
        "obs_status": "published",
        "doubtful": False,
        "rounding": 0.005,
        "kind": "publication",
        "released": "2020-02-15",
    }
    rows = [
        {**ordinary, "source_id": f"s{number}", "value": 10.0 + number, **figure}
        for number, figure in enumerate(figures)
    ]
    frame = pd.DataFrame(rows, columns=["month", *COLUMNS])
    sources = frame[["source_id", "kind", "released"]].drop_duplicates("source_id")
    return reconcile(frame.drop(columns=["kind", "released"]), sources, ["month"], "value")


STEPS = {
    "doubtful last": ({"doubtful": False, "obs_status": "approximate"}, {"doubtful": True}),
    "published before derived": ({}, {"obs_status": "derived", "released": "2021-01-01"}),
    "derived before approximate": (
        {"obs_status": "derived"},
        {"obs_status": "approximate", "released": "2021-01-01"},
    ),
    "latest release": ({"released": "2020-03-01"}, {"released": "2020-02-28"}),
    "later month without day": ({"released": "2020-03"}, {"released": "2020-02-28"}),
    "later year": ({"released": "2021-01"}, {"released": "2020-12-31"}),
    "dated before month only": ({"released": "2020-02-01"}, {"released": "2020-02"}),
    "later day of a month": ({"released": "2020-02-16"}, {"released": "2020-02-15"}),
    "unknown release last": ({"released": "2012-01"}, {"released": ""}),
    "known compilation before unknown publication": (
        {"released": "2012-01", "kind": "compilation"},
        {"released": ""},
    ),
    "publication before compilation": ({"released": ""}, {"released": "", "kind": "compilation"}),
    "order of sources": ({"source_id": "a"}, {"source_id": "b"}),
}
DECIDED_BY = {
    "doubtful last": "status",
    "published before derived": "status",
    "derived before approximate": "status",
    "latest release": "release",
    "later month without day": "release",
    "later year": "release",
    "dated before month only": "dated",
    "later day of a month": "release",
    "unknown release last": "release",
    "known compilation before unknown publication": "release",
    "publication before compilation": "kind",
    "order of sources": "source",
}


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("worse_first", [False, True])
def test_each_preference(step, worse_first):
    better, worse = (
        {"value": value} | figure for value, figure in zip((5.0, 7.0), STEPS[step], strict=True)
    )
    # A source id that would win on its own must not, unless nothing else decides.
    if step != "order of sources":
        better, worse = {"source_id": "z", **better}, {"source_id": "a", **worse}
    chosen = choose(*([worse, better] if worse_first else [better, worse]))
    assert chosen["value"] == 5.0
    assert chosen["rule"] == DECIDED_BY[step]
    assert chosen["runner_up"] == 7.0
    assert chosen["source_ids"] == (better["source_id"], worse["source_id"])


def test_kind_decides_only_where_no_release_is_known():
    chosen = choose(
        {"source_id": "a", "kind": "compilation"}, {"source_id": "b", "kind": "publication"}
    )
    assert (chosen["source_id"], chosen["rule"]) == ("a", "source")


def test_only_one():
    chosen = choose({"value": 206.31})
    assert (chosen["value"], chosen["rule"]) == (206.31, "only one")
    assert pd.isna(chosen["runner_up"])
    assert chosen["lowest"] == chosen["highest"]


def test_agreeing_sources():
    chosen = choose({"value": 3.0}, {"value": 3.0, "released": "2020-03"})
    assert (chosen["rule"], chosen["source_id"]) == ("agree", "s1")
    assert chosen["lowest"] == chosen["highest"]


def test_never_an_average():
    chosen = choose({"value": 1.0}, {"value": 2.0}, {"value": 6.0, "released": "2021-01-01"})
    assert (chosen["value"], chosen["lowest"], chosen["highest"]) == (6.0, 1.0, 6.0)
    assert chosen["highest"] - chosen["lowest"] == 5.0


def test_doubtful_figure_stands_where_there_is_no_other():
    chosen = choose({"doubtful": True, "value": 4.0})
    assert (chosen["value"], bool(chosen["doubtful"])) == (4.0, True)


def test_status_rounding_and_source_are_those_of_the_chosen_one():
    chosen = choose(
        {"obs_status": "approximate", "rounding": 5.0},
        {"obs_status": "derived", "rounding": 0.5},
    )
    assert (chosen["obs_status"], chosen["rounding"], chosen["source_id"]) == ("derived", 0.5, "s1")


def test_a_row_without_value_takes_no_part():
    chosen = choose({"value": math.nan, "released": "2022-01-01"}, {"value": 8.0})
    assert (chosen["value"], chosen["rule"], chosen["source_ids"]) == (8.0, "only one", ("s1",))


@pytest.mark.parametrize("figures", [[], [{"value": math.nan}]], ids=["no rows", "no values"])
def test_nothing_gives_nothing(figures):
    result = reconcile_figures(figures)
    assert result.empty
    full = reconcile_figures([{"value": 1.0}])
    assert list(result.columns) == list(full.columns)


def test_one_row_a_key_in_the_order_of_keys():
    result = reconcile_figures(
        [{"month": "2020-03"}, {"month": "2020-01"}, {"month": "2020-03", "value": 1.0}]
    )
    assert list(result["month"]) == ["2020-01", "2020-03"]


def test_rule_says_what_decided_against_the_figure_that_differs():
    chosen = choose(
        {"value": 127.03, "released": "2024-04-01"},
        {"value": 127.03, "released": "2024-05-01"},
        {"value": 124.79, "released": "", "kind": "compilation"},
    )
    assert (chosen["value"], chosen["runner_up"]) == (127.03, 124.79)
    assert chosen["rule"] == "release"


FIGURES = st.fixed_dictionaries(
    {
        "month": st.sampled_from(["2020-01", "2020-02"]),
        "value": st.sampled_from([1.0, 2.0, 3.0, math.nan]),
        "obs_status": st.sampled_from(list(STATUS_ORDER)),
        "doubtful": st.booleans(),
        "kind": st.sampled_from(["publication", "compilation"]),
        "released": st.sampled_from(["", "2020-02", "2020-02-10", "2020-02-20", "2020-03"]),
    }
)


@settings(max_examples=40, deadline=None)
@given(st.lists(FIGURES, max_size=6), st.randoms(use_true_random=False))
def test_order_of_rows_never_matters(figures, random):
    named = [{**figure, "source_id": f"s{n}"} for n, figure in enumerate(figures)]
    shuffled = random.sample(named, len(named))
    first, second = reconcile_figures(named), reconcile_figures(shuffled)
    pd.testing.assert_frame_equal(first, second)
    for row in first.itertuples():
        values = [f["value"] for f in named if f["month"] == row.month]
        assert row.value in values
        assert row.lowest <= row.value <= row.highest
        assert row.rule in RULES
