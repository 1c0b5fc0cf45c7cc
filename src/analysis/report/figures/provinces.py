"""Figures of all provinces beside one another, the report's own marked among them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from analysis.models.panel import PooledGrowth
from analysis.report import display, theme, words
from analysis.report.narrative import provinces as narrative
from analysis.report.page import Page

# Frames beside one another: three are wide enough to read on a phone.
COLUMNS = 3

# In inches: a row of names and a letter of one, a frame of months, and a measure's strip.
ROW, LETTER = 0.185, 0.076
FRAME_HEIGHT, FRAME_WIDTH, PLOT_HEIGHT, PLOT_WIDTH = 1.1, 1.63, 0.68, 1.1
STRIP = 0.78

# Provinces that are not the report's own.
OTHERS = "#9AA5B1"

# What a territory's name carries where it takes in provinces that were split from it.
JOINED = "†"


def trade(
    page: Page, table: pd.DataFrame, names: Mapping[str, str], basis: str, sources: Sequence[str]
) -> None:
    """Draw exports and imports of a year by province, from the largest exporter down.

    Args:
        page: the page.
        table: indexed by province code, in the order of the rows, with `export`, `import`,
            `balance` (million USD, missing where a total is not complete), their statuses and the
            columns of the CSV.
        names: of the provinces, by code.
        basis: basis of exports.
        sources: of the totals.

    """
    rows = np.arange(len(table))
    with theme.styled():
        labels = [_marked(short(names[code]), row) for code, row in table.iterrows()]
        figure, axes = _rows(labels, _position(table, page.province.code), 0.75)
        for colour, style, chosen, label in (
            (theme.SURPLUS, "-", table["balance"] >= 0, page.say("surplus")),
            (theme.DEFICIT, "--", table["balance"] < 0, page.say("deficit")),
        ):
            imports, exports = table.loc[chosen, "import"], table.loc[chosen, "export"]
            axes.hlines(rows[chosen], imports, exports, color=colour, linestyle=style, label=label)
        for flow, colour, marker, face in (
            ("export", theme.EXPORT, "o", theme.EXPORT),
            ("import", theme.IMPORT, "s", "none"),
        ):
            axes.scatter(
                table[flow],
                rows,
                s=22,
                edgecolor=colour,
                facecolor=face,
                marker=marker,
                zorder=3,
                label=words.flow(page.language, flow),
            )
        axes.set_xscale("log")
        # Every second power of ten: the names of all would run into one another.
        axes.xaxis.set_major_locator(FixedLocator([10.0**power for power in range(-3, 7, 2)]))
        axes.xaxis.set_minor_locator(NullLocator())
        _numbers_below(page, axes)
        title = page.say("Million USD in {year}, logarithmic scale", year=page.year)
        _title_and_legend(figure, axes, title, columns=4)
    first, last = table["export"].dropna().index[[0, -1]]
    display.show_figure(
        figure,
        "provinces-trade",
        caption=page.say(
            "Exports and imports of the provinces whose totals of {year} are complete, from the "
            "largest exporter down. {valuation}",
            year=page.year,
            valuation=words.valuation(page.language, basis),
        )
        + (
            " " + page.say("≈: a total is rounded, or rests on a figure that is.")
            if _rough(table).any()
            else ""
        ),
        alt=page.language.count(
            "A row for {number} province.",
            "Rows for {number} provinces, a filled dot for exports and a hollow square for imports "
            "in each.",
            len(table),
        )
        + " "
        + page.say(
            "{first} exported most, {first_value} million USD, and {last} least, {last_value}.",
            first=names[first],
            first_value=page.language.number(table.loc[first, "export"], 1),
            last=names[last],
            last_value=page.language.number(table.loc[last, "export"], 1),
        )
        + _own_totals(page, table),
        source=page.source_line(sources),
        data=table.assign(province=[names[code] for code in table.index]).reset_index(),
    )


def months(
    page: Page,
    table: pd.DataFrame,
    names: Mapping[str, str],
    basis: str,
    counts: Mapping[str, int],
    *,
    ranked: bool,
) -> None:
    """Draw exports and imports by month of several provinces, a frame each.

    Args:
        page: the page.
        table: rows with `province_code`, `time_period`, `export`, `import`, `balance` and
            `source_ids`.
        names: of the provinces in the frames, by code, in their order.
        basis: basis of exports.
        counts: how many provinces are `complete`, `unframed` for space and `incomplete`.
        ranked: whether the others were chosen by the own rank in exports.

    """
    first, last = table["time_period"].min(), table["time_period"].max()
    span = pd.period_range(first, last, freq="M")
    height = FRAME_HEIGHT * -(-len(names) // COLUMNS) + 0.65
    with theme.styled():
        figure, axes = _canvas(height)
        frames = [
            _Frame(
                code,
                left=0.48 + FRAME_WIDTH * (position % COLUMNS),
                bottom=height - 0.25 - FRAME_HEIGHT * (position // COLUMNS) - PLOT_HEIGHT,
                months=table[table["province_code"] == code]
                .set_index("time_period")[["export", "import"]]
                .reindex(span.astype(str)),
            )
            for position, code in enumerate(names)
        ]
        _draw_flows(page, axes, frames)
        for position, frame in enumerate(frames):
            below = position + COLUMNS >= len(frames)
            _draw_scale(page, axes, frame, span, with_years=below)
            axes.text(
                frame.left - 0.4,
                frame.bottom + PLOT_HEIGHT + 0.09,
                _framed(names[frame.code]),
                fontsize=theme.POINTS - 1.5,
                fontweight="bold" if frame.code == page.province.code else "normal",
            )
        figure.legend(*axes.get_legend_handles_labels(), loc="lower center", ncols=4)
    display.show_figure(
        figure,
        "provinces-months",
        caption=page.say(
            "Exports and imports by month, {first} to {last}, million USD: {provinces}. Each frame "
            "has its own scale. {valuation}",
            provinces=narrative.framed(page, own=page.province.code in names, ranked=ranked),
            first=page.language.month(first),
            last=page.language.month(last),
            valuation=words.valuation(page.language, basis),
        )
        + " "
        + page.say(
            "Every month of both flows is known for {complete} provinces; {unframed} of them are "
            "left out for space, {incomplete} provinces because months are missing.",
            complete=counts["complete"],
            unframed=counts["unframed"],
            incomplete=counts["incomplete"],
        ),
        alt=page.language.count(
            "{number} small chart of exports and imports by month: {names}.",
            "{number} small charts of exports and imports by month: {names}.",
            len(names),
            names=page.language.listing(list(names.values())),
        )
        + " "
        + page.say(
            "Where the solid line of exports lies above the dashed one of imports, the month had "
            "a surplus."
        ),
        source=page.source_line({name for ids in table["source_ids"] for name in ids.split()}),
        data=table,
    )


def industry(
    page: Page, table: pd.DataFrame, measures: Sequence[str], names: Mapping[str, str]
) -> None:
    """Draw for each measure of small industry where every province lies, the own one marked.

    Args:
        page: the page.
        table: as `catalog.national.imk_compared` gives it.
        measures: those to draw, in their order.
        names: of the provinces, by code.

    """
    own_words = []
    with theme.styled():
        figure, axes = _canvas(STRIP * len(measures) + 0.1)
        for position, measure in enumerate(measures):
            rows = table[table["measure"] == measure].sort_values("value")
            _draw_strip(page, axes, -position, measure, rows, names)
            own = rows[rows["province_code"] == page.province.code]
            if len(own):
                own_words.append(_own_place(page, measure, own.iloc[0]))
        axes.hlines(-np.arange(len(measures)), 0, 1, color=theme.GRID, linewidth=1.2, zorder=0)
        axes.set_ylim(-len(measures) + 0.5, 0.6)
        axes.set_xlim(-0.03, 1.03)
    years = sorted({int(year) for year in table.loc[table["measure"].isin(measures), "year"]})
    display.show_figure(
        figure,
        "provinces-industry",
        caption=page.say(
            "Micro and small industry of all provinces counted in {years} (BPS, IMK). Each dot is "
            "a province; the bar marks the middle of the provinces.",
            years=page.language.listing([str(year) for year in years]),
        )
        + (" " + page.say("The diamond is {province}.", province=page.place) if own_words else "")
        + (
            " " + page.say("Numbers of establishments and of workers are on a logarithmic scale.")
            if {"establishments", "workers"} & set(measures)
            else ""
        ),
        alt=page.language.count(
            "{number} row of dots, a dot for each province.",
            "{number} rows of dots, a dot for each province.",
            len(measures),
        )
        + (" " + "; ".join(own_words) + "." if own_words else ""),
        source=page.source_line({name for ids in table["source_ids"] for name in ids.split()}),
        data=table.assign(province=table["province_code"].map(names)),
    )


def growth(
    page: Page,
    result: PooledGrowth,
    names: Mapping[str, str],
    joined: Collection[str],
    own: str | None,
    sources: Sequence[str],
) -> None:
    """Draw the growth of workers as counted, and after pooling with its interval.

    Args:
        page: the page.
        result: the pooled growth.
        names: of the provinces that the territories are called by, by code.
        joined: codes of the territories that take in provinces split from them.
        own: code of the report's territory; None where it is not among them.
        sources: of the counts.

    """
    table = result.provinces.sort_values("raw", ascending=False)
    rows = np.arange(len(table))
    percent = page.language.number(100 * result.level)
    with theme.styled():
        labels = [
            short(names[code]) + (f" {JOINED}" if code in joined else "") for code in table.index
        ]
        figure, axes = _rows(labels, _position(table, own), 0.95)
        axes.axvline(0, color=theme.QUIET, linewidth=0.8)
        axes.axvline(
            result.national.estimate,
            color=theme.TARGET,
            linestyle="--",
            linewidth=1.4,
            label=page.say("mean of all"),
        )
        axes.hlines(
            rows,
            table["lower"],
            table["upper"],
            color=OTHERS,
            linestyle=":",
            linewidth=1.6,
            label=page.say("{level} percent interval", level=percent),
        )
        axes.scatter(
            table["growth"],
            rows,
            s=26,
            marker="D",
            facecolor="white",
            edgecolor=theme.TARGET,
            zorder=3,
            label=page.say("after pooling"),
        )
        axes.scatter(
            table["raw"], rows, s=24, color=theme.EXPORT, zorder=4, label=page.say("as counted")
        )
        _numbers_below(page, axes)
        _title_and_legend(figure, axes, page.say("Percent a year"), columns=2)
    top, bottom = table.index[0], table.index[-1]
    display.show_figure(
        figure,
        "provinces-growth",
        caption=page.say(
            "Growth of the workers of micro and small industry, {first} to {last}, in comparable "
            "territories (BPS, IMK): as counted, and after partial pooling with its {level} "
            "percent interval. Hollow marks and dotted lines are estimates.",
            first=int(table["first_year"].min()),
            last=int(table["last_year"].max()),
            level=percent,
        )
        + (
            " " + page.say("†: with the provinces that were split from it.")
            if set(joined) & set(table.index)
            else ""
        ),
        alt=page.say(
            "As counted, growth ranges from {high} percent a year in {top} to {low} in {bottom}.",
            high=page.language.signed(table.loc[top, "raw"], 1),
            top=names[top],
            low=page.language.signed(table.loc[bottom, "raw"], 1),
            bottom=names[bottom],
        )
        + " "
        + narrative.pooled(page, table),
        source=page.source_line(sources),
        data=table.assign(territory=[names[code] for code in table.index], level=100 * result.level)
        .rename_axis("province_code")
        .reset_index(),
    )


def short(name: str) -> str:
    """Leave out what a name says of a province's rank: a figure has no room for it.

    >>> short("Yogyakarta (Special Region)")
    'Yogyakarta'
    """
    return name.partition(" (")[0]


def _framed(name: str) -> str:
    """Shorten a name to what a frame has room for.

    >>> _framed("Kepulauan Bangka Belitung"), _framed("Bangka Belitung Islands")
    ('Kep. Bangka Belitung', 'Bangka Belitung Is.')
    """
    return short(name).replace("Kepulauan", "Kep.").replace("Islands", "Is.")


def _canvas(height: float) -> tuple[Figure, Axes]:
    """Make a figure of one bare area, in inches: fitting many axes takes longer than to draw."""
    figure = theme.new_figure(height)
    figure.set_layout_engine("none")
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.set_xlim(0, theme.WIDTH_INCHES)
    axes.set_ylim(0, height)
    return figure, axes


def _rows(labels: Sequence[str], own: int | None, below: float) -> tuple[Figure, Axes]:
    """Make a figure of named rows from the top down, the report's own in bold on a grey band."""
    height = ROW * len(labels) + 0.4 + below
    left = LETTER * max(len(label) for label in labels) + 0.15
    figure = theme.new_figure(height)
    figure.set_layout_engine("none")
    axes = figure.add_axes(
        (
            left / theme.WIDTH_INCHES,
            below / height,
            1 - (left + 0.2) / theme.WIDTH_INCHES,
            ROW * len(labels) / height,
        )
    )
    axes.set_yticks([])
    axes.set_ylim(len(labels) - 0.4, -0.6)
    axes.grid(visible=True, axis="x")
    for position, label in enumerate(labels):
        axes.text(
            -0.02,
            position,
            label,
            transform=axes.get_yaxis_transform(),
            ha="right",
            va="center",
            fontsize=theme.POINTS - 1,
            fontweight="bold" if position == own else "normal",
        )
    if own is not None:
        axes.axhspan(own - 0.5, own + 0.5, color=theme.GRID, zorder=0)
    return figure, axes


