"""What is put aside comes back as pandoc would have read it."""

import json
import subprocess
from pathlib import Path

import hypothesis
import pypandoc
import pytest
from hypothesis import strategies as st
from publish_samples import REPOSITORY

from neraca.publish import document
from neraca.publish.plain import PlainText

URL = "https://bps.go.id/a_b/c-d?e=f#g"
PLAIN = [
    f"- [BPS: Ekspor Lampung, 27,03 persen (2025)](<{URL}>)",
    f'- [a_b.csv, vol.1/2](<{URL}>){{lang="id"}}, 2025 ([`s1`]{{#src-s1}})',
    f"Lihat [metode](../methods.html#term-fob) dan [sumber](#sec-a), [x](<{URL}>).",
    f"[Sumber: [BPS – 2025](<{URL}>)]{{.source}} [[CSV](data/fig-a.csv)]{{.download}}",
    f"> [a](<{URL}>)\n\nistilah\n:   [arti](b.html)",
    f"A.[^1]\n\n[^1]: [catatan](<{URL}>)",
    f"::: {{.callout-note}}\n## [b](c.html)\n\n[d](<{URL}>)\n:::",
]
PLAIN += [
    "Pada 2025 Lampung mengekspor barang senilai USD 6.637,7 juta dan surplus (FOB; CIF).",
    "- Butir dengan beberapa kata saja, dan `kode` di tengahnya, lalu [a](b.html) pula",
    "- Karantina: 27 surat\n- Kepabeanan, dan barang yang dimuat\n  lanjutan baris dari butir ini",
    "istilah yang panjang sekali ini\n:   arti yang juga panjang sekali ini",
    "[USD 6.637,7 juta]{.value}",
    "- [a](b.html) ([`s2dc0b9f2`]{#src-summary-s2dc0b9f2})",
    '[Sumber: [BPS](b.html).]{.source} [[CSV](a.csv), [b](c.html)]{.a .b when-format="html"}',
    "| a |\n|---|\n| b |\n\n: Ekspor Lampung menurut negara, FOB {#tbl-a}",
    '![Garis ekspor naik dari 144,78 ke 206](a.svg){#fig-a fig-alt="Ekspor naik dari 1 menjadi 2"}',
    "A yang pendek.[^1]\n\n[^1]: catatan dengan beberapa kata yang biasa",
    "> kutipan dengan beberapa kata yang biasa\n> dan satu baris lagi dari kutipan itu",
    "`a b` dan beberapa kata lagi sesudah kode itu.",
]
HEAD = "Isi.\n\n| Tahun | Nilai |\n| :--- | ---: |\n"
LONG = "kata yang banyak sekali dan satu lagi, supaya barisnya lebih panjang"
PLAIN += [
    f"{HEAD}| 2024 | 6.637,7 |\n| 2025 | ≈ +1,5 |\n|  | — |\n\n: Ekspor {{#tbl-a}}\n\nIsi.",
    f"{HEAD}| 2024 | *6* |\n| 2025 | `a b` |\n| 2026 | > 95 |\n| [x](a.html) | 1 |\n| − | 2 |\n\n",
    f"{HEAD}| {LONG} | 6 |\n| 2025 | 7 |\n\n| a |\n|---|\n| b |\n\nIsi.",
    f"{HEAD}| 2024 | 6           |\n| 2025 | {' ' * 80} |\n\nIsi.",
    f"```\na\n```\n\n{HEAD}| 2024 | 6 |\n\n````\n\n{HEAD}| 2024 | 6 |\n\n````\n\nIsi.",
]
NOT_PLAIN = [
    f"{HEAD}| 2024 |\n| 2025 | 6 | 7 |\n| a \\| b | 6 |\n| `a | b` | 6 |\n\nIsi.",
    f"{HEAD}| p. 12 | 6 |\n| a_b_ _c_ | - |\n| a -- b | ... |\n| @a | <b> |\n\nIsi.",
    f"~~~\n\n{HEAD}| 2024 | 6 |\n\n~~~\n\nIsi.",
    f"``` {{.a}}\n\n{HEAD}| 2024 | 6 |\n\n```\n\nIsi.",
    f"- a\n\n  ```\n{HEAD}| 2024 | 6 |\n\n  ```\n\nIsi.",
    f"<!--\n{HEAD}| 2024 | 6 |\n\n-->\n\n<pre>\n\n{HEAD}| 2024 | 6 |\n\n</pre>\n\nIsi.",
    f"\\begin{{a}}\n\n{HEAD}| 2024 | 6 |\n\n\\end{{a}}\n\nIsi.",
    "Isi.\n\n| Baris\n| baris |\n|---|\n| 2024 |\n\nIsi.",
    f"- [*a* dan b](<{URL}>)",
    f'- [a "b"](<{URL}>)',
    f"- [dll. dan e.g. b](<{URL}>)",
    f"- [a--b...](<{URL}>)",
    f"- [a](<{URL}>){{.b}}",
    f'- [a](<{URL}>){{lang="id" #b}}',
    f"- [a](<{URL} 'b'>)",
    "- [a](<https://a.id/?b&amp;c>)",
    f"- \\[a](<{URL}>)",
    f"- `[a](<{URL}>)` dan ` b [c](<{URL}>) d`",
    f"# [a](<{URL}>)",
    f"| a |\n|---|\n| [b](<{URL}>) |",
    f"a      b\n-----  ----------\n[c](d) [e](f.html)\n\n- [g](<{URL}>)",
    "- [a  b](c.html)",
    "- [a](c.html)[b](d.html)",
    "- `neraca-plain:0` [a](b.html)",
    "\\a[x](b.html) \\b[c d]{.e}",
    "Kata yang banyak menurut Prof. Adi dan kata yang banyak menurut p. 12 dan seterusnya",
    "Prof. Adi dan beberapa kata lagi sesudahnya, juga e.g. Kata yang banyak sekali",
    "Kata\\ yang banyak sekali dan tidak putus\\ di antara dua kata itu",
    "Kata  yang banyak sekali dengan dua spasi  di antaranya atau di akhirnya  \nlalu baris",
    "1. satu kata dan beberapa lagi\n\n2) dua\n\niv. empat dan beberapa kata yang lain\n\na) b",
    "10. beberapa kata yang membuka daftar bernomor sepuluh",
    "Table: beberapa kata yang menjadi judul tabel\n\n| a |\n|---|\n| b |",
    "# Judul yang panjang sekali ini\n\nLihat [Judul yang panjang sekali ini] dan [Judul\nini]",
    "Lihat [kata yang ada di tempat lain] ya\n\n[kata yang ada di tempat lain]: b.html",
    "Lihat [ini][kata yang ada di tempat lain]\n\n  [kata yang ada di tempat lain]: b.html 'a b'",
    "Kode `yang mulai di baris ini\ndan memuat beberapa kata yang biasa\nsampai di sini` saja",
    "Kode ``dengan ` dan beberapa kata yang biasa di dalamnya`` saja",
    "    kode yang menjorok dan beberapa kata yang biasa\n",
    "Judul dengan beberapa kata yang biasa\n-\n\nJudul dengan beberapa kata yang biasa\n=",
    "Ia berkata \"beberapa kata yang biasa\" dan 'beberapa kata lagi yang biasa' -- ya --- ...",
    "“beberapa kata yang biasa saja” dan ’beberapa kata yang biasa saja’ dan 5–-6 atau 5-–6",
    "*beberapa kata yang biasa saja di sini* dan **beberapa kata yang biasa** dan a_b_ _c kata_",
    "Lihat @fig-a [kata yang banyak]{.b} dan [@tbl-b kata yang banyak sekali] di sini",
    "[kecil]{.smallcaps} [garis]{.underline} [garis]{.ul} [tanda]{.mark} ^[catatan]{.a}",
    "![gambar]{.a} [a]{.b}{.c} [a]{.b}[c] [a]{#b #c} [a]{.b key=c} [ a]{.b} [a ]{.c} \\[a]{.b}",
    "H~2 kata yang banyak~O dan x^2 kata yang banyak^ dan ~~kata yang banyak sekali ini~~",
    "<div>\n\nkata yang banyak sekali di sini\n\n</div>\n\n<b>kata yang banyak sekali</b> ya",
    "Kata yang banyak &amp; sekali di sini \\& di sana yang banyak \\* kata lagi",
]


