"""Publish a page without Quarto: pandoc parses, this package writes, typst prints."""

from collections.abc import Sequence
from pathlib import Path

from analysis.errors import NeracaError
from neraca.publish.configuration import Configuration
from neraca.publish.document import read
from neraca.publish.files import copy_tree, write_atomically
from neraca.publish.numbers import PAGE
from neraca.publish.paper import printing
from neraca.publish.webpage import STYLESHEET, Place, html_page, stylesheet

NAME = "embedded"

BESIDE = ("figures", "data", "notebooks")  # what a report's page has beside it


def render_report(index: Path, root: Path, directory: Path) -> None:
    """Render a staged report to `index.html` and `index.pdf` in an empty directory.

    ``index`` is `reports/<language>/<province>/<year>/index.ipynb` below ``root``. The
    figures, their data, the indicators, how these were made and the executed notebooks are put
    beside the page.
    Raises UnsupportedError for a construct that cannot be shown.
    """
    configuration = Configuration.read(root)
    document = read(index, root)
    place = Place(index.relative_to(root).as_posix(), index.parent, pdf=True)
    # typst takes longest: all else is done while it prints.
    with printing(document, configuration, index.parent) as printed:
        page = html_page(document, configuration, place)
        (directory / "index.html").write_text(page, encoding="utf-8")
        for name in BESIDE:
            if (index.parent / name).is_dir():
                copy_tree(index.parent / name, directory / name)
        for name in ("indicators.json", PAGE):
            if (index.parent / name).exists():
                (directory / name).write_bytes((index.parent / name).read_bytes())
        (directory / "index.pdf").write_bytes(printed())


def render_each(root: Path, sources: Sequence[Path], rendered: Path) -> dict[Path, NeracaError]:
    """Render reports below ``rendered``, laid out as in a site; return the errors by source."""
    failures = {}
    for source in sources:
        directory = rendered / source.parent.relative_to(root)
        directory.mkdir(parents=True)
        try:
            render_report(source, root, directory)
        except NeracaError as error:
            failures[source] = error
    return failures


def render_page(source: Path, root: Path) -> str:
    """Return the HTML of one of the site's own pages (a `.qmd` file)."""
    place = Place(source.relative_to(root).as_posix(), source.parent)
    return html_page(read(source, root), Configuration.read(root), place)


def write_stylesheet(site: Path) -> None:
    """Write the stylesheet that all pages of the embedded publisher share."""
    write_atomically(site / STYLESHEET, stylesheet())
