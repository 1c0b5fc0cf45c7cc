"""The statements ledger: every verdict and reason in words."""

import pytest
from report_samples import texts

from analysis.catalog.statements import Evidence, Statement, statements
from analysis.indicators.statements import judge
from analysis.report import sections


def claim(value: float | None, *evidence: Evidence, **changes) -> Statement:
    return Statement(
        **{
            "source_id": "s93119d94",
            "date": "2020-03",
            "speakers": {"id": "Pejabat", "en": "An official"},
            "claims": {"id": "Naik", "en": "It rises"},
            "indicator": "export_value",
            "time_period": "2020-01",
            "value": value,
            "rounding": 0.005,
            "unit": "million USD",
            "comparison": "equals",
            "evidence": evidence,
            **changes,
        }
    )


def evidence(
    value: float, source: str = "s68d1badc", kind: str = "observation", indicator: str = ""
) -> Evidence:
    ids = ("s68d1badc", "sa9b1cbde") if kind == "difference" else (source,)
    parts: tuple[Evidence, ...] = ()
    if kind == "difference":
        parts = tuple(
            Evidence(part, 0.005, (source,), "observation", "published")
            for part, source in zip((206.31, 144.78), ids, strict=True)
        )
    return Evidence(value, 0.005, ids, kind, "published", parts, indicator)


CONSTANT = "grdp_manufacturing_share_constant_2010"


CLAIMS = {
    "confirmed": claim(61.53, evidence(61.53)),
    "confirmed twice": claim(61.53, evidence(61.53), evidence(61.53, kind="difference")),
    "as a difference": claim(61.53, evidence(61.53, kind="difference")),
    "contradicted": claim(61.53, evidence(50.0), evidence(51.0, "sa9b1cbde")),
    "by a whole": claim(80.0, evidence(18.1, kind="whole"), unit="percent"),
    "by a whole of constant prices": claim(
        80.0, evidence(18.1, kind="whole", indicator=CONSTANT), unit="percent"
    ),
    "disputed": claim(408.0, evidence(408.0, "s93119d94"), evidence(1416.0), unit="units"),
    "disputed by others": claim(
        408.0, evidence(408.0, "sa9b1cbde"), evidence(1416.0), unit="units"
    ),
    "repeated": claim(61.53, evidence(61.53, "s93119d94")),
    "unknown": claim(61.53),
    "counts elsewhere": claim(
        84533.0,
        indicator="imk_establishments",
        unit="units",
        other_years=((2021, 84024.0, "s68d1badc"), (2023, 81255.0, "sa9b1cbde")),
    ),
    "no counts": claim(84533.0, indicator="imk_establishments", unit="units"),
    **{
        name: claim(None, indicator=name, unit="percent")
        for name in (
            "ikm_growth", "pad_growth", "raw_export_share", "unit_value_processed_over_raw",
            "raw_rattan_shipped_out",
        )
    },
}  # fmt: skip


@pytest.mark.parametrize("name", CLAIMS)
def test_every_verdict_is_worded(page, shown, name):
    sections.ledger.show_ledger(page, (CLAIMS[name],))
    (_, overview), (meta, data) = shown
    assert meta["kind"] == "text"
    assert "1" in overview["text/markdown"]
    text = data["text/markdown"]
    assert text.startswith("::: {.statement}\n")
    verdict = judge(
        CLAIMS[name].value, 0.005, "s93119d94", CLAIMS[name].evidence
    ).verdict.value  # fmt: skip
    assert f"{{.verdict .{verdict.replace(' ', '-')}}}" in text
    assert page.indicators[f"statement_1_{CLAIMS[name].indicator}"]["value"] == verdict
    assert page.indicators["statements"]["value"] == 1
    assert "s93119d94" in page.source_ids


def test_reasons_differ(page):
    reasons = {
        name: sections.ledger.reason(
            page, item, judge(item.value, item.rounding, item.source_id, item.evidence)
        )
        for name, item in CLAIMS.items()
    }
    assert all(reasons.values())
    assert len(set(reasons.values())) >= len(reasons) - 1


def test_prices_are_named_where_every_figure_is_of_them(page):
    def told(*wholes: Evidence) -> str:
        item = claim(80.0, *wholes, unit="percent")
        return sections.ledger.reason(page, item, judge(80.0, 0.005, item.source_id, item.evidence))

    constant, current = evidence(18.1, kind="whole", indicator=CONSTANT), evidence(19, kind="whole")
    assert "2010" in told(constant)
    assert "2010" not in told(current)
    assert "2010" not in told(constant, current)


def test_a_dispute_does_not_call_the_speaker_his_own_support(page):
    alone, joined = (
        sections.ledger.reason(
            page, item, judge(item.value, item.rounding, item.source_id, item.evidence)
        )
        for item in (CLAIMS["disputed"], CLAIMS["disputed by others"])
    )
    own = page.cite(["s93119d94"])
    assert own not in alone
    assert own not in joined
    assert page.language.number(408) not in alone
    assert page.language.number(408) in joined


def test_difference_names_both_parts(page):
    item = CLAIMS["as a difference"]
    text = sections.ledger.reason(page, item, judge(61.53, 0.005, item.source_id, item.evidence))
    for value in (206.31, 144.78, 61.53):
        assert page.language.money(value) in text


@pytest.mark.parametrize("name", CLAIMS)
def test_every_figure_of_an_entry_is_recorded_with_its_sources(page, shown, name):
    sections.ledger.show_ledger(page, (CLAIMS[name],))
    recorded = {(item["value"], tuple(item["sources"])) for item in page.indicators.values()}
    item = CLAIMS[name]
    result = judge(item.value, item.rounding, item.source_id, item.evidence)
    for figure in (*result.agreeing, *result.differing):
        for each in (figure, *figure.parts):
            assert (each.value, tuple(sorted(each.source_ids))) in recorded
    for _, value, source in item.other_years:
        assert (value, (source,)) in recorded


def test_ledger_of_lampung(page, shown, catalog):
    found = statements(catalog, catalog.province("lampung"), 2025)
    sections.ledger.show_ledger(page, found)
    assert len(shown) == 1 + len(found)
    verdicts = [item for item in page.indicators.values() if item["unit"] == "verdict"]
    assert len(verdicts) == page.indicators["statements"]["value"] == len(found)
    text = texts(shown)
    for value in ("206,31", "144,78", "61,53") if page.language.code == "id" else ("206.31",):
        assert value in text


def test_ledger_without_statements(page, shown):
    sections.ledger.show_ledger(page, ())
    assert "statements.csv" in texts(shown)
    assert page.indicators == {}
