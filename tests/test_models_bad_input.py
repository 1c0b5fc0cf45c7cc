"""Whatever a monthly method is given, it computes, refuses or says what lacks, in clear words."""

import dataclasses
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from analysis.errors import NeracaError
from analysis.indicators.series import NotComputed, Unit
from analysis.models.completion import complete_year
from analysis.models.forecast import backtest_flow, forecast_flows
from analysis.models.regression import least_squares
from analysis.models.season import calendar_features, idul_fitri_dates, idul_fitri_share
from analysis.models.trend import adjusted_level, local_level_model, trend_growth

# A warning that nobody reads is a failure here.
pytestmark = pytest.mark.filterwarnings("error")

MONTHS = pd.period_range("2018-01", periods=60, freq="M")
GOOD = pd.Series(np.exp(3 + 0.1 * np.random.default_rng(0).standard_normal(60)), index=MONTHS)
SIXTH, LATER = np.arange(60) == 5, np.arange(60) == 40
HOLED = GOOD.where(~GOOD.index.isin(pd.PeriodIndex(["2020-03", "2020-04"], freq="M")))

OF_ONE_FLOW: dict[str, Callable[[pd.Series], object]] = {
    "adjusted_level": lambda flow: adjusted_level(flow, 0.8),
    "trend_growth": lambda flow: trend_growth(flow, 0.8),
    "complete_year": lambda flow: complete_year(flow, 2020, 0.8),
    "backtest": lambda flow: backtest_flow(flow, 6, 36, 0.8, 1),
}
METHODS = OF_ONE_FLOW | {
    "forecast_exports": lambda flow: forecast_flows(flow, GOOD, 6, 0.8, 1).exports,
    "forecast_imports": lambda flow: forecast_flows(GOOD, flow, 6, 0.8, 1).imports,
    "forecast_balance": lambda flow: forecast_flows(flow, flow, 6, 0.8, 1).balance,
}

REFUSED = {
    "is negative": HOLED.mask(SIXTH, -1.0),
    "is infinite": HOLED.mask(SIXTH, np.inf),
    "more than once": pd.concat([HOLED, HOLED.iloc[:1]]),
    "not a number": HOLED.astype(object).mask(SIXTH, "12,3 million"),
    "frequency M": HOLED.set_axis(pd.period_range("1960", periods=60, freq="Y")),
    "not indexed by month": HOLED.set_axis(MONTHS.to_timestamp()),
    "give a pandas Series": [1.0, 2.0],
}

TOO_LITTLE = {
    "empty": (HOLED.iloc[:0], 36, 0, Unit.MONTHS),
    "all missing": (HOLED * np.nan, 36, 0, Unit.MONTHS),
    "one observation": (HOLED.iloc[:1], 36, 1, Unit.MONTHS),
    "35 months": (HOLED.iloc[:37], 36, 35, Unit.MONTHS),
    "a zero": (HOLED.mask(SIXTH, 0.0), 58, 57, Unit.POSITIVE_MONTHS),
    "zeros only": (HOLED * 0, 58, 0, Unit.POSITIVE_MONTHS),
}

STRANGE = {
    "never moves": HOLED * 0 + 7,
    "two values": (HOLED * 0 + 1).where(np.arange(60) % 2 == 0, 1000.0),
    "grows without noise": pd.Series(np.exp(np.arange(60) / 6), index=MONTHS),
    "a tenfold misprint": HOLED.mask(LATER, 10 * HOLED),
    "units change for good": HOLED.where(np.arange(60) < 30, 1e6 * HOLED),
    "hardly anything": HOLED * 1e-12,
    "huge": HOLED * 1e12,
    "noise alone": np.exp(5 * np.log(HOLED)),
}


def numbers(result: object) -> list[float]:
    """Collect every number of a result; where nothing was observed, none is claimed."""
    if isinstance(result, pd.DataFrame):
        unclaimed = [name for name in ("adjusted", "growth") if name in result]
        return result.drop(columns=unclaimed).to_numpy(dtype=float).ravel().tolist()
    if dataclasses.is_dataclass(result) and not isinstance(result, type):
        fields = (getattr(result, field.name) for field in dataclasses.fields(result))
        return [number for field in fields for number in numbers(field)]
    return [float(result)] if isinstance(result, int | float) else []


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("words", REFUSED)
def test_bad_input_is_refused_by_name(method: str, words: str) -> None:
    with pytest.raises(NeracaError, match=words) as refusal:
        METHODS[method](REFUSED[words])
    named = {"forecast_exports": "exports", "forecast_balance": "exports"}
    named["forecast_imports"] = "imports"
    assert f" {named.get(method, 'flow')} " in f" {refusal.value} "


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("case", TOO_LITTLE)
def test_too_little_is_said(method: str, case: str) -> None:
    flow, needs, has, unit = TOO_LITTLE[case]
    result = METHODS[method](flow)
    if method == "complete_year" and case in ("empty", "all missing", "one observation"):
        assert isinstance(result, NotComputed)
    else:
        assert result == NotComputed(method, needs, has, unit)


