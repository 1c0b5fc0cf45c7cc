"""Executed notebooks made by hand, with one of everything that a report can show."""

import json
import shutil
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

from neraca.publish import publish, publish_site, stage

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 460 240" width="460pt" height="240pt">'
    '<rect width="460" height="240" fill="#fff"/>'
    '<path d="M30 200 L150 120 L270 150 L430 40" fill="none" stroke="#0b5c6b" stroke-width="3"/>'
    '<text x="30" y="225" font-family="DejaVu Sans" font-size="12">2020</text></svg>'
)

WORDS = {
    "id": {
        "title": "Neraca perdagangan Lampung 2020",
        "description": "Ekspor, impor, hilirisasi, dan industri kecil: “apa yang diketahui”.",
        "summary": "Ringkasan",
        "export_surplus": "Surplus ekspor",
        "downstreaming": "Hilirisasi",
        "ikm_targets": "Target IKM",
        "balance": "61,53",
        "source": "Sumber: BPS Provinsi Lampung",
        "see": "Lihat @fig-balance, @tbl-ledger, dan @sec-export-surplus. Harga US\\$ 5–6.[^fob]",
        "note": "Ekspor *FOB*, impor CIF.",
        "caption": "Ekspor dan impor, **juta dolar AS**",
        "alternative": 'Garis ekspor naik dari 144,78 menjadi 206,31; disebut \\"naik\\".',
        "ledger": "Pernyataan pejabat",
        "callout": "Cara membaca",
        "callout_text": "Selang 80 persen.",
        "header": ("Pernyataan", "Angka", "Putusan"),
    },
    "en": {
        "title": "Trade balance of Lampung 2020",
        "description": "Exports, imports, downstreaming and small industry: “what is known”.",
        "summary": "Summary",
        "export_surplus": "Export surplus",
        "downstreaming": "Downstreaming",
        "ikm_targets": "IKM targets",
        "balance": "61.53",
        "source": "Source: BPS Lampung Province",
        "see": "See @fig-balance, @tbl-ledger and @sec-export-surplus. Price US\\$ 5–6.[^fob]",
        "note": "Exports *FOB*, imports CIF.",
        "caption": "Exports and imports, **million US dollars**",
        "alternative": 'The line of exports rises from 144.78 to 206.31; called \\"rising\\".',
        "ledger": "Statements of officials",
        "callout": "How to read this",
        "callout_text": "An interval of 80 percent.",
        "header": ("Statement", "Figure", "Verdict"),
    },
}


def shown(kind: str, name: str, **data: object) -> NotebookNode:
    """Make an output as a helper of `analysis.report` displays it."""
    types = {
        "markdown": "text/markdown",
        "svg": "image/svg+xml",
        "csv": "text/csv",
        "html": "text/html",
        "record": "application/vnd.neraca+json",
    }
    return nbformat.v4.new_output(
        "display_data",
        data={
            types[key]: json.dumps(value) if key == "record" else value
            for key, value in data.items()
        },
        metadata={"neraca": {"kind": kind, "name": name}},
    )


def figure(name: str, language: str) -> NotebookNode:
    words = WORDS[language]
    return shown(
        "figure",
        name,
        markdown=(
            f"![{words['caption']}](figures/{name}.svg)"
            f'{{#{name} fig-alt="{words["alternative"]}"}}\n\n'
            f"[{words['source']} (nilai 206,31).]{{.source}}"
        ),
        svg=SVG,
        csv="time_period,value\n2020-01,206.31\n",
        html="<figure>for JupyterLab</figure>",
    )


def table(name: str, language: str, rows: int = 3, columns: int = 3) -> NotebookNode:
    words = WORDS[language]
    header = [words["header"][column % 3] for column in range(columns)]
    lines = [
        f"| {' | '.join(header)} |",
        f"|{'|'.join(':--' if column % 3 == 0 else '--:' for column in range(columns))}|",
        *(
            f"| {' | '.join([f'*A.* Kepala BPS {row}'] + [words['balance']] * (columns - 1))} |"
            for row in range(1, rows + 1)
        ),
    ]
    text = "\n".join(lines)
    return shown(
        "table",
        name,
        markdown=f"{text}\n\n: {words['ledger']} {{#{name}}}\n\n[{words['source']}]{{.source}}",
        csv="statement,figure\na,61.53\n",
        html="<table></table>",
    )


def record(notebook: str, language: str, **changes: object) -> NotebookNode:
    words = WORDS[language]
    content = {
        "notebook": notebook,
        "title": words["title"],
        "heading": words[notebook],
        "language": language,
        "parameters": {"province": "lampung", "year": 2020, "language": language},
        "data_vintage": "2020-12-31",
        "description": words["description"],
        "indicators": {"trade_balance": {"value": 61.53, "unit": "million USD"}},
        "reads": [{"resource": "trade", "filters": {}, "rows": 2, "sha256": "0" * 64}],
    }
    return shown("record", "record", record=content | changes)