def _position(table: pd.DataFrame, code: str | None) -> int | None:
    return list(table.index).index(code) if code in table.index else None


def _numbers_below(page: Page, axes: Axes) -> None:
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: page.language.figure(value)))


def _title_and_legend(figure: Figure, axes: Axes, title: str, columns: int) -> None:
    top = figure.get_size_inches()[1]
    figure.text(0.02, 1 - 0.12 / top, title, fontweight="bold", va="top")
    figure.legend(*axes.get_legend_handles_labels(), loc="lower center", ncols=columns)


def _marked(name: str, row: pd.Series) -> str:
    return f"{name} ≈" if "approximate" in (row["export_status"], row["import_status"]) else name


def _rough(table: pd.DataFrame) -> pd.Series:
    return table[["export_status", "import_status"]].eq("approximate").any(axis="columns")


def _own_totals(page: Page, table: pd.DataFrame) -> str:
    code = page.province.code
    if code not in table.index or table.loc[code, ["export", "import"]].isna().any():
        return ""
    return " " + page.say(
        "{province} exported {exports} and imported {imports}.",
        province=page.place,
        exports=page.language.number(table.loc[code, "export"], 1),
        imports=page.language.number(table.loc[code, "import"], 1),
    )


@dataclass(frozen=True)
class _Frame:
    """One province's months, and where their plot stands, in inches."""

    code: str
    left: float
    bottom: float
    months: pd.DataFrame

    @property
    def top(self) -> float:
        """The value at the upper edge of the plot."""
        highest = float(self.months.max().max())
        return highest if highest > 0 else 1.0


