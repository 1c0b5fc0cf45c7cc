"""Bad input to any formula: a clear error or "not computed", never a warning, never NaN."""

import inspect
import math
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import permutations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.catalog import Catalog
from analysis.catalog.trade import trade_flows
from analysis.errors import NeracaError
from analysis.indicators import concentration, ranking, series, statements, trade
from analysis.indicators.concentration import (
    concentration_bounds,
    equivalent_number,
    equivalent_number_bounds,
    herfindahl_hirschman,
    normalized_herfindahl,
    shares,
)
from analysis.indicators.ranking import rank_known
from analysis.indicators.series import (
    Interval,
    NotComputed,
    Unit,
    annual,
    check_level,
    monthly,
    provincial,
)
from analysis.indicators.statements import judge
from analysis.indicators.trade import (
    AnnualGrowth,
    annual_growth,
    compound_annual_growth,
    cover_ratio,
    log_trend_growth,
    normalized_trade_balance,
    trade_balance,
    year_on_year,
    year_total,
)
from analysis.parameters import ReportParameters
from analysis.report import Page, display, sections

pytestmark = pytest.mark.filterwarnings("error")

INDEXES = {
    "month": pd.period_range("2024-01", periods=3, freq="M"),
    "year": pd.Index([2022, 2023, 2024]),
    "province": pd.Index(["18", "64", "65"]),
}


def of(kind: str, *values: float | None) -> pd.Series:
    """Give a series of up to three values, indexed by month, year or province."""
    return pd.Series(values, index=INDEXES[kind][: len(values)], dtype=float)


GOOD = {kind: of(kind, 1.0, 2.0, 4.0) for kind in INDEXES}
BALANCES = (trade_balance, cover_ratio, normalized_trade_balance)

# Every function of one series, with the kinds of index that it takes.
ONE_SERIES: dict[str, tuple[Callable, tuple[str, ...]]] = {
    "monthly": (lambda values: monthly(values, "flow"), ("month",)),
    "annual": (lambda values: annual(values, "flow"), ("year",)),
    "provincial": (lambda values: provincial(values, "flow"), ("province",)),
    "year_on_year": (year_on_year, ("month", "year")),
    "compound_annual_growth": (compound_annual_growth, ("year",)),
    "log_trend_growth": (log_trend_growth, ("year",)),
    "annual_growth": (annual_growth, ("year",)),
    "year_total": (lambda values: year_total(values, 2024), ("month",)),
    "rank_known": (rank_known, ("province",)),
}
# A flow of two enters once as exports and once as imports, beside a good one.
for measure in BALANCES:
    for side in ("exports", "imports"):
        ONE_SERIES[f"{measure.__name__} of {side}"] = (
            lambda values, kind=None, measure=measure, side=side: measure(
                *((values, GOOD[kind]) if side == "exports" else (GOOD[kind], values))
            ),
            tuple(INDEXES),
        )
CASES = [(name, kind) for name, (_, kinds) in ONE_SERIES.items() for kind in kinds]


def call(name: str, kind: str, values: object) -> object:
    function, _ = ONE_SERIES[name]
    return function(values, kind=kind) if " of " in name else function(values)


@dataclass(frozen=True)
class Bad:
    """A bad series of three, and what the message must name."""

    change: Callable[[pd.Series], object]
    names: str


def with_last(value: object) -> Callable[[pd.Series], pd.Series]:
    return lambda values: pd.Series([*values[:-1], value], index=values.index)


