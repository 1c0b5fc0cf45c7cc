"""Displays: what the publisher is promised of every output of a notebook."""

import csv
import io
import json
import math
import re
import xml.etree.ElementTree as ElementTree

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from analysis.catalog import Catalog
from analysis.errors import NeracaError
from analysis.indicators.series import NotComputed, Unit
from analysis.parameters import ReportParameters
from analysis.report import Page, display, record
from analysis.report.page import SOURCES_A_BOX, software


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[tuple[dict, dict]]:
    """What was displayed: metadata and data of each output."""
    outputs: list[tuple[dict, dict]] = []

    def capture(data, *, raw, metadata):
        assert raw is True
        assert set(metadata) == {"neraca"}
        outputs.append((metadata["neraca"], data))

    monkeypatch.setattr(display, "display", capture)
    return outputs


@pytest.fixture
def drawing() -> Figure:
    figure = Figure(figsize=(2, 1))
    figure.subplots().plot([1, 2], [3, 4])
    return figure


DATA = pd.DataFrame({"time_period": ["2020-01", "2020-02"], "export": [206.31, math.nan]})


@pytest.fixture
def page(project_root) -> Page:
    parameters = ReportParameters.parse({"province": "lampung", "year": 2025, "language": "en"})
    return Page("export_surplus", parameters, Catalog(project_root / "data"))


def test_heading(shown):
    display.show_heading("Month by month", 2, "monthly")
    assert shown == [
        (
            {"kind": "heading", "name": "sec-monthly"},
            {"text/markdown": "## Month by month {#sec-monthly}\n"},
        )
    ]


def test_text(shown):
    display.show_text("A sentence.\n\n")
    assert shown == [({"kind": "text", "name": ""}, {"text/markdown": "A sentence.\n"})]


@pytest.mark.parametrize(
    ("collapse", "head"),
    [
        (False, "::: {.callout-warning}\n"),
        (True, '::: {.callout-warning collapse="true"}\n'),
    ],
)
def test_callout(shown, collapse, head):
    display.show_callout("warning", "A <title>", "Text & more", collapse=collapse)
    ((meta, data),) = shown
    assert meta["kind"] == "text"
    assert data["text/markdown"] == f"{head}\n## A <title>\n\nText & more\n\n:::\n"
    assert "A &lt;title&gt;" in data["text/html"]
    assert "Text &amp; more" in data["text/html"]


def test_figure(shown, drawing):
    display.show_figure(drawing, "flows", "A [caption]", 'Says "so".', "Source: [x](#sec-y).", DATA)
    ((meta, data),) = shown
    assert meta == {"kind": "figure", "name": "fig-flows"}
    assert data["text/markdown"] == (
        r"![A \[caption\]](figures/fig-flows.svg){#fig-flows fig-alt=" + '"Says ”so”."}\n\n'
        "[Source: [x](#sec-y).]{.source}\n"
    )
    assert ElementTree.fromstring(data["image/svg+xml"]).tag.endswith("svg")
    assert data["text/csv"] == "time_period,export\n2020-01,206.31\n2020-02,\n"
    assert data["text/html"].count("<svg") == 1
    assert "Source: x." in data["text/html"]


def test_figure_is_the_same_bytes_twice_and_bears_no_date(shown):
    for _ in range(2):
        drawing = Figure(figsize=(2, 1))
        drawing.subplots().bar([1, 2], [3, 4], hatch="//")
        display.show_figure(drawing, "flows", "c", "a", "s", DATA)
    first, second = (data["image/svg+xml"] for _, data in shown)
    assert first == second
    assert "dc:date" not in first


@pytest.mark.parametrize(
    ("caption", "alt", "data"),
    [("", "alt", DATA), ("caption", "", DATA), ("caption", "alt", DATA.head(0))],
)
def test_figure_without_what_it_needs_is_refused(shown, drawing, caption, alt, data):
    with pytest.raises(ValueError, match="fig-flows needs a caption"):
        display.show_figure(drawing, "flows", caption, alt, "s", data)
    assert shown == []


