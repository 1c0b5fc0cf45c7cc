"""Large tables as Parquet, a file a province and year: read through DuckDB, and checked."""

import csv
import hashlib
import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import accumulate, pairwise
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
_NUMBERS = {"number": np.float64, "integer": np.int64}
_NO_TEXT = pa.array([], pa.string())
_CODES = (np.int8, np.int16, np.int32)

# Rows that DuckDB hands over at a time, and of which the texts are looked at.
_ROWS_A_BATCH = 131_072
_ROWS_A_LOOK = 4_096

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
        frame: text as categories, which are the values that occur, in the order of their code
            points; numbers as `float64`, NaN where nothing is known; integers as `int64`.
        files: the files that these are all rows of; None where only some of their rows match.

    """

    frame: pd.DataFrame
    files: tuple[Partition, ...] | None

    @property
    def sha256(self) -> str:
        """Digest the rows: of whole files their digests, else as `rows_digest` does.

        The same rows make the same file, whatever order they were given in.
        """
        if self.files is None:
            return rows_digest(self.frame)
        return hashlib.sha256("\n".join(each.sha256 for each in self.files).encode()).hexdigest()


@dataclass(frozen=True)
class _Texts:
    """A column of texts, each distinct one held once.

    Attributes:
        distinct: the texts, in any order; some may not occur.
        positions: of each row, which of them it has; -1 where nothing is known.

    """

    distinct: pa.StringArray
    positions: np.ndarray


# The cells of a column in some rows: texts, numbers, or the one value that all of the rows have.
_Cells = _Texts | np.ndarray | str | int


@dataclass(frozen=True)
class _Piece:
    """Rows that follow each other.

    Attributes:
        rows: how many.
        cells: gives those of a column; where they lie in a file, it reads them only then.

    """

    rows: int
    cells: Callable[[str], _Cells]


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
    partitions = _listed(store.directory, _file_filter(admitted, until))
    # What names the files holds for all of their rows.
    of_rows = {name: values for name, values in admitted.items() if name not in PARTITIONED_BY}
    if len(partitions) == 1:
        frame = _read_file(store, partitions[0], of_rows)
    elif partitions:
        frame = _query(connection(), store, partitions, of_rows)
    else:
        frame = _frame(columns, [])
    whole = partitions and not of_rows
    return StoreRows(frame, tuple(partitions) if whole else None)


def rows_digest(rows: pd.DataFrame) -> str:
    """Give the SHA-256 of rows as `read_rows` gives them.

    It is taken column by column: its name, and its categories as JSON, or `float64` or `int64`;
    then of each row which category it has, in 32 bits, or the number, in 64, a missing one as NaN.
    All have their least significant byte first.

    >>> rows = pd.DataFrame({"hs": pd.Categorical(["09", "0901"]), "value_usd": [1.0, None]})
    >>> rows_digest(rows) == rows_digest(rows.assign(value_usd=[1.0, 0.0]))
    False

    """
    digest = hashlib.sha256()
    for name, column in rows.items():
        if isinstance(column.dtype, pd.CategoricalDtype):
            texts = json.dumps(column.cat.categories.tolist(), ensure_ascii=False)
            digest.update(f"{name}:{texts}\n".encode())
            digest.update(column.cat.codes.to_numpy("<i4").data)
        else:
            digest.update(f"{name}:{column.dtype}\n".encode())
            digest.update(np.ascontiguousarray(column.to_numpy()).data)
    return digest.hexdigest()


def read_manifest(directory: Path) -> list[Partition]:
    """Read the list of a store's files, in the order of province and year.

    Raises:
        NeracaError: if it is missing or not of the right form.

    >>> read_manifest(Path("nowhere"))
    Traceback (most recent call last):
    analysis.errors.NeracaError: nowhere/_manifest.csv is missing. Restore the store, or build it \
again with `neraca data build-store`.

    """
    return _listed(directory, lambda province_code, year: True)


def _listed(directory: Path, wanted: Callable[[str, int], bool]) -> list[Partition]:
    """Read the lines of a store's list that are of the provinces and years that are wanted."""
    path = directory / MANIFEST
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            header, *lines = stream.read().splitlines()
        if header.split(",") != _COLUMNS:
            raise ValueError(f"its columns are not {', '.join(_COLUMNS)}")
        places = (line.split(",", 2)[:2] for line in lines)
        asked = [
            line
            for line, (province_code, year) in zip(lines, places, strict=True)
            if wanted(province_code, int(year))
        ]
        return [_partition(cells) for cells in csv.reader(asked)]
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


def _file_filter(
    admitted: Mapping[str, list[Any]], until: int | None
) -> Callable[[str, int], bool]:
    """Tell of a province and year whether its file can have rows that match."""
    months = admitted.get("time_period")
    of_months = {int(text[:4]) for text in months or () if text[:4].isdigit()}

    def can_match(province_code: str, year: int) -> bool:
        return (
            province_code in admitted.get("province_code", (province_code,))
            and year in admitted.get("year", (year,))
            and (months is None or year in of_months)
            and (until is None or year <= until)
        )

    return can_match if all(admitted.values()) else lambda province_code, year: False


