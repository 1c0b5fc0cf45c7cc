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
    def own_text(self) -> str:
        """The words that are ours: of a table its caption, of a figure its caption too."""
        if self.kind == "table":
            return "\n".join(line for line in self.markdown.splitlines() if line.startswith(": "))
        return self.markdown


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


def records(outputs: Iterable[Output]) -> list[dict[str, Any]]:
    return [output.data[RECORD_TYPE] for output in outputs if output.kind == "record"]


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
        text = output.markdown
        found += [f"{place}: {word!r} is a machine's value" for word in machine_values(text)]
        found += [f"{place}: {word!r} is not translated" for word in foreign_words(text, language)]
        found += [
            f"{place}: {n!r} is the other language's" for n in foreign_numbers(text, language)
        ]
        if output.kind == "figure" and is_empty_figure(output):
            found.append(f"{place}: an empty figure")
    found += [
        f"{notebook}, {name}: {written!r} stands in no indicator and no table"
        for notebook, name, written in unrecorded_numbers(outputs, language)
    ]
    for record in records(outputs):
        json.dumps(record, allow_nan=False)
        found += [
            f"{record['notebook']}: {name} has no status, or neither a source nor a method"
            for name, item in record["indicators"].items()
            if not item["obs_status"] or not (item["sources"] or item["method"])
        ]
    return found
