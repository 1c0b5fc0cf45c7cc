"""What a report's page says, apart from how it looks: the same whichever publisher made it."""

import json
import re
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup, Tag

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_KIND = re.compile(r"callout-(note|tip|warning|important|caution)$")

# Around the content, and not of it: titles, navigation, and what Quarto's scripts need.
_FRAME = "header, nav, script, .footnotes, #quarto-appendix, .screen-reader-only"


def structure(path: Path) -> dict[str, Any]:
    """Return the structure of a page of either publisher, with plain spaces."""
    page = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
    contents = page.select_one("nav.contents, nav#TOC")
    notes = page.select(".footnotes > ol > li")
    found = {
        "language": page.html["lang"],
        "title": words(page.h1),
        "contents": [[words(link), link["href"]] for link in contents.find_all("a")],
        "notes": [words(note).rstrip("↩︎ ") for note in notes],
        "described": [script.string for script in page.head.select("[type='application/ld+json']")],
    }
    main = page.main
    for frame in main.select(_FRAME):
        frame.decompose()
    return found | {
        "headings": [[found.name, found_id(found), words(found)] for found in headings(main)],
        "figures": [[found["src"], found["alt"], found_id(found)] for found in main.select("img")],
        "captions": [[found_id(found), words(found)] for found in main.select(_CAPTIONS)],
        "tables": [
            [[words(cell) for cell in row.select("th, td")] for row in table.select("tr")]
            for table in main.select("table")
        ],
        "callouts": [callout(found) for found in main.select(".callout")],
        "links": [[words(found), found["href"]] for found in main.select("a[href]")],
        "languages": [[found["lang"], words(found)] for found in main.select("[lang]")],
        "numbers": _NUMBER.findall(main.get_text(" ")),
    }


# The caption proper: the embedded publisher puts the source line of a figure beside it.
_CAPTIONS = "figcaption .caption, figcaption.quarto-float-caption"


def words(found: Tag) -> str:
    return " ".join(found.get_text().replace("\u00a0", " ").split())


def headings(main: Tag) -> list[Tag]:
    return [
        found for found in main.select("h2, h3, h4, h5") if not found.find_parent(class_="callout")
    ]


def found_id(found: Tag) -> str:
    """Return the label of the section, figure or table that an element belongs to."""
    labelled = found if _label(found) else found.find_parent(_label)
    return labelled["id"] if labelled else ""


def _label(found: Tag) -> bool:
    label = found.get("id", "")
    return bool(re.match("(fig|tbl|sec)-", label)) and "-caption" not in label


def callout(found: Tag) -> list[str]:
    kind = next(filter(None, map(_KIND.match, found["class"])))[1]
    title = found.select_one(".callout-title, summary, .callout-title-container")
    folded = found.name == "details" or found.select_one(".callout-collapse") is not None
    return [kind, words(title), "folded" if folded else "open"]


def expected(language: str) -> Path:
    return Path(__file__).parent / "expected" / f"report_structure.{language}.json"


def written(content: dict[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
