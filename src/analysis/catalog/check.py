"""Whether the data keep what `datapackage.json` declares, with every problem told at once."""

import difflib
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal
from operator import itemgetter
from pathlib import Path
from typing import Any

from frictionless import FrictionlessException, Package, Schema

from analysis.catalog.declarations import declaration_problems
from analysis.catalog.package import (
    DESCRIPTOR,
    MANIFEST,
    PackageError,
    Problem,
    Row,
    Table,
    fingerprint,
    half_unit,
    is_synthetic,
    label,
    read_package,
    read_table,
    seal,
)
from analysis.errors import NeracaError

__all__ = ["Problem", "check", "seal"]

# What each period type looks like; the schema alone lets any of them stand beside any other.
PERIOD_FORMS = {
    "month": re.compile(r"\d{4}-\d\d"),
    "year": re.compile(r"\d{4}"),
    "cumulative": re.compile(r"\d{4}-\d\d/\d{4}-\d\d"),
}

# Members of a dimension, the table that classifies them, and its column.
CLASSIFIED = {"hs": ("hs", "code"), "partner": ("partners", "partner"), "port": ("ports", "port")}

# What `report_years` of the package gives: the years that a report can be made for.
YEARS = ("first", "last")

# What a figure of imports may state: nothing, or the part of them that it is.
IMPORT_BASES = ("", "migas", "nonmigas")

#: Environment variable with which a trial says that it means synthetic figures.
MEANT = "NERACA_SYNTHETIC"

# Share of a year's total by which its months may differ from it by revision and rounding.
SUM_TOLERANCE = 0.15


def check(data: Path) -> list[Problem]:
    """Hold a data directory against its `datapackage.json` and report every problem at once.

    Checked are: the package itself; that each declared file is there, unchanged since it was
    sealed, and that no other file lies beside them; each cell against type and constraints; keys;
    references between tables; that periods, items and signs of trade figures fit together and
    their goods, partners and ports are classified; that a printed balance is the difference of the
    exports and imports printed with it; the files of stores; and the declarations in
    `corrections.yml` and `links.yml`.

    Args:
        data: directory with `datapackage.json`.

    Returns:
        The problems by file and line; none if all is well.

    >>> print(*check(Path("nowhere")))
    nowhere/datapackage.json: it is missing. Restore it.

    """
    try:
        package = read_package(data)
        _require_valid(data, package)
    except PackageError as error:
        return [error.problem]
    problems = [*_file_problems(data, package["resources"])]
    tables: dict[str, Table] = {}
    for resource in package["resources"]:
        if resource.get("format") == "csv" and (data / resource["path"]).is_file():
            table, found = read_table(data, resource)
            problems += found
            if table is not None:
                tables[table.name] = table
    for table in tables.values():
        problems += [*_cell_problems(table), *_key_problems(table)]
        problems += _reference_problems(table, tables)
    if "trade" in tables:
        problems += _trade_problems(tables["trade"])
        problems += _classification_problems(tables["trade"], tables)
        problems += _balance_problems(tables["trade"])
        problems += _sum_problems(tables["trade"])
    problems += _store_problems(data, package["resources"], tables)
    problems += declaration_problems(data, tables)
    return sorted(problems, key=lambda problem: (problem.file, problem.row or 0, problem.field))


def require_published(data: Path, *, synthetic: bool = False) -> None:
    """Refuse figures that are marked as synthetic, unless they are meant.

    Args:
        data: directory with `datapackage.json`.
        synthetic: made-up figures are meant, as in a measurement.

    Raises:
        NeracaError: if they are synthetic and not meant.

    >>> from analysis.project import data_directory
    >>> require_published(data_directory())

    """
    if is_synthetic(data) and not synthetic:
        raise NeracaError(
            f"The figures in {data} are synthetic: made up for trials and measurements, and none "
            f"of any province. For a trial say so with {MEANT}=1 in the environment; for a "
            "report use the published figures."
        )


