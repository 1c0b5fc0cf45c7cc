"""How figures are written as SVG: a text that many figures show is measured and shaped once."""

import io
from functools import lru_cache
from typing import Any

from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.ft2font import FT2Font
from matplotlib.textpath import TextToPath

# Texts that are kept: those of some ten reports.
_KEPT = 4096

# A letter's name, place and scale; a text's letters, outlines by their names, and rectangles.
_Letter = tuple[str, float, float, float]
_Shaped = tuple[list[_Letter], dict[str, Any], list[Any]]


class _Texts(TextToPath):
    """Turn texts into outlines, and keep them; a report's figures share their fonts and sizes."""

    def __init__(self) -> None:
        super().__init__()
        self._outlines: dict[str, Any] = {}

    @lru_cache(_KEPT)  # noqa: B019 (the one object lives as long as the process)
    def get_text_width_height_descent(
        self, s: str, prop: FontProperties, ismath: Any
    ) -> tuple[float, float, float]:
        """Measure a text."""
        return super().get_text_width_height_descent(s, prop, ismath)

    def get_glyphs_with_font(
        self,
        font: FT2Font,
        s: str,
        glyph_map: dict[str, Any] | None = None,
        return_new_glyphs_only: bool = False,
        *,
        features: tuple[str] | None = None,
        language: Any = None,
    ) -> _Shaped:
        """Shape a text; of the outlines only those that `glyph_map` lacks."""
        if glyph_map is None or not return_new_glyphs_only or features or language:
            return super().get_glyphs_with_font(
                font, s, glyph_map, return_new_glyphs_only, features=features, language=language
            )
        letters = self._letters(font, s)
        new = {name: self._outlines[name] for name, *_ in letters if name not in glyph_map}
        return letters, new, []

    @lru_cache(_KEPT)  # noqa: B019 (the one object lives as long as the process)
    def _letters(self, font: FT2Font, text: str) -> list[_Letter]:
        letters, new, _ = super().get_glyphs_with_font(font, text, self._outlines, True)
        self._outlines.update(new)
        return letters

    @lru_cache(_KEPT)  # noqa: B019 (the one object lives as long as the process)
    def _get_glyph_repr(self, font: FT2Font, glyph: int) -> str:
        name: str = super()._get_glyph_repr(font, glyph)  # type: ignore[misc]
        return name


_TEXTS = _Texts()


class SvgRenderer(RendererSVG):
    """Write SVG as matplotlib does, with what earlier figures found out about texts."""

    def __init__(self, width: float, height: float, stream: io.StringIO) -> None:
        # Neither a date nor the name of the tool.
        nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        super().__init__(width, height, stream, metadata=nothing)
        self._text2path = _TEXTS


def write_svg(figure: Figure) -> str:
    """Write a figure as SVG without dates or tool names, so that equal figures are equal bytes."""
    stream = io.StringIO()
    figure.set_dpi(72)  # SVG counts in points.
    width, height = figure.bbox.size
    renderer = SvgRenderer(width, height, stream)
    figure.draw(renderer)
    renderer.finalize()
    return stream.getvalue()
