"""How figures are written as SVG: a text that many figures show is measured and shaped once."""

import io
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from operator import sub
from typing import Any, NamedTuple

from matplotlib.backend_bases import GraphicsContextBase
from matplotlib.backends.backend_svg import RendererSVG, _generate_transform
from matplotlib.colors import rgb2hex
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.ft2font import FT2Font, GlyphIndexType, LoadFlags
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.textpath import TextToPath

# Texts that are kept: those of some ten reports.
_KEPT = 4096

# FreeType's units in a point.
_UNITS = 64
_TO_POINTS = f"scale({1 / _UNITS:.6f})"

# A letter's name, place and scale.
_Letter = tuple[str, float, float, float]

# Points above the line, below it, and between two lines; unknown of some fonts.
_FontHeight = tuple[float, float, float] | tuple[None, None, None]


@dataclass(frozen=True)
class _Face:
    """A font, told apart by the name of its file and not by who has opened it."""

    name: str
    font: FT2Font = field(compare=False)


class _Glyph(NamedTuple):
    """What is drawn of a font, with its extent in FreeType's units."""

    name: str
    lower: int
    upper: int
    advance: int


# What is drawn, and where.
_Placed = tuple[_Glyph, float, float]


class _Spacing(NamedTuple):
    """How letters stand beside each other, whatever is around them."""

    glyphs: dict[str, _Glyph]
    steps: dict[str, float]  # of each pair of letters, from the first to the second

    def place(self, text: str) -> list[_Placed] | None:
        """Place the letters of a text; None if one of its pairs is not known."""
        x, y = 0.0, 0.0
        try:
            placed = [(self.glyphs[text[0]], x, y)]
            for pair in map("".join, pairwise(text)):
                x += self.steps[pair]
                placed.append((self.glyphs[pair[1]], x, y))
        except LookupError:
            return None
        return placed


class _Shaped(NamedTuple):
    """A text: its letters, and its extent in points, of which so much is below the line."""

    letters: list[_Letter]
    uses: list[str]  # of all letters but the first, as SVG has them
    width: float
    height: float
    descent: float


