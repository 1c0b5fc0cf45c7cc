"""The notebook's side of a report: its language and parameters, and what it will be recorded by."""

import math
import platform
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from analysis.catalog import Catalog
from analysis.catalog.basis import NOT_STATED
from analysis.catalog.trade import TradeFlows
from analysis.errors import NeracaError
from analysis.indicators.series import NotComputed
from analysis.parameters import Province, ReportParameters
from analysis.report import display
from analysis.report.glossary import link_terms
from analysis.report.lineage import Series, flow_name, lineage
from analysis.report.locale import Language
from analysis.report.words import explain

# A notebook's own heading, and those of its parts.
SECTION, PART = 1, 2

# A box of sources must fit a printed page: Quarto's do not break across two.
SOURCES_A_BOX = 25

# A longer title, in characters, would interrupt the sentence that cites it.
SHORT_TITLE = 40


@dataclass
class Page:
    """One notebook of one report.

    Attributes:
        notebook: name of the notebook.
        parameters: what the report was asked for.
        catalog: where its figures come from.
        indicators: the numbers that it publishes, by name, each with status, sources and inputs.
        series: figures that numbers are made from, by name.
        sections: the titles of its sections, by name, in their order.
        source_ids: the sources that its figures were taken from.
        linked_terms: terms that a text of the notebook has linked to the glossary already.
        remedies: tables of which the section at hand has said how figures are added.

    """

    notebook: str
    parameters: ReportParameters
    catalog: Catalog
    indicators: dict[str, dict[str, Any]] = field(default_factory=dict)
    series: dict[str, Series] = field(default_factory=dict)
    sections: dict[str, str] = field(default_factory=dict)
    source_ids: set[str] = field(default_factory=set)
    linked_terms: set[str] = field(default_factory=set)
    remedies: set[str] = field(default_factory=set)

    @property
    def language(self) -> Language:
        """The report's language."""
        return Language(self.parameters.language)

    @property
    def province(self) -> Province:
        """The report's province."""
        return self.catalog.province(self.parameters.province, self.parameters.year)

    @property
    def year(self) -> int:
        """The report's year."""
        return self.parameters.year

    @property
    def place(self) -> str:
        """The province's name in the report's language."""
        return self.province.name(self.language.code)

    def say(self, message: str, /, **values: object) -> str:
        """Translate a message into the report's language and fill its places."""
        return self.language.say(message, **values)

    def heading(self, title: str, name: str, level: int = PART) -> None:
        """Display a heading; `name` is what cross-references call it."""
        self.sections[name] = title
        self.remedies.clear()
        display.show_heading(title, level, name)

    def text(self, *paragraphs: str) -> None:
        """Display paragraphs, their terms linked to the glossary; empty ones are left out."""
        written = [paragraph for paragraph in paragraphs if paragraph]
        if written:
            display.show_text(self._explained("\n\n".join(written)))

    def note(self, title: str, text: str, *, kind: str = "note", collapse: bool = False) -> None:
        """Display a callout, the terms of its text linked to the glossary."""
        display.show_callout(kind, title, self._explained(text.strip()), collapse=collapse)

    def _explained(self, text: str) -> str:
        return link_terms(self.language.code, text, self.linked_terms)

    def missing(
        self, result: NotComputed, what: str, remedy: str, *, inputs: Iterable[str] = ()
    ) -> None:
        """Say in place of a picture why it was not computed, and how what it needs is added.

        What the method has and needs is recorded too, as the indicator `not_computed_<method>`;
        `inputs` names what it would be made from.
        """
        self.indicators[f"not_computed_{result.method}"] = {
            "value": result.has,
            "needs": result.needs,
            "unit": result.unit.value,
            "time_period": str(self.year),
            "obs_status": "not computed",
            "sources": [],
            "method": result.method,
            "basis": None,
            "inputs": list(dict.fromkeys(inputs)),
            "section": self._section,
        }
        self.note(
            self.say("Not computed: {what}", what=what),
            f"{explain(self.language, result)} {remedy}",
        )

    def source_line(self, source_ids: Iterable[str]) -> str:
        """Word where figures come from, and remember the sources for the notebook's list."""
        ids = sorted(set(source_ids))
        self.source_ids.update(ids)
        return self.language.count(
            "Source: figures of BPS and the agencies named, as printed in {number} source; see "
            "[the list](#sec-{section}).",
            "Source: figures of BPS and the agencies named, as printed in {number} sources; see "
            "[the list](#sec-{section}).",
            len(ids),
            section=f"sources-{self.notebook.replace('_', '-')}",
        )

    def cite(self, source_ids: Iterable[str]) -> str:
        """Name sources in a sentence, each linked to its line in the notebook's list."""
        ids = sorted(set(source_ids))
        self.source_ids.update(ids)
        rows = self.catalog.source_titles(ids).set_index("source_id")
        return self.language.listing(
            [f"[{_short_title(rows.loc[i, 'title'], i)}](#{self._anchor(i)})" for i in ids]
        )

    def indicator(
        self,
        name: str,
        value: float | str | None,
        unit: str,
        time_period: str,
        *,
        obs_status: str,
        sources: Iterable[str] = (),
        method: str | None = None,
        basis: str | None = None,
        inputs: Iterable[str] = (),
    ) -> None:
        """Record a number that the page publishes.

        Args:
            name: what it is called on its page.
            value: the number, or a word such as a verdict.
            unit: what it counts.
            time_period: what it is about.
            obs_status: how it is known.
            sources: ids of the sources that print it or what it is made from; those of its inputs
                need not be named again.
            method: function that gives it, with its module.
            basis: of a number on exports.
            inputs: series of the page and numbers of the page that it is made from; with sources
                only the figures of these, and of its period.

        Raises:
            NeracaError: if it has neither a source nor a method, or the name is taken.

        """
        origins = sorted(set(sources))
        if not origins and method is None:
            raise NeracaError(f"The indicator {name!r} has neither sources nor a method.")
        if name in self.indicators:
            raise NeracaError(f"The indicator {name!r} is recorded twice; give it its own name.")
        self.indicators[name] = {
            "value": _plain(value),
            "unit": unit,
            "time_period": time_period,
            "obs_status": obs_status,
            "sources": origins,
            "method": method,
            "basis": basis,
            "inputs": list(dict.fromkeys(inputs)),
            "section": self._section,
        }

    @property
    def _section(self) -> str:
        return next(reversed(self.sections), "")

    def table(
        self,
        name: str,
        resource: str,
        *,
        measured_in: tuple[str, ...] = (),
        cited_in: str = "",
        **where: Any,
    ) -> str:
        """Register rows of a table as a series that numbers are made from, and give its name.

        Args:
            name: what inputs call it.
            resource: the table; what counts are its rows for periods up to the report's year.
            measured_in: columns with the figure, or with its two ends, where that is not `value`.
            cited_in: column that names the sources, where that is not `source_id`.
            **where: a column and the value, or the list of values, of the rows.

        Raises:
            NeracaError: if another series has the name.

        """
        return self._register(name, Series(resource, where, self.year, measured_in, cited_in))

    def flow(
        self, flows: TradeFlows, flow: str, basis: str, *, name: str = "", until: int | None = None
    ) -> str:
        """Register a flow of total trade as a series that numbers are made from; give its name.

        Args:
            flows: one value a period, as they were used.
            flow: `export`, `import` or `balance`.
            basis: of exports and balances; imports have none.
            name: what inputs call it, by default as `lineage.flow_name` has it.
            until: last year, for flows that were read apart from the report.

        Raises:
            NeracaError: if another series has the name.

        """
        where = {
            "dimension": "total",
            "flow": flow,
            "basis": NOT_STATED if flow == "import" else basis,
        }
        last = until or self.year
        found = Series("trade", where, last, flows=flows, apart=until is not None)
        return self._register(name or flow_name(flow, basis), found)

    def _register(self, name: str, series: Series) -> str:
        if self.series.setdefault(name, series) != series:
            raise NeracaError(f"The series {name!r} is registered twice; give it its own name.")
        return name

    def sources(self) -> None:
        """Display the list of sources that the notebook's figures were taken from."""
        name = f"sources-{self.notebook.replace('_', '-')}"
        self.heading(self.say("Sources of this section"), name)
        if not self.source_ids:
            self.text(self.say("No figure was used in this section."))
            return
        rows = self.catalog.source_titles(self.source_ids)
        lines = [self._source(row) for row in rows.to_dict("records")]
        boxes = math.ceil(len(lines) / SOURCES_A_BOX)
        size = math.ceil(len(lines) / boxes)
        for start in range(0, len(lines), size):
            box = lines[start : start + size]
            title = self.language.count("{number} source", "{number} sources", len(lines))
            if boxes > 1:
                title = self.say(
                    "Sources {first} to {last} of {count}",
                    first=start + 1,
                    last=start + len(box),
                    count=len(lines),
                )
            self.note(title, "\n".join(box), collapse=True)

    def _source(self, source: Mapping[str, Any]) -> str:
        title = source["title"].replace("[", "(").replace("]", ")")
        text = f"[{title}](<{source['url']}>)" if source["url"] else f"[{title}]"
        if source["kind"] == "publication":
            text += '{lang="id"}'
        elif not source["url"]:
            text = title
        released = source["released"]
        dated = f", {self.language.date(released)}" if released else ""
        anchor = f"[`{source['source_id']}`]{{#{self._anchor(source['source_id'])}}}"
        return f"- {text}{dated} ({anchor})"

    def _anchor(self, source_id: str) -> str:
        return f"src-{self.notebook.replace('_', '-')}-{source_id}"


