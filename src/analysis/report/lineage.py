"""What numbers were made from: other numbers, and series of figures as they were published."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import compress
from typing import Any

import pandas as pd

from analysis.catalog import Catalog
from analysis.catalog.basis import balance_basis, link_basis
from analysis.catalog.corrections import load_corrections
from analysis.catalog.reconcile import in_use
from analysis.catalog.tables import value_column
from analysis.catalog.trade import TOTAL_BASES, TradeFlows
from analysis.errors import NeracaError
from analysis.parameters import ReportParameters

# What is told of a figure of a series. `use` is blank for a figure in use; `same` for one that
# prints what is in use; the rule that set it aside; `doubtful`; or, for a figure that no source
# prints, the identity that filled it (`balance`, `cumulative`). `printed_as` is the basis that a
# figure was printed with, where it stands for another one.
COLUMNS = (
    *("time_period", "of", "value", "unit", "obs_status", "sources", "use", "correction"),
    "printed_as",
)

# A report's parameter among the inputs of a number.
PARAMETERS = tuple(f"parameter {name}" for name in ReportParameters.model_fields)

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
# Columns of the national comparison that hold a flow, or the balance of two, in the unit of flows.
_FLOWS = ("export", "import", "balance")
_UNIT_OF_FLOWS = "million USD"
# Tables whose figures hold until they are withdrawn.
_WITHOUT_PERIODS = ("ports", "processing")
_PERIODS = ("time_period", "year", "date")
_CITATIONS = ("source_id", "source_ids", "source")


@dataclass(frozen=True)
class Series:
    """Figures of one table from which numbers of a page were made.

    Attributes:
        resource: name of the table.
        where: column to the value, or the values, that the rows of the series have in it.
        until: last year of its periods.
        measured_in: columns with the figure, or with its lower and upper end; by default the
            column that the table keeps values in.
        cited_in: column that says where a figure was printed: ids of sources, or words.
        flows: the flows that one value a period was chosen for, where they are what was used.
        apart: whether the figures were read apart from the report, as younger than it.

    """

    resource: str
    where: Mapping[str, Any]
    until: int
    measured_in: tuple[str, ...] = ()
    cited_in: str = ""
    flows: TradeFlows | None = field(default=None, compare=False)
    apart: bool = False


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
        catalog: the figures; what is read of them here does not count as the page's reads.
        indicators: the numbers, by name, each with `inputs` and `sources`.
        series: the series that they name.

    Returns:
        `series`: by name the table, the rows of it that count, the `columns` and the `figures`;
        `sources`: by id what is known of each; `corrections`: by id those that apply.

    Raises:
        NeracaError: if an input is unknown, or leads back to the number itself.

    """
    require_origins(indicators, series)
    used = {name for indicator in indicators.values() for name in indicator["inputs"]}
    # A read of its own would count as the page's, and could date it.
    apart = Catalog(catalog.data)
    figures = _Figures(apart)
    found = {name: _plain(series[name], figures) for name in sorted(used & set(series))}
    sources, corrections = COLUMNS.index("sources"), COLUMNS.index("correction")
    rows = [row for each in found.values() for row in each["figures"]]
    ids = {source for item in indicators.values() for source in item["sources"]}
    ids |= {source for row in rows for source in row[sources].split()}
    known = apart.read("sources", source_id=sorted(ids)).set_index("source_id")
    applied = {row[corrections] for row in rows} - {""}
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
    """Refuse numbers whose inputs are unknown, or are made from the numbers themselves.

    An input is a series, another number, or a parameter of the report.

    Raises:
        NeracaError: naming the number and its input.

    >>> require_origins({"balance": {"inputs": ["exports"]}}, {})
    Traceback (most recent call last):
    analysis.errors.NeracaError: The indicator 'balance' is made from 'exports', which is neither \
a series nor an indicator of its page.

    """
    both = sorted(set(series) & set(indicators))
    if both:
        raise NeracaError(f"{both[0]!r} names both a series and an indicator; rename one.")
    known = {*series, *indicators, *PARAMETERS}
    for name, indicator in indicators.items():
        for used in indicator["inputs"]:
            if used not in known:
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


