"""Measure how much of a total rests on few parts, with bounds where the list is incomplete."""

from collections.abc import Iterable

import numpy as np

from analysis.errors import NeracaError
from analysis.indicators.series import Interval

#: How far listed parts may exceed their total before it is an error: rounding of figures.
ROUNDING = 0.005


def shares(values: Iterable[float]) -> np.ndarray:
    """Give the share that each part above zero has in a complete list.

    `values` are the parts (any one unit, none negative), in any order; the shares stand in the same
    order and add up to 1. Raises NeracaError for negative, missing or infinite values or where
    they add up to nothing.

    Formula: s = x / Σ x.

    >>> shares([50, 0, 30, 20]).tolist()
    [0.5, 0.3, 0.2]
    """
    parts = _parts(values)
    return parts / parts.sum()


def herfindahl_hirschman(values: Iterable[float]) -> float:
    """Sum the squared shares of the parts of a complete list.

    `values` are the parts (any one unit, none negative); the result lies between 1 / k for k
    equal parts and 1 for a single one. Raises NeracaError as `shares`.

    Formula: H = Σ s² with s the share of a part (Hirschman 1964, "The paternity of an index",
    American Economic Review 54).

    >>> herfindahl_hirschman([25, 25, 25, 25])
    0.25
    """
    return _concentration(shares(values))


def normalized_herfindahl(values: Iterable[float]) -> float:
    """Rescale the Herfindahl–Hirschman index to 0 for equal parts and 1 for a single one.

    `values` are the parts of a complete list. A list of one part gives 1. It has no bounds for an
    incomplete list: how many parts there are is then unknown. Raises NeracaError as
    `herfindahl_hirschman`.

    Formula: (H − 1/k) / (1 − 1/k) for k parts above zero (Cracau and Durán Lima 2016, "On the
    normalized Herfindahl–Hirschman index", International Journal on Food System Dynamics 7).

    >>> round(normalized_herfindahl([75, 25]), 6)
    0.25
    """
    parts = _parts(values)
    if len(parts) == 1:
        return 1.0
    floor = 1 / len(parts)
    # Equal parts can fall below their floor by the last bit of a float.
    return float(max(0.0, (herfindahl_hirschman(parts) - floor) / (1 - floor)))


def equivalent_number(index: float) -> float:
    """Give the number of equal parts that would be as concentrated.

    `index` is a Herfindahl–Hirschman index, above 0 and at most 1. Raises NeracaError otherwise.

    Formula: 1 / H (Adelman 1969, "Comment on the H concentration measure as a numbers
    equivalent", Review of Economics and Statistics 51).

    >>> equivalent_number(0.25)
    4.0
    """
    if not 0 < index <= 1:
        raise NeracaError(
            f"The concentration index is {index}; it lies above 0 and at most at 1, "
            "so compute it with herfindahl_hirschman first."
        )
    return 1 / index


def equivalent_number_bounds(index: Interval) -> Interval:
    """Give the equivalent number of parts for an index that is only known within bounds.

    `index` is a Herfindahl–Hirschman index with its bounds, each above 0 and at most 1, as
    `concentration_bounds` gives it. A higher index means fewer parts, so the bounds change places;
    the level stays. Raises NeracaError as `equivalent_number`, or for bounds out of order.

    Formula: 1 / H of each (see `equivalent_number`).

    >>> equivalent_number_bounds(Interval(0.25, 0.4, 0.5, 1.0))
    Interval(lower=2.0, estimate=2.5, upper=4.0, level=1.0)
    """
    if not index.lower <= index.estimate <= index.upper:
        raise NeracaError(
            f"The concentration index lies at {index.estimate} between {index.lower} and "
            f"{index.upper}; give the bounds in their order, as concentration_bounds does."
        )
    return Interval(
        lower=equivalent_number(index.upper),
        estimate=equivalent_number(index.estimate),
        upper=equivalent_number(index.lower),
        level=index.level,
    )


def concentration_bounds(
    listed: Iterable[float], total: float, *, lists_largest: bool = False
) -> Interval:
    """Bound the concentration of a total of which only some parts are listed.

    `listed` are the parts that are known, `total` the whole (same unit). The lower bound spreads
    the unlisted remainder infinitely thin; the upper bound leaves it in one piece or, where the
    source says that it lists the largest parts (`lists_largest`), in pieces no larger than the
    smallest listed one. The estimate is the middle, the level 1: the truth lies inside.

    Raises NeracaError for bad parts, or parts that exceed the total by more than rounding.

    Formula: lower = Σ s²; upper = Σ s² + r², or Σ s² + ⌊r/m⌋ m² + (r − ⌊r/m⌋ m)² with r the
    unlisted share and m the smallest listed share: as squares are convex, moving value from a
    smaller part to a larger one always raises H.

    >>> bounds = concentration_bounds([50, 20], 100)
    >>> round(bounds.lower, 6), round(bounds.upper, 6)
    (0.29, 0.38)
    >>> round(concentration_bounds([50, 20], 100, lists_largest=True).upper, 6)
    0.34
    """
    known = _listed_shares(listed, total)
    lower = _concentration(known)
    rest = max(0.0, 1 - float(known.sum()))
    piece = min(rest, float(known.min())) if lists_largest else rest
    upper = min(1.0, lower + _squares_of_rest(rest, piece))
    return Interval(lower, (lower + upper) / 2, upper, 1.0)


def _concentration(parts: np.ndarray) -> float:
    # The last bit of a float must not lift the index of nearly one part above 1.
    return min(1.0, float(parts @ parts))


def _squares_of_rest(rest: float, piece: float) -> float:
    if piece <= 0:
        return 0.0
    # The tolerance keeps a remainder that is a whole number of pieces whole.
    pieces = np.floor(rest / piece + 1e-9)
    return float(pieces * piece**2 + max(0.0, rest - pieces * piece) ** 2)


def _listed_shares(listed: Iterable[float], total: float) -> np.ndarray:
    parts = _parts(listed)
    if not np.isfinite(total) or total <= 0:
        raise NeracaError(f"The total is {total}; give the positive total the parts belong to.")
    excess = parts.sum() / total
    if excess > 1 + ROUNDING:
        raise NeracaError(
            f"The listed parts add up to {parts.sum():g}, more than their total {total:g}; "
            "check for parts listed twice or in another unit."
        )
    return parts / max(total, parts.sum())


def _parts(values: Iterable[float]) -> np.ndarray:
    try:
        parts = np.asarray(list(values), dtype=float)
    except (TypeError, ValueError) as error:
        raise NeracaError(
            "The parts are no list of numbers; give one number a part, in one unit."
        ) from error
    if not np.isfinite(parts).all():
        raise NeracaError("A part is missing or infinite; leave it out of the list or correct it.")
    if (parts < 0).any():
        raise NeracaError("A part is negative; shares need parts of zero or more.")
    parts = parts[parts > 0]
    if len(parts) == 0:
        raise NeracaError("The list has no part above zero; concentration needs at least one.")
    return parts
