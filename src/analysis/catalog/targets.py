"""The growth that an authority promised for small industry, dated and with its authority."""

from dataclasses import dataclass

import pandas as pd

from analysis.catalog.tables import Catalog
from analysis.parameters.provinces import COUNTRY_CODE, Province

# What the authorities call it differs by year; each of these is a yearly growth in percent.
PROVINCE_INDICATORS = ("ikm_development_growth_target",)
UNITS_TARGET = "ikm_units_growth_target"
RANGE = ("ikm_growth_target_low", "ikm_growth_target_high")
COUNTRY_INDICATORS = (
    *RANGE,
    "ditjen_ikma_sector_growth_target",
    UNITS_TARGET,
)


@dataclass(frozen=True)
class GrowthTarget:
    """A yearly growth that small industry was meant to reach.

    Attributes:
        lower, upper: percent a year; equal where one number was stated.
        year: year that it was stated for.
        authority: `parameter`, `province` or `country`.
        carried_on: whether it was stated for an earlier year than the report's.
        indicators: names under which it stands in `targets`.
        source_ids: where it was stated; none for a parameter.

    """

    lower: float
    upper: float
    year: int
    authority: str
    carried_on: bool
    indicators: tuple[str, ...]
    source_ids: tuple[str, ...]


def ikm_growth_target(
    catalog: Catalog, province: Province, year: int, chosen: float | None = None
) -> GrowthTarget | None:
    """Find the target that holds for a province and year.

    The parameter if one was given; else what the province stated for the year; else what it
    stated last, carried on; else the latest that the country stated up to the year. A target
    stated for a later year is not known yet and takes no part.

    Args:
        catalog: the figures.
        province: whose industry is meant to grow.
        year: the report's year.
        chosen: the parameter, percent a year; None if none was given.

    Returns:
        The target, or None where none is known.

    >>> catalog = Catalog()
    >>> target = ikm_growth_target(catalog, catalog.province("lampung"), 2025)
    >>> target.lower, target.year, target.authority, target.carried_on
    (14.0, 2022, 'province', True)

    """
    if chosen is not None:
        return GrowthTarget(chosen, chosen, year, "parameter", False, (), ())
    for code, indicators, authority in (
        (province.code, PROVINCE_INDICATORS, "province"),
        (COUNTRY_CODE, COUNTRY_INDICATORS, "country"),
    ):
        rows = catalog.read("targets", province_code=code, indicator=indicators, until=year)
        if not rows.empty:
            chosen_rows = catalog.reconcile(rows, ["time_period", "indicator"], "value")
            return _latest(chosen_rows, year, authority, indicators)
    return None


def _latest(rows: pd.DataFrame, year: int, authority: str, order: tuple[str, ...]) -> GrowthTarget:
    """Take the latest year's target: both ends of a range, else the first indicator in order."""
    stated = rows["time_period"].str[:4].astype(int)
    latest = rows[stated == stated.max()]
    if not set(RANGE) <= set(latest["indicator"]):
        first = min(latest["indicator"], key=order.index)
        latest = latest[latest["indicator"] == first]
    else:
        latest = latest[latest["indicator"].isin(RANGE)]
    return GrowthTarget(
        lower=float(latest["value"].min()),
        upper=float(latest["value"].max()),
        year=int(stated.max()),
        authority=authority,
        carried_on=bool(stated.max() < year),
        indicators=tuple(sorted(latest["indicator"])),
        source_ids=tuple(sorted(set(latest["source_id"]))),
    )
