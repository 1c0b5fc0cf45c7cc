"""The tables of the national comparison read again, each read recorded with what it asked."""

from pathlib import Path

import pandas as pd
import pytest
from national_samples import project_with_tables

from analysis.catalog import Catalog, national
from analysis.catalog.industry import LeftOut
from analysis.errors import NeracaError


@pytest.fixture(scope="module")
def data(project_root: Path, tmp_path_factory) -> Path:
    return project_with_tables(tmp_path_factory.mktemp("project"), project_root / "data", 2025)


@pytest.fixture
def catalog(data) -> Catalog:
    return Catalog(data)


def test_all_totals_with_their_types(catalog):
    table = national.provinces_compared(catalog, 2025)
    assert len(table) == 38
    assert table.loc["18", "export"] == 6637.71
    assert pd.isna(table.loc["97", "export_rank"])
    assert table.loc["18", "window"] == "2022-01"
    assert table.loc["18", "inside"] == ""
    (read,) = catalog.reads
    assert read.as_dict()["resource"] == "national"
    assert read.filters == {"year": 2025}
    assert read.rows == 38


def test_a_report_reads_its_own_row_as_texts(catalog):
    row = catalog.national(2025, "18")
    assert row["export_rank"] == "13"
    assert row["inside"] == ""
    assert catalog.reads[0].filters == {"province_code": "18", "year": 2025}
    assert catalog.reads[0].rows == 1
    assert catalog.national(2025, "00") is None


def test_months_of_some_provinces_alone_are_read(catalog):
    table = national.months_compared(catalog, 2025, ["65", "18"])
    assert set(table["province_code"]) == {"18", "65"}
    assert len(table[table["province_code"] == "18"]) == 48
    assert table["balance"].dtype == float
    (read,) = catalog.reads
    assert read.filters == {"province_code": ["18", "65"], "year": 2025}
    assert read.rows == len(table)


def test_measures_and_workers(catalog):
    measures = national.imk_compared(catalog, 2025)
    assert measures.groupby("measure").size()["workers"] == 38
    workers = national.workers_compared(catalog, 2025)
    assert workers.counts.loc["64"].to_dict() == {2013: 71238.0, 2014: 46674.0, 2025: 81678.0}
    assert workers.left_out["18"] is LeftOut.SURVEY_BREAK
    provinces = catalog.provinces
    assert workers.territory(provinces.by_code("65")) == "64"
    assert [member.code for member in workers.members["64"]] == ["64", "65"]
    assert workers.territory(provinces.by_code("00")) is None


def test_nothing_where_no_comparison_was_made(project_root, tmp_path):
    (tmp_path / "data").symlink_to(project_root / "data")
    catalog = Catalog(tmp_path / "data")
    assert national.provinces_compared(catalog, 2025) is None
    assert national.imk_compared(catalog, 2025) is None
    assert national.workers_compared(catalog, 2025) is None
    assert catalog.national(2025, "18") is None
    with pytest.raises(NeracaError, match="no comparison of the provinces of 2025"):
        national.months_compared(catalog, 2025, ["18"])
    # That there was none is recorded: a comparison made later changes what the report reads.
    assert {read.resource for read in catalog.reads} >= {"national", "national_months"}
    assert {read.rows for read in catalog.reads} == {0}


def test_an_unknown_column_is_refused(catalog):
    with pytest.raises(NeracaError, match="has no column 'provnce'"):
        catalog.read_national("national", 2025, provnce="18")


def test_a_measure_is_of_the_latest_year_that_half_of_the_provinces_have(catalog):
    figures = national.imk_figures(catalog, 2016)
    assert set(figures["measure"]) == {"workers"}
    assert set(figures["year"]) == {2014}
    assert national.imk_figures(catalog, 2012).empty
