"""The verdict on a claim: what the observations of others allow one to say of it, and no more."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from analysis.errors import NeracaError


class Verdict(StrEnum):
    """What can be said of a claim."""

    CONFIRMED = "confirmed"
    CONTRADICTED = "contradicted"
    DISPUTED = "disputed"
    REPEATS_ONE_SOURCE = "repeats one source"
    CANNOT_BE_CHECKED = "cannot be checked"


class Witness(Protocol):
    """One figure that bears on a claim; `kind` is `observation`, `difference` or `whole`."""

    @property
    def value(self) -> float:
        """Give the figure, in the claim's unit."""

    @property
    def rounding(self) -> float:
        """Give half a unit of its last printed digit."""

    @property
    def source_ids(self) -> tuple[str, ...]:
        """Give the sources that printed it."""

    @property
    def kind(self) -> str:
        """Say what kind of figure it is."""


Item = TypeVar("Item", bound=Witness)


@dataclass(frozen=True)
class Judgement(Generic[Item]):
    """A verdict with the figures that carry it.

    Attributes:
        verdict: what can be said.
        agreeing: figures of other sources that equal the claim within rounding.
        differing: figures of other sources that do not.

    """

    verdict: Verdict
    agreeing: tuple[Item, ...] = ()
    differing: tuple[Item, ...] = ()


def judge(
    value: float | None,
    rounding: float,
    own_source: str,
    evidence: Sequence[Item],
    comparison: str = "equals",
) -> Judgement[Item]:
    """Hold a claimed figure against what was observed.

    Confirmed: a source other than the claim's own gives the same figure within the rounding of
    both, and no other source gives another. Disputed: some observation (the claim's own source
    included) supports the figure and another source does not. Contradicted: none supports it and
    another source gives another figure, or the whole that it claims a part of is smaller than
    it. Repeats one source: only the claim's own source observed it. Else it cannot be checked.

    Args:
        value: the claimed figure; None where the claim has none.
        rounding: half a unit of its last digit.
        own_source: id of the source in which it was said.
        evidence: figures of the same thing and period, in the claim's unit.
        comparison: what the claim says of its figure; only `equals` and `about` are tested, any
            other (`at_least`, `rises` …) cannot be checked by a figure of one period.

    Raises:
        NeracaError: if a figure or a rounding is missing, infinite or, of a rounding, negative.

    >>> from types import SimpleNamespace
    >>> own = SimpleNamespace(value=408, rounding=0.5, source_ids=("a",), kind="observation")
    >>> other = SimpleNamespace(value=416, rounding=0.5, source_ids=("b",), kind="observation")
    >>> judge(408, 0.5, "a", [own]).verdict.value, judge(408, 0.5, "a", [own, other]).verdict.value
    ('repeats one source', 'disputed')

    """
    _require_figures(value, rounding, own_source, evidence)
    if value is None or comparison not in ("equals", "about"):
        return Judgement(Verdict.CANNOT_BE_CHECKED)
    wholes = [item for item in evidence if item.kind == "whole"]
    if wholes:
        return _judge_part(value, wholes)
    own = [item for item in evidence if own_source in item.source_ids]
    others = [item for item in evidence if own_source not in item.source_ids]
    agreeing = tuple(item for item in others if _agrees(item, value, rounding))
    differing = tuple(item for item in others if not _agrees(item, value, rounding))
    supported = agreeing or any(_agrees(item, value, rounding) for item in own)
    if differing:
        verdict = Verdict.DISPUTED if supported else Verdict.CONTRADICTED
    elif agreeing:
        verdict = Verdict.CONFIRMED
    elif own:
        verdict = Verdict.REPEATS_ONE_SOURCE
    else:
        verdict = Verdict.CANNOT_BE_CHECKED
    return Judgement(verdict, agreeing, differing)


def _require_figures(
    value: float | None, rounding: float, own_source: str, evidence: Sequence[Item]
) -> None:
    """Refuse figures that nothing can be held against."""
    figures = [("the claim", 0.0 if value is None else value, rounding)]
    figures += [
        (f"an observation of {', '.join(item.source_ids)}", item.value, item.rounding)
        for item in evidence
    ]
    for what, figure, margin in figures:
        if not (math.isfinite(figure) and 0 <= margin < math.inf):
            raise NeracaError(
                f"The figure of {what}, held against the statement in {own_source}, is {figure} "
                f"with a rounding of {margin}; correct it, or give None where a claim has none."
            )


def _judge_part(value: float, wholes: Sequence[Item]) -> Judgement[Item]:
    """Judge a part by the largest figure for its whole; a smaller part is no proof of anything."""
    if value > max(item.value + item.rounding for item in wholes):
        return Judgement(Verdict.CONTRADICTED, differing=tuple(wholes))
    return Judgement(Verdict.CANNOT_BE_CHECKED)


def _agrees(item: Witness, value: float, rounding: float) -> bool:
    # The margin admits what subtracting decimal figures in binary adds, nothing more.
    return abs(item.value - value) <= item.rounding + rounding + 1e-9
