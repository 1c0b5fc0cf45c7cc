"""The page on how a report's numbers were made, and the same for a program."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from html import escape
from typing import Any

from neraca.publish.lineage import figures_of, formula_of, use_of

PAGE, DATA = "numbers.html", "numbers.json"
SOURCES, CORRECTIONS = "sources", "corrections"  # places on the page

# Printed figures of a series that the page lists; the command lists all.
LISTED = 100

# Sources that are named beside a number; those of its series stand with the series.
NAMED = 3

_PLAIN = {str, int, float, bool, type(None)}  # nothing of these has names within

_WORDS = {
    "title": ("Asal angka: {title}", "How the numbers were made: {title}"),
    "intro": (
        "Setiap angka laporan ini, dengan rumusnya, deret asalnya, dan sumber yang mencetaknya. "
        "Nama, satuan, dan rumus ditulis dalam bahasa Inggris, seperti di dalam program.",
        "Every number of the report with its formula, the series that it was made from, and the "
        "sources that print them.",
    ),
    "command": ("Di dalam repositori, perintah ini memuat semuanya:", "In the repository:"),
    "contents": ("Isi halaman ini", "On this page"),
    "back": ("Kembali ke laporan", "Back to the report"),
    "formula": ("Rumus", "Formula"),
    "made_from": ("Dibuat dari", "Made from"),
    "sources": ("Sumber", "Sources"),
    "series": ("Deret", "Series"),
    "table": ("Tabel", "Table"),
    "figures": ("{count} angka yang tercetak", "{count} printed figures"),
    "first": ("{count} terbaru dari {all}", "the latest {count} of {all}"),
    "printed": ("sebagaimana tercetak", "as printed"),
    "corrections": ("Koreksi", "Corrections"),
    "released": ("terbit {date}", "released {date}"),
    "retrieved": ("diambil {date}", "retrieved {date}"),
    "not_known": ("tidak diketahui", "not known"),
    "more": ("dan {count} sumber lain dari deret itu", "and {count} more sources of the series"),
}

_STYLE = """:root { color-scheme: light dark; --ink: #1d2326; --paper: #fcfcfa; --link: #0b5c6b; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e4e6e3; --paper: #15191b; --link: #74c5d3; }
}
html { background: var(--paper); color: var(--ink); }
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 3px; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1rem;
  overflow-wrap: anywhere; }
article { border-top: 1px solid; padding: 0.5rem 0; }
h3, h4 { margin: 0.25rem 0; } p, ul { margin: 0.25rem 0; }
header ul { display: flex; flex-wrap: wrap; gap: 0.25rem 2rem; padding: 0; list-style: none; }
header .language { margin-left: auto; } header li:empty { display: none; }
nav h2 { font-size: 1.1rem; } nav a { display: inline-block; vertical-align: top; }
@media (min-width: 50rem) { nav > ul { columns: 2; } }
:target { outline: 2px solid; outline-offset: 4px; }
summary { cursor: pointer; } a, summary { min-height: 1.5rem; }
"""


def numbers(records: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Gather what the notebooks of a report recorded of the making of their numbers.

    Args:
        records: what the notebooks recorded, by name; one of an older version has no series.

    Returns:
        `parameters`; `numbers`, by notebook its sections, indicators and series; `sources` and
        `corrections` by id. Only notebooks that recorded how their numbers were made have a part;
        empty if none did.

    """
    if not any(record.get("series") for record in records.values()):
        return {}
    first = next(iter(records.values()))
    return {
        "parameters": _ordered(first["parameters"]),
        "numbers": {
            name: {
                "sections": _ordered(record.get("sections", [])),
                "indicators": _ordered(record.get("indicators", {})),
                "series": _ordered(record["series"]),
            }
            for name, record in records.items()
            if "series" in record
        },
        "sources": _joined(records, "sources"),
        "corrections": _joined(records, "corrections"),
    }


def address(found: Mapping[str, Any], notebook: str, section: str) -> str:
    """Give the link to a section's numbers, or to its notebook's where it has none of its own."""
    if notebook not in found["numbers"]:
        return PAGE
    indicators = found["numbers"][notebook]["indicators"].values()
    if any(indicator["section"] == section for indicator in indicators):
        return f"{PAGE}#{_anchor(notebook, section)}"
    return f"{PAGE}#{_anchor(notebook)}"


def numbers_page(found: Mapping[str, Any], head: Mapping[str, Any]) -> str:
    """Write the page. ``head`` is the content of the report's `indicators.json`."""
    return "\n".join(_Writer(found, head).page()) + "\n"


def _joined(records: Mapping[str, Mapping[str, Any]], part: str) -> Any:
    return _ordered(
        {key: value for record in records.values() for key, value in record.get(part, {}).items()}
    )


def _ordered(value: Any) -> Any:
    """Order names as a notebook that was written to a file has them, wherever it comes from.

    >>> _ordered({"b": [{"d": 1, "c": 2}], "a": 3})
    {'a': 3, 'b': [{'c': 2, 'd': 1}]}
    """
    if isinstance(value, Mapping):
        return {name: _ordered(value[name]) for name in sorted(value)}
    return [_ordered(each) for each in value] if _has_names(value) else value


