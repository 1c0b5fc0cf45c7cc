"""The section on how the page is made again."""

from analysis.report.page import Page, software


def reproduce(page: Page) -> None:
    """Show how this very page is made again, and from which state of the data."""
    page.heading(page.say("How to reproduce this page"), "reproduce")
    parameters = page.parameters
    lines = [
        f"neraca report {parameters.province} {parameters.year}",
        f"--language {parameters.language}",
        f"--horizon-months {parameters.horizon_months}",
        f"--interval-level {parameters.interval_level!r}",
        f"--raw-export-cut {parameters.raw_export_cut!r}",
    ]
    if parameters.ikm_growth_target is not None:
        lines.append(f"--ikm-growth-target {parameters.ikm_growth_target!r}")
    command = " \\\n    ".join(lines)
    page.text(
        f"```\n{command}\n```",
        page.say(
            "Figures for periods up to the end of {year} take part; the data vintage stands at the "
            "head of the report. Computed with {software}; `requirements.lock` pins every version.",
            year=page.year,
            software=software(),
        ),
    )