def record(
    catalog: Catalog,
    page: Page,
    *,
    title: str,
    heading: str,
    description: str,
) -> None:
    """Display the record of a notebook: parameters, indicators, reads, vintage and versions."""
    vintage, kind = catalog.data_vintage(page.year)
    display.show_record(
        {
            "notebook": page.notebook,
            "title": title,
            "heading": heading,
            "description": description,
            "language": page.parameters.language,
            "parameters": page.parameters.model_dump(),
            "data_vintage": vintage,
            "data_vintage_kind": kind,
            "indicators": page.indicators,
            "reads": [read.as_dict() for read in catalog.reads],
            # A list, since a notebook's file keeps no order of names.
            "sections": [{"name": name, "title": page.sections[name]} for name in page.sections],
            **lineage(catalog, page.indicators, page.series),
        }
    )


def software() -> str:
    """Name the versions that a reviewer needs to match."""
    import statsmodels

    versions = {"Python": platform.python_version(), "pandas": pd.__version__}
    versions["statsmodels"] = statsmodels.__version__
    return ", ".join(f"{name} {version}" for name, version in versions.items())


def _short_title(title: str, source_id: str) -> str:
    """Name the publisher and date a title ends or begins with; else a short title, or the id.

    >>> _short_title("Ekspor Lampung Turun 27,03 Persen (Lampost.co, 2 Mar 2020)", "sa9b1cbde")
    'Lampost.co, 2 Mar 2020'
    >>> _short_title("Kemenko Pangan 28 May 2025", "sed9b1d54")
    'Kemenko Pangan 28 May 2025'
    """
    found = re.search(r"\(([^();]{3,40})(?:;[^()]*)?\)$", title) or re.match(
        r"([^:()]{3,40}):", title
    )
    if found:
        return found.group(1)
    return title if len(title) <= SHORT_TITLE else source_id


def _plain(value: Any) -> float | int | str | None:
    """Give a number that JSON can hold; what is missing becomes None, never NaN."""
    if value is None or isinstance(value, str):
        return value
    if pd.isna(value):
        return None
    if isinstance(value, bool | np.bool_):
        return str(bool(value)).lower()
    if isinstance(value, int | np.integer):
        return int(value)
    return float(f"{float(value):.12g}")
