"""Put the executed notebooks of a report together as one source that both publishers read."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import yaml
from nbformat import NotebookNode
from nbformat.v4.rwbase import split_lines

from analysis.errors import NeracaError
from neraca.publish.files import replacing
from neraca.publish.images import slim
from neraca.publish.json_text import json_text
from neraca.publish.numbers import DATA, PAGE, address, numbers, numbers_page
from neraca.publish.reuse import citation, licences, metadata
from neraca.publish.words import LANGUAGES, word

ORDER = ("summary", "export_surplus", "downstreaming", "ikm_targets")
RECORD_TYPE = "application/vnd.neraca+json"

_KINDS = ("heading", "text", "figure", "table", "record")
_NAMES = {"figure": re.compile(r"fig-[a-z0-9-]+"), "table": re.compile(r"tbl-[a-z0-9-]+")}
_HEADING = re.compile(r"^(#{1,5})(?=\s)")
_FENCE = re.compile(r"^\s*(`{3,}|~{3,})")
_DIVISION = re.compile(r"^\s*:{3,}\s*(\S.*)?$")
_ATTRIBUTE = r'(?:\\.|[^"\\])+'
_INDICATOR_DEPTH, _OUTPUT_DEPTH = 5, 4  # in their files, each stands on a line of its own
_MACHINE_TRACES = ("papermill", "execution", "ExecuteTime", "collapsed", "scrolled")


@dataclass(frozen=True)
class _Display:
    """One thing that a notebook shows: its kind, name, content, and the cell it is from."""

    kind: str
    name: str
    data: dict[str, Any]
    source: str
    place: str

    @property
    def markdown(self) -> str:
        return str(self.data.get("text/markdown", ""))


def stage(executed: Mapping[str, NotebookNode], directory: Path) -> Path:
    """Write the source of a report and return the path of its `index.ipynb`.

    ``executed`` maps notebook names to executed notebooks; whatever the order they come in,
    the report has them in that of ``ORDER``. Beside `index.ipynb` are written `figures/*.svg`,
    `data/*.csv`, `indicators.json`, `numbers.html` and `numbers.json` (how the indicators were
    made, where the notebooks recorded it) and `notebooks/*.ipynb`, the executed notebooks without
    traces of the machine and moment of their run. Markdown cells of a notebook are notes for
    who works in it and are not part of the report. An existing `record.json` is kept, all
    else in ``directory`` is replaced in one step.

    Raises NeracaError, naming notebook and cell, for a notebook that failed, shows something
    that is not of a known kind, has no record or several, or uses a name that another has.
    """
    unknown = sorted(set(executed) - set(ORDER))
    if unknown or not executed:
        raise NeracaError(
            f"A report is made of the notebooks {', '.join(ORDER)}; "
            f"given: {', '.join(unknown) or 'none'}."
        )
    notebooks = {name: executed[name] for name in ORDER if name in executed}
    displays = {name: list(_displays(name, notebook)) for name, notebook in notebooks.items()}
    records = {name: _record(name, shown) for name, shown in displays.items()}
    _require_one_report(records)
    _require_unique_names(displays)
    with replacing(directory) as new:
        for shown in displays.values():
            _write_exhibits(shown, new)
        head, made = _indicators(records), numbers(records)
        _write_json(new / "indicators.json", head)
        if made:
            _write(new / DATA, json.dumps(made, ensure_ascii=False) + "\n")
            _write(new / PAGE, numbers_page(made, head))
        _write_notebooks(notebooks, new / "notebooks")
        report = _report(displays, records, made)
        (new / "index.ipynb").write_text(_notebook_text(report), encoding="utf-8")
        kept = directory / "record.json"
        if kept.exists():
            (new / kept.name).write_bytes(kept.read_bytes())
    return directory / "index.ipynb"


def _displays(name: str, notebook: NotebookNode) -> Iterator[_Display]:
    """Yield what a notebook shows, in order; refuse what is not meant for a report."""
    for number, cell in enumerate(notebook.cells, start=1):
        for output in cell.get("outputs", []):
            place = f"notebook {name}, cell {number}"
            if output["output_type"] == "error":
                raise NeracaError(
                    f"{place}: failed with {output['ename']}: {output['evalue']}. "
                    "Run the notebook with the same parameters in JupyterLab to see where."
                )
            if output["output_type"] == "stream" and output["name"] == "stderr":
                continue  # warnings carry paths, and are for who runs the notebook
            yield _display(output, cell["source"], place)


def _display(output: Mapping[str, Any], source: str, place: str) -> _Display:
    marked = output.get("metadata", {}).get("neraca", {})
    if marked.get("kind") not in _KINDS:
        kind = marked.get("kind", output["output_type"])
        raise NeracaError(
            f"{place}: shows an output of the unknown kind '{kind}'. Show it with a helper of "
            "analysis.report, or end the line with a semicolon so that nothing is shown."
        )
    display = _Display(marked["kind"], marked.get("name", ""), output["data"], source, place)
    if display.kind in _NAMES:
        _require_exhibit(display)
    elif display.kind == "record":
        if RECORD_TYPE not in display.data:
            raise NeracaError(f"{place}: the record has no {RECORD_TYPE}; use report.record().")
    elif not display.markdown.strip():
        raise NeracaError(f"{place}: a {display.kind} without words; remove it or fill it.")
    return display


def _require_exhibit(display: _Display) -> None:
    """Require of a figure or table what a publisher and a reader of any kind need of it."""
    name, text = display.name, display.markdown
    if not _NAMES[display.kind].fullmatch(name):
        prefix = _NAMES[display.kind].pattern[:4]
        raise NeracaError(
            f"{display.place}: a {display.kind} is called '{name}'; its name begins with "
            f"'{prefix}' and has only small letters, digits and hyphens."
        )
    if f"#{name}" not in text:
        raise NeracaError(f"{display.place}: {name} has no label {{#{name}}} in its Markdown.")
    if display.kind == "table":
        return
    if "image/svg+xml" not in display.data or f"(figures/{name}.svg)" not in text:
        raise NeracaError(f"{display.place}: {name} has no image figures/{name}.svg.")
    if not re.search(f'fig-alt="{_ATTRIBUTE}"', text):
        raise NeracaError(
            f"{display.place}: {name} has no alternative text; say in fig-alt what it shows."
        )


def _record(name: str, displays: list[_Display]) -> dict[str, Any]:
    found = [display for display in displays if display.kind == "record"]
    if len(found) != 1:
        raise NeracaError(
            f"notebook {name}: has {len(found)} records; display report.record() "
            "once, in its last cell."
        )
    record = record_in(found[0].data, found[0].place)
    missing = {"title", "language", "parameters", "data_vintage", "indicators", "reads"} - set(
        record
    )
    if missing:
        raise NeracaError(f"{found[0].place}: the record lacks {', '.join(sorted(missing))}.")
    if record["language"] not in LANGUAGES:
        raise NeracaError(f"{found[0].place}: unknown language '{record['language']}'.")
    return record


def record_in(data: Mapping[str, Any], place: str) -> dict[str, Any]:
    """Read the record of a display output, which holds it as a text of JSON.

    Raises:
        NeracaError: naming the place, if it is anything else.

    >>> record_in({RECORD_TYPE: '{"title": "Ekspor"}'}, "cell 3")
    {'title': 'Ekspor'}

    """
    try:
        record = json.loads(data[RECORD_TYPE])
    except (TypeError, ValueError):
        record = None
    if not isinstance(record, dict):
        raise NeracaError(f"{place}: the record is no text of JSON; use report.record().")
    return record


def _require_one_report(records: Mapping[str, dict[str, Any]]) -> None:
    """Refuse notebooks that were executed for different reports."""
    first_name, first = next(iter(records.items()))
    for name, record in records.items():
        shared = set(first["parameters"]) & set(record["parameters"])
        for key in sorted(shared):
            if first["parameters"][key] != record["parameters"][key]:
                raise NeracaError(
                    f"notebook {name}: was executed with {key} = {record['parameters'][key]}, "
                    f"notebook {first_name} with {first['parameters'][key]}; "
                    "execute them with the same parameters."
                )


def _require_unique_names(displays: Mapping[str, list[_Display]]) -> None:
    seen: dict[str, str] = {}
    for display in (display for shown in displays.values() for display in shown):
        if display.kind not in _NAMES:
            continue
        if display.name in seen:
            raise NeracaError(
                f"{display.place}: the name {display.name} is already used in "
                f"{seen[display.name]}; give one of the two another name."
            )
        seen[display.name] = display.place


def _write_exhibits(displays: list[_Display], directory: Path) -> None:
    for display in displays:
        if display.kind == "figure":
            _write(
                directory / "figures" / f"{display.name}.svg", slim(display.data["image/svg+xml"])
            )
        if "text/csv" in display.data:
            _write(directory / "data" / f"{display.name}.csv", display.data["text/csv"])


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="")


def _write_json(path: Path, content: object) -> None:
    _write(path, json_text(content, _INDICATOR_DEPTH) + "\n")


# What a notebook's date is the date of, the best first: a release of a source that it read, the
# day that a source was retrieved, or the end of the report's year.
_DATE_KINDS = ("released", "retrieved", "year")


def _vintage(records: Mapping[str, dict[str, Any]]) -> str:
    """Date the report: the newest of the best kind of date that any notebook has."""
    kinds = [record.get("data_vintage_kind", _DATE_KINDS[0]) for record in records.values()]
    best = min(kinds, key=_DATE_KINDS.index)
    return max(
        record["data_vintage"]
        for record, kind in zip(records.values(), kinds, strict=True)
        if kind == best
    )


def _indicators(records: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    first = next(iter(records.values()))
    return {
        "title": first["title"],
        "description": first.get("description", ""),
        "language": first["language"],
        "parameters": {
            key: value for record in records.values() for key, value in record["parameters"].items()
        },
        "data_vintage": _vintage(records),
        "notebooks": {
            name: {
                "heading": record.get("heading", ""),
                "indicators": record["indicators"],
                "reads": record["reads"],
            }
            for name, record in records.items()
        },
    }


def _write_notebooks(notebooks: Mapping[str, NotebookNode], directory: Path) -> None:
    directory.mkdir()
    for name, notebook in notebooks.items():
        path = directory / f"{name}.ipynb"
        path.write_text(_notebook_text(_without_traces(name, notebook)), encoding="utf-8")


def _without_traces(name: str, notebook: NotebookNode) -> NotebookNode:
    """Give an executed notebook without times, paths, random ids and warnings of its run."""
    cells = []
    for number, cell in enumerate(notebook.cells, start=1):
        kept = {key: value for key, value in cell.metadata.items() if key not in _MACHINE_TRACES}
        cleaned = NotebookNode(
            {**cell, "id": f"{name.replace('_', '-')}-{number}", "metadata": NotebookNode(kept)}
        )
        if cell.cell_type == "code":
            cleaned.outputs = [output for output in cell.outputs if output.get("name") != "stderr"]
        cells.append(cleaned)
    return _new_notebook(cells, notebook.metadata.get("kernelspec", {}))


def _new_notebook(cells: list[NotebookNode], kernel: Mapping[str, str]) -> NotebookNode:
    return NotebookNode(
        cells=cells, metadata=_kernel_metadata(kernel), nbformat=4, nbformat_minor=5
    )


def _kernel_metadata(given: Mapping[str, str]) -> NotebookNode:
    """Keep what JupyterLab and Quarto need to know the language of the code."""
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return NotebookNode(
        {
            "kernelspec": {key: given.get(key, kernel[key]) for key in kernel},
            "language_info": {"name": "python"},
        }
    )


def _report(
    displays: Mapping[str, list[_Display]],
    records: Mapping[str, dict[str, Any]],
    made: Mapping[str, Any],
) -> NotebookNode:
    """Make the notebook that is published, from what the executed ones show."""
    head = _indicators(records)
    cells = [_new_cell("raw", _front_matter(head, _tables(displays)), "front-matter")]
    for name, shown in displays.items():
        visible = [display for display in shown if display.kind != "record"]
        section = ""
        for number, display in enumerate(visible, start=1):
            if display.kind == "heading":
                section = display.name.removeprefix("sec-")
            origin = ""
            if made:
                link = address(made, name, section)
                origin = f", [{word('origin_of_numbers', head['language'])}]({link})"
            cells.append(_cell(display, f"{name.replace('_', '-')}-{number}", origin))
    cells.append(_reuse(head))
    cells.append(_downloads(list(records), head["language"], made))
    return _new_notebook(cells, {})


def _front_matter(head: Mapping[str, Any], tables: list[str]) -> str:
    """Say of a page what its publishers put in its head."""
    described = {"include-in-header": [{"text": metadata(head, tables)}]}
    year, month, day = (int(part) for part in head["data_vintage"].split("-"))
    # Else typst would put the time of the rendering into the PDF.
    moment = f"#set document(date: datetime(year: {year}, month: {month}, day: {day}))"
    content = {
        "title": head["title"],
        "description": head["description"],
        "lang": head["language"],
        "date": head["data_vintage"],
        # Quarto renders the formats that a page names, and so both are named.
        "format": {
            "html": described,
            "typst": {"include-in-header": [{"text": moment}]},
        },
    }
    text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=1000)
    return f"---\n{text}---"


def _tables(displays: Mapping[str, list[_Display]]) -> list[str]:
    """Return the addresses of the figures' and tables' data, in the order of the page."""
    return [
        f"data/{display.name}.csv"
        for shown in displays.values()
        for display in shown
        if "text/csv" in display.data
    ]


def _new_cell(kind: str, text: str, identifier: str, **others: Any) -> NotebookNode:
    """Make a cell; the whole notebook is validated once, when it is written."""
    given = {"cell_type": kind, "id": identifier, "metadata": NotebookNode(), "source": text}
    return NotebookNode(given | others)


def _cell(display: _Display, identifier: str, origin: str) -> NotebookNode:
    text = _lower_headings(display.markdown)
    if display.kind not in _NAMES:
        return _new_cell("markdown", text, identifier)
    if "text/csv" in display.data:
        text = _link_data(text, display.name, origin)
    output = NotebookNode(
        output_type="display_data",
        data=NotebookNode({"text/markdown": text}),
        metadata=NotebookNode(),
    )
    return _new_cell("code", display.source, identifier, execution_count=None, outputs=[output])


def _lower_headings(text: str) -> str:
    r"""Put each heading one level down, save in code and in divisions, as in a callout.

    >>> print(_lower_headings("# A\n\n::: {.callout-note}\n## B\n:::"))
    ## A
    <BLANKLINE>
    ::: {.callout-note}
    ## B
    :::
    """
    lines, fence, depth = [], "", 0
    for line in text.splitlines():
        mark = _FENCE.match(line)
        if fence:
            fence = "" if line.strip() == fence else fence
        elif mark:
            fence = mark[1]
        else:
            division = _DIVISION.match(line)
            if division:
                depth += 1 if division[1] else -1
            elif depth == 0:
                line = _HEADING.sub(r"#\1", line)
        lines.append(line)
    return "\n".join(lines)


def _link_data(text: str, name: str, origin: str) -> str:
    """Add links to the data of a figure or table to its source line, on the web page only.

    ``origin`` is the link to how its numbers were made, after a comma, or blank.
    """
    link = f'[[CSV](data/{name}.csv){origin}]{{.download .content-visible when-format="html"}}'
    before, found, last = text.rstrip().rpartition("\n\n")
    if found and "{.source}" in last:
        return f"{before}\n\n{last} {link}"
    return f"{text.rstrip()}\n\n[]{{.source}}{link}"


def _reuse(head: Mapping[str, Any]) -> NotebookNode:
    """Say at the end of a report how it is cited and may be used, on paper too."""
    language = head["language"]
    cited = citation(_escape(head["title"]), head["data_vintage"], language)
    text = (
        "::: {.reuse}\n"
        f"**{word('cite', language)}:** {cited}\n\n"
        f"**{word('licence', language)}:** {licences(language)}\n:::"
    )
    return _new_cell("markdown", text, "reuse")


def _escape(text: str) -> str:
    """Return text so that Markdown shows it as it is."""
    return re.sub(r"([\\`*_{}\[\]()#+\-.!$@<>|~^])", r"\\\1", text)


def _downloads(notebooks: list[str], language: str, made: Mapping[str, Any]) -> NotebookNode:
    """Say at the end of the web page what can be taken away from it."""
    links = ", ".join(f"[{name}](notebooks/{name}.ipynb)" for name in notebooks)
    origin = f"[{word('origin_of_numbers', language)}]({PAGE}) · " if made else ""
    text = (
        '::: {.content-visible when-format="html"}\n::: {.downloads}\n'
        f"**{word('download', language)}:** [PDF](index.pdf) · "
        f"[{word('indicators', language)}](indicators.json) · {origin}"
        f"{word('notebooks', language)}: {links}\n:::\n:::"
    )
    return _new_cell("markdown", text, "downloads")


def _notebook_text(notebook: NotebookNode) -> str:
    """Return the file of a notebook; Quarto needs its texts as lists of lines."""
    nbformat.validate(notebook)
    cells = [_own_texts(cell) for cell in notebook.cells]
    lines = split_lines(NotebookNode({**notebook, "cells": cells}))
    return json_text(lines, _OUTPUT_DEPTH) + "\n"


def _own_texts(cell: NotebookNode) -> NotebookNode:
    """Copy a cell as deep as it has texts, which can then be split without changing the cell."""
    copied = NotebookNode(cell)
    if "outputs" in cell:
        copied.outputs = [
            NotebookNode({**output, "data": NotebookNode(output.data)})
            if "data" in output
            else NotebookNode(output)
            for output in cell.outputs
        ]
    return copied
