"""Large tables as Parquet, a file a province and year: read through DuckDB, and checked."""

import csv
import hashlib
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from analysis.catalog.package import MANIFEST, Problem, label
from analysis.errors import NeracaError

# A single file is read without DuckDB, which takes longer to import than the file to read.
if TYPE_CHECKING:
    import duckdb

#: What parts a store into files. Both stand in the paths, hive style, and not in the files.
PARTITIONED_BY = ("province_code", "year")

_COLUMNS = ["province_code", "year", "path", "rows", "bytes", "sha256", "source_ids"]
_ARROW_TYPES = {"string": pa.string(), "number": pa.float64(), "integer": pa.int64()}
_REBUILD = "Build it again with `neraca data build-store`."

Filter = str | int | Collection[str] | Collection[int]


@dataclass(frozen=True)
class Partition:
    """One file of a store: the rows of one province and year.

    Attributes:
        province_code: BPS code.
        year: of the periods.
        path: of the file, from the store's directory.
        rows: number of rows.
        bytes: size of the file.
        sha256: digest of the file.
        source_ids: the sources that its rows name, in their order.

    """

    province_code: str
    year: int
    path: str
    rows: int
    bytes: int
    sha256: str
    source_ids: tuple[str, ...]


@dataclass(frozen=True)
class Store:
    """A table that lies in partitions, as the data package declares it.

    Attributes:
        name: of the table.
        directory: where its manifest and its partitions lie.
        schema: its Table Schema; the primary key is the order of the rows.

    """

    name: str
    directory: Path
    schema: Mapping[str, Any]

    @property
    def columns(self) -> dict[str, str]:
        """Give the type of each column, `string`, `number` or `integer`, in the table's order.

        >>> schema = {"fields": [{"name": "hs", "type": "string"}]}
        >>> Store("trade_hs8", Path("trade_hs8"), schema).columns
        {'hs': 'string'}

        """
        return {field["name"]: field["type"] for field in self.schema["fields"]}


@dataclass(frozen=True)
class StoreRows:
    """Rows read from a store, a column each of its schema, and what they are known by.

    Attributes:
        table: text as `string`, blank where nothing is known; numbers as `double`, null where
            nothing is known; integers as `int64`.
        files: the files that these are all rows of; None where only some of their rows match.

    """

    table: pa.Table
    files: tuple[Partition, ...] | None

    @property
    def sha256(self) -> str:
        """Digest the rows: of whole files their digests, else as `rows_digest` does.

        The same rows make the same file, whatever order they were given in.
        """
        if self.files is None:
            return rows_digest(self.table)
        return hashlib.sha256("\n".join(each.sha256 for each in self.files).encode()).hexdigest()


def declared_store(data: Path, resource: Mapping[str, Any]) -> Store:
    """Give the store that a resource of the format `parquet` declares.

    >>> resource = {"name": "trade_hs8", "path": "stores/trade_hs8", "schema": {"fields": []}}
    >>> declared_store(Path("data"), resource).directory.as_posix()
    'data/stores/trade_hs8'

    """
    return Store(resource["name"], data / resource["path"], resource["schema"])


def connect() -> "duckdb.DuckDBPyConnection":
    """Open a connection to DuckDB, in memory, that loads nothing from a network.

    It starts threads, so no process may be forked from one that has it.

    >>> connect().sql("select 1").fetchall()
    [(1,)]

    """
    import duckdb

    return duckdb.connect(config={"autoinstall_known_extensions": "false"})


def read_rows(
    connection: "Callable[[], duckdb.DuckDBPyConnection]",
    store: Store,
    filters: Mapping[str, Filter],
    until: int | None,
) -> StoreRows:
    """Read the rows of a store that match all filters.

    Only the files of the provinces and years asked for are opened, and of those only the parts
    whose rows can match. The rows come in the order of the primary key, by code points. One file
    is read as it is; DuckDB reads where there are several.

    Args:
        connection: gives an open one, as `connect` does; asked for only where it is needed.
        store: the table.
        filters: column to the value, or the collection of values, that it may have.
        until: keep rows of this year or before.

    Raises:
        NeracaError: for an unknown column, or a store that is missing or not as declared.

    """
    columns = store.columns
    for column in filters:
        if column not in columns:
            raise NeracaError(
                f"The table {store.name!r} has no column {column!r}; it has {', '.join(columns)}."
            )
    admitted = {name: _admitted(value, columns[name]) for name, value in filters.items()}
    partitions = [
        partition
        for partition in read_manifest(store.directory)
        if all(admitted.values()) and _may_match(partition, admitted, until)
    ]
    # What names the files holds for all of their rows.
    of_rows = {name: values for name, values in admitted.items() if name not in PARTITIONED_BY}
    if not partitions:
        return StoreRows(_empty(columns), None)
    if len(partitions) == 1:
        table = _read_file(store, partitions[0], of_rows)
    else:
        table = _query(connection(), store, partitions, of_rows)
    return StoreRows(table, None if of_rows else tuple(partitions))


