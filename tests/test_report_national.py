"""The comparison of all provinces: totals of a year, ranks among the known, and its record."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from national_samples import tables

from analysis.catalog import Catalog
from analysis.catalog import national as compared
from analysis.catalog.trade import all_trade_flows
from analysis.parameters import NationalParameters
from analysis.report import display, national


@pytest.fixture(scope="module")
def catalog(project_root: Path) -> Catalog:
    return Catalog(project_root / "data")


@pytest.fixture(scope="module")
def made(project_root: Path) -> dict[str, pd.DataFrame]:
    return tables(project_root / "data", 2025)


@pytest.fixture(scope="module")
def totals(made) -> pd.DataFrame:
    return made[compared.TOTALS].set_index("province_code")


def test_totals_of_every_province(totals):
    assert len(totals) == 38
    assert totals.loc["18", ["export", "import"]].tolist() == [6637.71, 2054.7]
    assert totals.loc["18", "balance"] == pytest.approx(6637.71 - 2054.7)
    assert totals.loc["18", ["export_months", "export_status", "export_known_by"]].tolist() == [
        12, "derived", "months",
    ]  # fmt: skip
    assert totals.loc["18", "export_sources"]
    assert totals.loc["97", ["import", "balance"]].isna().all()
    assert totals.loc["97", ["import_status", "import_known_by", "import_sources"]].tolist() == [
        "", "", "",
    ]  # fmt: skip
    assert totals["export_share"].sum() == pytest.approx(100, abs=1e-3)


def test_ranks_are_missing_where_the_total_is(totals):
    for name in ("export", "import", "balance"):
        known = totals[name].notna()
        assert (totals[f"{name}_rank"].notna() == known).all()
        assert set(totals[f"{name}_of"]) == {known.sum()}
        assert totals[f"{name}_rank"].min() == 1


def test_young_provinces_are_inside_their_parent_until_the_split(catalog, totals):
    assert set(totals["inside"]) == {""}
    young = [catalog.provinces.by_code(code) for code in ("92", "97", "65")]
    inside = national.year_totals(all_trade_flows(catalog, young, 2023), 2023)["inside"]
    assert inside.to_dict() == {"92": "91", "97": "94", "65": ""}


def test_months_are_those_of_four_years_and_balance(made):
    months = made[compared.MONTHS]
    assert months["time_period"].min() >= "2022-01"
    assert months["time_period"].max() == "2025-12"
    both = months.dropna(subset=["export", "import"])
    assert np.allclose(both["balance"], both["export"] - both["import"], atol=1e-5)
    assert (months["source_ids"] != "").all()
    assert months[["export", "import"]].notna().any(axis="columns").all()


def test_window_starts_where_enough_provinces_have_every_month(totals):
    assert set(totals["window"]) == {"2022-01"}
    assert (totals["window_months"] == 48).sum() >= national.LEAST_PROVINCES
    assert totals.loc["97", "window_months"] == 0


def test_no_window_where_few_provinces_have_every_month():
    months = pd.DataFrame(
        {
            "province_code": "18",
            "time_period": [f"2020-{month:02}" for month in range(1, 13)],
            "balance": 1.0,
        }
    )
    found = national.window(months, 2020)
    assert found.loc["18"].tolist() == ["", 12]
    assert national.window(months.head(0), 2020).empty


def test_no_share_of_nothing():
    assert national.share_of_sum(pd.Series({"18": None, "65": None}, dtype=float)).isna().all()


def test_measures_of_small_industry(made):
    measures = made[compared.MEASURES]
    own = measures[measures["province_code"] == "18"].set_index("measure")
    assert own.loc["establishments", ["value", "year", "of"]].tolist() == [121385.0, 2025, 38]
    assert own.loc["with_loans_share", "value"] == pytest.approx(100 * 9950 / 121385)
    added = own.loc["value_added_per_worker", "value"]
    assert added == pytest.approx(
        own.loc["value_added", "value"] / own.loc["workers", "value"], abs=1e-6
    )
    assert own.loc["labour_cost_per_worker", "unit"] == "million IDR per worker"
    assert not own["source_ids"].eq("").any()
    assert measures.groupby("measure")["rank"].min().eq(1).all()
    assert measures["value"].notna().all()


def test_measures_before_the_survey_had_them(catalog):
    measures = national.imk_measures(compared.imk_figures(catalog, 2024))
    assert set(measures["measure"]) == {"workers"}
    assert set(measures["year"]) == {2014}
    assert national.imk_measures(compared.imk_figures(catalog, 2012)).empty


def test_a_ratio_with_a_rounded_part_is_rounded():
    figures = pd.DataFrame(
        {
            "province_code": ["18", "18"],
            "measure": ["labour_cost", "workers"],
            "year": 2025,
            "value": [60.0, 12.0],
            "unit": ["million IDR", "persons"],
            "obs_status": ["approximate", "published"],
            "source_ids": [("a",), ("b",)],
        }
    )
    found = national.imk_measures(figures).set_index("measure")
    ratio = found.loc["labour_cost_per_worker"]
    assert ratio[["value", "obs_status", "source_ids"]].tolist() == [5.0, "approximate", "a b"]
    assert "value_added_per_worker" not in found.index


def test_record_is_plain_and_holds_a_row_a_province(monkeypatch, catalog, made):
    outputs = []
    monkeypatch.setattr(
        display, "display", lambda data, *, raw, metadata: outputs.append((metadata, data))
    )
    parameters = NationalParameters(year=2025)
    national.record(catalog, parameters, made)
    ((metadata, data),) = outputs
    record = json.loads(data[display.RECORD_TYPE])
    assert metadata["neraca"]["kind"] == "record"
    assert record["parameters"] == {"year": 2025}
    assert record["reads"]
    assert set(record["resources"]) == set(made)
    table = record["resources"][compared.TOTALS]
    rows = {row[0]: dict(zip(table["columns"], row, strict=True)) for row in table["rows"]}
    assert len(rows) == 38
    assert rows["97"]["import"] is None
    assert rows["97"]["import_rank"] is None
    assert rows["18"]["export"] == 6637.71
