"""What a batch is asked for: the reports of provinces, years and languages, checked at once."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.errors import NeracaError
from analysis.parameters import ReportParameters, load_provinces

ALL = "all"


@dataclass(frozen=True)
class Skipped:
    """A province's year that has no report because the province was not founded yet."""

    province: str
    year: int


@dataclass(frozen=True)
class Request:
    """The reports that were asked for.

    Attributes:
        reports: the parameters of each, by year, province and language.
        skipped: what the lists take in, and cannot be made.

    """

    reports: tuple[ReportParameters, ...]
    skipped: tuple[Skipped, ...]


def read_request(
    provinces: str, years: str, languages: str, others: Mapping[str, Any], data: Path
) -> Request:
    """Check what was asked for, and give each report.

    Args:
        provinces: `all`, or slugs with commas between them.
        years: years and ranges of years with commas between them.
        languages: `id`, `en` or both, with a comma between them.
        others: the other parameters, which all reports have in common.
        data: directory of the published figures.

    Raises:
        NeracaError: naming the first province, year, language or parameter that is wrong, or a
            province that was founded after all the years, if there is nothing else to make.

    """
    known = load_provinces(data)
    slugs = [each.slug for each in known.all if not each.is_country]
    chosen = slugs if provinces == ALL else _listed(provinces, "province")
    asked_years, asked_languages = read_years(years), _listed(languages, "language")
    # The schema is asked about each value once, and not about each of many reports.
    oldest = next(each.slug for each in known.all if not each.is_country and each.founded is None)
    for language in asked_languages:
        first = _parsed(oldest, asked_years[0], language, others)
    for year in asked_years:
        _parsed(oldest, year, "id", {})
    skipped = []
    reports = []
    for slug in chosen:
        province = known.by_slug(slug)
        if province.is_country:
            _parsed(slug, asked_years[0], "id", {})
        for year in asked_years:
            if province.founded is not None and year < province.founded:
                skipped.append(Skipped(slug, year))
                continue
            update = {"province": slug, "year": year}
            reports += [
                first.model_copy(update=update | {"language": language})
                for language in asked_languages
            ]
    if not reports:
        known.require_founded(known.by_slug(skipped[-1].province), skipped[-1].year)
    return Request(tuple(sorted(reports, key=_order(slugs))), tuple(skipped))


def read_years(text: str) -> list[int]:
    """Give the years that a text names, each once, the earliest first.

    Raises:
        NeracaError: naming the part that is neither a year nor a range of years.

    >>> read_years("2022,2018-2020")
    [2018, 2019, 2020, 2022]

    """
    found: set[int] = set()
    for part in _listed(text, "year"):
        match = re.fullmatch(r"(\d{4})(?:-(\d{4}))?", part)
        if not match or (match[2] and match[2] < match[1]):
            raise NeracaError(
                f"years: {part!r} is neither a year nor a range of years; "
                "write 2025, 2020,2022 or 2018-2024."
            )
        found.update(range(int(match[1]), int(match[2] or match[1]) + 1))
    return sorted(found)


def _listed(text: str, what: str) -> list[str]:
    """Split a list at its commas; a part that is named twice counts once."""
    parts = list(dict.fromkeys(part.strip() for part in text.split(",")))
    if not all(parts):
        raise NeracaError(
            f"A {what} is missing in {text!r}; write one, or several with commas between them."
        )
    return parts


def _parsed(province: str, year: int, language: str, others: Mapping[str, Any]) -> ReportParameters:
    values = {**others, "province": province, "year": year, "language": language}
    return ReportParameters.parse(values)


def _order(slugs: Sequence[str]) -> Any:
    place = {slug: number for number, slug in enumerate(slugs)}
    return lambda report: (report.year, place[report.province], report.language)
