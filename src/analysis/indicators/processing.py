"""Measure how far exports are processed, and what a province is good at selling."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.errors import NeracaError
from analysis.indicators.series import Interval

#: The stages a product code can be classified in; what no code covers is the unlisted rest.
STAGES = ("raw", "mixed", "processed", "unclassified")

#: How far listed stages may exceed their total before it is an error: rounding of figures.
ROUNDING = 0.005


def raw_share(stages: Mapping[str, float], total: float) -> Interval:
    """Bound the share of raw goods in exports of which some are mixed, unclassified or unlisted.

    `stages` gives the listed value by stage (`STAGES`, absent ones are zero), `total` the whole
    (same unit). The lower bound counts only what is raw for certain; the upper bound adds all
    that may be: mixed, unclassified and unlisted. The estimate is the middle of the bounds, the
    level 1: the truth lies inside.

    Raises NeracaError for an unknown stage, a negative or missing value, or stages that exceed
    the total by more than rounding.

    Formula: lower = raw / total; upper = (raw + mixed + unclassified + unlisted) / total, which
    is 1 − processed / total.

    >>> share = raw_share({"raw": 30, "mixed": 20, "processed": 40}, 100)
    >>> share.lower, share.upper
    (0.3, 0.6)
    """
    values = _stage_values(stages)
    if not np.isfinite(total) or total <= 0:
        raise NeracaError(f"The total is {total}; give the positive total the stages belong to.")
    listed = sum(values.values())
    if listed > total * (1 + ROUNDING):
        raise NeracaError(
            f"The stages add up to {listed:g}, more than their total {total:g}; "
            "check for goods listed twice or in another unit."
        )
    whole = max(total, listed)
    lower, upper = values["raw"] / whole, 1 - values["processed"] / whole
    upper = max(lower, upper)
    return Interval(lower, (lower + upper) / 2, upper, 1.0)


def revealed_comparative_advantage(
    product: float, total: float, reference_product: float, reference_total: float
) -> float:
    """Compare a product's share in a province's exports with its share in a reference.

    All four are values in one unit: the province's exports of the product and in total, and the
    same of the reference (name it wherever the figure is shown). Above 1 the province
    specializes in the product.

    Raises NeracaError for negative values or where a share has nothing to be a share of.

    Formula: (x / X) / (w / W) (Balassa 1965, "Trade liberalisation and 'revealed' comparative
    advantage", The Manchester School 33).

    >>> round(revealed_comparative_advantage(30, 200, 200, 2500), 6)
    1.875
    """
    _check_amounts(product=product, reference_product=reference_product)
    _check_amounts(total=total, reference_total=reference_total)
    if min(total, reference_total, reference_product) == 0:
        raise NeracaError(
            "A total or the reference's exports of the product is zero; choose a reference that "
            "sells the product."
        )
    return (product / total) / (reference_product / reference_total)


def symmetric_comparative_advantage(advantage: float) -> float:
    """Rescale a revealed comparative advantage to lie between −1 and 1, with 0 as no advantage.

    `advantage` is an index of `revealed_comparative_advantage`. Raises NeracaError below zero.

    Formula: (A − 1) / (A + 1) (Laursen 2015, "Revealed comparative advantage and the
    alternatives as measures of international specialization", Eurasian Business Review 5).

    >>> symmetric_comparative_advantage(3.0)
    0.5
    """
    _check_amounts(advantage=advantage)
    return (advantage - 1) / (advantage + 1)


def unit_value_ratio(
    processed_value: float, processed_weight: float, raw_value: float, raw_weight: float
) -> float:
    """Compare what a kilogram earns processed with what it earns raw.

    Values share one unit and so do weights. Above 1 the processed form is worth more. Raises
    NeracaError unless values are zero or more and weights, and the raw value, above zero.

    Formula: (V₁ / Q₁) / (V₀ / Q₀), a ratio of unit values (United Nations Statistics Division,
    International Merchandise Trade Statistics: Compilers Manual, on unit value indices).

    >>> unit_value_ratio(600, 100, 400, 200)
    3.0
    """
    _check_amounts(processed_value=processed_value, raw_value=raw_value)
    _check_amounts(processed_weight=processed_weight, raw_weight=raw_weight)
    if min(processed_weight, raw_weight, raw_value) == 0:
        raise NeracaError(
            "A weight or the raw value is zero; a unit value ratio needs both forms to be sold."
        )
    return (processed_value / processed_weight) / (raw_value / raw_weight)


def shift_share(table: pd.DataFrame) -> pd.DataFrame:
    """Split each sector's change into what the whole, its sector and the province itself gave.

    `table` has one row per sector and the columns `before` and `after` (the province) and
    `reference_before` and `reference_after` (the reference with which it is compared), all in
    one unit. The result has the same rows and the columns `growth` (the reference's total grew),
    `mix` (the sector grew faster there than the total), `own` (the province grew faster than the
    sector) and `change`, which is their sum.

    Raises NeracaError for missing columns, bad values, or a sector that the reference lacked.

    Formula: change = b·G + b·(Gs − G) + b·(g − Gs) with b the value before and G, Gs, g the
    growth of the reference, its sector and the province's sector (Dunn 1960, "A statistical and
    analytical technique for regional analysis", Papers of the Regional Science Association 6).

    >>> table = pd.DataFrame({"before": [100.0], "after": [130.0], "reference_before": [1000.0],
    ...                       "reference_after": [1100.0]}, index=["food"])
    >>> shift_share(table).round(6).loc["food"].to_dict()
    {'growth': 10.0, 'mix': 0.0, 'own': 20.0, 'change': 30.0}
    """
    amounts = _shift_share_amounts(table)
    before, reference_before = amounts["before"], amounts["reference_before"]
    whole = amounts["reference_after"].sum() / reference_before.sum() - 1
    sector = amounts["reference_after"] / reference_before - 1
    change = amounts["after"] - before
    growth, mix = before * whole, before * (sector - whole)
    return pd.DataFrame(
        {"growth": growth, "mix": mix, "own": change - growth - mix, "change": change}
    )


def _stage_values(stages: Mapping[str, float]) -> dict[str, float]:
    unknown = sorted(set(stages) - set(STAGES))
    if unknown:
        raise NeracaError(f"There is no stage {unknown[0]!r}; use one of {', '.join(STAGES)}.")
    _check_amounts(**stages)
    return {stage: float(stages.get(stage, 0.0)) for stage in STAGES}


def _shift_share_amounts(table: pd.DataFrame) -> pd.DataFrame:
    columns = ["before", "after", "reference_before", "reference_after"]
    lacking = [column for column in columns if column not in table]
    if lacking:
        raise NeracaError(f"The table lacks the column {lacking[0]!r}; add it.")
    if table.index.has_duplicates or not len(table):
        raise NeracaError("The table needs one row per sector, and at least one; check its rows.")
    amounts = table[columns].astype(float)
    for column in columns:
        for sector, value in amounts[column].items():
            _check_amounts(**{f"{column} of {sector}": value})
    empty = amounts.index[amounts["reference_before"] == 0]
    if len(empty):
        raise NeracaError(
            f"The reference had nothing in {empty[0]} before; merge that sector with another."
        )
    return amounts


def _check_amounts(**amounts: float) -> None:
    for name, value in amounts.items():
        if not np.isfinite(value) or value < 0:
            raise NeracaError(
                f"The {name.replace('_', ' ')} is {value}; give a known value of zero or more."
            )
