"""The comparison with other provinces: every branch of its sentences, its figures and sections."""

import dataclasses
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from national_samples import project_with_tables
from report_samples import LEVEL, SOURCES, interval, kinds, rows_of, sound, texts

from analysis.catalog import Catalog, national
from analysis.catalog.basis import ORIGIN, PORT_OF_LOADING
from analysis.catalog.industry import LeftOut
from analysis.indicators.series import NotComputed, Unit
from analysis.models.panel import Estimator, PooledGrowth, pooled_growth
from analysis.parameters import ReportParameters
from analysis.report import Page, display, figures, narrative, sections
from analysis.report.figures import provinces as drawn
from analysis.report.narrative import provinces as told


@pytest.fixture(scope="module")
def catalog(project_root: Path, tmp_path_factory) -> Catalog:
    place = tmp_path_factory.mktemp("project")
    return Catalog(project_with_tables(place, project_root / "data", 2025))


@pytest.fixture(scope="module")
def compared(catalog) -> pd.DataFrame:
    return national.provinces_compared(catalog, 2025)


@pytest.fixture(scope="module")
def measures(catalog) -> pd.DataFrame:
    return national.imk_compared(catalog, 2025)


@pytest.fixture(scope="module")
def workers(catalog):
    return national.workers_compared(catalog, 2025)


@pytest.fixture(scope="module")
def growth(workers) -> PooledGrowth:
    return pooled_growth(workers.counts, LEVEL)


@pytest.fixture
def drawing(monkeypatch, shown) -> list:
    """What was displayed, its figures drawn to the end."""
    monkeypatch.undo()
    outputs: list = []
    monkeypatch.setattr(
        display,
        "display",
        lambda data, *, raw, metadata: outputs.append((metadata["neraca"], data)),
    )
    return outputs


def of_province(page: Page, slug: str, year: int = 2025) -> Page:
    asked = page.parameters.model_dump() | {"province": slug, "year": year}
    return Page("test", ReportParameters.parse(asked), page.catalog)


def pooled(growth: PooledGrowth, between: float) -> PooledGrowth:
    """The same growth, as if the counts told provinces apart."""
    provinces = growth.provinces.assign(
        growth=growth.provinces["raw"] / 2, shrinkage=0.5, lower=-4.0, upper=9.0
    )
    return dataclasses.replace(
        growth,
        provinces=provinces,
        between=between,
        estimator=Estimator.RESTRICTED_LIKELIHOOD,
    )


@pytest.mark.parametrize("balance", ["3", ""])
@pytest.mark.parametrize("export", ["13", ""])
def test_rank(page, export, balance):
    row = {"export_rank": export, "export_of": "37", "balance_rank": balance, "balance_of": "34"}
    text = sound(page, narrative.provinces.rank(page, row, 2025))
    assert ("37" in text) is bool(export)
    assert ("34" in text) is bool(export and balance)


def test_a_small_share_is_not_none(page):
    tiny = sound(page, told.export_share(page, 0.03))
    assert page.language.percent(0.1) in tiny
    assert page.language.percent(0.0) not in tiny
    assert page.language.percent(0.1) in told.export_share(page, 0.1)


def test_pooled_estimates_that_look_alike_are_one(page):
    rows = pd.DataFrame({"growth": [1.61, 1.63], "lower": [-1.7, -1.0], "upper": [4.0, 5.1]})
    assert sound(page, told.pooled(page, rows)).count(page.language.signed(1.6, 1)) == 1
    apart = rows.assign(growth=[1.0, 2.0])
    assert page.language.signed(2.0, 1) in sound(page, told.pooled(page, apart))


def test_an_old_survey_without_the_province_is_not_drawn(page, shown, measures, workers, growth):
    old = measures[measures["measure"] == "workers"].assign(year=page.year - 11)
    sections.provinces.industry(page, old, workers, growth)
    assert any(meta["name"] == "fig-provinces-industry" for meta, _ in shown)
    shown.clear()
    fresh = of_province(page, "lampung")
    without = old[old["province_code"] != fresh.province.code]
    sections.provinces.industry(fresh, without, workers, growth)
    assert not any(meta["name"] == "fig-provinces-industry" for meta, _ in shown)
    assert str(page.year - 11) in texts(shown)


