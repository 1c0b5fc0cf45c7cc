"""Sentences on where a province stands among the others."""

from collections.abc import Mapping

from analysis.report.page import Page


def rank(page: Page, row: Mapping[str, str], year: int) -> str:
    """Say where the province stands among those whose figures are known."""
    if not row["export_rank"]:
        return page.say(
            "Its exports of {year} are not complete, so it has no rank among provinces.", year=year
        )
    sentence = page.say(
        "By exports of {year}, by province of origin, it is number {rank} of the {of} provinces "
        "whose exports are complete.",
        year=year,
        rank=row["export_rank"],
        of=row["export_of"],
    )
    if row["balance_rank"]:
        sentence += " " + page.say(
            "By its balance it is number {rank} of {of}.",
            rank=row["balance_rank"],
            of=row["balance_of"],
        )
    return sentence
