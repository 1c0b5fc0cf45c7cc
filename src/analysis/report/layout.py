"""Where the panels of a figure stand: below one another, and a legend below them all."""

import io
from functools import cache

import matplotlib as mpl
import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.layout_engine import LayoutEngine
from matplotlib.spines import Spine
from matplotlib.transforms import Bbox

from analysis.report.svg import SvgRenderer

# Inches around what belongs to a panel and around a legend, as matplotlib's own engine has them.
_AROUND = 0.04167

# Inches that texts often take, to measure them in a panel of about its size: between the longest
# text at the left and the panel, by the numbers below it and its title; and below one over others.
_LEFT, _BELOW, _ABOVE, _BETWEEN = 0.05, 0.22, 0.2, 0.04

# Up to this change of a panel's size, as a part of it, its texts keep to the room that they have.
_SETTLED = 0.05


class ColumnLayout(LayoutEngine):
    """Give panels in one column the room that the texts beside them take.

    Matplotlib's own engine does the same for any grid. It measures all texts twice, which takes as
    long as to draw them; here once is enough where that leaves the panels about as they were.
    """

    _adjust_compatible = False
    _colorbar_gridspec = False

    def execute(self, figure: Figure) -> None:
        """Place the panels of a figure, and its legends below them."""
        renderer = _measuring_renderer()
        panels = figure.axes
        for axes in panels:
            _fix_labels(axes)
        below = _legend_height(figure, renderer)
        _place(figure, np.array([_likely(figure, axes, renderer) for axes in panels]), below)
        before = [(axes.bbox.size, _numbers(axes)) for axes in panels]
        _place(figure, np.array([_margins(axes, renderer) for axes in panels]), below)
        if not all(map(_is_as_measured, panels, *zip(*before, strict=True))):
            _place(figure, np.array([_margins(axes, renderer) for axes in panels]), below)


def _is_as_measured(axes: Axes, size: np.ndarray, numbers: list[list[float]]) -> bool:
    """Tell whether a panel was measured with about its size, and with the numbers it now has."""
    return bool((abs(axes.bbox.size / size - 1) < _SETTLED).all()) and _numbers(axes) == numbers


def _numbers(axes: Axes) -> list[list[float]]:
    return [list(axis.get_majorticklocs()) for axis in (axes.xaxis, axes.yaxis)]


def _fix_labels(axes: Axes) -> None:
    """Spare the search for a place of names that the axes do not have."""
    for axis in (axes.xaxis, axes.yaxis):
        if not axis.get_label_text():
            axis.set_label_coords(0, 0)


def _likely(
    figure: Figure, axes: Axes, renderer: RendererBase
) -> tuple[float, float, float, float]:
    """Guess the pixels that the texts of a panel take, in the order of `_margins`."""
    font = FontProperties(size=mpl.rcParams["ytick.labelsize"])
    places = list(axes.yaxis.get_majorticklocs())
    texts = axes.yaxis.get_major_formatter().format_ticks(places)
    lines = [line for text in texts for line in text.splitlines()]
    sizes = (renderer.get_text_width_height_descent(line, font, False) for line in lines)
    left = max((width for width, _, _ in sizes), default=0.0)
    is_last = axes is figure.axes[-1]
    below = (_BELOW if len(axes.get_xticks()) else 0) if is_last else _BETWEEN
    above = _ABOVE if axes.get_title(loc="left") else 0
    return left + _LEFT * figure.dpi, 0, below * figure.dpi, above * figure.dpi


def _legend_height(figure: Figure, renderer: RendererBase) -> float:
    """Give the pixels that all legends take."""
    boxes = [legend.get_tightbbox(renderer) for legend in figure.legends]
    return sum(box.height + 2 * _AROUND * figure.dpi for box in boxes if box is not None)


def _margins(axes: Axes, renderer: RendererBase) -> tuple[float, float, float, float]:
    """Give the pixels to the left, to the right, below and above that a panel's texts take."""
    beside = [
        artist for artist in axes.get_default_bbox_extra_artists() if _may_stick_out(axes, artist)
    ]
    panel = axes.bbox
    taken = axes.get_tightbbox(renderer, bbox_extra_artists=beside, for_layout_only=True) or panel
    return panel.x0 - taken.x0, taken.x1 - panel.x1, panel.y0 - taken.y0, taken.y1 - panel.y1


def _may_stick_out(axes: Axes, artist: Artist) -> bool:
    """Tell apart the edges of a panel, which do not but take as long to measure as a text."""
    return artist is not axes.patch and not isinstance(artist, Spine)


def _place(figure: Figure, margins: np.ndarray, below: float) -> None:
    """Share out the room that margins and legends leave, by the ratios of the panels' heights."""
    width, height = figure.bbox.size
    margins = margins + _AROUND * figure.dpi
    left, right = margins[:, :2].max(axis=0)
    ratios = _height_ratios(figure)
    heights = ratios / ratios.sum() * (height - below - margins[:, 2:].sum())
    top = height
    for axes, inner, (_, _, under, over) in zip(figure.axes, heights, margins, strict=True):
        upper = top - over
        lower = upper - inner
        box = Bbox([[left / width, lower / height], [1 - right / width, upper / height]])
        axes.set_position(box)
        top = lower - under


def _height_ratios(figure: Figure) -> np.ndarray:
    grid = figure.axes[0].get_gridspec()
    assert grid is not None  # noqa: S101 (panels are made by `figure.subplots`)
    return np.asarray(grid.get_height_ratios(), dtype=float)


@cache
def _measuring_renderer() -> RendererBase:
    """Make what measures texts; it keeps their sizes, which many figures share."""
    return SvgRenderer(1, 1, io.StringIO())
