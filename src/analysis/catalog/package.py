"""The data package: what `datapackage.json` declares, and its files as text with line numbers."""

import csv
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from analysis.errors import NeracaError

DESCRIPTOR = "datapackage.json"

#: Name of the list of a store's files, in the store's directory. What reads a directory of Parquet
#: passes over names that begin so.
MANIFEST = "_manifest.csv"


@dataclass(frozen=True)
class Problem:
    """One thing in the data package that is not as it should be, and what to do about it.

    Attributes:
        file: path of the file, from the directory that holds the data directory.
        row: line of the file, the header being line 1; None for the file as a whole.
        field: column or declaration concerned; blank for the row or file as a whole.
        message: what is wrong, without a full stop.
        remedy: what to do, as a sentence.

    >>> print(Problem("data/sources.csv", 7, "kind", "it is blank", "Fill it in."))
    data/sources.csv, line 7, kind: it is blank. Fill it in.

    """

    file: str
    row: int | None
    field: str
    message: str
    remedy: str

    def __str__(self) -> str:
        row = None if self.row is None else f"line {self.row}"
        place = ", ".join(part for part in (self.file, row, self.field) if part)
        return f"{place}: {self.message}. {self.remedy}"


class PackageError(NeracaError):
    """Say that `datapackage.json` cannot be used; carries the problem.

    >>> PackageError(Problem("data/datapackage.json", None, "", "it is missing", "Restore it."))
    PackageError('data/datapackage.json: it is missing. Restore it.')

    """

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


class Row(NamedTuple):
    """One line of a table: where it stands, and its cells as text."""

    line: int
    cells: dict[str, str]


@dataclass(frozen=True)
class Table:
    """A resource read as text, with the schema that it declares."""

    name: str
    file: str
    schema: Mapping[str, Any]
    rows: list[Row]

    def values(self, column: str) -> set[str]:
        """Give the distinct values of a column, blank left out.

        >>> rows = [Row(2, {"basis": "origin"}), Row(3, {"basis": ""})]
        >>> Table("trade", "data/observations/trade.csv", {}, rows).values("basis")
        {'origin'}

        """
        return {row.cells[column] for row in self.rows} - {""}


def half_unit(text: str, status: str) -> float:
    """Give half a unit of the last digit that a figure was printed with.

    An approximate figure in round millions, as 1090.0 from "1.09 billion", is rounded at its last
    digit that is not zero.

    >>> half_unit("61.53", "published"), half_unit("1090.0", "approximate")
    (0.005, 5.0)
    """
    whole, _, digits = text.partition(".")
    if status == "approximate" and not digits.strip("0"):
        return 0.5 * 10.0 ** (len(whole) - len(whole.rstrip("0")))
    return 0.5 * 10.0 ** -len(digits)


def label(data: Path, path: str) -> str:
    """Name a file of the data directory as problems do.

    >>> label(Path("/project/data"), "sources.csv")
    'data/sources.csv'
    """
    return f"{data.name}/{path}"


