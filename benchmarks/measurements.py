"""What `make bench` measures, a function a line of the table."""

import json
import statistics
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from changed_figure import Change, comparisons, readers
from large_store import FASTER_BAR, MEMORY_BAR, SLICES, read_both
from make_trade_store import make_store
from memory import Watch
from notebook_loop import LoopRun, loop_comparison, loop_report, require_commands
from results import PROFILE, Result, Side, not_measured, times_faster
from sandbox import BINARIES, Run, Sandbox, batch_arguments

from analysis.errors import NeracaError
from analysis.parameters import load_provinces
from neraca.publish.quarto import find_quarto

YEAR = 2025
ONE = "lampung"
WORKER_BAR = 500.0

# What changes, each in a province of its own: goods of a month, which later years read too; a
# year's figure, which earlier ones do not; one on which the comparison of all provinces depends.
CHANGES = (
    ("trade", {"period_type": "month", "dimension": "hs", "time_period": "2024-10"}),
    ("industry", {"indicator": "ibs_establishments", "time_period": "2025"}),
    ("industry", {"indicator": "imk_using_internet", "time_period": "2025"}),
)

# Rules of a theme that change no page's content.
_THEME = "src/neraca/publish/page.css"


@dataclass
class Bench:
    """What the measurements share.

    Attributes:
        project: the checkout that is measured.
        directory: for copies of it, and what is made in them.
        runs: of each measurement.
        loop_reports: of the eight that the loop makes; the others are taken to cost the same.
        provinces: how many provinces the small batch has.
        most: how many the large one has at most.
        store: data directory of the large store, made if it is not there.
        rows: of the store.
        results: directory of the results, for the profile.

    """

    project: Path
    directory: Path
    runs: int
    loop_reports: int
    provinces: int
    most: int
    store: Path
    rows: int
    results: Path
    _batches: dict[int, list[Run]] = field(default_factory=dict)

    @cached_property
    def sandbox(self) -> Sandbox:
        """Give the copy in which provinces have full synthetic figures."""
        return Sandbox.make(self.project, self.directory / "synthetic", synthetic=True)

    @cached_property
    def real(self) -> Sandbox:
        """Give the copy with the real figures."""
        return Sandbox.make(self.project, self.directory / "real", synthetic=False)

    @cached_property
    def slugs(self) -> list[str]:
        """Give the provinces of the large batch, which are all of them but for a trial."""
        known = load_provinces(self.project / "data")
        return [each.slug for each in known.all if not each.is_country][: self.most]

    @property
    def some(self) -> list[str]:
        """Give the provinces of the small batch."""
        return self.slugs[: self.provinces]

    def first_batch(self, count: int) -> Run:
        """Make the reports of so many provinces for the first time, and keep what it took."""
        self.sandbox.clear()
        run = _complete(self.sandbox.batch(self.slugs[:count], str(YEAR)), executed=count)
        self._batches.setdefault(count, []).append(run)
        return run

    def first_batches(self, count: int) -> list[Run]:
        """Give the runs of a batch made for the first time, with those that were made before."""
        while len(self._batches.get(count, [])) < self.runs:
            self.first_batch(count)
        return self._batches[count]


def loop(bench: Bench) -> list[Result]:
    """Measure a batch beside the loop of commands."""
    require_commands(bench.sandbox)
    count = len(bench.some)
    looped = bench.some[: bench.loop_reports]
    batches, loops, comparisons = [], [], []
    for _ in range(bench.runs):
        batches.append(bench.first_batch(count))
        comparisons.append(_compared(bench.sandbox))
        loops.append([_looped(bench.sandbox, slug) for slug in looped])
    share = count / len(looped)
    whole = [
        comparison + share * sum(each.seconds for each in run)
        for comparison, run in zip(comparisons, loops, strict=True)
    ]
    note = f"The loop a report: {_parts([each for run in loops for each in run])}."
    if share > 1:
        note += f" It made {len(looped)} of the {count} reports, and the rest counts as much."
    return [
        times_faster(
            f"{count} provinces, one year, HTML and PDF, first time",
            Side("neraca batch", "s", [run.seconds for run in batches]),
            Side("the loop", "s", whole),
            bar=10.0,
            how="`neraca batch` in a process of its own, the comparison of all provinces with it, "
            "with the embedded publisher; beside it `papermill` for the comparison, and one after "
            "the other for each notebook `papermill`, `jupyter nbconvert --to html`, and pandoc "
            "and typst. The loop prints no record. Both have one thread for linear algebra.",
            note=note,
        )
    ]


