"""Fill a project with the reports of all provinces and years, to measure a look at them.

`python benchmarks/many_reports.py` in a project that has the report of Lampung in 2025: puts a
report at each address, with the files of the real one and a state and record of its own. Files
that are only looked at, and not read, are cut short.
"""

import json
import shutil
import sys
from pathlib import Path
from typing import Any

from analysis.parameters import ReportParameters, load_provinces
from neraca.pipeline.inputs import Inputs
from neraca.pipeline.national import NOTEBOOK
from neraca.pipeline.project import Project
from neraca.pipeline.record import recorded_reads
from neraca.pipeline.state import RECORD, forget_state, keep_state, made_state, read_state
from neraca.publish.renewal import (
    STATE,
    bare_page,
    mark,
    page_key,
    publisher_name,
    publishing_key,
)
from neraca.publish.stage import ORDER
from neraca.publish.words import LANGUAGES

YEARS = range(2011, 2026)
SOURCE = ReportParameters.parse({"province": "lampung", "year": YEARS[-1], "language": "id"})
CODE = "18"
KEPT_BYTES = 1000


def main() -> int:
    """Put all reports there, and say how many there are."""
    project = Project.find(Path.cwd())
    inputs = Inputs(project)
    provinces = [each for each in load_provinces(project.data).all if not each.is_country]
    publishing = publishing_key(project.root, publisher_name())
    for year in YEARS:
        put_comparison(project, inputs, year)
    count = 0
    for language in LANGUAGES:
        for province in provinces:
            for year in YEARS:
                address = {"language": language, "province": province.slug, "year": year}
                put_report(project, inputs, SOURCE.model_copy(update=address), province.code)
                put_page(project, SOURCE.model_copy(update=address), publishing)
                count += 1
    json.dump(count, sys.stdout)
    return 0


def put_comparison(project: Project, inputs: Inputs, year: int) -> None:
    """Put the comparison of all provinces of a year there, as one made then would be."""
    directory = project.national(year)
    if year != SOURCE.year:
        shutil.copytree(project.national(SOURCE.year), directory, dirs_exist_ok=True)
        forget_state(directory)
        _readdress(directory, {"year": year}, {})
        state = made_state(inputs, {"year": year}, [NOTEBOOK], recorded_reads(directory))
        keep_state(directory, project.root, state)


def put_report(
    project: Project, inputs: Inputs, parameters: ReportParameters, province_code: str
) -> None:
    """Put a report there, whose record says that it read its own province and year."""
    if parameters == SOURCE:
        return
    directory = project.report(parameters)
    for path in project.report(SOURCE).rglob("*"):
        if path.is_file() and path.name != STATE:
            copy = directory / path.relative_to(project.report(SOURCE))
            copy.parent.mkdir(parents=True, exist_ok=True)
            content = path.read_bytes()
            copy.write_bytes(content if path.name == RECORD else content[:KEPT_BYTES])
    own = {"year": parameters.year, "until": parameters.year}
    _readdress(directory, own, {CODE: province_code})
    asked, reads = parameters.model_dump(), recorded_reads(directory)
    keep_state(directory, project.root, made_state(inputs, asked, ORDER, reads))


def put_page(project: Project, parameters: ReportParameters, publishing: str) -> None:
    """Put the page of a report there, marked as rendered from it."""
    if parameters == SOURCE:
        return
    page, state = project.page(parameters), read_state(project.report(parameters))
    if state is None:
        raise RuntimeError(f"{page} has no state, although nothing else is at work here")
    page.mkdir(parents=True, exist_ok=True)
    source = project.page(SOURCE)
    (page / "index.pdf").write_bytes((source / "index.pdf").read_bytes()[:KEPT_BYTES])
    text = bare_page((source / "index.html").read_text(encoding="utf-8"))
    (page / "index.html").write_text(text, encoding="utf-8")
    mark(page / "index.html", page_key(state.content, publishing))


def _readdress(directory: Path, filters: dict[str, int], codes: dict[str, str]) -> None:
    """Let the reads of a record ask for other years and another province."""
    path = directory / RECORD
    record = json.loads(path.read_text(encoding="utf-8"))
    for reads in record["reads"].values():
        for read in reads:
            asked = read["filters"]
            asked.update({name: filters[name] for name in asked if name in filters})
            if "province_code" in asked:
                asked["province_code"] = _replaced(asked["province_code"], codes)
    path.write_text(json.dumps(record, indent=1), encoding="utf-8")


def _replaced(value: Any, codes: dict[str, str]) -> Any:
    """Replace codes, in a list of them too.

    >>> _replaced(["00", "18"], {"18": "31"}), _replaced("18", {"18": "31"})
    (['00', '31'], '31')
    """
    if isinstance(value, list):
        return [_replaced(each, codes) for each in value]
    return codes.get(value, value)


if __name__ == "__main__":
    sys.exit(main())
