"""The command `neraca`: what it refuses, what it prints, and with which exit code."""

import errno
import json
import subprocess
import sys
from pathlib import Path

import pytest

from analysis.errors import NeracaError
from neraca.cli import run
from neraca.pipeline.execute import NotebookError


@pytest.fixture
def nothing_made(monkeypatch):
    """Fail if a report is begun."""

    def begun(*arguments: object, **options: object) -> None:
        pytest.fail("a report was begun")

    monkeypatch.setattr("neraca.pipeline.report.make_report", begun)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("report lampun 2025", ["'lampun'", "lampung"]),
        ("report atlantis 2025", ["'atlantis'", "neraca provinces"]),
        ("report kalimantan-utara 2010", ["Kalimantan Utara", "2012", "Kalimantan Timur"]),
        ("report lampung 1900", ["1900"]),
        ("report lampung 2999", ["2999"]),
        ("report lampung next", ["year", "'next'", "whole number"]),
        ("report lampung 2025.5", ["year", "whole number"]),
        ("report lampung 2025 --language fr", ["language", "'id'", "'en'", "'fr'"]),
        ("report lampung 2025 --horizon-months 99", ["horizon_months", "at most"]),
        ("report lampung 2025 --horizon-months x", ["horizon_months", "whole number"]),
        ("report lampung 2025 --interval-level 1.5", ["interval_level", "0.99"]),
        ("report lampung 2025 --interval-level nan", ["interval_level"]),
        ("report lampung 2025 --ikm-growth-target many", ["ikm_growth_target", "number"]),
        ("report lampung 2025 --raw-export-cut -1", ["raw_export_cut", "0"]),
        ("report lampung 2025 --kernel cold", ["--kernel", "'cold'", "'warm'", "'ordinary'"]),
        ("report lampung 2025 --lanuage en", ["--lanuage", "--language"]),
        ("verify aceh", ["aceh", "name a year"]),
        ("report lampung", ["YEAR"]),
        ("report lampung 2025 2024", ["2024"]),
        ("reprot lampung 2025", ["'reprot'", "report"]),
    ],
)
def test_a_wrong_input_is_refused_in_one_sentence(
    small_project, nothing_made, capsys, arguments, words
) -> None:
    assert run(arguments.split()) == 2
    out, message = capsys.readouterr()
    assert out == ""
    assert message.count("\n") == 1
    for word in words:
        assert word in message
    assert "Value error" not in message


def test_outside_a_project_the_remedy_is_named(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["report", "lampung", "2025"]) == 2
    assert "Change into the project's directory" in capsys.readouterr().err


def test_a_report_is_found_from_a_directory_inside_the_project(
    small_project, monkeypatch, capsys
) -> None:
    monkeypatch.chdir(small_project / "notebooks")
    assert run(["provinces"]) == 0
    assert "lampung" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("done", "reasons", "told"),
    [
        ("execute", (), []),
        ("render", ("_quarto.yml changed",), ["because _quarto.yml changed"]),
        ("nothing", (), ["unchanged"]),
    ],
)
def test_what_is_given_reaches_the_report(
    small_project, monkeypatch, capsys, done, reasons, told
) -> None:
    asked = []

    def make_report(project, parameters, finished, kernel, again):
        from neraca.pipeline.report import Report

        asked.append((parameters, kernel, again))
        finished("publish", 2.04)
        page = project.page(parameters)
        return Report(
            html=page / "index.html",
            pdf=page / "index.pdf",
            record=page / "record.json",
            publisher="pandoc",
            done=done,
            reasons=reasons,
            seconds={"publish": 2.04},
        )

    monkeypatch.setattr("neraca.pipeline.report.make_report", make_report)
    options = ["--language", "en", "--horizon-months", "6", "--ikm-growth-target", "14"]
    options += ["--kernel", "ordinary", "--again"]
    assert run(["report", "kalimantan-utara", "2024", *options]) == 0
    ((parameters, kernel, again),) = asked
    assert (kernel, again) == ("ordinary", True)
    assert (parameters.province, parameters.year, parameters.language) == (
        "kalimantan-utara",
        2024,
        "en",
    )
    assert (parameters.horizon_months, parameters.ikm_growth_target) == (6, 14)
    assert capsys.readouterr().out.splitlines() == [
        "publish                     2.0 s",
        "in all                      2.0 s",
        *told,
        "HTML  _site/reports/en/kalimantan-utara/2024/index.html",
        "PDF   _site/reports/en/kalimantan-utara/2024/index.pdf",
    ]


