"""Record what a report was made of, by which versions, and with what result."""

import hashlib
import json
import math
import platform
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from pydantic import BaseModel, ValidationError

from analysis.errors import NeracaError
from analysis.parameters import ReportParameters
from neraca import publish
from neraca.pipeline.inputs import (
    ANALYSIS,
    NATIONAL,
    UNRECORDED,
    analysis_files,
    installed_versions,
    is_national,
    source_digest,
)
from neraca.pipeline.project import Project
from neraca.pipeline.state import RECORD
from neraca.publish.files import write_atomically
from neraca.publish.renewal import STAGING, bare_page
from neraca.publish.stage import RECORD_TYPE, record_in
from neraca.publish.webpage import switch_language

Record = dict[str, Any]

LOCK = "requirements.lock"
PUBLISH = Path(publish.__file__).parent

# Files of figures that have a say in every report, whether or not a read of them is recorded.
READ_BY_ALL = (*UNRECORDED, "corrections.yml")

# Where a record was made, the pages of the embedded publisher, and what made those. All three stay
# as they are while the same comes out of the same: whoever makes the report again, on which system
# and with which publisher.
ENVIRONMENT = "environment"
PAGES = "pages"
PUBLISHING = "publishing"

VINTAGE = "data_vintage"  # the date of the newest figure that was read

_FACT_DEPTH = 3  # what lies so deep in a record stands on one line
# A digest or an identifier made of one, before a number, of which it has many.
_IDENTIFIER = re.compile(rb"\b[a-z]?(?=[a-f]*[0-9])[0-9a-f]{10,}\b", re.IGNORECASE)
_NUMBER = re.compile(rb"[-+]?\d+(?:[.,]\d+)*(?:e[-+]?\d+)?", re.IGNORECASE)
_SET_ASIDE = re.compile(rb"%b|%b" % (_IDENTIFIER.pattern, _NUMBER.pattern), re.IGNORECASE)
# An identifier is looked for by as many of its signs, each written as 0 and all else as a blank.
_SIGNS = bytes(b"0 "[chr(byte) not in "0123456789abcdefABCDEF"] for byte in range(256))
_FEWEST_SIGNS = b"0" * 10
_ITS_SIGNS = re.compile(b"0+")
_WITHIN_NUMBERS = (b"-", b"+", b".", b",")
_DECIMAL = re.compile(rb"(?<![\w.])\d+(?:\.\d+)?(?:e[-+]?\d+)?(?!\w)")  # none within a word
_SUM_DIGITS = 12


class _Indicator(BaseModel):
    value: float | str | None = None
    unit: str | None = None
    sources: list[str] = []


class _Read(BaseModel):
    resource: str
    filters: dict[str, Any]
    rows: int
    sha256: str


class _Form(BaseModel):
    """What the parts of a record are, as far as something is made of them."""

    parameters: dict[str, Any]
    data_vintage: str | None = None
    indicators: dict[str, dict[str, _Indicator]]
    reads: dict[str, list[_Read]]
    series: dict[str, dict[str, dict[str, Any]]] = {}
    data: dict[str, str]
    national: dict[str, str] = {}
    code: dict[str, str]
    results: dict[str, dict[str, str | float]]
    environment: dict[str, str]
    pages: dict[str, dict[str, str]] = {}
    publishing: dict[str, str] = {}


def payload(name: str, executed: NotebookNode) -> dict[str, Any]:
    """Give the one record that an executed notebook displays.

    Raises:
        NeracaError: if it displays none, or several, or one that is no text of JSON.

    """
    found = [
        output.data
        for cell in executed.cells
        for output in cell.get("outputs", [])
        if RECORD_TYPE in output.get("data", {})
    ]
    if len(found) != 1:
        raise NeracaError(
            f"The notebook {name} displays {len(found)} records instead of one; "
            "its last cell must display `report.record(catalog, …)`, and no other cell may."
        )
    return record_in(found[0], f"The notebook {name}")


