"""Build the store of trade by HS8, port, partner and month, a province and year at a time."""

import csv
import json
import re
import shutil
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from analysis.catalog.package import DESCRIPTOR, MANIFEST, Problem, fingerprint, read_package
from analysis.catalog.store import (
    PARTITIONED_BY,
    Partition,
    fingerprint_file,
    read_manifest,
    write_manifest,
)
from analysis.errors import NeracaError

#: Name of the store's table, and its directory in a data directory.
TABLE = "trade_hs8"
PLACE = f"stores/{TABLE}"

# Rows that one statistic of a file describes: few enough to pass over goods not asked for, and
# enough to be read in one go.
ROWS_A_GROUP = 65_536

# Rows held in memory before they are put aside, and bytes of a CSV read at a time.
ROWS_IN_MEMORY = 1_000_000
BYTES_A_BLOCK = 1 << 24

_CODE = "^[0-9]{2}$"
_FIELDS: list[dict[str, Any]] = [
    {
        "name": "province_code",
        "type": "string",
        "description": "BPS code of the province",
        "constraints": {"required": True, "pattern": _CODE},
    },
    {
        "name": "year",
        "type": "integer",
        "description": "Year of the month; with the province it names the file",
        "constraints": {"required": True},
    },
    {
        "name": "flow",
        "type": "string",
        "description": "Direction",
        "constraints": {"required": True, "enum": ["export", "import"]},
    },
    {
        "name": "hs",
        "type": "string",
        "description": "Goods, eight digits of the Harmonized System",
        "constraints": {"required": True, "pattern": "^[0-9]{8}$"},
    },
    {
        "name": "time_period",
        "type": "string",
        "description": "Month, YYYY-MM",
        "constraints": {"required": True, "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])$"},
    },
    {
        "name": "port",
        "type": "string",
        "description": "Port or airport of loading or unloading, as published",
        "constraints": {"required": True},
    },
    {
        "name": "partner",
        "type": "string",
        "description": "Country, ISO 3166-1 alpha-3",
        "constraints": {"required": True, "pattern": "^[A-Z]{3}$"},
    },
    {
        "name": "value_usd",
        "type": "number",
        "description": "Value, US dollars: exports FOB, imports CIF",
        "constraints": {"required": True, "minimum": 0},
    },
    {
        "name": "net_weight_kg",
        "type": "number",
        "description": "Net weight, kilograms; blank where it is not known",
        "constraints": {"minimum": 0},
    },
    {
        "name": "source_id",
        "type": "string",
        "description": "Source that prints the figure, as in sources.csv",
        "constraints": {"required": True, "pattern": "^s[0-9a-f]{8}$"},
    },
    {
        "name": "obs_status",
        "type": "string",
        "description": "published = printed so; derived = arithmetic on printed figures; "
        "approximate = rounded or ambiguous in the source",
        "constraints": {"required": True, "enum": ["published", "derived", "approximate"]},
    },
]

#: What `datapackage.json` declares; rows stand in the order of the primary key.
RESOURCE: dict[str, Any] = {
    "name": TABLE,
    "type": "table",
    "path": PLACE,
    "title": "Foreign trade of provinces by goods, port and country",
    "description": "Exports (FOB) and imports (CIF) by month, HS8, port and country, a Parquet "
    f"file a province and year. {MANIFEST} lists the files; its digest stands here as hash.",
    "format": "parquet",
    "mediatype": "application/vnd.apache.parquet",
    "schema": {
        "fields": _FIELDS,
        "missingValues": [""],
        "primaryKey": [
            "province_code",
            "year",
            "flow",
            "hs",
            "time_period",
            "port",
            "partner",
            "source_id",
        ],
    },
}

#: What a file of the store holds, and the order of its rows.
STORED = pa.schema(
    pa.field(
        each["name"],
        pa.float64() if each["type"] == "number" else pa.string(),
        # What is always known needs no mark in a file of where it is.
        nullable=not each["constraints"].get("required", False),
    )
    for each in _FIELDS
    if each["name"] not in PARTITIONED_BY
)
ORDER = [name for name in RESOURCE["schema"]["primaryKey"] if name not in PARTITIONED_BY]

#: Columns of a CSV to build from; the year is that of the month.
CSV_COLUMNS = [each["name"] for each in _FIELDS if each["name"] != "year"]

_NUMBER = r"^[0-9]+(\.[0-9]+)?$"


