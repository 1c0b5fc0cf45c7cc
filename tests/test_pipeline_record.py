"""The record of a report: what it holds, how it is written, and when it stays as it is."""

import json
import subprocess
from pathlib import Path

import hypothesis
import pytest
from hypothesis import strategies as st
from record_samples import CSV, SVG, a_record, indicator
from workshop import Workshop, enter, write_project

from analysis.errors import NeracaError
from neraca.pipeline.comparison import ITSELF, compare
from neraca.pipeline.record import (
    _SET_ASIDE,
    fingerprint,
    magnitude,
    numbers_set_aside,
    own_page,
    read_record,
    write,
)
from neraca.pipeline.references import reference_reports
from neraca.pipeline.status import judge_all
from neraca.publish.renewal import mark
from neraca.publish.webpage import switch_language

LOCK_TEXT = "pandas==3.1.1 \\\n    --hash=sha256:00\n"


@pytest.fixture
def workshop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    write_project(tmp_path)
    return enter(tmp_path, monkeypatch)


def test_a_record_names_everything_that_a_report_was_made_from(workshop: Workshop) -> None:
    record = read_record(workshop.make().record)
    assert record["parameters"]["horizon_months"] == 12
    assert set(record["data"]) == {
        "data/classifications/provinces.csv",
        "data/corrections.yml",
        "data/links.yml",
        "data/observations/trade.csv",
    }
    assert set(record["national"]) == {"national.csv"}
    assert {
        "notebooks/national.ipynb",
        "notebooks/summary.ipynb",
        "requirements.lock",
        "src/analysis/theme.py",
        "src/neraca/publish/stage.py",
    } <= set(record["code"])
    assert set(record["results"]) == {"index.ipynb"}
    assert record["environment"]["pandas"]
    assert record["environment"]["processor"]
    assert str(workshop.root) not in workshop.directory.joinpath("record.json").read_text()


def test_each_fact_stands_on_a_line_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "record.json"
    write(path, a_record())
    assert json.loads(path.read_text()) == a_record()
    lines = path.read_text().splitlines()
    for beginning, ending in (
        ('   "exports": {"basis": "origin"', '"value": 500.0}'),
        ('   {"filters": {"province_code": "18", "until": 2025}, ', '"aaa'),
        ('  "data/fig-balance.csv": {"sha256": ', '"'),
        ('  "src/analysis/indicators/trade.py": "222', '2"'),
        ('  "horizon_months": 12', ""),
    ):
        assert sum(line.startswith(beginning) and ending in line for line in lines) == 1


def test_a_record_stays_where_the_same_comes_out_of_the_same(
    workshop: Workshop, monkeypatch
) -> None:
    path = workshop.make().record
    # As another system and `verify --accept` leave it.
    record = read_record(path) | {"pages": {"index.html": fingerprint(b"")}, "publishing": {}}
    record["environment"]["platform"] = "Darwin arm64"
    write(path, record)
    before = path.read_bytes()
    workshop.make(again=True)
    assert path.read_bytes() == before
    monkeypatch.setattr("neraca.pipeline.freshness.publisher_name", lambda: "quarto 1.10")
    workshop.make(again=True)
    assert path.read_bytes() == before


def test_a_record_of_something_else_is_written_anew_and_keeps_pages_of_the_same_files(
    workshop: Workshop,
) -> None:
    path = workshop.make().record
    pages = {"index.html": fingerprint(b"")}
    record = read_record(path) | {"pages": pages, "publishing": {}}
    record["environment"]["platform"] = "Darwin arm64"
    write(path, record)
    (workshop.root / "src/analysis/theme.py").write_text("TEAL = 'red'\n")
    workshop.make()
    assert read_record(path)["environment"]["platform"] != "Darwin arm64"
    assert (read_record(path)["pages"], read_record(path)["publishing"]) == (pages, {})
    workshop.add_row(province_code="18", dimension="total", time_period="2025-11")
    workshop.make()
    assert {"pages", "publishing"}.isdisjoint(read_record(path))