def many(bench: Bench) -> list[Result]:
    """Measure whether more provinces cost more each."""
    few, all_of = len(bench.some), len(bench.slugs)
    small = Side(f"a report of {few}", "s", [run.seconds / few for run in bench.first_batches(few)])
    large = Side(
        f"a report of {all_of}", "s", [run.seconds / all_of for run in bench.first_batches(all_of)]
    )
    usual = statistics.median(small.runs)
    more = [100 * (run / usual - 1) for run in large.runs]
    return [
        Result(
            f"the same, {all_of} provinces: cost a report beside that of {few}",
            more,
            10.0,
            "at most",
            "percent more",
            (large, small),
            how="The seconds of a batch by the number of its reports.",
        )
    ]


def jupyter(bench: Bench) -> list[Result]:
    """Measure what Jupyter costs a notebook."""
    profile = str((bench.results / PROFILE).resolve())
    bench.results.mkdir(parents=True, exist_ok=True)
    found = [
        json.loads(bench.sandbox.script("jupyter_share", *extra).output)
        for extra in [("--profile", profile), *[()] * (bench.runs - 1)]
    ]
    sides = {
        side: [statistics.mean(run[side].values()) for run in found]
        for side in ("jupyter", "plain")
    }
    more = [own - other for own, other in zip(sides["jupyter"], sides["plain"], strict=True)]
    by_notebook = {
        name: statistics.median(run["jupyter"][name] - run["plain"][name] for run in found)
        for name in found[0]["plain"]
    }
    named = ", ".join(f"{name} {seconds:.2f} s" for name, seconds in by_notebook.items())
    return [
        Result(
            "Jupyter's share: CPU a notebook, warm",
            more,
            0.5,
            "at most",
            "s more",
            (
                Side("in a warm kernel", "s", sides["jupyter"]),
                Side("without Jupyter", "s", sides["plain"]),
            ),
            how="Time on a core, the mean of a report's notebooks: of each warm kernel and the "
            "process that talks to it; and of one process that runs the cells of all of them, in "
            "which the libraries are imported as in a warm kernel.",
            note=f"By notebook: {named}.",
        )
    ]


def one(bench: Bench) -> list[Result]:
    """Measure one report, with synthetic and with real figures."""
    return [
        _one(bench, bench.sandbox, "one report, cold, from the command line"),
        _one(bench, bench.real, "the same, real figures of Lampung 2025"),
    ]


def _one(bench: Bench, sandbox: Sandbox, name: str) -> Result:
    require_commands(sandbox)
    cold, loops, comparisons = [], [], []
    for _ in range(bench.runs):
        sandbox.clear()
        cold.append(sandbox.neraca("report", ONE, str(YEAR)).seconds)
        comparisons.append(_compared(sandbox))
        loops.append(_looped(sandbox, ONE))
    whole = [one + run.seconds for one, run in zip(comparisons, loops, strict=True)]
    return times_faster(
        name,
        Side("neraca report", "s", cold),
        Side("the loop", "s", whole),
        bar=2.0,
        how="`neraca report` in a project in which nothing was made, so that it also compares all "
        "provinces, as the loop does.",
        note=f"The loop: {_parts(loops)}.",
    )


def unchanged(bench: Bench) -> list[Result]:
    """Measure what it takes to find that nothing has changed."""
    sandbox = bench.sandbox
    sandbox.clear()
    _complete(sandbox.batch([ONE], str(YEAR)), executed=1)
    count = json.loads(sandbox.script("many_reports").output)

    def status() -> float:
        run = sandbox.neraca("status", "--json")
        _require(json.loads(run.output)["counts"]["fresh"], count, "fresh reports")
        return run.seconds

    def batch() -> float:
        run = sandbox.batch("all", "2011-2025", "id,en")
        _require(run.summary["fresh"], count, "fresh reports")
        return run.seconds

    batch()  # It brings the site's own pages up to date, once.
    how = (
        f"{count:,} directories with the files of a real report, each with a record and a state of "
        "its own; files that nobody reads are cut short."
    )
    return [
        Result(
            f"nothing changed, {count:,} reports: {name}",
            [command() for _ in range(bench.runs)],
            2.0,
            "at most",
            "s",
            how=how,
        )
        for name, command in {"neraca status": status, "neraca batch": batch}.items()
    ]


