"""Imports by use: goods to consume, materials, and capital goods, as releases split them."""

from dataclasses import dataclass

import pandas as pd

from analysis.catalog.composition import latest_period
from analysis.catalog.tables import Catalog
from analysis.catalog.trade import VALUE, TradeFlows
from analysis.parameters.provinces import Province

#: The uses of the Broad Economic Categories, in the order in which a report names them.
USES = ("consumption", "materials", "capital")

# The word with which releases begin the name of a use.
_USE_WORDS = {"consumption": "consumption", "raw": "materials", "capital": "capital"}

_KEY = ["period_type", "time_period", "flow", "use"]


@dataclass(frozen=True)
class ImportsByUse:
    """What the imports of one period are for.

    Attributes:
        time_period: month, year or span.
        rows: rows with `use` (one of `USES`), `value` (million USD, CIF), `obs_status` and
            `source_id`, in the order of `USES`; a use that no release names has no row.
        total: all imports of the period, million USD; None where they are not known.
        source_ids: sources of the rows and of the total.
        periods: number of periods for which any use is known.

    """

    time_period: str
    rows: pd.DataFrame
    total: float | None
    source_ids: tuple[str, ...]
    periods: int


def imports_by_use(
    catalog: Catalog, province: Province, until: int, flows: TradeFlows
) -> ImportsByUse | None:
    """Read the imports of a province by use, for the latest period with most uses named.

    Args:
        catalog: the figures.
        province: whose imports.
        until: last year of the periods.
        flows: totals of the same province, up to the same year.

    Returns:
        The imports of that period (see `ImportsByUse`), or None where no release splits them.

    >>> from analysis.catalog.trade import trade_flows
    >>> catalog = Catalog()
    >>> lampung = catalog.province("lampung")
    >>> found = imports_by_use(catalog, lampung, 2025, trade_flows(catalog, lampung, 2025))
    >>> found.time_period, dict(zip(found.rows["use"], found.rows["value"].tolist()))["materials"]
    ('2022-02', 244.47)

    """
    rows = catalog.read(
        "trade", province_code=province.code, dimension="bec", flow="import", until=until
    )
    uses = rows["item"].str.split(r"[ /]", regex=True).str[0].map(_USE_WORDS)
    named = rows[uses.notna()].assign(use=uses[uses.notna()])
    chosen = catalog.reconcile(named, _KEY, VALUE)
    if chosen.empty:
        return None
    counts = chosen.groupby("time_period")["use"].size()
    time_period = latest_period(counts.index[counts == counts.max()])
    found = chosen[chosen["time_period"] == time_period]
    found = found.sort_values("use", key=lambda names: names.map(USES.index), ignore_index=True)
    total = flows.value(time_period, "import", "")
    sources = [*found["source_id"], *([] if total is None else [total["source_id"]])]
    return ImportsByUse(
        time_period=time_period,
        rows=found[["use", "value", "obs_status", "source_id"]],
        total=None if total is None else float(total["value"]),
        source_ids=tuple(dict.fromkeys(sources)),
        periods=len(counts),
    )
