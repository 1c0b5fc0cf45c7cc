"""Where a province stands among those whose figure is known."""

import pandas as pd


def rank_known(values: pd.Series) -> pd.DataFrame:
    """Rank values from the highest down, leaving out those that are missing.

    `values` is indexed by province, in any unit. The result has the known ones in their order,
    with `value`, `rank` (1 is the highest; equal values share the better rank) and `of` (how many
    are known).

    >>> rank_known(pd.Series({"18": 5.0, "65": 9.0, "95": None}))["rank"].to_dict()
    {'65': 1, '18': 2}
    """
    known = values.dropna().astype(float).sort_values(ascending=False, kind="stable")
    ranks = known.rank(method="min", ascending=False).astype(int)
    return pd.DataFrame({"value": known, "rank": ranks, "of": len(known)})
