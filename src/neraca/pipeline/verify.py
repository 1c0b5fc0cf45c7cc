"""Make reports again in a clean directory, and hold what comes out against their records."""

import hashlib
import json
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from analysis.errors import NeracaError
from analysis.parameters import ReportParameters
from neraca.pipeline.comparison import Difference, compare, question
from neraca.pipeline.freshness import Judge
from neraca.pipeline.inputs import Inputs, is_national
from neraca.pipeline.project import Project, address
from neraca.pipeline.record import (
    ENVIRONMENT,
    LOCK,
    Record,
    own_page,
    pages,
    read_record,
    write,
)
from neraca.pipeline.references import reference_reports
from neraca.pipeline.state import RECORD, other_record
from neraca.publish import numbers, pandoc
from neraca.publish.failures import FAILURE
from neraca.publish.quarto import NO_QUARTO, QUARTO_PATH
from neraca.publish.renewal import STATE

# What a clean directory has of a checkout; the code is that of this process.
COPIED = ("_quarto.yml", "*.qmd", "en", "notebooks", "data", LOCK)

_RENDERED = ("index.html", "index.pdf")
_NOT_MADE = {RECORD, STATE, FAILURE}
_SHOWN_LETTERS = 60
_SHOWN_DIGEST = 12
_DIGEST = re.compile("[0-9a-f]{64}")

# Makes reports in a project, and gives why each that failed did so, by its address.
Remake = Callable[[Project, Sequence[ReportParameters]], Mapping[str, str]]


@dataclass(frozen=True)
class Verdict:
    """What became of making one report again.

    Attributes:
        parameters: the report.
        exact: whether every byte was compared.
        differences: what is not as the record has it.
        notes: what a person should know beside that.
        record: of what was made; None if nothing was.

    """

    parameters: ReportParameters
    exact: bool
    differences: tuple[Difference, ...]
    notes: tuple[str, ...] = ()
    record: Record | None = None


def asked_reports(
    project: Project, province: str | None, year: int | None, language: str | None
) -> list[ReportParameters]:
    """Give the reports to verify: of the reference reports those asked for, else what has a record.

    A reference report has the parameters' defaults, any other those that its record names.

    Raises:
        NeracaError: if no such report has a record.

    """
    found = [
        report
        for report in reference_reports()
        if province in (None, report.province)
        and year in (None, report.year)
        and language in (None, report.language)
    ]
    if found or province is None or year is None:
        if not found:
            raise NeracaError(f"No reference report is of {province}; name a year as well.")
        return found
    languages = ("id", "en") if language is None else (language,)
    paths = [project.at(each, province, year) / RECORD for each in languages]
    recorded = [path for path in paths if path.is_file()] or paths[:1]
    return [ReportParameters.parse(read_record(path)["parameters"]) for path in recorded]


def verify(project: Project, asked: Sequence[ReportParameters], remake: Remake) -> list[Verdict]:
    """Make reports again in a clean copy of a project, and compare them with their records.

    What is published of them in the project is compared too, as far as it is there.
    """
    with _clean_copy(project) as copy:
        try:
            failures = remake(copy, asked)
        except NeracaError as error:
            inputs = Inputs(copy)
            return [_not_made(project, report, str(error), inputs) for report in asked]
        judge = Judge(project)
        return [
            _not_made(project, report, failures[address(report)], Inputs(copy))
            if address(report) in failures
            else _verdict(project, copy, report, judge)
            for report in asked
        ]


def remake_on_all_cores(
    copy: Project, asked: Sequence[ReportParameters], kernel: Any = "warm"
) -> Mapping[str, str]:
    """Make reports with the embedded publisher; tell how far it is on standard error."""
    from neraca.pipeline.batch import Options, cores, make_batch
    from neraca.pipeline.progress import telling
    from neraca.pipeline.request import Request

    with _without_quarto(), telling(sys.stderr, False) as tell:
        summary = make_batch(
            copy, Request(tuple(asked), ()), Options(kernel=kernel, cores=cores()), tell
        )
    if summary.stopped:
        raise KeyboardInterrupt
    return summary.failures


@dataclass(frozen=True)
class Accepted:
    """A record that was written: of what report, in place of which one, if any."""

    address: str
    before: Record | None
    record: Record


def accept(project: Project, verdicts: Sequence[Verdict]) -> list[Accepted]:
    """Write the records of what was made again where they say something else, and give those."""
    written = []
    for verdict in verdicts:
        path = project.report(verdict.parameters) / RECORD
        try:
            before: Record | None = read_record(path)
        except NeracaError:
            before = None
        if verdict.record is None or (before and _lasting(before) == _lasting(verdict.record)):
            continue
        if before and before["reads"] == verdict.record["reads"]:
            with other_record(path.parent, project.root):
                write(path, verdict.record)
        else:
            write(path, verdict.record)
        written.append(Accepted(address(verdict.parameters), before, verdict.record))
    return written


