"""The comparison of all provinces of a year: the tables that the reports read rows of."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from analysis.catalog import Catalog
from analysis.catalog.basis import ORIGIN
from analysis.catalog.industry import ComparableCounts
from analysis.catalog.trade import TradeFlows
from analysis.indicators.concentration import shares
from analysis.indicators.industry import (
    labour_cost_per_worker,
    productivity,
    shares_of_establishments,
)
from analysis.indicators.ranking import rank_known
from analysis.indicators.trade import trade_balance
from analysis.parameters import NationalParameters
from analysis.report.display import show_record

FLOWS = ("export", "import")

# Years up to the report's whose months are compared, if the provinces have them.
MONTHLY_YEARS = 4

# With fewer provinces a comparison says little of where one stands.
LEAST_PROVINCES = 10

# Numbers of establishments that are compared as a share of all.
SHARES = ("using_internet", "with_loans", "in_partnership")


def year_totals(flows: Mapping[str, TradeFlows], year: int) -> pd.DataFrame:
    """Give exports by origin and imports of a year by province code, and how each is known.

    A total (million USD) is missing where neither a published one nor all twelve months are known.
    Beside it stand the months known, its status, how it is known (see `TradeFlows.annual`) and its
    sources; `inside` is the code of the province whose figures include these.
    """
    totals = {code: _totals(item, year) for code, item in flows.items()}
    table = pd.DataFrame.from_dict(totals, orient="index")
    return table.astype(dict.fromkeys(FLOWS, float))


def share_of_sum(values: pd.Series) -> pd.Series:
    """Give each province's percentage of the sum over those that are known, by province code."""
    known = values.dropna()
    percentages = pd.Series(100 * shares(known), index=known.index) if len(known) else known
    return percentages.reindex(values.index)


def by_month(flows: Mapping[str, TradeFlows], year: int) -> pd.DataFrame:
    """Give the months that provinces are compared by: exports, imports and balance, million USD.

    A row has a province and a month of the last `MONTHLY_YEARS` years of which a figure is known;
    a doubtful one is missing.
    """
    span = pd.period_range(f"{year - MONTHLY_YEARS + 1}-01", f"{year}-12", freq="M")
    found = [_months(code, item, span) for code, item in flows.items()]
    return pd.concat(found, ignore_index=True)


def window(months: pd.DataFrame, year: int) -> pd.DataFrame:
    """Count by province code the months with both flows in the years that provinces have.

    The years are the most, up to the report's, of which at least `LEAST_PROVINCES` provinces have
    every month. The result has `window`, their first month, and `window_months`; where there are
    no such years, `window` is blank and the months are those of the report's year.
    """
    both = months[months["balance"].notna()]
    for first in range(year - MONTHLY_YEARS + 1, year + 1):
        known = both[both["time_period"] >= f"{first}-01"].groupby("province_code").size()
        if (known == 12 * (year - first + 1)).sum() >= LEAST_PROVINCES:
            return pd.DataFrame({"window": f"{first}-01", "window_months": known})
    return pd.DataFrame({"window": "", "window_months": known})


def comparison(
    totals: pd.DataFrame, ranks: Mapping[str, pd.DataFrame], months: pd.DataFrame
) -> pd.DataFrame:
    """Join totals, ranks and known months into one row a province, ranks missing where totals are.

    `months` is what `window` gives.
    """
    numbers = totals.select_dtypes("number").columns
    table = totals.assign(**{name: totals[name].round(6) for name in numbers})
    for name, ranked in ranks.items():
        table[f"{name}_rank"] = ranked["rank"].reindex(table.index).astype("Int64")
        table[f"{name}_of"] = len(ranked)
    table["window"] = months["window"].iloc[0] if len(months) else ""
    table["window_months"] = months["window_months"].reindex(table.index).fillna(0).astype("Int64")
    return table.rename_axis("province_code").reset_index()


def imk_measures(figures: pd.DataFrame) -> pd.DataFrame:
    """Give what provinces' small industry is compared by, each measure with its ranks.

    `figures` are those of `catalog.national.imk_figures`. Beside the counts and values stand value
    added and labour cost per worker, and the shares of establishments, where their parts are of
    the same year.
    """
    tables = [figures.assign(source_ids=figures["source_ids"].map(" ".join))]
    tables += [_ratios(rows) for _, rows in figures.groupby("year")]
    every = pd.concat(tables).dropna(subset="value")
    every = every[~every["measure"].isin(SHARES)]
    ranked = [_ranked(rows) for _, rows in every.groupby("measure")]
    columns = ["province_code", "measure", "year", "value", "unit", "obs_status"]
    columns += ["rank", "of", "source_ids"]
    table = pd.concat(ranked) if ranked else pd.DataFrame(columns=columns)
    return table[columns].assign(value=table["value"].astype(float).round(6))


