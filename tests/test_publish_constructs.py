"""Constructs that come out right in both forms of a page, the web's and paper's."""

import io
import re
from pathlib import Path

import publish_samples as samples
import pytest
from pypdf import PdfReader

from neraca.publish.configuration import Configuration
from neraca.publish.document import read
from neraca.publish.paper import pdf
from neraca.publish.webpage import Place, html_page

FIGURE = '![Gambar](figures/fig-a.svg){#fig-a fig-alt="Garis"}'


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = samples.make_project(tmp_path_factory.mktemp("constructs"))
    (root / "figures").mkdir()
    (root / "figures" / "fig-a.svg").write_text(samples.SVG)
    return root


@pytest.mark.parametrize(
    ("text", "markup", "printed"),
    [
        (
            "Istilah\n:   arti satu\n\n:   arti dua",
            "<dl> <dt>Istilah</dt> <dd>arti satu</dd> <dd>arti dua</dd> </dl>",
            "Istilah arti satu arti dua",
        ),
        (
            "1. a\n    - b\n        1. c\n2. d",
            "<ol> <li>a <ul> <li>b <ol> <li>c</li> </ol></li> </ul></li> <li>d</li> </ol>",
            "1. a • b 1. c 2. d",
        ),
        (
            "A[^1] z\n\n[^1]: satu\n\n    - dua",
            '<li id="fn1"><p>satu</p> <ul> <li>dua</li> </ul> <p> <a href="#fnref1"',
            "A1 z 1satu • dua",
        ),
        (
            "A^[satu]",
            '<li id="fn1"><p>satu <a href="#fnref1"',
            "A1 1satu",
        ),
        (
            f"[@fig-a; -@fig-a]\n\n{FIGURE}",
            '<a href="#fig-a" class="reference">Gambar&nbsp;1</a>, '
            '<a href="#fig-a" class="reference">1</a>',
            "Gambar 1, 1",
        ),
        (
            "- a\n\n  ::: {.callout-tip}\n  b\n  :::",
            '<li><p>a</p> <div class="callout callout-tip" role="note"> '
            '<p class="callout-title">Tip</p> <p>b</p>',
            "• a Tip b",
        ),
        ("~~a~~ H~2~O x^2^\\\nb", "<s>a</s> H<sub>2</sub>O x<sup>2</sup><br> b", "a H2O x2 b"),
        ("5. a\n6. b", '<ol start="5"> <li>a</li> <li>b</li> </ol>', "5. a 6. b"),
    ],
)
def test_comes_out_right(root: Path, text: str, markup: str, printed: str) -> None:
    source = root / "page.qmd"
    source.write_text(f"---\ntitle: Judul\nlang: id\ndate: 2025-12-31\n---\n\n{text}\n")
    document, configuration = read(source, root), Configuration.read(root)
    page = html_page(document, configuration, Place("page.qmd", root, pdf=True))
    assert markup in re.sub(r"\s+", " ", page)
    paper = PdfReader(io.BytesIO(pdf(document, configuration, root)))
    words = " ".join(" ".join(sheet.extract_text() for sheet in paper.pages).split())
    assert printed in words.replace("\u00a0", " ")
