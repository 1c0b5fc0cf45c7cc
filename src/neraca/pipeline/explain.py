"""Explain a number of a report: its formula, the figures it is made from, and who printed them."""

import difflib
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from analysis.errors import NeracaError
from neraca.publish.lineage import figures_of, formula_of, use_of

SHOWN = 12  # figures of a series that are shown, unless all are asked for
NUMBERS = "numbers.json"

# Names by which the headline figures are asked for.
HEADLINES = {
    "exports": "headline_export",
    "imports": "headline_import",
    "trade_balance": "headline_balance",
    "cover_ratio": "headline_cover_ratio",
}

Explanation = dict[str, Any]


@dataclass(frozen=True)
class Branch:
    """A line of a tree, and what hangs below it."""

    text: str
    below: tuple["Branch", ...] = ()


@dataclass(frozen=True)
class Report:
    """What an executed report says of its numbers.

    Attributes:
        directory: where it is.
        address: what it is called: language, province and year.
        parameters: what it was asked for.
        numbers: by notebook its indicators, with the series that they are made from.
        sources: what is known of each source, by id.
        corrections: what was put right in the figures, by id.

    """

    directory: Path
    address: str
    parameters: Mapping[str, Any]
    numbers: Mapping[str, Mapping[str, Any]]
    sources: Mapping[str, Mapping[str, str]]
    corrections: Mapping[str, Mapping[str, str]]

    @classmethod
    def read(cls, root: Path, province: str, year: int, language: str | None) -> "Report":
        """Read an executed report, in the language that is asked for or in the one there is.

        Raises:
            NeracaError: if it has not been executed, or by another version, or is damaged.

        """
        for own in (language,) if language else ("id", "en"):
            directory = root / "reports" / own / province / str(year)
            if (directory / NUMBERS).is_file():
                address = f"{own}/{province}/{year}"
                try:
                    found = json.loads((directory / NUMBERS).read_bytes())
                    return cls(directory, address, **found)
                except (ValueError, TypeError) as error:
                    raise NeracaError(
                        f"{directory / NUMBERS} is damaged or of another version; "
                        f"`neraca report {province} {year} --language {own}` makes it again."
                    ) from error
        asked = f" --language {language}" if language else ""
        raise NeracaError(
            f"The numbers of {province} {year} have not been made here; "
            f"`neraca report {province} {year}{asked}` makes them."
        )

    def find(self, name: str, notebook: str | None) -> tuple[str, str]:
        """Find the notebook and the full name of an indicator.

        Its name may lack the report's year at its end, and headline figures have plain names.

        Raises:
            NeracaError: if there is none of the name, or several notebooks have one.

        """
        if notebook is not None and notebook not in self.numbers:
            raise NeracaError(
                f"There is no notebook {notebook!r}; there are {', '.join(self.numbers)}."
            )
        searched = [notebook] if notebook else list(self.numbers)
        for wanted in (name, f"{name}_{self.parameters['year']}", HEADLINES.get(name, name)):
            having = [each for each in searched if wanted in self.numbers[each]["indicators"]]
            if len(having) > 1:
                raise NeracaError(
                    f"{' and '.join(having)} have an indicator {wanted!r} each; "
                    f"say which with --notebook {having[0]}."
                )
            if having:
                return having[0], wanted
        known = [each for book in searched for each in self.numbers[book]["indicators"]]
        near = difflib.get_close_matches(name, [*known, *HEADLINES], n=5, cutoff=0.5)
        nearest = f" The nearest are {', '.join(near)}." if near else ""
        command = " ".join(["neraca explain", *self.address.split("/")[1:]])
        raise NeracaError(
            f"{self.address} has no indicator {name!r}.{nearest} `{command}` lists all of them."
        )


def explain(report: Report, notebook: str, name: str, *, limit: int | None) -> Explanation:
    """Explain an indicator down to the sources of the figures that it is made from.

    Args:
        report: where it is from.
        notebook: which has it.
        name: its full name.
        limit: how many figures of a series are told; None for all.

    Returns:
        Plain values for JSON: the number, its `formula`, its `inputs` (indicators explained in
        the same way, series with their `figures`, parameters) and its `sources`.

    """
    return _Explaining(report, notebook, limit).indicator(name)


