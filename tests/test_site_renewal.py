"""Rendering what was executed: only what changed, one failure alone, nothing stale left."""

import json
from pathlib import Path

import publish_samples as samples
import pytest

from neraca.publish import publish_many, publish_site, stage
from neraca.publish.renewal import renew
from neraca.publish.words import LANGUAGES

ID, EN = (f"reports/{language}/lampung/2020" for language in LANGUAGES)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    samples.without_quarto(monkeypatch)
    samples.make_project(tmp_path)
    for language in LANGUAGES:
        stage(samples.executed(language), samples.report_directory(tmp_path, language))
    return tmp_path


def test_only_what_changed_is_rendered(root: Path) -> None:
    site = root / "_site"
    first = renew(root, site, publish_many)
    assert list(first.rendered) == [EN, ID]
    publish_site(root, site)  # which links the two pages, and makes neither stale
    assert renew(root, site, publish_many).fresh == [EN, ID]
    (root / ID / "figures" / "fig-balance.svg").write_text(samples.SVG.replace("2020", "2021"))
    (root / EN / "record.json").write_text("{}")
    second = renew(root, site, publish_many)
    assert (list(second.rendered), second.fresh) == ([ID], [EN])
    assert "2021" in (site / ID / "figures" / "fig-balance.svg").read_text()


def test_another_publisher_or_configuration_renders_again(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = root / "_site"
    renew(root, site, publish_many)
    configuration = root / "_quarto.yml"
    configuration.write_text(configuration.read_text() + "\n# changed\n")
    assert renew(root, site, publish_many).rendered.keys() == {EN, ID}
    monkeypatch.setattr("neraca.publish.renewal.publisher_name", lambda: "another")
    assert renew(root, site, publish_many).rendered.keys() == {EN, ID}


def test_a_report_that_cannot_be_rendered_stops_no_other(root: Path) -> None:
    site = root / "_site"
    renew(root, site, publish_many)
    index = root / EN / "index.ipynb"
    whole = index.read_text()
    index.write_text(whole.replace("@fig-balance", "@fig-lost"))
    result = renew(root, site, publish_many)
    assert (result.rendered, result.fresh) == ({}, [ID])
    assert "@fig-lost" in result.failed[EN]
    assert not (site / EN).exists()
    failure = json.loads((root / EN / "failure.json").read_text())
    assert failure["error"] == "UnsupportedError"
    publish_site(root, site)
    reason = "../reports/en/failed/index.html#lampung-2020"
    assert f'<td role="cell" class="failed"><a href="{reason}"' in (
        (site / "en" / "index.html").read_text()
    )
    page = (site / "reports/en/failed/index.html").read_text()
    assert "@fig-lost" in page
    assert "<code>neraca report lampung 2020 --language en</code>" in page
    assert not (site / "reports/id/failed").exists()
    index.write_text(whole)
    assert renew(root, site, publish_many).rendered.keys() == {EN}
    assert not (root / EN / "failure.json").exists()
    publish_site(root, site)
    assert not (site / "reports/en/failed/index.html").exists()