def test_table(shown):
    table = pd.DataFrame({"Year": ["2024"], "Exports (million USD)": ["5,588.3"]})
    plain = pd.DataFrame({"year": [2024], "export": [5588.3]})
    display.show_table(
        table, "annual", "By [year]", "Source: a.", data=plain, numbers=("Exports (million USD)",)
    )
    ((meta, data),) = shown
    assert meta == {"kind": "table", "name": "tbl-annual"}
    header, rule, row, *rest = data["text/markdown"].split("\n")
    assert (header, row) == ("| Year | Exports (million USD) |", "| 2024 | 5,588.3 |")
    assert re.fullmatch(r"\| :-+ \| -+: \|", rule)
    assert rest == ["", r": By \[year\] {#tbl-annual}", "", "[Source: a.]{.source}", ""]
    # The file is for programs: plain values, whatever the texts of the table are.
    assert list(csv.reader(io.StringIO(data["text/csv"]))) == [
        ["year", "export"],
        ["2024", "5588.3"],
    ]
    assert "<table" in data["text/html"]


def test_a_cell_cannot_break_its_table(shown):
    display.show_table(pd.DataFrame({"a": ["x|y\nz"]}), "t", "c", "s", data=DATA)
    assert r"| x\|y z |" in shown[0][1]["text/markdown"]


def test_record_is_plain_json(shown):
    display.show_record({"a": (1, 2), "b": None})
    ((meta, data),) = shown
    assert meta == {"kind": "record", "name": "record"}
    assert data == {display.RECORD_TYPE: '{"a": [1, 2], "b": null}'}


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_record_refuses_what_is_no_number(shown, value):
    with pytest.raises(ValueError, match="not JSON compliant"):
        display.show_record({"value": value})
    assert shown == []


@pytest.mark.parametrize("value", [np.int64(1), pd.NA, {1, 2}])
def test_record_refuses_what_is_no_plain_data(shown, value):
    with pytest.raises(TypeError):
        display.show_record({"value": value})


def test_record_of_a_page(shown, page):
    page.catalog.read("trade", province_code="18", until=2019)
    ports = page.table("port", "ports", cited_in="note", province_code="18")
    ids = ["s68d1badc", "s005f4bf1"]
    page.indicator(
        "trade_balance", np.float64(61.53), "million USD", "2020-01",
        obs_status="derived", sources=[*ids, ids[0]], basis="origin", inputs=[ports],
    )  # fmt: skip
    record(page.catalog, page, title="T", heading="H", description="D")
    content = json.loads(shown[-1][1][display.RECORD_TYPE])
    assert content["notebook"] == "export_surplus"
    assert (content["title"], content["heading"], content["description"]) == ("T", "H", "D")
    assert content["language"] == "en"
    assert content["parameters"] == page.parameters.model_dump()
    assert content["indicators"]["trade_balance"] == {
        "value": 61.53,
        "unit": "million USD",
        "time_period": "2020-01",
        "obs_status": "derived",
        "sources": ["s005f4bf1", "s68d1badc"],
        "method": None,
        "basis": "origin",
        "inputs": ["port"],
        "section": "",
    }
    assert set(content["sources"]) == set(ids)
    assert len(content["series"]["port"]["figures"]) == 3
    assert [read["resource"] for read in content["reads"]] == ["trade"]
    assert content["data_vintage"] == "2025-12-31"


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (math.nan, None),
        (None, None),
        (pd.NA, None),
        ("confirmed", "confirmed"),
        (np.int64(5), 5),
        (np.bool_(True), "true"),
        (0.1 + 0.2, 0.3),
        (np.float32(0.5), 0.5),
    ],
)
def test_indicator_holds_plain_values(page, value, kept):
    page.indicator("x", value, "unit", "2020", obs_status="derived", method="m")
    found = page.indicators["x"]["value"]
    assert found == kept
    assert type(found) is type(kept)


def test_indicator_needs_an_origin_and_a_name_of_its_own(page):
    with pytest.raises(NeracaError, match="'x' has neither sources nor a method"):
        page.indicator("x", 1, "unit", "2020", obs_status="derived")
    page.indicator("x", 1, "unit", "2020", obs_status="derived", sources=["a"])
    with pytest.raises(NeracaError, match="'x' is recorded twice"):
        page.indicator("x", 2, "unit", "2020", obs_status="derived", sources=["a"])


