"""Measure figures, so that a page reserves their place before they are loaded."""

import re
from functools import lru_cache
from pathlib import Path

from analysis.errors import NeracaError

# Each of these begins with the one sign that it is looked for by: a megabyte is gone through.
_BETWEEN = re.compile(r">\s+<")
_BLANK = re.compile(r"([:;]) ")
# Attributes that say where and how something is drawn.
_DRAWN = re.compile(r' (d|x|y|x1|x2|y1|y2|width|height|transform|style)="([^"]*)"')
_LONG_NUMBER = re.compile(r"(-?\d+\.\d{3,})")
_SCALE_OR_LONG = re.compile(rf"(scale\([^)]*\))|{_LONG_NUMBER.pattern}")
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
    return _DRAWN.sub(_shorter, _BETWEEN.sub("><", _without_comments(svg)))


def _without_comments(svg: str) -> str:
    r"""Return an SVG without its comments and the blanks around them, those before a text aside.

    >>> _without_comments("<g> <!-- a --> <!-- b -->\n<text>c</text> <!-- d -->e <!-- f --> g</g>")
    '<g><text>c</text>e g</g>'
    """
    before, *commented = svg.split("<!--")
    parts = [before]
    for each in commented:
        _, end, after = each.partition("-->")
        if not end:  # no comment
            parts.append(f"<!--{each}")
            continue
        parts[-1] = parts[-1].rstrip()
        bare = after.lstrip()
        parts.append(bare if bare.startswith("<") else after)
    return "".join(parts)


def _shorter(attribute: re.Match[str]) -> str:
    name, value = attribute.groups()
    if "." in value:  # as in no letter that is drawn
        if "scale(" in value:  # a factor: its digits count
            value = _SCALE_OR_LONG.sub(lambda found: found[1] or _short_number(found[0]), value)
        else:
            parts = _LONG_NUMBER.split(value)
            parts[1::2] = map(_short_number, parts[1::2])
            value = "".join(parts)
    compact = " ".join(value.split())
    if name == "style":
        compact = _BLANK.sub(r"\1", compact)
    return f' {name}="{compact}"'


@lru_cache(maxsize=4096)  # a figure has most of its numbers several times
def _short_number(number: str) -> str:
    return f"{round(float(number), 2):.10g}"
