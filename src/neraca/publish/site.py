"""Build the site's own pages: index, methods, provinces, failures, and the catalog."""

import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from neraca.publish import pandoc, quarto
from neraca.publish.catalog_files import catalog_files
from neraca.publish.collection import Collection
from neraca.publish.failures_page import DIRECTORY, failures_page
from neraca.publish.files import write_atomically
from neraca.publish.languages import connect, connect_languages
from neraca.publish.matrix import matrix
from neraca.publish.province_page import province_page
from neraca.publish.renewal import (
    content_key,
    is_fresh,
    mark,
    page_key,
    publisher_name,
    publishing_key,
)
from neraca.publish.site_words import say
from neraca.publish.tile_map import read_layout, tile_map
from neraca.publish.words import LANGUAGES, other_language

PAGES = ("index.qmd", "methods.qmd", "en/index.qmd", "en/methods.qmd")
ASSETS = ("site.css", "site.js")
MATRIX = "provinces"  # where on an index the table is

_PAGES_AT_A_TIME = 4
_HERE = Path(__file__).parent


def publish_site(root: Path, site: Path) -> list[Path]:
    """Build the site's own pages in both languages and return their paths.

    What ``site`` holds decides what they list. Their sources are written below `reports`, for
    Quarto and the embedded publisher alike: `published.<language>.md`, which the index includes,
    a page for each province that has reports, one on what failed, and the files that the pages
    load and link.
    Raises NeracaError when a page cannot be made.
    """
    collection = Collection.read(root, site)
    _write_sources(collection, root, site)
    listing = [
        *_write_province_pages(collection, root, site),
        *_write_failures(collection, root, site),
    ]
    publishing = publishing_key(root, publisher_name())
    keys = {path: page_key(content_key(path, root), publishing) for path in listing}
    stale = [path for path in listing if not is_fresh(_page(path, root, site), keys[path])]
    sources = [root / page for page in PAGES]
    _render([*sources, *stale], root, site)
    for path in stale:
        mark(_page(path, root, site), keys[path])
    for source in sources:
        other = _page(_twin(source, root), root, site)
        connect(_page(source, root, site), other, _language(source))
    for page in (*site.glob("reports/??/*/index.html"), *site.glob("reports/??/*/*/index.html")):
        connect_languages(page, site)
    return [_page(source, root, site) for source in sources]


def _write_sources(collection: Collection, root: Path, site: Path) -> None:
    """Write what the index pages include, and what all pages load and link."""
    for language in LANGUAGES:
        listing = root / "reports" / f"published.{language}.md"
        text = index_part(collection, language)
        if text:
            write_atomically(listing, text)
        else:
            listing.unlink(missing_ok=True)
    assets = {name: (_HERE / name).read_text(encoding="utf-8") for name in ASSETS}
    for name, content in {**assets, **catalog_files(collection)}.items():
        write_atomically(root / "reports" / name, content)
        write_atomically(site / "reports" / name, content)


def index_part(collection: Collection, language: str) -> str:
    """Return what the index of a language includes: map and matrix; empty if nothing was tried."""
    if not collection.reports and not collection.failed:
        return ""
    tiles = read_layout(collection.root)
    to_root = "../" if language == "en" else ""
    addresses = province_addresses(collection, language, to_root)
    shown_map = tile_map(collection, tiles, language, addresses)
    table = matrix(collection, tiles, language, to_root, addresses)
    parts = [_raw(f'<link rel="stylesheet" href="{to_root}reports/site.css">')]
    if shown_map:
        source = f"{say('map_source', language)} [map.csv]({to_root}reports/map.csv)."
        parts += [f"### {say('map', language)}", say("map_intro", language, table=f"#{MATRIX}")]
        parts += [_raw(shown_map), f"[{source}]{{.source}}"]
    parts += [f"### {say('matrix', language)} {{#{MATRIX}}}", _raw(table)]
    parts += [say("files", language, to=f"{to_root}reports/")]
    parts += [_raw(f'<script src="{to_root}reports/site.js" defer></script>')]
    return "\n\n".join(parts) + "\n"


def province_addresses(collection: Collection, language: str, to_root: str) -> dict[str, str]:
    """Return the link to each province's page by slug, for provinces that have one."""
    found = {}
    for province in collection.provinces:
        for own in (language, other_language(language)):
            if collection.of_province(own, province.slug):
                found[province.slug] = f"{to_root}reports/{own}/{province.slug}/index.html"
                break
    return found


def _write_province_pages(collection: Collection, root: Path, site: Path) -> list[Path]:
    """Write the sources of the provinces' pages, and remove those that have no report left."""
    sources = []
    for language in LANGUAGES:
        for province in collection.provinces:
            source = root / "reports" / language / province.slug / "index.qmd"
            known = collection.of_province(language, province.slug)
            text = province_page(collection, province, language) if known else ""
            sources += _write_or_remove(source, text, root, site)
    return sources


def _write_failures(collection: Collection, root: Path, site: Path) -> list[Path]:
    """Write the sources of the pages on what failed, in a language in which something did."""
    sources = []
    for language in LANGUAGES:
        source = root / "reports" / language / DIRECTORY / "index.qmd"
        sources += _write_or_remove(source, failures_page(collection, language), root, site)
    return sources


def _write_or_remove(source: Path, text: str, root: Path, site: Path) -> list[Path]:
    """Write the source of a page and return it; without a text remove it and its page."""
    if text:
        write_atomically(source, text)
        return [source]
    source.unlink(missing_ok=True)
    _page(source, root, site).unlink(missing_ok=True)
    return []


def _render(sources: list[Path], root: Path, site: Path) -> None:
    found = quarto.find_quarto()
    if found:
        _render_with_quarto(found, root, site, sources)
        return
    pandoc.write_stylesheet(site)
    # pandoc is at work for half of the time, as a process of its own.
    with ThreadPoolExecutor(_PAGES_AT_A_TIME) as pool:
        pages = pool.map(lambda source: pandoc.render_page(source, root), sources)
        for source, page in zip(sources, pages, strict=True):
            write_atomically(_page(source, root, site), page)


def _render_with_quarto(found: quarto.Quarto, root: Path, site: Path, sources: list[Path]) -> None:
    with tempfile.TemporaryDirectory(prefix="neraca-") as directory:
        rendered = Path(directory)
        quarto.render(found, root, sources, rendered)
        quarto.move_shared(rendered, site)
        for path in _files(rendered):
            write_atomically(site / path.relative_to(rendered), path.read_bytes())


def _files(directory: Path) -> Iterator[Path]:
    return (path for path in sorted(directory.rglob("*")) if path.is_file())


def _page(source: Path, root: Path, site: Path) -> Path:
    return site / source.relative_to(root).with_suffix(".html")


def _language(source: Path) -> str:
    return "en" if source.parent.name == "en" else "id"


def _twin(source: Path, root: Path) -> Path:
    """Return the same page's source in the other language."""
    name = source.name
    return root / name if _language(source) == "en" else root / "en" / name


def _raw(html: str) -> str:
    """Mark HTML as such, so that both publishers pass it on as it is."""
    return f"```{{=html}}\n{html}\n```"
