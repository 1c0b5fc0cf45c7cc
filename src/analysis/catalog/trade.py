"""Foreign trade of provinces: monthly flows by basis, completed by identities, and year totals."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

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
from analysis.catalog.reconcile import STATUS_ORDER
from analysis.catalog.tables import Catalog, data_stamp
from analysis.catalog.territory import (
    InsideParent,
    TerritoryBreak,
    inside_parent,
    territory_breaks,
)
from analysis.parameters.provinces import Province

VALUE = "value_usd_million"
KEY = ["province_code", "period_type", "time_period", "flow", "basis"]

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

        """
        rows = self.table[self.table["flow"].isin(["export", "import"])]
        spread = 100 * (rows["highest"] - rows["lowest"]) / rows["value"].where(rows["value"] > 0)
        return rows.assign(spread_percent=spread)[spread >= least_percent]

    def bases(self) -> tuple[str, ...]:
        """Give the bases for which there are monthly exports, the fullest first."""
        months = self._rows("month", "export")
        counts = months.groupby("basis")["time_period"].nunique()
        order = sorted(counts.index, key=lambda basis: (-counts[basis], TOTAL_BASES.index(basis)))
        return tuple(order)

    def main_basis(self, year: int) -> str:
        """Give the basis of exports that a report of `year` is made on.

        The one with a sound total of the year itself, else with any figure of it; of several the
        one with most months in the five years to it, then origin. Where there is none, origin too.
        """
        exports = self.table[
            (self.table["flow"] == "export") & (self.table["period_type"] != "cumulative")
        ]
        years = exports["time_period"].str[:4].astype(int)
        own = exports[years == year]["basis"]
        monthly = exports["period_type"] == "month"
        recent = exports[monthly & (years > year - 5)]["basis"]

        def preference(basis: str) -> tuple[bool, bool, int, int]:
            total = self.annual("export", basis)
            sound = year in total.index and total.loc[year, "obs_status"] in SOUND_STATUS
            months = int((recent == basis).sum())
            return not sound, not (own == basis).any(), -months, TOTAL_BASES.index(basis)

        return min(TOTAL_BASES, key=preference)

    def monthly(self, flow: str, basis: str, *, with_doubtful: bool = False) -> pd.Series:
        """Give a flow by month, million USD, missing months as NaN.

        Returns:
            A Series over every month from the first to the last known one; empty if none is.

        """
        rows = self.monthly_rows(flow, basis)
        if not with_doubtful:
            rows = rows[~rows["doubtful"].astype(bool)]
        if rows.empty:
            return pd.Series(dtype=float, index=pd.PeriodIndex([], freq="M"), name=flow)
        series = pd.Series(
            rows["value"].to_numpy(dtype=float),
            index=pd.PeriodIndex(rows["time_period"], freq="M"),
            name=flow,
        ).sort_index()
        return series.reindex(pd.period_range(series.index[0], series.index[-1], freq="M"))

    def comparable(self, flow: str, basis: str) -> pd.Series:
        """Give the months of a flow that a model can learn from.

        Those since the last change of territory, and from the first one on whose year to come has
        at least half of its months: before it lie single figures with long gaps between them.
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
        """Give the monthly values of a flow with their status, sources and spread."""
        rows = self._rows("month", flow)
        return rows[rows["basis"] == (NOT_STATED if flow == "import" else basis)]

    def value(self, time_period: str, flow: str, basis: str) -> pd.Series | None:
        """Give the one row of a period, or None."""
        wanted = NOT_STATED if flow == "import" else basis
        rows = self.table[
            (self.table["time_period"] == time_period)
            & (self.table["flow"] == flow)
            & (self.table["basis"] == wanted)
        ]
        return None if rows.empty else rows.iloc[0]

    def annual(self, flow: str, basis: str) -> pd.DataFrame:
        """Give the years of a flow: the published total, else the sum of twelve months.

        Returns:
            A frame indexed by year with `value` (million USD; missing where neither exists, and
            where a month of the year is doubtful), `months` (known and not doubtful),
            `obs_status` and `source_ids`.

        """
        months = self.monthly_rows(flow, basis)
        published = self._rows("year", flow)
        wanted = NOT_STATED if flow == "import" else basis
        published = published[published["basis"] == wanted].set_index("time_period")
        years = sorted(set(months["time_period"].str[:4]) | set(published.index))
        rows = [
            _year(months[months["time_period"].str[:4] == year], published, year) for year in years
        ]
        columns = ["year", "value", "months", "obs_status", "source_ids"]
        return pd.DataFrame(rows, columns=columns).astype({"year": int}).set_index("year")

    def discrepancies(self) -> pd.DataFrame:
        """List the periods whose balance differs from exports − imports by more than rounding.

        Approximate figures are left out: what they differ by is their own rounding.
        """
        columns = ["time_period", "basis", "export", "import", "balance", "difference"]
        rows = []
        for balance in self.table[self.table["flow"] == "balance"].itertuples():
            export = self.value(balance.time_period, "export", balance.basis)
            imports = self.value(balance.time_period, "import", balance.basis)
            if export is None or imports is None:
                continue
            if "approximate" in (export["obs_status"], imports["obs_status"], balance.obs_status):
                continue
            difference = export["value"] - imports["value"] - balance.value
            allowed = export["rounding"] + imports["rounding"] + balance.rounding
            if abs(difference) > allowed + 1e-9:
                rows.append(
                    (
                        balance.time_period,
                        balance.basis,
                        export["value"],
                        imports["value"],
                        balance.value,
                        difference,
                    )
                )
        return pd.DataFrame(rows, columns=columns)

    def _rows(self, period_type: str, flow: str) -> pd.DataFrame:
        return self.table[(self.table["period_type"] == period_type) & (self.table["flow"] == flow)]


def trade_flows(catalog: Catalog, province: Province, until: int) -> TradeFlows:
    """Read, reconcile and complete the flows of one province up to the end of a year.

    Raises:
        NeracaError: if the evidence of a declared link of the province no longer holds.

    """
    return all_trade_flows(catalog, [province], until)[province.code]


def all_trade_flows(
    catalog: Catalog, provinces: Sequence[Province], until: int
) -> dict[str, TradeFlows]:
    """Read, reconcile and complete the flows of several provinces at once, by BPS code."""
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
    assigned = pd.concat(
        [balance_basis(rows) for _, rows in linked.groupby("province_code")] or [linked]
    )
    chosen = catalog.reconcile(assigned, KEY, VALUE)
    chosen["filled_by"] = ""
    return {
        province.code: TradeFlows(
            province,
            complete(
                chosen[chosen["province_code"] == province.code],
                assigned[assigned["province_code"] == province.code],
            ),
            territory_breaks(catalog, province, "trade"),
            inside_parent(catalog, province, "trade"),
            tuple(link for link in links if link.province_code == province.code),
        )
        for province in provinces
    }


def complete(values: pd.DataFrame, observations: pd.DataFrame) -> pd.DataFrame:
    """Fill what printed figures imply: the third of a balance, the one month a sum leaves open.

    Within one basis only. A flow is never filled with a value below zero, and nothing is filled
    from a doubtful figure, nor from a cumulative one that is only approximate: its rounding is
    as large as a month.

    Args:
        values: reconciled rows of one province.
        observations: what they were chosen from; a balance is solved with the other flow of its
            own release where that prints it, as it fits no figure that was revised later.

    Returns:
        The same rows and the filled ones, which have the status `derived`, or `approximate` if a
        figure they rest on is.

    """
    current = values
    while True:
        filled = _fill_from_balances(current, observations) or _fill_from_sums(current)
        if not filled:
            return current.sort_values(KEY[1:]).reset_index(drop=True)
        current = pd.concat([current, pd.DataFrame(filled)], ignore_index=True)


def _fill_from_balances(
    values: pd.DataFrame, observations: pd.DataFrame
) -> list[dict[str, object]]:
    """Solve export − import = balance for the one of the three that a period lacks."""
    as_released = observations.rename(columns={VALUE: "value"})
    as_released["source_ids"] = [(source,) for source in as_released["source_id"]]
    released = {
        (row.source_id, row.time_period, row.flow, row.basis): row
        for row in as_released[as_released["value"].notna()].itertuples()
    }
    sound = values[~values["doubtful"].astype(bool)]
    rows = {(row.time_period, row.flow, row.basis): row for row in sound.itertuples()}
    known = {(row.time_period, row.flow, row.basis) for row in values.itertuples()}
    filled: dict[tuple[str, str, str], dict[str, object]] = {}
    for period, flow, basis in rows:
        if flow == "import":
            continue
        key = {
            "export": (period, "export", basis),
            "import": (period, "import", NOT_STATED),
            "balance": (period, "balance", basis),
        }
        missing = [name for name in key if key[name] not in known]
        if len(missing) != 1 or any(key[n] not in rows for n in key if n != missing[0]):
            continue
        parts = {name: rows[key[name]] for name in key if name != missing[0]}
        if "balance" in parts:
            (other,) = parts.keys() - {"balance"}
            own = (parts["balance"].source_id, *key[other])
            parts[other] = released.get(own, parts[other])
        value = _solve(missing[0], {name: part.value for name, part in parts.items()})
        if missing[0] != "balance" and value < 0:
            continue
        filled.setdefault(
            key[missing[0]], _filled_row(key[missing[0]], value, list(parts.values()), "balance")
        )
    return list(filled.values())


def _solve(missing: str, known: dict[str, float]) -> float:
    if missing == "export":
        return known["balance"] + known["import"]
    if missing == "import":
        return known["export"] - known["balance"]
    return known["export"] - known["import"]


def _fill_from_sums(values: pd.DataFrame) -> list[dict[str, object]]:
    """Take the known months from a cumulative figure or a year that lacks exactly one."""
    sound = values[~values["doubtful"].astype(bool)]
    months = sound[sound["period_type"] == "month"]
    sums = sound[
        sound["period_type"].isin(["cumulative", "year"])
        & (sound["obs_status"] != "approximate")
        & sound["flow"].isin(["export", "import"])
    ]
    present = {(row.flow, row.basis, row.time_period): row for row in months.itertuples()}
    doubtful = values[(values["period_type"] == "month") & values["doubtful"].astype(bool)]
    unusable = {(row.flow, row.basis, row.time_period) for row in doubtful.itertuples()}
    filled: dict[tuple[str, str, str], dict[str, object]] = {}
    for total in sums.itertuples():
        keys = [(total.flow, total.basis, month) for month in months_of(total.time_period)]
        missing = [key for key in keys if key not in present]
        if len(missing) != 1 or missing[0] in unusable:
            continue
        parts = [present[key] for key in keys if key in present]
        value = total.value - sum(part.value for part in parts)
        flow, basis, month = missing[0]
        if value >= 0:
            filled.setdefault(
                (month, flow, basis),
                _filled_row((month, flow, basis), value, [total, *parts], "cumulative"),
            )
    return list(filled.values())


def months_of(time_period: str) -> list[str]:
    """Give the months of a year or of a span.

    >>> months_of("2025-01/2025-03")
    ['2025-01', '2025-02', '2025-03']
    """
    first, _, last = time_period.partition("/")
    if not last:
        first, last = f"{first}-01", f"{first}-12"
    return [str(month) for month in pd.period_range(first, last, freq="M")]


def _filled_row(
    key: tuple[str, str, str], value: float, parts: list, filled_by: str
) -> dict[str, object]:
    period, flow, basis = key
    status = "approximate" if any(p.obs_status == "approximate" for p in parts) else "derived"
    sources = tuple(dict.fromkeys(source for part in parts for source in part.source_ids[:1]))
    value = round(value, 6)
    return {
        "province_code": parts[0].province_code,
        "period_type": "month" if len(period) == len("YYYY-MM") else parts[0].period_type,
        "time_period": period,
        "flow": flow,
        "basis": basis,
        "value": value,
        "obs_status": status,
        "rounding": sum(part.rounding for part in parts),
        "doubtful": False,
        "source_id": sources[0],
        "source_ids": sources,
        "lowest": value,
        "highest": value,
        "runner_up": None,
        "rule": "only one",
        "filled_by": filled_by,
    }


def _year(months: pd.DataFrame, published: pd.DataFrame, year: str) -> tuple[object, ...]:
    sound = months[~months["doubtful"].astype(bool)]
    count = sound["time_period"].nunique()
    if len(sound) < len(months):
        return int(year), None, count, "", ()
    if year in published.index and published.loc[year, "obs_status"] != "approximate":
        row = published.loc[year]
        return int(year), row["value"], count, row["obs_status"], row["source_ids"]
    if count == 12:
        sources = tuple(dict.fromkeys(sound["source_id"]))
        worst = max(sound["obs_status"], key=STATUS_ORDER.__getitem__)
        status = "approximate" if worst == "approximate" else "derived"
        return int(year), round(float(sound["value"].sum()), 6), count, status, sources
    if year in published.index:
        row = published.loc[year]
        return int(year), row["value"], count, row["obs_status"], row["source_ids"]
    return int(year), None, count, "", ()


def checked_links(data: Path, codes: tuple[str, ...]) -> tuple[Link, ...]:
    """Give the declared links of provinces after holding each against its evidence.

    The evidence is read apart from any report: it may be younger than the report's year, and
    would otherwise date it.

    Raises:
        NeracaError: if the evidence of a link no longer holds.

    """
    return _checked_links(data, codes, data_stamp(data))


@lru_cache(maxsize=64)
def _checked_links(data: Path, codes: tuple[str, ...], _stamp: int) -> tuple[Link, ...]:
    evidence = Catalog(data)
    links = tuple(link for link in load_links(data) if link.province_code in codes)
    for link in links:
        rows = evidence.read(
            "trade",
            province_code=link.province_code,
            flow=link.flow,
            period_type="month",
            dimension="total",
            basis=[link.from_basis, link.to_basis],
        )
        check_link(link, evidence.reconcile(rows, KEY, VALUE))
    return links
