"""Measure figures, so that a page reserves their place before they are loaded."""

import re
from pathlib import Path

from analysis.errors import NeracaError

_BETWEEN = re.compile(r"<!--.*?-->|(?<=>)\s+(?=<)|\s+(?=<!--)", re.S)
_BLANK = re.compile(r"([:;]) ")
# Attributes that say where and how something is drawn.
_DRAWN = re.compile(r'(?<= )(d|x|y|x1|x2|y1|y2|width|height|transform|style)="([^"]*)"')
# A scale is a factor: its digits count.
_LONG_NUMBER = re.compile(r"(scale\([^)]*\))|-?\d+\.\d{3,}")
_VIEW_BOX = re.compile(r"""<svg\b[^>]*?\bviewBox=["']\s*([-\d.eE]+(?:[\s,]+[-\d.eE]+){3})""", re.S)


def svg_size(path: Path) -> tuple[float, float]:
    """Return width and height of an SVG in its own units, taken from its viewBox.

    Raises NeracaError when the file is missing or has no viewBox.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as directory:
    ...     path = Path(directory) / "a.svg"
    ...     _ = path.write_text('<svg viewBox="0 0 40 30"></svg>')
    ...     svg_size(path)
    (40.0, 30.0)
    """
    if not path.is_file():
        raise NeracaError(f"{path}: this figure is missing; stage the report again.")
    found = _VIEW_BOX.search(path.read_text(encoding="utf-8")[:4000])
    if not found:
        raise NeracaError(f"{path}: the SVG has no viewBox, so its size is unknown.")
    _, _, width, height = map(float, re.split(r"[\s,]+", found[1].strip()))
    return width, height


def slim(svg: str) -> str:
    r"""Return an SVG without what nobody sees: comments, blanks, digits after the second.

    A unit is a point, so what is moved is moved by less than a hundredth of one.

    >>> slim('<!-- a -->\n<g>\n  <path d="M 1.23456 2\nz" transform="scale(0.015625)"/>\n</g>')
    '<g><path d="M 1.23 2 z" transform="scale(0.015625)"/></g>'
    """
    return _DRAWN.sub(_shorter, _BETWEEN.sub("", svg))


def _shorter(attribute: re.Match[str]) -> str:
    name, value = attribute.groups()
    short = _LONG_NUMBER.sub(
        lambda found: found[0] if found[1] else f"{round(float(found[0]), 2):.10g}", value
    )
    compact = _BLANK.sub(r"\1", " ".join(short.split()))
    return f'{name}="{compact}"'
