"""Growth that a target needs, growth that was reached, and breaks that are no growth."""

import warnings
from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.catalog.industry import SeriesBreak
from analysis.catalog.targets import GrowthTarget
from analysis.errors import NeracaError
from analysis.indicators.industry import (
    LONGEST_SPAN,
    AchievedGrowth,
    DeclaredBreak,
    achieved_growth,
    declared,
    gap_to_path,
    geometric_path,
    growth_path,
    growth_steps,
    index_of_growth,
    linear_path,
    productivity,
    required_growth,
    same_definition,
    shares_by_scale,
    shares_of_establishments,
    shares_of_kinds,
    steps_across,
    target_path,
    unbroken,
)
from analysis.indicators.series import NotComputed, Unit
from analysis.parameters import Province

FRAME = DeclaredBreak(2023, 2025, "the survey drew from a new frame")
LAMPUNG = pd.Series({2020: 88_526.0, 2021: 84_024.0, 2023: 81_255.0, 2025: 121_385.0})
PATH = pd.Series({2020: 100.0, 2021: 110.0})
SCALES = pd.DataFrame(
    {"establishments": [1], "workers": [1], "output": [1.0], "value_added": [1.0]}, index=["micro"]
)

# Every function here that takes a yearly series, with the rest of its arguments filled in.
OF_A_SERIES: dict[str, Callable] = {
    "achieved_growth": achieved_growth,
    "achieved_growth_with_break": lambda points: achieved_growth(points, [FRAME]),
    "unbroken": lambda points: unbroken(points, [FRAME]),
    "same_definition": lambda points: same_definition(points, [FRAME], 2022),
    "growth_steps": lambda points: growth_steps(points, 2021),
    "target_path": lambda points: target_path(points, [FRAME], RANGE, 2025).comparable,
    "gap_to_path": lambda points: gap_to_path(points, PATH),
    "gap_to_path_as_path": lambda points: gap_to_path(PATH, points),
}
UNUSABLE = {
    "negative": (pd.Series({2020: 1.0, 2021: -1.0}), "2021 is negative"),
    "infinite": (pd.Series({2020: np.inf, 2021: 1.0}), "2020 is infinite"),
    "twice": (pd.Series([1.0, 2.0], index=[2020, 2020]), "year 2020 more than once"),
    "mixed_index": (pd.Series([1.0, 2.0], index=[2020, "2021"]), "not indexed by year"),
    "index_of_dates": (
        pd.Series([1.0, 2.0], index=pd.to_datetime(["2020-01-01", "2021-01-01"])),
        "not indexed by year",
    ),
    "words": (pd.Series({2020: "many", 2021: "few"}), "not a number"),
    "no_series": ([1.0, 2.0], "is a list"),
}
THIN = {
    "empty": pd.Series(dtype=float),
    "empty_of_objects": pd.Series(dtype=object),
    "all_missing": pd.Series({2020: np.nan, 2021: np.nan}),
    "one_year": pd.Series({2021: 5.0}),
    "only_zeros": pd.Series({2020: 0.0, 2021: 0.0}),
}


@pytest.fixture(autouse=True)
def no_warning_is_lost() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


@pytest.mark.parametrize("function", OF_A_SERIES)
@pytest.mark.parametrize("kind", UNUSABLE)
def test_an_unusable_series_is_refused_with_its_fault(function: str, kind: str) -> None:
    points, fault = UNUSABLE[kind]
    with pytest.raises(NeracaError, match=fault):
        OF_A_SERIES[function](points)


@pytest.mark.parametrize("function", OF_A_SERIES)
@pytest.mark.parametrize("kind", THIN)
def test_a_thin_series_gives_a_reason_or_what_there_is(function: str, kind: str) -> None:
    result = OF_A_SERIES[function](THIN[kind])
    if isinstance(result, NotComputed):
        assert result.has < result.needs
    elif isinstance(result, tuple):
        assert result == ()
    elif isinstance(result, pd.DataFrame):
        assert result[["observed", "path", "gap"]].notna().all(axis=None)
    else:
        assert isinstance(result, pd.Series)
        assert result.equals(THIN[kind].dropna().astype(float))