def test_a_record_alone_is_no_report(workshop: Workshop) -> None:
    write(workshop.directory / "record.json", a_record())
    assert judge_all(workshop.project) == []
    assert workshop.judge().condition == "missing"


@pytest.mark.parametrize("content", ["{", "[]", '{"parameters": {}}'])
def test_what_is_no_record_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "record.json"
    with pytest.raises(NeracaError, match="no record"):
        read_record(path)
    path.write_text(content)
    with pytest.raises(NeracaError, match="is not a record"):
        read_record(path)


@pytest.mark.parametrize(
    ("damage", "place"),
    [
        (lambda it: it["indicators"].update(summary=5), "indicators/summary"),
        (lambda it: it["indicators"]["summary"].update(verdict="5"), "indicators/summary/verdict"),
        (lambda it: it["indicators"]["summary"]["verdict"].update(sources=None), "sources"),
        (lambda it: it["indicators"]["summary"]["verdict"].update(value=float("nan")), "NaN"),
        (lambda it: it["reads"].update(summary=[5]), "reads/summary/0"),
        (lambda it: it["reads"]["summary"][0].pop("sha256"), "reads/summary/0/sha256"),
        (lambda it: it["results"].update({"index.ipynb": "5"}), "results/index.ipynb"),
        (lambda it: it.update(pages=5), "pages"),
        (lambda it: it["environment"].update(pandas=["3"]), "environment/pandas"),
    ],
)
def test_a_damaged_record_is_refused_and_the_damage_named(
    tmp_path: Path, damage, place: str
) -> None:
    record = a_record()
    damage(record)
    path = tmp_path / "record.json"
    path.write_text(json.dumps(record))
    with pytest.raises(NeracaError, match=rf"is not a record .*{place}.*; restore it"):
        read_record(path)


def test_what_is_no_text_is_no_record(tmp_path: Path) -> None:
    path = tmp_path / "record.json"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(NeracaError, match="is not a record"):
        read_record(path)


def test_a_page_is_taken_without_what_ties_it_to_its_site(tmp_path: Path) -> None:
    page = '<html><head></head><li class="language"></li>words</html>'
    path = tmp_path / "index.html"
    path.write_text(switch_language(page, "../en/", "id"))
    mark(path, "0" * 64)
    assert own_page(path, "id") == page