def rows_digest(rows: pa.Table) -> str:
    """Give the SHA-256 of rows, whatever pieces they come in.

    It is taken column by column: its name and type; of text the lengths in bytes (32 bits, least
    significant byte first), then the UTF-8 itself; of numbers the 64 bits, a missing one as NaN.

    >>> whole = pa.table({"hs": ["09", "0901"], "value_usd": [1.0, None]})
    >>> pieces = pa.concat_tables([whole.slice(0, 1), whole.slice(1)])
    >>> rows_digest(whole) == rows_digest(pieces)
    True

    """
    digest = hashlib.sha256()
    for name, column in zip(rows.column_names, rows.columns, strict=True):
        digest.update(f"{name}:{column.type}\n".encode())
        if pa.types.is_string(column.type):
            for chunk in column.chunks:
                digest.update(np.diff(_offsets(chunk)).astype("<i4", copy=False).data)
            for chunk in column.chunks:
                digest.update(_text(chunk))
        else:
            for chunk in column.chunks:
                digest.update(np.ascontiguousarray(chunk.to_numpy(zero_copy_only=False)).data)
    return digest.hexdigest()


def as_frame(rows: pa.Table) -> pd.DataFrame:
    """Give rows as a frame with the column types of tables read from CSV.

    >>> as_frame(pa.table({"hs": ["09"], "year": [2024]})).dtypes.astype(str).tolist()
    ['str', 'int64']

    """
    return rows.to_pandas(use_threads=False)


def read_manifest(directory: Path) -> list[Partition]:
    """Read the list of a store's files, in the order of province and year.

    Raises:
        NeracaError: if it is missing or not of the right form.

    >>> read_manifest(Path("nowhere"))
    Traceback (most recent call last):
    analysis.errors.NeracaError: nowhere/_manifest.csv is missing. Restore the store, or build it \
again with `neraca data build-store`.

    """
    path = directory / MANIFEST
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            header, *lines = csv.reader(stream)
            if header != _COLUMNS:
                raise ValueError(f"its columns are not {', '.join(_COLUMNS)}")
            return [_partition(cells) for cells in lines]
    except FileNotFoundError:
        raise NeracaError(
            f"{path} is missing. Restore the store, or build it again with "
            "`neraca data build-store`."
        ) from None
    except ValueError as error:
        raise NeracaError(f"{path} cannot be used: {error}. {_REBUILD}") from None


def write_manifest(directory: Path, partitions: Collection[Partition]) -> None:
    """Write the list of a store's files; from then on the store consists of these.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as place:
    ...     write_manifest(Path(place), [Partition("18", 2024, "a.parquet", 1, 2, "3", ("s1",))])
    ...     read_manifest(Path(place))[0].source_ids
    ('s1',)

    """
    ordered = sorted(partitions, key=lambda each: (each.province_code, each.year))
    unfinished = directory / f".{MANIFEST}"
    with unfinished.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(_COLUMNS)
        for each in ordered:
            cells = [getattr(each, name) for name in _COLUMNS[:-1]]
            writer.writerow([*cells, " ".join(each.source_ids)])
    unfinished.replace(directory / MANIFEST)