def trees(text: str, monkeypatch: pytest.MonkeyPatch) -> tuple[list[object], list[object]]:
    """Read a text with its links put aside, and as it is."""
    spared = document._parse([("a", text)], Path("a.qmd"))
    with monkeypatch.context() as patched:
        patched.setattr(PlainText, "put_aside", lambda self, text: text)
        return spared, document._parse([("a", text)], Path("a.qmd"))


@pytest.mark.parametrize("text", PLAIN)
def test_plain_links_are_spared_and_come_back(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert PlainText().put_aside(text) != text
    spared, read = trees(text, monkeypatch)
    assert spared == read


@pytest.mark.parametrize("text", NOT_PLAIN)
def test_other_links_are_left_to_pandoc(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    spared, read = trees(text, monkeypatch)
    assert spared == read


# Signs of Markdown between words, in any order.
SIGNS = st.sampled_from(
    [*"*_`[](){}^~:;.,!?'\"|<>#@\\-+=&$%/ \n", "\n\n", "- ", "](a.html)", "]{.b}", "`c d`", "  "]
)
WORDS = st.sampled_from(
    ["Ekspor", "kata-kata", "2025", "6,7", "p.", "sekali.", "naik", "(FOB)", "a"]
)


@hypothesis.settings(max_examples=60, deadline=None, derandomize=True)
@hypothesis.given(st.lists(st.tuples(st.lists(WORDS, min_size=1, max_size=9), SIGNS), max_size=8))
def test_any_text_is_read_the_same(parts: list[tuple[list[str], str]]) -> None:
    text = "".join(" ".join(words) + sign for words, sign in parts)
    plain = PlainText()
    assert json.loads(plain.put_back(pandoc(plain.put_aside(text)))) == json.loads(pandoc(text))


CELLS = st.lists(st.one_of(WORDS, SIGNS.filter(lambda sign: "\n" not in sign)), max_size=4)


@hypothesis.settings(max_examples=60, deadline=None, derandomize=True)
@hypothesis.given(st.lists(st.lists(CELLS, min_size=1, max_size=3), min_size=1, max_size=6))
def test_any_table_is_read_the_same(rows: list[list[list[str]]]) -> None:
    lines = (f"| {' | '.join(' '.join(cell) for cell in row)} |\n" for row in rows)
    text = f"{HEAD}{''.join(lines)}\nIsi.\n"
    plain = PlainText()
    assert json.loads(plain.put_back(pandoc(plain.put_aside(text)))) == json.loads(pandoc(text))


def test_no_line_breaks_after_an_abbreviation(monkeypatch: pytest.MonkeyPatch) -> None:
    listed = run("--print-default-data-file=abbreviations").split()
    assert "Prof." in listed
    text = "\n\n".join(f"beberapa kata yang biasa, {each} dan kata lainnya" for each in listed)
    assert PlainText().put_aside(text) != text
    spared, read = trees(text, monkeypatch)
    assert spared == read


def pandoc(text: str) -> str:
    return run("--from=markdown", "--to=json", given=text)


def run(*options: str, given: str = "") -> str:
    command = [pypandoc.get_pandoc_path(), *options]
    done = subprocess.run(command, input=given, capture_output=True, encoding="utf-8", check=True)
    return done.stdout


def test_links_in_code_are_code(monkeypatch: pytest.MonkeyPatch) -> None:
    text = f'```\n- [a "b"](<{URL}>) [a](b.html)\n```\n\n<!-- [a](b.html) -->'
    spared, read = trees(text, monkeypatch)
    assert spared == read
    assert "neraca-plain" not in json.dumps(spared)


@pytest.mark.parametrize("page", ["index.qmd", "methods.qmd", "en/index.qmd", "en/methods.qmd"])
def test_pages_of_the_site_are_read_the_same(page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    spared, read = trees((REPOSITORY / page).read_text(encoding="utf-8"), monkeypatch)
    assert spared == read
