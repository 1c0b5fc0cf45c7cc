"""Counts and values of industry by province and year, with the breaks that part a series."""

from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import pandas as pd

from analysis.catalog.reconcile import STATUS_ORDER
from analysis.catalog.tables import Catalog
from analysis.catalog.territory import territory_breaks
from analysis.parameters.provinces import COUNTRY_CODE, Province

KEY = ["province_code", "time_period", "sub_period", "indicator", "unit"]

# What the growth of small industry could be measured by, and the table that has it.
READINGS = {
    "imk_establishments": "industry",
    "imk_workers": "industry",
    "imk_output": "industry",
    "imk_value_added_market_prices": "industry",
    "imk_production_growth_annual": "industry",
    "ikm_units_agency_count": "industry",
    "manufacturing_employment_sakernas": "industry",
    "grdp_manufacturing_constant_2010": "economy",
}

# Readings that are published as growth in percent a year and not as a level.
GROWTH_READINGS = frozenset({"imk_production_growth_annual"})

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

# What BPS's survey of micro and small industry (IMK) measures, and the name of its figures; those
# of a scale end in it.
SCALE_MEASURES = {
    "establishments": "imk_establishments",
    "workers": "imk_workers",
    "input": "imk_input",
    "output": "imk_output",
    "value_added": "imk_value_added_market_prices",
    "labour_cost": "imk_labour_cost",
}
SCALES = {"micro": "_micro", "small": "_small", "total": ""}

# How its establishments work; each is a number of establishments.
STRUCTURE = (
    "imk_using_internet",
    "imk_not_using_internet",
    "imk_with_loans",
    "imk_in_partnership",
    "imk_not_in_partnership",
)

# What BPS's survey of large and medium industry (IBS) measures.
LARGE_AND_MEDIUM = (
    "ibs_establishments",
    "ibs_establishments_large",
    "ibs_establishments_medium",
    "ibs_workers",
    "ibs_input",
    "ibs_output",
    "ibs_value_added_market_prices",
)

FIGURE = ["indicator", "year", "value", "unit", "obs_status", "source_ids"]


class LeftOut(StrEnum):
    """Tell why a province's counts are not compared with those of others."""

    NO_COUNT = "no_count"
    SURVEY_BREAK = "survey_break"
    APPROXIMATE = "approximate"


@dataclass(frozen=True)
class ComparableCounts:
    """Counts of the same thing, over the same territory and by the same survey, in the same years.

    Attributes:
        years: years in which most provinces were counted.
        figures: a row per territory and year, by the code of the province whose territory it is,
            with `province_code`, `year`, `value`, `unit`, `obs_status` and `source_ids`.
        members: provinces that a territory takes in, by its code; itself first.
        left_out: why a territory takes no part, by its code.

    """

    years: tuple[int, ...]
    figures: pd.DataFrame
    members: dict[str, tuple[Province, ...]]
    left_out: dict[str, LeftOut]

    @property
    def counts(self) -> pd.DataFrame:
        """The values, with a row per territory and a column per year."""
        figures = self.figures
        return figures.pivot(index="province_code", columns="year", values="value")  # noqa: PD010


@dataclass(frozen=True)
class ScaleFigures:
    """What BPS's survey of micro and small industry found in a province in one year, by scale.

    Attributes:
        year: the survey's year; None where no survey up to the report's year gives an output.
        figures: a row per figure with `scale` (micro, small, total), `measure` (the keys of
            `SCALE_MEASURES`), and `FIGURE`.

    """

    year: int | None
    figures: pd.DataFrame

    @property
    def amounts(self) -> pd.DataFrame:
        """The values, with a row per scale and a column per measure; missing where unknown."""
        figures = self.figures
        table = figures.pivot(index="scale", columns="measure", values="value")  # noqa: PD010
        known = [scale for scale in SCALES if scale in table.index]
        return table.reindex(index=known, columns=list(SCALE_MEASURES)).astype(float)


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
        approximate: years whose figure is rounded or ambiguous in its source.

    """

    indicator: str
    points: pd.Series
    source_ids: tuple[str, ...]
    breaks: tuple[SeriesBreak, ...]
    approximate: frozenset[int] = frozenset()

    @property
    def is_growth(self) -> bool:
        """Whether the figures are growth in percent a year and not levels."""
        return self.indicator in GROWTH_READINGS


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

    Raises:
        NeracaError: for an unknown table.

    >>> catalog = Catalog()
    >>> lampung = catalog.province("lampung")
    >>> found = indicator_values(catalog, "industry", lampung, ["imk_establishments"], 2021)
    >>> found.set_index("year")["value"].to_dict()
    {2020: 88526.0, 2021: 84024.0}

    """
    return _values(catalog, table, province.code, indicators, until)


