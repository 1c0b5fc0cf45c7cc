"""Know which reports there are, in which state, and the figures that compare provinces."""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from analysis.parameters import Province, load_provinces
from neraca.publish.breaks import Breaks
from neraca.publish.failures import FAILURE, Failure
from neraca.publish.words import LANGUAGES, other_language

State = Literal["published", "other", "failed", "unmade", "no_data"]
STATES: tuple[State, ...] = ("published", "other", "failed", "unmade", "no_data")

# What the map compares, in which unit, and what a report calls it among its indicators.
_UNITS = {
    "balance": "million USD",
    "export": "million USD",
    "import": "million USD",
    "cover_ratio": "percent",
    "imk_establishments": "establishments",
    "imk_workers": "persons",
}
COMPARED = tuple(_UNITS)
_TOTALS = COMPARED[:4]
_IN_REPORTS = {name: ("annual_{}_{}" if name in _TOTALS else "{}_{}").format for name in COMPARED}
# The map compares exports by province of origin with one another, and with no others.
_COMPARED_BASES = (None, "origin")
_OBSERVED = ("trade.csv", "industry.csv")


@dataclass(frozen=True)
class Key:
    """What one report is about."""

    language: str
    province: str
    year: int

    @property
    def directory(self) -> str:
        """The report's address in the site, with slashes.

        >>> Key("id", "lampung", 2025).directory
        'reports/id/lampung/2025'
        """
        return f"reports/{self.language}/{self.province}/{self.year}"


@dataclass(frozen=True)
class Figure:
    """A province's figure of a year, how it is known, and the ids of its sources."""

    value: float
    unit: str
    obs_status: str
    sources: str


@dataclass(frozen=True)
class Collection:
    """All reports of a project: those that its site has, and those that failed.

    ``reports`` holds the content of each published report's `indicators.json`; ``failed`` says
    why a report could not be made.
    """

    root: Path
    provinces: tuple[Province, ...]
    reports: dict[Key, dict[str, Any]]
    failed: dict[Key, Failure]

    @classmethod
    def read(cls, root: Path, site: Path) -> "Collection":
        """Collect the reports that ``site`` holds and the failures noted below ``root``."""
        known = load_provinces(root / "data").all
        provinces = tuple(province for province in known if not province.is_country)
        slugs = {province.slug for province in provinces}
        reports = {
            key: json.loads((page.parent / "indicators.json").read_text(encoding="utf-8"))
            for key, page in _found(site, "index.html")
            if key.province in slugs and (page.parent / "indicators.json").is_file()
        }
        failed = {
            key: Failure.read(path)
            for key, path in _found(root, FAILURE)
            if key.province in slugs and key not in reports
        }
        return cls(root, provinces, reports, failed)

    @cached_property
    def years(self) -> list[int]:
        """The years from the first to the last that a report was tried for, newest first."""
        tried = {key.year for key in (*self.reports, *self.failed)}
        return list(range(max(tried), min(tried) - 1, -1)) if tried else []

    def state(self, key: Key) -> State:
        """Tell the state of a report; ``other`` is one that only the other language has."""
        if key in self.reports:
            return "published"
        if key in self.failed:
            return "failed"
        if self.elsewhere(key) in self.reports:
            return "other"
        code = self._codes[key.province]
        return "unmade" if (code, key.year) in self._observed else "no_data"

    def elsewhere(self, key: Key) -> Key:
        """Return the same report in the other language."""
        return Key(other_language(key.language), key.province, key.year)

    def of_province(self, language: str, slug: str) -> list[Key]:
        """Return the published reports on a province in a language, newest first."""
        found = [key for key in self.reports if (key.language, key.province) == (language, slug)]
        return sorted(found, key=lambda key: key.year, reverse=True)

    def indicators(self, key: Key) -> dict[str, dict[str, Any]]:
        """Return the indicators of a published report by name, of all its notebooks."""
        return {
            name: indicator
            for notebook in self.reports[key]["notebooks"].values()
            for name, indicator in notebook["indicators"].items()
        }

    @cached_property
    def compared(self) -> dict[tuple[str, int], dict[str, Figure]]:
        """The figures of all provinces, by indicator and year, then by BPS code.

        The comparison of all provinces comes first; for a province that it lacks, the
        indicator in the province's own report of that year.
        """
        found: dict[tuple[str, int], dict[str, Figure]] = {}
        for (name, year), code, figure in (*self._from_reports(), *self._from_comparisons()):
            found.setdefault((name, year), {})[code] = figure
        return found

    def _from_reports(self) -> Iterator[tuple[tuple[str, int], str, Figure]]:
        for key in self.reports:
            indicators = self.indicators(key)
            for name, called in _IN_REPORTS.items():
                found = indicators.get(called(name, key.year))
                if found and found.get("basis") in _COMPARED_BASES:
                    sources = " ".join(found.get("sources") or [])
                    figure = Figure(found["value"], _UNITS[name], found["obs_status"], sources)
                    yield (name, key.year), self._codes[key.province], figure

    def _from_comparisons(self) -> Iterator[tuple[tuple[str, int], str, Figure]]:
        for directory in sorted((self.root / "reports" / "national").glob("[0-9]*")):
            year = int(directory.name)
            for row in _rows(directory / "national.csv"):
                for name in _TOTALS:
                    if row[name]:
                        yield (name, year), row["province_code"], _total(name, row)
            for row in _rows(directory / "national_imk.csv"):
                name = f"imk_{row['measure']}"
                if name in COMPARED and row["year"] == directory.name:
                    yield (name, year), row["province_code"], _count(name, row)

    @cached_property
    def breaks(self) -> Breaks:
        """Between which years the figures of a province cannot be compared."""
        return Breaks(self.root / "data")

    @cached_property
    def _codes(self) -> dict[str, str]:
        return {province.slug: province.code for province in self.provinces}

    @cached_property
    def _observed(self) -> set[tuple[str, int]]:
        """The provinces and years of which there is any figure on trade or industry."""
        places = (self.root / "data" / "observations" / name for name in _OBSERVED)
        found = {pair for path in places for pair in _pairs(path, "province_code", "time_period")}
        return {(code, int(period[:4])) for code, period in found}