BAD = {
    "negative": Bad(with_last(-4.0), r"at (2024-03|2024|65) is negative"),
    "infinite": Bad(with_last(np.inf), r"at (2024-03|2024|65) is infinite"),
    "minus infinity": Bad(with_last(-np.inf), r"at (2024-03|2024|65) is infinite"),
    "text": Bad(with_last("four"), "something that is not a number"),
    "complex": Bad(with_last(4 + 1j), "something that is not a number"),
    "a label that lacks": Bad(
        lambda values: values.set_axis([*values.index[:-1], None]),
        "without a month|not indexed by",
    ),
    "duplicated": Bad(
        lambda values: values.set_axis(values.index[[0, 1, 1]]),
        r"(2024-02|2023|64) more than once",
    ),
    "a list": Bad(list, "give a pandas Series"),
    "dates": Bad(
        lambda values: values.set_axis(pd.date_range("2024-01-01", periods=3)), "not indexed by"
    ),
    "fractions": Bad(lambda values: values.set_axis([2022.0, 2023.5, 2024.0]), "not indexed by"),
    "quarters": Bad(
        lambda values: values.set_axis(pd.period_range("2024Q1", periods=3, freq="Q")),
        "not indexed by",
    ),
    "names": Bad(lambda values: values.set_axis(["Aceh", "Bali", "Riau"]), "not indexed by"),
    "codes as numbers": Bad(
        lambda values: values.set_axis([18, 64, 65]), "not indexed by|has the year 18"
    ),
}


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize(("name", "kind"), CASES)
def test_a_bad_series_is_refused_by_name_place_and_remedy(name: str, kind: str, bad: str) -> None:
    if name == "rank_known" and bad == "negative":
        assert call(name, kind, BAD[bad].change(GOOD[kind])) is not None  # a balance may be so
        return
    with pytest.raises(NeracaError) as caught:
        call(name, kind, BAD[bad].change(GOOD[kind]))
    message = str(caught.value)
    assert re.search(BAD[bad].names, message)
    assert re.search(r"\b(flow|annual values|exports|imports|values to rank)\b", message)
    assert re.search(r"[;,] (correct|remove|reconcile|give|bring)\b|; give ", message)


@pytest.mark.parametrize("measure", BALANCES)
@pytest.mark.parametrize(("sold", "bought"), list(permutations(INDEXES, 2)))
def test_two_flows_of_different_kinds_are_refused(
    measure: Callable, sold: str, bought: str
) -> None:
    message = f"Exports are indexed by {sold} and imports by {bought}; bring both"
    with pytest.raises(NeracaError, match=message):
        measure(GOOD[sold], GOOD[bought])


def scalars(result: object) -> list[float]:
    """Give the numbers that a result hands to a reader one by one."""
    if isinstance(result, AnnualGrowth):
        found = [result.compound, result.log_trend, result.year_on_year]
        return [value for value in found if value is not None]
    if isinstance(result, int | float):
        return [result]
    observed = getattr(result, "observed", None)
    return [] if observed is None else [observed]


SPARSE = {
    "empty": lambda kind: of(kind),
    "empty without index": lambda kind: pd.Series(dtype=float),
    "empty list": lambda kind: pd.Series([]),
    "all missing": lambda kind: of(kind, None, None, None),
    "one observation": lambda kind: of(kind, 5.0),
    "one observation among missing": lambda kind: of(kind, None, 5.0, None),
    "zeros": lambda kind: of(kind, 0.0, 0.0, 0.0),
}


@pytest.mark.parametrize("sparse", SPARSE)
@pytest.mark.parametrize(("name", "kind"), CASES)
def test_too_little_gives_not_computed_or_missing_and_no_nan(
    name: str, kind: str, sparse: str
) -> None:
    result = call(name, kind, SPARSE[sparse](kind))
    assert not any(math.isnan(value) or math.isinf(value) for value in scalars(result))
    if "growth" in name:
        assert isinstance(result, NotComputed)
        assert result.has < result.needs
    if isinstance(result, pd.Series):
        assert not np.isinf(result).any()


@pytest.mark.parametrize("year", [2024.5, "2024", None])
def test_a_year_that_is_no_whole_number_is_refused(year: object) -> None:
    with pytest.raises(NeracaError, match="give a whole number such as 2024"):
        year_total(GOOD["month"], year)  # type: ignore[arg-type]


@pytest.mark.parametrize("level", [0, 1, -0.1, 80, math.nan, math.inf])
def test_a_level_that_is_no_share_is_refused(level: float) -> None:
    with pytest.raises(NeracaError, match="give a share between 0 and 1"):
        check_level(level)


def test_no_public_formula_is_left_out() -> None:
    tried = {function.__name__ for function in BALANCES}
    tried |= {name.partition(" of ")[0] for name in (*ONE_SERIES, *OF_PARTS)}
    tried |= {"check_level", "equivalent_number", "equivalent_number_bounds", "judge"}
    public = {
        name
        for module in (concentration, ranking, series, statements, trade)
        for name, item in vars(module).items()
        if inspect.isfunction(item) and item.__module__ == module.__name__ and name[0] != "_"
    }
    assert tried == public


# Lists of parts.

