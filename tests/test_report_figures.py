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
from analysis.catalog.chains import RawGoods, price_pairs
from analysis.catalog.commodities import processing_chain
from analysis.catalog.composition import Composition, compositions, percent_of_total
from analysis.catalog.industry import (
    SeriesBreak,
    establishment_breaks,
    establishments,
    growth_readings,
    imk_by_scale,
    imk_structure,
)
from analysis.catalog.partners import PartnerList
from analysis.catalog.targets import GrowthTarget, ikm_growth_target
from analysis.catalog.territory import TerritoryBreak
from analysis.catalog.trade import TradeFlows, trade_flows
from analysis.indicators.industry import growth_path, productivity, shares_of_kinds
from analysis.indicators.processing import raw_share
from analysis.indicators.series import Interval
from analysis.models.breaks import level_shift
from analysis.models.chains import chain_outcome
from analysis.models.completion import CompletedYear
from analysis.models.readings import judge_all
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
    assert not re.search(r"\bnan\b", data["text/csv"].lower())
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
    known = {
        f"{flow}_known_by": ["months" if pd.notna(value) else "" for value in table[flow]]
        for flow in ("export", "import")
    }
    return table.assign(balance=table["export"] - table["import"], **known)


def completed(year: int, estimate: float) -> CompletedYear:
    total = Interval(0.9 * estimate, estimate, 1.2 * estimate, 0.8)
    return CompletedYear(year, total, pd.DataFrame())


NONE_COMPLETED = {"export": {}, "import": {}}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("table", "modelled"),
    [
        (annual_table(export=[5588.3, 6637.71], **{"import": [2104.0, 2054.7]}), NONE_COMPLETED),
        (annual_table(export=[100.0], **{"import": [136.48]}), NONE_COMPLETED),
        (annual_table(export=[5.0, 4.0], **{"import": [5.0, 3.0]}), NONE_COMPLETED),
        (annual_table(export=[5.0, None], **{"import": [None, 3.0]}), NONE_COMPLETED),
        (
            annual_table(export=[5.0, None], **{"import": [4.0, None]}),
            {"export": {2021: completed(2021, 1234.5)}, "import": {2025: completed(2025, 7.0)}},
        ),
    ],
    ids=["two years", "one year of deficit", "one year even", "no whole year", "modelled"],
)
def test_annual_flows(shown, catalog, language, table, modelled):
    split = TerritoryBreak("2024-12", "2025-01", (catalog.province("papua-selatan"),))
    rows = draw_twice(
        shown, catalog, language, "annual-flows",
        lambda at: figures.trade.annual_flows(at, table, "origin", SOURCES, [split], modelled),
    )  # fmt: skip
    header, *body = rows
    assert header[:4] == ["year", "export", "import", "balance"]
    years = [int(row[0]) for row in body]
    # Years lie as far apart as they are, whether a total is known of them or not.
    assert years == list(range(years[0], 2026))
    assert years[0] == (2021 if modelled["export"] else table.index[0])
    found = dict(zip(header, body[-1], strict=True))
    if modelled["import"]:
        assert (found["import"], found["import_estimate"]) == ("", "7")
        assert found["import_known_by"] == "modelled"
        first = dict(zip(header, body[0], strict=True))
        assert (first["export_lower"], first["export_upper"]) == ("1111.05", "1481.4")


def test_annual_flows_keep_to_the_latest_years(shown, catalog):
    index = pd.Index(range(2000, 2026), name="year")
    table = pd.DataFrame({"export": 5.0, "import": 4.0, "balance": 1.0}, index=index)
    table["export_known_by"] = table["import_known_by"] = "year"
    figures.trade.annual_flows(page(catalog, "en"), table, "origin", SOURCES, [], NONE_COMPLETED)
    rows = check(shown, "en", "annual-flows")
    assert len(rows) - 1 == figures.trade.ANNUAL_YEARS


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
        lambda at: figures.trend.levels(at, dict.fromkeys(names, frame), "origin", SOURCES, {}),
    )  # fmt: skip
    assert len(rows) - 1 == 3 * len(names)
    assert {row[rows[0].index("flow")] for row in rows[1:]} == set(names)
    diamonds = "Belah ketupat kosong" if language == "id" else "Hollow diamonds"
    assert diamonds in shown[-1][1]["text/markdown"]
    figures.trend.levels(
        page(catalog, language), dict.fromkeys(names, frame.dropna()), "origin", SOURCES, {}
    )
    check(shown, language, "levels")
    assert diamonds not in shown[-1][1]["text/markdown"], "no month was estimated"