def _read_file(
    store: Store, partition: Partition, admitted: Mapping[str, list[Any]]
) -> pd.DataFrame:
    """Read one file by Arrow alone, as DuckDB takes longer to open than the file to read.

    In this thread: others take longer to begin than what they would share is worth.
    """
    columns = store.columns
    of_file = {name: getattr(partition, name) for name in PARTITIONED_BY}
    texts = [name for name, kind in columns.items() if kind == "string" and name not in of_file]
    path = store.directory / partition.path
    try:
        with (
            _memory_as_needed(),
            pq.ParquetFile(path, read_dictionary=texts, memory_map=True) as file,
        ):
            numbers = range(file.num_row_groups)
            groups = [_matching(file, number, of_file, admitted) for number in numbers]
            return _frame(columns, [each for each in groups if each.rows])
    except (pa.ArrowException, OSError, KeyError) as error:
        raise _unreadable(store, error) from None


@contextmanager
def _memory_as_needed() -> Iterator[None]:
    """Let Arrow take its memory from the system's allocator.

    Its own one has pages of 2 MB filled with zeros, one for each size of array. That is most of
    the time of a small read, and many times more where a virtual machine has to ask for each of
    them.
    """
    before = pa.default_memory_pool()
    pa.set_memory_pool(pa.system_memory_pool())
    try:
        yield
    finally:
        pa.set_memory_pool(before)


def _matching(
    file: pq.ParquetFile,
    number: int,
    known: Mapping[str, str | int],
    admitted: Mapping[str, list[Any]],
) -> _Piece:
    """Find the rows of a row group that match.

    What its statistics tell is not read: a text that all of its rows share, or that no row
    matches. Nor is of a group without a match anything but what is filtered by.

    Args:
        file: an open file.
        number: of the row group.
        known: columns that the file does not hold, and what stands in all rows there.
        admitted: column to the values that it may have.

    """
    rows, ranges = _text_ranges(file.metadata.row_group(number))
    if any(_is_outside(ranges.get(name), values) for name, values in admitted.items()):
        return _Piece(0, known.__getitem__)
    shared = {**known, **{name: first for name, (first, last) in ranges.items() if first == last}}
    asked = {name: _read_column(file, number, name) for name in admitted if name not in shared}
    found = None
    if asked:
        matches = [_is_among(column, admitted[name]) for name, column in asked.items()]
        found = np.flatnonzero(np.logical_and.reduce(matches))

    def cells(name: str) -> _Cells:
        if name in shared:
            return shared[name]
        column = asked[name] if name in asked else _read_column(file, number, name)
        return column if found is None else _take(column, found)

    return _Piece(rows if found is None else len(found), cells)


def _text_ranges(group: pq.RowGroupMetaData) -> tuple[int, dict[str, tuple[str, str]]]:
    """Give how many rows a row group has, and the first and last text of columns without blank."""
    ranges = {}
    for position in range(group.num_columns):
        column = group.column(position)
        found = column.statistics
        # Of numbers the statistics leave NaN out.
        if (
            found is not None
            and found.physical_type == "BYTE_ARRAY"
            and found.has_min_max
            and found.null_count == 0
        ):
            ranges[column.path_in_schema] = (found.min, found.max)
    return group.num_rows, ranges


def _is_outside(between: tuple[str, str] | None, values: list[Any]) -> bool:
    return between is not None and not any(between[0] <= value <= between[1] for value in values)


def _read_column(file: pq.ParquetFile, number: int, name: str) -> _Texts | np.ndarray:
    """Read a column of a row group, alone, so that the next one can use its memory.

    Raises:
        KeyError: if there is none.

    """
    return _cells(file.read_row_group(number, [name], use_threads=False)[name])


def _cells(column: pa.ChunkedArray) -> _Texts | np.ndarray:
    """Take a column out of Arrow's hands."""
    if not pa.types.is_dictionary(column.type):
        return column.to_numpy()
    # Where a dictionary became too large, the rest of a row group has others.
    whole = column if column.num_chunks == 1 else column.unify_dictionaries()
    distinct = whole.chunk(0).dictionary if whole.num_chunks else _NO_TEXT
    indices = [chunk.indices for chunk in whole.chunks]
    return _Texts(
        distinct,
        np.concatenate(
            [each.fill_null(-1) if each.null_count else each for each in indices],
            dtype=_smallest(len(distinct)),
            casting="unsafe",
        ),
    )


def _is_among(cells: _Texts | np.ndarray, values: list[Any]) -> np.ndarray:
    """Say of each row whether it has one of the values; it has none where nothing is known."""
    if not isinstance(cells, _Texts):
        return np.isin(cells, values)
    admitted = pc.is_in(cells.distinct, value_set=pa.array(values, pa.string()))
    return _of_each(admitted, False).take(cells.positions)