def build_store(data: Path, paths: Sequence[Path]) -> list[Partition]:
    """Put the rows of CSV files into the store of a data directory, and declare it there.

    A province's year in the files replaces what the store has of it, as a whole; all others stay.
    Nothing changes before all rows have been checked, and then all at once. The same rows, in any
    order and number of files, give the same bytes.

    Args:
        data: directory with `datapackage.json`.
        paths: files in UTF-8 with the columns `CSV_COLUMNS`, in any order.

    Returns:
        The partitions written, in the order of province and year.

    Raises:
        NeracaError: naming file, line and column of what is wrong; the store is as before then.

    """
    known = _known_values(data)
    directory = data / PLACE
    with _Pieces(directory / ".building") as pieces:
        for path in paths:
            for block in read_blocks(path, known):
                pieces.add(block)
        written = [
            write_partition(directory, province_code, year, pieces.take(province_code, year))
            for province_code, year in pieces.partitions()
        ]
    if not written:
        names = ", ".join(map(str, paths))
        raise NeracaError(f"There is no row in {names}. Give a file with rows below its header.")
    commit(directory, written)
    declare(data)
    return written


def read_blocks(path: Path, known: Mapping[str, Collection[str]]) -> Iterator[pa.Table]:
    """Read a CSV a block at a time, its cells checked.

    Args:
        path: the file.
        known: column to the values that it may have.

    Yields:
        Tables with `province_code` and the columns of `STORED`.

    Raises:
        NeracaError: naming file, line and column of what is wrong.

    """
    _require_header(path)
    malformed: list[tuple[int, int]] = []

    def note(row: Any) -> str:
        malformed.append((row.number, row.actual_columns))
        return "skip"

    options: dict[str, Any] = {
        # One thread, or a faulty row has no number.
        "read_options": pyarrow.csv.ReadOptions(block_size=BYTES_A_BLOCK, use_threads=False),
        "parse_options": pyarrow.csv.ParseOptions(
            invalid_row_handler=note, ignore_empty_lines=False
        ),
        "convert_options": pyarrow.csv.ConvertOptions(
            column_types=dict.fromkeys(CSV_COLUMNS, pa.string()), strings_can_be_null=False
        ),
    }
    line = 2
    try:
        with pyarrow.csv.open_csv(path, **options) as reader:
            for batch in reader:
                if malformed:
                    break
                block = pa.Table.from_batches([batch])
                yield _checked(block, path, line, known)
                line += len(block)
    except pa.ArrowInvalid as error:
        reason = str(error).splitlines()[0]
        raise NeracaError(
            f"{path}: it cannot be read as CSV in UTF-8 ({reason}). Save it so, with quotation "
            "marks around cells that hold a comma."
        ) from None
    if malformed:
        row, cells = malformed[0]
        raise NeracaError(
            f"{path}, line {row}: the line has {cells} cells, the header {len(CSV_COLUMNS)}. "
            "Give it one cell a column, with quotation marks around a cell that holds a comma."
        )


def write_partition(directory: Path, province_code: str, year: int, rows: pa.Table) -> Partition:
    """Write the rows of a province and year into a file beside what the store has of them.

    The file is named by its content and becomes part of the store with `commit`.

    Args:
        directory: of the store.
        province_code: BPS code.
        year: of the months.
        rows: its rows, in any order, with the columns of `STORED`.

    Raises:
        NeracaError: if two rows have the same key.

    """
    ordered = _in_order(rows.select(STORED.names).cast(STORED), f"{province_code} in {year}")
    place = f"province_code={province_code}/year={year}"
    (directory / place).mkdir(parents=True, exist_ok=True)
    unfinished = directory / place / ".unfinished"
    texts = [each.name for each in STORED if each.type == pa.string()]
    # Numbers byte by byte, all first bytes together: so LZ4, which unpacks many times faster than
    # denser ways, packs them almost as small.
    pq.write_table(
        ordered,
        unfinished,
        compression="lz4",
        row_group_size=ROWS_A_GROUP,
        use_dictionary=texts,
        column_encoding={name: "BYTE_STREAM_SPLIT" for name in STORED.names if name not in texts},
        store_schema=False,
    )
    digest = fingerprint_file(unfinished)
    path = f"{place}/{digest[:16]}.parquet"
    size = unfinished.stat().st_size
    unfinished.replace(directory / path)
    sources = sorted(pc.unique(ordered["source_id"]).to_pylist())
    return Partition(province_code, year, path, len(ordered), size, digest, tuple(sources))