@pytest.mark.parametrize("language", LANGUAGES)
def test_levels_with_a_break(shown, catalog, language):
    index = pd.period_range("2016-01", periods=96, freq="M")
    doubled = pd.Series([100.0] * 50 + [200.0] * 46, index=index)
    found = level_shift(doubled, 0.8, 1)
    frame = pd.DataFrame(dict.fromkeys(("level", "lower", "upper", "adjusted"), doubled))
    rows = draw_twice(
        shown, catalog, language, "levels",
        lambda at: figures.trend.levels(
            at, {"export": frame}, "origin", SOURCES, {"export": [found]}
        ),
    )  # fmt: skip
    marked = [row[0] for row in rows[1:] if row[rows[0].index("level_break")] == "True"]
    assert marked == ["2020-03"]
    line = "Garis tegak putus-putus" if language == "id" else "dashed vertical line"
    assert line in shown[-1][1]["text/markdown"]


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
        lambda at: figures.forecast.forecasts(
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
@pytest.mark.parametrize("names", [("export", "import", "balance"), ("import",)])
@pytest.mark.parametrize("later", [(5.0, None, 99.0), (None, 5.0, 6.0), (-99.0, 99.0, None)])
def test_happened(shown, catalog, language, names, later):
    table = pd.DataFrame(
        {
            "lower": months(0.0, 0.0, 0.0),
            "median": months(5.0, 6.0, 7.0),
            "upper": months(9.0, 9.0, 9.0),
            "later": months(*later),
        }
    )
    table["inside"] = table["later"].between(table["lower"], table["upper"])
    source = "Sumber: satu." if language == "id" else "Source: one."
    rows = draw_twice(
        shown, catalog, language, "happened",
        lambda at: figures.forecast.happened(at, dict.fromkeys(names, table), "origin", source),
    )  # fmt: skip
    last = dict(zip(rows[0], rows[-1], strict=True))
    assert int(last["known_so_far"]) == 2
    assert int(last["inside_so_far"]) == int(table["inside"].sum())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("names", [("export", "import"), ("export",), ("import",)])
def test_partners(shown, catalog, language, names):
    partners = pd.DataFrame({"iso_3166_1": ["CN", "US"], "value": [600.0, 150.5]})
    lists = {
        flow: PartnerList("2025-03", flow, "origin", 1000.0, "published", partners, SOURCES)
        for flow in names
    }
    rows = draw_twice(
        shown, catalog, language, "partners", lambda at: figures.partners.partners(at, lists)
    )
    assert [row[:3] for row in rows[1:4]] == [
        ["CN", "600", "60"],
        ["US", "150.5", "15.05"],
        ["", "249.5", "24.95"],
    ]
    assert len(rows) - 1 == 3 * len(names)
    name = "Tiongkok" if language == "id" else "China"
    assert name in shown[-1][1]["text/markdown"]


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
@pytest.mark.parametrize(("slug", "periods"), [("lampung", 29), ("papua", 13)])
def test_composition_over_time(shown, catalog, language, slug, periods):
    province = catalog.province(slug)
    totals = trade_flows(catalog, province, 2025)
    lists = compositions(catalog, province, "export", 2025, totals).lists
    rows = draw_twice(
        shown, catalog, language, "composition-over-time",
        lambda at: figures.products.composition_over_time(at, lists, percent_of_total(lists)),
    )  # fmt: skip
    assert rows[0] == ["time_period", "basis", "hs", "name", "percent"]
    assert len({row[0] for row in rows[1:]}) == len(lists) == periods
    assert sum(float(row[4]) for row in rows[1:]) == pytest.approx(100 * len(lists), rel=1e-3)
    shares = [raw_share(item.stages, item.total) for item in lists]
    rows = draw_twice(
        shown, catalog, language, "raw-share",
        lambda at: figures.products.raw_shares(at, lists, shares),
    )  # fmt: skip
    assert len(rows) - 1 == periods
    assert all(float(row[2]) <= float(row[3]) for row in rows[1:])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("chain", "value"), [("coffee-soluble", 800.0), ("palm-oil-refined", 2350.0)]
)
def test_scenario(shown, catalog, language, chain, value):
    goods = RawGoods(
        processing_chain(catalog, chain), "09", "Barang", "Goods", "2025", value, None, "origin",
        False, "published", SOURCES,
    )  # fmt: skip
    outcome = chain_outcome(goods, price_pairs(catalog, goods.chain, 2025), "18", 10)
    rows = draw_twice(
        shown, catalog, language, "scenario-steps",
        lambda at: figures.scenario.steps(at, outcome, outcome.main),
    )  # fmt: skip
    assert [row[0] for row in rows] == ["step", "before", "raw_kept", "processed_gained", "after"]
    assert float(rows[1][2]) == value
    rows = draw_twice(
        shown, catalog, language, "scenario-sensitivity",
        lambda at: figures.scenario.sensitivities(at, outcome, outcome.main),
    )  # fmt: skip
    assert {row[0] for row in rows[1:]} == {"raw", "processing_yield", "price_ratio"}
    swings = [float(row[5]) for row in rows[1:]]
    assert swings == sorted(swings, reverse=True)


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


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("lower", "upper"), [(14.0, 14.0), (5.0, 6.0)])
def test_readings_of_lampung(shown, catalog, language, lower, upper):
    province = catalog.province("lampung")
    target = GrowthTarget(lower, upper, 2022, "province", True, ("a",), SOURCES)
    judged = judge_all(growth_readings(catalog, province, 2025), target, 2025, 0.8)
    drawn = [item for item in judged.values() if item.steps]
    rows = draw_twice(
        shown, catalog, language, "readings",
        lambda at: figures.readings.growth(at, drawn, target),
    )  # fmt: skip
    assert rows[0][:3] == ["indicator", "kind", "years"]
    found = {(row[0], row[1]): row for row in rows[1:]}
    assert found["imk_establishments", "target year"][2] == "2021/2023"
    assert float(found["imk_establishments", "target year"][3]) == pytest.approx(-1.66, abs=0.01)
    # The step from 2023 to 2025 lies across the break of the survey.
    assert not any(row[0].startswith("imk_") and row[2].endswith("2025") for row in rows[1:])
    assert {row[6] for row in rows[1:]} == {f"{lower:g}"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("known", [True, False])
def test_productivity_of_lampung(shown, catalog, language, known):
    amounts = imk_by_scale(catalog, catalog.province("lampung"), 2025).amounts
    ratios = productivity(amounts if known else amounts.assign(value_added=np.nan))
    rows = draw_twice(
        shown, catalog, language, "productivity",
        lambda at: figures.structure.productivity(at, ratios, 2025, SOURCES),
    )  # fmt: skip
    assert [row[0] for row in rows] == ["scale", "micro", "small"]
    assert float(rows[1][1]) == pytest.approx(62.391, abs=0.001)


@pytest.mark.parametrize("language", LANGUAGES)
def test_structure_of_lampung(shown, catalog, language):
    found = imk_structure(catalog, catalog.province("lampung"), 2025)
    counts = found.set_index("indicator")["value"].astype(float)
    rows = draw_twice(
        shown, catalog, language, "structure",
        lambda at: figures.structure.working(at, counts, shares_of_kinds(found), 2025, SOURCES),
    )  # fmt: skip
    assert [row[0] for row in rows[1:]] == [
        "imk_using_internet", "imk_in_partnership", "imk_with_loans",
    ]  # fmt: skip
    assert float(rows[1][2]) == pytest.approx(62.8, abs=0.01)


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
