"""Lay the reports out as a table of provinces and years, each cell with its state."""

from collections.abc import Mapping
from html import escape

from analysis.parameters import Province
from neraca.publish.collection import STATES, Collection, Key, State
from neraca.publish.failures_page import DIRECTORY, anchor
from neraca.publish.site_words import say
from neraca.publish.tile_map import Tile, select
from neraca.publish.words import other_language

_MARKS: dict[State, str] = {"failed": "✕", "unmade": "·", "no_data": "–"}


def matrix(
    collection: Collection,
    tiles: Mapping[str, Tile],
    language: str,
    to_root: str,
    addresses: Mapping[str, str],
) -> str:
    """Return the table as HTML, with the fields that a script filters it by.

    Every cell names its year, because a narrow screen shows a row as a line of years; the roles
    keep it a table for who listens. ``to_root`` leads from the page to the site's root.
    """
    years = "".join(f'<th scope="col" role="columnheader">{year}</th>' for year in collection.years)
    rows = [
        _row(province, collection, tiles[province.code].label, language, to_root, addresses)
        for province in collection.provinces
    ]
    return (
        f'<div class="reports" id="report-table">\n'
        f"{_filters(collection, language)}\n{_key(language)}\n"
        f'<div class="scroll" role="region" tabindex="0" aria-labelledby="matrix-caption">\n'
        f'<table class="matrix" role="table">\n'
        f'<caption id="matrix-caption">{say("matrix_caption", language)}</caption>\n'
        f'<thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">'
        f"{say('province', language)}</th>{years}</tr></thead>\n"
        f'<tbody role="rowgroup">\n{chr(10).join(rows)}\n</tbody>\n</table>\n</div>\n</div>'
    )


def _row(
    province: Province,
    collection: Collection,
    label: str,
    language: str,
    to_root: str,
    addresses: Mapping[str, str],
) -> str:
    name = escape(province.name(language))
    address = addresses.get(province.slug)
    head = f'<a href="{escape(address)}">{name}</a>' if address else name
    cells = "".join(
        _cell(Key(language, province.slug, year), collection, name, to_root)
        for year in collection.years
    )
    # What a reader may call the province beside the name on the page.
    other = province.name(other_language(language))
    words = escape(f"{label} {other} {province.slug.replace('-', ' ')}".lower())
    return (
        f'<tr role="row" data-words="{words}"><th scope="row" role="rowheader">{head}</th>'
        f"{cells}</tr>"
    )


def _cell(key: Key, collection: Collection, name: str, to_root: str) -> str:
    state = collection.state(key)
    if state == "published":
        content = _link(key, name, to_root)
    elif state == "failed":
        content = _reason(key, name, to_root)
    elif state == "other":
        content = _link(collection.elsewhere(key), name, to_root, foreign=True)
    else:
        hidden = f'<span class="sr"> {say(state, key.language)}</span>'
        content = f'<span>{key.year}{hidden} <i aria-hidden="true">{_MARKS[state]}</i></span>'
    return f'<td role="cell" class="{state}">{content}</td>'


def _link(key: Key, name: str, to_root: str, foreign: bool = False) -> str:
    mark = f" <small>{key.language}</small>" if foreign else ""
    language = f' hreflang="{key.language}"' if foreign else ""
    return (
        f'<a href="{to_root}{key.directory}/index.html"{language}>{key.year}'
        f'<span class="sr"> {name}</span>{mark}</a>'
    )


def _reason(key: Key, name: str, to_root: str) -> str:
    """Link a report that failed to why it did."""
    address = f"{to_root}reports/{key.language}/{DIRECTORY}/index.html#{anchor(key)}"
    hidden = f'<span class="sr"> {name} {say("failed", key.language)}</span>'
    return (
        f'<a href="{address}">{key.year}{hidden} <i aria-hidden="true">{_MARKS["failed"]}</i></a>'
    )


def _key(language: str) -> str:
    """Say in words what the marks of the cells mean."""
    marks = {"published": "2025", "other": f"2025 <small>{other_language(language)}</small>"}
    items = [
        f'<li class="{state}"><span aria-hidden="true">'
        f"{marks.get(state) or f'2025 <i>{_MARKS[state]}</i>'}</span> {say(words, language)}</li>"
        for state, words in zip(STATES, _KEY, strict=True)
    ]
    name = say("state", language)
    return f'<ul class="key" role="list" aria-label="{name}">\n{chr(10).join(items)}\n</ul>'


_KEY = ("key_published", "key_other", "key_failed", "key_unmade", "key_no_data")


def _filters(collection: Collection, language: str) -> str:
    """Return the fields to search and filter with; they stay hidden where there is no script."""
    years = [
        ("", say("every_year", language), True),
        *((str(year), str(year), False) for year in collection.years),
    ]
    states = [
        ("", say("every_state", language), True),
        *((state, say(state, language), False) for state in STATES),
    ]
    shown = escape(say("shown_rows", language, count="{count}", total="{total}"))
    return (
        f'<form class="choices" role="search" hidden>\n'
        f'<label for="search">{say("search", language)}'
        f'<input type="search" id="search" autocomplete="off"></label>\n'
        f"{select('filter-year', 'year', years, language)}\n"
        f"{select('filter-state', 'state', states, language)}\n"
        f'<p id="shown-rows" role="status" data-text="{shown}"></p>\n</form>'
    )
