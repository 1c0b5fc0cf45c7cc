"""Write the source of a province's page, which lines up all years that have a report."""

import datetime

import yaml
from babel.dates import format_date

from analysis.parameters import Province
from neraca.publish.collection import Collection, Key
from neraca.publish.site_words import number, say

Indicators = dict[str, dict[str, object]]

_UNKNOWN = "–"
_STYLE = '<link rel="stylesheet" href="../../site.css">'


def province_page(collection: Collection, province: Province, language: str) -> str:
    """Return the Markdown of the page on a province: its reports, and their main figures."""
    name = province.name(language)
    title = say("province_title", language, province=name)
    lead = say("province_lead", language, province=name)
    keys = collection.of_province(language, province.slug)
    found = {key.year: collection.indicators(key) for key in keys}
    return "\n\n".join(
        [
            front_matter(title, lead, language),
            f"## {say('reports', language)}",
            "\n".join(_entry(key, collection.reports[key]) for key in keys),
            f"## {say('trade', language)}",
            _trade(collection, province, found, language),
            f"## {say('industry', language)}",
            _industry(collection, province, found, language),
            f"[{say('back', language)}]({home(language)})\n",
        ]
    )


def escape(text: str) -> str:
    r"""Write a text so that Markdown takes every letter of it as it is.

    >>> print(escape("a*b"))
    a\*b
    """
    return "".join(f"\\{sign}" if sign in "\\`*_{}[]()#+-.!$@<>|~^" else sign for sign in text)


def home(language: str) -> str:
    """Return the link to the index from a source in `reports/<language>/<name>/`.

    >>> home("en")
    '../../../en/index.qmd'
    """
    return "../../../" + ("en/index.qmd" if language == "en" else "index.qmd")


def front_matter(title: str, description: str, language: str) -> str:
    """Return what a source in `reports/<language>/<name>/` says of its page, with its style."""
    content = {
        "title": title,
        "description": description,
        "lang": language,
        "format": {"html": {"include-in-header": [{"text": _STYLE}]}},
        "toc": False,
        "number-sections": False,
    }
    return f"---\n{yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=1000)}---"


def _entry(key: Key, head: dict[str, str]) -> str:
    date = datetime.date.fromisoformat(head["data_vintage"])
    vintage = say("vintage", key.language, date=format_date(date, "long", locale=key.language))
    title = escape(head["title"])
    return f"- [{title}]({key.year}/index.html) ([PDF]({key.year}/index.pdf); {vintage})"


def _trade(
    collection: Collection, province: Province, found: dict[int, Indicators], language: str
) -> str:
    name = province.name(language)
    header = [say(word, language) for word in ("year", "export", "import", "net")]
    rows = [
        [
            _year(year),
            _value(indicators, f"annual_export_{year}", language, 1),
            _value(indicators, f"annual_import_{year}", language, 1),
            _value(indicators, f"annual_balance_{year}", language, 1),
        ]
        for year, indicators in found.items()
    ]
    known = [
        year
        for year, indicators in found.items()
        if any(f"annual_{flow}_{year}" in indicators for flow in ("export", "import"))
    ]
    breaks = collection.breaks.of_trade(province, known, language)
    note = _note(_bases(found, language), say("own_report", language), breaks)
    return _table("trade", say("trade_caption", language, province=name), header, rows, note)


def _industry(
    collection: Collection, province: Province, found: dict[int, Indicators], language: str
) -> str:
    name = province.name(language)
    header = [say(word, language) for word in ("year", "raw_share", "establishments")]
    rows = [
        [
            _year(year),
            _raw_share(indicators, language),
            _value(indicators, f"imk_establishments_{year}", language, 0),
        ]
        for year, indicators in found.items()
    ]
    known = [year for year in found if f"imk_establishments_{year}" in found[year]]
    breaks = collection.breaks.of_establishments(province, known, language)
    nothing = say("raw_range", language, low=number(0, language), high=number(100, language))
    silent = any(nothing in row for row in rows)
    note = _note(
        say("industry_note", language),
        say("raw_silent", language, range=nothing) if silent else "",
        breaks,
    )
    return _table("industry", say("industry_caption", language, province=name), header, rows, note)


def _table(name: str, caption: str, header: list[str], rows: list[list[str]], note: str) -> str:
    lines = [header, ["--:"] * len(header), *rows]
    table = "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
    return f"{table}\n\n: {caption} {{#tbl-{name}}}\n\n[{note}]{{.source}}"


def _note(*sentences: str) -> str:
    return " ".join(filter(None, sentences))


def _year(year: int) -> str:
    return f"[{year}]({year}/index.html)"


def _value(indicators: Indicators, name: str, language: str, decimals: int) -> str:
    found = indicators.get(name)
    if found is None:
        return _UNKNOWN
    about = "≈ " if found["obs_status"] == "approximate" else ""
    return about + number(float(str(found["value"])), language, decimals)


def _raw_share(indicators: Indicators, language: str) -> str:
    """Write the raw share as the range that it is, in percent."""
    ends = [indicators.get(f"raw_share_{end}") for end in ("lower", "upper")]
    known = [100 * float(str(end["value"])) for end in ends if end is not None]
    if len(known) < len(ends):
        return _UNKNOWN
    low, high = (number(value, language) for value in known)
    return say("raw_range", language, low=low, high=high)


def _bases(found: dict[int, Indicators], language: str) -> str:
    """Say on which basis the exports of each year stand; a surplus cannot be read without it."""
    years: dict[str, list[int]] = {}
    for year, indicators in found.items():
        export = indicators.get(f"annual_export_{year}")
        if export is not None:
            years.setdefault(str(export["basis"] or "not_stated"), []).append(year)
    stated = [
        say(
            "basis_years",
            language,
            basis=say(basis, language),
            years=", ".join(str(year) for year in sorted(listed)),
        )
        for basis, listed in years.items()
    ]
    return " ".join([*stated, say("imports_cif", language)])
