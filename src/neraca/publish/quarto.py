"""Publish with Quarto, where it is installed, each render in a project directory of its own."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml

from analysis.errors import NeracaError
from neraca.publish.files import copy_tree

OLDEST = (1, 9)  # the first whose typst writes tagged PDF

QUARTO_PATH = "QUARTO_PATH"  # the variable of the environment that names the program
NO_QUARTO = "none"  # its value to publish without Quarto, even where one is installed

# What the pages of a site share: Quarto's libraries, and the stylesheet in its own place.
_SHARED = ("site_libs", "src")

# A line with which Quarto tells how far it is, and where a warning therefore ends.
_PROGRESS = re.compile(r"\[(\d+/\d+|typst)\]|Output created|pandoc")
# Said of every PDF. typst has refused what is not of the standard; verapdf would check it again.
_UNCHECKED = "PDF standard validation requested but verapdf is not installed"


@dataclass(frozen=True)
class Quarto:
    """A Quarto program that is new enough."""

    program: Path
    version: str


def find_quarto() -> Quarto | None:
    """Return the Quarto that QUARTO_PATH names, else the one on PATH, else None.

    QUARTO_PATH may also say `none`. Raises NeracaError when QUARTO_PATH names no program, or the
    program found is too old.
    """
    named = os.environ.get(QUARTO_PATH)
    if named == NO_QUARTO:
        return None
    found = shutil.which(named or "quarto")
    if found is None:
        if named:
            raise NeracaError(
                f"QUARTO_PATH is {named}, where there is no program; "
                "correct it, or make it `none` to publish without Quarto."
            )
        return None
    program = Path(found)
    return Quarto(program, _checked_version(program))


def render(quarto: Quarto, root: Path, sources: Sequence[Path], rendered: Path) -> list[str]:
    """Render sources (paths below ``root``) into the directory ``rendered``; return the warnings.

    All happens in a copy of the project that holds only these sources, because two renders
    in one project overwrite each other's files. The result is laid out as in a site.
    Raises NeracaError with Quarto's own message when a page cannot be rendered.
    """
    with _private_project(root, sources) as project:
        done = subprocess.run(  # noqa: S603 (the program is the one the user installed)
            [str(quarto.program), "render", str(project), "--no-execute"],
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        said = _message(done.stderr).replace(f"{project}/", "")
        if done.returncode:
            names = ", ".join(source.relative_to(root).as_posix() for source in sources)
            reason = said.partition("\n\nStack trace:")[0]
            raise NeracaError(f"Quarto could not render {names}:\n{reason}")
        copy_tree(project / "_site", rendered)
    # The page and its PDF give the same warning.
    return list(dict.fromkeys(_warnings(said, sources, root)))


def render_each(
    quarto: Quarto, root: Path, sources: Sequence[Path], rendered: Path
) -> tuple[list[str], dict[Path, NeracaError]]:
    """Render sources as ``render`` does, but let a page that fails take no other with it.

    Returns the warnings, and the error of each source that could not be rendered. Quarto stops
    at the first such page without naming it for certain, so the sources are rendered again in
    halves until it is alone.
    """
    try:
        return render(quarto, root, sources, rendered), {}
    except NeracaError as error:
        if len(sources) == 1:
            return [], {sources[0]: error}
    middle = len(sources) // 2
    before, failed_before = render_each(quarto, root, sources[:middle], rendered)
    after, failed_after = render_each(quarto, root, sources[middle:], rendered)
    return before + after, failed_before | failed_after


def shards(sources: Sequence[Path], count: int) -> list[list[Path]]:
    """Deal sources out to at most ``count`` renders of nearly equal length.

    >>> [[path.name for path in shard] for shard in shards([Path(name) for name in "abc"], 2)]
    [['a', 'c'], ['b']]
    """
    return [list(sources[first::count]) for first in range(min(count, len(sources)))]


def move_shared(rendered: Path, site: Path) -> None:
    """Move what all pages of a rendered site share into the site."""
    for name in _SHARED:
        if (rendered / name).is_dir():
            copy_tree(rendered / name, site / name)
            shutil.rmtree(rendered / name)


def _checked_version(program: Path) -> str:
    done = subprocess.run(  # noqa: S603 (the program is the one the user installed)
        [str(program), "--version"], capture_output=True, text=True, check=False
    )
    version = done.stdout.strip()
    numbers = re.match(r"(\d+)\.(\d+)", version)
    if done.returncode or not numbers:
        raise NeracaError(
            f"{program} does not tell its version: {_message(done.stderr) or version or 'nothing'}"
        )
    if (int(numbers[1]), int(numbers[2])) < OLDEST:
        raise NeracaError(
            f"{program} is Quarto {version}; tagged PDF needs {'.'.join(map(str, OLDEST))} or "
            "newer. Update it, or take it off PATH to publish without Quarto."
        )
    return version


@contextmanager
def _private_project(root: Path, sources: Sequence[Path]) -> Iterator[Path]:
    """Give a copy of the project with its configuration and only these sources."""
    with tempfile.TemporaryDirectory(prefix="neraca-") as directory:
        project = Path(directory).resolve()
        content = yaml.safe_load((root / "_quarto.yml").read_text(encoding="utf-8"))
        render_list = [source.relative_to(root).as_posix() for source in sources]
        content["project"]["render"] = render_list
        _copy_needed(content, root, project)
        for entry in content["website"]["navbar"]["left"]:
            # Quarto links a page that it does not render here by the name of its source.
            if entry["href"] not in render_list:
                entry["href"] = entry["href"].removesuffix(".qmd") + ".html"
        for source in sources:
            _copy_source(source, root, project)
        (project / "_quarto.yml").write_text(
            yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8"
        )
        yield project


def _copy_needed(content: dict[str, object], root: Path, project: Path) -> None:
    """Copy the files that the configuration names: stylesheets, filters, navigated pages."""
    for text in _strings(content):
        if re.fullmatch(r"[\w./-]+\.(css|scss|lua|qmd|typ)", text) and (root / text).is_file():
            target = project / text
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(root / text, target)


def _strings(content: object) -> Iterator[str]:
    if isinstance(content, str):
        yield content
    elif isinstance(content, dict):
        for value in content.values():
            yield from _strings(value)
    elif isinstance(content, list):
        for value in content:
            yield from _strings(value)


def _copy_source(source: Path, root: Path, project: Path) -> None:
    target = project / source.relative_to(root)
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.suffix == ".ipynb":
        copy_tree(source.parent, target.parent)
    else:
        shutil.copyfile(source, target)
        for included in (root / "reports").glob("published.*.md"):
            (project / "reports").mkdir(exist_ok=True)
            shutil.copyfile(included, project / "reports" / included.name)


def _warnings(said: str, sources: Sequence[Path], root: Path) -> Iterator[str]:
    r"""Find the warnings in what Quarto said, each after the name of its page.

    >>> said = "[1/2] a.qmd\nWARN: no\nimage b\n[typst]: Compiling\n[2/2] c.qmd\nDONE"
    >>> list(_warnings(said, [Path("a.qmd"), Path("c.qmd")], Path()))
    ['a.qmd: WARN: no\nimage b']
    """
    page = sources[0].relative_to(root).as_posix()  # Quarto does not name an only page
    warning: list[str] = []
    for line in [*said.splitlines(), ""]:
        begins = re.match(r"WARN(ING)?\b", line)
        if warning and (begins or not line.strip() or _PROGRESS.match(line)):
            if _UNCHECKED not in warning[0]:
                # Where in Quarto's own source it was said is of no use to who reads it.
                text = re.sub(r" \(/\S+\.lua:\d+\)", ":", "\n".join(warning))
                yield f"{page}: {text}"
            warning = []
        if begins or warning:
            warning.append(line)
        named = re.match(r"\[\d+/\d+\] (.+)", line)
        page = named[1] if named else page


def _message(text: str) -> str:
    """Return what a program said without the colours of a terminal."""
    return re.sub(r"\x1b\[[0-9;]*m|\r", "", text).strip()
