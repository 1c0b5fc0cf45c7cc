"""Freshness: each reason for which a report is made again, and what is no reason."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from national_samples import project_with_tables
from workshop import ROOT, Workshop, enter, write_project

from analysis.errors import NeracaError
from neraca.pipeline import report as reporting
from neraca.pipeline.freshness import Judge, addresses
from neraca.pipeline.inputs import READ_THROUGH, UNRECORDED, is_national, source_digest
from neraca.pipeline.state import CLOCK_SECONDS
from neraca.publish.renewal import STAGING
from neraca.publish.stage import ORDER

EXECUTED = [f"execute {name}" for name in ORDER]


@pytest.fixture
def workshop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    write_project(tmp_path)
    return enter(tmp_path, monkeypatch)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a report, which no test may touch."""
    root = tmp_path_factory.mktemp("model")
    write_project(root)
    with pytest.MonkeyPatch.context() as monkeypatch:
        enter(root, monkeypatch).make()
    return root


@pytest.fixture
def made(model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    """A copy of it."""
    root = tmp_path / "project"
    shutil.copytree(model, root)
    return enter(root, monkeypatch)


def replace_text(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def stamps(*directories: Path) -> dict[Path, int]:
    files = [path for place in directories for path in place.rglob("*") if path.is_file()]
    return {path: path.stat().st_ctime_ns for path in files}


def test_what_is_fresh_is_neither_executed_nor_rendered_nor_written(workshop: Workshop) -> None:
    assert (workshop.judge().condition, workshop.judge().task) == ("missing", "execute")
    first = workshop.make()
    assert workshop.done == ["compare", *EXECUTED, "publish", "publish the site"]
    assert (first.done, first.reasons) == ("execute", ())
    before = stamps(workshop.root)
    second = workshop.make()
    assert workshop.done == []
    assert second.done == "nothing"
    assert list(second.seconds) == ["look for changes"]
    assert second.html == first.html
    assert second.html.is_file()
    assert stamps(workshop.root) == before


def test_an_unchanged_report_waits_for_nothing_that_executes(made: Workshop) -> None:
    code = (
        "import sys, pathlib\n"
        "from neraca.pipeline.project import Project\n"
        "from neraca.pipeline.status import judge_all\n"
        "import neraca.pipeline.report\n"
        "judge_all(Project(pathlib.Path.cwd()))\n"
        "sys.exit(str({'papermill', 'pandas', 'duckdb'} & set(sys.modules) or ''))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=made.root, capture_output=True, text=True
    )
    assert ran.stderr.strip() == ""


def test_a_report_is_executed_again_when_asked(made: Workshop) -> None:
    assert made.make(again=True).done == "execute"
    assert made.done == ["compare", *EXECUTED, "publish", "publish the site"]


# What is changed in a project, and the reason that is then given.
EXECUTE: dict[str, tuple[Callable[[Workshop], object], str]] = {
    "a cell": (
        lambda it: replace_text(it.root / "notebooks/summary.ipynb", '"summary"', '"summary + 1"'),
        "notebooks/summary.ipynb changed",
    ),
    "the analysis": (
        lambda it: replace_text(it.root / "src/analysis/theme.py", "0b5c6b", "0b5c6c"),
        "src/analysis changed",
    ),
    "a translation": (
        lambda it: (it.root / "src/analysis/id.po").write_text("msgid"),
        "src/analysis changed",
    ),
    "the lock": (
        lambda it: (it.root / "requirements.lock").write_text("pandas==3.1.2\n"),
        "requirements.lock changed",
    ),
    "a province": (
        lambda it: replace_text(
            it.root / "data/classifications/provinces.csv", "Lampung,Lampung", "Lampung,Lampong"
        ),
        "data/classifications/provinces.csv changed",
    ),
    "a link": (
        lambda it: replace_text(it.root / "data/links.yml", "tolerance", "# tolerance"),
        "data/links.yml changed",
    ),
    "a row more": (
        lambda it: it.add_row(
            province_code="18", dimension="total", flow="import", time_period="2025-01"
        ),
        "other rows in trade",
    ),
    "a slip of the pen": (
        lambda it: it.add_row(province_code="18", dimension="total", value_usd_million="12.O"),
        "neraca data check",
    ),
    "a figure of the page": (
        lambda it: (it.directory / "indicators.json").write_text("{}"),
        "executed files are not those",
    ),
    "a file too many": (
        lambda it: (it.directory / "notebooks" / "more.ipynb").touch(),
        "executed files are not those",
    ),
    "a file that is gone": (
        lambda it: (it.directory / "notebooks" / "summary.ipynb").unlink(),
        "executed files are not those",
    ),
    "the record": (
        lambda it: replace_text(it.directory / "record.json", '"lampung"', '"aceh"'),
        "executed files are not those",
    ),
    "no state": (lambda it: (it.directory / "state.json").unlink(), "not known"),
    "half a state": (lambda it: (it.directory / "state.json").write_text('{"par'), "not known"),
    "another form of state": (lambda it: (it.directory / "state.json").write_text("[1]"), "known"),
    "no source": (lambda it: (it.directory / "index.ipynb").unlink(), "its page was made from"),
    "the comparison": (
        lambda it: (it.root / "reports/national/2025/national.csv").write_text("rank\n"),
        "the national comparison of 2025 must be made again",
    ),
    "the comparison's notebook": (
        lambda it: replace_text(it.root / "notebooks/national.ipynb", '"national"', '"nation"'),
        "the national comparison of 2025 must be made again",
    ),
}


@pytest.mark.parametrize("change", EXECUTE)
def test_a_change_of_what_it_is_executed_from_makes_a_report_stale(
    made: Workshop, change: str
) -> None:
    apply, reason = EXECUTE[change]
    apply(made)
    judged = made.judge()
    assert (judged.condition, judged.task) == ("stale", "execute")
    assert reason in "; ".join(judged.reasons)


def test_a_year_that_the_figures_no_longer_allow_is_stale(made: Workshop) -> None:
    replace_text(made.root / "data/datapackage.json", '"last": 2025', '"last": 2024')
    judged = Judge(made.project).made("en", "lampung", 2025)
    assert judged.reasons == ("the figures allow reports for 2010 to 2024",)


RENDER: dict[str, tuple[Callable[[Workshop], object], str]] = {
    "the configuration": (
        lambda it: replace_text(it.root / "_quarto.yml", "theme:", "# why\ntheme:"),
        "_quarto.yml changed",
    ),
    "a style that it names": (
        lambda it: replace_text(it.root / "publish/theme.scss", "teal", "navy"),
        "_quarto.yml changed",
    ),
    "a place on another page": (
        lambda it: replace_text(it.root / "methods.qmd", "{#methods}", "{#method}"),
        "_quarto.yml changed",
    ),
    "no page": (lambda it: shutil.rmtree(it.page), "it has no page"),
    "no PDF": (lambda it: (it.page / "index.pdf").unlink(), "its page has no PDF"),
    "an empty PDF": (lambda it: (it.page / "index.pdf").write_text(""), "its page has no PDF"),
    "half a page": (lambda it: (it.page / "index.html").write_text("<html>"), "publisher"),
}


@pytest.mark.parametrize("change", RENDER)
def test_a_change_of_what_it_is_rendered_from_executes_nothing(made: Workshop, change: str) -> None:
    apply, reason = RENDER[change]
    apply(made)
    judged = made.judge()
    assert (judged.condition, judged.task) == ("stale", "render")
    assert reason in "; ".join(judged.reasons)
    record = (made.directory / "record.json").read_bytes()
    assert made.make().done == "render"
    assert made.done == ["publish", "publish the site"]
    assert made.judge().condition == "fresh"
    assert (made.directory / "record.json").read_bytes() == record


def test_another_publisher_renders_and_executes_nothing(made: Workshop, monkeypatch) -> None:
    monkeypatch.setattr("neraca.pipeline.freshness.publisher_name", lambda: "quarto 1.10")
    assert made.judge().task == "render"


def test_another_way_to_put_reports_together_executes_nothing(made: Workshop, monkeypatch) -> None:
    before = {path: path.read_bytes() for path in made.directory.rglob("*.ipynb")}
    for module in ("freshness", "state"):
        monkeypatch.setattr(f"neraca.pipeline.{module}.STAGING_KEY", "another")
    assert made.judge().reasons == ("the code that puts reports together changed",)
    assert made.make().done == "render"
    assert made.done == ["publish", "publish the site"]
    # Put together from what was executed, and by the same code after all, it is the same.
    assert {path: path.read_bytes() for path in made.directory.rglob("*.ipynb")} == before
    assert made.judge().condition == "fresh"


# What is changed in a project without any report being touched by it.
NOTHING: dict[str, Callable[[Workshop], object]] = {
    "another province's figure": lambda it: it.add_row(
        province_code="12", dimension="hs", time_period="2025-01"
    ),
    "another dimension": lambda it: it.add_row(
        province_code="18", dimension="hs", time_period="2025-01"
    ),
    "a table that is not read": lambda it: it.add_row("industry", time_period="2024"),
    "saved outputs": lambda it: save_outputs(it.root / "notebooks" / "summary.ipynb"),
    "words on another page": lambda it: replace_text(it.root / "methods.qmd", "Words", "Word"),
    "what a table is called": lambda it: replace_text(
        it.root / "data/datapackage.json", "Foreign trade of provinces", "Trade"
    ),
    "a new time of a file": lambda it: os.utime(it.root / "data/observations/trade.csv"),
    "a new time of its files": lambda it: os.utime(it.directory / "index.ipynb"),
}


def save_outputs(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[0].outputs = [nbformat.v4.new_output("stream", text="2025")]
    nbformat.write(notebook, path)


@pytest.mark.parametrize("change", NOTHING)
def test_what_does_not_touch_a_report_leaves_it_fresh(made: Workshop, change: str) -> None:
    NOTHING[change](made)
    assert made.judge().reasons == ()
    assert made.judge().condition == "fresh"
    assert made.make().done == "nothing"


def test_a_question_is_asked_again_only_once(made: Workshop, monkeypatch) -> None:
    made.make(language="id")
    NOTHING["another province's figure"](made)
    asked: list[str] = []
    judge = Judge(made.project)
    ask = judge.inputs._ask
    monkeypatch.setattr(judge.inputs, "_ask", lambda read: asked.append(str(read)) or ask(read))
    for address in addresses(made.project):
        assert judge.made(*address).condition == "fresh"
    assert len(asked) == len(set(asked)) == 2  # the reports' one, and the comparison's
    # And what was found out is kept.
    judge = Judge(made.project)
    monkeypatch.setattr(judge.inputs, "_ask", lambda read: pytest.fail("asked again"))
    for address in addresses(made.project):
        assert judge.made(*address).condition == "fresh"


def test_a_correction_touches_the_rows_that_it_corrects(made: Workshop) -> None:
    made.add_row(
        province_code="18",
        period_type="month",
        time_period="2025-11",
        dimension="total",
        flow="import",
        value_usd_million="1234.5",
        source_id="s00000000",
    )
    made.make()
    assert made.judge().condition == "fresh"
    path = made.root / "data" / "corrections.yml"
    entry = (
        "corrections:\n"
        "  - id: tenfold\n"
        "    resource: trade\n"
        "    key: {source_id: s00000000, time_period: 2025-11}\n"
        "    action: replace\n"
        "    expect: 1234.5\n"
        "    value: 123.45\n"
        "    reason: why\n"
        "    source: where\n"
    )
    replace_text(path, "corrections: []\n", entry.replace("2025-11}", "'2025-11'}"))
    assert "other rows in trade" in made.judge().reasons
    replace_text(path, "expect: 1234.5", "expect: 1.5")
    (reason, *_) = made.judge().reasons
    assert "the figure is 1234.5" in reason


def test_a_link_whose_evidence_is_gone_makes_reports_stale(made: Workshop) -> None:
    made.add_row(
        province_code="18",
        period_type="month",
        time_period="2025-12",
        dimension="hs",  # no question of these reports
        flow="export",
    )
    assert made.judge().condition == "fresh"
    path = made.root / "data" / "observations" / "trade.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if ",18,month,2023-" not in line]
    assert len(kept) < len(lines)
    path.write_text("".join(kept), encoding="utf-8")
    assert "links.yml" in made.judge().reasons[0]


def test_other_parameters_are_another_report(made: Workshop) -> None:
    judged = made.judge(horizon_months=6)
    assert judged.reasons == ("other parameters: horizon_months 12 -> 6",)
    assert made.make(horizon_months=6).done == "execute"
    assert '"horizon_months": 6' in (made.directory / "record.json").read_text()
    assert made.judge(horizon_months=6).condition == "fresh"
    assert made.judge().reasons == ("other parameters: horizon_months 6 -> 12",)
    # Without a wish of its own, who looks is told of the report that is there.
    assert Judge(made.project).made("en", "lampung", 2025).condition == "fresh"
    assert made.judge(language="id", horizon_months=6).condition == "missing"


@pytest.mark.parametrize("name", ["language", "province", "year"])
def test_reports_at_other_addresses_leave_each_other_alone(made: Workshop, name: str) -> None:
    other = {"language": "id", "province": "aceh", "year": 2024}[name]
    made.make(**{name: other})
    assert made.judge().condition == "fresh"
    assert made.judge(**{name: other}).condition == "fresh"


def test_an_unchanged_rank_stops_the_wave(made: Workshop) -> None:
    made.add_row(province_code="12", dimension="total", flow="export", time_period="2025-01")
    assert made.judge().reasons == ("the national comparison of 2025 must be made again",)
    made.ranks["12"] = 1
    result = made.make()
    assert (result.done, result.reasons) == ("nothing", ())
    assert made.done == ["compare", "publish the site"]
    assert made.judge().condition == "fresh"


def test_a_changed_rank_carries_it_on(made: Workshop) -> None:
    made.add_row(province_code="12", dimension="total", flow="export", time_period="2025-01")
    made.ranks["18"] = 4
    assert made.make().done == "execute"
    assert made.done == ["compare", *EXECUTED, "publish", "publish the site"]


def test_a_comparison_that_was_not_there_is_news(workshop: Workshop) -> None:
    notebook = workshop.root / "notebooks" / "national.ipynb"
    kept = notebook.read_text()
    notebook.unlink()
    workshop.make()
    assert workshop.done == [*EXECUTED, "publish", "publish the site"]
    assert workshop.judge().condition == "fresh"
    notebook.write_text(kept)
    assert workshop.make().done == "execute"


def test_no_time_of_a_file_makes_stale_look_fresh(workshop: Workshop) -> None:
    workshop.make()
    path = workshop.directory / "index.ipynb"
    stat = path.stat()
    path.write_text(path.read_text().replace("2025", "2024"))
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert (path.stat().st_size, path.stat().st_mtime_ns) == (stat.st_size, stat.st_mtime_ns)
    assert workshop.judge().condition == "stale"


def test_a_copy_of_a_project_is_as_fresh_and_soon_as_quickly_judged(
    made: Workshop, model: Path, monkeypatch
) -> None:
    time.sleep(2 * CLOCK_SECONDS)  # until then a file could change without a trace
    assert made.judge().condition == "fresh"
    monkeypatch.setattr("neraca.pipeline.state.content_key", lambda *path: pytest.fail("read"))
    assert made.judge().condition == "fresh"
    states = [
        json.loads((root / "reports/en/lampung/2025/state.json").read_text())
        for root in (model, made.root)
    ]
    assert states[0].pop("signature") != states[1].pop("signature")
    assert states[0] == states[1]


def test_what_changes_while_a_report_is_made_leaves_it_stale(made: Workshop, monkeypatch) -> None:
    lock = made.root / "requirements.lock"
    execute = made.execute

    def changing(*arguments):
        kept = lock.read_text()
        lock.write_text("pandas==9.9.9\n")
        done = execute(*arguments)
        lock.write_text(kept)  # and is as it was before anyone looks
        return done

    monkeypatch.setattr(made, "execute", changing)
    made.make(again=True)
    judged = made.judge()
    assert (judged.condition, judged.task) == ("stale", "execute")
    monkeypatch.setattr(made, "execute", execute)
    made.make()
    assert made.judge().condition == "fresh"


def test_a_failure_is_told_until_it_is_made_good(made: Workshop, monkeypatch) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(made, "execute", lambda *arguments: fail())
        with pytest.raises(NeracaError):
            made.make(again=True)
    judged = made.judge()
    assert (judged.condition, judged.task, judged.reasons) == ("failed", "execute", ("It failed.",))
    made.make()
    assert made.judge().condition == "fresh"


def fail() -> None:
    raise NeracaError("It failed.\nAnd more.")


def test_a_failed_comparison_leaves_no_report_fresh(made: Workshop, monkeypatch) -> None:
    made.make(language="id")
    with monkeypatch.context() as broken:
        broken.setattr(made, "compare", lambda *arguments: fail())
        with pytest.raises(NeracaError):
            made.make(again=True)
    assert made.judge().condition == "failed"
    assert made.judge(language="id").reasons[-1] == (
        "the national comparison of 2025 must be made again"
    )


def test_the_sites_pages_are_made_up_for(made: Workshop, monkeypatch) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(reporting, "publish_site", lambda root, site: fail())
        with pytest.raises(NeracaError):
            made.make(again=True)
    assert made.make().done == "nothing"
    assert made.done == ["publish the site"]
    made.make()
    assert made.done == []


def test_a_damaged_notebook_is_named(made: Workshop) -> None:
    (made.root / "notebooks" / "summary.ipynb").write_text("{")
    with pytest.raises(NeracaError, match=r"summary\.ipynb is not a notebook"):
        made.judge()


def test_saved_outputs_are_no_part_of_a_notebooks_source(write_notebook) -> None:
    path = write_notebook("summary", "year = 2025", "year")
    digest = source_digest(path)
    save_outputs(path)
    assert source_digest(path) == digest
    write_notebook("summary", "year = 2025", "year + 1")
    assert source_digest(path) != digest


def test_no_table_is_called_as_the_comparisons_are(project_root: Path) -> None:
    package = json.loads((project_root / "data" / "datapackage.json").read_text(encoding="utf-8"))
    for resource in package["resources"]:
        assert not is_national({"resource": resource["name"]})


def test_the_files_that_put_reports_together_are_those_that_take_part(project_root: Path) -> None:
    package = project_root / "src" / "neraca" / "publish"
    found: set[str] = set()
    following = ["stage.py"]
    while following:
        name = following.pop()
        if name in found or not (package / name).is_file():
            continue
        found.add(name)
        for line in (package / name).read_text(encoding="utf-8").splitlines():
            if line.startswith("from neraca.publish."):
                following.append(line.split()[1].removeprefix("neraca.publish.") + ".py")
    assert sorted(found) == sorted(STAGING)


CHANGES = {"open", "os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.truncate"}


def dies_at(step: int, make: Callable[[], object]) -> bool:
    """Do something in a child process that is killed right before its n-th change of a file.

    Returns:
        Whether it came so far; else it has ended by itself.

    """
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    left = step

    def kill(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal left
        if event not in CHANGES:
            return
        reads = event == "open" and not int(str(arguments[2] or 0)) & (os.O_WRONLY | os.O_RDWR)
        left -= not reads
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(kill)
    try:
        make()
    finally:
        os._exit(0)


@pytest.mark.slow
@pytest.mark.parametrize("before", ["nothing", "another report"])
def test_killed_at_any_change_of_a_file_nothing_stale_is_called_fresh(
    model: Path, tmp_path: Path, monkeypatch, before: str
) -> None:
    for step in range(1, 500):
        root = tmp_path / str(step)
        if before == "nothing":
            write_project(root)
        else:
            shutil.copytree(model, root)
        with monkeypatch.context() as entered:
            workshop = enter(root, entered)
            workshop.ranks["18"] = 7
            workshop.add_row(province_code="18", dimension="total", flow="import")
            workshop.add_row(province_code="12", dimension="total", flow="export")
            killed = dies_at(step, lambda workshop=workshop: workshop.make(horizon_months=6))
            if not killed:
                break
            require_truth(workshop)
            workshop.make(horizon_months=6)
            require_truth(workshop)
            assert workshop.judge(horizon_months=6).condition == "fresh"
            workshop.make(horizon_months=6)
            assert workshop.done == []
        shutil.rmtree(root)
    assert 60 < step < 499


def require_truth(workshop: Workshop) -> None:
    """Refuse a report that is called fresh and shows another rank or horizon than is asked for."""
    assert workshop.judge().condition != "fresh"  # its rows have changed since
    judged = workshop.judge(horizon_months=6)
    if judged.condition == "fresh":
        page = (workshop.page / "index.html").read_text()
        assert " 7 " in page
        assert "horizon_months" in page
        assert re.search(r"horizon_months\W+6", page)


# Runs the notebooks of a report in a process that notes each file it opens.
WATCHED = """
import json, sys
from pathlib import Path
root, province, year = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
opened = set()
sys.addaudithook(
    lambda event, arguments: event == "open" and opened.add(str(arguments[0]))
)
import IPython.display
reads = []
for name in sys.argv[4:]:
    names = {"display": lambda *a, **k: None}
    cells = json.loads((root / "notebooks" / f"{name}.ipynb").read_text())["cells"]
    for cell in cells:
        if cell["cell_type"] != "code":
            continue
        exec("".join(cell["source"]), names)
        if "parameters" in cell["metadata"].get("tags", []):
            given = {"province": province, "year": year}
            names.update({key: value for key, value in given.items() if key in names})
    reads += [read.as_dict() for read in names["catalog"].reads]
print("\\n" + json.dumps({"opened": sorted(opened), "reads": reads}))
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("province", "year"),
    [("papua-selatan", 2023), ("lampung", 2025), ("kalimantan-utara", 2024)],
)
def test_every_file_that_a_notebook_opens_counts(tmp_path: Path, province: str, year: int) -> None:
    data = project_with_tables(tmp_path, ROOT / "data", year)
    (tmp_path / "notebooks").symlink_to(ROOT / "notebooks")
    (tmp_path / "requirements.lock").symlink_to(ROOT / "requirements.lock")
    ran = subprocess.run(
        [sys.executable, "-c", WATCHED, str(tmp_path), province, str(year), "national", *ORDER],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert ran.returncode == 0, ran.stderr
    found = json.loads(ran.stdout.splitlines()[-1])
    package = json.loads((data / "datapackage.json").read_text(encoding="utf-8"))
    paths = {resource["name"]: resource["path"] for resource in package["resources"]}
    read = {paths[one["resource"]] for one in found["reads"] if not is_national(one)}
    compared = {
        f"{one['filters']['year']}/{one['resource']}.csv"
        for one in found["reads"]
        if is_national(one)
    }
    assert read
    assert compared
    places = {
        (ROOT / "data").resolve(): read | set(UNRECORDED) | set(READ_THROUGH),
        (tmp_path / "reports" / "national").resolve(): compared,
    }
    opened = {path.resolve() for path in map(Path, found["opened"]) if path.is_file()}
    for place, counted in places.items():
        below = {path.relative_to(place).as_posix() for path in opened if place in path.parents}
        assert below
        assert below <= counted
