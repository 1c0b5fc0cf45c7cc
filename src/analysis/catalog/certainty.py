"""How sure a figure in use is: the range that its sources leave, and what releases revised."""

from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.catalog.basis import NOT_STATED, link_basis
from analysis.catalog.tables import Catalog
from analysis.catalog.trade import TOTAL_BASES, VALUE, TradeFlows, checked_links

_REVISION = ["time_period", "flow", "basis", "before", "now", "source_before", "source_now"]


def year_range(flows: TradeFlows, flow: str, basis: str, year: int) -> tuple[float, float] | None:
    """Give the lowest and the highest total of a year that any of its sources allows, million USD.

    From every printed total of the year, and from its twelve months, each at its lowest and at its
    highest; None where neither is known.

    >>> from analysis.catalog.trade import trade_flows
    >>> catalog = Catalog()
    >>> flows = trade_flows(catalog, catalog.province("lampung"), 2024)
    >>> year_range(flows, "export", "origin", 2024)
    (5587.43, 5588.31)

    """
    wanted = NOT_STATED if flow == "import" else basis
    columns = ["flow", "basis", "doubtful", "period_type", "time_period", "lowest", "highest"]
    sound = [
        (kind, period, float(low), float(high))
        for its_flow, its_basis, doubtful, kind, period, low, high in zip(
            *(flows.table[name].tolist() for name in columns), strict=True
        )
        if (its_flow, its_basis) == (flow, wanted) and not doubtful
    ]
    whole = (str(year), f"{year}-01/{year}-12")
    ranges = [(low, high) for _, period, low, high in sound if period in whole]
    months = [
        (low, high)
        for kind, period, low, high in sound
        if kind == "month" and period.startswith(str(year))
    ]
    if len(months) == 12:
        lowest, highest = np.sum(months, axis=0)
        ranges.append((float(lowest), float(highest)))
    if not ranges:
        return None
    return round(min(low for low, _ in ranges), 6), round(max(high for _, high in ranges), 6)


def basis_before(flows: TradeFlows, year: int) -> str:
    """Give the basis of exports that the report of the year before is made on.

    >>> from analysis.catalog.trade import trade_flows
    >>> catalog = Catalog()
    >>> basis_before(trade_flows(catalog, catalog.province("lampung"), 2025), 2025)
    'origin'

    """
    earlier = flows.table[_ends_before(flows.table, year)]
    return replace(flows, table=earlier).main_basis(year - 1)


def revisions(catalog: Catalog, flows: TradeFlows, year: int) -> pd.DataFrame:
    """List the exports and imports of earlier years that a release of `year` revised.

    Only where the dates of both releases are known can a revision be told from a difference
    between sources. The earlier value is that of the latest release before the year.

    Args:
        catalog: the figures.
        flows: totals of a province up to the year.
        year: of the revising releases; the periods revised end before it.

    Returns:
        Rows with `time_period`, `flow`, `basis`, `before`, `now` (million USD), `source_before` and
        `source_now`, in the order of time; none where none is known.

    Raises:
        NeracaError: if a declared link of bases no longer holds.

    >>> from analysis.catalog.trade import trade_flows
    >>> catalog = Catalog()
    >>> flows = trade_flows(catalog, catalog.province("lampung"), 2021)
    >>> revisions(catalog, flows, 2021)[["time_period", "before", "now"]].to_numpy().tolist()
    [['2019-11', 155.99, 156.74], ['2020-08', 207.37, 207.33]]

    """
    table = flows.table
    differing = table[
        table["flow"].isin(["export", "import"])
        & (table["highest"] > table["lowest"])
        & ~table["doubtful"].astype(bool)
        & _ends_before(table, year)
    ]
    if differing.empty:
        return pd.DataFrame(columns=_REVISION)
    released = _releases(catalog, differing)
    revised = differing[differing["source_id"].map(released).str[:4] == str(year)]
    if revised.empty:
        return pd.DataFrame(columns=_REVISION)
    earlier = _earlier_values(catalog, flows, revised, released, year)
    now = revised.rename(columns={"value": "now", "source_id": "source_now"})
    joined = now.merge(earlier, on=["time_period", "flow", "basis"], validate="one_to_one")
    joined = joined[joined["now"] != joined["before"]]
    return joined.sort_values(["time_period", "flow", "basis"], ignore_index=True)[_REVISION]


def _ends_before(rows: pd.DataFrame, year: int) -> pd.Series:
    """Tell of each row if its period ends before a year."""
    ends = [str(period).rpartition("/")[2][:4] < str(year) for period in rows["time_period"]]
    return pd.Series(ends, index=rows.index, dtype=bool)


def _releases(catalog: Catalog, rows: pd.DataFrame) -> dict[str, str]:
    ids = sorted({source for ids in rows["source_ids"] for source in ids})
    sources = catalog.read("sources", source_id=ids)
    return dict(zip(sources["source_id"], sources["released"], strict=True))


def _earlier_values(
    catalog: Catalog, flows: TradeFlows, rows: pd.DataFrame, released: dict[str, str], year: int
) -> pd.DataFrame:
    """Take for each figure what the latest dated release before the year printed."""
    code = flows.province.code
    observations = catalog.read(
        "trade",
        province_code=code,
        dimension="total",
        basis=TOTAL_BASES,
        time_period=sorted(rows["time_period"].unique()),
    )
    linked = link_basis(observations, checked_links(catalog.data, (code,)))
    dates = linked["source_id"].map(released).fillna("")
    known = linked[(dates != "") & (dates.str[:4] < str(year)) & linked[VALUE].notna()]
    ordered = known.assign(released=dates).sort_values(["released", "source_id"], kind="stable")
    latest = ordered.drop_duplicates(["time_period", "flow", "basis"], keep="last")
    named = latest.rename(columns={VALUE: "before", "source_id": "source_before"})
    return named[["time_period", "flow", "basis", "before", "source_before"]]
