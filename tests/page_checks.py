"""Run a report's notebooks in this process and hold every text of its page against the rules."""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import pytest

from analysis.report import display
from analysis.report.display import RECORD_TYPE

NOTEBOOKS = ("summary", "export_surplus", "downstreaming", "ikm_targets")

# Words that only one of the two languages has, and that no name of a place or of goods is made of.
ENGLISH = re.compile(
    r"(?<![\w-])(?:the|of|and|with|from|which|is|are|was|were|not|for|by|this|"
    r"that|these|than|into|between|exports|imports|months|years|percent|known|figure|figures|source|sources)(?![\w-])"
)
INDONESIAN = re.compile(
    r"(?<![\w-])(?:yang|dan|dari|dengan|untuk|tidak|ekspor|impor|persen|bulan|tahun|pada|"
    r"adalah|oleh|karena|antara|sampai|diketahui|angka|sumber|juta|ini|itu)(?![\w-])"
)

_MONTHS = (
    "Januari|Februari|Maret|April|Mei|Juni|Juli|Agustus|September|Oktober|November|Desember|"
    "January|February|March|May|June|July|August|October|December"
)

# What carries numbers that are nobody's figures: code, headings, source lines and links, quotations
# and texts in another language, attributes, references, versions, codes of classifications, dates
# and years.
_SOURCE_LINK = r"\[(?:[^\[\]]|\[[^\]]*\])*\]\((?:#src-|<?https?:)[^)]*\)(?:\{[^{}]*\})?"
_ASIDE = (
    r"```.*?```|`[^`]*`",
    r"^\s*#.*$",
    r"^\[.*\]\{\.source\}\s*$",
    _SOURCE_LINK,
    r"\[[^\]]*\]\{lang=[^}]*\}",
    r"“[^”]*”",
    r"(?<=\])\([^)]*\)",
    r"\{[^{}]*\}",
    r"@(?:fig|tbl|sec)-[\w-]+",
    r"\b\d+\.\d+\.\d+\b|\bPython \d+\.\d+\b",
    r"\bHS ?\d+(?:/\d+)*|\bKBLI ?\d+",
    rf"\b\d{{1,2}}[  ](?={_MONTHS})",
    rf"(?:{_MONTHS})[  ]\d{{1,2}}, ",
    r"(?<![\d.,])(?:19|20)\d\d(?!\d|[.,]\d)",
)


@dataclass(frozen=True)
class Output:
    """One output of an executed cell: its kind and name, and its forms by MIME type."""

    notebook: str
    kind: str
    name: str
    data: Mapping[str, Any]

    @property
    def markdown(self) -> str:
        return self.data.get("text/markdown", "")

    @property
    def alt(self) -> str:
        """What a figure says to who cannot see it."""
        found = re.search(r'fig-alt="([^"]*)"', self.markdown)
        return found[1] if found else ""

    @property
    def own_text(self) -> str:
        """The words that are ours: of a table its caption, of a figure its caption too."""
        if self.kind == "table":
            return "\n".join(line for line in self.markdown.splitlines() if line.startswith(": "))
        return f"{self.markdown}\n\n{self.alt}"


def run_report(
    monkeypatch: pytest.MonkeyPatch, root: Path, province: str, year: int, language: str
) -> list[Output]:
    """Execute the code of a report's four notebooks, in order, and give what they display."""
    outputs: list[Output] = []
    for notebook in NOTEBOOKS:

        def collect(data, *, raw, metadata, notebook=notebook):  # the signature of IPython's
            own = metadata["neraca"]
            outputs.append(Output(notebook, own["kind"], own["name"], data))

        monkeypatch.setattr(display, "display", collect)
        names: dict[str, object] = {}
        for cell in nbformat.read(root / "notebooks" / f"{notebook}.ipynb", 4).cells:
            if cell.cell_type == "code":
                exec(compile(cell.source, notebook, "exec"), names)
            if "parameters" in cell.metadata.get("tags", []):
                names.update(province=province, year=year, language=language)
    return outputs


