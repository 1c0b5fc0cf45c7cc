"""One value a key from what several sources printed, by a rule that never averages."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

STATUS_ORDER = {"published": 0, "derived": 1, "approximate": 2}

# What decided between the chosen observation and the best one that differs.
RULES = ("only one", "agree", "status", "release", "dated", "kind", "source")


def reconcile(
    observations: pd.DataFrame,
    sources: pd.DataFrame,
    key: list[str],
    value: str,
    keep: Sequence[str] = (),
) -> pd.DataFrame:
    """Choose one observation a key and keep what the others said.

    The order of preference: an observation that no correction doubts; published before derived
    before approximate; the latest known release (months compare as months; of two equal ones the
    dated one first, then the later day); an unknown release last, there a publication before a
    compilation; then the order of `source_id`.

    Args:
        observations: rows with `key`, `value`, `source_id`, `obs_status` and `doubtful`; rows
            without a value take no part.
        sources: rows with `source_id`, `kind` and `released`.
        key: columns that name one figure.
        value: column that holds it.
        keep: further columns of the chosen observation to hand on.

    Returns:
        One row a key, in the order of the key, with `value`, `obs_status`, `rounding`, `doubtful`,
        `source_id` (the chosen one), `source_ids` (all, best first), `lowest`, `highest` (the
        spread across sources), `runner_up` (the best value that differs) and `rule` (one of
        `RULES`: what decided against that value), then the columns of `keep`.

    >>> observations = pd.DataFrame({
    ...     "month": ["2016-01"] * 2, "value": [292.30, 273.54], "obs_status": ["published"] * 2,
    ...     "source_id": ["a", "b"], "doubtful": [False] * 2, "rounding": [0.005] * 2})
    >>> sources = pd.DataFrame({"source_id": ["a", "b"], "kind": ["publication"] * 2,
    ...     "released": ["2016-02-15", "2017-02-16"]})
    >>> chosen = reconcile(observations, sources, ["month"], "value").loc[0]
    >>> float(chosen["value"]), chosen["rule"], float(chosen["highest"])
    (273.54, 'release', 292.3)

    """
    # Columns by themselves, as a frame is slow to cut and most calls have a few rows.
    known = np.flatnonzero(observations[value].notna().to_numpy())
    if not len(known):
        nothing = pd.DataFrame(columns=[*key, *_RESULT])
        return nothing.assign(**{name: observations[name].array.take(known) for name in keep})
    keys = [_codes(_cells(observations, name, known)) for name in key]
    source_ids = _cells(observations, "source_id", known)
    doubtful = observations["doubtful"].to_numpy(dtype=bool)[known]
    preference = _preference(
        source_ids, _cells(observations, "obs_status", known), doubtful, sources
    )
    order = np.lexsort([*reversed(preference.values()), *reversed(keys)])
    # Rows of one key now stand together, the best first.
    first = _beginnings([codes[order] for codes in keys])
    sizes = np.diff(np.append(first, len(order)))
    values = observations[value].to_numpy()[known[order]]
    second = _best_that_differs(values, first, sizes)
    chosen = known[order[first]]
    ordered = [source_ids[position] for position in order.tolist()]
    taken = {name: name for name in key} | {"value": value} | {name: name for name in _TAKEN}
    cells = {name: observations[column].array.take(chosen) for name, column in taken.items()}
    rules = _deciding_rules(
        {name: cells[order] for name, cells in preference.items()}, first, second, sizes
    )
    of_all = {
        "source_ids": [
            tuple(ordered[start : start + size])
            for start, size in zip(first.tolist(), sizes.tolist(), strict=True)
        ],
        "lowest": np.minimum.reduceat(values, first),
        "highest": np.maximum.reduceat(values, first),
        "runner_up": np.where(second < 0, np.nan, values[second]),
        "rule": pd.array(rules, dtype=_TEXT),
    }
    kept = {name: observations[name].array.take(chosen) for name in keep}
    return pd.DataFrame(cells | of_all | kept, copy=False)


# Python's own texts: Arrow's cost more for the few rows of a table.
_TEXT = pd.StringDtype("python", na_value=np.nan)

# What is taken over from the chosen observation as it stands.
_TAKEN = ("obs_status", "rounding", "doubtful", "source_id")

_RESULT = [
    "value",
    "obs_status",
    "rounding",
    "doubtful",
    "source_id",
    "source_ids",
    "lowest",
    "highest",
    "runner_up",
    "rule",
]

# What the order of preference compares, with the rule that each part of it stands for.
_RULE_OF = {
    "doubt": "status",
    "status": "status",
    "unknown": "release",
    "month": "release",
    "undated": "dated",
    "day": "release",
    "compilation": "kind",
    "source": "source",
}


def _cells(rows: pd.DataFrame, column: str, positions: np.ndarray) -> list[Any]:
    cells = rows[column].tolist()
    return [cells[position] for position in positions.tolist()]


def _codes(cells: list[Any]) -> np.ndarray:
    """Give values as numbers in their order; a missing one comes last."""
    distinct = set(cells)
    known = sorted(cell for cell in distinct if not pd.isna(cell))
    numbers = {cell: number for number, cell in enumerate(known)}
    return np.array([numbers.get(cell, len(known)) for cell in cells])


def _preference(
    source_ids: list[str], statuses: list[str], doubtful: np.ndarray, sources: pd.DataFrame
) -> dict[str, np.ndarray]:
    """Give what is compared of each observation, in turn; the smaller number goes first."""
    listed = sources["source_id"].tolist()
    kinds = dict(zip(listed, sources["kind"].tolist(), strict=True))
    if len(kinds) < len(listed):
        raise ValueError("A source is listed twice.")
    releases = dict(zip(listed, sources["released"].fillna("").tolist(), strict=True))
    numbers = {source: number for number, source in enumerate(sorted(set(source_ids)))}
    # A release that is unknown, or of a source that is not listed.
    released = [releases.get(source) or "" for source in numbers]
    unknown = np.array([text == "" for text in released], dtype=bool)
    compilation = np.array([kinds.get(source) == "compilation" for source in numbers], dtype=bool)
    # Later releases go first, so their numbers are negated.
    of_source = {
        "unknown": unknown,
        "month": np.array([-_number(text[:7]) for text in released], dtype=int),
        "undated": ~unknown
        & np.array([len(text) < len("YYYY-MM-DD") for text in released], dtype=bool),
        "day": np.array([-_number(text[8:10]) for text in released], dtype=int),
        "compilation": unknown & compilation,
        "source": np.arange(len(numbers)),
    }
    source = np.array([numbers[source_id] for source_id in source_ids])
    return {
        "doubt": doubtful,
        "status": np.array([STATUS_ORDER[status] for status in statuses]),
        **{name: cells[source] for name, cells in of_source.items()},
    }


def _beginnings(keys: Sequence[np.ndarray]) -> np.ndarray:
    """Give the rows, in the order of their keys, that differ from the one before."""
    differs = np.zeros(len(keys[0]), dtype=bool)
    differs[0] = True
    for codes in keys:
        differs[1:] |= codes[1:] != codes[:-1]
    return np.flatnonzero(differs)


def _number(digits: str) -> int:
    plain = digits.replace("-", "")
    return int(plain) if plain else 0


def _best_that_differs(values: np.ndarray, first: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """Give for each key the row of the best value that is not the chosen one, −1 for none."""
    number = np.repeat(np.arange(len(first)), sizes)
    other = np.flatnonzero(values != values[first][number])
    keys, best = np.unique(number[other], return_index=True)
    second = np.full(len(first), -1)
    second[keys] = other[best]
    return second


def _deciding_rules(
    ranked: Mapping[str, np.ndarray], first: np.ndarray, second: np.ndarray, sizes: np.ndarray
) -> list[str]:
    """Name for each key the first thing in which the chosen and the differing one differ."""
    rules = np.full(len(first), "source", dtype=object)
    for name, rule in reversed(_RULE_OF.items()):
        cells = ranked[name]
        rules[cells[first] != cells[second]] = rule
    rules[second < 0] = "agree"
    rules[sizes == 1] = "only one"
    return list(rules)
