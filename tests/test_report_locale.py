"""The report's two languages: nothing left untranslated, numbers as each language writes them."""

import ast
import io
import re
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from importlib.resources import files
from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
import pytest
from babel.dates import format_date
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from analysis.report.locale import Language

KEYWORDS = {"say": None, "count": (1, 2)}
ENGLISH, INDONESIAN = Language("en"), Language("id")


def sources(root: Path) -> Iterator[tuple[str, str]]:
    for path in sorted((root / "src" / "analysis").rglob("*.py")):
        yield str(path.relative_to(root)), path.read_text(encoding="utf-8")
    for path in sorted((root / "notebooks").glob("*.ipynb")):
        for cell in nbformat.read(path, 4).cells:
            if cell.cell_type == "code":
                yield path.name, cell.source


@pytest.fixture(scope="module")
def used(project_root: Path) -> dict[str | tuple[str, ...], str]:
    """Every message of the source with where it stands."""
    found: dict[str | tuple[str, ...], str] = {}
    for place, text in sources(project_root):
        stream = io.BytesIO(text.encode())
        for line, message, _, _ in extract("python", stream, keywords=KEYWORDS):
            found.setdefault(message, f"{place}, line {line}")
    return found


@pytest.fixture(scope="module")
def catalog() -> dict[str | tuple[str, ...], object]:
    with files("analysis.report.locale").joinpath("id.po").open("rb") as stream:
        return {message.id: message for message in read_po(stream, locale="id") if message.id}


def test_every_message_is_translated(used, catalog):
    assert len(used) > 200
    assert {message: place for message, place in used.items() if message not in catalog} == {}


