"""What exports and imports consist of: the product lists that releases print, and their totals."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import pandas as pd

from analysis.catalog.basis import NOT_STATED, link_basis
from analysis.catalog.identities import months_of
from analysis.catalog.tables import Catalog
from analysis.catalog.trade import TOTAL_BASES, VALUE, TradeFlows, checked_links
from analysis.parameters.provinces import Province

# With less of the total listed, a picture of the list is no picture of the trade.
MINIMUM_COVERAGE_PERCENT = 70.0

# Above what rounding explains, a list holds goods that its total does not.
HIGHEST_COVERAGE_PERCENT = 100.5

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
        rounding: how far the sum of the list and the total may be apart by rounding alone,
            million USD.

    """

    time_period: str
    flow: str
    basis: str
    total: float
    total_status: str
    products: pd.DataFrame
    source_ids: tuple[str, ...]
    rounding: float = 0.0

    @property
    def coverage_percent(self) -> float:
        """Percent of the total that is listed.

        >>> goods = pd.DataFrame({"item": ["09", "15"], "value": [30.0, 45.0]})
        >>> Composition("2024", "export", "origin", 100.0, "published", goods, ()).coverage_percent
        75.0
        """
        return float(self.products["value"].sum() / self.total * 100)

    @property
    def unlisted(self) -> float:
        """Value of what the list leaves out, million USD; none where it adds up to the total.

        >>> goods = pd.DataFrame({"item": ["09", "15"], "value": [30.0, 45.0]})
        >>> Composition("2024", "export", "origin", 100.0, "published", goods, ()).unlisted
        25.0
        """
        return max(0.0, self.total - float(self.products["value"].sum()))

    @property
    def complete(self) -> bool:
        """Whether the list leaves out no more than rounding.

        >>> goods = pd.DataFrame({"item": ["09", "15"], "value": [30.0, 69.99]})
        >>> Composition("2024", "export", "", 100.0, "published", goods, (), 0.015).complete
        True
        """
        return bool(self.unlisted <= self.rounding)

    @property
    def stages(self) -> dict[str, float]:
        """Listed value by stage, million USD.

        >>> goods = pd.DataFrame({"value": [30.0, 45.0, 5.0], "stage": ["raw", "mixed", "raw"]})
        >>> Composition("2024", "export", "origin", 100.0, "published", goods, ()).stages
        {'mixed': 45.0, 'raw': 35.0}
        """
        return {str(k): float(v) for k, v in self.products.groupby("stage")["value"].sum().items()}


@dataclass(frozen=True)
class Compositions:
    """All product lists of one flow, and which of them cover enough to be shown.

    Attributes:
        shown: the latest list that covers `MINIMUM_COVERAGE_PERCENT`, or None.
        listed: number of periods with a list of chapters and a total.
        best_coverage_percent: highest coverage among them; None where there is none.
        lists: every list that covers as much, one a period, in the order of time; `shown` is
            the last.
        chapters: all chapters with a value, of whatever list: rows with `time_period`, `basis`
            and the columns of `Composition.products`.

    """

    shown: Composition | None
    listed: int
    best_coverage_percent: float | None
    lists: tuple[Composition, ...] = ()
    chapters: pd.DataFrame = field(default_factory=pd.DataFrame, compare=False)


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
    named = chosen.merge(names, left_on="item", right_on="code", how="left", validate="many_to_one")
    named = named.sort_values(["value", "item"], ascending=[False, True], ignore_index=True)
    return _held_against_totals(named, flow, flows)


