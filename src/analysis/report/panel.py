"""The axes of a figure's panels: ticks that are drawn alike are made once and copied."""

from functools import cached_property
from typing import Any, TypeVar

from matplotlib.artist import Artist, allow_rasterization
from matplotlib.axes import Axes
from matplotlib.axis import Axis, Tick, XAxis, YAxis
from matplotlib.backend_bases import RendererBase
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

_Copied = TypeVar("_Copied", bound=Artist)

# What a tick is drawn of.
_LINES = ("tick1line", "tick2line", "gridline")
_LABELS = ("label1", "label2")


class PanelFigure(Figure):
    """A figure whose subplots are panels."""

    def add_subplot(self, *args: Any, **kwargs: Any) -> Axes:
        """Add a panel."""
        return super().add_subplot(*args, axes_class=Panel, **kwargs)


class Panel(Axes):
    """Axes as matplotlib has them, made and drawn in less time."""

    def _init_axis(self) -> None:
        self.xaxis = _XAxis(self, clear=False)
        self.yaxis = _YAxis(self, clear=False)
        for axis, sides in ((self.xaxis, "bottom top"), (self.yaxis, "left right")):
            for side in sides.split():
                self.spines[side].register_axis(axis)


class _Copying(Axis):
    """An axis that makes one tick of each kind, if it has any, and copies it.

    To make a tick takes ten times as long: its lines and labels each look up and check how they
    are drawn, which then is replaced by how the first is drawn.
    """

    _is_being_drawn = False

    @cached_property
    def minorTicks(self) -> list[Tick]:  # type: ignore[override]  # noqa: N802 (matplotlib's name)
        """Ticks between the others, of which matplotlib always makes one."""
        return []

    def _get_tick(self, major: bool) -> Tick:
        made: list[Tick] = vars(self).get("majorTicks" if major else "minorTicks", [])
        if made:
            return _copied_tick(made[0])
        tick: Tick = super()._get_tick(major)  # type: ignore[misc]
        if not major:
            # As matplotlib does with the one that it makes together with the axis.
            tick.set_clip_path(self.axes.patch)
        return tick

    def _copy_tick_props(self, src: Tick, dest: Tick) -> None:
        """Do nothing: what was copied has the properties of what it was copied from."""

    @allow_rasterization
    def draw(self, renderer: RendererBase) -> None:
        """Draw the axis."""
        self._is_being_drawn = True
        super().draw(renderer)
        self._is_being_drawn = False

    def _get_ticklabel_bboxes(
        self, ticks: list[Tick], renderer: RendererBase
    ) -> tuple[list[Bbox], list[Bbox]]:
        """Measure the labels; as an axis is drawn only what stands beside them needs that."""
        named = self.get_label_text() or self.get_major_formatter().get_offset()
        if self._is_being_drawn and not named:
            return [], []
        boxes: tuple[list[Bbox], list[Bbox]] = super()._get_ticklabel_bboxes(ticks, renderer)  # type: ignore[misc]
        return boxes


class _XAxis(_Copying, XAxis):
    pass


class _YAxis(_Copying, YAxis):
    pass


def _copied_tick(tick: Tick) -> Tick:
    """Copy a tick; what tells it from others, its place and text, is set by its axis."""
    copied = _copied(tick)
    for name in (*_LINES, *_LABELS):
        setattr(copied, name, _copied(getattr(tick, name)))
    for name in _LABELS:
        label = getattr(copied, name)
        label.set_fontproperties(label.get_fontproperties().copy())
    return copied


def _copied(artist: _Copied) -> _Copied:
    copied = object.__new__(type(artist))
    vars(copied).update(vars(artist))
    return copied