def test_empty_paragraphs_are_left_out(shown, page):
    page.text("", "")
    assert shown == []
    page.text("one", "", "two")
    assert shown[0][1]["text/markdown"] == "one\n\ntwo\n"


def test_missing_says_what_it_needs_and_the_remedy(shown, page):
    page.missing(NotComputed("forecast", 36, 11, Unit.MONTHS), "the forecast", "Add a figure.")
    text = shown[0][1]["text/markdown"]
    assert "## Not computed: the forecast" in text
    assert "It needs at least 36 observed months and has 11. Add a figure." in text


def test_sources_cited_are_listed_and_linked(shown, page):
    cited = page.cite(["s93119d94", "s74ef48ad"])
    page.source_line(["s68d1badc"])
    page.sources()
    text = "\n".join(data["text/markdown"] for _, data in shown)
    for source in ("s93119d94", "s74ef48ad", "s68d1badc"):
        assert f"{{#src-export-surplus-{source}}}" in text
    assert "(#src-export-surplus-s93119d94)" in cited
    assert shown[0][0]["name"] == "sec-sources-export-surplus"
    assert "## 3 sources" in text
    assert text.count('collapse="true"') == 1


def test_sources_come_in_boxes_that_fit_a_page(shown, page):
    ids = list(page.catalog.read("sources")["source_id"].head(SOURCES_A_BOX + 1))
    assert len(ids) == 26
    page.source_line(ids)
    page.sources()
    boxes = [data["text/markdown"] for _, data in shown[1:]]
    assert [box.count("\n- ") for box in boxes] == [13, 13]
    assert "## Sources 1 to 13 of 26" in boxes[0]
    assert "## Sources 14 to 26 of 26" in boxes[1]


def test_one_source_is_one(shown, page):
    page.source_line(["s68d1badc"])
    page.sources()
    assert "## 1 source\n" in shown[1][1]["text/markdown"]


def test_no_sources_no_list(shown, page):
    page.sources()
    assert "No figure was used in this section." in shown[1][1]["text/markdown"]


def test_source_line_counts_in_words_of_the_language(page):
    assert "in 1 source; see [the list](#sec-sources-export-surplus)." in page.source_line(["a"])
    assert "in 2 sources;" in page.source_line(["a", "b", "a"])


def test_software_is_named_with_versions():
    assert all(name in software() for name in ("Python 3", "pandas ", "statsmodels "))


def test_data_are_written_as_pandas_does(shown):
    data = pd.DataFrame(
        {
            "text": ["a, b", 'said "so"', None, "two\nlines"],
            "share": [1 / 3, np.nan, -0.0, np.inf],
            "large": [1e16, 12345678901.25, 1e-7, 2.0],
            "count": [1, 2, 3, 4],
            "sure": [True, False, True, False],
            "either": [0.1 + 0.2, None, "x", 3],
            "known": pd.array([1, None, 3, 4], dtype="Int64"),
            "part": pd.array([1 / 3, None, 2.0, 4.5], dtype="Float64"),
            "name": pd.array(["x", None, "", "y"], dtype="string"),
            "month": pd.period_range("2025-01", periods=4, freq="M"),
            5: ["", " ", "é", "'"],
        }
    )
    display.show_table(data, "odd", "caption", "source", data=data)
    expected = data.to_csv(index=False, lineterminator="\n", float_format="%.10g")
    assert shown[0][1]["text/csv"] == expected
    nothing = data.iloc[:0]
    display.show_table(nothing, "none", "caption", "source", data=nothing)
    assert shown[1][1]["text/csv"] == expected.splitlines(keepends=True)[0]


def test_instants_are_no_data(shown):
    data = pd.DataFrame({"day": [pd.Timestamp("2025-01-01")]})
    with pytest.raises(TypeError, match="'day' holds instants"):
        display.show_table(data, "day", "caption", "source", data=data)