@pytest.mark.parametrize("method", [*OF_ONE_FLOW, "forecast"])
@pytest.mark.parametrize("case", STRANGE)
def test_a_strange_flow_gives_finite_numbers_or_a_clear_refusal(method: str, case: str) -> None:
    flow = STRANGE[case]
    try:
        if method == "forecast":
            result: object = forecast_flows(flow, HOLED, 6, 0.8, 1)
        else:
            result = METHODS[method](flow)
    except NeracaError as refusal:
        assert "look for misprints" in str(refusal)
    else:
        found = numbers(result)
        assert found
        assert np.isfinite(found).all()


@pytest.mark.parametrize("level", [0, 1, 80, -0.1, np.nan])
def test_a_level_is_a_share(level: float) -> None:
    calls: list[Callable[[], object]] = [
        lambda: adjusted_level(HOLED, level),
        lambda: trend_growth(HOLED, level),
        lambda: complete_year(HOLED, 2020, level),
        lambda: backtest_flow(HOLED, 6, 36, level, 1),
        lambda: forecast_flows(HOLED, HOLED, 6, level, 1),
        lambda: least_squares(LINE["time"], LINE[["constant"]]).interval("constant", level),
    ]
    for call in calls:
        with pytest.raises(NeracaError, match="between 0 and 1"):
            call()


@pytest.mark.parametrize(("horizon", "first"), [(0, 36), (25, 36), (6, 23)])
def test_a_backtest_has_its_range(horizon: int, first: int) -> None:
    with pytest.raises(NeracaError, match="choose one"):
        backtest_flow(HOLED, horizon, first, 0.8, 1)


LINE = pd.DataFrame({"constant": 1.0, "time": np.arange(5.0)})


@pytest.mark.parametrize(
    ("response", "design", "words"),
    [
        (LINE["time"].replace(3.0, np.inf), LINE, "infinite"),
        (LINE["time"].astype(object).replace(3.0, "x"), LINE, "not a number"),
        (LINE["time"], LINE.astype(object).replace(3.0, "x"), "not a number"),
        ([1.0, 2.0], LINE, "as Series"),
        (LINE["time"], LINE.to_numpy(), "as DataFrame"),
        (LINE["time"], LINE[[]], "no column"),
        (LINE["time"] * np.nan, LINE, "at least 3 observations and has 0"),
        (LINE["time"].iloc[:0], LINE.iloc[:0], "at least 3 observations and has 0"),
    ],
)
def test_a_regression_of_nothing_is_refused(response: object, design: object, words: str) -> None:
    with pytest.raises(NeracaError, match=words):
        least_squares(response, design)


def test_a_coefficient_has_the_name_of_a_column() -> None:
    with pytest.raises(NeracaError, match="there are constant, time"):
        least_squares(LINE["time"], LINE).interval("slope", 0.8)


@pytest.mark.parametrize(
    ("values", "shares", "words"),
    [
        ([], None, "at least two values"),
        ([1.0], None, "at least two values"),
        ([np.nan, np.nan], [0.0, 0.0], "at least two values"),
        ([1.0, np.inf, 2.0], None, "none of them infinite"),
        ([1.0, 2.0, 3.0], [0.0, 0.0], "3 values and 2 shares"),
    ],
)
def test_a_level_of_nothing_is_refused(
    values: list[float], shares: list[float] | None, words: str
) -> None:
    feast = None if shares is None else np.array(shares)
    with pytest.raises(NeracaError, match=words):
        local_level_model(np.array(values), feast)


@pytest.mark.parametrize("give", [idul_fitri_share, calendar_features])
def test_months_are_months(give: Callable[[object], pd.Series]) -> None:
    for wrong in (["2020-01"], MONTHS.to_timestamp(), MONTHS.asfreq("Y")):
        with pytest.raises(NeracaError, match="PeriodIndex of frequency M"):
            give(wrong)
    with pytest.raises(NeracaError, match="One of the months is missing"):
        give(pd.PeriodIndex(["2020-01", None], freq="M"))
    with pytest.raises(NeracaError, match="no Idul Fitri in 1899"):
        give(pd.PeriodIndex(["1900-01"], freq="M"))
    assert len(give(MONTHS[:0])) == 0


def test_years_without_a_feast_are_named() -> None:
    assert idul_fitri_dates(2025, 2024) == []
    with pytest.raises(NeracaError, match="no Idul Fitri in 1000"):
        idul_fitri_dates(1000, 1000)
