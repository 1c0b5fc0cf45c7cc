"""What changed between two records, in words, as a table and for a program."""

import io
import json
import os
import sys
from pathlib import Path

import pytest
from record_samples import a_record, indicator
from rich.console import Console

from analysis.errors import NeracaError
from neraca import cli
from neraca.pipeline.diff import changes, find_record, sentences, show
from neraca.pipeline.project import Project
from neraca.pipeline.record import write


def changed() -> dict:
    record = a_record()
    exports = record["indicators"]["export_surplus"]
    exports["exports"] |= {"value": 510.0, "sources": ["s00000002"]}
    exports["balance"] |= {"value": 2.5, "obs_status": "derived"}
    exports["share"] = indicator(12.0, unit="percent", sources=[])
    del exports["rank"]
    record["indicators"]["summary"]["verdict"]["value"] = "disputed"
    record["data_vintage"] = "2026-02-01"
    record["code"]["src/analysis/indicators/trade.py"] = "9" * 64
    record["data"]["data/observations/trade.csv"] = "9" * 64
    record["environment"]["pandas"] = "3.2.0"
    record["results"]["figures/fig-balance.svg"]["sha256"] = "9" * 64
    return record


def test_what_changed_is_said_in_words_the_weightiest_first() -> None:
    assert list(sentences(changes(a_record(), changed()))) == [
        "Data vintage: 2025-12-31 became 2026-02-01.",
        "summary/verdict: confirmed became disputed.",
        "2 numbers changed, first of all export_surplus/balance: -2.5 became 2.5 million USD.",
        "1 indicator derived that was published: export_surplus/balance.",
        "1 indicator appeared: export_surplus/share.",
        "1 indicator vanished: export_surplus/rank.",
        "1 source came in: s00000002.",
        "1 file changed: figures/fig-balance.svg.",
        "In what it is made from: pandas is 3.2.0, and was 3.1.1.",
        "2 files that it is made from changed: data/observations/trade.csv, "
        "src/analysis/indicators/trade.py.",
    ]


def test_two_equal_records_have_nothing_to_tell() -> None:
    found = changes(a_record(), a_record())
    assert found.are_none
    assert list(sentences(found)) == ["Nothing changed."]


def test_other_words_of_indicators_are_told_together() -> None:
    new = a_record()
    for name in ("exports", "balance"):
        new["indicators"]["export_surplus"][name]["time_period"] = "2024"
    assert list(sentences(changes(a_record(), new))) == [
        "2 indicators with another time_period: export_surplus/balance, export_surplus/exports."
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"value": 0.0}, {}),
        ({"value": -400.0}, {}),
        ({"unit": "percent of GRDP", "value": 4.0}, {"unit": "percent of GRDP", "value": 5.0}),
        ({"basis": "port-of-loading", "value": 400.0}, {}),
        ({"unit": "trillion IDR", "value": 400.0}, {}),
    ],
    ids=["from zero", "across zero", "in percent", "another basis", "another unit"],
)
def test_what_is_no_growth_has_no_percentage(before, after) -> None:
    old, new = a_record(), a_record()
    old["indicators"]["export_surplus"]["exports"] |= before
    new["indicators"]["export_surplus"]["exports"] |= after
    (number,) = changes(old, new).numbers
    assert number.percent is None
    assert number.difference == number.new - number.old


def test_the_headline_figures_are_told_first_and_each() -> None:
    old, new = a_record(), a_record()
    for record, factor in ((old, 1), (new, 1.25)):
        record["indicators"]["summary"] |= {
            "months_known": indicator(2 * factor**9, unit="months"),
            "headline_export_lower": indicator(4000.0 * factor**2),
            "headline_balance": indicator(1000.0 * factor),
            "headline_export": indicator(4000.0 * factor),
        }
    found = changes(old, new)
    assert [number.name.partition("/")[2] for number in found.numbers] == [
        *("headline_export", "headline_balance", "months_known", "headline_export_lower")
    ]
    assert list(sentences(found)) == [
        "summary/headline_export: 4,000 became 5,000 million USD (+25.00 percent).",
        "summary/headline_balance: 1,000 became 1,250 million USD (+25.00 percent).",
        "4 numbers changed.",
    ]


