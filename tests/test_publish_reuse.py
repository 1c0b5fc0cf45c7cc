"""How a report is cited, and what it is to a machine."""

import json

import pytest

from neraca.publish.reuse import citation, metadata

HEAD = {
    "title": "Trade balance of Lampung, 2025",
    "description": "Does Lampung sell abroad more than it buys? </script> " * 2,
    "language": "en",
    "data_vintage": "2026-01-31",
    "parameters": {"province": "lampung", "year": 2025},
}
# What schema.org's readers need of each kind before they list it.
NEEDED = {
    "Report": {"name", "description", "inLanguage", "license", "publisher", "encoding"},
    "Dataset": {"name", "description", "license", "creator", "distribution", "spatialCoverage"},
}


def described() -> dict[str, dict[str, object]]:
    html = metadata(HEAD, ["data/fig-balance.csv"])
    assert html.count("</") == 1  # nothing in it ends the element before its end
    content = json.loads(html.partition(">")[2].rpartition("<")[0])
    assert content["@context"] == "https://schema.org"
    return {entry["@type"]: entry for entry in content["@graph"]}


@pytest.mark.parametrize("kind", NEEDED)
def test_a_machine_is_told_what_it_needs(kind: str) -> None:
    found = described()[kind]
    assert {name for name in NEEDED[kind] if found.get(name)} == NEEDED[kind]
    assert 50 <= len(str(found["description"])) <= 5000
    assert (found["temporalCoverage"], found["dateModified"]) == ("2025", "2026-01-31")


def test_the_report_is_based_on_its_data() -> None:
    found = described()
    assert found["Report"]["isBasedOn"] == {"@id": found["Dataset"]["@id"]}
    assert found["Dataset"]["distribution"] == [
        {"@type": "DataDownload", "contentUrl": name, "encodingFormat": encoding}
        for name, encoding in (
            ("indicators.json", "application/json"),
            ("data/fig-balance.csv", "text/csv"),
        )
    ]


@pytest.mark.parametrize(("language", "date"), [("id", "31 Januari 2026"), ("en", "January 31")])
def test_the_citation_names_the_vintage(language: str, date: str) -> None:
    assert date in citation(HEAD["title"], HEAD["data_vintage"], language)
