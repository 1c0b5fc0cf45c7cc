"""Write what machines read of the site: a list of reports, and all figures as tables."""

import csv
import hashlib
import io
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from neraca.publish.collection import Collection, Key
from neraca.publish.failures_page import DIRECTORY, anchor
from neraca.publish.parquet import parquet
from neraca.publish.words import LANGUAGES

_FIELDS = {
    "province_code": ("string", "BPS code of the province"),
    "province": ("string", "Name of the province in the addresses of its reports"),
    "year": ("integer", "Year of the report; of a figure on the map, the year it is of"),
    "notebook": ("string", "Notebook that gives the figure"),
    "indicator": ("string", "Name of the figure"),
    "time_period": ("string", "Year, month or span that the figure is of"),
    "value": ("number", "The figure; blank where it is a word"),
    "text": ("string", "The word, as of a verdict; blank where there is a figure"),
    "unit": ("string", "Unit of the figure"),
    "obs_status": (
        "string",
        "published, derived, approximate, estimated (by a model), or not computed: the figure is "
        "then how much is known of what the method needs",
    ),
    "basis": ("string", "Basis of exports: origin, or port-of-loading; blank if none is stated"),
    "method": ("string", "Function that computes the figure"),
    "source_ids": ("string", "Ids of the sources, as in sources.csv, with spaces between"),
}
_CONSTRAINTS: dict[str, dict[str, Any]] = {
    **{name: {"required": True} for name in ("province_code", "province", "year", "indicator")},
    "notebook": {"required": True},
    "obs_status": {
        "required": True,
        "enum": ["published", "derived", "approximate", "estimated", "not computed"],
    },
}
_INDICATORS = tuple(_FIELDS)
_MAP = (
    *("province_code", "province", "year", "indicator", "value", "unit", "obs_status"),
    "source_ids",
)
_KEYS = {
    "indicators": ["province", "year", "notebook", "indicator"],
    "map": ["province", "year", "indicator"],
}
_TITLES = {
    "indicators": "Indicators of all reports",
    "map": "Figures by which the map compares provinces",
}
_SOURCES = "sources.csv"
_ENCODED = {
    "csv": {"mediatype": "text/csv", "encoding": "utf-8"},
    "parquet": {"mediatype": "application/vnd.apache.parquet"},
}


def catalog_files(collection: Collection) -> dict[str, str | bytes]:
    """Return the content of each file by its name."""
    indicators, compared = list(_indicator_rows(collection)), list(_map_rows(collection))
    tables: dict[str, str | bytes] = {
        "indicators.csv": _csv(_INDICATORS, indicators),
        "indicators.parquet": parquet({name: _FIELDS[name][0] for name in _INDICATORS}, indicators),
        "map.csv": _csv(_MAP, compared),
    }
    cited = {name for row in (*indicators, *compared) for name in row["source_ids"].split()}
    sources = _sources(collection.root, cited)
    return {
        "catalog.json": _json(_catalog(collection)),
        **tables,
        _SOURCES: sources,
        "datapackage.json": _json(_package(collection.root, tables, sources)),
    }


def _catalog(collection: Collection) -> dict[str, Any]:
    """List the reports, published and failed; addresses are relative to this file."""
    keys = sorted({*collection.reports, *collection.failed}, key=lambda key: key.directory)
    return {
        "name": "neraca",
        "data": "datapackage.json",
        "languages": list(LANGUAGES),
        "provinces": [
            {
                "code": province.code,
                "slug": province.slug,
                "name": {language: province.name(language) for language in LANGUAGES},
                "pages": {
                    language: f"{language}/{province.slug}/index.html"
                    for language in LANGUAGES
                    if collection.of_province(language, province.slug)
                },
            }
            for province in collection.provinces
        ],
        "reports": [_entry(key, collection) for key in keys],
    }