def without_origin(outputs: Iterable[Output]) -> list[tuple[str, str]]:
    """List the numbers that lead to no source, statement, parameter or constant of the code.

    A count may also be one of rows without a figure, as of ports, or of a table that has none.
    """
    return [
        (record["notebook"], name)
        for record in records(outputs)
        for name in record["indicators"]
        if not _has_origin(name, record)
    ]


def _has_origin(name: str, record: Mapping[str, Any]) -> bool:
    if name.startswith("parameter "):
        return True
    if name in record["series"]:
        series = record["series"][name]
        rows = [dict(zip(series["columns"], row, strict=True)) for row in series["figures"]]
        return all(row["sources"] or row["value"] is None for row in rows)
    found = record["indicators"][name]
    if found["inputs"]:
        return all(_has_origin(each, record) for each in found["inputs"])
    method = found["method"] or ""
    # A method that lacks all it needs has nothing to name.
    nothing = found["obs_status"] == "not computed" and not found["value"]
    return bool(found["sources"]) or bool(re.search(r"^parameter |\.[A-Z_]+$", method)) or nothing


def records(outputs: Iterable[Output]) -> list[dict[str, Any]]:
    return [json.loads(output.data[RECORD_TYPE]) for output in outputs if output.kind == "record"]


def stripped(text: str) -> str:
    """Take out of a text what is not ours, or is no figure."""
    for pattern in _ASIDE:
        text = re.sub(pattern, " ", text, flags=re.DOTALL if pattern[0] == "`" else re.MULTILINE)
    return text


def numbers(text: str, language: str) -> Iterator[tuple[str, float, int]]:
    """Find the numbers of a text as written, with their value and count of decimals.

    >>> list(numbers("USD 1.234,5 juta pada 2024", "id"))
    [('1.234,5', 1234.5, 1)]
    """
    group, point = (r"\.", ",") if language == "id" else (",", r"\.")
    pattern = rf"(?<![\w.,])(\d{{1,3}}(?:{group}\d{{3}})+|\d+)(?:{point}(\d+))?(?!\d)"
    for found in re.finditer(pattern, stripped(text)):
        whole, decimals = re.sub(group, "", found[1]), found[2] or ""
        yield found[0], float(f"{whole}.{decimals or 0}"), len(decimals)


def values_of(csv_text: str) -> Iterator[float]:
    for row in csv.reader(io.StringIO(csv_text)):
        for text in row:
            try:
                yield float(text)
            except ValueError:
                continue


def recorded_values(outputs: Iterable[Output]) -> set[float]:
    """Collect what a reader can look up: indicators, parameters, and the cells of all tables."""
    found: set[float] = set()
    for record in records(outputs):
        for item in record["indicators"].values():
            for number in (item["value"], item.get("needs")):
                if isinstance(number, int | float):
                    found.add(float(number))
                    if item["unit"] in ("share", "probability"):
                        found.add(100.0 * number)
        for name in ("horizon_months", "raw_export_cut", "ikm_growth_target"):
            if record["parameters"][name] is not None:
                found.add(float(record["parameters"][name]))
        found.add(100 * record["parameters"]["interval_level"])
    for output in outputs:
        if output.kind == "table":
            found.update(values_of(output.data["text/csv"]))
    return found


def is_recorded(value: float, decimals: int, known: Iterable[float]) -> bool:
    """Tell if a written number is a known one, rounded as it is written, its sign in words."""
    step = 0.5 * 10.0**-decimals
    return any(abs(abs(other) - value) <= step + 1e-9 * max(1.0, value) for other in known)


def unrecorded_numbers(outputs: list[Output], language: str) -> list[tuple[str, str, str]]:
    """List the numbers of our texts that stand in no indicator, no table, nor their own figure."""
    known = recorded_values(outputs)
    missing = []
    for output in outputs:
        if output.kind == "record":
            continue
        own = set(values_of(output.data.get("text/csv", "")))
        missing += [
            (output.notebook, output.name or output.kind, written)
            for written, value, decimals in numbers(output.own_text, language)
            if not is_recorded(value, decimals, known | own)
        ]
    return missing


