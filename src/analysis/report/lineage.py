"""What numbers were made from: series of published figures, found again in the recorded reads."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from analysis.catalog import Catalog
from analysis.catalog.basis import balance_basis, link_basis
from analysis.catalog.corrections import load_corrections
from analysis.catalog.reconcile import reconcile
from analysis.catalog.tables import Read, value_column
from analysis.catalog.trade import TOTAL_BASES, TradeFlows
from analysis.errors import NeracaError

# What is told of a figure of a series. `use` is blank for a figure in use; `same` for one that
# prints what is in use; the rule that set it aside; `doubtful`; or, for a figure that no source
# prints, the identity that filled it (`balance`, `cumulative`).
COLUMNS = ("time_period", "of", "value", "unit", "obs_status", "sources", "use", "correction")

# What tells one figure of a table from another, as far as the table has it.
_KEY = (
    *("province_code", "period_type", "time_period", "sub_period"),
    *("flow", "dimension", "item", "item_name", "basis", "indicator"),
)

# What a reader tells figures of one series apart by, beside their period.
_NAMED_BY = (
    *("province_code", "flow", "basis", "dimension", "item", "item_name", "indicator"),
    *("sub_period", "measure", "port", "id", "name_en"),
)
_PERIODS = ("time_period", "year", "date")
_CITATIONS = ("source_id", "source_ids", "source")


@dataclass(frozen=True)
class Series:
    """Figures of one table from which numbers of a page were made.

    Attributes:
        resource: name of the table.
        where: column to the value, or the values, that the rows of the series have in it.
        measured_in: columns with the figure, or with its lower and upper end; by default the column
            that the table keeps values in.
        cited_in: column that says where a figure was printed: ids of sources, or words.
        flows: the flows that one value a period was chosen for, where they are what was used.
        until: last year of figures that are read apart from the report; None for those that the
            report read.

    """

    resource: str
    where: Mapping[str, Any]
    measured_in: tuple[str, ...] = ()
    cited_in: str = ""
    flows: TradeFlows | None = field(default=None, compare=False)
    until: int | None = None


def flow_name(flow: str, basis: str) -> str:
    """Name the series of a flow; imports have no basis.

    >>> flow_name("export", "port-of-loading"), flow_name("import", "origin")
    ('export_port_of_loading', 'import')
    """
    return flow if flow == "import" else f"{flow}_{basis.replace('-', '_') or 'not_stated'}"


def lineage(
    catalog: Catalog,
    indicators: Mapping[str, Mapping[str, Any]],
    series: Mapping[str, Series],
) -> dict[str, Any]:
    """Give what leads from a page's numbers to their sources, as plain values for JSON.

    Args:
        catalog: where the page read its figures; what is read here does not count as its reads.
        indicators: the numbers, by name, each with `inputs` and `sources`.
        series: the series that they name.

    Returns:
        `series`: by name the table, the rows of it that count, the `columns` and the `figures`;
        `sources`: by id what is known of each; `corrections`: by id those that apply.

    Raises:
        NeracaError: if an input is neither a series nor an indicator, or leads back to itself.

    """
    require_origins(indicators, series)
    used = {name for indicator in indicators.values() for name in indicator["inputs"]}
    rows = _Rows(catalog)
    found = {name: _plain(series[name], rows) for name in sorted(used & set(series))}
    figures = [
        dict(zip(COLUMNS, row, strict=True)) for each in found.values() for row in each["figures"]
    ]
    ids = {source for item in indicators.values() for source in item["sources"]}
    ids |= {source for figure in figures for source in figure["sources"].split()}
    known = rows.apart.read("sources", source_id=sorted(ids)).set_index("source_id")
    applied = {figure["correction"] for figure in figures} - {""}
    return {
        "series": found,
        "sources": known[["kind", "title", "url", "released", "retrieved"]].to_dict("index"),
        "corrections": {
            item.id: {"action": item.action, "reason": item.reason, "source": item.source}
            for item in (load_corrections(catalog.data) if applied else ())
            if item.id in applied
        },
    }


def require_origins(
    indicators: Mapping[str, Mapping[str, Any]], series: Mapping[str, object]
) -> None:
    """Refuse numbers whose inputs are not known, or are made from the numbers themselves.

    Raises:
        NeracaError: naming the number and its input.

    >>> require_origins({"balance": {"inputs": ["exports"]}}, {})
    Traceback (most recent call last):
    analysis.errors.NeracaError: The indicator 'balance' is made from 'exports', which is neither \
