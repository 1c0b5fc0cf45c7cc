"""Who buys and who sells: the countries that releases list, and the totals they are a part of."""

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from analysis.catalog.basis import NOT_STATED, link_basis
from analysis.catalog.composition import MINIMUM_COVERAGE_PERCENT
from analysis.catalog.tables import Catalog
from analysis.catalog.trade import TOTAL_BASES, VALUE, TradeFlows, checked_links
from analysis.errors import NeracaError
from analysis.parameters.provinces import Province

KEY = ["period_type", "time_period", "flow", "basis", "iso_3166_1"]

# What the figures of a list may add up to beyond their total, in percent: rounding.
ROUNDING_PERCENT = 0.5

# A country is printed under this kind; groups overlap with their members.
COUNTRY = "country"

# What tells the lists of one flow apart: period and basis.
_Key = tuple[str, str]


@dataclass(frozen=True)
class PartnerList:
    """The countries that releases list for one period of a flow, and the total they belong to.

    Attributes:
        time_period: month, year or span.
        flow: `export` or `import`.
        basis: basis of the total that the list is held against; blank for imports, and for
            exports where no release states it.
        total: all exports or imports of the period, million USD.
        total_status: `obs_status` of the total.
        partners: rows with `iso_3166_1`, `value` (million USD), `obs_status` and `source_id`, the
            largest first.
        source_ids: sources of the list and of the total.

    """

    time_period: str
    flow: str
    basis: str
    total: float
    total_status: str
    partners: pd.DataFrame
    source_ids: tuple[str, ...]

    @property
    def coverage_percent(self) -> float:
        """Percent of the total that is listed by country.

        >>> listed = pd.DataFrame({"iso_3166_1": ["CN", "US"], "value": [30.0, 45.0]})
        >>> PartnerList("2024", "export", "origin", 100.0, "published", listed, ()).coverage_percent
        75.0
        """
        return float(self.partners["value"].sum() / self.total * 100)


@dataclass(frozen=True)
class PartnerLists:
    """All lists of countries of one flow, and which of them covers enough to be shown.

    Attributes:
        shown: the latest list that covers `MINIMUM_COVERAGE_PERCENT`, or None.
        earlier: lists of the same months of earlier years, of the same basis and territory, the
            latest first; however little they cover.
        listed: number of periods with a list and a total.
        best_coverage_percent: highest coverage among them; None where there is none.

    """

    shown: PartnerList | None
    earlier: tuple[PartnerList, ...]
    listed: int
    best_coverage_percent: float | None


def partner_lists(
    catalog: Catalog, province: Province, flow: str, until: int, flows: TradeFlows
) -> PartnerLists:
    """Read the countries that a province trades with; choose the latest list that covers enough.

    Only countries count: groups such as ASEAN overlap with their members, and a figure of certain
    goods or without oil and gas is a part of a country's. A list without a stated basis belongs to
    the total that its own release prints; where that prints several, to the only one that the list
    does not exceed. A list without a total does not count, and one that adds up to more than its
    total and rounding is not shown. A country that is not listed is unknown and not zero.

    Args:
        catalog: the figures.
        province: whose trade.
        flow: `export` or `import`.
        until: last year of the periods.
        flows: totals of the same province, up to the same year.

    Raises:
        NeracaError: if a declared link of bases no longer holds.

    >>> from analysis.catalog.trade import trade_flows
    >>> catalog = Catalog()
    >>> lampung = catalog.province("lampung")
    >>> found = partner_lists(catalog, lampung, "export", 2025, trade_flows(catalog, lampung, 2025))
    >>> found.shown.time_period, found.shown.partners["iso_3166_1"].iloc[0]
    ('2025-03', 'US')
    >>> [item.time_period for item in found.earlier[:2]]
    ['2023-03', '2021-03']

    """
    rows = catalog.read(
        "trade",
        province_code=province.code,
        dimension="partner",
        flow=flow,
        basis=TOTAL_BASES,
        item_name="",
        until=until,
    )
    partners = catalog.read("partners", partner=sorted(rows["item"].unique()), kind=COUNTRY)
    listed = rows.merge(
        partners[["partner", "iso_3166_1"]],
        left_on="item",
        right_on="partner",
        how="inner",
        validate="many_to_one",
    )
    listed = link_basis(listed, checked_links(catalog.data, (province.code,)))
    chosen = catalog.reconcile(_on_their_basis(listed, flows), KEY, VALUE)
    coverages = _coverages(chosen, flow, flows)
    enough = [key for key, percent in coverages.items() if percent >= MINIMUM_COVERAGE_PERCENT]
    latest = max(enough, key=_recency, default=None)
    earlier = [] if latest is None else _same_months(latest, coverages, flows)
    return PartnerLists(
        shown=None if latest is None else _partner_list(chosen, latest, flow, flows),
        earlier=tuple(_partner_list(chosen, key, flow, flows) for key in earlier),
        listed=len(coverages),
        best_coverage_percent=max(coverages.values(), default=None),
    )


