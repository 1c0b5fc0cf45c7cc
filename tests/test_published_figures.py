"""Published figures that other published figures must give again, computed through the catalog.

`tests/expected/published_figures.csv` holds, apart from the data, balances of a month, totals of a
year, growth rates of regional product and counts of small industry as sources print them. Where
they cannot come out, since a part was revised or rounded, the difference stands there with its
reason, and is held too.
"""

import csv
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pandas as pd
import pytest

from analysis.catalog import Catalog
from analysis.catalog.trade import TOTAL_BASES, TradeFlows, all_trade_flows
from analysis.indicators.industry import achieved_growth
from analysis.indicators.trade import trade_balance

LAST_YEAR = 2026
SCALES = ("micro", "small")


def table() -> list[dict[str, str]]:
    path = Path(__file__).parent / "expected" / "published_figures.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


FIGURES = table()
CHECKS = sorted({figure["check"] for figure in FIGURES})


@pytest.fixture(scope="module")
def catalog(project_root: Path) -> Catalog:
    return Catalog(project_root / "data")


@pytest.fixture(scope="module")
def flows(catalog: Catalog) -> dict[str, TradeFlows]:
    provinces = [province for province in catalog.provinces.all if not province.is_country]
    return all_trade_flows(catalog, provinces, LAST_YEAR)


def printed(item: TradeFlows, period: str, flow: str, basis: str) -> float:
    """Give a value in use that was not itself filled in from the balance that it is to give."""
    row = item.value(period, flow, basis)
    assert row is not None
    assert not row["filled_by"]
    return float(row["value"])


def balance(flows: dict[str, TradeFlows], figure: dict[str, str]) -> float:
    item, period = flows[figure["province_code"]], figure["time_period"]
    exports, imports = (
        pd.Series(
            [printed(item, period, flow, figure["basis"])],
            index=pd.PeriodIndex([period], freq="M"),
        )
        for flow in ("export", "import")
    )
    return float(trade_balance(exports, imports).iloc[0])


def year(flows: dict[str, TradeFlows], figure: dict[str, str]) -> float:
    months = flows[figure["province_code"]].monthly(figure["indicator"], figure["basis"])
    span = pd.period_range(f"{figure['time_period']}-01", f"{figure['time_period']}-12", freq="M")
    return float(months.loc[span].sum(skipna=False))


def grdp_growth(catalog: Catalog, figure: dict[str, str]) -> float:
    wanted = int(figure["time_period"])
    totals = catalog.read(
        "economy",
        indicator="grdp_constant_2010",
        province_code=figure["province_code"],
        sub_period="",
        source_id="sf232d746",
        time_period=[str(wanted - 1), str(wanted)],
    )
    points = pd.Series(totals["value"].to_numpy(), index=totals["time_period"].astype(int))
    return float(achieved_growth(points.sort_index()).growth)


def imk_sum(catalog: Catalog, figure: dict[str, str]) -> float:
    parts = catalog.read(
        "industry",
        indicator=[f"{figure['indicator']}_{scale}" for scale in SCALES],
        province_code=figure["province_code"],
        time_period=figure["time_period"],
        sub_period="",
        source_id=figure["source_id"],
    ).drop_duplicates("indicator")
    assert len(parts) == len(SCALES)
    return float(parts["value"].sum())


@pytest.fixture(scope="module")
def recomputed(catalog, flows) -> dict[str, Callable[[dict[str, str]], float]]:
    return {
        "balance": partial(balance, flows),
        "grdp-growth": partial(grdp_growth, catalog),
        "imk-sum": partial(imk_sum, catalog),
        "year": partial(year, flows),
    }


@pytest.mark.parametrize("check", CHECKS)
def test_published_figures_come_out_again(check: str, recomputed) -> None:
    wrong = []
    for figure in (figure for figure in FIGURES if figure["check"] == check):
        difference = recomputed[check](figure) - float(figure["value"])
        if figure["reason"]:
            # It must miss by what is written, or the reason has gone and the line must go too.
            if abs(difference - float(figure["difference"])) > 0.006:
                wrong.append((figure, difference))
        elif abs(difference) > float(figure["tolerance"]) + 1e-9:
            wrong.append((figure, difference))
    assert wrong == []


def test_every_published_balance_of_a_month_is_in_the_table(catalog: Catalog) -> None:
    rows = catalog.read(
        "trade", flow="balance", dimension="total", period_type="month", basis=TOTAL_BASES
    )
    rows = rows[rows["value_usd_million"].notna() & (rows["province_code"] != "00")]
    keys = ["province_code", "time_period", "source_id"]
    published = set(rows[keys].itertuples(index=False, name=None))
    held = {tuple(f[key] for key in keys) for f in FIGURES if f["check"] == "balance"}
    # Of these a source prints the balance and nothing prints both flows.
    without_parts = {
        ("32", "2018-12", "scbd85349"),
        ("33", "2019-02", "s1abec616"),
        ("64", "2020-05", "scb42d89e"),
        ("64", "2021-12", "s090ea895"),
        ("65", "2018-09", "s4854f587"),
        ("72", "2021-04", "s888c945a"),
    }
    assert published == held | without_parts


def test_the_table_holds_enough_to_notice_what_goes_wrong() -> None:
    counts = {check: sum(figure["check"] == check for figure in FIGURES) for check in CHECKS}
    assert counts == {"balance": 67, "grdp-growth": 170, "imk-sum": 302, "year": 228}
    assert sum(bool(figure["reason"]) for figure in FIGURES) == 32


def test_lampung_in_january_2020_is_in_the_table() -> None:
    (figure,) = [
        figure
        for figure in FIGURES
        if (figure["province_code"], figure["time_period"], figure["check"])
        == ("18", "2020-01", "balance")
    ]
    assert (float(figure["value"]), figure["reason"]) == (61.53, "")
