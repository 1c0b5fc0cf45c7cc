"""Hold a count of small industry against its target: growth, path, gap and productivity."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.catalog.industry import SeriesBreak
from analysis.catalog.targets import GrowthTarget
from analysis.errors import NeracaError
from analysis.indicators.series import NotComputed, Unit, annual

#: Years between two counts that still say something of the growth in one year among them.
LONGEST_SPAN = 5


@dataclass(frozen=True)
class DeclaredBreak:
    """Declare that a series changed its definition between two years, and why.

    `last_before` is the last year of the old definition, `first_after` the first of the new one.
    """

    last_before: int
    first_after: int
    reason: str

    def separates(self, first: int, last: int) -> bool:
        """Tell whether the break lies between two years.

        >>> DeclaredBreak(2023, 2025, "new frame").separates(2020, 2025)
        True
        >>> DeclaredBreak(2023, 2025, "new frame").separates(2013, 2023)
        False
        """
        return first <= self.last_before and last >= self.first_after


@dataclass(frozen=True)
class AchievedGrowth:
    """Hold the growth between two observed years, in percent a year."""

    first_year: int
    last_year: int
    growth: float


@dataclass(frozen=True)
class TargetPath:
    """Hold the path that a growth target demands of a count, and the counts against it.

    `comparable` are the counts of the definition in force when the target was stated, `later` those
    from the path's start on that have another one. `path` is indexed by year with `lower` and
    `upper`, equal where the target is one number; `gaps` are the tables of `gap_to_path` by the
    same names. All are empty where no comparable count before the target's year starts the path.
    """

    comparable: pd.Series
    later: pd.Series
    path: pd.DataFrame
    gaps: dict[str, pd.DataFrame]


def declared(breaks: Iterable[SeriesBreak]) -> tuple[DeclaredBreak, ...]:
    """Turn the catalog's breaks, of survey or of territory, into what the formulas here take.

    The reason is the English one, or the codes of the provinces that the figures stop including.

    >>> declared([SeriesBreak("imk_", 2023, 2025, {"en": "new frame"})])
    (DeclaredBreak(last_before=2023, first_after=2025, reason='new frame'),)
    """
    return tuple(
        DeclaredBreak(
            item.after,
            item.before,
            item.reasons.get("en", " ".join(child.code for child in item.children)),
        )
        for item in breaks
    )


def required_growth(start_year: int, start: float, target_year: int, target: float) -> float:
    """Give the constant yearly growth that leads from a known level to a target.

    Levels share one unit; the result is in percent a year. Raises NeracaError unless both levels
    are above zero and the target lies in a later year.

    Formula: 100 · ((target / start) ^ (1 / years) − 1) (United Nations ESCAP, Statistics
    Division, Stats Brief 07, "Average growth rate: Computation methods").

    >>> round(required_growth(2020, 100, 2022, 144), 6)
    20.0
    """
    _check_span(start_year, start, target_year, target)
    return float(100 * ((target / start) ** (1 / (target_year - start_year)) - 1))


def achieved_growth(
    points: pd.Series, breaks: Iterable[DeclaredBreak] = ()
) -> AchievedGrowth | DeclaredBreak | NotComputed:
    """Give the yearly growth from the first to the last observed year, or why there is none.

    `points` is indexed by year, with gaps allowed; `breaks` are the declared changes of
    definition. Where one lies between the first and the last year, that break is the result: the
    step across it is no growth, so cut the series there first. Not computed below two observed
    years above zero. Raises NeracaError for bad input (see `series`).

    Formula: as `required_growth`.

    >>> round(achieved_growth(pd.Series({2013: 100.0, 2015: 121.0})).growth, 6)
    10.0
    >>> frame = DeclaredBreak(2023, 2025, "the survey has a new frame")
    >>> achieved_growth(pd.Series({2023: 81255.0, 2025: 121385.0}), [frame]) is frame
    True
    """
    known = annual(points, "annual values")
    if len(known) < 2:
        return NotComputed("achieved_growth", 2, len(known), Unit.YEARS)
    first, last = int(known.index[0]), int(known.index[-1])
    for declared in breaks:
        if declared.separates(first, last):
            return declared
    ends = known.loc[[first, last]]
    if not (ends > 0).all():
        return NotComputed("achieved_growth", 2, int((ends > 0).sum()), Unit.POSITIVE_VALUES)
    growth = required_growth(first, float(known[first]), last, float(known[last]))
    return AchievedGrowth(first, last, growth)


def unbroken(points: pd.Series, breaks: Iterable[DeclaredBreak] = ()) -> pd.Series:
    """Keep the observed years since the latest declared break.

    `points` is indexed by year; the result is its latest stretch of one definition, sorted,
    without missing years. Raises NeracaError for bad input (see `series`).

    >>> frame = DeclaredBreak(2023, 2025, "the survey has a new frame")
    >>> unbroken(pd.Series({2021: 84.0, 2023: 81.0, 2025: 121.0}), [frame]).to_dict()
    {2025: 121.0}
    """
    known = annual(points, "annual values")
    for declared in breaks:
        if len(known) and declared.separates(int(known.index[0]), int(known.index[-1])):
            known = known[known.index >= declared.first_after]
    return known


def same_definition(points: pd.Series, breaks: Iterable[DeclaredBreak], year: int) -> pd.Series:
    """Keep the observed years whose definition was in force in one year.

    `points` is indexed by year, with gaps allowed; the result has no year beyond a declared break
    on either side of `year`. Raises NeracaError for bad input (see `series`).

    >>> frame = DeclaredBreak(2023, 2025, "new frame")
    >>> counts = pd.Series({2021: 84.0, 2023: 81.0, 2025: 121.0})
    >>> same_definition(counts, [frame], 2022).to_dict()
    {2021: 84.0, 2023: 81.0}
    """
    known = annual(points, "annual values")
    for declared in breaks:
        if year < declared.first_after:
            known = known[known.index < declared.first_after]
        else:
            known = known[known.index > declared.last_before]
    return known


def steps_across(rows: pd.DataFrame, breaks: Iterable[DeclaredBreak]) -> pd.DataFrame:
    """Measure the steps of several counts across declared breaks, which are no growth.

    `rows` has `province_code`, `indicator`, `year` and `value`, one row per count and year. The
    result has a row per count and break with figures on both sides: `province_code`, `indicator`,
    `first_year`, `last_year`, `before`, `after` and `step_percent`. Raises NeracaError for a count
    that is given twice.

    Formula: 100 · (after / before − 1), missing where there is nothing before.

    >>> rows = pd.DataFrame({"province_code": "18", "indicator": "imk_workers",
    ...                      "year": [2023, 2025], "value": [175173.0, 246698.0]})
    >>> steps = steps_across(rows, [DeclaredBreak(2023, 2025, "new frame")])
    >>> steps["step_percent"].round(1).tolist()
    [40.8]
    """
    key = ["province_code", "indicator"]
    if rows.duplicated([*key, "year"]).any():
        raise NeracaError("A count is given twice for one year; reconcile its values first.")
    found = []
    for declared_break in breaks:
        first, last = declared_break.last_before, declared_break.first_after
        for (code, indicator), counts in rows.groupby(key, sort=False):
            values = counts.set_index("year")["value"].astype(float)
            if {first, last} <= set(values.index):
                before, after = values[first], values[last]
                step = 100 * (after / before - 1) if before > 0 else np.nan
                found.append((code, indicator, first, last, before, after, step))
    columns = [*key, "first_year", "last_year", "before", "after", "step_percent"]
    return pd.DataFrame(found, columns=columns)


def growth_steps(
    points: pd.Series, since: int, breaks: Iterable[DeclaredBreak] = ()
) -> tuple[AchievedGrowth | DeclaredBreak, ...]:
    """Give the yearly growth over every step between observed years that ends in a year or later.

    `points` is indexed by year, `since` is the first year in which a step may end. A step across a
    declared break is no growth: the break stands in its place. A step of more than `LONGEST_SPAN`
    years is left out, for the mean of more says little of one, and so is one from or to zero.
    Raises NeracaError for bad input (see `series`).

    Formula: as `required_growth`, step by step.

    >>> counts = pd.Series({2014: 50.0, 2021: 100.0, 2023: 121.0, 2025: 180.0})
    >>> steps = growth_steps(counts, 2022, [DeclaredBreak(2023, 2025, "new frame")])
    >>> steps[0].first_year, round(steps[0].growth, 6), steps[1].reason
    (2021, 10.0, 'new frame')
    """
    known, listed = annual(points, "annual values"), tuple(breaks)
    steps = []
    for first, last in zip(known.index[:-1], known.index[1:], strict=True):
        if last >= since and last - first <= LONGEST_SPAN:
            result = achieved_growth(known.loc[[first, last]], listed)
            if not isinstance(result, NotComputed):
                steps.append(result)
    return tuple(steps)


def index_of_growth(growth: pd.Series) -> pd.Series:
    """Chain published yearly growth into an index, 100 in the year before the first.

    `growth` is in percent a year by year. Only its latest run of years without a gap is chained.
    Raises NeracaError for bad input (see `series`), and for growth of −100 percent or less.

    Formula: 100 · Π (1 + growth / 100).

    >>> index_of_growth(pd.Series({2014: 3.0, 2017: 10.0, 2018: 20.0})).round(6).to_dict()
    {2016: 100.0, 2017: 110.0, 2018: 132.0}
    """
    known = annual(growth, "growth", signed=True)
    if (known <= -100).any():
        raise NeracaError("A growth is -100 percent or less; correct the figure.")
    if known.empty:
        return known
    # A year belongs to the latest run where as many years as lie after it are known.
    last = int(known.index[-1])
    run = known[[last - year == position for position, year in enumerate(known.index[::-1])][::-1]]
    before = pd.Series([100.0], index=[int(run.index[0]) - 1])
    return pd.concat([before, 100 * (1 + run / 100).cumprod()])


def target_path(
    points: pd.Series,
    breaks: Iterable[DeclaredBreak],
    target: GrowthTarget | None,
    last_year: int,
) -> TargetPath | None:
    """Draw the path that a growth target demands, and hold the counts against it.

    `points` is indexed by year. The path starts from the last count before the year that the target
    was stated for, and goes on to `last_year` at the lower and at the upper end of the target; None
    without a target. Raises NeracaError for bad input (see `series` and `growth_path`).

    >>> counts = pd.Series({2020: 100.0, 2021: 108.0, 2023: 500.0})
    >>> frame = DeclaredBreak(2021, 2023, "new frame")
    >>> target = GrowthTarget(5.0, 10.0, 2021, "country", True, ("low", "high"), ())
    >>> result = target_path(counts, [frame], target, 2023)
    >>> result.path.loc[2021].round(6).to_dict(), result.later.to_dict()
    ({'lower': 105.0, 'upper': 110.0}, {2023: 500.0})
    >>> result.gaps["lower"]["gap"].round(6).to_dict()
    {2021: 3.0}
    """
    known = annual(points, "annual values")
    if target is None:
        return None
    comparable = same_definition(known, breaks, target.year)
    before = comparable[(comparable.index < target.year) & (comparable > 0)].tail(1)
    if before.empty:
        nothing = pd.DataFrame(columns=["lower", "upper"], dtype=float)
        return TargetPath(comparable, known.head(0), nothing, {})
    start = int(before.index[0])
    path = pd.DataFrame(
        {
            end: growth_path(start, float(before.iloc[0]), growth, last_year)
            for end, growth in (("lower", target.lower), ("upper", target.upper))
        }
    )
    later = known.drop(comparable.index)
    held = comparable[comparable.index > start]
    gaps = {end: gap_to_path(held, path[end]) for end in path}
    return TargetPath(comparable, later[later.index >= start], path, gaps)


def linear_path(start_year: int, start: float, target_year: int, target: float) -> pd.Series:
    """Draw the path to a target that adds the same amount every year.

    Levels share one unit; the result is indexed by every year from start to target. Raises
    NeracaError unless both levels are above zero and the target lies in a later year.

    Formula: start + (target − start) · t / years.

    >>> linear_path(2020, 100, 2022, 144).to_dict()
    {2020: 100.0, 2021: 122.0, 2022: 144.0}
    """
    _check_span(start_year, start, target_year, target)
    years = np.arange(start_year, target_year + 1)
    passed = (years - start_year) / (target_year - start_year)
    return pd.Series(start + (target - start) * passed, index=years, name="path")


def geometric_path(start_year: int, start: float, target_year: int, target: float) -> pd.Series:
    """Draw the path to a target that grows by the same percentage every year.

    Levels share one unit; the result is indexed by every year from start to target. Raises
    NeracaError unless both levels are above zero and the target lies in a later year.

    Formula: start · (target / start) ^ (t / years).

    >>> geometric_path(2020, 100, 2022, 144).round(6).to_dict()
    {2020: 100.0, 2021: 120.0, 2022: 144.0}
    """
    _check_span(start_year, start, target_year, target)
    years = np.arange(start_year, target_year + 1)
    passed = (years - start_year) / (target_year - start_year)
    return pd.Series(start * (target / start) ** passed, index=years, name="path")


def growth_path(start_year: int, start: float, growth: float, last_year: int) -> pd.Series:
    """Draw the path that a stated yearly growth demands.

    `growth` is in percent a year, above −100; the result is indexed by every year from start to
    last. Raises NeracaError for a level that is not above zero or a last year that is not later.

    Formula: start · (1 + growth / 100) ^ t.

    >>> growth_path(2020, 100, 10, 2022).round(6).to_dict()
    {2020: 100.0, 2021: 110.0, 2022: 121.0}
    """
    if not np.isfinite(growth) or growth <= -100:
        raise NeracaError(f"The growth is {growth} percent a year; give a rate above -100.")
    with np.errstate(over="ignore"):
        last = float(start * np.power(1 + growth / 100, last_year - start_year))
    return geometric_path(start_year, start, last_year, last)


def gap_to_path(points: pd.Series, path: pd.Series) -> pd.DataFrame:
    """Hold observed years against a path.

    `points` and `path` are indexed by year, in one unit. The result has a row per year that both
    have, and the columns `observed`, `path`, `gap` (observed − path; below zero is behind) and
    `gap_percent` (of the path, missing where that is zero). Raises NeracaError for bad input (see
    `series`).

    >>> gap_to_path(pd.Series({2021: 99.0}), growth_path(2020, 100, 10, 2022)).round(6)
          observed   path   gap  gap_percent
    2021      99.0  110.0 -11.0        -10.0
    """
    table = pd.DataFrame(
        {"observed": annual(points, "annual values"), "path": annual(path, "path")}
    ).dropna()
    table["gap"] = table["observed"] - table["path"]
    table["gap_percent"] = 100 * table["gap"] / table["path"].where(table["path"] > 0)
    return table


def productivity(table: pd.DataFrame) -> pd.DataFrame:
    """Divide output and value added by workers and by establishments, scale by scale.

    `table` has one row per scale and the columns `establishments`, `workers`, `output` and
    `value_added`. The result has the columns `output_per_worker`, `value_added_per_worker`,
    `output_per_establishment` and `value_added_per_establishment`, in the unit of the value per
    one; a ratio is missing where its parts are, or where there is nothing to divide by. Raises
    NeracaError for missing columns, repeated scales, negative or infinite values.

    Formula: value / count (OECD 2001, Measuring Productivity, on labour productivity). Workers
    count the same however long they work, and the unpaid among them too.

    >>> small = {"establishments": 2, "workers": 10, "output": 50.0, "value_added": 20.0}
    >>> productivity(pd.DataFrame([small], index=["micro"])).loc["micro"].to_dict()
    ... # doctest: +NORMALIZE_WHITESPACE
    {'output_per_worker': 5.0, 'value_added_per_worker': 2.0,
     'output_per_establishment': 25.0, 'value_added_per_establishment': 10.0}
    """
    amounts = _productivity_amounts(table)
    counts = amounts.where(amounts > 0)
    return pd.DataFrame(
        {
            f"{value}_per_{singular}": amounts[value] / counts[count]
            for count, singular in (("workers", "worker"), ("establishments", "establishment"))
            for value in ("output", "value_added")
        }
    )


def labour_cost_per_worker(labour_cost: pd.Series, workers: pd.Series) -> pd.Series:
    """Divide the labour cost by workers, scale by scale or province by province.

    Both have one index; the result is in the unit of the cost per worker, missing where either is,
    or where there are no workers. Raises NeracaError for an index that differs or repeats, and
    negative or infinite values.

    Formula: labour cost / workers. Unpaid workers count among the workers, so this is no wage.

    >>> labour_cost_per_worker(pd.Series({"18": 60.0}), pd.Series({"18": 12})).to_dict()
    {'18': 5.0}
    """
    cost, count = _as_numbers(labour_cost, "labour costs"), _as_numbers(workers, "workers")
    if not cost.index.equals(count.index) or cost.index.has_duplicates:
        raise NeracaError(
            "The labour costs and the workers are not of the same scales or provinces, or one is "
            "there twice; give one of each for every one."
        )
    for numbers, name in ((cost, "labour costs"), (count, "workers")):
        if np.isinf(numbers).any() or (numbers < 0).any():
            raise NeracaError(f"The {name} hold a negative or infinite value; correct it.")
    return cost / count.where(count > 0)


def shares_of_establishments(counts: pd.Series, establishments: float) -> pd.Series:
    """Express numbers of establishments in percent of all of them.

    `counts` has one number per kind of establishment (those with a loan, say), `establishments`
    is the whole, of the same year and survey. The result is in percent, missing where the number
    is. Raises NeracaError for a whole that is not above zero, a repeated kind, and a number that
    is negative, infinite or above the whole.

    Formula: 100 · count / establishments.

    >>> shares_of_establishments(pd.Series({"with_loans": 50, "online": 120}), 200).to_dict()
    {'with_loans': 25.0, 'online': 60.0}
    """
    if not np.isfinite(establishments) or establishments <= 0:
        raise NeracaError(
            f"The number of establishments is {establishments}; give the whole, above zero."
        )
    if not isinstance(counts, pd.Series) or counts.index.has_duplicates:
        raise NeracaError("The counts are no Series with one number per kind; give them as such.")
    numbers = _as_numbers(counts, "counts")
    wrong = numbers[(numbers < 0) | (numbers > establishments)]
    if len(wrong):
        raise NeracaError(
            f"The count {wrong.index[0]} is {wrong.iloc[0]} of {establishments} establishments; "
            "correct the figure or the whole."
        )
    return 100 * numbers / establishments


def shares_of_kinds(rows: pd.DataFrame) -> pd.Series:
    """Express the kinds of establishments that a survey counted in percent of all it counted.

    `rows` has `indicator` and `value`, one of them `imk_establishments`, the whole (see
    `catalog.industry.imk_structure`). The result is by indicator, empty where the whole or every
    kind is unknown. Raises NeracaError as `shares_of_establishments`, which it calls.

    >>> rows = pd.DataFrame({"indicator": ["imk_with_loans", "imk_establishments"],
    ...                      "value": [50.0, 200.0]})
    >>> shares_of_kinds(rows).to_dict()
    {'imk_with_loans': 25.0}
    """
    counts = rows.set_index("indicator")["value"].astype(float)
    if "imk_establishments" not in counts.index:
        return counts.head(0)
    whole = float(counts["imk_establishments"])
    return shares_of_establishments(counts.drop("imk_establishments"), whole)


def shares_by_scale(table: pd.DataFrame) -> pd.DataFrame:
    """Express what each scale has in percent of all scales together.

    `table` has a row per scale, one of them `total`, and a column per measure. The result has the
    other scales, in percent; a share is missing where its parts are, or where the total is not
    above zero or not known. Raises NeracaError for a table with a scale twice.

    Formula: 100 · value / total.

    >>> table = pd.DataFrame({"workers": [30.0, 10.0, 40.0]}, index=["micro", "small", "total"])
    >>> shares_by_scale(table)["workers"].to_dict()
    {'micro': 75.0, 'small': 25.0}
    """
    if table.index.has_duplicates:
        raise NeracaError("The table has a scale more than once; keep one row per scale.")
    amounts = table.astype(float)
    total = amounts.reindex(["total"]).iloc[0]
    return 100 * amounts.drop(index="total", errors="ignore") / total.where(total > 0)


def _as_numbers(values: pd.Series, name: str) -> pd.Series:
    try:
        return values.astype(float)
    except (TypeError, ValueError) as error:
        raise NeracaError(
            f"The {name} hold something that is not a number; remove or correct it."
        ) from error


def _productivity_amounts(table: pd.DataFrame) -> pd.DataFrame:
    if not isinstance(table, pd.DataFrame):
        raise NeracaError(
            f"The table is a {type(table).__name__}; give a DataFrame with a row per scale."
        )
    columns = ["establishments", "workers", "output", "value_added"]
    lacking = [column for column in columns if column not in table]
    if lacking:
        raise NeracaError(f"The table lacks the column {lacking[0]!r}; add it.")
    if table.index.has_duplicates:
        raise NeracaError("The table has a scale more than once; keep one row per scale.")
    amounts = table[columns].apply(_as_numbers, args=("figures of the table",))
    # Value added can be negative; a count or an output cannot.
    if np.isinf(amounts).any(axis=None) or (amounts.drop(columns="value_added") < 0).any(axis=None):
        raise NeracaError("The table has a negative or infinite value; correct it.")
    return amounts


def _check_span(start_year: int, start: float, target_year: int, target: float) -> None:
    if target_year <= start_year:
        raise NeracaError(
            f"The target year {target_year} is not after {start_year}; choose a later one."
        )
    if not (np.isfinite(start) and np.isfinite(target) and start > 0 and target > 0):
        raise NeracaError(
            f"The levels {start} and {target} must both be finite and above zero to have a growth "
            "rate; correct the figure or the target."
        )
