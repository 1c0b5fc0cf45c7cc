"""The figure of what is known: every month of the last years, subject by subject."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from analysis.catalog.coverage import MONTHLY_SUBJECTS, State
from analysis.report import display, theme, words
from analysis.report.page import Page

# Ten years in one row would press a month on a phone into two pixels; five leave four.
YEARS = 10
YEARS_A_BLOCK = 5

# Of a month's room in the picture and of a row's, this much is its square.
_SQUARE_WIDTH, _SQUARE_HEIGHT = 0.74, 0.17

# A square's filling tells how a figure is known, without any colour.
_MARKERS: dict[State, dict[str, object]] = {
    State.PUBLISHED: {"color": theme.EXPORT},
    State.LISTED: {"color": theme.EXPORT},
    State.DERIVED: {"color": theme.EXPORT, "fillstyle": "bottom", "markerfacecoloralt": "white"},
    State.PART: {"color": theme.EXPORT, "fillstyle": "left", "markerfacecoloralt": "white"},
    State.APPROXIMATE: {"color": theme.EXPORT, "markerfacecolor": "white"},
    State.DOUBTFUL: {"color": theme.IMPORT, "marker": "x", "markeredgewidth": 1.4},
}

# States that are drawn alike stand in the key once.
_KEY = (State.PUBLISHED, State.DERIVED, State.APPROXIMATE, State.PART, State.DOUBTFUL)


def coverage(page: Page, known: pd.DataFrame, first_year: int) -> None:
    """Draw the months known of each subject, five years to a block.

    Args:
        page: the page.
        known: as `catalog.coverage.known_by_month` gives it.
        first_year: first year shown, at most `YEARS` before the report's.

    """
    subjects = [name for name in MONTHLY_SUBJECTS if name in set(known["subject"])]
    table = _table(known, subjects, first_year, page.year)
    starts = list(range(first_year, page.year + 1, YEARS_A_BLOCK))
    with theme.styled():
        figure = theme.new_figure(0.75 + len(starts) * (0.45 + 0.21 * len(subjects)))
        blocks = figure.subplots(len(starts), 1, squeeze=False)[:, 0]
        for axes, start in zip(blocks, starts, strict=True):
            _draw_block(page, axes, table, subjects, start)
        drawn = [state for state in _KEY if state in set(known["state"])]
        if State.PUBLISHED not in drawn and State.LISTED in set(known["state"]):
            drawn.insert(0, State.PUBLISHED)
        figure.legend(
            [_marker(state) for state in drawn],
            [words.state(page.language, state) for state in drawn],
            loc="outside lower center",
            ncols=2,
            handletextpad=0.2,
            columnspacing=1.0,
        )
    display.show_figure(
        figure,
        "coverage",
        caption=page.say(
            "What the collection knows of {province} month by month, {first} to {last}. A dot is a "
            "month without a figure.",
            province=page.place,
            first=first_year,
            last=page.year,
        ),
        alt=" ".join(
            [
                page.say("A row of squares for each subject, one square a month."),
                *(_row_words(page, table, subject) for subject in subjects),
            ]
        ),
        source=page.say(
            "Source: counted in the tables of `data/`; the figures themselves and their sources "
            "stand in the sections that follow."
        ),
        data=table,
    )


def _table(known: pd.DataFrame, subjects: list[str], first: int, last: int) -> pd.DataFrame:
    """Give a row for every subject and month, with the state `missing` where none is known."""
    months = pd.period_range(f"{first}-01", f"{last}-12", freq="M").astype(str)
    states = known.set_index(["subject", "time_period"])["state"].map(str)
    every = pd.MultiIndex.from_product([subjects, months], names=["subject", "time_period"])
    return states.reindex(every, fill_value="missing").reset_index()


def _draw_block(
    page: Page, axes: Axes, table: pd.DataFrame, subjects: list[str], start: int
) -> None:
    months = 12 * YEARS_A_BLOCK
    position = {
        str(month): number
        for number, month in enumerate(pd.period_range(f"{start}-01", periods=months, freq="M"))
    }
    own = table[table["time_period"].isin(position)]
    across = own["time_period"].map(position).to_numpy()
    down = own["subject"].map(subjects.index).to_numpy()
    missing = (own["state"] == "missing").to_numpy()
    # Short strokes parted by gaps, as one line: a marker each would weigh more than all squares.
    nowhere = np.full(missing.sum(), np.nan)
    strokes = np.stack([across[missing] - 0.13, across[missing] + 0.13, nowhere], axis=1)
    axes.plot(strokes.ravel(), np.repeat(down[missing], 3), color=theme.QUIET, linewidth=1.1)
    for state in State:
        chosen = (own["state"] == state.value).to_numpy()
        if chosen.any():
            _draw_squares(axes, state, across[chosen], down[chosen])
    for edge in range(12, months, 12):
        axes.axvline(edge - 0.5, color=theme.GRID, linewidth=0.8, zorder=0)
    axes.set(xlim=(-0.8, months - 0.2), ylim=(len(subjects) - 0.4, -0.6))
    axes.grid(visible=False)
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.tick_params(length=0)
    axes.set_yticks(range(len(subjects)), [words.subject(page.language, name) for name in subjects])
    years = [year for year in range(start, start + YEARS_A_BLOCK) if year <= page.year]
    axes.set_xticks([12 * (year - start) + 5.5 for year in years], [str(year) for year in years])


def _draw_squares(axes: Axes, state: State, across: np.ndarray, down: np.ndarray) -> None:
    """Draw the squares of one state as one path: a marker for each weighs four times as much."""
    look = _MARKERS[state]
    if "marker" in look:
        handle = _marker(state)
        handle.set(xdata=across, ydata=down, markersize=3.4)
        axes.add_line(handle)
        return
    left, right = across - _SQUARE_WIDTH / 2, across + _SQUARE_WIDTH / 2
    top, bottom = down - _SQUARE_HEIGHT, down + _SQUARE_HEIGHT
    filling = look.get("fillstyle")
    if filling == "bottom":
        parts = [(left, right, down, bottom)]
    elif filling == "left":
        parts = [(left, across, top, bottom)]
    else:
        parts = [] if "markerfacecolor" in look else [(left, right, top, bottom)]
    for sides in parts:
        axes.add_artist(PathPatch(_rectangles(*sides), facecolor=look["color"], linewidth=0))
    if filling or not parts:
        outline = _rectangles(left, right, top, bottom)
        axes.add_artist(PathPatch(outline, fill=False, edgecolor=look["color"], linewidth=0.7))


def _rectangles(left: np.ndarray, right: np.ndarray, top: np.ndarray, bottom: np.ndarray) -> Path:
    corners = np.stack([left, top, right, top, right, bottom, left, bottom, left, top], axis=1)
    codes = [Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY]
    return Path(corners.reshape(-1, 2), codes * len(left))


def _marker(state: State) -> Line2D:
    style: dict[str, object] = {"marker": "s", "markersize": 5, "markeredgewidth": 0.7}
    return Line2D([], [], linestyle="none", **(style | _MARKERS[state]))  # type: ignore[arg-type]


def _row_words(page: Page, table: pd.DataFrame, subject: str) -> str:
    own = table[table["subject"] == subject]
    states = own.loc[own["state"] != "missing", "state"]
    parts = [
        page.say("{count} {state}", count=count, state=words.state(page.language, State(name)))
        for name, count in states.value_counts().items()
    ]
    return page.say(
        "{subject}: {known} of {all} months ({states}).",
        subject=words.subject(page.language, subject),
        known=len(states),
        all=len(own),
        states=", ".join(parts) or page.say("none"),
    )
