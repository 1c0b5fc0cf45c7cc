"""Reading a source: numbers, references, and the refusal of what cannot be shown."""

from pathlib import Path

import pytest
from publish_samples import SVG

from analysis.errors import NeracaError
from neraca.publish.configuration import Configuration
from neraca.publish.document import Document, UnsupportedError, plain_text, read

FRONT = "---\ntitle: Judul\nlang: id\ndate: 2025-12-31\n---\n\n"
FIGURE = '![Gambar](figures/fig-a.svg){#fig-a fig-alt="Garis"}'
TABLE = "| a | b |\n|:--|--:|\n| 1 | 2 |\n\n: Judul {#tbl-a}"


def write(directory: Path, text: str, front: str = FRONT) -> Path:
    (directory / "figures").mkdir(exist_ok=True)
    (directory / "figures" / "fig-a.svg").write_text(SVG)
    path = directory / "page.qmd"
    path.write_text(front + text, encoding="utf-8")
    return path


def document(directory: Path, text: str, front: str = FRONT) -> Document:
    return read(write(directory, text, front), directory)


def test_numbers(tmp_path: Path) -> None:
    second = FIGURE.replace("{#fig-a", "{#fig-b")
    found = document(
        tmp_path,
        f"## Satu {{#sec-a}}\n\n{FIGURE}\n\n### Dua {{#sec-b}}\n\n{TABLE}\n\n"
        f"## Tiga {{#sec-c}}\n\n::: {{.callout-tip}}\n## Judul\n{second}\n:::\n\n"
        "@fig-a @fig-b @tbl-a @sec-b [#](#sec-c)",
    )
    assert found.numbers == {
        **{"sec-a": "1", "sec-b": "1.1", "sec-c": "2"},
        **{"fig-a": "1", "tbl-a": "1", "fig-b": "2"},
    }
    assert [plain_text(heading.inlines) for heading in found.headings] == ["Satu", "Dua", "Tiga"]


def test_front_matter(tmp_path: Path) -> None:
    found = document(tmp_path, "a")
    assert (found.title, found.language, str(found.date)) == ("Judul", "id", "2025-12-31")


def test_includes_a_file_only_where_it_exists(tmp_path: Path) -> None:
    text = '::: {.include file="list.md"}\nBelum ada.\n:::'
    assert plain_text(document(tmp_path, text).blocks) == "Belum ada."
    (tmp_path / "list.md").write_text("- satu\n- dua\n")
    assert plain_text(document(tmp_path, text).blocks) == "satudua"


