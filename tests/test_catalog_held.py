"""Tables in memory: rows are found and written as pandas alone would find and write them."""

import hashlib

import numpy as np
import pandas as pd
import pytest

from analysis.catalog.held import HeldTable, as_csv
from analysis.catalog.reconcile import in_use, reconcile
from analysis.catalog.tables import Catalog
from analysis.errors import NeracaError

FRAME = pd.DataFrame(
    {
        "time_period": ["2024", "2025-01", "2025-01/2025-03", "2023-12/2024-02"],
        "code": ["b", "a", "b", "c"],
        "year": [2024, 2025, 2025, 2023],
        "value": [1.0, None, 3.0, 1e-07],
    },
    index=[7, 3, 5, 1],
)

ODD_CELLS = pd.DataFrame(
    {
        "text": ["plain", "a, b", 'he said "no"', "two\nlines", "", "é"],
        "number": [1.0, None, 1e-07, 123456789012.25, -0.0, 1 / 3],
        "whole": [1, -2, 3, 4, 5, 6],
        "sure": [True, False, True, False, True, False],
    }
)


def select(held: HeldTable, filters, until) -> pd.DataFrame:
    return held.take(held.find(filters, until))


@pytest.mark.parametrize(
    ("filters", "until", "expected"),
    [
        ({}, None, [0, 1, 2, 3]),
        ({"code": "b"}, None, [0, 2]),
        ({"code": ["c", "a", "nobody"]}, None, [1, 3]),
        ({"code": []}, None, []),
        ({"code": {"b"}, "time_period": ("2024", "2025-01")}, None, [0]),
        ({"code": ["b", "c"], "year": [2023, 2025]}, None, [2, 3]),
        ({"code": ["b", "b"], "year": 2025}, None, [2]),
        ({"year": 2025}, None, [1, 2]),
        ({"year": "2025"}, None, []),
        ({}, 2024, [0, 3]),
        ({"code": "b"}, 2024, [0]),
        ({}, 2000, []),
    ],
)
def test_rows_are_found_in_their_order_and_numbered_anew(filters, until, expected) -> None:
    found = select(HeldTable("t", FRAME), filters, until)
    pd.testing.assert_frame_equal(found, FRAME.iloc[expected].reset_index(drop=True))


def test_what_was_found_can_be_changed_and_the_table_stays() -> None:
    held = HeldTable("t", FRAME.copy())
    found = select(held, {}, None)
    found["value"] = 0.0
    found.loc[0, "code"] = "z"
    pd.testing.assert_frame_equal(held.frame, FRAME)
    assert len(select(held, {"code": "b"}, None)) == 2


def test_cells_are_those_of_the_rows_and_asking_for_them_is_no_read() -> None:
    catalog = Catalog()
    asked = {"province_code": ["18", "65"], "dimension": "total", "until": 2020}
    cells = catalog.columns("trade", **asked)
    assert catalog.reads == []
    rows = catalog.read("trade", **asked)
    assert len(catalog.reads) == 1
    assert not rows.empty
    pd.testing.assert_frame_equal(pd.DataFrame(cells), rows, check_dtype=False)


def test_what_is_in_use_is_what_reconciling_chooses() -> None:
    catalog = Catalog()
    key = ["flow", "basis", "period_type", "time_period"]
    rows = catalog.read("trade", province_code="18", dimension="total")
    sources = catalog.read("sources")
    chosen = reconcile(rows, sources, key, "value_usd_million")
    assert (chosen["rule"] != "only one").any()
    found = in_use(rows.to_dict("list"), sources.to_dict("list"), key, "value_usd_million")
    assert list(found) == list(chosen[key].itertuples(index=False, name=None))
    kept = chosen[["source_id", "value", "rule"]]
    assert list(found.values()) == list(kept.itertuples(index=False, name=None))
    assert in_use({name: [] for name in rows}, {}, key, "value_usd_million") == {}


def test_what_a_table_does_not_have_is_named() -> None:
    held = HeldTable("ports", FRAME[["code", "year"]])
    with pytest.raises(NeracaError, match="'ports' has no column 'flow'; it has code, year"):
        held.find({"flow": "export"}, None)
    with pytest.raises(NeracaError, match="'ports' has no time_period"):
        held.find({}, 2024)


@pytest.mark.parametrize("frame", [FRAME, ODD_CELLS, ODD_CELLS.iloc[:0], pd.DataFrame()])
def test_rows_are_written_as_pandas_writes_them(frame) -> None:
    assert as_csv(frame) == frame.to_csv(index=False, lineterminator="\n")


def test_a_digest_is_that_of_the_rows_as_they_are_written() -> None:
    held = HeldTable("t", ODD_CELLS)
    for positions in ([2, 3], [], [0, 3, 5], [0, 1, 2, 3, 4, 5]):
        written = ODD_CELLS.iloc[positions].to_csv(index=False, lineterminator="\n")
        digest = hashlib.sha256(written.encode()).hexdigest()
        assert held.digest(np.array(positions, dtype=int)) == digest


def test_columns_of_the_chosen_observation_are_handed_on() -> None:
    observations = pd.DataFrame(
        {
            "month": ["2020-01", "2020-01", "2020-02"],
            "value": [1.0, 2.0, 3.0],
            "weight": [10.0, None, 30.0],
            "obs_status": ["approximate", "published", "published"],
            "source_id": ["a", "b", "a"],
            "doubtful": False,
            "rounding": 0.5,
        }
    )
    sources = pd.DataFrame({"source_id": ["a", "b"], "kind": "publication", "released": ""})
    chosen = reconcile(observations, sources, ["month"], "value", keep=["weight"])
    assert chosen["value"].tolist() == [2.0, 3.0]
    # Of the chosen one, although another source knows it.
    assert chosen["weight"].isna().tolist() == [True, False]
    nothing = reconcile(observations.iloc[:0], sources, ["month"], "value", keep=["weight"])
    assert nothing.columns.tolist() == chosen.columns.tolist()


def test_texts_of_tables_that_are_made_of_others_are_python_s_own_too():
    made = pd.DataFrame({"port": ["Panjang"]})
    assert made["port"].dtype == made.columns.dtype == pd.StringDtype("python", na_value=np.nan)
