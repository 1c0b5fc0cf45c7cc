"""Section on the countries that a province sells to and buys from."""

from collections.abc import Mapping

from analysis.catalog.composition import MINIMUM_COVERAGE_PERCENT
from analysis.catalog.partners import PartnerList, PartnerLists
from analysis.indicators.concentration import equivalent_number_bounds
from analysis.indicators.series import Interval
from analysis.report.figures import partners as figures
from analysis.report.narrative import partners as narrative
from analysis.report.page import Page
from analysis.report.sections.base import lacking, partners_series, totals_series
from analysis.report.tables import partners as tables

# With the latest, as many periods as fit beside the names on a phone.
EARLIER_PERIODS = 2


def partners(
    page: Page, found: Mapping[str, PartnerLists], concentrations: Mapping[str, Interval]
) -> None:
    """Show who buys and who sells: the latest lists that cover enough, and the years before.

    Args:
        page: the page.
        found: the lists by flow.
        concentrations: by flow the concentration of the list that is shown, with its bounds.

    """
    page.heading(page.say("Who buys and who sells"), "partners")
    shown = {flow: lists.shown for flow, lists in found.items() if lists.shown is not None}
    for flow, lists in found.items():
        if lists.shown is None:
            lacking(page, _not_shown(page, flow), narrative.not_shown(page, flow, lists), "trade")
            _record_lists(page, flow, lists)
    for flow, item in shown.items():
        page.text(
            " ".join(
                [
                    narrative.largest(page, item),
                    narrative.concentration(page, flow, concentrations[flow]),
                ]
            )
        )
        _record(page, item, concentrations[flow])
    if shown:
        figures.partners(page, shown)
    _over_years(page, {flow: found[flow] for flow in shown})


def _over_years(page: Page, found: Mapping[str, PartnerLists]) -> None:
    """Set the same months of earlier years beside the latest lists."""
    lists = {
        flow: [*reversed(item.earlier[:EARLIER_PERIODS]), item.shown]
        for flow, item in found.items()
        if item.shown is not None
    }
    compared = [flow for flow, items in lists.items() if len(tables.listed_often(items))]
    alone = [flow for flow in lists if flow not in compared]
    if lists:
        page.text(narrative.over_years(page, compared, alone))
    for flow in compared:
        tables.over_years(page, lists[flow])


def _not_shown(page: Page, flow: str) -> str:
    if flow == "export":
        return page.say("Not shown: who buys the exports")
    return page.say("Not shown: who sells the imports")


def _record_lists(page: Page, flow: str, found: PartnerLists) -> None:
    if found.best_coverage_percent is None:
        return
    values = {
        "best_coverage": (found.best_coverage_percent, "percent"),
        "lists": (found.listed, "lists"),
        "needed_coverage": (MINIMUM_COVERAGE_PERCENT, "percent"),
    }
    series = [partners_series(page, flow), totals_series(page, flow)]
    for name, (value, unit) in values.items():
        needed = name == "needed_coverage"
        page.indicator(
            f"partners_{flow}_{name}",
            value,
            unit,
            str(page.year),
            obs_status="derived",
            method="analysis.catalog.composition.MINIMUM_COVERAGE_PERCENT"
            if needed
            else "analysis.catalog.partners.partner_lists",
            inputs=[] if needed else series,
        )


def _record(page: Page, item: PartnerList, index: Interval) -> None:
    count = equivalent_number_bounds(index)
    shares = {
        f"share_{row.iso_3166_1.lower()}": (100 * row.value / item.total, "percent")
        for row in item.partners.head(narrative.NAMED).itertuples()
    }
    values = {
        "total": (item.total, "million USD"),
        "coverage": (item.coverage_percent, "percent"),
        "concentration_lower": (index.lower, "index"),
        "concentration_upper": (index.upper, "index"),
        "equal_countries_lower": (count.lower, "countries"),
        "equal_countries_upper": (count.upper, "countries"),
        **shares,
    }
    rough = "approximate" in {item.total_status, *item.partners["obs_status"]}
    for name, (value, unit) in values.items():
        page.indicator(
            f"partners_{item.flow}_{name}",
            value,
            unit,
            item.time_period,
            obs_status="approximate" if rough else "derived",
            sources=item.source_ids,
            method="analysis.catalog.partners.partner_lists",
            basis=item.basis if item.flow == "export" else None,
            inputs=[partners_series(page, item.flow), totals_series(page, item.flow)],
        )