@pytest.mark.parametrize("value", [0.0, -1.0, np.nan, np.inf])
@pytest.mark.parametrize("function", [required_growth, linear_path, geometric_path])
def test_levels_without_a_growth_rate_are_refused(function: Callable, value: float) -> None:
    with pytest.raises(NeracaError, match="finite and above zero"):
        function(2020, value, 2022, 5.0)
    with pytest.raises(NeracaError, match="finite and above zero"):
        function(2020, 5.0, 2022, value)
    with pytest.raises(NeracaError, match="not after 2022"):
        function(2022, 5.0, 2022, 6.0)


@pytest.mark.parametrize(
    ("start", "growth", "last", "fault"),
    [
        (0.0, 5.0, 2022, "finite and above zero"),
        (np.nan, 5.0, 2022, "finite and above zero"),
        (1.0, np.inf, 2022, "above -100"),
        (1.0, np.nan, 2022, "above -100"),
        (1.0, 1e200, 2022, "finite and above zero"),
        (1.0, 5.0, 2020, "not after 2020"),
        (1.0, 5.0, 2019, "not after 2020"),
    ],
)
def test_a_growth_path_that_leads_nowhere_is_refused(
    start: float, growth: float, last: int, fault: str
) -> None:
    with pytest.raises(NeracaError, match=fault):
        growth_path(2020, start, growth, last)


def test_a_break_in_the_frame_is_never_growth() -> None:
    assert achieved_growth(LAMPUNG, [FRAME]) is FRAME
    before = achieved_growth(LAMPUNG.loc[:2023], [FRAME])
    assert isinstance(before, AchievedGrowth)
    assert (before.first_year, before.last_year) == (2020, 2023)
    assert before.growth == pytest.approx(100 * ((81_255 / 88_526) ** (1 / 3) - 1))


def test_the_latest_stretch_of_one_definition_is_kept() -> None:
    assert unbroken(LAMPUNG, [FRAME]).to_dict() == {2025: 121_385.0}
    assert len(unbroken(LAMPUNG)) == 4
    assert len(unbroken(LAMPUNG.loc[:2023], [FRAME])) == 3
    assert len(unbroken(pd.Series(dtype=float), [FRAME])) == 0


@given(st.floats(-40, 80), st.integers(1, 12))
def test_required_growth_and_growth_path_are_inverse(rate: float, years: int) -> None:
    path = growth_path(2020, 50.0, rate, 2020 + years)
    assert required_growth(2020, 50.0, 2020 + years, path.iloc[-1]) == pytest.approx(rate, abs=1e-6)
    assert achieved_growth(path.iloc[[0, -1]]).growth == pytest.approx(rate, abs=1e-6)


@given(st.floats(1, 1e5), st.floats(1, 1e5), st.integers(1, 15))
def test_both_paths_join_the_same_ends_and_the_line_lies_above(
    start: float, target: float, years: int
) -> None:
    line = linear_path(2020, start, 2020 + years, target)
    curve = geometric_path(2020, start, 2020 + years, target)
    for path in (line, curve):
        assert path.iloc[[0, -1]].tolist() == pytest.approx([start, target])
        assert list(path.index) == list(range(2020, 2021 + years))
    assert (line - curve >= -1e-6 * max(start, target)).all()


def test_the_gap_is_told_only_where_both_are_known() -> None:
    gap = gap_to_path(
        pd.Series({2019: 1.0, 2020: 100.0, 2021: np.nan, 2022: 110.0}),
        growth_path(2020, 100, 10, 2023),
    )
    assert gap.index.tolist() == [2020, 2022]
    assert gap.loc[2022, "gap"] == pytest.approx(-11)
    assert gap.loc[2022, "gap_percent"] == pytest.approx(-100 / 11)


@pytest.mark.parametrize(
    ("points", "has", "unit"),
    [
        ({}, 0, Unit.YEARS),
        ({2020: 1.0}, 1, Unit.YEARS),
        ({2020: np.nan}, 0, Unit.YEARS),
        ({2020: 0.0, 2021: 4.0}, 1, Unit.POSITIVE_VALUES),
    ],
)
def test_growth_says_what_it_needs(points: dict, has: int, unit: Unit) -> None:
    result = achieved_growth(pd.Series(points, dtype=float))
    assert result == NotComputed("achieved_growth", 2, has, unit)