def write_record(
    project: Project, parameters: ReportParameters, executed: Mapping[str, NotebookNode]
) -> Path:
    """Write `record.json` beside a staged report and give its path.

    It holds no time, path or host name. A record that says the same of what was made and of what
    it was made from stays as it is, so a report that is made again on another system, or with
    another publisher, leaves no other record as long as nothing else comes out. What it says of the
    pages stays while the files are the same that they are rendered from.

    Raises:
        NeracaError: if a notebook has no record, or several.

    """
    directory = project.report(parameters)
    payloads = {name: payload(name, notebook) for name, notebook in executed.items()}
    reads = {name: found["reads"] for name, found in payloads.items()}
    compared = project.national(parameters.year)
    # A read of a comparison that was not there is recorded too.
    asked = any(is_national(read) for found in reads.values() for read in found)
    is_compared = asked and (project.notebooks / f"{NATIONAL}.ipynb").is_file()
    content = {
        "parameters": parameters.model_dump(),
        VINTAGE: _vintage(directory),
        "indicators": {name: found["indicators"] for name, found in payloads.items()},
        "reads": reads,
        "series": {name: _series(found) for name, found in payloads.items()},
        "data": _data(project, reads),
        "national": _digests(compared, compared.glob("*.csv")) if is_compared else {},
        "code": {
            **_code(project, [*executed, *([NATIONAL] if is_compared else [])]),
            **_digests(PUBLISH, [PUBLISH / name for name in STAGING], "src/neraca/publish/"),
        },
        "results": _results(directory),
    }
    path = directory / RECORD
    try:
        before: Record | None = read_record(path)
    except NeracaError:
        before = None
    if before is None or _without_surroundings(before) != content:
        write(path, {**content, **_kept_pages(before, content), ENVIRONMENT: environment()})
    return path


def _kept_pages(before: Record | None, content: Record) -> dict[str, Any]:
    """Give what an earlier record holds of the pages, if they are rendered from the same files."""
    if before is None or before["results"] != content["results"]:
        return {}
    return {name: before[name] for name in (PAGES, PUBLISHING) if name in before}


def write_national_record(project: Project, year: int, executed: NotebookNode) -> Path:
    """Write `record.json` beside the national comparison of a year and give its path.

    Raises:
        NeracaError: if the notebook has no record, or several.

    """
    directory = project.national(year)
    reads = {"national": payload("national", executed)["reads"]}
    content = {
        "parameters": {"year": year},
        "reads": reads,
        "data": _data(project, reads),
        "code": _code(project, ["national"]),
        "results": _digests(directory, directory.glob("*.csv")),
        ENVIRONMENT: environment(),
    }
    write(directory / RECORD, content)
    return directory / RECORD


def read_record(path: Path) -> Record:
    """Read a record.

    Raises:
        NeracaError: if the file is missing, or is no record of a report.

    """
    if not path.is_file():
        raise NeracaError(f"There is no record {path}; `neraca report PROVINCE YEAR` makes one.")
    return parse_record(path.read_bytes(), str(path))


def parse_record(text: str | bytes, origin: str) -> Record:
    """Read a record from its text.

    Args:
        text: the text.
        origin: where it is from, for the message.

    Raises:
        NeracaError: if it is no record of a report.

    """
    try:
        content: Record = json.loads(text, parse_constant=_refuse_number)
        _Form.model_validate(content)
    except ValueError as error:
        raise NeracaError(
            f"{origin} is not a record of a report, or is one made by another version "
            f"({_fault(error)}); restore it, or make it again with `neraca report PROVINCE YEAR`."
        ) from error
    return content


def write(path: Path, content: Mapping[str, Any]) -> None:
    """Write a record, one fact a line, so that a difference of two shows what differs."""
    write_atomically(path, _text(content) + "\n")


def recorded_reads(directory: Path) -> list[dict[str, Any]]:
    """Give the reads that the record in a directory holds, of all its notebooks."""
    content = json.loads((directory / RECORD).read_text(encoding="utf-8"))
    return [read for reads in content["reads"].values() for read in reads]