def _require_valid(data: Path, package: Mapping[str, Any]) -> None:
    """Refuse a descriptor that is no valid data package, or has a table without key."""
    reasons = [
        f"the table {resource['name']} declares no schema with a list primaryKey"
        for resource in package["resources"]
        if resource.get("format") in ("csv", "parquet") and not _has_key(resource)
    ]
    years = package.get("report_years")
    if not (isinstance(years, dict) and all(isinstance(years.get(k), int) for k in YEARS)):
        reasons.append("report_years does not give a first and a last year")
    try:
        Package.from_descriptor(dict(package))
    except FrictionlessException as error:
        reasons += [reason.note for reason in error.reasons] or [error.error.note]
    if reasons:
        message = f"no valid data package: {'; '.join(reasons)}"
        problem = Problem(label(data, DESCRIPTOR), None, "", message, "Correct it or restore it.")
        raise PackageError(problem)


def _has_key(resource: Mapping[str, Any]) -> bool:
    schema = resource.get("schema")
    return isinstance(schema, dict) and isinstance(schema.get("primaryKey"), list)


def _file_problems(data: Path, resources: list[dict[str, Any]]) -> Iterator[Problem]:
    stores: list[Path] = []
    for resource in resources:
        path, file = data / resource["path"], label(data, resource["path"])
        if resource.get("format") == "parquet":
            stores.append(path)
            path, file = path / MANIFEST, f"{file}/{MANIFEST}"
        if not path.is_file():
            remedy = f"Restore it, or take {resource['name']} out of {DESCRIPTOR}."
            yield Problem(file, None, "", "it is declared, but missing", remedy)
        elif fingerprint(path)["hash"] != resource.get("hash"):
            yield Problem(
                file,
                None,
                "",
                f"it is not the file that {DESCRIPTOR} holds the hash of",
                "If the edit was meant, run `neraca data seal`; if not, restore the file.",
            )
    # A package has its descriptor, and may have a README, beside its resources.
    declared = {data / DESCRIPTOR, data / "README.md"}
    declared |= {data / resource["path"] for resource in resources}
    for path in sorted(data.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(data).parts)
        inside = any(path.is_relative_to(store) for store in stores)
        if path.is_file() and not hidden and not inside and path not in declared:
            file = label(data, path.relative_to(data).as_posix())
            remedy = f"Declare it in {DESCRIPTOR} with its schema, or take it away."
            yield Problem(file, None, "", "no resource declares it", remedy)


def _store_problems(
    data: Path, resources: list[dict[str, Any]], tables: Mapping[str, Table]
) -> Iterator[Problem]:
    declared = [each for each in resources if each.get("format") == "parquet"]
    if not declared:
        return
    # DuckDB and Parquet are for those who have a store.
    from analysis.catalog.store import declared_store, store_problems

    columns = {"province_code": ("provinces", "bps_code"), "source_id": ("sources", "source_id")}
    known = {
        name: tables[table].values(column)
        for name, (table, column) in columns.items()
        if table in tables
    }
    for resource in declared:
        store = declared_store(data, resource)
        if (store.directory / MANIFEST).is_file():
            yield from store_problems(data, store, known)


def _cell_problems(table: Table) -> Iterator[Problem]:
    """Hold each cell against the type and the constraints of its field."""
    schema = Schema.from_descriptor(dict(table.schema))
    lines = [row.cells for row in table.rows]
    for declared in schema.fields:
        read = declared.create_cell_reader()
        # A column holds few distinct values; each is judged once.
        verdicts = {
            text: verdict
            for text in set(map(itemgetter(declared.name), lines))
            if (verdict := _verdict(text, declared, *read(text))) is not None
        }
        for row in table.rows if verdicts else ():
            verdict = verdicts.get(row.cells[declared.name])
            if verdict is not None:
                yield Problem(table.file, row.line, declared.name, *verdict)


