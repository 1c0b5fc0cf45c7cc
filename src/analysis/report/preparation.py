"""Draw and write once before a process is forked, so that no fork does so for the first time.

Nothing is read, written, displayed or started: all that stays are the caches of the libraries.
"""

import string

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties

from analysis.report import theme
from analysis.report.figures.axes import LanguageFormatter, months_axis
from analysis.report.locale import Language
from analysis.report.svg import learn_letters

# The languages of reports.
_LANGUAGES = ("en", "id")

# Letters of which texts are made in both; each is outlined once for normal type and once for bold.
_LETTERS = string.digits + string.ascii_letters + ".,:;()%/&'“”–−—…"

# Of those, what is placed by the letter beside it alone ("f" may be joined with what comes after
# it), without the rarest.
_SIGNS = " " + string.digits + ".,:;()%–−-"
_PLACED_BY_PAIRS = string.ascii_letters.translate(dict.fromkeys(map(ord, "fQqXxZz")))


def prepare() -> None:
    """Draw figures, and write numbers and months, that nobody sees; takes about 0.15 seconds."""
    for weight in ("normal", "bold"):
        learn_letters(FontProperties(family=theme.FONT, weight=weight), _SIGNS, _PLACED_BY_PAIRS)
    for code in _LANGUAGES:
        _write(Language(code))
    for draw in (_draw_months, _draw_bars):
        with theme.styled():
            figure = theme.new_figure(3.0)
            draw(figure)
        theme.to_svg(figure)


def _write(language: Language) -> None:
    language.say("USD {amount} million", amount=language.figures([1234.5, 0.25]))
    language.period("2024-01/2025-12")
    language.date("2025-01-31")


def _draw_months(figure: Figure) -> None:
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=[3, 2])
    months = pd.period_range("2019-01", "2025-12", freq="M")
    table = pd.DataFrame({"value": np.arange(len(months), dtype=float)}, index=months)
    dates = table.index.to_timestamp()
    upper.plot(dates, table["value"], color=theme.EXPORT, linestyle="--", marker=".", label="one")
    upper.fill_between(dates, 0, table["value"], color=theme.IMPORT, alpha=0.2, label="another")
    upper.scatter(dates[:2], [1, 2], color=theme.EXPORT)
    upper.errorbar(dates[:2], [1, 2], yerr=1)
    upper.set_title(_LETTERS)
    upper.annotate(
        _LETTERS,
        (dates[0], 1),
        xytext=(4, -1),
        textcoords="offset points",
        fontsize=theme.POINTS - 1.5,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5},
    )
    lower.vlines(dates, 0, table["value"], linewidth=1.0)
    lower.axvline(dates[3])
    lower.axhline(0)
    months_axis(lower)
    upper.yaxis.set_major_formatter(LanguageFormatter(Language(_LANGUAGES[-1])))
    figure.legend(loc="outside lower center", ncols=2)


def _draw_bars(figure: Figure) -> None:
    axes = figure.subplots()
    bars = axes.bar([2024, 2025], [1, 2], hatch="//")
    axes.bar_label(bars, ["1", "2"])
    axes.barh([0, 1], [1, 2], left=[1, 1])
    axes.set_xticks([2024, 2025], ["2024", "2025"])
