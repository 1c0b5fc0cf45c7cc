"""Link each page to the same page in the other language, whichever publisher made it."""

import os
import re
from html import escape
from pathlib import Path

from neraca.publish.files import write_atomically
from neraca.publish.numbers import PAGE as NUMBERS
from neraca.publish.webpage import switch_language
from neraca.publish.words import LANGUAGES, other_language, word

_QUARTO_TITLE = re.compile(
    r'(<header id="title-block-header".*?)(?:<p class="language">[^\n]*</p>\n)?(?=</header>)',
    re.DOTALL,
)


def connect(page: Path, other: Path, language: str) -> None:
    """Link a page of this language to ``other``, or take the link away if that is not there.

    A page that does not exist is left so.
    """
    if not page.exists():
        return
    address = Path(os.path.relpath(other, page.parent)).as_posix() if other.exists() else None
    before = page.read_text(encoding="utf-8")
    text = _switch_in_title(switch_language(before, address, language), address, language)
    if text != before:
        write_atomically(page, text)


def connect_languages(page: Path, site: Path) -> None:
    """Link the page of a report or of a province to the same page in the other language.

    So is the page on how the report's numbers were made, which stands beside it.
    """
    _, language, *place = page.relative_to(site).parts
    other = site.joinpath("reports", other_language(language), *place)
    for name in (page.name, NUMBERS):
        connect(page.with_name(name), other.with_name(name), language)


def both_languages(page: Path, site: Path) -> list[Path]:
    """Return the paths that a report's page has in each language, existing or not."""
    _, _, *place = page.relative_to(site).parts
    return [site.joinpath("reports", language, *place) for language in LANGUAGES]


def _switch_in_title(text: str, address: str | None, language: str) -> str:
    """Set the link below the title of a page by Quarto, which has no place for it elsewhere.

    >>> page = '<header id="title-block-header"></header>'
    >>> linked = _switch_in_title(page, "../en/", "id")
    >>> "English</a></p>" in linked, _switch_in_title(linked, None, "id") == page
    (True, True)
    """
    link = ""
    if address is not None:
        other = other_language(language)
        link = (
            f'<p class="language"><a href="{escape(address)}" lang="{other}" hreflang="{other}" '
            f'rel="alternate">{word("other_language", language)}</a></p>\n'
        )
    return _QUARTO_TITLE.sub(lambda found: found[1] + link, text, count=1)