def _plain(series: Series, figures: "_Figures") -> dict[str, Any]:
    rows = figures.of_table(series) if series.flows is None else figures.of_flow(series)
    return {
        "resource": series.resource,
        "where": dict(sorted(series.where.items())),
        "apart": series.apart,
        "links": _links(series),
        "columns": list(COLUMNS),
        "figures": sorted(rows, key=lambda row: (row[0], row[1], row[6] != "")),
    }


def _links(series: Series) -> list[str]:
    """Name the declared links by which figures printed with another basis count in a series."""
    links = series.flows.links if series.flows is not None else ()
    wanted = series.where.get("flow"), series.where.get("basis")
    return [link.id for link in links if (link.flow, link.to_basis) == wanted]


# The cells of a table, by column.
_Columns = Mapping[str, list[Any]]

# Source, value and rule of what is in use, by the key of the figure.
_InUse = Mapping[tuple[Any, ...], tuple[str, float, str]]


@dataclass
class _Figures:
    """The printed figures of series, each with what became of it."""

    apart: Catalog
    _flows: dict[int, tuple[_Columns, _Columns]] = field(default_factory=dict)

    def of_table(self, series: Series) -> list[list[Any]]:
        """Tell each figure of a table, and of several of the same thing which is in use."""
        columns = self._read(series)
        uses = [""] * max(map(len, columns.values()), default=0)
        if uses and "doubtful" in columns:
            key = [name for name in _KEY if name in columns]
            uses = _uses(columns, self._in_use(columns, key), key)
        return self._listed(series, columns, uses)

    def of_flow(self, series: Series) -> list[list[Any]]:
        """Tell each observation of a flow, which is in use, and what was filled from others."""
        flows = series.flows
        assert flows is not None  # noqa: S101 (what `_plain` asks)
        linked, table = (_of_flow(columns, series) for columns in self._linked(series, flows))
        told = ("filled_by", "time_period", "value", "obs_status", "source_ids")
        listed = [
            [*(period, "", float(value), _UNIT_OF_FLOWS, status), *(" ".join(ids), filled, "", "")]
            for filled, period, value, status, ids in _keys(table, told)
            if filled
        ]
        key = ["period_type", "time_period"]
        kept = _keys(table, ("source_id", "value", "rule"))
        uses = _uses(linked, dict(zip(_keys(table, key), kept, strict=True)), key)
        return listed + self._listed(series, linked, uses)

    def _read(self, series: Series) -> _Columns:
        if series.resource.startswith("national"):
            return self.apart.national_columns(series.resource, series.until, **series.where)
        until = None if series.resource in _WITHOUT_PERIODS else series.until
        return self.apart.columns(series.resource, until=until, **series.where)

    def _linked(self, series: Series, flows: TradeFlows) -> tuple[_Columns, _Columns]:
        """Give all totals of a province with the basis that they stand for, and what flows use."""
        if id(flows) not in self._flows:
            read = self.apart.read(
                series.resource,
                province_code=flows.province.code,
                dimension="total",
                basis=TOTAL_BASES,
                until=series.until,
            )
            linked = balance_basis(link_basis(read, flows.links))
            other = linked["basis"] != read["basis"]
            printed = read["basis"].replace("", "basis not stated").where(other, "")
            both = linked.assign(printed_as=printed), flows.table
            self._flows[id(flows)] = _columns(both[0]), _columns(both[1])
        return self._flows[id(flows)]

    def _in_use(self, columns: _Columns, key: Sequence[str]) -> _InUse:
        """Choose among figures of the same thing, by the rule that the series follow."""
        keys = _keys(columns, key)
        times = Counter(keys)
        if len(times) == len(keys):
            return {}
        several = [times[each] > 1 for each in keys]
        found = {name: list(compress(cells, several)) for name, cells in columns.items()}
        sources = self.apart.columns("sources", source_id=set(found["source_id"]))
        return in_use(found, sources, key, value_column(found))

    def _listed(self, series: Series, columns: _Columns, uses: Sequence[str]) -> list[list[Any]]:
        """Write rows of a table as `COLUMNS` has them, provinces by their names."""
        codes = columns.get("province_code")
        if codes is None:
            return _listed(series, columns, uses)
        names = {code: self.apart.provinces.by_code(code).name("en") for code in set(codes)}
        return _listed(series, {**columns, "province_code": [names[code] for code in codes]}, uses)


