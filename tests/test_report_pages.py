"""Whole reports: every number found again, every word in the page's language, nothing empty."""

import re
import time
from pathlib import Path

import pytest
from page_checks import (
    Output,
    bare_ids,
    empty_ranges,
    faults,
    foreign_numbers,
    foreign_words,
    is_recorded,
    later_years,
    machine_values,
    numbers,
    records,
    repeated_sentences,
    run_report,
    unrecorded_numbers,
    unvalued_surpluses,
    without_origin,
    wrong_plurals,
)

from analysis.catalog import Catalog
from neraca.pipeline import explain
from neraca.pipeline.national import make_national
from neraca.pipeline.project import Project
from neraca.publish.numbers import numbers as numbers_of

ROOT = Path(__file__).resolve().parents[1]
LANGUAGES = ("id", "en")
HEAVIEST = 150_000  # bytes of a figure
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
    for name in ("data", "notebooks", "requirements.lock"):
        (root / name).symlink_to(ROOT / name)
    return root


def page(
    monkeypatch: pytest.MonkeyPatch, root: Path, province: str, year: int, language: str
) -> list[Output]:
    monkeypatch.chdir(root)
    if not (root / "reports" / "national" / str(year)).is_dir():
        make_national(Project(root), year)
    return run_report(monkeypatch, ROOT, province, year, language)


def unexplained(root: Path, outputs: list[Output]) -> list[tuple[str, str]]:
    """List the indicators that are not explained in a second, by a method and to what it rests on.

    That is a source of a figure, a constant of the code, a parameter of the report, or for what is
    not known a table that has no row of it.
    """
    made = numbers_of({record["notebook"]: record for record in records(outputs)})
    report = explain.Report(root / "reports" / "id" / "x" / "2025", "id/x/2025", **made)
    late = []
    for notebook, own in report.numbers.items():
        for name in own["indicators"]:
            start = time.process_time()
            told = explain.explain(report, notebook, name, limit=explain.SHOWN)
            text = "\n".join(explain.lines(explain.tree(told)))
            unknown = re.search(r"^  by analysis\.\S+(?: \(\S+:0\))?$", text, re.MULTILINE)
            if not is_grounded(told) or unknown or time.process_time() - start > 1:
                late.append((notebook, name))
    return late


def is_grounded(told: explain.Explanation) -> bool:
    """Say whether an explanation ends in what a number can rest on."""
    if told.get("told_above") or "parameter" in told or told.get("sources"):
        return True
    if told.get("count") == 0:
        return True
    if any(figure["sources"] for figure in told.get("figures", ())):
        return True
    formula = (told.get("formula") or {}).get("name", "")
    constant = formula.startswith("parameter ") or formula.rpartition(".")[2].isupper()
    return constant or any(map(is_grounded, told.get("inputs", ())))


def too_heavy(outputs: list[Output]) -> list[tuple[str, int]]:
    weights = {output.name: len(output.data.get("image/svg+xml", "")) for output in outputs}
    return [(name, weight) for name, weight in weights.items() if weight > HEAVIEST]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("province", "year"), SOME)
def test_page(monkeypatch, compared, province, year, language):
    outputs = page(monkeypatch, compared, province, year, language)
    assert faults(outputs, language) == []
    assert too_heavy(outputs) == []
    assert without_origin(outputs) == []
    assert unexplained(compared, outputs) == []


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("province", "year"), GRID)
def test_page_of_the_grid(monkeypatch, compared, province, year, language):
    outputs = page(monkeypatch, compared, province, year, language)
    assert faults(outputs, language) == []
    assert too_heavy(outputs) == []
    assert without_origin(outputs) == []


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


def test_what_a_reader_would_object_to_is_found():
    assert empty_ranges("antara 2,0 sampai 2,0 negara; 1 to 1.5; 10 to 100") == ["2,0 sampai 2,0"]
    assert wrong_plurals("1 provinces, 31 provinces, 2 month, 12-month, 1 month") == [
        "1 provinces",
        "2 month",
    ]
    assert bare_ids("as it says ([sed9b1d54](#src-x-sed9b1d54))")
    assert not bare_ids("as it says ([Kemenko](#src-x-sed9b1d54))")
    assert later_years("In 2026 of [2027](#src-x) “2028” `2029`", 2025) == ["2026"]
    heading = Output("n", "heading", "sec-a", {"text/markdown": "## A {#sec-a}"})
    bare = Output("n", "text", "", {"text/markdown": "A surplus of USD 3 million."})
    whole = Output("n", "text", "", {"text/markdown": "A surplus of USD 3 million, FOB, CIF."})
    assert unvalued_surpluses([heading, bare]) == ["sec-a"]
    assert unvalued_surpluses([heading, whole]) == []
    twice = Output("n", "text", "", {"text/markdown": f"{'So it was said ' * 7}before.\n"})
    assert len(repeated_sentences([heading, twice, twice])) == 1
    assert repeated_sentences([heading, twice]) == []


def test_the_alternative_text_of_a_figure_is_read():
    figure = Output("n", "figure", "fig-a", {"text/markdown": '![a](b){#fig-a fig-alt="nan of 7"}'})
    assert figure.alt == "nan of 7"
    assert unrecorded_numbers([figure], "en") == [("n", "fig-a", "7")]


def test_what_does_not_belong_is_found():
    assert foreign_words("Ekspor of Lampung", "id") == ["of"]
    assert foreign_words("Exports dan imports", "en") == ["dan"]
    assert foreign_words("“the plan” [of BPS]{lang='en'}", "id") == []
    assert foreign_numbers("USD 1,234.5", "id")
    assert foreign_numbers("USD 1.234,5", "en")
    assert not foreign_numbers("USD 1.234,5", "id")
    assert machine_values("It is nan in export_value: {place}") == ["nan", "export_value", "{", "}"]
    assert not re.search("x", "".join(machine_values("plain [text]{.source}")))
