"""The synthetic figures of the benchmarks: sound, the same every time, and never published."""

import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from analysis.catalog import Catalog
from analysis.catalog.check import check
from analysis.catalog.package import is_synthetic
from analysis.catalog.store_builder import TABLE
from analysis.errors import NeracaError
from neraca.cli import run


@pytest.fixture
def benchmarks(project_root: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.syspath_prepend(project_root / "benchmarks")
    yield
    for name in ("make_trade_store", "synthetic_data"):
        sys.modules.pop(name, None)


def digest(directory: Path) -> str:
    whole = hashlib.sha256()
    for path in sorted(directory.rglob("*")):
        if path.is_file():
            whole.update(f"{path.relative_to(directory)}\n".encode() + path.read_bytes())
    return whole.hexdigest()


def test_a_synthetic_store_is_sound_marked_and_the_same_every_time(benchmarks, tmp_path):
    from make_trade_store import make_store

    for name in ("one", "two"):
        made = make_store(100, tmp_path / name, workers=1)
    assert sum(each.rows for each in made) == 100
    assert digest(tmp_path / "one") == digest(tmp_path / "two")
    data = tmp_path / "one"
    assert check(data) == []
    assert is_synthetic(data)
    rows = Catalog(data).read(TABLE, province_code="18", year=2020)
    assert set(rows["source_id"]) == {"s00000000"}
    with pytest.raises(NeracaError, match="is not empty"):
        make_store(100, data, workers=1)


def test_synthetic_rows_come_in_the_order_of_the_store_each_key_once(benchmarks):
    from make_trade_store import synthetic_rows

    rows = synthetic_rows("18", 2024, 5_000).to_pandas()
    key = ["flow", "hs", "time_period", "port", "partner"]
    assert rows.equals(rows.sort_values(key, ignore_index=True))
    assert not rows.duplicated(key).any()
    with pytest.raises(NeracaError, match="too many"):
        synthetic_rows("18", 2024, 100_000_000)


@pytest.mark.slow
def test_a_synthetic_data_directory_is_sound_and_gives_every_province_figures(
    benchmarks, small_project, monkeypatch, capsys
):
    from synthetic_data import make_data

    data = small_project / "data"
    data.unlink()
    make_data(data)
    assert check(data) == []
    catalog = Catalog(data)
    provinces = [each.code for each in catalog.provinces.all if not each.is_country]
    counts = {
        table: catalog.read(table, province_code=provinces)["province_code"].value_counts()
        for table in ("trade", "industry", "economy", "revenue", "targets", "statements")
    }
    for table, rows in counts.items():
        assert len(rows) == 38, table
        assert rows.nunique() == 1, table
    assert set(catalog.read("sources")["kind"]) == {"synthetic"}
    monkeypatch.delenv("NERACA_SYNTHETIC", raising=False)
    assert run(["report", "lampung", "2025"]) == 1
    assert "are synthetic" in capsys.readouterr().err
