"""The command `neraca`: make reports, build and show their site, check the data."""

import errno
import sys
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NoReturn

import typer

from analysis.errors import NeracaError
from neraca.garbage import collect_seldom

# What a command needs is imported inside it, so that help and refusals come at once.
if TYPE_CHECKING:
    from analysis.parameters import ReportParameters
    from neraca.pipeline.project import Project
    from neraca.pipeline.verify import Verdict

PIPE_WIDTH = 120  # characters
WRONG_INPUT = 2  # exit code; 1 says that the input was right and the work failed
INTERRUPTED = 130  # exit code, as shells have it
_NO_PLACE = {errno.EACCES, errno.EDQUOT, errno.ENOSPC, errno.EPERM, errno.EROFS}

app = typer.Typer(
    help="Reports on the trade balance and the small industry of Indonesian provinces.",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
data = typer.Typer(help="Check and seal the published figures.", no_args_is_help=True)
app.add_typer(data, name="data")


def main() -> None:
    """Run the command with the arguments of this process, and end it with an exit code."""
    collect_seldom()
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run the command and give its exit code.

    It is 0 if all went well, 1 if the work failed, 2 if the input was wrong and nothing was
    started. An error that a person is meant to read is printed without its traceback; any other
    is a defect, and keeps it.
    """
    try:
        return app(list(arguments), prog_name="neraca", standalone_mode=False) or 0
    except typer.TyperException as error:
        # Typer leaves standing what pydantic puts before the reason.
        typer.echo(error.format_message().replace("Value error, ", ""), err=True)
        return error.exit_code
    except NeracaError as error:
        for text in filter(None, (getattr(error, "traceback", ""), str(error))):
            typer.echo(text, err=True)
        return 1
    except OSError as error:
        if error.errno not in _NO_PLACE:
            raise
        typer.echo(f"{error}. Give it room and the right to write, and try again.", err=True)
        return 1


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"neraca {version('neraca')}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    pass


# Everything that a report is asked for is taken as text: the schema knows the types, and words
# what is wrong itself.
HorizonMonths = Annotated[str | None, typer.Option(metavar="N", help="Months to forecast.")]
IntervalLevel = Annotated[
    str | None, typer.Option(metavar="X", help="Probability that an interval is meant to hold.")
]
GrowthTarget = Annotated[
    str | None, typer.Option(metavar="X", help="Growth of small industry to test, percent a year.")
]
RawExportCut = Annotated[
    str | None,
    typer.Option(metavar="X", help="Percent of raw exports kept at home in the scenario."),
]
KernelKind = Annotated[
    Literal["warm", "ordinary"],
    typer.Option(
        metavar="warm|ordinary", help="How kernels start: with libraries imported, or plainly."
    ),
]
Again = Annotated[
    bool, typer.Option("--again", help="Execute the notebooks even if nothing has changed.")
]


@app.command()
def report(
    province: Annotated[
        str, typer.Argument(metavar="PROVINCE", help="Slug; `neraca provinces` lists them.")
    ],
    year: Annotated[str, typer.Argument(metavar="YEAR", help="The report's year.")],
    language: Annotated[
        str | None,
        typer.Option(metavar="id|en", help="id (Indonesian, the default) or en (English)."),
    ] = None,
    horizon_months: HorizonMonths = None,
    interval_level: IntervalLevel = None,
    ikm_growth_target: GrowthTarget = None,
    raw_export_cut: RawExportCut = None,
    kernel: KernelKind = "warm",
    again: Again = False,
) -> None:
    """Make the report of a province and year, a page and a PDF, if it is not there and fresh."""
    given = {
        "province": province,
        "year": year,
        "language": language,
        "horizon_months": horizon_months,
        "interval_level": interval_level,
        "ikm_growth_target": ikm_growth_target,
        "raw_export_cut": raw_export_cut,
    }
    project = _project()
    parameters = _parameters(given)

    from neraca.pipeline.report import make_report

    made = make_report(project, parameters, finished=_show_step, kernel=kernel, again=again)
    _show_step("in all", sum(made.seconds.values()))
    for reason in made.reasons:
        typer.echo(f"because {reason}")
    if made.done == "nothing":
        typer.echo("unchanged")
    typer.echo(f"HTML  {_shown(made.html)}")
    typer.echo(f"PDF   {_shown(made.pdf)}")


@app.command()
def batch(
    provinces: Annotated[
        str, typer.Option(metavar="all|A,B", help="Slugs; `neraca provinces` lists them.")
    ] = "all",
    years: Annotated[
        str, typer.Option(metavar="YEARS", help="For example 2025, 2020,2022 or 2018-2024.")
    ] = "2025",
    languages: Annotated[str, typer.Option(metavar="id,en", help="One or both.")] = "id,en",
    horizon_months: HorizonMonths = None,
    interval_level: IntervalLevel = None,
    ikm_growth_target: GrowthTarget = None,
    raw_export_cut: RawExportCut = None,
    kernel: KernelKind = "warm",
    again: Again = False,
    workers: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, help="Things to do at a time here; all cores if not set."),
    ] = None,
    scheduler: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Execute on the workers of this Dask scheduler."),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="A line of JSON for each event, for a program.")
    ] = False,
) -> None:
    """Make the reports of many provinces and years, those that are not there and fresh."""
    others = {
        "horizon_months": horizon_months,
        "interval_level": interval_level,
        "ikm_growth_target": ikm_growth_target,
        "raw_export_cut": raw_export_cut,
    }
    project = _project()

    from neraca.pipeline.request import read_request

    given = {name: value for name, value in others.items() if value is not None}
    try:
        request = read_request(provinces, years, languages, given, project.data)
    except NeracaError as error:
        _refuse(error)

    from neraca.pipeline.batch import Options, cores, make_batch
    from neraca.pipeline.progress import telling

    options = Options(kernel, again, workers or cores(), scheduler)
    with telling(sys.stdout, as_json) as tell:
        summary = make_batch(project, request, options, tell)
    if summary.stopped:
        raise typer.Exit(INTERRUPTED)
    if summary.failures:
        raise typer.Exit(1)


@app.command()
def status(
    province: Annotated[
        str | None, typer.Argument(metavar="[PROVINCE]", help="Its reports alone.")
    ] = None,
    year: Annotated[
        str | None, typer.Argument(metavar="[YEAR]", help="The province's report of that year.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For a program.")] = False,
) -> None:
    """Show which reports are fresh, stale (and why), failed or missing."""
    project = _project()
    asked = None if province is None else _asked_for(project, province, year)

    from neraca.pipeline import status

    judgements = status.judge_all(project, province, asked)
    if as_json:
        typer.echo(status.as_json(judgements))
        return

    from rich.console import Console

    status.show(judgements, Console(width=None if sys.stdout.isatty() else PIPE_WIDTH))


@app.command()
def verify(
    province: Annotated[
        str | None, typer.Argument(metavar="[PROVINCE]", help="Its reference reports alone.")
    ] = None,
    year: Annotated[
        str | None, typer.Argument(metavar="[YEAR]", help="Any report that has a record.")
    ] = None,
    language: Annotated[
        Literal["id", "en"] | None, typer.Option(metavar="id|en", help="One language alone.")
    ] = None,
    kernel: KernelKind = "warm",
    accept: Annotated[
        bool, typer.Option("--accept", help="Write new records, and say what changed in them.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For a program.")] = False,
) -> None:
    """Make the reference reports again in a clean directory, and compare with their records."""
    project = _project()
    asked_year = None if province is None else _asked_for(project, province, year)

    from neraca.pipeline import verify

    try:
        asked = verify.asked_reports(project, province, asked_year, language)
    except NeracaError as error:
        _refuse(error)
    verdicts = verify.verify(project, asked, partial(verify.remake_on_all_cores, kernel=kernel))
    if accept:
        _accept(project, verdicts)
        return
    if as_json:
        typer.echo(verify.as_json(verdicts))
    else:
        for line in verify.lines(verdicts):
            typer.echo(line)
    if any(verdict.differences for verdict in verdicts):
        raise typer.Exit(1)


@app.command()
def diff(
    old: Annotated[str, typer.Argument(metavar="A", help="A record, or a report: lampung/2024.")],
    new: Annotated[str, typer.Argument(metavar="B", help="The same; - is the standard input.")],
    as_json: Annotated[bool, typer.Option("--json", help="For a program.")] = False,
) -> None:
    """Say what changed from one record to another: versions, years or vintages of a report."""
    project = _project()

    from neraca.pipeline import diff

    try:
        records = [diff.find_record(project, name) for name in (old, new)]
    except NeracaError as error:
        _refuse(error)
    changes = diff.changes(*records)
    if as_json:
        typer.echo(changes.as_json())
        return

    from rich.console import Console

    diff.show(changes, Console(width=None if sys.stdout.isatty() else PIPE_WIDTH))


@app.command()
def explain(
    province: Annotated[str, typer.Argument(metavar="PROVINCE", help="Slug of its report.")],
    year: Annotated[str, typer.Argument(metavar="YEAR", help="The report's year.")],
    indicator: Annotated[
        str | None,
        typer.Argument(metavar="[INDICATOR]", help="Its name; without one all are listed."),
    ] = None,
    language: Annotated[
        Literal["id", "en"] | None,
        typer.Option(metavar="id|en", help="Which report, if there are two."),
    ] = None,
    notebook: Annotated[
        str | None, typer.Option(metavar="NAME", help="Which one, if the name is in two.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="All figures of each series.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For a program.")] = False,
) -> None:
    """Explain a number of a report: formula, figures, who printed them, and corrections."""
    project = _project()
    given = {"province": province, "year": year, "language": language}
    asked = _parameters(given)

    from neraca.pipeline import explain

    try:
        report = explain.Report.read(project.root, asked.province, asked.year, language)
        found = None if indicator is None else report.find(indicator, notebook)
    except NeracaError as error:
        _refuse(error)
    if found is None:
        for line in explain.listing(report, as_json=as_json):
            typer.echo(line)
        return
    told = explain.explain(report, *found, limit=None if every else explain.SHOWN)
    if as_json:
        typer.echo(explain.as_json(told))
    elif sys.stdout.isatty():
        explain.show(told)
    else:
        for line in explain.lines(explain.tree(told)):
            typer.echo(line)


@app.command()
def site() -> None:
    """Build the site from the reports that have been executed, rendering those that changed."""
    project = _project()

    from neraca.publish import publish_many, publish_site
    from neraca.publish.renewal import renew

    start = time.perf_counter()
    made = renew(project.root, project.site, publish_many)
    for address, seconds in made.rendered.items():
        typer.echo(f"{address:<48}{seconds:>7.1f} s")
    publish_site(project.root, project.site)
    typer.echo(f"{len(made.rendered)} rendered, {len(made.fresh)} unchanged")
    _show_step("in all", time.perf_counter() - start)
    typer.echo(f"HTML  {_shown(project.site / 'index.html')}")
    for address, reason in made.failed.items():
        typer.echo(f"{address}: {reason}", err=True)
    if made.failed:
        raise typer.Exit(1)


@app.command()
def serve(
    port: Annotated[
        int, typer.Option(metavar="N", min=0, max=65535, help="Port; 0 takes any that is free.")
    ] = 8000,
) -> None:
    """Show the site to a browser on this machine, until Ctrl-C."""
    project = _project()

    from neraca.publish.serve import serve as serve_site

    serve_site(project.site, port, ready=_show_address)
    typer.echo("Stopped.")


@data.command("check")
def data_check() -> None:
    """Check the published figures and list every problem."""
    project = _project()

    from analysis.catalog.check import check

    problems = check(project.data)
    for problem in problems:
        typer.echo(str(problem), err=True)
    if problems:
        typer.echo(f"{len(problems)} problems in {_shown(project.data)}.", err=True)
        raise typer.Exit(1)
    typer.echo(f"No problem in {_shown(project.data)}.")


@data.command("seal")
def data_seal() -> None:
    """Accept changed tables: renew their hashes, and say what else is wrong with them."""
    project = _project()

    from analysis.catalog.check import seal
    from neraca.pipeline.report import require_sound_data

    changed = seal(project.data)
    for name in changed:
        typer.echo(f"sealed {name}")
    if not changed:
        typer.echo("Every table has the hash that datapackage.json gives.")
    require_sound_data(project.data)


@data.command("build-store")
def data_build_store(
    csvs: Annotated[
        list[Path],
        typer.Argument(
            metavar="CSV...", help="Trade by month, HS8, port and country; all of a year at once."
        ),
    ],
) -> None:
    """Put trade by HS8, port and country into the store, a file a province and year."""
    project = _project()

    from analysis.catalog.store_builder import build_store

    for partition in build_store(project.data, csvs):
        typer.echo(f"{partition.province_code} {partition.year} {partition.rows:>12,} rows")


@app.command()
def provinces() -> None:
    """List the provinces: slug, names, founding year and parent."""
    project = _project()

    from rich.console import Console
    from rich.table import Table

    from analysis.parameters import load_provinces

    known = load_provinces(project.data)
    table = Table("slug", "Indonesian", "English", "founded", "split from", box=None)
    for province in known.all:
        if province.is_country:
            continue
        table.add_row(
            province.slug,
            province.name("id"),
            province.name("en"),
            "" if province.founded is None else str(province.founded),
            "" if province.parent is None else known.by_code(province.parent).slug,
        )
    # A pipe has no width; there each province stays on one line, for `grep` and the like.
    Console(width=None if sys.stdout.isatty() else PIPE_WIDTH).print(table)


def _accept(project: "Project", verdicts: "Sequence[Verdict]") -> None:
    """Write the records of what came out, and say what changed; end with 1 if one is left out."""
    from neraca.pipeline import diff, verify

    for accepted in verify.accept(project, verdicts):
        typer.echo(f"{accepted.address}/record.json written")
        if accepted.before is not None:
            for sentence in diff.sentences(diff.changes(accepted.before, accepted.record)):
                typer.echo(f"  {sentence}")
    left = [verdict for verdict in verdicts if verdict.record is None]
    for line in verify.lines(left) if left else ():
        typer.echo(line, err=True)
    if left:
        raise typer.Exit(1)


def _project() -> "Project":
    from neraca.pipeline.project import Project

    try:
        return Project.find(Path.cwd())
    except NeracaError as error:
        _refuse(error)


def _asked_for(project: "Project", province: str, year: str | None) -> int | None:
    """Check a province, and the year if one is given; give the year."""
    if year is not None:
        return _parameters({"province": province, "year": year}).year

    from analysis.parameters import load_provinces

    try:
        load_provinces(project.data).by_slug(province)
    except NeracaError as error:
        _refuse(error)
    return None


def _parameters(given: dict[str, str | None]) -> "ReportParameters":
    """Check what was given; what was not keeps the schema's default."""
    from analysis.parameters import ReportParameters

    try:
        return ReportParameters.parse(
            {name: value for name, value in given.items() if value is not None}
        )
    except NeracaError as error:
        _refuse(error)


def _refuse(error: NeracaError) -> NoReturn:
    typer.echo(str(error), err=True)
    raise typer.Exit(WRONG_INPUT)


def _show_step(name: str, seconds: float) -> None:
    typer.echo(f"{name:<24}{seconds:>7.1f} s")


def _show_address(address: str) -> None:
    typer.echo(f"The site is at {address} (Ctrl-C stops it).")


def _shown(path: Path) -> str:
    """Write a path from the current directory on, where it lies inside."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)