def _verdict(
    text: str, declared: Any, value: object, notes: Mapping[str, str] | None
) -> tuple[str, str] | None:
    """Put what frictionless notes about a cell in our words: message and remedy."""
    if isinstance(value, Decimal) and not value.is_finite():
        notes = {"type": ""}
    if not notes:
        return None
    rules = declared.constraints
    if "type" in notes:
        kind = "whole number" if declared.type == "integer" else declared.type
        return f"{text!r} is no {kind}", "Write digits with a decimal point, no thousands marks."
    if "required" in notes:
        return "it is blank", f"Fill it in ({_lower_first(declared.description)})."
    if "enum" in notes:
        allowed = ", ".join(rules["enum"])
        near = _nearest(text, rules["enum"])
        return f"{text!r} is none of {allowed}", f"{near}Use one of these."
    if "minimum" in notes:
        return f"{text} is below {rules['minimum']}", "Look at the source again and correct it."
    return f"{text!r} has not the right form", f"Write it as declared: {declared.description}."


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]


def _nearest(text: str, known: list[str]) -> str:
    near = difflib.get_close_matches(text, known, n=1)
    return f"Did you mean {near[0]}? " if near else ""


def _key_problems(table: Table) -> Iterator[Problem]:
    columns = table.schema["primaryKey"]
    key_of = itemgetter(*columns)
    first: dict[object, int] = {}
    for row in table.rows:
        key = key_of(row.cells)
        if key in first:
            yield Problem(
                table.file,
                row.line,
                "",
                f"it has the same {', '.join(columns)} as line {first[key]}",
                "Delete one of the two, or tell them apart where they differ.",
            )
        first.setdefault(key, row.line)


def _reference_problems(table: Table, tables: Mapping[str, Table]) -> Iterator[Problem]:
    for reference in table.schema.get("foreignKeys", ()):
        (column,), target = reference["fields"], reference["reference"]
        other = tables.get(target["resource"] or table.name)
        if other is None:  # unreadable, and told as such
            continue
        known = other.values(target["fields"][0])
        for row in table.rows:
            text = row.cells[column]
            if text and text not in known:
                yield Problem(
                    table.file,
                    row.line,
                    column,
                    f"{other.file} has no {text!r}",
                    "Add a line for it there, or correct it here.",
                )


def _trade_problems(table: Table) -> Iterator[Problem]:
    """Find trade figures whose columns contradict one another."""
    for row in table.rows:
        cells = row.cells
        for column, message, remedy in _contradictions(cells):
            yield Problem(table.file, row.line, column, message, remedy)