def as_json(verdicts: Sequence[Verdict]) -> str:
    """Write verdicts for a program."""
    reports = [
        {
            "language": verdict.parameters.language,
            "province": verdict.parameters.province,
            "year": verdict.parameters.year,
            "exact": verdict.exact,
            "differences": [difference.as_dict() for difference in verdict.differences],
            "notes": list(verdict.notes),
        }
        for verdict in verdicts
    ]
    return json.dumps({"reports": reports}, indent=1, ensure_ascii=False)


def lines(verdicts: Sequence[Verdict]) -> Iterator[str]:
    """Say in lines of what report what differs, from what to what, and why."""
    for verdict in verdicts:
        count = len(verdict.differences)
        said = {0: "as recorded", 1: "1 difference"}.get(count, f"{count} differences")
        yield f"{_name(verdict.parameters)}: {said}"
        # Several notebooks can put the same question; a person need be told of it once.
        for told in dict.fromkeys(map(_told, verdict.differences)):
            yield from told
        yield from (f"  note: {note}" for note in verdict.notes)
    differing = sum(bool(verdict.differences) for verdict in verdicts)
    yield f"{len(verdicts) - differing} of {len(verdicts)} reports came out as recorded"


def _told(difference: Difference) -> tuple[str, ...]:
    """Say a difference and its causes, a line each."""
    change = f"{_value(difference.old)} -> {_value(difference.new)}"
    kind = "" if difference.kind == "rows" else f"{difference.kind} "
    causes = (f"      because {cause}" for cause in difference.causes)
    return (f"  {kind}{difference.name}: {change}", *causes)


@contextmanager
def _clean_copy(project: Project) -> Iterator[Project]:
    """Give a copy of what reports are made from, and of nothing that was made."""
    with TemporaryDirectory(prefix="neraca-", ignore_cleanup_errors=True) as directory:
        root = Path(directory).resolve()
        for pattern in COPIED:
            for path in project.root.glob(pattern):
                target = root / path.name
                if path.is_dir():
                    shutil.copytree(path, target)
                else:
                    shutil.copyfile(path, target)
        yield Project(root)


@contextmanager
def _without_quarto() -> Iterator[None]:
    """Let this process and those that it starts publish without Quarto, whatever is installed."""
    before = os.environ.get(QUARTO_PATH)
    os.environ[QUARTO_PATH] = NO_QUARTO
    try:
        yield
    finally:
        if before is None:
            del os.environ[QUARTO_PATH]
        else:
            os.environ[QUARTO_PATH] = before


def _verdict(project: Project, copy: Project, report: ReportParameters, judge: Judge) -> Verdict:
    made = {**read_record(copy.report(report) / RECORD), **pages(copy, report)}
    published = tuple(_published(project, copy, report, judge))
    path = project.report(report) / RECORD
    try:
        recorded = read_record(path)
    except NeracaError as error:
        missing = Difference("text", RECORD, None, "could be written", (str(error),))
        return Verdict(report, False, (missing, *published), (), made)
    lock = (project.root / LOCK).read_text(encoding="utf-8")
    found = compare(recorded, made, lock)
    places = project.report(report), copy.report(report)
    differences = (_seen(difference, *places) for difference in found.differences)
    # What differs in a file that is as recorded is told as a difference from the record.
    recorded_files = set(_as_recorded(project, report, recorded))
    others = (each for each in published if each.name not in recorded_files)
    return Verdict(report, found.exact, (*differences, *others), found.notes, made)


def _as_recorded(project: Project, report: ReportParameters, recorded: Record) -> Iterator[str]:
    """Name the published files that are what the record of their report has."""
    for name, file in recorded["results"].items():
        for directory in (project.report(report), project.page(report)):
            if _sha256(_bytes(directory / name)) == file["sha256"]:
                yield (directory / name).relative_to(project.root).as_posix()


def _seen(difference: Difference, published: Path, made: Path) -> Difference:
    """Show what differs in a file whose digest the record has, if the file is still there."""
    if difference.kind not in ("figure", "table", "text"):
        return difference
    old, new = (_bytes(directory / difference.name) for directory in (published, made))
    if old is None or _sha256(old) != difference.old:
        return difference
    before, after = _first_difference(old, new)
    return replace(difference, old=before, new=after)


def _not_made(project: Project, report: ReportParameters, message: str, inputs: Inputs) -> Verdict:
    """Judge a report that could not be made again by what of its record can be asked again."""
    failure = Difference("failure", "making it again", "possible", message)
    try:
        recorded = read_record(project.report(report) / RECORD)
    except NeracaError as error:
        return Verdict(report, False, (replace(failure, causes=(str(error),)),))
    rows = tuple(_other_answers(recorded, inputs))
    causes = tuple(dict.fromkeys(difference.name for difference in rows)) or (message,)
    return Verdict(report, False, (replace(failure, causes=causes), *rows))


