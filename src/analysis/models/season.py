"""Describe the calendar that moves trade: the seasons, and Idul Fitri wandering through them."""

from collections import Counter
from datetime import date, timedelta
from functools import cache

import holidays
import numpy as np
import pandas as pd

from analysis.errors import NeracaError

#: The days around the first day of Idul Fitri when ports and offices rest: with the collective
#: leave the government declares, about three days before to six days after.
DAYS_BEFORE = 3
DAYS_AFTER = 6

#: Sine and cosine waves in a year of months; the sixth wave has no sine.
HARMONICS = 6


def idul_fitri_dates(first_year: int, last_year: int) -> list[date]:
    """List the first days of Idul Fitri in Indonesia, from one year to another.

    Dates are those the `holidays` package gives: as declared for past years, calculated for
    coming ones. Raises NeracaError where it knows no date for a year.

    >>> idul_fitri_dates(2024, 2025)
    [datetime.date(2024, 4, 10), datetime.date(2025, 3, 31)]
    """
    return [day for year in range(first_year, last_year + 1) for day in _idul_fitri_of(year)]


def idul_fitri_share(months: pd.PeriodIndex) -> pd.Series:
    """Give the share of the Idul Fitri days that falls in each month.

    The ten days from three before the first day to six after it count; a year's shares add up to
    one (to two in a year with two feasts). In a regression of logarithms the coefficient is the
    effect of the whole feast. The feast comes about 11 days earlier every year, so that a
    seasonal alone would blame the wrong months (Bell and Hillmer 1983, "Modeling time series with
    calendar variation", Journal of the American Statistical Association 78).

    Raises NeracaError for another index than months, a missing one or a year without known dates.

    >>> idul_fitri_share(pd.period_range("2025-03", "2025-04", freq="M")).tolist()
    [0.4, 0.6]
    """
    _check_months(months)
    years = months.year.to_numpy()
    # Years and months as whole numbers: an object of pandas for each day takes much longer.
    days = _idul_fitri_days(int(years.min()), int(years.max())) if len(months) else Counter()
    calendar = zip(years.tolist(), months.month.tolist(), strict=True)
    shares = [days[month] / (DAYS_BEFORE + DAYS_AFTER + 1) for month in calendar]
    return pd.Series(shares, index=months, name="idul_fitri", dtype=float)


def calendar_features(months: pd.PeriodIndex) -> pd.DataFrame:
    """Give the waves of the year and the share of Idul Fitri as regressors.

    The result is indexed by `months`: the columns `cos_1`, `sin_1` … `cos_6` span every seasonal
    pattern that sums to zero over twelve months, and `idul_fitri` is `idul_fitri_share`. Raises
    NeracaError as that does.

    >>> calendar_features(pd.period_range("2025-03", "2025-03", freq="M")).round(2).shape
    (1, 12)
    """
    _check_months(months)
    angle = 2 * np.pi * (months.month.to_numpy() - 1) / 12
    waves = {}
    for wave in range(1, HARMONICS + 1):
        waves[f"cos_{wave}"] = np.cos(wave * angle)
        if wave < HARMONICS:
            waves[f"sin_{wave}"] = np.sin(wave * angle)
    columns = waves | {"idul_fitri": idul_fitri_share(months).to_numpy()}
    return pd.DataFrame(np.column_stack(list(columns.values())), months, list(columns))


@cache
def _idul_fitri_days(first_year: int, last_year: int) -> Counter[tuple[int, int]]:
    """Count the days of the feasts by year and month, in these years and beside them."""
    window = range(-DAYS_BEFORE, DAYS_AFTER + 1)
    days = [
        feast + timedelta(days=offset)
        for feast in idul_fitri_dates(first_year - 1, last_year + 1)
        for offset in window
    ]
    return Counter((day.year, day.month) for day in days)


@cache
def _idul_fitri_of(year: int) -> tuple[date, ...]:
    named = holidays.country_holidays("ID", years=year, language="en_US")
    first_days = tuple(
        sorted(
            day for day, name in named.items() if "Eid al-Fitr" in name and "Second Day" not in name
        )
    )
    if not first_days:
        raise NeracaError(
            f"The calendar of holidays has no Idul Fitri in {year}; update the holidays package."
        )
    return first_days


def _check_months(months: pd.PeriodIndex) -> None:
    if not isinstance(months, pd.PeriodIndex) or months.freqstr != "M":
        raise NeracaError("The months are not a PeriodIndex of frequency M; convert them first.")
    if months.hasnans:
        raise NeracaError("One of the months is missing; drop its row or say which it is.")