def _entry(key: Key, collection: Collection) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "province": key.province,
        "year": key.year,
        "language": key.language,
        "state": "failed",
    }
    head = collection.reports.get(key)
    if head is None:
        return {**entry, "reason": f"{key.language}/{DIRECTORY}/index.html#{anchor(key)}"}
    here = key.directory.removeprefix("reports/")
    return {
        **entry,
        "state": "published",
        "title": head["title"],
        "description": head["description"],
        "data_vintage": head["data_vintage"],
        "parameters": head["parameters"],
        "html": f"{here}/index.html",
        "pdf": f"{here}/index.pdf",
        "indicators": f"{here}/indicators.json",
        "notebooks": [f"{here}/notebooks/{name}.ipynb" for name in head["notebooks"]],
    }


def _indicator_rows(collection: Collection) -> Iterable[dict[str, Any]]:
    """Yield the figures of every report once, whichever language it is in."""
    codes = {province.slug: province.code for province in collection.provinces}
    once = {(key.province, key.year): key for key in reversed(list(collection.reports))}
    for (slug, year), key in sorted(once.items()):
        for notebook, content in collection.reports[key]["notebooks"].items():
            for name, found in content["indicators"].items():
                yield {
                    "province_code": codes[slug],
                    "province": slug,
                    "year": year,
                    "notebook": notebook,
                    "indicator": name,
                    **_known(found),
                }


def _known(found: dict[str, Any]) -> dict[str, Any]:
    """Take an indicator apart into columns; its value is a number or a word."""
    columns = ("time_period", "unit", "obs_status", "basis", "method")
    kind = "text" if isinstance(found["value"], str) else "value"
    return {
        **{name: found.get(name) for name in columns},
        kind: found["value"],
        "source_ids": " ".join(found.get("sources") or []),
    }


def _map_rows(collection: Collection) -> Iterable[dict[str, Any]]:
    slugs = {province.code: province.slug for province in collection.provinces}
    for (name, year), figures in sorted(collection.compared.items()):
        for code, figure in sorted(figures.items()):
            yield {
                "province_code": code,
                "province": slugs[code],
                "year": year,
                "indicator": name,
                "value": figure.value,
                "unit": figure.unit,
                "obs_status": figure.obs_status,
                "source_ids": figure.sources,
            }


def _csv(columns: tuple[str, ...], rows: Iterable[dict[str, Any]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _sources(root: Path, cited: set[str]) -> str:
    """Return the table of sources with those that a figure rests on."""
    with (root / "data" / _SOURCES).open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        rows = [row for row in reader if row["source_id"] in cited]
        return _csv(tuple(reader.fieldnames or ()), rows)


def _package(root: Path, tables: dict[str, str | bytes], sources: str) -> dict[str, Any]:
    """Describe the tables as a Frictionless data package, under the licence of the figures."""
    published = json.loads((root / "data" / "datapackage.json").read_text(encoding="utf-8"))
    (declared,) = (each for each in published["resources"] if each["path"] == _SOURCES)
    return {
        "name": "neraca-reports",
        "title": "What the reports found",
        "profile": "data-package",
        "licenses": published["licenses"],
        "sources": published["sources"],
        "resources": [
            *(_resource(path, content) for path, content in tables.items()),
            {**declared, **_size(sources.encode())},
        ],
    }


def _resource(path: str, content: str | bytes) -> dict[str, Any]:
    name, _, extension = path.partition(".")
    data = content.encode() if isinstance(content, str) else content
    columns = _INDICATORS if name == "indicators" else _MAP
    fields = [
        {
            "name": column,
            "type": _FIELDS[column][0],
            "description": _FIELDS[column][1],
            **({"constraints": _CONSTRAINTS[column]} if column in _CONSTRAINTS else {}),
        }
        for column in columns
    ]
    size = _size(data)
    if extension != "csv":
        del size["bytes"]  # Frictionless counts those of a Parquet file as none, and finds it wrong
    return {
        "name": name if extension == "csv" else f"{name}-{extension}",
        "type": "table",
        "title": _TITLES[name],
        "path": path,
        "format": extension,
        **_ENCODED[extension],
        **size,
        "schema": {"fields": fields, "missingValues": [""], "primaryKey": _KEYS[name]},
    }


def _size(data: bytes) -> dict[str, Any]:
    return {"bytes": len(data), "hash": f"sha256:{hashlib.sha256(data).hexdigest()}"}


def _json(content: object) -> str:
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"
