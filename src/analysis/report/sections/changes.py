"""The section on what changed since the report of the year before."""

from collections.abc import Sequence

import pandas as pd

from analysis.catalog.statements import Statement
from analysis.catalog.targets import GrowthTarget
from analysis.report.narrative import changes as sentences
from analysis.report.page import Page
from analysis.report.sections.base import (
    establishments_series,
    partners_series,
    products_series,
    statements_series,
    target_series,
    totals_series,
)
from analysis.report.tables import summary as tables

# Of these subjects a month holds a list and no total.
LISTS = ("export_products", "import_products", "partners")


def show(
    page: Page,
    months: pd.DataFrame,
    revised: pd.DataFrame,
    bases: tuple[str, str],
    counts: pd.DataFrame,
    targets: tuple[GrowthTarget | None, GrowthTarget | None],
    claims: Sequence[Statement],
) -> None:
    """Show what this report has that the one of the year before had not.

    Args:
        page: the page.
        months: as `catalog.coverage.known_by_month` gives it.
        revised: as `catalog.certainty.revisions` gives it.
        bases: basis of exports a year before and now.
        counts: establishments by year, with `total`, `obs_status` and `source_ids`.
        targets: growth target stated up to the year before, and up to now.
        claims: statements up to the report's year.

    """
    page.heading(page.say("What changed since last year's report"), "changes")
    own = months[months["time_period"].str[:4] == str(page.year)]
    new = {flow: int((own["subject"] == flow).sum()) for flow in ("export", "import")}
    lists = int(own.loc[own["subject"].isin(LISTS), "time_period"].nunique())
    said = sum(claim.date[:4] == str(page.year) for claim in claims)
    lines = [
        sentences.new_months(page, new),
        sentences.new_lists(page, lists),
        sentences.revised(page, revised),
        sentences.new_basis(page, *bases),
        sentences.new_count(page, counts),
        sentences.new_target(page, *targets),
        sentences.new_statements(page, said),
    ]
    found = [f"- {line}" for line in lines if line]
    if not found:
        page.text(sentences.nothing(page), sentences.limits(page))
        return
    page.text("\n".join(found), sentences.limits(page))
    if not revised.empty:
        tables.revisions(page, revised)
    _record(
        page,
        {
            **{f"{flow}_months": number for flow, number in new.items()},
            "lists": lists,
            "revised_figures": len(revised),
            "statements": said,
        },
    )
    _record_count(page, counts)
    _record_targets(page, targets)


def _record(page: Page, numbers: dict[str, int]) -> None:
    flows = ("export", "import")
    lists = [products_series(page, flow) for flow in flows] + [partners_series(page, "export")]
    made = {
        **{
            f"{flow}_months": ("coverage.known_by_month", [totals_series(page, flow)])
            for flow in flows
        },
        "lists": ("coverage.known_by_month", lists),
        "revised_figures": ("certainty.revisions", [totals_series(page, flow) for flow in flows]),
        "statements": ("statements.statements", [statements_series(page)]),
    }
    for name, number in numbers.items():
        method, inputs = made[name]
        page.indicator(
            f"new_{name}",
            number,
            "number",
            str(page.year),
            obs_status="derived",
            method=f"analysis.catalog.{method}",
            inputs=inputs,
        )


def _record_count(page: Page, counts: pd.DataFrame) -> None:
    for year, row in counts[counts.index == page.year].iterrows():
        page.source_ids.update(row["source_ids"])
        page.indicator(
            "new_imk_establishments",
            row["total"],
            "establishments",
            str(year),
            obs_status=row["obs_status"],
            sources=row["source_ids"],
            inputs=[establishments_series(page)],
        )


def _record_targets(page: Page, targets: tuple[GrowthTarget | None, GrowthTarget | None]) -> None:
    for name, target in zip(("before", "now"), targets, strict=True):
        if target is None:
            continue
        page.source_ids.update(target.source_ids)
        for end in ("lower", "upper"):
            page.indicator(
                f"ikm_growth_target_{name}_{end}",
                getattr(target, end),
                "percent a year",
                str(target.year),
                obs_status="published",
                sources=target.source_ids,
                inputs=target_series(page, target),
            )
