"""Statements beside the figures of others, and the verdicts that follow for Lampung and Kaltara."""

from pathlib import Path

import pytest

from analysis.catalog import Catalog
from analysis.catalog.statements import Statement, statements
from analysis.indicators.statements import Judgement, judge


@pytest.fixture(scope="module")
def catalog(project_root: Path) -> Catalog:
    return Catalog(project_root / "data")


def verdict(claim: Statement) -> Judgement:
    return judge(claim.value, claim.rounding, claim.source_id, claim.evidence)


@pytest.fixture(scope="module")
def lampung(catalog) -> dict[str, Statement]:
    return {
        claim.indicator: claim for claim in statements(catalog, catalog.province("lampung"), 2025)
    }


@pytest.mark.parametrize(
    ("indicator", "expected"),
    [
        ("export_value", "confirmed"),
        ("import_value", "confirmed"),
        ("trade_balance", "confirmed"),
        ("ibs_establishments", "disputed"),
        ("imk_establishments", "cannot be checked"),
        ("ikm_share_of_economy", "contradicted"),
        ("ikm_growth", "cannot be checked"),
        ("pad_growth", "cannot be checked"),
        ("raw_export_share", "cannot be checked"),
        ("unit_value_processed_over_raw", "cannot be checked"),
    ],
)
def test_verdicts_on_lampung(lampung, indicator, expected):
    assert verdict(lampung[indicator]).verdict == expected


def test_no_verdict_rests_on_the_statement_s_own_source(lampung):
    for claim in lampung.values():
        for item in verdict(claim).agreeing:
            assert claim.source_id not in item.source_ids


def test_balance_is_confirmed_as_the_difference_of_other_sources(lampung):
    claim = lampung["trade_balance"]
    (agreeing,) = verdict(claim).agreeing
    assert (agreeing.kind, agreeing.value, agreeing.obs_status) == ("difference", 61.53, "derived")
    assert [(part.value, part.obs_status) for part in agreeing.parts] == [
        (206.31, "published"),
        (144.78, "published"),
    ]
    assert agreeing.source_ids == tuple(part.source_ids[0] for part in agreeing.parts)
    assert len(agreeing.source_ids) == 2
    assert claim.source_id not in agreeing.source_ids
    own = [item for item in claim.evidence if item.kind == "observation"]
    assert {item.source_ids for item in own} == {(claim.source_id,)}


def test_408_is_disputed_by_416(lampung):
    result = verdict(lampung["ibs_establishments"])
    assert [item.value for item in result.differing] == [416]


def test_84533_has_only_other_years_beside_it(lampung, catalog):
    claim = lampung["imk_establishments"]
    assert (claim.value, claim.evidence) == (84533, ())
    assert [(year, value) for year, value, _ in claim.other_years][-1] == (2025, 121385)
    earlier = {s.indicator: s for s in statements(catalog, catalog.province("lampung"), 2024)}
    assert max(year for year, _, _ in earlier["imk_establishments"].other_years) == 2023


def test_80_percent_is_more_than_all_manufacturing(lampung):
    result = verdict(lampung["ikm_share_of_economy"])
    assert [item.kind for item in result.differing] == ["whole"]
    assert result.differing[0].value == pytest.approx(18.1, abs=0.05)
    assert result.differing[0].indicator == "grdp_manufacturing_share_constant_2010"


def test_statements_of_the_report_s_year_and_before_only(catalog):
    province = catalog.province("lampung")
    assert statements(catalog, province, 2019) == ()
    assert len(statements(catalog, province, 2020)) == 4
    assert {claim.date[:4] for claim in statements(catalog, province, 2022)} == {"2020", "2022"}


def test_oldest_first_and_in_both_languages(lampung):
    claims = list(lampung.values())
    assert [claim.date for claim in claims] == sorted(claim.date for claim in claims)
    for claim in claims:
        assert all(claim.claims[code] and claim.speakers[code] for code in ("id", "en"))


def test_precision_of_a_claim_is_that_of_its_digits(lampung):
    assert lampung["trade_balance"].rounding == pytest.approx(0.005)
    assert lampung["ibs_establishments"].rounding == 0.5
    assert lampung["raw_export_share"].rounding == 0.0


def test_rattan_of_kalimantan_utara(catalog):
    (claim,) = statements(catalog, catalog.province("kalimantan-utara"), 2025)
    assert (claim.indicator, verdict(claim).verdict) == (
        "raw_rattan_shipped_out",
        "cannot be checked",
    )


def test_provinces_of_which_nothing_was_said(catalog):
    assert statements(catalog, catalog.province("aceh"), 2025) == ()