def test_comments_and_conditions_are_known(tmp_path: Path) -> None:
    found = document(tmp_path, '<!-- a -->\n\n::: {.content-visible when-format="html"}\nb\n:::')
    assert plain_text(found.blocks) == "b"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("{{< include a.qmd >}}", r"shortcode .*'\{\{<'"),
        ("{{<include a.qmd>}}", "shortcode"),
        ("<b>a</b>", "raw html '<b>'"),
        ("```{=typst}\n#a\n```", "raw typst '#a'"),
        ("\\newpage", "raw tex"),
        ("Biaya $x^2$", r"formula 'x\^2'"),
        ("@fig-x", "@fig-x refers to nothing"),
        ("[@tbl-x]", "@tbl-x refers to nothing"),
        ("@smith2020", "@smith2020 is no reference"),
        ("[a](#nowhere)", "#nowhere leads nowhere"),
        (FIGURE + "\n\n" + FIGURE, "two figures or tables are called fig-a"),
        ("![Gambar](figures/fig-a.svg){#fig-a}", "fig-a without an alternative text"),
        ('![Gambar](figures/fig-a.svg){fig-alt="a"}', "labelled"),
        ("a ![b](figures/fig-a.svg) c", "image figures/fig-a.svg outside"),
        ("| a |\n|---|\n| 1 |\n\n: Judul", "caption and a label"),
        ("::: {.panel-tabset}\n## A\n:::", "division 'panel-tabset'"),
        ("::: {.column-margin}\nA\n:::", "division 'column-margin'"),
        ("::: {#fig-a}\nA\n:::", "division 'fig-a'"),
        ("::: {layout-ncol=2}\nA\n:::", "attribute 'layout-ncol'"),
        ("[a](#sec-a){target=_blank}\n\n# A {#sec-a}", "attribute 'target'"),
        ("::: {.callout-danger}\nA\n:::", "callout 'danger'"),
        ('::: {.content-visible when-format="pdf"}\nA\n:::', "condition"),
        ("::: {.content-hidden}\nA\n:::", "division 'content-hidden'"),
        ("| a\n| b", "construct LineBlock"),
        ("## A\n\n#### B", "heading 'B' skips a level"),
        ("A[^1]", r"footnote mark .*\[\^1\]"),
        ("::: {.cards}\nA", "well-formed"),
        ("a\n\n```{mermaid}\ngraph\n```", r"result of the code '\{mermaid\} graph'"),
        ("`{python} x`", r"result of the code '\{python\} x'"),
        ('```{.python filename="a.py"}\n1\n```', "attribute 'filename'"),
        ("## A {.unnumbered}", "'unnumbered' of the heading 'A'"),
        ("## A {.tabset}", "'tabset' of the heading 'A'"),
        ("[a]{.smallcaps}", "construct SmallCaps"),
        ("[a]{.underline}", "construct Underline"),
        ("(@) a", "construct Example"),
        ('::: {.callout-note appearance="simple"}\nA\n:::', "attribute 'appearance'"),
        (TABLE.replace("{#tbl-a}", '{#tbl-a tbl-colwidths="[1,2]"}'), "'tbl-colwidths' of table"),
        (FIGURE.replace("{#fig-a", '{#fig-a width="50%"'), "attribute 'width'"),
        ("a {{< pagebreak >}} b", "shortcode"),
        ("\\begin{x}a\\end{x}", "raw tex"),
        ("<details>a</details>", "raw html '<details>'"),
        ("- a\n\n  | a | b |\n  |---|---|\n  | 1 | 2 |", "table in a list"),
        ("> | a | b |\n> |---|---|\n> | 1 | 2 |", "table in a list, quotation"),
        ("A[^1]\n\n[^1]: x\n\n    | a | b |\n    |---|---|\n    | 1 | 2 |", "table in .* note"),
        (f"- a\n\n  {FIGURE}", "figure in a list"),
        ("- # A", "heading in a list"),
        ("> ## A", "heading in a list, quotation"),
        ("a) b", "construct LowerAlpha"),
        ("1) b", "construct OneParen"),
        ("iv. b", "construct LowerRoman"),
        ("| a | b |\n|---|---|\n\n: J {#tbl-a}", "table 'tbl-a' without rows"),
        ("## [A](https://b.id)", "reference or note in the heading 'A'"),
        ("## A^[b]", "reference or note in the heading 'Ab'"),
        ('[a](https://b.id "judul")', "title 'judul' of the link https://b.id"),
        (f"[lihat @fig-a]\n\n{FIGURE}", "words 'lihat' in one bracket with @fig-a"),
        (f"[@fig-a, h. 2]\n\n{FIGURE}", "words ', h. 2' in one bracket with @fig-a"),
        ("::: {#a}\nb\n:::\n\n::: {#a}\nc\n:::", "two places are called a"),
        ("::: {#thm-a}\nb\n:::", "division 'thm-a'"),
        ("::: {#tip-a .callout-tip}\nb\n:::", "division 'tip-a'"),
        ("::: {.list-table}\n- - a\n:::", "division 'list-table'"),
        ("[a]{.mark}", "span 'mark'"),
    ],
)
def test_refuses_by_name(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(NeracaError, match=named) as caught:
        document(tmp_path, text)
    assert "page.qmd" in str(caught.value)


def site_with_page(root: Path) -> Path:
    """Make a site with a page of methods, and return where a report's source would be."""
    front = "---\ntitle: a\n---\n\n"
    (root / "en").mkdir()
    (root / "methods.qmd").write_text(front + "## A {#sec-a}\n\n[B]{#term-b}\n:   c\n")
    (root / "en" / "methods.qmd").write_text(front + "[B]{#term-b}\n")
    source = root / "reports" / "id" / "lampung" / "2025"
    source.mkdir(parents=True)
    return source


UP = "../../../../"


@pytest.mark.parametrize(
    "address",
    [
        f"{UP}methods.html",
        f"{UP}methods.html#term-b",
        f"{UP}methods.qmd#sec-a",
        f"{UP}en/methods.html#term-b",
        "../2024/index.html",
        "index.pdf",
        "data/fig-a.csv",
        "https://bps.go.id/a.html#b",
    ],
)
def test_accepts_links_within_the_site(tmp_path: Path, address: str) -> None:
    path = write(site_with_page(tmp_path), f"[a]({address})")
    assert plain_text(read(path, tmp_path).blocks) == "a"


@pytest.mark.parametrize(
    ("address", "named"),
    [
        (f"{UP}methods.html#term-c", r"methods\.qmd has no \{#term-c\}"),
        (f"{UP}en/methods.html#sec-a", "has no {#sec-a}"),
        (f"{UP}method.html#term-b", "leads to no page of the site"),
        ("../../../methods.html#term-b", "leads to no page of the site"),
        (f"{UP}../methods.html", "leads to no page of the site"),
        ("/methods.html", "leads to no page of the site"),
        ("../../../id/lampung/index.html", "leads to no page of the site"),
    ],
)
def test_refuses_links_to_nothing(tmp_path: Path, address: str, named: str) -> None:
    path = write(site_with_page(tmp_path), f"[a]({address})")
    with pytest.raises(UnsupportedError, match=named):
        read(path, tmp_path)


def test_names_the_cell(tmp_path: Path) -> None:
    (tmp_path / "index.ipynb").write_text(
        '{"cells": [{"cell_type": "raw", "source": ["---\\n", "title: a\\n", "---"]},'
        ' {"cell_type": "markdown", "id": "summary-1", "source": ["{{< video a >}}"]}]}'
    )
    with pytest.raises(UnsupportedError, match=r"index\.ipynb, cell summary-1: .*shortcode"):
        read(tmp_path / "index.ipynb", tmp_path)


@pytest.mark.parametrize(
    ("front", "named"),
    [
        ("", "no front matter"),
        ("---\ntitle: a\nlang: fr\n---\n", "unknown language 'fr'"),
        ("---\ntitle: a\ndate: kemarin\n---\n", "date 'kemarin'"),
    ],
)
def test_refuses_front_matter(tmp_path: Path, front: str, named: str) -> None:
    with pytest.raises(NeracaError, match=named):
        document(tmp_path, "a", front)


def test_configuration_names_what_it_lacks(tmp_path: Path) -> None:
    with pytest.raises(NeracaError, match=r"_quarto\.yml is missing"):
        Configuration.read(tmp_path)
    (tmp_path / "_quarto.yml").write_text("format:\n  typst:\n    papersize: a4\n")
    with pytest.raises(NeracaError, match="lacks the entry 'website'"):
        Configuration.read(tmp_path)
