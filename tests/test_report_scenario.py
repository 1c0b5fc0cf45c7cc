"""The scenario of processing at home: every branch of its sentences, and its section."""

from dataclasses import replace

import pytest
from report_samples import kinds, rows_of, sound, texts

from analysis.catalog.chains import RawGoods, price_pairs
from analysis.catalog.commodities import processing_chain
from analysis.indicators.series import Interval
from analysis.models.chains import ChainOutcome, Outcome, best_known, chain_outcome
from analysis.parameters import ReportParameters
from analysis.report import Page, narrative, sections

HEADING = {
    "hs": "0901",
    "name_id": "Kopi",
    "name_en": "Coffee",
    "time_period": "2025",
    "value": 799.56,
    "weight_kg": 176.1e6,
    "basis": "",
    "loaded": True,
    "obs_status": "published",
    "source_ids": ("s41187703",),
}
CHAPTER = HEADING | {
    "hs": "15",
    "name_id": "Lemak dan minyak",
    "name_en": "Fats and oils",
    "time_period": "2025-01/2025-11",
    "value": 2350.0,
    "weight_kg": None,
    "basis": "origin",
    "loaded": False,
}


def outcome(page: Page, chain_id: str, code: str = "18", **changes: object) -> ChainOutcome:
    chain = processing_chain(page.catalog, chain_id)
    figure = HEADING if chain.raw_hs == "0901" else CHAPTER
    goods = RawGoods(chain=chain, **(figure | changes))
    return chain_outcome(goods, price_pairs(page.catalog, chain, 2025), code, 10.0)


def all_outcomes(page: Page) -> list[ChainOutcome]:
    chains = ("coffee-roasted", "coffee-soluble", "palm-oil-refined", "rubber-tyres")
    return [outcome(page, chain) for chain in (*chains, "rattan-furniture")]


def show(page: Page, outcomes: list[ChainOutcome]) -> None:
    sections.scenario.scenario(page, outcomes, best_known(outcomes))


def tables(shown) -> dict[str, dict]:
    return {meta["name"]: data for meta, data in shown if meta["kind"] == "table"}


def test_coffee_of_lampung(page, shown):
    show(page, all_outcomes(page))
    assert kinds(shown).count("figure") == 2
    text = texts(shown)
    assert "HS 0901" in text
    assert (page.language.period("2014-12") in text) and (page.language.period("2016-11") in text)
    values = {name: item["value"] for name, item in page.indicators.items()}
    assert values["scenario_change_lower"] == 0
    assert values["scenario_change_upper"] == pytest.approx(102.2, abs=0.1)
    assert values["scenario_back_per_hundred_lower"] == pytest.approx(165, abs=1)
    assert values["scenario_cited_back_per_hundred_lower"] == pytest.approx(72, abs=1)
    assert values["scenario_raw_unit_value_lower"] == pytest.approx(1.64, abs=0.01)
    assert page.indicators["scenario_change_upper"]["obs_status"] == "estimated"
    assert page.indicators["scenario_yield_upper"]["obs_status"] == "published"


def test_the_two_ratios_of_coffee_disagree(page):
    coffee = outcome(page, "coffee-soluble")
    assert isinstance(coffee.main, Outcome)
    assert coffee.cited is not None
    text = sound(page, narrative.scenario.cited_beside(page, coffee, coffee.main, coffee.cited))
    assert "**" in text
    same = sound(page, narrative.scenario.cited_beside(page, coffee, coffee.main, coffee.main))
    assert "**" not in same