def written(text: str) -> Iterator[str | tuple[str, ...]]:
    """Give the messages of a source as Python reads it, wherever they stand."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            words = [
                item.value
                for item in node.args
                if isinstance(item, ast.Constant) and isinstance(item.value, str)
            ]
            if node.func.attr == "say" and words:
                yield words[0]
            elif node.func.attr == "count" and len(words) > 1:
                yield words[0], words[1]


def test_every_message_stands_where_its_extraction_finds_it(project_root, used):
    # Inside an f-string or another message it would be taken for unused, and dropped.
    hidden = {
        message: place
        for place, text in sources(project_root)
        for message in written(text)
        if message not in used
    }
    assert hidden == {}


def test_no_translation_is_unused(used, catalog):
    assert [message for message in catalog if message not in used] == []


def test_no_translation_is_empty_or_unsure(catalog):
    for message in catalog.values():
        texts = [message.string] if isinstance(message.string, str) else list(message.string)
        assert all(texts), message.id
        assert not message.fuzzy, message.id


def places(text: str) -> set[str]:
    return set(re.findall(r"\{(\w*)[^}]*\}", text))


def test_places_are_the_same_in_both_languages(catalog):
    for message in catalog.values():
        if isinstance(message.id, str):
            originals, translations = [message.id], [message.string]
        else:
            originals = list(message.id)
            translations = list(
                [message.string] if isinstance(message.string, str) else message.string
            )
        wanted = set().union(*map(places, originals))
        for text in translations:
            assert places(text) == wanted, message.id


def test_spaces_at_the_ends_are_the_same_in_both_languages(catalog):
    for message in catalog.values():
        forms = [
            [texts] if isinstance(texts, str) else list(texts)
            for texts in (message.id, message.string)
        ]
        ends = {(text[:1] == " ", text[-1:] == " ") for texts in forms for text in texts}
        assert len(ends) == 1, message.id


def test_messages_are_written_out_where_they_are_used(project_root: Path):
    """A message that is put together at run time would escape the catalog."""
    for place, text in sources(project_root):
        for node in ast.walk(ast.parse(text)):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            owner = ast.unparse(node.func.value)
            wanted = {"say": 1, "count": 2 if owner.endswith("language") else 0}
            for argument in node.args[: wanted.get(node.func.attr, 0)]:
                written = isinstance(argument, ast.Constant) or place.endswith("page.py")
                assert written, f"{place}, line {node.lineno}"


def test_source_fills_the_places_of_its_messages(project_root: Path):
    for place, text in sources(project_root):
        for node in ast.walk(ast.parse(text)):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "say"
                and node.args
                and isinstance(node.args[0], ast.Constant)
            ):
                given = {keyword.arg for keyword in node.keywords}
                if None not in given:
                    where = f"{place}, line {node.lineno}"
                    assert places(node.args[0].value) == given, where


@pytest.mark.parametrize(
    ("value", "digits", "english", "indonesian"),
    [
        (6637.71, 2, "6,637.71", "6.637,71"),
        (206.31, 2, "206.31", "206,31"),
        (1234567, 0, "1,234,567", "1.234.567"),
        (0, 2, "0.00", "0,00"),
        (-16.7, 2, "−16.70", "−16,70"),
        (-0.001, 2, "0.00", "0,00"),
        (-0.4, 0, "0", "0"),
        (0.1 + 0.2, 2, "0.30", "0,30"),
        (206.31 - 144.78, 2, "61.53", "61,53"),
        (np.float64(1.5), 1, "1.5", "1,5"),
        (np.int64(84533), 0, "84,533", "84.533"),
        (14.0, 0, "14", "14"),
        # Halves go up, also those that a binary number holds from below.
        (315.95, 1, "316.0", "316,0"),
        (2.675, 2, "2.68", "2,68"),
        (0.5, 0, "1", "1"),
        (2.5, 0, "3", "3"),
        (-2.5, 0, "−3", "−3"),
        (1e-7, 2, "0.00", "0,00"),
    ],
)
def test_numbers(value, digits, english, indonesian):
    assert ENGLISH.number(value, digits) == english
    assert INDONESIAN.number(value, digits) == indonesian


@pytest.mark.parametrize("missing", [None, float("nan"), np.nan, pd.NA, pd.NaT])
@pytest.mark.parametrize("language", [ENGLISH, INDONESIAN])
def test_missing_is_a_dash(language, missing):
    for write in (language.number, language.figure, language.money, language.percent):
        assert write(missing) == "—"


@pytest.mark.parametrize(
    ("value", "english", "indonesian"),
    [
        (61.53, "USD 61.53 million", "USD 61,53 juta"),
        (6637.71, "USD 6,637.7 million", "USD 6.637,7 juta"),
        (-36.48, "USD −36.48 million", "USD −36,48 juta"),
        (315.95, "USD 315.95 million", "USD 315,95 juta"),
        (5588.3, "USD 5,588.3 million", "USD 5.588,3 juta"),
        (6000.04, "USD 6,000 million", "USD 6.000 juta"),
        (-1000.0, "USD −1,000 million", "USD −1.000 juta"),
        (0.0, "USD 0 million", "USD 0 juta"),
    ],
)
def test_money(value, english, indonesian):
    assert (ENGLISH.money(value), INDONESIAN.money(value)) == (english, indonesian)


@pytest.mark.parametrize(
    ("value", "digits", "english", "indonesian"),
    [
        (315.95, 1, "316", "316"),
        (315.95, 2, "315.95", "315,95"),
        (273.5, 2, "273.5", "273,5"),
        (1234.0, 2, "1,234", "1.234"),
        (0.005, 2, "0.01", "0,01"),
        (-0.004, 2, "0", "0"),
        (-36.48, 1, "−36.5", "−36,5"),
        (np.float64(0.2), 2, "0.2", "0,2"),
    ],
)
def test_figures_have_no_decimals_that_only_are_zeros(value, digits, english, indonesian):
    assert ENGLISH.figure(value, digits) == english
    assert INDONESIAN.figure(value, digits) == indonesian


@pytest.mark.parametrize(
    ("values", "digits", "english"),
    [
        ([657.5, 686.0], 2, ["657.5", "686.0"]),
        ([3754.0, 1072.0], 2, ["3,754", "1,072"]),
        ([1.14, 315.95, 3.1, None], 2, ["1.14", "315.95", "3.10", "—"]),
        ([0.0, 12.0], 2, ["0", "12"]),
        ([-36.48, 1200.0, 100.0], 1, ["−36.5", "1,200.0", "100.0"]),
        ([], 2, []),
    ],
)
def test_figures_that_stand_together_have_the_same_decimals(values, digits, english):
    assert ENGLISH.figures(values, digits) == english


def test_money_that_stands_together_has_the_same_decimals():
    row = (6637.71, 2054.7, 4583.01)
    assert [INDONESIAN.money(value, row) for value in row] == [
        "USD 6.637,7 juta",
        "USD 2.054,7 juta",
        "USD 4.583,0 juta",
    ]
    assert ENGLISH.money(99.6, (46.09, 99.6)) == "USD 99.60 million"
    assert ENGLISH.money(657.55, (1571.9, 657.55)) == "USD 657.6 million"
    assert ENGLISH.money(657.5, (None, float("nan"))) == "USD 657.5 million"


@pytest.mark.parametrize(
    ("value", "digits", "english", "indonesian"),
    [
        (0.04, 1, "0.0", "0,0"),
        (-0.04, 1, "0.0", "0,0"),
        (0.0, 1, "0.0", "0,0"),
        (0.05, 1, "+0.1", "+0,1"),
        (-0.05, 1, "−0.1", "−0,1"),
        (0.25, 1, "+0.3", "+0,3"),
        (0.5, 0, "+1", "+1"),
        (-0.5, 0, "−1", "−1"),
        (4583.01, 0, "+4,583", "+4.583"),
    ],
)
def test_signs(value, digits, english, indonesian):
    assert ENGLISH.signed(value, digits) == english
    assert INDONESIAN.signed(value, digits) == indonesian


def test_percent():
    assert ENGLISH.percent(18.09061748) == "18.1 percent"
    assert INDONESIAN.percent(18.09061748) == "18,1 persen"
    assert INDONESIAN.percent(14, 0) == "14 persen"


def test_a_year_has_no_separator():
    assert (ENGLISH.year(2025), INDONESIAN.year(2025)) == ("2025", "2025")


@pytest.mark.parametrize(
    ("period", "english", "indonesian"),
    [
        ("2025", "2025", "2025"),
        ("2020-01", "January 2020", "Januari 2020"),
        ("2024-08", "August 2024", "Agustus 2024"),
        ("2025-01/2025-09", "January–September 2025", "Januari–September 2025"),
        ("2024-12/2025-02", "December 2024–February 2025", "Desember 2024–Februari 2025"),
    ],
)
def test_periods(period, english, indonesian):
    assert (ENGLISH.period(period), INDONESIAN.period(period)) == (english, indonesian)


def test_months_from_a_period_and_short_ones():
    month = pd.Period("2024-05", "M")
    assert (ENGLISH.month(month), INDONESIAN.month(month)) == ("May 2024", "Mei 2024")


@pytest.mark.parametrize(
    ("date", "english", "indonesian"),
    [
        ("2024-03-19", "March 19, 2024", "19 Maret 2024"),
        ("2020-03", "March 2020", "Maret 2020"),
        ("2020", "2020", "2020"),
    ],
)
def test_dates(date, english, indonesian):
    assert (ENGLISH.date(date), INDONESIAN.date(date)) == (english, indonesian)


@pytest.mark.parametrize(
    ("items", "english", "indonesian"),
    [
        ([], "", ""),
        (["a"], "a", "a"),
        (["a", "b"], "a and b", "a dan b"),
        (["a", "b", "c"], "a, b and c", "a, b, dan c"),
        (("{x}", "b"), "{x} and b", "{x} dan b"),
    ],
)
def test_listing(items, english, indonesian):
    assert (ENGLISH.listing(items), INDONESIAN.listing(items)) == (english, indonesian)


def test_counting():
    one, many = "{number} source", "{number} sources"
    assert ENGLISH.count(one, many, 1) == "1 source"
    assert ENGLISH.count(one, many, 1200) == "1,200 sources"
    assert INDONESIAN.count(one, many, 1200) == "1.200 sumber"
    assert INDONESIAN.count(one, many, 1) == INDONESIAN.count(one, many, 2).replace("2", "1")
    assert INDONESIAN.count(one, many, 2) != ENGLISH.count(one, many, 2)


def test_a_place_that_is_not_filled_is_an_error():
    with pytest.raises(KeyError):
        ENGLISH.say("{amount} percent")


@pytest.mark.parametrize("language", [ENGLISH, INDONESIAN], ids=lambda language: language.code)
def test_numbers_and_months_are_written_as_babel_does(language: Language) -> None:
    digits = {0: "#,##0", 1: "#,##0.0", 3: "#,##0.000"}
    for value in (0.0, -0.0001, 0.5, 999.9995, 1000.0, -1234.5678, 12345678901.25, 1e21):
        for count, pattern in digits.items():
            rounded = Decimal(repr(value)).quantize(Decimal(10) ** -count, ROUND_HALF_UP)
            text = format_decimal(rounded or 0, format=pattern, locale=language.code)
            assert language.number(value, count) == text.replace("-", "−")
    for month in pd.period_range("1998-12", "2025-12", freq="M"):
        text = format_date(month.start_time.date(), "MMMM y", locale=language.code)
        assert language.month(month) == language.month(str(month)) == text
    assert language.month("2024-02-29") == language.month("2024-02")
