"""Verdicts: each kind from figures that are small enough to judge by eye."""

from dataclasses import dataclass

import pytest

from analysis.indicators.statements import Verdict, judge


@dataclass(frozen=True)
class Figure:
    value: float
    source: str = "other"
    rounding: float = 0.5
    kind: str = "observation"

    @property
    def source_ids(self) -> tuple[str, ...]:
        return tuple(self.source.split("+"))


def verdict(value: float | None, *evidence: Figure, rounding: float = 0.5) -> Verdict:
    return judge(value, rounding, "own", evidence).verdict


@pytest.mark.parametrize(
    ("evidence", "expected"),
    [
        ([], Verdict.CANNOT_BE_CHECKED),
        ([Figure(408, "own")], Verdict.REPEATS_ONE_SOURCE),
        ([Figure(410, "own")], Verdict.REPEATS_ONE_SOURCE),
        ([Figure(408)], Verdict.CONFIRMED),
        ([Figure(408), Figure(408, "own")], Verdict.CONFIRMED),
        ([Figure(408), Figure(408, "third")], Verdict.CONFIRMED),
        ([Figure(416)], Verdict.CONTRADICTED),
        ([Figure(416), Figure(410, "own")], Verdict.CONTRADICTED),
        ([Figure(416), Figure(408, "own")], Verdict.DISPUTED),
        ([Figure(416), Figure(408, "third")], Verdict.DISPUTED),
        ([Figure(408, "a+b", kind="difference")], Verdict.CONFIRMED),
        ([Figure(408, "own+b", kind="difference")], Verdict.REPEATS_ONE_SOURCE),
        ([Figure(500, kind="whole")], Verdict.CANNOT_BE_CHECKED),
        ([Figure(407, kind="whole")], Verdict.CONTRADICTED),
        ([Figure(407, kind="whole"), Figure(500, kind="whole")], Verdict.CANNOT_BE_CHECKED),
    ],
)
def test_verdict(evidence, expected):
    assert verdict(408, *evidence) is expected
    assert verdict(408, *reversed(evidence)) is expected


def test_a_claim_without_a_figure():
    assert verdict(None, Figure(408)) is Verdict.CANNOT_BE_CHECKED


@pytest.mark.parametrize(
    ("observed", "agrees"), [(144.78, True), (144.79, True), (144.77, True), (144.80, False)]
)
def test_figures_agree_within_the_rounding_of_both(observed, agrees):
    result = verdict(144.78, Figure(observed, rounding=0.005), rounding=0.005)
    assert (result is Verdict.CONFIRMED) is agrees


def test_a_part_within_the_rounding_of_its_whole_is_no_contradiction():
    whole = Figure(18.1, rounding=0.05, kind="whole")
    assert verdict(18.14, whole) is Verdict.CANNOT_BE_CHECKED
    assert verdict(18.16, whole) is Verdict.CONTRADICTED


def test_the_figures_that_carry_a_verdict():
    agreeing, differing, own = Figure(408, "a"), Figure(416, "b"), Figure(408, "own")
    result = judge(408, 0.5, "own", [own, agreeing, differing])
    assert (result.agreeing, result.differing) == ((agreeing,), (differing,))


def test_a_claim_of_at_least_is_not_judged_as_an_equal():
    result = judge(14.0, 0.5, "own", [Figure(15.0)], "at_least")
    assert result.verdict is Verdict.CANNOT_BE_CHECKED
