"""The tables of the data package: read with their types, corrected, and every read recorded."""

import hashlib
import json
import os
from calendar import monthrange
from collections.abc import Collection, Container, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.catalog.corrections import Correction, apply_corrections, load_corrections
from analysis.catalog.held import Filter, HeldTable, as_csv
from analysis.catalog.package import half_unit
from analysis.catalog.reconcile import reconcile
from analysis.errors import NeracaError
from analysis.parameters.provinces import Province, Provinces, load_provinces
from analysis.project import data_directory

# What reads a store starts threads, so a process that is forked later must not have it: it is
# imported where the first store is read.
if TYPE_CHECKING:
    import duckdb

# Texts are held as Python's own, and so are those of tables that are made of these, and the names
# of their columns: the tables are small, and Arrow costs more with each operation than it saves.
_TEXT = pd.StringDtype("python", na_value=np.nan)
pd.set_option("mode.string_storage", "python")

# Recorded of a table that was not made.
_DIGEST_OF_NOTHING = hashlib.sha256(as_csv(pd.DataFrame()).encode()).hexdigest()


@dataclass(frozen=True)
class Read:
    """One question that was put to the data, and what came back.

    Attributes:
        resource: name of the table.
        filters: column to value or sorted values; `until` is a year.
        rows: number of rows returned, none included.
        sha256: digest of the returned rows as CSV; of those of a store as
            `analysis.catalog.store.StoreRows` takes it.

    """

    resource: str
    filters: Mapping[str, Any]
    rows: int
    sha256: str

    def as_dict(self) -> dict[str, Any]:
        """Give the read as plain values for JSON.

        >>> Read("trade", {"province_code": "18", "until": 2025}, 0, "e3b0").as_dict()["filters"]
        {'province_code': '18', 'until': 2025}

        """
        return {
            "resource": self.resource,
            "filters": dict(self.filters),
            "rows": self.rows,
            "sha256": self.sha256,
        }


