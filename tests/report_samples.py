"""Samples and checks that the tests of the report's chapters share."""

import csv
import io
import re

import numpy as np
import pandas as pd

from analysis.catalog.composition import Composition
from analysis.catalog.targets import GrowthTarget
from analysis.indicators.series import Interval, NotComputed, Unit
from analysis.models.breaks import LevelShift
from analysis.models.forecast import Backtest, BalanceForecast, FlowForecast, TradeForecast
from analysis.parameters import ReportParameters
from analysis.report import Page

SOURCES = ("s68d1badc", "s93119d94")


NOT_COMPUTED = NotComputed("a method", 36, 11, Unit.MONTHS)


LEVEL = 0.8


def sound(page: Page, text: str) -> str:
    """Refuse a text with an unfilled place, a machine's value, or the other language's form."""
    # Code, addresses, attributes and versions are no language's.
    plain = re.sub(r"```.*?```|`[^`]*`|\]\([^)]*\)|\d+\.\d+\.\d+", "code", text, flags=re.S)
    # What keeps its own language is set apart.
    plain = re.sub(r"\[[^\[\]]*\]\{lang=\"en\"\}", "quotation", plain)
    plain = re.sub(r"(?<=\])\{[^{}]*\}|^:::+ \{[^{}]*\}|\{#[^{}]*\}", "", plain, flags=re.M)
    plain = re.sub(r"\(figures/.*", "", plain)
    assert not re.search(r"[{}]", plain), text
    machine = r"\b(nan|NaN|None|NaT|inf)\b|<NA>|\(\)|[a-z.]  +[a-z]"
    assert not re.search(machine, plain), text
    indonesian = page.language.code == "id"
    foreign = (
        r"\d,\d{3}(?!\d)|\d\.\d{1,2}(?!\d)" if indonesian else r"\d\.\d{3}(?!\d)|\d,\d(?!\d\d)"
    )
    assert not re.search(foreign, plain), text
    return text


def texts(shown) -> str:
    return "\n".join(data["text/markdown"] for _, data in shown)


def interval(lower: float, estimate: float, upper: float) -> Interval:
    return Interval(lower, estimate, upper, LEVEL)


def months(*values: float | None, start: str = "2025-01") -> pd.Series:
    index = pd.period_range(start, periods=len(values), freq="M")
    return pd.Series(values, index=index, dtype=float)


def level_shift(
    date: str, p_value: float = 0.01, shift: Interval | None = None, months: int = 120
) -> LevelShift:
    return LevelShift(
        date=pd.Period(date, "M"),
        dates=pd.PeriodIndex([date], freq="M"),
        shift=shift or interval(37.3, 57.0, 79.6),
        p_value=p_value,
        statistic=9.0,
        months=months,
        tested=pd.period_range("2016-01", periods=96, freq="M"),
        earlier=(),
        persistence=0.85,
        noise_share=0.5,
        draws=1999,
    )


def backtest(coverage: float = 0.8) -> Backtest:
    candidates = pd.DataFrame(
        {"mean_absolute_error": [1.0, 2.0], "ratio": [0.81, 1.0]},
        index=["local_level", "seasonal_naive"],
    )
    return Backtest(
        origins=pd.period_range("2020-01", periods=4, freq="3M"),
        horizon=12,
        choices=pd.Series(dtype=str),
        mean_absolute_error=1.0,
        ratio=0.81,
        ratio_interval=interval(0.7, 0.81, 0.9),
        coverage=coverage,
        errors=48,
        candidates=candidates,
    )


def flow_forecast(
    *, beats: bool = True, tested: bool = True, coverage: float = 0.8
) -> FlowForecast:
    fan = pd.DataFrame(
        {name: months(value, value, start="2026-01") for name, value in BOUNDS.items()}
    )
    return FlowForecast(
        method="local_level" if beats else "seasonal_naive",
        chosen="local_level",
        beats_naive=beats,
        backtest=backtest(coverage) if tested else NotComputed("backtest", 3, 1, Unit.ORIGINS),
        months=fan,
        total=interval(-50.0, 10.0, 1500.0),
        widening=1.2,
    )


BOUNDS = {"lower": -50.0, "median": 10.5, "upper": 1500.0}


def trade_forecast(exports, imports, chance: float | None) -> TradeForecast:
    return TradeForecast(
        pd.Period("2025-12", "M"),
        2,
        LEVEL,
        1,
        exports,
        imports,
        NOT_COMPUTED if chance is None else balance_forecast(chance),
    )


def balance_forecast(chance: float, count: int = 2) -> BalanceForecast:
    fan = flow_forecast().months.head(count).assign(surplus_probability=chance)
    return BalanceForecast(fan, interval(-50.0, 10.0, 1500.0), chance, 0.1)


def composition(count: int = 3) -> Composition:
    products = pd.DataFrame(
        {
            "item": ["15", "09", "27"][:count],
            "value": [1983.0, 1245.0, 533.68][:count],
            "stage": ["mixed", "raw", "processed"][:count],
            "name_id": ["Lemak dan minyak", "Kopi, teh", "Bahan bakar mineral"][:count],
            "name_en": ["Fats and oils", "Coffee, tea", "Mineral fuels"][:count],
        }
    )
    return Composition(
        "2025-01/2025-09", "export", "origin", 4826.0, "published", products, SOURCES
    )


TARGETS = {
    "as asked for": GrowthTarget(7.5, 7.5, 2025, "parameter", False, (), ()),
    "the province's": GrowthTarget(14, 14, 2025, "province", False, ("a",), SOURCES),
    "carried on": GrowthTarget(14, 14, 2022, "province", True, ("a",), SOURCES),
    "national range": GrowthTarget(5, 6, 2020, "country", True, ("a", "b"), SOURCES),
    "national": GrowthTarget(4.25, 4.25, 2024, "country", False, ("a",), SOURCES),
}


def in_year(page: Page, year: int) -> Page:
    asked = page.parameters.model_dump() | {"year": year}
    return Page("test", ReportParameters.parse(asked), page.catalog)


NOTHING = pd.DataFrame(
    columns=["period_type", "time_period", "flow", "basis", "value", "obs_status", "rounding",
             "doubtful", "source_id", "source_ids", "rule", "filled_by"]
)  # fmt: skip


NO_COUNTS = pd.DataFrame(columns=["total", "micro", "small", "obs_status", "source_ids"])


def kinds(shown) -> list[str]:
    return [meta["kind"] for meta, _ in shown]


COUNTS = pd.DataFrame(
    {
        "total": [84024.0, 121385.0],
        "micro": [82805.0, np.nan],
        "small": [1219.0, np.nan],
        "obs_status": ["published", "published"],
        "source_ids": [SOURCES, SOURCES],
    },
    index=pd.Index([2021, 2025], name="year"),
)


def rows_of(data: dict) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data["text/csv"])))
