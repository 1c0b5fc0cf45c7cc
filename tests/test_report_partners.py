"""Who buys and who sells: every branch of the sentences, and the section."""

import pandas as pd
import pytest
from report_samples import SOURCES, kinds, rows_of, sound, texts

from analysis.catalog.partners import PartnerList, PartnerLists, partner_lists
from analysis.indicators.concentration import concentration_bounds
from analysis.indicators.series import Interval
from analysis.report import narrative, sections, tables, words

FLOWS = ("export", "import")
NOTHING = PartnerLists(None, (), 0, None)


def listed(period: str = "2025-03", flow: str = "export", **values: float) -> PartnerList:
    values = values or {"CN": 500.0, "US": 250.5, "IN": 100.0, "JP": 20.0}
    partners = pd.DataFrame({"iso_3166_1": list(values), "value": list(values.values())})
    partners = partners.assign(obs_status="published", source_id="s1")
    basis = "origin" if flow == "export" else ""
    return PartnerList(period, flow, basis, 1200.0, "published", partners, SOURCES)


@pytest.mark.parametrize("flow", FLOWS)
def test_largest(page, flow):
    item = listed(flow=flow)
    text = sound(page, narrative.partners.largest(page, item))
    assert page.language.money(1200.0) in text
    assert page.language.number(item.coverage_percent, 1) in text
    names = {
        "id": ("Tiongkok", "Amerika Serikat", "Jepang"),
        "en": ("China", "United States", "Japan"),
    }
    first, second, fourth = names[page.language.code]
    assert text.index(first) < text.index(second)
    assert fourth not in text
    assert (words.basis(page.language, "origin") in text) is (flow == "export")


@pytest.mark.parametrize("flow", FLOWS)
@pytest.mark.parametrize(
    ("bounds", "parts"),
    [((0.07, 0.15), (0.07, 0.15)), ((0.2, 0.201), (0.2,)), ((0.206, 0.2099), (0.21,))],
)
def test_concentration(page, flow, bounds, parts):
    lower, upper = bounds
    index = Interval(lower, (lower + upper) / 2, upper, 1.0)
    text = sound(page, narrative.partners.concentration(page, flow, index))
    for part in parts:
        assert page.language.number(part, 2) in text


@pytest.mark.parametrize("flow", FLOWS)
def test_one_index_makes_one_number_of_countries_with_one_decimal(page, flow):
    index = Interval(0.467, 0.468, 0.469, 1.0)
    text = sound(page, narrative.partners.concentration(page, flow, index))
    assert f" {page.language.number(2.1, 1)} " in text
    assert page.language.number(2.14, 2) not in text


@pytest.mark.parametrize("flow", FLOWS)
@pytest.mark.parametrize(
    "found", [NOTHING, PartnerLists(None, (), 1, 44.0), PartnerLists(None, (), 9, 61.04)]
)
def test_not_shown(page, shown, flow, found):
    other = "import" if flow == "export" else "export"
    sections.partners.partners(page, {flow: found, other: NOTHING}, {})
    assert "figure" not in kinds(shown)
    assert narrative.partners.not_shown(page, flow, found) in texts(shown)
    best = page.indicators.get(f"partners_{flow}_best_coverage", {}).get("value")
    assert best == found.best_coverage_percent


@pytest.mark.parametrize("compared", [(), ("export",), FLOWS])
def test_over_years(page, compared):
    alone = [flow for flow in FLOWS if flow not in compared]
    assert sound(page, narrative.partners.over_years(page, compared, alone))


def test_countries_listed_once_are_not_compared(page, shown):
    lists = [listed("2023-03", CN=10.0, US=3.0, RU=2.0), listed(CN=500.0, US=250.5, IN=1.0)]
    assert tables.partners.listed_often(lists).index.tolist() == ["CN", "US"]
    tables.partners.over_years(page, lists)
    ((_, data),) = shown
    rows = rows_of(data)
    assert [row["iso_3166_1"] for row in rows] == ["CN", "US", ""]
    assert [row["2025-03"] for row in rows] == ["500", "250.5", "1200"]


def test_what_is_not_listed_is_a_dash_and_no_zero(page, shown):
    lists = [listed("2021-03", CN=10.0, RU=9.0), listed("2023-03", RU=2.0, CN=1.0), listed(CN=5.0)]
    tables.partners.over_years(page, lists)
    (russia,) = [
        line for line in texts(shown).split("\n") if line.startswith(("| Russia", "| Rusia"))
    ]
    assert russia.rstrip("| ").endswith("—")


def test_partners_of_lampung(page, shown, catalog, flows):
    found = {flow: partner_lists(catalog, page.province, flow, 2025, flows) for flow in FLOWS}
    bounds = {
        flow: concentration_bounds(item.shown.partners["value"], item.shown.total)
        for flow, item in found.items()
    }
    sections.partners.partners(page, found, bounds)
    assert kinds(shown).count("figure") == 1
    assert kinds(shown).count("table") == 2
    share = page.indicators["partners_export_share_us"]
    assert (share["time_period"], share["basis"]) == ("2025-03", "origin")
    assert page.indicators["partners_import_coverage"]["basis"] is None
    assert set(found["export"].shown.source_ids) <= page.source_ids


@pytest.mark.parametrize("flow", FLOWS)
def test_partners_of_one_flow_only(page, shown, flow):
    other = "import" if flow == "export" else "export"
    alone = PartnerLists(listed(flow=flow), (), 3, 72.5)
    index = Interval(0.2, 0.25, 0.3, 1.0)
    sections.partners.partners(page, {flow: alone, other: NOTHING}, {flow: index})
    assert (kinds(shown).count("figure"), kinds(shown).count("table")) == (1, 0)
    assert narrative.partners.over_years(page, [], [flow]) in texts(shown)
