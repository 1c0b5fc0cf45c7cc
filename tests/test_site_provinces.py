"""The page of a province, which lines up the years of which there are reports."""

from pathlib import Path

import pytest
from site_samples import collection, indicator

from neraca.publish.collection import Collection, Key
from neraca.publish.province_page import province_page


def page(found: Collection, slug: str, language: str = "en") -> str:
    (province,) = [each for each in found.provinces if each.slug == slug]
    return province_page(found, province, language)


def keys(slug: str, *years: int, language: str = "en") -> list[Key]:
    return [Key(language, slug, year) for year in years]


def test_every_year_has_its_row_and_its_report(tmp_path: Path) -> None:
    text = page(collection(tmp_path, *keys("lampung", 2021, 2022)), "lampung")
    assert "- [Lampung 2022](2022/index.html) ([PDF](2022/index.pdf)" in text
    assert "| [2021](2021/index.html) | 3,821.0 | 2,000.0 | 1,821.0 |" in text
    assert text.index("[2022](2022/index.html) |") < text.index("[2021](2021/index.html) |")
    assert "Exports by province of origin, FOB: 2021, 2022." in text


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Up to 2023 the figures include South Papua, Central Papua and Highland Papua, "),
        ("id", "Sampai 2023 angkanya mencakup Papua Selatan, Papua Tengah, dan Papua Pegunungan, "),
    ],
)
def test_a_split_is_told_where_years_on_both_sides_stand(
    tmp_path: Path, language: str, words: str
) -> None:
    both = keys("papua", 2020, 2025, language=language)
    trade, industry = page(collection(tmp_path, *both), "papua", language).split("## ")[2:]
    assert words in trade
    assert words.replace("2023", "2022") in industry


def test_a_split_is_not_told_where_all_years_are_on_one_side(tmp_path: Path) -> None:
    assert "the figures include" not in page(
        collection(tmp_path, *keys("papua", 2024, 2025)), "papua"
    )


def test_a_split_of_years_without_a_figure_is_not_told(tmp_path: Path) -> None:
    found = collection(tmp_path, *keys("papua", 2020, 2025))
    found.reports[Key("en", "papua", 2020)]["notebooks"].clear()
    assert "the figures include" not in page(found, "papua")


def test_a_change_of_survey_is_told(tmp_path: Path) -> None:
    text = page(collection(tmp_path, *keys("lampung", 2023, 2025)), "lampung")
    assert "Between 2023 and 2025 the count of micro and small establishments rises" in text
    assert "no growth is computed across it." in text


def test_a_raw_share_that_says_nothing_is_told_so(tmp_path: Path) -> None:
    found = collection(tmp_path, *keys("lampung", 2024, 2025))
    for year, upper in ((2024, 0.82), (2025, 1.0)):
        found.reports[Key("en", "lampung", year)]["notebooks"]["downstreaming"] = {
            "indicators": {
                "raw_share_lower": indicator(0.0, "share"),
                "raw_share_upper": indicator(upper, "share"),
            }
        }
    text = page(found, "lampung")
    assert "| 0 to 82 |" in text and "| 0 to 100 |" in text
    assert "“0 to 100” means that the lists of goods do not show how much is raw." in text
    del found.reports[Key("en", "lampung", 2025)]
    assert "do not show" not in page(found, "lampung")
