"""What officials said, each beside the observations that bear on it."""

from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from analysis.catalog.basis import NOT_STATED, link_basis
from analysis.catalog.tables import Catalog
from analysis.catalog.trade import TOTAL_BASES, VALUE, checked_links
from analysis.parameters.provinces import Province

# Statements on a flow of goods, and the flow.
_FLOWS = {"trade_balance": "balance", "export_value": "export", "import_value": "import"}

# Statements on a count, and the indicator of the industry table that counts the same.
_COUNTS = {
    "ibs_establishments": "ibs_establishments",
    "imk_establishments": "imk_establishments",
}

# Statements on a part, and the indicators of the economy table that measure the whole of it.
_WHOLES = {
    "ikm_share_of_economy": (
        "grdp_manufacturing_share_current",
        "grdp_manufacturing_share_constant_2010",
    )
}


@dataclass(frozen=True)
class Evidence:
    """An observation, or the difference of two, that a statement can be held against.

    Attributes:
        value: in the statement's unit.
        rounding: half a unit of its last printed digit (of a difference: both together).
        source_ids: where it was printed; two for a difference.
        kind: `observation`, `difference` (exports − imports) or `whole` (a bound from above).
        obs_status: status of the observation.
        parts: for a difference the two observations, exports first.
        indicator: what it measures.

    """

    value: float
    rounding: float
    source_ids: tuple[str, ...]
    kind: str
    obs_status: str
    parts: tuple["Evidence", ...] = ()
    indicator: str = ""


@dataclass(frozen=True)
class Statement:
    """One claim with its evidence.

    Attributes:
        source_id: where it was said.
        date: day or month of it.
        speakers, claims: who and what, by language code.
        indicator: what it is about.
        time_period: what period it is about.
        value, rounding: claimed figure and half a unit of its last digit; None where it has none.
        unit: unit of the figure.
        comparison: `equals`, `about`, `at_least`, `greater_than`, `rises` or `falls`.
        evidence: observations of the same thing and period, the statement's own source included.
        other_years: year, value and source of the same count, where its own year has none.

    """

    source_id: str
    date: str
    speakers: dict[str, str]
    claims: dict[str, str]
    indicator: str
    time_period: str
    value: float | None
    rounding: float
    unit: str
    comparison: str
    evidence: tuple[Evidence, ...]
    other_years: tuple[tuple[int, float, str], ...] = field(default=())


def statements(catalog: Catalog, province: Province, until: int) -> tuple[Statement, ...]:
    """Give what was said of a province up to the end of a year, oldest first.

    Each stands beside the observations of the same thing and period up to that year; a balance
    also beside the difference of exports and imports from other sources.

    Raises:
        NeracaError: if the evidence of a declared link of the province no longer holds.

    >>> catalog = Catalog()
    >>> said = statements(catalog, catalog.province("lampung"), 2020)
    >>> balance = next(item for item in said if item.indicator == "trade_balance")
    >>> balance.value, [(item.kind, item.value) for item in balance.evidence]
    (61.53, [('observation', 61.53), ('difference', 61.53)])

    """
    rows = catalog.read("statements", province_code=province.code, until=until)
    ordered = rows.sort_values(["date", "source_id", "indicator"], kind="stable")
    return tuple(_statement(catalog, province, row, until) for row in ordered.itertuples())


def _statement(catalog: Catalog, province: Province, row: Any, until: int) -> Statement:
    value = None if pd.isna(row.value) else float(row.value)
    evidence: tuple[Evidence, ...] = ()
    other_years: tuple[tuple[int, float, str], ...] = ()
    if row.indicator in _FLOWS:
        evidence = _flow_evidence(catalog, province, row, until)
    elif row.indicator in _COUNTS:
        evidence, other_years = _count_evidence(catalog, province, row, until)
    elif row.indicator in _WHOLES:
        evidence = _whole_evidence(catalog, province, row, until)
    return Statement(
        source_id=row.source_id,
        date=row.date,
        speakers={"id": row.speaker_id, "en": row.speaker_en},
        claims={"id": row.claim_id, "en": row.claim_en},
        indicator=row.indicator,
        time_period=row.time_period,
        value=value,
        rounding=_rounding(value),
        unit=row.unit,
        comparison=row.comparison,
        evidence=evidence,
        other_years=other_years,
    )


def _rounding(value: float | None) -> float:
    """Give half a unit of the last digit of a claimed figure."""
    if value is None:
        return 0.0
    _, _, digits = f"{value:.10g}".partition(".")
    return float(0.5 * 10.0 ** -len(digits))


def _flow_evidence(
    catalog: Catalog, province: Province, row: Any, until: int
) -> tuple[Evidence, ...]:
    observations = catalog.read(
        "trade",
        province_code=province.code,
        dimension="total",
        basis=TOTAL_BASES,
        time_period=row.time_period,
        until=until,
    )
    sound = observations[~observations["doubtful"]]
    linked = link_basis(sound, checked_links(catalog.data, (province.code,)))
    wanted = linked[linked["flow"] == _FLOWS[row.indicator]]
    evidence = [_evidence(item, getattr(item, VALUE)) for item in wanted.itertuples()]
    if row.indicator == "trade_balance":
        others = linked[linked["source_id"] != row.source_id]
        evidence += _differences(catalog, others)
    return tuple(evidence)


def _differences(catalog: Catalog, observations: pd.DataFrame) -> list[Evidence]:
    """Subtract reconciled imports from reconciled exports of each basis."""
    chosen = catalog.reconcile(observations, ["flow", "basis"], VALUE)
    imports = chosen[(chosen["flow"] == "import") & (chosen["basis"] == NOT_STATED)]
    return [
        Evidence(
            value=round(export.value - other.value, 6),
            rounding=export.rounding + other.rounding,
            source_ids=(export.source_id, other.source_id),
            kind="difference",
            obs_status="derived",
            parts=(_evidence(export, export.value), _evidence(other, other.value)),
        )
        for export in chosen[chosen["flow"] == "export"].itertuples()
        for other in imports.itertuples()
    ]


def _count_evidence(
    catalog: Catalog, province: Province, row: Any, until: int
) -> tuple[tuple[Evidence, ...], tuple[tuple[int, float, str], ...]]:
    counts = catalog.read(
        "industry",
        province_code=province.code,
        indicator=_COUNTS[row.indicator],
        sub_period="",
        until=until,
    )
    counts = counts[~counts["doubtful"]]
    same = counts[counts["time_period"] == row.time_period]
    evidence = tuple(_evidence(item, item.value) for item in same.itertuples())
    if evidence:
        return evidence, ()
    other_years = tuple(
        (int(str(item.time_period)), float(item.value), str(item.source_id))
        for item in counts.sort_values("time_period").itertuples()
    )
    return (), other_years


def _whole_evidence(
    catalog: Catalog, province: Province, row: Any, until: int
) -> tuple[Evidence, ...]:
    wholes = catalog.read(
        "economy",
        province_code=province.code,
        indicator=_WHOLES[row.indicator],
        time_period=row.time_period,
        sub_period="",
        until=until,
    )
    return tuple(
        replace(_evidence(item, item.value, "whole"), indicator=str(item.indicator))
        for item in wholes[~wholes["doubtful"]].itertuples()
    )


def _evidence(item: Any, value: float, kind: str = "observation") -> Evidence:
    return Evidence(float(value), item.rounding, (item.source_id,), kind, item.obs_status)