def foreign_words(text: str, language: str) -> list[str]:
    """List the words of the other language that stand in a text of ours."""
    others = ENGLISH if language == "id" else INDONESIAN
    return others.findall(stripped(text).lower())


def machine_values(text: str) -> list[str]:
    """List what only a program writes: missing values, unfilled places, column names."""
    plain = re.sub(r"```.*?```|`[^`]*`", " ", text, flags=re.DOTALL)
    # A source may be named as its makers named the file.
    plain = re.sub(_SOURCE_LINK, " ", plain)
    plain = re.sub(r"(?<=\])\([^)]*\)", "", plain)
    plain = re.sub(r"(?<=\])\{[^{}]*\}|^:::+.*$|\{[#.][^{}]*\}", " ", plain, flags=re.MULTILINE)
    machine = r"\b(?:nan|NaN|None|NaT|inf)\b|<NA>|[{}]|\b[a-z]+_[a-z_]+\b"
    return re.findall(machine, plain)


def foreign_numbers(text: str, language: str) -> list[str]:
    """List the numbers written as the other language writes them."""
    pattern = (
        r"(?<![\d.,])[1-9]\d{0,2}(?:,\d{3})+(?!\d)|(?<![\d.])\d+\.\d{1,2}(?![\d.])"
        if language == "id"
        else r"(?<![\d.,])[1-9]\d{0,2}(?:\.\d{3})+(?!\d)|(?<![\d,])\d+,\d{1,2}(?![\d,])"
    )
    return re.findall(pattern, stripped(text))


def empty_ranges(text: str) -> list[str]:
    """List the ranges that run from a number to the same number.

    >>> empty_ranges("between 0.64 and 0.64, 3 to 4, between +1.6 and +1.6, 1 to 1.5")
    ['0.64 and 0.64', '+1.6 and +1.6']
    """
    pattern = r"(?<![\w.,−+])([−+]?\d[\d.,]*) (?:to|and|sampai|dan) \1(?![\d]|[.,]\d)"
    return [found[0] for found in re.finditer(pattern, stripped(text))]


def wrong_plurals(text: str) -> list[str]:
    """List the English nouns that do not agree with a number of one or of many.

    >>> wrong_plurals("In 1 months of 2 sources, in 12 month and 1 list")
    ['1 months', '12 month']
    """
    nouns = "month|year|source|province|list|port|row|period|step|country|countrie|list|place"
    number = r"(?<![\w.,–-])"
    many = rf"{number}1 (?:{nouns})s\b"
    single = rf"{number}(?!1 )\d[\d,]* (?:month|year|source|province|port|period|step)\b(?!-)"
    return [found[0] for found in re.finditer(f"{many}|{single}", stripped(text))]


def bare_ids(text: str) -> list[str]:
    """List the sources that a sentence names by nothing but their id."""
    return re.findall(r"\[s[0-9a-f]{8}\]\(", text)


def later_years(text: str, year: int) -> list[str]:
    """List the years after the report's own that a text names."""
    plain = re.sub(_SOURCE_LINK, " ", text)
    plain = re.sub(r"\[[^\]]*\]\{lang=[^}]*\}|“[^”]*”|`[^`]*`", " ", plain)
    return [n for n in re.findall(r"(?<![\d.,])20\d\d(?![\d.,]\d|\d)", plain) if int(n) > year]


def sections(outputs: Iterable[Output]) -> Iterator[tuple[str, list[Output]]]:
    """Give the sections of a report, each by its name with what is displayed in it."""
    name, shown = "", []
    for output in outputs:
        if output.kind == "heading":
            yield name, shown
            name, shown = output.name, []
        shown.append(output)
    yield name, shown


