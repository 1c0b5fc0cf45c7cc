"""Who buys and who sells: which lists count, what they are held against, and what is unknown."""

from dataclasses import replace

import pandas as pd
import pytest

from analysis.catalog import Catalog
from analysis.catalog.composition import MINIMUM_COVERAGE_PERCENT
from analysis.catalog.partners import PartnerLists, partner_lists
from analysis.catalog.trade import VALUE, TradeFlows, all_trade_flows, trade_flows


@pytest.fixture(scope="module")
def lampung(catalog) -> TradeFlows:
    return trade_flows(catalog, catalog.province("lampung"), 2025)


def lists(catalog: Catalog, slug: str, flow: str, year: int) -> PartnerLists:
    province = catalog.province(slug)
    return partner_lists(catalog, province, flow, year, trade_flows(catalog, province, year))


class Rows:
    """A catalog whose trade by partner is what a test says."""

    def __init__(self, catalog: Catalog, *rows: tuple[str, str, str, float]) -> None:
        self._catalog, self.data = catalog, catalog.data
        columns = ["time_period", "basis", "item", VALUE]
        self._rows = pd.DataFrame(rows, columns=columns).assign(
            source_id="s1",
            province_code="18",
            period_type="month",
            flow="export",
            item_name="",
            obs_status="published",
            rounding=0.005,
            doubtful=False,
        )

    def read(self, table: str, **filters) -> pd.DataFrame:
        return self._rows if table == "trade" else self._catalog.read(table, **filters)

    def reconcile(self, observations: pd.DataFrame, key: list[str], value: str) -> pd.DataFrame:
        return self._catalog.reconcile(observations, key, value)


def totals(flows: TradeFlows, *rows: tuple[str, str, float, tuple[str, ...]]) -> TradeFlows:
    table = pd.DataFrame(rows, columns=["time_period", "basis", "value", "source_ids"]).assign(
        flow="export", period_type="month", obs_status="published", doubtful=False, source_id="s1"
    )
    return replace(flows, table=table, breaks=())


def test_the_latest_list_of_lampung(catalog, lampung):
    found = partner_lists(catalog, lampung.province, "export", 2025, lampung)
    assert found.shown.time_period == "2025-03"
    assert found.shown.basis == "origin"
    assert found.shown.total == pytest.approx(578.05)
    assert found.shown.coverage_percent == pytest.approx(71.2, abs=0.05)
    largest = found.shown.partners.iloc[0]
    assert (largest["iso_3166_1"], largest["value"]) == ("US", 101.75)
    assert found.best_coverage_percent >= found.shown.coverage_percent
    assert {item.time_period[5:] for item in found.earlier} == {"03"}


def test_imports_have_no_basis(catalog, lampung):
    found = partner_lists(catalog, lampung.province, "import", 2025, lampung)
    assert (found.shown.time_period, found.shown.basis) == ("2024-06", "")


def test_no_list_is_younger_than_the_report(catalog):
    found = lists(catalog, "lampung", "export", 2020)
    assert found.shown.time_period == "2020-12"
    assert all(item.time_period < "2020-12" for item in found.earlier)


def test_a_list_without_basis_is_held_against_the_only_total_it_does_not_exceed(catalog):
    found = lists(catalog, "kalimantan-utara", "export", 2024)
    # Its countries bought twice as much as the province is the origin of.
    assert (found.shown.time_period, found.shown.basis) == ("2024-09", "port-of-loading")
    assert found.shown.coverage_percent <= 100.5


@pytest.mark.parametrize(
    ("printed", "basis"),
    [
        ([("origin", 100.0)], "origin"),
        ([("origin", 100.0), ("port-of-loading", 60.0)], "origin"),
        ([("origin", 100.0), ("port-of-loading", 120.0)], None),
        ([("origin", 60.0)], None),
        ([("", 100.0)], ""),
    ],
    ids=["the one printed", "the one it fits", "either", "none it fits", "not stated"],
)
def test_basis_of_a_list(catalog, lampung, printed, basis):
    rows = Rows(catalog, ("2025-01", "", "China", 50.0), ("2025-01", "", "Japan", 30.0))
    flows = totals(lampung, *[("2025-01", of, value, ("s1",)) for of, value in printed])
    province = catalog.province("kalimantan-utara")
    found = partner_lists(rows, province, "export", 2025, replace(flows, province=province))
    assert (found.shown and found.shown.basis) == basis


