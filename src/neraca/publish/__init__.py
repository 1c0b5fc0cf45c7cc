"""From executed notebooks to pages: stage them, render them, and keep the site together."""

import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from analysis.errors import NeracaError
from neraca.publish import pandoc, quarto
from neraca.publish.files import replacing
from neraca.publish.site import both_languages, connect_languages, publish_site
from neraca.publish.stage import stage

__all__ = ["Page", "publish", "publish_site", "stage"]


@dataclass(frozen=True)
class Page:
    """A published report: its two files, the publisher, and the time it took in seconds."""

    html: Path
    pdf: Path
    publisher: str
    seconds: float


def publish(index: Path, root: Path, site: Path) -> Page:
    """Render a staged report to HTML and PDF, with Quarto where it is found.

    ``index`` is `reports/<language>/<province>/<year>/index.ipynb` below ``root``; the page
    goes to the same place below ``site``, where it takes the place of an older one in one
    step. Raises NeracaError when the report cannot be rendered; an older page then stays here.
    """
    start = time.perf_counter()
    index, root, site = index.resolve(), root.resolve(), site.resolve()
    directory = site / _address(index, root)
    found = quarto.find_quarto()
    with replacing(directory) as new:
        if found:
            _render_with_quarto(found, index, root, site, new)
        else:
            pandoc.render_report(index, root, new)
    if not found:
        pandoc.write_stylesheet(site)
        for page in both_languages(directory / "index.html", site):
            connect_languages(page, site)
    return Page(
        html=directory / "index.html",
        pdf=directory / "index.pdf",
        publisher=f"quarto {found.version}" if found else pandoc.NAME,
        seconds=time.perf_counter() - start,
    )


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


def _render_with_quarto(
    found: quarto.Quarto, index: Path, root: Path, site: Path, directory: Path
) -> None:
    with tempfile.TemporaryDirectory(prefix="neraca-") as work:
        rendered = Path(work)
        quarto.render(found, root, [index], rendered)
        quarto.move_shared(rendered, site)
        page = rendered / _address(index, root)
        shutil.copytree(page, directory, dirs_exist_ok=True)