def test_sums_say_that_they_are_sums(page):
    for balance, of in ((38168.0, 34), (-5.5, 1), (0.0, 12)):
        text = sound(page, told.sums(page, 280024.6, 241856.6, balance, 1, of))
        assert {"id": "penjumlahan", "en": "sums over provinces"}[page.language.code] in text
    assert told.export_share(page, np.nan) == ""
    sound(page, told.export_share(page, 2.345))


@pytest.mark.parametrize("basis", [ORIGIN, PORT_OF_LOADING, ""])
def test_another_basis_of_the_page_is_said(page, basis):
    text = sound(page, told.port_effect(page, basis, ORIGIN))
    assert "FOB" in text
    assert (page.place in text) is (basis != ORIGIN)


def test_provinces_without_a_total_are_named(page):
    assert told.without_total(page, [], [], []) == ""
    text = sound(page, told.without_total(page, ["Aceh"], ["Riau", "Bali"], ["Papua"]))
    assert all(name in text for name in ("Aceh", "Riau", "Bali", "Papua"))
    sound(page, told.inside(page, ["Papua Selatan"], "Papua"))


def test_months_of_surplus(page):
    found = {
        sound(page, told.surplus_months(page, surplus, 48, "2022-01", "2025-12"))
        for surplus in (0, 20, 48)
    }
    assert len(found) == 3
    assert told.surplus_months(page, 1, 1, "2022-01", "2025-12") == ""
    for always, never in ((0, 0), (0, 1), (8, 0), (8, 2)):
        text = sound(page, told.always_or_never(page, always, never, 12))
        assert ("12" in text) and (text.count(".") == 1 + bool(never))
    captions = {
        sound(page, told.framed(page, own=own, ranked=ranked))
        for own in (True, False)
        for ranked in (True, False)
    }
    assert len(captions) == 4


@pytest.mark.parametrize("between", [0.0, 0.02])
def test_pooling_says_what_the_counts_can_tell(page, growth, between):
    result = growth if between == 0 else pooled(growth, between)
    text = sound(page, told.pooling(page, result))
    assert "#term-partial-pooling" in text
    apart = {"id": "tidak dapat membedakan", "en": "do not tell provinces apart"}
    assert (apart[page.language.code] in text) is (between == 0)
    sound(page, told.common_movement(page, result, 30))
    sound(page, told.common_movement(page, result, 1))
    sound(page, told.own_growth(page, "Aceh", result.provinces.loc["11"]))


def test_territories_and_reasons(page, workers):
    joined = sound(page, told.territory(page, workers.members["94"]))
    assert all(member.name(page.language.code) in joined for member in workers.members["94"])
    reasons = {sound(page, told.left_out(page, joined, reason)) for reason in LeftOut}
    assert len(reasons) == len(LeftOut)


def test_ranks_of_small_industry_by_what_is_known(page):
    own = pd.DataFrame(
        {"rank": [10, 9, 21], "of": 38},
        index=["establishments", "workers", "value_added_per_worker"],
    )
    assert sound(page, told.industry_rank(page, own)).count("38") == 3
    assert sound(page, told.industry_rank(page, own.loc[["workers"]])).count("38") == 1


def test_trade_compared(page, shown, compared):
    sections.provinces.trade(page, compared, ORIGIN)
    assert kinds(shown) == ["heading", "text", "figure", "text", "text", "figure"]
    text = texts(shown)
    assert text.count("FOB") >= 3
    assert page.indicators["provinces_export_rank"]["value"] == 13
    assert page.indicators["provinces_export_of"]["value"] == 37
    assert page.indicators["provinces_sum_export"]["basis"] == ORIGIN
    assert page.indicators["compared_months_surplus"]["value"] == 48
    data = {meta["name"]: rows_of(data) for meta, data in shown if meta["kind"] == "figure"}
    provinces = data["fig-provinces-trade"]
    assert len(provinces) == 37
    assert [row["province_code"] for row in provinces][12] == "18"
    assert float(provinces[12]["export"]) == 6637.71
    months = data["fig-provinces-months"]
    assert len({row["province_code"] for row in months}) == sections.provinces.FRAMES
    assert len(months) == 48 * sections.provinces.FRAMES