def _values(
    catalog: Catalog, table: str, codes: str | Collection[str], indicators: list[str], until: int
) -> pd.DataFrame:
    observations = catalog.read(
        table, province_code=codes, indicator=indicators, sub_period="", until=until
    )
    chosen = catalog.reconcile(observations, KEY, "value")
    chosen = chosen[~chosen["doubtful"].astype(bool)]
    return chosen.assign(year=chosen["time_period"].str[:4].astype(int))


def establishments(catalog: Catalog, province: Province, until: int) -> pd.DataFrame:
    """Give the micro and small establishments that BPS's survey (IMK) counts.

    Args:
        catalog: where to read.
        province: whose counts.
        until: last year.

    Returns:
        A frame indexed by year with `total`, `micro`, `small` (missing where not published),
        `obs_status` of the total and `source_ids`.

    >>> catalog = Catalog()
    >>> counts = establishments(catalog, catalog.province("lampung"), 2025)
    >>> counts.loc[2025, ["total", "micro", "small"]].tolist()
    [121385.0, 115840.0, 5545.0]

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

    Returns:
        Breaks of territory, oldest first, then those of the survey; later ones too, which a path
        into the future crosses.

    >>> catalog = Catalog()
    >>> lampung = catalog.province("lampung")
    >>> counts = establishments(catalog, lampung, 2025)
    >>> [(item.after, item.before) for item in establishment_breaks(catalog, lampung, counts)]
    [(2023, 2025)]

    """
    sources = pd.Series(sorted({source for ids in counts["source_ids"] for source in ids}))
    return _breaks(catalog, province, "industry", "imk_establishments", sources)


def break_evidence(
    catalog: Catalog, province: Province, breaks: Collection[SeriesBreak], until: int
) -> pd.DataFrame:
    """Give the counts on either side of the breaks of a survey, the country's beside them.

    Args:
        catalog: where to read.
        province: whose counts.
        breaks: as `establishment_breaks` gives them; those of territory, and those that no count up
            to `until` has crossed yet, are left out.
        until: last year.

    Returns:
        Rows with `province_code` and `FIGURE` for the establishments and workers of micro and small
        industry, in the last year before a break and the first after it.

    >>> catalog = Catalog()
    >>> lampung = catalog.province("lampung")
    >>> breaks = establishment_breaks(catalog, lampung, establishments(catalog, lampung, 2025))
    >>> found = break_evidence(catalog, lampung, breaks, 2025)
    >>> found.loc[found["province_code"] == "18", "value"].tolist()
    [81255.0, 175173.0, 121385.0, 246698.0]

    """
    crossed = [item for item in breaks if not item.children and item.before <= until]
    years = {year for item in crossed for year in (item.after, item.before)}
    columns = ["province_code", *FIGURE]
    if not years:
        return pd.DataFrame(columns=columns)
    codes = sorted({COUNTRY_CODE, province.code})
    names = ["imk_establishments", "imk_workers"]
    values = _values(catalog, "industry", codes, names, max(years))
    chosen = values[values["year"].isin(years)]
    order = ["year", "province_code", "indicator"]
    return chosen.sort_values(order, ignore_index=True)[columns]


def _breaks(
    catalog: Catalog, province: Province, table: str, indicator: str, source_ids: pd.Series
) -> tuple[SeriesBreak, ...]:
    of_territory = _territory_breaks(catalog, province, table, indicator, source_ids)
    of_survey = _survey_breaks(catalog, province.code, table, indicator)
    return of_territory + of_survey.get(province.code, ())


