"""One value a key from what several sources printed, by a rule that never averages."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

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
    compared = {
        name: _at(observations[name].tolist(), known.tolist()) for name in [*key, *_COMPARED]
    }
    values = observations[value].to_numpy()[known]
    choice = _choose(compared, values, _cells(sources), key)
    chosen = known[choice.order[choice.first]]
    taken = {name: name for name in key} | {"value": value} | {name: name for name in _TAKEN}
    cells = {name: observations[column].array.take(chosen) for name, column in taken.items()}
    ordered = _at(compared["source_id"], choice.order.tolist())
    values = values[choice.order]
    of_all = {
        "source_ids": [
            tuple(ordered[start : start + size])
            for start, size in zip(choice.first.tolist(), choice.sizes.tolist(), strict=True)
        ],
        "lowest": np.minimum.reduceat(values, choice.first),
        "highest": np.maximum.reduceat(values, choice.first),
        "runner_up": np.where(choice.second < 0, np.nan, values[choice.second]),
        "rule": pd.array(choice.rules, dtype=_TEXT),
    }
    kept = {name: observations[name].array.take(chosen) for name in keep}
    return pd.DataFrame(cells | of_all | kept, copy=False)


def in_use(
    observations: Mapping[str, list[Any]],
    sources: Mapping[str, list[Any]],
    key: Sequence[str],
    value: str,
) -> dict[tuple[Any, ...], tuple[str, float, str]]:
    """Give by key the source and the value that `reconcile` chooses, and its rule.

    Args:
        observations: the same columns as there, each as a list.
        sources: `source_id`, `kind` and `released`, each as a list.
        key: columns that name one figure.
        value: column that holds it.

    >>> observations = {"month": ["2016-01"] * 2, "value": [292.30, 273.54],
    ...     "obs_status": ["published"] * 2, "source_id": ["a", "b"], "doubtful": [False] * 2}
    >>> sources = {"source_id": ["a", "b"], "kind": ["publication"] * 2,
    ...     "released": ["2016-02-15", "2017-02-16"]}
    >>> in_use(observations, sources, ["month"], "value")
    {('2016-01',): ('b', 273.54, 'release')}

    """
    known = [position for position, number in enumerate(observations[value]) if number == number]
    if not known:
        return {}
    names = [*key, *_COMPARED, value]
    cells = {name: _at(observations[name], known) for name in names}
    choice = _choose(cells, np.array(cells[value]), sources, key)
    chosen = choice.order[choice.first].tolist()
    keys = zip(*(_at(cells[name], chosen) for name in key), strict=True)
    kept = zip(
        *(_at(cells["source_id"], chosen), _at(cells[value], chosen), choice.rules), strict=True
    )
    return dict(zip(keys, kept, strict=True))


class _Choice(NamedTuple):
    """Observations in the order of their keys, those of one key together and the best first.

    Attributes:
        order: positions of the observations.
        first: where in `order` each key begins.
        sizes: number of observations of each key.
        second: where in `order` the best value of a key is that differs from the first, or −1.
        rules: what decided between these two.

    """

    order: np.ndarray
    first: np.ndarray
    sizes: np.ndarray
    second: np.ndarray
    rules: list[str]


def _choose(
    cells: Mapping[str, list[Any]],
    values: np.ndarray,
    sources: Mapping[str, list[Any]],
    key: Sequence[str],
) -> _Choice:
    keys = [_codes(cells[name]) for name in key]
    preference = _preference(cells, sources)
    order = np.lexsort([*reversed(preference.values()), *reversed(keys)])
    first = _beginnings([codes[order] for codes in keys])
    sizes = np.diff(np.append(first, len(order)))
    second = _best_that_differs(values[order], first, sizes)
    ranked = {name: compared[order] for name, compared in preference.items()}
    return _Choice(order, first, sizes, second, _deciding_rules(ranked, first, second, sizes))


# Python's own texts: Arrow's cost more for the few rows of a table.
_TEXT = pd.StringDtype("python", na_value=np.nan)

# What is taken over from the chosen observation as it stands.
_TAKEN = ("obs_status", "rounding", "doubtful", "source_id")

# What the order of preference is made of, beside the sources.
_COMPARED = ("source_id", "obs_status", "doubtful")

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


def _cells(sources: pd.DataFrame) -> dict[str, list[Any]]:
    listed = {name: sources[name].tolist() for name in ("source_id", "kind")}
    return {**listed, "released": sources["released"].fillna("").tolist()}


def _at(cells: list[Any], positions: list[int]) -> list[Any]:
    return [cells[position] for position in positions]


def _codes(cells: list[Any]) -> np.ndarray:
    """Give values as numbers in their order; a missing one comes last."""
    distinct = set(cells)
    # What is missing differs from itself.
    known = sorted(cell for cell in distinct if cell is not None and cell == cell)
    numbers = {cell: number for number, cell in enumerate(known)}
    return np.array([numbers.get(cell, len(known)) for cell in cells])


def _preference(
    cells: Mapping[str, list[Any]], sources: Mapping[str, list[Any]]
) -> dict[str, np.ndarray]:
    """Give what is compared of each observation, in turn; the smaller number goes first."""
    source_ids = cells["source_id"]
    listed = sources["source_id"]
    kinds = dict(zip(listed, sources["kind"], strict=True))
    if len(kinds) < len(listed):
        raise ValueError("A source is listed twice.")
    releases = dict(zip(listed, sources["released"], strict=True))
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
        "doubt": np.array(cells["doubtful"], dtype=bool),
        "status": np.array([STATUS_ORDER[status] for status in cells["obs_status"]]),
        **{name: compared[source] for name, compared in of_source.items()},
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