@dataclass
class Catalog:
    """The figures of one data directory, and the record of what was read from them.

    Attributes:
        data: directory with `datapackage.json`; by default the project's own.
        reads: every read so far, each distinct one once.

    """

    data: Path = field(default_factory=data_directory)
    reads: list[Read] = field(default_factory=list)

    @cached_property
    def provinces(self) -> Provinces:
        """All provinces; they are part of the schema, so no read is recorded.

        >>> len([province for province in Catalog().provinces.all if not province.is_country])
        38

        """
        return load_provinces(self.data)

    def province(self, slug: str, year: int | None = None) -> Province:
        """Give a province by its slug, refusing a year before it was founded.

        Raises:
            NeracaError: for an unknown slug, or a year before the province existed.

        >>> Catalog().province("lampung").code
        '18'

        """
        province = self.provinces.by_slug(slug)
        if year is not None:
            self.provinces.require_founded(province, year)
        return province

    def read(self, table: str, *, until: int | None = None, **filters: Filter) -> pd.DataFrame:
        """Read the rows of a table that match all filters, corrections applied.

        Args:
            table: name of a resource of the data package.
            until: keep rows whose period (of a statement: its date) ends in this year or before.
            **filters: a column and the value, or the collection of values, that it may have.

        Returns:
            The rows in the table's order. Beside the published columns of observations stand
            `rounding` (half a unit of the last printed digit), `doubtful` and `correction`. A store
            (Parquet) has its declared columns only, its texts as categories; its rows are in the
            order of its primary key, and no correction applies to it: its figures are not typed by
            hand.

        Raises:
            NeracaError: for an unknown table or column, or `until` for a table without periods.

        >>> catalog = Catalog()
        >>> rows = catalog.read("trade", province_code="18", time_period="2016-01", flow="export",
        ...     dimension="total")
        >>> sorted(rows["value_usd_million"])
        [273.54, 292.3]

        """
        resource = _resource(self.data, table)
        if resource.get("format") == "parquet":
            return self._read_store(resource, filters, until)
        return self._rows(_load(self.data, table), filters, until)

    def columns(
        self, table: str, *, until: int | None = None, **filters: Filter
    ) -> dict[str, list[Any]]:
        """List the cells of rows of a table by column, as `read` has them; no read is recorded.

        Args:
            table: name of a resource of the data package that is no store.
            until: keep rows whose period (of a statement: its date) ends in this year or before.
            **filters: a column and the value, or the collection of values, that it may have.

        Raises:
            NeracaError: for an unknown table or column, or `until` for a table without periods.

        >>> Catalog().columns("sources", source_id="s005f4bf1")["released"]
        ['2019-01-15']

        """
        held = _load(self.data, table)
        return held.columns(held.find(filters, until))

    def _read_store(
        self, resource: Mapping[str, Any], filters: Mapping[str, Filter], until: int | None
    ) -> pd.DataFrame:
        from analysis.catalog.store import declared_store, read_rows

        store = declared_store(self.data, resource)
        rows = read_rows(lambda: self._connection, store, filters, until)
        self._note(resource["name"], filters, until, len(rows.frame), rows.sha256)
        return rows.frame

    @cached_property
    def _connection(self) -> "duckdb.DuckDBPyConnection":
        """Open the connection for stores: once, as that takes longer than a small read."""
        from analysis.catalog.store import connect

        return connect()

    def reconcile(
        self, observations: pd.DataFrame, key: list[str], value: str, keep: Sequence[str] = ()
    ) -> pd.DataFrame:
        """Make one value a key from observations; see `analysis.catalog.reconcile.reconcile`.

        Args:
            observations: rows of one table of observations, as `read` gives them.
            key: columns that name one figure.
            value: column that holds it.
            keep: further columns of the chosen observation to hand on.

        >>> catalog = Catalog()
        >>> rows = catalog.read("trade", province_code="18", time_period="2016-01", flow="export",
        ...     dimension="total")
        >>> catalog.reconcile(rows, ["time_period"], "value_usd_million")["value"].tolist()
        [273.54]

        """
        ids = sorted(observations["source_id"].unique())
        return reconcile(observations, self.read("sources", source_id=ids), key, value, keep)

    def source_titles(self, source_ids: Collection[str]) -> pd.DataFrame:
        """Give id, title, address and release of sources, in the order of their ids.

        >>> Catalog().source_titles({"s005f4bf1"})["released"].tolist()
        ['2019-01-15']

        """
        return self.read("sources", source_id=sorted(source_ids))

    def data_vintage(self, year: int) -> tuple[str, str]:
        """Date the figures read so far: newest release, else newest retrieval, else the year's end.

        Returns:
            `YYYY-MM-DD` (a source that states only a month counts as its last day), and what it is
            the date of: `released`, `retrieved` or `year`.

        >>> catalog = Catalog()
        >>> catalog.data_vintage(2023)
        ('2023-12-31', 'year')
        >>> sources = catalog.source_titles({"s005f4bf1"})
        >>> catalog.data_vintage(2023)
        ('2019-01-15', 'released')

        """
        for column in ("released", "retrieved"):
            dates = [_last_day(text) for text in self._dates(column)]
            if dates:
                return max(dates), column
        return f"{year}-12-31", "year"

    def _dates(self, column: str) -> list[str]:
        ids = {
            source_id
            for read in self.reads
            if read.resource == "sources"
            for source_id in read.filters.get("source_id", ())
        }
        sources = _load(self.data, "sources").frame
        return [text for text in sources.loc[sources["source_id"].isin(ids), column] if text]

    def read_national(self, resource: str, year: int, **filters: Filter) -> pd.DataFrame | None:
        """Read rows of a table of the national comparison of a year, which a batch makes once.

        Args:
            resource: name of the table, as `analysis.catalog.national` has them.
            year: the year that is compared.
            **filters: a column and the value, or the collection of values, that it may have.

        Returns:
            The rows as texts, blank where a figure is unknown; None if no comparison of that year
            has been made, which is recorded as well.

        Raises:
            NeracaError: for an unknown column.

        >>> Catalog().read_national("national", 1999) is None
        True

        """
        asked = {**filters, "year": year}
        held = self._national(resource, year)
        if held is None:
            self._note(resource, asked, None, 0, _DIGEST_OF_NOTHING)
            return None
        return self._rows(held, filters, None, asked)

    def national_columns(self, resource: str, year: int, **filters: Filter) -> dict[str, list[Any]]:
        """List the cells of rows as `read_national` has them, none if there is no comparison.

        No read is recorded.

        >>> Catalog().national_columns("national", 1999)
        {}

        """
        held = self._national(resource, year)
        return {} if held is None else held.columns(held.find(filters, None))

    def _national(self, resource: str, year: int) -> HeldTable | None:
        path = self.data.parent / "reports" / "national" / str(year) / f"{resource}.csv"
        return _load_national(path, _state(path)) if path.is_file() else None

    def national(self, year: int, province_code: str) -> dict[str, str] | None:
        """Give a province's row of the national comparison of a year.

        Returns:
            The row's texts by column, blank where a figure is unknown; None if no comparison of
            that year has been made.

        >>> Catalog().national(1999, "18") is None
        True

        """
        rows = self.read_national("national", year, province_code=province_code)
        if rows is None or rows.empty:
            return None
        return {str(name): str(value) for name, value in rows.iloc[0].items()}

    def _rows(
        self,
        held: HeldTable,
        filters: Mapping[str, Filter],
        until: int | None,
        asked: Mapping[str, Filter] | None = None,
    ) -> pd.DataFrame:
        """Give rows of a table and record the read, as that of `filters` or of what was asked."""
        positions = held.find(filters, until)
        noted = filters if asked is None else asked
        self._note(held.name, noted, until, len(positions), held.digest(positions))
        return held.take(positions)

    def _note(
        self, table: str, filters: Mapping[str, Filter], until: int | None, rows: int, digest: str
    ) -> None:
        plain: dict[str, Any] = {name: _plain(value) for name, value in sorted(filters.items())}
        if until is not None:
            plain["until"] = until
        read = Read(table, plain, rows, digest)
        if read not in self.reads:
            self.reads.append(read)


def _plain(value: Filter) -> Any:
    return value if isinstance(value, str | int) else sorted(value)