def imk_workers(counts: ComparableCounts) -> pd.DataFrame:
    """Give the counts of workers whose growth is compared, sources as one text."""
    return counts.figures.assign(source_ids=counts.figures["source_ids"].map(" ".join))


def territories(counts: ComparableCounts) -> pd.DataFrame:
    """Give the provinces of each territory whose workers are compared, and why one is left out."""
    rows = [
        (code, " ".join(member.code for member in members), str(counts.left_out.get(code, "")))
        for code, members in counts.members.items()
    ]
    return pd.DataFrame(rows, columns=["province_code", "members", "left_out"])


def record(
    catalog: Catalog, parameters: NationalParameters, tables: Mapping[str, pd.DataFrame]
) -> None:
    """Display the record whose resources the other notebooks read, each a table."""
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
            "resources": {name: _resource(table) for name, table in tables.items()},
        }
    )


def _totals(flows: TradeFlows, year: int) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for flow in FLOWS:
        annual = flows.annual(flow, ORIGIN)
        found = annual.loc[year] if year in annual.index else None
        row[flow] = None if found is None else found["value"]
        row[f"{flow}_months"] = 0 if found is None else int(found["months"])
        for name in ("status", "known_by", "sources"):
            row[f"{flow}_{name}"] = ""
        if found is not None and pd.notna(found["value"]):
            row[f"{flow}_status"] = found["obs_status"]
            row[f"{flow}_known_by"] = found["known_by"]
            row[f"{flow}_sources"] = " ".join(found["source_ids"])
    within = flows.inside is not None and flows.inside.until >= str(year)
    row["inside"] = flows.inside.parent.code if flows.inside is not None and within else ""
    return row


def _months(code: str, flows: TradeFlows, span: pd.PeriodIndex) -> pd.DataFrame:
    values = {flow: flows.monthly(flow, ORIGIN).reindex(span) for flow in FLOWS}
    table = pd.DataFrame(values).round(6)
    table["balance"] = trade_balance(values["export"], values["import"]).round(6)
    table.insert(0, "time_period", span.astype(str))
    table.insert(0, "province_code", code)
    table["source_ids"] = _month_sources(flows, table)
    return table[table["source_ids"] != ""]


def _month_sources(flows: TradeFlows, table: pd.DataFrame) -> list[str]:
    """Name the sources of each month's exports and imports, without those that are not in use."""
    used: list[set[str]] = [set() for _ in range(len(table))]
    for flow in FLOWS:
        rows = flows.monthly_rows(flow, ORIGIN)
        sources = dict(zip(rows["time_period"], rows["source_id"], strict=True))
        for names, month, known in zip(
            used, table["time_period"], table[flow].notna(), strict=True
        ):
            if known:
                names.add(sources[month])
    return [" ".join(sorted(names)) for names in used]


def _ratios(figures: pd.DataFrame) -> pd.DataFrame:
    """Give per province what is a ratio of two figures of one year."""
    amounts = figures.pivot(index="province_code", columns="measure", values="value")  # noqa: PD010
    needed = ["establishments", "workers", "output", "value_added", "labour_cost", *SHARES]
    amounts = amounts.reindex(columns=needed).astype(float)
    shares = [
        shares_of_establishments(row[list(SHARES)], row["establishments"])
        for _, row in amounts.dropna(subset="establishments").iterrows()
    ]
    money = "million IDR per worker"
    ratios = {
        "value_added_per_worker": (productivity(amounts)["value_added_per_worker"], money),
        "labour_cost_per_worker": (
            labour_cost_per_worker(amounts["labour_cost"], amounts["workers"]),
            money,
        ),
    }
    for name in SHARES:
        values = {share.name: share[name] for share in shares}
        ratios[f"{name}_share"] = (pd.Series(values, dtype=float), "percent")
    sources = figures.groupby("province_code")["source_ids"].agg(
        lambda rows: " ".join(sorted({name for ids in rows for name in ids}))
    )
    rough = figures[figures["obs_status"] == "approximate"]["province_code"]
    return pd.concat(
        [
            pd.DataFrame(
                {
                    "province_code": values.index,
                    "measure": measure,
                    "year": int(figures["year"].iloc[0]),
                    "value": values.to_numpy(),
                    "unit": unit,
                    "obs_status": [
                        "approximate" if code in set(rough) else "derived" for code in values.index
                    ],
                    "source_ids": sources.reindex(values.index).to_numpy(),
                }
            )
            for measure, (values, unit) in ratios.items()
        ]
    )


def _ranked(rows: pd.DataFrame) -> pd.DataFrame:
    ranked = rank_known(rows.set_index("province_code")["value"])
    return rows.merge(
        ranked[["rank", "of"]], left_on="province_code", right_index=True, validate="one_to_one"
    )


def _resource(table: pd.DataFrame) -> dict[str, Any]:
    """Write a table as its columns and rows, which is a third of the size of named values."""
    rows = table.astype(object).where(table.notna(), None).to_numpy().tolist()
    return {"columns": list(table.columns), "rows": rows}
