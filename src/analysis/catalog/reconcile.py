"""One value a key from what several sources printed, by a rule that never averages."""

import numpy as np
import pandas as pd

STATUS_ORDER = {"published": 0, "derived": 1, "approximate": 2}

# What decided between the chosen observation and the best one that differs.
RULES = ("only one", "agree", "status", "release", "dated", "kind", "source")


def reconcile(
    observations: pd.DataFrame, sources: pd.DataFrame, key: list[str], value: str
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

    Returns:
        One row a key, in the order of the key, with `value`, `obs_status`, `rounding`, `doubtful`,
        `source_id` (the chosen one), `source_ids` (all, best first), `lowest`, `highest` (the
        spread across sources), `runner_up` (the best value that differs) and `rule` (one of
        `RULES`: what decided against that value).

    >>> observations = pd.DataFrame({
    ...     "month": ["2016-01"] * 2, "value": [292.30, 273.54], "obs_status": ["published"] * 2,
    ...     "source_id": ["a", "b"], "doubtful": [False] * 2, "rounding": [0.005] * 2})
    >>> sources = pd.DataFrame({"source_id": ["a", "b"], "kind": ["publication"] * 2,
    ...     "released": ["2016-02-15", "2017-02-16"]})
    >>> chosen = reconcile(observations, sources, ["month"], "value").loc[0]
    >>> float(chosen["value"]), chosen["rule"], float(chosen["highest"])
    (273.54, 'release', 292.3)

    """
    known = observations[observations[value].notna()]
    if known.empty:
        return pd.DataFrame(columns=[*key, *_RESULT])
    ranked = _ranked(known, sources, key)
    # Rows of one key now stand together, the best first.
    first = np.flatnonzero(~ranked.duplicated(key).to_numpy())
    sizes = np.diff(np.append(first, len(ranked)))
    second = _best_that_differs(ranked[value].to_numpy(), first, sizes)
    chosen, values = ranked.iloc[first], ranked[value].to_numpy()
    source_ids = ranked["source_id"].tolist()
    result = chosen[key].assign(
        value=chosen[value],
        obs_status=chosen["obs_status"],
        rounding=chosen["rounding"],
        doubtful=chosen["doubtful"],
        source_id=chosen["source_id"],
        source_ids=[
            tuple(source_ids[start : start + size])
            for start, size in zip(first, sizes, strict=True)
        ],
        lowest=np.minimum.reduceat(values, first),
        highest=np.maximum.reduceat(values, first),
        runner_up=np.where(second < 0, np.nan, values[second]),
        rule=_deciding_rules(ranked, first, second, sizes),
    )
    return result.reset_index(drop=True)


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

# The columns that the order of preference compares, with the rule that each of them stands for.
_PREFERENCE = {
    "_doubt": "status",
    "_status": "status",
    "_unknown": "release",
    "_month": "release",
    "_undated": "dated",
    "_day": "release",
    "_compilation": "kind",
    "source_id": "source",
}


def _ranked(observations: pd.DataFrame, sources: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    frame = observations.merge(
        sources[["source_id", "kind", "released"]],
        on="source_id",
        how="left",
        validate="many_to_one",
    )
    released = frame["released"].fillna("")
    unknown = released == ""
    # Later releases must come first in an ascending order, so their numbers are negated.
    frame["_doubt"] = frame["doubtful"]
    frame["_status"] = frame["obs_status"].map(STATUS_ORDER)
    frame["_unknown"] = unknown
    frame["_month"] = [-_number(text[:7]) for text in released]
    frame["_undated"] = ~unknown & (released.str.len() < len("YYYY-MM-DD"))
    frame["_day"] = [-_number(text[8:10]) for text in released]
    frame["_compilation"] = unknown & (frame["kind"] == "compilation")
    return frame.sort_values([*key, *_PREFERENCE], kind="stable")


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
    ranked: pd.DataFrame, first: np.ndarray, second: np.ndarray, sizes: np.ndarray
) -> list[str]:
    """Name for each key the first column in which the chosen and the differing one differ."""
    rules = np.full(len(first), "source", dtype=object)
    for column, rule in reversed(_PREFERENCE.items()):
        cells = ranked[column].to_numpy(dtype=object)
        rules[cells[first] != cells[second]] = rule
    rules[second < 0] = "agree"
    rules[sizes == 1] = "only one"
    return list(rules)
