"""Sites made from samples: one with every province and many years, one small and whole."""

import json
from pathlib import Path

import publish_samples as samples
from lineage_samples import lineage, made
from nbformat import NotebookNode

from analysis.parameters import Province, load_provinces
from neraca.publish import publish_many, publish_site, stage
from neraca.publish.collection import Collection, Key
from neraca.publish.failures import Failure, note_failure

YEARS = range(2011, 2026)

# What the small site has: a report in both languages, one in a single language, one that failed.
BOTH, ONE = (Key("id", "lampung", 2020), Key("en", "lampung", 2020)), Key("id", "lampung", 2019)
FAILED = Key("id", "aceh", 2020)


def indicator(value: float | str, unit: str, **changes: object) -> dict[str, object]:
    return {
        "value": value,
        "unit": unit,
        "time_period": "2025",
        "obs_status": "published",
        "basis": None,
        "method": None,
        "sources": ["s00000001"],
    } | changes


def flows(code: str, year: int) -> dict[str, object]:
    """Make the indicators by which the map compares a province."""
    export = 100.0 * int(code) + year
    return {
        f"annual_export_{year}": indicator(export, "million USD", basis="origin"),
        f"annual_import_{year}": indicator(2000.0, "million USD"),
        f"annual_balance_{year}": indicator(export - 2000, "million USD", basis="origin"),
        f"annual_cover_ratio_{year}": indicator(export / 20, "percent", basis="origin"),
        f"imk_establishments_{year}": indicator(10.0 * export, "establishments"),
        f"imk_workers_{year}": indicator(25.0 * export, "persons", obs_status="approximate"),
    }


def head(province: Province, year: int, language: str) -> dict[str, object]:
    """Make the content of a report's `indicators.json`."""
    return {
        "title": f"{province.name(language)} {year}",
        "description": "",
        "language": language,
        "data_vintage": f"{year}-12-31",
        "parameters": {"province": province.slug, "year": year, "language": language},
        "notebooks": {
            "summary": {"indicators": {"verdict_1": indicator("confirmed", "verdict")}},
            "export_surplus": {"indicators": flows(province.code, year)},
        },
    }


def full_project(root: Path) -> Path:
    """Write reports on every province of fifteen years in both languages: heads, no content."""
    samples.make_project(root)
    for province in load_provinces(root / "data").all:
        if province.is_country:
            continue
        for language in ("id", "en"):
            for year in YEARS:
                report = root / "_site" / Key(language, province.slug, year).directory
                report.mkdir(parents=True)
                (report / "index.html").write_text("<!DOCTYPE html><title>report</title>")
                (report / "indicators.json").write_text(json.dumps(head(province, year, language)))
    return root


def collection(root: Path, *published: Key, failed: tuple[Key, ...] = ()) -> Collection:
    """Make a collection of some reports, without any file of them."""
    samples.make_project(root)
    known = load_provinces(root / "data")
    provinces = tuple(province for province in known.all if not province.is_country)
    reports = {key: head(known.by_slug(key.province), key.year, key.language) for key in published}
    return Collection(root, provinces, reports, dict.fromkeys(failed, "It was not to be."))


def executed(key: Key) -> dict[str, NotebookNode]:
    """Make the executed notebooks of a report on Lampung, with figures for the map."""
    notebooks = samples.executed(key.language)
    words = samples.WORDS[key.language]
    for name, notebook in notebooks.items():
        parameters = {"province": key.province, "year": key.year, "language": key.language}
        changes: dict[str, object] = {
            "parameters": parameters,
            "title": words["title"].replace("2020", str(key.year)),
        }
        if name == "export_surplus":
            changes["indicators"] = {
                name: made(found) for name, found in flows("18", key.year).items()
            }
            changes |= lineage(key.year)
        notebook.cells[-1] = samples.code_cell(samples.record(name, key.language, **changes))
    return notebooks


def small_site(root: Path) -> Path:
    """Publish a few reports and the pages of their site; return the site."""
    samples.make_project(root)
    indexes = [stage(executed(key), root / key.directory) for key in (*BOTH, ONE)]
    assert not publish_many(indexes, root, root / "_site").failures
    (root / FAILED.directory).mkdir(parents=True)
    why = ValueError("the cell `fit()` of trend.ipynb failed")
    note_failure(root / FAILED.directory, Failure.of(why))
    publish_site(root, root / "_site")
    return root / "_site"
