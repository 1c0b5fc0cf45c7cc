"""Figures of commodities: what was loaded by month, and the series that are long enough."""

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from analysis.catalog.commodities import CommodityLoaded
from analysis.catalog.trade import VALUE
from analysis.report import display, theme, words
from analysis.report.figures.axes import numbers_axis, short, with_period
from analysis.report.narrative import commodities as narrative
from analysis.report.page import Page

PANEL_INCHES = 1.6

# A panel is half a page wide.
PANEL_LETTERS = 30

_SERIES_COLUMNS = ["item", "item_name", "counted_by", "basis", "time_period", "measure", "figure"]
_SERIES_COLUMNS += ["obs_status", "source_id"]


def loaded(page: Page, found: CommodityLoaded) -> None:
    """Draw by month the weight loaded, and its unit value beside that of all ports."""
    table = _loaded_table(found)
    dates = _in_years(table.index.year, table.index.month)
    with theme.styled():
        figure = theme.new_figure(4.6)
        weights, prices = figure.subplots(2, 1, sharex=True)
        weights.vlines(dates, 0, table["tonnes"].fillna(0), color=theme.EXPORT, linewidth=1.8)
        weights.set_ylim(bottom=0)
        weights.set_title(page.say("Coffee loaded, tonnes a month"))
        prices.plot(dates, table["country_unit_value"], color=theme.QUIET, linewidth=1.0)
        prices.plot(
            dates, table["unit_value"], color=theme.EXPORT, marker=".", markersize=4, linewidth=1.4
        )
        prices.set_ylim(bottom=0)
        prices.set_title(page.say("Unit value, USD a kilogram"))
        _mark_provisional(page, (weights, prices), table)
        _years_axis(prices, 9)
        numbers_axis(page, weights, prices)
        figure.legend(
            prices.get_lines()[::-1],
            [page.place, page.say("all ports of the country")],
            loc="outside lower center",
            ncols=2,
        )
    known = table["unit_value"].dropna()
    display.show_figure(
        figure,
        "coffee-loaded",
        caption=" ".join(
            [
                page.say(
                    "Coffee (HS 0901) loaded in the ports of {province} by month: weight, and "
                    "unit value beside that of all ports. Exports FOB, {basis}; not coffee grown "
                    "here.",
                    province=page.place,
                    basis=words.basis(page.language, "port-of-loading"),
                ),
                _provisional_note(page, table),
            ]
        ).strip(),
        alt=page.say(
            "Bars of tonnes a month, the most in {heaviest} with {most}. Below, a line of the unit "
            "value: lowest {lowest} in {low_month}, highest {highest} in {high_month}, last "
            "{latest} in {last_month}.",
            heaviest=page.language.month(table["tonnes"].idxmax()),
            most=narrative.weight(page, narrative.TONNE_KG * table["tonnes"].max()),
            lowest=narrative.a_kilogram(page, known.min()),
            low_month=page.language.month(known.idxmin()),
            highest=narrative.a_kilogram(page, known.max()),
            high_month=page.language.month(known.idxmax()),
            latest=narrative.a_kilogram(page, known.iloc[-1]),
            last_month=page.language.month(known.index[-1]),
        ),
        source=page.source_line(found.source_ids),
        data=with_period(table),
    )


def series(page: Page, found: Sequence[pd.DataFrame]) -> None:
    """Draw the series that are long enough as small multiples, each on its own scale."""
    rows = (len(found) + 1) // 2
    with theme.styled():
        figure = theme.new_figure(PANEL_INCHES * rows)
        # Panels of one size need no layout to be searched for, which costs as much as drawing.
        figure.set_layout_engine("none")
        panels = figure.subplots(
            rows, 2, squeeze=False, sharex=True, gridspec_kw=_panel_grid(rows)
        ).ravel()
        for axes, part in zip(panels, found, strict=False):
            _draw_series(page, axes, part)
        for axes in panels[len(found) :]:
            axes.set_axis_off()
        # Two columns are narrow: few years stand side by side, under the lowest panels only.
        for number, axes in enumerate(panels):
            _years_axis(axes, 4)
            axes.yaxis.set_major_locator(MaxNLocator(3))
            axes.tick_params(axis="x", labelbottom=number + 2 >= len(found))
        numbers_axis(page, *panels[: len(found)])
    display.show_figure(
        figure,
        "commodity-series",
        caption=_series_caption(page, found),
        alt=" ".join(_series_words(page, part) for part in found),
        source=page.source_line(sorted({i for part in found for i in part["source_id"]})),
        data=pd.concat(found)[_SERIES_COLUMNS],
    )


def _loaded_table(found: CommodityLoaded) -> pd.DataFrame:
    """Put the province's months beside those of all ports; a month without shipments is blank."""
    own = found.months.set_index("time_period")
    country = found.country_months.set_index("time_period")
    table = pd.DataFrame(
        {
            "tonnes": own["weight_kg"] / narrative.TONNE_KG,
            "weight_kg": own["weight_kg"],
            VALUE: own["value"],
            "unit_value": own["unit_value"],
            "country_unit_value": country["unit_value"],
        },
        index=country.index,
    )
    table["provisional"] = table.index.isin(found.provisional_months)
    table.index = pd.PeriodIndex(table.index, freq="M")
    return table


