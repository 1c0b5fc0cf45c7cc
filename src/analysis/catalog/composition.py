"""What exports and imports consist of: the product lists that releases print, and their totals."""

from dataclasses import dataclass

import pandas as pd

from analysis.catalog.basis import NOT_STATED, link_basis
from analysis.catalog.tables import Catalog
from analysis.catalog.trade import VALUE, TradeFlows, checked_links
from analysis.parameters.provinces import Province

# With less of the total listed, a picture of the list is no picture of the trade.
MINIMUM_COVERAGE_PERCENT = 70.0

# Not the name: one chapter is spelled in several ways.
KEY = ["period_type", "time_period", "flow", "basis", "item"]

SECTORS = ("agriculture", "mining", "manufacturing")

# The first word by which releases name a sector; oil and gas stands beside the three.
_SECTOR_WORDS = {name: name for name in SECTORS} | {"oil": "oil_and_gas", "natural": "oil_and_gas"}


@dataclass(frozen=True)
class Composition:
    """The products that a release lists for one period, and what they are a list of.

    Attributes:
        time_period: month, year or span.
        flow: `export` or `import`.
        basis: as the release states it; blank where it does not.
        total: all exports or imports of the period, million USD.
        total_status: `obs_status` of the total.
        products: rows with `item` (HS chapter), `value` (million USD), `stage`, `name_id`,
            `name_en`, `obs_status` and `source_id`, the largest first.
        source_ids: sources of the list and of the total.

    """

    time_period: str
    flow: str
    basis: str
    total: float
    total_status: str
    products: pd.DataFrame
    source_ids: tuple[str, ...]

    @property
    def coverage_percent(self) -> float:
        """Percent of the total that is listed.

        >>> goods = pd.DataFrame({"item": ["09", "15"], "value": [30.0, 45.0]})
        >>> Composition("2024", "export", "origin", 100.0, "published", goods, ()).coverage_percent
        75.0
        """
        return float(self.products["value"].sum() / self.total * 100)


@dataclass(frozen=True)
class Compositions:
    """All product lists of one flow, and which of them cover enough to be shown.

    Attributes:
        shown: the latest list that covers `MINIMUM_COVERAGE_PERCENT`, or None.
        listed: number of periods with a list of chapters and a total.
        best_coverage_percent: highest coverage among them; None where there is none.

    """

    shown: Composition | None
    listed: int
    best_coverage_percent: float | None


def compositions(
    catalog: Catalog, province: Province, flow: str, until: int, flows: TradeFlows
) -> Compositions:
    """Read the product lists of a flow by HS chapter and choose the latest that covers enough.

    Figures of certificates of origin, associations and quarantine offices share the codes but
    are no customs figures, and carry their agency in their name; they take no part. A list is
    held against the total of its own period, flow and basis; one without a total does not count,
    and one that adds up to more than its total and rounding is not shown.

    Args:
        catalog: the figures.
        province: whose trade.
        flow: `export` or `import`.
        until: last year of the periods.
        flows: totals of the same province, up to the same year.

    Returns:
        The list to be shown (million USD), and how many there are; see `Compositions`.

    Raises:
        NeracaError: if a declared link of bases no longer holds.

    >>> from analysis.catalog.trade import trade_flows
    >>> catalog = Catalog()
    >>> lampung = catalog.province("lampung")
    >>> found = compositions(catalog, lampung, "export", 2024, trade_flows(catalog, lampung, 2024))
    >>> found.shown.time_period, found.shown.basis, found.shown.coverage_percent > 70
    ('2024-10', 'origin', True)

    """
    rows = catalog.read(
        "trade", province_code=province.code, dimension="hs", flow=flow, until=until
    )
    chapters = rows[
        rows["item"].str.fullmatch(r"\d\d") & ~rows["item_name"].str.contains("(", regex=False)
    ]
    linked = link_basis(chapters, checked_links(catalog.data, (province.code,)))
    chosen = catalog.reconcile(linked, KEY, VALUE)
    names = catalog.read("hs", code=sorted(chosen["item"].unique()))
    found = [
        composition
        for _, period in chosen.groupby(["time_period", "basis"])
        if (composition := _composition(period, names, flows)) is not None
    ]
    enough = [item for item in found if MINIMUM_COVERAGE_PERCENT <= item.coverage_percent <= 100.5]
    return Compositions(
        shown=max(enough, key=_recency, default=None),
        listed=len(found),
        best_coverage_percent=max((item.coverage_percent for item in found), default=None),
    )


def sector_split(catalog: Catalog, province: Province, flow: str, until: int) -> pd.DataFrame:
    """Give BPS's own split of a flow by sector for the latest period with two of `SECTORS`.

    It parts goods by the industry that makes them and not by their stage: it stands beside the
    raw share and is never mixed with it. Sectors that a release joins into one take no part.

    Args:
        catalog: the figures.
        province: whose trade.
        flow: `export` or `import`.
        until: last year of the periods.

    Returns:
        Rows with `time_period`, `basis`, `sector` (one of them or `oil_and_gas`), `value`
        (million USD), `obs_status` and `source_id`; none where no release splits.

    Raises:
        NeracaError: if a declared link of bases no longer holds.

    >>> catalog = Catalog()
    >>> split = sector_split(catalog, catalog.province("kalimantan-utara"), "export", 2024)
    >>> dict(zip(split["sector"], split["value"].tolist()))["mining"]
    315.95

    """
    rows = catalog.read(
        "trade", province_code=province.code, dimension="sector", flow=flow, until=until
    )
    sectors = rows["item"].str.split(r"[ (,]", regex=True).str[0].map(_SECTOR_WORDS)
    named = sectors.notna() & ~rows["item"].str.contains(",", regex=False)
    own = rows[named].assign(sector=sectors[named])
    own = link_basis(own, checked_links(catalog.data, (province.code,)))
    key = ["period_type", "time_period", "flow", "basis", "sector"]
    chosen = catalog.reconcile(own, key, VALUE)
    periods = [
        period
        for _, period in chosen.groupby(["time_period", "basis"])
        if period["sector"].isin(SECTORS).sum() > 1
    ]
    if not periods:
        return chosen.head(0)
    return max(periods, key=lambda period: _end(period["time_period"].iloc[0]))


def _composition(
    period: pd.DataFrame, names: pd.DataFrame, flows: TradeFlows
) -> Composition | None:
    time_period, basis = period["time_period"].iloc[0], period["basis"].iloc[0]
    flow = period["flow"].iloc[0]
    total = flows.value(time_period, flow, basis)
    products = period.merge(
        names, left_on="item", right_on="code", how="left", validate="one_to_one"
    )
    if total is None or total["value"] <= 0:
        return None
    return Composition(
        time_period=time_period,
        flow=flow,
        basis=basis,
        total=total["value"],
        total_status=total["obs_status"],
        products=products.sort_values(
            ["value", "item"], ascending=[False, True], ignore_index=True
        ),
        source_ids=tuple(dict.fromkeys([*products["source_id"], total["source_id"]])),
    )


def _recency(composition: Composition) -> tuple[str, int, bool]:
    period = composition.time_period
    return _end(period), len(period), composition.basis != NOT_STATED


def _end(time_period: str) -> str:
    last = time_period.split("/")[-1]
    return last if len(last) > len("YYYY") else f"{last}-12"
