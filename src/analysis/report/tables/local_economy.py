"""Tables of a province's revenue and of its village cooperatives."""

import pandas as pd

from analysis.catalog.local_economy import (
    OWN_SOURCE,
    REGIONAL,
    REVENUE_AMOUNTS,
    REVENUE_RATIOS,
    TRILLION,
    Revenue,
)
from analysis.report import words
from analysis.report.narrative import local_economy as narrative
from analysis.report.page import Page
from analysis.report.tables.base import amounts, show

# A ratio that no source prints: computed from the amounts.
_COMPUTED = "†"

# The amounts that ratios are computed from.
_RATIO_PARTS = (OWN_SOURCE, REGIONAL, "pad_target_apbd", "pad_target_apbd_revised")

_FIGURE = ["indicator", "time_period", "sub_period", "value", "unit"]


def revenue(page: Page, rows: pd.DataFrame) -> None:
    """Show amounts of revenue, realised and aimed at in rows of their own.

    Args:
        page: the page.
        rows: of `catalog.local_economy.Revenue.figures`; of indicators in `REVENUE_AMOUNTS`.

    """
    order = rows.assign(order=[REVENUE_AMOUNTS.index(name) for name in rows["indicator"]])
    ordered = order.sort_values(["order", "time_period", "sub_period"])
    columns = {
        page.say("Amount"): [narrative.revenue_name(page, name) for name in ordered["indicator"]],
        page.say("Period"): [
            narrative.period(page, row.time_period, row.sub_period) for row in ordered.itertuples()
        ],
        page.say("Status"): [words.status(page.language, name) for name in ordered["obs_status"]],
        page.say("Trillion IDR"): amounts(
            page, ordered["value"], ordered["obs_status"] == "approximate"
        ),
    }
    caption = page.say(
        "Revenue of the government of {province}; of all local governments, its districts' and "
        "cities' too, where a row says so. Targets are those of the budget (APBD).",
        province=page.place,
    )
    if (ordered["printed_unit"] != TRILLION).any():
        caption += " " + page.say("Amounts printed in IDR or billion IDR are converted.")
    show(
        page,
        columns,
        "revenue",
        caption,
        sorted({source for ids in ordered["source_ids"] for source in ids}),
        data=ordered[[*_FIGURE, "printed_unit", "obs_status", "source_id"]],
        texts=3,
    )


def ratios(page: Page, found: Revenue, computed: pd.DataFrame) -> None:
    """Show own-source revenue against its target, all revenue and the year before.

    A printed percentage goes before one that follows from the amounts, which is marked.
    """
    printed = narrative.printed_ratios(found)
    texts, values = {}, {}
    for name, ratio in REVENUE_RATIOS.items():
        own = computed[ratio]
        merged = printed[name].combine_first(own)
        texts[ratio] = {
            year: page.language.figure(value)
            if year in printed[name].index
            else f"{page.language.number(value, 1)} {_COMPUTED}"
            for year, value in merged.dropna().items()
        }
        values[ratio] = merged
    shown = [ratio for ratio, by_year in texts.items() if by_year]
    years = sorted({year for ratio in shown for year in texts[ratio]})
    if not years:
        return
    columns = {page.say("Year"): [str(year) for year in years]}
    for ratio in shown:
        cells = [texts[ratio].get(year, page.language.number(None)) for year in years]
        columns[narrative.ratio_name(page, ratio)] = cells
    caption = page.say(
        "Own-source revenue of the government of {province}, realised amounts.",
        province=page.place,
    )
    if any(_COMPUTED in cell for ratio in shown for cell in texts[ratio].values()):
        caption += " " + page.say(
            "{mark} computed from the amounts; the others as printed.", mark=_COMPUTED
        )
    whole = found.figures[found.figures["sub_period"] == ""]
    rows = whole[whole["indicator"].isin((*REVENUE_RATIOS, *_RATIO_PARTS))]
    show(
        page,
        columns,
        "revenue-ratios",
        caption,
        sorted({source for ids in rows["source_ids"] for source in ids}),
        data=pd.DataFrame(values).reindex(years).rename_axis("year").reset_index(),
        texts=1,
    )


def cooperatives(page: Page, own: pd.DataFrame, shares: pd.Series) -> None:
    """Show the steps of setting up village cooperatives, and what part of the target they are.

    Args:
        page: the page.
        own: rows of `catalog.local_economy.village_figures` of the province, of its steps.
        shares: percent of the target by indicator; none where no target of that unit is known.

    """
    columns = {
        page.say("Step"): [narrative.village_step(page, name) for name in own["indicator"]],
        page.say("State of"): [
            narrative.period(page, row.time_period, row.sub_period) for row in own.itertuples()
        ],
        page.say("Number"): [page.language.number(value) for value in own["value"]],
    }
    if len(shares):
        columns[page.say("Of the target (percent)")] = [
            page.language.number(shares.get(name), 1) for name in own["indicator"]
        ]
    show(
        page,
        columns,
        "cooperatives",
        page.say(
            "Village cooperatives (Koperasi Desa Merah Putih) of {province}. The steps are of "
            "different days, and from different sources.",
            province=page.place,
        ),
        sorted(own["source_id"].unique()),
        data=own.assign(percent_of_target=own["indicator"].map(shares))[
            [*_FIGURE, "percent_of_target", "obs_status", "source_id"]
        ],
        texts=2,
    )