def theme(bench: Bench) -> list[Result]:
    """Count the reports that a change of the theme alone lets execute again."""
    provinces = bench.slugs
    sandbox = bench.sandbox
    sandbox.clear()
    _complete(sandbox.batch(provinces, str(YEAR)), executed=len(provinces))
    executed, seconds = [], []
    for number in range(bench.runs):
        with (sandbox.root / _THEME).open("a", encoding="utf-8") as sheet:
            sheet.write(f"\n.measured-{number} {{ color: inherit; }}\n")
        run = sandbox.batch(provinces, str(YEAR))
        executed.append(run.summary["executed"])
        _require(run.summary["executed"] + run.summary["rendered"], len(provinces), "reports")
        seconds.append(run.seconds)
    return [
        Result(
            f"only the theme changed, {len(provinces)} reports: executed again",
            executed,
            0,
            "at most",
            "reports",
            (Side(f"{len(provinces)} rendered again", "s", seconds),),
            how=f"A rule is added to `{_THEME}`, and the batch is asked for again.",
        )
    ]


def figure(bench: Bench) -> list[Result]:
    """Hold the reports that run again after a changed figure against those that read it."""
    sandbox = bench.sandbox
    years = (YEAR - 1, YEAR)
    asked = bench.some, ",".join(map(str, years))
    sandbox.clear()
    all_of = len(bench.some) * len(years)
    _complete(sandbox.batch(*asked), executed=all_of)
    known = load_provinces(sandbox.root / "data")
    wrong, said, seconds = [], [], []
    for number, (table, selector) in enumerate(CHANGES):
        slug = bench.some[number % len(bench.some)]
        own = {"province_code": known.by_slug(slug).code, **selector}
        value = "value_usd_million" if table == "trade" else "value"
        change = Change(f"observations/{table}.csv", value, own)
        before = comparisons(sandbox.root)
        row = change.make(sandbox.root / "data")
        sandbox.neraca("data", "seal")
        run = _complete(sandbox.batch(*asked))
        expected = readers(sandbox.root, table, row, before, comparisons(sandbox.root))
        wrong.append(len(run.executed ^ expected))
        seconds.append(run.seconds)
        what = f"{table}, {', '.join(selector.values())}"
        said.append(f"{what}: {len(expected)} read it, {len(run.executed)} ran again")
    return [
        Result(
            f"one figure of one province changed, {all_of} reports: wrongly run or left",
            wrong,
            0,
            "at most",
            "reports",
            (Side("neraca batch", "s", seconds),),
            how="The last digit of a figure is changed. Which reports read it is found apart from "
            "the pipeline: by holding the questions in each record against the changed row, and "
            "against the rows of the comparison of all provinces before and after.",
            note=f"{'; '.join(said)}.",
        )
    ]


def store(bench: Bench) -> list[Result]:
    """Measure reads of a province and year from a large store."""
    if not bench.store.exists():
        make_store(bench.rows, bench.store, workers=2)
    return [
        result
        for name in SLICES
        for result in _reads(
            f"{bench.rows / 1e6:g} million rows: {name}",
            read_both(bench.store, name, bench.runs + 2),
        )
    ]


