"""The comparison of all provinces: totals of a year, ranks among the known, and its record."""

from pathlib import Path

import pandas as pd
import pytest

from analysis.catalog import Catalog
from analysis.catalog.trade import all_trade_flows
from analysis.indicators.ranking import rank_known
from analysis.indicators.trade import trade_balance
from analysis.parameters import NationalParameters
from analysis.report import display, national


@pytest.fixture(scope="module")
def catalog(project_root: Path) -> Catalog:
    return Catalog(project_root / "data")


@pytest.fixture(scope="module")
def totals(catalog) -> pd.DataFrame:
    provinces = [province for province in catalog.provinces.all if not province.is_country]
    found = national.year_totals(all_trade_flows(catalog, provinces, 2024), 2024)
    return found.assign(balance=trade_balance(found["export"], found["import"]))


def test_totals_of_every_province(totals):
    assert len(totals) == 38
    assert totals.loc["18", ["export", "import"]].tolist() == [5588.3, 2104.0]
    assert totals.loc["18", "balance"] == pytest.approx(5588.3 - 2104.0)
    assert totals.loc["97", ["import", "balance"]].isna().all()


def test_ranks_are_missing_where_the_total_is(totals):
    ranks = {name: rank_known(totals[name]) for name in ("export", "import", "balance")}
    table = national.comparison(totals, ranks).set_index("province_code")
    for name in ranks:
        known = totals[name].notna()
        assert (table[f"{name}_rank"].notna() == known).all()
        assert set(table[f"{name}_of"]) == {known.sum()}
        assert table[f"{name}_rank"].min() == 1


def test_record_is_plain_and_holds_a_row_a_province(monkeypatch, catalog, totals):
    outputs = []
    monkeypatch.setattr(
        display, "display", lambda data, *, raw, metadata: outputs.append((metadata, data))
    )
    ranks = {name: rank_known(totals[name]) for name in ("export", "import", "balance")}
    parameters = NationalParameters(year=2024)
    national.record(catalog, parameters, national.comparison(totals, ranks))
    ((metadata, data),) = outputs
    record = data[display.RECORD_TYPE]
    assert metadata["neraca"]["kind"] == "record"
    assert record["parameters"] == {"year": 2024}
    assert record["reads"]
    rows = {row["province_code"]: row for row in record["resources"]["national"]}
    assert len(rows) == 38
    assert rows["97"]["import"] is None
    assert rows["97"]["import_rank"] is None
    assert rows["18"]["export"] == 5588.3
