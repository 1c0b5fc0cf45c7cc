"""Figures of what is sold: products and how far they are processed."""

from collections.abc import Sequence
from itertools import pairwise
from textwrap import fill

import numpy as np
import pandas as pd
from babel.dates import format_date
from matplotlib.axes import Axes
from matplotlib.patches import Patch, PathPatch
from matplotlib.path import Path

from analysis.catalog.composition import Composition
from analysis.indicators.series import Interval
from analysis.report import display, theme, words
from analysis.report.figures.axes import LanguageFormatter, short
from analysis.report.page import Page

# One row a period: as low as its name allows, since some provinces have dozens. Bars of three
# parts can be read in lower rows than bars of seven.
ROW_INCHES = 0.18
LOW_ROW_INCHES = 0.145

# A longer name in a legend runs out of the picture.
_LEGEND_LETTERS = 52


def composition(page: Page, shown: Composition) -> None:
    """Draw the listed products of one period by size, with their stage and what is not listed."""
    products = shown.products.sort_values("value")
    unlisted = shown.unlisted
    labels = [
        page.say("not listed"),
        *(
            f"{row['item']} {short(row[f'name_{page.language.code}'])}"
            for _, row in products.iterrows()
        ),
    ]
    values = [unlisted, *products["value"]]
    stages = ["unlisted", *products["stage"].replace("unclassified", "unlisted")]
    with theme.styled():
        figure = theme.new_figure(1.1 + 0.42 * len(values))
        axes = figure.subplots()
        bars = axes.barh(labels, values, color=[theme.STAGES[s] for s in stages], edgecolor="white")
        for bar, stage in zip(bars, stages, strict=True):
            bar.set_hatch(theme.STAGE_HATCHES[stage])
        axes.bar_label(
            bars, [page.language.number(100 * v / shown.total, 1) + "%" for v in values], padding=4
        )
        axes.grid(visible=False)
        axes.set_xticks([])
        axes.spines["bottom"].set_visible(False)
        axes.margins(x=0.2)
        axes.set_title(page.say("Percent of exports"))
        used = [s for s in theme.STAGES if s in stages and s != "unlisted"]
        handles = [bars[stages.index(stage)] for stage in used]
        figure.legend(
            handles,
            [words.stage(page.language, stage) for stage in used],
            loc="outside lower center",
            ncols=2,
        )
    largest = products.iloc[-1]
    display.show_figure(
        figure,
        "composition",
        caption=page.say(
            "Exports of {province} by product (HS chapter), {period}: {coverage} percent of the "
            "total is listed. Exports FOB, {basis}.",
            province=page.place,
            period=page.language.period(shown.time_period),
            coverage=page.language.number(shown.coverage_percent),
            basis=words.basis(page.language, shown.basis),
        ),
        alt=page.language.count(
            "A bar for the one listed product, {product}, with {share} percent of exports; "
            "{unlisted} percent are not listed.",
            "Bars of {number} listed products. The largest is {product} with {share} percent of "
            "exports; {unlisted} percent are not listed.",
            len(products),
            product=largest[f"name_{page.language.code}"],
            share=page.language.number(100 * largest["value"] / shown.total, 1),
            unlisted=page.language.number(100 * unlisted / shown.total, 1),
        ),
        source=page.source_line(shown.source_ids),
        data=pd.DataFrame(
            {
                "hs": ["", *products["item"]],
                "name": [page.say("not listed"), *products[f"name_{page.language.code}"]],
                "stage": stages,
                "value_usd_million": values,
            }
        ).iloc[::-1],
    )


def composition_over_time(page: Page, lists: Sequence[Composition], listed: pd.DataFrame) -> None:
    """Draw the shares of the same products in every list, one row a period.

    `listed` has the products as `analysis.catalog.composition.percent_of_total` gives them.
    """
    shares = _with_the_rest(page, lists, listed)
    parts = list(dict.fromkeys(shares["part"]))
    looks = _looks(parts)
    periods = [item.time_period for item in lists]
    with theme.styled():
        figure = theme.new_figure(1.1 + 0.2 * len(parts) + ROW_INCHES * _rows(lists))
        axes = figure.subplots()
        places = _period_rows(page, axes, lists)
        left = np.zeros(len(lists))
        for part in parts:
            sums = shares[shares["part"] == part].groupby("time_period")["percent"].sum()
            right = left + sums.reindex(periods, fill_value=0.0).to_numpy()
            _segments(axes, places, left, right, *looks[part])
            left = right
        _percent_axis(page, axes)
        figure.legend(
            [_key(*looks[part]) for part in parts],
            [_part_name(page, shares, part) for part in parts],
            loc="outside lower left",
        )
    first, last = (page.language.period(lists[i].time_period) for i in (0, -1))
    leading = shares[shares["part"] == parts[0]]
    display.show_figure(
        figure,
        "composition-over-time",
        caption=page.language.count(
            "Exports of {province} by product (HS chapter) in the {number} period whose list "
            "covers enough. Exports FOB, {basis}.",
            "Exports of {province} by product (HS chapter) in the {number} periods whose list "
            "covers enough, {first} to {last}. A dotted line stands where whole years have none. "
            "Exports FOB, {basis}.",
            len(lists),
            province=page.place,
            first=first,
            last=last,
            basis=_bases(page, lists),
        ),
        alt=page.say(
            "A stacked bar for each of {count} periods, {first} to {last}. {product}: {share} "
            "percent of exports where listed. Not listed: {unlisted} percent.",
            count=len(lists),
            first=first,
            last=last,
            product=leading["name"].iloc[0],
            share=_range(page, leading["percent"]),
            unlisted=_range(page, shares.loc[shares["hs"] == "", "percent"]),
        ),
        source=page.source_line(_list_sources(lists)),
        data=shares.drop(columns="part").round(6),
    )


