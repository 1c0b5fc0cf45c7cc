"""The comparison of all provinces as the national notebook makes it, for tests that read it."""

from functools import cache
from pathlib import Path

import pandas as pd

from analysis.catalog import Catalog
from analysis.catalog import national as compared
from analysis.catalog.industry import comparable_workers
from analysis.catalog.trade import all_trade_flows
from analysis.indicators.ranking import rank_known
from analysis.indicators.trade import cover_ratio, trade_balance
from analysis.report import national


@cache
def tables(data: Path, year: int) -> dict[str, pd.DataFrame]:
    """Make the tables of a year, once for all tests; none may change them."""
    catalog = Catalog(data)
    provinces = [province for province in catalog.provinces.all if not province.is_country]
    flows = all_trade_flows(catalog, provinces, year)
    totals = national.year_totals(flows, year)
    totals["balance"] = trade_balance(totals["export"], totals["import"])
    totals["cover_ratio"] = cover_ratio(totals["export"], totals["import"])
    totals["export_share"] = national.share_of_sum(totals["export"])
    months = national.by_month(flows, year)
    ranks = {name: rank_known(totals[name]) for name in ("export", "import", "balance")}
    workers = comparable_workers(catalog, year)
    return {
        compared.TOTALS: national.comparison(totals, ranks, national.window(months, year)),
        compared.MONTHS: months,
        compared.MEASURES: national.imk_measures(compared.imk_figures(catalog, year)),
        compared.COUNTS: national.imk_workers(workers),
        compared.TERRITORIES: national.territories(workers),
    }


def project_with_tables(place: Path, data: Path, year: int) -> Path:
    """Make a project with the real figures and the comparison of a year; give its data."""
    (place / "data").symlink_to(data)
    directory = place / "reports" / "national" / str(year)
    directory.mkdir(parents=True)
    for name, table in tables(data, year).items():
        table.to_csv(directory / f"{name}.csv", index=False)
    return place / "data"
