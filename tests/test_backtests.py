"""Back-tests: what a source prints is computed again from its own parts, exceptions by name."""

import csv
import io
from itertools import product
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import pytest

from analysis.catalog import Catalog
from analysis.catalog.trade import TOTAL_BASES, TradeFlows, all_trade_flows
from analysis.indicators.trade import trade_balance
from analysis.parameters import ReportParameters
from analysis.report import Page, display, tables

VALUE = "value_usd_million"
TOLERANCE = 0.1
LAST_YEAR = 2025


@pytest.fixture(scope="module")
def catalog(project_root: Path) -> Catalog:
    return Catalog(project_root / "data")


@pytest.fixture(scope="module")
def flows(catalog: Catalog) -> dict[str, TradeFlows]:
    provinces = [province for province in catalog.provinces.all if not province.is_country]
    return all_trade_flows(catalog, provinces, LAST_YEAR)


# The balance that a release prints, against its own exports and imports.


class Triple(NamedTuple):
    """Exports, imports and balance of one release, province and period."""

    source_id: str
    province_code: str
    time_period: str
    basis: str
    difference: float
    rounding: float
    approximate: bool

    @property
    def name(self) -> tuple[str, str, str, str]:
        return self.source_id, self.province_code, self.time_period, self.basis


@pytest.fixture(scope="module")
def triples(catalog: Catalog) -> list[Triple]:
    rows = catalog.read("trade", dimension="total", basis=TOTAL_BASES)
    rows = rows[rows[VALUE].notna()]
    keys = ["source_id", "province_code", "time_period"]
    balances = rows.loc[rows["flow"] == "balance", keys].drop_duplicates()
    found = []
    for (source, code, period), release in rows.merge(balances).groupby(keys):
        parts = [release[release["flow"] == flow] for flow in ("export", "import", "balance")]
        for three in product(*(part.itertuples() for part in parts)):
            values = [getattr(row, VALUE) for row in three]
            found.append(
                Triple(
                    source,
                    code,
                    period,
                    three[0].basis,
                    values[0] - values[1] - values[2],
                    sum(row.rounding for row in three),
                    any(row.obs_status == "approximate" for row in three),
                )
            )
    return found


# "1.81 billion" and the like: the rounding of the words is larger than the tolerance.
ROUNDED_IN_THE_SOURCE = {
    ("s090ea895", "64", "2022-01", ""),
    ("s0fec35b2", "35", "2019-05", ""),
    ("sc80f78f2", "14", "2023-09", ""),
    ("sc814e693", "35", "2018", ""),
    ("sc814e693", "35", "2018-12", ""),
    ("sfefaed01", "35", "2023-09", ""),
}

# The release prints exports by origin, but balances those by port of loading.
BALANCE_OF_ANOTHER_BASIS = {
    ("s32b7cae7", "65", "2024-02", "origin"),
    ("s32b7cae7", "65", "2024-03", "origin"),
    ("s50e7aace", "65", "2023-01", "origin"),
    ("s50e7aace", "65", "2023-02", "origin"),
    ("sc5e57aca", "65", "2024-02", "origin"),
}


def test_every_printed_balance_is_that_of_its_own_release(triples: list[Triple]) -> None:
    wrong = {triple.name for triple in triples if abs(triple.difference) > TOLERANCE + 1e-9}
    assert wrong == ROUNDED_IN_THE_SOURCE | BALANCE_OF_ANOTHER_BASIS
    assert len(triples) >= 60


def test_rounded_balances_lie_within_the_rounding_of_their_words(triples: list[Triple]) -> None:
    rounded = [triple for triple in triples if triple.name in ROUNDED_IN_THE_SOURCE]
    assert all(triple.approximate for triple in rounded)
    assert all(abs(triple.difference) <= triple.rounding + 1e-9 for triple in rounded)


def test_balances_of_another_basis_are_those_by_port_of_loading(
    catalog: Catalog, triples: list[Triple]
) -> None:
    rows = catalog.read("trade", dimension="total", flow="balance").set_index("source_id")[VALUE]
    by_port = {triple.name[1:3]: triple for triple in triples if triple.basis == "port-of-loading"}
    for source, *place, _ in BALANCE_OF_ANOTHER_BASIS:
        fitting = by_port[tuple(place)]
        assert abs(fitting.difference) <= TOLERANCE
        # One release prints no exports by port of loading, but the balance of one that does.
        assert set(rows[[fitting.source_id]]) & set(rows[[source]])


def test_lampung_in_january_2020_to_the_last_digit(triples: list[Triple]) -> None:
    # Exports 206.31, imports 144.78, balance 61.53 in one release.
    (triple,) = [t for t in triples if t[1:3] == ("18", "2020-01")]
    assert triple.difference == pytest.approx(0)


