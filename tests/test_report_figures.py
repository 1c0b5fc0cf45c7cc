"""Figures: each with caption, alternative text, source and data, and the same bytes twice."""

import csv
import io
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.catalog import Catalog
from analysis.catalog.composition import Composition, compositions
from analysis.catalog.industry import SeriesBreak, establishment_breaks, establishments
from analysis.catalog.targets import GrowthTarget, ikm_growth_target
from analysis.catalog.territory import TerritoryBreak
from analysis.catalog.trade import TradeFlows, trade_flows
from analysis.indicators.industry import growth_path
from analysis.parameters import ReportParameters
from analysis.report import Page, display, figures
from analysis.report.locale import Language

LANGUAGES = ("id", "en")


@pytest.fixture(scope="module")
def catalog(project_root: Path) -> Catalog:
    return Catalog(project_root / "data")


@pytest.fixture(scope="module")
def flows(catalog) -> TradeFlows:
    return trade_flows(catalog, catalog.province("lampung"), 2025)


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[tuple[dict, dict]]:
    outputs: list[tuple[dict, dict]] = []
    monkeypatch.setattr(
        display,
        "display",
        lambda data, *, raw, metadata: outputs.append((metadata["neraca"], data)),
    )
    return outputs


def page(catalog: Catalog, language: str, year: int = 2025) -> Page:
    parameters = ReportParameters.parse({"province": "lampung", "year": year, "language": language})
    return Page("test", parameters, catalog)


Draw = Callable[[Page], None]
SOURCES = ("s93119d94", "s68d1badc")
YEARS = pd.Index([2024, 2025], name="year")


def check(shown: Sequence[tuple[dict, dict]], language: str, name: str) -> list[list[str]]:
    """Hold one figure against all that is promised of figures, and give its data."""
    meta, data = shown[-1]
    assert meta == {"kind": "figure", "name": f"fig-{name}"}
    markdown = data["text/markdown"]
    found = re.fullmatch(
        rf"!\[(?P<caption>.+)\]\(figures/fig-{name}\.svg\)"
        rf'\{{#fig-{name} fig-alt="(?P<alt>[^"]+)"\}}'
        r"\n\n\[(?P<source>.+)\]\{\.source\}\n",
        markdown,
    )
    assert found, markdown
    text = " ".join(found.groups())
    assert not re.search(r"\{|\}|\bnan\b|\bNone\b|<NA>|\binf\b", text), text
    assert ("Sumber: " if language == "id" else "Source: ") in found["source"]
    number = r"\d{1,3}(?:,\d{3})+\.\d" if language == "id" else r"\d{1,3}(?:\.\d{3})+,\d"
    assert not re.search(number, text), f"a number in the other language: {text}"
    root = ElementTree.fromstring(data["image/svg+xml"])
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert "<text" not in data["image/svg+xml"], "letters are outlines"
    assert data["image/svg+xml"].count("<path") > 5
    assert f'aria-label="{found["alt"][:10]}' in data["text/html"]
    rows = list(csv.reader(io.StringIO(data["text/csv"])))
    assert len(rows) > 1
    assert all(len(row) == len(rows[0]) for row in rows)
    assert "nan" not in data["text/csv"].lower()
    assert not re.search(r"\d\.\d{11,}", data["text/csv"]), "no noise of binary numbers"
    return rows


def draw_twice(shown, catalog, language: str, name: str, draw: Draw) -> list[list[str]]:
    draw(page(catalog, language))
    first = dict(shown[-1][1])
    draw(page(catalog, language))
    assert shown[-1][1] == first
    return check(shown, language, name)


def months(*values: float | None, start: str = "2025-01") -> pd.Series:
    index = pd.period_range(start, periods=len(values), freq="M")
    return pd.Series(values, index=index, dtype=float)


@pytest.mark.parametrize("language", LANGUAGES)
def test_monthly_flows_of_lampung(shown, catalog, flows, language):
    rows = draw_twice(
        shown, catalog, language, "monthly-flows",
        lambda at: figures.trade.monthly_flows(at, flows, "origin"),
    )  # fmt: skip
    header, *body = rows
    assert header[:4] == ["time_period", "export", "import", "balance"]
    found = {row[0]: row for row in body}
    assert found["2020-01"][1:4] == ["206.31", "144.78", "61.53"]
    assert len(body) == 12 * figures.trade.MONTHLY_YEARS
    assert body[-1][0] == "2025-12"