def _survey_breaks(
    catalog: Catalog, codes: str | Collection[str], table: str, indicator: str
) -> dict[str, tuple[SeriesBreak, ...]]:
    """Give the declared breaks of a survey's counts by the code of the province."""
    rows = catalog.read("series_breaks", resource=table, province_code=codes)
    concerned = [indicator.startswith(prefix) for prefix in rows["indicator_prefix"]]
    found: dict[str, tuple[SeriesBreak, ...]] = {}
    for row in rows[concerned].to_dict("records"):
        item = SeriesBreak(
            indicator_prefix=row["indicator_prefix"],
            after=int(row["year_before"]),
            before=int(row["year_after"]),
            reasons={"id": row["reason_id"], "en": row["reason_en"]},
        )
        code = row["province_code"]
        found[code] = (*found.get(code, ()), item)
    return found


def _territory_breaks(
    catalog: Catalog, province: Province, table: str, indicator: str, source_ids: pd.Series
) -> tuple[SeriesBreak, ...]:
    """Give the splits of a province as breaks of one series, whichever source has it."""
    if not catalog.provinces.children(province):
        return ()
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
    """Give every series that growth of small industry could mean and that has a figure.

    Args:
        catalog: where to read.
        province: whose figures.
        until: last year.

    Returns:
        The series in the order of `READINGS`, each with its own declared breaks.

    >>> catalog = Catalog()
    >>> readings = growth_readings(catalog, catalog.province("lampung"), 2014)
    >>> {item.indicator: item.points.to_dict() for item in readings if "imk" in item.indicator}
    {'imk_workers': {2013: 276373.0, 2014: 274664.0}}

    """
    # One read a table serves all its indicators.
    tables = {
        table: indicator_values(
            catalog, table, province, [name for name in READINGS if READINGS[name] == table], until
        )
        for table in dict.fromkeys(READINGS.values())
    }
    found = []
    for indicator, table in READINGS.items():
        values = tables[table]
        values = values[values["indicator"] == indicator]
        # One unit a series: a second one would be another series under the same name.
        values = values[values["unit"] == values["unit"].mode().iloc[0]] if len(values) else values
        if values.empty:
            continue
        points = values.set_index("year")["value"].astype(float).sort_index()
        sources = tuple(sorted(set(values["source_id"])))
        breaks = _breaks(catalog, province, table, indicator, values["source_id"])
        rough = frozenset(values.loc[values["obs_status"] == "approximate", "year"].astype(int))
        found.append(Reading(indicator, points, sources, breaks, rough))
    return tuple(found)


def authority_counts(catalog: Catalog, province: Province, until: int) -> pd.DataFrame:
    """Give every count of industry that an authority published, authority by authority.

    Args:
        catalog: where to read.
        province: whose figures.
        until: last year.

    Returns:
        Rows as `indicator_values` gives them, in the order of `AUTHORITY_COUNTS` and by year.

    >>> catalog = Catalog()
    >>> rows = authority_counts(catalog, catalog.province("kalimantan-utara"), 2020)
    >>> rows.loc[rows["year"] == 2020].set_index("indicator")["value"].head(2).to_dict()
    {'imk_establishments': 4963.0, 'ikm_units_agency_count': 3756.0}

    """
    values = indicator_values(catalog, "industry", province, list(AUTHORITY_COUNTS), until)
    order = {name: position for position, name in enumerate(AUTHORITY_COUNTS)}
    values["position"] = values["indicator"].map(order)
    return values.sort_values(["position", "year"], ignore_index=True)


def comparable_workers(catalog: Catalog, until: int) -> ComparableCounts:
    """Give the workers of micro and small industry (IMK) that can be compared across provinces.

    The years are those in which at least half of all provinces were counted. A province that was
    split since the first of them is taken with its children throughout, as the declared territory
    has it: where a source's count does not include them, theirs are added. Left out, with the
    reason, is a territory without a count in one of the years, one with a declared break of the
    survey between them, or one with a count that its source leaves ambiguous.

    Args:
        catalog: where to read.
        until: last year.

    Returns:
        The counts in persons; those that are sums have the status `derived`.

    >>> compared = comparable_workers(Catalog(), 2025)
    >>> compared.years, len(compared.counts)
    ((2013, 2014, 2025), 30)
    >>> compared.counts.loc["64"].to_dict()
    {2013: 71238.0, 2014: 46674.0, 2025: 81678.0}
    >>> {code: str(reason) for code, reason in compared.left_out.items()}
    {'18': 'survey_break', '71': 'approximate', '94': 'no_count'}

    """
    provinces = [province for province in catalog.provinces.all if not province.is_country]
    codes = [province.code for province in provinces]
    values = _values(catalog, "industry", codes, ["imk_workers"], until)
    counted = values.groupby("year").size()
    years = tuple(int(year) for year in counted.index[counted >= len(codes) / 2])
    counts = values[values["year"].isin(years)].set_index(["province_code", "year"])
    breaks = _survey_breaks(catalog, codes, "industry", "imk_workers")
    counted_rows = dict(zip(counts.index, counts.to_dict("records"), strict=True))
    figures: list[dict[str, object]] = []
    members: dict[str, tuple[Province, ...]] = {}
    left_out: dict[str, LeftOut] = {}
    for territory in _territories(catalog, provinces, counts, years):
        code = territory.members[0].code
        members[code] = territory.members
        rows = _territory_counts(counted_rows, territory)
        reason = _why_left_out(territory, rows, breaks)
        if reason is None:
            figures += rows
        else:
            left_out[code] = reason
    columns = ["province_code", *(name for name in FIGURE if name != "indicator")]
    return ComparableCounts(years, pd.DataFrame(figures, columns=columns), members, left_out)


