"""typst at work beside the rest of a report, and ended with who waits for it."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import publish_samples as samples
import pytest
from test_publish_document import document

from analysis.errors import NeracaError
from neraca.publish import paper
from neraca.publish.configuration import Configuration
from neraca.publish.pandoc import render_report
from neraca.publish.stage import stage

CONFIGURATION = Configuration.read(samples.REPOSITORY)
TELLS_ITS_ID = "import os, pathlib\npathlib.Path('id').write_text(str(os.getpid()))\n"


@pytest.fixture
def typesetter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Let another program print in the place of typst's."""
    monkeypatch.chdir(tmp_path)

    def replace(program: str) -> None:
        path = tmp_path / "typesetter.py"
        path.write_text(program)
        monkeypatch.setattr(paper, "_TYPESETTER", path)

    return replace


def test_all_else_is_done_while_typst_prints(tmp_path: Path, typesetter) -> None:
    samples.make_project(tmp_path)
    index = stage(samples.executed(), samples.report_directory(tmp_path))
    page = tmp_path / "page"
    page.mkdir()
    typesetter(
        "import pathlib, time\n"
        "page = pathlib.Path('page')\n"
        "end = time.monotonic() + 30\n"
        "while not all((page / name).exists() for name in ('index.html', 'indicators.json')):\n"
        "    assert time.monotonic() < end\n"
        "    time.sleep(0.01)\n"
        "print('printed', end='')\n"
    )
    render_report(index, tmp_path, page)
    assert (page / "index.pdf").read_bytes() == b"printed"


def test_typst_ends_with_who_is_interrupted(tmp_path: Path, typesetter) -> None:
    typesetter(f"{TELLS_ITS_ID}import time\npathlib.Path('begun').touch()\ntime.sleep(600)\n")
    found = document(tmp_path, "Isi.\n")

    def interrupted() -> None:
        with paper.printing(found, CONFIGURATION, tmp_path):
            while not Path("begun").exists():
                pass
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    with pytest.raises(ProcessLookupError):
        os.kill(int(Path("id").read_text()), 0)


def test_a_page_that_cannot_be_written_leaves_no_typst(
    tmp_path: Path, typesetter, monkeypatch
) -> None:
    begun: list[subprocess.Popen[bytes]] = []
    popen = subprocess.Popen

    def begin(*arguments, **options) -> subprocess.Popen[bytes]:
        begun.append(popen(*arguments, **options))
        return begun[-1]

    samples.make_project(tmp_path)
    index = stage(samples.executed(), samples.report_directory(tmp_path))
    typesetter("import time; time.sleep(600)")
    monkeypatch.setattr(paper.subprocess, "Popen", begin)
    with pytest.raises(FileNotFoundError):
        render_report(index, tmp_path, tmp_path / "no such directory")
    assert begun[-1].returncode is not None


@pytest.mark.parametrize(
    ("program", "said"),
    [("import sys; sys.exit('no such sign')", "no such sign"), ("exit(3)", "it ended with 3")],
)
def test_what_typst_refuses_is_told(tmp_path: Path, typesetter, program, said) -> None:
    typesetter(program)
    with pytest.raises(NeracaError, match=f"typst cannot make the PDF of '.*': {said}$"):
        paper.pdf(document(tmp_path, "Isi.\n"), CONFIGURATION, tmp_path)
