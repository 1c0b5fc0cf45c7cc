"""Measure figures, so that a page reserves their place before they are loaded."""

import re
from pathlib import Path

from analysis.errors import NeracaError

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