@pytest.mark.parametrize(
    ("failure", "printed"),
    [
        (NeracaError("Two\nproblems."), "Two\nproblems.\n"),
        (NotebookError("It stopped.", traceback="Traceback"), "Traceback\nIt stopped.\n"),
        (
            OSError(errno.ENOSPC, "No space left on device", "reports/id"),
            "[Errno 28] No space left on device: 'reports/id'. Give it room and the right to "
            "write, and try again.\n",
        ),
    ],
)
def test_a_failure_is_told_without_our_own_traceback(
    small_project, monkeypatch, capsys, failure, printed
) -> None:
    def make_report(*arguments: object, **options: object) -> None:
        raise failure

    monkeypatch.setattr("neraca.pipeline.report.make_report", make_report)
    assert run(["report", "lampung", "2025"]) == 1
    assert capsys.readouterr().err == printed


def test_an_error_of_the_system_that_is_a_defect_keeps_its_traceback(
    small_project, monkeypatch
) -> None:
    def make_report(*arguments: object, **options: object) -> None:
        raise FileNotFoundError(errno.ENOENT, "No such file", "reports/id")

    monkeypatch.setattr("neraca.pipeline.report.make_report", make_report)
    with pytest.raises(FileNotFoundError):
        run(["report", "lampung", "2025"])


def test_every_problem_of_the_data_is_listed(small_project, monkeypatch, capsys) -> None:
    monkeypatch.setattr("analysis.catalog.check.check", lambda data: ["one", "two"])
    assert run(["data", "check"]) == 1
    assert capsys.readouterr().err == "one\ntwo\n2 problems in data.\n"


def test_sound_data_are_called_so(small_project, monkeypatch, capsys) -> None:
    monkeypatch.setattr("analysis.catalog.check.check", lambda data: [])
    assert run(["data", "check"]) == 0
    assert capsys.readouterr().out == "No problem in data.\n"


def test_sealed_tables_are_named(small_project, monkeypatch, capsys) -> None:
    monkeypatch.setattr("analysis.catalog.check.seal", lambda data: ["trade"])
    monkeypatch.setattr("analysis.catalog.check.check", lambda data: [])
    assert run(["data", "seal"]) == 0
    assert capsys.readouterr() == ("sealed trade\n", "")


@pytest.mark.parametrize(
    ("sealed", "printed"),
    [
        (["trade"], "sealed trade\n"),
        ([], "Every table has the hash that datapackage.json gives.\n"),
    ],
)
def test_sealing_says_what_else_is_wrong(
    small_project, monkeypatch, capsys, sealed, printed
) -> None:
    monkeypatch.setattr("analysis.catalog.check.seal", lambda data: sealed)
    monkeypatch.setattr("analysis.catalog.check.check", lambda data: ["one", "two"])
    assert run(["data", "seal"]) == 1
    assert capsys.readouterr() == (printed, "one\ntwo\n")


