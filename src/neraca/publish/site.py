"""Build the site's own pages, and keep what they and the reports say of each other."""

import json
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from neraca.publish import pandoc, quarto
from neraca.publish.files import write_atomically
from neraca.publish.webpage import switch_language
from neraca.publish.words import LANGUAGES, other_language

PAGES = ("index.qmd", "methods.qmd", "en/index.qmd", "en/methods.qmd")


@dataclass(frozen=True)
class Published:
    """A report that the site has: its address and the head of its indicators."""

    address: Path
    head: dict[str, Any]


def publish_site(root: Path, site: Path) -> list[Path]:
    """Build the site's own pages in both languages and return their paths.

    The list of published reports is made from what ``site`` holds and written as
    `reports/published.<language>.md`, which the index pages include. With Quarto where it is
    found, else with the embedded publisher. Raises NeracaError when a page cannot be made.
    """
    for language in LANGUAGES:
        listing = root / "reports" / f"published.{language}.md"
        text = list_reports(published_reports(site, language), language)
        if text:
            write_atomically(listing, text)
        else:
            listing.unlink(missing_ok=True)
    for page in sorted(site.glob("reports/*/*/*/index.html")):
        connect_languages(page, site)
    sources = [root / page for page in PAGES]
    found = quarto.find_quarto()
    if found:
        return _publish_with_quarto(found, root, site, sources)
    pandoc.write_stylesheet(site)
    return [_publish_page(source, root, site) for source in sources]


def published_reports(site: Path, language: str) -> list[Published]:
    """Return the reports in a language that the site holds, by province, newest year first."""
    reports = site / "reports" / language
    found = [
        Published(
            path.parent.relative_to(site),
            json.loads((path.parent / "indicators.json").read_text(encoding="utf-8")),
        )
        for path in reports.glob("*/*/index.html")
        if (path.parent / "indicators.json").exists()
    ]
    newest_first = sorted(found, key=lambda report: report.address.name, reverse=True)
    return sorted(newest_first, key=lambda report: report.address.parent.name)


def list_reports(reports: list[Published], language: str) -> str:
    """Return the Markdown list of reports that the index page of a language includes."""
    prefix = "../" if language == "en" else ""
    lines = []
    for report in reports:
        address = f"{prefix}{report.address.as_posix()}/index.html"
        lines.append(f"- [{_escape(report.head['title'])}]({address})")
    return "\n".join(lines) + "\n" if lines else ""


def connect_languages(page: Path, site: Path) -> None:
    """Link a report's page to the same report in the other language, if the site has it.

    A link that no longer leads anywhere is taken away. A page that does not exist is left so.
    """
    _, language, province, year = page.parent.relative_to(site).parts
    other = site / "reports" / other_language(language) / province / year / page.name
    if page.exists():
        text = page.read_text(encoding="utf-8")
        target = _relative(other, page) if other.exists() else None
        write_atomically(page, switch_language(text, target, language))


def both_languages(page: Path, site: Path) -> list[Path]:
    """Return the paths that a report's page has in each language, existing or not."""
    _, _, province, year = page.parent.relative_to(site).parts
    return [site / "reports" / language / province / year / page.name for language in LANGUAGES]


def _relative(target: Path, page: Path) -> str:
    return Path(os.path.relpath(target, page.parent)).as_posix()


def _publish_page(source: Path, root: Path, site: Path) -> Path:
    """Write one of the site's own pages; each of them exists in both languages."""
    name = source.relative_to(root)
    target = site / name.with_suffix(".html")
    english = name.parts[0] == "en"
    other = Path(*name.parts[1:]) if english else Path("en") / name
    address = _relative(site / other.with_suffix(".html"), target)
    page = pandoc.render_page(source, root)
    write_atomically(target, switch_language(page, address, "en" if english else "id"))
    return target


def _publish_with_quarto(
    found: quarto.Quarto, root: Path, site: Path, sources: list[Path]
) -> list[Path]:
    with tempfile.TemporaryDirectory(prefix="neraca-") as directory:
        rendered = Path(directory)
        quarto.render(found, root, sources, rendered)
        quarto.move_shared(rendered, site)
        for path in _files(rendered):
            write_atomically(site / path.relative_to(rendered), path.read_bytes())
    return [(site / source.relative_to(root)).with_suffix(".html") for source in sources]


def _files(directory: Path) -> Iterator[Path]:
    return (path for path in sorted(directory.rglob("*")) if path.is_file())


def _escape(text: str) -> str:
    return "".join(f"\\{sign}" if sign in "\\`*_{}[]()#+-.!$@<>|~^" else sign for sign in text)
