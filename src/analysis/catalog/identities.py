"""What printed figures imply: the third of a balance, the month a sum leaves open, a total."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

import pandas as pd

from analysis.catalog.basis import NOT_STATED
from analysis.catalog.tables import value_column

# What names a figure of one province's total trade.
SERIES = ["period_type", "time_period", "flow", "basis"]


class Figure(NamedTuple):
    """What a figure that is computed from others takes over from them."""

    period_type: str
    time_period: str
    flow: str
    basis: str
    value: float
    obs_status: str
    rounding: float
    doubtful: bool
    source_id: str
    source_ids: tuple[str, ...]


def complete(values: pd.DataFrame, observations: pd.DataFrame) -> pd.DataFrame:
    """Fill what printed figures imply: the third of a balance, the one month a sum leaves open.

    Within one basis only. A flow is never filled with a value below zero, and nothing is filled
    from a doubtful figure, nor from a cumulative one that is only approximate: its rounding is
    as large as a month.

    Args:
        values: reconciled rows of one province.
        observations: what they were chosen from; a balance is solved with the other flow of its
            own release where that prints it, as it fits no figure that was revised later.

    Returns:
        The same rows and the filled ones, which have the status `derived`, or `approximate` if a
        figure they rest on is.

    >>> figures = pd.DataFrame({
    ...     "source_id": "a", "province_code": "65", "period_type": "month",
    ...     "time_period": "2024-02", "flow": ["export", "balance"], "basis": "port-of-loading",
    ...     "value": [366.80, 243.58], "obs_status": "published", "rounding": 0.005,
    ...     "doubtful": False, "source_ids": [("a",), ("a",)], "filled_by": ""})
    >>> filled = complete(figures, figures.rename(columns={"value": "value_usd_million"}))
    >>> filled.loc[filled["filled_by"] == "balance", ["flow", "value"]].to_numpy().tolist()
    [['import', 123.22]]

    """
    released = _released(observations)
    # In a fixed order, as the first of two figures that fill the same gap is taken.
    figures = sorted(figures_of(values), key=_place)
    filled: list[dict[str, object]] = []
    while found := _fill_from_balances(figures, released) or _fill_from_sums(figures):
        filled += found
        own = [Figure(*(row[name] for name in Figure._fields)) for row in found]  # type: ignore[arg-type]
        figures = sorted([*figures, *own], key=_place)
    completed = values
    if filled:
        code = values["province_code"].iloc[0]
        completed = pd.concat([values, pd.DataFrame(filled).assign(province_code=code)])
    places = list(zip(*(completed[name].tolist() for name in SERIES), strict=True))
    completed = completed.take(sorted(range(len(places)), key=places.__getitem__))
    completed.index = pd.RangeIndex(len(completed))
    return completed


def _place(figure: Figure) -> tuple[str, str, str, str]:
    """Give the columns of `SERIES`, by which figures are sorted."""
    return figure.period_type, figure.time_period, figure.flow, figure.basis


def _fill_from_balances(
    figures: Sequence[Figure], released: Mapping[tuple[str, str, str, str], Figure]
) -> list[dict[str, object]]:
    """Solve export − import = balance for the one of the three that a period lacks."""
    rows = {(row.time_period, row.flow, row.basis): row for row in figures if not row.doubtful}
    known = {(row.time_period, row.flow, row.basis) for row in figures}
    filled: dict[tuple[str, str, str], dict[str, object]] = {}
    for period, flow, basis in rows:
        if flow == "import":
            continue
        key = {
            "export": (period, "export", basis),
            "import": (period, "import", NOT_STATED),
            "balance": (period, "balance", basis),
        }
        missing = [name for name in key if key[name] not in known]
        if len(missing) != 1 or any(key[n] not in rows for n in key if n != missing[0]):
            continue
        parts = {name: rows[key[name]] for name in key if name != missing[0]}
        if "balance" in parts:
            (other,) = parts.keys() - {"balance"}
            own = (parts["balance"].source_id, *key[other])
            parts[other] = released.get(own, parts[other])
            if parts[other].doubtful:
                continue
        value = _solve(missing[0], {name: part.value for name, part in parts.items()})
        if missing[0] != "balance" and value < 0:
            continue
        filled.setdefault(
            key[missing[0]], _filled_row(key[missing[0]], value, list(parts.values()), "balance")
        )
    return list(filled.values())


def _released(observations: pd.DataFrame) -> dict[tuple[str, str, str, str], Figure]:
    """Give the figures as released, by source, period, flow and basis."""
    sources = observations["source_id"].tolist()
    given = {
        "value": observations[value_column(observations)].tolist(),
        "source_ids": [(source,) for source in sources],
    }
    columns = [
        given[name] if name in given else observations[name].tolist() for name in Figure._fields
    ]
    printed = (Figure(*cells) for cells in zip(*columns, strict=True))
    return {
        (row.source_id, row.time_period, row.flow, row.basis): row
        for row in printed
        # A missing value differs from itself.
        if row.value == row.value
    }


def figures_of(values: pd.DataFrame) -> list[Figure]:
    """Give rows of figures one by one, in their order."""
    columns = [values[name].tolist() for name in Figure._fields]
    return [Figure(*cells) for cells in zip(*columns, strict=True)]


def _solve(missing: str, known: dict[str, float]) -> float:
    if missing == "export":
        return known["balance"] + known["import"]
    if missing == "import":
        return known["export"] - known["balance"]
    return known["export"] - known["import"]


def _fill_from_sums(figures: Sequence[Figure]) -> list[dict[str, object]]:
    """Take the known months from a cumulative figure or a year that lacks exactly one."""
    months = [figure for figure in figures if figure.period_type == "month"]
    sums = [
        figure
        for figure in figures
        if figure.period_type in ("cumulative", "year")
        and figure.obs_status != "approximate"
        and figure.flow in ("export", "import")
        and not figure.doubtful
    ]
    keyed = {(row.flow, row.basis, row.time_period): row for row in months}
    present = {key: row for key, row in keyed.items() if not row.doubtful}
    unusable = keyed.keys() - present.keys()
    filled: dict[tuple[str, str, str], dict[str, object]] = {}
    for total in sums:
        keys = [(total.flow, total.basis, month) for month in months_of(total.time_period)]
        missing = [key for key in keys if key not in present]
        if len(missing) != 1 or missing[0] in unusable:
            continue
        parts = [present[key] for key in keys if key in present]
        value = total.value - sum(part.value for part in parts)
        flow, basis, month = missing[0]
        if value >= 0:
            filled.setdefault(
                (month, flow, basis),
                _filled_row((month, flow, basis), value, [total, *parts], "cumulative"),
            )
    return list(filled.values())


def months_of(time_period: str) -> list[str]:
    """Give the months of a year, of a span from month to month, or of a month.

    >>> months_of("2025-01/2025-03")
    ['2025-01', '2025-02', '2025-03']
    """
    return list(_months_of(time_period))


# A report asks thousands of times, for a few hundred periods.
@lru_cache(maxsize=4096)
def _months_of(time_period: str) -> tuple[str, ...]:
    first, _, last = time_period.partition("/")
    if len(first) == len("YYYY"):
        first, last = f"{first}-01", f"{first}-12"
    numbers = range(_month_number(first), _month_number(last or first) + 1)
    return tuple(f"{number // 12:04}-{number % 12 + 1:02}" for number in numbers)


def _month_number(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:7]) - 1


def _filled_row(
    key: tuple[str, str, str], value: float, parts: Sequence[Figure], filled_by: str
) -> dict[str, object]:
    period, flow, basis = key
    status = "approximate" if is_rough(parts) else "derived"
    sources = tuple(dict.fromkeys(source for part in parts for source in part.source_ids[:1]))
    value = round(value, 6)
    return {
        "period_type": "month" if len(period) == len("YYYY-MM") else parts[0].period_type,
        "time_period": period,
        "flow": flow,
        "basis": basis,
        "value": value,
        "obs_status": status,
        "rounding": sum(part.rounding for part in parts),
        "doubtful": False,
        "source_id": sources[0],
        "source_ids": sources,
        "lowest": value,
        "highest": value,
        "runner_up": None,
        "rule": "only one",
        "filled_by": filled_by,
    }


def year_total(year: int, figures: Sequence[Figure]) -> tuple[object, ...] | None:
    """Give what is known of the total of a year, from the figures of it that one flow has.

    Returns:
        Year, value (None where it is not known), number of months that are known and not doubtful,
        status, sources, and how it is known (see `TradeFlows.annual`); None for a year of which
        only parts are printed.

    >>> printed = ("year", "2024", "export", "origin", 12.0, "published", 0.5, False, "a", ("a",))
    >>> year_total(2024, [Figure(*printed)])
    (2024, 12.0, 0, 'published', ('a',), 'year')

    """
    months = [figure for figure in figures if figure.period_type == "month"]
    sound = {month.time_period: month for month in months if not month.doubtful}
    ways = [] if len(sound) < len(months) else _ways(year, figures, sound)
    if not ways:
        return (year, None, len(sound), "", (), "") if months else None
    known_by, parts = min(ways, key=_preference)
    total = round(sum(part.value for part in parts), 6)
    if len(parts) == 1:
        return year, total, len(sound), parts[0].obs_status, parts[0].source_ids, known_by
    status = "approximate" if is_rough(parts) else "derived"
    sources = tuple(dict.fromkeys(part.source_id for part in parts))
    return year, total, len(sound), status, sources, known_by


def _ways(
    year: int, figures: Sequence[Figure], months: Mapping[str, Figure]
) -> list[tuple[str, list[Figure]]]:
    """Give every way to know the total of a year: its name, and the figures to add up."""
    calendar = months_of(str(year))
    ways = [("months", list(months.values()))] if len(months) == len(calendar) else []
    for figure in figures:
        covered = months_of(figure.time_period)
        rest = calendar[len(covered) :]
        from_january = covered == calendar[: len(covered)]
        if figure.period_type == "month" or figure.doubtful or not from_january:
            continue
        if all(month in months for month in rest):
            ways.append((figure.period_type, [figure, *(months[month] for month in rest)]))
    return ways


def _preference(way: tuple[str, list[Figure]]) -> tuple[bool, bool, int, int]:
    known_by, parts = way
    rough = known_by != "months" and is_rough(parts)
    return rough, len(parts) > 1, ("year", "months", "cumulative").index(known_by), len(parts)


def is_rough(parts: Sequence[Figure]) -> bool:
    """Say whether one of some figures is only approximate.

    >>> is_rough([])
    False
    """
    return any(part.obs_status == "approximate" for part in parts)