@pytest.mark.parametrize(
    ("points", "since", "spans"),
    [
        ({2016: 100.0, 2021: 110.0}, 2018, [(2016, 2021)]),
        ({2016: 100.0, 2021: 110.0}, 2021, [(2016, 2021)]),
        ({2010: 1.0, 2016: 100.0, 2021: 110.0, 2022: 5.0}, 2017, [(2016, 2021), (2021, 2022)]),
        ({2016: 100.0, 2022: 110.0}, 2018, []),
        ({2013: 100.0, 2016: np.nan, 2022: 110.0}, 2020, []),
        ({2016: 100.0, 2021: 110.0}, 2022, []),
        ({2020: 0.0, 2021: 110.0, 2022: 0.0}, 2020, []),
        ({}, 2016, []),
    ],
)
def test_steps_of_growth_over_at_most_five_years(points: dict, since: int, spans: list) -> None:
    steps = growth_steps(pd.Series(points, dtype=float), since)
    assert [(step.first_year, step.last_year) for step in steps] == spans
    if steps:
        assert steps[0].growth == pytest.approx(100 * (1.1 ** (1 / 5) - 1))
    assert LONGEST_SPAN == 5


def test_a_step_across_a_break_stands_as_the_break() -> None:
    steps = growth_steps(LAMPUNG, 2021, [FRAME])
    assert [isinstance(step, AchievedGrowth) for step in steps] == [True, True, False]
    assert steps[-1] is FRAME
    assert steps[0].growth == pytest.approx(100 * (84_024 / 88_526 - 1))


def test_breaks_of_the_catalog_become_declared_ones() -> None:
    papua = Province("95", "papua-selatan", "Papua Selatan", "South Papua", "Papua")
    survey = SeriesBreak("imk_", 2023, 2025, {"id": "kerangka", "en": "frame"})
    split = SeriesBreak("imk_", 2022, 2023, {}, (papua,))
    assert declared([survey, split]) == (
        DeclaredBreak(2023, 2025, "frame"),
        DeclaredBreak(2022, 2023, "95"),
    )


def test_published_growth_chains_into_an_index() -> None:
    index = index_of_growth(pd.Series({2018: -50.0, 2015: 7.0, 2017: 100.0}))
    assert index.to_dict() == {2016: 100.0, 2017: 200.0, 2018: 100.0}
    assert growth_steps(index, 2018)[0].growth == pytest.approx(-50)
    assert index_of_growth(pd.Series(dtype=float)).empty
    with pytest.raises(NeracaError, match="-100 percent or less"):
        index_of_growth(pd.Series({2018: -100.0}))


RANGE = GrowthTarget(5.0, 6.0, 2022, "country", True, ("low", "high"), ())


def test_a_range_is_held_against_both_its_ends() -> None:
    result = target_path(LAMPUNG, [FRAME], RANGE, 2025)
    assert result is not None
    assert result.comparable.index.tolist() == [2020, 2021, 2023]
    assert result.later.to_dict() == {2025: 121_385.0}
    assert result.path.loc[2025].tolist() == pytest.approx([84_024 * 1.05**4, 84_024 * 1.06**4])
    assert {end: list(gaps.index) for end, gaps in result.gaps.items()} == {
        "lower": [2023],
        "upper": [2023],
    }
    assert result.gaps["lower"].loc[2023, "gap"] == pytest.approx(81_255 - 84_024 * 1.05**2)
    assert result.gaps["upper"].loc[2023, "gap"] < result.gaps["lower"].loc[2023, "gap"]


def test_no_path_without_a_count_to_start_from() -> None:
    result = target_path(LAMPUNG.loc[2023:], [FRAME], RANGE, 2025)
    assert result is not None
    assert result.path.empty
    assert result.gaps == {}
    assert target_path(LAMPUNG, [FRAME], None, 2025) is None


def test_steps_across_breaks_are_measured_count_by_count() -> None:
    rows = pd.DataFrame(
        {
            "province_code": ["18", "18", "00", "00", "18"],
            "indicator": ["imk_establishments"] * 4 + ["imk_workers"],
            "year": [2023, 2025, 2023, 2025, 2025],
            "value": [81_255, 121_385, 0, 4_461_888, 246_698],
        }
    )
    steps = steps_across(rows, [FRAME]).set_index("province_code")
    # The reason that is declared for Lampung says 49 percent.
    assert steps.loc["18", "step_percent"] == pytest.approx(49.4, abs=0.05)
    assert np.isnan(steps.loc["00", "step_percent"])
    assert steps_across(rows, []).empty
    with pytest.raises(NeracaError, match="given twice"):
        steps_across(rows.iloc[[0, 0]], [FRAME])