# Reconciled values are revised one by one, so their balance need not fit: it is listed, not hidden.


def misfits(item: TradeFlows) -> dict[tuple[str, str], float]:
    """Find by hand each balance that is not the difference of the flows in use."""
    found = {}
    for row in item.table[item.table["flow"] == "balance"].itertuples():
        export = item.value(row.time_period, "export", row.basis)
        imports = item.value(row.time_period, "import", row.basis)
        if export is None or imports is None:
            continue
        difference = export["value"] - imports["value"] - row.value
        if abs(difference) > export["rounding"] + imports["rounding"] + row.rounding + 1e-9:
            found[row.time_period, row.basis] = difference
    return found


def test_every_balance_that_does_not_fit_is_listed_and_no_other(
    flows: dict[str, TradeFlows],
) -> None:
    checked = 0
    for item in flows.values():
        listed = item.discrepancies()
        keys = zip(listed["time_period"], listed["basis"], strict=True)
        assert dict(zip(keys, listed["difference"], strict=True)) == pytest.approx(misfits(item))
        checked += len(listed)
    assert checked


def test_balances_that_revisions_have_left_behind(flows: dict[str, TradeFlows]) -> None:
    found = {
        (item.province.slug, row.time_period): round(row.difference, 2)
        for item in flows.values()
        for row in item.discrepancies().itertuples()
    }
    assert found == {
        ("lampung", "2015-06"): 0.9,
        ("lampung", "2017-04"): 0.02,
        ("lampung", "2019-08"): 0.04,
        ("lampung", "2019-12"): 0.03,
        ("lampung", "2020-08"): -0.04,
        ("lampung", "2024-09"): 1.19,
        ("lampung", "2025-02"): 1.09,
        ("kalimantan-timur", "2022-01"): 8.96,
        ("kalimantan-utara", "2018-01"): 0.55,
        ("kalimantan-utara", "2018-09"): -0.16,
    }


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_page_lists_every_month_that_does_not_fit(
    catalog: Catalog,
    flows: dict[str, TradeFlows],
    language: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    outputs: list[dict] = []
    monkeypatch.setattr(display, "display", lambda data, *, raw, metadata: outputs.append(data))
    for item in flows.values():
        listed = item.discrepancies()
        parameters = {"province": item.province.slug, "year": LAST_YEAR, "language": language}
        page = Page("test", ReportParameters.parse(parameters), catalog)
        for basis in TOTAL_BASES:
            outputs.clear()
            tables.trade.discrepancies(page, item, basis)
            shown = [
                (row["time_period"], float(row["difference"]))
                for data in outputs
                for row in csv.DictReader(io.StringIO(data["text/csv"]))
            ]
            wanted = listed[listed["basis"] == basis]
            assert [month for month, _ in shown] == wanted["time_period"].tolist()
            assert [value for _, value in shown] == pytest.approx(wanted["difference"].tolist())


def test_formulas_give_the_balance_that_the_catalog_fills_in(
    flows: dict[str, TradeFlows],
) -> None:
    item = flows["18"]
    filled = item.table[
        (item.table["flow"] == "balance")
        & (item.table["period_type"] == "month")
        & (item.table["filled_by"] == "balance")
    ]
    computed = trade_balance(item.monthly("export", "origin"), item.monthly("import", "origin"))
    months = pd.PeriodIndex(filled["time_period"], freq="M")
    assert computed[months].tolist() == pytest.approx(filled["value"].tolist())


# Published totals of a year, against their months.

# A month is revised by up to 2 percent, a year by less, in both directions.
REVISION = 0.01

# In percent of the published total: what revision and rounding do not explain.
YEARS_THAT_DO_NOT_ADD_UP = {
    # The compilation's own twelve months lack them; no release of a month says which is short.
    ("kepulauan-riau", "2024", "export"): -1.66,
    ("jawa-timur", "2024", "export"): -1.02,
    # The year was printed by a release; most months are the compilation's, whose imports run below.
    ("bali", "2022", "import"): -10.57,
    # Five months are those of releases, 2 percent above the compilation that has the year.
    ("kalimantan-utara", "2024", "export"): 1.67,
    # January is a first release's 17.69; the compilation that has the year revised it to 11.51.
    ("sulawesi-utara", "2023", "import"): 3.16,
    # The total is declared approximate for this reason; the months are used.
    ("maluku", "2022", "export"): 11.78,
}


def test_twelve_months_add_up_to_the_published_year(flows: dict[str, TradeFlows]) -> None:
    compared, wrong = 0, {}
    for item in flows.values():
        months = item.table[item.table["period_type"] == "month"]
        years = item.table[
            (item.table["period_type"] == "year") & (item.table["flow"] != "balance")
        ]
        for year in years.itertuples():
            own = months[
                (months["flow"] == year.flow)
                & (months["basis"] == year.basis)
                & (months["time_period"].str[:4] == year.time_period)
            ]
            if len(own) < 12 or own["doubtful"].any():
                continue
            compared += 1
            difference = own["value"].sum() - year.value
            allowed = REVISION * year.value + own["rounding"].sum() + year.rounding
            if abs(difference) > allowed:
                key = (item.province.slug, year.time_period, year.flow)
                wrong[key] = round(100 * difference / year.value, 2)
    assert wrong == YEARS_THAT_DO_NOT_ADD_UP
    assert compared >= 200


def test_sums_from_january_on_are_the_sum_of_their_months(flows: dict[str, TradeFlows]) -> None:
    compared = 0
    for item in flows.values():
        sums = item.table[
            (item.table["period_type"] == "cumulative") & (item.table["flow"] != "balance")
        ]
        for total in sums.itertuples():
            series = item.monthly(total.flow, total.basis)
            first, last = total.time_period.split("/")
            months = series.reindex(pd.period_range(first, last, freq="M"))
            if months.isna().any():
                continue
            compared += 1
            # The months were revised since the sum was printed, by up to 3 percent together.
            assert abs(months.sum() - total.value) <= 0.03 * total.value + total.rounding
    assert compared >= 30


# Industry: parts that are printed beside their whole.

MICRO_AND_SMALL = (
    "imk_establishments",
    "imk_workers",
    "imk_input",
    "imk_output",
    "imk_labour_cost",
    "imk_value_added_market_prices",
)
PARTS = [
    *((name, ("micro", "small")) for name in MICRO_AND_SMALL),
    ("ibs_establishments", ("large", "medium")),
]


@pytest.mark.parametrize(("whole", "scales"), PARTS)
def test_scales_add_up_to_their_whole(
    catalog: Catalog, whole: str, scales: tuple[str, str]
) -> None:
    parts = [f"{whole}_{scale}" for scale in scales]
    rows = catalog.read("industry", indicator=[whole, *parts], sub_period="")
    keys = ["source_id", "province_code", "time_period"]
    table = side_by_side(rows, keys)
    assert len(table) >= 34
    assert (table[whole] == table[parts].sum(axis=1)).all()


@pytest.mark.parametrize(("whole", "scales"), [item for item in PARTS if item[0][:3] == "imk"])
def test_provinces_add_up_to_the_country(
    catalog: Catalog, whole: str, scales: tuple[str, str]
) -> None:
    for indicator in (whole, *(f"{whole}_{scale}" for scale in scales)):
        rows = catalog.read("industry", indicator=indicator, time_period="2025", sub_period="")
        country = rows[rows["province_code"] == "00"]["value"]
        provinces = rows[rows["province_code"] != "00"]["value"]
        assert len(provinces) == 38
        assert country.tolist() == [provinces.sum()]


def side_by_side(rows: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Give indicators side by side, a row a key that has all of them."""
    return rows.set_index([*keys, "indicator"])["value"].unstack("indicator").dropna()  # noqa: PD010


@pytest.mark.parametrize(("scale", "years", "count"), [("imk", 1, 39), ("ibs", 2, 34)])
def test_output_less_input_is_value_added(
    catalog: Catalog, scale: str, years: int, count: int
) -> None:
    names = [f"{scale}_output", f"{scale}_input", f"{scale}_value_added_market_prices"]
    rows = catalog.read("industry", indicator=names, sub_period="")
    table = side_by_side(rows, ["province_code", "time_period"])
    assert len(table) == years * count
    # Each amount is rounded on its own, in million IDR; the country's is a sum of such.
    difference = table[names[0]] - table[names[1]] - table[names[2]]
    assert difference.abs().max() <= 6


@pytest.mark.parametrize(
    ("yes", "no"),
    [
        ("imk_in_partnership", "imk_not_in_partnership"),
        ("imk_using_internet", "imk_not_using_internet"),
    ],
)
def test_yes_and_no_are_all_establishments(catalog: Catalog, yes: str, no: str) -> None:
    names = ["imk_establishments", yes, no]
    rows = catalog.read("industry", indicator=names, time_period="2025", sub_period="")
    table = side_by_side(rows[rows["province_code"] != "00"], ["province_code"])
    assert len(table) == 38
    # Counts are blown up from a sample and rounded each on its own.
    assert (table["imk_establishments"] - table[yes] - table[no]).abs().max() <= 1
