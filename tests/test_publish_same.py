"""The sample report says the same whichever publisher makes it, down to every number and link.

What it shall say is committed in `tests/expected`, so that each publisher can be held to it where
the other is not at hand. After a change that is meant, `WRITE_EXPECTED=1` makes it anew from the
embedded publisher's page; the difference is then read before it is committed.
"""

import json
import os
from pathlib import Path

import publish_samples as samples
import pytest
from page_structure import expected, structure, written


@pytest.fixture(
    scope="module", params=["embedded", pytest.param("quarto", marks=pytest.mark.quarto)]
)
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    with pytest.MonkeyPatch.context() as monkeypatch:
        if request.param == "embedded":
            samples.without_quarto(monkeypatch)
        return samples.published_site(tmp_path_factory.mktemp(request.param))


@pytest.mark.parametrize("language", ["id", "en"])
def test_page_says_what_is_expected(site: Path, language: str) -> None:
    found = structure(site / "reports" / language / "lampung" / "2020" / "index.html")
    path = expected(language)
    if os.environ.get("WRITE_EXPECTED"):
        path.write_text(written(found), encoding="utf-8")
    wanted = json.loads(path.read_text(encoding="utf-8"))
    assert list(found) == list(found | wanted)
    for part, content in wanted.items():
        assert found[part] == content, part


@pytest.mark.parametrize("language", ["id", "en"])
def test_what_is_expected_is_worth_comparing(language: str) -> None:
    wanted = json.loads(expected(language).read_text(encoding="utf-8"))
    assert all(wanted.values()), "every part of the structure occurs in the sample"
    labels = [label for label, _ in wanted["captions"]]
    assert labels == ["tbl-ledger", "fig-balance", "fig-trend", "tbl-months"]
    assert {"folded", "open"} == {state for _, _, state in wanted["callouts"]}
