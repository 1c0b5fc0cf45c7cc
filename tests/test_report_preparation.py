"""What is done ahead of the notebooks: it is not seen in what they show, and starts nothing."""

import json
import os
import subprocess
import sys

import pytest

# Draws and writes in a process of its own, in which nothing was done before; tells also what
# that did to matplotlib's settings, to what is displayed and to the process.
SHOW = """
import json, os, sys
import matplotlib as mpl
from analysis.report import display, theme
from analysis.report.figures.axes import LanguageFormatter
from analysis.report.locale import Language

shown = []
display.display = lambda *data, **options: shown.append(data)
before = dict(mpl.rcParams)
if sys.argv[1] == "prepared":
    from analysis.report.preparation import prepare
    prepare()
unchanged = dict(mpl.rcParams) == before and not shown
threads = len(os.listdir("/proc/self/task")) if os.path.isdir("/proc/self/task") else 1
written = []
for code in ("id", "en"):
    language = Language(code)
    with theme.styled():
        figure = theme.new_figure(3.0)
        axes = figure.subplots()
        axes.plot([2020, 2025], [1_000, 150_000], label="Ekspor (FOB)")
        axes.set_title("Million USD a year: 1–2 %")
        axes.yaxis.set_major_formatter(LanguageFormatter(language))
        figure.legend(loc="outside lower center")
    written.append([theme.to_svg(figure), language.money(1234.5), language.month("2025-03")])
print(json.dumps([written, unchanged, threads]))
"""


def test_what_was_prepared_changes_nothing_that_is_shown() -> None:
    plain, prepared = (
        json.loads(
            subprocess.run(
                [sys.executable, "-c", SHOW, how], check=True, capture_output=True, text=True
            ).stdout
        )
        for how in ("plain", "prepared")
    )
    assert prepared == plain
    written, unchanged, _ = prepared
    assert unchanged
    assert all("<svg" in svg for svg, *_ in written)


def test_what_was_prepared_is_kept() -> None:
    counted = """
from analysis.report.preparation import prepare
from analysis.report.svg import _TEXTS
prepare()
missed = _TEXTS._glyph.cache_info().misses
prepare()
assert _TEXTS._glyph.cache_info().misses == missed > 100
"""
    subprocess.run([sys.executable, "-c", counted], check=True)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing is forked here")
def test_a_fork_opens_the_fonts_anew_and_knows_their_letters() -> None:
    """Forks that read a font at once through one open file would each get parts of the other's."""
    forked = """
import os
from matplotlib.font_manager import FontProperties
from analysis.report.preparation import prepare
from analysis.report.svg import _TEXTS
prepare()
font = _TEXTS._found(FontProperties())
known = _TEXTS._glyph.cache_info().misses
_TEXTS.shaped(FontProperties(), "known")
if not os.fork():
    assert _TEXTS._found(FontProperties()) is not font
    _TEXTS.shaped(FontProperties(), "known")
    _TEXTS.shaped(FontProperties(), "shown")
    assert _TEXTS._glyph.cache_info().misses == known
    os._exit(0)
assert os.wait()[1] == 0
assert _TEXTS._found(FontProperties()) is font
"""
    subprocess.run([sys.executable, "-W", "ignore", "-c", forked], check=True)
