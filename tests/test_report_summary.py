"""The summary, and what every chapter says where nothing is known."""

import pandas as pd
import pytest
from report_samples import (
    COUNTS,
    NO_COUNTS,
    NOT_COMPUTED,
    TARGETS,
    composition,
    kinds,
    sound,
    texts,
    trade_forecast,
)

from analysis.catalog.composition import Compositions
from analysis.parameters import ReportParameters
from analysis.report import narrative, sections


@pytest.mark.parametrize(
    "row",
    [
        {"export_rank": "", "export_of": "30", "balance_rank": "", "balance_of": "20"},
        {"export_rank": "5", "export_of": "30", "balance_rank": "", "balance_of": "20"},
        {"export_rank": "5", "export_of": "30", "balance_rank": "3", "balance_of": "20"},
    ],
)
def test_rank(page, row):
    text = sound(page, narrative.provinces.rank(page, row, 2025))
    assert ("30" in text) is bool(row["export_rank"])


def test_titles(page):
    for text in (narrative.report.title(page), narrative.report.description(page)):
        assert "Lampung" in sound(page, text)
        assert "2025" in text
    assert "data/observations/trade.csv" in narrative.report.add_a_figure(page, "trade")


def test_sections_without_any_figure_say_so(page, shown, empty):
    sections.base.opening(page, page.say("At a glance"), "summary")
    sections.trade.monthly(page, empty, "origin")
    sections.trade.annual(page, pd.DataFrame(), empty, "origin")
    sections.trade.levels(page, {"export": NOT_COMPUTED, "import": NOT_COMPUTED}, empty, "origin")
    sections.trade.forecast(
        page, trade_forecast(NOT_COMPUTED, NOT_COMPUTED, None), empty, "origin"
    )  # fmt: skip
    sections.products.composition(page, Compositions(None, 0, None))
    sections.products.processing(page, Compositions(None, 0, None), None, None)
    sections.products.sectors(page, pd.DataFrame(), empty)
    sections.industry.establishments(page, NO_COUNTS, ())
    none = pd.DataFrame()
    sections.industry.target(page, None, NO_COUNTS, NO_COUNTS["total"], none, none, NOT_COMPUTED)
    sections.industry.readings(page, TARGETS["national"], [])
    sections.industry.counts_by_authority(page, pd.DataFrame())
    assert set(kinds(shown)) == {"heading", "text"}
    assert {item["obs_status"] for item in page.indicators.values()} == {"not computed"}
    names = [meta["name"] for meta, _ in shown if meta["kind"] == "heading"]
    assert len(names) == 12
    assert len(set(names)) == 12
    texts_of = [data["text/markdown"] for meta, data in shown if meta["kind"] == "text"]
    # Each says how the missing figure is added.
    assert all("data/observations/" in text for text in texts_of)


def test_headline_without_any_figure(page, shown, empty):
    sections.summary.show(page, empty, "origin", NO_COUNTS, None, None)
    sections.summary.show_coverage(page, empty, "origin", Compositions(None, 0, None), NO_COUNTS)
    cards = texts(shown).count("::: {.card}")
    assert cards == 5
    assert kinds(shown)[-1] == "table"


NATIONAL = {"export_rank": "5", "export_of": "30", "balance_rank": "3", "balance_of": "20"}


@pytest.mark.parametrize("national", [None, NATIONAL, NATIONAL | {"export_rank": ""}])
@pytest.mark.parametrize("target", [None, *TARGETS.values()], ids=["none", *TARGETS])
def test_headline_of_lampung(page, shown, flows, national, target):
    sections.summary.show(page, flows, "origin", COUNTS, target, national)
    text = texts(shown)
    assert text.count("::: {.card}") == 7
    assert page.language.number(121385) in text


@pytest.mark.parametrize(
    "found",
    [
        Compositions(None, 0, None),
        Compositions(None, 1, 12.0),
        Compositions(composition(), 42, 96.4),
    ],
)
def test_coverage(page, shown, flows, found):
    sections.summary.show_coverage(page, flows, "origin", found, COUNTS)
    assert kinds(shown) == ["heading", "table"]


@pytest.mark.parametrize("target", [None, 7.5])
def test_command_that_makes_the_page_again(page, shown, target):
    asked = page.parameters.model_dump() | {"ikm_growth_target": target}
    page.parameters = ReportParameters.parse(asked)
    sections.reproduction.reproduce(page)
    text = texts(shown)
    assert f"neraca report lampung 2025 \\\n    --language {page.language.code}" in text
    assert ("--ikm-growth-target 7.5" in text) is (target is not None)
    assert "requirements.lock" in text
