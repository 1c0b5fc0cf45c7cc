"""Put finished files and directories in their place in one step."""

import ctypes
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_HERE, _EXCHANGE = -100, 2  # AT_FDCWD and RENAME_EXCHANGE of Linux's renameat2(2)


@contextmanager
def replacing(directory: Path) -> Iterator[Path]:
    """Give an empty sibling directory that takes the place of ``directory`` at the end.

    When the block raises, the sibling is removed and ``directory`` stays as it was, so a
    reader finds the old content or the new one and never a mixture. On Linux there is no moment
    without either; elsewhere there is a short one.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as parent:
    ...     target = Path(parent) / "page"
    ...     with replacing(target) as new:
    ...         _ = (new / "index.html").write_text("done")
    ...     sorted(path.name for path in Path(parent).rglob("*"))
    ['index.html', 'page']
    """
    directory.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{directory.name}-", dir=directory.parent) as work:
        new = Path(work) / "new"
        new.mkdir()
        yield new
        if directory.exists() and not _exchange(new, directory):
            directory.rename(Path(work) / "old")
        if not directory.exists():
            new.rename(directory)


def _exchange(one: Path, two: Path) -> bool:
    """Let two directories change places in one step; tell whether this system can."""
    try:
        rename = ctypes.CDLL(None).renameat2
    except (AttributeError, OSError, TypeError):  # not Linux, or its library is another
        return False
    done: int = rename(_HERE, os.fsencode(one), _HERE, os.fsencode(two), _EXCHANGE)
    return done == 0


def write_atomically(path: Path, content: str | bytes) -> None:
    """Write a file so that a reader sees the old content or the whole new one.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as parent:
    ...     write_atomically(Path(parent) / "a" / "b.txt", "whole")
    ...     (Path(parent) / "a" / "b.txt").read_text()
    'whole'
    """
    data = content.encode() if isinstance(content, str) else content
    if path.exists() and path.read_bytes() == data:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    Path(temporary).chmod(0o644)
    Path(temporary).replace(path)


def copy_tree(source: Path, target: Path) -> None:
    """Copy a directory into another one, adding to what is there.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as parent:
    ...     write_atomically(Path(parent) / "a" / "b.txt", "1")
    ...     copy_tree(Path(parent) / "a", Path(parent) / "c")
    ...     (Path(parent) / "c" / "b.txt").read_text()
    '1'
    """
    shutil.copytree(source, target, dirs_exist_ok=True)