def commit(directory: Path, written: Iterable[Partition]) -> None:
    """Make written files part of the store at once, in place of those of their province and year.

    Raises:
        NeracaError: if the store has a manifest that cannot be used.

    """
    new = {(each.province_code, each.year): each for each in written}
    listed = read_manifest(directory) if (directory / MANIFEST).is_file() else []
    kept = {(each.province_code, each.year): each for each in listed}
    write_manifest(directory, (kept | new).values())
    for each in new.values():
        path = directory / each.path
        for beside in path.parent.iterdir():
            if beside != path:
                beside.unlink()


def declare(data: Path) -> None:
    """Declare the store in `datapackage.json` with the digest of its manifest.

    Raises:
        PackageError: if `datapackage.json` cannot be used.

    """
    package = read_package(data)
    others = [each for each in package["resources"] if each["name"] != TABLE]
    package["resources"] = [*others, RESOURCE | fingerprint(data / PLACE)]
    text = json.dumps(package, indent=2, ensure_ascii=False) + "\n"
    unfinished = data / f".{DESCRIPTOR}"
    unfinished.write_text(text, encoding="utf-8")
    unfinished.replace(data / DESCRIPTOR)


@dataclass
class _Pieces:
    """Rows by province and year, put aside in files as they become many."""

    place: Path
    files: dict[tuple[str, int], list[Path]] = field(default_factory=lambda: defaultdict(list))
    held: dict[tuple[str, int], list[pa.Table]] = field(default_factory=lambda: defaultdict(list))
    rows: int = 0

    def __enter__(self) -> "_Pieces":
        shutil.rmtree(self.place, ignore_errors=True)
        self.place.mkdir(parents=True)
        return self

    def __exit__(self, *error: object) -> None:
        shutil.rmtree(self.place, ignore_errors=True)

    def add(self, block: pa.Table) -> None:
        """Take rows in, each to its province and year."""
        year = pc.utf8_slice_codeunits(block["time_period"], 0, 4)
        names = pc.binary_join_element_wise(block["province_code"], year, "-")
        encoded = names.combine_chunks().dictionary_encode()
        codes = encoded.indices.to_numpy()
        rows = block.select(STORED.names).take(pa.array(np.argsort(codes, kind="stable")))
        ends = np.cumsum(np.bincount(codes)).tolist()
        for name, start, end in zip(encoded.dictionary.to_pylist(), [0, *ends], ends, strict=False):
            province_code, _, text = name.partition("-")
            self.held[province_code, int(text)].append(rows.slice(start, end - start))
        self.rows += len(block)
        if self.rows >= ROWS_IN_MEMORY:
            self._put_aside()

    def partitions(self) -> list[tuple[str, int]]:
        """Give every province and year that has rows, in order."""
        return sorted({*self.held, *self.files})

    def take(self, province_code: str, year: int) -> pa.Table:
        """Give the rows of a province and year."""
        key = (province_code, year)
        aside = [pa.ipc.open_file(path).read_all() for path in self.files.get(key, ())]
        held = [table.cast(STORED) for table in self.held.pop(key, [])]
        return pa.concat_tables([*aside, *held])

    def _put_aside(self) -> None:
        for key, tables in self.held.items():
            path = self.place / f"{key[0]}-{key[1]}-{len(self.files[key])}.arrow"
            with pa.ipc.new_file(path, STORED) as stream:
                for table in tables:
                    stream.write_table(table.cast(STORED))
            self.files[key].append(path)
        self.held.clear()
        self.rows = 0


def _known_values(data: Path) -> dict[str, set[str]]:
    """Read which provinces and sources there are."""
    resources = {each["name"]: each for each in read_package(data)["resources"]}
    columns = {"province_code": ("provinces", "bps_code"), "source_id": ("sources", "source_id")}
    known = {}
    for name, (table, column) in columns.items():
        path = data / resources[table]["path"]
        with path.open(encoding="utf-8", newline="") as stream:
            known[name] = {row[column] for row in csv.DictReader(stream)}
    return known


def _require_header(path: Path) -> None:
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            header = next(csv.reader(stream), [])
    except OSError as error:
        raise NeracaError(f"{path} cannot be read: {error.strerror}. Correct the path.") from None
    except UnicodeDecodeError:
        raise NeracaError(f"{path} is not UTF-8. Save the file as UTF-8.") from None
    if sorted(header) != sorted(CSV_COLUMNS):
        missing = [name for name in CSV_COLUMNS if name not in header]
        unknown = [name for name in header if name not in CSV_COLUMNS]
        lacks = [f"lacks {', '.join(missing)}"] if missing else []
        has = [f"has {', '.join(map(repr, unknown))}, which the store has not"] if unknown else []
        raise NeracaError(
            f"{path}, line 1: the header {' and '.join([*lacks, *has]) or 'repeats a column'}. "
            f"Write it as: {','.join(CSV_COLUMNS)}"
        )


