"""Idul Fitri falls in the right months, and the waves of the year are what they should be."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from analysis.errors import NeracaError
from analysis.models.season import calendar_features, idul_fitri_dates, idul_fitri_share


def test_every_year_from_2008_to_2030_has_its_feast_about_eleven_days_earlier() -> None:
    feasts = idul_fitri_dates(2008, 2030)
    assert len(feasts) == 23
    days = np.diff([feast.toordinal() for feast in feasts])
    # Twelve lunar months are 354 or 355 days, give or take one for a sighting.
    assert days.min() >= 353
    assert days.max() <= 356


def test_known_dates() -> None:
    # Joint decrees of three ministers on national holidays.
    known = [date(2022, 5, 2), date(2023, 4, 22), date(2024, 4, 10), date(2025, 3, 31)]
    assert idul_fitri_dates(2022, 2025) == known


def test_shares_of_a_year_add_up_to_one_feast() -> None:
    shares = idul_fitri_share(pd.period_range("2008-01", "2030-12", freq="M"))
    yearly = shares.groupby(shares.index.year).sum()
    np.testing.assert_allclose(yearly, 1)
    assert shares.between(0, 1).all()


def test_a_feast_at_a_month_s_end_is_shared_between_months() -> None:
    shares = idul_fitri_share(pd.PeriodIndex(["2025-04", "2025-03", "2025-02"], freq="M"))
    assert shares.tolist() == [0.6, 0.4, 0.0]


def test_the_waves_span_every_seasonal_pattern_that_sums_to_zero() -> None:
    waves = calendar_features(pd.period_range("2021-01", periods=12, freq="M"))
    waves = waves.drop(columns="idul_fitri")
    np.testing.assert_allclose(waves.sum(), 0, atol=1e-12)
    assert np.linalg.matrix_rank(waves) == 11


def test_only_months_are_taken() -> None:
    with pytest.raises(NeracaError, match="PeriodIndex of frequency M"):
        idul_fitri_share(pd.period_range("2021", periods=2, freq="Y"))
    assert len(idul_fitri_share(pd.PeriodIndex([], freq="M"))) == 0
