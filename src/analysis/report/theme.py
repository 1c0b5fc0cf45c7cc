"""One look for every figure: colours, type, sizes, and how a figure becomes bytes."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl
import seaborn as sns
from matplotlib.figure import Figure

from analysis.report.layout import ColumnLayout
from analysis.report.panel import PanelFigure
from analysis.report.svg import write_svg

# Okabe and Ito's colours, told apart by people who see no red or no green; the pairs that meet
# in one figure also differ in lightness, so that a grey print keeps them apart.
EXPORT = "#0072B2"
IMPORT = "#D55E00"
SURPLUS = "#009E73"
DEFICIT = "#882255"
INK = "#1F2933"
QUIET = "#52606D"
GRID = "#D9DEE4"
TARGET = "#AA4499"

STAGES = {"raw": "#117733", "mixed": "#DDCC77", "processed": "#332288", "unlisted": "#BBBBBB"}
# A hatch carries the stage where colour cannot.
STAGE_HATCHES = {"raw": "", "mixed": "//", "processed": "xx", "unlisted": "|"}

# Products beside each other, the largest first; what remains of a list, and of a total, after them.
PRODUCTS = ("#0072B2", "#E69F00", "#009E73", "#AA4499", "#56B4E9")
PRODUCT_HATCHES = ("", "//", "xx", "\\\\", "--")
OTHER_PRODUCTS = "#8A94A0"

# On a phone's screen, 360 pixels wide, a point of a figure this wide is a pixel: its smallest type,
# 1.5 points below the common one, shows at 9 pixels.
WIDTH_INCHES = 5.0
POINTS = 10.5

# Comes with matplotlib, so every machine draws the same.
FONT = "DejaVu Sans"

_STYLE: dict[Any, Any] = sns.axes_style("white") | {
    "font.family": FONT,
    "font.size": POINTS,
    "axes.titlesize": POINTS,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    # A title stands right above its panel: nothing else is drawn there, and to find that out takes
    # as long as to lay out the panel.
    "axes.titley": 1.0,
    "axes.labelsize": POINTS,
    "axes.labelcolor": QUIET,
    "axes.edgecolor": QUIET,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "text.color": INK,
    "xtick.color": QUIET,
    "ytick.color": QUIET,
    "xtick.labelsize": POINTS - 1,
    "ytick.labelsize": POINTS - 1,
    "legend.frameon": False,
    "legend.fontsize": POINTS - 1,
    "lines.linewidth": 1.8,
    "hatch.linewidth": 0.6,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    # Letters as outlines and a fixed salt: the same bytes everywhere, whatever fonts are there.
    "svg.fonttype": "path",
    "svg.hashsalt": "neraca",
}


@contextmanager
def styled() -> Iterator[None]:
    """Draw in the report's style within a `with` block, and leave no trace of it after."""
    with mpl.rc_context(_STYLE):
        yield


def new_figure(height_inches: float) -> Figure:
    """Make a figure of the report's width that no drawing window keeps alive."""
    return PanelFigure(figsize=(WIDTH_INCHES, height_inches), layout=ColumnLayout())


def to_svg(figure: Figure) -> str:
    """Write a figure as SVG without dates or tool names, so that equal figures are equal bytes."""
    # The salt of the ids belongs to the style, and is read as the figure is written.
    with styled():
        return write_svg(figure)
