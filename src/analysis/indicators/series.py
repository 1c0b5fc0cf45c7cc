"""Check the series that formulas and models take, and name what they could not compute."""

import re
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd

from analysis.errors import NeracaError

#: A BPS code of a province, as text.
_CODE = re.compile("[0-9]{2}")


class Unit(StrEnum):
    """What a method counts when it asks whether there is enough data."""

    OBSERVATIONS = "observations"
    MONTHS = "observed_months"
    RECENT_MONTHS = "observed_months_in_last_48"
    LATEST_MONTHS = "observed_months_in_last_12"
    POSITIVE_MONTHS = "months_above_zero"
    CALENDAR_MONTHS = "calendar_months_observed"
    YEARS = "observed_years"
    GROWTH_INCREMENTS = "growth_increments"
    ORIGINS = "backtest_origins"
    POSITIVE_VALUES = "values_above_zero"
    SERIES = "comparable_series"
    INPUTS = "known_inputs"
    MONTHS_OF_YEAR = "observed_months_of_the_year"


@dataclass(frozen=True)
class Interval:
    """Hold an estimate and the interval around it.

    `lower`, `estimate` and `upper` share one unit; `level` is the probability that the interval
    is meant to hold (0.8 for 80 percent), or 1.0 where the interval is a bound that must hold.
    """

    lower: float
    estimate: float
    upper: float
    level: float


@dataclass(frozen=True)
class NotComputed:
    """Say that a method needs at least `needs` of a unit and has `has`.

    Language-neutral: `method` and `unit` are names that the report puts into words.
    """

    method: str
    needs: int
    has: int
    unit: Unit


def check_level(level: float) -> float:
    """Return an interval level that lies strictly between 0 and 1.

    Raises NeracaError otherwise.

    >>> check_level(0.8)
    0.8
    """
    if not 0 < level < 1:
        raise NeracaError(
            f"The interval level is {level}; give a share between 0 and 1, such as 0.8."
        )
    return float(level)


def monthly(values: pd.Series, name: str, *, signed: bool = False) -> pd.Series:
    """Return a monthly series sorted, without holes in its index, as floats.

    `values` has a monthly PeriodIndex in any order; months that lack inside its span are added as
    missing, an empty series stays empty. `name` is what messages call the series. Unless `signed`,
    a negative value is an error, as an export or an import cannot be below zero.

    Raises NeracaError for another index, a month without a date, duplicated months, infinities,
    negative values or what is no real number.

    >>> march = pd.Series([3.0, 1.0], index=pd.PeriodIndex(["2024-03", "2024-01"], freq="M"))
    >>> monthly(march, "exports").tolist()
    [1.0, nan, 3.0]
    """
    numbers = _finite(values, name, signed=signed)
    if len(numbers) == 0:
        return pd.Series(dtype=float, index=pd.PeriodIndex([], freq="M"), name=values.name)
    index = numbers.index
    if not isinstance(index, pd.PeriodIndex) or index.freqstr != "M":
        raise NeracaError(
            f"The series {name} is not indexed by month; give it a PeriodIndex of frequency M."
        )
    if index.hasnans:
        raise NeracaError(
            f"The series {name} has a value without a month; give each value its month, or drop it."
        )
    _refuse_duplicates(index, name, "month")
    span = pd.period_range(index.min(), index.max(), freq="M")
    return numbers.reindex(span)


def annual(values: pd.Series, name: str, *, signed: bool = False) -> pd.Series:
    """Return the observed points of an annual series, sorted by year, as floats.

    `values` is indexed by whole years in any order; missing points are left out. `name` is what
    messages call the series. Unless `signed`, a negative value is an error.

    Raises NeracaError for another index, a year that has not four digits (such as a province code
    that was read as a number), duplicated years, infinities or negative values.

    >>> annual(pd.Series({2021: 5.0, 2019: 4.0, 2020: None}), "establishments").to_dict()
    {2019: 4.0, 2021: 5.0}
    """
    numbers = _finite(values, name, signed=signed)
    if len(numbers) and not pd.api.types.is_integer_dtype(numbers.index):
        raise NeracaError(
            f"The series {name} is not indexed by year; give it whole years such as 2024."
        )
    strange = [year for year in numbers.index if not 1000 <= year <= 9999]
    if strange:
        raise NeracaError(
            f"The series {name} has the year {strange[0]}; give years of four digits such as "
            "2024, and province codes as text such as '18'."
        )
    _refuse_duplicates(numbers.index, name, "year")
    points = numbers.dropna().sort_index()
    return points.set_axis(points.index.astype(int))


def provincial(values: pd.Series, name: str, *, signed: bool = False) -> pd.Series:
    """Return a series by province in the order of BPS codes, missing values kept, as floats.

    `values` is indexed by BPS codes (text of two digits) in any order. `name` is what messages
    call the series. Unless `signed`, a negative value is an error.

    Raises NeracaError for another index, duplicated provinces, infinities or negative values.

    >>> provincial(pd.Series({"65": None, "18": 5.0}), "exports").to_dict()
    {'18': 5.0, '65': nan}
    """
    numbers = _finite(values, name, signed=signed)
    if not all(isinstance(code, str) and _CODE.fullmatch(code) for code in numbers.index):
        raise NeracaError(
            f"The series {name} is not indexed by province; give BPS codes of two digits as text, "
            "such as '18'."
        )
    _refuse_duplicates(numbers.index, name, "province")
    return numbers.sort_index()


def _finite(values: pd.Series, name: str, *, signed: bool) -> pd.Series:
    if not isinstance(values, pd.Series):
        raise NeracaError(f"The series {name} is a {type(values).__name__}; give a pandas Series.")
    # Complex values would lose their imaginary part to a warning; as objects they are refused.
    plain = values.astype(object) if np.iscomplexobj(values) else values
    try:
        numbers = plain.astype(float)
    except (TypeError, ValueError) as error:
        raise NeracaError(
            f"The series {name} holds something that is not a number; remove or correct it."
        ) from error
    cells = numbers.to_numpy()
    _refuse(numbers, np.isinf(cells), name, "is infinite")
    if not signed:
        _refuse(numbers, cells < 0, name, "is negative")
    return numbers


def _refuse(numbers: pd.Series, wrong: np.ndarray, name: str, what: str) -> None:
    if wrong.any():
        raise NeracaError(
            f"The value of {name} at {numbers.index[wrong][0]} {what}; "
            "correct the figure or declare it missing."
        )


def _refuse_duplicates(index: pd.Index, name: str, unit: str) -> None:
    repeated = index[index.duplicated()]
    if len(repeated):
        raise NeracaError(
            f"The series {name} has the {unit} {repeated[0]} more than once; "
            "reconcile its values into one first."
        )