def fingerprint_file(path: Path) -> str:
    """Give the SHA-256 of a file, read piece by piece.

    >>> from analysis.project import data_directory
    >>> len(fingerprint_file(data_directory() / "sources.csv"))
    64

    """
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def store_problems(data: Path, store: Store, known: Mapping[str, Collection[str]]) -> list[Problem]:
    """Hold a store against its manifest and its schema.

    Each file is there, unchanged since it was built, and has the declared columns and the rows
    that the manifest gives; no other file lies beside them. What stands in the cells was checked
    when the store was built, and an unchanged file still holds that.

    Args:
        data: the data directory.
        store: the declared store.
        known: column to the values that it may have, for `province_code` and `source_id`.

    Returns:
        The problems, by file.

    >>> store = Store("trade_hs8", Path("data/nowhere"), {"fields": []})
    >>> [problem.file for problem in store_problems(Path("data"), store, {})]
    ['data/nowhere/_manifest.csv']

    """
    place = store.directory.relative_to(data).as_posix()
    listed = label(data, f"{place}/{MANIFEST}")
    missing = [name for name in PARTITIONED_BY if name not in store.columns]
    if store.columns and missing:
        message = f"its schema has no column {' and '.join(missing)}"
        remedy = f"{_REBUILD}"
        return [Problem(listed, None, "", message, remedy)]
    try:
        partitions = read_manifest(store.directory)
    except NeracaError as error:
        return [Problem(listed, None, "", f"it cannot be read ({error})", _REBUILD)]
    problems = [*_reference_problems(listed, partitions, known)]
    problems += _stray_problems(data, store, partitions)
    # Digests are taken by the operating system's library, which lets several threads run.
    with ThreadPoolExecutor() as pool:
        found = pool.map(lambda each: _file_problem(data, store, each), partitions)
        return problems + [problem for problem in found if problem is not None]


def _admitted(wanted: Filter, kind: str) -> list[Any]:
    """List the values of a filter that a column of a type can have.

    As in a frame, text is never equal to a number.
    """
    values = (wanted,) if isinstance(wanted, str | int) else tuple(wanted)
    return [value for value in values if isinstance(value, str) == (kind == "string")]


def _may_match(partition: Partition, admitted: Mapping[str, list[Any]], until: int | None) -> bool:
    if partition.province_code not in admitted.get("province_code", [partition.province_code]):
        return False
    years = {int(text[:4]) for text in admitted.get("time_period", ()) if text[:4].isdigit()}
    return (
        (until is None or partition.year <= until)
        and ("time_period" not in admitted or partition.year in years)
        and partition.year in admitted.get("year", [partition.year])
    )


def _empty(columns: Mapping[str, str]) -> pa.Table:
    return pa.schema([(name, _ARROW_TYPES[kind]) for name, kind in columns.items()]).empty_table()


def _read_file(store: Store, partition: Partition, admitted: Mapping[str, list[Any]]) -> pa.Table:
    """Read one file by Arrow alone, as DuckDB takes longer to open than the file to read.

    In this thread: others take longer to begin than what they would share is worth.
    """
    columns = store.columns
    stored = [name for name in columns if name not in PARTITIONED_BY]
    # A text is looked at once a row group, not once a row.
    texts = [name for name in stored if columns[name] == "string"]
    try:
        with pq.ParquetFile(store.directory / partition.path, read_dictionary=texts) as file:
            rows = (
                _matching_rows(file, stored, admitted)
                if admitted
                else file.read(stored, use_threads=False)
            )
        known = {name: pa.repeat(getattr(partition, name), len(rows)) for name in PARTITIONED_BY}
        return pa.table(
            {
                name: (known[name] if name in known else rows[name]).cast(_ARROW_TYPES[kind])
                for name, kind in columns.items()
            }
        )
    except (pa.ArrowException, OSError, KeyError) as error:
        raise _unreadable(store, error) from None


def _matching_rows(
    file: pq.ParquetFile, columns: list[str], admitted: Mapping[str, list[Any]]
) -> pa.Table:
    """Read the row groups that have rows that match; of the others only what is filtered by."""
    matching = [file.schema_arrow.empty_table().select(columns)]
    for number in range(file.num_row_groups):
        asked = file.read_row_group(number, list(admitted), use_threads=False)
        match = reduce(
            pc.and_, [_is_among(asked[name], values) for name, values in admitted.items()]
        )
        if match.true_count:
            rows = file.read_row_group(number, columns, use_threads=False)
            matching.append(rows.filter(match))
    return pa.concat_tables(matching)


def _is_among(column: pa.ChunkedArray, values: list[Any]) -> pa.BooleanArray:
    """Say of each row whether it has one of the values; it has none where nothing is known."""
    cells = column.combine_chunks()
    if not pa.types.is_dictionary(cells.type):
        return pc.is_in(cells, value_set=pa.array(values, cells.type))
    wanted = set(values)
    distinct = pa.array([text in wanted for text in cells.dictionary.to_pylist()], pa.bool_())
    return distinct.take(cells.indices)