@dataclass
class _Explaining:
    report: Report
    notebook: str
    limit: int | None
    _told: set[str] = field(default_factory=set)

    @cached_property
    def _state(self) -> "_State":
        return _State(self.report)

    @property
    def _own(self) -> Mapping[str, Any]:
        return self.report.numbers[self.notebook]

    def indicator(self, name: str) -> Explanation:
        found = self._own["indicators"][name]
        fields = ("value", "unit", "time_period", "obs_status", "basis")
        told: Explanation = {"indicator": name, "notebook": self.notebook}
        told |= {field: found[field] for field in fields}
        if name in self._told:
            return told | {"told_above": True}
        self._told.add(name)
        told["formula"] = vars(formula_of(found["method"])) if found["method"] else None
        told["inputs"] = [self._input(found, each) for each in found["inputs"]]
        # What its inputs tell of their sources is not told again.
        if not any(_ends_in_sources(each) for each in told["inputs"]):
            told["sources"] = [self._source(each) for each in found["sources"]]
        return told

    def _input(self, indicator: Mapping[str, Any], name: str) -> Explanation:
        if name.startswith("parameter "):
            parameter = name.removeprefix("parameter ")
            return {"parameter": parameter, "value": self.report.parameters[parameter]}
        if name in self._own["indicators"]:
            return self.indicator(name)
        return self._series(indicator, name)

    def _series(self, indicator: Mapping[str, Any], name: str) -> Explanation:
        series = self._own["series"][name]
        figures = figures_of(indicator, series)
        told: Explanation = {
            "series": name,
            "table": series["resource"],
            "file": self._state.file(series["resource"]),
            "where": series["where"],
            "apart": series["apart"],
            "links": series["links"],
            "count": len(figures),
        }
        key = f"{name} {[(each['time_period'], each['of']) for each in figures]}"
        if key in self._told:
            return told | {"told_above": True}
        self._told.add(key)
        shown = figures if self.limit is None else figures[-self.limit :]
        told["changed"] = self._state.changed(self.notebook, series["resource"])
        told["figures"] = [self._figure(each) for each in shown]
        told["left_out"] = len(figures) - len(shown)
        known = self._cited(shown)
        told["sources"] = [self._source(each) for each in known]
        told["sources_left_out"] = len(set(self._cited(figures)) - set(known))
        return told

    def _cited(self, figures: Sequence[Mapping[str, Any]]) -> list[str]:
        ids = dict.fromkeys(source for each in figures for source in each["sources"].split())
        return [each for each in ids if each in self.report.sources]

    def _figure(self, figure: Mapping[str, Any]) -> Explanation:
        told = {**figure, "use": use_of(figure)}
        if figure["correction"]:
            told["correction"] = {
                "id": figure["correction"],
                **self.report.corrections[figure["correction"]],
            }
        return told

    def _source(self, source_id: str) -> Explanation:
        return {"id": source_id, **self.report.sources[source_id]}


def _ends_in_sources(told: Explanation) -> bool:
    below = told.get("inputs", ())
    return bool(told.get("sources") or told.get("told_above")) or any(map(_ends_in_sources, below))


@dataclass(frozen=True)
class _State:
    """The tables as they are now, and as the report's record has them."""

    report: Report

    @property
    def root(self) -> Path:
        return self.report.directory.parents[3]

    @cached_property
    def record(self) -> Mapping[str, Any]:
        path = self.report.directory / "record.json"
        try:
            found: dict[str, Any] = json.loads(path.read_bytes())
        except (OSError, ValueError):
            return {}
        return found

    @cached_property
    def files(self) -> dict[str, str]:
        """The file of each table of published figures."""
        text = (self.root / "data" / "datapackage.json").read_text(encoding="utf-8")
        return {each["name"]: f"data/{each['path']}" for each in json.loads(text)["resources"]}

    def file(self, table: str) -> str:
        """Give the file of a table, of the comparison of the provinces too."""
        national = f"reports/national/{self.report.parameters['year']}/{table}.csv"
        return national if table.startswith("national") else self.files[table]

    def changed(self, notebook: str, table: str) -> str:
        """Say whether a table's rows have changed since the report read them; blank if not.

        A file of the same digest has the same rows; of another one each recorded read is repeated.
        """
        path = self.root / self.file(table)
        now = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        if table.startswith("national"):
            same = self.record.get("national", {}).get(path.name) == now
            return "" if same else "the provinces have been compared again: make the report again"
        if self.record.get("data", {}).get(self.file(table)) == now:
            return ""
        return self.other_rows(notebook, table)

    def other_rows(self, notebook: str, table: str) -> str:
        """Repeat the recorded reads of a table, and say how many give other rows."""
        reads = self.record.get("reads", {}).get(notebook, [])
        own = [each for each in reads if each["resource"] == table]
        if not own:
            return "no record says which rows were read"
        # Tables are read with a library that is slow to start, and seldom needed here.
        from analysis.catalog import Catalog

        catalog = Catalog(self.root / "data")
        for each in own:
            filters = dict(each["filters"])
            catalog.read(table, until=filters.pop("until", None), **filters)
        now = {read.sha256 for read in catalog.reads}
        other = sum(each["sha256"] not in now for each in own)
        if not other:
            return ""
        return f"{other} of {len(own)} reads of it give other rows now: make the report again"


def tree(told: Explanation) -> Branch:
    """Put an explanation into lines of text that hang below one another."""
    if "parameter" in told:
        value = "not given" if told["value"] is None else told["value"]
        return Branch(f"parameter {told['parameter']} = {value}")
    if "series" in told:
        return _series_branch(told)
    return _indicator_branch(told)


def _indicator_branch(told: Explanation) -> Branch:
    basis = f", basis {told['basis']}" if told["basis"] else ""
    head = (
        f"{told['indicator']} = {_number(told['value'])} {told['unit']}, {told['time_period']}, "
        f"{told['obs_status']}{basis}"
    )
    if told.get("told_above"):
        return Branch(f"{head} (as above)")
    below = [_formula_branch(told["formula"])] if told["formula"] else [Branch("as printed")]
    below += [tree(each) for each in told["inputs"]]
    below += _sources_branches(told.get("sources", ()))
    return Branch(head, tuple(below))