@pytest.mark.parametrize(
    ("slug", "framed", "ranked"),
    [("papua-selatan", False, True), ("papua-pegunungan", False, False), ("aceh", True, True)],
)
def test_a_province_whose_months_lack(page, shown, compared, slug, framed, ranked):
    at = of_province(page, slug)
    sections.provinces.trade(at, compared, ORIGIN)
    (months,) = (rows_of(data) for meta, data in shown if meta["name"] == "fig-provinces-months")
    assert (at.province.code in {row["province_code"] for row in months}) is framed
    assert ("compared_months_known" in at.indicators) is framed
    assert ("provinces_export_rank" in at.indicators) is ranked
    assert told.framed(at, own=framed, ranked=ranked) in texts(shown)


def test_totals_that_are_rounded_are_marked(page, shown, compared):
    rough = compared.assign(import_status="approximate")
    sections.provinces.trade(page, rough, ORIGIN)
    assert "≈" in texts(shown)


def test_provinces_inside_others_are_named(page, shown, compared):
    inside = compared.copy()
    inside.loc["97", "inside"] = "94"
    sections.provinces.trade(page, inside, PORT_OF_LOADING)
    names = {"id": "Angka Papua untuk 2025 mencakup", "en": "The figures of Papua for 2025 include"}
    assert names[page.language.code] in texts(shown)


def test_too_few_provinces_are_not_compared(page, shown, compared):
    few = compared.copy()
    few.loc[few.index[3:], "export"] = np.nan
    sections.provinces.trade(page, few, ORIGIN)
    assert kinds(shown) == ["heading", "text"]
    assert page.indicators["not_computed_provinces_compared"]["value"] == 3


def test_no_frames_where_few_provinces_have_every_month(page, shown, compared):
    sections.provinces.trade(page, compared.assign(window="", window_months=12), ORIGIN)
    assert kinds(shown).count("figure") == 1
    assert page.indicators["not_computed_provinces_by_month"]["needs"] == 10


def test_without_the_national_comparison(page, shown):
    sections.provinces.trade(page, None, ORIGIN)
    sections.provinces.industry(page, None, None, None)
    assert kinds(shown) == ["heading", "text", "heading", "text"]
    assert texts(shown).count("`neraca report lampung 2025`") == 2
    assert page.indicators == {}


def test_small_industry_compared(page, shown, measures, workers, growth):
    sections.provinces.industry(page, measures, workers, growth)
    assert kinds(shown) == [
        "heading", "text", "figure", "table", "heading", "text", "figure", "text",
    ]  # fmt: skip
    assert page.indicators["imk_establishments_rank"]["value"] == 10
    assert page.indicators["imk_workers_pooled_mean_estimate"]["obs_status"] == "estimated"
    assert page.indicators["imk_workers_pooled_raw_highest"]["obs_status"] == "derived"
    (table,) = (rows_of(data) for meta, data in shown if meta["kind"] == "table")
    assert [row["measure"] for row in table] == list(sections.provinces.LISTED)
    reason = {"id": "Lampung tidak disertakan:", "en": "Lampung is left out:"}
    # Its own reason stands before those of others.
    assert shown[-1][1]["text/markdown"].startswith(reason[page.language.code])
    assert "imk_workers_pooled_own_raw" not in page.indicators


@pytest.mark.parametrize("between", [0.0, 0.02])
def test_own_growth_of_a_joined_territory(page, shown, measures, workers, growth, between):
    at = of_province(page, "kalimantan-utara")
    result = growth if between == 0 else pooled(growth, between)
    sections.provinces.industry(at, measures, workers, result)
    assert at.indicators["imk_workers_pooled_own_raw"]["value"] == pytest.approx(1.146, abs=1e-3)
    both = told.territory(at, workers.members["64"])
    assert both in texts(shown)