def _columns(rows: pd.DataFrame) -> _Columns:
    return {name: rows[name].tolist() for name in rows}


def _keys(columns: _Columns, key: Sequence[str]) -> list[tuple[Any, ...]]:
    return list(zip(*(columns[name] for name in key), strict=True))


def _of_flow(columns: _Columns, series: Series) -> _Columns:
    """Keep the rows of the flow and the basis of a series."""
    wanted = series.where["flow"], series.where["basis"]
    kept = [each == wanted for each in _keys(columns, ("flow", "basis"))]
    return {name: list(compress(cells, kept)) for name, cells in columns.items()}


def _uses(columns: _Columns, in_use: _InUse, key: Sequence[str]) -> list[str]:
    printed = (columns[name] for name in ("source_id", value_column(columns), "doubtful"))
    return [
        _use(source, value, doubtful, in_use.get(each))
        for each, source, value, doubtful in zip(_keys(columns, key), *printed, strict=True)
    ]


def _use(source: str, value: float, doubtful: bool, chosen: tuple[str, float, str] | None) -> str:
    """Say what became of an observation.

    >>> _use("a", 1.5, False, ("b", 2.5, "release")), _use("b", 2.5, False, ("b", 2.5, "release"))
    ('release', '')
    """
    if doubtful:
        return "doubtful"
    if chosen is None or value != value or (source, value) == chosen[:2]:
        return ""
    return "same" if value == chosen[1] else chosen[2]


def _listed(series: Series, columns: _Columns, uses: Sequence[str]) -> list[list[Any]]:
    blank = [""] * len(uses)
    period = next((columns[name] for name in _PERIODS if name in columns), blank)
    citation = next((columns[name] for name in _CITATIONS if name in columns), blank)
    named = [columns[name] for name in _NAMED_BY if len(set(columns.get(name, ()))) > 1]
    names = (
        [" · ".join(filter(None, map(str, each))) for each in zip(*named, strict=True)]
        if named
        else blank
    )
    values, units = _measured(series, columns, blank)
    cells = {
        "time_period": map(str, period),
        "of": names,
        "value": map(_number, values) if not series.measured_in else values,
        "unit": units,
        "obs_status": _statuses(series, columns, blank),
        "sources": columns.get(series.cited_in, citation),
        "use": uses,
        "correction": columns.get("correction", blank),
        "printed_as": columns.get("printed_as", blank),
    }
    return [list(row) for row in zip(*(cells[name] for name in COLUMNS), strict=True)]


def _measured(series: Series, columns: _Columns, blank: list[str]) -> tuple[list[Any], list[str]]:
    """Give the figures of rows with their units; of a good without a value its weight."""
    if series.measured_in and blank:
        ends = zip(*(columns[name] for name in series.measured_in), strict=True)
        measured = [_range(each) for each in ends]
        if series.measured_in[0] not in _FLOWS:
            return measured, blank
        return measured, ["" if value is None else _UNIT_OF_FLOWS for value in measured]
    if "value_usd_million" in columns:
        pairs = zip(columns["value_usd_million"], columns["net_weight_kg"], strict=True)
        known = [
            (value, _UNIT_OF_FLOWS) if value == value else (weight, "kilograms")
            for value, weight in pairs
        ]
        return [value for value, _ in known], [unit for _, unit in known]
    return columns.get("value", [None] * len(blank)), columns.get("unit", blank)


def _statuses(series: Series, columns: _Columns, blank: list[str]) -> list[str]:
    """Give how each figure is known; the comparison of the provinces says it of each flow."""
    own = f"{series.measured_in[0]}_status" if series.measured_in else "obs_status"
    found = columns.get(own, columns.get("obs_status", blank))
    return [status if isinstance(status, str) else "" for status in found]


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
    """Give a number of a table, which may be a text or missing.

    >>> _number("12.50"), _number(float("nan")), _number("")
    (12.5, None, None)
    """
    if value is None or value == "" or value != value:
        return None
    return float(f"{float(value):.12g}")
