"""The comparison of all provinces of a year: one table, which the reports read a row of."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from analysis.catalog import Catalog
from analysis.catalog.basis import ORIGIN
from analysis.catalog.trade import TradeFlows
from analysis.parameters import NationalParameters
from analysis.report.display import show_record


def year_totals(flows: Mapping[str, TradeFlows], year: int) -> pd.DataFrame:
    """Give exports by origin and imports of a year by province code, million USD.

    A total is missing where neither a published one nor all twelve months are known.
    """
    totals = {
        code: {flow: _total(item, flow, year) for flow in ("export", "import")}
        for code, item in flows.items()
    }
    return pd.DataFrame.from_dict(totals, orient="index").astype(float)


def comparison(totals: pd.DataFrame, ranks: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Join totals and ranks into one row a province, ranks missing where the total is."""
    table = totals.round(6)
    for name, ranked in ranks.items():
        table[f"{name}_rank"] = ranked["rank"].reindex(table.index).astype("Int64")
        table[f"{name}_of"] = len(ranked)
    return table.rename_axis("province_code").reset_index()


def record(catalog: Catalog, parameters: NationalParameters, table: pd.DataFrame) -> None:
    """Display the record whose resource `national` the other notebooks read."""
    vintage, kind = catalog.data_vintage(parameters.year)
    show_record(
        {
            "notebook": "national",
            "title": "National comparison",
            "heading": "National comparison",
            "description": "",
            "language": "en",
            "parameters": parameters.model_dump(),
            "data_vintage": vintage,
            "data_vintage_kind": kind,
            "indicators": {},
            "reads": [read.as_dict() for read in catalog.reads],
            "resources": {"national": [_row(row) for row in table.to_dict("records")]},
        }
    )


def _total(flows: TradeFlows, flow: str, year: int) -> float | None:
    annual = flows.annual(flow, ORIGIN)
    return annual["value"].get(year)


def _row(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(name): None if pd.isna(value) else value for name, value in row.items()}