class _Texts(TextToPath):
    """Turn texts into outlines, and keep them; a report's figures share their fonts and sizes.

    To find out where the letters of a text stand takes most of the time; matplotlib does so to
    measure it and again to draw it, and reads each letter's outline anew.
    """

    def __init__(self) -> None:
        super().__init__()
        self._outlines: dict[str, Any] = {}
        # By the name of a font, and whether there are letters in a text: signs by themselves belong
        # to no script, and a font may place them otherwise.
        self._spacings: dict[tuple[str, bool], _Spacing] = {}
        # What reads a font keeps its file open, and a fork would share the place in it with others:
        # each opens the fonts anew, and keeps what is known of their letters.
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=type(self)._found.cache_clear)

    def get_text_width_height_descent(
        self, s: str, prop: FontProperties, ismath: Any
    ) -> tuple[float, float, float]:
        """Measure a text."""
        # Signs without a shape, such as a joiner, take room by themselves and none in a text.
        if ismath or not s.isprintable():
            return super().get_text_width_height_descent(s, prop, ismath)
        scale = prop.get_size_in_points() / self.FONT_SCALE
        shaped = self.shaped(prop, s)
        return shaped.width * scale, shaped.height * scale, shaped.descent * scale

    def get_glyphs_with_font(
        self,
        font: FT2Font,
        s: str,
        glyph_map: dict[str, Any] | None = None,
        return_new_glyphs_only: bool = False,
        *,
        features: tuple[str] | None = None,
        language: Any = None,
    ) -> tuple[list[_Letter], dict[str, Any], list[Any]]:
        """Shape a text; of the outlines only those that `glyph_map` lacks."""
        if glyph_map is None or not return_new_glyphs_only or features or language:
            return super().get_glyphs_with_font(
                font, s, glyph_map, return_new_glyphs_only, features=features, language=language
            )
        letters = self._shaped(_face(font), s).letters
        new = {name: self._outlines[name] for name, *_ in letters if name not in glyph_map}
        return letters, new, []

    def shaped(self, prop: FontProperties, text: str) -> _Shaped:
        """Find out where the letters of a text stand."""
        return self._shaped(_face(self._found(prop)), text)

    def learn(self, prop: FontProperties, signs: str, letters: str) -> None:
        """Find out how far apart letters and signs stand, so that texts of them need no shaping.

        A font moves pairs together or apart; none of those here may be drawn as one sign. To shape
        a text takes thirty times as long as to add up the steps from each letter to the next.
        """
        face = _face(self._found(prop))
        for characters in (signs, signs + letters):
            glyphs: dict[str, _Glyph] = {}
            steps: dict[str, float] = {}
            for number, first in enumerate(characters):
                # Every pair with the first, in both orders.
                others = (first + other for other in characters[number + 1 :])
                text = first + "".join(others) + first
                items = self._items(face, text)
                if len(items) != len(text):
                    return
                xs = [item.x for item in items]
                steps |= zip(map("".join, pairwise(text)), map(sub, xs[1:], xs), strict=True)
                glyphs[first] = self._glyph(_face(items[0].ft_object), items[0].glyph_index)
            self._spacings[face.name, characters != signs] = _Spacing(glyphs, steps)

    def outline(self, name: str) -> Path:
        """Give the outline of a letter that was shaped, in FreeType's units."""
        vertices, codes = self._outlines[name]
        return Path(vertices * _UNITS, codes)

    def _get_font(self, prop: FontProperties) -> FT2Font:
        font = self._found(prop)
        font.set_size(self.FONT_SCALE, self.DPI)
        return font

    @lru_cache(_KEPT)  # noqa: B019 (the one object lives as long as the process)
    def _found(self, prop: FontProperties) -> FT2Font:
        font: FT2Font = super()._get_font(prop)  # type: ignore[misc]
        return font

    @lru_cache(_KEPT)  # noqa: B019 (the one object lives as long as the process)
    def font_height(self, prop: FontProperties) -> _FontHeight:
        """Give how far a font reaches above and below its line, and what is between lines."""
        font = self._found(prop)
        table, head = font.get_sfnt_table("OS/2"), font.get_sfnt_table("head")
        if table is None or head is None:
            return None, None, None
        # In matplotlib's order, for the same last digits.
        scale = 1 / head["unitsPerEm"] * prop.get_size_in_points()
        ascent, descent = table["sTypoAscender"] * scale, -table["sTypoDescender"] * scale
        return ascent, descent, table["sTypoLineGap"] * scale

    @lru_cache(_KEPT)  # noqa: B019 (the one object lives as long as the process)
    def _shaped(self, face: _Face, text: str) -> _Shaped:
        letters, lower, upper, end = [], [], [], 0
        spacing = self._spacings.get((face.name, any(map(str.isalpha, text))))
        placed = spacing.place(text) if spacing is not None else None
        for glyph, x, y in self._laid_out(face, text) if placed is None else placed:
            letters.append((glyph.name, x, y, 1.0))
            above = round(y * _UNITS)
            lower.append(glyph.lower + above)
            upper.append(glyph.upper + above)
            end = round(x * _UNITS) + glyph.advance
        below, top = min(lower, default=0), max(upper, default=0)
        uses = [_use(name, x, y) for name, x, y, _ in letters[1:]]
        return _Shaped(letters, uses, end / _UNITS, (top - below) / _UNITS, -below / _UNITS)

    def _laid_out(self, face: _Face, text: str) -> list[_Placed]:
        return [
            (self._glyph(_face(item.ft_object), item.glyph_index), item.x, item.y)
            for item in self._items(face, text)
        ]

    def _items(self, face: _Face, text: str) -> Sequence[Any]:
        face.font.set_size(self.FONT_SCALE, self.DPI)
        return face.font._layout(text, LoadFlags.NO_HINTING)

    @lru_cache(_KEPT)  # noqa: B019 (the one object lives as long as the process)
    def _glyph(self, face: _Face, index: GlyphIndexType) -> _Glyph:
        font = face.font
        name: str = self._get_glyph_repr(font, index)  # type: ignore[attr-defined]
        loaded = font.load_glyph(index, flags=LoadFlags.NO_HINTING)
        self._outlines[name] = font.get_path()
        _, lower, _, upper = loaded.bbox
        return _Glyph(name, lower, upper, loaded.horiAdvance)


def _face(font: FT2Font) -> _Face:
    return _Face(os.fsdecode(font.fname), font)