def _draw_flows(page: Page, axes: Axes, frames: Sequence[_Frame]) -> None:
    """Draw the flows of all frames at once, parted by gaps: each stroke costs time."""
    places: list[np.ndarray] = []
    heights: dict[str, list[np.ndarray]] = {"export": [], "import": []}
    for frame in frames:
        count = len(frame.months)
        places.append(frame.left + PLOT_WIDTH * np.arange(count + 1) / (count - 1))
        for flow, parts in heights.items():
            values = frame.bottom + PLOT_HEIGHT * frame.months[flow].to_numpy(float) / frame.top
            parts.append(np.append(values, np.nan))
    across = np.concatenate(places)
    exports, imports = (np.concatenate(heights[flow]) for flow in ("export", "import"))
    for colour, hatch, above, label in (
        (theme.SURPLUS, "", exports >= imports, page.say("surplus")),
        (theme.DEFICIT, "///", exports < imports, page.say("deficit")),
    ):
        axes.fill_between(
            across,
            exports,
            imports,
            where=above,
            facecolor=colour,
            hatch=hatch,
            edgecolor="white",
            alpha=0.3,
            linewidth=0,
            interpolate=True,
            label=label,
        )
    for values, colour, style, flow in (
        (exports, theme.EXPORT, "-", "export"),
        (imports, theme.IMPORT, (0, (2, 1)), "import"),
    ):
        axes.plot(
            across,
            values,
            color=colour,
            linestyle=style,
            linewidth=1.2,
            label=words.flow(page.language, flow),
        )


