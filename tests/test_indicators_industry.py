"""Growth that a target needs, growth that was reached, and breaks that are no growth."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import NeracaError
from analysis.indicators.industry import (
    LONGEST_SPAN,
    AchievedGrowth,
    DeclaredBreak,
    achieved_growth,
    gap_to_path,
    geometric_path,
    growth_around,
    growth_path,
    linear_path,
    productivity,
    required_growth,
    unbroken,
)
from analysis.indicators.series import NotComputed, Unit

FRAME = DeclaredBreak(2023, 2025, "the survey drew from a new frame")
LAMPUNG = pd.Series({2020: 88_526.0, 2021: 84_024.0, 2023: 81_255.0, 2025: 121_385.0})


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
    ("points", "year", "span"),
    [
        ({2016: 100.0, 2021: 110.0}, 2018, (2016, 2021)),
        ({2016: 100.0, 2021: 110.0}, 2021, (2016, 2021)),
        ({2010: 1.0, 2016: 100.0, 2021: 110.0, 2022: 5.0}, 2017, (2016, 2021)),
    ],
)
def test_growth_around_a_year_over_at_most_five_years(points: dict, year: int, span: tuple) -> None:
    result = growth_around(pd.Series(points), year)
    assert isinstance(result, AchievedGrowth)
    assert (result.first_year, result.last_year) == span
    assert result.growth == pytest.approx(100 * (1.1 ** (1 / 5) - 1))
    assert LONGEST_SPAN == 5


@pytest.mark.parametrize(
    ("points", "year", "has"),
    [
        ({2016: 100.0, 2022: 110.0}, 2018, 1),
        ({2013: 100.0, 2016: np.nan, 2022: 110.0}, 2020, 1),
        ({2016: 100.0, 2021: 110.0}, 2016, 1),
        ({2016: 100.0, 2021: 110.0}, 2022, 1),
        ({}, 2016, 0),
    ],
)
def test_no_growth_around_a_year_without_a_short_span(points: dict, year: int, has: int) -> None:
    result = growth_around(pd.Series(points, dtype=float), year)
    assert result == NotComputed("growth_around", 2, has, Unit.YEARS)


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
    table = pd.DataFrame(
        {"establishments": [1], "workers": [1], "output": [1.0], "value_added": [1.0]}, index=["a"]
    )
    with pytest.raises(NeracaError, match="lacks the column 'workers'"):
        productivity(table.drop(columns="workers"))
    with pytest.raises(NeracaError, match="more than once"):
        productivity(table.iloc[[0, 0]])
    with pytest.raises(NeracaError, match="negative or infinite"):
        productivity(table.assign(output=-1.0))