def read_package(data: Path) -> dict[str, Any]:
    """Read `datapackage.json` of a data directory.

    Raises:
        PackageError: if it is missing, is no JSON, or declares no list of resources with a name
            and a path each.

    >>> read_package(Path("nowhere"))
    Traceback (most recent call last):
    analysis.catalog.package.PackageError: nowhere/datapackage.json: it is missing. Restore it.

    """
    file = label(data, DESCRIPTOR)
    try:
        package = json.loads((data / DESCRIPTOR).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise PackageError(Problem(file, None, "", "it is missing", "Restore it.")) from None
    except ValueError as error:
        remedy = "Correct it or restore it."
        raise PackageError(Problem(file, None, "", f"no valid JSON: {error}", remedy)) from None
    resources = package.get("resources") if isinstance(package, dict) else None
    if not isinstance(resources, list) or not all(map(_is_named, resources)):
        message = "it is no object with a list `resources` of objects with a name and a path"
        raise PackageError(Problem(file, None, "resources", message, "Restore it."))
    return package


def is_synthetic(data: Path) -> bool:
    """Say whether a data directory declares its figures as made up, for trials and measurements.

    Raises:
        PackageError: if `datapackage.json` cannot be used.

    >>> from analysis.project import data_directory
    >>> is_synthetic(data_directory())
    False

    """
    return read_package(data).get("synthetic") is True


def fingerprint(path: Path) -> dict[str, Any]:
    """Give the `hash` and the size in `bytes` of a file, as its resource declares them.

    Of a store the hash is that of its manifest, which holds those of its files.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as place:
    ...     _ = Path(place, "ports.csv").write_bytes(b"port")
    ...     fingerprint(Path(place, "ports.csv"))["bytes"]
    4

    """
    if path.is_dir():
        size = sum(file.stat().st_size for file in path.rglob("*.parquet"))
        return fingerprint(path / MANIFEST) | {"bytes": size}
    content = path.read_bytes()
    return {"hash": f"sha256:{hashlib.sha256(content).hexdigest()}", "bytes": len(content)}


def seal(data: Path) -> list[str]:
    """Write the hashes and sizes of changed files into `datapackage.json`.

    To be called after an intended edit. A resource whose file is missing keeps its hash.

    Returns:
        The names of the resources that had changed.

    Raises:
        PackageError: if `datapackage.json` cannot be used.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as place:
    ...     data, package = Path(place), {"resources": [{"name": "ports", "path": "ports.csv"}]}
    ...     _ = (data / DESCRIPTOR).write_text(json.dumps(package), encoding="utf-8")
    ...     _ = (data / "ports.csv").write_text("port", encoding="utf-8")
    ...     seal(data), seal(data)
    (['ports'], [])

    """
    package = read_package(data)
    changed = []
    for resource in package["resources"]:
        path = data / resource["path"]
        there = path.is_file() or (path / MANIFEST).is_file()
        found = fingerprint(path) if there else {}
        if not found.items() <= resource.items():
            resource.update(found)
            changed.append(resource["name"])
    if changed:
        text = json.dumps(package, indent=2, ensure_ascii=False) + "\n"
        (data / DESCRIPTOR).write_text(text, encoding="utf-8")
    return changed


def read_table(data: Path, resource: Mapping[str, Any]) -> tuple[Table | None, list[Problem]]:
    """Read a CSV resource as text.

    Returns:
        The table, None where its header or encoding makes it unreadable, and what is wrong with
        its lines; a line with too few or too many cells is left out of the table.

    >>> from analysis.project import data_directory
    >>> package = read_package(data_directory())
    >>> (sources,) = [item for item in package["resources"] if item["name"] == "sources"]
    >>> table, problems = read_table(data_directory(), sources)
    >>> table.rows[0].line, problems
    (2, [])

    """
    file = label(data, resource["path"])
    schema = resource["schema"]
    names = [declared["name"] for declared in schema["fields"]]
    rows, problems = [], []
    try:
        with (data / resource["path"]).open(encoding="utf-8", newline="") as stream:
            reader = csv.reader(stream, strict=True)
            header = next(reader, [])
            if header != names:
                return None, [_header_problem(file, header, names)]
            for cells in reader:
                if len(cells) == len(names):
                    # Not told to be strict, which was just seen to and takes as long again.
                    rows.append(Row(reader.line_num, dict(zip(names, cells))))  # noqa: B905
                else:
                    problems.append(_length_problem(file, reader.line_num, cells, names))
    except UnicodeDecodeError as error:
        message = f"byte {error.start} is not UTF-8"
        return None, [Problem(file, None, "", message, "Save the file as UTF-8.")]
    except csv.Error as error:
        remedy = "Put quotation marks around a cell that holds a comma, and double those inside."
        return None, [Problem(file, reader.line_num, "", f"no valid CSV: {error}", remedy)]
    return Table(resource["name"], file, schema, rows), problems


def _is_named(resource: object) -> bool:
    return isinstance(resource, dict) and all(
        isinstance(resource.get(name), str) for name in ("name", "path")
    )


def _header_problem(file: str, header: list[str], names: list[str]) -> Problem:
    missing = [name for name in names if name not in header]
    unknown = [name for name in header if name not in names]
    parts = [
        *([f"lacks {', '.join(missing)}"] if missing else []),
        *([f"has {', '.join(map(repr, unknown))}, which is not declared"] if unknown else []),
    ]
    message = f"the header {' and '.join(parts) or 'has the columns in another order'}"
    return Problem(file, 1, "", message, f"Write it as: {','.join(names)}")


def _length_problem(file: str, line: int, cells: list[str], names: list[str]) -> Problem:
    if not cells:
        return Problem(file, line, "", "the line is blank", "Delete it.")
    return Problem(
        file,
        line,
        "",
        f"the line has {len(cells)} cells, the header {len(names)}",
        "Give it one cell a column, with quotation marks around a cell that holds a comma.",
    )
