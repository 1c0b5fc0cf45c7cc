"""Figures look as matplotlib alone would draw them; only the way there is shorter."""

import io
from collections.abc import Callable

import pytest
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from analysis.report import theme


def _two_panels(figure: Figure) -> None:
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=[3, 2])
    upper.plot([2020, 2025], [1_000, 150_000], label="exports")
    lower.bar([2020, 2025], [3, 4])
    upper.set_title("Million USD a year")
    figure.legend(loc="outside lower center")


def _long_names(figure: Figure) -> None:
    axes = figure.subplots()
    bars = axes.barh(["rubber", "animal and vegetable fats and oils"], [60, 5])
    axes.bar_label(bars, ["60 percent of all", "5 percent of all"], padding=4)
    axes.set_xticks([])


def _named_axis(figure: Figure) -> None:
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1])
    axes.set_ylabel("persons")


@pytest.mark.parametrize("draw", [_two_panels, _long_names])
def test_panels_stand_where_constrained_layout_puts_them(draw: Callable[[Figure], None]) -> None:
    with theme.styled():
        own, other = theme.new_figure(3.0), theme.new_figure(3.0)
        other.set_layout_engine("constrained")
        for figure in (own, other):
            draw(figure)
    theme.to_svg(own)
    _plainly(other)
    # A point of the width is 0.003, of the height 0.005.
    for panel, expected in zip(own.axes, other.axes, strict=True):
        assert panel.get_position().extents == pytest.approx(
            expected.get_position().extents, abs=0.001
        )


def test_a_named_axis_keeps_its_name_beside_its_numbers() -> None:
    with theme.styled():
        figure = theme.new_figure(3.0)
        _named_axis(figure)
    assert "persons" in theme.to_svg(figure)
    label = figure.axes[0].yaxis.get_label()
    numbers = [text for text in figure.axes[0].get_yticklabels() if "−" not in text.get_text()]
    assert label.get_window_extent().x0 > 0
    assert label.get_window_extent().x1 <= min(text.get_window_extent().x0 for text in numbers)


def test_texts_that_were_kept_are_written_as_at_first() -> None:
    with theme.styled():
        figures = [theme.new_figure(3.0) for _ in range(3)]
        for figure in figures:
            _two_panels(figure)
    first, again = (theme.to_svg(figure) for figure in figures[:2])
    assert first == again
    figures[2].set_layout_engine("none")
    for panel, placed in zip(figures[2].axes, figures[0].axes, strict=True):
        panel.set_position(placed.get_position())
    assert _plainly(figures[2]) == first


def _plainly(figure: Figure) -> str:
    """Write a figure as matplotlib does by itself."""
    stream = io.StringIO()
    with theme.styled():
        nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        FigureCanvasSVG(figure).print_svg(stream, metadata=nothing)
    return stream.getvalue()