def unvalued_surpluses(outputs: Iterable[Output]) -> list[str]:
    """List the sections that print a balance and not what stands on either side of it."""
    balance = re.compile(r"(?:surplus|deficit|defisit) (?:of )?(?:about |sekitar )?USD")
    return [
        name
        for name, shown in sections(outputs)
        if balance.search(text := "\n".join(output.markdown for output in shown))
        and not ("FOB" in text and "CIF" in text)
        # What officials say is told in their words; each figure stands with its source.
        and name != "sec-ledger"
    ]


# The summary opens with what its chapters say.
OPENING = "sec-summary"


def repeated_sentences(outputs: Iterable[Output]) -> list[str]:
    """List the long sentences of a report that stand in two of its texts."""
    seen: dict[str, int] = {}
    told = [output for name, shown in sections(outputs) for output in shown if name != OPENING]
    for output in told:
        # One official may have said two things: statements are told one by one.
        if output.kind != "text" or re.search(r"\{\.(?:callout|statement)", output.markdown):
            continue
        plain = re.sub(r"\]\([^)]*\)|[\[\]]", "", output.markdown)
        for sentence in {item.strip() for item in re.split(r"(?<=[.])\s+", plain)}:
            seen[sentence] = seen.get(sentence, 0) + 1
    return [
        sentence
        for sentence, times in seen.items()
        # The basis belongs to every balance.
        if times > 1 and len(sentence) > 80 and not re.search(r"FOB|CIF", sentence)
    ]


# Parts that look ahead by their nature: forecasts, targets, and how to make the page again.
_AHEAD = re.compile(r"forecast|happened|reproduce|target|readings|sources-|ledger")


def foresight(outputs: list[Output]) -> list[tuple[str, str]]:
    """List what is later than the report's year in the parts that tell of the year."""
    year = next(record["parameters"]["year"] for record in records(outputs))
    return [
        (name, later)
        for name, shown in sections(outputs)
        if not _AHEAD.search(name)
        for output in shown
        for later in later_years(output.own_text, year)
    ]


def is_empty_figure(output: Output) -> bool:
    """Tell if a figure has no row of data, or nothing drawn."""
    rows = output.data["text/csv"].splitlines()[1:]
    return (
        not any(row.strip(", ") for row in rows) or output.data["image/svg+xml"].count("<path") < 5
    )


def faults(outputs: list[Output], language: str) -> list[str]:
    """List everything on a page that breaks a rule of ours."""
    found = []
    for output in outputs:
        place = f"{output.notebook}, {output.name or output.kind}"
        text = f"{output.markdown}\n\n{output.alt}"
        found += [f"{place}: {word!r} is a machine's value" for word in machine_values(text)]
        found += [f"{place}: {word!r} is not translated" for word in foreign_words(text, language)]
        found += [
            f"{place}: {n!r} is the other language's" for n in foreign_numbers(text, language)
        ]
        found += [f"{place}: the range {r!r} is none" for r in empty_ranges(output.own_text)]
        found += [f"{place}: a sentence names {name!r}" for name in bare_ids(text)]
        if language == "en":
            found += [f"{place}: {noun!r}" for noun in wrong_plurals(output.own_text)]
        if output.kind == "figure" and is_empty_figure(output):
            found.append(f"{place}: an empty figure")
    found += [
        f"{notebook}, {name}: {written!r} stands in no indicator and no table"
        for notebook, name, written in unrecorded_numbers(outputs, language)
    ]
    found += [
        f"{name}: a balance without basis, FOB and CIF" for name in unvalued_surpluses(outputs)
    ]
    found += [f"said twice: {sentence}" for sentence in repeated_sentences(outputs)]
    found += [f"{name}: {later} is later than the report" for name, later in foresight(outputs)]
    for record in records(outputs):
        json.dumps(record, allow_nan=False)
        found += [
            f"{record['notebook']}: {name} has no status, or neither a source nor a method"
            for name, item in record["indicators"].items()
            if not item["obs_status"] or not (item["sources"] or item["method"])
        ]
    return found