def _formula_branch(formula: Mapping[str, Any]) -> Branch:
    below = [formula["says"], f"Formula: {formula['formula']}" if formula["formula"] else ""]
    where = f" ({formula['file']}:{formula['line']})" if formula["file"] else ""
    return Branch(f"by {formula['name']}{where}", tuple(Branch(each) for each in below if each))


def _series_branch(told: Explanation) -> Branch:
    where = [f"{name} {_condition(value)}" for name, value in told["where"].items()]
    apart = ["read apart from the report"] if told["apart"] else []
    count = "1 row" if told["count"] == 1 else f"{told['count']} rows"
    head = ", ".join([f"series {told['series']}: {count} of {told['file']}", *where, *apart])
    if told.get("told_above"):
        return Branch(f"{head} (as above)")
    below = [Branch(f"changed since: {told['changed']}")] if told["changed"] else []
    below += [
        Branch(f"joined by the declared link {each} (data/links.yml)") for each in told["links"]
    ]
    if told["left_out"]:
        below.append(Branch(f"{told['left_out']} more, before these: --all"))
    below += [_figure_branch(each) for each in told["figures"]]
    below += _sources_branches(told["sources"], told["sources_left_out"])
    return Branch(head, tuple(below))


def _figure_branch(figure: Mapping[str, Any]) -> Branch:
    what = " ".join(filter(None, [figure["time_period"], figure["of"]]))
    known = figure["value"] is not None
    amount = f"{_number(figure['value'])} {figure['unit']}".strip() if known else ""
    printed = f"printed with {figure['printed_as']}" if figure["printed_as"] else ""
    facts = [amount, figure["obs_status"], printed, figure["use"], figure["sources"]]
    line = ": ".join(filter(None, [what, ", ".join(filter(None, facts))]))
    correction = figure["correction"]
    if not correction:
        return Branch(line)
    reason = f"correction {correction['id']} ({correction['action']}): {correction['reason']}"
    return Branch(line, (Branch(reason), Branch(f"source: {correction['source']}")))


def _sources_branches(sources: Sequence[Mapping[str, str]], left_out: int = 0) -> list[Branch]:
    if not sources:
        return []
    number = "1 source" if len(sources) == 1 else f"{len(sources)} sources"
    if left_out:
        number += f" of these rows, {left_out} more of those before: --all"
    return [Branch(number, tuple(Branch(_source_line(each)) for each in sources))]


def _source_line(source: Mapping[str, str]) -> str:
    dates = [f"{name} {source[name]}" for name in ("released", "retrieved") if source[name]]
    return ", ".join(filter(None, [f"{source['id']}: {source['title']}", source["url"], *dates]))


def _condition(value: Any) -> str:
    several = value if isinstance(value, list) else [value]
    named = [f"{each}" if each != "" else "blank" for each in several]
    if len(named) > 4:
        return f"{named[0]} to {named[-1]} ({len(named)})"
    return " or ".join(named)


def _number(value: Any) -> str:
    """Write a number as a person reads it.

    >>> _number(1234567.891), _number("confirmed"), _number(None)
    ('1,234,567.891', 'confirmed', 'not known')
    """
    if value is None:
        return "not known"
    return value if isinstance(value, str) else f"{value:,.10g}"


def lines(branch: Branch, before: str = "") -> Iterator[str]:
    """Write a tree as plain text, each line further in than the one that it hangs below.

    >>> list(lines(Branch("a", (Branch("b", (Branch("c"),)), Branch("d")))))
    ['a', '  b', '    c', '  d']
    """
    yield f"{before}{branch.text}"
    for each in branch.below:
        yield from lines(each, f"{before}  ")


def show(told: Explanation) -> None:
    """Draw an explanation as a tree on the terminal."""
    from rich.console import Console
    from rich.markup import escape
    from rich.tree import Tree

    def grow(branch: Branch, drawn: Tree) -> Tree:
        for each in branch.below:
            grow(each, drawn.add(escape(each.text)))
        return drawn

    whole = tree(told)
    Console().print(grow(whole, Tree(escape(whole.text))))


def as_json(told: Explanation) -> str:
    """Write an explanation as JSON."""
    return json.dumps(told, ensure_ascii=False, indent=1)


def listing(report: Report, *, as_json: bool) -> Iterator[str]:
    """List the indicators of a report, one a line: notebook, name, value with unit, and period.

    As JSON each line is an object of its own.
    """
    for notebook, own in report.numbers.items():
        for name, found in own["indicators"].items():
            told = {"notebook": notebook, "indicator": name}
            told |= {part: found[part] for part in ("value", "unit", "time_period")}
            if as_json:
                yield json.dumps(told, ensure_ascii=False)
            else:
                value = f"{_number(found['value'])} {found['unit']}"
                yield f"{notebook:<16}{name:<48}  {value:<36}  {found['time_period']}"