def test_tables_of_all_chains(page, shown):
    show(page, all_outcomes(page))
    chains, changes = tables(shown).values()
    rows = {row["chain"]: row for row in rows_of(chains)}
    assert next(iter(rows)) == "coffee-roasted"
    assert float(rows["coffee-roasted"]["break_even_ratio_lower"]) == pytest.approx(1.19, abs=0.01)
    assert rows["coffee-roasted"]["price_ratio_seen_lower"] == ""
    assert rows["coffee-soluble"]["first"] == "2014-12"
    assert float(rows["coffee-soluble"]["price_ratio_cited_upper"]) == 2.79
    assert rows["rattan-furniture"]["yield_lower"] == ""
    assert [(row["chain"], row["evidence"]) for row in rows_of(changes)] == [
        ("coffee-soluble", "province"),
        ("coffee-soluble", "cited"),
        ("palm-oil-refined", "cited"),
    ]


def test_evidence_of_another_province(page, shown):
    show(page, [outcome(page, "coffee-soluble", "33")])
    counted = {"id": "mencatat keduanya di Lampung", "en": "counted both in Lampung"}
    assert counted[page.language.code] in texts(shown)


def test_a_cited_ratio_alone(page, shown):
    show(page, [outcome(page, "palm-oil-refined")])
    assert kinds(shown).count("figure") == 2
    assert "scenario_cited_change_lower" not in page.indicators
    assert page.indicators["scenario_price_ratio_lower"]["obs_status"] == "published"
    assert page.indicators["scenario_change_lower"]["value"] < 0


def test_nothing_is_kept(page, shown):
    parameters = page.parameters.model_dump() | {"raw_export_cut": 0.0}
    none = Page("test", ReportParameters.parse(parameters), page.catalog)
    show(none, all_outcomes(page))
    assert "figure" not in kinds(shown)
    assert "scenario_break_even_lower" in none.indicators


@pytest.mark.parametrize("chain", ["coffee-roasted", "rubber-tyres", "rattan-furniture"])
def test_no_price_ratio(page, shown, chain):
    show(page, [outcome(page, chain)])
    assert "figure" not in kinds(shown)
    assert list(tables(shown)) == ["tbl-processing-chains"]


def test_exports_too_small_to_draw(page, shown):
    show(page, [outcome(page, "coffee-soluble", value=0.01)])
    assert "figure" not in kinds(shown)
    assert list(tables(shown)) == ["tbl-processing-chains"]


def test_no_chain(page, shown):
    show(page, [])
    assert kinds(shown) == ["heading", "text"]
    assert "data/observations/trade.csv" in texts(shown)


@pytest.mark.parametrize(
    ("lower", "upper", "direction"), [(101, 120, 1), (80, 99, -1), (90, 110, 0), (100, 100, 0)]
)
def test_direction(page, lower, upper, direction):
    interval = Interval(lower, (lower + upper) / 2, upper, 1.0)
    assert narrative.scenario.direction(interval) == direction
    # The range begins at no change, as nothing may be raw: 1 is no rise for certain.
    named = {
        "en": {1: "not fall", -1: "not rise", 0: "rise or fall"},
        "id": {1: "tidak akan turun", -1: "tidak akan naik", 0: "dapat naik, dapat pula turun"},
    }[page.language.code]
    assert named[direction] in sound(page, narrative.scenario.verdict(page, interval))


def test_every_direction_is_named(page):
    coffee = outcome(page, "coffee-soluble")
    assert isinstance(coffee.main, Outcome)
    lost = replace(coffee.main, per_hundred=Interval(50, 60, 70, 1.0))
    sound(page, narrative.scenario.cited_beside(page, coffee, coffee.main, lost))


def test_goods_without_weight_have_no_unit_value(page):
    coffee = outcome(page, "coffee-soluble", weight_kg=None)
    assert isinstance(coffee.main, Outcome)
    text = sound(page, narrative.scenario.rates(page, coffee, coffee.main))
    assert page.language.number(1.64, 2) not in text


def test_citations_keep_their_language_and_link(page):
    text = narrative.scenario.citations(page, all_outcomes(page))
    assert text.count('{lang="en"}') == 7
    assert "<https://www.thecoffeeguide.org/QA-084/>:" in text
    assert "<http://www.leguideducafe.org/QA-064/>:" in text
