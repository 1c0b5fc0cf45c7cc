"""Keep beside what was executed, in a small file for this machine alone, what it was made from."""

import hashlib
import json
import os
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from neraca.pipeline.inputs import Inputs, Read, resource_key
from neraca.publish.failures import FAILURE
from neraca.publish.files import write_atomically
from neraca.publish.renewal import STAGING_KEY, STATE, content_key

RECORD = "record.json"

# A file system may count its times so coarsely; two changes closer than this can look like one.
CLOCK_SECONDS = 0.02


@dataclass(frozen=True)
class State:
    """What a directory of executed files was made from, and which files those were.

    Attributes:
        parameters: what was asked for, defaults included.
        execution: digest of each thing it was executed from, by name, figures aside.
        resources: digest of each table that was read, by its key.
        staging: digest of the code that put it together.
        content: digest of the files themselves.
        record: digest of the record beside them.
        signature: of the same files the sizes, times and places; as long as they are these, the
            two digests hold and need not be computed.

    """

    parameters: Mapping[str, Any]
    execution: Mapping[str, str]
    resources: Mapping[str, str]
    staging: str
    content: str = ""
    record: str = ""
    signature: str = ""


def made_state(
    inputs: Inputs,
    parameters: Mapping[str, Any],
    notebooks: Sequence[str],
    reads: Iterable[Read],
) -> State:
    """Give the state of what notebooks made of inputs that were looked at before."""
    return State(
        parameters=parameters,
        execution=inputs.execution(notebooks),
        resources={key: inputs.resource(key) for key in sorted(set(map(resource_key, reads)))},
        staging=STAGING_KEY,
    )


def read_state(directory: Path) -> State | None:
    """Read the state kept in a directory; None if there is none, or it is of another form."""
    try:
        return State(**json.loads((directory / STATE).read_bytes()))
    except (OSError, ValueError, TypeError):
        return None


def keep_state(directory: Path, root: Path, state: State) -> None:
    """Keep the state of a directory whose files are complete; the last to be written there.

    Nothing is kept if a file changes meanwhile: the directory is then one of unknown origin.
    """
    # A change right after this must have another time than the last one before.
    time.sleep(CLOCK_SECONDS)
    seen = _look(directory)
    content, record = content_key(directory, root), _record_key(directory)
    if _look(directory) == seen:
        _write(directory, replace(state, content=content, record=record, signature=seen.signature))


@contextmanager
def other_record(directory: Path, root: Path) -> Iterator[None]:
    """Keep the state of files as they were made, while another record is written beside them.

    The record must have the same reads, for those say when the files are no longer fresh.
    """
    state = read_state(directory)
    held = confirmed(directory, root, state) if state is not None else None
    yield
    if held is not None:
        keep_state(directory, root, held)


def forget_state(directory: Path) -> None:
    """Remove the state of a directory, before anything in it changes."""
    (directory / STATE).unlink(missing_ok=True)


def renew_state(directory: Path, state: State) -> None:
    """Write a state again that was found to hold, where it can be written."""
    with suppress(OSError):
        _write(directory, state)


def confirmed(directory: Path, root: Path, state: State) -> State | None:
    """Give a state, its signature renewed, if the files are those that it was kept for."""
    seen = _look(directory)
    if seen.signature == state.signature:
        return state
    if (content_key(directory, root), _record_key(directory)) != (state.content, state.record):
        return None
    settled = time.time() - seen.newest > CLOCK_SECONDS
    return replace(state, signature=seen.signature) if settled else state


@dataclass(frozen=True)
class _Look:
    """What a directory's files look like without opening one, and when one changed last."""

    signature: str
    newest: float


def _look(directory: Path) -> _Look:
    """Look at a directory. No program can set back the time of change that is part of this."""
    found = sorted(_entries(directory, ""))
    text = json.dumps(found)
    newest = max((stat[2] for _, stat in found), default=0) / 1e9
    return _Look(hashlib.sha256(text.encode()).hexdigest(), newest)


def _entries(directory: Path, prefix: str) -> Iterator[tuple[str, tuple[int, int, int, int]]]:
    with os.scandir(directory) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _entries(Path(entry.path), f"{prefix}{entry.name}/")
            elif prefix or entry.name not in (STATE, FAILURE):
                stat = entry.stat()
                seen = (stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino)
                yield f"{prefix}{entry.name}", seen


def _record_key(directory: Path) -> str:
    path = directory / RECORD
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def _write(directory: Path, state: State) -> None:
    text = json.dumps(asdict(state), indent=1, sort_keys=True)
    write_atomically(directory / STATE, text + "\n")