def environment() -> dict[str, Any]:
    """Give what of this system can change a result: Python, platform, processor, libraries."""
    return {
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}",
        "processor": _processor(),
        **installed_versions(),
    }


def _processor() -> str:
    """Name the instructions by which numpy computes here, on which the last digits depend."""
    import numpy

    extensions = numpy.show_config(mode="dicts")["SIMD Extensions"]
    return " ".join([*extensions["baseline"], *extensions["found"]])


def pages(project: Project, parameters: ReportParameters) -> dict[str, Any]:
    """Give the part of a record on a report's pages by the embedded publisher."""
    directory = project.page(parameters)
    page = own_page(directory / "index.html", parameters.language)
    publishing = sorted(path for path in PUBLISH.iterdir() if path.is_file())
    return {
        PAGES: {
            "index.html": fingerprint(page.encode()),
            "index.pdf": {"sha256": _digest((directory / "index.pdf").read_bytes())},
        },
        PUBLISHING: {
            **_digests(PUBLISH, publishing, "src/neraca/publish/"),
            **_digests(project.root, [project.root / "_quarto.yml"]),
        },
    }


def _vintage(directory: Path) -> str:
    """Give the data vintage of a staged report, as its page has it."""
    head = json.loads((directory / "indicators.json").read_text(encoding="utf-8"))
    return str(head[VINTAGE])