def _last_day(date: str) -> str:
    """Give the last day that a date of a year, a month or a day covers."""
    year, month, day = (int(part) for part in f"{date}-12-31"[:10].split("-"))
    if len(date) < len("YYYY-MM-DD"):
        day = monthrange(year, month)[1]
    return f"{year:04}-{month:02}-{day:02}"


# Of each file: which one it is, when it was written, and its size; None where there is none.
_State = tuple[tuple[int, int, int, int] | None, ...]


@dataclass(frozen=True)
class Place:
    """A data directory that is no part of what is kept: the state of its files tells them apart.

    One directory may be reached by several paths; what was read by one is there for all.

    >>> Place(Path("data")) == Place(Path("link-to-data"))
    True

    """

    data: Path = field(compare=False)


def _state(*files: str | Path) -> _State:
    """Tell what files are now: what was read of them is kept for this state only.

    A figure that an analyst adds beside an open notebook is there at the next read.
    """
    states: list[tuple[int, int, int, int] | None] = []
    for file in files:
        try:
            found = os.stat(file)  # noqa: PTH116 (each read asks, and a Path takes longer)
            states.append((found.st_dev, found.st_ino, found.st_mtime_ns, found.st_size))
        except FileNotFoundError:
            states.append(None)
    return tuple(states)


def _resource(data: Path, table: str) -> dict[str, Any]:
    resources = _resources(Place(data), _state(f"{data}/datapackage.json"))
    if table not in resources:
        raise NeracaError(
            f"{data / 'datapackage.json'} has no table {table!r}; it has "
            f"{', '.join(sorted(resources))}."
        )
    return resources[table]


@lru_cache(maxsize=8)
def _resources(place: Place, _: _State) -> dict[str, dict[str, Any]]:
    package = json.loads((place.data / "datapackage.json").read_text(encoding="utf-8"))
    return {resource["name"]: resource for resource in package["resources"]}


def data_stamp(data: Path) -> tuple[int, int, int]:
    """Tell which directory this is, and the time of the latest change in it, in nanoseconds.

    What rests on several tables is kept for one such stamp only.

    >>> data = data_directory()
    >>> data_stamp(data)[-1] >= (data / "sources.csv").stat().st_mtime_ns
    True

    """
    places = (data, data / "observations", data / "classifications")
    states = [place.stat() for place in places]
    latest = [entry.stat() for place in places for entry in os.scandir(place)]
    latest_change = max(state.st_mtime_ns for state in (*states, *latest))
    return states[0].st_dev, states[0].st_ino, latest_change


def _load(data: Path, table: str) -> HeldTable:
    """Give a table as its file, its declaration and the corrections are now."""
    files = ("datapackage.json", "corrections.yml", _resource(data, table)["path"])
    return _load_state(Place(data), table, _state(*(f"{data}/{file}" for file in files)))


def hold_tables(data: Path) -> None:
    """Read all tables that notebooks read whole, so that forks of this process need not.

    They are those of the files as they are now: a table whose file changes is read again. A store
    (Parquet) is left alone, since what reads it starts threads.

    Raises:
        NeracaError: if one cannot be read.

    >>> hold_tables(data_directory())

    """
    for name, resource in _resources(Place(data), _state(f"{data}/datapackage.json")).items():
        if resource.get("format") == "csv":
            _load(data, name).find_quickly()


@lru_cache(maxsize=64)
def _load_state(place: Place, table: str, state: _State) -> HeldTable:
    data = place.data
    resource = _resource(data, table)
    path = data / resource["path"]
    if not path.is_file():
        raise NeracaError(f"{path} is missing; restore it, then run `neraca data check`.")
    frame = pd.read_csv(path, dtype=_TEXT, keep_default_na=False, encoding="utf-8")
    fields = {field["name"]: field["type"] for field in resource["schema"]["fields"]}
    if list(frame.columns) != list(fields):
        raise NeracaError(
            f"{path}: its columns are not those of datapackage.json; run `neraca data check`."
        )
    if "obs_status" in fields:
        column = value_column(frame)
        frame["rounding"] = [
            half_unit(text, status)
            for text, status in zip(frame[column], frame["obs_status"], strict=True)
        ]
    for name, kind in fields.items():
        if kind in ("number", "integer"):
            frame[name] = pd.to_numeric(frame[name].replace("", None))
    if "obs_status" in fields:
        frame = apply_corrections(
            frame, table, value_column(frame), _corrections(place, state[1:2])
        )
    return HeldTable(table, frame)


@lru_cache(maxsize=16)
def _load_national(path: Path, _: _State) -> HeldTable:
    frame = pd.read_csv(path, dtype=_TEXT, keep_default_na=False, encoding="utf-8")
    return HeldTable(path.stem, frame)


@lru_cache(maxsize=8)
def _corrections(place: Place, _: _State) -> tuple[Correction, ...]:
    return load_corrections(place.data)


def value_column(frame: Container[str]) -> str:
    """Name the column of observations that holds their value.

    >>> value_column(pd.DataFrame({"value": [1.0]}))
    'value'

    """
    return "value_usd_million" if "value_usd_million" in frame else "value"