a series nor an indicator of its page.

    """
    for name, indicator in indicators.items():
        for used in indicator["inputs"]:
            if used not in series and used not in indicators:
                raise NeracaError(
                    f"The indicator {name!r} is made from {used!r}, which is neither a series nor "
                    "an indicator of its page."
                )
        if name in _ancestors(name, indicators):
            raise NeracaError(f"The indicator {name!r} is made from itself.")


def _ancestors(name: str, indicators: Mapping[str, Mapping[str, Any]]) -> set[str]:
    """Give all that a number is made from, through other numbers."""
    found: set[str] = set()
    waiting = list(indicators[name]["inputs"])
    while waiting:
        used = waiting.pop()
        if used not in found:
            found.add(used)
            waiting += indicators[used]["inputs"] if used in indicators else []
    return found


class _Rows:
    """The rows of the tables that a page read, each read repeated once."""

    def __init__(self, catalog: Catalog) -> None:
        self.reads = tuple(catalog.reads)
        # A read of its own would count as the page's, and could date it.
        self.apart = Catalog(catalog.data)
        self._kept: dict[int, pd.DataFrame] = {}

    def of(self, resource: str, where: Mapping[str, Any]) -> pd.DataFrame:
        """Give the rows of a table that the page read and that have these values, each once."""
        parts = [
            self._again(number)
            for number, read in enumerate(self.reads)
            if read.resource == resource and _may_hold(read, where)
        ]
        if not parts:
            return pd.DataFrame()
        # All parts are of one table; an empty one would have no say in the columns' types.
        rows = pd.concat([part for part in parts if len(part)] or parts[:1])
        for column, wanted in where.items():
            rows = rows[rows[column].isin(_several(wanted))]
        return rows.drop_duplicates(ignore_index=True)

    def _again(self, number: int) -> pd.DataFrame:
        if number not in self._kept:
            read = self.reads[number]
            filters = dict(read.filters)
            if read.resource.startswith("national"):
                found = self.apart.read_national(read.resource, filters.pop("year"), **filters)
                self._kept[number] = pd.DataFrame() if found is None else found
            else:
                until = filters.pop("until", None)
                self._kept[number] = self.apart.read(read.resource, until=until, **filters)
        return self._kept[number]


def _may_hold(read: Read, where: Mapping[str, Any]) -> bool:
    """Say whether a read can have returned rows with these values."""
    return all(
        column not in read.filters or set(_several(read.filters[column])) & set(_several(wanted))
        for column, wanted in where.items()
    )


def _several(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple | set | frozenset) else [value]


def _plain(series: Series, rows: _Rows) -> dict[str, Any]:
    if series.flows is not None:
        figures = _flow_figures(series, series.flows, rows)
    else:
        figures = _table_figures(series, rows)
    return {
        "resource": series.resource,
        "where": dict(sorted(series.where.items())),
        "apart": series.until is not None,
        "columns": list(COLUMNS),
        "figures": sorted(figures, key=lambda figure: (figure[0], figure[1], figure[6] != "")),
    }


def _table_figures(series: Series, rows: _Rows) -> list[list[Any]]:
    """Tell each figure of a table, and of several of the same thing which is in use."""
    found = rows.of(series.resource, series.where)
    if found.empty:
        return []
    uses = [""] * len(found)
    if "doubtful" in found:
        key = [name for name in _KEY if name in found]
        sources = rows.apart.read("sources", source_id=sorted(found["source_id"].unique()))
        chosen = reconcile(found, sources, key, value_column(found))
        in_use = _in_use(chosen, key)
        uses = _uses(found, in_use, key)
    return _listed(series, found, uses)


def _flow_figures(series: Series, flows: TradeFlows, rows: _Rows) -> list[list[Any]]:
    """Tell each observation of a flow, which is in use, and what was filled from others."""
    if series.until is None:
        totals = {name: value for name, value in series.where.items() if name == "dimension"}
        read = rows.of(series.resource, {**totals, "province_code": flows.province.code})
    else:
        read = rows.apart.read(
            series.resource,
            province_code=flows.province.code,
            dimension="total",
            basis=TOTAL_BASES,
            until=series.until,
        )
    table = flows.table
    for name in ("flow", "basis"):
        table = table[table[name] == series.where[name]]
    if read.empty:
        return []
    linked = balance_basis(link_basis(read, flows.links))
    own = linked[
        (linked["flow"] == series.where["flow"])
        & (linked["basis"] == series.where["basis"])
        & linked["time_period"].isin(table["time_period"])
    ]
    key = ["period_type", "time_period"]
    filled = table[table["filled_by"] != ""]
    listed = [
        [
            *(row.time_period, "", float(row.value), "million USD", row.obs_status),
            *(" ".join(row.source_ids), row.filled_by, ""),
        ]
        for row in filled.itertuples()
    ]
    return listed + _listed(series, own, _uses(own, _in_use(table, key), key))


# Source, value and rule of what is in use, by the key of the figure.
_InUse = Mapping[tuple[Any, ...], tuple[str, float, str]]


def _in_use(chosen: pd.DataFrame, key: Sequence[str]) -> _InUse:
    keys = zip(*(chosen[name] for name in key), strict=True)
    kept = zip(chosen["source_id"], chosen["value"], chosen["rule"], strict=True)
    return dict(zip(keys, kept, strict=True))


def _uses(rows: pd.DataFrame, in_use: _InUse, key: Sequence[str]) -> list[str]:
    keys = zip(*(rows[name] for name in key), strict=True)
    values = zip(rows["source_id"], rows[value_column(rows)], rows["doubtful"], strict=True)
    return [
        _use(source, value, bool(doubtful), in_use.get(each))
        for each, (source, value, doubtful) in zip(keys, values, strict=True)
    ]


def _use(source: str, value: float, doubtful: bool, chosen: tuple[str, float, str] | None) -> str:
    """Say what became of an observation.

    >>> _use("a", 1.5, False, ("b", 2.5, "release")), _use("b", 2.5, False, ("b", 2.5, "release"))
    ('release', '')
    """
    if doubtful:
        return "doubtful"
    if chosen is None or pd.isna(value) or (source, value) == chosen[:2]:
        return ""
    return "same" if value == chosen[1] else chosen[2]


def _listed(series: Series, rows: pd.DataFrame, uses: Sequence[str]) -> list[list[Any]]:
    """Write rows of a table as `COLUMNS` has them."""
    count = len(rows)
    period = next((name for name in _PERIODS if name in rows), "")
    cited = series.cited_in or next((name for name in _CITATIONS if name in rows), "")
    named = [name for name in _NAMED_BY if name in rows and len(set(rows[name])) > 1]
    names = zip(*(rows[name].astype(str) for name in named), strict=True)
    blank = [""] * count
    cells = {
        "time_period": rows[period].astype(str).tolist() if period else blank,
        "of": [" · ".join(filter(None, each)) for each in names] if named else blank,
        **_measured(series, rows),
        "obs_status": rows["obs_status"].tolist() if "obs_status" in rows else blank,
        "sources": rows[cited].astype(str).tolist() if cited else blank,
        "use": list(uses),
        "correction": rows["correction"].tolist() if "correction" in rows else blank,
    }
    return [list(row) for row in zip(*(cells[name] for name in COLUMNS), strict=True)]


def _measured(series: Series, rows: pd.DataFrame) -> dict[str, list[Any]]:
    """Give the figures of rows with their units; of a good without a value its weight."""
    column = value_column(rows)
    if series.measured_in:
        ends = zip(*(rows[name] for name in series.measured_in), strict=True)
        return {"value": [_range(each) for each in ends], "unit": [""] * len(rows)}
    if column not in rows:
        return {"value": [None] * len(rows), "unit": [""] * len(rows)}
    if column == "value":
        units = rows["unit"].tolist() if "unit" in rows else [""] * len(rows)
        return {"value": [_number(value) for value in rows[column]], "unit": units}
    weighed = rows[column].isna()
    values = rows[column].where(~weighed, rows["net_weight_kg"])
    units = ["kilograms" if weight else "million USD" for weight in weighed]
    return {"value": [_number(value) for value in values], "unit": units}


def _range(ends: Iterable[Any]) -> float | str | None:
    """Give one figure, or the two ends of one as a text.

    >>> _range([0.84, 0.8403]), _range(["12.5"]), _range([None, None])
    ('0.84 to 0.8403', 12.5, None)
    """
    known = [number for number in map(_number, ends) if number is not None]
    if len(known) < 2:
        return known[0] if known else None
    return " to ".join(f"{number:g}" for number in known)


def _number(value: Any) -> float | None:
    return None if value == "" or pd.isna(value) else float(f"{float(value):.12g}")