def raw_shares(page: Page, lists: Sequence[Composition], shares: Sequence[Interval]) -> None:
    """Draw for every list what is raw for certain, what may be, and what is processed."""
    lower = np.array([100 * share.lower for share in shares])
    upper = np.array([100 * share.upper for share in shares])
    parts = (
        ("raw", 0 * lower, lower),
        ("mixed", lower, upper),
        ("processed", upper, 0 * upper + 100),
    )
    names = {
        "raw": page.say("raw for certain"),
        "mixed": page.say("raw or not: mixed, not classified or not listed"),
        "processed": page.say("processed for certain"),
    }
    with theme.styled():
        figure = theme.new_figure(1.5 + LOW_ROW_INCHES * _rows(lists))
        axes = figure.subplots()
        places = _period_rows(page, axes, lists)
        shown = [part for part in parts if np.any(part[2] > part[1])]
        for stage, left, right in shown:
            _segments(axes, places, left, right, theme.STAGES[stage], theme.STAGE_HATCHES[stage])
        _percent_axis(page, axes)
        figure.legend(
            [_key(theme.STAGES[stage], theme.STAGE_HATCHES[stage]) for stage, *_ in shown],
            [fill(names[stage], _LEGEND_LETTERS) for stage, *_ in shown],
            loc="outside lower left",
        )
    narrowest = int(np.argmin(upper - lower))
    display.show_figure(
        figure,
        "raw-share",
        caption=page.say(
            "Share of raw goods in exports of {province}, {first} to {last}: each row is the "
            "list of one period. The share of raw goods ends somewhere within the part that may be "
            "raw or not. Exports FOB, {basis}.",
            province=page.place,
            first=page.language.period(lists[0].time_period),
            last=page.language.period(lists[-1].time_period),
            basis=_bases(page, lists),
        ),
        alt=page.say(
            "A bar for each of {count} periods. Raw for certain: {raw} percent of exports; with "
            "all that may be raw: {most} percent. The bounds lie closest in {period}: {lower} and "
            "{upper} percent.",
            count=len(lists),
            raw=_range(page, lower),
            most=_range(page, upper),
            period=page.language.period(lists[narrowest].time_period),
            lower=page.language.number(lower[narrowest], 1),
            upper=page.language.number(upper[narrowest], 1),
        ),
        source=page.source_line(_list_sources(lists)),
        data=pd.DataFrame(
            {
                "time_period": [item.time_period for item in lists],
                "basis": [item.basis for item in lists],
                "raw_for_certain_percent": lower,
                "raw_at_most_percent": upper,
            }
        ).round(6),
    )


def _with_the_rest(page: Page, lists: Sequence[Composition], listed: pd.DataFrame) -> pd.DataFrame:
    """Add what is not listed, and the part that each row is drawn as, the largest part first."""
    sizes = listed.groupby("item")["percent"].sum()
    largest = sizes.sort_values(ascending=False, kind="stable").index[: len(theme.PRODUCTS)]
    rest = pd.DataFrame(
        {
            "time_period": [item.time_period for item in lists],
            "basis": [item.basis for item in lists],
            "item": "",
            f"name_{page.language.code}": page.say("not listed"),
            "percent": [100 * item.unlisted / item.total for item in lists],
        }
    )
    table = pd.concat([listed, rest], ignore_index=True)
    table["part"] = table["item"].where(table["item"].isin(["", *largest]), _OTHER)
    order = {part: place for place, part in enumerate([*largest, _OTHER, ""])}
    table = table.sort_values("part", key=lambda parts: parts.map(order), kind="stable")
    return pd.DataFrame(
        {
            "time_period": table["time_period"],
            "basis": table["basis"],
            "hs": table["item"],
            "name": table[f"name_{page.language.code}"],
            "percent": table["percent"],
            "part": table["part"],
        }
    )


