"""Figures look as matplotlib alone would draw them; only the way there is shorter."""

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from babel.messages.pofile import read_po
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.dates import AutoDateLocator
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextToPath
from matplotlib.ticker import AutoMinorLocator

from analysis.report import locale, theme
from analysis.report.figures.axes import months_axis
from analysis.report.layout import ColumnLayout
from analysis.report.preparation import _PLACED_BY_PAIRS, _SIGNS
from analysis.report.svg import SvgRenderer, _Texts


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


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "0", "−1.234,5", "AVAGO fi ffi", "Kab. Pulau Ñg", "E\u0301", " x "),
        *("\u200b", "a\u200b", "no\u00ad", "a\tb", "\u2011"),
    ],
)
@pytest.mark.parametrize("weight", ["normal", "bold"])
@pytest.mark.filterwarnings("ignore:Glyph")
def test_texts_are_measured_and_shaped_as_matplotlib_does(text: str, weight: str) -> None:
    own, other = SvgRenderer(1, 1, io.StringIO())._text2path, TextToPath()
    with theme.styled():
        font = FontProperties(size=9.5, weight=weight)
        measured = own.get_text_width_height_descent(text, font, False)
        assert measured == other.get_text_width_height_descent(text, font, False)
        drawn = {}
        for texts in (own, other):
            letters, outlines, _ = texts.get_glyphs_with_font(
                texts._get_font(font), text, {}, return_new_glyphs_only=True
            )
            points = {name: path[0].tolist() for name, path in outlines.items()}
            drawn[texts] = letters, points
    assert drawn[own] == drawn[other]


@pytest.mark.parametrize("weight", ["normal", "bold"])
def test_letters_that_were_learned_stand_where_the_font_puts_them(weight: str) -> None:
    learned, shaping = _Texts(), _Texts()
    font = FontProperties(family=theme.FONT, weight=weight)
    with (Path(locale.__file__).parent / "id.po").open("rb") as catalog:
        messages = [message for message in read_po(catalog) if not message.pluralizable]
    texts = [str(text) for message in messages for text in (message.id, message.string)]
    texts += [f"{sign}{number:,.1f} %" for sign in "−-(" for number in range(0, 100_000, 997)]
    pairs = ("AVA", "To.", "r,", "2025", "1–4", "L'", "", "fi", "é")
    expected = {text: shaping.shaped(font, text) for text in (*texts, *pairs)}
    learned.learn(font, _SIGNS, _PLACED_BY_PAIRS)
    shaped = _count_shaped(learned)
    assert {text: learned.shaped(font, text) for text in expected} == expected
    assert {"AVA", "2025"}.isdisjoint(shaped)
    assert {"fi", "é"} <= set(shaped)
    assert len(shaped) < len(expected) * 0.8


def test_letters_that_a_font_joins_are_not_learned() -> None:
    texts = _Texts()
    texts.learn(FontProperties(family=theme.FONT), "12", "fi")
    shaped = _count_shaped(texts)
    for text in ("fi", "if", "12"):
        texts.shaped(FontProperties(family=theme.FONT), text)
    assert shaped == ["fi", "if"]


def _count_shaped(texts: _Texts) -> list[str]:
    """List, from now on, the texts that are shaped."""
    shaped: list[str] = []
    shape = texts._items
    texts._items = lambda face, text: [shaped.append(text), shape(face, text)][1]  # type: ignore[method-assign, func-returns-value]
    return shaped


def _changed_axes(figure: Figure) -> None:
    """Change what ticks look like before and after they are made."""
    upper, lower = figure.subplots(2, 1)
    upper.plot([2020, 2025], [1, 3])
    upper.set_xticks([2020, 2022, 2025], ["first", "then", "last"], rotation=30, ha="right")
    upper.xaxis.get_major_ticks()[1].label1.set_fontweight("bold")
    upper.get_yticklabels()[0].set_color("red")
    upper.tick_params(axis="y", length=0, pad=7, labelsize=8)
    lower.semilogy([1, 2], [10, 10_000])
    lower.xaxis.set_minor_locator(AutoMinorLocator())
    lower.grid(visible=True, which="both", axis="x")
    lower.tick_params(which="minor", bottom=True, direction="in")
    lower.set_xlabel("two lines\nbelow all")
    lower.yaxis.tick_right()


def _texts(figure: Figure) -> None:
    axes = figure.subplots()
    axes.text(0.1, 0.1, "a < b & c", clip_on=True, color="black", rotation=20, fontstyle="italic")
    axes.text(0.1, 0.3, "half there\nand there", alpha=0.5)
    axes.text(0.1, 0.6, "$x^2 -- y$", url="https://example.org")
    axes.text(0.1, 0.8, "ligature fi", fontfeatures=["-liga"], fontweight="bold")
    axes.text(0.5, 0.8, " ")
    axes.text(0.5, 0.6, "e\u0301 \u0301e", bbox={"facecolor": "white"})


def _offset(figure: Figure) -> None:
    figure.subplots().plot([0, 1], [1_000_000_001, 1_000_000_003])


@pytest.mark.parametrize(
    "draw", [_two_panels, _long_names, _named_axis, _changed_axes, _offset, _texts]
)
def test_panels_are_drawn_as_matplotlib_draws_axes(draw: Callable[[Figure], None]) -> None:
    with theme.styled():
        own = theme.new_figure(3.0)
        other = Figure(figsize=own.get_size_inches(), layout=ColumnLayout())
        for figure in (own, other):
            draw(figure)
    assert {type(axes) for axes in own.axes}.isdisjoint({type(axes) for axes in other.axes})
    assert theme.to_svg(own) == _plainly(other)


def _plainly(figure: Figure) -> str:
    """Write a figure as matplotlib does by itself."""
    stream = io.StringIO()
    with theme.styled():
        nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        FigureCanvasSVG(figure).print_svg(stream, metadata=nothing)
    return stream.getvalue()


def test_dates_of_an_axis_follow_what_it_shows() -> None:
    own, other = (Figure().subplots() for _ in range(2))
    months_axis(own)
    other.xaxis.set_major_locator(AutoDateLocator(minticks=3, maxticks=9))
    for first, last in (("2015-01-01", "2025-12-01"), ("2024-03-01", "2024-09-01")):
        for axes in (own, other):
            axes.set_xlim(np.datetime64(first), np.datetime64(last))
        for _ in range(2):
            assert own.get_xticks().tolist() == other.get_xticks().tolist()
            assert len(own.get_xticks()) > 2