def test_statuses_are_told_together() -> None:
    new = a_record()
    for name in ("exports", "balance"):
        new["indicators"]["export_surplus"][name]["obs_status"] = "derived"
    assert list(sentences(changes(a_record(), new))) == [
        "2 indicators derived that were published: export_surplus/balance, export_surplus/exports."
    ]


def test_of_much_that_a_report_is_made_from_a_part_is_told() -> None:
    new = a_record()
    new["environment"] |= {f"library{n}": "1" for n in range(10)}
    told = list(sentences(changes(a_record(), new)))
    assert len(told) == 9
    assert told[0] == "In what it is made from: library0 is 1, and was not recorded."
    assert told[-1] == "In what it is made from: 2 more; --json lists them."


def test_many_things_are_counted_and_some_named() -> None:
    new = a_record()
    new["indicators"]["summary"] |= {f"claim_{n}": indicator(n) for n in range(10)}
    (sentence, *_) = sentences(changes(a_record(), new))
    assert sentence.startswith("10 indicators appeared: summary/claim_0, ")
    assert sentence.endswith("summary/claim_7 and 2 more.")


def test_numbers_stand_in_a_table() -> None:
    stream = io.StringIO()
    show(changes(a_record(), changed()), Console(file=stream, width=120))
    lines = [line.split() for line in stream.getvalue().splitlines()]
    assert ["indicator", "old", "new", "difference", "percent", "unit"] in lines
    assert ["export_surplus/exports", "500", "510", "10", "+2.00", "million", "USD"] in lines


def test_no_name_is_cut_where_a_program_reads() -> None:
    old, new = a_record(), a_record()
    name = "months_known_" * 8
    for record, value in ((old, 1.0), (new, 2.0)):
        record["indicators"]["summary"][name] = indicator(value)
    stream = io.StringIO()
    show(changes(old, new), Console(file=stream, width=80))
    assert f"summary/{name} " in stream.getvalue()


@pytest.fixture
def project(small_project: Path) -> Project:
    write(small_project / "reports/id/lampung/2024/record.json", a_record())
    write(small_project / "reports/en/lampung/2025/record.json", changed())
    return Project(small_project)


@pytest.mark.parametrize(
    "name",
    [
        "lampung/2024",
        "id/lampung/2024",
        "reports/id/lampung/2024",
        "reports/id/lampung/2024/record.json",
    ],
)
def test_a_record_is_found_by_its_path_or_its_address(project: Project, name: str) -> None:
    assert find_record(project, name) == a_record()


def test_a_record_is_read_from_a_pipe_of_the_shell(project: Project) -> None:
    reading, writing = os.pipe()
    os.write(writing, json.dumps(a_record()).encode())
    os.close(writing)
    try:
        assert find_record(project, f"/dev/fd/{reading}") == a_record()
    finally:
        os.close(reading)


@pytest.mark.parametrize(
    ("name", "said"), [("lampung", "neither the path"), ("aceh/2024", "no record")]
)
def test_what_is_no_record_is_refused(project: Project, name: str, said: str) -> None:
    with pytest.raises(NeracaError, match=said):
        find_record(project, name)


def test_the_command_compares_years_files_and_the_standard_input(
    project: Project, monkeypatch, capsys
) -> None:
    assert cli.run(["diff", "lampung/2024", "en/lampung/2025"]) == 0
    printed = capsys.readouterr().out
    assert "summary/verdict: confirmed became disputed." in printed
    assert "+2.00" in printed
    monkeypatch.setattr(sys, "stdin", io.StringIO(json.dumps(a_record())))
    assert cli.run(["diff", "-", "en/lampung/2025", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["numbers"][0]["name"] == "export_surplus/balance"
    assert cli.run(["diff", "lampung/1999", "lampung/2024"]) == 2
    assert "no record" in capsys.readouterr().err