def _segments(
    axes: Axes, places: np.ndarray, left: np.ndarray, right: np.ndarray, colour: str, hatch: str
) -> None:
    """Draw one part of many bars; as one path, as single bars take long to write and to load."""
    pieces = [
        Path([(begin, low), (end, low), (end, high), (begin, high), (begin, low)], closed=True)
        for low, high, begin, end in zip(places - 0.4, places + 0.4, left, right, strict=True)
        if end > begin
    ]
    if pieces:
        whole = Path.make_compound_path(*pieces)
        axes.add_artist(
            PathPatch(whole, facecolor=colour, hatch=hatch, edgecolor="white", linewidth=0.4)
        )


def _key(colour: str, hatch: str) -> Patch:
    return Patch(facecolor=colour, hatch=hatch, edgecolor="white")


# The part that holds the listed products too small for a colour of their own.
_OTHER = "other"


def _looks(parts: Sequence[str]) -> dict[str, tuple[str, str]]:
    looks = dict(zip(parts, zip(theme.PRODUCTS, theme.PRODUCT_HATCHES, strict=True), strict=False))
    return looks | {
        _OTHER: (theme.OTHER_PRODUCTS, ""),
        "": (theme.STAGES["unlisted"], theme.STAGE_HATCHES["unlisted"]),
    }


def _part_name(page: Page, shares: pd.DataFrame, part: str) -> str:
    if part == _OTHER:
        return page.say("other listed products")
    name = str(shares.loc[shares["part"] == part, "name"].iloc[0])
    return f"{part} {name}".strip()


def _range(page: Page, values: pd.Series | np.ndarray) -> str:
    """Write the least and the most of percentages, or one where both look the same."""
    low, high = (page.language.number(value, 1) for value in (values.min(), values.max()))
    return low if low == high else page.say("{low} to {high}", low=low, high=high)


def _years(item: Composition) -> tuple[int, int]:
    first, _, last = item.time_period.partition("/")
    return int(first[:4]), int((last or first)[:4])


def _gaps(lists: Sequence[Composition]) -> dict[int, tuple[int, int]]:
    """Give the whole years without a list before a row, by the row's number."""
    spans = [(_years(before)[1] + 1, _years(after)[0] - 1) for before, after in pairwise(lists)]
    return {row: span for row, span in enumerate(spans, start=1) if span[0] <= span[1]}


def _rows(lists: Sequence[Composition]) -> int:
    return len(lists) + len(_gaps(lists))


def _period_rows(page: Page, axes: Axes, lists: Sequence[Composition]) -> np.ndarray:
    """Name a row for every period, the oldest on top, and set gaps of whole years apart."""
    gaps, places, place = _gaps(lists), [], 0
    for row in range(len(lists)):
        if row in gaps:
            first, last = gaps[row]
            years = str(first) if first == last else f"{first}–{last}"
            axes.axhline(place, color=theme.QUIET, linestyle=":", linewidth=1)
            axes.annotate(
                page.say("{years}: no list", years=years), (50, place), ha="center", va="center",
                fontsize=theme.POINTS - 1.5, color=theme.QUIET,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 1},
            )  # fmt: skip
            place += 1
        places.append(place)
        place += 1
    _name_rows(axes, places, [_brief(page, item.time_period) for item in lists])
    axes.set_ylim(place - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    return np.array(places, dtype=float)


def _name_rows(axes: Axes, places: Sequence[float], names: Sequence[str]) -> None:
    """Write a name beside each row; only the longest as a tick, which keeps room for them all.

    The layout measures every tick many times over, and these are many.
    """
    widest = max(range(len(names)), key=lambda row: len(names[row]))
    axes.set_yticks([places[widest]], [names[widest]])
    for row, name in enumerate(names):
        if row != widest:
            written = axes.annotate(
                name,
                (0, places[row]),
                xycoords=axes.get_yaxis_transform(),
                xytext=(-3.5, 0),
                textcoords="offset points",
                ha="right",
                va="center_baseline",
                color=theme.QUIET,
                fontsize=theme.POINTS - 1,
                annotation_clip=False,
            )
            written.set_in_layout(False)


def _percent_axis(page: Page, axes: Axes) -> None:
    axes.set_xlim(0, 100)
    axes.xaxis.set_major_formatter(LanguageFormatter(page.language))
    axes.grid(visible=False)
    axes.set_title(page.say("Percent of exports"))


def _brief(page: Page, time_period: str) -> str:
    """Write a period with short names of months, to stand beside a row."""
    first, _, last = time_period.partition("/")
    if len(first) == len("YYYY"):
        return first
    begin, end = (pd.Period(month, freq="M").start_time for month in (first, last or first))
    locale = page.language.locale
    written = format_date(end.date(), "MMM y", locale=locale)
    if not last:
        return written
    same_year = begin.year == end.year
    return f"{format_date(begin.date(), 'MMM' if same_year else 'MMM y', locale=locale)}–{written}"


def _bases(page: Page, lists: Sequence[Composition]) -> str:
    names = dict.fromkeys(words.basis(page.language, item.basis) for item in lists)
    return page.language.listing(list(names))


def _list_sources(lists: Sequence[Composition]) -> list[str]:
    return [source for item in lists for source in item.source_ids]