def _query(
    connection: "duckdb.DuckDBPyConnection",
    store: Store,
    partitions: list[Partition],
    admitted: Mapping[str, list[Any]],
) -> pa.Table:
    """Let DuckDB read the files in their order, which it keeps."""
    import duckdb

    columns = ", ".join(f'"{name}"' for name in store.columns)
    conditions = [
        f'"{name}" in ({", ".join("?" * len(values))})' for name, values in admitted.items()
    ]
    # Column names are those of the schema, and values are bound.
    query = (
        f"select {columns} from read_parquet(?, hive_partitioning = true, "  # noqa: S608
        "hive_types = {'province_code': varchar, 'year': bigint})"
        + (f" where {' and '.join(conditions)}" if conditions else "")
    )
    files = [str(store.directory / partition.path) for partition in partitions]
    values = [value for each in admitted.values() for value in each]
    try:
        return connection.sql(query, params=[files, *values]).to_arrow_table()
    except duckdb.Error as error:
        raise _unreadable(store, error) from None


def _unreadable(store: Store, error: Exception) -> NeracaError:
    reason = str(error).splitlines()[0]
    return NeracaError(
        f"The store {store.directory} cannot be read: {reason}. Run `neraca data check`."
    )


def _offsets(chunk: pa.StringArray) -> np.ndarray:
    """Give where each text of an array begins in its buffer, and where the last one ends."""
    if not len(chunk):
        return np.zeros(1, dtype=np.int32)
    offsets = np.frombuffer(chunk.buffers()[1], dtype=np.int32)
    return offsets[chunk.offset : chunk.offset + len(chunk) + 1]


def _text(chunk: pa.StringArray) -> memoryview:
    offsets, text = _offsets(chunk), chunk.buffers()[2]
    return memoryview(text or b"")[int(offsets[0]) : int(offsets[-1])]


def _partition(cells: list[str]) -> Partition:
    province_code, year, path, rows, size, sha256, source_ids = cells
    return Partition(
        province_code, int(year), path, int(rows), int(size), sha256, tuple(source_ids.split())
    )


def _reference_problems(
    file: str, partitions: list[Partition], known: Mapping[str, Collection[str]]
) -> Iterator[Problem]:
    remedy = "Add a line for it there, or build the store again from corrected rows."
    for line, partition in enumerate(partitions, start=2):
        named = {"province_code": (partition.province_code,), "source_id": partition.source_ids}
        for column, values in named.items():
            for value in values:
                if column in known and value not in known[column]:
                    message = f"the table that lists every {column} has no {value!r}"
                    yield Problem(file, line, column, message, remedy)


def _stray_problems(data: Path, store: Store, partitions: list[Partition]) -> Iterator[Problem]:
    listed = {store.directory / partition.path for partition in partitions}
    listed.add(store.directory / MANIFEST)
    for path in sorted(store.directory.rglob("*")):
        if path.is_file() and path not in listed:
            file = label(data, path.relative_to(data).as_posix())
            remedy = "Take it away; a store is only changed with `neraca data build-store`."
            yield Problem(file, None, "", f"{MANIFEST} does not list it", remedy)


def _file_problem(data: Path, store: Store, partition: Partition) -> Problem | None:
    path = store.directory / partition.path
    message = _fault(path, store, partition)
    if message is None:
        return None
    return Problem(label(data, path.relative_to(data).as_posix()), None, "", message, _REBUILD)


def _fault(path: Path, store: Store, partition: Partition) -> str | None:
    """Say what is wrong with a file of a store, if anything is."""
    place = f"province_code={partition.province_code}/year={partition.year}/"
    if not re.fullmatch(re.escape(place) + r"[^/]+\.parquet", partition.path):
        return f"{MANIFEST} has it for {place.rstrip('/')}, where it does not lie"
    if not path.is_file():
        return f"{MANIFEST} lists it, but it is missing"
    if fingerprint_file(path) != partition.sha256:
        return f"it is not the file that {MANIFEST} holds the digest of"
    found = pq.read_metadata(path)
    kinds = [(field.name, field.type) for field in found.schema.to_arrow_schema()]
    declared = [
        (name, _ARROW_TYPES[kind])
        for name, kind in store.columns.items()
        if name not in PARTITIONED_BY
    ]
    if kinds != declared:
        return "its columns are not those of the schema"
    if found.num_rows != partition.rows:
        return f"it has {found.num_rows} rows, {MANIFEST} says {partition.rows}"
    return None
