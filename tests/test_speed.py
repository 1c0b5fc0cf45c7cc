"""A report stays quick: few estimations, and little time on one core."""

import gc
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
import pytest

from analysis.catalog import Catalog
from analysis.catalog.trade import trade_flows
from analysis.models.airline import Airline
from analysis.models.breaks import level_shifts
from analysis.models.completion import complete_years
from analysis.models.forecast import SEED, forecast_flows
from analysis.models.seasonal_level import SeasonalLevel
from analysis.models.trend import adjusted_level, trend_growth
from analysis.report import display

NOTEBOOKS = ("summary", "export_surplus", "downstreaming", "ikm_targets")

Flows = tuple[pd.Series, pd.Series]


@pytest.fixture(scope="module")
def lampung(catalog: Catalog) -> Flows:
    flows = trade_flows(catalog, catalog.province("lampung"), 2025)
    exports, imports = (flows.comparable(flow, "origin") for flow in ("export", "import"))
    return exports, imports


def test_models_are_estimated_at_few_origins(
    lampung: Flows, monkeypatch: pytest.MonkeyPatch
) -> None:
    estimated: list[int] = []

    def counted(plain: Callable) -> Callable:
        def estimate(self, origin: int):
            estimated.append(origin)
            return plain(self, origin)

        return estimate

    for model in (SeasonalLevel, Airline):
        monkeypatch.setattr(model, "estimate", counted(model.estimate))
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
    # A small part of what a whole report may take; 0.25 when this was written.
    assert min(taken) <= 0.6


@pytest.fixture
def frozen() -> Iterator[None]:
    """Leave what is there already to no search for garbage, as the warm kernels do."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.mark.slow
@pytest.mark.usefixtures("frozen")
def test_the_analysis_of_a_province_and_year_takes_little_time(
    project_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project_root)
    outputs: list[str] = []
    monkeypatch.setattr(
        display,
        "display",
        lambda data, *, raw, metadata: outputs.append(metadata["neraca"]["kind"]),
    )
    # Figures are drawn; that their letters become outlines belongs to publishing.
    monkeypatch.setattr(display, "to_svg", lambda figure: "<svg/>")
    taken = []
    for _ in range(4):
        begin = time.process_time()
        for name in NOTEBOOKS:
            _execute(project_root / "notebooks" / f"{name}.ipynb")
        taken.append(time.process_time() - begin)
    assert outputs.count("record") == 4 * len(NOTEBOOKS)
    # The first run reads the tables; 2.7 when this was written.
    assert min(taken[1:]) <= 3


def _execute(notebook: Path) -> None:
    """Run the cells of a notebook with the parameters that it comes with: Lampung, 2025."""
    names: dict[str, object] = {}
    for cell in nbformat.read(notebook, nbformat.NO_CONVERT).cells:
        if cell.cell_type == "code":
            exec(cell.source, names)