@pytest.mark.parametrize("language", LANGUAGES)
def test_monthly_flows_of_two_months(shown, catalog, flows, language):
    few = flows.table[flows.table["time_period"].isin(["2025-01", "2025-03"])].copy()
    few.loc[few["time_period"] == "2025-03", "doubtful"] = True
    rows = draw_twice(
        shown, catalog, language, "monthly-flows",
        lambda at: figures.trade.monthly_flows(at, replace(flows, table=few), "origin"),
    )  # fmt: skip
    assert [row[0] for row in rows[1:]] == ["2025-01", "2025-02", "2025-03"]
    # A doubtful month is shown and never subtracted.
    assert rows[3][1] != ""
    assert rows[3][3] == ""


@pytest.mark.filterwarnings("error")
def test_monthly_flows_do_not_rest_on_what_pandas_will_change(shown, catalog, flows):
    figures.trade.monthly_flows(page(catalog, "en"), flows, "origin")


def annual_table(**columns) -> pd.DataFrame:
    table = pd.DataFrame(columns, index=YEARS[-len(next(iter(columns.values()))) :], dtype=float)
    return table.assign(balance=table["export"] - table["import"])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "table",
    [
        annual_table(export=[5588.3, 6637.71], **{"import": [2104.0, 2054.7]}),
        annual_table(export=[100.0], **{"import": [136.48]}),
        annual_table(export=[5.0, None], **{"import": [5.0, 3.0]}),
    ],
    ids=["two years", "one year of deficit", "one year even, one not complete"],
)
def test_annual_flows(shown, catalog, language, table):
    split = TerritoryBreak("2024-12", "2025-01", (catalog.province("papua-selatan"),))
    rows = draw_twice(
        shown, catalog, language, "annual-flows",
        lambda at: figures.trade.annual_flows(at, table, "origin", SOURCES, [split]),
    )  # fmt: skip
    assert rows[0] == ["year", "export", "import", "balance"]
    assert len(rows) - 1 == len(table.dropna())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("names", [("export", "import"), ("import",)])
def test_levels(shown, catalog, language, names):
    frame = pd.DataFrame(
        {
            "level": months(100.0, 1001.5, 1100.0),
            "lower": months(90.0, 900.0, 1000.0),
            "upper": months(110.0, 1100.0, 1200.0),
            "adjusted": months(101.0, None, 1099.0),
        }
    )
    rows = draw_twice(
        shown, catalog, language, "levels",
        lambda at: figures.trade.levels(at, dict.fromkeys(names, frame), "origin", SOURCES),
    )  # fmt: skip
    assert len(rows) - 1 == 3 * len(names)
    assert {row[-1] for row in rows[1:]} == set(names)
    diamonds = "Belah ketupat kosong" if language == "id" else "Hollow diamonds"
    assert diamonds in shown[-1][1]["text/markdown"]
    figures.trade.levels(
        page(catalog, language), dict.fromkeys(names, frame.dropna()), "origin", SOURCES
    )
    check(shown, language, "levels")
    assert diamonds not in shown[-1][1]["text/markdown"], "no month was estimated"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("names", "horizon"),
    [
        (("export", "import", "balance"), 1),
        (("export", "import", "balance"), 12),
        (("export",), 12),
        (("import",), 1),
        (("export", "import"), 2),
    ],
)
def test_forecasts(shown, catalog, flows, language, names, horizon):
    fan = pd.DataFrame(
        {
            name: months(*np.linspace(value, value + 10, horizon), start="2026-01")
            for name, value in (("lower", -50.0), ("median", 10.0), ("upper", 1500.0))
        }
    )
    observed = {flow: flows.monthly(flow, "origin") for flow in ("export", "import")}
    rows = draw_twice(
        shown, catalog, language, "forecast",
        lambda at: figures.trade.forecasts(
            at, observed, dict.fromkeys(names, fan), "origin", SOURCES
        ),
    )  # fmt: skip
    assert len(rows) - 1 == len(names) * horizon
    assert {row[-1] for row in rows[1:]} == set(names)
    caption = shown[-1][1]["text/markdown"].split(":")[0].lower()
    words = {
        "id": {"export": "ekspor", "import": "impor", "balance": "neraca"},
        "en": {"export": "exports", "import": "imports", "balance": "balance"},
    }[language]
    assert [flow for flow, word in words.items() if word in caption] == list(names)


