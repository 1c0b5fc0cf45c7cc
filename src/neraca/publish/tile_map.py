"""Draw the map of Indonesia's provinces as equal tiles: links, coloured by a chosen figure."""

import csv
import itertools
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path

from neraca.publish.collection import COMPARED, Collection, Figure
from neraca.publish.site_words import number, say

LEAST_PROVINCES = 10  # a map of fewer does not open by itself
WESTERN_COLUMNS = 7  # on a narrow screen the tiles further east stand below these


@dataclass(frozen=True)
class Scale:
    """How a figure is shown: divided by what, in which unit, and where its colours change.

    ``limits`` are the four lower limits of the second to fifth class, in the shown unit. They
    are the same for every year, so that two maps can be compared. ``diverging`` colours have
    their middle between the second and the third class.
    """

    divisor: float
    unit: str
    limits: tuple[float, float, float, float]
    diverging: bool
    note: str

    def colour(self, figure: Figure) -> int:
        """Return the class of a figure, 1 to 5.

        >>> SCALES["balance"].colour(Figure(-250.0, "million USD", "derived", ""))
        2
        """
        value = figure.value / self.divisor
        return 1 + sum(value >= limit for limit in self.limits)

    def text(self, figure: Figure, language: str) -> str:
        """Write a figure in the shown unit, short enough for a tile.

        >>> SCALES["export"].text(Figure(6637.7, "million USD", "approximate", ""), "en")
        '≈6.6'
        >>> SCALES["cover_ratio"].text(Figure(5587.0, "percent", "derived", ""), "en")
        '>999'
        """
        about = "≈" if figure.obs_status == "approximate" else ""
        return about + _short(figure.value / self.divisor, language, self.unit == "percent")


SCALES = {
    "balance": Scale(1000, "billion_usd", (-1, 0, 1, 5), True, "valuation"),
    "export": Scale(1000, "billion_usd", (0.1, 1, 5, 20), False, "valuation"),
    "import": Scale(1000, "billion_usd", (0.1, 1, 5, 20), False, "valuation"),
    "cover_ratio": Scale(1, "percent", (50, 100, 200, 500), True, "valuation"),
    "imk_establishments": Scale(
        1000, "thousand_establishments", (10, 30, 100, 300), False, "imk_note"
    ),
    "imk_workers": Scale(1000, "thousand_workers", (30, 100, 300, 1000), False, "imk_note"),
}


@dataclass(frozen=True)
class Tile:
    """A province's place on the map, from 1 at the west and the north, and its short name."""

    label: str
    column: int
    row: int


def read_layout(root: Path) -> dict[str, Tile]:
    """Read the tiles by BPS code from `data/classifications/tile_map.csv`."""
    path = root / "data" / "classifications" / "tile_map.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return {
            row["bps_code"]: Tile(row["label"], int(row["column"]), int(row["row"]))
            for row in csv.DictReader(file)
        }


def tile_map(
    collection: Collection, tiles: Mapping[str, Tile], language: str, addresses: Mapping[str, str]
) -> str:
    """Return the map as HTML; ``addresses`` has a province's link by its slug, if it has one.

    Without a script the map shows one figure and year. The choices and all their figures are in
    the page, so that a script needs to fetch nothing. Empty if there is no figure to show.
    """
    shown = _opening(collection)
    if shown is None:
        return ""
    name, year = shown
    scale, figures = SCALES[name], collection.compared[shown]
    items = [
        _tile(
            tiles[province.code],
            province.name(language),
            addresses.get(province.slug),
            _class(scale, figures.get(province.code)),
            _value(scale, figures.get(province.code), language),
        )
        for province in collection.provinces
    ]
    diverging = " diverging" if scale.diverging else ""
    return (
        f'<div class="tile-map" id="tile-map">\n{_choices(collection, shown, language)}\n'
        f'<p class="map-title" id="map-title" aria-live="polite">{_title(name, year, language)}'
        f'</p>\n<ul class="tiles{diverging}" role="list" '
        f'aria-labelledby="map-title">\n{chr(10).join(items)}\n</ul>\n'
        f'<ul class="legend{diverging}" role="list" aria-label="{say("legend", language)}">\n'
        f"{_legend(name, language)}\n</ul>\n"
        f'<p class="map-note" id="map-note">{say(scale.note, language)}</p>\n'
        f'<script type="application/json" id="map-data">{_data(collection, language)}</script>\n'
        f"</div>"
    )


def _opening(collection: Collection) -> tuple[str, int] | None:
    """Choose what the map opens with: the newest year of the first figure that many have."""
    order = sorted(collection.compared, key=lambda shown: (COMPARED.index(shown[0]), -shown[1]))
    many = [shown for shown in order if len(collection.compared[shown]) >= LEAST_PROVINCES]
    return next(iter(many or order), None)