def sector_splits(catalog: Catalog, province: Province, flow: str, until: int) -> pd.DataFrame:
    """Give BPS's own split of a flow by sector, for every period with two of `SECTORS`.

    It parts goods by the industry that makes them and not by their stage: it stands beside the
    raw share and is never mixed with it. Sectors that a release joins into one take no part. A
    split without a stated basis takes one only where its release proves it: where it prints totals
    on several bases, of which only one is large enough to hold the split.

    Args:
        catalog: the figures.
        province: whose trade.
        flow: `export` or `import`.
        until: last year of the periods.

    Returns:
        Rows with `time_period`, `basis`, `basis_proved` (not stated by the release), `sector` (one
        of them or `oil_and_gas`), `value` (million USD), `obs_status` and `source_id`, in the order
        of time; none where no release splits.

    Raises:
        NeracaError: if a declared link of bases no longer holds.

    >>> catalog = Catalog()
    >>> splits = sector_splits(catalog, catalog.province("kalimantan-utara"), "export", 2024)
    >>> sorted(splits["time_period"].unique())[-2:]
    ['2024-07', '2024-09']

    """
    rows = catalog.read(
        "trade", province_code=province.code, dimension="sector", flow=flow, until=until
    )
    sectors = rows["item"].str.split(r"[ (,]", regex=True).str[0].map(_SECTOR_WORDS)
    named = sectors.notna() & ~rows["item"].str.contains(",", regex=False)
    own = rows[named].assign(sector=sectors[named])
    own = link_basis(own, checked_links(catalog.data, (province.code,)))
    proved = _on_the_only_basis_that_holds_it(catalog, own, until)
    moved = proved.loc[proved["basis"] != own["basis"], ["time_period", "basis"]]
    key = ["period_type", "time_period", "flow", "basis", "sector"]
    chosen = catalog.reconcile(proved, key, VALUE)
    chosen["basis_proved"] = _lists_of(chosen).isin(_lists_of(moved))
    known = chosen[chosen["sector"].isin(SECTORS)].groupby(["time_period", "basis"]).size()
    split = known.index[known > 1]
    kept = chosen[_lists_of(chosen).isin(split)]
    return kept.sort_values(
        "time_period", key=lambda periods: periods.map(_end), kind="stable", ignore_index=True
    )


def _lists_of(rows: pd.DataFrame) -> pd.MultiIndex:
    return pd.MultiIndex.from_frame(rows[["time_period", "basis"]])


def _on_the_only_basis_that_holds_it(
    catalog: Catalog, splits: pd.DataFrame, until: int
) -> pd.DataFrame:
    """Give a split without a basis that of the one total of its release that can hold it.

    A part is never more than its whole. Where a release prints the total of a period on several
    bases, and its split is more than all of them but one, beyond rounding, the split is of that
    one. Else it keeps no basis: one total alone, or two that could both hold it, prove nothing.
    """
    unstated = splits[splits["basis"] == NOT_STATED]
    if unstated.empty:
        return splits
    keys = ["source_id", "province_code", "flow", "time_period"]
    totals = catalog.read(
        "trade",
        source_id=sorted(unstated["source_id"].unique()),
        province_code=sorted(unstated["province_code"].unique()),
        flow=sorted(unstated["flow"].unique()),
        dimension="total",
        basis=TOTAL_BASES,
        until=until,
    )
    totals = totals[~totals["doubtful"].astype(bool)]
    result = splits.copy()
    printed = dict(iter(totals.groupby(keys)))
    for key, rows in unstated.groupby(keys):
        # A sector may stand twice, in two wordings.
        least = rows.groupby("sector")[VALUE].max().sum() / (HIGHEST_COVERAGE_PERCENT / 100)
        own = printed.get(key, totals.head(0))
        holding = set(own.loc[own[VALUE] >= least, "basis"])
        if len(holding) == 1 and holding < set(own["basis"]):
            result.loc[rows.index, "basis"] = holding.pop()
    return result


def sector_split(catalog: Catalog, province: Province, flow: str, until: int) -> pd.DataFrame:
    """Give BPS's own split of a flow by sector for the latest period with two of `SECTORS`.

    As `sector_splits`, of whose periods it is the last.

    >>> catalog = Catalog()
    >>> split = sector_split(catalog, catalog.province("kalimantan-utara"), "export", 2024)
    >>> dict(zip(split["sector"], split["value"].tolist()))["mining"]
    315.95

    """
    return latest_split(sector_splits(catalog, province, flow, until))