def test_provinces_are_listed_one_a_line(small_project, capsys) -> None:
    assert run(["provinces"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 39  # a heading and 38 provinces
    (kaltara,) = [line for line in lines if "kalimantan-utara" in line]
    assert kaltara.split() == [
        *("kalimantan-utara", "Kalimantan", "Utara", "North", "Kalimantan", "2012"),
        "kalimantan-timur",
    ]


def test_the_installed_command_says_its_version() -> None:
    command = [Path(sys.executable).with_name("neraca"), "--version"]
    assert subprocess.run(command, check=True, capture_output=True, text=True).stdout == (
        "neraca 0.1.0\n"
    )


def test_help_waits_for_no_heavy_library() -> None:
    code = (
        "import sys, neraca.cli; neraca.cli.run(['--help'])\n"
        "sys.exit(sorted({'numpy', 'pandas', 'papermill', 'pydantic'} & set(sys.modules)) or 0)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    assert "Reports on the trade balance" in ran.stdout


@pytest.mark.parametrize("failed", [{}, {"reports/id/aceh/2024": "It has no figure."}])
def test_the_site_is_built_and_its_failures_are_told(
    small_project, monkeypatch, capsys, failed
) -> None:
    built = []

    def renew(root, site, render):
        from neraca.publish.renewal import Renewed

        return Renewed({"reports/id/lampung/2025": 0.52}, ["reports/en/lampung/2025"], failed)

    monkeypatch.setattr("neraca.publish.renewal.renew", renew)
    monkeypatch.setattr("neraca.publish.publish_site", lambda *places: built.append(places))
    assert run(["site"]) == (1 if failed else 0)
    assert built == [(small_project, small_project / "_site")]
    out, err = capsys.readouterr()
    first, counted, _, last = out.splitlines()
    assert first.split() == ["reports/id/lampung/2025", "0.5", "s"]
    assert counted == "1 rendered, 1 unchanged"
    assert last == "HTML  _site/index.html"
    assert err == "".join(f"{address}: {reason}\n" for address, reason in failed.items())


@pytest.fixture
def judged(small_project, monkeypatch):
    """Three reports, each judged otherwise, in place of what is there."""
    from neraca.pipeline.freshness import Judgement

    stale = ("src/analysis changed", "other rows in trade")
    found = [
        Judgement("en", "lampung", 2024, "stale", "execute", stale),
        Judgement("id", "lampung", 2024, "fresh", "nothing"),
        Judgement("id", "papua", 2025, "failed", "render", ("[It] failed.",)),
    ]
    asked = []
    monkeypatch.setattr(
        "neraca.pipeline.status.judge_all", lambda *what: asked.append(what[1:]) or found
    )
    return asked


def test_the_status_is_a_matrix_with_its_reasons(judged, capsys) -> None:
    assert run(["status"]) == 0
    assert judged == [(None, None)]
    assert [line.rstrip() for line in capsys.readouterr().out.splitlines()] == [
        "id/en   2024 2025",
        "lampung FS   ··",
        "papua   ··   X·",
        "F 1 fresh   S 1 stale   X 1 failed   · 0 missing",
        "failed, [It] failed.: id/papua/2025",
        "stale, other rows in trade: en/lampung/2024",
        "stale, src/analysis changed: en/lampung/2024",
    ]


def test_the_status_for_programs_is_json(judged, capsys) -> None:
    assert run(["status", "lampung", "2024", "--json"]) == 0
    assert judged == [("lampung", 2024)]
    told = json.loads(capsys.readouterr().out)
    assert told["counts"] == {"fresh": 1, "stale": 1, "failed": 1, "missing": 0}
    assert told["reports"][0] == {
        "language": "en",
        "province": "lampung",
        "year": 2024,
        "condition": "stale",
        "task": "execute",
        "reasons": ["src/analysis changed", "other rows in trade"],
    }


@pytest.mark.parametrize("arguments", ["atlantis", "lampung 1900", "atlantis 2024"])
def test_the_status_of_what_cannot_be_is_refused(judged, capsys, arguments) -> None:
    assert run(["status", *arguments.split()]) == 2
    assert arguments.split()[-1 if "lampung" in arguments else 0] in capsys.readouterr().err
    assert judged == []


def test_the_status_of_what_is_not_there(small_project, capsys) -> None:
    (small_project / "reports" / "id" / "lampung" / "2024").mkdir(parents=True)
    assert run(["status"]) == 0
    assert "no report yet" in capsys.readouterr().out
    assert run(["status", "lampung", "2024"]) == 0
    assert "· 2 missing" in capsys.readouterr().out


def test_serving_without_a_site_names_the_remedy(small_project, capsys) -> None:
    assert run(["serve"]) == 1
    assert "`neraca site`" in capsys.readouterr().err


@pytest.mark.parametrize("port", ["-1", "70000", "eighty"])
def test_serving_refuses_a_port_that_is_none(small_project, capsys, port) -> None:
    assert run(["serve", "--port", port]) == 2
    assert "port" in capsys.readouterr().err


def test_the_address_of_the_site_is_told(small_project, monkeypatch, capsys) -> None:
    def serve(site, port, ready):
        assert (site, port) == (small_project / "_site", 8123)
        ready("http://127.0.0.1:8123/")

    monkeypatch.setattr("neraca.publish.serve.serve", serve)
    assert run(["serve", "--port", "8123"]) == 0
    assert capsys.readouterr().out == (
        "The site is at http://127.0.0.1:8123/ (Ctrl-C stops it).\nStopped.\n"
    )