def _series(found: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Give what the numbers of a notebook were made from: rows of a table, and their digest."""
    return {
        name: {
            "resource": series["resource"],
            "where": series["where"],
            "figures": len(series["figures"]),
            "sha256": _digest(json.dumps(series["figures"]).encode()),
        }
        for name, series in found.get("series", {}).items()
    }


def own_page(page: Path, language: str) -> str:
    """Give the text of a page without what ties it to the site on which it stands."""
    return switch_language(bare_page(page.read_text(encoding="utf-8")), None, language)


def fingerprint(content: bytes) -> dict[str, str]:
    """Give the digest of a text, and of the text with its numbers set aside.

    Numbers may differ in the last digit from system to system; what stands around them may not.

    >>> one, other = fingerprint(b"rose to 12.5"), fingerprint(b"rose to 12.4999")
    >>> one["sha256"] == other["sha256"], one["words"] == other["words"]
    (False, True)
    >>> fingerprint(b"fell to 12.5")["words"] == one["words"]
    False
    """
    return {"sha256": _digest(content), "words": _digest(numbers_set_aside(content))}


def numbers_set_aside(content: bytes) -> bytes:
    """Write 0 for each number, and each identifier made of a digest.

    What both patterns in one would find takes twice as long, since a text has few identifiers.

    >>> numbers_set_aside(b"M -1.5,2 url(#p5180b57914) 1e5 p5180b5791z")
    b'M 0 url(#0) 0 p0b0z'
    """
    signs = content.translate(_SIGNS)
    parts, done = [], 0
    start = signs.find(_FEWEST_SIGNS)
    while start >= 0:
        found = _IDENTIFIER.match(content, max(start - 1, done)) or _IDENTIFIER.match(
            content, start
        )
        if found:
            if content.endswith(_WITHIN_NUMBERS, 0, found.start()):  # it may be the end of one
                return _SET_ASIDE.sub(b"0", content)
            parts += [_NUMBER.sub(b"0", content[done : found.start()]), b"0"]
            done = found.end()
        run = _ITS_SIGNS.match(signs, start)
        start = signs.find(_FEWEST_SIGNS, run.end() if run else start + 1)
    return b"".join([*parts, _NUMBER.sub(b"0", content[done:])])


def magnitude(table: bytes) -> float:
    r"""Give the sum of the numbers of a table in CSV, signs aside, to 12 significant digits.

    >>> magnitude(b"year,value,source\n2025,-1.5,s18e38ac0\n")
    2026.5
    """
    total = math.fsum(float(number) for number in _DECIMAL.findall(table))
    return float(f"{total:.{_SUM_DIGITS}g}")


def _results(directory: Path) -> dict[str, dict[str, Any]]:
    """Give a fingerprint of each file that a report is rendered from."""
    paths = [directory / "index.ipynb", *directory.glob("figures/*"), *directory.glob("data/*")]
    found: dict[str, dict[str, Any]] = {}
    for path in paths:
        if not path.is_file():
            continue
        content = path.read_bytes()
        name = path.relative_to(directory).as_posix()
        found[name] = fingerprint(content)
        if path.suffix == ".csv":
            found[name]["sum"] = magnitude(content)
    return found


def _refuse_number(name: str) -> None:
    raise ValueError(f"{name} is no number")


def _fault(error: ValueError) -> str:
    """Say where a text is not as a record is, or why it is no JSON."""
    if not isinstance(error, ValidationError):
        return str(error)
    first = error.errors()[0]
    place = "/".join(str(part) for part in first["loc"])
    return ": ".join(filter(None, [place, first["msg"]]))


def _without_surroundings(record: Record) -> Record:
    surroundings = (ENVIRONMENT, PAGES, PUBLISHING)
    return {name: part for name, part in record.items() if name not in surroundings}


def _data(project: Project, reads: Mapping[str, Iterable[Mapping[str, Any]]]) -> dict[str, str]:
    """Give the digest of each file of figures that was read, and of those that all reads need."""
    package = json.loads((project.data / "datapackage.json").read_text(encoding="utf-8"))
    paths = {resource["name"]: resource["path"] for resource in package["resources"]}
    read = {one["resource"] for found in reads.values() for one in found if not is_national(one)}
    files = [project.data / name for name in {*(paths[each] for each in read), *READ_BY_ALL}]
    # The manifest of a store holds the digest of each of its files.
    return _digests(
        project.root, [path / "manifest.csv" if path.is_dir() else path for path in files]
    )


def _code(project: Project, names: Iterable[str]) -> dict[str, str]:
    notebooks = (project.notebooks / f"{name}.ipynb" for name in names)
    return {
        **{f"notebooks/{path.name}": source_digest(path) for path in notebooks},
        **_digests(ANALYSIS, analysis_files(), "src/analysis/"),
        **_digests(project.root, [project.root / LOCK]),
    }


def _digests(base: Path, paths: Iterable[Path], prefix: str = "") -> dict[str, str]:
    """Give the digest of each file by its path below a directory, with something before it."""
    return {
        f"{prefix}{path.relative_to(base).as_posix()}": _digest(path.read_bytes()) for path in paths
    }


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _text(part: Any, depth: int = 0) -> str:
    """Write a part of a record as JSON, what lies deep enough on one line.

    >>> print(_text({"parameters": {"year": 2025}}))
    {
     "parameters": {
      "year": 2025
     }
    }
    """
    if not part or not isinstance(part, dict | list) or _is_fact(part, depth):
        return json.dumps(part, ensure_ascii=False, sort_keys=True, allow_nan=False)
    if isinstance(part, dict):
        inner = [f"{json.dumps(key)}: {_text(part[key], depth + 1)}" for key in sorted(part)]
    else:
        inner = [_text(each, depth + 1) for each in part]
    opened, closed = "{}" if isinstance(part, dict) else "[]"
    lines = ",\n".join(f"{' ' * (depth + 1)}{line}" for line in inner)
    return f"{opened}\n{lines}\n{' ' * depth}{closed}"


def _is_fact(part: dict[str, Any] | list[Any], depth: int) -> bool:
    """Say whether a part lies deep enough in a record to be one thing that is known."""
    if depth < _FACT_DEPTH - 1:
        return False
    values = part.values() if isinstance(part, dict) else part
    return depth == _FACT_DEPTH or not any(isinstance(value, dict) for value in values)
