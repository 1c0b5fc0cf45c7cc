"""Corrections: what each action does, and the guard that stops when its reason is gone."""

from pathlib import Path

import pandas as pd
import pytest

from analysis.catalog import Catalog
from analysis.catalog.corrections import Correction, apply_corrections, load_corrections
from analysis.errors import NeracaError


@pytest.fixture
def table() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "source_id": ["a", "a", "b"],
            "time_period": ["2022-07", "2022-08", "2022-07"],
            "value": [10.0, 11.0, 100.0],
        }
    )


def correction(**changes) -> Correction:
    return Correction(
        **{
            "id": "tenfold",
            "resource": "trade",
            "key": {"source_id": "b", "time_period": "2022-07"},
            "action": "doubt",
            "expect": 100.0,
            "reason": "tenfold",
            "source": "a",
            **changes,
        }
    )


def corrected(table: pd.DataFrame, *corrections: Correction) -> pd.DataFrame:
    return apply_corrections(table, "trade", "value", corrections)


def test_doubt_keeps_the_figure(table):
    result = corrected(table, correction())
    assert list(result["value"]) == [10.0, 11.0, 100.0]
    assert list(result["doubtful"]) == [False, False, True]
    assert list(result["correction"]) == ["", "", "tenfold"]


def test_replace_puts_the_right_value(table):
    result = corrected(table, correction(action="replace", value=10.0))
    assert list(result["value"]) == [10.0, 11.0, 10.0]
    assert not result["doubtful"].any()
    assert result["correction"].iloc[2] == "tenfold"
    assert table["value"].iloc[2] == 100.0


def test_drop_leaves_the_row_out(table):
    result = corrected(table, correction(action="drop"))
    assert list(result["value"]) == [10.0, 11.0]


def test_corrections_of_another_table_do_nothing(table):
    result = corrected(table, correction(resource="industry", expect=5.0))
    assert not result["doubtful"].any()


def test_guard_stops_once_the_error_is_gone(table):
    table.loc[2, "value"] = 10.0
    with pytest.raises(NeracaError, match="tenfold: expects 100, but the figure is 10") as caught:
        corrected(table, correction())
    assert "withdraw the correction" in str(caught.value)


def test_guard_stops_where_the_figure_is_gone(table):
    table.loc[2, "value"] = float("nan")
    with pytest.raises(NeracaError, match="tenfold: expects 100"):
        corrected(table, correction())


@pytest.mark.parametrize(
    ("key", "count"), [({"time_period": "2022-07"}, 2), ({"source_id": "z"}, 0)]
)
def test_key_must_select_one_row(table, key, count):
    with pytest.raises(NeracaError, match=f"tenfold: its key selects {count} rows of trade"):
        corrected(table, correction(key=key))


def test_a_second_correction_of_a_dropped_row_is_refused(table):
    with pytest.raises(NeracaError, match="again: its key selects 0 rows"):
        corrected(table, correction(action="drop"), correction(id="again"))


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("  - {id: x, action: guess}", "missing"),
        ("  - {id: x, because: y}", "because"),
        (
            "  - {id: x, resource: trade, key: {}, action: guess, expect: 1, reason: r, source: s}",
            "there is no action 'guess'; use replace, drop or doubt",
        ),
    ],
)
def test_wrong_declaration_is_named(tmp_path: Path, entry, message):
    (tmp_path / "corrections.yml").write_text(f"corrections:\n{entry}\n")
    with pytest.raises(NeracaError, match=r"data/corrections\.yml") as caught:
        load_corrections(tmp_path)
    assert message in str(caught.value)


def test_declared_corrections_hold_and_name_their_reason(project_root: Path):
    data = project_root / "data"
    declared = load_corrections(data)
    assert declared
    assert all(item.reason and item.source for item in declared)
    catalog = Catalog(data)
    for resource in {item.resource for item in declared}:
        rows = catalog.read(resource)
        kept = {item.id for item in declared if item.resource == resource and item.action != "drop"}
        assert set(rows["correction"]) - {""} == kept
        doubts = {item.id for item in declared if item.action == "doubt"}
        assert set(rows.loc[rows["doubtful"], "correction"]) <= doubts


def test_figures_that_look_tenfold_off_are_doubtful(project_root: Path):
    catalog = Catalog(project_root / "data")
    rows = catalog.read(
        "trade", province_code="75", flow="import", dimension="total", time_period="2022-11"
    )
    assert rows["doubtful"].all()
    lampung = catalog.read("trade", province_code="18")
    assert not lampung["doubtful"].any()
