"""A project as it is when every province has a report of many years, without rendering any."""

import json
from pathlib import Path

import publish_samples as samples

from analysis.parameters import Province, load_provinces
from neraca.publish.collection import Collection, Key

YEARS = range(2011, 2026)


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


def head(province: Province, year: int, language: str) -> dict[str, object]:
    """Make the content of a report's `indicators.json`."""
    export = 100.0 * int(province.code) + year
    flows = {
        f"annual_export_{year}": indicator(export, "million USD", basis="origin"),
        f"annual_import_{year}": indicator(2000.0, "million USD"),
        f"annual_balance_{year}": indicator(export - 2000, "million USD", basis="origin"),
        f"annual_cover_ratio_{year}": indicator(export / 20, "percent", basis="origin"),
        f"imk_establishments_{year}": indicator(10.0 * export, "establishments"),
        f"imk_workers_{year}": indicator(25.0 * export, "persons", obs_status="approximate"),
    }
    return {
        "title": f"{province.name(language)} {year}",
        "description": "",
        "language": language,
        "data_vintage": f"{year}-12-31",
        "parameters": {"province": province.slug, "year": year, "language": language},
        "notebooks": {
            "summary": {"indicators": {"verdict_1": indicator("confirmed", "verdict")}},
            "export_surplus": {"indicators": flows},
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
    return Collection(root, provinces, reports, frozenset(failed))