def _on_their_basis(listed: pd.DataFrame, flows: TradeFlows) -> pd.DataFrame:
    """Give each release's list without a basis that of the total which the release prints."""
    result = listed.copy()
    lists = listed[(listed["flow"] == "export") & (listed["basis"] == NOT_STATED)]
    exports = flows.table[flows.table["flow"] == "export"]
    printed = exports[exports["time_period"].isin(lists["time_period"])]
    for (source, period), rows in lists.groupby(["source_id", "time_period"]):
        least = rows[VALUE].sum() / (1 + ROUNDING_PERCENT / 100)
        totals = printed[(printed["time_period"] == period) & (printed["value"] >= least)]
        own = [row.basis for row in totals.itertuples() if source in row.source_ids]
        if len(own) == 1:
            result.loc[rows.index, "basis"] = own[0]
    return result


def _coverages(chosen: pd.DataFrame, flow: str, flows: TradeFlows) -> dict[_Key, float]:
    """Give the percent of its total that each list covers, for those that fit a sound one."""
    coverages = {}
    for key, listed in chosen.groupby(["time_period", "basis"])["value"].sum().items():
        time_period, basis = key
        total = flows.value(time_period, flow, basis)
        if total is None or total["value"] <= 0 or total["doubtful"]:
            continue
        percent = float(100 * listed / total["value"])
        if percent <= 100 + ROUNDING_PERCENT:
            coverages[(str(time_period), str(basis))] = percent
    return coverages


def _partner_list(chosen: pd.DataFrame, key: _Key, flow: str, flows: TradeFlows) -> PartnerList:
    time_period, basis = key
    total = flows.value(time_period, flow, basis)
    if total is None:
        raise NeracaError(f"There is no total of {flow} for {time_period}; choose another list.")
    own = chosen[(chosen["time_period"] == time_period) & (chosen["basis"] == basis)]
    partners = own.sort_values(["value", "iso_3166_1"], ascending=[False, True], ignore_index=True)[
        ["iso_3166_1", "value", "obs_status", "source_id"]
    ]
    return PartnerList(
        time_period=time_period,
        flow=flow,
        basis=basis,
        total=float(total["value"]),
        total_status=total["obs_status"],
        partners=partners,
        source_ids=tuple(dict.fromkeys([*partners["source_id"], total["source_id"]])),
    )


def _same_months(shown: _Key, keys: Iterable[_Key], flows: TradeFlows) -> list[_Key]:
    """Give the lists of the same months of earlier years that cover the same territory."""
    period, basis = shown
    starts = [item.first_without for item in flows.breaks if item.first_without <= _end(period)]
    start = max(starts, default="")
    earlier = [
        key
        for key in keys
        if key[1] == basis and _calendar(key[0]) == _calendar(period) and start <= key[0] < period
    ]
    return sorted(earlier, reverse=True)


def _calendar(time_period: str) -> str:
    """Give the months of a period without their year."""
    first, _, last = time_period.partition("/")
    return f"{first[4:]}/{last[4:]}"


def _recency(key: _Key) -> tuple[str, int, bool]:
    time_period, basis = key
    return _end(time_period), len(time_period), basis != NOT_STATED


def _end(time_period: str) -> str:
    last = time_period.split("/")[-1]
    return last if len(last) > len("YYYY") else f"{last}-12"
