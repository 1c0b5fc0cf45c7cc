"""Measure how far exports are processed, and what a province is good at selling."""

from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Real

import numpy as np
import pandas as pd

from analysis.errors import NeracaError
from analysis.indicators.series import Interval, NotComputed, Unit

#: The stages a product code can be classified in; what no code covers is the unlisted rest.
STAGES = ("raw", "mixed", "processed", "unclassified")

#: How far listed stages may exceed their total before it is an error: rounding of figures.
ROUNDING = 0.005

#: Pairs of unit values from which their spread says something.
MINIMUM_PAIRS = 3

_PAIR = ("processed_value", "processed_weight", "raw_value", "raw_weight")
_SHIFT_SHARE = ("before", "after", "reference_before", "reference_after")


@dataclass(frozen=True)
class ComparativeAdvantage:
    """Hold a revealed comparative advantage and what it is measured against.

    `value` is Balassa's index, zero or more with 1 as no advantage; `symmetric` the same between
    −1 and 1 with 0 as no advantage; `reference` names the exports it was compared with, without
    which neither means anything.
    """

    value: float
    symmetric: float
    reference: str


@dataclass(frozen=True)
class PriceRatio:
    """Hold what a kilogram is worth processed as a multiple of raw, and how that is known.

    `ratio` spans what was seen or cited; `evidence` is `province` (pairs of the province itself),
    `collection` (pairs of any province) or `cited`; `pairs` is the number of pairs and `first`
    and `last` are their periods, 0 and blank for a cited ratio. Old pairs say little of today.
    """

    ratio: Interval
    evidence: str
    pairs: int
    first: str
    last: str


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
    _check_amounts(total=total)
    if total == 0:
        raise NeracaError("The total is 0; give the positive total the stages belong to.")
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
    product: float,
    total: float,
    reference_product: float,
    reference_total: float,
    reference: str,
) -> ComparativeAdvantage:
    """Compare a product's share in a province's exports with its share in a reference.

    The four amounts are values in one unit: the province's exports of the product and in total,
    and the same of the reference, which `reference` names (such as "33 provinces, 2024").

    Raises NeracaError for a reference without a name, negative values, a product that exceeds
    its total by more than rounding, or where a share has nothing to be a share of.

    Formula: (x / X) / (w / W) (Balassa 1965, "Trade liberalisation and 'revealed' comparative
    advantage", The Manchester School 33).

    >>> advantage = revealed_comparative_advantage(30, 200, 200, 2500, "all provinces")
    >>> round(advantage.value, 6), round(advantage.symmetric, 6), advantage.reference
    (1.875, 0.304348, 'all provinces')
    """
    if not isinstance(reference, str) or not reference.strip():
        raise NeracaError("The reference has no name; say whose exports are compared with.")
    _check_amounts(product=product, reference_product=reference_product)
    _check_amounts(total=total, reference_total=reference_total)
    if min(total, reference_total, reference_product) == 0:
        raise NeracaError(
            "A total or the reference's exports of the product is zero; choose a reference that "
            "sells the product."
        )
    for name, part, whole in (
        ("product", product, total),
        ("reference product", reference_product, reference_total),
    ):
        if part > whole * (1 + ROUNDING):
            raise NeracaError(
                f"The {name} is {part:g}, more than its total {whole:g}; give both in one unit."
            )
    value = (product / total) / (reference_product / reference_total)
    return ComparativeAdvantage(value, symmetric_comparative_advantage(value), reference)


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


def unit_value_ratio_range(pairs: pd.DataFrame) -> Interval | NotComputed:
    """Give the spread of unit value ratios over pairs of processed and raw goods.

    `pairs` has one row per pair and the columns `processed_value`, `processed_weight`,
    `raw_value` and `raw_weight` (as `unit_value_ratio`). The bounds are the lowest and the highest
    ratio seen, the estimate is their median; the level 1 says that no pair seen lies outside, and
    nothing of pairs to come. Not computed below `MINIMUM_PAIRS` pairs: one pair has no spread.

    Raises NeracaError for missing columns, and as `unit_value_ratio` does.

    Formula: min, median and max of (V₁ / Q₁) / (V₀ / Q₀).

    >>> pairs = pd.DataFrame({"processed_value": [4, 6, 5], "processed_weight": [1, 1, 1],
    ...                       "raw_value": [2, 2, 2], "raw_weight": [2, 2, 2]})
    >>> unit_value_ratio_range(pairs)
    Interval(lower=4.0, estimate=5.0, upper=6.0, level=1.0)
    """
    rows = _columns(pairs, "table of pairs", _PAIR).itertuples(index=False)
    ratios = np.array([unit_value_ratio(*row) for row in rows])
    if len(ratios) < MINIMUM_PAIRS:
        return NotComputed("unit_value_ratio_range", MINIMUM_PAIRS, len(ratios), Unit.OBSERVATIONS)
    return Interval(float(ratios.min()), float(np.median(ratios)), float(ratios.max()), 1.0)


