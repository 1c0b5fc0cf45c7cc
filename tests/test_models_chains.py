"""The scenario for every chain: which evidence serves, and which chain is worked out in full."""

import pytest

from analysis.catalog.chains import RawGoods, price_pairs
from analysis.catalog.commodities import processing_chain
from analysis.indicators.series import NotComputed
from analysis.models.chains import ChainOutcome, Outcome, best_known, chain_outcome


@pytest.fixture
def outcome(catalog):
    """Work out one chain for a value of its exports, million USD."""

    def make(
        chain_id: str, value: float = 100.0, code: str = "18", cut: float = 10
    ) -> ChainOutcome:
        chain = processing_chain(catalog, chain_id)
        goods = RawGoods(
            chain, "09", "Barang", "Goods", "2025", value, None, "", False, "published", ("a",)
        )
        return chain_outcome(goods, price_pairs(catalog, chain, 2025), code, cut)

    return make


def test_by_hand(outcome):
    palm = outcome("palm-oil-refined", 200.0, cut=50)
    yields, ratios = (0.94, 0.9524), (1.004, 1.072)
    assert isinstance(palm.main, Outcome)
    assert palm.main.per_hundred.lower == pytest.approx(100 * yields[0] * ratios[0])
    assert palm.main.per_hundred.upper == pytest.approx(100 * yields[1] * ratios[1])
    assert palm.main.scenario.lost.upper == pytest.approx(100)
    assert palm.main.scenario.lost.lower == 0
    assert palm.main.scenario.change.lower == pytest.approx(100 * (yields[0] * ratios[0] - 1))
    assert palm.break_even.lower == pytest.approx(1 / yields[1])


@pytest.mark.parametrize(("code", "evidence"), [("18", "province"), ("33", "collection")])
def test_pairs_go_before_a_citation_which_stands_beside(outcome, code, evidence):
    coffee = outcome("coffee-soluble", code=code)
    assert isinstance(coffee.main, Outcome)
    assert coffee.main.price_ratio.evidence == evidence
    assert coffee.cited is not None
    assert coffee.cited.price_ratio.ratio.upper == 2.79
    assert len(coffee.source_ids) == 7


def test_a_citation_alone_has_nothing_beside(outcome):
    assert outcome("palm-oil-refined").cited is None


@pytest.mark.parametrize("chain", ["coffee-roasted", "pepper-white", "rattan-furniture"])
def test_without_a_price_ratio_only_the_break_even(outcome, chain):
    found = outcome(chain)
    assert isinstance(found.main, NotComputed)
    assert not found.known_enough
    assert (found.break_even is None) is (chain == "rattan-furniture")


def test_the_best_evidence_goes_before_the_largest_exports(outcome):
    coffee, palm, cocoa = (
        outcome("coffee-soluble", 2.0),
        outcome("palm-oil-refined", 900.0),
        outcome("cocoa-butter-powder", 901.0),
    )
    assert best_known([palm, coffee, cocoa]) is coffee
    assert best_known([palm, cocoa]) is cocoa


def test_exports_too_small_are_not_chosen(outcome):
    assert best_known([outcome("coffee-soluble", 0.5), outcome("coffee-roasted")]) is None
    assert best_known([]) is None


def test_of_equal_chains_the_first(outcome):
    first, second = outcome("palm-oil-refined", 5.0), outcome("cocoa-butter-powder", 5.0)
    assert best_known([first, second]) is first