def _take(cells: _Texts | np.ndarray, rows: np.ndarray) -> _Texts | np.ndarray:
    if isinstance(cells, _Texts):
        return _Texts(cells.distinct, cells.positions.take(rows))
    return cells.take(rows)


def _frame(columns: Mapping[str, str], pieces: Sequence[_Piece]) -> pd.DataFrame:
    """Put pieces together, a column after the other."""
    bounds = list(accumulate((each.rows for each in pieces), initial=0))
    found: dict[str, Any] = {}
    for name, kind in columns.items():
        if kind == "string":
            found[name] = _categories([each.cells(name) for each in pieces], bounds)
        else:
            found[name] = np.empty(bounds[-1], _NUMBERS[kind])
            for each, (start, end) in zip(pieces, pairwise(bounds), strict=True):
                found[name][start:end] = each.cells(name)
    return pd.DataFrame(found, copy=False)


def _categories(pieces: Sequence[Any], bounds: Sequence[int]) -> pd.Categorical:
    """Put texts together as categories: those that occur, in the order of their code points."""
    shared = {each for each in pieces if isinstance(each, str)}
    varied = [each for each in pieces if isinstance(each, _Texts)]
    if varied or len(shared) > 1:
        occurring = [pa.array(shared, pa.string()), *map(_occurring, varied)]
        distinct = pa.concat_arrays(occurring).unique()
        categories = distinct.take(pc.sort_indices(distinct))
    else:
        categories = pa.array(shared, pa.string())
    codes = np.zeros(bounds[-1], _smallest(len(categories)))
    for each, (start, end) in zip(pieces, pairwise(bounds), strict=True):
        if isinstance(each, _Texts):
            places = pc.index_in(each.distinct, value_set=categories).fill_null(-1)
            codes[start:end] = _of_each(places, -1).astype(codes.dtype).take(each.positions)
        elif len(categories) > 1:
            codes[start:end] = pc.index(categories, each).as_py()
    index = pd.Index(pd.array(categories, dtype="str"))
    return pd.Categorical.from_codes(codes, dtype=pd.CategoricalDtype(index), validate=False)


def _smallest(texts: int) -> type[np.signedinteger]:
    """Give the smallest type of a position among texts, as pandas chooses it for categories."""
    return next(kind for kind in _CODES if texts < np.iinfo(kind).max)


def _occurring(cells: _Texts) -> pa.StringArray:
    occurs = np.zeros(len(cells.distinct) + 1, dtype=bool)
    # As a rule the first rows have all of them already.
    for start in range(0, len(cells.positions), _ROWS_A_LOOK):
        occurs[cells.positions[start : start + _ROWS_A_LOOK]] = True
        if occurs[:-1].all():
            return cells.distinct
    return cells.distinct.filter(pa.array(occurs[:-1]))


def _of_each(of_distinct: pa.Array, of_unknown: int) -> np.ndarray:
    """Give what holds of each distinct text, and at the end, for the position -1, of none."""
    return np.append(of_distinct.to_numpy(zero_copy_only=False), of_unknown)


def _query(
    connection: "duckdb.DuckDBPyConnection",
    store: Store,
    partitions: list[Partition],
    admitted: Mapping[str, list[Any]],
) -> pd.DataFrame:
    """Let DuckDB read the files, and put the rows in the order of the files and of their rows.

    Left alone it gives the rows of large files in another order each time.
    """
    import duckdb

    columns = ", ".join(f'"{name}"' for name in store.columns)
    conditions = [
        f'"{name}" in ({", ".join("?" * len(values))})' for name, values in admitted.items()
    ]
    # Column names are those of the schema, and values are bound.
    query = (
        f"select {columns} from read_parquet(?, hive_partitioning = true, "  # noqa: S608
        "file_row_number = true, "
        "hive_types = {'province_code': varchar, 'year': bigint})"
        + (f" where {' and '.join(conditions)}" if conditions else "")
        + f" order by {', '.join(PARTITIONED_BY)}, file_row_number"
    )
    files = [str(store.directory / partition.path) for partition in partitions]
    values = [value for each in admitted.values() for value in each]
    try:
        batches = connection.sql(query, params=[files, *values]).to_arrow_reader(_ROWS_A_BATCH)
        return _frame(store.columns, [_piece(batch) for batch in batches])
    # What fails once rows come is told by Arrow, which takes them.
    except (duckdb.Error, pa.ArrowException, OSError) as error:
        raise _unreadable(store, error) from None


def _piece(batch: pa.RecordBatch) -> _Piece:
    columns = zip(batch.schema.names, batch.columns, strict=True)
    cells = {name: _cells(pa.chunked_array([_encoded(column)])) for name, column in columns}
    return _Piece(len(batch), cells.__getitem__)


def _encoded(column: pa.Array) -> pa.Array:
    return column.dictionary_encode() if pa.types.is_string(column.type) else column


def _unreadable(store: Store, error: Exception) -> NeracaError:
    reason = str(error).splitlines()[0]
    return NeracaError(
        f"The store {store.directory} cannot be read: {reason}. Run `neraca data check`."
    )


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