def latest_split(splits: pd.DataFrame) -> pd.DataFrame:
    """Give the rows of the latest period of `sector_splits`, one basis of it."""
    if splits.empty:
        return splits
    latest = splits[splits["time_period"] == latest_period(splits["time_period"].unique())]
    return latest[latest["basis"] == latest["basis"].iloc[0]].reset_index(drop=True)


def _held_against_totals(chapters: pd.DataFrame, flow: str, flows: TradeFlows) -> Compositions:
    """Hold each list, the chapters of one period and basis, against its own total."""
    shown: dict[str, Composition] = {}
    coverages = []
    # Sums and row numbers for all lists at once: most of them are too short to be shown.
    by_list = chapters.groupby(["time_period", "basis"])
    sums, rows = by_list["value"].sum(), by_list.indices
    for (time_period, basis), listed in sums.items():
        total = flows.value(time_period, flow, basis)
        if total is None or total["value"] <= 0:
            continue
        coverages.append(float(listed / total["value"] * 100))
        if MINIMUM_COVERAGE_PERCENT <= coverages[-1] <= HIGHEST_COVERAGE_PERCENT:
            products = chapters.iloc[rows[time_period, basis]].reset_index(drop=True)
            found = _composition(products, total)
            shown[time_period] = max(shown.get(time_period, found), found, key=_recency)
    lists = tuple(sorted(shown.values(), key=_recency))
    return Compositions(
        shown=lists[-1] if lists else None,
        listed=len(coverages),
        best_coverage_percent=max(coverages, default=None),
        lists=lists,
        chapters=chapters,
    )


def _composition(products: pd.DataFrame, total: pd.Series) -> Composition:
    first = products.iloc[0]
    return Composition(
        time_period=first["time_period"],
        flow=first["flow"],
        basis=first["basis"],
        total=total["value"],
        total_status=total["obs_status"],
        products=products,
        source_ids=tuple(dict.fromkeys([*products["source_id"], total["source_id"]])),
        rounding=float(products["rounding"].sum() + total["rounding"]),
    )


def percent_of_total(lists: Iterable[Composition]) -> pd.DataFrame:
    """Give every listed product of several lists as a percentage of its own list's total.

    Returns:
        Rows with `time_period`, `basis`, `item`, `name_id`, `name_en` and `percent`, in the order
        of the lists, the largest product of each first.

    >>> goods = pd.DataFrame({"item": ["09"], "value": [30.0], "name_id": "Kopi", "name_en": "Tea"})
    >>> one = Composition("2024", "export", "origin", 40.0, "published", goods, ())
    >>> percent_of_total([one])[["item", "percent"]].to_numpy().tolist()
    [['09', 75.0]]

    """
    columns = ["item", "name_id", "name_en", "value"]
    rows = [
        (listed.time_period, listed.basis, *names, 100 * value / listed.total)
        for listed in lists
        for *names, value in zip(*(listed.products[name].tolist() for name in columns), strict=True)
    ]
    return pd.DataFrame(rows, columns=["time_period", "basis", *columns[:3], "percent"])


def latest_period(periods: Iterable[str]) -> str:
    """Give the period that ends last; of several that end together the longest.

    >>> latest_period(["2021-12", "2021", "2020-01/2021-11"])
    '2021'
    """
    return max(periods, key=lambda period: (_end(period), len(months_of(period))))


def _recency(composition: Composition) -> tuple[str, int, bool]:
    period = composition.time_period
    return _end(period), len(period), composition.basis != NOT_STATED


def _end(time_period: str) -> str:
    last = time_period.split("/")[-1]
    return last if len(last) > len("YYYY") else f"{last}-12"
