"""What a cell hands to the notebook: a figure, a table or a text, each in every form it is read in.

A figure is markdown for the publisher, an SVG, its data as CSV, and HTML for JupyterLab; the other
kinds leave out what they do not have. `metadata.neraca` says which kind an output is.
"""

import csv
import html
import io
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from IPython.display import display
from matplotlib.figure import Figure

from analysis.report.theme import to_svg

RECORD_TYPE = "application/vnd.neraca+json"


def show_heading(title: str, level: int, name: str) -> None:
    """Display a heading; `name` is what cross-references call the section."""
    _show("heading", f"sec-{name}", {"text/markdown": f"{'#' * level} {title} {{#sec-{name}}}\n"})


def show_text(markdown: str, page_html: str | None = None) -> None:
    """Display text in markdown; `page_html` stands in for it where markdown is not enough."""
    data = {"text/markdown": markdown.rstrip() + "\n"}
    if page_html is not None:
        data["text/html"] = page_html
    _show("text", "", data)


def show_callout(kind: str, title: str, markdown: str, *, collapse: bool = False) -> None:
    """Display a callout: `note`, `tip`, `important` or `warning`."""
    fold = ' collapse="true"' if collapse else ""
    body = f"::: {{.callout-{kind}{fold}}}\n\n## {title}\n\n{markdown.strip()}\n\n:::\n"
    page_html = (
        f"<aside><p><strong>{html.escape(title)}</strong></p><p>{html.escape(markdown)}</p></aside>"
    )
    show_text(body, page_html)


def show_figure(
    figure: Figure, name: str, caption: str, alt: str, source: str, data: pd.DataFrame
) -> None:
    """Display a figure with its caption, alternative text, source line and data.

    Raises:
        ValueError: if the caption, the alternative text or the data are empty.

    """
    if not (caption and alt) or data.empty:
        raise ValueError(f"fig-{name} needs a caption, an alternative text and data.")
    svg = to_svg(figure)
    markdown = (
        f"![{_escape(caption)}](figures/fig-{name}.svg)"
        f'{{#fig-{name} fig-alt="{_attribute(alt)}"}}\n\n[{source}]{{.source}}\n'
    )
    page_html = (
        f'<figure><div role="img" aria-label="{html.escape(alt)}">{svg[svg.index("<svg") :]}</div>'
        f"<figcaption>{html.escape(caption)}<br><small>{html.escape(_unlinked(source))}</small></figcaption>"
        "</figure>"
    )
    _show(
        "figure",
        f"fig-{name}",
        {
            "text/markdown": markdown,
            "image/svg+xml": svg,
            "text/csv": _csv(data),
            "text/html": page_html,
        },
    )


def show_table(
    table: Mapping[str, Sequence[str]] | pd.DataFrame,
    name: str,
    caption: str,
    source: str,
    *,
    data: pd.DataFrame,
    numbers: tuple[str, ...] = (),
) -> None:
    """Display columns of finished texts; the ones named in `numbers` are aligned right.

    `data` has the same rows as plain values, for the CSV that a program reads.
    """
    header = [str(column) for column in table]
    plain = [list(map(str, row)) for row in zip(*(table[name] for name in table), strict=True)]
    rows = [[_cell(text) for text in row] for row in plain]
    rule = [
        _rule([header[i], *(row[i] for row in rows)], right=column in numbers)
        for i, column in enumerate(table)
    ]
    lines = [f"| {' | '.join(row)} |" for row in (header, rule, *rows)]
    markdown = (
        "\n".join(lines) + f"\n\n: {_escape(caption)} {{#tbl-{name}}}\n\n[{source}]{{.source}}\n"
    )
    page_html = (
        f"<p>{html.escape(caption)}</p>{_table_html(header, plain)}"
        f"<p><small>{html.escape(_unlinked(source))}</small></p>"
    )
    _show(
        "table",
        f"tbl-{name}",
        {"text/markdown": markdown, "text/csv": _csv(data), "text/html": page_html},
    )


def show_record(record: Mapping[str, Any]) -> None:
    """Display the record that the publisher and the reviewer read; nothing is shown of it.

    It is JSON written as a text. All that hands on a notebook would look at each of its thousands
    of numbers otherwise, which takes longer than to draw three figures.
    """
    _show("record", "record", {RECORD_TYPE: json.dumps(record, allow_nan=False)})


def _show(kind: str, name: str, data: dict[str, Any]) -> None:
    display(data, raw=True, metadata={"neraca": {"kind": kind, "name": name}})


def _csv(data: pd.DataFrame) -> str:
    r"""Write a table as pandas does with ten digits, in a quarter of its time for a few rows.

    >>> data = pd.DataFrame({"port": ["Panjang", "a, b", None], "value": [1 / 3, None, 2.0]})
    >>> _csv(data) == data.to_csv(index=False, lineterminator="\n", float_format="%.10g")
    True
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(data.columns)
    writer.writerows(zip(*(_cells_of_csv(data[name]) for name in data), strict=True))
    return text.getvalue()


def _cells_of_csv(column: pd.Series) -> list[Any]:
    """List the cells of a column; what is missing is blank."""
    if column.dtype.kind in "mM":
        raise TypeError(f"The column {column.name!r} holds instants; write them as texts.")
    cells = column.tolist()
    if column.dtype.kind in "iub" and isinstance(column.dtype, np.dtype):
        return cells
    form = "{:.10g}".format if column.dtype.kind == "f" else _same
    missing = column.isna().tolist()
    return ["" if blank else form(cell) for cell, blank in zip(cells, missing, strict=True)]


def _same(cell: Any) -> Any:
    return cell


def _unlinked(markdown: str) -> str:
    return re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", markdown)


def _escape(text: str) -> str:
    return text.replace("[", r"\[").replace("]", r"\]")


def _attribute(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', "”")


def _rule(texts: list[str], *, right: bool) -> str:
    """Rule off a column's head, as wide as its texts need: on paper widths follow the dashes."""
    dashes = "-" * max(3, min(40, max(len(text) for text in texts)))
    return f"{dashes}:" if right else f":{dashes}"


def _cell(text: str) -> str:
    return text.replace("|", r"\|").replace("\n", " ")


def _table_html(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Write a table as pandas does, which takes long to find out that all cells are texts.

    >>> frame = pd.DataFrame({"month": ["May"], "R&D": ["< 1"]})
    >>> _table_html(["month", "R&D"], [["May", "< 1"]]) == frame.to_html(index=False, border=0)
    True
    """
    head = _row_html("th", header).replace("<tr>", '<tr style="text-align: right;">')
    body = "".join(_row_html("td", row) for row in rows)
    return (
        f'<table class="dataframe">\n  <thead>\n{head}  </thead>\n'
        f"  <tbody>\n{body}  </tbody>\n</table>"
    )


def _row_html(tag: str, texts: Sequence[str]) -> str:
    cells = "".join(
        f"      <{tag}>{html.escape(text.strip(), quote=False)}</{tag}>\n" for text in texts
    )
    return f"    <tr>\n{cells}    </tr>\n"
