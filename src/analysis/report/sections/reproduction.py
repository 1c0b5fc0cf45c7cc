"""The section on how the page is made again."""

import hashlib
import json
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version

from analysis.catalog.tables import Read
from analysis.report.page import Page, software

SHOWN = 12  # characters of a digest: enough to tell two states apart


def reproduce(page: Page) -> None:
    """Show how this very page is made again, and from which state of data and code."""
    page.heading(page.say("How to reproduce this page"), "reproduce")
    vintage, kind = page.catalog.data_vintage(page.year)
    dated = {
        "released": page.say("the newest release that this section rests on"),
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
    reads: dict[str, list[Read]] = {}
    for read in page.catalog.reads:
        reads.setdefault(read.resource, []).append(read)
    lines = [_rows(page, name, found) for name, found in sorted(reads.items())]
    lock = page.catalog.data.parent / "requirements.lock"
    # As it is under version control, whatever line ends this machine writes.
    locked = hashlib.sha256(lock.read_bytes().replace(b"\r\n", b"\n")) if lock.is_file() else None
    return [*lines, f"`requirements.lock` `{locked.hexdigest()[:SHOWN]}`"] if locked else lines


def _rows(page: Page, table: str, reads: Sequence[Read]) -> str:
    digests = sorted(f"{json.dumps(read.filters, sort_keys=True)} {read.sha256}" for read in reads)
    digest = hashlib.sha256("\n".join(digests).encode()).hexdigest()[:SHOWN]
    count = page.language.count(
        "{number} row read", "{number} rows read", sum(read.rows for read in reads)
    )
    return f"`{table}`, {count}: `{digest}`"