def test_git_takes_in_the_records_of_the_reference_reports_and_nothing_else(
    project_root: Path, tmp_path: Path
) -> None:
    (tmp_path / ".gitignore").write_bytes((project_root / ".gitignore").read_bytes())
    references = {
        f"reports/{one.language}/{one.province}/{one.year}" for one in reference_reports()
    }
    others = {"reports/id/lampung/2021", "reports/en/aceh/2020", "reports/national/2025"}
    for directory in references | others:
        for name in ("record.json", "state.json", "index.ipynb", "figures/fig-a.svg"):
            path = tmp_path / directory / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
    (tmp_path / "reports" / "published.id.md").touch()
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    listed = subprocess.run(
        ["git", "-C", tmp_path, "ls-files", "--others", "--exclude-standard", "reports"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert set(listed.stdout.split()) == {f"{directory}/record.json" for directory in references}


# Two records compared


SIGNS = ["1", "23", *".,-+ \n#_", "e", "E", "g", "Z", "é", "0123456789", "abcdef1234", "5180B57914"]


@hypothesis.settings(max_examples=300, deadline=None, derandomize=True)
@hypothesis.given(st.lists(st.sampled_from(SIGNS), max_size=12).map("".join))
@hypothesis.example("1.1234567890 -p5180b57914,1e5180b57914 g5180b57914_ 5180b57914e5.5")
def test_numbers_are_set_aside_as_both_patterns_in_one_would_do_it(text: str) -> None:
    content = text.encode()
    assert numbers_set_aside(content) == _SET_ASIDE.sub(b"0", content)


def test_a_record_is_like_itself() -> None:
    found = compare(a_record(), a_record(), LOCK_TEXT)
    assert (found.exact, found.differences, found.notes) == (True, (), ())


def elsewhere() -> dict:
    record = a_record()
    record["environment"]["platform"] = "Darwin arm64"
    return record


def test_another_system_may_give_the_same_bytes() -> None:
    other = elsewhere()
    other["environment"]["processor"] = "ASIMD"
    found = compare(a_record(), other, LOCK_TEXT)
    assert (found.exact, found.differences) == (True, ())
    assert found.notes == (
        "recorded on Linux x86_64 with Python 3.11.7, made again on Darwin arm64 (ASIMD) with "
        "Python 3.11.7: every byte is the same",
    )


def test_another_system_may_differ_in_last_digits_and_in_nothing_else() -> None:
    other = elsewhere()
    other["indicators"]["export_surplus"]["exports"]["value"] *= 1 + 5e-7
    other["reads"]["export_surplus"][1]["sha256"] = "f" * 64  # of the national comparison
    other["results"]["figures/fig-balance.svg"] = fingerprint(SVG.replace(b"150", b"150.000001"))
    csv = CSV.replace(b"6.25", b"6.2500001")
    other["results"]["data/fig-balance.csv"] = {**fingerprint(csv), "sum": magnitude(csv)}
    other["pages"]["index.pdf"] = {"sha256": "6" * 64}
    found = compare(a_record(), other, LOCK_TEXT)
    assert (found.exact, found.differences) == (False, ())
    (note,) = found.notes
    assert "Darwin arm64" in note


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (
            lambda it: it["indicators"]["export_surplus"]["exports"].update(value=500.01),
            "indicator",
        ),
        (lambda it: it["indicators"]["summary"]["verdict"].update(value="disputed"), "indicator"),
        (lambda it: it["indicators"]["export_surplus"].pop("rank"), "indicator"),
        (lambda it: it["reads"]["summary"][0].update(sha256="f" * 64), "rows"),
        (lambda it: it["results"].update({"index.ipynb": fingerprint(b"imports 500.0")}), "text"),
        (
            lambda it: it["results"].update(
                {"figures/fig-balance.svg": fingerprint(SVG.replace(b"L150", b"C150"))}
            ),
            "figure",
        ),
        (lambda it: it["results"]["data/fig-balance.csv"].update(sum=4061.0), "table"),
        (lambda it: it["pages"].update({"index.html": fingerprint(b"<b>5</b>")}), "page"),
        (lambda it: it["parameters"].update(horizon_months=6), "parameter"),
    ],
)
@pytest.mark.parametrize("there", [a_record, elsewhere], ids=["here", "elsewhere"])
def test_what_differs_is_found_on_any_system(change, kind: str, there) -> None:
    other = there()
    change(other)
    found = compare(a_record(), other, LOCK_TEXT)
    assert {difference.kind for difference in found.differences} == {kind}


def test_a_question_put_one_time_only_comes_from_what_puts_it() -> None:
    other = a_record()
    del other["reads"]["export_surplus"][0]
    (found,) = compare(a_record(), other, LOCK_TEXT).differences
    assert (found.kind, found.new, found.causes) == ("rows", None, (ITSELF,))
    assert found.name == "rows of trade (province_code 18, until 2025)"
    other["code"]["notebooks/export_surplus.ipynb"] = "9" * 64
    (found, _) = compare(a_record(), other, LOCK_TEXT).differences
    assert found.causes == ("notebooks/export_surplus.ipynb changed",)