def _checked(
    block: pa.Table, path: Path, line: int, known: Mapping[str, Collection[str]]
) -> pa.Table:
    """Refuse a block with a cell that its field does not allow; give numbers as such."""
    problems, columns = [], {}
    for declared in _FIELDS:
        name, is_number = declared["name"], declared["type"] == "number"
        if name not in block.column_names:
            continue
        text = block[name].combine_chunks()
        fault = (
            _number_fault(text, declared)
            if is_number
            else _text_fault(text, declared, known.get(name))
        )
        if fault is not None:
            row, message, remedy = fault
            problems.append(Problem(str(path), line + row, name, message, remedy))
        elif is_number:
            text = pc.if_else(pc.equal(text, ""), None, text).cast(pa.float64())
        columns[name] = text
    if problems:
        raise NeracaError("\n".join(map(str, problems)))
    return pa.table(columns)


def _number_fault(text: pa.Array, declared: Mapping[str, Any]) -> tuple[int, str, str] | None:
    sound = pc.match_substring_regex(text, _NUMBER)
    if not declared["constraints"].get("required"):
        sound = pc.or_(sound, pc.equal(text, ""))
    # More digits than a number can hold would become infinite.
    sound = pc.and_(sound, pc.less(pc.utf8_length(text), 300))
    row = pc.index(sound, False).as_py()
    if row < 0:
        return None
    found = text[row].as_py()
    if found == "":
        return row, "it is blank", f"Fill it in ({declared['description']})."
    return (
        row,
        f"{found!r} is no number from 0 on",
        "Write digits with a decimal point, no thousands marks and no sign.",
    )


def _text_fault(
    text: pa.Array, declared: Mapping[str, Any], known: Collection[str] | None
) -> tuple[int, str, str] | None:
    # A column holds few distinct values; each is judged once.
    encoded = text.dictionary_encode()
    verdicts = [_verdict(value, declared, known) for value in encoded.dictionary.to_pylist()]
    faulty = [number for number, verdict in enumerate(verdicts) if verdict is not None]
    if not faulty:
        return None
    codes = encoded.indices.to_numpy()
    row = int(np.flatnonzero(np.isin(codes, faulty))[0])
    message, remedy = verdicts[codes[row]]
    return row, message, remedy


def _verdict(
    value: str, declared: Mapping[str, Any], known: Collection[str] | None
) -> tuple[str, str] | None:
    rules = declared["constraints"]
    if not value:
        return "it is blank", f"Fill it in ({declared['description']})."
    if "enum" in rules and value not in rules["enum"]:
        return f"{value!r} is none of {', '.join(rules['enum'])}", "Use one of these."
    if "pattern" in rules and not re.fullmatch(rules["pattern"], value):
        return f"{value!r} has not the right form", f"Write it as: {declared['description']}."
    if known is not None and value not in known:
        return (
            f"the data directory has no {declared['name']} {value!r}",
            "Add a line for it there, or correct it here.",
        )
    return None


def _in_order(rows: pa.Table, place: str) -> pa.Table:
    """Put rows in the order of their key, by code points, and refuse a key that stands twice."""
    codes = [_ranks(rows[name]) for name in ORDER]
    descending, equal = _compare(codes)
    if descending.any():
        order = np.lexsort(codes[::-1])
        rows = rows.take(pa.array(order))
        _, equal = _compare([code[order] for code in codes])
    if equal.any():
        row = int(np.flatnonzero(equal)[0])
        key = ", ".join(rows[name][row].as_py() for name in ORDER)
        raise NeracaError(
            f"The rows of province {place} have the same {', '.join(ORDER)} twice: {key}. "
            "Delete one of the two, or tell them apart where they differ."
        )
    return rows


def _ranks(column: pa.ChunkedArray) -> np.ndarray:
    """Give each text of a column its place in the order of the distinct ones."""
    encoded = column.combine_chunks().dictionary_encode()
    order = pc.sort_indices(encoded.dictionary).to_numpy()
    ranks = np.empty(len(order), dtype=np.int32)
    ranks[order] = np.arange(len(order), dtype=np.int32)
    return ranks[encoded.indices.to_numpy()]


def _compare(codes: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Say of each row but the first whether it comes before the one above it, or equals it."""
    equal = np.ones(max(len(codes[0]) - 1, 0), dtype=bool)
    descending = np.zeros_like(equal)
    for code in codes:
        descending |= equal & (code[1:] < code[:-1])
        equal &= code[1:] == code[:-1]
    return descending, equal