def _draw_scale(
    page: Page, axes: Axes, frame: _Frame, span: pd.PeriodIndex, *, with_years: bool
) -> None:
    """Draw a frame's base and one line at a round value, and name the value and the years."""
    value = _round_below(frame.top)
    edges = [frame.left, frame.left + PLOT_WIDTH]
    line = frame.bottom + PLOT_HEIGHT * value / frame.top
    axes.plot(edges, [frame.bottom] * 2, color=theme.QUIET, linewidth=0.8)
    axes.plot(edges, [line] * 2, color=theme.GRID, linewidth=0.8, zorder=0)
    small: dict[str, Any] = {"fontsize": theme.POINTS - 1.5, "color": theme.QUIET}
    for height, text in ((frame.bottom, "0"), (line, page.language.figure(value))):
        axes.text(frame.left - 0.04, height, text, ha="right", va="center", **small)
    if not with_years:
        return
    # Of more than two years every second one is named: four names do not fit beside one another.
    step = 1 if len(span) <= 24 else 2
    for position, month in enumerate(span):
        if month.month == 1 and (month.year - span[0].year) % step == 0:
            place = frame.left + PLOT_WIDTH * position / (len(span) - 1)
            axes.text(place, frame.bottom - 0.05, str(month.year), va="top", **small)