def _found(base: Path, name: str) -> Iterator[tuple[Key, Path]]:
    """Yield the files of this name that stand where a report does, and what it is about."""
    for language in LANGUAGES:
        for path in sorted((base / "reports" / language).glob(f"*/[0-9]*/{name}")):
            yield Key(language, path.parts[-3], int(path.parts[-2])), path


def _rows(path: Path) -> list[dict[str, str]]:
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _pairs(path: Path, *columns: str) -> Iterator[tuple[str, ...]]:
    """Yield once what stands together in some columns, which Python reads four times as long."""
    if not path.is_file():
        return
    # Only here: who reads no figures waits for it in vain.
    from pyarrow import csv, string

    table = csv.read_csv(
        path,
        read_options=csv.ReadOptions(use_threads=False),
        parse_options=csv.ParseOptions(newlines_in_values=True),
        convert_options=csv.ConvertOptions(
            include_columns=columns, column_types=dict.fromkeys(columns, string())
        ),
    )
    for row in table.group_by(list(columns), use_threads=False).aggregate([]).to_pylist():
        yield tuple(row[column] for column in columns)


def _total(name: str, row: dict[str, str]) -> Figure:
    """Make a figure of a row of the comparison; two flows are known as well as the worse one."""
    flows = [name] if name in {"export", "import"} else ["export", "import"]
    statuses = {row[f"{flow}_status"] for flow in flows}
    if len(flows) == 2 and "approximate" not in statuses:
        status = "derived"
    else:
        status = "approximate" if "approximate" in statuses else statuses.pop()
    sources = {source for flow in flows for source in row[f"{flow}_sources"].split()}
    return Figure(float(row[name]), _UNITS[name], status, " ".join(sorted(sources)))


def _count(name: str, row: dict[str, str]) -> Figure:
    return Figure(float(row["value"]), _UNITS[name], row["obs_status"], row["source_ids"])
