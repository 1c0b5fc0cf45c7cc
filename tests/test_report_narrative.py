"""Sentences: every branch in both languages, with every place filled and no number in code."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.catalog import Catalog
from analysis.catalog.basis import Link
from analysis.catalog.composition import Composition, Compositions
from analysis.catalog.industry import AUTHORITY_COUNTS, READINGS, Reading, SeriesBreak
from analysis.catalog.statements import Evidence, Statement, statements
from analysis.catalog.targets import GrowthTarget
from analysis.catalog.territory import InsideParent, TerritoryBreak
from analysis.catalog.trade import TradeFlows, trade_flows
from analysis.indicators.industry import AchievedGrowth
from analysis.indicators.series import Interval, NotComputed, Unit
from analysis.indicators.statements import Verdict, judge
from analysis.models.forecast import Backtest, BalanceForecast, FlowForecast, TradeForecast
from analysis.models.target import RandomWalk, TargetOutlook
from analysis.models.trend import AdjustedLevel
from analysis.parameters import ReportParameters
from analysis.report import Page, display, headline, ledger, narrative, sections, tables, words
from analysis.report.locale import Language

SOURCES = ("s68d1badc", "s93119d94")
NOT_COMPUTED = NotComputed("a method", 36, 11, Unit.MONTHS)
LEVEL = 0.8


@pytest.fixture(scope="module")
def catalog(project_root: Path) -> Catalog:
    return Catalog(project_root / "data")


@pytest.fixture(scope="module")
def flows(catalog) -> TradeFlows:
    return trade_flows(catalog, catalog.province("lampung"), 2025)


@pytest.fixture(params=["id", "en"])
def page(request, catalog) -> Page:
    parameters = {"province": "lampung", "year": 2025, "language": request.param}
    return Page("test", ReportParameters.parse(parameters), catalog)


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch, page) -> Iterator[list[tuple[dict, dict]]]:
    """What was displayed; at the end of a test every text of it is held against the rules."""
    outputs: list[tuple[dict, dict]] = []
    monkeypatch.setattr(
        display,
        "display",
        lambda data, *, raw, metadata: outputs.append((metadata["neraca"], data)),
    )
    monkeypatch.setattr(display, "to_svg", lambda figure: "<svg/>")
    yield outputs
    for _, data in outputs:
        sound(page, data.get("text/markdown", ""))


def sound(page: Page, text: str) -> str:
    """Refuse a text with an unfilled place, a machine's value, or the other language's form."""
    # Code, addresses, attributes and versions are no language's.
    plain = re.sub(r"```.*?```|`[^`]*`|\]\([^)]*\)|\d+\.\d+\.\d+", "code", text, flags=re.S)
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


def years(**columns: list) -> pd.DataFrame:
    count = len(next(iter(columns.values())))
    index = pd.Index(range(2026 - count, 2026), name="year")
    table = pd.DataFrame(columns, index=index, dtype=float)
    return table.assign(balance=table["export"] - table["import"])


@pytest.mark.parametrize(
    "text",
    ["a {place}", "it is nan", "it is None percent", "a  gap", "4.583,01 and 4,583.01", "in ()"],
)
def test_what_is_not_sound(page, text):
    with pytest.raises(AssertionError):
        sound(page, text)


# Words.


@pytest.mark.parametrize("chance", [0.0, 0.02, 0.3, 0.5, 0.64, 0.7, 0.96, 1.0])
def test_probability(page, chance):
    text = sound(page, words.probability(page.language, chance))
    assert not re.search(r"\b(0|100)\b", text), "never quite impossible, never certain"


def test_probabilities_in_words():
    say = Language("en")
    assert words.probability(say, 0.01) == "less than 5 percent (unlikely)"
    assert words.probability(say, 0.5) == "about 50 percent (about even)"
    assert words.probability(say, 0.99) == "more than 95 percent (likely)"


@pytest.mark.parametrize("unit", list(Unit))
def test_every_need_has_words(page, unit):
    text = sound(page, words.explain(page.language, NotComputed("m", 36, 11, unit)))
    assert "36" in text
    assert "11" in text


def test_every_name_has_words(page):
    language = page.language
    names = [words.basis(language, name) for name in ("origin", "port-of-loading", "")]
    names += [
        words.status(language, name)
        for name in ("published", "derived", "approximate", "estimated")
    ]
    stages = ("raw", "mixed", "processed", "unclassified", "unlisted")
    names += [words.stage(language, name) for name in stages]
    names += [words.balance_word(language, value) for value in (1.0, -1.0, 0.0)]
    names += [words.count_name(language, name) for name in {*READINGS, *AUTHORITY_COUNTS}]
    names += [ledger.verdict_name(page, verdict) for verdict in Verdict]
    names += [
        tables.method_name(page, name)
        for name in (
            "seasonal_naive", "last_twelve_mean", "recent_mean", "local_level",
            "shrunken_level", "airline", "combination",
        )
    ]  # fmt: skip
    assert all(sound(page, name) for name in names)
    assert len(set(names)) == len(names)


# Sentences on trade.


@pytest.mark.parametrize(
    ("table", "english"),
    [
        (years(export=[5588.3, 6637.71], **{"import": [2104.0, 2054.7]}), "a surplus of USD 4,583"),
        (years(export=[100.0], **{"import": [136.48]}), "a deficit of USD 36.48 million"),
        (years(export=[5.0], **{"import": [5.0]}), "a balance of zero of"),
        (years(export=[5.0, None], **{"import": [3.0, 1.0]}), "After it no year up to 2025"),
        (years(export=[None], **{"import": [3.0]}), "For no year up to 2025"),
    ],
)
def test_annual_balance(page, table, english):
    text = sound(page, narrative.annual_balance(page, table, "origin"))
    assert page.language.code == "id" or english in text


def test_annual_balance_is_not_compared_across_a_split(page, catalog):
    table = years(export=[50.0, 5.0], **{"import": [3.0, 3.0]})
    split = TerritoryBreak("2024-12", "2025-01", (catalog.province("papua-selatan"),))
    whole = narrative.annual_balance(page, table, "origin")
    parted = narrative.annual_balance(page, table, "origin", [split])
    assert "47" in whole
    assert "47" not in sound(page, parted)


@pytest.mark.parametrize(
    ("values", "english"),
    [
        ((), "In no month up to 2025 are both"),
        ((None,), "In no month up to 2025 are both"),
        ((61.53,), "In 2025 there was a surplus in the one month known."),
        ((-61.53,), "In 2025 there was no surplus in the one month known."),
        ((0.0,), "a balance of zero of USD 0 million. In 2025 there was no surplus"),
        ((-61.53, -1.0), "In 2025 there was no surplus in any of the 2 months known."),
        ((2.0, None, -1.0), "In 2025 there was a surplus in 1 of the 2 months known."),
    ],
)
def test_monthly_balance(page, values, english):
    text = sound(page, narrative.monthly_balance(page, months(*values)))
    assert page.language.code == "id" or english in text


def test_months_of_earlier_years_are_not_counted(page):
    balance = months(1.0, 1.0, -1.0, start="2024-11")
    text = sound(page, narrative.monthly_balance(page, balance))
    assert page.language.code == "id" or "no surplus in the one month known" in text


LINK = Link("a-link", "18", "export", "", "origin", "2022-01", "2025-12", 0.2, 32)


def test_linked(page):
    text = sound(page, narrative.linked(page, [LINK], "2015-01"))
    for part in (page.language.month("2022-01"), page.language.number(0.2, 1), "32"):
        assert part in text
    assert words.basis(page.language, "origin") in text


def test_a_link_is_not_told_where_its_basis_is_stated_from_the_first_month_on(page):
    assert narrative.linked(page, [LINK], "2022-01") == ""
    assert narrative.linked(page, [], "2015-01") == ""


def spread(flow: str, period: str, value: float, lowest: float, highest: float) -> dict:
    return {
        "flow": flow,
        "time_period": period,
        "value": value,
        "lowest": lowest,
        "highest": highest,
    }


def test_spreads(page):
    rows = pd.DataFrame(
        [
            spread("export", "2016-01", 273.54, 273.54, 292.3),
            spread("import", "2020", 1234.0, 1000.0, 1234.0),
        ]
    )
    text = sound(page, narrative.spreads(page, rows))
    for item in rows.itertuples():
        for value in (item.value, item.lowest, item.highest):
            assert page.language.figure(value) in text
        assert page.language.period(item.time_period) in text
    assert narrative.spreads(page, rows.head(0)) == ""


def test_other_bases(page):
    values = {"port-of-loading": ("2024-02", 366.80, 127.03), "": ("2020-01", 1.0, 2.0)}
    text = sound(page, narrative.other_bases(page, values))
    assert page.language.money(366.80) in text
    assert narrative.other_bases(page, {}) == ""


@pytest.mark.parametrize("growth", [interval(1, 2, 3), interval(-3, -2, -1), interval(-1, 0.0, 1)])
@pytest.mark.parametrize("flow", ["export", "import"])
def test_level(page, growth, flow):
    table = pd.DataFrame({"level": months(1100.5), "lower": months(9.1), "upper": months(1200.0)})
    sound(page, narrative.level(page, flow, table, growth))


def test_a_zero_bears_no_sign(page):
    assert narrative._signed(page, 0.0) == page.language.number(0.0, 1)
    assert narrative._signed(page, 2.0).startswith("+")
    assert narrative._signed(page, -2.0).startswith("−")


def test_what_rounds_to_zero_bears_no_sign(page):
    for value in (0.04, -0.04):
        assert narrative._signed(page, value) == page.language.number(0.0, 1)


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


@pytest.mark.parametrize("beats", [True, False])
@pytest.mark.parametrize("flow", ["export", "import"])
def test_forecast_method(page, beats, flow):
    forecast = flow_forecast(beats=beats)
    text = sound(page, narrative.forecast_method(page, flow, forecast, backtest(0.74)))
    # The ratio belongs to the method that is published, so it is told of no other.
    assert (page.language.number(0.81, 2) in text) is beats
    assert (tables.method_name(page, "local_level") in text) is beats
    for number in ("74", "80", "48"):
        assert number in text


def balance_forecast(chance: float, count: int = 2) -> BalanceForecast:
    fan = flow_forecast().months.head(count).assign(surplus_probability=chance)
    return BalanceForecast(fan, interval(-50.0, 10.0, 1500.0), chance, 0.1)


@pytest.mark.parametrize("chance", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("count", [1, 2])
def test_surplus_probability(page, chance, count):
    balance = balance_forecast(chance, count)
    text = sound(page, narrative.surplus_probability(page, balance, [backtest(), backtest(0.9)]))
    assert words.probability(page.language, chance) in text
    for value in (-50.0, 10.0, 1500.0):
        assert page.language.money(value) in text


@pytest.mark.parametrize(
    ("shortfall", "given"), [(0.0, True), (0.14, True), (0.16, False), (0.8, False)]
)
def test_no_probability_from_intervals_that_did_not_hold(page, shortfall, given):
    coverage = LEVEL - shortfall
    text = sound(
        page,
        narrative.surplus_probability(
            page, balance_forecast(0.7), [backtest(0.95), backtest(coverage)]
        ),
    )
    # The worse of the two flows counts; the balance itself is told either way.
    assert (words.probability(page.language, 0.7) in text) is given
    assert (f" {100 * coverage:.0f} " in text) is not given
    assert page.language.money(10.0) in text


# Sentences on products.


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


@pytest.mark.parametrize("count", [1, 2, 3])
def test_composition(page, count):
    sound(page, narrative.composition(page, composition(count)))


@pytest.mark.parametrize(
    "found", [Compositions(None, 0, None), Compositions(None, 1, 12.3), Compositions(None, 5, 69.9)]
)
def test_no_composition(page, found):
    sound(page, narrative.no_composition(page, found, 70.0))


@pytest.mark.parametrize(
    ("lower", "upper"), [(0.0, 1.0), (0.0, 0.0), (0.25, 0.25), (0.1, 0.6), (1.0, 1.0)]
)
def test_raw_share(page, lower, upper):
    share = Interval(lower, (lower + upper) / 2, upper, 1.0)
    sound(page, narrative.raw_share(page, share, composition()))


@pytest.mark.parametrize(
    ("lower", "upper", "digits"), [(0.25, 0.25, 1), (0.101, 0.112, 1), (0.101, 0.131, 0)]
)
def test_bounds_that_differ_look_different(page, lower, upper, digits):
    text = narrative.raw_share(page, Interval(lower, lower, upper, 1.0), composition())
    for bound in (lower, upper):
        assert f" {page.language.number(100 * bound, digits)} " in text


def test_a_share_that_may_be_anything_is_said_to(page):
    wide = sound(page, narrative.raw_share(page, Interval(0.02, 0.5, 0.95, 1.0), composition()))
    told = narrative.raw_share(page, Interval(0.02, 0.5, 0.91, 1.0), composition())
    assert wide.split(",")[0].split("2 ")[0] != told.split(",")[0].split("2 ")[0]
    assert page.language.code == "id" or "cannot be told from the published lists" in wide
    assert page.language.code == "id" or "cannot be told" not in told


@pytest.mark.parametrize(
    ("lower", "upper", "one"),
    [(0.25, 0.25, True), (0.25, 0.254, True), (0.2, 0.4, False), (1.0, 1.0, True)],
)
def test_concentration(page, lower, upper, one):
    text = sound(page, narrative.concentration(page, Interval(lower, lower, upper, 1.0)))
    assert page.language.number(1 / lower, 1) in text
    assert (page.language.number(upper, 2) in text) or one
    assert page.language.code == "id" or ("lies between" in text) is not one


# Sentences on targets and counts.

TARGETS = {
    "as asked for": GrowthTarget(7.5, 7.5, 2025, "parameter", False, (), ()),
    "the province's": GrowthTarget(14, 14, 2025, "province", False, ("a",), SOURCES),
    "carried on": GrowthTarget(14, 14, 2022, "province", True, ("a",), SOURCES),
    "national range": GrowthTarget(5, 6, 2020, "country", True, ("a", "b"), SOURCES),
    "national": GrowthTarget(4.25, 4.25, 2024, "country", False, ("a",), SOURCES),
}


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
def test_target(page, target):
    text = sound(page, narrative.target(page, target))
    if target.authority != "parameter":
        assert str(target.year) in text
    assert (str(page.year) in text) is (target.carried_on or target.year == page.year) or (
        target.authority == "parameter"
    )


@pytest.mark.parametrize(
    ("gap", "english", "indonesian"),
    [
        (-15000.4, "15,000 (10.6 percent) below it.", "15.000 (10,6 persen) di bawah jalur."),
        (-0.4, "exactly that.", "tepat sama."),
        (0.0, "exactly that.", "tepat sama."),
        (0.4, "exactly that.", "tepat sama."),
        (300.0, "300 (0.2 percent) above it.", "300 (0,2 persen) di atas jalur."),
    ],
)
def test_gap(page, gap, english, indonesian):
    row = {"path": 141000.3, "observed": 141000.3 + gap, "gap": gap, "gap_percent": gap / 1410.003}
    text = sound(page, narrative.gap(page, pd.DataFrame([row], index=[2025])))
    assert text.endswith(english if page.language.code == "en" else indonesian)


@pytest.mark.parametrize(
    ("target", "english"),
    [
        ("the province's", "Which growth the target means is not said."),
        ("national", "The national target is stated for the sector as a whole."),
        ("as asked for", "The growth asked for can be held against any of these figures"),
    ],
)
def test_readings_by_authority(page, target, english):
    text = sound(page, narrative.readings(page, TARGETS[target]))
    assert page.language.code == "id" or text.startswith(english)
    others = [narrative.readings(page, other) for other in TARGETS.values()]
    assert len(set(others)) == 3


def outlook(chance: float) -> TargetOutlook:
    walk = RandomWalk(2025, 121385.0, 0.02, 0.1, 3, 5)
    return TargetOutlook(2026, 138379.0, interval(1, 2, 3), interval(-3.2, 0.0, 4.1), chance, walk)


@pytest.mark.parametrize("chance", [0.01, 0.5, 0.99])
def test_outlook(page, chance):
    sound(page, narrative.outlook(page, outlook(chance)))


def test_breaks(page, catalog):
    papua = [catalog.province(slug) for slug in ("papua-selatan", "papua-tengah")]
    survey = SeriesBreak("imk_", 2023, 2025, {"id": "Kerangka berubah.", "en": "Frame changed."})
    split = SeriesBreak("imk_", 2022, 2023, {}, tuple(papua))
    assert "rame" in sound(page, narrative.series_break(page, survey)) or page.language.code == "id"
    assert papua[0].name(page.language.code) in sound(page, narrative.series_break(page, split))


def in_year(page: Page, year: int) -> Page:
    asked = page.parameters.model_dump() | {"year": year}
    return Page("test", ReportParameters.parse(asked), page.catalog)


@pytest.mark.parametrize(
    ("year", "including", "without"),
    [(2021, False, False), (2023, True, False), (2024, True, True)],
)
def test_territory_of_a_split(page, catalog, year, including, without):
    children = tuple(catalog.province(slug) for slug in ("papua-selatan", "papua-tengah"))
    assert {child.founded for child in children} == {2022}
    at = in_year(page, year)
    text = sound(page, narrative.territory(at, [TerritoryBreak("2023-12", "2024-01", children)]))
    assert (page.language.month("2023-12") in text) is including
    assert all((child.name(page.language.code) in text) is including for child in children)
    assert (page.language.month("2024-01") in text) is without
    assert bool(text) is including


def test_territory_names_every_split_that_has_happened(page, catalog):
    north, south = catalog.province("kalimantan-utara"), catalog.province("papua-selatan")
    splits = [TerritoryBreak("2012", "2013", (north,)), TerritoryBreak("2023", "2024", (south,))]
    code = page.language.code
    early, late = (narrative.territory(in_year(page, year), splits) for year in (2015, 2025))
    assert north.name(code) in sound(page, early)
    assert south.name(code) not in early
    assert north.name(code) in sound(page, late)
    assert south.name(code) in late
    assert narrative.territory(page, []) == ""


def test_inside(page, catalog):
    found = InsideParent(catalog.province("papua"), "2023-12")
    assert "Papua" in sound(page, narrative.inside(page, found).strip())
    assert narrative.inside(page, None) == ""


@pytest.mark.parametrize(
    "row",
    [
        {"export_rank": "", "export_of": "30", "balance_rank": "", "balance_of": "20"},
        {"export_rank": "5", "export_of": "30", "balance_rank": "", "balance_of": "20"},
        {"export_rank": "5", "export_of": "30", "balance_rank": "3", "balance_of": "20"},
    ],
)
def test_rank(page, row):
    text = sound(page, narrative.rank(page, row, 2025))
    assert ("30" in text) is bool(row["export_rank"])


def test_titles(page):
    for text in (narrative.title(page), narrative.description(page)):
        assert "Lampung" in sound(page, text)
        assert "2025" in text
    assert "data/observations/trade.csv" in narrative.add_a_figure(page, "trade")


# The ledger.


def claim(value: float | None, *evidence: Evidence, **changes) -> Statement:
    return Statement(
        **{
            "source_id": "s93119d94",
            "date": "2020-03",
            "speakers": {"id": "Pejabat", "en": "An official"},
            "claims": {"id": "Naik", "en": "It rises"},
            "indicator": "export_value",
            "time_period": "2020-01",
            "value": value,
            "rounding": 0.005,
            "unit": "million USD",
            "comparison": "equals",
            "evidence": evidence,
            **changes,
        }
    )


def evidence(
    value: float, source: str = "s68d1badc", kind: str = "observation", indicator: str = ""
) -> Evidence:
    parts = (206.31, 144.78) if kind == "difference" else ()
    ids = ("s68d1badc", "sa9b1cbde") if kind == "difference" else (source,)
    return Evidence(value, 0.005, ids, kind, "published", parts, indicator)


CONSTANT = "grdp_manufacturing_share_constant_2010"
CLAIMS = {
    "confirmed": claim(61.53, evidence(61.53)),
    "confirmed twice": claim(61.53, evidence(61.53), evidence(61.53, kind="difference")),
    "as a difference": claim(61.53, evidence(61.53, kind="difference")),
    "contradicted": claim(61.53, evidence(50.0), evidence(51.0, "sa9b1cbde")),
    "by a whole": claim(80.0, evidence(18.1, kind="whole"), unit="percent"),
    "by a whole of constant prices": claim(
        80.0, evidence(18.1, kind="whole", indicator=CONSTANT), unit="percent"
    ),
    "disputed": claim(408.0, evidence(408.0, "s93119d94"), evidence(1416.0), unit="units"),
    "disputed by others": claim(
        408.0, evidence(408.0, "sa9b1cbde"), evidence(1416.0), unit="units"
    ),
    "repeated": claim(61.53, evidence(61.53, "s93119d94")),
    "unknown": claim(61.53),
    "counts elsewhere": claim(
        84533.0,
        indicator="imk_establishments",
        unit="units",
        other_years=((2021, 84024.0, "s68d1badc"), (2023, 81255.0, "sa9b1cbde")),
    ),
    "no counts": claim(84533.0, indicator="imk_establishments", unit="units"),
    **{
        name: claim(None, indicator=name, unit="percent")
        for name in (
            "ikm_growth", "pad_growth", "raw_export_share", "unit_value_processed_over_raw",
            "raw_rattan_shipped_out",
        )
    },
}  # fmt: skip


@pytest.mark.parametrize("name", CLAIMS)
def test_every_verdict_is_worded(page, shown, name):
    ledger.show_ledger(page, (CLAIMS[name],))
    ((meta, data),) = shown
    assert meta["kind"] == "text"
    text = data["text/markdown"]
    assert text.startswith("::: {.statement}\n")
    verdict = judge(
        CLAIMS[name].value, 0.005, "s93119d94", CLAIMS[name].evidence
    ).verdict.value  # fmt: skip
    assert f"{{.verdict .{verdict.replace(' ', '-')}}}" in text
    assert [item["value"] for item in page.indicators.values()] == [verdict]
    assert "s93119d94" in page.source_ids


def test_reasons_differ(page):
    reasons = {
        name: ledger.reason(
            page, item, judge(item.value, item.rounding, item.source_id, item.evidence)
        )
        for name, item in CLAIMS.items()
    }
    assert all(reasons.values())
    assert len(set(reasons.values())) >= len(reasons) - 1


def test_prices_are_named_where_every_figure_is_of_them(page):
    def told(*wholes: Evidence) -> str:
        item = claim(80.0, *wholes, unit="percent")
        return ledger.reason(page, item, judge(80.0, 0.005, item.source_id, item.evidence))

    constant, current = evidence(18.1, kind="whole", indicator=CONSTANT), evidence(19, kind="whole")
    assert "2010" in told(constant)
    assert "2010" not in told(current)
    assert "2010" not in told(constant, current)


def test_a_dispute_does_not_call_the_speaker_his_own_support(page):
    alone, joined = (
        ledger.reason(page, item, judge(item.value, item.rounding, item.source_id, item.evidence))
        for item in (CLAIMS["disputed"], CLAIMS["disputed by others"])
    )
    own = page.cite(["s93119d94"])
    assert own not in alone
    assert own not in joined
    assert page.language.number(408) not in alone
    assert page.language.number(408) in joined


def test_difference_names_both_parts(page):
    item = CLAIMS["as a difference"]
    text = ledger.reason(page, item, judge(61.53, 0.005, item.source_id, item.evidence))
    for value in (206.31, 144.78, 61.53):
        assert page.language.money(value) in text


def test_ledger_of_lampung(page, shown, catalog):
    found = statements(catalog, catalog.province("lampung"), 2025)
    ledger.show_ledger(page, found)
    assert len(shown) == len(found) == len(page.indicators)
    text = texts(shown)
    for value in ("206,31", "144,78", "61,53") if page.language.code == "id" else ("206.31",):
        assert value in text


def test_ledger_without_statements(page, shown):
    ledger.show_ledger(page, ())
    assert "statements.csv" in texts(shown)
    assert page.indicators == {}


# Sections: a result where there is one, and what lacks where not.

NOTHING = pd.DataFrame(
    columns=["period_type", "time_period", "flow", "basis", "value", "obs_status", "rounding",
             "doubtful", "source_id", "source_ids", "rule", "filled_by"]
)  # fmt: skip
NO_COUNTS = pd.DataFrame(columns=["total", "micro", "small", "obs_status", "source_ids"])


@pytest.fixture
def empty(flows) -> TradeFlows:
    return replace(flows, table=NOTHING, breaks=(), inside=None, links=())


def kinds(shown) -> list[str]:
    return [meta["kind"] for meta, _ in shown]


def test_sections_without_any_figure_say_so(page, shown, empty):
    sections.opening(page, page.say("At a glance"), "summary")
    sections.monthly(page, empty, "origin")
    sections.annual(page, pd.DataFrame(), empty, "origin")
    sections.levels(page, {"export": NOT_COMPUTED, "import": NOT_COMPUTED}, empty, "origin")
    sections.forecast(
        page, trade_forecast(NOT_COMPUTED, NOT_COMPUTED, None), empty, "origin"
    )  # fmt: skip
    sections.composition(page, Compositions(None, 0, None))
    sections.processing(page, Compositions(None, 0, None), None, None)
    sections.sectors(page, pd.DataFrame(), empty)
    sections.establishments(page, NO_COUNTS, ())
    none = pd.DataFrame()
    sections.target(page, None, NO_COUNTS, NO_COUNTS["total"], none, none, NOT_COMPUTED)
    sections.readings(page, TARGETS["national"], [])
    sections.counts_by_authority(page, pd.DataFrame())
    assert set(kinds(shown)) == {"heading", "text"}
    assert page.indicators == {}
    names = [meta["name"] for meta, _ in shown if meta["kind"] == "heading"]
    assert len(names) == 12
    assert len(set(names)) == 12
    texts_of = [data["text/markdown"] for meta, data in shown if meta["kind"] == "text"]
    # Each says how the missing figure is added.
    assert all("data/observations/" in text for text in texts_of)


def test_headline_without_any_figure(page, shown, empty):
    headline.show(page, empty, "origin", NO_COUNTS, None, None)
    headline.show_coverage(page, empty, "origin", Compositions(None, 0, None), NO_COUNTS)
    cards = texts(shown).count("::: {.card}")
    assert cards == 5
    assert kinds(shown)[-1] == "table"


NATIONAL = {"export_rank": "5", "export_of": "30", "balance_rank": "3", "balance_of": "20"}
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


@pytest.mark.parametrize("national", [None, NATIONAL, NATIONAL | {"export_rank": ""}])
@pytest.mark.parametrize("target", [None, *TARGETS.values()], ids=["none", *TARGETS])
def test_headline_of_lampung(page, shown, flows, national, target):
    headline.show(page, flows, "origin", COUNTS, target, national)
    text = texts(shown)
    assert text.count("::: {.card}") == 7
    assert page.language.number(121385) in text


@pytest.mark.parametrize(
    "found",
    [
        Compositions(None, 0, None),
        Compositions(None, 1, 12.0),
        Compositions(composition(), 42, 96.4),
    ],
)
def test_coverage(page, shown, flows, found):
    headline.show_coverage(page, flows, "origin", found, COUNTS)
    assert kinds(shown) == ["heading", "table"]


def annual_of(flows: TradeFlows) -> pd.DataFrame:
    exports, imports = flows.annual("export", "origin"), flows.annual("import", "origin")
    table = pd.DataFrame(
        {
            "export": exports["value"],
            "import": imports["value"],
            "export_months": exports["months"],
            "import_months": imports["months"],
        }
    ).astype(float)
    table["export_status"], table["import_status"] = exports["obs_status"], imports["obs_status"]
    table["balance"] = table["export"] - table["import"]
    table["cover_ratio"] = 100 * table["export"] / table["import"]
    return table.fillna({"export_months": 0, "import_months": 0})


def test_trade_sections_of_lampung(page, shown, flows):
    sections.monthly(page, flows, "origin")
    sections.annual(page, annual_of(flows), flows, "origin")
    assert kinds(shown).count("figure") == 2
    assert kinds(shown).count("table") == 2
    assert page.indicators["monthly_export"]["time_period"] == "2025-12"
    assert page.indicators["monthly_export"]["basis"] == "origin"
    assert page.indicators["monthly_import"]["basis"] is None
    names = [meta["name"] for meta, _ in shown if meta["name"]]
    assert len(set(names)) == len(names)


def test_yearly_indicators_keep_their_status_and_sources(page, shown, flows):
    sections.annual(page, annual_of(flows), flows, "origin")
    published, added = (page.indicators[f"annual_export_{year}"] for year in (2024, 2025))
    assert (published["value"], published["obs_status"]) == (5588.3, "published")
    assert published["sources"] == sorted(flows.annual("export", "origin").loc[2024, "source_ids"])
    assert (added["value"], added["obs_status"]) == (pytest.approx(6637.71), "derived")
    assert len(added["sources"]) > 1
    assert page.indicators["annual_import_2024"]["basis"] is None
    # What follows from two published totals is printed nowhere.
    balance = page.indicators["annual_balance_2024"]
    assert balance["obs_status"] == "derived"
    assert set(balance["sources"]) >= set(published["sources"])
    # A year that is not complete has no total to record.
    assert "annual_export_2021" not in page.indicators
    assert "annual_balance_2021" not in page.indicators


def test_approximate_years_are_marked_and_recorded_so(page, shown, flows):
    table = flows.table.copy()
    year = (table["time_period"].str[:4] == "2024") & (table["flow"] == "import")
    table.loc[year, "obs_status"] = "approximate"
    rough = replace(flows, table=table)
    annual = annual_of(rough)
    sections.annual(page, annual, rough, "origin")
    ((_, data),) = [item for item in shown if item[0]["name"] == "tbl-annual-flows"]
    (row,) = [line for line in data["text/markdown"].split("\n") if line.startswith("| 2024")]
    number = page.language.number
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert cells[1:4] == [
        number(5588.3, 1),
        f"≈ {number(annual.loc[2024, 'import'])}",
        f"≈ {number(annual.loc[2024, 'balance'])}",
    ]
    assert data["text/markdown"].count("≈ ") == 2
    statuses = {
        name: page.indicators[f"annual_{name}_2024"]["obs_status"]
        for name in ("export", "import", "balance", "cover_ratio")
    }
    assert statuses.pop("export") == "published"
    assert set(statuses.values()) == {"approximate"}


def rows_of(data: dict) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data["text/csv"])))


def test_files_of_tables_hold_plain_numbers_in_both_languages(page, shown, flows):
    sections.annual(page, annual_of(flows), flows, "origin")
    tables.discrepancies(page, flows, "origin")
    tables.establishments(page, COUNTS)
    tables.forecast_scores(page, {"export": backtest(), "import": backtest()})
    files = {meta["name"]: rows_of(data) for meta, data in shown if meta["kind"] == "table"}
    numbers = {
        "tbl-annual-flows": ("export", "import", "balance", "cover_ratio", "export_months"),
        "tbl-discrepancies": ("export", "import", "balance", "difference"),
        "tbl-establishments": ("total", "micro", "small"),
        "tbl-forecast-scores": ("export", "import"),
    }
    assert set(files) == set(numbers)
    for name, columns in numbers.items():
        for row in files[name]:
            assert all(float(row[column]) is not None for column in columns if row[column])
        # A file is the same in both languages, so a program reads either.
        assert all(re.fullmatch(r"[a-z_]+", column) for column in files[name][0])
    (year,) = [row for row in files["tbl-annual-flows"] if row["year"] == "2024"]
    assert (float(year["export"]), year["export_status"]) == (5588.3, "published")
    assert files["tbl-forecast-scores"][-1] == {
        "method": "chosen",
        "export": "0.81",
        "import": "0.81",
    }


def test_change_of_territory_is_a_warning(page, shown, catalog):
    papua = trade_flows(catalog, catalog.province("papua"), 2025)
    sections.monthly(page, papua, papua.main_basis(2025))
    assert "callout-warning" in texts(shown)


def test_what_is_said_of_the_months_of_lampung(page, shown, flows):
    sections.monthly(page, flows, "origin")
    text = texts(shown)
    # Sources differ on January 2016, but the picture and the notes begin later.
    assert page.language.figure(292.3) not in text
    assert narrative.linked(page, flows.links, "2012-02") in text
    early = in_year(page, 2020)
    shown.clear()
    sections.monthly(early, trade_flows(page.catalog, page.province, 2020), "origin")
    assert page.language.figure(292.3) in texts(shown)


def test_a_doubtful_figure_is_not_called_the_value_in_use(page, shown, catalog):
    gorontalo = trade_flows(catalog, catalog.province("gorontalo"), 2023)
    spread = gorontalo.spreads(sections.TELLING_SPREAD_PERCENT)
    assert spread["doubtful"].any()
    sections.monthly(in_year(page, 2023), gorontalo, "origin")
    for row in spread[spread["doubtful"]].itertuples():
        assert f"{page.language.figure(row.value)} (" not in texts(shown)


def test_month_of_one_flow_only(page, shown, flows):
    exports = flows.table[flows.table["flow"] == "export"]
    sections.monthly(page, replace(flows, table=exports), "origin")
    assert "figure" not in kinds(shown)


def test_levels_and_forecast(page, shown, flows):
    frame = pd.DataFrame(
        {
            name: months(*values)
            for name, values in {
                "level": (100.0, 1001.5),
                "lower": (90.0, 900.0),
                "upper": (110.0, 1100.0),
                "adjusted": (101.0, None),
            }.items()
        }
    )
    level = AdjustedLevel(frame, interval(-1, 0.5, 2), interval(0, 1, 2), 0.0)
    sections.levels(page, {"export": level, "import": NOT_COMPUTED}, flows, "origin")
    found = trade_forecast(flow_forecast(), flow_forecast(beats=False), 0.7)
    sections.forecast(page, found, flows, "origin")
    assert kinds(shown).count("figure") == 2
    assert page.indicators["surplus_probability"]["value"] == 70
    assert page.indicators["adjusted_export_level"]["value"] == 1001.5
    assert page.indicators["forecast_balance_lower"]["obs_status"] == "estimated"


@pytest.mark.parametrize("flow", ["export", "import"])
def test_forecast_of_one_flow_only(page, shown, flows, flow):
    both = {"export": NOT_COMPUTED, "import": NOT_COMPUTED} | {flow: flow_forecast()}
    found = trade_forecast(both["export"], both["import"], None)
    sections.forecast(page, found, flows, "origin")
    ((_, drawn),) = [item for item in shown if item[0]["kind"] == "figure"]
    assert {row["flow"] for row in rows_of(drawn)} == {flow}
    assert texts(shown).count("callout-note") == 1
    assert page.indicators == {}


@pytest.mark.parametrize("untested", [("export",), ("import",), ("export", "import")])
def test_a_forecast_that_was_never_tested_is_not_shown(page, shown, flows, untested):
    found = trade_forecast(
        *(flow_forecast(tested=flow not in untested) for flow in ("export", "import")), 0.7
    )
    sections.forecast(page, found, flows, "origin")
    assert texts(shown).count("callout-note") == len(untested)
    assert words.explain(page.language, NotComputed("backtest", 3, 1, Unit.ORIGINS)) in texts(shown)
    # Without both flows there is no balance, and so no probability and no record of one.
    assert page.indicators == {}
    assert words.probability(page.language, 0.7) not in texts(shown)
    drawn = [rows_of(data) for meta, data in shown if meta["kind"] == "figure"]
    shown_flows = {row["flow"] for rows in drawn for row in rows}
    assert shown_flows == {"export", "import"} - set(untested)


def test_a_probability_that_is_withheld_is_not_recorded_either(page, shown, flows):
    found = trade_forecast(flow_forecast(coverage=0.4), flow_forecast(), 0.7)
    sections.forecast(page, found, flows, "origin")
    assert words.probability(page.language, 0.7) not in texts(shown)
    assert "surplus_probability" not in page.indicators
    assert page.indicators["forecast_balance_estimate"]["value"] == 10
    ((_, drawn),) = [item for item in shown if item[0]["kind"] == "figure"]
    assert "surplus_probability" not in rows_of(drawn)[0]


def test_products(page, shown, flows):
    found = Compositions(composition(), 42, 96.4)
    sections.composition(page, found)
    sections.processing(page, found, Interval(0.2, 0.4, 0.6, 1.0), Interval(0.2, 0.3, 0.4, 1.0))
    split = pd.DataFrame(
        {
            "time_period": ["2025-01/2025-08"] * 4,
            "basis": ["origin"] * 4,
            "sector": ["agriculture", "mining", "manufacturing", "oil_and_gas"],
            "value": [1070.0, 0.5, 2740.0, 315.95],
            "obs_status": ["published"] * 4,
            "source_id": ["s68d1badc"] * 4,
        }
    )
    sections.sectors(page, split, flows)
    ((_, data),) = [item for item in shown if item[0]["kind"] == "table"]
    assert page.language.figure(315.95) in data["text/markdown"]
    assert [float(row["value"]) for row in rows_of(data)] == [1070, 0.5, 2740, 315.95]
    assert [row["sector"] for row in rows_of(data)][-1] == "oil_and_gas"
    assert page.indicators["raw_share_lower"]["value"] == 0.2
    assert page.indicators["product_concentration_upper"]["basis"] == "origin"


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
@pytest.mark.parametrize("computed", [True, False])
def test_industry(page, shown, catalog, target, computed):
    survey = SeriesBreak("imk_", 2023, 2025, {"id": "Kerangka berubah.", "en": "Frame changed."})
    split = SeriesBreak("imk_", 2022, 2023, {}, (catalog.province("papua-selatan"),))
    sections.establishments(page, COUNTS, (split, survey))
    path = pd.DataFrame(
        {"lower": [84024.0, 90000.0], "upper": [84024.0, 95787.4]}, index=[2021, 2022]
    )
    gaps = pd.DataFrame(
        [{"path": 95787.4, "observed": 84024.0, "gap": -11763.4, "gap_percent": -12.3}],
        index=[2022],
    )
    comparable = COUNTS["total"].head(1)
    if computed:
        sections.target(page, target, COUNTS, comparable, path, gaps, outlook(0.3))
    else:
        sections.target(
            page, target, COUNTS, comparable, path, gaps.head(0),
            NotComputed("outlook", 3, 0, Unit.GROWTH_INCREMENTS),
        )  # fmt: skip
    rows = [
        (
            Reading("imk_workers", pd.Series({2021: 1.0, 2023: 2.0}), SOURCES, ()),
            AchievedGrowth(2021, 2023, -1.25),
        )
    ]
    sections.readings(page, target, rows)
    counts = pd.DataFrame(
        {
            "indicator": ["ibs_establishments", "imk_establishments"],
            "time_period": ["2022", "2025"],
            "value": [408.0, 121385.0],
            "obs_status": ["published", "published"],
            "source_id": list(SOURCES),
            "runner_up": [1416.0, np.nan],
            "rule": ["kind", "only one"],
            "source_ids": [SOURCES, SOURCES],
        }
    )
    sections.counts_by_authority(page, counts)
    assert ("imk_establishments_gap_to_target" in page.indicators) is computed
    assert page.language.number(1416) in texts(shown)
    files = {meta["name"]: rows_of(data) for meta, data in shown if meta["kind"] == "table"}
    assert float(files["tbl-counts-by-authority"][1]["value"]) == 121385
    (reading,) = files["tbl-readings"]
    assert float(reading["growth_percent_a_year"]) == -1.25
    assert narrative.readings(page, target) in texts(shown)


def test_a_break_outside_the_counts_is_not_shown(page, shown):
    survey = SeriesBreak("imk_", 2023, 2025, {"id": "Kerangka berubah.", "en": "Frame changed."})
    sections.establishments(page, COUNTS.head(1), (survey,))
    assert "callout-warning" not in texts(shown)
    sections.establishments(in_year(page, 2025), COUNTS, (survey,))
    assert "callout-warning" in texts(shown)


def test_no_readings_without_a_target(page, shown):
    sections.readings(page, None, [])
    assert shown == []


def test_path_without_a_count_to_start_from(page, shown):
    sections.target(
        page, TARGETS["carried on"], NO_COUNTS, NO_COUNTS["total"], pd.DataFrame(), pd.DataFrame(),
        NOT_COMPUTED,
    )  # fmt: skip
    assert "figure" not in kinds(shown)


@pytest.mark.parametrize("target", [None, 7.5])
def test_command_that_makes_the_page_again(page, shown, target):
    asked = page.parameters.model_dump() | {"ikm_growth_target": target}
    page.parameters = ReportParameters.parse(asked)
    sections.reproduce(page)
    text = texts(shown)
    assert f"neraca report lampung 2025 \\\n    --language {page.language.code}" in text
    assert ("--ikm-growth-target 7.5" in text) is (target is not None)
    assert "requirements.lock" in text


def test_a_target_of_units_is_not_called_one_of_the_sector(page):
    units = GrowthTarget(1, 1, 2018, "country", False, ("ikm_units_growth_target",), SOURCES)
    sector = GrowthTarget(
        4.25, 4.25, 2024, "country", False, ("ditjen_ikma_sector_growth_target",), SOURCES
    )
    word = {"id": "unit", "en": "number"}[page.language.code]
    assert word in narrative.target(page, units)
    assert word not in narrative.target(page, sector)
    assert narrative.readings(page, units) != narrative.readings(page, sector)
