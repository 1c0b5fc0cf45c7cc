"""Yearly totals with the range that they are known in: their change, balance and cover ratio."""

from dataclasses import dataclass
from enum import StrEnum

import pandas as pd

from analysis.errors import NeracaError
from analysis.indicators.trade import cover_ratio, trade_balance


class Direction(StrEnum):
    """Tell how a year's figure stands to that of the year before."""

    HIGHER = "higher"
    LOWER = "lower"
    SAME = "same"
    NOT_CERTAIN = "not_certain"


@dataclass(frozen=True)
class YearFigure:
    """A yearly figure, and the range in which it is known.

    `lower` and `upper` are what sources allow, or the interval of a model; all three share one
    unit. `obs_status` is published, derived, approximate or estimated.
    """

    year: int
    lower: float
    value: float
    upper: float
    obs_status: str
    source_ids: tuple[str, ...] = ()


def direction(now: YearFigure, before: YearFigure) -> Direction:
    """Say whether a figure rose, as far as both are known.

    It is the same where the values are, and not certain where their ranges overlap.

    >>> before = YearFigure(2024, 95.0, 100.0, 105.0, "published")
    >>> [direction(YearFigure(2025, low, low + 2, low + 4, "published"), before).value
    ...  for low in (110.0, 104.0, 80.0)]
    ['higher', 'not_certain', 'lower']
    """
    if now.value == before.value:
        return Direction.SAME
    if now.lower > before.upper:
        return Direction.HIGHER
    if now.upper < before.lower:
        return Direction.LOWER
    return Direction.NOT_CERTAIN


def change_percent(now: YearFigure, before: YearFigure) -> float | None:
    """Give the change in percent of the figure before; None where that is not above zero.

    >>> before, now = (YearFigure(year, 1, value, 1, "published")
    ...                for year, value in ((2024, 100.0), (2025, 103.0)))
    >>> change_percent(now, before)
    3.0
    """
    if before.value <= 0:
        return None
    return 100 * (now.value - before.value) / before.value


def balance_of(exports: YearFigure, imports: YearFigure) -> YearFigure:
    """Take imports from exports; the range goes from one's lowest less the other's highest on.

    Raises NeracaError for figures of two years.

    >>> balance_of(YearFigure(2025, 9, 10, 11, "published"), YearFigure(2025, 3, 4, 6, "derived"))
    YearFigure(year=2025, lower=3.0, value=6.0, upper=8.0, obs_status='derived', source_ids=())
    """
    lower, value, upper = (
        float(trade_balance(*_series(exports, imports, ends)).iloc[0]) for ends in _ENDS
    )
    return _joined(exports, imports, (lower, value, upper))


def cover_of(exports: YearFigure, imports: YearFigure) -> YearFigure | None:
    """Give exports in percent of imports, with its range; None where imports may be zero.

    Raises NeracaError for figures of two years.

    >>> exports = YearFigure(2025, 9, 10, 11, "published")
    >>> ratio = cover_of(exports, YearFigure(2025, 4, 5, 5, "published"))
    >>> ratio.lower, ratio.value, ratio.upper
    (180.0, 200.0, 275.0)
    """
    if imports.lower <= 0:
        return None
    lower, value, upper = (
        float(cover_ratio(*_series(exports, imports, ends)).iloc[0]) for ends in _ENDS
    )
    return _joined(exports, imports, (lower, value, upper))


# The ends of the exports' and of the imports' range that lead to the lower end, the value and the
# upper end of what is made of both.
_ENDS = (("lower", "upper"), ("value", "value"), ("upper", "lower"))


def _series(
    exports: YearFigure, imports: YearFigure, ends: tuple[str, str]
) -> tuple[pd.Series, pd.Series]:
    if exports.year != imports.year:
        raise NeracaError(
            f"Exports of {exports.year} and imports of {imports.year} make no balance; "
            "take both of one year."
        )
    figures = zip((exports, imports), ends, strict=True)
    both = [pd.Series({item.year: float(getattr(item, end))}) for item, end in figures]
    return both[0], both[1]


def _joined(
    exports: YearFigure, imports: YearFigure, ends: tuple[float, float, float]
) -> YearFigure:
    statuses = {exports.obs_status, imports.obs_status}
    status = next((name for name in ("estimated", "approximate") if name in statuses), "derived")
    sources = tuple(sorted({*exports.source_ids, *imports.source_ids}))
    return YearFigure(exports.year, *ends, status, sources)
