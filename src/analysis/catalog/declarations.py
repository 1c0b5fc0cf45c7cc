"""Whether the entries of `corrections.yml` and `links.yml` are well formed, and guards hold."""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from analysis.catalog.package import Problem, Row, Table, label

NUMBER = (int, float)
CONFIRMED = {
    "id": str,
    "resource": str,
    "key": dict,
    "expect": NUMBER,
    "reason": str,
    "source": str,
}
CORRECTED = CONFIRMED | {"action": str}
REPLACED = CORRECTED | {"value": NUMBER}
LINKED = {
    "id": str,
    "province_code": str,
    "flow": str,
    "from_basis": str,
    "to_basis": str,
    "first": str,
    "last": str,
    "tolerance_percent": NUMBER,
    "minimum_months": int,
}
KIND_NAMES: dict[Any, str] = {
    str: "text (in quotation marks if it is made of digits)",
    dict: "columns with the values that select the row",
    int: "a whole number",
    NUMBER: "a number",
}
ACTIONS = ("replace", "drop", "doubt")
STATED_BASES = ("origin", "port-of-loading")
MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")

# With fewer months in common, agreement may be chance.
MINIMUM_COMMON_MONTHS = 12


@dataclass(frozen=True)
class Entry:
    """One declaration: the file and line where it begins, and what it says."""

    file: str
    line: int
    content: Mapping[str, Any]

    def problem(self, field: str, message: str, remedy: str) -> Problem:
        """Report something about this declaration, with its id.

        >>> entry = Entry("data/links.yml", 4, {"id": "lampung"})
        >>> str(entry.problem("flow", "it is missing", "Give text."))
        'data/links.yml, line 4, flow of lampung: it is missing. Give text.'

        """
        name = self.content.get("id")
        place = " of ".join(str(part) for part in (field, name) if part)
        return Problem(self.file, self.line, place, message, remedy)


def declaration_problems(data: Path, tables: Mapping[str, Table]) -> list[Problem]:
    """Report what is wrong with the corrections and links that a data directory declares.

    A file that is missing is not reported here.

    Args:
        data: the data directory.
        tables: its tables by name, as far as they could be read.

    >>> declaration_problems(Path("nowhere"), {})
    []

    """
    corrections, problems = _read(data, "corrections.yml", ("corrections", "confirmed"))
    links, found = _read(data, "links.yml", ("links",))
    problems += found
    for entry in corrections["corrections"]:
        replaces = entry.content.get("action") == "replace"
        fields = REPLACED if replaces else CORRECTED
        problems += [*_field_problems(entry, fields), *_action_problems(entry)]
        problems += _guard_problems(entry, tables)
    for entry in corrections["confirmed"]:
        problems += [*_field_problems(entry, CONFIRMED), *_guard_problems(entry, tables)]
    for entry in links["links"]:
        problems += [*_field_problems(entry, LINKED), *_link_problems(entry, tables)]
    problems += _repeated_ids([*corrections["corrections"], *corrections["confirmed"]])
    problems += _repeated_ids(links["links"])
    return problems


def _read(
    data: Path, path: str, parts: tuple[str, ...]
) -> tuple[dict[str, list[Entry]], list[Problem]]:
    """Read the lists of entries of a YAML file, with the line where each begins."""
    entries: dict[str, list[Entry]] = {part: [] for part in parts}
    file = label(data, path)
    if not (data / path).is_file():
        return entries, []
    try:
        text = (data / path).read_text(encoding="utf-8")
        loader = yaml.SafeLoader(text)
        root = loader.get_single_node()
        content = None if root is None else loader.construct_document(root)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or str(error)
        line = None if mark is None else mark.line + 1
        return entries, [
            Problem(file, line, "", f"no valid YAML: {reason}", "Correct the indents and marks.")
        ]
    if root is None or not isinstance(content, dict) or set(content) - set(parts):
        message = f"it holds something other than the lists {' and '.join(parts)}"
        return entries, [Problem(file, None, "", message, "See the head of the file.")]
    problems = []
    lines = {key.value: node for key, node in root.value}
    for part, values in content.items():
        if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
            remedy = f"Write `{part}: []` for none, else one entry a dash."
            problems.append(
                Problem(file, lines[part].start_mark.line + 1, part, "it is no list", remedy)
            )
            continue
        for value, node in zip(values, lines[part].value, strict=True):
            entries[part].append(Entry(file, node.start_mark.line + 1, value))
    return entries, problems


def _field_problems(entry: Entry, fields: Mapping[str, Any]) -> Iterator[Problem]:
    for name, kind in fields.items():
        value = entry.content.get(name)
        if value is None:
            yield entry.problem(name, "it is missing", f"Give {KIND_NAMES[kind]}.")
        elif not isinstance(value, kind) or isinstance(value, bool):
            yield entry.problem(name, f"{value!r} is of another kind", f"Give {KIND_NAMES[kind]}.")
        elif value == "" and name != "from_basis":
            yield entry.problem(name, "it is blank", f"Give {KIND_NAMES[kind]}.")
    for name in entry.content.keys() - fields.keys():
        remedy = f"The fields are {', '.join(fields)}."
        yield entry.problem(str(name), "there is no such field here", remedy)