@pytest.mark.parametrize("language", LANGUAGES)
def test_composition_of_lampung(shown, catalog, flows, language):
    found = compositions(catalog, catalog.province("lampung"), "export", 2025, flows).shown
    rows = draw_twice(
        shown, catalog, language, "composition", lambda at: figures.products.composition(at, found)
    )
    values = [float(row[3]) for row in rows[1:]]
    assert sum(values) == pytest.approx(found.total)
    assert rows[-1][0] == ""


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("stage", ["raw", "mixed", "processed", "unclassified"])
def test_composition_of_one_product_that_is_all(shown, catalog, language, stage):
    products = pd.DataFrame(
        {
            "item": ["09"],
            "value": [100.0],
            "stage": [stage],
            "name_id": ["Kopi, teh, dan rempah-rempah yang namanya panjang"],
            "name_en": ["Coffee, tea, maté and spices with a long name"],
        }
    )
    one = Composition("2025-05", "export", "origin", 100.0, "published", products, SOURCES)
    rows = draw_twice(
        shown, catalog, language, "composition", lambda at: figures.products.composition(at, one)
    )
    assert [row[3] for row in rows[1:]] == ["100", "0"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_establishments_of_lampung(shown, catalog, language):
    province = catalog.province("lampung")
    counts = establishments(catalog, province, 2025)
    breaks = establishment_breaks(catalog, province, counts)
    rows = draw_twice(
        shown, catalog, language, "establishments",
        lambda at: figures.industry.establishments(at, counts, breaks),
    )  # fmt: skip
    assert [row[0] for row in rows[1:]] == ["2020", "2021", "2023", "2025"]
    assert rows[0][:2] == ["year", "total"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("split", [True, False])
def test_establishments_of_one_year(shown, catalog, language, split):
    counts = pd.DataFrame(
        {
            "total": [1234.0],
            "micro": [1200.0 if split else None],
            "small": [34.0 if split else None],
            "obs_status": ["published"],
            "source_ids": [SOURCES],
        },
        index=pd.Index([2025], name="year"),
    ).astype({"micro": float, "small": float})
    child = catalog.province("papua-selatan")
    item = SeriesBreak("imk_", 2022, 2023, {}, (child,))
    draw_twice(
        shown, catalog, language, "establishments",
        lambda at: figures.industry.establishments(at, counts, [item]),
    )  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_target_path_of_lampung(shown, catalog, language):
    province = catalog.province("lampung")
    counts = establishments(catalog, province, 2025)["total"]
    target = ikm_growth_target(catalog, province, 2025)
    path = pd.DataFrame(
        {bound: growth_path(2021, counts[2021], 14, 2025) for bound in ("lower", "upper")}
    )
    rows = draw_twice(
        shown, catalog, language, "target-path",
        lambda at: figures.industry.target_path(
            at, counts[counts.index < 2025], path, target, SOURCES, counts[counts.index == 2025]
        ),
    )  # fmt: skip
    assert float(rows[-1][2]) == pytest.approx(84024 * 1.14**4)
    assert "14 " in shown[-1][1]["text/markdown"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_target_path_of_a_range(shown, catalog, language):
    target = GrowthTarget(4.25, 6.0, 2024, "country", False, ("a", "b"), SOURCES)
    path = pd.DataFrame({"lower": [100.0, 104.25], "upper": [100.0, 106.0]}, index=YEARS)
    draw_twice(
        shown, catalog, language, "target-path",
        lambda at: figures.industry.target_path(
            at, pd.Series([100.0], index=YEARS[:1]), path, target, SOURCES, pd.Series(dtype=float)
        ),
    )  # fmt: skip
    expected = "4,25 sampai 6" if language == "id" else "4.25 to 6 percent"
    assert expected in shown[-1][1]["text/markdown"]


@pytest.mark.parametrize(
    ("ticks", "english"),
    [
        ([0, 2.5, 5], ["0.0", "2.5", "5.0"]),
        ([0, 1000, 2000], ["0", "1,000", "2,000"]),
        ([-0.5, -0.25, 0], ["−0.50", "−0.25", "0.00"]),
        ([0, 0.1, 0.2, 0.1 + 0.2], ["0.0", "0.1", "0.2", "0.3"]),
        ([], []),
    ],
)
def test_numbers_of_an_axis_have_one_count_of_decimals(ticks, english):
    from matplotlib.figure import Figure

    swapped = str.maketrans(".,", ",.")
    indonesian = [text.translate(swapped) for text in english]
    for language, texts in (("en", english), ("id", indonesian)):
        formatter = figures.axes.LanguageFormatter(Language(language))
        axes = Figure().subplots()
        axes.yaxis.set_major_formatter(formatter)
        assert axes.yaxis.get_major_formatter().format_ticks(ticks) == texts
    assert figures.axes.LanguageFormatter(Language("id"))(2.5) == "2,5"


def test_the_look_leaves_no_trace():
    import matplotlib as mpl

    from analysis.report import theme

    before = dict(mpl.rcParams)
    with theme.styled():
        assert mpl.rcParams["svg.hashsalt"] == "neraca"
    assert dict(mpl.rcParams) == before
