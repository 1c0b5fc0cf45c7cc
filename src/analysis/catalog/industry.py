"""Counts and values of industry by province and year, with the breaks that part a series."""

from dataclasses import dataclass

import pandas as pd

from analysis.catalog.tables import Catalog
from analysis.catalog.territory import territory_breaks
from analysis.parameters.provinces import Province

KEY = ["province_code", "time_period", "sub_period", "indicator", "unit"]

# What the growth of small industry could be measured by, and the table that has it. A survey's
# own breaks concern only its own counts.
READINGS = {
    "imk_establishments": ("industry", True),
    "imk_workers": ("industry", True),
    "ikm_units_agency_count": ("industry", False),
    "manufacturing_employment_sakernas": ("industry", False),
    "grdp_manufacturing_constant_2010": ("economy", False),
}

# Counts of industry that different authorities publish.
AUTHORITY_COUNTS = (
    "imk_establishments",
    "ibs_establishments",
    "ikm_units_agency_count",
    "industry_units_agency_count",
    "large_industry_units_agency_count",
    "umkm_total_agency_count",
    "se2016_micro_small_businesses",
)


@dataclass(frozen=True)
class SeriesBreak:
    """A declared change of definition between two years, across which no growth is computed.

    Attributes:
        indicator_prefix: beginning of the names of the indicators concerned.
        after: last year of the old definition.
        before: first year of the new one.
        reasons: why, by language code; none for a change of territory.
        children: provinces that the figures stop including; none for a change of survey.

    """

    indicator_prefix: str
    after: int
    before: int
    reasons: dict[str, str]
    children: tuple[Province, ...] = ()


@dataclass(frozen=True)
class Reading:
    """One thing that growth of small industry could mean, with its yearly figures.

    Attributes:
        indicator: its name in the tables.
        points: by year.
        source_ids: where they were printed.
        breaks: declared changes of its definition, or of the territory that it covers.

    """

    indicator: str
    points: pd.Series
    source_ids: tuple[str, ...]
    breaks: tuple[SeriesBreak, ...]


def indicator_values(
    catalog: Catalog, table: str, province: Province, indicators: list[str], until: int
) -> pd.DataFrame:
    """Give one value a year and indicator, for whole years.

    Args:
        catalog: where to read.
        table: `industry`, `economy`, `revenue`, `targets` or `villages`.
        province: whose figures.
        indicators: names of indicators.
        until: last year.

    Returns:
        Rows with `KEY`, `value`, `obs_status`, `source_id`, `source_ids`, `lowest`, `highest`,
        `rule` and an integer `year`; none if nothing is known.

    """
    observations = catalog.read(
        table, province_code=province.code, indicator=indicators, sub_period="", until=until
    )
    chosen = catalog.reconcile(observations, KEY, "value")
    chosen = chosen[~chosen["doubtful"].astype(bool)]
    return chosen.assign(year=chosen["time_period"].str[:4].astype(int))


def establishments(catalog: Catalog, province: Province, until: int) -> pd.DataFrame:
    """Give the micro and small establishments that BPS's survey (IMK) counts.

    Returns:
        A frame indexed by year with `total`, `micro`, `small` (missing where not published),
        `obs_status` of the total and `source_ids`.

    """
    names = {
        "imk_establishments": "total",
        "imk_establishments_micro": "micro",
        "imk_establishments_small": "small",
    }
    values = indicator_values(catalog, "industry", province, list(names), until)
    values["scale"] = values["indicator"].map(names)
    totals = values[values["scale"] == "total"].set_index("year")
    table = (
        totals[["value", "obs_status"]].rename(columns={"value": "total"}).astype({"total": float})
    )
    for scale in ("micro", "small"):
        rows = values[values["scale"] == scale].set_index("year")
        table[scale] = rows["value"].astype(float).reindex(table.index)
    table["source_ids"] = [
        tuple(sorted(set(values.loc[values["year"] == year, "source_id"]))) for year in table.index
    ]
    return table.sort_index()


def establishment_breaks(
    catalog: Catalog, province: Province, counts: pd.DataFrame
) -> tuple[SeriesBreak, ...]:
    """Give the declared breaks of the counts of establishments: of territory and of survey.

    Args:
        catalog: where to read.
        province: whose counts.
        counts: as `establishments` gives them.

    """
    sources = pd.Series(sorted({source for ids in counts["source_ids"] for source in ids}))
    breaks = _territory_breaks(catalog, province, "industry", "imk_establishments", sources)
    return breaks + _survey_breaks(catalog, province)


def _survey_breaks(catalog: Catalog, province: Province) -> tuple[SeriesBreak, ...]:
    rows = catalog.read("series_breaks", province_code=province.code, indicator_prefix="imk_")
    return tuple(
        SeriesBreak(
            indicator_prefix=row["indicator_prefix"],
            after=int(row["year_before"]),
            before=int(row["year_after"]),
            reasons={"id": row["reason_id"], "en": row["reason_en"]},
        )
        for row in rows.to_dict("records")
    )


def _territory_breaks(
    catalog: Catalog, province: Province, table: str, indicator: str, source_ids: pd.Series
) -> tuple[SeriesBreak, ...]:
    """Give the splits of a province as breaks of one series, whichever source has it."""
    found = {
        item
        for source in sorted({"", *source_ids})
        for item in territory_breaks(catalog, province, table, indicator, source)
    }
    return tuple(
        SeriesBreak(
            indicator_prefix=indicator,
            after=int(item.last_with[:4]),
            before=int(item.first_without[:4]),
            reasons={},
            children=item.children,
        )
        for item in sorted(found, key=lambda item: item.first_without)
    )


def growth_readings(catalog: Catalog, province: Province, until: int) -> tuple[Reading, ...]:
    """Give every series that growth of small industry could mean and that has a figure."""
    found = []
    for indicator, (table, breaks_apply) in READINGS.items():
        values = indicator_values(catalog, table, province, [indicator], until)
        # One unit a series: a second one would be another series under the same name.
        values = values[values["unit"] == values["unit"].mode().iloc[0]] if len(values) else values
        if values.empty:
            continue
        points = values.set_index("year")["value"].astype(float).sort_index()
        sources = tuple(sorted(set(values["source_id"])))
        breaks = _territory_breaks(catalog, province, table, indicator, values["source_id"])
        if breaks_apply:
            breaks += _survey_breaks(catalog, province)
        found.append(Reading(indicator, points, sources, breaks))
    return tuple(found)


def authority_counts(catalog: Catalog, province: Province, until: int) -> pd.DataFrame:
    """Give the latest count of each authority, and all years in which two of them count.

    Returns:
        Rows with `indicator`, `time_period`, `value` and `source_ids`, by indicator and year.

    """
    values = indicator_values(catalog, "industry", province, list(AUTHORITY_COUNTS), until)
    order = {name: position for position, name in enumerate(AUTHORITY_COUNTS)}
    values["position"] = values["indicator"].map(order)
    return values.sort_values(["position", "year"], ignore_index=True)