def _other_answers(recorded: Record, inputs: Inputs) -> Iterator[Difference]:
    """Put the questions again that a report put, and tell which have another answer now."""
    seen = set()
    for read in (read for reads in recorded["reads"].values() for read in reads):
        asked = question(read)
        if is_national(read) or asked in seen:
            continue
        seen.add(asked)
        try:
            answer = inputs.replay(read)
        except Exception as error:  # whatever stands in a table that is not sound
            answer = f"{type(error).__name__}: {error}".partition("\n")[0]
        if answer != read["sha256"]:
            cause = f"the table {read['resource']}"
            yield Difference("rows", asked, read["sha256"], answer, (cause,))


def _published(
    project: Project, copy: Project, report: ReportParameters, judge: Judge
) -> Iterator[Difference]:
    """Compare what is published of a report with what it would be, where it is published."""
    judged = judge.made(report.language, report.province, report.year)
    source, page = project.report(report), project.page(report)
    found: list[Difference] = []
    if (source / "index.ipynb").is_file():
        found += _files(project, source, copy.report(report))
    if (page / "index.html").is_file():
        found += _page(project, page, copy.page(report), report.language)
    for difference in found:
        itself = f"the file itself: {difference.name} is not what was made"
        # How a page is rendered has no say in what lies beside it.
        explained = judged.task == "execute" or Path(difference.name).name in _RENDERED
        yield replace(difference, causes=(judged.reasons if explained else ()) or (itself,))


def _files(project: Project, published: Path, made: Path) -> Iterator[Difference]:
    yield from _files_named(project, published, made, sorted(_below(published) | _below(made)))


def _page(project: Project, published: Path, made: Path, language: str) -> Iterator[Difference]:
    """Compare a page and what lies beside it; the page itself if the same publisher made it."""
    for name in pandoc.BESIDE:
        yield from _files(project, published / name, made / name)
    yield from _files_named(project, published, made, ["indicators.json"])
    yield from _own_page(project, published / numbers.PAGE, made / numbers.PAGE, language)
    text = (published / "index.html").read_text(encoding="utf-8")
    if 'name="generator" content="quarto' in text:
        return
    yield from _own_page(project, published / "index.html", made / "index.html", language)
    yield from _files_named(project, published, made, ["index.pdf"])


def _own_page(project: Project, published: Path, made: Path, language: str) -> Iterator[Difference]:
    """Compare two pages without what ties them to the site on which they stand."""
    old, new = (
        own_page(page, language).encode() if page.is_file() else None for page in (published, made)
    )
    if old != new:
        yield _other_file(project, published, old, new)


def _files_named(
    project: Project, published: Path, made: Path, names: Sequence[str]
) -> Iterator[Difference]:
    for name in names:
        old, new = (_bytes(directory / name) for directory in (published, made))
        if old != new:
            yield _other_file(project, published / name, old, new)


def _other_file(project: Project, path: Path, old: bytes | None, new: bytes | None) -> Difference:
    name = path.relative_to(project.root).as_posix()
    return Difference("published file", name, *_first_difference(old, new))


def _below(directory: Path) -> set[str]:
    found = {
        path.relative_to(directory).as_posix() for path in directory.rglob("*") if path.is_file()
    }
    return found - _NOT_MADE


def _bytes(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _first_difference(old: bytes | None, new: bytes | None) -> tuple[str | None, str | None]:
    r"""Show where two contents begin to differ; of what is no text, their digests.

    >>> _first_difference(b"year,value\n2024,5\n", b"year,value\n2024,6\n")
    ('2024,5', '2024,6')
    """
    if old is None or new is None:
        return _sha256(old), _sha256(new)
    try:
        before, after = (content.decode().splitlines() for content in (old, new))
    except UnicodeDecodeError:
        return _sha256(old), _sha256(new)
    for one, other in zip(before, after, strict=False):
        if one != other:
            return _around(one, other)
    common = min(len(before), len(after))
    ends = ["\n".join(each[common:])[:_SHOWN_LETTERS] for each in (before, after)]
    return (ends[0], ends[1]) if ends[0] != ends[1] else (_sha256(old), _sha256(new))


def _around(one: str, other: str) -> tuple[str, str]:
    """Cut two lines to where they begin to differ."""
    pairs = enumerate(zip(one, other, strict=False))
    same = next((place for place, (a, b) in pairs if a != b), min(len(one), len(other)))
    start = max(0, same - _SHOWN_LETTERS // 2)
    return one[start : start + _SHOWN_LETTERS], other[start : start + _SHOWN_LETTERS]


def _sha256(content: bytes | None) -> str | None:
    return None if content is None else hashlib.sha256(content).hexdigest()


def _lasting(record: Record) -> Record:
    return {name: part for name, part in record.items() if name != ENVIRONMENT}


def _name(report: ReportParameters) -> str:
    return f"{report.language}/{report.province}/{report.year}"


def _value(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, str):
        return value[:_SHOWN_DIGEST] if _DIGEST.fullmatch(value) else value
    if isinstance(value, dict) and {"rows", "sha256"} <= value.keys():
        return f"{value['rows']} rows with digest {_value(value['sha256'])}"
    return json.dumps(value, ensure_ascii=False)
