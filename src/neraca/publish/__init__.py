"""From executed notebooks to pages: stage them, render them, and keep the site together."""

import logging
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from analysis.errors import NeracaError
from neraca.publish import pandoc, quarto
from neraca.publish.files import replacing
from neraca.publish.languages import both_languages, connect_languages
from neraca.publish.renewal import content_key, mark, page_key, publishing_key
from neraca.publish.site import publish_site
from neraca.publish.stage import stage

__all__ = ["Page", "Publication", "publish", "publish_many", "publish_site", "render_many", "stage"]

_LOG = logging.getLogger(__name__)
_SHARING = threading.Lock()  # held while what all pages share is put in its place


@dataclass(frozen=True)
class Page:
    """A published report: its two files, the publisher, and the time it took in seconds.

    Of several reports that are rendered together, each has an equal part of the time.
    """

    html: Path
    pdf: Path
    publisher: str
    seconds: float


@dataclass
class Publication:
    """What became of several staged reports, by the resolved paths of their sources."""

    pages: dict[Path, Page] = field(default_factory=dict)
    failures: dict[Path, NeracaError] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


def publish(index: Path, root: Path, site: Path) -> Page:
    """Render a staged report to HTML and PDF, with Quarto where it is found.

    ``index`` is `reports/<language>/<province>/<year>/index.ipynb` below ``root``; the page
    goes to the same place below ``site``, where it takes the place of an older one in one
    step. Raises NeracaError when the report cannot be rendered; an older page then stays here.
    """
    published = publish_many([index], root, site, workers=1)
    for error in published.failures.values():
        raise error
    (page,) = published.pages.values()
    return page


def publish_many(
    indexes: Sequence[Path], root: Path, site: Path, workers: int | None = None
) -> Publication:
    """Render staged reports as ``publish`` does, several at a time.

    ``workers`` says how many, by default as many as there are cores. A report that cannot be
    rendered is told in the result and stops no other. What Quarto warns of is logged as well.
    """
    published = render_many(indexes, root, site, workers)
    _connect(published.pages.values(), site.resolve())
    for warning in published.warnings:
        _LOG.warning("%s", warning)
    return published


def render_many(
    indexes: Sequence[Path], root: Path, site: Path, workers: int | None = None
) -> Publication:
    """Render as ``publish_many`` does, but link no page to its translation.

    So several processes can do it at once, and ``publish_site`` links all pages at the end.
    """
    root, site = root.resolve(), site.resolve()
    workers = workers or os.cpu_count() or 1
    found = quarto.find_quarto()
    published = Publication()
    sources = []
    for index in indexes:
        source = index.resolve()
        try:
            _address(source, root)
            sources.append(source)
        except NeracaError as error:
            published.failures[source] = error
    # Quarto is slow to start and renders many in one go; without it a report is a go of its own.
    shards = quarto.shards(sources, workers if found else len(sources))
    with ThreadPoolExecutor(workers) as pool:
        parts = pool.map(lambda shard: _publish_shard(found, shard, root, site), shards)
        for part in parts:
            published.pages |= part.pages
            published.failures |= part.failures
            published.warnings += part.warnings
    if not found:
        pandoc.write_stylesheet(site)
    return published


def _publish_shard(
    found: quarto.Quarto | None, sources: Sequence[Path], root: Path, site: Path
) -> Publication:
    """Render the reports that one worker has, and put each in its place in the site."""
    start = time.perf_counter()
    name = f"quarto {found.version}" if found else pandoc.NAME
    published = Publication()
    # Before anything is read to render: what changes meanwhile leaves the page stale.
    publishing = publishing_key(root, name)
    keys = {source: page_key(content_key(source.parent, root), publishing) for source in sources}
    with tempfile.TemporaryDirectory(prefix="neraca-") as work:
        rendered = Path(work)
        if found:
            published.warnings, published.failures = quarto.render_each(
                found, root, sources, rendered
            )
            with _SHARING:
                quarto.move_shared(rendered, site)
        else:
            published.failures = pandoc.render_each(root, sources, rendered)
        for source in sources:
            if source in published.failures:
                continue
            address = _address(source, root)
            with replacing(site / address) as new:
                # A mere renaming where both are on one file system.
                for path in (rendered / address).iterdir():
                    shutil.move(path, new)
                mark(new / "index.html", keys[source])
    seconds = (time.perf_counter() - start) / len(sources)
    for source in sources:
        if source not in published.failures:
            directory = site / _address(source, root)
            published.pages[source] = Page(
                directory / "index.html", directory / "index.pdf", name, seconds
            )
    return published


def _connect(pages: Iterable[Page], site: Path) -> None:
    """Let pages and their translations lead to each other."""
    for page in pages:
        for each in both_languages(page.html, site):
            connect_languages(each, site)


def _address(index: Path, root: Path) -> Path:
    address = index.parent.relative_to(root) if index.is_relative_to(root) else Path()
    if len(address.parts) != 4 or address.parts[0] != "reports":
        raise NeracaError(
            f"{index} is not a staged report; it must be "
            f"{root}/reports/<language>/<province>/<year>/index.ipynb."
        )
    if not index.is_file():
        raise NeracaError(f"{index} does not exist; stage the report first.")
    return address