def test_the_comparison_of_the_provinces_may_differ_with_what_it_is_made_from() -> None:
    other = a_record()
    other["national"]["national.csv"] = "f" * 64
    (found,) = compare(a_record(), other, LOCK_TEXT).differences
    assert (found.name, found.causes) == ("reports/national/2025/national.csv", (ITSELF,))
    # As the row of another province leaves it: nothing that this report has read is another.
    other["data"]["data/observations/trade.csv"] = "9" * 64
    found = compare(a_record(), other, LOCK_TEXT)
    assert found.differences == ()
    assert found.notes == (
        "data/observations/trade.csv changed",
        "reports/national/2025/national.csv changed",
    )
    # Another system computes it otherwise in the last digits.
    assert compare(a_record(), elsewhere() | {"national": {}}, LOCK_TEXT).differences == ()


def test_a_series_of_the_comparison_may_differ_in_last_digits_elsewhere() -> None:
    one, other = a_record(), elsewhere()
    for record, digest in ((one, "1" * 64), (other, "2" * 64)):
        record["series"] = {
            "summary": {
                name: {"resource": name, "where": {}, "figures": 3, "sha256": digest}
                for name in ("national", "trade")
            }
        }
    names = [each.name for each in compare(one, other, LOCK_TEXT).differences]
    assert names == ["summary/trade (sha256)"]


def test_a_changed_notebook_is_the_cause_of_its_own_numbers_alone() -> None:
    other = a_record()
    other["code"]["notebooks/export_surplus.ipynb"] = "9" * 64
    other["indicators"]["export_surplus"]["exports"]["value"] = 600.0
    other["indicators"]["summary"]["verdict"]["value"] = "disputed"
    found = {each.name: each for each in compare(a_record(), other, LOCK_TEXT).differences}
    own = found["export_surplus/exports (value)"]
    assert (own.old, own.new) == (500.0, 600.0)
    assert own.causes == ("notebooks/export_surplus.ipynb changed",)
    assert found["summary/verdict (value)"].causes == (ITSELF,)


def test_a_file_of_figures_that_gave_the_same_rows_is_told_and_no_difference() -> None:
    other = a_record()
    other["data"]["data/observations/trade.csv"] = "9" * 64
    found = compare(a_record(), other, LOCK_TEXT)
    assert found.differences == ()
    assert found.notes == ("data/observations/trade.csv changed",)


def test_a_number_comes_from_the_rows_and_those_from_their_file() -> None:
    other = a_record()
    other["data"]["data/observations/trade.csv"] = "9" * 64
    other["reads"]["export_surplus"][0] |= {"rows": 13, "sha256": "9" * 64}
    other["indicators"]["export_surplus"]["exports"]["value"] = 600.0
    number, rows = compare(a_record(), other, LOCK_TEXT).differences
    question = "rows of trade (province_code 18, until 2025)"
    assert number.causes == (f"{question}: 12 rows -> 13 rows",)
    assert (rows.name, rows.causes) == (question, ("data/observations/trade.csv changed",))


def test_a_version_in_a_record_that_its_lock_file_does_not_have_is_found() -> None:
    record = a_record()
    record["environment"]["pandas"] = "3.0.0"
    (found,) = compare(record, a_record(), LOCK_TEXT).differences
    assert (found.kind, found.name, found.old, found.new) == ("library", "pandas", "3.0.0", "3.1.1")
    assert found.causes == ("the record itself: requirements.lock has pandas 3.1.1",)
    # An environment that has not what the lock file has is no fault of the record.
    assert compare(a_record(), record, LOCK_TEXT).differences == ()


def test_an_indicator_that_is_new_or_gone_is_a_difference() -> None:
    other = a_record()
    other["indicators"]["summary"]["claim"] = indicator(1.0)
    del other["indicators"]["export_surplus"]["rank"]
    found = compare(a_record(), other, LOCK_TEXT).differences
    assert [(each.name, each.old is None, each.new is None) for each in found] == [
        ("export_surplus/rank", False, True),
        ("summary/claim", True, False),
    ]