def test_only_countries_count(catalog, lampung):
    rows = Rows(
        catalog,
        ("2025-01", "origin", "China", 50.0),
        ("2025-01", "origin", "ASEAN", 40.0),
        ("2025-01", "origin", "group: main countries", 90.0),
        ("2025-01", "origin", "China (non-oil/gas)", 45.0),
        ("2025-01", "origin", "KOREA, REPUBLIC OF", 30.0),
    )
    flows = totals(lampung, ("2025-01", "origin", 100.0, ("s1",)))
    found = partner_lists(rows, lampung.province, "export", 2025, flows)
    assert found.shown.partners["iso_3166_1"].tolist() == ["CN", "KR"]
    assert found.shown.coverage_percent == 80


def test_a_list_that_covers_too_little_or_too_much_is_not_shown(catalog, lampung):
    rows = Rows(
        catalog,
        ("2025-01", "origin", "China", MINIMUM_COVERAGE_PERCENT - 0.1),
        ("2025-02", "origin", "China", 101.0),
        ("2025-03", "origin", "China", 90.0),
    )
    known = totals(lampung, *[(f"2025-{m:02}", "origin", 100.0, ("s1",)) for m in (1, 2)])
    found = partner_lists(rows, lampung.province, "export", 2025, known)
    assert found.shown is None
    assert found.earlier == ()
    # What exceeds its total, or has none, does not count either.
    assert found.listed == 1
    assert found.best_coverage_percent == pytest.approx(MINIMUM_COVERAGE_PERCENT - 0.1)


def test_a_doubtful_or_zero_total_bears_no_list(catalog, lampung):
    rows = Rows(catalog, ("2025-01", "origin", "China", 0.0), ("2025-02", "origin", "China", 90.0))
    flows = totals(
        lampung, ("2025-01", "origin", 0.0, ("s1",)), ("2025-02", "origin", 100.0, ("s1",))
    )
    flows.table.loc[1, "doubtful"] = True
    found = partner_lists(rows, lampung.province, "export", 2025, flows)
    assert found == PartnerLists(None, (), 0, None)


def test_earlier_lists_are_of_the_same_months_and_territory(catalog, lampung):
    periods = ["2019-03", "2022-03", "2023-03", "2024-02", "2024-03", "2025-03"]
    rows = Rows(catalog, *[(period, "origin", "China", 80.0) for period in periods])
    flows = totals(lampung, *[(period, "origin", 100.0, ("s1",)) for period in periods])
    found = partner_lists(rows, lampung.province, "export", 2025, flows)
    assert found.shown.time_period == "2025-03"
    earlier = ["2024-03", "2023-03", "2022-03", "2019-03"]
    assert [item.time_period for item in found.earlier] == earlier
    papua = trade_flows(catalog, catalog.province("papua"), 2025).breaks
    assert {item.first_without for item in papua} == {"2024-01"}
    parted = partner_lists(rows, lampung.province, "export", 2025, replace(flows, breaks=papua))
    assert [item.time_period for item in parted.earlier] == ["2024-03"]


def test_a_province_without_any_list(catalog):
    assert lists(catalog, "papua-selatan", "export", 2025) == PartnerLists(None, (), 0, None)


def test_every_list_fits_its_total(catalog):
    provinces = [province for province in catalog.provinces.all if not province.is_country]
    for flows in all_trade_flows(catalog, provinces, 2025).values():
        for flow in ("export", "import"):
            found = partner_lists(catalog, flows.province, flow, 2025, flows)
            assert (found.best_coverage_percent is None) is (found.listed == 0)
            shown = [*found.earlier, *([found.shown] if found.shown else [])]
            for item in shown:
                assert 0 < item.coverage_percent <= 100.5
                assert item.partners["iso_3166_1"].is_unique
                assert item.partners["value"].is_monotonic_decreasing
