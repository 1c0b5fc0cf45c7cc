"""Table of trade by country over the years of which the same months are listed."""

from collections.abc import Sequence

import pandas as pd

from analysis.catalog.partners import PartnerList
from analysis.report import words
from analysis.report.narrative.commodities import country
from analysis.report.page import Page
from analysis.report.tables.base import show


def listed_often(lists: Sequence[PartnerList]) -> pd.DataFrame:
    """Give the countries that at least two of the lists have, those of the latest list first.

    Returns:
        A frame indexed by `iso_3166_1` with the values (million USD) of each period.

    """
    values = pd.DataFrame(
        {item.time_period: item.partners.set_index("iso_3166_1")["value"] for item in lists}
    )
    periods = [item.time_period for item in reversed(lists)]
    ordered = values.sort_values(periods, ascending=False)
    return ordered[ordered.notna().sum(axis="columns") > 1]


def over_years(page: Page, lists: Sequence[PartnerList]) -> None:
    """Show what each country bought or sold in the same months of several years.

    Args:
        page: the page.
        lists: of one flow and basis, the oldest first; the last is the one that is shown.

    """
    data = listed_often(lists)
    totals = pd.DataFrame({item.time_period: [item.total] for item in lists}, index=[""])
    number = page.language.number
    columns = {
        page.say("Country"): [
            *(country(page, str(code)) for code in data.index),
            page.say("All countries"),
        ]
    }
    for item in lists:
        header = page.say("{period} (million USD)", period=page.language.period(item.time_period))
        cells = [*data[item.time_period], item.total]
        columns[header] = [number(value, 1) for value in cells]
    show(
        page,
        columns,
        f"partners-{lists[-1].flow}",
        page.say(
            "{flow} of {province} by country, for those named in two lists or more. A dash: not "
            "listed, which is not zero. {basis}",
            flow=words.flow(page.language, lists[-1].flow),
            province=page.place,
            basis=_basis(page, lists[-1]),
        ),
        sorted({source for item in lists for source in item.source_ids}),
        data=pd.concat([data, totals]).reset_index(names="iso_3166_1"),
        texts=1,
    )


def _basis(page: Page, item: PartnerList) -> str:
    if item.flow == "import":
        return page.say("Imports by port of unloading, CIF.")
    return page.say("Exports {basis}, FOB.", basis=words.basis(page.language, item.basis))