def _mark_provisional(page: Page, all_axes: Sequence[Axes], table: pd.DataFrame) -> None:
    months = table.index[table["provisional"]]
    if months.empty:
        return
    for axes in all_axes:
        axes.axvspan(
            months[0].year + (months[0].month - 1) / 12,
            months[-1].year + months[-1].month / 12,
            facecolor=theme.GRID,
            edgecolor=theme.QUIET,
            hatch="//",
            linewidth=0,
            zorder=0,
        )
    all_axes[0].annotate(
        page.say("provisional"),
        (months[0].year, 0.98),
        xycoords=("data", "axes fraction"),
        xytext=(-8, 0),
        textcoords="offset points",
        ha="right",
        va="top",
        fontsize=theme.POINTS - 1.5,
    )


def _provisional_note(page: Page, table: pd.DataFrame) -> str:
    if not table["provisional"].any():
        return ""
    return page.say("Hatched months are provisional figures.")


def _panel_grid(rows: int) -> dict[str, float]:
    """Place panels with room for two lines of title above and labels at the left and below."""
    title, labels, between = 0.48, 0.3, 0.55
    height = (PANEL_INCHES * rows - title - labels - between * (rows - 1)) / rows
    return {
        "left": 0.48 / theme.WIDTH_INCHES,
        "right": 0.96,
        "top": 1 - title / (PANEL_INCHES * rows),
        "bottom": labels / (PANEL_INCHES * rows),
        "wspace": 0.26,
        "hspace": between / height,
    }


def _draw_series(page: Page, axes: Axes, part: pd.DataFrame) -> None:
    monthly = part["period_type"].iloc[0] == "month"
    index = pd.PeriodIndex(part["time_period"], freq="M" if monthly else "Y")
    # Only months or years that follow each other are joined by a line.
    points = pd.Series(part["figure"].to_numpy(), index=index)
    points = points.reindex(pd.period_range(index.min(), index.max(), freq=index.freq))
    x = _in_years(points.index.year, points.index.month) if monthly else points.index.year
    levels = part["measure"].iloc[0] == "value"
    axes.plot(
        x,
        points,
        color=theme.EXPORT if levels else theme.DEFICIT,
        marker="." if levels else "D",
        markersize=4 if levels else 3,
        linewidth=1.0,
    )
    axes.set_ylim(0, 1.15 * points.max())
    axes.set_title(_title(page, part), fontsize=theme.POINTS - 1.5, fontweight="normal", loc="left")


def _in_years(years: pd.Index, months: pd.Index) -> pd.Index:
    """Place months on an axis of years, each in its middle."""
    return years + (months - 0.5) / 12


def _years_axis(axes: Axes, count: int) -> None:
    """Write whole years under an axis; an axis of dates takes far longer to draw."""
    axes.xaxis.set_major_locator(MaxNLocator(count, integer=True))
    axes.xaxis.set_major_formatter("{x:.0f}")


def _name(page: Page, part: pd.DataFrame) -> str:
    row = part.iloc[0]
    return narrative.goods(page, row["item_name"], row[f"name_{page.language.code}"])


def _title(page: Page, part: pd.DataFrame) -> str:
    name = short(_name(page, part), PANEL_LETTERS)
    return f"{name}\nHS {part['item'].iloc[0]}, {_unit(page, _is_level(part))}"


def _unit(page: Page, levels: bool) -> str:
    return page.say("million USD") if levels else page.say("USD a kilogram")


def _series_caption(page: Page, found: Sequence[pd.DataFrame]) -> str:
    bases = sorted({part["basis"].iloc[0] for part in found if _is_level(part)})
    sentences = [
        page.say(
            "Goods of {province} with figures of twelve months or three years at least, each on "
            "its own scale. Points are joined where nothing between them is "
            "missing.",
            province=page.place,
        )
    ]
    if bases:
        sentences.append(
            page.say(
                "Values are trade statistics: exports FOB, {basis}.",
                basis=page.language.listing([words.basis(page.language, b) for b in bases]),
            )
        )
    if not all(_is_level(part) for part in found):
        sentences.append(
            page.say("Diamonds are unit values that others than customs counted, and no levels.")
        )
    return " ".join(sentences)


def _series_words(page: Page, part: pd.DataFrame) -> str:
    figure = page.language.figure
    return page.say(
        "{goods} (HS {hs}), {unit}: from {first} to {last} between {lowest} and {highest}.",
        goods=_name(page, part),
        hs=part["item"].iloc[0],
        unit=_unit(page, _is_level(part)),
        first=page.language.period(part["time_period"].iloc[0]),
        last=page.language.period(part["time_period"].iloc[-1]),
        lowest=figure(part["figure"].min()),
        highest=figure(part["figure"].max()),
    )


def _is_level(part: pd.DataFrame) -> bool:
    return bool(part["measure"].iloc[0] == "value")
