"""What models compute for a report stays quick: few estimations, and little time on one core."""

import time
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from analysis.catalog import Catalog
from analysis.catalog.trade import trade_flows
from analysis.models import candidates
from analysis.models.breaks import level_shifts
from analysis.models.completion import complete_years
from analysis.models.forecast import SEED, forecast_flows
from analysis.models.trend import adjusted_level, trend_growth

Flows = tuple[pd.Series, pd.Series]


@pytest.fixture(scope="module")
def lampung(catalog: Catalog) -> Flows:
    flows = trade_flows(catalog, catalog.province("lampung"), 2025)
    exports, imports = (flows.comparable(flow, "origin") for flow in ("export", "import"))
    return exports, imports


def test_models_are_estimated_at_few_origins_and_filtered_between_them(
    lampung: Flows, monkeypatch: pytest.MonkeyPatch
) -> None:
    estimated: list[int] = []
    plain: Callable = candidates._estimate

    def counted(model):
        estimated.append(len(model.endog))
        return plain(model)

    monkeypatch.setattr(candidates, "_estimate", counted)
    exports, _ = lampung
    forecast_flows(exports, exports.iloc[:0], 12, 0.8, SEED)
    lengths, times = np.unique(estimated, return_counts=True)
    # Three models, at the first origin, every two years after it, and at the end.
    assert set(times) == {3}
    assert lengths.tolist() == [36, 48, 72, 96, 120, 132]


@pytest.mark.slow
def test_all_that_models_compute_for_a_report_takes_little_time(lampung: Flows) -> None:
    taken = []
    for _ in range(3):
        begin = time.process_time()
        for flow in lampung:
            adjusted_level(flow, 0.8)
            trend_growth(flow, 0.8)
            complete_years(flow, range(2015, 2026), 0.8)
            level_shifts(flow, 0.8, SEED)
        forecast_flows(*lampung, 12, 0.8, SEED)
        taken.append(time.process_time() - begin)
    # Of the three seconds that a whole report may take; 1.2 when this was written.
    assert min(taken) <= 2