def _reads(name: str, runs: Mapping[str, Sequence[Mapping[str, float]]]) -> list[Result]:
    """Compare what processes of both sides measured when they read the same rows."""
    rows = {each["first_rows"] for measured in runs.values() for each in measured}
    if len(rows) != 1:
        raise NeracaError(f"{name}: the two sides give different rows; nothing was measured.")
    how = (
        f"{int(rows.pop()):,} rows by the catalog, and by pandas with partition pruning and "
        "filters, in fresh processes in turn. The first read of a process also opens what it "
        "needs. The catalog gives texts as categories, pandas as texts unless it is told."
    )

    def side(of: str, label: str, what: str, unit: str, scale: float = 1.0) -> Side:
        return Side(label, unit, [scale * each[what] for each in runs[of]])

    def note(order: str) -> str:
        told = statistics.median(each[order] for each in runs["pandas, categories"])
        own = statistics.median(each[order] for each in runs["catalog"])
        return (
            f"Told to give categories, pandas takes {1000 * told:.3g} ms, {told / own:.3g} times."
        )

    found = [
        times_faster(
            f"{name}, {order} read",
            side("catalog", "the catalog", order, "ms", 1000.0),
            side("pandas", "pandas", order, "ms", 1000.0),
            FASTER_BAR,
            how,
            note(order),
        )
        for order in ("first", "later")
    ]
    own, other = (side(of, of, "memory", "MB") for of in ("catalog", "pandas"))
    bar = MEMORY_BAR
    return [
        *found,
        Result(f"{name}, memory", own.runs, bar, "at most", "MB", (own, other), "At its peak."),
    ]


def memory(bench: Bench) -> list[Result]:
    """Measure the largest resident memory of a process of a batch."""
    sandbox, count = bench.sandbox, len(bench.some)
    watches = []
    for _ in range(bench.runs):
        sandbox.clear()
        command = [str(BINARIES / "neraca"), *batch_arguments(bench.some, str(YEAR), "id")]
        process = subprocess.Popen(  # noqa: S603
            command, cwd=sandbox.root, env=dict(sandbox.variables), stdout=subprocess.DEVNULL
        )
        with Watch(process.pid) as watch:
            process.wait()
        if process.returncode:
            raise NeracaError("The batch failed whose memory was measured.")
        watches.append(watch)
    roles = sorted({role for watch in watches for role in watch.peaks})
    together = statistics.median(watch.together for watch in watches)
    return [
        Result(
            "peak memory of a worker",
            [max(watch.peaks.values()) for watch in watches],
            WORKER_BAR,
            "at most",
            "MB",
            [Side(role, "MB", [watch.peaks.get(role, 0.0) for watch in watches]) for role in roles],
            how=f"Resident memory at its peak, of the largest process of a batch of {count}.",
            note=f"All processes of the batch at a time: {together:.0f} MB, what several share "
            "counted once.",
        )
    ]


def quarto(bench: Bench) -> list[Result]:
    """Measure Quarto in shards beside a render a report."""
    count = len(bench.some)
    name = f"with Quarto: {count} reports in shards"
    found = find_quarto()
    if found is None:
        return [not_measured(name, 2.0, "at least", "times faster", "Quarto was not found.")]
    sandbox = bench.sandbox
    bench.first_batch(count)
    runs = [
        json.loads(sandbox.script("quarto_shards", QUARTO_PATH=str(found.program)).output)
        for _ in range(bench.runs)
    ]
    return [
        times_faster(
            name,
            Side("in shards", "s", [run["together"] for run in runs]),
            Side("one `quarto render` each", "s", [run["alone"] for run in runs]),
            bar=2.0,
            how=f"HTML and PDF by Quarto {found.version}, on the clock.",
        )
    ]


MEASUREMENTS: dict[str, Callable[[Bench], list[Result]]] = {
    each.__name__: each
    for each in (loop, many, jupyter, one, unchanged, theme, figure, store, memory, quarto)
}


def _looped(sandbox: Sandbox, province: str) -> LoopRun:
    return loop_report(sandbox, province, YEAR, sandbox.root / ".loop" / province)


def _compared(sandbox: Sandbox) -> float:
    return loop_comparison(sandbox, YEAR, sandbox.root / ".loop")


def _parts(loops: Sequence[LoopRun]) -> str:
    """Say in medians how long each command of the loop took."""
    parts = {
        "papermill": [run.execute for run in loops],
        "nbconvert": [run.page for run in loops],
        "pandoc and typst": [run.document for run in loops],
    }
    return ", ".join(f"{name} {statistics.median(runs):.1f} s" for name, runs in parts.items())


def _complete(run: Run, executed: int | None = None) -> Run:
    """Require that a batch did what it was asked for, whose seconds mean nothing else."""
    if executed is not None:
        _require(run.summary["executed"], executed, "executed reports")
    return run


def _require(found: int, expected: int, what: str) -> None:
    if found != expected:
        raise NeracaError(f"{found} {what} where {expected} were expected; nothing was measured.")
