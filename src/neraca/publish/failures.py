"""Note why a report could not be made, and nothing of the machine on which it failed."""

import json
import re
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from neraca.publish.files import write_atomically

FAILURE = "failure.json"  # stands where a report would, and says why it could not be made

_ABSOLUTE = re.compile(r"""(?<![\w:/.\\~<])(?:~|[A-Za-z]:)?(?:[\\/][^\s\\/:*?"'<>|(),;`]+){2,}""")
# In a path of another machine, what its project or its libraries begin with.
_KNOWN = ("site-packages", "src", "notebooks", "data", "reports")


@dataclass(frozen=True)
class Failure:
    """Why a report could not be made.

    Attributes:
        error: name of the exception.
        message: what it says; of a notebook the cell as well.
        traceback: what Python printed; empty if the message explains itself.
        parameters: what was asked for, as far as that is known here.

    """

    error: str
    message: str
    traceback: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, error: Exception) -> "Failure":
        """Tell of an exception.

        >>> Failure.of(ValueError("no figure")).error
        'ValueError'
        """
        return cls(type(error).__name__, str(error), getattr(error, "traceback", ""))

    @classmethod
    def read(cls, path: Path) -> "Failure":
        """Read what `note_failure` has written."""
        return cls(**json.loads(path.read_text(encoding="utf-8")))


def note_failure(directory: Path, failure: Failure) -> None:
    """Note, where a report's source stands, why there is no page of it.

    The note ends up on a page of the site, so no path of this machine is in it.
    """
    content = asdict(failure)
    for name in ("message", "traceback"):
        content[name] = without_places(content[name], directory)
    text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True)
    write_atomically(directory / FAILURE, text + "\n")


def without_places(text: str, directory: Path) -> str:
    """Write each absolute path in a text from where it says something to others.

    Args:
        text: what was said on this machine, or on another.
        directory: of a report, whose project's own paths are written from its root on.

    >>> without_places("File /home/a/b/src/analysis/x.py:12, see https://a.org/b/c", Path())
    'File src/analysis/x.py:12, see https://a.org/b/c'
    >>> without_places("/tmp/ipykernel_12/345.py and FOB/CIF and 1/2", Path())
    '345.py and FOB/CIF and 1/2'

    """
    places = [*directory.absolute().parents[3:4], Path(sys.prefix), Path.home()]
    for place in [*places, Path(tempfile.gettempdir())]:
        if len(place.parts) > 1:
            text = text.replace(f"{place}/", "/_/")
    return _ABSOLUTE.sub(lambda found: _telling(found[0]), text)


def _telling(path: str) -> str:
    """Give the end of a path from the project's or the libraries' directory on.

    >>> _telling("/usr/lib/python3.11/site-packages/pandas/io.py"), _telling("/home/a/b.py")
    ('site-packages/pandas/io.py', 'b.py')
    """
    parts = re.split(r"[\\/]", path)
    starts = [len(parts) - 1 - parts[::-1].index(name) for name in _KNOWN if name in parts]
    return "/".join(parts[starts[0] if starts else -1 :])