def test_years_with_workers_alone(page, shown, measures, workers):
    early = measures[measures["measure"] == "workers"]
    lacks = NotComputed("pooled_growth", 40, 31, Unit.GROWTH_INCREMENTS)
    sections.provinces.industry(page, early, workers, lacks)
    # A table of one row would only repeat the figure.
    assert kinds(shown) == ["heading", "text", "figure", "text", "heading", "text"]
    assert "data/observations/industry.csv" in texts(shown)
    assert page.indicators["not_computed_pooled_growth"]["value"] == 31


def test_a_province_that_the_survey_has_no_figure_of(page, shown, measures, workers, growth):
    others = measures[measures["province_code"] != "18"]
    sections.provinces.industry(page, others, workers, growth)
    assert "table" not in kinds(shown)
    (figure,) = (data for meta, data in shown if meta["name"] == "fig-provinces-industry")
    diamond = {"id": "Belah ketupat", "en": "diamond"}[page.language.code]
    assert diamond not in figure["text/markdown"]


def test_nothing_measured(page, shown, measures, workers, growth):
    sections.provinces.industry(page, measures.head(0), workers, growth)
    assert kinds(shown)[:3] == ["heading", "text", "heading"]


def check(outputs: list, page: Page) -> None:
    """Hold every figure against what is promised of figures."""
    for meta, data in outputs:
        found = re.match(
            r"!\[(?P<caption>.+)\]\(figures/.+\.svg\)\{#.+ fig-alt=\"(?P<alt>[^\"]+)\"\}\n\n"
            r"\[(?P<source>.+)\]\{\.source\}",
            data["text/markdown"],
        )
        assert found, meta
        sound(page, data["text/markdown"])
        svg = data["image/svg+xml"]
        assert "<text" not in svg, "letters are outlines"
        assert svg.count("<use") > 20
        assert "nan" not in data["text/csv"].lower()


def draw(page: Page, compared, measures, workers, growth) -> None:
    """Draw all four figures."""
    names = {
        code: page.catalog.provinces.by_code(code).name(page.language.code)
        for code in compared.index
    }
    table = compared.dropna(subset="export").sort_values("export", ascending=False)
    drawn.trade(page, table, names, ORIGIN, SOURCES)
    codes = ["14", "18", "94"]
    months = national.months_compared(page.catalog, 2025, codes)
    counts = {"complete": 22, "unframed": 10, "incomplete": 16}
    drawn.months(page, months, {code: names[code] for code in codes}, ORIGIN, counts, ranked=True)
    drawn.industry(page, measures, sections.provinces.SHOWN, names)
    drawn.growth(page, growth, names, ["64", "91"], "64", SOURCES)


def test_figures_are_whole_and_the_same_twice(page, drawing, compared, measures, workers, growth):
    draw(page, compared, measures, workers, pooled(growth, 0.02))
    first = list(drawing)
    drawing.clear()
    draw(page, compared, measures, workers, pooled(growth, 0.02))
    assert drawing == first
    check(drawing, page)
    assert [meta["name"] for meta, _ in drawing] == [
        "fig-provinces-trade", "fig-provinces-months", "fig-provinces-industry",
        "fig-provinces-growth",
    ]  # fmt: skip


def test_figures_of_equal_or_zero_values(page, drawing, measures):
    same = measures[measures["measure"] == "workers"].assign(value=5.0)
    figures.provinces.industry(page, same, ["workers"], {c: c for c in same["province_code"]})
    still = pd.DataFrame(
        {
            "province_code": "18",
            "time_period": [f"2025-{month:02}" for month in range(1, 13)],
            "export": 0.0,
            "import": [np.nan, *[0.0] * 11],
            "balance": [np.nan, *[0.0] * 11],
            "source_ids": SOURCES[0],
        }
    )
    counts = {"complete": 10, "unframed": 0, "incomplete": 28}
    figures.provinces.months(page, still, {"18": "Lampung"}, ORIGIN, counts, ranked=False)
    assert [meta["kind"] for meta, _ in drawing] == ["figure", "figure"]


def test_interval_of_the_mean_is_worded(page, growth):
    result = dataclasses.replace(growth, national=interval(-1.5, 0.0, 1.25))
    numbers = {"id": ("−1,5", "+1,3"), "en": ("−1.5", "+1.3")}[page.language.code]
    text = sound(page, told.pooling(page, result))
    assert all(number in text for number in numbers)