def _round_below(value: float) -> float:
    """Give the largest of 1, 2 and 5 times a power of ten that is not above a value.

    >>> [_round_below(value) for value in (1.5, 49.0, 700.0)]
    [1.0, 20.0, 500.0]
    """
    power = 10.0 ** np.floor(np.log10(value))
    return float(max(step * power for step in (1, 2, 5) if step * power <= value))


def _draw_strip(
    page: Page,
    axes: Axes,
    height: float,
    measure: str,
    rows: pd.DataFrame,
    names: Mapping[str, str],
) -> None:
    """Draw one measure: a dot for each province between the lowest and the highest."""
    values = rows.set_index("province_code")["value"]
    scale = np.log(values) if measure in ("establishments", "workers") else values
    reach = float(scale.max() - scale.min())
    places = (scale - scale.min()) / (reach if reach > 0 else 1.0)
    axes.vlines(places.median(), height - 0.13, height + 0.13, color=theme.QUIET, linewidth=1.8)
    axes.scatter(
        places, np.full(len(places), height), s=26, facecolor=OTHERS, alpha=0.75, linewidth=0
    )
    axes.text(0, height + 0.36, narrative.measure(page, measure), fontweight="bold", va="center")
    for place, code, side in ((0.0, values.index[0], "left"), (1.0, values.index[-1], "right")):
        axes.text(
            place,
            height - 0.27,
            f"{short(names[code])} {narrative.amount(page, measure, values[code])}",
            ha=side,
            va="center",
            fontsize=theme.POINTS - 1.5,
            color=theme.QUIET,
        )
    own = page.province.code
    if own not in places.index:
        return
    axes.scatter(
        places[own], height, s=90, marker="D", color=theme.EXPORT, edgecolor="white", zorder=3
    )
    axes.text(
        1,
        height + 0.36,
        f"◆ {narrative.amount(page, measure, values[own])}",
        ha="right",
        va="center",
        fontsize=theme.POINTS - 1,
        fontweight="bold",
        color=theme.EXPORT,
    )


def _own_place(page: Page, measure: str, row: pd.Series) -> str:
    return page.say(
        "{measure}: {value}, number {rank} of {of}",
        measure=narrative.measure(page, measure),
        value=narrative.amount(page, measure, row["value"]),
        rank=int(row["rank"]),
        of=int(row["of"]),
    )
