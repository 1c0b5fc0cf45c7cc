"""Take values apart into unit values and weights: value a kilogram, and what moved a value."""

from dataclasses import dataclass
from numbers import Real

import numpy as np
import pandas as pd

from analysis.errors import NeracaError
from analysis.indicators.series import NotComputed, Unit

MINIMUM_YEARS = 2

_GOODS = ("value", "weight_kg")

_PARTS = ["change", "from_unit_value", "from_weight"]

_PAIR = ("processed_value", "processed_weight", "raw_value", "raw_weight")


@dataclass(frozen=True)
class ValueChange:
    """Hold the change of a value and its two parts, which add up to it (million USD).

    `from_unit_value` is what the change of the unit value comes to at the mean weight of both
    dates, `from_weight` what the change of the weight comes to at the mean unit value. It is
    arithmetic, and says nothing of why either changed.
    """

    change: float
    from_unit_value: float
    from_weight: float


@dataclass(frozen=True)
class ValueChanges:
    """Hold the changes of a value from year to year, and from the first year to the last.

    `by_year` has a row for each year whose preceding year is known, with `change`,
    `from_unit_value` and `from_weight` (million USD); `overall` compares `last_year` with
    `first_year`. The rows of `by_year` do not add up to the parts of `overall`.
    """

    by_year: pd.DataFrame
    first_year: int
    last_year: int
    overall: ValueChange


def unit_value(value: float, weight_kg: float) -> float:
    """Divide a value in million USD by a weight in kilograms; the result is in USD a kilogram.

    A unit value is no price: the goods in it may be of another quality or mixture each time.
    Raises NeracaError for a negative or missing value, or a weight that is not above zero.

    Formula: v / q (IMF, Export and Import Price Index Manual 2009, chapter 2, on unit values).

    >>> unit_value(2.0, 1_000_000)
    2.0
    """
    _check(value, weight_kg)
    return 1e6 * value / weight_kg


def value_change(
    value_before: float, weight_before: float, value_after: float, weight_after: float
) -> ValueChange:
    """Part the change of a value into what unit value and weight gave (million USD).

    Values are in million USD, weights in kilograms. Raises NeracaError as `unit_value` does.

    Formula: p₁q₁ − p₀q₀ = ½(q₀ + q₁)(p₁ − p₀) + ½(p₀ + p₁)(q₁ − q₀), Bennet's indicators of price
    and quantity (Bennet 1920, "The theory of measurement of changes in cost of living", Journal
    of the Royal Statistical Society 83; Diewert 2005, "Index number theory using differences
    rather than ratios", American Journal of Economics and Sociology 64).

    Ten tonnes at 2 USD become twelve at 3: the dollar more on eleven tonnes, and two tonnes more
    at 2.50.

    >>> value_change(0.020, 10_000, 0.036, 12_000)
    ValueChange(change=0.016, from_unit_value=0.011, from_weight=0.005)
    """
    before = unit_value(value_before, weight_before)
    after = unit_value(value_after, weight_after)
    change = value_after - value_before
    from_unit_value = (after - before) * (weight_before + weight_after) / 2e6
    from_weight = (weight_after - weight_before) * (before + after) / 2e6
    return ValueChange(
        _without_noise(change), _without_noise(from_unit_value), _without_noise(from_weight)
    )


def value_changes(years: pd.DataFrame) -> ValueChanges | NotComputed:
    """Part the changes of a value by year into unit value and weight.

    `years` is indexed by year and has `value` (million USD) and `weight_kg`. Each year is compared
    with the one before, where that is known, and the last with the first; see `value_change`. A
    year without any weight has no unit value and is left out. Not computed with fewer than two
    years. Raises NeracaError for missing columns and as `value_change` does.

    >>> years = pd.DataFrame({"value": [0.020, 0.036], "weight_kg": [1e4, 1.2e4]},
    ...                      index=[2024, 2025])
    >>> found = value_changes(years)
    >>> found.by_year.loc[2025].to_dict()
    {'change': 0.016, 'from_unit_value': 0.011, 'from_weight': 0.005}
    >>> found.first_year, found.overall == value_change(0.020, 1e4, 0.036, 1.2e4)
    (2024, True)
    """
    _require(years, "table of years", _GOODS)
    known = years.loc[years["weight_kg"] != 0, list(_GOODS)].sort_index()
    if len(known) < MINIMUM_YEARS:
        return NotComputed("value_changes", MINIMUM_YEARS, len(known), Unit.YEARS)
    goods = {int(year): row for year, row in zip(known.index, known.to_numpy(), strict=True)}
    steps = {
        year: vars(value_change(*goods[year - 1], *row))
        for year, row in goods.items()
        if year - 1 in goods
    }
    first, last = min(goods), max(goods)
    return ValueChanges(
        by_year=pd.DataFrame.from_dict(steps, orient="index", columns=_PARTS).rename_axis("year"),
        first_year=first,
        last_year=last,
        overall=value_change(*goods[first], *goods[last]),
    )


def paired_unit_values(pairs: pd.DataFrame) -> pd.DataFrame:
    """Give the unit values of raw and of processed goods sold in one period, and their ratio.

    `pairs` has `raw_value`, `processed_value` (million USD), `raw_weight` and `processed_weight`
    (kilograms), each above zero; the result has its rows and columns and `raw_unit_value`,
    `processed_unit_value` (USD a kilogram) and `unit_value_ratio` beside. Raises NeracaError for
    missing columns, or as `unit_value` does.

    >>> pairs = pd.DataFrame({"raw_value": [2.0], "raw_weight": [1e6],
    ...                       "processed_value": [0.9], "processed_weight": [1e5]})
    >>> paired_unit_values(pairs)["unit_value_ratio"].tolist()
    [4.5]
    """
    _require(pairs, "table of pairs", _PAIR)
    raw, processed = (
        pd.Series(
            [
                unit_value(value, weight)
                for value, weight in zip(
                    pairs[f"{form}_value"], pairs[f"{form}_weight"], strict=True
                )
            ],
            index=pairs.index,
            dtype=float,
        )
        for form in ("raw", "processed")
    )
    return pairs.assign(
        raw_unit_value=raw, processed_unit_value=processed, unit_value_ratio=processed / raw
    )


def _without_noise(value: float) -> float:
    """Drop the noise of binary numbers, far below any published digit."""
    return float(f"{value:.12g}")


def _require(table: pd.DataFrame, name: str, columns: tuple[str, ...]) -> None:
    if not isinstance(table, pd.DataFrame):
        raise NeracaError(f"The {name} must be a DataFrame with {', '.join(columns)}.")
    lacking = [column for column in columns if column not in table]
    if lacking:
        raise NeracaError(f"The {name} lacks the column {lacking[0]!r}; add it.")


def _check(value: float, weight_kg: float) -> None:
    for name, amount in (("value", value), ("weight", weight_kg)):
        if not isinstance(amount, Real) or not np.isfinite(amount) or amount < 0:
            raise NeracaError(f"The {name} is {amount}; give a known {name} of zero or more.")
    if weight_kg == 0:
        raise NeracaError("The weight is zero, so there is no unit value; leave the goods out.")
