"""Foreign trade of provinces: monthly flows by basis, completed by identities, and year totals."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.catalog.basis import (
    NOT_STATED,
    ORIGIN,
    PORT_OF_LOADING,
    Link,
    balance_basis,
    check_link,
    link_basis,
    load_links,
)
from analysis.catalog.identities import (
    SERIES,
    Figure,
    complete,
    figures_of,
    is_rough,
    months_of,
    year_total,
)
from analysis.catalog.tables import Catalog, Place, data_stamp
from analysis.catalog.territory import (
    InsideParent,
    TerritoryBreak,
    inside_parent,
    territory_breaks,
)
from analysis.parameters.provinces import Province

__all__ = [
    "KEY",
    "SOUND_STATUS",
    "TOTAL_BASES",
    "VALUE",
    "TradeFlows",
    "all_trade_flows",
    "checked_links",
    "months_of",
    "trade_flows",
]

VALUE = "value_usd_million"
KEY = ["province_code", *SERIES]

# A total of these is printed or follows from printed months, without rounding of its own.
SOUND_STATUS = ("published", "derived")

# Total exports and imports; `migas` and `nonmigas` are parts of them.
TOTAL_BASES = (ORIGIN, PORT_OF_LOADING, NOT_STATED)


@dataclass(frozen=True)
class TradeFlows:
    """Exports, imports and balances of one province, one value a period and basis.

    Attributes:
        province: whose flows they are.
        table: rows with `period_type`, `time_period`, `flow`, `basis`, `value` (million USD;
            exports FOB, imports CIF), `obs_status`, `rounding`, `doubtful`, `source_id`,
            `source_ids`, `lowest`, `highest`, `runner_up`, `rule` and `filled_by` (blank for a
            printed figure, else `balance` or `cumulative`).
        breaks: declared changes of the territory that the figures cover.
        inside: until when the figures are inside those of the province it was split from.
        links: declared links that give exports without a stated basis the basis of others.

    """

    province: Province
    table: pd.DataFrame
    breaks: tuple[TerritoryBreak, ...] = ()
    inside: InsideParent | None = None
    links: tuple[Link, ...] = ()

    def spreads(self, least_percent: float) -> pd.DataFrame:
        """List the figures of exports and imports on which sources differ by so much or more.

        Returns:
            Rows of `table` with `spread_percent` (of the value in use), in the order of time.

        >>> catalog = Catalog()
        >>> flows = trade_flows(catalog, catalog.province("lampung"), 2025)
        >>> flows.spreads(5.0)[["time_period", "lowest", "highest"]].to_numpy().tolist()
        [['2016-01', 273.54, 292.3]]

        """
        rows = self.table[self.table["flow"].isin(["export", "import"])]
        spread = 100 * (rows["highest"] - rows["lowest"]) / rows["value"].where(rows["value"] > 0)
        return rows.assign(spread_percent=spread)[spread >= least_percent]

    def bases(self) -> tuple[str, ...]:
        """Give the bases for which there are monthly exports, the fullest first.

        >>> catalog = Catalog()
        >>> trade_flows(catalog, catalog.province("kalimantan-utara"), 2025).bases()
        ('origin', 'port-of-loading', '')

        """
        counts = {
            basis: len(rows) for (flow, basis), rows in self._months.items() if flow == "export"
        }
        return tuple(sorted(counts, key=lambda basis: (-counts[basis], TOTAL_BASES.index(basis))))

    def main_basis(self, year: int) -> str:
        """Give the basis of exports that a report of `year` is made on.

        The one with a sound total of the year itself, else with any figure of it; of several the
        one with most months in the five years to it, then origin. Where there is none, origin too.

        >>> catalog = Catalog()
        >>> flows = trade_flows(catalog, catalog.province("lampung"), 2025)
        >>> flows.main_basis(2025)
        'origin'

        """

        def preference(basis: str) -> tuple[bool, bool, int, int]:
            totals = {total[0]: total[3] for total in self._totals("export", basis)}
            sound = totals.get(year) in SOUND_STATUS
            printed = [
                (figure.period_type, int(figure.time_period[:4]))
                for figure in self._figures("export", basis)
                if figure.period_type != "cumulative"
            ]
            own = any(of == year for _, of in printed)
            months = sum(kind == "month" and of > year - 5 for kind, of in printed)
            return not sound, not own, -months, TOTAL_BASES.index(basis)

        return min(TOTAL_BASES, key=preference)

    def monthly(self, flow: str, basis: str, *, with_doubtful: bool = False) -> pd.Series:
        """Give a flow by month, million USD, missing months as NaN.

        A month whose figure is doubtful is missing, unless `with_doubtful`.

        Returns:
            A Series over every month from the first to the last known one; empty if none is.

        >>> catalog = Catalog()
        >>> flows = trade_flows(catalog, catalog.province("lampung"), 2025)
        >>> flows.monthly("export", "origin")["2020-01":"2020-02"].tolist()
        [206.31, 250.44]

        """
        known = {
            figure.time_period: figure.value
            for figure in self._figures(flow, basis)
            if figure.period_type == "month" and (with_doubtful or not figure.doubtful)
        }
        if not known:
            return pd.Series(dtype=float, index=pd.PeriodIndex([], freq="M"), name=flow)
        span = months_of(f"{min(known)}/{max(known)}")
        return pd.Series(
            [known.get(month, np.nan) for month in span],
            index=pd.period_range(span[0], span[-1], freq="M"),
            name=flow,
        )

    def comparable(self, flow: str, basis: str) -> pd.Series:
        """Give the months of a flow that a model can learn from.

        Those since the last change of territory, and from the first one on whose year to come has
        at least half of its months: before it lie single figures with long gaps between them.

        Returns:
            A Series as of `monthly`, million USD.

        >>> catalog = Catalog()
        >>> papua = trade_flows(catalog, catalog.province("papua"), 2025)
        >>> imports = papua.monthly("import", ""), papua.comparable("import", "")
        >>> [str(series.index[0]) for series in imports]
        ['2017-03', '2024-01']

        """
        series = self.monthly(flow, basis)
        starts = [pd.Period(item.first_without, freq="M") for item in self.breaks]
        crossed = [start for start in starts if len(series) and start <= series.index[-1]]
        if crossed:
            series = series[series.index >= max(crossed)]
        known = series.notna()
        ahead = known[::-1].rolling(12, min_periods=1).sum()[::-1]
        dense = series.index[known & (ahead >= 6)]
        return series[series.index >= dense[0]] if len(dense) else series

    def monthly_rows(self, flow: str, basis: str) -> pd.DataFrame:
        """Give the monthly values of a flow with their status, sources and spread.

        Returns:
            The rows of `table` of that flow and basis (imports have none), in the order of time.

        >>> catalog = Catalog()
        >>> flows = trade_flows(catalog, catalog.province("lampung"), 2025)
        >>> january = flows.monthly_rows("export", "origin").query("time_period == '2016-01'")
        >>> january[["value", "runner_up", "rule"]].to_numpy().tolist()
        [[273.54, 292.3, 'release']]

        """
        return self.table.iloc[self._months.get((flow, _basis_of(flow, basis)), [])]

    def value(self, time_period: str, flow: str, basis: str) -> pd.Series | None:
        """Give the row of `table` of a period, flow and basis (imports have none), or None.

        >>> catalog = Catalog()
        >>> flows = trade_flows(catalog, catalog.province("lampung"), 2025)
        >>> float(flows.value("2020-01", "balance", "origin")["value"])
        61.53

        """
        position = self._positions.get((time_period, flow, _basis_of(flow, basis)))
        return None if position is None else self.table.iloc[position]

    def annual(self, flow: str, basis: str) -> pd.DataFrame:
        """Give the total of each year of a flow, and how it is known.

        In this order: a total printed for the year, or for January to December (`known_by` is
        `year` or `cumulative`); the sum of twelve months (`months`); a sum printed from January
        on with the months after it (`cumulative`). A printed total that is only approximate comes
        last.

        Returns:
            A frame indexed by year with `value` (million USD; missing where none of these exists,
            and where a month of the year is doubtful), `months` (known and not doubtful),
            `obs_status`, `source_ids` and `known_by` (blank where the total is not known).

        >>> catalog = Catalog()
        >>> flows = trade_flows(catalog, catalog.province("lampung"), 2025)
        >>> years = flows.annual("export", "origin").loc[[2021, 2024, 2025]]
        >>> years["value"].tolist(), years["months"].tolist(), years["known_by"].tolist()
        ([nan, 5588.3, 6637.71], [10, 12, 12], ['', 'year', 'months'])

        """
        columns = ["year", "value", "months", "obs_status", "source_ids", "known_by"]
        frame = pd.DataFrame(self._totals(flow, basis), columns=columns)
        return frame.astype({"year": int, "value": float, "months": int}).set_index("year")

    def discrepancies(self) -> pd.DataFrame:
        """List the periods whose balance differs from exports − imports by more than rounding.

        Each of the three is the one in use, so a later revision of one of them shows here. What
        a figure rounded in its source may differ by is its own rounding.

        Returns:
            Rows with `time_period`, `basis`, `export`, `import`, `balance`, `difference` (exports −
            imports − balance), all in million USD, and `approximate` (whether one of the three
            is).

        >>> catalog = Catalog()
        >>> flows = trade_flows(catalog, catalog.province("lampung"), 2019)
        >>> flows.discrepancies().drop(columns="approximate").round(2).values.tolist()[0]
        ['2015-06', 'origin', 302.4, 209.5, 92.0, 0.9]

        """
        names = ("export", "import", "balance")
        found: list[tuple[int, tuple[Figure, ...], float]] = []
        for position, balance in enumerate(self._printed):
            export, imported = (self._beside(balance, side) for side in names[:2])
            if balance.flow != "balance" or export is None or imported is None:
                continue
            difference = export.value - imported.value - balance.value
            allowed = export.rounding + imported.rounding + balance.rounding
            if abs(difference) > allowed + 1e-9:
                found.append((position, (export, imported, balance), difference))
        listed = self.table[["time_period", "basis"]].iloc[[position for position, _, _ in found]]
        values = [[figure.value for figure in figures] for _, figures, _ in found]
        return listed.reset_index(drop=True).assign(
            **dict(zip(names, np.array(values, dtype=float).reshape(-1, 3).T, strict=True)),
            difference=np.array([difference for _, _, difference in found], dtype=float),
            approximate=np.array([is_rough(figures) for _, figures, _ in found], dtype=bool),
        )

    def _beside(self, figure: Figure, flow: str) -> Figure | None:
        """Give the figure of another flow that has the period and basis of one."""
        key = (figure.time_period, flow, _basis_of(flow, figure.basis))
        position = self._positions.get(key)
        return None if position is None else self._printed[position]

    def _year_totals(self, flow: str, basis: str) -> list[tuple[object, ...]]:
        by_year: dict[int, list[Figure]] = {}
        for figure in self._figures(flow, basis):
            by_year.setdefault(int(figure.time_period[:4]), []).append(figure)
        totals = (year_total(year, by_year[year]) for year in sorted(by_year))
        return [total for total in totals if total]

    def _figures(self, flow: str, basis: str) -> list[Figure]:
        """Give the figures of a flow and basis (imports have none) one by one, in their order."""
        return self._by_flow.get((flow, _basis_of(flow, basis)), [])

    # Rows are looked for many times, and a table of hundreds is slow to search each time.

    @cached_property
    def _totals(self) -> Callable[[str, str], list[tuple[object, ...]]]:
        return cache(self._year_totals)

    @cached_property
    def _printed(self) -> list[Figure]:
        return figures_of(self.table)

    @cached_property
    def _by_flow(self) -> dict[tuple[str, str], list[Figure]]:
        found: dict[tuple[str, str], list[Figure]] = {}
        for figure in self._printed:
            found.setdefault((figure.flow, figure.basis), []).append(figure)
        return found

    @cached_property
    def _months(self) -> dict[tuple[str, str], list[int]]:
        """Give the rows of the months of each flow and basis."""
        found: dict[tuple[str, str], list[int]] = {}
        for position, figure in enumerate(self._printed):
            if figure.period_type == "month":
                found.setdefault((figure.flow, figure.basis), []).append(position)
        return found

    @cached_property
    def _positions(self) -> dict[tuple[str, str, str], int]:
        keys = zip(*(self.table[name] for name in ("time_period", "flow", "basis")), strict=True)
        return {key: position for position, key in enumerate(keys)}


def _basis_of(flow: str, basis: str) -> str:
    return NOT_STATED if flow == "import" else basis


def trade_flows(catalog: Catalog, province: Province, until: int) -> TradeFlows:
    """Read, reconcile and complete the flows of one province up to the end of a year.

    Raises:
        NeracaError: if the evidence of a declared link of the province no longer holds.

    >>> catalog = Catalog()
    >>> flows = trade_flows(catalog, catalog.province("lampung"), 2019)
    >>> flows.table["time_period"].max(), flows.table["basis"].unique().tolist()
    ('2019-12', ['origin', ''])

    """
    return all_trade_flows(catalog, [province], until)[province.code]


def all_trade_flows(
    catalog: Catalog, provinces: Sequence[Province], until: int
) -> dict[str, TradeFlows]:
    """Read, reconcile and complete the flows of several provinces at once, by BPS code.

    Raises:
        NeracaError: if the evidence of a declared link of one of them no longer holds.

    >>> catalog = Catalog()
    >>> flows = all_trade_flows(catalog, [catalog.province("kalimantan-utara")], 2024)["65"]
    >>> bases = ("origin", "port-of-loading")
    >>> [float(flows.value("2024-02", "export", basis)["value"]) for basis in bases]
    [127.03, 366.8]

    """
    codes = [province.code for province in provinces]
    observations = catalog.read(
        "trade",
        province_code=codes,
        dimension="total",
        basis=TOTAL_BASES,
        until=until,
    )
    links = checked_links(catalog.data, tuple(codes))
    linked = link_basis(observations, links)
    assigned = _by_province(linked)
    for code, rows in assigned.items():
        assigned[code] = balance_basis(rows)
    together = pd.concat(list(assigned.values())) if assigned else linked
    chosen = catalog.reconcile(together, KEY, VALUE)
    chosen["filled_by"] = ""
    chosen_of = _by_province(chosen)
    return {
        province.code: TradeFlows(
            province,
            complete(
                chosen_of.get(province.code, chosen.iloc[:0]),
                assigned.get(province.code, linked.iloc[:0]),
            ),
            territory_breaks(catalog, province, "trade"),
            inside_parent(catalog, province, "trade"),
            tuple(link for link in links if link.province_code == province.code),
        )
        for province in provinces
    }


def _by_province(rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    return {str(code): own for code, own in rows.groupby("province_code")}


def checked_links(data: Path, codes: tuple[str, ...]) -> tuple[Link, ...]:
    """Give the declared links of provinces after holding each against its evidence.

    The evidence is read apart from any report: it may be younger than the report's year, and
    would otherwise date it.

    Raises:
        NeracaError: if the evidence of a link no longer holds.

    >>> [link.id for link in checked_links(Catalog().data, ("18", "65"))]
    ['lampung-exports-by-origin']

    """
    stamp = data_stamp(data)
    links = _links(Place(data), stamp)
    return tuple(
        _checked(Place(data), link, stamp) for link in links if link.province_code in codes
    )


@lru_cache(maxsize=8)
def _links(place: Place, _stamp: tuple[int, ...]) -> tuple[Link, ...]:
    return load_links(place.data)


@lru_cache(maxsize=64)
def _checked(place: Place, link: Link, _stamp: tuple[int, ...]) -> Link:
    evidence = Catalog(place.data)
    rows = evidence.read(
        "trade",
        province_code=link.province_code,
        flow=link.flow,
        period_type="month",
        dimension="total",
        basis=[link.from_basis, link.to_basis],
    )
    check_link(link, evidence.reconcile(rows, KEY, VALUE))
    return link
