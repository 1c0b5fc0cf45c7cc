"""Work out what keeping part of the raw exports and processing it at home would change."""

from dataclasses import dataclass
from itertools import product
from typing import TypeGuard

import numpy as np
import pandas as pd

from analysis.errors import NeracaError
from analysis.indicators.processing import ROUNDING
from analysis.indicators.series import Interval, NotComputed, Unit

#: The uncertain inputs of the scenario, in the order in which it takes them.
INPUTS = ("raw", "processing_yield", "price_ratio")

#: The steps from exports before to exports after.
STEPS = ("before", "raw_kept", "processed_gained", "after")

_METHOD = "processing_scenario"


@dataclass(frozen=True)
class ProcessingScenario:
    """Hold what a cut of raw exports would change, each result with the range of its inputs.

    `cut_percent` of the raw exports is kept; `before` is the value of all exports. `lost` is the
    raw value no longer sold, `gained` the value of what is made of it, `change` gained less lost
    and `after` all exports then, in the unit of `before`; the shares are between 0 and 1. `raw`,
    `processing_yield` and `price_ratio` are the inputs.

    Of each result, `estimate` is the central case, in which every input takes its own estimate
    (the identities hold for it); `lower` and `upper` are the least and the most that any inputs
    within their intervals give. The ends of two results need not come from the same inputs, so
    that they do not add up. `level` is 1 where the inputs are bounds: the result then lies
    inside if the inputs lie inside theirs. It is no probability of what will come.
    """

    cut_percent: float
    before: float
    raw: Interval
    processing_yield: Interval
    price_ratio: Interval
    lost: Interval
    gained: Interval
    change: Interval
    after: Interval
    raw_share_before: Interval
    raw_share_after: Interval


def processing_scenario(
    raw: Interval | NotComputed | None,
    total: float | None,
    cut_percent: float,
    processing_yield: Interval | NotComputed | None,
    price_ratio: Interval | NotComputed | None,
) -> ProcessingScenario | NotComputed:
    """Keep a percentage of raw exports, process it and sell what comes of it.

    `raw` is the value of raw exports: from what is raw for certain to raw, mixed and unlisted
    together; `total` that of all exports, in the same unit. `cut_percent` is between 0 and 100.
    `processing_yield` is in kilograms of processed goods a kilogram of raw ones, `price_ratio`
    the unit value of the processed goods over that of the raw ones; all three with their range.

    It is arithmetic, not a forecast. Not covered: prices that move as more processed goods and
    fewer raw ones are offered, and whether anyone buys them; capacity, capital, labour and energy
    to process, their cost and the time to build them; other materials, imported ones above all;
    by-products; duties at home and abroad; raw goods sold and processed goods used at home; and
    other provinces that lose what this one keeps. A change in export value is no profit.

    Not computed where an input is unknown (None) or itself not computed, for whose reason then
    stands. Raises NeracaError for a cut outside 0 to 100, a total that is not above zero, raw
    exports that exceed it by more than rounding, or an interval that is negative, infinite or out
    of order; yield and price ratio must lie above zero.

    Formula: with the cut x, raw exports R, exports T, yield y and price ratio p, lost = x·R,
    gained = x·R·y·p, change = gained − lost, after = T + change, raw share after =
    (1 − x)·R / after. Each is monotone in every input while the others stay, so that its least
    and most lie at corners of the inputs' box, which are all computed (Moore, Kearfott and Cloud
    2009, Introduction to Interval Analysis). With levels below 1, that of a result
    is at least 1 less the sum of what they lack of 1 (Bonferroni).

    >>> half = Interval(0.5, 0.5, 0.5, 1.0)
    >>> result = processing_scenario(Interval(40, 50, 60, 1.0), 100, 20, half, Interval(3, 4, 5, 1))
    >>> result.lost.estimate, result.gained.estimate, result.change
    (10.0, 20.0, Interval(lower=4.0, estimate=10.0, upper=18.0, level=1.0))
    """
    given = dict(zip(INPUTS, (raw, processing_yield, price_ratio), strict=True))
    lacking = _lacking(given, total)
    if lacking is not None:
        return lacking
    share = _cut(cut_percent)
    ranges = {name: _checked(name, value) for name, value in given.items()}
    before = _whole(ranges["raw"], total)
    corners = list(product(*((value.lower, value.upper) for value in ranges.values())))
    level = max(0.0, 1 - sum(1 - value.level for value in ranges.values()))
    central = _outcome(share, before, *(value.estimate for value in ranges.values()))
    outcomes = [_outcome(share, before, *corner) for corner in corners] + [central]
    results = {
        name: Interval(
            min(outcome[name] for outcome in outcomes),
            central[name],
            max(outcome[name] for outcome in outcomes),
            level,
        )
        for name in central
    }
    return ProcessingScenario(cut_percent=float(cut_percent), before=before, **ranges, **results)


def waterfall(scenario: ProcessingScenario) -> pd.DataFrame:
    """Give the steps from exports before to exports after, to be drawn as a waterfall.

    The result is indexed by `STEPS` and has the columns `lower`, `estimate` and `upper` in the
    unit of the exports; raw goods kept count below zero. The estimates add up to the last one, the
    bounds do not (see `ProcessingScenario`).

    >>> one = Interval(1.0, 1.0, 1.0, 1.0)
    >>> result = processing_scenario(Interval(50, 50, 50, 1.0), 100, 20, one, Interval(2, 2, 2, 1))
    >>> waterfall(result)["estimate"].to_dict()
    {'before': 100.0, 'raw_kept': -10.0, 'processed_gained': 20.0, 'after': 110.0}
    """
    before, lost = scenario.before, scenario.lost
    rows = [
        (before, before, before),
        # Added to zero so that nothing kept is 0 and not −0.
        (0 - lost.upper, 0 - lost.estimate, 0 - lost.lower),
        (scenario.gained.lower, scenario.gained.estimate, scenario.gained.upper),
        (scenario.after.lower, scenario.after.estimate, scenario.after.upper),
    ]
    index = pd.Index(STEPS, name="step")
    return pd.DataFrame(rows, index=index, columns=["lower", "estimate", "upper"])


