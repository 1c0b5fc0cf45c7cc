"""What the figures share: axes in the report's language, breaks, and names."""

import textwrap
from collections.abc import Sequence

import matplotlib.dates as mdates
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import Formatter

from analysis.report import theme
from analysis.report.locale import Language
from analysis.report.page import Page

# Of the height of bars with a break, the room that its name takes above them.
_BREAK_ROW = 0.1


class LanguageFormatter(Formatter):
    """Write an axis's numbers in the report's language, all with the decimals that one needs."""

    def __init__(self, language: Language) -> None:
        self.language = language

    def __call__(self, value: float, position: int | None = None) -> str:
        """Write one number."""
        return self.language.figure(value)

    def format_ticks(self, values: Sequence[float]) -> list[str]:
        """Write all numbers of an axis."""
        digits = next((n for n in range(3) if all(abs(v - round(v, n)) < 1e-9 for v in values)), 3)
        return [self.language.number(value, digits) for value in values]


class _MonthsLocator(mdates.AutoDateLocator):
    """Find dates for an axis once: while panels find their places they are asked for repeatedly."""

    _shown: tuple[float, ...] = ()
    _found: Sequence[float] = ()

    def __call__(self) -> Sequence[float]:
        """Give the dates of the part of the axis that is shown, as numbers."""
        assert self.axis is not None  # noqa: S101 (it asks)
        shown = tuple(self.axis.get_view_interval())
        if self._shown != shown:
            self._shown, self._found = shown, super().__call__()
        return self._found


def draw_breaks(axes: Axes, years: list[int], breaks: Sequence[tuple[int, str]]) -> None:
    """Mark breaks between two bars, where there are bars on both sides, and name them above all.

    Args:
        axes: bars at 0, 1, 2 and so on, finished but for the breaks.
        years: of the bars, in their order.
        breaks: the last year before each break, and what it is called.

    """
    places = [(sum(year <= last for year in years) - 0.5, name) for last, name in breaks]
    inside = [(place, name) for place, name in places if 0 < place < len(years) - 1]
    for row, (place, name) in enumerate(inside):
        axes.axvline(place, color=theme.DEFICIT, linestyle="--", linewidth=1.4)
        in_right_half = place > (len(years) - 1) / 2
        axes.annotate(
            name,
            (place, 1 - _BREAK_ROW * row),
            xycoords=("data", "axes fraction"),
            xytext=(-4 if in_right_half else 4, -1),
            textcoords="offset points",
            ha="right" if in_right_half else "left",
            va="top",
            fontsize=theme.POINTS - 1.5,
            color=theme.DEFICIT,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5},
        )
    axes.set_ylim(top=axes.get_ylim()[1] * (1 + _BREAK_ROW * len(inside)))


def months_axis(axes: Axes) -> None:
    """Date an axis by years, and by months where it is short."""
    axes.xaxis.set_major_locator(_MonthsLocator(minticks=3, maxticks=9))
    axes.xaxis.set_major_formatter(
        mdates.ConciseDateFormatter(
            axes.xaxis.get_major_locator(),
            formats=["%Y", "%m/%y", "%d", "%H", "%M", "%S"],
            zero_formats=["", "%Y", "%m/%y", "%d", "%H", "%M"],
            show_offset=False,
        )
    )


def numbers_axis(page: Page, *all_axes: Axes) -> None:
    """Write the numbers of vertical axes in the report's language."""
    for axes in all_axes:
        axes.yaxis.set_major_formatter(LanguageFormatter(page.language))


def with_period(frame: pd.DataFrame) -> pd.DataFrame:
    """Turn an index of months into the column that a CSV has."""
    return frame.reset_index(names="time_period").assign(
        time_period=lambda table: table["time_period"].astype(str)
    )


def short(name: str, letters: int = 34) -> str:
    """Cut a long name after a word, to what fits beside a bar or over a panel.

    >>> short("Preparations of vegetables and fruit", 30)
    'Preparations of vegetables…'

    """
    return textwrap.shorten(name, letters, placeholder="…")