def _place(x: float, y: float) -> str:
    place: str = _generate_transform([("translate", (x, y))])
    return place


def _use(name: str, x: float, y: float) -> str:
    """Write a letter where it stands; at the origin the place is left out.

    >>> _use("DejaVuSans-24", 61.523438, 0)
    '<use xlink:href="#DejaVuSans-24" transform="translate(61.523438 0)"/>'
    """
    place = _place(x, y)
    return (
        f'<use xlink:href="#{name}" transform="{place}"/>'
        if place
        else f'<use xlink:href="#{name}"/>'
    )


_TEXTS = _Texts()


def learn_letters(font: FontProperties, signs: str, letters: str) -> None:
    """Find out how a font places letters, for all texts of them that are shaped later.

    Args:
        font: what the texts are drawn in.
        signs: digits, marks and whatever else is no letter.
        letters: letters that are never drawn joined with another one.

    """
    _TEXTS.learn(font, signs, letters)


# The outlines of letters as SVG has them, by name.
_OUTLINES: dict[str, str] = {}


class SvgRenderer(RendererSVG):
    """Write SVG as matplotlib does, with what earlier figures found out about texts."""

    def __init__(self, width: float, height: float, stream: io.StringIO) -> None:
        # Neither a date nor the name of the tool.
        nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        super().__init__(width, height, stream, metadata=nothing)
        self._text2path = _TEXTS
        self._stream = stream

    def _draw_text_as_path(
        self,
        gc: GraphicsContextBase,
        x: float,
        y: float,
        s: str,
        prop: FontProperties,
        angle: float,
        ismath: Any,
        mtext: Text | None = None,
    ) -> None:
        """Write a plain text, its letters at once."""
        special = mtext is not None and (mtext.get_fontfeatures() or mtext.get_language())
        alpha = gc.get_alpha() if gc.get_forced_alpha() else gc.get_rgb()[3]
        if ismath or special or alpha != 1:
            super()._draw_text_as_path(gc, x, y, s, prop, angle, ismath, mtext)
            return
        self.writer.comment(s)
        color = rgb2hex(gc.get_rgb())
        scale = prop.get_size_in_points() / _TEXTS.FONT_SCALE
        place = [("translate", (x, y)), ("rotate", (-angle,)), ("scale", (scale, -scale))]
        depth = self.writer.start(
            "g",
            style="" if color == "#000000" else f"fill: {color}",
            transform=_generate_transform(place),
        )
        self._write_letters(_TEXTS.shaped(prop, s), depth + 1)
        self.writer.end("g")

    def _write_letters(self, text: _Shaped, depth: int) -> None:
        if not text.letters:
            return
        self._define(name for name, *_ in text.letters)
        # Before the first the writer ends the tag that is open; it remembers nothing of the others.
        name, x, y, _ = text.letters[0]
        self.writer.element("use", attrib={"xlink:href": f"#{name}"}, transform=_place(x, y))
        indentation = " " * depth
        self._stream.write("".join(f"{indentation}{use}\n" for use in text.uses))

    def _define(self, names: Iterable[str]) -> None:
        """Write the outlines of those letters that the figure does not have yet."""
        new = [name for name in dict.fromkeys(names) if name not in self._glyph_map]
        if not new:
            return
        self.writer.start("defs")
        for name in new:
            if name not in _OUTLINES:
                _OUTLINES[name] = self._convert_path(_TEXTS.outline(name), simplify=False)
            self.writer.element("path", id=name, d=_OUTLINES[name], transform=_TO_POINTS)
        self.writer.end("defs")
        self._glyph_map.update(dict.fromkeys(new))

    def _get_font_height_metrics(self, prop: FontProperties) -> _FontHeight:
        """Give what matplotlib else looks up in a font each time that it lays out a text."""
        return _TEXTS.font_height(prop)


def write_svg(figure: Figure) -> str:
    """Write a figure as SVG without dates or tool names, so that equal figures are equal bytes."""
    stream = io.StringIO()
    figure.set_dpi(72)  # SVG counts in points.
    width, height = figure.bbox.size
    renderer = SvgRenderer(width, height, stream)
    figure.draw(renderer)
    renderer.finalize()
    return stream.getvalue()