def cited_range(bounds: tuple[float, float] | None) -> Interval | None:
    """Make an interval of a cited lowest and highest value, with their middle as the estimate.

    The level 1 takes the bounds as given; None stays None, as nothing could be cited. Raises
    NeracaError for a negative or missing bound, or bounds in the wrong order.

    >>> cited_range((0.75, 1.25))
    Interval(lower=0.75, estimate=1.0, upper=1.25, level=1.0)
    """
    if bounds is None:
        return None
    lower, upper = bounds
    _check_amounts(lowest=lower, highest=upper)
    if lower > upper:
        raise NeracaError(f"The lowest value {lower} is above the highest {upper}; swap them.")
    return Interval(float(lower), (lower + upper) / 2, float(upper), 1.0)


def processing_price_ratio(
    pairs: pd.DataFrame, province_code: str, cited: Interval | None
) -> PriceRatio | NotComputed:
    """Choose the best evidence for a price ratio: the province's pairs, any pairs, a citation.

    `pairs` is as in `unit_value_ratio_range`, with `province_code` and `time_period` beside; pairs
    of the province are used from `MINIMUM_PAIRS` on, else those of all provinces from as many on,
    else `cited`. Not computed where none of the three is there. Raises NeracaError as
    `unit_value_ratio_range` does.

    >>> pairs = pd.DataFrame({"province_code": ["18"] * 3, "time_period": ["2014", "2015", "2016"],
    ...                       "processed_value": [4, 6, 5], "processed_weight": [1, 1, 1],
    ...                       "raw_value": [2, 2, 2], "raw_weight": [2, 2, 2]})
    >>> found = processing_price_ratio(pairs, "33", None)
    >>> found.evidence, found.ratio.lower, found.ratio.upper, found.first, found.last
    ('collection', 4.0, 6.0, '2014', '2016')
    """
    _require_columns(pairs, "table of pairs", ("province_code", "time_period"))
    own = pairs[pairs["province_code"] == province_code]
    for evidence, rows in (("province", own), ("collection", pairs)):
        ratio = unit_value_ratio_range(rows)
        if isinstance(ratio, Interval):
            periods = rows["time_period"]
            return PriceRatio(ratio, evidence, len(rows), periods.min(), periods.max())
    if cited is not None:
        return PriceRatio(cited, "cited", 0, "", "")
    return NotComputed("processing_price_ratio", MINIMUM_PAIRS, len(pairs), Unit.OBSERVATIONS)


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
    own = amounts["after"] - before * (1 + sector)
    return pd.DataFrame(
        {
            "growth": before * whole,
            "mix": before * (sector - whole),
            "own": own,
            "change": amounts["after"] - before,
        }
    )


def _stage_values(stages: Mapping[str, float]) -> dict[str, float]:
    unknown = sorted(set(stages) - set(STAGES))
    if unknown:
        raise NeracaError(f"There is no stage {unknown[0]!r}; use one of {', '.join(STAGES)}.")
    _check_amounts(**stages)
    return {stage: float(stages.get(stage, 0.0)) for stage in STAGES}


def _shift_share_amounts(table: pd.DataFrame) -> pd.DataFrame:
    amounts = _columns(table, "table", _SHIFT_SHARE)
    if amounts.index.has_duplicates or not len(amounts):
        raise NeracaError("The table needs one row per sector, and at least one; check its rows.")
    for column in _SHIFT_SHARE:
        for sector, value in amounts[column].items():
            _check_amounts(**{f"{column} of {sector}": value})
    empty = amounts.index[amounts["reference_before"] == 0]
    if len(empty):
        raise NeracaError(
            f"The reference had nothing in {empty[0]} before; merge that sector with another."
        )
    return amounts


def _columns(table: pd.DataFrame, name: str, columns: tuple[str, ...]) -> pd.DataFrame:
    _require_columns(table, name, columns)
    try:
        return table[list(columns)].astype(float)
    except (TypeError, ValueError) as error:
        raise NeracaError(
            f"The {name} holds something that is not a number; remove or correct it."
        ) from error


def _require_columns(table: pd.DataFrame, name: str, columns: tuple[str, ...]) -> None:
    if not isinstance(table, pd.DataFrame):
        raise NeracaError(f"The {name} must be a DataFrame with {', '.join(columns)}.")
    lacking = [column for column in columns if column not in table]
    if lacking:
        raise NeracaError(f"The {name} lacks the column {lacking[0]!r}; add it.")


def _check_amounts(**amounts: float) -> None:
    for name, value in amounts.items():
        if not isinstance(value, Real) or not np.isfinite(value) or value < 0:
            raise NeracaError(
                f"The {name.replace('_', ' ')} is {value}; give a known value of zero or more."
            )
