"""Where a province stands among those whose figure is known."""

import pandas as pd

from analysis.indicators.series import provincial


def rank_known(values: pd.Series) -> pd.DataFrame:
    """Rank values from the highest down, leaving out those that are missing.

    `values` is indexed by BPS code of the province, in any unit. The result has the known ones in
    their order (equal ones by code), with `value`, `rank` (1 is the highest; equal values share the
    better rank) and `of` (how many are known). Raises NeracaError for duplicated provinces,
    infinities or another index.

    >>> rank_known(pd.Series({"18": 5.0, "65": 9.0, "95": None}))["rank"].to_dict()
    {'65': 1, '18': 2}
    """
    known = provincial(values, "values to rank", signed=True).dropna()
    known = known.sort_values(ascending=False, kind="stable")
    ranks = known.rank(method="min", ascending=False).astype(int)
    return pd.DataFrame({"value": known, "rank": ranks, "of": len(known)})