def _action_problems(entry: Entry) -> Iterator[Problem]:
    action = entry.content.get("action")
    if isinstance(action, str) and action and action not in ACTIONS:
        yield entry.problem(
            "action", f"there is no action {action!r}", f"Use one of {', '.join(ACTIONS)}."
        )


def _guard_problems(entry: Entry, tables: Mapping[str, Table]) -> Iterator[Problem]:
    """Hold the key and the guard of an entry against the table that they are about."""
    name, key = entry.content.get("resource"), entry.content.get("key")
    if not isinstance(name, str) or not isinstance(key, dict):
        return
    observations = {other for other in tables if _value_column(tables[other]) is not None}
    if name not in observations:
        if name not in tables or observations:
            remedy = f"Name one of {', '.join(sorted(observations))}."
            yield entry.problem("resource", f"{name!r} is no table of observations", remedy)
        return
    table = tables[name]
    unusable = [*_key_problems(entry, key, table)]
    yield from unusable
    if unusable:
        return
    rows = [
        row
        for row in table.rows
        if all(row.cells[column] == value for column, value in key.items())
    ]
    if len(rows) != 1:
        remedy = "Give the columns and values that select exactly one row."
        yield entry.problem("key", f"it selects {len(rows)} rows of {table.file}", remedy)
        return
    yield from _expectation_problems(entry, rows[0], table)


def _key_problems(entry: Entry, key: Mapping[Any, Any], table: Table) -> Iterator[Problem]:
    columns = [declared["name"] for declared in table.schema["fields"]]
    for column, value in key.items():
        if column not in columns:
            remedy = f"The columns are {', '.join(columns)}."
            yield entry.problem("key", f"{table.file} has no column {column!r}", remedy)
        elif not isinstance(value, str):
            remedy = f'Write it as text: {column}: "…".'
            yield entry.problem("key", f"{column} is {value!r}, not text", remedy)


def _expectation_problems(entry: Entry, row: Row, table: Table) -> Iterator[Problem]:
    expected = entry.content.get("expect")
    found = row.cells[_value_column(table) or ""]
    if not isinstance(expected, NUMBER):
        return
    try:
        held = math.isclose(float(found), expected, rel_tol=1e-9)
    except ValueError:
        held = False
    if not held:
        message = f"it is {expected:g}, but {table.file}, line {row.line}, has {found or 'nothing'}"
        remedy = "If the source has put its error right, withdraw the entry; else correct it."
        yield entry.problem("expect", message, remedy)


def _value_column(table: Table) -> str | None:
    """Name the column of values of a table of observations; None for another table."""
    columns = {declared["name"] for declared in table.schema["fields"]}
    if "obs_status" not in columns:
        return None
    return "value_usd_million" if "value_usd_million" in columns else "value"


def _link_problems(entry: Entry, tables: Mapping[str, Table]) -> Iterator[Problem]:
    link = entry.content
    provinces = tables.get("provinces")
    code = link.get("province_code")
    if provinces and isinstance(code, str) and code not in provinces.values("bps_code"):
        remedy = f"Use a code of {provinces.file}."
        yield entry.problem("province_code", f"{provinces.file} has no {code!r}", remedy)
    if link.get("flow") not in ("export", None):
        remedy = "Write export; imports exist at ports of unloading only."
        yield entry.problem("flow", f"{link['flow']!r} cannot be linked", remedy)
    if link.get("to_basis") not in (*STATED_BASES, None):
        remedy = f"Use {' or '.join(STATED_BASES)}."
        yield entry.problem("to_basis", f"{link['to_basis']!r} is no stated basis", remedy)
    if link.get("from_basis") is not None and link.get("from_basis") == link.get("to_basis"):
        yield entry.problem("from_basis", "it is the basis that it is linked to", 'Write "".')
    yield from _evidence_problems(entry)


def _evidence_problems(entry: Entry) -> Iterator[Problem]:
    first, last = (str(entry.content.get(name, "")) for name in ("first", "last"))
    for name, month in (("first", first), ("last", last)):
        if month and not MONTH.fullmatch(month):
            yield entry.problem(name, f"{month!r} is no month", 'Write it as "2022-01".')
    if first > last:
        yield entry.problem("last", f"{last} lies before {first}", "Exchange the two.")
    months = entry.content.get("minimum_months")
    if isinstance(months, int) and months < MINIMUM_COMMON_MONTHS:
        remedy = f"Link only what at least {MINIMUM_COMMON_MONTHS} months show."
        yield entry.problem("minimum_months", f"{months} months may agree by chance", remedy)
    tolerance = entry.content.get("tolerance_percent")
    if isinstance(tolerance, NUMBER) and tolerance <= 0:
        remedy = "Give the largest difference in percent, above 0."
        yield entry.problem("tolerance_percent", f"{tolerance} allows no rounding", remedy)


def _repeated_ids(entries: list[Entry]) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for entry in entries:
        name = str(entry.content.get("id"))
        if name in first and entry.content.get("id"):
            message = f"line {first[name]} has the same id"
            yield entry.problem("id", message, "Give it a name of its own.")
        first.setdefault(name, entry.line)
