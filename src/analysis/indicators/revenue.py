"""What follows from amounts of a province: parts of a whole, and revenue against its target."""

import pandas as pd

from analysis.errors import NeracaError

AMOUNTS = ("own_source", "own_source_target", "regional", "regional_target")


def percents_of(parts: pd.Series, whole: float | None) -> pd.Series:
    """Give parts in percent of their whole, all in one unit; nothing where either is unknown.

    Raises NeracaError for a whole that is not above zero.

    >>> percents_of(pd.Series({"formed": 200, "operating": 40}), 800).to_dict()
    {'formed': 25.0, 'operating': 5.0}
    """
    if parts.empty or whole is None or pd.isna(whole):
        return pd.Series(dtype=float)
    if whole <= 0:
        raise NeracaError(f"The whole is {whole}; a part needs a whole above zero.")
    return 100 * parts.astype(float) / whole


def revenue_ratios(amounts: pd.DataFrame) -> pd.DataFrame:
    """Hold own-source revenue against its target, all revenue, and the year before.

    `amounts` is indexed by whole years with the columns `AMOUNTS` in one unit, missing where
    unknown. The result has the same years with `of_target` and `of_regional` (realised against
    realised), `of_budget` (target against target) and `growth` (on the calendar year before), in
    percent; missing where an amount lacks. A gap between years gives no growth.

    Raises NeracaError for other columns or a negative amount.

    >>> amounts = pd.DataFrame(
    ...     {"own_source": [4.0, 5.0], "own_source_target": [None, 4.0],
    ...      "regional": [None, 10.0], "regional_target": [None, None]}, index=[2020, 2021])
    >>> revenue_ratios(amounts).loc[2021, ["of_target", "of_regional", "growth"]].tolist()
    [125.0, 50.0, 25.0]
    """
    if set(amounts.columns) != set(AMOUNTS):
        raise NeracaError(f"The amounts of revenue need the columns {', '.join(AMOUNTS)}.")
    known = amounts.astype(float).sort_index()
    if (known < 0).any(axis=None):
        raise NeracaError("An amount of revenue is negative; correct the figure.")
    realised = known["own_source"]
    before = realised.reindex(known.index - 1).set_axis(known.index)
    return pd.DataFrame(
        {
            "of_target": 100 * realised / known["own_source_target"].where(lambda x: x > 0),
            "of_regional": 100 * realised / known["regional"].where(lambda x: x > 0),
            "of_budget": 100
            * known["own_source_target"]
            / known["regional_target"].where(lambda x: x > 0),
            "growth": 100 * (realised / before.where(lambda x: x > 0) - 1),
        }
    )
