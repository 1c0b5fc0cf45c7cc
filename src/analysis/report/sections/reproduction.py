"""The section on how the page is made again."""

import hashlib
import json
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from analysis.report.page import Page, software

#: Of a digest so many characters are shown: enough to tell two states of a file apart.
SHOWN = 12

NOTEBOOKS = ("summary", "export_surplus", "downstreaming", "ikm_targets", "national")


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
            "A file is the same if its `SHA-256` begins as in the list below; `sha256sum` "
            "prints it."
        ),
    ]
    page.text(
        f"```\n{_command(page)}\n```",
        "\n".join(f"- {line}" for line in lines),
    )
    page.note(
        page.say("State of the files (`SHA-256`, first {count} characters)", count=SHOWN),
        "\n".join(f"- `{name}` `{digest[:SHOWN]}`" for name, digest in _digests(page)),
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


def _digests(page: Page) -> list[tuple[str, str]]:
    """List the tables that this section read with the digests that the data package declares."""
    data = page.catalog.data
    project = data.parent
    package = json.loads((data / "datapackage.json").read_text(encoding="utf-8"))
    read = {item.resource for item in page.catalog.reads}
    tables = [
        (f"data/{resource['path']}", resource["hash"].removeprefix("sha256:"))
        for resource in package["resources"]
        if resource["name"] in read
    ]
    names = ["requirements.lock", *(f"notebooks/{name}.ipynb" for name in NOTEBOOKS)]
    files = [(name, project / name) for name in names]
    return tables + [(name, _digest(path)) for name, path in files if path.is_file()]


def _digest(path: Path) -> str:
    """Digest a text file as it is under version control, whatever line ends this machine writes."""
    return hashlib.sha256(path.read_bytes().replace(b"\r\n", b"\n")).hexdigest()
