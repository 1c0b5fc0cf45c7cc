"""Where a province's figures stop including the provinces that were split from it."""

from dataclasses import dataclass

import pandas as pd

from analysis.catalog.tables import Catalog
from analysis.parameters.provinces import Province


@dataclass(frozen=True)
class TerritoryBreak:
    """A declared change of the territory that a province's figures cover.

    The province keeps its BPS code, so without the declaration a split looks like a collapse.

    Attributes:
        last_with: last period (year or month) whose figures include the children.
        first_without: first period whose figures do not.
        children: the provinces that were split off.

    """

    last_with: str
    first_without: str
    children: tuple[Province, ...]


@dataclass(frozen=True)
class InsideParent:
    """A statement that a province's figures are still inside those of another.

    Attributes:
        parent: the province that it was split from.
        until: last period (year or month) in which they are.

    """

    parent: Province
    until: str


def inside_parent(catalog: Catalog, province: Province, resource: str) -> InsideParent | None:
    """Say until when the figures of a young province are inside its parent's, if ever.

    Args:
        catalog: the figures.
        province: the young province.
        resource: name of the table that the figures stand in.

    Returns:
        The parent and the last period, or None where the figures were never the parent's.

    >>> catalog = Catalog()
    >>> inside = inside_parent(catalog, catalog.province("papua-selatan"), "trade")
    >>> inside.parent.slug, inside.until
    ('papua', '2023-12')

    """
    if province.parent is None:
        return None
    parent = catalog.provinces.by_code(province.parent)
    for item in territory_breaks(catalog, parent, resource):
        if province in item.children:
            return InsideParent(parent, item.last_with)
    return None


def territory_breaks(
    catalog: Catalog, province: Province, resource: str, indicator: str = "", source_id: str = ""
) -> tuple[TerritoryBreak, ...]:
    """Give the declared breaks of one series of a province, oldest first.

    The most specific declaration of each child wins: one for a source before one for a table
    before the general one; within those, one for the longer beginning of an indicator's name.

    Args:
        catalog: the figures.
        province: the province that others were split from.
        resource: name of the table that the series stands in.
        indicator: the series' indicator; blank for foreign trade.
        source_id: the series' source where it rests on one.

    >>> catalog = Catalog()
    >>> (split,) = territory_breaks(catalog, catalog.province("papua"), "trade")
    >>> split.first_without, [child.code for child in split.children]
    ('2024-01', ['95', '96', '97'])

    """
    rows = catalog.read("territory", parent_code=province.code)
    if rows.empty:
        return ()
    fitting = rows[
        rows["source_id"].isin(["", source_id])
        & rows["resource"].isin(["", resource])
        & pd.Series(
            [indicator.startswith(prefix) for prefix in rows["indicator_prefix"]], dtype=bool
        )
    ]
    ranked = fitting.assign(
        _source=fitting["source_id"] != "",
        _resource=fitting["resource"] != "",
        _prefix=fitting["indicator_prefix"].str.len(),
    ).sort_values(["_source", "_resource", "_prefix"], ascending=False, kind="stable")
    chosen = ranked.drop_duplicates("child_code")
    inside = chosen[(chosen["included_until"] != "") & (chosen["separate_from"] != "")]
    return tuple(
        TerritoryBreak(
            last_with=str(last),
            first_without=str(first),
            children=tuple(catalog.provinces.by_code(code) for code in sorted(group["child_code"])),
        )
        for (last, first), group in inside.groupby(["included_until", "separate_from"])
    )