@dataclass(frozen=True)
class _Territory:
    """Provinces taken together, and by year those whose counts make up the whole."""

    members: tuple[Province, ...]
    parts: dict[int, tuple[Province, ...]]


def _territories(
    catalog: Catalog, provinces: list[Province], counts: pd.DataFrame, years: tuple[int, ...]
) -> list[_Territory]:
    """Join to each province the children that its count includes in one of the years."""
    territories = []
    for province in provinces if years else []:
        inside = {year: _children_inside(catalog, province, counts, year) for year in years}
        children = sorted(
            {child for included in inside.values() for child in included},
            key=lambda child: child.code,
        )
        parts = {
            year: (province, *(child for child in children if child not in included))
            for year, included in inside.items()
        }
        territories.append(_Territory((province, *children), parts))
    joined = {child for territory in territories for child in territory.members[1:]}
    return [territory for territory in territories if territory.members[0] not in joined]


def _children_inside(
    catalog: Catalog, province: Province, counts: pd.DataFrame, year: int
) -> tuple[Province, ...]:
    """Give the children that the count of a province includes in a year, as its source has it."""
    if not catalog.provinces.children(province) or (province.code, year) not in counts.index:
        return ()
    source = str(counts.loc[(province.code, year), "source_id"])
    return tuple(
        child
        for item in territory_breaks(catalog, province, "industry", "imk_workers", source)
        if year <= int(item.last_with[:4])
        for child in item.children
    )


def _territory_counts(
    counts: Mapping[tuple[str, int], Mapping[Hashable, Any]], territory: _Territory
) -> list[dict[str, object]]:
    """Sum the counts of a territory's parts, for the years in which all of them are known."""
    found: list[dict[str, object]] = []
    for year, parts in territory.parts.items():
        keys = [(part.code, year) for part in parts]
        if not all(key in counts for key in keys):
            continue
        rows = [counts[key] for key in keys]
        weakest = max((row["obs_status"] for row in rows), key=list(STATUS_ORDER).index)
        found.append(
            {
                "province_code": territory.members[0].code,
                "year": year,
                "value": float(sum(row["value"] for row in rows)),
                "unit": rows[0]["unit"],
                "obs_status": "derived" if len(rows) > 1 and weakest == "published" else weakest,
                "source_ids": tuple(sorted({name for row in rows for name in row["source_ids"]})),
            }
        )
    return found


def _why_left_out(
    territory: _Territory,
    rows: list[dict[str, object]],
    breaks: dict[str, tuple[SeriesBreak, ...]],
) -> LeftOut | None:
    if len(rows) < len(territory.parts):
        return LeftOut.NO_COUNT
    first, last = min(territory.parts), max(territory.parts)
    declared = [item for member in territory.members for item in breaks.get(member.code, ())]
    if any(item.after >= first and item.before <= last for item in declared):
        return LeftOut.SURVEY_BREAK
    if any(row["obs_status"] == "approximate" for row in rows):
        return LeftOut.APPROXIMATE
    return None


