"""Render what has been executed and is not, or no longer, on the site as it was executed."""

import functools
import hashlib
import json
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from neraca.publish import pandoc, quarto
from neraca.publish.collection import FAILURE
from neraca.publish.files import write_atomically

if TYPE_CHECKING:
    from neraca.publish import Publication

_NOT_RENDERED = {"record.json", FAILURE}  # stand beside a report's source, and are not part of it
_HEAD = "<head>"
_MARK = re.compile(r'<meta name="rendered-from" content="([0-9a-f]{64})">')
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


def source_key(source: Path, root: Path, publisher: str) -> str:
    """Return the digest of all that a page is rendered from.

    ``source`` is a report's directory or the source file of another page. With it count the
    publisher and its version, this package, and `_quarto.yml`.
    """
    digest = hashlib.sha256(f"{publisher} {_package_digest()}".encode())
    digest.update((root / "_quarto.yml").read_bytes())
    for path in _files(source):
        digest.update(path.relative_to(root).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def mark(page: Path, key: str) -> None:
    """Write into a page what it was rendered from."""
    text = page.read_text(encoding="utf-8")
    meta = f'\n<meta name="rendered-from" content="{key}">'
    write_atomically(page, text.replace(_HEAD, _HEAD + meta, 1))


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
    publisher = publisher_name()
    executed = {path: path.relative_to(root).as_posix() for path in executed_reports(root)}
    stale = [
        path
        for path, address in executed.items()
        if not is_fresh(site / address / "index.html", source_key(path, root, publisher))
    ]
    published = render([path / "index.ipynb" for path in stale], root, site)
    for index, error in published.failures.items():
        shutil.rmtree(site / executed[index.parent], ignore_errors=True)
        note_failure(index.parent, error)
    for index in published.pages:
        (index.parent / FAILURE).unlink(missing_ok=True)
    return Renewed(
        {executed[index.parent]: page.seconds for index, page in published.pages.items()},
        [address for path, address in executed.items() if path not in stale],
        {executed[index.parent]: str(error) for index, error in published.failures.items()},
    )


def note_failure(directory: Path, error: Exception) -> None:
    """Note, where a report's source stands, why there is no page of it."""
    content = {"error": type(error).__name__, "message": str(error)}
    text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True)
    write_atomically(directory / FAILURE, text + "\n")


def _files(source: Path) -> Iterator[Path]:
    if source.is_file():
        yield source
        return
    for path in sorted(source.rglob("*")):
        if path.is_file() and path.relative_to(source).as_posix() not in _NOT_RENDERED:
            yield path


@functools.cache
def _package_digest() -> str:
    here = Path(__file__).parent
    digest = hashlib.sha256()
    for path in sorted(path for path in here.iterdir() if path.is_file()):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()
