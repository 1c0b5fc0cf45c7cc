"""Whole reports: every number found again, every word in the page's language, nothing empty."""

import re
from pathlib import Path

import pytest
from page_checks import (
    Output,
    faults,
    foreign_numbers,
    foreign_words,
    is_recorded,
    machine_values,
    numbers,
    run_report,
)

from analysis.catalog import Catalog
from neraca.pipeline.national import make_national
from neraca.pipeline.project import Project

ROOT = Path(__file__).resolve().parents[1]
LANGUAGES = ("id", "en")
SOME = [("lampung", 2025), ("kalimantan-utara", 2024), ("papua-selatan", 2023)]
GRID = [
    *(("lampung", year) for year in range(2016, 2025)),
    *(("kalimantan-utara", year) for year in (2018, 2020, 2023)),
    ("aceh", 2020),
    ("papua", 2023),
    ("dki-jakarta", 2023),
    *(
        (province.slug, 2025)
        for province in Catalog(ROOT / "data").provinces.all
        if not province.is_country and province.slug != "lampung"
    ),
]


@pytest.fixture(scope="session")
def compared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project beside the checkout in which national comparisons are made once a year."""
    root = tmp_path_factory.mktemp("compared")
    (root / "_quarto.yml").touch()
    for name in ("data", "notebooks"):
        (root / name).symlink_to(ROOT / name)
    return root


def page(
    monkeypatch: pytest.MonkeyPatch, root: Path, province: str, year: int, language: str
) -> list[Output]:
    monkeypatch.chdir(root)
    if not (root / "reports" / "national" / str(year)).is_dir():
        make_national(Project(root), year)
    return run_report(monkeypatch, ROOT, province, year, language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("province", "year"), SOME)
def test_page(monkeypatch, compared, province, year, language):
    assert faults(page(monkeypatch, compared, province, year, language), language) == []


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("province", "year"), GRID)
def test_page_of_the_grid(monkeypatch, compared, province, year, language):
    assert faults(page(monkeypatch, compared, province, year, language), language) == []


def test_a_province_with_figures_shows_them(monkeypatch, compared):
    outputs = page(monkeypatch, compared, "lampung", 2025, "id")
    assert sum(output.kind == "figure" for output in outputs) >= 15
    assert sum(output.kind == "table" for output in outputs) >= 8


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        ("Surplus USD 1.234,56 juta", "id", [1234.56]),
        ("A surplus of USD 1,234.56 million", "en", [1234.56]),
        ("Pada 12 Maret 2020, HS 09, bab `12`, “99 persen” dan 7 bulan", "id", [7]),
        ("On March 12, 2020 [figure 3](#src-summary-s1) it was 8", "en", [8]),
        ("[Sumber: 12 sumber.]{.source}", "id", []),
    ],
)
def test_numbers_of_a_text(text, language, found):
    assert [value for _, value, _ in numbers(text, language)] == found


def test_a_written_number_is_found_as_it_is_rounded():
    assert is_recorded(61.5, 1, [-61.53])
    assert not is_recorded(61.6, 1, [61.53])
    assert not is_recorded(61.0, 0, [61.53, 60.49])


def test_what_does_not_belong_is_found():
    assert foreign_words("Ekspor of Lampung", "id") == ["of"]
    assert foreign_words("Exports dan imports", "en") == ["dan"]
    assert foreign_words("“the plan” [of BPS]{lang='en'}", "id") == []
    assert foreign_numbers("USD 1,234.5", "id")
    assert foreign_numbers("USD 1.234,5", "en")
    assert not foreign_numbers("USD 1.234,5", "id")
    assert machine_values("It is nan in export_value: {place}") == ["nan", "export_value", "{", "}"]
    assert not re.search("x", "".join(machine_values("plain [text]{.source}")))