def _has_names(value: Any) -> bool:
    """Tell whether there is anything to order in a list; there is nothing in rows of figures."""
    if not isinstance(value, list) or _PLAIN.issuperset(map(type, value)):
        return False
    return any(isinstance(each, Mapping) or _has_names(each) for each in value)


def _anchor(notebook: str, *names: str) -> str:
    return ".".join([notebook.replace("_", "-"), *names])


class _Writer:
    """One report's page, or the part of one notebook on it."""

    def __init__(
        self, found: Mapping[str, Any], head: Mapping[str, Any], notebook: str = ""
    ) -> None:
        self.found = found
        self.head = head
        self.notebook = notebook

    def page(self) -> Iterator[str]:
        title = self._say("title", title=self.head["title"])
        asked = self.found["parameters"]
        command = f"neraca explain {asked.get('province')} {asked.get('year')} NAME"
        language = self.head["language"]
        yield f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">'
        yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
        yield f"<title>{title}</title>\n<style>\n{_STYLE}</style>\n</head>\n<body>"
        # The second entry is for the same page in the other language, once that is published.
        back = f'<li><a href="index.html">{self._say("back")}</a></li>'
        yield f'<header>\n<ul>\n{back}\n<li class="language"></li>\n</ul>\n</header>'
        yield f"<main>\n<h1>{title}</h1>"
        yield f"<p>{self._say('intro')}</p>"
        yield f"<p>{self._say('command')} <code>{escape(command)} --all</code></p>"
        parts = [_Writer(self.found, self.head, notebook) for notebook in self.found["numbers"]]
        yield from self._contents(parts)
        for part in parts:
            yield from part.part()
        yield from self._sources()
        yield from self._corrections()
        yield "</main>\n</body>\n</html>"

    @property
    def _own(self) -> Mapping[str, Any]:
        own: Mapping[str, Any] = self.found["numbers"][self.notebook]
        return own

    def _contents(self, parts: Sequence["_Writer"]) -> Iterator[str]:
        """List the parts of the page and their sections, each with a link to it."""
        yield f'<nav aria-labelledby="contents">\n<h2 id="contents">{self._say("contents")}</h2>'
        yield "<ul>"
        for part in parts:
            sections = "".join(
                f'<li><a href="#{_anchor(part.notebook, name)}">{part.title(name)}</a></li>'
                for name in part.by_section
            )
            listed = f"\n<ul>{sections}</ul>" if sections else ""
            yield f'<li><a href="#{_anchor(part.notebook)}">{part.heading}</a>{listed}</li>'
        yield f'<li><a href="#{SOURCES}">{self._say("sources")}</a></li>'
        if self.found["corrections"]:
            yield f'<li><a href="#{CORRECTIONS}">{self._say("corrections")}</a></li>'
        yield "</ul>\n</nav>"

    @property
    def heading(self) -> str:
        """What the notebook's part of the report is called."""
        return escape(self.head["notebooks"][self.notebook]["heading"] or self.notebook)

    @property
    def by_section(self) -> dict[str, list[str]]:
        """The names of the notebook's numbers by section, in the order of the report."""
        found: dict[str, list[str]] = {name: [] for name in self._titles}
        for name, indicator in self._own["indicators"].items():
            found.setdefault(indicator["section"], []).append(name)
        return {section: names for section, names in found.items() if names}

    @cached_property
    def _titles(self) -> dict[str, str]:
        return {section["name"]: section["title"] for section in self._own["sections"]}

    def title(self, section: str) -> str:
        """Give the heading of a section."""
        return escape(self._titles.get(section, section))

    def part(self) -> Iterator[str]:
        """Write the part of one notebook."""
        yield f'<h2 id="{_anchor(self.notebook)}">{self.heading}</h2>'
        for section, names in self.by_section.items():
            title = self.title(section)
            yield f'<section id="{_anchor(self.notebook, section)}">\n<h3>{title}</h3>'
            for name in names:
                yield from self._indicator(name)
            yield "</section>"
        if self._own["series"]:
            yield f"<h3>{self._say('series')}</h3>"
        for name in self._own["series"]:
            yield from self._series(name)

    def _indicator(self, name: str) -> Iterator[str]:
        found = self._own["indicators"][name]
        facts = [found["unit"], found["time_period"], found["obs_status"], found["basis"]]
        told = ", ".join(escape(str(fact)) for fact in facts if fact)
        yield f'<article id="{_anchor(self.notebook, name)}">\n<h4><code>{escape(name)}</code></h4>'
        value = self._number(found["value"])
        yield f'<p><strong>{value}</strong> <span lang="en">{told}</span></p>'
        yield f"<p>{self._say('formula')}: {self._formula(found['method'])}</p>"
        if found["inputs"]:
            links = ", ".join(self._input(each) for each in found["inputs"])
            yield f"<p>{self._say('made_from')}: {links}</p>"
        yield from self._own_sources(found)
        yield "</article>"

    def _own_sources(self, found: Mapping[str, Any]) -> Iterator[str]:
        if not found["sources"]:
            return
        named = ", ".join(self._source_link(each) for each in found["sources"][:NAMED])
        rest = len(found["sources"]) - NAMED
        more = f" {self._say('more', count=rest)}" if rest > 0 else ""
        yield f"<p>{self._say('sources')}: {named}{more}</p>"

    def _formula(self, method: str | None) -> str:
        if method is None:
            return self._say("printed")
        formula = formula_of(method)
        said = " ".join(filter(None, [formula.says, formula.formula]))
        return f'<code>{escape(method)}</code> <span lang="en">{escape(said)}</span>'.rstrip()

    def _input(self, name: str) -> str:
        if name.startswith("parameter "):
            return f"<code>{escape(name.removeprefix('parameter '))}</code>"
        return f'<a href="#{_anchor(self.notebook, name)}"><code>{escape(name)}</code></a>'

    def _series(self, name: str) -> Iterator[str]:
        series = self._own["series"][name]
        where = ", ".join(f"{key} = {_condition(value)}" for key, value in series["where"].items())
        yield f'<article id="{_anchor(self.notebook, name)}">\n<h4><code>{escape(name)}</code></h4>'
        table = f"<code>{series['resource']}</code>"
        yield f'<p>{self._say("table")}: {table} <span lang="en">{escape(where)}</span></p>'
        count = len(series["figures"])
        shown = figures_of({"sources": ()}, {**series, "figures": series["figures"][-LISTED:]})
        title = self._say("figures", count=count)
        if len(shown) < count:
            title += f" ({self._say('first', count=len(shown), all=count)})"
        if shown:
            yield f"<details>\n<summary>{title}</summary>\n<ul>"
            yield from (f"<li>{self._figure(each)}</li>" for each in shown)
            yield "</ul>\n</details>"
        yield "</article>"

    def _figure(self, figure: Mapping[str, Any]) -> str:
        what = " ".join(filter(None, [figure["time_period"], figure["of"]]))
        known_value = figure["value"] is not None
        amount = f"{self._number(figure['value'])} {escape(figure['unit'])}".strip()
        use = use_of(figure)
        facts = [amount if known_value else "", figure["obs_status"], figure["printed_as"], use]
        known = [
            self._source_link(each) if each in self.found["sources"] else escape(each)
            for each in self._cited(figure["sources"])
        ]
        correction = figure["correction"]
        if correction:
            known.append(f'<a href="#correction.{correction}">{escape(correction)}</a>')
        told = ", ".join(filter(None, facts))
        said = ": ".join(filter(None, [escape(what), told]))
        return f'<span lang="en">{said}</span> {", ".join(known)}'.rstrip()

    def _cited(self, cited: str) -> list[str]:
        """Take ids of sources apart, of which a few are named; leave words as they are."""
        ids = cited.split()
        return (
            ids[:NAMED] if ids and all(each in self.found["sources"] for each in ids) else [cited]
        )

    def _source_link(self, source_id: str) -> str:
        return f'<a href="#source.{source_id}">{source_id}</a>'

    def _sources(self) -> Iterator[str]:
        yield f'<h2 id="{SOURCES}">{self._say("sources")}</h2>\n<ul>'
        for source_id, source in sorted(self.found["sources"].items()):
            title = f'<span lang="id">{escape(source["title"])}</span>'
            if source["url"]:
                title = f'<a href="{escape(source["url"])}">{title}</a>'
            dates = [
                self._say(name, date=source[name])
                for name in ("released", "retrieved")
                if source[name]
            ]
            told = ", ".join([title, *dates])
            yield f'<li id="source.{source_id}"><code>{source_id}</code> {told}</li>'
        yield "</ul>"

    def _corrections(self) -> Iterator[str]:
        if not self.found["corrections"]:
            return
        yield f'<h2 id="{CORRECTIONS}">{self._say("corrections")}</h2>\n<ul>'
        for name, each in sorted(self.found["corrections"].items()):
            said = escape(f"{each['action']}: {each['reason']} {each['source']}")
            yield (
                f'<li id="correction.{name}"><code>{name}</code> <span lang="en">{said}</span></li>'
            )
        yield "</ul>"

    def _number(self, value: Any) -> str:
        if value is None:
            return self._say("not_known")
        if isinstance(value, str):
            return escape(value)
        text = f"{value:,.10g}"
        if self.head["language"] == "en":
            return text
        return text.translate(str.maketrans(",.", ".,"))

    def _say(self, name: str, **values: object) -> str:
        indonesian, english = _WORDS[name]
        text = indonesian if self.head["language"] == "id" else english
        return escape(text.format(**values))


def _condition(value: Any) -> str:
    several = value if isinstance(value, list) else [value]
    return " | ".join(str(each) or '""' for each in several)
