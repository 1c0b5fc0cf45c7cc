"""The section on how the page is made again."""

import hashlib
import json
from importlib.metadata import PackageNotFoundError, version

from analysis.report.page import Page, software

SHOWN = 12  # characters of a digest: enough to tell two states apart


def reproduce(page: Page) -> None:
    """Show how this very page is made again, and from which state of data and code."""
    page.heading(page.say("How to reproduce this page"), "reproduce")
    vintage, kind = page.catalog.data_vintage(page.year)
    dated = {
        "released": page.say(
            "the newest release date among the sources of this section; sources without a date "
            "do not count"
        ),
        "retrieved": page.say("the newest retrieval; no release is dated"),
        "year": page.say("the end of the year; no figure is dated"),
    }
    lines = [
        page.say("The command's options are the report's parameters."),
        page.say(
            "[Data vintage](#term-data-vintage): {date}, {what}. Figures for periods up to the end "
            "of {year} take part.",
            date=page.language.date(vintage),
            what=dated[kind],
            year=page.year,
        ),
        page.say(
            "Computed with {software}; `requirements.lock` pins every version.",
            software=", ".join([*_own_version(), software()]),
        ),
        page.say(
            "The list below tells whether the rows that were read, and the versions, are the same; "
            "`record.json` has every question that was put to the data."
        ),
        page.say(
            "`{command} NAME` tells how a number was made, down to its sources; without a name it "
            "lists the numbers.",
            command=f"neraca explain {page.parameters.province} {page.parameters.year}",
        ),
    ]
    page.text(
        f"```\n{_command(page)}\n```",
        "\n".join(f"- {line}" for line in lines),
    )
    page.note(
        page.say("What was read (`SHA-256`, first {count} characters)", count=SHOWN),
        "\n".join(f"- {line}" for line in _state(page)),
        collapse=True,
    )


def _command(page: Page) -> str:
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
    return " \\\n    ".join(lines)


def _own_version() -> list[str]:
    """Name the version of the code, where it was installed under its name."""
    try:
        return [f"neraca {version('neraca')}"]
    except PackageNotFoundError:
        return []


def _state(page: Page) -> list[str]:
    """List what this section was made from: the rows read of each table, and the lock file.

    A figure that another province's report reads changes the table and not this digest, so the
    page stays what it would be if it were made again.
    """
    reads: dict[str, list[str]] = {}
    for read in page.catalog.reads:
        question = json.dumps(read.filters, sort_keys=True)
        reads.setdefault(read.resource, []).append(f"{question} {read.sha256}")
    digests = {name: _digest("\n".join(sorted(found))) for name, found in sorted(reads.items())}
    lock = page.catalog.data.parent / "requirements.lock"
    if lock.is_file():
        # As text: the same whatever line ends this machine writes.
        digests[lock.name] = _digest(lock.read_text(encoding="utf-8"))
    return [f"`{name}` `{digest[:SHOWN]}`" for name, digest in digests.items()]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