def imk_by_scale(catalog: Catalog, province: Province, until: int) -> ScaleFigures:
    """Give what the survey of micro and small industry (IMK) measured in a province, by scale.

    The year is the latest in which it gave an output by scale, for its ratios to workers and
    establishments need one (see `indicators.industry.productivity`, which takes `amounts`).

    Args:
        catalog: where to read.
        province: whose figures; the country's are sums of its provinces.
        until: last year.

    Returns:
        Establishments in units, workers in persons, input, output, value added at market prices
        and labour cost in million IDR, all of one year; no figures where no output is known.

    >>> catalog = Catalog()
    >>> found = imk_by_scale(catalog, catalog.province("lampung"), 2025)
    >>> found.year, found.amounts.loc["micro", ["workers", "output"]].tolist()
    (2025, [210507.0, 13133763.0])

    """
    names = {
        stem + ending: (scale, measure)
        for measure, stem in SCALE_MEASURES.items()
        for scale, ending in SCALES.items()
    }
    values = indicator_values(catalog, "industry", province, list(names), until)
    values["scale"] = [names[indicator][0] for indicator in values["indicator"]]
    values["measure"] = [names[indicator][1] for indicator in values["indicator"]]
    measured = values[(values["measure"] == "output") & (values["scale"] != "total")]
    year = int(measured["year"].max()) if len(measured) else None
    chosen = values[values["year"] == year].sort_values(["scale", "measure"], ignore_index=True)
    return ScaleFigures(year, chosen[["scale", "measure", *FIGURE]])


def imk_structure(catalog: Catalog, province: Province, until: int) -> pd.DataFrame:
    """Give how many micro and small establishments use the internet, borrow or have a partner.

    Args:
        catalog: where to read.
        province: whose figures.
        until: last year.

    Returns:
        Rows with `FIGURE` for each of `STRUCTURE` and, last, for `imk_establishments`, the whole
        that they are parts of (see `indicators.industry.shares_of_establishments`), all of the
        latest year in which one of the former is known; none where none is.

    >>> catalog = Catalog()
    >>> found = imk_structure(catalog, catalog.province("lampung"), 2025)
    >>> found.set_index("indicator")["value"].loc[["imk_with_loans", "imk_establishments"]].tolist()
    [9950.0, 121385.0]

    """
    order = [*STRUCTURE, "imk_establishments"]
    values = indicator_values(catalog, "industry", province, order, until)
    latest = values.loc[values["indicator"].isin(STRUCTURE), "year"].max()
    chosen = values[values["year"] == latest].sort_values(
        "indicator", key=lambda names: names.map(order.index), ignore_index=True
    )
    return chosen[FIGURE]


def large_and_medium(catalog: Catalog, province: Province, until: int) -> pd.DataFrame:
    """Give what the survey of large and medium industry (IBS) measured in a province, by year.

    Args:
        catalog: where to read.
        province: whose figures; those of a young province can be inside its parent's.
        until: last year.

    Returns:
        Rows with `FIGURE`, `lowest` and `highest` (the spread across sources), in the order of
        `LARGE_AND_MEDIUM` and by year: establishments in units, workers in persons, money in
        thousand IDR.

    >>> catalog = Catalog()
    >>> found = large_and_medium(catalog, catalog.province("lampung"), 2025)
    >>> found.loc[found["indicator"] == "ibs_workers"].set_index("year")["value"].to_dict()
    {2022: 60465.0, 2023: 63854.0}

    """
    values = indicator_values(catalog, "industry", province, list(LARGE_AND_MEDIUM), until)
    ordered = values.sort_values(
        ["indicator", "year"],
        key=lambda column: (
            column.map(LARGE_AND_MEDIUM.index) if column.name == "indicator" else column
        ),
        ignore_index=True,
    )
    return ordered[[*FIGURE, "lowest", "highest"]]


def manufacturing_share(catalog: Catalog, province: Province, until: int) -> pd.DataFrame:
    """Give how much of a province's product (GRDP) all manufacturing makes, at constant prices.

    Args:
        catalog: where to read.
        province: whose product.
        until: last year.

    Returns:
        Rows with `FIGURE` by year, in percent of GRDP at constant 2010 prices.

    >>> catalog = Catalog()
    >>> found = manufacturing_share(catalog, catalog.province("lampung"), 2024)
    >>> found.set_index("year")["value"].round(1).to_dict()
    {2022: 18.1, 2023: 17.6, 2024: 18.3}

    """
    names = ["grdp_manufacturing_share_constant_2010"]
    values = indicator_values(catalog, "economy", province, names, until)
    return values.sort_values("year", ignore_index=True)[FIGURE]