def test_impossible_targets_are_refused() -> None:
    with pytest.raises(NeracaError, match="not after 2022"):
        required_growth(2022, 1, 2022, 2)
    with pytest.raises(NeracaError, match="above zero"):
        linear_path(2020, 0, 2022, 2)
    with pytest.raises(NeracaError, match="above -100"):
        growth_path(2020, 1, -100, 2022)


def test_productivity_is_missing_where_its_parts_are() -> None:
    table = pd.DataFrame(
        {
            "establishments": [10, 0],
            "workers": [40, np.nan],
            "output": [200.0, 5.0],
            "value_added": [-20.0, 1.0],
        },
        index=["micro", "small"],
    )
    result = productivity(table)
    assert result.loc["micro"].tolist() == [5.0, -0.5, 20.0, -2.0]
    assert result.loc["small"].isna().all()


def test_productivity_refuses_bad_tables() -> None:
    with pytest.raises(NeracaError, match="lacks the column 'workers'"):
        productivity(SCALES.drop(columns="workers"))
    with pytest.raises(NeracaError, match="more than once"):
        productivity(SCALES.iloc[[0, 0]])
    for wrong in (-1.0, np.inf):
        with pytest.raises(NeracaError, match="negative or infinite"):
            productivity(SCALES.assign(output=wrong))
    with pytest.raises(NeracaError, match="not a number"):
        productivity(SCALES.assign(workers="many"))
    with pytest.raises(NeracaError, match="is a Series"):
        productivity(SCALES.iloc[0])


def test_productivity_of_nothing_is_nothing() -> None:
    assert productivity(SCALES.iloc[:0]).empty
    assert productivity(SCALES.assign(workers=np.nan, establishments=0)).isna().all(axis=None)


def test_shares_are_of_all_establishments() -> None:
    counts = pd.Series({"with_loans": 25.0, "online": np.nan, "nobody": 0.0})
    shares = shares_of_establishments(counts, 100)
    assert shares[["with_loans", "nobody"]].to_dict() == {"with_loans": 25.0, "nobody": 0.0}
    assert np.isnan(shares["online"])
    assert shares_of_establishments(counts.iloc[:0], 100).empty


@pytest.mark.parametrize(
    ("counts", "establishments", "fault"),
    [
        (pd.Series({"a": 1.0}), 0, "above zero"),
        (pd.Series({"a": 1.0}), np.nan, "above zero"),
        (pd.Series({"a": 1.0}), np.inf, "above zero"),
        (pd.Series({"a": -1.0}), 10, "count a is -1.0 of 10"),
        (pd.Series({"a": np.inf}), 10, "count a is inf of 10"),
        (pd.Series({"a": 11.0}), 10, "count a is 11.0 of 10"),
        (pd.Series([1.0, 2.0], index=["a", "a"]), 10, "one number per kind"),
        (pd.Series({"a": "many"}), 10, "not a number"),
        ({"a": 1.0}, 10, "no Series"),
    ],
)
def test_shares_that_cannot_be_are_refused(
    counts: pd.Series, establishments: float, fault: str
) -> None:
    with pytest.raises(NeracaError, match=fault):
        shares_of_establishments(counts, establishments)


def test_shares_of_kinds_need_the_whole() -> None:
    rows = pd.DataFrame(
        {"indicator": ["imk_with_loans", "imk_establishments"], "value": [9_950, 121_385]}
    )
    assert shares_of_kinds(rows)["imk_with_loans"] == pytest.approx(8.197, abs=5e-4)
    assert shares_of_kinds(rows.head(1)).empty
    assert shares_of_kinds(rows.head(0)).empty


def test_shares_by_scale_are_of_the_total() -> None:
    table = pd.DataFrame({"workers": [3.0, 1.0, 4.0], "output": [1.0, np.nan, 0.0]})
    shares = shares_by_scale(table.set_axis(["micro", "small", "total"]))
    assert shares["workers"].to_dict() == {"micro": 75.0, "small": 25.0}
    assert shares["output"].isna().all()
    assert shares_by_scale(table.set_axis(["micro", "small", "rest"])).isna().all(axis=None)
    assert shares_by_scale(table.iloc[:0]).empty
    with pytest.raises(NeracaError, match="more than once"):
        shares_by_scale(table.set_axis(["micro", "micro", "total"]))