OF_PARTS = {
    "shares": shares,
    "herfindahl_hirschman": herfindahl_hirschman,
    "normalized_herfindahl": normalized_herfindahl,
    "concentration_bounds": lambda parts: concentration_bounds(parts, 10.0),
    "concentration_bounds of the largest": lambda parts: concentration_bounds(
        parts, 10.0, lists_largest=True
    ),
}
BAD_PARTS = {
    "negative": ([1.0, -1.0], "is negative; .* zero or more"),
    "missing": ([1.0, math.nan], "missing or infinite; leave it out"),
    "none": ([1.0, None], "missing or infinite; leave it out"),
    "infinite": ([1.0, math.inf], "missing or infinite; leave it out"),
    "empty": ([], "no part above zero; concentration needs at least one"),
    "all zero": ([0.0, 0.0], "no part above zero"),
    "all missing": ([math.nan, math.nan], "missing or infinite"),
    "text": (["coffee", 1.0], "no list of numbers; give one number a part"),
    "a number": (5.0, "no list of numbers"),
    "nested": ([[1.0], [1.0, 2.0]], "no list of numbers"),
}


@pytest.mark.parametrize("bad", BAD_PARTS)
@pytest.mark.parametrize("name", OF_PARTS)
def test_bad_parts_are_refused(name: str, bad: str) -> None:
    parts, message = BAD_PARTS[bad]
    with pytest.raises(NeracaError, match=message):
        OF_PARTS[name](parts)


def test_one_part_is_all_there_is() -> None:
    assert shares([5.0]).tolist() == [1.0]
    assert (herfindahl_hirschman([5.0]), normalized_herfindahl([5.0])) == (1.0, 1.0)
    # Of one listed part that is half of the total, the rest may be one part or countless ones.
    assert concentration_bounds([5.0], 10.0) == Interval(0.25, 0.375, 0.5, 1.0)


@pytest.mark.parametrize("total", [0, -1, math.nan, math.inf, 1.0])
def test_a_total_that_its_parts_do_not_fit_is_refused(total: float) -> None:
    with pytest.raises(NeracaError, match=r"total .*; (give the positive total|check for parts)"):
        concentration_bounds([5.0, 4.0], total)


@pytest.mark.parametrize("index", [0, -0.1, 1.1, math.nan, math.inf])
def test_an_index_outside_its_range_has_no_equivalent(index: float) -> None:
    with pytest.raises(NeracaError, match="above 0 and at most at 1"):
        equivalent_number(index)
    with pytest.raises(NeracaError, match="concentration index"):
        equivalent_number_bounds(Interval(index, index, index, 1.0))


# Claims.


@dataclass(frozen=True)
class Figure:
    value: float
    rounding: float = 0.5
    source_ids: tuple[str, ...] = ("other",)
    kind: str = "observation"


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_claim_or_an_observation_that_is_no_figure_is_refused(value: float) -> None:
    with pytest.raises(NeracaError, match=r"The figure of the claim, .* own, .*; correct it"):
        judge(value, 0.5, "own", [])
    with pytest.raises(NeracaError, match=r"an observation of other, .*; correct it"):
        judge(408, 0.5, "own", [Figure(value)])


@pytest.mark.parametrize("rounding", [-0.5, math.nan, math.inf])
def test_a_rounding_that_is_no_width_is_refused(rounding: float) -> None:
    with pytest.raises(NeracaError, match="with a rounding of"):
        judge(408, rounding, "own", [])
    with pytest.raises(NeracaError, match="with a rounding of"):
        judge(408, 0.5, "own", [Figure(408, rounding)])


# What a reader is shown.


def test_a_year_without_imports_has_no_cover_ratio(
    project_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[str] = []
    monkeypatch.setattr(
        display, "display", lambda data, *, raw, metadata: shown.append(data["text/markdown"])
    )
    catalog = Catalog(project_root / "data")
    parameters = {"province": "lampung", "year": 2024, "language": "en"}
    flows = trade_flows(catalog, catalog.province("lampung"), 2024)
    imports = flows.table["flow"] == "import"
    none = replace(flows, table=flows.table.assign(value=flows.table["value"].mask(imports, 0.0)))
    modelled = dict.fromkeys(("export", "import"), NotComputed("a method", 36, 11, Unit.MONTHS))
    for item, cards in ((flows, 1), (none, 0)):
        shown.clear()
        page = Page("test", ReportParameters.parse(parameters), catalog)
        sections.summary.show(page, item, "origin", modelled, pd.DataFrame(), (), None, None, None)
        assert ("Cover ratio 2024" in "\n".join(shown)) == bool(cards)
        assert "nan" not in "\n".join(shown)