def _contradictions(cells: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    period, kind = cells["time_period"], cells["period_type"]
    form = PERIOD_FORMS.get(kind)
    if form and not form.fullmatch(period):
        yield "time_period", f"{period!r} is no {kind}", "Correct it, or the period_type."
    if kind == "cumulative" and period[:7] >= period[8:]:
        yield "time_period", f"{period!r} does not run forward", "Put the earlier month first."
    if cells["flow"] in ("export", "import") and cells["value_usd_million"].startswith("-"):
        remedy = "Only a balance can be; look at the source again."
        yield "value_usd_million", f"{cells['value_usd_million']} is below 0", remedy
    if cells["flow"] == "import" and cells["basis"] not in IMPORT_BASES:
        remedy = "Imports exist by port of unloading only; leave it blank."
        yield "basis", f"imports have no basis {cells['basis']!r}", remedy
    if not cells["value_usd_million"] and not cells["net_weight_kg"]:
        yield "value_usd_million", "neither value nor weight is given", "Fill one in."
    members = [] if cells["dimension"] == "total" else cells["dimension"].split("-")
    items = cells["item"].split("|") if cells["item"] else []
    if len(items) != len(members):
        message = f"{cells['item']!r} has {len(items)} members, the dimension {len(members)}"
        yield "item", message, "Part the members by a vertical bar, in the dimension's order."


def _classification_problems(trade: Table, tables: Mapping[str, Table]) -> Iterator[Problem]:
    known = {
        member: tables[name].values(column)
        for member, (name, column) in CLASSIFIED.items()
        if name in tables
    }
    told = set()
    for row in trade.rows:
        dimension = row.cells["dimension"]
        if dimension in ("total", "port"):  # ports alone are phrases, as "via other ports"
            continue
        for member, item in zip(dimension.split("-"), row.cells["item"].split("|"), strict=False):
            if member not in known or item in known[member] or (member, item) in told:
                continue
            told.add((member, item))
            name = tables[CLASSIFIED[member][0]].file
            remedy = f"Add a line for it to {name}, or correct the spelling."
            yield Problem(trade.file, row.line, "item", f"{name} does not list {item!r}", remedy)


def _balance_problems(trade: Table) -> Iterator[Problem]:
    """Find balances that differ from exports − imports of the same source by more than rounding.

    Only where all three are printed without a basis: a release that states one may print exports
    by origin beside a balance by port of loading.
    """
    columns = ("source_id", "province_code", "period_type", "time_period")
    periods: dict[tuple[str, ...], dict[str, Row]] = defaultdict(dict)
    for row in trade.rows:
        if row.cells["dimension"] == "total" and not row.cells["basis"]:
            key = tuple(row.cells[column] for column in columns)
            periods[key][row.cells["flow"]] = row
    for flows in periods.values():
        if {"export", "import", "balance"} <= flows.keys():
            yield from _balance_problem(trade.file, flows)


def _balance_problem(file: str, flows: Mapping[str, Row]) -> Iterator[Problem]:
    values = {flow: _number(row.cells["value_usd_million"]) for flow, row in flows.items()}
    if None in values.values():
        return
    export, imports, balance = (values[flow] for flow in ("export", "import", "balance"))
    difference = export - imports - balance  # type: ignore[operator]
    allowed = sum(
        half_unit(row.cells["value_usd_million"], row.cells["obs_status"]) for row in flows.values()
    )
    if abs(difference) > allowed + 1e-9:
        yield Problem(
            file,
            flows["balance"].line,
            "value_usd_million",
            f"exports {export} (line {flows['export'].line}) less imports {imports} "
            f"(line {flows['import'].line}) are not the balance {balance}",
            "Look at the source again; if it prints them so, give the basis of the exports.",
        )


def _sum_problems(trade: Table) -> Iterator[Problem]:
    """Find years whose twelve months of one source do not add up to any total of the year.

    Revisions and rounding move a sum by a few percent; a month misprinted tenfold moves it by far
    more than `SUM_TOLERANCE`.
    """
    months: dict[tuple[str, ...], dict[str, Row]] = defaultdict(dict)
    totals: dict[tuple[str, ...], list[float]] = defaultdict(list)
    for row in trade.rows:
        cells = row.cells
        value = _number(cells["value_usd_million"])
        if cells["dimension"] != "total" or cells["flow"] == "balance" or value is None:
            continue
        series = (cells["province_code"], cells["flow"], cells["basis"], cells["time_period"][:4])
        if cells["period_type"] == "month":
            months[(*series, cells["source_id"])][cells["time_period"]] = row
        elif cells["period_type"] == "year":
            totals[series].append(value)
    for (*named, source), rows in months.items():
        known = totals.get(tuple(named), [])
        if len(rows) < 12 or not known:
            continue
        values = {
            month: _number(row.cells["value_usd_million"]) or 0 for month, row in rows.items()
        }
        added = sum(values.values())
        if any(abs(added - total) <= SUM_TOLERANCE * total for total in known):
            continue
        largest = max(values, key=values.__getitem__)
        yield Problem(
            trade.file,
            rows[largest].line,
            "value_usd_million",
            f"the twelve months of {named[3]} in {source} add up to {added:.2f}, the year's total "
            f"is {known[0]:g}; the largest month is {largest}",
            "Look for a misprint; if the source prints it so, declare it in corrections.yml.",
        )


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
