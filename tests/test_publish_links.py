"""Links put aside come back as pandoc would have read them."""

import json
from pathlib import Path

import pytest
from publish_samples import REPOSITORY

from neraca.publish import document
from neraca.publish.links import PlainLinks

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
NOT_PLAIN = [
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
    "- `neraca-link:0` [a](b.html)",
]


def trees(text: str, monkeypatch: pytest.MonkeyPatch) -> tuple[list[object], list[object]]:
    """Read a text with its links put aside, and as it is."""
    spared = document._parse([("a", text)], Path("a.qmd"))
    with monkeypatch.context() as patched:
        patched.setattr(PlainLinks, "put_aside", lambda self, text: text)
        return spared, document._parse([("a", text)], Path("a.qmd"))


@pytest.mark.parametrize("text", PLAIN)
def test_plain_links_are_spared_and_come_back(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert PlainLinks().put_aside(text) != text
    spared, read = trees(text, monkeypatch)
    assert spared == read


@pytest.mark.parametrize("text", NOT_PLAIN)
def test_other_links_are_left_to_pandoc(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    spared, read = trees(text, monkeypatch)
    assert spared == read


def test_links_in_code_are_code(monkeypatch: pytest.MonkeyPatch) -> None:
    text = f'```\n- [a "b"](<{URL}>) [a](b.html)\n```\n\n<!-- [a](b.html) -->'
    spared, read = trees(text, monkeypatch)
    assert spared == read
    assert "neraca-link" not in json.dumps(spared)


@pytest.mark.parametrize("page", ["index.qmd", "methods.qmd", "en/index.qmd", "en/methods.qmd"])
def test_pages_of_the_site_are_read_the_same(page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    spared, read = trees((REPOSITORY / page).read_text(encoding="utf-8"), monkeypatch)
    assert spared == read
