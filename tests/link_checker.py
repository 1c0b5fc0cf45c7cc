"""Follow every link of a site, as a browser would without asking the network."""

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import unquote

from bs4 import BeautifulSoup

_ELSEWHERE = re.compile(r"(https?|mailto|data|javascript):")
_ADDRESSES = ("href", "src", "poster")


def dead_links(site: Path) -> list[str]:
    """List the links that lead to no file or to no place on a page, or out of the site.

    A link is relative and ends in a file's name, so that it also works below a path, and where
    no server adds `index.html`.
    """
    pages = {
        page: BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
        for page in sorted(site.rglob("*.html"))
    }
    places = {page: {str(found["id"]) for found in pages[page].select("[id]")} for page in pages}
    return [
        f"{page.relative_to(site).as_posix()}: {address} {problem}"
        for page, content in pages.items()
        for address in _addresses(content)
        if (problem := _problem(address, page, site, places))
    ]


def _addresses(content: BeautifulSoup) -> Iterator[str]:
    for name in _ADDRESSES:
        yield from (str(found[name]) for found in content.select(f"[{name}]"))


def _problem(address: str, page: Path, site: Path, places: Mapping[Path, set[str]]) -> str:
    if _ELSEWHERE.match(address):
        return ""
    file, _, anchor = address.partition("#")
    if file.startswith("/"):
        return "starts at the root of the server"
    target = Path(os.path.normpath(page.parent / unquote(file.partition("?")[0]))) if file else page
    if not target.is_relative_to(site):
        return "leads out of the site"
    if not target.is_file():
        return "leads to no file"
    if anchor and target in places and unquote(anchor) not in places[target]:
        return "leads to no place on the page"
    return ""
