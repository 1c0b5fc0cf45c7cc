"""Show of every report whether it is fresh: as a matrix with reasons, or for a program."""

import json
from collections import defaultdict
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from neraca.pipeline.freshness import CONDITIONS, Condition, Judge, Judgement, addresses
from neraca.pipeline.project import Project
from neraca.publish.words import LANGUAGES

# A letter for each condition, so that the matrix is read without colours too, and its colour.
_SIGNS: dict[Condition, tuple[str, str]] = {
    "fresh": ("F", "green"),
    "stale": ("S", "yellow"),
    "failed": ("X", "red"),
    "missing": ("·", "bright_black"),
}
_SHOWN_BY_NAME = 5  # reports that a reason names; of more it tells the number


def judge_all(
    project: Project, province: str | None = None, year: int | None = None
) -> list[Judgement]:
    """Judge the reports that are there in any condition.

    Args:
        project: the checkout.
        province: slug of a province, for its reports alone.
        year: of the province, for its two reports of that year, whether there or not.

    """
    judge = Judge(project)
    found = addresses(project)
    if province is not None:
        found = [address for address in found if address[1] == province]
    if province is not None and year is not None:
        found = [(language, province, year) for language in LANGUAGES]
    return [judge.made(*address) for address in found]


def as_json(judgements: Sequence[Judgement]) -> str:
    """Write judgements for a program: how many are in each condition, and each with its reasons.

    >>> json.loads(as_json([Judgement("id", "lampung", 2025, "fresh", "nothing")]))["counts"]
    {'fresh': 1, 'stale': 0, 'failed': 0, 'missing': 0}
    """
    reports = [
        {
            "language": judgement.language,
            "province": judgement.province,
            "year": judgement.year,
            "condition": judgement.condition,
            "task": judgement.task,
            "reasons": list(judgement.reasons),
        }
        for judgement in judgements
    ]
    return json.dumps({"counts": _counts(judgements), "reports": reports}, indent=1)


def show(judgements: Sequence[Judgement], console: Console) -> None:
    """Print a matrix of provinces and years with a sign for each language, and the reasons."""
    if not judgements:
        console.print("There is no report yet; `neraca report PROVINCE YEAR` makes one.")
        return
    console.print(_matrix(judgements))
    console.print(_legend(judgements))
    for reason, concerned in _by_reason(judgements).items():
        console.print(f"{reason}: {_named(concerned)}", markup=False, highlight=False)


def _counts(judgements: Sequence[Judgement]) -> dict[Condition, int]:
    return {
        condition: sum(judgement.condition == condition for judgement in judgements)
        for condition in CONDITIONS
    }


def _matrix(judgements: Sequence[Judgement]) -> Table:
    known = {(one.province, one.year, one.language): one.condition for one in judgements}
    years = sorted({judgement.year for judgement in judgements})
    table = Table(box=None, padding=(0, 1, 0, 0))
    table.add_column(f"{'/'.join(LANGUAGES)}", no_wrap=True)
    for year in years:
        table.add_column(str(year), no_wrap=True)
    for province in sorted({judgement.province for judgement in judgements}):
        cells = [_cell([known.get((province, year, each)) for each in LANGUAGES]) for year in years]
        table.add_row(province, *cells)
    return table


def _cell(conditions: Sequence[Condition | None]) -> Text:
    cell = Text()
    for condition in conditions:
        sign, style = _SIGNS[condition or "missing"]
        cell.append(sign, style)
    return cell


def _legend(judgements: Sequence[Judgement]) -> Text:
    legend = Text()
    for condition, count in _counts(judgements).items():
        sign, style = _SIGNS[condition]
        legend.append(sign, style).append(f" {count} {condition}   ")
    return legend


def _by_reason(judgements: Sequence[Judgement]) -> dict[str, list[Judgement]]:
    """Group the reports that are not fresh by each of their reasons, the most frequent first."""
    grouped: dict[str, list[Judgement]] = defaultdict(list)
    for judgement in judgements:
        for reason in judgement.reasons:
            grouped[f"{judgement.condition}, {reason}"].append(judgement)
    return dict(sorted(grouped.items(), key=lambda item: (-len(item[1]), item[0])))


def _named(judgements: Sequence[Judgement]) -> str:
    names = [f"{one.language}/{one.province}/{one.year}" for one in judgements]
    more = len(names) - _SHOWN_BY_NAME
    return ", ".join(names) if more <= 0 else f"{', '.join(names[:_SHOWN_BY_NAME])} and {more} more"