def heading(notebook: str, language: str) -> NotebookNode:
    anchor = notebook.replace("_", "-")
    return shown(
        "heading", f"sec-{anchor}", markdown=f"# {WORDS[language][notebook]} {{#sec-{anchor}}}"
    )


def code_cell(*outputs: NotebookNode, source: str = "report.show()") -> NotebookNode:
    """Make an executed cell with the traces that a run leaves."""
    return nbformat.v4.new_code_cell(
        source,
        outputs=list(outputs),
        execution_count=7,
        metadata={
            "papermill": {"start_time": "2031-01-01T00:00:00", "duration": 1.5},
            "execution": {"iopub.status.busy": "2031-01-01T00:00:00"},
            "tags": ["shown"],
        },
    )


def notebook(*cells: NotebookNode) -> NotebookNode:
    made = nbformat.v4.new_notebook(cells=list(cells))
    made.metadata = NotebookNode(
        kernelspec={"name": "python3", "display_name": "Python 3", "language": "python"},
        papermill={"output_path": "/home/somebody/out.ipynb"},
        language_info={"name": "python", "version": "3.11.4"},
    )
    return made


def summary(language: str) -> NotebookNode:
    words = WORDS[language]
    warning = nbformat.v4.new_output("stream", name="stderr", text="/home/somebody/x.py: warning")
    cards = (
        "::: {.cards}\n"
        f"::: {{.card}}\n[{words['export_surplus']}]{{.label}}\n\n**{words['balance']}**\n\n"
        f"[{words['source']}]{{.source}}\n:::\n\n"
        '::: {.card}\n[Ekspor]{.label lang="id"}\n\n**206**\n:::\n:::'
    )
    callout = (
        '::: {.callout-note collapse="true"}\n'
        f"## {words['callout']}\n\n{words['callout_text']}\n:::\n\n"
        f"::: {{.callout-warning}}\n{words['callout_text']}\n:::"
    )
    text = f"{words['see']}\n\n[^fob]: {words['note']}\n\n- <https://www.bps.go.id>\n- `x_y`"
    return notebook(
        code_cell(source="import analysis"),
        code_cell(heading("summary", language), warning),
        code_cell(
            shown("text", "cards", markdown=cards, html="<b>for JupyterLab</b>"),
            shown("text", "see", markdown=text),
            table("tbl-ledger", language),
        ),
        code_cell(shown("text", "reading", markdown=callout)),
        code_cell(record("summary", language)),
    )


def export_surplus(language: str) -> NotebookNode:
    section = f"## {WORDS[language]['callout']} {{#sec-reading}}"
    return notebook(
        code_cell(heading("export_surplus", language)),
        code_cell(figure("fig-balance", language)),
        code_cell(shown("heading", "sec-reading", markdown=section)),
        code_cell(figure("fig-trend", language), table("tbl-months", language, rows=60, columns=9)),
        code_cell(record("export_surplus", language, data_vintage="2021-02-01")),
    )


def short(name: str, language: str) -> NotebookNode:
    return notebook(code_cell(heading(name, language)), code_cell(record(name, language)))


def executed(language: str = "id") -> dict[str, NotebookNode]:
    """Make the four executed notebooks of a report."""
    return {
        "summary": summary(language),
        "export_surplus": export_surplus(language),
        "downstreaming": short("downstreaming", language),
        "ikm_targets": short("ikm_targets", language),
    }


def report_directory(root: Path, language: str = "id") -> Path:
    return root / "reports" / language / "lampung" / "2020"


REPOSITORY = Path(__file__).parents[1]


def make_project(root: Path) -> Path:
    """Copy into a directory what a checkout has for publishing."""
    for name in ("_quarto.yml", "index.qmd", "methods.qmd"):
        shutil.copyfile(REPOSITORY / name, root / name)
    shutil.copytree(REPOSITORY / "en", root / "en")
    (root / "data").symlink_to(REPOSITORY / "data")
    package = Path("src") / "neraca" / "publish"
    (root / package).mkdir(parents=True)
    for name in ("content.css", "include.lua", "paper.lua", "paper.typ", "quarto.scss"):
        shutil.copyfile(REPOSITORY / package / name, root / package / name)
    return root


def without_quarto(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("neraca.publish.quarto.find_quarto", lambda: None)


def published_site(root: Path) -> Path:
    """Publish the sample report in both languages, and the site's pages; return the site."""
    make_project(root)
    for language in ("id", "en"):
        publish(stage(executed(language), report_directory(root, language)), root, root / "_site")
    publish_site(root, root / "_site")
    return root / "_site"