def _tile(tile: Tile, name: str, address: str | None, colour: str, value: str) -> str:
    full = "" if name == tile.label else f'<span class="sr">{escape(name)}: </span>'
    content = f"<b>{escape(tile.label)}</b> {full}<span>{value}</span>"
    place = f'style="--c:{tile.column};--r:{tile.row}" title="{escape(name)}"'
    classes = colour + (" east" if tile.column > WESTERN_COLUMNS else "")
    link = f'<a href="{escape(address)}">{content}</a>' if address else f"<div>{content}</div>"
    return f'<li class="{classes}" {place}>{link}</li>'


def _class(scale: Scale, figure: Figure | None) -> str:
    return f"c{scale.colour(figure)}" if figure else "c0"


def _value(scale: Scale, figure: Figure | None, language: str) -> str:
    if figure:
        return scale.text(figure, language)
    return f'–<span class="sr"> {say("no_value", language)}</span>'


def _short(value: float, language: str, percent: bool) -> str:
    if percent:
        return ">999" if value > 999 else number(value, language)
    size = abs(value)
    if 0 < size < 0.005:
        return f"<{number(0.01, language, 2)}" if value > 0 else f">{number(-0.01, language, 2)}"
    return number(value, language, 0 if size >= 99.95 or not size else 1 if size >= 0.95 else 2)


def _title(name: str, year: int, language: str) -> str:
    return f"{say(name, language)}, {year}, {say(SCALES[name].unit, language)}"


def _years(collection: Collection) -> list[int]:
    return sorted({year for _, year in collection.compared}, reverse=True)


def _choices(collection: Collection, shown: tuple[str, int], language: str) -> str:
    """Return the two lists to choose from; they stay hidden where there is no script."""
    names = [name for name in COMPARED if any(name == found for found, _ in collection.compared)]
    indicators = [(name, say(name, language), name == shown[0]) for name in names]
    years = [(str(year), str(year), year == shown[1]) for year in _years(collection)]
    lists = [
        select("map-indicator", "indicator", indicators, language),
        select("map-year", "year", years, language),
    ]
    return f'<form class="choices" hidden>\n{chr(10).join(lists)}\n</form>'


def select(identifier: str, label: str, options: list[tuple[str, str, bool]], language: str) -> str:
    """Return a labelled list to choose from; an option is its value, its words, if it is chosen."""
    items = "".join(
        f'<option value="{escape(value)}"{" selected" if chosen else ""}>{escape(words)}</option>'
        for value, words, chosen in options
    )
    return (
        f'<label for="{identifier}">{say(label, language)}'
        f'<select id="{identifier}" autocomplete="off">{items}</select></label>'
    )


def _legend(name: str, language: str) -> str:
    known = [
        f'<li class="c{place}"><i></i>{escape(words)}</li>'
        for place, words in enumerate(_ranges(name, language), start=1)
    ]
    unknown = f'<li class="c0"><i></i>{say("no_value", language)}</li>'
    return "\n".join([*known, unknown, f"<li>{say('approximate', language)}</li>"])


def _ranges(name: str, language: str) -> list[str]:
    """Say in words what each of the five colours means."""
    limits = SCALES[name].limits
    texts = [_limit(limit, language) for limit in limits]
    if name == "balance":
        return [
            say("deficit_above", language, low=_limit(-limits[0], language)),
            say("deficit_below", language, high=_limit(-limits[0], language)),
            say("surplus_below", language, high=texts[2]),
            say("surplus_between", language, low=texts[2], high=texts[3]),
            say("surplus_above", language, low=texts[3]),
        ]
    ranges = [
        say("below", language, high=texts[0]),
        *(say("between", language, low=a, high=b) for a, b in itertools.pairwise(texts)),
        say("above", language, low=texts[3]),
    ]
    if SCALES[name].diverging:
        ranges[:2] = [say("in_deficit", language, range=text) for text in ranges[:2]]
    return ranges


def _limit(value: float, language: str) -> str:
    return number(value, language, 0 if math.isclose(value, round(value)) else 1)


def _data(collection: Collection, language: str) -> str:
    """Return all choices of the map, a province's class and text in one string."""
    years = _years(collection)
    content = {
        "unknown": say("no_value", language),
        "indicators": {
            name: {
                "title": [say(name, language), say(scale.unit, language)],
                "legend": _ranges(name, language),
                "note": say(scale.note, language),
                "diverging": scale.diverging,
                "years": {
                    str(year): _shown(collection, name, year, language)
                    for year in years
                    if (name, year) in collection.compared
                },
            }
            for name, scale in SCALES.items()
        },
    }
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c")  # nothing in it can end the script element


def _shown(collection: Collection, name: str, year: int, language: str) -> list[str]:
    """Return each province's class and text, in the order of the tiles; "0" is not known."""
    figures, scale = collection.compared[name, year], SCALES[name]
    return [
        f"{scale.colour(figures[province.code])}{scale.text(figures[province.code], language)}"
        if province.code in figures
        else "0"
        for province in collection.provinces
    ]
