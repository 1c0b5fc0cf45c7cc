"""Say how a report is cited, under which licences it may be reused, and what it is to a machine."""

import datetime
import json
from collections.abc import Mapping
from typing import Any

from babel.dates import format_date

from neraca.publish.words import word

PUBLISHER = "Neraca"

# The licence of texts, figures and code is in LICENSE, that of the data in data/datapackage.json.
REPORT_LICENCE = ("MIT", "https://opensource.org/license/mit")
DATA_LICENCE = ("CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/")

_UPPER = ("di", "dki")  # kinds of territory that are written in capitals


def citation(title: str, vintage: str, language: str) -> str:
    """Return the Markdown of the words to cite a report with.

    >>> citation("Trade balance of Lampung 2025", "2026-01-31", "en")
    'The Neraca authors. *Trade balance of Lampung 2025*. Neraca. Data vintage: January 31, 2026.'
    """
    date = format_date(datetime.date.fromisoformat(vintage), format="long", locale=language)
    authors, vintage_word = word("authors", language), word("data_until", language)
    return f"{authors}. *{title}*. {PUBLISHER}. {vintage_word} {date}."


def licences(language: str) -> str:
    """Return the Markdown line that names the licences, each with its address.

    >>> licences("en").startswith("text, figures and notebooks [MIT](https://opensource.org")
    True
    """
    report, data = (f"[{name}]({address})" for name, address in (REPORT_LICENCE, DATA_LICENCE))
    return (
        f"{word('licence_of_report', language)} {report}; "
        f"{word('licence_of_data', language)} {data}. {word('primary_sources', language)}"
    )


def metadata(head: Mapping[str, Any], files: list[str]) -> str:
    """Return a report and its data as schema.org describes them, as an HTML element.

    ``head`` is that of `indicators.json`; ``files`` are the tables beside the page. Addresses are
    relative to the page, because a site may be put anywhere.
    """
    province, year = head["parameters"]["province"], head["parameters"]["year"]
    organization = {"@type": "Organization", "name": PUBLISHER}
    shared = {
        "name": head["title"],
        "description": head["description"],
        "inLanguage": head["language"],
        "dateModified": head["data_vintage"],
        "temporalCoverage": str(year),
        "spatialCoverage": {
            "@type": "AdministrativeArea",
            "name": place_name(province),
            "containedInPlace": {"@type": "Country", "name": "Indonesia"},
        },
        "creator": organization,
        "publisher": organization,
        "isAccessibleForFree": True,
    }
    report = {
        "@type": "Report",
        "@id": "#report",
        **shared,
        "license": REPORT_LICENCE[1],
        "isBasedOn": {"@id": "#data"},
        "encoding": _file("MediaObject", "index.pdf", "application/pdf"),
    }
    data = {
        "@type": "Dataset",
        "@id": "#data",
        **shared,
        "license": DATA_LICENCE[1],
        "distribution": [
            _file("DataDownload", "indicators.json", "application/json"),
            *(_file("DataDownload", name, "text/csv") for name in files),
        ],
    }
    content = {"@context": "https://schema.org", "@graph": [report, data]}
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    # Inside an element of HTML nothing may look like its end.
    return f'<script type="application/ld+json">{text.replace("<", chr(92) + "u003c")}</script>'


def place_name(slug: str) -> str:
    """Return the Indonesian name of a province, from its slug.

    >>> place_name("dki-jakarta"), place_name("kalimantan-utara")
    ('DKI Jakarta', 'Kalimantan Utara')
    """
    return " ".join(
        part.upper() if part in _UPPER else part.capitalize() for part in slug.split("-")
    )


def _file(kind: str, address: str, encoding: str) -> dict[str, str]:
    return {"@type": kind, "contentUrl": address, "encodingFormat": encoding}
