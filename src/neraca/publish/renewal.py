"""Render what has been executed and is not, or no longer, on the site as it was executed."""

import hashlib
import re
import shutil
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from neraca.publish import pandoc, quarto
from neraca.publish.failures import FAILURE, Failure, note_failure
from neraca.publish.files import write_atomically

if TYPE_CHECKING:
    from neraca.publish import Publication

_HERE = Path(__file__).parent
# The files of this package that decide how executed notebooks are put together.
STAGING = (
    *("files.py", "images.py", "json_text.py", "lineage.py", "numbers.py", "reuse.py", "stage.py"),
    *("syntax.py", "words.py"),
)
STATE = "state.json"  # what a report was made of, for this machine alone

# What stands beside a report's source, and is not part of it.
_NOT_RENDERED = {"record.json", STATE, FAILURE}
# What prints a page without Quarto, and the letters that it prints with.
_PRINTERS = ("pypandoc_binary", "typst", "matplotlib")
_NAMED_FILE = re.compile(r"[\w./-]+\.(?:css|scss|lua|typ)")
_PLACES = re.compile(r"^#.*$|\{#[\w-]+", re.MULTILINE)  # on a page, that another one can link to
_HEAD = "<head>"
_MARK = re.compile(r'<meta name="rendered-from" content="([0-9a-f]{64})">')
_MARK_LINE = re.compile(r"\n" + _MARK.pattern)
_FAR_ENOUGH = 2000  # letters of a page within which its mark stands


@dataclass(frozen=True)
class Renewed:
    """What was done: the reports that were rendered, left as they are, and that failed, why.

    A report is named by its address; of a rendered one the seconds are told.
    """

    rendered: dict[str, float]
    fresh: list[str]
    failed: dict[str, str]


def publisher_name() -> str:
    """Name the publisher that renders pages now, with its version."""
    found = quarto.find_quarto()
    return f"quarto {found.version}" if found else pandoc.NAME


def page_key(content: str, publishing: str) -> str:
    """Return the digest of all that a page is rendered from, from that of each of the two parts.

    >>> page_key("a", "bc") == page_key("ab", "c")
    False
    """
    return hashlib.sha256(f"{content} {publishing}".encode()).hexdigest()


def content_key(source: Path, root: Path) -> str:
    """Return the digest of a source's files, which are below ``root``, and of their names.

    ``source`` is a report's directory or the source file of another page.
    """
    digest = hashlib.sha256()
    for path in _files(source):
        name, content = path.relative_to(root).as_posix(), path.read_bytes()
        digest.update(f"{name} {len(content)} ".encode())
        digest.update(content)
    return digest.hexdigest()


def publishing_key(root: Path, publisher: str) -> str:
    """Return the digest of how pages are rendered, which is the same for all reports.

    That is the publisher with its version, this package, `_quarto.yml` with the files that it
    names, and the places on the site's own pages, since a link to one that is gone is refused.
    """
    digest = hashlib.sha256(f"{publisher} {_PACKAGE}".encode())
    if publisher == pandoc.NAME:
        digest.update(_printers().encode())
    configuration = (root / "_quarto.yml").read_bytes()
    digest.update(configuration)
    named = {root / name for name in _NAMED_FILE.findall(configuration.decode())}
    for path in sorted(path for path in named if path.is_file()):
        digest.update(path.read_bytes())
    for path in sorted((*root.glob("*.qmd"), *root.glob("en/*.qmd"))):
        places = _PLACES.findall(path.read_text(encoding="utf-8"))
        digest.update("\n".join([path.relative_to(root).as_posix(), *places]).encode())
    return digest.hexdigest()


@cache  # as this package's own digest: this process works with what it has begun with
def _printers() -> str:
    return " ".join(map(version, _PRINTERS))


def mark(page: Path, key: str) -> None:
    """Write into a page what it was rendered from."""
    text = page.read_text(encoding="utf-8")
    meta = f'\n<meta name="rendered-from" content="{key}">'
    write_atomically(page, text.replace(_HEAD, _HEAD + meta, 1))


def bare_page(text: str) -> str:
    r"""Return the text of a page without the mark.

    >>> bare_page('<head>\n<meta name="rendered-from" content="' + "0" * 64 + '"></head>')
    '<head></head>'
    """
    return _MARK_LINE.sub("", text, count=1)


def is_fresh(page: Path, key: str) -> bool:
    """Tell whether a page is there and was rendered from what this key stands for."""
    if not page.is_file():
        return False
    with page.open(encoding="utf-8") as file:
        found = _MARK.search(file.read(_FAR_ENOUGH))
    return found is not None and found[1] == key


def executed_reports(root: Path) -> list[Path]:
    """Return the directories of the reports that have been executed, by address."""
    return sorted(path.parent for path in root.glob("reports/??/*/[0-9]*/index.ipynb"))


def renew(
    root: Path, site: Path, render: Callable[[Sequence[Path], Path, Path], "Publication"]
) -> Renewed:
    """Render the executed reports whose page is missing or was made from something else.

    ``render`` is `publish_many`. A report that cannot be rendered keeps no page, is noted as
    failed, and stops no other.
    """
    root, site = root.resolve(), site.resolve()
    publishing = publishing_key(root, publisher_name())
    executed = {path: path.relative_to(root).as_posix() for path in executed_reports(root)}
    stale = [
        path
        for path, address in executed.items()
        if not is_fresh(
            site / address / "index.html", page_key(content_key(path, root), publishing)
        )
    ]
    published = render([path / "index.ipynb" for path in stale], root, site)
    for index, error in published.failures.items():
        shutil.rmtree(site / executed[index.parent], ignore_errors=True)
        note_failure(index.parent, Failure.of(error))
    for index in published.pages:
        (index.parent / FAILURE).unlink(missing_ok=True)
    return Renewed(
        {executed[index.parent]: page.seconds for index, page in published.pages.items()},
        [address for path, address in executed.items() if path not in stale],
        {executed[index.parent]: str(error) for index, error in published.failures.items()},
    )


def _files(source: Path) -> Iterator[Path]:
    if source.is_file():
        yield source
        return
    for path in sorted(source.rglob("*")):
        if path.is_file() and path.relative_to(source).as_posix() not in _NOT_RENDERED:
            yield path


def _digest_of(names: Collection[str]) -> str:
    digest = hashlib.sha256()
    for name in sorted(names):
        digest.update(name.encode())
        digest.update((_HERE / name).read_bytes())
    return digest.hexdigest()


# Taken as the package is imported: this process works with the code that it has begun with.
_PACKAGE = _digest_of([path.name for path in _HERE.iterdir() if path.is_file()])
STAGING_KEY = _digest_of(STAGING)