def sensitivity(scenario: ProcessingScenario) -> pd.DataFrame:
    """Say how far each uncertain input alone moves the change in export value.

    One input goes from its lower to its upper end while the others stay at their estimates. The
    result is indexed by the names of `INPUTS` and has the columns `lower_input` and `upper_input`
    (the ends), `change_at_lower` and `change_at_upper` (in the unit of the exports) and `swing`
    (how far these lie apart), the largest swing first: the bars of a tornado picture.

    Formula: one-at-a-time sensitivity (Saltelli and others 2008, Global Sensitivity Analysis: The
    Primer); what inputs do together is in the range of the scenario, not here.

    >>> one, two = Interval(1.0, 1.0, 1.0, 1.0), Interval(1.0, 2.0, 4.0, 1.0)
    >>> result = processing_scenario(Interval(40, 50, 60, 1.0), 100, 20, one, two)
    >>> sensitivity(result)["swing"].to_dict()
    {'price_ratio': 30.0, 'raw': 4.0, 'processing_yield': 0.0}
    """
    ranges = {name: getattr(scenario, name) for name in INPUTS}
    share = scenario.cut_percent / 100
    rows = {}
    for name, own in ranges.items():
        at = [
            _outcome(
                share,
                scenario.before,
                *(end if other == name else value.estimate for other, value in ranges.items()),
            )["change"]
            for end in (own.lower, own.upper)
        ]
        rows[name] = {
            "lower_input": own.lower,
            "upper_input": own.upper,
            "change_at_lower": at[0],
            "change_at_upper": at[1],
            "swing": abs(at[1] - at[0]),
        }
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("input")
    return table.sort_values("swing", ascending=False, kind="stable")


def break_even_price_ratio(processing_yield: Interval) -> Interval:
    """Give the price ratio from which processing adds to the value of exports.

    `processing_yield` is as in `processing_scenario`. The result is what a kilogram must be worth
    processed, as a multiple of raw, for nothing to be lost; it needs no price. Below it more
    processing means less export value, whatever the cut. Raises NeracaError as
    `processing_scenario` does.

    Formula: 1 / y, so that y·p = 1; the highest yield asks for the lowest ratio.

    >>> break_even_price_ratio(Interval(0.25, 0.4, 0.5, 1.0))
    Interval(lower=2.0, estimate=2.5, upper=4.0, level=1.0)
    """
    given = _checked("processing_yield", processing_yield)
    return Interval(1 / given.upper, 1 / given.estimate, 1 / given.lower, given.level)


def _outcome(
    share: float, before: float, raw: float, processing_yield: float, price_ratio: float
) -> dict[str, float]:
    """Work the scenario out for one value of each input."""
    lost = share * raw
    gained = lost * processing_yield * price_ratio
    after = before + (gained - lost)
    return {
        "lost": lost,
        "gained": gained,
        "change": gained - lost,
        "after": after,
        "raw_share_before": raw / before,
        "raw_share_after": (raw - lost) / after,
    }


def _lacking(
    given: dict[str, Interval | NotComputed | None], total: float | None
) -> NotComputed | None:
    """Say what is not known: the reason of an input that was not computed, else how many lack."""
    for value in given.values():
        if isinstance(value, NotComputed):
            return NotComputed(_METHOD, value.needs, value.has, value.unit)
    inputs = [*given.values(), total]
    known = sum(value is not None for value in inputs)
    if known < len(inputs):
        return NotComputed(_METHOD, len(inputs), known, Unit.INPUTS)
    return None


def _cut(cut_percent: object) -> float:
    if not _is_number(cut_percent) or not 0 <= cut_percent <= 100:
        raise NeracaError(f"The cut is {cut_percent} percent; give a share between 0 and 100.")
    return float(cut_percent) / 100


def _whole(raw: Interval, total: object) -> float:
    if not _is_number(total) or total <= 0:
        raise NeracaError(f"Total exports are {total}; give the value above zero.")
    if raw.upper > total * (1 + ROUNDING):
        raise NeracaError(
            f"Raw exports reach {raw.upper:g}, more than all exports {total:g}; "
            "give both for one period, basis and unit."
        )
    return float(max(total, raw.upper))


def _checked(name: str, value: object) -> Interval:
    label = name.replace("_", " ")
    if not isinstance(value, Interval):
        raise NeracaError(f"The {label} is {value}; give it with its range, as an Interval.")
    ends = (value.lower, value.estimate, value.upper)
    if not all(map(_is_number, ends)) or not 0 <= ends[0] <= ends[1] <= ends[2]:
        raise NeracaError(
            f"The {label} runs from {ends[0]} over {ends[1]} to {ends[2]}; "
            "give known values of zero or more in rising order."
        )
    if name != "raw" and ends[0] == 0:
        raise NeracaError(f"The {label} may be 0; give a range above zero.")
    if not _is_number(value.level) or not 0 < value.level <= 1:
        raise NeracaError(f"The level of the {label} is {value.level}; give a share up to 1.")
    lower, estimate, upper = map(float, ends)
    return Interval(lower, estimate, upper, float(value.level))


def _is_number(value: object) -> TypeGuard[float]:
    return (
        isinstance(value, int | float | np.number)
        and not isinstance(value, bool)
        and bool(np.isfinite(value))
    )
